"""What the reconciliation service offers: the entities of the workspace with their names and types, and the properties that they have.

An id is what follows the namespace of the entities, so that the identifier space and the id make the IRI. A value of a property is what an
accepted claim affirms without doubt (those of `kg:plain`); names, definitions and links to other data are properties, too. Entities that
were replaced by others are not offered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import pyoxigraph as ox

from .. import names
from ..errors import InputError
from ..index import is_plain
from ..likeness import Names
from ..lookup import deprecated, living
from ..triples import object_to_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..answers import Term
    from ..index import Index

__all__ = ["Named", "Offered", "offered_by"]

_SUBCLASS = names.RDFS + "subClassOf"
_NAMES = (names.PREF_LABEL, names.ALT_LABEL, names.SKOS + "hiddenLabel")
_ALWAYS = {
    names.ALT_LABEL: ("other name", "Another name of the entity."),
    names.DEFINITION: ("definition", "What the entity is, in one line."),
    names.SKOS + "exactMatch": ("same thing elsewhere", "The IRI of the same thing in other data."),
    names.SKOS + "closeMatch": ("nearly the same thing elsewhere", "The IRI of nearly the same thing in other data."),
}
"""Properties that entities have without a claim: their names and words about them."""
_KEPT: WeakKeyDictionary[Index, Offered] = WeakKeyDictionary()


class Named(NamedTuple):
    """An entity, a type or a property: its id, its name, and what it is."""

    id: str
    name: str
    description: str = ""
    types: tuple[str, ...] = ()


def offered_by(index: Index) -> Offered:
    """Return what an index offers, made once for it."""
    if index not in _KEPT:
        _KEPT[index] = Offered(index)
    return _KEPT[index]


class Offered:
    """The entities, types and properties of an index, by id. Ids of types and properties are IRIs."""

    def __init__(self, index: Index) -> None:
        self._store, self._claims = index.store, index.claims
        self._labels = index.labels
        self._records = index.entities
        self._now = {iri: living(index, iri) for iri in deprecated(index)}
        self.prefixes: Mapping[str, str] = index.workspace.prefixes
        self.space = self.prefixes["ent"]

    def prepare(self) -> None:
        """Make now what the first question would make: before workers are forked, each of which would make it."""
        self.names.prepare()
        self._listed  # noqa: B018  made on first use

    @cached_property
    def entities(self) -> dict[str, Named]:
        """The entities by id."""
        records = (record for iri, record in self._records.items() if iri not in self._now)
        found = (Named(each.iri.removeprefix(self.space), each.label, each.definition or "", each.types) for each in records)
        return {each.id: each for each in found}

    @cached_property
    def names(self) -> Names:
        """The names of the entities: their labels before other names, in all languages."""
        return Names(self._names())

    def _names(self) -> Iterator[tuple[str, str]]:
        for entity in self.entities.values():
            yield entity.id, entity.name
        for predicate in _NAMES:
            quads = self._quads(predicate)
            pairs = ((quad.subject, quad.object.value) for quad in quads if isinstance(quad.object, ox.Literal))
            named = ((self.id_of(subject.value), name) for subject, name in pairs if isinstance(subject, ox.NamedNode))
            yield from sorted(pair for pair in named if pair[0])

    def id_of(self, iri: str) -> str:
        """Return the id of the entity that an IRI names; empty where it names none."""
        found = iri.removeprefix(self.space) if iri.startswith(self.space) else ""
        return found if found in self.entities else ""

    def entity_named(self, words: str) -> str:
        """Return the id of the entity whose id, short name or IRI this is, or was until it was replaced; empty where there is none."""
        if words in self.entities:
            return words
        iri = self.expanded(words)
        return self.id_of(self._now.get(iri) or self._now.get(self.space + words) or iri)

    def expanded(self, words: str) -> str:
        """Return the IRI that a short name or an IRI stands for, else the words as they are."""
        try:
            return names.expand(words, dict(self.prefixes))
        except InputError:
            return words

    @cached_property
    def types(self) -> dict[str, Named]:
        """The types that entities have and those above them, the most frequent first."""
        often = Counter(kind for entity in self.entities.values() for kind in entity.types)
        above = {parent for kind in often for parent in self.kinds(kind)}
        ordered = sorted(often, key=lambda kind: (-often[kind], kind)) + sorted(above - often.keys())
        return {kind: Named(kind, self.label(kind), self._definition(kind)) for kind in ordered}

    def parents(self, kind: str) -> list[str]:
        """Return the types directly above a type."""
        quads = self._store.quads_for_pattern(_node(kind), ox.NamedNode(_SUBCLASS), None, ox.DefaultGraph()) if _node(kind) else ()
        return sorted(quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode))

    def kinds(self, kind: str) -> set[str]:
        """Return a type and all those above it."""
        if kind not in self._above:
            found, waiting = {kind}, [kind]
            while waiting:
                new = set(self.parents(waiting.pop())) - found
                found |= new
                waiting += new
            self._above[kind] = found
        return self._above[kind]

    @cached_property
    def _above(self) -> dict[str, set[str]]:
        return {}

    def label(self, iri: str) -> str:
        """Return the label of a type or a property, else its local name."""
        return self._labels.get(iri) or names.local_name(iri) or iri

    @cached_property
    def properties(self) -> dict[str, Named]:
        """The properties that some entity has a value of, by IRI: those of claims by name, then the others."""
        used = {relation for values in self._said.values() for relation in values}
        ordered = sorted(used, key=lambda iri: (self.label(iri).casefold(), iri))
        found = {iri: Named(iri, self.label(iri), self._definition(iri)) for iri in ordered}
        return found | {iri: Named(iri, *words) for iri, words in _ALWAYS.items()}

    @cached_property
    def _said(self) -> dict[str, dict[str, list[Term]]]:
        """What claims affirm of each entity, by property."""
        found: dict[str, dict[str, list[Term]]] = defaultdict(dict)
        for claim in self._claims:
            if is_plain(claim) and (entity := self.id_of(claim.subject)):
                values = found[entity].setdefault(claim.relation, [])
                term = object_to_term(claim.object)
                if term not in values:
                    values.append(term)
        return dict(found)

    @cached_property
    def _listed(self) -> dict[str, tuple[dict[str, Named], Names]]:
        types, properties = self.types, self.properties
        return {
            "entity": (self.entities, self.names),
            "type": (types, Names((each.id, each.name) for each in types.values())),
            "property": (properties, Names((each.id, each.name) for each in properties.values())),
        }

    def beginning(self, kind: str, prefix: str) -> Iterator[Named]:
        """Yield what a prefix may mean, each once: what has this id, then a name that begins so, then an id that does."""
        things, named = self._listed[kind]
        exact = self.entity_named(prefix) if kind == "entity" else self.expanded(prefix)
        start = prefix.casefold()
        by_id = (key for key in things if start and names.local_name(key).casefold().startswith(start))
        for key in dict.fromkeys(chain([exact] if exact in things else [], (like.key for like in named.beginning(prefix)), by_id)):
            yield things[key]

    def thing(self, kind: str, identifier: str) -> Named | None:
        """Return the entity, type or property of an id."""
        return self._listed[kind][0].get(self.entity_named(identifier) if kind == "entity" else self.expanded(identifier))

    def values(self, entity: str, prop: str) -> list[Term]:
        """Return the values of a property of an entity."""
        if prop not in _ALWAYS:
            return self._said.get(entity, {}).get(prop, [])
        subject = ox.NamedNode(self.space + entity)
        quads = self._store.quads_for_pattern(subject, ox.NamedNode(prop), None, ox.DefaultGraph())
        return sorted((quad.object for quad in quads), key=str)

    def common(self, kind: str) -> list[Named]:
        """Return the properties that entities of a type have, the most frequent first; of all entities where no type is named."""
        fitting = (entity.id for entity in self.entities.values() if not kind or self.fits(entity, {kind}))
        often = Counter(prop for entity in fitting for prop in self._said.get(entity, ()) if prop in self.properties)
        ordered = sorted(often, key=lambda prop: (-often[prop], prop))
        return [self.properties[prop] for prop in [*ordered, *_ALWAYS]]

    def fits(self, entity: Named, kinds: Iterable[str], *, every: bool = False) -> bool:
        """Tell whether an entity is of one of some types, or of every one; those above its own count."""
        wanted = set(kinds)
        own = {each for kind in entity.types for each in self.kinds(kind)}
        return wanted <= own if every else bool(wanted & own)

    def _definition(self, iri: str) -> str:
        node = _node(iri)
        quads = self._store.quads_for_pattern(node, ox.NamedNode(names.DEFINITION), None, ox.DefaultGraph()) if node else ()
        return min((quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)), default="")

    def _quads(self, predicate: str) -> Iterator[ox.Quad]:
        return self._store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())


def _node(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None
