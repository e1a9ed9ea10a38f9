"""Chapter 15: counts against loops, tables against dense algebra, GloVe against differences."""

from time import process_time

import numpy as np
import pytest
import scipy.linalg
from scipy import sparse

import w2v.counts
from w2v.counts import (
    WEIGHTINGS,
    GloVe,
    adagrad,
    capped,
    coals,
    cooccurrence,
    correlation,
    count_pairs,
    distance_weights,
    glove_loss_and_grad,
    glove_weight,
    log_counts,
    pmi,
    ppmi,
    svd_vectors,
    truncated_svd,
    without_words,
)
from w2v.sampling import noise_distribution
from w2v.text import outside_positions, pairs
from w2v.word2vec import Diverged


def generator(seed=0):
    return np.random.default_rng(seed)


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, strict=True, **tolerance)


def text(seed=0, N=7, T=60, sentences=6):
    """Ids and offsets of a random text, some of its sentences empty or of one word."""
    rng = generator(seed)
    inner = np.sort(rng.integers(0, T + 1, sentences - 1))
    return rng.integers(0, N, T), np.concatenate(([0], inner, [T]))


def some_counts(seed=0, shape=(6, 6), most=5):
    """A table of small counts, among them zeros, in which no row or column is empty."""
    X = generator(seed).integers(0, most, shape).astype(float)
    X[np.arange(max(shape)) % shape[0], np.arange(max(shape)) % shape[1]] += 1
    return X


# Co-occurrence


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("window", [1, 2, 5, 100])
@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_the_fast_table_is_that_of_the_loop(seed, window, weighting):
    ids, offsets = text(seed)
    weights = distance_weights(weighting, window)
    fast = cooccurrence(ids, offsets, 7, window, weighting)
    close(fast.toarray(), count_pairs(ids, offsets, 7, weights), rtol=1e-12)


@pytest.mark.parametrize("window", [1, 3, 8])
def test_a_flat_table_counts_the_pairs_that_skip_gram_trains_on(window):
    ids, offsets = text(1, T=200)
    want = np.zeros((7, 7))
    np.add.at(want, pairs(ids, offsets, window), 1)
    close(cooccurrence(ids, offsets, 7, window).toarray(), want)


def test_linear_weights_are_the_mean_over_the_random_radii_of_word2vec():
    (ids, offsets), m = text(2, T=200), 4
    want, places = np.zeros((7, 7)), np.arange(len(ids))
    for reach in range(1, m + 1):
        near, C = outside_positions(places, offsets, np.full(len(ids), reach))
        np.add.at(want, (np.repeat(ids, C), ids[near]), 1 / m)
    close(cooccurrence(ids, offsets, 7, m, "linear").toarray(), want, rtol=1e-12)


def test_a_sentence_counted_by_hand():
    X = cooccurrence([0, 1, 0, 2], [0, 4], 4, 3, "harmonic").toarray()
    third, half = 1 / 3, 1 / 2
    want = [[1, 2, 1 + third, 0], [2, 0, half, 0], [1 + third, half, 0, 0], [0] * 4]
    close(X, np.array(want), rtol=1e-15)


def test_weights_are_those_of_the_literature():
    close(distance_weights("harmonic", 4), np.array([1, 1 / 2, 1 / 3, 1 / 4]))
    close(distance_weights("linear", 4), np.array([1, 0.75, 0.5, 0.25]))
    close(distance_weights("flat", 2), np.ones(2))


def test_pairs_do_not_cross_the_end_of_a_sentence():
    X = cooccurrence([0, 1, 2, 3], [0, 2, 2, 4], 4, 5).toarray()
    want = np.zeros((4, 4))
    want[[0, 1, 2, 3], [1, 0, 3, 2]] = 1
    close(X, want)


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_the_table_is_symmetric_to_the_last_bit(weighting):
    X = cooccurrence(*text(3, T=3000), 7, 5, weighting)
    assert isinstance(X, sparse.csr_array) and X.dtype == np.float64
    assert (X != X.T).nnz == 0


