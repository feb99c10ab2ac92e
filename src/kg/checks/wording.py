"""Labels and notes against the text: what a claim says is said in our own words, never in a run of the text's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import names
from .. import text as texts
from .evaluate import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pyoxigraph as ox

    from .findings import Finding, Places

RULE = "wording"
RUN = 6
"""So many words in a row, the same as in the text, are the text's."""

_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
_SAID = f"""SELECT ?claim ?path ?words WHERE {{ VALUES ?path {{ <{names.LABEL}> <{names.NOTE}> }}
?claim a <{names.CLAIM}> ; ?path ?words }} ORDER BY ?claim ?path ?words"""


def find(store: ox.Store, path: Path, places: Places) -> list[Finding]:
    """Return the labels and notes of claims that repeat six or more consecutive words of a text."""
    known = set(_runs(_words(texts.normal_form(path.read_bytes(), path=path))))
    found = []
    for row in rows(store, _SAID):
        said, predicate = str(getattr(row["words"], "value", "")), str(getattr(row["path"], "value", ""))
        run = next((run for run in _runs(_words(said)) if run in known), None)
        if run:
            message = f"{path.name} has these words too: {' '.join(run)}; say it in your own words"
            found.append(places.finding("warning", message, rule=RULE, subject=row["claim"], predicate=predicate, value=row["words"]))
    return found


def _words(text: str) -> list[str]:
    """Return the words of a text, case and the shape of apostrophes aside.

    >>> _words("The miller\u2019s mill, old \u2013 and slow.")
    ['the', "miller's", 'mill', 'old', 'and', 'slow']
    """
    return [word.replace("\u2019", "'") for word in _WORD.findall(text.casefold())]


def _runs(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
