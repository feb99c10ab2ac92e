"""The saved queries: their headers, a golden case each on a small graph on both engines, and what they answer over the first article."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from kg import index, names, parameters, query, saved, second_engine, text, triples
from kg.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.answers import Answer, Term

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "queries"
SMALL = GOLDEN / "small"
FILES = {path.stem: path for path in sorted((ROOT / "queries").rglob("*.rq")) if path.parent.name != "checks"}
PREFIXES = names.prefixes()
DEFAULT = ox.DefaultGraph()

Row = dict[str, str]


@pytest.fixture(scope="module")
def small() -> Iterator[index.Index]:
    """The small graph, with one rdflib dataset of it for all queries: to make it takes longer than to answer most of them."""
    over, make = index.load(Workspace(SMALL)), second_engine._dataset  # noqa: SLF001  what is kept here
    made: dict[int, Any] = {}

    def dataset(store: ox.Store, graphs: tuple[list[str], list[str]] | None) -> Any:
        if store is not over.store or graphs is not None:
            return make(store, graphs)
        if len(store) not in made:  # a query that names graphs adds them
            made[len(store)] = make(store, None)
        return made[len(store)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second_engine, "_dataset", dataset)
        yield over


def shown(term: Term | None) -> str:
    if term is None:
        return ""
    assert not isinstance(term, ox.BlankNode | ox.Triple)
    return names.compact(term.value, PREFIXES) if isinstance(term, ox.NamedNode) else term.value


def ask(over: index.Index, name: str, given: dict[str, str], *, engine: str = "oxigraph") -> Answer:
    found = saved.read(FILES[name])
    values = parameters.terms_of(found.parameters, given, over.workspace.prefixes, index=over, is_saved=True)
    return query.run(over, found.text, values=values, engine=engine)


def rows_of(answer: Answer) -> list[Row]:
    return [{name: shown(term) for name, term in zip(answer.variables, row, strict=True)} for row in answer.rows]


def given_in(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def rows_in(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def pairs(answer: Answer, first: str, second: str) -> set[tuple[str, str]]:
    return {(row[first].removeprefix("claim:fd-"), row[second].removeprefix("claim:fd-")) for row in rows_of(answer)}


# The files


@pytest.mark.parametrize("name", FILES)
def test_a_saved_query_keeps_the_rules_of_its_header(name: str) -> None:
    found = saved.check_file(FILES[name])
    assert found.summary.endswith((".", "?"))
    assert found.description.endswith(".")
    assert "general" in found.tags
    assert ("article" in found.tags) == (GOLDEN / name / "article.csv").exists()
    assert all(len(line) <= 140 for line in found.text.splitlines())


def test_every_query_has_a_golden_case_and_every_golden_case_a_query() -> None:
    folders = {path.parent.name for path in GOLDEN.glob("*/expected.*")}
    checks = {path.stem for path in (ROOT / "queries" / "checks").glob("*.rq")}
    assert set(FILES) - folders == set()
    assert folders - set(FILES) - checks == set()


# The small graph


@pytest.mark.parametrize("engine", query.ENGINES)
@pytest.mark.parametrize("name", FILES)
def test_a_saved_query_finds_on_the_small_graph_what_was_worked_out_by_hand(name: str, engine: str, small: index.Index) -> None:
    folder = GOLDEN / name
    answer = ask(small, name, given_in(folder / "parameters.json"), engine=engine)
    if answer.form == "triples":
        lines = (folder / "expected.nt").read_text(encoding="utf-8").splitlines()
        assert sorted(f"{triple} ." for triple in set(answer.triples)) == lines
    else:
        expected = rows_in(folder / "expected.csv")
        assert expected, "a golden case without rows shows nothing"
        assert list(expected[0]) == answer.variables
        assert rows_of(answer) == expected


@pytest.mark.parametrize("name", [name for name in FILES if (GOLDEN / name / "expected.csv").exists()])
def test_a_row_that_is_a_claim_says_what_the_records_say(name: str, small: index.Index) -> None:
    records = {names.compact(claim.iri, PREFIXES): claim for claim in small.all_claims}
    for row in rows_in(GOLDEN / name / "expected.csv"):
        claim = records.get(row.get("claim", ""))
        if claim is None or name in {"evidence", "claims-in-sentence"}:  # these show one passage, not all
            continue
        places = [small.passages[iri] for iri in claim.passages]
        first = min(places, key=lambda place: place.start, default=None)
        truth = {
            "label": claim.label,
            "polarity": f"kg:{claim.polarity}",
            "certainty": f"kg:{claim.certainty}",
            "modality": f"kg:{claim.modality}" if claim.modality else "",
            "when": claim.when or "",
            "claimant": names.compact(claim.claimant, PREFIXES),
            "paragraph": str(first.paragraph) if first else "",
            "sentence": str(first.sentence) if first else "",
            "start": str(first.start) if first else "",
            "end": str(first.end) if first else "",
        }
        assert claim.status == "accepted"
        assert {key: row[key] for key in truth if key in row} == {key: value for key, value in truth.items() if key in row}


def test_the_plain_view_is_what_the_index_takes_for_plain(small: index.Index) -> None:
    plain = {(claim.subject, claim.relation, triples.object_to_term(claim.object)) for claim in small.claims if index.is_plain(claim)}
    found = ask(small, "plain-view", {}).triples
    assert {(triple.subject.value, triple.predicate.value, triple.object) for triple in found} == plain  # type: ignore[union-attr]


def test_the_passages_of_the_small_graph_hold_their_words(small: index.Index) -> None:
    words = text.normal_form((SMALL / "ferry.txt").read_bytes())
    assert {source.identifier for source in small.sources.values()} == {text.identifier(words)}
    for place in small.passages.values():
        digest = text.passage_digest(text.identifier(words), place.start, place.end, words[place.start : place.end])
        assert (place.iri, digest) == (place.iri, place.digest)


def test_the_relations_of_the_small_graph_are_those_of_the_ontology() -> None:
    structure = {names.RDF + "type", names.RDFS + "subPropertyOf", names.OWL + "inverseOf", names.STANCE}
    whole, part = (
        {quad.triple for quad in ox.parse((folder / "ontology" / "relations.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)}
        for folder in (ROOT, SMALL)
    )
    subjects = {triple.subject for triple in part}
    kept = {triple for triple in part if triple.predicate.value in structure}
    assert kept == {triple for triple in whole if triple.subject in subjects and triple.predicate.value in structure}


def test_who_says_what_lists_every_accepted_claim_when_nobody_is_named(small: index.Index) -> None:
    assert [row["claim"] for row in rows_of(ask(small, "who-says-what", {}))] == [
        names.compact(claim.iri, PREFIXES) for claim in small.claims
    ]


# Contradictions and disagreements: each decoy becomes a match as soon as the one thing that keeps it out is changed


def changed(*, without: Iterable[str] = (), added: Iterable[str] = ()) -> index.Index:
    """Return the small graph without and with some triples, written in Turtle with the usual prefixes."""
    over = index.load(Workspace(SMALL))
    header = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    for lines, change in ((without, over.store.remove), (added, over.store.add)):
        for quad in ox.parse(header + "".join(f"{line} .\n" for line in lines), format=ox.RdfFormat.TURTLE):
            here = ox.Quad(quad.subject, quad.predicate, quad.object, DEFAULT)
            assert (here in over.store) == (change == over.store.remove), f"{here} does not change anything"
            change(here)
    return over


CONTRADICTIONS = {("008", "005"), ("016", "017"), ("020", "019"), ("021", "007"), ("022", "023")}
DECOYS = {
    "disjoint periods": (
        ['claim:fd-010 kg:until "2015-12-31"^^xsd:date'],
        [],
        {("012", "010"), ("014", "010")},
    ),
    "a denied narrower relation": (
        ["claim:fd-013 rdf:predicate rel:alliedWith"],
        ["claim:fd-013 rdf:predicate rel:hasTiesWith"],
        {("013", "010"), ("013", "011")},
    ),
    "another modality": (["claim:fd-015 kg:modality kg:ought"], [], {("012", "015"), ("014", "015")}),
    "a rejected claim": (["claim:fd-018 kg:status kg:rejected"], ["claim:fd-018 kg:status kg:accepted"], {("016", "018")}),
    "a draft": (["claim:fd-052 kg:status kg:draft"], ["claim:fd-052 kg:status kg:accepted"], {("008", "052")}),
    "a relation that is not symmetric": ([], ["rel:protects a owl:SymmetricProperty"], {("025", "024")}),
}


@pytest.mark.parametrize("engine", query.ENGINES)
@pytest.mark.parametrize("decoy", DECOYS)
def test_a_decoy_is_no_contradiction_for_one_reason_only(decoy: str, engine: str) -> None:
    without, added, more = DECOYS[decoy]
    answer = ask(changed(without=without, added=added), "contradictions", {}, engine=engine)
    assert pairs(answer, "denial", "counterclaim") == CONTRADICTIONS | more


@pytest.mark.parametrize(
    ("without", "fewer"),
    [
        ("rel:happenedAfter owl:inverseOf rel:happenedBefore", {("021", "007")}),
        ("rel:interactsWith a owl:SymmetricProperty", {("022", "023")}),
        ("rel:metWith a owl:SymmetricProperty", {("008", "005")}),
        ("rel:mostEndangeredBy rdfs:subPropertyOf rel:troubledBy", {("016", "017")}),
    ],
)
def test_each_way_to_contradict_rests_on_the_ontology(without: str, fewer: set[tuple[str, str]]) -> None:
    assert pairs(ask(changed(without=[without]), "contradictions", {}), "denial", "counterclaim") == CONTRADICTIONS - fewer


@pytest.mark.parametrize(("day", "is_one"), [("2017-12-31", False), ("2018-01-01", True)])
def test_periods_overlap_from_the_day_they_share(day: str, is_one: bool) -> None:  # noqa: FBT001
    over = changed(without=['claim:fd-011 kg:until "2016-12-31"^^xsd:date'], added=[f'claim:fd-011 kg:until "{day}"^^xsd:date'])
    assert (("012", "011") in pairs(ask(over, "contradictions", {}), "denial", "counterclaim")) == is_one


@pytest.mark.parametrize(
    ("without", "added", "expected"),
    [
        ([], [], {("026", "028")}),
        (
            ['claim:fd-029 kg:from "2018-01-01"^^xsd:date', 'claim:fd-029 kg:until "2018-12-31"^^xsd:date'],
            [],
            {("026", "028"), ("026", "029"), ("028", "029")},
        ),
        (['claim:fd-028 kg:value "35"^^xsd:decimal'], ['claim:fd-028 kg:value "40"^^xsd:decimal'], set()),
        (["claim:fd-028 kg:unit unit:PERCENT"], ["claim:fd-028 kg:unit unit:PERMILLE"], set()),
        (["claim:fd-028 kg:polarity kg:affirmed"], ["claim:fd-028 kg:polarity kg:denied"], set()),
        ([], ["claim:fd-028 kg:modality kg:planned"], set()),
        (["claim:fd-028 kg:status kg:accepted"], ["claim:fd-028 kg:status kg:rejected"], set()),
    ],
)
def test_a_disagreement_needs_the_same_triple_polarity_modality_unit_and_time(
    without: list[str], added: list[str], expected: set[tuple[str, str]]
) -> None:
    over = changed(without=without, added=added)
    assert pairs(ask(over, "disagreements", {}), "one", "other") == expected


@pytest.mark.parametrize("engine", query.ENGINES)
def test_what_contradicts_a_disputed_claim_is_a_contradiction_either_way(engine: str, small: index.Index) -> None:
    everywhere = query.run(small, saved.read(FILES["disputed"]).text, engine=engine)
    found = {(row["disputed"], row["reply"]) for row in rows_of(everywhere) if row["how"] == "contradicts the claim"}
    both_ways = {*CONTRADICTIONS, *((two, one) for one, two in CONTRADICTIONS)}
    assert found == {(f"claim:fd-{one}", f"claim:fd-{two}") for one, two in both_ways}


@pytest.mark.parametrize("engine", query.ENGINES)
def test_of_two_passages_that_begin_alike_one_is_the_first(engine: str, small: index.Index) -> None:
    longer = "passage:fd-60-99 a kg:Passage ; oa:hasSource src:fd ; kg:start 60 ; kg:end 99 ; kg:paragraph 1 ; kg:sentence 1"
    over = changed(added=[longer, "claim:fd-001 kg:passage passage:fd-60-99"])
    assert rows_of(ask(over, "questions-asked", {}, engine=engine)) == rows_of(ask(small, "questions-asked", {}))
    assert rows_of(ask(over, "claims-in-sentence", {"sentence": "1"}, engine=engine)) == rows_of(
        ask(small, "claims-in-sentence", {"sentence": "1"})
    )


# The first article


def looks_as_in_the_article(name: str, over: index.Index, engine: str) -> None:
    expected = rows_in(GOLDEN / name / "article.csv")
    rows = rows_of(ask(over, name, given_in(GOLDEN / name / "article.json"), engine=engine))
    assert [{key: row[key] for key in expected[0]} for row in rows] == expected


@pytest.mark.parametrize("name", [name for name in FILES if (GOLDEN / name / "article.csv").exists()])
def test_a_saved_query_finds_in_the_article_what_was_read_in_it(name: str, article_index: index.Index) -> None:
    looks_as_in_the_article(name, article_index, "oxigraph")


@pytest.mark.parametrize("name", ["argument-sides", "contradictions", "derive-total-imports"])
def test_the_second_engine_finds_the_same_in_the_article(name: str, article_index: index.Index) -> None:
    looks_as_in_the_article(name, article_index, "rdflib")


def test_the_derived_claims_of_the_article_are_what_the_query_derives(article_index: index.Index) -> None:
    (total,) = rows_of(ask(article_index, "derive-total-imports", {}))
    recorded = {row["claim"]: row["value"] for row in rows_of(ask(article_index, "derived-claims", {}))}
    assert recorded == {
        "claim:derived-001": total["totalValue"],
        "claim:derived-002": total["leastValue"],
        "claim:derived-003": total["mostValue"],
    }


QUESTIONS = json.loads((GOLDEN / "questions.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("asked", QUESTIONS, ids=[asked["question"] for asked in QUESTIONS])
def test_a_question_about_the_article_is_answered_with_the_right_claimant(asked: dict[str, Any], article_index: index.Index) -> None:
    """`where` picks rows by their values; those must give exactly `answers`, in the columns that the answers name."""
    rows = rows_of(ask(article_index, asked["query"], asked.get("parameters", {})))
    chosen = [row for row in rows if asked.get("where", {}).items() <= row.items()]
    columns = list(asked["answers"][0])
    assert sorted([row[column] for column in columns] for row in chosen) == sorted(list(answer.values()) for answer in asked["answers"])


CITED = {
    "ent:dmitry-zhirnov",
    "ent:global-terrorism-index",
    "ent:many-afghans",
    "ent:maria-zakharova",
    "ent:nsia",
    "ent:russian-leaders",
    "ent:taliban",
    "ent:young-afghans",
}


def test_the_author_is_not_made_to_say_what_the_cited_say(article_index: index.Index) -> None:
    claims = article_index.claims
    said = {(claim.subject, claim.relation, claim.object): claim for claim in claims if names.compact(claim.claimant, PREFIXES) in CITED}
    authors = {(claim.subject, claim.relation, claim.object) for claim in claims if names.compact(claim.claimant, PREFIXES) not in CITED}
    assert {names.compact(claim.claimant, PREFIXES) for claim in said.values()} == CITED
    assert not said.keys() & authors
    assert {claim.reported_by for claim in said.values()} == {PREFIXES["ent"] + "author-of-ra"}
