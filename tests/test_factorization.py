"""Chapter 16 against enumerated draws, finite differences, SciPy's minimizers on tiny tables,
a count by loops, and its answers to bad input."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit

from w2v.factorization import (
    expected_loss_and_grad,
    expected_negatives,
    fit_factors,
    joint_pmi,
    least_loss,
    score_weights,
    sgns_optimum,
    shifted_ppmi,
    svd_factors,
    unequal_negatives,
)
from w2v.negative_sampling import negative_sampling_loss_and_grad
from w2v.sampling import cumulative, noise_distribution, unequal_draws
from w2v.text import docstrings, encode
from w2v.word2vec import Word2Vec


def language(N, rng, spread=1.0):
    """Joint probabilities that are neither symmetric nor independent, all positive."""
    p = np.exp(spread * rng.normal(size=(N, N)))
    return p / p.sum()


def loss(S, p, n):
    """The definition, term by term, with SciPy's logarithm of the sigmoid."""
    N = len(p)
    return sum(
        -p[c, w] * log_expit(S[c, w]) - n[c, w] * log_expit(-S[c, w])
        for c in range(N)
        for w in range(N)
    )


def chance(draws, o, P, exclude):
    """The probability of a row of draws beside the outside word o."""
    if exclude and o in draws:
        return 0.0
    return np.prod([P[w] / (1 - P[o] if exclude else 1) for w in draws])


TABLES = {False: expected_negatives, True: unequal_negatives}


@pytest.mark.parametrize("exclude", [False, True])
@pytest.mark.parametrize(("N", "K"), [(3, 1), (3, 3), (4, 2)])
def test_the_expected_loss_is_the_mean_of_the_pair_loss_over_all_draws(N, K, exclude):
    rng = np.random.default_rng(N * K)
    p, P = language(N, rng), rng.dirichlet(np.ones(N))
    V, U = rng.normal(size=(2, N, 5))
    total, dV, dU = 0.0, np.zeros_like(V), np.zeros_like(U)
    for c, o in np.ndindex(N, N):
        for draws in product(range(N), repeat=K):
            weight = p[c, o] * chance(draws, o, P, exclude)
            J, dv, dU_pair = negative_sampling_loss_and_grad(V[c], o, list(draws), U)
            total += weight * J
            dV[c] += weight * dv
            dU += weight * dU_pair
    J, dS = expected_loss_and_grad(V @ U.T, p, TABLES[exclude](p, P, K))
    assert pytest.approx(total, rel=1e-12) == J
    np.testing.assert_allclose(dS @ U, dV, rtol=1e-10, strict=True)
    np.testing.assert_allclose(dS.T @ V, dU, rtol=1e-10, strict=True)


@pytest.mark.parametrize("exclude", [False, True])
def test_the_fakes_are_those_that_the_definition_counts(exclude):
    rng = np.random.default_rng(8)
    counts, P = rng.integers(0, 4, (5, 5)), rng.dirichlet(np.ones(5))
    counts[1] = 0
    expected = np.zeros((5, 5))
    for c, o, w in np.ndindex(5, 5, 5):
        expected[c, w] += counts[c, o] * 3 * chance([w], o, P, exclude)
    fakes = TABLES[exclude](counts, P, 3)
    np.testing.assert_allclose(fakes, expected, rtol=1e-13, atol=0, strict=True)
    np.testing.assert_allclose(fakes.sum(axis=1), 3 * counts.sum(axis=1))


def test_a_noise_of_one_word_is_fine_where_it_is_no_outside_word():
    counts = np.array([[2, 0, 1], [1, 0, 0], [0, 0, 4]])
    fakes = unequal_negatives(counts, [0, 1, 0], 2)
    assert fakes.tolist() == [[0, 6, 0], [0, 2, 0], [0, 8, 0]]


