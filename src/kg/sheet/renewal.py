"""A source whose text was changed after it was registered: its passages are found again by the words that they had in the old text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names, triples, turtle
from ..errors import InputError
from ..text import another_text, find_quote, identifier, sentence_at, sentences
from . import holdings
from .places import Places
from .table import Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..index import Index
    from ..model import Passage, Source
    from ..text import Sentence
    from .holdings import Holdings

    _Moved = Mapping[str, tuple[Passage, ...]]


@dataclass(frozen=True, slots=True)
class Renewal:
    """A source with its new text, ready to be written: all its passages were found again."""

    held: Holdings
    source: Source
    triples: tuple[ox.Triple, ...]
    sentences: int
    prefixes: Mapping[str, str]

    def write(self) -> bool:
        """Write the file of the source; return whether anything changed."""
        return turtle.write(self.held.path, self.triples, dict(self.prefixes))


def renew(index: Index, source: Source, old: str, new: str, *, old_path: object = None, new_path: object = None) -> Renewal:
    """Find the passages of a source again in the new form of its text; nothing is written before `Renewal.write`.

    SheetError with every passage that is not found, or not in one place only.
    """
    holdings.refuse_bundled(index.workspace)
    held = holdings.read(index.workspace, source)
    if identifier(old) != source.identifier:
        raise InputError(another_text(held.key, old_path).partition("; ")[0] + "; --old names the text as it was then")
    for other in index.sources.values():
        if other.identifier == identifier(new) and other.iri != source.iri:
            raise InputError(f"this text is registered already, as {names.compact(other.iri, index.workspace.prefixes)}", path=new_path)
    changed = replace(source, identifier=identifier(new), length=len(new))
    places = Places(changed, f"{index.workspace.prefixes['passage']}{held.key}-", {}, new)
    if not places.sentences:
        raise InputError("the text has no sentence", path=new_path)
    problems = Problems(new_path)
    _refuse_use_elsewhere(index, held, problems)
    moved = _move(held, old, places, problems)
    problems.raise_any()
    return Renewal(held, changed, tuple(_triples(held, source, changed, moved)), len(places.sentences), index.workspace.prefixes)


def _move(held: Holdings, old: str, places: Places, problems: Problems) -> dict[str, tuple[Passage, ...]]:
    """Return the passages that each passage becomes: more than one where its sentence was divided."""
    before = sentences(old, language=places.source.language or "en")
    found = {}
    for passage in sorted(held.passages.values(), key=lambda one: (one.start, one.end)):
        try:
            start, end = _again(passage, old, places.text or "", sentence_at(before, passage.start, passage.end))
            again = places.find("", f"{start}-{end}")
            found[passage.iri] = tuple(replace(part, no_claim=passage.no_claim) for part in again)
        except InputError as error:
            carried = [names.local_name(claim.iri) for claim in held.claims.values() if passage.iri in claim.passages]
            about = f"claim {', '.join(carried)}" if carried else "a sentence without a claim"
            problems.add(None, f"sentence {passage.sentence} of the old text ({about}): {error.message}")
    return found


def _again(passage: Passage, old: str, new: str, sentence: Sentence | None) -> tuple[int, int]:
    """Return where the words of a passage stand now: in the same sentence, else where alone they stand, else at the same count."""
    start, end = (sentence.start, sentence.end) if sentence else (passage.start, passage.end)
    around = find_quote(new, old[start:end])
    if len(around) == 1 and around[0][1] - around[0][0] == end - start:
        return around[0][0] + passage.start - start, around[0][0] + passage.end - start
    words = old[passage.start : passage.end]
    here, there = find_quote(old, words), find_quote(new, words)
    if not there:
        raise InputError("its words are no longer in the text; change or remove it first, with the old text and kg sheet")
    if (passage.start, passage.end) not in here or len(here) != len(there):
        raise InputError(
            f"its words stand {len(there)} times in the text, and {len(here)} times in the old one; make the quote longer first"
        )
    return there[here.index((passage.start, passage.end))]


def _triples(held: Holdings, source: Source, changed: Source, moved: _Moved) -> Iterator[ox.Triple]:
    """Yield what the file says with the new text: the source, its claims and passages, and all that no sheet holds."""
    parts = sorted((part for several in moved.values() for part in several), key=lambda part: bool(part.no_claim))
    passages = {part.iri: part for part in parts}
    claims = [
        replace(claim, passages=tuple(sorted({new for iri in claim.passages for new in _names(iri, moved)})))
        for claim in held.claims.values()
    ]
    gone = {*triples.source_to_triples(source), *held.extras}
    yield from (triple for triple in held.with_records(claims, passages.values()) if triple not in gone)
    for triple in held.extras:
        iri = triple.subject.value if isinstance(triple.subject, ox.NamedNode) else ""
        for name in _names(iri, moved):
            yield ox.Triple(ox.NamedNode(name), triple.predicate, triple.object)
    yield from triples.source_to_triples(changed)


def _names(iri: str, moved: _Moved) -> Iterable[str]:
    return [part.iri for part in moved[iri]] if iri in moved else [iri]


def _refuse_use_elsewhere(index: Index, held: Holdings, problems: Problems) -> None:
    """Refuse to rename a passage that something outside the claims of its source refers to."""
    for iri in held.passages:
        for quad in index.store.quads_for_pattern(None, None, ox.NamedNode(iri), ox.DefaultGraph()):
            user = getattr(quad.subject, "value", "")
            if user not in held.claims:
                problems.add(None, f"{names.compact(user, index.workspace.prefixes)} refers to {names.local_name(iri)}; change that first")
