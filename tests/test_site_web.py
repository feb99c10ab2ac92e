"""What a site on the web has beside its pages: description, dumps, sitemap, redirects of names, and the workflow that publishes it."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import ferry
import pyoxigraph as ox
import pytest
from loopback import free_port
from sites import BASE_URL, Built

from kg import names, site
from kg.serve.negotiation import best

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Run

pytest_plugins = ("sites",)

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": names.DCTERMS,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": names.SKOS,
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
}
DATASET = f"{names.BASE}dataset"


# Description


def described(built: Built, base: str = BASE_URL) -> ox.Store:
    store = ox.Store()
    store.load((built.folder / "void.ttl").read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=base)
    return store


def rows(store: ox.Store, pattern: str) -> list[list[str]]:
    asked = " ".join(dict.fromkeys(re.findall(r"\?\w+", pattern)))
    found = store.query(f"SELECT {asked} {{ {pattern} }}", prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return sorted([getattr(term, "value", "") for term in solution] for solution in found)


def test_the_description_counts_what_there_is(published_site: Built) -> None:
    store, index = described(published_site), published_site.index
    told = rows(store, f"<{DATASET}> a void:Dataset , dcat:Dataset ; void:triples ?n ; void:entities ?e ; void:uriSpace ?u")
    dumped = ox.parse((published_site.folder / "data.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    size = len({quad.triple for quad in dumped})  # the data set is what its dumps hold: the ontology is not in them
    assert told == [[str(size), str(len(index.entities)), names.BASE]]
    claims = f"<{DATASET}> void:classPartition [ void:class <{names.CLAIM}> ; void:entities ?n ]"
    assert rows(store, claims) == [[str(len(index.all_claims))]]
    subjects = f"<{DATASET}> void:propertyPartition [ void:property <{names.SUBJECT}> ; void:triples ?n ]"
    assert rows(store, subjects) == [[str(len(index.all_claims))]]
    assert [iri for (iri,) in rows(store, f"<{DATASET}> dcterms:source ?s")] == sorted(index.sources)
    assert rows(store, f"<{DATASET}> dcterms:license ?l") == [["https://creativecommons.org/licenses/by/4.0/"]]
    assert rows(store, f"<{DATASET}> dcat:landingPage ?p") == [[f"{BASE_URL}index.html"]]


def test_links_to_other_data_sets_are_counted_for_each(published_site: Built) -> None:
    linked = "?l a void:Linkset ; void:linkPredicate ?p ; void:triples ?n ; void:objectsTarget [ void:uriSpace ?t ]"
    told = rows(described(published_site), f"<{DATASET}> void:subset ?l . {linked}")
    assert {"http://www.wikidata.org/entity/", "https://sws.geonames.org/"} <= {space for *_, space in told}
    wikidata = '[ void:uriSpace "http://www.wikidata.org/entity/" ; dcterms:title ?title ]'
    assert {title for (title,) in rows(described(published_site), f"[] void:objectsTarget {wikidata}")} == {"Wikidata"}
    for _, predicate, count, space in told:
        quads = published_site.index.store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())
        own = (quad for quad in quads if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(names.BASE))
        assert sum(isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(space) for quad in own) == int(count)


def test_both_documents_of_the_description_say_the_same(published_site: Built) -> None:
    found = [
        ox.Dataset(ox.parse((published_site.folder / f"void.{suffix}").read_bytes(), format=form, base_iri=BASE_URL))
        for suffix, form in (("ttl", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD))
    ]
    for each in found:
        each.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(found[0]) == set(found[1])
    assert len(found[0]) > 200


@pytest.mark.parametrize("name", ["article_site", "published_site"])
def test_every_distribution_is_there_as_it_is_described(name: str, request: pytest.FixtureRequest) -> None:
    built = request.getfixturevalue(name)
    told = "dcat:downloadURL ?at ; dcat:byteSize ?size ; dcat:mediaType|dcterms:format ?type ; dcterms:title ?title"
    found = rows(described(built), f"<{DATASET}> dcat:distribution [ {told} ; spdx:checksum [ spdx:checksumValue ?sum ] ]")
    assert {address.removeprefix(BASE_URL) for address, *_ in found} == {path for path in built.files if path.startswith("data.")}
    assert len(found) == 11
    for address, size, media_type, title, digest in found:
        data = (built.folder / address.removeprefix(BASE_URL)).read_bytes()
        assert (str(len(data)), hashlib.sha256(data).hexdigest()) == (size, digest)
        assert title
        is_registered = not address.endswith((".gexf", ".graphml"))  # IANA has no media type for these two
        assert media_type.startswith("https://www.iana.org/assignments/media-types/") == is_registered


def test_the_content_hash_is_that_of_the_canonical_n_quads(published_site: Built) -> None:
    digest = hashlib.sha256((published_site.folder / "data.nq").read_bytes()).hexdigest()
    assert rows(described(published_site), f"<{DATASET}> spdx:checksum [ spdx:checksumValue ?sum ]") == [[digest]]
    assert digest == published_site.index.content_hash
    assert digest in (published_site.folder / "index.html").read_text(encoding="utf-8")


def test_where_the_site_is_not_known_the_description_names_its_files_by_relative_addresses(article_site: Built) -> None:
    text = (article_site.folder / "void.ttl").read_text(encoding="utf-8") + (article_site.folder / "void.jsonld").read_text(
        encoding="utf-8"
    )
    assert "site.invalid" not in text
    assert "<data.nq>" in text
    assert '"data.nq"' in text


# Search engines

SCHEMA = {"schema": names.SCHEMA}


def spoken(built: Built, path: str) -> ox.Store:
    """What a page says in schema.org's words."""
    store = ox.Store()
    for each in built.seen[path].linked_data:
        if '"@graph"' not in each:
            store.load(each.encode(), format=ox.RdfFormat.JSON_LD, base_iri=BASE_URL + path)
    return store


