"""Servers on the loopback interface for the tests of `kg.client` and what stands on it: one that misbehaves, by path, and a good one."""

from __future__ import annotations

import contextlib
import gc
import gzip
import hashlib
import json
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

RESULTS = "application/sparql-results+json"
ROWS = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "uri", "value": "urn:there"}}]}}).encode()
"""One row: ?x is <urn:there>."""


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Hostile:
    """A server that answers by the path it is asked for, and notes each connection and the head of each request."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        gc.collect()  # in this thread: what tests before left of the library's readers must not be let go of in those begun here
        self.connections = 0
        self._context = context
        self.requests: list[str] = []
        self.elsewhere = ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self._is_open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://{self.host}/{path}"

    def close(self) -> None:
        self._is_open = False
        self._listener.close()

    def _accept(self) -> None:
        while self._is_open:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), self._secured(connection) as stream:
            head = self._read(stream)
            self.requests.append(head)
            path = head.split(" ", 2)[1].partition("?")[0].strip("/")
            for piece in getattr(self, "_" + path.replace("-", "_"))(head):
                if not self._is_open:
                    return
                stream.sendall(piece)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self._context.wrap_socket(connection, server_side=True) if self._context else connection

    @staticmethod
    def _read(connection: socket.socket) -> str:
        data = b""
        while b"\r\n\r\n" not in data:
            got = connection.recv(65536)
            if not got:
                break
            data += got
        head, _, body = data.partition(b"\r\n\r\n")
        sizes = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
        left = int(sizes[0]) - len(body) if sizes else 0
        while left > 0 and (got := connection.recv(65536)):
            left -= len(got)
        return head.decode()

    @staticmethod
    def _with(body: bytes, *, status: str = "200 OK", kind: str = RESULTS, more: str = "", length: int | None = None) -> bytes:
        size = len(body) if length is None else length
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\nConnection: close\r\n{more}\r\n"
        return head.encode() + body

    def _good(self, _head: str) -> Iterator[bytes]:
        yield self._with(ROWS)

    def _silent(self, _head: str) -> Iterator[bytes]:
        while self._is_open:
            time.sleep(0.1)
            yield b""

    def _dripping(self, _head: str) -> Iterator[bytes]:
        yield f"HTTP/1.1 200 OK\r\nContent-Type: {RESULTS}\r\n\r\n".encode() + ROWS[:20]
        while True:
            time.sleep(0.2)
            yield b" "

    def _slow_head(self, _head: str) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            time.sleep(0.2)
            yield b"X: y\r\n"

    def _endless(self, _head: str) -> Iterator[bytes]:
        yield f"HTTP/1.1 200 OK\r\nContent-Type: {RESULTS}\r\n\r\n".encode() + ROWS[:-3]
        while True:
            yield b", " + b'{"x":{"type":"uri","value":"urn:more"}}, ' * 1000

    def _bomb(self, _head: str) -> Iterator[bytes]:
        yield self._with(gzip.compress(b" " * (200 * 2**20), 1), more="Content-Encoding: gzip\r\n")

    def _bomb_twice(self, _head: str) -> Iterator[bytes]:
        yield self._with(gzip.compress(gzip.compress(ROWS)), more="Content-Encoding: gzip, gzip\r\n")

    def _zipped(self, _head: str) -> Iterator[bytes]:
        yield self._with(gzip.compress(ROWS), more="Content-Encoding: gzip\r\n")

    def _zip_cut(self, _head: str) -> Iterator[bytes]:
        yield self._with(gzip.compress(ROWS)[:-9], more="Content-Encoding: gzip\r\n")

    def _page(self, _head: str) -> Iterator[bytes]:
        yield self._with(b"<!DOCTYPE html><p>Welcome", kind="text/html; charset=utf-8")

    def _wrong_type(self, _head: str) -> Iterator[bytes]:
        yield self._with(ROWS, kind="image/png")

    def _lying_long(self, _head: str) -> Iterator[bytes]:
        yield self._with(ROWS, length=len(ROWS) + 1000)

    def _lying_short(self, _head: str) -> Iterator[bytes]:
        yield self._with(ROWS, length=len(ROWS) - 10)

    def _huge_length(self, _head: str) -> Iterator[bytes]:
        yield self._with(b"", length=10**12)

    def _bad_json(self, _head: str) -> Iterator[bytes]:
        yield self._with(ROWS.replace(b'"uri"', b"uri"))

    def _deep(self, _head: str) -> Iterator[bytes]:
        triple = b'{"type":"triple","value":{"subject":{"type":"uri","value":"urn:a"},"predicate":{"type":"uri","value":"urn:a"},"object":'
        term = triple * 100_000 + b'{"type":"uri","value":"urn:a"}' + b"}}" * 100_000
        yield self._with(b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":' + term + b"}]}}")

    def _entities(self, _head: str) -> Iterator[bytes]:
        text = (
            '<!DOCTYPE s [<!ENTITY a "b">]><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>true</boolean></sparql>'
        )
        yield self._with(text.encode(), kind="application/sparql-results+xml")

    def _not_http(self, _head: str) -> Iterator[bytes]:
        yield b"220 mail.example ESMTP\r\n"

    def _hung_up(self, _head: str) -> Iterator[bytes]:
        yield b""

    def _broken(self, _head: str) -> Iterator[bytes]:
        yield self._with(b"the disk\nis full\x1b[31m", status="500 Internal Server Error", kind="text/plain")

    def _locked(self, _head: str) -> Iterator[bytes]:
        yield self._with(b"", status="401 Unauthorized", more='WWW-Authenticate: Basic realm="x"\r\n')

    def _basic(self, head: str) -> Iterator[bytes]:
        is_in = "Authorization: Basic YW5uOnNlc2FtZQ==" in head  # ann:sesame
        yield self._with(ROWS) if is_in else next(self._locked(head))

    def _digest(self, head: str) -> Iterator[bytes]:
        given = dict(re.findall(r'(\w+)="?([^",\r]*)"?', head.partition("Authorization: Digest ")[2].partition("\r\n")[0]))
        challenge = 'WWW-Authenticate: Digest realm="SPARQL", qop="auth", nonce="n0nce", algorithm=MD5, opaque="o"\r\n'
        secret, asked = md5("ann:SPARQL:sesame"), md5(f"{head.split(maxsplit=1)[0]}:{head.split(maxsplit=2)[1]}")
        right = md5(f"{secret}:n0nce:{given.get('nc')}:{given.get('cnonce')}:auth:{asked}")
        yield self._with(ROWS) if given.get("response") == right else self._with(b"", status="401 Unauthorized", more=challenge)

    def _token(self, head: str) -> Iterator[bytes]:
        yield self._with(ROWS) if "Authorization: Bearer sesame" in head else self._with(b"", status="403 Forbidden")

    def _busy(self, _head: str) -> Iterator[bytes]:
        """Answer the third request only."""
        is_time = len(self.requests) > 2
        yield self._with(ROWS) if is_time else self._with(b"", status="503 Service Unavailable", more="Retry-After: 0\r\n")

    def _stopped(self, _head: str) -> Iterator[bytes]:
        """Stop the query at a limit of its own, as `kg serve` does."""
        said = rb'{"title": "Stopped", "status": 503, "detail": "the \"query\" took\n longer\u202e \u001b[1mthan 10 s ' + b"x" * 300 + b'"}'
        yield self._with(said, kind="application/problem+json", status="503 Service Unavailable")

    def _wait(self, _head: str) -> Iterator[bytes]:
        """Answer the second request only, and ask to wait for a second."""
        is_time = len(self.requests) > 1
        yield self._with(ROWS) if is_time else self._with(b"", status="429 Too Many Requests", more="Retry-After: 1\r\n")

    def _later(self, _head: str) -> Iterator[bytes]:
        yield self._with(b"", status="429 Too Many Requests", more="Retry-After: 3600\r\n")

    def _redirect(self, _head: str) -> Iterator[bytes]:
        yield self._with(b"", status="307 Temporary Redirect", more=f"Location: {self.elsewhere}\r\n")

    def _loop(self, _head: str) -> Iterator[bytes]:
        yield self._with(b"", status="302 Found", more="Location: /loop\r\n")

    def _moved(self, _head: str) -> Iterator[bytes]:
        yield self._with(b"", status="301 Moved Permanently", more="Location: /good\r\n")

    def _cut_short(self, _head: str) -> Iterator[bytes]:
        yield self._with(ROWS, more="X-SQL-State: S1TAT\r\n")

    def _at_most_one(self, _head: str) -> Iterator[bytes]:
        yield self._with(ROWS, more="X-SPARQL-MaxRows: 1\r\n")


@contextlib.contextmanager
def good_endpoint(*arguments: str) -> Iterator[str]:
    """Run `tests/endpoint.py` as a process of its own, which therefore also serves SERVICE; yield its address."""
    command = [sys.executable, str(Path(__file__).with_name("endpoint.py")), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()
