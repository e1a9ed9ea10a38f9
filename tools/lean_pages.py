"""A Sphinx extension: what the theme and its companions send, made light and accessible.

Of MathJax a page loads what typesets TeX, of the theme's two thousand icons those it shows;
and ids are unique, and the roles of a bibliography current.
"""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
PARTS = ["input/tex", "output/chtml", "a11y/assistive-mml"]
FILES = ["startup.js", "core.js", *(f"{part}.js" for part in PARTS)]
FOLDERS = ["input/tex/extensions", "output/chtml/fonts"]

# In the script of the icons, and in the theme's stylesheet for their font.
ICON = re.compile(
    r'(?:"(?P<quoted>[\w-]+)"|(?P<plain>[\w$]+)):\[\d+,\d+,\[(?P<aliases>[^\]]*)\],'
    r'"[0-9a-f]+",(?:"[^"]*"|\["[^"]*","[^"]*"\])\],?'
)
ICON_RULE = re.compile(r"(?:\.fa-[\w-]+:before,?)+\{content:\"[^\"]*\"\}")


def load_parts_of_mathjax(app: Sphinx, config: Config) -> None:
    """Have pages load the parts of MathJax that typeset TeX, not all of it."""
    config.mathjax_path = "mathjax/startup.js"
    config.mathjax3_config = {"loader": {"load": PARTS}}


def copy_mathjax(static: Path) -> None:
    """Copy those parts and their fonts beside the pages."""
    for name in FILES:
        target = static / "mathjax" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MATHJAX / name, target)
    for name in FOLDERS:
        shutil.copytree(MATHJAX / name, static / "mathjax" / name, dirs_exist_ok=True)


def icons_named(site: Path) -> set[str]:
    """The icons that pages and scripts of the site ask for."""
    static = site / "_static"
    scripts = {*static.glob("*.js"), *static.glob("scripts/*.js")}
    texts = [*site.rglob("*.html"), *scripts - {static / "scripts" / "fontawesome.js"}]
    named = (
        re.findall(r"\bfa-([a-z0-9-]+)", path.read_text("utf-8")) for path in texts
    )
    return {name for names in named for name in names}


def leave_out_icons(static: Path, shown: set[str]) -> None:
    """Leave out of the theme's files the icons that are not shown."""

    def kept(icon: re.Match) -> str:
        names = {
            icon["quoted"] or icon["plain"],
            *re.findall(r"[\w-]+", icon["aliases"]),
        }
        return icon[0] if names & shown else ""

    script = static / "scripts" / "fontawesome.js"
    script.write_text(ICON.sub(kept, script.read_text("utf-8")), "utf-8")
    style = static / "styles" / "pydata-sphinx-theme.css"
    style.write_text(ICON_RULE.sub("", style.read_text("utf-8")), "utf-8")


def make_lean(app: Sphinx, exception: Exception | None) -> None:
    """Bring MathJax, and leave out what no page uses, once the site is written."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    copy_mathjax(site / "_static")
    leave_out_icons(site / "_static", icons_named(site))
    for source_map in (site / "_static").rglob("*.map"):
        source_map.unlink()


def make_ids_unique(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Name the contents of exercises and solutions, which share one id, apart."""
    for number, section in enumerate(doctree.findall(nodes.section)):
        kind = section["ids"][:1]
        if kind in (["exercise-content"], ["solution-content"]):
            section["ids"] = [f"{kind[0]}-{number}"]


def visit_citation(self: HTML5Translator, node: nodes.Element) -> None:
    """Open an entry of a bibliography: an item of a list, no longer a role of its own."""
    HTML5Translator.visit_citation(self, node)
    self.body[-1] = self.body[-1].replace("doc-biblioentry", "listitem")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect to Sphinx, after the extensions that this one mends."""
    app.connect("config-inited", load_parts_of_mathjax)
    app.connect("doctree-resolved", make_ids_unique)
    app.connect("build-finished", make_lean, priority=900)
    html = (visit_citation, HTML5Translator.depart_citation)
    app.add_node(nodes.citation, override=True, html=html)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
