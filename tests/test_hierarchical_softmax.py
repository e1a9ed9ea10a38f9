"""Chapter 09 against recursion, brute force, differences and loops of its own."""

from functools import cache
from itertools import combinations, permutations, product

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import expit, log_expit

from w2v import negative_sampling_loss_and_grad
from w2v.entropy import shannon_entropy
from w2v.hierarchical_softmax import (
    hierarchical_softmax_loss_and_grad,
    hs_residuals,
    huffman_tree,
    node_masses,
    tree_paths,
    tree_probabilities,
)
from w2v.sgd import by_row
from w2v.skipgram import window_loss_and_grad


def random_tree(N, rng):
    """A tree over N words, two random nodes joined at a time."""
    loose, rows = list(range(N)), []
    for i in range(N, 2 * N - 1):
        rng.shuffle(loose)
        rows.append([loose.pop(), loose.pop()])
        loose.append(i)
    return np.array(rows, dtype=int).reshape(-1, 2)


def walks(children):
    """The path of each word as a list of (row, sign), by recursion from the root."""
    N, found = len(children) + 1, {}

    def descend(node, path):
        if node < N:
            found[node] = path
        else:
            left, right = children[node - N]
            descend(left, [*path, (node - N, 1)])
            descend(right, [*path, (node - N, -1)])

    descend(2 * N - 2, [])
    return [found[w] for w in range(N)]


def depths(counts):
    return np.count_nonzero(tree_paths(huffman_tree(counts))[1], axis=1)


def path_loss(v, path, U):
    """The definition, question by question, with SciPy's logarithm of the sigmoid."""
    return -sum(log_expit(s * sum(U[n] * v)) for n, s in path)


def differences(f, x, h=1e-6):
    """Central differences of a function of an array."""
    slope = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += h
        behind[index] -= h
        slope[index] = (f(ahead) - f(behind)) / (2 * h)
    return slope


# The tree and its paths


@pytest.mark.parametrize("N", [1, 2, 3, 7, 20])
def test_the_table_of_paths_holds_the_walks_from_the_root(N):
    children = random_tree(N, np.random.default_rng(N))
    nodes, signs = tree_paths(children)
    assert nodes.shape == signs.shape == (N, max(map(len, walks(children))))
    for w, path in enumerate(walks(children)):
        K = len(path)
        assert list(zip(nodes[w, :K], signs[w, :K], strict=True)) == path
        assert not signs[w, K:].any() and not nodes[w, K:].any()
        assert len(set(nodes[w, :K])) == K


@pytest.mark.parametrize("N", [2, 5, 30])
def test_no_path_is_the_beginning_of_another_and_kraft_holds_with_equality(N):
    rng = np.random.default_rng(N)
    _, signs = tree_paths(huffman_tree(rng.integers(1, 50, N)))
    codes = [tuple(row[row != 0]) for row in signs]
    assert not any(
        b[: len(a)] == a for a, b in permutations(codes, 2) if len(a) <= len(b)
    )
    assert sum(2.0 ** -len(code) for code in codes) == 1


def every_cost(counts):
    """The costs of all binary trees over the words, by every pair that can be joined."""

    @cache
    def costs(weights):
        if len(weights) == 1:
            return {0}
        found = set()
        for i, j in combinations(range(len(weights)), 2):
            joined = weights[i] + weights[j]
            rest = [w for k, w in enumerate(weights) if k not in (i, j)]
            found |= {c + joined for c in costs(tuple(sorted([*rest, joined])))}
        return found

    return costs(tuple(sorted(counts)))


@cache
def full_depths(N):
    """The depths of N leaves in order, for every shape of a binary tree."""
    if N == 1:
        return {(0,)}
    pairs = (
        (a, b) for k in range(1, N) for a in full_depths(k) for b in full_depths(N - k)
    )
    return {tuple(d + 1 for d in a + b) for a, b in pairs}


