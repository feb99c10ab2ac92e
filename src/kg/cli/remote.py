"""`kg push`, and the options by which other commands ask an endpoint instead of the files."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import UsageError
from ..limits import seconds_of
from .options import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from . import App

Command = TypeVar("Command", bound="Callable[..., Any]")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic for the type checker only
    """An option that is a span of time."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds; 0 is no limit."""
        try:
            return seconds_of(value) or 0.0
        except UsageError as error:
            self.fail(error.message, param, ctx)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Note on the App what an option says, for whoever needs the endpoint."""
    if value is not None:
        setattr(ctx.obj, param.name or "", value)


def _hosts(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not _HOST.fullmatch(value):
            raise click.BadParameter(
                f"{value!r} is no host; write it as it stands in the query, such as data.example.org or 127.0.0.1:7878"
            )
    return values


_option = partial(click.option, expose_value=False, callback=_keep)
_endpoint_option = _option(
    "--endpoint",
    "endpoint_url",
    metavar="URL",
    help="Ask this SPARQL endpoint instead of the files. KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN, open it.",
)
_default_graph_option = _option(
    "--default-graph",
    "default_graph",
    metavar="IRI",
    help="With --endpoint: the graph that is asked, '' for the endpoint's own choice; else the one that kg push writes.",
)
_timeout_option = _option(
    "--timeout",
    "seconds",
    type=Duration(),
    metavar="DURATION",
    help="How long the endpoint may take for each request: 500ms, 30s, 2m; 0 for no limit.  [default: 30s]",
)
federate_option = click.option(
    "--federate",
    "hosts",
    metavar="HOST",
    multiple=True,
    callback=_hosts,
    help="Let SERVICE ask this host, and no other; repeat for more. Without it no query reaches out.",
)


def endpoint_options(command: Command) -> Command:
    """Let a command ask an endpoint; what it asks is `App.endpoint`."""
    return _endpoint_option(_default_graph_option(command))


def timed_endpoint_options(command: Command) -> Command:
    """Let a command without limits of its own ask an endpoint, each request within its time."""
    return endpoint_options(_timeout_option(command))


@click.command()
@timed_endpoint_options
@click.option("--graph-store", metavar="URL", help="Where the Graph Store Protocol is spoken, if not at the endpoint itself.")
@click.option("--update", metavar="URL", help="Load through SPARQL Update at this address instead.")
@click.option("--prune", is_flag=True, help="Also remove graphs of this workspace's base from the endpoint that no file is any more.")
@click.pass_context
def push(ctx: click.Context, *, graph_store: str | None, update: str | None, prune: bool) -> None:
    """Load the workspace into a SPARQL endpoint.

    The default graph goes into the graph <base>default-graph, each file of graph/ into its own, and kg:plain. Each of them is replaced as a
    whole: to push twice is to push once. Then the endpoint is asked how many triples it has. The user or the token of the environment is
    sent to the host of --endpoint only.

    \b
    Oxigraph   --endpoint http://HOST:7878/query --graph-store http://HOST:7878/store
    Virtuoso   --endpoint http://HOST:8890/sparql --graph-store http://HOST:8890/sparql-graph-crud-auth
    Fuseki     --endpoint http://HOST:3030/DATASET/query --graph-store http://HOST:3030/DATASET/data

    Exit codes: 0 all arrived, 1 the endpoint counts other numbers, 2 usage, 3 or 6 the files cannot be read, 7 the endpoint fails.

    Example: kg push --endpoint http://127.0.0.1:7878/query --graph-store http://127.0.0.1:7878/store
    """  # noqa: D301  click's own mark
    from ..push import push as load

    app: App = ctx.obj
    endpoint = app.endpoint()
    if endpoint is None:
        raise click.UsageError("where to? name the endpoint with --endpoint URL", ctx)
    differs = 0
    for done in load(app.index, endpoint, graph_store=graph_store, update=update, prune=prune):
        is_whole = done.sent == done.arrived
        differs += not is_whole
        say(_words(done.graph, done.sent, done.arrived, is_removed=done.is_removed))
    if differs:
        say(f"{differs} graphs at {endpoint.url} are not as they are here")
        ctx.exit(1)


def _words(graph: str, sent: int, arrived: int, *, is_removed: bool) -> str:
    if is_removed:
        return f"{graph}: removed" + (f", but {arrived:,} triples are still there" if arrived else "")
    if sent == arrived:
        return f"{graph}: {sent:,} triples"
    return f"{graph}: {sent:,} triples sent, but the endpoint counts {arrived:,}"
