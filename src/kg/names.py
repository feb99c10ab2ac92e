"""The names of things: the prefix map, and every IRI of the ontology as a constant.

IRIs are plain strings here; `kg.triples` turns them into terms.
"""

from __future__ import annotations

import re
import unicodedata

from .errors import InputError

BASE = "https://w3id.org/claimgraph/"
"""Where a workspace that sets no `base` of its own keeps its entities, claims, passages, sources and graphs."""

KG = BASE + "ontology#"
REL = BASE + "relation/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
SCHEMA = "https://schema.org/"
SEM = "http://semanticweb.cs.vu.nl/2009/11/sem/"
SH = "http://www.w3.org/ns/shacl#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
GEO = "http://www.opengis.net/ont/geosparql#"
FOAF = "http://xmlns.com/foaf/0.1/"
VOID = "http://rdfs.org/ns/void#"
DBPEDIA = "http://dbpedia.org/resource/"
ISO_3166 = "https://www.iso.org/obp/ui/#iso:code:3166:"
WIKIDATA = "http://www.wikidata.org/entity/"
WIKIDATA_DIRECT = "http://www.wikidata.org/prop/direct/"

_VOCABULARIES = {
    "dbr": DBPEDIA,
    "dcterms": DCTERMS,
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "foaf": FOAF,
    "geo": GEO,
    "iso3166": ISO_3166,
    "kg": KG,
    "oa": OA,
    "owl": OWL,
    "plover": BASE + "plover/",
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "rel": REL,
    "schema": SCHEMA,
    "sem": SEM,
    "sh": SH,
    "skos": SKOS,
    "unit": "http://qudt.org/vocab/unit/",
    "vann": "http://purl.org/vocab/vann/",
    "void": VOID,
    "wd": WIKIDATA,
    "wdt": WIKIDATA_DIRECT,
    "xsd": XSD,
}

# Classes
CLAIM, SOURCE, PASSAGE, RELATION, GROUP, PROJECT = (KG + name for name in ("Claim", "Source", "Passage", "Relation", "Group", "Project"))

# Properties of claims
CLAIMANT, REPORTED_BY = KG + "claimant", KG + "reportedBy"
POLARITY, CERTAINTY, MODALITY = KG + "polarity", KG + "certainty", KG + "modality"
KIND, STATUS = KG + "kind", KG + "status"
WHEN, FROM, UNTIL = KG + "when", KG + "from", KG + "until"
VALUE, UNIT = KG + "value", KG + "unit"
HAS_PASSAGE = KG + "passage"

# Terms of other vocabularies that records are made of
TYPE, LABEL = RDF + "type", RDFS + "label"
SUBJECT, PREDICATE, OBJECT = RDF + "subject", RDF + "predicate", RDF + "object"
PREF_LABEL, ALT_LABEL, DEFINITION, NOTE = SKOS + "prefLabel", SKOS + "altLabel", SKOS + "definition", SKOS + "note"
DERIVED_FROM, HAS_SOURCE = PROV + "wasDerivedFrom", OA + "hasSource"
IDENTIFIER, CREATOR, MODIFIED = DCTERMS + "identifier", DCTERMS + "creator", DCTERMS + "modified"
TITLE, ISSUED, LANGUAGE = DCTERMS + "title", DCTERMS + "issued", DCTERMS + "language"

# What a document says of itself
PRIMARY_TOPIC, IN_DATASET, LICENCE = FOAF + "primaryTopic", VOID + "inDataset", DCTERMS + "license"

# Properties of sources and passages
LENGTH, START, END = KG + "length", KG + "start", KG + "end"
PARAGRAPH, SENTENCE = KG + "paragraph", KG + "sentence"
DIGEST, NO_CLAIM = KG + "digest", KG + "noClaim"

# Properties of relations
STANCE, USUAL_KIND, INVERSE_LABEL = KG + "stance", KG + "usualKind", KG + "inverseLabel"

# The graph of bare triples, derived and never written to files
PLAIN = KG + "plain"

POLARITIES = ("affirmed", "denied")
CERTAINTIES = ("certain", "probable", "possible", "unspecified")
MODALITIES = ("ought", "demanded", "planned", "asked")
KINDS = ("event", "state", "statistic", "comparison", "evaluation", "cause", "statement", "demand", "argument")
STATUSES = ("draft", "accepted", "rejected")

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)
_UNDECLARED = re.compile(r"The prefix ([\w-]+): has not been declared")
_CURIE = re.compile(r"([A-Za-z][\w-]*):(.*)", re.ASCII | re.DOTALL)


