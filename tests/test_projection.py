"""Networks: there and back, the files they are written to, and what is measured of them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ferry
import networkx as nx
import pytest

from kg import index, measures, projection
from kg.errors import UsageError
from kg.model import Claim, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conftest import Run

    from kg.index import Index


@pytest.fixture(scope="module")
def ferry_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write(tmp_path_factory.mktemp("ferry"))


@pytest.fixture(scope="module")
def random_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write_random(tmp_path_factory.mktemp("random"))


@pytest.fixture(scope="module")
def hostile_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write_hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(params=["ferry_index", "random_index", "hostile_index", "article_index"])
def any_index(request: pytest.FixtureRequest) -> Index:
    found: Index = request.getfixturevalue(request.param)
    return found


def test_a_network_gives_the_same_claims_back(any_index: Index) -> None:
    assert projection.from_network(projection.to_network(any_index)) == any_index.claims


def test_every_claim_is_an_edge_whose_key_is_its_iri(ferry_index: Index) -> None:
    graph = projection.to_network(ferry_index)
    assert {key for _, _, key in graph.edges(keys=True)} == {claim.iri for claim in ferry_index.claims}
    assert graph.edges[ferry.ent("aldmoor"), ferry.ent("bridge"), ferry.claim_iri(6)]["certainty"] == "possible"


def test_what_a_claim_does_not_say_has_no_key(ferry_index: Index) -> None:
    data = projection.to_network(ferry_index).edges[ferry.ent("aldmoor"), ferry.ent("bridge"), ferry.claim_iri(6)]
    assert not {"modality", "value", "unit", "when", "reported_by", "notes"} & set(data)


def test_entities_claims_and_literals_are_nodes_of_their_own_kinds(ferry_index: Index) -> None:
    kinds = dict(projection.to_network(ferry_index).nodes(data="kind"))
    assert kinds[ferry.ent("ferry")] == "entity"
    assert kinds[ferry.claim_iri(1)] == kinds[ferry.claim_iri(6)] == "claim"
    assert kinds['"a wreck"@en'] == "literal"
    assert ferry.ent("author") not in kinds


def test_literals_that_differ_in_language_only_are_two_nodes(tmp_path: Path) -> None:
    pair = [
        ferry.claim(at, "It is called so.", ferry.ent("ferry"), "describedAs", Literal("Rad", language=language))
        for at, language in enumerate(("en", "de"))
    ]
    graph = projection.to_network(ferry.write(tmp_path, claims=pair, passages=()))
    assert {'"Rad"@en', '"Rad"@de'} < set(graph)


def test_only_accepted_claims_are_edges_unless_others_are_given(tmp_path: Path) -> None:
    draft = replace(ferry.CLAIMS[0], status="draft")
    loaded = ferry.write(tmp_path, claims=[draft, *ferry.CLAIMS[1:]])
    assert projection.to_network(loaded).number_of_edges() == len(ferry.CLAIMS) - 1
    assert projection.to_network(loaded, claims=loaded.all_claims).number_of_edges() == len(ferry.CLAIMS)


READERS = {"gexf": nx.read_gexf, "graphml": lambda path: nx.read_graphml(path, force_multigraph=True)}


@pytest.mark.parametrize("name", READERS)
def test_networkx_reads_back_what_is_written(any_index: Index, tmp_path: Path, name: str) -> None:
    graph = projection.to_network(any_index)
    path = tmp_path / f"claims.{name}"
    projection.write(graph, path)
    read = READERS[name](path)
    expected = projection.flat(graph)
    assert set(read) == set(expected)
    assert Counter(key for _, _, key in read.edges(keys=True)) == Counter(key for _, _, key in expected.edges(keys=True))
    for start, end, key, data in expected.edges(keys=True, data=True):
        assert {field: read.edges[start, end, key][field] for field in data} == data


def test_node_link_json_reads_back_with_its_lists(ferry_index: Index, tmp_path: Path) -> None:
    import json

    path = tmp_path / "claims.json"
    projection.write(projection.to_network(ferry_index), path)
    read = nx.node_link_graph(json.loads(path.read_text(encoding="utf-8")), edges="edges")
    assert isinstance(read, nx.MultiDiGraph)
    data = read.edges[ferry.ent("ferry"), ferry.ent("holes"), ferry.claim_iri(4)]
    assert data["notes"] == ["by count"]
    assert read.edges[ferry.ent("river-office"), ferry.ent("holes"), ferry.claim_iri(5)]["value"] == 14
    assert read.nodes['"a wreck"@en']["literal"] == {"value": "a wreck", "language": "en", "datatype": None}


def test_the_edge_list_has_one_row_a_claim_and_no_cell_that_a_spreadsheet_runs(tmp_path: Path) -> None:
    formula = replace(ferry.CLAIMS[0], label="=HYPERLINK(1)", notes=("@x",))
    loaded = ferry.write(tmp_path, claims=[formula, *ferry.CLAIMS[1:]])
    path = tmp_path / "claims.csv"
    projection.write(projection.to_network(loaded), path)
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode())))
    assert [row["claim"] for row in rows] == [claim.iri for claim in loaded.claims]
    assert (rows[0]["label"], rows[0]["notes"], rows[0]["since"]) == ("'=HYPERLINK(1)", "'@x", "2019-05-01")


@pytest.mark.parametrize("name", projection.FORMATS)
def test_the_same_claims_give_the_same_file(ferry_index: Index, tmp_path: Path, name: str) -> None:
    for at in (1, 2):
        projection.write(projection.to_network(ferry_index), tmp_path / f"{at}.{name}")
    assert (tmp_path / f"1.{name}").read_bytes() == (tmp_path / f"2.{name}").read_bytes()


def test_an_unknown_format_is_named_with_the_known_ones(ferry_index: Index, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'xyz'; there are gexf, graphml, json, csv"):
        projection.write(projection.to_network(ferry_index), tmp_path / "claims.xyz")
    assert not (tmp_path / "claims.xyz").exists()


def pairs(found: Iterable[tuple[Claim, Claim]]) -> set[tuple[str, str]]:
    return {(one.iri[-3:], other.iri[-3:]) for one, other in found}


def test_a_denial_contradicts_what_is_affirmed_by_a_narrower_relation(ferry_index: Index) -> None:
    assert pairs(measures.contradictions(ferry_index.claims, ferry_index.relations)) == {("003", "004")}


def variant(number: int, base: Claim, **changes: Any) -> Claim:
    return replace(base, iri=ferry.claim_iri(number), **changes)


DENIED, RANKED, ALLIED = ferry.CLAIMS[2], ferry.CLAIMS[3], ferry.CLAIMS[8]


@pytest.mark.parametrize(
    ("denied", "affirmed", "is_found"),
    [
        (variant(50, DENIED), variant(51, RANKED), True),
        (variant(50, DENIED, relation=RANKED.relation), variant(51, RANKED, relation=DENIED.relation), False),
        (variant(50, DENIED, modality="ought"), variant(51, RANKED), False),
        (variant(50, DENIED, until=date(2019, 1, 1)), variant(51, RANKED, since=date(2019, 1, 2)), False),
        (variant(50, DENIED, until=date(2019, 1, 2)), variant(51, RANKED, since=date(2019, 1, 2)), True),
        (variant(50, DENIED, subject=DENIED.object, object=DENIED.subject), variant(51, RANKED), False),
        (variant(50, ALLIED, polarity="denied", subject=ALLIED.object, object=ALLIED.subject), variant(51, ALLIED), True),
        (variant(50, ALLIED, polarity="denied", relation=ferry.rel("interactsWith")), variant(51, ALLIED), True),
    ],
    ids=["narrower", "broader", "modality", "before", "same day", "turned round", "symmetric turned round", "far narrower"],
)
def test_contradictions_and_their_decoys(ferry_index: Index, denied: Claim, affirmed: Claim, *, is_found: bool) -> None:
    assert bool(measures.contradictions([affirmed, denied], ferry_index.relations)) is is_found


def test_different_figures_for_one_triple_disagree_unless_the_units_or_the_times_differ() -> None:
    counted = ferry.CLAIMS[4]
    other = variant(50, counted, value=Decimal(15))
    assert pairs(measures.disagreements([counted, other])) == {("005", "050")}
    assert not measures.disagreements([counted, replace(other, unit="urn:other")])
    assert not measures.disagreements([counted, replace(other, since=date(2021, 1, 1), until=None)])
    assert not measures.disagreements([counted, replace(other, value=Decimal("14.0"))])


def test_signed_measures_look_at_plain_claims_only(ferry_index: Index) -> None:
    rows = {row.iri: row for row in measures.network_measures(ferry_index)}
    plain = [claim for claim in ferry_index.claims if index.is_plain(claim)]
    assert {claim.iri[-3:] for claim in plain} == {"001", "002", "004", "005", "007", "009"}
    # Aldmoor's tie (ought) and its criticism (probable) do not count; the alliance does.
    assert (rows[ferry.ent("aldmoor")].cooperative, rows[ferry.ent("aldmoor")].hostile) == (1.0, 0.0)
    assert rows[ferry.ent("bridge")].cooperative is None


def test_measures_are_those_that_networkx_finds(random_index: Index) -> None:
    graph = nx.Graph()
    graph.add_nodes_from({iri for claim in random_index.claims for iri in (claim.subject, claim.object)})
    graph.add_edges_from((claim.subject, claim.object) for claim in random_index.claims if claim.subject != claim.object)
    expected = nx.betweenness_centrality(graph)
    rows = measures.network_measures(random_index)
    assert {row.iri: row.degree for row in rows} == dict(graph.degree())
    assert all(row.betweenness == pytest.approx(expected[row.iri]) for row in rows)
    communities = [{row.iri for row in rows if row.community == number} for number in {row.community for row in rows}]
    assert nx.community.modularity(graph, communities) > 0.25


def test_communities_are_the_same_every_time(random_index: Index) -> None:
    assert measures.network_measures(random_index) == measures.network_measures(random_index)


def test_stats_counts_what_is_there(run_kg: Callable[..., Run], ferry_index: Index) -> None:
    done = run_kg("stats", "-f", "csv", cwd=ferry_index.workspace.root)
    rows = {(row["what"], row["value"]): row["count"] for row in csv.DictReader(io.StringIO(done.out))}
    assert done.code == 0
    assert rows["claims", ""] == "10"
    assert rows["polarity", "denied"] == "1"
    assert rows["claimant", "author of the source"] == "7"


def test_stats_measures_the_network(run_kg: Callable[..., Run], ferry_index: Index) -> None:
    done = run_kg("stats", "--network", "-f", "csv", cwd=ferry_index.workspace.root)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert rows[0]["label"] == "Aldmoor"
    assert {"degree", "betweenness", "community", "cooperative", "hostile"} < set(rows[0])


def test_project_writes_a_file_that_its_suffix_names(run_kg: Callable[..., Run], tmp_path: Path, ferry_index: Index) -> None:
    done = run_kg("project", "-o", tmp_path / "out.gexf", cwd=ferry_index.workspace.root)
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith("10 nodes and 10 edges\n")
    assert nx.read_gexf(tmp_path / "out.gexf").number_of_edges() == 10


def test_project_refuses_a_suffix_that_names_no_format(run_kg: Callable[..., Run], tmp_path: Path, ferry_index: Index) -> None:
    done = run_kg("project", "-o", tmp_path / "out.docx", cwd=ferry_index.workspace.root)
    assert done.code == 2
    assert "no format is called 'docx'" in done.err
