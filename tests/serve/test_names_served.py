"""Names that stand right below the base, or are those of folders, lead somewhere under `kg serve`, too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg import context, names, workspace
from kg.index import load
from kg.serve import jobs

if TYPE_CHECKING:
    from kg.index import Index

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def ours() -> Index:
    return load(workspace.find(ROOT))


def get(index: Index, address: str, accept: str) -> jobs.Reply:
    return jobs.answer(index, {"kind": "page", "path": address, "query": "", "accept": accept})


@pytest.mark.parametrize("name", ["relation/", "plover/", "ontology", "ontology/0.1.0", "alignments"])
@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json", "text/html"])
def test_a_vocabulary_has_a_document_and_a_page(ours: Index, name: str, accept: str) -> None:
    led = get(ours, f"/{name}", accept)
    assert led.status == 303
    found = get(ours, led.headers["Location"], accept)
    assert (found.status, found.media_type.partition(";")[0]) == (200, accept)
    if accept == "text/turtle":
        triples = list(ox.parse(found.body, format=ox.RdfFormat.TURTLE))
        assert any(ox.NamedNode(names.BASE + name) in {triple.subject, triple.object} for triple in triples)


def test_the_context_of_the_json_ld_is_where_its_name_says(ours: Index) -> None:
    reply = get(ours, f"/{context.NAME}", "application/ld+json, application/json;q=0.9, */*;q=0.1")
    assert (reply.status, reply.media_type, reply.body) == (200, "application/ld+json", context.document(ours))


def test_the_name_of_the_data_set_leads_to_what_void_says(ours: Index) -> None:
    reply = get(ours, "/dataset", "text/turtle")
    assert (reply.status, reply.headers["Location"]) == (303, "/.well-known/void")
