"""Chapter 05 against finite differences and loops of its own, and its answers to bad input."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from w2v import naive_softmax_loss_and_grad, skipgram_loss_and_grad


def loss(v, o, U):
    """The definition in plain Python."""
    scores = [math.fsum(a * b for a, b in zip(u, v, strict=True)) for u in U]
    return -scores[o] + math.log(math.fsum(math.exp(s) for s in scores))


@pytest.mark.parametrize("sd", [0.01, 0.5, 2.0])
@pytest.mark.parametrize(("N", "d", "o"), [(7, 5, 0), (7, 5, 6), (1, 3, 0), (4, 1, 2)])
def test_the_gradients_are_those_of_the_loss(N, d, o, sd):
    rng = np.random.default_rng(8)
    v, U, h = rng.normal(0, sd, d), rng.normal(0, sd, (N, d)), 1e-6
    J, dv, dU = naive_softmax_loss_and_grad(v, o, U)
    assert pytest.approx(loss(v, o, U), abs=1e-12) == J
    for i in range(d):
        step = h * np.eye(d)[i]
        slope = (loss(v + step, o, U) - loss(v - step, o, U)) / (2 * h)
        assert dv[i] == pytest.approx(slope, abs=1e-7)
    for index in np.ndindex(N, d):
        step = np.zeros((N, d))
        step[index] = h
        slope = (loss(v, o, U + step) - loss(v, o, U - step)) / (2 * h)
        assert dU[index] == pytest.approx(slope, abs=1e-7)


def test_scores_of_ten_thousand_overflow_nowhere():
    v, U = np.array([100.0, 0.0]), np.array([[100.0, 1.0], [-100.0, 1.0], [99.0, 0.0]])
    with np.errstate(over="raise", divide="raise"):
        J, dv, dU = naive_softmax_loss_and_grad(v, 1, U)
    assert pytest.approx(20000) == J
    np.testing.assert_allclose(dv, U[0] - U[1])
    np.testing.assert_allclose(dU, np.outer([1, -1, 0], v), atol=1e-40)


def test_a_window_of_softmax_pairs_adds_up():
    V, U = np.random.default_rng(9).normal(size=(2, 7, 5))
    total, dV, _ = skipgram_loss_and_grad(
        2, [0, 6, 0], V, U, naive_softmax_loss_and_grad
    )
    assert total == pytest.approx(2 * loss(V[2], 0, U) + loss(V[2], 6, U))
    assert dV.any(axis=1).nonzero()[0].tolist() == [2]


def test_free_scores_descend_to_the_shares_of_the_outside_words():
    p, scores = np.array([0.5, 0.3, 0.15, 0.05]), np.eye(4)

    def expected(z):
        losses, slopes, _ = zip(
            *(naive_softmax_loss_and_grad(z, o, scores) for o in range(4)), strict=True
        )
        return p @ losses, p @ np.array(slopes)

    found = minimize(expected, np.zeros(4), jac=True, tol=1e-12).x
    np.testing.assert_allclose(np.exp(found) / np.exp(found).sum(), p, atol=1e-6)


BAD = [
    ("v", np.ones(4), ValueError, "v: expected shape"),
    ("U", np.ones(5), ValueError, "U: expected shape"),
    ("U", np.full((7, 5), np.nan), ValueError, "U: expected finite"),
    ("o", 7, IndexError, "^o: expected word ids"),
    ("o", 2.0, TypeError, "^o: expected word ids"),
]


@pytest.mark.parametrize(("name", "value", "error", "message"), BAD)
def test_bad_input_is_named(name, value, error, message):
    good = {"v": np.ones(5), "o": 2, "U": np.ones((7, 5))}
    with pytest.raises(error, match=message):
        naive_softmax_loss_and_grad(**{**good, name: value})
