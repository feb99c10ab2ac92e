"""SSSOM/TSV as rows, every fault with its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from ..errors import InputError
from . import header
from .slots import BUILT_IN, COLUMNS, FIELDS, MANY, MANY_REFERENCES, MATCHES, NEEDED, NO_TERM_FOUND, NOT, NUMBERS, PROPAGATED, REFERENCES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from .header import Value

CELL = 131_072
"""How many characters a cell may have."""

# compiled on first use: a question looks at names only
_NUMBER = r"[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_BAR = r"(?<!\\)\|"
_SEPARATORS = {",": "commas", ";": "semicolons"}
_SHOWN = 60
_TOO_LONG = f"a cell is longer than {CELL:,} characters"


def pairs_of(data: bytes, path: object) -> Iterator[tuple[str, str, str]]:
    """Yield subject, predicate and object of each accepted mapping, whatever its other cells say."""
    for row in rows_of(data, path, (*NEEDED, "predicate_modifier"))[2]:
        if row["predicate_id"] in MATCHES and is_accepted(row.get("predicate_modifier", ""), row["object_id"]):
            yield row["subject_id"], row["predicate_id"], row["object_id"]


def is_accepted(modifier: str, target: str) -> bool:
    """Tell whether a row says that two names belong together, and not that they do not, or that nothing was found."""
    return modifier != NOT and target != NO_TERM_FOUND


def rows_of(
    data: bytes, path: object, wanted: Collection[str] = FIELDS
) -> tuple[dict[str, Value], dict[str, str], Iterator[dict[str, Any]]]:
    """Return the header of a mapping set without its prefixes, the prefixes, and its rows: what the fields of a `Mapping` are given.

    Of the cells, those of the columns that are `wanted` are looked at.
    """
    text = _decode(data, path).replace("\r\n", "\n")
    if "\0" in text:
        raise InputError("a NUL character has no place in a table", path=path, line=text.count("\n", 0, text.index("\0")) + 1)
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if not line.startswith(("#", '"#'))), len(lines))
    metadata = header.read([_bare(line) for line in lines[:start]], path)
    prefixes = header.curie_map(metadata, path)
    metadata.pop("curie_map", None)
    records = _records(lines[start:], start + 1, path)
    line, columns = next(records, (start + 1, []))
    cells = _Cells(prefixes, path)
    _check_columns(columns, _declared(metadata, cells), path, line)
    for_all = [name for name in PROPAGATED if metadata.get(name) and name not in columns]
    said = {name: cells.value(name, _text(metadata.pop(name), name, path)) for name in for_all}
    return metadata, prefixes, _rows(records, columns, cells, wanted, said)


def _declared(metadata: dict[str, Value], cells: _Cells) -> dict[str, bool]:
    """Return the columns that the header declares, and whether SSSOM takes it so; only such declarations stay in it."""
    if header.DEFINITIONS not in metadata:
        return {}
    from . import extensions

    named = [each.get(extensions.NAME, "") for each in extensions.definitions_of(metadata)]
    found = extensions.valid(metadata, cells.iri)
    metadata[header.DEFINITIONS] = found
    cells.references = extensions.references(found)
    return dict.fromkeys(named, False) | {each[extensions.NAME]: True for each in found}


def _bare(line: str) -> str:
    r"""Return a line of the header without its `#`, and without what a spreadsheet makes of it: a cell in quotes, and empty ones.

    >>> _bare('"#license: ""x"" "\t\t')
    'license: "x" '
    """
    bare = line.rstrip("\t")
    if bare.startswith('"') and bare.endswith('"'):
        bare = bare[1:-1].replace('""', '"')
    return bare[1:]


def _text(value: Value, name: str, path: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"{name} in the header holds for all rows; it has one value", path=path)
    return value


def _decode(data: bytes, path: object) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("the mapping set is UTF-16, convert it to UTF-8", path=path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"the mapping set is not UTF-8 (byte {error.start}), convert it to UTF-8", path=path, line=line) from None


def _records(lines: list[str], first: int, path: object) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row that has any, with the line on which it begins."""
    if any('"' in line for line in lines):
        yield from _quoted(lines, first, path)
        return
    for number, line in enumerate(lines, start=first):
        if line:
            record = line.split("\t")
            if len(line) > CELL and max(map(len, record)) > CELL:
                raise InputError(_TOO_LONG, path=path, line=number)
            yield number, record


def _quoted(lines: list[str], first: int, path: object) -> Iterator[tuple[int, list[str]]]:
    import csv

    reader = csv.reader((line + "\n" for line in lines), delimiter="\t", strict=True)
    line = first
    try:
        for record in reader:
            if record:
                yield line, record
            line = first + reader.line_num
    except csv.Error as error:
        raise InputError(_plainly(str(error)), path=path, line=line) from None


def _plainly(message: str) -> str:
    if "field limit" in message:
        return _TOO_LONG
    if "end of data" in message:
        return "a cell that begins with a quotation mark here is never closed"
    return f"this is no well-formed table: {message}"