def test_a_window_beyond_the_text_costs_no_more_than_one_that_fits():
    ids, offsets = text(4)
    longest = int(np.diff(offsets).max())
    for weighting in ("flat", "harmonic"):
        wide = cooccurrence(ids, offsets, 7, 10**12, weighting)
        close(
            wide.toarray(),
            cooccurrence(ids, offsets, 7, longest, weighting).toarray(),
            rtol=1e-12,
        )
    linear = cooccurrence([0, 1, 2], [0, 3], 3, 10, "linear").toarray()
    close(linear[0], np.array([0, 1, 0.9]), rtol=1e-15)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_the_pieces_of_a_text_do_not_show(monkeypatch, size):
    ids, offsets = text(5, T=200)
    whole = cooccurrence(ids, offsets, 7, 3, "harmonic").toarray()
    seen = []
    followers = w2v.counts.followers
    monkeypatch.setattr(w2v.counts, "PAIRS_AT_ONCE", size)
    monkeypatch.setattr(
        w2v.counts, "followers", lambda *a: seen.append(len(a[2])) or followers(*a)
    )
    close(cooccurrence(ids, offsets, 7, 3, "harmonic").toarray(), whole, rtol=1e-12)
    assert sum(seen) == 200 and max(seen) == max(size // 3, 1)


def test_a_word_that_never_occurs_has_an_empty_row_and_column():
    X = cooccurrence([0, 2, 0], [0, 3], 5, 2)
    assert X.shape == (5, 5)
    assert not X[[1, 3, 4]].nnz and not X[:, [1, 3, 4]].nnz and X.nnz == 3


@pytest.mark.parametrize("offsets", [[0], [0, 0], [0, 0, 0]])
def test_an_empty_text_gives_an_empty_table(offsets):
    X = cooccurrence(np.zeros(0, np.int32), offsets, 3)
    assert X.shape == (3, 3) and not X.nnz


def test_sentences_of_one_word_have_no_pairs():
    assert not cooccurrence([0, 1, 2], [0, 1, 2, 3], 3).nnz


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        (([0, 3], [0, 2], 3), IndexError, r"ids: expected .* 0\.\.2, got 3"),
        (([0, -1], [0, 2], 3), IndexError, "ids: .*got -1"),
        (([0, 1.5], [0, 2], 3), TypeError, "ids: .*got 1.5"),
        (
            ([[0, 1]], [0, 2], 3),
            ValueError,
            r"ids: expected shape \(T,\), got \(1, 2\)",
        ),
        (([0, 1], [0, 1], 3), ValueError, "offsets: expected to end at 2, got 1"),
        (([0, 1], [0, 3], 3), ValueError, "offsets: expected to end at 2, got 3"),
        (([0, 1], [1, 2], 3), ValueError, "offsets: .*rise from 0"),
        (([0, 1], [0, 2, 1, 2], 3), ValueError, "offsets: .*rise from 0"),
        (([0, 1], [], 3), ValueError, "offsets: "),
        (([0, 1], [0.0, 2.0], 3), ValueError, "offsets: expected whole numbers"),
        (([0, 1], [[0, 2]], 3), ValueError, "offsets: "),
        (([0, 1], [0, 2], 0), ValueError, "N: .*at least 1, got 0"),
        (([0, 1], [0, 2], 3, 0), ValueError, "window: .*at least 1, got 0"),
        (([0, 1], [0, 2], 3, 2.5), TypeError, "window: .*got 2.5"),
        (([0, 1], [0, 2], 3, 2, "near"), ValueError, "weighting: .*flat.*got 'near'"),
    ],
)
def test_bad_text_is_refused_with_the_name_of_the_argument(arguments, error, message):
    with pytest.raises(error, match=message):
        cooccurrence(*arguments)


def test_a_core_counts_a_million_words_a_second():
    rng = generator(6)
    share = 1 / np.arange(1, 5001)
    ids = rng.choice(5000, 200_000, p=share / share.sum()).astype(np.int32)
    offsets = np.arange(0, 200_001, 20)

    def seconds():
        start = process_time()
        cooccurrence(ids, offsets, 5000, 5)
        return process_time() - start

    assert len(ids) / min(seconds() for _ in range(5)) > 1e6


# Changed counts


