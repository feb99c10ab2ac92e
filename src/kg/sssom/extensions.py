"""Columns that a mapping set adds to those of SSSOM: https://mapping-commons.github.io/sssom/spec-model/#non-standard-slots.

Each is declared in `extension_definitions` of the header: its name, and, where it says so, which property it stands for and what its values
are. A declaration that SSSOM does not take is passed over, as SSSOM wants it, and what it names is then declared nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InputError
from .header import DEFINITIONS
from .slots import BUILT_IN, COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from .header import Value

Definitions = tuple[dict[str, str], ...]
NAME = "slot_name"
_IRIS = ("property", "type_hint")
_NO_PROPERTY = "http://sssom.invalid/"
_REFERENCE = BUILT_IN["linkml"] + "Uriorcurie"


def definitions_of(metadata: Mapping[str, Value]) -> Definitions:
    """Return the declarations that stand in a header, whatever they say."""
    found = metadata.get(DEFINITIONS) or ()
    return tuple(each for each in found if isinstance(each, dict))


def valid(metadata: Mapping[str, Value], expand: Callable[[str, str], str]) -> Definitions:
    """Return the declarations that hold, with whole IRIs; of two with one name or one property the first."""
    found: dict[str, dict[str, str]] = {}
    properties: set[str] = set()
    for each in definitions_of(metadata):
        read = _read(each, expand)
        if read and read[NAME] not in found and property_of(read) not in properties:
            found[read[NAME]] = read
            properties.add(property_of(read))
    return tuple(found.values())


def property_of(definition: Mapping[str, str]) -> str:
    """Return the property that a column stands for; where none is said, SSSOM makes one of the name.

    >>> property_of({"slot_name": "ext_mood"})
    'http://sssom.invalid/ext_mood'
    """
    return definition.get("property") or _NO_PROPERTY + definition[NAME]


def references(definitions: Definitions) -> frozenset[str]:
    """Return the columns whose cells are declared to be CURIEs."""
    return frozenset(each[NAME] for each in definitions if each.get("type_hint") == _REFERENCE)


def used_of(definitions: Definitions, columns: Collection[str], keys: Collection[str]) -> Definitions:
    """Return the declarations of what is used as a column, or as a key of the header, by their properties.

    A column that is declared nowhere gets a declaration that has its name alone.
    """
    known = {name: {NAME: name} for name in columns if name not in COLUMNS} | {each[NAME]: each for each in definitions}
    return tuple(sorted((each for name, each in known.items() if name in columns or name in keys), key=property_of))


def compacted(definition: Mapping[str, str], compact: Callable[[str], str]) -> dict[str, str]:
    """Return a declaration as a file has it, with CURIEs."""
    return {NAME: definition[NAME], **{key: compact(definition[key]) for key in _IRIS if definition.get(key)}}


def _read(definition: Mapping[str, str], expand: Callable[[str, str], str]) -> dict[str, str] | None:
    """Return a declaration with whole IRIs; None where SSSOM does not take it."""
    name = definition.get(NAME, "")
    if definition.keys() - {NAME, *_IRIS} or name in COLUMNS or not _is_name(name):
        return None
    try:
        return {NAME: name, **{key: expand(key, definition[key]) for key in _IRIS if definition.get(key)}}
    except InputError:
        return None


def _is_name(text: str) -> bool:
    """Tell whether a text is a name without a colon, as XML has them.

    >>> _is_name("ext_mood.2"), _is_name("my column"), _is_name("2nd")
    (True, False, False)
    """
    return text[:1] not in {"-", "."} and text.replace("-", "_").replace(".", "_").isidentifier()
