"""What a shell may complete: the names of queries, and the names and values of their parameters.

A shell gives the words of the line so far; bash gives them broken at colons, too, and wants only what comes after the last one.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING

from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import click

    from ..index import Index
    from ..saved import SavedQuery
    from ..workspace import Workspace

_SUFFIX = ".rq"
_FLAGS = ("-p", "--param")
_MOST = 200
"""How many things are offered at most: nobody reads more, and a shell asks before it lists them."""


class _Bash(BashComplete):
    """bash, which breaks `ent:taliban` into three words where a colon is among its COMP_WORDBREAKS, as it is unless changed."""

    def get_completion_args(self) -> tuple[list[str], str]:
        words, at = split_arg_string(os.environ["COMP_WORDS"]), int(os.environ["COMP_CWORD"])
        whole = _joined([*words, ""][: at + 1])
        self.cut = len(whole[-1].rpartition(":")[0]) + 1 if ":" in words[at - 1 : at + 1] else 0
        return whole[1:-1], whole[-1]

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.type},{item.value[self.cut :]}"


add_completion_class(_Bash)


def _joined(words: list[str]) -> list[str]:
    """Return the words with those put together again that a colon stands between.

    >>> _joined(["kg", "-p", "who", "ent", ":", "ta"])
    ['kg', '-p', 'who', 'ent:ta']
    """
    found: list[str] = []
    for number, word in enumerate(words):
        if found and number and (word == ":" or words[number - 1] == ":"):
            found[-1] += word
        else:
            found.append(word)
    return found


def query(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a saved query."""
    paths = _workspace(ctx).queries_dir.rglob("*" + _SUFFIX)
    return [CompletionItem(name) for name in sorted(path.stem for path in paths) if name.startswith(incomplete)]


def parameter(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a parameter of the query on the line, or its value: prefixes, things by id or label, the values of a list."""
    words = _words()
    asked = _asked(_workspace(ctx), words)
    parameters = asked.parameters if asked else ()
    if words[-1:] and words[-1] in _FLAGS:
        return [CompletionItem(item.name, help=item.words) for item in parameters if item.name.startswith(incomplete)]
    kind = next((item.type for item in parameters if words[-1:] == [item.name]), "iri")
    return list(_values(_workspace(ctx), kind, incomplete))


def _words() -> list[str]:
    """Return the words before the one that is being completed; click tells only what it could parse of them."""
    words, current = split_arg_string(os.environ.get("COMP_WORDS", "")), os.environ.get("COMP_CWORD", "0")
    if os.environ.get("_KG_COMPLETE", "").startswith("fish"):  # it gives the word itself, not its number
        return words[:-1] if words[-1:] == split_arg_string(current)[:1] else words
    return _joined([*words, ""][: int(current) + 1])[:-1]


def _asked(space: Workspace, words: list[str]) -> SavedQuery | None:
    """Return the saved query that the line names so far."""
    from .. import saved
    from ..errors import KgError

    known = saved.find_all(space.queries_dir)
    named = next((word for before, word in pairwise(words) if word in known and not before.startswith("-")), None)
    try:
        return saved.read(known[named]) if named else None
    except KgError:  # a shell that completes says nothing
        return None


def _workspace(ctx: click.Context) -> Workspace:
    from ..workspace import find

    return find(ctx.find_root().params.get("directory"))


def _values(space: Workspace, kind: str, incomplete: str) -> Iterator[CompletionItem]:
    from ..parameters import TYPES, Parameter

    if Parameter("value", kind).is_thing:
        yield from _things(space, kind, incomplete)
        return
    choices = TYPES[kind][0].replace("(?:kg:)?", "").split("|")
    if all(choice.lstrip("-").isalnum() for choice in choices):
        yield from (CompletionItem(choice) for choice in choices if choice.startswith(incomplete))


def _things(space: Workspace, kind: str, incomplete: str) -> Iterator[CompletionItem]:
    """Yield prefixes as long as there is no colon, then things whose id begins so, then those with a label that does."""
    from ..index import load
    from ..lookup import Lookup, deprecated
    from ..names import compact

    index = load(space)
    home = {"claim": "claim", "relation": "rel"}.get(kind)
    wanted = incomplete.casefold()
    speakers = _claimants(index) if kind == "claimant" else index.labels.keys() - deprecated(index)
    labels = sorted((compact(iri, space.prefixes), label) for iri, label in index.labels.items() if iri in speakers)
    fitting = [(curie, label) for curie, label in labels if home is None or curie.startswith(home + ":")]
    if ":" in incomplete:
        found = [(curie, label) for curie, label in fitting if curie.startswith(incomplete)]
    else:
        prefixes = {home} if home else {curie.partition(":")[0] for curie, _ in fitting} if incomplete else {"ent"}
        declared = sorted(prefixes & set(space.prefixes))
        found = [(f"{prefix}:", space.prefixes[prefix]) for prefix in declared if prefix.startswith(incomplete)]
        if incomplete:
            linked = {compact(iri, space.prefixes) for iri in Lookup(space.prefixes, index=index).linked}
            fitting = [pair for pair in fitting if pair[0] not in linked]  # it is offered as what it is here
            known = {curie for curie, _ in fitting}
            found += [(curie, label) for curie, label in fitting if label.casefold().startswith(wanted)]
            found += [(curie, label) for curie, label in _known_otherwise(index, wanted) if curie in known]
    for curie, label in list(dict(found).items())[:_MOST]:
        yield CompletionItem(curie, help=label)


def _claimants(index: Index) -> set[str]:
    return {claim.claimant for claim in index.all_claims}


def _known_otherwise(index: Index, wanted: str) -> Iterable[tuple[str, str]]:
    """Return the things with an alternative label that begins so."""
    from ..lookup import Lookup

    lookup = Lookup(index.workspace.prefixes, index=index)
    found = ((lookup.compact(iri), label) for label, iri in lookup.alternatives)
    return sorted((curie, label) for curie, label in found if wanted and label.casefold().startswith(wanted))