def test_without_draws_there_are_no_fakes():
    for fakes in TABLES.values():
        assert (
            fakes(np.ones((3, 3)), [0, 1, 0], 0).tolist() == np.zeros((3, 3)).tolist()
        )


def test_tables_are_float64_whatever_the_counts_are():
    counts = np.random.default_rng(13).integers(1, 2**20, (5, 5))
    for dtype in (np.int32, np.uint64, np.float32, np.float64):
        pmi = joint_pmi(counts.astype(dtype))
        np.testing.assert_allclose(pmi, joint_pmi(counts), rtol=1e-12, strict=True)


def test_draws_that_exclude_the_true_word_come_as_often_as_the_table_says():
    rng = np.random.default_rng(9)
    p, P = language(4, rng), np.array([0.5, 0.3, 0.15, 0.05])
    pairs = rng.choice(16, 200_000, p=p.ravel())
    drawn = unequal_draws(cumulative(P), pairs % 4, 1, rng)[:, 0]
    seen = np.bincount(pairs // 4 * 4 + drawn, minlength=16).reshape(4, 4) / 200_000
    gap = np.abs(seen - unequal_negatives(p, P, 1)).max()
    assert gap < 0.005 < np.abs(seen - expected_negatives(p, P, 1)).max()


@pytest.mark.parametrize("sd", [0.01, 0.5, 2.0])
def test_the_gradient_is_that_of_the_loss(sd):
    rng = np.random.default_rng(1)
    p, n, S = language(4, rng), 5 * language(4, rng), rng.normal(0, sd, (4, 4))
    J, dS = expected_loss_and_grad(S, p, n)
    assert pytest.approx(loss(S, p, n), rel=1e-12) == J
    for index in np.ndindex(4, 4):
        step = np.zeros((4, 4))
        step[index] = 1e-6
        slope = (loss(S + step, p, n) - loss(S - step, p, n)) / 2e-6
        assert dS[index] == pytest.approx(slope, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("kind", ["plain", "power", "excluded", "skipped"])
def test_a_minimizer_that_knows_no_formula_finds_the_optimum(kind):
    rng = np.random.default_rng(2)
    p = language(3, rng)
    q = p.sum(axis=0)
    n = {
        "plain": expected_negatives(p, q, 2),
        "power": expected_negatives(p, noise_distribution(q), 2),
        "excluded": unequal_negatives(p, q, 2),
        "skipped": 2 * q * (p.sum(axis=1, keepdims=True) - p),
    }[kind]
    found = minimize(lambda x: loss(x.reshape(3, 3), p, n), np.zeros(9), tol=1e-12)
    np.testing.assert_allclose(found.x.reshape(3, 3), sgns_optimum(p, n), atol=1e-3)
    assert least_loss(p, n) == pytest.approx(found.fun, rel=1e-8)


def test_the_optimum_is_mutual_information_less_log_k():
    rng = np.random.default_rng(3)
    counts = rng.integers(1, 30, (6, 6))
    optimum = sgns_optimum(
        counts, expected_negatives(counts, counts.sum(axis=0) / counts.sum(), 7)
    )
    for c, w in np.ndindex(6, 6):
        meet = counts[c, w] / counts.sum()
        by_chance = counts[c].sum() * counts[:, w].sum() / counts.sum() ** 2
        assert optimum[c, w] == pytest.approx(np.log(meet / by_chance) - np.log(7))
        assert joint_pmi(counts)[c, w] == pytest.approx(np.log(meet / by_chance))


def test_counts_and_shares_have_one_optimum():
    rng = np.random.default_rng(4)
    counts, P = rng.integers(1, 9, (4, 4)), rng.dirichlet(np.ones(4))
    for fakes in TABLES.values():
        by_counts = sgns_optimum(counts, fakes(counts, P, 3))
        shares = counts / counts.sum()
        np.testing.assert_allclose(
            by_counts, sgns_optimum(shares, fakes(shares, P, 3)), atol=1e-12
        )


def test_no_scores_lie_below_the_least_loss():
    rng = np.random.default_rng(5)
    p = language(5, rng)
    n = expected_negatives(p, p.sum(axis=0), 5)
    best = sgns_optimum(p, n)
    assert expected_loss_and_grad(best, p, n)[0] == pytest.approx(least_loss(p, n))
    for scale in (1e-3, 0.1, 1, 10):
        away = best + rng.normal(0, scale, (50, 5, 5))
        assert min(expected_loss_and_grad(S, p, n)[0] for S in away) > least_loss(p, n)


def test_the_weights_are_the_second_derivatives_at_the_optimum():
    rng = np.random.default_rng(6)
    p, n = language(3, rng), 5 * language(3, rng)
    best, h = sgns_optimum(p, n), 1e-5
    ahead, behind = (expected_loss_and_grad(best + x, p, n)[1] for x in (h, -h))
    np.testing.assert_allclose(
        (ahead - behind) / (2 * h), score_weights(p, n), rtol=1e-6
    )


def test_a_pair_never_seen_or_never_drawn_has_an_infinite_score():
    p, n = np.array([[0, 1], [2, 0]]), np.array([[3, 0], [1, 0]])
    assert sgns_optimum(p, n)[0].tolist() == [-np.inf, np.inf]
    assert sgns_optimum(p, n)[1, 0] == np.log(2) and np.isnan(sgns_optimum(p, n)[1, 1])
    assert joint_pmi(p)[0, 0] == -np.inf
    assert least_loss(p, n) == pytest.approx(-2 * np.log(2 / 3) - np.log(1 / 3))


def test_descent_on_an_unseen_pair_never_stops():
    p, n = np.array([[0.0, 1.0], [1.0, 1.0]]), np.ones((2, 2))
    S, scores = np.zeros((2, 2)), []
    for step in range(1, 10_001):
        S -= expected_loss_and_grad(S, p, n)[1]
        if step in (100, 1000, 10_000):
            scores.append(S[0, 0])
    np.testing.assert_allclose(np.diff(scores), -np.log(10), atol=0.05)
    assert np.abs(S.ravel()[1:]).max() < 1e-12


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_full_dimension_reaches_the_optimum_from_every_start(seed):
    rng = np.random.default_rng(7)
    p = language(12, rng)
    n = expected_negatives(p, p.sum(axis=0), 5)
    V, U = fit_factors(p, n, 12, np.random.default_rng(seed))
    assert V.shape == U.shape == (12, 12)
    np.testing.assert_allclose(V @ U.T, sgns_optimum(p, n), atol=1e-3)


@pytest.mark.parametrize("d", [1, 3])
def test_low_dimension_ends_where_both_gradients_vanish(d):
    p = language(8, np.random.default_rng(8))
    n = expected_negatives(p, p.sum(axis=0), 5)
    V, U = fit_factors(p, n, d, np.random.default_rng(1))
    J, dS = expected_loss_and_grad(V @ U.T, p, n)
    assert np.abs(dS @ U).max() < 1e-6 and np.abs(dS.T @ V).max() < 1e-6
    A, B = svd_factors(sgns_optimum(p, n), d)
    assert least_loss(p, n) < J < expected_loss_and_grad(A @ B.T, p, n)[0]


def test_the_fit_survives_pairs_that_never_occur():
    p = language(6, np.random.default_rng(9))
    p[0, 1] = p[4, 4] = 0
    p /= p.sum()
    n = expected_negatives(p, p.sum(axis=0), 5)
    V, U = fit_factors(p, n, 6, np.random.default_rng(1))
    S = V @ U.T
    assert expected_loss_and_grad(S, p, n)[0] == pytest.approx(
        least_loss(p, n), abs=1e-6
    )
    assert S[0, 1] < -8 and S[4, 4] < -8
    np.testing.assert_allclose(S[p > 0], sgns_optimum(p, n)[p > 0], atol=0.01)


@pytest.mark.parametrize("d", [1, 2, 4])
def test_no_table_of_its_rank_is_nearer_than_the_svd(d):
    S = np.random.default_rng(10).normal(size=(4, 4))
    V, U = svd_factors(S, d)
    assert V.shape == U.shape == (4, d)

    def squares(x):
        A, B = x.reshape(2, 4, d)
        return ((A @ B.T - S) ** 2).sum()

    starts = np.random.default_rng(11).normal(size=(5, 8 * d))
    best = min(minimize(squares, x, method="BFGS").fun for x in starts)
    assert ((V @ U.T - S) ** 2).sum() == pytest.approx(best, abs=1e-6)
    np.testing.assert_allclose((V**2).sum(axis=0), (U**2).sum(axis=0))


def test_more_dimensions_than_the_rank_are_left_empty():
    S = np.outer([1.0, 2, 0], [3.0, 0, 1])
    V, U = svd_factors(S, 3)
    np.testing.assert_allclose(V @ U.T, S, atol=1e-12)
    assert np.abs(V[:, 1:]).max() < 1e-7 and np.abs(U[:, 1:]).max() < 1e-7


def test_shifted_positive_pmi_keeps_what_exceeds_log_k():
    counts = np.array([[8, 1, 0], [1, 8, 0], [0, 0, 0]])
    kept = np.log(8 * 18 / 81)
    expected = np.diag([kept, kept, 0])
    np.testing.assert_allclose(shifted_ppmi(counts, 1), expected, atol=1e-12)
    assert not shifted_ppmi(counts, 2).any()
    np.testing.assert_allclose(
        shifted_ppmi(counts.T[:2, :2] ** 3, 1),
        np.maximum(joint_pmi(counts[:2, :2] ** 3), 0),
    )


def test_the_arguments_are_left_as_they_were():
    rng = np.random.default_rng(12)
    p, n, S = language(4, rng), language(4, rng), rng.normal(size=(4, 4))
    P = p.sum(axis=0)
    before = [x.copy() for x in (p, n, S, P)]
    expected_negatives(p, P, 5), unequal_negatives(p, P, 5), joint_pmi(p)
    expected_loss_and_grad(S, p, n), sgns_optimum(p, n), least_loss(p, n)
    shifted_ppmi(p, 5), svd_factors(S, 2), fit_factors(p, n, 2, rng)
    for x, y in zip((p, n, S, P), before, strict=True):
        np.testing.assert_array_equal(x, y, strict=True)


def test_more_passes_bring_the_largest_scores_of_a_real_model_nearer():
    sentences = docstrings(("numpy",))
    gaps = []
    for epochs in (5, 15):
        model = Word2Vec(
            sentences, sg=1, vector_size=32, ns_exponent=1, sample=0, min_count=60,
            epochs=epochs,
        )  # fmt: skip
        N = len(model.vocab)
        ids, offsets = encode(sentences, model.vocab)
        counts = np.zeros((N, N))
        for distance in range(
            1, 6
        ):  # a radius from 1 to 5 reaches it in 6 - distance cases
            near = np.zeros(len(ids), bool)
            near[:-distance] = True
            near[(offsets[1:, None] - np.arange(1, distance + 1)).clip(0).ravel()] = (
                False
            )
            t = np.nonzero(near)[0]
            np.add.at(counts, (ids[t], ids[t + distance]), (6 - distance) / 5)
        counts += counts.T
        P = model.vocab.counts / model.vocab.counts.sum()
        table = sgns_optimum(counts, expected_negatives(counts, P, 5))
        S = model.wv.vectors @ model.U.T
        large, usual = (counts > 20) & (table > 3), (counts > 20) & (table < 0)
        gaps.append((S - table)[large].mean())
        assert abs((S - table)[usual].mean()) < 0.2
    assert gaps[0] < 1.5 * gaps[1] < 0


GOOD = np.ones((3, 3))
NOISE = np.full(3, 1 / 3)
BAD = {
    "not a square": (lambda: joint_pmi(np.ones((3, 2))), ValueError, r"p: .*\(3, 2\)"),
    "a vector": (lambda: joint_pmi([1, 2]), ValueError, r"p: .*\(2,\)"),
    "no pairs": (lambda: joint_pmi(np.zeros((2, 2))), ValueError, "p: .*not all zero"),
    "no words": (lambda: joint_pmi(np.ones((0, 0))), ValueError, "p: .*not all zero"),
    "a negative": (lambda: joint_pmi([[1, -1], [1, 1]]), ValueError, "p: .*>= 0"),
    "a nan": (lambda: joint_pmi([[1, np.nan], [1, 1]]), ValueError, "p: .*NaN"),
    "text": (lambda: joint_pmi([["a"]]), TypeError, "p: expected real numbers"),
    "shapes": (lambda: sgns_optimum(GOOD, np.ones((1, 1))), ValueError, r"\(1, 1\)"),
    "least": (lambda: least_loss(GOOD, np.ones((1, 1))), ValueError, r"\(1, 1\)"),
    "scores": (
        lambda: expected_loss_and_grad(np.zeros(3), GOOD, GOOD),
        ValueError,
        r"S: expected shape \(3, 3\), got \(3,\)",
    ),
    "infinite scores": (
        lambda: expected_loss_and_grad(-np.inf * GOOD, GOOD, GOOD),
        ValueError,
        "S: expected finite",
    ),
    "noise too short": (
        lambda: expected_negatives(GOOD, [0.5, 0.5], 5),
        ValueError,
        r"P: expected shape \(3,\), got \(2,\)",
    ),
    "noise as a table": (
        lambda: unequal_negatives(GOOD, GOOD / 3, 5),
        ValueError,
        r"P: expected shape \(3,\)",
    ),
    "noise of counts": (
        lambda: expected_negatives(GOOD, [1, 2, 3], 5),
        ValueError,
        "P: expected probabilities",
    ),
    "noise with nan": (
        lambda: expected_negatives(GOOD, [0.5, 0.5, np.nan], 5),
        ValueError,
        "P: expected finite",
    ),
    "half a draw": (
        lambda: expected_negatives(GOOD, NOISE, 0.5),
        TypeError,
        "K: .*0.5",
    ),
    "fewer than no draws": (
        lambda: unequal_negatives(GOOD, NOISE, -1),
        ValueError,
        "K: .*-1",
    ),
    "a shift by log 0": (lambda: shifted_ppmi(GOOD, 0), ValueError, "K: .*least 1.*0"),
    "one word for all": (
        lambda: unequal_negatives(GOOD, [0, 1, 0], 1),
        ValueError,
        "P: only one word can be drawn",
    ),
    "no dimensions": (lambda: svd_factors(GOOD, 0), ValueError, "d: .*least 1"),
    "too many dimensions": (lambda: svd_factors(GOOD, 4), ValueError, "d: .*N = 3.*4"),
    "half a dimension": (lambda: svd_factors(GOOD, 1.5), TypeError, "d: .*1.5"),
    "svd of a row": (lambda: svd_factors([1, 2], 1), ValueError, r"S: .*\(2,\)"),
    "svd of minus infinity": (
        lambda: svd_factors([[0, -np.inf], [0, 0]], 1),
        ValueError,
        "S: expected finite",
    ),
    "a fit without dimensions": (
        lambda: fit_factors(GOOD, GOOD, 0, np.random.default_rng(1)),
        ValueError,
        "d: .*least 1",
    ),
    "a fit of two sizes": (
        lambda: fit_factors(GOOD, np.ones((2, 2)), 1, np.random.default_rng(1)),
        ValueError,
        "p, n: expected one shape",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case):
    call, kind, message = BAD[case]
    with pytest.raises(kind, match=message):
        call()
