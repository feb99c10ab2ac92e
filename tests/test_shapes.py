"""Shapes: every rule has a failing example, the compiler and pySHACL agree, and nothing that kg does not know is passed over."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox
import pytest

from kg import names
from kg.checks import read_shapes, shapes
from kg.checks.evaluate import Violation, evaluate
from kg.errors import InputError, LimitError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.checks.shapes import Constraint
    from kg.workspace import Workspace

HERE = Path(__file__).parent / "shapes"
VALID = (HERE / "valid.ttl").read_text(encoding="utf-8")
PREFIXES = VALID[: VALID.index("\nsrc:town")]


class Example(NamedTuple):
    """One way to break the valid graph: in the block of a subject, some words become others."""

    shape: str
    component: str
    of: str
    was: str
    becomes: str

    def graph(self) -> str:
        start = VALID.index(f"\n{self.of} ") + 1
        end = VALID.find("\n\n", start)
        block = VALID[start : end if end > 0 else len(VALID)]
        was, becomes = (text.replace("\\n", "\n").replace("\\t", "\t").replace("\\\n", "\\n") for text in (self.was, self.becomes))
        assert was in block, f"{was!r} is not in the block of {self.of}"
        return VALID.replace(block, block.replace(was, becomes, 1))


def examples() -> list[Example]:
    with (HERE / "broken.tsv").open(encoding="utf-8", newline="") as file:
        return [Example(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def key(violation: Violation) -> tuple[str, str | None, str, str]:
    focus = "a blank node" if isinstance(violation.focus, ox.BlankNode) else str(violation.focus)
    return focus, violation.path, violation.constraint.component, names.local_name(violation.constraint.shape)


@pytest.fixture(scope="module")
def constraints(checkout: Workspace) -> tuple[Constraint, ...]:
    return read_shapes(checkout)


@pytest.fixture(scope="module")
def ontology(checkout: Workspace) -> list[ox.Quad]:
    return [quad for path in checkout.ontology_files for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]


def store_of(quads: Iterable[ox.Quad], text: str) -> ox.Store:
    store = ox.Store()
    store.bulk_extend(quads)
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))
    return store


def test_the_valid_example_breaks_nothing(ontology: list[ox.Quad], constraints: tuple[Constraint, ...]) -> None:
    assert evaluate(store_of(ontology, VALID), constraints) == []


@pytest.mark.parametrize("example", examples(), ids=lambda example: f"{example.shape}-{example.component}")
def test_a_failing_example_is_found(ontology: list[ox.Quad], constraints: tuple[Constraint, ...], example: Example) -> None:
    store = store_of(ontology, example.graph())
    found = evaluate(store, constraints)
    assert (example.shape, f"{example.component}ConstraintComponent") in {key(one)[3:1:-1] for one in found}
    assert found == evaluate(store, constraints, thorough=True)


def test_every_constraint_has_a_failing_example(constraints: tuple[Constraint, ...]) -> None:
    shown = {(example.shape, f"{example.component}ConstraintComponent") for example in examples()}
    assert {(names.local_name(one.shape), one.component) for one in constraints} == shown


def test_every_constraint_says_what_to_do(constraints: tuple[Constraint, ...]) -> None:
    for one in constraints:
        assert one.shape.startswith("https://w3id.org/claimgraph/shapes#")
        assert one.message.endswith(".")
        assert "is not satisfied" not in one.message


def world(example: Example, number: int) -> str:
    """Return a failing example with names of its own, so that all of them can stand in one graph."""
    text = example.graph().replace(PREFIXES, "")
    text = re.sub(r"\b(town|derived)(?=-| a| ;| ,| \.)", rf"\g<1>{number}", text)
    return re.sub(r"\b((?:ent|rel):(?!claimgraph)(?:clerk|miller|mill|sails))\b", rf"\g<1>{number}", text)


def test_kg_and_pyshacl_agree_on_all_failing_examples(
    ontology: list[ox.Quad], constraints: tuple[Constraint, ...], checkout: Workspace
) -> None:
    pytest.importorskip("pyshacl", reason="pySHACL is not installed")
    from kg.checks import reference

    store = store_of(ontology, PREFIXES + "".join(world(example, number) for number, example in enumerate(examples())))
    ours = {key(one) for one in evaluate(store, constraints)}
    theirs = {key(one) for one in reference.evaluate(store, checkout.shapes_file, constraints, seconds=110)}
    assert len({(shape, component) for _, _, component, shape in ours}) == len(constraints)
    assert ours == theirs


def test_kg_and_pyshacl_agree_on_components_that_the_model_does_not_use() -> None:
    pytest.importorskip("pyshacl", reason="pySHACL is not installed")
    from kg.checks import reference

    path = HERE / "other-shapes.ttl"
    known = shapes.read(path.read_bytes(), path=path)
    store = store_of([], (HERE / "other-data.ttl").read_text(encoding="utf-8"))
    ours = {key(one) for one in evaluate(store, known)}
    assert ours == {key(one) for one in reference.evaluate(store, path, known, seconds=60)}
    assert ours == {key(one) for one in evaluate(store, known, thorough=True)}
    assert {(one.component, names.local_name(one.shape)) for one in known} == {(component, shape) for _, _, component, shape in ours}


REFUSED = {
    "sh:qualifiedMinCount": "ex:S sh:targetClass ex:C ; sh:property ex:P . ex:P sh:path ex:p ; sh:qualifiedMinCount 1 .",
    "sh:targetNode": "ex:S a sh:NodeShape ; sh:targetNode ex:n ; sh:nodeKind sh:IRI .",
    "sh:targetClass": "ex:S a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ] ; sh:nodeKind sh:IRI .",
    "path": "ex:S sh:targetClass ex:C ; sh:property ex:P . ex:P sh:path [ sh:zeroOrMorePath ex:p ] ; sh:minCount 1 .",
    "imports": "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:IRI . ex:S owl:imports <http://127.0.0.1:9/more.ttl> .",
    "SERVICE": "ex:S sh:targetClass ex:C ; sh:sparql ex:Q . "
    "ex:Q sh:select 'SELECT $this WHERE { SERVICE <http://127.0.0.1:9/sparql> { $this ?p ?o } }' .",
    "FROM": "ex:S sh:targetClass ex:C ; sh:sparql ex:Q . ex:Q sh:select 'SELECT $this FROM <file:///etc/passwd> WHERE { $this ?p ?o }' .",
    "MINUS": "ex:S sh:targetClass ex:C ; sh:sparql ex:Q . ex:Q sh:select 'SELECT $this WHERE { $this ?p ?o MINUS { ?o ?p $this } }' .",
    "sh:ask": "ex:S sh:targetClass ex:C ; sh:sparql ex:Q . ex:Q sh:ask 'ASK { $this ?p ?o }' .",
    "sh:pattern": "ex:S sh:targetClass ex:C ; sh:pattern '(?=a)' .",
    "sh:js": "ex:S sh:targetClass ex:C ; sh:js ex:Q .",
    "below": "ex:S sh:targetClass ex:C ; sh:property ex:P . ex:P sh:path ex:p ; sh:property ex:Q . ex:Q sh:path ex:q ; sh:minCount 1 .",
    "sh:minCount": "ex:S sh:targetClass ex:C ; sh:or ( [ sh:path ex:p ; sh:minCount 2 ] ) .",
}


@pytest.mark.parametrize("word", REFUSED)
def test_what_kg_does_not_know_is_refused_by_the_name_of_its_shape(word: str) -> None:
    head = (
        "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "
    )
    with pytest.raises(InputError, match=r"the shape https://example\.org/[SPQ] ") as error:
        shapes.read((head + REFUSED[word]).encode(), path="shapes.ttl")
    assert word in str(error.value)
    assert error.value.exit_code == 3


HOSTILE = """@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . ex:P sh:path ex:p ; sh:pattern "(a+)+$" ."""


def test_a_pattern_that_backtracks_is_no_trouble_for_kg_and_stopped_in_pyshacl(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(HOSTILE, encoding="utf-8")
    known = shapes.read(HOSTILE.encode())
    store = store_of([], f'<urn:n> a <https://example.org/C> ; <https://example.org/p> "{"a" * 5000}!" .')
    assert [one.constraint.parameter for one in evaluate(store, known)] == ["pattern"]
    pytest.importorskip("pyshacl", reason="pySHACL is not installed")
    from kg.checks import reference

    assert reference.time_limit(len(store)) < 5
    for seconds in (None, 2.0):  # the limit on computing, and that on the clock
        with pytest.raises(LimitError, match="was stopped"):
            reference.evaluate(store, path, known, seconds=seconds)
