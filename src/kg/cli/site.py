"""`kg site`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError, unreadable

if TYPE_CHECKING:
    from . import App


@click.command()
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder: an empty or new one, or one with an earlier site, which is replaced.",
)
@click.option("--base-url", metavar="URL", default="", help="Where the site will be, for its sitemap; all its links are relative.")
@click.option(
    "--text", "files", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="The text of a source: the site then quotes."
)
@click.pass_obj
def site(app: App, *, output: Path, base_url: str, files: tuple[Path, ...]) -> None:
    """Write a site of linked data to DIR: a page, Turtle and JSON-LD for everything that the workspace names.

    It has search, the map and the saved queries, asks for nothing, and works on any static host, under any path, and from the disk.
    What else is in DIR stays; a file that would be overwritten and is not of the earlier site is refused.

    Example: kg site -o site --base-url https://example.org/claims/
    """
    from ..site import write

    app.workspace.check_output(output)
    if base_url:
        _check_url(base_url)
    written = write(app.index, output, base_url=base_url, texts=[_text(path) for path in files])
    stays = f"; {written.kept} things in it that are not of the site stay" if written.kept else ""
    click.echo(f"kg: wrote {written.files:,} files ({written.size / 1e6:,.1f} MB) to {output}{stays}", err=True)
    click.echo(f"kg: next: open {output / 'index.html'}", err=True)


def _check_url(url: str) -> None:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and not parts.fragment
    except ValueError:
        is_usable = False
    if not is_usable or not url.isascii() or not url.isprintable() or any(each in url for each in " <>\"'\\{}|^`"):
        raise UsageError(f"{url!r} cannot be where a site is; give an address such as https://example.org/claims/")


def _text(path: Path) -> str:
    from ..text import normal_form

    try:
        return normal_form(path.read_bytes(), path=path)
    except OSError as error:
        raise unreadable(error, str(path)) from None
