"""
Word vectors can be had without a single prediction: count once which words stand near
each other, and factor the table of counts.

Derived in book/15_counts.ipynb, which writes this module: change the chapter, not this
file.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds
from threadpoolctl import threadpool_limits

from w2v.logistic import finite
from w2v.logits import log_softmax
from w2v.sampling import number
from w2v.sgd import step_size
from w2v.text import positive_int, word_ids
from w2v.word2vec import TOLERANCE, Diverged, at_least_zero, holding_alpha

__all__ = [
    "WEIGHTINGS",
    "distance_weights",
    "count_pairs",
    "checked_text",
    "centers",
    "followers",
    "PAIRS_AT_ONCE",
    "in_pieces",
    "cooccurrence",
    "sparse_table",
    "count_table",
    "on_counts",
    "log_counts",
    "capped",
    "without_words",
    "largest_terms",
    "truncated_svd",
    "svd_vectors",
    "coordinates",
    "log_chance",
    "pmi",
    "positive_part",
    "ppmi",
    "correlation",
    "coals",
    "Cells",
    "cells_loss_and_grad",
    "glove_weight",
    "glove_cells",
    "glove_loss_and_grad",
    "adagrad",
    "GloVe",
]

WEIGHTINGS = {
    "flat": lambda r, m: np.ones(len(r)),
    "linear": lambda r, m: (m + 1 - r) / m,
    "harmonic": lambda r, m: 1 / r,
}


def distance_weights(weighting, window, reach=None):
    """Return what a pair counts at the distances 1, ..., reach, by default `window`.

    Raises TypeError or ValueError naming the argument. The linear one is eq-reach.
    """
    m = positive_int("window", window)
    if weighting not in WEIGHTINGS:
        names = ", ".join(WEIGHTINGS)
        raise ValueError(f"weighting: expected one of {names}, got {weighting!r}")
    return WEIGHTINGS[weighting](np.arange(1, (reach or m) + 1), m)


def count_pairs(ids, offsets, N, weights):
    """Return the co-occurrence counts (N, N), one pair at a time; weights (m,) by distance."""
    X = np.zeros((N, N))
    for start, end in zip(offsets[:-1], offsets[1:], strict=True):
        for t in range(start, end):
            for r, weight in enumerate(weights[: end - 1 - t], start=1):
                X[ids[t], ids[t + r]] += weight
                X[ids[t + r], ids[t]] += weight
    return X


def checked_text(ids, offsets, N):
    """Return ids (T,) and offsets (S+1,) as arrays. Raises TypeError, ValueError, IndexError."""
    ids, offsets = word_ids(ids, N), np.asarray(offsets)
    rises = offsets.ndim == 1 and offsets.size and offsets.dtype.kind in "iu"
    if not rises or offsets[0] != 0 or np.diff(offsets).min(initial=0) < 0:
        raise ValueError("offsets: expected whole numbers that rise from 0 to len(ids)")
    if ids.ndim != 1:
        raise ValueError(f"ids: expected shape (T,), got {ids.shape}")
    if offsets[-1] != len(ids):
        raise ValueError(f"offsets: expected to end at {ids.size}, got {offsets[-1]}")
    return ids, offsets


def centers(ids, N):
    """Return the one-hot rows of words (B,), transposed: a sparse (N, B)."""
    B = len(ids)
    return sparse.csc_array((np.ones(B), ids, np.arange(B + 1)), (N, B)).tocsr()


def followers(ids, ends, t, N, weights):
    """Return the weights of what follows each place t (B,) in its sentence, as a sparse (B, N)."""
    near = t[:, None] + np.arange(1, len(weights) + 1)
    inside = near < ends[t, None]
    starts = np.concatenate(([0], np.cumsum(inside.sum(axis=1))))
    values = np.broadcast_to(weights, near.shape)[inside]
    return sparse.csr_array((values, ids[near[inside]], starts), (len(t), N))


PAIRS_AT_ONCE = 1 << 22  # bounds the memory of a piece of the text


def in_pieces(T, size):
    """Yield the places 0, ..., T-1, at most `size` of them at a time."""
    for start in range(0, T, size):
        yield np.arange(start, min(start + size, T))


def cooccurrence(ids, offsets, N, window=5, weighting="flat"):
    """Return how often each two of N words stand near each other, a symmetric sparse (N, N).

    ids (T,) and offsets are those of `encode`; windows end with their sentence. Raises
    TypeError, ValueError or IndexError naming the argument.
    """
    N = positive_int("N", N)
    ids, offsets = checked_text(ids, offsets, N)
    longest = np.diff(offsets).max(initial=0)
    reach = min(positive_int("window", window), max(longest - 1, 1))
    weights = distance_weights(weighting, window, reach)
    ends, X = np.repeat(offsets[1:], np.diff(offsets)), sparse.csr_array((N, N))
    for t in in_pieces(len(ids), max(PAIRS_AT_ONCE // reach, 1)):
        X = X + centers(ids[t], N) @ followers(ids, ends, t, N, weights)
    return (X + X.T).tocsr()


def sparse_table(X, name="X"):
    """Return a table of real numbers as a new CSR array of float64 without stored zeros.

    Raises TypeError or ValueError naming it.
    """
    Y = X if sparse.issparse(X) else finite(X, name)
    if Y.ndim != 2:
        raise ValueError(f"{name}: expected two axes, got shape {Y.shape}")
    Y = sparse.csr_array(Y, copy=True)
    Y.data = finite(Y.data, name).astype(np.float64)
    Y.sum_duplicates()
    Y.eliminate_zeros()
    if not Y.nnz:
        raise ValueError(f"{name}: expected a number other than 0, got none")
    return Y


def count_table(X):
    """Return counts as `sparse_table` does. Raises ValueError for a negative one."""
    X = sparse_table(X)
    if X.data.min() < 0:
        raise ValueError(f"X: expected counts >= 0, got {X.data.min():g}")
    return X


def on_counts(X, change):
    """Return a sparse X with a function applied to its stored numbers."""
    return sparse.csr_array((change(X.data), X.indices, X.indptr), X.shape)


def log_counts(X):
    """Return log(1 + X), sparse: empty cells stay empty. Raises TypeError or ValueError."""
    return on_counts(count_table(X), np.log1p)


def capped(X, most):
    """Return min(X, most), sparse. Raises TypeError or ValueError naming the argument."""
    most = at_least_zero(most, "most")
    return on_counts(count_table(X), lambda x: np.minimum(x, most))


def without_words(X, rows):
    """Return X with the rows and the columns of some words empty, sparse and of the same shape.

    Raises TypeError, ValueError or IndexError naming the argument.
    """
    X = count_table(X)
    kept = np.ones(X.shape[0])
    kept[word_ids(rows, X.shape[0], "rows")] = 0
    diagonal = sparse.diags_array(kept)
    return sparse.csr_array(diagonal @ X @ diagonal)


def largest_terms(X, d, rng):
    """Return d singular terms of X, the largest first: L (N, d), s (d,), R (M, d)."""
    if d == min(X.shape):
        L, s, Rt = np.linalg.svd(X.toarray(), full_matrices=False)
        return L, s, Rt.T
    with threadpool_limits(1, "blas"):  # its products are too thin for two
        L, s, Rt = svds(X, k=d, v0=rng.normal(size=min(X.shape)))
    order = np.argsort(-s)
    return L[:, order], s[order], Rt[order].T


def truncated_svd(X, d, rng=None):
    """Return the d largest singular terms of X (N, M): L (N, d), s (d,) falling, R (M, d).

    L @ diag(s) @ R.T is the closest table of rank d. In each column of L the entry that is
    largest in size is positive; a row of zeros stays one. Raises TypeError, or ValueError if d
    exceeds the rank, as those directions are not determined. Equation eq-eckart-young.
    """
    X, d = sparse_table(X), positive_int("d", d)
    if d > (n := min(X.shape)):
        raise ValueError(f"d: expected at most {n}, the smaller side of X, got {d}")
    L, s, R = largest_terms(X, d, rng or np.random.default_rng(0))
    rank = int((s > s[0] * max(X.shape) * np.finfo(s.dtype).eps).sum())
    if rank < d:
        raise ValueError(f"d: expected at most {rank}, the rank of X, got {d}")
    signs = np.sign(L[abs(L).argmax(axis=0), range(d)])
    return L * signs, s, R * signs


def svd_vectors(X, d, power=0.5, rng=None):
    """Return word vectors (N, d), the left singular vectors times a power of the singular values.

    Power 1 is the V of eq-factor-dV beside orthonormal U; 0.5 gives each table its half. Raises
    TypeError or ValueError naming the argument, as `truncated_svd` does.
    """
    power = number(power, "power")
    L, s, _ = truncated_svd(X, d, rng)
    return L * s**power


def coordinates(X):
    """Return the rows and the columns of the stored numbers of a CSR array, in their order."""
    return np.repeat(np.arange(X.shape[0]), np.diff(X.indptr)), X.indices


def log_chance(sums, exponent=1.0):
    """Return the logarithm of sums to a power over the sum of all; where a sum is 0 it is 0."""
    out, some = np.zeros(len(sums)), sums > 0
    out[some] = log_softmax(exponent * np.log(sums[some]))
    return out


def pmi(X, shift=0.0, exponent=1.0):
    """Return log P(o | c)/P(o) - shift on the cells where counts X (N, M) are not 0, sparse.

    P(o) has the column sums to a power, over their sum. Empty cells, whose value is minus
    infinity, are not stored. Raises TypeError or ValueError naming the argument. Equation eq-pmi.
    """
    X, shift, exponent = (
        count_table(X),
        number(shift, "shift"),
        number(exponent, "exponent"),
    )
    (c, o), r = coordinates(X), X.sum(axis=1)
    X.data = (
        np.log(X.data) - np.log(r[c]) - log_chance(X.sum(axis=0), exponent)[o] - shift
    )
    return X


def positive_part(X):
    """Return max(X, 0), sparse, without stored zeros."""
    Y = on_counts(X, lambda x: np.maximum(x, 0))
    Y.eliminate_zeros()
    return Y


def ppmi(X, shift=0.0, exponent=1.0):
    """Return the positive part of `pmi`, a sparse table."""
    return positive_part(pmi(X, shift, exponent))


def correlation(X):
    """Return the correlation of centers and outside words on the cells that are not 0, sparse.

    Raises TypeError, or ValueError if one word has all the pairs, which correlates with nothing.
    Equation eq-coals.
    """
    X = count_table(X)
    (c, o), r, q, M = coordinates(X), X.sum(axis=1), X.sum(axis=0), X.sum()
    for axis, sums in (("row", r), ("column", q)):
        if np.count_nonzero(sums) < 2:
            got = f"all of them in {axis} {sums.argmax()}"
            raise ValueError(f"X: expected counts in two {axis}s or more, got {got}")
    scale = np.sqrt(r / M * (1 - r / M))[c] * np.sqrt(q / M * (1 - q / M))[o]
    X.data = (X.data / M - r[c] / M * (q[o] / M)) / scale
    return X


def coals(X):
    """Return the COALS table of counts X: the roots of the positive correlations, sparse."""
    return on_counts(positive_part(correlation(X)), np.sqrt)


class Cells(NamedTuple):
    """Cells of a table of counts: rows and columns, weights, and logarithms of counts, each (B,)."""

    c: np.ndarray
    o: np.ndarray
    w: np.ndarray
    log_x: np.ndarray


def cells_loss_and_grad(tables, cells):
    """Return the loss of some cells and its gradients in the tables V, U, a, b.

    The input is trusted; `glove_loss_and_grad` is the checked way in. Equations eq-glove-dV,
    eq-glove-dU, eq-glove-da, eq-glove-db.
    """
    (V, U, a, b), (c, o, w, log_x) = tables, cells
    residual = np.einsum("bj,bj->b", V[c], U[o]) + a[c] + b[o] - log_x
    E = sparse.csr_array((2 * w * residual, (c, o)), (len(V), len(U)))
    return w @ residual**2, (E @ U, E.T @ V, E.sum(axis=1), E.sum(axis=0))


def glove_weight(x, x_max=100.0, power=0.75):
    """Return min(1, (x/x_max)**power) for counts x. Equation def-glove-weight."""
    return np.minimum(1, (x / x_max) ** power)


def glove_cells(X, x_max=100.0, power=0.75, dtype=np.float64):
    """Return the cells of X that are not empty, with weights and logarithms. Raises TypeError, ValueError."""
    X, power = count_table(X), at_least_zero(power, "power")
    if at_least_zero(x_max, "x_max") == 0:
        raise ValueError(f"x_max: expected a number > 0, got {x_max!r}")
    (c, o), w = coordinates(X), glove_weight(X.data, x_max, power)
    return Cells(c, o, w.astype(dtype), np.log(X.data).astype(dtype))


def glove_loss_and_grad(V, U, a, b, X, x_max=100.0, power=0.75):
    """Return GloVe's loss over the counts X (N, M) and its gradients dV, dU, da, db.

    V (N, d), U (M, d), a (N,), b (M,). Raises TypeError or ValueError naming the argument.
    Equations def-glove-loss, eq-glove-dV, eq-glove-dU, eq-glove-da, eq-glove-db.
    """
    found, (N, M) = glove_cells(X, x_max, power), np.shape(X)
    tables = [finite(x, name) for x, name in zip((V, U, a, b), "VUab", strict=True)]
    d = tables[0].shape[-1:]
    for x, name, shape in zip(
        tables, "VUab", ((N, *d), (M, *d), (N,), (M,)), strict=True
    ):
        if x.shape != shape:
            raise ValueError(f"{name}: expected shape {shape}, got {x.shape}")
    loss, grads = cells_loss_and_grad(tables, found)
    return float(loss), *grads


def adagrad(tables, squares, grads, alpha):
    """Move tables by AdaGrad, in place, and count the squares. Equation def-adagrad."""
    for table, square, g in zip(tables, squares, grads, strict=True):
        square += g * g
        table -= alpha * g / np.sqrt(square)


class GloVe:
    """Vectors from counts X (N, M) by weighted least squares of their logarithms.

    `V` (N, d), `U` (M, d), `a` (N,) and `b` (M,) are the tables; `losses` has the mean loss of a
    cell in each pass, to be compared with `untrained_loss`, that of the start. Raises TypeError or ValueError naming
    the argument, and Diverged. Equations def-glove-loss, def-adagrad.
    """

    def __init__(
        self,
        X,
        vector_size=100,
        *,
        x_max=100.0,
        power=0.75,
        alpha=0.05,
        batch=20_000,
        seed=1,
    ):
        d = positive_int("vector_size", vector_size)
        self.alpha, self.batch = step_size(alpha), positive_int("batch", batch)
        self.rng = np.random.default_rng(positive_int("seed", seed, least=0))
        self.cells = glove_cells(X, x_max, power, np.float32)
        shapes = [(n, d) for n in np.shape(X)] + [(n,) for n in np.shape(X)]
        self.tables = [
            (self.rng.random(shape, np.float32) - np.float32(0.5)) / d
            for shape in shapes
        ]
        self.V, self.U, self.a, self.b = self.tables
        self.squares = [np.ones_like(table) for table in self.tables]
        self.losses: list[float] = []
        self.untrained_loss = self._pass(0)

    def train(self, epochs=1):
        """Make `epochs` passes over the cells. Raises Diverged, after putting the tables back."""
        epochs, start, before = (
            positive_int("epochs", epochs),
            self._state(),
            self.losses,
        )
        for _ in range(epochs):
            self.losses = [*self.losses, self._pass(self.alpha)]
            if not self.losses[-1] <= TOLERANCE * self.untrained_loss:
                loss, self.losses = self.losses[-1], before
                self._diverge(start, loss)

    def _state(self):
        """Return copies of what a pass changes."""
        return [x.copy() for x in (*self.tables, *self.squares)]

    def _put_back(self, state):
        for x, kept in zip((*self.tables, *self.squares), state, strict=True):
            x[:] = kept

    def _pass(self, alpha):
        """Pass over the cells in random order, with steps unless alpha is 0; return their mean loss."""
        total, n = 0.0, len(self.cells.w)
        with np.errstate(over="ignore", invalid="ignore"):
            for i in np.split(
                self.rng.permutation(n), range(self.batch, n, self.batch)
            ):
                part = Cells(*(x[i] for x in self.cells))
                loss, grads = cells_loss_and_grad(self.tables, part)
                if alpha:
                    adagrad(self.tables, self.squares, grads, np.float32(alpha))
                total += float(loss)
        return total / n

    def _diverge(self, start, loss):
        """Put the tables back and raise Diverged with a step size that held in a trial."""

        def trial(alpha):
            self._put_back(start)
            first, second = self._pass(alpha), self._pass(alpha)
            return max(first / TOLERANCE, second) / self.untrained_loss

        held = holding_alpha(trial, self.alpha)
        self._put_back(start)
        raise Diverged(loss, self.untrained_loss, self.alpha, held)
