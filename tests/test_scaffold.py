"""What kg.scaffold promises: an empty workspace that works, and the way from there to an answer."""

import csv
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run

from kg import index, names, saved, scaffold, turtle, workspace
from kg.errors import StorageError, UsageError

FERRY = Path(__file__).parent / "data" / "ferry"


def test_a_new_workspace_has_the_ontology_the_general_queries_and_no_claims(tmp_path: Path) -> None:
    made = scaffold.create(tmp_path / "deep" / "River Ferry")
    assert made.base == "https://example.org/river-ferry/"
    loaded = index.load(made)
    assert (loaded.all_claims, loaded.entities, loaded.sources) == ((), {}, {})
    assert loaded.relations.keys() == index.load(workspace.find(Path(__file__).parents[1])).relations.keys()
    assert sorted(path.name for path in made.root.iterdir()) == [".gitignore", "graph", "kg.toml", "ontology", "queries"]


def test_git_leaves_the_map_and_the_site_of_a_new_workspace_alone_and_nothing_else(tmp_path: Path) -> None:
    root = scaffold.create(tmp_path / "ferry").root
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    for name in ("map.html", "site/index.html", "graph/town.ttl"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("", encoding="utf-8")
    listed = subprocess.run(["git", "status", "--porcelain", "--ignored"], cwd=root, check=True, capture_output=True, text=True).stdout
    assert [line for line in listed.splitlines() if line.startswith("!!")] == ["!! map.html", "!! site/"]


def test_the_queries_of_a_new_workspace_are_the_general_ones_under_its_own_prefixes(tmp_path: Path) -> None:
    made = scaffold.create(tmp_path / "ferry")
    ours = saved.find_all(workspace.bundled_root() / "queries")
    theirs = saved.find_all(made.queries_dir)
    tags = {name: saved.read(path).tags for name, path in ours.items()}
    expected = {name for name, path in ours.items() if "general" in tags[name] or ("checks" in path.parts and "ontology" not in tags[name])}
    assert theirs.keys() == expected
    assert len(theirs) >= 10
    for path in theirs.values():
        assert not any(names.prefixes()[prefix] in path.read_text() for prefix in ("claim", "ent", "graph", "passage", "src"))


def test_every_file_of_a_new_graph_is_canonical(tmp_path: Path) -> None:
    made = scaffold.create(tmp_path / "ferry")
    assert [path.name for path in made.graph_files] == ["entities.ttl"]
    for path in made.graph_files:
        assert turtle.canonical(path.read_bytes(), made.prefixes).encode() == path.read_bytes()


def test_an_empty_folder_is_filled_and_the_base_is_the_one_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert scaffold.create(".", base="urn:ferry:").base == "urn:ferry:"
    assert workspace.find().root == tmp_path.resolve()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(StorageError, match="the folder is not empty"):
        scaffold.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_link_or_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("")
    for name in ("link", "file"):
        with pytest.raises(StorageError, match="this is no folder"):
            scaffold.create(tmp_path / name)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "base", ["ferry", "https://example.org/no-end", "https://example.org/a b/", 'https://x.org/"/', "https:///", "file:///x/"]
)
def test_a_base_that_is_none_is_refused_before_anything_is_made(tmp_path: Path, base: str) -> None:
    with pytest.raises(UsageError, match="base must be an IRI"):
        scaffold.create(tmp_path / "ferry", base=base)
    assert not (tmp_path / "ferry").exists()


def test_what_fails_half_way_is_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copytree", fail)
    with pytest.raises(StorageError, match="No space left on device"):
        scaffold.create(tmp_path / "ferry")
    assert list((tmp_path / "ferry").iterdir()) == []


def test_an_empty_workspace_passes_the_check(tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    scaffold.create(tmp_path / "ferry")
    done = run_kg("check", cwd=tmp_path / "ferry")
    assert done.code == 0, done.err


def test_from_nothing_to_a_checked_graph_an_answer_and_a_map(tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    def kg(*arguments: str | Path, cwd: Path = tmp_path / "ferry") -> Run:
        done = run_kg(*arguments, cwd=cwd)
        assert done.code == 0, done.err
        return done

    kg("init", "ferry", cwd=tmp_path)
    assert "next: kg sheet import" in kg("source", "add", FERRY / "town.txt", "--title", "The Quarrel at Lorn Bend").err
    said = kg("sheet", "import", FERRY / "claims.csv", "--text", FERRY / "town.txt", "--source", "src:town", "--new-entities").err
    assert "9 claims (9 added, 0 changed, 0 removed)" in said
    kg("check", "--text", FERRY / "town.txt")
    rows = list(csv.DictReader(io.StringIO(kg("query", "contradictions", "-f", "csv").out)))
    assert {row["denialLabel"] for row in rows} == {"Vell denies that it closed the ferry."}
    assert len(rows) == 2
    kg("view", "-o", "map.html")
    assert "Lorn ferry" in (tmp_path / "ferry" / "map.html").read_text(encoding="utf-8")


def test_outside_of_any_workspace_nothing_is_written(tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    done = run_kg("source", "add", FERRY / "town.txt", cwd=tmp_path)
    assert (done.code, done.out, len(done.err.splitlines())) == (6, "", 1)
    assert "kg init DIR makes one" in done.err
