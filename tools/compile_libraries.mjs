// Compile a packed library with the very Python that a page runs, which halves the time until
// a page is ready: node compile_libraries.mjs CORE SOURCES RESULT MODULE
//
// What `import MODULE` loads is stored as bytecode, and the rest as it was.

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [core, sources, result, module] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: core });
python.unpackArchive(new Uint8Array(readFileSync(sources)), "zip", { extractDir: "/lib/live" });
python.runPython(`
import sys
from importlib import import_module
from pathlib import Path
from py_compile import PycInvalidationMode, compile
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

sys.dont_write_bytecode = True
sys.path.append("/lib/live")
root, draft = Path("/lib/live"), Path("/tmp/draft")
files = sorted(file for file in root.rglob("*") if file.is_file())
import_module("${module}")
loaded = {getattr(module, "__file__", "") for module in sys.modules.values()}
with ZipFile("/tmp/result", "w", ZIP_DEFLATED) as archive:
    for file in files:
        name = str(file.relative_to(root))
        if str(file) in loaded:
            mode = PycInvalidationMode.UNCHECKED_HASH
            compile(str(file), str(draft), name, doraise=True, invalidation_mode=mode)
            name, file = f"{name}c", draft
        entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        archive.writestr(entry, file.read_bytes(), ZIP_DEFLATED)
`);
writeFileSync(result, python.FS.readFile("/tmp/result"));
