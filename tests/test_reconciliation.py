"""Asking reconciliation services: those that keep to the specification, of either version, and those that do not."""

from __future__ import annotations

import contextlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs

import pytest
from hostile import Hostile
from hypothesis import given
from hypothesis import strategies as st
from loopback import running

from kg import names
from kg.errors import KgError, RefusedError, RemoteError, UsageError
from kg.linking.reconciliation import BATCH, Candidate, Query, Service, connect, reconcile, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served import Served

pytest_plugins = ("served",)

SPACE = "http://things.example/entity/"
MANIFEST = {
    "versions": ["0.1", "0.2"],
    "name": "Things",
    "identifierSpace": SPACE,
    "schemaSpace": "http://things.example/property/",
    "view": {"url": "https://things.example/page?id={{id}}"},
}
CITY = {"id": "T1", "name": "Kabul", "score": 100, "match": True, "type": [{"id": "C1", "name": "city"}], "description": "a capital"}


class Serving:
    """A service whose manifest and results a test decides; it keeps what it is asked."""

    def __init__(self) -> None:
        self.manifest: Any = MANIFEST
        self.results: Any = [CITY]
        self.whole: bytes | None = None
        self.most = 1000
        self.asked: list[dict[str, Any]] = []
        self.url = ""

    @contextlib.contextmanager
    def on_loopback(self) -> Iterator[Self]:
        with running(ThreadingHTTPServer(("127.0.0.1", 0), self._handler())) as address:
            self.url = f"{address}/reconcile"
            yield self

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        serving = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(200, json.dumps(serving.manifest).encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                queries = json.loads(parse_qs(body)["queries"][0])
                serving.asked.append(queries)
                if len(queries) > serving.most:
                    self._answer(413, b"too many")
                else:
                    found = {key: {"result": serving.results} for key in queries}
                    self._answer(200, serving.whole if serving.whole is not None else json.dumps(found).encode())

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json;charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the signature of the library
                """Say nothing."""

        return Handler


@pytest.fixture
def serving() -> Iterator[Serving]:
    with Serving().on_loopback() as service:
        yield service


def only(serving: Serving, **changed: object) -> tuple[list[Candidate], tuple[str, ...]]:
    """Return what becomes of one candidate with some of its fields changed, behind one that is good."""
    serving.results = [CITY, {**CITY, "id": "T2", "score": 50, **changed}]
    answer = reconcile(serving.url, ["Kabul"])[0]
    assert answer.candidates[0].iri == SPACE + "T1"
    return list(answer.candidates[1:]), answer.remarks


def test_candidates_come_with_iri_page_and_types(serving: Serving) -> None:
    (answer,) = reconcile(serving.url, ["Kabul"])
    page = "https://things.example/page?id=T1"
    assert answer.candidates == (
        Candidate("T1", SPACE + "T1", "Kabul", 100.0, is_match=True, types=(("C1", "city"),), description="a capital", page=page),
    )
    assert answer.remarks == ()
    assert serving.asked == [{"q0": {"query": "Kabul", "limit": 5}}]


def test_a_query_goes_out_with_type_and_properties(serving: Serving) -> None:
    serving.manifest = {**MANIFEST, "defaultTypes": [{"id": "C1", "name": "city"}]}
    reconcile(serving.url, [Query("Kabul", types=("C1",), limit=3, properties=(("P1", "Afghanistan"),))])
    assert serving.asked == [
        {"q0": {"query": "Kabul", "limit": 3, "type": "C1", "type_strict": "should", "properties": [{"pid": "P1", "v": "Afghanistan"}]}}
    ]


@pytest.mark.parametrize(
    ("known", "sent"),
    [
        ([{"id": "C1", "name": "city"}, {"id": "C2", "name": "place"}], ["C1", "C2"]),
        (["C2"], "C2"),
        ([{"id": "C9", "name": "rock"}], None),
        (None, None),
        ({"id": ["C1"]}, None),
    ],
)
def test_only_types_that_the_manifest_names_are_sent(serving: Serving, known: object, sent: object) -> None:
    serving.manifest = {**MANIFEST, "defaultTypes": known}
    reconcile(serving.url, [Query("Kabul", types=("C1", "C2"))])
    assert serving.asked[0]["q0"].get("type") == sent
    assert ("type_strict" in serving.asked[0]["q0"]) == (sent is not None)


def test_the_manifest_says_how_many_queries_go_into_a_request(serving: Serving) -> None:
    serving.manifest = {**MANIFEST, "batchSize": 3}
    answers = reconcile(serving.url, [f"name {number}" for number in range(7)])
    assert [len(batch) for batch in serving.asked] == [3, 3, 1]
    assert [answer.query.text for answer in answers] == [f"name {number}" for number in range(7)]


@pytest.mark.parametrize("size", [None, 0, -1, True, "many", 2.5])
def test_a_batch_size_that_is_none_counts_as_not_given(serving: Serving, size: object) -> None:
    serving.manifest = {**MANIFEST, "batchSize": size}
    assert connect(serving.url).batch_size == BATCH


def test_a_batch_that_is_too_large_is_asked_in_halves(serving: Serving) -> None:
    serving.most = 2
    answers = reconcile(serving.url, [f"name {number}" for number in range(5)])
    assert [len(batch) for batch in serving.asked] == [5, 2, 3, 1, 2]
    assert [answer.query.text for answer in answers] == [f"name {number}" for number in range(5)]
    assert all(answer.candidates for answer in answers)


def test_a_service_that_refuses_even_one_query_fails(serving: Serving) -> None:
    serving.most = 0
    with pytest.raises(RemoteError, match="answers 413"):
        reconcile(serving.url, ["a", "b"])


def test_what_a_service_of_the_first_version_answers_is_read(serving: Serving) -> None:
    serving.manifest = {name: value for name, value in MANIFEST.items() if name not in {"versions", "view"}}
    serving.results = [{"id": 7, "name": "Kabul", "score": "81.5", "match": "true", "type": ["C1"]}]
    (answer,) = reconcile(serving.url, ["Kabul"])
    assert answer.candidates == (Candidate("7", SPACE + "7", "Kabul", 81.5, types=(("C1", "C1"),)),)


def test_a_byte_order_mark_is_no_obstacle(serving: Serving) -> None:
    serving.whole = b"\xef\xbb\xbf" + json.dumps({"q0": {"result": [CITY]}}).encode()
    assert reconcile(serving.url, ["Kabul"])[0].candidates[0].id == "T1"


def test_words_that_are_none_are_not_sent(serving: Serving) -> None:
    first, second = reconcile(serving.url, [" ", "Kabul"])
    assert (first.candidates, first.remarks) == ((), ("there are no words to look for",))
    assert second.candidates
    assert serving.asked == [{"q1": {"query": "Kabul", "limit": 5}}]


def test_the_best_come_first_and_no_more_than_were_asked_for(serving: Serving) -> None:
    serving.results = [{**CITY, "id": f"T{number}", "score": number} for number in range(1, 9)]
    (answer,) = reconcile(serving.url, ["Kabul"], limit=3)
    assert [each.id for each in answer.candidates] == ["T8", "T7", "T6"]


def test_a_thing_that_comes_twice_is_kept_once(serving: Serving) -> None:
    assert only(serving, id="T1") == ([], ())


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"id": None}, "no id"),
        ({"id": ""}, "no id"),
        ({"id": True}, "no id"),
        ({"id": ["T2"]}, "no id"),
        ({"id": "T 2"}, "makes no IRI"),
        ({"id": "T2>"}, "makes no IRI"),
        ({"id": "T2\n<urn:x> <urn:y>"}, "makes no IRI"),
        ({"id": "T2\ud800"}, "makes no IRI"),
        ({"id": "x" * 5000}, "makes no IRI"),
        ({"name": None}, "no name"),
        ({"name": "<b></b>"}, "no name"),
        ({"name": {"value": "Kabul"}}, "no name"),
        ({"score": "high"}, "a score that is no number"),
        ({"score": None}, "a score that is no number"),
        ({"score": True}, "a score that is no number"),
        ({"score": float("nan")}, "a score that is no number"),
        ({"score": float("inf")}, "a score that is no number"),
        ({"score": 10**400}, "a score that is no number"),
        ({"score": [1]}, "a score that is no number"),
    ],
)
def test_a_candidate_that_cannot_be_used_is_left_out_with_a_word(serving: Serving, changed: dict[str, Any], word: str) -> None:
    candidates, remarks = only(serving, **changed)
    assert candidates == []
    assert len(remarks) == 1
    assert remarks[0].startswith("1 of its candidates left out: ")
    assert word in remarks[0]
    assert remarks[0].isprintable()


