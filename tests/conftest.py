"""What several test rooms share: the workspace of the checkout, the first article where it is at hand, the command line as users run it."""

from __future__ import annotations

import csv
import gc
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib
from hypothesis import settings

from kg import index, text, workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

# How long an example takes says more about the machine than about the code.
settings.register_profile("kg", deadline=None)
settings.load_profile("kg")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # begun in the background of a shell: what tests start would ignore Ctrl-C, too
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared"))
ARTICLE = SHARED / "seeds" / "000_5134c6f9a4387a31.txt"


@dataclass(frozen=True)
class Run:
    """What one run of the command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def article_file() -> Path:
    if not ARTICLE.is_file():
        pytest.skip("the article is not here; KG_SHARED names the folder that holds seeds/")
    return ARTICLE


@pytest.fixture(scope="session")
def article(article_file: Path) -> str:
    return text.normal_form(article_file.read_bytes())


@pytest.fixture(scope="session")
def checkout() -> workspace.Workspace:
    return workspace.find(ROOT)


@pytest.fixture(scope="session")
def article_index(checkout: workspace.Workspace) -> index.Index:
    return index.load(checkout)


@pytest.fixture(scope="session")
def kg_command() -> list[str]:
    return [sys.executable, "-m", "kg"]


@pytest.fixture
def run_kg(kg_command: list[str]) -> Callable[..., Run]:
    """Run `kg` in a process of its own, as a user does: `run_kg("check", cwd=folder)`."""

    def run(*arguments: str | Path, cwd: Path | None = None, stdin: str | bytes | None = None, **environment: str) -> Run:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [*kg_command, *map(str, arguments)],
            cwd=cwd,
            input=data or b"",
            capture_output=True,
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        )
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def pytest_collection_finish() -> None:
    """Take back what followthemoney and nanopub set for the whole process as they are imported; then spare those who collect garbage.

    Whoever does from here on (tests/hostile.py for each server) need not look again at what stays to the end.
    """
    csv.field_size_limit(131_072)
    rdflib.NORMALIZE_LITERALS = True
    gc.collect()
    gc.freeze()


MAY_SKIP = ("the superuser may write everywhere", "this system has no")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:  # noqa: ARG001  # pytest's signature
    """With KG_ALL=1 a test that skips for want of a tool or the article fails instead, so that a green run has run everything."""
    report = yield
    if os.environ.get("KG_ALL") == "1" and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if not any(words in reason for words in MAY_SKIP):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, though KG_ALL=1 asks for everything: {reason}"
    return report
