from __future__ import annotations

import gzip
import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from hostile import Hostile, good_endpoint

from kg import index, names, push, workspace
from kg.errors import InputError, RemoteError, UsageError
from kg.remote import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    RunKg = Callable[..., Any]


@pytest.fixture
def address() -> Iterator[str]:
    with good_endpoint() as url:
        yield url


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """Return a copy of the workspace of the checkout, which a test may change."""
    for folder in ("ontology", "graph", "queries"):
        shutil.copytree(root / folder, tmp_path / "ws" / folder)
    return tmp_path / "ws"


def counts(endpoint: Endpoint) -> dict[str, int]:
    text = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    own = Endpoint(endpoint.url, endpoint.workspace, default_graph="")
    return {row[0].value: int(row[1].value) for row in own.ask(text).rows}  # type: ignore[union-attr]  # names and numbers


@pytest.mark.parametrize("way", ["graph_store", "update"])
def test_every_graph_arrives_and_pushing_twice_is_pushing_once(way: str, address: str, article_index: index.Index) -> None:
    endpoint = Endpoint(address + "/query", article_index.workspace)
    place: dict[str, Any] = {way: address + ("/store" if way == "graph_store" else "/update")}
    once = list(push.push(article_index, endpoint, **place))
    assert all(done.sent == done.arrived > 0 for done in once)
    files = [article_index.workspace.graph_iri(path) for path in article_index.workspace.data_files]
    assert [done.graph for done in once] == [article_index.workspace.base + "default-graph", *files, names.PLAIN]
    before = counts(endpoint)
    assert before == {done.graph: done.sent for done in once}
    assert list(push.push(article_index, endpoint, **place)) == once
    assert counts(endpoint) == before


def test_what_is_no_longer_in_the_files_goes_and_a_stale_graph_with_prune(copy: Path, address: str) -> None:
    endpoint = Endpoint(address + "/query", workspace.find(copy))
    place: dict[str, Any] = {"graph_store": address + "/store"}
    before = list(push.push(index.load(endpoint.workspace), endpoint, **place))
    (copy / "graph" / "derived.ttl").unlink()
    again = Endpoint(address + "/query", workspace.find(copy))
    after = list(push.push(index.load(again.workspace), again, **place))
    assert after[0].arrived == after[0].sent < before[0].sent
    stale = endpoint.workspace.prefixes["graph"] + "derived"
    assert stale in counts(again)
    removed = list(push.push(index.load(again.workspace), again, **place, prune=True))[-1]
    assert removed == push.Pushed(stale, 0, 0, is_removed=True)
    assert stale not in counts(again)


def test_large_graphs_go_in_batches_as_the_files_write_them(copy: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(f'<urn:s{number}> <urn:p> "0{number}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n' for number in range(250))
    (copy / "graph" / "more.nt.gz").write_bytes(gzip.compress(lines.encode()))
    monkeypatch.setattr("kg.push._BATCH", 100)
    space = workspace.find(copy)
    endpoint = Endpoint(address + "/query", space)
    done = {item.graph: item for item in push.push(index.load(space), endpoint, graph_store=address + "/store")}
    assert done[space.prefixes["graph"] + "more"].arrived == 250


def test_spellings_of_one_value_are_no_difference(copy: Path, address: str) -> None:
    with gzip.open(copy / "graph" / "more.nt.gz", "wt") as file:
        file.write("".join(f'<urn:s> <urn:p> "{text}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n' for text in ("1", "01", "001")))
    space = workspace.find(copy)
    for done in push.push(index.load(space), Endpoint(address + "/query", space), graph_store=address + "/store"):
        assert done.sent == done.arrived


def test_blank_nodes_in_a_graph_of_several_batches_are_refused(copy: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / "graph" / "more.nt.gz").write_bytes(gzip.compress(b"_:b <urn:p> _:c .\n<urn:a> <urn:p> <urn:b> .\n"))
    monkeypatch.setattr("kg.push._BATCH", 1)
    space = workspace.find(copy)
    with pytest.raises(InputError, match="blank nodes"):
        list(push.push(index.load(space), Endpoint(address + "/query", space), graph_store=address + "/store"))


def test_kg_push_reports_each_graph(run_kg: RunKg, address: str, root: Path) -> None:
    done = run_kg("--dir", root, "push", "--endpoint", address + "/query", "--graph-store", address + "/store")
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[0].startswith("kg: https://w3id.org/claimgraph/default-graph: ")
    assert done.err.splitlines()[-1].startswith(f"kg: {names.PLAIN}: ")


def test_kg_push_says_when_something_did_not_arrive(run_kg: RunKg, root: Path) -> None:
    with good_endpoint("lossy") as address:
        done = run_kg("--dir", root, "push", "--endpoint", address + "/query", "--graph-store", address + "/store")
        assert done.code == 1
        assert "triples sent, but the endpoint counts" in done.err
        assert done.err.splitlines()[-1] == f"kg: 6 graphs at {address}/query are not as they are here"


def test_an_endpoint_that_is_no_graph_store_is_told_with_what_to_name(run_kg: RunKg, address: str, root: Path) -> None:
    done = run_kg("--dir", root, "push", "--endpoint", address + "/query")
    assert done.code == 7
    assert "name its graph store with --graph-store" in done.err
    assert run_kg("--dir", root, "push").code == 2
    both = run_kg("--dir", root, "push", "--endpoint", address, "--graph-store", address, "--update", address)
    assert (both.code, both.err.count("\n")) == (2, 1)


def test_a_push_that_may_not_write_ends_in_one_line(article_index: index.Index) -> None:
    with closing(Hostile()) as server:
        endpoint = Endpoint(server.url("good"), article_index.workspace)
        for path in ("locked", "broken", "lying-long"):
            with pytest.raises(RemoteError):
                list(push.push(article_index, endpoint, graph_store=server.url(path)))
        with pytest.raises(UsageError, match="holds no user and password"):
            list(push.push(article_index, endpoint, update="http://ann:secret@127.0.0.1/"))


def test_a_graph_store_on_another_host_gets_no_credentials(article_index: index.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "sesame")
    with closing(Hostile()) as server, closing(Hostile()) as other:
        endpoint = Endpoint(server.url("token"), article_index.workspace)
        with pytest.raises(RemoteError, match="403"):
            list(push.push(article_index, endpoint, graph_store=other.url("token")))
        assert "sesame" not in "".join(other.requests)
        assert other.connections > 0


def test_batches_hold_every_triple_once_and_an_empty_graph_is_one_batch() -> None:
    triples = [ox.Triple(ox.NamedNode(f"urn:{number}"), ox.NamedNode("urn:p"), ox.Literal("a\nb\u0001")) for number in range(7)]
    batches = list(push._batches("urn:g", triples, 3))  # noqa: SLF001  what cannot be seen from outside
    assert [batch.count(" .\n") for batch in batches] == [3, 3, 1]
    read = ox.parse("".join(batches).encode(), format=ox.RdfFormat.N_TRIPLES)
    assert [quad.triple for quad in read] == triples
    assert list(push._batches("urn:g", [], 3)) == [""]  # noqa: SLF001  as above
