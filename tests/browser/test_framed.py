"""The reconciliation service as the page of another site meets it: a browser decides what that page may read and show."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import quote

import ferry
import pytest
from loopback import running
from served import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
pytest_plugins = ("chromium",)

ASK = """async ([url, queries]) => {
    const answer = await fetch(url, queries ? {method: "POST", body: new URLSearchParams({queries})} : {});
    return await answer.json();
}"""
READ = f"async given => {{ try {{ await ({ASK})(given); return true; }} catch {{ return false; }} }}"
SCRIPT = """url => new Promise(done => {
    const script = document.createElement("script");
    script.onload = () => done(true);
    script.onerror = () => done(false);
    script.src = url;
    document.head.append(script);
})"""
BATCH = '{"q0": {"query": "Aldmoor"}}'


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the signature of the library
        """Say nothing."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """Another site: one empty page."""
    (tmp_path / "index.html").write_text("<!DOCTYPE html><title>elsewhere</title><iframe></iframe>", encoding="utf-8")
    with running(ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=tmp_path))) as address:
        yield address


def framed(page: Page, url: str) -> str:
    """Show an address in the frame of the page; return the text that is to be seen there."""
    page.locator("iframe").evaluate("(frame, url) => new Promise(done => { frame.onload = done; frame.src = url; })", url)
    frame = page.frames[-1]
    return frame.locator("body").inner_text() if frame.url == url else ""


def test_a_page_that_is_allowed_asks_and_shows_previews(browser: Browser, elsewhere: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    ferry.write_hostile(folder)
    (folder / "queries").mkdir()
    with serving(folder, tmp_path_factory.mktemp("log"), "--allow-origin", elsewhere) as server:
        page = browser.new_page()
        page.goto(elsewhere)
        url = f"{server.url}/reconcile"
        manifest = page.evaluate(ASK, [url, ""])
        found = page.evaluate(ASK, [url, BATCH])["q0"]["result"][0]
        shown = framed(page, manifest["preview"]["url"].replace("{{id}}", quote(found["id"], safe="")))
        assert found["name"].replace("\u202e", r"\u202e") in shown
        assert page.frames[-1].evaluate("() => getComputedStyle(document.body).marginTop") == "8px"
        for suggested in page.evaluate(ASK, [url + "/suggest/entity?prefix=", ""])["result"]:
            framed(page, manifest["preview"]["url"].replace("{{id}}", quote(suggested["id"], safe="")))
            assert page.evaluate("() => window.pwned") is None
            assert page.frames[-1].locator("script, img").count() == 0
        page.close()


def test_a_page_that_is_not_allowed_reads_and_shows_nothing(
    browser: Browser, elsewhere: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("towns")
    ferry.write_hostile(folder)
    (folder / "queries").mkdir()
    with serving(folder, tmp_path_factory.mktemp("log")) as server:
        page = browser.new_page()
        page.goto(elsewhere)
        assert page.evaluate(READ, [f"{server.url}/reconcile", ""]) is False
        assert page.evaluate(READ, [f"{server.url}/reconcile", BATCH]) is False
        assert page.evaluate(SCRIPT, f"{server.url}/reconcile?callback=alert") is False
        assert framed(page, f"{server.url}/reconcile/preview?id=aldmoor") == ""
        page.close()
