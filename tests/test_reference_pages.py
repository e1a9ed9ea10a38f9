"""The reference pages say what is so: letters, formulas, terms, names and works."""

import inspect
import re
from importlib import import_module

import pytest

import export
import house
import w2v
from w2v.notation import ALIASES, DEFINITIONS, FUNCTIONS, LETTERS, SIZES, declared
from w2v.proof import Claim, judge
from w2v.refutation import names_in

CHAPTERS = house.load()
MODULES = {chapter.module: chapter for chapter in CHAPTERS if chapter.module}


def page(name):
    """The text of a page of book/."""
    return (export.ROOT / "book" / name).read_text(encoding="utf-8")


NOTATION = page("notation.md").replace(
    "```{include} letters.md\n```", page("letters.md")
)
GLOSSARY, API, REFERENCES = page("glossary.md"), page("api.md"), page("references.bib")


def rows(text, head):
    """The rows of the tables whose head begins so, each a list of cells."""
    tables = re.findall(rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*(?:\n|\Z))+)", text, re.M)
    lines = "".join(tables).splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def code(cell):
    """The pieces of code in a cell."""
    return re.findall(r"`([^`]+)`", cell)


# Notation

NEW_LETTERS = [
    (chapter.stem, symbol or written)
    for chapter in CHAPTERS
    for symbol, written, *_ in rows(chapter.text, "(?:symbol|mathematics)")
]
IDENTITIES = [cell for *_, cell in rows(NOTATION, "you type")]
EXAMPLES = {"x": "", "a": "d > 0", "b": "d > 0", "j": "in d", "w": "K in N"}


@pytest.mark.parametrize(("stem", "letter"), NEW_LETTERS)
def test_every_letter_that_a_chapter_introduces_is_listed_with_the_chapter(
    stem, letter
):
    listed = [
        row for row in rows(NOTATION, "mathematics") if f"/book/{stem}>" in row[-1]
    ]
    assert any(letter in (symbol, written) for symbol, _, written, *_ in listed)


def test_chapters_with_tables_of_letters_were_found():
    assert len({stem for stem, _ in NEW_LETTERS}) > 10


def test_every_word_of_the_instrument_is_listed():
    forms = {form for cell, *_ in rows(NOTATION, "you type") for form in code(cell)}
    listed = {re.match(r"[^\W\d]\w*|\S+", form)[0] for form in forms}
    words = {*SIZES, *LETTERS, *DEFINITIONS, *FUNCTIONS, *ALIASES, "Sum"}
    assert words - listed == set()
    assert {"+", "-", "*", "/", "**", "@", "U.T", "U[o]"} <= forms


@pytest.mark.parametrize("cell", IDENTITIES)
def test_every_identity_beside_a_form_is_proved(cell):
    left, right = code(cell)
    assert cell == f"`{left}` = `{right}`"
    used = names_in([left, right], {})
    letters = {name: spec for name, spec in EXAMPLES.items() if name in used}
    assert (
        judge(
            Claim("example", "", of=left, equals=right, letters=letters), right
        ).status
        == "proved"
    )


def test_a_form_stands_in_the_identity_beside_it():
    for typed, _, identity in rows(NOTATION, "you type"):
        heads = [re.match(r"\w+|\W+", form)[0] for form in code(typed)]
        assert any(head in identity for head in heads), typed


def test_every_declaration_is_one_that_a_claim_reads():
    for spec, _, example in rows(NOTATION, "declaration"):
        name, _, used = code(example)[0].partition(": ")
        shown, letter = code(spec)[0].strip('"'), declared(used.strip('"'))
        assert name.strip('"').isidentifier() and declared(shown) is not None
        assert bool(declared(shown).bound) == bool(letter.bound)


def test_the_arguments_listed_are_those_of_the_estimator():
    listed = {
        name
        for _, cell, _ in rows(NOTATION, "here \\| argument")
        for name in code(cell)
    }
    assert listed == set(inspect.signature(w2v.Word2Vec).parameters) - {"sentences"}


def test_what_a_trained_model_is_said_to_hold_it_holds():
    model = w2v.Word2Vec([["sea", "ship"]] * 9, sg=1, vector_size=3, sample=0)
    for _, cell, _ in rows(NOTATION, "here \\| of a trained model"):
        assert eval(code(cell)[0], {"model": model}) is not None


# Glossary


def entries():
    """The glossary's entries: the names of each, and its definition."""
    body = re.search(r"```\{glossary\}\n:sorted:\n\n(.*?)\n```", GLOSSARY, re.S)[1]
    found = re.findall(r"((?:^\S.*\n)+)((?:^  .*(?:\n|\Z))+)", body, re.M)
    return [(names.splitlines(), text.strip()) for names, text in found]


