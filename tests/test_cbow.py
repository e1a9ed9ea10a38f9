"""Chapter 08 against a loop of its own, SciPy and finite differences, and its answers to bad input."""

import numpy as np
import pytest
from scipy.special import log_expit, log_softmax

from w2v import (
    cbow_loss_and_grad,
    naive_softmax_loss_and_grad,
    negative_sampling_loss_and_grad,
    skipgram_loss_and_grad,
)


def tables(seed=0, N=7, d=5, sd=1.0, dtype=float):
    return np.random.default_rng(seed).normal(0, sd, (2, N, d)).astype(dtype)


def squared(v, o, U):
    """A pair loss that is not from this book: half the squared distance."""
    gap = v - U[o]
    dU = np.zeros_like(U)
    dU[o] = -gap
    return 0.5 * gap @ gap, gap, dU


def drawing(negatives):
    """The negative-sampling pair loss with its draws fixed."""
    return lambda v, o, U: negative_sampling_loss_and_grad(v, o, negatives, U)


def mean_of(context, V):
    """The mean, entry by entry."""
    return [sum(V[c, j] for c in context) / len(context) for j in range(V.shape[1])]


def softmax_loss(center, context, V, U):
    return -log_softmax(U @ mean_of(context, V))[center]


def sampling_loss(center, context, V, U):
    z = U @ mean_of(context, V)
    return -log_expit(z[center]) - sum(log_expit(-z[w]) for w in (4, 0, 4))


def squared_loss(center, context, V, U):
    return 0.5 * sum((mean_of(context, V) - U[center]) ** 2)


LOSSES = {
    "softmax": (naive_softmax_loss_and_grad, softmax_loss),
    "negative sampling": (drawing([4, 0, 4]), sampling_loss),
    "squared distance": (squared, squared_loss),
}
CONTEXTS = {
    "one word": [6],
    "distinct words": [0, 6, 3],
    "repeated words": [5, 0, 5, 5, 1],
    "one word throughout": [4, 4, 4],
    "the center among them": [2, 1, 2],
    "more places than words": [0, 1, 2, 3, 4, 5, 6, 0, 3, 3],
}


def differences(f, x, h=1e-6):
    """Central differences of a function of an array."""
    slope = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += h
        behind[index] -= h
        slope[index] = (f(ahead) - f(behind)) / (2 * h)
    return slope


