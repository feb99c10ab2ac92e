"""What a workspace states of itself in `kg.toml`: what its IRIs begin with; who publishes it, whom to ask about it, what it is about.

Whatever is left out is not known, and nothing is put in its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from . import names
from .errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILE", "About", "Party", "Settings", "check_base", "read"]

FILE = "kg.toml"
_BASE = re.compile(r"(?:https?://[^/\s]|urn:)[^\x00-\x20<>\"{}|\\^`]*[/#:]")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}", re.ASCII)
_PREFIXES = 'prefixes = { my = "https://example.org/relation/" }'
_EMAIL = r"[A-Za-z0-9_.+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who is named: a publisher, or who is asked; `email` and `url` are empty where they are not stated."""

    name: str
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What is stated of the data set, for those who publish its description."""

    publisher: Party | None = None
    contact: Party | None = None
    keywords: tuple[str, ...] = ()


class Settings(NamedTuple):
    """What the file states."""

    base: str = names.BASE
    about: About = About()
    prefixes: tuple[tuple[str, str], ...] = ()
    """Prefixes of the workspace's own, with what they stand for."""


def read(path: Path) -> Settings:
    """Return what a file states, all that it leaves out as if there were none; InputError where it states what cannot be."""
    if not path.is_file():
        return Settings()
    import tomllib

    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(error), path=path) from None
    return _Reader(path).settings(stated)


class _Reader:
    """One reading of a file, which its errors name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def settings(self, stated: dict[str, Any]) -> Settings:
        self.known(stated, "this file", ("base", "publisher", "contact", "keywords", "prefixes"))
        base = check_base(stated.get("base", names.BASE), path=self.path)
        publisher, contact = self.party(stated, "publisher", ("url",)), self.party(stated, "contact", ("email", "url"))
        if contact and not contact.email and not contact.url:
            self.refuse('contact needs an email or a url, such as contact = { name = "Editors", email = "editors@example.org" }')
        return Settings(base, About(publisher, contact, self.keywords(stated)), self.prefixes(stated, names.prefixes(base)))

    def party(self, stated: dict[str, Any], key: str, more: tuple[str, ...]) -> Party | None:
        found = stated.get(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            self.refuse(f'{key} must be a table with a name, such as {key} = {{ name = "Editors", {more[0]} = "{_EXAMPLES[more[0]]}" }}')
        self.known(found, key, ("name", *more))
        if not _is_words(found.get("name")):
            self.refuse(f"{key} needs a name: a text of one line that is not empty")
        for part in more:
            if part in found and not _IS_ONE[part](found[part]):
                self.refuse(f'the {part} of {key} cannot be {found[part]!r}; write it as in {part} = "{_EXAMPLES[part]}"')
        return Party(**found)

    def keywords(self, stated: dict[str, Any]) -> tuple[str, ...]:
        found = stated.get("keywords", [])
        if not isinstance(found, list) or not all(_is_words(each) for each in found):
            self.refuse('keywords must be a list of texts of one line that are not empty, such as keywords = ["rivers", "ferries"]')
        return tuple(dict.fromkeys(found))

    def prefixes(self, stated: dict[str, Any], known: dict[str, str]) -> tuple[tuple[str, str], ...]:
        found = stated.get("prefixes", {})
        if not isinstance(found, dict):
            self.refuse(f"prefixes must be a table, such as {_PREFIXES}")
        for prefix, namespace in found.items():
            if not _PREFIX.fullmatch(prefix):
                self.refuse(f"{prefix[:64]!r} cannot be a prefix; use letters, digits and hyphens, as in {_PREFIXES}")
            if prefix in known:
                self.refuse(f"the prefix {prefix}: is taken by {known[prefix]}; choose another")
            if not isinstance(namespace, str) or not _BASE.fullmatch(namespace):
                self.refuse(f"the prefix {prefix}: needs an IRI that ends in '/', '#' or ':', as in {_PREFIXES}")
            taken = next((each for each in known if known[each] == namespace), None)
            if taken:
                self.refuse(f"{namespace} has the prefix {taken}: already; leave {prefix}: out")
        return tuple(sorted(found.items()))

    def known(self, found: dict[str, Any], where: str, keys: tuple[str, ...]) -> None:
        unknown = next((key for key in found if key not in keys), None)
        if unknown is not None:
            self.refuse(f"{where} may not state {unknown!r}; it may state {', '.join(keys)}")

    def refuse(self, message: str) -> NoReturn:
        raise InputError(message, path=self.path)


def _is_words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _is_email(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(_EMAIL, value) is not None


def _is_address(value: object) -> bool:
    if not isinstance(value, str) or not names.is_web(value) or not value.partition("://")[2].partition("/")[0]:
        return False
    import pyoxigraph as ox

    try:
        ox.NamedNode(value)
    except ValueError:
        return False
    return True


_IS_ONE = {"email": _is_email, "url": _is_address}
_EXAMPLES = {"email": "editors@example.org", "url": "https://example.org/"}


def check_base(base: object, *, path: object = None) -> str:
    """Return what may be the base of a workspace: an absolute IRI that names can be put behind. InputError otherwise.

    >>> check_base("https://example.org/a b")
    Traceback (most recent call last):
    kg.errors.InputError: base must be an IRI that ends in '/', '#' or ':', such as "https://example.org/claims/"
    """
    if not isinstance(base, str) or not _BASE.fullmatch(base):
        raise InputError("base must be an IRI that ends in '/', '#' or ':', such as \"https://example.org/claims/\"", path=path)
    return base
