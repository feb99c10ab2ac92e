"""The reconciliation service of `kg serve`, asked as OpenRefine asks it, and as nobody should.

What the Reconciliation Service API v0.2 says of each answer stands below as JSON schemas of our own; the order of requests is that of
OpenRefine: it reads the manifest, guesses types from a sample, lets a person pick a type and properties, reconciles in batches of ten,
shows previews, searches for a better match, and adds columns from the values of properties.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from served import ROOT, Got, Served, serving

from kg import index, names, workspace
from kg.errors import InputError
from kg.serve.matching import BATCH, TooLargeError, candidates, read_queries
from kg.serve.offered import Offered, offered_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pytest_plugins = ("served",)

FORM = "application/x-www-form-urlencoded"
OPENREFINE = "http://127.0.0.1:3333"
SPACE = names.prefixes()["ent"]
CITY, COUNTRY, PLACE, PERSON = (names.SCHEMA + name for name in ("City", "Country", "Place", "Person"))
TEXT = {"type": "string"}
NAMED = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string", "minLength": 1}, "name": {"type": "string", "minLength": 1}},
}
OPTIONAL_NAME = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}}
TEMPLATE = {"type": "object", "required": ["url"], "properties": {"url": {"type": "string", "pattern": r"\{\{id\}\}"}}}
SUGGESTING = {
    "type": "object",
    "required": ["service_url", "service_path"],
    "properties": {"service_url": TEXT, "service_path": TEXT, "flyout_service_path": {"type": "string", "pattern": r"\$\{id\}"}},
}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": TEXT,
        "schemaSpace": TEXT,
        "documentation": TEXT,
        "serviceVersion": TEXT,
        "defaultTypes": {"type": "array", "items": NAMED, "uniqueItems": True},
        "view": TEMPLATE,
        "preview": {
            **TEMPLATE,
            "required": ["url", "width", "height"],
            "properties": {**TEMPLATE["properties"], "width": {"type": "integer"}, "height": {"type": "integer"}},  # type: ignore[dict-item]
        },
        "suggest": {"type": "object", "properties": dict.fromkeys(("entity", "type", "property"), SUGGESTING)},
        "extend": {
            "type": "object",
            "properties": {"propose_properties": SUGGESTING, "property_settings": {"type": "array"}},
        },
        "batchSize": {"type": "integer", "minimum": 1},
    },
    "additionalProperties": False,
}
CANDIDATE = {
    "type": "object",
    "required": ["id", "name", "score"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1},
        "description": TEXT,
        "score": {"type": "number"},
        "match": {"type": "boolean"},
        "type": {"type": "array", "items": OPTIONAL_NAME},
        "features": {
            "type": "array",
            "items": {"type": "object", "required": ["id", "value"], "properties": {"id": TEXT, "value": {"type": ["boolean", "number"]}}},
        },
    },
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {"result": {"type": "array", "items": CANDIDATE}},
    },
}
SUGGESTED = {
    "type": "object",
    "required": ["result"],
    "properties": {
        "result": {
            "type": "array",
            "items": {
                **NAMED,
                "properties": {
                    **NAMED["properties"],  # type: ignore[dict-item]
                    "description": TEXT,
                    "notable": {"type": "array", "items": OPTIONAL_NAME},
                    "broader": {"type": "array", "items": NAMED},
                },
            },
        }
    },
}
PROPOSED = {
    "type": "object",
    "required": ["properties"],
    "properties": {"properties": {"type": "array", "items": NAMED}, "type": TEXT, "limit": {"type": "number"}},
}
CELL = {
    "oneOf": [
        {"type": "object", "additionalProperties": False},
        {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}, "additionalProperties": False},
        {"type": "object", "required": ["str"], "properties": {"str": TEXT}, "additionalProperties": False},
        {"type": "object", "required": ["float"], "properties": {"float": {"type": "number"}}, "additionalProperties": False},
        {"type": "object", "required": ["int"], "properties": {"int": {"type": "integer"}}, "additionalProperties": False},
    ]
}
EXTENDED = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "array", "items": CELL}}},
    },
}

OWN = """
@prefix ent: <https://w3id.org/claimgraph/entity/> .
@prefix claim: <https://w3id.org/claimgraph/claim/> .
@prefix kg: <https://w3id.org/claimgraph/ontology#> .
@prefix rel: <https://w3id.org/claimgraph/relation/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ent:aldmoor a schema:City ; skos:prefLabel "Aldmoor"@en, "Альдмур"@ru, "آلدمور"@fa ; skos:altLabel "Áldmóor"@en, "the wet town"@en ;
	skos:definition "A town on the left bank."@en ; skos:exactMatch <http://www.wikidata.org/entity/Q1> .
