"""What a name in a cell means: an entity, a claim or a relation, written as CURIE, as bare local name or as exact label."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names, triples
from ..checks import Places
from ..errors import InputError
from ..lookup import living
from ..model import Entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..index import Index
    from ..model import Relation

THING = names.SCHEMA + "Thing"
ANONYMOUS = "author of the source"
"""What stands for the author of the source at hand, and is the label of one who is not named."""
_NUMBER = re.compile(r"(?:claim:)?([0-9]{1,9})", re.ASCII)
_NEW_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_NO_NAME = re.compile(r"[<>{}|\\^`\x00-\x1f\x7f-\x9f]")
_LONGEST_ID = 64
_WORD = re.compile(r"[A-Z]?[a-z]{3,}")
_EMPTY_WORDS = {"and", "for", "from", "has", "its", "one", "that", "the", "was", "with", "subject", "object", "claim", "who", "what"}


class FaultyRelationError(InputError):
    """A relation that the ontology does not describe fully: no fault of the sheet that uses it."""


class Lookup:
    """The names that a sheet of one source may use.

    `claims` are the claims that the source has once the sheet is in, IRI to label. With `new_entities` an entity that is not there yet
    is noted in `created` instead of being refused.
    """

    def __init__(self, index: Index, key: str, claims: Mapping[str, str], *, new_entities: bool) -> None:
        self.index = index
        self.prefixes = index.workspace.prefixes
        self.key = key
        self.claims = claims
        self.new_entities = new_entities
        self.created: dict[str, Entity] = {}
        self.faulty: dict[str, str] = {}
        self.relations: dict[str, Relation] = {}
        self._read_relations()
        self._by_label = _labelled((entity.label, entity.iri) for entity in index.entities.values())
        self._by_other_label = _labelled((label, entity.iri) for entity in index.entities.values() for label in entity.alt_labels)
        self._by_claim_label = _labelled((label, iri) for iri, label in claims.items())

    def thing(self, cell: str) -> str:
        """Return the IRI of the entity or claim that a cell names; InputError with the nearest names where there is none."""
        wanted = cell.strip()
        if not wanted:
            raise InputError("it is empty")
        found = self._claim(wanted) or self._named(wanted) or self._author(wanted) or self._labelled(wanted)
        return found or self._new(wanted)

    def relation(self, cell: str) -> Relation:
        """Return the relation that a cell names."""
        wanted = cell.strip()
        if not wanted:
            raise InputError("it is empty")
        for iri in (self._expanded(wanted), names.REL + wanted):
            if iri in self.relations:
                return self.relations[iri]
            if iri in self.faulty:
                raise FaultyRelationError(self.faulty[iri])
        labelled = [relation for relation in self.relations.values() if relation.label == wanted]
        if len(labelled) == 1:
            return labelled[0]
        near = self._close(wanted, {(relation.label, relation.iri) for relation in self.relations.values()})
        near = list(dict.fromkeys([*near, *self._alike(wanted)]))[:3]
        hint = f"nearest: {', '.join(map(self._compact, near))}; " if near else ""
        steps = "one of your own: prefixes in kg.toml, a block as in ontology/relations.ttl in ontology/own.ttl, kg fmt"
        raise InputError(f"the relation {_short(wanted)} is unknown; {hint}kg query relations explains each; {steps}")

    def _read_relations(self) -> None:
        """Read the relations one by one, so that a faulty one spoils only the rows that use it."""
        kind = ox.NamedNode(names.RELATION)
        found = self.index.store.quads_for_pattern(None, ox.NamedNode(names.TYPE), kind, ox.DefaultGraph())
        for iri in sorted({quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode)}):
            try:
                self.relations[iri] = triples.relation_from_triples(iri, self.index.said_of(iri))
            except InputError as error:
                self.faulty[iri] = self._fault(iri, error)

    def _fault(self, iri: str, error: InputError) -> str:
        workspace = self.index.workspace
        path, line = Places(workspace.ontology_files, self.prefixes).find(ox.NamedNode(iri))
        place = f" ({path.relative_to(workspace.root).as_posix()}:{line})" if path else ""
        words = error.message.replace(iri, self._compact(iri)).removesuffix("; kg check says more")
        return f"ontology: {words}{place}; kg check says more"

    def _alike(self, wanted: str) -> list[str]:
        """Return the relations whose names, else whose definitions, have most words in common with a cell."""
        asked = _stems(wanted)
        scored = []
        for iri, relation in self.relations.items():
            defined = " ".join(str(getattr(term, "value", "")) for term in self.index.said_of(iri).get(names.DEFINITION, ()))
            named = _stems(f"{names.local_name(iri)} {relation.label} {relation.inverse_label}")
            scored.append((2 * len(asked & named) + len(asked & _stems(defined)), iri))
        return [iri for score, iri in sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:3] if score]

    def knows(self, iri: str) -> bool:
        """Tell whether an IRI is a claim of the sheet or anything else that the workspace says something about."""
        if iri in self.claims or iri in self.created:
            return True
        return not iri.startswith(self._own_claims()) and bool(self.index.said_of(iri))

    def _own_claims(self) -> str:
        return f"{self.prefixes['claim']}{self.key}-"

    def _claim(self, wanted: str) -> str | None:
        match = _NUMBER.fullmatch(wanted)
        iri = f"{self._own_claims()}{int(match[1]):03}" if match else None
        return iri if iri in self.claims else None

    def _author(self, wanted: str) -> str | None:
        source = self.index.sources.get(self.prefixes["src"] + self.key)
        return source.creator if source and wanted == ANONYMOUS else None

    def _named(self, wanted: str) -> str | None:
        for iri in (self._expanded(wanted), self.prefixes["ent"] + wanted):
            if iri and _is_iri(iri) and self.knows(iri):
                return living(self.index, iri)
        return None

    def _labelled(self, wanted: str) -> str | None:
        for table in (self._by_label, self._by_other_label, self._by_claim_label):
            found = table.get(wanted, ())
            if len(found) > 1:
                several = ", ".join(self._compact(iri) for iri in found)
                raise InputError(f"{_short(wanted)} may be any of {several}; write which")
            if found:
                return found[0]
        return None

    def _expanded(self, wanted: str) -> str | None:
        try:
            return names.expand(wanted, self.prefixes)
        except InputError:
            return None

    def _new(self, wanted: str) -> str:
        entity = self._to_create(wanted)
        if entity is None or not self.new_entities:
            near = self._nearest(wanted, self._candidates())
            hint = near or ("--new-entities creates it" if entity else self._no_id(wanted))
            raise InputError(f"{_short(wanted)} is unknown; {hint}")
        known = self.created.get(entity.iri)
        if known is None or _is_id(known.label):
            self.created[entity.iri] = entity
        elif not _is_id(entity.label) and _spelled(known.label) != _spelled(entity.label):
            short, other = self._compact(entity.iri), _short(known.label)
            way = f"write {short} for both where they are one, else ent:NAME with another NAME for one of them"
            raise InputError(f"{_short(wanted)} and {other} would both be {short}; {way}")
        return entity.iri

    def _no_id(self, wanted: str) -> str:
        """Say why a name that is unknown cannot be that of a new entity, and what to write instead."""
        slug = names.slug(wanted)
        entity = self.index.entities.get(self.prefixes["ent"] + slug)
        if wanted.startswith("ent:") or _NO_NAME.search(wanted) or _NUMBER.fullmatch(wanted) or self._expanded(wanted):
            return "write it as in ent:name, claim:007 or an exact label"
        if entity:
            way = f"write ent:{slug} where it is the same, else ent:NAME with another NAME"
            return f"its id would be ent:{slug}, which is {_short(entity.label)}; {way}"
        if slug and len(slug) <= _LONGEST_ID:
            return "write it as in ent:name, claim:007 or an exact label"
        why = f"its id would have more than {_LONGEST_ID} letters" if slug else "no id can be made of it"
        return f"{why}; write ent:NAME, in a-z, 0-9 and hyphens, and put the label right in entities.ttl"

    def _to_create(self, wanted: str) -> Entity | None:
        """Return the entity that a cell asks for, or None where it cannot stand for one."""
        local = wanted.removeprefix("ent:")
        if _NO_NAME.search(wanted) or _NUMBER.fullmatch(wanted) or (local != wanted and not _NEW_ID.fullmatch(local)):
            return None
        if local == wanted and self._expanded(wanted):
            return None
        slug = local if _NEW_ID.fullmatch(local) else names.slug(wanted)
        iri = self.prefixes["ent"] + slug
        if not slug or len(slug) > _LONGEST_ID or iri in self.index.entities or self.index.said_of(iri):
            return None
        return Entity(iri=iri, label=slug.replace("-", " ") if _NEW_ID.fullmatch(local) else wanted, types=(THING,))

    def _candidates(self) -> set[tuple[str, str]]:
        entities = self.index.entities.values()
        return {(label, entity.iri) for entity in entities for label in (entity.label, *entity.alt_labels)}

    def near(self, entity: Entity) -> str | None:
        """Return the entity that one that was created looks like: one that was there, or one created before it that is very like it."""
        before = list(self.created).index(entity.iri)
        others = {(other.label, other.iri) for other in list(self.created.values())[:before]}
        close = self._close(entity.iri, self._candidates(), cutoff=0.8) or self._close(entity.iri, others, cutoff=0.9)
        return close[0] if close else None

    def _nearest(self, wanted: str, candidates: set[tuple[str, str]]) -> str:
        near = self._close(wanted, candidates)
        return f"nearest: {', '.join(map(self._compact, near))}" if near else ""

    def _close(self, wanted: str, candidates: set[tuple[str, str]], *, cutoff: float = 0.65) -> list[str]:
        """Return at most three of the candidates that are spelled like a name, in capitals or not: by identifier, or by label."""
        from difflib import get_close_matches

        spelled = {label.casefold(): iri for label, iri in sorted(candidates)}
        spelled |= {names.local_name(iri).casefold(): iri for _, iri in sorted(candidates)}
        local = re.sub(r"^[A-Za-z]+:", "", wanted)[:200] if "//" not in wanted else names.local_name(wanted)[:200]
        return list(dict.fromkeys(spelled[word] for word in get_close_matches(local.casefold(), spelled, n=3, cutoff=cutoff)))

    def _compact(self, iri: str) -> str:
        return names.compact(iri, self.prefixes)


def choice(cell: str, allowed: tuple[str, ...]) -> str:
    """Return one of a list of values, as `denied` or `kg:denied`.

    >>> choice("Denied ", names.POLARITIES)
    'denied'
    >>> choice("denyed", names.POLARITIES)
    Traceback (most recent call last):
    kg.errors.InputError: 'denyed' is none of affirmed, denied; nearest: denied
    """
    from difflib import get_close_matches

    value = cell.strip().lower().removeprefix("kg:")
    if value in allowed:
        return value
    near = get_close_matches(value, allowed, n=1)
    raise InputError(f"{_short(cell)} is none of {', '.join(allowed)}" + (f"; nearest: {near[0]}" if near else ""))


def _stems(words: str) -> set[str]:
    """Return the words of a name or sentence, their endings cut off so that forms of a verb agree.

    >>> sorted(_stems("closedDown the roads"))
    ['clos', 'down', 'road']
    """
    found = {word.casefold() for word in _WORD.findall(words)} - _EMPTY_WORDS
    return {re.sub(r"(?<=[a-z]{3})(?:ings?|ed|es|s|e)$", "", word) for word in found}


def _short(cell: str) -> str:
    text = cell.strip()
    return repr(text if len(text) <= _LONGEST_ID else text[:_LONGEST_ID] + "…")


def _is_id(label: str) -> bool:
    return bool(_NEW_ID.fullmatch(label.replace(" ", "-")))


def _spelled(label: str) -> str:
    """Return a label without what two spellings of one name may differ in: capitals, accents, blanks, hyphens and the like.

    >>> _spelled("Città-Vella") == _spelled("citta vella"), _spelled("王伟") == _spelled("王薇")
    (True, False)
    """
    return "".join(letter for letter in unicodedata.normalize("NFKD", label).casefold() if letter.isalnum())


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _labelled(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for label, iri in pairs:
        if iri not in found.get(label, ()):
            found[label] = (*found.get(label, ()), iri)
    return found
