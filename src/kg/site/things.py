"""A page for each thing, with its Turtle and JSON-LD beside it, and further pages where many claims are about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pyoxigraph as ox

from ..inline import to_json, trusted
from ..lookup import living
from ..pages import portrait
from ..pages.cards import card, dealt, disputed, told
from ..pages.terms import Terms, anchor
from . import described
from .beside import beside, embedded, offers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..model import Claim
    from ..pages.cards import Card
    from ..pages.shown import Cell, Shown
    from .site import File, Site

__all__ = ["things"]

_LISTED = "index"
_CUT = {"valued"}
"""Roles whose claims stand in lists already: the page shows the first of them only."""
_MORE = "and more; the documents of this page name them"


def things(site: Site) -> Iterator[File]:
    """Yield the pages and documents of all things; those of whole folders belong to the rooms that list these."""
    deck = _Deck(site.index.claims)
    shown = site.shown("ontology/index.html")
    anchors = Terms(shown, shown.href).anchors()
    for iri in site.addresses:
        if not site.addresses.file(iri).endswith(f"/{_LISTED}"):
            in_ontology = f"../ontology/index.html#{anchor(iri)}" if anchor(iri) in anchors else ""
            yield from _thing(site, iri, deck, [("In the ontology", in_ontology)] if in_ontology else [])


class _Deck:
    """The cards of claims, each made once: a claim stands on the pages of all that it names."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._claims = {claim.iri: claim for claim in claims}
        self._made: dict[str, Card] = {}
        self._disputes: dict[str, Any] | None = None

    def __call__(self, iris: Sequence[str], shown: Shown) -> list[Card]:
        """Return a card for each claim."""
        if self._disputes is None:
            self._disputes = told(disputed(list(self._claims.values()), shown.index.relations), shown)
        for iri in iris:
            if iri not in self._made:
                claim = self._claims.get(iri)
                self._made[iri] = card(claim, shown, self._disputes.get(iri, [])) if claim else dealt([iri], shown)[0]
        return [self._made[iri] for iri in iris]


def _thing(site: Site, iri: str, deck: _Deck, ways: Sequence[tuple[str, str]]) -> Iterator[File]:
    file = site.addresses.file(iri)
    path = f"{file}.html"
    shown = site.shown(path)
    about = portrait.portrait(shown, iri, {}, deck, looks_through=True)
    documents = beside(site, iri, file)
    turn = _turning(file)
    yield site.page(
        path,
        "thing.html.j2",
        about=about,
        documents=offers(file),
        linked=embedded(documents),
        spoken=_spoken(site, about),
        map_href=_on_map(about, path),
        ways=ways,
        note=_note(site, iri),
        heir=_heir(shown, iri),
        canonical=site.absolute(f"{site.addresses.file(living(site.index, iri)) or file}.html"),
        turn=turn,
        more_uses=_MORE,
    )
    yield from documents
    yield from _further(site, about, file, turn, deck)


def _note(site: Site, iri: str) -> str:
    """Return what the page of a graph says of it, as nothing that it holds is about itself."""
    if not iri.startswith(site.index.workspace.prefixes["graph"]):
        return ""
    site.index.add_graphs()
    count = sum(1 for _ in site.index.store.quads_for_pattern(None, None, None, ox.NamedNode(iri)))
    return f"A file of the workspace, which is a graph of its own. Its {count:,} statements are in the documents of this page."


def _heir(shown: Shown, iri: str) -> Cell | None:
    """Return what has taken the place of an entity whose name is deprecated, for its page: a server leads there by itself."""
    today = living(shown.index, iri)
    return shown.thing(today) if today != iri else None


def _further(site: Site, about: portrait.Portrait, file: str, turn: Callable[[str, int], str], deck: _Deck) -> Iterator[File]:
    """Yield the pages with the claims that the first page has no room for."""
    shown = site.shown(file)
    for first in about.parts:
        if first.end < first.total and first.key not in _CUT:
            role = next(each for each in portrait.roles(site.index, about.iri, is_source=True) if each.key == first.key)
            for start in range(first.end, first.total, portrait.CARDS):
                part = portrait.part(role, start, shown, deck)
                path = f"{file.rpartition('/')[0]}/{turn(role.key, start)}"
                back = f"{file.rpartition('/')[2]}.html"
                yield site.page(path, "further.html.j2", about=about, part=part, back=back, turn=turn)


def _spoken(site: Site, about: portrait.Portrait) -> Any:
    """Return an accepted claim in the words that search engines read, as it stands in a `<script>`."""
    if about.card is None or about.card.claim.status != "accepted":
        return ""
    return trusted(to_json(described.claim_for_search_engines(site, about.card.claim)))


def _turning(file: str) -> Callable[[str, int], str]:
    """Return what gives the page, in the same folder, on which the claims of a part begin with some claim."""
    name = file.rpartition("/")[2]

    def turn(part: str, start: int) -> str:
        if part in _CUT:
            return ""
        return f"{name}~{part}-{start // portrait.CARDS + 1}.html" if start else f"{name}.html"

    return turn


def _on_map(about: portrait.Portrait, path: str) -> str:
    """Return the address of a thing on the map, which has the accepted claims and what these are about."""
    own = about.card
    is_mapped = own.claim.status == "accepted" if own else any(part.key == "about" for part in about.parts)
    return f"{'../' * path.count('/')}map.html#{urlencode({'at': about.curie})}" if is_mapped else ""
