"""Chapter 04 against SciPy, and its answers to bad input."""

import numpy as np
import pytest
from scipy import special

from w2v import log_softmax, softmax

ROWS = np.random.default_rng(0).normal(0, 5, (4, 7))
HUGE = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4 - 1, -1e4]])


@pytest.mark.parametrize("z", [ROWS, HUGE, ROWS[0], ROWS[:, :1], np.zeros((0, 3))])
def test_both_functions_agree_with_scipy_without_a_warning(z):
    with np.errstate(all="raise", under="ignore"):
        got, got_log = softmax(z), log_softmax(z)
    np.testing.assert_allclose(got, special.softmax(z, axis=-1), strict=True)
    np.testing.assert_allclose(got_log, special.log_softmax(z, axis=-1), rtol=1e-6)


def test_float32_stays_float32_and_integers_become_float64():
    assert softmax(ROWS.astype(np.float32)).dtype == np.float32
    assert softmax([1, 2]).dtype == log_softmax([1, 2]).dtype == np.float64


def test_the_scores_are_left_as_they_were():
    z = ROWS.copy()
    softmax(z), log_softmax(z)
    assert (z == ROWS).all()


@pytest.mark.parametrize("z", [3.0, [], np.zeros((2, 0))])
@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_scores_without_a_word_are_refused(function, z):
    with pytest.raises(ValueError, match="z: expected shape"):
        function(z)


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="z: expected real"):
        softmax(["a"])
