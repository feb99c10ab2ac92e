"""What the files of `graph/` say in one RDF document: to the letter, in an order that depends on nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import canonicalization, names
from .. import turtle as files
from ..errors import InputError
from ..index import triples_in
from ..results import counted
from .wanted import Export, Wanted, single

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..index import Index
    from ..model import Claim

Graphs = dict[str, list[ox.Triple]]
REIFIES = names.RDF + "reifies"
_REIFIED = (names.SUBJECT, names.PREDICATE, names.OBJECT)
_NAME_START = (
    r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF"
    r"\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_ENDS_IN_NAME = re.compile(rf"[{_NAME_START}][-.0-9\u00B7\u0300-\u036F\u203F\u2040{_NAME_START}]*\Z")
_RESERVED = frozenset(
    names.RDF + name
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype"),
        *("li", "Description", "aboutEach", "aboutEachPrefix", "bagID"),
    )
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def turtle(wanted: Wanted) -> Export:
    """Return one document in the form of the graph files."""
    triples = union(graphs_of(wanted))
    return single(files.laid_out(files.ordered(triples), wanted.index.workspace.prefixes).encode(), counted(len(triples), "triple"))


def turtle12(wanted: Wanted) -> Export:
    """Return Turtle of RDF 1.2: a claim `rdf:reifies` its triple, in place of the three properties of RDF 1.1."""
    triples, claims = reified(union(graphs_of(wanted)))
    text = files.laid_out(files.ordered(triples), wanted.index.workspace.prefixes)
    return single(text.encode(), f"{counted(len(triples), 'triple')}, {claims:,} of them reified")


def trig(wanted: Wanted) -> Export:
    """Return a document with a block a graph, each in the order of the graph files."""
    graphs = {graph: files.ordered(said) for graph, said in graphs_of(wanted).items()}
    prefixes = files.used(union(graphs), wanted.index.workspace.prefixes)
    names_of_graphs = " ".join(graphs)
    prefixes |= {prefix: iri for prefix, iri in wanted.index.workspace.prefixes.items() if iri in names_of_graphs}
    data = ox.serialize(_quads(graphs), format=ox.RdfFormat.TRIG, prefixes=prefixes) or b""
    return single(data, quantity(graphs))


def nquads(wanted: Wanted) -> Export:
    """Return the canonical form (RDFC-1.0) of the data set: its SHA-256 is the content hash."""
    graphs = graphs_of(wanted)
    lines = canonicalization.lines(graphs.items())
    return single(b"".join(line + b"\n" for line in lines), quantity(graphs))


def rdfxml(wanted: Wanted) -> Export:
    """Return RDF/XML; InputError for what XML has no place for."""
    triples = union(graphs_of(wanted))
    refuse_new(triples, "RDF/XML")
    for triple in triples:
        _refuse_for_xml(triple)
    prefixes = files.used(triples, wanted.index.workspace.prefixes)
    data = ox.serialize(files.ordered(triples), format=ox.RdfFormat.RDF_XML, prefixes=prefixes) or b""
    # A reader of XML takes a bare carriage return for a line feed.
    return single(data.replace(b"\r", b"&#13;"), counted(len(triples), "triple"))


def graphs_of(wanted: Wanted) -> Graphs:
    """Return what is wanted of each named graph, as it is spelled; of what is no file, all in one graph without a name.

    Blank nodes are called `b0` and so on in the order in which they come.
    """
    index = wanted.index
    found: Graphs = {index.workspace.graph_iri(path): list(dict.fromkeys(triples_in(path))) for path in index.files}
    if not found:
        found = {"": [quad.triple for quad in index.store.quads_for_pattern(None, None, None, ox.DefaultGraph())]}
    if wanted.claims is not None or "" in found:
        chosen = _everything(index) if wanted.claims is None else _mentioned(index, wanted.claims)
        found = {graph: list(_about(said, chosen)) for graph, said in found.items()}
    return _renamed({graph: said for graph, said in found.items() if said})


def union(graphs: Graphs) -> list[ox.Triple]:
    """Return what all graphs say together, each triple once."""
    return list(dict.fromkeys(triple for said in graphs.values() for triple in said))


def reified(triples: Iterable[ox.Triple]) -> tuple[list[ox.Triple], int]:
    """Return triples in which each claim reifies its triple, and how many claims do; what is no whole triple stays as it is."""
    parts: dict[object, dict[str, list[ox.Triple]]] = {}
    found, reifies = [], ox.NamedNode(REIFIES)
    for triple in triples:
        if triple.predicate.value in _REIFIED:
            parts.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple)
        else:
            found.append(triple)
    claims = 0
    for claim, said in parts.items():
        terms = [said[name][0].object for name in _REIFIED if len(said.get(name, ())) == 1]
        if len(terms) == len(_REIFIED) and isinstance(terms[0], ox.NamedNode | ox.BlankNode) and isinstance(terms[1], ox.NamedNode):
            found.append(ox.Triple(claim, reifies, ox.Triple(*terms)))  # type: ignore[arg-type]  # looked at above
            claims += 1
        else:
            found += [triple for group in said.values() for triple in group]
    return found, claims


def refuse_new(triples: Iterable[ox.Triple], title: str) -> None:
    """Refuse what came with RDF 1.2, for a format that has no place for it."""
    for triple in triples:
        if isinstance(triple.object, ox.Triple) or (isinstance(triple.object, ox.Literal) and triple.object.direction):
            raise InputError(f"{triple.subject} says {triple.object}, which is RDF 1.2: {title} has no place for it; trig has")


def _refuse_for_xml(triple: ox.Triple) -> None:
    predicate, value = triple.predicate.value, triple.object
    if predicate in _RESERVED or not _ENDS_IN_NAME.search(predicate):
        raise InputError(f"the predicate <{predicate}> does not end in an XML name, so RDF/XML cannot write it; turtle can")
    forbidden = _NOT_XML.search(value.value) if isinstance(value, ox.Literal) else None
    if forbidden:
        raise InputError(f"{triple.subject} has a literal with U+{ord(forbidden[0]):04X}, which XML cannot hold; turtle can")


def _everything(index: Index) -> set[str]:
    """Return what a workspace holds, as opposed to its ontology, which an endpoint has in the same graph."""
    return {claim.iri for claim in index.all_claims} | index.passages.keys() | index.sources.keys() | index.entities.keys()


def _mentioned(index: Index, claims: Iterable[Claim]) -> set[str]:
    """Return what claims are made of: themselves, their passages and the sources of these, and whatever they name."""
    found: set[str] = set()
    for claim in claims:
        ends = (claim.iri, claim.subject, claim.relation, claim.object, claim.claimant, claim.reported_by, claim.unit, claim.creator)
        found.update(end for end in ends if isinstance(end, str))
        found.update(claim.passages)
    found.update(index.passages[iri].source for iri in found & index.passages.keys())
    others = {claim.iri for claim in index.all_claims} - {claim.iri for claim in claims}
    return found - others


def _about(said: Iterable[ox.Triple], chosen: set[str]) -> Iterator[ox.Triple]:
    """Yield the triples about what is chosen, and about the blank nodes that these speak of."""
    by_subject: dict[object, list[ox.Triple]] = {}
    for triple in said:
        by_subject.setdefault(triple.subject, []).append(triple)
    waiting: list[object] = [subject for subject in by_subject if isinstance(subject, ox.NamedNode) and subject.value in chosen]
    while waiting:
        for triple in by_subject.pop(waiting.pop(0), ()):
            yield triple
            if isinstance(triple.object, ox.BlankNode):
                waiting.append(triple.object)


def _renamed(graphs: Graphs) -> Graphs:
    called: dict[object, ox.BlankNode] = {}

    def name(term: object) -> object:
        return called.setdefault(term, ox.BlankNode(f"b{len(called)}")) if isinstance(term, ox.BlankNode) else term

    def is_named(triple: ox.Triple) -> bool:
        return not (isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode))

    return {
        graph: [each if is_named(each) else ox.Triple(name(each.subject), each.predicate, name(each.object)) for each in said]  # type: ignore[arg-type]
        for graph, said in graphs.items()
    }


def _quads(graphs: Graphs) -> Iterator[ox.Quad]:
    for graph, said in graphs.items():
        name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        yield from (ox.Quad(each.subject, each.predicate, each.object, name) for each in said)


def quantity(graphs: Graphs) -> str:
    """Return how much graphs say, in words."""
    return f"{counted(sum(map(len, graphs.values())), 'triple')} in {counted(len(graphs), 'graph')}"
