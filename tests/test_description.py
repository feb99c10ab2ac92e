"""What VoID and DCAT say of a data set is so of the data set: of the files that hold it, and of nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import ferry
import pyoxigraph as ox
import pytest
from sites import BASE_URL

from kg import index, names, site, workspace

if TYPE_CHECKING:
    from sites import Built

pytest_plugins = ("sites",)

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": names.DCTERMS,
    "foaf": names.FOAF,
    "schema": names.SCHEMA,
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
}
STATED = """
base = "https://ferry.example/k/"
publisher = { name = "River Archive", url = "https://archive.example/" }
contact = { name = "Éditeurs", email = "editors@archive.example", url = "https://archive.example/ask" }
keywords = ["ferries", "two towns", "ferries"]
"""
DATASET = f"{names.BASE}dataset"
SIZE = "PREFIX void: <http://rdfs.org/ns/void#> SELECT ?key ?said { ?part %s ?key ; %s ?said }"


def load(built: Built, path: str, form: ox.RdfFormat) -> ox.Store:
    store = ox.Store()
    store.load((built.folder / path).read_bytes(), format=form, base_iri="https://example.org/")
    return store


@pytest.fixture(scope="module")
def told(published_site: Built) -> ox.Store:
    return load(published_site, "void.ttl", ox.RdfFormat.TURTLE)


@pytest.mark.parametrize(
    ("kind", "count", "found"),
    [
        ("void:class", "void:entities", "SELECT ?key (COUNT(?s) AS ?n) { ?s a ?key }"),
        ("void:property", "void:triples", "SELECT ?key (COUNT(?s) AS ?n) { ?s ?key ?o }"),
    ],
)
def test_each_partition_has_as_many_as_the_dump(published_site: Built, told: ox.Store, kind: str, count: str, found: str) -> None:
    data = load(published_site, "data.ttl", ox.RdfFormat.TURTLE)
    said = {row["key"].value: row["said"].value for row in told.query(SIZE % (kind, count))}  # type: ignore[union-attr]
    assert said == {row["key"].value: row["n"].value for row in data.query(f"{found} GROUP BY ?key")}  # type: ignore[union-attr]


def test_every_distribution_has_an_access_url_and_a_licence(told: ox.Store) -> None:
    lacking = "ASK { ?d a dcat:Distribution FILTER NOT EXISTS { ?d dcat:accessURL ?there ; dcat:downloadURL ?there ; dcterms:license ?l } }"
    assert not told.query(lacking, prefixes=PREFIXES)


def test_what_reads_rdf_1_1_can_read_every_dump(published_site: Built, told: ox.Store) -> None:
    dumps = [row["at"].value for row in told.query(f"SELECT ?at {{ <{DATASET}> void:dataDump ?at }}", prefixes=PREFIXES)]  # type: ignore[union-attr]
    assert len(dumps) == 5
    assert not any(b"<<(" in (published_site.folder / at.removeprefix(BASE_URL)).read_bytes() for at in dumps)
    newer = "?d dcat:downloadURL ?at ; dcterms:conformsTo <https://www.w3.org/TR/rdf12-turtle/>"
    assert [row["at"].value for row in told.query(f"SELECT ?at {{ {newer} }}", prefixes=PREFIXES)] == [f"{BASE_URL}data.1.2.ttl"]  # type: ignore[union-attr]


def test_the_data_set_has_not_the_title_of_the_text_that_it_speaks_of(told: ox.Store) -> None:
    same = f"ASK {{ <{DATASET}> dcterms:title ?own ; dcterms:source [ dcterms:title ?other ] FILTER(STR(?own) = STR(?other)) }}"
    assert not told.query(same, prefixes=PREFIXES)
    assert bool(told.query(f"ASK {{ <{DATASET}> dcterms:title ?own }}", prefixes=PREFIXES))


def stating(folder: Path, stated: str) -> dict[str, bytes]:
    """The files of the site of a workspace whose kg.toml states something."""
    ferry.write(folder)
    (folder / "kg.toml").write_text(stated, encoding="utf-8")
    return {file.path: file.data for file in site.build(index.load(workspace.find(folder)), base_url=BASE_URL)}


@pytest.mark.parametrize(("suffix", "form"), [("ttl", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD)])
def test_publisher_contact_and_keywords_are_those_that_the_workspace_states(tmp_path: Path, suffix: str, form: ox.RdfFormat) -> None:
    store = ox.Store()
    store.load(stating(tmp_path, STATED)[f"void.{suffix}"], format=form)
    told = """ASK { <https://ferry.example/k/dataset>
        dcterms:publisher [ a foaf:Agent ; foaf:name "River Archive" ; foaf:homepage <https://archive.example/> ] ;
        dcat:contactPoint [ a vcard:Kind ; vcard:fn "Éditeurs" ; vcard:hasEmail <mailto:editors@archive.example> ;
            vcard:hasURL <https://archive.example/ask> ] ; dcat:keyword "ferries", "two towns" }"""
    assert bool(store.query(told, prefixes=PREFIXES))
    assert len(list(store.quads_for_pattern(None, ox.NamedNode(PREFIXES["dcat"] + "keyword"), None))) == 2


def test_search_engines_are_told_publisher_and_keywords(tmp_path: Path) -> None:
    page = stating(tmp_path, STATED)["index.html"].decode()
    assert '"publisher":{"name":"River Archive","url":"https://archive.example/"},"keywords":["ferries","two towns"]' in page


def test_who_stands_for_the_data_set_is_not_invented(told: ox.Store, published_site: Built) -> None:
    asked = "ASK { ?d dcterms:publisher|dcat:contactPoint|dcat:keyword ?any }"
    assert not told.query(asked, prefixes=PREFIXES)
    assert b'"publisher"' not in (published_site.folder / "index.html").read_bytes()


def test_a_publisher_without_an_address_has_none(tmp_path: Path) -> None:
    store = ox.Store()
    store.load(stating(tmp_path, 'publisher = { name = "River Archive" }')["void.ttl"], format=ox.RdfFormat.TURTLE)
    publisher = "?d dcterms:publisher ?agent . ?agent ?said ?value"
    found = [row["value"].value for row in store.query(f"SELECT ?value {{ {publisher} }}", prefixes=PREFIXES)]  # type: ignore[union-attr]
    assert sorted(found) == ["River Archive", f"{names.FOAF}Agent"]


def test_search_engines_are_led_from_an_old_name_to_the_one_in_use(tmp_path: Path) -> None:
    ferry.write(tmp_path)
    entities = tmp_path / "graph" / "entities.ttl"
    gone = f"<{ferry.ent('old-ferry')}> dcterms:isReplacedBy <{ferry.ent('ferry')}> ; owl:deprecated true ."
    prefixes = f"@prefix owl: <{names.OWL}> .\n@prefix dcterms: <{names.DCTERMS}> .\n"
    entities.write_text(f"{prefixes}{entities.read_text(encoding='utf-8')}\n{gone}\n", encoding="utf-8")
    files = {
        file.path: file.data.decode("utf-8", "replace") for file in site.build(index.load(workspace.find(tmp_path)), base_url=BASE_URL)
    }
    assert f'<link rel="canonical" href="{BASE_URL}entity/ferry.html">' in files["entity/old-ferry.html"]
    assert f"{BASE_URL}entity/ferry.html" in files["sitemap.xml"]
    assert "old-ferry" not in files["sitemap.xml"]


def led(built: Built, name: str) -> str:
    """Return where the redirects lead from a name for those who want Turtle; the rules are read as Apache reads them, in order."""
    rules = re.findall(
        r'^RewriteRule "(.*)" "(.*)" \[R=303', (built.folder / "w3id" / ".htaccess").read_text(encoding="utf-8"), re.MULTILINE
    )
    for pattern, target in rules:
        matched = re.search(pattern, name)
        if matched:
            return matched.expand(re.sub(r"\$(\d)", r"\\\1", target)).replace("%{ENV:KG_FORM}", "ttl").removeprefix(BASE_URL)
    return ""


def test_versions_of_the_ontologies_and_the_shapes_are_led_to_documents(published_site: Built) -> None:
    headers = ox.Store()
    for path in (Path(__file__).parents[1] / "ontology").glob("*.ttl"):
        headers.load(path=str(path), format=ox.RdfFormat.TURTLE)
    found = headers.query("SELECT ?o ?v { ?o a owl:Ontology ; owl:versionIRI ?v }", prefixes={"owl": names.OWL})
    pairs = [(row["o"].value, row["v"].value) for row in found]  # type: ignore[union-attr]
    assert len(pairs) == 4
    for ontology, version in pairs:
        there = led(published_site, version.removeprefix(names.BASE))
        assert there == led(published_site, ontology.removeprefix(names.BASE))
        data = load(published_site, there, ox.RdfFormat.TURTLE)
        assert data.query(f"ASK {{ <{ontology}> ?p ?o }}")
