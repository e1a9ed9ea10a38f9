"""A reader's browser: Chromium without a screen, on the built site, with nobody else to ask."""

import functools
import gzip
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from export import ROOT

SITE = ROOT / "_build" / "html"
CHROMIUM = shutil.which("chromium")
WIDTHS, THEMES = (1440, 768, 360), ("light", "dark")
HEIGHT = 900
TEXT = ("document", "stylesheet", "script")

TYPESET = """() => window.MathJax?.startup ? MathJax.startup.promise.then(() => null) : null"""

DRAWN = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"""

# What is folded away is read, too.
UNFOLDED = """() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  for (const fold of document.querySelectorAll(".toggle-hidden")) fold.classList.remove("toggle-hidden");
}"""

# What reaches beyond the window and cannot be scrolled into view, or only with a mouse.
CUT_OFF = """() => {
  const out = document.scrollingElement.scrollWidth > innerWidth ? ["the whole page"] : [];
  const name = (box) => `${box.tagName}.${box.className}: ${box.innerText.slice(0, 40)}`;
  const scrolls = (box) => /auto|scroll/.test(getComputedStyle(box).overflowX);
  const reached = (box) => box.tabIndex === 0 || box.querySelector("a[href], button, [tabindex='0']");
  const walk = (box) => {
    if (!box.innerText?.trim() || box.matches("mjx-container *, .visually-hidden")) return;
    if (box.getBoundingClientRect().right > innerWidth + 1) {
      out.push(`cut off ${name(box)}`);
    } else if (!scrolls(box) || box.scrollWidth <= box.clientWidth) {
      [...box.children].forEach(walk);
    } else if (!reached(box)) {
      out.push(`out of reach without a mouse ${name(box)}`);
    }
  };
  const text = document.querySelector(".bd-article-container, .bd-search-container");
  [...text.children].forEach(walk);
  return out;
}"""

# A formula becomes a letter: tens of thousands of elements less to judge. Of the texts of
# one kind, which look alike, the first is marked.
SIMPLIFIED = """() => {
  document.querySelectorAll("mjx-container").forEach((formula) => formula.replaceWith("x"));
  const kinds = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (!texts.currentNode.data.trim()) continue;
    let kind = "";
    for (let box = texts.currentNode.parentElement; box; box = box.parentElement) {
      kind += `<${box.tagName} ${box.className} ${box.getAttribute("style")}`;
    }
    if (!kinds.has(kind)) texts.currentNode.parentElement.dataset.kind = kinds.size;
    kinds.add(kind);
  }
}"""
KINDS = [["[data-kind]"]]

AXE = """([within, options]) => {
  const all = {...options, resultTypes: ["violations"], preload: false};
  return axe.run(within, all).then((found) => found.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id} at ${node.target.join(" ")}: ${node.failureSummary}`)));
}"""


def lacking() -> str:
    """What a test in a browser needs and does not find here; nothing, if all is here."""
    if find_spec("playwright") is None:
        return "the package playwright is not installed"
    if CHROMIUM is None:
        return "there is no chromium; on Debian: apt-get install chromium"
    return ""


def built(site: Path = SITE) -> Path:
    """The folder of the built site, which must be there."""
    assert (site / "index.html").exists(), (
        "the site is not built: run `make book` first"
    )
    return site


def pages(site: Path = SITE) -> list[str]:
    """The address of every page within the site, less those that only lead elsewhere."""
    found = {path.relative_to(site): path for path in built(site).rglob("*.html")}
    return sorted(
        name.as_posix()
        for name, path in found.items()
        if name.parts[0] != "_static" and 'http-equiv="refresh"' not in path.read_text()
    )


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Serves a site; a browser that turns away in mid-transfer is no error."""

    daemon_threads = True

    def handle_error(self, *_):
        """Say nothing."""


@contextmanager
def served(site: Path = SITE) -> Iterator[str]:
    """The address at which a web server of our own offers the site."""
    handler = functools.partial(Quiet, directory=built(site))
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def browser() -> Iterator:
    """A browser without a screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        window = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield window
        window.close()


@dataclass
class Reader:
    """A window on the site below `home`: every request elsewhere is refused and noted."""

    window: object
    home: str
    site: Path = SITE
    outside: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    loaded: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        """Open the window and listen."""
        self.page = self.window.new_page(reduced_motion="reduce")
        self.page.set_default_timeout(60_000)
        self.page.route("**/*", self.answer)
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on(
            "requestfailed", lambda it: self.trouble.append(f"failed {it.url}")
        )
        self.page.on("response", self.receive)

    def answer(self, route):
        """Let a request within the site pass, and note any other."""
        url = route.request.url
        if url.startswith((self.home, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(url)
            route.abort()

    def hear(self, message):
        """Note an error or a warning on the console."""
        if message.type in ("error", "warning"):
            self.trouble.append(f"{message.type}: {message.text}")

    def receive(self, response):
        """Note what was loaded, and what was not to be had."""
        self.loaded[response.url] = response.request.resource_type
        if response.status >= 400:
            self.trouble.append(f"{response.status} {response.url}")

    def open(self, name: str, theme: str = "light"):
        """Open a page, in a wide window, and wait until its formulas are typeset."""
        for notes in (self.outside, self.trouble, self.loaded):
            notes.clear()
        self.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        self.page.emulate_media(color_scheme=theme)
        self.page.goto(self.home + name, wait_until="load")
        self.page.evaluate(TYPESET)

    def show(self, width: int = WIDTHS[0], theme: str = "light"):
        """Make the window so wide, and have its reader prefer this theme."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=theme)
        self.page.wait_for_function(
            "(theme) => document.documentElement.dataset.theme === theme", arg=theme
        )
        self.page.evaluate(DRAWN)

    def weight(self) -> int:
        """The bytes of HTML, CSS and JavaScript that were loaded, compressed by gzip."""
        urls = [url for url, kind in self.loaded.items() if kind in TEXT]
        files = (self.site / unquote(urlsplit(url).path).lstrip("/") for url in urls)
        return sum(compressed(path) for path in files if path.is_file())


@functools.cache
def compressed(path: Path) -> int:
    """The size of a file as a web server sends it, compressed."""
    return len(gzip.compress(path.read_bytes(), 6))
