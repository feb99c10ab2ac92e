"""Reconciliation queries: what somebody asks, read with care, and the entities that may be meant, with how sure that is.

The score of a candidate is that of its name: 100 where one of its names is equal when case, marks and punctuation are taken away, less
where it is only alike (`kg.likeness`). Each property that is given counts two fifths of the name; what is not of the wanted type counts
half. A candidate is a match, which a client may take without asking a person, only where it has the very name, or was asked for by its IRI
or short name, is of the type, no other such entity has that name, and nothing that is known of it contradicts the properties.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from ..errors import InputError
from ..likeness import EXACT, LONGEST, Like, folded

if TYPE_CHECKING:
    from ..answers import Term
    from .offered import Named, Offered

__all__ = ["BATCH", "Asked", "TooLargeError", "candidates", "object_of", "read_queries"]

BATCH = 50
"""How many queries a batch may have."""
LIMIT, MOST = 10, 100
"""How many candidates a query gets unless it says, and at most."""
_PROPERTIES, _VALUES, _TYPES = 20, 50, 50
_WORST, _LOOKED_AT, _BY_ID = 20.0, 500, 99.0
_CAPITALS = 5
_SHARE = 0.4
_STRICT = ("any", "all", "should")


class TooLargeError(Exception):
    """More is asked at a time than is answered; its words say of what."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One reconciliation query; ids of types and properties as IRIs, values as text or as ids of entities."""

    text: str
    types: tuple[str, ...] = ()
    strict: str = "should"
    limit: int = LIMIT
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


