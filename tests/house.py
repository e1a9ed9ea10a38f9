"""The book's house rules: each takes the chapters and returns a list of complaints, and
each complaint says what is wrong, where, and what to do."""

import ast
import re
from collections import Counter
from dataclasses import dataclass

from nbformat import NotebookNode

import export
import w2v
from pages import VERIFICATION

TAGS = {
    "export",
    "claim",
    "verify",
    "exercise",
    "solution",
    "hide-input",
    "remove-cell",
    "nbval-ignore-output",
}
PREFIXES = ("sec-", "eq-", "def-", "fig-", "ex-")
PAGES = (
    "index.md",
    "book/explore.md",
    "book/guide.md",
    "book/notation.md",
    "book/letters.md",
    "book/glossary.md",
    "book/crosswalk.md",
    "book/ledger.md",
    "book/derivations.md",
    "book/api.md",
    "book/bibliography.md",
)


@dataclass(frozen=True)
class Chapter:
    """A chapter: its file's stem, the module it writes, and its notebook."""

    stem: str
    module: str
    notebook: NotebookNode

    @property
    def code(self) -> list[tuple[int, NotebookNode]]:
        """The code cells, each with its position in the notebook."""
        cells = enumerate(self.notebook.cells, start=1)
        return [(n, cell) for n, cell in cells if cell.cell_type == "code"]

    @property
    def text(self) -> str:
        """The Markdown of the chapter."""
        cells = self.notebook.cells
        return "\n\n".join(c.source for c in cells if c.cell_type == "markdown")

    def tagged(self, tag: str) -> list[tuple[int, NotebookNode]]:
        """The code cells that bear a tag, each with its position."""
        return [(n, cell) for n, cell in self.code if tag in tags(cell)]


def load() -> list[Chapter]:
    """The chapters of the book, in reading order."""
    table = export.chapters().items()
    return [Chapter(stem, module, export.read(stem)) for stem, module in table]


def pages() -> dict[str, str]:
    """The text of the pages that are not chapters."""
    return {name: (export.ROOT / name).read_text(encoding="utf-8") for name in PAGES}


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def output_complaints(chapters: list[Chapter]) -> list[str]:
    """Every code cell has run, in order from 1, without an error or a line on stderr."""
    complaints = []
    for chapter in chapters:
        for count, (n, cell) in enumerate(chapter.code, start=1):
            where = f"{chapter.stem}, cell {n}"
            kinds = {output.get("name", output.output_type) for output in cell.outputs}
            if not cell.source.strip():
                complaints.append(f"{where}: is empty. Remove it.")
            if cell.execution_count != count:
                complaints.append(
                    f"{where}: execution count {cell.execution_count}, expected {count}. "
                    f"Run `make execute CHAPTERS={chapter.stem}`."
                )
            for kind in kinds & {"stderr", "error"}:
                complaints.append(
                    f"{where}: its stored output has {kind}. Mend the cell, then run "
                    f"`make execute CHAPTERS={chapter.stem}`."
                )
    return complaints


def tag_complaints(chapters: list[Chapter]) -> list[str]:
    """Every tag belongs to the closed set."""
    return [
        f"{chapter.stem}, cell {n}: unknown tag {tag!r}. Use one of {sorted(TAGS)}."
        for chapter in chapters
        for n, cell in enumerate(chapter.notebook.cells, start=1)
        for tag in tags(cell)
        if tag not in TAGS
    ]


def figure_faults(cell: NotebookNode) -> list[str]:
    """What the metadata of a cell that draws a figure lack."""
    mystnb = cell.metadata.get("mystnb", {})
    figure, image = mystnb.get("figure", {}), mystnb.get("image", {})
    faults = {
        "a name that starts with fig-": figure.get("name", "").startswith("fig-"),
        "a caption that is a sentence": figure.get("caption", "").endswith("."),
        "an alt text": image.get("alt", "").strip(),
    }
    return [fault for fault, holds in faults.items() if not holds]


def figure_complaints(chapters: list[Chapter]) -> list[str]:
    """Every figure has a name, a caption that is a sentence, and an alt text."""
    complaints = []
    for chapter in chapters:
        for n, cell in chapter.code:
            drawn = [o for o in cell.outputs if "image/png" in o.get("data", {})]
            complaints += [
                f"{chapter.stem}, cell {n}: its figure lacks {fault}. Put it into the "
                "cell's metadata, mystnb: {figure: {name, caption}, image: {alt}}."
                for fault in (figure_faults(cell) if drawn else [])
            ]
        for source in re.findall(r"!\[\s*\]\(([^)]*)\)", chapter.text):
            complaints.append(
                f"{chapter.stem}: image {source} lacks an alt text. Write ![what it shows](...)."
            )
    return complaints


