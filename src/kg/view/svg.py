"""The still picture: what the page draws, as one SVG document for a README, a report or a printer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import hypot, log2
from typing import TYPE_CHECKING, Any, TypeAlias

from .network import FONT_SIZE, LINE_HEIGHT, text_width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .data import PageData
    from .kinds import Kind
    from .network import ClaimNetwork

_MARGIN = 24.0
_LEGEND_ROW = 22.0
_ARROW = 7.0
_SIGN_HALF = 8.0
_SIGN_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
_DASHES = {(False, False): "", (True, False): "8 6", (False, True): "1.5 5", (True, True): "8 5 1.5 5"}
_HEDGED = frozenset({"probable", "possible"})
_Block: TypeAlias = tuple[float, float, float, float]
"""Where something stands: its middle, and half its width and height."""


@dataclass(frozen=True, slots=True)
class Node:
    """A shape with its name below it."""

    x: float
    y: float
    size: float
    kind: Kind
    label: str
    lines: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A bundle of claims: where it runs, how it is dashed, its arrow heads, and the sign on it; from a node to itself it is a loop."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    dashes: str
    heads: tuple[str, ...]
    sign: str
    sign_x: float
    sign_y: float
    sign_half: float
    title: str

    @property
    def is_loop(self) -> bool:
        """Whether it ends where it begins."""
        return (self.x1, self.y1) == (self.x2, self.y2)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A shape or a line of the legend with its words, and where it stands."""

    x: float
    y: float
    words: str
    kind: Kind | None = None
    dashes: str = ""
    sign: str = ""


