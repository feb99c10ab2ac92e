"""The things a workspace holds: claims, passages, sources, entities and relations, as plain frozen records.

IRIs are strings; nothing here reads, writes or knows RDF terms. Each record refuses values that no claim could mean;
what only the whole graph can tell (does the claimant exist?) is the business of `kg.checks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import names
from .errors import InputError

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal that stands as the object of a claim: lexical form, and a language or a datatype IRI."""

    value: str
    language: str | None = None
    datatype: str | None = None

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One party's commitment to one triple.

    `polarity`, `certainty`, `modality`, `kind` and `status` are the local names of the value lists of `schemes.ttl`.
    `since` and `until` are the bounds of `when`, both inclusive, `None` where open or unknown.

    >>> Claim(iri="urn:c", label="…", subject="urn:s", relation="urn:r", object="urn:o", claimant="urn:a",
    ...       polarity="maybe", certainty="certain", kind="state", status="draft")
    Traceback (most recent call last):
    kg.errors.InputError: urn:c: polarity 'maybe' is none of affirmed, denied
    """

    iri: str
    label: str
    subject: str
    relation: str
    object: str | Literal
    claimant: str
    polarity: str
    certainty: str
    kind: str
    status: str
    reported_by: str | None = None
    modality: str | None = None
    when: str | None = None
    since: date | None = None
    until: date | None = None
    value: Decimal | None = None
    unit: str | None = None
    passages: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    creator: str | None = None
    modified: date | None = None

    def __post_init__(self) -> None:
        for name, allowed in _VALUE_LISTS.items():
            value = getattr(self, name)
            if value not in allowed and not (name == "modality" and value is None):
                raise InputError(f"{self.iri}: {name} {value!r} is none of {', '.join(allowed)}")
        if self.since and self.until and self.since > self.until:
            raise InputError(f"{self.iri}: it begins on {self.since}, after it ends on {self.until}")


_VALUE_LISTS = {
    "polarity": names.POLARITIES,
    "certainty": names.CERTAINTIES,
    "modality": names.MODALITIES,
    "kind": names.KINDS,
    "status": names.STATUSES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a source: code point offsets, end exclusive, and a digest in place of the text.

    `paragraph` and `sentence` count from 1, headings apart. `no_claim` says why a sentence carries no claim.
    """

    iri: str
    source: str
    start: int
    end: int
    paragraph: int
    sentence: int
    digest: str
    no_claim: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise InputError(f"{self.iri}: a passage cannot run from {self.start} to {self.end}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text that is not stored: its `ni:` identifier and the length of its normal form in code points."""

    iri: str
    label: str
    identifier: str
    length: int
    language: str | None = None
    creator: str | None = None
    title: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Somebody or something that claims are about: names, types and a one-line definition, nothing else."""

    iri: str
    label: str
    types: tuple[str, ...]
    definition: str | None = None
    alt_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A property that may stand as the predicate of a claim.

    `stance` is -1 (hostile), 0 or +1 (cooperative); `usual_kind` the kind its claims have unless they say otherwise.
    """

    iri: str
    label: str
    inverse_label: str
    stance: int
    usual_kind: str
    takes_literal: bool
    is_symmetric: bool
    parents: tuple[str, ...] = ()
