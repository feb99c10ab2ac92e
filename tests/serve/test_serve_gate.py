"""What `kg serve` lets in: hosts, origins, sizes, slow clients. Requests are bytes on a socket where a client library would mend them."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import time
import zlib
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

import pytest
from served import ROOT, Served, serving

from kg.serve.connection import connection_of
from kg.serve.gate import Gate, respond
from kg.serve.jobs import Reply
from kg.serve.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest_plugins = ("served",)

ASK, QUERY, FORM = "ASK {}", "application/sparql-query", "application/x-www-form-urlencoded"
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that cuts slow clients as late as it does by default, with few workers."""
    with serving(ROOT, tmp_path_factory.mktemp("impatient"), "--workers", "2", "--timeout", "2m") as server:
        yield server


def request(*lines: str) -> bytes:
    return "\r\n".join([f"GET /sparql?query={quote(ASK)} HTTP/1.1", *lines, "Connection: close", "", ""]).encode()


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.", "127.0.0.2:80"])
def test_a_host_that_is_not_served_is_sent_elsewhere(served: Served, host: str) -> None:
    assert status(served.raw(request(f"Host: {host}"))) == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:3030", "LOCALHOST", "[::1]:80"])
def test_this_machine_by_any_of_its_names_is_served(served: Served, host: str) -> None:
    assert status(served.raw(request(f"Host: {host}"))) == 200


@pytest.mark.parametrize("lines", [[], ["Host:"], ["Host: a b"], ["Host: localhost", "Host: evil.example"], ["Host: localhost:port"]])
def test_a_request_that_names_no_host_or_two_is_no_request(served: Served, lines: list[str]) -> None:
    assert status(served.raw(request(*lines))) == 400


def test_further_hosts_and_origins_are_served_where_that_is_asked_for(tmp_path: Path) -> None:
    with serving(ROOT, tmp_path, "--allow-host", "graph.example", "--allow-origin", "https://page.example") as server:
        assert status(server.raw(request("Host: graph.example"))) == 200
        found = server.ask(ASK, Origin="https://page.example")
        assert (found.status, found.headers["access-control-allow-origin"]) == (200, "https://page.example")
        assert "Origin" in found.headers["vary"]
        before = server.send("OPTIONS", "/sparql", Origin="https://page.example", Access_Control_Request_Method="POST")
        assert (before.status, before.headers["access-control-allow-methods"]) == (204, "GET, HEAD, POST, OPTIONS")
        assert server.ask(ASK, Origin="https://other.example").status == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_a_page_of_another_site_may_not_ask(served: Served, origin: str) -> None:
    found = served.ask(ASK, Origin=origin)
    assert (found.status, found.headers.get("access-control-allow-origin")) == (403, None)


def test_a_page_of_this_host_may_ask(served: Served) -> None:
    assert served.ask(ASK, Origin=served.url).status == 200


def test_every_response_forbids_guessing_and_scripts(served: Served) -> None:
    asked = [
        served.ask(ASK),
        served.ask("nonsense"),
        served.get("/nothing-here"),
        served.get("/health"),
        served.send("PUT", "/sparql", body=""),
    ]
    for found in asked:
        assert found.headers["x-content-type-options"] == "nosniff"
        assert found.headers["content-security-policy"].startswith("default-src 'none'")
        assert "access-control-allow-origin" not in found.headers
        assert "server" not in found.headers


def test_a_body_of_more_than_a_mebibyte_is_too_large_however_it_comes(served: Served) -> None:
    text = ASK + " " * (2 * MEBIBYTE)
    assert served.send("POST", "/sparql", body=text, Content_Type=QUERY).status == 413
    head = f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {QUERY}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunks = b"".join(b"10000\r\n" + b" " * 65536 + b"\r\n" for _ in range(20)) + b"0\r\n\r\n"
    assert status(served.raw(head.encode() + chunks)) == 413


