"""Violation queries: `queries/checks/*-violation.rq`, each a SELECT that finds nothing in a sound graph.

`?this` is what is wrong; `?path` and `?value`, where a query has them, the statement. The header says in `problem` what is wrong, in
`solution` what to do, and among its `tags` whether it is a `warning`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import guard, saved
from ..errors import InputError, KgError
from .evaluate import rows

if TYPE_CHECKING:
    from pathlib import Path

    from .evaluate import Asking
    from .findings import Finding, Places

_THREADS = 4


def read_all(folder: Path) -> list[saved.SavedQuery]:
    """Return the violation queries below a folder, by name."""
    return [saved.read(path) for path in sorted(folder.glob("*-violation.rq"))]


def find(store: ox.Store, queries: list[saved.SavedQuery], places: Places, *, asking: Asking | None = None) -> list[Finding]:
    """Return what the violation queries find in the default graph of a store."""
    with ThreadPoolExecutor(_THREADS) as pool:  # the engine lets go of the interpreter while it works
        return [finding for found in pool.map(partial(_ask, store, places=places, asking=asking), queries) for finding in found]


def _ask(store: ox.Store, query: saved.SavedQuery, *, places: Places, asking: Asking | None = None) -> list[Finding]:
    with asking(query.name) if asking else nullcontext():
        return _answers(store, query, places)


def _answers(store: ox.Store, query: saved.SavedQuery, places: Places) -> list[Finding]:
    words = ": ".join(part for part in (query.problem or query.summary, query.solution) if part)
    severity = "warning" if "warning" in query.tags else "error"
    found = []
    try:
        guard.check(query.text)
        for row in rows(store, query.text):
            if "this" not in row:
                raise InputError("a violation query selects ?this, what is wrong; add it", path=query.path)
            path = row.get("path")
            predicate = path.value if isinstance(path, ox.NamedNode) else None
            found.append(places.finding(severity, words, rule=query.name, subject=row["this"], predicate=predicate, value=row.get("value")))
    except SyntaxError as error:
        raise InputError(error.msg, path=query.path, line=error.lineno, column=error.offset) from None
    except KgError as error:
        raise InputError(error.message, path=query.path, line=error.line, column=error.column) from None
    return found
