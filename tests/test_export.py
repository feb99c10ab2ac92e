"""Exports: each is read back by a program that has nothing to do with us, and says what the files say as far as its format goes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import ferry
import igraph
import networkx as nx
import polars as pl
import pyoxigraph as ox
import pytest
import rdflib.compare
from hypothesis import HealthCheck, given, settings
from test_triples import claims as hostile_claims

from kg import context, export, index, names, site, turtle, workspace
from kg import triples as records
from kg.errors import InputError, UsageError
from kg.export import FORMATS, Wanted
from kg.export.network import parted
from kg.model import Claim, Literal
from kg.projection import EVIDENCE
from kg.remote import RemoteIndex
from kg.sheet.table import unguarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from conftest import Run

    from kg.index import Index

# rdflib's own parsers call what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Dataset.* is deprecated:DeprecationWarning", "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)

RDF = {"turtle": "turtle", "trig": "trig", "nquads": "nquads", "jsonld": "json-ld", "rdfxml": "xml"}
"""Our names of formats that rdflib reads, and its own."""
NETWORKS = ("gexf", "graphml", "cytoscape", "nodelink")
NO_XML = {code: f"\\u{code:04x}" for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


def made(name: str, loaded: Index, **wanted: Any) -> bytes:
    """The one file of an export."""
    return export.export(Wanted(loaded, **wanted), name).files[""]


@pytest.fixture(scope="module")
def ferry_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write(tmp_path_factory.mktemp("ferry"))


@pytest.fixture(scope="module")
def hostile_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write_hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(params=["ferry_index", "hostile_index", "article_index"])
def any_index(request: pytest.FixtureRequest) -> Index:
    found: Index = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["ferry_index", "article_index"])
def tame_index(request: pytest.FixtureRequest) -> Index:
    """What XML has a place for."""
    found: Index = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def odd_space(tmp_path_factory: pytest.TempPathFactory) -> workspace.Workspace:
    """A workspace whose graph file is written anew by whoever needs it."""
    return ferry.write(tmp_path_factory.mktemp("odd")).workspace


@pytest.fixture(autouse=True)
def _keep_spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


# RDF, read by rdflib


def said_by_files(loaded: Index) -> set[ox.Quad]:
    space = loaded.workspace
    return {
        ox.Quad(each.subject, each.predicate, each.object, ox.NamedNode(space.graph_iri(path)))
        for path in space.data_files
        for each in index.triples_in(path)
    }


def term(found: Any) -> Any:
    """What a term of rdflib is in pyoxigraph."""
    if isinstance(found, rdflib.URIRef):
        return ox.NamedNode(str(found))
    if isinstance(found, rdflib.BNode):
        return ox.BlankNode(str(found))
    if found.language:
        return ox.Literal(str(found), language=found.language)
    return ox.Literal(str(found), datatype=ox.NamedNode(str(found.datatype))) if found.datatype else ox.Literal(str(found))


def read_by_rdflib(data: bytes, name: str) -> set[ox.Quad]:
    dataset = rdflib.Dataset()
    dataset.parse(data=data, format=RDF[name])
    found = set()
    for subject, predicate, value, graph in dataset.quads():
        named = ox.DefaultGraph() if graph is None or str(graph) == "urn:x-rdflib:default" else ox.NamedNode(str(graph))
        found.add(ox.Quad(term(subject), term(predicate), term(value), named))
    return found


def triples_of(quads: Iterable[ox.Quad]) -> set[ox.Triple]:
    return {quad.triple for quad in quads}


def claims_of(triples: Iterable[ox.Triple]) -> tuple[Claim, ...]:
    subjects = records.properties_by_subject(triples)
    kind = ox.NamedNode(names.CLAIM)
    found = (iri for iri, said in subjects.items() if kind in said.get(names.TYPE, ()))
    return tuple(records.claim_from_triples(iri, subjects[iri]) for iri in sorted(found))


@pytest.mark.parametrize("name", ["trig", "nquads", "jsonld"])
def test_rdflib_reads_every_triple_of_every_file_in_its_graph(any_index: Index, name: str) -> None:
    found = read_by_rdflib(made(name, any_index), name)
    assert found == said_by_files(any_index)
    assert claims_of(triples_of(found)) == any_index.all_claims


def test_rdflib_reads_every_triple_of_one_turtle_document(any_index: Index) -> None:
    found = triples_of(read_by_rdflib(made("turtle", any_index), "turtle"))
    assert found == triples_of(said_by_files(any_index))
    assert claims_of(found) == any_index.all_claims


def test_rdflib_reads_every_triple_of_rdf_xml(tame_index: Index) -> None:
    found = triples_of(read_by_rdflib(made("rdfxml", tame_index), "rdfxml"))
    assert found == triples_of(said_by_files(tame_index))
    assert claims_of(found) == tame_index.all_claims


def test_spellings_are_kept(odd_space: workspace.Workspace) -> None:
    spelled = (
        '"01"^^xsd:integer',
        '"1.50"^^xsd:decimal',
        '"PT60M"^^xsd:duration',
        '"2020-02-30"^^xsd:date',
        '" a "',
        '"\\r\\n\\t"',
        '"\U0001f600"@fr',
    )
    loaded = with_graph(odd_space, "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . <urn:a> <urn:b> " + ", ".join(spelled) + " .")
    for name in RDF:
        assert len(read_by_rdflib(made(name, loaded), name)) == len(spelled)
        # rdflib takes the bare numbers of Turtle for values, however they are spelled.
        found = (
            ox.parse(made(name, loaded), format=OXIGRAPH[name]) if name in {"turtle", "trig"} else read_by_rdflib(made(name, loaded), name)
        )
        assert triples_of(found) == triples_of(said_by_files(loaded)), name


def with_graph(space: workspace.Workspace, text: str) -> Index:
    for path in space.data_files:
        path.unlink()
    (space.graph_dir / "odd.ttl").write_text(text, encoding="utf-8")
    return index.load(space)


def with_claims(space: workspace.Workspace, *claims: Claim) -> Index:
    by_iri = {claim.iri: claim for claim in claims}
    for path in space.data_files:
        path.unlink()
    turtle.write(space.file_of("odd"), [each for claim in by_iri.values() for each in records.claim_to_triples(claim)], space.prefixes)
    return index.load(space)


def test_blank_nodes_are_exported(odd_space: workspace.Workspace) -> None:
    loaded = with_graph(odd_space, "<urn:a> <urn:b> [ <urn:c> [ <urn:d> 1 ] ] . <urn:e> <urn:f> (1 2 3) .")
    expected = rdflib.Graph().parse(loaded.workspace.graph_dir / "odd.ttl")
    for name in RDF:
        found = rdflib.Graph()
        for quad in read_by_rdflib(made(name, loaded), name):
            found.add(tuple(map(to_rdflib, (quad.subject, quad.predicate, quad.object))))
        assert rdflib.compare.isomorphic(found, expected), name
        assert made(name, loaded) == made(name, loaded)


def to_rdflib(found: Any) -> Any:
    if isinstance(found, ox.NamedNode):
        return rdflib.URIRef(found.value)
    if isinstance(found, ox.BlankNode):
        return rdflib.BNode(found.value)
    return rdflib.Literal(found.value, datatype=rdflib.URIRef(found.datatype.value))


def test_a_chain_of_blank_nodes_is_exported_where_names_do_not_have_to_be_canonical(odd_space: workspace.Workspace) -> None:
    chain = "".join(f"_:n{at} <urn:p> _:n{at + 1} .\n" for at in range(5000))
    loaded = with_graph(odd_space, chain)
    for name in ("turtle", "trig", "jsonld", "rdfxml"):
        assert sum(1 for _ in ox.parse(made(name, loaded), format=OXIGRAPH[name])) == 5000


OXIGRAPH = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def test_the_digest_of_the_n_quads_is_the_content_hash(any_index: Index) -> None:
    import hashlib

    assert hashlib.sha256(made("nquads", any_index)).hexdigest() == any_index.content_hash


def test_turtle_is_in_the_form_of_the_graph_files(ferry_index: Index) -> None:
    text = made("turtle", ferry_index)
    assert text.decode() == turtle.canonical(text, ferry_index.workspace.prefixes)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("<urn:a> <http://example.org/1> 1", "the predicate <http://example.org/1> does not end in an XML name"),
        ("<urn:a> <http://example.org/> 1", "does not end in an XML name"),
        ("<urn:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> 1", "does not end in an XML name"),
        ('<urn:a> <urn:b> "bell \\u0007"', "<urn:a> has a literal with U+0007, which XML cannot hold; turtle can"),
        ('<urn:a> <urn:b> "\\uFFFF"', "U+FFFF"),
        ('<urn:a> <urn:b> "a"@ar--rtl', "is RDF 1.2: RDF/XML has no place for it"),
    ],
)
def test_rdf_xml_refuses_what_it_cannot_write(odd_space: workspace.Workspace, said: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        made("rdfxml", with_graph(odd_space, f"{said} ."))
    assert words in str(refused.value)


@pytest.mark.parametrize("tail", ["a1", "1a", "P12", "\u00e9t\u00e9", "a-b", "a.b", "_", "a%20b", "x/y", "x#z"])
def test_rdf_xml_writes_every_predicate_that_ends_in_a_name(odd_space: workspace.Workspace, tail: str) -> None:
    loaded = with_graph(odd_space, f"<urn:a> <http://example.org/{tail}> 1 .")
    assert triples_of(read_by_rdflib(made("rdfxml", loaded), "rdfxml")) == triples_of(said_by_files(loaded))


def test_json_ld_refuses_an_iri_that_it_would_read_as_another(odd_space: workspace.Workspace) -> None:
    with pytest.raises(InputError, match=r"<ent:x> would be read as ent: and a name in JSON-LD"):
        made("jsonld", with_graph(odd_space, "<ent:x> <urn:b> <urn:c> ."))
    with pytest.raises(InputError, match=r"is RDF 1\.2: JSON-LD has no place for it"):
        made("jsonld", with_graph(odd_space, '<urn:a> <urn:b> "a"@ar--rtl .'))


def test_every_json_ld_value_is_the_literal_that_it_was(odd_space: workspace.Workspace) -> None:
    said = "".join(
        f"<urn:a> {predicate} {value} .\n"
        for predicate in ("rdfs:label", "kg:claimant", "kg:value", "kg:when", "kg:digest", "rdf:object", "rdf:type", "<urn:p>")
        for value in (
            '"a"',
            '"a"@en',
            '"a"@fr',
            "1.50",
            '"1"^^xsd:date',
            "kg:Claim",
            "<urn:b>",
            '"a"^^<http://id.loc.gov/datatypes/edtf/EDTF>',
        )
    )
    header = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in odd_space.prefixes.items())
    loaded = with_graph(odd_space, header + said)
    assert read_by_rdflib(made("jsonld", loaded), "jsonld") == said_by_files(loaded)


# The context


def test_a_document_that_names_the_context_says_the_same(ferry_index: Index, tmp_path: Path) -> None:
    published = tmp_path / context.NAME
    published.write_bytes(made("context", ferry_index))
    named = made("jsonld", ferry_index, context=published.as_uri())
    assert json.loads(named)["@context"] == published.as_uri()
    assert read_by_rdflib(named, "jsonld") == said_by_files(ferry_index)
    assert len(named) < len(made("jsonld", ferry_index))


def test_the_context_has_a_word_for_everything_that_the_ontology_declares(article_index: Index) -> None:
    words = context.published(article_index)
    meaning = {
        word: definition if isinstance(definition, str) else definition.get("@id") for word, definition in words.items() if word[0] != "@"
    }
    for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Class"):
        pattern = (None, ox.NamedNode(names.TYPE), ox.NamedNode(names.OWL + kind), ox.DefaultGraph())
        subjects = (str(quad.subject)[1:-1] for quad in article_index.store.quads_for_pattern(*pattern))
        own = [iri for iri in subjects if iri.startswith(names.KG)]
        assert own
        for iri in own:
            word = names.local_name(iri)
            assert meaning[word] == iri
            ranges = article_index.said_of(iri).get(names.RDFS + "range", [])
            if kind == "ObjectProperty":
                assert words[word]["@type"] == "@id"
            elif kind == "DatatypeProperty" and ranges and ranges[0].value != names.XSD + "string":  # type: ignore[union-attr]
                assert words[word]["@type"] == ranges[0].value  # type: ignore[union-attr]


def test_no_word_of_the_context_is_also_a_prefix(article_index: Index) -> None:
    words = context.published(article_index)
    assert words["passage"]["@id"] == names.HAS_PASSAGE
    assert words["ent"] == article_index.workspace.prefixes["ent"]


# Turtle of RDF 1.2


def test_each_claim_reifies_its_triple(any_index: Index) -> None:
    found = {quad.triple for quad in ox.parse(made("turtle12", any_index), format=ox.RdfFormat.TURTLE)}
    reifies = ox.NamedNode(names.RDF + "reifies")
    spelled_out = set()
    for each in found:
        if each.predicate == reifies and isinstance(each.object, ox.Triple):
            parts = zip((names.SUBJECT, names.PREDICATE, names.OBJECT), each.object, strict=True)
            spelled_out |= {ox.Triple(each.subject, ox.NamedNode(name), part) for name, part in parts}
        else:
            spelled_out.add(each)
    assert spelled_out == triples_of(said_by_files(any_index))
    assert claims_of(spelled_out) == any_index.all_claims
    assert sum(each.predicate == reifies for each in found) == len(any_index.all_claims)


def test_a_reader_of_rdf_1_2_asks_for_the_triple_of_a_claim(ferry_index: Index) -> None:
    store = ox.Store()
    store.load(made("turtle12", ferry_index), format=ox.RdfFormat.TURTLE)
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in ferry.NAMES.items())
    rows = store.query(prefixes + "SELECT ?who WHERE { << ?thing rel:describedAs ?how ~ ?claim >> kg:claimant ?who }")
    described = [claim for claim in ferry_index.claims if claim.relation == ferry.rel("describedAs")]
    assert sorted(row["who"].value for row in rows) == sorted(claim.claimant for claim in described)  # type: ignore[union-attr]
    assert not store.query(prefixes + "ASK { ?thing rel:describedAs ?how }")


def test_what_is_no_whole_triple_is_not_reified(odd_space: workspace.Workspace) -> None:
    loaded = with_graph(
        odd_space,
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . <urn:c> rdf:subject <urn:a> ; rdf:predicate <urn:b>, <urn:d> ; "
        "rdf:object 1 .",
    )
    assert {quad.triple for quad in ox.parse(made("turtle12", loaded), format=ox.RdfFormat.TURTLE)} == triples_of(said_by_files(loaded))


# Networks, read by networkx and igraph


def claim_told(iri: str, subject: str, target: str | Literal, told: Mapping[str, Any]) -> Claim:
    """The claim that the attributes of an edge make; what is missing, empty or no number is not said."""
    given: dict[str, Any] = {}
    for name in EVIDENCE:
        value = told.get(name)
        if value is None or value == "" or value != value:  # noqa: PLR0124  NaN is where igraph has nothing
            continue
        if name in {"passages", "derived_from", "notes"}:
            given[name] = tuple(value) if isinstance(value, list) else parted(value)
        elif name in {"since", "until", "modified"}:
            given[name] = date.fromisoformat(value)
        else:
            given[name] = Decimal(repr(value) if isinstance(value, float) else value) if name == "value" else value
    return Claim(iri=iri, subject=subject, object=target, **given)


def literal_told(told: Mapping[str, Any]) -> Literal:
    return Literal(told["label"], language=told.get("language") or None, datatype=told.get("datatype") or None)


def in_xml(claim: Claim) -> Claim:
    """The claim with its control characters as XML has them."""
    changed: dict[str, Any] = {}
    for field in fields(Claim):
        value = getattr(claim, field.name)
        if isinstance(value, str):
            changed[field.name] = value.translate(NO_XML)
        elif isinstance(value, tuple):
            changed[field.name] = tuple(each.translate(NO_XML) for each in value)
        elif isinstance(value, Literal):
            changed[field.name] = replace(value, value=value.value.translate(NO_XML))
    return replace(claim, **changed)


def told_by_networkx(graph: nx.MultiDiGraph[str]) -> list[Claim]:
    found = []
    for subject, target, key, told in graph.edges(keys=True, data=True):
        node = graph.nodes[target]
        iri = told.get("claim", key)
        found.append(claim_told(iri, subject, literal_told(node) if node["kind"] == "literal" else target, told))
    return sorted(found, key=lambda claim: claim.iri)


def read_gexf(data: bytes) -> list[Claim]:
    graph = nx.read_gexf(io.BytesIO(data))
    if graph.is_multigraph():
        assert all(key == told["claim"] for _, _, key, told in graph.edges(keys=True, data=True))
        return told_by_networkx(graph)
    return told_by_networkx(nx.MultiDiGraph(graph))


def read_graphml(data: bytes) -> list[Claim]:
    return told_by_networkx(nx.read_graphml(io.BytesIO(data), force_multigraph=True))


def read_graphml_by_igraph(data: bytes, path: Path) -> list[Claim]:
    path.write_bytes(data)
    graph = igraph.Graph.Read_GraphML(str(path))
    found = []
    for edge in graph.es:
        subject, target = graph.vs[edge.source], graph.vs[edge.target]
        end = literal_told(target.attributes()) if target["kind"] == "literal" else target["id"]
        found.append(claim_told(edge["claim"], subject["id"], end, edge.attributes()))
    return sorted(found, key=lambda claim: claim.iri)


def read_cytoscape(data: bytes) -> list[Claim]:
    graph = nx.cytoscape_graph(json.loads(data))
    assert isinstance(graph, nx.MultiDiGraph)
    assert all(iri == told["claim"] for _, _, iri, told in graph.edges(keys=True, data=True))
    return told_by_networkx(graph)


def read_nodelink(data: bytes) -> list[Claim]:
    graph = nx.node_link_graph(json.loads(data), edges="edges")
    for _, told in graph.nodes(data=True):
        told.update(told.get("literal") or {})
    return told_by_networkx(graph)


READERS: dict[str, Callable[[bytes], list[Claim]]] = {
    "gexf": read_gexf,
    "graphml": read_graphml,
    "cytoscape": read_cytoscape,
    "nodelink": read_nodelink,
}


@pytest.mark.parametrize("name", READERS)
def test_networkx_reads_every_field_of_every_claim(any_index: Index, name: str) -> None:
    is_xml = name in {"gexf", "graphml"}
    assert READERS[name](made(name, any_index)) == [in_xml(claim) if is_xml else claim for claim in any_index.claims]


@pytest.mark.parametrize("name", READERS)
def test_edges_name_relation_claimant_and_reporter_as_the_table_does(ferry_index: Index, name: str) -> None:
    data = made(name, ferry_index)
    graph = {
        "gexf": lambda: nx.read_gexf(io.BytesIO(data)),
        "graphml": lambda: nx.read_graphml(io.BytesIO(data)),
        "cytoscape": lambda: nx.cytoscape_graph(json.loads(data)),
        "nodelink": lambda: nx.node_link_graph(json.loads(data), edges="edges"),
    }[name]()
    told = {said.get("claim", key): said for _, _, key, said in nx.MultiDiGraph(graph).edges(keys=True, data=True)}
    for claim in ferry_index.claims:
        for field in ("relation", "claimant", "reported_by"):
            iri = getattr(claim, field)
            assert told[claim.iri].get(f"{field}_label") == (ferry_index.labels[iri] if iri else None)


def test_igraph_reads_every_field_of_every_claim(any_index: Index, tmp_path: Path) -> None:
    assert read_graphml_by_igraph(made("graphml", any_index), tmp_path / "a.graphml") == [in_xml(claim) for claim in any_index.claims]


@pytest.mark.parametrize("name", READERS)
def test_entities_keep_their_names_types_and_definitions(ferry_index: Index, name: str) -> None:
    data = made(name, ferry_index)
    graph = {
        "gexf": lambda: nx.read_gexf(io.BytesIO(data)),
        "graphml": lambda: nx.read_graphml(io.BytesIO(data)),
        "cytoscape": lambda: nx.cytoscape_graph(json.loads(data)),
        "nodelink": lambda: nx.node_link_graph(json.loads(data), edges="edges"),
    }[name]()
    seen = [entity for entity in ferry_index.entities.values() if entity.iri in graph]
    assert any(entity.definition for entity in seen)
    assert any(entity.alt_labels for entity in seen)
    for entity in seen:
        told = graph.nodes[entity.iri]
        assert (told["label"], told.get("definition")) == (entity.label, entity.definition)
        for field in ("types", "alt_labels"):
            members = told.get(field, [])
            assert (members if isinstance(members, list) else list(parted(members))) == list(getattr(entity, field))


_ODD = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_ODD
@given(claim=hostile_claims())
def test_any_claim_survives_every_format(odd_space: workspace.Workspace, claim: Claim) -> None:
    claim = replace(claim, status="accepted")
    loaded = with_claims(odd_space, claim)
    for name in ("turtle", "trig", "nquads", "jsonld"):
        assert claims_of(triples_of(read_by_rdflib(made(name, loaded), name))) == loaded.all_claims == (claim,), name
    if in_xml(claim) == claim:
        assert claims_of(triples_of(read_by_rdflib(made("rdfxml", loaded), "rdfxml"))) == (claim,)
    else:
        with pytest.raises(InputError, match="which XML cannot hold"):
            made("rdfxml", loaded)
    assert read_nodelink(made("nodelink", loaded)) == read_cytoscape(made("cytoscape", loaded)) == [claim]
    assert read_gexf(made("gexf", loaded)) == read_graphml(made("graphml", loaded)) == [in_xml(claim)]
    assert read_tables(export.export(Wanted(loaded), "csv").files) == [claim]
    assert read_parquet(made("parquet", loaded)) == [claim]


def test_control_characters_are_told_of(hostile_index: Index, ferry_index: Index) -> None:
    for name in ("gexf", "graphml"):
        assert any("control characters" in note for note in export.export(Wanted(hostile_index), name).notes)
        assert not any("control characters" in note for note in export.export(Wanted(ferry_index), name).notes)


@pytest.mark.parametrize("name", ["gexf", "graphml", "cytoscape", "nodelink"])
def test_figures_that_no_float_holds_are_text(odd_space: workspace.Workspace, name: str) -> None:
    long = replace(ferry.CLAIMS[0], value=Decimal("12345678901234567890.123456789"))
    loaded = with_claims(odd_space, long, replace(ferry.CLAIMS[1], value=Decimal("1.5")))
    assert [claim.value for claim in READERS[name](made(name, loaded))] == [long.value, Decimal("1.5")]
    assert any("figures are text" in note for note in export.export(Wanted(loaded), name).notes)


def test_lists_whose_members_hold_bars_come_back(odd_space: workspace.Workspace) -> None:
    notes = tuple(sorted(("a | b", "c\\", "d|e", " f ")))
    loaded = with_claims(odd_space, replace(ferry.CLAIMS[0], notes=notes))
    assert read_gexf(made("gexf", loaded))[0].notes == notes
    assert read_tables(export.export(Wanted(loaded), "csv").files)[0].notes == notes


# Tables


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def read_tables(files: Mapping[str, bytes]) -> list[Claim]:
    nodes = {unguarded(row["id"]): {name: unguarded(cell) for name, cell in row.items()} for row in rows_of(files["nodes.csv"])}
    found = []
    for row in rows_of(files["edges.csv"]):
        told = {name: cell if name == "value" else unguarded(cell) for name, cell in row.items()}
        node = nodes[told["target"]]
        target = literal_told(node) if node["kind"] == "literal" else told["target"]
        assert told["target_label"] == node["label"]
        found.append(claim_told(told["id"], told["source"], target, told))
    return found


def read_parquet(data: bytes) -> list[Claim]:
    found = []
    for row in pl.read_parquet(io.BytesIO(data)).iter_rows(named=True):
        target = (
            Literal(row["object"], row["object_language"], row["object_datatype"]) if row["object_kind"] == "literal" else row["object"]
        )
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        found.append(claim_told(row["iri"], row["subject"], target, told))
    return found


def test_the_csv_module_reads_every_field_of_every_claim(any_index: Index) -> None:
    files = export.export(Wanted(any_index), "csv").files
    assert read_tables(files) == list(any_index.claims)
    assert not [
        cell
        for row in rows_of(files["edges.csv"])
        for name, cell in row.items()
        if name != "value" and cell.startswith(("=", "+", "-", "@"))
    ]


def test_polars_reads_the_same_cells(any_index: Index) -> None:
    for name, data in export.export(Wanted(any_index), "csv").files.items():
        if name.endswith(".csv"):
            frame = pl.read_csv(io.BytesIO(data), infer_schema=False)
            assert frame.with_columns(pl.all().fill_null("")).to_dicts() == rows_of(data)


def test_polars_reads_every_field_of_every_claim_from_parquet(any_index: Index) -> None:
    assert read_parquet(made("parquet", any_index)) == list(any_index.claims)
    frame = pl.read_parquet(io.BytesIO(made("parquet", any_index)))
    assert frame.schema["passages"] == pl.List(pl.String)
    assert frame.schema["since"] == pl.Date


def test_formulas_are_guarded_unless_wanted_raw(odd_space: workspace.Workspace) -> None:
    formula = replace(ferry.CLAIMS[0], label="=HYPERLINK(1)", notes=("@x",), value=Decimal(-5))
    loaded = with_claims(odd_space, formula)
    [row] = rows_of(export.export(Wanted(loaded), "csv").files["edges.csv"])
    assert (row["label"], row["notes"], row["value"], row["since"]) == ("'=HYPERLINK(1)", "'@x", "-5", "2019-05-01")
    [row] = rows_of(export.export(Wanted(loaded, raw=True), "csv").files["edges.csv"])
    assert (row["label"], row["notes"]) == ("=HYPERLINK(1)", "@x")


def test_the_description_of_the_tables_names_their_columns(ferry_index: Index) -> None:
    files = export.export(Wanted(ferry_index), "csv").files
    said = json.loads(files["csv-metadata.json"])
    for table in said["tables"]:
        header = files[table["url"]].decode().split("\r\n")[0].split(",")
        assert [column["name"] for column in table["tableSchema"]["columns"]] == header
        assert table["tableSchema"]["primaryKey"] in header
    ids = {row["id"] for row in rows_of(files["nodes.csv"])}
    assert {row[end] for row in rows_of(files["edges.csv"]) for end in ("source", "target")} <= ids


# The whole


def test_edges_alone_are_the_same_table(any_index: Index) -> None:
    assert export.export(Wanted(any_index), "edges").files == {"": export.export(Wanted(any_index), "csv").files["edges.csv"]}


def test_project_the_former_name_of_the_command_goes_on_working(run_kg: Callable[..., Run], tmp_path: Path) -> None:
    for command, name in (("project", "a.csv"), ("export", "b.csv")):
        assert run_kg(command, "-o", tmp_path / name, "--about", "ent:taliban").code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_files_give_the_same_bytes(root: Path, kg_command: list[str], tmp_path: Path, name: str) -> None:
    found = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.zip"
        subprocess.run(
            [*kg_command, "--dir", root, "export", "-f", name, "-o", path],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            timeout=120,
        )
        found.append(path.read_bytes())
    assert found[0] == found[1]


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.omits])
def test_what_is_left_out_is_told_in_one_line_and_in_the_help(
    run_kg: Callable[..., Run], ferry_index: Index, tmp_path: Path, name: str
) -> None:
    done = run_kg("export", "-f", name, "-o", tmp_path / "out.zip", cwd=ferry_index.workspace.root)
    assert done.code == 0
    assert done.err.count("left out: ") == 1
    assert FORMATS[name].omits in " ".join(run_kg("export", "--help").out.split())


@pytest.mark.parametrize("name", ["trig", "nquads", "jsonld"])
def test_what_leaves_nothing_out_says_only_how_much_it_is(run_kg: Callable[..., Run], ferry_index: Index, name: str) -> None:
    done = run_kg("export", "-f", name, cwd=ferry_index.workspace.root)
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert read_by_rdflib(done.out.encode(), name) == said_by_files(ferry_index)


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.suffix])
def test_the_suffix_names_the_format(run_kg: Callable[..., Run], ferry_index: Index, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"out{FORMATS[name].suffix}"
    assert run_kg("export", "-o", path, cwd=ferry_index.workspace.root).code == 0
    known = export.export(Wanted(ferry_index), name).files
    if name == "csv":
        with ZipFile(path) as archive:
            assert {each: archive.read(each) for each in archive.namelist()} == known
    else:
        assert path.read_bytes() == known[""]


def test_a_format_may_be_called_by_its_suffix(run_kg: Callable[..., Run], ferry_index: Index) -> None:
    root = ferry_index.workspace.root
    assert run_kg("export", "-f", "ttl", cwd=root).out == run_kg("export", "-f", "turtle", cwd=root).out != ""
    assert run_kg("export", "-f", "docx", cwd=root).code == 2


def test_tables_go_into_a_folder(run_kg: Callable[..., Run], ferry_index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "tables"
    assert run_kg("export", "-f", "csv", "-o", folder, cwd=ferry_index.workspace.root).code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == export.export(Wanted(ferry_index), "csv").files


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "in which format?"),
        (["-o", "a.docx"], "the suffix names no format; known are .trig, .nq, .jsonld"),
        (["-f", "csv"], "csv is not for a terminal"),
        (["-f", "turtle", "--raw"], "--raw is for -f csv"),
        (["-f", "gexf", "--context", "https://example.org/"], "--context is for -f jsonld"),
        (["-f", "gexf", "--hops", "2"], "--hops counts from an entity"),
        (["-f", "turtle", "-o", "graph/fy.ttl"], "belongs to the workspace"),
        (["-f", "csv", "-o", "queries"], "belongs to the workspace"),
        (["-f", "turtle", "-o", "folder"], "folder is a folder; name a file"),
        (["-f", "csv", "-o", "kept.txt"], "kept.txt is a file, and these are 3"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(run_kg: Callable[..., Run], tmp_path: Path, arguments: list[str], words: str) -> None:
    ferry.write(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "kept.txt").write_text("kept", encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = run_kg("export", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_an_unknown_format_is_named_with_the_known_ones(ferry_index: Index) -> None:
    with pytest.raises(UsageError, match="'docx'; there are trig, nquads"):
        export.export(Wanted(ferry_index), "docx")


def test_some_claims_come_with_what_they_mention_and_nothing_else(run_kg: Callable[..., Run], ferry_index: Index) -> None:
    done = run_kg("export", "-f", "trig", "--claimant", "ent:harbour-master", cwd=ferry_index.workspace.root)
    found = triples_of(read_by_rdflib(done.out.encode(), "trig"))
    wanted = [claim for claim in ferry_index.claims if claim.claimant == ferry.ent("harbour-master")]
    assert wanted
    assert claims_of(found) == tuple(wanted)
    assert found < triples_of(said_by_files(ferry_index))
    subjects = records.properties_by_subject(found)
    for claim in wanted:
        assert {claim.claimant, claim.subject} & ferry_index.entities.keys() <= subjects.keys()
        assert set(claim.passages) <= subjects.keys()
        assert {ferry_index.passages[iri].source for iri in claim.passages} <= subjects.keys()


def test_some_claims_make_a_smaller_network(run_kg: Callable[..., Run], ferry_index: Index, tmp_path: Path) -> None:
    path = tmp_path / "some.gexf"
    done = run_kg("export", "-o", path, "--about", "ent:ferry", "--since", "2019", cwd=ferry_index.workspace.root)
    found = read_gexf(path.read_bytes())
    assert done.code == 0
    assert 0 < len(found) < len(ferry_index.claims)
    assert set(found) < set(ferry_index.claims)


@pytest.mark.parametrize("name", ["turtle", "trig", "nquads", "jsonld"])
def test_what_an_endpoint_has_is_exported_without_the_ontology(ferry_index: Index, name: str) -> None:
    found = read_by_rdflib(made(name, RemoteIndex(ferry_index.workspace, ferry_index.store)), name)
    assert {quad.graph_name for quad in found} == {ox.DefaultGraph()}
    assert claims_of(triples_of(found)) == ferry_index.all_claims
    assert {quad.subject for quad in found} == {quad.subject for quad in said_by_files(ferry_index)}


@pytest.mark.parametrize("command", [["export", "-f", "csv"], ["site"]])
def test_a_folder_that_cannot_be_made_is_named(run_kg: Callable[..., Run], tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = run_kg(*command, "-o", tmp_path / "file" / "below")
    assert (done.code, done.err.count("\n")) == (6, 1)
    assert f"{tmp_path / 'file' / 'below'}: cannot write here: " in done.err


def test_what_is_not_accepted_is_in_rdf_and_not_in_networks(odd_space: workspace.Workspace) -> None:
    draft = replace(ferry.CLAIMS[0], status="draft")
    loaded = with_claims(odd_space, draft, ferry.CLAIMS[1])
    assert claims_of(triples_of(read_by_rdflib(made("turtle", loaded), "turtle"))) == (draft, ferry.CLAIMS[1])
    assert read_gexf(made("gexf", loaded)) == [ferry.CLAIMS[1]]


def test_a_site_publishes_the_context_and_the_data_set(ferry_index: Index) -> None:
    files = {file.path: file.data for file in site.build(ferry_index)}
    assert files[context.NAME] == made("context", ferry_index)
    assert files["data.ttl"] == made("turtle", ferry_index)
    assert files["data.nq"] == made("nquads", ferry_index)
    assert read_by_rdflib(files["data.jsonld"], "jsonld") == said_by_files(ferry_index)
