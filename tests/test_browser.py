"""Every page reads well in a browser: alone, at every width, light and dark, by everybody."""

import io
from dataclasses import dataclass
from importlib import resources

import browser
import pytest
from browser import AXE, CUT_OFF, KINDS, SIMPLIFIED, SITE, UNFOLDED, WIDTHS, Reader
from PIL import Image

pytestmark = pytest.mark.skipif(
    bool(browser.lacking()), reason=browser.lacking() or "all is here"
)

AXE_CORE = resources.files("axe_playwright_python").joinpath("axe.min.js")
WEIGHT = 400_000  # bytes of HTML, CSS and JavaScript, compressed
COLORS = {"include": KINDS}, {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
STANDARD = (
    {"exclude": []},
    {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        "rules": {"color-contrast": {"enabled": False}},
    },
)

SEEN = r"""() => {
  const all = (selector, what) => [...document.querySelectorAll(selector)].map(what);
  const ids = all("[id]", (box) => box.id);
  const tex = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const {data, parentElement} = texts.currentNode;
    if (!parentElement.closest("pre, code, script, style, textarea, mjx-container")) {
      tex.push(...(data.match(/\\\(|\\\[|\$\$|\\begin\{/g) ?? []));
    }
  }
  const failed = all("mjx-merror, merror, .math:not(:has(mjx-container))", (box) => box.textContent);
  return {
    title: document.title,
    headings: all("h1, h2, h3, h4, h5, h6", (box) => Number(box.tagName[1])),
    untypeset: [...tex, ...failed],
    blank: all("i[class*='fa-'], svg[data-icon='circle-question']", (box) => box.outerHTML),
    twice: ids.filter((id, at) => ids.indexOf(id) < at),
  };
}"""


@dataclass(frozen=True)
class Visit:
    """What a visit to one page showed."""

    seen: dict
    weight: int
    cut_off: dict[int, list[str]]
    violations: list[str]
    outside: list[str]
    trouble: list[str]


def violations(reader):
    """What axe-core finds in the light and in the dark."""
    page = reader.page
    page.evaluate(AXE_CORE.read_text(encoding="utf-8"))
    reader.show()
    page.evaluate(SIMPLIFIED)
    found = page.evaluate(AXE, STANDARD) + page.evaluate(AXE, COLORS)
    reader.show(theme="dark")
    return found + page.evaluate(AXE, COLORS)


def visit(reader, name):
    """Look at a page at every width, and judge what it offers to everybody."""
    reader.open(name)
    weight, cut_off = reader.weight(), {}
    reader.page.evaluate(UNFOLDED)
    for width in WIDTHS:
        reader.show(width)
        cut_off[width] = reader.page.evaluate(CUT_OFF)
    seen, found = reader.page.evaluate(SEEN), violations(reader)
    return Visit(seen, weight, cut_off, found, [*reader.outside], [*reader.trouble])


@pytest.fixture(scope="module")
def window():
    """One browser for all."""
    with browser.browser() as window:
        yield window


@pytest.fixture(scope="module")
def reader(window):
    """A reader of the site on a web server."""
    with browser.served() as home:
        yield Reader(window, home)


@pytest.fixture(scope="module")
def visits(reader):
    """A visit to every page of the site."""
    return {name: visit(reader, name) for name in browser.pages()}


def nothing(visits, about):
    """Demand that there is nothing to complain about on any page."""
    found = [f"{name}: {it}" for name, visit in visits.items() for it in about(visit)]
    assert not found, "\n".join(found)


# Every page.


def test_no_page_asks_anybody_else_for_anything(visits):
    nothing(visits, lambda visit: visit.outside)


def test_no_page_reports_an_error_or_misses_a_file(visits):
    nothing(visits, lambda visit: visit.trouble)


def test_every_formula_is_typeset(visits):
    nothing(visits, lambda visit: visit.seen["untypeset"])


def test_every_icon_is_drawn(visits):
    nothing(visits, lambda visit: visit.seen["blank"])


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off(visits, width):
    nothing(visits, lambda visit: visit.cut_off[width])


def test_every_page_has_a_title_of_its_own(visits):
    titles = [visit.seen["title"] for visit in visits.values()]
    assert all(titles)
    assert len(set(titles)) == len(titles)


def out_of_order(levels):
    """What is wrong with the levels of the headings of a page."""
    steps = zip(levels, levels[1:], strict=False)
    skipped = [f"h{low} after h{high}" for high, low in steps if low > high + 1]
    first = [] if levels[:1] == [1] and levels.count(1) == 1 else [f"levels {levels}"]
    return first + skipped


def test_headings_begin_with_one_title_and_go_down_step_by_step(visits):
    nothing(visits, lambda visit: out_of_order(visit.seen["headings"]))


def test_no_two_places_of_a_page_share_an_id(visits):
    nothing(visits, lambda visit: visit.seen["twice"])


def test_axe_finds_no_violation_of_the_guidelines_at_levels_A_and_AA(visits):
    nothing(visits, lambda visit: visit.violations)


def test_a_page_weighs_little_before_images_and_fonts(visits):
    nothing(visits, lambda visit: [visit.weight] * (visit.weight > WEIGHT))


# Some pages, from a folder as from a web server.


@pytest.fixture(scope="module", params=["web server", "folder"])
def anywhere(request, window, reader):
    """A reader of the site on a web server, and one of the site as files."""
    folder = SITE.as_uri() + "/"
    return reader if request.param == "web server" else Reader(window, folder)


@pytest.mark.parametrize(
    "name", ["index", "book/06_negative_sampling", "book/B1_errata"]
)
def test_a_page_opens_from_a_folder_as_from_a_web_server(anywhere, name):
    anywhere.open(f"{name}.html")
    assert anywhere.page.locator("mjx-container").count() > 0
    assert anywhere.page.evaluate(SEEN)["untypeset"] == []
    assert anywhere.outside + anywhere.trouble == []


def test_a_search_finds_the_chapter_on_what_was_typed(anywhere):
    anywhere.open("index.html")
    anywhere.page.keyboard.press("Control+k")
    anywhere.page.keyboard.type("huffman")
    anywhere.page.keyboard.press("Enter")
    anywhere.page.locator("#search-results a", has_text="Hierarchical softmax").click()
    anywhere.page.locator("h1", has_text="Hierarchical softmax").wait_for()
    assert anywhere.outside + anywhere.trouble == []


@pytest.mark.parametrize("theme", browser.THEMES)
def test_a_figure_stands_on_the_background_of_its_page(reader, theme):
    reader.open("index.html", theme)
    figure = reader.page.locator("article img").first
    figure.scroll_into_view_if_needed()
    shot = Image.open(io.BytesIO(figure.screenshot())).convert("L")
    page = {"light": 255, "dark": 18}[theme]
    assert abs(shot.getpixel((3, 3)) - page) < 8
    assert abs(shot.getextrema()[theme == "dark"] - page) > 150


def test_the_theme_follows_what_the_reader_prefers_and_then_what_they_choose(reader):
    reader.open("index.html", "dark")
    chosen = "document.documentElement.dataset.theme"
    assert reader.page.evaluate(chosen) == "dark"
    button = reader.page.locator("button.theme-switch-button:visible")
    themes = [button.click() or reader.page.evaluate(chosen) for _ in range(3)]
    assert set(themes) == {"light", "dark"}


# And each of these can fail.

FAULTY = r"""<!DOCTYPE html><html data-theme="light"><body>
<script>
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.onchange = () => (document.documentElement.dataset.theme = dark.matches ? "dark" : "light");
  console.error("a fault");
</script>
<img src="https://example.org/a.png"><script src="missing.js"></script>
<h1 id="a">One</h1><h3 id="a">Three</h3><i class="fa-solid fa-bars"></i>
<div class="bd-article-container"><p style="color: #999; background: #fff">pale \(x\)</p>
<pre style="overflow-x: auto; width: 99px; height: 30px">a line that is longer than its box</pre>
<p style="width: 2000px">too wide</p></div></body></html>
"""


@pytest.fixture(scope="module")
def faulty(window, tmp_path_factory):
    """A visit to a page with every fault."""
    site = tmp_path_factory.mktemp("site")
    (site / "index.html").write_text(FAULTY, encoding="utf-8")
    with browser.served(site) as home:
        return visit(Reader(window, home, site), "index.html")


def test_every_fault_of_a_page_is_noticed(faulty):
    assert faulty.outside == ["https://example.org/a.png"]
    assert "error: a fault" in faulty.trouble
    assert any("404" in it and "missing.js" in it for it in faulty.trouble)
    assert faulty.seen["untypeset"] == ["\\("]
    assert len(faulty.seen["blank"]) == 1
    assert faulty.seen["twice"] == ["a"]
    assert out_of_order(faulty.seen["headings"]) == ["h3 after h1"]
    assert out_of_order([1, 1]) == ["levels [1, 1]"]
    for found in faulty.cut_off.values():
        assert [it.split(" P")[0] for it in found] == [
            "the whole page",
            "out of reach without a mouse",
            "cut off",
        ]
    rules = {it.split(" at ")[0] for it in faulty.violations}
    assert rules >= {"color-contrast", "image-alt", "scrollable-region-focusable"}
