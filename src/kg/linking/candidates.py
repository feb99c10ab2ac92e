"""The candidates of a workspace, `graph/candidates.sssom.tsv`: what was suggested and nobody has decided yet.

They are never loaded into the graph. What is decided, either way, stands in `graph/links.sssom.tsv`, and is not asked again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from .. import mappings, targets
from .suggestion import to_mapping

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from collections.abc import Mapping as Map

    from ..mappings import Mapping, MappingSet
    from ..workspace import Workspace
    from .suggestion import Suggestion

__all__ = ["Decided", "Renewal", "decided", "key_of", "pending", "renew"]

Key = tuple[str, str, str]
_TURNED = {mappings.BROAD: mappings.NARROW, mappings.NARROW: mappings.BROAD}
"""What a predicate is when it is read from its object; the others are the same both ways."""
COMMENT = "Candidates that kg link suggest found; nobody has decided about them yet, and none is part of the graph."


class Renewal(NamedTuple):
    """What `renew` did: how many candidates are new, how many were there, how many are gone, and how many were decided before."""

    added: int
    kept: int
    gone: int
    decided: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What the links of a workspace have settled, and the data sets in which a thing has its exact match.

    An accepted pair is settled in every sense, a rejected one in the sense in which it was rejected: what is not the same may be related.
    """

    settled: frozenset[tuple[str, ...]]
    matched: frozenset[tuple[str, str]]

    def settles(self, mapping: Mapping) -> bool:
        """Tell whether somebody has decided about a candidate: about its pair, either way, or by an exact match in the same data set."""
        subject, predicate, target = key_of(mapping)
        turned = replace(mapping, subject_id=target, predicate_id=_TURNED.get(predicate, predicate), object_id=subject)
        if not self.settled.isdisjoint(mapping.settled | turned.settled):
            return True
        return predicate == mappings.EXACT and (subject, targets.set_of(target)) in self.matched


def decided(links: MappingSet) -> Decided:
    """Return what a set of links has settled."""
    return Decided(
        frozenset(key for row in links.mappings for key in row.settled),
        frozenset((row.subject_id, targets.set_of(row.object_id)) for row in links.accepted if is_match(row)),
    )


def is_match(mapping: Mapping) -> bool:
    """Tell whether an accepted row says what a thing is in another data set, of which there can be one; duplicates here may be many."""
    is_foreign = targets.set_of(mapping.subject_id) != targets.set_of(mapping.object_id)
    return mapping.is_accepted and mapping.predicate_id == mappings.EXACT and is_foreign


def key_of(mapping: Mapping) -> Key:
    """Return what tells a candidate from others: what is proposed to be what, and in which sense."""
    return mapping.subject_id, mapping.predicate_id, mapping.object_id


def pending(workspace: Workspace) -> list[Mapping]:
    """Return the candidates that nobody has decided about, by thing, the best first."""
    workspace.refuse_ways_out()
    settled = decided(mappings.read(workspace.links_file, missing_ok=True))
    rows = mappings.read(workspace.candidates_file, missing_ok=True).mappings
    waiting = {key_of(row): row for row in rows if not settled.settles(row)}
    return sorted(waiting.values(), key=lambda row: (row.subject_id, -(row.similarity_score or 0), row.predicate_id, row.object_id))


def renew(
    workspace: Workspace,
    found: Map[str, Sequence[Suggestion]],
    labels: Map[str, str],
    tools: Collection[str],
    *,
    existing: Collection[str] | None = None,
) -> Renewal:
    """Take over what was found for each thing, in place of what the same tools had found for it; the caller holds the lock.

    What is decided does not come again; the candidates of other tools, and of other things, stay. Those of things that are none of the
    `existing` ones go, and do not come.
    """
    links = mappings.read(workspace.links_file, missing_ok=True)
    before = mappings.read(workspace.candidates_file, missing_ok=True)
    settled = decided(links)
    there = [iri for iri in found if existing is None or iri in existing]
    proposed = {key_of(row): row for iri in there for row in (to_mapping(one, iri, labels[iri]) for one in found[iri])}
    asked = {key: row for key, row in proposed.items() if not settled.settles(row)}
    old = {key_of(row): row for row in before.mappings if not settled.settles(row)}
    others = {
        key: row
        for key, row in old.items()
        if (row.subject_id not in found or row.mapping_tool not in tools) and (existing is None or row.subject_id in existing)
    }
    after = {**asked, **others}
    write(workspace, replace(before, mappings=tuple(after.values())))
    return Renewal(
        len(after.keys() - old.keys()), len(after.keys() & old.keys()), len(old.keys() - after.keys()), len(proposed) - len(asked)
    )


def write(workspace: Workspace, candidates: MappingSet) -> bool:
    """Write the candidates; without any, an existing file keeps its header, and none is made."""
    if not candidates.mappings and not workspace.candidates_file.exists():
        return False
    metadata = {"comment": COMMENT, **candidates.metadata}
    return mappings.write(workspace.candidates_file, replace(candidates, metadata=metadata), workspace.prefixes)


def by_subject(rows: Collection[Mapping]) -> dict[str, list[Mapping]]:
    """Return candidates by the thing that they are for, in their order."""
    found: dict[str, list[Mapping]] = defaultdict(list)
    for row in rows:
        found[row.subject_id].append(row)
    return dict(found)
