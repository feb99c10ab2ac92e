from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from contextlib import closing
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from hostile import RESULTS, ROWS, Hostile

from kg import wire
from kg.client import Client, Credentials, Reply, origin_of, parse_url
from kg.errors import KgError, RefusedError, RemoteError, UsageError
from kg.wire import Deadline, check_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANN = Credentials.from_environment({"KG_ENDPOINT_USER": "ann", "KG_ENDPOINT_PASSWORD": "sesame"})
WRONG = Credentials.from_environment({"KG_ENDPOINT_USER": "ann", "KG_ENDPOINT_PASSWORD": "wrong-one"})
TOKEN = Credentials.from_environment({"KG_ENDPOINT_TOKEN": "sesame"})
SLACK = 20.0
"""How many seconds over its deadline a test may take on a busy machine."""


@pytest.fixture
def server() -> Iterator[Hostile]:
    with closing(Hostile()) as hostile:
        yield hostile


def send(server: Hostile, path: str, *, seconds: float = 20, method: str = "POST", **options: Any) -> Reply:
    repeatable = options.pop("repeatable", True)
    client = Client([server.host, *options.pop("named", [])], **options)
    return client.send(method, server.url(path), deadline=Deadline(seconds), accept={RESULTS: 1}, content=b"query=x", repeatable=repeatable)


def failure(server: Hostile, path: str, **options: Any) -> KgError:
    with pytest.raises(KgError) as caught:
        send(server, path, **options)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 7
    return caught.value


def test_a_good_answer_comes_back_whole(server: Hostile) -> None:
    reply = send(server, "good")
    assert (reply.status, reply.type, reply.body) == (200, RESULTS, ROWS)
    assert send(server, "zipped").body == ROWS


@pytest.mark.parametrize("path", ["silent", "dripping", "slow-head"])
def test_a_server_that_keeps_us_waiting_is_left_at_the_deadline(server: Hostile, path: str) -> None:
    begin = time.monotonic()
    assert f"{server.host} did not answer in full within 1 s" in str(failure(server, path, seconds=1))
    assert 0.9 < time.monotonic() - begin < 1 + SLACK
    assert server.connections == 1


def test_a_server_that_takes_the_request_slowly_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # its backlog takes the connection, nobody reads
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        client = Client([url[7:-1]])
        begin = time.monotonic()
        with pytest.raises(RemoteError, match="did not answer in full within 1 s"):
            client.send("PUT", url, deadline=Deadline(1), content=b"x" * 2**26)
        assert time.monotonic() - begin < 1 + SLACK


