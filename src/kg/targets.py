"""The names that other data sets give to things, exactly as they write them."""

from __future__ import annotations

__all__ = ["PREFIXES"]

PREFIXES = {
    "dbr": "http://dbpedia.org/resource/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geonames": "https://sws.geonames.org/",
    "iso3166": "https://www.iso.org/obp/ui/#iso:code:3166:",
    "wd": "http://www.wikidata.org/entity/",
}
"""The prefixes of the targets that the prefix map of a workspace has none for."""
