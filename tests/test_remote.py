from __future__ import annotations

import re
import shutil
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from hostile import Hostile, good_endpoint

import kg
from kg import index, limits, names, push, query, saved
from kg.client import Credentials
from kg.errors import KgError, LimitError, QueryError, RefusedError, RemoteError, UsageError
from kg.parameters import terms_of
from kg.received import rows_of
from kg.remote import Endpoint, default_graph_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.workspace import Workspace

    RunKg = Callable[..., Any]

SLACK = 20.0
BAD = [
    "endless",
    "bomb",
    "page",
    "wrong-type",
    "lying-long",
    "lying-short",
    "bad-json",
    "deep",
    "entities",
    "locked",
    "cut-short",
    "not-http",
]
WAITING = ["silent", "dripping", "slow-head"]


@pytest.fixture
def server() -> Iterator[Hostile]:
    with closing(Hostile()) as hostile:
        yield hostile


@pytest.fixture(scope="module")
def loaded(article_index: index.Index) -> Iterator[str]:
    """Yield the address of an endpoint that holds the workspace of the checkout."""
    with good_endpoint() as address:
        for done in push.push(article_index, Endpoint(address + "/query", article_index.workspace), graph_store=address + "/store"):
            assert done.sent == done.arrived
        yield address


@pytest.fixture
def endpoint(loaded: str, checkout: Workspace) -> Endpoint:
    return Endpoint(loaded + "/query", checkout)


def triples_of(found: index.Index) -> set[str]:
    return {str(quad.triple) for quad in found.store.quads_for_pattern(None, None, None, ox.DefaultGraph())}


@pytest.mark.parametrize("name", ["who-says-what", "contradictions", "named-graphs", "figures", "claims-in-month"])
def test_a_saved_query_answers_the_same_there_as_here(name: str, endpoint: Endpoint, article_index: index.Index) -> None:
    asked = saved.find(article_index.workspace.queries_dir, name)
    given = {item.name: item.example().split()[-1] for item in asked.parameters if item.is_required}
    values = terms_of(asked.parameters, given, article_index.workspace.prefixes, index=article_index)
    here = query.run(article_index, asked.text, values=values)
    there = endpoint.ask(asked.text, values=values)
    assert len(here) > 0
    assert (here.variables, here.rows) == (there.variables, there.rows)


def test_parameters_are_bound_prefixes_known_and_the_limit_sent(endpoint: Endpoint) -> None:
    denied = ox.NamedNode(names.KG + "denied")
    found = endpoint.ask("SELECT ?c ?p { ?c kg:polarity ?p }", values={"p": denied}, limit=2)
    assert [row[1] for row in found.rows] == [denied, denied]
    assert found.cut == 2
    assert endpoint.ask("ASK { ?c kg:polarity kg:denied }").boolean
    assert not endpoint.ask("ASK { ?c kg:polarity kg:nothing }").boolean
    assert len(endpoint.ask("CONSTRUCT WHERE { ?c kg:polarity kg:denied }", limit=3).triples) == 3


def test_a_long_query_goes_by_post(endpoint: Endpoint) -> None:
    long = "SELECT ?c { ?c kg:polarity ?p VALUES ?p { " + "kg:denied " * 300 + "} }"
    assert len(long) > 2000
    assert len(endpoint.ask(long)) > 0


@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
def test_each_format_of_results_is_read(form: str, checkout: Workspace) -> None:
    with good_endpoint(form) as address:
        asked = Endpoint(address, checkout, default_graph="")
        row = asked.ask('SELECT ?a ?b ?c { VALUES (?a ?b ?c) { (<urn:a> "x"@en UNDEF) } }').rows[0]
        assert row == (ox.NamedNode("urn:a"), ox.Literal("x", language="en"), None)
        assert asked.ask("ASK { VALUES ?a { 1 } }").boolean