@pytest.mark.parametrize("path", ["endless", "bomb", "huge-length"])
def test_an_answer_larger_than_the_cap_is_refused(server: Hostile, path: str) -> None:
    assert "more than 8 MiB" in str(failure(server, path, size=8 * 2**20))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("page", "a web page instead of results"),
        ("wrong-type", "the type image/png instead of results"),
        ("bomb-twice", "the coding 'gzip, gzip'"),
        ("zip-cut", "gzip that ends too early"),
        ("lying-long", "does not keep to HTTP"),
        ("not-http", "does not keep to HTTP"),
        ("hung-up", "does not keep to HTTP"),
        ("broken", "500 Internal Server Error: the disk is full"),
        ("locked", "wants authentication (401); set KG_ENDPOINT_USER"),
        ("later", "429 Too Many Requests"),
        ("loop", "redirects more than 3 times"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_in_one_line(server: Hostile, path: str, words: str) -> None:
    assert words in str(failure(server, path))


def test_a_port_where_nobody_listens_is_tried_again_and_then_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(RemoteError, match=f"http://{host}/ cannot be reached: Connection refused"):
        Client([host]).send("GET", f"http://{host}/", deadline=Deadline(5))


def test_a_busy_server_is_asked_again_and_a_request_that_must_not_be_repeated_is_not(server: Hostile) -> None:
    assert "503" in str(failure(server, "busy", repeatable=False))
    assert len(server.requests) == 1
    assert send(server, "busy").body == ROWS
    assert len(server.requests) == 3


def test_a_query_that_its_server_stopped_is_not_asked_again_and_the_reason_is_told_in_one_line(server: Hostile) -> None:
    said = str(failure(server, "stopped"))
    assert len(server.requests) == 1
    assert ': the "query" took longer [1mthan 10 s xxx' in said
    assert said.endswith("x…")
    assert said.isprintable()
    assert "detail" not in said
    assert len(said) < 300


def test_the_pause_that_a_server_asks_for_is_kept(server: Hostile) -> None:
    begin = time.monotonic()
    assert send(server, "wait").body == ROWS
    assert time.monotonic() - begin >= 1


def test_nobody_waits_for_a_pause_that_is_longer_than_the_deadline(server: Hostile) -> None:
    begin = time.monotonic()
    failure(server, "later", seconds=60)
    assert time.monotonic() - begin < SLACK
    assert server.connections == 1


def test_a_redirect_within_the_host_is_followed_with_method_and_body(server: Hostile) -> None:
    assert send(server, "moved").body == ROWS
    assert [head.split(" HTTP")[0] for head in server.requests] == ["POST /moved", "POST /good"]


@pytest.mark.parametrize("elsewhere", ["http://127.0.0.1:{port}/good", "http://localhost:{port}/good", "http://[::1]:{port}/"])
def test_a_redirect_to_another_host_or_port_is_not_followed(server: Hostile, elsewhere: str) -> None:
    with closing(Hostile()) as other:
        server.elsewhere = elsewhere.format(port=other.port)
        error = failure(server, "redirect")
        assert isinstance(error, RefusedError)
        assert "is not on the allow-list" in str(error)
        assert other.connections == 0


@pytest.mark.parametrize("elsewhere", ["file:///etc/hosts", "ftp://127.0.0.1/", "http://ann:secret@127.0.0.1/", "http://[", ""])
def test_a_redirect_to_what_is_no_server_is_not_followed(server: Hostile, elsewhere: str) -> None:
    server.elsewhere = elsewhere
    assert "secret" not in str(failure(server, "redirect"))


def test_a_redirect_to_a_host_that_was_named_is_followed_without_the_credentials(server: Hostile) -> None:
    with closing(Hostile()) as other:
        server.elsewhere = other.url("good")
        origin = origin_of(parse_url(server.url("")))
        for credentials in (TOKEN, ANN):
            assert send(server, "redirect", named=[other.host], credentials=credentials, origin=origin).body == ROWS
        assert "authorization" not in "".join(other.requests).lower()
        assert "Authorization: Bearer sesame" in server.requests[0]


def test_a_host_that_was_not_named_is_not_asked(server: Hostile) -> None:
    for named in ("127.0.0.1", "example.org", f"localhost:{server.port}"):
        with pytest.raises(RefusedError, match="not on the allow-list"):
            Client([named]).send("GET", server.url("good"), deadline=Deadline(5))
    assert server.connections == 0


def test_a_name_that_leads_to_this_machine_is_refused_and_localhost_is_not(server: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) > 1 else "93.184.216.34", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    asked.append("before")
    client = Client([f"rebind.example:{server.port}"], private=True)
    with pytest.raises(RefusedError, match=r"the name rebind\.example leads to 127\.0\.0\.1"):
        client.send("GET", f"http://rebind.example:{server.port}/good", deadline=Deadline(5))
    assert server.connections == 0
    client = Client([f"localhost:{server.port}"])
    assert client.send("GET", f"http://localhost:{server.port}/good", deadline=Deadline(5)).body == ROWS


def test_a_name_is_resolved_once_and_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["93.184.216.34", "127.0.0.1"])
    tried: list[Any] = []

    def resolve(_host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address: str, port: int, _seconds: float) -> socket.socket:
        tried.append((address, port))
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(wire, "_connection", connect)
    with pytest.raises(RemoteError, match="cannot be reached"):
        Client(["rebind.example"]).send("GET", "http://rebind.example/", deadline=Deadline(10))
    assert len(tried) > 1
    assert set(tried) == {("93.184.216.34", 80)}