def test_cures_change_what_is_stored_and_leave_the_table_alone():
    X = sparse.csr_array(some_counts(1))
    before = X.toarray()
    close(log_counts(X).toarray(), np.log1p(before), rtol=1e-15)
    close(capped(X, 2).toarray(), np.minimum(before, 2))
    without = without_words(X, [0, 3]).toarray()
    assert not without[[0, 3]].any() and not without[:, [0, 3]].any()
    others = np.ix_([1, 2, 4, 5], [1, 2, 4, 5])
    close(without[others], before[others])
    close(X.toarray(), before)


@pytest.mark.parametrize("cure", [log_counts, lambda X: capped(X, 2)])
def test_cures_refuse_what_is_no_count(cure):
    with pytest.raises(ValueError, match="X: expected counts >= 0, got -3"):
        cure([[1, -3]])
    close(
        cure([[0.0, 5], [0, 1]]).toarray(), cure(np.array([[0.0, 5], [0, 1]])).toarray()
    )


def test_a_negative_cap_and_an_unknown_word_are_refused():
    X = sparse.csr_array(some_counts())
    with pytest.raises(ValueError, match="most: expected a number >= 0, got -1"):
        capped(X, -1)
    with pytest.raises(IndexError, match=r"rows: .*0\.\.5, got 6"):
        without_words(X, [6])


# The SVD


@pytest.mark.parametrize("shape", [(9, 9), (12, 5), (5, 12)])
@pytest.mark.parametrize("d", [1, 3, 4, 5])
def test_the_terms_are_those_of_a_dense_svd(shape, d):
    A = generator(7).normal(size=shape)
    L, s, R = truncated_svd(sparse.csr_array(A), d)
    dense_L, dense_s, dense_Rt = scipy.linalg.svd(A)
    assert L.shape == (shape[0], d) and R.shape == (shape[1], d)
    close(s, dense_s[:d], rtol=1e-10)
    assert (np.diff(s) <= 0).all()
    best = (dense_L[:, :d] * dense_s[:d]) @ dense_Rt[:d]
    close((L * s) @ R.T, best, atol=1e-9)
    for columns in (L, R):
        close(columns.T @ columns, np.eye(d), atol=1e-10)
    close(((A - (L * s) @ R.T) ** 2).sum(), (dense_s[d:] ** 2).sum(), atol=1e-10)


@pytest.mark.parametrize("d", [2, 6])
def test_signs_and_start_do_not_depend_on_the_generator(d):
    A = some_counts(8, (6, 9))
    first, second = (truncated_svd(A, d, generator(seed)) for seed in (1, 2))
    for one, other in zip(first, second, strict=True):
        close(one, other, atol=1e-9)
    L, *_ = first
    assert (L[abs(L).argmax(axis=0), range(d)] > 0).all()
    for one, other in zip(truncated_svd(A, d), truncated_svd(A, d), strict=True):
        assert (one == other).all()


def test_no_table_of_the_same_rank_is_closer_in_either_norm():
    rng, d = generator(9), 3
    A = rng.normal(size=(8, 10))
    L, s, R = truncated_svd(A, d)
    error = A - (L * s) @ R.T
    for _ in range(300):
        near = 10.0 ** rng.uniform(-4, 1)
        V, U = (
            L * s + near * rng.normal(size=L.shape),
            R + near * rng.normal(size=R.shape),
        )
        for norm in ("fro", 2):
            rival = np.linalg.norm(A - V @ U.T, norm)
            assert rival > np.linalg.norm(error, norm) - 1e-12


