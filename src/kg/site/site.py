"""What every page of the site is made with: the index, the addresses, and the templates."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import pyoxigraph as ox

from ..description import licence_name, licence_of, title_of
from ..limits import DEFAULT
from ..pages import templates
from ..pages.quotes import Quotes
from ..pages.shown import Cell, Shown
from .addresses import Addresses, Relative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answers import Term
    from ..description import Distribution
    from ..index import Index
    from ..limits import Limits
    from ..model import Passage

__all__ = ["File", "Site"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
"""What a page may do: only files of this site, no inline script or style, no other server."""


class File(NamedTuple):
    """A file of the site: its path from the root, with slashes, and its bytes."""

    path: str
    data: bytes


class _Shown(Shown):
    """How terms are shown on pages that are the same each time: what has no name has none that the parser made up."""

    def cell(self, term: Term | None, *, has_label: bool = True) -> Cell:
        """Return how a term is shown."""
        return Cell("something without a name", kind="blank") if isinstance(term, ox.BlankNode) else super().cell(term, has_label=has_label)


class Site:
    """A site in the making. `paths` are those of the files that were yielded so far, `dumps` what of them is the whole data set."""

    def __init__(self, index: Index, *, base_url: str = "", texts: Sequence[str] = (), limits: Limits = DEFAULT) -> None:
        self.index = index
        self.base_url = base_url if not base_url or base_url.endswith("/") else base_url + "/"
        self.texts = tuple(texts)
        self.limits = limits
        self.paths: list[str] = []
        self.dumps: list[Distribution] = []
        self.addresses = Addresses(index)
        self.title = title_of(index)
        self.licence = licence_of(index)
        self._quotes = Quotes(index, texts) if texts else None
        self._shown: dict[int, Shown] = {}

    @cached_property
    def digest(self) -> str:
        """The content hash of the data set, as pages show it."""
        return self.index.shown_hash

    def shown(self, path: str) -> Shown:
        """Return how terms are shown on the page at a path: its links are relative to it."""
        depth = path.count("/")
        if depth not in self._shown:
            self._shown[depth] = _Shown(self.index, Relative(self.addresses, depth), self._quotes)
        return self._shown[depth]

    def quote(self, passage: Passage) -> str:
        """Return the words of a passage, where its text is at hand."""
        return self._quotes.of(passage)[0] if self._quotes else ""

    def absolute(self, path: str) -> str:
        """Return where a file of the site will be on the web; empty where no base URL is known."""
        return self.base_url + quote(path) if self.base_url else ""

    def page(self, path: str, template: str, **words: Any) -> File:
        """Return the page at a path: a template of `kg/site` or `kg/pages` filled with words.

        A template extends `layout.html.j2`. It has `root` ("" or "../", to put before the path of another file of the site), `site` (the
        title), and `here`: to which of the ways in the page belongs, such as "queries".
        """
        shared = {
            "root": "../" * path.count("/"),
            "site": self.title,
            "here": "",
            "policy": POLICY,
            "digest": self.digest,
            "licence": self.licence,
            "licence_of": licence_name,
            "licence_name": licence_name(self.licence),
            "linked": "",
            "spoken": "",
            "canonical": self.absolute(path),
        }
        return File(path, templates.fill("site", template, **{**shared, **words}).encode("utf-8", "replace"))
