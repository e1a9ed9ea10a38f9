"""What a page asks of the proof: how a formula was understood, and whether it is right."""

import json
import re
from itertools import accumulate

from w2v.notation import LIMITS, FormulaError, Printer, meaning, read, shape_text
from w2v.proof import check, find

STEP = dict.fromkeys("([{", 1) | dict.fromkeys(")]}", -1)
SIGNS = re.compile(rf"(?:[-+~]\s*){{{LIMITS['depth'] + 1}}}")
TOO_DEEP = "the formula is too deeply nested to read"


def too_deep(formula: str) -> bool:
    """Whether a formula nests so deeply that a browser, which has little stack, cannot parse it."""
    open_brackets = accumulate(STEP.get(c, 0) for c in formula)
    deepest = max(open_brackets, default=0)
    return deepest > LIMITS["depth"] or SIGNS.search(formula) is not None


def understood(label: str, formula: str) -> dict[str, str]:
    """A formula typeset, with its shape; or why it cannot be read."""
    scope = find(label).scope
    try:
        tree = read(formula)
        shape = shape_text(meaning(tree, scope).shape)
        return {"latex": Printer(scope)(tree), "shape": shape}
    except (FormulaError, RecursionError) as error:
        return {"unread": str(error)}


def verdict(label: str, formula: str) -> dict[str, str]:
    """The verdict on a formula for the right-hand side of a claim."""
    found = check(label, formula, timeout=None)
    return {"status": found.status, "message": found.message}


def answer(question: str) -> str:
    """The answer to a question that a page asks, both in JSON."""
    asked = json.loads(question)
    label, formula = asked["label"], asked["formula"]
    if too_deep(formula):
        refusal = {"status": "unreadable", "message": f"not read: {TOO_DEEP}"}
        return json.dumps({**refusal, "unread": TOO_DEEP})
    answers = {"preview": understood, "check": verdict}
    return json.dumps(answers[asked["kind"]](label, formula))
