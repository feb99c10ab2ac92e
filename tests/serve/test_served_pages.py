"""The pages of `kg serve` over HTTP: who gets a page and who gets data, what is kept and for how long, what other methods are told."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from served import ROOT, Served, copy_of_workspace, serving

from kg import names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORMS = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "nt": ox.RdfFormat.N_TRIPLES}
ASK = "ASK { ?c a kg:Claim }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The workspace of the checkout, served with patience: drawing the whole map takes long on a machine that has other things to do."""
    with serving(ROOT, tmp_path_factory.mktemp("served"), "--timeout", "120s") as server:
        yield server


@pytest.mark.parametrize("path", ["/data/entity/taliban.ttl", "/data/entity/taliban.jsonld", "/context.jsonld"])
def test_a_document_is_sent_again_only_when_it_is_another(served: Served, path: str) -> None:
    first = served.get(path)
    tag = first.headers["etag"]
    again = served.get(path, **{"If-None-Match": f'"another", W/{tag}'})
    assert (first.status, again.status, again.body, again.headers["etag"]) == (200, 304, b"", tag)
    assert [served.get(path, **given).status for given in ({}, {"If-None-Match": '"another"'})] == [200, 200]


@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "nt"])
def test_a_document_says_of_itself_in_each_form_where_it_is_and_what_it_is_about(served: Served, suffix: str) -> None:
    found = ox.parse(served.get(f"/data/entity/taliban.{suffix}").body, format=FORMS[suffix])
    told = {(quad.subject.value, quad.predicate.value, quad.object.value) for quad in found if "/data/" in quad.subject.value}
    said = {
        (names.PRIMARY_TOPIC, f"{names.BASE}entity/taliban"),
        (names.IN_DATASET, f"{names.BASE}dataset"),
        (names.LICENCE, "https://creativecommons.org/licenses/by/4.0/"),
    }
    host = f"http://{served.host}:{served.port}"
    assert told == {(f"{host}/data/entity/taliban.{each}", *pair) for each in FORMS for pair in said}


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("*/*", False),
        ("", False),
        ("application/sparql-results+xml, text/html;q=0.5", False),
        ("text/csv, text/html", False),
        ("text/csv;q=0.5, text/html", True),
    ],
)
def test_people_get_a_page_and_programs_get_data_at_one_address(served: Served, accept: str, is_page: bool) -> None:  # noqa: FBT001  a parameter of pytest
    found = served.ask("SELECT * { ?c kg:polarity kg:denied }", Accept=accept)
    assert found.status == 200
    assert (found.type == "text/html") is is_page


def test_without_a_query_people_get_the_editor_and_programs_the_description(served: Served) -> None:
    assert served.get("/sparql", Accept=BROWSER).type == "text/html"
    assert served.get("/sparql", Accept="text/turtle").type == "text/turtle"
    assert served.get("/", Accept=BROWSER).type == "text/html"


def test_a_posted_form_is_answered_by_a_page(served: Served) -> None:
    found = served.send("POST", "/sparql", body=urlencode({"query": ASK}), Accept=BROWSER, Content_Type="application/x-www-form-urlencoded")
    assert (found.status, found.type) == (200, "text/html")
    assert "There is a match." in found.text
    refused = served.send(
        "POST", "/sparql", body=urlencode({"update": "CLEAR ALL"}), Accept=BROWSER, Content_Type="application/x-www-form-urlencoded"
    )
    assert refused.status == 403


def test_a_page_shows_script_in_a_query_as_text_and_says_how_it_is_to_be_read(served: Served) -> None:
    found = served.ask("<script>alert(1)</script>", Accept="text/html")
    assert found.status == 400
    assert "<script>alert" not in found.text
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in found.headers["content-security-policy"]


def test_pages_are_only_read(served: Served) -> None:
    for address in ("/", "/queries/", "/entity/taliban", "/map", "/static/serve.css"):
        assert served.send("PUT", address).status == 405
        assert served.send("DELETE", address).headers["allow"] == "GET, HEAD"
        head = served.send("HEAD", address, Accept=BROWSER)
        assert (head.status, head.body) == (served.get(address, Accept=BROWSER).status, b"")


def test_what_a_browser_has_is_not_sent_again(served: Served) -> None:
    for address in ("/static/serve.css", "/static/serve.js", "/static/editor.js", "/map"):
        first = served.get(address, Accept=BROWSER)
        again = served.get(address, Accept=BROWSER, If_None_Match=first.headers["etag"])
        assert (first.status, again.status, again.body) == (200, 304, b"")
    assert served.get("/static/nothing.js").status == 404
    assert served.get("/static/..%2fpages.py").status == 404


def test_the_map_may_stand_in_a_frame_of_our_own_pages(served: Served) -> None:
    found = served.get("/map", Accept=BROWSER)
    assert "frame-ancestors 'self'" in found.headers["content-security-policy"]
    assert "x-frame-options" not in found.headers


def test_the_map_and_the_pages_follow_the_files(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = copy_of_workspace(tmp_path)
    entities = folder / "graph" / "entities.ttl"
    with serving(folder, tmp_path_factory.mktemp("log"), "--timeout", "120s") as server:
        before = server.get("/map", Accept=BROWSER)
        entities.write_text(entities.read_text(encoding="utf-8").replace('"Taliban"@en', '"Movement of Kabul"@en'), encoding="utf-8")
        assert server.until(lambda: "Movement of Kabul" in server.get("/page/entity/taliban", Accept=BROWSER).text)
        after = server.get("/map", Accept=BROWSER)
        assert after.headers["etag"] != before.headers["etag"]
        assert server.get("/map", Accept=BROWSER, If_None_Match=before.headers["etag"]).status == 200
        (folder / "queries" / "mine.rq").write_text("#+ summary: One of my own\nSELECT ?c { ?c a kg:Claim } ORDER BY ?c")
        assert "One of my own" in server.get("/queries/", Accept=BROWSER).text


def test_the_description_follows_what_the_workspace_states(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = copy_of_workspace(tmp_path)
    with serving(folder, tmp_path_factory.mktemp("log")) as server:
        (folder / "kg.toml").write_text('keywords = "ferries"', encoding="utf-8")
        assert server.until(lambda: "keywords must be a list" in (server.get("/health").json["error"] or ""))
        assert "ferries" not in server.get("/.well-known/void").text
        (folder / "kg.toml").write_text('keywords = ["ferries"]', encoding="utf-8")
        assert server.until(lambda: '"ferries"' in server.get("/.well-known/void").text)
        assert server.get("/health").json["error"] is None


def test_a_problem_is_a_page_for_people_and_a_document_for_programs(served: Served) -> None:
    assert served.get("/entity/nobody", Accept=BROWSER).type == "text/html"
    found = served.get("/entity/nobody", Accept="text/turtle")
    assert (found.status, found.type) == (404, "application/problem+json")
    assert found.json["status"] == 404
