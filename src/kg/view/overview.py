"""Many claims from far away: names that belong together as groups, and how the groups are joined.

Groups are communities (Louvain, by the number of claims between two names), the small ones taken together; a group is called after
the names with most claims in it. Nothing here depends on anything but the claims.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..measures import SEED, with_seed
from .kinds import GROUP
from .network import ClaimNetwork, wrap

if TYPE_CHECKING:
    from .data import PageData

DRAWN_AT_MOST = 400
"""The number of things up to which each is drawn for itself."""
_GROUPS_AT_MOST = 36
_SMALL = 8
_NAMED = 3
_LINES_EACH = 2
_LINE_LENGTH = 1.7
_BETWEEN = {"id": "between", "label": "between two groups"}


@dataclass(frozen=True, slots=True)
class Group:
    """Names that belong together: what it is called, its first name, the name it is known by, how many names and claims it has."""

    label: str
    first: str
    id: str
    names: int
    claims: int


class Overview:
    """The groups of a page's data."""

    def __init__(self, data: PageData) -> None:
        self.data = data
        data.kinds.setdefault(GROUP.name, GROUP)
        self._weights = Counter(node for pair in data.ends for node in pair)
        self.of = self._membership()
        """The number of the group of each node."""
        sides = [(self.of[one], self.of[other]) for one, other in data.ends]
        self.claim_groups = [one if one == other else len(self.groups) for one, other in sides]
        """The group in which each claim lies; for those between two groups the number after the last."""
        self._between = [(min(pair), max(pair)) for pair in sides]

    def _membership(self) -> list[int]:
        import igraph

        pairs = Counter((min(pair), max(pair)) for pair in self.data.ends if pair[0] != pair[1])
        # A claim that others speak of belongs where it is drawn: on its line.
        pairs.update((min(end, mark), max(end, mark)) for claim, mark in self.data.marks.items() for end in self.data.ends[claim])
        graph = igraph.Graph(self.data.drawn, list(pairs))
        with_seed(SEED)
        found = graph.community_multilevel(weights=list(pairs.values())).membership
        sizes = Counter(found)
        ranked = sorted(sizes, key=lambda group: (-sizes[group], group))
        large = [group for at, group in enumerate(ranked) if at < _GROUPS_AT_MOST and sizes[group] >= _SMALL]
        number = {group: at for at, group in enumerate(large)}
        return [number.get(group, len(large)) for group in found]

    @cached_property
    def groups(self) -> list[Group]:
        """The groups, the one with most names first, the small ones together as the last."""
        members: dict[int, list[int]] = defaultdict(list)
        for node, group in enumerate(self.of):
            if "claim" not in self.data.nodes[node]:
                members[group].append(node)
        inside = Counter(self.of[one] for one, other in self.data.ends if self.of[one] == self.of[other])
        return [self._group(members[at], inside[at]) for at in range(max(self.of, default=-1) + 1)]

    def _group(self, members: list[int], claims: int) -> Group:
        top = sorted(members, key=lambda node: (-self._weights[node], node))[:_NAMED]
        names = [self.data.nodes[node] for node in top]
        label = ", ".join(name["label"] for name in names)
        return Group(
            label + ("\u00a0…" if len(members) > _NAMED else ""),
            names[0]["label"] if names else "",
            names[0]["id"] if names else "",
            len(members),
            claims,
        )

    @cached_property
    def network(self) -> ClaimNetwork:
        """The arranged drawing: groups, and the lines that join each to those it shares most claims with."""
        drawn = ClaimNetwork()
        most = max((group.claims for group in self.groups), default=0) or 1
        for number, group in enumerate(self.groups):
            size = round(9 + 22 * (group.claims / most) ** 0.5, 1)
            others = [f"and {group.names - 1:,} more"] if group.names > 1 else []
            lines = [*wrap(group.first), *others, f"{group.claims:,} claims"]
            drawn.add_node(number, group.label, kind=GROUP.name, lines=lines, weight=group.claims, size=size)
        lines_drawn = set(self.lines)
        for claim, pair in enumerate(self._between):
            if pair in lines_drawn:
                drawn.add_bundle(*pair, claim)
        for edge in drawn.edges:
            edge |= {"groups": True, "length": _LINE_LENGTH}
        drawn.arrange()
        return drawn

    @cached_property
    def lines(self) -> list[tuple[int, int]]:
        """The pairs of groups that are joined by a line: for each group those that share most claims with it."""
        shared = Counter(pair for pair in self._between if pair[0] != pair[1])
        ranked = sorted(shared, key=lambda pair: (-shared[pair], pair))
        taken: Counter[int] = Counter()
        found = []
        for pair in ranked:
            if min(taken[pair[0]], taken[pair[1]]) < _LINES_EACH:
                found.append(pair)
                taken.update(pair)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the groups with their places, the group of every node, and the lines between groups."""
        places = [{name: node[name] for name in ("x", "y", "size", "lines")} for node in self.network.nodes]
        groups = [
            {"label": group.label, "id": group.id, "names": group.names, "kind": GROUP.name, **place}
            for group, place in zip(self.groups, places, strict=True)
        ]
        return {"groups": groups, "of": self.of, "lines": self.lines}

    def facet(self) -> dict[str, Any]:
        """Return the groups as a filter."""
        values = [{"id": group.id, "label": group.label} for group in self.groups]
        return {"key": "group", "title": "Group", "values": [*values, _BETWEEN], "of": self.claim_groups}
