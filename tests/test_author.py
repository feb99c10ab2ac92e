"""What the authoring commands say, where they say it, and their exit codes."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run

from kg import scaffold

FERRY = Path(__file__).parent / "data" / "ferry"
Kg = Callable[..., Run]


@pytest.fixture
def kg(tmp_path: Path, run_kg: Kg) -> Kg:
    """Run `kg` in a workspace that knows the text of the ferry, in files of its own."""
    root = scaffold.create(tmp_path / "ferry").root
    for name in ("town.txt", "claims.csv"):
        shutil.copy(FERRY / name, root / name)

    def run(*arguments: str, **more: str | bytes) -> Run:
        return run_kg(*arguments, cwd=root, **more)

    assert run("source", "add", "town.txt", "--date", "2031-04").code == 0
    return run


def test_adding_a_source_says_what_was_done_and_what_comes_next(kg: Kg) -> None:
    done = kg("source", "add", "town.txt", "--title", "The Quarrel at Lorn Bend")
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines() == [
        "kg: updated src:town: 7 sentences, 680 characters, author ent:author-of-town",
        "kg: next: kg sheet import CLAIMS.csv --text town.txt --source src:town --new-entities",
    ]
    listed = kg("source", "list").out.splitlines()[-1].split()
    assert (listed[0], listed[-3:]) == ("src:town", ["2031-04", "680", "0"])


def test_a_sheet_with_one_problem_is_one_line(kg: Kg) -> None:
    sheet = "label,subject,relation,object,quote\nIt is so.,author of the source,rel:wnats,author of the source,Vell wants a bridge\n"
    done = kg("sheet", "import", "-", "--text", "town.txt", stdin=sheet)
    assert (done.code, done.out) == (3, "")
    assert done.err == "kg: -:2: column relation: the relation 'rel:wnats' is unknown; nearest: rel:wants\n"


def test_a_sheet_with_many_problems_says_them_all_and_their_number(kg: Kg) -> None:
    done = kg("sheet", "import", "claims.csv", "--text", "town.txt")
    assert done.code == 3
    lines = done.err.splitlines()
    assert lines[0] == "kg: claims.csv:2: column subject: 'people of Ostrow' is unknown; --new-entities creates it"
    assert lines[-1] == f"kg: claims.csv: {len(lines) - 1} problems, nothing was imported"


def test_a_dry_run_says_the_same_and_writes_nothing(kg: Kg) -> None:
    done = kg("sheet", "import", "claims.csv", "--text", "town.txt", "--new-entities", "--dry-run")
    assert done.code == 0
    assert "9 claims (9 added, 0 changed, 0 removed), 10 passages, 1 of them without a claim" in done.err
    assert done.err.endswith("kg: nothing was written (--dry-run)\n")
    assert kg("sheet", "export").out.count("\n") == 1


def test_an_export_is_data_on_the_standard_output_or_a_file(kg: Kg, tmp_path: Path) -> None:
    assert kg("sheet", "import", "claims.csv", "--text", "town.txt", "--new-entities").code == 0
    done = kg("sheet", "export", "--text", "town.txt")
    assert (done.code, done.err) == (0, "")
    again = kg("sheet", "export", "--text", "town.txt", "-o", "out.csv")
    assert (again.code, again.out) == (0, "")
    assert (tmp_path / "ferry" / "out.csv").read_bytes() == b"\xef\xbb\xbf" + done.out.encode()
    taken = kg("sheet", "import", "out.csv", "--text", "town.txt")
    assert "(0 added, 0 changed, 0 removed)" in taken.err
    assert "nothing to write" in taken.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["sheet", "export", "-o", "graph"], 2, "directory"),
        (["sheet", "export", "-o", "nowhere/out.csv"], 6, "cannot write here"),
        (["sheet", "export", "--source", "src:vell"], 3, "there is no source 'src:vell'; registered are src:town"),
        (["sheet", "import", "missing.csv"], 2, "does not exist"),
        (["sheet", "import", "claims.csv", "--text", "claims.csv"], 3, "this text belongs to no source"),
        (["source", "add", "claims.csv", "--id", "town"], 3, "src:town is another text"),
        (["source", "add", "town.txt", "--id", "../x"], 3, "cannot be the key of a source"),
        (["init", "."], 6, "the folder is not empty"),
        (["init", "fresh", "--base", "no"], 2, "base must be an IRI"),
    ],
)
def test_what_goes_wrong_has_its_exit_code(kg: Kg, arguments: list[str], code: int, words: str) -> None:
    done = kg(*arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_with_several_sources_one_must_be_chosen(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "ferry" / "other.txt").write_text("Another text.\n", encoding="utf-8")
    assert kg("source", "add", "other.txt").code == 0
    assert kg("sheet", "export").code == 2
    assert kg("sheet", "export", "--source", "other").code == 0
    mixed = kg("sheet", "export", "--source", "src:other", "--text", "town.txt")
    assert (mixed.code, "not the text of src:other" in mixed.err) == (3, True)


def test_every_command_has_one_sentence_and_an_example(kg: Kg) -> None:
    for command in (
        ["init"],
        ["source"],
        ["source", "add"],
        ["source", "list"],
        ["sheet"],
        ["sheet", "export"],
        ["sheet", "import"],
        ["coverage"],
    ):
        done = kg(*command, "--help")
        assert done.code == 0
        assert f"Example: kg {command[0]}" in done.out
