"""Every command of the README is run, in order, as a reader would; output that it shows is what comes out."""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyoxigraph as ox
import pytest
from loopback import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Run

    from kg.index import Index

CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
PORT = re.compile(r"(127\.0\.0\.1:)(\d{4})")
ONE_LINE = re.compile(r"<!-- (\w+) -->\n```sh\n(.*?)\n```", re.DOTALL)


def steps(readme: str) -> list[tuple[str, str]]:
    """Return each command of the README with the output that it shows, in order."""
    found: list[tuple[str, str]] = []
    for block in CONSOLE.findall(readme):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


class Servers:
    """The servers that the README starts, each at a free port instead of its own, until the end."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.ports: dict[str, str] = {}
        self.running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running:
            process.terminate()
            process.wait(20)

    def at_free_ports(self, words: list[str]) -> list[str]:
        """Return a command with the ports of servers replaced by free ones."""
        return [PORT.sub(lambda match: match[1] + self._free(match[2]), word) if word.find("127.0.0.1:") >= 0 else word for word in words]

    def start(self, words: list[str]) -> None:
        """Start a server and wait until it takes connections."""
        port = words[-1].rpartition(":")[2]
        if words[0] == "kg":
            port = self._free(port)
            words = [sys.executable, "-m", "kg", *words[1:-1], port]
        else:
            words = [str(Path(sys.executable).with_name(words[0])), *words[1:]]
        self.running.append(subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for _ in range(900):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(port)), timeout=1):
                return
            time.sleep(0.1)
        raise AssertionError(words)

    def _free(self, port: str) -> str:
        if port not in self.ports:
            self.ports[port] = str(free_port())
        return self.ports[port]


@pytest.fixture
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def test_every_command_works_and_says_what_the_readme_shows(root: Path, tmp_path: Path, readme: str, run_kg: Callable[..., Run]) -> None:
    for name in ("town.txt", "claims.csv"):
        shutil.copy(root / "tests" / "data" / "ferry" / name, tmp_path / name)
    commands = steps(readme)
    assert len(commands) > 12
    with Servers(root, tmp_path) as servers:
        for command, shown in commands:
            words = servers.at_free_ports(shlex.split(command))
            if "serve" in words[:2]:
                servers.start(words)
                continue
            assert words[0] == "kg"
            done = run_kg(*words[1:], cwd=tmp_path)
            assert done.code == 0, (command, done.err)
            if shown.strip():
                assert done.out.strip() == shown.strip(), command


def test_the_example_sheet_of_the_readme_is_taken(root: Path, tmp_path: Path, readme: str, run_kg: Callable[..., Run]) -> None:
    (tmp_path / "claims.csv").write_text(re.search(r"```csv\n(.*?)```", readme, re.DOTALL)[1], encoding="utf-8")  # type: ignore[index]
    shutil.copy(root / "tests" / "data" / "ferry" / "town.txt", tmp_path / "town.txt")
    assert run_kg("init", "ferry", cwd=tmp_path).code == 0
    assert run_kg("--dir", "ferry", "source", "add", "town.txt", cwd=tmp_path).code == 0
    taken = run_kg("--dir", "ferry", *shlex.split("sheet import claims.csv --text town.txt --source src:town --new-entities"), cwd=tmp_path)
    assert taken.code == 0, taken.err
    found = run_kg("--dir", "ferry", "query", "contradictions", cwd=tmp_path)
    assert found.out.count("claim/town-002") == 1


def test_a_relation_of_ones_own_is_made_as_the_readme_says(tmp_path: Path, readme: str, run_kg: Callable[..., Run]) -> None:
    assert run_kg("init", "ferry", "--base", "https://example.org/ferry/", cwd=tmp_path).code == 0
    settings, ontology = tmp_path / "ferry" / "kg.toml", tmp_path / "ferry" / "ontology"
    settings.write_text(settings.read_text(encoding="utf-8").replace("# prefixes", "prefixes"), encoding="utf-8")
    declared = re.findall(r"(?m)^@prefix .*$", (ontology / "relations.ttl").read_text(encoding="utf-8"))
    shown = re.search(r"```text\n(my:.*?)```", readme, re.DOTALL)[1]  # type: ignore[index]
    lines = [*declared, "@prefix my: <https://example.org/ferry/relation/> .", "", shown]
    (ontology / "own.ttl").write_text("\n".join(lines), encoding="utf-8")
    assert run_kg("--dir", "ferry", "fmt", cwd=tmp_path).code == 0
    checked = run_kg("--dir", "ferry", "check", cwd=tmp_path)
    assert checked.code == 0, checked.out
    asked = run_kg("--dir", "ferry", "query", "-e", "SELECT ?l { my:ferries rdfs:label ?l }", cwd=tmp_path)
    assert asked.out.split() == ["l", "ferries"]


def test_the_claim_in_six_lines_stands_in_the_graph(article_index: Index, readme: str) -> None:
    turtle = re.search(r"```turtle\n(.*?)```", readme, re.DOTALL)[1]  # type: ignore[index]
    assert len(turtle.strip().splitlines()) == 6
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in article_index.workspace.prefixes.items())
    for quad in ox.parse(prefixes + turtle, format=ox.RdfFormat.TURTLE):
        assert quad in article_index.store, quad


def test_the_two_commands_are_one_line_each_and_use_nothing_but_python_and_pip(readme: str) -> None:
    commands = dict(ONE_LINE.findall(readme))
    assert set(commands) == {"main", "tests"}
    for command in commands.values():
        assert "\n" not in command
        assert {step.split()[0] for step in command.split(" && ")} <= {"python3", ".venv/bin/pip", ".venv/bin/python", ".venv/bin/kg"}


def test_the_picture_is_the_map_of_the_graph(root: Path, tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    assert run_kg("--dir", root, "view", "-o", tmp_path / "map.svg").code == 0
    assert (tmp_path / "map.svg").read_bytes() == (root / ".github" / "map.svg").read_bytes()


def test_the_python_of_the_readme_is_run_by_doctest(root: Path, readme: str) -> None:
    assert "--doctest-glob=README.md" in (root / "pyproject.toml").read_text(encoding="utf-8")
    assert readme.count(">>> ") >= 4