@pytest.mark.parametrize("found", [None, 5, "T2", [], [1, "x"]])
def test_a_candidate_that_is_no_object_is_left_out(serving: Serving, found: object) -> None:
    serving.results = [CITY, found]
    (answer,) = reconcile(serving.url, ["Kabul"])
    assert [each.id for each in answer.candidates] == ["T1"]
    assert answer.remarks == ("1 of its candidates left out: no object",)


@pytest.mark.parametrize("given", [{"type": None}, {"type": 5}, {"type": [None, {"id": 3}, []]}, {"type": {}}, {"description": ["x"]}])
def test_what_a_candidate_need_not_have_does_no_harm_where_it_is_wrong(serving: Serving, given: dict[str, Any]) -> None:
    candidates, remarks = only(serving, **given)
    assert len(candidates) == 1
    assert remarks == ()


def test_names_come_as_one_line_without_tags_and_control_characters(serving: Serving) -> None:
    candidates, _ = only(
        serving, name="<img src=x onerror=alert(1)>Ka\x1b[31mbul\r\n\u202ecity\ud800", description="<script>x</script>" + "y" * 9000
    )
    assert candidates[0].name == "Ka [31mbul city"
    assert candidates[0].description == "x" + "y" * 499


def test_the_invisible_joiners_of_names_stay() -> None:
    assert words_of("a\u200cb\u200dc\u200b") == "a\u200cb\u200dc"


