"""rdflib as a second, independent opinion: the same dataset, the same query, its own parser and evaluator.

Four of rdflib's habits are switched off: it fetches the graphs that a query names, its regular expressions can run for ever (they are
evaluated by Oxigraph's, which cannot), it rewrites literals, and it answers a GROUP BY over nothing with one empty row. DESCRIBE is each
engine's own: the standard leaves it open.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .answers import Answer
from .errors import KgError, QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .answers import Term

__all__ = ["from_rdflib", "solve", "to_rdflib"]

_SAID = 200
_CALLS = {
    "Builtin_REGEX": ("REGEX", ("text", "pattern", "flags")),
    "Builtin_REPLACE": ("REPLACE", ("arg", "pattern", "replacement", "flags")),
}


def solve(
    store: ox.Store, text: str, *, prefixes: Mapping[str, str], graphs: tuple[list[str], list[str]] | None, limit: int | None
) -> Answer:
    """Answer a query with rdflib over the quads of a store; `graphs` are those that FROM and FROM NAMED name, if it does.

    QueryError where rdflib cannot read the query, or fails at it.
    """
    import logging
    import warnings

    from pyparsing import ParseBaseException
    from rdflib.plugins import sparql

    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # it would report each ill-typed literal of the data
    try:
        prepared = sparql.prepareQuery(text, initNs=dict(prefixes))
        if prepared.algebra.get("datasetClause"):
            prepared.algebra["datasetClause"] = None  # the dataset holds just these graphs
        _replace_patterns(prepared.algebra)
        with warnings.catch_warnings(), _own_ways():
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own use of its old names
            form, variables, found = _evaluated(_dataset(store, graphs), prepared, limit)
    except ParseBaseException as error:
        raise QueryError(f"rdflib cannot read this: {error.msg}", line=error.lineno, column=error.column, source=error.line) from None
    except RecursionError:
        raise QueryError("rdflib cannot read so deep a query; ask it with --engine oxigraph") from None
    except NotImplementedError as error:
        raise QueryError(f"rdflib cannot answer this: {error}; ask it with --engine oxigraph") from None
    except (KgError, MemoryError):
        raise
    except Exception as error:  # rdflib lets out what it meets while it sorts and counts, and raises this very class, too
        what = f"{type(error).__name__}: {_line(error)}"
        raise QueryError(f"rdflib fails at this query ({what}); ask it with --engine oxigraph") from error
    try:
        return _answer(form, variables, found)
    except ValueError as error:
        raise QueryError(f"rdflib answers with what is no RDF ({_line(error)}); ask it with --engine oxigraph") from None


@contextmanager
def _own_ways() -> Iterator[None]:
    """Keep rdflib from fetching graphs, and from making one empty row of no groups at all, while a query runs."""
    from rdflib.plugins import sparql

    before = sparql.SPARQL_LOAD_GRAPHS
    sparql.SPARQL_LOAD_GRAPHS = False
    sparql.CUSTOM_EVALS[__name__] = _evaluate_groups
    try:
        yield
    finally:
        sparql.SPARQL_LOAD_GRAPHS = before
        del sparql.CUSTOM_EVALS[__name__]


def _evaluate_groups(context: Any, part: Any) -> Any:
    """Return the groups of a GROUP BY; NotImplementedError, which rdflib expects, for every other part of a query."""
    from rdflib.plugins.sparql.evaluate import evalAggregateJoin

    if part.name != "AggregateJoin" or part.p.expr is None:
        raise NotImplementedError
    return [row for row in evalAggregateJoin(context, part) if len(row)]


def to_rdflib(term: Term) -> Any:
    """Return the rdflib term of a term; literals keep their lexical form."""
    import rdflib

    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language is not None:
            return rdflib.Literal(term.value, lang=term.language)
        is_plain = term.datatype.value.endswith("XMLSchema#string")
        return rdflib.Literal(term.value, datatype=None if is_plain else rdflib.URIRef(term.datatype.value), normalize=False)
    raise QueryError("the data has triple terms (RDF 1.2), which rdflib does not know; ask with --engine oxigraph")


def from_rdflib(term: Any) -> Term | None:
    """Return the term of an rdflib term."""
    import rdflib

    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype))) if term.datatype else ox.Literal(str(term))


def _dataset(store: ox.Store, graphs: tuple[list[str], list[str]] | None) -> Any:
    import rdflib

    dataset = rdflib.Dataset()
    default, named = graphs or ([], [])
    for quad in store:
        triple = (to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object))
        name = "" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value
        if (not name and graphs is None) or name in default:
            dataset.default_graph.add(triple)
        if name and (graphs is None or name in named):
            dataset.graph(rdflib.URIRef(name)).add(triple)
    return dataset


def _replace_patterns(part: Any) -> None:
    """Give every REGEX and REPLACE of a query Oxigraph's evaluation, which takes linear time."""
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(part, CompValue):
        if part.name in _CALLS:
            part._evalfn = _call(part)  # noqa: SLF001  where rdflib keeps the function of an expression
        for value in dict.values(part):
            _replace_patterns(value)
    elif isinstance(part, (list, tuple, set)):
        for value in part:
            _replace_patterns(value)


def _call(part: Any) -> Any:
    name, fields = _CALLS[part.name]

    def evaluate(_context: Any) -> Any:
        from rdflib.plugins.sparql.sparql import SPARQLError

        given = [value for value in (getattr(part, field) for field in fields) if value is not None]
        if any(isinstance(value, SPARQLError) for value in given):
            raise SPARQLError(name)
        call = f"SELECT ({name}({', '.join(str(from_rdflib(value)) for value in given)}) AS ?r) {{}}"
        found = next(iter(_solutions(call)))[0]
        if found is None:
            raise SPARQLError(f"{name} failed")
        return to_rdflib(found)

    return evaluate


def _solutions(query: str) -> Iterable[Any]:
    found = ox.Store().query(query)
    return found if isinstance(found, ox.QuerySolutions) else ()


def _evaluated(dataset: Any, prepared: Any, limit: int | None) -> tuple[str, list[Any], list[Any]]:
    """Return the form of an answer, its variables, and its rows, triples or truth, as rdflib has them."""
    result = dataset.query(prepared)
    if result.type == "ASK":
        return "boolean", [], [bool(result.askAnswer)]
    if result.type == "SELECT":
        return "solutions", list(result.vars), list(_at_most(result.bindings, limit))
    return "triples", [], list(_at_most(filter(_is_triple, result.graph), limit))


def _line(error: Exception) -> str:
    """Return what an error says in one line, without the places in memory that are others each time."""
    import re

    return re.sub(" at 0x[0-9a-f]+", "", " ".join(str(error).split()))[:_SAID]


def _is_triple(triple: Any) -> bool:
    """Tell whether RDF allows a triple; a template may make others, and the standard leaves them out."""
    import rdflib

    return not isinstance(triple[0], rdflib.Literal) and isinstance(triple[1], rdflib.URIRef)


def _answer(form: str, variables: list[Any], found: list[Any]) -> Answer:
    if form == "boolean":
        return Answer("boolean", boolean=found[0])
    if form == "solutions":
        rows = [tuple(from_rdflib(row.get(variable)) for variable in variables) for row in found]
        return Answer("solutions", [str(variable) for variable in variables], rows)
    triples = [[from_rdflib(term) for term in triple] for triple in found]
    return Answer("triples", triples=[ox.Triple(*triple) for triple in triples])  # type: ignore[arg-type]  # rdflib knows no types here


def _at_most(items: Iterable[Any], limit: int | None) -> Iterable[Any]:
    from itertools import islice

    return items if limit is None else islice(items, limit + 1)
