"""Where links lead under `kg serve`: every link stays on this server.

An IRI of the workspace's own base has a page under its own path; any other is a page by its whole name. So no IRI of the data,
whatever its scheme, ever becomes the address of a link as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from ..pages import shown
from ..pages.addresses import ONTOLOGY, place

if TYPE_CHECKING:
    from ..index import Index

__all__ = ["Served", "Shown"]


class Served:
    """The addresses of a server."""

    def __init__(self, base: str) -> None:
        self.base = base

    def href(self, iri: str) -> str:
        """Return the page of an IRI on this server."""
        path = self.path(iri)
        return f"/page/{ONTOLOGY}#{quote(path[len(ONTOLOGY) + 1 :], safe='')}" if path.startswith(ONTOLOGY) else self.page(iri)

    def page(self, iri: str) -> str:
        """Return the page of an IRI alone, that of a term of the ontology, too."""
        path = self.path(iri).replace("#", "%23")
        return f"/page/{path}" if path else "/page?" + urlencode({"iri": iri})

    def path(self, iri: str) -> str:
        """Return the path that an IRI has on this server, without its first slash; empty where it is not of its base."""
        return place(iri, self.base)


class Shown(shown.Shown):
    """How the terms of one index are shown under `kg serve`."""

    def __init__(self, index: Index) -> None:
        served = Served(index.workspace.base)
        super().__init__(index, served)
        self.path, self.page = served.path, served.page
