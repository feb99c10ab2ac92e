"""The ways into a page, in a real browser: article, argument, timeline, and the time that is brushed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import ferry
import pytest

from kg import names, text, view
from kg.model import Passage
from kg.view.argument import argument

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from kg.index import Index

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

WAYS = ("map", "article", "argument", "timeline", "table")
RAIN = "It rained all night."
WORDS = ferry.WORDS + f"{RAIN} Nobody asked why.\n"


def passage_of(quote: str, *, no_claim: str | None = None) -> Passage:
    start = WORDS.index(quote)
    end = start + len(quote)
    sentence = text.sentence_at(text.sentences(WORDS), start, end)
    assert sentence is not None
    identifier = text.identifier(WORDS)
    place = {"start": start, "end": end, "paragraph": sentence.paragraph, "sentence": sentence.number}
    digest = text.passage_digest(identifier, start, end, quote)
    iri = f"{ferry.NAMES['passage']}fy-{start}-{end}"
    return Passage(iri=iri, source=ferry.SOURCE.iri, digest=digest, no_claim=no_claim, **place)


def write_quarrel(folder: Path) -> Index:
    """Write the quarrel with a question, what speaks for and against it, passages in each other, and a sentence without a claim."""
    folder.mkdir()
    quotes = ("the council of Aldmoor closed the ferry", "It is a wreck", "Brenwick denies that the ferry leaks", "14 holes")
    found = {quote: passage_of(quote) for quote in (*quotes, "The river office", "Aldmoor perhaps wants a bridge")}
    inner, whole = passage_of("closed the ferry"), passage_of("Aldmoor perhaps wants a bridge")
    reason = passage_of(RAIN, no_claim="only the weather")
    old = {ferry.passage_of(quote).iri: passage.iri for quote, passage in found.items()}
    claims = [replace(each, passages=tuple(old[iri] for iri in each.passages)) for each in ferry.CLAIMS]
    claims += [
        ferry.claim(20, "Is the ferry safe?", ferry.ent("ferry"), "hasQuality", ferry.ent("holes"), modality="asked"),
        ferry.claim(21, "The wreck raises the question.", ferry.claim_iri(2), "raises", ferry.claim_iri(20), kind="argument"),
        ferry.claim(22, "The count speaks against it.", ferry.claim_iri(4), "undercuts", ferry.claim_iri(20), kind="argument"),
        ferry.claim(23, "The denial speaks for it.", ferry.claim_iri(3), "supports", ferry.claim_iri(20), kind="argument"),
        ferry.claim(24, "That the ferry was shut is well known.", ferry.ent("ferry"), "closed", ferry.ent("ferry"), passages=(inner.iri,)),
        ferry.claim(
            25,
            "The wish is a fear.",
            ferry.ent("aldmoor"),
            "fears",
            ferry.ent("holes"),
            passages=(whole.iri,),
            when="2021-03-04",
            since=date(2021, 3, 4),
            until=date(2021, 3, 4),
        ),
        ferry.claim(26, "The count bears out the fear.", ferry.claim_iri(22), "supports", ferry.claim_iri(25), kind="argument"),
    ]
    passages = [*found.values(), inner, reason]
    source = replace(ferry.SOURCE, identifier=text.identifier(WORDS), length=len(WORDS))
    return ferry.write(folder, claims=claims, passages=passages, source=source)


@pytest.fixture(scope="module")
def quarrel(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return write_quarrel(tmp_path_factory.mktemp("quarrel") / "quarrel")


@pytest.fixture
def told(pages: Callable[..., Path], article_index: Index, article: str) -> Path:
    """The page of the article, with its text."""
    return pages("article-told", lambda _: view.build(article_index, texts=[article]))


@pytest.fixture
def quarrel_page(open_page: Callable[..., Page], pages: Callable[..., Path], quarrel: Index) -> Callable[..., Page]:
    def start(**options: Any) -> Page:
        return open_page(pages("quarrel", lambda _: view.build(quarrel, texts=[WORDS])), **options)

    return start


def address(way: str, *ids: str, **more: str) -> str:
    return urlencode([*({"view": way} if way != "map" else {}).items(), *(("at", name) for name in ids), *more.items()])


def panel_cards(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("#panel .card", "all => all.map(card => card.dataset.claim)")
    return found


def shown_ids(page: Page) -> set[str]:
    """The claims that the map, and so every view, lets through: read from the table."""
    page.click("[data-view='table']")
    found: list[str] = page.eval_on_selector_all("#table tbody tr", "all => all.map(row => row.dataset.claim)")
    return set(found)


def pieces(page: Page, which: str = "") -> list[str]:
    return page.locator(f"#article .piece:not(.plain){which}").all_inner_texts()


def number_of(page: Page) -> int:
    return int(page.inner_text("#count b"))


# The tabs


def test_the_ways_in_are_tabs_that_open_by_click_and_by_arrow_keys(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page()
    assert page.get_by_role("tab").all_inner_texts() == [way.capitalize() for way in WAYS]
    for way in WAYS:
        page.click(f"[data-view='{way}']")
        assert page.get_by_role("tab", selected=True).inner_text() == way.capitalize()
        assert page.get_by_role("tabpanel").get_attribute("id") == f"{way}-view"
    page.focus("[data-view='table']")
    page.keyboard.press("ArrowRight")
    assert page.locator("#map-view").is_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.view") == "timeline"
    assert page.locator("#timeline-view").is_visible()
    page.keyboard.press("Home")
    assert page.locator("#map-view").is_visible()
    assert page.locator("[role='tab'][tabindex='0']").count() == 1


def test_without_the_text_there_is_no_article(open_page: Callable[..., Page], pages: Callable[..., Path], quarrel: Index) -> None:
    page = open_page(pages("quarrel-untold", lambda _: view.build(quarrel)), address="view=article")
    assert page.get_by_role("tab").all_inner_texts() == ["Map", "Argument", "Timeline", "Table"]
    assert page.locator("#map-view").is_visible()


@pytest.mark.parametrize("way", WAYS)
def test_a_link_restores_each_way_in_with_its_filters_and_its_selection(quarrel_page: Callable[..., Page], way: str) -> None:
    link = address(way, "claim:fy-004", **{"not-polarity": "denied"})
    page = quarrel_page(address=link)
    assert page.locator(f"#{way}-view").is_visible()
    assert panel_cards(page)[0] == "claim:fy-004"
    assert number_of(page) == len(shown_ids(page)) == 16


def test_selection_and_filters_stay_from_one_way_in_to_the_next_and_the_back_button_goes_back(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("map", "claim:fy-004"))
    page.click("[data-facet='polarity'] [data-value='denied'] input")
    for way in WAYS[1:]:
        page.click(f"[data-view='{way}']")
        assert panel_cards(page)[0] == "claim:fy-004"
        assert number_of(page) == 16
    for way in reversed(WAYS[:-1]):
        page.go_back()
        assert page.locator(f"#{way}-view").is_visible()
    page.go_back()
    assert number_of(page) == 17


def test_the_link_to_a_view_is_copied_or_shown_to_be_copied(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("timeline", period="2019-01-01/2019-12-31"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#copy-link")
    page.wait_for_selector("text=Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.wait_for_selector("#copy-link:has-text('Copy link to this view')")
    page.click("#copy-link")
    assert page.input_value(".link-field") == page.url


# Article


def test_the_article_holds_the_whole_text_with_its_numbers(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("article"))
    said = page.evaluate(
        """() => [...document.querySelectorAll('#article article > *')].map((block) => {
            const copy = block.cloneNode(true);
            copy.querySelectorAll('.unseen, .pilcrow, .margin, .no-claim').forEach((each) => each.remove());
            return copy.textContent;
        })"""
    )
    assert said == [line for line in WORDS.split("\n") if line]
    assert page.locator("#article .pilcrow").all_text_contents() == ["Paragraph 1", "Paragraph 2", "Paragraph 3"]
    numbers = " ".join(page.locator("#article .margin span").all_inner_texts()).split()
    assert numbers == [str(sentence.number) for sentence in text.sentences(WORDS)]


def test_passages_in_and_over_each_other_are_cut_where_they_begin_and_end(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("article"))
    assert pieces(page)[:3] == ["the council of Aldmoor ", "closed the ferry", "It is a wreck"]
    assert [piece.get_attribute("data-depth") for piece in page.locator("#article .piece").all()[:3]] == ["1", "2", "1"]


def test_a_click_on_a_passage_shows_its_claims_and_a_link_to_it_restores_them(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("article"))
    page.locator("#article .piece", has_text="closed the ferry").click()
    assert panel_cards(page) == ["claim:fy-001", "claim:fy-024"]
    assert pieces(page, ".lit") == ["the council of Aldmoor ", "closed the ferry"]
    link = page.evaluate("location.hash.slice(1)")
    again = quarrel_page(address=link)
    assert panel_cards(again) == ["claim:fy-001", "claim:fy-024"]
    assert pieces(again, ".lit") == ["the council of Aldmoor ", "closed the ferry"]
    page.go_back()
    assert panel_cards(page) == []


def test_a_claim_lights_its_passages_up_and_they_come_into_sight(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("article"), height=420)
    page.evaluate("location.hash")
    page.fill("#search", "river office ranks")
    page.click("[data-view='table']")
    page.click("tr[data-claim='claim:fy-004'] button")
    page.click("[data-view='article']")
    assert pieces(page, ".lit") == ["The river office", "14 holes"]
    assert page.evaluate(
        """() => { const [piece, frame] = ['.lit', '#article'].map((name) => document.querySelector(name).getBoundingClientRect());
            return piece.top >= frame.top && piece.bottom <= frame.bottom; }"""
    )


def test_a_sentence_without_a_claim_says_so_with_its_reason(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("article"))
    assert page.inner_text("#article .view-note").startswith("2 of 6 sentences carry no claim: 5, 6.")
    without = page.locator("#article .without")
    assert [each.get_attribute("data-sentence") for each in without.all()] == ["5", "6"]
    assert page.locator("#article .no-claim").all_inner_texts() == ["no claim: only the weather", "no claim"]
    page.click("#article .view-note button >> text=5")
    assert without.first.is_visible()


def test_passages_that_the_filters_hide_lose_their_mark(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("article"))
    before = pieces(page)
    page.click("[data-facet='polarity'] [data-value='denied'] input")
    assert [piece for piece in before if piece not in pieces(page)] == ["Brenwick denies that the ferry leaks"]
    assert page.locator("#article .piece", has_text="Brenwick denies").get_attribute("role") == "presentation"


def test_the_article_is_walked_by_keyboard(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("article"))
    assert page.locator("#article .piece[tabindex='0']").count() == 1
    page.focus("#article .piece[tabindex='0']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert panel_cards(page) == ["claim:fy-002"]
    assert page.evaluate("document.activeElement.textContent") == "It is a wreck"


def test_two_texts_stand_one_after_the_other_under_their_names(
    open_page: Callable[..., Page], pages: Callable[..., Path], tmp_path: Path
) -> None:
    other = "A second report. It is short.\n"
    source = replace(
        ferry.SOURCE, iri=ferry.NAMES["src"] + "fz", label="A second report", identifier=text.identifier(other), length=len(other)
    )
    loaded = write_quarrel(tmp_path / "two")
    from kg import index, triples, turtle

    turtle.write(loaded.workspace.root / "graph" / "fz.ttl", [*triples.source_to_triples(source)], ferry.NAMES)
    again = index.load(loaded.workspace)
    page = open_page(pages("two-texts", lambda _: view.build(again, texts=[WORDS, other])), address=address("article"))
    assert page.locator("#article h2").all_inner_texts() == ["A report on the ferry", "A second report"]
    assert page.locator("#article [data-sentence]").count() == 8


# Argument


def lines_shown(page: Page) -> set[str]:
    """The claims about claims that the argument draws: words on a line, or a card of their own."""
    found: list[str] = page.eval_on_selector_all(
        "#argument .reason[data-claim], #argument .step", "all => all.filter(each => !each.hidden).map(each => each.dataset.claim)"
    )
    return set(found)


def about_claims(loaded: Index) -> set[str]:
    own = {claim.iri for claim in loaded.claims}
    return {names.compact(claim.iri, loaded.workspace.prefixes) for claim in loaded.claims if claim.subject in own or claim.object in own}


def test_the_argument_draws_every_claim_about_claims_that_passes_the_filters(quarrel_page: Callable[..., Page], quarrel: Index) -> None:
    page = quarrel_page(address=address("argument"))
    assert about_claims(quarrel) <= lines_shown(page)
    assert page.inner_text("#argument .view-note b") == str(len(about_claims(quarrel)))
    page.click("[data-facet='kind'] [data-value='cause'] input")
    drawn = lines_shown(page)
    left = about_claims(quarrel) & shown_ids(page)
    assert left <= drawn
    assert "claim:fy-007" not in drawn


def test_every_line_of_the_article_is_in_the_argument(open_page: Callable[..., Page], told: Path, article_index: Index) -> None:
    page = open_page(told, address=address("argument"))
    assert about_claims(article_index) <= lines_shown(page)
    sides = page.locator("#argument .sides > li")
    assert sides.locator(".question").count() == 2
    assert sides.locator(".count").all_inner_texts() == ["3 for, 2 against", "1 for"]


def test_conclusions_stand_above_their_reasons_and_no_card_covers_another(open_page: Callable[..., Page], told: Path) -> None:
    for width in (1440, 1024, 390):
        page = open_page(told, address=address("argument"), width=width)
        boxes = page.evaluate(
            """() => [...document.querySelectorAll('#argument .diagram')].map((part) =>
                [...part.querySelectorAll('.reason, .step')].map((each) => {
                const { left, top, right, bottom } = each.getBoundingClientRect();
                return [left, top, right, bottom, each.scrollWidth <= each.clientWidth + 1];
            }))"""
        )
        for part in boxes:
            assert all(fits for *_, fits in part)
            overlaps = [
                (a, b)
                for at, a in enumerate(part)
                for b in part[at + 1 :]
                if a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1
            ]
            assert overlaps == []
        layers = page.evaluate(
            """claimgraph.model.argument.parts.flatMap(({ cards, lines }) =>
                lines.map((line) => [cards[line.above].layer, cards[line.below].layer]))"""
        )
        assert all(above < below for above, below in layers)


def test_words_and_shapes_tell_the_lines_apart(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("argument"))
    words = {step.get_attribute("data-claim"): step.locator("bdi").inner_text() for step in page.locator("#argument .step").all()}
    assert {"raises", "undercuts", "supports", "led to"} <= set(words.values())
    dashes = {
        role: page.locator(f"#argument .line.role-{role} .body").first.evaluate(
            "path => getComputedStyle(path).strokeDasharray + getComputedStyle(path).strokeWidth"
        )
        for role in ("for", "against", "raises", "cause")
    }
    assert len(set(dashes.values())) == 4


def test_a_card_and_the_words_on_a_line_open_their_claims(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("argument"))
    page.click("#argument .step[data-claim='claim:fy-023']")
    assert panel_cards(page)[0] == "claim:fy-023"
    page.click("#argument .reason[data-claim='claim:fy-003']")
    assert panel_cards(page)[0] == "claim:fy-003"
    assert page.get_attribute("#argument .reason[data-claim='claim:fy-003']", "aria-pressed") == "true"
    assert "denied" in page.inner_text("#argument .reason[data-claim='claim:fy-003'] .marks")
    page.go_back()
    assert panel_cards(page)[0] == "claim:fy-023"


def test_a_claim_about_claims_that_others_speak_of_is_a_card_of_its_own(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("argument"))
    assert page.locator("#argument .reason[data-claim='claim:fy-022']").is_visible()
    assert page.locator("#argument .step[data-claim='claim:fy-026']").is_visible()


def test_the_argument_is_walked_and_zoomed_by_keyboard(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("argument"))
    page.focus("#argument .reason[data-claim='claim:fy-003']")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.claim") == "claim:fy-023"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.claim") == "claim:fy-020"
    page.keyboard.press("Enter")
    assert panel_cards(page)[0] == "claim:fy-020"
    before = page.locator("#argument .reason").first.bounding_box()
    page.keyboard.press("+")
    after = page.locator("#argument .reason").first.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"] * 1.1


def test_arguments_in_a_circle_are_drawn(tmp_path: Path) -> None:
    claims = [
        ferry.claim(1, "One.", ferry.ent("ferry"), "hasQuality", ferry.ent("holes")),
        ferry.claim(2, "Two.", ferry.ent("ferry"), "troubledBy", ferry.ent("holes")),
        ferry.claim(3, "Three.", ferry.claim_iri(1), "supports", ferry.claim_iri(2)),
        ferry.claim(4, "Four.", ferry.claim_iri(2), "supports", ferry.claim_iri(1)),
        ferry.claim(5, "Five.", ferry.claim_iri(5), "supports", ferry.claim_iri(5)),
    ]
    loaded = ferry.write(tmp_path, claims=claims, passages=())
    made = argument(loaded.claims, loaded.relations, [(0, 0)] * len(loaded.claims))
    assert {line["claim"] for part in made["parts"] for line in part["lines"]} == {2, 3}


# Timeline


def test_dated_claims_are_on_the_axis_in_their_order_and_the_others_are_counted(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("timeline"))
    found = page.eval_on_selector_all("#timeline .event", "all => all.map(each => each.dataset.claim)")
    assert found == ["claim:fy-009", "claim:fy-001", "claim:fy-005", "claim:fy-025"]
    assert page.locator("#timeline .date").all_inner_texts() == ["since 2018", "May 2019", "2020", "4 March 2021"]
    assert page.inner_text("#timeline .view-note") == "4 claims with a date; 13 claims without one are not on the axis."
    bars = [bar.get_attribute("class") for bar in page.locator("#timeline .bar").all()]
    assert bars == ["bar after", "bar", "bar", "bar point"]


def test_bars_stand_where_their_dates_are(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("timeline", period="2019-01-01/2021-01-01"))
    track = page.locator("#timeline .scale .track").bounding_box()
    bar = page.locator("#timeline .lane", has_text="counts 14 holes").locator(".bar").bounding_box()
    assert track is not None
    assert bar is not None
    assert abs(bar["x"] - (track["x"] + track["width"] * 365 / 731)) < 2
    assert abs(bar["x"] + bar["width"] - (track["x"] + track["width"])) < 2


def test_a_period_is_zoomed_to_by_drag_buttons_and_keys_and_stays_in_the_address(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("timeline"))
    whole = page.inner_text("#timeline .period")
    box = page.locator("#timeline .scale .track").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 20)
    page.mouse.up()
    assert "period=" in page.url
    assert page.locator("#timeline .event").count() < 4
    assert "outside this period" in page.inner_text("#timeline .view-note")
    assert quarrel_page(address=page.evaluate("location.hash.slice(1)")).inner_text("#timeline .period") == page.inner_text(
        "#timeline .period"
    )
    page.go_back()
    assert page.inner_text("#timeline .period") == whole
    page.focus("#timeline")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#timeline .period") != whole
    page.click("#timeline [aria-label='Show every date']")
    assert page.inner_text("#timeline .period") == whole


def test_an_event_opens_its_claim(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("timeline"))
    page.focus("#timeline .event[data-claim='claim:fy-009']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert panel_cards(page)[0] == "claim:fy-001"
    assert page.evaluate("location.hash").endswith("at=claim%3Afy-001")


@pytest.mark.parametrize(
    ("when", "bounds"),
    [
        ("2021", ["2021-01-01", "2022-01-01"]),
        ("2021-08~", ["2021-08-01", "2021-09-01"]),
        ("2021-12-31", ["2021-12-31", "2022-01-01"]),
        ("2021-24", ["2021-12-01", "2022-03-01"]),
        ("199X", ["1990-01-01", "2000-01-01"]),
        ("1979/1989-02-15", ["1979-01-01", "1989-02-16"]),
        ("1991/..", ["1991-01-01", None]),
        ("../1991", [None, "1992-01-01"]),
        ("-0044-03-15", ["-000044-03-15", "-000044-03-16"]),
        ("2021-13", None),
        ("../..", None),
        ("soon", None),
    ],
)
def test_dates_have_bounds(quarrel_page: Callable[..., Page], when: str, bounds: list[str | None] | None) -> None:
    script = """when => { const found = Dates.bounds(when);
        return found && [found.from, found.until].map((day) => (day === null ? null : Dates.toIso(day))); }"""
    assert quarrel_page().evaluate(script, when) == bounds


# The time that is brushed


def handle(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name)


def test_the_brush_lets_through_what_touches_its_time(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("table"))
    page.locator(".bars").scroll_into_view_if_needed()
    box = page.locator(".bars").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 20)
    page.mouse.up()
    assert shown_ids(page) == {"claim:fy-001", "claim:fy-005", "claim:fy-009"}
    assert number_of(page) == 3
    assert page.locator(".time-words").first.inner_text() == "2019 to 2020: 3 claims touch this time. 13 without a date are hidden."
    assert (handle(page, "First time").get_attribute("aria-valuetext"), handle(page, "Last time").get_attribute("aria-valuetext")) == (
        "2019",
        "2020",
    )
    again = quarrel_page(address=page.evaluate("location.hash.slice(1)"))
    assert number_of(again) == 3
    page.go_back()
    assert number_of(page) == 17


def test_the_brush_is_moved_by_keyboard_and_the_whole_of_it_is_no_filter(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page(address=address("table"))
    handle(page, "First time").focus()
    page.keyboard.press("ArrowRight")
    assert shown_ids(page) == {"claim:fy-001", "claim:fy-005", "claim:fy-009", "claim:fy-025"}
    handle(page, "Last time").focus()
    page.keyboard.press("ArrowLeft")
    assert number_of(page) == 3
    page.keyboard.press("End")
    handle(page, "First time").focus()
    page.keyboard.press("Home")
    assert number_of(page) == 17
    assert page.locator("#chips").is_hidden()


def test_the_histogram_counts_follow_the_other_filters(quarrel_page: Callable[..., Page]) -> None:
    page = quarrel_page()
    told = page.locator(".time-words").first
    assert told.inner_text() == "2018 to 2021: 4 claims touch this time. 13 without a date are shown too."
    page.click("[data-facet='kind'] [data-value='statistic'] input")
    assert told.inner_text() == "2018 to 2021: 3 claims touch this time. 13 without a date are shown too."


# Everything


@pytest.mark.parametrize("way", WAYS)
def test_hostile_text_runs_in_no_way_in(open_page: Callable[..., Page], pages: Callable[..., Path], way: str) -> None:
    def make(folder: Path) -> str:
        folder.mkdir()
        return view.build(ferry.write_hostile(folder), title=ferry.HOSTILE, texts=[ferry.WORDS])

    page = open_page(pages("hostile-told", make), address=address(way))
    assert page.locator(f"#{way}-view").is_visible()
    for claim in ("claim:fy-004", "claim:fy-011", "claim:fy-012"):
        page.evaluate("hash => { location.hash = hash; }", address(way, claim))
    assert page.evaluate("window.pwned") is None
    assert page.locator("img").count() == 0
    assert page.evaluate("[...document.links].every((link) => /^(https?|file):$/.test(link.protocol))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_every_way_in_fits_every_width_and_both_schemes(
    open_page: Callable[..., Page], told: Path, artefacts: Path, width: int, scheme: str
) -> None:
    for way in WAYS[1:4]:
        for name, at in ((way, ()), (f"{way}-claim", ("claim:ra-142",))):
            page = open_page(told, address=address(way, *at), width=width, height=844 if width == 390 else 900, color_scheme=scheme)
            page.screenshot(path=artefacts / f"told-{name}-{width}-{scheme}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= width


class Hand:
    """A hand that counts what it does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def click(self, selector: str) -> None:
        self.actions += 1
        self.page.locator(selector).first.click()

    def type(self, words: str) -> None:
        self.actions += 1
        self.page.fill("#search", words)

    def evidence(self, claim: str) -> str:
        """The place of a claim in the panel: paragraph, sentence, offsets, with the text also the quote."""
        card = self.page.locator(f"#panel .card[data-claim='{claim}']").first
        assert self.actions <= 4
        place = card.locator(".place").first.inner_text()
        assert all(word in place for word in ("Paragraph", "sentence", "characters"))
        return card.inner_text()