def test_a_body_within_the_limit_may_be_compressed(served: Served) -> None:
    for encoding, body in (("gzip", gzip.compress(ASK.encode())), ("deflate", zlib.compress(ASK.encode()))):
        assert served.send("POST", "/sparql", body=body, Content_Type=QUERY, Content_Encoding=encoding).status == 200
    assert served.send("POST", "/sparql", body=b"no gzip", Content_Type=QUERY, Content_Encoding="gzip").status == 400
    assert served.send("POST", "/sparql", body=b"x", Content_Type=QUERY, Content_Encoding="br").status == 415


@pytest.mark.parametrize("body", [gzip.compress(ASK.encode())[:-4], gzip.compress(ASK.encode()) + b"more", b""])
def test_a_compressed_body_ends_where_it_says(served: Served, body: bytes) -> None:
    assert served.send("POST", "/sparql", body=body, Content_Type=QUERY, Content_Encoding="gzip").status == 400


def test_a_query_may_begin_with_a_byte_order_mark(served: Served) -> None:
    assert served.send("POST", "/sparql", body=b"\xef\xbb\xbf" + ASK.encode(), Content_Type=QUERY).status == 200


def test_a_whole_address_says_which_host_is_asked(served: Served) -> None:
    for host, expected in (("localhost", 200), (f"127.0.0.1:{served.port}", 200), ("evil.example", 421), ("localhost@evil.example", 400)):
        data = f"GET http://{host}/sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        assert status(served.raw(data.encode())) == expected
        data = f"GET /sparql?query=ASK%7B%7D&x=http://{host}/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        assert status(served.raw(data.encode())) == 200


