"""The same gradients, arranged as products of matrices with matrices, train in seconds
what loops train in hours.

Derived in book/13_engine.ipynb, which writes this module: change the chapter, not this
file.
"""

import os
import pickle
import subprocess
import sys
from functools import partial
from queue import SimpleQueue
from tempfile import TemporaryFile
from threading import Event, Lock, Thread
from typing import NamedTuple
from weakref import finalize

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from w2v.sampling import (
    alias_table,
    draw_alias,
    keep_probability,
    noise_distribution,
    subsample,
)
from w2v.sgd import step_size
from w2v.text import positive_int, word_ids

__all__ = [
    "Step",
    "SkipGramStep",
    "skipgram_block",
    "sides",
    "in_window",
    "reach",
    "Order",
    "by_word",
    "move",
    "diagonals",
    "Scheme",
    "Lots",
    "lots",
    "Plan",
    "dealt",
    "Layout",
    "lay_out",
    "near_weights",
    "number_of_pairs",
    "plan_steps",
    "CbowStep",
    "weigh",
    "new_step",
    "numpy_steps",
    "Piece",
    "train_piece",
    "PIECE",
    "piece_cuts",
    "pieces",
    "open_tables",
    "SharedTables",
    "serve",
    "one_at_a_time",
    "send",
    "feed",
    "ask_helper",
    "Team",
    "told",
    "scheme",
    "sentence_lengths",
    "check_text",
    "train_pass",
]


class Step:
    """The arrays of one step, allocated once: gathered rows x (R, d), gradients g (R, d), scores (G, P, B).

    The first `cut` rows are of V, the others of U. In the P rows of a block's scores, the first
    `true` belong to words of the text, the others to draws.
    """

    def __init__(self, cut, R, G, P, B, true, d, dtype):
        self.cut, self.true = cut, true
        self.x, self.g, self.new = np.zeros((3, R, d), dtype)
        self.L = np.zeros(R, dtype)
        self.W, self.Z, self.E, self.S = np.zeros((4, G, P, B), dtype)

    def loss(self):
        """Return the weighted loss of the step, summed in float64. Equation def-block-loss."""
        total = np.vecdot(self.W, np.log1p(self.E, out=self.S)).sum(dtype=np.float64)
        if not np.isfinite(total):  # a score beyond what exp can hold
            total = np.vecdot(self.W, np.logaddexp(0, self.Z)).sum(dtype=np.float64)
        return float(total)

    def slopes(self):
        """Set S to the derivative of the loss by each score: W (sigma(z) - y)."""
        np.add(self.E, 1, out=self.S)
        np.divide(self.W, self.S, out=self.S)
        np.subtract(self.W, self.S, out=self.S)
        np.negative(self.S[:, : self.true], out=self.S[:, : self.true])


class SkipGramStep(Step):
    """G blocks of skip-gram: B centers v against the C words near them and M shared draws."""

    def __init__(self, G, B, C, M, d, dtype=np.float32):
        cut, P = G * B, C + M
        super().__init__(cut, cut + G * P, G, P, B, C, d, dtype)
        self.v, self.dv = (a[:cut].reshape(G, B, d) for a in (self.x, self.g))
        self.u, self.du = (a[cut:].reshape(G, P, d) for a in (self.x, self.g))
        self.minus_v = np.zeros((G, d, B), dtype)

    def scores(self):
        """Set Z to how far each score is on the wrong side, and E to exp(Z)."""
        np.negative(self.v.mT, out=self.minus_v)
        np.matmul(self.u, self.minus_v, out=self.Z)
        np.negative(self.Z[:, self.true :], out=self.Z[:, self.true :])
        np.exp(self.Z, out=self.E)

    def gradients(self):
        """Set g to the gradients of the gathered rows. Equations eq-block-dV, eq-block-dU."""
        self.slopes()
        np.matmul(self.S.mT, self.u, out=self.dv)
        np.matmul(self.S, self.v, out=self.du)

    def curvatures(self):
        """Set L to the bound on the curvature along each gathered row. Equation def-row-bound."""
        G, B, _ = self.v.shape
        L_v, L_u = (
            self.L[: self.cut].reshape(G, 1, B),
            self.L[self.cut :].reshape(G, -1, 1),
        )
        np.matmul(np.vecdot(self.u, self.u)[:, None], self.W, out=L_v)
        np.matmul(self.W, np.vecdot(self.v, self.v)[..., None], out=L_u)
        self.L *= 0.25


