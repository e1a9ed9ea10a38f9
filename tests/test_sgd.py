"""Chapter 11: the gradient of a batch, the passes and the step bound, against loops of its own."""

import itertools
import math

import numpy as np
import pytest
from scipy.special import expit, log_expit

from w2v.naive_softmax import naive_softmax_loss_and_grad
from w2v.sgd import (
    by_row,
    descend,
    holding_step,
    largest_stable_step,
    minibatches,
    sgd_step,
    sgns_batch,
    step_size,
)
from w2v.skipgram import skipgram_loss_and_grad


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, strict=True, **tolerance)


def world(seed=0, N=7, d=5, B=23, K=4, sd=0.5):
    """Tables V, U and a batch: centers, outside words, negatives."""
    rng = np.random.default_rng(seed)
    words = rng.integers(0, N, B), rng.integers(0, N, B), rng.integers(0, N, (B, K))
    return rng.normal(0, sd, (N, d)), rng.normal(0, sd, (N, d)), *words


def naive(V, U, centers, outside, negatives):
    """The loss and the gradients, one pair and one word at a time, in plain Python."""
    loss, dV, dU = 0.0, np.zeros_like(V), np.zeros_like(U)
    for c, o, draws in zip(centers, outside, negatives, strict=True):
        for w, y in [(o, 1), *((k, 0) for k in draws)]:
            p = 1 / (1 + math.exp(-sum(V[c, i] * U[w, i] for i in range(len(V[c])))))
            loss -= math.log(p if y else 1 - p)
            dV[c] += (p - y) * U[w]
            dU[w] += (p - y) * V[c]
    return loss, dV, dU


def definition(V, U, centers, outside, negatives):
    """The loss of the batch alone, with SciPy's logarithm of the sigmoid."""
    true = np.sum(V[centers] * U[outside], axis=1)
    drawn = np.sum(V[centers][:, None] * U[negatives], axis=2)
    return -log_expit(true).sum() - log_expit(-drawn).sum()


# The gradient of a batch


@pytest.mark.parametrize("K", [0, 1, 4])
@pytest.mark.parametrize("seed", range(4))
def test_a_batch_is_the_sum_over_its_pairs(seed, K):
    batch = world(seed, K=K)
    loss, dV, dU = sgns_batch(*batch)
    want_loss, want_dV, want_dU = naive(*batch)
    assert loss == pytest.approx(want_loss, rel=1e-12)
    close(dV.dense(7), want_dV, atol=1e-12)
    close(dU.dense(7), want_dU, atol=1e-12)
    for rows in (dV.rows, dU.rows):
        assert (np.diff(rows) > 0).all()


@pytest.mark.parametrize("sd", [0.01, 0.5, 2.0])
def test_the_gradients_are_central_differences_of_the_loss(sd):
    V, U, *batch = world(9, B=9, sd=sd)
    _, dV, dU = sgns_batch(V, U, *batch)
    h = 1e-6
    for table, grad in ((V, dV.dense(7)), (U, dU.dense(7))):
        slope = np.zeros_like(table)
        for index in np.ndindex(table.shape):
            x = table[index]
            table[index] = x + h
            up = definition(V, U, *batch)
            table[index] = x - h
            down = definition(V, U, *batch)
            table[index] = x
            slope[index] = (up - down) / (2 * h)
        close(grad, slope, rtol=1e-6, atol=1e-7)


def test_a_batch_repeated_counts_twice():
    V, U, c, o, w = world(3)
    once = sgns_batch(V, U, c, o, w)
    twice = sgns_batch(V, U, np.tile(c, 2), np.tile(o, 2), np.tile(w, (2, 1)))
    assert twice[0] == pytest.approx(2 * once[0])
    for a, b in zip(once[1:], twice[1:], strict=True):
        close(2 * a.values, b.values, rtol=1e-12, atol=1e-14)


