"""The one JSON-LD context of a workspace: what the words of its documents stand for, and its prefixes.

A document that holds the context, or names the address where it is published, means the same: https://www.w3.org/TR/json-ld11/#the-context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .index import Index

__all__ = ["NAME", "TERMS", "document", "published"]

NAME = "context.jsonld"
"""How the file of the context is called where it is published."""
_INTEGER, _DATE = names.XSD + "integer", names.XSD + "date"
_IRIS, _CLASSES = names.OWL + "ObjectProperty", names.OWL + "Class"
_PROPERTIES = (_IRIS, names.OWL + "DatatypeProperty", names.OWL + "AnnotationProperty")


def _iri(name: str) -> dict[str, str]:
    return {"@id": name, "@type": "@id"}


def _english(name: str) -> dict[str, str]:
    return {"@id": name, "@language": "en"}


def _typed(name: str, datatype: str) -> dict[str, str]:
    return {"@id": name, "@type": datatype}


TERMS: dict[str, Any] = {
    "Claim": names.CLAIM,
    "Passage": names.PASSAGE,
    "Source": names.SOURCE,
    "label": _english(names.LABEL),
    "subject": _iri(names.SUBJECT),
    "relation": _iri(names.PREDICATE),
    "object": {"@id": names.OBJECT},
    "claimant": _iri(names.CLAIMANT),
    "reportedBy": _iri(names.REPORTED_BY),
    "polarity": _iri(names.POLARITY),
    "certainty": _iri(names.CERTAINTY),
    "modality": _iri(names.MODALITY),
    "kind": _iri(names.KIND),
    "status": _iri(names.STATUS),
    "when": _typed(names.WHEN, names.EDTF),
    "from": _typed(names.FROM, _DATE),
    "until": _typed(names.UNTIL, _DATE),
    "value": _typed(names.VALUE, names.XSD + "decimal"),
    "unit": _iri(names.UNIT),
    "passage": _iri(names.HAS_PASSAGE),
    "derivedFrom": _iri(names.DERIVED_FROM),
    "note": _english(names.NOTE),
    "creator": _iri(names.CREATOR),
    "modified": _typed(names.MODIFIED, _DATE),
    "source": _iri(names.HAS_SOURCE),
    "start": _typed(names.START, _INTEGER),
    "end": _typed(names.END, _INTEGER),
    "paragraph": _typed(names.PARAGRAPH, _INTEGER),
    "sentence": _typed(names.SENTENCE, _INTEGER),
    "digest": {"@id": names.DIGEST},
    "noClaim": _english(names.NO_CLAIM),
    "identifier": _typed(names.IDENTIFIER, names.XSD + "anyURI"),
    "length": _typed(names.LENGTH, _INTEGER),
    "language": {"@id": names.LANGUAGE},
    "title": {"@id": names.TITLE},
    "issued": _typed(names.ISSUED, names.EDTF),
    "prefLabel": _english(names.PREF_LABEL),
    "altLabel": _english(names.ALT_LABEL),
    "definition": _english(names.DEFINITION),
    "primaryTopic": _iri(names.PRIMARY_TOPIC),
    "inDataset": _iri(names.IN_DATASET),
    "license": _iri(names.LICENCE),
}
"""The words of claims, passages, sources and entities, and of documents about them.

None ends in `#`, `/` or `:`, so none can be the prefix of an IRI in the data.
"""


def published(index: Index) -> dict[str, Any]:
    """Return the context of a workspace: the words, those that its ontology has beside them, and the prefixes that are no word."""
    known = {definition if isinstance(definition, str) else definition["@id"] for definition in TERMS.values()}
    more = {names.local_name(iri): definition for iri, definition in _declared(index) if iri not in known}
    words = TERMS | {word: definition for word, definition in sorted(more.items()) if word not in TERMS}
    prefixes = {prefix: iri for prefix, iri in index.workspace.prefixes.items() if prefix not in words}
    return {"@version": 1.1, **prefixes, **words}


def document(index: Index) -> bytes:
    """Return the document that is published as the context."""
    import json

    return (json.dumps({"@context": published(index)}, ensure_ascii=False, indent=1) + "\n").encode()


def _declared(index: Index) -> Iterator[tuple[str, Any]]:
    """Yield the classes and properties that the ontology declares in its own namespace, with what they are in a context."""
    for kind in (_CLASSES, *_PROPERTIES):
        for iri in _of_kind(index, kind):
            if kind == _CLASSES:
                yield iri, iri
            elif kind == _IRIS:
                yield iri, _iri(iri)
            else:
                ranges = sorted(index.said_of(iri).get(names.RDFS + "range", []), key=str)
                datatype = ranges[0].value if len(ranges) == 1 and isinstance(ranges[0], ox.NamedNode) else names.XSD + "string"
                yield iri, {"@id": iri} if datatype == names.XSD + "string" else _typed(iri, datatype)


def _of_kind(index: Index, kind: str) -> list[str]:
    found = index.store.quads_for_pattern(None, ox.NamedNode(names.TYPE), ox.NamedNode(kind), ox.DefaultGraph())
    terms = (quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode))
    return sorted(iri for iri in terms if iri.startswith(names.KG))
