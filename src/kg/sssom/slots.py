"""What SSSOM calls its columns, in the order in which its canonical form has them, and what they hold."""

from __future__ import annotations

BUILT_IN = {
    "linkml": "https://w3id.org/linkml/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes that every mapping set may use without declaring them."""
NO_TERM_FOUND = BUILT_IN["sssom"] + "NoTermFound"
"""What stands for the object where somebody has looked and found none."""

MATCHES = frozenset(BUILT_IN["skos"] + kind + "Match" for kind in ("exact", "close", "broad", "narrow", "related"))
"""The predicates of mappings. No row becomes a statement with another, such as owl:sameAs; `kg check` tells of it."""

NOT = "Not"
"""The modifier of a row that denies."""

COLUMNS = [
    "record_id",
    "subject_id",
    "subject_label",
    "subject_category",
    "predicate_id",
    "predicate_label",
    "predicate_modifier",
    "object_id",
    "object_label",
    "object_category",
    "mapping_justification",
    "author_id",
    "author_label",
    "reviewer_id",
    "reviewer_label",
    "creator_id",
    "creator_label",
    "license",
    "subject_type",
    "subject_source",
    "subject_source_version",
    "object_type",
    "object_source",
    "object_source_version",
    "predicate_type",
    "mapping_provider",
    "mapping_source",
    "mapping_cardinality",
    "cardinality_scope",
    "mapping_tool",
    "mapping_tool_id",
    "mapping_tool_version",
    "mapping_date",
    "publication_date",
    "review_date",
    "confidence",
    "reviewer_agreement",
    "curation_rule",
    "curation_rule_text",
    "subject_match_field",
    "object_match_field",
    "match_string",
    "subject_preprocessing",
    "object_preprocessing",
    "similarity_score",
    "similarity_measure",
    "see_also",
    "issue_tracker_item",
    "other",
    "comment",
]
"""Every column that SSSOM 1.1 has for mappings, in its order."""
CHECKED = "checked:"
"""What stands in a comment before the words of how the row was checked, where a tool found it: its own words are no check."""
NEEDED = ("subject_id", "predicate_id", "object_id")
ALWAYS = [
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "author_label",
    "mapping_source",
    "mapping_tool",
    "mapping_tool_version",
    "mapping_date",
    "confidence",
    "match_string",
    "similarity_score",
    "comment",
]
"""The columns that are written also where no row has a cell in them, so that a further row changes no other line.

They are those that a decision fills, about a candidate of a tool or about what is put in by hand."""
REFERENCES = frozenset(["subject_id", "predicate_id", "object_id", "mapping_justification", "mapping_source"])
MANY = frozenset(["author_id", "author_label", "reviewer_id", "reviewer_label", "match_string"])
"""The columns here whose cells may hold several values, with `|` between them."""
MANY_REFERENCES = frozenset(["author_id", "reviewer_id"])
NUMBERS = frozenset(["confidence", "similarity_score"])
FIELDS = frozenset(
    [
        "subject_id",
        "subject_label",
        "predicate_id",
        "predicate_modifier",
        "object_id",
        "object_label",
        "mapping_justification",
        "author_id",
        "author_label",
        "reviewer_id",
        "reviewer_label",
        "mapping_source",
        "mapping_tool",
        "mapping_tool_version",
        "mapping_date",
        "confidence",
        "match_string",
        "similarity_score",
        "similarity_measure",
        "comment",
    ]
)
"""The columns that a `Mapping` has a field for."""
PROPAGATED = ("mapping_tool", "mapping_tool_version", "mapping_date", "similarity_measure")
"""The fields that the header may say once for all rows."""
