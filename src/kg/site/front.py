"""The first page: what this is, what there is of it, and the ways in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..inline import to_json, trusted
from ..view.kinds import kind_of
from . import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Source
    from ..pages.shown import Cell, Shown
    from .site import File, Site

__all__ = ["files"]

_FILE = "index.html"
_NAMED = 10


class _Text(NamedTuple):
    """A source on the first page."""

    cell: Cell
    author: str
    source: Source
    claims: int


def files(site: Site) -> Iterator[File]:
    """Yield the first page."""
    index, shown = site.index, site.shown(_FILE)
    yield site.page(
        _FILE,
        "front.html.j2",
        summary=described.summary(site),
        counts={"claims": len(index.claims), "entities": len(index.entities), "relations": len({claim.relation for claim in index.claims})},
        kinds=_kinds(site),
        queries=sum(path.startswith("queries/") and path.endswith(".html") for path in site.paths) - 1,
        claimants=_claimants(site, shown),
        subjects=_subjects(site, shown),
        texts=_texts(site, shown),
        dumps=[(dump, _bytes(dump.size)) for dump in site.dumps],
        paths=set(site.paths),
        base=index.workspace.base,
        documents=[],
        linked=trusted(to_json(described.for_search_engines(site))),
    )


def _kinds(site: Site) -> list[tuple[Any, int]]:
    found = Counter(kind_of(entity.types) for entity in site.index.entities.values())
    return sorted(found.items(), key=lambda pair: (pair[0].name == "Concept", -pair[1], pair[0].name))


def _claimants(site: Site, shown: Shown) -> list[tuple[Cell, int]]:
    return _first(Counter(claim.claimant for claim in site.index.claims), shown)


def _subjects(site: Site, shown: Shown) -> list[tuple[Cell, int]]:
    """Return the entities that most claims are about."""
    found: Counter[str] = Counter()
    for claim in site.index.claims:
        found.update({each for each in (claim.subject, claim.object) if isinstance(each, str) and each in site.index.entities})
    return _first(found, shown)


def _first(found: Counter[str], shown: Shown) -> list[tuple[Cell, int]]:
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], shown.name(pair[0]), pair[0]))
    return [(shown.thing(iri), number) for iri, number in ordered[:_NAMED]]


def _texts(site: Site, shown: Shown) -> list[_Text]:
    passages = site.index.passages
    said: Counter[str] = Counter()
    for claim in site.index.claims:
        said.update({passages[iri].source for iri in claim.passages if iri in passages})
    found = []
    for iri, source in sorted(site.index.sources.items()):
        cell = shown.thing(iri)._replace(text=source.title or source.label)
        found.append(_Text(cell, shown.name(source.creator) if source.creator else "", source, said[iri]))
    return found


def _bytes(size: int) -> str:
    """Return a size in words.

    >>> _bytes(812), _bytes(20_400), _bytes(3_250_000)
    ('812 bytes', '20 kB', '3.2 MB')
    """
    return f"{size} bytes" if size < 1000 else f"{size / 1e3:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"  # noqa: PLR2004  units
