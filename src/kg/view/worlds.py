"""Two claimants side by side: what each says, what both say, and where the one contradicts the other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .. import measures
from ..errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model import Claim, Literal
    from .data import PageData

_CONTRADICTS = "contradicts"
_OTHER_FIGURE = "gives another figure than"


def worlds(data: PageData, claimants: tuple[str, str]) -> dict[str, Any]:
    """Return the comparison of two claimants as numbers of nodes and claims, for a page that holds the claims of both.

    Shared are pairs of claims, one of each, that commit to the same triple with one polarity; opposed are pairs that cannot both hold or
    that give different figures.
    """
    here, there = claimants
    if here == there:
        raise UsageError("to compare takes two claimants, and these are one")
    for iri in claimants:
        if not any(claim.claimant == iri for claim in data.claims):
            raise InputError(f"{data.label(iri)} ({iri}) makes no claim here, so there is nothing to compare")
    numbers, speaker = data.numbers, {claim.iri: claim.claimant for claim in data.claims}
    pairs = [(pair, _CONTRADICTS) for pair in measures.contradictions(data.claims, data.index.relations)]
    pairs += [(pair, _OTHER_FIGURE) for pair in measures.disagreements(data.claims)]
    opposed = []
    for (one, other), how in pairs:
        if {one.claimant, other.claimant} == {here, there}:
            first, second = (one, other) if one.claimant == here else (other, one)
            opposed.append([numbers[first.iri], numbers[second.iri], how])
    return {
        "claimants": [data.node_of(iri) for iri in claimants],
        "of": [claimants.index(speaker[claim.iri]) for claim in data.claims],
        "shared": sorted([numbers[one.iri], numbers[other.iri]] for one, other in _shared(data, here, there)),
        "opposed": sorted(opposed),
    }


def _shared(data: PageData, here: str, there: str) -> Iterator[tuple[Claim, Claim]]:
    same: dict[tuple[object, ...], tuple[list[Claim], list[Claim]]] = defaultdict(lambda: ([], []))
    for claim in data.claims:
        if claim.claimant in {here, there}:
            same[_commitment(claim, data)][claim.claimant == there].append(claim)
    for ours, theirs in same.values():
        yield from ((one, other) for one in ours for other in theirs)


def _commitment(claim: Claim, data: PageData) -> tuple[object, ...]:
    relation = data.index.relations.get(claim.relation)
    ends: Sequence[str | Literal] = (claim.subject, claim.object)
    if relation and relation.is_symmetric and isinstance(claim.object, str):
        ends = sorted((claim.subject, claim.object))
    return (*ends, claim.relation, claim.polarity, claim.modality, claim.value, claim.unit)
