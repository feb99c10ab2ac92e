"""What the page knows: nodes, claims and passages as plain lists that refer to each other by number, and their safe JSON.

No drawing, no HTML. Text goes in as it is, save for control characters and those that turn the direction of the text around them,
which are shown by their code.
"""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import measures, names, targets, text
from ..errors import InputError
from ..model import Literal
from ..projection import literal_id
from ..results import Style, printable
from ..results.cells import figure
from ..triples import literal
from .kinds import CLAIM, LITERAL, Kind, kind_of
from .scope import inverses_in, tongues
from .silence import silences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from ..index import Index
    from ..model import Claim, Passage, Relation

# XML 1.0 has no place for these two, and nothing else has a use for them.
_NO_CHARACTERS = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}
_VALUES = (*names.POLARITIES, *names.CERTAINTIES, *names.MODALITIES, *names.KINDS, *names.STATUSES)
_PLACE = ("id", "source", "paragraph", "sentence", "start", "end", "digest")


def visible(words: str) -> str:
    r"""Return text in which nothing is invisible or turns other text around.

    >>> visible("safe\u202eexe")
    'safe\\u202eexe'
    """
    return words if words.isprintable() else printable(words, keep_lines=True).translate(_NO_CHARACTERS)


class PageData:
    """The claims of an index, or some of them, numbered in the order of their IRIs, and everything that they mention.

    `labels` are those to be shown in place of the usual ones, all in `language`.
    """

    def __init__(
        self,
        index: Index,
        *,
        texts: Sequence[str] = (),
        claims: Sequence[Claim] | None = None,
        labels: Mapping[str, str] | None = None,
        language: str | None = None,
    ) -> None:
        self.index = index
        self.claims = index.claims if claims is None else tuple(claims)
        self.translated, self.language = labels or {}, language
        self.inverses = inverses_in(index, language) if language else {}
        self.labels = {**index.labels, **self.translated}
        self.numbers = {claim.iri: number for number, claim in enumerate(self.claims)}
        self.texts = texts_by_source(index, texts)
        self._prefixes_of: dict[str, dict[str, str]] = {}
        self.nodes: list[dict[str, Any]] = []
        self._node_numbers: dict[str | Literal, int] = {}
        self._passage_numbers: dict[str, int] = {}
        self.passages: list[dict[str, Any]] = []
        self.kinds: dict[str, Kind] = {}
        self.ends = [(self._node(claim.subject), self._node(claim.object)) for claim in self.claims]
        self.drawn = len(self.nodes)

    def to_dict(self) -> dict[str, Any]:
        """Return all but the facets as dictionaries, lists, text and numbers; claims and passages as columns, a list for each field."""
        claims = self._columns()
        return {
            "prefixes": {visible(prefix): visible(iri) for prefix, iri in self.index.workspace.prefixes.items()},
            "nodes": self.nodes,
            "claims": claims,
            "passages": {name: [place.get(name) for place in self.passages] for name in _PLACE},
            "relations": [self._relation(iri) for iri in self._relation_numbers],
            "kinds": [{"name": kind.name, "path": kind.path, "light": kind.light, "dark": kind.dark} for kind in self.kinds.values()],
            "sources": [self._source(iri) for iri in self.index.sources],
            "silences": silences(self.index, [iri for iri in self.index.sources if iri not in self.texts]),
            "words": {value: {"label": words} | self.tongue(names.KG + value) for value, words in self.words.items()},
        }

    @property
    def things(self) -> tuple[str | Literal, ...]:
        """What the nodes stand for, in their order: IRIs and literals."""
        return tuple(self._node_numbers)

    @property
    def passage_iris(self) -> tuple[str, ...]:
        """The passages in their order."""
        return tuple(self._passage_numbers)

    @property
    def relation_iris(self) -> tuple[str, ...]:
        """The relations in their order."""
        return tuple(self._relation_numbers)

    @cached_property
    def marks(self) -> dict[int, int]:
        """The node of each claim that stands as subject or object of another."""
        return {self.numbers[iri]: number for iri, number in self._node_numbers.items() if isinstance(iri, str) and iri in self.numbers}

    @cached_property
    def contested(self) -> dict[int, dict[int, str]]:
        """For each claim the claims that it disagrees with, and how."""
        found: dict[int, dict[int, str]] = {}
        pairs = [(pair, "contradicts") for pair in measures.contradictions(self.claims, self.index.relations)]
        pairs += [(pair, "gives another figure than") for pair in measures.disagreements(self.claims)]
        for (one, other), how in pairs:
            here, there = self.numbers[one.iri], self.numbers[other.iri]
            found.setdefault(here, {}).setdefault(there, how)
            found.setdefault(there, {}).setdefault(here, how)
        return found

    def curie(self, iri: str) -> str:
        """Return the short form of an IRI, which also stands in the page's address."""
        head = iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]
        if head not in self._prefixes_of:
            every = self.index.workspace.prefixes.items()
            self._prefixes_of[head] = {prefix: base for prefix, base in every if head.startswith(base) or base.startswith(head)}
        return visible(names.compact(iri, self._prefixes_of[head]))

    def label(self, iri: str) -> str:
        """Return the label of anything, else the end of its IRI."""
        return visible(self.labels.get(iri) or names.local_name(iri) or iri)

    def tongue(self, iri: str) -> dict[str, str]:
        """Return the language of the label of anything, where that is not English."""
        language = self.language if iri in self.translated else self._tongues.get(iri)
        return {"language": visible(language)} if language else {}

    def own_tongue(self, iri: str) -> str | None:
        """Return the language of the label that the files have, where that is not English."""
        return self._tongues.get(iri)

    @cached_property
    def _tongues(self) -> dict[str, str]:
        return tongues(self.index)

    @cached_property
    def words(self) -> dict[str, str]:
        """The values of the value lists that have a label in the language asked for, by their names."""
        return {value: visible(self.translated[names.KG + value]) for value in _VALUES if names.KG + value in self.translated}

    def _node(self, thing: str | Literal) -> int:
        """Return the number of an entity, a claim that others speak of, or a literal; number it when it is new."""
        if thing not in self._node_numbers:
            self._node_numbers[thing] = len(self.nodes)
            self.nodes.append(self._literal(thing) if isinstance(thing, Literal) else self._thing(thing))
        return self._node_numbers[thing]

    def _thing(self, iri: str) -> dict[str, Any]:
        node: dict[str, Any] = {"id": self.curie(iri), "iri": visible(iri), "label": self.label(iri)}
        if iri in self.numbers:
            return node | {"kind": self._kind(CLAIM), "claim": self.numbers[iri]} | self.tongue(iri)
        node |= self.tongue(iri)
        entity = self.index.entities.get(iri)
        if entity is None and iri in self._unshown_claims:
            return node | {"kind": self._kind(CLAIM)}
        node["kind"] = self._kind(kind_of(entity.types if entity else ()))
        if entity and entity.definition:
            node["definition"] = visible(entity.definition)
        if entity and entity.alt_labels:
            node["names"] = [visible(name) for name in entity.alt_labels]
        if iri in self._elsewhere:
            node["elsewhere"] = [[visible(targets.called(name)), visible(name), how] for how, name in self._elsewhere[iri]]
        return node

    @cached_property
    def _elsewhere(self) -> dict[str, list[tuple[str, str]]]:
        """What things are called in other data sets, exact names first, each with in what it differs."""
        found: dict[str, list[tuple[str, str]]] = {}
        for predicate, how in targets.MATCHES.items():
            quads = self.index.store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())
            pairs = [(quad.subject, quad.object) for quad in quads]
            ends = [(one.value, two.value) for one, two in pairs if isinstance(one, ox.NamedNode) and isinstance(two, ox.NamedNode)]
            for subject, name in sorted(ends, key=lambda pair: targets.rank(pair[1])):
                found.setdefault(subject, []).append((how, name))
        return found

    @property
    def entities(self) -> int:
        """How many entities the claims are about."""
        return sum("claim" not in node and "literal" not in node for node in self.nodes[: self.drawn])

    @cached_property
    def _unshown_claims(self) -> frozenset[str]:
        return frozenset(claim.iri for claim in self.index.all_claims) - self.numbers.keys()

    def node_of(self, iri: str) -> int:
        """Return the number of a thing that a claim mentions."""
        return self._node(iri)

    def _literal(self, value: Literal) -> dict[str, Any]:
        node = {"id": visible(literal_id(value)), "label": f"“{visible(value.value)}”", "kind": self._kind(LITERAL), "literal": True}
        node |= {"value": visible(value.value)}
        return node | {name: visible(said) for name in ("language", "datatype") if (said := getattr(value, name))}

    def _kind(self, kind: Kind) -> str:
        shown = Kind(visible(kind.name), kind.path, kind.light, kind.dark)
        self.kinds.setdefault(shown.name, shown)
        return shown.name

    @cached_property
    def _relation_numbers(self) -> dict[str, int]:
        return {iri: number for number, iri in enumerate(sorted({claim.relation for claim in self.claims}))}

    def _relation(self, iri: str) -> dict[str, Any]:
        relation: Relation | None = self.index.relations.get(iri)
        found = {"id": self.curie(iri), "iri": visible(iri), "label": self.label(iri)} | self.tongue(iri)
        if relation is None:
            return found
        return found | {
            "inverse": visible(self.inverses.get(iri, relation.inverse_label)),
            "stance": relation.stance,
            "symmetric": relation.is_symmetric,
        }

    def _columns(self) -> dict[str, list[Any]]:
        """Return what the claims say, field by field; None where one says nothing."""
        claims, numbers = self.claims, range(len(self.claims))
        ids = [self.curie(claim.iri) for claim in claims]
        return {
            "id": ids,
            "iri": [None if self._expanded(short) == claim.iri else visible(claim.iri) for short, claim in zip(ids, claims, strict=True)],
            "label": [visible(self.translated.get(claim.iri, claim.label)) for claim in claims],
            "language": [self.tongue(claim.iri).get("language") for claim in claims],
            "subject": [subject for subject, _ in self.ends],
            "relation": [self._relation_numbers[claim.relation] for claim in claims],
            "object": [target for _, target in self.ends],
            "claimant": [self._node(claim.claimant) for claim in claims],
            "reporter": [self._node(claim.reported_by) if claim.reported_by else None for claim in claims],
            "polarity": [claim.polarity for claim in claims],
            "certainty": [claim.certainty for claim in claims],
            "kind": [claim.kind for claim in claims],
            "status": [claim.status for claim in claims],
            "modality": [claim.modality for claim in claims],
            "when": [visible(claim.when) if claim.when else None for claim in claims],
            "since": [claim.since.isoformat() if claim.since else None for claim in claims],
            "until": [claim.until.isoformat() if claim.until else None for claim in claims],
            "value": [None if claim.value is None else float(claim.value) for claim in claims],
            "exact": [None if claim.value is None else f"{claim.value:f}" for claim in claims],
            "unit": [visible(claim.unit) if claim.unit else None for claim in claims],
            "figure": [None if claim.value is None else self._figure(claim.value, claim.unit) for claim in claims],
            "notes": [[visible(note) for note in claim.notes] or None for claim in claims],
            "evidence": [self._evidence(claim) or None for claim in claims],
            "origins": [[self.numbers[iri] for iri in claim.derived_from if iri in self.numbers] or None for claim in claims],
            "contested": [[[other, how] for other, how in sorted(self.contested.get(number, {}).items())] or None for number in numbers],
            "creator": [visible(claim.creator) if claim.creator else None for claim in claims],
            "modified": [claim.modified.isoformat() if claim.modified else None for claim in claims],
        }

    def _expanded(self, short: str) -> str:
        """Return the IRI that the page makes of a short form."""
        prefix, colon, rest = short.partition(":")
        base = self.index.workspace.prefixes.get(prefix)
        return base + rest if colon and base is not None else short

    def _figure(self, value: Decimal, unit: str | None) -> str:
        style = Style(self.index.workspace.prefixes, self.labels)
        return visible(figure(literal(f"{value:f}"), ox.NamedNode(unit) if unit else None, style))

    def _evidence(self, claim: Claim) -> list[dict[str, Any]]:
        """Return the passages of a claim, those of one sentence together; with the text, that sentence cut where passages begin and end."""
        found = sorted(
            (self.index.passages[iri] for iri in claim.passages if iri in self.index.passages), key=lambda each: (each.source, each.start)
        )
        together = [list(group) for _, group in groupby(found, key=lambda each: (each.source, each.paragraph, each.sentence))]
        return [
            {"places": [self._place(each) for each in group]} | ({"parts": self._parts(group)} if group[0].source in self.texts else {})
            for group in together
        ]

    def _place(self, passage: Passage) -> int:
        if passage.iri not in self._passage_numbers:
            self._passage_numbers[passage.iri] = len(self.passages)
            place = {name: getattr(passage, name) for name in _PLACE if name not in {"source", "id"}}
            self.passages.append(place | {"id": self.curie(passage.iri), "source": self._source_numbers.get(passage.source)})
        return self._passage_numbers[passage.iri]

    @cached_property
    def _source_numbers(self) -> dict[str, int]:
        return {iri: number for number, iri in enumerate(self.index.sources)}

    def _parts(self, passages: list[Passage]) -> list[tuple[str, int]]:
        source = self.index.sources[passages[0].source]
        words, sentences = self.texts[source.iri]
        for passage in passages:
            verify(passage, source.identifier, words)
        whole = text.sentence_at(sentences, passages[0].start, passages[-1].end)
        start, end = (whole.start, whole.end) if whole else (passages[0].start, max(passage.end for passage in passages))
        cuts = sorted({start, end, *(cut for passage in passages for cut in (passage.start, passage.end))})
        is_marked = [any(passage.start <= cut < passage.end for passage in passages) for cut in cuts]
        return [(visible(words[one:other]), int(marked)) for one, other, marked in zip(cuts, cuts[1:], is_marked, strict=False)]

    def _source(self, iri: str) -> dict[str, Any]:
        source = self.index.sources[iri]
        found = {
            "id": self.curie(iri),
            "iri": visible(iri),
            "label": visible(self.translated.get(iri, source.label)),
            "title": visible(source.title) if source.title else None,
            "author": self.label(source.creator) if source.creator else None,
            "published": visible(source.published) if source.published else None,
            "identifier": visible(source.identifier),
            "length": source.length,
        }
        return {name: value for name, value in found.items() if value is not None}


def texts_by_source(index: Index, texts: Sequence[str]) -> dict[str, tuple[str, tuple[text.Sentence, ...]]]:
    """Return the text of each source that is among these, with its sentences; InputError where one is the text of none."""
    from ..sources import of_text

    found = {}
    for words in texts:
        source = of_text(index, words)
        found[source.iri] = (words, text.sentences(words, language=source.language or "en"))
    return found


def verify(passage: Passage, identifier: str, words: str) -> None:
    """Refuse a text that is not the one that a passage was found in; InputError."""
    quote = words[passage.start : passage.end]
    if text.passage_digest(identifier, passage.start, passage.end, quote) != passage.digest:
        raise InputError(
            f"{passage.iri}: its digest is not that of the text from {passage.start} to {passage.end}; kg check --text says more"
        )
