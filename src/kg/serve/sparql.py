"""The job of the endpoint: a query to its answer in the form that the client likes best, rows and bytes counted before it is sent."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pyoxigraph as ox

from .. import diagnosis, guard, results
from ..answers import Answer
from ..errors import LimitError, QueryError
from ..query import graphs_of, reaches_for_graphs
from .jobs import Reply, problem
from .negotiation import best

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class _Question:
    """A query with all that it is asked with."""

    def __init__(self, index: Index, job: Job, text: str) -> None:
        self.index, self.text, self.tokens = index, text, guard.check(text)
        self.bounds = _Bounds(job["rows"], job["size"])
        self._base = job.get("base")
        if not self.tokens:
            raise QueryError("the query is empty", line=1, column=1)
        self._dataset = self._graphs(job)

    def _graphs(self, job: Job) -> dict[str, Any]:
        """Return the graphs that it is asked of as the store takes them: those of the protocol, to which those of FROM give way.

        The IRI by which `kg push` names the default graph names that of this server, too. Another graph that is not served is empty where
        the protocol names it, as the tests of the protocol have it, and an error in FROM.
        """
        index, own = self.index, self.index.workspace.default_graph_iri
        default, named = job.get("default") or [], job.get("named") or []
        reaches = reaches_for_graphs(self.text, self.tokens)
        if not reaches and default == [own]:
            return {}
        if default or named or reaches:
            index.add_graphs()
        if not default and not named:
            found = graphs_of(self.text, self.tokens, index.store, index.workspace.prefixes, default_graph=own)
            if found is None or own not in found[0]:
                return {}
            default, named = found
        return {"default_graph": self._united(default), "named_graphs": [_graph(iri) for iri in dict.fromkeys(named)]}

    def _united(self, iris: Sequence[str]) -> list[ox.NamedNode | ox.DefaultGraph]:
        """Return the graphs to be asked as one; the store counts a triple as often as it is in them, so none is there twice."""
        own, part = self.index.workspace.default_graph_iri, self.index.workspace.prefixes["graph"]
        chosen = [iri for iri in dict.fromkeys(iris) if own not in iris or not iri.startswith(part)]
        return [ox.DefaultGraph() if iri == own else _graph(iri) for iri in chosen]

    @property
    def offers(self) -> dict[str, str]:
        """The media types that its answer can be given in, and their formats."""
        words = (token.text.upper() for token in self.tokens if token.kind == "word")
        return _FORMS[next((word for word in words if word in _FORMS), "SELECT")]

    def solve(self) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        """Ask the store; QueryError where it cannot read the query."""
        try:
            return self.index.store.query(self.text, prefixes=self._prefixes(), base_iri=self._base, **self._dataset)
        except SyntaxError as error:
            raise diagnosis.syntax_error(self.text, self.tokens, error, self.index.workspace.prefixes) from None
        except (RuntimeError, ValueError, OSError) as error:
            raise QueryError(" ".join(str(error).split())) from None

    def rows(self) -> ox.QuerySolutions:
        """Ask a SELECT again."""
        return cast("ox.QuerySolutions", self.solve())

    def in_order(self, found: ox.QuerySolutions) -> ox.QuerySolutions:
        """Return the rows of a `SELECT *` with the columns in the order in which they stand in the query."""
        head = next((number for number, token in enumerate(self.tokens) if token.text.upper() == "SELECT"), 0)
        after = self.tokens[head + 1 : head + 3]
        star = next((token for token in after if token.text == "*"), None)
        if star is None or any(token.text == "(" for token in after):
            return found
        given = [variable.value for variable in found.variables]
        place = {token.text[1:]: number for number, token in reversed(list(enumerate(self.tokens))) if token.kind == "var"}
        ordered = sorted(given, key=lambda name: place.get(name, len(self.tokens)))
        if ordered == given:
            return found
        self.text = f"{self.text[: star.start]} {' '.join('?' + name for name in ordered)} {self.text[star.start + 1 :]}"
        return self.rows()

    def _prefixes(self) -> dict[str, str]:
        """Return the prefixes of the workspace that it uses, since the engine parses each that it is given."""
        known = self.index.workspace.prefixes
        used = {token.text.partition(":")[0] for token in self.tokens if token.kind == "name"}
        return {prefix: known[prefix] for prefix in used if prefix in known}


def answer(index: Index, job: Job) -> Reply:
    """Return the answer to the `query` of a job in what its `accept` likes best, asked of the graphs in `default` and `named`."""
    question = _Question(index, job, job["query"])
    offers = question.offers
    chosen = best(job["accept"], list(offers))
    if chosen is None:
        return problem(406, f"this query can be answered in {', '.join(offers)}")
    try:
        found = question.solve()
        if isinstance(found, ox.QueryTriples):
            return graph_reply(index, _at_most(found, question.bounds, "triples"), chosen, question.bounds)
        if isinstance(found, ox.QuerySolutions):
            body = _written(question, question.in_order(found), offers[chosen])
        else:
            body = results.write(Answer("boolean", boolean=bool(found)), offers[chosen]).encode()
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(" ".join(str(error).split())) from None
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


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise QueryError(f"{iri[:200]!r} is not the IRI of a graph") from None


def _written(question: _Question, found: ox.QuerySolutions, name: str) -> bytes:
    """Return rows in a format: by the engine itself where that writes it right, which is quicker by far."""
    bounds = question.bounds
    if name not in _NATIVE:
        variables = [variable.value for variable in found.variables]
        rows = [tuple(row) for row in _at_most(found, bounds, "rows")]
        body = results.write(Answer("solutions", variables, rows), name).encode()
        bounds.check_size(len(body))
        return body
    sink = _Sink(bounds)
    found.serialize(output=sink, format=_NATIVE[name])  # type: ignore[arg-type]  # it needs write and flush, no more
    body = b"".join(sink.pieces)
    if bounds.rows is not None:
        count = body.count(b"\n") - 1 if name == "tsv" else body.count(b"},{") + 1
        if count > bounds.rows and name == "json":  # what looks like the end of a row may stand in a text: count the rows themselves
            count = sum(1 for _ in islice(question.rows(), bounds.rows + 1))
        bounds.check_rows(count, "rows")
    return body


def _at_most(found: Any, bounds: _Bounds, what: str) -> list[Any]:
    items = list(found if bounds.rows is None else islice(found, bounds.rows + 1))
    bounds.check_rows(len(items), what)
    return items
