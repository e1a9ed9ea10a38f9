"""Chapter 06 against finite differences and loops of its own, and its answers to bad input."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit

from w2v import negative_sampling_loss_and_grad


def loss(v, o, negatives, U):
    """The definition, term by term, with SciPy's logarithm of the sigmoid."""
    total = -log_expit(sum(U[o, i] * v[i] for i in range(len(v))))
    for w in negatives:
        total -= log_expit(-sum(U[w, i] * v[i] for i in range(len(v))))
    return total


def differences(f, x, h=1e-6):
    """Central differences of a function of an array."""
    slope = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += h
        behind[index] -= h
        slope[index] = (f(ahead) - f(behind)) / (2 * h)
    return slope


CASES = {
    "distinct draws": (7, 5, 2, [0, 4, 6]),
    "a word drawn three times": (7, 5, 2, [4, 4, 0, 4]),
    "the truth among the draws": (7, 5, 2, [2, 1, 2]),
    "no draws": (7, 5, 2, []),
    "one word": (1, 3, 0, [0, 0]),
    "one dimension": (4, 1, 3, [0, 1]),
}


@pytest.mark.parametrize("sd", [0.01, 0.5, 2.0])
@pytest.mark.parametrize("case", CASES)
def test_the_gradients_are_those_of_the_loss(case, sd):
    N, d, o, negatives = CASES[case]
    rng = np.random.default_rng(3)
    v, U = rng.normal(0, sd, d), rng.normal(0, sd, (N, d))
    J, dv, dU = negative_sampling_loss_and_grad(v, o, negatives, U)
    assert pytest.approx(loss(v, o, negatives, U), rel=1e-12) == J
    by_v = differences(lambda x: loss(x, o, negatives, U), v)
    by_U = differences(lambda x: loss(v, o, negatives, x), U)
    np.testing.assert_allclose(dv, by_v, rtol=1e-6, atol=1e-8, strict=True)
    np.testing.assert_allclose(dU, by_U, rtol=1e-6, atol=1e-8, strict=True)


def test_drawing_a_word_n_times_counts_n_times():
    rng = np.random.default_rng(4)
    v, U = rng.normal(size=5), rng.normal(size=(7, 5))
    (J0, dv0, dU0), (J1, dv1, dU1), (J3, dv3, dU3) = (
        negative_sampling_loss_and_grad(v, 2, [4] * n, U) for n in (0, 1, 3)
    )
    assert pytest.approx(3 * (J1 - J0)) == J3 - J0
    np.testing.assert_allclose(dv3 - dv0, 3 * (dv1 - dv0))
    np.testing.assert_allclose(dU3 - dU0, 3 * (dU1 - dU0))


def test_rows_of_words_that_take_no_part_are_zero():
    rng = np.random.default_rng(5)
    v, U = rng.normal(size=5), rng.normal(size=(7, 5))
    _, _, dU = negative_sampling_loss_and_grad(v, 2, [4, 6], U)
    assert (dU != 0).any(axis=1).nonzero()[0].tolist() == [2, 4, 6]


def test_the_arguments_are_left_as_they_were_and_float32_stays():
    v, U = np.ones(2, np.float32), np.ones((3, 2), np.float32)
    J, dv, dU = negative_sampling_loss_and_grad(v, 0, [1, 1], U)
    assert (v == 1).all() and (U == 1).all()
    assert J.dtype == dv.dtype == dU.dtype == np.float32


@pytest.mark.parametrize("kind", [tuple, np.uint8, lambda w: np.array(w, object)])
def test_the_draws_may_come_as_any_sequence_of_whole_numbers(kind):
    v, U = np.arange(5.0), np.arange(35.0).reshape(7, 5) / 50
    want = negative_sampling_loss_and_grad(v, 2, [4, 0, 4], U)
    got = negative_sampling_loss_and_grad(v, 2, kind([4, 0, 4]), U)
    for a, b in zip(got, want, strict=True):
        np.testing.assert_array_equal(a, b, strict=True)


def optimal_scores(p, q, K):
    """The free scores of least expected loss, the expectation taken over every pair and every draw.

    With the identity as outside table, the center vector is the vector of scores.
    """
    N = len(p)
    weighted = [
        (p[o] * np.prod(q[list(w)]), o, list(w))
        for o in range(N)
        for w in product(range(N), repeat=K)
    ]

    def expected(z):
        loss, dz = 0.0, np.zeros(N)
        for weight, o, w in weighted:
            J, dv, _ = negative_sampling_loss_and_grad(z, o, w, np.eye(N))
            loss, dz = loss + weight * J, dz + weight * dv
        return loss, dz

    return minimize(expected, np.zeros(N), jac=True, tol=1e-12).x


P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.7, 0.1, 0.2])


@pytest.mark.parametrize("K", [1, 2, 3])
def test_the_optimum_is_the_log_odds_of_truth_and_noise(K):
    np.testing.assert_allclose(optimal_scores(P, Q, K), np.log(P / (K * Q)), atol=1e-6)


def test_the_softmax_of_the_optimum_is_the_truth_only_for_uniform_noise():
    uniform, skewed = (optimal_scores(P, q, 2) for q in (np.full(3, 1 / 3), Q))
    np.testing.assert_allclose(np.exp(uniform) / np.exp(uniform).sum(), P, atol=1e-6)
    wrong = np.exp(skewed) / np.exp(skewed).sum()
    np.testing.assert_allclose(wrong, (P / Q) / (P / Q).sum(), atol=1e-6)
    assert P.argmax() == wrong.argmin()


GOOD = {"v": np.ones(5), "o": 2, "negatives": [0, 4], "U": np.ones((7, 5))}
BAD = [
    ("v", np.ones(4), ValueError, "v: expected shape"),
    ("v", np.ones((1, 5)), ValueError, "v: expected shape"),
    ("v", np.array([1, 2, np.nan, 4, 5]), ValueError, "v: expected finite"),
    ("v", "word", TypeError, "v: expected real"),
    ("U", np.ones(5), ValueError, "U: expected shape"),
    ("U", np.full((7, 5), np.inf), ValueError, "U: expected finite"),
    ("o", 7, IndexError, "^o: expected word ids"),
    ("o", -1, IndexError, "^o: expected word ids"),
    ("o", 1.0, TypeError, "^o: expected word ids"),
    ("o", [1, 2], ValueError, "o: expected one word"),
    ("negatives", [0, 7], IndexError, "negatives"),
    ("negatives", [0.5], TypeError, "negatives"),
    ("negatives", [[0, 1]], ValueError, "negatives: expected shape"),
    ("negatives", 3, ValueError, "negatives: expected shape"),
]


@pytest.mark.parametrize(("name", "value", "error", "message"), BAD)
def test_bad_input_is_named(name, value, error, message):
    with pytest.raises(error, match=message):
        negative_sampling_loss_and_grad(**{**GOOD, name: value})
