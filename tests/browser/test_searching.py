"""Search on the site, opened from the disk: names and claims are found by keyboard alone, and nothing is asked of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ferry
import pytest
from sites import Built

from kg import site, view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytest_plugins = ("chromium", "sites")
pytestmark = pytest.mark.browser
FIELD = "form.find input"


@pytest.fixture
def see(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of a site; at the end no script may have failed, and nothing may have been asked for beside files of the site."""
    troubles, contexts = [], []

    def start(built: Built, path: str, *, width: int = 1440, scripts: bool = True) -> Page:
        root = built.folder.as_uri() + "/"
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith((root, "data:")) else troubles.append(request.url))
        page.goto(root + path)
        return page

    yield start
    for context in contexts:
        context.close()
    assert troubles == []


def test_a_name_is_found_and_opened_by_keyboard(article_site: Built, see: Callable[..., Page]) -> None:
    page = see(article_site, "claim/ra-001.html")
    page.keyboard.press("/")
    page.keyboard.type("talib")
    page.wait_for_selector("#offers li")
    assert page.locator("#offers li b").first.inner_text() == "Taliban"
    assert page.locator(FIELD).get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.locator(FIELD).get_attribute("aria-activedescendant") == "offer-0"
    page.keyboard.press("Enter")
    page.wait_for_url("**/entity/taliban.html")
    assert page.locator("h1").inner_text() == "Taliban"


def test_hyphens_and_thousands_make_no_difference_and_the_number_of_a_claim_finds_it(tmp_path: Path, see: Callable[..., Page]) -> None:
    index = ferry.write_nets(tmp_path)
    site.write(index, tmp_path / "site")
    page = see(Built(tmp_path / "site", index), "index.html")
    for text, found in ferry.SPELLINGS.items():
        page.fill(FIELD, text)
        page.wait_for_function("(found) => document.querySelector('#offers li b')?.textContent.includes(found)", arg=found)
    page.fill(FIELD, "fy-043")
    page.wait_for_function("document.querySelector('form.find [role=status]').textContent === '0 found'")


def test_the_search_of_the_map_folds_alike(tmp_path: Path, see: Callable[..., Page]) -> None:
    index = ferry.write_nets(tmp_path)
    (tmp_path / "map.html").write_text(view.build(index), encoding="utf-8")
    page = see(Built(tmp_path, index), "map.html")
    page.wait_for_function("globalThis.claimgraph?.model")
    counts = page.evaluate(
        "(all) => all.map((text) => claimgraph.model.matching(text).reduce((sum, flag) => sum + flag, 0))", [*ferry.SPELLINGS]
    )
    assert counts == [1] * len(ferry.SPELLINGS)
    field = page.locator("#search")
    for text, found in ferry.SPELLINGS.items():
        field.fill(text)
        page.wait_for_function("(found) => document.querySelector('#suggestions .title')?.textContent.includes(found)", arg=found)


def test_another_name_finds_the_thing_and_says_so(article_site: Built, see: Callable[..., Page]) -> None:
    page = see(article_site, "index.html")
    page.fill(FIELD, "militants")
    page.wait_for_selector("#offers li")
    assert "also Taliban militants" in page.locator("#offers li").first.inner_text()


def test_names_come_before_claims_and_all_that_fits_has_a_page(article_site: Built, see: Callable[..., Page]) -> None:
    page = see(article_site, "ontology/index.html")
    page.fill(FIELD, "russia")
    page.wait_for_selector("#offers li.all")
    assert page.locator("#offers li span").first.inner_text() == "country"
    page.keyboard.press("Enter")
    page.wait_for_selector("#all-found li")
    assert page.url.endswith("search.html#q=russia")
    kinds = page.locator("#all-found .aside").all_inner_texts()
    assert kinds.index("claim") == len(kinds) - kinds.count("claim") > 0
    page.fill("#words", "nothing has this name")
    page.wait_for_function("document.querySelectorAll('#all-found li').length === 0")
    assert page.locator("#said").inner_text() == "0 found"


def test_escape_closes_what_is_offered_and_a_slash_in_a_field_is_a_slash(article_site: Built, see: Callable[..., Page]) -> None:
    page = see(article_site, "index.html")
    page.focus(FIELD)
    page.keyboard.type("a/")
    assert page.input_value(FIELD) == "a/"
    page.fill(FIELD, "kabul")
    page.wait_for_selector("#offers li")
    page.keyboard.press("Escape")
    assert page.locator("#offers").is_hidden()
    assert page.locator(FIELD).get_attribute("aria-expanded") == "false"


def test_words_that_are_patterns_or_markup_are_words(hostile_site: Built, see: Callable[..., Page]) -> None:
    page = see(hostile_site, "index.html")
    for words in ("(", "[a", "\\", "</script>", "window.pwned"):
        page.fill(FIELD, words)
        page.wait_for_function("document.querySelector('form.find [role=status]').textContent.endsWith('found')")
    page.wait_for_selector("#offers li")
    assert page.evaluate("window.pwned") is None


def test_without_scripts_there_is_no_field_and_the_lists_are_named(article_site: Built, see: Callable[..., Page]) -> None:
    page = see(article_site, "search.html", scripts=False)
    assert page.locator("form.find").is_hidden()
    assert page.locator("noscript a, main a").count() >= 4


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_the_window(article_site: Built, see: Callable[..., Page], width: int) -> None:
    page = see(article_site, "index.html", width=width)
    root = article_site.folder.as_uri() + "/"
    kinds = (
        "index.html",
        "search.html",
        "404.html",
        "entity/taliban.html",
        "claim/ra-076.html",
        "source/ra.html",
        "graph/ra.html",
        "relation/metWith.html",
    )
    lists = tuple(
        f"{folder}/index.html"
        for folder in ("entity", "claim", "passage", "relation", "plover", "ontology", "other", "queries", "source", "graph")
    )
    wide = {}
    for path in (*kinds, *lists):
        page.goto(root + path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide[path] = over
    assert wide == {}
