"""Where suggestions come from: territories, the names that the workspace itself has, reconciliation services, and SPARQL endpoints.

Each origin is asked for things with their names, and answers with suggestions by thing. Only territories can give one of the band `exact`;
what others find under a name is for a person, whatever the others think of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names, targets
from ..errors import UsageError
from .suggestion import BELOW, LEXICAL, SIMILAR, UNSPECIFIED, Suggestion, best

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..index import Index
    from ..likeness import Like
    from ..remote import Endpoint
    from .doubles import Double
    from .reconciliation import Answer, Candidate

__all__ = ["Found", "Thing", "ask", "ask_all", "things_of", "things_of_names", "tool_of"]

TERRITORIES, LABELS, SPARQL = "territories", "labels", "sparql:"
LABEL_TOOL = "names in the workspace"
_ALTERNATIVE = 0.9
_NAMES = (names.LABEL, names.PREF_LABEL, names.ALT_LABEL, names.SCHEMA + "name")
_BATCH, _MOST, _HUNDRED = 50, 5, 100.0
_LONGEST = 300


class Thing(NamedTuple):
    """What suggestions are wanted for: a thing of the workspace, or a name alone, whose key it is then itself."""

    key: str
    label: str
    others: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What an origin found: suggestions by the key of the thing, and words for people about what was left out."""

    suggestions: dict[str, list[Suggestion]]
    remarks: tuple[str, ...] = ()


def things_of(index: Index, wanted: Sequence[str] = ()) -> list[Thing]:
    """Return the entities of a workspace, or those that are wanted."""
    chosen = index.entities if not wanted else {iri: index.entities[iri] for iri in wanted}
    return [Thing(entity.iri, entity.label, entity.alt_labels, entity.types) for entity in chosen.values()]


def things_of_names(lines: Iterable[str]) -> list[Thing]:
    """Return the names of a list, each once and in its order; empty lines are left out."""
    return [Thing(name, name) for name in dict.fromkeys(line.strip() for line in lines) if name]


def tool_of(origin: str) -> str:
    """Return how candidates name what found them."""
    from .territories import SOURCE

    return {TERRITORIES: SOURCE, LABELS: LABEL_TOOL}.get(origin, origin.removeprefix(SPARQL))


def ask(origin: str, things: Sequence[Thing], index: Index) -> Found:
    """Return what an origin suggests: `territories`, `labels`, a reconciliation service by its address, an endpoint after `sparql:`."""
    known: dict[str, Callable[[], Found]] = {
        TERRITORIES: lambda: _territories(things),
        LABELS: lambda: _labels(things, index),
    }
    if origin in known:
        return known[origin]()
    if origin.startswith(SPARQL):
        return _endpoint(origin.removeprefix(SPARQL), things, index)
    if "://" not in origin:
        raise UsageError(
            f"--from {origin!r} is none of territories, labels, the address of a service, and sparql: with that of an endpoint"
        )
    return _service(origin, things, index)


def ask_all(origins: Sequence[str], things: Sequence[Thing], index: Index) -> Found:
    """Return what all of some origins suggest; where two suggest one target in one sense, the better reason stays."""
    answers = [ask(origin, things, index) for origin in origins]
    found = {thing.key: best(one for answer in answers for one in answer.suggestions.get(thing.key, ())) for thing in things}
    return Found(found, tuple(remark for answer in answers for remark in answer.remarks))


def _territories(things: Sequence[Thing]) -> Found:
    from .territories import suggest

    found = {}
    for thing in things:
        found[thing.key] = suggest(thing.label, thing.types) or [
            _lowered(each) for other in thing.others for each in suggest(other, thing.types) if each.justification == LEXICAL
        ]
    return Found({key: best(each) for key, each in found.items()})


def _lowered(found: Suggestion) -> Suggestion:
    """Return a suggestion that an alternative name led to: never exact, as alternative names are loose."""
    why = f"by the alternative name “{found.matched}”: {found.why}"
    return replace(found, score=min(found.score, _ALTERNATIVE), why=why)


def _labels(things: Sequence[Thing], index: Index) -> Found:
    """Return what in the workspace has the same name, or nearly: other entities of it, and what its snapshots have names of."""
    from ..likeness import Names
    from .doubles import doubles

    own = index.workspace.prefixes["ent"]
    known = _names_in(index)
    alike = doubles((iri, name) for iri, name in known if iri.startswith(own))
    foreign = Names((iri, name) for iri, name in known if not iri.startswith(own))
    found: dict[str, list[Suggestion]] = {}
    for thing in things:
        same = [like for name in (thing.label, *thing.others) for like in foreign.exact(name)]
        found[thing.key] = best(
            [_duplicate(double, index) for double in alike.get(thing.key, ()) if _may_be_same(thing, double.key, index)]
            + [_known(like, index) for like in same if like.key != thing.key]
        )
    return Found(found)


def _names_in(index: Index) -> list[tuple[str, str]]:
    """Return the names of entities and of what snapshots tell of, each with what has it."""
    from ..index import triples_in

    space = index.workspace
    own = [(entity.iri, name) for entity in index.entities.values() for name in (entity.label, *entity.alt_labels)]
    told = (triple for path in space.snapshot_files for triple in triples_in(path))
    return own + [
        (triple.subject.value, triple.object.value)
        for triple in told
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.Literal) and triple.predicate.value in _NAMES
    ]


