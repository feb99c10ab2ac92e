"""Claims as one page that opens anywhere and asks for nothing, and as a still picture.

The page holds its data, its style, its scripts and the drawing library; a content security policy lets exactly these run.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cached_property
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

from .. import names
from .data import PageData, visible
from .kinds import CLAIM
from .network import ClaimNetwork, drawing, script
from .pack import packed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import jinja2

    from ..index import Index

__all__ = ["View", "build", "picture", "write"]

_SCRIPTS = ("claims.js", "elements.js", "dates.js", "words.js", "map.js", "panel.js", "table.js", "filters.js", "page.js")
"""The page's own scripts, in the order in which they build on each other."""
_LICENCE = names.DCTERMS + "license"


class View:
    """The claims of an index, numbered, drawn and arranged once, for the page and for the picture.

    `texts` are the normal forms of sources: with them the page quotes. InputError where one is not the text of any source.
    """

    def __init__(self, index: Index, *, title: str | None = None, texts: Sequence[str] = ()) -> None:
        self.index = index
        self.data = PageData(index, texts=texts)
        self.title = visible(title or _default_title(index))

    @cached_property
    def network(self) -> ClaimNetwork:
        """The arranged drawing: everything that a claim is about."""
        data, marks = self.data, self.data.marks
        things = [
            (number, node["label"], data.kinds[node["kind"]]) for number, node in enumerate(data.nodes[: data.drawn]) if "claim" not in node
        ]
        return drawing(things, marks, data.ends, CLAIM)

    def html(self) -> str:
        """Return the page."""
        scripts = [script(), *(_file(name) for name in _SCRIPTS)]
        style = _file("page.css")
        data = self.data.to_dict() | {"drawing": {"nodes": self.network.nodes, "edges": self.network.edges}}
        return _template("page.html.j2").render(
            language="en",
            title=self.title,
            version=metadata.version("claimgraph"),
            style=_trusted(style),
            style_hash=_trusted(_hash(style)),
            scripts=[_trusted(_inline(each)) for each in scripts],
            script_hashes=_trusted(" ".join(_hash(each) for each in scripts)),
            data=packed(data),
            sources=data["sources"],
            summary=self.summary,
            **self._licence(),
        )

    @property
    def summary(self) -> str:
        """What the view holds, in numbers."""
        return f"{_count(len(self.data.claims), 'claim')} about {_count(len(self.index.entities), 'entity', 'entities')}"

    def svg(self) -> str:
        """Return the picture: an SVG document."""
        from .svg import Picture

        picture = Picture(self.network, self.data)
        return _template("picture.svg.j2").render(picture=picture, title=self.title, summary=self.summary)

    def write(self, path: Path) -> int:
        """Write the picture where the file is called .svg, else the page, whole or not at all; return its size in bytes."""
        from ..turtle import replace

        data = (self.svg() if path.suffix.lower() == ".svg" else self.html()).encode()
        replace(path, data)
        return len(data)

    def _licence(self) -> dict[str, Any]:
        licence = _data_licence(self.index)
        is_web = licence.startswith(("https://", "http://"))
        return {"licence": visible(licence), "licence_is_web": is_web, "licence_name": _LICENCE_NAMES.get(licence, visible(licence))}


_LICENCE_NAMES = {
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
}


def build(index: Index, *, title: str | None = None, texts: Sequence[str] = ()) -> str:
    """Return the page of an index: one HTML document that asks for nothing else. The same claims give the same bytes."""
    return View(index, title=title, texts=texts).html()


def picture(index: Index, *, title: str | None = None) -> str:
    """Return the picture of an index: one SVG document, from the same positions as the page."""
    return View(index, title=title).svg()


def write(index: Index, path: Path, *, title: str | None = None, texts: Sequence[str] = ()) -> None:
    """Write the page of an index to a file, or its picture where the file is called .svg."""
    View(index, title=title, texts=texts).write(path)


def _default_title(index: Index) -> str:
    titles = [source.title or source.label for source in index.sources.values()]
    return titles[0] if len(titles) == 1 else "Who says what about whom"


def _data_licence(index: Index) -> str:
    """Return the licence that a graph file states for its own graph, else nothing."""
    import pyoxigraph as ox

    own = index.workspace.prefixes["graph"]
    found = index.store.quads_for_pattern(None, ox.NamedNode(_LICENCE), None, ox.DefaultGraph())
    stated = sorted(
        quad.object.value
        for quad in found
        if isinstance(quad.subject, ox.NamedNode)
        and quad.subject.value.startswith(own)
        and isinstance(quad.object, ox.NamedNode | ox.Literal)
    )
    return stated[0] if stated else ""


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _template(name: str) -> jinja2.Template:
    import jinja2

    loader = jinja2.FunctionLoader(_file)
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined).get_template(name)


def _trusted(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704  # our own files, hashes, and JSON that is escaped for where it stands


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _inline(code: str) -> str:
    if "</script" in code.lower() or "<!--" in code:
        raise ValueError("a script that ends or comments out its own element cannot stand in a page")
    return code


def _hash(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
