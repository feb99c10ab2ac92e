"""A workspace as an `rdflib.Dataset`: the same store, the same default graph, read-only, and asking nobody else.

Queries are answered by Oxigraph through oxrdflib, after the same pre-flight as everywhere. What would change the data, reach another host
or leave the pre-flight out is refused, since rdflib would do it without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from . import guard
from .errors import RefusedError

if TYPE_CHECKING:
    import rdflib

    from .index import Index

_READ_ONLY = "the dataset is read-only; change the files of the workspace, or copy the triples into a graph of your own"


def open_dataset(index: Index) -> rdflib.Dataset:
    """Return the loaded files as an `rdflib.Dataset`: default graph, one named graph a file, and `kg:plain`."""
    import rdflib

    index.add_graphs()
    dataset = rdflib.Dataset(store=_store(index))
    for prefix, iri in index.workspace.prefixes.items():
        dataset.bind(prefix, iri, replace=True)
    return dataset


def _store(index: Index) -> Any:
    from oxrdflib import OxigraphStore

    class GuardedStore(OxigraphStore):
        """Oxigraph's store for rdflib, with every door but reading shut."""

        def query(self, query: Any, *arguments: Any, **options: Any) -> Any:
            if not isinstance(query, str):
                raise RefusedError("a prepared query cannot be looked over; give its text")
            if any(token.kind == "word" and token.text.upper() == "FROM" for token in guard.check(query)):
                raise RefusedError("FROM is not read here; name graphs with GRAPH")
            return super().query(query, *arguments, **options)

        def _refuse(self, *_arguments: Any, **_options: Any) -> NoReturn:
            raise RefusedError(_READ_ONLY)

        add = addN = remove = update = remove_graph = destroy = _refuse  # noqa: N815  # rdflib's names

    return GuardedStore(store=index.store)
