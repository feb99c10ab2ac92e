"""What to say about a query that fails or finds nothing: the place, the nearest known word, the pattern that had no match."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import names
from .errors import QueryError
from .guard import place_of
from .lookup import living
from .parameters import outermost_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .answers import Term
    from .guard import Token
    from .index import Index
    from .workspace import Workspace

__all__ = [
    "by_another_base",
    "by_base",
    "first_without_match",
    "iri_of",
    "iris_in",
    "old_names",
    "own_iris",
    "parts_of",
    "syntax_error",
    "unknown_terms",
    "unknown_values",
]

_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected (?:one of )?)?(.*)", re.DOTALL)
_KINDS = {'"?"': "a variable", '"<"': "a name", "'0'..='9'": "a number", '"\'"': "a string"}
_SHOWN, _STEPS, _LOOKED_AT = 5, 60, 200_000
_PARTS = {"FILTER", "OPTIONAL", "MINUS", "BIND", "VALUES", "GRAPH"}
_OPTIONAL_BEFORE = {"OPTIONAL", "EXISTS", "MINUS", "UNION"}
_BUILT = (names.RDF, names.RDFS, names.PROV)
"""Vocabularies that a CONSTRUCT writes whether the data has them or not."""
_KEYWORDS = [
    *("SELECT", "CONSTRUCT", "DESCRIBE", "ASK", "WHERE", "FROM", "NAMED", "PREFIX", "BASE", "DISTINCT", "REDUCED", "OPTIONAL", "UNION"),
    *("MINUS", "FILTER", "EXISTS", "NOT", "GRAPH", "BIND", "VALUES", "UNDEF", "ORDER", "GROUP", "HAVING", "LIMIT", "OFFSET", "COUNT"),
    *("SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "REGEX", "CONTAINS", "STRSTARTS", "STRENDS", "LCASE", "UCASE", "BOUND"),
    *("COALESCE", "CONCAT", "REPLACE", "SUBSTR", "STRLEN", "STR", "LANG", "LANGMATCHES", "DATATYPE", "YEAR", "MONTH", "DAY", "SEPARATOR"),
    *("ASC", "DESC", "BY", "AS", "IN", "IF", "IRI", "URI", "NOW", "ABS", "CEIL", "FLOOR", "ROUND", "RAND", "TRUE", "FALSE", "A", "BNODE"),
    *("STRDT", "STRLANG", "STRBEFORE", "STRAFTER", "ENCODE_FOR_URI", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ", "UUID", "STRUUID"),
    *("MD5", "SHA1", "SHA256", "SHA384", "SHA512", "SAMETERM", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "TRIPLE", "SUBJECT"),
    *("PREDICATE", "OBJECT", "ISTRIPLE", "LATERAL", "LANGDIR", "STRLANGDIR", "HASLANG", "HASLANGDIR", "ADJUST", "VERSION"),
]


def syntax_error(text: str, tokens: Sequence[Token], error: SyntaxError, prefixes: Mapping[str, str]) -> QueryError:
    """Return the error for a query that an engine cannot parse: short, with its place and the nearest known word."""
    message = error.msg or str(error)
    if "Prefix not found" in message:
        unknown = _unknown_prefix(tokens, prefixes)
        if unknown:
            prefix = unknown.text.partition(":")[0]
            return QueryError(f"the prefix '{prefix}:' is not declared{_near(prefix, prefixes)}", **place_of(text, unknown.start))
    match = _PLACE.match(message)
    if not match:
        return QueryError(" ".join(message.split()))
    offset = _offset(text, int(match[1]), int(match[2]))
    odd = [token for token in tokens if token.kind == "word" and token.start <= offset and token.text.upper() not in _KEYWORDS]
    if odd:
        return QueryError(f"{odd[-1].text!r} is no word of SPARQL{_near(odd[-1].text.upper(), _KEYWORDS)}", **place_of(text, odd[-1].start))
    from . import syntax

    mistake = syntax.find(text, tokens)
    if mistake:
        return QueryError(mistake.words, **place_of(text, mistake.start))
    token = next((token for token in tokens if token.start + len(token.text) > offset), None)
    found = f"before {token.text[:40]!r}" if token else "at the end"
    at = token.start if token else len(text.rstrip())
    return QueryError(f"{_expectation(match[3])} {found}", **place_of(text, at))


def unknown_terms(
    text: str, tokens: Sequence[Token], store: ox.Store, prefixes: Mapping[str, str], *, found_some: bool = False
) -> list[str]:
    """Return a warning for each IRI of a query that is nowhere in the data, with the nearest one that is.

    Where something was found, what may be missing (OPTIONAL, MINUS, NOT EXISTS, a branch of a UNION) is not missed.
    """
    spans = _optional_spans(tokens) if found_some else []
    warnings = []
    for token, iri in _named(tokens, prefixes):
        if not _occurs(ox.NamedNode(iri), store) and not any(start < token.start < end for start, end in spans):
            line = place_of(text, token.start)["line"]
            warnings.append(f"{token.text} (line {line}) is nowhere in the data{_nearest_term(iri, store, prefixes)}")
    return list(dict.fromkeys(warnings))


def unknown_values(values: Mapping[str, Term], store: ox.Store, prefixes: Mapping[str, str]) -> list[str]:
    """Return a warning for each parameter whose value is an IRI that is nowhere in the data, with the nearest one that is."""
    unknown = [(name, term.value) for name, term in values.items() if isinstance(term, ox.NamedNode) and not _occurs(term, store)]
    return [
        f"{names.compact(iri, dict(prefixes))} (parameter {name!r}) is nowhere in the data{_nearest_term(iri, store, prefixes)}"
        for name, iri in unknown
    ]


def by_base(iris: Iterable[str], workspace: Workspace) -> list[str]:
    """Return what is to be said of names of a workspace, such as `ent:…`, that what was asked instead of it does not know.

    >>> from pathlib import Path
    >>> from kg.workspace import Workspace
    >>> by_base(["https://w3id.org/claimgraph/entity/net"], Workspace(Path("/w")))[0].partition(";")[0]
    'ent:net was read as <https://w3id.org/claimgraph/entity/net>, by the base of the workspace /w, and that is nowhere there'
    """
    return [
        f"{names.compact(iri, workspace.prefixes)} was read as <{iri}>, by the base of {workspace.called}, and that is nowhere there; "
        "--dir names the workspace by whose base it is meant, or write the whole IRI in <>"
        for iri in iris
    ]


def own_iris(iris: Iterable[str], prefixes: Mapping[str, str]) -> list[str]:
    """Return which of some IRIs are a workspace's own: they begin with its base, and with another base are others."""
    spaces = tuple(prefixes[prefix] for prefix in ("ent", "claim", "passage", "src") if prefix in prefixes)
    return [iri for iri in dict.fromkeys(iris) if iri.startswith(spaces)]


