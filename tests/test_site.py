"""The site is found, its addresses keep, and it can be run and published."""

import os
import posixpath
import re
import shutil
import struct
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from html import unescape
from pathlib import Path

import nbformat
import pytest
import yaml

import addresses
import export
import found
import house
import w2v

SITE = addresses.SITE
CONFIG = yaml.safe_load((export.ROOT / "_config.yml").read_text("utf-8"))
OPTIONS = CONFIG["sphinx"]["config"]
GUIDE = (export.ROOT / "book" / "guide.md").read_text("utf-8")
WORKFLOW = (export.ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8")

built = pytest.mark.skipif(
    not (SITE / "index.html").exists(), reason="there is no built site: run `make book`"
)


def page(name: str) -> str:
    """The HTML of a page."""
    return (SITE / name).read_text("utf-8")


def pages() -> list[str]:
    """The pages of the built site."""
    return sorted(address for address in addresses.built() if "#" not in address)


def meta(html: str, name: str) -> str:
    """What a page says of itself under a name."""
    content = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)"', html)
    assert len(content) == 1, f"{name}: {content}"
    return unescape(content[0])


# Addresses keep.


def lost(
    known: Iterable[str], current: set[str], redirects: Mapping[str, str]
) -> list[str]:
    """The known addresses at which a reader finds nothing any more."""

    def today(address: str) -> str:
        name, mark, label = address.partition("#")
        target = redirects.get(name.removesuffix(".html"), posixpath.basename(name))
        return posixpath.join(posixpath.dirname(name), target) + mark + label

    return sorted(address for address in known if today(address) not in current)


@built
def test_every_address_that_a_reader_may_have_still_leads_there():
    gone = lost(addresses.known(), addresses.built(), OPTIONS["redirects"])
    assert gone == [], (
        "Redirect a renamed page in _config.yml; beside a renamed label keep the old one."
    )


@built
def test_hundreds_of_addresses_are_kept():
    assert len(addresses.known()) > 600
    assert "book/06_negative_sampling.html#equation-eq-ns-dv" in addresses.known()


@pytest.mark.parametrize(
    ("current", "redirects", "gone"),
    [
        ({"book/a.html", "book/a.html#eq-b", "book/new.html"}, {}, []),
        ({"book/a.html", "book/a.html#eq-c"}, {}, ["book/a.html#eq-b"]),
        ({"book/c.html", "book/c.html#eq-b"}, {"book/a": "c.html"}, []),
        (
            {"book/c.html", "book/c.html#eq-b"},
            {},
            ["book/a.html", "book/a.html#eq-b"],
        ),
        ({"book/c.html"}, {"book/a": "c.html"}, ["book/a.html#eq-b"]),
    ],
    ids=["added", "label renamed", "page redirected", "page renamed", "label left out"],
)
def test_an_address_that_is_lost_is_reported(current, redirects, gone):
    assert lost({"book/a.html", "book/a.html#eq-b"}, current, redirects) == gone


@pytest.mark.parametrize(
    ("html", "names"),
    [
        ('<div id="equation-eq-a">', {"equation-eq-a"}),
        ('<figure id="fig-b"><span id="sec-c">', {"fig-b", "sec-c"}),
        ('<dt id="term-d"> <dt id="w2v.e">', {"term-d", "w2v.e"}),
        ('<section id="a-heading"><a href="#eq-a">', set()),
    ],
)
def test_the_labels_on_a_page_are_seen(html, names):
    assert addresses.anchors(html) == names


# Pages are found.


@built
def test_every_page_has_a_title_and_a_description_of_its_own():
    titles, descriptions = [], []
    for name in pages():
        html = page(name)
        titles.append(re.search(r"<title>(.+)</title>", html)[1])
        descriptions.append(meta(html, "description"))
        assert meta(html, "og:description") == descriptions[-1]
    assert len({*titles}) == len(titles) == len({*descriptions}) > 25


@built
def test_descriptions_are_sentences_without_markup():
    for name in pages():
        text = meta(page(name), "description")
        assert 25 < len(text) < 260 and not re.search(r"[\\${}<>]", text), name


@built
def test_pages_without_a_source_are_described_too():
    for name in ("genindex.html", "search.html"):
        assert "word2vec" in meta(page(name), "description")


@built
def test_a_passed_on_link_shows_a_card_that_the_build_has_drawn():
    card = (SITE / found.CARD).read_bytes()
    assert struct.unpack(">II", card[16:24]) == (1200, 630)
    assert meta(page("book/03_sigmoid.html"), "og:image") == found.CARD
    assert meta(page("index.html"), "twitter:card") == "summary_large_image"


@built
def test_a_site_that_does_not_know_where_it_is_names_no_other_place():
    assert not OPTIONS["html_theme_options"]["repository_url"]
    html = page("book/03_sigmoid.html")
    assert 'property="og:url"' not in html and 'rel="canonical"' not in html
    assert "colab" not in html and "mybinder" not in html
    assert not (SITE / "sitemap.xml").exists()


# Chapters are opened and run.


@built
@pytest.mark.parametrize("chapter", export.chapters())
def test_each_chapter_offers_the_notebook_that_is_in_the_repository(chapter):
    assert f'href="../_sources/book/{chapter}.ipynb"' in page(f"book/{chapter}.html")
    offered = SITE / "_sources" / "book" / f"{chapter}.ipynb"
    stored = export.ROOT / "book" / f"{chapter}.ipynb"
    assert offered.read_bytes() == stored.read_bytes()