ent:aldmoor-state a schema:Country ; skos:prefLabel "Georgia"@en ; skos:definition "A state."@en .
ent:georgia-town a schema:City ; skos:prefLabel "Georgia"@en ; skos:definition "A town."@en .
ent:brenwick a schema:City ; skos:prefLabel "Brenwick"@en ; skos:altLabel "the other bank"@en .
ent:other-bank a schema:Place ; skos:prefLabel "the other bank"@en .
ent:master a schema:Person ; skos:prefLabel "harbour master of Brenwick"@en .
ent:hostile a schema:Person ; skos:prefLabel "</p><script>alert(1)</script>\\u202e"@en ; skos:definition "<img src=x onerror=alert(2)>"@en .
ent:us a schema:Country ; skos:prefLabel "US"@en .
ent:pct%20id a schema:Place ; skos:prefLabel "percent"@en .
ent:old-town rdfs:label "Old Aldmoor"@en ; owl:deprecated true ; dcterms:isReplacedBy ent:aldmoor .

claim:x-001 a kg:Claim ; rdfs:label "one"@en ; rdf:subject ent:aldmoor ; rdf:predicate rel:cooperatesWith ; rdf:object ent:brenwick ;
	kg:claimant ent:master ; kg:polarity kg:affirmed ; kg:certainty kg:certain ; kg:kind kg:state ; kg:status kg:accepted .
claim:x-002 a kg:Claim ; rdfs:label "two"@en ; rdf:subject ent:aldmoor ; rdf:predicate rel:hasAmount ; rdf:object "14"^^xsd:integer ;
	kg:claimant ent:master ; kg:polarity kg:affirmed ; kg:certainty kg:certain ; kg:kind kg:state ; kg:status kg:accepted .
claim:x-003 a kg:Claim ; rdfs:label "three"@en ; rdf:subject ent:aldmoor ; rdf:predicate rel:attacked ; rdf:object ent:brenwick ;
	kg:claimant ent:master ; kg:polarity kg:denied ; kg:certainty kg:certain ; kg:kind kg:state ; kg:status kg:accepted .
claim:x-004 a kg:Claim ; rdfs:label "four"@en ; rdf:subject ent:georgia-town ; rdf:predicate rel:cooperatesWith ; rdf:object ent:master ;
	kg:claimant ent:master ; kg:polarity kg:affirmed ; kg:certainty kg:certain ; kg:kind kg:state ; kg:status kg:accepted .
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> workspace.Workspace:
    """A workspace of a few invented towns, whose names are hard in one way each."""
    folder = tmp_path_factory.mktemp("towns")
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    (folder / "graph").mkdir()
    (folder / "queries").mkdir()
    (folder / "graph" / "towns.ttl").write_text(OWN, encoding="utf-8")
    return workspace.find(folder)


