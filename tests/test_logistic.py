"""Chapter 03 against SciPy, and what its functions promise about types."""

import numpy as np
import pytest
from scipy import special

import w2v
from w2v.logistic import as_floats, log_sigmoid, sigmoid, sigmoid_derivative

SCORES = np.concatenate([np.linspace(-40, 40, 801), [-1e4, -745.0, 745.0, 1e4, 1e308]])


def test_sigmoid_agrees_with_scipy_without_a_warning():
    with np.errstate(all="raise", under="ignore"):
        got = sigmoid(SCORES)
    np.testing.assert_allclose(
        got, special.expit(SCORES), rtol=1e-13, atol=1e-300, strict=True
    )


def test_log_sigmoid_agrees_with_scipy_without_a_warning():
    with np.errstate(all="raise", under="ignore"):
        got = log_sigmoid(SCORES)
    np.testing.assert_allclose(got, special.log_expit(SCORES), rtol=1e-13, strict=True)


def test_the_derivative_agrees_with_finite_differences():
    h, x = 1e-6, np.linspace(-8, 8, 65)
    slope = (special.expit(x + h) - special.expit(x - h)) / (2 * h)
    np.testing.assert_allclose(sigmoid_derivative(x), slope, atol=1e-9, strict=True)


@pytest.mark.parametrize("function", [sigmoid, log_sigmoid, sigmoid_derivative])
def test_shapes_are_kept_and_float32_stays_float32(function):
    assert function(np.zeros((3, 2, 0))).shape == (3, 2, 0)
    assert function(np.float32(0.5)).dtype == np.float32
    assert function(np.zeros(3, np.float32)).dtype == np.float32
    assert function([0, 1]).dtype == function(np.zeros(2, np.float16)).dtype == float


@pytest.mark.parametrize("function", [sigmoid, log_sigmoid])
def test_infinities_have_their_limits_and_nan_stays_nan(function):
    limits = {sigmoid: [0.0, 1.0], log_sigmoid: [-np.inf, 0.0]}[function]
    assert function(np.array([-np.inf, np.inf])).tolist() == limits
    assert np.isnan(function(np.nan))


@pytest.mark.parametrize("x", [2, 0.5, np.float32(0.5), np.float64(0.5)], ids=str)
def test_a_single_number_too_becomes_an_array(x):
    array = as_floats(x)
    assert isinstance(array, np.ndarray) and array.shape == () and array == x


@pytest.mark.parametrize("x", ["0.5", None, 1j, [True], [[1], [1, 2]]])
def test_what_is_not_a_real_number_is_refused(x):
    with pytest.raises((TypeError, ValueError)):
        sigmoid(x)


@pytest.mark.parametrize(("dtype", "digits"), [(np.float64, 53), (np.float32, 24)])
def test_a_float_is_one_only_from_as_many_logs_of_two_as_it_has_digits(dtype, digits):
    edge = digits * np.log(2)
    below, above = sigmoid(np.array([edge - 0.01, edge + 0.01], dtype))
    assert below < 1 and above == 1
    rest = sigmoid(np.array([-edge - 0.01], dtype))
    np.testing.assert_allclose(rest, special.expit(-edge - 0.01), rtol=1e-5)


def test_flipping_the_score_gives_the_rest_of_one_and_not_the_same():
    there, back = sigmoid(SCORES), sigmoid(-SCORES)
    np.testing.assert_allclose(there + back, np.ones_like(SCORES), strict=True)
    assert ((there == back) == (SCORES == 0)).all()


def test_the_package_offers_both_functions():
    assert w2v.sigmoid is sigmoid and w2v.log_sigmoid is log_sigmoid
