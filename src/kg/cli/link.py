"""`kg link`: what entities of the workspace are called elsewhere, and what is said of them there."""

from __future__ import annotations

import click

from .linking import apply, suggest
from .pull import pull
from .reviewing import review


@click.group()
def link() -> None:
    """Tie entities to other linked data: look for candidates, decide about them, and bring here what others say.

    Example: kg link suggest
    """


for command in (apply, pull, review, suggest):
    link.add_command(command)