@pytest.fixture(scope="module")
def towns(own: workspace.Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The towns, served to OpenRefine's pages too."""
    with serving(own.root, tmp_path_factory.mktemp("log"), "--allow-origin", OPENREFINE) as server:
        yield server


@pytest.fixture(scope="module")
def offered(own: workspace.Workspace) -> Offered:
    return offered_by(index.load(own))


def checked(got: Got, schema: Mapping[str, Any]) -> Any:
    """Return the JSON of an answer that keeps to a schema."""
    assert got.status == 200, got.text
    assert got.type == "application/json"
    Draft202012Validator(schema).validate(got.json)
    return got.json


def post(server: Served, *, path: str = "/reconcile", **fields: str) -> Got:
    return server.send("POST", path, body=urlencode(fields), Content_Type=FORM)


def asked(server: Served, query: Mapping[str, Any] | str) -> list[dict[str, Any]]:
    """Ask one query in a batch; return its candidates."""
    queries = {"q0": {"query": query} if isinstance(query, str) else query}
    found: list[dict[str, Any]] = checked(post(server, queries=json.dumps(queries)), RESULTS)["q0"]["result"]
    return found


def matched(server: Served, query: Mapping[str, Any] | str) -> list[str]:
    return [each["id"] for each in asked(server, query) if each["match"]]


def refused(got: Got, status: int) -> str:
    """Return what a refusal says, which is one line of JSON."""
    assert got.status == status, got.text
    assert got.type == "application/problem+json"
    assert got.text.count("\n") == 1
    assert got.json["status"] == status
    detail: str = got.json["detail"]
    assert detail.isprintable()
    return detail


def path_of(url: str, server: Served) -> str:
    assert url.startswith(server.url)
    return url.removeprefix(server.url)


def test_the_steps_of_openrefine_work_in_their_order(towns: Served) -> None:
    column = ["Aldmoor", "Brenwick", "the wet town", "Aldmoore", "harbour master", "nowhere at all"]

    # 1. its page adds the service: the manifest, readable across origins
    got = towns.get("/reconcile", Origin=OPENREFINE)
    assert got.headers["access-control-allow-origin"] == OPENREFINE
    manifest = checked(got, MANIFEST)
    assert manifest["identifierSpace"] == SPACE

    # 2. its server guesses the type of a column from ten cells, three candidates each: ranks are counted by type
    sample = {f"q{number}": {"query": cell, "limit": 3} for number, cell in enumerate(column)}
    guessed = checked(post(towns, queries=json.dumps(sample)), RESULTS)
    assert guessed.keys() == sample.keys()
    assert all(len(each["result"]) <= 3 for each in guessed.values())
    types = Counter(kind["id"] for each in guessed.values() for found in each["result"] for kind in found["type"])
    assert types.most_common(1)[0][0] == CITY

    # 3. a person picks another type, and a property for a second column
    suggest = manifest["suggest"]
    kinds = checked(suggested(towns, suggest["type"], prefix="Cit", type_strict="should", _="1700000000000"), SUGGESTED)
    assert [each["id"] for each in kinds["result"]] == [CITY]
    pids = checked(suggested(towns, suggest["property"], prefix="cooperates"), SUGGESTED)
    assert [each["id"] for each in pids["result"]] == [names.REL + "cooperatesWith"]

    # 4. it reconciles, with the other column's matches as objects
    detail = [{"pid": pids["result"][0]["id"], "v": {"id": "brenwick", "name": "Brenwick"}}]
    batch = {
        f"q{number}": {"query": cell, "type": CITY, "type_strict": "should", "properties": detail if cell == "Aldmoor" else []}
        for number, cell in enumerate(column)
    }
    found = checked(post(towns, queries=json.dumps(batch)), RESULTS)
    best = {cell: (found[f"q{number}"]["result"] or [{}])[0] for number, cell in enumerate(column)}
    assert {cell: each.get("id") for cell, each in best.items() if each.get("match")} == {
        "Aldmoor": "aldmoor",
        "Brenwick": "brenwick",
        "the wet town": "aldmoor",
    }
    assert best["Aldmoore"]["id"] == "aldmoor"
    assert best["nowhere at all"] == {}

    # 5. hovering shows the preview in a frame of its page, and a click the thing itself
    preview = towns.get(path_of(manifest["preview"]["url"].replace("{{id}}", "aldmoor"), towns))
    assert (preview.status, preview.type) == (200, "text/html")
    assert "A town on the left bank." in preview.text
    assert preview.headers["content-security-policy"].endswith(f"frame-ancestors 'self' {OPENREFINE}")
    seen = towns.get(path_of(manifest["view"]["url"].replace("{{id}}", "aldmoor"), towns), Accept="text/turtle")
    assert (seen.status, seen.headers["location"]) == (303, "/data/entity/aldmoor.ttl")

    # 6. a person searches for a better match, and hovers over what is suggested
    things = checked(suggested(towns, suggest["entity"], prefix="harb", type=CITY), SUGGESTED)
    assert [each["id"] for each in things["result"]] == ["master"]
    flyout = towns.get(suggest["entity"]["flyout_service_path"].replace("${id}", "master")).json
    assert flyout["id"] == "master"
    assert "harbour master of Brenwick" in flyout["html"]

    # 7. it adds columns from the values of properties
    extend = manifest["extend"]["propose_properties"]
    proposed = checked(towns.get(extend["service_path"] + "?" + urlencode({"type": CITY, "limit": 3})), PROPOSED)
    wanted = [{"id": each["id"]} for each in proposed["properties"]]
    assert names.REL + "cooperatesWith" in {each["id"] for each in wanted}
    rows = checked(post(towns, extend=json.dumps({"ids": ["aldmoor", "brenwick"], "properties": wanted})), EXTENDED)
    assert rows["rows"]["aldmoor"][names.REL + "cooperatesWith"] == [{"id": "brenwick", "name": "Brenwick"}]
    assert [each["id"] for each in rows["meta"]] == [each["id"] for each in wanted]


def suggested(server: Served, metadata: Mapping[str, str], **fields: str) -> Got:
    assert metadata["service_url"] == server.url
    return server.get(f"{metadata['service_path']}?{urlencode(fields)}", Origin=OPENREFINE)


def test_the_article_is_offered_too(served: Served) -> None:
    manifest = checked(served.get("/reconcile"), MANIFEST)
    assert manifest["versions"] == ["0.1", "0.2"]
    assert matched(served, "Taliban") == ["taliban"]
    checked(served.get("/reconcile/suggest/entity?prefix="), SUGGESTED)
    checked(served.get("/reconcile/suggest/type?prefix="), SUGGESTED)
    checked(served.get("/reconcile/suggest/property?prefix="), SUGGESTED)
    checked(served.get("/reconcile/properties?type="), PROPOSED)


def test_every_entity_of_the_article_is_found_by_each_of_its_names_and_by_its_id(served: Served) -> None:
    labels = served.rows(
        "SELECT ?e ?name WHERE { ?e skos:prefLabel|skos:altLabel ?name FILTER(STRSTARTS(STR(?e), STR(ent:))) } ORDER BY ?e ?name"
    )
    wanted = [(row["e"].removeprefix(SPACE), row["name"]) for row in labels]
    wanted += [(identifier, identifier) for identifier in dict.fromkeys(each[0] for each in wanted)]
    assert len(wanted) > 150
    for at in range(0, len(wanted), BATCH):
        part = wanted[at : at + BATCH]
        queries = {str(number): {"query": name, "limit": 100} for number, (_, name) in enumerate(part)}
        found = checked(post(served, queries=json.dumps(queries)), RESULTS)
        for number, (identifier, name) in enumerate(part):
            best = {each["id"] for each in found[str(number)]["result"] if each["score"] >= (99 if identifier == name else 100)}
            assert identifier in best, name


@pytest.mark.parametrize(
    "words",
    [
        *("Aldmoor", "ALDMOOR", " aldmoor ", "aldmoor!", "Áldmóor", "A\u0301ldmo\u0301or", "the wet town", "The Wet-Town"),
        *("\u0410\u043b\u044c\u0434\u043c\u0443\u0440", "\u0430\u043b\u044c\u0434\u043c\u0443\u0440"),
        *("\u0622\u0644\u062f\u0645\u0648\u0631", "\u0627\u0644\u062f\u0645\u0648\u0631"),
        *("ent:aldmoor", SPACE + "aldmoor", "ent:old-town", SPACE + "old-town"),
    ],
)
def test_a_name_in_any_script_or_an_iri_also_an_old_one_matches(towns: Served, words: str) -> None:
    assert matched(towns, words) == ["aldmoor"]


@pytest.mark.parametrize(
    ("words", "first"), [("master", "master"), ("old-town", "aldmoor"), ("georgia-town", "georgia-town"), ("us", "us")]
)
def test_an_id_alone_which_may_be_any_word_comes_first_and_is_no_match(towns: Served, words: str, first: str) -> None:
    found = asked(towns, words)[0]
    assert (found["id"], found["match"]) == (first, False)
    assert found["score"] >= 99


def test_a_name_of_capitals_is_no_word_in_small_letters(towns: Served) -> None:
    assert matched(towns, "US") == ["us"]
    assert [each["score"] for each in asked(towns, "us")] == [100]


def test_a_name_of_two_things_is_no_match_unless_the_type_tells_them_apart(towns: Served) -> None:
    assert {each["id"]: (each["score"], each["match"]) for each in asked(towns, "Georgia")} == {
        "aldmoor-state": (100, False),
        "georgia-town": (100, False),
    }
    assert matched(towns, {"query": "Georgia", "type": CITY}) == ["georgia-town"]
    assert matched(towns, {"query": "Georgia", "type": [COUNTRY]}) == ["aldmoor-state"]
    assert matched(towns, {"query": "Georgia", "type": "schema:Country"}) == ["aldmoor-state"]
    assert matched(towns, {"query": "Georgia", "type": [CITY, COUNTRY]}) == []
    assert matched(towns, {"query": "Georgia", "type": PERSON}) == []


def test_an_other_name_is_as_good_as_a_label_and_two_are_no_match(towns: Served) -> None:
    found = asked(towns, "the other bank")
    assert [(each["id"], each["score"], each["match"]) for each in found[:2]] == [("other-bank", 100, False), ("brenwick", 100, False)]


@pytest.mark.parametrize(
    ("strict", "ids"),
    [("should", ["georgia-town", "aldmoor-state"]), ("any", ["georgia-town"]), ("all", ["georgia-town"])],
)
def test_a_type_orders_candidates_or_bars_them(towns: Served, strict: str, ids: list[str]) -> None:
    found = asked(towns, {"query": "Georgia", "type": CITY, "type_strict": strict})
    assert [each["id"] for each in found] == ids
    assert asked(towns, {"query": "Georgia", "type": [CITY, PERSON], "type_strict": "all"}) == []


def test_a_type_above_fits_too(towns: Served) -> None:
    assert matched(towns, {"query": "Brenwick", "type": PLACE}) == ["brenwick"]


@pytest.mark.parametrize(
    ("value", "is_match"),
    [
        ("Brenwick", True),
        ("brenwick", True),
        ({"id": "brenwick"}, True),
        (["Nowhere", "BRENWICK"], True),
        ("Georgia", False),
        ({"id": "master"}, False),
    ],
)
def test_a_property_that_is_contradicted_is_no_match(towns: Served, value: object, *, is_match: bool) -> None:
    prop = {"pid": "rel:cooperatesWith", "v": value}
    found = asked(towns, {"query": "Aldmoor", "properties": [prop]})[0]
    assert (found["id"], found["match"]) == ("aldmoor", is_match)
    assert found["score"] == (100 if is_match else 71.4)
    features = {each["id"]: each["value"] for each in found["features"]}
    assert features == {"name_similarity": 100, "name_exact": True, "properties_share": int(is_match)}


def test_a_property_of_which_nothing_is_known_is_no_contradiction(towns: Served) -> None:
    prop = {"pid": "rel:cooperatesWith", "v": "Aldmoor"}
    assert matched(towns, {"query": "Brenwick", "properties": [prop]}) == ["brenwick"]


@pytest.mark.parametrize("value", [14, "14", "14.0", 14.0])
def test_properties_alone_find_what_has_them(towns: Served, value: object) -> None:
    found = asked(towns, {"properties": [{"pid": "rel:hasAmount", "v": value}]})
    assert [(each["id"], each["score"], each["match"]) for each in found] == [("aldmoor", 100, False)]
    assert asked(towns, {"properties": [{"pid": "rel:hasAmount", "v": 15}]}) == []


def test_what_is_denied_is_no_value(towns: Served) -> None:
    assert asked(towns, {"properties": [{"pid": "rel:attacked", "v": "Brenwick"}]}) == []
    asked_for = {
        "ids": ["aldmoor"],
        "properties": [{"id": "rel:attacked"}, {"id": "rel:hasAmount"}, {"id": "skos:exactMatch"}, {"id": "skos:altLabel"}],
    }
    rows = checked(post(towns, extend=json.dumps(asked_for)), EXTENDED)["rows"]["aldmoor"]
    assert rows == {
        "rel:attacked": [],
        "rel:hasAmount": [{"int": 14}],
        "skos:exactMatch": [{"str": "http://www.wikidata.org/entity/Q1"}],
        "skos:altLabel": [{"str": "the wet town"}, {"str": "Áldmóor"}],
    }


def test_a_batch_may_also_be_asked_by_get_and_answers_are_the_same_each_time(towns: Served) -> None:
    queries = json.dumps({"a": {"query": "Georgia town of Aldmoor"}, "b": {"query": "harbour"}})
    posted = {post(towns, queries=queries).body for _ in range(8)}
    assert posted == {towns.get("/reconcile?" + urlencode({"queries": queries})).body}
    checked(post(towns, queries=queries), RESULTS)


def test_ids_of_queries_come_back_as_they_were(towns: Served) -> None:
    keys = {"": {"query": "x"}, "\u0000\u202e": {"query": "x"}, "q" * 1000: {"query": "x"}, "\ud800": {"query": "x"}}
    assert post(towns, queries=json.dumps(keys)).json.keys() == keys.keys()
    assert post(towns, queries="{}").json == {}


def test_a_text_longer_than_any_name_has_no_candidates(towns: Served) -> None:
    assert asked(towns, "Aldmoor " * 5000) == []


def test_suggestions_come_page_by_page(served: Served) -> None:
    seen: list[str] = []
    cursor: int | None = 0
    while cursor is not None:
        found = checked(served.get(f"/reconcile/suggest/entity?prefix=&cursor={cursor}"), SUGGESTED)
        seen += [each["id"] for each in found["result"]]
        cursor = found.get("cursor")
    assert len(seen) == len(set(seen)) > 100
    assert served.get("/reconcile/suggest/entity?prefix=&cursor=999999").json == {"result": []}


@pytest.mark.parametrize(
    ("prefix", "first"), [("ald", "aldmoor"), ("wet", "aldmoor"), ("master of", "master"), ("old-town", "aldmoor"), ("mast", "master")]
)
def test_a_prefix_finds_names_any_word_of_them_and_ids(towns: Served, prefix: str, first: str) -> None:
    found = checked(towns.get("/reconcile/suggest/entity?" + urlencode({"prefix": prefix})), SUGGESTED)
    assert found["result"][0]["id"] == first


def test_types_say_what_is_above_them(towns: Served) -> None:
    found = checked(towns.get("/reconcile/suggest/type?prefix=city"), SUGGESTED)["result"][0]
    assert found["broader"] == [{"id": PLACE, "name": "Place"}]


@pytest.mark.parametrize("path", ["preview?", "flyout/entity?"])
def test_names_are_text_wherever_they_are_shown(towns: Served, path: str) -> None:
    got = towns.get(f"/reconcile/{path}id=hostile")
    shown = got.json["html"] if got.type == "application/json" else got.text
    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "\u202e" not in shown


def test_a_preview_runs_nothing_and_is_framed_by_nobody_else(served: Served) -> None:
    policy = served.get("/reconcile/preview?id=taliban").headers["content-security-policy"]
    assert policy.endswith("sandbox; frame-ancestors 'self'")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert served.get("/reconcile").headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"


def test_an_id_with_a_percent_sign_is_an_id(towns: Served) -> None:
    identifier = matched(towns, "percent")[0]
    assert identifier == "pct%20id"
    assert towns.get(f"/reconcile/preview?id={quote(identifier, safe='')}").status == 200


def test_pages_of_other_sites_read_only_where_that_was_allowed(served: Served, towns: Served) -> None:
    assert "kg serve --allow-origin" in refused(served.get("/reconcile", Origin=OPENREFINE), 403)
    assert "access-control-allow-origin" not in served.get("/reconcile").headers
    assert refused(towns.get("/reconcile", Origin="http://evil.example"), 403)
    for path in (
        "/reconcile/suggest/entity?prefix=a",
        "/reconcile/preview?id=aldmoor",
        "/reconcile/flyout/entity?id=aldmoor",
        "/reconcile/properties?type=x",
    ):
        assert towns.get(path, Origin=OPENREFINE).headers["access-control-allow-origin"] == OPENREFINE
    asked_first = towns.send("OPTIONS", "/reconcile", Origin=OPENREFINE, Access_Control_Request_Method="POST")
    assert (asked_first.status, asked_first.headers["access-control-allow-origin"]) == (204, OPENREFINE)


@pytest.mark.parametrize("path", ["", "/suggest/entity", "/preview", "/flyout/entity", "/properties"])
@pytest.mark.parametrize("callback", ["jQuery1_2", "alert(1)//", ""])
def test_jsonp_is_refused_with_the_way_that_works(towns: Served, path: str, callback: str) -> None:
    fields = urlencode({"callback": callback, "prefix": "a", "id": "aldmoor", "type": CITY})
    assert "--allow-origin" in refused(towns.get(f"/reconcile{path}?{fields}"), 400)


@pytest.mark.parametrize(
    "queries",
    [
        "",
        "Aldmoor",
        "[]",
        "null",
        "1",
        '"x"',
        "{",
        '{"q0": "Aldmoor"}',
        '{"q0": []}',
        '{"q0": null}',
        '{"q0": {}}',
        '{"q0": {"query": ""}}',
        '{"q0": {"query": "  "}}',
        '{"q0": {"query": 5}}',
        '{"q0": {"query": ["x"]}}',
        '{"q0": {"query": "x", "limit": 0}}',
        '{"q0": {"query": "x", "limit": -3}}',
        '{"q0": {"query": "x", "limit": 1.5}}',
        '{"q0": {"query": "x", "limit": "5"}}',
        '{"q0": {"query": "x", "limit": true}}',
        '{"q0": {"query": "x", "limit": NaN}}',
        '{"q0": {"query": "x", "limit": 1e999}}',
        '{"q0": {"query": "x", "limit": ' + "9" * 5000 + "}}",
        '{"q0": {"query": "x", "type": 5}}',
        '{"q0": {"query": "x", "type": [5]}}',
        '{"q0": {"query": "x", "type": [["x"]]}}',
        '{"q0": {"query": "x", "type_strict": "perhaps"}}',
        '{"q0": {"query": "x", "type_strict": ["all"]}}',
        '{"q0": {"query": "x", "properties": {"pid": "a", "v": 1}}}',
        '{"q0": {"query": "x", "properties": [1]}}',
        '{"q0": {"query": "x", "properties": [{"pid": 1, "v": 1}]}}',
        '{"q0": {"query": "x", "properties": [{"pid": "a"}]}}',
        '{"q0": {"query": "x", "properties": [{"pid": "a", "v": null}]}}',
        '{"q0": {"query": "x", "properties": [{"pid": "a", "v": {"name": "x"}}]}}',
        '{"q0": {"query": "x", "properties": [{"pid": "a", "v": [[1]]}]}}',
        "[" * 100_000,
        '{"q0":' * 50_000,
    ],
)
def test_a_batch_that_is_none_is_refused_in_one_line(towns: Served, queries: str) -> None:
    refused(post(towns, queries=queries), 400)


@pytest.mark.parametrize(
    "extend",
    [
        "",
        "[]",
        "{}",
        '{"ids": "aldmoor", "properties": []}',
        '{"ids": [], "properties": {}}',
        '{"ids": [1], "properties": []}',
        '{"ids": [], "properties": [{"name": "x"}]}',
    ],
)
def test_values_are_not_given_where_it_is_not_said_of_what(towns: Served, extend: str) -> None:
    refused(post(towns, extend=extend), 400)


def test_more_than_is_answered_at_a_time_is_too_large(towns: Served) -> None:
    many = {f"q{number}": {"query": "Aldmoor"} for number in range(BATCH + 1)}
    assert f"at most {BATCH}" in refused(post(towns, queries=json.dumps(many)), 413)
    many.popitem()
    assert len(post(towns, queries=json.dumps(many)).json) == BATCH == towns.get("/reconcile").json["batchSize"]
    for query in (
        {"query": "x", "type": ["x"] * 51},
        {"query": "x", "properties": [{"pid": "x", "v": 1}] * 21},
        {"query": "x", "properties": [{"pid": "x", "v": [1] * 51}]},
    ):
        refused(post(towns, queries=json.dumps({"q0": query})), 413)
    refused(post(towns, extend=json.dumps({"ids": ["x"] * 501, "properties": []})), 413)
    refused(post(towns, queries="x" * 2**20), 413)
    assert len(asked(towns, {"query": "Georgia", "limit": 10**6})) == 2


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/reconcile?query=Aldmoor", 400),
        ("GET", "/reconcile?queries=%7B%7D&queries=%7B%7D", 400),
        ("GET", "/reconcile?queries=%7B%7D&extend=%7B%7D", 400),
        ("GET", "/reconcile?queries=%FF", 400),
        ("POST", "/reconcile", 415),
        ("PUT", "/reconcile", 405),
        ("DELETE", "/reconcile", 405),
        ("POST", "/reconcile/suggest/entity?prefix=a", 405),
        ("POST", "/reconcile/preview?id=aldmoor", 405),
        ("GET", "/reconcile/suggest/entity", 400),
        ("GET", "/reconcile/suggest/claim?prefix=a", 404),
        ("GET", "/reconcile/suggest/entity?prefix=a&cursor=-1", 400),
        ("GET", "/reconcile/suggest/entity?prefix=a&cursor=x", 400),
        ("GET", "/reconcile/suggest/entity?prefix=a&cursor=%D9%A3", 400),
        ("GET", "/reconcile/suggest/entity?prefix=a&cursor=99999999999999999999", 400),
        ("GET", "/reconcile/suggest/entity?prefix=a&prefix=b", 400),
        ("GET", "/reconcile/preview", 400),
        ("GET", "/reconcile/preview?id=nobody", 404),
        ("GET", "/reconcile/preview?id=", 404),
        ("GET", "/reconcile/preview?id=..%2F..%2Fetc%2Fpasswd", 404),
        ("GET", "/reconcile/preview?id=%3Cscript%3E", 404),
        ("GET", "/reconcile/flyout/type?id=aldmoor", 404),
        ("GET", "/reconcile/flyout/thing?id=aldmoor", 404),
        ("GET", "/reconcile/properties", 400),
        ("GET", "/reconcile/properties?type=x&limit=many", 400),
        ("GET", "/reconcile/nothing", 404),
    ],
)
def test_what_is_no_request_of_the_service_is_told_in_one_line(towns: Served, method: str, path: str, status: int) -> None:
    refused(towns.send(method, path, body="x" if method == "POST" and status == 415 else None), status)


