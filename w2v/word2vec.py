"""
The estimator puts the pieces of the book together: it reads sentences, draws pairs and
negatives, steps down the gradient, and hands over vectors with their words.

Derived in book/14_word2vec.ipynb, which writes this module: change the chapter, not
this file.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, pairwise
from os import PathLike

import numpy as np
from tqdm import tqdm

from w2v.keyedvectors import KeyedVectors
from w2v.sampling import (
    cumulative,
    draw_negatives,
    keep_probability,
    noise_distribution,
    number,
    subsample,
)
from w2v.sgd import holding_step, minibatches, sgd_step, step_size
from w2v.text import build_vocab, encode, positive_int

__all__ = [
    "initial_tables",
    "draw_pass",
    "falling_steps",
    "BLOCK",
    "one_pass",
    "Diverged",
    "TOLERANCE",
    "demand_progress",
    "rereadable",
    "at_least_zero",
    "Word2Vec",
]


def initial_tables(N, d, rng):
    """Return V (N, d), uniform between -1/(2d) and 1/(2d), and U (N, d), zero; both float32."""
    V = (rng.random((N, d), np.float32) - np.float32(0.5)) / np.float32(d)
    return V, np.zeros_like(V)


def draw_pass(ids, offsets, keep, F, window, K, batch, rng):
    """Return the minibatches (centers, outside, negatives) of one pass over a fresh sample of a text.

    Each window reaches 1 to `window` words far, all radii equally likely. Raises ValueError if the
    sample leaves no pair.
    """
    ids, offsets = subsample(ids, offsets, keep, rng)
    reach = rng.integers(1, window + 1, len(ids))
    centers, outside, cuts = minibatches(ids, offsets, reach, batch, rng)
    if not len(centers):
        raise ValueError(
            "sample: expected to leave some pairs, got none; sample=0 keeps all words"
        )
    negatives = draw_negatives(F, outside, K, rng)
    parts = zip(
        *(np.split(x, cuts) for x in (centers, outside, negatives)), strict=True
    )
    return [part for part in parts if len(part[0])]


def falling_steps(alpha, min_alpha, T):
    """Return T step sizes that fall in a straight line from alpha towards min_alpha, shape (T,)."""
    return alpha + (min_alpha - alpha) * np.arange(T) / T


BLOCK = 500  # steps between two looks at the loss


def one_pass(V, U, batches, alphas):
    """Make a step for each minibatch, V and U in place; yield the loss and the pairs of each block."""
    for i in range(0, len(batches), BLOCK):
        block = batches[i : i + BLOCK]
        steps = zip(block, alphas[i : i + BLOCK], strict=True)
        loss = sum(sgd_step(V, U, c, o, w, alpha) for (c, o, w), alpha in steps)
        yield loss, sum(len(centers) for centers, *_ in block)


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
            f"alpha={used:g} is too large: a pair costs {loss:.3g} on average, and"
            f" {untrained:.3g} untrained; alpha={alpha:.2g} holds"
        )


TOLERANCE = 1.01  # the negatives of a short text may be unlucky by so much


def demand_progress(loss, untrained, tables, start, batches, alpha):
    """Put the tables back and raise Diverged if the mean loss of a pair is above the untrained one, or NaN."""
    if loss <= TOLERANCE * untrained:
        return
    for table, first in zip(tables, start, strict=True):
        table[:] = first
    V, U = start
    raise Diverged(loss, untrained, alpha, holding_step(V, U, batches[:2000], alpha))


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


class Word2Vec:
    """Skip-gram with negative sampling under gensim's names, trained by minibatches of `batch` center words.

    `wv` holds the center vectors V (N, d) by word and `U` (N, d) the outside vectors; `losses` the
    mean loss of a pair in each pass, to be compared with `untrained_loss`; `history` the (loss, pairs)
    of each block of steps, a list a pass. Raises TypeError or ValueError naming the argument, and
    Diverged when the loss rises above the untrained one. Equations def-ns-loss, def-sg-update.
    """

    def __init__(
        self,
        sentences: Iterable[Sequence[str]] | None = None,
        *,
        sg: int,
        vector_size: int = 100,
        window: int = 5,
        min_count: int = 5,
        negative: int = 5,
        ns_exponent: float = 0.75,
        sample: float = 1e-3,
        alpha: float = 0.025,
        min_alpha: float = 1e-4,
        epochs: int = 5,
        seed: int = 1,
        batch: int = 32,
    ) -> None:
        if sg != 1:
            raise ValueError(
                f"sg: expected 1, skip-gram, the one model there is; got {sg!r}"
            )
        self.vector_size = positive_int("vector_size", vector_size)
        self.window = positive_int("window", window)
        self.min_count = positive_int("min_count", min_count)
        self.negative = positive_int("negative", negative)
        self.ns_exponent = number(ns_exponent, "ns_exponent")
        self.sample = at_least_zero(sample, "sample")
        self.alpha = step_size(alpha)
        self.min_alpha = at_least_zero(min_alpha, "min_alpha")
        if self.min_alpha > self.alpha:
            raise ValueError(
                f"min_alpha: expected at most alpha={alpha!r}, got {min_alpha!r}"
            )
        self.epochs, self.batch = (
            positive_int("epochs", epochs),
            positive_int("batch", batch),
        )
        self.rng = np.random.default_rng(positive_int("seed", seed, least=0))
        self.history: list[list[tuple[float, int]]] = []
        if sentences is not None:
            self.build_vocab(sentences)
            self.train(sentences)

    @property
    def untrained_loss(self) -> float:
        """The mean loss of a pair while all scores are zero. Equation eq-untrained-loss."""
        return (self.negative + 1) * float(np.log(2))

    @property
    def losses(self) -> list[float]:
        """The mean loss of a pair in each pass."""
        sums = (np.sum(blocks, axis=0) for blocks in self.history)
        return [float(loss / pairs) for loss, pairs in sums]

    def build_vocab(self, sentences: Iterable[Sequence[str]]) -> None:
        """Count the words and start the tables; set `vocab`, `corpus_count`, `wv` and `U`.

        Raises TypeError for sentences that are not lists of words or cannot be read again,
        ValueError when fewer than two words occur `min_count` times.
        """
        seen = count()
        counted = zip(rereadable(sentences), seen, strict=False)
        self.vocab = build_vocab((s for s, _ in counted), self.min_count)
        if len(self.vocab) < 2:
            got = f"only {self.vocab.index_to_key[0]!r}"
            raise ValueError(
                f"sentences: expected two words that occur min_count times, got {got}"
            )
        self.corpus_count, self.history = next(seen), []
        V, self.U = initial_tables(len(self.vocab), self.vector_size, self.rng)
        self.wv = KeyedVectors(self.vocab.index_to_key, V, self.vocab.counts)

    def train(
        self,
        sentences: Iterable[Sequence[str]],
        *,
        total_examples: int | None = None,
        epochs: int | None = None,
    ) -> None:
        """Make `epochs` passes over the sentences, the step falling from `alpha` to `min_alpha`.

        `total_examples`, if given, must be the number of sentences, for which `build_vocab` sets
        `corpus_count`. Raises TypeError or ValueError naming the argument, RuntimeError without a
        vocabulary, and Diverged, after putting the tables back.
        """
        ids, offsets = self._read(sentences, total_examples)
        epochs = positive_int("epochs", self.epochs if epochs is None else epochs)
        start = self.wv.vectors.copy(), self.U.copy()
        self.wv.norms = None  # the steps below change the lengths of the rows
        ends = pairwise(np.linspace(self.alpha, self.min_alpha, epochs + 1))
        self.history += [self._pass(ids, offsets, start, *pair) for pair in ends]

    def _read(self, sentences, total_examples):
        """Return the text as ids (T,) and offsets, checked."""
        if not hasattr(self, "vocab"):
            raise RuntimeError(
                "train needs a vocabulary: call build_vocab(sentences) first"
            )
        ids, offsets = encode(rereadable(sentences), self.vocab)
        found = len(offsets) - 1
        if total_examples not in (None, found):
            expected = f"{found}, the number of sentences"
            raise ValueError(
                f"total_examples: expected {expected}, got {total_examples!r}"
            )
        if np.diff(offsets).max(initial=0) < 2:
            raise ValueError(
                "sentences: expected two known words side by side, found none"
            )
        return ids, offsets

    def _draw(self, ids, offsets):
        """Return the minibatches of one pass."""
        keep = keep_probability(self.vocab.counts, self.sample)
        F = cumulative(noise_distribution(self.vocab.counts, self.ns_exponent))
        sizes = self.window, self.negative, self.batch
        return draw_pass(ids, offsets, keep, F, *sizes, self.rng)

    def _pass(self, ids, offsets, start, alpha, min_alpha):
        """Make one pass under a progress bar, shown on a terminal only; return its (loss, pairs) a block."""
        batches, tables, blocks = (
            self._draw(ids, offsets),
            (self.wv.vectors, self.U),
            [],
        )
        steps = falling_steps(alpha, min_alpha, len(batches)).tolist()
        with (
            tqdm(total=len(batches), unit="step", disable=None) as bar,
            np.errstate(over="ignore", invalid="ignore"),
        ):
            for loss, pairs in one_pass(*tables, batches, steps):
                mean = loss / pairs
                demand_progress(
                    mean, self.untrained_loss, tables, start, batches, self.alpha
                )
                blocks.append((loss, pairs))
                bar.update(min(BLOCK, len(batches) - bar.n))
                bar.set_postfix(loss=f"{mean:.3f}")
        return blocks
