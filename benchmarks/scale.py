"""Measure what chapter 17 promises, and store it: memory, words a second, and what averaging loses.

    python benchmarks/scale.py [--seeds 1] [--rounds 3] [memory | speed | averaging ...]

Memory: every training runs in a process of its own, one pass over the docstrings repeated
once, four and sixteen times; a thread reads /proc/self/status, anonymous memory and mapped
file pages apart. Speed: the same model with this process alone and on one and two processes
of a Dask cluster on this machine, medians of alternating rounds. Averaging: the loss of the
last pass and the book's exam, for more and more shards, means over the seeds.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

import numpy as np

from w2v.keyedvectors import KeyedVectors
from w2v.questions import analogy_questions
from w2v.scale import Corpus, connect, train, write_corpus
from w2v.text import docstrings
from w2v.word2vec import Word2Vec

RESULTS = Path(__file__).parent / "results" / "scale.json"
TIMES = (1, 4, 16)

# What a process runs; `way` says how the text comes in.
WORKER = """
import json, sys, threading
from w2v.scale import Corpus, write_corpus
from w2v.text import LineSentence
from w2v.word2vec import Word2Vec
way, text, folder, least = sys.argv[1:]
peak, stop = {"RssAnon": 0, "RssFile": 0, "VmHWM": 0}, threading.Event()
def now():
    lines = (line.split() for line in open("/proc/self/status"))
    return {x[0][:-1]: int(x[1]) / 1000 for x in lines if x[0][:-1] in peak}
def watch():
    while not stop.wait(0.005):
        for name, x in now().items():
            peak[name] = max(peak[name], x)
start = now()
thread = threading.Thread(target=watch)
thread.start()
model = Word2Vec(sg=1, vector_size=50, epochs=1, min_count=int(least))
if way == "conversion":
    write_corpus(text, folder, min_count=int(least))
else:
    source = {"from the disk": lambda: Corpus(folder), "ids in memory": lambda: LineSentence(text),
              "in memory": lambda: list(LineSentence(text))}[way]()
    model.build_vocab(source)
    model.train(source)
stop.set()
thread.join()
print(json.dumps({"anonymous": peak["RssAnon"], "mapped": peak["RssFile"] - start["RssFile"],
                  "peak RSS": peak["VmHWM"]}))
"""
WAYS = ("conversion", "from the disk", "ids in memory", "in memory")


def measured(way, text, folder, times):
    """Return the peaks of a process, in MB."""
    least = 5 * times  # so that all texts have the same vocabulary
    command = [sys.executable, "-c", WORKER, way, str(text), str(folder), str(least)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{way} failed:\n{done.stderr}")
    return {name: round(x, 1) for name, x in json.loads(done.stdout).items()}


def memory(lines, folder):
    """Return a row for each length of the text."""
    rows = []
    for times in TIMES:
        text = Path(folder) / f"text{times}.txt"
        text.write_text(lines * times, encoding="utf-8")
        row = {"times": times}
        for way in WAYS:
            row[way] = measured(way, text, Path(folder) / f"corpus{times}", times)
        row["words"] = len(Corpus(Path(folder) / f"corpus{times}").ids)
        row["file, MB"] = row["words"] * 4e-6
        print(json.dumps(row), flush=True)
        rows.append(row)
    return rows


def fresh(corpus, seed=1, epochs=3):
    """Return an untrained model."""
    model = Word2Vec(sg=1, vector_size=100, seed=seed, epochs=epochs)
    model.build_vocab(corpus)
    return model


def rate(run, words):
    """Return words a second of a run."""
    start = time.perf_counter()
    run()
    return words / (time.perf_counter() - start)


def speed(corpus, rounds):
    """Return words a second by the number of Dask workers, 0 for this process alone; start-up not counted."""
    found: dict[str, list] = {}
    T = len(corpus.ids)
    with connect(workers=1) as one, connect(workers=2) as two:
        clients = {"1": one, "2": two}
        for client in clients.values():
            train(fresh(corpus, epochs=1), corpus, client)
        for _ in range(rounds):
            alone = rate(lambda: fresh(corpus).train(corpus), 3 * T)
            found.setdefault("this process", []).append(alone)
            for workers, client in clients.items():
                told = rate(lambda c=client: train(fresh(corpus), corpus, c), 3 * T)
                found.setdefault(f"averaging, {workers}", []).append(told)
        model, options = fresh(corpus, epochs=1), {"synchronous": True}
        found["synchronous, 2"] = [
            rate(lambda: train(model, corpus, two, **options), T)
        ]
    return {name: median(told) for name, told in found.items()}


def exam(model):
    """Return the loss of the last pass and the share of analogies solved."""
    wv = KeyedVectors(model.wv.index_to_key, model.wv.vectors)
    return model.losses[-1], wv.evaluate_word_analogies(analogy_questions())[0]


def averaging(corpus, seeds):
    """Return loss and accuracy after five passes, for shards that step with alpha and with B alpha."""
    rows = []
    with connect(workers=2) as client:
        for shards in (1, 2, 4, 8):
            for stretch in sorted({1, shards}):
                told = []
                for seed in range(1, seeds + 1):
                    model = fresh(corpus, seed, 5)
                    options = {"shards": shards, "stretch": stretch}
                    train(model, corpus, client, every=2**17, **options)
                    told.append(exam(model))
                loss, accuracy = map(mean, zip(*told, strict=True))
                row = {"shards": shards, "stretch": stretch}
                rows.append(row | {"loss": loss, "accuracy": accuracy})
                print(json.dumps(rows[-1]), flush=True)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    parts = options.parts or ["memory", "speed", "averaging"]
    report = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    versions = f"Python {platform.python_version()}, numpy {np.__version__}"
    report |= {"measured": str(date.today()), "cores": os.cpu_count()}
    report |= {"versions": versions, "load before": os.getloadavg()[0]}
    with TemporaryDirectory() as folder:
        lines = "".join(" ".join(words) + "\n" for words in docstrings())
        text = Path(folder) / "text.txt"
        text.write_text(lines, encoding="utf-8")
        corpus = write_corpus(text, Path(folder) / "corpus")
        report |= {"words": len(corpus.ids), "N": len(corpus.vocab), "d": 100}
        if "memory" in parts:
            report["memory"] = memory(lines, folder)
        if "speed" in parts:
            report["speed"] = speed(corpus, options.rounds)
        if "averaging" in parts:
            report |= {
                "seeds": options.seeds,
                "averaging": averaging(corpus, options.seeds),
            }
    report["load after"] = os.getloadavg()[0]
    options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
