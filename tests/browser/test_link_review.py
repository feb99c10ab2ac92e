"""The page of `kg link review --page` in a real browser: decided there, saved as a download, applied to the workspace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import index, mappings, names, scaffold, sheet
from kg import workspace as workspaces
from kg.linking import candidates, decided, decisions, page, review
from kg.linking.suggestion import Suggestion
from kg.model import Entity

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from kg.workspace import Workspace

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

HOSTILE = '</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>\u202e"\' onfocus="window.pwned=3" =1+1'
WD = "http://www.wikidata.org/entity/"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace with candidates of both bands, in words that a stranger chose."""
    made = scaffold.create(tmp_path / "w")
    own = made.prefixes["ent"]
    kind = (names.SCHEMA + "Country",)
    sheet.add_entities(
        made,
        [
            Entity(iri=own + "congo", label="Congo", types=kind, definition=f"A state {HOSTILE}", alt_labels=(HOSTILE,)),
            Entity(iri=own + "chad", label=f"Chad {HOSTILE}", types=kind),
        ],
    )
    found = {
        own + "congo": [
            Suggestion(target=WD + "Q974", label="DR Congo", score=0.85, why=f"one of two {HOSTILE}", kind="territory"),
            Suggestion(target=WD + "Q971", label=HOSTILE, score=0.85, why="the other", kind="territory"),
            Suggestion(target="javascript://x/%0Aalert(1)", label="no page", score=0.2, why="no address", kind="service"),
        ],
        own + "chad": [Suggestion(target=WD + "Q657", label="Chad", score=1.0, why="its name", kind="territory")],
    }
    candidates.renew(made, found, {own + "congo": "Congo", own + "chad": "Chad"}, set())
    return made


@pytest.fixture
def review_page(space: Workspace, tmp_path: Path, open_page: Callable[..., Page]) -> Callable[..., Page]:
    def open_it(**options: object) -> Page:
        path = tmp_path / "review.html"
        found = workspaces.find(space.root)
        path.write_text(page.build(found, review.questions(index.load(found), review.waiting(found))), encoding="utf-8")
        return open_page(path, **options)

    return open_it


def option(opened: Page, target: str) -> str:
    assert opened.locator(f"[data-object='{target}']").count() == 1
    return f"[data-object='{target}']"


def save(opened: Page) -> tuple[str, bytes]:
    with opened.expect_download() as waiting:
        opened.click("#save")
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_what_is_decided_on_the_page_is_applied(space: Workspace, review_page: Callable[..., Page]) -> None:
    opened = review_page()
    opened.fill("#reviewer", "Ann </script> Holt")
    opened.fill("#checked", "read it")
    opened.check(f"{option(opened, WD + 'Q974')} >> text=Accept")
    opened.check(f"{option(opened, WD + 'Q971')} >> text=Reject")
    assert opened.text_content("#count") == "1 accepted, 1 rejected, 2 undecided"
    name, data = save(opened)
    assert name.startswith("decisions-")
    assert name.endswith(".json")
    saved = decided.read(space, data)
    decisions.plan(space, saved.decisions, reviewer=saved.reviewer, day=saved.day, checked=saved.checked).write()
    rows = mappings.read(space.links_file).mappings
    assert {(row.object_id, row.predicate_modifier, row.author_label) for row in rows} == {
        (WD + "Q974", "", ("Ann </script> Holt",)),
        (WD + "Q971", "Not", ("Ann </script> Holt",)),
    }
    assert {row.object_id for row in candidates.pending(space)} == {WD + "Q657", "javascript://x/%0Aalert(1)"}


def test_none_of_these_and_something_else_are_saved(space: Workspace, review_page: Callable[..., Page]) -> None:
    opened = review_page()
    opened.fill("#reviewer", "Ann")
    opened.fill("#checked", "read it")
    opened.click("section:has([data-object$=Q657]) >> text=None of these")
    opened.fill("section:has([data-object$=Q974]) >> .manual", "https://www.wikidata.org/wiki/Q1")
    _, data = save(opened)
    found = json.loads(data)
    assert [(each["object"], each["decision"]) for each in found["decisions"]] == [(WD + "Q657", "reject")]
    assert [(each.target, each.verdict, each.is_manual) for each in decided.read(space, data).decisions] == [
        (WD + "Q657", "reject", False),
        (WD + "Q1", "accept", True),
    ]


def test_hostile_words_are_words(review_page: Callable[..., Page]) -> None:
    opened = review_page()
    assert opened.evaluate("window.pwned") is None
    assert opened.locator("img").count() == 0
    assert opened.locator("script").count() == 1
    assert {str(each) for each in opened.eval_on_selector_all("a", "all => all.map((each) => each.protocol)")} == {"http:"}
    assert "\u202e" not in opened.inner_text("body")
    assert "window.pwned=1" in opened.inner_text("body")


def test_two_exact_matches_in_one_data_set_are_not_saved(review_page: Callable[..., Page]) -> None:
    opened = review_page()
    opened.fill("#reviewer", "Ann")
    opened.fill("#checked", "read it")
    for target in ("Q974", "Q971"):
        opened.check(f"{option(opened, WD + target)} >> text=Accept")
    assert "cannot be the same as two things" in opened.inner_text("section:has([data-object$=Q974]) >> .conflict")
    downloads: list[object] = []
    opened.on("download", lambda download: downloads.append(download))  # noqa: PLW0108  which playwright marks
    opened.click("#save")
    assert "Not saved" in (opened.text_content("#count") or "")
    assert downloads == []


