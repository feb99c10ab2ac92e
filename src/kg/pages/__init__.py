"""How a thing looks on a page: its portrait, claims as cards, templates and style. `kg serve` and `kg site` make their pages with it.

Nothing here knows of HTTP or of files. Where a link leads, the `Addresses` say that a `Shown` is given.
"""
