"""What a query may take: every runaway ends in one line that names the limit and its option, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg import confined, limits
from kg.errors import LimitError, QueryError, RemoteError, UsageError
from kg.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    RunKg = Callable[..., Any]

pytestmark = pytest.mark.skipif(not (confined.IS_ENFORCED and Path("/proc/self/stat").exists()), reason="this system has no fork or /proc")
SLACK = 60.0
"""Seconds that a busy machine may need to start a process, on top of a limit."""
MEASURED = """
import json, resource, subprocess, sys, time
start = time.monotonic()
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True, text=True)
took = time.monotonic() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([done.returncode, done.stdout, done.stderr, took, peak]))
"""
CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
DOUBLED = " ".join(f"BIND(CONCAT(?z{n - 1}, ?z{n - 1}) AS ?z{n})" for n in range(1, 41))
TIME = "kg: the query took longer than 1 s and was stopped; ask for less, or allow more with --timeout\n"
MEMORY = "kg: the query needs more than 768 MiB of memory and was stopped; ask for less, or allow more with --max-memory\n"
COUNTED = f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}"


def measured(command: list[str], *arguments: str) -> tuple[int, str, str, float, int]:
    """Run a command; return its code, what it said, the seconds it took and the bytes that it or a child of it had at most."""
    done = subprocess.run([sys.executable, "-c", MEASURED, *command, *arguments], capture_output=True, text=True, check=True, timeout=120)
    code, out, err, took, peak = json.loads(done.stdout)
    return code, out, err, took, peak


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        pytest.param(COUNTED, ["--timeout", "1s"], TIME, id="a cross product counted"),
        pytest.param(f"SELECT * {{ {CROSS} }} ORDER BY ?c ?f ?i", ["--timeout", "1m"], MEMORY, id="a cross product sorted"),
        pytest.param(f"SELECT ?z40 {{ BIND('0123456789abcdef' AS ?z0) {DOUBLED} }}", ["--timeout", "1m"], MEMORY, id="a text doubled"),
        pytest.param(f"SELECT (GROUP_CONCAT(?c) AS ?n) {{ {CROSS} }}", ["--timeout", "1s"], TIME, id="texts of a group joined"),
        pytest.param(
            f'SELECT * {{ {CROSS} FILTER(REGEX(STR(?c), "(a+)+$")) }}',
            ["--timeout", "1s", "--engine", "rdflib"],
            TIME,
            id="rdflib's engine",
        ),
        pytest.param(
            "SELECT * { ?s a kg:Claim " + " ".join(f"OPTIONAL {{ ?s ?p{n} ?o{n} }}" for n in range(150)) + "}",
            ["--timeout", "1s"],
            TIME,
            id="a planner with 150 optional parts",
        ),
        pytest.param(
            "SELECT * {" + " ".join(f"?s{n} ?p ?o{n} ." for n in range(199)) + "}",
            ["--timeout", "1s"],
            TIME,
            id="a planner with one variable for all predicates",
        ),
    ],
)
def test_a_runaway_query_ends_in_one_line(kg_command: list[str], text: str, options: list[str], words: str) -> None:
    code, out, err, took, peak = measured(kg_command, "query", "-e", text, *options)
    assert (code, out, err) == (5, "", words)
    assert peak < 2**30
    assert words == MEMORY or took < 1 + SLACK


def test_a_limit_is_the_one_that_is_asked_for(run_kg: RunKg) -> None:
    memory = run_kg("query", "-e", f"SELECT * {{ {CROSS} }} ORDER BY ?c", "--max-memory", "64M", "--timeout", "1m")
    assert (memory.code, memory.out) == (5, "")
    assert memory.err == MEMORY.replace("768", "64")
    cpu = run_kg("query", "-e", COUNTED, "--max-cpu", "1s", "--timeout", "0")
    assert (cpu.code, cpu.out) == (5, "")
    assert cpu.err == "kg: the query took more than 1 s of processor time and was stopped; ask for less, or allow more with --max-cpu\n"


def test_an_answer_that_is_too_large_is_refused_and_nothing_of_it_shown(run_kg: RunKg, tmp_path: Path) -> None:
    output = tmp_path / "all.csv"
    for target in ([], ["-o", str(output)]):
        rows = run_kg("query", "-e", "SELECT * { ?s ?p ?o }", "--max-rows", "10", *target, TMPDIR=str(tmp_path))
        assert (rows.code, rows.out) == (5, "")
        assert rows.err == "kg: the answer has more than 10 rows and was stopped; ask for less, or allow more with --max-rows\n"
        size = run_kg("query", "-e", "SELECT * { ?s ?p ?o }", "--max-size", "1K", *target, TMPDIR=str(tmp_path))
        assert (size.code, size.out) == (5, "")
        assert size.err == "kg: the answer is larger than 1 KiB and was stopped; ask for less, or allow more with --max-size\n"
    assert list(tmp_path.iterdir()) == []


def test_rows_that_are_asked_for_are_no_safety(run_kg: RunKg) -> None:
    """`--limit` cuts and says so, however many more there are; 0 takes a limit away."""
    cut = run_kg("query", "-e", "SELECT * { ?s ?p ?o }", "--limit", "3", "--max-rows", "10")
    assert (cut.code, cut.err) == (0, "kg: 3 of more rows; raise --limit\n")
    assert run_kg("query", "-e", "SELECT * { ?s ?p ?o }", "--max-rows", "0", "--max-size", "0", "--timeout", "0").code == 0
    assert run_kg("query", "-e", "CONSTRUCT WHERE { ?s ?p ?o }", "--max-rows", "10").code == 5


def test_a_stopped_query_leaves_the_old_file_as_it_was(run_kg: RunKg, tmp_path: Path) -> None:
    output = tmp_path / "rows.csv"
    output.write_text("old", encoding="utf-8")
    done = run_kg("query", "-e", COUNTED, "--timeout", "300ms", "-o", output, TMPDIR=str(tmp_path))
    assert (done.code, done.out) == (5, "")
    assert "took longer than 300 ms" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]
    assert output.read_text(encoding="utf-8") == "old"


def test_what_finds_nothing_is_said_so_though_the_reason_takes_too_long(run_kg: RunKg) -> None:
    """The answer stands; why it is empty is looked for in the time that is left: here the part with the filter would run for ever."""
    text = f"SELECT ?a {{ {CROSS} . FILTER(STRLEN(CONCAT(STR(?c), STR(?f), STR(?i), STR(?l))) < 0) ?a kg:nothing ?m }}"
    started = time.monotonic()
    done = run_kg("query", "-e", text, "--timeout", "3s")
    assert time.monotonic() - started < 3 + SLACK
    assert (done.code, done.out) == (0, "a\r\n")
    words = "what is to be said about the terms of the query, and about finding nothing, could not be found out in time"
    assert done.err == f"kg: {words}\n"


@pytest.mark.parametrize(("text", "words"), [("soon", "is no duration"), ("1h30", "is no duration"), ("-1s", "is no duration")])
def test_a_duration_that_is_none_is_refused(run_kg: RunKg, text: str, words: str) -> None:
    done = run_kg("query", "-e", "ASK {}", f"--timeout={text}")
    assert done.code == 2
    assert words in done.err


def start(command: list[str], *arguments: str) -> subprocess.Popen[str]:
    """Start a query that would run for ever, in a process group of its own, and return when its child is there."""
    process = subprocess.Popen(
        [*command, "query", "-e", COUNTED, "--timeout", "0", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 30
    while time.monotonic() < until and members(process.pid) < 2:
        time.sleep(0.02)
    time.sleep(0.5)  # into the engine
    return process


def members(group: int) -> int:
    """Return how many processes of a group are running."""
    found = [fields_of(path) for path in Path("/proc").glob("[0-9]*/stat")]
    return sum(fields[2:3] == [str(group)] and fields[0] != "Z" for fields in found)


def fields_of(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:  # it has just ended
        return []


@pytest.fixture
def runaway(kg_command: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = start(kg_command)
    yield process
    if members(process.pid):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_an_interruption_ends_a_query_at_once(runaway: subprocess.Popen[str], *, is_terminal: bool) -> None:
    """A terminal interrupts the whole group, a program only the process that it started."""
    (os.killpg if is_terminal else os.kill)(runaway.pid, signal.SIGINT)
    out, err = runaway.communicate(timeout=SLACK)
    assert (runaway.returncode, out, err.strip()) == (130, "", "kg: interrupted")
    assert members(runaway.pid) == 0


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_no_query_outlives_its_command(runaway: subprocess.Popen[str], end: signal.Signals) -> None:
    runaway.send_signal(end)
    runaway.wait(timeout=SLACK)
    until = time.monotonic() + SLACK
    while members(runaway.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert members(runaway.pid) == 0


def busy(desk: confined.Desk) -> None:
    desk.begin()
    while True:
        pass


def test_what_was_handed_in_stands_when_a_limit_comes() -> None:
    def work(desk: confined.Desk) -> None:
        desk.settle({"rows": [b"a", 1, None]}, within=0.2)
        busy(desk)

    done = confined.run(work, Limits(seconds=30))
    assert done.settled == {"rows": [b"a", 1, None]}
    assert done.stopped == "seconds"


def test_work_returns_what_it_comes_to_however_large() -> None:
    done = confined.run(lambda _desk: b"x" * 5_000_000, Limits(seconds=30))
    assert done.value == b"x" * 5_000_000
    assert done.stopped is None


def test_time_counts_from_the_beginning_that_the_work_names() -> None:
    def work(desk: confined.Desk) -> str:
        time.sleep(0.7)
        desk.begin()
        return "done"

    assert confined.run(work, Limits(seconds=0.5)).value == "done"
    with pytest.raises(LimitError, match="500 ms"):
        confined.run(busy, Limits(seconds=0.5))


def test_errors_of_the_work_arrive_with_their_place() -> None:
    def work(_desk: confined.Desk) -> None:
        raise QueryError("no", path="a.rq", line=2, column=3, source="ASK")

    with pytest.raises(QueryError) as caught:
        confined.run(work, Limits())
    assert (str(caught.value), caught.value.source) == ("a.rq:2:3: no", "ASK")

    def other(_desk: confined.Desk) -> None:
        raise RemoteError("no host", status=500)

    with pytest.raises(RemoteError, match="no host"):
        confined.run(other, Limits())


def test_a_fault_of_the_work_is_no_limit() -> None:
    def work(_desk: confined.Desk) -> None:
        raise ZeroDivisionError("a fault")

    with pytest.raises(RuntimeError, match="ZeroDivisionError: a fault"):
        confined.run(work, Limits(seconds=30))


def test_memory_that_python_asks_for_counts_too() -> None:
    def work(desk: confined.Desk) -> int:
        desk.begin()
        return len(bytearray(512 * 1024**2))

    with pytest.raises(LimitError, match="64 MiB"):
        confined.run(work, Limits(memory=64 * 1024**2))


def test_words_of_the_child_do_not_block_it(capfd: pytest.CaptureFixture[str]) -> None:
    def work(_desk: confined.Desk) -> str:
        os.write(2, b"x" * 300_000)
        return "done"

    assert confined.run(work, Limits(seconds=30)).value == "done"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_closed_streams_are_no_place_for_pipes(kg_command: list[str], closed: str) -> None:
    line = f'{" ".join(kg_command)} query -e "ASK {{}}" -f tsv {closed}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "true\n")


def test_amounts_are_read_as_people_write_them() -> None:
    assert [limits.seconds_of(text) for text in ("1.5s", "2", "1h", "0ms")] == [1.5, 2.0, 3600.0, None]
    assert [limits.bytes_of(text) for text in ("1k", "3MiB", "0")] == [1024, 3 * 1024**2, None]
    with pytest.raises(UsageError, match="'1 apple' is no amount of bytes"):
        limits.bytes_of("1 apple")


# ---- checks of a workspace, which are anybody's queries and shapes


@pytest.fixture
def workspace(run_kg: RunKg, root: Path, tmp_path: Path) -> Path:
    """A workspace with the claims of the checkout, whose checks may be changed."""
    folder = tmp_path / "space"
    assert run_kg("init", folder, "--base", "https://w3id.org/claimgraph/").code == 0
    for path in (root / "graph").glob("*.ttl"):
        (folder / "graph" / path.name).write_bytes(path.read_bytes())
    return folder


def test_a_check_that_runs_away_is_stopped_and_named(run_kg: RunKg, workspace: Path) -> None:
    query = workspace / "queries" / "checks" / "endless-violation.rq"
    header = "#+ summary: Endless.\n#+ problem: it runs\n#+ solution: stop it\n"
    query.write_text(f"{header}SELECT (SAMPLE(?a) AS ?this) {{ {CROSS} }} HAVING (COUNT(*) < 0)\n", encoding="utf-8")
    started = time.monotonic()
    done = run_kg("check", "--timeout", "3s", cwd=workspace)
    assert time.monotonic() - started < 3 + SLACK
    assert (done.code, done.out) == (5, "")
    words = "the check took longer than 3 s and was stopped at endless-violation; correct that, or allow more with --timeout"
    assert done.err == f"kg: {words}\n"


def test_a_check_that_eats_memory_is_stopped_and_named(run_kg: RunKg, workspace: Path) -> None:
    query = workspace / "queries" / "checks" / "greedy-violation.rq"
    header = "#+ summary: Greedy.\n#+ problem: it grows\n#+ solution: stop it\n"
    query.write_text(f"{header}SELECT (?a AS ?this) {{ {CROSS} }} ORDER BY ?c ?f ?i\n", encoding="utf-8")
    done = run_kg("check", "--max-memory", "400M", cwd=workspace)
    assert (done.code, done.out) == (5, "")
    assert done.err.startswith("kg: the check needs more than 400 MiB of memory and was stopped at ")
    assert "greedy-violation" in done.err


def test_a_shape_whose_query_runs_away_is_stopped_and_named(run_kg: RunKg, workspace: Path) -> None:
    shapes = workspace / "ontology" / "shapes.ttl"
    endless = "<https://example.org/EndlessShape> a sh:NodeShape ; sh:targetClass kg:Claim ; sh:sparql [ a sh:SPARQLConstraint ; "
    endless += f'sh:message "endless" ; sh:select "SELECT $this {{ $this ?x ?y . {CROSS} }} GROUP BY $this HAVING (COUNT(*) < 0)" ] .\n'
    shapes.write_text(shapes.read_text(encoding="utf-8") + "\n" + endless, encoding="utf-8")
    done = run_kg("check", "--timeout", "3s", cwd=workspace)
    assert (done.code, done.out) == (5, "")
    assert "stopped at EndlessShape;" in done.err


def test_no_pattern_of_a_shape_runs_for_ever(run_kg: RunKg, workspace: Path) -> None:
    shapes = workspace / "ontology" / "shapes.ttl"
    slow = "<https://example.org/SlowShape> a sh:NodeShape ; sh:targetClass kg:Claim ; "
    slow += 'sh:property [ sh:path rdfs:label ; sh:pattern "(a+)+$" ] .'
    shapes.write_text(f"{shapes.read_text(encoding='utf-8')}\n{slow}\n", encoding="utf-8")
    claims = workspace / "graph" / "ra.ttl"
    claims.write_text(claims.read_text(encoding="utf-8").replace('rdfs:label "', f'rdfs:label "{"a" * 40}! ', 1), encoding="utf-8")
    started = time.monotonic()
    done = run_kg("check", cwd=workspace)
    assert time.monotonic() - started < 5 + SLACK
    assert done.code == 1
    assert done.out.count("is not satisfied; see ontology/shapes.ttl") > 100


def test_an_interrupted_check_ends_at_once(kg_command: list[str], workspace: Path) -> None:
    query = workspace / "queries" / "checks" / "endless-violation.rq"
    header = "#+ summary: Endless.\n#+ problem: it runs\n#+ solution: stop it\n"
    query.write_text(f"{header}SELECT (SAMPLE(?a) AS ?this) {{ {CROSS} }} HAVING (COUNT(*) < 0)\n", encoding="utf-8")
    process = subprocess.Popen(
        [*kg_command, "--dir", str(workspace), "check"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until = time.monotonic() + 30
    while time.monotonic() < until and members(process.pid) < 2:
        time.sleep(0.02)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=SLACK)
    assert (process.returncode, out, err.strip()) == (130, "", "kg: interrupted")
    assert members(process.pid) == 0


def test_the_query_of_a_view_is_held_to_a_limit_too(run_kg: RunKg, tmp_path: Path) -> None:
    query = tmp_path / "endless.rq"
    query.write_text(f"SELECT (SAMPLE(?a) AS ?claim) {{ {CROSS} }}\n", encoding="utf-8")
    done = run_kg("view", "-o", tmp_path / "map.html", "--query", query, "--timeout", "1s")
    assert (done.code, done.out, done.err) == (5, "", TIME)
    assert [path.name for path in tmp_path.iterdir()] == ["endless.rq"]


def test_a_text_that_is_refused_is_refused_before_anything_is_loaded(run_kg: RunKg, tmp_path: Path) -> None:
    """The guard needs no data: what it refuses costs nothing, and data that cannot be read does not get in its way."""
    broken = tmp_path / "broken.ttl"
    broken.write_text("no turtle", encoding="utf-8")
    for text, code in ((f"ASK {{ FILTER({'(' * 10_000}1{')' * 10_000}) }}", 4), ("ASK { SERVICE <http://127.0.0.1/> {} }", 7)):
        done = run_kg("query", "--data", broken, "-", stdin=text)
        assert (done.code, done.out) == (code, "")
        assert "broken.ttl" not in done.err
