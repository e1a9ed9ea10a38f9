"""
The estimator puts the pieces of the book together: it reads sentences, draws pairs and
negatives, steps down the gradient, and hands over vectors with their words.

Derived in book/14_word2vec.ipynb, which writes this module: change the chapter, not
this file.
"""

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from importlib.util import find_spec
from itertools import chain, count, islice, pairwise
from os import PathLike
from tempfile import TemporaryFile
from zipfile import BadZipFile

import numpy as np
from tqdm import tqdm

from w2v.engine import (
    SharedTables,
    Team,
    lots,
    numpy_steps,
    scheme,
    sentence_lengths,
    train_pass,
)
from w2v.hierarchical_softmax import huffman_tree, tree_paths
from w2v.keyedvectors import KeyedVectors
from w2v.objectives import (
    all_words_loss_and_grad,
    input_rows,
    objective_step,
    questions_loss_and_grad,
    real_and_fake,
)
from w2v.sampling import (
    cumulative,
    noise_distribution,
    number,
    subsample,
    unequal_draws,
)
from w2v.sgd import step_size
from w2v.text import (
    LineSentence,
    Vocabulary,
    build_vocab,
    encode,
    outside_positions,
    positive_int,
)
from w2v.vectorfiles import replacing

__all__ = [
    "initial_tables",
    "draw_windows",
    "falling_steps",
    "cut",
    "BLOCK",
    "predictions",
    "Diverged",
    "TOLERANCE",
    "holding_alpha",
    "rereadable",
    "at_least_zero",
    "at_most",
    "yes_no_or_none",
    "one_source",
    "counted",
    "demand_finite",
    "halves",
    "Losses",
    "ALPHA",
    "top_rung",
    "Word2Vec",
    "SETTINGS",
    "save_state",
    "DAMAGE",
    "load_state",
    "restored",
]


def initial_tables(N, d, rng):
    """Return V (N, d), uniform between -1/d and 1/d, and U (N, d), zero; both float32."""
    V = (2 * rng.random((N, d), np.float32) - 1) / np.float32(d)
    return V, np.zeros_like(V)


def draw_windows(ids, offsets, window, size, rng):
    """Yield centers (B,), the size C (B,) of the context of each, and all context words (P,).

    All T positions of a text come in random order, at most `size` of them at a time, less those
    without a neighbor. A window reaches 1 to `window` words far, all radii equally likely.
    """
    order = rng.permutation(len(ids))
    for t in np.split(order, range(size, len(order), size)):
        near, C = outside_positions(t, offsets, rng.integers(1, window + 1, len(t)))
        yield ids[t[C > 0]], C[C > 0], ids[near]


def falling_steps(alpha, min_alpha, T):
    """Return T step sizes that fall in a straight line from alpha towards min_alpha, shape (T,)."""
    return alpha + (min_alpha - alpha) * np.arange(T) / T


def cut(centers, C, near, batch):
    """Yield the minibatches of `batch` centers: centers, C, and context words."""
    ends = np.cumsum(C)
    for i in range(0, len(C), batch):
        part = slice(i, i + batch)
        yield centers[part], C[part], near[ends[i] - C[i] : ends[part][-1]]


BLOCK = 500  # steps between two looks at the loss


def predictions(centers, C, near, sg):
    """Return the words that go in, how many into each prediction, and the words to be predicted."""
    if sg:
        return np.repeat(centers, C), np.ones(len(near), np.int64), near
    return near, C, centers


class Diverged(ArithmeticError):
    """Training made the model worse than untrained; `alpha` is a step size that held in a trial."""

    def __init__(
        self, loss: float, untrained: float, used: float, alpha: float
    ) -> None:
        super().__init__(loss, untrained, used, alpha)
        self.alpha = alpha

    def __str__(self) -> str:
        loss, untrained, used, alpha = self.args
        return (
            f"alpha={used:g} is too large: a prediction costs {loss:.3g} on average, and"
            f" {untrained:.3g} untrained; alpha={alpha:.2g} holds"
        )


TOLERANCE = 1.01  # the negatives of a short text may be unlucky by so much


def holding_alpha(trial, alpha):
    """Return alpha halved until a trial with it costs less than knowing nothing, and then once more.

    `trial` takes a step size and returns the loss over that of knowing nothing.
    """
    alpha = min(alpha, 1.0)
    while alpha > 1e-9 and not trial(alpha) < 1:
        alpha /= 2
    return alpha / 2


