"""Between records and terms: `to_triples` and `from_triples` for each record of `kg.model`. Pure.

The records know strings, the store knows pyoxigraph's terms; this is the only room that knows both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

import pyoxigraph as ox

from . import names
from .errors import InputError
from .model import Claim, Entity, Literal, Passage, Relation, Source

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Properties: TypeAlias = Mapping[str, list[Term]]
"""What a graph says of one subject: predicate IRI to objects."""

_VALUE_PROPERTIES = {
    "polarity": names.POLARITY,
    "certainty": names.CERTAINTY,
    "modality": names.MODALITY,
    "kind": names.KIND,
    "status": names.STATUS,
}


def properties_by_subject(quads: Iterable[ox.Quad | ox.Triple]) -> dict[str, dict[str, list[Term]]]:
    """Group triples by subject IRI and predicate IRI; blank subjects are left out."""
    found: dict[str, dict[str, list[Term]]] = {}
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            found.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return found


def object_to_term(value: str | Literal) -> ox.NamedNode | ox.Literal:
    """Return the term of a claim's object."""
    if isinstance(value, str):
        return ox.NamedNode(value)
    return literal(value.value, language=value.language, datatype=value.datatype)


def object_from_term(term: Term) -> str | Literal:
    """Return the IRI or the literal of a claim's object; a blank node or a triple term is refused."""
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.Literal):
        plain = term.language or term.datatype.value == names.XSD + "string"
        return Literal(term.value, language=term.language, datatype=None if plain else term.datatype.value)
    raise InputError(f"a claim cannot have {term} as its object, only an IRI or a literal")


def literal(value: str, *, language: str | None = None, datatype: str | None = None) -> ox.Literal:
    """Return a literal term, lexical form unchanged."""
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)


def claim_to_triples(claim: Claim) -> list[ox.Triple]:
    """Return the triples of a claim: a reified triple and what is said of it."""
    say = _Sayings(claim.iri)
    say.iri(names.TYPE, names.CLAIM)
    say.english(names.LABEL, claim.label)
    say.iri(names.SUBJECT, claim.subject)
    say.iri(names.PREDICATE, claim.relation)
    say.term(names.OBJECT, object_to_term(claim.object))
    say.iri(names.CLAIMANT, claim.claimant)
    say.iri(names.REPORTED_BY, claim.reported_by)
    for field, predicate in _VALUE_PROPERTIES.items():
        value = getattr(claim, field)
        say.iri(predicate, names.KG + value if value else None)
    say.typed(names.WHEN, claim.when, names.EDTF)
    say.typed(names.FROM, claim.since, names.XSD + "date")
    say.typed(names.UNTIL, claim.until, names.XSD + "date")
    say.typed(names.VALUE, None if claim.value is None else f"{claim.value:f}", names.XSD + "decimal")
    say.iri(names.UNIT, claim.unit)
    for passage in claim.passages:
        say.iri(names.HAS_PASSAGE, passage)
    for origin in claim.derived_from:
        say.iri(names.DERIVED_FROM, origin)
    for note in claim.notes:
        say.english(names.NOTE, note)
    say.iri(names.CREATOR, claim.creator)
    say.typed(names.MODIFIED, claim.modified, names.XSD + "date")
    return say.triples


def claim_from_triples(iri: str, said: Properties) -> Claim:
    """Return the claim that the triples of one subject make; InputError where they make none."""
    read = _Reading(iri, said)
    values = {field: read.value(predicate, optional=field == "modality") for field, predicate in _VALUE_PROPERTIES.items()}
    figure = read.text(names.VALUE)
    return Claim(
        iri=iri,
        label=read.needed(names.LABEL),
        subject=read.needed(names.SUBJECT),
        relation=read.needed(names.PREDICATE),
        object=object_from_term(read.first(names.OBJECT)),
        claimant=read.needed(names.CLAIMANT),
        reported_by=read.text(names.REPORTED_BY),
        when=read.text(names.WHEN),
        since=read.day(names.FROM),
        until=read.day(names.UNTIL),
        value=None if figure is None else read.decimal(figure),
        unit=read.text(names.UNIT),
        passages=read.all(names.HAS_PASSAGE),
        derived_from=read.all(names.DERIVED_FROM),
        notes=read.all(names.NOTE),
        creator=read.text(names.CREATOR),
        modified=read.day(names.MODIFIED),
        **values,  # type: ignore[arg-type]  # the five value lists, checked by Claim itself
    )


def passage_to_triples(passage: Passage) -> list[ox.Triple]:
    """Return the triples of a passage."""
    say = _Sayings(passage.iri)
    say.iri(names.TYPE, names.PASSAGE)
    say.iri(names.HAS_SOURCE, passage.source)
    integer = names.XSD + "integer"
    for predicate, number in _passage_numbers(passage):
        say.typed(predicate, number, integer)
    say.term(names.DIGEST, ox.Literal(passage.digest))
    say.english(names.NO_CLAIM, passage.no_claim)
    return say.triples


def passage_from_triples(iri: str, said: Properties) -> Passage:
    """Return the passage that the triples of one subject make."""
    read = _Reading(iri, said)
    return Passage(
        iri=iri,
        source=read.needed(names.HAS_SOURCE),
        start=read.integer(names.START),
        end=read.integer(names.END),
        paragraph=read.integer(names.PARAGRAPH),
        sentence=read.integer(names.SENTENCE),
        digest=read.needed(names.DIGEST),
        no_claim=read.text(names.NO_CLAIM),
    )