@pytest.fixture(params=["with the text", "without the text"])
def hand(
    request: pytest.FixtureRequest, open_page: Callable[..., Page], pages: Callable[..., Path], told: Path, article_index: Index
) -> Hand:
    if request.param == "with the text":
        return Hand(open_page(told))
    return Hand(open_page(pages("article-untold", lambda _: view.build(article_index))))


def test_who_says_that_the_taliban_are_reasonable(hand: Hand) -> None:
    hand.type("reasonable")
    hand.click("[data-view='table']")
    hand.click("tr[data-claim='claim:ra-037'] button")
    assert "Dmitry Zhirnov says so" in hand.evidence("claim:ra-037")


def test_what_moscow_is_worried_about_and_who_disagrees(hand: Hand) -> None:
    hand.type("terrorism")
    hand.click("[data-view='table']")
    hand.click("tr[data-claim='claim:ra-126'] button")
    assert "worried about" in hand.evidence("claim:ra-126")
    hand.click("tr[data-claim='claim:ra-135'] button")
    denial = hand.evidence("claim:ra-135")
    assert "Taliban says so" in denial
    assert "denied" in denial


def test_what_share_of_imports_came_from_where_according_to_whom(hand: Hand) -> None:
    hand.type("imports percent")
    hand.click("[data-view='table']")
    shares = hand.page.locator("#table .column-figure").all_inner_texts()
    assert {"4 %", "16 %", "18 %", "20 %"} <= {share.replace("\u00a0", " ").replace("\u202f", " ") for share in shares}
    hand.click("tr[data-claim='claim:ra-080'] button")
    assert "National Statistics and Information Authority says so" in hand.evidence("claim:ra-080")


