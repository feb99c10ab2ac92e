"""Shapes on a store: in most graphs nearly every rule is kept, so the cheap questions that clear many rules at once are asked first.

1. One profile per target (how many nodes have each property, in how many triples) clears the counts and the closed shapes.
2. One question per path, over its distinct values, clears the value constraints, logical ones among them.
3. Only what is not cleared is asked for in detail, as are the few constraints that compare values or hold a query.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names
from ..errors import InputError
from . import compile as compiled
from .compile import COUNT_PARAMETERS, VALUE_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from ..triples import Term
    from .compile import Below
    from .shapes import Constraint, Path, Target

    Asking = Callable[[str], AbstractContextManager[None]]
    """What is entered with the name of a shape or query while that is asked for."""
    _Group = Callable[[ox.Store, Below], list[Constraint]]

_THREADS = 4


class Violation(NamedTuple):
    """One result: what a validation report calls focus node, result path, value, and the constraint that is broken."""

    focus: Term
    path: str | None
    value: Term | None
    constraint: Constraint


def evaluate(
    store: ox.Store, constraints: Iterable[Constraint], *, thorough: bool = False, asking: Asking | None = None
) -> list[Violation]:
    """Return every violation in the default graph of a store, in a fixed order.

    `thorough` asks for every constraint in detail and clears none beforehand: slower, with the same result. `asking` is entered with the
    name of each shape while it is asked for.
    """
    asked = tuple(constraints)
    below = _classes_below(store, asked)
    with ThreadPoolExecutor(_THREADS) as pool:  # the engine lets go of the interpreter while it works
        open_ones = asked if thorough else tuple(chain(*pool.map(lambda group: group(store, below), _groups(asked))))
        found = set(chain(*pool.map(partial(_all_broken, store, below, asking), open_ones)))
    return sorted(found, key=lambda one: (str(one.focus), one.constraint.shape, one.constraint.parameter, one.path or "", str(one.value)))


def _classes_below(store: ox.Store, constraints: tuple[Constraint, ...]) -> dict[str, tuple[str, ...]]:
    """Return the classes at or below each class that shapes name: SHACL counts instances of subclasses too."""
    wanted = {target.iri for one in constraints for target in one.targets if target.kind == "targetClass"}
    wanted |= {one.value.value for one in constraints if one.parameter == "class" and isinstance(one.value, ox.NamedNode)}
    graph: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(names.RDFS + "subClassOf"), None, ox.DefaultGraph()):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            graph.setdefault(quad.object.value, set()).add(quad.subject.value)
    return {iri: (iri, *sorted(_reachable(iri, graph) - {iri})) for iri in wanted}


def _reachable(start: str, graph: Mapping[str, set[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def _groups(constraints: tuple[Constraint, ...]) -> list[_Group]:
    """Sort constraints into groups that one question clears; those that none does are groups of their own. The slowest come first."""
    counted: dict[tuple[Target, ...], list[Constraint]] = {}
    valued: dict[Path | tuple[Target, ...], list[Constraint]] = {}
    alone: list[Constraint] = []
    for one in constraints:
        if one.parameter in COUNT_PARAMETERS and (one.path is None or one.path.iri):
            counted.setdefault(one.targets, []).append(one)
        elif one.parameter in VALUE_PARAMETERS or (one.path and one.inner):
            valued.setdefault(one.path or one.targets, []).append(one)
        else:
            alone.append(one)
    return [
        *(partial(_open_by_profile, group) for group in counted.values()),
        *(partial(_open_by_values, group) for group in valued.values()),
        lambda _store, _below: alone,
    ]


def _open_by_values(group: list[Constraint], store: ox.Store, below: Below) -> list[Constraint]:
    return group if store.query(compiled.is_suspicious(group, below)) else []


def _open_by_profile(group: list[Constraint], store: ox.Store, below: Below) -> list[Constraint]:
    targets = group[0].targets
    nodes = _number(next(rows(store, compiled.size(targets, below)))["nodes"])
    if not nodes:
        return []
    found = rows(store, compiled.profile(targets, below))
    profile = {str(getattr(row["property"], "value", "")): (_number(row["triples"]), _number(row["nodes"])) for row in found}
    return [one for one in group if _may_break(one, profile, nodes)]


def _may_break(constraint: Constraint, profile: Mapping[str, tuple[int, int]], nodes: int) -> bool:
    """Tell whether a constraint could be broken, from the triples and nodes of each property alone."""
    if constraint.parameter == "closed" and isinstance(constraint.value, tuple):
        return bool(set(profile) - {str(getattr(term, "value", term)) for term in constraint.value})
    limit = _number(constraint.value)
    triples, having = profile.get(constraint.path.steps[0], (0, 0)) if constraint.path else (0, 0)
    if constraint.parameter == "minCount":
        return having < nodes if limit == 1 else limit > 0
    return triples > having if limit == 1 else triples > limit


def _all_broken(store: ox.Store, below: Below, asking: Asking | None, one: Constraint) -> list[Violation]:
    with asking(names.local_name(one.shape)) if asking else nullcontext():
        return list(_broken(store, one, below))


def _broken(store: ox.Store, constraint: Constraint, below: Below) -> Iterator[Violation]:
    text = compiled.query(constraint, below)
    own_path = constraint.path.iri if constraint.path else None
    try:
        for row in rows(store, text):
            path = row.get("path")
            yield Violation(row["this"], path.value if isinstance(path, ox.NamedNode) else own_path, row.get("value"), constraint)
    except SyntaxError as error:
        raise InputError(f"the shape {constraint.shape} cannot be asked for: {error.msg}; correct it") from None


def rows(store: ox.Store, text: str) -> Iterator[dict[str, Term]]:
    """Yield each solution as a mapping from variable to term, unbound variables left out."""
    solutions = store.query(text)
    if not isinstance(solutions, ox.QuerySolutions):
        raise InputError("a check must be a SELECT; change its query")
    variables = [variable.value for variable in solutions.variables]
    for solution in solutions:
        yield {name: term for name, term in zip(variables, solution, strict=True) if term is not None}


def _number(term: object) -> int:
    return int(str(getattr(term, "value", term)))
