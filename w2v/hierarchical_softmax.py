"""Hierarchical softmax replaces one question with N possible answers by a walk down a
binary tree, and the yes-or-no answers along the way multiply to a probability.

Derived in book/09_hierarchical_softmax.ipynb, which writes this module: change the
chapter, not this file.
"""

import heapq

import numpy as np

from w2v.logistic import finite, log_sigmoid, sigmoid
from w2v.text import word_ids

__all__ = [
    "binary_tree",
    "LEFT_RIGHT",
    "node_masses",
    "nodes_table",
    "tree_probabilities",
    "tree_paths",
    "huffman_tree",
    "node_scores",
    "hs_loss",
    "hs_residuals",
    "hs_grad_v",
    "hs_grad_U",
    "path_arguments",
    "hierarchical_softmax_loss_and_grad",
]


def binary_tree(children):
    """Return children (N-1, 2) as whole numbers, checked to be one tree over N words.

    Row i names the left and the right child of node N + i. Raises TypeError, ValueError
    or IndexError.
    """
    if len(np.shape(children)) != 2 or np.shape(children)[1] != 2:
        raise ValueError(f"children: expected shape (N-1, 2), got {np.shape(children)}")
    M = len(children)
    tree = word_ids(children, 2 * M, "children")
    parents = np.arange(M + 1, 2 * M + 1)[:, None]
    if (np.sort(tree, axis=None) != np.arange(2 * M)).any() or (tree >= parents).any():
        raise ValueError(
            "children: expected each node but the root once, before its parent"
        )
    return tree


LEFT_RIGHT = np.array([1, -1])


def node_masses(v, tree, U):
    """Return the probability that the walk passes each node, shape (2N-1,), words first.

    Equation eq-hs-split.
    """
    N = len(tree) + 1
    mass = np.ones(2 * N - 1, U.dtype)
    share = sigmoid(np.outer(U @ v, LEFT_RIGHT))
    for i in reversed(range(N - 1)):
        mass[tree[i]] = mass[N + i] * share[i]
    return mass


def nodes_table(v, U):
    """Return v (..., d) and U (N-1, d), checked. Raises TypeError or ValueError."""
    U, v = finite(U, "U"), finite(v, "v")
    if U.ndim != 2:
        raise ValueError(f"U: expected shape (N-1, d), got {U.shape}")
    if v.shape[-1:] != U.shape[1:]:
        raise ValueError(f"v: expected shape (..., {U.shape[1]}), got {v.shape}")
    return v, U


def tree_probabilities(v, children, U):
    """Return the probability of each word given v (d,), shape (N,): they add up to 1.

    children (N-1, 2) is the tree, U (N-1, d) has a row for each inner node. Raises
    TypeError, ValueError or IndexError naming the argument. Equation def-hs-probability.
    """
    (v, U), tree = nodes_table(v, U), binary_tree(children)
    if v.ndim != 1:
        raise ValueError(f"v: expected shape (d,), got {v.shape}")
    if len(U) != len(tree):
        raise ValueError(
            f"U: expected {len(tree)} rows, one for each inner node, got {len(U)}"
        )
    return node_masses(v, tree, U)[: len(tree) + 1]


def tree_paths(children):
    """Return the path of each word from the root: nodes and signs, both of shape (N, L).

    L is the longest path. A sign is 1 for left, -1 for right, 0 for padding, where the
    node is 0. children is (N-1, 2). Raises TypeError, ValueError or IndexError.
    """
    tree = binary_tree(children)
    N = len(tree) + 1
    depth = np.zeros(2 * N - 1, np.int64)
    for i in reversed(range(N - 1)):
        depth[tree[i]] = depth[N + i] + 1
    nodes = np.zeros((2 * N - 1, depth.max()), np.int64)
    signs = np.zeros(nodes.shape, np.int8)
    for i in reversed(range(N - 1)):
        k, below = depth[N + i], tree[i]
        nodes[below], signs[below] = nodes[N + i], signs[N + i]
        nodes[below, k], signs[below, k] = i, LEFT_RIGHT
    return nodes[:N], signs[:N]