def test_which_reasons_the_author_gives_for_symbolism(hand: Hand) -> None:
    hand.click("[data-view='argument']")
    hand.click("#argument .reason[data-claim='claim:ra-142']")
    hand.evidence("claim:ra-142")
    hand.click("#argument .reason[data-claim='claim:ra-141']")
    hand.evidence("claim:ra-141")
    hand.click("#argument .reason[data-claim='claim:ra-152']")
    hand.evidence("claim:ra-152")


def test_which_sentences_of_the_article_are_not_claims(open_page: Callable[..., Page], told: Path) -> None:
    hand = Hand(open_page(told))
    hand.click("[data-view='article']")
    assert hand.page.inner_text("#article .view-note").startswith("Each of the 37 sentences carries a claim; headings carry none.")
    hand.click("#article .piece")
    assert hand.page.locator("#panel .card").count() == 1
    hand.evidence("claim:ra-001")


def test_what_the_talibans_own_claims_are(hand: Hand) -> None:
    hand.click("#panel .worlds button:has-text('Taliban')")
    hand.click("[data-view='table']")
    own = hand.page.locator("#table tbody tr")
    assert [row.get_attribute("data-claim") for row in own.all()] == ["claim:ra-135"]
    hand.click("tr[data-claim='claim:ra-135'] button")
    assert "denied" in hand.evidence("claim:ra-135")
