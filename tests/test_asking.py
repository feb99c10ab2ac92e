"""What `kg query` does beside answering: it shows, explains, times, draws, and lets a shell complete."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    RunKg = Callable[..., Any]

ENT = "https://w3id.org/claimgraph/entity/"
FAKE_CURL = "#!{python}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n"
HOSTILE = "ASK { ?s ?p 'it\\'s $(touch evil) `touch evil` \"x\" \\\\ !! %41 + @file' }"


@pytest.fixture
def shell(tmp_path: Path) -> Callable[[str], list[str]]:
    """Run a command line in a POSIX shell whose curl tells what it was given."""
    folder = tmp_path / "bin"
    folder.mkdir()
    curl = folder / "curl"
    curl.write_text(FAKE_CURL.format(python=sys.executable), encoding="utf-8")
    curl.chmod(curl.stat().st_mode | stat.S_IXUSR)

    def run(line: str) -> list[str]:
        environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)
        assert not (tmp_path / "evil").exists()
        found: list[str] = json.loads(done.stdout)
        return found

    return run


def test_a_shown_query_runs_anywhere(run_kg: RunKg, tmp_path: Path) -> None:
    """It has its prefixes and the values of its parameters, by label or by id, and gives the same rows elsewhere."""
    asked = run_kg("query", "who-says-what", "-p", "who", "Taliban", "-f", "csv")
    shown = run_kg("query", "who-says-what", "-p", "who", "Taliban", "--show")
    assert (shown.code, shown.err) == (0, "")
    assert f"VALUES (?who) {{ (<{ENT}taliban>) }}" in shown.out
    again = tmp_path / "shown.rq"
    again.write_text(shown.out.replace("#+", "#"), encoding="utf-8")
    assert run_kg("query", again, "-f", "csv").out == asked.out
    short = run_kg("query", "-e", "SELECT ?c { ?c kg:claimant ent:taliban ; a kg:Claim }", "--show")
    declared = f"PREFIX ent: <{ENT}>\nPREFIX kg: <https://w3id.org/claimgraph/ontology#>\n"
    assert short.out == declared + "SELECT ?c { ?c kg:claimant ent:taliban ; a kg:Claim }\n"


def test_a_command_line_for_curl_holds_the_query_as_it_is(run_kg: RunKg, shell: Callable[[str], list[str]]) -> None:
    done = run_kg("query", "-e", HOSTILE, "--curl", "https://example.org/sparql?a=b&c=$(touch evil)", "-f", "json")
    assert done.code == 0
    assert shell(done.out) == [
        *("-gsS", "--fail-with-body", "-H", "Accept: application/sparql-results+json"),
        *("--data-urlencode", f"query={HOSTILE}"),
        *("--data-urlencode", "default-graph-uri=https://w3id.org/claimgraph/default-graph"),
        "https://example.org/sparql?a=b&c=$(touch evil)",
    ]


def test_curl_asks_the_endpoint_that_is_named_and_the_graphs_that_the_query_uses(run_kg: RunKg, shell: Callable[[str], list[str]]) -> None:
    given = ["--endpoint", "http://127.0.0.1:9/sparql", "--curl"]
    words = shell(run_kg("query", "-e", "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }", *given).out)
    assert words[3] == "Accept: text/turtle"
    assert words[-1] == "http://127.0.0.1:9/sparql"
    assert "named-graph-uri=https://w3id.org/claimgraph/graph/ra" in words
    other = shell(run_kg("query", "-e", "ASK FROM <urn:g> { ?s ?p ?o }", *given).out)
    assert [word for word in other if "graph-uri" in word] == []
    own = shell(run_kg("query", "-e", "ASK { ?s ?p ?o }", *given, "--default-graph", "urn:mine").out)
    assert "default-graph-uri=urn:mine" in own


def test_curl_never_shows_a_secret(run_kg: RunKg) -> None:
    secrets = {"KG_ENDPOINT_TOKEN": "s3cret", "KG_ENDPOINT_PASSWORD": "s3cret"}
    done = run_kg("query", "-e", "ASK {}", "--curl", "https://example.org/", **secrets)
    assert done.code == 0
    assert "s3cret" not in done.out + done.err
    assert done.err == "kg: the command holds no user, password or token; give curl --netrc, or -H with the token, as the endpoint needs\n"
    refused = run_kg("query", "-e", "ASK {}", "--curl", "https://me:s3cret@example.org/")
    assert (refused.code, refused.out) == (2, "")
    assert "s3cret" not in refused.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-e", "ASK {}", "--curl"], "--curl needs the address of an endpoint"),
        (["--curl", "denials"], "--curl takes an address, which 'denials' is not; put the name of a query before it"),
        (["-e", "ASK {}", "--curl", "ftp://example.org/"], "begins with http:// or https://"),
        (["-e", "ASK {}", "--show", "--explain"], "each stand instead of the answer"),
        (["-e", "DESCRIBE <urn:x>", "--explain"], "this one has none"),
        (["-e", "SELECT (1 AS ?x) {}", "--view", "map.html"], "names no accepted claim"),
        (["-e", "ASK {}", "--view", "map.html"], "names no claims"),
    ],
)
def test_what_cannot_be_shown_is_usage(run_kg: RunKg, tmp_path: Path, arguments: list[str], words: str) -> None:
    done = run_kg("query", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert list(tmp_path.iterdir()) == []


def test_an_explanation_counts_the_rows_after_each_part(run_kg: RunKg) -> None:
    text = """SELECT DISTINCT ?w {
      ?c a kg:Claim ;
         kg:claimant ?w .
      VALUES ?w { ent:author-of-ra }
      FILTER(?w != ent:nobody)
    }"""
    done = run_kg("query", "-e", text, "--explain", "-f", "csv")
    assert (done.code, done.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    parts = ["?c a kg:Claim", "kg:claimant ?w", "VALUES ?w { ent:author-of-ra }", "FILTER(?w != ent:nobody)", "the whole query"]
    assert [row["up to here"] for row in rows] == parts
    assert [row["line"] for row in rows] == ["2", "3", "4", "5", "1"]
    counts = [int(row["rows"]) for row in rows]
    assert counts[0] == counts[1] > counts[2] == counts[3] > counts[4] == 1
    assert all(float(row["ms"]) >= 0 for row in rows)


def test_an_explanation_shows_the_parts_before_the_one_that_runs_away(run_kg: RunKg) -> None:
    text = "SELECT * { ?a a kg:Claim . ?b ?c ?d . ?e ?f ?g . ?h ?i ?j . ?k ?l ?m }"
    done = run_kg("query", "-e", text, "--explain", "-f", "csv", "--timeout", "2s")
    assert done.code == 5
    assert done.out.splitlines()[1].startswith("1,?a a kg:Claim,")
    assert "the whole query" not in done.out
    assert done.err == "kg: the query took longer than 2 s and was stopped; ask for less, or allow more with --timeout\n"


def test_stages_are_timed_beside_the_answer(run_kg: RunKg) -> None:
    done = run_kg("query", "-e", "ASK {}", "--time", "-f", "tsv")
    assert done.out == "true\n"
    words = done.err.removeprefix("kg: ").split(", ")
    assert [word.split(" in ")[0] for word in words] == ["loaded", "answered", "written"]
    assert all(word.strip().endswith(" ms") for word in words)


def test_the_claims_of_an_answer_are_drawn(run_kg: RunKg, tmp_path: Path) -> None:
    done = run_kg("query", "denials", "-p", "who", "ent:taliban", "-f", "csv", "--view", tmp_path / "map.html")
    assert done.code == 0
    assert len(done.out.splitlines()) > 1
    assert done.err.startswith(f"kg: wrote {tmp_path / 'map.html'}: ")
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    whole = run_kg("view", "-o", tmp_path / "all.html")
    assert whole.code == 0
    assert len(page) < len((tmp_path / "all.html").read_text(encoding="utf-8"))
    picture = run_kg("query", "denials", "-p", "who", "ent:taliban", "--view", tmp_path / "map.svg")
    assert picture.code == 0
    assert (tmp_path / "map.svg").read_text(encoding="utf-8").startswith("<svg")


# ---- completion, as a shell asks for it


def completed(run_kg: RunKg, *words: str, **environment: str) -> list[str]:
    done = run_kg(_KG_COMPLETE="bash_complete", COMP_WORDS=" ".join(["kg", *words]), COMP_CWORD=str(len(words)), **environment)
    assert (done.code, done.err) == (0, "")
    return [line.partition(",")[2] for line in done.out.splitlines() if line]


def test_a_shell_completes_queries_and_their_parameters(run_kg: RunKg) -> None:
    assert completed(run_kg, "query", "who-s") == ["who-says-what"]
    assert completed(run_kg, "query", "who-says-what", "-p", "w") == ["who", "whom"]
    assert completed(run_kg, "query", "-f", "csv", "who-says-what", "--param", "whom") == ["whom"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["who-says-what", "-p", "who", "ent:ta"], ["ent:taliban"]),
        (["who-says-what", "-p", "whom", "ent:tap"], ["ent:tapi-pipeline"]),
        (["who-says-what", "-p", "who", "tali"], ["ent:taliban"]),
        (["who-says-what", "-p", "who", "en"], ["ent:"]),
        (["claims-by-certainty", "-p", "certainty", "p"], ["probable", "possible"]),
        (["claims-by-relation", "-p", "relation", "rel:fea"], ["rel:fears"]),
        (["claims-by-relation", "-p", "relation", "r"], ["rel:"]),
    ],
)
def test_a_shell_completes_the_values_of_a_parameter(run_kg: RunKg, words: list[str], found: list[str]) -> None:
    assert [value for value in completed(run_kg, "query", *words) if value in found] == found
    if ":" in words[-1]:
        assert completed(run_kg, "query", *words) == found


def test_bash_which_breaks_words_at_colons_gets_what_comes_after_the_last(run_kg: RunKg) -> None:
    assert completed(run_kg, "query", "who-says-what", "-p", "who", "ent", ":", "ta") == ["taliban"]
    every = completed(run_kg, "query", "who-says-what", "-p", "who", "ent", ":")
    assert "taliban" in every
    assert not any(":" in value for value in every)


def test_other_shells_see_the_label_beside_each_thing(run_kg: RunKg) -> None:
    words = "kg query who-says-what -p who ent:talib"
    fish = run_kg(_KG_COMPLETE="fish_complete", COMP_WORDS=words, COMP_CWORD="ent:talib")
    assert fish.out.split() == ["plain,ent:taliban", "Taliban"]
    zsh = run_kg(_KG_COMPLETE="zsh_complete", COMP_WORDS=words, COMP_CWORD="5")
    assert "Taliban" in zsh.out


def test_nothing_is_said_where_nothing_can_be_completed(run_kg: RunKg, tmp_path: Path) -> None:
    broken = tmp_path / "space"
    assert run_kg("init", broken).code == 0
    (broken / "queries" / "broken.rq").write_text("#+ nonsense: x\nASK {}\n", encoding="utf-8")
    assert completed(run_kg, "--dir", str(broken), "query", "broken", "-p", "x") == []
    assert completed(run_kg, "query", "no-such-query", "-p", "x") == []


@pytest.mark.skipif(not os.path.exists("/bin/bash"), reason="this system has no bash")  # noqa: PTH110  a mark, not a path
def test_bash_itself_completes_what_is_typed(kg_command: list[str], tmp_path: Path) -> None:
    """The script that click writes, in a real bash, with the words broken as bash breaks them."""
    kg = tmp_path / "kg"
    kg.write_text(f'#!/bin/sh\nexec {" ".join(kg_command)} "$@"\n', encoding="utf-8")
    kg.chmod(0o755)
    script = "source <(_KG_COMPLETE=bash_source kg); COMP_WORDS=(kg query who-says-what -p who ent : ta); COMP_CWORD=7; _kg_completion kg; "
    script += 'printf "%s\\n" "${COMPREPLY[@]}"'
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["/bin/bash", "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "taliban\n"
