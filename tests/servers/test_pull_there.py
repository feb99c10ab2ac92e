"""`kg link pull` from servers of other makers that hold the same facts."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from engines import SERVERS, Server, running

from kg import turtle, workspace
from kg.client import Client, origin_of, parse_url
from kg.linking import pull
from kg.remote import Endpoint
from kg.wire import Deadline

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = Path(__file__).parents[1] / "data" / "wikidata" / "places.ttl"
GRAPH = "https://atlas.example.org/graph"
WD = "http://www.wikidata.org/entity/"


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server that holds the facts in a graph."""
    data = ox.serialize((quad.triple for quad in ox.parse(PLACES.read_bytes(), format=ox.RdfFormat.TURTLE)), format=ox.RdfFormat.N_TRIPLES)
    with running(request.param, tmp_path_factory.mktemp(request.param)) as started:
        client = Client(
            [started.store.split("/")[2]], credentials=started.credentials, origin=origin_of(parse_url(started.store)), private=True
        )
        url = f"{started.store}?graph={GRAPH}"
        client.send("PUT", url, deadline=Deadline(60), content=data or b"", content_type="application/n-triples")
        yield started


def lines(triple: ox.Triple) -> str:
    """Return a triple as text, in which the keyword of a point is that of all servers."""
    return str(triple).replace('"POINT(', '"Point(')


def test_a_pull_brings_the_same_from_every_server(server: Server, root: Path, tmp_path: Path) -> None:
    for folder in ("ontology", "graph"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("snapshots"))
    space = workspace.find(tmp_path)
    endpoint = Endpoint(server.query, space, default_graph=GRAPH, seconds=60)
    wish = pull.Wish(languages=("en", "ru", "fa"))
    fetched = pull.fetch(endpoint, pull.things(space, begin=WD), wish)
    done = pull.store(endpoint, "wikidata", fetched, wish, made=datetime(2024, 5, 1, tzinfo=UTC))
    facts = {quad.triple for quad in ox.parse(PLACES.read_bytes(), format=ox.RdfFormat.TURTLE)}
    said = {triple for triple in turtle.parse(done.path.read_bytes()) if str(triple.subject).startswith(f"<{WD}")}
    known = {triple.subject for triple in said}
    wanted = {
        triple for triple in facts if triple.subject in known and getattr(triple.object, "language", None) in {None, "en", "ru", "fa"}
    }
    assert fetched.dropped == {}
    assert len(known) >= 10
    assert set(map(lines, said)) == set(map(lines, wanted))
