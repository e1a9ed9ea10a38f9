"""A Sphinx extension: beside each proved equation a badge that leads to its ledger entry and
a place to try another form of it, and below each exercise a place to check an answer.

What it adds is static and says how to run the check in a notebook. Where tools/live.py has
prepared the live part, assets/live.js turns it into an input.
"""

import re
import shutil
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata

from w2v.claims import CLAIMS
from w2v.notation import FUNCTIONS, LIMITS, SIZES, Letter
from w2v.refutation import Claim, names_in

LIVE = Path(__file__).resolve().parent.parent / "build" / "live"
RUN_CELL = (
    "To check your answer, put it between the last quotation marks of the cell above "
    "and run the cell: the chapter’s notebook can be downloaded at the top of this page."
)
RUN_LINE = "To check a form of your own, put it into this line and run it, in the chapter’s notebook for example:"


def code(text: str) -> str:
    """A text in the letters of code, as HTML."""
    return f"<code>{escape(text)}</code>"


def described(name: str, letter: Letter) -> str:
    """A letter and its shape, as HTML; of words, the size below which they lie."""
    shape = ", ".join(letter.axes) + ("," if len(letter.axes) == 1 else "")
    kind = f"index below {letter.bound}" if letter.bound else ""
    kind = kind.replace("index below N", "words" if shape else "a word")
    notes = [f"({shape})" if shape else "", kind, "&gt; 0" if letter.positive else ""]
    return " ".join([code(name), *filter(None, notes)])


def letters(claim: Claim) -> str:
    """The letters in which a claim is stated, its abbreviations, sizes and indices, as HTML."""
    texts = [claim.of, claim.wrt or "0", claim.equals]
    names = names_in(texts, claim.definitions) | {*claim.letters, *claim.where}
    specs = {n: spec for n, spec in claim.specs.items() if n in names}
    axes = {a for s in specs.values() for a in (*s.axes, s.bound)} - {""}
    short = {n: t for n, t in claim.definitions.items() if n in names}
    sizes = [n for n in SIZES if n in names | axes and n not in specs]
    indices = [entry.name for entry in claim.entries]
    items = [described(name, spec) for name, spec in specs.items()]
    items += [f"{code(name)} = {code(text)}" for name, text in short.items()]
    items += [f"sizes {', '.join(map(code, sizes))}"] if sizes else []
    items += [f"one entry: {', '.join(map(code, indices))}"] if indices else []
    return "; ".join(items)


def place(tag: str, claim: Claim, head: str, run: str) -> nodes.raw:
    """The place where a reader's formula is checked, as it stands without a script."""
    known = letters(claim)
    html = (
        f'<{tag} class="w2v-live" data-claim="{claim.label}"'
        f' data-title="{escape(claim.title)}">{head}<p class="w2v-run">{run}</p>'
        + (f'<p class="w2v-letters">Letters: {known}.</p>' if known else "")
        + f"</{tag}>"
    )
    return nodes.raw("", html, format="html")


def exercise_place(claim: Claim) -> nodes.raw:
    """The place below an exercise."""
    return place("div", claim, "", RUN_CELL)


def equation_place(claim: Claim) -> nodes.raw:
    """The folded place below an equation."""
    hidden = f'<span class="visually-hidden">: {escape(claim.title)}</span>'
    line = code(f'from w2v.proof import check; check("{claim.label}", "")')
    head = f"<summary>Try your own form{hidden}</summary>"
    return place("details", claim, head, f"{RUN_LINE} {line}")


def badge(claim: Claim, document: str) -> nodes.Node:
    """The badge of a proved equation: a link to its entry in the ledger."""
    link = pending_xref(
        "",
        refdomain="std",
        reftype="ref",
        reftarget=f"sec-ledger-{claim.label.lower()}",
        refexplicit=True,
        refwarn=True,
        refdoc=document,
    )
    link += nodes.inline("", "proved")
    of = nodes.inline("", f": {claim.title}", classes=["visually-hidden"])
    return nodes.paragraph("", "", link, of, classes=["w2v-proved"])


def asked(cell: nodes.Element) -> list[str]:
    """The labels of the exercises that a cell checks."""
    return re.findall(r'\bcheck\(\s*"(ex-[\w-]+)"', cell.astext())


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Add the badges and the places to a page that was read."""
    for equation in list(doctree.findall(nodes.math_block)):
        if equation.get("label") in CLAIMS:
            claim = CLAIMS[equation["label"]]
            beside = nodes.container(classes=["w2v-claim"])
            beside += [badge(claim, app.env.docname), equation_place(claim)]
            after(equation, beside)
    for cell in list(doctree.findall(nodes.container)):
        if "tag_exercise" in cell["classes"]:
            after(cell, *(exercise_place(CLAIMS[label]) for label in asked(cell)))


def after(node: nodes.Element, *added: nodes.Node) -> None:
    """Insert nodes after a node."""
    position = node.parent.index(node) + 1
    node.parent[position:position] = added


def has_places(doctree: nodes.document | None) -> bool:
    """Whether there is a place on a page where a formula is checked."""
    raw = doctree.findall(nodes.raw) if doctree else ()
    return any("w2v-live" in node.astext() for node in raw)


def load_script(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Load the live part on the pages that have a use for it, where it was prepared."""
    if wanted(app) and has_places(doctree):
        known = {
            "data-characters": str(LIMITS["characters"]),
            "data-functions": ", ".join(FUNCTIONS),
        }
        app.add_js_file("live.js", loading_method="defer", **known)


def look_for_live(app: Sphinx, config: Config) -> None:
    """Note whether the live part was prepared; when that changes, all pages are written anew."""
    config.live_part = (LIVE / "manifest.json").exists()


def wanted(app: Sphinx) -> bool:
    """Whether the live part was prepared and the output is a site that can run it."""
    return app.config.live_part and app.builder.name == "html"


def copy_live(app: Sphinx, failure: Exception | None) -> None:
    """Copy what the live part loads into the site that was built."""
    copy = Path(app.outdir) / "_static" / "live"
    shutil.rmtree(copy, ignore_errors=True)
    if failure is None and wanted(app):
        shutil.copytree(LIVE, copy)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the extension to the build."""
    app.add_config_value("live_part", False, "html", types=(bool,))
    app.connect("config-inited", look_for_live)
    app.connect("doctree-read", mark)
    app.connect("html-page-context", load_script)
    app.connect("build-finished", copy_live)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
