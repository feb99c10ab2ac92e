"""Claims as one page that opens anywhere and asks for nothing, and as a still picture.

The page holds its data, its style, its scripts and the drawing library; a content security policy lets exactly these run.
"""

from __future__ import annotations

from functools import cached_property
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

from .. import names
from ..description import licence_name, licence_of, title_of
from ..inline import policy_hashes, trusted
from ..results import counted
from .data import PageData, visible
from .facets import facets
from .kinds import CLAIM
from .linked import embedded, originals
from .network import ClaimNetwork, drawing, script
from .overview import DRAWN_AT_MOST, Overview
from .pack import packed
from .scope import Scope, labels_in
from .worlds import worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import jinja2

    from ..index import Index

__all__ = ["Page", "Scope", "View", "build", "picture", "write"]

_SCRIPTS = (
    "claims.js",
    "elements.js",
    "dates.js",
    "focus.js",
    "exports.js",
    "words.js",
    "worlds.js",
    "scenes.js",
    "lines.js",
    "camera.js",
    "map.js",
    "picture.js",
    "menu.js",
    "search.js",
    "findings.js",
    "panel.js",
    "table.js",
    "article.js",
    "argument.js",
    "timeline.js",
    "histogram.js",
    "filters.js",
    "page.js",
)
"""The page's own scripts, in the order in which they build on each other."""
_STYLES = ("colours.css", "page.css", "ways.css", "closer.css", "findings.css")


class View:
    """The claims of an index, numbered, drawn and arranged once, for the page and for the picture.

    `texts` are the normal forms of sources: with them the page quotes. InputError where one is not the text of any source.
    `scope` says which claims, `language` which labels are wanted where there are such, `compare` which two claimants to lay side by side.
    For a page that is one of many, `ways` are the words and addresses of others, and `page_of` tells where the page of an IRI is, if any.
    """

    def __init__(
        self,
        index: Index,
        *,
        title: str | None = None,
        texts: Sequence[str] = (),
        scope: Scope | None = None,
        language: str | None = None,
        compare: tuple[str, str] | None = None,
        ways: Sequence[tuple[str, str]] = (),
        page_of: Callable[[str], str] | None = None,
    ) -> None:
        self.index = index
        self.ways, self.page_of = ways, page_of
        self.compare = compare
        asked = (scope or Scope())._replace(claimants=compare) if compare else scope or Scope()
        labels = labels_in(index, language) if language else None
        self.data = PageData(index, texts=texts, claims=asked.claims(index.claims, index.labels), labels=labels, language=language)
        self.scope = visible(asked.words(self.data.labels))
        self.title = visible(title or (" and ".join(map(self.data.label, compare)) + ", compared" if compare else title_of(index)))

    @cached_property
    def network(self) -> ClaimNetwork:
        """The arranged drawing: everything that a claim is about, or where that is too much, the groups of it."""
        if self.overview:
            return self.overview.network
        data, marks = self.data, self.data.marks
        things = [
            (number, node["label"], data.kinds[node["kind"]]) for number, node in enumerate(data.nodes[: data.drawn]) if "claim" not in node
        ]
        return drawing(things, marks, data.ends, CLAIM)

    @cached_property
    def overview(self) -> Overview | None:
        """The groups of names, where there are too many names to draw each."""
        things = self.data.drawn - len(self.data.marks)
        return Overview(self.data) if things > DRAWN_AT_MOST else None

    def html(self) -> str:
        """Return the page."""
        scripts = [script(), *(_file(name) for name in _SCRIPTS)]
        style = "".join(map(_file, _STYLES))
        drawn = self._drawn()
        found = facets(self.data)
        data = self.data.to_dict() | {"facets": found} | self._ways_in() | drawn
        if self.overview:
            data["facets"].insert(0, self.overview.facet())
        if self.compare:
            data["worlds"] = worlds(self.data, self.compare)
        data |= {"exact": originals(self.data)} | self._pages()
        return _template("page.html.j2").render(
            language="en",
            title=self.title,
            version=metadata.version("claimgraph"),
            style=trusted(style),
            style_hash=trusted(policy_hashes(style)),
            scripts=[trusted(_inline(each)) for each in scripts],
            script_hashes=trusted(policy_hashes(*scripts)),
            data=packed(data),
            linked=trusted(embedded(self.data)),
            sources=data["sources"],
            has_text="article" in data,
            ways=self.ways,
            summary=self.summary,
            content_hash=self.index.shown_hash,
            **self._licence(),
        )

    def _ways_in(self) -> dict[str, Any]:
        """Return the claims about claims in layers, and with the texts these and their marks."""
        from .argument import argument
        from .article import article

        data = self.data
        found = {"argument": argument(data.claims, self.index.relations, data.ends)}
        texts = [(self.index.sources[iri], words) for iri, (words, _) in data.texts.items()]
        return found | ({"article": article(self.index, data.claims, texts)} if texts else {})

    def _pages(self) -> dict[str, Any]:
        """Return where the pages of claims and of what they name are, where somebody knows."""
        if self.page_of is None:
            return {}
        named = {"nodes": self.data.things, "claims": [claim.iri for claim in self.data.claims]}
        found = {kind: {at: self.page_of(iri) for at, iri in enumerate(iris) if isinstance(iri, str)} for kind, iris in named.items()}
        return {"pages": {kind: {at: page for at, page in pages.items() if page} for kind, pages in found.items()}}

    def _drawn(self) -> dict[str, Any]:
        if self.overview:
            return {"drawing": {"nodes": [], "edges": []}, "overview": self.overview.to_dict()}
        return {"drawing": {"nodes": self.network.nodes, "edges": self.network.edges}}

    @property
    def summary(self) -> str:
        """What the view holds, in numbers."""
        claims = counted(len(self.data.claims), "claim")
        if self.scope:
            return f"{claims} about {counted(self.data.entities, 'entity', 'entities')}: {self.scope}"
        return f"{claims}, {counted(len(self.index.entities), 'entity', 'entities')}"

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
        licence = licence_of(self.index)
        shown = {"licence": visible(licence), "licence_name": visible(licence_name(licence))}
        return shown | {"licence_is_web": names.is_web(licence)}


