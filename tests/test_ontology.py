"""The ontology: small, documented, inside OWL 2 DL, consistent with everything it is aligned with, and true in its README."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from kg import names
from kg.checks import form, read_shapes

if TYPE_CHECKING:
    from kg.index import Index
    from kg.workspace import Workspace

DEFINITION, EXAMPLE = names.SKOS + "definition", names.SKOS + "example"
SURPRISES_ALLOWED = {names.OWL + "Thing"}
VALUE_LISTS = {
    "polarity": names.POLARITIES,
    "certainty": names.CERTAINTIES,
    "modality": names.MODALITIES,
    "kind": names.KINDS,
    "status": names.STATUSES,
}


def iri(term: Any) -> str:
    return str(getattr(term, "value", term))


def read(path: Path) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]


def objects(triples: list[ox.Triple], subject: str, predicate: str) -> list[Any]:
    return [triple.object for triple in triples if triple.subject == ox.NamedNode(subject) and triple.predicate.value == predicate]


def terms(triples: list[ox.Triple], *kinds: str) -> list[str]:
    wanted = {ox.NamedNode(names.OWL + kind) for kind in kinds}
    found = {iri(triple.subject) for triple in triples if triple.predicate.value == names.TYPE and triple.object in wanted}
    return sorted(term for term in found if term.startswith(names.KG))


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "ontology"


@pytest.fixture(scope="module")
def kg_ttl(folder: Path) -> list[ox.Triple]:
    return read(folder / "kg.ttl")


def test_there_are_at_most_eight_classes_and_twenty_five_properties(kg_ttl: list[ox.Triple]) -> None:
    assert len(terms(kg_ttl, "Class")) <= 8
    assert len(terms(kg_ttl, "ObjectProperty", "DatatypeProperty", "AnnotationProperty")) <= 25


def test_every_term_has_a_label_a_definition_an_example_and_says_who_defines_it(kg_ttl: list[ox.Triple]) -> None:
    for iri in terms(kg_ttl, "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty"):
        for predicate in (names.LABEL, DEFINITION, EXAMPLE):
            assert [one.language for one in objects(kg_ttl, iri, predicate)] == ["en"], (iri, predicate)
        assert objects(kg_ttl, iri, names.RDFS + "isDefinedBy") == [ox.NamedNode(names.KG.rstrip("#"))]


@pytest.mark.parametrize("name", ["kg", "relations", "alignments", "shapes"])
def test_every_file_names_its_version_and_its_licence(folder: Path, name: str) -> None:
    triples = read(folder / f"{name}.ttl")
    ontologies = [iri(t.subject) for t in triples if t.predicate.value == names.TYPE and t.object == ox.NamedNode(names.OWL + "Ontology")]
    assert len(ontologies) == 1
    for predicate in (names.OWL + "versionIRI", names.DCTERMS + "license", names.DCTERMS + "title"):
        assert len(objects(triples, ontologies[0], predicate)) == 1, predicate
    if name in {"kg", "relations"}:
        vann = "http://purl.org/vocab/vann/"
        assert objects(triples, ontologies[0], vann + "preferredNamespacePrefix") == [ox.Literal("kg" if name == "kg" else "rel")]


def test_the_constants_of_the_code_are_the_terms_of_the_ontology(kg_ttl: list[ox.Triple]) -> None:
    known = set(terms(kg_ttl, "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty"))
    constants = {value for name, value in vars(names).items() if name.isupper() and isinstance(value, str) and value.startswith(names.KG)}
    assert constants - {names.KG, names.PLAIN} == known


@pytest.mark.parametrize("name", VALUE_LISTS)
def test_a_value_list_is_the_same_in_schemes_shapes_and_code(checkout: Workspace, folder: Path, name: str) -> None:
    schemes = read(folder / "schemes.ttl")
    plural = {"polarity": "polarities", "certainty": "certainties", "modality": "modalities", "kind": "kinds", "status": "statuses"}
    scheme = ox.NamedNode(names.KG + plural[name])
    listed = {iri(t.subject) for t in schemes if t.predicate.value == names.SKOS + "inScheme" and t.object == scheme}
    shape = next(one for one in read_shapes(checkout) if one.shape.endswith(f"#claim-{name}") and one.parameter == "in")
    assert isinstance(shape.value, tuple)
    assert {str(getattr(term, "value", term)) for term in shape.value} == listed == {names.KG + value for value in VALUE_LISTS[name]}


def test_the_codes_of_plover_are_strings_and_every_match_has_one(folder: Path) -> None:
    schemes, relations = read(folder / "schemes.ttl"), read(folder / "relations.ttl")
    codes = {t.subject: t.object for t in schemes if t.predicate.value == names.SKOS + "notation"}
    assert len(codes) == 16
    for concept, code in codes.items():
        assert code == ox.Literal(names.local_name(iri(concept)))
    matched = {names.SKOS + "broadMatch", names.SKOS + "closeMatch"}
    assert {t.object for t in relations if t.predicate.value in matched} <= set(codes)
    assert "2.0" in objects(schemes, names.BASE + "plover/", names.PREF_LABEL)[0].value


def test_nothing_is_said_to_be_the_same_as_a_foreign_term(folder: Path) -> None:
    same = {names.OWL + name for name in ("sameAs", "equivalentClass", "equivalentProperty")} | {names.SKOS + "exactMatch"}
    assert not [triple for path in folder.glob("*.ttl") for triple in read(path) if triple.predicate.value in same]


def test_the_readme_has_the_table_of_terms_that_kg_fmt_writes(checkout: Workspace, folder: Path) -> None:
    old, new = form.formatted(checkout, folder / "README.md")
    assert old == new, "run: kg fmt"


def test_lost_markers_of_the_table_are_an_error(checkout: Workspace) -> None:
    from kg.checks import terms as terms_of_readme
    from kg.errors import InputError

    with pytest.raises(InputError, match="lost its markers"):
        terms_of_readme.updated("# no table", checkout.ontology_files, checkout.prefixes)


# The examples


def statements(text: str) -> list[tuple[str, ...]]:
    """Return the examples of an example text that read "X property Y", as their CURIEs or numbers."""
    return re.findall(r"(?:^|; )([a-z]+:[\w-]+) ([a-z]+:\w+) ([a-z]+:[\w-]+|-?\d+)(?=\.?$|;)", text)


def mistakes(index: Index, text: str) -> list[str]:
    """Return what an example names that is not there, and what it states that is not so."""
    known = {
        key: namespace for key, namespace in index.workspace.prefixes.items() if key in {"claim", "ent", "kg", "passage", "rel", "src"}
    }
    found = []
    for prefix, name in re.findall(r"\b([a-z]+):([A-Za-z][\w-]*)", text):
        if prefix in known and not index.said_of(known[prefix] + name):
            found.append(f"{prefix}:{name}")
    for subject, predicate, thing in statements(text):
        values = index.said_of(names.expand(subject, known)).get(names.expand(predicate, known), [])
        wanted = names.expand(thing, known) if ":" in thing else thing
        if wanted not in {iri(value) for value in values}:
            found.append(f"{subject} {predicate} {thing}")
    return found


def test_the_examples_name_what_is_in_the_graph_and_state_what_is_so(article_index: Index, kg_ttl: list[ox.Triple]) -> None:
    texts = [iri(triple.object) for triple in kg_ttl if triple.predicate.value == EXAMPLE]
    assert {text: mistakes(article_index, text) for text in texts if mistakes(article_index, text)} == {}
    assert len([text for text in texts if statements(text)]) >= 5


def test_the_examples_of_a_passage_are_its_own(article_index: Index, kg_ttl: list[ox.Triple]) -> None:
    named = article_index.workspace.prefixes["passage"] + "ra-1290-1353"
    for name in ("start", "end", "paragraph", "sentence"):
        assert [iri(value) for value in article_index.said_of(named)[names.KG + name]] == [
            iri(text).rstrip(".") for text in objects(kg_ttl, names.KG + name, EXAMPLE)
        ]


@pytest.mark.parametrize(
    "text", ["claim:ra-999 kg:claimant ent:taliban.", "rel:invaded kg:stance 1.", "rel:mettWith.", "kg:maybe, for a hedge."]
)
def test_a_wrong_example_is_noticed(article_index: Index, text: str) -> None:
    assert mistakes(article_index, text)


# What Java tools say


def judge(task: str, folder: Path, *graphs: list[ox.Triple]) -> Any:
    for module in ("jpype", "owlready2"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (pip install jpype1 owlready2)")
    if not shutil.which("java"):
        pytest.skip("no Java runtime is installed (Debian: default-jre-headless)")
    paths = []
    for number, graph in enumerate(graphs):
        paths.append(folder / f"{number}.rdf")
        paths[-1].write_bytes(ox.serialize(graph, format=ox.RdfFormat.RDF_XML) or b"")
    command = [sys.executable, str(Path(__file__).parent / "owl_judge.py"), task, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=110)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_kg_and_relations_are_inside_owl_2_dl(tmp_path: Path, folder: Path, kg_ttl: list[ox.Triple]) -> None:
    undeclared = [*kg_ttl, ox.Triple(ox.NamedNode("urn:x"), ox.NamedNode("urn:undeclared"), ox.NamedNode("urn:y"))]
    found = list(judge("profile", tmp_path, kg_ttl, read(folder / "relations.ttl"), undeclared).values())
    assert found[:2] == [[], []]
    assert found[2], "the checker finds what is wrong"


def axioms_of_others() -> list[ox.Triple]:
    """Return the axioms of other vocabularies that could give our terms a type nobody expects."""
    text = """
    @prefix oa: <http://www.w3.org/ns/oa#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix prov: <http://www.w3.org/ns/prov#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    @prefix schema: <https://schema.org/> .
    prov:wasDerivedFrom a owl:ObjectProperty ; rdfs:domain prov:Entity ; rdfs:range prov:Entity .
    prov:Entity a owl:Class ; owl:disjointWith prov:Activity .
    oa:hasSource a owl:ObjectProperty ; rdfs:domain oa:ResourceSelection .
    oa:SpecificResource a owl:Class ; rdfs:subClassOf oa:ResourceSelection .
    skos:broadMatch a owl:ObjectProperty ; rdfs:domain skos:Concept ; rdfs:range skos:Concept .
    skos:inScheme a owl:ObjectProperty ; rdfs:range skos:ConceptScheme .
    skos:topConceptOf a owl:ObjectProperty ; rdfs:subPropertyOf skos:inScheme ; rdfs:domain skos:Concept ; rdfs:range skos:ConceptScheme .
    skos:Concept a owl:Class ; owl:disjointWith skos:ConceptScheme .
    schema:Dataset rdfs:subClassOf schema:CreativeWork . schema:Place owl:disjointWith schema:Person .
    """
    return [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]


def expected_types(triples: list[ox.Triple]) -> dict[str, set[str]]:
    """Return the stated types of each subject with the classes that our own files put above them."""
    above: dict[str, set[str]] = {}
    stated: dict[str, set[str]] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode):
            if triple.predicate.value == names.RDFS + "subClassOf":
                above.setdefault(triple.subject.value, set()).add(triple.object.value)
            if triple.predicate.value == names.TYPE:
                stated.setdefault(triple.subject.value, set()).add(triple.object.value)
    for kinds in stated.values():
        waiting = list(kinds)
        while waiting:
            new = above.get(waiting.pop(), set()) - kinds
            kinds.update(new)
            waiting.extend(new)
    return stated


def test_everything_together_is_consistent_and_nothing_has_a_surprising_type(
    tmp_path: Path, checkout: Workspace, article_index: Index
) -> None:
    ours = [quad.triple for quad in article_index.store.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    found = judge("classify", tmp_path, [*ours, *axioms_of_others()])
    assert found["consistent"]
    assert found["unsatisfiable"] == []
    expected = expected_types([*ours, *axioms_of_others()])
    surprising = {
        iri: sorted(set(kinds) - expected.get(iri, set()) - SURPRISES_ALLOWED)
        for iri, kinds in found["types"].items()
        if iri.startswith((*(checkout.prefixes[key] for key in ("claim", "ent", "passage", "src")), names.KG, names.REL))
    }
    assert {iri: kinds for iri, kinds in surprising.items() if kinds} == {}
    assert sum(iri.startswith(checkout.prefixes["claim"]) for iri in found["types"]) == len(article_index.all_claims)


def test_the_reasoner_notices_a_contradiction(tmp_path: Path, folder: Path) -> None:
    person = ox.Triple(ox.NamedNode("urn:x"), ox.NamedNode(names.TYPE), ox.NamedNode(names.SCHEMA + "Person"))
    country = ox.Triple(ox.NamedNode("urn:x"), ox.NamedNode(names.TYPE), ox.NamedNode(names.SCHEMA + "Country"))
    both = [*read(folder / "kg.ttl"), *read(folder / "alignments.ttl"), person, country]
    assert not judge("classify", tmp_path, both)["consistent"]
