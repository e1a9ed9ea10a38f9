"""
Skip-gram predicts each word of a window from the word in its center, so its loss is a
sum of pair losses, and its gradients are sums of pair gradients.

Derived in book/07_skipgram.ipynb, which writes this module: change the chapter, not
this file.
"""

import numpy as np

from w2v.logistic import finite
from w2v.text import word_ids

__all__ = ["window_loss_and_grad", "skipgram_loss_and_grad"]


def window_loss_and_grad(c, context, V, U, pair):
    """Return loss, dV and dU of a window, summed over its pairs. Equation def-sg-loss."""
    loss, dV, dU = V.dtype.type(0), np.zeros_like(V), np.zeros_like(U)
    for o in context:
        pair_loss, dv, pair_dU = pair(V[c], int(o), U)
        loss += pair_loss
        dV[c] += dv
        dU += pair_dU
    return loss, dV, dU


def skipgram_loss_and_grad(center, context, V, U, pair):
    """Return loss, dV and dU (N, d) of a window: center word against each of the C context words.

    `pair(v, o, U) -> (loss, dv, dU)` is any pair loss; it is called once a context position, in
    order. Raises TypeError, ValueError or IndexError naming the argument. Equation def-sg-loss.
    """
    V, U = finite(V, "V"), finite(U, "U")
    if V.ndim != 2 or V.shape != U.shape:
        raise ValueError(
            f"V, U: expected one shape (N, d), got {V.shape} and {U.shape}"
        )
    if np.ndim(center) != 0 or np.ndim(context) != 1:
        got = f"shapes {np.shape(center)} and {np.shape(context)}"
        raise ValueError(f"center, context: expected one word and C words, got {got}")
    c, o = word_ids(center, len(V), "center"), word_ids(context, len(V), "context")
    return window_loss_and_grad(int(c), o, V, U, pair)
