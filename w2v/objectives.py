"""Skip-gram and CBOW differ in which rows of V go into a prediction, the three losses
differ in which rows of U are asked about it, and one step serves all six combinations.

Derived in book/11a_objectives.ipynb, which writes this module: change the chapter, not
this file.
"""

import numpy as np
from scipy.sparse import csr_array

from w2v.hierarchical_softmax import node_scores
from w2v.logistic import log_sigmoid, sigmoid
from w2v.logits import log_softmax
from w2v.sgd import Touched, by_row

__all__ = [
    "input_rows",
    "real_and_fake",
    "questions_loss_and_grad",
    "all_words_loss_and_grad",
    "objective_step",
]


def input_rows(words, C, mean=True, dtype=np.float64):
    """Return the R rows of V that B predictions use, and their weights E, sparse (B, R).

    Prediction b has the next C_b of the `words` (P,), weighted 1/C_b, or 1 without `mean`.
    """
    rows, place = np.unique(words, return_inverse=True)
    weights = np.repeat(1 / C if mean else np.ones(len(C)), C).astype(dtype)
    starts = np.concatenate(([0], np.cumsum(C)))
    return rows, csr_array((weights, place, starts), shape=(len(C), len(rows)))


def real_and_fake(o, negatives):
    """Return the rows asked about, (B, 1+K), and the answers: 1 for o (B,), -1 for negatives (B, K)."""
    n = np.column_stack((o, negatives))
    s = np.where(np.arange(n.shape[1]) == 0, 1, -1).astype(np.int8)
    return n, np.broadcast_to(s, n.shape)


def questions_loss_and_grad(H, n, s, U):
    """Return the loss of B times K questions, dH (B, d), and dU on `Touched` rows.

    H is (B, d), n (B, K) the rows of U, s (B, K) the answers 1 or -1, and 0 for padding.
    The input is trusted. Equations eq-questions-dH, eq-hs-batch-dU.
    """
    z = s * node_scores(H, n, U)
    loss = -log_sigmoid(z).sum(where=s != 0, dtype=np.float64)
    W, R = by_row(n, -s * sigmoid(-z))
    return float(loss), R @ U[W], Touched(W, R.T @ H)


def all_words_loss_and_grad(H, o, U):
    """Return the loss of B predictions among all N words, dH (B, d), and dU on all rows.

    H is (B, d), o (B,) the words to be predicted, U (N, d). The input is trusted.
    Equations eq-all-words-dH, eq-all-words-dU.
    """
    log_p, each = log_softmax(H @ U.T), np.arange(len(o))
    R = np.exp(log_p)
    R[each, o] -= 1
    loss = -log_p[each, o].sum(dtype=np.float64)
    return float(loss), R @ U, Touched(np.arange(len(U)), R.T @ H)


def objective_step(V, rows, E, asked, alpha, back=None):
    """Make one simultaneous step in place; return the loss before it.

    The inputs are E @ V[rows], and `asked` lists pairs of a table U and a function from H
    to (loss, dH, dU). The gradient goes back through `back`, which is E unless given.
    The input is trusted. Equation eq-input-dV.
    """
    H = E @ V[rows]
    answers = [(U, *loss_and_grad(H)) for U, loss_and_grad in asked]
    dH = sum(dH for _, _, dH, _ in answers)
    V[rows] -= alpha * ((E if back is None else back).T @ dH)
    for U, _, _, dU in answers:
        U[dU.rows] -= alpha * dU.values
    return sum(loss for _, loss, _, _ in answers)
