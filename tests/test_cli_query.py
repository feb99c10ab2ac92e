from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import pty
import select
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    RunKg = Callable[..., Any]

TURTLE = """@prefix kg: <https://w3id.org/claimgraph/ontology#> . @prefix ent: <https://w3id.org/claimgraph/entity/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<urn:c1> a kg:Claim ; kg:claimant ent:ann ; kg:passage <urn:p> ; kg:value 01 ; kg:unit <http://qudt.org/vocab/unit/PERCENT> .
<urn:c2> a kg:Claim ; kg:claimant ent:bob ; rdfs:label "=1+1" .
<urn:p> kg:paragraph 3 ; kg:sentence 10 ; kg:start 1320 ; kg:end 1345 .
ent:ann skos:prefLabel "Ann"@en . ent:bob skos:prefLabel "Bob"@en .
"""
CLAIMS = "SELECT ?c ?w { ?c kg:claimant ?w } ORDER BY ?c"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "small.ttl"
    path.write_text(TURTLE, encoding="utf-8")
    return path


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_pipe_gets_csv_with_whole_names(run_kg: RunKg, data: Path) -> None:
    done = run_kg("query", "--data", data, "-e", CLAIMS)
    assert (done.code, done.err) == (0, "")
    ent = "https://w3id.org/claimgraph/entity/"
    assert rows(done.out) == [["c", "w"], ["urn:c1", ent + "ann"], ["urn:c2", ent + "bob"]]


def test_both_engines_write_the_same(run_kg: RunKg, data: Path) -> None:
    for form in ("csv", "json", "table"):
        outs = {run_kg("query", "--data", data, "-e", CLAIMS, "-f", form, "--engine", engine).out for engine in ("oxigraph", "rdflib")}
        assert len(outs) == 1


def test_a_table_has_labels_units_and_passages(run_kg: RunKg, data: Path) -> None:
    text = "SELECT ?c ?w ?value ?unit { ?c kg:claimant ?w ; kg:value ?value ; kg:unit ?unit }"
    done = run_kg("query", "--data", data, "-e", text, "-f", "table")
    assert done.out.splitlines()[2].split() == ["<urn:c1>", "Ann", "(ent:ann)", "01", "%", "¶3", "s10", "1320-1345"]
    assert "¶3" not in run_kg("query", "--data", data, "-e", text, "-f", "table", "--no-passages").out
    assert "Ann" not in run_kg("query", "--data", data, "-e", text, "-f", "table", "--iris").out
    assert "Ann (ent:ann)" in run_kg("query", "--data", data, "-e", text, "--labels").out


def test_formulas_are_guarded_unless_raw(run_kg: RunKg, data: Path) -> None:
    text = "SELECT ?l { ?c rdfs:label ?l }"
    assert rows(run_kg("query", "--data", data, "-e", text).out)[1] == ["'=1+1"]
    assert rows(run_kg("query", "--data", data, "-e", text, "--raw").out)[1] == ["=1+1"]


def test_a_limit_says_that_there_is_more(run_kg: RunKg, data: Path) -> None:
    done = run_kg("query", "--data", data, "-e", CLAIMS, "--limit", "1")
    assert len(rows(done.out)) == 2
    assert done.err == "kg: 1 of more rows; raise --limit\n"


