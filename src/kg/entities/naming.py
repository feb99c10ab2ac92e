"""Which entity is meant, and what a new one may be called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import lookup, names
from ..errors import InputError
from .change import listed

if TYPE_CHECKING:
    from ..index import Index
    from ..model import Entity

__all__ = ["free_label", "living_entity", "new_iri", "refuse_own_party"]

_ID = re.compile(r"(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_PARTY = "claimgraph-workspace"
_SHOWN = 64


def living_entity(index: Index, words: str) -> Entity:
    """Return the entity that an id or a label names; InputError where there is none, several, or one that was replaced."""
    prefixes = index.workspace.prefixes
    iri = _iri(index, words)
    following = lookup.living(index, iri)
    if following != iri:
        old, new = (names.compact(each, prefixes) for each in (iri, following))
        raise InputError(f"{old} was replaced by {new} already; name {new} instead")
    if iri in lookup.deprecated(index):
        raise InputError(f"{names.compact(iri, prefixes)} is deprecated; name an entity that is in use")
    return index.entities[iri]


def _iri(index: Index, words: str) -> str:
    prefixes = index.workspace.prefixes
    wanted = words.strip()
    iri = _expanded(wanted, prefixes)
    old = lookup.deprecated(index)
    if iri in index.entities or iri in old:
        return iri
    if iri and index.said_of(iri):
        raise InputError(f"{names.compact(iri, prefixes)} is no entity; entities are named {prefixes['ent']}…, as in ent:NAME")
    labels = {each.iri: each.label for each in index.entities.values() if each.iri not in old}
    found = lookup.Lookup(prefixes, labels, index=index).find(wanted) if wanted else []
    found = [each for each in found if each in labels]
    if len(found) > 1:
        raise InputError(f"{wanted[:_SHOWN]!r} may be any of {listed(found, prefixes)}; write which")
    if not found:
        raise InputError(f"there is no entity {wanted[:_SHOWN]!r}; {_near(wanted, labels, prefixes)}")
    return found[0]


def _expanded(wanted: str, prefixes: dict[str, str]) -> str:
    """Return the IRI that an id stands for, written with its prefix, in full or bare; a faulty one for what could be none."""
    try:
        iri = names.expand(wanted, prefixes)
    except InputError:
        iri = wanted if wanted.startswith(prefixes["ent"]) else prefixes["ent"] + wanted
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        return ""


def _near(wanted: str, labels: dict[str, str], prefixes: dict[str, str]) -> str:
    from difflib import get_close_matches

    known = {label.casefold(): iri for iri, label in labels.items()} | {names.local_name(iri): iri for iri in labels}
    near = get_close_matches(wanted.removeprefix("ent:").casefold()[:_SHOWN], known, n=3)
    shown = list(dict.fromkeys(names.compact(known[each], prefixes) for each in near))
    return f"did you mean {' or '.join(shown)}?" if shown else "write its id, as in ent:NAME, or its label"


def refuse_own_party(index: Index, entity: Entity) -> None:
    """Refuse to take its name from the party that derived claims have: kg writes it, and the rules name it."""
    if entity.iri == index.workspace.prefixes["ent"] + _PARTY:
        raise InputError(f"ent:{_PARTY} is the claimant of all derived claims, and kg knows it by this name; it stays as it is")


def new_iri(index: Index, words: str) -> str:
    """Return the IRI of a new id; InputError where it cannot be one, or has been used before: names are never used again."""
    prefixes = index.workspace.prefixes
    local = words.strip().removeprefix(prefixes["ent"]).removeprefix("ent:")
    if not _ID.fullmatch(local):
        raise InputError(f"{words[:_SHOWN]!r} cannot be an id; use lower-case letters, digits and hyphens, as in ent:river-office")
    iri = prefixes["ent"] + local
    following = lookup.living(index, iri)
    if following != iri:
        way = "choose another; kg entity undo takes the last change back"
        raise InputError(f"ent:{local} is an old name of {names.compact(following, prefixes)}, and names are never used again; {way}")
    if iri in index.entities:
        raise InputError(f"ent:{local} is an entity already, {index.entities[iri].label!r}; choose another id, or use kg entity merge")
    if index.said_of(iri) or any(index.store.quads_for_pattern(None, None, ox.NamedNode(iri), ox.DefaultGraph())):
        raise InputError(f"ent:{local} is in use already; choose another id")
    return iri


def free_label(index: Index, entity: Entity, words: str) -> str:
    """Return what may be the preferred label of an entity; InputError where it is none, or another entity has it."""
    label = words.strip()
    if not label or not label.isprintable():
        raise InputError(f"{words[:_SHOWN]!r} cannot be a label; it is some words on one line")
    old = lookup.deprecated(index)
    for other in index.entities.values():
        if other.iri != entity.iri and other.iri not in old and other.label.casefold() == label.casefold():
            short = names.compact(other.iri, index.workspace.prefixes)
            raise InputError(f"{label!r} is the label of {short} already; choose another, or make the two one with kg entity merge")
    return label
