"""What the graph alone knows of the sentences of a text: those said to carry no claim, and those in which no passage begins.

Only the text itself tells how many sentences there are; this counts up to the last one that the graph speaks of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..index import Index


def silences(index: Index, sources: Iterable[str]) -> list[dict[str, Any]]:
    """Return for each of these sources the sentences without a claim, with reasons, and the gaps between those that are accounted for.

    Claims of every status but the rejected ones account for a sentence, whether they are shown or not.
    """
    said = {iri for claim in index.all_claims if claim.status != "rejected" for iri in claim.passages}
    known: dict[str, set[int]] = {}
    stated: dict[str, list[tuple[int, int, str]]] = {}
    for passage in index.passages.values():
        if passage.iri in said or passage.no_claim:
            known.setdefault(passage.source, set()).add(passage.sentence)
        if passage.no_claim and passage.iri not in said:
            stated.setdefault(passage.source, []).append((passage.sentence, passage.paragraph, passage.no_claim))
    numbers = {iri: number for number, iri in enumerate(index.sources)}
    return [
        {
            "source": numbers[iri],
            "last": max(known[iri]),
            "stated": [list(row) for row in sorted(stated.get(iri, ()))],
            "open": [list(gap) for gap in gaps(known[iri])],
        }
        for iri in sources
        if iri in known
    ]


def gaps(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the stretches between 1 and the greatest of some numbers that hold none of them.

    >>> list(gaps({3, 4, 6, 9}))
    [(1, 2), (5, 5), (7, 8)]
    """
    before = 0
    for number in sorted(numbers):
        if number > before + 1:
            yield before + 1, number - 1
        before = max(before, number)
