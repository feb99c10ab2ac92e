"""The map of `kg view` as a page of the site: names and claims on it lead to their pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .site import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .addresses import Addresses
    from .site import Site

__all__ = ["files"]

PATH = "map.html"


def files(site: Site) -> Iterator[File]:
    """Yield the map of all claims, and a picture of it."""
    from ..view import View

    ways = [("All pages", "index.html"), ("Saved queries", "queries/index.html")]
    view = View(site.index, texts=site.texts, ways=ways, page_of=partial(_page_of, site.addresses))
    yield File("map.svg", view.svg().encode("utf-8", "replace"))
    yield File(PATH, view.html().encode("utf-8", "replace"))


def _page_of(addresses: Addresses, iri: str) -> str:
    """Return the page of a thing from the root of the site, empty where it has none."""
    file = addresses.file(iri)
    return f"{file}.html" if file else ""
