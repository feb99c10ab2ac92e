"""Constraints to SPARQL: for each one the query that finds what breaks it, and for each path one question that clears most of them at once.

Definitions: https://www.w3.org/TR/shacl/#core-components. `?this` is the focus node, `?value` the value node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names
from .shapes import Path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..triples import Term
    from .shapes import Constraint, Target

    Below = Mapping[str, tuple[str, ...]]
    """For each class that shapes name: the class itself and every class below it."""

VALUE_PARAMETERS = frozenset(
    [
        *("class", "datatype", "nodeKind", "in", "languageIn", "pattern"),
        *("minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "minLength", "maxLength"),
    ]
)
"""Constraints that each value node satisfies or breaks on its own."""
COUNT_PARAMETERS = frozenset(["minCount", "maxCount", "closed"])
"""Constraints that the numbers of values decide."""

_XSD = names.XSD
_NUMBERS = frozenset(_XSD + name for name in ("integer", "decimal", "double", "float"))
_CASTS = frozenset(_XSD + name for name in ("boolean", "date", "dateTime", "time", "duration", "dayTimeDuration", "yearMonthDuration"))
_KINDS = {
    "IRI": "isIRI({})",
    "Literal": "isLiteral({})",
    "BlankNode": "isBlank({})",
    "IRIOrLiteral": "!isBlank({})",
    "BlankNodeOrIRI": "!isLiteral({})",
    "BlankNodeOrLiteral": "!isIRI({})",
}
_COMPARED = {
    "minInclusive": ">=",
    "maxInclusive": "<=",
    "minExclusive": ">",
    "maxExclusive": "<",
    "lessThan": "<",
    "lessThanOrEquals": "<=",
}


def query(constraint: Constraint, below: Below) -> str:
    """Return the SELECT that finds the focus nodes (`?this`), and where there is one the value (`?value`), that break a constraint.

    `below` has, for each class that shapes name, the class itself and every class below it.
    """
    if constraint.parameter in VALUE_PARAMETERS:
        return _value_query(constraint, below)
    return _QUERIES[constraint.parameter](constraint, below)


def is_suspicious(constraints: list[Constraint], below: Below) -> str:
    """Return the ASK that tells whether any value could break any of some value constraints, which share their path or their targets.

    Along a path values repeat (two polarities for thousands of claims), so each distinct one is looked at once, whoever has it.
    """
    conditions = dict.fromkeys(condition(constraint, below) for constraint in constraints)
    first = constraints[0]
    along = f"SELECT DISTINCT ?value {{ {_step(first.path)} }}"
    values = along if first.path else f"{focus(first.targets, below)} BIND(?this AS ?value)"
    return f"ASK {{ {{ {values} }} FILTER(!({' && '.join(conditions)})) }}"


def profile(targets: tuple[Target, ...], below: Below) -> str:
    """Return the SELECT that counts, for each property of the focus nodes, its triples (`?triples`) and those nodes (`?nodes`)."""
    return f"""SELECT ?property (COUNT(*) AS ?triples) (COUNT(DISTINCT ?this) AS ?nodes)
