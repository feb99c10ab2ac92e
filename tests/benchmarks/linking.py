"""How good the suggestions from territories are, on 400 names of actors that were labelled twice: `python tests/benchmarks/linking.py`.

The names are from the coded political news events of one year, whole world; `tests/data/actors.tsv` has them with what two readers, both
automated and independent of each other, and of the matcher, decided, and what was settled. `python tests/benchmarks/linking.py FILE` counts
the bands for the names of a file, one a line, instead.

The labels are items of Wikidata. A code of ISO 3166 is judged by the item that is settled for its name, and by the table of territories,
which says whose code it is: it is right if that item is the one of the territory that has the code. Where Wikidata has several items for
that territory (the Netherlands), the item does not tell which of them the code is for: such codes are counted apart.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

from kg import targets
from kg.linking import table, territories
from kg.linking.suggestion import EXACT, REVIEW, band_of_name

DATA = Path(__file__).parents[1] / "data" / "actors.tsv"
KINDS = ("territory", "home")
_KIND_OF = {"exact": "territory", "home": "home"}
_WIKIDATA, _ISO = targets.PREFIXES["wd"], targets.PREFIXES["iso3166"]
_CONFIDENCE = 0.95


class Name(NamedTuple):
    """A name with what each reader decided, and what was settled."""

    name: str
    first: str
    second: str
    decision: str
    identifiers: frozenset[str]
    note: str

    @property
    def kind(self) -> str:
        """What a link of this name would be: territory or home; empty for neither."""
        if self.decision == "ambiguous":
            return "home" if self.name.endswith(")") else "territory"
        return _KIND_OF.get(self.decision, "")


class Found(NamedTuple):
    """What the matcher says of a name: items by band and kind."""

    exact: dict[str, str]
    review: dict[str, str]


class Score(NamedTuple):
    """Right ones of those that were proposed, and of those that there were to find."""

    right: int
    proposed: int
    wanted: int
    wrong: tuple[str, ...]
    unjudged: int = 0

    @property
    def precision(self) -> float:
        """The share of right ones in what was proposed."""
        return self.right / self.proposed if self.proposed else 1.0

    @property
    def recall(self) -> float:
        """The share of what there was to find that was proposed and right."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of Wilson for the precision: where that of all such names lies, with 95 % confidence, were these drawn at random."""
        z, share, number = NormalDist().inv_cdf((1 + _CONFIDENCE) / 2), self.precision, self.proposed
        if not number:
            return 0.0, 1.0
        middle, spread = share + z**2 / (2 * number), z * (share * (1 - share) / number + z**2 / (4 * number**2)) ** 0.5
        return max(0.0, (middle - spread) / (1 + z**2 / number)), min(1.0, (middle + spread) / (1 + z**2 / number))

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.right} of {self.proposed} right, precision {self.precision:.4f}, 95 % interval {low:.4f} to {high:.4f}"