def test_one_word_that_is_everything_at_once():
    V, U = np.array([[1.0, 2.0]]), np.array([[0.5, -1.0]])
    batch = np.zeros(3, int), np.zeros(3, int), np.zeros((3, 2), int)
    loss, dV, dU = sgns_batch(V, U, *batch)
    want = naive(V, U, *batch)
    assert loss == pytest.approx(want[0])
    close(dV.values, want[1])
    close(dU.values, want[2])


def test_the_rows_are_those_of_the_words_that_take_part():
    V, U, c, o, w = world(5, N=60)
    _, dV, dU = sgns_batch(V, U, c, o, w)
    assert dV.rows.tolist() == sorted(set(c.tolist()))
    assert dU.rows.tolist() == sorted({*o.tolist(), *w.ravel().tolist()})


@pytest.mark.parametrize("seed", range(5))
def test_softmax_moves_every_row_of_U_and_negative_sampling_the_words_it_named(seed):
    V, U, c, o, w = world(seed, N=200, B=10, K=5)
    c[:] = c[0]
    _, dV, dU = skipgram_loss_and_grad(c[0], o, V, U, naive_softmax_loss_and_grad)
    assert dU.any(axis=1).sum() == 200 and dV.any(axis=1).nonzero()[0].tolist() == [
        c[0]
    ]
    _, dV, dU = sgns_batch(V, U, c, o, w)
    moved = dU.dense(200).any(axis=1).nonzero()[0]
    assert set(moved.tolist()) == {*o.tolist(), *w.ravel().tolist()}
    assert 11 < len(moved) <= 60 and dV.rows.tolist() == [c[0]]


def test_a_word_that_is_both_outside_and_drawn_can_cancel_to_a_zero_row():
    V, U = np.ones((2, 3)), np.zeros((2, 3))
    _, _, dU = sgns_batch(V, U, [0], [1], [[1]])
    assert dU.rows.tolist() == [1] and not dU.values.any()


def test_float32_tables_stay_float32_and_agree():
    V, U, *batch = world(2)
    narrow = V.astype(np.float32), U.astype(np.float32)
    _, dV, dU = sgns_batch(*narrow, *batch)
    assert dV.values.dtype == dU.values.dtype == dU.dense(7).dtype == np.float32
    close(dU.dense(7).astype(float), naive(V, U, *batch)[2], rtol=1e-4, atol=1e-5)
    sgd_step(*narrow, *batch, 0.1)
    descend(*narrow, [batch], 0.1)
    assert narrow[0].dtype == narrow[1].dtype == np.float32


def test_the_losses_of_float32_tables_are_added_in_float64():
    V = np.zeros((7, 5), np.float32)
    _, _, *batch = world(B=1001)
    coin = float(np.log1p(np.float32(1)))  # each of 5005 questions, with scores of zero
    loss = sgns_batch(V, V, *batch)[0]
    assert type(loss) is float and loss == pytest.approx(5005 * coin, rel=1e-13)
    assert float(np.float32(loss)) != loss


def test_huge_scores_stay_finite_and_exact():
    V, U = np.full((2, 1), 1e4), np.array([[1.0], [-1.0]])
    loss, dV, dU = sgns_batch(V, U, [0], [1], [[0]])
    assert loss == 2e4 and dV.values.tolist() == [[2.0]]
    assert dU.values.tolist() == [[1e4], [-1e4]]


def test_an_empty_batch_costs_nothing_and_touches_nothing():
    V, U, *_ = world()
    loss, dV, dU = sgns_batch(V, U, [], [], np.zeros((0, 4), int))
    assert loss == 0 and len(dV.rows) == len(dU.rows) == 0
    assert not dU.dense(7).any() and dU.dense(7).shape == (7, 5)


def test_a_sparse_table_by_row_adds_what_is_repeated():
    index, values = np.array([[4, 2, 4], [2, 2, 9]]), np.arange(1.0, 7).reshape(2, 3)
    rows, table = by_row(index, values)
    want = np.zeros((2, 10))
    np.add.at(want, (np.arange(2)[:, None], index), values)
    assert rows.tolist() == [2, 4, 9]
    close(table.toarray(), want[:, rows])


