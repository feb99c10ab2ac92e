"""The accepted claims as a network for other programs: GEXF, GraphML, JSON of Cytoscape and of networkx."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..model import Literal
from ..projection import to_network
from .wanted import Export, Wanted, single

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

SEPARATOR = " | "
"""What stands between the members of a list where there is room for text only."""
NAMED = ("relation", "claimant", "reported_by")
"""What of an edge has a label of its own, which stands beside it under this name and `_label`."""
# XML 1.0 has no place for these, however they are written (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = {code: f"\\u{code:04x}" for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


def gexf(wanted: Wanted) -> Export:
    """Return GEXF 1.2, without the date of writing: it would make the same graph another file every day."""
    import networkx as nx

    graph = to_network(wanted.index, claims=wanted.claims)
    text = "\n".join(nx.generate_gexf(flat(graph, wanted.index.labels)))
    text = '<?xml version="1.0" encoding="utf-8"?>\n' + re.sub(r' lastmodifieddate="[^"]*"', "", text, count=1) + "\n"
    return single(text.encode(), quantity(graph), *_said(graph, labels=wanted.index.labels))


def graphml(wanted: Wanted) -> Export:
    """Return GraphML."""
    from io import BytesIO

    import networkx as nx

    graph = to_network(wanted.index, claims=wanted.claims)
    out = BytesIO()
    nx.write_graphml_xml(flat(graph, wanted.index.labels), out)
    # A reader of XML takes a bare carriage return for a line feed.
    return single(out.getvalue().replace(b"\r", b"&#13;"), quantity(graph), *_said(graph, labels=wanted.index.labels))


def cytoscape(wanted: Wanted) -> Export:
    """Return the JSON that Cytoscape and Cytoscape.js read; the claim that an edge is stands under `claim` and `key`."""
    import networkx as nx

    graph = to_network(wanted.index, claims=wanted.claims)
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    plain = _plain_figures(graph)
    for node, told in graph.nodes(data=True):
        made.add_node(node, name=told["label"], **_jsonable(_with_literal(told), plain=plain))
    for subject, target, iri, told in graph.edges(keys=True, data=True):
        made.add_edge(subject, target, iri, claim=iri, **_jsonable(labelled(told, wanted.index.labels), plain=plain))
    return single(_json(nx.cytoscape_data(made)), quantity(graph), *_said(graph))


def nodelink(wanted: Wanted) -> Export:
    """Return networkx' node-link JSON, lists kept; a literal is an object of `value`, `language` and `datatype`."""
    import networkx as nx

    graph = to_network(wanted.index, claims=wanted.claims)
    plain = _plain_figures(graph)
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, told in graph.nodes(data=True):
        made.add_node(node, **_jsonable(told, plain=plain))
    for subject, target, iri, told in graph.edges(keys=True, data=True):
        made.add_edge(subject, target, iri, **_jsonable(labelled(told, wanted.index.labels), plain=plain))
    return single(_json(nx.node_link_data(made, edges="edges")), quantity(graph), *_said(graph))


def flat(graph: nx.MultiDiGraph[str], labels: Mapping[str, str] | None = None) -> nx.MultiDiGraph[str]:
    """Return a copy whose attributes are text and numbers only, for files and programs that know nothing else.

    Each edge says under `claim` which it is: not every reader keeps the ids of edges. Lists are joined by bars, dates are ISO 8601, a
    literal gives up its language and datatype as two attributes. Figures are floating-point numbers, or all of them text where such
    numbers cannot hold one.
    """
    import networkx as nx

    plain = _plain_figures(graph)
    copy: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, data in graph.nodes(data=True):
        copy.add_node(_xml_text(node), **_flat_values(_with_literal(data), plain=plain))
    for subject, target, iri, data in graph.edges(keys=True, data=True):
        copy.add_edge(_xml_text(subject), _xml_text(target), key=iri, claim=iri, **_flat_values(labelled(data, labels or {}), plain=plain))
    return copy


