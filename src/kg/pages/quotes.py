"""The words of passages, where the texts of their sources are at hand. They are shown, and stored in nothing but the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..view.data import texts_by_source, verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..index import Index
    from ..model import Passage

__all__ = ["Quotes"]


class Quotes:
    """What passages say, from the normal forms of texts; InputError where one of these is not the text of any source."""

    def __init__(self, index: Index, texts: Sequence[str]) -> None:
        self._sources = index.sources
        self._texts = {iri: words for iri, (words, _) in texts_by_source(index, texts).items()}

    def of(self, passage: Passage) -> tuple[str, str]:
        """Return the words of a passage and their language; nothing where its text is not at hand, InputError where it is another."""
        words = self._texts.get(passage.source)
        if words is None:
            return "", ""
        source = self._sources[passage.source]
        verify(passage, source.identifier, words)
        return words[passage.start : passage.end], source.language or ""
