r"""Between cells and the values they stand for that are no names: literals, figures, dates, lists of notes.

Several notes in a cell stand between ` || `; a note that holds `||` itself has it written as `|\|`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from .. import names
from ..dates import bounds
from ..errors import InputError
from ..model import Literal
from .places import BETWEEN

_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)|\^\^(\S+))?', re.DOTALL)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?", re.ASCII)
_UNIT = re.compile(r"([A-Za-z][\w-]{0,31}):[A-Za-z0-9_](?:[\w.-]{0,62}[\w-])?", re.ASCII)
_UNITS = {
    "unit:NUM": ("num", "number", "count", "people", "persons", "pieces", "times"),
    "unit:PERCENT": ("percent", "per cent", "percentage", "%"),
    "unit:CCY_USD": ("usd", "dollar", "dollars", "$", "ccy_usd"),
    "unit:CCY_EUR": ("eur", "euro", "euros", "€", "ccy_eur"),
    "unit:CCY_GBP": ("gbp", "pound", "pounds", "£", "ccy_gbp"),
    "unit:MIN": ("minute", "minutes"),
    "unit:HR": ("hour", "hours", "hr"),
    "unit:DAY": ("day", "days"),
    "unit:WK": ("week", "weeks"),
    "unit:MO": ("month", "months"),
    "unit:YR": ("year", "years"),
    "unit:M": ("metre", "metres", "meter", "meters"),
    "unit:KiloM": ("kilometre", "kilometres", "kilometer", "kilometers", "km"),
    "unit:KiloGM": ("kilogram", "kilograms", "kg"),
    "unit:TON_Metric": ("ton", "tons", "tonne", "tonnes"),
}
"""Units, and words that people write for them; such a word suggests its unit and is never taken for it."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CURIE = re.compile(r"[A-Za-z][\w-]*:\S+", re.ASCII)


def literal_from_cell(cell: str, language: str | None, prefix_map: dict[str, str]) -> Literal:
    """Return the literal of a cell: plain words in the language of the source, or Turtle's notation.

    >>> literal_from_cell("fine folk", "en", {})
    Literal(value='fine folk', language='en', datatype=None)
    >>> literal_from_cell('"braves gens"@fr', "en", {})
    Literal(value='braves gens', language='fr', datatype=None)
    >>> literal_from_cell("ent:ferry", "en", {"ent": "urn:e:"})
    Traceback (most recent call last):
    kg.errors.InputError: this relation takes words, not the name 'ent:ferry'; in quotation marks it is words
    """
    match = _LITERAL.fullmatch(cell.strip())
    if match:
        value = re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)
        return Literal(value, language=match[2] and match[2].lower(), datatype=names.expand(match[3], prefix_map) if match[3] else None)
    if not cell.strip():
        raise InputError("it is empty")
    if _is_name(cell, prefix_map):
        raise InputError(f"this relation takes words, not the name {cell[:64]!r}; in quotation marks it is words")
    return Literal(cell, language=language)


def literal_to_cell(literal: Literal, language: str | None, prefix_map: dict[str, str]) -> str:
    """Return the cell of a literal; `literal_from_cell` gives it back."""
    try:
        if literal_from_cell(literal.value, language, prefix_map) == literal:
            return literal.value
    except InputError:
        pass
    quoted = '"' + literal.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if literal.language:
        return f"{quoted}@{literal.language}"
    return f"{quoted}^^{names.compact(literal.datatype, prefix_map)}" if literal.datatype else quoted


def figure(cell: str) -> Decimal | None:
    """Return the figure of a cell.

    >>> figure("40,000")
    Traceback (most recent call last):
    kg.errors.InputError: '40,000' is no plain decimal number, such as 289000000 or 0.5
    """
    if not cell.strip():
        return None
    if not _DECIMAL.fullmatch(cell.strip()):
        raise InputError(f"{cell[:64]!r} is no plain decimal number, such as 289000000 or 0.5")
    return Decimal(cell.strip())


