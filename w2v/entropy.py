"""
Cross-entropy measures, in one number, how badly a predicted distribution is surprised
by what happens.

Derived in book/02_cross_entropy.ipynb, which writes this module: change the chapter,
not this file.
"""

import numpy as np
from scipy.special import xlogy

__all__ = [
    "average_surprise",
    "distribution",
    "cross_entropy",
    "shannon_entropy",
    "kl_divergence",
]


def average_surprise(p, q):
    """Return -sum p log q over the last axis, with 0 log 0 = 0. Equation def-cross-entropy."""
    return -xlogy(p, q).sum(axis=-1)


def distribution(p, name):
    """Return p as a float array, after checking that its last axis is a distribution.

    Raises ValueError naming the argument.
    """
    array = np.asarray(p)
    array = array if array.dtype == np.float32 else array.astype(np.float64)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"{name}: expected shape (..., N), got {array.shape}")
    if not (array >= 0).all() or not np.allclose(array.sum(axis=-1), 1, atol=1e-4):
        raise ValueError(f"{name}: expected probabilities that add up to 1")
    return array


def cross_entropy(y, y_hat):
    """Return the cross-entropy -sum y log y_hat of distributions over the last axis, in nats.

    y, y_hat have one shape (..., N); the result has shape (...), and is infinite where y_hat rules
    out what y allows. Raises ValueError naming the argument. Equation def-cross-entropy.
    """
    y, y_hat = distribution(y, "y"), distribution(y_hat, "y_hat")
    if y.shape != y_hat.shape:
        raise ValueError(f"y_hat: expected the shape {y.shape} of y, got {y_hat.shape}")
    return average_surprise(y, y_hat)


def shannon_entropy(p):
    """Return the entropy -sum p log p of distributions over the last axis, in nats.

    p has shape (..., N), the result (...). Raises ValueError. Equation def-cross-entropy, q = p.
    """
    p = distribution(p, "p")
    return average_surprise(p, p)


def kl_divergence(p, q):
    """Return the divergence sum p log(p/q) over the last axis, in nats; not negative but for rounding.

    p, q have one shape (..., N), the result (...). Raises ValueError. Equation def-kl.
    """
    return cross_entropy(p, q) - shannon_entropy(p)
