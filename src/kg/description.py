"""What a workspace says about its data set, in the words of VoID and DCAT: how much there is, of what, from where, and how to get it.

The data set is named once, whoever speaks of it: `<base>dataset`. See https://www.w3.org/TR/void/ and https://www.w3.org/TR/vocab-dcat-3/.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pyoxigraph as ox

from . import names, targets
from .workspace import SNAPSHOTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .index import Index
    from .settings import About

Subject: TypeAlias = "ox.NamedNode | ox.BlankNode"
__all__ = [
    "DCAT",
    "VOID",
    "Distribution",
    "Words",
    "data_of",
    "iri_of",
    "licence_of",
    "named",
    "number",
    "say_checksum",
    "say_contents",
    "say_distribution",
    "say_licence",
    "say_linksets",
    "size_of",
    "term_of",
    "title_of",
]

VOID, DCAT, FOAF = names.VOID, "http://www.w3.org/ns/dcat#", names.FOAF
SPDX, VCARD = "http://spdx.org/rdf/terms#", "http://www.w3.org/2006/vcard/ns#"
PREFIXES = {"dcat": DCAT, "foaf": FOAF, "spdx": SPDX, "vcard": VCARD, "void": VOID}
"""What a document of this description abbreviates beside the prefixes of the workspace."""
_LICENCE_NAMES = {
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
}
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_UNREGISTERED = {"application/gexf+xml", "application/graphml+xml"}
"""Media types that are in use and that IANA has no address for: `dcat:mediaType` is not for them."""
_MATCHES = tuple(names.SKOS + each for each in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"))
_PARTITIONS = 200
_UNTITLED = "Who says what about whom"


class Distribution(NamedTuple):
    """A file that holds the data set: its address, what is in it, and how to tell that it arrived whole.

    `standard` is the specification that it follows, where its media type does not say enough.
    """

    address: str
    title: str
    media_type: str
    size: int
    digest: str
    standard: str = ""


class Words:
    """Triples as they are said, one after the other."""

    def __init__(self) -> None:
        self.said: list[ox.Triple] = []

    def say(self, subject: Subject, predicate: str, *objects: ox.NamedNode | ox.BlankNode | ox.Literal) -> None:
        """Say something of a subject."""
        self.said += [ox.Triple(subject, ox.NamedNode(predicate), each) for each in objects]

    def part(self, whole: Subject, predicate: str, label: str) -> ox.BlankNode:
        """Say that something has a part, and return the part, which has no name."""
        node = ox.BlankNode(label)
        self.say(whole, predicate, node)
        return node


def iri_of(index: Index) -> str:
    """Return the name of the data set of a workspace."""
    return index.workspace.base + "dataset"


def title_of(index: Index) -> str:
    """Return what the data set is called: as its only source, else in words that always fit."""
    titles = [source.title or source.label for source in index.sources.values()]
    return titles[0] if len(titles) == 1 else _UNTITLED


def licence_name(licence: str) -> str:
    """Return how people call a licence, else what states it."""
    return _LICENCE_NAMES.get(licence, licence)


def licence_of(index: Index) -> str:
    """Return the licence that a graph file states for its own graph, else nothing; that of a snapshot is another's."""
    own = index.workspace.prefixes["graph"]
    found = index.store.quads_for_pattern(None, ox.NamedNode(names.LICENCE), None, ox.DefaultGraph())
    stated = sorted(
        quad.object.value
        for quad in found
        if isinstance(quad.subject, ox.NamedNode)
        and quad.subject.value.startswith(own)
        and not quad.subject.value.startswith(f"{own}{SNAPSHOTS}/")
        and isinstance(quad.object, ox.NamedNode | ox.Literal)
    )
    return stated[0] if stated else ""


def named(index: Index) -> str:
    """Return what the data set is called where others list it: not as its text is, which has another author and licence."""
    title = title_of(index)
    return title if title == _UNTITLED else f"Who says what in “{title}”"


def data_of(index: Index) -> ox.Store:
    """Return the triples of the data set alone, as its files have them: those of the ontology, which is another's, are not among them."""
    if not index.files:
        return index.store
    index.add_graphs()
    found = ox.Store()
    for path in index.files:
        graph = ox.NamedNode(index.workspace.graph_iri(path))
        found.extend(ox.Quad(*quad.triple) for quad in index.store.quads_for_pattern(None, None, None, graph))
    return found


