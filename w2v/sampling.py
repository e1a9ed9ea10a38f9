"""Two lotteries decide what the model gets to see: one draws the negatives, from a
flattened copy of the word counts, and one drops occurrences of the most frequent words
from the text.

Derived in book/10_sampling.ipynb, which writes this module: change the chapter, not
this file.
"""

import numpy as np

from w2v.logistic import finite
from w2v.text import positive_int, word_ids

__all__ = [
    "word_counts",
    "number",
    "noise_distribution",
    "cumulative",
    "draw",
    "closed_cells",
    "alias_table",
    "draw_alias",
    "unequal_draws",
    "probabilities",
    "draw_negatives",
    "threshold_ratio",
    "keep_probability",
    "paper_keep_probability",
    "subsample",
]


def word_counts(counts, name="counts"):
    """Return counts (N,) as float64, checked. Raises TypeError or ValueError."""
    f = finite(counts, name).astype(np.float64)
    if f.ndim != 1 or f.min(initial=0) < 0 or not f.any():
        raise ValueError(
            f"{name}: expected N numbers >= 0, not all zero, got {counts!r}"
        )
    return f


def number(x, name):
    """Return x as a float. Raises TypeError or ValueError naming the argument."""
    value = finite(x, name)
    if value.ndim:
        raise ValueError(f"{name}: expected one number, got shape {value.shape}")
    return float(value)


def noise_distribution(counts, ns_exponent=0.75):
    """Return the noise probability of each word (N,): its count to a power over the sum.

    A word with count 0 is never drawn. Raises TypeError or ValueError naming the
    argument. Equations def-noise, eq-noise-normalized.
    """
    f, power = word_counts(counts), number(ns_exponent, "ns_exponent")
    with np.errstate(over="ignore"):
        score = power * np.log(f, where=f > 0, out=np.zeros_like(f))
    if not np.isfinite(score).all():
        raise ValueError(
            f"ns_exponent: expected a power that fits, got {ns_exponent!r}"
        )
    weight = np.exp(np.where(f > 0, score, -np.inf) - score[f > 0].max())
    return weight / weight.sum()


def cumulative(P):
    """Return F_w = P_0 + ... + P_w, shape (N,), over the sum of all: it ends with 1."""
    F = np.cumsum(P)
    return F / F[-1]


def draw(F, shape, rng):
    """Return drawn words: for each r, uniform in [0, 1), the first w with r < F_w."""
    return np.searchsorted(F, rng.random(shape), side="right").astype(np.int32)


def closed_cells(mass):
    """Return the own share and the alias of each cell (N,), for masses (N,) of mean 1.

    The masses may be floats or fractions. Equation eq-alias-step.
    """
    prob, alias = list(mass), list(range(len(mass)))
    poor = [j for j, x in enumerate(prob) if x < 1]
    rich = [j for j, x in enumerate(prob) if x >= 1]
    while poor and rich:
        j, x = poor.pop(), rich[-1]
        alias[j] = x
        prob[x] -= 1 - prob[j]
        if prob[x] < 1:
            poor.append(rich.pop())
    return prob, alias


def alias_table(P):
    """Return prob and alias (N,): cell j is word j with chance prob_j, else alias_j.

    P (N,) is divided by its sum. Raises TypeError or ValueError naming it. Equation
    eq-alias-draw.
    """
    P = word_counts(P, "P")
    mass = P / P.max()
    prob, alias = closed_cells((mass * (len(P) / mass.sum())).tolist())
    return np.minimum(prob, 1.0), np.array(alias, dtype=np.int32)


def draw_alias(prob, alias, shape, rng):
    """Return drawn words: a cell of the table, then a coin between its two words."""
    cell = rng.integers(len(prob), size=shape, dtype=np.int32)
    return np.where(rng.random(shape) < prob[cell], cell, alias[cell])


def unequal_draws(F, o, K, rng):
    """Return K draws for each o (B,), drawn anew while they equal it, shape (B, K).

    The input is trusted; `draw_negatives` is the checked way in. Equation eq-redraw.
    """
    draws = draw(F, (len(o), K), rng)
    while (again := np.nonzero(draws == o[:, None]))[0].size:
        draws[again] = draw(F, len(again[0]), rng)
    return draws


def probabilities(F):
    """Return the probabilities (N,) behind F. Raises TypeError or ValueError."""
    F = finite(F, "F")
    if F.ndim != 1 or not F.size or np.diff(F, prepend=0).min() < 0 or F[-1] != 1:
        raise ValueError("F: expected a cumulative distribution, rising to exactly 1")
    return np.diff(F, prepend=0)


def draw_negatives(F, outside, K, rng):
    """Return K negatives for each outside word, (B, K), none equal to its outside word.

    F is a cumulative distribution (N,), outside has shape (B,). Raises TypeError,
    ValueError or IndexError naming the argument. Equation eq-redraw.
    """
    P = probabilities(F)
    o, K = word_ids(outside, len(P), "outside"), positive_int("K", K, least=0)
    if o.ndim != 1:
        raise ValueError(f"outside: expected shape (B,), got {o.shape}")
    if K and P[o].max(initial=0) > 1 - 1e-6:  # else the draws would hardly end
        raise ValueError("F: only one word can be drawn, and it is an outside word")
    return unequal_draws(F, o, K, rng)


def threshold_ratio(counts, sample):
    """Return t T / f (N,), infinite where f or t is 0. Raises TypeError, ValueError."""
    f, t = word_counts(counts), number(sample, "sample")
    if t < 0:
        raise ValueError(f"sample: expected a number >= 0, got {sample!r}")
    out, some = np.full(f.shape, np.inf), (f > 0) & (t > 0)
    return np.divide(t * f.sum(), f, where=some, out=out)


def keep_probability(counts, sample=1e-3):
    """Return the probability with which an occurrence of each word is kept, shape (N,).

    `sample` is the threshold t, a share of the text; 0 keeps all. Raises TypeError or
    ValueError naming the argument. Equation def-keep.
    """
    ratio = threshold_ratio(counts, sample)
    return np.minimum(np.sqrt(ratio) + ratio, 1.0)


def paper_keep_probability(counts, sample=1e-3):
    """Return what `keep_probability` would be by the paper. Equation def-keep-paper."""
    return np.minimum(np.sqrt(threshold_ratio(counts, sample)), 1.0)


def subsample(ids, offsets, keep, rng):
    """Return ids and offsets of a text in which word w survives with chance keep_w."""
    kept = rng.random(len(ids)) < keep[ids]
    return ids[kept], np.concatenate(([0], np.cumsum(kept)))[offsets]
