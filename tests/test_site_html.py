"""All pages of the site under the Nu Html Checker, in one process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sites import Built

pytest_plugins = ("sites",)

EXCEPT = {
    "violates Content Security Policy": "the checker has no origin for a file, so that 'self' is nothing to it; browsers run these pages",
    "“paint-order”": "its CSS is older than the property",
    "not in Unicode Normalization Form C": "strings of the drawing library that are about spaces",
}
"""What the checker says that is no fault of the pages, and why."""


@pytest.fixture(scope="session")
def checker() -> Path:
    """The checker's vnu.jar: that which KG_VNU names, else that of the npm package vnu-jar below the Python environment."""
    named = os.environ.get("KG_VNU")
    found = Path(named) if named else Path(sys.prefix) / "vnu" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not found.is_file():
        pytest.skip(f"the Nu Html Checker is not installed (npm install --prefix {Path(sys.prefix) / 'vnu'} vnu-jar)")
    if shutil.which("java") is None:
        pytest.skip("no Java runtime is installed (Debian: default-jre-headless)")
    return found


def findings(checker: Path, *places: Path) -> list[dict[str, str]]:
    call: list[str | Path] = [
        "java",
        "-Xss4m",
        "-XX:TieredStopAtLevel=1",  # it ends before better code would be paid for
        "-XX:+UseSerialGC",
        "-jar",
        checker,
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
        "--skip-non-html",
        *places,
    ]
    done = subprocess.run(call, capture_output=True, check=True)
    found: list[dict[str, str]] = json.loads(done.stdout)["messages"]
    return found


def test_the_checker_finds_nothing_on_any_page(checker: Path, article_site: Built, hostile_site: Built) -> None:
    kinds = {path.rpartition("/")[0]: hostile_site.files[path] for path in hostile_site.pages}  # of each folder one: they are many
    told = findings(checker, article_site.folder, *kinds.values())
    faults = [each for each in told if not any(words in each["message"] for words in EXCEPT)]
    where = {each["message"]: f"{each['url']}:{each.get('lastLine')} {each.get('extract', '')[:160]}" for each in reversed(faults)}
    assert {message: (count, where[message]) for message, count in Counter(each["message"] for each in faults).items()} == {}


def test_the_checker_finds_what_is_wrong(checker: Path, tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text('<!DOCTYPE html><html lang="en"><head><title>a</title></head><body><p id="a">b<p id="a">c<img src="d"></body></html>')
    told = " ".join(each["message"] for each in findings(checker, tmp_path))
    assert "Duplicate ID" in told
    assert "alt" in told
