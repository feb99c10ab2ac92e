"""SSSOM/TSV, the file format of mapping sets: https://mapping-commons.github.io/sssom/spec-formats-tsv/.

A header of `#` lines (YAML: the prefixes, and what is said of the set as a whole), a line that names the columns, and one row a mapping.
Read without a YAML library and, where no cell is quoted, without the csv module: a question must not wait for them.
"""

from __future__ import annotations
