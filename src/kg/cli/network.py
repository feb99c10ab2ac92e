"""`kg view` and `kg stats`: the claims as a map, and in numbers."""

from __future__ import annotations

import sys
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import results
from .options import check_suffix, say, texts_of
from .remote import timed_endpoint_options
from .scope import asked_for, inputs_of, scope_options

if TYPE_CHECKING:
    from ..answers import Answer, Term
    from ..index import Index
    from ..view import View
    from . import App

_ROW_FORMATS = [name for name, writer in results.FORMATS.items() if "solutions" in writer.forms]


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The page (.html) or the picture (.svg).")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Write the picture to this file too.")
@click.option(
    "--text", "files", multiple=True, type=click.Path(path_type=Path), help="The text of a source: the page then quotes. Repeat for more."
)
@click.option("--title", help="The title; else that of the source.")
@scope_options
@click.option("--compare", nargs=2, metavar="ENTITY ENTITY", help="What these two say, what they share and what they contradict.")
@click.option("--lang", "language", metavar="TAG", help="Labels in this language where there are such.")
@click.option("--open", "is_opened", is_flag=True, help="Open the page in the browser; without -o a temporary one.")
@timed_endpoint_options
@click.pass_obj
def view(app: App, /, *, output: Path | None, svg: Path | None, files: tuple[Path, ...], is_opened: bool, **wanted: Any) -> None:
    """Write the claims as a map in one page that opens anywhere and asks for nothing.

    Options that say which claims can be combined; all of them then hold.

    Example: kg view -o map.html --about ent:taliban --hops 2 --since 2021
    """
    pages = _pages(output, svg, is_opened=is_opened)
    for path in pages:
        app.workspace.check_output(path, [*files, *inputs_of(wanted)])
        check_suffix(path)
    made = _view(app.asked_index, texts_of(app.asked_index, files), seconds=app.seconds, **wanted)
    for path in pages:
        size = made.write(path)
        say(f"wrote {path.resolve()}: {made.summary}, {size / 1000:,.0f} kB")
    if is_opened:
        import webbrowser

        webbrowser.open(pages[0].resolve().as_uri())


def _pages(output: Path | None, svg: Path | None, *, is_opened: bool) -> list[Path]:
    """Return the files to write, the one to open first."""
    if svg is not None and svg.suffix.lower() != ".svg":
        raise click.UsageError(f"--svg {svg} does not end in .svg; call it {svg.with_suffix('.svg').name}")
    if is_opened and output is None:
        import tempfile

        output = Path(tempfile.mkdtemp(prefix="kg-view-")) / "map.html"
    pages = [path for path in (output, svg) if path is not None]
    if not pages:
        raise click.UsageError("where to? name the page with -o map.html or the picture with --svg map.svg, or look at it with --open")
    return pages


def _view(
    index: Index,
    texts: list[str],
    *,
    title: str | None,
    language: str | None,
    compare: tuple[str, str] | None,
    **scope: Any,
) -> View:
    from ..view import View
    from ..view.scope import entity

    if compare and scope["claimant"]:
        raise click.UsageError("--compare names two claimants already; leave out --claimant")
    asked = asked_for(index, **scope)
    both = (entity(index, compare[0]), entity(index, compare[1])) if compare else None
    return View(index, title=title, texts=texts, scope=asked, language=language, compare=both)


@click.command()
@click.option("--network", is_flag=True, help="Measure the network instead: one row an entity.")
@click.option("-f", "--format", "format_", type=click.Choice(_ROW_FORMATS), help="The format; else a table on a terminal, CSV in a pipe.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all.")
@timed_endpoint_options
@click.pass_obj
def stats(app: App, *, network: bool, format_: str | None, output: Path | None) -> None:
    """Count what the workspace holds; with --network, measure how its entities are joined.

    The content hash is the SHA-256 of the canonical N-Quads (RDFC-1.0) of the files of graph/ as named graphs: two workspaces that say
    the same have the same one, however their files are laid out.

    Example: kg stats --network
    """
    answer = _network_rows(app.asked_index) if network else _count_rows(app.asked_index)
    is_terminal = output is None and sys.stdout.isatty()
    suffix = results.format_of(output) if output else None
    name = format_ or suffix or results.default_format(answer, is_terminal=is_terminal)
    written = results.write(answer, name, results.Style(app.workspace.prefixes))
    if output is not None:
        from ..turtle import replace

        app.workspace.check_output(output)
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
    if index.content_hash:
        rows.append((ox.Literal("content hash"), ox.Literal(f"sha256:{index.content_hash}"), None))
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
