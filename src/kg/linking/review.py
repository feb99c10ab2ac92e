"""What a person is asked about: a thing with what is known of it here, and what it may be elsewhere."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from .. import mappings, names, targets
from . import candidates
from .apart import territory_of
from .suggestion import EXACT, band_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from collections.abc import Mapping as Map

    from ..index import Index
    from ..mappings import Mapping
    from ..workspace import Workspace

__all__ = ["Option", "Question", "digest_of", "questions", "waiting"]

_CLAIMS = 3
SENSES = {
    mappings.EXACT: "the same",
    mappings.CLOSE: "nearly the same",
    mappings.BROAD: "something wider",
    mappings.NARROW: "something narrower",
    mappings.RELATED: "related, not the same",
}
"""What each predicate says, for people."""


class Option(NamedTuple):
    """A candidate as a person is shown it; `territory` is which one it stands for, where the candidates of a thing are of several."""

    mapping: Mapping
    place: str
    identifier: str
    territory: str

    @property
    def sense(self) -> str:
        """In which sense it is proposed."""
        return SENSES.get(self.mapping.predicate_id, targets.short(self.mapping.predicate_id).identifier)

    @property
    def band(self) -> str:
        """`exact` or `review`."""
        return band_of(self.mapping.similarity_score)

    @property
    def score(self) -> str:
        """The score with two digits, cut and never rounded up: only what is exact shows 1.00."""
        return f"{int(100 * (self.mapping.similarity_score or 0)) / 100:.2f}"


class Question(NamedTuple):
    """A thing, what is known of it here, and what it may be elsewhere; `linked` is what it is already said to be exactly."""

    subject: str
    curie: str
    label: str
    definition: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    claims: tuple[str, ...]
    more_claims: int
    options: tuple[Option, ...]
    linked: tuple[str, ...]


def waiting(workspace: Workspace, *, only: Collection[str] = (), band: str | None = None) -> dict[str, list[Mapping]]:
    """Return what waits for a decision, by thing; `only` some things, or one band of candidates."""
    rows = candidates.pending(workspace)
    return candidates.by_subject(
        [row for row in rows if (not only or row.subject_id in only) and band in {None, band_of(row.similarity_score)}]
    )


def questions(index: Index, rows: Map[str, Sequence[Mapping]]) -> list[Question]:
    """Return what a person is asked about each thing that waits, with what is known of it here."""
    about: dict[object, list[str]] = defaultdict(list)
    for claim in index.claims:
        for party in dict.fromkeys((claim.subject, claim.object, claim.claimant)):
            if party in rows:
                about[party].append(claim.label)
    linked: dict[str, list[str]] = defaultdict(list)
    for row in mappings.read(index.workspace.links_file, missing_ok=True).accepted:
        if row.predicate_id == mappings.EXACT:
            linked[row.subject_id].append(row.object_id)
    return [_question(index, iri, each, about[iri], linked.get(iri, ())) for iri, each in rows.items()]


def _question(index: Index, iri: str, rows: Sequence[Mapping], about: Sequence[str], linked: Sequence[str]) -> Question:
    entity = index.entities.get(iri)
    return Question(
        subject=iri,
        curie=names.compact(iri, index.workspace.prefixes),
        label=entity.label if entity else rows[0].subject_label,
        definition=(entity.definition if entity else None) or "",
        types=tuple(index.labels.get(kind, names.local_name(kind)) for kind in (entity.types if entity else ())),
        names=entity.alt_labels if entity else (),
        claims=tuple(about[:_CLAIMS]),
        more_claims=max(0, len(about) - _CLAIMS),
        options=_options(rows, linked),
        linked=tuple(linked),
    )


def _options(rows: Sequence[Mapping], linked: Sequence[str]) -> tuple[Option, ...]:
    """Return candidates in their order; where they, or they and the links, stand for several territories, those of each together."""
    ordered = _ordered(rows)
    found = {row.object_id: territory_of(row.object_id) for row in ordered if row.predicate_id == mappings.EXACT}
    places = [place for place in dict.fromkeys(found.values()) if place]
    are_several = len({*places, *filter(None, map(territory_of, linked))}) > 1
    rank = {place: at for at, place in enumerate(places)} if are_several else {}
    shown = [Option(row, *targets.short(row.object_id), found.get(row.object_id, "") if are_several else "") for row in ordered]
    return tuple(sorted(shown, key=lambda option: rank.get(option.territory, len(rank))))


def _ordered(rows: Sequence[Mapping]) -> list[Mapping]:
    """Return candidates with those of the band `exact` first, then by score."""
    return sorted(rows, key=lambda row: (band_of(row.similarity_score) != EXACT, -(row.similarity_score or 0), row.object_id))


def digest_of(mapping: Mapping) -> str:
    """Return the SHA-256 of what a person sees of a candidate, in hexadecimal: a decision is about just that.

    >>> row = mappings.Mapping(subject_id="urn:a", predicate_id="urn:p", object_id="urn:b", comment="why")
    >>> digest_of(row) == digest_of(row), digest_of(row)[:8]
    (True, 'e65a778d')
    """
    seen = (
        mapping.subject_id,
        mapping.subject_label,
        mapping.predicate_id,
        mapping.object_id,
        mapping.object_label,
        band_of(mapping.similarity_score),
        mapping.comment,
        mapping.mapping_tool,
    )
    return hashlib.sha256("\x1f".join(seen).encode("utf-8", "surrogatepass")).hexdigest()
