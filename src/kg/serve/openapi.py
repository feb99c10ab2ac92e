"""What the endpoint takes and gives, as OpenAPI has it: for tools that read it, and for the fuzzer of the tests."""

from __future__ import annotations

import json
from typing import Any

from .sparql import GRAPH_FORMS, ROW_FORMS

__all__ = ["DESCRIPTION"]

_TEXT = {"type": "string"}
_IRIS = {"type": "array", "items": {"type": "string", "format": "iri"}}
_PROBLEM = {
    "application/problem+json": {"schema": {"type": "object", "required": ["title", "status", "detail"]}},
    "text/plain": {"schema": _TEXT},
}
_ANSWER = {"description": "the answer", "content": {name: {} for name in sorted({*ROW_FORMS, *GRAPH_FORMS} - {"text/html"})}}
_PROBLEMS = {
    400: "the request or the query cannot be read",
    403: "the query reaches out, it is an update, or a page of another site asks",
    405: "no such method here",
    406: "none of the accepted forms can be given",
    413: "the request or the answer is too large",
    415: "no such body here",
    421: "this host is not served here",
    431: "the head of the request is too large",
    503: "the query was stopped at a limit, or the server is busy",
}


def _responses(*, answer: dict[str, Any] = _ANSWER) -> dict[str, Any]:
    problems = {str(status): {"description": words, "content": _PROBLEM} for status, words in _PROBLEMS.items()}
    return {"200": answer, **problems}


def _field(name: str, schema: dict[str, Any], *, is_required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": is_required, "schema": schema}


_EXAMPLE = "SELECT ?claim ?label WHERE { ?claim a kg:Claim ; rdfs:label ?label } LIMIT 5"
_GRAPHS = [_field("default-graph-uri", _IRIS), _field("named-graph-uri", _IRIS)]
_FORM = {
    "type": "object",
    "required": ["query"],
    "properties": {"query": _TEXT, "default-graph-uri": _IRIS, "named-graph-uri": _IRIS},
}
_JSON = {"description": "the answer", "content": {"application/json": {"schema": {"type": "object"}}}}
_PAGE = {"description": "the page", "content": {"text/html": {"schema": _TEXT}}}
_BATCH = {"q0": {"query": "Kabul", "limit": 3}}
_BATCHES = {
    name: {"type": "string", "description": "JSON, as the Reconciliation Service API v0.2 has it"} for name in ("queries", "extend")
}
_ID, _KIND = _field("id", _TEXT, is_required=True), {"type": "string", "enum": ["entity", "type", "property"]}


def _read(summary: str, *fields: dict[str, Any], answer: dict[str, Any] = _JSON) -> dict[str, Any]:
    responses = _responses(answer=answer) | {"404": {"description": "there is no such thing", "content": _PROBLEM}}
    return {"get": {"summary": summary, "parameters": list(fields), "responses": responses}}


_OF = {"name": "kind", "in": "path", "required": True, "schema": _KIND}
_COUNT = {"type": "integer", "minimum": 0}
_RECONCILE: dict[str, Any] = {
    "/reconcile": {
        **_read(
            "Ask a batch of reconciliation queries, or for values of properties; without either, the manifest",
            *(_field(name, schema) for name, schema in _BATCHES.items()),
        ),
        "post": {
            "summary": "Ask a batch of reconciliation queries, or for values of properties",
            "requestBody": {
                "required": True,
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": {"type": "object", "properties": _BATCHES},
                        "example": {"queries": json.dumps(_BATCH)},
                    }
                },
            },
            "responses": _responses(answer=_JSON),
        },
    },
    "/reconcile/suggest/{kind}": _read("What a prefix may mean", _OF, _field("prefix", _TEXT, is_required=True), _field("cursor", _COUNT)),
    "/reconcile/flyout/{kind}": _read("A few words on a thing, as HTML in JSON", _OF, _ID),
    "/reconcile/preview": _read("A few words on an entity, as a page for a frame", _ID, answer=_PAGE),
    "/reconcile/properties": _read(
        "The properties that entities of a type have", _field("type", _TEXT, is_required=True), _field("limit", _COUNT)
    ),
}
DESCRIPTION: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {
        "title": "kg serve",
        "version": "1",
        "description": "SPARQL 1.1 Protocol for queries, and the Reconciliation Service API v0.2; read-only.",
    },
    "paths": {
        "/sparql": {
            "get": {
                "summary": "Ask a query; without one, the service description",
                "parameters": [{**_field("query", _TEXT), "example": _EXAMPLE}, *_GRAPHS],
                "responses": _responses(),
            },
            "post": {
                "summary": "Ask a query",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/x-www-form-urlencoded": {"schema": _FORM, "example": {"query": _EXAMPLE}},
                        "application/sparql-query": {"schema": _TEXT},
                    },
                },
                "responses": _responses(),
            },
        },
        "/health": {
            "get": {
                "summary": "What is served, and how",
                "responses": _responses(
                    answer={"description": "how it is", "content": {"application/json": {"schema": {"type": "object"}}}}
                ),
            }
        },
        "/.well-known/void": {"get": {"summary": "What the data are", "responses": _responses()}},
        **_RECONCILE,
    },
}
