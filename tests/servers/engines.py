"""Two SPARQL servers of other makers, started by the tests on loopback and ended by them: Oxigraph's and Virtuoso."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from loopback import free_port

from kg.client import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVERS = ("oxigraph", "virtuoso")
SECONDS = 120.0
"""How long a busy machine may need to start a server."""
SETTINGS = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
"""


@dataclass(frozen=True)
class Server:
    """Where a server is asked and loaded, and who may load it."""

    name: str
    query: str
    store: str
    credentials: Credentials


@contextmanager
def running(name: str, folder: Path) -> Iterator[Server]:
    """Start a server that keeps its files in a folder; the test is skipped where it is not installed."""
    command = program(name)
    http, sql = free_port(), free_port()
    if name == "oxigraph":
        server = Server(name, f"http://127.0.0.1:{http}/query", f"http://127.0.0.1:{http}/store", Credentials())
        arguments = [command, "serve", "--bind", f"127.0.0.1:{http}"]
    else:
        server = Server(
            name,
            f"http://127.0.0.1:{http}/sparql",
            f"http://127.0.0.1:{http}/sparql-graph-crud-auth",
            Credentials(user="dba", password="dba"),  # noqa: S106  what a new Virtuoso has
        )
        settings = folder / "virtuoso.ini"
        settings.write_text(SETTINGS.format(folder=folder, http=http, sql=sql), encoding="utf-8")
        arguments = [command, "-f", "-c", str(settings)]
    with (folder / "output").open("wb") as output, subprocess.Popen(arguments, stdout=output, stderr=output, cwd=folder) as process:
        try:
            wait_for(server, process, folder / "output")
            yield server
        finally:
            process.kill()  # what it holds goes with the folder


def program(name: str) -> str:
    beside = Path(sys.executable).parent / "oxigraph"  # where pip puts what an environment brings
    found = (str(beside) if beside.is_file() else shutil.which("oxigraph")) if name == "oxigraph" else shutil.which("virtuoso-t")
    if found is None:
        pytest.skip("oxigraph is not installed (pip install oxigraph)" if name == "oxigraph" else "virtuoso-t is not installed")
    return found


def wait_for(server: Server, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with urlopen(f"{server.query}?query=ASK%7B%7D", timeout=SECONDS):  # noqa: S310  our own address
                return
        except (URLError, ConnectionError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{server.name} does not answer: {output.read_text(encoding='utf-8', errors='replace')}") from error
            time.sleep(0.05)