class Picture:
    """The nodes, lines and legend of a drawing, and the frame around them."""

    def __init__(self, network: ClaimNetwork, data: PageData) -> None:
        self.network = network
        self.data = data

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes with their names."""
        found = []
        for node in self.network.nodes:
            first = node["y"] + node["size"] * 1.2 + FONT_SIZE
            lines = tuple((first + row * LINE_HEIGHT, words) for row, words in enumerate(node["lines"]))
            found.append(Node(node["x"], node["y"], node["size"], self.data.kinds[node["kind"]], node["label"], lines))
        return tuple(found)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The bundles as lines."""
        taken = [(node.x, node.y, node.size * 1.3, node.size * 1.3) for node in self.nodes]
        taken += [(node.x, y - 4, text_width(words) / 2, LINE_HEIGHT / 2) for node in self.nodes for y, words in node.lines]
        return tuple(self._line(edge, taken) for edge in self.network.edges)

    def _line(self, edge: dict[str, Any], taken: list[_Block]) -> Line:
        start, end = (self.network.node_map[edge[name]] for name in ("from", "to"))
        claims = [self.data.claims[number] for number in edge["claims"]]
        is_denied = [claim.polarity == "denied" for claim in claims]
        is_hedged = [claim.certainty in _HEDGED for claim in claims]
        sign = self._sign(edge, any(is_denied))
        half = text_width(sign, size=11) / 2 + 5
        sign_x, sign_y = _sign_place(start, end, half, taken) if sign else (0.0, 0.0)
        return Line(
            start["x"],
            start["y"],
            end["x"],
            end["y"],
            round(1.1 + 0.8 * log2(len(claims)), 2),
            _DASHES[all(is_denied), all(is_hedged)],
            tuple(self._heads(edge, start, end)),
            sign,
            sign_x,
            sign_y,
            half,
            "\n".join(self.data.label(claim.iri) for claim in claims),
        )

    def _sign(self, edge: dict[str, Any], is_denied: bool) -> str:  # noqa: FBT001  # one private caller
        if "signed" not in edge:
            return ""
        is_contested = any(number in self.data.contested for number in edge["claims"])
        count = len(edge["claims"])
        parts = ["≠" if is_contested else "", "✕" if is_denied else "", str(count) if count > 1 else ""]
        return " ".join(part for part in parts if part)

    def _heads(self, edge: dict[str, Any], start: dict[str, Any], end: dict[str, Any]) -> Iterable[str]:
        if start is end:
            return
        part = edge.get("part")
        relations = self.data.index.relations
        targets = {
            self.data.ends[number][1]
            for number in edge["claims"]
            if not ((relation := relations.get(self.data.claims[number].relation)) and relation.is_symmetric)
        }
        if (part == "b" and targets) or (not part and end["id"] in targets):
            yield _arrow(start, end)
        if not part and start["id"] in targets:
            yield _arrow(end, start)

    @cached_property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the whole, names and legend included."""
        xs, ys = [0.0], [0.0]
        for node in self.nodes:
            half = max([node.size * 1.5, *(text_width(words) / 2 for _, words in node.lines)])
            xs += [node.x - half, node.x + half]
            ys += [node.y - node.size * 1.5, node.y + node.size * 1.5 + len(node.lines) * LINE_HEIGHT]
        left, right = min(xs) - _MARGIN, max(max(xs) + _MARGIN, min(xs) - _MARGIN + 640)
        top = min(ys) - _MARGIN - 2 * _LEGEND_ROW
        rows = self._legend_rows(right - left - 2 * _MARGIN)
        return left, top, right - left, max(ys) - top + _MARGIN + (len(rows) + 1) * _LEGEND_ROW

    @cached_property
    def legend(self) -> tuple[LegendEntry, ...]:
        """The legend, row by row below the drawing."""
        left, top, width, height = self.frame
        rows = self._legend_rows(width - 2 * _MARGIN)
        first = top + height - len(rows) * _LEGEND_ROW - 4
        return tuple(
            LegendEntry(left + _MARGIN + entry.x, first + row * _LEGEND_ROW, entry.words, entry.kind, entry.dashes, entry.sign)
            for row, entries in enumerate(rows)
            for entry in entries
        )

    def _legend_rows(self, width: float) -> list[list[LegendEntry]]:
        rows: list[list[LegendEntry]] = []
        for entries in (list(self._kinds()), list(self._signs())):
            x = width + 1
            for entry in entries:
                room = (24 if entry.kind else 46) + text_width(entry.words) + 22
                if x + room > width:
                    rows.append([])
                    x = 0.0
                rows[-1].append(LegendEntry(x, 0, entry.words, entry.kind, entry.dashes, entry.sign))
                x += room
        return rows

    def _kinds(self) -> Iterable[LegendEntry]:
        used = {node["kind"] for node in self.network.nodes}
        yield from (LegendEntry(0, 0, kind.name, kind) for kind in self.data.kinds.values() if kind.name in used)

    def _signs(self) -> Iterable[LegendEntry]:
        claims = self.data.claims
        yield LegendEntry(0, 0, "affirmed")
        if any(claim.polarity == "denied" for claim in claims):
            yield LegendEntry(0, 0, "denied", dashes=_DASHES[True, False], sign="✕")
        if any(claim.certainty in _HEDGED for claim in claims):
            yield LegendEntry(0, 0, "hedged: probable or possible", dashes=_DASHES[False, True])
        if self.data.contested:
            yield LegendEntry(0, 0, "in dispute", sign="≠")
        if any(len(edge["claims"]) > 1 for edge in self.network.edges):
            yield LegendEntry(0, 0, "so many claims", sign="3")


def _sign_place(start: dict[str, Any], end: dict[str, Any], half: float, taken: list[_Block]) -> tuple[float, float]:
    """Return a free place for a sign on its line, the middle or near it, and take it."""
    places = [(start["x"] + (end["x"] - start["x"]) * at, start["y"] + (end["y"] - start["y"]) * at) for at in _SIGN_PLACES]
    free = (
        (x, y)
        for x, y in places
        if not any(abs(x - at_x) < half + wide and abs(y - at_y) < _SIGN_HALF + high for at_x, at_y, wide, high in taken)
    )
    x, y = next(free, places[0])
    taken.append((x, y, half, _SIGN_HALF))
    return x, y


def _arrow(start: dict[str, Any], end: dict[str, Any]) -> str:
    """Return the points of an arrow head that touches the shape at the end of a line."""
    length = hypot(end["x"] - start["x"], end["y"] - start["y"]) or 1.0
    dx, dy = (end["x"] - start["x"]) / length, (end["y"] - start["y"]) / length
    tip_x, tip_y = end["x"] - dx * (end["size"] * 1.15 + 2), end["y"] - dy * (end["size"] * 1.15 + 2)
    back_x, back_y = tip_x - dx * _ARROW, tip_y - dy * _ARROW
    side_x, side_y = -dy * _ARROW * 0.45, dx * _ARROW * 0.45
    points = ((tip_x, tip_y), (back_x + side_x, back_y + side_y), (back_x - side_x, back_y - side_y))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
