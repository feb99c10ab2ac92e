"""What every request passes, whatever it asks: Host, Origin, sizes, how many are in work; and what every response carries.

A body is read to its end, and decompressed, before a request counts as in work, so that slow senders take no place from others.
"""

from __future__ import annotations

import asyncio
import re
import time
import zlib
from typing import TYPE_CHECKING, Any

from . import log
from .jobs import Reply, problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .settings import Settings

__all__ = ["NOTES", "Gate", "respond"]

NOTES = "kg.notes"
"""Where in the scope a room notes what the log shall say of a request."""
_HOST = re.compile(rb"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE)
_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
_ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104  not to listen there, but to tell it from a name
_CARRIED = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox")
_METHODS = b"GET, HEAD, POST, OPTIONS"
_GZIP, _ZLIB_OR_GZIP = 16, 32
_NO_BODY = ("GET", "HEAD", "OPTIONS")


class _Refused(Exception):  # noqa: N818  a way out, caught where it was begun
    """A request ends here; `reply` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class Gate:
    """The application behind the checks; what stands at the addresses of `quick` is asked without looking at its routes."""

    def __init__(self, app: ASGIApp, settings: Settings, *, quick: Mapping[str, ASGIApp] | None = None) -> None:
        self._app, self._settings, self._quick = app, settings, quick or {}
        own = () if settings.host in _ANY_ADDRESS else (f"[{settings.host}]" if ":" in settings.host else settings.host,)
        self._names = {name.lower().encode() for name in (*_OWN_NAMES, *own, *settings.names)}
        self._origins = {origin.rstrip("/").lower().encode() for origin in settings.origins}
        self._in_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            await self._answer(scope, receive, exchange)
        except _Refused as refused:
            await respond(exchange, refused.reply)
        except asyncio.CancelledError:
            exchange.status = exchange.status or 499  # who asked is gone
        finally:
            exchange.log()

    async def _answer(self, scope: Scope, receive: Receive, exchange: _Exchange) -> None:
        headers = _single_headers(scope["headers"])
        self._check_host(headers)
        exchange.carried += self._check_origin(headers)
        if scope["method"] == "OPTIONS" and scope["path"] in {"*", ""}:  # what the server as a whole can do
            await respond(exchange, Reply(204, headers={"Allow": _METHODS.decode()}))
            return
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await respond(exchange, Reply(204, headers={"Access-Control-Max-Age": "600"}))
            return
        if scope["method"] not in _NO_BODY:
            receive = _replay(await self._body(headers, receive), receive)
        if self._in_work >= self._settings.connections:
            raise _Refused(problem(503, f"{self._settings.connections} requests are in work; ask again in a moment"))
        self._in_work += 1
        scope["app"] = self._app
        try:
            await self._quick.get(scope["path"], self._app)(scope, receive, exchange)
        finally:
            self._in_work -= 1

    def _check_host(self, headers: dict[bytes, bytes]) -> None:
        match = _HOST.fullmatch(headers.get(b"host", b""))
        if not match:
            raise _Refused(problem(400, "the request names no host, or none that could be one"))
        if match[1].lower() not in self._names:
            raise _Refused(problem(421, "this host is not served here; kg serve --allow-host NAME adds one"))

    def _check_origin(self, headers: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """Return the headers that tell a browser that the page which asks may read the answer."""
        origin = headers.get(b"origin")
        if origin is None or origin.lower().partition(b"://")[2] == headers[b"host"].lower():
            return []
        if not self._origins & {b"*", origin.lower()}:
            raise _Refused(problem(403, "pages of other sites may not ask here; kg serve --allow-origin adds one"))
        allowed = [(b"access-control-allow-origin", b"*" if b"*" in self._origins else origin), (b"vary", b"Origin")]
        return [*allowed, (b"access-control-allow-methods", _METHODS), (b"access-control-allow-headers", b"Accept, Content-Type")]

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        most = self._settings.body
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > most:
            raise _Refused(problem(413, f"the body is larger than {most:,} bytes"))
        packed = _unpacker(headers.get(b"content-encoding", b"identity").strip().lower())
        found = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise asyncio.CancelledError
                data = message.get("body", b"")
                found += packed.decompress(data, most + 1 - len(found)) if packed else data
                if len(found) > most:
                    raise _Refused(problem(413, f"the body is larger than {most:,} bytes"))
                if not message.get("more_body", False):
                    break
        except zlib.error:
            raise _Refused(problem(400, "the body is not compressed as its Content-Encoding says")) from None
        if packed and (packed.unused_data or not packed.eof):
            raise _Refused(problem(400, "the body does not end where its compression does"))
        return bytes(found)


class _Exchange:
    """One request and its response: sends what every response carries, and remembers what the log says."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.status, self.carried = 0, list(_CARRIED)
        self._scope, self._send = scope, send
        self._size, self._start = 0, time.perf_counter()
        self._notes: dict[str, Any] = scope.setdefault(NOTES, {})

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            given = {name.lower() for name, _ in headers}
            headers += [pair for pair in [*self.carried, _POLICY] if pair[0] not in given or pair[0] == b"vary"]
            message = {**message, "headers": headers}
        else:
            self._size += len(message.get("body", b""))
        await self._send(message)

    def log(self) -> None:
        """Write the line of the access log."""
        scope, taken = self._scope, time.perf_counter() - self._start
        client = scope["client"][0] if scope.get("client") else None
        said = {"client": client, "method": scope["method"], "path": scope["path"][:200], "status": self.status, "bytes": self._size}
        log.write("request", **said, ms=round(1000 * taken, 1), **self._notes)


async def respond(send: Send, reply: Reply) -> None:
    """Send a reply; a client that still sends may end, so that it gets to read what it is told."""
    headers = [(b"content-length", str(len(reply.body)).encode())] if reply.status not in {204, 304} else []
    if reply.media_type:
        headers.append((b"content-type", reply.media_type.encode("latin-1")))
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def _single_headers(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return the headers by name; those that decide something may stand there once only."""
    found = dict(headers)
    if len(found) < len(headers):
        names = [name for name, _ in headers]
        for name in (b"host", b"origin", b"content-type", b"content-length", b"content-encoding"):
            if names.count(name) > 1:
                raise _Refused(problem(400, f"the header {name.decode()} is given twice"))
    return found


def _unpacker(encoding: bytes) -> Any:
    """Return what takes compression off the pieces of a body; None where there is none to take off."""
    if encoding in {b"identity", b""}:
        return None
    if encoding not in {b"gzip", b"x-gzip", b"deflate"}:
        raise _Refused(problem(415, "a body may be compressed by gzip or deflate, and by nothing else"))
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | (_ZLIB_OR_GZIP if encoding == b"deflate" else _GZIP))


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a receiver that gives a body that was read already, and then what comes after it."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    return replayed