def test_the_default_graph_is_named_in_every_request_unless_it_is_left_to_the_endpoint(server: Hostile, checkout: Workspace) -> None:
    own = "default-graph-uri=https%3A%2F%2Fw3id.org%2Fclaimgraph%2Fdefault-graph"
    for default, text, is_named in [
        (None, "SELECT * { ?s ?p ?o }", True),
        ("", "SELECT * { ?s ?p ?o }", False),
        (None, "SELECT * FROM <urn:g> { ?s ?p ?o }", False),
    ]:
        Endpoint(server.url("good"), checkout, default_graph=default).ask(text)
        assert (own in server.requests[-1]) == is_named
    assert default_graph_of(checkout) == checkout.base + "default-graph"
    with pytest.raises(UsageError, match="is no IRI"):
        Endpoint(server.url("good"), checkout, default_graph="a b")


def test_an_endpoint_without_the_workspace_is_told_from_a_query_that_finds_nothing(
    endpoint: Endpoint, loaded: str, checkout: Workspace
) -> None:
    assert endpoint.ask("SELECT * { ?s a <urn:nothing> }").warnings == [f"no rows at {loaded}/query"]
    other = Endpoint(loaded + "/query", checkout, default_graph="urn:other")
    assert "has nothing in its graph <urn:other>; kg push" in other.ask("SELECT * { ?s a kg:Claim }").warnings[0]
    with pytest.raises(RemoteError, match="has nothing in its graph <urn:other>"):
        other.index()


def test_who_asks_by_the_base_of_the_bundled_data_is_told_so_and_not_to_push(loaded: str, endpoint: Endpoint, checkout: Workspace) -> None:
    bundled = replace(checkout, base="https://harbour.example/", is_bundled=True)
    text, values = "SELECT ?c { ?c kg:claimant ?who }", {"who": ox.NamedNode("https://harbour.example/entity/nets")}
    by_base = "ent:nets was read as <https://harbour.example/entity/nets>, by the base of the bundled data set, and that is nowhere there"
    empty, read = Endpoint(loaded + "/query", bundled).ask(text, values=values).warnings
    assert "the graph of the bundled data set; --dir names the workspace" in empty
    assert "push" not in empty + read
    assert by_base in read
    there = checkout.default_graph_iri
    assert by_base in Endpoint(loaded + "/query", bundled, default_graph=there).ask(text, values=values).warnings[1]
    assert "by the base" in endpoint.ask("SELECT ?c { ?c kg:claimant ent:nobody-at-all }").warnings[1]
    assert "by the base" not in " ".join(endpoint.ask("SELECT ?c { ?c rel:supports ent:taliban }").warnings)
    with pytest.raises(RemoteError, match="the bundled data set"):
        Endpoint(loaded + "/query", bundled).index()


def test_an_address_that_is_no_endpoint_has_another_tried(server: Hostile, checkout: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = "; this seems to be no address of a SPARQL endpoint: try "
    with pytest.raises(RemoteError, match=f"a web page instead of results{tried}{re.escape(server.url('page'))}/sparql$"):
        Endpoint(server.url("page"), checkout).ask("ASK {}")

    def refuse(*_args: object, **_options: object) -> None:
        raise RemoteError("answers 405: this is read by GET", status=405)

    monkeypatch.setattr("kg.client.Client.send", refuse)
    with pytest.raises(RemoteError, match=rf"by GET{tried}http://127\.0\.0\.1:8471/sparql$"):
        Endpoint("http://127.0.0.1:8471/", checkout).ask("ASK {}")
    with pytest.raises(RemoteError, match=r"by GET$"):
        Endpoint("http://127.0.0.1:8471/sparql", checkout).ask("ASK {}")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", RefusedError),
        ("SELECT * { ?s ?p ?o", QueryError),
        ("SELEC * { ?s ?p ?o }", QueryError),
        ("SELECT * { ?s no:such ?o }", QueryError),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", QueryError),
        ("", QueryError),
    ],
)
def test_what_may_not_or_cannot_be_asked_never_leaves(text: str, kind: type[KgError], server: Hostile, checkout: Workspace) -> None:
    with pytest.raises(kind):
        Endpoint(server.url("good"), checkout).ask(text)
    assert server.connections == 0


