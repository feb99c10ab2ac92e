"""Ask an index: check the text, bind the parameters, run it on an engine, and say what people should know about the answer."""

from __future__ import annotations

from functools import partial
from itertools import islice, pairwise
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox

from . import diagnosis, guard, names
from .answers import Answer
from .errors import QueryError, UsageError
from .limits import exceeded
from .parameters import bind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from .answers import Term
    from .guard import Token
    from .index import Index
    from .limits import Limits

Item = TypeVar("Item")
__all__ = ["ENGINES", "bound", "check_syntax", "collect", "cut", "graphs_of", "order_columns", "reaches_for_graphs", "remarks", "run"]

ENGINES = ("oxigraph", "rdflib")
_REACHING = ("GRAPH", "FROM")


def run(
    index: Index,
    text: str,
    *,
    values: Mapping[str, Term] | None = None,
    engine: str = "oxigraph",
    limit: int | None = None,
    explain: bool = True,
    summary: str = "",
    limits: Limits | None = None,
    federate: Collection[str] = (),
) -> Answer:
    """Return the answer to a SPARQL query; the prefixes of the workspace are known without being declared.

    `values` binds parameters, `limit` cuts rows or triples, and `explain` adds warnings about unknown terms and about finding nothing. A
    saved query has a `summary`, and is not told what is wrong with its own text: that was written for other data, too. Of `limits` those
    on the rows are kept here; the others need a process that can be ended (`kg.confined`). SERVICE reaches the hosts of `federate` alone.
    QueryError where the query cannot be read, RefusedError where it reaches out, LimitError where the answer has too many rows.
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}; known are {', '.join(ENGINES)}")
    asked, tokens = bound(text, values, allow_hosts=federate)
    if reaches_for_graphs(asked, tokens):
        index.add_graphs()
    prefixes = index.workspace.prefixes
    graphs = graphs_of(asked, tokens, index.store, prefixes)
    most = limits.rows if limits and limits.rows is not None and (limit is None or limit > limits.rows) else None
    asking = partial(_solve, index.store, prefixes=prefixes, engine=engine, graphs=graphs, limit=limit if most is None else most)
    if federate and any(token.text.upper() == "SERVICE" for token in tokens):
        answer = _federated(asking, asked, tokens, prefixes, engine=engine, hosts=federate, limits=limits)
    else:
        answer = asking(asked, tokens)
    if most is not None and limits and answer.form != "boolean" and len(answer) > most:
        raise exceeded("rows", limits)
    cut(answer, limit)
    order_columns(answer, tokens)
    _restore(index, answer, tokens)
    if explain:
        answer.warnings += remarks(index, answer, text, values=values, summary=summary)
    return answer


def _federated(
    asking: Callable[[str, Sequence[Token]], Answer],
    text: str,
    tokens: Sequence[Token],
    prefixes: Mapping[str, str],
    *,
    engine: str,
    hosts: Collection[str],
    limits: Limits | None,
) -> Answer:
    """Return the answer to a query that asks other hosts, too."""
    from . import federation

    if engine != "oxigraph":
        raise UsageError("only the engine oxigraph asks other hosts; leave out --engine or --federate")
    check_syntax(federation.without_service(text, tokens), prefixes, shown=text, tokens=tokens)
    return federation.solve(asking, text, tokens, hosts=hosts, limits=limits)


def bound(text: str, values: Mapping[str, Term] | None, *, allow_hosts: Collection[str] = ()) -> tuple[str, list[Token]]:
    """Return a query that may be asked with its parameters bound, and its tokens; QueryError or RefusedError where it may not."""
    tokens = guard.check(text, allow_hosts=allow_hosts)
    if not tokens:
        raise QueryError("the query is empty", line=1, column=1)
    if not values:
        return text, tokens
    text = bind(text, tokens, values)
    return text, list(guard.tokens(text))


def remarks(index: Index, answer: Answer, text: str, *, values: Mapping[str, Term] | None = None, summary: str = "") -> list[str]:
    """Return what people should know about an answer: terms of the query that are nowhere, and where it begins to find nothing.

    This asks further queries, which may take as long as the query itself.
    """
    store, prefixes = index.store, index.workspace.prefixes
    asked_for = [term.value for term in (values or {}).values() if isinstance(term, ox.NamedNode)]
    if summary:
        found = _of_saved(answer, summary, values or {}, store, prefixes)
        return found + (diagnosis.by_another_base(asked_for, index) if len(answer) == 0 else [])
    if any(token.text.upper() == "SERVICE" for token in guard.tokens(text)):
        return []  # what another host has is not looked into, and no part of the query may reach it from here
    asked, tokens = bound(text, values)
    found = diagnosis.old_names(diagnosis.iris_in(tokens, prefixes), index)
    found += diagnosis.unknown_terms(asked, tokens, store, prefixes, found_some=len(answer) > 0)
    if len(answer) == 0:
        why = diagnosis.first_without_match(asked, tokens, store, prefixes)
        found += diagnosis.by_another_base([*asked_for, *diagnosis.iris_in(tokens, prefixes)], index)
        found.append(why or "no rows, though each pattern of the outermost group matches: see LIMIT, OFFSET, HAVING")
    return found


def reaches_for_graphs(text: str, tokens: Sequence[Token]) -> bool:
    """Tell whether a query may name graphs; yes in doubt, since engines read glued and escaped keywords."""
    heads = (token.text.partition(":")[0].upper() for token in tokens if token.kind in {"word", "name", "number"})
    return "\\u" in text.lower() or any(word in head for head in heads for word in _REACHING)


def check_syntax(text: str, prefixes: Mapping[str, str], *, shown: str, tokens: Sequence[Token]) -> None:
    """Raise QueryError where a query cannot be parsed; it is asked of nothing. `shown` is the text that the error points into."""
    try:
        ox.Store().query(text, prefixes=dict(prefixes))
    except SyntaxError as error:
        raise diagnosis.syntax_error(shown, tokens, error, prefixes) from None
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(" ".join(str(error).split())) from None


def _solve(
    store: ox.Store,
    text: str,
    tokens: Sequence[Token],
    *,
    prefixes: Mapping[str, str],
    engine: str,
    graphs: tuple[list[str], list[str]] | None,
    limit: int | None,
) -> Answer:
    try:
        if engine == "rdflib":
            from . import second_engine

            ox.Store().query(text, prefixes=dict(prefixes))  # its errors have a place; rdflib's often have none
            return second_engine.solve(store, text, prefixes=prefixes, graphs=graphs, limit=limit)
        return collect(store.query(text, prefixes=dict(prefixes)), limit)
    except SyntaxError as error:
        raise diagnosis.syntax_error(text, tokens, error, prefixes) from None
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(" ".join(str(error).split())) from None


def collect(found: ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean, limit: int | None) -> Answer:
    """Return what an engine found, and one more than the limit, which tells that there are more."""
    if isinstance(found, ox.QueryBoolean):
        return Answer("boolean", boolean=bool(found))
    if isinstance(found, ox.QuerySolutions):
        variables = [variable.value for variable in found.variables]
        return Answer("solutions", variables, [tuple(solution) for solution in _at_most(found, limit)])
    return Answer("triples", triples=list(_at_most(found, limit)))


def _at_most(items: Iterable[Item], limit: int | None) -> Iterable[Item]:
    """Yield one more than the limit, which tells that there are more."""
    return items if limit is None else islice(items, limit + 1)


def cut(answer: Answer, limit: int | None) -> None:
    """Leave out of an answer what is over the limit, and note that."""
    if limit is not None and answer.form != "boolean" and len(answer) > limit:
        answer.cut = limit
        del answer.rows[limit:], answer.triples[limit:]


def order_columns(answer: Answer, tokens: Sequence[Token]) -> None:
    """Give the columns of `SELECT *` the order in which the query names them; the engines have orders of their own."""
    texts = [token.text for token in tokens]
    select = next((number for number, text in enumerate(texts) if text.upper() == "SELECT"), None)
    if answer.form != "solutions" or select is None or "*" not in texts[select + 1 : select + 3] or "(" in texts[select + 1 : select + 3]:
        return
    place = {text[1:]: number for number, text in reversed(list(enumerate(texts))) if text[0] in "?$"}
    order = sorted(range(len(answer.variables)), key=lambda column: place.get(answer.variables[column], len(texts)))
    answer.variables = [answer.variables[column] for column in order]
    answer.rows = [tuple(row[column] for column in order) for row in answer.rows]


def _restore(index: Index, answer: Answer, tokens: Sequence[Token]) -> None:
    restore = getattr(index, "restore", None)
    if restore is not None:
        restore(answer, _computed(tokens))


def _computed(tokens: Sequence[Token]) -> set[str]:
    """Return the variables that a query binds by AS or VALUES, whose values are not those of the data."""
    found: set[str] = set()
    in_values = False
    for before, token in pairwise(tokens):
        in_values = (in_values and token.text != "{") or token.text.upper() == "VALUES"
        if token.kind == "var" and (in_values or before.text.upper() == "AS"):
            found.add(token.text[1:])
    return found


def graphs_of(
    text: str, tokens: Sequence[Token], store: ox.Store, prefixes: Mapping[str, str], *, default_graph: str | None = None
) -> tuple[list[str], list[str]] | None:
    """Return the graphs of FROM and FROM NAMED; QueryError where one is not loaded, as no engine may fetch it.

    FROM may also name the `default_graph`, where it has an IRI.
    """
    default: list[str] = []
    named: list[str] = []
    for number, token in enumerate(tokens[:-1]):
        if token.kind != "word" or token.text.upper() != "FROM":
            continue
        is_named = tokens[number + 1].text.upper() == "NAMED"
        target = tokens[min(number + 1 + is_named, len(tokens) - 1)]
        iri = diagnosis.iri_of(target, tokens, prefixes)
        is_default = iri is not None and iri == default_graph and not is_named
        if iri is None or not (is_default or store.contains_named_graph(ox.NamedNode(iri))):
            raise QueryError(f"the graph {target.text} is not loaded; read its file with --data", **guard.place_of(text, target.start))
        (named if is_named else default).append(iri)
    return (default, named) if default or named else None


def _of_saved(answer: Answer, summary: str, values: Mapping[str, Term], store: ox.Store, prefixes: Mapping[str, str]) -> list[str]:
    found = diagnosis.unknown_values(values, store, prefixes)
    if len(answer) == 0:
        what = summary.rstrip(".?")
        shown = [f"{name} {term.value if isinstance(term, ox.Literal) else _compact(term, prefixes)}" for name, term in values.items()]
        given = f" for {', '.join(shown)}" if shown else ""
        form = "rows" if answer.form == "solutions" else answer.form
        found.append(f"no {form}: '{what[:1].lower()}{what[1:]}' finds nothing here{given}")
    return found


def _compact(term: Term, prefixes: Mapping[str, str]) -> str:
    return names.compact(term.value, dict(prefixes)) if isinstance(term, ox.NamedNode) else str(term)
