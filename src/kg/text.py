"""Texts and the places in them: normal form, sentences, code point offsets, digests. Pure functions over strings.

A text is somebody's property, so a workspace holds its digest and offsets only. Everything that is counted is counted in the
*normal form*: UTF-8 without a byte order mark, lines ended by LF, Unicode NFC.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_KEYS = 10
_SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u0964\u061f][\"'\u201d\u2019\u00bb)\]]*$")
_FOLDED = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201b": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
    }
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a normal form: offsets, end exclusive, its paragraph and its number, both counted from 1, headings apart."""

    start: int
    end: int
    paragraph: int
    number: int


def normal_form(data: bytes, *, path: object = None) -> str:
    r"""Return the normal form of a text file.

    >>> normal_form(b"\xef\xbb\xbfcafe\xcc\x81\r\n")
    'café\n'
    >>> normal_form(b"\xff\xfeh\x00i\x00")
    Traceback (most recent call last):
    kg.errors.InputError: the text is UTF-16, convert it to UTF-8
    """
    return unicodedata.normalize("NFC", decode(data, path=path).replace("\r\n", "\n").replace("\r", "\n"))


def decode(data: bytes, *, path: object = None, what: str = "text") -> str:
    """Return the characters of a UTF-8 file without its byte order mark; InputError with the line where it is something else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"the {what} is UTF-16, convert it to UTF-8", path=path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"the {what} is not UTF-8 (byte {error.start}), convert it to UTF-8", path=path, line=line) from None


def identifier(text: str) -> str:
    """Return the RFC 6920 name of a normal form: its SHA-256, base64url without padding (section 3).

    >>> identifier("Hello World!")
    'ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk'
    """
    digest = hashlib.sha256(text.encode()).digest()
    return "ni:///sha-256;" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def another_text(key: str, path: object = None) -> str:
    """Return the sentence that says that a text is not the one that a source was registered with, and what to do.

    >>> another_text("mill", "new.txt").partition("; ")[0]
    'new.txt is not the text that src:mill was registered with (its digest differs)'
    """
    said = f"{path or 'this'} is not the text that src:{key} was registered with (its digest differs)"
    return f"{said}; where the text was changed, kg source update {key} {path or 'NEW'} --old OLD finds its passages again"


def unregistered(keys: Sequence[str], path: object = None) -> str:
    """Return what to do with a text that is none of several sources, by their keys.

    >>> unregistered(["mill", "town"], "new.txt").partition(", else ")[::2]
    ('where a text was changed, kg source update KEY new.txt --old OLD takes it over',
     'kg source add registers it; registered are src:mill, src:town')
    >>> unregistered([])
    'kg source add registers it, and none is registered yet'
    """
    if not keys:
        return "kg source add registers it, and none is registered yet"
    listed = ", ".join(f"src:{key}" for key in keys[:_MOST_KEYS]) + (" …" if len(keys) > _MOST_KEYS else "")
    changed = f"where a text was changed, kg source update KEY {path or 'NEW'} --old OLD takes it over"
    return f"{changed}, else kg source add registers it; registered are {listed}"


def passage_digest(source_identifier: str, start: int, end: int, passage: str) -> str:
    """Return the digest that ties a passage to its source, its offsets and its words, in lower-case hexadecimal."""
    return hashlib.sha256("\n".join((source_identifier, str(start), str(end), passage)).encode()).hexdigest()


def is_heading(line: str) -> bool:
    """Tell whether a line is a heading: it has words, but no sentence ends at its end.

    >>> is_heading("What came of it"), is_heading("Nothing came of it."), is_heading("He said “no.”")
    (True, False, False)
    """
    stripped = line.rstrip()
    return bool(stripped) and not _SENTENCE_END.search(stripped)


def sentences(text: str, *, language: str = "en") -> tuple[Sentence, ...]:
    """Return the sentences of a normal form in order; each line is a paragraph, empty lines and headings count for nothing.

    >>> text = "A heading" + chr(10) + "Mr. Poe left. It rained!" + chr(10)
    >>> [text[s.start:s.end] for s in sentences(text)]
    ['Mr. Poe left.', 'It rained!']
    """
    from sentencex import segment

    found: list[Sentence] = []
    offset = paragraph = 0
    for line in text.split("\n"):
        if line.strip() and not is_heading(line):
            paragraph += 1
            at = 0
            for piece in segment(language, line):
                words = piece.strip()
                if words:
                    at = line.index(words, at)
                    found.append(Sentence(offset + at, offset + at + len(words), paragraph, len(found) + 1))
                    at += len(words)
        offset += len(line) + 1
    return tuple(found)


def sentence_at(found: tuple[Sentence, ...], start: int, end: int) -> Sentence | None:
    """Return the sentence that holds the whole stretch from start to end, or None where there is none."""
    at = bisect_right(found, start, key=lambda sentence: sentence.start) - 1
    return found[at] if at >= 0 and end <= found[at].end else None


def sentences_over(found: tuple[Sentence, ...], start: int, end: int) -> tuple[Sentence, ...]:
    """Return the sentences of which the stretch from start to end holds a part."""
    first = bisect_right(found, start, key=lambda sentence: sentence.end)
    after = bisect_left(found, end, key=lambda sentence: sentence.start)
    return found[first:after]


def find_quote(text: str, quote: str) -> list[tuple[int, int]]:
    """Return the offsets of every place where a quote stands: exactly, else with quotation marks, dashes and white space folded.

    >>> find_quote("He called it “a  day”. A day!", '"a day"')
    [(13, 21)]
    >>> find_quote("a day, a day", "a day")
    [(0, 5), (7, 12)]
    """
    wanted = unicodedata.normalize("NFC", quote).strip()
    if not wanted:
        return []
    exact = []
    at = text.find(wanted)
    while at >= 0:
        exact.append((at, at + len(wanted)))
        at = text.find(wanted, at + 1)
    if exact:
        return exact
    words = (re.escape(word) for word in wanted.translate(_FOLDED).split())
    return [match.span() for match in re.finditer(r"\s+".join(words), text.translate(_FOLDED))]
