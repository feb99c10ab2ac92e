"""Names against the base of kg.toml: what the workspace itself has made lies under it, or commands no longer find it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from .. import names
from ..settings import FILE
from .evaluate import rows
from .findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyoxigraph as ox

    from ..workspace import Workspace

RULE = "base"
_OWN = re.compile(r"(?P<base>.*[/#:])(?:claim|passage|source)/[^/#]+", re.DOTALL)


def find(workspace: Workspace, store: ox.Store) -> list[Finding]:
    """Return an error for each base other than that of kg.toml under which claims, passages, sources and entities lie, said once."""
    found = Counter(match["base"] for iri in _elsewhere(workspace, store) if (match := _OWN.fullmatch(iri)))
    path, line = _place(workspace)
    return [
        Finding(path, line, "error", _message(number + _entities(store, base), base, workspace.base), RULE)
        for base, number in sorted(found.items())
    ]


def _elsewhere(workspace: Workspace, store: ox.Store) -> Iterator[str]:
    """Yield the claims, passages and sources that do not lie where those of the workspace do."""
    own = {names.CLAIM: "claim", names.PASSAGE: "passage", names.SOURCE: "source"}
    kinds = " ".join(f'(<{kind}> "{workspace.base}{folder}/")' for kind, folder in own.items())
    query = f"SELECT ?this WHERE {{ VALUES (?kind ?own) {{ {kinds} }} ?this a ?kind FILTER(!STRSTARTS(STR(?this), ?own)) }}"
    return (str(getattr(row["this"], "value", "")) for row in rows(store, query))


def _entities(store: ox.Store, base: str) -> int:
    query = f'SELECT DISTINCT ?this WHERE {{ ?this <{names.PREF_LABEL}> ?label FILTER(STRSTARTS(STR(?this), "{base}entity/")) }}'
    return len(list(rows(store, query)))


def _message(number: int, base: str, wanted: str) -> str:
    said = f"{number} {'name' if number == 1 else 'names'} in graph/ begin{'s' * (number == 1)} with {base}, and kg.toml says {wanted}"
    shared = " where claim/, entity/, graph/, passage/ or source/ follows" if base == names.BASE else ""  # the ontology lies there, too
    files = f"in {FILE} and all files of graph/, ontology/ and queries/"
    return f"{said}; put the old base back, or replace {base} by {wanted}{shared} {files}, then kg fmt"


def _place(workspace: Workspace) -> tuple[Path, int | None]:
    """Return the line that states the base; the folder of the graph where none does."""
    path = workspace.root / FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    line = next((number for number, words in enumerate(lines, start=1) if re.match(r"\s*[\"']?base[\"']?\s*=", words)), None)
    return (path, line) if line else (workspace.graph_dir, None)
