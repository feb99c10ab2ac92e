"""What `kg.toml` states is taken as it is meant; what cannot be is one line that names the file and says what to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kg import names, scaffold, settings
from kg.errors import InputError
from kg.settings import About, Party, Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Run


def read(folder: Path, stated: str) -> Settings:
    (folder / settings.FILE).write_text(stated, encoding="utf-8")
    return settings.read(folder / settings.FILE)


def test_no_file_and_an_empty_one_state_nothing(tmp_path: Path) -> None:
    assert settings.read(tmp_path / settings.FILE) == read(tmp_path, "# nothing\n") == Settings(names.BASE, About(None, None, ()))


def test_everything_that_is_stated_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """base = "https://ferry.example/"
        keywords = ["rivers", "Fähren", "rivers"]
        prefixes = { my = "https://ferry.example/relation/" }
        [publisher]
        name = "River Archive"
        url = "https://archive.example/über?x=1"
        [contact]
        name = "Editors"
        email = "e.d+it_or's@archive.example"
        """,
    )
    publisher = Party("River Archive", url="https://archive.example/über?x=1")
    contact = Party("Editors", email="e.d+it_or's@archive.example")
    assert found == Settings(
        "https://ferry.example/", About(publisher, contact, ("rivers", "Fähren")), (("my", "https://ferry.example/relation/"),)
    )


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("prefixes = 'my'", "prefixes must be a table, such as prefixes = { my ="),
        (
            "prefixes = { rel = 'https://ferry.example/' }",
            "the prefix rel: is taken by https://w3id.org/claimgraph/relation/; choose another",
        ),
        ("prefixes = { ent = 'https://ferry.example/' }", "the prefix ent: is taken by"),
        ("prefixes = { 'a b' = 'https://ferry.example/' }", "'a b' cannot be a prefix; use letters, digits and hyphens"),
        ("prefixes = { my = 'ferry' }", "the prefix my: needs an IRI that ends in '/', '#' or ':'"),
        (f"prefixes = {{ my = '{names.REL}' }}", f"{names.REL} has the prefix rel: already; leave my: out"),
        ("prefixes = { my = 7 }", "the prefix my: needs an IRI"),
        ("publisher = 'River Archive'", "publisher must be a table with a name, such as publisher = { name ="),
        ("publisher = {}", "publisher needs a name"),
        ("publisher = { name = ' ' }", "publisher needs a name"),
        ("publisher = { name = 7 }", "publisher needs a name"),
        ('publisher = { name = "a\\nb" }', "publisher needs a name: a text of one line"),
        ('publisher = { name = "a\\u202eb" }', "publisher needs a name: a text of one line"),
        ("publisher = { name = 'A', email = 'a@b.example' }", "publisher may not state 'email'; it may state name, url"),
        ("publisher = { name = 'A', url = 'archive.example' }", "the url of publisher cannot be 'archive.example'; write it as in url ="),
        ("publisher = { name = 'A', url = 'https://' }", "the url of publisher cannot be 'https://'"),
        ("publisher = { name = 'A', url = 'https://a b/' }", "the url of publisher cannot be 'https://a b/'"),
        ("publisher = { name = 'A', url = 'https://[a/' }", "the url of publisher cannot be 'https://[a/'"),
        ("publisher = { name = 'A', url = 'javascript://a/' }", "the url of publisher cannot be 'javascript://a/'"),
        ("publisher = { name = 'A', url = 7 }", "the url of publisher cannot be 7"),
        ("contact = { name = 'A' }", "contact needs an email or a url"),
        ("contact = { email = 'a@b.example' }", "contact needs a name"),
        (
            "contact = { name = 'A', email = 'mailto:a@b.example' }",
            "the email of contact cannot be 'mailto:a@b.example'; write it",
        ),
        ("contact = { name = 'A', email = 'a@b' }", "the email of contact cannot be 'a@b'"),
        ("contact = ['a@b.example']", "contact must be a table with a name"),
        ("keywords = 'rivers'", "keywords must be a list of texts"),
        ("keywords = ['rivers', '']", "keywords must be a list of texts"),
        ("keywords = [1]", "keywords must be a list of texts"),
        ("keyword = ['rivers']", "this file may not state 'keyword'; it may state base, publisher, contact, keywords"),
        ("base = 'ferry'", "base must be an IRI"),
    ],
)
def test_what_cannot_be_is_one_line_that_says_what_to_write(tmp_path: Path, stated: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)) as refused:
        read(tmp_path, stated)
    assert refused.value.path == str(tmp_path / settings.FILE)
    assert "\n" not in str(refused.value)


def test_the_command_says_it_in_one_line(tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    made = scaffold.create(tmp_path / "ferry")
    (made.root / settings.FILE).write_text("keywords = 'rivers'\n")
    told = run_kg("--dir", str(made.root), "stats")
    assert (told.code, told.out, told.err.count("\n")) == (3, "", 1)
    assert "kg.toml: keywords must be a list" in told.err


def test_what_a_new_workspace_shows_as_an_example_can_be_stated(tmp_path: Path) -> None:
    made = scaffold.create(tmp_path / "ferry")
    assert made.about == About()
    text = (made.root / settings.FILE).read_text(encoding="utf-8")
    found = read(tmp_path, re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE))
    assert found.base == made.base
    assert found.about.publisher
    assert found.about.contact
    assert found.about.keywords