def labelled(told: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """Return what an edge says, with the labels of its relation, its claimant and its reporter, as tables have them.

    >>> labelled({"claimant": "urn:a", "polarity": "denied"}, {"urn:a": "Ann"})
    {'claimant': 'urn:a', 'polarity': 'denied', 'claimant_label': 'Ann'}
    """
    found = {f"{name}_label": labels[told[name]] for name in NAMED if told.get(name) in labels}
    return {**told, **found}


def joined(members: tuple[str, ...]) -> str:
    r"""Return a list as one text that `parted` takes apart again.

    >>> joined(("a", "b | c", "d\\e"))
    'a | b \\| c | d\\\\e'
    """
    return SEPARATOR.join(member.replace("\\", "\\\\").replace("|", "\\|") for member in members)


def parted(text: str) -> tuple[str, ...]:
    r"""Return the members of a list.

    >>> parted(joined(("a", "b | c", "d\\e")))
    ('a', 'b | c', 'd\\e')
    """
    return tuple(re.sub(r"\\(.)", r"\1", member, flags=re.DOTALL) for member in text.split(SEPARATOR))


def figure(value: Decimal, *, plain: bool) -> float | str:
    """Return a figure as a number, or as text where `plain` numbers do not do."""
    return float(value) if plain else f"{value:f}"


def quantity(graph: nx.MultiDiGraph[str]) -> str:
    """Return how large a network is, in words."""
    return f"{graph.number_of_nodes():,} nodes and {graph.number_of_edges():,} edges"


def _plain_figures(graph: nx.MultiDiGraph[str]) -> bool:
    """Tell whether floating-point numbers hold every figure exactly as it is written in decimal."""
    figures = [value for _, _, value in graph.edges(data="value") if value is not None]
    return all(Decimal(repr(float(value))) == value for value in figures)


def _said(graph: nx.MultiDiGraph[str], *, labels: Mapping[str, str] | None = None) -> list[str]:
    """Return what is to be said of a network; XML is told by the labels that stand on its edges."""
    found = []
    if not _plain_figures(graph):
        found.append("figures are text here, since a floating-point number cannot hold each of them")
    if labels is not None and any(_has_control(value) for value in _texts(graph, labels)):
        found.append("some text holds control characters, which XML has no place for: they stand by their codes, such as \\u0007")
    return found


def _texts(graph: nx.MultiDiGraph[str], labels: Mapping[str, str]) -> Any:
    for node, told in graph.nodes(data=True):
        yield node
        yield from told.values()
    for _, _, told in graph.edges(data=True):
        yield from labelled(told, labels).values()


def _has_control(value: object) -> bool:
    if isinstance(value, tuple):
        return any(map(_has_control, value))
    return isinstance(value, str) and not value.isprintable() and value != _xml_text(value)


def _with_literal(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a node with those of its literal in place of the literal; its text is the label."""
    literal = told.get("literal")
    found = {name: value for name, value in told.items() if name != "literal"}
    return found | {name: value for name in ("language", "datatype") if (value := getattr(literal, name, None))}


def _flat_values(told: Mapping[str, Any], *, plain: bool) -> dict[str, str | float]:
    return {name: _flat_value(value, plain=plain) for name, value in told.items() if value != ()}


def _flat_value(value: Any, *, plain: bool) -> str | float:
    if isinstance(value, Decimal):
        return figure(value, plain=plain)
    if isinstance(value, tuple):
        return joined(tuple(map(_xml_text, value)))
    return value.isoformat() if isinstance(value, date) else _xml_text(value)


def _xml_text(text: str) -> str:
    return text if text.isprintable() else text.translate(_NOT_XML)


def _jsonable(told: Mapping[str, Any], *, plain: bool) -> dict[str, Any]:
    return {name: _json_value(value, plain=plain) for name, value in told.items()}


def _json_value(value: Any, *, plain: bool) -> Any:
    if isinstance(value, Decimal):
        return figure(value, plain=plain)
    if isinstance(value, Literal):
        return {"value": value.value, "language": value.language, "datatype": value.datatype}
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def _json(data: object) -> bytes:
    import json

    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