def export_complaints(chapters: list[Chapter]) -> list[str]:
    """Each exported name is defined once, and none is a module's name."""
    homes: dict[str, list[str]] = {}
    for chapter in chapters:
        for name in export.public_names(export.tagged(chapter.notebook, "export")):
            homes.setdefault(name, []).append(chapter.module)
    modules = {chapter.module for chapter in chapters} - {""} | {"claims"}
    twice = [
        f"{name} is exported by {' and '.join(found)}. Keep one, import it in the other."
        for name, found in homes.items()
        if len(found) > 1
    ]
    clashes = [
        f"{name}, exported by {homes[name][0]}, is also a module of w2v. Rename one."
        for name in modules & set(homes)
    ]
    homeless = [
        f"{name} is exported by a chapter that writes no module. Name one in pyproject.toml."
        for name, found in homes.items()
        if "" in found
    ]
    return twice + clashes + homeless


def imported_modules(source: str) -> set[str]:
    """The modules of w2v that a piece of code takes names from."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module="w2v"):
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module)) if module.startswith("w2v."):
                names.add(module.split(".")[1])
            case ast.Import():
                parts = [alias.name.split(".") for alias in node.names]
                names |= {p[1] for p in parts if p[0] == "w2v" and len(p) > 1}
            case ast.Attribute(value=ast.Name(id="w2v"), attr=name):
                names.add(name)
    return {w2v._MODULE_OF.get(name, name) for name in names} - {"__version__"}


def lookup(chapter: Chapter) -> set[str]:
    """The instrument, alone, may look claims up by their label."""
    return {"claims"} if chapter.module == "proof" else set()


def import_complaints(chapters: list[Chapter]) -> list[str]:
    """A chapter takes from w2v only what earlier chapters have derived."""
    complaints: list[str] = []
    later = {chapter.module for chapter in chapters if chapter.module} | {"claims"}
    for chapter in chapters:
        for n, cell in chapter.code:
            source = re.sub(r"^\s*[%!].*$", "pass", cell.source, flags=re.M)
            complaints += [
                f"{chapter.stem}, cell {n}: takes from w2v.{module}, which no earlier "
                "chapter writes. Derive it here, or move the cell to a later chapter."
                for module in sorted(imported_modules(source) & later - lookup(chapter))
            ]
        later.discard(chapter.module)
    return complaints


def defined_labels(text: str) -> list[str]:
    """The labels that a piece of MyST defines."""
    target, option = r"^\(([\w:-]+)\)=", r"^:(?:label|name):\s*([\w:-]+)\s*$"
    equation = r"^\$\$ \(([\w:-]+)\)$"
    found = re.findall(f"{target}|{option}|{equation}", text, re.M)
    return [label for groups in found for label in groups if label]


def used_labels(text: str) -> set[str]:
    """The labels that a piece of MyST refers to."""
    roles = re.findall(r"\{(?:eq|ref|numref)\}`(?:[^`<]*<)?([\w:-]+)>?`", text)
    return set(roles) | set(re.findall(r"\]\(#([\w:-]+)\)", text))


def label_complaints(
    chapters: list[Chapter], pages: dict[str, str] | None = None
) -> list[str]:
    """Each label is unique, well named and no file's name; each reference resolves."""
    texts = {chapter.stem: chapter.text for chapter in chapters} | (pages or {})
    figures = [
        cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        for chapter in chapters
        for _, cell in chapter.code
    ]
    found = [label for text in texts.values() for label in defined_labels(text)]
    labels = Counter(found + [name for name in figures if name])
    stems = {chapter.stem for chapter in chapters}
    twice = [
        f"Label {label} is defined {count} times. Rename all but one."
        for label, count in labels.items()
        if count > 1
    ]
    badly_named = [
        f"Label {label} must start with one of {', '.join(PREFIXES)} and be no file's name."
        for label in labels
        if not label.startswith(PREFIXES) or label in stems
    ]
    unresolved = [
        f"{place} refers to {label}, which nothing defines. Mend the reference."
        for place, text in texts.items()
        for label in sorted(used_labels(text) - set(labels))
    ]
    return twice + badly_named + unresolved


def claim_labels(chapter: Chapter) -> dict[str, str]:
    """The label of each claim of a chapter, by the name it is bound to."""
    labels = {}
    for _, cell in chapter.tagged("claim"):
        for node in ast.parse(cell.source).body:
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.Call(
                        func=ast.Name(id="Claim"), args=[ast.Constant(value=label), *_]
                    ),
                ):
                    labels[name] = label
    return labels


def verified_names(source: str) -> list[str]:
    """The names that a cell passes to `verify`."""
    return [
        ast.unparse(node.args[0])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "verify"
        and node.args
    ]


