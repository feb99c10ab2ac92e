"""`kg link`: what entities of the workspace are called elsewhere, and what is said of them there."""

from __future__ import annotations

import click

from .pull import pull


@click.group()
def link() -> None:
    """Tie entities to other linked data, and bring here what it says of them.

    Example: kg link pull --endpoint https://query.wikidata.org/sparql --target wikidata --lang en,ru,fa
    """


link.add_command(pull)
