"""`kg site`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..limits import DEFAULT
from .ask import DURATION
from .options import texts_of

if TYPE_CHECKING:
    from . import App


_UNPUBLISHED = """# It installs {wanted} from the Python Package Index. Until that is there, put an address of the package
# in its place under "Install kg": a wheel in this repository, or git+https://HOST/OWNER/NAME@COMMIT.
"""


def _print_workflow(ctx: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's signature
    """Print the workflow, with this version of kg in it, and do nothing else."""
    if value and not ctx.resilient_parsing:
        from ..pages.templates import files, version

        wanted = f"claimgraph=={version()}"
        click.echo(_UNPUBLISHED.format(wanted=wanted), nl=False)
        click.echo(files("site/workflow.yml").replace("install claimgraph", f"install {wanted}"), nl=False)
        ctx.exit()


@click.command()
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder: an empty or new one, or one with an earlier site, which is replaced.",
)
@click.option(
    "--base-url", metavar="URL", default="", help="Where the site will be, for its sitemap and the redirects of names; links are relative."
)
@click.option(
    "--text", "files", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="The text of a source: the site then quotes."
)
@click.option("--timeout", type=DURATION, default="30s", show_default=True, metavar="DURATION", help="How long each saved query may take.")
@click.option(
    "--workflow",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_workflow,
    help="Instead, print the GitHub Actions workflow that checks the graph and publishes the site with every push.",
)
@click.pass_obj
def site(app: App, *, output: Path, base_url: str, files: tuple[Path, ...], timeout: float | None) -> None:
    """Write a site of linked data to DIR: a page, Turtle and JSON-LD for everything that the workspace names.

    It has search, the map and the saved queries, asks for nothing, and works on any static host, under any path, and from the disk.
    What else is in DIR stays; a file that would be overwritten and is not of the earlier site is refused.

    Example: kg site -o site --base-url https://example.org/claims/
    """
    from ..site import write

    app.workspace.check_output(output)
    if base_url:
        _check_url(base_url)
    limits = replace(DEFAULT, seconds=timeout, cpu=timeout)
    written = write(app.index, output, base_url=base_url, texts=texts_of(app.index, files), limits=limits)
    stays = f"; {written.kept} things in it that are not of the site stay" if written.kept else ""
    click.echo(f"kg: wrote {written.files:,} files ({written.size / 1e6:,.1f} MB) to {output}{stays}", err=True)
    if not base_url:
        click.echo("kg: it has no sitemap and no redirects of its names, which need whole addresses: --base-url URL", err=True)
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
