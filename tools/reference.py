"""Generate the reference pages that follow from the package and the chapters: the API page,
from docstrings, and the table of letters, from the chapters' tables of new symbols."""

import functools
import inspect
import re
from importlib import import_module

import w2v
from export import ROOT, chapters, public_names, read

API = """\
(sec-api)=
# API

What the package `w2v` offers, in the words of its docstrings. Each entry leads to the place in
the book that derives it, and each number in parentheses to an equation. The letters are those
of {ref}`sec-letters`.

## The names of `w2v`

```{py:module} w2v
```

`import w2v` loads none of its modules; each comes when one of its names is first used, so
that proofs run where NumPy is not installed. `w2v.__version__` is the version of the book.
"""

MODULES = """\
## Module by module

Import these names from their module, as in `from w2v.text import docstrings`. Those about
which one sentence says everything stand in a table.
"""

INSTRUMENT = """\
## Inside the instrument

The modules of the appendix. To check a formula you need `check` of {py:mod}`w2v.proof`, and to
state a claim {py:class}`~w2v.refutation.Claim`; the rest is for those who take the instrument
apart.

### `w2v.claims`

The claims of the book as data, collected from all chapters: `CLAIMS` holds each
{py:class}`~w2v.refutation.Claim` by its label, `CHAPTERS` the chapter that states it.
{doc}`/book/ledger` shows what became of them.
"""


@functools.cache
def sections(stem: str) -> dict[str, str]:
    """The label of the section that defines each exported name, "" where it has none."""
    label, homes = "", {}
    for cell in read(stem).cells:
        if cell.cell_type == "markdown":
            for found in re.finditer(r"^(?:\(([\w-]+)\)=\n)?##? ", cell.source, re.M):
                label = found[1] or ""
        elif "export" in cell.metadata.get("tags", []):
            homes |= dict.fromkeys(public_names([cell.source]), label)
    return homes


def linked(text: str) -> str:
    """A paragraph of a docstring as MyST: code stays code, labels of equations are links."""
    parts = re.split(r"(`[^`]+`)", " ".join(text.split()))
    plain = [re.sub(r"([\\*_$\[\]{}<>|])", r"\\\1", part) for part in parts[::2]]
    parts[::2] = [re.sub(r"\b((?:eq|def)-[\w-]*\w)", r"{eq}`\1`", p) for p in plain]
    return "".join(parts)


def described(thing) -> list[str]:
    """The paragraphs of a docstring as MyST, one that only names equations joined on."""
    text = re.sub(r"\n\n(?=Equations? )", " ", inspect.getdoc(thing) or "")
    return [linked(part) for part in text.split("\n\n")]


def signature(thing) -> str:
    """The parameters of a function or class, without annotations and without self."""
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return ""
    found = inspect.signature(thing)
    bare = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    kept = [p for p in bare if p.name != "self"]
    text = str(found.replace(parameters=kept, return_annotation=found.empty))
    return text.replace("<factory>", "{}")


def directive(kind: str, head: str, paragraphs: list[str], fence: str = "```") -> str:
    """The Sphinx directive that describes a name."""
    body = "\n\n".join(paragraphs)
    return f"{fence}{{py:{kind}}} {head}\n{body}\n{fence}"


def members(thing) -> list[str]:
    """The documented methods and properties that a class adds, described."""
    found = []
    for name, member in vars(thing).items() if inspect.isclass(thing) else ():
        lazy = isinstance(member, property | functools.cached_property)
        if name.startswith("_") or not (lazy or inspect.isfunction(member)):
            continue
        if member.__doc__:
            kind, head = ("property", "") if lazy else ("method", signature(member))
            found.append(directive(kind, name + head, described(member)))
    return found


def entry(name: str, thing, *places: str) -> str:
    """The entry of a name: signature, docstring, where it is derived, and its members."""
    kind = "function"
    if inspect.isclass(thing):
        kind = "exception" if issubclass(thing, Exception) else "class"
    text = described(thing)
    text[-1] += f" *Derived in* {', '.join(places)}." if places else ""
    head = name + signature(thing)
    return directive(kind, head, [*text, *members(thing)], "````") + "\n"


def section(stem: str, name: str) -> list[str]:
    """The link to the section of a chapter that defines a name, if the section has a label."""
    label = sections(stem)[name]
    return [f"{{ref}}`{label}`"] if label else []


