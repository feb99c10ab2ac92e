"""An answer as a page shows it: cells with their links, and which claims it names, for the map and the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names
from ..answers import PASSAGE_COLUMN, with_passages
from ..results import FORMATS
from ..results.cells import figure, is_number
from ..results.rows import grid
from .shown import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answers import Answer, Term
    from ..index import Index
    from .shown import Shown

SHOWN = 500
"""How many rows a page shows; the downloads have them all."""
_MANY = 3
"""From how many rows on a value that stands in each of them is said once."""


class Column(NamedTuple):
    """A column of a table: its name, and whether it holds numbers."""

    name: str
    is_numeric: bool


@dataclass(slots=True)
class Result:
    """What a template needs of an answer."""

    form: str
    count: int
    boolean: bool = False
    cut: int | None = None
    warnings: list[str] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    same: list[tuple[Column, Cell]] = field(default_factory=list)
    claims: int = 0
    dated: int = 0
    formats: list[str] = field(default_factory=list)


def shown(answer: Answer, names_of: Shown) -> Result:
    """Return an answer as a page shows it."""
    found = Result(answer.form, len(answer), answer.boolean, answer.cut, list(answer.warnings))
    found.formats = [name for name, writer in FORMATS.items() if answer.form in writer.forms and name not in {"table", "html"}]
    if answer.form == "boolean":
        return found
    index = names_of.index
    claims = claims_in(answer, index)
    found.claims, found.dated = len(claims), sum(_is_dated(iri, index.store) for iri in claims)
    with_places = with_passages(answer, index.store)
    found.columns, found.rows, found.same = _apart(*_table(with_places, names_of))
    return found


def claims_in(answer: Answer, index: Index) -> list[str]:
    """Return the accepted claims that an answer names, in any column or as subjects of its triples, in their order."""
    if answer.form == "boolean":
        return []
    _, rows = grid(answer)
    terms = dict.fromkeys(term for row in rows for term in row if isinstance(term, ox.NamedNode))
    status, accepted = ox.NamedNode(names.STATUS), ox.NamedNode(names.KG + "accepted")
    return [term.value for term in terms if ox.Quad(term, status, accepted) in index.store]


def _is_dated(iri: str, store: ox.Store) -> bool:
    subject = ox.NamedNode(iri)
    bounds = (ox.NamedNode(names.FROM), ox.NamedNode(names.UNTIL))
    return any(next(store.quads_for_pattern(subject, bound, None, ox.DefaultGraph()), None) is not None for bound in bounds)


def _table(answer: Answer, names_of: Shown) -> tuple[list[Column], list[list[Cell]]]:
    """Return the columns that say something, as `kg query` shows them: no empty ones, figures with their units, nothing said twice."""
    headers, rows = grid(answer)
    terms = dict(zip(headers, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(headers, ())
    pairs = {name: name.replace("value", "unit").replace("Value", "Unit") for name in headers}
    units = {name: unit for name, unit in pairs.items() if name != unit and unit in headers}
    said = [{term.value for term in row if isinstance(term, ox.Literal)} for row in rows]
    columns: list[Column] = []
    cells: list[list[Cell]] = []
    for name in headers:
        if name in units.values():
            continue
        made = _figures(terms[name], terms[units[name]], names_of) if name in units else _cells(terms[name], said, names_of)
        if name.lower().endswith(PASSAGE_COLUMN):
            made = _linked(made, rows, names_of)
        if any(cell.text for cell in made) and name not in answer.repeated:
            columns.append(Column(name, name in units or _is_numeric(terms[name])))
            cells.append(made)
    return (columns or [Column(name, is_numeric=False) for name in headers]), [list(row) for row in zip(*cells, strict=True)]


def _apart(columns: list[Column], rows: list[list[Cell]]) -> tuple[list[Column], list[list[Cell]], list[tuple[Column, Cell]]]:
    """Return the table without the columns that have the same value in every row, and these with their value; some column stays."""
    kept = [at for at in range(len(columns)) if len(rows) < _MANY or any(row[at] != rows[0][at] for row in rows)]
    if not kept:
        return columns, rows, []
    same = [(column, rows[0][at]) for at, column in enumerate(columns) if at not in kept]
    return [columns[at] for at in kept], [[row[at] for at in kept] for row in rows], same


def _linked(made: Sequence[Cell], rows: Sequence[Sequence[Term | None]], names_of: Shown) -> list[Cell]:
    """Return the cells of a column of passages with a link for each, where a claim of the same row stands there."""
    pages: dict[Term, dict[str, str]] = {}
    found = []
    for cell, row in zip(made, rows, strict=True):
        known: dict[str, str] = {}
        for term in row:
            if isinstance(term, ox.NamedNode):
                known |= pages[term] if term in pages else pages.setdefault(term, _passages(term, names_of))
        places = [(place, known.get(place.rpartition(" ")[2], "")) for place in cell.text.split(", ")]
        is_place = not cell.href and any(page for _, page in places)
        found.append(cell._replace(kind="place", parts=tuple(places)) if is_place else cell)
    return found


def _passages(term: ox.NamedNode, names_of: Shown) -> dict[str, str]:
    """Return the pages of the passages of a claim, by where they begin and end."""
    store, everywhere = names_of.index.store, ox.DefaultGraph()
    quads = store.quads_for_pattern(term, ox.NamedNode(names.HAS_PASSAGE), None, everywhere)
    found = {}
    for passage in [quad.object for quad in quads if isinstance(quad.object, ox.NamedNode)]:
        bounds = [store.quads_for_pattern(passage, ox.NamedNode(bound), None, everywhere) for bound in (names.START, names.END)]
        said = [getattr(quad.object, "value", "") for each in bounds for quad in each]
        found["-".join(said)] = names_of.href(passage.value)
    return found


def _cells(column: Sequence[Term | None], said: Sequence[set[str]], names_of: Shown) -> list[Cell]:
    """Return the cells of a column; a thing whose label stands in the same row has its short name alone."""
    return [
        names_of.cell(term, has_label=not (isinstance(term, ox.NamedNode) and names_of.label(term.value) in words))
        for term, words in zip(column, said, strict=True)
    ]


def _figures(values: Sequence[Term | None], units: Sequence[Term | None], names_of: Shown) -> list[Cell]:
    labels = {unit.value: label for unit in set(units) if isinstance(unit, ox.NamedNode) and (label := names_of.label(unit.value))}
    style = names_of.style._replace(labels=labels)
    return [Cell(figure(value, unit, style), kind="number") for value, unit in zip(values, units, strict=True)]


def _is_numeric(column: Sequence[Term | None]) -> bool:
    present = [term for term in column if term is not None]
    return bool(present) and all(is_number(term) for term in present)