@pytest.mark.parametrize("path", BAD + WAITING)
def test_an_endpoint_that_fails_is_told_in_one_line_and_nothing_of_it_is_used(path: str, server: Hostile, checkout: Workspace) -> None:
    asked = Endpoint(server.url(path), checkout, default_graph="", seconds=2 if path in WAITING else 20, size=8 * 2**20)
    begin = time.monotonic()
    with pytest.raises(RemoteError) as caught:
        asked.ask("SELECT * { ?s ?p ?o }")
    assert time.monotonic() - begin < 20 + SLACK
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_an_endpoint_that_says_it_cuts_is_quoted(server: Hostile, checkout: Workspace) -> None:
    assert "gives at most 1 rows" in Endpoint(server.url("at-most-one"), checkout).ask("SELECT * { ?x ?p ?o }").warnings[0]


def test_more_rows_than_the_limits_allow_are_refused(endpoint: Endpoint) -> None:
    with pytest.raises(LimitError, match="more than 3 rows"):
        endpoint.ask("SELECT * { ?s ?p ?o }", limits=limits.Limits(rows=3))


def test_an_endpoint_becomes_the_same_index(endpoint: Endpoint, article_index: index.Index) -> None:
    found = endpoint.index()
    assert triples_of(found) == triples_of(article_index)
    assert found.claims == article_index.claims
    found.add_graphs()
    assert {str(graph) for graph in found.store.named_graphs()} == {f"<{names.PLAIN}>"}


