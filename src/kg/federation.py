"""`SERVICE`, for hosts that were named: through a relay in this process, so that one guarded client makes every connection.

pyoxigraph has its own HTTP client: it knows no deadline, follows redirects anywhere, and Python can put nothing in its place. But it lets
other threads run while it waits. So the address of each `SERVICE` is replaced, at the place of its token, by one on the loopback interface
with a random path that nobody else knows. What arrives there goes through `kg.client` to the address that stood in the query, and only an
answer that has arrived in full and can be read as results goes back. rdflib could do this without a relay (`CUSTOM_EVALS`), but answers
the rest of the query slower and by its own reading of `SERVICE`.

One deadline holds for all requests of a query. A failure stops the query with the reason; within `SERVICE SILENT` it yields the one empty
solution that the standard asks for, and a warning. Credentials of the environment are never sent.
"""

from __future__ import annotations

import secrets
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from .client import Client, seconds_within
from .errors import KgError, QueryError, RemoteError
from .received import ROWS, rows_of
from .wire import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from .answers import Answer
    from .guard import Token
    from .limits import Limits

__all__ = ["Relay", "solve", "without_service"]

_LARGEST = 16 * 2**20


def solve(
    asking: Callable[[str, Sequence[Token]], Answer], text: str, tokens: Sequence[Token], *, hosts: Collection[str], limits: Limits | None
) -> Answer:
    """Ask with every SERVICE going through a relay, which tells afterwards what became of it."""
    with Relay(hosts, deadline=Deadline(seconds_within(limits))) as relay:
        try:
            answer = asking(relay.redirected(text, tokens), tokens)
        except QueryError as error:
            failure = relay.failures[0] if relay.failures else _bare(error)
        else:
            answer.warnings += [f"SERVICE SILENT yields nothing: {failure}" for failure in dict.fromkeys(map(str, relay.failures))]
            return answer
    raise failure


def _bare(error: KgError) -> KgError:
    """Return an error without what led to it: the frames hold results of pyoxigraph, which another thread may not let go of."""
    error.__context__ = error.__traceback__ = None
    return error


def without_service(text: str, tokens: Sequence[Token]) -> str:
    """Return a query of the same length that asks a graph where this one asks a service, to see whether it can be parsed.

    >>> from kg.guard import check
    >>> text = "ASK { SERVICE SILENT <http://a.example/> {} }"
    >>> without_service(text, check(text, allow_hosts={"a.example"}))
    'ASK { GRAPH          <http://a.example/> {} }'
    """
    for service, address in _services(tokens):
        text = text[: service.start] + "GRAPH".ljust(address.start - service.start) + text[address.start :]
    return text


def _services(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Yield each SERVICE with its address; the pre-flight has seen to it that there is one, written out."""
    for number, token in enumerate(tokens):
        if token.kind == "word" and token.text.upper() == "SERVICE":
            yield token, next(following for following in tokens[number + 1 :] if following.kind == "iri")


class Relay:
    """Takes the requests of an engine on the loopback interface and passes them on to hosts that were named."""

    def __init__(self, hosts: Collection[str], *, deadline: Deadline) -> None:
        self.failures: list[KgError] = []
        self._hosts, self._deadline = hosts, deadline
        self._secret = secrets.token_urlsafe(24)
        self._addresses: list[str] = []
        self._server = _Server(self)

    def redirected(self, text: str, tokens: Sequence[Token]) -> str:
        """Return the query with the address of every SERVICE replaced by one that leads here."""
        for number, (_, address) in reversed(list(enumerate(_services(tokens)))):
            here = f"<http://127.0.0.1:{self._server.server_port}/{self._secret}/{number}>"
            text = text[: address.start] + here + text[address.start + len(address.text) :]
        self._addresses = [address.text[1:-1] for _, address in _services(tokens)]
        return text

    def answer(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        """Return status, type and body for a request of the engine; what fails is kept for the message."""
        _, secret, number = f"{path}//".split("/", 3)[:3]
        if (
            not secrets.compare_digest(secret.encode(), self._secret.encode())
            or not number.isdigit()
            or int(number) >= len(self._addresses)
        ):
            return 404, "text/plain", b"not found"
        try:
            reply = Client(self._hosts).send(
                "POST",
                self._addresses[int(number)],
                deadline=self._deadline,
                accept=ROWS,
                content=urlencode({"query": body.decode()}).encode(),
                content_type="application/x-www-form-urlencoded",
            )
            rows_of(reply.body, reply.type, self._addresses[int(number)])
        except KgError as failure:
            self.failures.append(_bare(failure))
            return 502, "text/plain", b"see the relay"
        return 200, reply.type, reply.body

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  the signature of the library
        """Keep what nobody foresaw for the message, instead of printing it; an engine that hangs up is no failure."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.relay.failures.append(RemoteError(f"the relay for SERVICE failed: {type(error).__name__}"))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    def do_POST(self) -> None:
        """Answer the engine."""
        size = self.headers.get("Content-Length", "")
        known = size.isdigit() and int(size) <= _LARGEST
        status, kind, body = self.server.relay.answer(self.path, self.rfile.read(int(size))) if known else (413, "text/plain", b"too large")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the signature of the library
        """Say nothing."""
