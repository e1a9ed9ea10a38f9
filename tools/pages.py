"""Generate the pages that are written from the claims: the ledger, the table of the five
derivations on the front page, and the style rules naming each chapter's module."""

import re
import sys
from base64 import b64decode
from itertools import groupby

import w2v
from export import ROOT, chapters, read, write_or_check
from w2v.claims import CHAPTERS, CLAIMS

VERIFICATION = "application/vnd.w2v.verification+json"

# What the subject is known for: name, formula, chapter, prefix of its claims' labels.
DERIVATIONS = (
    (
        "cross-entropy identity",
        r"-\sum_w y_w \log \hat y_w = -\log \hat y_o",
        "02_cross_entropy",
        "eq-ce-",
    ),
    (
        "sigmoid derivative",
        r"\sigma'(x) = \sigma(x)\,(1-\sigma(x))",
        "03_sigmoid",
        "eq-sigmoid-",
    ),
    (
        "softmax gradients",
        r"\partial J/\partial v,\ \partial J/\partial U",
        "05_naive_softmax",
        "eq-naive-",
    ),
    (
        "negative-sampling gradients",
        r"\partial J/\partial v,\ \partial J/\partial u_o,\ \partial J/\partial u_k",
        "06_negative_sampling",
        "eq-ns-",
    ),
    (
        "window sums",
        r"\partial J/\partial V,\ \partial J/\partial U",
        "07_skipgram",
        "eq-sg-",
    ),
)

LEDGER = """\
(sec-ledger)=
# Ledger of claims

Every result of the book, and what its verification cell found when the chapter last ran.

A claim is a displayed equation that states a result. One cell of its chapter puts it
through six steps; this page is written from the outputs of those cells, and the tests
fail when it is not current. {ref}`sec-conventions` explains the steps and what "proved"
means here. A step that cannot apply reads *n/a*, with the reason.
"""

DERIVATIONS_HEAD = """\
| derivation | chapter | module | claims |
|---|---|---|---|
"""


def verifications() -> dict[str, dict]:
    """The stored output of each verification cell, by the label of its claim."""
    found = {}
    for stem in chapters():
        for cell in read(stem).cells:
            for output in cell.get("outputs", []):
                record = output.get("data", {}).get(VERIFICATION)
                found |= {record["label"]: record} if record else {}
    return found


def title(stem: str) -> str:
    """A chapter's title."""
    return re.search(r"^# (.+)$", read(stem).cells[0].source, re.M)[1]


def section_label(stem: str) -> str:
    """The label of a chapter's title."""
    return re.match(r"\((sec-[\w-]+)\)=", read(stem).cells[0].source)[1]


def escaped(text: str) -> str:
    """Plain text as Markdown that shows it, in a table too."""
    return re.sub(r"([\\`*_$\[\]{}<>|])", r"\\\1", " ".join(text.split()))


def claim_entry(label: str, record: dict) -> str:
    """The ledger's entry of one claim."""
    heading = CLAIMS[label].title
    steps = "\n".join(
        f"| {s['step']} | {escaped(s['name'])} | {escaped(s['result'])} |"
        for s in record["steps"]
    )
    return (
        f"### {heading[0].upper()}{heading[1:]}\n\n"
        f"Claim `{label}`, {{eq}}`{label}`.\n\n"
        f"$$\n{record['latex'].strip().strip('$').strip()}\n$$\n\n"
        f"| | step | result |\n|---|---|---|\n{steps}\n"
    )


def ledger() -> str:
    """The ledger page."""
    records, parts = verifications(), [LEDGER]
    results = [label for label in CLAIMS if label.startswith("eq-")]
    if missing := [label for label in results if label not in records]:
        sys.exit(f"No stored verification of {', '.join(missing)}: run `make execute`.")
    for stem, labels in groupby(results, CHAPTERS.get):
        head = f"## {title(stem)}\n\nDerived in {{doc}}`/book/{stem}`, exported to `w2v.{chapters()[stem]}`.\n"
        parts += [head, *(claim_entry(label, records[label]) for label in labels)]
    return "\n".join(parts)


def derivation_row(name: str, formula: str, stem: str, prefix: str) -> str:
    """One row of the table of derivations."""
    if stem not in chapters():
        return f"| {name}: ${formula}$ | planned, chapter {stem[:2]} | | |"
    labels = [label for label in CLAIMS if label.startswith(prefix)]
    if not labels:
        sys.exit(
            f"No claim's label starts with {prefix}: mend DERIVATIONS in tools/pages.py."
        )
    claims = ", ".join(f"{{eq}}`{label}`" for label in labels)
    return f"| {name}: ${formula}$ | {{doc}}`/book/{stem}` | `w2v.{chapters()[stem]}` | {claims} |"


def derivations() -> str:
    """The fragment of the front page: the five derivations, and the version."""
    rows = "\n".join(derivation_row(*derivation) for derivation in DERIVATIONS)
    return f"{DERIVATIONS_HEAD}{rows}\n\nThis is version {w2v.__version__} of the book and of `w2v`.\n"


def module_styles() -> str:
    """Style rules that name, at each exported cell, the module it goes to."""
    rules = [
        f'section:has(> #{section_label(stem)}) div.cell.tag_export::before {{ content: "w2v/{module}.py"; }}'
        for stem, module in chapters().items()
    ]
    return "/* Written by tools/pages.py. */\n" + "\n".join(rules) + "\n"


def picture(stem: str, name: str) -> bytes:
    """The picture that a chapter's figure shows, as its stored output has it."""
    for cell in read(stem).cells:
        if cell.metadata.get("mystnb", {}).get("figure", {}).get("name") == name:
            for output in cell.outputs:
                if png := output.get("data", {}).get("image/png"):
                    return b64decode(png)
    sys.exit(f"{stem} has no figure {name} with a stored picture: run `make execute`.")


def generated() -> dict:
    """Every generated page, by its path."""
    return {
        ROOT / "book" / "ledger.md": ledger(),
        ROOT / "book" / "derivations.md": derivations(),
        ROOT / "assets" / "modules.css": module_styles(),
        ROOT / "assets" / "word-map.png": picture("14_word2vec", "fig-word-map"),
    }


if __name__ == "__main__":
    sys.exit(write_or_check(generated(), __doc__))
