"""The site as a crawler meets it: every link leads somewhere, nothing leads out unasked, and every name has its page and its documents."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import crawler
import pyoxigraph as ox
import pytest
from sites import BASE_URL, Built, hosting, on_disk, over_http

from kg import names, site
from kg.pages.documents import triples_of

if TYPE_CHECKING:
    from pathlib import Path

    from kg.index import Index

pytest_plugins = ("sites",)

UNLINKED = {".nojekyll", "404.html", "manifest.json", "robots.txt", "shapes.ttl", "sitemap.xml", "w3id/.htaccess", "w3id/README.md"}
"""What nobody follows a link to."""
KINDS = ("claim", "entity", "graph", "passage", "plover", "relation", "source")


@pytest.fixture(scope="module", params=["article_site", "published_site", "hostile_site"])
def built(request: pytest.FixtureRequest) -> Built:
    found: Built = request.getfixturevalue(request.param)
    return found


def test_every_link_from_the_disk_leads_somewhere_and_every_file_is_linked(built: Built) -> None:
    root = built.folder.as_uri() + "/"
    found = crawler.crawl(root + "index.html", on_disk)
    assert found.faults == []
    reached = {address.removeprefix(root) for address in found.files}
    written = {path.as_uri().removeprefix(root) for path in built.files.values()}
    assert written - reached - UNLINKED == set()


def test_every_link_leads_somewhere_under_a_path_of_a_server(published_site: Built, tmp_path: Path) -> None:
    (tmp_path / "some" / "place").mkdir(parents=True)
    (tmp_path / "some" / "place" / "site").symlink_to(published_site.folder)
    with hosting(tmp_path) as address:
        found = crawler.crawl(f"{address}some/place/site/index.html", over_http)
    assert found.faults == []
    assert len(found.pages) == len([path for path in published_site.pages if path not in UNLINKED])


def test_a_crawler_finds_what_is_wrong() -> None:
    places = {
        "file:///site/index.html": b'<a href="gone.html">a</a> <a href="b.html#nowhere">b</a> <a href="/elsewhere">c</a> <img src="https://x.org/a">'
        b'<a href="file:///site/b.html">d</a> <a href="folder/">e</a> <a href="https://x.org/">f</a> <a href="b.html#is">g</a>',
        "file:///site/b.html": b'<p id="is">here</p>',
    }
    found = crawler.crawl("file:///site/index.html", lambda address: ("text/html", places[address]) if address in places else None)
    assert sorted(fault.partition(": ")[2] or fault for fault in found.faults) == sorted(
        [
            "nothing is there",
            "nothing is there",
            "the page has no such place",
            "leads out of the site: a href=/elsewhere",
            "leads out of the site: img src=https://x.org/a",
            "an absolute link into the site: file:///site/b.html",
        ]
    )
    assert list(found.outside) == ["https://x.org/"]


def test_no_style_and_no_page_asks_for_anything_elsewhere(built: Built) -> None:
    for path, file in built.files.items():
        if path.endswith(".css"):
            assert not crawler.asks_for_more(file.read_text(encoding="utf-8")), path
    pages = "".join(built.files[path].read_text(encoding="utf-8") for path in built.pages)
    policies = set(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', pages))
    assert pages.count("Content-Security-Policy") == len(built.pages)
    assert all(each.startswith(("default-src &#39;none&#39;", "default-src 'none'")) for each in policies)
    assert not any(outside in policy for policy in policies for outside in ("http:", "https:", "*", "unsafe"))


def test_links_into_the_site_do_not_say_where_it_is_but_for_the_canonical_one(published_site: Built) -> None:
    for path in published_site.pages:
        whole = [link for link in published_site.seen[path].links if link.address.startswith(BASE_URL)]
        assert [link.rel for link in whole] == ([] if path in {"404.html", "map.html"} else ["canonical"]), path
        assert all(link.address == BASE_URL + path for link in whole)


def test_every_page_has_a_language_a_title_of_its_own_and_no_id_twice(built: Built) -> None:
    titles: dict[str, str] = {}
    for path, page in built.seen.items():
        assert page.language == "en", path
        assert page.title.strip(), path
        assert len(page.ids) == len(set(page.ids)), path
        titles[path] = page.title
    if "claim/ra-001.html" in titles:
        assert len(set(titles.values())) > 0.8 * len(titles)


def test_the_turtle_and_the_json_ld_of_every_page_say_the_same_and_the_page_says_it_too(built: Built) -> None:
    stems = [path.removesuffix(".ttl") for path in built.files if path.endswith(".ttl") and not path.startswith(("data.", "shapes."))]
    assert len(stems) > 20
    for stem in stems:
        turtle = said_in(built.files[f"{stem}.ttl"], ox.RdfFormat.TURTLE)
        linked = built.files.get(f"{stem}.jsonld")
        if linked is None:  # an answer of a query that gives triples has both; nothing has Turtle alone
            pytest.fail(f"{stem}.ttl stands alone")
        assert turtle == said_in(linked, ox.RdfFormat.JSON_LD), stem
        page = built.seen.get(f"{stem}.html")
        if page and not stem.startswith("queries/"):
            documents = [each for each in page.linked_data if '"@graph"' in each]
            assert all(json.loads(each) == json.loads(linked.read_bytes()) for each in documents), stem
            assert documents or linked.stat().st_size > 100_000, stem


def said_in(path: Path, form: ox.RdfFormat) -> set[ox.Quad]:
    """What a document says, its blank nodes under their canonical names."""
    found = ox.Dataset(ox.parse(path.read_bytes(), format=form, base_iri=BASE_URL))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(found)


def test_every_name_of_the_article_has_its_page_and_its_documents(article_site: Built) -> None:
    workspace = article_site.index.workspace
    found = set()
    for path in [*workspace.ontology_files, *workspace.graph_files]:
        for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
            found |= {term.value for term in (quad.subject, quad.predicate, quad.object) if isinstance(term, ox.NamedNode)}
    places = {iri.removeprefix(names.BASE) for iri in found if iri.startswith(tuple(f"{names.BASE}{kind}/" for kind in KINDS))}
    places |= {f"ontology/{iri.removeprefix(names.KG)}" for iri in found if iri.startswith(names.KG)}
    places = {f"{place}index" if place.endswith("/") else place for place in places}
    assert len(places) > 400
    twins = {place for place in places if place != place.lower() and place.lower() in places}  # one file on some disks
    assert twins == {"ontology/Passage"}
    places = (places - twins) | {site.Site(article_site.index).addresses.file(f"{names.KG}Passage")}
    missing = {f"{place}.{suffix}" for place in places for suffix in ("html", "ttl", "jsonld")} - article_site.files.keys()
    assert missing == set()


@pytest.mark.parametrize("place", ["entity/taliban", "claim/ra-001", "relation/fears", "source/ra"])
def test_the_document_of_a_thing_says_what_the_graph_says(article_site: Built, article_index: Index, place: str) -> None:
    said = {quad.triple for quad in ox.parse(article_site.files[f"{place}.ttl"].read_bytes(), format=ox.RdfFormat.TURTLE)}
    named = {triple for triple in said if isinstance(triple.subject, ox.NamedNode)}
    assert named == set(triples_of(article_index, names.BASE + place))
