"""FollowTheMoney: its own library reads what is exported, finds it valid, and finds every claim in it; what is denied links nothing."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ferry
import pyoxigraph as ox
import pytest
from followthemoney import model as known
from followthemoney.entity import ValueEntity
from followthemoney.graph import Graph
from followthemoney.types import registry
from hypothesis import HealthCheck, given, settings
from test_export import with_claims
from test_triples import claims as any_claims

from kg import export, names, targets, triples, workspace
from kg.export import Wanted
from kg.export.ftm import SCHEMATA
from kg.index import is_plain
from kg.model import Claim, Entity
from kg.remote import RemoteIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conftest import Run
    from followthemoney.proxy import EntityProxy

    from kg.index import Index

FTM = Path(sys.executable).with_name("ftm")
LISTS = {"passages", "derived_from", "notes"}


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


def made(loaded: Index, **wanted: Any) -> bytes:
    return export.export(Wanted(loaded, **wanted), "ftm").files[""]


def read(data: bytes) -> dict[str, ValueEntity]:
    """The entities by id, as the library of FollowTheMoney reads them."""
    found = [ValueEntity.from_dict(json.loads(line)) for line in data.splitlines()]
    assert len({entity.id for entity in found}) == len(found)
    return {str(entity.id): entity for entity in found}


def facts_of(note: EntityProxy) -> dict[str, Any]:
    """What stands in words in a note."""
    facts: dict[str, Any] = dict.fromkeys(LISTS, ())
    for line in [*note.get("notes"), *note.get("keywords")]:
        name, _, value = line.partition(": ")
        facts[name] = (*facts[name], value) if name in LISTS else value
    return facts


def claim_told(note: EntityProxy) -> Claim:
    facts = facts_of(note)
    told: dict[str, Any] = {field.name: facts[field.name] for field in fields(Claim) if field.name in facts}
    for name in ("since", "until", "modified"):
        if name in told:
            told[name] = date.fromisoformat(told[name])
    if "value" in told:
        told["value"] = Decimal(told["value"])
    if told["object"].startswith('"'):
        [quad] = ox.parse(f"<urn:a> <urn:b> {told['object']} .", format=ox.RdfFormat.N_TRIPLES)
        told["object"] = triples.object_from_term(quad.object)
    return Claim(**told | {"iri": note.first("sourceUrl") or facts["iri"], "status": "accepted"})


def claims_in(entities: Iterable[EntityProxy]) -> list[Claim]:
    return sorted(
        (claim_told(each) for each in entities if (each.id or "").startswith(("claim-", "iri-")) and "kg:Claim" in each.get("keywords")),
        key=lambda claim: claim.iri,
    )


def test_the_library_finds_every_entity_valid(loaded: Index) -> None:
    entities = read(made(loaded))
    for data in map(json.loads, made(loaded).splitlines()):
        entity = entities[data["id"]]
        assert not entity.schema.abstract
        assert entity.schema.validate(data) is None
        assert data["properties"].keys() <= entity.schema.properties.keys()
        assert set(entity.schema.required) <= data["properties"].keys()
        assert registry.entity.validate(data["id"])
        assert len(data["id"]) <= registry.entity.max_length


def test_every_reference_leads_to_an_entity_of_the_schema_that_is_wanted_there(loaded: Index) -> None:
    entities = read(made(loaded))
    for entity in entities.values():
        for prop, value in entity.itervalues():
            if prop.type == registry.entity:
                assert prop.range is not None
                assert entities[value].schema.is_a(prop.range)


def test_every_field_of_every_claim_is_read_back(loaded: Index) -> None:
    assert claims_in(read(made(loaded)).values()) == list(loaded.claims)


def test_the_own_validation_of_ftm_changes_nothing(article_index: Index, tmp_path: Path) -> None:
    """It cleans every value, and drops what it cannot use."""
    before, after = tmp_path / "before.ftm.json", tmp_path / "after.ftm.json"
    before.write_bytes(made(article_index))
    subprocess.run([FTM, "validate", "-i", before, "-o", after], check=True, capture_output=True, timeout=60)
    lines = [[json.loads(line) for line in path.read_bytes().splitlines()] for path in (before, after)]
    assert [(each["id"], each["schema"], each["properties"]) for each in lines[1]] == [
        (each["id"], each["schema"], each["properties"]) for each in lines[0]
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claim=any_claims())
def test_any_claim_is_read_back_and_links_its_ends_only_where_it_is_plain(odd_space: workspace.Workspace, claim: Claim) -> None:
    claim = replace(claim, status="accepted")
    entities = read(made(with_claims(odd_space, claim)))
    assert claims_in(entities.values()) == [claim]
    linked = [each for each in entities.values() if each.has("recordId", quiet=True)]
    assert len(linked) == (is_plain(claim) and isinstance(claim.object, str))
    for entity in entities.values():
        for prop, value in entity.itervalues():
            assert prop.type.name != "date" or prop.type.validate(value)


# What is denied


def ends_in_graph(entities: Iterable[EntityProxy]) -> set[tuple[str, str]]:
    """The pairs of nodes that an edge of FollowTheMoney joins, be it a link or a property."""
    graph = Graph(edge_types=(registry.entity,))
    for entity in entities:
        graph.add(entity)
    return {(str(edge.source_id).removeprefix("entity:"), str(edge.target_id).removeprefix("entity:")) for edge in graph.iteredges()}


def test_a_denied_claim_joins_its_ends_by_no_edge(ferry_index: Index) -> None:
    [denied] = [claim for claim in ferry_index.claims if claim.polarity == "denied"]
    pair = ("ent-ferry", "ent-holes")
    assert (denied.subject, denied.object) == (ferry.ent("ferry"), ferry.ent("holes"))
    assert pair not in ends_in_graph(read(made(ferry_index, claims=[denied])).values())
    affirmed = replace(denied, polarity="affirmed")
    assert pair in ends_in_graph(read(made(ferry_index, claims=[affirmed])).values())


@pytest.mark.parametrize(
    ("change", "flags", "role"),
    [
        ({"polarity": "denied"}, "[denied] ", "denies"),
        ({"certainty": "possible"}, "[possible] ", "claims (possible)"),
        ({"certainty": "probable", "polarity": "denied"}, "[denied, probable] ", "denies (probable)"),
        ({"modality": "ought"}, "[ought] ", "claims (ought)"),
        ({"derived_from": (ferry.CLAIMS[1].iri,)}, "[derived] ", "claims (derived)"),
        ({"certainty": "unspecified"}, "", "claims"),
        ({}, "", "claims"),
    ],
)
def test_whoever_reads_a_claim_reads_who_says_it_and_how(ferry_index: Index, change: dict[str, Any], flags: str, role: str) -> None:
    claim = replace(ferry.CLAIMS[3], **change)
    entities = read(made(ferry_index, claims=[claim]))
    said = f"{flags}According to river office, as reported by author of the source: {claim.label}"
    note = entities["claim-fy-004"]
    assert note.caption == said
    assert note.first("summary") == f"{flags.strip('[] ')}{': ' if flags else ''}ferry of Aldmoor — is the most endangered by — holes"
    says, reports = entities["says-claim-fy-004"], entities["reports-claim-fy-004"]
    assert (says.get("subject"), says.get("object"), says.get("role")) == (["ent-river-office"], ["claim-fy-004"], [role])
    assert (reports.get("subject"), reports.get("object"), reports.get("role")) == (["ent-author"], ["claim-fy-004"], ["reports"])
    link = entities.get("link-claim-fy-004")
    assert (link is None) == bool(flags)
    if link is not None:
        assert link.get("description") == [said]
        assert link.get("status") == [f"claimed, certainty: {claim.certainty}"]
        assert (link.get("subject"), link.get("object"), link.get("role")) == (["ent-ferry"], ["ent-holes"], ["is the most endangered by"])


def test_what_links_nothing_is_counted_aloud(ferry_index: Index) -> None:
    notes = export.export(Wanted(ferry_index), "ftm").notes
    apart = sum(not (is_plain(claim) and isinstance(claim.object, str)) for claim in ferry_index.claims)
    assert apart == 5
    assert notes[-1] == "no link between things is made of 5 claims: denied, hedged, asked for, derived, or of a thing and a text"
    plain = [ferry.CLAIMS[0]]
    assert len(export.export(Wanted(ferry_index, claims=plain), "ftm").notes) == 1


def test_claims_about_claims_link_their_notes(ferry_index: Index) -> None:
    link = read(made(ferry_index))["link-claim-fy-007"]
    assert (link.get("subject"), link.get("object")) == (["claim-fy-001"], ["claim-fy-006"])


def test_a_claim_that_is_named_and_not_wanted_says_that_it_is_denied_and_elsewhere(tmp_path: Path) -> None:
    about = ferry.claim(20, "That leads to a wish.", ferry.claim_iri(3), "ledTo", ferry.ent("bridge"))
    loaded = ferry.write(tmp_path, claims=[*ferry.CLAIMS, about])
    entities = read(made(loaded, claims=[about]))
    assert entities["claim-fy-003"].caption.startswith("[denied] According to Brenwick")
    assert entities["claim-fy-003"].get("keywords") == ["kg:Claim", "not part of this export"]
    assert "claim-fy-001" not in entities
    assert {each.id for each in entities.values() if each.schema.name == "UnknownLink"} == {"link-claim-fy-020", "says-claim-fy-020"}


# Things


@pytest.mark.parametrize(
    ("kinds", "schema"),
    [
        (["schema:Person"], "Person"),
        (["schema:GovernmentOrganization"], "PublicBody"),
        (["schema:Organization", "schema:GovernmentOrganization"], "PublicBody"),
        (["schema:Organization"], "Organization"),
        (["kg:Group"], "LegalEntity"),
        (["schema:Country"], "Territory"),
        (["schema:City"], "Territory"),
        (["schema:Place"], "Address"),
        (["sem:Event"], "Event"),
        (["kg:Project"], "Project"),
        (["schema:Dataset"], "Document"),
        (["schema:CreativeWork"], "Document"),
        (["skos:Concept"], "Note"),
        (["schema:Language"], "Note"),
        (["schema:Thing"], "Note"),
    ],
)
def test_each_type_has_its_schema(tmp_path: Path, kinds: list[str], schema: str) -> None:
    types = tuple(names.expand(kind, ferry.NAMES) for kind in kinds)
    thing = Entity(iri=ferry.ent("ferry"), label="ferry of Aldmoor", types=types, definition="A boat.", alt_labels=("the boat",))
    loaded = ferry.write(tmp_path, entities=[thing], claims=ferry.CLAIMS[:2])
    found = read(made(loaded))["ent-ferry"]
    assert (found.schema.name, found.caption, found.get("name")) == (schema, "ferry of Aldmoor", ["ferry of Aldmoor"])
    assert (found.get("weakAlias"), found.get("summary"), found.get("keywords")) == (["the boat"], ["A boat."], sorted(kinds))
    assert found.first("sourceUrl") == thing.iri


def test_the_model_has_every_schema_of_the_table() -> None:
    assert all((schema := known.get(name)) and not schema.abstract and schema.is_a("Thing") for name in SCHEMATA.values())


def test_what_has_no_address_for_browsers_stands_as_text(tmp_path: Path) -> None:
    entities = read(made(ferry.write_hostile(tmp_path)))
    assert not [each.id for each in entities.values() for url in each.get("sourceUrl") if not url.startswith("https://")]
    assert any("iri: javascript:window.pwned=5" in each.get("notes") for each in entities.values() if each.schema.name == "Note")


def accepted(root: Path, target: str) -> dict[str, str]:
    """What the entities are the same as, by the rows of the file alone."""
    rows = (row for row in (root / "graph" / "links.sssom.tsv").read_text(encoding="utf-8").splitlines() if not row.startswith("#"))
    return {
        row["subject_id"].replace(":", "-"): row["object_id"].removeprefix(f"{target}:")
        for row in csv.DictReader(rows, delimiter="\t")
        if row["predicate_id"] == "skos:exactMatch" and not row["predicate_modifier"] and row["object_id"].startswith(f"{target}:")
    }


def test_things_have_the_identifiers_of_accepted_links_and_no_others(root: Path, article_index: Index) -> None:
    entities = read(made(article_index))
    for target, name, tidy in (("wd", "wikidataId", str), ("iso3166", "territoryCode", str.lower)):
        told = {key: each.get(name) for key, each in entities.items() if each.has(name, quiet=True)}
        assert told == {key: [tidy(code)] for key, code in accepted(root, target).items() if key in entities}
        assert len(told) > 5
    codes = {each.first("territoryCode"): each for each in entities.values() if each.has("territoryCode", quiet=True)}
    assert all(each.get("country") == [code] and each.get("level") == ["country"] for code, each in codes.items())
    assert targets.PREFIXES["wd"] not in made(article_index).decode()


def test_a_source_proves_its_claims(article_index: Index) -> None:
    entities = read(made(article_index))
    [source] = article_index.sources.values()
    assert entities["src-ra"].schema.name == "PlainText"
    assert f"identifier: {source.identifier}" in entities["src-ra"].get("notes")
    proven = {key for key, each in entities.items() if each.get("proof", quiet=True) == ["src-ra"] and key.startswith("claim-")}
    assert proven == {f"claim-{names.local_name(claim.iri)}" for claim in article_index.claims if claim.passages}
    for claim in article_index.claims:
        told = [line for line in entities[f"claim-{names.local_name(claim.iri)}"].get("notes") if line.startswith("place: ")]
        assert len(told) == len(claim.passages)


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({"when": "2019-05", "since": date(2019, 5, 1), "until": date(2019, 5, 31)}, {"date": "2019-05"}),
        ({"when": "2018/..", "since": date(2018, 1, 1)}, {"startDate": "2018-01-01"}),
        ({"when": "2018?", "since": date(2018, 1, 1), "until": date(2018, 12, 31)}, {"startDate": "2018-01-01", "endDate": "2018-12-31"}),
        ({"when": "0476", "since": date(476, 1, 1), "until": date(476, 12, 31)}, {}),
        ({"modified": date(2026, 1, 2)}, {"modifiedAt": "2026-01-02"}),
        ({}, {}),
    ],
)
def test_links_are_dated_where_the_model_has_such_dates(ferry_index: Index, when: dict[str, Any], told: dict[str, str]) -> None:
    none = {"when": None, "since": None, "until": None}
    link = read(made(ferry_index, claims=[replace(ferry.CLAIMS[0], **none | when)]))["link-claim-fy-001"]
    assert {prop.name: link.first(prop) for prop in link.iterprops() if prop.type.name == "date"} == told


# For whom it is


def test_ftm_makes_cypher_of_it(ferry_index: Index, tmp_path: Path) -> None:
    path = tmp_path / "ferry.ftm.json"
    path.write_bytes(made(ferry_index))
    done = subprocess.run([FTM, "export-cypher", "-i", path], check=True, capture_output=True, text=True, timeout=60)
    edges = [line for line in done.stdout.splitlines() if line.startswith("MATCH")]
    between = [line for line in edges if line.startswith('MATCH (s { id: "entity:ent-ferry" }), (t { id: "entity:ent-holes" })')]
    assert len(between) == 1
    assert 'role: "is the most endangered by", description: "According to river office' in between[0]
    assert any('"entity:ent-brenwick" }), (t { id: "entity:claim-fy-003" })' in line and 'role: "denies"' in line for line in edges)


def test_some_claims_come_with_what_they_name_and_nothing_else(run_kg: Callable[..., Run], ferry_index: Index) -> None:
    done = run_kg("export", "-f", "ftm", "--claimant", "ent:harbour-master", cwd=ferry_index.workspace.root)
    entities = read(done.out.encode())
    assert [claim.iri for claim in claims_in(entities.values())] == [ferry.claim_iri(2)]
    assert entities.keys() == {
        *("claim-fy-002", "ent-ferry", "ent-harbour-master", "ent-author", "src-fy"),
        *("says-claim-fy-002", "reports-claim-fy-002"),
    }


def test_what_an_endpoint_has_is_exported(ferry_index: Index) -> None:
    assert made(RemoteIndex(ferry_index.workspace, ferry_index.store)) == made(ferry_index)