def test_the_server_as_a_whole_tells_the_methods(served: Served) -> None:
    found = served.raw(b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert status(found) == 204
    assert b"allow: GET, HEAD, POST, OPTIONS" in found


def test_a_body_that_unpacks_to_more_is_too_large(served: Served) -> None:
    bomb = gzip.compress(b" " * (100 * MEBIBYTE))
    assert len(bomb) < MEBIBYTE
    assert served.send("POST", "/sparql", body=bomb, Content_Type=QUERY, Content_Encoding="gzip").status == 413


def test_a_query_of_more_than_the_guard_allows_is_refused(served: Served) -> None:
    assert served.send("POST", "/sparql", body=ASK + " " * (300 * 1024), Content_Type=QUERY).status == 413


@pytest.mark.parametrize("extra", ["X-Long: " + "x" * 17_000, "\r\n".join(f"X-{n}: {'y' * 90}" for n in range(200))])
def test_a_head_of_more_than_sixteen_kibibytes_is_too_large(served: Served, extra: str) -> None:
    assert status(served.raw(request("Host: localhost", extra))) == 431
    assert status(served.raw(f"GET /sparql?query={'x' * 20_000} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())) == 431


def test_a_head_that_never_ends_is_cut_off(served: Served) -> None:
    assert status(served.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 40_000)) == 431


def test_a_length_and_chunks_together_are_no_request(served: Served) -> None:
    head = f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {QUERY}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert status(served.raw(head.encode() + b"6\r\nASK {}\r\n0\r\n\r\n")) == 400


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_is_answered_once_and_closed(served: Served, data: bytes) -> None:
    found = served.raw(data)
    assert status(found) == 400
    assert b"application/problem+json" in found
    assert served.ask(ASK).status == 200


def test_the_connection_stays_open_between_requests(served: Served) -> None:
    one = f"GET /sparql?query={quote(ASK)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with socket.create_connection((served.host, served.port), timeout=60) as to:
        for _ in range(2):
            to.sendall(one)
            found = piece = to.recv(65536)
            while piece and not found.endswith(b"}\n"):  # head and body may come one after the other
                found += (piece := to.recv(65536))
            assert found.startswith(b"HTTP/1.1 200")


def test_slow_clients_are_cut_within_ten_seconds_and_keep_nobody_waiting(impatient: Served) -> None:
    beginnings = [
        b"",
        b"GET /sparql?query=x HTTP/1.1\r\nHost: local",
        f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {QUERY}\r\nContent-Length: 9\r\n\r\nASK".encode(),
    ]
    start = time.monotonic()
    slow = []
    for number in range(300):
        to = socket.create_connection((impatient.host, impatient.port), timeout=60)
        to.sendall(beginnings[number % 3])
        slow.append(to)
    assert [impatient.ask(ASK).status for _ in range(20)] == [200] * 20  # with all of them on
    assert len(impatient.processes()) > 1
    for to in slow:
        with contextlib.suppress(ConnectionResetError):
            assert to.recv(65536) == b""
        to.close()
    assert 5 < time.monotonic() - start < 40
    assert impatient.ask(ASK).status == 200


def test_a_client_that_drips_a_head_is_cut_all_the_same(impatient: Served) -> None:
    start = time.monotonic()
    with socket.create_connection((impatient.host, impatient.port), timeout=60) as to, contextlib.suppress(OSError):
        to.sendall(b"GET /health HTTP/1.1\r\n")
        while time.monotonic() - start < 60:
            to.sendall(b"X: y\r\n")
            time.sleep(0.5)
    assert time.monotonic() - start < 40  # the sending failed, as nobody was there any more


def test_a_client_that_does_not_read_its_answer_keeps_nobody_waiting(tmp_path: Path) -> None:
    with serving(ROOT, tmp_path, "--max-size", "64M", "--max-rows", "1000000") as server:
        query = "SELECT * { ?a ?b ?c . ?d a kg:Claim } LIMIT 100000"
        with socket.create_connection((server.host, server.port), timeout=60) as to:
            to.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            to.sendall(f"GET /sparql?{urlencode({'query': query})} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert server.until(lambda: any(line["event"] == "request" and line["bytes"] > 10 * MEBIBYTE for line in server.log()))
            assert server.ask(ASK).status == 200


class _Stuck:
    """A transport to a client that reads nothing."""

    def __init__(self, unsent: int) -> None:
        self.unsent, self.is_cut = unsent, False

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def abort(self) -> None:
        self.is_cut = True


@pytest.mark.parametrize(("unsent", "seconds"), [(1, 9), (MEBIBYTE, 9 + 16), (64 * MEBIBYTE, 9 + 1024)])
def test_an_answer_must_be_read_at_a_least_speed(unsent: int, seconds: float) -> None:
    connection = object.__new__(connection_of(Settings()))
    transport = _Stuck(unsent)
    connection.transport, connection.client = cast("asyncio.Transport", transport), None
    connection.waits_since, connection._until = None, None
    for after, is_cut in ((0.0, False), (seconds - 0.1, False), (seconds + 0.1, True)):
        assert connection.sweep(1000.0 + after) == (0 if is_cut else unsent)
        assert transport.is_cut is is_cut


def test_no_more_requests_are_in_work_than_may_be() -> None:
    async def many() -> list[int]:
        free, statuses = asyncio.Event(), list[int]()

        async def app(_scope: object, _receive: object, send: Any) -> None:
            await free.wait()
            await respond(send, Reply(200))

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        gate = Gate(app, Settings())
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1)}
        tasks = [asyncio.create_task(gate(dict(scope), receive, send)) for _ in range(66)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        free.set()
        await asyncio.gather(*tasks)
        return statuses

    assert asyncio.run(many()) == [503] * 2 + [200] * 64


def test_where_too_many_are_connected_who_waits_longest_goes() -> None:
    kind = connection_of(Settings(clients=2))
    crowd = [object.__new__(kind) for _ in range(3)]
    for number, each in enumerate(crowd):
        each.transport, each.client, each.waits_since = cast("asyncio.Transport", _Stuck(0)), None, 100.0 - number
        each.connections = set(crowd)
    crowd[0]._make_room()  # noqa: SLF001  what a new connection does first
    assert [cast("_Stuck", each.transport).is_cut for each in crowd] == [False, False, True]
