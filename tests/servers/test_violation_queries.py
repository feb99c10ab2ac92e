"""What the violation queries find in a broken graph, servers find, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from engines import SERVERS, Server, running
from test_checks import QUERIES, VALID, cases, edited
from test_saved_queries import SECONDS, compared, replace

from kg import query, saved
from kg.index import Index
from kg.remote import Endpoint, default_graph_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.workspace import Workspace


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(request.param, tmp_path_factory.mktemp(request.param)) as started:
        yield started


@pytest.fixture(scope="module")
def endpoint(server: Server, checkout: Workspace) -> Endpoint:
    return Endpoint(server.query, checkout, seconds=SECONDS, credentials=server.credentials)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["query"])
def test_a_server_finds_in_a_broken_graph_what_the_index_finds(
    case: dict[str, str], server: Server, endpoint: Endpoint, checkout: Workspace
) -> None:
    broken = edited(VALID, case["of"], case["was"], case["becomes"])
    store = ox.Store()
    for words in (broken.encode(), *(path.read_bytes() for path in checkout.ontology_files)):
        store.load(words, format=ox.RdfFormat.TURTLE, to_graph=ox.DefaultGraph())
    replace(endpoint, server, default_graph_of(checkout), store)
    text = saved.read(QUERIES / f"{case['query']}-violation.rq").text
    here = query.run(Index(checkout, store), text, explain=False)
    assert here.rows
    assert compared(endpoint.ask(text, explain=False)) == compared(here)