def _check_columns(columns: list[str], declared: dict[str, bool], path: object, line: int) -> None:
    if len(columns) <= 1:
        for separator, words in _SEPARATORS.items():
            if columns and separator in columns[0]:
                raise InputError(f"the cells are separated by {words}; save the table with tabs", path=path, line=line)
    for column in columns:
        if column not in COLUMNS and not declared.get(column):
            raise InputError(f"SSSOM has no column {column[:_SHOWN]!r}{_unknown(column, declared)}", path=path, line=line)
        if columns.count(column) > 1:
            raise InputError(f"the column {column!r} stands there {columns.count(column)} times", path=path, line=line)
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        words = f"the table lacks {', '.join(missing)}; the first line that does not begin with # names the columns"
        raise InputError(words, path=path, line=line)


def _unknown(column: str, declared: dict[str, bool]) -> str:
    """Return what to do about a column that is none: a slip of the pen, a declaration that does not hold, or none at all."""
    if column in declared:
        words = "a name without space and colon, property and type_hint CURIEs, each once"
        return f", and its declaration in {header.DEFINITIONS} is none: {words}"
    from difflib import get_close_matches

    near = get_close_matches(column[:_SHOWN], COLUMNS, n=1)
    return f"{f'; nearest: {near[0]}' if near else ''}; a column of your own is declared in {header.DEFINITIONS}"


def _rows(
    records: Iterator[tuple[int, list[str]]], columns: list[str], cells: _Cells, wanted: Collection[str], said: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the fields of each row; what the header `said` of all of them holds where the table has no such column."""
    chosen = [(at, column) for at, column in enumerate(columns) if column in wanted]
    others = [(at, column) for at, column in enumerate(columns) if column not in FIELDS]
    for line, record in records:
        if not any(record):
            continue
        cells.line = line
        if len(record) != len(columns):
            raise InputError(
                f"the row has {len(record)} cell{'s' * (len(record) > 1)}, the header has {len(columns)}", path=cells.path, line=line
            )
        row: dict[str, Any] = {"line": line, **said}
        for at, column in chosen:
            if record[at]:
                row[column] = cells.value(column, record[at])
            elif column in NEEDED:
                raise InputError(f"{column} is empty; a mapping is from one name to another", path=cells.path, line=line)
        if more := tuple((column, record[at]) for at, column in others if record[at]):
            row["more"] = more
            cells.check(more)
        yield row


class _Cells:
    """Reads cells, and knows in which line they stand."""

    def __init__(self, prefixes: dict[str, str], path: object) -> None:
        self.prefixes, self.path = BUILT_IN | prefixes, path
        self.line: int | None = None
        self.references: frozenset[str] = frozenset()
        self._known: dict[str, str] = {}

    def value(self, column: str, cell: str) -> str | float | tuple[str, ...]:
        if column in REFERENCES:
            return self.iri(column, cell)
        if column in NUMBERS:
            return self._number(column, cell)
        if column in MANY:
            values = tuple(part.replace("\\|", "|") for part in re.split(_BAR, cell))
            return tuple(self.iri(column, value) for value in values) if column in MANY_REFERENCES else values
        if column == "predicate_modifier" and cell != NOT:
            raise self._error(column, cell, f"is no modifier; write {NOT}, or nothing")
        if column == "mapping_date" and not is_date(cell):
            raise self._error(column, cell, "is no date; write YEAR-MONTH-DAY")
        return cell

    def check(self, others: Iterable[tuple[str, str]]) -> None:
        """Look at cells that are only passed on: those of a column that is declared to have CURIEs."""
        for column, cell in others:
            if column in self.references:
                self.iri(column, cell)

    def iri(self, column: str, cell: str) -> str:
        """Return the IRI that a CURIE stands for; InputError where it stands for none."""
        found = self._known.get(cell)
        if found is not None:
            return found
        prefix, colon, rest = cell.partition(":")
        if prefix in self.prefixes:
            iri = self.prefixes[prefix] + rest
        elif colon and rest.startswith("//"):
            iri = cell
        else:
            raise self._error(column, cell, "has no prefix of the curie_map of this file; declare the prefix there")
        try:
            self._known[cell] = ox.NamedNode(iri).value
        except ValueError:
            raise self._error(column, cell, "makes no IRI; correct it") from None
        return iri

    def _number(self, column: str, cell: str) -> float:
        if not re.fullmatch(_NUMBER, cell) or float(cell) > 1:
            raise self._error(column, cell, "is no number from 0 to 1")
        return float(cell)

    def _error(self, column: str, cell: str, words: str) -> InputError:
        shown = cell if len(cell) <= _SHOWN else f"{cell[:_SHOWN]}…"
        return InputError(f"{column} {shown!r} {words}", path=self.path, line=self.line)


def is_date(cell: str) -> bool:
    """Tell whether a text is a day as YEAR-MONTH-DAY, and one that there is."""
    from datetime import date

    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return re.fullmatch(_DATE, cell) is not None
