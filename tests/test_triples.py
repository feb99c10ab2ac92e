"""What kg.triples promises: a record and its triples are two forms of one thing."""

from datetime import date
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import names, triples
from kg.errors import InputError
from kg.model import Claim, Entity, Literal, Passage, Source

WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
IRIS = st.from_regex(r"https://example\.org/[a-z0-9/-]{1,12}", fullmatch=True)
FIGURES = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12)
DAYS = st.dates(min_value=date(1, 1, 1))
LITERALS = st.one_of(
    st.builds(Literal, WORDS),
    st.builds(Literal, WORDS, language=st.sampled_from(["en", "fr", "pt-br"])),
    st.builds(Literal, WORDS, datatype=st.sampled_from([names.XSD + "date", names.XSD + "integer", "https://example.org/type"])),
)


def several(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Several values as a graph has them: each once, in no order that counts, so sorted."""
    return st.sets(strategy, max_size=3).map(lambda found: tuple(sorted(found)))


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    since, until = sorted(draw(st.tuples(DAYS, DAYS)))
    return Claim(
        iri=draw(IRIS),
        label=draw(WORDS),
        subject=draw(IRIS),
        relation=draw(IRIS),
        object=draw(st.one_of(IRIS, LITERALS)),
        claimant=draw(IRIS),
        polarity=draw(st.sampled_from(names.POLARITIES)),
        certainty=draw(st.sampled_from(names.CERTAINTIES)),
        kind=draw(st.sampled_from(names.KINDS)),
        status=draw(st.sampled_from(names.STATUSES)),
        reported_by=draw(st.none() | IRIS),
        modality=draw(st.none() | st.sampled_from(names.MODALITIES)),
        when=draw(st.none() | st.sampled_from(["2021-08", "1991/.."])),
        since=draw(st.sampled_from([None, since])),
        until=draw(st.sampled_from([None, until])),
        value=draw(st.none() | FIGURES),
        unit=draw(st.none() | IRIS),
        passages=draw(several(IRIS)),
        derived_from=draw(several(IRIS)),
        notes=draw(several(WORDS)),
        creator=draw(st.none() | IRIS),
        modified=draw(st.none() | DAYS),
    )


def said_of(found: list[ox.Triple], iri: str) -> triples.Properties:
    return triples.properties_by_subject(found)[iri]


@given(claims())
def test_a_claim_comes_back_from_its_triples(claim: Claim) -> None:
    assert triples.claim_from_triples(claim.iri, said_of(triples.claim_to_triples(claim), claim.iri)) == claim


@given(claims())
def test_a_claim_comes_back_through_turtle_with_its_lexical_forms(claim: Claim) -> None:
    found = triples.claim_to_triples(claim)
    written = ox.serialize(found, format=ox.RdfFormat.TURTLE)
    assert {quad.triple for quad in ox.parse(written, format=ox.RdfFormat.TURTLE)} == set(found)


@given(IRIS, IRIS, st.integers(0, 10**6), st.integers(1, 10**6), st.none() | WORDS)
def test_a_passage_comes_back_from_its_triples(iri: str, source: str, start: int, length: int, reason: str | None) -> None:
    passage = Passage(iri=iri, source=source, start=start, end=start + length, paragraph=1, sentence=2, digest="0" * 64, no_claim=reason)
    assert triples.passage_from_triples(iri, said_of(triples.passage_to_triples(passage), iri)) == passage


@given(IRIS, WORDS, st.none() | WORDS, st.none() | st.just("2031-04"), st.none() | IRIS)
def test_a_source_comes_back_from_its_triples(iri: str, label: str, title: str | None, day: str | None, creator: str | None) -> None:
    source = Source(
        iri=iri, label=label, identifier="ni:///sha-256;x", length=7, language="en", creator=creator, title=title, published=day
    )
    assert triples.source_from_triples(iri, said_of(triples.source_to_triples(source), iri)) == source


@given(IRIS, WORDS, several(IRIS), st.none() | WORDS, several(WORDS))
def test_an_entity_comes_back_from_its_triples(
    iri: str, label: str, types: tuple[str, ...], words: str | None, other: tuple[str, ...]
) -> None:
    entity = Entity(iri=iri, label=label, types=types, definition=words, alt_labels=other)
    assert triples.entity_from_triples(iri, said_of(triples.entity_to_triples(entity), iri)) == entity


@given(st.one_of(IRIS, LITERALS))
def test_an_object_comes_back_from_its_term(value: str | Literal) -> None:
    assert triples.object_from_term(triples.object_to_term(value)) == value


def test_a_figure_keeps_its_digits() -> None:
    said: dict[str, list[triples.Term]] = {names.VALUE: [ox.Literal("289000000.50", datatype=ox.NamedNode(names.XSD + "decimal"))]}
    for predicate in (names.LABEL, names.SUBJECT, names.PREDICATE, names.OBJECT, names.CLAIMANT):
        said[predicate] = [ox.NamedNode("urn:x")]
    for predicate, value in [("polarity", "denied"), ("certainty", "certain"), ("kind", "statistic"), ("status", "draft")]:
        said[names.KG + predicate] = [ox.NamedNode(names.KG + value)]
    claim = triples.claim_from_triples("urn:c", said)
    assert claim.value == Decimal("289000000.50")
    assert ox.Literal("289000000.50", datatype=ox.NamedNode(names.XSD + "decimal")) in [t.object for t in triples.claim_to_triples(claim)]


@pytest.mark.parametrize(
    ("predicate", "value", "words"),
    [
        (names.START, "x", "start 'x' is no whole number"),
        (names.START, "9", "cannot run from 9 to 5"),
        (names.HAS_SOURCE, None, "has no hasSource"),
    ],
)
def test_a_passage_that_is_none_is_refused_by_name(predicate: str, value: str | None, words: str) -> None:
    passage = Passage(iri="urn:p", source="urn:s", start=1, end=5, paragraph=1, sentence=1, digest="0")
    said = dict(said_of(triples.passage_to_triples(passage), "urn:p"))
    said[predicate] = [ox.Literal(value)] if value else []
    with pytest.raises(InputError, match=f"urn:p.*{words}"):
        triples.passage_from_triples("urn:p", said)


def test_a_blank_object_is_refused() -> None:
    with pytest.raises(InputError, match="only an IRI or a literal"):
        triples.object_from_term(ox.BlankNode("b"))