def test_an_endpoint_that_cuts_its_answers_is_read_in_smaller_pages_or_not_at_all(
    article_index: index.Index, checkout: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with good_endpoint("capped") as address:
        asked = Endpoint(address + "/query", checkout)
        list(push.push(article_index, asked, graph_store=address + "/store"))
        with pytest.raises(RemoteError, match="nothing of it is used"):
            asked.index()
        monkeypatch.setattr("kg.remote._PAGES", (200, 30))
        assert triples_of(asked.index()) == triples_of(article_index)


def test_pages_bring_everything(endpoint: Endpoint, article_index: index.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.remote._WHOLE", 10)
    monkeypatch.setattr("kg.remote._PAGES", (40,))
    assert triples_of(endpoint.index()) == triples_of(article_index)


def test_kg_query_asks_an_endpoint_with_labels_of_the_workspace(run_kg: RunKg, loaded: str, root: Path) -> None:
    arguments = ["query", "denials", "-p", "who", "ent:taliban", "-f"]
    for form in ("table", "csv", "json", "md", "jsonl"):
        here = run_kg("--dir", root, *arguments, form)
        there = run_kg("--dir", root, *arguments, form, "--endpoint", loaded + "/query")
        assert (here.code, there.code, there.err) == (0, 0, "")
        assert here.out == there.out


def test_stats_export_and_view_take_an_endpoint(run_kg: RunKg, loaded: str, root: Path, tmp_path: Path) -> None:
    for words, output in (("stats", "a.csv"), ("export", "a.gexf"), ("view", "a.html")):
        done = []
        for extra in ([], ["--endpoint", loaded + "/query", "--timeout", "60s"]):
            path = tmp_path / output
            code = run_kg("--dir", root, words, "-o", path, *extra).code
            # What an endpoint sends has no content hash: that is of the files.
            done.append((code, re.sub(rb"(content hash,|  <p>Data set: <code).*\r?\n", b"", path.read_bytes())))
        assert done[0][0] == done[1][0] == 0
        assert done[0] == done[1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--endpoint", "http://ann:secret@127.0.0.1/"], 2, "KG_ENDPOINT_USER"),
        (["--endpoint", "ftp://127.0.0.1/"], 2, "is no address of a server"),
        (["--endpoint", "{good}", "--data", "x.ttl"], 2, "--data is for questions"),
        (["--endpoint", "{good}", "--engine", "rdflib"], 2, "--engine is for questions"),
        (["--endpoint", "{good}", "--federate", "a.example"], 2, "--federate is for questions"),
        (["--default-graph", "urn:g"], 2, "--default-graph is for an endpoint"),
        (["--endpoint", "{page}"], 7, "a web page instead of results"),
        (["--endpoint", "{silent}", "--timeout", "2s"], 7, "did not answer in full within 2 s"),
        (["--endpoint", "{dripping}", "--timeout", "2s"], 7, "did not answer in full within 2 s"),
        (["--endpoint", "{locked}"], 7, "set KG_ENDPOINT_USER"),
        (["--endpoint", "{deep}"], 7, "cannot be read"),
    ],
)
def test_kg_query_says_in_one_line_what_is_wrong_with_an_endpoint(  # noqa: PLR0917  fixtures
    run_kg: RunKg, server: Hostile, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    urls = {path: server.url(path) for path in ("good", "page", "silent", "dripping", "locked", "deep")}
    output = tmp_path / "rows.csv"
    done = run_kg("query", "-e", "SELECT * { ?x ?p ?o }", "-o", output, *[argument.format(**urls) for argument in arguments])
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert len([line for line in done.err.splitlines() if line.startswith("kg:")]) <= 1
    assert "secret" not in done.err
    assert not output.exists()


def test_credentials_of_the_environment_reach_the_endpoint_and_no_message(run_kg: RunKg, server: Hostile) -> None:
    arguments = ("query", "-e", "SELECT * { ?x ?p ?o }", "--default-graph", "", "--endpoint")
    done = run_kg(*arguments, server.url("basic"), KG_ENDPOINT_USER="ann", KG_ENDPOINT_PASSWORD="sesame")  # noqa: S106  a test
    assert (done.code, done.out.splitlines()) == (0, ["x", "urn:there"])
    done = run_kg(*arguments, server.url("basic"), KG_ENDPOINT_USER="ann", KG_ENDPOINT_PASSWORD="other-one")  # noqa: S106  a test
    assert done.code == 7
    assert "other-one" not in done.err + done.out


def test_the_endpoint_takes_credentials_from_the_environment(monkeypatch: pytest.MonkeyPatch, server: Hostile, checkout: Workspace) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "sesame")
    assert len(Endpoint(server.url("token"), checkout, default_graph="").ask("SELECT * { ?x ?p ?o }")) == 1
    with pytest.raises(RemoteError, match="403"):
        Endpoint(server.url("token"), checkout, default_graph="", credentials=Credentials()).ask("SELECT * { ?x ?p ?o }")


def test_a_session_at_an_endpoint_is_used_like_one_over_files(loaded: str, root: Path) -> None:
    here = kg.open(root)
    there = here.at(loaded + "/query")
    assert [dict(row) for row in there.query("denials", who="Taliban")] == [dict(row) for row in here.query("denials", who="Taliban")]
    assert there.query("denials", who="Taliban").to("md") == here.query("denials", who="Taliban").to("md")
    assert there.claims == here.claims
    assert there.network().number_of_edges() == here.network().number_of_edges()
    assert repr(there) == f"<kg.Session {here.workspace.base} at {loaded}/query>"
    with pytest.raises(UsageError):
        there.query("denials", who="Taliban", engine="rdflib")
    with pytest.raises(UsageError):
        there.check()


@pytest.mark.parametrize(
    "body", [b'{"head":' + b'"\\' * 2**22, b"{" * 2**24, b"[" * 2**24 + b"]" * 2**24, b"", b"{]", b'{"head":{},"boolean":tru}']
)
def test_results_that_are_none_are_refused_at_once(body: bytes) -> None:
    begin = time.monotonic()
    with pytest.raises(RemoteError, match="cannot be read"):
        rows_of(body, "application/json", "http://a.example/")
    assert time.monotonic() - begin < 20 + SLACK


def test_the_files_here_are_read_only_for_their_labels(run_kg: RunKg, loaded: str, root: Path, tmp_path: Path) -> None:
    for folder in ("ontology", "graph", "queries"):
        shutil.copytree(root / folder, tmp_path / folder)
    (tmp_path / "graph" / "broken.ttl").write_text("no Turtle", encoding="utf-8")
    arguments = ["--dir", tmp_path, "query", "denials", "--endpoint", loaded + "/query", "-f", "csv", "-p", "who"]
    assert run_kg(*arguments, "ent:taliban").code == 0
    assert run_kg(*arguments, "Taliban").code == 3
