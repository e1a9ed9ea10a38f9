"""Generate the pages that are written from the claims and from what the chapters found: the
ledger, the crosswalk of the sources, the table of the five derivations on the front page,
and the style rules naming each chapter's module."""

import re
import sys
import tomllib
from base64 import b64decode
from itertools import groupby

import explore_picture
import reference
import w2v
from export import ROOT, chapters, read, write_or_check
from w2v.claims import CHAPTERS, CLAIMS

VERIFICATION = "application/vnd.w2v.verification+json"
AUDIT = "application/vnd.w2v.audit+json"

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

CROSSWALK = """\
(sec-crosswalk)=
# Crosswalk of the sources

Every formula, numbered equation, part and step of the five sources, as printed, with the
verdict that {doc}`B1_errata` computed, and with the equation of this book that it
corresponds to. The tests fail when this page is not current.

- *holds*: proved as printed, letter by letter, for all sizes, or found by an experiment. Where
  a line still has a derivative in it, the remark says what was compared.
- *holds if …*: refuted as printed, proved under the condition that follows; a second condition
  after *or* is argued in the text.
- *wrong*: refuted as printed; the numbers are a counterexample.
- *slip of notation*: not well formed as printed, or plainly the wrong letter, and what was
  meant is proved.
- *loose wording*: a sentence that is not what is true, beside one that is.
- *not checkable*: with the reason.
"""

COLUMNS = ":widths: 26 74\n\n* - place, verdict\n  - as printed; our equation, remark"

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
        f"(sec-ledger-{label})=\n### {heading[0].upper()}{heading[1:]}\n\n"
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


def audits() -> dict[str, list[dict]]:
    """The stored findings on each source, by its key."""
    cells = read("B1_errata").cells
    found = [o.get("data", {}).get(AUDIT) for c in cells for o in c.get("outputs", [])]
    return {rows[0]["source"]: rows for rows in found if rows}


def in_math(latex: str) -> str:
    """A printed formula as inline mathematics, several lines aligned."""
    lines = rf"\begin{{aligned}}{latex}\end{{aligned}}" if r"\\" in latex else latex
    return f"${' '.join(lines.split())}$"


def remark(row: dict) -> str:
    """What the crosswalk says of an entry beside its verdict."""
    reason = row["slip"] or row["loose"] or row["because"]
    plain_proof = row["evidence"].startswith("proved")
    seen = "" if plain_proof else escaped(row["evidence"])
    seen = seen.replace("disproved: your formula", "it", 1).partition(" (or write")[0]
    see = f"{{ref}}`{row['see']}`" if row["see"] else ""
    sentences = [
        text[0].upper() + text[1:].rstrip(".") + "." for text in (reason, seen) if text
    ]
    return " ".join([*sentences, row["note"], see]).strip()


def typeset_letters(text: str) -> str:
    """A text whose letters with an index, such as u_k, are typeset."""
    symbol = r"∂?[\wŷ]_(?:\{[^}]*\}|\w)(?:/∂\w_\w)?|∂\w/∂\w_\w"
    latex = {"∂": r"\partial ", "ŷ": r"\hat{y}"}
    return re.sub(symbol, lambda m: f"${''.join(latex.get(c, c) for c in m[0])}$", text)


def crosswalk_row(row: dict) -> str:
    """One row of the crosswalk."""
    ours = ", ".join(f"{{eq}}`{label}`" for label in row["ours"])
    said = in_math(row["printed"]) if row["printed"] else row["says"]
    beside = ". ".join(text for text in (ours, remark(row)) if text)
    below = f"\n\n    {beside}" if beside else ""
    return f"* - **{typeset_letters(row['place'])}**\n\n    *{row['verdict']}*\n  - {said}{below}"


def crosswalk_part(key: str, rows: list[dict]) -> str:
    """The crosswalk of one source: how its letters read in ours, and its rows."""
    path = ROOT / "book" / "sources" / f"{key}.toml"
    source = tomllib.loads(path.read_text(encoding="utf-8"))
    table = "\n".join(
        [":header-rows: 1\n:class: crosswalk", COLUMNS, *map(crosswalk_row, rows)]
    )
    return (
        f"(sec-crosswalk-{key.lower()})=\n## {key}: {source['title']}\n\n"
        f"{{cite}}`{key}`. {source['letters']}\n\n:::{{list-table}}\n{table}\n:::\n"
    )


def crosswalk() -> str:
    """The crosswalk page: every formula of every source."""
    return "\n".join(
        [CROSSWALK, *(crosswalk_part(*found) for found in audits().items())]
    )


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
        if module
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
        ROOT / "book" / "crosswalk.md": crosswalk(),
        ROOT / "book" / "derivations.md": derivations(),
        ROOT / "assets" / "modules.css": module_styles(),
        ROOT / "assets" / "word-map.png": picture("14_word2vec", "fig-word-map"),
        **explore_picture.generated(),
        **reference.generated(),
    }


if __name__ == "__main__":
    sys.exit(write_or_check(generated(), __doc__))