def say_contents(words: Words, index: Index, at: Subject, data: ox.Store) -> None:
    """Say of a data set what it is, who stands for it, and what it holds: how many triples of which classes and properties."""
    words.say(at, names.TYPE, ox.NamedNode(VOID + "Dataset"), ox.NamedNode(DCAT + "Dataset"))
    words.say(at, names.TITLE, ox.Literal(named(index), language="en"))
    say_licence(words, at, licence_of(index))
    _say_stated(words, at, index.workspace.about)
    words.say(at, VOID + "uriSpace", ox.Literal(index.workspace.base))
    words.say(at, VOID + "triples", number(size_of(data)))
    words.say(at, VOID + "entities", number(len(index.entities)))
    for key, source in sorted(index.sources.items()):
        words.say(at, names.DCTERMS + "source", ox.NamedNode(key))
        words.say(ox.NamedNode(key), names.TITLE, ox.Literal(source.title or source.label))
    words.say(at, VOID + "vocabulary", *map(ox.NamedNode, _vocabularies(index, data)))
    _say_partitions(words, data, at, "class", "entities", "SELECT ?k (COUNT(?s) AS ?n) { ?s a ?k }")
    _say_partitions(words, data, at, "property", "triples", "SELECT ?k (COUNT(?s) AS ?n) { ?s ?k ?o }")


def _say_stated(words: Words, at: Subject, about: About) -> None:
    """Say what the workspace states of itself: who publishes it, whom to ask about it, and what it is about."""
    if about.publisher:
        agent = words.part(at, names.DCTERMS + "publisher", "publisher")
        words.say(agent, names.TYPE, ox.NamedNode(FOAF + "Agent"))
        words.say(agent, FOAF + "name", ox.Literal(about.publisher.name))
        words.say(agent, FOAF + "homepage", *_addresses(about.publisher.url))
    if about.contact:
        contact = words.part(at, DCAT + "contactPoint", "contact")
        words.say(contact, names.TYPE, ox.NamedNode(VCARD + "Kind"))
        words.say(contact, VCARD + "fn", ox.Literal(about.contact.name))
        words.say(contact, VCARD + "hasEmail", *_addresses(about.contact.email and f"mailto:{about.contact.email}"))
        words.say(contact, VCARD + "hasURL", *_addresses(about.contact.url))
    words.say(at, DCAT + "keyword", *map(ox.Literal, about.keywords))


def _addresses(address: str) -> list[ox.NamedNode]:
    return [ox.NamedNode(address)] if address else []


def say_linksets(words: Words, index: Index, at: Subject, data: ox.Store) -> None:
    """Say which other data sets the things of this one are linked to, how, and how often."""
    counts = _links(index, data)
    spaces = sorted({space for space, _ in counts})
    others = {space: ox.BlankNode(f"target{place}") for place, space in enumerate(spaces)}
    titles = {target.space: target.title for target in targets.TARGETS}
    for space, other in others.items():
        words.say(other, names.TYPE, ox.NamedNode(VOID + "Dataset"))
        words.say(other, VOID + "uriSpace", ox.Literal(space))
        if space in titles:
            words.say(other, names.TITLE, ox.Literal(titles[space]))
    for place, ((space, match), count) in enumerate(sorted(counts.items())):
        linkset = words.part(at, VOID + "subset", f"linkset{place}")
        words.say(linkset, names.TYPE, ox.NamedNode(VOID + "Linkset"))
        words.say(linkset, VOID + "subjectsTarget", at)
        words.say(linkset, VOID + "objectsTarget", others[space])
        words.say(linkset, VOID + "linkPredicate", ox.NamedNode(match))
        words.say(linkset, VOID + "triples", number(count))


def say_distribution(words: Words, at: Subject, node: ox.NamedNode, given: Distribution, licence: str = "") -> None:
    """Say that a file is the data set, or a part or picture of it, where it is, and under which licence."""
    address = ox.NamedNode(given.address)
    words.say(at, DCAT + "distribution", node)
    words.say(node, names.TYPE, ox.NamedNode(DCAT + "Distribution"))
    words.say(node, names.TITLE, ox.Literal(given.title))
    words.say(node, DCAT + "accessURL", address)  # DCAT-AP wants it even where it is the same
    words.say(node, DCAT + "downloadURL", address)
    say_licence(words, node, licence)
    _say_form(words, node, given)
    words.say(node, DCAT + "byteSize", ox.Literal(str(given.size), datatype=ox.NamedNode(names.XSD + "nonNegativeInteger")))
    say_checksum(words, node, given.digest)


def _say_form(words: Words, node: ox.NamedNode, given: Distribution) -> None:
    if given.media_type in _UNREGISTERED:
        form = words.part(node, names.DCTERMS + "format", "form" + given.media_type.partition("/")[2].replace("+", "-"))
        words.say(form, names.TYPE, ox.NamedNode(names.DCTERMS + "MediaType"))
        words.say(form, names.LABEL, ox.Literal(given.media_type))
    else:
        words.say(node, DCAT + "mediaType", ox.NamedNode(_MEDIA_TYPES + given.media_type))
    words.say(node, names.DCTERMS + "conformsTo", *([ox.NamedNode(given.standard)] if given.standard else []))


