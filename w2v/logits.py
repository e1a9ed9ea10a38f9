"""
Softmax turns N scores into N probabilities, and its logarithm is the loss of the naive
skip-gram model.

Derived in book/04_softmax.ipynb, which writes this module: change the chapter, not this
file.
"""

import numpy as np

from w2v.logistic import as_floats

__all__ = ["softmax", "shifted", "log_softmax"]


def softmax(z):
    """Return exp(z)/sum(exp(z)) over the last axis, without overflow.

    z has shape (..., N); the result has the same. Raises TypeError if z is not real, ValueError if
    N is 0. Equations def-softmax, eq-softmax-shift.
    """
    t = np.exp(shifted(z))
    return t / t.sum(axis=-1, keepdims=True)


def shifted(z):
    """Return the scores z (..., N) less the largest of their row. Raises TypeError or ValueError."""
    z = as_floats(z, "z")
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"z: expected shape (..., N) with N > 0, got {z.shape}")
    return z - z.max(axis=-1, keepdims=True)


def log_softmax(z):
    """Return z - log(sum(exp(z))) over the last axis, accurate where the softmax itself is 0.

    z has shape (..., N); the result has the same. Raises TypeError if z is not real, ValueError if
    N is 0. Equation eq-softmax-log.
    """
    z = shifted(z)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