# Steps


def test_both_tables_move_at_once_and_untouched_rows_stay():
    V, U, *batch = world(4, N=40)
    loss, dV, dU = naive(V, U, *batch)
    V1, U1 = V.copy(), U.copy()
    assert sgd_step(V1, U1, *batch, 0.3) == pytest.approx(loss)
    close(V1, V - 0.3 * dV, atol=1e-12)
    close(U1, U - 0.3 * dU, atol=1e-12)
    still = 40 - len(np.unique(np.column_stack(batch[1:])))
    assert (U1 == U).all(axis=1).sum() == still > 0


def test_descending_is_one_step_after_another():
    V, U, *batch = world(4)
    V1, U1, losses = V.copy(), U.copy(), []
    for _ in range(3):
        loss, dV, dU = naive(V1, U1, *batch)
        V1, U1 = V1 - 0.01 * dV, U1 - 0.01 * dU
        losses.append(loss)
    close(descend(V, U, [batch] * 3, 0.01), np.array(losses), rtol=1e-12)
    close(V, V1, rtol=1e-10)
    close(U, U1, rtol=1e-10)
    assert losses[0] > losses[1] > losses[2]


def sigma(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("alpha", [1e-3, 0.1, 0.7])
def test_moving_V_first_shifts_each_row_of_U_by_the_derived_gap(alpha):
    V, U, c, o, w = world(7)
    _, dV, dU = naive(V, U, c, o, w)
    V1, U1 = V.copy(), U.copy()
    sgd_step(V1, U1, c, o, w, alpha)
    in_place = U - alpha * naive(V1, U, c, o, w)[2]
    gap = np.zeros_like(U)
    for b, draws in enumerate(w):
        v, g, h = V[c[b]], dV[c[b]], V[c[b]] - alpha * dV[c[b]]
        for x, s in [(o[b], 1), *((k, 0) for k in draws)]:
            p, r = sigma(U[x] @ v), sigma(U[x] @ h)
            gap[x] += alpha * (p - r) * h + alpha**2 * (p - s) * g
    close(in_place - U1, gap, atol=1e-13)
    assert np.abs(gap).max() > alpha**2


@pytest.mark.parametrize("alpha", [1e-3, 0.1, 2.0])
@pytest.mark.parametrize("draws", [[2, 3, 4], [2, 4, 2]], ids=["distinct", "repeated"])
def test_the_order_of_word2vec_c_differs_only_by_second_turns(draws, alpha):
    V, U, *_ = world(3)
    V1, U1, V2, U2 = V.copy(), U.copy(), V.copy(), U.copy()
    sgd_step(V1, U1, *map(np.array, ([0], [1], [draws])), alpha)
    for k, x in enumerate([1, *draws]):
        step = alpha * (sigma(U2[x] @ V[0]) - (k == 0))
        V2[0] -= step * U2[x]
        U2[x] -= step * V[0]
    gap, p = np.zeros_like(U), sigma(U[2] @ V[0])
    r = sigma(U[2] @ V[0] - alpha * p * V[0] @ V[0])
    gap[2] = alpha * (p - r) * V[0] * (draws.count(2) - 1)
    close(U2 - U1, gap, atol=1e-14)
    assert (np.abs(V2 - V1).max() < 1e-14) == (draws == [2, 3, 4])


def text(seed=1):
    """Three sentences of 7, 1 and 12 distinct words, each position with a reach of its own."""
    reach = np.random.default_rng(seed).integers(1, 4, 20)
    return np.arange(20, dtype=np.int32), np.array([0, 7, 8, 20]), reach


@pytest.mark.parametrize("batch", [1, 6, 19, 20, 21])
def test_a_pass_visits_every_position_once_with_its_whole_window(batch):
    ids, offsets, reach = text()
    c, o, cuts = minibatches(ids, offsets, reach, batch, np.random.default_rng(0))
    parts = np.split(c, cuts)
    assert len(parts) == math.ceil(20 / batch)
    assert sum(len(set(p.tolist())) for p in parts) == 19  # one sentence has one word
    assert all(len(set(p.tolist())) <= batch for p in parts)
    sentence = np.searchsorted(offsets, ids, side="right")
    want = {
        (t, s)
        for t, s in itertools.permutations(range(20), 2)
        if sentence[t] == sentence[s] and abs(t - s) <= reach[t]
    }
    seen = list(zip(c.tolist(), o.tolist(), strict=True))
    assert set(seen) == want and len(seen) == len(want)


def test_an_empty_text_has_no_pairs():
    none = np.zeros(0, int)
    c, o, cuts = minibatches(none, np.array([0]), none, 32, np.random.default_rng(0))
    assert len(c) == len(o) == len(cuts) == 0


def test_two_passes_go_through_the_text_in_different_orders():
    rng = np.random.default_rng(0)
    a, b = (minibatches(*text(), 6, rng)[0].tolist() for _ in range(2))
    assert a != b and sorted(a) == sorted(b)


# A batch as an estimate


def test_the_mean_over_all_batches_scaled_up_is_the_gradient_of_the_text():
    V, U, c, o, w = world(8, B=6)
    whole = sgns_batch(V, U, c, o, w)[2].dense(7)
    for B in (1, 2, 3, 6):
        picks = [list(p) for p in itertools.combinations(range(6), B)]
        parts = [sgns_batch(V, U, c[p], o[p], w[p])[2].dense(7) for p in picks]
        close(6 / B * np.mean(parts, axis=0), whole, atol=1e-13)


@pytest.mark.parametrize("B", [1, 2, 3, 5, 6])
def test_the_mean_squared_error_over_all_batches_falls_like_one_over_B(B):
    V, U, c, o, w = world(8, B=6)
    single = np.array(
        [sgns_batch(V, U, c[[t]], o[[t]], w[[t]])[1].dense(7) for t in range(6)]
    )
    picks = itertools.combinations(range(6), B)
    errors = [6 / B * single[list(p)].sum(axis=0) - single.sum(axis=0) for p in picks]
    spread = np.square(single - single.mean(axis=0)).sum()
    mean = np.square(errors).sum() / len(errors)
    assert mean == pytest.approx(6 * (6 - B) / (B * 5) * spread, abs=1e-13)


# The bound on the step


@pytest.mark.parametrize("sd", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_under_the_bound_a_step_of_one_table_lowers_the_loss_as_promised(seed, sd):
    V, U, *batch = world(seed, sd=sd)
    loss, dV, dU = sgns_batch(V, U, *batch)
    bounds = largest_stable_step(V, U, *batch)
    for name, g, bound in zip("VU", (dV, dU), bounds, strict=True):
        for share in (0.01, 0.5, 0.999):
            step = share * bound * g.dense(7)
            tables = (V - step, U) if name == "V" else (V, U - step)
            promised = share * (1 - share) * bound * np.square(g.values).sum()
            assert definition(*tables, *batch) <= loss - promised + 1e-9


@pytest.mark.parametrize("sd", [0.01, 0.5, 2.0])
def test_the_bound_is_above_every_eigenvalue_of_the_hessian(sd):
    V, U, c, o, w = world(5, N=4, d=3, B=8, K=2, sd=sd)
    for tables, bound in zip("VU", largest_stable_step(V, U, c, o, w), strict=True):

        def gradient(x, tables=tables):
            X = x.reshape(4, 3)
            a = (X, U) if tables == "V" else (V, X)
            return naive(*a, c, o, w)[1 + (tables == "U")].ravel()

        x = (V if tables == "V" else U).ravel()
        steps = 1e-5 * np.eye(x.size)
        H = np.array([(gradient(x + s) - gradient(x - s)) / 2e-5 for s in steps])
        top = np.linalg.eigvalsh((H + H.T) / 2).max()
        assert 0 < top <= 2 / bound * (1 + 1e-6)


@pytest.mark.parametrize("table", ["V", "U"])
def test_the_bound_is_sharp(table):
    fixed, moved = np.array([[2.0, 0.0]]), np.zeros((1, 2))
    V, U = (moved, fixed) if table == "V" else (fixed, moved)
    batch = [0, 0], [0, 0], [[0], [0]]  # as often true as drawn: the optimum is score 0
    bound = largest_stable_step(V, U, *map(np.array, batch))["VU".index(table)]
    assert bound == 2 / (4 * 4 / 4)
    for share, ends_at_zero in ((0.99, True), (1.01, False)):
        moved[:] = 1e-3, 0
        for _ in range(500):
            gradient = sgns_batch(V, U, *batch)[1 + "VU".index(table)]
            moved -= share * bound * gradient.dense(1)
        assert (np.abs(V @ U.T).max() < 1e-6) == ends_at_zero


def bounds(V, U, centers, outside, negatives):
    """The bounds by their definition: two over the largest sum of a row."""
    L_V, L_U = [0.0] * len(V), [0.0] * len(U)
    for c, o, draws in zip(centers, outside, negatives, strict=True):
        for w in (o, *draws):
            L_V[c] += sum(x * x for x in U[w]) / 4
            L_U[w] += sum(x * x for x in V[c]) / 4
    return [2 / max(L) if max(L) else math.inf for L in (L_V, L_U)]


@pytest.mark.parametrize("K", [0, 1, 4])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_bounds_are_those_of_the_loop_in_float64(dtype, K):
    V, U, *batch = world(1, N=9, B=17, K=K)
    V, U = V.astype(dtype), U.astype(dtype)
    want = bounds(V.astype(np.float64), U.astype(np.float64), *batch)
    found = largest_stable_step(V, U, *batch)
    assert found == pytest.approx(want, rel=1e-13) and type(found[0]) is float


def test_far_over_the_bound_the_loss_rises():
    V, U, *batch = world(1, sd=1.0)
    bound = largest_stable_step(V, U, *batch)[1]
    start = sgns_batch(V, U, *batch)[0]
    for _ in range(30):
        U -= 20 * bound * sgns_batch(V, U, *batch)[2].dense(7)
    assert sgns_batch(V, U, *batch)[0] > start


def test_zero_tables_bound_nothing():
    V, U, *batch = world()
    assert largest_stable_step(0 * V, 0 * U, *batch) == (math.inf, math.inf)


def test_an_empty_batch_bounds_nothing():
    assert largest_stable_step(*world(B=0)) == (math.inf, math.inf)


class Batches(list):
    """Batches for a hundred passes, so that a loop without end is a failure."""

    left = 100

    def __iter__(self):
        self.left -= 1
        assert self.left, "passes without end"
        return super().__iter__()


@pytest.mark.parametrize("alpha", [0.3, 3.0, 1e30])
def test_a_holding_step_lowers_the_loss_and_leaves_the_tables(alpha):
    V, U, c, o, w = world(6, B=60, sd=0.3)
    before = V.copy(), U.copy()
    batches = [(c[i::3], o[i::3], w[i::3]) for i in range(3)] * 20
    step = holding_step(V, U, Batches(batches), alpha)
    assert (before[0] == V).all() and (before[1] == U).all() and 0 < step < alpha
    untrained = sum(definition(V, U, *b) for b in batches)
    assert descend(V, U, batches, step).sum() < untrained
    assert step <= min(min(largest_stable_step(V, U, *b)) for b in batches)


def holds(V, U, batches, step):
    """Whether a trial lowers the loss, and ends where no smaller step is asked for."""
    before = sum(definition(V, U, *b) for b in batches)
    V, U, after = V.copy(), U.copy(), 0.0
    for c, o, w in batches:
        after += definition(V, U, c, o, w)
        words = np.column_stack((o, w))
        r = expit(np.einsum("bd,bkd->bk", V[c], U[words])) - (np.arange(5) == 0)
        dV, dU = np.zeros_like(V), np.zeros_like(U)
        np.add.at(dV, c, np.einsum("bk,bkd->bd", r, U[words]))
        np.add.at(dU, words, r[:, :, None] * V[c][:, None])
        V, U = V - step * dV, U - step * dU
    stable = min(x for b in batches[-50:] for x in bounds(V, U, *b))
    return after < before and step <= stable


def crowd_and_pairs(seed, before, after):
    """Tables and single pairs, with a large batch after `before` of them."""
    V, U, c, o, w = world(seed, B=120 + before + after, sd=0.3)
    cuts = [*range(1, before + 1), *range(before + 120, len(c))]
    return V, U, Batches(zip(*(np.split(x, cuts) for x in (c, o, w)), strict=True))


@pytest.mark.parametrize("alpha", [1e-3, 0.9, 1e30])
@pytest.mark.parametrize(("before", "after"), [(0, 50), (9, 49), (0, 3), (3, 0)])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_holding_step_is_the_first_half_of_a_half_that_holds(
    seed, before, after, alpha
):
    V, U, batches = crowd_and_pairs(seed, before, after)
    step = min(alpha, 1) / 2
    while not holds(V, U, batches, step):
        step /= 2
    assert step > 1e-4 and holding_step(V, U, batches, alpha) == step


def test_only_the_last_fifty_batches_bound_a_holding_step():
    early, late = (crowd_and_pairs(0, n, 50 - n) for n in (0, 1))
    assert holding_step(*early, 1) > 2 * holding_step(*late, 1)


@pytest.mark.parametrize("steps", [100, 300], ids=["to infinity", "to NaN"])
def test_a_trial_that_overflows_is_no_warning_and_does_not_hold(steps):
    V, U, *batch = world(6, d=1, B=400, sd=3.0)
    V1, U1 = V.copy(), U.copy()
    with np.errstate(all="ignore"):
        last = [sgd_step(V1, U1, *batch, 0.5) for _ in range(steps)][-1]
    assert (math.isinf if steps == 100 else math.isnan)(last)
    assert 1e-6 < holding_step(V, U, Batches([batch] * steps), 1) < 0.01


def test_a_holding_step_is_at_most_a_half_however_gentle_the_text():
    V, U, *batch = world(2, B=1, sd=0.2)
    assert min(largest_stable_step(V, U, *batch)) > 2
    for alpha, step in ((1e30, 0.5), (2, 0.5), (0.8, 0.4)):
        assert holding_step(V, U, Batches([batch] * 2), alpha) == step


@pytest.mark.parametrize(("alpha", "end"), [(4e-6, 1e-6), (4.2e-6, 5.25e-7)])
@pytest.mark.parametrize("repeats", [1, 2])
def test_halving_ends_at_a_millionth_where_nothing_lowers_the_loss(alpha, end, repeats):
    saddle = np.zeros((2, 3))
    batch = np.array([0]), np.array([1]), np.array([[0]])
    batches = Batches([batch] * repeats)
    assert holding_step(saddle, saddle, batches, alpha) == end


def test_looking_for_a_holding_step_ends_where_none_exists():
    V, U = np.zeros((2, 3)), np.zeros((2, 3))  # a saddle: no step changes the loss
    batches = Batches([(np.array([0]), np.array([1]), np.array([[0]]))])
    assert 0 < holding_step(V, U, batches, 1) < 1e-6


# Bad input


def good():
    V, U, c, o, w = world()
    return {"V": V, "U": U, "centers": c, "outside": o, "negatives": w}


BAD = [
    ("V", np.ones((7, 4)), ValueError, "V, U: expected one shape"),
    ("V", np.ones(7), ValueError, "V, U: expected one shape"),
    ("V", np.full((7, 5), np.nan), ValueError, "V: expected finite"),
    ("U", np.full((7, 5), np.inf), ValueError, "U: expected finite"),
    ("U", "table", TypeError, "U: expected real"),
    ("centers", np.full(23, 7), IndexError, "centers"),
    ("centers", np.full(23, -1), IndexError, "centers"),
    ("centers", np.full(23, 1.0), TypeError, "centers"),
    ("centers", 3, ValueError, "centers: expected shape"),
    ("outside", np.zeros(22, int), ValueError, r"outside: expected shape \(23,\)"),
    ("outside", np.full(23, 7), IndexError, "outside"),
    (
        "negatives",
        np.zeros(23, int),
        ValueError,
        r"negatives: expected shape \(23, K\)",
    ),
    ("negatives", np.zeros((22, 4), int), ValueError, "negatives: expected shape"),
    ("negatives", np.full((23, 4), 0.5), TypeError, "negatives"),
    ("negatives", np.full((23, 4), 99), IndexError, "negatives"),
]


@pytest.mark.parametrize(("name", "value", "error", "message"), BAD)
def test_a_bad_batch_is_named_by_both_ways_in(name, value, error, message):
    given = {**good(), name: value}
    with pytest.raises(error, match=message):
        sgns_batch(**given)
    V, U, *batch = given.values()
    with pytest.raises(error, match=message):
        descend(V, U, [batch], 0.1)


def test_a_bad_batch_among_good_ones_moves_nothing():
    V, U, *batch = good().values()
    before = V.copy()
    with pytest.raises(IndexError, match="outside"):
        descend(V, U, [batch, (batch[0], batch[1] + 7, batch[2])], 0.1)
    assert (before == V).all()


@pytest.mark.parametrize("kind", [list, lambda X: X.astype(int)])
def test_tables_that_could_not_be_updated_in_place_are_refused(kind):
    V, U, *batch = good().values()
    for tables in ((kind(V), U), (V, kind(U))):
        with pytest.raises(TypeError, match="V, U: expected float arrays"):
            descend(*tables, [batch], 0.1)


def test_two_rows_are_no_two_tables():
    _, _, *batch = good().values()
    with pytest.raises(ValueError, match="V, U: expected one shape"):
        sgns_batch(np.ones(7), np.ones(7), *batch)


@pytest.mark.parametrize("alpha", [1, 0.25, np.float32(0.25), np.array(2)], ids=repr)
def test_a_step_size_is_a_float_of_python(alpha):
    assert type(step_size(alpha)) is float and step_size(alpha) == alpha


ALPHAS = [(0, ValueError), (-0.1, ValueError), (np.nan, ValueError)]
ALPHAS += [(np.inf, ValueError), ([0.1, 0.2], ValueError), ("fast", TypeError)]


@pytest.mark.parametrize(("alpha", "error"), ALPHAS)
def test_a_bad_step_size_is_named(alpha, error):
    V, U, *batch = good().values()
    for function in (descend, holding_step):
        with pytest.raises(error, match="alpha: expected"):
            function(V, U, [batch], alpha)


def test_no_batches_leave_nothing_to_try():
    V, U, *_ = world()
    assert descend(V, U, [], 0.1).shape == (0,)
    with pytest.raises(ValueError, match="batches: expected at least one"):
        holding_step(V, U, [], 0.1)


def test_a_bad_batch_size_and_a_bad_reach_are_named():
    ids, offsets, reach = text()
    rng = np.random.default_rng(0)
    for batch, error in ((0, ValueError), (-3, ValueError), (1.5, TypeError)):
        with pytest.raises(error, match="batch"):
            minibatches(ids, offsets, reach, batch, rng)
    with pytest.raises(ValueError, match="reach: expected one radius"):
        minibatches(ids, offsets, reach[:-1], 4, rng)
