"""Dates as a text gives them: EDTF level 1, and the days between which they lie. Pure.

https://www.loc.gov/standards/datetime/ defines the notation; the `edtf` library reads it.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from .errors import InputError

_EXPRESSION = re.compile(r"(?!/\.\.$|\.\./$)[0-9XYTZ:?~%./+-]{1,64}")  # edtf prints on "/.." and "../", which say nothing
_LEVEL_1 = {"Date", "DateAndTime", "Interval", "UncertainOrApproximate", "Unspecified", "Level1Interval", "LongYear", "Season"}


@lru_cache(maxsize=4096)
def bounds(when: str) -> tuple[date | None, date | None]:
    """Return the first and the last day of an EDTF level 1 expression, both inclusive.

    The marks `~ ? %` do not move them. A bound is None where the interval is open (`..`) or its end unknown (empty), and where the year
    lies outside 1 to 9999. Seasons are those of the library: months 3-5, 6-8, 9-11, and December for the winter of a year.
    InputError for anything that is not EDTF level 1, and for an interval that ends before it begins.

    >>> [str(day) for day in bounds("2021-08")]
    ['2021-08-01', '2021-08-31']
    >>> bounds("1991~/..")
    (datetime.date(1991, 1, 1), None)
    >>> bounds("August 2021")
    Traceback (most recent call last):
    kg.errors.InputError: 'August 2021' is no EDTF level 1 date, such as 2021, 2021-08, 2021-08-15, 1991/.. or 2021~
    """
    from edtf import EDTFParseException, parse_edtf

    try:
        parsed: Any = parse_edtf(when) if _EXPRESSION.fullmatch(when) else None
        if type(parsed).__name__ not in _LEVEL_1:
            raise _not_edtf(when)
        first, last = when.partition("/")[::2] if "/" in when else (when, when)
        found = _day(parsed.lower_strict(), known=bool(first)), _day(parsed.upper_strict(), known=bool(last))
    except (EDTFParseException, ValueError):
        raise _not_edtf(when) from None
    if found[0] and found[1] and found[0] > found[1]:
        raise InputError(f"{when!r} ends before it begins")
    return found


def _day(moment: Any, *, known: bool) -> date | None:
    """Return the day of what `edtf` gives: a time tuple, or a float that stands for an open end; `known` is False for an empty end."""
    if not known or isinstance(moment, float) or not date.min.year <= moment.tm_year <= date.max.year:
        return None
    return date(moment.tm_year, moment.tm_mon, moment.tm_mday)


def _not_edtf(when: str) -> InputError:
    return InputError(f"{when[:64]!r} is no EDTF level 1 date, such as 2021, 2021-08, 2021-08-15, 1991/.. or 2021~")
