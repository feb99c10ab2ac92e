"""The header of a mapping set: the little YAML that such headers are written in, without a YAML library.

Read are `key: value`, a key with a list of `- value` lines, and a key with indented `key: value` lines; the extensions of a set are a list
of such maps. Values are text here, whatever YAML would make of them. What else YAML can do is refused with the line where it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

Value: TypeAlias = "str | tuple[str, ...] | dict[str, str] | tuple[dict[str, str], ...]"

DEFINITIONS = "extension_definitions"
"""The only key that has a list of maps."""

_SPECIAL = "[]{}&*!|>%@`,?\"'"
_PLAIN = r"(?!(?:true|false|yes|no|on|off|null|y|n)$)[A-Za-z][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*(?<!\s)"
_OTHER = "kg reads 'key: value', and lists and maps of one level, in this header; write it so"


def read(lines: Sequence[str], path: object) -> dict[str, Value]:
    r"""Return what the lines of a header say, each without its `#`; their first is line 1 of the file.

    >>> read(["curie_map:", "  a: http://a.example/", "license: 'x''s'", "creator_label:", "- A", "- B"], None)
    {'curie_map': {'a': 'http://a.example/'}, 'license': "x's", 'creator_label': ('A', 'B')}
    """
    found: dict[str, str | list[Any] | dict[str, str]] = {}
    current = ""
    for number, line in _unfolded(_unindented(lines)):
        if line.lstrip().startswith("#"):
            raise InputError("a comment in this header would be lost; make it the comment of the set", path=path, line=number)
        is_item, key, rest = _parts(line.strip())
        value = _scalar(rest, path, number)
        if key and not is_item and not line.startswith(" "):
            _refuse_twice(key, found, path, number)
            found[key], current = value, "" if rest else key
        elif current == DEFINITIONS and key:
            found[current] = _add_to_map(found[current], key, value, path, number, is_item=is_item)
        elif current and is_item != bool(key):
            found[current] = _add(found[current], key, value, path, number)
        else:
            raise InputError(_OTHER, path=path, line=number)
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}


def write(key: str, value: Value) -> list[str]:
    """Return the lines of one entry of a header, without their `#`.

    >>> write("curie_map", {"a": "http://a.example/"}), write("mapping_set_version", "1.0")
    (['curie_map:', '  a: http://a.example/'], ['mapping_set_version: "1.0"'])
    """
    if isinstance(value, str):
        return [f"{key}: {_written(value)}"]
    if isinstance(value, tuple):
        return [f"{key}:", *(line for item in value for line in _item(item))]
    return [f"{key}:", *(f"  {name}: {_written(item)}" for name, item in sorted(value.items()))]


def line_of(prefix: str, data: bytes) -> int | None:
    r"""Return the line of a file in which its header declares a prefix.

    >>> line_of("wd", b"#curie_map:\n#  ent: http://a.example/\n#  wd: http://b.example/\n")
    3
    """
    lines = data.decode("utf-8-sig", "replace").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if _parts(line.lstrip('"# '))[1] == prefix), None)


def _item(item: str | Mapping[str, str]) -> list[str]:
    if isinstance(item, str):
        return [f"- {_written(item)}"]
    return [f"{'  ' if number else '- '}{name}: {_written(text)}" for number, (name, text) in enumerate(item.items())]


def _parts(line: str) -> tuple[bool, str, str]:
    """Return whether a line is an item of a list, its key if it has one, and the rest.

    >>> _parts("- wd:Q1"), _parts("wd: http://x.example/")
    ((True, '', 'wd:Q1'), (False, 'wd', 'http://x.example/'))
    """
    is_item = line == "-" or line.startswith("- ")
    text = line[1:].lstrip() if is_item else line
    head, colon, rest = text.partition(":")
    key = head[1:-1] if head[:1] in {"'", '"'} and head[:1] == head[-1:] else head
    if colon and rest[:1] in {"", " "} and key.isascii() and key.replace("-", "_").replace(".", "_").isidentifier():
        return is_item, key, rest.strip()
    return is_item, "", text


def _unindented(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines without the space that many writers put behind each `#`."""
    is_spaced = all(line.startswith(" ") for line in lines if line.strip())
    return [line[1:] for line in lines] if is_spaced else lines


def _unfolded(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Return the lines that are not empty, numbered; a value that goes on in lines below its own, as sssom-py writes it, is one line.

    >>> _unfolded(["a: one", "  two", "", "b:", "  c: d"])
    [(1, 'a: one two'), (4, 'b:'), (5, '  c: d')]
    """
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        before = found[-1][1] if found else ""
        goes_on = before.startswith("- ") or (before[:1] not in {"", " ", "#"} and before.partition(":")[2].strip())
        is_pair = before.startswith("- ") and _parts(before)[1] and _parts(line.strip())[1]
        if goes_on and not is_pair and line.startswith(" ") and line.strip():
            found[-1] = found[-1][0], f"{before.rstrip()} {line.strip()}"
        elif line.strip():
            found.append((number, line))
    return found


def _add_to_map(whole: Any, key: str, value: str, path: object, line: int, *, is_item: bool) -> list[Any]:
    """Return the list of maps with one pair more, which begins a map where it is an item."""
    maps: list[Any] = whole or []
    if is_item:
        maps.append({})
    if not maps or not isinstance(maps[-1], dict):
        raise InputError(_OTHER, path=path, line=line)
    _refuse_twice(key, maps[-1], path, line)
    maps[-1][key] = value
    return maps


def _add(whole: str | list[Any] | dict[str, str], key: str | None, value: str, path: object, line: int) -> list[Any] | dict[str, str]:
    """Return the list with one more item, or the map with one more pair, that the lines below a key make."""
    whole = whole or ({} if key else [])
    if isinstance(whole, dict) and key:
        _refuse_twice(key, whole, path, line)
        whole[key] = value
    elif isinstance(whole, list) and not key:
        whole.append(value)
    else:
        raise InputError(_OTHER, path=path, line=line)
    return whole


def _refuse_twice(key: str, found: Container[str], path: object, line: int) -> None:
    if key in found:
        raise InputError(f"{key!r} stands in this header twice; keep one of the two", path=path, line=line)


def _scalar(text: str, path: object, line: int) -> str:
    if text[:1] == text[-1:] == "'" and len(text) > 1 and "'" not in text[1:-1].replace("''", ""):
        return text[1:-1].replace("''", "'")
    if text[:1] == '"':
        return _unquoted(text, path, line)
    if text.startswith(tuple(_SPECIAL)) or " #" in text or ": " in text:
        raise InputError(_OTHER, path=path, line=line)
    return text


def _unquoted(text: str, path: object, line: int) -> str:
    if len(text) > 1 and text.endswith('"') and "\\" not in text and '"' not in text[1:-1]:
        return text[1:-1]
    import json  # for escapes only: a question must not wait for it

    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, str):
        raise InputError("this quoted text is not closed, or something follows it", path=path, line=line)
    return value


def _written(text: str) -> str:
    import json
    import re

    is_plain = re.fullmatch(_PLAIN, text, re.IGNORECASE) and ": " not in text and " #" not in text and not text.endswith(":")
    if is_plain:
        return text

    return json.dumps(text, ensure_ascii=True)


def curie_map(metadata: Mapping[str, Value], path: object) -> dict[str, str]:
    """Return the prefixes that a header declares."""
    found = metadata.get("curie_map") or {}
    if not isinstance(found, dict):
        raise InputError("curie_map has a line 'prefix: IRI' for each prefix, indented by two spaces", path=path)
    return found
