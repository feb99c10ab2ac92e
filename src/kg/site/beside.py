"""The documents beside a page: the same triples as `kg serve` gives for the thing, in Turtle and JSON-LD; the page has the latter, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import canonicalization
from ..inline import in_script, trusted
from ..pages.documents import FORMATS, NAMES, Offer, about_itself, triples_of, written
from .site import File

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .site import Site

__all__ = ["SUFFIXES", "beside", "embedded", "offers"]

SUFFIXES = ("ttl", "jsonld")
EMBEDDED_AT_MOST = 200_000
"""How many bytes of JSON-LD a page holds; beyond that it stands beside the page alone."""


def beside(site: Site, iri: str, file: str) -> list[File]:
    """Return the documents of a thing, which lie beside its page."""
    addresses = [site.absolute(f"{file}.{suffix}") for suffix in SUFFIXES] if site.base_url else []
    triples = [*_named(triples_of(site.index, iri)), *about_itself(site.index, iri, addresses)]
    return [File(f"{file}.{suffix}", written(site.index, triples, suffix)) for suffix in SUFFIXES]


def offers(file: str) -> list[Offer]:
    """Return these documents as the page beside them offers them."""
    name = file.rpartition("/")[2]
    return [Offer(NAMES[suffix], FORMATS[suffix], f"{name}.{suffix}") for suffix in SUFFIXES]


def embedded(documents: Sequence[File]) -> Any:
    r"""Return the JSON-LD of a page as it stands in a `<script>`, which it cannot end; nothing where it is too large.

    >>> print(embedded([File("a.jsonld", b'["</script>"]')]))
    ["\u003c/script\u003e"]
    """
    found = next(file.data for file in documents if file.path.endswith(".jsonld"))
    if len(found) > EMBEDDED_AT_MOST:
        return ""
    return trusted(in_script(found.decode().strip()))


def _named(triples: list[ox.Triple]) -> list[ox.Triple]:
    """Return triples whose blank nodes have the same labels each time: the parser gives them random ones."""
    if not any(isinstance(term, ox.BlankNode) for triple in triples for term in (triple.subject, triple.object)):
        return triples
    lines = canonicalization.lines([("urn:x", triples)])
    return [quad.triple for quad in ox.parse(b"\n".join(lines) + b"\n", format=ox.RdfFormat.N_QUADS)]
