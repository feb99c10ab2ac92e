"""Search without a server: every name and every claim in one script, which pages load when somebody begins to search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from ..inline import to_json
from ..lookup import deprecated, living
from ..view.data import visible
from ..view.kinds import kind_of
from .site import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .site import Site

__all__ = ["files"]

MOST_CLAIMS = 30_000
"""Up to how many claims are found by their sentences: beyond that the script would take long to load."""
_KINDS = {
    "relation": "relation",
    "ontology": "term",
    "plover": "event type",
    "source": "source",
    "claim": "claim",
    "other": "name of others",
}
"""What a thing is called beside its name, by its folder. Passages and graphs are not searched: they have no words of their own."""
_ORDER = ("entity", *_KINDS)


def files(site: Site) -> Iterator[File]:
    """Yield the names, and the page that lists all that fits."""
    has_claims = len(site.index.claims) <= MOST_CLAIMS
    data = to_json({"rows": list(_rows(site, has_claims=has_claims))})
    yield File("static/names.js", f"globalThis.claimgraph = {data};\n".encode())
    yield site.page("search.html", "search.html.j2", has_claims=has_claims, base=site.index.workspace.base)


def _rows(site: Site, *, has_claims: bool) -> Iterator[list[str]]:
    """Yield a row for each thing: its label, what it is, its page, and its other names in one; old names are found by what they lead to."""
    shown = site.shown("index.html")
    also = _other_names(site)
    rows = []
    old = {iri for iri in deprecated(site.index) if living(site.index, iri) != iri}
    for iri in site.addresses:
        if iri in old:
            continue
        file = site.addresses.file(iri)
        folder = file.partition("/")[0]
        if folder in _ORDER and not file.endswith("/index") and (has_claims or folder != "claim"):
            entity = site.index.entities.get(iri)
            kind = kind_of(entity.types).name.lower() if entity else _KINDS.get(folder, "thing")
            label = visible(shown.name(iri))
            others = [visible(each) for each in sorted(also.get(iri, ()))]
            rows.append((_ORDER.index(folder), label.casefold(), [label, kind, file, *(["\n".join(others)] if others else [])]))
    yield from (row for *_, row in sorted(rows))


def _other_names(site: Site) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for predicate in (names.ALT_LABEL, names.INVERSE_LABEL, names.PREF_LABEL):
        for quad in site.index.store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph()):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
                found.setdefault(quad.subject.value, set()).add(quad.object.value)
    shown = site.shown("index.html")
    for iri in deprecated(site.index):
        found.setdefault(living(site.index, iri), set()).add(shown.name(iri))
    return {iri: words - {shown.label(iri)} for iri, words in found.items()}
