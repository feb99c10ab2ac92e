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


def naming(workspace: Workspace, iri: str, instead: str) -> Iterator[str]:
    """Yield where saved queries name an entity by IRI or id, with what they should name instead."""
    local = re.escape(iri.removeprefix(workspace.prefixes["ent"]))
    pattern = re.compile(rf"(?<![\w-])ent:{local}(?![\w-]|\.\w)|<{re.escape(iri)}>")
    found = []
    for path in sorted(saved.find_all(workspace.queries_dir).values()):
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(workspace.root).as_posix()}:{number}")
    if found:
        shown = ", ".join(found[:_MOST]) + (f" and {len(found) - _MOST} more" if found[_MOST:] else "")
        yield f"saved queries name {names.compact(iri, workspace.prefixes)} and are left as they are: {shown}; write {instead} there"
