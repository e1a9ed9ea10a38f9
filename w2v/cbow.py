"""
CBOW predicts the word in the middle of a window from the mean of the vectors around it,
so each of its C context words receives one C-th of one gradient, as often as it stands
there.

Derived in book/08_cbow.ipynb, which writes this module: change the chapter, not this
file.
"""

import numpy as np

from w2v.skipgram import window_arguments

__all__ = ["mean_row", "add_to_context", "cbow_loss_and_grad"]


def mean_row(context, V):
    """Return h (d,), the mean of C context rows with repeats. Equation eq-cbow-mean."""
    return V[context].mean(axis=0)


def add_to_context(context, g, V):
    """Return a table like V, zero but for g (d,) added to the row of each context word.

    With g/C for g it is the gradient in V, shape (N, d). Equation eq-cbow-dV.
    """
    dV = np.zeros_like(V)
    np.add.at(dV, context, g)
    return dV


def cbow_loss_and_grad(center, context, V, U, pair):
    """Return loss, dV (N, d) and dU of a window, C context words against their center.

    `pair(v, o, U) -> (loss, dv, dU)` is any pair loss; it is called once, with the mean
    and the center. Raises TypeError, ValueError or IndexError naming the argument; a
    context without words is refused. Equations def-cbow-loss, eq-cbow-dV.
    """
    o, c, V, U = window_arguments(center, context, V, U)
    if not len(c):
        raise ValueError("context: expected at least one word, got none")
    loss, g, dU = pair(mean_row(c, V), o, U)
    return loss, add_to_context(c, g / len(c), V), dU