def claim_complaints(chapters: list[Chapter]) -> list[str]:
    """Each result is verified by one cell and shown; each exercise is posed and solved."""
    complaints = []
    for chapter in chapters:
        labels = claim_labels(chapter)
        complaints += [
            f"{chapter.stem}: claim {label} must start with eq- (a result) or ex- (an exercise)."
            for label in labels.values()
            if not label.startswith(("eq-", "ex-"))
        ]
        complaints += verification_faults(chapter, labels)
        complaints += result_faults(chapter, labels)
        complaints += exercise_faults(chapter, labels)
    return complaints


def verification_faults(chapter: Chapter, labels: dict[str, str]) -> list[str]:
    """The verification cells that do not verify one claim of their chapter."""
    cells = [(n, verified_names(c.source)) for n, c in chapter.tagged("verify")]
    return [
        f"{chapter.stem}, cell {n}: tagged verify, calls verify on {names or 'nothing'}. "
        "It must call it once, on a name bound to a Claim in this chapter."
        for n, names in cells
        if len(names) != 1 or names[0] not in labels
    ]


def result_faults(chapter: Chapter, labels: dict[str, str]) -> list[str]:
    """The results that are not verified by one cell, or not displayed."""
    results = {name: x for name, x in labels.items() if x.startswith("eq-")}
    cells = [verified_names(cell.source) for _, cell in chapter.tagged("verify")]
    counts = Counter(name for names in cells for name in names)
    unverified = [
        f"{chapter.stem}: claim {label} has {counts[name]} verification cells, expected 1. "
        f"Write one cell, tagged verify, that calls verify({name}, ...)."
        for name, label in results.items()
        if counts[name] != 1
    ]
    unseen = [
        f"{chapter.stem}: claim {label} is not displayed. Write "
        f"```{{glue:math}} {label} with :label: {label}."
        for label in results.values()
        if not re.search(rf"\{{glue:math\}} {label}\n:label: {label}\n", chapter.text)
    ]
    return unverified + unseen


def exercise_faults(chapter: Chapter, labels: dict[str, str]) -> list[str]:
    """The exercises that are not posed in the text, or not solved by a checked formula."""
    exercises = [label for label in labels.values() if label.startswith("ex-")]
    posed = set(defined_labels(chapter.text))
    solutions = "\n".join(cell.source for _, cell in chapter.tagged("solution"))
    unposed = [
        f"{chapter.stem}: exercise {label} is not posed. Write an exercise with :label: {label}."
        for label in exercises
        if label not in posed
    ]
    unsolved = [
        f"{chapter.stem}: exercise {label} is not solved. Write a cell, tagged solution, "
        f'that calls check("{label}", ...).'
        for label in exercises
        if f'check("{label}"' not in re.sub(r"\(\s+", "(", solutions)
    ]
    return unposed + unsolved


def printed(cell: NotebookNode) -> str:
    """What a cell printed or showed, as text."""
    texts = [
        o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.outputs
    ]
    return "".join(texts).strip()


def answer_complaints(chapters: list[Chapter]) -> list[str]:
    """Each exercise is stored unanswered, and each solution's formula is proved."""
    wanted = {"exercise": "not answered yet", "solution": "proved for all sizes"}
    return [
        f"{chapter.stem}, cell {n}: {tag} shows {printed(cell)[:60]!r}, expected "
        f"{words!r}. Mend the formula, then run `make execute CHAPTERS={chapter.stem}`."
        for chapter in chapters
        for tag, words in wanted.items()
        for n, cell in chapter.tagged(tag)
        if "check(" in cell.source and not printed(cell).startswith(words)
    ]


def step_complaints(chapters: list[Chapter]) -> list[str]:
    """Each verification stores steps 1 to 6 of its claim, `n/a` only with a reason."""
    complaints = []
    for chapter in chapters:
        labels = claim_labels(chapter)
        for n, cell in chapter.tagged("verify"):
            where = f"{chapter.stem}, cell {n}"
            expected = [labels.get(name) for name in verified_names(cell.source)]
            data = [output.get("data", {}) for output in cell.outputs]
            records = [d[VERIFICATION] for d in data if VERIFICATION in d]
            if [record["label"] for record in records] != expected:
                complaints.append(
                    f"{where}: no stored verification of {expected}. "
                    f"Run `make execute CHAPTERS={chapter.stem}`."
                )
            for record in records:
                complaints += record_faults(where, record)
    return complaints


def record_faults(where: str, record: dict) -> list[str]:
    """What is wrong with the six steps of one verification."""
    steps = [step["step"] for step in record["steps"]]
    order = [f"{where}: steps {steps}, expected 1 to 6. Mend the call of verify."]
    reasons = [
        f"{where}: step {step['step']} reads {step['result']!r}. Say after n/a why it cannot apply."
        for step in record["steps"]
        if step["result"].strip().lower().startswith("n/a")
        and len(re.findall(r"\w+", step["result"])) < 4
    ]
    return (order if steps != [1, 2, 3, 4, 5, 6] else []) + reasons