WHERE {{ {focus(targets, below)} ?this ?property ?value }} GROUP BY ?property"""


def size(targets: tuple[Target, ...], below: Below) -> str:
    """Return the SELECT that counts the focus nodes (`?nodes`)."""
    return f"SELECT (COUNT(DISTINCT ?this) AS ?nodes) WHERE {{ {focus(targets, below)} }}"


def focus(targets: tuple[Target, ...], below: Below) -> str:
    """Return the pattern that binds `?this` to each focus node once."""
    patterns = []
    for target in targets:
        classes = below.get(target.iri, (target.iri,)) if target.kind == "targetClass" else ()
        if classes:
            patterns += [f"?this a <{iri}> ." for iri in classes]
        else:
            patterns.append(f"?this <{target.iri}> [] ." if target.kind == "targetSubjectsOf" else f"[] <{target.iri}> ?this .")
    patterns = list(dict.fromkeys(patterns))
    if len(patterns) == 1 and targets[0].kind == "targetClass":
        return patterns[0]
    return "{ SELECT DISTINCT ?this { " + " UNION ".join(f"{{ {pattern} }}" for pattern in patterns) + " } }"


def is_focus(targets: tuple[Target, ...], below: Below) -> str:
    """Return the expression that is true of a `?this` that is a focus node: cheaper than joining with all of them where few are left."""
    parts = []
    for target in targets:
        if target.kind == "targetClass":
            parts += [f"EXISTS {{ ?this a <{iri}> }}" for iri in below.get(target.iri, (target.iri,))]
        else:
            parts.append(
                f"EXISTS {{ ?this <{target.iri}> [] }}" if target.kind == "targetSubjectsOf" else f"EXISTS {{ [] <{target.iri}> ?this }}"
            )
    return f"({' || '.join(dict.fromkeys(parts))})"


def condition(constraint: Constraint, below: Below, variable: str = "?value") -> str:
    """Return the expression that is true of a value that satisfies a value constraint, or a logical one."""
    if constraint.inner:
        return _logic(constraint, below, variable)
    write = _CONDITIONS.get(constraint.parameter, _compares)
    return write(constraint, below, variable)


def _is_instance(constraint: Constraint, below: Below, variable: str) -> str:
    iri = _iri(constraint.value)
    return "(" + " || ".join(f"EXISTS {{ {variable} a <{one}> }}" for one in below.get(iri, (iri,))) + ")"


def _has_language(constraint: Constraint, _below: Below, variable: str) -> str:
    tests = (f"langMatches(LANG({variable}), {item})" for item in _tuple(constraint.value))
    return f"(isLiteral({variable}) && ({' || '.join(tests)}))"


def _matches(constraint: Constraint, _below: Below, variable: str) -> str:
    return f"(!isBlank({variable}) && REGEX(STR({variable}), {constraint.value}, {ox.Literal(constraint.flags)}))"


def _has_length(constraint: Constraint, _below: Below, variable: str) -> str:
    comparison = ">=" if constraint.parameter == "minLength" else "<="
    return f"(!isBlank({variable}) && STRLEN(STR({variable})) {comparison} {constraint.value})"


def _compares(constraint: Constraint, _below: Below, variable: str) -> str:
    return f"COALESCE({variable} {_COMPARED[constraint.parameter]} {constraint.value}, false)"


def _has_datatype(constraint: Constraint, _below: Below, variable: str) -> str:
    """Test the datatype, and the value as far as Oxigraph knows the datatype: an ill-typed literal breaks sh:datatype too."""
    iri = _iri(constraint.value)
    parts = [f"isLiteral({variable})", f"datatype({variable}) = <{iri}>"]
    if iri in _NUMBERS:
        parts.append(f"isNumeric({variable})")
    elif iri in _CASTS:
        parts.append(f"COALESCE(STR(<{iri}>(STR({variable}))) != '', false)")
    return f"({' && '.join(parts)})"


def _is_among(constraint: Constraint, _below: Below, variable: str) -> str:
    """Test terms, as SHACL does; `IN` compares values, so literals go one by one through sameTerm."""
    terms = _tuple(constraint.value)
    iris = [str(term) for term in terms if isinstance(term, ox.NamedNode)]
    parts = [f"{variable} IN ({', '.join(iris)})"] if iris else []
    parts += [f"sameTerm({variable}, {term})" for term in terms if not isinstance(term, ox.NamedNode)]
    return f"({' || '.join(parts) or 'false'})"


_CONDITIONS: dict[str, Callable[[Constraint, Below, str], str]] = {
    "class": _is_instance,
    "in": _is_among,
    "languageIn": _has_language,
    "pattern": _matches,
    "minLength": _has_length,
    "maxLength": _has_length,
    "nodeKind": lambda constraint, _below, variable: _KINDS[names.local_name(_iri(constraint.value))].format(variable),
    "datatype": _has_datatype,
}


def _conforms(shape: tuple[Constraint, ...], below: Below, variable: str) -> str:
    """Return the expression that is true of a node that conforms to a shape inside a logical one."""
    return "(" + (" && ".join(_holds(one, below, variable) for one in shape) or "true") + ")"


def _holds(constraint: Constraint, below: Below, variable: str) -> str:
    further = variable + "_"
    if constraint.path and len(constraint.path.steps) > 1:
        return _holds_further(constraint, below, variable)
    if constraint.parameter == "hasValue":
        if constraint.path is None:
            return f"sameTerm({variable}, {constraint.value})"
        return f"EXISTS {{ {_step(constraint.path, str(constraint.value), variable)} }}"
    step = _step(constraint.path, further, variable)
    if constraint.parameter in {"minCount", "maxCount"}:  # at least one, or none: shapes.py lets no others in
        return f"{'' if constraint.parameter == 'minCount' else '!'}EXISTS {{ {step} }}"
    target = variable if constraint.path is None else further
    test = condition(constraint, below, target)
    return test if constraint.path is None else f"!EXISTS {{ {step} FILTER(!{test}) }}"


def _holds_further(constraint: Constraint, below: Below, variable: str) -> str:
    """Take a list of properties one step at a time: joined in one pattern, the engine may begin at the far end, with all nodes."""
    first, *rest = constraint.path.steps if constraint.path else ()
    further = _holds(constraint._replace(path=Path(tuple(rest))), below, variable + "_")
    some = constraint.parameter in {"minCount", "hasValue"}
    return f"{'' if some else '!'}EXISTS {{ {variable} <{first}> {variable}_ . FILTER({'' if some else '!'}({further})) }}"


def _logic(constraint: Constraint, below: Below, variable: str) -> str:
    parts = [_conforms(shape, below, variable) for shape in constraint.inner]
    if constraint.parameter == "xone":
        return "((" + " + ".join(f"IF({part}, 1, 0)" for part in parts) + ") = 1)"
    if constraint.parameter == "not":
        return f"(!{parts[0]})"
    return "(" + (" && " if constraint.parameter == "and" else " || ").join(parts) + ")"


def _logical(constraint: Constraint, below: Below) -> str:
    wrong = f"!{_logic(constraint, below, '?value')}"
    return f"SELECT DISTINCT ?this ?value WHERE {{ {focus(constraint.targets, below)} {_step(constraint.path)} FILTER({wrong}) }}"


def _value_query(constraint: Constraint, below: Below) -> str:
    wrong = f"!({condition(constraint, below)})"
    if constraint.path is None:
        return f"SELECT ?this ?value WHERE {{ {focus(constraint.targets, below)} BIND(?this AS ?value) FILTER({wrong}) }}"
    return f"SELECT ?this ?value WHERE {{ {_step(constraint.path)} FILTER({wrong} && {is_focus(constraint.targets, below)}) }}"


def _min_count(constraint: Constraint, below: Below) -> str:
    nodes, step = focus(constraint.targets, below), _step(constraint.path)
    if str(getattr(constraint.value, "value", "")) == "1":
        return f"SELECT ?this WHERE {{ {nodes} FILTER NOT EXISTS {{ {step} }} }}"
    return f"SELECT ?this WHERE {{ {nodes} OPTIONAL {{ {step} }} }} GROUP BY ?this HAVING (COUNT(DISTINCT ?value) < {constraint.value})"


def _max_count(constraint: Constraint, below: Below) -> str:
    nodes, step = focus(constraint.targets, below), _step(constraint.path)
    return f"SELECT ?this WHERE {{ {nodes} {step} }} GROUP BY ?this HAVING (COUNT(DISTINCT ?value) > {constraint.value})"


def _closed(constraint: Constraint, below: Below) -> str:
    allowed = ", ".join(str(term) for term in _tuple(constraint.value))
    return f"SELECT ?this ?path ?value WHERE {{ {focus(constraint.targets, below)} ?this ?path ?value FILTER(?path NOT IN ({allowed})) }}"


def _has_value(constraint: Constraint, below: Below) -> str:
    nodes = focus(constraint.targets, below)
    if constraint.path is None:
        return f"SELECT ?this WHERE {{ {nodes} FILTER(!sameTerm(?this, {constraint.value})) }}"
    return f"SELECT ?this WHERE {{ {nodes} FILTER NOT EXISTS {{ {_step(constraint.path, str(constraint.value))} }} }}"


def _unique_lang(constraint: Constraint, below: Below) -> str:
    nodes, step = focus(constraint.targets, below), _step(constraint.path)
    return f"""SELECT DISTINCT ?this WHERE {{ {nodes} {step} {_step(constraint.path, "?other")}
FILTER(isLiteral(?value) && LANG(?value) != "" && LCASE(LANG(?value)) = LCASE(LANG(?other)) && !sameTerm(?value, ?other)) }}"""


def _pair(constraint: Constraint, below: Below) -> str:
    """Compare the values along the path with those of another property of the same focus node."""
    step, is_ours = _step(constraint.path), is_focus(constraint.targets, below)
    other = _iri(constraint.value)
    if constraint.path is None:
        step, is_ours = f"{focus(constraint.targets, below)} {step}", "true"
    if constraint.parameter == "disjoint":
        return f"SELECT ?this ?value WHERE {{ {step} ?this <{other}> ?value FILTER({is_ours}) }}"
    if constraint.parameter == "equals":
        one = f"{step} FILTER(NOT EXISTS {{ ?this <{other}> ?value }} && {is_ours})"
        back = f"?this <{other}> ?value . FILTER(NOT EXISTS {{ {step} }} && {is_ours})"
        return f"SELECT ?this ?value WHERE {{ {{ {one} }} UNION {{ {back} }} }}"
    test = f"COALESCE(?value {_COMPARED[constraint.parameter]} ?other, false)"
    return f"SELECT DISTINCT ?this ?value WHERE {{ {step} ?this <{other}> ?other FILTER(!{test} && {is_ours}) }}"


def _sparql(constraint: Constraint, below: Below) -> str:
    """Bind `$this` to each focus node, as section 5.3 asks for.

    A query whose every branch begins with `$this` binds it on its own, to few nodes as a rule, which are then tested; else it is joined.
    """
    text = str(constraint.value)
    opening = text.index("{") + 1
    if all(branch.lstrip(" \t\r\n{").startswith(("$this ", "?this ")) for branch in text[opening:].split("UNION")):
        closing = text.rindex("}")
        return f"{text[:opening]} {{ {text[opening:closing]} }} FILTER({is_focus(constraint.targets, below)}) {text[closing:]}"
    return f"{text[:opening]} {focus(constraint.targets, below)} {text[opening:]}"


_QUERIES: dict[str, Callable[[Constraint, Below], str]] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "closed": _closed,
    "hasValue": _has_value,
    "uniqueLang": _unique_lang,
    "equals": _pair,
    "disjoint": _pair,
    "lessThan": _pair,
    "lessThanOrEquals": _pair,
    "sparql": _sparql,
    "or": _logical,
    "and": _logical,
    "xone": _logical,
    "not": _logical,
}


def _step(path: Path | None, value: str = "?value", node: str = "?this") -> str:
    if path is None:
        return f"BIND({node} AS {value})"
    if path.is_inverse:
        return f"{value} <{path.steps[0]}> {node} ."
    return f"{node} {'/'.join(f'<{step}>' for step in path.steps)} {value} ."


def _iri(value: Term | tuple[Term, ...] | str) -> str:
    return value.value if isinstance(value, ox.NamedNode) else str(value)


def _tuple(value: Term | tuple[Term, ...] | str) -> tuple[Term, ...]:
    return value if isinstance(value, tuple) else ()
