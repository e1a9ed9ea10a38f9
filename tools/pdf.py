"""Print the built book, or the chapters that are named, as one PDF: `make pdf`.

The pages of _build/html are joined into one document in which every address is unique, and
Chromium prints it. What needs a screen is left out, solutions go to the end, and the table
of contents has page numbers.
"""

import logging
import posixpath
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

import matplotlib
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit, IndirectObject, NameObject, TextStringObject

import w2v

ROOT = Path(__file__).resolve().parent.parent
SITE, OUT = ROOT / "_build" / "html", ROOT / "_build" / "pdf"
TITLE, AUTHOR = "word2vec, proved", "The w2v authors"
LICENSE = "Text under CC BY 4.0, code under the MIT license"
NAME, WIDTH = "word2vec-proved", 627  # pixels: A4 without the margins of print.css
PREFACE, SOLUTIONS = "About this book", "Solutions to the exercises"
STYLES = ("pygments.css", "modules.css", "print.css")
FONTS = {
    "STIXGeneral": "Book; font-weight: 400; font-style: normal",
    "STIXGeneralItalic": "Book; font-weight: 400; font-style: italic",
    "STIXGeneralBol": "Book; font-weight: 700; font-style: normal",
    "STIXGeneralBolIta": "Book; font-weight: 700; font-style: italic",
    "DejaVuSansMono": "Book Mono; font-weight: 400",
    "DejaVuSansMono-Bold": "Book Mono; font-weight: 700",
}
FOR_A_SCREEN = (
    "a.headerlink, button, script, noscript, details.hide, .toctree-wrapper, [hidden], "
    ".explore, .w2v-live, .tag_exercise > .cell_output"
)

# MathJax as the pages load it, less what only a screen needs.
SETTINGS = """
MathJax.loader = {load: ["input/tex", "output/chtml"]};
MathJax.options = {...MathJax.options, enableMenu: false, enableAssistiveMml: false};
"""
TYPESET = "MathJax.startup.promise.then(() => document.fonts.ready).then(() => null)"

# A formula that is wider than its place is set smaller.
FIT = """() => {
  const inner = (element) => {
    const style = getComputedStyle(element);
    return element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  };
  const shrink = [];
  for (const formula of document.querySelectorAll("mjx-container")) {
    const place = formula.closest("div, p, li, td, th, dd, figcaption");
    const number = place.querySelector(":scope > .eqno");
    const room = inner(place) - (number ? 2 * number.offsetWidth : 0);
    const width = formula.firstElementChild.getBoundingClientRect().width;
    if (width > room) shrink.push([formula, Math.floor(98 * room / width)]);
  }
  for (const [formula, percent] of shrink) formula.style.fontSize = `${percent}%`;
  return shrink.map(([, percent]) => percent);
}"""
NUMBER = """numbers => {
  const shown = {};
  for (const link of document.querySelectorAll("a.page")) {
    const name = decodeURIComponent(link.hash.slice(1));
    link.dataset.page = shown[name] = numbers[name];
  }
  return shown;
}"""
PRINTINGS = 5


@dataclass(frozen=True)
class Page:
    """A page of the site: its path, the part of the book it belongs to, and its article."""

    path: str
    part: str
    article: Tag

    @property
    def name(self) -> str:
        """Its name in the joined document."""
        return f"page-{Path(self.path).stem}"

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.article.h1.get_text()

    @property
    def number(self) -> str:
        """Its number, if it is a chapter."""
        found = re.match(r"page-(\w\d\w?)_", self.name)
        return found[1] if found else ""


class Addresses:
    """Where an address of the site is found in the joined document."""

    def __init__(self, pages: list[Page]) -> None:
        """Learn the pages, and how often each id occurs on them."""
        self.names = {page.path: page.name for page in pages}
        tags = [tag for page in pages for tag in page.article.find_all(id=True)]
        self.counts = Counter(tag["id"] for tag in tags)

    def anchor(self, path: str, name: str) -> str:
        """The id of a page, or of an id on it: as it was, if no other page has it too."""
        if not name:
            return self.names[path]
        return name if self.counts[name] < 2 else f"{self.names[path]}-{name}"

    def link(self, path: str, href: str) -> str | None:
        """What a link on a page leads to; None if it is to a page that the book has not."""
        address = urlsplit(href)
        if address.scheme:
            return href
        target = beside(path, address.path) if address.path else path
        known = target in self.names
        return f"#{self.anchor(target, address.fragment)}" if known else None