@pytest.mark.parametrize("N", range(1, 7))
def test_no_binary_tree_costs_less_than_the_huffman_tree(N):
    rng = np.random.default_rng(N)
    for top in (2, 5, 100):
        f = rng.integers(1, top + 1, N)
        cost = int(f @ depths(f))
        assert cost == min(every_cost(f.tolist()))
        vectors = [np.sort(d) for d in full_depths(N)]
        assert cost == min(int(np.sort(f)[::-1] @ d) for d in vectors)


@pytest.mark.parametrize("N", range(2, 8))
def test_among_the_trees_of_least_cost_the_longest_path_is_shortest(N):
    rng = np.random.default_rng(N)
    for _ in range(20):
        f = rng.integers(1, 4, N)
        vectors = [np.sort(d) for d in full_depths(N)]
        costs = [int(np.sort(f)[::-1] @ d) for d in vectors]
        best = [d.max() for d, c in zip(vectors, costs, strict=True) if c == min(costs)]
        assert depths(f).max() == min(best)


@pytest.mark.parametrize("seed", range(5))
def test_the_mean_path_lies_between_the_entropy_and_one_bit_more(seed):
    rng = np.random.default_rng(seed)
    f = rng.pareto(0.7, rng.integers(1, 200)) + 1
    p = f / f.sum()
    bits = shannon_entropy(p) / np.log(2)
    assert bits - 1e-9 <= p @ depths(f) < bits + 1


def test_a_more_frequent_word_never_has_a_longer_path():
    f = np.random.default_rng(1).integers(1, 30, 60)
    D = depths(f)
    assert all(D[i] <= D[j] for i, j in product(range(60), repeat=2) if f[i] > f[j])


def test_the_order_of_the_words_does_not_change_the_cost_or_the_lengths():
    rng = np.random.default_rng(2)
    f = rng.integers(1, 9, 25)
    order = rng.permutation(25)
    assert sorted(depths(f)) == sorted(depths(f[order]))
    assert f @ depths(f) == f[order] @ depths(f[order])


def test_different_counts_give_each_word_its_path_in_any_order():
    f = 3 ** np.arange(8)
    order = np.random.default_rng(3).permutation(8)
    assert (depths(f[order]) == depths(f)[order]).all()


def test_equal_counts_are_joined_in_the_order_of_their_numbers():
    assert huffman_tree([1, 1, 1, 1]).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert huffman_tree([2, 1, 1]).tolist() == [[1, 2], [0, 3]]


def test_counts_may_be_probabilities_or_float32():
    f = np.array([5, 3, 2, 2, 1])
    for counts in (f.tolist(), f / 13, f.astype(np.float32), f.astype(np.int16)):
        assert (huffman_tree(counts) == huffman_tree(f)).all()


def test_float32_counts_are_added_without_rounding():
    """In float32 the sum of the first two would be the third, and the tie go the other way."""
    f = np.float32([3, 2**24, 2**24 + 4])
    assert f[0] + f[1] == f[2]
    assert huffman_tree(f).tolist() == [[0, 1], [3, 2]]


def test_a_tree_and_its_paths_are_whole_numbers_even_of_a_single_word():
    for counts in ([3], [3, 1, 1]):
        children = huffman_tree(counts)
        nodes, signs = tree_paths(children)
        assert children.dtype == nodes.dtype == np.int64 and signs.dtype == np.int8


def test_two_hundred_copies_of_one_count_make_a_balanced_tree():
    assert set(depths(np.ones(200))) == {7, 8}


# The probabilities


@pytest.mark.parametrize("sd", [0.01, 1.0, 20.0])
def test_the_leaves_of_any_tree_add_up_to_one(sd):
    rng = np.random.default_rng(5)
    for N in range(1, 51):
        children = random_tree(N, rng)
        v, U = rng.normal(0, sd, 5), rng.normal(0, sd, (N - 1, 5))
        P = tree_probabilities(v, children, U)
        assert P.shape == (N,) and (P >= 0).all()
        assert abs(P.sum() - 1) < 1e-12


