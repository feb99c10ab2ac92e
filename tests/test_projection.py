"""Networks: there and back, and what is measured of them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ferry
import networkx as nx
import pytest

from kg import export, index, measures, projection
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


def test_a_table_of_edges_says_in_words_who_claims_what(ferry_index: Index) -> None:
    rows = csv.DictReader(io.StringIO(export.export(export.Wanted(ferry_index), "edges").files[""].decode(), newline=""))
    told = {row["id"]: (row["source_label"], row["relation_label"], row["target_label"], row["claimant_label"]) for row in rows}
    labels = ferry_index.labels
    for claim in ferry_index.claims:
        if not isinstance(claim.object, Literal):
            assert told[claim.iri] == tuple(labels[iri] for iri in (claim.subject, claim.relation, claim.object, claim.claimant))


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
