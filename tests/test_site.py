"""The site as files: safe names, documents that say what the server says, the same bytes each time, and nothing of others lost."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import ferry
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic
from sites import BASE_URL

from kg import context, index, names, site, turtle, workspace
from kg.entities import merge
from kg.errors import InputError, UsageError
from kg.pages import documents
from kg.serve import resources
from kg.site import folder, lists, things
from kg.site.addresses import FOLDERS, Addresses, folder_of
from kg.site.site import File

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Run
    from sites import Built

    from kg.index import Index

pytest_plugins = ("sites",)

ODD = (
    "..",
    "../../etc/passwd",
    "a%2F..%2Fb",
    "Кабул",
    "كابل",
    "Café",
    "cafe\u0301",
    "CON",
    "nul.txt",
    "index",
    "a" * 300,
    "Taliban",
    "TALIBAN",
    "taliban",
    "a/b/c",
    "a?b=c",
    "~x",
    ".hidden",
    "_private",
    "ends.",
    "-dash",
    "x.ttl",
    "x",
    "a&b'c",
)
EMBEDDED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def ferry_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ferry.write(tmp_path_factory.mktemp("ferry"))


@pytest.fixture(scope="module")
def ferry_files(ferry_index: Index) -> dict[str, bytes]:
    return {file.path: file.data for file in site.build(ferry_index)}


@pytest.fixture(scope="module")
def odd_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Entities with every name that a disk or a browser might take for something else."""
    where = tmp_path_factory.mktemp("odd")
    ferry.write(where)
    entities = [
        ox.Triple(ox.NamedNode(ferry.ent(name)), ox.NamedNode(names.PREF_LABEL), ox.Literal(f"Odd {at}", language="en"))
        for at, name in enumerate(ODD)
    ]
    turtle.write(where / "graph" / "odd.ttl", entities, ferry.NAMES)
    return index.load(workspace.find(where))


# Names


def test_every_thing_has_a_file_of_its_own_also_where_capitals_are_small_letters(odd_index: Index) -> None:
    addresses = Addresses(odd_index)
    files = [addresses.file(iri) for iri in addresses]
    assert [file for file, often in Counter(file.casefold() for file in files).items() if often > 1] == []
    assert len(files) > len(ODD)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_becomes_a_file_name_that_is_safe_everywhere(odd_index: Index, name: str) -> None:
    file = Addresses(odd_index).file(ferry.ent(name))
    where, _, local = file.partition("/")
    assert where == "entity"
    assert re.fullmatch(r"[A-Za-z0-9~][A-Za-z0-9._~-]{0,110}", local)
    assert local.partition(".")[0].lower() not in {"con", "nul", "index"}
    assert quote(local) == local


def test_a_plain_name_stays_as_it_is_whatever_else_there_is(odd_index: Index) -> None:
    addresses = Addresses(odd_index)
    assert [addresses.file(ferry.ent(name)) for name in ("ferry", "taliban", "x.ttl", "x")] == [
        "entity/ferry",
        "entity/taliban",
        "entity/x.ttl",
        "entity/x",
    ]


def test_pages_of_odd_names_are_written_and_say_what_they_are_about(odd_index: Index, tmp_path: Path) -> None:
    site.write(odd_index, tmp_path / "site")
    addresses = Addresses(odd_index)
    for at, name in enumerate(ODD):
        page = (tmp_path / "site" / f"{addresses.file(ferry.ent(name))}.html").read_text(encoding="utf-8")
        assert f"<h1><bdi>Odd {at}</bdi></h1>" in page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_names_of_others_are_apart_and_no_scheme_but_the_web_is_a_link(tmp_path: Path) -> None:
    hostile = ferry.write_hostile(tmp_path)
    for file in site.build(hostile):
        if file.path.endswith(".html"):
            assert b'href="javascript:' not in file.data.lower(), file.path
    assert folder_of("javascript:alert(1)", hostile.workspace.base)[0] == "other"


# Documents


def graph(data: bytes, form: str) -> rdflib.Graph:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ConjunctiveGraph", DeprecationWarning)  # rdflib's own reader of JSON-LD makes one
        return rdflib.Graph().parse(data=data.decode(), format=form)


def documents_in(page: bytes) -> list[str]:
    """The JSON-LD of a page that is the document of its thing; claims stand there in schema.org's words, too."""
    return [each for each in EMBEDDED.findall(page.decode()) if '"@graph"' in each]


