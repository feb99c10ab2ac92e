"""A workspace as a static site of linked data: a page with Turtle and JSON-LD beside it for everything that it names.

The site is a stream of files, which `build` yields and `write` puts into a folder. Each room of the site is a function that is given the
`Site` and yields its `File`s; `ROOMS` lists them in the order in which they are asked. The last ones know `site.paths`, which came before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..limits import DEFAULT
from ..pages.templates import version
from . import assets, described, dumps, folder, front, lists, maps, ontology, queries, search, things, web
from .folder import Written
from .site import File, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ..index import Index
    from ..limits import Limits

__all__ = ["File", "Site", "Written", "build", "write"]

ROOMS: tuple[Callable[[Site], Iterator[File]], ...] = (
    dumps.files,
    assets.files,
    things.things,
    lists.files,
    ontology.files,
    queries.files,
    maps.files,
    described.files,
    search.files,
    front.files,
    web.files,
)
"""What a site is made of. Each yields files of its own paths; a sitemap comes last."""


def build(index: Index, *, base_url: str = "", texts: Sequence[str] = (), limits: Limits = DEFAULT) -> Iterator[File]:
    """Yield the files of the site of an index, the same bytes for the same files. `texts` are those that it may quote.

    `base_url` is where the site will be, for what cannot be said by a relative link, such as a sitemap; empty where that is not known.
    A saved query that does not answer within the `limits` has a page that says so.
    """
    site = Site(index, base_url=base_url, texts=texts, limits=limits)
    for room in ROOMS:
        for file in room(site):
            site.paths.append(file.path)
            yield file


def write(index: Index, path: Path, *, base_url: str = "", texts: Sequence[str] = (), limits: Limits = DEFAULT) -> Written:
    """Write the site of an index to a folder, in the place of an earlier one, all or nothing; what else is in the folder stays."""
    about = {"made with": f"claimgraph {version()}", "content": index.shown_hash, "address": base_url}
    files = build(index, base_url=base_url, texts=texts, limits=limits)
    return folder.replace(path, files, {key: value for key, value in about.items() if value})