def unit(cell: str, prefix_map: dict[str, str]) -> str | None:
    """Return the IRI of a unit: of QUDT, as in `unit:PERCENT`, of another known prefix, or `<IRI>` for a currency of another list.

    >>> unit("per cent", names.prefixes())
    Traceback (most recent call last):
    kg.errors.InputError: 'per cent' is no unit; nearest: unit:PERCENT
    """
    from difflib import get_close_matches

    wanted = cell.strip()
    match = _UNIT.fullmatch(wanted)
    if not wanted:
        return None
    spelled = {word: known for known, words in _UNITS.items() for word in (*words, known.lower())}
    if match and match[1] in prefix_map and spelled.get(wanted.lower(), wanted) == wanted:
        return names.expand(wanted, prefix_map)
    if re.fullmatch(r"<https?://[^\s<>\"{}|\\^`]{1,200}>", wanted):
        return wanted[1:-1]
    near = [spelled[word] for word in get_close_matches(wanted[:64].lower(), spelled, n=1, cutoff=0.7)]
    hint = f"; nearest: {near[0]}" if near else ", such as unit:PERCENT, unit:CCY_EUR or, for counted things, unit:NUM"
    raise InputError(f"{cell[:64]!r} is no unit{hint}")


def when(cell: str) -> tuple[str | None, date | None, date | None]:
    """Return an EDTF expression and its bounds; nothing for an empty cell.

    >>> when("2031-02-30")
    Traceback (most recent call last):
    kg.errors.InputError: there is no day 2031-02-30; write 2029-05-04, 2029-05 or 2029; kg sheet --help
    """
    wanted = cell.strip()
    if not wanted:
        return None, None, None
    try:
        return wanted, *bounds(wanted)
    except InputError:
        wrong = next((day for day in _DAY.findall(wanted) if not _is_date(day)), None)
        if wrong is None and all(_is_date(part) for part in wanted.split("/")):
            raise  # each end is a date, so it is their order
        said = f"there is no day {wrong}" if wrong else f"{wanted[:64]!r} is no date"
        raise InputError(f"{said}; write 2029-05-04, 2029-05 or 2029; kg sheet --help") from None


def _is_date(expression: str) -> bool:
    try:
        bounds(expression)
    except InputError:
        return False
    return True


def day(cell: str) -> date | None:
    """Return the day of a cell."""
    try:
        return date.fromisoformat(cell.strip()) if cell.strip() else None
    except ValueError:
        raise InputError(f"{cell[:64]!r} is no day, such as 2031-03-09") from None


def notes_from_cell(cell: str) -> tuple[str, ...]:
    r"""Return the notes of a cell, sorted, each once.

    >>> notes_from_cell("mostly || a|\\|b")
    ('a||b', 'mostly')
    """
    parts = (re.sub(r"\|(\\*)\\(?=\|)", r"|\1", part) for part in cell.split(BETWEEN))
    return tuple(sorted({part for part in parts if part.strip()}))


def notes_to_cell(notes: tuple[str, ...]) -> str:
    """Return the cell of some notes; `notes_from_cell` gives them back."""
    return BETWEEN.join(re.sub(r"\|(\\*)(?=\|)", r"|\1" + "\\\\", note) for note in notes)


def ids_from_cell(cell: str) -> list[str]:
    """Return the names in a cell, between which there are blanks, commas or `||`."""
    return [word for word in re.split(r"[\s,|]+", cell) if word]


def one_line(cell: str) -> str:
    """Return a label, which must be there and stay on one line."""
    if not cell.strip():
        raise InputError("it is empty; write one plain sentence in your own words")
    if "\n" in cell:
        raise InputError("it has a line break; a label is one plain sentence")
    return cell


def _is_name(cell: str, prefix_map: dict[str, str]) -> bool:
    if not _CURIE.fullmatch(cell.strip()):
        return False
    try:
        names.expand(cell.strip(), prefix_map)
    except InputError:
        return False
    return True