def object_of(text: str, what: str) -> dict[str, Any]:
    """Return the JSON object that a field holds."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise InputError(f"the field {what!r} is nested too deeply") from None
    except ValueError as error:
        raise InputError(f"the field {what!r} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise InputError(f"the field {what!r} must hold a JSON object")
    return found


def read_queries(text: str, offered: Offered) -> dict[str, Asked]:
    """Return the queries of a batch by their ids; InputError where one is none."""
    found = object_of(text, "queries")
    if len(found) > BATCH:
        raise TooLargeError(
            f"{len(found)} queries in a batch are too many; send at most {BATCH} at a time, as batchSize of the manifest says"
        )
    return {key: _query(value, key[:60], offered) for key, value in found.items()}


def _query(found: object, key: str, offered: Offered) -> Asked:
    if not isinstance(found, dict):
        raise InputError(f'query {key!r} must be an object such as {{"query": "Kabul"}}')
    text, limit, strict = found.get("query") or "", found.get("limit"), found.get("type_strict") or "should"
    if not isinstance(text, str):
        raise InputError(f"query {key!r}: 'query' must be text")
    if strict not in _STRICT:
        raise InputError(f"query {key!r}: 'type_strict' must be one of {', '.join(_STRICT)}")
    properties = _properties(found.get("properties"), key, offered)
    if not text.strip() and not properties:
        raise InputError(f"query {key!r} has neither words in 'query' nor 'properties'")
    return Asked(text, _types(found.get("type"), key, offered), strict, _limit(limit, key), properties)


def _limit(found: object, key: str) -> int:
    if found is None:
        return LIMIT
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found) or found < 1 or found != int(found):
        raise InputError(f"query {key!r}: 'limit' must be a positive integer")
    return min(int(found), MOST)


def _types(found: object, key: str, offered: Offered) -> tuple[str, ...]:
    """Return the types as IRIs; clients write one, several, or objects with an id."""
    listed = [found] if isinstance(found, (str, dict)) else found or []
    if not isinstance(listed, list):
        raise InputError(f"query {key!r}: 'type' must be the id of a type, or an array of ids")
    ids = [each.get("id") if isinstance(each, dict) else each for each in listed]
    if not all(isinstance(each, str) for each in ids):
        raise InputError(f"query {key!r}: 'type' must be the id of a type, or an array of ids")
    if len(ids) > _TYPES:
        raise TooLargeError(f"query {key!r} names more than {_TYPES} types")
    return tuple(dict.fromkeys(offered.expanded(each) for each in ids if each))


def _properties(found: object, key: str, offered: Offered) -> tuple[tuple[str, tuple[str, ...]], ...]:
    wrong = InputError(f"query {key!r}: 'properties' must be an array of objects with 'pid' and 'v'")
    if not isinstance(found or [], list):
        raise wrong
    read = []
    for each in found or []:  # type: ignore[attr-defined]  # a list, as was just seen
        if not isinstance(each, dict) or not isinstance(each.get("pid"), str) or "v" not in each:
            raise wrong
        values = each["v"] if isinstance(each["v"], list) else [each["v"]]
        if len(values) > _VALUES:
            raise TooLargeError(f"query {key!r} gives a property more than {_VALUES} values")
        read.append((offered.expanded(each["pid"]), tuple(_value(value, wrong) for value in values)))
    if len(read) > _PROPERTIES:
        raise TooLargeError(f"query {key!r} has more than {_PROPERTIES} properties")
    return tuple(read)


def _value(found: object, wrong: InputError) -> str:
    if isinstance(found, dict):
        found = found.get("id")
    if isinstance(found, bool):
        return "true" if found else "false"
    if not isinstance(found, (str, int, float)):
        raise wrong
    return str(found)


def candidates(asked: Asked, offered: Offered) -> list[dict[str, Any]]:
    """Return the candidates for a query as they are answered, best first."""
    likes = _by_name(asked, offered) if asked.text.strip() else _by_properties(asked, offered)
    if asked.types and asked.strict != "should":
        likes = [like for like in likes if offered.fits(offered.entities[like.key], asked.types, every=asked.strict == "all")]
    exact = [like for like in likes if like.score == EXACT]
    is_only = sum(not asked.types or offered.fits(offered.entities[like.key], asked.types) for like in exact) == 1
    most = _LOOKED_AT if asked.types or asked.properties else asked.limit  # what is alike is in order already
    found = [_candidate(like, asked, offered, is_only=is_only) for like in likes[: max(most, len(exact))]]
    found = [each for each in found if each["score"] >= _WORST]
    whole = folded(asked.text)
    found.sort(
        key=lambda each: (
            -each["score"],
            not each["match"],
            each["score"] < EXACT or folded(each["name"]) != whole,
            each["name"],
            each["id"],
        )
    )
    return found[: asked.limit]


def _by_name(asked: Asked, offered: Offered) -> list[Like]:
    """Return the entities with such names; the one whose IRI or short name is asked for alone, one with such an id before what is alike.

    An id is often an ordinary word, so that alone it does not say that this thing is meant.
    """
    words = asked.text.strip()
    if len(words) > LONGEST:
        return []
    entity = offered.entity_named(words)
    if entity and ":" in words:
        return [Like(entity, EXACT, words)]
    likes = offered.names.alike(words)
    if not entity or any(like.key == entity and like.score == EXACT for like in likes):
        return likes
    exact = [like for like in likes if like.score == EXACT]
    return [*exact, Like(entity, _BY_ID, words), *(like for like in likes[len(exact) :] if like.key != entity)]


def _by_properties(asked: Asked, offered: Offered) -> list[Like]:
    """Return the entities that have some value that is asked for, where no name is: those that have most of them first."""
    counted = ((sum(_has(each, *prop, offered) is True for prop in asked.properties), each) for each in offered.entities.values())
    fitting = sorted(((-count, each.id) for count, each in counted if count))
    return [Like(key, 0.0, offered.entities[key].name) for _, key in fitting]


def _candidate(like: Like, asked: Asked, offered: Offered, *, is_only: bool) -> dict[str, Any]:
    entity = offered.entities[like.key]
    fits = not asked.types or offered.fits(entity, asked.types)
    held = [_has(entity, prop, values, offered) for prop, values in asked.properties]
    share = sum(each is True for each in held) / len(held) if held else 0.0
    score = like.score
    if held:
        score = (score + _SHARE * EXACT * share) / (1 + _SHARE) if asked.text.strip() else EXACT * share
    values = {
        "name_similarity": like.score if asked.text.strip() and like.score != _BY_ID else None,
        "name_exact": like.score == EXACT if asked.text.strip() else None,
        "id_exact": True if like.score == _BY_ID else None,
        "type_fits": fits if asked.types else None,
        "properties_share": round(share, 3) if held else None,
    }
    return {
        "id": entity.id,
        "name": entity.name,
        **({"description": entity.description} if entity.description else {}),
        "type": [{"id": kind, "name": offered.label(kind)} for kind in entity.types],
        "score": round(score * (1.0 if fits else 0.5), 1),
        "features": [{"id": name, "value": value} for name, value in values.items() if value is not None],
        "match": is_only and like.score == EXACT and fits and False not in held and not _is_abbreviated(like.name, asked.text),
    }


def _is_abbreviated(name: str, text: str) -> bool:
    """Tell whether a name is one of few capitals, such as US, and the text a word in small letters, such as "us"."""
    return len(name) <= _CAPITALS and name.isupper() and not text.isupper()


def _has(entity: Named, prop: str, values: tuple[str, ...], offered: Offered) -> bool | None:
    """Tell whether an entity has one of some values; None where nothing is known of it."""
    own = offered.values(entity.id, prop)
    if not own:
        return None
    return any(_is_same(term, value, offered) for term in own for value in values)


def _is_same(term: Term, value: str, offered: Offered) -> bool:
    if isinstance(term, ox.NamedNode):
        entity = offered.id_of(term.value)
        named = {like.key for like in offered.names.exact(value)} if entity else set()
        return value in {term.value, entity} or offered.expanded(value) == term.value or entity in named
    if not isinstance(term, ox.Literal):
        return False
    return (folded(term.value) == folded(value) != "") or term.value == value or _is_same_number(term.value, value)


def _is_same_number(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
