"""Names that are the same, or that only one misspelled word tells apart: duplicates, perhaps, of which a person decides.

Names that are made by a formula (Citizen (Mali), Citizen (Malawi)) differ in a word, too: so the words that differ must be long and written
nearly alike, and all others equal. It takes time in proportion to the names, not to their pairs.
"""

from __future__ import annotations

from collections import defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from ..likeness import folded, words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["SAME", "Double", "doubles"]

SAME, _TURNED = 1.0, 0.95
_LEAST, _SHORTEST, _BEGIN = 0.82, 6, 2


class Double(NamedTuple):
    """Another thing with a name like this one, and how much it is like it, on a scale to 1."""

    key: str
    name: str
    score: float


def doubles(names: Iterable[tuple[str, str]]) -> dict[str, list[Double]]:
    """Return for each thing those after it, in the order of their keys, that have the same name or nearly; each once, the best first.

    >>> towns = [("a", "Aldmoor harbour"), ("b", "Aldmoor Harbor"), ("d", "Citizen (Mali)"), ("e", "Citizen (Malawi)")]
    >>> doubles(towns)
    {'a': [Double(key='b', name='Aldmoor Harbor', score=0.923)]}
    >>> doubles([("a", "Aldmoor harbour"), ("c", "the harbour, Aldmoor")])["a"][0].score
    0.95
    """
    found: dict[str, dict[str, Double]] = defaultdict(dict)
    for group in _groups(names):
        for place, (key, name, word) in enumerate(group):
            for other, its_name, its_word in group[place + 1 :]:
                score = _score(name, its_name, word, its_word)
                first, second, shown = (key, other, its_name) if key < other else (other, key, name)
                if key != other and score > found[first].get(second, Double("", "", 0.0)).score:
                    found[first][second] = Double(second, shown, score)
    return {key: sorted(each.values(), key=lambda one: (-one.score, one.key)) for key, each in sorted(found.items()) if each}


def _groups(names: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str, str]]]:
    """Yield things whose names have all words in common, or all but one, with that one."""
    groups: dict[tuple[str, ...], list[tuple[str, str, str]]] = defaultdict(list)
    for key, name in dict.fromkeys(names):
        words = sorted(words_in(name))
        groups["", *words].append((key, name, ""))
        for place, word in enumerate(words):
            if len(word) >= _SHORTEST:
                groups[word[:_BEGIN], *words[:place], *words[place + 1 :]].append((key, name, word))
    yield from (group for group in groups.values() if len(group) > 1)


def _score(name: str, other: str, word: str, its_word: str) -> float:
    if word == its_word:
        return SAME if folded(name) == folded(other) else _TURNED
    ratio = SequenceMatcher(None, word, its_word, autojunk=False).ratio()
    return round(ratio, 3) if ratio >= _LEAST else 0.0
