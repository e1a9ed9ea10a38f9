"""Train skip-gram and CBOW, two rungs of w2v's engine and gensim side by side, and store what was measured.

    python benchmarks/engine.py --gensim PYTHON [--text NAME=FILE ...]

PYTHON is an interpreter that can import gensim; without the option it is this one. Each
round trains with each peer in turn, in processes of their own, on all cores, from untrained
vectors to trained ones; the start of helpers counts. The table has the medians of the
rounds in words a second, words counted before sampling.
Quality is measured after `--passes` passes on nineteen sentences in twenty, on the rest.
A text has a sentence a line; without one it is the docstrings. The load is stored too.
"""

import argparse
import gzip
import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from timeit import repeat

import numpy as np
from threadpoolctl import threadpool_limits

from w2v.cbow import mean_row
from w2v.engine import scheme
from w2v.keyedvectors import KeyedVectors
from w2v.logistic import log_sigmoid
from w2v.questions import RELATIONS, analogy_questions
from w2v.sampling import (
    cumulative,
    draw,
    keep_probability,
    noise_distribution,
    subsample,
)
from w2v.text import build_vocab, docstrings, encode, windows
from w2v.word2vec import top_rung

RESULTS = Path(__file__).parent / "results" / "engine.json"
GOALS = {"skip-gram": 3, "CBOW": 2}
RUNGS = ("numpy", "compiled")
CBOW_WORDS = 4  # CBOW is the faster model: so its runs are not too short

# What a process runs. Both peers get the same text, words, rates and number of workers.
WORKER = """
import json, os, sys, time
import numpy as np
peer, file, sg, d, passes, seed, workers, out = sys.argv[1:]
sg, d, passes, seed, workers = map(int, (sg, d, passes, seed, workers))
sentences = [line.split() for line in open(file, encoding="utf-8")]
if peer == "gensim":
    from gensim.models import Word2Vec
    model = Word2Vec(sg=sg, vector_size=d, seed=seed, workers=workers, epochs=passes)
    model.build_vocab(sentences)
    def train():
        model.train(sentences, total_examples=model.corpus_count, epochs=passes)
        return model.wv.index_to_key, model.wv.vectors, model.syn1neg
else:
    from w2v.engine import SharedTables, lots, scheme, train_pass
    from w2v.text import build_vocab, encode
    from w2v.word2vec import top_rung
    steps, Team, sizes = top_rung(peer == "compiled", sg)
    vocab = build_vocab(sentences)
    ids, offsets = encode(sentences, vocab)
    def train():
        rng, shared = np.random.default_rng(seed), SharedTables(len(vocab), d)
        shared.tables[0] = (2 * rng.random((len(vocab), d)) - 1) / d
        plan, chances = scheme(bool(sg), whole=not sg, **sizes), lots(vocab.counts)
        ends = np.linspace(0.025, 1e-4, passes + 1)
        with Team(shared, plan, chances, workers) as team:
            for alphas in zip(ends[:-1], ends[1:]):
                text = shared.tables, ids, offsets, plan, chances, alphas, rng
                for _ in train_pass(*text, team, False, steps):
                    pass
        return vocab.index_to_key, *shared.tables
start = time.perf_counter(), os.times()
words, V, U = train()
wall, end = time.perf_counter() - start[0], os.times()
cpu = sum(end[:4]) - sum(start[1][:4])
if out != "-":
    np.savez(out, words=words, V=V, U=U)
print(json.dumps({"wall": wall, "cpu": cpu, "words": passes * sum(map(len, sentences))}))
"""

# Pairs of words, a relation a line. Questions are all pairs of pairs of a line.
GENERAL = {
    "family": "man:woman men:women king:queen father:mother brother:sister son:daughter"
    " boy:girl",
    "plural": "man:men woman:women child:children friend:friends hand:hands day:days"
    " year:years",
    "past": "go:went come:came see:saw take:took give:gave know:knew think:thought"
    " find:found",
    "comparative": "good:better bad:worse great:greater long:longer large:larger"
    " young:younger old:older",
    "superlative": "great:greatest long:longest large:largest high:highest"
    " strong:strongest young:youngest",
    "adverb": "quick:quickly slow:slowly perfect:perfectly quiet:quietly sweet:sweetly"
    " gentle:gently",
}


