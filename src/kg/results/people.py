"""Answers for people: a table for the screen, and Markdown. Each thing is named once, as briefly as it can be told from others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import names
from . import cells
from .rows import grid, truth

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..answers import Answer, Term
    from .cells import Style

_MARKED = re.compile(r"([\\`*\[\]<>|])")
_VALUES = {names.KG + name for name in (*names.POLARITIES, *names.CERTAINTIES, *names.MODALITIES, *names.KINDS, *names.STATUSES)}


class Column(NamedTuple):
    """A column as text, and whether it holds numbers."""

    name: str
    cells: list[str]
    is_numeric: bool


def table(answer: Answer, style: Style) -> str:
    """Return a table or records that fit the width of the style; columns that are empty or that only repeat the passage are left out."""
    if answer.form == "boolean":
        return truth(answer) + "\n"
    shown = shown_columns(answer, style)
    if not shown:
        return f"{len(answer)} rows without columns\n" if len(answer) else ""
    from .layout import laid_out

    rows = list(zip(*(column.cells for column in shown), strict=True))
    return laid_out([column.name for column in shown], rows, numeric=[column.is_numeric for column in shown], width=style.width)


def markdown(answer: Answer, style: Style) -> str:
    """Return a Markdown table; what Markdown or HTML would obey is escaped."""
    if answer.form == "boolean":
        return truth(answer) + "\n"
    import tabulate

    found = columns(answer, style)
    if not found:
        return f"{len(answer)} rows without columns\n" if len(answer) else ""
    rows = list(zip(*([_MARKED.sub(r"\\\1", cell) for cell in column.cells] for column in found), strict=True))
    alignment = ["right" if column.is_numeric else "left" for column in found] if rows else None
    heads = [column.name for column in found]
    return str(tabulate.tabulate(rows, heads, tablefmt="github", disable_numparse=True, colalign=alignment)) + "\n"


def shown_columns(answer: Answer, style: Style) -> list[Column]:
    """Return the columns that say something: those that are empty or that only repeat the passage are left out."""
    found = columns(answer, style)
    return [column for column in found if column.name not in answer.repeated and any(column.cells)] or found


def columns(answer: Answer, style: Style) -> list[Column]:
    """Return the columns as text; a column `value` takes in its `unit`, as `oneValue` does `oneUnit`."""
    headers, rows = grid(answer)
    terms = dict(zip(headers, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(headers, ())
    pairs = {name: name.replace("value", "unit").replace("Value", "Unit") for name in headers}
    units = {name: unit for name, unit in pairs.items() if name != unit and unit in headers}
    said = [{term.value for term in row if isinstance(term, ox.Literal)} for row in rows]
    found = []
    for name in headers:
        if name in units:
            texts = [cells.figure(value, unit, style) for value, unit in zip(terms[name], terms[units[name]], strict=True)]
        elif name not in units.values():
            texts = _texts(terms[name], said, style)
        else:
            continue
        found.append(Column(cells.printable(name), [cells.printable(text) for text in texts], name in units or _is_numeric(terms[name])))
    return found


def _texts(column: Sequence[Term | None], said: Sequence[Collection[str]], style: Style) -> list[str]:
    """Return the terms of a column as text; what is `said` in the same row is not said again before a name."""
    if style.labels is None:
        return [cells.short(term, style) for term in column]
    values = _labels_of_values(column, style)
    if values:
        return [values[term] if term is not None else "" for term in column]
    bare = style._replace(labels=None)
    return [
        cells.short(term, bare if isinstance(term, ox.NamedNode) and style.labels.get(term.value) in words else style)
        for term, words in zip(column, said, strict=True)
    ]


def _labels_of_values(column: Sequence[Term | None], style: Style) -> dict[Term, str]:
    """Return the label of each term where a column has terms of the value lists only and each has its own label; else nothing."""
    found: dict[Term, str] = {}
    for term in column:
        if isinstance(term, ox.NamedNode) and term.value in _VALUES:
            found[term] = (style.labels or {}).get(term.value, names.local_name(term.value))
        elif term is not None:
            return {}
    return found if len(set(found.values())) == len(found) else {}


def _is_numeric(column: Sequence[Term | None]) -> bool:
    present = [term for term in column if term is not None]
    return bool(present) and all(cells.is_number(term) for term in present)
