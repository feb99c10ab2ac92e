"""Checks: violation queries find failing cases and pass the valid graph, findings have the line; `kg check` and `kg fmt` as run."""

from __future__ import annotations

import csv
import gzip
import shutil
import socket
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import names, saved, text, workspace
from kg.checks import Finding, Places, base, bounds, check_document, check_workspace, literals, read_shapes, violations
from kg.errors import InputError
from kg.index import load

if TYPE_CHECKING:
    from kg.workspace import Workspace

HERE = Path(__file__).parent / "shapes"
VALID = (HERE / "valid.ttl").read_text(encoding="utf-8")
PREFIXES = VALID[: VALID.index("src:town a")]
QUERIES = Path(__file__).parents[1] / "queries" / "checks"
NOT_FOR_VALID = {"relation-unused"}  # the ontology has more relations than a small graph uses

# A text of our own, with curly quotes, dashes and a character outside the Basic Multilingual Plane
LETTER = "The mill\n\nThe clerk \u2013 old \U0001f989 \u2013 met the miller. He called it \u201ca jewel\u201d.\nFarewell, then.\n"


def edited(text_of_graph: str, of: str, was: str, becomes: str) -> str:
    start = text_of_graph.index(f"\n{of} ") + 1
    end = text_of_graph.find("\n\n", start)
    block = text_of_graph[start : end if end > 0 else len(text_of_graph)]
    was, becomes = (words.replace("\\n", "\n").replace("\\t", "\t") for words in (was, becomes))
    assert was in block
    return text_of_graph.replace(block, block.replace(was, becomes, 1))


def cases() -> list[dict[str, str]]:
    with (HERE / "violations.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def ontology(checkout: Workspace) -> list[ox.Quad]:
    return [quad for path in checkout.ontology_files for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]


def found_by(ontology: list[ox.Quad], graph: str, query: str) -> list[Finding]:
    store = ox.Store()
    store.bulk_extend(ontology)
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in ox.parse(graph.encode(), format=ox.RdfFormat.TURTLE))
    return violations.find(store, [saved.read(QUERIES / f"{query}-violation.rq")], Places([], names.prefixes()))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["query"])
def test_a_violation_query_finds_its_failing_case(ontology: list[ox.Quad], case: dict[str, str]) -> None:
    assert found_by(ontology, edited(VALID, case["of"], case["was"], case["becomes"]), case["query"])


@pytest.mark.parametrize("query", sorted({case["query"] for case in cases()} - NOT_FOR_VALID))
def test_a_violation_query_passes_the_valid_graph(ontology: list[ox.Quad], query: str) -> None:
    assert found_by(ontology, VALID, query) == []


def test_a_relation_that_is_used_or_has_narrower_ones_is_not_unused(ontology: list[ox.Quad]) -> None:
    unused = " ".join(finding.message for finding in found_by(ontology, VALID, "relation-unused"))
    assert "rel:sails" in unused
    assert "rel:metWith" not in unused
    assert "rel:favours" not in unused


def test_every_violation_query_has_a_failing_case_and_a_whole_header() -> None:
    queries = violations.read_all(QUERIES)
    assert {query.name.removesuffix("-violation") for query in queries} == {case["query"] for case in cases()}
    for query in queries:
        assert query.summary.endswith(".")
        assert query.problem
        assert query.solution
        assert "check" in query.tags
        assert "ORDER BY ?this" in query.text


# Bounds of kg:when


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('kg:when "2031-03"^^edtf:EDTF', ""),
        ('kg:when "2031-03~"^^edtf:EDTF', ""),
        ('kg:when "2031"^^edtf:EDTF', "kg:from"),
        ('kg:when "2031-03-01/.."^^edtf:EDTF', "remove it"),
        ('kg:when "../2031-03-31"^^edtf:EDTF', "remove it"),
        ('kg:when "2031-13"^^edtf:EDTF', "no EDTF level 1 date"),
    ],
)
def test_bounds_are_recomputed_from_when(said: str, message: str) -> None:
    graph = VALID.replace('kg:when "2031-03"^^edtf:EDTF', said)
    store = ox.Store()
    store.bulk_extend(ox.parse(graph.encode(), format=ox.RdfFormat.TURTLE))
    found = bounds.find(store, Places([], names.prefixes()))
    assert message in " ".join(str(finding) for finding in found)
    assert bool(found) == bool(message)