@pytest.mark.parametrize(
    ("space", "identifier", "iri"),
    [
        (SPACE, "T1", SPACE + "T1"),
        (SPACE, "https://other.example/T1", "https://other.example/T1"),
        ("http://example.org/things#", "a/b", "http://example.org/things#a/b"),
        ("http://example.org/ns/type.object.id", "12", ""),
        (SPACE, "javascript:alert(1)", SPACE + "javascript:alert(1)"),
    ],
)
def test_an_id_is_an_iri_behind_the_identifier_space_or_as_it_is(space: str, identifier: str, iri: str) -> None:
    assert Service("", "", space).iri_of(identifier) == iri


def test_an_id_in_the_address_of_a_page_is_encoded() -> None:
    assert Service("", "", SPACE, view="https://x.example/{{id}}/page").page_of("a/b c&d") == "https://x.example/a%2Fb%20c%26d/page"


@pytest.mark.parametrize(
    "view", [None, "x", {"url": 5}, {"url": "javascript:{{id}}"}, {"url": "https://x.example/"}, {"url": "ht tp://{{id}}"}]
)
def test_a_template_of_pages_that_leads_nowhere_is_none(serving: Serving, view: object) -> None:
    serving.manifest = {**MANIFEST, "view": view}
    assert connect(serving.url).view == ""


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ([], "answers with no object"),
        ("manifest", "answers with no object"),
        ({}, "no manifest of a reconciliation service"),
        ({"name": "x"}, "no manifest of a reconciliation service"),
        ({"name": 5, "identifierSpace": SPACE}, "no manifest of a reconciliation service"),
        ({**MANIFEST, "identifierSpace": "things"}, "no identifier space that is an IRI"),
        ({**MANIFEST, "identifierSpace": "http://a b/"}, "no identifier space that is an IRI"),
        ({**MANIFEST, "identifierSpace": "javascript:x/"}, "no identifier space that is an IRI"),
        ({**MANIFEST, "versions": ["1.0", "2"]}, "speaks the Reconciliation Service API 1.0, 2; kg speaks 0.2 and 0.1"),
        ({**MANIFEST, "versions": []}, r"\(none\)"),
    ],
)
def test_a_manifest_that_cannot_be_used_fails_in_one_line(serving: Serving, manifest: object, words: str) -> None:
    serving.manifest = manifest
    with pytest.raises(RemoteError, match=words) as caught:
        connect(serving.url)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "does not answer in JSON"),
        (b"<!DOCTYPE html><p>Sorry", "does not answer in JSON"),
        (b'{"q0": {"result": [', "does not answer in JSON"),
        (b"\xff\xfe\x00", "does not answer in JSON"),
        (b"[" * 200_000, "does not answer in JSON"),
        (b'{"q0":' * 100_000 + b"1" + b"}" * 100_000, "does not answer in JSON"),
        (b"[]", "answers with no object"),
        (b"{}", "answers none of the queries"),
        (b'{"status": "error", "message": "too\\nbusy <b>now</b>"}', "answers none of the queries: too busy now"),
        (b'callback({"q0": {"result": []}})', "does not answer in JSON"),
    ],
)
def test_an_answer_that_cannot_be_read_fails_in_one_line(serving: Serving, body: bytes, words: str) -> None:
    serving.whole = body
    with pytest.raises(RemoteError, match=words) as caught:
        reconcile(serving.url, ["Kabul"])
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("found", [None, [], "x", {}, {"result": None}, {"result": {"id": "T1"}}])
def test_a_query_without_a_result_says_so_and_the_others_have_theirs(serving: Serving, found: object) -> None:
    serving.whole = json.dumps({"q0": found, "q1": {"result": [CITY]}}).encode()
    first, second = reconcile(serving.url, ["Kabul", "Herat"])
    assert (first.candidates, first.remarks) == ((), ("the service gives no result for this query",))
    assert len(second.candidates) == 1


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*CITY, "result", "q0"]), inner, max_size=6),
    max_leaves=12,
)


