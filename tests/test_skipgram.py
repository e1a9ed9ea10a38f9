"""Chapter 07: what a window promises for any pair loss, and its answers to bad input."""

import numpy as np
import pytest

from w2v import (
    naive_softmax_loss_and_grad,
    negative_sampling_loss_and_grad,
    skipgram_loss_and_grad,
)


def tables(seed=0, N=7, d=5, dtype=float, sd=1.0):
    return np.random.default_rng(seed).normal(0, sd, (2, N, d)).astype(dtype)


def squared(v, o, U):
    """A pair loss that is not from this book: half the squared distance."""
    gap = v - U[o]
    dU = np.zeros_like(U)
    dU[o] = -gap
    return 0.5 * gap @ gap, gap, dU


def test_the_pair_loss_is_called_once_a_position_in_order():
    V, U = tables()
    seen = []

    def pair(v, o, U):
        seen.append(o)
        assert (v == V[3]).all()
        return squared(v, o, U)

    skipgram_loss_and_grad(3, [5, 0, 5, 1], V, U, pair)
    assert seen == [5, 0, 5, 1]
    assert all(type(o) is int for o in seen)


def test_the_gradients_of_a_window_are_those_of_its_loss_for_any_pair_loss():
    V, U = tables()
    context = [5, 0, 5, 3]
    _, dV, dU = skipgram_loss_and_grad(3, context, V, U, squared)
    h = 1e-6
    for index in np.ndindex(V.shape):
        step = np.zeros_like(V)
        step[index] = h
        for grad, ahead, behind in (
            (dV, (V + step, U), (V - step, U)),
            (dU, (V, U + step), (V, U - step)),
        ):
            up, down = (
                skipgram_loss_and_grad(3, context, *t, squared)[0]
                for t in (ahead, behind)
            )
            assert grad[index] == pytest.approx((up - down) / (2 * h), abs=1e-8)


def test_only_the_center_row_of_V_moves():
    V, U = tables()
    _, dV, _ = skipgram_loss_and_grad(3, [5, 0], V, U, squared)
    assert (dV != 0).any(axis=1).nonzero()[0].tolist() == [3]


def test_a_repeated_context_word_counts_as_often_as_it_stands_there():
    V, U = tables()
    once, twice = (skipgram_loss_and_grad(3, c, V, U, squared) for c in ([5], [5, 5]))
    for a, b in zip(once, twice, strict=True):
        np.testing.assert_allclose(2 * a, b)


def test_an_empty_context_has_loss_zero_and_gradient_zero():
    V, U = tables()
    loss, dV, dU = skipgram_loss_and_grad(3, [], V, U, squared)
    assert loss == 0 and not dV.any() and not dU.any() and dU.shape == U.shape
    V, U = tables(dtype=np.float32)
    assert skipgram_loss_and_grad(3, [], V, U, squared)[0].dtype == np.float32


def test_a_closure_may_draw_its_own_negatives_and_float32_stays():
    V, U = tables(dtype=np.float32)
    rng = np.random.default_rng(1)
    loss, dV, dU = skipgram_loss_and_grad(
        3,
        [5, 0],
        V,
        U,
        lambda v, o, U: negative_sampling_loss_and_grad(v, o, rng.integers(0, 7, 4), U),
    )
    assert loss.dtype == dV.dtype == dU.dtype == np.float32


def sampled(v, o, U):
    """Negative sampling with draws that hit the center 3, the word 5, and 5 again."""
    return negative_sampling_loss_and_grad(v, o, [3, 5, 5, 1], U)


@pytest.mark.parametrize("pair", [naive_softmax_loss_and_grad, sampled])
@pytest.mark.parametrize("context", [[5, 0], [3], [3, 5, 3]], ids=str)
def test_with_one_table_the_gradient_is_the_sum_of_both(pair, context):
    V, _ = tables(sd=0.5)
    _, dV, dU = skipgram_loss_and_grad(3, context, V, V, pair)
    h = 1e-6
    for index in np.ndindex(V.shape):
        step = np.zeros_like(V)
        step[index] = h
        up, down = (
            skipgram_loss_and_grad(3, context, X, X, pair)[0]
            for X in (V + step, V - step)
        )
        slope = (up - down) / (2 * h)
        assert (dV + dU)[index] == pytest.approx(slope, abs=1e-7)


def test_one_table_cannot_beat_a_coin_on_an_alternating_text_and_two_tables_can():
    def loss(V, U):
        turns = [(0, 1), (1, 0)]
        return sum(
            skipgram_loss_and_grad(c, [o], V, U, naive_softmax_loss_and_grad)[0]
            for c, o in turns
        )

    rng = np.random.default_rng(2)
    worlds = rng.normal(size=(200, 2, 3)) * rng.choice([0.1, 1, 3], (200, 1, 1))
    assert min(loss(V, V) for V in worlds) >= 2 * np.log(2) - 1e-12
    assert loss(5 * np.eye(2), 5 * np.eye(2)[::-1]) < 1e-9


BAD = [
    ({"center": 7}, IndexError, "center"),
    ({"center": [1]}, ValueError, "center"),
    ({"center": 1.5}, TypeError, "center"),
    ({"context": [0, -1]}, IndexError, "context"),
    ({"context": 3}, ValueError, "context"),
    ({"context": ["a"]}, TypeError, "context"),
    ({"V": np.ones((7, 4))}, ValueError, "V, U"),
    ({"U": np.ones((7, 5, 1))}, ValueError, "V, U"),
    ({"U": np.full((7, 5), np.nan)}, ValueError, "U: expected finite"),
]


@pytest.mark.parametrize(("change", "error", "message"), BAD)
def test_bad_input_is_named(change, error, message):
    V, U = tables()
    good = {"center": 3, "context": [5, 0], "V": V, "U": U, "pair": squared}
    with pytest.raises(error, match=message):
        skipgram_loss_and_grad(**{**good, **change})