def test_a_probability_is_the_product_along_the_path():
    rng = np.random.default_rng(6)
    children = random_tree(9, rng)
    v, U = rng.normal(size=4), rng.normal(size=(8, 4))
    products = [np.prod([expit(s * (U[n] @ v)) for n, s in p]) for p in walks(children)]
    np.testing.assert_allclose(tree_probabilities(v, children, U), products, rtol=1e-12)


@pytest.mark.parametrize("N", [1, 2, 9])
def test_the_mass_of_an_inner_node_is_that_of_the_words_below_it(N):
    rng = np.random.default_rng(17)
    children = random_tree(N, rng)
    mass = node_masses(rng.normal(size=4), children, rng.normal(size=(N - 1, 4)))
    assert mass.shape == (2 * N - 1,) and mass[-1] == 1
    below = [{w} for w in range(N)]
    for left, right in children:
        below.append(below[left] | below[right])
    sums = [sum(mass[w] for w in words) for words in below]
    np.testing.assert_allclose(mass, sums, rtol=1e-12)


def test_the_loss_is_minus_the_logarithm_of_the_probability():
    rng = np.random.default_rng(7)
    children = huffman_tree(rng.integers(1, 20, 12))
    nodes, signs = tree_paths(children)
    v, U = rng.normal(size=4), rng.normal(size=(11, 4))
    P = tree_probabilities(v, children, U)
    for w in range(12):
        loss = hierarchical_softmax_loss_and_grad(v, nodes[w], signs[w], U)[0]
        assert loss == pytest.approx(-np.log(P[w]), rel=1e-12)


def test_zero_vectors_give_each_word_two_to_the_minus_its_depth():
    f = np.random.default_rng(8).integers(1, 99, 40)
    P = tree_probabilities(np.ones(3), huffman_tree(f), np.zeros((39, 3)))
    np.testing.assert_array_equal(P, 2.0 ** -depths(f))


def test_the_gradients_of_all_words_weighted_by_their_probability_cancel():
    """The mean of the score function is zero, as for every distribution."""
    rng = np.random.default_rng(9)
    children = random_tree(10, rng)
    nodes, signs = tree_paths(children)
    v, U = rng.normal(size=4), rng.normal(size=(9, 4))
    P = tree_probabilities(v, children, U)
    grads = [
        hierarchical_softmax_loss_and_grad(v, *p, U)
        for p in zip(nodes, signs, strict=True)
    ]
    for place in (1, 2):
        mean = sum(p * g[place] for p, g in zip(P, grads, strict=True))
        np.testing.assert_allclose(mean, np.zeros_like(mean), atol=1e-14)


def test_a_single_word_has_probability_one_and_no_gradient():
    children = huffman_tree([3])
    nodes, signs = tree_paths(children)
    U = np.zeros((0, 4))
    loss, dv, dU = hierarchical_softmax_loss_and_grad(np.ones(4), nodes[0], signs[0], U)
    assert nodes.shape == signs.shape == (1, 0) and children.shape == (0, 2)
    assert loss == 0 and dv.tolist() == [0] * 4 and dU.shape == (0, 4)
    assert tree_probabilities(np.ones(4), children, U).tolist() == [1.0]


# The gradients


@pytest.mark.parametrize("sd", [0.01, 0.5, 2.0])
@pytest.mark.parametrize("word", range(7))
def test_the_gradients_are_those_of_the_loss(word, sd):
    rng = np.random.default_rng(10)
    children = random_tree(7, rng)
    nodes, signs = tree_paths(children)
    path = walks(children)[word]
    v, U = rng.normal(0, sd, 5), rng.normal(0, sd, (6, 5))
    J, dv, dU = hierarchical_softmax_loss_and_grad(v, nodes[word], signs[word], U)
    assert pytest.approx(path_loss(v, path, U), rel=1e-12) == J
    by_v = differences(lambda x: path_loss(x, path, U), v)
    by_U = differences(lambda x: path_loss(v, path, x), U)
    np.testing.assert_allclose(dv, by_v, rtol=1e-6, atol=1e-8, strict=True)
    np.testing.assert_allclose(dU, by_U, rtol=1e-6, atol=1e-8, strict=True)


