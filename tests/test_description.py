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
    "schema": names.SCHEMA,
    "void": "http://rdfs.org/ns/void#",
}
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
