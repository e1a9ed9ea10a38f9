"""
For one pair of words, the loss is the cross-entropy between what stood there and what
the model expected, and its two gradients are a row times a table and an outer product.

Derived in book/05_naive_softmax.ipynb, which writes this module: change the chapter,
not this file.
"""

import numpy as np

from w2v.logistic import finite
from w2v.logits import log_softmax
from w2v.text import word_ids

__all__ = [
    "naive_softmax_loss",
    "naive_residual",
    "naive_grad_v",
    "naive_grad_U",
    "pair_arguments",
    "naive_softmax_loss_and_grad",
]


def naive_softmax_loss(v, o, U):
    """Return the naive softmax loss of one pair. Equation eq-naive-loss."""
    return -log_softmax(U @ v)[o]


def naive_residual(v, o, U):
    """Return y_hat - y, shape (N,): prediction minus truth. Equation eq-softmax-dz."""
    residual = np.exp(log_softmax(U @ v))
    residual[o] -= 1
    return residual


def naive_grad_v(v, o, U):
    """Return the gradient of the loss in v, shape (d,). Equation eq-naive-dv."""
    return naive_residual(v, o, U) @ U


def naive_grad_U(v, o, U):
    """Return the gradient of the loss in U, shape (N, d). Equation eq-naive-dU."""
    return np.outer(naive_residual(v, o, U), v)


def pair_arguments(v, o, U):
    """Return v (d,), o and U (N, d), checked against each other.

    Raises TypeError, ValueError or IndexError naming the argument.
    """
    U, v = finite(U, "U"), finite(v, "v")
    if U.ndim != 2:
        raise ValueError(f"U: expected shape (N, d), got {U.shape}")
    if v.shape != U.shape[1:]:
        raise ValueError(f"v: expected shape (d,) with d = {U.shape[1]}, got {v.shape}")
    if np.ndim(o) != 0:
        raise ValueError(f"o: expected one word, got shape {np.shape(o)}")
    return v, int(word_ids(o, len(U), "o")), U


def naive_softmax_loss_and_grad(v, o, U):
    """Return loss, dv (d,) and dU (N, d) of one pair under the softmax over all N words.

    v is the center vector (d,), o the outside word, U the outside table (N, d). float64 unless the
    vectors are float32. Raises TypeError, ValueError or IndexError naming the argument.
    Equations eq-naive-loss, eq-naive-dv, eq-naive-dU.
    """
    v, o, U = pair_arguments(v, o, U)
    return naive_softmax_loss(v, o, U), naive_grad_v(v, o, U), naive_grad_U(v, o, U)