# Literals and names in any RDF file


@pytest.mark.parametrize(
    ("value", "datatype", "ill"),
    [
        ("abc", "integer", True),
        ("1_000", "integer", True),
        ("01", "integer", False),
        ("-1", "nonNegativeInteger", True),
        ("256", "unsignedByte", True),
        ("1.50", "decimal", False),
        ("1e3", "decimal", True),
        ("1e3", "double", False),
        ("INF", "double", False),
        ("yes", "boolean", True),
        ("1", "boolean", False),
        ("2020-02-30", "date", True),
        ("2020-02-29", "date", False),
        ("2020-02-29T25:00:00", "dateTime", True),
        ("PT60M", "duration", False),
        ("60M", "duration", True),
        ("2020", "gYear", False),
        ("20", "gYear", True),
        ("--02-30", "gMonthDay", True),
        ("0g", "hexBinary", True),
        ("TWE=", "base64Binary", False),
        ("TWE", "base64Binary", True),
        ("not a language", "language", True),
        ("anything", "string", False),
    ],
)
def test_a_literal_is_ill_typed_or_not(value: str, datatype: str, *, ill: bool) -> None:
    assert literals.is_ill_typed(value, names.XSD + datatype) is ill


@given(st.text(), st.sampled_from(["integer", "decimal", "date", "boolean", "base64Binary", "double", "duration", "gYear"]))
def test_any_text_is_judged_without_trouble(value: str, datatype: str) -> None:
    assert literals.is_ill_typed(value, names.XSD + datatype) in {True, False}


@given(st.integers(), st.dates(min_value=date(1, 1, 1)))
def test_values_written_by_python_are_well_typed(number: int, day: date) -> None:
    assert not literals.is_ill_typed(str(number), names.XSD + "integer")
    assert not literals.is_ill_typed(day.isoformat(), names.XSD + "date")


def test_a_long_base64_value_is_judged_in_no_time() -> None:
    assert literals.is_ill_typed("A" * 200_001, names.XSD + "base64Binary")


def test_any_rdf_file_is_checked_for_ill_typed_literals_and_imitated_names(tmp_path: Path, checkout: Workspace) -> None:
    path = tmp_path / "odd.ttl"
    path.write_text(
        f'<urn:a> <urn:p> "fine" ;\n <urn:q> "abc"^^<{names.XSD}integer> ;\n <urn:r> "2020-02-30"^^<{names.XSD}date> ;\n'
        " <urn:s> <https://ex\u0430mple.org/> .\n",
        encoding="utf-8",
    )
    found = check_document(checkout, path)
    assert [(one.line, one.severity, one.rule) for one in found] == [
        (2, "error", "ill-typed"),
        (3, "error", "ill-typed"),
        (4, "warning", "mixed-script"),
    ]


def test_a_file_with_claims_is_checked_against_the_shapes(tmp_path: Path, checkout: Workspace) -> None:
    path = tmp_path / "claims.ttl"
    path.write_text(VALID.replace("kg:polarity kg:denied", "kg:polarity kg:maybe"), encoding="utf-8")
    found = check_document(checkout, path)
    assert len(found) == 1
    assert found[0].line == VALID.splitlines().index("\tkg:polarity kg:denied ;") + 1
    assert "kg:polarity kg:maybe: A claim has exactly one kg:polarity; write one of kg:affirmed, kg:denied." in found[0].message
    path.write_text(VALID, encoding="utf-8")
    assert check_document(checkout, path) == []


# The whole workspace