def test_a_resolver_that_says_nothing_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> list[Any]:
        time.sleep(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    begin = time.monotonic()
    with pytest.raises(RemoteError, match=r"within 0\.5 s"):
        Client(["slow.example"]).send("GET", "http://slow.example/", deadline=Deadline(0.5))
    assert time.monotonic() - begin < 0.5 + SLACK


@pytest.mark.parametrize(
    "address",
    [
        "127.8.8.8",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",  # noqa: S104  refused
        "169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "224.0.0.1",
        "fe80::1",
        "100.64.0.1",
    ],
)
def test_names_never_lead_inside(address: str) -> None:
    for private in (True, False):
        with pytest.raises(RefusedError):
            check_address("a.example", ip_address(address), private=private)


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.0.1", "fd00::1", "::ffff:10.0.0.1"])
def test_names_lead_to_a_private_network_where_that_is_allowed(address: str) -> None:
    check_address("a.example", ip_address(address), private=True)
    with pytest.raises(RefusedError):
        check_address("a.example", ip_address(address), private=False)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "a.example/sparql",
        "http://",
        "http:///x",
        "http://a b/",
        "javascript:1",
        "http://[::1",
        "http://a:0/",
        "http://a:70000/",
        "http://xn--/",
    ],
)
def test_only_addresses_of_servers_are_taken(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of a server"):
        parse_url(url)


@pytest.mark.parametrize("url", ["http://ann:secret@a.example/", "http://ann@a.example/", "https://:secret@a.example:80/?x"])
def test_an_address_with_a_password_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(UsageError, match="holds no user and password") as caught:
        parse_url(url)
    assert "secret" not in str(caught.value)


def test_a_user_and_a_token_open_what_asks_for_them(server: Hostile) -> None:
    origin = origin_of(parse_url(server.url("")))
    assert send(server, "basic", credentials=ANN, origin=origin).body == ROWS
    assert "authorization" not in server.requests[0].lower()  # it had not been asked for yet
    assert send(server, "digest", credentials=ANN, origin=origin).body == ROWS
    assert "sesame" not in "".join(server.requests[2:])
    assert send(server, "token", credentials=TOKEN, origin=origin).body == ROWS
    wrong = failure(server, "basic", credentials=WRONG, origin=origin)
    assert "the credentials are not accepted" in str(wrong)
    assert "wrong-one" not in str(wrong)


def test_credentials_stay_with_the_origin_of_the_endpoint(server: Hostile) -> None:
    for origin in ("", "https://" + server.host, "http://127.0.0.1:1"):
        failure(server, "basic", credentials=ANN, origin=origin)
        failure(server, "token", credentials=TOKEN, origin=origin)
    assert "authorization" not in "".join(server.requests).lower()


def test_credentials_come_from_the_environment_and_are_never_shown() -> None:
    found = Credentials.from_environment({"KG_ENDPOINT_USER": "ann", "KG_ENDPOINT_PASSWORD": "sesame"})
    assert (found.user, found.password) == ("ann", "sesame")
    assert "sesame" not in repr(found) + str(Credentials.from_environment({"KG_ENDPOINT_TOKEN": "sesame"}))
    assert not Credentials.from_environment({})
    for odd in (
        {"KG_ENDPOINT_TOKEN": "t", "KG_ENDPOINT_USER": "u"},
        {"KG_ENDPOINT_PASSWORD": "sesame"},
        {"KG_ENDPOINT_TOKEN": "sesame\r\nX: y"},
    ):
        with pytest.raises(UsageError) as caught:
            Credentials.from_environment(odd)
        assert "sesame" not in str(caught.value)


def test_proxies_of_the_environment_are_not_used(server: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send(server, "good").body == ROWS


def test_a_certificate_must_be_that_of_the_name_and_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("this system has no openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with closing(Hostile(context)) as server:
        hosts = [f"localhost:{server.port}", server.host]
        with pytest.raises(RemoteError, match=r"cannot be reached: .*certificate"):
            Client(hosts).send("GET", f"https://{hosts[0]}/good", deadline=Deadline(10))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert Client(hosts).send("GET", f"https://{hosts[0]}/good", deadline=Deadline(10)).body == ROWS
        with pytest.raises(RemoteError, match=r"cannot be reached: .*certificate"):
            Client(hosts).send("GET", f"https://{hosts[1]}/good", deadline=Deadline(10))
        with pytest.raises(RemoteError, match=r"within 1 s"):
            Client(hosts).send("GET", f"https://{hosts[0]}/dripping", deadline=Deadline(1))
        server.elsewhere = server.url("good")
        with pytest.raises(RefusedError, match="redirects from https to http"):
            Client(hosts).send("GET", f"https://{hosts[0]}/redirect", deadline=Deadline(10))
