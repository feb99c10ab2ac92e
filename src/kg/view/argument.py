"""Claims about claims as layered diagrams: conclusions on top, their reasons below, computed when the page is built.

A claim about a claim is a line between two cards. Where others speak of it in turn it is a card of its own, on the way between the two.
Layers and order are igraph's (Sugiyama's method, without chance); how high a card is, only the page knows.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..model import Claim, Relation

_ROLES = {names.REL + "supports": "for", names.REL + "undercuts": "against", names.REL + "raises": "raises", names.REL + "ledTo": "cause"}
_OTHER = "other"
_ABOUT = "about"
_ARGUED = {"for", "against", "raises"}
_CARDS_LIMIT = 400
"""More cards than this nobody reads, and large diagrams take long to lay out; what is left out is counted in words."""

_BEND = 0.3
_ROUNDS = 30

Card = tuple[str, int]
"""A claim or, where a claim about a claim has another end, the node of that end."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line upwards from one card to another: a claim in its role, or the way to a claim that is itself a card."""

    claim: int
    below: Card
    above: Card
    role: str


@dataclass(slots=True)
class Part:
    """Cards that hang together, with their places in units of cards and layers, and the bends of lines that cross layers."""

    lines: list[Line]
    places: dict[Card, tuple[float, int]] = field(default_factory=dict)
    bends: list[list[tuple[float, int]]] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the part is, by most of its lines."""
        often = Counter("argument" if line.role in _ARGUED else line.role for line in self.lines if line.role != _ABOUT)
        if often["argument"] or often["cause"]:
            return "argument" if often["argument"] > often["cause"] else "cause"
        return _OTHER


def argument(claims: Sequence[Claim], relations: Mapping[str, Relation], ends: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Return the diagrams of all claims about claims; `ends` are the nodes of each claim's subject and object."""
    found = _lines(claims, relations, ends)
    spoken = _joined([line for line in found if line.role != _OTHER]) + _joined([line for line in found if line.role == _OTHER])
    order = {"argument": 0, "cause": 1, _OTHER: 2}
    spoken.sort(key=lambda part: (order[part.title], -len(part.lines), part.lines[0].claim))
    drawn: list[Part] = []
    room = _CARDS_LIMIT
    for part in spoken:
        count = len({card for line in part.lines for card in (line.below, line.above)})
        if count <= room:
            room -= count
            _lay_out(part)
            drawn.append(part)
    left = {line.claim for part in spoken for line in part.lines} - {line.claim for part in drawn for line in part.lines}
    return {"parts": [_part(part) for part in drawn], "left": sorted(left)}


def _lines(claims: Sequence[Claim], relations: Mapping[str, Relation], ends: Sequence[tuple[int, int]]) -> list[Line]:
    numbers = {claim.iri: number for number, claim in enumerate(claims)}
    about = [
        (number, claim, numbers.get(claim.subject), numbers.get(claim.object) if isinstance(claim.object, str) else None)
        for number, claim in enumerate(claims)
    ]
    about = [row for row in about if row[2] is not None or row[3] is not None]
    spoken = {end for _, _, *both in about for end in both if end is not None}
    found = []
    for number, claim, subject, target in about:
        role = _role(claim.relation, relations)
        below: Card = ("claim", subject) if subject is not None else ("node", ends[number][0])
        above: Card = ("claim", target) if target is not None else ("node", ends[number][1])
        if number not in spoken:
            found.append(Line(number, below, above, role))
            continue
        here: Card = ("claim", number)
        found += [Line(number, below, here, _ABOUT)] if subject is not None else []
        found += [Line(number, here, above, role if role != _OTHER else _ABOUT)] if target is not None else []
    return [line for line in found if line.below != line.above]


def _role(relation: str, relations: Mapping[str, Relation]) -> str:
    waiting, seen = [relation], set()
    while waiting:
        iri = waiting.pop()
        if iri in _ROLES:
            return _ROLES[iri]
        if iri not in seen and iri in relations:
            seen.add(iri)
            waiting.extend(relations[iri].parents)
    return _OTHER


def _joined(lines: Sequence[Line]) -> list[Part]:
    """Return the lines in groups that share cards."""
    import igraph

    cards = _numbered(lines)
    graph = igraph.Graph(len(cards), [(cards[line.below], cards[line.above]) for line in lines])
    member_of = graph.connected_components().membership
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(member_of[cards[line.below]], []).append(line)
    return [Part(group) for group in groups.values()]


