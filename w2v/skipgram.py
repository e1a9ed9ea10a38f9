"""
Skip-gram predicts each word of a window from the word in its center, so its loss is a
sum of pair losses, and its gradients are sums of pair gradients.

Derived in book/07_skipgram.ipynb, which writes this module: change the chapter, not
this file.
"""

import numpy as np

from w2v.logistic import finite
from w2v.text import word_ids

__all__ = ["window_loss_and_grad", "window_arguments", "skipgram_loss_and_grad"]


def window_loss_and_grad(c, context, V, U, pair):
    """Return loss, dV and dU of a window, summed over its pairs. Equation def-sg-loss."""
    loss, dV, dU = V.dtype.type(0), np.zeros_like(V), np.zeros_like(U)
    for o in context:
        pair_loss, dv, pair_dU = pair(V[c], int(o), U)
        loss += pair_loss
        dV[c] += dv
        dU += pair_dU
    return loss, dV, dU


def window_arguments(center, context, V, U):
    """Return center, context (C,), V (N, d) and U (M, d), checked against each other.

    M is N unless the pair loss has another table. Raises TypeError, ValueError or
    IndexError naming the argument.
    """
    V, U = finite(V, "V"), finite(U, "U")
    if V.ndim != 2 or U.ndim != 2 or V.shape[1] != U.shape[1]:
        got = f"{V.shape} and {U.shape}"
        raise ValueError(f"V, U: expected (N, d) and (M, d) with one d, got {got}")
    if np.ndim(center) != 0 or np.ndim(context) != 1:
        got = f"shapes {np.shape(center)} and {np.shape(context)}"
        raise ValueError(f"center, context: expected one word and C words, got {got}")
    c, o = word_ids(center, len(V), "center"), word_ids(context, len(V), "context")
    return int(c), o, V, U


def skipgram_loss_and_grad(center, context, V, U, pair):
    """Return loss, dV (N, d) and dU of a window: center word against each of the C context words.

    `pair(v, o, U) -> (loss, dv, dU)` is any pair loss; it is called once a context position, in
    order. Raises TypeError, ValueError or IndexError naming the argument. Equation def-sg-loss.
    """
    c, o, V, U = window_arguments(center, context, V, U)
    return window_loss_and_grad(c, o, V, U, pair)