def huffman_tree(counts):
    """Return the Huffman tree of N words: the children (N-1, 2) of the inner nodes.

    Row i has the left and the right child of node N + i; the last row is the root. The
    rarer child is on the left, of equal ones that with the smaller number. counts (N,)
    are positive. Raises TypeError or ValueError.
    """
    f = finite(counts, "counts")
    if f.ndim != 1 or not f.size or f.min() <= 0:
        raise ValueError(f"counts: expected N counts > 0, got {counts!r:.60}")
    heap, tree = [(count, w) for w, count in enumerate(f.tolist())], []
    heapq.heapify(heap)
    for i in range(len(f), 2 * len(f) - 1):
        left_count, left = heapq.heappop(heap)
        right_count, right = heapq.heappop(heap)
        tree.append((left, right))
        heapq.heappush(heap, (left_count + right_count, i))
    return np.array(tree, dtype=np.int64).reshape(-1, 2)


def node_scores(v, n, U):
    """Return the scores u_n . v of the nodes n (..., K) for v (..., d)."""
    return np.einsum("...kd,...d->...k", U[n], v)


def hs_loss(v, n, s, U):
    """Return the loss of paths, summed over all questions that are no padding.

    Equation def-hs-loss.
    """
    return -log_sigmoid(s * node_scores(v, n, U)).sum(where=s != 0)


def hs_residuals(v, n, s, U):
    """Return -s sigma(-s u_n . v), shape (..., K): belief minus answer, 0 for padding.

    Equations def-hs-loss, eq-hs-residual.
    """
    return -s * sigmoid(-s * node_scores(v, n, U))


def hs_grad_v(v, n, s, U):
    """Return the gradient of the loss in v, shape (..., d). Equation eq-hs-dv."""
    return np.einsum("...k,...kd->...d", hs_residuals(v, n, s, U), U[n])


def hs_grad_U(v, n, s, U):
    """Return the gradient of the loss in U, shape (N-1, d), summed over all paths.

    Equations eq-hs-dU, eq-hs-batch-dU.
    """
    dU = np.zeros_like(U)
    r = hs_residuals(v, n, s, U)
    np.add.at(dU, n, r[..., None] * v[..., None, :])
    return dU


def path_arguments(nodes, signs, rows):
    """Return nodes (..., K), each below `rows`, and signs of that shape, checked.

    Raises TypeError, ValueError or IndexError naming the argument.
    """
    n, s = word_ids(nodes, rows, "nodes"), finite(signs, "signs")
    if n.ndim == 0 or s.shape != n.shape:
        raise ValueError(
            f"nodes, signs: expected one shape (..., K), got {n.shape} and {s.shape}"
        )
    if not np.isin(s, (-1, 0, 1)).all():
        raise ValueError("signs: expected 1 for left, -1 for right, 0 for padding")
    return n, s.astype(np.int8)


def hierarchical_softmax_loss_and_grad(v, nodes, signs, U):
    """Return loss, dv and dU of the path to one word, or of one path for each v of a batch.

    v is the center vector (d,), nodes and signs (K,) are a row of `tree_paths`, U has a
    row for each inner node, (N-1, d); with B in front of the shapes of v, nodes and
    signs, loss and dU are sums over the batch and dv is (B, d). float64 unless the
    vectors are float32. Raises TypeError, ValueError or IndexError naming the argument.
    Equations def-hs-loss, eq-hs-dv, eq-hs-dU.
    """
    v, U = nodes_table(v, U)
    n, s = path_arguments(nodes, signs, len(U))
    if n.shape[:-1] != v.shape[:-1]:
        raise ValueError(
            f"nodes: expected one path for each v, got {n.shape} for v {v.shape}"
        )
    return hs_loss(v, n, s, U), hs_grad_v(v, n, s, U), hs_grad_U(v, n, s, U)
