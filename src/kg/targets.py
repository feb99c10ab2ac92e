"""The names that others give to things, exactly as they write them: a link by another name leads nowhere.

Of each common target we know the form of its names, and the other addresses by which people come upon them: the page in the browser,
`https` where the name has `http`, a name without its last slash.

- Wikidata: https://www.wikidata.org/wiki/Wikidata:Data_access, "concept URI"
- GeoNames: https://www.geonames.org/ontology/documentation.html, "Concept vs. Document"
- DBpedia: http://mappings.dbpedia.org/index.php/DBpedia_domains_and_URIs
- ISO 3166-1: the address of a code on the Online Browsing Platform of ISO, which has no other names for them
"""

from __future__ import annotations

import re
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

import pyoxigraph as ox

from . import names
from .errors import InputError

__all__ = ["MATCHES", "PREFIXES", "TARGETS", "Target", "Term", "called", "fault", "normalise", "rank", "set_of", "short"]

PREFIXES = {
    "dbr": names.DBPEDIA,
    "foaf": names.FOAF,
    "geonames": "https://sws.geonames.org/",
    "iso3166": names.ISO_3166,
    "wd": names.WIKIDATA,
}
"""The prefixes of the targets, for mapping sets. That of GeoNames is no prefix of a workspace: its names end in a slash, which what stands
behind a prefix in Turtle and SPARQL cannot have as it is."""

MATCHES = {
    names.SKOS + "exactMatch": "",
    names.SKOS + "closeMatch": "close",
    names.SKOS + "broadMatch": "broader",
    names.SKOS + "narrowMatch": "narrower",
    names.SKOS + "relatedMatch": "related",
}
"""The kinds of links in the order in which they are shown, and in what the other thing differs."""

LONGEST = 2_000
"""How many characters the name of a thing may have."""

_ABSOLUTE = re.compile(r"(?:https?://[^/\s<>\"{}|\\^`@]+(?:/|$|(?=[?#]))|urn:[A-Za-z0-9])[^\x00-\x20<>\"{}|\\^`]*")
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_WIKIPEDIA = re.compile(r"https?://(?:[\w-]+\.)*wikipedia\.org/.*")
_CHAPTER = re.compile(r"https?://(?!live\.)([a-z-]{2,12})\.dbpedia\.org/(?:resource|page)/([^?#]+)")
_ESCAPED = "%(?:2[235]|3[CEF]|5[BCDE]|60|7[BCD])"
_LOCAL = r"[A-Za-z][\w.-]*"


class Target(NamedTuple):
    """A set of names: what they begin with, the form of the rest, and the other ways in which people write them."""

    key: str
    title: str
    space: str
    form: str
    example: str
    ways: tuple[str, ...] = ()
    """Patterns whose only group is what identifies the thing."""
    foreign: str = ""
    """A pattern of addresses that are names neither of this set nor wrong."""

    def has(self, iri: str) -> bool:
        """Tell whether an IRI is a name of this set, in its form."""
        return iri.startswith(self.space) and re.fullmatch(self.form, iri[len(self.space) :]) is not None

    def meant(self, text: str) -> str:
        """Return the name that a text in one of the other ways stands for, else nothing."""
        found = next((match[1] for way in self.ways if (match := re.fullmatch(way, text))), "")
        return self.space + _TIDY.get(self.key, str)(found) if found else ""


class Term(NamedTuple):
    """A name as people read it: the set that it is of, and what identifies it there."""

    title: str
    identifier: str


def _title(found: str) -> str:
    """Return the title of a page as DBpedia names the thing: underscores for spaces, letters of all scripts as they are.

    >>> _title("fall of%20Kabul_(2021)"), _title("S%C3%A3o_Paulo"), _title("What%3F")
    ('Fall_of_Kabul_(2021)', 'São_Paulo', 'What%3F')
    """
    words = normalize("NFC", re.sub("[ _]+", "_", unquote(found)))
    return re.sub(r"[\x00-\x20\"#%<>?\[\\\]^`{|}]", lambda match: quote(match[0]), words[:1].upper() + words[1:])


_TIDY = {"dbpedia": _title, "geonames": lambda found: f"{found}/", "iso3166": str.upper, "wikidata": str.upper}


