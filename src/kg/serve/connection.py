"""One connection of a client, held to limits that the application cannot see: how long a request may take, and how large its head is.

What is checked once a request is there stands in `kg.serve.gate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from . import log
from .jobs import problem

if TYPE_CHECKING:
    import asyncio

    from .settings import Settings

__all__ = ["Connection", "connection_of"]

_SOON = 0.25
_SLOWEST = 64 * 1024
"""How many bytes a second a client must read at least."""


class Connection(HttpToolsProtocol):
    """A connection that is cut where it is slow; `sweep` is called now and then."""

    settings: Settings

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request; where too many wait, who has waited longest goes."""
        super().connection_made(transport)
        self.waits_since: float | None = self.loop.time()  # when what is still missing began to be awaited
        self._head = 0
        self._is_in_head = True
        self._until: float | None = None  # when an answer must have been read
        self._why = 400
        self._task: asyncio.Task[None] | None = None
        if len(self.connections) > self.settings.clients:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """End what the client had asked for."""
        super().connection_lost(exc)
        self.waits_since = None
        if self._task is not None:
            self.loop.call_later(_SOON, self._task.cancel)  # nobody waits for the answer any more; most are ready by then

    def data_received(self, data: bytes) -> None:
        """Read on; refuse a head that does not end."""
        if self._is_in_head:
            self._head += len(data)
        super().data_received(data)
        if self._is_in_head and self._head > self.settings.head and not self.transport.is_closing():
            self._why = 431
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a head."""
        super().on_message_begin()
        self._is_in_head, self.waits_since = True, self.loop.time()

    def on_headers_complete(self) -> None:
        """Begin to wait for the body; refuse a head that came whole and is too large."""
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > self.settings.head:
            self._why = 431
            raise ValueError("the head is too large")  # the parser stops here and send_400_response is called
        self._is_in_head = False
        self.waits_since = self.loop.time()
        host = self.url.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0] if self.url[:1] != b"/" else b""
        if host:  # a whole address says which host is meant, whatever the header says (RFC 9112, section 3.2.2)
            self.headers[:] = [(b"host", host), *(pair for pair in self.headers if pair[0] != b"host")]
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for nothing: the next word is the server's."""
        self.waits_since, self._is_in_head, self._head = None, True, 0
        super().on_message_complete()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._task = self.loop.create_task(cycle.run_asgi(app))
        self._task.add_done_callback(self._ended)
        self.tasks.add(self._task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if self._task is task:
            self._task = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's signature
        """Refuse what is no request, in the form of all other problems."""
        words = {400: "this is no HTTP request", 431: f"the head of the request is larger than {self.settings.head:,} bytes"}[self._why]
        reply = problem(self._why, words)
        lines = [
            STATUS_LINE[self._why],
            b"content-type: application/problem+json\r\nx-content-type-options: nosniff\r\nconnection: close\r\n",
            b"content-length: %d\r\n\r\n" % len(reply.body),
        ]
        self.transport.write(b"".join([*lines, reply.body]))
        self.transport.close()
        log.write("refused", client=self.client[0] if self.client else None, status=self._why)

    def sweep(self, now: float) -> int:
        """Cut the connection where it has kept the server waiting for too long; return the bytes that it has not taken yet."""
        unsent = self.transport.get_write_buffer_size()
        if not unsent:
            self._until = None
        elif self._until is None:
            self._until = now + self.settings.patience + unsent / _SLOWEST
        if (self._until is not None and now > self._until) or (
            self.waits_since is not None and now - self.waits_since > self.settings.patience
        ):
            self.cut()
            return 0
        return unsent

    def cut(self) -> None:
        """End the connection at once."""
        log.write("cut", client=self.client[0] if self.client else None, seconds=self.settings.patience)
        self.transport.abort()

    def _make_room(self) -> None:
        """Cut the connection that has kept the server waiting longest."""
        waited = [other for other in self.connections if isinstance(other, Connection) and other.waits_since is not None]
        min(waited, key=lambda other: other.waits_since or 0.0).cut()


def connection_of(settings: Settings) -> type[Connection]:
    """Return the kind of connection that keeps to some settings; uvicorn makes one for each client."""
    return type("Connection", (Connection,), {"settings": settings})
