"""The Python face: a workspace, opened.

>>> import kg
>>> ws = kg.open()
>>> for row in ws.query("denials", who="ent:taliban"):
...     print(row["label"], row["sentence"])
The Taliban deny that Afghanistan is troubled by terrorism. 32
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyoxigraph as ox

from . import index, names, query, results, saved, workspace
from .errors import UsageError
from .parameters import terms_of
from .results.rows import grid
from .triples import object_from_term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import networkx as nx
    import rdflib

    from .answers import Answer, Term
    from .checks import Finding
    from .index import Index
    from .mappings import MappingSet
    from .model import Claim
    from .remote import Endpoint
    from .view import Page

_SHOWN = 1000
Value: TypeAlias = str | int | bool | Decimal | dt.date | None
"""What a cell of an answer is in Python: an IRI or text as `str`, a number, a date, or `None` where the row has nothing."""


class Session:
    """An opened workspace. Everything is read on first use; nothing is written."""

    def __init__(self, space: workspace.Workspace) -> None:
        self.workspace = space

    @cached_property
    def index(self) -> index.Index:
        """The loaded files: the store and the claim table."""
        return index.load(self.workspace)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The accepted claims, by IRI."""
        return self.index.claims

    @property
    def links(self) -> MappingSet:
        """The links of the files to other data sets; `mappings` has the denied ones, too, `accepted` has not.

        >>> import kg
        >>> [link.object_id for link in kg.open().links.accepted if link.subject_label == "NATO"][-1]
        'http://www.wikidata.org/entity/Q7184'
        """
        from . import mappings

        self.workspace.refuse_ways_out()
        return mappings.read(self.workspace.links_file, missing_ok=True)

    def query(self, text: str, *, engine: str = "oxigraph", limit: int | None = None, **values: object) -> Rows:
        """Ask SPARQL or a saved query, with its parameters as keywords; QueryError or UsageError where that cannot be.

        >>> import kg
        >>> kg.open().query("SELECT (COUNT(?c) AS ?n) { ?c kg:polarity kg:denied }").first["n"]
        6
        """
        asked = saved.find(self.workspace.queries_dir, text) if saved.NAME.fullmatch(text) else saved.parse(text)
        given = {name: str(value) for name, value in values.items()}
        bound = terms_of(asked.parameters, given, self.workspace.prefixes, index=self._names, is_saved=asked.has_header)
        return Rows(self._answer(asked, bound, engine=engine, limit=limit), self._names)

    def _answer(self, asked: saved.SavedQuery, values: Mapping[str, Term], *, engine: str, limit: int | None) -> Answer:
        return query.run(self.index, asked.text, values=values, engine=engine, limit=limit, summary=asked.summary)

    @cached_property
    def _names(self) -> Index:
        """Where labels and examples come from."""
        return self.index

    def at(self, url: str, *, default_graph: str | None = None, seconds: float | None = 30.0) -> Session:
        """Return a session over what a SPARQL endpoint holds: `kg.open().at(url).query("denials", who="ent:taliban")`.

        Queries go there, with labels from the files here; claims, maps and networks are made of what it has, fetched on first use. Each
        request may take so many `seconds`; the graph asked is the one that `kg push` writes, unless `default_graph` names another, or "".
        """
        from .remote import Endpoint

        return _RemoteSession(self.workspace, Endpoint(url, self.workspace, default_graph=default_graph, seconds=seconds))

    def dataset(self) -> rdflib.Dataset:
        """Return the workspace as a read-only `rdflib.Dataset` on the same store: default graph, one named graph a file, and `kg:plain`.

        >>> import kg
        >>> len(kg.open().dataset().graph("https://w3id.org/claimgraph/graph/derived")) > 0
        True
        """
        from .dataset import open_dataset

        return open_dataset(self.index)

    def network(self) -> nx.MultiDiGraph[str]:
        """Return the accepted claims as a graph: a node an entity, an edge a claim; `kg.projection` gives the claims back."""
        from .projection import to_network

        return to_network(self.index)

    def view(
        self,
        path: str | Path | None = None,
        *,
        title: str | None = None,
        texts: Sequence[str] = (),
        language: str | None = None,
        compare: tuple[str, str] | None = None,
        **scope: Any,
    ) -> Page:
        """Return the map as one HTML page, which shows itself in a notebook, and write it to a file where one is named.

        The scope is that of `kg view`: `about`, `hops`, `claimant`, `since`, `until`, `query`; entities by IRI, CURIE or label.

        >>> import kg
        >>> page = kg.open().view(about="ent:taliban", since="2021")
        >>> page.html.startswith("<!DOCTYPE html>"), page._repr_html_().startswith("<iframe")
        (True, True)
        """
        from .view import Page, build
        from .view.scope import asked_for, entity

        both = (entity(self.index, compare[0]), entity(self.index, compare[1])) if compare else None
        wanted = asked_for(self.index, **scope)
        page = Page(build(self.index, title=title, texts=texts, scope=wanted, language=language, compare=both))
        if path is not None:
            page.write(path)
        return page

    def check(self, *, texts: Sequence[str | Path] = ()) -> list[Finding]:
        """Return what is to be corrected in the workspace, by file and line; `texts` are files that passages are checked against.

        >>> import kg
        >>> kg.open().check()
        []
        """
        from .checks import check_workspace

        return check_workspace(self.index, texts=[Path(text) for text in texts])

    def __repr__(self) -> str:
        return f"<kg.Session {self.workspace.base} in {self.workspace.root}>"