def _numbered(lines: Iterable[Line]) -> dict[Card, int]:
    cards = sorted({card for line in lines for card in (line.below, line.above)})
    return {card: number for number, card in enumerate(cards)}


def _lay_out(part: Part) -> None:
    """Give every card its layer, counted from the top, and its place in it."""
    import igraph

    cards = _numbered(part.lines)
    pairs = [(cards[line.above], cards[line.below]) for line in part.lines]
    layers = _layers(len(cards), pairs)
    chains = [_chain(pair, layers) for pair in pairs]
    steps = [step for chain in chains for step in itertools.pairwise(chain)]
    graph = igraph.Graph(len(layers), steps, directed=True)
    order = [x for x, _ in graph.layout_sugiyama(layers=layers, maxiter=1000)]
    across = _drawn_together(order, layers, steps, [1.0] * len(cards) + [_BEND] * (len(layers) - len(cards)))
    at = [(round(x, 3), layer) for x, layer in zip(across, layers, strict=True)]
    part.places = {card: at[number] for card, number in cards.items()}
    part.bends = [[at[number] for number in chain[1:-1]] for chain in chains]


def _drawn_together(
    points: Sequence[float], layers: Sequence[int], steps: Sequence[tuple[int, int]], widths: Sequence[float]
) -> list[float]:
    """Return places in the same order within each layer, as near to what they are joined with as their widths allow."""
    numbers = sorted(range(len(layers)), key=points.__getitem__)
    rows = [[number for number in numbers if layers[number] == layer] for layer in range(max(layers) + 1)]
    joined: list[list[int]] = [[] for _ in layers]
    for one, other in steps:
        joined[one].append(other)
        joined[other].append(one)
    found = list(points)
    for _ in range(_ROUNDS):
        for row in (*rows, *reversed(rows)):
            wanted = [(sum(found[other] for other in joined[number]) + found[number]) / (len(joined[number]) + 1) for number in row]
            for number, x in zip(row, _apart(wanted, [widths[number] for number in row]), strict=True):
                found[number] = x
    left = min(x - width / 2 for x, width in zip(found, widths, strict=True))
    return [x - left - 1 / 2 for x in found]


def _apart(wanted: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Return places in this order, none nearer to the next than half their widths, least squares away from the wanted ones.

    >>> _apart([0.0, 0.0, 5.0], [1.0, 1.0, 1.0])
    [-0.5, 0.5, 5.0]
    """
    begins = [0.0]
    for one, other in itertools.pairwise(widths):
        begins.append(begins[-1] + (one + other) / 2)
    pools: list[tuple[float, int]] = []
    for want, begin in zip(wanted, begins, strict=False):
        pool = (want - begin, 1)
        while pools and pools[-1][0] / pools[-1][1] > pool[0] / pool[1]:
            total, count = pools.pop()
            pool = (pool[0] + total, pool[1] + count)
        pools.append(pool)
    means = [total / count for total, count in pools for _ in range(count)]
    return [mean + begin for mean, begin in zip(means, begins, strict=False)]


def _layers(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Return the layer of each card: one below the lowest of its conclusions; lines that would close a circle do not count."""
    import igraph

    graph = igraph.Graph(count, pairs, directed=True)
    circular = set(graph.feedback_arc_set(method="eades"))
    graph.delete_edges(sorted(circular))
    layers = [0] * count
    for number in graph.topological_sorting():
        for reason in graph.successors(number):
            layers[reason] = max(layers[reason], layers[number] + 1)
    return layers


def _chain(pair: tuple[int, int], layers: list[int]) -> list[int]:
    """Return the way from one card to another with a new point in each layer between them; the new points get their layers here."""
    above, below = pair
    step = 1 if layers[below] >= layers[above] else -1
    between = []
    for layer in range(layers[above] + step, layers[below], step):
        between.append(len(layers))
        layers.append(layer)
    chain = [above, *between, below]
    return chain if step == 1 else chain[::-1]


def _part(part: Part) -> dict[str, Any]:
    cards = sorted(part.places, key=lambda card: (part.places[card][1], part.places[card][0], card))
    number_of = {card: number for number, card in enumerate(cards)}
    return {
        "title": part.title,
        "cards": [{kind: number, "x": part.places[kind, number][0], "layer": part.places[kind, number][1]} for kind, number in cards],
        "lines": [
            {"claim": line.claim, "below": number_of[line.below], "above": number_of[line.above], "role": line.role, "bends": bends}
            for line, bends in zip(part.lines, part.bends, strict=True)
        ],
    }