def test_rows_and_columns_of_zeros_have_zero_vectors():
    A = some_counts(10, (9, 9))
    A[[0, 4]] = A[:, [3]] = 0
    L, _, R = truncated_svd(A, 4)
    assert abs(L[[0, 4]]).max() < 1e-14 and abs(R[3]).max() < 1e-14
    assert abs(svd_vectors(A, 4)[[0, 4]]).max() < 1e-14


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_as_many_terms_as_the_rank_are_found_and_one_more_is_refused(rank):
    rng = generator(11)
    A = rng.normal(size=(10, rank)) @ rng.normal(size=(rank, 8))
    L, s, R = truncated_svd(A, rank)
    close((L * s) @ R.T, A, atol=1e-9)
    for d in range(rank + 1, 9):
        message = f"d: expected at most {rank}, the rank of X, got {d}"
        with pytest.raises(ValueError, match=message):
            truncated_svd(A, d)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ((np.ones((4, 3)), 4), ValueError, "d: expected at most 3, the smaller side"),
        (
            (np.ones((4, 3)), 2),
            ValueError,
            "d: expected at most 1, the rank of X, got 2",
        ),
        ((np.zeros((4, 3)), 1), ValueError, "X: expected a number other than 0"),
        ((np.ones((4, 3)), 0), ValueError, "d: .*at least 1, got 0"),
        ((np.ones((4, 3)), 1.0), TypeError, "d: .*got 1.0"),
        ((np.ones(4), 1), ValueError, r"X: expected two axes, got shape \(4,\)"),
        ((np.array([[1, np.nan]]), 1), ValueError, "X: "),
        ((sparse.csr_array([[1, np.inf]]), 1), ValueError, "X: "),
        (([["a", "b"]], 1), TypeError, "X: "),
    ],
)
def test_what_has_no_svd_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        truncated_svd(*arguments)


def test_every_form_of_a_table_gives_the_same_terms():
    A = some_counts(12)
    stored = sparse.coo_array((np.ones(4), ([0, 0, 1, 2], [1, 1, 2, 0])), (3, 3))
    close(truncated_svd(stored, 1)[1], truncated_svd(stored.toarray(), 1)[1], rtol=1e-9)
    for form in (A.astype(int), sparse.coo_matrix(A), sparse.csc_array(A), A.tolist()):
        close(truncated_svd(form, 2)[1], truncated_svd(A, 2)[1], rtol=1e-9)


def test_a_small_term_is_not_taken_for_none():
    Q = np.linalg.qr(generator(14).normal(size=(8, 8)))[0]
    values = np.array([1, 1e-3, 1e-6])
    A = (Q[:, :3] * values) @ Q[:, 3:6].T
    close(truncated_svd(A, 3)[1], values, rtol=1e-6)


@pytest.mark.parametrize("power", [0, 0.5, 1])
def test_vectors_are_left_terms_times_a_power_of_the_values(power):
    A = some_counts(13)
    L, s, _ = truncated_svd(A, 3)
    close(svd_vectors(A, 3, power), L * s**power)


# Pointwise mutual information


def loop_pmi(X, shift, exponent):
    """Each cell from the definition, with shares in place of logarithms of sums."""
    out, M = np.zeros(X.shape), X.sum()
    powers = [q**exponent if q else 0 for q in X.sum(axis=0)]
    for (c, o), n in np.ndenumerate(X):
        if n:
            chance = X[c].sum() / M * powers[o] / sum(powers)
            out[c, o] = np.log(n / M / chance) - shift
    return out


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "shift, exponent", [(0, 1), (np.log(5), 1), (0.3, 0.75), (-1, 0)]
)
def test_pmi_and_ppmi_are_those_of_the_loop(seed, shift, exponent):
    X = some_counts(seed, (6, 8))
    X[2] = X[:, 5] = 0
    want = loop_pmi(X, shift, exponent)
    found = pmi(sparse.csr_array(X), shift, exponent)
    close(found.toarray(), want, atol=1e-12)
    assert found.nnz == (X > 0).sum()
    positive = ppmi(X, shift, exponent)
    close(positive.toarray(), np.maximum(want, 0), atol=1e-12)
    assert (positive.data > 0).all()


def test_the_contexts_of_pmi_follow_the_noise_distribution_of_word2vec():
    X = some_counts(3)
    P = noise_distribution(X.sum(axis=0), 0.75)
    c, o = np.nonzero(X)
    by_noise = np.log(X[c, o] / X.sum(axis=1)[c] / P[o])
    close(pmi(X, exponent=0.75).toarray()[c, o], by_noise, atol=1e-12)


def test_words_that_know_nothing_of_each_other_have_no_information():
    X = np.outer([1, 5, 20], [2.0, 3, 4, 5])
    assert abs(pmi(X).data).max() < 1e-14