@pytest.mark.parametrize("sd", [0.01, 0.5, 2.0])
@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradients_are_those_of_the_loss(loss, context, sd):
    pair, J = LOSSES[loss]
    words = CONTEXTS[context]
    V, U = tables(3, sd=sd)
    got, dV, dU = cbow_loss_and_grad(2, words, V, U, pair)
    assert pytest.approx(J(2, words, V, U), rel=1e-12) == got
    by_V = differences(lambda x: J(2, words, x, U), V)
    by_U = differences(lambda x: J(2, words, V, x), U)
    np.testing.assert_allclose(dV, by_V, rtol=1e-6, atol=1e-8, strict=True)
    np.testing.assert_allclose(dU, by_U, rtol=1e-6, atol=1e-8, strict=True)


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("loss", LOSSES)
def test_each_place_of_the_context_gets_its_share_of_one_gradient(loss, context):
    pair, words = LOSSES[loss][0], CONTEXTS[context]
    V, U = tables(4)
    _, dV, _ = cbow_loss_and_grad(2, words, V, U, pair)
    _, g, _ = pair(np.array(mean_of(words, V)), 2, U)
    by_loop = np.zeros_like(V)
    for c in words:
        by_loop[c] += g / len(words)
    np.testing.assert_allclose(dV, by_loop, rtol=1e-12, atol=1e-15, strict=True)
    np.testing.assert_allclose(dV.sum(axis=0), g, rtol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_context_of_one_word_is_a_pair_of_skipgram(loss):
    V, U = tables(5)
    pair = LOSSES[loss][0]
    cbow = cbow_loss_and_grad(2, [6], V, U, pair)
    skipgram = skipgram_loss_and_grad(6, [2], V, U, pair)
    for a, b in zip(cbow, skipgram, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_the_order_of_the_context_does_not_matter():
    V, U = tables(6)
    pair = drawing([4, 0])
    want = cbow_loss_and_grad(2, [5, 0, 5, 1], V, U, pair)
    for context in ([0, 1, 5, 5], [5, 5, 1, 0]):
        got = cbow_loss_and_grad(2, context, V, U, pair)
        for a, b in zip(got, want, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


def test_a_context_said_twice_is_the_same_context():
    V, U = tables(7)
    once, twice = (
        cbow_loss_and_grad(2, c, V, U, squared) for c in ([5, 0], [5, 0] * 2)
    )
    for a, b in zip(once, twice, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_the_pair_loss_is_called_once_with_the_mean_and_the_center():
    V, U = tables(8)
    seen = []

    def pair(v, o, U):
        seen.append((v, o))
        return squared(v, o, U)

    cbow_loss_and_grad(np.int64(3), [5, 0, 5], V, U, pair)
    ((h, o),) = seen
    np.testing.assert_allclose(h, (2 * V[5] + V[0]) / 3, strict=True)
    assert o == 3 and type(o) is int


@pytest.mark.parametrize("kind", [tuple, np.uint8, lambda c: np.array(c, object)])
def test_the_context_may_come_as_any_sequence_of_whole_numbers(kind):
    V, U = tables(10)
    want = cbow_loss_and_grad(2, [5, 0, 5], V, U, drawing([4, 0]))
    got = cbow_loss_and_grad(2, kind([5, 0, 5]), V, U, drawing([4, 0]))
    for a, b in zip(got, want, strict=True):
        np.testing.assert_array_equal(a, b, strict=True)


@pytest.mark.parametrize("rows", [4, 6, 9])
def test_the_pair_loss_may_have_a_table_of_another_length(rows):
    V, _ = tables(11)
    U = np.random.default_rng(11).normal(size=(rows, 5))

    def pair(v, o, U):
        return squared(v, o % len(U), U)

    _, dV, dU = cbow_loss_and_grad(6, [5, 0, 5], V, U, pair)
    by_V = differences(lambda x: cbow_loss_and_grad(6, [5, 0, 5], x, U, pair)[0], V)
    by_U = differences(lambda x: cbow_loss_and_grad(6, [5, 0, 5], V, x, pair)[0], U)
    np.testing.assert_allclose(dV, by_V, rtol=1e-6, atol=1e-8, strict=True)
    np.testing.assert_allclose(dU, by_U, rtol=1e-6, atol=1e-8, strict=True)


def test_only_the_rows_of_context_words_move_in_V():
    V, U = tables(9)
    _, dV, dU = cbow_loss_and_grad(3, [5, 0, 5], V, U, drawing([1]))
    assert (dV != 0).any(axis=1).nonzero()[0].tolist() == [0, 5]
    assert (dU != 0).any(axis=1).nonzero()[0].tolist() == [1, 3]


def test_the_tiny_world_by_hand():
    V = [[1, 2], [0.5, 1], [-1, 1]]
    U = [[2, -1], [0, 1], [-1, 0]]
    _, dV, dU = cbow_loss_and_grad(1, [0, 0, 2], V, U, drawing([2, 2]))
    a, b = 1 / (1 + np.exp(-5 / 3)) - 1, 2 / (1 + np.exp(1 / 3))
    np.testing.assert_allclose(3 * dV, [[-2 * b, 2 * a], [0, 0], [-b, a]])
    np.testing.assert_allclose(3 * dU, [[0, 0], [a, 5 * a], [b, 5 * b]])


def test_the_tables_are_left_as_they_were_and_float32_stays():
    V, U = tables(dtype=np.float32)
    loss, dV, dU = cbow_loss_and_grad(3, [5, 0, 5], V, U, drawing([1, 1]))
    np.testing.assert_array_equal((V, U), tables(dtype=np.float32))
    assert loss.dtype == dV.dtype == dU.dtype == np.float32


BAD = [
    ("center", 7, IndexError, "center"),
    ("center", -1, IndexError, "center"),
    ("center", [1], ValueError, "center"),
    ("center", 1.5, TypeError, "center"),
    ("context", [], ValueError, "context: expected at least one word"),
    ("context", np.array([], int), ValueError, "context: expected at least one word"),
    ("context", [0, 7], IndexError, "context"),
    ("context", [0, -1], IndexError, "context"),
    ("context", 3, ValueError, "context"),
    ("context", [[0, 1]], ValueError, "context"),
    ("context", ["a"], TypeError, "context"),
    ("V", np.ones((7, 4)), ValueError, "V, U"),
    ("V", np.ones(7), ValueError, "V, U"),
    ("V", np.full((7, 5), np.inf), ValueError, "V: expected finite"),
    ("U", np.full((7, 5), np.nan), ValueError, "U: expected finite"),
]


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    BAD,
    ids=[f"{name}-{i}" for i, (name, *_) in enumerate(BAD)],
)
def test_bad_input_is_named(name, value, error, message):
    V, U = tables()
    good = {"center": 3, "context": [5, 0], "V": V, "U": U, "pair": squared}
    with pytest.raises(error, match=message):
        cbow_loss_and_grad(**{**good, name: value})


def test_tables_without_columns_are_refused():
    flat = np.ones(7)
    with pytest.raises(ValueError, match=r"V, U: expected \(N, d\)"):
        cbow_loss_and_grad(3, [5, 0], flat, flat, squared)