def by_another_base(iris: Iterable[str], index: Index) -> list[str]:
    """Return what `by_base` says where documents were asked that have no entity and no claim of the base of the workspace."""
    prefixes, store = index.workspace.prefixes, index.store
    unknown = [iri for iri in own_iris(iris, prefixes) if not _occurs(ox.NamedNode(iri), store)]
    spaces = (prefixes["ent"], prefixes["claim"])
    is_own = index.files or not unknown or any(isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(spaces) for q in store)
    return [] if is_own else by_base(unknown, index.workspace)


def old_names(iris: Iterable[str], index: Index) -> list[str]:
    """Return a warning for each entity whose IRI was given up for another, which the data names instead."""
    prefixes = index.workspace.prefixes
    found = {iri: living(index, iri) for iri in iris}
    return [f"{names.compact(old, prefixes)} is an old name of {names.compact(new, prefixes)}" for old, new in found.items() if old != new]


def iris_in(tokens: Sequence[Token], prefixes: Mapping[str, str]) -> list[str]:
    """Return the IRIs that a query names."""
    return [iri for _, iri in _named(tokens, prefixes)]


def _optional_spans(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return where the groups of a query begin and end without which it can find something."""
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    for number, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(number)
        elif token.kind == "close" and opened:
            first = opened.pop()
            after = tokens[number + 1].text.upper() if number + 1 < len(tokens) else ""
            if token.text == "}" and (after == "UNION" or tokens[first - 1].text.upper() in _OPTIONAL_BEFORE):
                spans.append((tokens[first].start, token.start))
    return spans


def first_without_match(text: str, tokens: Sequence[Token], store: ox.Store, prefixes: Mapping[str, str]) -> str:
    """Return which part of the outermost group first leaves no match, read from its beginning; empty where each part matches.

    The group is asked for as it grows, part by part, so a FILTER or OPTIONAL counts where it stands.
    """
    group = outermost_group(tokens)
    form = next((token.start for token in tokens if token.text.upper() in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}), None)
    if group is None or form is None:
        return ""
    prologue, begin, parts = text[:form], tokens[group[0]].start + 1, parts_of(tokens, group)
    for start, end in islice(parts, _STEPS):
        part = text[start:end].strip(" \t\r\n.;,")
        if part and not _has_match(f"{prologue}ASK {{{text[begin:end]}\n}}", store, prefixes):
            shown = " ".join(part.split())
            return f"nothing matches from here on: {shown[:100]} (line {place_of(text, _first_word(text, start))['line']})"
    return ""


def parts_of(tokens: Sequence[Token], group: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield start and end of each part of a group: up to a full stop, semicolon or comma, or past a nested group or filter."""
    depth, start = 0, tokens[group[0]].start + 1
    for token in tokens[group[0] + 1 : group[1]]:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text.upper() in _PARTS:
            yield start, token.start
            start = token.start
        elif depth == 0 and (token.text in {".", ";", ","} or token.kind == "close"):
            end = token.start + (token.kind == "close")
            yield start, end
            start = token.start + 1
    yield start, tokens[group[1]].start


def _has_match(query: str, store: ox.Store, prefixes: Mapping[str, str]) -> bool:
    """Tell whether the growing group matches; a part that makes no sense alone (the left side of a UNION) is passed over."""
    try:
        return bool(store.query(query, prefixes=dict(prefixes)))
    except (SyntaxError, RuntimeError):
        return True


def _first_word(text: str, start: int) -> int:
    match = re.compile(r"[\s.;,]*").match(text, start)
    return match.end() if match else start


def iri_of(token: Token, tokens: Sequence[Token], prefixes: Mapping[str, str]) -> str | None:
    """Return the IRI that a token of a query stands for; None where it is none, is relative or escaped, or its prefix is unknown."""
    prefix, _, local = token.text.partition(":")
    if token.kind == "iri":
        iri = token.text[1:-1]
    elif token.kind == "name":
        iri = {**prefixes, **_declared(tokens)}.get(prefix, "") + local.replace("\\", "")
    else:
        return None
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        return None


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _expectation(message: str) -> str:
    """Return what a parser expected in the words of people: it lists single characters of every term that could stand there."""
    if "The SELECT contains" in message:
        return "SELECT names a variable that is neither bound, grouped nor aggregated"
    words = [word for mark, word in _KINDS.items() if mark in message]
    words += [part for part in ('"."', '";"', '"{"', '"}"', '"("', '")"') if part in message]
    words += re.findall(r"\b[A-Z]{3,}\b", re.sub(r"'[^']*'", "", message))
    return f"expected {' or '.join(words[:_SHOWN])}{' …' if len(words) > _SHOWN else ''}" if words else "this cannot stand"


def _declared(tokens: Sequence[Token]) -> dict[str, str]:
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return {name.text[:-1]: iri.text[1:-1] for word, name, iri in triples if word.text.upper() == "PREFIX" and iri.kind == "iri"}


def _unknown_prefix(tokens: Sequence[Token], prefixes: Mapping[str, str]) -> Token | None:
    known = {*prefixes, *_declared(tokens)}
    return next((token for token in tokens if token.kind == "name" and token.text.partition(":")[0] not in known), None)


def _near(word: str, known: Mapping[str, str] | Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1)
    if isinstance(known, list):
        return f"; did you mean {near[0]}?" if near else ""
    return f"; did you mean {near[0]}:?" if near else f"; known are {', '.join(known)}"


def _named(tokens: Sequence[Token], prefixes: Mapping[str, str]) -> Iterator[tuple[Token, str]]:
    """Yield the IRIs that a query looks for: no declarations, datatypes, functions, nor what a CONSTRUCT builds."""
    group = outermost_group(tokens)
    ignored = (names.XSD, *_BUILT) if any(token.text.upper() == "CONSTRUCT" for token in tokens) else names.XSD
    for number, token in enumerate(tokens):
        if token.kind not in {"iri", "name"} or group is None or not group[0] < number < group[1]:
            continue
        after = tokens[number + 1].text if number + 1 < len(tokens) else ""
        if tokens[number - 1].text in {"^^", "GRAPH"} or after == "(":
            continue
        iri = iri_of(token, tokens, prefixes)
        if iri and not iri.startswith(ignored):
            yield token, iri


def _occurs(node: ox.NamedNode, store: ox.Store) -> bool:
    patterns = ((node, None, None), (None, node, None), (None, None, node))
    return any(next(store.quads_for_pattern(*pattern), None) is not None for pattern in patterns) or store.contains_named_graph(node)


def _nearest_term(iri: str, store: ox.Store, prefixes: Mapping[str, str]) -> str:
    from difflib import get_close_matches

    namespace = iri[: len(iri) - len(names.local_name(iri))]
    known: set[str] = set()
    for quad in islice(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), _LOOKED_AT):
        known.update(term.value for term in (quad.subject, quad.predicate, quad.object) if isinstance(term, ox.NamedNode))
    near = get_close_matches(iri[len(namespace) :], [term[len(namespace) :] for term in known if term.startswith(namespace)], n=1)
    return f"; did you mean {names.compact(namespace + near[0], dict(prefixes))}?" if near else ""
