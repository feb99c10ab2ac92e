"""The saved queries that name an entity: they are people's own, so they are named and left as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import names, saved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..workspace import Workspace

__all__ = ["naming"]

_MOST = 10
_DECLARATION = re.compile(r"\bPREFIX\s+([\w.-]*):\s*<([^<>\s]*)>", re.IGNORECASE)


def naming(workspace: Workspace, iri: str, instead: str) -> Iterator[str]:
    """Yield where saved queries name an entity by IRI or id, with what they should name instead."""
    space = workspace.prefixes["ent"]
    found = []
    for path in sorted(saved.find_all(workspace.queries_dir).values()):
        text = path.read_text(encoding="utf-8", errors="replace")
        prefixes = {"ent", *(prefix for prefix, declared in _DECLARATION.findall(text) if declared == space)}
        local = rf"(?<![\w-])(?:{'|'.join(prefixes)}):{re.escape(iri.removeprefix(space))}(?![\w-]|\.\w)"
        lines = (number for number, line in enumerate(text.splitlines(), start=1) if f"<{iri}>" in line or re.search(local, line))
        found += [f"{path.relative_to(workspace.root).as_posix()}:{number}" for number in lines]
    if found:
        shown = ", ".join(found[:_MOST]) + (f" and {len(found) - _MOST} more" if found[_MOST:] else "")
        yield f"saved queries name {names.compact(iri, workspace.prefixes)} and are left as they are: {shown}; write {instead} there"
