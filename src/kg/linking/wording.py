"""What the wording of a name says before any table is asked: a home in parentheses, or an office of some state."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

__all__ = ["Worded", "core", "government", "home", "words_of"]

_HOME = re.compile(r"(\S.*?)\s*\(([^()]+)\)")
_OFFICES = (
    "government|administration|cabinet|parliament|legislature|senate|supreme court|armed forces|army|navy|air force|police|"
    "ministry(?: of [\\w ,-]+?)?|embassy|council of ministers|president|presidency|prime minister"
)
_OFFICE_OF = re.compile(rf"(?:the )?({_OFFICES}) of (?:the )?(.+)", re.IGNORECASE)
_ADJECTIVE = re.compile(rf"(?:the )?(.+?)(?:['\u2019]s|s['\u2019])? ({_OFFICES})", re.IGNORECASE)


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


_FORMS = words_of(
    "the of and a state states republic kingdom city territory territories occupied autonomous region province special administrative sar "
    "islamic federal federation principality commonwealth union country"
)
_LONGEST = 300


class Worded(NamedTuple):
    """A name in two parts: who acts, and the words for where they belong."""

    actor: str
    place: str


def home(name: str) -> Worded | None:
    """Return the actor and the home of a name that ends with a home in parentheses.

    >>> home("Citizen (Afghanistan)")
    Worded(actor='Citizen', place='Afghanistan')
    >>> home("Afghanistan") is None
    True
    """
    match = _HOME.fullmatch(_folded(name))
    return Worded(match[1], match[2].strip()) if match else None


def government(name: str) -> tuple[Worded, ...]:
    """Return the readings of a name as an office of a state: `Government of Peru`, `Peruvian government`.

    >>> government("Ministry of Foreign Affairs of Peru")[0]
    Worded(actor='Ministry of Foreign Affairs', place='Peru')
    >>> government("Peru's government")
    (Worded(actor='government', place='Peru'),)
    """
    folded = _folded(name)
    found = []
    if match := _OFFICE_OF.fullmatch(folded):
        found.append(Worded(match[1], match[2]))
    if match := _ADJECTIVE.fullmatch(folded):
        found.append(Worded(match[2], match[1]))
    return tuple(found)


def core(key: str) -> str:
    """Return the words of a normalised name that tell it from others, sorted: without those for a form of state.

    >>> core("tibet autonomous region"), core("virgin islands us") == core("us virgin islands")
    ('tibet', True)
    """
    return " ".join(sorted(word for word in key.split() if word not in _FORMS))


def _folded(name: str) -> str:
    """Return a name of at most so many letters, on one line, with the parentheses of Chinese and Japanese as ours."""
    return " ".join(unicodedata.normalize("NFKC", name[:_LONGEST]).split())
