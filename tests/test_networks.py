"""The second line behind the guard: a process that asks has left all networks, so that no reading of a query reaches out."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from kg.limits import leave_networks
from kg.serve import generation
from kg.serve.pool import Pool
from kg.serve.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.workspace import Workspace

BLIND = "from kg import guard, limits; guard._Scan._take_service = lambda self, token: None\n"
STAY = "limits.leave_networks = lambda: False\n"
COMMAND = "from kg.cli import main; main(sys.argv[1:])"


def left(address: tuple[str, int] | None = None) -> int:
    """Leave the networks in a child; return 0 where that worked and the address is then out of reach."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if leave_networks():
                code = 0
                if address:
                    socket.create_connection(address, timeout=5)
                    code = 2
        except OSError:
            pass
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or left() != 0, reason="this system has no networks that a process may leave")


class Listener:
    """A server that counts who comes, and answers nobody."""

    def __init__(self) -> None:
        self.came = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._socket.getsockname()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def query(self) -> str:
        return f"SELECT * {{ SERVICE <http://127.0.0.1:{self.address[1]}/> {{ ?s ?p ?o }} }}"

    def _listen(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                connection.settimeout(60)
                if connection.recv(3) == b"end":
                    return
            self.came += 1

    def end(self) -> int:
        """Return how many came."""
        with socket.create_connection(self.address, timeout=60) as to:
            to.sendall(b"end")
        self._thread.join(60)
        self._socket.close()
        return self.came


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    try:
        yield listener
    finally:
        listener.end()


def test_who_has_left_the_networks_reaches_nobody() -> None:
    with listening() as listener:
        assert left(listener.address) == 0
    assert listener.came == 0


@pytest.mark.parametrize("way", ["query", "explain", "view"])
@pytest.mark.parametrize("stays", [False, True])
def test_the_command_line_reaches_out_for_no_query_that_the_guard_misreads(tmp_path: Path, way: str, *, stays: bool) -> None:
    with listening() as listener:
        query = tmp_path / "out.rq"
        query.write_text(listener.query)
        ways = {"query": [], "explain": ["--explain"], "view": ["-o", str(tmp_path / "map.html"), "--query"]}
        script = "import sys\n" + BLIND + (STAY if stays else "") + COMMAND
        arguments = ["view" if way == "view" else "query", *ways[way], str(query)]
        done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, timeout=60, check=False)
    assert done.returncode != 0 or way == "explain"
    assert (listener.came > 0) is stays


def test_the_workers_of_the_server_reach_out_for_no_query_that_the_guard_misreads(
    checkout: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked(text: str) -> int:
        async with Pool(checkout, Settings(workers=1)) as pool:
            reply = await pool.ask({"kind": "sparql", "query": text, "accept": "*/*"})
        return reply.status

    for stays in (False, True):
        start = "import sys; sys.path.insert(0, sys.argv[1])\n" + BLIND + (STAY if stays else "")
        monkeypatch.setattr(generation, "_ZYGOTE", start + "from kg.serve.zygote import main; main(int(sys.argv[2]))")
        with listening() as listener:
            assert asyncio.run(asked(listener.query)) == 400
        assert (listener.came > 0) is stays


def test_a_query_that_speaks_of_no_service_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.cli import asking

    found: list[str] = []
    monkeypatch.setattr(asking, "leave_networks", lambda: found.append("left"))
    asking.stay_here("ASK { ?s ?p 'it' }")
    assert found == []
    for text in ("ASK { ?s ?p 'Service' }", "ASK { ?s ?p '\\u0053' }", "ASK { ?s ?p '\\U00000053' }"):
        asking.stay_here(text)
    asking.stay_here("ASK {}", engine="rdflib")
    assert found == ["left"] * 4
