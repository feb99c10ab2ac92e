"""Look a JSON-LD document through before it is parsed, for what the parser would fetch, die of or silently drop.

Contexts are taken from the document alone: a context by address, a file or `@import` is refused, so reading never opens a connection or
another file. See https://www.w3.org/TR/json-ld11/ for the terms used here.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, NoReturn

from .errors import InputError

__all__ = ["DEPTH", "check"]

DEPTH = 100
"""How deep objects and arrays may be nested."""

_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\[\s\S])*+"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<quote>")')
_NO_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_SHOWN_KEYS = 5
_CONTAINERS = frozenset(["@graph", "@included", "@list", "@set", "@reverse", "@nest"])
_KEYWORDS = _CONTAINERS | {
    "@id",
    "@type",
    "@value",
    "@language",
    "@direction",
    "@index",
    "@context",
    "@version",
    "@base",
    "@vocab",
    "@json",
}


def check(text: str, *, path: object = None, has_base: bool = False) -> list[str]:
    """Return warnings about keys that mean nothing in a document; InputError for what is refused.

    >>> check('{"@id": "urn:a", "name": "b"}')
    ["the key 'name' means nothing here and was dropped; give it a meaning in @context"]
    >>> check('{"@context": "https://example.org/c"}')
    Traceback (most recent call last):
    kg.errors.InputError: 1:2: the context 'https://example.org/c' lies elsewhere and is not fetched; write it into the document
    """
    _check_depth(text, path)
    import json

    try:
        document = json.loads(text)
    except ValueError:
        return []  # the parser says what and where
    return _Look(text, path).over(document, has_base=has_base)


def _check_depth(text: str, path: object) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(text):
        if match["quote"]:
            return  # never closed: the parser stops here, too
        depth += bool(match["open"]) - bool(match["close"])
        if depth > DEPTH:
            raise _error(f"objects and arrays are nested deeper than {DEPTH}", path, text, match.start())


def _error(message: str, path: object, text: str, offset: int) -> InputError:
    return InputError(message, path=path, line=text.count("\n", 0, offset) + 1, column=offset - text.rfind("\n", 0, offset))


class _Context(NamedTuple):
    """What an active context says of its keys: `terms` gives each term its definition, None where it is switched off."""

    terms: dict[str, Any]
    has_vocab: bool
    has_base: bool

    def with_local(self, local: Any) -> _Context:
        """Return the context that a local one makes of this one."""
        if local is None:
            return _Context({}, has_vocab=False, has_base=self.has_base)
        if isinstance(local, list):
            active = self
            for part in local:
                active = active.with_local(part)
            return active
        if not isinstance(local, dict):
            return self
        terms = self.terms | {key: value for key, value in local.items() if not key.startswith("@")}
        has_vocab = local["@vocab"] is not None if "@vocab" in local else self.has_vocab
        return _Context(terms, has_vocab=has_vocab, has_base=bool(local["@base"]) if "@base" in local else self.has_base)

    def keyword(self, key: str) -> str:
        """Return the keyword that a key is or stands for, else the key."""
        definition = self.terms.get(key)
        target = definition.get("@id") if isinstance(definition, dict) else definition
        return target if isinstance(target, str) and target in _KEYWORDS else key

    def maps(self, key: str) -> bool:
        """Tell whether a key stands for an IRI."""
        if key in self.terms:
            definition = self.terms[key]
            return definition is not None and not (isinstance(definition, dict) and "@id" in definition and definition["@id"] is None)
        return ":" in key or self.has_vocab

    def of(self, key: str, what: str) -> Any:
        """Return what the definition of a key says under a keyword."""
        definition = self.terms.get(key)
        return definition.get(what) if isinstance(definition, dict) else None


class _Look:
    """One walk over a document; its depth is known to be small."""

    def __init__(self, text: str, path: object) -> None:
        self.text, self.path = text, path
        self.dropped: dict[str, None] = {}

    def over(self, document: Any, *, has_base: bool) -> list[str]:
        self.refuse_remote_contexts(document)
        self.node(document, _Context({}, has_vocab=False, has_base=has_base))
        if not self.dropped:
            return []
        shown = ", ".join(repr(key) for key in list(self.dropped)[:_SHOWN_KEYS])
        more = f" and {len(self.dropped) - _SHOWN_KEYS} more" if len(self.dropped) > _SHOWN_KEYS else ""
        if len(self.dropped) == 1:
            return [f"the key {shown} means nothing here and was dropped; give it a meaning in @context"]
        return [f"the keys {shown}{more} mean nothing here and were dropped; give them a meaning in @context"]

    def refuse_remote_contexts(self, value: Any) -> None:
        children = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
        if isinstance(value, dict):
            contexts = value.get("@context")
            remote = [part for part in (contexts if isinstance(contexts, list) else [contexts]) if isinstance(part, str)]
            for address in [*remote, *([value["@import"]] if "@import" in value else [])]:
                self.refuse(f"the context {address!r} lies elsewhere and is not fetched; write it into the document", "@context", "@import")
        for child in children:
            self.refuse_remote_contexts(child)

    def node(self, value: Any, context: _Context) -> None:
        if isinstance(value, list):
            for item in value:
                self.node(item, context)
        if not isinstance(value, dict):
            return
        if "@context" in value:
            context = context.with_local(value["@context"])
        kinds: Any = next((value[key] for key in value if context.keyword(key) == "@type"), [])
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if isinstance(kind, str) and context.of(kind, "@context") is not None:
                context = context.with_local(context.of(kind, "@context"))
        for key, child in value.items():
            self.entry(key, child, context)

    def entry(self, key: str, child: Any, context: _Context) -> None:
        keyword = context.keyword(key)
        if keyword in _CONTAINERS:
            self.node(child, context)
        elif keyword == "@id":
            self.identifier(child, context)
        elif keyword == "@type":
            self.types(child, context)
        elif keyword not in _KEYWORDS:
            if keyword.startswith("@") or not context.maps(key):
                self.dropped[key] = None
            elif context.of(key, "@type") != "@json":
                self.values(key, child, context)

    def values(self, key: str, child: Any, context: _Context) -> None:
        """Look at the values of a property, which may be keyed by language, index, id or type instead of being nodes themselves."""
        kind, container = context.of(key, "@type"), context.of(key, "@container")
        if context.of(key, "@context") is not None:
            context = context.with_local(context.of(key, "@context"))
        containers = container if isinstance(container, list) else [container]
        if "@language" in containers:
            return
        is_map = isinstance(child, dict) and any(name in containers for name in ("@index", "@id", "@type", "@graph"))
        for value in child.values() if is_map else child if isinstance(child, list) else [child]:
            if kind == "@id" and isinstance(value, str):
                self.identifier(value, context)
            self.node(value, context)

    def types(self, child: Any, context: _Context) -> None:
        for kind in child if isinstance(child, list) else [child]:
            if isinstance(kind, str) and not context.maps(kind) and not context.has_base:
                self.dropped[kind] = None

    def identifier(self, value: Any, context: _Context) -> None:
        if not isinstance(value, str) or value.startswith("_:"):
            return
        if _NO_IRI.search(value):
            self.refuse(f"{value!r} is no IRI; spaces and brackets in it must be percent-encoded", value)
        if ":" not in value and not context.has_base:
            self.refuse(f"{value!r} is a relative IRI and the document sets no @base", value)

    def refuse(self, message: str, *needles: str) -> NoReturn:
        """Raise with the place where one of the needles stands as a string of its own."""
        import json

        found = [self.text.find(form) for needle in needles for form in (json.dumps(needle), json.dumps(needle, ensure_ascii=False))]
        raise _error(message, self.path, self.text, min((offset for offset in found if offset >= 0), default=0))