def say_licence(words: Words, at: Subject, licence: str) -> None:
    """Say the licence of something, where it is known."""
    words.say(at, names.LICENCE, *([term_of(licence)] if licence else []))


def say_checksum(words: Words, at: Subject, digest: str) -> None:
    """Say the SHA-256 of something, in lower-case hexadecimal."""
    node = words.part(at, SPDX + "checksum", f"checksum{digest}")
    words.say(node, names.TYPE, ox.NamedNode(SPDX + "Checksum"))
    words.say(node, SPDX + "algorithm", ox.NamedNode(SPDX + "checksumAlgorithm_sha256"))
    words.say(node, SPDX + "checksumValue", ox.Literal(digest, datatype=ox.NamedNode(names.XSD + "hexBinary")))


def size_of(store: ox.Store, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph | None = None) -> int:
    """Return how many triples a graph has, or the default graph."""
    where = f"GRAPH {graph} {{ ?s ?p ?o }}" if isinstance(graph, ox.NamedNode | ox.BlankNode) else "?s ?p ?o"
    return int(next(iter(_rows(store, f"SELECT (COUNT(*) AS ?n) {{ {where} }}")))["n"].value)


def number(count: int) -> ox.Literal:
    """Return a count as a literal."""
    return ox.Literal(str(count), datatype=ox.NamedNode(names.XSD + "integer"))


def _say_partitions(  # noqa: PLR0917  the steps of one function
    words: Words, data: ox.Store, at: Subject, kind: str, what: str, query: str
) -> None:
    found = list(_rows(data, f"{query} GROUP BY ?k ORDER BY DESC(?n) ?k"))
    words.say(at, VOID + {"class": "classes", "property": "properties"}[kind], number(len(found)))
    for place, (key, count) in enumerate(found[:_PARTITIONS]):
        part = words.part(at, f"{VOID}{kind}Partition", f"{kind}{place}")
        words.say(part, VOID + kind, key)
        words.say(part, VOID + what, ox.Literal(count.value, datatype=ox.NamedNode(names.XSD + "integer")))


def _links(index: Index, data: ox.Store) -> Counter[tuple[str, str]]:
    """Count the links of own things to those of others, by the space of the others and the property."""
    own = (index.workspace.base, names.BASE)
    known = {*index.workspace.prefixes.values(), *(target.space for target in targets.TARGETS)}
    spaces = [space for space in known if not space.startswith(own)]
    found: Counter[tuple[str, str]] = Counter()
    for match in _MATCHES:
        for quad in data.quads_for_pattern(None, ox.NamedNode(match), None, ox.DefaultGraph()):
            subject, target = quad.subject, quad.object
            is_own = isinstance(subject, ox.NamedNode) and subject.value.startswith(own)
            if is_own and isinstance(target, ox.NamedNode) and not target.value.startswith(own):
                found[_space_of(target.value, spaces), match] += 1
    return found


def _space_of(iri: str, spaces: Sequence[str]) -> str:
    """Return what the names of another data set begin with: a known prefix, else the scheme and the host.

    >>> _space_of("http://www.wikidata.org/entity/Q1", ["http://www.wikidata.org/entity/"]), _space_of("https://example.org/a/b", [])
    ('http://www.wikidata.org/entity/', 'https://example.org/')
    """
    known = [space for space in spaces if iri.startswith(space)]
    return max(known, key=len) if known else "/".join([*iri.split("/")[:3], ""]) if "://" in iri else iri.partition(":")[0] + ":"


def _vocabularies(index: Index, data: ox.Store) -> Iterable[str]:
    """Yield the vocabularies that the data set speaks, of those that have a prefix: their classes and properties occur."""
    rows = [*_rows(data, "SELECT DISTINCT ?k { ?s a ?k }"), *_rows(data, "SELECT DISTINCT ?k { ?s ?k ?o }")]
    used = {row["k"].value for row in rows if isinstance(row["k"], ox.NamedNode)}
    own = index.workspace.base
    for space in sorted(index.workspace.prefixes.values()):
        if not (space.startswith(own) and own != names.BASE) and any(iri.startswith(space) for iri in used):
            yield space


def _rows(store: ox.Store, query: str) -> ox.QuerySolutions:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101  it is a SELECT
    return found


def term_of(text: str) -> ox.NamedNode | ox.Literal:
    """Return what a text names, where it is an IRI, else the text.

    >>> [type(term_of(text)).__name__ for text in ("https://example.org/licence", "https://example.org/my licence")]
    ['NamedNode', 'Literal']
    """
    try:
        return ox.NamedNode(text) if names.is_web(text) else ox.Literal(text)
    except ValueError:
        return ox.Literal(text)
