"""Between quotes and passages: a quote finds its place in the text and is then forgotten."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import InputError
from ..model import Passage
from ..names import local_name
from ..text import Sentence, another_text, find_quote, identifier, passage_digest, sentences, sentences_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model import Source

BETWEEN = " || "
"""What stands between several quotes, or several notes, in one cell."""

_WHICH = re.compile(r"(.*\S)\s*\[([0-9]{1,6})\]", re.DOTALL | re.ASCII)
_SHOWN = 8
_OFFSETS = re.compile(r"([0-9]{1,12})-([0-9]{1,12})", re.ASCII)


class Places:
    """The places of one source: `prefix` begins the IRIs of its passages, `known` holds those that the graph has.

    Without the text only places that are known already can be named.
    """

    def __init__(self, source: Source, prefix: str, known: Mapping[str, Passage], text: str | None) -> None:
        if text is not None and identifier(text) != source.identifier:
            raise InputError(another_text(local_name(source.iri)))
        self.source = source
        self.prefix = prefix
        self.known = known
        self.text = text
        self.sentences = () if text is None else sentences(text, language=source.language or "en")

    def find(self, quotes: str, offsets: str) -> tuple[Passage, ...]:
        """Return the passages that a row names: by its quotes, or by offsets such as `1320-1345` where it has none.

        Offsets beside a quote decide which of its places is meant. A stretch over several sentences gives one passage a sentence.
        """
        wanted = [quote.strip() for quote in quotes.split(BETWEEN.strip()) if quote.strip()]
        # Beside a quote, offsets are a hint: a spreadsheet may have made a date of them.
        spans = [_span(word) for word in offsets.split() if not wanted or _OFFSETS.fullmatch(word)]
        found = [self._place(quote, spans) for quote in wanted] if wanted else spans
        return tuple(dict.fromkeys(passage for start, end in found for passage in self._passages(start, end)))

    def quotes(self, passages: Iterable[Passage]) -> str:
        """Return the cell of quotes that finds these passages again, or an empty one where their words cannot do that."""
        ordered = list(passages)
        if self.text is None:
            return ""
        cell = BETWEEN.join(self._quote(self.text, passage) for passage in ordered)
        try:
            return cell if [passage.iri for passage in self.find(cell, "")] == [passage.iri for passage in ordered] else ""
        except InputError:
            return ""

    def _quote(self, text: str, passage: Passage) -> str:
        words = text[passage.start : passage.end]
        spans = find_quote(text, words)
        here = (passage.start, passage.end)
        return f"{words} [{spans.index(here) + 1}]" if len(spans) > 1 and here in spans else words

    def _place(self, quote: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
        if self.text is None:
            raise InputError("a quote is found in the text only; name the text with --text FILE, or empty the quote and give the passage")
        found, which = find_quote(self.text, quote), None
        if not found and (match := _WHICH.fullmatch(quote)):
            found, which = find_quote(self.text, match[1]), int(match[2])
        if not found:
            raise InputError(f"the quote is not in the text{self._nearest(quote)}")
        if which is not None:
            if not 1 <= which <= len(found):
                raise InputError(f"the quote stands {len(found)} times in the text, so there is no [{which}]")
            return found[which - 1]
        meant = found if len(found) == 1 else [span for span in found if span in spans]
        if len(meant) != 1:
            numbers = ", ".join(str(self._number(start)) for start, _ in found[:8])
            raise InputError(f"the quote stands {len(found)} times in the text (sentences {numbers}); make it longer, or add which: [2]")
        return meant[0]

    def _passages(self, start: int, end: int) -> list[Passage]:
        iri = f"{self.prefix}{start}-{end}"
        if self.text is None:
            if iri not in self.known:
                raise InputError(f"{start}-{end} is no passage of the graph; name the text with --text FILE")
            return [replace(self.known[iri], no_claim=None)]
        parts = [(max(start, s.start), min(end, s.end), s) for s in sentences_over(self.sentences, start, end)]
        if not parts or end > len(self.text):
            raise InputError(f"{start}-{end} holds no part of a sentence; headings carry no claims")
        return [self._passage(self.text, *part) for part in parts]

    def _passage(self, text: str, start: int, end: int, sentence: Sentence) -> Passage:
        return Passage(
            iri=f"{self.prefix}{start}-{end}",
            source=self.source.iri,
            start=start,
            end=end,
            paragraph=sentence.paragraph,
            sentence=sentence.number,
            digest=passage_digest(self.source.identifier, start, end, text[start:end]),
        )

    def _number(self, offset: int) -> int | str:
        return next((sentence.number for sentence in self.sentences if sentence.start <= offset < sentence.end), "heading")

    def _nearest(self, quote: str) -> str:
        """Name the sentence that shares at least half of the words of a quote, and how it begins."""
        wanted, text = set(_words(quote)), self.text or ""
        shared = [(len(wanted & set(_words(text[s.start : s.end]))), -s.number) for s in self.sentences]
        count, number = max(shared, default=(0, 0))
        if not wanted or 2 * count < len(wanted):
            return ""
        sentence = self.sentences[-number - 1]
        words = text[sentence.start : sentence.end].split()
        return f"; nearest: sentence {-number}, which begins “{' '.join(words[:_SHOWN])}{' …' if len(words) > _SHOWN else ''}”"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _span(word: str) -> tuple[int, int]:
    match = _OFFSETS.fullmatch(word)
    if not match or not int(match[1]) < int(match[2]):
        raise InputError(f"{word[:40]!r} is no passage, such as 1320-1345")
    return int(match[1]), int(match[2])