def test_a_post_without_queries_says_what_is_missing(towns: Served) -> None:
    assert "'queries'" in refused(post(towns, query="Aldmoor"), 400)
    assert "'queries'" in refused(post(towns), 400)


def test_an_answer_that_is_too_large_is_not_begun(own: workspace.Workspace, tmp_path: Path) -> None:
    with serving(own.root, tmp_path, "--max-size", "1K") as server:
        assert "1,024 bytes" in refused(server.get("/reconcile/suggest/entity?prefix="), 413)
        assert server.get("/reconcile/suggest/entity?prefix=brenwick").status == 200


def test_half_letters_are_letters_that_nothing_has(towns: Served) -> None:
    half = "\ud800"
    assert asked(towns, half + "x") == []
    query = {"query": "Aldmoor", "type": half, "properties": [{"pid": half, "v": half}]}
    assert asked(towns, query)[0]["id"] == "aldmoor"
    rows = {"ids": ["aldmoor", half], "properties": [{"id": half}, {"id": "skos:altLabel"}]}
    assert checked(post(towns, extend=json.dumps(rows)), EXTENDED)["rows"][half] == {half: [], "skos:altLabel": []}


def test_the_head_of_the_manifest_and_the_options_are_told(towns: Served) -> None:
    got = towns.send("HEAD", "/reconcile")
    assert (got.status, got.type, got.body) == (200, "application/json", b"")
    assert towns.send("OPTIONS", "/reconcile").headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_openapi_describes_the_service(served: Served) -> None:
    paths = served.get("/openapi.json").json["paths"]
    assert {"get", "post"} <= paths["/reconcile"].keys()
    assert {path for path in paths if path.startswith("/reconcile/")} == {
        f"/reconcile/{each}" for each in ("suggest/{kind}", "flyout/{kind}", "preview", "properties")
    }


