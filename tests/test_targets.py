"""The names of other data sets: the forms that they have, the ways in which people write them, what is wrong with a form."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from kg import names, targets
from kg.errors import InputError

WIKIDATA, GEONAMES = "http://www.wikidata.org/entity/Q889", "https://sws.geonames.org/1149361/"
DBPEDIA, ISO = "http://dbpedia.org/resource/Afghanistan", "https://www.iso.org/obp/ui/#iso:code:3166:AF"

OTHER_WAYS = {
    WIKIDATA: (
        "Q889",
        "q889",
        "wd:Q889",
        "<https://www.wikidata.org/wiki/Q889>",
        "https://www.wikidata.org/wiki/Q889?uselang=de#P31",
        "https://www.wikidata.org/entity/Q889",
        "http://wikidata.org/entity/Q889",
        "https://m.wikidata.org/wiki/Q889",
        "https://www.wikidata.org/wiki/Special:EntityData/Q889.ttl",
    ),
    "http://www.wikidata.org/entity/P31": ("https://www.wikidata.org/wiki/Property:P31",),
    GEONAMES: (
        "geonames:1149361",
        "https://sws.geonames.org/1149361",
        "http://sws.geonames.org/1149361/",
        "https://www.geonames.org/1149361/afghanistan.html",
        "https://www.geonames.org/1149361",
        "http://sws.geonames.org/1149361/about.rdf",
    ),
    DBPEDIA: (
        "dbr:Afghanistan",
        "https://dbpedia.org/page/Afghanistan",
        "http://dbpedia.org/page/Afghanistan",
        "https://dbpedia.org/resource/Afghanistan",
        "http://dbpedia.org/resource/afghanistan",
        "https://dbpedia.org/data/Afghanistan.ttl",
        "http://en.dbpedia.org/resource/Afghanistan",
    ),
    "http://dbpedia.org/resource/Fall_of_Kabul_(2021)": ("http://dbpedia.org/resource/Fall%20of%20Kabul_%282021%29",),
    ISO: ("iso3166:af", "https://www.iso.org/obp/ui#iso:code:3166:AF", "http://www.iso.org/obp/ui/en/#iso:code:3166:af"),
    "https://schema.org/Claim": ("http://schema.org/Claim", "https://www.schema.org/Claim"),
    "http://www.w3.org/ns/prov#wasAttributedTo": (
        "https://www.w3.org/ns/prov#wasAttributedTo",
        "https://www.w3.org/TR/prov-o/#wasAttributedTo",
    ),
    "http://semanticweb.cs.vu.nl/2009/11/sem/accordingTo": ("https://semanticweb.cs.vu.nl/2009/11/sem/accordingTo",),
    "http://xmlns.com/foaf/0.1/Group": ("https://xmlns.com/foaf/0.1/Group", "http://xmlns.com/foaf/spec/#term_Group"),
    "https://w3id.org/claimgraph/plover/CONSULT": ("http://w3id.org/claimgraph/plover/CONSULT",),
}
PAIRS = [(way, name) for name, ways in OTHER_WAYS.items() for way in ways]


@pytest.mark.parametrize(("way", "name"), PAIRS)
def test_other_ways_to_write_a_name_lead_to_it(way: str, name: str) -> None:
    assert targets.normalise(way) == name


@pytest.mark.parametrize("name", OTHER_WAYS)
def test_a_name_as_its_target_writes_it_stays_and_has_no_fault(name: str) -> None:
    assert targets.normalise(name) == name
    assert targets.fault(name) is None


@pytest.mark.parametrize(("way", "name"), [(way, name) for way, name in PAIRS if "://" in way and "<" not in way])
def test_every_other_address_is_a_fault_that_names_the_right_one(way: str, name: str) -> None:
    assert name in str(targets.fault(way))


@pytest.mark.parametrize(
    ("iri", "words"),
    [
        ("https://www.wikidata.org/entity/Q889", "writes http here"),
        ("https://sws.geonames.org/1149361", "final slash is lost"),
        ("https://www.wikidata.org/wiki/Q889", "address of a page"),
        ("https://dbpedia.org/page/Afghanistan", "address of a page"),
        ("https://en.wikipedia.org/wiki/Afghanistan", "a page of Wikipedia"),
        ("https://de.m.wikipedia.org/wiki/Afghanistan", "a page of Wikipedia"),
        ("https://www.wikidata.org/wiki/Talk:Q889", "has no names like this"),
        ("http://www.wikidata.org/entity/889", "has no names like this"),
        ("https://www.iso.org/obp/ui/#iso:code:3166:AFG", "has no names like this"),
        ("https://w3id.org/claimgraph/plover/consult", "has no names like this"),
        ("Q889", "no whole IRI"),
        ("https://example.org/a b", "no whole IRI"),
    ],
)
def test_a_fault_says_what_is_wrong(iri: str, words: str) -> None:
    assert words in str(targets.fault(iri))


@pytest.mark.parametrize(
    "iri",
    [
        "http://www.wikidata.org/prop/direct/P31",
        "http://dbpedia.org/ontology/Country",
        "http://fr.dbpedia.org/resource/Afghanistan",
        "https://example.org/thing",
        "urn:isbn:9780140449136",
    ],
)
def test_names_that_we_know_nothing_of_are_left_as_they_are(iri: str) -> None:
    assert targets.fault(iri) is None
    assert targets.normalise(iri) == iri


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://de.dbpedia.org/resource/Kabul", "http://de.dbpedia.org/resource/Kabul"),
        ("http://de.dbpedia.org/page/Kabul", "http://de.dbpedia.org/resource/Kabul"),
        ("http://dbpedia.org/page/Sa\u0303o_Paulo", "http://dbpedia.org/resource/S\u00e3o_Paulo"),
    ],
)
def test_chapters_and_spellings_of_dbpedia_have_one_name_each(iri: str, name: str) -> None:
    assert name in (targets.fault(iri) or "")
    assert targets.fault(name) is None


@pytest.mark.parametrize("key", ["P31", "L123", "L123-F1", "L123-S2", "E10", "statement/Q1-0A"])
def test_whatever_wikidata_names_has_no_fault(key: str) -> None:
    assert targets.fault(targets.PREFIXES["wd"] + key) is None


@pytest.mark.parametrize(
    "rest",
    ["%zz", "\u202e", "\ud800", "[x]#a#b", "x" * 2_000, "\x7f", "\u2028x"],
    ids=["escape", "bidi", "surrogate", "two fragments", "long", "control", "line"],
)
def test_what_could_not_be_read_back_is_no_name(rest: str) -> None:
    for iri in ("https://place.example/" + rest, "http://dbpedia.org/resource/X" + rest):
        assert targets.fault(iri), iri
    with pytest.raises(InputError):
        targets.normalise("https://place.example/" + rest)


@pytest.mark.parametrize(
    "iri", ["http://[::1/x", "http://www.wikidata.org@place.example/entity/Q1", "urn:", "https://wikipedia.org/wiki/X"]
)
def test_what_is_no_name_of_a_thing_is_a_fault(iri: str) -> None:
    assert targets.fault(iri)


@pytest.mark.parametrize("text", ["", "Kabul", "889", "javascript:alert(1)", "x> <urn:q> <urn:evil", "http://a b/"])
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no identifier that kg knows"):
        targets.normalise(text)


def test_names_of_one_data_set_are_of_one_set() -> None:
    assert targets.set_of(WIKIDATA) == targets.set_of("http://www.wikidata.org/entity/Q1") == "wikidata"
    assert len({targets.set_of(iri) for iri in (WIKIDATA, GEONAMES, DBPEDIA, ISO)}) == 4
    assert targets.set_of("urn:isbn:1") == targets.set_of("urn:isbn:2")


def test_a_name_is_short_to_read() -> None:
    assert targets.short(WIKIDATA) == ("Wikidata", "Q889")
    assert targets.short(ISO) == ("ISO 3166-1", "AF")
    assert targets.short("https://example.org/thing") == ("example.org", "https://example.org/thing")


@pytest.mark.parametrize(
    ("iri", "written"),
    [
        (WIKIDATA, "wd:Q889"),
        (DBPEDIA, "dbr:Afghanistan"),
        (ISO, "iso3166:AF"),
        ("http://xmlns.com/foaf/0.1/Group", "foaf:Group"),
        ("http://dbpedia.org/resource/Fall_of_Kabul_(2021)", "<http://dbpedia.org/resource/Fall_of_Kabul_(2021)>"),
        ("http://dbpedia.org/resource/S.H.I.E.L.D.", "<http://dbpedia.org/resource/S.H.I.E.L.D.>"),
        (GEONAMES, f"<{GEONAMES}>"),
    ],
)
def test_a_name_is_a_curie_where_a_query_reads_it_back_as_it_is_written_and_only_there(iri: str, written: str) -> None:
    prefixes = names.prefixes()
    assert names.compact(iri, prefixes) == written
    answer: Any = ox.Store().query(f"SELECT ({written} AS ?it) {{}}", prefixes=prefixes)
    assert [row["it"].value for row in answer] == [iri]


def test_the_prefixes_of_mapping_sets_are_those_of_workspaces() -> None:
    known = names.prefixes()
    assert {prefix for prefix in targets.PREFIXES if prefix not in known} == {"geonames"}
    assert all(known.get(prefix, space) == space for prefix, space in targets.PREFIXES.items())