def top_level() -> str:
    """The entries of the names of w2v itself."""
    stems = {module: stem for stem, module in chapters().items()}
    return "\n".join(
        entry(name, getattr(w2v, name), f"{{doc}}`/book/{stem}`", *section(stem, name))
        for name, stem in ((n, stems[module]) for n, module in w2v._MODULE_OF.items())
    )


def table(names: dict) -> list[str]:
    """A table of names with their one sentence."""
    rows = [f"| `{n}{signature(t)}` | {described(t)[0]} |" for n, t in names.items()]
    return (
        ["\n".join(["| name | what it does |", "|---|---|", *rows, ""])] if rows else []
    )


def module_entry(stem: str, module: str) -> str:
    """The part of the page about a module: entries, a table of the short ones, constants."""
    code = import_module(f"w2v.{module}")
    names = {name: getattr(code, name) for name in code.__all__}
    own = {
        n: t for n, t in names.items() if getattr(t, "__module__", "") == code.__name__
    }
    above = [f"{{py:obj}}`w2v.{n}`" for n in own if n in w2v._MODULE_OF]
    here = {n: t for n, t in own.items() if n not in w2v._MODULE_OF}
    long = {n: t for n, t in here.items() if described(t)[1:]}
    constants = [f"`{n}`" for n in names if n not in own]
    return "\n".join(
        [
            f"### `w2v.{module}`\n\n```{{py:module}} w2v.{module}\n```\n",
            f"{described(code)[0]} *Derived in* {{doc}}`/book/{stem}`.\n",
            *([f"Described above: {', '.join(above)}.\n"] if above else []),
            *(entry(name, thing, *section(stem, name)) for name, thing in long.items()),
            *table({n: t for n, t in here.items() if n not in long}),
            *([f"Constants: {', '.join(constants)}.\n"] if constants else []),
        ]
    )


def api() -> str:
    """The API page."""
    modules = [(stem, module) for stem, module in chapters().items() if module]
    book = [module_entry(*m) for m in modules if not m[0].startswith("A")]
    appendix = [module_entry(*m) for m in modules if m[0].startswith("A")]
    return "\n".join([API, top_level(), MODULES, *book, INSTRUMENT, *appendix])


LETTERS = """\
## In the whole book

{}

## In single chapters

By alphabet, the Greek letters under their names. Where a chapter gives a letter another
meaning, it says so at its beginning.

{}
"""
LETTERS_HEAD = """\
| mathematics | meaning | code | shape | chapter |
|---|---|---|---|---|
"""


def letter_rows(stem: str) -> list[str]:
    """The rows of a chapter's table of letters, each with a link to the chapter."""
    text = "\n\n".join(c.source for c in read(stem).cells if c.cell_type == "markdown")
    head = r"^\| (?:symbol|mathematics) \| code \| shape \| meaning \|\n\|[-|]+\n"
    found = re.search(head + r"((?:\|.*(?:\n|\Z))+)", text, re.M)
    rows = [row.strip("|").split("|") for row in found[1].splitlines()] if found else []
    home = f" {{doc}}`{stem[:2]} </book/{stem}>` "
    return [f"|{'|'.join((m, text, code, n, home))}|" for m, code, n, text in rows]


def filed_under(row: str) -> tuple[str, str]:
    """What a row is sorted by: its first letter, Greek ones by name, accents left out."""
    symbol, _, code, *_ = row.strip("|").split("|")
    bare = re.sub(r"\\(?:hat|bar|partial|operatorname)\b", "", symbol + code)
    letter = re.search(r"[A-Za-z]+", bare)[0]
    return letter.casefold(), letter


def letters() -> str:
    """The fragment of the page on notation: the letters of chapter 00, then all others."""
    common, *others = sorted(chapters(), key=lambda stem: stem != "00_conventions")
    local = [row for stem in others for row in letter_rows(stem)]
    tables = letter_rows(common), sorted(local, key=filed_under)
    return LETTERS.format(*(LETTERS_HEAD + "\n".join(rows) for rows in tables))


def generated() -> dict:
    """Every page of this kind, by its path."""
    return {
        ROOT / "book" / "api.md": api(),
        ROOT / "book" / "letters.md": letters(),
    }
