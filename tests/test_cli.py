"""The command line as a process: what it does when it is mistyped, cut off, or has nowhere to write to."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import ferry
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Run


def test_a_mistyped_command_is_answered_with_the_nearest(run_kg: Callable[..., Run]) -> None:
    done = run_kg("querry")
    assert done.code == 2
    assert "did you mean 'query'?" in done.err


@pytest.mark.parametrize("arguments", [["stats"], ["query", "claimants", "-f", "csv"], ["check"]])
def test_a_closed_standard_output_is_one_line_and_exit_6(kg_command: list[str], arguments: list[str]) -> None:
    line = " ".join(["exec", *kg_command, *arguments, ">&-"])
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (6, "kg: there is no standard output to write to\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_standard_output_is_one_line_and_exit_6(kg_command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*kg_command, "stats"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert done.returncode == 6
    assert done.stderr.startswith("kg: cannot write to the standard output")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error(kg_command: list[str]) -> None:
    line = " ".join([*kg_command, "query", "who-says-what", "-f", "csv"]) + " | head -n 1"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


@pytest.mark.parametrize(
    "command", ["query", "queries", "check", "fmt", "coverage", "stats", "export", "view", "init", "source", "sheet", "entity"]
)
def test_every_command_has_a_sentence_and_an_example(run_kg: Callable[..., Run], command: str) -> None:
    shown = run_kg(command, "--help").out
    assert "Example: kg " in shown
    assert shown.split("\n\n")[1].strip()[0].isupper()


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "claimants", "-f", "csv", "-o", "graph/ra.ttl"],
        ["query", "plain-view", "-o", "ontology/kg.ttl"],
        ["query", "claimants", "-f", "csv", "-o", "kg.toml"],
        ["sheet", "export", "--source", "src:ra", "-o", "graph/ra.ttl"],
        ["export", "-f", "csv", "-o", "graph/ra.ttl"],
        ["view", "-o", "graph/map.html"],
    ],
)
def test_no_output_goes_where_the_workspace_keeps_its_files(
    run_kg: Callable[..., Run], root: Path, tmp_path: Path, arguments: list[str]
) -> None:
    for name in ("ontology", "graph", "queries"):
        shutil.copytree(root / name, tmp_path / name)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = run_kg(*arguments, cwd=tmp_path)
    assert done.code == 2, done.err
    assert "belongs to the workspace" in done.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """A folder with a workspace of the ferry, its only text, and a query that reads one claim."""
    ferry.write(tmp_path)
    (tmp_path / "harbour.txt").write_bytes(b"\xef\xbb\xbf" + ferry.WORDS.replace("\n", "\r\n").encode())
    (tmp_path / "one.rq").write_text("SELECT ?c { ?c a kg:Claim } ORDER BY ?c LIMIT 1", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ["view", "-o", "harbour.txt"],
        ["view", "--text", "harbour.txt", "-o", "harbour.txt"],
        ["view", "-o", "map.html", "--svg", "harbour.svg"],
        ["sheet", "export", "-o", "harbour.txt"],
        ["sheet", "export", "--text", "harbour.txt", "-o", "harbour.txt"],
        ["link", "review", "--page", "harbour.txt"],
        ["link", "export", "-f", "csv", "-o", "harbour.txt"],
        ["query", "one.rq", "-f", "csv", "-o", "harbour.txt"],
        ["query", "one.rq", "--view", "harbour.html"],
        ["export", "-f", "turtle", "-o", "harbour.txt"],
        ["stats", "-o", "harbour.txt"],
        ["export", "-f", "turtle", "--query", "one.rq", "-o", "one.rq"],
        ["view", "--query", "one.rq", "-o", "one.rq"],
    ],
)
def test_no_output_goes_over_the_text_of_a_source_or_an_input(run_kg: Callable[..., Run], harbour: Path, command: list[str]) -> None:
    for suffix in (".html", ".svg"):
        shutil.copy(harbour / "harbour.txt", harbour / f"harbour{suffix}")
    before = {path: path.read_bytes() for path in harbour.rglob("*") if path.is_file()}
    done = run_kg(*command, cwd=harbour)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done.err
    assert "the text of a source (graph/fy.ttl)" in done.err or "also an input" in done.err
    assert {path: path.read_bytes() for path in harbour.rglob("*") if path.is_file()} == before


def test_another_file_is_written_over(run_kg: Callable[..., Run], harbour: Path) -> None:
    (harbour / "a.csv").write_text(ferry.WORDS.replace("ferry", "barge"), encoding="utf-8")
    assert run_kg("sheet", "export", "--text", "harbour.txt", "-o", "a.csv", cwd=harbour).code == 0
    assert "barge" not in (harbour / "a.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command", [["view", "-o"], ["query", "one.rq", "--view"], ["link", "review", "--page"]], ids=["view", "query", "link"]
)
@pytest.mark.parametrize("name", ["map.pdf", "map"])
def test_a_page_is_written_only_to_a_file_that_is_called_like_one(
    run_kg: Callable[..., Run], harbour: Path, command: list[str], name: str
) -> None:
    done = run_kg(*command, name, cwd=harbour)
    assert (done.code, done.out) == (2, "")
    assert f"{name}: the suffix names no format; known are .html, .htm" in done.err
    assert not (harbour / name).exists()


@pytest.mark.parametrize("command", [["query", "claimants", "-f", "csv"], ["export", "-f", "turtle"], ["sheet", "export"], ["view"]])
def test_an_output_that_is_a_link_to_itself_is_refused_in_one_line(
    run_kg: Callable[..., Run], root: Path, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = run_kg("--dir", root, *command, "-o", tmp_path / "loop")
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert "leads back to itself" in done.err


@pytest.mark.parametrize(
    "command",
    [
        ["query", "--data", "MISSING.ttl", "-e", "ASK {}"],
        ["query", "MISSING.rq"],
        ["check", "MISSING.ttl"],
        ["check", "--text", "MISSING.txt"],
        ["fmt", "--check", "MISSING.ttl"],
        ["view", "-o", "map.html", "--text", "MISSING.txt"],
        ["coverage", "--text", "MISSING.txt"],
        ["sheet", "import", "MISSING.csv", "--dry-run", "--source", "src:ra"],
        ["sheet", "export", "--text", "MISSING.txt"],
    ],
)
def test_a_file_that_is_not_there_is_bad_input_for_every_command(
    run_kg: Callable[..., Run], root: Path, tmp_path: Path, command: list[str]
) -> None:
    done = run_kg("--dir", root, *command, cwd=tmp_path)
    name = next(word for word in command if word.startswith("MISSING"))
    assert (done.code, done.out, done.err) == (3, "", f"kg: {name}: there is no such file; check its name\n")
    (tmp_path / name).mkdir()
    folder = run_kg("--dir", root, *command, cwd=tmp_path)
    assert (folder.code, folder.out, folder.err) == (3, "", f"kg: {name}: this is a folder; name a file\n")


def test_a_list_of_names_says_which_have_no_candidate_and_which_have_their_home_alone(run_kg: Callable[..., Run], tmp_path: Path) -> None:
    pytest.importorskip("rigour")
    (tmp_path / "names.txt").write_text("Chad\nPolice (Peru)\nnobody at all\n", encoding="utf-8")
    done = run_kg("link", "suggest", "--names", tmp_path / "names.txt")
    assert "3 names: 2 with a candidate of the band exact, 0 to review, 1 without any: nobody at all\n" in done.err
    assert "for 1 of the band exact it is the home alone (skos:relatedMatch), not the thing itself" in done.err
    (tmp_path / "many.txt").write_text("".join(f"nobody {at}\n" for at in range(30)), encoding="utf-8")
    said = run_kg("link", "suggest", "--names", tmp_path / "many.txt").err
    assert "30 without any: nobody 0, nobody 1, " in said
    assert said.endswith("nobody 9, …\n")
