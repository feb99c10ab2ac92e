"""A change of entities, worked out and not written yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import journal, names

if TYPE_CHECKING:
    from ..journal import Replacement
    from ..workspace import Workspace

__all__ = ["Change", "listed"]

_MOST = 5


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of the files: `words` name the change, `question` asks for it, `lines` say what would be otherwise.

    `names` are the IRIs that come with it.
    """

    workspace: Workspace
    words: str
    question: str
    lines: tuple[str, ...]
    replacements: tuple[Replacement, ...]
    names: tuple[str, ...] = ()

    def write(self) -> None:
        """Replace the files, all or none; the caller holds the lock of the workspace."""
        journal.replace_all(self.workspace, self.replacements, words=self.words, names=self.names)


def listed(iris: list[str], prefixes: dict[str, str]) -> str:
    """Return the first of some IRIs as they are written on the command line, and how many there are besides."""
    shown = ", ".join(names.compact(iri, prefixes) for iri in iris[:_MOST])
    return f"{shown} and {len(iris) - _MOST} more" if len(iris) > _MOST else shown
