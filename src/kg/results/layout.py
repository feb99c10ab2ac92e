"""Cells of text on a screen: columns that share its width, or records where columns would be too narrow to read.

Text is counted in columns of a terminal, not in letters, and is wrapped, never cut.
"""

from __future__ import annotations

import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 2
_LEAST = 16
"""How narrow a column of longer texts may become."""
_WORD = 40
"""How long a word may be that is not broken: names are there to be copied."""


def laid_out(headers: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Sequence[bool], width: int | None = None) -> str:
    """Return a table that fits the width, or records where it cannot; without a width, a table as wide as it takes.

    >>> rows = [("the quick brown fox jumps over the lazy dog", "1"), ("b", "22")]
    >>> print(laid_out(["text", "n"], rows, numeric=[False, True], width=30), end="")
    text                        n
    -------------------------  --
    the quick brown fox jumps   1
    over the lazy dog
    b                          22
    """
    if width is None:
        return _grid(headers, rows, numeric)
    limits = _shared(headers, rows, width)
    if limits is None:
        return _records(headers, rows, width)
    blocks = [_lines([wrapped(cell, limit) for cell, limit in zip(row, limits, strict=True)]) for row in rows]
    is_airy = sum(len(block) > 1 for block in blocks) * 2 > len(blocks)  # where most rows take several lines, each needs a visible end
    return _grid(headers, _joined(blocks, between=[[""] * len(headers)] if is_airy else []), numeric)


def columns(text: str) -> int:
    r"""Return how many columns of a terminal a text without control characters takes.

    >>> columns("abc"), columns("漢字"), columns("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    import wcwidth

    return wcwidth.wcswidth(text)


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, broken between words and between wide letters; only a word longer than a line is broken inside.

    >>> wrapped("Whether 漢字漢字 fit", 12)
    ['Whether 漢字', '漢字 fit']
    """
    if columns(text) <= width:
        return [text]
    return _Wrapper(width, break_on_hyphens=False).wrap(text)


class _Piece(str):
    """A piece of text as long as the columns that it takes, so that textwrap counts what a terminal shows."""

    __slots__ = ()

    def __len__(self) -> int:
        return columns(str(self))


class _Wrapper(textwrap.TextWrapper):
    """textwrap over columns; tabulate's own wrapper takes the word False for a truth value and shows True."""

    def _split(self, text: str) -> list[str]:
        chunks = super()._split(text)
        return [piece for chunk in chunks for piece in ([chunk] if chunk.isascii() else self._pieces(chunk))]

    def _pieces(self, word: str) -> list[str]:
        """Return a word in pieces: wide letters alone, narrow ones together up to the width."""
        pieces: list[str] = []
        is_open = False
        for letter in _letters(word):
            is_narrow = columns(letter) == 1
            if is_open and is_narrow and columns(pieces[-1] + letter) <= self.width:
                pieces[-1] += letter
            else:
                pieces.append(letter)
            is_open = is_narrow
        return [_Piece(piece) for piece in pieces]


def _letters(word: str) -> list[str]:
    """Return the letters of a word, each with the marks on it."""
    import wcwidth

    found: list[str] = []
    for letter in word:
        if found and wcwidth.wcwidth(letter) < 1:
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _grid(headers: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> str:
    """Return a table; its head is made of rows, since tabulate makes columns wider than their headers."""
    rules = ["-" * max(map(columns, column)) for column in zip(headers, *rows, strict=True)]
    return _tabulated([headers, rules, *rows], ["right" if is_number else "left" for is_number in numeric])


def _records(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """Return each row as lines of name and value, without the empty ones."""
    if not rows:
        return "\n".join(wrapped(f"no rows of {', '.join(headers)}", width)) + "\n"
    room = max(width - max(map(columns, headers)) - _GAP, _LEAST)
    records = [[(name, cell) for name, cell in zip(headers, row, strict=True) if cell] or [(headers[0], "")] for row in rows]
    blocks = [[line for name, cell in record for line in _lines([[name], wrapped(cell, room)])] for record in records]
    return _tabulated(_joined(blocks, between=[["", ""]]), ["left", "left"])


def _tabulated(lines: Sequence[Sequence[str]], alignment: list[str]) -> str:
    import tabulate

    return str(tabulate.tabulate(lines, tablefmt="plain", disable_numparse=True, colalign=alignment)) + "\n"


def _lines(row: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return a row of wrapped cells as rows of one line each: tabulate drops empty rows where a cell has several lines."""
    return list(zip_longest(*row, fillvalue=""))


def _joined(blocks: Sequence[list[Sequence[str]]], *, between: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [line for number, block in enumerate(blocks) for line in (*(between if number else ()), *block)]


def _shared(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return the width of each column: short ones keep theirs, long ones share the rest; None where that is too little to read."""
    bodies = list(zip(*rows, strict=True)) or [()] * len(headers)
    wanted = [max(map(columns, (name, *body))) for name, body in zip(headers, bodies, strict=True)]
    least = [min(want, max(_LEAST, columns(name), _word(body))) for want, name, body in zip(wanted, headers, bodies, strict=True)]
    room = width - _GAP * (len(headers) - 1)
    if sum(least) > room:
        return None
    limit = min(max(wanted), room)
    while sum(_limits(least, wanted, limit)) > room:
        limit -= 1
    return _limits(least, wanted, limit)


def _limits(least: list[int], wanted: list[int], limit: int) -> list[int]:
    return [max(low, min(high, limit)) for low, high in zip(least, wanted, strict=True)]


def _word(body: Sequence[str]) -> int:
    """Return the size of the longest word of a column that is to stay whole; wide letters are no words."""
    words = {word for cell in body for word in cell.split() if len(word) == columns(word)}
    return min(max(map(len, words), default=0), _WORD)
