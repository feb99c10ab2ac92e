"""`kg push`, and `kg query --endpoint` over what it loaded, as users run them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from engines import SERVERS, Server, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    RunKg = Callable[..., Any]

ASKED = {
    "contradictions": [],
    "named-graphs": [],
    "timeline": [],
    "plain-view": [],
    "claims-about": ["-p", "entity", "ent:terrorism"],
    "who-says-what": ["-p", "who", "Taliban"],
    "between-parties": ["-p", "one", "Russia", "-p", "other", "Afghanistan"],
    "claims-between-dates": ["-p", "firstDay", "2022-01-01", "-p", "lastDay", "2022-12-31"],
    "find-claims": ["-p", "words", "embassy"],
}


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(request.param, tmp_path_factory.mktemp(request.param)) as started:
        yield started


def test_what_was_pushed_answers_as_the_files_do(server: Server, run_kg: RunKg, root: Path) -> None:
    user = {"KG_ENDPOINT_USER": server.credentials.user, "KG_ENDPOINT_PASSWORD": server.credentials.password}
    there = ["--endpoint", server.query, "--timeout", "100s"]
    for _ in range(2):  # to push twice is to push once
        pushed = run_kg("push", *there, "--graph-store", server.store, cwd=root, **user)
        assert pushed.code == 0, pushed.err
    for name, given in ASKED.items():
        here = run_kg("query", name, *given, cwd=root)
        asked = run_kg("query", name, *given, *there, cwd=root)
        assert (asked.code, asked.out) == (0, here.out), asked.err
        assert here.out.count("\n") > 1


def test_a_query_that_takes_too_long_ends_with_one_line(server: Server, run_kg: RunKg, root: Path) -> None:
    crossed = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?c) < STR(?f) && STR(?f) < STR(?i)) }"
    done = run_kg("query", "--endpoint", server.query, "--timeout", "1", "-e", crossed, cwd=root)
    assert done.code == 7
    assert done.out == ""
    assert done.err.count("\n") == 1
