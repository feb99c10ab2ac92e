"""What a site on the web has beside its pages: a map of it for search engines, a page for what is not there, and where its names lead.

A sitemap and redirects name pages by their whole address, so they are made only where the base URL is known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import escape

import pyoxigraph as ox

from .. import names
from ..lookup import living
from ..pages.addresses import ONTOLOGY, OWN, SHARED
from . import described
from .site import File

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .site import Site

__all__ = ["files"]

MOST = 50_000
"""How many addresses a sitemap may have; see https://www.sitemaps.org/protocol.html."""
_NO_PAGES = {"404.html"}
_SHAPES = "shapes.ttl"
_PLAIN = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_PAGE, _JSONLD, _TURTLE = r"text/html|application/xhtml\+xml", r"application/ld\+json", "text/turtle"
_OTHERS = r"application/rdf\+xml|text/(?:rdf\+)?n3|application/(?:n-triples|n-quads|trig)"
"""Patterns of media types."""
_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def files(site: Site) -> Iterator[File]:
    """Yield the page for what is not there, and where the base URL is known the sitemap and the redirects of names."""
    root = urlsplit(site.base_url).path if site.base_url else ""
    yield site.page("404.html", "missing.html.j2", root=root, canonical="")  # it is shown at any depth, so its links are of the whole site
    if not site.base_url:
        return
    yield from _sitemap(site)
    yield File("robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {site.absolute('sitemap.xml')}\n".encode())
    if site.index.workspace.base == names.BASE and site.index.workspace.shapes_file.is_file():
        yield File(_SHAPES, site.index.workspace.shapes_file.read_bytes())
    if names.is_web(site.index.workspace.base) and site.index.workspace.base.endswith("/"):
        yield File("w3id/.htaccess", redirects(site).encode())
        yield File("w3id/README.md", _readme(site).encode())


def _sitemap(site: Site) -> Iterator[File]:
    """Yield the addresses of all pages: one file, or where they are too many several and a list of these."""
    gone = _NO_PAGES | {f"{site.addresses.file(iri)}.html" for iri in site.addresses if living(site.index, iri) != iri}
    pages = [path for path in site.paths if path.endswith(".html") and path not in gone]
    parts = [pages[at : at + MOST] for at in range(0, len(pages), MOST)]
    if len(parts) == 1:
        yield File("sitemap.xml", _urls(site, "urlset", "url", parts[0]))
        return
    listed = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    yield File("sitemap.xml", _urls(site, "sitemapindex", "sitemap", listed))
    for name, part in zip(listed, parts, strict=True):
        yield File(name, _urls(site, "urlset", "url", part))


def _urls(site: Site, root: str, each: str, paths: Sequence[str]) -> bytes:
    lines = "".join(f"<{each}><loc>{escape(site.absolute(path))}</loc></{each}>\n" for path in paths)
    return f"{_XML}<{root} {_SITEMAPS}>\n{lines}</{root}>\n".encode()


# Where names lead. What a client would rather have is told from its Accept header: a page, unless it asks for Turtle or JSON-LD and not
# as much for a page; of the two it gets the one that it wants without reserve. Programs that ask for other RDF get Turtle.


def redirects(site: Site) -> str:
    """Return the rules by which Apache leads from the names of the data set to its pages and documents, as w3id.org has them."""
    lines = [
        f"# Where the names that begin with {site.index.workspace.base} lead: to a page, or to Turtle or JSON-LD for those who ask for it.",
        f"# Made by claimgraph for the site at {site.base_url}",
        "",
        "Options +FollowSymLinks",
        "<IfModule mod_headers.c>",
        '  Header always set Access-Control-Allow-Origin "*"',
        "  Header always merge Vary Accept",
        "</IfModule>",
        "RewriteEngine on",
        "",
        "# What is wanted",
        "RewriteRule ^ - [E=KG_FORM:html,E=KG_DATA:index.html]",
        *_wanting("jsonld", some=_JSONLD, but_not_some=_PAGE),
        *_wanting("ttl", some=f"{_TURTLE}|{_OTHERS}", but_not_fully=f"{_PAGE}|{_JSONLD}"),
        *_wanting("jsonld", fully=_JSONLD, but_not_fully=_PAGE),
        *_wanting("ttl", fully=_TURTLE, but_not_fully=_PAGE),
        "",
        "# Where it is",
        *_places(site),
    ]
    return "\n".join(lines) + "\n"


