"""What the files of a workspace say, loaded: the store that queries see and the claim table that everything else reads.

Each file of `graph/` is a named graph. The default graph of the store is the union of sources, entities, links, snapshots and ontology, so
that every engine on top of it (SPARQL here, rdflib outside) answers over the same triples without being told. The rooms that make records
of triples are imported on first use: a query needs none of them.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import IO, TYPE_CHECKING, TypeVar, cast

import pyoxigraph as ox

from . import names, turtle
from .errors import InputError, LimitError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from . import triples
    from .model import Claim, Entity, Passage, Relation, Source
    from .workspace import Workspace

Record = TypeVar("Record")
_LABELS = (names.PREF_LABEL, names.LABEL)


class Index:
    """The loaded workspace: `store` for questions, and the records for whole-graph work, each read on first use."""

    has_foreign = True
    """Whether links and snapshots are loaded, too, where there are any."""

    def __init__(self, workspace: Workspace, store: ox.Store) -> None:
        self.workspace = workspace
        self.store = store
        self._has_graphs = False

    @property
    def files(self) -> list[Path]:
        """The files that are its named graphs; none where what is indexed came from documents or from an endpoint."""
        return self.workspace.data_files

    @cached_property
    def all_claims(self) -> tuple[Claim, ...]:
        """Every claim, one row each, by IRI."""
        from . import triples

        return self._records(names.CLAIM, triples.claim_from_triples)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The accepted claims, one row each, by IRI: what views, measures and exports look at."""
        return tuple(claim for claim in self.all_claims if claim.status == "accepted")

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """The passages by IRI."""
        from . import triples

        return {record.iri: record for record in self._records(names.PASSAGE, triples.passage_from_triples)}

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The sources by IRI."""
        from . import triples

        return {record.iri: record for record in self._records(names.SOURCE, triples.source_from_triples)}

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """The relations by IRI."""
        from . import triples

        return {record.iri: record for record in self._records(names.RELATION, triples.relation_from_triples)}

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """The entities by IRI: every subject with a preferred label in the workspace's own namespace of entities."""
        from . import triples

        own = self.workspace.prefixes["ent"]
        subjects = {quad.subject for quad in self._match(predicate=names.PREF_LABEL) if isinstance(quad.subject, ox.NamedNode)}
        wanted = sorted(subject.value for subject in subjects if subject.value.startswith(own))
        return {iri: triples.entity_from_triples(iri, self.said_of(iri)) for iri in wanted}

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of every subject that has one: preferred labels before others, English before other languages."""
        found: dict[str, tuple[int, str]] = {}
        for rank, predicate in enumerate(_LABELS):
            for quad in self._match(predicate=predicate):
                if isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode):
                    candidate = (2 * rank + (quad.object.language != "en"), quad.object.value)
                    found[quad.subject.value] = min(candidate, found.get(quad.subject.value, candidate))
        return {iri: label for iri, (_, label) in found.items()}

    @cached_property
    def content_hash(self) -> str | None:
        """The SHA-256 of the canonical form (RDFC-1.0) of the data set that the files of `graph/` are, in lower-case hexadecimal.

        None for what came from documents or from an endpoint: it is no data set of this workspace, and who sent it may have spelled
        it anew. The files are read again, since the store forgets spellings. LimitError where their blank nodes are too alike.
        """
        from .canonicalization import content_hash

        graphs = ((self.workspace.graph_iri(path), triples_in(path)) for path in self.files)
        return content_hash(graphs) if self.files else None

    @cached_property
    def shown_hash(self) -> str:
        """The content hash as pages show it; nothing where there is none, or where none could be found in time."""
        try:
            return f"sha256:{self.content_hash}" if self.content_hash else ""
        except LimitError:
            return ""

    def said_of(self, iri: str) -> Mapping[str, list[triples.Term]]:
        """Return what the default graph says of one subject: predicate IRI to objects."""
        from . import triples

        return triples.properties_by_subject(self._match(subject=iri)).get(iri, {})

    def add_graphs(self) -> None:
        """Add the named graphs, for those who reach for them with GRAPH or FROM: the files of `graph/`, and `kg:plain`.

        Most questions name no graph, and go without the second copy. `kg:plain` holds the bare triple of every claim that `is_plain`: it
        says what somebody affirms, not what is so.
        """
        if self._has_graphs:
            return
        self._has_graphs = True
        for path in self.files:
            _add(self.store, path, graph=self.workspace.graph_iri(path))
        self._add_plain()

    def _add_plain(self) -> None:
        from . import triples

        graph = ox.NamedNode(names.PLAIN)
        self.store.extend(
            ox.Quad(ox.NamedNode(claim.subject), ox.NamedNode(claim.relation), triples.object_to_term(claim.object), graph)
            for claim in self.claims
            if is_plain(claim)
        )

    def _match(self, *, subject: str | None = None, predicate: str | None = None) -> Iterable[ox.Quad]:
        return self.store.quads_for_pattern(
            ox.NamedNode(subject) if subject else None, ox.NamedNode(predicate) if predicate else None, None, ox.DefaultGraph()
        )

    def _records(self, kind: str, read: Callable[[str, triples.Properties], Record]) -> tuple[Record, ...]:
        found = self.store.quads_for_pattern(None, ox.NamedNode(names.TYPE), ox.NamedNode(kind), ox.DefaultGraph())
        subjects = sorted({quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode)})
        return tuple(read(iri, self.said_of(iri)) for iri in subjects)


def is_plain(claim: Claim) -> bool:
    """Tell whether a claim may stand as a bare triple: affirmed, certain or unspecified, without modality, not derived."""
    return (
        claim.status == "accepted"
        and claim.polarity == "affirmed"
        and claim.certainty in {"certain", "unspecified"}
        and claim.modality is None
        and not claim.derived_from
    )


def load(workspace: Workspace, *, foreign: bool = True) -> Index:
    """Load the files of a workspace into memory; InputError with file and line where one cannot be read, or leads out of the workspace.

    Without `foreign`, links and snapshots are left out: what ties the workspace to others, and what others say.
    """
    workspace.refuse_ways_out()
    store = ox.Store()
    for path in [*workspace.ontology_files, *(workspace.data_files if foreign else workspace.graph_files)]:
        _add(store, path)
    index = Index(workspace, store)
    index.has_foreign = foreign
    return index


def triples_in(path: Path) -> Iterator[ox.Triple]:
    """Yield what a file of a workspace says, spelled as it spells it; its blank nodes are those of no other file.

    What the file has twice comes twice. InputError or StorageError where it cannot be read.
    """
    try:
        if path.suffix == ".gz":
            yield from _import(path)
        elif path.suffix == ".tsv":
            from . import mappings

            yield from mappings.triples(mappings.read(path))
        else:
            yield from turtle.stream(path.read_bytes(), path=path)
    except OSError as error:
        raise StorageError(f"cannot read: {error.strerror or error}", path=path) from None


def _add(store: ox.Store, path: Path, *, graph: str | None = None) -> None:
    try:
        if path.suffix == ".gz":
            _add_import(store, path, graph)
        elif path.suffix == ".tsv":
            _add_mappings(store, path, graph)
        else:
            turtle.load(store, path.read_bytes(), graph=graph, path=path)
    except OSError as error:
        raise StorageError(f"cannot read: {error.strerror or error}", path=path) from None


def _add_mappings(store: ox.Store, path: Path, graph: str | None) -> None:
    from .sssom.reading import pairs_of

    target = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    pairs = (map(ox.NamedNode, pair) for pair in pairs_of(path.read_bytes(), path))
    store.extend(ox.Quad(subject, predicate, value, target) for subject, predicate, value in pairs)


def _add_import(store: ox.Store, path: Path, graph: str | None) -> None:
    target = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    with _opened(path) as file:
        store.bulk_load(file, format=ox.RdfFormat.N_TRIPLES, to_graph=target)


def _import(path: Path) -> Iterator[ox.Triple]:
    with _opened(path) as file:
        yield from (quad.triple for quad in ox.parse(file, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=True))


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a gzipped import to be read; InputError where what is read is not valid, or ends too early."""
    import gzip
    import zlib

    try:
        with gzip.open(path) as file:
            yield cast("IO[bytes]", file)
    except SyntaxError as error:
        raise InputError(error.msg, path=path, line=error.lineno, column=error.offset) from None
    except EOFError:
        raise InputError("the compressed file ends too early", path=path) from None
    except zlib.error:
        raise InputError("the compressed file is damaged; compress it again", path=path) from None
