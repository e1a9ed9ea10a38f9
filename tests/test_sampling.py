"""Chapter 10: the noise distribution, the draws and the subsample, against counting."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import chisquare

from w2v.sampling import (
    alias_table,
    closed_cells,
    cumulative,
    draw,
    draw_alias,
    draw_negatives,
    keep_probability,
    noise_distribution,
    number,
    paper_keep_probability,
    probabilities,
    subsample,
)


def generator(seed=0):
    return np.random.default_rng(seed)


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, strict=True, **tolerance)


# The noise distribution


def test_the_noise_is_the_three_quarter_power_of_the_counts():
    close(noise_distribution([16, 81, 0, 1]), np.array([8, 27, 0, 1]) / 36, rtol=1e-14)


@pytest.mark.parametrize("power", [-2, -0.75, 0, 0.5, 0.75, 1, 3])
def test_any_power_gives_a_distribution_in_the_ratio_of_the_powers(power):
    f = np.array([1, 7, 90, 12_345, 10**9])
    P = noise_distribution(f, power)
    assert P.sum() == pytest.approx(1, abs=1e-15)
    for i, j in np.ndindex(5, 5):
        ratio = (int(f[i]) / int(f[j])) ** power
        assert P[i] == pytest.approx(ratio * P[j], rel=1e-12)


def test_a_word_that_never_occurs_is_never_drawn_whatever_the_power():
    for power in (-1, 0, 0.75):
        P = noise_distribution([0, 3, 0, 5], power)
        assert (P > 0).tolist() == [False, True, False, True]


@pytest.mark.parametrize("power", [-1000, 1000])
def test_a_huge_power_neither_overflows_nor_loses_the_sum(power):
    P = noise_distribution([0, 1, 10**12], power)
    assert P.tolist() == ([0, 1, 0] if power < 0 else [0, 0, 1])


@pytest.mark.parametrize("power", [-1000, -1, 0.75, 3])
@pytest.mark.parametrize("scale", [1e-9, 0.1, 1e3])
def test_only_the_ratios_of_the_counts_matter(scale, power):
    f = np.array([0, 10, 1, 2])
    close(noise_distribution(f * scale, power), noise_distribution(f, power), rtol=1e-9)


def test_a_huge_negative_power_of_large_counts_leaves_the_rarest_word():
    assert noise_distribution([0, 10, 10**12], -1000).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "function", [noise_distribution, keep_probability, paper_keep_probability]
)
def test_float32_counts_are_computed_in_float64(function):
    f = np.array([1000, 100, 7, 3, 0])
    close(function(f.astype(np.float32)), function(f), rtol=1e-15)


def test_rare_words_gain_and_frequent_words_lose():
    f = np.array([50_000, 2_000, 90, 5, 5])
    gain = noise_distribution(f) / (f / f.sum())
    assert (np.diff(gain) >= 0).all() and gain[0] < 1 < gain[-1]


# The draws


def test_draws_follow_the_distribution():
    P = noise_distribution([50, 0, 20, 3, 1, 0])
    seen = np.bincount(draw(cumulative(P), 200_000, generator(3)), minlength=6)
    assert seen[P == 0].sum() == 0
    assert chisquare(seen[P > 0], 200_000 * P[P > 0]).pvalue > 0.001


def test_draws_from_another_distribution_are_noticed():
    seen = np.bincount(draw(cumulative([0.5, 0.3, 0.2]), 200_000, generator(3)))
    assert chisquare(seen, 200_000 * np.array([0.5, 0.31, 0.19])).pvalue < 1e-6


def test_the_probabilities_behind_a_cumulative_distribution_come_back():
    P = np.array([0.5, 0, 0.125, 0.375])
    close(probabilities(cumulative(P)), P)


def test_drawn_words_take_four_bytes_each():
    F = cumulative([0.5, 0.25, 0.25])
    assert draw(F, (2, 3), generator()).dtype == np.int32
    assert draw_negatives(F, [0, 1], 3, generator()).dtype == np.int32


class Fixed:
    """A generator that returns the numbers it was given."""

    def __init__(self, *numbers):
        self.numbers = np.array(numbers)

    def random(self, shape):
        return self.numbers.reshape(shape)


def test_the_extreme_uniform_numbers_draw_possible_words():
    F = cumulative(np.array([0, 0.1, 0, 0.2, 0.7, 0]))
    edges = [0, np.nextafter(F[1], 0), F[1], np.nextafter(F[3], 0), F[3]]
    drawn = draw(F, 6, Fixed(*edges, np.nextafter(1, 0)))
    assert drawn.tolist() == [1, 1, 3, 3, 4, 4]


def test_no_uniform_number_falls_off_the_end_of_a_long_table():
    P = np.full(10**5, 1e-5)
    assert np.cumsum(P)[-1] != 1
    F = cumulative(P)
    assert F[-1] == 1 and draw(F, 1, Fixed(np.nextafter(1, 0)))[0] == 10**5 - 1


# The alias table


def mass(prob, alias):
    """N times the probability of each word: what the cells hold of it."""
    total = [0] * len(prob)
    for j in range(len(prob)):
        total[j] += prob[j]
        total[alias[j]] += 1 - prob[j]
    return total


@pytest.mark.parametrize("seed", range(30))
def test_the_construction_is_exact_in_exact_numbers(seed):
    rng = generator(seed)
    weights = rng.integers(0, 10 ** (1 + seed % 6), 1 + seed) + seed % 2
    weights[0] += 1
    P = [Fraction(int(x), int(weights.sum())) for x in weights]
    masses = [len(P) * p for p in P]
    prob, alias = closed_cells(masses)
    assert masses == [len(P) * p for p in P]
    assert all(0 <= q <= 1 for q in prob)
    assert mass(prob, alias) == [len(P) * p for p in P]


@pytest.mark.parametrize("N", [1, 2, 7, 1000, 20_000])
@pytest.mark.parametrize("power", [0, 0.75, 5])
def test_the_law_of_an_alias_table_is_the_distribution(N, power):
    P = noise_distribution(10**6 / np.arange(1, N + 1), power)
    prob, alias = alias_table(P)
    assert prob.shape == alias.shape == (N,) and alias.dtype == np.int32
    assert prob.min() >= 0 and prob.max() <= 1
    close(np.array(mass(prob, alias)) / N, P, rtol=1e-10, atol=1e-16)


def test_a_word_without_probability_is_in_no_cell():
    P = np.array([0.5, 0, 0.2, 0, 0.3, 0])
    prob, alias = alias_table(P)
    assert (prob[P == 0] == 0).all() and (P[alias] > 0).all()
    seen = np.bincount(draw_alias(prob, alias, 50_000, generator()), minlength=6)
    assert (seen[P == 0] == 0).all() and (seen[P > 0] > 0).all()


def test_equal_words_and_a_single_word_need_no_alias():
    for N in (1, 8):
        prob, alias = alias_table(np.ones(N))
        assert prob.tolist() == [1] * N
        assert alias.tolist() == list(range(N))
    assert draw_alias(*alias_table([3.0]), 5, generator()).tolist() == [0] * 5


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1, 1e307])
def test_the_size_of_the_weights_does_not_matter(scale):
    prob, alias = alias_table(np.array([1, 3, 4]) * scale)
    close(np.array(mass(prob, alias)), np.array([3, 9, 12]) / 8, rtol=1e-14)


@pytest.mark.parametrize("shape", [(), 3, (2, 0), (5, 4)])
def test_alias_draws_have_the_shape_asked_for(shape):
    drawn = draw_alias(*alias_table([1, 2, 3]), shape, generator())
    assert drawn.shape == np.empty(shape).shape and drawn.dtype == np.int32


def test_alias_draws_follow_the_distribution():
    P = noise_distribution([5000, 300, 20, 20, 3, 1, 700])
    seen = np.bincount(draw_alias(*alias_table(P), 300_000, generator(4)), minlength=7)
    assert chisquare(seen, 300_000 * P).pvalue > 0.001
    other = np.bincount(draw(cumulative(P), 300_000, generator(4)), minlength=7)
    assert chisquare(other, 300_000 * P).pvalue > 0.001


class Coins(Fixed):
    """A generator that returns the cells 0, 1, 2, ... and the numbers it was given."""

    def integers(self, N, *, size, dtype):
        return np.arange(size, dtype=dtype) % N


def test_the_coin_falls_on_the_own_word_below_its_share_and_not_at_it():
    prob, alias = np.array([0.25, 0.0, 1.0]), np.array([2, 0, 2])
    flips = Coins(np.nextafter(0.25, 0), 0.0, np.nextafter(1, 0), 0.25, 0.5, 0.0)
    assert draw_alias(prob, alias, 6, flips).tolist() == [0, 0, 2, 2, 0, 2]


# Draws other than the true word


class Impatient:
    """A generator that gives up, so that a loop without end is a failure."""

    def __init__(self, seed=0):
        self.rng, self.left = generator(seed), 1000

    def random(self, shape):
        self.left -= 1
        assert self.left, "draws without end"
        return self.rng.random(shape)


def test_negatives_never_equal_their_outside_word_and_share_the_rest():
    P = np.array([0.5, 0.25, 0.15, 0.1])
    outside = np.repeat([0, 3], 40_000)
    negatives = draw_negatives(cumulative(P), outside, 3, Impatient())
    assert negatives.shape == (80_000, 3) and not (negatives == outside[:, None]).any()
    for o in (0, 3):
        others = np.arange(4) != o
        seen = np.bincount(negatives[outside == o].ravel(), minlength=4)[others]
        expected = seen.sum() * P[others] / P[others].sum()
        assert chisquare(seen, expected).pvalue > 0.001


def test_the_same_seed_draws_the_same_negatives():
    F = cumulative([0.5, 0.25, 0.25])
    a, b, c = (draw_negatives(F, [0, 1, 2] * 9, 4, Impatient(s)) for s in (1, 1, 2))
    assert (a == b).all() and (a != c).any()


def test_zero_draws_and_zero_pairs_are_fine():
    F = cumulative([1.0, 0.0])
    assert draw_negatives(F, [0, 0, 1], 0, Impatient()).shape == (3, 0)
    assert draw_negatives(F, [], 5, Impatient()).shape == (0, 5)


def test_the_only_word_can_be_drawn_for_another_word_but_not_for_itself():
    F = cumulative([0.0, 1.0])
    assert draw_negatives(F, [0, 0], 2, Impatient()).tolist() == [[1, 1], [1, 1]]
    with pytest.raises(ValueError, match="only one word"):
        draw_negatives(F, [0, 1], 2, Impatient())


class Last:
    """A generator of nothing but the largest number below one."""

    def random(self, shape):
        return np.full(shape, np.nextafter(1, 0))


def test_an_outside_word_is_too_likely_from_a_millionth_below_one():
    def drawn(rest):
        F = np.array([1 - rest, 1.0])
        return draw_negatives(F, (0, 0), 2, Last()).tolist()

    assert drawn(1.05e-6) == [[1, 1], [1, 1]]
    with pytest.raises(ValueError, match="only one word"):
        drawn(0.95e-6)


def test_the_first_word_too_may_be_the_only_one():
    with pytest.raises(ValueError, match="only one word"):
        draw_negatives(cumulative([1.0, 0.0]), [0], 2, Impatient())


# Subsampling


def test_the_keep_probability_is_that_of_word2vec_c():
    counts, t = np.array([1000, 100, 10, 1]), 1e-2
    n = counts.sum()
    in_c = [(math.sqrt(f / (t * n)) + 1) * (t * n) / f for f in counts]
    close(keep_probability(counts, t), np.minimum(in_c, 1), rtol=1e-14)


@pytest.mark.parametrize("function", [keep_probability, paper_keep_probability])
def test_the_threshold_is_a_thousandth_where_nothing_is_said(function):
    counts = np.array([1000, 100, 10, 1])
    close(function(counts), function(counts, 0.001))
    assert 0 < function(counts)[0] < function(counts)[1] < 1


@pytest.mark.parametrize("function", [keep_probability, paper_keep_probability])
def test_a_word_that_occurs_once_is_thinned_out_like_any_other(function):
    rare, often = (function(np.full(4, f), 0.01) for f in (1, 1000))
    close(rare, often)
    assert (rare < 1).all()


def test_a_word_is_kept_below_its_probability_and_not_at_it():
    keep, ids = np.array([0.0, 0.5, 1.0]), np.array([0, 1, 1, 2])
    rng = Fixed(0.0, 0.5, np.nextafter(0.5, 0), np.nextafter(1, 0))
    kept, offsets = subsample(ids, np.array([0, 2, 4]), keep, rng)
    assert kept.tolist() == [1, 2] and offsets.tolist() == [0, 0, 2]


def test_the_paper_discards_with_one_minus_the_root_and_keeps_less():
    counts, t = np.array([5000, 200, 40, 11, 1, 0]), 1e-2
    share = counts / counts.sum()
    discard = [max(0, 1 - math.sqrt(t / p)) if p else 0 for p in share]
    paper = paper_keep_probability(counts, t)
    close(1 - paper, np.array(discard), atol=1e-15)
    below_one = keep_probability(counts, t) < 1
    gap = (keep_probability(counts, t) - paper)[below_one]
    close(gap * counts[below_one], np.full(below_one.sum(), t * counts.sum()))
    assert (paper <= keep_probability(counts, t)).all() and below_one.sum() == 2


def test_the_paper_thins_out_from_the_threshold_on():
    t, n = 1e-3, 10**9
    for factor, kept in ((1 - 1e-6, True), (1 + 1e-6, False)):
        f = round(factor * t * n)
        assert (paper_keep_probability([f, n - f], t)[0] == 1) == kept


def test_thinning_begins_at_the_square_of_the_golden_ratio_times_the_threshold():
    golden, t, n = (3 + 5**0.5) / 2, 1e-3, 10**9
    for factor, kept in ((1 - 1e-6, True), (1 + 1e-6, False)):
        f = round(factor * golden * t * n)
        assert (keep_probability([f, n - f], t)[0] == 1) == kept


def test_a_threshold_of_zero_keeps_everything_and_so_does_a_huge_one():
    counts = np.array([1000, 1, 0])
    for t in (0, 0.0, 1e6):
        close(keep_probability(counts, t), np.ones(3))
        close(paper_keep_probability(counts, t), np.ones(3))


def test_subsampling_keeps_sentences_apart_and_words_in_order():
    ids = np.arange(3000, dtype=np.int32) % 3
    offsets = np.array([0, 0, 1500, 3000, 3000])
    kept, starts = subsample(ids, offsets, np.array([0.0, 0.5, 1.0]), generator())
    assert starts[[0, 1]].tolist() == [0, 0]
    assert starts[[3, 4]].tolist() == [len(kept)] * 2
    assert (kept[: starts[2]] == 2).sum() == (kept[starts[2] :] == 2).sum() == 500
    assert (kept == 0).sum() == 0 and abs((kept == 1).sum() - 500) < 5 * 250**0.5


def test_subsampling_that_keeps_all_or_nothing():
    ids, offsets = np.array([2, 0, 1]), np.array([0, 2, 3])
    kept, starts = subsample(ids, offsets, np.ones(3), generator())
    assert kept.tolist() == [2, 0, 1] and starts.tolist() == [0, 2, 3]
    kept, starts = subsample(ids, offsets, np.zeros(3), generator())
    assert kept.tolist() == [] and starts.tolist() == [0, 0, 0]


# Bad input

COUNTS = [
    ([], ValueError),
    ([0, 0], ValueError),
    ([-1, 2], ValueError),
    ([[1, 2]], ValueError),
    (3, ValueError),
    ([np.nan, 1], ValueError),
    ([np.inf, 1], ValueError),
    (["a", "b"], TypeError),
    (None, TypeError),
]


@pytest.mark.parametrize(("counts", "error"), COUNTS)
@pytest.mark.parametrize(
    "function", [noise_distribution, keep_probability, paper_keep_probability]
)
def test_bad_counts_are_named(function, counts, error):
    with pytest.raises(error, match="counts: expected"):
        function(counts)


@pytest.mark.parametrize(("weights", "error"), COUNTS)
def test_bad_weights_of_an_alias_table_are_named(weights, error):
    with pytest.raises(error, match="P: expected"):
        alias_table(weights)


NUMBERS = [(np.nan, ValueError), (np.inf, ValueError), ("1", TypeError)]
NUMBERS += [([0.5, 1], ValueError), (None, TypeError), (True, TypeError)]


@pytest.mark.parametrize("power", [1e308, -1e308])
def test_a_power_beyond_all_numbers_is_named(power):
    with pytest.raises(ValueError, match="ns_exponent: expected a power that fits"):
        noise_distribution([100, 20], power)


@pytest.mark.parametrize(("value", "error"), NUMBERS)
def test_a_bad_power_and_a_bad_threshold_are_named(value, error):
    with pytest.raises(error, match="ns_exponent: expected"):
        noise_distribution([1, 2], value)
    with pytest.raises(error, match="sample: expected"):
        keep_probability([1, 2], value)


@pytest.mark.parametrize("x", [2, 0.5, np.float32(0.5), np.array(3)], ids=repr)
def test_a_number_is_a_float_of_python(x):
    assert type(number(x, "x")) is float and number(x, "x") == x


def test_a_negative_threshold_is_refused():
    with pytest.raises(ValueError, match="sample: expected a number >= 0, got -1"):
        keep_probability([1, 2], -1)


GOOD = {"F": np.array([0.5, 1.0]), "outside": [0, 1], "K": 2}
BAD = [
    ("F", [0.5, 0.9], ValueError, "F: expected a cumulative"),
    ("F", [0.7, 0.5, 1.0], ValueError, "F: expected a cumulative"),
    ("F", [-0.1, 1.0], ValueError, "F: expected a cumulative"),
    ("F", [np.nan, 1.0], ValueError, "F: expected finite"),
    ("F", [[0.5, 1.0]], ValueError, "F: expected a cumulative"),
    ("F", [], ValueError, "F: expected a cumulative"),
    ("F", "noise", TypeError, "F: expected real"),
    ("outside", [0, 2], IndexError, "outside"),
    ("outside", [-1], IndexError, "outside"),
    ("outside", [0.0], TypeError, "outside"),
    ("outside", [[0]], ValueError, "outside: expected shape"),
    ("outside", 0, ValueError, "outside: expected shape"),
    ("K", -1, ValueError, "K"),
    ("K", 1.5, TypeError, "K"),
    ("K", "2", TypeError, "K"),
]


@pytest.mark.parametrize(("name", "value", "error", "message"), BAD)
def test_bad_arguments_of_a_draw_are_named(name, value, error, message):
    with pytest.raises(error, match=message):
        draw_negatives(**{**GOOD, name: value}, rng=Impatient())
