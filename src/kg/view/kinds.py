"""How kinds of entities look: a shape and a colour each, chosen so that they differ in shape, hue and brightness.

The hues follow the palette of Okabe and Ito (https://jfly.uni-koeln.de/color/), muted; the shapes are paths of about equal area
around the origin, drawn on the canvas, in the legend and in the picture from the same words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import cos, pi, sin

from .. import names


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of node: its name in the legend, its outline in units of its size, and its fill on light and on dark ground."""

    name: str
    path: str
    light: str
    dark: str


def _polygon(corners: int, radius: float, turn: float = 0.0) -> str:
    """Return a regular polygon, one corner up, turned by a fraction of a full turn."""
    angles = [2 * pi * (corner / corners + turn) - pi / 2 for corner in range(corners)]
    return "M" + "L".join(f"{radius * cos(angle):.3f} {radius * sin(angle):.3f}" for angle in angles) + "Z"


def _star(points: int, outer: float, inner: float) -> str:
    corners = [(outer if corner % 2 == 0 else inner, pi * corner / points - pi / 2) for corner in range(2 * points)]
    return "M" + "L".join(f"{radius * cos(angle):.3f} {radius * sin(angle):.3f}" for radius, angle in corners) + "Z"


CIRCLE = "M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z"
_SQUARE = _polygon(4, 1.25, 1 / 8)
_DIAMOND = _polygon(4, 1.25)
_HEXAGON = _polygon(6, 1.1, 1 / 12)
_PENTAGON = _polygon(5, 1.17)
_TRIANGLE = _polygon(3, 1.42)
_TRIANGLE_DOWN = _polygon(3, 1.42, 1 / 2)
_SHEET = "M-0.8 -1.05L0.4 -1.05L0.8 -0.65L0.8 1.05L-0.8 1.05Z"
_BAR = "M-1.25 -0.6L1.25 -0.6L1.25 0.6L-1.25 0.6Z"
_CROSS = "M-0.4 -1.15L0.4 -1.15L0.4 -0.4L1.15 -0.4L1.15 0.4L0.4 0.4L0.4 1.15L-0.4 1.15L-0.4 0.4L-1.15 0.4L-1.15 -0.4L-0.4 -0.4Z"
_SPARK = _star(4, 1.6, 0.66)

_KNOWN = {
    names.SCHEMA + "Country": Kind("Country", _HEXAGON, "#3f6fa3", "#7fb0e6"),
    names.SCHEMA + "Person": Kind("Person", CIRCLE, "#b5651d", "#eba867"),
    names.SCHEMA + "Organization": Kind("Organization", _SQUARE, "#3d7f6c", "#74c2aa"),
    names.SCHEMA + "GovernmentOrganization": Kind("Government body", _SQUARE, "#2c5f73", "#7dbdd4"),
    names.KG + "Group": Kind("Group", _PENTAGON, "#8a5a86", "#cf9cca"),
    names.SCHEMA + "Place": Kind("Place", _TRIANGLE_DOWN, "#6b7f2f", "#b3c66c"),
    names.SCHEMA + "City": Kind("City", _TRIANGLE_DOWN, "#6b7f2f", "#b3c66c"),
    names.SEM + "Event": Kind("Event", _DIAMOND, "#a07a14", "#e3c25f"),
    names.KG + "Project": Kind("Project", _TRIANGLE, "#5560a8", "#a3acf0"),
    names.SCHEMA + "Dataset": Kind("Data set", _SHEET, "#5d6670", "#b3bcc6"),
    names.SKOS + "Concept": Kind("Concept", CIRCLE, "#857b70", "#b9afa3"),
}
# The most general class comes last: whatever else a thing is says more.
_KNOWN[names.SCHEMA + "Thing"] = Kind("Thing", _SPARK, "#7d5a4a", "#d3a892")
LITERAL = Kind("Words or value", _BAR, "#8f877c", "#a89f94")
CLAIM = Kind("Claim that others are about", CIRCLE, "#37332e", "#e6e1d8")
GROUP = Kind("Names that belong together", CIRCLE, "#6d7f92", "#93a7bd")
_OTHERS = (
    (_star(5, 1.4, 0.62), "#7a6a3a", "#cdbb82"),
    (_CROSS, "#5d6670", "#b3bcc6"),
    (_star(3, 1.75, 0.55), "#8a4f5d", "#dc9fae"),
    (_SHEET, "#4f7a7a", "#93c7c7"),
)
_MORE_LABEL = "Other"


def kind_of(types: tuple[str, ...]) -> Kind:
    """Return the kind of an entity with these types: the first that is known, else the first, else "Other".

    >>> kind_of(("https://example.org/Town", "https://schema.org/Place")).name
    'Place'
    >>> kind_of(("https://example.org/RiverPort",)).name
    'River port'
    """
    known = next((_KNOWN[iri] for iri in _KNOWN if iri in types), None)
    if known:
        return known
    name = _words(names.local_name(min(types))) if types else _MORE_LABEL
    shape, light, dark = _OTHERS[sum(name.encode()) % len(_OTHERS)]
    return Kind(name or _MORE_LABEL, shape, light, dark)


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return spaced[:1].upper() + spaced[1:].lower()
