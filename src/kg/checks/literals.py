"""Literals whose text is no value of their datatype, and IRIs that imitate others: what any RDF file is checked for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..triples import Term

XSD = names.XSD
_CASTS = frozenset(
    XSD + name for name in ("boolean", "date", "dateTime", "time", "duration", "dayTimeDuration", "yearMonthDuration", "double", "float")
)
_ZONE = r"(Z|[+-](0\d|1[0-4]):[0-5]\d)?"
_PATTERNS = {
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "gYear": rf"-?([1-9]\d{{3,}}|0\d{{3}}){_ZONE}",
    "gYearMonth": rf"-?([1-9]\d{{3,}}|0\d{{3}})-(0[1-9]|1[0-2]){_ZONE}",
    "gMonth": rf"--(0[1-9]|1[0-2]){_ZONE}",
    "gDay": rf"---(0[1-9]|[12]\d|3[01]){_ZONE}",
    "gMonthDay": rf"--((0[1-9]|1[0-2])-(0[1-9]|[12]\d)|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31){_ZONE}",
    "hexBinary": r"([0-9A-Fa-f]{2})*",
    "base64Binary": r"(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){3}=|([A-Za-z0-9+/] ?){2}= ?=)?",
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "dateTimeStamp": r".*(Z|[+-](0\d|1[0-4]):[0-5]\d)",
}
_INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in (("long", 64), ("int", 32), ("short", 16), ("byte", 8))},
    **{name: (0, 2**bits - 1) for name, bits in (("unsignedLong", 64), ("unsignedInt", 32), ("unsignedShort", 16), ("unsignedByte", 8))},
}
_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}")


@lru_cache(maxsize=65536)
def is_ill_typed(text: str, datatype: str) -> bool:
    """Tell whether a text is no value of an XSD datatype; nothing is said of other datatypes.

    >>> is_ill_typed("abc", XSD + "integer"), is_ill_typed("01", XSD + "integer"), is_ill_typed("300", XSD + "byte")
    (True, False, True)
    >>> is_ill_typed("2020-02-30", XSD + "date"), is_ill_typed("PT60M", XSD + "duration"), is_ill_typed("x", "urn:other")
    (True, False, False)
    """
    name = datatype.removeprefix(XSD)
    if name == datatype:
        return False
    trimmed = text.strip(" \t\r\n")
    if name in _INTEGERS:
        return not _INTEGER.fullmatch(trimmed) or not _lies_between(int(trimmed), *_INTEGERS[name])
    if name in _PATTERNS and not re.fullmatch(_PATTERNS[name], trimmed, re.ASCII):
        return True
    cast = XSD + "dateTime" if name == "dateTimeStamp" else datatype
    return cast in _CASTS and not _casts(trimmed, cast)


def ill_typed(terms: Iterable[Term]) -> Iterator[ox.Literal]:
    """Yield the ill-typed literals among terms, each once."""
    seen = set()
    for term in terms:
        if isinstance(term, ox.Literal) and term not in seen:
            seen.add(term)
            if is_ill_typed(term.value, term.datatype.value):
                yield term


def _lies_between(number: int, least: int | None, greatest: int | None) -> bool:
    return (least is None or number >= least) and (greatest is None or number <= greatest)


def _casts(text: str, datatype: str) -> bool:
    answer = ox.Store().query(f"ASK {{ FILTER(COALESCE(STR(<{datatype}>({ox.Literal(text)})) != '', false)) }}")
    return bool(answer)
