"""The logistic function sigma turns a score, which may be any real number, into a
probability.

Derived in book/03_sigmoid.ipynb, which writes this module: change the chapter, not this
file.
"""

import numpy as np

__all__ = ["as_floats", "finite", "sigmoid", "sigmoid_derivative", "log_sigmoid"]


def as_floats(x, name="x"):
    """Return x as a float array: float32 stays, every other real type becomes float64.

    Raises TypeError if x does not hold real numbers.
    """
    array = np.asarray(x)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name}: expected real numbers, got dtype {array.dtype}")
    return array if array.dtype == np.float32 else array.astype(np.float64, copy=False)


def finite(x, name="x"):
    """Return x as a float array. Raises TypeError for other types, ValueError for NaN or infinity."""
    array = as_floats(x, name)
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    return array


def sigmoid(x):
    """Return 1/(1 + exp(-x)) entry by entry, without overflow.

    x has any shape; the result has the same. Raises TypeError if x is not real. Equation def-sigma.
    """
    x = as_floats(x)
    t = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, t) / (1 + t)


def sigmoid_derivative(x):
    """Return the derivative of the sigmoid, sigma(x) (1 - sigma(x)), entry by entry.

    x has any shape; the result has the same. Raises TypeError if x is not real.
    Equation eq-sigmoid-derivative.
    """
    y = sigmoid(x)
    return y * (1 - y)


def log_sigmoid(x):
    """Return log sigma(x) entry by entry, accurate where sigma(x) itself is 0 or 1.

    x has any shape; the result has the same. Raises TypeError if x is not real.
    Equation eq-log-sigmoid-split.
    """
    x = as_floats(x)
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))
