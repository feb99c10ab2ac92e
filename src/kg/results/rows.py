"""Answers as rows: a table for people, Markdown, CSV and TSV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answers import Answer, Term
    from .cells import Style

_GAP, _LEAST = 2, 8
_MARKED = re.compile(r"([\\`*\[\]<>|])")
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


def table(answer: Answer, style: Style) -> str:
    """Return a table for a terminal: labels, figures with their units, control characters as escapes, cut to the width."""
    if answer.form == "boolean":
        return _truth(answer) + "\n"
    headers, rows, numeric = _for_people(answer, style)
    if style.width is not None:
        limits = _limits([headers, *rows], style.width)
        rows = [[cells.cut(cell, limit) for cell, limit in zip(row, limits, strict=True)] for row in rows]
    return _tabulated(headers, rows, numeric, "simple")


def markdown(answer: Answer, style: Style) -> str:
    """Return a Markdown table; what Markdown or HTML would obey is escaped."""
    if answer.form == "boolean":
        return _truth(answer) + "\n"
    headers, rows, numeric = _for_people(answer, style)
    return _tabulated(headers, [[_MARKED.sub(r"\\\1", cell) for cell in row] for row in rows], numeric, "github")


def csv(answer: Answer, style: Style) -> str:
    """Return CSV (RFC 4180), each cell quoted where it must be: Oxigraph's writer leaves IRIs with commas bare."""
    if answer.form == "boolean":
        return _truth(answer) + "\r\n"
    headers, rows = _grid(answer)
    lines = [[_cell(term, style) for term in row] for row in rows]
    return "".join(",".join(map(_quoted, line)) + "\r\n" for line in [headers, *lines])


def tsv(answer: Answer, style: Style) -> str:
    """Return SPARQL's TSV: terms as in N-Triples, so that nothing is lost; with labels, plain text."""
    if answer.form == "boolean":
        return _truth(answer) + "\n"
    headers, rows = _grid(answer)
    head = [f"?{name}" for name in headers] if answer.form == "solutions" else headers
    if style.labels is None:
        lines = [[spelled(term, answer) if term is not None else "" for term in row] for row in rows]
    else:
        lines = [[cells.printable(_cell(term, style)) for term in row] for row in rows]
    return "".join("\t".join(line) + "\n" for line in [head, *lines])


def spelled(term: Term, answer: Answer) -> str:
    """Return a term as in N-Triples, its language tag as the data writes it."""
    if isinstance(term, ox.Triple):
        return f"<<( {' '.join(spelled(part, answer) for part in term)} )>>"
    language = getattr(term, "language", None)
    text = str(term)
    if language is None or language not in answer.spellings:
        return text
    return text[: text.rindex("@")] + "@" + answer.spellings[language]


def _truth(answer: Answer) -> str:
    return "true" if answer.boolean else "false"


def _grid(answer: Answer) -> tuple[list[str], Sequence[Sequence[Term | None]]]:
    if answer.form == "triples":
        return ["subject", "predicate", "object"], [(triple.subject, triple.predicate, triple.object) for triple in answer.triples]
    return answer.variables, answer.rows


def _cell(term: Term | None, style: Style) -> str:
    return cells.guarded(cells.full(term) if style.labels is None else cells.short(term, style), term, style)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell


def _for_people(answer: Answer, style: Style) -> tuple[list[str], list[list[str]], list[bool]]:
    """Return headers, cells and which columns are numbers; a column `value` takes in its `unit`."""
    headers, rows = _grid(answer)
    units = {name: name.replace("value", "unit") for name in headers if "value" in name and name.replace("value", "unit") in headers}
    shown = [number for number, name in enumerate(headers) if name not in units.values()]
    found = []
    for row in rows:
        line = []
        for number in shown:
            unit = row[headers.index(units[headers[number]])] if headers[number] in units else None
            text = cells.figure(row[number], unit, style) if headers[number] in units else cells.short(row[number], style)
            line.append(cells.printable(text))
        found.append(line)
    numeric = [headers[number] in units or _is_numeric([row[number] for row in rows]) for number in shown]
    return [cells.printable(headers[number]) for number in shown], found, numeric


def _is_numeric(column: Sequence[Term | None]) -> bool:
    present = [term for term in column if term is not None]
    return bool(present) and all(cells.is_number(term) for term in present)


def _tabulated(headers: list[str], rows: list[list[str]], numeric: list[bool], form: str) -> str:
    import tabulate

    alignment = ["right" if is_number else "left" for is_number in numeric]
    if not headers:
        return f"{len(rows)} rows without columns\n" if rows else ""
    return str(tabulate.tabulate(rows, headers, tablefmt=form, disable_numparse=True, colalign=alignment if rows else None)) + "\n"


def _limits(lines: list[list[str]], width: int) -> list[int]:
    """Return the width of each column: the widest are cut to one common limit until the table fits."""
    wanted = [max(map(cells.columns, column)) for column in zip(*lines, strict=True)]
    room = width - _GAP * (len(wanted) - 1)
    limit = max(wanted, default=0)
    while limit > _LEAST and sum(min(size, limit) for size in wanted) > room:
        limit -= 1
    return [max(min(size, limit), _LEAST) for size in wanted]