def test_a_sense_is_chosen_and_saved_and_two_that_are_not_exact_are_no_conflict(space: Workspace, review_page: Callable[..., Page]) -> None:
    opened = review_page()
    opened.fill("#reviewer", "Ann")
    opened.fill("#checked", "read it")
    opened.select_option(f"{option(opened, WD + 'Q971')} >> select", "close")
    for target in ("Q974", "Q971"):
        opened.check(f"{option(opened, WD + target)} >> text=Accept")
    saved = decided.read(space, save(opened)[1])
    assert saved.checked == "read it"
    assert {(each.target, each.meant) for each in saved.decisions} == {(WD + "Q974", mappings.EXACT), (WD + "Q971", mappings.CLOSE)}


def test_two_territories_are_pointed_out_and_saved(space: Workspace, review_page: Callable[..., Page]) -> None:
    pytest.importorskip("rigour", reason="the extra [link] is not installed")
    congo = space.prefixes["ent"] + "congo"
    code = Suggestion(target="https://www.iso.org/obp/ui/#iso:code:3166:CD", label="CD", score=0.8, why="its code", kind="code", tool="t")
    candidates.renew(space, {congo: [code]}, {congo: "Congo"}, {"t"})
    opened = review_page()
    opened.fill("#reviewer", "Ann")
    opened.fill("#checked", "read it")
    assert "These are DR Congo:" in opened.inner_text("section:has([data-object$=Q974])")
    for target in (WD + "Q971", code.target):
        opened.check(f"{option(opened, target)} >> text=Accept")
    hint = opened.inner_text("section:has([data-object$=Q974]) >> .conflict")
    assert "These are two territories" in hint
    assert len(decided.read(space, save(opened)[1]).decisions) == 2


def test_nothing_is_saved_without_a_name_or_a_decision(review_page: Callable[..., Page]) -> None:
    opened = review_page()
    downloads: list[object] = []
    opened.on("download", lambda download: downloads.append(download))  # noqa: PLW0108  which playwright marks
    opened.click("#save")
    assert opened.evaluate("document.activeElement.id") == "reviewer"
    opened.fill("#reviewer", "Ann")
    opened.fill("#checked", "read it")
    opened.click("#save")
    assert "Nothing is decided yet" in (opened.text_content("#count") or "")
    assert downloads == []


def test_the_keyboard_alone_decides_and_saves(space: Workspace, review_page: Callable[..., Page]) -> None:
    opened = review_page()
    opened.keyboard.press("Tab")
    opened.keyboard.type("Ann")
    opened.keyboard.press("Tab")
    opened.keyboard.type("read it")
    for _ in range(40):
        opened.keyboard.press("Tab")
        if opened.evaluate("document.activeElement.closest('.option')?.dataset.object") == WD + "Q657":
            break
    opened.keyboard.press("Tab") if opened.evaluate("document.activeElement.tagName") == "A" else None
    opened.keyboard.press("ArrowRight")  # from Undecided around to Accept
    assert opened.evaluate("document.activeElement.value") == "accept"
    with opened.expect_download() as waiting:
        opened.focus("#reviewer")
        opened.keyboard.press("Enter")
    saved = decided.read(space, Path(waiting.value.path()).read_bytes())
    assert [(each.target, each.verdict) for each in saved.decisions] == [(WD + "Q657", "accept")]


def test_a_choice_shows_one_band_or_what_is_undecided(review_page: Callable[..., Page]) -> None:
    opened = review_page()
    shown = "all => all.filter((each) => each.checkVisibility()).map((each) => each.dataset.object)"
    opened.select_option("#shown", "exact")
    assert opened.eval_on_selector_all(".option", shown) == [WD + "Q657"]
    opened.check(f"{option(opened, WD + 'Q657')} >> text=Accept")
    opened.select_option("#shown", "open")
    assert WD + "Q657" not in opened.eval_on_selector_all(".option", shown)
    opened.select_option("#shown", "all")
    assert len(opened.eval_on_selector_all(".option", shown)) == 4


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    review_page: Callable[..., Page], axe: str, artefacts: Path, scheme: str, width: int
) -> None:
    opened = review_page(color_scheme=scheme, width=width)
    opened.check(f"{option(opened, WD + 'Q974')} >> text=Accept")
    opened.check(f"{option(opened, WD + 'Q971')} >> text=Accept")
    opened.check(f"{option(opened, WD + 'Q657')} >> text=Reject")
    opened.screenshot(path=artefacts / f"link-review-{scheme}-{width}.png", full_page=True)
    opened.evaluate(axe)
    found = opened.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found["violations"]] == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_the_page_says_so_and_can_be_read(review_page: Callable[..., Page]) -> None:
    opened = review_page(java_script_enabled=False)
    assert "needs the script that this page holds" in opened.inner_text("body")
    assert "the other" in opened.inner_text("body")
