"""Ask a SPARQL endpoint as one asks the index: the same text, the same parameters, the same answer.

The pre-flight of `kg.guard` holds here, too, and the text must be SPARQL by pyoxigraph's reading before it leaves. The prefixes of the
workspace that it uses are written before it.

Engines disagree about what the default graph of a question is: an empty one, or the union of all graphs. So every request names it
(`default-graph-uri`): the graph that `kg push` writes, unless told otherwise; an empty name leaves it to the endpoint. As naming it takes
away all other graphs (SPARQL 1.1 Protocol, 2.1.4), a query that uses GRAPH names the graphs of the workspace that the endpoint has. A query
with FROM names its own.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox

from . import names
from .client import LONG, SECONDS, SIZE, Client, Credentials, Reply, authority_of, origin_of, parse_url
from .diagnosis import by_base, iris_in, own_iris
from .errors import RemoteError, UsageError
from .index import Index, load
from .limits import exceeded
from .portable import standalone
from .query import bound, check_syntax, cut, order_columns
from .received import ROWS, TRIPLES, rows_of, triples_of
from .wire import Deadline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .answers import Answer, Term
    from .guard import Token
    from .limits import Limits
    from .workspace import Workspace

__all__ = ["SECONDS", "Endpoint", "LocalNames", "RemoteIndex", "default_graph_of"]

_SHORT = 1500
_NOT_HERE = (200, 404, 405)
_ENDPOINTS = ("/sparql", "/query")
"""How the addresses of endpoints end, as a rule; what answers otherwise at another address may be none."""
_FORM = "application/x-www-form-urlencoded"
_WHOLE = 300_000
_PAGES = 3000, 200
_PAGED = (
    f"?s a <{names.CLAIM}>",
    f"?s a <{names.PASSAGE}>",
    f"?s a <{names.SOURCE}>",
    f"?s <{names.PREF_LABEL}> []",
    f"?s a <{names.RELATION}>",
)
"""The subjects that are fetched, kind by kind."""
_LOOKED_FOR = 3
_OCCURS = "ASK {{ {{ <{iri}> ?p ?o }} UNION {{ ?s <{iri}> ?o }} UNION {{ ?s ?p <{iri}> }} }}"
_REST = f"?s ?any [] FILTER NOT EXISTS {{ ?s a <{names.CLAIM}> }} FILTER NOT EXISTS {{ ?s a <{names.PASSAGE}> }}"
"""What else the graph of a workspace has, which is the ontology; the default graph of another endpoint may have anything."""


def default_graph_of(workspace: Workspace) -> str:
    """Return the IRI of the graph that `kg push` writes the default graph of a workspace to; no file has this name."""
    return workspace.default_graph_iri


class Endpoint:
    """A SPARQL 1.1 endpoint, asked on behalf of a workspace.

    `default_graph` is the IRI of the graph that stands for the default graph; "" names none.
    """

    def __init__(
        self,
        url: str,
        workspace: Workspace,
        *,
        default_graph: str | None = None,
        seconds: float | None = SECONDS,
        credentials: Credentials | None = None,
        size: int = SIZE,
    ) -> None:
        parsed = parse_url(url)
        self.url, self.workspace = str(parsed), workspace
        self.default_graph = default_graph_of(workspace) if default_graph is None else _checked_graph(default_graph)
        self.seconds = seconds or LONG
        own = credentials if credentials is not None else Credentials.from_environment()
        self.client = Client([authority_of(parsed)], credentials=own, origin=origin_of(parsed), private=True, size=size)
        self._graphs: list[str] | None = None

    def ask(
        self,
        text: str,
        *,
        values: Mapping[str, Term] | None = None,
        limit: int | None = None,
        explain: bool = True,
        summary: str = "",
        limits: Limits | None = None,
    ) -> Answer:
        """Return the answer of the endpoint to a SPARQL query; `values` binds parameters, `limit` cuts rows or triples.

        QueryError where the query cannot be read, RefusedError where it reaches out, RemoteError where the endpoint fails, LimitError where
        the answer has more rows than `limits` allow.
        """
        asked, tokens = bound(text, values)
        check_syntax(asked, self.workspace.prefixes, shown=asked, tokens=tokens)
        deadline = Deadline(self.seconds)
        dataset = self._dataset(tokens, deadline)
        sent = standalone(_limited(asked, tokens, limit), tokens, self.workspace.prefixes)
        answer = self._query(sent, tokens, dataset, deadline)
        if limits and limits.rows is not None and answer.form != "boolean" and len(answer) > limits.rows and limit is None:
            raise exceeded("rows", limits)
        cut(answer, limit)
        order_columns(answer, tokens)
        if explain and len(answer) == 0:
            given = [term.value for term in (values or {}).values() if isinstance(term, ox.NamedNode)]
            own = own_iris([*given, *iris_in(tokens, self.workspace.prefixes)], self.workspace.prefixes)
            answer.warnings += self._why_nothing(summary, own, deadline)
        return answer

    def count(self, graph: str) -> int:
        """Return how many triples a graph of the endpoint has."""
        answer = self._rows(
            "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", {"default-graph-uri": [graph]} if graph else {}, Deadline(self.seconds)
        )
        return _number(answer, self.url)

    def graphs(self) -> list[str]:
        """Return the graphs of the workspace that the endpoint has, those of files and `kg:plain`."""
        return self._named_graphs(Deadline(self.seconds))

    def index(self) -> RemoteIndex:
        """Return what the endpoint has in its default graph as an index in memory; RemoteError where not all of it arrives."""
        store = ox.Store()
        total = self.count(self.default_graph) if self.default_graph else _WHOLE + 1
        if self.default_graph and total == 0:
            raise RemoteError(self._empty())
        if total <= _WHOLE:
            whole = self.ask("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", explain=False)
            store.extend(ox.Quad(*triple) for triple in whole.triples)
        if len(store) < total:
            store = self._by_pages()
        return RemoteIndex(self.workspace, store)

    def _by_pages(self) -> ox.Store:
        """Fetch the records in pages, since an answer may be cut at some number of rows; what comes is counted."""
        store = ox.Store()
        for pattern in (*_PAGED, _REST) if self.default_graph else _PAGED:
            wanted = _number(self.ask(_counted(pattern), explain=False), self.url)
            for size in _PAGES:
                found = self._paged(pattern, size)
                if len(found) >= wanted:
                    break
            else:
                raise RemoteError(f"{self.url} gives {len(found):,} of {wanted:,} triples; nothing of it is used")
            store.extend(ox.Quad(*triple) for triple in found)
        return store

    def _paged(self, pattern: str, size: int) -> set[ox.Triple]:
        """Return what is said of the subjects of one kind, so many of them a request, each page after the last subject before it."""
        found: set[ox.Triple] = set()
        last: str | None = ""
        while last is not None:
            page = self.ask(_page(pattern, last, size), explain=False).triples
            found.update(page)
            last = max((triple.subject.value for triple in page if isinstance(triple.subject, ox.NamedNode)), default=None)
        return found

    def _query(self, text: str, tokens: Sequence[Token], dataset: Mapping[str, list[str]], deadline: Deadline) -> Answer:
        form = next(word for word in (token.text.upper() for token in tokens) if word in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
        if form in {"SELECT", "ASK"}:
            return self._rows(text, dataset, deadline)
        reply = self._send(text, dataset, TRIPLES, deadline)
        return _noted(triples_of(reply.body, reply.type, self.url), reply, self.url)

    def _rows(self, text: str, dataset: Mapping[str, list[str]], deadline: Deadline) -> Answer:
        reply = self._send(text, dataset, ROWS, deadline)
        return _noted(rows_of(reply.body, reply.type, self.url), reply, self.url)

    def _send(self, text: str, dataset: Mapping[str, list[str]], accept: Mapping[str, float], deadline: Deadline) -> Reply:
        try:
            return self._answered(urlencode({"query": text, **dataset}, doseq=True), accept, deadline)
        except RemoteError as error:
            raise self._elsewhere(error) from None

    def _elsewhere(self, error: RemoteError) -> RemoteError:
        """Return an error with where else the endpoint may be, if this seems to be the address of something else."""
        parsed = parse_url(self.url)
        if error.status not in _NOT_HERE or parsed.path.rstrip("/").endswith(_ENDPOINTS):
            return error
        other = parsed.copy_with(path=parsed.path.rstrip("/") + "/sparql", query=None)
        said = error.message.removesuffix("; is this the address of a SPARQL endpoint?")
        return RemoteError(f"{said}; this seems to be no address of a SPARQL endpoint: try {other}", status=error.status)

    def _answered(self, fields: str, accept: Mapping[str, float], deadline: Deadline) -> Reply:
        if len(fields) <= _SHORT:
            joint = "&" if "?" in self.url else "?"
            return self.client.send("GET", self.url + joint + fields, deadline=deadline, accept=accept)
        return self.client.send("POST", self.url, deadline=deadline, accept=accept, content=fields.encode(), content_type=_FORM)

    def _dataset(self, tokens: Sequence[Token], deadline: Deadline) -> dict[str, list[str]]:
        words = {token.text.upper() for token in tokens if token.kind == "word"}
        if not self.default_graph or "FROM" in words:
            return {}
        named = self._named_graphs(deadline) if "GRAPH" in words else []
        return {"default-graph-uri": [self.default_graph], "named-graph-uri": named}

    def _named_graphs(self, deadline: Deadline) -> list[str]:
        if self._graphs is None:
            text = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
            found = [row[0].value for row in self._rows(text, {}, deadline).rows if isinstance(row[0], ox.NamedNode)]
            own = self.workspace.prefixes["graph"]
            self._graphs = [iri for iri in found if iri == names.PLAIN or iri.startswith(own)]
        return self._graphs

    def _why_nothing(self, summary: str, own: Sequence[str], deadline: Deadline) -> list[str]:
        graph = {"default-graph-uri": [self.default_graph]} if self.default_graph else {}
        if graph and not self._rows("ASK { ?s ?p ?o }", graph, deadline).boolean:
            return [self._empty(), *by_base(own, self.workspace)]
        what = summary.rstrip(".?")
        told = f"no rows: '{what[:1].lower()}{what[1:]}' finds nothing there" if summary else f"no rows at {self.url}"
        unknown = [iri for iri in own[:_LOOKED_FOR] if not self._rows(_OCCURS.format(iri=iri), graph, deadline).boolean]
        return [told, *by_base(unknown, self.workspace)]

    def _empty(self) -> str:
        is_own = self.default_graph == default_graph_of(self.workspace)
        if is_own and self.workspace.is_bundled:  # nobody means to load that one there
            return (
                f"{self.url} has nothing in <{self.default_graph}>, the graph of the bundled data set; "
                "--dir names the workspace that was loaded there, --default-graph another graph, '' the endpoint's own"
            )
        return (
            f"{self.url} has nothing in its graph <{self.default_graph}>; kg push loads {self.workspace.called} there, "
            "--default-graph names another, '' the endpoint's own"
        )


class RemoteIndex(Index):
    """An index over what an endpoint gave: the same records and rows, no files."""

    @property
    def files(self) -> list[Path]:
        """No file is what this index was made of."""
        return []


class LocalNames(Index):
    """The files of a workspace, read when a label or a passage is looked for: an endpoint may be asked because they are many."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._has_graphs = False

    @cached_property
    def store(self) -> ox.Store:  # type: ignore[override]  # where the parent has it from the start
        """What the files say, loaded on first use."""
        return load(self.workspace).store


