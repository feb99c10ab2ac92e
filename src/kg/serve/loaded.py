"""The index as the workers have it: with the named graphs beside, since most questions name none and are answered faster without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from .. import index
from ..index import Index

if TYPE_CHECKING:
    import pyoxigraph as ox

    from ..workspace import Workspace

__all__ = ["Loaded"]


class Loaded(Index):
    """An index with two stores: `store` is the one of the default graph alone until somebody asks for the graphs."""

    def __init__(self, workspace: Workspace, plain: ox.Store, whole: ox.Store) -> None:
        super().__init__(workspace, whole)
        super().add_graphs()
        self._plain, self._whole = plain, whole
        self.store = plain

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        """Load the files of a workspace into both."""
        return cls(workspace, index.load(workspace).store, index.load(workspace).store)

    def add_graphs(self) -> None:
        """Look at the store that has the named graphs, too; until the next job."""
        self.store = self._whole

    def begin(self) -> None:
        """Begin a job: it has not asked for the graphs."""
        self.store = self._plain

    @property
    def size(self) -> int:
        """How many triples the default graph has."""
        return len(self._plain)
