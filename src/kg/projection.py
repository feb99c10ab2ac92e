"""Claims as a `networkx.MultiDiGraph` and back: from here on there are nodes and edges.

A node is an entity, a claim that other claims speak of, or a literal; an edge is a claim and its key the claim's IRI. What a claim says
beside its triple stands on its edge under the field names of `kg.model.Claim`; what it does not say has no key there. So the graph is
the claims and nothing else: `from_network` gives them back.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from . import names
from .model import Claim, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import networkx as nx

    from .index import Index

EVIDENCE = tuple(field.name for field in fields(Claim) if field.name not in {"iri", "subject", "object"})
"""The fields of a claim that stand on its edge."""
_ALWAYS = tuple(field.name for field in fields(Claim) if field.name in EVIDENCE and field.default is MISSING)
_MAYBE = tuple(name for name in EVIDENCE if name not in _ALWAYS)
_always_of, _maybe_of = attrgetter(*_ALWAYS), attrgetter(*_MAYBE)


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
