"""Write answers: a registry of writers, each for rows, triples or yes and no.

Machine formats carry whole IRIs and literals as they are; `table`, `md` and `html` are for people: labels, CURIEs, units,
separators, and a table fits its terminal with nothing cut.
Nothing that reaches a terminal or a spreadsheet is obeyed there: see `printable` and the guard of `csv`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from ..errors import UsageError
from .cells import Style, counted, printable

if TYPE_CHECKING:
    from pathlib import PurePath

    from ..answers import Answer

__all__ = ["FORMATS", "Style", "Writer", "counted", "default_format", "format_of", "printable", "to_html", "write"]


_OTHER_SUFFIXES = {"txt": "table", "markdown": "md", "htm": "html", "ndjson": "jsonl", "srj": "json", "srx": "xml"}


class Writer(NamedTuple):
    """Where a writer is, imported on first use as most runs need one of them, and the forms of answers that it can write."""

    room: str
    function: str
    forms: frozenset[str]
    shows_labels: bool = False


_ROWS = frozenset(["solutions", "boolean"])
_TRIPLES = frozenset(["triples"])

FORMATS = {
    "table": Writer("people", "table", _ROWS | _TRIPLES, shows_labels=True),
    "csv": Writer("rows", "csv", _ROWS | _TRIPLES),
    "tsv": Writer("rows", "tsv", _ROWS | _TRIPLES),
    "jsonl": Writer("rows", "jsonl", _ROWS | _TRIPLES),
    "json": Writer("exchange", "json", _ROWS),
    "xml": Writer("exchange", "xml", _ROWS),
    "md": Writer("people", "markdown", _ROWS | _TRIPLES, shows_labels=True),
    "html": Writer("page", "html", _ROWS | _TRIPLES, shows_labels=True),
    "ttl": Writer("exchange", "turtle", _TRIPLES),
    "nt": Writer("exchange", "ntriples", _TRIPLES),
    "jsonld": Writer("exchange", "jsonld", _TRIPLES),
}
"""The formats by name, which is also the suffix of a file."""


def default_format(answer: Answer, *, is_terminal: bool) -> str:
    """Return the format that fits where nobody asked for one: a table on a terminal, CSV in a pipe, Turtle for triples."""
    if answer.form == "triples":
        return "ttl"
    return "table" if is_terminal else "csv"


def format_of(path: PurePath) -> str:
    """Return the format that the suffix of a file names.

    >>> from pathlib import PurePath
    >>> format_of(PurePath("out.json"))
    'json'
    """
    ending = path.suffix[1:].lower()
    suffix = _OTHER_SUFFIXES.get(ending, ending)
    if suffix not in FORMATS:
        raise UsageError(f"the suffix of {path.name} names no format; name one with -f: {', '.join(FORMATS)}")
    return suffix


def write(answer: Answer, name: str, style: Style | None = None) -> str:
    """Return an answer in the named format; UsageError where the format has no place for it."""
    writer = FORMATS[name]
    if answer.form not in writer.forms:
        fitting = ", ".join(other for other, candidate in FORMATS.items() if answer.form in candidate.forms)
        what = {"solutions": "rows", "boolean": "yes or no", "triples": "triples"}[answer.form]
        raise UsageError(f"{name} has no place for the {what} that this query gives; use one of {fitting}")
    found: str = getattr(import_module(f".{writer.room}", __name__), writer.function)(answer, style or Style())
    return found


def to_html(answer: Answer, style: Style) -> str:
    """Return an answer as an HTML table without a page around it."""
    from .page import table

    return table(answer, style)
