"""Every saved query gives the same rows on the embedded index, on rdflib's own engine and on two servers, in the same order.

The servers hold what `kg push` puts there, and are asked as `kg query --endpoint` asks. What is the same is a matter of terms: of literals
the value counts where the standard lets an engine write it anew (numbers), and language tags are the same in either case.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from engines import SERVERS, Server, running

from kg import index, names, parameters, query, saved, second_engine
from kg.push import push
from kg.remote import Endpoint
from kg.wire import Deadline
from kg.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.answers import Answer, Term

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "queries"
FILES = {path.stem: path for path in sorted((ROOT / "queries").rglob("*.rq"))}
NUMBERS = {names.XSD + kind for kind in ("integer", "decimal")}
SECONDS = 120.0
"""How long a busy machine may need for one answer."""
ARTICLE = {
    "class-properties": {"class": "kg:Claim"},
    "co-mentioned": {"entity": "ent:taliban"},
    "describe": {"thing": "claim:ra-015"},
}
"""Parameters over the article for the queries that have a golden case over the small graph only."""


@dataclass(frozen=True)
class Place:
    """A server that holds a workspace, and the workspace itself."""

    over: index.Index
    endpoint: Endpoint


@pytest.fixture(scope="module", params=[(data, server) for data in ("article", "small") for server in SERVERS], ids="-".join)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    data, name = request.param
    over = index.load(Workspace(ROOT if data == "article" else GOLDEN / "small"))
    with running(name, tmp_path_factory.mktemp(name)) as server:
        endpoint = loaded(over, server)
        replace(endpoint, server, "urn:x-other:default-graph", over.store)  # another workspace with the same ontology is there, too
        yield Place(over, endpoint)


@pytest.fixture(scope="module")
def article() -> Iterator[index.Index]:
    """The article, with one rdflib dataset of it for all queries: to make it takes longer than to answer most of them."""
    over = index.load(Workspace(ROOT))
    over.add_graphs()
    dataset = second_engine._dataset(over.store, None)  # noqa: SLF001  what is kept here
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second_engine, "_dataset", lambda _store, _graphs: dataset)
        yield over


def loaded(over: index.Index, server: Server) -> Endpoint:
    endpoint = Endpoint(server.query, over.workspace, seconds=SECONDS, credentials=server.credentials)
    for graph in push(over, endpoint, graph_store=server.store):
        assert graph.arrived == graph.sent
    return endpoint


def replace(endpoint: Endpoint, server: Server, graph: str, store: ox.Store) -> None:
    """Put the default graph of a store in the place of a graph of a server."""
    triples = [quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    url = f"{server.store}?{urlencode({'graph': graph})}"
    endpoint.client.send("PUT", url, deadline=Deadline(SECONDS), content=content, content_type="application/n-triples")


def asked(name: str, over: index.Index) -> Iterator[tuple[str, Mapping[str, Term]]]:
    """Yield a saved query with the parameters of its golden case over a workspace and, where it needs none, without."""
    found = saved.read(FILES[name])
    is_article = over.workspace.root == ROOT
    golden = GOLDEN / name / ("article.json" if is_article else "parameters.json")
    words = json.loads(golden.read_text(encoding="utf-8")) if golden.exists() else ARTICLE.get(name, {}) if is_article else {}
    for given in [words, {}] if words and not any(parameter.is_required for parameter in found.parameters) else [words]:
        yield found.text, parameters.terms_of(found.parameters, given, over.workspace.prefixes, index=over, is_saved=True)


def shown(term: Term | None) -> str | None:
    """Return a term as it is compared."""
    if not isinstance(term, ox.Literal):
        return None if term is None else str(term)
    if term.datatype.value in NUMBERS:
        return f"{Decimal(term.value).normalize():f} {term.datatype}"
    return str(ox.Literal(term.value, language=term.language.lower())) if term.language else str(term)


def compared(answer: Answer) -> tuple[list[str], list[tuple[str | None, ...]]]:
    if answer.form == "triples":
        return [], sorted({tuple(map(shown, triple)) for triple in answer.triples}, key=str)
    return answer.variables, [tuple(map(shown, row)) for row in answer.rows]


@pytest.mark.parametrize("name", FILES)
def test_a_server_answers_a_saved_query_as_the_index_does(name: str, place: Place) -> None:
    for text, values in asked(name, place.over):
        here = query.run(place.over, text, values=values, explain=False)
        assert compared(place.endpoint.ask(text, values=values, explain=False)) == compared(here)


@pytest.mark.parametrize("name", FILES)
def test_rdflib_answers_a_saved_query_as_the_index_does(name: str, article: index.Index) -> None:
    for text, values in asked(name, article):
        here = query.run(article, text, values=values, explain=False)
        assert compared(query.run(article, text, values=values, explain=False, engine="rdflib")) == compared(here)
