"""Sites as tests meet them: built once of the article and of hostile text, on a disk and on a plain server on loopback.

Several rooms ask for these fixtures and some import names from here besides; nothing is asserted here, so PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import functools
import http.client
import http.server
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import crawler
import ferry
import pytest
from loopback import running

from kg import site

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from kg.index import Index

BASE_URL = "https://example.org/some/place/"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".ttl": "text/turtle", ".jsonld": "application/ld+json"}


@dataclass(frozen=True)
class Built:
    """A site on the disk."""

    folder: Path
    index: Index

    @functools.cached_property
    def files(self) -> dict[str, Path]:
        """The files by their path from the root."""
        return {path.relative_to(self.folder).as_posix(): path for path in sorted(self.folder.rglob("*")) if path.is_file()}

    @functools.cached_property
    def pages(self) -> list[str]:
        """The paths of all pages."""
        return [path for path in self.files if path.endswith(".html")]

    @functools.cached_property
    def seen(self) -> dict[str, crawler.Page]:
        """What a crawler sees of each page."""
        return {path: crawler.read(self.files[path].read_text(encoding="utf-8")) for path in self.pages}


@pytest.fixture(scope="session")
def article_site(article_index: Index, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of the article, which does not know where it is."""
    folder = tmp_path_factory.mktemp("site") / "article"
    site.write(article_index, folder)
    return Built(folder, article_index)


@pytest.fixture(scope="session")
def published_site(article_index: Index, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same for a place on the web."""
    folder = tmp_path_factory.mktemp("site") / "published"
    site.write(article_index, folder, base_url=BASE_URL)
    return Built(folder, article_index)


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of a workspace with text that wants to be run, and names that no disk can hold."""
    base = tmp_path_factory.mktemp("hostile-site")
    index = ferry.write_hostile(base / "workspace")
    site.write(index, base / "site", base_url=BASE_URL)
    return Built(base / "site", index)


def on_disk(address: str) -> tuple[str, bytes] | None:
    """Return what is at a `file://` address, as a crawler asks for it; a folder is nothing."""
    path = Path(unquote(urlsplit(address).path))
    return (TYPES.get(path.suffix, "application/octet-stream"), path.read_bytes()) if path.is_file() else None


def over_http(address: str) -> tuple[str, bytes] | None:
    """Return what a server on loopback has at an address."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", parts.path)
        got = connection.getresponse()
        body = got.read()
        return (got.headers.get_content_type(), body) if got.status == http.HTTPStatus.OK else None
    finally:
        connection.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def guess_type(self, path: str | os.PathLike[str]) -> str:
        return TYPES.get(Path(path).suffix) or super().guess_type(path)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def hosting(folder: Path) -> Iterator[str]:
    """Serve a folder as any static host does, and give its address, which ends in a slash."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        yield f"{address}/"
