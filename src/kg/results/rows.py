"""Answers as rows for other programs: CSV and TSV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answers import Answer, Term
    from .cells import Style

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
