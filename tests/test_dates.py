"""What kg.dates promises: the days that an EDTF level 1 expression spans."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.dates import bounds
from kg.errors import InputError


@pytest.mark.parametrize(
    ("when", "since", "until"),
    [
        ("1979", "1979-01-01", "1979-12-31"),
        ("2021-08", "2021-08-01", "2021-08-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2022-09-05", "2022-09-05", "2022-09-05"),
        ("2022-03-21/2023-03-20", "2022-03-21", "2023-03-20"),
        ("1991/..", "1991-01-01", None),
        ("../1991-06", None, "1991-06-30"),
        ("1991/", "1991-01-01", None),
        ("/1991", None, "1991-12-31"),
        ("../..", None, None),
        ("2004-06/2004-06-11?", "2004-06-01", "2004-06-11"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("2021-XX-XX", "2021-01-01", "2021-12-31"),
        ("2021-22", "2021-06-01", "2021-08-31"),
        ("2021-08-15T10:00:00Z", "2021-08-15", "2021-08-15"),
        ("Y170000002", None, None),
        ("-0005/0010", None, "0010-12-31"),
    ],
)
def test_bounds_are_inclusive_and_absent_where_open(when: str, since: str | None, until: str | None) -> None:
    found = tuple(day and day.isoformat() for day in bounds(when))
    assert found == (since, until)


@pytest.mark.parametrize("mark", ["~", "?", "%"])
@pytest.mark.parametrize("when", ["1979", "2021-08", "2022-09-05"])
def test_marks_of_doubt_do_not_move_the_bounds(when: str, mark: str) -> None:
    assert bounds(when + mark) == bounds(when)


@pytest.mark.parametrize(
    "when",
    ["", " 2021", "2021 ", "2021\n", "Aug 2021", "2021-13", "2021-02-30", "2021-02-29", "2021-8", "21", "/", "/..", "../", "x" * 9999],
)
def test_what_is_no_date_is_refused_in_one_line(when: str) -> None:
    with pytest.raises(InputError, match="is no EDTF level 1 date") as caught:
        bounds(when)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    "when", ["[1667,1668]", "{1960,1961}", "2004-06-XX/2004-07-03", "1950S2", "2004?-06", "156X-12-25", "2021-25", "Y17E7", "2021\x00"]
)
def test_edtf_level_2_is_refused(when: str) -> None:
    with pytest.raises(InputError, match="is no EDTF level 1 date"):
        bounds(when)


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InputError, match="ends before it begins"):
        bounds("2021/2020")


@given(st.dates(min_value=date(1, 1, 1)), st.integers(0, 9000))
def test_every_interval_of_days_has_itself_as_bounds(first: date, days: int) -> None:
    last = first + timedelta(days=min(days, (date.max - first).days))
    assert bounds(f"{first}/{last}") == (first, last)