def sentences_of(file):
    """Return the sentences of a text file, a line each."""
    return [line.split() for line in file.read_text(encoding="utf-8").splitlines()]


def accuracy(words, V):
    """Return the share of analogies solved, of the book's exam and of general words, and how many there are."""
    questions = analogy_questions(RELATIONS) + analogy_questions(GENERAL)
    share, results = KeyedVectors(words, V).evaluate_word_analogies(questions)
    return share, len(results[-1]["correct"]) + len(results[-1]["incorrect"])


def held_out_loss(V, U, ids, offsets, counts, sg, m=5, K=5, most=100_000):
    """Return the mean loss of a pair, or of a window of CBOW, of a text that was not trained on."""
    rng = np.random.default_rng(0)
    ids, offsets = subsample(ids, offsets, keep_probability(counts), rng)
    h, outside = [], []
    for sentence in np.split(ids, offsets[1:-1]):
        for c, context in windows(sentence.tolist(), int(rng.integers(1, m + 1))):
            if context:
                h += [V[c]] * len(context) if sg else [mean_row(context, V)]
                outside += context if sg else [c]
        if len(h) > most:
            break
    w = draw(cumulative(noise_distribution(counts)), (len(h), K), rng)
    h = np.array(h, np.float64)
    true = np.einsum("bd,bd->b", h, U[outside])
    fake = np.array([(h * U[column]).sum(axis=1) for column in w.T])
    return float(-(log_sigmoid(true).sum() + log_sigmoid(-fake).sum()) / len(h))


