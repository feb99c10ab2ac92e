"""A crawler over a static site: what each page is linked to, and which of these links lead nowhere.

It reads pages as a browser does that has no scripts, either from a folder (`file://`: a folder is no page there) or from a server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

_ADDRESSES = {"href", "src", "action", "poster", "data", "cite", "formaction"}
_FETCHED = {"script", "img", "iframe", "source", "embed", "object", "audio", "video", "track", "input"}
_CSS_URL = re.compile(r"@import|url\(\s*['\"]?(?!data:)", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """An address that a page names: `is_fetched` where a browser asks for it unasked."""

    tag: str
    attribute: str
    address: str
    rel: str = ""
    media_type: str = ""

    @property
    def is_fetched(self) -> bool:
        if self.tag == "link":
            return bool({"stylesheet", "icon", "preload", "modulepreload", "manifest", "prefetch"} & set(self.rel.split()))
        return self.tag in _FETCHED


@dataclass
class Page:
    """What a crawler sees of a page."""

    ids: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    linked_data: list[str] = field(default_factory=list)
    title: str = ""
    language: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._kind = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.language = given.get("lang", "") if tag == "html" else self.page.language
        self.page.ids += [given["id"]] if "id" in given else []
        for name in sorted(_ADDRESSES & given.keys()):
            self.page.links.append(Link(tag, name, given[name], given.get("rel", ""), given.get("type", "")))
        self._kind = given.get("type", "") if tag == "script" else tag
        if self._kind == "application/ld+json":
            self.page.linked_data.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # its base class's signature
        self._kind = ""

    def handle_data(self, data: str) -> None:
        if self._kind == "application/ld+json":
            self.page.linked_data[-1] += data
        elif self._kind == "title":
            self.page.title += data


def read(text: str) -> Page:
    """Return what a page holds."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.page


def asks_for_more(style: str) -> bool:
    """Tell whether a style sheet asks for another file."""
    return bool(_CSS_URL.search(style))


@dataclass
class Crawled:
    """What a crawl came to: pages by address, files that were linked to, and what is wrong, each with the page it stands on."""

    pages: dict[str, Page] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def crawl(start: str, get: Callable[[str], tuple[str, bytes] | None]) -> Crawled:
    """Follow every link from a page on; `get` returns the media type and the bytes of an address of the site, None where it has none.

    What does not begin with the folder of `start` is outside.
    """
    root = start.rpartition("/")[0] + "/"
    found = Crawled()
    waiting = [(start, "")]
    seen: set[str] = set()
    anchors: list[tuple[str, str, str]] = []
    while waiting:
        address, origin = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        got = get(address)
        if got is None:
            found.faults.append(f"{origin} -> {address}: nothing is there")
            continue
        media_type, body = got
        found.files[address] = body
        if media_type != "text/html":
            continue
        page = found.pages[address] = read(body.decode())
        for link in page.links:
            _follow(link, address, root, found, waiting, anchors)
    for origin, address, anchor in anchors:
        page_there = found.pages.get(address)
        if page_there and anchor and anchor not in page_there.ids and not _is_live(anchor):
            found.faults.append(f"{origin} -> {address}#{anchor}: the page has no such place")
    return found


def _follow(  # noqa: PLR0917  the steps of one function
    link: Link, address: str, root: str, found: Crawled, waiting: list[tuple[str, str]], anchors: list[tuple[str, str, str]]
) -> None:
    if link.address.startswith(("data:", "mailto:")):
        return
    target, anchor = urldefrag(urljoin(address, link.address))
    if target.startswith(root):
        if urlsplit(link.address).scheme and link.rel != "canonical":
            found.faults.append(f"{address}: an absolute link into the site: {link.address}")
        waiting.append((target.partition("?")[0], address))
        anchors.append((address, target.partition("?")[0], unquote(anchor)))
    elif link.is_fetched or urlsplit(target).scheme not in {"http", "https"} or target.startswith(_origin(root)):
        found.faults.append(f"{address}: leads out of the site: {link.tag} {link.attribute}={link.address}")
    else:
        found.outside[target] = address


def _origin(root: str) -> str:
    parts = urlsplit(root)
    return f"{parts.scheme}://{parts.netloc}/"


def _is_live(anchor: str) -> bool:
    """Tell whether what follows the `#` is read by the page's script: the state of a map, or a search."""
    return "=" in anchor or anchor.startswith(":~:")