def test_rows_off_the_path_do_not_move():
    rng = np.random.default_rng(11)
    nodes, signs = tree_paths(random_tree(9, rng))
    v, U = rng.normal(size=3), rng.normal(size=(8, 3))
    for n, s in zip(nodes, signs, strict=True):
        dU = hierarchical_softmax_loss_and_grad(v, n, s, U)[2]
        moved = (dU != 0).any(axis=1).nonzero()[0]
        assert moved.tolist() == sorted(n[s != 0].tolist())


def test_a_confident_answer_is_neither_infinite_nor_forgotten():
    U = np.array([[1.0], [-1.0]])
    loss, dv, dU = hierarchical_softmax_loss_and_grad([1e4], [0, 1], [1, 1], U)
    assert loss == pytest.approx(1e4)
    assert dv.tolist() == [1.0] and dU.tolist() == [[0.0], [-1e4]]


def test_one_step_against_the_gradient_raises_the_word_above_every_other():
    rng = np.random.default_rng(12)
    children = huffman_tree(rng.integers(1, 50, 20))
    nodes, signs = tree_paths(children)
    v, U = rng.normal(size=5), rng.normal(size=(19, 5))
    before = tree_probabilities(v, children, U)
    for o in range(20):
        dU = hierarchical_softmax_loss_and_grad(v, nodes[o], signs[o], U)[2]
        after = tree_probabilities(v, children, U - 0.1 * dU)
        others = np.arange(20) != o
        assert after[o] > before[o]
        assert (after / after[o] < before / before[o])[others].all()
        assert abs(after.sum() - 1) < 1e-12