@pytest.fixture
def small(tmp_path: Path, root: Path) -> Workspace:
    """A workspace with one source, whose text is LETTER."""
    for name in ("ontology", "queries"):
        shutil.copytree(root / name, tmp_path / name)
    (tmp_path / "graph").mkdir()
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    graph = VALID.replace("kg:length 100", f"kg:length {len(LETTER)}").replace(VALID[VALID.index("rel:sails a") :], "")
    graph = graph.replace("ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk", text.identifier(LETTER))
    for old, digits, quote in (("0-20", "0", "met the miller"), ("21-40", "1", "called it"), ("41-60", "2", "Farewell, then.")):
        start, end = text.find_quote(LETTER, quote)[0]
        was = old.split("-")
        graph = graph.replace(f"passage:town-{old}", f"passage:town-{start}-{end}")
        graph = graph.replace(digits * 64, text.passage_digest(text.identifier(LETTER), start, end, LETTER[start:end]))
        graph = graph.replace(f"kg:start {was[0]} ", f"kg:start {start} ").replace(f"kg:end {was[1]} ", f"kg:end {end} ")
    derived = graph[graph.index("claim:derived-001 a") : graph.index("claim:town-001 a")]
    (tmp_path / "graph" / "derived.ttl").write_text(PREFIXES + derived, encoding="utf-8")
    (tmp_path / "graph" / "town.ttl").write_text(graph.replace(derived, ""), encoding="utf-8")
    found = workspace.find(tmp_path)
    from kg.checks import form

    for path in found.graph_files:
        form.write(found, path)
    return found


def errors(small: Workspace, **options: Any) -> list[Finding]:
    found = check_workspace(load(small), texts=[small.root / "letter.txt"], **options)
    return [finding for finding in found if finding.severity == "error"]


def test_a_sound_workspace_has_no_errors(small: Workspace) -> None:
    assert errors(small) == []


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("kg:polarity kg:affirmed", "kg:polarity kg:affirmd", "exactly one kg:polarity"),
        ("kg:start 30", "kg:start 31", "The name of a passage follows"),
        ("kg:end 44", "kg:end 43", "The name of a passage follows"),
        ("kg:sentence 1", "kg:sentence 2", "lies in sentence 1"),
        ("kg:paragraph 2", "kg:paragraph 3", "lies in paragraph 2"),
        ("kg:until", "kg:until ", "canonical form"),
        ('kg:from "2031-03-01"', 'kg:from "2031-03-02"', "has the bound 2031-03-01 here"),
        ("kg:claimant ent:clerk", "kg:claimant ent:clark", "Nothing describes"),
    ],
)
def test_one_changed_thing_is_an_error_with_its_line(small: Workspace, was: str, becomes: str, words: str) -> None:
    path = small.graph_dir / "town.ttl"
    old = path.read_text(encoding="utf-8")
    assert was in old, old
    path.write_text(old.replace(was, becomes, 1), encoding="utf-8")
    line = old[: old.index(was)].count("\n") + 1
    found = errors(small)
    about = [finding for finding in found if words in finding.message]
    assert about, [str(finding) for finding in found]
    assert about[0].path == path
    assert about[0].line == line


def test_one_changed_digit_of_a_digest_is_an_error_with_its_line(small: Workspace) -> None:
    path = small.graph_dir / "town.ttl"
    lines = path.read_text(encoding="utf-8").split("\n")
    number = next(number for number, line in enumerate(lines) if "kg:digest" in line)
    place = lines[number].index('"') + 7
    digit = "0" if lines[number][place] != "0" else "1"
    lines[number] = lines[number][:place] + digit + lines[number][place + 1 :]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert [(finding.path, finding.line) for finding in errors(small)] == [(path, number + 1)]


def test_another_text_than_the_registered_one_is_an_error(small: Workspace) -> None:
    (small.root / "letter.txt").write_text(LETTER.replace("old", "wise"), encoding="utf-8")
    found = errors(small)
    assert [finding.path for finding in found] == [None]
    assert "letter.txt is not the text that src:" in found[0].message
    assert "was registered with (its digest differs); where the text was changed, kg source update" in found[0].message


