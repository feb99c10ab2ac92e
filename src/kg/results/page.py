"""An answer as a small page of its own: a table that asks for nothing, runs nothing, and shows every text as text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from ..inline import policy_hashes
from .people import shown_columns
from .rows import grid, truth

if TYPE_CHECKING:
    from ..answers import Answer, Term
    from .cells import Style
    from .people import Column

_SHORT = 14
"""How many letters a cell has at most that stays on one line."""
_STYLE = """
:root { color-scheme: light dark; --ink: #1d1b18; --paper: #fbfaf7; --line: #d9d4ca; --link: #1f5f8b }
@media (prefers-color-scheme: dark) { :root { --ink: #e9e5dd; --paper: #191816; --line: #3b3833; --link: #8fc3e8 } }
body { margin: 1.5rem; background: var(--paper); color: var(--ink); font: 15px/1.45 "Helvetica Neue", "Liberation Sans", Arial, sans-serif }
table { border-collapse: collapse }
caption { text-align: left; padding-bottom: .6rem; opacity: .75 }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); max-width: 34rem }
td { overflow-wrap: anywhere; min-width: 8rem; unicode-bidi: isolate }
th { position: sticky; top: 0; background: var(--paper) }
.number, .short { white-space: nowrap; min-width: 0 }
.number { text-align: right; font-variant-numeric: tabular-nums }
a { color: var(--link); text-decoration: none }
a:hover, a:focus { text-decoration: underline }
""".strip()


def html(answer: Answer, style: Style) -> str:
    """Return a page with the answer as a table; only http and https names are links, and nothing is fetched before one is followed."""
    body = f"<p>{truth(answer)}</p>" if answer.form == "boolean" else _table(answer, style)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {policy_hashes(_STYLE)}; base-uri 'none'; "
        "form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{_caption(answer)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _caption(answer: Answer) -> str:
    if answer.form == "boolean":
        return "Answer of a query"
    count, noun = len(answer), "row" if answer.form == "solutions" else "triple"
    return f"{count:,}{' of more' if answer.cut is not None else ''} {noun if count == 1 else noun + 's'}"


def table(answer: Answer, style: Style) -> str:
    """Return the answer as an HTML table, for a page or a notebook."""
    return truth(answer) if answer.form == "boolean" else _table(answer, style)


def _table(answer: Answer, style: Style) -> str:
    headers, rows = grid(answer)
    terms = dict(zip(headers, zip(*rows, strict=True), strict=True)) if rows else {}
    shown = shown_columns(answer, style)
    head = "".join(f'<th scope="col"{_class(column)}>{escape(column.name)}</th>' for column in shown)
    cells = []
    for column in shown:
        known, kind = terms.get(column.name, [None] * len(rows)), _class(column)
        cells.append([f"<td{kind}>{_cell(text, term)}</td>" for text, term in zip(column.cells, known, strict=True)])
    lines = "".join(f"<tr>{''.join(line)}</tr>\n" for line in zip(*cells, strict=True))
    return f"<table>\n<caption>{_caption(answer)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table>"


def _class(column: Column) -> str:
    kind = "number" if column.is_numeric else "short" if max(map(len, column.cells), default=0) <= _SHORT else ""
    return f' class="{kind}"' if kind else ""


def _cell(text: str, term: Term | None) -> str:
    if isinstance(term, ox.NamedNode) and names.is_web(term.value):
        return f'<a href="{escape(term.value)}" rel="noreferrer noopener">{escape(text)}</a>'
    return escape(text)
