"""The accepted claims as entities of FollowTheMoney, as JSON lines: https://followthemoney.tech/.

FollowTheMoney says what is so: it has links between things, and no field for who says a thing, how surely, or that somebody denies it. So
**a claim is a `Note`**, whose description names the claimant and, in front, whatever keeps the claim from being a plain one:
`[denied, probable] According to …`. The note points at both ends of the claim (`entity`), at its sources (`proof`), and a link leads to it
from the claimant (`claims` or `denies`) and from whoever relays it (`reports`).

**A denied claim is never a link between its ends.** An `UnknownLink` from subject to object, with the relation as its role, stands only
for a claim that `kg:plain` has as a triple, too: affirmed, certain or unspecified, without modality, not derived. It says in its
description who claims it, and by `recordId` which note it belongs to. It is what somebody affirms, not a fact.

What the model has no field for stands in the `notes` of a note, a line a value: `value: 289000000`, `relation: https://…`. All that a
claim says can be read there; `keywords` has what comes from short lists: `polarity: denied`.

Things are of the schema that their type has in `SCHEMATA`. The model has no schema for a concept, and `Thing` is abstract: concepts, and
what has no type that is known here, are notes, which nobody screens for, rather than parties to proceedings (`LegalEntity`), which
they are not. Other names are `weakAlias`, since a text also calls a government by its capital. `Mention` is for names that a program
found in a file, `Documentation` for files about a thing: neither is used.

Ids are those of the workspace, `ent-taliban` for `ent:taliban`: where entities of several workspaces meet, `ftm sign` tells them apart.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import names, targets
from ..index import is_plain
from ..mappings import EXACT
from ..model import Claim, Literal
from ..projection import literal_id
from ..results import counted
from .wanted import Export, Wanted, key_of, single

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ..model import Source

SCHEMATA = {
    names.SCHEMA + "Person": "Person",
    names.SCHEMA + "GovernmentOrganization": "PublicBody",
    names.SCHEMA + "Organization": "Organization",
    names.GROUP: "LegalEntity",
    names.SCHEMA + "Country": "Territory",
    names.SCHEMA + "City": "Territory",
    names.SCHEMA + "Place": "Address",
    names.SEM + "Event": "Event",
    names.PROJECT: "Project",
    names.SCHEMA + "Dataset": "Document",
    names.SCHEMA + "CreativeWork": "Document",
}
"""The schema of each type of entity; of several types the first here counts."""
_ANY = "Note"
_LEVELS = {names.SCHEMA + "Country": "country", names.SCHEMA + "City": "locality"}
_CAPTIONS = {"Note": ("description",), "Document": ("title", "fileName"), "PlainText": ("title", "fileName"), "Address": ("full",)}
"""Where a schema wants its name, beside `name`."""
_IN_KEYWORDS = ("polarity", "certainty", "modality", "kind")
_NOT_TOLD = {"iri", "status", *_IN_KEYWORDS}
_DAY = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
"""A date of FollowTheMoney: a year from 1000 on, a month or a day."""
_QID = re.compile(r"Q[1-9][0-9]*")
_COUNTRY = re.compile("[A-Z]{2}")


def ftm(wanted: Wanted) -> Export:
    """Return an entity a line: things and sources, then the notes that are claims, then links."""
    claims = wanted.index.claims if wanted.claims is None else wanted.claims
    words = _Words(wanted, claims)
    links = [link for claim in claims for link in words.links(claim)]
    found = [*words.things(), *map(words.note, claims), *links]
    lines = (json.dumps(entity, ensure_ascii=False) + "\n" for entity in found)
    summary = f"{counted(len(found), 'entity', 'entities')}, {counted(len(claims), 'claim')} among them"
    return single("".join(lines).encode(), summary, *_said(claims))


def _said(claims: Iterable[Claim]) -> Iterator[str]:
    """Yield how many claims link nothing, which nobody should miss."""
    apart = sum(not _is_link(claim) for claim in claims)
    if apart:
        yield f"no link between things is made of {counted(apart, 'claim')}: denied, hedged, asked for, derived, or of a thing and a text"


def _is_link(claim: Claim) -> bool:
    return is_plain(claim) and isinstance(claim.object, str)


class _Words:
    """Claims, and what they name, as entities of FollowTheMoney."""

    def __init__(self, wanted: Wanted, claims: Iterable[Claim]) -> None:
        self._index = wanted.index
        self._claims = {claim.iri: claim for claim in claims}
        self._others = {claim.iri: claim for claim in wanted.index.all_claims if claim.iri not in self._claims}

    def things(self) -> Iterator[dict[str, Any]]:
        """Yield whatever the claims name that is none of them."""
        named = {iri for claim in self._claims.values() for iri in self._named(claim)}
        yield from map(self._thing, sorted(named - self._claims.keys()))

    def note(self, claim: Claim) -> dict[str, Any]:
        """Return the note that a claim is."""
        ends = [self._key(end) for end in (claim.subject, claim.object) if isinstance(end, str) and end != claim.iri]
        return _entity(
            self._key(claim.iri),
            _ANY,
            description=[self._sentence(claim)],
            summary=[self._triple(claim)],
            keywords=["kg:Claim", *(f"{name}: {value}" for name in _IN_KEYWORDS if (value := getattr(claim, name)))],
            entity=ends,
            proof=self._proof(claim),
            notes=[*_address(claim.iri)["notes"], *_told(claim), *self._places(claim)],
            sourceUrl=_address(claim.iri)["sourceUrl"],
            modifiedAt=_days(claim.modified),
        )

    def links(self, claim: Claim) -> Iterator[dict[str, Any]]:
        """Yield the link between the ends of a plain claim, and those from claimant, reporter and premises to its note."""
        note = self._key(claim.iri)
        if _is_link(claim):
            yield self._plain(claim)
        yield self._link(f"says-{note}", claim.claimant, claim.iri, _stance(claim))
        if claim.reported_by:
            yield self._link(f"reports-{note}", claim.reported_by, claim.iri, "reports")
        for number, origin in enumerate(claim.derived_from, 1):
            yield self._link(f"derived-{number}-{note}", claim.iri, origin, "derived from")

    def _plain(self, claim: Claim) -> dict[str, Any]:
        return self._link(
            f"link-{self._key(claim.iri)}",
            claim.subject,
            str(claim.object),
            self._label(claim.relation),
            description=[self._sentence(claim)],
            status=[f"claimed, certainty: {claim.certainty}"],
            recordId=[self._key(claim.iri)],
            proof=self._proof(claim),
            sourceUrl=_address(claim.iri)["sourceUrl"],
            modifiedAt=_days(claim.modified),
            **_times(claim),
        )

    def _link(self, key: str, subject: str, target: str, role: str, **more: list[str]) -> dict[str, Any]:
        return _entity(key, "UnknownLink", subject=[self._key(subject)], object=[self._key(target)], role=[role], **more)

    def _thing(self, iri: str) -> dict[str, Any]:
        if iri in self._others:
            return self._entity_of(iri, _ANY, self._sentence(self._others[iri]), keywords=["kg:Claim", "not part of this export"])
        if iri in self._index.sources:
            return self._source(self._index.sources[iri])
        entity = self._index.entities.get(iri)
        if entity is None:
            return self._entity_of(iri, _ANY, self._label(iri))
        kind = next((kind for kind in SCHEMATA if kind in entity.types), "")
        found: dict[str, list[str]] = {
            "weakAlias": list(entity.alt_labels),
            "summary": [entity.definition or ""],
            "keywords": [names.compact(each, self._index.workspace.prefixes) for each in entity.types],
            "wikidataId": self._called(iri, targets.PREFIXES["wd"], _QID),
        }
        if kind in _LEVELS:
            codes = [code.lower() for code in self._called(iri, targets.PREFIXES["iso3166"], _COUNTRY)]
            found |= {"level": [_LEVELS[kind]], "territoryCode": codes, "country": codes}
        return self._entity_of(iri, SCHEMATA.get(kind, _ANY), entity.label, **found)

    def _source(self, source: Source) -> dict[str, Any]:
        told = {"identifier": source.identifier, "length": source.length, "language": source.language, "published": source.published}
        found: dict[str, list[str]] = {
            "summary": [source.label],
            "author": [self._label(source.creator)] if source.creator else [],
            "publishedAt": [source.published] if source.published and _DAY.fullmatch(source.published) else [],
            "told": [f"{name}: {value}" for name, value in told.items() if value],
        }
        return self._entity_of(source.iri, "PlainText", source.title or source.label, **found)

    def _entity_of(self, iri: str, schema: str, label: str, *, told: Iterable[str] = (), **properties: list[str]) -> dict[str, Any]:
        address = _address(iri)
        properties |= {"name": [label], "sourceUrl": address["sourceUrl"], "notes": [*address["notes"], *told]}
        properties |= {name: [label] for name in _CAPTIONS.get(schema, ())}
        return _entity(self._key(iri), schema, **properties)

    def _named(self, claim: Claim) -> Iterator[str]:
        ends = (claim.subject, claim.object, claim.claimant, claim.reported_by)
        yield from (end for end in ends if isinstance(end, str))
        yield from claim.derived_from
        yield from self._sources(claim)

    def _sources(self, claim: Claim) -> list[str]:
        return [self._index.passages[iri].source for iri in claim.passages if iri in self._index.passages]

    def _proof(self, claim: Claim) -> list[str]:
        return [self._key(iri) for iri in self._sources(claim) if iri in self._index.sources]

    def _places(self, claim: Claim) -> Iterator[str]:
        for iri in claim.passages:
            if passage := self._index.passages.get(iri):
                yield f"place: paragraph {passage.paragraph}, sentence {passage.sentence}, characters {passage.start} to {passage.end}"

    def _called(self, iri: str, space: str, form: re.Pattern[str]) -> list[str]:
        """Return what a thing is called elsewhere, where an accepted link says that it is the same."""
        same = (term.value for term in self._index.said_of(iri).get(EXACT, ()) if isinstance(term, ox.NamedNode))
        return sorted(each.removeprefix(space) for each in same if each.startswith(space) and form.fullmatch(each, len(space)))

    def _sentence(self, claim: Claim) -> str:
        flags = ", ".join(_flags(claim))
        relayed = f", as reported by {self._label(claim.reported_by)}" if claim.reported_by else ""
        return f"{f'[{flags}] ' if flags else ''}According to {self._label(claim.claimant)}{relayed}: {claim.label}"

    def _triple(self, claim: Claim) -> str:
        target = claim.object.value if isinstance(claim.object, Literal) else self._label(claim.object)
        flags = ", ".join(_flags(claim))
        return f"{f'{flags}: ' if flags else ''}{self._label(claim.subject)} — {self._label(claim.relation)} — {target}"

    def _label(self, iri: str) -> str:
        return self._index.labels.get(iri) or names.local_name(iri) or iri

    def _key(self, iri: str) -> str:
        return key_of(iri, self._index.workspace.prefixes)


def _entity(key: str, schema: str, **properties: Iterable[str]) -> dict[str, Any]:
    """Return an entity with each value once and without empty ones, the id in front, by which lines are sorted."""
    kept = {name: list(dict.fromkeys(filter(None, values))) for name, values in properties.items()}
    return {"id": key, "schema": schema, "properties": {name: values for name, values in kept.items() if values}}


def _flags(claim: Claim) -> Iterator[str]:
    """Yield what keeps a claim from being plain, the denial first."""
    if claim.polarity == "denied":
        yield "denied"
    if claim.modality:
        yield claim.modality
    if claim.certainty in {"probable", "possible"}:
        yield claim.certainty
    if claim.derived_from:
        yield "derived"


def _stance(claim: Claim) -> str:
    """Return what a claimant does with a claim.

    >>> claim = Claim(iri="urn:c", label="…", subject="urn:s", relation="urn:r", object="urn:o", claimant="urn:a",
    ...               polarity="denied", certainty="possible", kind="state", status="draft")
    >>> _stance(claim)
    'denies (possible)'
    """
    rest = ", ".join(flag for flag in _flags(claim) if flag != "denied")
    return ("denies" if claim.polarity == "denied" else "claims") + (f" ({rest})" if rest else "")


def _told(claim: Claim) -> Iterator[str]:
    """Yield each field of a claim that has no field in FollowTheMoney as `name: value`."""
    for field in fields(claim):
        value = getattr(claim, field.name)
        if field.name not in _NOT_TOLD and value is not None:
            yield from (f"{field.name}: {_text(each)}" for each in (value if isinstance(value, tuple) else (value,)))


def _text(value: Any) -> str:
    if isinstance(value, Literal):
        return literal_id(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _address(iri: str) -> dict[str, list[str]]:
    """Return an IRI as the address of a thing, or as text where it is none that a browser may follow."""
    return {"sourceUrl": [iri], "notes": []} if names.is_web(iri) else {"sourceUrl": [], "notes": [f"iri: {iri}"]}


def _times(claim: Claim) -> dict[str, list[str]]:
    """Return when a claim holds: at one date where it names one, else its bounds."""
    if claim.when and claim.since and _DAY.fullmatch(claim.when):
        return {"date": [claim.when]}
    return {"startDate": _days(claim.since), "endDate": _days(claim.until)}


def _days(day: date | None) -> list[str]:
    return [day.isoformat()] if day and _DAY.fullmatch(day.isoformat()) else []
