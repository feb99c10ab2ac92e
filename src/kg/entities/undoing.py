"""The last change of entities, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import journal, names
from ..errors import InputError
from .links import Links
from .rewriting import GraphFiles

if TYPE_CHECKING:
    from ..journal import Undone
    from ..workspace import Workspace

__all__ = ["undo"]


def undo(workspace: Workspace) -> Undone:
    """Take the last merge or rename back, byte for byte; the caller holds the lock of the workspace.

    InputError where there is none, where one of its files was changed since, or where another file names what came with it.
    """
    record = journal.last(workspace)
    for iri in record.names:
        users = {path for path, _ in GraphFiles(workspace, iri).uses(iri)} | Links(workspace).naming(iri)
        for path in sorted(users - {*record.paths}):
            words = f"{names.compact(iri, workspace.prefixes)} came with {record.words}, and this file names it since; change that first"
            raise InputError(words, path=path)
    return journal.undo(workspace)