def _vocabulary(key: str, title: str, space: str, example: str, *ways: str, form: str = _LOCAL) -> Target:
    """Return a vocabulary; to write the other of http and https is the usual mistake."""
    rest = space.partition("://")[2].removeprefix("www.")
    wrong = rf"https?://(?:www\.)?{re.escape(rest)}({form})"
    return Target(key, title, space, form, example, (wrong, *ways))


TARGETS = (
    Target(
        "wikidata",
        "Wikidata",
        PREFIXES["wd"],
        r"[QPLE][1-9][0-9]*|L[1-9][0-9]*-[FS][1-9][0-9]*",
        "http://www.wikidata.org/entity/Q889",
        (
            r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity|data)/(?:Special:EntityData/|Property:|Lexeme:)?([QPLqpl][1-9][0-9]*)(?:\.\w+)?(?:[?#].*)?",
            r"(?:wd:|wikidata:)?([Qq][1-9][0-9]*)",
        ),
        r"http://www\.wikidata\.org/(?:prop|reference|value|entity/statement)/.*",
    ),
    Target(
        "geonames",
        "GeoNames",
        PREFIXES["geonames"],
        r"[1-9][0-9]*/",
        "https://sws.geonames.org/1149361/",
        (r"https?://(?:www\.|sws\.)?geonames\.org/([1-9][0-9]*)(?:/[^/]*)?", r"geonames:([1-9][0-9]*)/?"),
        r"https?://www\.geonames\.org/ontology.*",
    ),
    Target(
        "dbpedia",
        "DBpedia",
        PREFIXES["dbr"],
        rf"(?:[^\x00-\x20a-z?#%\"<>\[\\\]^`{{|}}]|{_ESCAPED})(?:[^\x00-\x20?#%\"<>\[\\\]^`{{|}}]|{_ESCAPED})*",
        "http://dbpedia.org/resource/Afghanistan",
        (
            r"https?://(?:www\.|en\.)?dbpedia\.org/(?:resource|page)/([^?#]+)(?:[?#].*)?",
            r"https?://(?:www\.|en\.)?dbpedia\.org/data/([^?#]+?)(?:\.(?:ttl|rdf|n3|nt|ntriples|json|jsonld|atom))?",
            r"(?:dbr|dbpedia):([^?#]+)",
        ),
        r"https?://dbpedia\.org/(?:ontology|property|class|datatype)/.*|https?://(?!www\.|en\.)[\w-]+\.dbpedia\.org/.*",
    ),
    Target(
        "iso3166",
        "ISO 3166-1",
        PREFIXES["iso3166"],
        r"[A-Z]{2}",
        "https://www.iso.org/obp/ui/#iso:code:3166:AF",
        (r"https?://(?:www\.)?iso\.org/obp/ui/?(?:en/?)?#iso:code:3166:([A-Za-z]{2})", r"iso3166(?:-1)?:([A-Za-z]{2})"),
        r"https?://www\.iso\.org/(?!obp/).*",
    ),
    _vocabulary("schema", "schema.org", names.SCHEMA, names.SCHEMA + "Claim"),
    _vocabulary(
        "prov",
        "PROV-O",
        names.PROV,
        names.PROV + "wasAttributedTo",
        rf"https?://www\.w3\.org/TR/(?:[0-9]+/)?(?:REC-)?prov-o(?:-[0-9]+)?/#({_LOCAL})",
    ),
    _vocabulary("sem", "SEM", names.SEM, names.SEM + "accordingTo"),
    _vocabulary("oa", "Web Annotation", names.OA, names.OA + "start", rf"https?://www\.w3\.org/TR/annotation-vocab/#({_LOCAL})"),
    _vocabulary("foaf", "FOAF", PREFIXES["foaf"], PREFIXES["foaf"] + "Group", rf"https?://xmlns\.com/foaf/(?:spec|0\.1)/#term_({_LOCAL})"),
    _vocabulary("plover", "PLOVER", names.BASE + "plover/", names.BASE + "plover/CONSULT", form="[A-Z]+"),
)
"""The targets that we know the form of."""


def normalise(text: str) -> str:
    """Return the name that a text stands for: an IRI as its target writes it; InputError where it is no IRI and no identifier we know.

    >>> normalise("Q889"), normalise("https://www.geonames.org/1149361/afghanistan.html")
    ('http://www.wikidata.org/entity/Q889', 'https://sws.geonames.org/1149361/')
    """
    wanted = text.strip().removeprefix("<").removesuffix(">")
    for target in TARGETS:
        if target.has(wanted) and _is_whole(wanted):
            return wanted
    found = next((meant for target in TARGETS if (meant := target.meant(wanted))), wanted)
    if not _is_whole(found):
        raise InputError(f"{wanted[:80]!r} is no identifier that kg knows; write the whole IRI")
    return found


def fault(iri: str) -> str | None:
    """Return what is wrong with an IRI as the name of a thing, and how its target writes it; None where nothing is known to be.

    >>> fault("https://www.wikidata.org/entity/Q889")
    'Wikidata writes http here: http://www.wikidata.org/entity/Q889'
    >>> fault("http://www.wikidata.org/entity/Q889") is None
    True
    """
    if not _is_whole(iri):
        return "this is no whole IRI"
    if _WIKIPEDIA.fullmatch(iri):
        return "this is a page of Wikipedia, not the thing that it is about; link that of Wikidata or DBpedia"
    if any(target.has(iri) for target in TARGETS):
        return None
    for target in TARGETS:
        if meant := target.meant(iri):
            return _difference(iri, meant, target.title)
    chapter = _CHAPTER.fullmatch(iri)
    if chapter and iri != (meant := f"http://{chapter[1]}.dbpedia.org/resource/{chapter[2]}"):
        return _difference(iri, meant, "DBpedia")
    near = next((target for target in TARGETS if _is_near(iri, target)), None)
    return f"{near.title} has no names like this; they look like {near.example}" if near else None


def set_of(iri: str) -> str:
    """Return the set that a name is of: the key of a target, else what the name begins with.

    >>> set_of("http://www.wikidata.org/entity/Q889"), set_of("https://example.org/thing/1")
    ('wikidata', 'https://example.org/thing/')
    """
    return next((target.key for target in TARGETS if iri.startswith(target.space)), iri[: len(iri) - len(re.split("[/#:]", iri)[-1])])


def short(iri: str) -> Term:
    """Return a name as people read it.

    >>> short("https://sws.geonames.org/1149361/"), short("http://dbpedia.org/resource/Soviet_Union")
    (Term(title='GeoNames', identifier='1149361'), Term(title='DBpedia', identifier='Soviet Union'))
    """
    target = next((target for target in TARGETS if target.has(iri)), None)
    if target is None:
        return Term(urlsplit(iri).hostname or "", iri)
    rest = iri[len(target.space) :]
    return Term(target.title, unquote(rest).replace("_", " ") if target.key == "dbpedia" else rest.rstrip("/"))


def called(iri: str) -> str:
    """Return a name in words: the set and what identifies it there, or the whole name where the set is none we know.

    >>> called("http://www.wikidata.org/entity/Q889"), called("https://example.org/thing")
    ('Wikidata Q889', 'https://example.org/thing')
    """
    title, identifier = short(iri)
    return identifier if identifier == iri else f"{title} {identifier}"


def rank(iri: str) -> tuple[int, str]:
    """Return the sort key of a name: those of the sets that we know first, in our order."""
    return next((number for number, target in enumerate(TARGETS) if target.has(iri)), len(TARGETS)), iri


def _is_whole(iri: str) -> bool:
    """Tell whether a text is an IRI from its scheme on, which can be written, read back and seen."""
    if len(iri) > LONGEST or not _ABSOLUTE.fullmatch(iri) or _UNSEEN.search(iri):
        return False
    try:
        urlsplit(ox.NamedNode(iri).value)
    except ValueError:
        return False
    return True


def _difference(iri: str, meant: str, title: str) -> str:
    scheme = meant.partition(":")[0]
    if iri.partition(":")[2] == meant.partition(":")[2]:
        return f"{title} writes {scheme} here: {meant}"
    if iri + "/" == meant:
        return f"the final slash is lost, without which {title} names nothing: {meant}"
    return f"this is an address of a page or document; {title} names the thing {meant}"


def _is_near(iri: str, target: Target) -> bool:
    """Tell whether an IRI is at the place where the names of a target are, without being one."""
    if target.foreign and re.fullmatch(target.foreign, iri):
        return False
    host = (urlsplit(target.space).hostname or "").removeprefix("www.").removeprefix("sws.")
    found = (urlsplit(iri).hostname or "").removeprefix("www.").removeprefix("sws.")
    return iri.startswith(target.space) or (bool(target.foreign) and found == host)