def _may_be_same(thing: Thing, other: str, index: Index) -> bool:
    """Tell whether two entities have a type in common, or one of them says none of its own."""
    vague = {names.SCHEMA + "Thing", names.OWL + "Thing"}
    mine, theirs = set(thing.types) - vague, set(index.entities[other].types) - vague if other in index.entities else set()
    return not mine or not theirs or bool(mine & theirs)


def _duplicate(double: Double, index: Index) -> Suggestion:
    from .doubles import SAME

    is_same = double.score == SAME
    how = "has the same name" if is_same else "has a name that is written nearly so"
    return Suggestion(
        target=double.key,
        label=index.labels.get(double.key, double.name),
        score=BELOW if is_same else 0.9 * double.score,
        why=f"this entity of the workspace {how}: “{double.name}”. If both are one, kg entity merge makes one of them.",
        kind="label",
        matched=double.name,
        justification=LEXICAL if is_same else SIMILAR,
        tool=LABEL_TOOL,
    )


def _known(like: Like, index: Index) -> Suggestion:
    return Suggestion(
        target=like.key,
        label=index.labels.get(like.key, like.name),
        score=_ALTERNATIVE,
        why=f"a snapshot has “{like.name}” as a name of this thing. Look: a name alone does not say which thing is meant.",
        kind="label",
        matched=like.name,
        tool=LABEL_TOOL,
    )


def _service(url: str, things: Sequence[Thing], index: Index) -> Found:
    from .reconciliation import Query, reconcile

    answers = reconcile(url, [Query(thing.label[:_LONGEST], types=thing.types) for thing in things], private=True)
    found = {thing.key: best(_answered(thing, answer, url, index)) for thing, answer in zip(things, answers, strict=True)}
    return Found(found, tuple(_remarks(things, answers)))


def _answered(thing: Thing, answer: Answer, url: str, index: Index) -> Iterable[Suggestion]:
    """Yield what a service has for a thing, but for itself and entities of this workspace whose types rule out that they are one."""
    scale = _scale_of(answer)
    for each in answer.candidates:
        if each.iri != thing.key and _may_be_same(thing, each.iri, index):
            yield _offered(each, url, scale)


def _scale_of(answer: Answer) -> float:
    """Return what counts as a full score in an answer, by its highest: services score up to 1, up to 100, or without a bound."""
    highest = max((each.score for each in answer.candidates), default=0.0)
    return 1.0 if highest <= 1 else max(highest, _HUNDRED)


def _remarks(things: Sequence[Thing], answers: Sequence[Answer]) -> Iterable[str]:
    for thing, answer in zip(things, answers, strict=True):
        yield from (f"{thing.label}: {remark}" for remark in answer.remarks)


def _offered(found: Candidate, url: str, scale: float) -> Suggestion:
    types = ", ".join(name for _, name in found.types[:3])
    said = "; ".join(filter(None, (found.description.rstrip(" ."), types and f"of type {types}")))
    given = f"{found.score:g} point{'' if found.score == 1 else 's'}"
    points = f"the service gives it {given}{', and is sure' if found.is_match else ''}{f': {said}' if said else ''}"
    return Suggestion(
        target=targets.normalise(found.iri),
        label=found.name,
        score=min(max(found.score, 0.0) / scale, BELOW),
        why=f"{points}. Look: a service ranks names, it does not know the text.",
        kind="service",
        matched=found.name,
        justification=UNSPECIFIED,
        tool=url,
    )


def _endpoint(url: str, things: Sequence[Thing], index: Index) -> Found:
    """Return what an endpoint has under the very names of things, in any of the usual properties for names."""
    from ..client import Credentials
    from ..remote import Endpoint

    endpoint = Endpoint(url, index.workspace, default_graph="", credentials=Credentials())
    wanted = {thing.key: (thing.label, *thing.others) for thing in things}
    asked = list(dict.fromkeys(name for each in wanted.values() for name in each))
    by_name: dict[str, list[str]] = {}
    for start in range(0, len(asked), _BATCH):
        for iri, name in _named(endpoint, asked[start : start + _BATCH]):
            by_name.setdefault(name, []).append(iri)
    remarks = tuple(
        f"“{name}” is a name of {len(iris)} things there; {_MOST} of them are taken" for name, iris in by_name.items() if len(iris) > _MOST
    )
    found = {
        key: best(_told(iri, name, url, len(by_name[name])) for name in each for iri in by_name.get(name, ())[:_MOST] if iri != key)
        for key, each in wanted.items()
    }
    return Found(found, remarks)


def _named(endpoint: Endpoint, wanted: Sequence[str]) -> list[tuple[str, str]]:
    literals = " ".join(f"{ox.Literal(name)} {ox.Literal(name, language='en')}" for name in wanted)
    properties = "|".join(f"<{iri}>" for iri in _NAMES)
    text = f"SELECT DISTINCT ?thing ?name WHERE {{ VALUES ?name {{ {literals} }} ?thing {properties} ?name . FILTER isIRI(?thing) }}"
    rows = endpoint.ask(text + " ORDER BY ?thing ?name", explain=False).rows
    pairs = [(row[0].value, row[1].value) for row in rows if isinstance(row[0], ox.NamedNode) and isinstance(row[1], ox.Literal)]
    return list(dict.fromkeys(pairs))


def _told(iri: str, name: str, url: str, count: int) -> Suggestion:
    others = f"; {count} things there have it" if count > 1 else ""
    return Suggestion(
        target=iri,
        label=name,
        score=_ALTERNATIVE / count,
        why=f"the endpoint has “{name}” as a name of it{others}. Look: a name alone does not say which thing is meant.",
        kind="endpoint",
        matched=name,
        tool=url,
    )
