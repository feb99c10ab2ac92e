"""`kg link pull`: what a SPARQL endpoint says of linked things, as a snapshot in the workspace."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ..errors import StorageError, UsageError
from ..results import counted
from .options import hold, say
from .remote import Duration

if TYPE_CHECKING:
    from datetime import datetime

    from ..linking.pull import Fetched, Stored
    from . import App

_SHOWN = 10
_CHANGED = "the links have changed while {} was asked; nothing is written, run this again"


@click.command()
@click.argument("entities", metavar="[ENTITY]...", nargs=-1)
@click.option(
    "--endpoint",
    "url",
    metavar="URL",
    required=True,
    help="The SPARQL endpoint that is asked, and no other host. KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN, open it.",
)
@click.option("--default-graph", metavar="IRI", default="", help="The graph that is asked; else the endpoint's own choice.")
@click.option(
    "--name", help="The snapshot: graph/snapshots/NAME.ttl, replaced as a whole.  [default: the data set of --target, else wikidata]"
)
@click.option(
    "--target", metavar="NAME|IRI", help="Only targets of this data set (wikidata, geonames, …), or whose IRI begins so; else all."
)
@click.option("--close", is_flag=True, help="Follow close links, too; else exact ones only.")
@click.option(
    "--property",
    "words",
    metavar="PROPERTY",
    multiple=True,
    help="Fetch this property instead of the usual ones: wdt:P1082, P1082, another CURIE or an IRI. Repeat for more.",
)
@click.option("--lang", "languages", metavar="TAGS", default="en", show_default=True, help="The languages of names and texts, with commas.")
@click.option("--licence", metavar="IRI", default="", help="Under which licence the endpoint gives its data; noted in the snapshot.")
@click.option(
    "--timeout", "seconds", type=Duration(), metavar="DURATION", help="How long each request may take: 500ms, 30s, 2m.  [default: 30s]"
)
@click.option("--dry-run", is_flag=True, help="Show the queries, and ask nobody.")
@click.pass_obj
def pull(app: App, /, **said: Any) -> None:
    """Bring what an endpoint says of linked things into a snapshot, so that queries join it with claims offline.

    For the target of every accepted exact link, or of the links of each ENTITY: its names (rdfs:label, skos:prefLabel, skos:altLabel,
    schema:description) in the languages of --lang, and properties. The usual ones are Wikidata's instance of (P31), country (P17), capital
    (P36), coordinate location (P625), population (P1082), ISO 3166-1 code (P297) and GeoNames ID (P1566).

    Wikidata's wdt: properties are those of the best-ranked statements, without qualifiers and references: a population does not say of
    which year. What is unknown ("some value", blank nodes) is left out, and what was not asked for; it is counted.

    The snapshot notes the endpoint, the query, the languages and the time (UTC; SOURCE_DATE_EPOCH sets it). It is replaced as a whole, or,
    where one request fails, not at all; and never by what another endpoint says.

    Exit codes: 0 done, 2 usage, 3 no such links, or a snapshot of another endpoint, 6 disk, or the links changed meanwhile, 7 the endpoint
    fails, or is refused.

    Example: kg link pull --endpoint https://query.wikidata.org/sparql --target wikidata --lang en,ru,fa
    """
    _pull(app, **said)


def _pull(
    app: App,
    *,
    entities: tuple[str, ...],
    url: str,
    default_graph: str,
    name: str | None,
    target: str | None,
    close: bool,
    words: tuple[str, ...],
    languages: str,
    licence: str,
    seconds: float | None,
    dry_run: bool,
) -> None:
    from datetime import UTC, datetime

    from ..linking import pull as room
    from ..remote import SECONDS, Endpoint

    space = app.workspace
    wish = room.Wish(room.properties_of(words, space), room.languages_of(languages))
    begin = room.begin_of(target or "")
    if not dry_run:
        room.file_of(space, name := name or room.name_of(begin))  # refused before anybody is asked
    under, made = room.licence_of(licence), _time_given()
    wanted = partial(room.things, space, begin=begin, close=close, entities=_named(app, entities))
    about = wanted()
    endpoint = Endpoint(url, space, default_graph=default_graph, seconds=SECONDS if seconds is None else seconds or None)
    if name is None or dry_run:
        click.echo("\n\n".join(text for _, text in room.requests(about, wish)))
        say(f"{counted(len(about), 'thing')} would be asked for at {endpoint.url}; nobody was asked")
        return
    room.refuse_other(endpoint, name)
    fetched = room.fetch(endpoint, about, wish)  # which may take long, and holds no lock
    with hold(app, settle=True):
        if wanted() != about:
            raise StorageError(_CHANGED.format(endpoint.url), path=space.links_file)
        done = room.store(endpoint, name, fetched, wish, made=made or datetime.now(UTC), licence=under)
    _tell(app, done, fetched)


def _named(app: App, entities: tuple[str, ...]) -> list[str]:
    from ..view.scope import entity

    return [entity(app.index, words) for words in entities]


def _time_given() -> datetime | None:
    """Return the time that SOURCE_DATE_EPOCH gives, where it is set: https://reproducible-builds.org/specs/source-date-epoch/."""
    from datetime import UTC, datetime

    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(said), UTC) if said else None
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH {said[:40]!r} is no number of seconds since 1970") from None


def _tell(app: App, done: Stored, fetched: Fetched) -> None:
    from ..names import compact

    known = len(fetched.asked) - len(fetched.unanswered)
    changed = f"{done.added:,} new, {done.gone:,} gone" if done.added or done.gone else "nothing changed but the time"
    say(f"wrote {os.path.relpath(done.path)}: {counted(known, 'thing')}, {counted(len(fetched.triples), 'triple')} ({changed})")
    if fetched.dropped:
        say("left out: " + ", ".join(f"{number:,} {words}" for words, number in sorted(fetched.dropped.items())))
    if fetched.elsewhere:
        say(f"{counted(fetched.elsewhere, 'link')} to data sets that it knows nothing of")
    if fetched.unanswered:
        more = f" and {len(fetched.unanswered) - _SHOWN:,} more" if len(fetched.unanswered) > _SHOWN else ""
        shown = ", ".join(compact(iri, app.workspace.prefixes) for iri in fetched.unanswered[:_SHOWN])
        say(f"nothing is said of {len(fetched.unanswered):,} of {len(fetched.asked):,}: {shown}{more}")