def beside(path: str, relative: str) -> str:
    """The path, on the site, of what a page calls by a relative one."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))


def parsed(path: str) -> BeautifulSoup:
    """A page of the site, parsed."""
    return BeautifulSoup((SITE / path).read_text("utf-8"), "html.parser")


def on_paper(page: BeautifulSoup) -> Tag:
    """The article of a page, without what needs a screen."""
    article = page.select_one("article.bd-article")
    for tag in article.select(FOR_A_SCREEN):
        tag.decompose()
    return article


def listed(front: BeautifulSoup) -> list[tuple[str, str]]:
    """The path and part of each page but the front page, in the order of its navigation."""
    part, found = "", []
    for tag in front.select("nav.bd-docs-nav :is(p.caption, li.toctree-l1 > a)"):
        part = tag.get_text() if tag.name == "p" else part
        if tag.name == "a" and tag["href"] != "#":
            found.append((tag["href"], part))
    return found


def read_pages(front: BeautifulSoup, chapters: Collection[str]) -> list[Page]:
    """The pages of the book in reading order, or those of the chapters that are named."""
    pages = [
        Page(path, part, on_paper(parsed(path)))
        for path, part in listed(front)
        if not chapters or Path(path).stem in chapters
    ]
    if missing := {*chapters} - {Path(page.path).stem for page in pages}:
        sys.exit(f"The book has no chapter {', '.join(sorted(missing))}.")
    if chapters:
        return pages
    preface = Page("index.html", "", on_paper(front))
    preface.article.h1.string = PREFACE
    return [preface, *pages]


def readdress(page: Page, addresses: Addresses) -> None:
    """Make the ids, links and pictures of a page those of the joined document."""
    for tag in page.article.find_all(id=True):
        tag["id"] = addresses.anchor(page.path, tag["id"])
    for tag in page.article.find_all("a", href=True):
        if link := addresses.link(page.path, tag["href"]):
            tag["href"] = link
        else:
            tag.unwrap()
    for tag in page.article.find_all(src=True):
        tag["src"] = f"{SITE.as_uri()}/{beside(page.path, tag['src'])}"


def take_solutions(page: Page) -> list[Tag]:
    """The solutions of a page, taken out of it; each exercise says where its solution is."""
    solutions = [tag.extract() for tag in page.article.select("div.solution")]
    for solution in solutions:
        question = solution.select_one(".admonition-title a")["href"]
        link = f'<p class="answered"><a class="page" href="#{solution["id"]}">Solution</a></p>'
        exercise = page.article.find(id=question.removeprefix("#"))
        exercise.append(BeautifulSoup(link, "html.parser"))
    return solutions


def solution_page(pages: list[Page]) -> Page:
    """The solutions of all pages, as a page of their own."""
    taken = [(page.title, take_solutions(page)) for page in pages]
    sections = "".join(
        f'<section id="solutions-{number}"><h2>{escape(title)}</h2>{"".join(map(str, found))}</section>'
        for number, (title, found) in enumerate(taken)
        if found
    )
    html = f"<article><section><h1>{SOLUTIONS}</h1>{sections}</section></article>"
    return Page("solutions.html", "", BeautifulSoup(html, "html.parser").article)


def contents(pages: list[Page]) -> str:
    """The table of contents."""
    text = "<h1>Contents</h1>"
    for part, group in groupby(pages, lambda page: page.part):
        lines = "".join(
            f'<li><span class="number">{page.number}</span>'
            f'<a class="page" href="#{page.name}">{escape(page.title)}</a></li>'
            for page in group
        )
        text += (f"<h2>{escape(part)}</h2>" if part else "") + f"<ul>{lines}</ul>"
    return f'<nav class="contents">{text}</nav>'


def sections(pages: list[Page]) -> list[tuple[Page, list[tuple[str, str]]]]:
    """Each page, and the ids and titles of its sections."""
    return [
        (page, [(tag.parent["id"], tag.get_text()) for tag in headings])
        for page in pages
        for headings in [page.article.select("section[id] > h2")]
    ]


def chapter(page: Page) -> str:
    """A page as it stands in the joined document, on paper with a running head."""
    above = " · ".join(filter(None, (page.part, page.number)))
    return (
        f'<section class="chapter" id="{page.name}" style="page: {page.name}">'
        f'<p class="above">{escape(above)}</p>{page.article.decode_contents()}</section>'
    )


def title_page(front: BeautifulSoup) -> str:
    """The title page."""
    about = front.select_one("meta[name=description]")
    return (
        f'<section class="title"><h1>{TITLE}</h1><p>{escape(about["content"])}</p>'
        f"<p>{AUTHOR}</p><p>Version {w2v.__version__}. {LICENSE}.</p></section>"
    )


def style(pages: list[Page]) -> str:
    """The rules that print.css cannot have: where the fonts are, and the running heads."""
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    faces = [
        f"@font-face {{ src: url({(fonts / f'{name}.ttf').as_uri()}); font-family: {rest} }}"
        for name, rest in FONTS.items()
    ]
    heads = [
        f"@page {page.name} {{ @top-right {{ content: {quoted(page.title)} }} }}"
        for page in pages
    ]
    return "\n".join([*faces, *heads])


def quoted(text: str) -> str:
    """A string of CSS."""
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def math_scripts(front: BeautifulSoup) -> str:
    """The scripts that typeset the mathematics: settings, ours, and MathJax itself."""
    scripts = [
        tag for tag in front.head.select("script") if "mathjax" in str(tag).lower()
    ]
    settings = [str(tag) for tag in scripts if not tag.get("src")]
    sources = [f"{SITE.as_uri()}/{tag['src']}" for tag in scripts if tag.get("src")]
    loading = [f'<script defer src="{source}"></script>' for source in sources]
    return "".join([*settings, f"<script>{SETTINGS}</script>", *loading])


def joined(front: BeautifulSoup, pages: list[Page]) -> str:
    """The joined document. The hidden links have Chromium name the places in the PDF."""
    anchors = [id for _, found in sections(pages) for id, _ in found]
    hidden = "".join(f'<a href="#{anchor}"></a>' for anchor in anchors)
    links = "".join(
        f'<link rel="stylesheet" href="{SITE.as_uri()}/_static/{name}">'
        for name in STYLES
    )
    return (
        f'<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{TITLE}</title>{links}'
        f"<style>{style(pages)}</style>{math_scripts(front)}</head>"
        f'<body class="paper">{title_page(front)}{contents(pages)}'
        f"{''.join(map(chapter, pages))}<nav hidden>{hidden}</nav></body></html>"
    )


def assemble(chapters: Collection[str] = ()) -> tuple[str, list[Page]]:
    """The joined document of the built site, and its pages."""
    front = parsed("index.html")
    pages = read_pages(front, chapters)
    addresses = Addresses(pages)
    for page in pages:
        readdress(page, addresses)
    solutions = solution_page(pages)
    pages += [solutions] if solutions.article.h2 else []
    return joined(front, pages), pages


def places(path: Path) -> dict[str, tuple[int, float]]:
    """The page, from 1, and the height on it of each named place of a PDF."""
    reader = PdfReader(path)
    return {
        name.removeprefix("/"): (
            reader.get_destination_page_number(place) + 1,
            place.top,
        )
        for name, place in reader.named_destinations.items()
    }


def print_out(tab: Tab, path: Path) -> None:
    """Print what the browser shows."""
    tab.pdf(path=path, prefer_css_page_size=True, print_background=True)


def print_until_settled(tab: Tab, path: Path) -> None:
    """Print to find the page numbers, and again with them until they are right."""
    shown: dict[str, int] = {}
    for _ in range(PRINTINGS):
        print_out(tab, path)
        numbers = {name: page for name, (page, _) in places(path).items()}
        if shown == (shown := tab.evaluate(NUMBER, numbers)):
            return
    sys.exit(f"Printed {PRINTINGS} times, and the page numbers still move the text.")


def typeset(tab: Tab, document: Path) -> None:
    """Open the joined document as wide as paper, and wait for its mathematics."""
    tab.emulate_media(media="print")
    tab.goto(document.as_uri(), timeout=0)
    tab.evaluate(TYPESET)
    tab.evaluate(FIT)


def add_outline(path: Path, pages: list[Page]) -> None:
    """Add to a PDF its bookmarks, language and author."""
    writer, found = PdfWriter(clone_from=path), places(path)

    def bookmark(title: str, name: str, parent: IndirectObject | None = None):
        page, top = found[name]
        return writer.add_outline_item(
            title=title, page_number=page - 1, parent=parent, fit=Fit.xyz(top=top)
        )

    for page, headings in sections(pages):
        above = bookmark(f"{page.number} {page.title}".strip(), page.name)
        for name, title in headings:
            bookmark(title, name, above)
    writer.root_object[NameObject("/Lang")] = TextStringObject("en")
    writer.add_metadata({"/Title": TITLE, "/Author": AUTHOR})
    writer.write(path)


def make_pdf(chapters: Collection[str], browser: str, folder: Path) -> Path:
    """Print the book, or the chapters that are named, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{'-'.join(chapters) or NAME}.pdf"
    text, pages = assemble(chapters)
    document = path.with_suffix(".html")
    document.write_text(text, "utf-8")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = chromium.new_page(viewport={"width": WIDTH, "height": 960})
        typeset(tab, document)
        print_until_settled(tab, path)
        chromium.close()
    add_outline(path, pages)
    return path


def main(chapters: list[str]) -> None:
    """Print, and say where it is."""
    logging.getLogger("pypdf").setLevel(
        logging.ERROR
    )  # it miscounts Chromium's objects
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        sys.exit(
            "No browser to print with: install Chromium (apt-get install chromium)."
        )
    start = time.perf_counter()
    path = make_pdf(chapters, browser, OUT)
    count, size = len(PdfReader(path).pages), path.stat().st_size / 1e6
    seconds = time.perf_counter() - start
    print(f"{path.relative_to(ROOT)}: {count} pages, {size:.1f} MB, {seconds:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