def test_a_file_is_written_whole_in_the_format_of_its_suffix(run_kg: RunKg, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    done = run_kg("query", "--data", data, "-e", CLAIMS, "-o", target)
    assert (done.code, done.out) == (0, "")
    assert len(json.loads(target.read_text(encoding="utf-8"))["results"]["bindings"]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "small.ttl"]


def test_targets_that_cannot_be_written_are_refused(run_kg: RunKg, data: Path, tmp_path: Path) -> None:
    (tmp_path / "link.ttl").symlink_to(data)
    before = data.read_bytes()
    export = "CONSTRUCT WHERE { ?s ?p ?o }"
    for target, words in (
        (tmp_path, "is a folder"),
        (data, "also an input"),
        (tmp_path / "link.ttl", "also an input"),
        (tmp_path / "missing" / "x.ttl", "does not exist"),
        ("/dev/null", "no ordinary file"),
        (tmp_path / "x.doc", "names no format"),
    ):
        done = run_kg("query", "--data", data, "-e", export, "-o", target, *(["-f", "ttl"] if words == "no ordinary file" else []))
        assert (done.code, done.out) == (2, "")
        assert words in done.err
        assert len(done.err.splitlines()) == 1
    assert data.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_without_permission_is_refused(run_kg: RunKg, data: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    assert run_kg("query", "--data", data, "-e", CLAIMS, "-o", closed / "x.csv").code == 2


def test_an_export_is_exact(run_kg: RunKg, data: Path) -> None:
    done = run_kg("query", "--data", data, "-e", "CONSTRUCT WHERE { ?s kg:value ?o }", "-f", "nt")
    assert done.out == '<urn:c1> <https://w3id.org/claimgraph/ontology#value> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'


def test_a_query_comes_from_a_file_or_standard_input(run_kg: RunKg, data: Path, tmp_path: Path) -> None:
    asked = "#+ summary: x\n#+ param: who | iri | required | whose\nSELECT ?c { ?c kg:claimant ?who }"
    (tmp_path / "own.rq").write_text(asked, encoding="utf-8")
    for arguments in ([tmp_path / "own.rq"], ["-"], []):
        done = run_kg("query", *arguments, "--data", data, "-p", "who", "Ann", stdin=asked)
        assert rows(done.out) == [["c"], ["urn:c1"]]
    missing = run_kg("query", tmp_path / "own.rq", "--data", data)
    assert (missing.code, missing.out) == (2, "")
    assert missing.err == "kg: the parameter 'who' (whose) is missing; give it as in -p who ent:taliban\n"


def test_data_comes_from_standard_input_with_its_format_named(run_kg: RunKg) -> None:
    done = run_kg("query", "-e", CLAIMS, "--data", "-", "--data-format", "ttl", stdin=TURTLE)
    assert len(rows(done.out)) == 3
    assert run_kg("query", "-e", CLAIMS, "--data", "-", stdin=TURTLE).code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["-e", "SELECT * { ?s kgg:x ?o }"], 4, "did you mean kg:"),
        (["-e", "ASK { SERVICE <http://127.0.0.1/> {} }"], 7, "not on the allow-list"),
        (["-e", "LOAD <http://127.0.0.1/>"], 7, "not on the allow-list"),
        (["-e", "DROP ALL"], 4, "update"),
        (["-e", "ASK {} ASK {}"], 4, "second query"),
        (["-e", "ASK { ?s ?p 'x }"], 4, "quote"),
        (["../../x"], 2, "no name of a saved query"),
        (["/etc/passwd"], 2, "no name of a saved query"),
        (["no-such-query"], 2, "no saved query"),
        (["missing.rq"], 3, "there is no such file"),
        (["-e", "ASK {}", "name"], 2, "not both"),
        (["-e", "ASK {}", "-f", "ttl"], 2, "no place"),
        (["-e", "ASK {?x ?y ?z}", "-p", "x", "1", "-p", "x", "2"], 2, "given twice"),
        (["-e", "ASK {?x ?y ?z}", "-p", "who", "1"], 2, "the query has no variable ?who; it has ?x, ?y, ?z"),
        (["-e", "ASK {?x ?y ?z}", "-p", "x", "Taliban"], 2, "give -p x ent:taliban for what has it"),
        (["contradictions", "-p", "who", "ent:taliban"], 2, "the query has no parameter 'who'; it has none"),
        (["claims-about", "-p", "entity=ent:x"], 2, "-p takes NAME VALUE, two words: write -p entity ent:x"),
        (["claims-about", "-p", "entity", "enty:x"], 2, "did you mean ent:x?"),
        (["claims-in-month", "-p", "month", "May"], 2, "give it as in -p month 2021-08"),
        (["claims-by-certainty", "-p", "certainty", "maybe"], 2, "give one of certain, probable, possible, unspecified"),
        (["reasons-for", "-p", "claim", "135"], 2, "ids look like claim:ra-135"),
    ],
)
def test_mistakes_have_an_exit_code_and_one_line(run_kg: RunKg, arguments: list[str], code: int, words: str) -> None:
    done = run_kg("query", *arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err
    assert len([line for line in done.err.splitlines() if line.startswith("kg: ")]) <= 1


def test_a_syntax_error_shows_the_line_and_a_caret(run_kg: RunKg) -> None:
    done = run_kg("query", "-e", "SELECT * {\n  ?s kgg:x ?o }")
    assert done.err.splitlines() == [
        "kg: 2:6: the prefix 'kgg:' is not declared; did you mean kg:?",
        "  ?s kgg:x ?o }",
        "     ^",
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bad.ttl", b"<urn:a> <urn:b> x:c .", "bad.ttl:1:17: The prefix x: has not been declared"),
        ("bad.jsonld", b'{"@context": "http://127.0.0.1:9/"}', "lies elsewhere"),
        ("bad.rdf", b"<!DOCTYPE x><x/>", "DOCTYPE"),
        ("bad.nt", b"\xff\xfe<\x00", "UTF-16, convert to UTF-8"),
    ],
)
def test_bad_data_is_refused_with_its_place(run_kg: RunKg, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = run_kg("query", "--data", tmp_path / name, "-e", CLAIMS)
    assert (done.code, done.out) == (3, "")
    assert words in done.err
    assert len(done.err.splitlines()) == 1


def on_terminal(arguments: list[str], *, columns: int = 70) -> tuple[int, str, str]:
    """Run kg with a terminal at its standard input and output; return exit code, what the terminal got, and standard error."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", *arguments],
        stdin=follower,
        stdout=follower,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": str(columns)},
    )
    os.close(follower)
    shown = b""
    try:
        with contextlib.suppress(OSError):  # the other side is gone
            while select.select([leader], [], [], 60)[0] and (piece := os.read(leader, 65536)):
                shown += piece
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
        os.close(leader)
    return process.returncode, shown.decode(), err.decode()


def test_a_terminal_gets_a_table_and_no_control_sequence(data: Path) -> None:
    code, shown, _ = on_terminal(["query", "--data", str(data), "-e", CLAIMS])
    assert code == 0
    assert "Ann (ent:ann)" in shown
    evil = data.with_name("evil.ttl")
    evil.write_text('<urn:a> <urn:b> "x\x1b[31m\u202e" .', encoding="utf-8")
    for form in ("table", "csv", "tsv", "json", "md"):
        code, shown, _ = on_terminal(["query", "--data", str(evil), "-f", form, "-e", "SELECT ?o { ?s ?p ?o }"])
        assert code == 0
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_a_narrow_terminal_gets_records(data: Path) -> None:
    text = (
        "SELECT ?claim ?claimant ?value ?unit ?paragraph ?sentence ?polarity WHERE { ?claim kg:claimant ?claimant "
        "OPTIONAL { ?claim kg:value ?value ; kg:unit ?unit ; kg:passage [ kg:paragraph ?paragraph ; kg:sentence ?sentence ] } "
        "OPTIONAL { ?claim kg:polarity ?polarity } } ORDER BY ?claim"
    )
    _, shown, _ = on_terminal(["query", "--data", str(data), "-e", text])
    assert shown.splitlines() == [
        "claim            claimant       value  passage",
        "---------------  -------------  -----  ----------------",
        "<urn:c1>         Ann (ent:ann)   01 %  ¶3 s10 1320-1345",
        "=1+1 (<urn:c2>)  Bob (ent:bob)",
    ]
    _, shown, _ = on_terminal(["query", "--data", str(data), "-e", text], columns=40)
    assert shown.splitlines() == [
        "claim     <urn:c1>",
        "claimant  Ann (ent:ann)",
        "value     01 %",
        "passage   ¶3 s10 1320-1345",
        "",
        "claim     =1+1 (<urn:c2>)",
        "claimant  Bob (ent:bob)",
    ]


def test_a_terminal_without_a_query_gets_usage() -> None:
    code, _, err = on_terminal(["query"])
    assert code == 2
    assert err.startswith("Usage: kg query")


def test_saved_queries_are_listed_shown_checked_and_completed(run_kg: RunKg) -> None:
    done = run_kg("queries")
    listed = rows(done.out)
    whole = rows(run_kg("queries", "--all").out)
    assert done.err == f"kg: {len(whole) - len(listed)} queries of kg check are left out; --all lists them\n"
    assert {row[0].endswith("-violation") for row in whole if row not in listed} == {True}
    assert listed[0] == ["name", "summary", "parameters"]
    assert len(listed) > 30
    name = listed[1][0]
    shown = run_kg("queries", "show", name).out
    assert shown.startswith(f"{name}: {listed[1][1]}")
    assert "SELECT" in shown or "CONSTRUCT" in shown
    assert run_kg("queries", "check").code == 0
    completed = run_kg("query", _KG_COMPLETE="bash_complete", COMP_WORDS=f"kg query {name[:4]}", COMP_CWORD="2")
    assert name in completed.out


def test_a_thing_is_named_by_its_label_or_an_alternative_one(run_kg: RunKg, data: Path) -> None:
    data.write_text(TURTLE + 'ent:ann skos:altLabel "Annie"@en .\n', encoding="utf-8")
    asked = "#+ summary: x\n#+ param: who | iri | required | whose\nSELECT ?c { ?c kg:claimant ?who }"
    for name in ("Ann", "annie", "ent:ann"):
        assert rows(run_kg("query", "-", "--data", data, "-p", "who", name, stdin=asked).out) == [["c"], ["urn:c1"]]


def test_a_wrong_saved_query_is_found(run_kg: RunKg, tmp_path: Path) -> None:
    bad = tmp_path / "bad.rq"
    bad.write_text("#+ sumary: x\nASK {}\n", encoding="utf-8")
    done = run_kg("queries", "check", bad)
    assert done.code == 1
    assert done.out == f"{bad}:1: the header key 'sumary' is unknown; known are summary, description, tags, problem, solution, param\n"


@pytest.mark.parametrize("command", [["query"], ["queries"], ["queries", "show"], ["queries", "check"]])
def test_help_has_an_example(run_kg: RunKg, command: list[str]) -> None:
    assert "Example: kg quer" in run_kg(*command, "--help").out
