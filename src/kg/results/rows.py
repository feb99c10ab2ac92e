"""Answers as rows for other programs: CSV, TSV, and JSON line by line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from . import cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answers import Answer, Term
    from .cells import Style

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


def csv(answer: Answer, style: Style) -> str:
    """Return CSV (RFC 4180), each cell quoted where it must be: Oxigraph's writer leaves IRIs with commas bare."""
    if answer.form == "boolean":
        return truth(answer) + "\r\n"
    headers, rows = grid(answer)
    lines = [[_cell(term, style) for term in row] for row in rows]
    return "".join(",".join(map(_quoted, line)) + "\r\n" for line in [headers, *lines])


def tsv(answer: Answer, style: Style) -> str:
    """Return SPARQL's TSV: terms as in N-Triples, so that nothing is lost; with labels, plain text."""
    if answer.form == "boolean":
        return truth(answer) + "\n"
    headers, rows = grid(answer)
    head = [f"?{name}" for name in headers] if answer.form == "solutions" else headers
    if style.labels is None:
        lines = [[spelled(term, answer) if term is not None else "" for term in row] for row in rows]
    else:
        lines = [[cells.printable(_cell(term, style)) for term in row] for row in rows]
    return "".join("\t".join(line) + "\n" for line in [head, *lines])


def jsonl(answer: Answer, style: Style) -> str:
    """Return one JSON object a row, for tools that read line by line: texts, numbers as they are written, true and false.

    What a row has not is left out. Names are whole IRIs, with labels those; `json` is the form that loses nothing.
    """
    if answer.form == "boolean":
        return truth(answer) + "\n"
    headers, rows = grid(answer)
    lines = []
    for row in rows:
        fields = (f"{_json_text(name)}: {_json(term, style)}" for name, term in zip(headers, row, strict=True) if term is not None)
        lines.append("{" + ", ".join(fields) + "}\n")
    return "".join(lines)


def _json(term: Term, style: Style) -> str:
    if isinstance(term, ox.Literal):
        is_number = cells.is_number(term) and _JSON_NUMBER.fullmatch(term.value)
        is_truth = term.datatype.value == names.XSD + "boolean" and term.value in {"true", "false"}
        return term.value if is_number or is_truth else _json_text(term.value)
    return _json_text(cells.full(term) if style.labels is None else cells.short(term, style))


def _json_text(text: str) -> str:
    """Return a JSON string that is one line for every reader: some end lines at U+2028 too."""
    from json import dumps

    return dumps(text, ensure_ascii=False).translate(_LINE_ENDS)


def spelled(term: Term, answer: Answer) -> str:
    """Return a term as in N-Triples, its language tag as the data writes it."""
    if isinstance(term, ox.Triple):
        return f"<<( {' '.join(spelled(part, answer) for part in term)} )>>"
    language = getattr(term, "language", None)
    text = str(term)
    if language is None or language not in answer.spellings:
        return text
    return text[: text.rindex("@")] + "@" + answer.spellings[language]


def truth(answer: Answer) -> str:
    """Return a yes or no as SPARQL writes it."""
    return "true" if answer.boolean else "false"


def grid(answer: Answer) -> tuple[list[str], Sequence[Sequence[Term | None]]]:
    """Return the names of the columns and the rows of an answer; triples have three columns."""
    if answer.form == "triples":
        return ["subject", "predicate", "object"], [(triple.subject, triple.predicate, triple.object) for triple in answer.triples]
    return answer.variables, answer.rows


def _cell(term: Term | None, style: Style) -> str:
    return cells.guarded(cells.full(term) if style.labels is None else cells.short(term, style), term, style)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell
