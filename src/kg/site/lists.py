"""The lists: entities by kind, claims by source, passages by text, and what else stands in a folder of the site."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from ..pages.addresses import SHARED
from ..pages.shown import Cell
from ..results import counted
from ..view.kinds import kind_of
from .addresses import OTHER
from .beside import beside, embedded, offers
from .listing import Group, Row, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Claim
    from ..pages.shown import Shown
    from .site import File, Site

__all__ = ["files"]


def files(site: Site) -> Iterator[File]:
    """Yield the lists."""
    yield from _entities(site)
    yield from _claims(site)
    yield from _passages(site)
    yield from _folder(site, "source", "Sources", "The texts whose claims are recorded. The texts themselves are not stored.")
    yield from _folder(site, "graph", "Graphs", "The files of the workspace, each a graph of its own.")
    yield from _folder(site, OTHER, "Names of others", "Classes, properties, units and things that others have named.")
    yield from _folder(site, "plover", "Event types", "The event types of PLOVER, to which relations are matched.")


def _entities(site: Site) -> Iterator[File]:
    shown = site.shown("entity/index.html")
    about: Counter[str] = Counter()
    for claim in site.index.claims:
        about.update({claim.subject, *([claim.object] if isinstance(claim.object, str) else [])})
    by_kind = defaultdict(list)
    for iri, entity in site.index.entities.items():
        row = Row(shown.thing(iri), entity.definition or "", counted(about[iri], "claim") if about[iri] else "")
        by_kind[kind_of(entity.types)].append(row)
    # Concepts come last: of all kinds theirs says least.
    ordered = sorted(by_kind.items(), key=lambda pair: (pair[0].name == "Concept", -len(pair[1]), pair[0].name))
    groups = [
        Group(f"kind-{names.slug(kind.name) or number}", kind.name, sorted(rows, key=_by_name), kind=kind)
        for number, (kind, rows) in enumerate(ordered)
    ]
    lead = f"{counted(len(site.index.entities), 'entity', 'entities')} by kind. What somebody says of them are claims, on their pages."
    yield from listed(site, "entity/index", groups, title="Entities", lead=lead, here="entities")


def _claims(site: Site) -> Iterator[File]:
    shown = site.shown("claim/index.html")
    by_source: dict[str, list[Claim]] = defaultdict(list)
    for claim in site.index.claims:
        by_source[_source_of(site, claim)].append(claim)
    groups = [
        Group(f"source-{number}", shown.name(iri), [_claim(each, shown) for each in by_source[iri]], href=shown.href(iri))
        for number, iri in enumerate(sorted(iri for iri in by_source if iri), 1)
    ]
    if by_source[""]:
        groups.append(Group("derived", "Derived from other claims", [_claim(each, shown) for each in by_source[""]]))
    others = [claim for claim in site.index.all_claims if claim.status != "accepted"]
    if others:
        groups.append(Group("others", "Not accepted", [_claim(each, shown)._replace(aside=each.status) for each in others]))
    lead = f"{counted(len(site.index.claims), 'claim')} by source, each with who is committed to it."
    yield from listed(site, "claim/index", groups, title="Claims", lead=lead, here="claims", has_names=True)


def _claim(claim: Claim, shown: Shown) -> Row:
    said = [shown.name(claim.claimant), *([claim.when] if claim.when else []), *([claim.modality] if claim.modality else [])]
    cell = Cell(claim.label, shown.curie(claim.iri), shown.href(claim.iri))
    return Row(cell, " · ".join(said), is_denied=claim.polarity == "denied")


def _source_of(site: Site, claim: Claim) -> str:
    """Return the source of the first passage of a claim; empty where it has none."""
    found = (site.index.passages.get(iri) for iri in claim.passages)
    return next((passage.source for passage in found if passage), "")


def _passages(site: Site) -> Iterator[File]:
    shown = site.shown("passage/index.html")
    often = Counter(iri for claim in site.index.claims for iri in claim.passages)
    by_source = defaultdict(list)
    for passage in sorted(site.index.passages.values(), key=lambda each: (each.source, each.start, each.end)):
        where = f"Sentence {passage.sentence}, characters {passage.start}\u2013{passage.end}"
        words = site.quote(passage) or passage.no_claim or ""
        aside = counted(often[passage.iri], "claim") if often[passage.iri] else ""
        by_source[passage.source].append(Row(Cell(where, "", shown.href(passage.iri)), words, aside))
    groups = [
        Group(f"source-{number}", shown.name(iri), rows, href=shown.href(iri))
        for number, (iri, rows) in enumerate(sorted(by_source.items()), 1)
    ]
    yield from listed(site, "passage/index", groups, title="Passages", lead="Where the texts say it, in the order of the texts.")


def _folder(site: Site, folder: str, title: str, lead: str) -> Iterator[File]:
    """Yield the list of everything in a folder; with its documents, where the folder itself has a name in the data."""
    shown = site.shown(f"{folder}/index.html")
    iris = [iri for iri in site.addresses if site.addresses.file(iri).startswith(f"{folder}/")]
    own = next((iri for iri in iris if site.addresses.file(iri) == f"{folder}/index"), "")
    rows = sorted((Row(shown.thing(iri), _definition(site, iri)) for iri in iris if iri != own), key=_by_name)
    if not rows and folder not in SHARED:
        return
    documents = beside(site, own, f"{folder}/index") if own else []
    groups = [Group("all", title, rows)] if rows else []
    words = {"documents": offers(f"{folder}/index"), "linked": embedded(documents)} if own else {}
    yield from listed(site, f"{folder}/index", groups, title=title, lead=lead, has_names=True, **words)
    yield from documents


def _definition(site: Site, iri: str) -> str:
    said = site.index.said_of(iri)
    terms = (term for key in (names.DEFINITION, names.DCTERMS + "description") for term in said.get(key, ()))
    return next((term.value for term in terms if isinstance(term, ox.Literal)), "")


def _by_name(row: Row) -> tuple[str, str]:
    return row.cell.text.casefold(), row.cell.href