def prefixes(base: str = BASE) -> dict[str, str]:
    """Return the prefix map of a workspace, sorted by prefix.

    >>> prefixes("https://example.org/")["ent"]
    'https://example.org/entity/'
    """
    own = {
        "claim": base + "claim/",
        "ent": base + "entity/",
        "graph": base + "graph/",
        "passage": base + "passage/",
        "src": base + "source/",
    }
    return dict(sorted((_VOCABULARIES | own).items()))


def with_declaration(message: str) -> str:
    """Return what a parser says of Turtle; of a known prefix that is not declared, with the line to add.

    >>> with_declaration("The prefix skos: has not been declared")
    'The prefix skos: has not been declared; add the line @prefix skos: <http://www.w3.org/2004/02/skos/core#> .'
    >>> with_declaration("The prefix ent: has not been declared")
    'The prefix ent: has not been declared; add the line @prefix ent: <BASEentity/> . with the base of kg.toml in place of BASE'
    """
    match = _UNDECLARED.fullmatch(message)
    if match and match[1] in _VOCABULARIES:
        return f"{message}; add the line @prefix {match[1]}: <{_VOCABULARIES[match[1]]}> ."
    own = prefixes("BASE").get(match[1]) if match else None
    return f"{message}; add the line @prefix {match[1]}: <{own}> . with the base of kg.toml in place of BASE" if match and own else message


def expand(curie: str, prefix_map: dict[str, str]) -> str:
    """Return the IRI that a CURIE or an `<IRI>` stands for.

    >>> expand("ent:taliban", prefixes())
    'https://w3id.org/claimgraph/entity/taliban'
    >>> expand("<urn:x>", prefixes())
    'urn:x'
    >>> expand("foo:bar", prefixes())
    Traceback (most recent call last):
    kg.errors.InputError: 'foo:bar' has no known prefix; known are claim, dbr, dcterms, ...
    """
    if curie.startswith("<") and curie.endswith(">"):
        return curie[1:-1]
    match = _CURIE.fullmatch(curie)
    if match and match[1] in prefix_map:
        return prefix_map[match[1]] + match[2]
    if match and match[2].startswith("//"):
        return curie
    raise InputError(f"{curie!r} has no known prefix; known are {', '.join(list(prefix_map)[:3])}, ...")


def compact(iri: str, prefix_map: dict[str, str]) -> str:
    """Return the CURIE of an IRI, or `<IRI>` where no prefix fits.

    >>> compact("https://w3id.org/claimgraph/entity/taliban", prefixes())
    'ent:taliban'
    >>> compact("urn:x", prefixes())
    '<urn:x>'
    """
    best = ""
    for prefix, namespace in prefix_map.items():
        if iri.startswith(namespace) and len(namespace) > len(prefix_map.get(best, "")) and _LOCAL.fullmatch(iri, len(namespace)):
            best = prefix
    return f"{best}:{iri[len(prefix_map[best]) :]}" if best else f"<{iri}>"


def is_web(iri: str) -> bool:
    """Tell whether an IRI may be the address of a link: of those of other schemes some run scripts.

    >>> is_web("https://example.org/"), is_web("javascript:alert(1)")
    (True, False)
    """
    return iri.startswith(("https://", "http://"))


def slug(words: str) -> str:
    """Return words as a local name: lower case, ASCII, hyphens; other scripts are romanized; empty where nothing is left.

    >>> slug("Città Vella's Ferry (old)"), slug("Łódź"), slug("Новая Москва")
    ('citta-vellas-ferry-old', 'lodz', 'novaya-moskva')
    """
    if not words.isascii():
        from anyascii import anyascii

        words = anyascii(unicodedata.normalize("NFC", words))
    return re.sub("[^a-z0-9]+", "-", words.replace("'", "").lower()).strip("-")


def local_name(iri: str) -> str:
    """Return what follows the last `#` or `/` of an IRI.

    >>> local_name("https://w3id.org/claimgraph/ontology#affirmed")
    'affirmed'
    """
    return re.split(r"[#/]", iri)[-1]
