"""The repository as a whole: what stands at its top, what must never stand in it, and the house that the code lives in."""

from __future__ import annotations

import ast
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from kg import text

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "ontology", "graph", "src", "queries", "tests"}
RUN = 6
FLOORS = {
    room: floor
    for floor, rooms in {
        1: "errors names",
        2: "model text dates limits settings targets likeness inline",
        3: "triples turtle documents jsonld guard confined lock wire client mappings sssom",
        4: "workspace index data dataset answers parameters saved diagnosis second_engine lookup query results checks "
        "explain portable syntax received remote federation canonicalization context journal",
        5: "projection measures description view pages site sheet sources coverage scaffold push serve export linking entities",
        6: "session cli",
    }.items()
    for room in rooms.split()
}
"""Where each room of the house is; CONTRIBUTING.md shows the same table."""
WORD = re.compile(r"\w+")


def tracked(root: Path) -> list[Path]:
    """Return the files that the repository holds; everything below the root where git does not know it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if listed.returncode:
        return [
            path for path in root.rglob("*") if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
        ]
    return [root / name for name in listed.stdout.decode().split("\0") if name and (root / name).is_file()]


def runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def test_only_what_belongs_there_stands_at_the_top(root: Path) -> None:
    tops = {path.relative_to(root).parts[0] for path in tracked(root)}
    assert {top for top in tops if not top.startswith(".")} == ALLOWED


def test_no_six_words_in_a_row_of_the_article_stand_in_the_repository(root: Path, article: str) -> None:
    wanted = runs([word.lower() for word in WORD.findall(article)])
    found = {}
    for path in tracked(root):
        content = path.read_bytes()
        if b"\0" not in content:
            shared = wanted & runs([word.lower() for word in WORD.findall(content.decode("utf-8", "replace"))])
            if shared:
                found[str(path.relative_to(root))] = [" ".join(run) for run in sorted(shared)]
    assert found == {}


def test_a_run_of_the_article_would_be_found(article: str) -> None:
    first = text.sentences(article)[4]
    words = [word.lower() for word in WORD.findall(article[first.start : first.end])]
    assert runs(words) & runs([word.lower() for word in WORD.findall(article)])


def imported(path: Path, house: Path) -> set[str]:
    """Return the rooms of the house that a file imports, anywhere in it."""
    outside = len(path.relative_to(house).parts)
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == outside:
            names |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}
    return names


def room_of(path: Path, house: Path) -> str:
    """Return the room that a file is in: its own name, or that of its folder."""
    return path.relative_to(house).with_suffix("").parts[0]


def test_imports_go_down_the_floors_and_every_room_has_one(root: Path) -> None:
    house = root / "src" / "kg"
    for path in house.rglob("*.py"):
        room = room_of(path, house)
        if room in {"__init__", "__main__"}:
            continue
        assert room in FLOORS, f"{room} has no floor"
        upward = {name for name in imported(path, house) if FLOORS.get(name, 0) > FLOORS[room]}
        assert not upward, f"{path.name} imports {upward} from above"


def test_nobody_imports_the_command_line(root: Path) -> None:
    outside = [path for path in (root / "src" / "kg").rglob("*.py") if "cli" not in path.parts and path.name != "__main__.py"]
    assert [path.name for path in outside if "cli" in imported(path, root / "src" / "kg")] == []


@pytest.mark.parametrize("limit", [400])
def test_no_room_is_too_long(root: Path, limit: int) -> None:
    sizes = {path.name: path.read_text(encoding="utf-8").count("\n") for path in (root / "src" / "kg").rglob("*.py")}
    assert {name: lines for name, lines in sizes.items() if lines > limit} == {}


def test_nothing_below_the_command_line_prints(root: Path) -> None:
    for path in (root / "src" / "kg").rglob("*.py"):
        if "cli" not in path.parts:
            calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
            assert "print" not in {node.func.id for node in calls if isinstance(node.func, ast.Name)}, path
