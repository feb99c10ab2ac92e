"""Where things stand on the map: positions from igraph, computed when the page is built, the same for the same graph.

Each connected part is laid out for itself, from several beginnings, and the one with the fewest crossings is kept; nodes are pushed
apart until no label covers another; then the smaller parts are set into the free places around the largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, sin
from typing import TYPE_CHECKING, Any, TypeAlias

from ..measures import SEED, with_seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SPACING = 108.0
"""How long a line between two neighbours would like to be, in units of the map (pixels at scale 1)."""
_STRESS_LIMIT = 700
_APART_LIMIT = 700
_FILLED_LIMIT = 40
_BEGINNINGS = 9
_CROSSINGS_LIMIT = 400
_ROUNDS = 150
_GAP = 7.0
_PART_GAP = 26.0
_STEP = 18.0
_STRETCH = 1.2
_ASPECT = 1.15

Line: TypeAlias = tuple[int, int, float]
"""Two box numbers, and how long the line between them would like to be, as a multiple of `SPACING`."""
_Frame: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(slots=True)
class Box:
    """A node with its label: half the width, how far it reaches up and down from the node's middle, and where that middle is."""

    half: float
    up: float
    down: float
    x: float = 0.0
    y: float = 0.0


def place(boxes: Sequence[Box], lines: Sequence[Line], *, seed: int = SEED) -> list[tuple[int, int]]:
    """Return a position for each box, in whole units."""
    import igraph

    graph = igraph.Graph(len(boxes), [line[:2] for line in lines], edge_attrs={"length": [line[2] for line in lines]})
    graph.simplify(combine_edges="max")
    with_seed(seed)
    parts = [_lay_out(graph, members, boxes) for members in graph.connected_components()]
    parts.sort(key=lambda part: (-len(part), part[0]))
    inside = _fill if len(parts) <= _FILLED_LIMIT and len(boxes) <= _APART_LIMIT else _set_in_rows
    inside(parts, boxes, [(line[0], line[1]) for line in lines])
    return [(round(box.x), round(box.y)) for box in boxes]


def _lay_out(graph: Any, members: list[int], boxes: Sequence[Box]) -> list[int]:
    part = graph.induced_subgraph(members)
    points = _best_points(part) if len(members) <= _STRESS_LIMIT else list(part.layout_fruchterman_reingold())
    scale = SPACING / (_mean_length(part, points) or 1.0)
    points = _turned(points)
    for member, (x, y) in zip(members, points, strict=True):
        boxes[member].x, boxes[member].y = x * scale * _STRETCH, y * scale
    if len(members) <= _APART_LIMIT:
        _push_apart([boxes[member] for member in members])
    return members


def _best_points(part: Any) -> list[list[float]]:
    """Return the layout by stress with the fewest crossings, of several that begin elsewhere."""
    edges = part.get_edgelist()
    begins = [None, *(part.layout_random() for _ in range(_BEGINNINGS if len(edges) <= _CROSSINGS_LIMIT else 0))]
    found = [list(part.layout_kamada_kawai(weights="length", seed=begin)) for begin in begins]
    return min(found, key=lambda points: _crossings(points, edges)) if len(found) > 1 else found[0]


def _crossings(points: Sequence[Sequence[float]], edges: Sequence[tuple[int, int]]) -> int:
    """Count the pairs of lines that cross."""
    lines = [(complex(*points[a]), complex(*points[b])) for a, b in edges]
    return sum(_cross(*one, *other) for at, one in enumerate(lines) for other in lines[at + 1 :])


def _cross(a: complex, b: complex, c: complex, d: complex) -> bool:
    # Each line has the ends of the other on different sides; lines that share an end give a zero and do not count.
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: complex, b: complex, c: complex) -> float:
    return ((b - a).conjugate() * (c - a)).imag


