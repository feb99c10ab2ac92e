"""A sheet as a table: CSV in and out, cells as text, every problem with its row and column. Knows no graph.

A cell that a spreadsheet would run as a formula leaves with one `'` in front, and comes back without it.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from ..text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

COLUMNS = (
    "claim",
    "label",
    "subject",
    "relation",
    "object",
    "claimant",
    "reported_by",
    "polarity",
    "certainty",
    "modality",
    "kind",
    "when",
    "value",
    "unit",
    "quote",
    "derived_from",
    "note",
    "status",
    "no_claim",
    "passage",
)
RARE_COLUMNS = ("creator", "modified")
"""Columns that an export has only where a claim needs them."""
NEEDED = ("label", "subject", "relation", "object")

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_SEPARATORS = {";": "semicolons", "\t": "tabs"}


class SheetError(InputError):
    """A table that cannot be accepted: `problems` holds every error, each with its row and column; `str()` gives the first."""

    def __init__(self, problems: Sequence[InputError]) -> None:
        first, more = problems[0], len(problems) - 1
        super().__init__(first.message + (f" (and {more} more)" if more else ""), path=first.path, line=first.line)
        self.problems = tuple(problems)


class Problems:
    """Collects what is wrong with a table, so that all of it is said at once."""

    def __init__(self, path: object) -> None:
        self.path = path
        self.found: list[InputError] = []

    def add(self, line: int | None, message: str, *, column: str | None = None) -> None:
        """Note a problem of a row, or of a cell of it; without a line, of the whole file."""
        self.found.append(InputError(f"column {column}: {message}" if column else message, path=self.path, line=line))

    def add_once(self, message: str) -> None:
        """Note a problem that lies outside the table, however many rows run into it."""
        if all(problem.message != message for problem in self.found):
            self.found.append(InputError(message))

    def raise_any(self) -> None:
        """Raise SheetError where there is a problem, sorted by line."""
        if self.found:
            raise SheetError(sorted(self.found, key=lambda problem: problem.line or 0))


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by column, and the line of the file on which it begins; a column that the table lacks is empty."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def filled(self) -> list[str]:
        """Return the columns that are not blank."""
        return [column for column, cell in self.cells.items() if cell.strip()]


def read(data: bytes, problems: Problems) -> list[Row]:
    """Return the rows of a comma-separated table with a header; rows without a single filled cell are left out.

    What is wrong with single rows goes to `problems`. SheetError at once where the table cannot be read at all.

    >>> data = b"label,subject,relation,object" + bytes([10]) + b"It leaks.,ent:ferry,rel:hasQuality,'=old" + bytes([10])
    >>> [row] = read(data, Problems("x.csv"))
    >>> row.line, row["object"], row["note"]
    (2, '=old', '')
    """
    records = _records(data, problems)
    line, header = next(records, (1, []))
    columns = _columns(header, line, problems)
    rows = []
    for line, record in records:
        if len(record) != len(columns) and any(record):
            problems.add(line, f"the row has {len(record)} cells, the header has {len(columns)}")
        elif any(cell.strip() for cell in record):
            rows.append(Row(line, {column: unguarded(cell) for column, cell in zip(columns, record, strict=True)}))
    return rows


def write(rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> str:
    r"""Return a table as CSV (RFC 4180), cells guarded against running as formulas.

    >>> write([{"claim": "001", "label": '=HYPERLINK("http://evil")'}], ["claim", "label"])
    'claim,label\r\n001,"\'=HYPERLINK(""http://evil"")"\r\n'
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([guarded(row.get(column, "")) for column in columns] for row in rows)
    return out.getvalue()


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguarded` gives the cell back."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return a cell without the one guard that `guarded` puts in front.

    >>> unguarded("'-5"), unguarded("'tis")
    ('-5', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _records(data: bytes, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line on which it begins."""
    text = decode(data, path=problems.path, what="sheet")
    if "\0" in text:
        raise SheetError([InputError("a NUL character has no place in a table", path=problems.path, line=_line_of(text, "\0"))])
    # Lines are cut by the decoder, not from a second copy of a text that may be large.
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise SheetError([InputError(_plainly(str(error)), path=problems.path, line=line)]) from None


def _line_of(text: str, character: str) -> int:
    return text.count("\n", 0, text.index(character)) + 1


def _plainly(message: str) -> str:
    if "field limit" in message:
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    if "end of data" in message:
        return "a cell that begins with a quotation mark here is never closed"
    return f"this is no well-formed CSV: {message}"


def _columns(header: list[str], line: int, problems: Problems) -> list[str]:
    columns = [cell.strip().lower() for cell in header]
    if len(columns) == 1:
        for separator, words in _SEPARATORS.items():
            if separator in columns[0]:
                _fail(problems, line, f"the cells are separated by {words}; save the table as CSV with commas")
    for column in dict.fromkeys(columns):
        if column not in COLUMNS + RARE_COLUMNS:
            problems.add(line, _unknown_column(column))
        elif columns.count(column) > 1:
            problems.add(line, f"the column {column!r} stands there {columns.count(column)} times")
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        problems.add(line, f"the header lacks {', '.join(missing)}; its first line names the columns, such as {', '.join(NEEDED)}, quote")
    problems.raise_any()
    return columns


def _unknown_column(column: str) -> str:
    from difflib import get_close_matches

    if not column:
        return "a column has no name"
    near = get_close_matches(column, COLUMNS + RARE_COLUMNS, n=1)
    return f"there is no column {column[:40]!r}" + (f"; nearest: {near[0]}" if near else f"; known are {', '.join(COLUMNS)}")


def _fail(problems: Problems, line: int, message: str) -> None:
    problems.add(line, message)
    problems.raise_any()
