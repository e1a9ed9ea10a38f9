"""A text has millions of pairs, and a step needs no more than a few hundred of them, as
long as every gradient of the batch is counted and the step is not too long.

Derived in book/11_sgd.ipynb, which writes this module: change the chapter, not this
file.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from w2v.logistic import finite, log_sigmoid, sigmoid
from w2v.text import outside_positions, positive_int, word_ids

__all__ = [
    "minibatches",
    "by_row",
    "Touched",
    "batch_loss_and_grad",
    "float_tables",
    "batch_words",
    "sgns_batch",
    "sgd_step",
    "step_size",
    "descend",
    "largest_stable_step",
    "holding_step",
]


def minibatches(ids, offsets, reach, batch, rng):
    """Return centers (B,), outside (B,), and the cuts between minibatches of one pass.

    The T positions of a text come in random order, each with the words of its window
    of radius `reach` (T,), `batch` of them a minibatch. Raises TypeError, ValueError.
    """
    batch = positive_int("batch", batch)
    if np.shape(reach) != np.shape(ids):
        shapes = f"{np.shape(reach)} and {np.shape(ids)}"
        raise ValueError(f"reach: expected one radius a position of ids, got {shapes}")
    t = rng.permutation(len(ids))
    near, C = outside_positions(t, offsets, reach[t])
    return np.repeat(ids[t], C), ids[near], np.cumsum(C)[batch - 1 : -1 : batch]


def by_row(index, values):
    """Return the R distinct numbers in index (B, k), and a sparse (B, R) table of values.

    A repeated number keeps all its entries, and a product with the table adds them up.
    """
    rows, place = np.unique(index, return_inverse=True)
    starts = np.arange(len(index) + 1) * index.shape[1]
    entries = (values.ravel(), place.ravel(), starts)
    return rows, csr_array(entries, shape=(len(index), len(rows)))


class Touched(NamedTuple):
    """The rows of a table that a batch touches: numbers (R,) and values (R, d)."""

    rows: np.ndarray
    values: np.ndarray

    def dense(self, N: int) -> np.ndarray:
        """Return the whole table (N, d), zero in all other rows."""
        table = np.zeros((N, *self.values.shape[1:]), self.values.dtype)
        table[self.rows] = self.values
        return table


def batch_loss_and_grad(V, U, centers, outside, negatives):
    """Return loss and gradients of a batch as `sgns_batch` does, its input trusted."""
    words = np.column_stack((outside, negatives))
    y = np.arange(words.shape[1]) == 0
    v = V[centers]
    z = np.einsum("bd,bkd->bk", v, U[words])
    W, G = by_row(words, sigmoid(z) - y.astype(z.dtype))
    C, E = by_row(centers[:, None], np.ones((len(v), 1), v.dtype))
    loss = -log_sigmoid(np.where(y, z, -z)).sum(dtype=np.float64)
    return float(loss), Touched(C, E.T @ (G @ U[W])), Touched(W, G.T @ v)


def float_tables(V, U):
    """Return V and U, checked. Raises TypeError or ValueError."""
    V, U = finite(V, "V"), finite(U, "U")
    if V.ndim != 2 or V.shape != U.shape:
        raise ValueError(
            f"V, U: expected one shape (N, d), got {V.shape} and {U.shape}"
        )
    return V, U


def batch_words(centers, outside, negatives, N):
    """Return centers, outside (B,) and negatives (B, K), checked as in `sgns_batch`."""
    c, o = word_ids(centers, N, "centers"), word_ids(outside, N, "outside")
    w = word_ids(negatives, N, "negatives")
    if c.ndim != 1:
        raise ValueError(f"centers: expected shape (B,), got {c.shape}")
    if o.shape != c.shape:
        raise ValueError(f"outside: expected shape {c.shape}, got {o.shape}")
    if w.ndim != 2 or len(w) != len(c):
        raise ValueError(f"negatives: expected shape ({len(c)}, K), got {w.shape}")
    return c, o, w


def sgns_batch(V, U, centers, outside, negatives):
    """Return the loss of a batch, summed over B pairs, and dV and dU on `Touched` rows.

    V and U have shape (N, d), centers (B,), outside (B,), negatives (B, K), repeats
    allowed. float64 unless the tables are float32. Raises TypeError, ValueError or
    IndexError naming the argument. Equations def-batch-loss, eq-batch-dV, eq-batch-dU.
    """
    V, U = float_tables(V, U)
    return batch_loss_and_grad(V, U, *batch_words(centers, outside, negatives, len(V)))


def sgd_step(V, U, centers, outside, negatives, alpha):
    """Update V and U in place by one simultaneous step; return the loss before it.

    The input is trusted; `descend` is the checked way in. Equation def-sg-update.
    """
    loss, dV, dU = batch_loss_and_grad(V, U, centers, outside, negatives)
    V[dV.rows] -= alpha * dV.values
    U[dU.rows] -= alpha * dU.values
    return loss


def step_size(alpha):
    """Return alpha as a float. Raises TypeError, ValueError unless positive, finite."""
    size = finite(alpha, "alpha")
    if size.ndim or not size > 0:
        raise ValueError(f"alpha: expected one positive step size, got {alpha!r}")
    return float(size)


def descend(V, U, batches, alpha):
    """Update V and U (N, d) in place, a step a batch; return the loss before each step.

    A batch is (centers, outside, negatives), as in `sgns_batch`. Raises TypeError,
    ValueError or IndexError naming the argument, before any step is made.
    """
    size, tables = step_size(alpha), float_tables(V, U)
    if tables[0] is not V or tables[1] is not U:
        raise TypeError("V, U: expected float arrays, since they are updated in place")
    checked = [batch_words(c, o, w, len(V)) for c, o, w in batches]
    return np.array([sgd_step(V, U, c, o, w, size) for c, o, w in checked])


def largest_stable_step(V, U, centers, outside, negatives):
    """Return the steps below which V alone, and U alone, lowers the loss of a batch.

    They are 2 / L for the largest curvature bound L of a row. Equation def-row-bound.
    """
    words = np.column_stack((outside, negatives))
    W, n = by_row(words, np.ones(words.shape))
    C, E = by_row(centers[:, None], np.ones((len(words), 1)))
    L_V = E.T @ (n @ np.square(U[W], dtype=np.float64).sum(axis=1)) / 4
    L_U = n.T @ np.square(V[centers], dtype=np.float64).sum(axis=1) / 4
    largest = L_V.max(initial=0), L_U.max(initial=0)
    return tuple(float(2 / L) if L else np.inf for L in largest)


def holding_step(V, U, batches, alpha):
    """Return a step size below alpha with which the batches lower the loss of V and U.

    It is halved until a trial ends below the untrained loss and the last fifty batches
    have no smaller stable step, or to a millionth. Raises TypeError or ValueError.
    """
    size = min(step_size(alpha), 1.0)
    if not batches:
        raise ValueError("batches: expected at least one, got none")
    untrained = sum(batch_loss_and_grad(V, U, *b)[0] for b in batches)
    loss, stable = np.inf, 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        while size > 1e-6 and not (loss < untrained and size <= stable):
            size, trial = size / 2, (V.copy(), U.copy())
            loss = sum(sgd_step(*trial, c, o, w, size) for c, o, w in batches)
            steps = [largest_stable_step(*trial, *b) for b in batches[-50:]]
            stable = min(min(pair) for pair in steps)
    return size
