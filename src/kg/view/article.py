"""The texts of sources as the page shows them: paragraphs, sentences, and the pieces between the places where passages begin and end.

Passages lie inside and over each other, so a text is cut at every beginning and end; a piece knows all the passages that cover it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import coverage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..coverage import Covered
    from ..index import Index
    from ..model import Claim, Passage, Source


class Marked(NamedTuple):
    """A passage in a text, and its number on the page."""

    start: int
    end: int
    number: int


def article(index: Index, claims: Sequence[Claim], texts: Sequence[tuple[Source, str]]) -> dict[str, Any]:
    """Return the texts for the page, with the passages of these claims, each with the numbers of its claims."""
    said: dict[str, list[int]] = {}
    for number, claim in enumerate(claims):
        for iri in claim.passages:
            said.setdefault(iri, []).append(number)
    known = {source.iri for source, _ in texts}
    found = [index.passages[iri] for iri in said if iri in index.passages and index.passages[iri].source in known]
    found.sort(key=lambda each: (each.source, each.start, each.end))
    prefixes = index.workspace.prefixes
    return {
        "passages": [_passage(each, said[each.iri], prefixes) for each in found],
        "texts": [_text(index, source, words, found) for source, words in texts],
    }


def _passage(passage: Passage, claims: list[int], prefixes: dict[str, str]) -> dict[str, Any]:
    from ..names import compact

    place = {"start": passage.start, "end": passage.end, "paragraph": passage.paragraph, "sentence": passage.sentence}
    return {"id": _shown(compact(passage.iri, prefixes)), "claims": claims, **place}


def _text(index: Index, source: Source, words: str, found: Sequence[Passage]) -> dict[str, Any]:
    marked = [Marked(each.start, each.end, number) for number, each in enumerate(found) if each.source == source.iri]
    rows = coverage.coverage(index, source, words)
    return {"label": _shown(source.title or source.label), "language": source.language or "", "blocks": list(_blocks(words, rows, marked))}


def _blocks(words: str, rows: Sequence[Covered], marked: Sequence[Marked]) -> Iterator[dict[str, Any]]:
    """Return each line that is not empty: a heading, or a paragraph with its sentences."""
    offset = 0
    for line in words.split("\n"):
        start, end = offset, offset + len(line)
        offset = end + 1
        inside = [row for row in rows if start <= row.start < end]
        if inside:
            ends = [*(row.start for row in inside[1:]), end]
            sentences = [_sentence(words, row, until, marked) for row, until in zip(inside, ends, strict=True)]
            yield {"paragraph": inside[0].paragraph, "sentences": sentences}
        elif line.strip():
            yield {"heading": _pieces(words, start, end, marked)}


def _sentence(words: str, row: Covered, until: int, marked: Sequence[Marked]) -> dict[str, Any]:
    found: dict[str, Any] = {"number": row.number, "pieces": _pieces(words, row.start, until, marked)}
    return found if row.claims else found | {"none": _shown(row.reason)}


def _pieces(words: str, start: int, end: int, marked: Sequence[Marked]) -> list[list[Any]]:
    """Cut a stretch at every passage that begins or ends in it: the words of each piece, and the passages that cover it."""
    over = [each for each in marked if each.start < end and each.end > start]
    cuts = sorted({start, end, *(cut for each in over for cut in (each.start, each.end) if start < cut < end)})
    return [
        [_shown(words[one:other]), [each.number for each in over if each.start <= one and other <= each.end]]
        for one, other in itertools.pairwise(cuts)
    ]


def _shown(words: str) -> str:
    from .data import visible

    return visible(words)
