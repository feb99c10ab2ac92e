from __future__ import annotations

import socket
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from hostile import Hostile, good_endpoint

from kg import query
from kg.client import Client
from kg.errors import KgError, QueryError, RefusedError, RemoteError, UsageError
from kg.federation import Relay
from kg.guard import check
from kg.limits import Limits
from kg.wire import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.index import Index

    RunKg = Callable[..., Any]

SLACK = 20.0
DISGUISES = [
    "SELECT * { SERVICE <%s> { ?x ?p ?o } }",
    "SELECT * { SERVICE SILENT <%s> { ?x ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <%s> { ?x ?p ?o } } }",
    "PREFIX e: <%s> SELECT * { SERVICE e: { ?x ?p ?o } }",
    "SELECT * { VALUES ?e { <%s> } SERVICE ?e { ?x ?p ?o } }",
    "SELECT * { #\n SeRvIcE # here\n <%s> { ?x ?p ?o } }",
    "SELECT * { { SELECT * { SERVICE<%s>{ ?x ?p ?o } } } }",
    "BASE <%s> SELECT * { SERVICE <> { ?x ?p ?o } }",
    "SELECT * { \\u0053ERVICE <%s> { ?x ?p ?o } }",
    "SELECT * { BIND(true AS ?t) FILTER(trueSERVICE<%s> { ?x ?p ?o }) }",
    "SELECT * { SERVICESILENT<%s> { ?x ?p ?o } }",
    "CONSTRUCT { ?x ?p ?o } WHERE { OPTIONAL { SERVICE <%s> { ?x ?p ?o } } }",
]


@pytest.fixture
def server() -> Iterator[Hostile]:
    with closing(Hostile()) as hostile:
        yield hostile


def ask(index: Index, text: str, *hosts: str, seconds: float = 20, **options: Any) -> list[Any]:
    return query.run(index, text, federate=hosts, explain=False, limits=Limits(seconds=seconds), **options).rows


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_query_reaches_a_host_that_was_not_named(disguise: str, server: Hostile, article_index: Index) -> None:
    for hosts in ((), ("example.org",), ("127.0.0.1",), (f"127.0.0.1:{server.port}0",)):
        with pytest.raises(QueryError if "\\u" in disguise else RefusedError):
            ask(article_index, disguise % server.url("good"), *hosts)
    assert server.connections == 0


@pytest.mark.parametrize("disguise", [DISGUISES[number] for number in (0, 1, 5, 6, 11)])
def test_a_host_that_was_named_is_asked(disguise: str, server: Hostile, article_index: Index) -> None:
    found = query.run(article_index, disguise % server.url("good"), federate=[server.host], explain=False, limit=5)
    assert len(found) > 0 or found.form == "triples"
    assert server.connections == 1
    assert server.requests[0].startswith("POST /good HTTP/1.1")


@pytest.mark.parametrize("disguise", [DISGUISES[number] for number in (3, 4, 7, 8, 9, 10)])
def test_an_address_that_is_not_written_out_is_refused_for_named_hosts_too(disguise: str, server: Hostile, article_index: Index) -> None:
    with pytest.raises((RefusedError, QueryError)):
        ask(article_index, disguise % server.url("good"), server.host)
    assert server.connections == 0


def test_rows_of_another_host_join_those_here(article_index: Index) -> None:
    taliban = "https://w3id.org/claimgraph/entity/taliban"
    with good_endpoint() as address:
        with closing(socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))):
            pass
        text = f'SELECT ?label ?mine {{ <{taliban}> skos:prefLabel ?mine SERVICE <{address}/query> {{ VALUES ?label {{ "there" }} }} }}'
        rows = ask(article_index, text, address[7:])
        assert rows == [(ox.Literal("there"), ox.Literal("Taliban", language="en"))]


def test_two_services_and_a_long_query_keep_their_addresses(server: Hostile, article_index: Index) -> None:
    with closing(Hostile()) as other:
        text = f"SELECT * {{ SERVICE <{server.url('good')}> {{ ?x ?p ?o }} SERVICE <{other.url('zipped')}> {{ ?x ?q ?r }} }}"
        assert ask(article_index, text, server.host, other.host) == [(ox.NamedNode("urn:there"), None, None, None, None)]
        assert (server.connections, other.connections) == (1, 1)
        with pytest.raises(RefusedError):
            ask(article_index, text, server.host)
        assert (server.connections, other.connections) == (1, 1)


@pytest.mark.parametrize(
    "path",
    ["bomb-twice", "page", "wrong-type", "lying-long", "lying-short", "bad-json", "deep", "entities", "locked", "broken", "later", "loop"],
)
def test_a_host_that_fails_ends_the_query_with_its_reason(path: str, server: Hostile, article_index: Index) -> None:
    with pytest.raises(RemoteError) as caught:
        ask(article_index, f"SELECT * {{ SERVICE <{server.url(path)}> {{ ?x ?p ?o }} }}", server.host)
    assert server.host in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("silent", ["", "SILENT "])
@pytest.mark.parametrize("path", ["silent", "dripping", "slow-head", "endless"])
def test_nobody_waits_for_a_host_beyond_the_deadline(path: str, silent: str, server: Hostile, article_index: Index) -> None:
    begin = time.monotonic()
    text = f"SELECT * {{ SERVICE {silent}<{server.url(path)}> {{ ?x ?p ?o }} }}"
    if silent:
        found = query.run(article_index, text, federate=[server.host], explain=False, limits=Limits(seconds=2))
        assert found.rows == [(None,) * 3]
        assert found.warnings[0].startswith("SERVICE SILENT yields nothing: ")
    else:
        with pytest.raises(RemoteError):
            ask(article_index, text, server.host, seconds=2)
    assert time.monotonic() - begin < 2 + SLACK


