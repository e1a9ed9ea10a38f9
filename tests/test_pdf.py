"""The book on paper: every link leads inside it, and nothing of it is cut, doubled or lost."""

import logging
import re
import shutil

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

import pdf

CHAPTERS = ("03_sigmoid", "04_softmax", "glossary")


def made_page(path: str, html: str) -> pdf.Page:
    """A page of the site, made up."""
    text = f'<article class="bd-article">{html}</article>'
    return pdf.Page(path, "Part", pdf.on_paper(BeautifulSoup(text, "html.parser")))


FIRST = """<section id="one"><h1>First<a class="headerlink" href="#one">#</a></h1>
<p id="eq-a"><a href="#exercises">down</a> <a href="second.html#exercises">across</a>
<a href="../genindex.html">away</a> <a href="https://example.org/x">out</a>
<a href="second.html">over</a> <img src="../_images/x.png"></p>
<details class="hide"><summary>Show</summary>plotting</details>
<section id="exercises"><h2>Exercises</h2>
<div class="exercise" id="ex-a"><p>Ask.</p><div class="cell tag_exercise">
<div class="cell_input">check</div><div class="cell_output">not answered yet</div></div></div>
<div class="solution" id="solution-1"><p class="admonition-title">
<a href="#ex-a">Exercise 1</a></p>Answer.</div></section></section>"""
SECOND = """<section id="two"><h1>Second “"”</h1><section id="exercises"><h2>Exercises</h2>
<a href="first.html#eq-a">back</a></section></section>"""


@pytest.fixture
def two() -> list[pdf.Page]:
    """Two pages that have an id in common, as they stand in the joined document."""
    pages = [
        made_page("book/first.html", FIRST),
        made_page("book/second.html", SECOND),
    ]
    addresses = pdf.Addresses(pages)
    for page in pages:
        pdf.readdress(page, addresses)
    return pages


def test_a_link_leads_to_its_target_and_to_no_namesake_on_another_page(two):
    links = {tag.get_text(): tag["href"] for tag in two[0].article.select("a[href]")}
    assert links["down"] == "#page-first-exercises"
    assert links["across"] == "#page-second-exercises"
    assert links["over"] == "#page-second"
    assert links["out"] == "https://example.org/x"
    assert two[1].article.a["href"] == "#eq-a"


def test_no_id_occurs_twice_when_pages_are_joined(two):
    names = [tag["id"] for page in two for tag in page.article.select("[id]")]
    assert len(names) == len({*names}) == 7


def test_a_link_to_a_page_that_is_not_printed_is_plain_text(two):
    assert "away" in two[0].article.get_text()
    assert "genindex" not in str(two[0].article)


def test_pictures_are_found_from_where_the_document_is(two):
    assert two[0].article.img["src"] == f"{pdf.SITE.as_uri()}/_images/x.png"


def test_what_needs_a_screen_is_left_out(two):
    text = two[0].article.get_text()
    assert two[0].title == "First"
    assert "plotting" not in text and "not answered yet" not in text
    assert "check" in text


def test_a_solution_moves_to_the_end_and_the_exercise_says_where(two):
    solutions = pdf.solution_page(two)
    assert "Answer." not in two[0].article.get_text()
    assert [h.get_text() for h in solutions.article.select("h2")] == ["First"]
    assert solutions.article.select_one("#solution-1 a")["href"] == "#ex-a"
    assert two[0].article.select_one("#ex-a a.page")["href"] == "#solution-1"


def test_the_contents_list_each_page_below_its_part(two):
    listed = BeautifulSoup(pdf.contents(two), "html.parser")
    assert [h.get_text() for h in listed.select("h2")] == ["Part"]
    assert [a["href"] for a in listed.select("a.page")] == [
        "#page-first",
        "#page-second",
    ]


def test_a_running_head_survives_quotation_marks(two):
    assert '{ content: "Second “\\"”" }' in pdf.style(two)


def test_a_chapter_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(pdf, "listed", lambda front: [])
    with pytest.raises(SystemExit, match="no chapter 99_none"):
        pdf.read_pages(BeautifulSoup("", "html.parser"), ["99_none"])


def test_in_the_whole_book_every_link_has_one_target():
    if not (pdf.SITE / "index.html").exists():
        pytest.skip("there is no built site: run `make book`")
    text, pages = pdf.assemble()
    names = re.findall(r'\bid="([^"]+)"', text)
    links = re.findall(r'href="#([^"]*)"', text)
    assert len(pages) > 25 and len(links) > 1000
    assert {*links} - {*names} == set()
    assert len(names) == len({*names})


# Three pages, printed.


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> PdfReader:
    """Some chapters as `make pdf CHAPTERS=...` prints them."""
    browser = shutil.which("chromium")
    if not browser:
        pytest.skip("there is no chromium; on Debian: apt-get install chromium")
    if not (pdf.SITE / "index.html").exists():
        pytest.skip("there is no built site: run `make book`")
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    folder = tmp_path_factory.mktemp("pdf")
    return PdfReader(pdf.make_pdf(CHAPTERS, browser, folder))


@pytest.fixture(scope="module")
def texts(printed) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in printed.pages]


def place(printed: PdfReader, name: str) -> int:
    """The page, from 0, on which a named place is."""
    places = printed.named_destinations
    return printed.get_destination_page_number(places[f"/{name}"])


def test_no_page_is_blank(texts):
    assert len(texts) > 15
    assert min(len(text.split()) for text in texts) > 10


def test_each_chapter_starts_where_the_contents_say(printed, texts):
    for stem, title in (("03_sigmoid", "The sigmoid"), ("04_softmax", "Softmax")):
        page = place(printed, f"page-{stem}")
        assert title in texts[page]
        assert f"{title}\n{page + 1}" in texts[1] or f"{title} {page + 1}" in texts[1]


def test_every_inner_link_leads_to_a_place_in_the_book(printed):
    places = printed.named_destinations
    found = [
        link.get_object()
        for page in printed.pages
        for link in page.get("/Annots") or []
    ]
    inner = [link["/Dest"] for link in found if "/Dest" in link]
    assert len(inner) > 50
    assert {*inner} <= {*places}


def test_an_equation_of_another_chapter_is_a_link_to_its_page(printed, texts):
    page = place(printed, "equation-eq-sigmoid-flip")
    assert place(printed, "page-03_sigmoid") < page < place(printed, "page-04_softmax")
    assert "(13)" in texts[page]


def test_chapters_and_sections_are_bookmarked(printed):
    chapters = [item for item in printed.outline if not isinstance(item, list)]
    titles = [item.title for item in chapters]
    assert titles == ["03 The sigmoid", "04 Softmax", "Glossary", pdf.SOLUTIONS]
    starts = [printed.get_destination_page_number(item) for item in chapters]
    names = [*CHAPTERS, "solutions"]
    assert starts == [place(printed, f"page-{name}") for name in names]
    sections = printed.outline[1]
    assert "The derivative" in [item.title for item in sections]


def test_solutions_stand_after_the_text(printed, texts):
    start = place(printed, "page-solutions")
    assert start > place(printed, "page-glossary")
    assert "Solution to" in texts[start]
    assert not any("Solution to Exercise" in text for text in texts[:start])


def test_no_plotting_code_is_printed(texts):
    assert "plt.show" not in "".join(texts)


def test_the_mathematics_is_typeset(texts):
    assert not any("\\frac" in text or "\\(" in text for text in texts)


def test_the_document_says_what_and_in_which_language_it_is(printed):
    assert printed.metadata.title == pdf.TITLE
    assert printed.root_object["/Lang"] == "en"
