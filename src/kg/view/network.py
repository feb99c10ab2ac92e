"""The drawing of a graph of claims: a `pyvis.network.Network` that knows bundles, positions and kinds.

From pyvis come the model of nodes and edges and the script of vis-network that ships with it. Its page does not: it reaches for
the network, trusts every string and writes in the encoding of the locale.
"""

from __future__ import annotations

import textwrap
import unicodedata
from functools import cache
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyvis.network

from .layout import Box, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .kinds import Kind

FONT_SIZE = 12
LINE_HEIGHT = 14
_LINE_LENGTH = 17
_LABEL_LENGTH = 110
_LABEL_ROWS = 4
_MARK_SIZE = 3.5
_PART_LENGTH = 0.6


class ClaimNetwork(pyvis.network.Network):  # type: ignore[misc]  # pyvis has no types
    """A directed drawing. An edge is a bundle: all claims between two nodes that no other claim speaks of, either way round."""

    def __init__(self) -> None:
        super().__init__(directed=True)
        self._bundles: dict[tuple[int, int, str], dict[str, Any]] = {}

    def add_node(self, n_id: int, label: str, shape: str = "custom", color: str | None = None, **options: Any) -> None:  # noqa: ARG002
        """Add a node once; in constant time, and without pyvis' own colours."""
        if n_id not in self.node_map:
            node = {"id": n_id, "label": label, "shape": shape, **options}
            self.nodes.append(node)
            self.node_ids.append(n_id)
            self.node_map[n_id] = node

    def add_thing(self, number: int, label: str, kind: Kind) -> None:
        """Add an entity or a literal; it grows with the claims about it."""
        self.add_node(number, label, kind=kind.name, lines=wrap(label), weight=0)

    def add_mark(self, number: int, kind: Kind) -> None:
        """Add the mark of a claim that other claims speak of: a dot on its line, without a label."""
        self.add_node(number, "", kind=kind.name, lines=[], weight=0, size=_MARK_SIZE, mark=True)

    def add_bundle(self, source: int, to: int, claim: int, *, part: str = "") -> None:
        """Put a claim on the line between two nodes. `part` says that this is only the way from or to the claim's mark."""
        ends = (source, to) if part else (min(source, to), max(source, to))
        bundle: dict[str, Any] | None = self._bundles.get((*ends, part))
        if bundle is None:
            bundle = {"id": f"{ends[0]}-{ends[1]}{part}", "from": ends[0], "to": ends[1], "claims": []}
            bundle.update({"part": part, "length": _PART_LENGTH} if part else {})
            self._bundles[*ends, part] = bundle
            self.edges.append(bundle)
        bundle["claims"].append(claim)
        for end in (source, to):
            self.node_map[end]["weight"] += 1

    def arrange(self) -> None:
        """Give every node its size and its position."""
        for node in self.nodes:
            node.setdefault("size", round(5 + 2.2 * min(node["weight"], 40) ** 0.5, 1))
        numbers = {node["id"]: at for at, node in enumerate(self.nodes)}
        boxes = [_box(node) for node in self.nodes]
        lines = [(numbers[edge["from"]], numbers[edge["to"]], edge.get("length", 1.0)) for edge in self.edges]
        for node, (x, y) in zip(self.nodes, place(boxes, lines), strict=True):
            node["x"], node["y"] = x, y
        self._choose_signed()

    def _choose_signed(self) -> None:
        """Say which edge carries the sign of a claim: its only one, or the longer of the two that meet at its mark."""
        longest: dict[int, dict[str, Any]] = {}
        for edge in self.edges:
            if "part" in edge:
                best = longest.setdefault(edge["claims"][0], edge)
                longest[edge["claims"][0]] = max(best, edge, key=self._length)
            else:
                edge["signed"] = True
        for edge in longest.values():
            edge["signed"] = True

    def _length(self, edge: dict[str, Any]) -> float:
        start, end = self.node_map[edge["from"]], self.node_map[edge["to"]]
        return hypot(start["x"] - end["x"], start["y"] - end["y"])


def _box(node: dict[str, Any]) -> Box:
    size, lines = node["size"] * 1.2, node["lines"]
    half = max([size, *(text_width(line) / 2 for line in lines)])
    return Box(half, size, size + len(lines) * LINE_HEIGHT + (3 if lines else 0))


def wrap(label: str) -> list[str]:
    """Return a label in lines of about equal, small width; one of several sentences is cut, as the panel has it whole.

    >>> wrap("A commission on the ferries of two rivers")
    ['A commission on', 'the ferries of', 'two rivers']
    """
    words = label if len(label) <= _LABEL_LENGTH else textwrap.wrap(label, _LABEL_LENGTH - 1)[0] + "…"
    rows = min(-(-len(words) // _LINE_LENGTH), _LABEL_ROWS)
    return textwrap.wrap(words, max(_LINE_LENGTH, -(-len(words) // max(rows, 1)) + 1)) or [""]


def text_width(text: str, *, size: int = FONT_SIZE) -> float:
    """Return about how wide a line of text is; wide characters (UAX 11) count double."""
    return size * sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.54 for char in text)


def drawing(
    things: Iterable[tuple[int, str, Kind]], marks: dict[int, int], claims: Sequence[tuple[int, int]], mark_kind: Kind
) -> ClaimNetwork:
    """Return the arranged drawing of claims, given as pairs of node numbers; `marks` has the node of each claim that others speak of."""
    network = ClaimNetwork()
    for number, label, kind in things:
        network.add_thing(number, label, kind)
    for number in marks.values():
        network.add_mark(number, mark_kind)
    for claim, (subject, target) in enumerate(claims):
        if claim in marks:
            network.add_bundle(subject, marks[claim], claim, part="a")
            network.add_bundle(marks[claim], target, claim, part="b")
        else:
            network.add_bundle(subject, target, claim)
    network.arrange()
    return network


@cache
def script() -> str:
    """Return the vis-network that ships inside pyvis, licence note included.

    A control character that it has in a string is written as an escape: HTML allows none.
    """
    folder = Path(pyvis.network.__file__).parent / "lib"
    newest = max(folder.glob("vis-*/vis-network.min.js"), key=lambda path: [int(part) for part in path.parent.name[4:].split(".")])
    return newest.read_text(encoding="utf-8").replace("\x85", "\\x85")
