"""The files that all pages ask for: the style and the scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..pages.templates import files as joined
from .site import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .site import Site

__all__ = ["files"]


def files(_site: Site) -> Iterator[File]:
    """Yield the style of all pages, and what keeps GitHub Pages from running files through a generator."""
    yield File(".nojekyll", b"")
    yield File("static/site.css", joined("view/colours.css", "pages/pages.css", "pages/ontology.css", "site/site.css").encode())
    yield File("static/site.js", joined("site/site.js").encode())
