"""The page and the picture as documents: what they hold, what they ask for, and that they are the same every time."""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import ferry
import pytest

from kg import index, inline, view
from kg.errors import InputError
from kg.view import data, kinds, layout, network, pack
from kg.view.facets import facets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conftest import Run

    from kg.index import Index

PIECES = sorted(path.name for path in resources.files("kg.view").iterdir() if path.name.endswith((".js", ".css", ".j2")))


@pytest.fixture(scope="module")
def ferry_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write(tmp_path_factory.mktemp("ferry"))


@pytest.fixture(scope="module")
def random_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write_random(tmp_path_factory.mktemp("random"))


@pytest.fixture(scope="module")
def hostile_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write_hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(params=["ferry_index", "random_index", "hostile_index", "article_index"])
def any_index(request: pytest.FixtureRequest) -> Index:
    found: Index = request.getfixturevalue(request.param)
    return found


class Page(HTMLParser):
    """The elements of a page, and the text of its scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        self.is_open = True

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # the signature of the parser
        self.is_open = False

    def handle_data(self, text: str) -> None:
        if self.texts and self.is_open:
            self.texts[-1] += text

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attributes, text) for (name, attributes), text in zip(self.elements, self.texts, strict=True) if name == tag]


def data_of(html: str) -> dict[str, Any]:
    return next(pack.unpacked(text) for attributes, text in Page(html).all("script") if attributes.get("id") == "data")


@functools.cache
def built(loaded: Index) -> str:
    """The page of a workspace that several tests look at, built once."""
    return view.build(loaded)


@functools.cache
def told(loaded: Index) -> dict[str, Any]:
    """The data of that page, to be read only."""
    return data_of(built(loaded))


def everything_in(html: str) -> str:
    """The page and, readable, the data that it shows; what it hands on to the letter is not shown."""
    return html + json.dumps({name: value for name, value in data_of(html).items() if name != "exact"}, ensure_ascii=False)


def test_the_page_asks_for_nothing(any_index: Index) -> None:
    page = Page(view.build(any_index, title=ferry.HOSTILE))
    names = {name for _, attributes in page.elements for name in attributes}
    assert not names & {"src", "srcset", "style", "data", "action", "background"}
    assert not [name for name in names if name.startswith("on")]
    assert not {tag for tag, _ in page.elements} & {"link", "img", "iframe", "object", "embed", "base", "form"}
    links = [attributes["href"] or "" for attributes, _ in page.all("a")]
    assert all(link.startswith(("#", "https://", "http://")) for link in links)


def test_the_policy_lets_exactly_the_scripts_and_the_style_of_the_page_run(any_index: Index) -> None:
    page = Page(built(any_index))
    policy = next(
        attributes["content"] or "" for attributes, _ in page.all("meta") if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    directives = {name: set(values) for name, *values in (part.split() for part in policy.split(";"))}

    def hashes(texts: Iterable[str]) -> set[str]:
        return {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts}

    assert directives["default-src"] == {"'none'"}
    assert directives["script-src"] == hashes(text for attributes, text in page.all("script") if "type" not in attributes)
    assert directives["style-src"] == hashes(text for _, text in page.all("style"))


def test_the_drawing_library_comes_with_its_licence_note(ferry_index: Index) -> None:
    html = built(ferry_index)
    assert "vis.js is dual licensed under both" in html
    assert "The Apache 2.0 License" in html
    assert "The MIT License" in html


@pytest.mark.parametrize("name", PIECES)
def test_the_pages_own_files_make_no_markup_from_text(name: str) -> None:
    code = resources.files("kg.view").joinpath(name).read_text(encoding="utf-8")
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|srcdoc|fetch\(|XMLHttpRequest|\|\s*safe"
    )
    assert re.findall(forbidden, code) == []


def test_hostile_text_stays_inside_its_data(hostile_index: Index) -> None:
    html = view.build(hostile_index, title=ferry.HOSTILE)
    assert "<img" not in html
    assert "<script>window" not in html
    assert "\u202e" not in everything_in(html)
    assert any("</script>" in claim["label"] for claim in data_of(html)["claims"])


def test_json_for_a_script_cannot_end_it_and_reads_back() -> None:
    words = {"a": "</script><!-- & \u2028\u2029", "b": [1, None, "é"]}
    assert json.loads(inline.to_json(words)) == words
    assert not set("<>&\u2028\u2029") & set(inline.to_json(words))


def test_the_page_holds_every_accepted_claim_with_its_evidence(any_index: Index) -> None:
    found = told(any_index)
    assert len(found["claims"]) == len(any_index.claims)
    for claim, shown in zip(any_index.claims, found["claims"], strict=True):
        assert shown["label"] == data.visible(claim.label)
        assert (shown["polarity"], shown["certainty"], shown["kind"]) == (claim.polarity, claim.certainty, claim.kind)
        assert shown.get("notes", []) == [data.visible(note) for note in claim.notes]
        assert sum(len(each["places"]) for each in shown.get("evidence", [])) == len(claim.passages)


def test_claims_that_are_not_accepted_are_not_in_the_page(tmp_path: Path) -> None:
    secret = replace(ferry.CLAIMS[9], status="rejected", label="A rejected sentence.")
    assert "A rejected sentence." not in everything_in(view.build(ferry.write(tmp_path, claims=[*ferry.CLAIMS[:9], secret])))


COUNTS = {
    "claimant": "?claim kg:claimant ?value",
    "relation": "?claim rdf:predicate ?value",
    "polarity": "?claim kg:polarity ?value",
    "certainty": "?claim kg:certainty ?value",
    "kind": "?claim kg:kind ?value",
}


def counts_by_query(loaded: Index, pattern: str) -> dict[str, int]:
    prefixes = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in loaded.workspace.prefixes.items())
    where = f"?claim a kg:Claim ; kg:status kg:accepted . {pattern}"
    rows: Any = loaded.store.query(f"{prefixes} SELECT ?value (COUNT(DISTINCT ?claim) AS ?n) WHERE {{ {where} }} GROUP BY ?value")
    return {row["value"].value: int(row["n"].value) for row in rows}


@pytest.mark.parametrize("key", COUNTS)
@pytest.mark.parametrize("which", ["ferry_index", "random_index", "article_index"])
def test_facets_count_what_sparql_counts(request: pytest.FixtureRequest, which: str, key: str) -> None:
    loaded = request.getfixturevalue(which)
    facet = next(facet for facet in told(loaded)["facets"] if facet["key"] == key)
    counts = {value["id"]: facet["of"].count(at) for at, value in enumerate(facet["values"])}
    asked = counts_by_query(loaded, COUNTS[key])
    if key in {"claimant", "relation"}:
        assert counts == {data.PageData(loaded).curie(iri): number for iri, number in asked.items()}
    else:
        assert counts == {value.rpartition("#")[2]: number for value, number in asked.items()}


def touching(loaded: Index, value: str) -> int:
    """How many claims have a time that shares a day with a year, by a query."""
    bounds = f'FILTER(COALESCE(STR(?from), "0001") <= "{value}-12-31" && COALESCE(STR(?until), "9999") >= "{value}-01-01" && '
    dated = "(BOUND(?from) || BOUND(?until)))" if value != "undated" else ""
    ends = "OPTIONAL { ?claim kg:from ?from } OPTIONAL { ?claim kg:until ?until } "
    undated = "FILTER(!BOUND(?from) && !BOUND(?until)) "
    return sum(counts_by_query(loaded, f"{ends} {bounds + dated if dated else undated} BIND(1 AS ?value)").values())


@pytest.mark.parametrize("which", ["ferry_index", "article_index"])
def test_the_facet_of_time_counts_the_claims_that_each_year_touches(request: pytest.FixtureRequest, which: str) -> None:
    loaded = request.getfixturevalue(which)
    facet = next(facet for facet in told(loaded)["facets"] if facet["key"] == "time")
    spans = list(zip(facet["of"], facet["to"], strict=True))
    counts = {value["id"]: sum(first <= at <= last for first, last in spans) for at, value in enumerate(facet["values"])}
    assert counts == {value: touching(loaded, value) for value in counts}
    years = [int(value) for value in counts if value != "undated"]
    assert years == sorted(years)


def test_a_time_reaches_over_the_years_in_which_nothing_begins(tmp_path: Path) -> None:
    first = ferry.CLAIMS[0]
    long = replace(first, iri=ferry.claim_iri(60), when="1950/1953", since=date(1950, 1, 1), until=date(1953, 12, 31))
    old = replace(first, iri=ferry.claim_iri(61), when="../1948", since=None, until=date(1948, 12, 31))
    found = facets(data.PageData(ferry.write(tmp_path, claims=[first, long, old])))
    facet = next(facet for facet in found if facet["key"] == "time")
    assert [value["id"] for value in facet["values"]] == ["1948", "1950", "1951", "1952", "1953", "2019"]
    assert list(zip(facet["of"], facet["to"], strict=True)) == [(5, 5), (1, 4), (0, 0)]


def test_claims_that_all_begin_in_one_year_are_told_apart_by_month(tmp_path: Path) -> None:
    first = ferry.CLAIMS[0]
    june = replace(first, iri=ferry.claim_iri(60), when="2019-06", since=date(2019, 6, 1), until=None)
    found = facets(data.PageData(ferry.write(tmp_path, claims=[first, june])))
    assert [value["id"] for value in next(facet for facet in found if facet["key"] == "time")["values"]] == ["2019-05", "2019-06"]


def test_a_page_without_the_text_tells_the_sentences_that_the_graph_speaks_of(tmp_path: Path) -> None:
    silent = replace(ferry.PASSAGES[1], no_claim="a mere greeting")
    claims = [replace(each, passages=tuple(iri for iri in each.passages if iri != silent.iri)) for each in ferry.CLAIMS]
    loaded = ferry.write(tmp_path, claims=claims, passages=[silent if each.iri == silent.iri else each for each in ferry.PASSAGES])
    told = data.PageData(loaded).to_dict()["silences"]
    assert told == [{"source": 0, "last": 4, "stated": [[silent.sentence, silent.paragraph, "a mere greeting"]], "open": []}]
    drafts = [replace(each, status="draft") for each in claims[1:]]
    assert data.PageData(ferry.write(tmp_path, claims=[claims[0], *drafts])).to_dict()["silences"][0]["open"] == [[2, 2]]
    assert data.PageData(loaded, texts=[ferry.WORDS]).to_dict()["silences"] == []


def test_claims_carry_their_status(tmp_path: Path) -> None:
    draft = replace(ferry.CLAIMS[0], status="draft")
    loaded = ferry.write(tmp_path, claims=[draft, *ferry.CLAIMS[1:]])
    assert data.PageData(loaded, claims=loaded.all_claims).to_dict()["claims"]["status"][:2] == ["draft", "accepted"]


def test_disputes_are_marked_on_both_sides(ferry_index: Index) -> None:
    claims = {claim["id"]: claim for claim in told(ferry_index)["claims"]}
    assert claims["claim:fy-003"]["contested"] == [[3, "contradicts"]]
    assert claims["claim:fy-004"]["contested"] == [[2, "contradicts"]]
    assert sum("contested" in claim for claim in claims.values()) == 2


def test_with_the_text_a_claim_shows_its_sentence_with_its_passages_marked(ferry_index: Index) -> None:
    claims = {claim["id"]: claim for claim in data_of(view.build(ferry_index, texts=[ferry.WORDS]))["claims"]}
    assert claims["claim:fy-004"]["evidence"][0]["parts"] == [
        ["The river office", 1],
        [" counts ", 0],
        ["14 holes", 1],
        [", and Aldmoor perhaps wants a bridge.", 0],
    ]
    quoted = claims["claim:fy-002"]["evidence"][0]["parts"]
    assert [text for text, is_marked in quoted if is_marked] == ["It is a wreck"]


def test_without_the_text_no_word_of_it_is_in_the_page(ferry_index: Index) -> None:
    assert "perhaps wants" not in everything_in(built(ferry_index))
    assert "perhaps wants" in everything_in(view.build(ferry_index, texts=[ferry.WORDS]))


def test_a_text_that_is_of_no_source_is_refused(ferry_index: Index) -> None:
    with pytest.raises(InputError, match=r"this is not the text that src:fy was registered with .*kg source update fy"):
        view.build(ferry_index, texts=[ferry.WORDS + "More."])


def test_a_passage_with_a_wrong_offset_is_refused_when_the_text_is_there(tmp_path: Path) -> None:
    moved = [replace(each, start=each.start + 1) for each in ferry.PASSAGES[:1]]
    loaded = ferry.write(tmp_path, passages=[*moved, *ferry.PASSAGES[1:]])
    with pytest.raises(InputError, match="kg check --text says more"):
        view.build(loaded, texts=[ferry.WORDS])


def test_parallel_claims_are_one_line(ferry_index: Index) -> None:
    edges = view.View(ferry_index).network.edges
    bundles = [edge["claims"] for edge in edges if len(edge["claims"]) > 1]
    assert bundles == [[2, 3], [7, 8, 9]]


def test_a_claim_that_others_speak_of_has_a_mark_on_its_line(ferry_index: Index) -> None:
    drawn = view.View(ferry_index)
    marks = [node["id"] for node in drawn.network.nodes if node.get("mark")]
    assert [drawn.data.nodes[number]["id"] for number in marks] == ["claim:fy-001", "claim:fy-006"]
    for number, claim in zip(marks, (0, 5), strict=True):
        parts = [edge for edge in drawn.network.edges if edge["claims"] == [claim]]
        assert [(edge["part"], number in {edge["from"], edge["to"]}) for edge in parts] == [("a", True), ("b", True)]
        assert sum("signed" in edge for edge in parts) == 1
    cause = next(edge for edge in drawn.network.edges if edge["claims"] == [6])
    assert {cause["from"], cause["to"]} == set(marks)


def test_no_name_covers_another_in_a_small_picture(any_index: Index) -> None:
    drawn = view.View(any_index).network
    boxes = [(node, network._box(node)) for node in drawn.nodes]  # noqa: SLF001  # what the layout kept apart
    for node, box in boxes:
        box.x, box.y = node["x"], node["y"]
    frames = [layout._frame([box]) for _, box in boxes]  # noqa: SLF001
    overlaps = sum(
        min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1
        for at, one in enumerate(frames)
        for other in frames[at + 1 :]
    )
    assert overlaps <= len(frames) // 50


def test_a_part_that_is_free_of_the_rest_stands_free_of_it() -> None:
    boxes = [layout.Box(20, 5, 20) for _ in range(9)]
    lines = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0), (4, 5, 1.0), (6, 7, 1.0)]
    layout.place(boxes, lines)
    frames = [layout._frame(boxes[start:end]) for start, end in ((0, 4), (4, 6), (6, 8), (8, 9))]  # noqa: SLF001
    assert not [1 for at, one in enumerate(frames[1:], 1) for other in frames[at + 1 :] if layout._overlap(one, other)]  # noqa: SLF001


def test_a_part_is_turned_to_be_wide() -> None:
    boxes = [layout.Box(5, 5, 5) for _ in range(6)]
    layout.place(boxes, [(at, at + 1, 1.0) for at in range(5)])
    left, top, right, bottom = layout._frame(boxes)  # noqa: SLF001
    assert right - left > 5 * (bottom - top)


PROGRAM = """
import sys
from kg import index, view, workspace
made = view.View(index.load(workspace.find(sys.argv[1])))
sys.stdout.buffer.write(made.html().encode() + made.svg().encode())
"""


def test_the_same_claims_give_the_same_bytes_whatever_the_hash_seed(random_index: Index) -> None:
    def digest(seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, random_index.workspace.root],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        return hashlib.sha256(done.stdout).hexdigest()

    assert len({digest(seed) for seed in ("0", "1", "4242")}) == 1


def test_building_twice_gives_the_same_page(any_index: Index) -> None:
    assert view.build(any_index) == built(any_index)


SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> Any:
    return ET.fromstring(svg)  # noqa: S314  # our own picture


def test_the_picture_is_valid_xml_with_every_name_whole(any_index: Index) -> None:
    made = view.View(any_index, title=ferry.HOSTILE)
    root = parsed(made.svg())
    left, top, width, height = map(float, root.get("viewBox").split())
    groups = [list(group.iter(f"{SVG}text")) for group in root.findall(f"{SVG}g[@id='names']/{SVG}g")]
    drawn = [node["lines"] for node in made.network.nodes if node["lines"]]
    assert [[text.text or "" for text in group] for group in groups] == drawn
    for group in groups:
        for text in group:
            half = network.text_width(text.text or "") / 2
            assert left <= float(text.get("x")) - half
            assert float(text.get("x")) + half <= left + width
            assert top < float(text.get("y")) < top + height
    assert not [element for element in root.iter() if element.tag.rpartition("}")[2] in {"script", "image", "foreignObject", "a", "use"}]


def test_the_picture_tells_denied_and_hedged_by_their_dashes(ferry_index: Index) -> None:
    root = parsed(view.picture(ferry_index))
    dashes = {
        group.find(f"{SVG}title").text: group.find(f"{SVG}line").get("stroke-dasharray")
        for group in root.findall(f"{SVG}g[@id='lines']/{SVG}g")
    }
    assert dashes["Aldmoor may want a bridge."] == "1.5 5"
    assert dashes["Brenwick's harbour master calls the ferry a wreck."] is None
    signs = [group.find(f"{SVG}text").text for group in root.findall(f"{SVG}g[@id='signs']/{SVG}g")]
    assert sorted(signs) == ["3", "≠ ✕ 2"]


def test_the_legend_of_the_picture_is_made_from_the_data(ferry_index: Index, random_index: Index) -> None:
    def legend(loaded: Index) -> set[str | None]:
        root = parsed(view.picture(loaded))
        return {text.text for text in root.find(f"{SVG}g[@id='legend']").iter(f"{SVG}text")}

    assert {"Project", "Words or value", "in dispute", "denied"} <= legend(ferry_index)
    assert not {"Project", "Words or value"} & legend(random_index)


def test_a_label_is_wrapped_and_a_very_long_one_is_cut() -> None:
    assert network.wrap("ferry") == ["ferry"]
    assert network.wrap("") == [""]
    assert len(network.wrap("a b " * 200)) <= 5
    assert network.wrap("x" * 500)[-1].endswith("…")


def test_an_empty_workspace_makes_a_page_and_a_picture(tmp_path: Path) -> None:
    empty = ferry.write(tmp_path, claims=(), entities=(), passages=())
    assert data_of(view.build(empty))["claims"] == []
    parsed(view.picture(empty))


def test_the_title_is_that_of_the_only_source_unless_given(ferry_index: Index) -> None:
    assert "<title>A report on the ferry</title>" in built(ferry_index)
    assert "<title>A &amp; B</title>" in view.build(ferry_index, title="A & B")


def test_the_licence_of_the_data_stands_in_the_footer_where_the_graph_states_one(tmp_path: Path) -> None:
    loaded = ferry.write(tmp_path)
    assert "CC BY 4.0" not in view.build(loaded)
    graph = loaded.workspace.graph_iri(loaded.workspace.file_of("fy"))
    licence = "https://creativecommons.org/licenses/by/4.0/"
    stated = f"<{graph}> <http://purl.org/dc/terms/license> <{licence}> .\n"
    (tmp_path / "graph" / "zz.nt.gz").write_bytes(gzip.compress(stated.encode()))
    assert f'href="{licence}"' in view.build(index.load(loaded.workspace))


def test_view_writes_the_page_and_the_picture(run_kg: Callable[..., Run], tmp_path: Path, ferry_index: Index) -> None:
    done = run_kg("view", "-o", tmp_path / "map.html", "--svg", tmp_path / "map.svg", "--title", "Ferry", cwd=ferry_index.workspace.root)
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == view.build(ferry_index, title="Ferry")
    assert (tmp_path / "map.svg").read_text(encoding="utf-8") == view.picture(ferry_index, title="Ferry")
    assert "10 claims, 9 entities" in done.err


def test_view_tells_the_picture_by_its_suffix(run_kg: Callable[..., Run], tmp_path: Path, ferry_index: Index) -> None:
    assert run_kg("view", "-o", tmp_path / "map.svg", cwd=ferry_index.workspace.root).code == 0
    parsed((tmp_path / "map.svg").read_text(encoding="utf-8"))


def test_a_view_is_written_as_what_its_suffix_says(tmp_path: Path, ferry_index: Index) -> None:
    view.write(ferry_index, tmp_path / "map.html", title="Ferry")
    view.write(ferry_index, tmp_path / "map.SVG")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == view.build(ferry_index, title="Ferry")
    assert (tmp_path / "map.SVG").read_text(encoding="utf-8") == view.picture(ferry_index)


def test_view_without_a_file_says_how_to_name_one(run_kg: Callable[..., Run], ferry_index: Index) -> None:
    done = run_kg("view", cwd=ferry_index.workspace.root)
    assert done.code == 2
    assert "-o map.html" in done.err


def test_view_with_the_wrong_text_is_an_input_error_and_writes_nothing(
    run_kg: Callable[..., Run], tmp_path: Path, ferry_index: Index
) -> None:
    (tmp_path / "other.txt").write_text("Another text.", encoding="utf-8")
    done = run_kg("view", "-o", tmp_path / "map.html", "--text", tmp_path / "other.txt", cwd=ferry_index.workspace.root)
    assert done.code == 3
    assert f"{tmp_path / 'other.txt'} is not the text that src:fy was registered with" in done.err
    assert not (tmp_path / "map.html").exists()


def test_the_page_of_the_article_quotes_it_and_has_none_of_it_otherwise(article_index: Index, article: str) -> None:
    claims = data_of(view.build(article_index, texts=[article]))["claims"]
    quotes = [text for claim in claims for each in claim.get("evidence", []) for text, is_marked in each["parts"] if is_marked]
    assert len(quotes) > 100
    assert all(text in data.visible(article) for text in quotes)
    bare = told(article_index)["claims"]
    assert not [each for claim in bare for each in claim.get("evidence", []) if "parts" in each]


def test_the_most_general_kind_looks_like_no_kind_of_its_own() -> None:
    thing = kinds.kind_of(("https://schema.org/Thing",))
    others = [
        kinds.kind_of((f"https://schema.org/{name}",))
        for name in ("CreativeWork", "Book", "Product", "Vehicle", "Language", "Movie", "Brand", "Course")
    ]
    assert (thing.path, thing.light) not in {(each.path, each.light) for each in others}
