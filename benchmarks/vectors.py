"""Load and search vectors, w2v and gensim side by side, and store what was measured.

    python benchmarks/vectors.py --gensim PYTHON

PYTHON is an interpreter that can import gensim; without the option it is this one. Each
round runs every task once for each peer, in turn, in a process of its own; the table has
the medians of the rounds, in seconds, and how many times as fast as gensim w2v is.
Nothing else should run meanwhile: the load is stored too.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

RESULTS = Path(__file__).parent / "results" / "vectors.json"
GOALS = {
    "load text": 3,
    "load C's text": 3,
    "load text, gzip": 3,
    "load binary": 1,
    "load binary, gzip": 1,
    "most_similar": 1,
}
ROWS, SEARCHED, D, QUERIES = 50_000, 1_000_000, 100, 20
FILES = {
    "load text": "v.txt",
    "load C's text": "c.txt",
    "load text, gzip": "v.txt.gz",
    "load binary": "v.bin",
    "load binary, gzip": "v.bin.gz",
}

# What a worker runs. It prints wall and processor seconds, and a number that must be equal
# for both peers: the sum of what was loaded, or of the cosines found.
WORKER = """
import json, sys, time
import numpy as np
peer, task, file, queries = sys.argv[1:]
if peer == "gensim":
    from gensim.models import KeyedVectors
else:
    from w2v import KeyedVectors
if task == "most_similar":
    X = np.load(file)
    words = [f"w{i}" for i in range(len(X))]
    if peer == "gensim":
        kv = KeyedVectors(X.shape[1])
        kv.index_to_key, kv.vectors = words, X
        kv.key_to_index = {w: i for i, w in enumerate(words)}
    else:
        kv = KeyedVectors(words, X)
    kv.most_similar("w0")
start = time.perf_counter(), time.process_time()
if task == "most_similar":
    answers = [kv.most_similar(f"w{i}") for i in range(int(queries))]
else:
    kv = KeyedVectors.load_word2vec_format(file, binary=".bin" in file)
wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
if task == "most_similar":
    check = sum(c for answer in answers for _, c in answer)
    wall, cpu = wall / int(queries), cpu / int(queries)
else:
    check = float(np.abs(kv.vectors).sum(dtype=float))
print(json.dumps({"wall": wall, "cpu": cpu, "check": check}))
"""


def write_files(folder: Path) -> None:
    """Write the files that both peers load: the same table in each form."""
    import numpy as np

    from w2v.vectorfiles import replacing, write_word2vec

    rng = np.random.default_rng(0)
    X = rng.normal(0, 0.3, (ROWS, D)).astype(np.float32)
    words = [f"word{i}" for i in range(ROWS)]
    for task, name in FILES.items():
        if name != "c.txt":
            write_word2vec(folder / name, words, X, binary="binary" in task)
    with replacing(folder / "c.txt") as file:
        file.write(b"%d %d\n" % X.shape)
        for word, row in zip(words, X, strict=True):
            file.write(f"{word} {''.join(f'{x:.6f} ' for x in row)}\n".encode())
    np.save(folder / "X.npy", rng.random((SEARCHED, D), np.float32) - np.float32(0.5))


def run(python: str, peer: str, task: str, folder: Path) -> dict:
    """Run one task of one peer in a process of its own."""
    file = str(folder / FILES.get(task, "X.npy"))
    command = [python, "-c", WORKER, peer, task, file, str(QUERIES)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{peer}, {task}: failed\n{done.stderr}")
    return json.loads(done.stdout)


def measure(pythons: dict[str, str], rounds: int, folder: Path) -> dict:
    """Run every task `rounds` times for each peer in turn; return medians and ratios."""
    table = {}
    for task in GOALS:
        runs: dict[str, list[dict]] = {peer: [] for peer in pythons}
        for i in range(rounds):
            for peer in sorted(pythons, reverse=bool(i % 2)):
                runs[peer].append(run(pythons[peer], peer, task, folder))
        checks = [r["check"] for results in runs.values() for r in results]
        if max(checks) - min(checks) > 1e-6 * abs(checks[0]):
            sys.exit(f"{task}: the peers differ, {min(checks)} and {max(checks)}")
        row = {
            peer: {c: round(median(r[c] for r in results), 4) for c in ("wall", "cpu")}
            for peer, results in runs.items()
        }
        table[task] = row | {"goal": GOALS[task]}
        for clock in ("wall", "cpu"):
            ratio = row["gensim"][clock] / row["w2v"][clock]
            table[task][f"times as fast, {clock}"] = round(ratio, 2)
        print(line(task, table[task]), flush=True)
    return table


def line(task: str, row: dict) -> str:
    """One line of the table."""
    seconds = "".join(f"{row[p]['wall']:9.3f} s {p:7}" for p in ("w2v", "gensim"))
    ratios = "".join(f"{row[f'times as fast, {c}']:7.1f} {c}" for c in ("wall", "cpu"))
    return f"{task:20}{seconds}{ratios}   goal {row['goal']}"


def processor() -> str:
    """The name of the processor, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(x.split(": ")[1] for x in lines if x.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def versions(pythons: dict[str, str]) -> dict[str, str]:
    """The versions of Python, NumPy and gensim in each interpreter."""
    ask = "import sys, platform; from importlib.metadata import version as v;"
    ask += "print(platform.python_version(), *(f'{p} {v(p)}' for p in sys.argv[1:]))"
    packages = {"w2v": ["numpy", "w2v"], "gensim": ["numpy", "gensim"]}
    return {
        peer: subprocess.run(
            [python, "-c", ask, *packages[peer]], capture_output=True, text=True
        ).stdout.strip()
        for peer, python in pythons.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gensim", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pythons = {"w2v": sys.executable, "gensim": options.gensim}
    if subprocess.run([options.gensim, "-c", "import gensim"], stderr=-3).returncode:
        sys.exit(
            "gensim cannot be imported; name an interpreter that can: --gensim PYTHON"
        )
    before = os.getloadavg()[0]
    with TemporaryDirectory() as folder:
        write_files(Path(folder))
        table = measure(pythons, max(options.rounds, 1), Path(folder))
    result = {
        "measured": date.today().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load before and after": [round(x, 2) for x in (before, os.getloadavg()[0])],
        "versions": versions(pythons),
        "rounds": options.rounds,
        "sizes": f"files {ROWS} x {D}; most_similar {SEARCHED} x {D}, {QUERIES} queries",
        "seconds, medians": table,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