def test_one_deadline_holds_for_many_requests(server: Hostile, article_index: Index) -> None:
    begin = time.monotonic()
    parts = " ".join(f"SERVICE SILENT <{server.url('silent')}> {{ ?x ?p{number} ?o }}" for number in range(20))
    found = query.run(article_index, f"SELECT * {{ {parts} }}", federate=[server.host], explain=False, limits=Limits(seconds=2))
    assert len(found.warnings) >= 1
    assert time.monotonic() - begin < 2 + SLACK


def test_a_named_host_that_redirects_inside_is_not_followed(server: Hostile, article_index: Index) -> None:
    with closing(Hostile()) as inside:
        server.elsewhere = inside.url("good")
        text = f"SELECT * {{ SERVICE <{server.url('redirect')}> {{ ?x ?p ?o }} }}"
        with pytest.raises(RefusedError, match="redirects to"):
            ask(article_index, text, server.host)
        found = query.run(article_index, text.replace("SERVICE", "SERVICE SILENT"), federate=[server.host], explain=False)
        assert "redirects to" in found.warnings[0]
        assert inside.connections == 0


def test_a_name_that_leads_inside_is_refused(server: Hostile, article_index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("127.0.0.1", "10.0.0.1"):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found, **__: found)
        host = f"rebind.example:{server.port}"
        with pytest.raises(RefusedError, match=f"the name rebind.example leads to {address}"):
            ask(article_index, f"SELECT * {{ SERVICE <http://{host}/good> {{ ?x ?p ?o }} }}", host)
    assert server.connections == 0


def test_credentials_of_the_environment_are_not_sent(server: Hostile, article_index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "sesame")
    with pytest.raises(KgError, match="403"):
        ask(article_index, f"SELECT * {{ SERVICE <{server.url('token')}> {{ ?x ?p ?o }} }}", server.host)
    assert "sesame" not in "".join(server.requests)


def test_the_relay_takes_nothing_from_others() -> None:
    text = "SELECT * { SERVICE <http://a.example/> { ?x ?p ?o } }"
    with Relay(["a.example"], deadline=Deadline(5)) as relay:
        address = relay.redirected(text, check(text, allow_hosts=["a.example"])).partition("<")[2].partition(">")[0]
        host = address.split("/")[2]
        for path in ("", "/0", "/" + "x" * 32 + "/0", address.partition(host)[2][:-1] + "7"):
            with pytest.raises(RemoteError, match="404"):
                Client([host]).send("POST", f"http://{host}{path}", deadline=Deadline(5), content=b"x")
        assert relay.failures == []


def test_errors_in_the_query_point_into_the_text_as_it_was_written(article_index: Index, server: Hostile) -> None:
    with pytest.raises(QueryError) as caught:
        ask(article_index, f"SELECT * {{ SERVICE <{server.url('good')}> {{ ?x ?p }} }}", server.host)
    assert "/good>" in (caught.value.source or "")
    assert server.connections == 0


def test_only_oxigraph_asks_other_hosts(article_index: Index, server: Hostile) -> None:
    with pytest.raises(UsageError, match="only the engine oxigraph"):
        ask(article_index, f"SELECT * {{ SERVICE <{server.url('good')}> {{ ?x ?p ?o }} }}", server.host, engine="rdflib")
    assert server.connections == 0


def test_an_empty_answer_is_not_explained_by_asking_again(article_index: Index, server: Hostile) -> None:
    text = f"SELECT * {{ SERVICE <{server.url('good')}> {{ ?x ?p ?o }} BIND(STR(?x) AS ?y) FILTER(?y = 'other') }}"
    assert query.run(article_index, text, federate=[server.host]).warnings == []
    assert server.connections == 1


@pytest.mark.parametrize(
    ("path", "more", "code", "words"),
    [
        ("good", [], 7, "SERVICE is not on the allow-list"),
        ("good", ["--federate", "example.org"], 7, "SERVICE of {host} is not on the allow-list: kg query asks no host but those"),
        ("good", ["--federate", "http://{host}/"], 2, "is no host"),
        ("silent", ["--federate", "{host}", "--timeout", "5s"], 7, "did not answer in full within 4 s"),
        ("dripping", ["--federate", "{host}", "--timeout", "5s"], 7, "did not answer in full within 4 s"),
        ("bomb", ["--federate", "{host}"], 7, "more than 64 MiB"),
        ("page", ["--federate", "{host}"], 7, "a web page instead of results"),
    ],
)
def test_kg_query_reaches_only_hosts_of_federate(  # noqa: PLR0917  fixtures
    run_kg: RunKg, server: Hostile, path: str, more: list[str], code: int, words: str
) -> None:
    text = f"SELECT * {{ SERVICE <{server.url(path)}> {{ ?x ?p ?o }} }}"
    done = run_kg("query", "-e", text, *[argument.format(host=server.host) for argument in more])
    assert (done.code, done.out) == (code, "")
    assert words.format(host=server.host) in done.err
    assert "Traceback" not in done.err
    assert server.connections == (len(more) > 0 and "example" not in more[1] and code == 7)


def test_kg_query_joins_what_the_named_host_says(run_kg: RunKg, server: Hostile) -> None:
    text = f"SELECT ?x {{ SERVICE <{server.url('good')}> {{ ?x ?p ?o }} }}"
    done = run_kg("query", "-e", text, "--federate", server.host)
    assert (done.code, done.out.splitlines(), done.err) == (0, ["x", "urn:there"], "")
    done = run_kg("query", "-e", text.replace("SERVICE", "SERVICE SILENT").replace("good", "broken"), "--federate", server.host)
    assert (done.code, done.out.split()) == (0, ["x"])
    assert "SERVICE SILENT yields nothing" in done.err
