"""Coverage: which sentences of a text the claims account for, and which not yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .text import sentences, sentences_over

if TYPE_CHECKING:
    from .index import Index
    from .model import Passage, Source


@dataclass(frozen=True, slots=True)
class Covered:
    """A sentence with the claims that have a passage in it, as IRIs, or the reason why it carries none."""

    number: int
    paragraph: int
    start: int
    end: int
    claims: tuple[str, ...]
    reason: str

    @property
    def is_accounted_for(self) -> bool:
        """Whether a claim, or a reason for having none, stands for the sentence."""
        return bool(self.claims or self.reason)


def coverage(index: Index, source: Source, text: str) -> tuple[Covered, ...]:
    """Return the sentences of the text of a source, in order; rejected claims account for nothing."""
    passages = [passage for passage in index.passages.values() if passage.source == source.iri]
    said: dict[str, list[str]] = {}
    for claim in index.all_claims:
        if claim.status != "rejected":
            for iri in claim.passages:
                said.setdefault(iri, []).append(claim.iri)
    found = sentences(text, language=source.language or "en")
    inside_of: dict[int, list[Passage]] = {}
    for passage in passages:
        for sentence in sentences_over(found, passage.start, passage.end):
            inside_of.setdefault(sentence.number, []).append(passage)
    rows = []
    for sentence in found:
        inside = inside_of.get(sentence.number, [])
        claims = sorted({iri for passage in inside for iri in said.get(passage.iri, ())})
        rows.append(Covered(sentence.number, sentence.paragraph, sentence.start, sentence.end, tuple(claims), _reason(inside)))
    return tuple(rows)


def _reason(passages: list[Passage]) -> str:
    return "; ".join(sorted({passage.no_claim for passage in passages if passage.no_claim}))


def beginning(text: str, row: Covered, *, words: int) -> str:
    """Return at most that many of the first words of a sentence.

    >>> beginning("It rained. It rained all day.", Covered(2, 1, 11, 28, (), ""), words=2)
    'It rained …'
    """
    found = text[row.start : row.end].split()
    return " ".join(found[:words]) + (" …" if len(found) > words > 0 else "")
