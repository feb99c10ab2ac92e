"""What leaves the page: files read back by other programs, pictures, the printed sheet, links and citations."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import ferry
import pyoxigraph as ox
import pytest

from kg import export, names, projection, triples, view
from kg.export.network import flat
from kg.view import data, linked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from kg.index import Index
    from kg.model import Claim

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="session")
def indexes(tmp_path_factory: pytest.TempPathFactory, article_index: Index) -> dict[str, Index]:
    folder = tmp_path_factory.mktemp("exported")
    made = {"ferry": ferry.write, "hostile": ferry.write_hostile, "random": ferry.write_random}
    for name in made:
        (folder / name).mkdir()
    return {name: write(folder / name) for name, write in made.items()} | {"article": article_index}


@pytest.fixture
def open_index(open_page: Callable[..., Page], pages: Callable[..., Path], indexes: dict[str, Index]) -> Callable[..., Page]:
    def start(name: str, **options: Any) -> Page:
        title = ferry.HOSTILE if name == "hostile" else "The ferry"
        texts = [ferry.WORDS] if name == "ferry" else []
        return open_page(pages(f"exports-{name}", lambda _: view.build(indexes[name], title=title, texts=texts)), **options)

    return start


def exported(page: Page, name: str) -> bytes:
    """What a button of the export list hands over, as a file."""
    page.click("#export-button")
    with page.expect_download() as download:
        page.locator("#export-list button", has_text=name).click()
    return download.value.path().read_bytes()


def text_of(page: Page, name: str) -> str:
    return exported(page, name).decode("utf-8-sig")


def records(quads: list[ox.Quad]) -> tuple[set[Claim], set[Any], set[Any], set[Any]]:
    """Claims, passages, sources and entities that a document holds."""
    said = triples.properties_by_subject(quads)
    readers: dict[str, Callable[..., Any]] = {
        "Claim": triples.claim_from_triples,
        "Passage": triples.passage_from_triples,
        "Source": triples.source_from_triples,
    }
    found: dict[str, set[Any]] = {name: set() for name in (*readers, "Entity")}
    for iri, properties in said.items():
        kinds = {term.value.rpartition("#")[2] for term in properties[names.TYPE] if isinstance(term, ox.NamedNode)}
        name = next((kind for kind in readers if kind in kinds), "Entity")
        found[name].add(readers.get(name, triples.entity_from_triples)(iri, properties))
    return tuple(found.values())  # type: ignore[return-value]  # four sets, in this order


def in_order(claims: Any) -> dict[str, Any]:
    """Claims by IRI, with lists in one order: RDF has none."""
    from dataclasses import replace

    ordered = [
        replace(each, passages=tuple(sorted(each.passages)), derived_from=tuple(sorted(each.derived_from)), notes=tuple(sorted(each.notes)))
        for each in claims
    ]
    return {each.iri: each for each in ordered}


def parsed(text: str, name: str) -> list[ox.Quad]:
    media = {"Turtle": ox.RdfFormat.TURTLE, "JSON-LD": ox.RdfFormat.JSON_LD}[name]
    return list(ox.parse(text, format=media))


@pytest.mark.parametrize("name", ["Turtle", "JSON-LD"])
@pytest.mark.parametrize("which", ["ferry", "hostile", "random", "article"])
def test_turtle_and_json_ld_hold_the_claims_to_the_letter(
    open_index: Callable[..., Page], indexes: dict[str, Index], which: str, name: str
) -> None:
    loaded = indexes[which]
    claims, passages, sources, entities = records(parsed(text_of(open_index(which), name), name))
    assert in_order(claims) == in_order(loaded.claims)
    cited = {iri for claim in loaded.claims for iri in claim.passages}
    assert passages == {loaded.passages[iri] for iri in cited}
    assert {source.iri for source in sources} == {passage.source for passage in passages}
    assert all(loaded.sources[source.iri] == source for source in sources)
    mentioned = {end for claim in loaded.claims for end in (claim.subject, claim.object, claim.claimant, claim.reported_by)}
    assert {entity.iri for entity in entities} == mentioned & loaded.entities.keys()
    assert all(
        (entity.label, entity.types, entity.definition, set(entity.alt_labels))
        == (known.label, known.types, known.definition, set(known.alt_labels))
        for entity in entities
        if (known := loaded.entities[entity.iri])
    )


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own reader of JSON-LD
def test_rdflib_reads_the_same_triples_from_both(open_index: Callable[..., Page]) -> None:
    rdflib = pytest.importorskip("rdflib")
    page = open_index("hostile")
    graphs = [rdflib.Graph().parse(data=text_of(page, name), format=kind) for name, kind in (("Turtle", "turtle"), ("JSON-LD", "json-ld"))]
    assert len(graphs[0]) > 100
    assert set(graphs[0]) == set(graphs[1])


def test_only_the_claims_shown_are_exported(open_index: Callable[..., Page]) -> None:
    page = open_index("ferry", address=urlencode({"not-polarity": "denied"}))
    claims, *_ = records(parsed(text_of(page, "Turtle"), "Turtle"))
    assert {claim.iri for claim in claims} == {claim.iri for claim in ferry.CLAIMS if claim.polarity == "affirmed"}
    rows = list(csv.reader(io.StringIO(text_of(page, "CSV"))))
    assert len(rows) == 1 + len(claims)


_COLUMNS = {"source": "subject", "target": "object", "id": "claim", "source_label": "subject_label", "target_label": "object_label"}


@pytest.mark.parametrize("which", ["ferry", "hostile", "article"])
def test_csv_says_what_the_edges_of_export_say_and_guards_formulas(
    open_index: Callable[..., Page], indexes: dict[str, Index], which: str
) -> None:
    edges = export.export(export.Wanted(indexes[which]), "csv").files["edges.csv"].decode()
    known = [{_COLUMNS.get(name, name): cell for name, cell in row.items()} for row in csv.DictReader(io.StringIO(edges, newline=""))]
    found = list(csv.DictReader(io.StringIO(text_of(open_index(which), "CSV"), newline="")))
    by_claim = {row["claim"]: row for row in found}
    assert len(found) == len(known)
    for row in known:
        same = by_claim[row["claim"]]
        for name, cell in row.items():
            assert sorted(same[name].split(" | ")) == sorted(cell.split(" | ")), name
    assert not [cell for row in found for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("which", ["ferry", "hostile", "article"])
def test_gexf_is_read_back_by_networkx(open_index: Callable[..., Page], indexes: dict[str, Index], which: str) -> None:
    import networkx as nx

    loaded = indexes[which]
    found = nx.read_gexf(io.BytesIO(exported(open_index(which), "GEXF")))
    known = flat(projection.to_network(loaded))
    assert set(found.nodes) == set(known.nodes)
    edges = {data["id"]: (one, other, data) for one, other, data in found.edges(data=True)}
    assert set(edges) == {claim.iri for claim in loaded.claims}
    for claim in loaded.claims:
        subject, _, told = edges[claim.iri]
        assert (subject, told["claimant"], told["polarity"], told["relation"]) == (
            claim.subject,
            claim.claimant,
            claim.polarity,
            claim.relation,
        )
        assert told.get("notes", "") == " | ".join(claim.notes)
    for node, told in known.nodes(data=True):
        assert found.nodes[node]["label"] == told["label"]


@pytest.mark.parametrize("which", ["ferry", "hostile", "random"])
def test_the_svg_is_valid_xml_with_every_line_and_name(open_index: Callable[..., Page], indexes: dict[str, Index], which: str) -> None:
    page = open_index(which)
    root = ET.fromstring(text_of(page, "SVG"))  # noqa: S314  # made by the page under test
    drawn = page.evaluate("claimgraph.map.linesDrawn().length")
    assert len(root.findall(f"{SVG}g[@id='lines']/{SVG}g")) == drawn > 0
    words = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    for entity in indexes[which].entities.values() if which == "ferry" else ():
        if any(entity.iri in (claim.subject, claim.object) for claim in indexes[which].claims):
            assert all(word in words for word in entity.label.split())
    assert not [element for element in root.iter() if element.tag.rpartition("}")[2] in {"script", "image", "foreignObject", "a", "use"}]
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]


def test_denied_hedged_and_disputed_lines_of_the_svg_need_no_colour(open_index: Callable[..., Page]) -> None:
    root = ET.fromstring(text_of(open_index("ferry"), "SVG"))  # noqa: S314
    lines = root.findall(f"{SVG}g[@id='lines']/{SVG}g")
    dashes = {line.findtext(f"{SVG}title"): line.find(f"{SVG}path").get("stroke-dasharray") for line in lines}  # type: ignore[union-attr]
    assert dashes["Aldmoor may want a bridge."] == "1.5 5"
    signs = [element.text for element in root.findall(f"{SVG}g[@id='words']/{SVG}text")]
    assert "≠ ✕ 2" in signs
    assert "3" in signs


def test_the_png_has_two_pixels_for_each_of_the_svg(open_index: Callable[..., Page]) -> None:
    page = open_index("ferry")
    root = ET.fromstring(text_of(page, "SVG"))  # noqa: S314
    png = exported(page, "PNG")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    assert abs(width - 2 * float(root.get("width") or 0)) <= 2
    assert abs(height - 2 * float(root.get("height") or 0)) <= 2


def test_a_dark_screen_exports_a_picture_on_white(open_index: Callable[..., Page]) -> None:
    assert text_of(open_index("ferry", color_scheme="dark"), "SVG") == text_of(open_index("ferry", color_scheme="light"), "SVG")


def test_the_sheet_that_is_printed_has_the_map_and_numbered_claims_with_passages(
    open_index: Callable[..., Page],
    artefacts: Path,
) -> None:
    page = open_index("ferry", address=urlencode({"not-polarity": "denied"}))
    printed = page.pdf(path=artefacts / "sheet.pdf")
    assert printed.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert page.locator("#sheet img").is_visible()
    assert page.locator("header").is_hidden()
    assert page.locator("#sheet > ol > li").count() == 9
    first = page.inner_text("#sheet > ol > li:first-child")
    for words in ("Aldmoor's council closed the ferry.", "the council of Aldmoor closed the ferry", "paragraph 1, sentence 1, characters"):
        assert words in first
    assert "9 of 10 claims. Filters: Polarity" in page.inner_text("#sheet .note-line")
    assert page.locator("#sheet ol").evaluate("list => getComputedStyle(list).listStyleType") == "decimal"
    assert "ni:///sha-256;" in page.inner_text("footer")


def cited(page: Page) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".card button", has_text="Copy citation").first.click()
    page.wait_for_function("document.getElementById('said').textContent === 'The citation is copied'")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_citation_quotes_the_text_and_nothing_else(open_index: Callable[..., Page]) -> None:
    one, two = ferry.passage_of("The river office"), ferry.passage_of("14 holes")
    assert cited(open_index("ferry", address=urlencode({"at": "claim:fy-004"}))) == (
        "The river office ranks the ferry as most endangered by holes. "
        "Claimant: river office, reported by author of the source; polarity: affirmed; certainty: certain. "
        f"Source: A report on the ferry, paragraph 2, sentence 4, characters {one.start}\u2013{one.end}, {two.start}\u2013{two.end}, "
        f"in the words of the text: “The river office … 14 holes”. <{ferry.claim_iri(4)}>; text {ferry.SOURCE.identifier}"
    )


def test_a_citation_without_the_text_has_nothing_in_quotation_marks_and_names_who_wrote_what_when(
    open_page: Callable[..., Page], pages: Callable[..., Path], tmp_path: Path
) -> None:
    source = replace(ferry.SOURCE, title="The ferry", creator=ferry.ent("author"), published="2020-06")
    index = ferry.write(tmp_path, source=source)
    where = ferry.passage_of("Brenwick denies that the ferry leaks")
    page = open_page(pages("exports-untold", lambda _: view.build(index)), address=urlencode({"at": "claim:fy-003"}))
    assert cited(page) == (
        "Brenwick denies that the ferry is troubled by holes. "
        "Claimant: Brenwick, reported by author of the source; polarity: denied; certainty: certain. "
        f"Source: author of the source, The ferry, 2020-06, paragraph 2, sentence 3, characters {where.start}\u2013{where.end}. "
        f"<{ferry.claim_iri(3)}>; text {ferry.SOURCE.identifier}"
    )


def test_hostile_text_runs_nothing_in_any_export(open_index: Callable[..., Page]) -> None:
    page = open_index("hostile")
    for name in ("SVG", "PNG", "CSV", "Turtle", "JSON-LD", "GEXF"):
        exported(page, name)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#sheet script, #sheet [onerror]").count() == 0
    assert page.evaluate("window.pwned") is None
    svg = text_of(page, "SVG")
    other = page.context.new_page()
    other.set_content(svg)
    assert other.evaluate("window.pwned") is None


def test_the_page_holds_its_claims_as_json_ld_where_they_are_few(indexes: dict[str, Index]) -> None:
    html = view.build(indexes["hostile"])
    held = re.search(r'<script type="application/ld\+json" id="linked">(.*?)</script>', html, re.DOTALL)
    assert held
    claims, *_ = records(parsed(held[1], "JSON-LD"))
    assert in_order(claims) == in_order(indexes["hostile"].claims)
    assert not set("<>&") & set(held[1])


def test_a_large_graph_is_not_said_twice(tmp_path: Path) -> None:
    loaded = ferry.write_random(tmp_path, entities=20, claims=linked.EMBEDDED_AT_MOST + 1)
    assert linked.embedded(data.PageData(loaded)) == ""


def test_the_json_ld_of_the_page_is_that_of_its_export(open_index: Callable[..., Page]) -> None:
    page = open_index("ferry")
    held, made = json.loads(page.inner_text("#linked")), json.loads(text_of(page, "JSON-LD"))
    assert held["@context"] == made["@context"]
    nodes = [{node["@id"]: node for node in each["@graph"]} for each in (held, made)]
    for node in (*nodes[0].values(), *nodes[1].values()):
        node.update({name: sorted(value) for name, value in node.items() if isinstance(value, list)})
    assert nodes[0] == nodes[1]
