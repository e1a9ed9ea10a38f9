"""
Negative sampling replaces one question with N possible answers by K + 1 questions with
two answers each, so that the cost of a training pair no longer grows with the
vocabulary.

Derived in book/06_negative_sampling.ipynb, which writes this module: change the
chapter, not this file.
"""

import numpy as np

from w2v.logistic import log_sigmoid, sigmoid
from w2v.naive_softmax import pair_arguments
from w2v.text import word_ids

__all__ = [
    "ns_loss",
    "ns_residuals",
    "ns_grad_v",
    "ns_grad_U",
    "negative_sampling_loss_and_grad",
]


def ns_loss(v, o, w, U):
    """Return the negative-sampling loss of one pair. Equation def-ns-loss."""
    return -log_sigmoid(U[o] @ v) - log_sigmoid(-(U[w] @ v)).sum()


def ns_residuals(v, o, w, U):
    """Return sigma(u_o . v) - 1, a number, and sigma(u_w . v), shape (K,): belief minus truth."""
    return sigmoid(U[o] @ v) - 1, sigmoid(U[w] @ v)


def ns_grad_v(v, o, w, U):
    """Return the gradient of the loss in v, shape (d,). Equation eq-ns-dv."""
    r_o, r = ns_residuals(v, o, w, U)
    return r_o * U[o] + r @ U[w]


def ns_grad_U(v, o, w, U):
    """Return the gradient of the loss in U, shape (N, d), repeats accumulated. Equation eq-ns-dU."""
    r_o, r = ns_residuals(v, o, w, U)
    dU = np.zeros_like(U)
    dU[o] += r_o * v
    np.add.at(dU, w, np.outer(r, v))
    return dU


def negative_sampling_loss_and_grad(v, o, negatives, U):
    """Return loss, dv (d,) and dU (N, d) of one pair with K negative draws, repeats allowed.

    v is the center vector (d,), o the outside word, negatives K words, U the outside table (N, d).
    float64 unless the vectors are float32. Raises TypeError, ValueError or IndexError naming the
    argument. Equations def-ns-loss, eq-ns-dv, eq-ns-dU.
    """
    v, o, U = pair_arguments(v, o, U)
    w = word_ids(negatives, len(U), "negatives")
    if w.ndim != 1:
        raise ValueError(f"negatives: expected shape (K,), got {w.shape}")
    return ns_loss(v, o, w, U), ns_grad_v(v, o, w, U), ns_grad_U(v, o, w, U)
