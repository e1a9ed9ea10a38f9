"""Write the modules of w2v/ from the cells of the chapters that are tagged `export`,
and w2v/claims.py from those tagged `claim`; with --check, only compare."""

import argparse
import ast
import difflib
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
CLAIMS_DOC = '''"""Every claim of the book as data, in reading order.

Stated in the chapters of book/, which write this module: change them, not this file.
"""'''


def chapters() -> dict[str, str]:
    """Each chapter's stem and the module it writes ("" for none), in reading order."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["w2v"]["chapters"]


def read(stem: str) -> nbformat.NotebookNode:
    """The notebook of a chapter."""
    path = ROOT / "book" / f"{stem}.ipynb"
    if not path.exists():
        raise SystemExit(f"{path} is missing, and [tool.w2v.chapters] lists it.")
    return nbformat.read(path, as_version=4)


def tagged(notebook, tag: str) -> list[str]:
    """The sources of the code cells that bear a tag."""
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and tag in cell.metadata.get("tags", [])
    ]


def plain(text: str) -> str:
    """A sentence of MyST as plain text."""
    text = re.sub(r"\{cite[^}]*\}`[^`]*`", "", text)
    text = re.sub(r"\{[\w:]+\}`([^`<]*?)\s*(<[^`>]*>)?`", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\$([^$]*)\$", lambda m: re.sub(r"[\\{}]", "", m[1]), text)
    text = re.sub(r"\*+([^*]+)\*+", r"\1", text)
    return re.sub(r"\s+([.,;:]|$)", r"\1", " ".join(text.split()))


def opening(notebook) -> str:
    """The first paragraph under the chapter's title, as plain text."""
    _, _, body = notebook.cells[0].source.partition("\n# ")
    paragraphs = [part for part in body.split("\n\n")[1:] if part.strip()]
    if not paragraphs:
        raise SystemExit("The first cell needs (sec-...)=, '# Title', and a paragraph.")
    return plain(paragraphs[0])


def docstring(notebook, stem: str) -> str:
    """The module docstring: the opening sentence, and where the module comes from."""
    source = f"Derived in book/{stem}.ipynb, which writes this module: change the chapter, not this file."
    body = "\n\n".join(textwrap.fill(t, 88) for t in (opening(notebook), source))
    return f'"""{body}\n"""' if len(body.splitlines()[0]) <= 85 else f'"""\n{body}\n"""'


def split_imports(cells: list[str]) -> tuple[list[str], list[str]]:
    """The top-level imports of the cells, each once, and the cells without them."""
    imports, bodies = {}, []
    for cell in cells:
        lines = cell.splitlines()
        for node in ast.parse(cell).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                imports[ast.unparse(node)] = None
                lines[node.lineno - 1 : node.end_lineno] = [""] * (
                    node.end_lineno - node.lineno + 1
                )
        bodies.append("\n".join(lines).strip())
    return list(imports), [body for body in bodies if body]


def bound_names(node: ast.stmt) -> list[str]:
    """The names that a top-level statement defines."""
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            nodes = [n for target in node.targets for n in ast.walk(target)]
            return [
                n.id
                for n in nodes
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            ]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def public_names(cells: list[str]) -> list[str]:
    """The public names that the cells define, in order."""
    nodes = [node for cell in cells for node in ast.parse(cell).body]
    names = [name for node in nodes for name in bound_names(node)]
    return [name for name in dict.fromkeys(names) if not name.startswith("_")]


def claim_names(cells: list[str]) -> list[str]:
    """The names bound to a call of Claim, in order."""
    return [
        node.targets[0].id
        for cell in cells
        for node in ast.parse(cell).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == "Claim"
    ]


def formatted(source: str, path: str) -> str:
    """The source with its imports sorted, in the project's format."""
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--fix", "--select", "I", "--quiet"], ["format"]):
        run = [*ruff, *command, "--stdin-filename", path, "-"]
        done = subprocess.run(
            run, input=source, capture_output=True, text=True, cwd=ROOT
        )
        if done.returncode:
            raise SystemExit(f"{path}: ruff {command[0]} failed\n{done.stderr}")
        source = done.stdout
    return source


def module_source(notebook, stem: str, module: str) -> str:
    """The text of the module that a chapter writes."""
    cells = tagged(notebook, "export")
    imports, bodies = split_imports(cells)
    exported = f"__all__ = {public_names(cells)!r}"
    parts = [docstring(notebook, stem), "\n".join(imports), exported, *bodies]
    return formatted("\n\n".join(parts) + "\n", f"w2v/{module}.py")


def claims_source(notebooks: dict) -> str:
    """The text of w2v/claims.py."""
    imports, bodies, chapter_of = {"from w2v.proof import Claim": None}, [], {}
    for stem, notebook in notebooks.items():
        cells = tagged(notebook, "claim")
        hoisted, rest = split_imports(cells)
        imports |= dict.fromkeys(hoisted)
        bodies += [f"# {stem}", *rest] if rest else []
        chapter_of |= dict.fromkeys(claim_names(cells), stem)
    names = "".join(f"{name}, " for name in chapter_of)
    homes = "".join(f"{name}.label: {stem!r}, " for name, stem in chapter_of.items())
    tables = [
        '__all__ = ["CHAPTERS", "CLAIMS"]',
        *bodies,
        f"CLAIMS = {{claim.label: claim for claim in ({names})}}",
        f"CHAPTERS = {{{homes}}}",
    ]
    return formatted(
        "\n\n".join([CLAIMS_DOC, "\n".join(imports), *tables]) + "\n", "w2v/claims.py"
    )


def generated() -> dict[Path, str | bytes]:
    """Every generated module of w2v, by its path."""
    notebooks = {stem: read(stem) for stem in chapters()}
    sources: dict[Path, str | bytes] = {
        ROOT / "w2v" / f"{module}.py": module_source(notebooks[stem], stem, module)
        for stem, module in chapters().items()
        if module
    }
    return sources | {ROOT / "w2v" / "claims.py": claims_source(notebooks)}


def encoded(content: str | bytes) -> bytes:
    """The bytes of a file's content."""
    return content.encode("utf-8") if isinstance(content, str) else content


def stale(files: dict[Path, str | bytes]) -> dict[Path, str | bytes]:
    """Those of the files whose content on disk differs."""
    return {
        path: content
        for path, content in files.items()
        if not path.exists() or path.read_bytes() != encoded(content)
    }


def difference(path: Path, content: str | bytes) -> str:
    """What would change in a file: a unified diff, or for a picture its name."""
    name = str(path.relative_to(ROOT))
    if isinstance(content, bytes):
        return f"{name} differs from the picture in its chapter"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = old.splitlines(keepends=True), content.splitlines(keepends=True)
    return "".join(difflib.unified_diff(*lines, f"{name} (now)", f"{name} (generated)"))


def write_or_check(files: dict[Path, str | bytes], description: str) -> int:
    """Write the files that changed, or with --check print what would; an exit code."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    outdated = stale(files)
    for path, content in outdated.items():
        if check:
            print(difference(path, content))
        else:
            path.write_bytes(encoded(content))
            print(f"wrote {path.relative_to(ROOT)}")
    if check and outdated:
        print(
            "Generated files are not current. Run `make export` and commit the result;"
        )
        print("a change made by hand belongs into the chapter that writes the file.")
    return int(check and bool(outdated))


if __name__ == "__main__":
    sys.exit(write_or_check(generated(), __doc__))
