"""`kg serve` in a process of its own, as tests meet it: started on a free port, asked with sockets, ended by SIGTERM.

Several rooms ask for these fixtures and some import names from here besides; nothing is asserted here, so PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
_PATIENCE = 90.0


@dataclass(frozen=True)
class Got:
    """A response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    url: str
    log_file: Path
    host: str = field(init=False)
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.host, _, port = self.url.removeprefix("http://").partition("/")[0].rpartition(":")
        self.port = int(port)

    def send(self, method: str, path: str, *, body: bytes | str | None = None, **headers: str) -> Got:
        """Send one request; header names have `_` for `-`."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body.encode() if isinstance(body, str) else body, headers=given)
            found = connection.getresponse()
            return Got(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Got:
        return self.send("GET", path, **headers)

    def ask(self, query: str, **headers: str) -> Got:
        """Ask a query by GET."""
        return self.get("/sparql?" + urlencode({"query": query}), **headers)

    def rows(self, query: str) -> list[dict[str, str]]:
        found = self.ask(query, Accept="application/sparql-results+json")
        return [{name: term["value"] for name, term in row.items()} for row in found.json["results"]["bindings"]]

    def raw(self, data: bytes) -> bytes:
        """Send bytes and return what comes until the server closes or is silent for too long."""
        with socket.create_connection((self.host, self.port), timeout=30) as to:
            to.sendall(data)
            found = b""
            try:
                while piece := to.recv(65536):
                    found += piece
            except (TimeoutError, ConnectionError):
                pass
            return found

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]

    def processes(self) -> set[int]:
        """Return the ids of the server, of its zygotes and of their workers."""
        found, new = set[int](), {self.process.pid}
        while new:
            found |= new
            new = {int(child) for pid in new for child in _children(pid)} - found
        return found

    def until(self, is_so: Callable[[], bool]) -> bool:
        """Wait until something is so."""
        end = time.monotonic() + _PATIENCE
        while not is_so():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def end(self, number: int = signal.SIGTERM) -> int:
        """End the server and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


def _children(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def alive(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def serving(folder: Path | None, log_folder: Path, *options: str, **environment: str) -> Iterator[Served]:
    """Serve a workspace on a free port for as long as the block lasts."""
    log_file = log_folder / "log.jsonl"
    where = ["--dir", str(folder)] if folder else []
    command = [sys.executable, "-P", "-m", "kg", *where, "serve", "--port", "0", *options]
    with log_file.open("w") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=log,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=log_folder,
            env={**os.environ, **environment},
        )
    try:
        assert process.stdout
        line = process.stdout.readline() if select.select([process.stdout], [], [], _PATIENCE)[0] else ""
        url = re.search(r"http://[^ /]+", line)
        if url is None:
            pytest.fail(f"kg serve did not start: {line}{log_file.read_text()}")
        yield Served(process, url[0], log_file)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()


def copy_of_workspace(folder: Path) -> Path:
    """Copy the workspace of the checkout, to be changed."""
    for name in ("ontology", "graph", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The workspace of the checkout, served with the limits that are there by default."""
    with serving(ROOT, tmp_path_factory.mktemp("served")) as server:
        yield server