@pytest.mark.parametrize(
    "place", ["entity/ferry", "claim/fy-001", "source/fy", "relation/metWith", "plover/CONSULT", "ontology/denied", "ontology/index"]
)
def test_turtle_json_ld_and_page_say_the_same_to_another_reader(ferry_files: dict[str, bytes], place: str) -> None:
    said = graph(ferry_files[f"{place}.ttl"], "turtle")
    assert len(said) > 2
    assert isomorphic(said, graph(ferry_files[f"{place}.jsonld"], "json-ld"))
    embedded = documents_in(ferry_files[f"{place}.html"])
    assert len(embedded) == 1
    assert isomorphic(said, graph(embedded[0].encode(), "json-ld"))


def test_every_document_is_the_one_of_the_server(ferry_index: Index, ferry_files: dict[str, bytes]) -> None:
    compared = 0
    for iri in (found := Addresses(ferry_index)):
        kind, _, local = found.file(iri).partition("/")
        if (
            kind in {"claim", "entity", "graph", "passage", "source", "plover", "relation"}
            and local not in {"", "index"}
            and "~" not in local
        ):
            for suffix in ("ttl", "jsonld"):
                assert resources.document(ferry_index, f"{kind}/{local}.{suffix}").body == ferry_files[f"{kind}/{local}.{suffix}"]
            compared += 1
    assert compared > 80
    assert resources.document(ferry_index, "ontology.ttl").body == ferry_files["ontology/index.ttl"]


def test_nodes_without_a_name_are_the_same_each_time(ferry_index: Index, tmp_path: Path) -> None:
    ferry.write(tmp_path)
    extra = "<https://example.org/entity/x> <urn:p> [ <urn:q> 1 , 2 ; <urn:r> [ <urn:q> 3 ] ] .\n".replace(
        "https://example.org/", ferry_index.workspace.base
    )
    (tmp_path / "ontology" / "extra.ttl").write_text(extra)
    one, other = ({file.path: file.data for file in site.build(index.load(workspace.find(tmp_path)))} for _ in range(2))
    assert one == other
    said = graph(one["entity/x.ttl"], "turtle")
    assert isomorphic(said, graph(one["entity/x.jsonld"], "json-ld"))
    assert len(list(said.triples((None, rdflib.URIRef("urn:q"), None)))) == 3
    assert b"something without a name" in one["entity/x.html"]


def test_every_document_holds_what_it_speaks_of_the_published_context_and_means_the_same_under_all_of_it(
    ferry_files: dict[str, bytes],
) -> None:
    whole = json.loads(ferry_files[context.NAME])["@context"]
    compared = 0
    for path, data in ferry_files.items():
        if path.endswith(".jsonld") and path.partition("/")[0] in FOLDERS:
            held = json.loads(data)["@context"]
            assert held.items() <= whole.items(), path
            under_all = json.dumps(json.loads(data) | {"@context": whole})
            assert isomorphic(graph(data, "json-ld"), graph(under_all.encode(), "json-ld")), path
            assert len(held) < len(whole) or path == "ontology/index.jsonld"
            compared += 1
    assert compared > 200
    assert json.loads(ferry_files["claim/fy-001.jsonld"])["@context"]["claimant"] == {"@id": names.CLAIMANT, "@type": "@id"}


@pytest.mark.parametrize("said", ["<urn:p> <ent:x>", '<urn:p> "a"@ar--rtl'])
def test_what_the_words_of_the_context_have_no_place_for_is_in_expanded_json_ld(tmp_path: Path, said: str) -> None:
    ferry.write(tmp_path)
    iri = ferry.ent("ferry")
    (tmp_path / "graph" / "odd.ttl").write_text(f"<{iri}> {said} .\n")
    found = index.load(workspace.find(tmp_path))
    triples = documents.triples_of(found, iri)
    data = documents.written(found, triples, "jsonld")
    assert isinstance(json.loads(data), list)
    assert {quad.triple for quad in ox.parse(data, format=ox.RdfFormat.JSON_LD)} == set(triples)


# What documents say of themselves


