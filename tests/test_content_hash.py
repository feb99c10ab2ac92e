"""The content hash: the same for what says the same, another for anything else, by RDF Dataset Canonicalization (RDFC-1.0)."""

from __future__ import annotations

import gzip
import hashlib
import random
import re
from itertools import permutations
from typing import TYPE_CHECKING

import ferry
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import canonicalization, index, turtle, workspace
from kg.canonicalization import content_hash
from kg.confined import IS_ENFORCED
from kg.data import load as load_documents
from kg.errors import LimitError
from kg.limits import Limits
from kg.remote import RemoteIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conftest import Run

A, B, P = (ox.NamedNode(f"urn:{name}") for name in "abp")
GRAPH = "urn:g"


def canonical(quads: Iterable[ox.Quad]) -> bytes:
    """Return the canonical N-Quads as the library makes them of a whole data set."""
    whole = ox.Dataset(quads)
    whole.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return b"".join(sorted((ox.serialize(whole, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))


def in_graph(triples: Iterable[ox.Triple], graph: str = GRAPH) -> list[ox.Quad]:
    return [ox.Quad(each.subject, each.predicate, each.object, ox.NamedNode(graph)) for each in triples]


def clique(size: int) -> list[ox.Triple]:
    """Return blank nodes each of which is joined to each."""
    return [ox.Triple(ox.BlankNode(f"n{a}"), P, ox.BlankNode(f"n{b}")) for a, b in permutations(range(size), 2)]


def chain(size: int) -> list[ox.Triple]:
    return [ox.Triple(ox.BlankNode(f"n{at}"), P, ox.BlankNode(f"n{at + 1}")) for at in range(size)]


@pytest.fixture
def space(tmp_path: Path) -> workspace.Workspace:
    return ferry.write(tmp_path).workspace


def hash_of(space: workspace.Workspace) -> str | None:
    return index.load(space).content_hash


def test_the_hash_is_that_of_the_canonical_form_of_the_whole_data_set(checkout: workspace.Workspace, article_index: index.Index) -> None:
    quads = [quad for path in checkout.data_files for quad in in_graph(index.triples_in(path), checkout.graph_iri(path))]
    assert len(quads) > 1000
    assert article_index.content_hash == hashlib.sha256(canonical(quads)).hexdigest()


def test_without_blank_nodes_the_canonical_form_is_the_sorted_quads(checkout: workspace.Workspace) -> None:
    graphs = [(checkout.graph_iri(path), list(index.triples_in(path))) for path in checkout.data_files]
    plain = sorted({f"{quad} ." for graph, said in graphs for quad in in_graph(said, graph)})
    assert [line.decode() for line in canonicalization.lines(graphs)] == plain


_TERMS = st.one_of(
    st.sampled_from([A, B]),
    st.sampled_from([ox.BlankNode(f"b{number}") for number in range(4)]),
    st.builds(ox.Literal, st.text(max_size=6)),
    st.builds(lambda text: ox.Literal(text, language="en"), st.text(max_size=6)),
)
_SUBJECTS = st.one_of(st.just(A), st.sampled_from([ox.BlankNode(f"b{number}") for number in range(4)]))
_TRIPLES = st.lists(st.builds(ox.Triple, _SUBJECTS, st.sampled_from([A, P]), _TERMS), max_size=12)
_FEW = settings(max_examples=40)  # blank nodes are told apart in a process of its own, each time


@_FEW
@given(_TRIPLES, _TRIPLES)
def test_what_is_set_aside_changes_nothing(one: list[ox.Triple], other: list[ox.Triple]) -> None:
    lines = canonicalization.lines([("urn:g", one), ("urn:h", other)])
    assert b"".join(line + b"\n" for line in lines) == canonical([*in_graph(one, "urn:g"), *in_graph(other, "urn:h")])


@_FEW
@given(_TRIPLES, st.randoms(use_true_random=False))
def test_order_repetition_and_labels_of_blank_nodes_change_nothing(triples: list[ox.Triple], chance: random.Random) -> None:
    def renamed(term: object) -> object:
        return ox.BlankNode(f"other{term.value}") if isinstance(term, ox.BlankNode) else term

    others = [ox.Triple(renamed(each.subject), each.predicate, renamed(each.object)) for each in triples * 2]  # type: ignore[arg-type]
    chance.shuffle(others)
    assert content_hash([(GRAPH, others)]) == content_hash([(GRAPH, triples)])


@_FEW
@given(_TRIPLES, st.builds(ox.Triple, st.just(B), st.just(P), _TERMS.filter(lambda term: not isinstance(term, ox.BlankNode))))
def test_any_other_triple_changes_the_hash(triples: list[ox.Triple], more: ox.Triple) -> None:
    assert content_hash([(GRAPH, [*triples, more])]) != content_hash([(GRAPH, triples)])


def test_the_graph_that_says_it_belongs_to_what_is_said() -> None:
    said = [ox.Triple(A, P, B)]
    assert content_hash([("urn:g", said)]) != content_hash([("urn:h", said)])


def test_another_layout_of_a_file_changes_nothing(space: workspace.Workspace) -> None:
    before = hash_of(space)
    path = space.file_of("fy")
    triples = turtle.parse(path.read_bytes())
    random.Random(7).shuffle(triples)  # noqa: S311  # an order, no secret
    path.write_bytes(
        b"# laid out anew\n" + (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes={"zz": ferry.NAMES["claim"]}) or b"")
    )
    assert hash_of(space) == before
    with gzip.open(path.with_name("fy.nt.gz"), "wb") as file:
        file.write(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
    path.unlink()
    assert hash_of(space) == before


def test_the_ontology_and_the_name_of_the_folder_are_not_part_of_it(space: workspace.Workspace, tmp_path: Path) -> None:
    before = hash_of(space)
    moved = tmp_path.rename(tmp_path.with_name("elsewhere"))
    (moved / "ontology" / "more.ttl").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    assert hash_of(workspace.find(moved)) == before


def test_each_triple_of_a_file_counts(space: workspace.Workspace) -> None:
    path = space.file_of("fy")
    whole = turtle.parse(path.read_bytes())
    assert len({content_hash([(GRAPH, whole[:at] + whole[at + 1 :])]) for at in range(len(whole))}) == len(set(whole))


@pytest.mark.parametrize(("one", "other"), [("1.5", "1.50"), ('"a"', '"a"@en'), ('"a"', '"A"'), ('"e\u0301"', '"\u00e9"')])
def test_a_literal_counts_as_it_is_spelled(space: workspace.Workspace, one: str, other: str) -> None:
    hashes = []
    for literal in (one, other):
        (space.graph_dir / "odd.ttl").write_text(f"<urn:a> <urn:b> {literal} .\n", encoding="utf-8")
        hashes.append(hash_of(space))
    assert hashes[0] != hashes[1]


def test_links_and_snapshots_are_part_of_it(space: workspace.Workspace) -> None:
    bare = hash_of(space)
    (space.graph_dir / "snapshots").mkdir()
    (space.graph_dir / "snapshots" / "elsewhere.ttl").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    assert hash_of(space) != bare


def test_blank_nodes_of_two_files_are_not_the_same(space: workspace.Workspace) -> None:
    one, two = space.graph_dir / "one.ttl", space.graph_dir / "two.ttl"
    hashes = []
    for second in ("x", "y"):
        one.write_text("<urn:a> <urn:b> _:x .\n", encoding="utf-8")
        two.write_text(f"_:{second} <urn:b> <urn:c> .\n", encoding="utf-8")
        hashes.append(hash_of(space))
    assert hashes[0] == hashes[1]


@pytest.mark.skipif(not IS_ENFORCED, reason="limits hold where a process can be forked")
@pytest.mark.parametrize("alike", [clique(10), clique(60), chain(1500), chain(5000)], ids=["clique", "large clique", "chain", "long chain"])
def test_blank_nodes_that_are_too_alike_are_refused(space: workspace.Workspace, run_kg: Callable[..., Run], alike: list[ox.Triple]) -> None:
    odd = space.graph_dir / "odd.ttl"
    odd.write_bytes(ox.serialize(alike, format=ox.RdfFormat.TURTLE) or b"")
    done = run_kg("stats", cwd=space.root)
    assert (done.code, done.out) == (5, "")
    assert done.err == f"kg: the blank nodes of <{space.graph_iri(odd)}> are too alike for a content hash to be found; give them IRIs\n"


@pytest.mark.skipif(not IS_ENFORCED, reason="limits hold where a process can be forked")
def test_a_refusal_names_the_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonicalization, "LIMITS", Limits(seconds=0.1))
    with pytest.raises(LimitError, match=r"the blank nodes of <urn:g> and 1 more are too alike"):
        content_hash([(GRAPH, clique(10)), ("urn:h", clique(10))])


def test_a_page_without_a_hash_is_still_a_page(space: workspace.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_graphs: object) -> str:
        raise LimitError("too alike")

    monkeypatch.setattr(canonicalization, "content_hash", refuse)
    assert index.load(space).shown_hash == ""


def test_what_came_from_elsewhere_has_no_hash(space: workspace.Workspace) -> None:
    found = index.load(space)
    assert load_documents(space, [space.file_of("fy")]).content_hash is None
    remote = RemoteIndex(space, found.store)
    assert (remote.content_hash, remote.shown_hash) == (None, "")


def test_stats_and_the_map_tell_the_hash(space: workspace.Workspace, run_kg: Callable[..., Run], tmp_path: Path) -> None:
    wanted = f"sha256:{hash_of(space)}"
    assert f"content hash,{wanted}," in run_kg("stats", "-f", "csv", cwd=space.root).out.splitlines()
    assert run_kg("view", "-o", tmp_path / "map.html", "--about", "ent:aldmoor", cwd=space.root).code == 0
    assert f">{wanted}</code>" in (tmp_path / "map.html").read_text(encoding="utf-8")


# The shapes of the W3C's test suite (https://w3c.github.io/rdf-canon/tests/) for which canonical names have to be found the long way.
SHAPES = {
    "a pair that point at each other": ("_:a <urn:p> _:b . _:b <urn:p> _:a .", 2),
    "a ring of three": ("_:a <urn:p> _:b . _:b <urn:p> _:c . _:c <urn:p> _:a .", 3),
    "two rings": ("_:a <urn:p> _:b . _:b <urn:p> _:a . _:c <urn:p> _:d . _:d <urn:p> _:a .", 4),
    "a thing with two like parts": ("<urn:a> <urn:p> [ <urn:q> [] ], [ <urn:q> [] ] .", 4),
    "one that points at itself": ("_:a <urn:p> _:a . _:b <urn:p> _:a .", 2),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_names_are_found_whatever_the_labels_were(shape: str) -> None:
    text, count = SHAPES[shape]
    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    lines = canonicalization.lines([(GRAPH, triples)])
    assert {name for line in lines for name in re.findall(rb"_:\w+", line)} == {f"_:c14n{number}".encode() for number in range(count)}
    again = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)]
    assert canonicalization.lines([(GRAPH, again[::-1])]) == lines
