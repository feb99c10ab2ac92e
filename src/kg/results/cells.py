"""One term as text: with its label for people, in full for machines, and never as a control sequence or a formula."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..answers import Term

_CONTROLS = [
    *range(0x20),
    *range(0x7F, 0xA0),
    0x61C,
    0x200E,
    0x200F,
    0x2028,
    0x2029,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0xFEFF,
]
_NUMERIC = {
    names.XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "short", "nonNegativeInteger", "positiveInteger")
}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"([+-]?)(\d{5,})(\.\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNITS = {
    "PERCENT": ("%", "%"),
    "NUM": ("", ""),
    "DAY": ("day", "days"),
    "WK": ("week", "weeks"),
    "MO": ("month", "months"),
    "YR": ("year", "years"),
}
_CURRENCY = "CCY_"


class Style(NamedTuple):
    """How terms become text: `prefixes` make CURIEs, `labels` (None: no labels) go before them, `raw` leaves formulas as they are."""

    prefixes: Mapping[str, str] = {}
    labels: Mapping[str, str] | None = None
    raw: bool = False
    width: int | None = None


def printable(text: str, *, keep_lines: bool = False) -> str:
    r"""Return a text with control characters as escapes, so that no terminal obeys them; `keep_lines` lets line feeds and tabs be.

    >>> printable("a\x1b[31m\u202eb")
    'a\\u001b[31m\\u202eb'
    """
    return text if text.isprintable() else text.translate(_escapes("\n\t" if keep_lines else ""))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "row"), counted(1200, "entity", "entities")
    ('1 row', '1,200 entities')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@cache
def _escapes(kept: str) -> dict[int, str]:
    """Return what stands for each control character, and for the halves of characters that undecodable arguments become."""
    return {code: f"\\u{code:04x}" for code in [*_CONTROLS, *range(0xD800, 0xE000)] if chr(code) not in kept}


def full(term: Term | None) -> str:
    """Return a term as SPARQL's CSV has it: the IRI or the lexical form alone, `_:` before a blank node's name.

    >>> full(ox.NamedNode("urn:a")), full(ox.Literal("a", language="en")), full(None)
    ('urn:a', 'a', '')
    """
    if term is None:
        return ""
    if isinstance(term, ox.Triple):
        return f"<<( {' '.join(map(str, term))} )>>"
    return str(term) if isinstance(term, ox.BlankNode) else term.value


def short(term: Term | None, style: Style) -> str:
    """Return a term for people: label and CURIE, a number with separators, a literal without its quotes.

    >>> style = Style(names.prefixes(), {names.BASE + "entity/taliban": "Taliban"})
    >>> short(ox.NamedNode(names.BASE + "entity/taliban"), style)
    'Taliban (ent:taliban)'
    >>> short(ox.Literal("289000000", datatype=ox.NamedNode(names.XSD + "decimal")), style)
    '289,000,000'
    """
    if isinstance(term, ox.NamedNode):
        curie = names.compact(term.value, dict(style.prefixes))
        label = None if style.labels is None or curie.startswith("kg:") else style.labels.get(term.value)
        return f"{label} ({curie})" if label else curie
    if isinstance(term, ox.Triple):
        return f"<<( {' '.join(short(part, style._replace(labels=None)) for part in term)} )>>"
    if isinstance(term, ox.Literal) and is_number(term):
        return grouped(term.value)
    return full(term)


def is_number(term: Term | None) -> bool:
    """Tell whether a term is a literal of a numeric type that is written as a number."""
    return isinstance(term, ox.Literal) and term.datatype.value in _NUMERIC and _NUMBER.fullmatch(term.value) is not None


def grouped(number: str) -> str:
    """Return a number with separators from five digits on: four could be a year.

    >>> grouped("289000000"), grouped("-12345.5"), grouped("2021")
    ('289,000,000', '-12,345.5', '2021')
    """
    match = _GROUPED.fullmatch(number)
    return f"{match[1]}{int(match[2]):,}{match[3] or ''}" if match else number


def figure(value: Term | None, unit: Term | None, style: Style) -> str:
    """Return a figure with its unit.

    >>> def of(value, unit):
    ...     return figure(ox.Literal(value), ox.NamedNode("http://qudt.org/vocab/unit/" + unit), Style())
    >>> of("4", "PERCENT"), of("289000000", "CCY_USD"), of("2", "DAY"), of("6", "NUM")
    ('4 %', '289,000,000 USD', '2 days', '6')
    """
    number = grouped(full(value))
    if not number or not isinstance(unit, ox.NamedNode):
        return " ".join(filter(None, (number, short(unit, style))))
    code = names.local_name(unit.value)
    plain = (style.labels or {}).get(unit.value, code.removeprefix(_CURRENCY))
    one, many = _UNITS.get(code, (plain, plain))
    return f"{number} {one if number == '1' else many}".rstrip()


def guarded(cell: str, term: Term | None, style: Style) -> str:
    """Return a cell that a spreadsheet takes for text: a quote before what begins like a formula, unless it is a number.

    >>> guarded("=1+1", ox.Literal("=1+1"), Style()), guarded("-1", ox.Literal("-1"), Style(raw=True))
    ("'=1+1", '-1')
    """
    return cell if style.raw or is_number(term) or not cell.startswith(_FORMULA) else "'" + cell