def read(path: Path = DATA) -> list[Name]:
    """Return the labelled names."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Name(row["name"], row["first"], row["second"], row["decision"], frozenset(row["identifiers"].split()), row["note"])
            for row in rows
        ]


def find(name: str) -> Found:
    """Return the Wikidata items that the matcher suggests for a name, by band, each with its kind."""
    items = [each for each in territories.suggest(name) if each.target.startswith(_WIKIDATA)]
    by_band = {
        band: {each.target.removeprefix(_WIKIDATA): each.kind for each in reversed(items) if each.band == band} for band in (EXACT, REVIEW)
    }
    return Found(by_band[EXACT], by_band[REVIEW])


def exact_band(names: list[Name], kind: str) -> Score:
    """Score the band `exact`: each item proposed in it must be a settled one, of the settled kind."""
    right, wrong = 0, []
    proposed = [(name, item) for name in names for item, found in find(name.name).exact.items() if found == kind]
    for name, item in proposed:
        if name.decision != "ambiguous" and name.kind == kind and item in name.identifiers:
            right += 1
        else:
            wrong.append(f"{name.name}: {item}, settled {name.decision} {' '.join(sorted(name.identifiers))}".rstrip())
    return Score(right, len(proposed), sum(name.kind == kind for name in names), tuple(wrong))


def review_band(names: list[Name], kind: str) -> Score:
    """Score the band `review`, name by name: all that is settled for a name must be among the candidates that a person is shown."""
    right, wrong, shown, wanted = 0, [], 0, 0
    for name in names:
        found = find(name.name)
        offered = {item for item, said in found.review.items() if (said == "territory") == (kind == "territory")}
        wanted += name.kind == kind and not found.exact
        shown += bool(offered)
        if offered and name.kind == kind and name.identifiers <= offered:
            right += 1
        elif offered:
            wrong.append(f"{name.name}: {' '.join(sorted(offered))}, settled {name.decision} {' '.join(sorted(name.identifiers))}".rstrip())
    return Score(right, shown, wanted, tuple(wrong))


def codes(names: list[Name], band: str) -> Score:
    """Score the codes of ISO 3166 that are proposed in a band; those that the labels cannot judge count apart."""
    proposed = [
        (name, each.target.removeprefix(_ISO))
        for name in names
        for each in territories.suggest(name.name)
        if each.target.startswith(_ISO) and each.band == band
    ]
    judged = [(name, code, judged) for name, code in proposed if (judged := is_right(name, code)) is not None]
    wrong = tuple(
        f"{name.name}: {code}, settled {name.decision} {' '.join(sorted(name.identifiers))}".rstrip()
        for name, code, right in judged
        if not right
    )
    code_of = {entry.qid: entry.iso for entry in table.load().entries.values() if entry.iso}
    wanted = sum(bool(is_right(name, code_of[item])) for name in names for item in name.identifiers & code_of.keys())
    return Score(len(judged) - len(wrong), len(judged), wanted, wrong, len(proposed) - len(judged))


def is_right(name: Name, code: str) -> bool | None:
    """Tell whether a code is that of the territory that is settled for a name; None where its item does not tell."""
    known = table.load()
    entry = known.entries[code.lower()]
    if name.decision != "exact" or not name.identifiers <= {entry.qid, *entry.other_qids}:
        return False
    return None if known.doubt_of_item(entry.name, entry) else name.identifiers == {entry.qid}


def together(scores: list[Score]) -> Score:
    """Return several scores as one."""
    return Score(
        sum(each.right for each in scores),
        sum(each.proposed for each in scores),
        sum(each.wanted for each in scores),
        tuple(words for each in scores for words in each.wrong),
        sum(each.unjudged for each in scores),
    )


def agreement(names: list[Name]) -> tuple[float, float]:
    """Return the share of names on which both readers agree, decision and identifiers, and Cohen's kappa."""
    share = sum(name.first == name.second for name in names) / len(names)
    first, second = Counter(name.first for name in names), Counter(name.second for name in names)
    chance = sum(first[label] * second[label] for label in first) / len(names) ** 2
    return share, (share - chance) / (1 - chance) if chance < 1 else 1.0


def report(names: list[Name]) -> str:
    """Return the figures as text, with everything that is wrong."""
    share, kappa = agreement(names)
    lines = [f"{len(names)} names; the two readers agree on {share:.1%} of them (Cohen's kappa {kappa:.3f})", ""]
    lines.append(f"{'band':8}{'kind':11}{'proposed':>9}{'right':>7}{'wanted':>8}{'precision':>11}{'recall':>8}")
    items, code = [exact_band(names, kind) for kind in KINDS], codes(names, EXACT)
    rows = [(EXACT, kind, found) for kind, found in zip((*KINDS, "code"), (*items, code), strict=True)]
    rows += [(REVIEW, kind, review_band(names, kind)) for kind in KINDS]
    for band, kind, found in rows:
        figures = f"{found.proposed:9}{found.right:7}{found.wanted:8}{found.precision:11.3f}{found.recall:8.3f}"
        lines.append(f"{band:8}{kind:11}{figures}")
    lines += ["", f"exact band, items of Wikidata: {together(items)}", f"exact band, codes of ISO 3166: {code}"]
    lines.append(f"exact band as a whole: {together([*items, code])}")
    lines.append(f"codes that the labels cannot judge: {code.unjudged} in the exact band, {codes(names, REVIEW).unjudged} to review")
    lines += ["", "wrong:", *(f"{band}, {kind}: {words}" for band, kind, found in rows for words in found.wrong)]
    return "\n".join(lines)


def bands_of(names: list[str]) -> Counter[str]:
    """Return how many names are in which band, each with the kind of its best candidate."""
    found = map(territories.suggest, names)
    return Counter(", ".join([band_of_name(each), *(one.kind for one in each[:1])]) for each in found)


def count(path: Path) -> str:
    """Return how many names of a list are in which band, and how long that took."""
    names = path.read_text(encoding="utf-8").splitlines()
    territories.suggest("")
    began = time.perf_counter()
    bands = bands_of(names)
    seconds = time.perf_counter() - began
    lines = [f"{number:7,} {what}" for what, number in bands.most_common()]
    return "\n".join([f"{len(names):,} names in {seconds:.1f} s", *lines])


if __name__ == "__main__":
    print(count(Path(sys.argv[1])) if sys.argv[1:] else report(read()))  # noqa: T201  a command