def _turned(points: list[list[float]]) -> list[list[float]]:
    """Turn points so that they reach furthest from left to right: maps, like screens, are wider than high."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    xx = sum((x - mean_x) ** 2 for x, _ in points)
    yy = sum((y - mean_y) ** 2 for _, y in points)
    xy = sum((x - mean_x) * (y - mean_y) for x, y in points)
    turn = -atan2(2 * xy, xx - yy) / 2
    return [[(x - mean_x) * cos(turn) - (y - mean_y) * sin(turn), (x - mean_x) * sin(turn) + (y - mean_y) * cos(turn)] for x, y in points]


def _mean_length(part: Any, points: Sequence[Sequence[float]]) -> float:
    lengths = [hypot(points[a][0] - points[b][0], points[a][1] - points[b][1]) for a, b in part.get_edgelist()]
    return sum(lengths) / len(lengths) if lengths else 0.0


def _push_apart(boxes: list[Box]) -> None:
    """Move overlapping boxes along the shorter way out, each by half, until none overlap or the rounds are over."""
    widest = 2 * max((box.half for box in boxes), default=0.0) + _GAP
    for _ in range(_ROUNDS):
        order = sorted(boxes, key=lambda box: (box.x, box.y))
        moved = False
        for at, one in enumerate(order):
            for other in order[at + 1 :]:
                if other.x - one.x > widest:
                    break
                moved |= _separate(one, other)
        if not moved:
            return


def _separate(one: Box, other: Box) -> bool:
    across = one.half + other.half + _GAP - abs(other.x - one.x)
    upper, lower = (one, other) if (one.y, one.x) <= (other.y, other.x) else (other, one)
    along = upper.y + upper.down + _GAP - (lower.y - lower.up)
    if across <= 0 or along <= 0:
        return False
    if across < along:
        step = across / 2 if other.x >= one.x else -across / 2
        one.x, other.x = one.x - step, other.x + step
    else:
        upper.y, lower.y = upper.y - along / 2, lower.y + along / 2
    return True


def _fill(parts: list[list[int]], boxes: Sequence[Box], lines: Sequence[tuple[int, int]]) -> None:
    """Set each part, the largest first, where it is free, as near to the middle as can be."""
    taken: list[_Frame] = []
    for part in parts:
        left, top, right, bottom = _frame([boxes[member] for member in part])
        x, y = next(_free_places(taken, right - left, bottom - top))
        for member in part:
            boxes[member].x += x - left
            boxes[member].y += y - top
        taken += _covered(set(part), boxes, lines)


def _free_places(taken: list[_Frame], width: float, height: float) -> Iterator[tuple[float, float]]:
    if not taken:
        yield 0.0, 0.0
        return
    low_x, high_x = min(frame[0] for frame in taken), max(frame[2] for frame in taken)
    low_y, high_y = min(frame[1] for frame in taken), max(frame[3] for frame in taken)
    xs = [low_x - width - _PART_GAP + step * _STEP for step in range(int((high_x - low_x + width + 2 * _PART_GAP) / _STEP) + 2)]
    ys = [low_y - height - _PART_GAP + step * _STEP for step in range(int((high_y - low_y + height + 2 * _PART_GAP) / _STEP) + 2)]

    def growth(place: tuple[float, float]) -> tuple[float, float]:
        x, y = place
        wide, high = max(high_x, x + width) - min(low_x, x), max(high_y, y + height) - min(low_y, y)
        return max(wide, high * _ASPECT), (x + width / 2 - (low_x + high_x) / 2) ** 2 + (
            (y + height / 2 - (low_y + high_y) / 2) * _ASPECT
        ) ** 2

    for x, y in sorted(((x, y) for x in xs for y in ys), key=growth):
        frame = (x - _PART_GAP, y - _PART_GAP, x + width + _PART_GAP, y + height + _PART_GAP)
        if not any(_overlap(frame, other) for other in taken):
            yield x, y


def _overlap(one: _Frame, other: _Frame) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _covered(part: set[int], boxes: Sequence[Box], lines: Sequence[tuple[int, int]]) -> list[_Frame]:
    """Return what a part covers: its boxes, and its lines as rows of points."""
    found = [_frame([boxes[member]]) for member in part]
    for a, b in lines:
        if a in part:
            steps = int(hypot(boxes[b].x - boxes[a].x, boxes[b].y - boxes[a].y) / _STEP) + 1
            points = [
                (boxes[a].x + (boxes[b].x - boxes[a].x) * at / steps, boxes[a].y + (boxes[b].y - boxes[a].y) * at / steps)
                for at in range(steps)
            ]
            found += [(x, y, x, y) for x, y in points]
    return found


def _set_in_rows(parts: list[list[int]], boxes: Sequence[Box], _: object) -> None:
    """Set the parts in rows, the largest first, rows about as wide as the largest part or the square of the whole."""
    frames = [_frame([boxes[member] for member in part]) for part in parts]
    area = sum((right - left + _PART_GAP) * (bottom - top + _PART_GAP) for left, top, right, bottom in frames)
    width = max([(area * _ASPECT) ** 0.5, *(right - left for left, _, right, _ in frames)], default=0.0)
    x = y = tallest = 0.0
    for part, (left, top, right, bottom) in zip(parts, frames, strict=True):
        if x and x + right - left > width:
            x, y, tallest = 0.0, y + tallest + _PART_GAP, 0.0
        for member in part:
            boxes[member].x += x - left
            boxes[member].y += y - top
        x, tallest = x + right - left + _PART_GAP, max(tallest, bottom - top)


def _frame(boxes: list[Box]) -> _Frame:
    return (
        min(box.x - box.half for box in boxes),
        min(box.y - box.up for box in boxes),
        max(box.x + box.half for box in boxes),
        max(box.y + box.down for box in boxes),
    )
