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

from w2v.engine import Team, reach, train_piece
from w2v.text import positive_int

__all__ = [
    "loop",
    "dot",
    "add",
    "fill",
    "put",
    "gather",
    "POWERS",
    "LOGARITHMS",
    "polynomial",
    "decay",
    "ask",
    "SkipGramBlock",
    "weigh_windows",
    "bounds",
    "skipgram_kernel",
    "set_sizes",
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
    "CENTERS",
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
def put(x, a):
    """Set every entry of x to a."""
    for i in range(len(x)):
        x[i] = a


@loop
def gather(table, rows, x, q):
    """Copy the rows of a table to x, and their squares to q."""
    for k, row in enumerate(rows):
        fill(x[k], 1, table[row])
        q[k] = dot(x[k], x[k])


POWERS = tuple(
    np.array(
        [
            1,
            0.69314721,
            0.24022651,
            0.055503272,
            0.0096180567,
            0.0013400428,
            0.00015461445,
        ],
        np.float32,
    )
)
LOGARITHMS = tuple(
    np.array(
        [
            0,
            0.99999997,
            -0.49999445,
            0.33318122,
            -0.24835399,
            0.19076881,
            -0.13602248,
            0.077516087,
            -0.029074065,
            0.0051261021,
        ],
        np.float32,
    )
)


@loop
def polynomial(coefficients, x):
    """Return the sum of c_k x^k, by Horner's rule."""
    y = np.float32(0)
    for k in range(len(coefficients) - 1, -1, -1):
        y = y * x + coefficients[k]
    return y


@loop
def decay(Z):
    """Return exp(-|Z|), or 2^-126 where it is smaller."""
    x = -abs(Z) * np.float32(np.log2(np.e))
    x = np.float32(-126) if x < -126 else x
    n = np.floor(x + np.float32(0.5))
    power = np.int32((np.int32(n) + np.int32(127)) << np.int32(23))
    return polynomial(POWERS, x - n) * power.view(np.float32)


@loop
def ask(z, w, S):
    """Set the slopes S (P,) of scores z whose answer is no where w > 0, and yes where w < 0; return the loss.

    S is the derivative of the loss by z. Equation def-block-loss.
    """
    loss, one = np.float32(0), np.float32(1)
    for i in range(len(z)):
        Z = z[i] if w[i] > 0 else -z[i]
        e = decay(Z)
        S[i] = w[i] * (one if Z > 0 else e) / (one + e)
        loss += abs(w[i]) * (
            (Z if Z > 0 else np.float32(0)) + polynomial(LOGARITHMS, e)
        )
    return loss


class SkipGramBlock(NamedTuple):
    """The arrays of a block: rows (R,) of centers, near words and draws, with x and gradients g (R, d).

    Squares q and bounds L, four times over, are (R,). Scores Z, weights W and slopes S are (B, P),
    P = B + 2m + M; W is negative for the words of a window, and zero outside of it.
    """

    rows: np.ndarray
    x: np.ndarray
    g: np.ndarray
    q: np.ndarray
    L: np.ndarray
    Z: np.ndarray
    W: np.ndarray
    S: np.ndarray


@loop
def weigh_windows(W, before, after, reach, worth):
    """Set the weights W (B, P) of a block: minus the reach (2m+1,) of a window, and a draw's worth times the pairs.

    `before` and `after` are (B,).
    """
    B, m = len(W), len(reach) // 2
    for t in range(B):
        put(W[t], 0)
        pairs = np.float32(0)
        for j in range(m - before[t], m + after[t] + 1):
            W[t, t + j] = -reach[j]
            pairs += reach[j]
        put(W[t, B + 2 * m :], worth * pairs)


@loop
def bounds(W, q_v, q, L_v, L):
    """Set L_v (B,) and add to L (P,) four times the bounds of the rows whose scores have weights |W| (B, P).

    q_v (B,) and q (P,) are the squares of the rows. Equation def-row-bound.
    """
    for t in range(len(W)):
        L_v[t] = 0
        for k in range(len(L)):
            L_v[t] += abs(W[t, k]) * q[k]
        for k in range(len(L)):
            L[k] += abs(W[t, k]) * q_v[t]


@loop
def skipgram_kernel(table, a, before, after, reach, worth):
    """Set g and L for the rows of a block, and return its loss. Equations eq-block-dV, eq-block-dU."""
    B = len(before)
    gather(table, a.rows, a.x, a.q)
    weigh_windows(a.W, before, after, reach, worth)
    put(a.L, 0)
    bounds(a.W, a.q[:B], a.q[B:], a.L[:B], a.L[B:])
    v, u = a.x[:B], a.x[B:]
    np.dot(v, u.T, a.Z)
    loss = ask(a.Z.ravel(), a.W.ravel(), a.S.ravel())
    np.dot(a.S, u, a.g[:B])
    np.dot(a.S.T, v, a.g[B:])
    return loss


@loop
def set_sizes(rows, L, sums, alpha, share):
    """Turn L (R,), four times the bounds, into the sizes of the steps: alpha, or less where they ask for it."""
    for k, row in enumerate(rows):
        sums[row] += L[k]
    for k, row in enumerate(rows):
        L[k] = 1 / max(share * sums[row] / 4, 1 / alpha)
    for row in rows:
        sums[row] = 0


@loop
def move_rows(table, rows, sizes, g):
    """Move each row of the table against its gradient."""
    for k, row in enumerate(rows):
        add(table[row], -sizes[k], g[k])


@loop
def skipgram_steps(
    table, sums, a, words, draws, before, after, reach, worth, alphas, share
):
    """Make the steps of a Layout, one for each of the alphas; return their loss."""
    steps, N, loss = len(alphas), len(table) // 2, 0.0
    B, m = len(before) // steps, len(reach) // 2
    near = 2 * B + 2 * m
    for s in range(steps):
        t, end = s * B, s * B + B
        a.rows[:B] = words[t + m : end + m]
        a.rows[B:near] = words[t : end + 2 * m] + N
        a.rows[near:] = draws[s] + N
        loss += skipgram_kernel(table, a, before[t:end], after[t:end], reach, worth)
        set_sizes(a.rows, a.L, sums, alphas[s], share)
        move_rows(table, a.rows, a.L, a.g)
    return loss


class CbowBlock(NamedTuple):
    """The arrays of a block: rows (R,) of near words, draws and targets, with bounds L (R,), four times over.

    Near words and draws have gradients g (R - B, d), draws also u (M, d) and squares q (M,).
    Scores Z, weights W and slopes S of the draws are (B, M); z, w, s and squares q_t of the
    targets are (B,), means h and gradients dh (B, d), the bounds of the means L_h (B,).
    """

    rows: np.ndarray
    g: np.ndarray
    u: np.ndarray
    q: np.ndarray
    L: np.ndarray
    Z: np.ndarray
    W: np.ndarray
    S: np.ndarray
    z: np.ndarray
    w: np.ndarray
    s: np.ndarray
    q_t: np.ndarray
    L_h: np.ndarray
    h: np.ndarray
    dh: np.ndarray


@loop
def mean_rows(table, rows, before, after, h):
    """Set h (B, d) to the means of the windows in B + 2m rows; a window without words has the mean zero."""
    m = (len(rows) - len(h)) // 2
    for t in range(len(h)):
        c, C = t + m, before[t] + after[t]
        put(h[t], 0)
        for k in range(c - before[t], c + after[t] + 1):
            if k != c:
                add(h[t], 1 / C, table[rows[k]])


@loop
def ask_cbow(table, a, targets, before, after, worth, whole):
    """Set weights, scores of the targets (B,) and four times the bounds L of a block. Equation def-cbow-bound."""
    B, M = a.W.shape
    near, L, L_t = len(a.g) - M, a.L, a.L[len(a.g) :]
    for t in range(B):
        h, target = a.h[t], table[targets[t]]
        a.z[t], L_t[t], a.q_t[t] = dot(h, target), dot(h, h), dot(target, target)
        a.w[t] = -min(before[t] + after[t], 1)  # without a context nothing is asked
        put(a.W[t], -worth * a.w[t])
    put(L[: len(a.g)], 0)
    bounds(a.W, L_t, a.q, a.L_h, L[near : len(a.g)])
    for t in range(B):
        c, L_h = t + (near - B) // 2, a.L_h[t] - a.w[t] * a.q_t[t]
        if not whole:
            L_h /= max(before[t] + after[t], 1)
        for k in range(c - before[t], c + after[t] + 1):
            L[k] += L_h if k != c else 0


@loop
def pull_back(table, a, targets, before, after, whole):
    """Add the part of the targets to dh, and set the gradients of the near words. Equation eq-block-cbow-dV."""
    B, near = len(targets), len(a.g) - len(a.u)
    for k in range(near):
        put(a.g[k], 0)
    for t in range(B):
        c, C = t + (near - B) // 2, before[t] + after[t]
        add(a.dh[t], a.s[t], table[targets[t]])
        for k in range(c - before[t], c + after[t] + 1):
            if k != c:
                add(a.g[k], 1 if whole else 1 / C, a.dh[t])


@loop
def cbow_kernel(table, a, before, after, worth, whole):
    """Set the gradients g, the slopes s and means h of the targets, and L; return the loss of a block."""
    end = len(a.g)
    near, targets = end - len(a.u), a.rows[end:]
    gather(table, a.rows[near:end], a.u, a.q)
    mean_rows(table, a.rows[:near], before, after, a.h)
    np.dot(a.h, a.u.T, a.Z)
    ask_cbow(table, a, targets, before, after, worth, whole)
    loss = ask(a.Z.ravel(), a.W.ravel(), a.S.ravel()) + ask(a.z, a.w, a.s)
    np.dot(a.S, a.u, a.dh)
    np.dot(a.S.T, a.h, a.g[near:])
    pull_back(table, a, targets, before, after, whole)
    return loss


@loop
def cbow_steps(
    table, sums, a, words, draws, before, after, worth, whole, alphas, share
):
    """Make the steps of a Layout, one for each of the alphas; return their loss."""
    steps, N, loss, end = len(alphas), len(table) // 2, 0.0, len(a.g)
    B, near = len(a.h), end - len(a.u)
    m = (near - B) // 2
    for s in range(steps):
        t = s * B
        a.rows[:near] = words[t : t + near]
        a.rows[near:end] = draws[s] + N
        a.rows[end:] = words[t + m : t + m + B] + N
        window = before[t : t + B], after[t : t + B]
        loss += cbow_kernel(table, a, *window, worth, whole)
        set_sizes(a.rows, a.L, sums, alphas[s], share)
        for i in range(B):
            a.L[end + i] *= a.s[i]
        move_rows(table, a.rows[:end], a.L[:end], a.g)
        move_rows(table, a.rows[end:], a.L[end:], a.h)
    return loss


def new_block(scheme, d):
    """Return the arrays that a block of the scheme needs for rows of length d."""
    sg, m, _, _, B, M, _ = scheme
    R = 2 * B + 2 * m + M
    rows, (q, L), g = np.zeros(R, np.int32), np.zeros((2, R)), np.zeros((R, d))
    scores = np.zeros((3, B, B + 2 * m + M if sg else M))
    targets, means = np.zeros((5, B)), np.zeros((2, B, d))
    arrays = [g.copy(), g, q, L, *scores]
    if not sg:
        arrays = [g[B:], np.zeros((M, d)), q[:M], L, *scores, *targets, *means]
    kind = SkipGramBlock if sg else CbowBlock
    return kind(rows, *(x.astype(np.float32) for x in arrays))


def check_scheme(tables, scheme):
    """Raise TypeError or ValueError if the loops are not made for such tables or such a scheme."""
    if tables.dtype != np.float32:
        raise TypeError(f"tables: expected float32, got {tables.dtype}")
    if scheme.blocks != 1:
        raise ValueError(f"blocks: expected 1 for compiled steps, got {scheme.blocks}")


def compiled_steps(tables, scheme, share=1):
    """Return the function (text, alphas, with_loss) that makes the steps of a Layout, as `numpy_steps` does.

    The loss is summed in any case. Raises TypeError unless the tables are float32, ValueError
    for a scheme with several blocks a step.
    """
    check_scheme(tables, scheme)
    import_module("scipy.linalg.cython_blas")  # loaded before its threads are limited
    table = tables.reshape(-1, tables.shape[2])
    work = table, np.zeros(len(table), np.float32), new_block(scheme, table.shape[1])
    worth, share = np.float32(scheme.K / scheme.draws), np.float32(share)
    near = reach(scheme.m)

    def run(text, alphas, with_loss=True):
        if scheme.sg:
            return skipgram_steps(*work, *text, near, worth, alphas, share)
        return cbow_steps(*work, *text, worth, scheme.whole, alphas, share)

    return run


CENTERS = {True: 24, False: 40}  # centers of a block, by sg


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
