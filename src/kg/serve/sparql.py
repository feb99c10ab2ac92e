"""The job of the endpoint: a query to its answer in the form that the client likes best, rows and bytes counted before it is sent."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pyoxigraph as ox

from .. import diagnosis, guard, results
from ..answers import Answer
from ..errors import LimitError, QueryError
from ..query import graphs_of
from .jobs import Reply, problem
from .negotiation import best

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..guard import Token
    from ..index import Index
    from .jobs import Job

__all__ = ["GRAPH_FORMS", "ROW_FORMS", "answer", "graph_reply"]

ROW_FORMS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/plain": "tsv",
    "text/html": "tsv",  # given as text/plain: nothing that a query says may become a page of this host
}
"""The media types of rows and of yes or no, the preferred first, and the format of each."""
GRAPH_FORMS = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
    "application/json": "jsonld",
    "application/xml": "rdf",
    "text/xml": "rdf",
    "text/plain": "nt",
    "text/html": "nt",
}
"""The media types of triples, likewise."""
_GRAPH_FORMATS = {"ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML, "jsonld": ox.RdfFormat.JSON_LD}
_NATIVE = {"json": ox.QueryResultsFormat.JSON, "tsv": ox.QueryResultsFormat.TSV}
_FORMS = {"SELECT": ROW_FORMS, "ASK": ROW_FORMS, "CONSTRUCT": GRAPH_FORMS, "DESCRIBE": GRAPH_FORMS}


class _Bounds(NamedTuple):
    """How large an answer may be."""

    rows: int | None
    size: int | None

    def check_rows(self, count: int, what: str) -> None:
        if self.rows is not None and count > self.rows:
            raise LimitError(f"the answer has more than {self.rows:,} {what}; ask for less, for example with LIMIT")

    def check_size(self, size: int) -> None:
        if self.size is not None and size > self.size:
            raise LimitError(f"the answer is larger than {self.size:,} bytes; ask for less, for example with LIMIT")


class _Sink:
    """What a native writer writes to; it stops the writer at the limit."""

    def __init__(self, bounds: _Bounds) -> None:
        self.pieces: list[bytes] = []
        self._bounds, self._size = bounds, 0

    def write(self, data: bytes) -> int:
        self._size += len(data)
        self._bounds.check_size(self._size)
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Have nothing to do: all is written at once."""


def answer(index: Index, job: Job) -> Reply:
    """Return the answer to the query of a job: `query`, `accept`, and the graphs of the protocol in `default` and `named`."""
    text: str = job["query"]
    tokens = guard.check(text)
    if not tokens:
        raise QueryError("the query is empty", line=1, column=1)
    offers = _FORMS[next((word for token in tokens if token.kind == "word" and (word := token.text.upper()) in _FORMS), "SELECT")]
    chosen = best(job["accept"], list(offers))
    if chosen is None:
        return problem(406, f"this query can be answered in {', '.join(offers)}")
    bounds = _Bounds(job["rows"], job["size"])
    graphs = _graphs(index, job)
    found = _solve(index, text, tokens, graphs)
    if isinstance(found, ox.QueryTriples):
        return graph_reply(index, _at_most(found, bounds, "triples"), chosen, bounds)
    if isinstance(found, ox.QuerySolutions):
        if ordered := _with_columns_in_order(text, tokens, found):
            text = ordered
            found = cast("ox.QuerySolutions", _solve(index, text, list(guard.tokens(text)), graphs))
        body = _rows(found, offers[chosen], bounds, index, text, graphs)
    else:
        body = results.write(Answer("boolean", boolean=bool(found)), offers[chosen]).encode()
    return Reply(200, body, _given(chosen), {"Vary": "Accept"})


def graph_reply(index: Index, triples: Sequence[ox.Triple], chosen: str, bounds: _Bounds | None = None) -> Reply:
    """Return triples in the form that was chosen among GRAPH_FORMS, sorted."""
    name = GRAPH_FORMS[chosen]
    unique = sorted(set(triples), key=str)
    body = ox.serialize(unique, format=ox.RdfFormat.N_TRIPLES) or b""
    if name != "nt":
        prefixes = {prefix: iri for prefix, iri in index.workspace.prefixes.items() if iri.encode() in body}
        try:
            body = ox.serialize(unique, format=_GRAPH_FORMATS[name], prefixes=prefixes) or b""
        except (OSError, ValueError) as error:  # a predicate that XML has no name for
            return problem(406, f"these triples cannot be written as {chosen}: {error}")
    if bounds:
        bounds.check_size(len(body))
    return Reply(200, body, _given(chosen), {"Vary": "Accept"})


