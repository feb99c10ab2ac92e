"""Names that are written alike: folded to what they have in common, and found again by that.

Folding takes away case, marks above and below letters, apostrophes and punctuation; it keeps scripts apart, since a letter of one is
none of another. What is equal folded is the same name. What is alike is ranked for a person and never taken for the same: rare words count
more than frequent ones, a word may be cut short or misspelled, and their order does not count.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["EXACT", "Like", "Names", "folded", "words_in"]

EXACT = 100.0
"""The score of a name that is equal when folded; no other has it."""
LONGEST = 300
"""How many letters of a name are looked at."""
_MOST = 95.0
_GONE = dict.fromkeys(map(ord, "'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u02be\u02bf\u0640\u200c\u200d"))
_SAME = str.maketrans("łøđħıŧŀæœþðӏ\u0649\u06cc\u06a9\u0629", "lodhitlaœþdi\u064a\u064a\u0643\u0647")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_LOWEST_MARK = 10  # combining classes below are no marks but parts of letters: nukta, virama, the voicing of kana
_FILLERS = frozenset(["the", "a", "an"])
_LIGHT, _LIGHTEST = frozenset(["of", "in", "and", "to", "for", "on", "at", "by", "from", "with", "de", "la", "le", "du", "des", "der"]), 0.2
"""Words that names are joined by, and how much they count."""
_CLOSE, _PREFIX, _FEWEST = 0.7, 3, 4
_FORMS, _NAMES = 40, 1000
"""How many words are looked at that are written nearly as one that is asked for, and how many names that have one of them."""


def folded(name: str) -> str:
    """Return what names have in common that are the same to a reader.

    >>> folded("  The Côte-d'Ivoire "), folded("Ἀθῆναι"), folded("Łódź"), folded("Ёлка")
    ('the cote divoire', 'αθηναι', 'lodz', 'елка')
    >>> folded("STRASSE") == folded("Straße"), folded("St. John's") == folded("st johns")
    (True, True)
    """
    if name.isascii():  # most names are, and folded many times
        return " ".join(_SEPARATORS.sub(" ", name[:LONGEST].lower().translate(_GONE)).split())
    plain = unicodedata.normalize("NFKD", name[:LONGEST].casefold()).translate(_GONE)
    bare = "".join(letter for letter in plain if unicodedata.combining(letter) < _LOWEST_MARK)
    same = unicodedata.normalize("NFKC", bare).casefold().translate(_SAME)
    return " ".join("".join(letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " " for letter in same).split())


def words_in(name: str) -> tuple[str, ...]:
    """Return the folded words of a name, without articles where there are others.

    >>> words_in("The Embassy"), words_in("A")
    (('embassy',), ('a',))
    """
    return _without_articles(folded(name).split())


class Like(NamedTuple):
    """A name that is alike: whose it is, how much on a scale to 100, and the name itself."""

    key: str
    score: float
    name: str


class Names:
    """Names, each with a key for what has it; several names may have one key, and one name several."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        plain = ((key, name, folded(name)) for key, name in dict.fromkeys(pairs))
        self._names = [(key, name, whole, _without_articles(whole.split())) for key, name, whole in plain if whole]

    @cached_property
    def _exact(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key, name, whole, _ in self._names:
            found[whole].append((key, name))
        return dict(found)

    @cached_property
    def _having(self) -> dict[str, list[int]]:
        """The names that have each word, by their place."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, (_, _, _, words) in enumerate(self._names):
            for word in dict.fromkeys(words):
                found[word].append(place)
        return dict(found)

    @cached_property
    def _vocabulary(self) -> list[str]:
        return sorted(self._having)

    @cached_property
    def _pieces(self) -> dict[str, list[str]]:
        """The words that have each three letters in a row, with their ends marked."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in self._vocabulary:
            for piece in _pieces_of(word):
                found[piece].append(word)
        return dict(found)

    def prepare(self) -> None:
        """Make now what the first question would make: for a process that is about to be forked."""
        self._exact, self._weights, self._pieces  # noqa: B018  each is made on first use

    def exact(self, name: str) -> list[Like]:
        """Return who has this name, in the order in which they were given; each once.

        >>> Names([("g", "Georgia"), ("u", "Géorgia"), ("u", "georgia")]).exact("GEORGIA")
        [Like(key='g', score=100.0, name='Georgia'), Like(key='u', score=100.0, name='Géorgia')]
        """
        first: dict[str, str] = {}
        for key, found in self._exact.get(folded(name), ()):
            first.setdefault(key, found)
        return [Like(key, EXACT, found) for key, found in first.items()]

    def alike(self, name: str) -> list[Like]:
        """Return who has a name like this one or just this one, the most alike first.

        >>> [(like.key, round(like.score)) for like in Names([("k", "Kabul River"), ("c", "Kabul"), ("h", "Herat")]).alike("Kabool river")]
        [('k', 76), ('c', 30)]
        """
        asked = words_in(name)
        forms = {word: self._forms(word) for word in dict.fromkeys(asked)}
        weight = sum(self._weight_of(word, forms[word]) for word in asked)
        best: dict[str, Like] = {like.key: like for like in self.exact(name)}
        for place in self._places(forms):
            key, found, _, words = self._names[place]
            score = round(_MOST * self._likeness(asked, words, forms, weight), 1)
            if score > best.get(key, Like(key, 0.0, "")).score:
                best[key] = Like(key, score, found)
        return sorted(best.values(), key=lambda like: (-like.score, len(like.name), like.name, like.key))

    def beginning(self, start: str) -> Iterator[Like]:
        """Yield who has a name whose words begin with these: names that begin so first, then the shorter ones; each once.

        >>> [like.name for like in Names([("a", "Kabul"), ("b", "Fall of Kabul"), ("c", "Kabul airport")]).beginning("kab")]
        ['Kabul', 'Kabul airport', 'Fall of Kabul']
        """
        asked, whole = folded(start).split(), folded(start)
        fitting = []
        for key, name, plain, _ in self._names:
            words = plain.split()
            if all(any(word.startswith(each) for word in words) for each in asked):
                fitting.append((not plain.startswith(whole), len(plain), name, key))
        seen = set()
        for _, _, name, key in sorted(fitting):
            if key not in seen:
                seen.add(key)
                yield Like(key, EXACT, name)

    @cached_property
    def _weights(self) -> dict[str, float]:
        """How much each word of the names counts."""
        most = 1 + len(self._names)
        return {word: _LIGHTEST if word in _LIGHT else 1 + math.log(most / (1 + len(having))) for word, having in self._having.items()}

    def _forms(self, word: str) -> dict[str, float]:
        """Return the words of names that may be this one, with how sure that is: itself, longer ones, ones that are written nearly so."""
        found = {word: 1.0} if word in self._having else {}
        if len(word) >= _PREFIX:
            at = bisect_left(self._vocabulary, word)
            for longer in islice(self._vocabulary, at, at + _FORMS):
                if not longer.startswith(word):
                    break
                found.setdefault(longer, 0.7 + 0.3 * len(word) / len(longer))
        if len(word) >= _FEWEST and word not in self._having:
            for other, ratio in self._near(word):
                found[other] = max(ratio, found.get(other, 0.0))
        return found

    def _near(self, word: str) -> Iterator[tuple[str, float]]:
        pieces = _pieces_of(word)
        shared = Counter(other for piece in sorted(pieces) for other in self._pieces.get(piece, ()))
        ranked = sorted(shared, key=lambda other: (-2 * shared[other] / (len(pieces) + len(other)), other))
        for other in ranked[:_FORMS]:
            ratio = SequenceMatcher(None, word, other, autojunk=False).ratio()
            if ratio >= _CLOSE:
                yield other, ratio * ratio

    def _places(self, forms: dict[str, dict[str, float]]) -> list[int]:
        """Return the names worth looking at: those that have a rare word first, and never all of many."""
        words = sorted({form for each in forms.values() for form in each}, key=lambda word: (len(self._having[word]), word))
        found: dict[int, None] = {}
        for word in words:
            found.update(dict.fromkeys(self._having[word][: _NAMES - len(found)]))
            if len(found) >= _NAMES:
                break
        return list(found)

    def _likeness(self, asked: tuple[str, ...], words: tuple[str, ...], forms: dict[str, dict[str, float]], weight: float) -> float:
        """Return how much two names share, from 0 to 1: twice what they share, by what both have. Each word is shared once."""
        left = list(words)
        shared = 0.0
        for word in asked:
            fitting = max((each for each in left if each in forms[word]), key=forms[word].__getitem__, default=None)
            if fitting is not None:
                left.remove(fitting)
                shared += forms[word][fitting] * self._weights[fitting]
        both = sum(map(self._weights.__getitem__, words)) + weight
        return min(1.0, 2 * shared / both) if both else 0.0

    def _weight_of(self, word: str, forms: dict[str, float]) -> float:
        """Return how much a word counts that is asked for: as the one it is taken for, else as a rare one."""
        likely = max(forms, key=forms.__getitem__, default=word)
        return self._weights.get(likely, _LIGHTEST if word in _LIGHT else 1 + math.log(1 + len(self._names)))


def _without_articles(words: list[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _FILLERS) or tuple(words)


def _pieces_of(word: str) -> set[str]:
    whole = f"^{word}$"
    return {whole[at : at + 3] for at in range(len(whole) - 2)}
