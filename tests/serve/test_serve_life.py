"""How `kg serve` lives: queries that never end, workers that are lost, files that change under it, and its own end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from served import ROOT, Got, Served, alive, copy_of_workspace, serving

from kg.serve import generation, pool
from kg.serve.pool import Pool
from kg.serve.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.serve.generation import Worker
    from kg.workspace import Workspace

pytest_plugins = ("served",)

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
QUICK = "SELECT ?c { ?c a kg:Claim } ORDER BY ?c LIMIT 2"
DOUBLED = (
    "SELECT ?x39 { BIND('0123456789abcdef' AS ?x) "
    + " ".join(f"BIND(CONCAT(?x{n - 1 if n else ''}, ?x{n - 1 if n else ''}) AS ?x{n})" for n in range(40)).replace("?x-1", "?x")
    + " }"
)
SORTED = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f ?a ?d"
LOADED = "SELECT ?s { ?s a kg:Claim ; rdfs:label ?label FILTER(CONTAINS(?label, 'Xanadu')) }"


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose limits are soon reached."""
    options = ("--timeout", "1500ms", "--max-memory", "256M", "--max-rows", "1000", "--max-size", "1M", "--workers", "2")
    with serving(ROOT, tmp_path_factory.mktemp("limited"), *options) as server:
        yield server


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with one worker, and a deadline that none of these tests waits for."""
    with serving(ROOT, tmp_path_factory.mktemp("single"), "--workers", "1", "--timeout", "10m") as server:
        yield server


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    """A server of a workspace that may be changed, and that workspace."""
    base = tmp_path_factory.mktemp("changing")
    folder = copy_of_workspace(base / "space")
    with serving(folder, base, "--workers", "1") as server:
        yield server, folder


def is_one_problem(found: Got, status: int) -> bool:
    return found.status == status and found.type == "application/problem+json" and found.text.count("\n") == 1


@pytest.mark.parametrize("query", [ENDLESS, SORTED, DOUBLED, f"SELECT (GROUP_CONCAT(?c) AS ?all) {{ {ENDLESS.partition('{')[2]}"])
def test_a_query_that_would_go_on_is_stopped_and_the_next_one_works(limited: Served, query: str) -> None:
    start = time.monotonic()
    found = limited.ask(query)
    assert is_one_problem(found, 503)
    assert re.search("took longer than 1.5 s|memory", found.json["detail"])
    assert time.monotonic() - start < 30
    assert limited.ask(QUICK).status == 200
    assert alive(limited.process.pid)


def test_rows_and_bytes_are_counted_before_the_status_is_sent(limited: Served) -> None:
    for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"):
        for query in ("SELECT ?s { ?s ?p ?o }", "SELECT * { ?a ?b ?c . ?d ?e ?f }"):
            assert is_one_problem(limited.ask(query, Accept=accept), 413)
        assert limited.ask("SELECT ?s { ?s ?p ?o } LIMIT 1000", Accept=accept).status == 200
        assert limited.ask("SELECT ?s { ?s ?p ?o } LIMIT 1001", Accept=accept).status == 413
    assert is_one_problem(limited.ask("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"), 413)


def test_what_looks_like_the_end_of_a_row_is_not_counted_as_one(limited: Served) -> None:
    text = "},{" * 2000
    query = f"SELECT ('{text}' AS ?x) {{}}"
    assert limited.send("POST", "/sparql", body=query, Content_Type="application/sparql-query").status == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403),
        ("LOAD <http://127.0.0.1:9/>", 403),
        ("ASK { FILTER EXISTS { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } } }", 403),
        ("SELECT * { " + "(" * 10_000, 400),
        ("SELECT * { FILTER(" + "!" * 10_000 + "true) }", 400),
        ("SELECT * { FILTER(1" + "+1" * 10_000 + ") }", 400),
        ("SELECT * { " + "?s ?p ?o . " * 800 + "}", 400),
        ("ASK { ?s ?p '" + "\\" * 200_000, 400),
    ],
)
def test_what_the_guard_refuses_is_a_problem_of_the_client(limited: Served, query: str, status: int) -> None:
    found = limited.send("POST", "/sparql", body=query, Content_Type="application/sparql-query")
    assert is_one_problem(found, status)


def test_four_endless_queries_keep_nobody_from_an_answer(limited: Served) -> None:
    found: list[Got] = []
    slow = [threading.Thread(target=lambda: found.append(limited.ask(ENDLESS))) for _ in range(4)]
    for thread in slow:
        thread.start()
    answered = 0
    while any(thread.is_alive() for thread in slow):
        assert limited.ask(QUICK).status == 200
        answered += 1
    assert answered >= 4
    assert [got.status for got in found] == [503] * 4


def test_who_goes_away_takes_their_query_along(single: Served) -> None:
    assert single.until(lambda: _idle(single) == 1)
    with socket.create_connection((single.host, single.port), timeout=60) as to:
        to.sendall(f"GET /sparql?query={ENDLESS.replace(' ', '+')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert single.until(lambda: _idle(single) == 0)
    assert single.until(lambda: _idle(single) == 1)


def _idle(server: Served) -> int:
    found: int = server.get("/health").json["workers"]["idle"]
    return found


class _Slow:
    """A worker that has taken its moment."""

    is_lowered = False

    def lower(self) -> None:
        self.is_lowered = True


class _Free:
    """A worker that has nothing to do."""

    generation = None
    is_usable = True


def test_slow_queries_have_so_many_places_and_give_way_where_others_wait(checkout: Workspace) -> None:
    async def crowd() -> list[bool]:
        found = Pool(checkout, Settings(long=2))
        slow = [_Slow() for _ in range(4)]
        placed = [found.overdue(cast("Worker", each)) for each in slow[:3]]
        found._waiting.append(asyncio.get_running_loop().create_future())  # noqa: SLF001  somebody waits
        placed.append(found.overdue(cast("Worker", slow[3])))
        assert all(each.is_lowered for each in slow)
        return placed

    assert asyncio.run(crowd()) == [True, True, True, False]


def test_a_worker_that_comes_as_the_wait_for_it_ends_is_kept(checkout: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_WAIT", 0.2)

    async def wait() -> bool:
        found, worker = Pool(checkout, Settings()), cast("Worker", _Free())
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, time.sleep, 0.4)  # so that both of these come in one turn
        loop.call_later(0.1, found._free, worker)  # noqa: SLF001  as a generation does
        with pytest.raises(TimeoutError):
            await found._next_worker()  # noqa: SLF001  as `ask` does
        return found._idle_worker() is worker  # noqa: SLF001

    assert asyncio.run(wait())


def test_a_folder_called_kg_is_not_taken_for_the_package(tmp_path: Path) -> None:
    (tmp_path / "kg").mkdir()
    (tmp_path / "kg" / "__init__.py").write_text("raise SystemExit('the wrong package')\n")
    with serving(ROOT, tmp_path) as server:
        assert server.rows(QUICK)


def test_a_worker_or_the_zygote_that_is_killed_is_replaced(tmp_path: Path) -> None:
    with serving(ROOT, tmp_path, "--workers", "2") as server:
        assert server.until(lambda: server.get("/health").json["workers"]["alive"] == 2)
        one, *_ = server.processes() - {server.process.pid} - {_zygote(server)}
        os.kill(one, signal.SIGKILL)
        assert server.ask(QUICK).status == 200
        assert server.until(lambda: server.get("/health").json["workers"]["alive"] == 2)
        os.kill(_zygote(server), signal.SIGKILL)
        assert server.until(lambda: server.ask(QUICK).status == 200)


def _zygote(server: Served) -> int:
    for pid in server.processes() - {server.process.pid}:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            if int(file.read().rpartition(")")[2].split()[1]) == server.process.pid:
                return pid
    raise AssertionError("there is no zygote")


def _workers(server: Served) -> list[int]:
    """Return the workers, the one that has taken the most processor time first."""

    def ticks(pid: int) -> int:
        with contextlib.suppress(OSError):
            return -int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])
        return 0

    return sorted(server.processes() - {server.process.pid, _zygote(server)}, key=ticks)


def _asking_a_stopped_worker(server: Served, query: str, found: list[Got]) -> tuple[int, threading.Thread]:
    """Ask a server with one worker while that does not get on, and return the worker."""
    assert server.until(lambda: _idle(server) == 1)
    [worker] = _workers(server)
    os.kill(worker, signal.SIGSTOP)
    thread = threading.Thread(target=lambda: found.append(server.ask(query)))
    thread.start()
    assert server.until(lambda: _idle(server) == 0)
    return worker, thread


def _lost(server: Served) -> list[tuple[int, str]]:
    return [(line["pid"], line["signal"]) for line in server.log() if line["event"] == "worker lost"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGALRM, signal.SIGUSR1])
def test_the_job_of_a_worker_that_is_killed_is_given_to_another(single: Served, number: signal.Signals) -> None:
    found: list[Got] = []
    before = _lost(single)
    worker, thread = _asking_a_stopped_worker(single, QUICK, found)
    os.kill(worker, number)
    os.kill(worker, signal.SIGCONT)
    thread.join()
    assert found[0].status == 200
    assert _lost(single) == [*before, (worker, number.name)]


def test_a_job_whose_workers_are_killed_one_after_the_other_is_told_so(single: Served) -> None:
    found: list[Got] = []
    before = _lost(single)
    first, thread = _asking_a_stopped_worker(single, ENDLESS, found)
    os.kill(first, signal.SIGKILL)
    assert single.until(lambda: single.get("/health").json["workers"]["slow"] == 1)
    second, *_ = _workers(single)
    os.kill(second, signal.SIGKILL)
    thread.join()
    assert is_one_problem(found[0], 503)
    assert found[0].json["detail"] == "the worker was lost; ask again"
    assert _lost(single) == [*before, (first, "SIGKILL"), (second, "SIGKILL")]
    assert single.ask(QUICK).status == 200


def test_a_worker_that_waits_for_a_job_has_no_deadline(tmp_path: Path) -> None:
    with serving(ROOT, tmp_path, "--workers", "1", "--timeout", "500ms") as server:
        assert server.until(lambda: server.ask(QUICK).status == 200 and len(server.processes()) == 3)
        before = server.processes()
        assert server.ask(QUICK).status == 200
        time.sleep(2.5)  # its alarm would have gone off after a second and a half
        assert server.processes() == before
        assert server.ask(QUICK).status == 200
        assert _lost(server) == []


def test_changed_files_are_served_anew_and_broken_ones_are_not(tmp_path: Path) -> None:
    folder = copy_of_workspace(tmp_path / "space")
    with serving(folder, tmp_path, "--workers", "2") as server:
        first = server.get("/health").json
        entities = folder / "graph" / "entities.ttl"
        good = entities.read_text()
        entities.write_text(good.replace('skos:prefLabel "Taliban"@en', 'skos:prefLabel "Xanadu"@en'))
        ask = "ASK { ?s ?p 'Xanadu'@en }"
        assert server.until(lambda: server.ask(ask).json["boolean"])
        second = server.get("/health").json
        assert second["generation"] != first["generation"]
        entities.write_text(good + "\n<urn:broken> <urn:p> .\n")
        assert server.until(lambda: server.get("/health").json["error"] is not None)
        broken = server.get("/health").json
        assert "entities.ttl" in broken["error"]
        assert (broken["status"], broken["generation"]) == ("stale", second["generation"])
        assert server.ask(ask).json["boolean"]
        assert any(line["event"] == "load failed" for line in server.log())
        entities.write_text(good)
        assert server.until(lambda: server.get("/health").json["generation"] == first["generation"])
        assert not server.ask(ask).json["boolean"]
        assert server.get("/health").json["status"] == "ok"
        assert server.until(lambda: len(server.processes()) == 4)  # the old generation and its workers are gone


@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a name that is no text", "a link to itself"])
def test_what_is_no_file_is_named_and_hinders_nothing_once_it_is_gone(changing: tuple[Served, Path], kind: str) -> None:
    server, folder = changing
    odd = folder / "graph" / ("a\udcff.ttl" if kind == "a name that is no text" else "odd.ttl")
    make: dict[str, Callable[[Path], None]] = {
        "a pipe": os.mkfifo,
        "a folder": Path.mkdir,
        "a name that is no text": Path.touch,
        "a link to itself": lambda path: path.symlink_to(path.name),
    }
    make[kind](odd)
    assert server.until(lambda: server.get("/health").json["status"] == "stale")
    assert server.get("/health").json["error"].startswith(ascii(odd.name) if "name" in kind else "graph/odd.ttl: ")
    assert server.ask(QUICK).status == 200
    odd.rmdir() if kind == "a folder" else odd.unlink()
    text = (ROOT / "graph" / "entities.ttl").read_text()
    (folder / "graph" / "entities.ttl").write_text(text.replace('skos:prefLabel "Taliban"@en', f'skos:prefLabel "{kind}"@en'))
    assert server.until(lambda: server.ask(f"ASK {{ ?s ?p '{kind}'@en }}").json["boolean"])
    assert server.get("/health").json["status"] == "ok"


def test_a_saved_query_that_is_no_file_spoils_no_other(tmp_path: Path) -> None:
    folder = copy_of_workspace(tmp_path / "space")
    os.mkfifo(folder / "queries" / "pipe.rq")
    (folder / "queries" / "link.rq").symlink_to("/etc/passwd")
    with serving(folder, tmp_path) as server:
        found = server.get("/queries", Accept="text/html")
        assert found.status == 200
        assert "who-says-what" in found.text
        assert found.text.count("It cannot be used") == 2
        assert server.get("/queries/pipe", Accept="text/html").status == 400


def test_loading_that_does_not_end_is_given_up(checkout: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    async def renewed() -> tuple[str | None, bool]:
        async with Pool(checkout, Settings(workers=1, loading=0.5)) as found:
            monkeypatch.setattr(generation, "_ZYGOTE", "import time; time.sleep(600)")
            await found._renew()  # noqa: SLF001  as the watch over the files does
            return found.error, (await found.ask({"kind": "sparql", "query": QUICK, "accept": "*/*"})).status == 200

    assert asyncio.run(renewed()) == ("the files could not be loaded in 0.5 s", True)


def test_the_end_waits_for_no_loading(tmp_path: Path) -> None:
    folder = copy_of_workspace(tmp_path / "space")
    with serving(folder, tmp_path, "--workers", "1") as server:
        assert server.until(lambda: len(server.processes()) == 3)
        before = server.processes()
        entities = folder / "graph" / "entities.ttl"
        entities.write_text(entities.read_text() + "# changed\n")
        assert server.until(lambda: len(server.processes()) > 3)
        new = server.processes() - before
        for pid in new:
            os.kill(pid, signal.SIGSTOP)
        family = server.processes() | new
        assert server.end() == 0
        assert server.until(lambda: not any(alive(pid) for pid in family))


def test_queries_under_way_end_in_the_generation_they_began_in(tmp_path: Path) -> None:
    folder = copy_of_workspace(tmp_path / "space")
    with serving(folder, tmp_path, "--timeout", "8s") as server:
        found: list[Any] = []
        slow = threading.Thread(target=lambda: found.append(server.ask(ENDLESS).json["detail"]))
        slow.start()
        before = server.get("/health").json["generation"]
        (folder / "graph" / "more.ttl").write_text("<urn:new> a <urn:Thing> .\n")
        assert server.until(lambda: server.get("/health").json["generation"] != before)
        assert server.ask("ASK { <urn:new> ?p ?o }").json["boolean"]
        slow.join()
        assert "took longer than 8 s" in found[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_and_leaves_no_process_behind(tmp_path: Path, number: int) -> None:
    with serving(ROOT, tmp_path, "--timeout", "10m") as server:
        thread = threading.Thread(
            target=lambda: server.raw(f"GET /sparql?query={ENDLESS.replace(' ', '+')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        )
        thread.start()
        assert server.until(lambda: len(server.processes()) > 2)
        family = server.processes()
        assert server.end(number) == 0
        assert server.until(lambda: not any(alive(pid) for pid in family))
        thread.join()
        assert "Traceback" not in server.log_file.read_text()


def test_a_server_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    with serving(ROOT, tmp_path, "--timeout", "10m") as server:
        threading.Thread(
            target=lambda: server.raw(f"GET /sparql?query={ENDLESS.replace(' ', '+')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        ).start()
        assert server.until(lambda: len(server.processes()) > 2)
        family = server.processes()
        server.end(signal.SIGKILL)
        assert server.until(lambda: not any(alive(pid) for pid in family))


def test_the_bundled_workspace_is_served_where_there_is_no_other(tmp_path: Path) -> None:
    with serving(None, tmp_path) as server:
        assert server.rows(QUICK)


def test_a_folder_that_may_only_be_read_is_served(tmp_path: Path) -> None:
    folder = copy_of_workspace(tmp_path / "space")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    before = sorted(str(path) for path in folder.rglob("*"))
    with serving(folder, tmp_path) as server:
        assert server.rows(QUICK)
    assert sorted(str(path) for path in folder.rglob("*")) == before
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode | stat.S_IWUSR)


def test_files_that_cannot_be_read_are_one_line_at_the_start(tmp_path: Path) -> None:
    folder = copy_of_workspace(tmp_path / "space")
    (folder / "graph" / "broken.ttl").write_text("<urn:a> <urn:b> .\n")
    done = _run("--dir", str(folder), "serve", "--port", "0")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert "broken.ttl:1:" in done.stderr


def test_a_port_that_is_taken_is_one_line(served: Served) -> None:
    done = _run("serve", "--port", str(served.port))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (6, "", 1)
    assert f"port {served.port}" in done.stderr


def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    script = "import sys; sys.modules['starlette'] = None; from kg.cli import main; main(['serve', '--port', '0'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "claimgraph[serve]" in done.stderr


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "kg", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