def _wanting(form: str, *, some: str = "", fully: str = "", but_not_some: str = "", but_not_fully: str = "") -> list[str]:
    """Return the rule that a form is wanted where the Accept header wants some types, and others not."""
    wanted = [pattern(types) for types, pattern in ((some, _some), (fully, _fully)) if types]
    refused = ["!" + pattern(types) for types, pattern in ((but_not_some, _some), (but_not_fully, _fully)) if types]
    tests = [f'RewriteCond %{{HTTP_ACCEPT}} "{each}"' for each in wanted + refused]
    return [*tests, f"RewriteRule ^ - [E=KG_FORM:{form},E=KG_DATA:{described.NAME}.{form}]"]


def _fully(types: str) -> str:
    """Return the pattern of an Accept header that wants one of the types without reserve."""
    return rf"(?:^|,)\s*(?:{types})\s*(?:;(?!\s*q=)[^,;]*)*(?:;\s*q=1(?:\.0*)?\s*)?(?:,|$)"


def _some(types: str) -> str:
    """Return the pattern of an Accept header that wants one of the types at all."""
    return rf"(?:^|,)\s*(?:{types})\s*(?:;(?!\s*q=)[^,;]*)*(?:,|$|;\s*q=(?:1|0?\.0*[1-9]))"


def _places(site: Site) -> Iterator[str]:
    """Yield the rules that lead to files: of names that are not plain each its own, then one for all others."""
    base, to = site.index.workspace.base, site.base_url.replace("%", r"\%").replace("$", r"\$")
    kinds = [*OWN, *(SHARED if base == names.BASE else ())]
    general = re.compile(rf"(?:{'|'.join(kinds)})/{_PLAIN}")
    yield _rule("^$", f"{to}%{{ENV:KG_DATA}}")
    yield _rule("^dataset$", f"{to}%{{ENV:KG_DATA}}")
    for iri, version in _versions(site):
        if site.addresses.file(iri) and version.startswith(base):
            yield _rule(f"^{_literally(version.removeprefix(base))}$", f"{to}{quote(site.addresses.file(iri))}.%{{ENV:KG_FORM}}")
    if _SHAPES in site.paths:  # they are no graph that is asked, and have one form
        yield _rule("^shapes(?:/[0-9.]+)?$", to + _SHAPES)
    for iri in site.addresses:
        path, file = iri.removeprefix(base), site.addresses.file(iri)
        if iri.startswith(base) and path and "#" not in path and (path != file or not general.fullmatch(path)):
            yield _rule(f"^{_literally(path)}$", f"{to}{quote(file)}.%{{ENV:KG_FORM}}")
    yield _rule(rf"^({'|'.join(kinds)})/({_PLAIN})$", f"{to}$1/$2.%{{ENV:KG_FORM}}")
    if base == names.BASE:
        yield _rule(rf"^{ONTOLOGY}/({_PLAIN}\.(?:html|ttl|jsonld))$", f"{to}{ONTOLOGY}/$1")
        yield _rule(rf"^({_PLAIN}\.jsonld)$", f"{to}$1")


def _versions(site: Site) -> list[tuple[str, str]]:
    """Return the ontologies with the names of their present versions, which lead to the same documents."""
    found = site.index.store.quads_for_pattern(None, ox.NamedNode(names.OWL + "versionIRI"), None, ox.DefaultGraph())
    return sorted(
        (quad.subject.value, quad.object.value)
        for quad in found
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
    )


def _rule(pattern: str, target: str) -> str:
    return f'RewriteRule "{pattern}" "{target}" [R=303,NE,L]'


def _literally(path: str) -> str:
    r"""Return the pattern of a path as Apache sees it: without percent signs, unless they are of the name itself.

    >>> print(_literally('entity/a%20"b".c'))
    entity/a\x20\x22b\x22\x2ec
    """
    return "".join(char if char.isalnum() or char in "/_-" or not char.isascii() else rf"\x{ord(char):02x}" for char in unquote(path))


def _readme(site: Site) -> str:
    return (
        f"# {site.index.workspace.base}\n\nNames of the data set “{site.title}”, which is published at {site.base_url}.\n\n"
        "`.htaccess` leads from each name to its page, or to Turtle or JSON-LD for those who ask for it. To register the names, put both\n"
        "files into their folder of https://github.com/perma-id/w3id.org, with a line here that says whom to ask about them.\n"
    )
