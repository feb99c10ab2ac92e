"""How data travels in the page: lists of records as columns, columns as codes where their values repeat, all of it compressed.

A column is written in the shortest of three ways: `{"all": [...]}`; `{"values": [...], "of": [...]}`, a list of different values and for
each record the number of its own; or `{"at": [...], "is": [...]}`, the records that have a value, and these values.
The same data give the same text, and the text stands in an element of a page as it is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LEVEL = 6
TABLES = ("claims", "passages")
"""The lists of records that travel as columns."""


def packed(data: Mapping[str, Any]) -> str:
    """Return data as text: JSON, deflated, in base64. What `TABLES` names is given as columns, a list for each field, None for no value.

    >>> unpacked(packed({"claims": {"id": ["a", "b"], "when": [None, "2021"]}}))
    {'claims': [{'id': 'a'}, {'id': 'b', 'when': '2021'}]}
    """
    import base64
    import zlib

    facets = [_without_codes(facet) for facet in data.get("facets", ())]
    tables = {name: _table(data[name]) for name in TABLES if name in data}
    for facet in data.get("facets", ()):
        if "column" in facet:
            name = facet["column"]
            tables["claims"]["columns"][name] = _coded(data["claims"][name], facet["of"], len(facet["values"]))
    written = json.dumps({**data, **({"facets": facets} if facets else {}), **tables}, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(written.encode(), _LEVEL)).decode()


def unpacked(text: str) -> dict[str, Any]:
    """Return the data of a page as they were, records as dictionaries."""
    import base64
    import zlib

    data: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(text)))
    for facet in data.get("facets", ()):
        if "column" in facet:
            facet["of"] = data["claims"]["columns"][facet["column"]]["of"]
    return {name: _records(value) if name in TABLES else value for name, value in data.items()}


def _without_codes(facet: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facet.items() if name != "of"} if "column" in facet else facet


def _table(columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    used = {name: values for name, values in columns.items() if any(value is not None for value in values)}
    return {"count": len(next(iter(columns.values()), ())), "columns": {name: column(values) for name, values in used.items()}}


def column(values: Sequence[Any]) -> dict[str, Any]:
    """Return a column in the way that is likely to be the shortest.

    >>> column([1, 2, 3]), column(["b", "a", "b", "b", "a"]), column([None, None, ["x"]])
    ({'all': [1, 2, 3]}, {'values': ['b', 'a'], 'of': [0, 1, 0, 0, 1]}, {'at': [2], 'is': [['x']]})
    """
    given = [at for at, value in enumerate(values) if value is not None]
    if len(given) * 2 < len(values):
        return {"at": given, "is": [values[at] for at in given]}
    if all(isinstance(values[at], str) for at in given):
        codes: dict[str | None, int] = {}
        of = [codes.setdefault(value, len(codes)) for value in values]
        if 2 * len(codes) < len(values):
            return {"values": list(codes), "of": of}
    return {"all": list(values)}


def _coded(values: Sequence[Any], of: Sequence[int], count: int) -> dict[str, Any]:
    """Return a column with the codes of its facet, so that the page need not be told them twice."""
    different = [None] * count
    for code, value in zip(of, values, strict=True):
        different[code] = value
    return {"values": different, "of": of}


def _records(table: dict[str, Any]) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = [{} for _ in range(table["count"])]
    for name, written in table["columns"].items():
        for at, value in _values(written):
            if value is not None:
                records[at][name] = value
    return records


def _values(written: dict[str, Any]) -> list[tuple[int, Any]]:
    if "at" in written:
        return list(zip(written["at"], written["is"], strict=True))
    values = [written["values"][code] for code in written["of"]] if "of" in written else written["all"]
    return list(enumerate(values))