@pytest.mark.parametrize("exponent", [-400, 400])
def test_an_extreme_exponent_gives_numbers(exponent):
    assert np.isfinite(pmi([[1, 1e9], [1e9, 1]], exponent=exponent).data).all()


@pytest.mark.parametrize("table", [pmi, ppmi, correlation, coals])
def test_tables_leave_the_counts_alone_and_refuse_what_is_none(table):
    X = sparse.csr_array(some_counts(4))
    before = X.toarray()
    table(X)
    close(X.toarray(), before)
    for bad, message in (
        ([[1.0, -2.0]], "X: expected counts >= 0, got -2"),
        (np.zeros((2, 2)), "X: expected a number other than 0"),
        ([[np.nan, 1]], "X: "),
        ([1.0, 2.0], "X: expected two axes"),
    ):
        with pytest.raises(ValueError, match=message):
            table(bad)


def test_a_stored_zero_is_an_empty_cell():
    X = sparse.csr_array(([1.0, 0.0, 2.0], ([0, 0, 1], [0, 1, 1])), (2, 2))
    assert pmi(X).nnz == ppmi(X).nnz == correlation(X).nnz == 2


def test_a_cell_that_is_stored_twice_counts_the_sum():
    X = sparse.csr_array(([1.0, 2.0, 4.0], [0, 0, 1], [0, 2, 3]), (2, 2))
    for table in (pmi, correlation, log_counts):
        close(table(X).toarray(), table([[3, 0], [0, 4]]).toarray(), rtol=1e-12)
    assert X.nnz == 3


def test_settings_that_are_no_numbers_are_refused_by_name():
    for name in ("shift", "exponent"):
        with pytest.raises(ValueError, match=f"{name}: "):
            pmi(some_counts(), **{name: np.nan})