HERE, THERE = "https://reader.example/book", "https://github.com/somebody/fork"


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A site of two pages, and one renamed, built where both addresses are known."""
    root = tmp_path_factory.mktemp("published")
    for name in ("_config.yml", "pyproject.toml"):
        shutil.copy(export.ROOT / name, root)
    for name in ("assets", "tools", "w2v"):
        shutil.copytree(export.ROOT / name, root / name)
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: book/03_sigmoid\n"
    (root / "_toc.yml").write_text(toc)
    (root / "index.md").write_text("# A book\n\nOf $\\sigma$.\n")
    config = root / "_config.yml"
    renamed = "redirects: { book/sigmoid: 03_sigmoid.html }"
    config.write_text(config.read_text().replace("redirects: {}", renamed))
    (root / "book").mkdir()
    shutil.copy(export.ROOT / "book" / "references.bib", root / "book")
    cells = [nbformat.v4.new_markdown_cell("# The $\\sigma$\n\nIt is $\\sigma(x)$.")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, root / "book" / "03_sigmoid.ipynb")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", root, "--quiet"]
    known = {"SITE_ADDRESS": HERE, "REPOSITORY_ADDRESS": THERE}
    done = subprocess.run(
        command, env=os.environ | known, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return root / "_build" / "html"


def test_one_address_turns_the_launch_buttons_on(published):
    html = (published / "book" / "03_sigmoid.html").read_text("utf-8")
    launch = [unescape(link) for link in re.findall(r'href="(https://[^"]+)"', html)]
    file = "book/03_sigmoid.ipynb"
    colab = f"https://colab.research.google.com/github/somebody/fork/blob/main/{file}"
    binder = f"https://mybinder.org/v2/gh/somebody/fork/main?urlpath=lab/tree/{file}"
    assert {colab, binder} <= {*launch}


def test_a_published_site_says_where_its_pages_are(published):
    html = (published / "book" / "03_sigmoid.html").read_text("utf-8")
    assert meta(html, "og:url") == f"{HERE}/book/03_sigmoid.html"
    assert meta(html, "og:image") == f"{HERE}/{found.CARD}"
    assert meta(html, "description") == "It is sigma(x)."
    assert f'<link rel="canonical" href="{HERE}/book/03_sigmoid.html"' in html
    sitemap = (published / "sitemap.xml").read_text("utf-8")
    places = re.findall(r"<loc>(.*?)</loc>", sitemap)
    assert places == [f"{HERE}/book/03_sigmoid.html", f"{HERE}/index.html"]


def test_the_old_address_of_a_renamed_page_leads_to_the_new_one(published):
    html = (published / "book" / "sigmoid.html").read_text("utf-8")
    assert "03_sigmoid.html" in html and "window.location.hash" in html


def test_binder_installs_what_a_chapter_imports_at_the_versions_of_the_book():
    folder = export.ROOT / ".binder"
    lines = (folder / "requirements.txt").read_text().splitlines()
    asked = [line for line in lines if not line.startswith("#")]
    assert asked == ["-c ../constraints.txt", "-e .[proof]", "matplotlib"]
    project = tomllib.loads((export.ROOT / "pyproject.toml").read_text())["project"]
    python = (folder / "runtime.txt").read_text().strip()
    assert project["requires-python"] == ">=" + python.removeprefix("python-")


# The guide, the reference to cite, the workflow.


def printed_in(text: str) -> Iterable[tuple[str, list[str]]]:
    """Each program of a page, and what it says that the program prints."""
    for program in re.findall(r"```python\n(.*?)```", text, re.S):
        yield program, re.findall(r"^# (.+)$", program, re.M)


def test_the_programs_of_the_guide_print_what_it_says(capsys):
    programs = [*printed_in(GUIDE)]
    assert len(programs) == 3
    for program, expected in programs:
        exec(program, {})
        assert capsys.readouterr().out.splitlines() == expected


def test_every_command_of_the_guide_exists():
    makefile = (export.ROOT / "Makefile").read_text()
    targets = set(re.findall(r"\bmake (\w+)", GUIDE))
    assert targets >= {"book", "serve", "pdf", "test", "execute"}
    assert {t for t in targets if not re.search(rf"^{t}:", makefile, re.M)} == set()


def test_the_guide_assigns_exercises_of_the_chapters_that_are_read():
    rows = re.findall(r"^\| (\d) \|(.*)\|(.*)\|(.*)\|$", GUIDE, re.M)
    texts = {chapter.stem: chapter.text for chapter in house.load()}
    for number, read, _, assigned in rows:
        read = re.findall(r"\{doc\}`(\w+)`", read)
        posed = {label for stem in read for label in house.defined_labels(texts[stem])}
        labels = set(re.findall(r"\{ref\}`(ex-[\w-]+)`", assigned))
        assert labels and labels <= posed, f"meeting {number}"
    assert len(rows) == 6


def test_the_reference_to_cite_is_that_of_this_version():
    citation = yaml.safe_load((export.ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == w2v.__version__
    assert citation["title"] == CONFIG["title"]


def test_every_action_of_the_workflow_is_pinned_to_a_commit():
    used = re.findall(r"uses: (.+)", WORKFLOW)
    assert len(used) == 4
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


def test_the_workflow_tests_before_it_publishes_and_publishes_only_main():
    workflow = yaml.safe_load(WORKFLOW)
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    runs = " ".join(step.get("run", "") for step in build["steps"])
    assert 0 < runs.index("bash .ci/run") < runs.index("make pdf")
    assert deploy["needs"] == "build" and "refs/heads/main" in deploy["if"]
    assert workflow["permissions"] == {}
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
