"""Add to tests/addresses.txt what the built site has and the list has not: its pages, and on
them the equations, figures, exercises, sections, terms and names that have a label."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE, LIST = ROOT / "_build" / "html", ROOT / "tests" / "addresses.txt"
LABELED = re.compile(r'\bid="((?:equation|term|sec|fig|ex)-[\w.-]+|w2v\.[\w.]+)"')


def anchors(html: str) -> set[str]:
    """The ids on a page that come from a label."""
    return set(LABELED.findall(html))


def built() -> set[str]:
    """Every address of the built site: its pages, and the labels on them."""
    front = (SITE / "index.html").read_text("utf-8")
    found = set()
    for page in [
        "index.html",
        *re.findall(r'toctree-l1"><a[^>]* href="([\w/]+\.html)"', front),
    ]:
        found.add(page)
        found |= {
            f"{page}#{name}" for name in anchors((SITE / page).read_text("utf-8"))
        }
    return found


def known() -> set[str]:
    """Every address that readers may have."""
    return set(LIST.read_text("utf-8").split()) if LIST.exists() else set()


if __name__ == "__main__":
    LIST.write_text("\n".join(sorted(known() | built())) + "\n", "utf-8")
