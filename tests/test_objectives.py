"""Chapter 11a: one step for two models and three losses, against loops over pairs."""

import numpy as np
import pytest

import w2v
from w2v.hierarchical_softmax import huffman_tree, tree_paths
from w2v.objectives import (
    all_words_loss_and_grad,
    input_rows,
    objective_step,
    questions_loss_and_grad,
    real_and_fake,
)

N, D = 7, 5
CLOSE = {"rtol": 1e-10, "atol": 1e-12, "strict": True}
NODES, SIGNS = tree_paths(huffman_tree([9, 7, 5, 4, 3, 2, 1]))
CONTEXTS = [[1, 4, 4, 0], [2], [6, 3, 5], [3, 3]]
CENTERS = [3, 3, 0, 6]
DRAWS = np.array([[2, 6, 6], [1, 0, 0], [0, 4, 2], [5, 5, 5]])


@pytest.fixture
def tables():
    """Two tables of large weights, with as many rows as any loss needs."""
    return np.random.default_rng(5).normal(0, 0.7, (2, N, D))


def predictions(model):
    """The context words, how many go into each prediction, and the words to be predicted."""
    sizes = np.array([len(context) for context in CONTEXTS])
    near = np.concatenate(CONTEXTS)
    if model == "cbow":
        return near, sizes, np.array(CENTERS)
    return np.repeat(CENTERS, sizes), np.ones(len(near), int), near


def loss_of(name, o, U):
    """The function from H to loss and gradients of a loss."""
    if name == "softmax":
        return lambda H: all_words_loss_and_grad(H, o, U)
    n, s = (
        (NODES[o], SIGNS[o])
        if name == "tree"
        else real_and_fake(o, np.resize(DRAWS, (len(o), 3)))
    )
    return lambda H: questions_loss_and_grad(H, n, s, U)


def by_hand(name, b, v, o, U):
    """The pair loss of chapters 05, 06 and 09 for prediction b."""
    if name == "softmax":
        return w2v.naive_softmax_loss_and_grad(v, o, U)
    if name == "tree":
        path = SIGNS[o] != 0
        loss, dv, dU = w2v.hierarchical_softmax_loss_and_grad(
            v, NODES[o][path], SIGNS[o][path], U
        )
        return loss, dv, dU
    return w2v.negative_sampling_loss_and_grad(v, o, np.resize(DRAWS, (99, 3))[b], U)


@pytest.mark.parametrize("name", ["draws", "tree", "softmax"])
@pytest.mark.parametrize("model", ["skip-gram", "cbow"])
def test_a_step_of_each_model_and_loss_is_that_of_the_loop_over_its_predictions(
    tables, model, name
):
    V, U = tables
    words, C, o = predictions(model)
    loss, dV, dU = 0.0, np.zeros_like(V), np.zeros_like(U)
    parts = np.split(words, np.cumsum(C)[:-1])
    for b, (part, target) in enumerate(zip(parts, o, strict=True)):
        J, dv, d = by_hand(name, b, V[part].mean(axis=0), target, U)
        loss, dU = loss + J, dU + d
        for x in part:
            dV[x] += dv / len(part)
    want = V - 0.1 * dV, U - 0.1 * dU
    got = objective_step(V, *input_rows(words, C), [(U, loss_of(name, o, U))], 0.1)
    assert got == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(V, want[0], **CLOSE)
    np.testing.assert_allclose(U, want[1], **CLOSE)


@pytest.mark.parametrize("name", ["draws", "tree", "softmax"])
@pytest.mark.parametrize("mean", [True, False])
def test_the_gradients_are_those_of_finite_differences(tables, name, mean):
    V, U = tables
    words, C, o = predictions("cbow")
    rows, E = input_rows(words, C, mean)

    def loss(V, U):
        return loss_of(name, o, U)(E @ V[rows])[0]

    _, dH, dU = loss_of(name, o, U)(E @ V[rows])
    dV = np.zeros_like(V)
    dV[rows] = E.T @ dH
    for table, gradient in ((V, dV), (U, dU.dense(N))):
        for entry in np.ndindex(table.shape):
            kept = table[entry]
            table[entry] = kept + 1e-5
            above = loss(V, U)
            table[entry] = kept - 1e-5
            slope = (above - loss(V, U)) / 2e-5
            table[entry] = kept
            assert gradient[entry] == pytest.approx(slope, abs=1e-8)


