"""`kg serve`."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..limits import bytes_of, seconds_of
from ..serve.settings import LIMITS, Settings

if TYPE_CHECKING:
    from . import App

_NEEDED = ("starlette", "uvicorn", "httptools")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at; this machine alone unless told.")
@click.option("--port", default=3030, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one.")
@click.option("--timeout", default="10s", show_default=True, help="How long a query may take.")
@click.option("--max-memory", default="512M", show_default=True, help="How much memory a query may take.")
@click.option("--max-rows", default=LIMITS.rows, show_default=True, type=click.IntRange(min=1), help="How many rows an answer may have.")
@click.option("--max-size", default="64M", show_default=True, help="How large an answer may be.")
@click.option("--workers", type=click.IntRange(min=1), help="How many queries run at once; else a few more than there are processors.")
@click.option("--allow-host", "names", multiple=True, metavar="NAME", help="A further name that requests may ask for; repeat for more.")
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="A site whose pages may ask, such as https://example.org, or *; http://127.0.0.1:3333 for OpenRefine.",
)
@click.option("--log-queries", "logs_text", is_flag=True, help="Log the text of queries, not only their digest and length.")
@click.pass_obj
def serve(
    app: App,
    *,
    host: str,
    port: int,
    timeout: str,
    max_memory: str,
    max_rows: int,
    max_size: str,
    workers: int | None,
    names: tuple[str, ...],
    origins: tuple[str, ...],
    logs_text: bool,
) -> None:
    """Serve the workspace at a read-only SPARQL endpoint, anew whenever its files change.

    Its entities are offered for reconciliation, too: OpenRefine takes the address with /reconcile behind it.

    Example: kg serve --port 3030
    """
    if not hasattr(os, "fork"):
        raise UsageError("kg serve needs a system whose processes can fork, such as Linux or macOS")
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(f"kg serve needs {', '.join(missing)}; install it with: pip install 'claimgraph[serve]'")
    from ..serve.server import listen, run

    limits = type(LIMITS)(seconds_of(timeout), seconds_of(timeout), bytes_of(max_memory), max_rows, bytes_of(max_size))
    given = {"workers": workers} if workers else {}
    settings = Settings(host, port, limits, names=names, origins=origins, logs_text=logs_text, **given)
    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listening.getsockname()[1]}"
    run(
        app.workspace, settings, listening, started=lambda: click.echo(f"kg: serving {app.workspace.root} at {url}/sparql (Ctrl-C ends it)")
    )
