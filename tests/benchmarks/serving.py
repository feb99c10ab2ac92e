"""`kg serve` beside `oxigraph serve-read-only`: the same questions over real events, asked in turn by the same clients.

The events are in `icews18.tsv.gz` below the folder that KG_SHARED names. Oxigraph serves the default graph of the same workspace from disk,
optimised as its manual says. Eight clients keep their connections open and ask one question after the other, each about other actors; the
first round warms both and does not count. Nothing is cached between questions on either side.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.index import Index

ROOT = Path(__file__).parents[2]
CLIENTS, ACTORS = 8, 200
LOOK_UP = """SELECT ?claim ?relation ?object ?label ?when
WHERE {{ ?claim rdf:subject {0} ; rdf:predicate ?relation ; rdf:object ?object ; rdfs:label ?label ; kg:when ?when }}"""
MONTHS = """SELECT ?month (COUNT(?claim) AS ?count)
WHERE {{ ?claim rdf:subject {0} ; rdf:object {1} ; kg:when ?when BIND(SUBSTR(STR(?when), 1, 7) AS ?month) }}
GROUP BY ?month ORDER BY ?month"""
_TOP = "SELECT {0} (COUNT(?claim) AS ?n) {{ ?claim rdf:subject ?one ; rdf:object ?other }} GROUP BY {0} ORDER BY DESC(?n) {0} LIMIT {1}"


class Client(asyncio.Protocol):
    """A client that asks one question after the other over one connection, until there are none."""

    def __init__(self, questions: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._questions, self._done = questions, done
        self._buffer = b""
        self._missing: int | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        question = next(self._questions, None)
        if self._transport is None or question is None:
            self._done.set_result(None)
        else:
            self._transport.write(question)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._missing is None and b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            self._missing = int(length[1]) if length else -1  # in chunks
            if not head.startswith(b"HTTP/1.1 200"):
                self._done.set_exception(RuntimeError(head.decode()))
                return
        if self._missing is not None and self._is_whole(self._missing):
            self._buffer, self._missing = b"", None
            self._ask()

    def _is_whole(self, length: int) -> bool:
        return len(self._buffer) >= length if length >= 0 else self._buffer.endswith(b"0\r\n\r\n")


async def asking(port: int, questions: list[bytes]) -> None:
    """Ask all questions by as many clients as there are."""
    loop = asyncio.get_running_loop()
    rest = iter(questions)
    finished = [loop.create_future() for _ in range(CLIENTS)]
    connected = [await loop.create_connection(partial(Client, rest, done), "127.0.0.1", port) for done in finished]
    await asyncio.gather(*finished)
    for transport, _ in connected:
        transport.close()


def _ask_all(port: int, asked: list[bytes]) -> None:
    asyncio.run(asking(port, asked))


def questions(index: Index) -> dict[str, list[bytes]]:
    """Return what is asked: the claims about one actor, and the months in which one actor did something to another."""
    actors = [[row[0]] for row in _rows(index, _TOP.format("?one", ACTORS))]
    pairs = [[row[0], row[1]] for row in _rows(index, _TOP.format("?one ?other", ACTORS))]
    head = "".join(f"PREFIX {prefix}: <{index.workspace.prefixes[prefix]}>\n" for prefix in ("kg", "rdf", "rdfs"))
    return {
        f"look-up of one actor of {ACTORS}": [_request(head + LOOK_UP.format(*terms)) for terms in actors],
        f"month series of two actors, {ACTORS} pairs": [_request(head + MONTHS.format(*terms)) for terms in pairs],
    }


def _rows(index: Index, query: str) -> list[tuple[object, ...]]:
    found = index.store.query(query, prefixes=index.workspace.prefixes)
    return [tuple(row) for row in cast("ox.QuerySolutions", found)]


def _request(query: str) -> bytes:
    path = urlencode({"query": query})
    return f"GET {{}}?{path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/sparql-results+json\r\n\r\n".encode()


@contextlib.contextmanager
def running(*command: str | Path, port: int) -> Iterator[None]:
    """Run a server until the block ends; it is there once it takes connections."""
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(1200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=60) as to:
                to.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
                to.recv(1)
                break
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def serving(
    folder: Path, medians: Callable[..., tuple[float, float]], *, count: int, rounds: int
) -> list[tuple[str, str, float, str, float]]:
    """Return a row for each kind of question: seconds for one answer, all clients together."""
    sys.path.insert(0, str(ROOT / "tests"))
    import events

    if not events.EVENTS.is_file():
        return []
    folder.mkdir()
    index = events.write(folder, count=count)
    dump, store = folder / "default.nt", folder / "store"
    index.store.dump(str(dump), format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    oxigraph = Path(sys.executable).parent / "oxigraph"
    for command in (["load", "--file", str(dump)], ["optimize"]):
        subprocess.run([oxigraph, *command, "--location", store], check=True, capture_output=True)
    ours, theirs = free_port(), free_port()
    kg: list[str | Path] = [sys.executable, "-m", "kg", "--dir", folder, "serve", "--port", str(ours)]
    other: list[str | Path] = [oxigraph, "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{theirs}"]
    found = []
    with running(*kg, port=ours), running(*other, port=theirs):
        for work, asked in questions(index).items():
            at = {
                port: [question.replace(b"{}", path, 1) for question in asked] for port, path in ((ours, b"/sparql"), (theirs, b"/query"))
            }
            spent = medians(partial(_ask_all, ours, at[ours]), partial(_ask_all, theirs, at[theirs]), rounds=rounds)
            label = f"{work}, {count:,} events, {CLIENTS} clients: time an answer"
            found.append((label, "kg serve", spent[0] / len(asked), "oxigraph serve-read-only", spent[1] / len(asked)))
    return found
