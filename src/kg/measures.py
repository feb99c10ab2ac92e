"""What can be measured of claims: which of them contradict each other, and the network of the entities they are about."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from .index import is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .index import Index
    from .model import Claim, Literal, Relation

SEED = 20210815
"""Where every computation that draws lots begins: the same claims, the same result."""


@dataclass(frozen=True, slots=True)
class EntityMeasures:
    """One entity in the network: how many claims are about it, how it stands between others, and with what stance.

    `cooperative` and `hostile` are shares of the plain claims (those of `kg:plain`) that join it to another entity, None without any.
    """

    iri: str
    label: str
    claims: int
    degree: int
    betweenness: float
    community: int
    cooperative: float | None
    hostile: float | None


def network_measures(index: Index, *, seed: int = SEED) -> tuple[EntityMeasures, ...]:
    """Return the measures of every entity that a claim is about, the most connected first.

    Degree, betweenness and communities (Louvain) look at who is joined to whom by any claim, direction and number aside;
    betweenness is the share of shortest paths between others. Communities are numbered by size from 1.
    """
    linked = [claim for claim in index.claims if isinstance(claim.object, str)]
    counts = Counter(
        iri for claim in index.claims for iri in {claim.subject, claim.object} if isinstance(iri, str) and iri in index.entities
    )
    pairs = {(min(c.subject, c.object), max(c.subject, c.object)) for c in linked if c.subject != c.object}  # type: ignore[type-var]
    joined = [pair for pair in sorted(pairs) if pair[0] in counts and pair[1] in counts]
    entities = sorted(counts)
    degree, betweenness, community = _graph_measures(entities, joined, seed)  # type: ignore[arg-type]
    stances = _stances(index)
    found = [
        EntityMeasures(
            iri,
            index.entities[iri].label,
            counts[iri],
            degree[at],
            betweenness[at],
            community[at],
            _share(stances[iri], 1),
            _share(stances[iri], -1),
        )
        for at, iri in enumerate(entities)
    ]
    return tuple(sorted(found, key=lambda row: (-row.degree, -row.claims, row.iri)))


def _graph_measures(entities: list[str], joined: list[tuple[str, str]], seed: int) -> tuple[list[int], list[float], list[int]]:
    import igraph

    number = {iri: at for at, iri in enumerate(entities)}
    graph = igraph.Graph(len(entities), [(number[a], number[b]) for a, b in joined])
    others = (len(entities) - 1) * (len(entities) - 2) / 2
    betweenness = [value / others if others > 0 else 0.0 for value in graph.betweenness()]
    with_seed(seed)
    members = graph.community_multilevel().membership
    sizes = Counter(members)
    order = sorted(sizes, key=lambda name: (-sizes[name], members.index(name)))
    rank = {name: at for at, name in enumerate(order, 1)}
    return graph.degree(), betweenness, [rank[name] for name in members]


def with_seed(seed: int) -> None:
    """Let igraph draw its lots from this seed."""
    import random

    import igraph

    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311  # a layout, no secret


def _stances(index: Index) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for claim in index.claims:
        relation = index.relations.get(claim.relation)
        if relation and is_plain(claim) and claim.subject in index.entities and claim.object in index.entities:
            for iri in {claim.subject, str(claim.object)}:
                found[iri].append(relation.stance)
    return found


def _share(stances: list[int], wanted: int) -> float | None:
    return sum(stance == wanted for stance in stances) / len(stances) if stances else None


def counts(index: Index) -> Iterator[tuple[str, str, int]]:
    """Yield what a workspace holds, as rows of what is counted, its value, and how many."""
    for what, records in (("entities", index.entities), ("relations", index.relations), ("passages", index.passages)):
        yield what, "", len(records)
    yield "relations in use", "", len({claim.relation for claim in index.claims})
    yield "sources", "", len(index.sources)
    yield "claims", "", len(index.all_claims)
    yield from _by("status", index.all_claims, lambda claim: claim.status)
    yield "claims accepted", "", len(index.claims)
    for name in ("polarity", "certainty", "kind", "modality"):
        yield from _by(name, index.claims, lambda claim, name=name: getattr(claim, name) or "")  # type: ignore[misc]
    yield from _by("claimant", index.claims, lambda claim: index.labels.get(claim.claimant, claim.claimant))


def _by(what: str, claims: Iterable[Claim], key: Callable[[Claim], str]) -> Iterator[tuple[str, str, int]]:
    found = Counter(value for claim in claims if (value := key(claim)))
    yield from ((what, value, number) for value, number in sorted(found.items(), key=lambda row: (-row[1], row[0])))


def contradictions(claims: Iterable[Claim], relations: Mapping[str, Relation]) -> tuple[tuple[Claim, Claim], ...]:
    """Return the pairs of a denied claim and an affirmed one that cannot both hold.

    Subject and object agree (either way round where the denied relation is symmetric), the affirmed relation is the denied one or below
    it, the modalities agree and the periods overlap, a missing bound being open.
    """
    affirmed: dict[tuple[str, str | Literal], list[Claim]] = defaultdict(list)
    denied = []
    for claim in claims:
        if claim.polarity == "denied":
            denied.append(claim)
        else:
            affirmed[claim.subject, claim.object].append(claim)
    above = {iri: ancestors(iri, relations) for iri in relations}
    return tuple(
        (claim, other)
        for claim in denied
        for pair in _ways_round(claim, relations)
        for other in affirmed.get(pair, ())
        if claim.relation in above.get(other.relation, {other.relation}) and claim.modality == other.modality and overlaps(claim, other)
    )


def _ways_round(claim: Claim, relations: Mapping[str, Relation]) -> set[tuple[str, str | Literal]]:
    relation = relations.get(claim.relation)
    there: tuple[str, str | Literal] = (claim.subject, claim.object)
    return {there, (claim.object, claim.subject)} if relation and relation.is_symmetric and isinstance(claim.object, str) else {there}


def disagreements(claims: Iterable[Claim]) -> tuple[tuple[Claim, Claim], ...]:
    """Return the pairs of claims with one triple, polarity, modality and unit, overlapping periods and different figures."""
    same: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.value is not None:
            same[claim.subject, claim.relation, claim.object, claim.polarity, claim.modality, claim.unit].append(claim)
    return tuple(
        (one, other)
        for group in same.values()
        for at, one in enumerate(group)
        for other in group[at + 1 :]
        if one.value != other.value and overlaps(one, other)
    )


def overlaps(one: Claim, other: Claim) -> bool:
    """Tell whether the periods of two claims share a day; a missing bound is open."""
    return max(one.since or date.min, other.since or date.min) <= min(one.until or date.max, other.until or date.max)


def ancestors(relation: str, relations: Mapping[str, Relation]) -> set[str]:
    """Return a relation and all relations above it."""
    found: set[str] = set()
    waiting = [relation]
    while waiting:
        iri = waiting.pop()
        if iri not in found:
            found.add(iri)
            waiting.extend(relations[iri].parents if iri in relations else ())
    return found
