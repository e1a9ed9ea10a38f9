"""A Sphinx extension: what makes a page found and shared. Each page gets a description, which
is its opening sentence, and a card; a published site also a sitemap.

Where the site and its repository are is said by `baseurl` and `repository_url` in
_config.yml, or by SITE_ADDRESS and REPOSITORY_ADDRESS in the environment.
"""

import os
import tomllib
from html import escape, unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata

ROOT = Path(__file__).resolve().parent.parent
CARD, CARD_ALT = (
    "_static/card.png",
    "A map of word vectors, and a gradient that was proved.",
)


def find_addresses(app: Sphinx, config: Config) -> None:
    """Learn the two addresses. Without a repository there is nothing to launch."""
    options = config.html_theme_options
    site = os.environ.get("SITE_ADDRESS") or config.html_baseurl
    repository = os.environ.get("REPOSITORY_ADDRESS") or options["repository_url"]
    config.html_baseurl = f"{site.rstrip('/')}/" if site else ""
    options["repository_url"] = repository
    if not repository:
        options.pop("launch_buttons", None)


def words(node: nodes.Node) -> str:
    """A paragraph as plain text, its formulas without their markup."""
    if isinstance(node, nodes.math):
        return node.astext().translate(str.maketrans("", "", "\\{}$"))
    return "".join(map(words, node.children)) or node.astext()


def opening(doctree: nodes.document) -> str:
    """The first paragraph under the title of a page, if it stands before any section."""
    for node in doctree.findall(nodes.Element):
        if isinstance(node, nodes.paragraph):
            return " ".join(words(node).split())
        if isinstance(node, nodes.section) and node.parent is not doctree:
            break
    return ""


def described(
    app: Sphinx, page: str, doctree: nodes.document | None, title: str
) -> str:
    """The description of a page."""
    if page == app.config.root_doc or not doctree:
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        return settings["project"]["description"]
    return opening(doctree) or f"{title} of the book “{app.config.html_title}”."


def tags(app: Sphinx, page: str, title: str, description: str) -> str:
    """What search engines and those who pass a link on read about a page."""
    base = app.config.html_baseurl
    properties = {
        "og:type": "website" if page == app.config.root_doc else "article",
        "og:site_name": app.config.html_title,
        "og:title": title,
        "og:description": description,
        "og:image": f"{base}{CARD}",
        "og:image:alt": CARD_ALT,
    }
    properties |= {"og:url": f"{base}{page}.html"} if base else {}
    names = {"description": description, "twitter:card": "summary_large_image"}
    return "".join(
        f'<meta {kind}="{key}" content="{escape(value)}">\n'
        for kind, pairs in (("name", names), ("property", properties))
        for key, value in pairs.items()
    )


def describe(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Put these tags into the head of a page."""
    title = unescape(context.get("title") or app.config.html_title)
    description = described(app, page, doctree, title)
    context["metatags"] = context.get("metatags", "") + tags(
        app, page, title, description
    )


def sitemap(base: str, pages: list[str]) -> str:
    """The list of pages that search engines read."""
    places = "".join(
        f"<url><loc>{escape(base)}{page}.html</loc></url>\n" for page in pages
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )


def publish(app: Sphinx, exception: Exception | None) -> None:
    """Write the card, and the sitemap if the site has an address."""
    if exception or app.builder.name != "html":
        return
    from card import draw  # it loads Matplotlib, which reading a page does not need

    site, base = Path(app.outdir), app.config.html_baseurl
    draw(site / CARD)
    if base:
        text = sitemap(base, sorted(app.env.found_docs))
        (site / "sitemap.xml").write_text(text, "utf-8")
        (site / "robots.txt").write_text(f"Sitemap: {base}sitemap.xml\n", "utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect to Sphinx."""
    app.connect("config-inited", find_addresses, priority=100)
    app.connect("html-page-context", describe)
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
