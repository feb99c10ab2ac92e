"""Claims as a `networkx.MultiDiGraph` and back: from here on there are nodes and edges.

A node is an entity, a claim that other claims speak of, or a literal; an edge is a claim and its key the claim's IRI. What a claim says
beside its triple stands on its edge under the field names of `kg.model.Claim`; what it does not say has no key there. So the graph is
the claims and nothing else: `from_network` gives them back.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from . import names
from .errors import UsageError
from .model import Claim, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import networkx as nx

    from .index import Index

_EVIDENCE = tuple(field.name for field in fields(Claim) if field.name not in {"iri", "subject", "object"})
_ALWAYS = tuple(field.name for field in fields(Claim) if field.name in _EVIDENCE and field.default is MISSING)
_MAYBE = tuple(name for name in _EVIDENCE if name not in _ALWAYS)
_always_of, _maybe_of = attrgetter(*_ALWAYS), attrgetter(*_MAYBE)
_SEPARATOR = " | "
# XML 1.0 has no place for these, however they are written (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = {code: f"\\u{code:04x}" for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


def to_network(index: Index, *, claims: Iterable[Claim] | None = None) -> nx.MultiDiGraph[str]:
    """Return the accepted claims of an index, or those given, as a graph; entities that no claim is about have no node.

    The `kind` of a node is `entity`, `claim` or `literal`; a literal's node is its N-Triples form, so that it can be no IRI.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    chosen = index.claims if claims is None else tuple(claims)
    own = {claim.iri: claim.label for claim in index.all_claims}
    known = graph.nodes
    for claim in chosen:
        subject, target = claim.subject, claim.object if isinstance(claim.object, str) else literal_id(claim.object)
        if subject not in known:
            graph.add_node(subject, **_node(subject, claim, index, own))
        if target not in known:
            graph.add_node(target, **_node(target, claim, index, own))
        graph.add_edge(subject, target, claim.iri, **evidence(claim))
    return graph


def from_network(graph: nx.MultiDiGraph[str]) -> tuple[Claim, ...]:
    """Return the claims that a graph made by `to_network` holds, by IRI."""
    found = []
    for subject, target, iri, data in graph.edges(keys=True, data=True):
        node = graph.nodes[target]
        value = node["literal"] if node["kind"] == "literal" else target
        found.append(Claim(iri=iri, subject=subject, object=value, **data))
    return tuple(sorted(found, key=lambda claim: claim.iri))


def evidence(claim: Claim) -> dict[str, Any]:
    """Return what a claim says beside its own IRI, its subject and its object: the fields that have a value."""
    found: dict[str, Any] = dict(zip(_ALWAYS, _always_of(claim), strict=True))
    found |= {name: value for name, value in zip(_MAYBE, _maybe_of(claim), strict=True) if value or (value is not None and value != ())}
    return found


def literal_id(literal: Literal) -> str:
    """Return the node of a literal: its N-Triples form.

    >>> literal_id(Literal("a day", language="en"))
    '"a day"@en'
    """
    from .triples import object_to_term

    return str(object_to_term(literal))


def _node(iri: str, claim: Claim, index: Index, own: Mapping[str, str]) -> dict[str, Any]:
    if iri.startswith('"') and isinstance(claim.object, Literal):
        return {"kind": "literal", "label": claim.object.value, "literal": claim.object}
    if iri in own:
        return {"kind": "claim", "label": own[iri]}
    entity = index.entities.get(iri)
    if entity is None:
        return {"kind": "entity", "label": index.labels.get(iri, names.local_name(iri))}
    found = {"kind": "entity", "label": entity.label, "types": entity.types, "alt_labels": entity.alt_labels}
    return found | ({"definition": entity.definition} if entity.definition else {})


def flat(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """Return a copy whose attributes are text and numbers only, for files and programs that know nothing else.

    Lists are joined with " | ", dates are ISO 8601, figures are floating-point numbers, a literal gives up its language and datatype
    as two attributes.
    """
    import networkx as nx

    copy: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, data in graph.nodes(data=True):
        copy.add_node(_xml_text(node), **_flat_values(data))
    for subject, target, iri, data in graph.edges(keys=True, data=True):
        copy.add_edge(_xml_text(subject), _xml_text(target), key=iri, **_flat_values(data))
    return copy


def _flat_values(data: Mapping[str, Any]) -> dict[str, str | float]:
    literal = data.get("literal")
    found = {name: _flat_value(value) for name, value in data.items() if name != "literal" and value != ()}
    if literal is not None:
        found |= {name: value for name in ("language", "datatype") if (value := getattr(literal, name))}
    return found


def _flat_value(value: Any) -> str | float:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, tuple):
        return _xml_text(_SEPARATOR.join(value))
    return value.isoformat() if isinstance(value, date) else _xml_text(str(value))


def _xml_text(text: str) -> str:
    return text.translate(_NOT_XML)


def write(graph: nx.MultiDiGraph[str], path: Path, *, format: str | None = None) -> None:  # noqa: A002  # the word of the option
    """Write a graph as GEXF, GraphML, node-link JSON or a CSV edge list; the format follows from the file's name unless given."""
    from .turtle import replace

    name = format or path.suffix.removeprefix(".").lower()
    writer = FORMATS.get(name)
    if writer is None:
        raise UsageError(f"no format is called {name!r}; there are {', '.join(FORMATS)}", path=path)
    replace(path, writer(graph))


def _gexf(graph: nx.MultiDiGraph[str]) -> bytes:
    import re

    import networkx as nx

    text = "\n".join(nx.generate_gexf(flat(graph)))
    # The date of writing would make the same graph another file every day.
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + re.sub(r' lastmodifieddate="[^"]*"', "", text, count=1) + "\n").encode()


def _graphml(graph: nx.MultiDiGraph[str]) -> bytes:
    from io import BytesIO

    import networkx as nx

    out = BytesIO()
    nx.write_graphml_xml(flat(graph), out)
    return out.getvalue()


def _json(graph: nx.MultiDiGraph[str]) -> bytes:
    import json

    import networkx as nx

    data = nx.node_link_data(graph, edges="edges")
    return (json.dumps(data, ensure_ascii=False, indent=1, default=_json_value) + "\n").encode()


def _json_value(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Literal):
        return {"value": value.value, "language": value.language, "datatype": value.datatype}
    return str(value)


def _csv(graph: nx.MultiDiGraph[str]) -> bytes:
    import csv
    from io import StringIO

    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["subject", "subject_label", "object", "object_label", "claim", *_EVIDENCE])
    label = graph.nodes(data="label")
    for subject, target, iri, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2]):
        cells = [subject, label[subject], target, label[target], iri, *(_cell(data.get(name)) for name in _EVIDENCE)]
        writer.writerow([guarded(cell) for cell in cells])
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return _SEPARATOR.join(value) if isinstance(value, tuple) else f"{value:f}" if isinstance(value, Decimal) else str(value)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: a quotation mark in front of what would be one.

    >>> guarded("=1+1"), guarded("1+1")
    ("'=1+1", '1+1')
    """
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


FORMATS: dict[str, Callable[[nx.MultiDiGraph[str]], bytes]] = {"gexf": _gexf, "graphml": _graphml, "json": _json, "csv": _csv}
"""The formats of `write` by the ending of a file's name. JSON is networkx' node-link form, the one with lists kept."""
