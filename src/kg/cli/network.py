"""`kg project`, `kg view` and `kg stats`: the claims as a network, as a map, and in numbers."""

from __future__ import annotations

import sys
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import results
from ..errors import StorageError

if TYPE_CHECKING:
    from ..answers import Answer, Term
    from ..index import Index
    from . import App

_GRAPH_FORMATS = ("gexf", "graphml", "json", "csv")
_ROW_FORMATS = [name for name, writer in results.FORMATS.items() if "solutions" in writer.forms]


@click.command()
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file: .gexf, .graphml, .json or .csv."
)
@click.option("-f", "--format", "format_", type=click.Choice(_GRAPH_FORMATS), help="The format; else from the suffix of -o.")
@click.pass_obj
def project(app: App, output: Path, format_: str | None) -> None:
    """Write the claims as a network: nodes are entities, each edge is a claim and its key the claim's IRI.

    JSON is node-link data, as networkx reads it back; CSV is one row an edge.

    Example: kg project -o claims.gexf
    """
    from .. import projection

    graph = projection.to_network(app.index)
    projection.write(graph, output, format=format_)
    _say(f"{output}: {graph.number_of_nodes():,} nodes and {graph.number_of_edges():,} edges")


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The page (.html) or the picture (.svg).")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Write the picture to this file too.")
@click.option(
    "--text", "files", multiple=True, type=click.Path(path_type=Path), help="The text of a source: the page then quotes. Repeat for more."
)
@click.option("--title", help="The title; else that of the source.")
@click.pass_obj
def view(app: App, output: Path | None, svg: Path | None, files: tuple[Path, ...], title: str | None) -> None:
    """Write the claims as a map in one page that opens anywhere and asks for nothing.

    Example: kg view -o map.html
    """
    pages = [path for path in (output, svg) if path is not None]
    if not pages:
        raise click.UsageError("where to? name the page with -o map.html, or the picture with --svg map.svg")
    if svg is not None and svg.suffix.lower() != ".svg":
        raise click.UsageError(f"--svg {svg} does not end in .svg; call it {svg.with_suffix('.svg').name}")
    from ..view import View

    made = View(app.index, title=title, texts=[_text(path) for path in files])
    for path in pages:
        size = made.write(path)
        _say(f"wrote {path.resolve()}: {made.summary}, {size / 1000:,.0f} kB")


@click.command()
@click.option("--network", is_flag=True, help="Measure the network instead: one row an entity.")
@click.option("-f", "--format", "format_", type=click.Choice(_ROW_FORMATS), help="The format; else a table on a terminal, CSV in a pipe.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all.")
@click.pass_obj
def stats(app: App, *, network: bool, format_: str | None, output: Path | None) -> None:
    """Count what the workspace holds; with --network, measure how its entities are joined.

    Example: kg stats --network
    """
    answer = _network_rows(app.index) if network else _count_rows(app.index)
    is_terminal = output is None and sys.stdout.isatty()
    suffix = results.format_of(output) if output else None
    name = format_ or suffix or results.default_format(answer, is_terminal=is_terminal)
    written = results.write(answer, name, results.Style(app.index.workspace.prefixes))
    if output is not None:
        from ..turtle import replace

        replace(output, written.encode())
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(written.encode())
    sys.stdout.buffer.flush()


def _count_rows(index: Index) -> Answer:
    import pyoxigraph as ox

    from .. import measures
    from ..answers import Answer

    rows: list[tuple[Term | None, ...]] = [
        (ox.Literal(what), ox.Literal(value) if value else None, ox.Literal(number)) for what, value, number in measures.counts(index)
    ]
    return Answer("solutions", ["what", "value", "count"], rows)


def _network_rows(index: Index) -> Answer:
    import pyoxigraph as ox

    from .. import measures
    from ..answers import Answer

    def term(value: object) -> ox.NamedNode | ox.Literal | None:
        if isinstance(value, float):
            return ox.Literal(f"{value:.3f}", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
        return None if value is None else ox.Literal(value)  # type: ignore[arg-type]  # a text or a whole number

    rows: list[tuple[Term | None, ...]] = [
        (ox.NamedNode(row.iri), *(term(value) for value in astuple(row)[1:])) for row in measures.network_measures(index)
    ]
    return Answer("solutions", ["entity", *(field.name for field in fields(measures.EntityMeasures)[1:])], rows)


def _text(path: Path) -> str:
    from ..text import normal_form

    try:
        return normal_form(path.read_bytes(), path=path)
    except OSError as error:
        raise StorageError(f"cannot read: {error.strerror or error}", path=path) from None


def _say(words: str) -> None:
    click.echo(f"kg: {results.printable(words)}", err=True)
