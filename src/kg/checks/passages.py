"""Passages against the text that they name: identifier, length, offsets, digest, sentence, paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .. import names
from .. import text as texts
from .evaluate import rows
from .findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyoxigraph as ox

    from ..triples import Term
    from .findings import Places

RULE = "passages"
_SOURCES = f"""SELECT ?source ?identifier ?length ?language WHERE {{
?source a <{names.SOURCE}> ; <{names.DCTERMS}identifier> ?identifier ; <{names.LENGTH}> ?length
OPTIONAL {{ ?source <{names.DCTERMS}language> ?language }} }} ORDER BY ?source"""
_PASSAGES = f"""SELECT ?source ?passage ?start ?end ?paragraph ?sentence ?digest WHERE {{
?passage <{names.OA}hasSource> ?source ; <{names.START}> ?start ; <{names.END}> ?end ; <{names.PARAGRAPH}> ?paragraph ;
<{names.SENTENCE}> ?sentence ; <{names.DIGEST}> ?digest }} ORDER BY ?passage"""


class _Text(NamedTuple):
    """The normal form of a text with what follows from it."""

    content: str
    identifier: str
    sentences: tuple[texts.Sentence, ...]


def find(store: ox.Store, path: Path, places: Places) -> list[Finding]:
    """Return where the passages of the source that this text is do not agree with it; a text of no source is a finding of its own."""
    content = texts.normal_form(path.read_bytes(), path=path)
    identifier = texts.identifier(content)
    sources = [row for row in rows(store, _SOURCES) if _value(row["identifier"]) == identifier]
    if not sources:
        return [_of_no_source(store, path)]
    found: list[Finding] = []
    for source in sources:
        given = _Text(content, identifier, texts.sentences(content, language=_value(source.get("language")) or "en"))
        found.extend(_check_source(store, source, given, places))
    return found


def _of_no_source(store: ox.Store, path: Path) -> Finding:
    known = [names.local_name(_value(row["source"])) for row in rows(store, _SOURCES)]
    if len(known) == 1:
        return Finding(None, None, "error", texts.another_text(known[0], path), RULE)
    message = f"no source has this text; {texts.unregistered(known, path)}"
    return Finding(path, None, "error", message, RULE)


def _check_source(store: ox.Store, source: dict[str, Term], given: _Text, places: Places) -> Iterator[Finding]:
    if _value(source["length"]) != str(len(given.content)):
        message = f"the text has {len(given.content)} code points; write that"
        yield places.finding("error", message, rule=RULE, subject=source["source"], predicate=names.LENGTH, value=source["length"])
    for row in rows(store, _PASSAGES):
        for predicate, message in _faults(row, given) if row["source"] == source["source"] else ():
            value = row.get(names.local_name(predicate))
            yield places.finding("error", message, rule=RULE, subject=row["passage"], predicate=predicate, value=value)


def _faults(row: dict[str, Term], given: _Text) -> Iterator[tuple[str, str]]:
    """Yield what does not agree, by predicate; the shapes speak of what is no number."""
    numbers = [_value(row[name]) for name in ("start", "end", "paragraph", "sentence")]
    if not all(number.isdecimal() for number in numbers):
        return
    start, end, paragraph, sentence = map(int, numbers)
    if not start < end <= len(given.content):
        yield names.END, f"the text has no stretch from {start} to {end}, it ends at {len(given.content)}; correct the offsets"
        return
    if texts.passage_digest(given.identifier, start, end, given.content[start:end]) != _value(row["digest"]):
        yield (
            names.DIGEST,
            f"this is not the digest of code points {start} to {end} of the text; correct the offset or digest that is wrong",
        )
    holder = texts.sentence_at(given.sentences, start, end)
    if holder is None:
        yield names.START, "the passage does not lie within one sentence of the text; shorten it, or make two passages"
        return
    if holder.number != sentence:
        yield names.SENTENCE, f"the passage lies in sentence {holder.number}; write that"
    if holder.paragraph != paragraph:
        yield names.PARAGRAPH, f"the passage lies in paragraph {holder.paragraph}; write that"


def _value(term: Term | None) -> str:
    return "" if term is None else str(getattr(term, "value", term))
