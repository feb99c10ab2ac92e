"""What the reconciliation service answers, made in a worker: the Reconciliation Service API v0.2.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ says what each answer holds; `kg.serve.reconcile` where it
is asked for.
"""

from __future__ import annotations

import json
import math
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import names
from ..description import title_of
from ..errors import InputError
from ..inline import policy_hashes
from ..pages import templates
from .jobs import Reply, problem
from .matching import BATCH, TooLargeError, candidates, object_of, read_queries
from .offered import offered_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..answers import Term
    from ..index import Index
    from .jobs import Job
    from .offered import Named, Offered

__all__ = ["POLICY", "answer"]

_WIDTH, _HEIGHT, _STYLE = 400, 160, "body{font:14px/1.4 sans-serif;margin:8px}h1{font-size:16px;margin:0}p{margin:4px 0}.quiet{opacity:.75}"
POLICY = f"default-src 'none'; style-src {policy_hashes(_STYLE)}; form-action 'none'; base-uri 'none'; sandbox; frame-ancestors 'self'"
"""What a preview may do: nothing but be seen. Who may show it in a frame is put behind."""
_OFFERED, _DEFAULT_TYPES, _PROPOSED = 20, 10, 50
_IDS, _COLUMNS, _DIGITS = 500, 50, 18
_INTEGERS = {names.XSD + name for name in ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger")}
_NUMBERS = {names.XSD + name for name in ("decimal", "double", "float")}


def answer(index: Index, job: Job) -> Reply:
    """Return the reply to a job of the service; `do` says which."""
    try:
        reply = _DOES[job["do"]](index, job)
    except TooLargeError as error:
        return problem(413, str(error))
    most = job["size"]
    return (
        reply
        if most is None or len(reply.body) <= most
        else problem(413, f"the answer is larger than {most:,} bytes; ask for less at a time")
    )


def _said(found: Mapping[str, Any]) -> Reply:
    return Reply(200, (json.dumps(found) + "\n").encode(), "application/json", {"Cache-Control": "no-cache"})


def _manifest(index: Index, job: Job) -> Reply:
    offered, host, at = offered_by(index), job["host"], job["at"]

    def suggesting(kind: str) -> dict[str, str]:
        flyout = f"{at}/flyout/{kind}?id=${{id}}"
        return {"service_url": host, "service_path": f"{at}/suggest/{kind}", "flyout_service_path": flyout}

    return _said(
        {
            "versions": ["0.1", "0.2"],
            "name": title_of(index),
            "identifierSpace": offered.space,
            "schemaSpace": names.SCHEMA + "Thing",
            "documentation": f"{host}/",
            "serviceVersion": templates.version(),
            "defaultTypes": [{"id": each.id, "name": each.name} for each in islice(offered.types.values(), _DEFAULT_TYPES)],
            "view": {"url": f"{host}/entity/{{{{id}}}}"},
            "preview": {"url": f"{host}{at}/preview?id={{{{id}}}}", "width": _WIDTH, "height": _HEIGHT},
            "suggest": {kind: suggesting(kind) for kind in ("entity", "type", "property")},
            "extend": {"propose_properties": {"service_url": host, "service_path": f"{at}/properties"}, "property_settings": []},
            "batchSize": BATCH,
        }
    )


def _queries(index: Index, job: Job) -> Reply:
    offered = offered_by(index)
    return _said({key: {"result": candidates(asked, offered)} for key, asked in read_queries(job["text"], offered).items()})


def _suggest(index: Index, job: Job) -> Reply:
    """Return what begins with a prefix, a page at a time; `cursor` is how many were seen, and stands in the answer where there are more."""
    offered, kind, start = offered_by(index), job["of"], job["cursor"]
    found = list(islice(offered.beginning(kind, job["prefix"].strip()), start, start + _OFFERED + 1))
    said: dict[str, Any] = {"result": [_suggested(each, kind, offered) for each in found[:_OFFERED]]}
    return _said(said | ({"cursor": start + _OFFERED} if len(found) > _OFFERED else {}))


def _suggested(found: Named, kind: str, offered: Offered) -> dict[str, Any]:
    said: dict[str, Any] = {"id": found.id, "name": found.name}
    if found.description:
        said["description"] = found.description
    if kind == "entity":
        said["notable"] = [{"id": each, "name": offered.label(each)} for each in found.types]
    if kind == "type" and (parents := offered.parents(found.id)):
        said["broader"] = [{"id": each, "name": offered.label(each)} for each in parents]
    return said


def _flyout(index: Index, job: Job) -> Reply:
    found = _found(index, job)
    return _said({"id": job["id"], "html": _words("flyout.html.j2", found, offered_by(index))}) if found else _nothing(job)


def _preview(index: Index, job: Job) -> Reply:
    found = _found(index, job)
    if not found:
        return _nothing(job)
    page = _words("preview.html.j2", found, offered_by(index), style=_STYLE)
    headers = {"Content-Security-Policy": " ".join([POLICY, *job["framed_by"]]), "Cache-Control": "no-cache"}
    return Reply(200, page.encode("utf-8", "replace"), "text/html; charset=utf-8", headers)


def _found(index: Index, job: Job) -> Named | None:
    return offered_by(index).thing(job["of"], job["id"])


def _nothing(job: Job) -> Reply:
    return problem(404, f"there is no {job['of']} of the id {job['id'][:200]!r} here")


def _words(template: str, found: Named, offered: Offered, **more: str) -> str:
    types = [offered.label(kind) for kind in found.types]
    also = [term.value for term in offered.values(found.id, names.ALT_LABEL) if isinstance(term, ox.Literal)] if found.types else []
    return templates.fill("serve", template, found=found, types=types, also=list(dict.fromkeys(also)), **more)


def _propose(index: Index, job: Job) -> Reply:
    offered = offered_by(index)
    listed = offered.common(offered.expanded(job["type"]))[: job["limit"] or _PROPOSED]
    said = {"properties": [_suggested(each, "property", offered) for each in listed], "type": job["type"]}
    return _said(said | ({"limit": job["limit"]} if job["limit"] else {}))


def _extend(index: Index, job: Job) -> Reply:
    """Return the values of properties of entities: what claims affirm, and what entities are called and linked to."""
    offered, found = offered_by(index), object_of(job["text"], "extend")
    ids, columns = _texts(found.get("ids"), "ids"), _texts(found.get("properties"), "properties")
    if len(ids) > _IDS or len(columns) > _COLUMNS:
        raise TooLargeError(f"values of more than {_IDS} entities or {_COLUMNS} properties are too many at a time; ask for fewer")
    known = {column: offered.thing("property", column) for column in columns}
    meta = [{"id": column, "name": prop.name if prop else offered.label(offered.expanded(column))} for column, prop in known.items()]
    rows = {each: {column: _values(each, column, offered) for column in known} for each in ids}
    return _said({"meta": meta, "rows": rows})


def _texts(found: object, what: str) -> list[str]:
    """Return the ids of an array of ids, or of objects with an id."""
    given = [each.get("id") if isinstance(each, dict) else each for each in found] if isinstance(found, list) else [None]
    ids = [each for each in given if isinstance(each, str)]
    if len(ids) < len(given):
        raise InputError(f"the field 'extend' needs {what!r}: an array of ids")
    return ids


def _values(identifier: str, column: str, offered: Offered) -> list[dict[str, Any]]:
    entity = offered.entity_named(identifier)
    return [_value(term, offered) for term in offered.values(entity, offered.expanded(column))] if entity else []


def _value(term: Term, offered: Offered) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        entity = offered.entities.get(offered.id_of(term.value))
        return {"id": entity.id, "name": entity.name} if entity else {"str": term.value}
    if isinstance(term, ox.Literal):
        return _number(term) or {"str": term.value}
    return {"str": str(term)}


def _number(term: ox.Literal) -> dict[str, Any]:
    """Return a number as JSON has it; nothing where it has none such."""
    kind = term.datatype.value
    try:
        if kind in _INTEGERS and len(term.value) <= _DIGITS:
            return {"int": int(term.value)}
        number = float(term.value) if kind in _NUMBERS else math.nan
    except ValueError:
        return {}
    return {"float": number} if math.isfinite(number) else {}


_DOES: dict[str, Callable[[Index, Job], Reply]] = {
    "manifest": _manifest,
    "queries": _queries,
    "suggest": _suggest,
    "flyout": _flyout,
    "preview": _preview,
    "propose": _propose,
    "extend": _extend,
}
