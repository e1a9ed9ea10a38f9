"""
What the matrix products leave over is copying rows and adding them up; compiled loops
do it in a fraction of the time.

Derived in book/13a_compiled.ipynb, which writes this module: change the chapter, not
this file.
"""

from functools import partial
from importlib import import_module
from typing import NamedTuple

import numpy as np
from numba import njit

from w2v.engine import Team, train_piece
from w2v.text import positive_int

__all__ = [
    "loop",
    "dot",
    "add",
    "fill",
    "clear",
    "gather",
    "wrong",
    "ask_draws",
    "ask_near",
    "SkipGramBlock",
    "skipgram_kernel",
    "move_rows",
    "skipgram_steps",
    "CbowBlock",
    "mean_rows",
    "ask_cbow",
    "pull_back",
    "cbow_kernel",
    "cbow_steps",
    "new_block",
    "check_scheme",
    "compiled_steps",
    "work_off",
    "Threads",
]

loop = njit(
    nogil=True, cache=True, error_model="numpy", fastmath={"reassoc", "contract"}
)


@loop
def dot(x, y):
    """Return the product of two rows."""
    total = np.float32(0)
    for i in range(len(x)):
        total += x[i] * y[i]
    return total


@loop
def add(x, a, y):
    """Add a y to row x."""
    a = np.float32(a)
    for i in range(len(x)):
        x[i] += a * y[i]


@loop
def fill(x, a, y):
    """Set row x to a y."""
    a = np.float32(a)
    for i in range(len(x)):
        x[i] = a * y[i]


@loop
def clear(x):
    """Set row x to zero."""
    for i in range(len(x)):
        x[i] = 0


@loop
def gather(table, rows, x, q):
    """Copy the rows of a table to x, and their squares to q."""
    for k, row in enumerate(rows):
        fill(x[k], 1, table[row])
        q[k] = dot(x[k], x[k])


@loop
def wrong(Z):
    """Return sigma(Z), and max(Z, 0) and 1 + exp(-|Z|), which make up log(1 + exp(Z))."""
    one = np.float32(1)
    e = np.exp(-abs(Z))
    return (one if Z > 0 else e) / (one + e), max(Z, np.float32(0)), one + e


@loop
def ask_draws(z, a, q_v, q, S, L):
    """Answer no to the scores z (M,) of weight a: set S, add to L; return the loss and the bound of the other row.

    q_v and q (M,) are the squares of the two rows of each score. Equations def-block-loss, def-row-bound.
    """
    above, product, bound = np.float32(0), np.float32(1), np.float32(0)
    for k in range(len(z)):
        slope, more, factor = wrong(z[k])
        above, product = above + more, product * factor
        S[k] = a * slope
        L[k] += a * q_v
        bound += a * q[k]
    return a * (above + np.log(product)), bound


@loop
def ask_near(z, near, q_v, q, S, L):
    """Answer yes to the scores z (2m+1,) with the weights `near`; set, add and return as `ask_draws`."""
    loss, bound = np.float32(0), np.float32(0)
    for j in range(len(z)):
        slope, above, factor = wrong(-z[j])
        S[j] = -near[j] * slope
        L[j] += near[j] * q_v
        loss += near[j] * (above + np.log(factor))
        bound += near[j] * q[j]
    return loss, bound


class SkipGramBlock(NamedTuple):
    """The arrays of a block: rows (R,) of the tables, x and gradients g (R, d), squares q, bounds L (R,), scores Z, S (B, P)."""

    rows: np.ndarray
    x: np.ndarray
    g: np.ndarray
    q: np.ndarray
    L: np.ndarray
    Z: np.ndarray
    S: np.ndarray


@loop
def skipgram_kernel(table, a, near, C, worth):
    """Set g and L for the rows of a block, and return its loss. Equations eq-block-dV, eq-block-dU."""
    B, W = near.shape
    gather(table, a.rows, a.x, a.q)
    v, u, q, L = a.x[:B], a.x[B:], a.q[B:], a.L[B:]
    np.dot(v, u.T, a.Z)
    L[:] = 0
    loss, draws = 0.0, slice(B + W - 1, len(u))
    for t in range(B):
        z, S, window, q_v = a.Z[t], a.S[t], slice(t, t + W), a.q[t]
        yes = ask_near(z[window], near[t], q_v, q[window], S[window], L[window])
        weight = worth * C[t]
        no = ask_draws(z[draws], weight, q_v, q[draws], S[draws], L[draws])
        loss += yes[0] + no[0]
        a.L[t] = yes[1] + no[1]
    np.dot(a.S, u, a.g[:B])
    np.dot(a.S.T, v, a.g[B:])
    return loss


