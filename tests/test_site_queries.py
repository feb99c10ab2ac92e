"""The saved queries on the site: each with its answer, its rows as files, and what is said where there is no answer."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import ferry
import pytest

from kg import query, results, saved, site
from kg.limits import DEFAULT
from kg.pages import examples, forms
from kg.serve.shown import Shown
from kg.site import queries

if TYPE_CHECKING:
    from pathlib import Path

    from sites import Built

    from kg.index import Index

pytest_plugins = ("sites",)

ENDLESS = """#+ summary: Everything beside everything
SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?n
"""
WHO = """#+ summary: Whose claims are about it
#+ description: In one line.
#+ tags: general, people
#+ param: thing | iri | required | what
#+ param: since | date | optional | from this day on
SELECT ?claim ?who { ?claim rdf:subject ?thing ; kg:claimant ?who } ORDER BY ?claim
"""


@pytest.fixture
def asked(tmp_path: Path) -> Index:
    """A small workspace with queries of its own."""
    index = ferry.write(tmp_path)
    folder = index.workspace.queries_dir
    folder.mkdir()
    (folder / "who.rq").write_text(WHO, encoding="utf-8")
    (folder / "endless.rq").write_text(ENDLESS, encoding="utf-8")
    (folder / "is-there.rq").write_text("#+ summary: Is there a ferry\nASK { ?s ?p ent:ferry }\n", encoding="utf-8")
    check = "#+ summary: Nothing\n#+ problem: p\n#+ solution: s\nSELECT ?x { ?x <urn:none> 1 } ORDER BY ?x\n"
    (folder / "nothing-violation.rq").write_text(check, encoding="utf-8")
    return index


def made(index: Index, seconds: float = 20.0) -> dict[str, str]:
    limits = replace(DEFAULT, seconds=seconds, cpu=seconds)
    return {file.path: file.data.decode() for file in queries.files(site.Site(index, limits=limits))}


def test_a_query_that_takes_too_long_has_a_page_that_says_so_and_the_others_their_answers(asked: Index) -> None:
    files = made(asked, seconds=1.0)
    page = files["queries/endless.html"]
    assert "No answer here" in page
    assert "1 s" in page
    assert "--timeout" not in page
    assert "queries/endless.csv" not in files
    assert "Yes" in files["queries/is-there.html"]
    assert "no answer" in files["queries/index.html"]


def test_a_parameter_that_must_have_a_value_has_an_example_and_is_told(asked: Index) -> None:
    page = made(asked, seconds=1.0)["queries/who.html"]
    assert "Asked with" in page
    assert "kg query who -p thing " in page
    assert "any" in page
    assert 'href="../entity/' in page
    assert 'href="../claim/fy-' in page
    assert "VALUES (?thing)" in page


def test_rows_as_files_are_those_of_kg_query(article_site: Built) -> None:
    index = article_site.index
    found = saved.find(index.workspace.queries_dir, "who-says-what")
    answer = query.run(index, found.text)
    style = results.Style(index.workspace.prefixes)
    for name in ("csv", "json"):
        assert article_site.files[f"queries/who-says-what.{name}"].read_bytes() == results.write(answer, name, style).encode()


def test_checks_are_listed_as_checks_and_say_that_there_is_nothing_to_correct(asked: Index) -> None:
    files = made(asked, seconds=1.0)
    listed = files["queries/index.html"]
    questions, _, checks = listed.partition('id="checks"')
    assert "nothing-violation" not in questions
    assert "nothing to correct" in checks
    assert 'id="tag-people"' in questions
    assert "Nothing to correct" in files["queries/nothing-violation.html"]


def test_every_saved_query_has_a_page_with_an_answer(article_site: Built) -> None:
    names = saved.find_all(article_site.index.workspace.queries_dir)
    assert len(names) > 80
    for name in names:
        page = article_site.files[f"queries/{name}.html"].read_text(encoding="utf-8")
        assert "No answer here" not in page, name


def test_examples_come_from_the_workspace_itself_and_have_an_answer(tmp_path: Path, root: Path) -> None:
    index = ferry.write(tmp_path)
    shutil.copytree(root / "queries", index.workspace.queries_dir)
    shown, empty = Shown(index), {}
    for name, path in saved.find_all(index.workspace.queries_dir).items():
        asked = saved.read(path)
        if any(parameter.is_required for parameter in asked.parameters):
            example = examples.chosen(asked, shown)
            filled = forms.fill(asked, example, shown, offers=False)
            if not filled.is_ready or not len(query.run(index, asked.text, values=filled.terms, explain=False)):
                empty[name] = example
    assert empty == {"reasons-for": {}}, "nothing argues about a claim here, everything else has an answer"


def test_an_example_of_other_data_gives_way_to_one_of_this(tmp_path: Path, root: Path) -> None:
    index = ferry.write(tmp_path)
    found = {
        name: examples.chosen(saved.find(root / "queries", name), Shown(index))
        for name in ("find-claims", "claims-in-month", "claims-between-dates", "denials", "disputed", "class-properties")
    }
    assert found == {
        "find-claims": {"words": "Aldmoor"},
        "claims-in-month": {"month": "2018-01"},
        "claims-between-dates": {"firstDay": "2018-01-01", "lastDay": "2018-12-31"},
        "denials": {"who": "Brenwick"},
        "disputed": {"about": "ferry of Aldmoor"},
        "class-properties": {"class": "kg:Claim"},
    }


def test_a_query_without_an_answer_takes_the_example_of_its_header_if_it_names_one(asked: Index) -> None:
    text = "#+ summary: None\n#+ param: {} | string | required | a word{}\nSELECT ?x {{ ?x <urn:none> ?word }} ORDER BY ?x\n"
    assert examples.chosen(saved.parse(text.format("word", ", such as mast")), Shown(asked)) == {"word": "mast"}
    assert examples.chosen(saved.parse(text.format("word", "")), Shown(asked)) == {}
    folder = asked.workspace.queries_dir
    (folder / "none.rq").write_text(text.format("word", ""), encoding="utf-8")
    page = made(asked, seconds=1.0)["queries/none.html"]
    assert "no value of word that was tried has an answer" in page
