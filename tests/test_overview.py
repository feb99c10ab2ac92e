"""Pages of more claims than can be drawn: what they hold, what they draw, how large they are, and how their data travel."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import events
import ferry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import view
from kg.view import pack
from kg.view.facets import facets

if TYPE_CHECKING:
    from pathlib import Path

    from kg.index import Index


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> view.View:
    return view.View(ferry.write_random(tmp_path_factory.mktemp("towns"), entities=900, claims=1_500))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return events.write(tmp_path_factory.mktemp("events"))


def test_few_names_are_drawn_each_and_many_in_groups(towns: view.View, tmp_path: Path) -> None:
    assert view.View(ferry.write(tmp_path)).overview is None
    assert towns.overview is not None
    assert len(towns.network.nodes) == len(towns.overview.groups) <= 37


def test_every_name_and_every_claim_is_in_one_group_or_between_two(towns: view.View) -> None:
    overview = towns.overview
    assert overview is not None
    assert sum(group.names for group in overview.groups) == towns.data.drawn
    facet = overview.facet()
    inside = Counter(facet["of"])
    assert [inside[at] for at in range(len(overview.groups))] == [group.claims for group in overview.groups]
    assert inside[len(overview.groups)] == sum(overview.of[one] != overview.of[other] for one, other in towns.data.ends)
    assert len({value["id"] for value in facet["values"]}) == len(facet["values"])


def test_a_group_is_called_after_the_names_with_most_claims(towns: view.View) -> None:
    overview = towns.overview
    assert overview is not None
    weights = Counter(node for pair in towns.data.ends for node in pair)
    members = [node for node, group in enumerate(overview.of) if group == 0]
    top = sorted(members, key=lambda node: (-weights[node], node))[:3]
    assert overview.groups[0].label == ", ".join(towns.data.nodes[node]["label"] for node in top) + "\u00a0…"
    first = overview.groups[0]
    assert " ".join(overview.network.nodes[0]["lines"]) == f"{first.first} and {first.names - 1:,} more {first.claims:,} claims"


def test_the_picture_of_many_claims_shows_the_groups(towns: view.View) -> None:
    root = ET.fromstring(towns.svg())  # noqa: S314  # our own picture
    svg = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{svg}g[@id='names']/{svg}g")) == len(towns.network.nodes)


PROGRAM = """
import sys
from kg import index, view, workspace
sys.stdout.buffer.write(view.build(index.load(workspace.find(sys.argv[1]))).encode())
"""


def test_the_groups_are_the_same_whatever_the_hash_seed(towns: view.View) -> None:
    def digest(seed: str) -> str:
        command = [sys.executable, "-c", PROGRAM, str(towns.index.workspace.root)]
        done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        return hashlib.sha256(done.stdout).hexdigest()

    assert len({digest(seed) for seed in ("0", "7", "4242")}) == 1


VALUES = st.none() | st.text() | st.integers() | st.lists(st.text(), min_size=1, max_size=2)


@given(st.lists(st.fixed_dictionaries({}, optional={"a": VALUES, "b": st.sampled_from(["x", "y"]), "c": st.integers()}), max_size=40))
def test_records_come_back_from_their_columns_as_they_were(records: list[dict[str, Any]]) -> None:
    columns = {name: [record.get(name) for record in records] for name in "abc"}
    found = pack.unpacked(pack.packed({"claims": columns, "title": "é</script>"}))
    assert found == {
        "claims": [{name: value for name, value in record.items() if value is not None} for record in records],
        "title": "é</script>",
    }


def test_twenty_thousand_events_are_a_page_under_four_megabytes(many: Index) -> None:
    made = view.View(many)
    html = made.html()
    assert len(html.encode()) < 4_000_000
    assert len(made.network.nodes) <= 400
    data = pack.unpacked(html.partition('id="data">')[2].partition("</script>")[0])
    assert len(data["claims"]) == 20_000
    assert {claim["label"] for claim in data["claims"]} == {claim.label for claim in many.claims}


@pytest.mark.parametrize("key", ["claimant", "relation", "polarity", "certainty", "kind"])
def test_facets_of_the_events_count_what_the_claims_say(many: Index, key: str) -> None:
    data = view.View(many).data
    facet = next(facet for facet in facets(data) if facet["key"] == key)
    said = Counter(getattr(claim, key) for claim in many.claims)
    counted = Counter(facet["values"][code]["id"] for code in facet["of"])
    assert counted == {data.curie(value) if key in {"claimant", "relation"} else value: number for value, number in said.items()}
