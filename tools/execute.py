"""Execute chapters in place, reproducibly: rerunning an unchanged chapter changes no byte.

Usage: python tools/execute.py [03_sigmoid ...]   (default: every chapter, in order)
"""

import sys
import time

import nbformat
from nbclient import NotebookClient

from export import ROOT, chapters, read

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def executed(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with fresh outputs, and without metadata that vary between runs."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        for key in ("execution", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(ROOT / "book")}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    client.execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


def joined(outputs: list) -> list:
    """The outputs of a cell, with what it printed in several pieces in one."""
    merged: list = []
    for output in outputs:
        if merged and output.get("name", "") == merged[-1].get("name") == "stdout":
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def run(stem: str) -> None:
    """Execute one chapter, write it if it changed, and say how long it took."""
    path = ROOT / "book" / f"{stem}.ipynb"
    start = time.perf_counter()
    text = nbformat.writes(executed(read(stem))) + "\n"
    seconds = time.perf_counter() - start
    changed = text != path.read_text(encoding="utf-8")
    if changed:
        path.write_text(text, encoding="utf-8")
    print(f"{stem:24} {seconds:6.1f} s   {'written' if changed else 'unchanged'}")


if __name__ == "__main__":
    stems = sys.argv[1:] or list(chapters())
    if unknown := set(stems) - set(chapters()):
        sys.exit(
            f"No such chapter: {', '.join(sorted(unknown))}. Known: {', '.join(chapters())}"
        )
    for stem in stems:
        run(stem)
