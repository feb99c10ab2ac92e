"""Claims as JSON-LD, and what the page must know beside what it shows in order to export them to the letter.

The page shows text with its invisible characters made visible, and figures as a person writes them; its exports give back what the files
say. So next to the shown data stand the originals wherever they differ, and what is never shown: types, reasons, origins elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import names
from ..context import TERMS
from ..inline import to_json
from ..model import Literal
from .data import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Claim, Entity, Passage, Source
    from .data import PageData

EMBEDDED_AT_MOST = 500
"""Above so many claims the page does not say everything a second time as JSON-LD for other programs; its exports do on demand."""


def embedded(data: PageData) -> str:
    """Return the claims as JSON-LD that can stand in a `<script>` element; nothing where they are too many to be said twice."""
    if not data.claims or len(data.claims) > EMBEDDED_AT_MOST:
        return ""
    return to_json({"@context": TERMS, "@graph": [*_graph(data)]})


def _graph(data: PageData) -> Iterable[dict[str, Any]]:
    index = data.index
    cited = sorted({iri for claim in data.claims for iri in claim.passages})
    passages = [index.passages[iri] for iri in cited if iri in index.passages]
    mentioned = {iri for claim in data.claims for iri in (claim.subject, claim.object, claim.claimant, claim.reported_by)}
    yield from (claim_node(claim, data.own_tongue(claim.iri)) for claim in data.claims)
    yield from (passage_node(passage) for passage in passages)
    yield from (source_node(index.sources[iri]) for iri in sorted({each.source for each in passages} & index.sources.keys()))
    yield from (entity_node(index.entities[iri], data.own_tongue(iri)) for iri in sorted(index.entities.keys() & mentioned))


def _in(language: str | None, text: str) -> str | dict[str, str]:
    """Return a text as the context has it, in English, or tagged with another language."""
    return {"@value": text, "@language": language} if language else text


def claim_node(claim: Claim, language: str | None = None) -> dict[str, Any]:
    """Return a claim as a node of the document; `language` is that of its label where that is not English."""
    target = claim.object
    return _given(
        {
            "@id": claim.iri,
            "@type": "Claim",
            "label": _in(language, claim.label),
            "subject": claim.subject,
            "relation": claim.relation,
            "object": _literal(target) if isinstance(target, Literal) else {"@id": target},
            "claimant": claim.claimant,
            "reportedBy": claim.reported_by,
            **{name: names.KG + value if (value := getattr(claim, name)) else None for name in _LISTS},
            "when": claim.when,
            "from": claim.since and claim.since.isoformat(),
            "until": claim.until and claim.until.isoformat(),
            "value": None if claim.value is None else f"{claim.value:f}",
            "unit": claim.unit,
            "passage": list(claim.passages),
            "derivedFrom": list(claim.derived_from),
            "note": list(claim.notes),
            "creator": claim.creator,
            "modified": claim.modified and claim.modified.isoformat(),
        }
    )


_LISTS = ("polarity", "certainty", "modality", "kind", "status")


def _literal(value: Literal) -> dict[str, str]:
    return _given({"@value": value.value, "@language": value.language, "@type": value.datatype})


def passage_node(passage: Passage) -> dict[str, Any]:
    """Return a passage as a node of the document."""
    numbers = {name: getattr(passage, name) for name in ("start", "end", "paragraph", "sentence")}
    told = {"digest": passage.digest, "noClaim": passage.no_claim}
    return _given({"@id": passage.iri, "@type": "Passage", "source": passage.source, **numbers, **told})


def source_node(source: Source) -> dict[str, Any]:
    """Return a source as a node of the document."""
    return _given(
        {
            "@id": source.iri,
            "@type": "Source",
            "label": source.label,
            "identifier": source.identifier,
            "length": source.length,
            "language": source.language,
            "title": source.title,
            "issued": source.published,
            "creator": source.creator,
        }
    )


def entity_node(entity: Entity, language: str | None = None) -> dict[str, Any]:
    """Return an entity as a node of the document; `language` is that of its label where that is not English."""
    told = {"prefLabel": _in(language, entity.label), "altLabel": list(entity.alt_labels), "definition": entity.definition}
    return _given({"@id": entity.iri, "@type": list(entity.types), **told})


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value != []}


def originals(data: PageData) -> dict[str, Any]:
    """Return what the page needs to write the claims as the files have them; `data` must have numbered everything before."""
    passages = [data.index.passages[iri] for iri in data.passage_iris]
    return {
        "context": TERMS,
        "kg": names.KG,
        "claims": _claims(data),
        "nodes": _nodes(data),
        "relations": _differing(data.relation_iris),
        "passages": {
            "iri": _differing(data.passage_iris),
            "source": {at: each.source for at, each in enumerate(passages) if each.source not in data.index.sources},
            "noClaim": {at: each.no_claim for at, each in enumerate(passages) if each.no_claim},
        },
        "sources": [source_node(source) for source in data.index.sources.values()],
    }


def _claims(data: PageData) -> dict[str, Any]:
    claims, known = data.claims, set(data.passage_iris)
    shown: dict[str, list[Any]] = {
        "iri": [claim.iri for claim in claims],
        "label": [claim.label for claim in claims],
        "when": [claim.when for claim in claims],
        "unit": [claim.unit for claim in claims],
        "creator": [claim.creator for claim in claims],
        "notes": [list(claim.notes) for claim in claims],
    }
    return {
        **{name: _differing(values) for name, values in shown.items()},
        "label": _differing(shown["label"]) | {at: claim.label for at, claim in enumerate(claims) if claim.iri in data.translated},
        "language": {at: language for at, claim in enumerate(claims) if (language := data.own_tongue(claim.iri))},
        "derivedFrom": {at: list(claim.derived_from) for at, claim in enumerate(claims) if claim.derived_from},
        "passage": {at: lost for at, claim in enumerate(claims) if (lost := [iri for iri in claim.passages if iri not in known])},
    }


def _nodes(data: PageData) -> dict[str, Any]:
    things = data.things
    entities = [data.index.entities.get(thing) if isinstance(thing, str) else None for thing in things]
    return {
        "iri": _differing(thing if isinstance(thing, str) else None for thing in things),
        "label": {at: entity.label for at, entity in enumerate(entities) if entity and entity.label != data.nodes[at]["label"]},
        "language": {at: language for at, thing in enumerate(things) if isinstance(thing, str) and (language := data.own_tongue(thing))},
        "definition": _differing(entity and entity.definition for entity in entities),
        "names": _differing(entity and list(entity.alt_labels) for entity in entities),
        "types": [list(entity.types) if entity else None for entity in entities],
        "value": _differing(thing.value if isinstance(thing, Literal) else None for thing in things),
    }


def _differing(values: Iterable[Any]) -> dict[int, Any]:
    """Return the values that the page does not show to the letter, by their places."""
    return {at: value for at, value in enumerate(values) if value and not _is_shown(value)}


def _is_shown(value: str | list[str]) -> bool:
    return all(visible(each) == each for each in (value if isinstance(value, list) else [value]))