def said_of_itself(data: bytes, form: str) -> dict[str, dict[str, str]]:
    """What a document says of documents: the last part of a property's name to its value, by document."""
    said = graph(data, form)
    return {
        str(at) if isinstance(at, rdflib.URIRef) else "": {names.local_name(str(key)): str(value) for key, value in said[at]}
        for at in said.subjects(rdflib.URIRef(names.PRIMARY_TOPIC))
    }


@pytest.mark.parametrize(("suffix", "form"), [("ttl", "turtle"), ("jsonld", "json-ld")])
def test_a_document_says_what_it_is_about_of_which_data_set_and_under_which_licence(
    published_site: Built, article_site: Built, suffix: str, form: str
) -> None:
    place = "entity/taliban"
    told = {
        "primaryTopic": names.BASE + place,
        "inDataset": f"{names.BASE}dataset",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    both = {f"{BASE_URL}{place}.{each}": told for each in ("ttl", "jsonld")}
    assert said_of_itself(published_site.files[f"{place}.{suffix}"].read_bytes(), form) == both
    unnamed = said_of_itself(article_site.files[f"{place}.{suffix}"].read_bytes(), form)
    assert unnamed == {"": told}  # where it will be is not known, and readers without a base refuse relative names


def test_the_ontology_is_not_of_the_data_set_nor_under_its_licence(published_site: Built) -> None:
    for place, iri in (
        ("ontology/denied", f"{names.KG}denied"),
        ("relation/fears", f"{names.REL}fears"),
        ("ontology/index", names.KG[:-1]),
    ):
        told = said_of_itself(published_site.files[f"{place}.ttl"].read_bytes(), "turtle")
        assert told[f"{BASE_URL}{place}.ttl"] == {"primaryTopic": iri}


def test_a_licence_is_told_only_where_it_is_known_and_not_that_of_a_snapshot(ferry_files: dict[str, bytes], tmp_path: Path) -> None:
    dataset = f"{names.BASE}dataset"
    assert said_of_itself(ferry_files["entity/ferry.ttl"], "turtle") == {
        "": {"primaryTopic": ferry.ent("ferry"), "inDataset": dataset},
    }
    ferry.write(tmp_path)
    (tmp_path / "graph" / "snapshots").mkdir()
    own, other = f"{names.BASE}graph/own", f"{names.BASE}graph/snapshots/others"
    for name, graph_name in (("own", own), ("snapshots/others", other)):
        licensed = f"<{graph_name}> <{names.LICENCE}> <https://example.org/{name}> .\n"
        (tmp_path / "graph" / f"{name}.ttl").write_text(licensed)
    found = index.load(workspace.find(tmp_path))
    licences = {
        iri: [triple.object.value for triple in documents.about_itself(found, iri) if triple.predicate.value == names.LICENCE]  # type: ignore[union-attr]
        for iri in (own, other, ferry.ent("ferry"))
    }
    assert licences == {own: ["https://example.org/own"], other: [], ferry.ent("ferry"): ["https://example.org/own"]}


def test_json_ld_in_a_page_cannot_end_its_script(tmp_path: Path) -> None:
    hostile = ferry.write_hostile(tmp_path)
    for file in site.build(hostile):
        if file.path.startswith("claim/fy-") and file.path.endswith(".html"):
            found = documents_in(file.data)
            assert len(found) == 1
            assert all("<" not in each for each in EMBEDDED.findall(file.data.decode()))
            assert any("</script><script>" in str(node) for node in json.loads(found[0])["@graph"])


# Pages


def test_pages_name_their_documents_and_say_what_they_are_made_of(ferry_index: Index, ferry_files: dict[str, bytes]) -> None:
    page = ferry_files["entity/ferry.html"].decode()
    assert '<link rel="alternate" type="text/turtle" href="ferry.ttl">' in page
    assert '<link rel="alternate" type="application/ld+json" href="ferry.jsonld">' in page
    pages = {path: data.decode() for path, data in ferry_files.items() if path.endswith(".html")}
    assert len(pages) > 100
    assert [path for path, text in pages.items() if f"sha256:{ferry_index.content_hash}" not in text] == []
    assert [path for path, text in pages.items() if "Content-Security-Policy" not in text or "default-src" not in text] == []


def test_claims_that_are_too_many_for_a_page_go_on_on_further_ones(tmp_path: Path) -> None:
    found = ferry.write_random(tmp_path, entities=6, claims=180)
    files = {file.path: file.data.decode() for file in things.things(site.Site(found)) if file.path.endswith(".html")}
    about = next(file for file in files if re.fullmatch(r"entity/[^/]*~about-2\.html", file)).removesuffix("~about-2.html")
    pages = [f"{about}.html", *sorted(path for path in files if path.startswith(f"{about}~about-"))]
    claims = [
        claim
        for path in pages
        for claim in re.findall(r'<h3 class="sentence"><a href="(\.\./claim/[^"]*)"', files[path].partition('id="part-says"')[0])
    ]
    addresses = Addresses(found)
    iri = next(iri for iri in addresses if addresses.file(iri) == about)
    assert len(claims) == len(set(claims)) == sum(iri in {claim.subject, claim.object} for claim in found.claims)
    assert "affirmed~valued-2.html" not in "".join(files)


def test_lists_go_on_on_further_pages_and_lose_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.site.listing.ROWS", 30)
    found = ferry.write_random(tmp_path, entities=40, claims=70)
    files = {file.path: file.data.decode() for file in lists.files(site.Site(found)) if file.path.startswith("claim/index")}
    assert sorted(files) == ["claim/index.html", "claim/index~2.html", "claim/index~3.html"]
    listed = re.findall(r'<p class="name">.*?href="(\.\./claim/[^"]*)"', "".join(files.values()))
    addresses = Addresses(found)
    assert sorted(listed) == sorted(f"../{addresses.file(claim.iri)}.html" for claim in found.claims)


def test_passages_are_quoted_only_where_the_text_is_given(ferry_index: Index, ferry_files: dict[str, bytes]) -> None:
    words = "Brenwick denies that the ferry leaks"
    path = f"{Addresses(ferry_index).file(ferry.passage_of(words).iri)}.html"
    assert words.encode() not in ferry_files[path]
    quoted = {file.path: file.data for file in site.build(ferry_index, texts=[ferry.WORDS])}
    assert words.encode() in quoted[path]
    assert words.encode() in quoted["passage/index.html"]
    assert quoted["entity/ferry.ttl"] == ferry_files["entity/ferry.ttl"]
    with pytest.raises(InputError, match="registered with"):
        list(site.build(ferry_index, texts=["another text"]))


def test_search_has_every_entity_with_its_other_names_and_every_claim(ferry_index: Index, ferry_files: dict[str, bytes]) -> None:
    script = ferry_files["static/names.js"].decode()
    rows = json.loads(script.removeprefix("globalThis.claimgraph = ").strip().removesuffix(";"))["rows"]
    found = {row[2]: row for row in rows}
    addresses = Addresses(ferry_index)
    for iri, entity in ferry_index.entities.items():
        row = found[addresses.file(iri)]
        assert row[0] == entity.label
        assert set(entity.alt_labels) <= set(row[3].split("\n") if len(row) > 3 else ())
    assert {addresses.file(claim.iri) for claim in ferry_index.claims} <= found.keys()
    assert [file for file in found if f"{file}.html" not in ferry_files] == []


def test_an_old_name_leads_to_the_new_one(tmp_path: Path) -> None:
    merge(ferry.write(tmp_path), "ent:council", "ent:river-office").write()
    files = {
        file.path: file.data.decode() for file in site.build(index.load(workspace.find(tmp_path))) if file.path.endswith((".html", ".js"))
    }
    said = files["entity/council.html"]
    assert re.search(r'An old name of <a href="\.\./entity/river-office\.html"[^>]*><bdi>river office</bdi></a>', said)
    assert "An old name" not in files["entity/river-office.html"]
    rows = json.loads(files["static/names.js"].removeprefix("globalThis.claimgraph = ").strip().removesuffix(";"))["rows"]
    found = {row[2]: row for row in rows}
    assert "entity/council" not in found
    assert "council of Aldmoor" in found["entity/river-office"][3].split("\n")


def test_the_ontology_has_every_term_with_an_anchor_and_the_relations_as_a_tree(ferry_index: Index, ferry_files: dict[str, bytes]) -> None:
    page = ferry_files["ontology/index.html"].decode()
    terms = {
        quad.subject.value
        for quad in ferry_index.store
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(names.KG)
    }
    kinds = {names.OWL + "Ontology", names.SKOS + "ConceptScheme"}
    for iri in terms:
        said = ferry_index.said_of(iri).get(names.TYPE, [])
        anchor = iri.removeprefix(names.KG)
        assert f'id="{anchor}"' in page or any(getattr(term, "value", "") in kinds for term in said), iri
    for iri, relation in ferry_index.relations.items():
        assert page.count(f'id="relation-{names.local_name(iri)}"') == 1, relation.label
    narrow = page.index('id="relation-metWith"')
    assert page.rindex('class="narrower"', 0, narrow) > page.rindex('id="relation-interactsWith"', 0, narrow)


def test_a_workspace_without_claims_has_a_site(tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    assert run_kg("init", tmp_path / "new").code == 0
    done = run_kg("--dir", tmp_path / "new", "site", "-o", tmp_path / "site")
    assert done.code == 0, done.err
    assert "There is nothing in this list yet." in (tmp_path / "site" / "entity" / "index.html").read_text(encoding="utf-8")


# The folder


def tree(where: Path) -> dict[str, bytes]:
    return {path.relative_to(where).as_posix(): path.read_bytes() for path in sorted(where.rglob("*")) if path.is_file()}


def files(*paths: str) -> list[File]:
    return [File(path, path.encode()) for path in paths]


def test_a_new_site_takes_the_place_of_the_old_one_as_a_whole(tmp_path: Path) -> None:
    where = tmp_path / "deep" / "site"
    assert folder.replace(where, files("index.html", "a/b.html", "a/c.html"), {}) == (
        4,
        len(b"index.htmla/b.htmla/c.html") + len((where / "manifest.json").read_bytes()),
        0,
    )
    folder.replace(where, files("index.html", "d/e.html"), {})
    assert sorted(tree(where)) == ["d/e.html", "index.html", "manifest.json"]
    assert [path.name for path in where.parent.iterdir()] == ["site"]


def test_what_others_put_into_the_folder_stays(tmp_path: Path) -> None:
    where = tmp_path / "site"
    folder.replace(where, files("index.html", "a/b.html", "gone/x.html"), {})
    (where / "CNAME").write_text("example.org")
    (where / ".git" / "refs" / "tags").mkdir(parents=True)
    (where / ".git" / "HEAD").write_text("ref")
    (where / "a" / "mine.txt").write_text("mine")
    (where / "gone" / "mine.txt").write_text("mine, too")
    (where / "link").symlink_to("CNAME")
    written = folder.replace(where, files("index.html", "a/b.html", "a/new.html"), {})
    assert written.kept == 5
    assert tree(where).keys() == {
        ".git/HEAD",
        "CNAME",
        "a/b.html",
        "a/mine.txt",
        "a/new.html",
        "gone/mine.txt",
        "index.html",
        "link",
        "manifest.json",
    }
    assert (where / ".git" / "refs" / "tags").is_dir()
    assert (where / "link").is_symlink()


def test_a_file_of_others_is_never_overwritten(tmp_path: Path) -> None:
    where = tmp_path / "site"
    folder.replace(where, files("index.html"), {})
    for name in ("a/b.html", "A", "Manifest.json"):
        (where / name).parent.mkdir(exist_ok=True)
        (where / name).write_text("mine")
        before = tree(where)
        with pytest.raises(UsageError, match=r"is not of the earlier site|was changed"):
            folder.replace(where, files("index.html", "a/b.html"), {})
        assert tree(where) == before
        (where / name).unlink()
        if name == "a/b.html":
            (where / "a").rmdir()


def test_a_file_that_somebody_changed_is_not_lost(tmp_path: Path) -> None:
    where = tmp_path / "site"
    folder.replace(where, files("index.html"), {})
    (where / "index.html").write_text("my own words")
    with pytest.raises(UsageError, match="was changed since kg site wrote it"):
        folder.replace(where, files("index.html"), {})
    assert (where / "index.html").read_text() == "my own words"


@pytest.mark.parametrize(
    "manifest", [None, "[]", "{}", '{"files": {}}', '{"generator": "other", "files": {}}', "{", '{"generator": "kg site", "files": []}']
)
def test_a_folder_that_is_no_site_is_left_alone(tmp_path: Path, manifest: str | None) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    before = tree(tmp_path)
    with pytest.raises(UsageError, match="holds files that kg site did not write"):
        folder.replace(tmp_path, files("index.html"), {})
    assert tree(tmp_path) == before


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir(mode=0o750)
    folder.replace(tmp_path / "site", files("index.html"), {})
    assert sorted(tree(tmp_path / "site")) == ["index.html", "manifest.json"]
    assert (tmp_path / "site").stat().st_mode & 0o777 == 0o750


def test_a_site_that_fails_half_way_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    folder.replace(tmp_path / "site", files("index.html"), {})
    (tmp_path / "site" / "CNAME").write_text("example.org")
    before = tree(tmp_path)

    def failing() -> list[File]:
        raise InputError("no")

    def broken() -> object:
        yield File("new.html", b"")
        failing()

    with pytest.raises(InputError):
        folder.replace(tmp_path / "site", broken(), {})  # type: ignore[arg-type]
    assert tree(tmp_path) == before


@pytest.mark.parametrize("failing", ["swap", "keep"])
def test_a_disk_that_fails_while_the_new_site_takes_its_place_gives_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    folder.replace(tmp_path / "site", files("index.html"), {})
    (tmp_path / "site" / "A-mine").write_text("one")
    (tmp_path / "site" / "A-nowhere").symlink_to("nothing")
    (tmp_path / "site" / "B-mine").write_text("two")
    before = tree(tmp_path)
    rename = Path.rename

    def failed(self: Path, target: Path) -> Path:
        is_swap = target.name == "site" and not self.name.endswith(".old")
        if (failing == "swap" and is_swap) or (failing == "keep" and self.name == "B-mine" and ".old" in str(self)):
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failed)
    with pytest.raises(Exception, match="cannot write"):
        folder.replace(tmp_path / "site", files("index.html", "new.html"), {})
    assert tree(tmp_path) == before
    assert (tmp_path / "site" / "A-nowhere").is_symlink()


@pytest.mark.parametrize("steps", range(5))
def test_what_others_put_there_is_not_lost_where_it_is_killed_while_the_new_site_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    where = tmp_path / "[site]"
    folder.replace(where, files("index.html", "a/old.html"), {})
    (where / "CNAME").write_text("example.org")
    (where / "a" / "mine.txt").write_text("mine")
    done: list[Path] = []
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if len(done) == steps:
            raise SystemExit  # what follows it never runs when a process is killed, so nothing is undone either
        done.append(target)
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        patched.setattr(folder, "_undo", lambda *_, **__: None)
        patched.setattr(folder, "discard", lambda _: None)
        with pytest.raises(SystemExit):
            folder.replace(where, files("index.html", "new.html"), {})
    foreign = tmp_path / ".[site].12345678.old"
    foreign.mkdir()
    (foreign / "mine").write_text("mine")
    folder.replace(where, files("index.html", "newer.html"), {})
    assert tree(where).keys() == {"CNAME", "a/mine.txt", "index.html", "manifest.json", "newer.html"}
    assert sorted(tmp_path.iterdir()) == sorted([where, foreign])
    assert (foreign / "mine").is_file()


BUILD = """
import sys, time
from pathlib import Path
from kg.site import folder
from kg.site.site import File

def files():
    yield File("a/page.html", b"")
    print("begun", flush=True)
    time.sleep(600)

folder.replace(Path(sys.argv[1]), files(), {})
"""


def test_what_a_killed_build_left_behind_goes_with_the_next_and_a_living_one_is_left_alone(tmp_path: Path) -> None:
    where = tmp_path / "[site]"
    folder.replace(where, files("old.html"), {})
    with subprocess.Popen([sys.executable, "-c", BUILD, where], stdout=subprocess.PIPE) as build:
        try:
            assert build.stdout is not None
            assert build.stdout.readline() == b"begun\n"
            (making,) = set(tmp_path.iterdir()) - {where}
            folder.replace(where, files("index.html"), {})
            assert (making / "a" / "page.html").is_file()
        finally:
            build.kill()
    assert set(tmp_path.iterdir()) == {where, making}
    copies = [tmp_path / ".[site].12345678", tmp_path / ".[site].1234567", tmp_path / ".other.12345678"]
    for copy in copies:
        shutil.copytree(making, copy)  # by another name than its mark says, it is somebody's own
    (tmp_path / ".[site].abcdefgh").mkdir()
    (tmp_path / ".[site].linked_1").symlink_to(making)
    folder.replace(where, files("index.html"), {})
    assert set(tmp_path.iterdir()) == {where, *copies, tmp_path / ".[site].abcdefgh", tmp_path / ".[site].linked_1"}
    assert tree(where).keys() == {"index.html", "manifest.json"}


def test_what_was_killed_while_it_removed_the_old_site_is_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = tmp_path / "site"
    folder.replace(where, files("index.html", "a/page.html", "b/page.html"), {})
    removed: list[object] = []

    def killed(path: object, **_: object) -> None:
        removed.append(path)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", killed)
        with pytest.raises(SystemExit):
            folder.replace(where, files("index.html"), {})
    (left,) = set(tmp_path.iterdir()) - {where}
    assert len(removed) == 1
    assert tree(where).keys() == {"index.html", "manifest.json"}
    folder.replace(where, files("index.html"), {})
    assert [*tmp_path.iterdir()] == [where]
    assert not left.exists()


def test_the_manifest_lists_every_file_and_the_content(ferry_index: Index, tmp_path: Path) -> None:
    written = site.write(ferry_index, tmp_path / "site", base_url="https://example.org/x/")
    manifest = json.loads((tmp_path / "site" / "manifest.json").read_bytes())
    assert manifest["content"] == f"sha256:{ferry_index.content_hash}"
    assert manifest["address"] == "https://example.org/x/"
    assert {*manifest["files"], "manifest.json"} == tree(tmp_path / "site").keys()
    assert written.files == len(manifest["files"]) + 1


# The command


def test_the_same_workspace_gives_the_same_bytes(ferry_index: Index, tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    trees = []
    for seed in ("1", "2"):
        done = run_kg("--dir", ferry_index.workspace.root, "site", "-o", tmp_path / seed, PYTHONHASHSEED=seed, TZ=f"UTC{seed}")
        assert done.code == 0, done.err
        trees.append(tree(tmp_path / seed))
    assert trees[0] == trees[1]


def test_the_command_says_what_it_wrote_and_where_to_begin(ferry_index: Index, tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    done = run_kg("--dir", ferry_index.workspace.root, "site", "-o", tmp_path / "site")
    assert done.out == ""
    assert re.search(r"^kg: wrote \d+ files \(\d+\.\d MB\) to .*site$", done.err, re.MULTILINE)
    assert f"open {tmp_path / 'site' / 'index.html'}" in done.err


@pytest.mark.parametrize("where", ["graph", "graph/site", "ontology/x", "."])
def test_the_workspace_itself_is_never_a_site(ferry_index: Index, where: str, run_kg: Callable[..., Run]) -> None:
    root = ferry_index.workspace.root
    before = tree(root)
    assert run_kg("--dir", root, "site", "-o", root / where).code == 2
    assert tree(root) == before


def test_an_ontology_that_is_shared_by_a_link_is_no_place_for_a_site_either(tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    root = tmp_path / "workspace"
    ferry.write(root)
    (root / "ontology").rename(tmp_path / "shared")
    (root / "ontology").symlink_to(tmp_path / "shared")
    before = tree(tmp_path / "shared")
    done = run_kg("--dir", root, "site", "-o", root / "ontology" / "x")
    assert (done.code, done.err.count("\n"), tree(tmp_path / "shared")) == (2, 1, before)
    assert "belongs to the workspace" in done.err


def test_a_link_to_itself_is_no_place_for_a_site(ferry_index: Index, tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = run_kg("--dir", ferry_index.workspace.root, "site", "-o", tmp_path / "loop")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "leads back to itself" in done.err


@pytest.mark.parametrize(
    "url", ["example.org", "javascript:alert(1)", "https://", "https://example.org/?q=1", "https://exa mple.org/", 'https://a.b/"><script>']
)
def test_a_base_url_that_is_no_place_for_a_site_is_refused(
    ferry_index: Index, tmp_path: Path, url: str, run_kg: Callable[..., Run]
) -> None:
    done = run_kg("--dir", ferry_index.workspace.root, "site", "-o", tmp_path / "site", "--base-url", url)
    assert done.code == 2
    assert "cannot be where a site is" in done.err
    assert not (tmp_path / "site").exists()


def test_a_text_that_is_not_there_is_told(ferry_index: Index, tmp_path: Path, run_kg: Callable[..., Run]) -> None:
    done = run_kg("--dir", ferry_index.workspace.root, "site", "-o", tmp_path / "site", "--text", tmp_path / "none.txt")
    assert done.code == 3
    assert "there is no such file" in done.err