def test_the_gradients_of_several_losses_add_up_at_one_point(tables):
    V, U = tables
    T = U[::-1].copy()
    words, C, o = predictions("skip-gram")
    rows, E = input_rows(words, C)
    H = E @ V[rows]
    parts = [loss_of("draws", o, U)(H), loss_of("tree", o, T)(H)]
    want = V.copy()
    want[rows] -= 0.2 * (E.T @ (parts[0][1] + parts[1][1]))
    asked = [(U, loss_of("draws", o, U)), (T, loss_of("tree", o, T))]
    assert objective_step(V, rows, E, asked, 0.2) == pytest.approx(
        parts[0][0] + parts[1][0]
    )
    np.testing.assert_allclose(V, want, **CLOSE)


def test_each_table_is_moved_by_the_loss_that_asked_it(tables):
    V, U = tables
    T = U[::-1].copy()
    words, C, o = predictions("cbow")
    rows, E = input_rows(words, C)
    asked = [(U, loss_of("draws", o, U)), (T, loss_of("tree", o, T))]
    H = E @ V[rows]
    want = [table - 0.2 * ask(H)[2].dense(N) for table, ask in asked]
    objective_step(V, rows, E, asked, 0.2)
    np.testing.assert_allclose(U, want[0], **CLOSE)
    np.testing.assert_allclose(T, want[1], **CLOSE)


def test_the_word_of_the_text_is_asked_first_and_the_draws_are_to_be_denied():
    n, s = real_and_fake(np.array([3, 0]), np.array([[1, 2], [2, 2]]))
    assert n.tolist() == [[3, 1, 2], [0, 2, 2]]
    assert s.tolist() == [[1, -1, -1], [1, -1, -1]]


@pytest.mark.parametrize("name", ["draws", "tree", "softmax"])
def test_the_losses_of_many_predictions_are_added_in_float64(name):
    o, U = np.full(1001, 3), np.zeros((N, D), np.float32)
    H = np.zeros((len(o), D), np.float32)
    one, many = (loss_of(name, o[:B], U)(H[:B])[0] for B in (1, len(o)))
    assert many == pytest.approx(1001 * one, rel=1e-12) and type(many) is float


def test_the_way_back_of_word2vec_c_adds_the_whole_gradient_to_each_context_word(
    tables,
):
    V, U = tables
    words, C, o = predictions("cbow")
    (rows, E), (_, ones) = input_rows(words, C), input_rows(words, C, mean=False)
    before, (_, dH, _) = V.copy(), loss_of("draws", o, U)(E @ V[rows])
    objective_step(V, rows, E, [(U, loss_of("draws", o, U))], 0.1, back=ones)
    for b, context in enumerate(CONTEXTS):
        for x in context:
            before[x] -= 0.1 * dH[b]
    np.testing.assert_allclose(V, before, **CLOSE)


def test_padding_costs_nothing_and_moves_nothing(tables):
    V, U = tables
    n, s = np.array([[1, 2], [4, 0]]), np.array([[1, -1], [1, 0]])
    loss, dH, dU = questions_loss_and_grad(V[:2], n, s, U)
    short = [
        questions_loss_and_grad(V[b : b + 1], n[b : b + 1, :k], s[b : b + 1, :k], U)
        for b, k in ((0, 2), (1, 1))
    ]
    assert loss == pytest.approx(sum(J for J, _, _ in short))
    np.testing.assert_allclose(dH, np.vstack([d for _, d, _ in short]), **CLOSE)
    np.testing.assert_allclose(dU.dense(N), sum(d.dense(N) for _, _, d in short))


@pytest.mark.parametrize("name", ["draws", "tree", "softmax"])
def test_float32_tables_stay_float32_and_huge_scores_stay_finite(tables, name):
    V, U = (100 * tables).astype(np.float32)
    words, C, o = predictions("cbow")
    rows, E = input_rows(words, C, dtype=np.float32)
    loss, dH, dU = loss_of(name, o, U)(E @ V[rows])
    assert dH.dtype == dU.values.dtype == np.float32
    assert np.isfinite(loss) and np.isfinite(dH).all() and np.isfinite(dU.values).all()


def test_the_weights_of_a_prediction_count_repeats_and_add_up_to_one():
    rows, E = input_rows(np.array([4, 4, 1, 6]), np.array([3, 1]))
    np.testing.assert_array_equal(rows, [1, 4, 6])
    np.testing.assert_allclose(E.toarray(), [[1 / 3, 2 / 3, 0], [0, 0, 1]])
    _, ones = input_rows(np.array([4, 4, 1, 6]), np.array([3, 1]), mean=False)
    np.testing.assert_array_equal(ones.toarray(), [[1, 2, 0], [0, 0, 1]])