def test_the_first_page_is_that_of_a_data_set_for_search_engines(published_site: Built) -> None:
    store = spoken(published_site, "index.html")
    asked = f"""ASK {{ <{DATASET}> a schema:Dataset ; schema:name ?name ; schema:description ?words ; schema:url <{BASE_URL}index.html> ;
        schema:license <https://creativecommons.org/licenses/by/4.0/> ; schema:isBasedOn <{names.BASE}source/ra> ;
        schema:distribution [ a schema:DataDownload ; schema:contentUrl <{BASE_URL}data.ttl> ; schema:encodingFormat "text/turtle" ] .
        FILTER(50 <= STRLEN(?words) && STRLEN(?words) <= 5000) }}"""
    assert bool(store.query(asked, prefixes=SCHEMA))


def test_a_claim_is_a_claim_for_search_engines_and_nobody_reviews_it(published_site: Built) -> None:
    index = published_site.index
    claim = next(each for each in index.claims if each.passages and each.claimant != index.sources[f"{names.BASE}source/ra"].creator)
    store = spoken(published_site, f"claim/{claim.iri.rpartition('/')[2]}.html")
    asked = f"""ASK {{ <{claim.iri}> a schema:Claim ; schema:text ?text ; schema:appearance <{names.BASE}source/ra> ;
        schema:about <{claim.subject}> ; schema:author|schema:isBasedOn <{claim.claimant}> FILTER(?text = {ox.Literal(claim.label)}) }}"""
    assert bool(store.query(asked, prefixes=SCHEMA))
    assert not any("ClaimReview" in published_site.files[path].read_text(encoding="utf-8") for path in published_site.pages)


# The web


