"""
Skip-gram with negative sampling factors a table that is known before training begins:
how much more often two words meet than chance would have them meet, in logarithms, less
log K.

Derived in book/16_factorization.ipynb, which writes this module: change the chapter,
not this file.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import rel_entr
from threadpoolctl import threadpool_limits

from w2v.entropy import distribution
from w2v.logistic import finite, log_sigmoid, sigmoid
from w2v.text import positive_int

__all__ = [
    "pair_table",
    "pairs_and_fakes",
    "pairs_and_noise",
    "expected_negatives",
    "expected_loss",
    "expected_grad",
    "expected_loss_and_grad",
    "log_ratio",
    "sgns_optimum",
    "joint_pmi",
    "least_loss",
    "TO_THE_END",
    "factor_grads",
    "fit_factors",
    "score_weights",
    "svd_factors",
    "shifted_ppmi",
    "unequal_negatives",
]


def pair_table(p, name):
    """Return a table (N, N) of counts or shares in float64. Raises TypeError, ValueError."""
    table = finite(p, name).astype(np.float64)
    if table.ndim != 2 or len(table) != table.shape[1]:
        raise ValueError(f"{name}: expected shape (N, N), got {table.shape}")
    if table.min(initial=0) < 0 or not table.any():
        raise ValueError(f"{name}: expected numbers >= 0, not all zero")
    return table


def pairs_and_fakes(p, n):
    """Return p and n (N, N), checked. Raises TypeError or ValueError."""
    p, n = pair_table(p, "p"), pair_table(n, "n")
    if p.shape != n.shape:
        raise ValueError(f"p, n: expected one shape, got {p.shape} and {n.shape}")
    return p, n


def pairs_and_noise(p, P, K):
    """Return p (N, N), P (N,) and K, checked. Raises TypeError or ValueError."""
    p, P = pair_table(p, "p"), distribution(finite(P, "P"), "P")
    if P.shape != p.shape[:1]:
        raise ValueError(f"P: expected shape ({len(p)},), got {P.shape}")
    return p, P, positive_int("K", K, least=0)


def expected_negatives(p, P, K):
    """Return how often each pair is drawn as a fake, (N, N), with K draws beside a pair.

    p (N, N) has the shares or counts of the pairs, P (N,) the noise distribution.
    Raises TypeError or ValueError naming the argument. Equation eq-expected-negatives.
    """
    p, P, K = pairs_and_noise(p, P, K)
    return K * np.outer(p.sum(axis=1), P)


def expected_loss(S, p, n):
    """Return the loss of the scores S, all tables (N, N). Equation def-sgns-expected."""
    return -(p * log_sigmoid(S) + n * log_sigmoid(-S)).sum()


def expected_grad(S, p, n):
    """Return the derivative of the expected loss in S, (N, N). Equation eq-sgns-dS."""
    return n * sigmoid(S) - p * sigmoid(-S)


def expected_loss_and_grad(S, p, n):
    """Return the expected loss of the scores S (N, N), and dS (N, N).

    p (N, N) says how often each pair occurs, n (N, N) how often it is drawn. Raises
    TypeError or ValueError naming the argument. See def-sgns-expected, eq-sgns-dS.
    """
    S, (p, n) = finite(S, "S"), pairs_and_fakes(p, n)
    if S.shape != p.shape:
        raise ValueError(f"S: expected shape {p.shape}, got {S.shape}")
    return expected_loss(S, p, n), expected_grad(S, p, n)


def log_ratio(p, n):
    """Return log(p/n): -inf where p is zero, inf where n is, nan where both are."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(p) - np.log(n)


def sgns_optimum(p, n):
    """Return log(p/n), the scores (N, N) at which the expected loss is least.

    p (N, N) says how often each pair occurs, n (N, N) how often it is drawn: -inf where
    only p is zero, inf where only n is, nan where both are. Raises TypeError or
    ValueError naming the argument. Equations eq-sgns-balance, eq-sgns-excess.
    """
    return log_ratio(*pairs_and_fakes(p, n))


