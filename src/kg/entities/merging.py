"""Two entities become one: what is said of the one that goes is said of the one that stays."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from ..errors import InputError
from ..results import counted
from . import conflicts
from .change import Change, listed
from .links import Links
from .naming import living_entity, refuse_own_party
from .queries import naming
from .rewriting import GraphFiles, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..index import Index
    from ..model import Entity

__all__ = ["deprecation", "merge", "uses"]

_ROLES = {
    names.SUBJECT: "subject",
    names.OBJECT: "object",
    names.CLAIMANT: "claimant",
    names.REPORTED_BY: "reporter",
    names.CREATOR: "creator",
}
_NAMES = (names.PREF_LABEL, names.ALT_LABEL)
_IS_CLAIM = ox.NamedNode(names.TYPE), ox.NamedNode(names.CLAIM), ox.DefaultGraph()
_TRUE = ox.Literal("true", datatype=ox.NamedNode(names.XSD + "boolean"))
_ITS_OWN = {names.TYPE, names.DEFINITION, *_NAMES}


def merge(index: Index, old: str, new: str) -> Change:
    """Return the change that has one entity, given by id or label, taken up by another; InputError where the two do not go together."""
    one, other = living_entity(index, old), living_entity(index, new)
    prefixes = index.workspace.prefixes
    if one.iri == other.iri:
        raise InputError(f"{old} and {new} are {names.compact(one.iri, prefixes)} both; name two entities")
    refuse_own_party(index, one)
    types = conflicts.types_of_both(index, one, other)
    conflicts.refuse_claims(index, one, other)
    links, files = Links(index.workspace), GraphFiles(index.workspace, one.iri, other.iri)
    links.refuse_conflicts(one, other)
    rewrite = _rewrite(files, one, other, types)
    replacements, linked = links.rewritten(one, other)
    replacements = [*files.rewritten(rewrite), *replacements]
    short = [names.compact(each.iri, prefixes) for each in (one, other)]
    lines = [
        f"{short[1]} “{other.label}” stays: {_words(other.types, prefixes)}{_defined(other)}",
        f"{short[0]} “{one.label}” goes: {_words(one.types, prefixes)}{_defined(one)}; its name is deprecated and leads to {short[1]}",
        *([f"{short[1]} is {_words(types, prefixes)} from then on"] if {*types} != {*other.types} else []),
        *_labels(rewrite, other.iri, short[1]),
        *uses(index, files, one.iri, short[1]),
        *linked,
        *_now_the_same(index, one, other),
        *_definitions(one, other, short),
        *naming(index.workspace, one.iri, short[1]),
    ]
    question = f"take up {short[0]} “{one.label}” into {short[1]} “{other.label}”, which stays?"
    return Change(index.workspace, f"the merge of {short[0]} into {short[1]}", question, tuple(lines), tuple(replacements))


def _rewrite(files: GraphFiles, old: Entity, new: Entity, types: Iterable[str]) -> Rewrite:
    """Return what becomes of the triples when the one entity is taken up by the other."""
    was, stays = files.about(old.iri), files.about(new.iri)
    node = ox.NamedNode(new.iri)
    kept = {triple.object for triple in stays if triple.predicate.value in _NAMES}
    come = [ox.Triple(node, ox.NamedNode(names.TYPE), ox.NamedNode(kind)) for kind in types]
    come += [
        ox.Triple(node, ox.NamedNode(names.ALT_LABEL), triple.object)
        for triple in was
        if triple.predicate.value in _NAMES and triple.object not in kept
    ]
    is_defined = any(triple.predicate.value == names.DEFINITION for triple in stays)
    come += [
        ox.Triple(node, triple.predicate, triple.object)
        for triple in was
        if triple.predicate.value not in _ITS_OWN or (triple.predicate.value == names.DEFINITION and not is_defined)
    ]
    types_now = [triple for triple in stays if triple.predicate.value == names.TYPE]
    left = [*deprecation(was, old.iri, new.iri), *(triple for triple in was if triple.predicate.value == names.DEFINITION and is_defined)]
    coming = {files.home(new.iri): tuple(come)}
    home = files.home(old.iri)
    coming[home] = (*coming.get(home, ()), *left)
    return Rewrite({old.iri: new.iri}, frozenset([*was, *types_now]), coming)


def deprecation(was: Iterable[ox.Triple], old: str, new: str) -> Iterator[ox.Triple]:
    """Yield what is said of a name that is given up: how it was called, that it is deprecated, and what replaces it."""
    node = ox.NamedNode(old)
    yield from (ox.Triple(node, ox.NamedNode(names.LABEL), each.object) for each in was if each.predicate.value == names.PREF_LABEL)
    yield ox.Triple(node, ox.NamedNode(names.OWL + "deprecated"), _TRUE)
    yield ox.Triple(node, ox.NamedNode(names.DCTERMS + "isReplacedBy"), ox.NamedNode(new))


def uses(index: Index, files: GraphFiles, iri: str, short: str) -> Iterator[str]:
    """Yield in how many claims an entity stands, as what and where, and what else refers to it."""
    found = [(path, triple) for path, triple in files.uses(iri) if triple.predicate.value in _ROLES]
    claims = {(path, triple.subject) for path, triple in found if ox.Quad(triple.subject, *_IS_CLAIM) in index.store}
    roles = Counter(triple.predicate.value for path, triple in found if (path, triple.subject) in claims)
    if claims:
        shown = ", ".join(f"{roles[role]} as {words}" for role, words in _ROLES.items() if roles[role])
        where = ", ".join(sorted({path.name for path, _ in claims}))
        yield f"{counted(len(claims), 'claim')} in {where} will name {short}: {shown}"
    else:
        yield "no claim names it"
    others = {triple.subject.value for _, triple in files.uses(iri) if isinstance(triple.subject, ox.NamedNode)}
    others -= {subject.value for _, subject in claims if isinstance(subject, ox.NamedNode)}
    if others:
        yield f"{listed(sorted(others), files.workspace.prefixes)} will name {short} as well"


def _labels(rewrite: Rewrite, iri: str, short: str) -> Iterator[str]:
    come = [triple for said in rewrite.come.values() for triple in said if triple.subject == ox.NamedNode(iri)]
    labels = [getattr(triple.object, "value", "") for triple in come if triple.predicate.value == names.ALT_LABEL]
    if labels:
        yield f"{short} is also called {', '.join(f'“{label}”' for label in labels)} from then on"


def _definitions(old: Entity, new: Entity, short: list[str]) -> Iterator[str]:
    if old.definition and not new.definition:
        yield f"{short[1]} has no definition and takes that of {short[0]}"
    elif old.definition and old.definition != new.definition:
        yield f"the definition of {short[0]} stays with the deprecated name; see that the one of {short[1]} holds for both"


def _now_the_same(index: Index, old: Entity, new: Entity) -> Iterator[str]:
    for claims in conflicts.same_afterwards(index, old, new):
        yield f"{listed([claim.iri for claim in claims], index.workspace.prefixes)} will say the same, of different passages; all are kept"


def _words(types: Iterable[str], prefixes: dict[str, str]) -> str:
    return listed(sorted(types), prefixes)


def _defined(entity: Entity) -> str:
    return f", “{entity.definition}”" if entity.definition else ", without a definition"
