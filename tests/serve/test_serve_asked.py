"""`kg serve` as `kg query --endpoint` asks it: what the files give, by another way."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from served import ROOT, Served, serving

from kg import index, workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    RunKg = Callable[..., Any]

OWN = "https://w3id.org/claimgraph/default-graph"
ENTITIES = "https://w3id.org/claimgraph/graph/entities"
ENTITY = "<https://w3id.org/claimgraph/entity/taliban>"
_TITLE = '<code title="The SHA-256 of the canonical N-Quads (RDFC-1.0) of all its graphs; kg stats prints it, too.">'
_HASH = re.compile(r"(content hash,|  <p>Data set: <code).*\r?\n")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that may take its time for the map, as a busy machine does."""
    with serving(ROOT, tmp_path_factory.mktemp("served"), "--timeout", "120s") as server:
        yield server


def without_hash(text: str) -> str:
    """What files give without their content hash, which what a server sends has not."""
    return _HASH.sub("", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "denials", "-p", "who", "ent:taliban"],
        ["query", "who-says-what", "-p", "who", "Taliban"],
        ["query", "contradictions"],
        ["query", "named-graphs"],
        ["query", "plain-view"],
        ["query", "-e", f"ASK FROM <{ENTITIES}> {{ {ENTITY} ?p ?o }}", "-f", "json"],
        ["query", "-e", f"CONSTRUCT WHERE {{ {ENTITY} ?p ?o }}", "-f", "nt"],
        ["stats"],
        ["stats", "--network"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_an_answer_of_the_server_is_that_of_the_files(served: Served, run_kg: RunKg, root: Path, arguments: list[str]) -> None:
    here = run_kg(*arguments, cwd=root)
    there = run_kg(*arguments, "--endpoint", f"{served.url}/sparql", cwd=root)
    assert (there.code, there.out, there.err) == (0, without_hash(here.out), here.err)
    assert here.out.count("\n") > (0 if "json" in arguments else 1)


def test_a_network_and_a_map_of_the_server_are_those_of_the_files(served: Served, run_kg: RunKg, root: Path, tmp_path: Path) -> None:
    for command, name in (("export", "claims.json"), ("view", "map.html")):
        for where, options in (("here", []), ("there", ["--endpoint", f"{served.url}/sparql"])):
            (tmp_path / where).mkdir(exist_ok=True)
            assert run_kg(command, "-o", tmp_path / where / name, *options, cwd=root).code == 0
        here, there = ((tmp_path / where / name).read_bytes().decode() for where in ("here", "there"))
        assert without_hash(here) == there


def test_the_server_tells_the_content_hash_of_the_files(served: Served, root: Path) -> None:
    wanted = index.load(workspace.find(root)).shown_hash
    assert wanted.startswith("sha256:")
    assert served.get("/health").json["content"] == wanted
    for address in ("/", "/sparql", "/queries/", "/map", "/entity/taliban"):
        page = served.get(address, Accept="text/html")
        if page.status == 303:
            page = served.get(page.headers["location"], Accept="text/html")
        assert f"<code>{wanted}</code>" in page.text.replace(_TITLE, "<code>"), address
    spdx = f'<http://spdx.org/rdf/terms#checksumValue> "{wanted[7:]}"^^'
    assert spdx in served.get("/.well-known/void", Accept="text/turtle").text


@pytest.mark.parametrize("way", [[], ["--update"]])
def test_nothing_can_be_pushed_to_the_server(served: Served, run_kg: RunKg, root: Path, way: list[str]) -> None:
    done = run_kg("push", "--endpoint", f"{served.url}/sparql", *way, *([f"{served.url}/sparql"] if way else []), cwd=root)
    assert (done.code, done.out, done.err.count("\n")) == (7, "", 1)
    assert "this endpoint is read-only" in done.err
    assert "KG_ENDPOINT" not in done.err


def test_the_default_graph_has_a_name_for_those_who_ask_for_it(served: Served) -> None:
    every = int(served.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"])
    counted = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    own = f"default-graph-uri={OWN}"
    for address in (own, f"{own}&{own}", f"{own}&default-graph-uri={ENTITIES}"):
        found = served.send("POST", f"/sparql?{address}", body=counted, Content_Type="application/sparql-query", Accept="application/json")
        assert found.json["results"]["bindings"][0]["n"]["value"] == str(every)
    assert served.rows(counted.replace("{", f"FROM <{OWN}> {{")) == [{"n": str(every)}]
    both = f"ASK FROM <{OWN}> FROM NAMED <{ENTITIES}> {{ {ENTITY} a ?kind GRAPH <{ENTITIES}> {{ {ENTITY} a ?kind }} }}"
    assert served.ask(both).json["boolean"] is True


def test_who_names_the_default_graph_alone_sees_no_named_one(served: Served) -> None:
    query = "ASK { GRAPH ?g { ?s ?p ?o } }"
    for words, expected in ((f"FROM <{OWN}>", False), ("", True)):
        assert json.loads(served.ask(query.replace("{", f"{words} {{", 1)).body)["boolean"] is expected
    found = served.send("POST", f"/sparql?default-graph-uri={OWN}", body=query, Content_Type="application/sparql-query")
    assert found.json["boolean"] is False


def test_a_graph_that_is_not_served_is_an_error_in_from(served: Served) -> None:
    for words in ("FROM <urn:not-there>", f"FROM <{OWN}> FROM <urn:not-there>", f"FROM NAMED <{OWN}>"):
        assert served.ask(f"ASK {words} {{ ?s ?p ?o }}").status == 400
