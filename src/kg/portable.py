"""A query as it can be taken elsewhere: with its prefixes declared and its parameters bound, or as one command line for an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .guard import Token

__all__ = ["ACCEPTED", "curl", "standalone"]

ACCEPTED = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
}
"""What an endpoint calls the formats that it may answer in."""
_TRIPLES = ("CONSTRUCT", "DESCRIBE")


def standalone(text: str, tokens: Sequence[Token], prefixes: Mapping[str, str]) -> str:
    """Return a query with every prefix declared that it uses and does not declare itself.

    >>> from kg.guard import tokens
    >>> text = "ASK { ?c a kg:Claim }"
    >>> print(standalone(text, list(tokens(text)), {"kg": "urn:kg#", "ent": "urn:ent#"}))
    PREFIX kg: <urn:kg#>
    ASK { ?c a kg:Claim }
    """
    declared = {tokens[number + 1].text.partition(":")[0] for number, token in enumerate(tokens[:-1]) if token.text.upper() == "PREFIX"}
    used = {token.text.partition(":")[0] for token in tokens if token.kind == "name"}
    missing = sorted(prefix for prefix in used - declared if prefix in prefixes)
    return "".join(f"PREFIX {prefix}: <{prefixes[prefix]}>\n" for prefix in missing) + text


def curl(
    text: str, tokens: Sequence[Token], url: str, *, accept: str | None = None, dataset: Mapping[str, Sequence[str]] | None = None
) -> str:
    r"""Return a command line for a POSIX shell that asks an endpoint the same; UsageError where the address is none or holds a secret.

    >>> from kg.guard import tokens
    >>> text = 'ASK { ?c ?p "it" }'
    >>> print(curl(text, list(tokens(text)), "https://example.org/sparql"))
    curl -gsS --fail-with-body -H 'Accept: application/sparql-results+json' \
      --data-urlencode 'query=ASK { ?c ?p "it" }' \
      https://example.org/sparql
    """
    from shlex import quote
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
    except ValueError:
        raise UsageError(f"{url!r} is no address of an endpoint") from None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise UsageError(f"{url!r} is no address of an endpoint; it begins with http:// or https://")
    if "@" in parts.netloc:
        raise UsageError("the address holds a user or a password, which --curl never shows; leave them out, and give curl --netrc")
    gives_triples = next((token.text.upper() in _TRIPLES for token in tokens if token.text.upper() in {"SELECT", "ASK", *_TRIPLES}), False)
    kind = accept or ("text/turtle" if gives_triples else "application/sparql-results+json")
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+")).strip("\n")
    fields = [f"query={body}", *(f"{name}={graph}" for name, graphs in (dataset or {}).items() for graph in graphs)]
    lines = [
        f"curl -gsS --fail-with-body -H {quote(f'Accept: {kind}')}",
        *(f"--data-urlencode {quote(field)}" for field in fields),
        quote(url),
    ]
    return " \\\n  ".join(lines)
