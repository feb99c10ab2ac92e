"""An entity gets another IRI, or another preferred label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from ..errors import InputError
from .change import Change
from .links import Links
from .merging import deprecation, uses
from .naming import free_label, living_entity, new_iri, refuse_own_party
from .queries import naming
from .rewriting import GraphFiles, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..index import Index
    from ..model import Entity

__all__ = ["relabel", "rename"]


def rename(index: Index, words: str, new_id: str, *, label: str | None = None) -> Change:
    """Return the change that gives an entity another IRI, and another label where one is given; InputError where it cannot have them."""
    entity = living_entity(index, words)
    refuse_own_party(index, entity)
    short = names.compact(entity.iri, index.workspace.prefixes)
    if entity.iri == _same(index, new_id):
        raise InputError(f"{short} has this id already; choose another, or leave it out to change its label with --label")
    renamed = replace(entity, iri=new_iri(index, new_id), label=free_label(index, entity, label) if label is not None else entity.label)
    new = names.compact(renamed.iri, index.workspace.prefixes)
    lines = [f"{short} “{entity.label}” becomes {new} “{renamed.label}”; the old name is deprecated and leads to the new one"]
    return _change(index, (entity, renamed), lines, words=f"the rename of {short} to {new}", question=f"rename {short} to {new}?")


def relabel(index: Index, words: str, label: str) -> Change:
    """Return the change that gives an entity another preferred label; the old one stays as an alternative label."""
    entity = living_entity(index, words)
    renamed = replace(entity, label=free_label(index, entity, label))
    short = names.compact(entity.iri, index.workspace.prefixes)
    if renamed.label == entity.label:
        raise InputError(f"{short} has the label {entity.label!r} already; choose another")
    lines = [f"{short} “{entity.label}” is called “{renamed.label}” from then on, and “{entity.label}” as well"]
    return _change(index, (entity, renamed), lines, words=f"the new label of {short}", question=f"call {short} “{renamed.label}”?")


def _same(index: Index, new_id: str) -> str:
    return index.workspace.prefixes["ent"] + new_id.strip().removeprefix(index.workspace.prefixes["ent"]).removeprefix("ent:")


def _change(index: Index, both: tuple[Entity, Entity], lines: list[str], *, words: str, question: str) -> Change:
    entity, renamed = both
    files, links = GraphFiles(index.workspace, entity.iri), Links(index.workspace)
    replacements, linked = links.rewritten(entity, renamed)
    replacements = [*files.rewritten(_rewrite(files, entity, renamed)), *replacements]
    if entity.iri != renamed.iri:
        short = names.compact(renamed.iri, index.workspace.prefixes)
        lines += [*uses(index, files, entity.iri, short), *linked, *naming(index.workspace, entity.iri, short)]
    come = (renamed.iri,) if entity.iri != renamed.iri else ()
    return Change(index.workspace, words, question, tuple(lines), tuple(replacements), come)


def _rewrite(files: GraphFiles, old: Entity, new: Entity) -> Rewrite:
    """Return what becomes of the triples: each stays in its file, those of the entity with its new name and label."""
    was = files.about(old.iri)
    come = {path: tuple(_described((triple for triple, at in was.items() if at == path), old, new)) for path in {*was.values()}}
    if old.iri == new.iri:
        return Rewrite(gone=frozenset(was), come=come)
    home = files.home(old.iri)
    come[home] = (*come[home], *deprecation(was, old.iri, new.iri))
    return Rewrite({old.iri: new.iri}, frozenset(was), come)


def _described(said: Iterable[ox.Triple], old: Entity, new: Entity) -> Iterator[ox.Triple]:
    node, label = ox.NamedNode(new.iri), ox.Literal(new.label, language="en")
    for triple in said:
        predicate = triple.predicate.value
        if predicate == names.PREF_LABEL and new.label != old.label:
            yield ox.Triple(node, triple.predicate, label)
            yield ox.Triple(node, ox.NamedNode(names.ALT_LABEL), triple.object)
        elif not (predicate == names.ALT_LABEL and triple.object == label and new.label != old.label):
            yield ox.Triple(node, triple.predicate, triple.object)