@given(results=JSON)
def test_whatever_a_service_answers_no_candidate_is_without_iri_name_and_score(results: object) -> None:
    service = Service("http://x.example/", "x", SPACE)
    answer = service.answer_of(Query("x"), {"result": results})
    assert all(each.iri.startswith("http") and each.name and each.score == each.score for each in answer.candidates)
    assert isinstance(answer.remarks, tuple)


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with contextlib.closing(Hostile()) as server:
        yield server


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("silent", "did not answer in full within 1 s"),
        ("dripping", "did not answer in full within 1 s"),
        ("endless", "more than 1 MiB"),
        ("bomb", "more than 1 MiB"),
        ("page", "does not answer in JSON; is this the address of a reconciliation service?"),
        ("good", "no manifest of a reconciliation service"),
        ("bad-json", "does not answer in JSON"),
        ("deep", "does not answer in JSON"),
        ("not-http", "does not keep to HTTP"),
        ("broken", "500 Internal Server Error: the disk is full"),
        ("locked", "wants authentication (401), which kg gives to no service"),
        ("loop", "redirects more than 3 times"),
    ],
)
def test_a_server_that_misbehaves_is_left_with_one_line(hostile: Hostile, path: str, words: str) -> None:
    with pytest.raises(KgError) as caught:
        connect(hostile.url(path), seconds=1 if path in {"silent", "dripping"} else 20, size=2**20 if path != "deep" else 2**26)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
    assert caught.value.exit_code == 7


@pytest.mark.parametrize("elsewhere", ["http://127.0.0.1:{port}/good", "http://localhost:{port}/good", "http://169.254.169.254/latest/"])
def test_a_service_does_not_lead_elsewhere(hostile: Hostile, elsewhere: str) -> None:
    with contextlib.closing(Hostile()) as other:
        hostile.elsewhere = elsewhere.format(port=other.port)
        with pytest.raises(RefusedError, match="is not on the allow-list"):
            connect(hostile.url("redirect"))
        assert other.connections == 0


@pytest.mark.parametrize("url", ["file:///etc/hosts", "things.example", "http://ann:secret@things.example/"])
def test_an_address_that_is_none_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(UsageError):
        connect(url)


def test_the_environment_gives_no_credentials_to_a_service(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "sesame")
    with pytest.raises(RemoteError, match="wants authentication"):
        connect(hostile.url("token"))
    assert "sesame" not in "".join(hostile.requests)


def test_our_own_service_is_understood(served: Served) -> None:
    service = connect(f"{served.url}/reconcile")
    assert (service.versions, service.identifier_space, service.batch_size) == (("0.1", "0.2"), names.prefixes()["ent"], 50)
    assert names.SCHEMA + "Country" in service.types
    answers = list(service.ask([Query("Taliban"), Query("Afganistan", types=(names.SCHEMA + "Country",)), Query("no such thing")]))
    assert [[each.id for each in answer.candidates if each.is_match] for answer in answers] == [["taliban"], [], []]
    first = answers[1].candidates[0]
    assert (first.id, first.name, first.types) == ("afghanistan", "Afghanistan", ((names.SCHEMA + "Country", "Country"),))
    assert first.description
    assert all(each.iri == service.identifier_space + each.id for answer in answers for each in answer.candidates)
    assert not any(answer.remarks for answer in answers)
    assert first.page == f"{served.url}/entity/afghanistan"
    assert served.get(first.page.removeprefix(served.url), Accept="text/turtle").status == 303


def test_more_queries_than_go_into_a_batch_of_ours_are_answered_in_order(served: Served) -> None:
    asked = ["Taliban", "Kabul", "Moscow", "xyzzy plugh"] * 40
    answers = reconcile(f"{served.url}/reconcile", asked)
    assert [answer.query.text for answer in answers] == asked
    assert [bool(answer.candidates) for answer in answers] == [True, True, True, False] * 40


def test_what_our_service_refuses_is_told_in_its_words(served: Served) -> None:
    with pytest.raises(RemoteError, match=r"/reconcile answers 400: query 'q0': 'limit' must be a positive integer"):
        reconcile(f"{served.url}/reconcile", [Query("Kabul", limit=-1)])
    with pytest.raises(RemoteError, match="no manifest of a reconciliation service"):
        connect(f"{served.url}/health")