# COALS


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [(4, 4), (3, 6)])
def test_correlations_are_those_of_the_answers_of_all_pairs(seed, shape):
    X = some_counts(seed, shape)
    c, o = np.repeat(np.indices(shape).reshape(2, -1), X.ravel().astype(int), axis=1)
    answers = [c == i for i in range(shape[0])] + [o == i for i in range(shape[1])]
    oracle = np.corrcoef(answers)[: shape[0], shape[0] :]
    close(correlation(X).toarray(), np.where(X > 0, oracle, 0), atol=1e-12)
    close(coals(X).toarray(), np.sqrt(np.maximum(oracle, 0)), atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_coals_and_ppmi_keep_the_same_cells(seed):
    X = some_counts(seed, (12, 12), most=4)
    information = pmi(X).toarray()
    for table in (coals(X), ppmi(X)):
        found = table.toarray()
        assert (found[information > 1e-9] > 0).all()
        assert abs(found[information < 1e-9]).max() < 1e-6


def test_words_without_pairs_stay_without():
    X = some_counts(5)
    X[1] = X[:, 1] = 0
    found = coals(X).toarray()
    assert np.isfinite(found).all() and not found[1].any() and not found[:, 1].any()


def test_a_word_that_has_all_pairs_correlates_with_nothing():
    with pytest.raises(ValueError, match="two rows or more, got all of them in row 1"):
        correlation([[0, 0], [3, 4]])
    with pytest.raises(ValueError, match="two columns or more, .* in column 0"):
        coals([[3, 0], [4, 0]])


# GloVe


def glove_tables(seed=0, N=5, M=4, d=3, scale=0.5):
    rng = generator(seed)
    return [scale * rng.normal(size=shape) for shape in ((N, d), (M, d), N, M)]


def loop_loss(V, U, a, b, X, x_max, power):
    loss = 0.0
    for (c, o), x in np.ndenumerate(X):
        if x > 0:
            weight = 1.0 if x >= x_max else (x / x_max) ** power
            loss += weight * (V[c] @ U[o] + a[c] + b[o] - np.log(x)) ** 2
    return loss


@pytest.mark.parametrize("x_max, power", [(100, 0.75), (2, 0.75), (3, 0), (2.5, 2)])
@pytest.mark.parametrize("scale", [0.01, 0.5, 2])
def test_glove_has_the_loss_of_the_loop_and_its_slopes(x_max, power, scale):
    X, tables = some_counts(1, (5, 4)), glove_tables(scale=scale)
    X[0, 1] = 0
    loss, *grads = glove_loss_and_grad(*tables, sparse.csr_array(X), x_max, power)
    assert loss == pytest.approx(loop_loss(*tables, X, x_max, power), rel=1e-12)
    for table, grad in zip(tables, grads, strict=True):
        assert grad.shape == table.shape
        for i in np.ndindex(table.shape):
            ends, kept = [], table[i]
            for step in (1e-5, -1e-5):
                table[i] = kept + step
                ends.append(loop_loss(*tables, X, x_max, power))
            table[i] = kept
            assert grad[i] == pytest.approx(
                (ends[0] - ends[1]) / 2e-5, rel=1e-6, abs=1e-7
            )


def test_the_weight_rises_with_its_power_to_one_and_stays():
    found = glove_weight(np.array([0.0, 1, 16, 81, 1000]), 81)
    close(found, np.array([0, 1 / 27, 8 / 27, 1, 1]), rtol=1e-12)


def test_words_without_counts_do_not_move():
    X = some_counts(2, (5, 4))
    X[3] = X[:, 2] = 0
    _, dV, dU, da, db = glove_loss_and_grad(*glove_tables(), X)
    assert not dV[3].any() and not dU[2].any() and not da[3] and not db[2]
    assert dV[[0, 1, 2, 4]].any(axis=1).all() and dU[[0, 1, 3]].any(axis=1).all()


@pytest.mark.parametrize(
    "change, message",
    [
        ({"V": np.zeros((4, 3))}, r"V: expected shape \(5, 3\), got \(4, 3\)"),
        ({"U": np.zeros((4, 2))}, r"U: expected shape \(4, 3\), got \(4, 2\)"),
        ({"a": np.zeros((5, 1))}, r"a: expected shape \(5,\)"),
        ({"b": np.zeros(5)}, r"b: expected shape \(4,\), got \(5,\)"),
        ({"V": np.zeros(3)}, "V: expected shape"),
        ({"V": np.full((5, 3), np.nan)}, "V: "),
        ({"X": np.zeros((5, 4))}, "X: expected a number other than 0"),
        ({"X": -np.ones((5, 4))}, "X: expected counts >= 0"),
        ({"x_max": 0}, "x_max: expected a number > 0, got 0"),
        ({"x_max": -1}, "x_max: "),
        ({"power": -0.5}, "power: expected a number >= 0"),
    ],
)
def test_glove_refuses_what_does_not_fit(change, message):
    named = dict(zip("VUab", glove_tables(), strict=True)) | {
        "X": some_counts(1, (5, 4))
    }
    with pytest.raises(ValueError, match=message):
        glove_loss_and_grad(**(named | change))


def test_adagrad_divides_by_the_root_of_the_squares_so_far():
    table, square = [np.array([1.0, 2.0])], [np.ones(2)]
    adagrad(table, square, [np.array([3.0, 0.0])], 0.5)
    close(table[0], np.array([1 - 0.5 * 3 / np.sqrt(10), 2]))
    adagrad(table, square, [np.array([1.0, 1.0])], 0.5)
    first = 1 - 1.5 / np.sqrt(10) - 0.5 / np.sqrt(11)
    close(table[0], np.array([first, 2 - 0.5 / np.sqrt(2)]))


def test_a_batch_of_all_cells_is_one_step_down_the_whole_gradient():
    X = some_counts(3, (5, 4))
    model = GloVe(X, 3, x_max=2, alpha=0.1, batch=1000)
    start = [table.astype(float) for table in model.tables]
    loss, *grads = glove_loss_and_grad(*start, X, 2)
    model.train()
    assert model.losses == [pytest.approx(loss / np.count_nonzero(X), rel=1e-5)]
    for table, before, g in zip(model.tables, start, grads, strict=True):
        moved = before - 0.1 * g / np.sqrt(1 + g * g)
        close(table.astype(float), moved, atol=1e-6)


def test_logarithms_of_low_rank_are_learned():
    V, U, a, b = glove_tables(4, 12, 12, 2)
    X = np.exp(V @ U.T + a[:, None] + b)
    model = GloVe(X, 3, x_max=0.1, alpha=0.2, batch=16)
    model.train(300)
    assert model.losses[-1] < 1e-3 * model.untrained_loss
    assert model.losses[-1] < model.losses[10] < model.losses[0]


def test_a_seed_repeats_a_training_and_passes_add_up():
    X = some_counts(5, (9, 9))
    one, two, other = (GloVe(X, 4, seed=seed, batch=10) for seed in (1, 1, 2))
    one.train(3)
    two.train()
    two.train(2)
    other.train(3)
    assert (
        (one.V == two.V).all() and (one.b == two.b).all() and one.losses == two.losses
    )
    assert (one.V != other.V).any()
    assert one.V is one.tables[0] and one.V.dtype == np.float32


def test_the_untrained_loss_is_that_of_the_start():
    X = some_counts(6)
    model = GloVe(X, 3, x_max=4, batch=7)
    tables = [table.astype(float) for table in model.tables]
    loss, *_ = glove_loss_and_grad(*tables, X, 4)
    assert model.untrained_loss == pytest.approx(loss / np.count_nonzero(X), rel=1e-5)


def test_a_step_that_is_too_long_is_reported_and_undone():
    X = cooccurrence(*text(7, N=20, T=2000), 20)
    model = GloVe(X, 8, alpha=50.0, batch=50)
    before = [x.copy() for x in (*model.tables, *model.squares)]
    with pytest.raises(Diverged, match="alpha=50 is too large") as caught:
        model.train(5)
    for x, kept in zip((*model.tables, *model.squares), before, strict=True):
        assert (x == kept).all()
    assert model.losses == [] and caught.value.alpha < 50
    cured = GloVe(X, 8, alpha=caught.value.alpha, batch=50)
    cured.train(5)
    assert max(cured.losses) < cured.untrained_loss


def test_the_step_that_is_named_was_tried_on_more_than_the_first_pass():
    X = np.exp(generator(8).normal(size=(30, 30)))
    model = GloVe(X, 200, x_max=1, alpha=2.0, batch=10_000)
    before = model.V.copy()
    with pytest.raises(Diverged) as caught:
        model.train(5)
    assert np.array_equal(model.V, before) and model.losses == []
    assert caught.value.alpha < 0.5
    cured = GloVe(X, 200, x_max=1, alpha=caught.value.alpha, batch=10_000)
    cured.train(5)
    assert max(cured.losses) <= 1.01 * cured.untrained_loss


def test_each_pass_meets_every_cell_once_in_an_order_of_its_own(monkeypatch):
    X = some_counts(9, (9, 9))
    model, kernel, seen = GloVe(X, 2, batch=4), w2v.counts.cells_loss_and_grad, []
    monkeypatch.setattr(
        w2v.counts,
        "cells_loss_and_grad",
        lambda tables, cells: (
            seen.append(list(zip(cells.c, cells.o, strict=True)))
            or kernel(tables, cells)
        ),
    )
    model.train(2)
    half = len(seen) // 2
    first, second = (sum(batches, []) for batches in (seen[:half], seen[half:]))
    cells = list(zip(*np.nonzero(X), strict=True))
    assert sorted(first) == sorted(second) == cells
    assert len({tuple(first), tuple(second), tuple(cells)}) == 3
    assert max(map(len, seen)) == 4


@pytest.mark.parametrize(
    "settings, error, message",
    [
        ({"vector_size": 0}, ValueError, "vector_size: "),
        ({"alpha": 0}, ValueError, "alpha: "),
        ({"batch": 0}, ValueError, "batch: "),
        ({"alpha": -0.1}, ValueError, "alpha: "),
        ({"seed": -1}, ValueError, "seed: "),
        ({"x_max": 0}, ValueError, "x_max: "),
        ({"power": "big"}, TypeError, "power: "),
    ],
)
def test_glove_names_the_setting_that_it_refuses(settings, error, message):
    with pytest.raises(error, match=message):
        GloVe(some_counts(), **settings)


def test_zero_passes_are_refused():
    with pytest.raises(ValueError, match="epochs: .*at least 1, got 0"):
        GloVe(some_counts(), 2).train(0)
