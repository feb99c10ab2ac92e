"""One writer at a time, whoever it is; readers never wait."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from kg import index, lock, workspace
from kg.errors import InputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    RunKg = Callable[..., Any]

pytest.importorskip("fcntl", reason="this system has no fcntl")
HOLDER = """
import sys, time
from pathlib import Path
from kg.lock import held
with held(Path(sys.argv[1]), "kg sheet import claims.csv"):
    print("held", flush=True)
    time.sleep(600)
"""
COUNTING = """
import sys
from pathlib import Path
from kg.lock import held
root = Path(sys.argv[1])
for _ in range(25):
    with held(root, "counting", seconds=60):
        count = int((root / "count").read_text())
        (root / "count").write_text(str(count + 1))
"""
TEXT = "The ferry left at dawn. The river was high. Nobody saw the pilot. The pilot was Ann. The town slept on."


@pytest.fixture
def space(run_kg: RunKg, tmp_path: Path) -> Path:
    folder = tmp_path / "space"
    assert run_kg("init", folder).code == 0
    return folder


@pytest.fixture
def holder(space: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of the workspace."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(space)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != lock.FILE}


def test_a_second_writer_waits_and_then_names_the_first(run_kg: RunKg, space: Path, holder: subprocess.Popen[str], tmp_path: Path) -> None:
    before = contents(space)
    text = tmp_path / "town.txt"
    text.write_text(TEXT, encoding="utf-8")
    started = time.monotonic()
    done = run_kg("source", "add", text, "--title", "Town", cwd=space)
    assert time.monotonic() - started > lock.SECONDS
    words = f"another process is writing here: kg sheet import claims.csv (process {holder.pid}); try again when it is done"
    assert (done.code, done.out, done.err) == (6, "", f"kg: {space}: {words}\n")
    assert contents(space) == before


def test_who_only_reads_does_not_wait(run_kg: RunKg, space: Path, holder: subprocess.Popen[str]) -> None:
    assert holder.poll() is None
    assert run_kg("query", "-e", "ASK {}", "-f", "tsv", cwd=space).out == "true\n"
    assert run_kg("fmt", "--check", cwd=space).code == 0
    assert run_kg("check", cwd=space).code == 0
    assert (space / lock.FILE).exists()


def test_a_lock_ends_with_its_process(run_kg: RunKg, space: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    assert run_kg("fmt", cwd=space).code == 0
    assert not (space / lock.FILE).exists()


def test_a_writer_comes_in_when_the_first_is_done(space: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(StorageError, match="another process is writing here"), lock.held(space, "me", seconds=0):
        pass
    holder.kill()
    with lock.held(space, "me", seconds=30):
        assert (space / lock.FILE).read_text(encoding="utf-8") == f"{os.getpid()} me\n"


def test_no_step_of_writers_at_once_is_lost(space: Path) -> None:
    (space / "count").write_text("0", encoding="utf-8")
    writers = [subprocess.Popen([sys.executable, "-c", COUNTING, str(space)]) for _ in range(4)]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0, 0]
    assert (space / "count").read_text(encoding="utf-8") == "100"
    assert not (space / lock.FILE).exists()


def test_four_processes_that_add_100_claims_each_add_400(kg_command: list[str], run_kg: RunKg, space: Path, tmp_path: Path) -> None:
    """Each brings entities of its own, so that all of them write the same file, too."""
    commands = []
    for number in range(4):
        text, sheet = tmp_path / f"town{number}.txt", tmp_path / f"claims{number}.csv"
        text.write_text(f"{TEXT} This was town {number}.", encoding="utf-8")
        assert run_kg("source", "add", text, "--id", f"town{number}", "--title", f"Town {number}", cwd=space).code == 0
        rows = [f"claim {row} of town {number},person {number} {row},rel:fears,river {number},The river was high" for row in range(100)]
        sheet.write_text("\n".join(["label,subject,relation,object,quote", *rows, ""]), encoding="utf-8")
        commands.append(
            [*kg_command, "sheet", "import", str(sheet), "--text", str(text), "--source", f"src:town{number}", "--new-entities"]
        )
    running = [subprocess.Popen(command, cwd=space, stderr=subprocess.PIPE, text=True) for command in commands]
    said = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], said
    found = index.load(workspace.find(space))
    assert len(found.claims) == 400
    assert {f"person {number} 99" for number in range(4)} <= set(found.labels.values())


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_read_without_a_lock(run_kg: RunKg, space: Path) -> None:
    space.chmod(0o555)
    try:
        assert run_kg("query", "-e", "ASK {}", "-f", "tsv", cwd=space).out == "true\n"
        done = run_kg("fmt", cwd=space)
        assert (done.code, done.err) == (6, f"kg: {space}: cannot write here: Permission denied\n")
    finally:
        space.chmod(0o755)


def test_a_link_in_place_of_the_lock_is_not_followed(run_kg: RunKg, space: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("kept", encoding="utf-8")
    (space / lock.FILE).symlink_to(kept)
    done = run_kg("fmt", cwd=space)
    assert done.code == 6
    assert kept.read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("name", ["graph/secret.ttl", "ontology/secret.ttl"])
def test_no_command_follows_a_link_out_of_the_workspace(run_kg: RunKg, space: Path, tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("the secret words", encoding="utf-8")
    (space / name).symlink_to(secret)
    for command in (["query", "-e", "ASK {}"], ["check"], ["fmt"], ["stats"], ["view", "-o", tmp_path / "map.html"]):
        done = run_kg(*command, cwd=space)
        assert (done.code, done.out) == (3, "")
        assert done.err == f"kg: {space / name}: this link leads out of the workspace; put the file itself there\n"


def test_a_link_within_the_workspace_is_a_file_of_it(space: Path) -> None:
    (space / "kept.ttl").write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    (space / "graph" / "linked.ttl").symlink_to(space / "kept.ttl")
    assert any(quad.subject.value == "urn:a" for quad in index.load(workspace.find(space)).store)


def test_a_folder_of_graphs_that_lies_elsewhere_is_refused(space: Path, tmp_path: Path) -> None:
    (space / "graph").rename(tmp_path / "elsewhere")
    (space / "graph").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="leads out of the workspace"):
        index.load(workspace.find(space))
