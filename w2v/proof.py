"""
Every equation of this book that is stated as a claim is proved by a small program, with
the sizes of vocabulary and vector left as letters, and you can turn the same program on
your own formula.

Derived in book/00_conventions.ipynb, which writes this module: change the chapter, not
this file.
"""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from w2v.code_checks import (
    STEPS,
    demand,
    equal_to_code,
    gradient_checked,
    safe_at_edges,
)
from w2v.normal_form import vanishes
from w2v.notation import LIMITS, FormulaError, ShapeError
from w2v.refutation import (
    AGREEMENT,
    Claim,
    equation,
    mutants,
    refute,
    sentence,
    without_value,
)

__all__ = [
    "Verdict",
    "judge",
    "trial",
    "algebra_steps",
    "Verification",
    "verify",
    "check",
    "GIVEN_UP",
    "find",
    "judge_apart",
    "answer",
]


@dataclass(frozen=True)
class Verdict:
    """What `check` found: a status, a sentence, and for a refuted formula its counterexample.

    The status is "proved", "disproved", "undecided", "shape", "unreadable" or "unanswered".
    """

    status: str
    message: str
    counterexample: dict[str, Any] | None = None

    def __str__(self) -> str:
        return self.message

    __repr__ = __str__


def judge(claim: Claim, formula: str) -> Verdict:
    """Return the verdict on a formula, in this process and without a time limit."""
    try:
        right = claim.right(formula)
        found = refute(claim, right)
    except ShapeError as error:
        return Verdict("shape", f"wrong shape: {error}")
    except (FormulaError, RecursionError) as error:
        return Verdict("unreadable", f"not read: {error}")
    if found:
        return Verdict("disproved", sentence(claim, found), found)
    seen = f"equal to {AGREEMENT} digits at {len(claim.cases)} points"
    with suppress(RecursionError):
        if claim.cases and vanishes(claim.left - right, claim.ranges):
            but = " but 0, where it has no value" if without_value(claim, right) else ""
            return Verdict("proved", f"proved for all sizes{but}, and {seen}")
    return Verdict("undecided", f"undecided: {seen}, but the algebra found no proof")


def trial(claim: Claim, formula: str) -> str:
    """Return what becomes of a damaged formula: "rejected", "equal" (no damage), or "accepted"."""
    try:
        right = claim.right(formula)
    except FormulaError:
        return "rejected"
    if refute(claim, right) is None:
        return "equal"
    with suppress(RecursionError):
        if vanishes(claim.left - right, claim.ranges):
            return "accepted"
    return "rejected"


def algebra_steps(claim: Claim) -> list[str]:
    """Return the results of steps 1 to 3. Raises VerificationError."""
    verdict = judge(claim, claim.equals)
    everywhere = verdict.status == "proved" and "no value" not in verdict.message
    demand(everywhere, claim, 1, str(verdict))
    outcomes = Counter(trial(claim, formula) for formula in mutants(claim))
    rejected, equal = outcomes["rejected"], outcomes["equal"]
    demand(rejected > 0 and not outcomes["accepted"], claim, 2, f"{dict(outcomes)}")
    refuted = f"{rejected} of {rejected} damaged copies rejected"
    aside = f"; {equal} equal after all, set aside" if equal else ""
    return ["the difference reduces to 0", refuted + aside, "typeset from that tree"]


@dataclass(frozen=True)
class Verification:
    """The six results of one claim: shown as a table, kept for the ledger, and its equation typeset."""

    label: str
    latex: str
    results: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Return the steps with number, name and result."""
        pairs = zip(STEPS, self.results, strict=True)
        return [
            {"step": n, "name": a, "result": b} for n, (a, b) in enumerate(pairs, 1)
        ]

    def __str__(self) -> str:
        rows = [f"{r['step']} {r['name']:<31} {r['result']}" for r in self.rows()]
        return "\n".join([self.label, *rows])

    __repr__ = __str__

    def _ipython_display_(self) -> None:
        from IPython.display import display

        record = {"label": self.label, "latex": self.latex, "steps": self.rows()}
        shown = {
            "text/plain": str(self),
            "application/vnd.w2v.verification+json": record,
        }
        display(shown, raw=True)
        prefix = "application/papermill.record/"
        glued = {"name": self.label, "mime_prefix": prefix}
        display(
            {prefix + "text/latex": f"${self.latex}$"},
            raw=True,
            metadata={"scrapbook": glued},
        )


def verify(
    claim: Claim, code: Callable | None = None, *, na: str = "", edges: str = ""
) -> Verification:
    """Run the six steps on a claim.

    `code` takes letters of the claim by name and returns the right-hand side as the package
    computes it; `na` is the reason for having no code, `edges` that for skipping step 6. Raises
    VerificationError at the first step that fails, ValueError if there is neither code nor reason.
    """
    if (code is None) == (not na):
        raise ValueError("verify: expected either code or a reason in na")
    results = algebra_steps(claim)
    if code is None:
        results += [f"n/a: {na}"] * 3
    else:
        results += [equal_to_code(claim, code), gradient_checked(claim, code)]
        results.append(f"n/a: {edges}" if edges else safe_at_edges(claim, code))
    return Verification(claim.label, equation(claim), tuple(results))


def check(
    label: str | Claim, formula: str | None, timeout: float | None = 5.0
) -> Verdict:
    """Return the verdict on your formula for the right-hand side of a claim.

    `formula` is written in the claim's letters, as one entry or as an array. After `timeout`
    seconds of processor time the attempt is given up (None: no limit, in this process). Raises KeyError for an
    unknown label; every fault of the formula is a verdict, not an exception.
    """
    claim = label if isinstance(label, Claim) else find(label)
    if formula is None or formula is ... or not str(formula).strip():
        return Verdict("unanswered", "not answered yet")
    short = isinstance(formula, str) and len(formula) <= LIMITS["characters"]
    if not short or timeout is None or sys.platform == "emscripten":
        return judge(claim, formula)
    return judge_apart(claim, formula, timeout)


GIVEN_UP = "undecided: no verdict within {:g} s of computing; try a simpler form"


def find(label: str) -> Claim:
    """Return the claim or exercise with a label. Raises KeyError."""
    from w2v.claims import CLAIMS

    if label not in CLAIMS:
        raise KeyError(f"label: expected one of {', '.join(CLAIMS)}; got {label!r}")
    return CLAIMS[label]


def judge_apart(claim: Claim, formula: str, timeout: float) -> Verdict:
    """Return the verdict of `judge` in a process of its own, or "undecided" after `timeout` seconds."""
    question = json.dumps([asdict(claim), formula, timeout])
    command = [sys.executable, "-c", "from w2v.proof import answer; answer()"]
    patience = 10 * timeout if hasattr(signal, "setitimer") else timeout
    try:
        done = subprocess.run(
            command, input=question, capture_output=True, text=True, timeout=patience
        )
    except subprocess.TimeoutExpired:
        return Verdict("undecided", GIVEN_UP.format(timeout))
    if done.returncode < 0:
        return Verdict("undecided", GIVEN_UP.format(timeout))
    if done.returncode:
        return Verdict(
            "undecided",
            f"undecided: the attempt broke off ({done.stderr[-200:].strip()})",
        )
    return Verdict(**json.loads(done.stdout))


def answer() -> None:
    """Read a claim, a formula and a limit from standard input, write the verdict to standard output."""
    data, formula, timeout = json.load(sys.stdin)
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, timeout)
    data |= {
        "apart": tuple(map(tuple, data["apart"])),
        "distinct": tuple(data["distinct"]),
    }
    json.dump(asdict(judge(Claim(**data), formula)), sys.stdout)