def skipgram_block(V, U, centers, near, draws, A, a):
    """Return loss, dV and dU (N, d) of one block: B centers against C near words and M shared draws.

    A (C, B) weighs the near words of each center, a (B,) its draws. The input is trusted.
    Equations def-block-loss, eq-block-dV, eq-block-dU.
    """
    N, d = V.shape
    step = SkipGramStep(1, len(centers), len(near), len(draws), d, V.dtype)
    rows = np.concatenate((centers, np.asarray(near) + N, np.asarray(draws) + N))
    np.concatenate((V, U)).take(rows.astype(int), 0, out=step.x)
    step.W[0, : len(near)], step.W[0, len(near) :] = A, a
    with np.errstate(over="ignore", invalid="ignore"):
        step.scores()
        loss = step.loss()
    step.gradients()
    both = np.zeros((2 * N, d), V.dtype)
    np.add.at(both, rows.astype(int), step.g)
    return loss, both[:N], both[N:]


def sides(offsets, m, T):
    """Return how many words, at most m, the sentence of each of T places has before it and after it, (T,) each.

    Places past the text stand alone.
    """
    t, lengths = np.arange(offsets[-1]), np.diff(offsets)
    before, after = np.zeros((2, T), np.int32)
    before[: len(t)] = np.minimum(m, t - np.repeat(offsets[:-1], lengths))
    after[: len(t)] = np.minimum(m, np.repeat(offsets[1:], lengths) - 1 - t)
    return before, after


def in_window(before, after, m):
    """Return whether the word at distance -m..m of each place is in its window, (T, 2m+1)."""
    far = np.arange(-m, m + 1)
    return (far >= -before[:, None]) & (far <= after[:, None]) & (far != 0)


def reach(m):
    """Return the weight of a word at distance -m..m, (2m+1,): that of a random radius. Equation eq-reach."""
    far = np.abs(np.arange(-m, m + 1))
    return np.where(far, (m + 1 - far) / m, 0).astype(np.float32)


class Order(NamedTuple):
    """The gathered rows of each of S steps in the order of their words: places (S, R) and words (S, R).

    `first` (S, R) says where a new word begins.
    """

    places: np.ndarray
    words: np.ndarray
    first: np.ndarray


def by_word(rows):
    """Return the Order of rows (S, R)."""
    key = rows.astype(np.int64) << 32 | np.arange(rows.shape[1])
    key.sort(axis=1)
    words = (key >> 32).astype(np.int32)
    first = np.diff(words, axis=1, prepend=-1) > 0
    return Order((key & 0xFFFFFFFF).astype(np.int32), words, first)


def move(step, table, order, alpha, share=1):
    """Add the gradients of a step, a word's rows summed, to its row of the table, by -alpha or a shorter step.

    A word whose rows have the curvature bounds L moves by min(alpha, 1 / (share sum L)).
    """
    places, words, first = order
    starts = np.flatnonzero(first)
    rows, ends = words.take(starts), np.append(starts, len(places)).astype(np.int32)
    L = np.add.reduceat(step.L.take(places), starts) * share
    size = 1 / np.maximum(L, 1 / alpha)
    entries = np.repeat(size, np.diff(ends)), places, ends
    sums = csr_array(entries, shape=(len(rows), len(places))) @ step.g
    new = table.take(rows, 0, out=step.new[: len(rows)], mode="clip")
    table[rows] = np.subtract(new, sums, out=new)


def diagonals(tables, width):
    """Return a view (G, B, width) of tables (G, P, B): its element t, j is in row t + j of column t."""
    g, p, t = tables.strides
    return as_strided(tables, (len(tables), tables.shape[2], width), (g, p + t, p))


class Scheme(NamedTuple):
    """How a pass is cut into steps: `blocks` blocks a step, each of `block` centers with `draws` shared draws.

    `m` is the largest radius of a window, `K` the number of draws that a pair is worth. With
    `whole`, each context word of CBOW moves by the whole gradient, as in word2vec.c.
    """

    sg: bool
    m: int
    K: int
    whole: bool
    block: int
    draws: int
    blocks: int


class Lots(NamedTuple):
    """The lotteries of a text: the chance to keep each word (N,), and the alias table of the noise."""

    keep: np.ndarray
    prob: np.ndarray
    alias: np.ndarray