class Page(str):
    """A page as text, which shows itself in a notebook.

    >>> Page("<p>1 < 2</p>")._repr_html_().startswith('<iframe srcdoc="&lt;p&gt;1')
    True
    """

    __slots__ = ()

    @property
    def html(self) -> str:
        """The text of the page."""
        return str(self)

    def write(self, path: str | Path) -> None:
        """Write the page to a file, whole or not at all."""
        from pathlib import Path

        from ..turtle import replace

        replace(Path(path), self.encode())

    def _repr_html_(self) -> str:
        import html

        # What the frame holds is the page itself, with its policy; the notebook gives it no more rights than that.
        return (
            f'<iframe srcdoc="{html.escape(self)}" title="Map of claims" width="100%" height="720" '
            'sandbox="allow-scripts allow-popups allow-downloads" style="border: 1px solid #8884"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<kg.view.Page of {len(self.encode()) / 1000:,.0f} kB; write(path) keeps it>"


def build(index: Index, **wanted: Any) -> str:
    """Return the page of an index: one HTML document that asks for nothing else. The same claims give the same bytes.

    What may be wanted is what `View` takes.
    """
    return View(index, **wanted).html()


def picture(index: Index, *, title: str | None = None) -> str:
    """Return the picture of an index: one SVG document, from the same positions as the page."""
    return View(index, title=title).svg()


def write(index: Index, path: Path, **wanted: Any) -> None:
    """Write the page of an index to a file, or its picture where the file is called .svg."""
    View(index, **wanted).write(path)


def _template(name: str) -> jinja2.Template:
    import jinja2

    loader = jinja2.FunctionLoader(_file)
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined).get_template(name)


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _inline(code: str) -> str:
    if "</script" in code.lower() or "<!--" in code:
        raise ValueError("a script that ends or comments out its own element cannot stand in a page")
    return code