def joint_pmi(p):
    """Return the pointwise mutual information (N, N) of the shares or counts p (N, N).

    It is -inf for a pair that never occurs, nan if one of its words never does. Raises
    TypeError or ValueError naming the argument. Equation def-pmi.
    """
    p = pair_table(p, "p")
    p /= p.sum()
    return log_ratio(p, np.outer(p.sum(axis=1), p.sum(axis=0)))


def least_loss(p, n):
    """Return the least expected loss, reached or approached, for p and n (N, N).

    Raises TypeError or ValueError naming the argument. Equation eq-sgns-excess.
    """
    p, n = pairs_and_fakes(p, n)
    return -(rel_entr(p, p + n) + rel_entr(n, p + n)).sum()


TO_THE_END = {
    "method": "L-BFGS-B",
    "jac": True,
    "options": {"maxiter": 20_000, "maxfun": 30_000, "ftol": 0, "gtol": 1e-12},
}


def factor_grads(V, U, p, n):
    """Return dV and dU (N, d) of the expected loss. Equations eq-sgns-dV, eq-sgns-dU."""
    D = expected_grad(V @ U.T, p, n)
    return D @ U, D.T @ V


def fit_factors(p, n, d, rng):
    """Return V and U (N, d) that minimize the expected loss of V U^T from a random start.

    p and n (N, N) say how often each pair occurs and is drawn. Raises TypeError or
    ValueError naming the argument. Equations eq-sgns-dV, eq-sgns-dU.
    """
    p, n = pairs_and_fakes(p, n)
    shape = 2, len(p), positive_int("d", d)

    def loss_and_grad(x):
        V, U = x.reshape(shape)
        return expected_loss(V @ U.T, p, n), np.ravel(factor_grads(V, U, p, n))

    start = rng.normal(0, d**-0.5, shape).ravel()
    with threadpool_limits(1):
        found = minimize(loss_and_grad, start, **TO_THE_END)
    return tuple(found.x.reshape(shape))


def score_weights(p, n):
    """Return the weight of a squared error of each score, (N, N). See eq-sgns-weight."""
    return p * n / (p + n)


def svd_factors(S, d):
    """Return V and U (N, d): of all tables of rank d, V U^T is nearest to S in squares.

    S (N, N) is finite; V and U each take the root of the singular values. Raises
    TypeError or ValueError naming the argument.
    """
    S, d = finite(S, "S"), positive_int("d", d)
    if S.ndim != 2 or len(S) != S.shape[1]:
        raise ValueError(f"S: expected shape (N, N), got {S.shape}")
    if d > len(S):
        raise ValueError(f"d: expected at most N = {len(S)} dimensions, got {d}")
    left, s, right = np.linalg.svd(S)
    return left[:, :d] * np.sqrt(s[:d]), right[:d].T * np.sqrt(s[:d])


def shifted_ppmi(p, K):
    """Return max(PMI - log K, 0), shape (N, N), of the shares or counts p (N, N).

    A pair that never occurs gets 0. Raises TypeError or ValueError naming the argument.
    """
    return np.fmax(joint_pmi(p) - np.log(positive_int("K", K)), 0)


def unequal_negatives(p, P, K):
    """Return `expected_negatives` (N, N) for draws that never equal the outside word.

    p (N, N) has the shares or counts of the pairs, P (N,) the noise distribution.
    Raises TypeError or ValueError naming the argument. Equation eq-unequal-negatives.
    """
    p, P, K = pairs_and_noise(p, P, K)
    if K and P[p.any(axis=0)].max() > 1 - 1e-6:  # as in `draw_negatives`
        raise ValueError("P: only one word can be drawn, and it is an outside word")
    share = p / np.maximum(1 - P, 1e-6)
    return K * (share.sum(axis=1, keepdims=True) - share) * P
