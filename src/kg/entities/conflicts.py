"""What stands against making one entity of two: their types, and claims that tell them apart or would be the same."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from ..errors import InputError
from .change import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..index import Index
    from ..model import Claim, Entity

__all__ = ["refuse_claims", "same_afterwards", "types_of_both"]

_THING = names.SCHEMA + "Thing"
_SUBCLASS, _DISJOINT = names.RDFS + "subClassOf", names.OWL + "disjointWith"


def types_of_both(index: Index, old: Entity, new: Entity) -> tuple[str, ...]:
    """Return the types of the entity that two become: the narrower where one says more; InputError where they do not go together.

    A type that is still open (schema:Thing) goes with any. Two types of which neither is the narrower are a conflict also where the
    ontology does not say that they exclude each other: whoever knows better gives one of the two entities the type of the other.
    """
    narrowest = _narrowest(index, {*old.types, *new.types})
    if narrowest in (_narrowest(index, old.types), _narrowest(index, new.types)):
        return tuple(sorted(narrowest))
    prefixes = index.workspace.prefixes
    sides = [f"{names.compact(each.iri, prefixes)} is a {listed(sorted(_narrowest(index, each.types)), prefixes)}" for each in (old, new)]
    apart = _excluding(index, old.types, new.types)
    reason = "nothing is both" if apart else "neither is the narrower type"
    raise InputError(f"{sides[0]}, {sides[1]}, and {reason}; correct the type of one in its graph file, or leave them two")


def _narrowest(index: Index, types: Iterable[str]) -> frozenset[str]:
    """Return the types that are above no other of them."""
    given = {*types} - {_THING} or {*types}
    return frozenset(each for each in given if not any(each in _above(index, other) for other in given - {each}))


def _above(index: Index, kind: str) -> set[str]:
    """Return a class and all classes above it."""
    found, waiting = set[str](), [kind]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += _objects(index, one, _SUBCLASS)
    return found


def _objects(index: Index, subject: str, predicate: str) -> list[str]:
    found = index.store.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(predicate), None, ox.DefaultGraph())
    return [quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)]


def _excluding(index: Index, one: Iterable[str], other: Iterable[str]) -> bool:
    sides = [{above for kind in kinds for above in _above(index, kind)} for kinds in (one, other)]
    return any(not {*_objects(index, kind, _DISJOINT)}.isdisjoint(sides[1 - at]) for at, side in enumerate(sides) for kind in side)


def refuse_claims(index: Index, old: Entity, new: Entity) -> None:
    """Refuse where claims speak of both, or one reports the other; InputError names them."""
    both = {old.iri, new.iri}
    related = [claim.iri for claim in index.all_claims if {claim.subject, claim.object} == both]
    relayed = [claim.iri for claim in index.all_claims if {claim.claimant, claim.reported_by} == both]
    names_ = " and ".join(names.compact(each.iri, index.workspace.prefixes) for each in (old, new))
    ways = (
        (related, ("relates", "relate"), f"{names_} to each other"),
        (relayed, ("has", "have"), f"one of {names_} report the other"),
    )
    for found, verbs, words in ways:
        if found:
            shown = listed(found, index.workspace.prefixes)
            way = "correct the claim first where that is wrong, or leave them two"
            raise InputError(f"{shown} {verbs[len(found) > 1]} {words}; {way}")
    _refuse_repeated(index, old, new)


def _refuse_repeated(index: Index, old: Entity, new: Entity) -> None:
    """Refuse where two claims of one party would say the same of one passage; nothing tells which of them is to go."""
    for claims in same_afterwards(index, old, new):
        for one, other in combinations(claims, 2):
            if {*one.passages} & {*other.passages} and _content(one, {}) != _content(other, {}):
                shown = listed([one.iri, other.iri], index.workspace.prefixes)
                raise InputError(f"{shown} would say the same of the same passage; remove one of the two claims first")


def same_afterwards(index: Index, old: Entity, new: Entity) -> list[list[Claim]]:
    """Return the claims that differ now and say the same with the one in the place of the other, those of one party together."""
    both, follow = {old.iri, new.iri}, {old.iri: new.iri}
    found = defaultdict(list)
    for claim in index.all_claims:
        if not both.isdisjoint((claim.subject, claim.object, claim.claimant)):
            found[_content(claim, follow)].append(claim)
    return [claims for claims in found.values() if len({_content(claim, {}) for claim in claims}) > 1]


def _content(claim: Claim, follow: dict[str, str]) -> tuple[object, ...]:
    """Return what a claim says and who says it, as the check of repeated claims compares them."""
    target = follow.get(claim.object, claim.object) if isinstance(claim.object, str) else claim.object
    subject, claimant = (follow.get(iri, iri) for iri in (claim.subject, claim.claimant))
    return (subject, claim.relation, target, claimant, claim.polarity, claim.modality, str(claim.value), claim.when)
