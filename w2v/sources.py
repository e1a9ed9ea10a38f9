"""
Five published texts are read here formula by formula, as printed, and every verdict on
them is computed.

Derived in book/B1_errata.ipynb, which writes this module: change the chapter, not this
file.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from w2v.proof import Verdict, find, judge
from w2v.refutation import Claim

__all__ = [
    "Printed",
    "Finding",
    "AuditError",
    "statement",
    "read_lines",
    "demand_proof",
    "examine",
    "decided_by_computing",
    "judged",
    "spoken",
    "worded",
    "entries",
    "Audit",
]


@dataclass(frozen=True)
class Printed:
    """A formula or a statement of a source, and how we read it.

    `reading` translates what is printed, line by line, and `claim` (a label of ours) or
    `statement` (fields of a Claim) its left-hand side. `condition` says in words what
    `under` adds to the statement; `right` is the formula that holds. `slip`, `loose` and
    `because` give the reason for a verdict that no formula can give, `experiment` names a
    function that decides by computing. `see` is the section that tells what comes of it.
    """

    source: str
    place: str
    printed: str = ""
    says: str = ""
    claim: str = ""
    statement: Mapping[str, Any] = field(default_factory=dict)
    reading: tuple[str, ...] = ()
    condition: str = ""
    under: Mapping[str, Any] = field(default_factory=dict)
    right: str = ""
    slip: str = ""
    loose: str = ""
    because: str = ""
    experiment: str = ""
    ours: tuple[str, ...] = ()
    note: str = ""
    see: str = ""

    @property
    def reason(self) -> str:
        """The reason that the entry itself gives for its verdict."""
        return self.slip or self.loose or self.because


@dataclass(frozen=True)
class Finding:
    """The verdict on an entry, what was computed for it, and a counterexample where there is one."""

    verdict: str
    evidence: str = ""
    counterexample: Mapping[str, Any] | None = None

    @property
    def kind(self) -> str:
        """The verdict without its condition."""
        return "holds if" if self.verdict.startswith("holds if") else self.verdict


class AuditError(AssertionError):
    """An entry whose computed verdicts contradict what it says of itself."""


def statement(entry: Printed, **changes: Any) -> Claim:
    """Return the claim behind an entry, with some of its fields changed."""
    fields = asdict(find(entry.claim)) if entry.claim else {}
    fields |= {"label": f"{entry.source} {entry.place}", "title": entry.place}
    fields |= {**entry.statement, **changes}
    fields["apart"] = tuple(map(tuple, fields.get("apart", ())))
    fields["distinct"] = tuple(fields.get("distinct", ()))
    return Claim(**{"equals": entry.right or entry.reading[0], **fields})


def read_lines(entry: Printed, **changes: Any) -> Verdict:
    """Return the verdict on the lines of an entry: that on the first which is not proved."""
    claim = statement(entry, **changes)
    verdicts = [judge(claim, line) for line in entry.reading]
    return next((v for v in verdicts if v.status != "proved"), verdicts[-1])


def demand_proof(entry: Printed, what: str, verdict: Verdict) -> None:
    """Raise AuditError unless a formula of an entry was proved."""
    if verdict.status != "proved":
        raise AuditError(f"{entry.source} {entry.place}: {what} is {verdict}")


def examine(
    entry: Printed, experiments: Mapping[str, Callable] | None = None
) -> Finding:
    """Return the verdict on an entry, computed from its formulas. Raises AuditError."""
    if entry.because:
        return Finding("not checkable")
    if entry.experiment:
        return decided_by_computing(entry, (experiments or {})[entry.experiment])
    if entry.right:
        demand_proof(entry, "right", judge(statement(entry), entry.right))
    if not entry.reading:
        return worded(entry, None)
    return judged(entry, read_lines(entry))


def decided_by_computing(entry: Printed, experiment: Callable) -> Finding:
    """Return the verdict of an experiment: whether the statement holds, and a sentence. Raises AuditError."""
    holds, sentence = experiment()
    if not (entry.loose or entry.condition):
        return Finding("holds" if holds else "wrong", sentence)
    if holds == bool(entry.loose):
        raise AuditError(f"{entry.source} {entry.place}: {sentence}")
    return Finding(spoken(entry), sentence)


def judged(entry: Printed, verdict: Verdict) -> Finding:
    """Return the finding that the verdict on the printed lines amounts to. Raises AuditError."""
    if verdict.status == "undecided":
        raise AuditError(f"{entry.source} {entry.place}: {verdict}")
    if entry.slip or entry.loose:
        return worded(entry, verdict)
    if verdict.status == "proved":
        if entry.condition:
            raise AuditError(f"{entry.source} {entry.place}: holds without a condition")
        return Finding("holds", str(verdict))
    if entry.condition:
        demand_proof(entry, "the conditional formula", read_lines(entry, **entry.under))
        return Finding(spoken(entry), str(verdict), verdict.counterexample)
    if not entry.right:
        raise AuditError(f"{entry.source} {entry.place}: {verdict}; what is right?")
    word = "wrong" if verdict.status == "disproved" else "slip of notation"
    return Finding(word, str(verdict), verdict.counterexample)


def spoken(entry: Printed) -> str:
    """Return the verdict that an entry's words decide."""
    if entry.condition:
        return f"holds if {entry.condition}"
    return "loose wording" if entry.loose else "slip of notation"


def worded(entry: Printed, verdict: Verdict | None) -> Finding:
    """Return the finding of an entry whose fault lies in its words or signs. Raises AuditError."""
    if not entry.reason:
        raise AuditError(f"{entry.source} {entry.place}: no formula and no reason")
    if entry.slip and (not entry.right or (verdict and verdict.status == "proved")):
        raise AuditError(f"{entry.source} {entry.place}: what was meant, or no slip?")
    if verdict is None or verdict.status == "proved":
        return Finding(spoken(entry))
    return Finding(spoken(entry), str(verdict), verdict.counterexample)


def entries(path: str | Path) -> list[Printed]:
    """Return the entries of a source's file, in its order. Raises TypeError for an unknown field."""
    data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    lists = [
        {k: tuple(v) for k, v in row.items() if isinstance(v, list)}
        for row in data["row"]
    ]
    return [
        Printed(**{"source": data["source"], **row, **listed})
        for row, listed in zip(data["row"], lists, strict=True)
    ]


class Audit:
    """The findings on one source: shown as a count of verdicts, and kept for the crosswalk."""

    def __init__(
        self, path: str | Path, experiments: Mapping[str, Callable] | None = None
    ):
        self.rows = [(entry, examine(entry, experiments)) for entry in entries(path)]

    def __getitem__(self, place: str) -> tuple[Printed, Finding]:
        """Return the entry at a place and its finding. Raises KeyError."""
        found = {entry.place: (entry, finding) for entry, finding in self.rows}
        return found[place]

    def __repr__(self) -> str:
        kinds = Counter(finding.kind for _, finding in self.rows)
        counts = "\n".join(f"{count:4}  {kind}" for kind, count in kinds.most_common())
        return f"{self.rows[0][0].source}: {len(self.rows)} entries\n{counts}"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        rows = [asdict(entry) | asdict(finding) for entry, finding in self.rows]
        shown = {"text/plain": repr(self), "application/vnd.w2v.audit+json": rows}
        display(shown, raw=True)