ENTRIES = entries()


def linked(text):
    """The terms that a piece of MyST links to."""
    return set(re.findall(r"\{term\}`(?:[^`<]*<)?([^`>]+)>?`", text))


def test_every_term_is_linked_from_a_chapter():
    found = set().union(*(linked(chapter.text) for chapter in CHAPTERS))
    missing = [names[0] for names, _ in ENTRIES if not found & set(names)]
    assert missing == [], "Write {term}`...` at the first use of each in a chapter."


def test_every_linked_term_is_in_the_glossary_and_has_one_entry():
    names = [name for entry, _ in ENTRIES for name in entry]
    texts = [chapter.text for chapter in CHAPTERS] + [GLOSSARY, NOTATION]
    assert len(names) == len(set(names)) > 40
    assert set().union(*map(linked, texts)) <= set(names)


def test_every_entry_is_short_and_leads_to_the_place_that_defines_the_term():
    for names, text in ENTRIES:
        assert re.search(r"\{(?:eq|ref|doc|numref)\}`", text), names
        assert text.endswith(".") and len(text.split()) < 60, names


def test_every_label_that_the_reference_pages_name_exists():
    texts = house.pages() | {"notation": NOTATION, "glossary": GLOSSARY, "api": API}
    ours = [
        line
        for line in house.label_complaints(CHAPTERS, texts)
        if line.split()[0] in texts
    ]
    assert ours == []


# API


def parts():
    """The text of the API page about each module."""
    found = re.split(r"^### `w2v\.(\w+)`\n", API, flags=re.M)
    return dict(zip(found[1::2], found[2::2], strict=True))


@pytest.mark.parametrize("module", MODULES)
def test_the_api_page_has_each_module_and_links_to_its_chapter(module):
    assert f"{{doc}}`/book/{MODULES[module].stem}`" in parts()[module]


@pytest.mark.parametrize("module", MODULES)
def test_the_api_page_has_each_public_name_under_its_module(module):
    text = parts()[module]
    names = import_module(f"w2v.{module}").__all__
    assert [
        n for n in names if not re.search(rf"(?:\}} |`|w2v\.){n}(?!\w)", text)
    ] == []


@pytest.mark.parametrize("name", w2v._MODULE_OF)
def test_the_api_page_describes_each_name_of_w2v_and_says_where_it_is_derived(name):
    top = API.partition("## Module by module")[0]
    entry = re.search(rf"^````\{{py:\w+\}} {name}\b(.*?)^````$", top, re.M | re.S)[1]
    assert f"{{doc}}`/book/{MODULES[w2v._MODULE_OF[name]].stem}`" in entry
    first = inspect.getdoc(getattr(w2v, name)).split(".")[0].split("`")[0]
    assert re.sub(r"\s+", " ", first.replace("_", r"\_")) in entry


def test_every_equation_that_a_docstring_names_is_a_link():
    bare = re.sub(r"`[^`\n]+`", "", API.replace("```", ""))
    assert re.findall(r"\b(?:eq|def)-\w+", bare) == []
    assert len(re.findall(r"\{eq\}`", API)) > 40


# Bibliography


def works():
    """Each entry of the bibliography, by its key."""
    return dict(re.findall(r"^@\w+\{(\w+),\n(.*?)^\}", REFERENCES, re.M | re.S))


def cited(text):
    """The keys that a piece of MyST cites."""
    roles = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
    return {key.strip() for role in roles for key in role.split(",")}


@pytest.mark.parametrize("key", works())
def test_every_work_is_cited_and_names_its_author_or_says_that_none_is_known(key):
    texts = [c.text for c in CHAPTERS] + [NOTATION, GLOSSARY, *house.pages().values()]
    assert any(key in cited(text) for text in texts)
    entry = works()[key]
    author = r"^ *author *= *\{.+\},$|\bBy [A-Z]|[Aa]nonymous|[Aa]uthor.*not on our copy|nor author"
    assert re.search(author, entry, re.M)
    assert re.search(r"^ *title *=", entry, re.M)


def test_every_work_that_is_cited_is_in_the_bibliography():
    assert set().union(*(cited(c.text) for c in CHAPTERS)) <= set(works())


def test_a_source_of_unknown_address_says_so():
    for key in ("S0", "S1", "S2", "S3", "S4"):
        entry = works()[key]
        assert "http" in entry or re.search(
            r"address.{0,4} (?:is|are) not on|No address|nor author, date or address|[Aa]ddress.* not on our copy",
            entry,
        )
