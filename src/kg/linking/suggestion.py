"""A suggestion: what a name may be, in which sense, how sure, and why in words. Nothing here is ever a link by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..mappings import Mapping

__all__ = ["EXACT", "LEXICAL", "MANUAL", "NONE", "REVIEW", "SIMILAR", "Suggestion", "band_of", "band_of_name", "best", "to_mapping"]

EXACT, REVIEW, NONE = "exact", "review", "none"
"""The bands: `exact` is one name of one territory; `review` is everything that needs a look; `none` has a name without any candidate."""
_SEMAPV = "https://w3id.org/semapv/vocab/"
LEXICAL, SIMILAR, MANUAL = (_SEMAPV + name for name in ("LexicalMatching", "LexicalSimilarityThresholdMatching", "ManualMappingCuration"))
UNSPECIFIED = _SEMAPV + "UnspecifiedMatching"
_LONGEST = 1_000
"""How many characters of a label, or of a reason, a candidate has."""
BELOW = 0.99
"""The highest score that a suggestion of the band `review` may have, as only `exact` has 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One thing that a name may be.

    `predicate` is skos:exactMatch where the name may denote the thing itself, and skos:relatedMatch where the thing is only the home of
    what is named. `kind` says by which rule: territory, home, government, label, service or endpoint.
    """

    target: str
    label: str
    score: float
    why: str
    kind: str
    matched: str = ""
    predicate: str = mappings.EXACT
    justification: str = LEXICAL
    tool: str = ""
    tool_version: str = ""

    @property
    def band(self) -> str:
        """`exact` or `review`."""
        return band_of(self.score)


def band_of(score: float | None) -> str:
    """Return the band of a score, which is where a candidate keeps it: SSSOM has a column for the score, and none for a band.

    >>> band_of(1.0), band_of(0.99), band_of(None)
    ('exact', 'review', 'review')
    """
    return EXACT if score == 1 else REVIEW


def band_of_name(found: Sequence[Suggestion]) -> str:
    """Return the band of a name: that of the best of its candidates, and `none` where it has none.

    >>> band_of_name([])
    'none'
    """
    bands = {each.band for each in found}
    return next((band for band in (EXACT, REVIEW) if band in bands), NONE)


def best(found: Iterable[Suggestion]) -> list[Suggestion]:
    """Return the best suggestion for each target in each sense, best first; of equal ones the first.

    >>> words = {"label": "Kabul", "why": "so", "kind": "label"}
    >>> again = [Suggestion(target="urn:a", score=score, **words) for score in (0.5, 0.9)]
    >>> [each.score for each in best([*again, Suggestion(target="urn:a", score=0.7, predicate=mappings.RELATED, **words)])]
    [0.9, 0.7]
    """
    kept: dict[tuple[str, str], Suggestion] = {}
    for each in found:
        known = kept.setdefault((each.predicate, each.target), each)
        if each.score > known.score:
            kept[each.predicate, each.target] = each
    return sorted(kept.values(), key=lambda each: (-each.score, each.predicate, each.target))


def to_mapping(found: Suggestion, subject: str, label: str) -> Mapping:
    """Return the row of `candidates.sssom.tsv` that a suggestion for a thing is; it has no author and no date, as nobody decided yet."""
    return mappings.Mapping(
        subject_id=subject,
        subject_label=label[:_LONGEST],
        predicate_id=found.predicate,
        object_id=found.target,
        object_label=found.label[:_LONGEST],
        mapping_justification=found.justification,
        mapping_tool=found.tool,
        mapping_tool_version=found.tool_version,
        match_string=(found.matched[:_LONGEST],) if found.matched else (),
        similarity_score=round(found.score, 3),
        comment=found.why[:_LONGEST],
    )