def _passage_numbers(passage: Passage) -> tuple[tuple[str, int], ...]:
    return (
        (names.START, passage.start),
        (names.END, passage.end),
        (names.PARAGRAPH, passage.paragraph),
        (names.SENTENCE, passage.sentence),
    )


def source_to_triples(source: Source) -> list[ox.Triple]:
    """Return the triples of a source."""
    say = _Sayings(source.iri)
    say.iri(names.TYPE, names.SOURCE)
    say.english(names.LABEL, source.label)
    say.typed(names.IDENTIFIER, source.identifier, names.XSD + "anyURI")
    say.typed(names.LENGTH, source.length, names.XSD + "integer")
    for predicate, value in ((names.LANGUAGE, source.language), (names.TITLE, source.title), (names.ISSUED, source.published)):
        if value:
            say.term(predicate, literal(value, datatype=names.EDTF if predicate == names.ISSUED else None))
    say.iri(names.CREATOR, source.creator)
    return say.triples


def source_from_triples(iri: str, said: Properties) -> Source:
    """Return the source that the triples of one subject make."""
    read = _Reading(iri, said)
    return Source(
        iri=iri,
        label=read.needed(names.LABEL),
        identifier=read.needed(names.IDENTIFIER),
        length=read.integer(names.LENGTH),
        language=read.text(names.LANGUAGE),
        creator=read.text(names.CREATOR),
        title=read.text(names.TITLE),
        published=read.text(names.ISSUED),
    )


def entity_to_triples(entity: Entity) -> list[ox.Triple]:
    """Return the triples of an entity."""
    say = _Sayings(entity.iri)
    for kind in entity.types:
        say.iri(names.TYPE, kind)
    say.english(names.PREF_LABEL, entity.label)
    for label in entity.alt_labels:
        say.english(names.ALT_LABEL, label)
    say.english(names.DEFINITION, entity.definition)
    return say.triples


def entity_from_triples(iri: str, said: Properties) -> Entity:
    """Return the entity that the triples of one subject make; its English label first, else any."""
    read = _Reading(iri, said)
    return Entity(
        iri=iri,
        label=read.needed(names.PREF_LABEL),
        types=read.all(names.TYPE),
        definition=read.text(names.DEFINITION),
        alt_labels=read.all(names.ALT_LABEL),
    )


def relation_from_triples(iri: str, said: Properties) -> Relation:
    """Return the relation that the triples of one subject make."""
    read = _Reading(iri, said)
    types = read.all(names.TYPE)
    return Relation(
        iri=iri,
        label=read.needed(names.LABEL),
        inverse_label=read.text(names.INVERSE_LABEL) or "",
        stance=read.integer(names.STANCE),
        usual_kind=names.local_name(read.needed(names.USUAL_KIND)),
        takes_literal=names.OWL + "DatatypeProperty" in types,
        is_symmetric=names.OWL + "SymmetricProperty" in types,
        parents=read.all(names.RDFS + "subPropertyOf"),
    )


class _Sayings:
    """Collects the triples of one subject; what is None is not said."""

    def __init__(self, iri: str) -> None:
        self.subject = ox.NamedNode(iri)
        self.triples: list[ox.Triple] = []

    def term(self, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        self.triples.append(ox.Triple(self.subject, ox.NamedNode(predicate), value))

    def iri(self, predicate: str, value: str | None) -> None:
        if value:
            self.term(predicate, ox.NamedNode(value))

    def english(self, predicate: str, value: str | None) -> None:
        if value:
            self.term(predicate, ox.Literal(value, language="en"))

    def typed(self, predicate: str, value: object, datatype: str) -> None:
        if value is not None:
            self.term(predicate, ox.Literal(str(value), datatype=ox.NamedNode(datatype)))


class _Reading:
    """Reads the properties of one subject, with errors that name it."""

    def __init__(self, iri: str, said: Properties) -> None:
        self.iri = iri
        self.said = said

    def first(self, predicate: str) -> Term:
        terms = self.said.get(predicate)
        if not terms:
            raise InputError(f"{self.iri} has no {names.local_name(predicate)}; kg check says more")
        return next((term for term in terms if isinstance(term, ox.Literal) and term.language == "en"), terms[0])

    def needed(self, predicate: str) -> str:
        term = self.first(predicate)
        if isinstance(term, ox.Triple):
            raise InputError(f"{self.iri} has a triple term as its {names.local_name(predicate)}")
        return term.value

    def text(self, predicate: str) -> str | None:
        return self.needed(predicate) if self.said.get(predicate) else None

    def all(self, predicate: str) -> tuple[str, ...]:
        return tuple(sorted(term.value for term in self.said.get(predicate, ()) if not isinstance(term, ox.Triple)))

    def value(self, predicate: str, *, optional: bool) -> str | None:
        text = self.text(predicate) if optional else self.needed(predicate)
        return names.local_name(text) if text else None

    def integer(self, predicate: str) -> int:
        text = self.needed(predicate)
        try:
            return int(text)
        except ValueError:
            raise InputError(f"{self.iri}: {names.local_name(predicate)} {text!r} is no whole number") from None

    def decimal(self, text: str) -> Decimal:
        try:
            return Decimal(text)
        except InvalidOperation:
            raise InputError(f"{self.iri}: value {text!r} is no decimal number") from None

    def day(self, predicate: str) -> date | None:
        text = self.text(predicate)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise InputError(f"{self.iri}: {names.local_name(predicate)} {text!r} is no date") from None