@loop
def move_rows(table, rows, g, L, sums, alpha, share):
    """Move each row of the table by -alpha g, or less where the bounds L ask for it, as `move` does."""
    for k, row in enumerate(rows):
        sums[row] += L[k]
    for k, row in enumerate(rows):
        add(table[row], -1 / max(share * sums[row] / 4, 1 / alpha), g[k])
    for row in rows:
        sums[row] = 0


@loop
def skipgram_steps(table, sums, a, words, draws, near, C, worth, alphas, share):
    """Make the steps of a Layout, one for each of the alphas; return their loss."""
    (T, W), steps, N, loss = near.shape, len(alphas), len(table) // 2, 0.0
    B = T // steps
    for s in range(steps):
        t, end = s * B, 2 * B + W - 1
        a.rows[:B] = words[t + W // 2 : t + W // 2 + B]
        a.rows[B:end] = words[t : t + B + W - 1] + N
        a.rows[end:] = draws[s] + N
        loss += skipgram_kernel(table, a, near[t : t + B], C[t : t + B], worth)
        move_rows(table, a.rows, a.g, a.L, sums, alphas[s], share)
    return loss


class CbowBlock(NamedTuple):
    """The arrays of a block: rows (R,), draws u (M, d), gradients g (R, d), squares q (M,), bounds L (R,).

    Scores Z and S (B, M) of the draws, slopes s (B,) of the targets, means h and gradients dh (B, d).
    """

    rows: np.ndarray
    u: np.ndarray
    g: np.ndarray
    q: np.ndarray
    L: np.ndarray
    Z: np.ndarray
    S: np.ndarray
    s: np.ndarray
    h: np.ndarray
    dh: np.ndarray


@loop
def mean_rows(table, rows, near, h):
    """Set h (B, d) to the means of the windows; near (B, 2m+1) has the share of each of the B + 2m rows."""
    for t in range(len(near)):
        clear(h[t])
        for j in range(near.shape[1]):
            if near[t, j]:
                add(h[t], near[t, j], table[rows[t + j]])


@loop
def ask_cbow(table, a, near, C, worth, whole):
    """Set the slopes s, S and the bounds L of a block, and return its loss. Equation def-cbow-bound."""
    (B, W), loss, one = near.shape, 0.0, np.float32(1)
    cut, end = B + W - 1, 2 * B + W - 1
    for t in range(B):
        h, target = a.h[t], table[a.rows[cut + t]]
        q_h = dot(h, h)
        slope, above, factor = wrong(-dot(h, target))
        no = ask_draws(a.Z[t], worth, q_h, a.q, a.S[t], a.L[end:])
        if C[t]:  # without a context h is zero, and nothing moves
            loss += above + np.log(factor) + no[0]
        a.s[t] = -slope
        a.L[cut + t] = q_h
        L_h = (dot(target, target) + no[1]) * (C[t] if whole else one)
        for j in range(W):
            a.L[t + j] += near[t, j] * L_h
    return loss


@loop
def pull_back(table, a, near, C, whole):
    """Set the gradients of the targets, and add up those of the near words. Equation eq-block-cbow-dV."""
    (B, W), one = near.shape, np.float32(1)
    for t in range(B):
        target = B + W - 1 + t
        fill(a.g[target], a.s[t], a.h[t])
        add(a.dh[t], a.s[t], table[a.rows[target]])
        gain = C[t] if whole else one
        for j in range(W):
            if near[t, j]:
                add(a.g[t + j], gain * near[t, j], a.dh[t])


@loop
def cbow_kernel(table, a, near, C, worth, whole):
    """Set g and L for the rows of a block, and return its loss."""
    (B, W), u = near.shape, a.u
    cut, end = B + W - 1, 2 * B + W - 1
    gather(table, a.rows[end:], u, a.q)
    mean_rows(table, a.rows, near, a.h)
    np.dot(a.h, u.T, a.Z)
    a.L[:] = 0
    loss = ask_cbow(table, a, near, C, worth, whole)
    np.dot(a.S, u, a.dh)
    np.dot(a.S.T, a.h, a.g[end:])
    for k in range(cut):
        clear(a.g[k])
    pull_back(table, a, near, C, whole)
    return loss


@loop
def cbow_steps(table, sums, a, words, draws, near, C, worth, whole, alphas, share):
    """Make the steps of a Layout, one for each of the alphas; return their loss."""
    (T, W), steps, N, loss = near.shape, len(alphas), len(table) // 2, 0.0
    B = T // steps
    for s in range(steps):
        t, cut = s * B, B + W - 1
        a.rows[:cut] = words[t : t + cut]
        a.rows[cut : cut + B] = words[t + W // 2 : t + W // 2 + B] + N
        a.rows[cut + B :] = draws[s] + N
        loss += cbow_kernel(table, a, near[t : t + B], C[t : t + B], worth, whole)
        move_rows(table, a.rows, a.g, a.L, sums, alphas[s], share)
    return loss


def new_block(scheme, d):
    """Return the arrays that a block of the scheme needs for rows of length d."""
    sg, m, _, _, B, M, _ = scheme
    R = 2 * B + 2 * m + M
    rows, (q, L), g = np.zeros(R, np.int32), np.zeros((2, R)), np.zeros((R, d))
    Z, S = np.zeros((2, B, B + 2 * m + M if sg else M))
    arrays = [g.copy(), g, q, L, Z, S]
    if not sg:
        s, (h, dh) = np.zeros(B), np.zeros((2, B, d))
        arrays = [np.zeros((M, d)), g, q[:M], L, Z, S, s, h, dh]
    kind = SkipGramBlock if sg else CbowBlock
    return kind(rows, *(x.astype(np.float32) for x in arrays))


def check_scheme(tables, scheme):
    """Raise TypeError or ValueError if the loops are not made for such tables or such a scheme."""
    if tables.dtype != np.float32:
        raise TypeError(f"tables: expected float32, got {tables.dtype}")
    if scheme.blocks != 1:
        raise ValueError(f"blocks: expected 1 for compiled steps, got {scheme.blocks}")
    if scheme.draws > 100:  # the product of so many factors up to 2 fits into float32
        raise ValueError(f"draws: expected at most 100, got {scheme.draws}")


def compiled_steps(tables, scheme, share=1):
    """Return the function (text, alphas, with_loss) that makes the steps of a Layout, as `numpy_steps` does.

    The loss is summed in any case. Raises TypeError unless the tables are float32, ValueError
    for a scheme with several blocks a step or more than a hundred draws.
    """
    check_scheme(tables, scheme)
    import_module("scipy.linalg.cython_blas")  # loaded before its threads are limited
    table = tables.reshape(-1, tables.shape[2])
    work = table, np.zeros(len(table), np.float32), new_block(scheme, table.shape[1])
    worth, share = np.float32(scheme.K / scheme.draws), np.float32(share)

    def run(text, alphas, with_loss=True):
        if scheme.sg:
            return skipgram_steps(*work, *text, worth, alphas, share)
        return cbow_steps(*work, *text, worth, scheme.whole, alphas, share)

    return run


def work_off(pieces, done, work):
    """Train pieces, and put what they tell, or the error that ended the work, into the queue."""
    try:
        for piece in pieces:
            done.put(work(piece))
    except BaseException as error:
        done.put(error)


class Threads(Team):
    """`workers` threads that train the same tables, this one among them; a context manager like `Team`."""

    def __init__(self, shared, scheme, lots, workers):
        self.workers = positive_int("workers", workers)
        self.share, self.helpers = max(1, workers / 2), []
        steps = [
            compiled_steps(shared.tables, scheme, self.share)
            for _ in range(workers - 1)
        ]
        self.works = [partial(train_piece, run, scheme, lots) for run in steps]

    def others(self, with_loss):
        """Return a function (pieces, done) for each other thread."""
        return [partial(work_off, work=work) for work in self.works]