def run(python, *arguments):
    """Return what a process of its own measured."""
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [python, "-c", WORKER, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        sys.exit(f"{arguments[0]} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def sgemm():
    """Return the floating-point operations a second of one core, multiplying 1024 x 1024 matrices."""
    A = np.random.default_rng(0).random((1024, 1024), np.float32)
    with threadpool_limits(1):
        return 2 * 1024**3 / min(repeat(lambda: A @ A, number=1, repeat=20))


def operations(sg, d, kept, rung):
    """Return the floating-point operations of a pass over so many kept words, rows to be moved left out."""
    sizes = top_rung(True, sg)[2] if rung == "compiled" else {}
    s = scheme(bool(sg), **sizes)
    C = s.block + 2 * s.m
    if sg:
        columns = 3 * (C + s.draws)
    elif rung == "numpy":
        columns = 2 * C + 3 * s.draws
    else:  # a target of its own, and m + 1 words of a window on average
        columns = 3 * (s.draws + 1) + 2 * (s.m + 1)
    return 2 * d * columns * kept


def speed(file, sg, d, passes, rounds, pythons, workers):
    """Return words a second of both peers, wall and processor time, medians of alternating rounds."""
    told = {peer: [] for peer in pythons}
    for _ in range(rounds):
        for peer, python in pythons.items():
            told[peer].append(run(python, peer, file, sg, d, passes, 1, workers, "-"))
    return {
        peer: {
            "words/s": median(x["words"] / x["wall"] for x in found),
            "words/s of a busy core": median(x["words"] / x["cpu"] for x in found),
        }
        for peer, found in told.items()
    }


def quality(train, test, sg, d, passes, seeds, pythons, workers, folder):
    """Return accuracy and held-out loss of both peers, means over the seeds."""
    told = {peer: [] for peer in pythons}
    for seed in range(1, seeds + 1):
        for peer, python in pythons.items():
            out = Path(folder) / "vectors.npz"
            run(python, peer, train, sg, d, passes, seed, workers, out)
            with np.load(out) as found:
                words, V, U = (found[name] for name in ("words", "V", "U"))
            vocab = build_vocab(sentences_of(train))
            place = {w: i for i, w in enumerate(words.tolist())}
            order = [place[w] for w in vocab.index_to_key]
            held = encode(sentences_of(test), vocab)
            loss = held_out_loss(V[order], U[order], *held, vocab.counts, sg)
            told[peer].append((*accuracy(words.tolist(), V), loss))
    names = ("accuracy", "questions", "held-out loss")
    return {
        p: dict(zip(names, map(mean, zip(*x, strict=True)), strict=True))
        for p, x in told.items()
    }


def write_text(name, source, folder):
    """Write all of a text, the part to train on and the part held out; return the three files."""
    if source is None:
        lines = [" ".join(words) for words in docstrings()]
    else:
        with (gzip.open if source.endswith(".gz") else open)(source, "rt") as text:
            lines = [line.strip() for line in text if line.strip()]
    parts = lines, [x for i, x in enumerate(lines) if i % 20], lines[::20]
    files = [Path(folder) / f"{name}.{part}" for part in ("all", "train", "test")]
    for file, part in zip(files, parts, strict=True):
        file.write_text("\n".join(part) + "\n", encoding="utf-8")
    return files


def measure(text, source, options, pythons, folder):
    """Yield a row of the table for each model and number of dimensions."""
    everything, train, test = write_text(text, source, folder)
    sentences = sentences_of(everything)
    vocab = build_vocab(sentences)
    kept = float(vocab.counts @ keep_probability(vocab.counts))
    total = sum(map(len, sentences))
    for model in options.models:
        sg = int(model == "skip-gram")
        passes = max(1, round(options.words * (1 if sg else CBOW_WORDS) / total))
        for d in options.dims:
            found = speed(
                everything, sg, d, passes, options.rounds, pythons, options.workers
            )
            rates = {peer: x["words/s"] for peer, x in found.items()}
            rate = sgemm() * options.workers * total
            row = {
                "text": text,
                "words": total,
                "N": len(vocab),
                "model": model,
                "d": d,
            }
            row |= {"passes": passes, "passes for quality": options.passes}
            row |= {"seeds": options.seeds, "load": os.getloadavg()[0]}
            row |= {"speed": found, "goal": GOALS[model]}
            row["ratio"] = {rung: rates[rung] / rates["gensim"] for rung in RUNGS}
            row["share of ceiling"] = {
                rung: rates[rung] * operations(sg, d, kept, rung) / rate
                for rung in RUNGS
            }
            if options.seeds:
                sizes = sg, d, options.passes, options.seeds
                row["quality"] = quality(
                    train, test, *sizes, pythons, options.workers, folder
                )
            print(json.dumps(row), flush=True)
            yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gensim", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--text", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--models", nargs="+", default=list(GOALS), choices=list(GOALS))
    parser.add_argument("--dims", nargs="+", type=int, default=[100, 300])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--words", type=float, default=1e7, help="words of a timed run")
    parser.add_argument("--passes", type=int, default=5, help="passes for quality")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    pythons = {"gensim": options.gensim} | dict.fromkeys(RUNGS, sys.executable)
    check = "import gensim; print(gensim.__version__)"
    found = subprocess.run(
        [options.gensim, "-c", check], capture_output=True, text=True
    )
    if found.returncode:
        sys.exit(
            "gensim is not installed there: pip install gensim, or pass --gensim PYTHON"
        )
    texts = dict(text.split("=", 1) for text in options.text) or {"docstrings": None}
    report = {
        "measured": str(date.today()),
        "cores": os.cpu_count(),
        "workers": options.workers,
        "versions": f"Python {platform.python_version()}, numpy {np.__version__}, gensim {found.stdout.strip()}",
        "rounds": options.rounds,
        "sgemm of one core": sgemm(),
        "load before": os.getloadavg()[0],
        "rows": [],
    }
    if options.output.exists():
        report["rows"] = [
            row
            for row in json.loads(options.output.read_text())["rows"]
            if row["text"] not in texts
            or row["model"] not in options.models
            or row["d"] not in options.dims
        ]
    with TemporaryDirectory() as folder:
        for text, source in texts.items():
            report["rows"] += measure(text, source, options, pythons, folder)
            report["load after"] = os.getloadavg()[0]
            options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
