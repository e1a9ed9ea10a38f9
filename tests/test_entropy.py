"""Chapter 02 against SciPy, and its answers to bad input."""

import numpy as np
import pytest
from scipy.special import entr
from scipy.stats import entropy as scipy_entropy

from w2v import cross_entropy
from w2v.entropy import distribution, kl_divergence, shannon_entropy


def distributions(seed, *shape):
    x = np.random.default_rng(seed).random(shape)
    return x / x.sum(axis=-1, keepdims=True)


def test_entropy_and_divergence_agree_with_scipy():
    p, q = distributions(0, 4, 7), distributions(1, 4, 7)
    np.testing.assert_allclose(shannon_entropy(p), entr(p).sum(axis=-1), strict=True)
    np.testing.assert_allclose(kl_divergence(p, q), scipy_entropy(p, q, axis=-1))


def test_the_divergence_is_positive_except_from_itself():
    p, q = distributions(2, 100, 5), distributions(3, 100, 5)
    assert (kl_divergence(p, q) > 0).all()
    np.testing.assert_allclose(kl_divergence(p, p), np.zeros(100), atol=1e-15)


def test_one_hot_truth_leaves_one_logarithm():
    q = distributions(4, 7)
    for o in range(7):
        assert cross_entropy(np.eye(7)[o], q) == pytest.approx(-np.log(q[o]))


def test_the_log_likelihood_of_a_text_is_minus_its_length_times_the_cross_entropy():
    text, q = [2, 0, 2, 1, 2], np.array([0.2, 0.3, 0.5])
    likelihood = 1.0
    for word in text:
        likelihood *= q[word]
    p = np.array([1, 1, 3]) / 5
    assert np.log(likelihood) == pytest.approx(-len(text) * cross_entropy(p, q))


def test_no_prediction_makes_a_text_likelier_than_its_own_shares():
    p = np.array([1, 1, 3]) / 5
    others = distributions(5, 500, 3)
    assert (
        cross_entropy(np.broadcast_to(p, (500, 3)), others) > shannon_entropy(p)
    ).all()


def test_impossible_events_cost_nothing_and_ruled_out_ones_everything():
    assert cross_entropy([1.0, 0.0], [1.0, 0.0]) == 0
    assert cross_entropy([0.5, 0.5], [1.0, 0.0]) == np.inf


def test_float32_stays_float32_and_every_other_type_becomes_float64():
    assert cross_entropy(np.float32([1, 0]), np.float32([0.5, 0.5])).dtype == np.float32
    for narrow in (np.float16([0.5, 0.5]), np.array([0, 1], np.int8)):
        assert distribution(narrow, "p").dtype == np.float64


def test_no_distributions_at_all_have_no_entropies_but_a_distribution_has_an_event():
    assert cross_entropy(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0,)
    with pytest.raises(ValueError, match=r"p: expected shape \(..., N\), got \(3, 0\)"):
        shannon_entropy(np.zeros((3, 0)))


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_sum_may_be_off_by_about_a_ten_thousandth(sign):
    p = np.array([0.25, 0.75])  # NumPy allows another 1e-5 of the sum
    shannon_entropy(p * (1 + sign * 1.05e-4))
    with pytest.raises(ValueError, match="p: expected probabilities"):
        shannon_entropy(p * (1 + sign * 1.15e-4))


BAD = [
    (([0.5, 0.6], [0.5, 0.5]), "y: expected probabilities"),
    (([1.5, -0.5], [0.5, 0.5]), "y: expected probabilities"),
    (([0.5, 0.5], [np.nan, 0.5]), "y_hat: expected probabilities"),
    (([0.5, 0.5], [1.0]), "y_hat: expected the shape"),
    ((1.0, 1.0), "y: expected shape"),
    (([], []), "y: expected shape"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy(*arguments)
    with pytest.raises(ValueError, match=message):
        kl_divergence(*arguments)


def test_the_entropy_is_that_of_a_distribution_only():
    for p in ([0.5, 0.6], [1.5, -0.5], [np.nan, 1.0]):
        with pytest.raises(ValueError, match="p: expected probabilities"):
            shannon_entropy(p)
