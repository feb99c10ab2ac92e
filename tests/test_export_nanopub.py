"""Nanopublications: the library of their community finds each valid and can sign it; none asserts what is denied or merely possible."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import ferry
import pyoxigraph as ox
import pytest
import rdflib
from Crypto.PublicKey import RSA
from hypothesis import HealthCheck, given, settings
from nanopub.nanopub import Nanopub
from nanopub.nanopub_conf import NanopubConf
from nanopub.profile import Profile
from test_export import claims_of, term, with_claims
from test_triples import claims as any_claims

from kg import export, names, triples, workspace
from kg.export import Wanted
from kg.export.nanopub import NP
from kg.index import is_plain
from kg.remote import RemoteIndex

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Run

    from kg.index import Index
    from kg.model import Claim

# The library, and rdflib's own parsers, call what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Dataset.* is deprecated:DeprecationWarning", "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)

HAS = {"assertion": rdflib.URIRef(NP + "hasAssertion"), "provenance": rdflib.URIRef(NP + "hasProvenance")}
HAS["pubinfo"] = rdflib.URIRef(NP + "hasPublicationInfo")
Parts = dict[str, rdflib.Graph]


@pytest.fixture(scope="module", params=["ferry", "hostile", "article"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    if request.param == "article":
        found: Index = request.getfixturevalue("article_index")
        return found
    write = {"ferry": ferry.write, "hostile": ferry.write_hostile}[request.param]
    return write(tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def ferry_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write(tmp_path_factory.mktemp("ferry"))


@pytest.fixture(scope="module")
def odd_space(tmp_path_factory: pytest.TempPathFactory) -> workspace.Workspace:
    return ferry.write(tmp_path_factory.mktemp("odd")).workspace


@pytest.fixture(autouse=True)
def _keep_spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def made(loaded: Index, **wanted: Any) -> str:
    return export.export(Wanted(loaded, **wanted), "nanopub").files[""].decode()


def cut(document: str) -> list[str]:
    """The nanopublications one by one: each begins with the prefix of its name."""
    return re.split(r"(?m)^(?=@prefix this: )", document)[1:]


def parts_of(document: str) -> dict[str, Parts]:
    """The graphs of each nanopublication by its name: well-formed, by the ten rules of the guidelines."""
    dataset = rdflib.Dataset()
    dataset.parse(data=document, format="trig")
    graphs = {str(graph.identifier): graph for graph in dataset.graphs() if len(graph)}
    assert all(re.match(r"https?://", name) for name in graphs)  # no triple without a graph
    found: dict[str, Parts] = {}
    placed: set[str] = set()
    for name, head in graphs.items():
        for node in head.subjects(rdflib.RDF.type, rdflib.URIRef(NP + "Nanopublication")):
            assert str(node) not in found
            called = {part: [str(graph) for graph in head.objects(node, predicate)] for part, predicate in HAS.items()}
            assert [len(graph) for graph in called.values()] == [1, 1, 1]
            parts = {part: graphs[graph] for part, [graph] in called.items()}
            iris = {name, str(node), *(graph for [graph] in called.values())}
            assert len(iris) == 5
            assert not placed & iris
            placed |= iris
            assert len(head) == 4
            assert list(parts["provenance"].predicate_objects(rdflib.URIRef(called["assertion"][0])))
            assert set(parts["pubinfo"].subjects()) == {node}
            found[str(node)] = parts
    assert graphs.keys() <= placed
    return found


def claim_told(node: str, parts: Parts) -> Claim:
    """The claim that a nanopublication is about, from its graphs alone."""
    said = {ox.Triple(term(s), term(p), term(o)) for graph in (parts["assertion"], parts["provenance"]) for s, p, o in graph}
    [claim] = claims_of(said)
    publication = {str(p): str(o) for p, o in parts["pubinfo"].predicate_objects(rdflib.URIRef(node))}
    modified = publication.get(names.MODIFIED)
    assert publication[names.LABEL] == claim.label
    return replace(claim, creator=publication.get(names.CREATOR), modified=date.fromisoformat(modified) if modified else None)


def bare(claim: Claim) -> ox.Triple:
    return ox.Triple(ox.NamedNode(claim.subject), ox.NamedNode(claim.relation), triples.object_to_term(claim.object))


def asserted(parts: Parts) -> set[ox.Triple]:
    return {ox.Triple(term(s), term(p), term(o)) for s, p, o in parts["assertion"]}


def test_every_claim_is_read_back_from_a_well_formed_nanopublication(loaded: Index) -> None:
    found = [claim_told(node, parts) for node, parts in parts_of(made(loaded)).items()]
    assert sorted(found, key=lambda claim: claim.iri) == list(loaded.claims)


def test_the_library_finds_each_valid(ferry_index: Index, article_index: Index) -> None:
    some = [*cut(made(ferry_index)), *cut(made(article_index))[::10]]
    assert len(some) > 20
    for each in some:
        read = of_library(each)
        assert read.is_valid
        assert read.metadata.trusty is None
        assert read.source_uri is None


def of_library(document: str, **options: Any) -> Nanopub:
    graph = rdflib.ConjunctiveGraph()
    graph.parse(data=document, format="trig")
    return Nanopub(rdf=graph, **options)


def test_what_the_library_signs_has_a_trusty_name_for_all_its_parts(ferry_index: Index) -> None:
    key = RSA.generate(2048)
    private, public = key.export_key("DER", pkcs=8), key.public_key().export_key("DER")
    profile = Profile("https://orcid.org/0000-0002-1825-0097", "Anne", *(base64.b64encode(each).decode() for each in (private, public)))
    signed = of_library(cut(made(ferry_index))[2], conf=NanopubConf(profile=profile))
    signed.sign()
    assert signed.is_valid
    assert signed.has_valid_signature
    assert signed.has_valid_trusty
    assert re.fullmatch(r".*/nanopub/claim-fy-003/RA[\w-]{43}", str(signed.source_uri))
    assert {str(part.identifier).partition("#")[0] for part in (signed.head, signed.assertion, signed.pubinfo)} == {signed.source_uri}


def test_what_is_cut_out_is_the_whole_in_pieces(article_index: Index) -> None:
    document = made(article_index)
    pieces = cut(document)
    assert len(pieces) == len(article_index.claims)
    whole = set(ox.parse(document.encode(), format=ox.RdfFormat.TRIG))
    assert {quad for piece in pieces for quad in ox.parse(piece.encode(), format=ox.RdfFormat.TRIG)} == whole


# What is asserted


def test_the_bare_triple_is_asserted_of_plain_claims_alone(loaded: Index) -> None:
    claims = {claim.iri: claim for claim in loaded.claims}
    for node, parts in parts_of(made(loaded)).items():
        claim = claims[claim_told(node, parts).iri]
        beside = {each for each in asserted(parts) if each.subject != ox.NamedNode(claim.iri)}
        assert beside == ({bare(claim)} if is_plain(claim) else set())


def test_all_assertions_together_never_say_what_is_denied(article_index: Index) -> None:
    together = set().union(*(asserted(parts) for parts in parts_of(made(article_index)).values()))
    denied = {bare(claim) for claim in article_index.claims if claim.polarity == "denied"}
    assert len(denied) == 6
    assert not denied & together
    assert {bare(claim) for claim in article_index.claims if is_plain(claim)} <= together


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claim=any_claims())
def test_any_claim_is_read_back_and_asserted_only_where_it_is_plain(odd_space: workspace.Workspace, claim: Claim) -> None:
    claim = replace(claim, status="accepted")
    [(node, parts)] = parts_of(made(with_claims(odd_space, claim))).items()
    assert claim_told(node, parts) == claim
    assert (bare(claim) in asserted(parts)) == is_plain(claim)


# Where it is from, and who publishes it


def test_persons_organizations_and_groups_are_attributed_what_they_claim(article_index: Index) -> None:
    claims = {claim.iri: claim for claim in article_index.claims}
    agents: set[str] = set()
    others: set[str] = set()
    for node, parts in parts_of(made(article_index)).items():
        claim = claims[claim_told(node, parts).iri]
        attributed = {str(each) for each in parts["provenance"].objects(rdflib.URIRef(f"{node}assertion"), rdflib.PROV.wasAttributedTo)}
        assert attributed <= {claim.claimant}
        (agents if attributed else others).add(claim.claimant)
    prefix = article_index.workspace.prefixes["ent"]
    assert {prefix + "taliban", prefix + "nsia", prefix + "maria-zakharova", prefix + "author-of-ra"} <= agents
    assert others == {prefix + "global-terrorism-index", prefix + "claimgraph-workspace"}


def test_the_provenance_leads_to_passages_and_source(ferry_index: Index) -> None:
    parts = parts_of(made(ferry_index))[f"{names.BASE}nanopub/claim-fy-004/"]
    said = {ox.Triple(term(s), term(p), term(o)) for s, p, o in parts["provenance"]}
    for iri in ferry.CLAIMS[3].passages:
        assert set(triples.passage_to_triples(ferry_index.passages[iri])) <= said
    assert set(triples.source_to_triples(ferry.SOURCE)) <= said
    assertion = rdflib.URIRef(f"{names.BASE}nanopub/claim-fy-004/assertion")
    assert list(parts["provenance"].objects(assertion, rdflib.PROV.hadPrimarySource)) == [rdflib.URIRef(ferry.SOURCE.iri)]
    assert list(parts["provenance"].objects(assertion, rdflib.PROV.wasDerivedFrom)) == [rdflib.URIRef(ferry.claim_iri(4))]


def test_the_publication_info_has_licence_creator_and_day_where_they_are_known(article_index: Index, tmp_path: Path) -> None:
    for node, parts in parts_of(made(article_index)).items():
        assert list(parts["pubinfo"].objects(rdflib.URIRef(node), rdflib.DCTERMS.license)) == [
            rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")
        ]
    known = replace(ferry.CLAIMS[0], creator="https://example.org/anne", modified=date(2026, 1, 2))
    loaded = ferry.write(tmp_path, claims=[known, ferry.CLAIMS[1]])
    found = parts_of(made(loaded))
    node = f"{names.BASE}nanopub/claim-fy-001/"
    said = set(found[node]["pubinfo"].predicate_objects(rdflib.URIRef(node)))
    assert said == {
        (rdflib.RDFS.label, rdflib.Literal(known.label, lang="en")),
        (rdflib.DCTERMS.isPartOf, rdflib.URIRef(f"{names.BASE}dataset")),
        (rdflib.DCTERMS.creator, rdflib.URIRef("https://example.org/anne")),
        (rdflib.DCTERMS.modified, rdflib.Literal("2026-01-02", datatype=rdflib.XSD.date)),
    }
    words = "nobody says who encoded 1 claim and when, which a nanopublication should say; who signs it can add it"
    assert export.export(Wanted(loaded), "nanopub").notes[1:] == (words,)
    assert len(export.export(Wanted(loaded, claims=[known]), "nanopub").notes) == 1


def test_what_is_not_accepted_is_not_published(tmp_path: Path) -> None:
    loaded = ferry.write(tmp_path, claims=[replace(ferry.CLAIMS[0], status="draft"), replace(ferry.CLAIMS[1], status="rejected")])
    assert made(loaded) == ""


def test_some_claims_are_published_alone(run_kg: Callable[..., Run], ferry_index: Index) -> None:
    done = run_kg("export", "-f", "nanopub", "--claimant", "ent:harbour-master", cwd=ferry_index.workspace.root)
    assert list(parts_of(done.out)) == [f"{names.BASE}nanopub/claim-fy-002/"]


def test_what_an_endpoint_has_is_published(ferry_index: Index) -> None:
    assert made(RemoteIndex(ferry_index.workspace, ferry_index.store)) == made(ferry_index)
