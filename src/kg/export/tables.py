"""The accepted claims as tables: nodes and edges in CSV, described by CSVW; claims in Parquet."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..model import Claim, Literal
from ..projection import EVIDENCE, to_network
from .network import NAMED, SEPARATOR, joined, quantity
from .wanted import Export, Wanted, single

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import networkx as nx

NODES = ("id", "label", "kind", "types", "definition", "alt_labels", "language", "datatype")
EDGES = ("source", "target", "id", "source_label", "target_label", "relation_label", "claimant_label", "reported_by_label", *EVIDENCE)
_LISTS = {"types", "alt_labels", "passages", "derived_from", "notes"}
_KINDS = {"since": "date", "until": "date", "modified": "date", "value": "decimal"}
_DIGITS = 38
"""How many digits a decimal of Parquet has at most."""


def csv(wanted: Wanted) -> Export:
    """Return nodes.csv, edges.csv and their description, csv-metadata.json (https://www.w3.org/TR/tabular-data-primer/).

    Cells that a spreadsheet would take for formulas begin with a quotation mark, as everywhere here, unless they are wanted raw.
    """
    graph = to_network(wanted.index, claims=wanted.claims)
    nodes = (_node_row(node, told) for node, told in sorted(graph.nodes(data=True)))
    files = {
        "nodes.csv": _table(NODES, nodes, raw=wanted.raw),
        "edges.csv": _edges(graph, wanted.index.labels, raw=wanted.raw),
        "csv-metadata.json": _description(),
    }
    return Export(files, quantity(graph))


def edges(wanted: Wanted) -> Export:
    """Return the edges alone, the same table as `edges.csv`: a claim in each row, with the labels of its ends and of who claims it."""
    graph = to_network(wanted.index, claims=wanted.claims)
    return single(_edges(graph, wanted.index.labels, raw=wanted.raw), f"{graph.number_of_edges():,} claims")


def parquet(wanted: Wanted) -> Export:
    """Return one row a claim: lists as lists, days as days, figures as decimals, with the labels of both ends and of the claimant."""
    from io import BytesIO

    try:
        import polars as pl
    except ModuleNotFoundError:
        raise UsageError("Parquet needs Polars; install it with: pip install 'claimgraph[frames]'") from None
    labels = wanted.index.labels
    claims = wanted.index.claims if wanted.claims is None else wanted.claims
    texts, listed = pl.String(), pl.List(pl.String())
    schema: dict[str, Any] = {}
    columns: dict[str, list[Any]] = {}
    for field in fields(Claim):
        schema[field.name] = listed if field.name in _LISTS else pl.Date() if _KINDS.get(field.name) == "date" else texts
        columns[field.name] = [_plain(getattr(claim, field.name)) for claim in claims]
    schema["value"] = _decimal([claim.value for claim in claims])
    if schema["value"] == texts:
        columns["value"] = [None if claim.value is None else f"{claim.value:f}" for claim in claims]
    for name in ("language", "datatype"):
        schema[f"object_{name}"] = texts
        columns[f"object_{name}"] = [getattr(claim.object, name) if isinstance(claim.object, Literal) else None for claim in claims]
    schema["object_kind"] = texts
    columns["object_kind"] = ["literal" if isinstance(claim.object, Literal) else "iri" for claim in claims]
    for name in ("subject", "relation", "object", "claimant"):
        schema[f"{name}_label"] = texts
        columns[f"{name}_label"] = [labels.get(value) if isinstance(value := getattr(claim, name), str) else None for claim in claims]
    out = BytesIO()
    pl.DataFrame(columns, schema=schema).write_parquet(out)
    return single(out.getvalue(), f"{len(claims):,} claims")


def _decimal(figures: Sequence[Decimal | None]) -> Any:
    """Return the type of a column that holds every figure: decimals of one scale, or text where these have too few digits."""
    import polars as pl

    known = [figure.as_tuple() for figure in figures if figure is not None]
    scale = max((-int(each.exponent) for each in known), default=0)
    before = max((len(each.digits) + int(each.exponent) for each in known), default=0)
    return pl.Decimal(_DIGITS, max(scale, 0)) if max(scale, 0) + max(before, 0) <= _DIGITS else pl.String()


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Literal) else list(value) if isinstance(value, tuple) else value


def _edges(graph: nx.MultiDiGraph[str], labels: Mapping[str, str], *, raw: bool) -> bytes:
    label = graph.nodes(data="label")
    rows = (
        [
            subject,
            target,
            iri,
            label[subject],
            label[target],
            *(labels.get(told.get(name, "")) for name in NAMED),
            *(told.get(name) for name in EVIDENCE),
        ]
        for subject, target, iri, told in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2])
    )
    return _table(EDGES, rows, raw=raw)


def _node_row(node: str, told: dict[str, Any]) -> list[Any]:
    literal = told.get("literal")
    found = told | {"id": node, "language": getattr(literal, "language", None), "datatype": getattr(literal, "datatype", None)}
    return [found.get(name) for name in NODES]


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, raw: bool) -> bytes:
    """Return CSV (RFC 4180) in UTF-8."""
    import csv as writer_of
    from io import StringIO

    from ..sheet.table import guarded

    out = StringIO(newline="")
    writer = writer_of.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) if raw or isinstance(value, Decimal) else guarded(_cell(value)) for value in row])
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return joined(value)
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else str(value)


def _description() -> bytes:
    """Return what CSVW says of the two tables: columns, their types, and how the tables hang together."""
    ends = [{"columnReference": name, "reference": {"resource": "nodes.csv", "columnReference": "id"}} for name in ("source", "target")]
    tables = [_described("nodes.csv", NODES), _described("edges.csv", EDGES, foreignKeys=ends)]
    said = {"@context": "http://www.w3.org/ns/csvw", "dialect": {"lineTerminators": ["\r\n"]}, "tables": tables}
    return (json.dumps(said, indent=1) + "\n").encode()


def _described(name: str, columns: Sequence[str], **more: Any) -> dict[str, Any]:
    return {"url": name, "tableSchema": {"columns": [_column(each) for each in columns], "primaryKey": "id", **more}}


def _column(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "titles": name, "datatype": _KINDS.get(name, "string")}
    return found | ({"separator": SEPARATOR} if name in _LISTS else {})