def test_words_of_queries_do_not_reach_the_log(towns: Served) -> None:
    asked(towns, "unheard-of-name")
    towns.get("/reconcile?" + urlencode({"queries": json.dumps({"q": {"query": "unheard-of-name"}})}))
    assert towns.until(lambda: any(line.get("path") == "/reconcile" for line in towns.log()))
    assert "unheard-of-name" not in towns.log_file.read_text()


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["Aldmoor", CITY, "rel:cooperatesWith", "all", "brenwick"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "pid", "v", "name"]), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(["query", "type", "limit", "properties", "type_strict", "other"])


@given(queries=st.dictionaries(st.text(max_size=4), st.dictionaries(FIELDS, VALUES, max_size=6) | VALUES, max_size=3))
def test_whatever_a_batch_holds_it_is_refused_or_answered_as_the_schema_says(offered: Offered, queries: dict[str, Any]) -> None:
    try:
        read = read_queries(json.dumps(queries), offered)
    except (InputError, TooLargeError) as error:
        said = str(error)
    else:
        said = ""
        _check_answers({key: candidates(query, offered) for key, query in read.items()})
    assert said.isprintable()


def _check_answers(found: dict[str, list[dict[str, Any]]]) -> None:
    Draft202012Validator(RESULTS).validate({key: {"result": each} for key, each in found.items()})
    for each in found.values():
        scores = [candidate["score"] for candidate in each]
        assert scores == sorted(scores, reverse=True)
        assert sum(candidate["match"] for candidate in each) <= 1
