"""Servers in a thread of the test, and free ports for programs that must be told one. Nothing leaves the loopback interface."""

from __future__ import annotations

import itertools
import os
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import HTTPServer

_GLANCE = 0.02
"""How often a server looks whether it shall end, in seconds; its own half a second would be the longest part of many tests."""
_ports = itertools.count(20_000 + 100 * os.getpid() % 10_000)
"""Below those that a system hands out by itself, so that nobody gets one before the program that is told it."""


@contextmanager
def running(server: HTTPServer) -> Iterator[str]:
    """Serve for as long as the block lasts; give the address, without a slash at its end."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(_GLANCE,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(60)


def free_port() -> int:
    """Return a port that nobody has and that was not returned before."""
    for port in _ports:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError
