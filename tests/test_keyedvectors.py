"""Chapter 12 against brute force, and what `KeyedVectors` promises its users."""

import numpy as np
import pytest

import w2v
from w2v.keyedvectors import (
    KeyedVectors,
    cosine,
    direction,
    nearest,
    principal_components,
    unit,
)


def table(seed=0, N=40, d=7, dtype=float):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, d)) * rng.uniform(0.1, 9, (N, 1))
    return KeyedVectors([f"w{i}" for i in range(N)], X.astype(dtype))


def brute_cosine(a, b):
    """The cosine by its definition, in Python's numbers."""
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return dot / (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5


def brute_ranking(wv, q, left_out):
    """All words by falling cosine with q, by a loop."""
    scores = {w: brute_cosine(q, wv[w]) for w in wv.index_to_key if w not in left_out}
    return sorted(scores.items(), key=lambda item: -item[1])


def same_ranking(got, want):
    assert [w for w, _ in got] == [w for w, _ in want]
    np.testing.assert_allclose([c for _, c in got], [c for _, c in want], rtol=1e-12)


# The functions.


def test_unit_rows_have_length_one_and_keep_their_direction():
    X = np.random.default_rng(1).normal(0, 50, (3, 4, 5))
    rows = unit(X)
    np.testing.assert_allclose(
        np.linalg.norm(rows, axis=-1), np.ones((3, 4)), rtol=1e-14
    )
    np.testing.assert_allclose(
        rows * np.linalg.norm(X, axis=-1)[..., None], X, rtol=1e-14
    )


def test_a_row_of_zeros_stays_zero_without_a_warning_and_types_are_kept():
    with np.errstate(all="raise"):
        assert unit([[0, 0], [3, 4]]).tolist() == [[0, 0], [0.6, 0.8]]
    assert cosine([0, 0], [1, 2]) == 0
    assert unit(np.ones((2, 2), np.float32)).dtype == np.float32
    with pytest.raises(TypeError, match="X: expected real"):
        unit(["a"])


def test_the_cosine_is_that_of_the_loop():
    a, b = np.random.default_rng(2).normal(size=(2, 9))
    assert cosine(a, b) == pytest.approx(brute_cosine(a, b), rel=1e-14)
    assert cosine(a, 7 * a) == pytest.approx(1) and cosine(a, -a) == pytest.approx(-1)


def test_equal_cosines_stay_in_the_order_of_the_table():
    order, cosines = nearest(
        np.array([1.0, 0]), np.array([[0, 1.0], [2, 0], [5, 0], [0, 3]])
    )
    assert order.tolist() == [1, 2, 0, 3] and cosines.tolist() == [0, 1, 1, 0]


def test_many_equal_cosines_too_stay_in_the_order_of_the_table():
    X = np.eye(2)[np.arange(1000) % 2]
    order, _ = nearest(np.array([0.0, 1]), X)
    assert order.tolist() == [*range(1, 1000, 2), *range(0, 1000, 2)]


def test_the_length_of_the_question_does_not_matter():
    q, X = np.array([3.0, 4]), np.array([[1.0, 2], [-5, 1], [0, 0.1]])
    want = [brute_cosine(q, x) for x in X]
    np.testing.assert_allclose(nearest(q, X)[1], want, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_direction_is_the_signed_sum_at_length_one(dtype):
    X = np.array([[1, 2, 3], [4, -5, 6], [-7, 8, 0]], dtype)
    total = X[0] - X[1] + X[2]
    got = direction([1, -1, 1], X)
    assert got.dtype == dtype
    np.testing.assert_allclose(got, total / np.linalg.norm(total), rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-9, 1, 1e9])
def test_vectors_cancel_if_a_millionth_of_their_length_is_left(scale):
    def rest(share):
        return scale * np.array([[1, 0], [1, share * np.sqrt(2) * 1e-6]])

    np.testing.assert_allclose(direction([-1, 1], rest(1.05)), [0, 1], atol=1e-15)
    with pytest.raises(ValueError, match="cancel"):
        direction([-1, 1], rest(0.95))


LEADING = [
    ([-3, 2, 1], -1),
    ([1, -3, 2], -1),
    ([1, 2, 3], 1),
    ([2, -2, 1], 1),
    ([-2, 2, 1], -1),
    ([0.9995, -1, 0.5], 1),
    ([0.9985, -1, 0.5], -1),
]


@pytest.mark.parametrize(("axis", "sign"), LEADING)
def test_on_a_line_the_first_of_the_largest_entries_points_up(axis, sign):
    t = np.array([1.0, 2, 6])
    Y, share = principal_components(np.outer(t, axis), k=1)
    np.testing.assert_allclose(Y[:, 0], sign * (t - 3) * np.linalg.norm(axis))
    np.testing.assert_allclose(share, [1])


@pytest.mark.parametrize("seed", range(8))
def test_each_direction_points_up_at_the_first_of_its_largest_entries(seed):
    X = np.random.default_rng(seed).normal(size=(9, 6))
    Y, share = principal_components(X, k=6)
    directions = np.linalg.lstsq(Y, X - X.mean(axis=0), rcond=None)[0]
    for row in directions:
        largest = max(abs(x) for x in row)
        assert next(x for x in row if abs(x) > 0.999 * largest) > 0
    assert share.sum() == pytest.approx(1)
    np.testing.assert_allclose(principal_components(X)[0], Y[:, :2], atol=1e-12)
    assert principal_components(X)[0].shape == (9, 2)


def test_the_components_are_the_eigenvectors_of_the_covariance():
    X = np.random.default_rng(3).normal(size=(30, 6)) * [5, 4, 3, 2, 1, 0.5]
    Y, share = principal_components(X, k=3)
    values, vectors = np.linalg.eigh(np.cov(X.T))
    top, axes = values[::-1][:3], vectors[:, ::-1][:, :3]
    np.testing.assert_allclose(share, top / values.sum(), rtol=1e-10, strict=True)
    np.testing.assert_allclose(np.abs(Y), np.abs((X - X.mean(0)) @ axes), atol=1e-10)
    np.testing.assert_allclose(Y.var(axis=0, ddof=1), top, rtol=1e-10)


def test_a_picture_neither_flips_nor_moves():
    X = np.random.default_rng(4).normal(size=(12, 5))
    Y, _ = principal_components(X)
    np.testing.assert_allclose(principal_components(X + 100)[0], Y, atol=1e-11)
    shuffled = np.random.default_rng(5).permutation(12)
    np.testing.assert_allclose(
        principal_components(X[shuffled])[0], Y[shuffled], atol=1e-12
    )


def test_equal_rows_have_no_component_and_no_nan():
    Y, share = principal_components(np.ones((4, 3)), k=2)
    assert not Y.any() and share.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("X", "k", "error", "message"),
    [
        (np.ones(3), 1, ValueError, "X: expected shape"),
        (np.ones((2, 5)), 3, ValueError, "k = 3"),
        (np.ones((2, 5)), 0, ValueError, "k: expected"),
        (np.full((3, 3), np.nan), 2, ValueError, "X: expected finite"),
    ],
)
def test_bad_tables_are_named(X, k, error, message):
    with pytest.raises(error, match=message):
        principal_components(X, k)


def test_vectors_that_cancel_have_no_direction():
    with pytest.raises(ValueError, match="positive, negative: .* cancel"):
        direction([1, -1], np.array([[1.0, 2], [1, 2]]))


# The class.


@pytest.mark.parametrize("seed", range(3))
def test_neighbors_are_those_of_the_loop(seed):
    wv = table(seed)
    same_ranking(wv.most_similar("w3", topn=99), brute_ranking(wv, wv["w3"], {"w3"}))
    q = np.random.default_rng(seed).normal(size=7)
    same_ranking(wv.similar_by_vector(q, topn=5), brute_ranking(wv, q, set())[:5])
    assert wv.similarity("w1", "w2") == pytest.approx(brute_cosine(wv["w1"], wv["w2"]))


@pytest.mark.parametrize("seed", range(3))
def test_an_analogy_adds_and_subtracts_unit_vectors_and_leaves_its_words_out(seed):
    wv = table(seed)
    a, b, p = (wv[w] / np.linalg.norm(wv[w]) for w in ("w0", "w1", "w2"))
    want = brute_ranking(wv, b - a + p, {"w0", "w1", "w2"})
    same_ranking(wv.most_similar(["w1", "w2"], ["w0"], topn=8), want[:8])


def test_one_word_may_stand_without_a_list_and_vectors_count_as_they_are():
    wv = table()
    assert wv.most_similar("w1", "w2") == wv.most_similar(["w1"], ["w2"])
    assert wv.most_similar(wv["w1"])[0][0] == "w1"
    u = wv["w1"] / np.linalg.norm(wv["w1"])
    mixed = wv.most_similar(["w1", 5 * wv["w2"]], topn=3)
    same_ranking(mixed, brute_ranking(wv, u + 5 * wv["w2"], {"w1"})[:3])


def test_a_table_of_vectors_asks_about_each_of_its_rows():
    wv = table()
    together = wv.most_similar(wv.vectors[:3], topn=5)
    assert together == wv.most_similar(list(wv.vectors[:3]), topn=5)


def test_words_may_be_subtracted_from_nothing_and_are_left_out_too():
    wv = table()
    want = brute_ranking(wv, -wv["w1"], {"w1"})
    same_ranking(wv.most_similar(negative="w1", topn=99), want)


def test_ten_answers_come_where_nothing_is_said_each_with_a_float_of_python():
    wv = table(dtype=np.float32)
    answers = [wv.most_similar("w1"), wv.similar_by_vector(wv["w1"])]
    assert [len(a) for a in answers] == [10, 10]
    assert {type(c) for a in answers for _, c in a} == {float}
    assert type(wv.similarity("w1", "w2")) is float


def test_the_words_may_come_from_any_iterable():
    wv = KeyedVectors((w for w in "ab"), [[1, 2, 3], [4, 5, 6]])
    assert wv.index_to_key == ["a", "b"] and wv["b"].tolist() == [4, 5, 6]


def test_stretching_rows_changes_no_answer():
    wv = table()
    longer = KeyedVectors(wv.index_to_key, wv.vectors * np.arange(1, 41)[:, None])
    same_ranking(longer.most_similar("w7", topn=20), wv.most_similar("w7", topn=20))


def test_the_names_are_those_that_gensim_users_know():
    wv = table(dtype=np.float32)
    assert "w5" in wv and "nothing" not in wv and len(wv) == 40 and wv.vector_size == 7
    assert wv.index_to_key[wv.key_to_index["w9"]] == "w9"
    assert wv["w5"].shape == (7,) and wv[["w5", "w6", "w5"]].shape == (3, 7)
    assert wv.vectors.dtype == np.float32
    assert w2v.KeyedVectors is KeyedVectors


def test_the_table_is_not_copied_so_that_training_moves_it():
    V = np.ones((2, 3), np.float32)
    wv = KeyedVectors(["a", "b"], V)
    V[0] = 5
    assert wv["a"].tolist() == [5, 5, 5]


def test_an_unknown_word_is_named_with_words_spelled_like_it():
    wv = KeyedVectors(["eigenvalue", "row"], np.eye(2))
    with pytest.raises(KeyError, match="'eigenvalu'; spelled like it: eigenvalue"):
        wv.most_similar("eigenvalu")
    with pytest.raises(KeyError, match="no vector for the word 'zzz'"):
        wv["zzz"]
    wv = KeyedVectors(["rows1", "rows2", "rows3", "rows4"], np.eye(4))
    with pytest.raises(KeyError, match=r"like it: rows\d, rows\d, rows\d\W*$"):
        wv["rows"]
    with pytest.raises(KeyError, match="3"):
        wv[[3]]


BAD_TABLES = [
    ((["a", "b"], np.eye(3)), r"vectors: expected shape \(2, d\).*got \(3, 3\)"),
    ((["a", "b"], np.ones(2)), r"vectors: .*got \(2,\)"),
    (
        (["a", "b", "a"], np.eye(3)),
        "index_to_key: expected distinct words, got 'a' twice",
    ),
    ((["b", "a", "c", "a"], np.eye(4)), "expected distinct words, got 'a' twice"),
    ((["a", "b"], [[1, 2], [3, np.nan]]), "vectors: expected finite .* at 'b'"),
    ((["a", "b"], [[1, 2, 3], [4, 5, np.nan]]), "vectors: expected finite .* at 'b'"),
    ((["a", "b"], [[np.inf, 2], [3, 4]]), "vectors: expected finite .* at 'a'"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_TABLES)
def test_a_table_that_is_none_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        KeyedVectors(*arguments)


def test_a_table_of_something_else_than_numbers_is_refused():
    with pytest.raises(TypeError, match="vectors: expected real numbers"):
        KeyedVectors(["a", "b"], [["1", "2"], ["3", "4"]])


BAD_QUESTIONS = [
    ({}, ValueError, "positive, negative: expected at least one word"),
    ({"positive": "w1", "restrict_vocab": 0}, ValueError, "restrict_vocab"),
    ({"positive": "w1", "topn": -3}, ValueError, "topn"),
    ({"positive": "w1", "topn": 2.5}, TypeError, "topn"),
    ({"positive": "w1", "negative": "w1"}, ValueError, "cancel"),
    ({"positive": [np.zeros(7)]}, ValueError, "cancel"),
    (
        {"positive": [np.ones(6)]},
        ValueError,
        r"vector: expected shape \(7,\), got \(6,\)",
    ),
    ({"positive": [np.ones((1, 7))]}, ValueError, r"got \(1, 7\)"),
    ({"positive": [np.full(7, np.nan)]}, ValueError, "vector: expected finite"),
    ({"positive": [None]}, TypeError, "vector: expected real"),
]


@pytest.mark.parametrize(("question", "error", "message"), BAD_QUESTIONS)
def test_a_question_without_an_answer_is_refused(question, error, message):
    with pytest.raises(error, match=message):
        table().most_similar(**question)