def test_a_violation_query_that_reaches_out_is_refused_without_a_connection(small: Workspace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        port = server.getsockname()[1]
        path = small.queries_dir / "checks" / "far-violation.rq"
        path.write_text(f"SELECT ?this WHERE {{ SERVICE <http://127.0.0.1:{port}/> {{ ?this ?p ?o }} }}", encoding="utf-8")
        with pytest.raises(InputError, match="SERVICE") as error:
            errors(small)
        assert error.value.path == str(path)
        with pytest.raises(TimeoutError):
            server.accept()


def test_places_find_the_line_of_a_statement(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(
        "@prefix ent: <https://w3id.org/claimgraph/entity/> .\n\nent:a a <urn:T> ;\n\t<urn:p> 1 , 2 ;\n\t<urn:q> 3 .\n", encoding="utf-8"
    )
    places = Places([path], names.prefixes())
    subject = ox.NamedNode("https://w3id.org/claimgraph/entity/a")
    assert places.find(subject) == (path, 3)
    assert places.find(subject, names.TYPE) == (path, 3)
    assert places.find(subject, "urn:q") == (path, 5)
    assert places.find(subject, "urn:none") == (path, 3)
    assert places.find(ox.NamedNode("urn:elsewhere")) == (None, None)


# The files of graph/


def add(small: Workspace, name: str, *blocks: str) -> Path:
    """Add a graph file in canonical form, of blocks of Turtle."""
    from kg.checks import form

    path = small.graph_dir / name
    path.write_text(PREFIXES + "\n\n".join(blocks), encoding="utf-8")
    form.write(small, path)
    return path


def block_of(small: Workspace, subject: str) -> str:
    lines = (small.graph_dir / "town.ttl").read_text(encoding="utf-8")
    start = lines.index(f"\n{subject} ") + 1
    return lines[start : lines.index("\n\n", start)]


def test_a_claim_in_two_files_is_an_error_with_both_places(small: Workspace) -> None:
    path = add(small, "another.ttl", block_of(small, "claim:town-001"))
    found = errors(small)
    assert [(one.path, one.rule) for one in found] == [(small.graph_dir / "town.ttl", "files")]
    assert "another.ttl describes this claim too, in line" in found[0].message
    path.unlink()
    assert errors(small) == []


def test_a_derived_claim_in_the_file_of_a_source_is_an_error(small: Workspace) -> None:
    from kg.checks import form

    source, derived = small.graph_dir / "town.ttl", small.graph_dir / "derived.ttl"
    said = derived.read_text(encoding="utf-8")
    source.write_text(f"{said}\n{source.read_text(encoding='utf-8')}", encoding="utf-8")
    form.write(small, source)
    derived.unlink()
    found = errors(small)
    assert [one.path for one in found] == [source]
    assert "claim:derived-001: this was derived from claims, but stands in the file of a source" in found[0].message


@pytest.mark.parametrize("name", ["Town-2.ttl", "-town.ttl", "to wn.ttl", "a.b.ttl", "a" * 65 + ".ttl", "TOWN.nt.gz"])
def test_the_name_of_a_graph_file_is_held_to_a_form(small: Workspace, name: str) -> None:
    (small.graph_dir / name).write_bytes(gzip.compress(b"") if name.endswith(".gz") else b"")
    found = [one for one in errors(small) if "the name of a graph file is" in one.message]
    assert [(one.path, one.rule) for one in found] == [(small.graph_dir / name, "files")]


def test_two_graph_files_of_one_name_are_an_error(small: Workspace) -> None:
    (small.graph_dir / "town.nt.gz").write_bytes(gzip.compress(b""))
    assert ["same named graph" in one.message for one in errors(small)] == [True]


def test_what_lies_in_graph_and_is_not_read_is_a_warning(small: Workspace) -> None:
    (small.graph_dir / "README.md").write_text("# The graph", encoding="utf-8")
    (small.graph_dir / "y.nt").write_text("", encoding="utf-8")
    (small.graph_dir / "z.jsonld").write_text("{}", encoding="utf-8")
    (small.graph_dir / "more").mkdir()
    found = [one for one in check_workspace(load(small)) if "kg does not read this" in one.message]
    assert [(one.path and one.path.name, one.severity) for one in found] == [
        ("more", "warning"),
        ("y.nt", "warning"),
        ("z.jsonld", "warning"),
    ]


def test_a_link_that_leads_out_is_refused_without_a_word_of_what_it_leads_to(small: Workspace, tmp_path_factory: Any, run_kg: Any) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.txt"
    secret.write_text("the password is tulip\n", encoding="utf-8")
    link = small.graph_dir / "x.ttl"
    try:
        link.symlink_to(secret)
    except OSError:
        pytest.skip("links cannot be made here")
    for command in (("check",), ("fmt",), ("fmt", "--check")):
        done = run_kg(*command, cwd=small.root)
        assert (done.code, done.out, len(done.err.splitlines())) == (3, "", 1)
        assert "leads out of the workspace" in done.err
        assert "tulip" not in done.err
        assert "password" not in done.err


# Words of the text


@pytest.mark.parametrize(
    ("label", "is_found"),
    [
        ("In March the CLERK, once old, met the miller.", False),
        ("Somebody met the miller; he called it a mill.", True),
        ("The miller met the clerk, he called it so.", False),
    ],
)
def test_six_words_of_the_text_in_a_label_or_note_are_a_warning(small: Workspace, label: str, *, is_found: bool) -> None:
    path = small.graph_dir / "town.ttl"
    old = path.read_text(encoding="utf-8")
    for was in ("The clerk met the miller in March 2031.", "in the rain"):
        path.write_text(old.replace(f'"{was}"@en', f'"{label}"@en'), encoding="utf-8")
        found = [one for one in check_workspace(load(small), texts=[small.root / "letter.txt"]) if one.rule == "wording"]
        assert bool(found) is is_found
        for one in found:
            assert one.severity == "warning"
            assert "letter.txt has these words too: met the miller he called it" in one.message
            assert one.line == old[: old.index(was)].count("\n") + 1


# The commands


def test_kg_check_says_by_how_much_it_was_checked(small: Workspace, run_kg: Any) -> None:
    shapes = {one.shape for one in read_shapes(small)}
    queries = violations.read_all(small.queries_dir / "checks")
    done = run_kg("check", "--text", "letter.txt", cwd=small.root)
    assert done.err.startswith(f"checked 2 graph files by {len(shapes)} shapes and {len(queries)} queries: ")
    done = run_kg("check", small.graph_dir / "town.ttl", cwd=small.root)
    assert done.err == f"checked 1 file by {len(shapes)} shapes and 0 queries: nothing to correct\n"


def test_kg_check_without_rules_does_not_say_that_nothing_is_wrong(small: Workspace, run_kg: Any) -> None:
    shapes = small.shapes_file.read_bytes()
    small.shapes_file.write_bytes(b"")
    for arguments in ((), ("--shacl",), (small.graph_dir / "town.ttl",)):
        done = run_kg("check", *arguments, cwd=small.root)
        assert (done.code, done.out, len(done.err.splitlines())) == (6, "", 1)
        assert "the shapes hold no rule to check" in done.err
    small.shapes_file.write_bytes(shapes)
    shutil.rmtree(small.queries_dir / "checks")
    done = run_kg("check", cwd=small.root)
    assert (done.code, done.out, len(done.err.splitlines())) == (6, "", 1)
    assert "no violation query" in done.err


def test_kg_check_of_what_is_no_file_is_one_line(small: Workspace, run_kg: Any) -> None:
    for arguments in (("MISSING",), ("MISSING.ttl",), ("graph",), ("--text", "MISSING.txt")):
        done = run_kg("check", *arguments, cwd=small.root)
        assert (done.code, done.out, len(done.err.splitlines())) == (3, "", 1), done
        assert arguments[-1] in done.err


def test_a_claim_without_its_type_is_found_in_any_file(tmp_path: Path, checkout: Workspace) -> None:
    path = tmp_path / "claims.ttl"
    graph = VALID[VALID.index("claim:town-001 a") : VALID.index("claim:town-002 a")]
    for becomes in ("a kg:Clam ;", "rdfs:comment 1 ;"):
        path.write_text(PREFIXES + graph.replace("a kg:Claim ;", becomes), encoding="utf-8")
        assert any("write a kg:Claim" in one.message for one in check_document(checkout, path))


def test_kg_check_names_the_line_and_exits_1(small: Workspace, run_kg: Any) -> None:
    done = run_kg("check", "--text", "letter.txt", cwd=small.root)
    assert (done.code, "error" in done.out) == (0, False), done
    path = small.graph_dir / "town.ttl"
    old = path.read_text(encoding="utf-8")
    path.write_text(old.replace("kg:polarity kg:affirmed", "kg:polarity kg:perhaps", 1), encoding="utf-8")
    line = old[: old.index("kg:polarity kg:affirmed")].count("\n") + 1
    done = run_kg("check", cwd=small.root)
    assert done.code == 1
    assert f"{Path('graph', 'town.ttl')}:{line}: error: claim:town-001 kg:polarity kg:perhaps: " in done.out
    assert "1 error" in done.err


def test_kg_check_of_a_file_that_cannot_be_read_exits_3(tmp_path: Path, small: Workspace, run_kg: Any) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text("<urn:a> <urn:b> ]", encoding="utf-8")
    done = run_kg("check", path, cwd=small.root)
    assert (done.code, done.out) == (3, "")
    assert ":1:" in done.err
    assert len(done.err.splitlines()) == 1


def test_kg_check_shows_control_characters_as_escapes(tmp_path: Path, small: Workspace, run_kg: Any) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text(f'<urn:a> <urn:b> "\u202e\u009b1"^^<{names.XSD}integer> .', encoding="utf-8")
    done = run_kg("check", path, cwd=small.root)
    assert done.code == 1
    assert "\u202e" not in done.out
    assert "\u009b" not in done.out


def test_shapes_that_reach_out_or_run_for_ever_end_with_one_line(small: Workspace, run_kg: Any) -> None:
    connections = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def listen() -> None:
            try:
                connections.append(server.accept())
            except OSError:
                return

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        head = f"@prefix kg: <{names.KG}> . @prefix sh: <{names.SH}> . @prefix owl: <{names.OWL}> .\n"
        query = f"SELECT $this {{ SERVICE <http://127.0.0.1:{port}/> {{ $this ?p ?o }} }}"
        far = f"<urn:S> sh:targetClass kg:Claim ; sh:sparql <urn:Q> . <urn:Q> sh:select '{query}' ."
        imports = f"<urn:S> sh:targetClass kg:Claim ; sh:nodeKind sh:IRI . <urn:S> owl:imports <http://127.0.0.1:{port}/more> ."
        for shape in (far, imports):
            small.shapes_file.write_text(head + shape, encoding="utf-8")
            for options in ((), ("--shacl",)):
                done = run_kg("check", *options, cwd=small.root)
                assert (done.code, done.out) == (3, "")
                assert "the shape urn:" in done.err
                assert len(done.err.splitlines()) == 1
        assert connections == []
        server.shutdown(socket.SHUT_RDWR)


def test_kg_check_shacl_says_the_same_as_kg_check(small: Workspace, run_kg: Any) -> None:
    pytest.importorskip("pyshacl", reason="pySHACL is not installed")
    path = small.graph_dir / "town.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("kg:certainty kg:certain", "kg:certainty kg:sure", 1), encoding="utf-8")
    plain, second = run_kg("check", cwd=small.root), run_kg("check", "--shacl", cwd=small.root)
    assert plain.code == second.code == 1
    assert plain.out == second.out
    short = run_kg("check", "--shacl", "--timeout", "0.01", cwd=small.root)
    assert short.code == 5
    assert "was stopped" in short.err


def test_kg_fmt_puts_files_into_form_and_refuses_comments(small: Workspace, run_kg: Any) -> None:
    path = small.graph_dir / "town.ttl"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"\n\tkg:kind", b"\n  kg:kind"))
    done = run_kg("fmt", "--check", cwd=small.root)
    assert done.code == 1
    assert "canonical form" in done.out
    assert run_kg("fmt", cwd=small.root).err == f"wrote {Path('graph', 'town.ttl')}\n"
    assert path.read_bytes() == good
    assert run_kg("fmt", "--check", cwd=small.root).code == 0
    path.write_bytes(good + b"# a comment\n")
    done = run_kg("fmt", path, cwd=small.root)
    assert done.code == 3
    assert "comment would be lost" in done.err
    assert path.read_bytes() == good + b"# a comment\n"


def test_the_article_passes_kg_check(run_kg: Any, root: Path, article_file: Path) -> None:
    done = run_kg("check", "--text", article_file, cwd=root)
    assert done.code == 0, done.out


def test_under_the_base_that_the_ontology_shares_only_the_names_of_the_workspace_are_to_be_replaced(tmp_path: Path) -> None:
    store = ox.Store()
    for name in ("https://example.org/claim/b-001", f"{names.BASE}claim/a-001"):
        store.add(ox.Quad(ox.NamedNode(name), ox.NamedNode(names.TYPE), ox.NamedNode(names.CLAIM)))
    [finding] = base.find(workspace.Workspace(tmp_path, base="https://example.org/"), store)
    said = f"1 name in graph/ begins with {names.BASE}, and kg.toml says https://example.org/; put the old base back, or replace"
    assert finding.message.startswith(f"{said} {names.BASE} by https://example.org/ where claim/, entity/, graph/, passage/ or source/ ")
