"""The pages of `kg serve` in a real browser, from a real server on a free port: what a first visitor does, and what nobody may do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import ferry
import pytest
from served import ROOT, Served, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

DENIED = "SELECT ?claim ?label\nWHERE {\n  ?claim kg:polarity kg:denied ; rdfs:label ?label .\n}"
HOSTILE_QUERY = """#+ summary: </title><script>window.pwned=1</script><img src=x onerror=window.pwned=2>
#+ description: <img src=x onerror=window.pwned=2>
#+ tags: <b>, "onload=window.pwned=3
#+ param: who | iri | optional | "><img src=x onerror=window.pwned=4>
SELECT ?claim ?who ?label WHERE { ?claim rdf:subject ?who ; rdfs:label ?label } ORDER BY ?claim
"""


EXPECTED = ("the server responded with a status of", "Executing inline script violates")
"""What a browser says of errors that a test asks for."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The workspace of the checkout, served with patience: drawing the whole map takes long on a machine that has other things to do."""
    with serving(ROOT, tmp_path_factory.mktemp("served"), "--timeout", "120s") as server:
        yield server


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    ferry.write_hostile(folder)
    (folder / "queries").mkdir()
    (folder / "queries" / "evil.rq").write_text(HOSTILE_QUERY, encoding="utf-8")
    with serving(folder, tmp_path_factory.mktemp("hostile-log")) as server:
        yield server


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(ROOT, tmp_path_factory.mktemp("hurried"), "--timeout", "1s") as server:
        yield server


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of a server; at the end no other server was asked and nothing went wrong in a page."""
    troubles: list[str] = []
    contexts = []

    def start(server: Served, address: str, *, width: int = 1440, height: int = 900, may_fail: bool = False, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()

        def heard(kind: str, text: str) -> None:
            if kind in {"error", "warning"} and not (may_fail and any(words in text for words in EXPECTED)):
                troubles.append(text)

        page.on("console", lambda message: heard(message.type, message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith((server.url, "data:", "blob:")) else troubles.append(request.url))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.goto(server.url + address)
        return page

    yield start
    for context in contexts:
        context.close()
    assert troubles == []


def findings(page: Page, axe: str) -> list[str]:
    """What axe finds on the page as it stands, frames apart."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(axe)
    found: Any = page.evaluate("axe.run(document, { resultTypes: ['violations'], iframes: false })")
    return [f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for each in found["violations"] for node in each["nodes"]]


