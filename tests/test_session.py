"""The answer in Python: as a data frame, and as a table in a notebook."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

import kg
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.session import Session

TYPED = """SELECT ?name ?n ?price ?day ?is ?mixed {
  VALUES (?name ?n ?price ?day ?is ?mixed) {
    ("a" 1 1.50 "2022-09-05"^^<http://www.w3.org/2001/XMLSchema#date> true 1)
    ("b" 2 UNDEF UNDEF false "x") } } ORDER BY ?name"""


@pytest.fixture(scope="module")
def session(root: Any) -> Session:
    return kg.open(root)


def test_a_data_frame_of_polars_has_typed_columns(session: Session) -> None:
    polars = pytest.importorskip("polars")
    frame = session.query(TYPED).df()
    assert isinstance(frame, polars.DataFrame)
    assert frame.columns == ["name", "n", "price", "day", "is", "mixed"]
    assert frame.row(0) == ("a", 1, Decimal("1.50"), dt.date(2022, 9, 5), True, "1")
    assert frame.row(1) == ("b", 2, None, None, False, "x")
    assert session.query("CONSTRUCT WHERE { ?c kg:polarity kg:denied }").df().columns == [
        "subject",
        "predicate",
        "object",
    ]
    assert session.query("SELECT ?x { FILTER(false) }").df().shape == (0, 1)


def test_pandas_is_taken_where_polars_is_not(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    pandas = ModuleType("pandas")
    pandas.DataFrame = lambda columns: ("pandas", columns)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "polars", None)
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    kind, columns = session.query("SELECT ?n { VALUES ?n { 1 2 } }").df()
    assert (kind, columns) == ("pandas", {"n": [1, 2]})


def test_without_either_the_extra_is_named(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r"a data frame needs Polars or pandas; install one with: pip install 'claimgraph\[frames\]'"):
        session.query("SELECT ?n { VALUES ?n { 1 2 } }").df()
    with pytest.raises(UsageError, match="answers yes or no"):
        session.query("ASK {}").df()


def test_a_notebook_gets_a_table_with_labels_and_everything_escaped(session: Session) -> None:
    found = session.query('SELECT ?who ?words { VALUES (?who ?words) { (ent:taliban "<script>1</script>") } }')._repr_html_()
    assert found.startswith("<table>")
    assert "Taliban (ent:taliban)</a>" in found
    assert "<td>&lt;script&gt;1&lt;/script&gt;</td>" in found
    assert "<caption>1 row</caption>" in found
    assert session.query("ASK {}")._repr_html_() == "true"


def test_a_notebook_gets_no_more_rows_than_a_terminal(session: Session) -> None:
    rows = session.query("SELECT ?s { ?s ?p ?o }")
    assert len(rows) > 1000
    found = rows._repr_html_()
    assert "<caption>1,000 of more rows</caption>" in found
    assert found.count("<tr>") == 1001
    assert len(rows) > 1000
