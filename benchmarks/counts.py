"""Let five ways to word vectors answer the same questions after the same time, and store the marks.

    python benchmarks/counts.py [--budget SECONDS] [--seeds N]

Skip-gram, CBOW, GloVe, and the SVD of PPMI, COALS and log(1 + X) start from the sentences of
the docstrings and their vocabulary, and have `--budget` seconds of one worker each, with BLAS
on one thread. Encoding and counting count. A pass of skip-gram and CBOW is timed first, and as many are made as fit; GloVe makes
passes until the time is over. What an SVD does not need of its time is left. The methods that
draw are run with each seed. The load is stored too.
"""

import argparse
import json
import os
import platform
from datetime import date
from pathlib import Path
from statistics import mean, median
from time import perf_counter

import numpy as np
import scipy
from threadpoolctl import threadpool_limits

from w2v.counts import GloVe, coals, cooccurrence, log_counts, ppmi, svd_vectors
from w2v.keyedvectors import KeyedVectors
from w2v.questions import RELATIONS, analogy_questions, judged_lines
from w2v.text import build_vocab, docstrings, encode
from w2v.word2vec import Word2Vec

RESULTS = Path(__file__).parent / "results" / "counts.json"
TWELVE = """row-column left-right true-false minimum-maximum sine-cosine sin-cos x-y
eigenvalues-eigenvectors list-tuple red-green width-height integral-derivative"""
D, WINDOW = 64, 5
STEPS = {"SGNS": 0.05, "CBOW": 0.1}


class Corpus:
    """The docstrings: sentences, vocabulary and ids."""

    def __init__(self):
        self.sentences = docstrings()
        self.vocab = build_vocab(self.sentences)
        self.ids, self.offsets = encode(self.sentences, self.vocab)

    def counts(self):
        """Return the co-occurrence table of the sentences, with GloVe's weights."""
        text = encode(self.sentences, self.vocab)
        return cooccurrence(*text, len(self.vocab), WINDOW, "harmonic")


def predicted(name, corpus, budget, seed):
    """Return the vectors of skip-gram or CBOW and the passes that fit into the budget."""
    settings = {"vector_size": D, "window": WINDOW, "sample": 1e-4, "seed": seed}
    settings |= {"sg": int(name == "SGNS"), "alpha": STEPS[name]}

    def trained(epochs):
        model = Word2Vec(**settings)
        model.build_vocab(corpus.sentences)
        start = perf_counter()
        model.train(corpus.sentences, epochs=epochs)
        return model.wv.vectors, perf_counter() - start

    trained(1)
    epochs = max(int(budget / (trained(3)[1] / 3)), 1)
    V, seconds = trained(epochs)
    return {name: V}, seconds, epochs


def factored(name, corpus, budget, seed):
    """Return the vectors of the SVD of a table."""
    start = perf_counter()
    table = {"PPMI-SVD": ppmi, "COALS": coals, "log(1 + X)-SVD": log_counts}[name]
    V = svd_vectors(table(corpus.counts()), D)
    return {name: V}, perf_counter() - start, None


def glove(name, corpus, budget, seed):
    """Return the vectors of GloVe, V alone and V + U, and the passes that fit into the budget."""
    start = perf_counter()
    model = GloVe(corpus.counts(), D, x_max=10, seed=seed)
    last = 0.0
    while perf_counter() - start + last < budget:
        before = perf_counter()
        model.train()
        last = perf_counter() - before
    tables = {name: model.V, f"{name}, V + U": model.V + model.U}
    return tables, perf_counter() - start, len(model.losses)


METHODS = {
    "SGNS": predicted,
    "CBOW": predicted,
    "GloVe": glove,
    "PPMI-SVD": factored,
    "COALS": factored,
    "log(1 + X)-SVD": factored,
}


def marked(words, V):
    """Return what a table answers: all analogies, each relation, the twelve pairs, the judged pairs."""
    wv = KeyedVectors(words, V)
    share, sections = wv.evaluate_word_analogies(analogy_questions())
    right = [len(s["correct"]) for s in sections[:-1]]
    asked = [len(s["correct"] + s["incorrect"]) for s in sections[:-1]]
    near = {w: dict(wv.most_similar(w, topn=10)) for p in pairs() for w in p}
    found = sum(a in near[b] or b in near[a] for a, b in pairs())
    relations = dict(zip(RELATIONS, np.divide(right, asked).tolist(), strict=True))
    judged = float(wv.evaluate_word_pairs(judged_lines())[1][0])
    return {
        "analogies": share,
        "relations": relations,
        "of twelve": found,
        "judged": judged,
    }


def pairs():
    """Return the twelve pairs of chapter 14."""
    return [pair.split("-") for pair in TWELVE.split()]


def row(name, runs):
    """Return a row of the table: means over the runs of one method."""
    marks, seconds, passes = zip(*runs, strict=True)
    result = {"method": name, "by seed": [m["analogies"] for m in marks]}
    result |= {
        k: mean(m[k] for m in marks) for k in ("analogies", "of twelve", "judged")
    }
    result["relations"] = {
        r: mean(m["relations"][r] for m in marks) for r in marks[0]["relations"]
    }
    result |= {"seconds": median(seconds)}
    result |= {"passes": None if None in passes else median(passes)}
    return result


def speed(corpus, rounds=7):
    """Return the words a second that a flat window of 5 counts, the median of the rounds."""
    told = []
    for _ in range(rounds):
        start = perf_counter()
        cooccurrence(corpus.ids, corpus.offsets, len(corpus.vocab), WINDOW)
        told.append(perf_counter() - start)
    return len(corpus.ids) / median(told)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budget", type=float, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    load, corpus = os.getloadavg()[0], Corpus()
    found: dict[str, list] = {}
    with threadpool_limits(1):
        rate = speed(corpus)
        for name, method in METHODS.items():
            drawn = method is not factored
            for seed in range(1, options.seeds + 1 if drawn else 2):
                tables, seconds, passes = method(name, corpus, options.budget, seed)
                for label, V in tables.items():
                    marks = marked(corpus.vocab.index_to_key, V)
                    found.setdefault(label, []).append((marks, seconds, passes))
                    print(
                        f"{label:16}{marks['analogies']:.3f}{seconds:6.1f} s",
                        flush=True,
                    )
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    report = {
        "measured": str(date.today()),
        "cores": os.cpu_count(),
        "versions": versions,
        "load before": load,
        "load after": os.getloadavg()[0],
        "budget": options.budget,
        "seeds": options.seeds,
        "d": D,
        "words counted a second": rate,
        "rows": [row(name, runs) for name, runs in found.items()],
    }
    options.output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
