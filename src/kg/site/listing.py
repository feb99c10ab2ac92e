"""Lists of things on pages of a bearable length: rows under headings, as many on a page as one can look through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..pages.shown import Cell
    from ..view.kinds import Kind
    from .site import File, Site

__all__ = ["Group", "Row", "listed"]

ROWS = 500
"""How many rows stand on one page."""


class Row(NamedTuple):
    """A thing in a list: itself, what is said of it in a line, and what stands at the end of the line."""

    cell: Cell
    words: str = ""
    aside: str = ""
    is_denied: bool = False


class Group(NamedTuple):
    """Rows under a heading, which may lead somewhere; `key` is its anchor."""

    key: str
    title: str
    rows: Sequence[Row]
    href: str = ""
    kind: Kind | None = None
    total: int = 0

    @property
    def size(self) -> int:
        """How many rows the whole group has, also where this is a part of it."""
        return self.total or len(self.rows)


def listed(site: Site, file: str, groups: Sequence[Group], **words: Any) -> Iterator[File]:
    """Yield the pages of a list, the first of them at a path without suffix; `words` are what the template takes beside it."""
    pages = list(_pages(groups))
    name = file.rpartition("/")[2]
    addresses = [f"{name}~{number}.html" if number > 1 else f"{name}.html" for number in range(1, len(pages) + 1)]
    contents = [(group, f"{address}#{group.key}") for group, address in _firsts(pages, addresses)]
    bare: dict[str, Any] = {"linked": "", "documents": []}
    words = {"has_names": False, **words}
    for number, (page, address) in enumerate(zip(pages, addresses, strict=True)):
        yield site.page(
            f"{file.rpartition('/')[0]}/{address}",
            "list.html.j2",
            groups=page,
            contents=contents,
            number=number,
            pages=addresses,
            **(bare | words if number == 0 else words | bare),
        )


def _pages(groups: Sequence[Group]) -> Iterator[list[Group]]:
    """Yield the groups page by page, long ones cut."""
    page: list[Group] = []
    room = ROWS
    for group in groups:
        rows = list(group.rows)
        while rows:
            page.append(group._replace(rows=rows[:room], total=len(group.rows)))
            room, rows = room - len(rows[:room]), rows[room:]
            if not room:
                yield page
                page, room = [], ROWS
    if page or not groups:
        yield page


def _firsts(pages: Sequence[list[Group]], addresses: Sequence[str]) -> Iterator[tuple[Group, str]]:
    """Yield each group with the page on which it begins."""
    seen = set()
    for page, address in zip(pages, addresses, strict=True):
        for group in page:
            if group.key not in seen:
                seen.add(group.key)
                yield group, address
