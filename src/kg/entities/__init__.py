"""Entities that are one, and entities that get another name: claims, links and all other references follow, and nothing is lost.

What an entity was called stays: its IRI as deprecated (`owl:deprecated`, `dcterms:isReplacedBy`), with the label that it had as its
`rdfs:label`, and that label and all others as alternative labels of the entity that stays. A deprecated IRI has no `skos:prefLabel`, so
that nothing that lists entities takes it for one; whoever looks for it, by IRI or label, is led to what replaces it (`kg.lookup`).

`merge`, `rename` and `relabel` only say what would change, or refuse; `Change.write` does it, `undo` takes the last one back.
"""

from __future__ import annotations

from .change import Change
from .merging import merge
from .renaming import relabel, rename
from .undoing import undo

__all__ = ["Change", "merge", "relabel", "rename", "undo"]