class _RemoteSession(Session):
    """A session whose claims are at an endpoint."""

    def __init__(self, space: workspace.Workspace, endpoint: Endpoint) -> None:
        super().__init__(space)
        self.endpoint = endpoint

    @cached_property
    def index(self) -> index.Index:
        """What the endpoint holds, fetched."""
        return self.endpoint.index()

    @cached_property
    def _names(self) -> Index:
        from .remote import LocalNames

        return LocalNames(self.workspace)

    def _answer(self, asked: saved.SavedQuery, values: Mapping[str, Term], *, engine: str, limit: int | None) -> Answer:
        if engine != query.ENGINES[0]:
            raise UsageError("the endpoint is the engine here; leave out engine")
        return self.endpoint.ask(asked.text, values=values, limit=limit, summary=asked.summary)

    def check(self, *, texts: Sequence[str | Path] = ()) -> list[Finding]:  # noqa: ARG002  as in a session over files
        """Refuse: what is checked are the files."""
        raise UsageError("a check reads the files; call it on the workspace itself")

    def __repr__(self) -> str:
        return f"<kg.Session {self.workspace.base} at {self.endpoint.url}>"


class Rows:
    """The answer to a query: its rows as dictionaries of Python values, and the answer itself for who wants terms."""

    def __init__(self, answer: Answer, found_in: index.Index) -> None:
        self.answer = answer
        self._index = found_in

    def __iter__(self) -> Iterator[dict[str, Value]]:
        for row in self.answer.rows:
            yield {name: to_value(term) for name, term in zip(self.answer.variables, row, strict=True)}

    def __len__(self) -> int:
        return len(self.answer)

    def __bool__(self) -> bool:
        return self.answer.boolean if self.answer.form == "boolean" else len(self) > 0

    @property
    def first(self) -> dict[str, Value]:
        """The first row; an empty dictionary where there is none."""
        return next(iter(self), {})

    def to(self, name: str, **style: Any) -> str:
        """Return the answer in one of the formats of `kg query -f`."""
        return results.write(self.answer, name, results.Style(self._index.workspace.prefixes, self._index.labels, **style))

    def df(self) -> Any:
        """Return the rows as a data frame: of Polars where it is installed, else of pandas; UsageError where neither is.

        Cells are as in the rows: numbers, decimals, dates, truths, text. A column that mixes them holds text.
        """
        columns = self._columns()
        for library in ("polars", "pandas"):
            try:
                return import_module(library).DataFrame(columns)
            except ModuleNotFoundError as error:
                if error.name != library:
                    raise
        raise UsageError("a data frame needs Polars or pandas; install one with: pip install 'claimgraph[frames]'")

    def _columns(self) -> dict[str, list[Value]]:
        """Return the values column by column, each of one kind."""
        if self.answer.form == "boolean":
            raise UsageError("a query that answers yes or no has no rows for a data frame; use bool() on the answer")
        headers, rows = grid(self.answer)
        columns = {name: [to_value(row[number]) for row in rows] for number, name in enumerate(headers)}
        for values in columns.values():
            if len({type(value) for value in values} - {type(None)}) > 1:
                values[:] = [None if value is None else str(value) for value in values]
        return columns

    def _repr_html_(self) -> str:
        """Return the answer as a table for a notebook, with labels and everything escaped; no more rows than a terminal gets."""
        shown = replace(self.answer, rows=self.answer.rows[:_SHOWN], triples=self.answer.triples[:_SHOWN])
        shown.cut = _SHOWN if len(self.answer) > len(shown) else self.answer.cut
        return results.to_html(shown, results.Style(self._index.workspace.prefixes, self._index.labels))

    def __repr__(self) -> str:
        return self.to("ttl" if self.answer.form == "triples" else "table")


def to_value(term: Term | None) -> Value:
    """Return what a term is in Python; literals whose datatype has no counterpart stay text.

    >>> to_value(ox.Literal("2022-09-05", datatype=ox.NamedNode(names.XSD + "date")))
    datetime.date(2022, 9, 5)
    >>> to_value(ox.NamedNode("urn:a"))
    'urn:a'
    """
    if term is None or isinstance(term, ox.Triple):
        return None if term is None else str(term)
    if isinstance(term, ox.BlankNode):
        return str(term)
    value = object_from_term(term)
    read = _READERS.get(value.datatype or "") if not isinstance(value, str) else None
    try:
        return read(str(value)) if read else str(value)
    except (ValueError, ArithmeticError):
        return str(value)


_READERS: dict[str, Callable[[str], Value]] = {
    names.XSD + "integer": int,
    names.XSD + "decimal": Decimal,
    names.XSD + "date": dt.date.fromisoformat,
    names.XSD + "boolean": lambda text: text in {"true", "1"},
}


def open(directory: str | Path | None = None) -> Session:  # noqa: A001  # kg.open(), as one opens a file
    """Open the workspace of a folder: itself where one is named, else the nearest above the current folder, else the bundled one.

    >>> import kg
    >>> kg.open("no/such/folder")
    Traceback (most recent call last):
    kg.errors.StorageError: no/such/folder: this is no kg workspace (no ontology/kg.ttl and graph/); kg init makes one
    """
    return Session(workspace.find(directory))
