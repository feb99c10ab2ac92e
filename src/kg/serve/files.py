"""Whether the files of a workspace are still what they were, told by looking at them now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ..settings import FILE

if TYPE_CHECKING:
    from pathlib import Path

    from ..workspace import Workspace

State: TypeAlias = tuple[tuple[str, int, int, int], ...]
__all__ = ["State", "state_of"]


def state_of(workspace: Workspace) -> State:
    """Return name, time of change, size and number of each file that queries see: another state, other files."""
    files = [*workspace.ontology_files, *workspace.data_files, workspace.root / FILE]
    return tuple(found for path in files if (found := _state(path)))


def _state(path: Path) -> tuple[str, int, int, int] | None:
    try:
        seen = path.stat() if path.exists() else path.lstat()  # a link that leads nowhere is a change, too
    except OSError:
        return None  # gone since it was listed
    return str(path), seen.st_mtime_ns, seen.st_size, seen.st_ino