def _given(chosen: str) -> str:
    chosen = "text/plain" if chosen == "text/html" else chosen
    return f"{chosen}; charset=utf-8" if chosen.startswith("text/") else chosen


def _graphs(index: Index, job: Job) -> dict[str, Any]:
    """Return the graphs that the protocol names, as the store takes them; those of FROM give way to them."""
    default, named = job.get("default") or [], job.get("named") or []
    if not default and not named:
        return {}
    for iri in [*default, *named]:
        try:
            is_loaded = index.store.contains_named_graph(ox.NamedNode(iri))
        except ValueError:
            raise QueryError(f"{iri!r} is not the IRI of a graph") from None
        if not is_loaded:
            raise QueryError(f"the graph <{iri}> is not served here; /sparql without a query lists those that are")
    return {"default_graph": [ox.NamedNode(iri) for iri in default], "named_graphs": [ox.NamedNode(iri) for iri in named]}


def _solve(
    index: Index, text: str, tokens: Sequence[Token], graphs: dict[str, Any]
) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
    prefixes = index.workspace.prefixes
    if not graphs:
        graphs_of(text, tokens, index.store, prefixes)
    try:
        return index.store.query(text, prefixes=prefixes, **graphs)
    except SyntaxError as error:
        raise diagnosis.syntax_error(text, tokens, error, prefixes) from None
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(" ".join(str(error).split())) from None


def _with_columns_in_order(text: str, tokens: Sequence[Token], found: ox.QuerySolutions) -> str | None:
    """Return a query that names the columns of `SELECT *` in the order in which they stand in it; None where that is so already."""
    head = next((number for number, token in enumerate(tokens) if token.text.upper() == "SELECT"), None)
    star = next((token for token in tokens[head + 1 : head + 3] if token.text == "*"), None) if head is not None else None
    if star is None or any(token.text == "(" for token in tokens[(head or 0) + 1 : (head or 0) + 3]):
        return None
    given = [variable.value for variable in found.variables]
    place = {token.text[1:]: number for number, token in reversed(list(enumerate(tokens))) if token.kind == "var"}
    ordered = sorted(given, key=lambda name: place.get(name, len(tokens)))
    if ordered == given:
        return None
    return f"{text[: star.start]} {' '.join('?' + name for name in ordered)} {text[star.start + 1 :]}"


def _rows(  # noqa: PLR0917  the steps of one function
    found: ox.QuerySolutions, name: str, bounds: _Bounds, index: Index, text: str, graphs: dict[str, Any]
) -> bytes:
    try:
        if name in _NATIVE:
            return _natively(found, name, bounds, index, text, graphs)
        variables = [variable.value for variable in found.variables]
        rows = [tuple(row) for row in _at_most(found, bounds, "rows")]
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(" ".join(str(error).split())) from None
    body = results.write(Answer("solutions", variables, rows), name).encode()
    bounds.check_size(len(body))
    return body


def _natively(  # noqa: PLR0917  the steps of one function
    found: ox.QuerySolutions, name: str, bounds: _Bounds, index: Index, text: str, graphs: dict[str, Any]
) -> bytes:
    sink = _Sink(bounds)
    found.serialize(output=sink, format=_NATIVE[name])  # type: ignore[arg-type]  # it needs write and flush, no more
    body = b"".join(sink.pieces)
    if bounds.rows is not None:
        count = body.count(b"\n") - 1 if name == "tsv" else body.count(b"},{") + 1
        if count > bounds.rows and name == "json":  # what looks like the end of a row may stand in a text: count the rows themselves
            again = cast("ox.QuerySolutions", index.store.query(text, prefixes=index.workspace.prefixes, **graphs))
            count = sum(1 for _ in islice(again, bounds.rows + 1))
        bounds.check_rows(count, "rows")
    return body


def _at_most(found: Any, bounds: _Bounds, what: str) -> list[Any]:
    items = list(found if bounds.rows is None else islice(found, bounds.rows + 1))
    bounds.check_rows(len(items), what)
    return items