def ask(text: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": text, **more})


def ready(page: Page) -> Page:
    page.wait_for_selector("body[data-ready]")
    return page


# The walk of a first visitor


def test_a_first_visitor_asks_changes_sees_the_map_and_copies_the_link(visit: Callable[..., Page], served: Served) -> None:
    page = visit(served, "/", permissions=["clipboard-read", "clipboard-write"])
    page.click("text=What a party denies.")
    assert page.inner_text("h1") == "What a party denies."
    page.fill("[name=who]", "Taliban")
    page.click("button:has-text('Run')")
    assert page.inner_text("#result h2") == "1 row"
    assert "The Taliban deny that Afghanistan is troubled by terrorism." in page.inner_text("#result table")
    page.click("text=Change it in the editor")
    ready(page)
    assert "ent:taliban" in page.input_value("#query")
    page.fill("#query", page.input_value("#query").replace("ent:taliban", "ent:author-of-ra"))
    page.press("#query", "Control+Enter")
    page.wait_for_url("**ent%3Aauthor-of-ra**")
    assert page.inner_text("#result h2") != "1 row"
    page.click("#result nav >> text=Map")
    page.wait_for_selector("iframe")
    drawn = page.frame_locator("iframe")
    drawn.locator("body[data-ready]").wait_for(timeout=60_000)
    assert "of" in drawn.locator("#count").inner_text()
    page.click("#copy-link")
    page.wait_for_selector("text=Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "view=map" in link
    assert link.endswith("#result")
    again = visit(served, link.removeprefix(served.url))
    assert again.locator("iframe").count() == 1
    assert "ent:author-of-ra" in again.input_value("#query")


def test_everything_of_the_walk_works_without_scripts(visit: Callable[..., Page], served: Served) -> None:
    page = visit(served, "/", java_script_enabled=False)
    page.click("text=What a party denies.")
    page.fill("[name=who]", "ent:taliban")
    page.click("button:has-text('Run')")
    assert page.inner_text("#result h2") == "1 row"
    page.click("text=Change it in the editor")
    page.fill("#query", DENIED)
    page.click("button:has-text('Run')")
    assert page.inner_text("#result h2") == "6 rows"
    page.click("#result nav >> text=Timeline")
    assert str(page.get_attribute("iframe", "src")).endswith("#view=timeline")


def test_the_back_button_and_links_bring_everything_back(visit: Callable[..., Page], served: Served) -> None:
    page = ready(visit(served, ask(DENIED)))
    page.fill("#query", "ASK { ?c a kg:Claim }")
    page.press("#query", "Control+Enter")
    page.wait_for_url("**ASK**")
    assert page.inner_text("#result h2") == "Yes"
    page.go_back()
    page.wait_for_url("**SELECT**")
    assert page.inner_text("#result h2") == "6 rows"
    page.goto(f"{served.url}/sparql#query={quote(DENIED)}")
    ready(page)
    assert page.input_value("#query") == DENIED
    assert page.locator("#result").count() == 0  # what stands behind the # is asked when it is told to


@pytest.mark.parametrize("scripts", [True, False])
def test_run_brings_the_answer_into_view(visit: Callable[..., Page], served: Served, *, scripts: bool) -> None:
    page = visit(served, ask("# a line\n" * 30 + "ASK {}"), height=500, java_script_enabled=scripts)
    page.click("button:has-text('Run')")
    page.wait_for_url("**#result")
    box = page.locator("#result-title").bounding_box()
    assert box
    assert 0 <= box["y"] < 400
    if scripts:
        assert page.evaluate("document.activeElement.id") == "result"


def test_run_leads_to_the_place_of_a_mistake(visit: Callable[..., Page], served: Served) -> None:
    page = ready(visit(served, "/sparql", may_fail=True))
    page.fill("#query", "SELECT * {\n  ?c kgg:polarity ?p\n}")
    page.press("#query", "Control+Enter")
    page.wait_for_url("**#result")
    ready(page)
    assert page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]") == ["query", len("SELECT * {\n  ?c ")]


def test_run_asks_again_where_the_address_is_the_same(visit: Callable[..., Page], served: Served) -> None:
    page = ready(visit(served, ask(DENIED) + "#result"))
    with page.expect_navigation(wait_until="load"):
        page.press("#query", "Control+Enter")
        page.wait_for_function("performance.getEntriesByType('navigation')[0].type === 'reload'")
    assert page.inner_text("#result h2") == "6 rows"


def test_columns_that_are_cut_are_told_and_reached_by_keys(visit: Callable[..., Page], served: Served) -> None:
    wide = "SELECT ?c ?who ?s ?p ?o ?l { ?c kg:claimant ?who ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; rdfs:label ?l } LIMIT 9"
    page = visit(served, ask(wide), width=700)
    hint = page.locator("text=More columns →")
    assert hint.is_visible()
    page.focus(".scroll")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.scroll').scrollLeft > 0")
    page.evaluate("(it => { it.scrollLeft = it.scrollWidth })(document.querySelector('.scroll'))")
    hint.wait_for(state="hidden")
    assert not visit(served, ask("SELECT ?c { ?c kg:polarity kg:denied }")).locator("text=More columns →").is_visible()


def test_the_map_leads_back(visit: Callable[..., Page], served: Served) -> None:
    page = ready(visit(served, "/map?" + urlencode({"query": DENIED})))
    page.click("text=The query")
    page.wait_for_url("**#result")
    assert page.inner_text("#result h2") == "6 rows"
    framed = visit(served, ask(DENIED, view="map"))
    framed.frame_locator("iframe").locator("text=Saved queries").click()
    framed.wait_for_url("**/queries/")


def test_timeline_of_an_answer_opens_as_a_timeline(visit: Callable[..., Page], served: Served) -> None:
    page = visit(served, "/queries/claims-between-dates/timeline?firstDay=2021-01-01&lastDay=2022-12-31")
    drawn = page.frame_locator("iframe")
    drawn.locator("body[data-ready]").wait_for(timeout=60_000)
    assert drawn.locator("#tab-timeline").get_attribute("aria-selected") == "true"


def test_answers_are_downloaded(visit: Callable[..., Page], served: Served) -> None:
    page = visit(served, ask(DENIED))
    with page.expect_download() as waiting:
        page.click(".downloads >> text=CSV")
    assert waiting.value.suggested_filename == "answer.csv"
    assert Path(waiting.value.path()).read_text(encoding="utf-8").startswith("claim,label")


# The editor


def test_the_editor_shows_the_place_of_a_mistake(visit: Callable[..., Page], served: Served) -> None:
    page = ready(visit(served, ask("SELECT * {\n  ?c kgg:polarity ?p\n}"), may_fail=True))
    assert page.inner_text("#gutter .bad") == "2"
    assert page.inner_text("#layer .bad-token") == "kgg:polarity"
    assert page.evaluate("document.activeElement.id") == "query"
    assert page.evaluate("document.activeElement.selectionStart") == len("SELECT * {\n  ?c ")
    page.keyboard.press("Delete")
    assert page.locator("#gutter .bad").count() == 0


def test_the_editor_completes_what_is_begun_and_undo_takes_it_back(visit: Callable[..., Page], served: Served) -> None:
    page = ready(visit(served, "/sparql"))
    page.fill("#query", "")
    page.focus("#query")
    page.keyboard.type("SELECT * { ?c kg:claimant ent:tal")
    page.wait_for_selector("#editor-names:not([hidden]) li:has-text('ent:taliban')")
    assert page.get_attribute("#query", "aria-activedescendant") == "editor-name-0"
    page.keyboard.press("Enter")
    assert page.input_value("#query").endswith("ent:taliban")
    assert page.locator("#editor-names").is_hidden()
    page.keyboard.press("Control+z")
    assert not page.input_value("#query").endswith("ent:taliban")
    page.keyboard.type(" }")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"


def test_the_editor_numbers_lines_and_colours_what_is_typed(visit: Callable[..., Page], served: Served) -> None:
    page = ready(visit(served, "/sparql"))
    page.fill("#query", "# note\nSELECT ?a { ?a kg:x '<img src=x>' }\n<urn:a>")
    assert page.locator("#gutter div").count() == 3
    kinds = page.eval_on_selector_all("#layer span", "all => all.map((each) => [each.className, each.textContent])")
    assert ["note-token", "# note"] in kinds
    assert ["string-token", "'<img src=x>'"] in kinds
    assert ["name-token", "<urn:a>"] in kinds
    same = "document.getElementById('layer').textContent === document.getElementById('query').value + '\\n'"
    assert page.evaluate(same)
    positions = page.evaluate(
        """() => ['layer', 'query'].map((id) => document.getElementById(id).getBoundingClientRect()).map(({ left, top }) => [left, top])"""
    )
    assert positions[0] == positions[1]


def test_a_long_query_is_posted_and_answered(visit: Callable[..., Page], served: Served) -> None:
    page = ready(visit(served, "/sparql"))
    page.fill("#query", f"# {'x' * 9000}\n{DENIED}")
    page.click("button:has-text('Run')")
    page.wait_for_selector("#result")
    assert page.inner_text("#result h2") == "6 rows"
    assert "too long to stand in a link" in page.inner_text("#result")


def test_names_are_offered_in_a_field(visit: Callable[..., Page], served: Served) -> None:
    page = visit(served, "/queries/who-says-what")
    page.focus("[name=whom]")
    page.keyboard.type("emba")
    page.wait_for_function(
        "[...document.querySelector('[name=whom]').list.options].some((each) => /embass/i.test(each.value + each.label))"
    )


# What goes wrong


def test_a_query_that_takes_too_long_ends_in_words_and_a_way_back(visit: Callable[..., Page], hurried: Served) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    page = visit(hurried, ask(slow), may_fail=True)
    ready(page)
    assert "The query was stopped" in page.inner_text("[role=alert]")
    assert "1 s" in page.inner_text("[role=alert]")
    assert page.input_value("#query") == slow
    page.fill("#query", DENIED)
    page.press("#query", "Control+Enter")
    page.wait_for_selector("#result table")
    assert page.inner_text("#result h2") == "6 rows"


@pytest.mark.parametrize("address", ["/entity/nobody", "/queries/no-such", "/nowhere", "/map?about=Atlantis"])
def test_what_is_not_there_is_said_on_a_page(visit: Callable[..., Page], served: Served, address: str) -> None:
    page = visit(served, address, may_fail=True)
    assert page.inner_text("[role=alert]")
    assert page.locator("nav a").count() == 3


# Things


def test_a_name_leads_to_its_page_and_on(visit: Callable[..., Page], served: Served) -> None:
    page = visit(served, "/entity/taliban")
    assert page.url == f"{served.url}/page/entity/taliban"
    assert page.inner_text("h1") == "Taliban"
    page.click("text=The Taliban deny that Afghanistan is troubled by terrorism.")
    assert page.url == f"{served.url}/page/claim/ra-135"
    page.click("text=See it on the map")
    ready(page)
    assert "The Taliban deny" in page.inner_text("#panel")


def test_terms_of_the_ontology_have_places_on_its_page(visit: Callable[..., Page], served: Served) -> None:
    page = visit(served, "/ontology#Claim")
    assert page.url == f"{served.url}/page/ontology#Claim"
    assert page.locator("#Claim:target").count() == 1


def test_find_leads_to_a_thing(visit: Callable[..., Page], served: Served) -> None:
    page = visit(served, "/")
    page.fill("[name=q]", "taliban")
    page.press("[name=q]", "Enter")
    page.wait_for_url("**/page/entity/taliban")


# For everybody

PLACES = [
    "/",
    ask(DENIED),
    ask(DENIED, view="map"),
    ask("SELECT * { ?c kgg:x ?y }"),
    "/queries/",
    "/queries/who-says-what?who=Taliban",
    "/queries/denials?who=Nobody",
    "/page/entity/taliban",
    "/page/claim/ra-135",
    "/page/source/ra",
    "/page/passage/ra-3988-4042",
    "/page/ontology",
    "/find?q=tal",
    "/nowhere",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    visit: Callable[..., Page], served: Served, axe: str, scheme: str, width: int
) -> None:
    page = visit(served, "/", width=width, color_scheme=scheme, may_fail=True, bypass_csp=True)
    found: dict[str, object] = {}
    for address in PLACES:
        page.goto(served.url + address)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        found[address] = findings(page, axe)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[address] = "too wide"
    assert {address: each for address, each in found.items() if each} == {}


def test_axe_finds_nothing_with_names_offered(visit: Callable[..., Page], served: Served, axe: str) -> None:
    page = ready(visit(served, "/sparql", bypass_csp=True))
    page.fill("#query", "")
    page.focus("#query")
    page.keyboard.type("ASK { ?s ?p ent:tal")
    page.wait_for_selector("#editor-names li")
    assert findings(page, axe) == []


def test_every_control_is_reached_by_tab_and_shows_that_it_is(visit: Callable[..., Page], served: Served) -> None:
    page = ready(visit(served, ask(DENIED)))
    page.evaluate("document.activeElement.blur()")
    for _ in range(page.evaluate("document.querySelectorAll('button, input, textarea, a[href], summary, [tabindex]').length") + 3):
        page.keyboard.press("Tab")
        page.evaluate(
            """() => { const it = document.activeElement, box = it.closest('.editor') ?? it;
                it.dataset.reached = getComputedStyle(it.id === 'query' ? box : it).outlineStyle; }"""
        )
    missed = page.evaluate(
        """() => [...document.querySelectorAll('button, input, textarea, a[href], summary')]
            .filter((each) => each.checkVisibility() && each.tabIndex >= 0 && each.dataset.reached === undefined)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert missed == []
    assert page.eval_on_selector_all("[data-reached='none']", "all => all.filter((each) => each !== document.body).length") == 0


# Text of others


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/queries/",
        "/queries/evil",
        "/queries/evil/map",
        "/queries/evil?who=" + quote(ferry.HOSTILE),
        "/page/entity/ferry",
        "/page/claim/fy-011",
        "/page?" + urlencode({"iri": "javascript:window.pwned=5"}),
        "/find?q=" + quote(ferry.HOSTILE),
        ask(ferry.HOSTILE),
        ask("SELECT * { ?s ?p ?o }"),
        "/sparql#query=" + quote(ferry.HOSTILE),
    ],
)
def test_text_of_others_runs_nothing_and_asks_nobody(visit: Callable[..., Page], hostile: Served, address: str) -> None:
    page = visit(hostile, address, may_fail=True)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.pwned") is None
    assert page.locator("img").count() == 0
    assert page.locator("a[href^='javascript' i]").count() == 0


def test_completing_shows_hostile_labels_as_text(visit: Callable[..., Page], hostile: Served) -> None:
    page = ready(visit(hostile, "/sparql"))
    page.fill("#query", "")
    page.focus("#query")
    page.keyboard.type("ASK { ?s ?p ent:f")
    page.wait_for_selector("#editor-names li")
    assert "<script>" in page.inner_text("#editor-names")
    assert page.evaluate("window.pwned") is None


def test_other_sites_cannot_frame_a_page_and_pages_run_no_inline_script(visit: Callable[..., Page], served: Served) -> None:
    page = visit(served, "/", may_fail=True)
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }))")
    assert page.evaluate("window.ran") is None
    assert "frame-ancestors 'self'" in served.get("/", accept="text/html").headers["content-security-policy"]
