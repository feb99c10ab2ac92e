"""The accepted claims as nanopublications, one each, in one TriG document: https://nanopub.net/guidelines/working_draft/.

- The **assertion** says what is claimed: the claim as a reified triple with its polarity, certainty and modality, and with time, figure and
  notes. The bare triple stands beside it only where `kg:plain` has it, too: affirmed, certain or unspecified, without modality, not
  derived. So nobody who merges assertions is told what somebody denies or merely thinks possible.
- The **provenance** says where the assertion is from: from the claim of the workspace (`prov:wasDerivedFrom`), and of that who claims it,
  who relays it, in which passages of which source, derived from which claims, with which status. A person, an organization or a group is
  also `prov:wasAttributedTo`; an index or a country is no agent of PROV.
- The **publication info** is about the nanopublication: its label, the data set that it is part of, the licence that the files of `graph/`
  state, and who encoded the claim and when, where that is known. The time of the export is not: the same files give the same bytes.

They are unsigned, and **their names are no trusty URIs**. The guidelines recommend these, they do not demand them; such a name is a digest
of everything in the nanopublication, of the signature, too. One made now would be another after signing, and would promise that
something is published and for ever which is neither. The names here, `…/nanopub/claim-ra-001/`, are of the form from which the tools that
sign make trusty ones. Each nanopublication has its own prefixes, so that it can be cut out: such tools take them one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names, triples
from ..description import iri_of, licence_of, term_of
from ..index import is_plain
from ..results import counted
from ..turtle import used
from .wanted import Export, Wanted, key_of, single

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..index import Index
    from ..model import Claim

NP = "http://www.nanopub.org/nschema#"
PARTS = {"assertion": "hasAssertion", "provenance": "hasProvenance", "pubinfo": "hasPublicationInfo"}
_AGENTS = {names.SCHEMA + "Person", names.SCHEMA + "Organization", names.SCHEMA + "GovernmentOrganization", names.GROUP}
_OF_ORIGIN = {names.CLAIMANT, names.REPORTED_BY, names.HAS_PASSAGE, names.DERIVED_FROM, names.STATUS}
_OF_PUBLICATION = {names.CREATOR, names.MODIFIED}
_PART_OF = names.DCTERMS + "isPartOf"
_ATTRIBUTED, _PRIMARY = names.PROV + "wasAttributedTo", names.PROV + "hadPrimarySource"


def nanopub(wanted: Wanted) -> Export:
    """Return a nanopublication a claim."""
    claims = wanted.index.claims if wanted.claims is None else wanted.claims
    made = _Nanopubs(wanted.index)
    data = b"\n".join(made.document(claim) for claim in claims)
    return single(data, counted(len(claims), "nanopublication"), *_said(claims))


def _said(claims: Sequence[Claim]) -> Iterator[str]:
    """Yield what the guidelines want and nobody has said."""
    silent = sum(not (claim.creator and claim.modified) for claim in claims)
    if silent:
        yield f"nobody says who encoded {counted(silent, 'claim')} and when, which a nanopublication should say; who signs it can add it"


class _Nanopubs:
    """Claims as nanopublications."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._dataset = ox.NamedNode(iri_of(index))
        licence = licence_of(index)
        self._licence = [term_of(licence)] if licence else []

    def document(self, claim: Claim) -> bytes:
        """Return the TriG of one claim: head, assertion, provenance, publication info."""
        prefixes = self._index.workspace.prefixes
        this = f"{self._index.workspace.base}nanopub/{key_of(claim.iri, prefixes)}/"
        quads = list(self._quads(claim, this))
        wanted = used((quad.triple for quad in quads), prefixes | {"np": NP}) | {"this": this}
        return ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=wanted) or b""

    def _quads(self, claim: Claim, this: str) -> Iterator[ox.Quad]:
        node, parts = ox.NamedNode(this), {name: ox.NamedNode(this + name) for name in PARTS}
        head = [ox.Triple(node, ox.NamedNode(names.TYPE), ox.NamedNode(NP + "Nanopublication"))]
        head += [ox.Triple(node, ox.NamedNode(NP + PARTS[name]), part) for name, part in parts.items()]
        yield from _in(ox.NamedNode(this + "Head"), head)
        yield from _in(parts["assertion"], self._assertion(claim))
        yield from _in(parts["provenance"], self._provenance(claim, parts["assertion"]))
        yield from _in(parts["pubinfo"], self._publication(claim, node))

    def _assertion(self, claim: Claim) -> Iterator[ox.Triple]:
        if is_plain(claim):
            yield ox.Triple(ox.NamedNode(claim.subject), ox.NamedNode(claim.relation), triples.object_to_term(claim.object))
        apart = _OF_ORIGIN | _OF_PUBLICATION
        yield from (triple for triple in triples.claim_to_triples(claim) if triple.predicate.value not in apart)

    def _provenance(self, claim: Claim, assertion: ox.NamedNode) -> Iterator[ox.Triple]:
        passages = [passage for iri in claim.passages if (passage := self._index.passages.get(iri))]
        sources = [source for iri in sorted({each.source for each in passages}) if (source := self._index.sources.get(iri))]
        yield ox.Triple(assertion, ox.NamedNode(names.DERIVED_FROM), ox.NamedNode(claim.iri))
        if self._is_agent(claim.claimant):
            yield ox.Triple(assertion, ox.NamedNode(_ATTRIBUTED), ox.NamedNode(claim.claimant))
        yield from (ox.Triple(assertion, ox.NamedNode(_PRIMARY), ox.NamedNode(source.iri)) for source in sources)
        yield from (triple for triple in triples.claim_to_triples(claim) if triple.predicate.value in _OF_ORIGIN)
        for passage in passages:
            yield from triples.passage_to_triples(passage)
        for source in sources:
            yield from triples.source_to_triples(source)

    def _publication(self, claim: Claim, node: ox.NamedNode) -> Iterator[ox.Triple]:
        yield ox.Triple(node, ox.NamedNode(names.LABEL), ox.Literal(claim.label, language="en"))
        yield ox.Triple(node, ox.NamedNode(_PART_OF), self._dataset)
        yield from (ox.Triple(node, ox.NamedNode(names.LICENCE), licence) for licence in self._licence)
        for triple in triples.claim_to_triples(claim):
            if triple.predicate.value in _OF_PUBLICATION:
                yield ox.Triple(node, triple.predicate, triple.object)

    def _is_agent(self, iri: str) -> bool:
        entity = self._index.entities.get(iri)
        return entity is not None and not _AGENTS.isdisjoint(entity.types)


def _in(graph: ox.NamedNode, said: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    yield from (ox.Quad(each.subject, each.predicate, each.object, graph) for each in dict.fromkeys(said))
