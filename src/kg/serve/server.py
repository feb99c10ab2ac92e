"""The server itself: uvicorn on a socket of ours, until it is told to end."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from ..errors import KgError, StorageError
from . import log
from .app import create_app
from .connection import Connection, connection_of
from .pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..workspace import Workspace
    from .settings import Settings

__all__ = ["listen", "run"]

_BACKLOG = 512
_KEPT_ALIVE = 15  # seconds that a connection may stay open between requests
_LAST_SECONDS = 3  # that requests in work have when the server ends
_TICKS = 4  # tenths of a second between two looks at the connections
_UNSENT = 256 * 1024**2


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; StorageError where it cannot."""
    try:
        kind, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        found = socket.socket(kind, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
    except OSError as error:
        raise StorageError(f"cannot listen at {host} port {port} ({error.strerror}); choose another with --host or --port") from None
    return found


def run(workspace: Workspace, settings: Settings, listening: socket.socket, *, started: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; `started` is called once requests are answered. KgError where the files cannot be loaded."""
    logging.getLogger("uvicorn.error").handlers = [_Handler(logging.ERROR)]
    logging.getLogger("uvicorn.error").propagate = False
    pool = Pool(workspace, settings)
    config = uvicorn.Config(
        create_app(pool),
        http=connection_of(settings),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEPT_ALIVE,
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    _Server(config, pool, started).run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that looks at its connections now and then, and ends without dying by the signal."""

    def __init__(self, config: uvicorn.Config, pool: Pool, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._pool, self._tell = pool, started

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        with self.capture_signals():
            try:
                async with self._pool:
                    await self._serve(sockets)
            except KgError:
                if not self.should_exit:
                    raise

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell()

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS == 0:
            self._sweep()
        return await super().on_tick(counter)

    def _sweep(self) -> None:
        now = asyncio.get_running_loop().time()
        connections = [found for found in self.server_state.connections if isinstance(found, Connection)]
        unsent = {found: found.sweep(now) for found in connections}
        if sum(unsent.values()) > _UNSENT:
            max(unsent, key=lambda found: unsent[found]).cut()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._end, number)
        yield

    def _end(self, number: int) -> None:
        self._pool.give_up()
        self.handle_exit(number, None)


class _Handler(logging.Handler):
    """What uvicorn says of errors, as a line of our log."""

    def emit(self, record: logging.LogRecord) -> None:
        log.write("error", message=self.format(record))