def test_one_left_turn_and_then_right_turns_are_a_pair_of_negative_sampling():
    rng = np.random.default_rng(13)
    v, U = rng.normal(size=5), rng.normal(size=(7, 5))
    path = hierarchical_softmax_loss_and_grad(v, [4, 1, 6, 0], [1, -1, -1, -1], U)
    draws = negative_sampling_loss_and_grad(v, 4, [1, 6, 0], U)
    for a, b in zip(path, draws, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


def test_training_on_one_center_reaches_any_distribution_of_its_neighbors():
    """Full gradient descent on the tree reaches any distribution that is asked for."""
    rng = np.random.default_rng(14)
    target = rng.dirichlet(np.ones(6))
    children = huffman_tree(target)
    nodes, signs = tree_paths(children)
    v, U = np.ones(1), np.zeros((5, 1))
    for _ in range(3000):
        grads = [
            hierarchical_softmax_loss_and_grad(v, *p, U)[2]
            for p in zip(nodes, signs, strict=True)
        ]
        U -= 2.0 * sum(p * g for p, g in zip(target, grads, strict=True))
    np.testing.assert_allclose(tree_probabilities(v, children, U), target, rtol=1e-6)


# Padding and batches


def batch(seed=15, B=13, N=9, d=4, dtype=float):
    rng = np.random.default_rng(seed)
    nodes, signs = tree_paths(huffman_tree(2 ** np.arange(N)))
    words = rng.integers(0, N, B)
    v, U = rng.normal(size=(B, d)), rng.normal(size=(N - 1, d))
    return v.astype(dtype), nodes[words], signs[words], U.astype(dtype)


def test_a_batch_is_the_sum_of_its_paths_cut_to_their_length():
    v, n, s, U = batch()
    loss, dv, dU = hierarchical_softmax_loss_and_grad(v, n, s, U)
    pairs = [
        hierarchical_softmax_loss_and_grad(x, a[b != 0], b[b != 0], U)
        for x, a, b in zip(v, n, s, strict=True)
    ]
    assert loss == pytest.approx(sum(J for J, _, _ in pairs), rel=1e-12)
    np.testing.assert_allclose(dv, [x for _, x, _ in pairs], atol=1e-13)
    np.testing.assert_allclose(dU, sum(x for _, _, x in pairs), atol=1e-13)


def test_padding_changes_nothing_whichever_node_it_names():
    v, n, s, U = batch()
    want = hierarchical_softmax_loss_and_grad(v, n, s, U)
    elsewhere = np.where(s == 0, len(U) - 1, n)
    wider = [np.pad(x, ((0, 0), (2, 3))) for x in (n, s)]
    for nodes, signs in ((elsewhere, s), wider):
        got = hierarchical_softmax_loss_and_grad(v, nodes, signs, U)
        for a, b in zip(got, want, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_the_root_collects_the_gradient_of_every_pair():
    v, n, s, U = batch()
    assert (n[:, 0] == len(U) - 1).all() and s[:, 0].all()
    dU = hierarchical_softmax_loss_and_grad(v, n, s, U)[2]
    want = sum(
        -s[b, 0] * expit(-s[b, 0] * (U[-1] @ v[b])) * v[b] for b in range(len(v))
    )
    np.testing.assert_allclose(dU[-1], want, rtol=1e-12)


def test_the_residuals_give_the_gradients_of_a_batch_by_sparse_products():
    """How a trainer computes a batch: on the rows that it touches, padding included."""
    v, n, s, U = batch()
    _, dv, dU = hierarchical_softmax_loss_and_grad(v, n, s, U)
    rows, G = by_row(n, hs_residuals(v, n, s, U))
    assert isinstance(G, csr_array)
    np.testing.assert_allclose(G @ U[rows], dv, atol=1e-13)
    np.testing.assert_allclose(G.T @ v, dU[rows], atol=1e-13)


def test_an_empty_batch_has_loss_zero():
    v, n, s, U = batch(B=0)
    loss, dv, dU = hierarchical_softmax_loss_and_grad(v, n, s, U)
    assert loss == 0 and dv.shape == (0, 4) and not dU.any()


def test_a_closure_over_the_paths_is_a_pair_loss():
    rng = np.random.default_rng(16)
    children = huffman_tree(rng.integers(1, 9, 7))
    nodes, signs = tree_paths(children)
    V, U = rng.normal(size=(7, 5)), rng.normal(size=(6, 5))

    def pair(v, o, U):
        return hierarchical_softmax_loss_and_grad(v, nodes[o], signs[o], U)

    context = [5, 0, 5]
    loss, dV, dU = window_loss_and_grad(3, context, V, U, pair)
    assert loss == pytest.approx(
        -np.log(tree_probabilities(V[3], children, U)[context]).sum()
    )
    assert (dV != 0).any(axis=1).nonzero()[0].tolist() == [3]
    by_U = differences(lambda x: window_loss_and_grad(3, context, V, x, pair)[0], U)
    np.testing.assert_allclose(dU, by_U, rtol=1e-6, atol=1e-8)


# What goes in and comes out


def test_the_arguments_are_left_as_they_were_and_float32_stays():
    v, n, s, U = batch(dtype=np.float32)
    copies = [x.copy() for x in (v, n, s, U)]
    results = hierarchical_softmax_loss_and_grad(v, n, s, U)
    assert all(x.dtype == np.float32 for x in results)
    assert all((a == b).all() for a, b in zip((v, n, s, U), copies, strict=True))
    exact = hierarchical_softmax_loss_and_grad(v.astype(float), n, s, U.astype(float))
    for a, b in zip(results, exact, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    P = tree_probabilities(v[0], huffman_tree(2 ** np.arange(9)), U)
    assert P.dtype == np.float32


def test_the_signs_of_a_tree_leave_a_float32_table_in_float32():
    v, n, s, U = batch(dtype=np.float32)
    assert hs_residuals(v, n, s, U).dtype == np.float32


def test_lists_and_float_signs_are_welcome():
    U = [[1.0, 2.0], [0.5, -1.0]]
    lists = hierarchical_softmax_loss_and_grad([1.0, 2.0], [1, 0], [1, -1], U)
    floats = hierarchical_softmax_loss_and_grad([1.0, 2.0], [1, 0], [1.0, -1.0], U)
    for a, b in zip(lists, floats, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("counts", "error", "message"),
    [
        ([], ValueError, "counts: expected N counts > 0"),
        ([3, 0, 1], ValueError, "counts: expected N counts > 0"),
        ([3, -1], ValueError, "counts: expected N counts > 0"),
        ([[3, 1]], ValueError, "counts: expected N counts > 0"),
        (5, ValueError, "counts: expected N counts > 0"),
        ([3, np.nan], ValueError, "counts: expected finite"),
        ([3, np.inf], ValueError, "counts: expected finite"),
        (["a"], TypeError, "counts: expected real"),
    ],
)
def test_counts_that_make_no_tree_are_named(counts, error, message):
    with pytest.raises(error, match=message):
        huffman_tree(counts)


@pytest.mark.parametrize(
    ("children", "error", "message"),
    [
        ([0, 1], ValueError, "children: expected shape"),
        ([[0, 1, 2]], ValueError, "children: expected shape"),
        (3, ValueError, "children: expected shape"),
        ([[0, 0], [1, 3]], ValueError, "children: expected each node"),
        ([[0, 3], [1, 2]], ValueError, "children: expected each node"),
        ([[0, 4], [1, 2]], IndexError, "children"),
        ([[0, -1], [1, 2]], IndexError, "children"),
        ([[0.0, 1.0]], TypeError, "children"),
    ],
)
def test_a_table_that_is_no_tree_is_named(children, error, message):
    with pytest.raises(error, match=message):
        tree_paths(children)
    with pytest.raises(error, match=message):
        tree_probabilities(np.ones(2), children, np.ones((2, 2)))


GOOD = {
    "v": np.ones(5),
    "nodes": [5, 1, 0],
    "signs": [1, -1, 0],
    "U": np.ones((6, 5)),
}
BAD = [
    ("v", np.ones(4), ValueError, "v: expected shape"),
    ("v", 1.0, ValueError, "v: expected shape"),
    ("v", np.ones((2, 5)), ValueError, "nodes: expected one path"),
    ("v", np.full(5, np.nan), ValueError, "v: expected finite"),
    ("v", "word", TypeError, "v: expected real"),
    ("U", np.ones(5), ValueError, "U: expected shape"),
    ("U", np.full((6, 5), np.inf), ValueError, "U: expected finite"),
    ("U", np.ones((5, 5)), IndexError, "nodes"),
    ("nodes", [5, 1, -1], IndexError, "nodes"),
    ("nodes", [5, 1, 0.5], TypeError, "nodes"),
    ("nodes", [5, 1], ValueError, "nodes, signs: expected one shape"),
    ("nodes", [[5, 1, 0]], ValueError, "nodes, signs: expected one shape"),
    ("nodes", 5, ValueError, "nodes, signs: expected one shape"),
    ("signs", [1, -1, 2], ValueError, "signs: expected 1 for left"),
    ("signs", [1, -1, 0.5], ValueError, "signs: expected 1 for left"),
    ("signs", [1, -1, np.nan], ValueError, "signs: expected finite"),
]


@pytest.mark.parametrize(("name", "value", "error", "message"), BAD)
def test_bad_input_is_named(name, value, error, message):
    with pytest.raises(error, match=message):
        hierarchical_softmax_loss_and_grad(**{**GOOD, name: value})


def test_a_path_is_a_list_even_if_it_has_one_node():
    with pytest.raises(ValueError, match="nodes, signs: expected one shape"):
        hierarchical_softmax_loss_and_grad(np.ones(5), 1, 1, np.ones((6, 5)))


@pytest.mark.parametrize(
    ("v", "rows", "message"),
    [(np.ones((2, 3)), 2, "v: expected shape"), (np.ones(3), 3, "U: expected 2 rows")],
)
def test_a_distribution_is_asked_for_one_vector_and_a_table_of_all_nodes(
    v, rows, message
):
    with pytest.raises(ValueError, match=message):
        tree_probabilities(v, [[2, 1], [3, 0]], np.ones((rows, 3)))