def rereadable(sentences: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
    """Return the sentences. Raises TypeError for a path, a string, and what can be read only once."""
    expected = "sentences: expected lists of words that can be read twice, got"
    if isinstance(sentences, str | bytes | PathLike):
        hint = "for a file pass LineSentence(path), for a text split it into words"
        raise TypeError(f"{expected} {sentences!r:.50}; {hint}")
    if isinstance(sentences, Iterator) or not isinstance(sentences, Iterable):
        hint = "pass a list or a LineSentence"
        raise TypeError(f"{expected} type {type(sentences).__name__}; {hint}")
    return sentences


def at_least_zero(x, name):
    """Return x as a float. Raises TypeError, or ValueError if it is negative."""
    value = number(x, name)
    if value < 0:
        raise ValueError(f"{name}: expected a number >= 0, got {x!r}")
    return value


def at_most(x, name, largest):
    """Return x as a whole number between 0 and `largest`. Raises TypeError or ValueError."""
    value = positive_int(name, x, least=0)
    if value > largest:
        raise ValueError(f"{name}: expected at most {largest}, got {x!r}")
    return value


def yes_no_or_none(x, name):
    """Return x as a bool, or None. Raises TypeError for anything else."""
    if x is None or isinstance(x, bool | np.bool):
        return None if x is None else bool(x)
    raise TypeError(f"{name}: expected True, False or None, got {x!r}")


def one_source(sentences, corpus_file):
    """Return the sentences, or those of a file. Raises TypeError for both or neither, and as `rereadable`."""
    if (sentences is None) == (corpus_file is None):
        got = "neither" if sentences is None else "both"
        raise TypeError(f"sentences, corpus_file: expected one of the two, got {got}")
    if corpus_file is None:
        return rereadable(sentences)
    return corpus_file if hasattr(corpus_file, "encoded") else LineSentence(corpus_file)


def counted(sentences, min_count):
    """Return the vocabulary and the number of sentences, which an encoded text brings along. Raises ValueError."""
    if hasattr(sentences, "encoded"):
        if (least := int(sentences.vocab.counts.min())) < min_count:
            expected = f"at most {least}, the count of a word of the encoded text"
            raise ValueError(f"min_count: expected {expected}, got {min_count}")
        return sentences.vocab, len(sentences)
    seen = count()
    vocab = build_vocab((s for s, _ in zip(sentences, seen, strict=False)), min_count)
    return vocab, next(seen)


def demand_finite(tables):
    """Raise ValueError for a table, by name, with an entry that is no number."""
    for name, table in tables.items():
        if table is not None and not np.isfinite(table).all():
            got = table[~np.isfinite(table)][0]
            raise ValueError(f"{name}: expected finite numbers, got {got}")


def halves(tables, arrays):
    """Return whether the arrays are the very entries of `tables`, and no others of equal value."""
    pairs = zip(tables, arrays, strict=True)
    return all(a.__array_interface__ == b.__array_interface__ for a, b in pairs)


class Losses:
    """What a model asks about its predictions, and what the answers cost at the start."""

    def __init__(self, counts, hs, negative, ns_exponent, sample):
        """Prepare the tree and the lotteries from the counts (N,) of the words."""
        self.N, self.hs, self.negative = len(counts), hs, negative
        self.lots = lots(counts, sample, ns_exponent)
        if hs:
            self.nodes, self.signs = tree_paths(huffman_tree(counts))
            seen = counts * self.lots.keep
            self.length = (self.signs != 0).sum(axis=1) @ seen / seen.sum()
        if negative:
            P = noise_distribution(counts, ns_exponent)
            if P.max() > 1 - 1e-6:  # else draws other than this word would hardly come
                expected = "noise that draws more than one word"
                raise ValueError(
                    f"ns_exponent: expected {expected}, got {ns_exponent!r}"
                )
            self.F = cumulative(P)

    @property
    def untrained(self):
        """What a prediction costs on average while all scores are zero. Equation eq-untrained-loss."""
        if not self.hs and not self.negative:
            return float(np.log(self.N))
        asked = (self.negative + 1 if self.negative else 0) + (
            self.length if self.hs else 0
        )
        return float(asked * np.log(2))

    def questions(self, o, rng):
        """Return the rows asked about for each word of o (B,), and the answers, for each table."""
        drawn, path = [], []
        if self.negative:
            drawn = [real_and_fake(o, unequal_draws(self.F, o, self.negative, rng))]
        if self.hs:
            path = [(self.nodes[o], self.signs[o])]
        return drawn + path

    def ask(self, o, tables, rng):
        """Return what `objective_step` asks, and what B predictions cost if nothing is known."""
        if not self.hs and not self.negative:
            U, *_ = tables
            return [(U, partial(all_words_loss_and_grad, o=o, U=U))], len(o) * np.log(
                self.N
            )
        questions = self.questions(o, rng)
        asked = [
            (U, partial(questions_loss_and_grad, n=n, s=s, U=U))
            for U, (n, s) in zip(tables, questions, strict=True)
        ]
        return asked, sum(np.count_nonzero(s) for _, s in questions) * np.log(2)


ALPHA = {1: 0.025, 0: 0.05}  # by sg


def top_rung(compiled=None, sg=True):
    """Return the makers of steps and of the team of workers, and the sizes of a scheme that suit them.

    `compiled` asks for compiled loops or forbids them. Raises ImportError if they are asked for
    and Numba is missing.
    """
    found = find_spec("numba") is not None
    if compiled and not found:
        raise ImportError('compiled=True needs Numba: pip install "w2v[compiled]"')
    if compiled is False or not found:
        return numpy_steps, Team, {}
    from w2v.compiled import CENTERS, Threads, compiled_steps

    return compiled_steps, Threads, {"blocks": 1, "block": CENTERS[bool(sg)]}


class Word2Vec:
    """Skip-gram or CBOW with negative sampling, hierarchical softmax or full softmax.

    `wv` holds the input vectors V (N, d) by word, `U` (N, d) the outside vectors, and `nodes`
    (N-1, d) those of the tree if `hs`; `losses` has the mean loss of a prediction in each pass, to be
    compared with `untrained_loss`, and `history` the (loss, predictions) of each block of steps, a
    list a pass. Raises TypeError or ValueError naming the argument, and Diverged when the loss rises
    above the untrained one. Equations def-ns-loss, def-hs-loss, def-sg-update.

    `alpha` is 0.025 for skip-gram and 0.05 for CBOW if not given. With `cbow_exact=False` each word of a
    context moves by the whole gradient of the mean, as in word2vec.c and gensim. `workers` share the
    passes of negative sampling; only one repeats itself. `compiled` loops need Numba: None takes them
    where it is installed. With `compute_loss=False` no loss is kept, and nobody watches it. What the
    loss is made of (`hs`, `negative`, `ns_exponent`, `sample`) is settled by `build_vocab`.
    """

    def __init__(
        self,
        sentences: Iterable[Sequence[str]] | None = None,
        *,
        corpus_file: str | PathLike | None = None,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        cbow_mean: int = 1,
        cbow_exact: bool = True,
        vector_size: int = 100,
        window: int = 5,
        min_count: int = 5,
        ns_exponent: float = 0.75,
        sample: float = 1e-3,
        alpha: float | None = None,
        min_alpha: float = 1e-4,
        epochs: int = 5,
        seed: int = 1,
        batch: int = 32,
        workers: int = 1,
        compute_loss: bool = True,
        compiled: bool | None = None,
    ) -> None:
        self.sg, self.hs = at_most(sg, "sg", 1), at_most(hs, "hs", 1)
        self.negative = positive_int("negative", negative, least=0)
        self.cbow_mean = at_most(cbow_mean, "cbow_mean", 1)
        self.cbow_exact = bool(cbow_exact)
        self.vector_size = positive_int("vector_size", vector_size)
        self.window = positive_int("window", window)
        self.min_count = positive_int("min_count", min_count)
        self.ns_exponent = number(ns_exponent, "ns_exponent")
        self.sample = at_least_zero(sample, "sample")
        self.alpha = step_size(ALPHA[self.sg] if alpha is None else alpha)
        self.min_alpha = at_least_zero(min_alpha, "min_alpha")
        if self.min_alpha > self.alpha:
            expected = f"at most alpha={self.alpha!r}"
            raise ValueError(f"min_alpha: expected {expected}, got {min_alpha!r}")
        self.epochs = positive_int("epochs", epochs)
        self.seed = positive_int("seed", seed, least=0)
        self.batch = positive_int("batch", batch)
        self.workers = positive_int("workers", workers)
        self.compute_loss = bool(compute_loss)
        self.compiled = yes_no_or_none(compiled, "compiled")
        self.rng = np.random.default_rng(self.seed)
        self.history: list[list[tuple[float, float]]] = []
        if sentences is not None or corpus_file is not None:
            text = one_source(sentences, corpus_file)
            self.build_vocab(text)
            self.train(text)

    @property
    def untrained_loss(self) -> float:
        """The mean loss of a prediction while all scores are zero. Equation eq-untrained-loss."""
        return self._losses.untrained

    @property
    def losses(self) -> list[float]:
        """The mean loss of a prediction in each pass."""
        sums = (np.sum(blocks, axis=0) for blocks in self.history)
        return [float(loss / predicted) for loss, predicted in sums]

    def build_vocab(
        self,
        sentences: Iterable[Sequence[str]] | None = None,
        *,
        corpus_file: str | PathLike | None = None,
    ) -> None:
        """Count the words and start the tables; set `vocab`, `corpus_count`, `wv`, `U` and `nodes`.

        Raises TypeError for sentences that are not lists of words or cannot be read again,
        ValueError when fewer than two words occur `min_count` times.
        """
        text = one_source(sentences, corpus_file)
        vocab, corpus_count = counted(text, self.min_count)
        if len(vocab) < 2:
            got = f"only {vocab.index_to_key[0]!r}"
            raise ValueError(
                f"sentences: expected two words that occur min_count times, got {got}"
            )
        V, U = initial_tables(len(vocab), self.vector_size, self.rng)
        nodes = U[:-1].copy() if self.hs else None
        self._hold(vocab, V, U if self.negative or not self.hs else None, nodes)
        self.corpus_count, self.history = corpus_count, []

    def _hold(self, vocab, V, U, nodes):
        """Take a vocabulary and its tables, None for those that no loss asks."""
        loss = self.hs, self.negative, self.ns_exponent, self.sample
        self._losses = Losses(vocab.counts, *loss)
        self.vocab, self.U, self.nodes = vocab, U, nodes
        self.wv, self._shared = (
            KeyedVectors(vocab.index_to_key, V, counts=vocab.counts),
            None,
        )

    @property
    def _tables(self):
        """The tables that are asked, in the order of the losses."""
        return [table for table in (self.U, self.nodes) if table is not None]

    def train(
        self,
        sentences: Iterable[Sequence[str]] | None = None,
        *,
        corpus_file: str | PathLike | None = None,
        total_examples: int | None = None,
        epochs: int | None = None,
    ) -> None:
        """Make `epochs` passes over the sentences, the step falling from `alpha` to `min_alpha`.

        `total_examples`, if given, must be the number of sentences, for which `build_vocab` sets
        `corpus_count`. Raises TypeError or ValueError naming the argument, RuntimeError without a
        vocabulary, and Diverged, after putting the model back. An interrupt leaves it as it is.
        """
        if not hasattr(self, "vocab"):
            raise RuntimeError(
                "train needs a vocabulary: call build_vocab(sentences) first"
            )
        demand_finite({"wv.vectors": self.wv.vectors, "U": self.U, "nodes": self.nodes})
        text = self._read(one_source(sentences, corpus_file), total_examples)
        epochs = positive_int("epochs", self.epochs if epochs is None else epochs)
        alpha = step_size(self.alpha)
        last = min(at_least_zero(self.min_alpha, "min_alpha"), alpha)
        self.wv.norms = None  # the rows are about to change their lengths
        quiet = np.errstate(over="ignore", invalid="ignore")
        with TemporaryFile() as file, self._blockwise() as blocks, quiet:
            start = self._keep(file) if self.compute_loss else None
            for ends in pairwise(np.linspace(alpha, last, epochs + 1)):
                self._pass(blocks, text, start, *ends)

    def _read(self, sentences, total_examples):
        """Return the text as ids (T,) and offsets, checked."""
        encoded = getattr(sentences, "encoded", partial(encode, sentences))
        ids, offsets = encoded(self.vocab)
        found = len(offsets) - 1
        if total_examples not in (None, found):
            expected = f"{found}, the number of sentences"
            raise ValueError(
                f"total_examples: expected {expected}, got {total_examples!r}"
            )
        if max(x.max(initial=0) for x in sentence_lengths(offsets)) < 2:
            raise ValueError(
                "sentences: expected two known words side by side, found none"
            )
        return ids, offsets

    def _keep(self, file):
        """Return what training changes: the tables in a file, as memory is short, the history, the generator."""
        for table in (self.wv.vectors, *self._tables):
            np.save(file, table)
        return file, deepcopy(self.history), deepcopy(self.rng)

    def _put_back(self, start):
        """Make a state that was kept the present one."""
        file, *rest = start
        file.seek(0)
        for table in (self.wv.vectors, *self._tables):
            table[...] = np.load(file)
        self.history, self.rng = deepcopy(rest)

    def _step(self, alpha, centers, C, near):
        """Make the step of a minibatch; return its loss, that of knowing nothing, and its predictions."""
        words, C, o = predictions(centers, C, near, self.sg)
        rows, E = input_rows(words, C, self.cbow_mean, np.float32)
        back = E if self.cbow_exact else input_rows(words, C, False, np.float32)[1]
        asked, nothing = self._losses.ask(o, self._tables, self.rng)
        loss = objective_step(self.wv.vectors, rows, E, asked, alpha, back)
        return loss, nothing, len(o)

    @property
    def _by_engine(self):
        """Whether the engine makes the passes: for negative sampling alone, and for means of contexts."""
        asked = self._losses
        return not asked.hs and asked.negative and (self.sg or self.cbow_mean)

    def _shared_tables(self):
        """Return the SharedTables whose halves V and U are, after moving them there if they are not."""
        shared, ours = self._shared, (self.wv.vectors, self.U)
        if (
            shared is None
            or shared.pid != os.getpid()
            or not halves(shared.tables, ours)
        ):
            shared = self._shared = SharedTables(*self.wv.vectors.shape)
            shared.tables[:] = ours
            self.wv.vectors, self.U = shared.tables
        return shared

    def __getstate__(self):
        """Return the attributes without the file of the shared tables, which no copy can hold."""
        return self.__dict__ | {"_shared": None}

    @contextmanager
    def _blockwise(self):
        """Give the function that makes a pass: that of the engine where it can, by minibatches elsewhere."""
        if not self._by_engine:
            yield self._blocks
            return
        steps, crew, sizes = top_rung(self.compiled, self.sg)
        sizes |= {"whole": not self.cbow_exact}
        plan = scheme(self.sg, self.window, self._losses.negative, **sizes)
        shared = self._shared_tables()
        with crew(shared, plan, self._losses.lots, self.workers) as team:
            yield partial(self._fast_blocks, shared.tables, plan, team, steps)

    def _fast_blocks(self, tables, plan, team, steps, text, alpha, min_alpha):
        """Make one pass with the engine; yield as `_blocks` does."""
        ends, chances = (alpha, max(min_alpha, 1e-30)), self._losses.lots
        (ids, offsets), watched = text, self.compute_loss
        what = tables, ids, offsets, plan, chances, ends, self.rng
        for loss, pairs, words in train_pass(*what, team, watched, steps):
            if pairs:
                yield loss, pairs * self.untrained_loss, pairs, words / len(ids)

    def _blocks(self, text, alpha, min_alpha):
        """Make one pass; yield the loss of each block, that of knowing nothing, its predictions, and its share of the pass."""
        ids, offsets = text
        ids, offsets = subsample(ids, offsets, self._losses.lots.keep, self.rng)
        T = -(-len(ids) // self.batch)
        alphas = iter(falling_steps(alpha, min_alpha, T).tolist())
        size = BLOCK * self.batch
        for c, C, near in draw_windows(ids, offsets, self.window, size, self.rng):
            parts = zip(cut(c, C, near, self.batch), alphas, strict=False)
            steps = [self._step(alpha, *part) for part, alpha in parts]
            if steps:
                yield *np.sum(steps, axis=0).tolist(), len(steps) / T

    def _pass(self, make, text, start, alpha, min_alpha):
        """Make one pass under a progress bar, shown on a terminal only; keep the loss of each block."""
        blocks: list[tuple[float, float]] = []
        T, done = len(text[0]), 0.0
        with tqdm(total=T, unit="word", unit_scale=True, disable=None) as bar:
            for loss, nothing, predicted, share in make(text, alpha, min_alpha):
                if self.compute_loss and not loss <= TOLERANCE * nothing:
                    self._diverge(
                        make, text, start, loss / predicted, nothing / predicted
                    )
                if not blocks:
                    self.history.append(blocks)
                blocks.append((loss, predicted))
                done += share
                bar.update(round(done * T) - bar.n)
                bar.set_postfix(loss=f"{loss / predicted:.3f}")
        if not blocks:
            expected = "to leave two words side by side, got none"
            raise ValueError(f"sample: expected {expected}; sample=0 keeps all words")

    def _diverge(self, make, text, start, loss, untrained):
        """Put the model back and raise Diverged."""

        def trial(alpha):
            self._put_back(start)
            passes = (make(text, alpha, alpha) for _ in range(4))
            *_, (J, nothing, *_) = islice(chain.from_iterable(passes), 4)
            return J / nothing

        held = holding_alpha(trial, self.alpha)
        self._put_back(start)
        raise Diverged(loss, untrained, self.alpha, held)

    def save(self, fname: str | PathLike) -> None:
        """Write the whole state of training to a file, at once or not at all."""
        save_state(self, fname)

    @classmethod
    def load(cls, fname: str | PathLike) -> "Word2Vec":
        """Return the model of a file that `save` wrote. Raises ValueError naming the file."""
        return load_state(cls, fname)


SETTINGS = (
    *("sg", "hs", "negative", "cbow_mean", "cbow_exact", "vector_size", "window"),
    *("min_count", "ns_exponent", "sample", "alpha", "min_alpha", "epochs", "seed"),
    *("batch", "workers", "compute_loss", "compiled"),
)


def save_state(model, path):
    """Write a model to a file that takes its name only when it is whole.

    Raises RuntimeError without a vocabulary, TypeError or ValueError for what `load` would refuse.
    """
    if not hasattr(model, "vocab"):
        raise RuntimeError("save needs a vocabulary: call build_vocab(sentences) first")
    state = {
        "settings": {name: getattr(model, name) for name in SETTINGS},
        "words": model.vocab.index_to_key,
        "corpus_count": model.corpus_count,
        "history": model.history,
        "rng": model.rng.bit_generator.state,
    }
    tables = {"U": model.U, "nodes": model.nodes, "V": model.wv.vectors}
    tables = {name: table for name, table in tables.items() if table is not None}
    written = json.dumps(state)
    restored(type(model), json.loads(written), counts=model.vocab.counts, **tables)
    text = np.frombuffer(written.encode("ascii"), np.uint8)
    with replacing(path) as file:
        np.savez(file, state=text, counts=model.vocab.counts, **tables)


DAMAGE = (  # what reading a file raises that is no model
    *(BadZipFile, zlib.error, EOFError, OSError, RuntimeError),
    *(KeyError, TypeError, AttributeError, ValueError),
)


def load_state(cls, path):
    """Return the model in a file. Raises OSError if it cannot be read, ValueError naming it if it is no model."""
    with open(path, "rb") as raw:
        try:
            with np.load(raw, allow_pickle=False) as file:
                tables = dict(file)
            state = json.loads(tables.pop("state").tobytes())
            return restored(cls, state, **tables)
        except DAMAGE as error:
            expected = "a model written by Word2Vec.save"
            raise ValueError(f"{path}: expected {expected}, got: {error}") from error


def restored(cls, state, **tables):
    """Return the model of a state and its tables. Raises ValueError if they do not belong together."""
    model = cls(**{name: state["settings"][name] for name in SETTINGS})
    words = state["words"]
    N, d, hs = len(words), model.vector_size, model.hs
    expected = {"V": (N, d), "counts": (N,)}
    expected |= {"U": (N, d)} if model.negative or not hs else {}
    expected |= {"nodes": (N - 1, d)} if hs else {}
    if (found := {name: table.shape for name, table in tables.items()}) != expected:
        raise ValueError(f"tables {found} where {expected} belong")
    ids = {word: i for i, word in enumerate(words)}
    V, U, nodes = (tables.get(name) for name in ("V", "U", "nodes"))
    model._hold(Vocabulary(words, ids, tables["counts"]), V, U, nodes)
    model.corpus_count, model.rng.bit_generator.state = (
        state["corpus_count"],
        state["rng"],
    )
    model.history = [[(loss, n) for loss, n in blocks] for blocks in state["history"]]
    return model