def test_the_sitemap_has_every_page_once(published_site: Built) -> None:
    root = ET.fromstring((published_site.folder / "sitemap.xml").read_bytes())  # noqa: S314  our own
    listed = [each.text or "" for each in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert sorted(listed) == sorted(BASE_URL + path for path in published_site.pages if path != "404.html")
    assert f"Sitemap: {BASE_URL}sitemap.xml" in (published_site.folder / "robots.txt").read_text(encoding="utf-8")


def test_too_many_pages_for_one_sitemap_are_in_several(published_site: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.site import web

    monkeypatch.setattr(web, "MOST", 300)
    made = site.Site(published_site.index, base_url=BASE_URL)
    made.paths = published_site.pages
    files = {file.path: file.data for file in web.files(made)}
    listed = re.findall(r"<loc>([^<]*)</loc>", files["sitemap.xml"].decode())
    parts = [files[address.removeprefix(BASE_URL)].decode() for address in listed]
    assert sum(part.count("<url>") for part in parts) == len(published_site.pages) - 1
    assert max(part.count("<url>") for part in parts) == 300


def test_without_a_base_url_there_is_no_sitemap_and_nobody_is_redirected(article_site: Built) -> None:
    assert not {"sitemap.xml", "robots.txt", "w3id/.htaccess"} & article_site.files.keys()


def test_the_page_for_what_is_not_there_has_links_that_work_at_any_depth(published_site: Built) -> None:
    page = (published_site.folder / "404.html").read_text(encoding="utf-8")
    assert all(each.startswith(("/some/place/", "#", "data:", "https://")) for each in re.findall(r'(?:href|src)="([^"]*)"', page))


# Redirects of names

CLIENTS = {
    "": "html",
    "*/*": "html",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8": "html",
    "text/turtle": "ttl",
    "text/turtle;q=0.9, text/html;q=0.1": "ttl",
    "text/html, text/turtle;q=0.5": "html",
    "text/turtle;q=0, text/html;q=0.3": "html",
    "text/turtle, application/ld+json;q=0.8, */*;q=0.1": "ttl",
    "application/ld+json": "jsonld",
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted", */*;q=0.1': "jsonld",
    "application/ld+json, text/turtle;q=0.5": "jsonld",
    "application/ld+json;q=0.9": "jsonld",
    "image/png": "html",
}
"""What clients send, and what they get. Where `kg serve` has an answer it is the same."""
OTHERS = {
    "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1": "ttl",
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,text/turtle;q=0.6,text/html;q=0.2": "ttl",
}
"""What programs send that would rather have other RDF: rdflib and a query engine in JavaScript. A static site has Turtle for them."""
FORMS = {"text/html": "html", "text/turtle": "ttl", "application/ld+json": "jsonld"}


@pytest.fixture(scope="module")
def apache(published_site: Built) -> Iterator[Callable[[str, str], tuple[int, str]]]:
    """An Apache with the redirects of the site where w3id.org would have them; gives the status and the address that a name leads to."""
    program = shutil.which("apache2") or shutil.which("httpd") or shutil.which("apache2", path="/usr/sbin")
    modules = Path("/usr/lib/apache2/modules")
    if program is None or not modules.is_dir():
        pytest.skip("apache2 is not installed (Debian: apache2)")
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server gives up the superuser's rights
        shutil.copytree(published_site.folder / "w3id", folder / "www" / "claimgraph")
        loaded = "\n".join(
            f"LoadModule {module}_module {modules}/mod_{module}.so" for module in ("mpm_event", "authz_core", "dir", "headers", "rewrite")
        )
        (folder / "httpd.conf").write_text(
            f"{loaded}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\nErrorLog {folder}/log\n"
            f"DocumentRoot {folder}/www\n"
            f"<IfModule unixd_module>\nUser nobody\nGroup nogroup\n</IfModule>\n"
            f'<Directory "{folder}/www">\nAllowOverride All\nOptions +FollowSymLinks\nRequire all granted\n</Directory>\n'
        )
        running = subprocess.Popen([program, "-f", folder / "httpd.conf", "-D", "FOREGROUND"], stderr=subprocess.PIPE, text=True)
        try:
            _await(port, running)
            yield lambda path, accept: _asked(port, path, accept)
        finally:
            running.terminate()
            running.communicate(timeout=20)


def _await(port: int, running: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and running.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"apache2 did not begin to listen: {running.stderr.read() if running.stderr and running.poll() is not None else ''}")


def _asked(port: int, path: str, accept: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/claimgraph/{path}", headers={"Accept": accept} if accept else {})
    got = connection.getresponse()
    got.read()
    connection.close()
    assert got.status != http.HTTPStatus.SEE_OTHER or "accept" in got.getheader("Vary", "").lower()
    return got.status, got.getheader("Location") or ""


@pytest.mark.parametrize(("accept", "form"), [*CLIENTS.items(), *OTHERS.items()])
def test_apache_leads_from_a_name_to_what_the_client_would_rather_have(
    apache: Callable[[str, str], tuple[int, str]], accept: str, form: str
) -> None:
    assert apache("entity/taliban", accept) == (303, f"{BASE_URL}entity/taliban.{form}")


@pytest.mark.parametrize(("accept", "form"), CLIENTS.items())
def test_clients_get_from_the_redirects_what_kg_serve_gives_them(accept: str, form: str) -> None:
    chosen = best(accept, list(FORMS))
    assert chosen is None or FORMS[chosen] == form


@pytest.mark.parametrize(
    ("path", "html", "turtle"),
    [
        ("", "index.html", "void.ttl"),
        ("dataset", "index.html", "void.ttl"),
        ("claim/ra-001", "claim/ra-001.html", "claim/ra-001.ttl"),
        ("passage/ra-1-2", "passage/ra-1-2.html", "passage/ra-1-2.ttl"),
        ("relation/fears", "relation/fears.html", "relation/fears.ttl"),
        ("relation/", "relation/index.html", "relation/index.ttl"),
        ("ontology", "ontology/index.html", "ontology/index.ttl"),
        ("graph/ra", "graph/ra.html", "graph/ra.ttl"),
    ],
)
def test_apache_leads_from_every_kind_of_name(apache: Callable[[str, str], tuple[int, str]], path: str, html: str, turtle: str) -> None:
    assert apache(path, "text/html") == (303, BASE_URL + html)
    assert apache(path, "text/turtle") == (303, BASE_URL + turtle)


def test_every_name_of_the_data_set_is_led_to_a_file_of_the_site(
    apache: Callable[[str, str], tuple[int, str]], published_site: Built
) -> None:
    made = site.Site(published_site.index)
    own = [iri for iri in made.addresses if iri.startswith(names.BASE) and "#" not in iri]
    wrong = []
    for iri in own[::15] + [iri for iri in own if made.addresses.file(iri) != iri.removeprefix(names.BASE)]:
        status, address = apache(iri.removeprefix(names.BASE), "text/turtle")
        if status != 303 or address.removeprefix(BASE_URL) not in published_site.files:
            wrong.append((iri, status, address))
    assert wrong == []


def test_apache_knows_no_names_that_are_none(apache: Callable[[str, str], tuple[int, str]]) -> None:
    assert apache("nothing/here", "text/html")[0] == 404
    assert apache("entity/a/b", "text/html")[0] == 404


def test_names_that_no_disk_holds_are_led_to_their_files(hostile_site: Built) -> None:
    rules = (hostile_site.folder / "w3id" / ".htaccess").read_text(encoding="utf-8")
    evil = next(iri for iri in site.Site(hostile_site.index).addresses if "javascript" in iri and iri.startswith(ferry.NAMES["ent"]))
    assert evil.removeprefix(names.BASE).replace(":", r"\x3a").replace(".", r"\x2e").replace("=", r"\x3d") in rules


# Publishing


@pytest.fixture(scope="module")
def workflow(root: Path) -> Any:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    return yaml.safe_load((root / ".github" / "workflows" / "site.yml").read_text(encoding="utf-8"))


def test_the_workflow_has_the_rights_it_needs_and_no_others(workflow: Any) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    jobs = workflow["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read", "pages": "read"}
    assert jobs["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert "run" not in {key for step in jobs["publish"]["steps"] for key in step}  # what may publish runs nothing of ours
    assert jobs["publish"]["needs"] == "build"


def test_actions_of_the_workflow_are_pinned_to_commits(workflow: Any) -> None:
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert len(used) == 5
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", each) for each in used)


def test_kg_site_prints_the_workflow_of_this_repository_for_others(root: Path, run_kg: Callable[..., Run]) -> None:
    printed = run_kg("site", "--workflow")
    own = (root / ".github" / "workflows" / "site.yml").read_text(encoding="utf-8")
    assert (printed.code, printed.err) == (0, "")
    header, _, printed_own = printed.out.partition("@COMMIT.\n")
    assert re.search(r"installs claimgraph==[\d.]+ from the Python Package Index. Until that is there", header)
    assert re.sub(r"pip install claimgraph==[\d.]+", "pip install .", printed_own) == own


def test_the_build_steps_of_the_workflow_make_the_site_of_a_fresh_copy(root: Path, tmp_path: Path, workflow: Any) -> None:
    for name in ("ontology", "graph", "queries"):
        shutil.copytree(root / name, tmp_path / "copy" / name)
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "kg"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kg "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    lines = [step["run"] for step in workflow["jobs"]["build"]["steps"] if "run" in step and "pip install" not in step["run"]]
    assert len(lines) == 2
    for line in lines:
        environment = {**os.environ, "PATH": path, "PYTHONPATH": str(root / "src"), "BASE_URL": BASE_URL.rstrip("/")}
        done = subprocess.run(
            ["bash", "-e", "-c", line], cwd=tmp_path / "copy", env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    uploaded = next(step["with"]["path"] for step in workflow["jobs"]["build"]["steps"] if "upload" in step.get("uses", ""))
    made = tmp_path / "copy" / uploaded
    assert (made / "index.html").is_file()
    assert BASE_URL in (made / "sitemap.xml").read_text(encoding="utf-8")
    assert urlsplit(BASE_URL).path in (made / "404.html").read_text(encoding="utf-8")
