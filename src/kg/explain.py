"""What a query costs, measured: how many rows its outermost group has as it grows, part by part, and how long that takes to count.

Oxigraph's own plan cannot be reached from Python (0.5), so this is no plan: the parts stand in the order of the text, and the engine may
join them in another. What it shows is where rows multiply and where they end.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from . import query
from .answers import Answer
from .diagnosis import parts_of
from .errors import QueryError, UsageError
from .guard import place_of
from .parameters import outermost_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .answers import Term
    from .guard import Token
    from .index import Index

__all__ = ["Step", "as_answer", "steps"]

_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_SHOWN = 100


class Step(NamedTuple):
    """The outermost group up to a part of it: how many rows it has, and how many seconds it took to count them."""

    line: int
    part: str
    rows: int
    seconds: float


def steps(index: Index, text: str, *, values: Mapping[str, Term] | None = None, engine: str = "oxigraph") -> Iterator[Step]:
    """Yield a step for each part of a query, then one for the query itself; UsageError where it has no group to look into."""
    asked, tokens = query.bound(text, values)
    group = outermost_group(tokens)
    form = next((token.start for token in tokens if token.text.upper() in _FORMS), None)
    if group is None or form is None:
        raise UsageError("--explain looks into the group of a query, and this one has none")
    first, graphs = tokens[group[0]].start + 1, _graphs(tokens[: group[0]])
    waiting: int | None = None  # where a part begins that makes no sense alone, as VALUES without its rows
    for start, end in parts_of(tokens, group):
        begin = start if waiting is None else waiting
        part = asked[begin:end].strip(" \t\r\n.;,")
        if not part:
            continue
        began = time.perf_counter()
        rows = _count(index, f"{asked[:form]}SELECT (COUNT(*) AS ?n) {graphs}{{{asked[first:end]}\n}}", engine)
        waiting = begin if rows is None else None
        if rows is not None:
            where = asked.index(part, begin)
            yield Step(place_of(asked, where)["line"], " ".join(part.split())[:_SHOWN], rows, time.perf_counter() - began)
    began = time.perf_counter()
    whole = query.run(index, text, values=values, engine=engine, explain=False)
    yield Step(place_of(asked, form)["line"], "the whole query", len(whole), time.perf_counter() - began)


def _graphs(head: Sequence[Token]) -> str:
    """Return the FROM clauses of a query."""
    found = ""
    for number, token in enumerate(head):
        if token.text.upper() == "FROM":
            clause = head[number : number + 3] if head[number + 1].text.upper() == "NAMED" else head[number : number + 2]
            found += " ".join(each.text for each in clause) + " "
    return found


def _count(index: Index, text: str, engine: str) -> int | None:
    """Return how many rows a group has; None where it makes no sense alone, as the left side of a UNION."""
    try:
        found = query.run(index, text, engine=engine, explain=False).rows[0][0]
    except QueryError:
        return None
    return int(found.value) if isinstance(found, ox.Literal) else None


def as_answer(found: Iterable[Step]) -> Answer:
    """Return the steps as rows."""
    decimal = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    rows: list[tuple[Term | None, ...]] = [
        (ox.Literal(step.line), ox.Literal(step.part), ox.Literal(step.rows), ox.Literal(f"{step.seconds * 1000:.1f}", datatype=decimal))
        for step in found
    ]
    return Answer("solutions", ["line", "up to here", "rows", "ms"], rows)
