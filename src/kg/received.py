"""What SPARQL endpoints answer with: rows, yes or no, and triples, read in full or not at all.

The other side is not trusted: pyoxigraph's reader of JSON results dies of triple terms nested by the thousand, so nesting is looked at
before it, and triples go through `kg.documents`.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import documents
from .answers import Answer
from .errors import InputError, RemoteError

if TYPE_CHECKING:
    from .answers import Term

__all__ = ["ROWS", "TRIPLES", "rows_of", "triples_of"]

_ROW_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    "application/json": ox.QueryResultsFormat.JSON,
}
_TRIPLE_FORMATS = {
    "application/n-triples": "nt",
    "text/turtle": "ttl",
    "application/rdf+xml": "rdf",
    "text/plain": "nt",
    "application/x-turtle": "ttl",
}
ROWS = dict(zip(_ROW_FORMATS, (1.0, 0.8, 0.5, 0.2), strict=True))
"""The types of rows and of yes or no that are asked for, with how welcome each is."""
TRIPLES = dict(zip(_TRIPLE_FORMATS, (1.0, 0.8, 0.4, 0.2, 0.1), strict=True))
"""The types of triples that are asked for."""
_DEPTH, _TRIPLE_DEPTH, _SHOWN = 40, 16, 120
_VIRTUOSO_ASK = "__ASK_RETVAL"
"""The column in which Virtuoso 7 says yes (a row) or no (none) instead of in the form for it."""
_JSON_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or one that is never closed up to the end: looked through once."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_STEPS = bytes.maketrans(b"{[}]", b"\x01\x01\xff\xff")
"""One level down or, as a signed byte, up again."""
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def rows_of(body: bytes, kind: str, name: str) -> Answer:
    """Return rows, or yes or no; RemoteError where the body is no such thing, or not all of one.

    >>> rows_of(b'{"head": {}, "boolean": true}', "application/json", "http://example.org/").boolean
    True
    >>> rows_of(b'{"head": {"vars": ["a"]}, "results": {"bind', "application/json", "http://example.org/")
    Traceback (most recent call last):
    kg.errors.RemoteError: http://example.org/ answers with results that cannot be read: they are cut, or nested deeper than 40
    """
    form = _ROW_FORMATS[kind]
    if form == ox.QueryResultsFormat.JSON and not _is_shallow(body):
        raise _unreadable(name, f"they are cut, or nested deeper than {_DEPTH}")
    if form == ox.QueryResultsFormat.XML and _DECLARATION.search(body):
        raise _unreadable(name, "the XML has a DOCTYPE")
    variables, rows, problem = _read(body, form)
    if problem:
        raise _unreadable(name, problem)
    if variables is None or variables == [_VIRTUOSO_ASK]:
        return Answer("boolean", boolean=any(isinstance(row[0], ox.Literal) and row[0].value not in {"0", "false"} for row in rows))
    if any(isinstance(term, ox.Triple) and not _is_flat(term) for row in rows for term in row):
        raise _unreadable(name, f"triple terms are nested deeper than {_TRIPLE_DEPTH}")
    return Answer("solutions", variables, rows)


def _read(body: bytes, form: ox.QueryResultsFormat) -> tuple[list[str] | None, list[tuple[Term | None, ...]], str]:
    """Return variables and rows, or what is wrong with them; a yes or no has no variables and one row.

    What goes wrong is returned, not raised: an error would keep the library's reader alive, which another thread must not let go of.
    """
    try:
        found = ox.parse_query_results(body, format=form)
        if isinstance(found, ox.QueryBoolean):
            return None, [(ox.Literal(bool(found)),)], ""
        return [variable.value for variable in found.variables], [tuple(solution) for solution in found], ""
    except MemoryError as error:
        if not str(error):  # of this process, and not of the parser, which has a limit of its own
            raise
        return [], [], "one of the values is too long"
    except (SyntaxError, ValueError, OSError) as error:
        return [], [], str(getattr(error, "msg", None) or error) or "they cannot be read"


def triples_of(body: bytes, kind: str, name: str) -> Answer:
    """Return triples; RemoteError where they cannot be read to the end."""
    try:
        quads = documents.read(body, format=_TRIPLE_FORMATS[kind]).quads
    except InputError as error:
        raise _unreadable(name, str(error)) from None
    return Answer("triples", triples=list(dict.fromkeys(quad.triple for quad in quads)))


def _is_shallow(body: bytes) -> bool:
    """Tell whether as many brackets of JSON are closed as opened, and none is nested deep."""
    steps = _JSON_STRING.sub(b"", body).translate(_STEPS, _NO_BRACKETS)
    return 2 * steps.count(1) == len(steps) and all(depth <= _DEPTH for depth in accumulate(memoryview(steps).cast("b")))


def _is_flat(term: Term) -> bool:
    layer: list[Term] = [term]
    for _depth in range(_TRIPLE_DEPTH):
        layer = [part for triple in layer if isinstance(triple, ox.Triple) for part in (triple.subject, triple.object)]
        if not layer:
            return True
    return False


def _unreadable(name: str, why: str) -> RemoteError:
    words = " ".join(why.split())
    return RemoteError(f"{name} answers with results that cannot be read: {words[:_SHOWN]}{'…' if len(words) > _SHOWN else ''}")