def lots(counts, sample=1e-3, ns_exponent=0.75):
    """Return the Lots of words with counts (N,). Raises TypeError or ValueError naming the argument."""
    P = noise_distribution(counts, ns_exponent)
    return Lots(keep_probability(counts, sample), *alias_table(P))


class Plan(NamedTuple):
    """S steps: gathered rows (S, R), weights (S, G, B, 2m+1), pairs of each center (S, G, B), and the Order."""

    rows: np.ndarray
    near: np.ndarray
    C: np.ndarray
    order: Order


def dealt(x, S):
    """Return x (S G, ...), one entry a block, as (S, G, ...): a step takes every S-th block."""
    return x.reshape(-1, S, *x.shape[1:]).swapaxes(0, 1)


class Layout(NamedTuple):
    """A piece of text, cut into blocks: words (T + 2m,), draws (S G, M), words before and after in each window (T,).

    Place t of the text is words[t + m]; m strangers stand before it, at least m after it.
    """

    words: np.ndarray
    draws: np.ndarray
    before: np.ndarray
    after: np.ndarray


def lay_out(scheme, lots, ids, offsets, rng):
    """Return the Layout of a piece of text that is sampled already."""
    _, m, _, _, B, M, G = scheme
    blocks = G * max(1, -(-len(ids) // (B * G)))
    words = np.zeros(blocks * B + 2 * m, np.int32)
    words[m : m + len(ids)] = ids
    draws = draw_alias(lots.prob, lots.alias, (blocks, M), rng)
    before, after = sides(offsets, m, blocks * B)
    if not scheme.sg:
        radius = rng.integers(1, m + 1, size=blocks * B).astype(np.int32)
        before, after = np.minimum(before, radius), np.minimum(after, radius)
    return Layout(words, draws, before, after)


def near_weights(scheme, text):
    """Return the weights of the words at distance -m..m of each place, (T, 2m+1), and its pairs C, (T,).

    They are the reach of skip-gram, and the shares 1/C of CBOW.
    """
    inside = in_window(text.before, text.after, scheme.m)
    if scheme.sg:
        near = inside * reach(scheme.m)
        return near, near.sum(axis=1)
    C = (text.before + text.after).astype(np.float32)
    return inside * (1 / np.maximum(C, 1))[:, None], C


def number_of_pairs(scheme, text):
    """Return the pairs of a Layout, each with its weight; for CBOW, the windows with a context."""
    if not scheme.sg:
        return float(np.count_nonzero(text.before + text.after))
    reached = np.append(0, reach(scheme.m)[scheme.m + 1 :]).cumsum(dtype=float)
    return float(sum(reached.take(side).sum() for side in text[2:]))


def plan_steps(scheme, text, N):
    """Return the Plan of a Layout, for tables of N rows."""
    _, m, _, _, B, _, G = scheme
    S, draws = len(text.draws) // G, text.draws + np.int32(N)
    near = sliding_window_view(text.words, B + 2 * m)[::B]
    centers, outside = near[:, m : m + B], near + np.int32(N)
    if scheme.sg:
        parts = [centers, np.hstack((outside, draws))]
    else:
        parts = [near, outside[:, m : m + B], draws]
    rows = np.hstack([dealt(x, S).reshape(S, -1) for x in parts])
    near, C = (
        dealt(x.reshape(S * G, B, *x.shape[1:]), S) for x in near_weights(scheme, text)
    )
    return Plan(rows, near, C, by_word(rows))


class CbowStep(Step):
    """G blocks of CBOW: B targets, each against the mean row of its context, and M shared draws.

    A (G, C, B) holds the share of each of C near words in the B means.
    """

    def __init__(self, G, B, C, M, d, dtype=np.float32):
        cut, R = G * C, G * (C + B + M)
        super().__init__(cut, R, G, 1 + M, B, 1, d, dtype)
        self.near, self.dnear = (a[:cut].reshape(G, C, d) for a in (self.x, self.g))
        targets, draws = slice(cut, cut + G * B), slice(cut + G * B, R)
        self.t, self.dt = (a[targets].reshape(G, B, d) for a in (self.x, self.g))
        self.u, self.du = (a[draws].reshape(G, M, d) for a in (self.x, self.g))
        self.h, self.dh, self.pull = np.zeros((3, G, B, d), dtype)
        self.A = np.zeros((G, C, B), dtype)
        self.gain: np.ndarray | None = None  # (G, B, 1), C for each target if `whole`

    def scores(self):
        """Set h to the mean rows, Z to how far each score is on the wrong side, E to exp(Z)."""
        np.matmul(self.A.mT, self.near, out=self.h)
        np.matmul(self.u, self.h.mT, out=self.Z[:, 1:])
        np.negative(np.vecdot(self.h, self.t), out=self.Z[:, 0])
        np.exp(self.Z, out=self.E)

    def gradients(self):
        """Set g to the gradients of the gathered rows. Equation eq-block-cbow-dV."""
        self.slopes()
        own, S = self.S[:, 0, :, None], self.S[:, 1:]
        np.matmul(S.mT, self.u, out=self.dh)
        np.matmul(S, self.h, out=self.du)
        np.multiply(own, self.h, out=self.dt)
        self.dh += np.multiply(own, self.t, out=self.pull)
        if self.gain is not None:
            self.dh *= self.gain
        np.matmul(self.A, self.dh, out=self.dnear)

    def curvatures(self):
        """Set L to a bound on the curvature along each gathered row. Equation def-cbow-bound."""
        G, B = self.h.shape[:2]
        n, q = self.cut + G * B, np.vecdot(self.h, self.h)
        self.L[self.cut : n] = (self.W[:, 0] * q).ravel()
        np.matmul(self.W[:, 1:], q[..., None], out=self.L[n:].reshape(G, -1, 1))
        L_h = np.vecdot(self.t, self.t) * self.W[:, 0]
        L_h += np.matmul(np.vecdot(self.u, self.u)[:, None], self.W[:, 1:])[:, 0]
        if self.gain is not None:
            L_h *= self.gain[..., 0]
        np.matmul(self.A, L_h[..., None], out=self.L[: self.cut].reshape(G, -1, 1))
        self.L *= 0.25


def weigh(step, scheme, near, C):
    """Set the weights of a step: near (G, B, 2m+1) of the words of the text, C (G, B) pairs of each center."""
    worth = np.float32(scheme.K / max(scheme.draws, 1))
    if scheme.sg:
        diagonals(step.W, near.shape[2])[...] = near
        step.W[:, step.true :] = (worth * C)[:, None]
        return
    diagonals(step.A, near.shape[2])[...] = near
    step.W[:, 0] = has = np.minimum(C, 1)
    step.W[:, 1:] = (worth * has)[:, None]
    step.gain = C[..., None] if scheme.whole else None


def new_step(scheme, d, dtype=np.float32):
    """Return the arrays that a step of the scheme needs for rows of length d."""
    kind = SkipGramStep if scheme.sg else CbowStep
    B, M, G = scheme[4:]
    return kind(G, B, B + 2 * scheme.m, M, d, dtype)


def numpy_steps(tables, scheme, share=1, step=None):
    """Return the function (text, alphas, with_loss) that makes the steps of a Layout and returns their loss.

    It changes the tables (2, N, d) in place.
    """
    table = tables.reshape(-1, tables.shape[2])
    step = step or new_step(scheme, tables.shape[2], tables.dtype)

    def run(text, alphas, with_loss=True):
        plan, loss = plan_steps(scheme, text, len(table) // 2), 0.0
        orders = zip(*plan.order, strict=True)
        parts = zip(*plan[:3], orders, alphas.tolist(), strict=True)
        for rows, near, C, order, alpha in parts:
            table.take(rows, 0, out=step.x, mode="clip")
            weigh(step, scheme, near, C)
            step.scores()
            loss += step.loss() if with_loss else np.nan
            step.gradients()
            step.curvatures()
            move(step, table, order, alpha, share)
        return loss

    return run


class Piece(NamedTuple):
    """What a worker needs to know of a piece of the text: its words, its step sizes, its luck."""

    ids: np.ndarray
    offsets: np.ndarray
    alphas: tuple[float, float]
    seed: int


def train_piece(steps, scheme, lots, piece, with_loss=True):
    """Make the steps of a piece; return (loss, pairs, words), words before sampling.

    `steps` is what `numpy_steps` returns. Without `with_loss` the loss is NaN.
    """
    rng = np.random.default_rng(piece.seed)
    ids, offsets = subsample(piece.ids, piece.offsets, lots.keep, rng)
    text = lay_out(scheme, lots, ids, offsets, rng)
    (first, last), S = piece.alphas, len(text.draws) // scheme.blocks
    alphas = np.linspace(first, last, S, endpoint=False)
    loss = steps(text, alphas, with_loss)
    return loss, number_of_pairs(scheme, text), len(piece.ids)


PIECE = 2**15  # words


def piece_cuts(offsets, size=PIECE):
    """Return where to cut a text: where the last sentence within `size` words ends, or after `size` words."""
    cuts = [0]
    while cuts[-1] < offsets[-1]:
        limit = cuts[-1] + size
        end = int(offsets[np.searchsorted(offsets, limit, "right") - 1])
        cuts.append(end if end > cuts[-1] else limit)
    return cuts


def pieces(ids, offsets, alphas, rng, size=PIECE):
    """Yield the pieces of a text, the step size falling in a straight line from alphas[0] to alphas[1]."""
    cuts = piece_cuts(offsets, size)
    ends = np.interp(cuts, (0, max(len(ids), 1)), alphas).tolist()
    for i, (a, z) in enumerate(zip(cuts[:-1], cuts[1:], strict=True)):
        first, last = np.searchsorted(offsets, (a, z), "right")
        bounds = np.unique(np.concatenate(([a], offsets[first:last], [z]))) - a
        yield Piece(ids[a:z], bounds, (ends[i], ends[i + 1]), int(rng.integers(2**63)))


def open_tables(file, shape):
    """Return the tables in a file of float32, as an array that writes through to it."""
    return np.memmap(file, np.float32, "r+", shape=tuple(shape)).view(np.ndarray)


class SharedTables:
    """`tables` (2, N, d) float32, zero at first, in memory that the helpers of a `Team` can open as well.

    It is freed when nobody uses it anymore, however the processes end. A fork of the process
    `pid`, which made it, sees the same tables.
    """

    def __init__(self, N, d):
        self.pid = os.getpid()
        if hasattr(os, "memfd_create"):
            self.file = os.fdopen(os.memfd_create("w2v"), "r+b")
        else:
            self.file = TemporaryFile()  # noqa: SIM115 (closed by finalize)
        finalize(self, self.file.close)
        self.file.truncate(8 * positive_int("N", N) * positive_int("d", d))
        self.tables = open_tables(self.file, (2, N, d))


def serve():
    """Train the pieces that a `Team` sends to standard input until it sends no more."""
    inbox, outbox = sys.stdin.buffer, sys.stdout.buffer
    fd, shape, scheme, lots, share = pickle.load(inbox)
    tables = open_tables(os.fdopen(fd, "r+b"), shape)
    steps = numpy_steps(tables, scheme, share)
    with threadpool_limits(1), np.errstate(over="ignore", invalid="ignore"):
        try:
            while True:
                piece, with_loss = pickle.load(inbox)
                told = train_piece(steps, scheme, lots, piece, with_loss)
                pickle.dump(told, outbox)
                outbox.flush()
        except (EOFError, BrokenPipeError):
            return


def one_at_a_time(items, stop):
    """Return an iterator that several threads can share, and that ends once stop is set."""
    items, lock = iter(items), Lock()

    def take():
        with lock:
            return None if stop.is_set() else next(items, None)

    return iter(take, None)


def send(helper, message):
    """Send a message to a helper."""
    pickle.dump(message, helper.stdin)
    helper.stdin.flush()


def feed(helper, pieces, done, with_loss):
    """Let a helper train pieces, and put what it tells, or why it ended, into the queue."""
    try:
        for piece in pieces:
            done.put(ask_helper(helper, (piece, with_loss)))
    except Exception as error:  # what ended the helper, or what the text refused
        done.put(error)


def ask_helper(helper, message):
    """Return what a helper answers to a message. Raises RuntimeError if it has ended."""
    try:
        send(helper, message)
        return pickle.load(helper.stdout)
    except (OSError, EOFError, pickle.UnpicklingError):
        reason = (
            f"a worker ended in the middle of a pass, with exit code {helper.wait()}"
        )
        raise RuntimeError(f"{reason}; the tables are as it left them") from None


class Team:
    """`workers` processes that train the same tables, this one and `workers` - 1 helpers; a context manager.

    They read and write the tables without a lock. Raises ValueError if the system cannot
    share tables between processes.
    """

    def __init__(self, shared, scheme, lots, workers):
        self.workers = positive_int("workers", workers)
        if self.workers > 1 and os.name != "posix":
            raise ValueError(f"workers: expected 1 on this system, got {workers}")
        self.share, fd = max(1, self.workers / 2), shared.file.fileno()
        self.helpers = [self._start(fd) for _ in range(self.workers - 1)]
        for helper in self.helpers:
            send(helper, (fd, shared.tables.shape, scheme, lots, self.share))

    def _start(self, fd):
        command = [sys.executable, "-c", "from w2v.engine import serve; serve()"]
        path = os.pathsep.join(filter(None, sys.path))
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
            pass_fds=(fd,),
            start_new_session=True,  # Ctrl-C is for us; helpers end with their input
        )

    def others(self, with_loss):
        """Return a function (pieces, done) for each helper: it lets the helper train, and tells `done`."""
        return [partial(feed, helper, with_loss=with_loss) for helper in self.helpers]

    def share_out(self, work, pieces, with_loss):
        """Yield what `work` and the helpers tell of each piece, in the order in which they finish."""
        stop, done = Event(), SimpleQueue()  # type: ignore[var-annotated]
        pieces = one_at_a_time(pieces, stop)
        threads = [
            Thread(target=other, args=(pieces, done), daemon=True)
            for other in self.others(with_loss)
        ]
        try:
            for thread in threads:
                thread.start()
            for piece in pieces:
                done.put(work(piece))
                while not done.empty():
                    yield told(done.get())
            for thread in threads:
                thread.join()
            while not done.empty():
                yield told(done.get())
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for helper in self.helpers:
            helper.kill()
            helper.communicate()


def told(result):
    """Return what a worker told. Raises the error if it is one."""
    if isinstance(result, BaseException):
        raise result
    return result


def scheme(
    sg=True, window=5, negative=5, *, whole=False, block=32, draws=None, blocks=16
):
    """Return a checked Scheme. Raises TypeError or ValueError naming the argument."""
    sizes = {"window": window, "negative": negative, "block": block}
    sizes |= {"draws": draws or (16 if sg else 8), "blocks": blocks}
    m, K, B, M, G = (positive_int(name, value) for name, value in sizes.items())
    return Scheme(bool(sg), m, K, bool(whole), B, M, G)


def sentence_lengths(offsets, size=2**16):
    """Yield the number of words in each sentence, `size` sentences at a time."""
    for i in range(0, max(len(offsets) - 1, 1), size):
        yield np.diff(offsets[i : i + size + 1])


def check_text(tables, ids, offsets, N):
    """Return ids (T,) int32 and offsets, checked against the tables. Raises TypeError, ValueError, IndexError."""
    if not isinstance(tables, np.ndarray) or tables.dtype.kind != "f":
        raise TypeError(f"tables: expected a float array, got {tables!r:.40}")
    if tables.ndim != 3 or tables.shape[:2] != (2, N) or not tables.flags.c_contiguous:
        raise ValueError(
            f"tables: expected shape (2, {N}, d) in C order, got {tables.shape}"
        )
    if (
        np.ndim(offsets) != 1
        or offsets[0] != 0
        or offsets[-1] != len(ids)
        or min(x.min(initial=0) for x in sentence_lengths(offsets)) < 0
    ):
        raise ValueError("offsets: expected to rise from 0 to len(ids)")
    if len(ids) and (np.min(ids) < 0 or np.max(ids) >= N):
        word_ids(ids, N)


def train_pass(
    tables,
    ids,
    offsets,
    scheme,
    lots,
    alphas,
    rng,
    team=None,
    with_loss=True,
    steps=None,
):
    """Make one pass over a text, V, U = tables in place; yield (loss, pairs, words) of each piece of it.

    tables is (2, N, d), ids (T,) and offsets as `encode` returns them, alphas the first and the
    last step size. A `Team` shares the work; `steps`, if not `numpy_steps`, is the rung that makes the
    steps. Raises TypeError, ValueError or IndexError naming the argument before the first step,
    RuntimeError if a worker ends.
    """
    check_text(tables, ids, offsets, len(lots.keep))
    ends = tuple(step_size(alpha) for alpha in alphas)
    parts = pieces(ids, offsets, ends, rng)
    rung, share = steps or numpy_steps, 1 if team is None else team.share
    run = rung(tables, scheme, share)
    work = partial(train_piece, run, scheme, lots, with_loss=with_loss)
    with threadpool_limits(1), np.errstate(over="ignore", invalid="ignore"):
        yield from (
            map(work, parts) if team is None else team.share_out(work, parts, with_loss)
        )