def _checked_graph(iri: str) -> str:
    try:
        return ox.NamedNode(iri).value if iri else ""
    except ValueError:
        raise UsageError(f"--default-graph {iri!r} is no IRI; write it whole, or '' for the endpoint's own") from None


def _counted(pattern: str) -> str:
    return f"SELECT (COUNT(*) AS ?n) WHERE {{ {{ SELECT DISTINCT ?s ?p ?o WHERE {{ {pattern} FILTER isIRI(?s) ?s ?p ?o }} }} }}"


def _page(pattern: str, last: str, size: int) -> str:
    after = f"FILTER (STR(?s) > {ox.Literal(last)}) " if last else ""
    subjects = f"SELECT DISTINCT ?s WHERE {{ {pattern} FILTER isIRI(?s) {after}}} ORDER BY STR(?s) LIMIT {size}"
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ {subjects} }} ?s ?p ?o }}"


def _limited(text: str, tokens: Sequence[Token], limit: int | None) -> str:
    """Ask for one row more than the limit, where the query sets none of its own; triples are not counted by LIMIT."""
    depth, outermost = 0, []
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            outermost.append(token.text.upper())
    if limit is None or "SELECT" not in outermost or {"LIMIT", "VALUES"} & set(outermost):
        return text
    return f"{text}\nLIMIT {limit + 1}"


def _noted(answer: Answer, reply: Reply, url: str) -> Answer:
    """Refuse an answer that its endpoint calls incomplete, and warn of one that it may have cut."""
    if reply.headers.get("x-sql-state", "").upper() == "S1TAT":
        raise RemoteError(f"{url} gave up after its own time limit and answers with a part; nothing of it is used")
    most = reply.headers.get("x-sparql-maxrows", "")
    if most.isdigit() and 0 < int(most) <= len(answer) and answer.form != "boolean":
        answer.warnings.append(f"{url} gives at most {int(most):,} rows, which this answer has: there may be more")
    return answer


def _number(answer: Answer, url: str) -> int:
    term = answer.rows[0][0] if answer.rows and answer.rows[0] else None
    if not isinstance(term, ox.Literal) or not term.value.isdigit():
        raise RemoteError(f"{url} does not count: it answers a COUNT without a number")
    return int(term.value)
