"""Suggestions from territories: what a name denotes, where its bearer belongs, and whose government it is.

A name in the band `exact` is, normalised, a name of exactly one territory, and nothing that is known of the thing speaks against it.
Everything else that the table finds is for a person, with the reason. Names that are only written nearly so are ranked for a person, and
never more: plain similarity puts Turkey on Turkmenistan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import mappings, names, targets
from . import doubts, table, wording
from .suggestion import LEXICAL, SIMILAR, Suggestion, best

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .table import Entry, Table

__all__ = ["SOURCE", "suggest"]

SOURCE = "rigour territories"
_PLACES = {names.SCHEMA + name for name in ("AdministrativeArea", "Country", "Place", "State")}
_UNTYPED = {names.SCHEMA + "Thing", names.OWL + "Thing"}
_ACTORS = {names.SCHEMA + name for name in ("GovernmentOrganization", "Organization", "PoliticalParty", "NGO")} | {names.GROUP}
_CONCEPT, _COUNTRY = names.SKOS + "Concept", names.SCHEMA + "Country"
_NEAR, _MOST_NEAR = 88.0, 3
_SHORTEST_NEAR, _LONGEST = 5, 300
_STRONG, _WEAK, _OFFICE, _OTHER_ITEM = 0.95, 0.85, 0.9, 0.6


def suggest(name: str, types: Collection[str] = ()) -> list[Suggestion]:
    """Return what a name may be among the territories, best first; `types` are those of the thing that bears it, none where unknown.

    >>> [(found.target, found.band) for found in suggest("Kosovo")]
    [('http://www.wikidata.org/entity/Q1246', 'exact')]
    >>> [(found.target, found.kind, found.band) for found in suggest("Citizen (Afghanistan)")]
    [('http://www.wikidata.org/entity/Q889', 'home', 'exact')]
    >>> [found.band for found in suggest("Korea")[:2]], suggest("Chad", [names.SCHEMA + "Person"])
    (['review', 'review'], [])
    """
    known = table.load()
    if len(name) > _LONGEST:
        return []
    bearer = _Bearer(types)
    found = list(_denoted(known, name, bearer)) if bearer.may_be_place else []
    if not found and bearer.may_be_actor:
        found = list(_at_home(known, name)) or list(_governed(known, name))
    if not found and bearer.may_be_territory and wording.home(name) is None and known.read(name) is None:
        found = list(_near(known, name, "a territory is written nearly so", mappings.EXACT, "territory"))
    return best(found)


class _Bearer:
    """What the types of a thing let it be."""

    def __init__(self, types: Collection[str]) -> None:
        self.types = {iri for iri in types if iri not in _UNTYPED}

    @property
    def may_be_place(self) -> bool:
        """Whether it may be a territory itself: no person, no organisation, no event."""
        return not self.types or (bool(self.types & (_PLACES | {_CONCEPT})) and not self.types & _ACTORS)

    @property
    def may_be_territory(self) -> bool:
        """Whether it may be one although the names differ: a place, or what has no type."""
        return not self.types or bool(self.types & _PLACES)

    @property
    def may_be_actor(self) -> bool:
        """Whether it may be somebody who belongs to a territory."""
        return not self.types or bool(self.types & _ACTORS)

    def doubt(self, entry: Entry) -> str:
        """Return what the types leave open about being this territory."""
        if _CONCEPT in self.types and not self.types & _PLACES:
            return "it is recorded as a concept, not as a place"
        if _COUNTRY in self.types and not (entry.is_country or entry.is_historical):
            return "it is recorded as a country, which the table does not call this territory"
        return ""


def _denoted(known: Table, name: str, bearer: _Bearer) -> Iterator[Suggestion]:
    """Yield the territories that a name as a whole denotes."""
    reading = known.read(name)
    for entry in reading.entries if reading else ():
        open_question, of_types = reading.doubt if reading else "", bearer.doubt(entry)
        if open_question and of_types:  # such as the language that is called Russian
            continue
        doubt = "; ".join(filter(None, (open_question, of_types, known.doubt_of_item(name, entry))))
        words = f"“{name}” {'may be' if open_question else 'is'} a name of {entry.name}"
        yield from _items(known, entry, name, words, doubt, score=_score(known, name), predicate=mappings.EXACT, kind="territory")
        if entry.iso:
            yield _made(
                known,
                targets.PREFIXES["iso3166"] + entry.iso,
                f"{entry.iso} ({entry.name})",
                score=_score(known, name) if doubt else 1.0,
                why=_why(f"{words}, which ISO 3166 codes {entry.iso}", doubt),
                kind="code",
                matched=name,
            )


def _at_home(known: Table, name: str) -> Iterator[Suggestion]:
    """Yield the home that stands in parentheses: a thing of its own, to which the bearer of the name belongs."""
    worded = wording.home(name)
    if worded is None:
        return
    reading = known.read(worded.place)
    if reading is None:
        yield from _near(known, worded.place, f"the home of “{worded.actor}” is written nearly so", mappings.RELATED, "home")
        return
    for entry in reading.entries:
        unclear = doubts.ITEMS[entry.code] if entry.code in doubts.UNCLEAR_HOMES else ""
        given = f"“{worded.place}”, {'perhaps' if reading.doubt else 'a name of'} {entry.name}"
        words = f"the home of “{worded.actor}” is given as {given}: its home, not the same thing"
        doubt = "; ".join(filter(None, (reading.doubt, unclear)))
        yield from _items(
            known, entry, worded.place, words, doubt, score=_score(known, worded.place), predicate=mappings.RELATED, kind="home"
        )


def _governed(known: Table, name: str) -> Iterator[Suggestion]:
    """Yield the states whose office a name says: always for a person, as the office has, or may have, an item of its own."""
    for worded in wording.government(name):
        reading = known.read(worded.place)
        for entry in reading.entries if reading else ():
            if entry.code not in doubts.NO_TERRITORY:
                words = f"“{name}” says an office ({worded.actor.lower()}) of {entry.name}: its state, not the same thing"
                yield from _items(
                    known, entry, worded.place, words, "an office may have an item of its own", score=_OFFICE, predicate=mappings.RELATED,
                    kind="government",
                )  # fmt: skip


def _items(
    known: Table, entry: Entry, matched: str, words: str, doubt: str, *, score: float, predicate: str, kind: str
) -> Iterator[Suggestion]:
    """Yield the item of a territory, and where its several items are the doubt, the others after it."""
    yield _made(
        known, targets.PREFIXES["wd"] + entry.qid, entry.name, score=score if doubt else 1.0, why=_why(words, doubt), kind=kind,
        matched=matched, predicate=predicate,
    )  # fmt: skip
    if doubt and entry.code in doubts.ITEMS:
        for other in entry.other_qids:
            why = _why(f"{words}; the table has this as another item of it", doubt)
            label = f"{entry.name} (another item: {other})"
            yield _made(
                known, targets.PREFIXES["wd"] + other, label, score=_OTHER_ITEM, why=why, kind=kind, matched=matched, predicate=predicate
            )


def _near(known: Table, name: str, words: str, predicate: str, kind: str) -> Iterator[Suggestion]:
    """Yield territories with names that are written nearly so, for a person to choose from."""
    from rapidfuzz import fuzz, process

    key = known.key(name)
    if len(key) < _SHORTEST_NEAR:
        return
    for near, ratio, _ in process.extract(key, known.strong.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=_MOST_NEAR):
        entry = known.entries[known.strong[near]]
        why = f"{words}: “{known.spelled[near]}”, a name of {entry.name} ({ratio:.0f} of 100 alike); similar letters prove nothing"
        yield _made(
            known, targets.PREFIXES["wd"] + entry.qid, entry.name, score=0.8 * ratio / 100, why=why, kind=kind, matched=name,
            predicate=predicate, justification=SIMILAR,
        )  # fmt: skip


def _score(known: Table, name: str) -> float:
    """Return the score of a name that leaves something open."""
    return _STRONG if known.key(name) in known.strong else _WEAK


def _why(words: str, doubt: str) -> str:
    return f"{words}. Look: {doubt}." if doubt else f"{words}."


def _made(
    known: Table,
    target: str,
    label: str,
    *,
    score: float,
    why: str,
    kind: str,
    matched: str,
    predicate: str = mappings.EXACT,
    justification: str = LEXICAL,
) -> Suggestion:
    return Suggestion(
        target=target,
        label=label,
        score=score,
        why=why,
        kind=kind,
        matched=matched,
        predicate=predicate,
        justification=justification,
        tool=SOURCE,
        tool_version=known.version,
    )
