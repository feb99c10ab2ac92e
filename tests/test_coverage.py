"""What kg.coverage promises: each sentence has its claims, a reason, or is shown to have neither."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Run

from kg import coverage, index, scaffold, sheet, sources, text, triples, turtle
from kg.workspace import Workspace

FERRY = Path(__file__).parent / "data" / "ferry"
TOWN = text.normal_form((FERRY / "town.txt").read_bytes())


@pytest.fixture
def ferry(tmp_path: Path) -> Workspace:
    made = scaffold.create(tmp_path / "ferry")
    sources.register(index.load(made), (FERRY / "town.txt").read_bytes(), key="town").write()
    loaded = index.load(made)
    sheet.import_sheet(loaded, sources.named(loaded, "town"), (FERRY / "claims.csv").read_bytes(), text=TOWN, new_entities=True).write()
    return made


def rows_of(workspace: Workspace) -> tuple[coverage.Covered, ...]:
    loaded = index.load(workspace)
    return coverage.coverage(loaded, sources.of_text(loaded, TOWN), TOWN)


def test_each_sentence_has_its_claims_or_a_reason(ferry: Workspace) -> None:
    found = [(row.number, row.paragraph, [iri[-3:] for iri in row.claims], row.reason) for row in rows_of(ferry)]
    assert found == [
        (1, 1, ["001"], ""),
        (2, 1, ["002", "003"], ""),
        (3, 1, ["004"], ""),
        (4, 2, ["005", "006"], ""),
        (5, 2, ["007"], ""),
        (6, 3, ["008", "009"], ""),
        (7, 3, [], "a closing flourish"),
    ]


def test_a_sentence_whose_only_claim_is_rejected_is_not_accounted_for(ferry: Workspace) -> None:
    held = sheet.holdings.read(ferry, sources.named(index.load(ferry), "town"))
    claims = [replace(claim, status="rejected" if claim.iri.endswith("004") else "draft") for claim in held.claims.values()]
    turtle.write(held.path, held.with_records(claims, held.passages.values()), ferry.prefixes)
    assert [row.number for row in rows_of(ferry) if not row.is_accounted_for] == [3]


def test_the_command_ends_with_the_count_and_shows_no_more_of_the_text_than_asked(ferry: Workspace, run_kg: Callable[..., Run]) -> None:
    done = run_kg("coverage", "--text", FERRY / "town.txt", cwd=ferry.root)
    assert (done.code, done.out.splitlines()[-1], done.err) == (0, "7 of 7 sentences accounted for", "")
    assert "For forty years the people of Ostrow have …" in done.out
    assert "forty" not in run_kg("coverage", "--text", FERRY / "town.txt", "--words", "0", cwd=ferry.root).out
    shown = run_kg("coverage", "--text", FERRY / "town.txt", "--words", "3", cwd=ferry.root)
    assert "For forty years …" in shown.out
    assert "people" not in shown.out
    assert run_kg("coverage", "--text", FERRY / "town.txt", "--words", "9", cwd=ferry.root).code == 2


def test_the_command_fails_where_a_sentence_is_left(ferry: Workspace, run_kg: Callable[..., Run]) -> None:
    source = triples.source_to_triples(sources.named(index.load(ferry), "town"))
    turtle.write(ferry.file_of("town"), source, ferry.prefixes)
    done = run_kg("coverage", "--text", FERRY / "town.txt", cwd=ferry.root)
    assert (done.code, done.out.splitlines()[-1]) == (1, "0 of 7 sentences accounted for")


def test_a_text_of_no_source_is_one_line_and_exit_3(ferry: Workspace, run_kg: Callable[..., Run], tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Another text.\n", encoding="utf-8")
    done = run_kg("coverage", "--text", other, cwd=ferry.root)
    assert (done.code, done.out, len(done.err.splitlines())) == (3, "", 1)
    assert "is not the text that src:town was registered with" in done.err


def test_every_sentence_of_the_first_article_is_accounted_for(article: str, article_index: index.Index) -> None:
    rows = coverage.coverage(article_index, sources.of_text(article_index, article), article)
    assert [row.number for row in rows if row.is_accounted_for] == list(range(1, 38))
