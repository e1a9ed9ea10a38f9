"""Chapter 12 against brute force, and what `KeyedVectors` promises its users."""

import contextlib
import pickle
from inspect import signature
from time import process_time

import numpy as np
import pytest

import w2v
from w2v import keyedvectors
from w2v.keyedvectors import (
    KeyedVectors,
    UnknownWord,
    analogy_sections,
    cosine,
    direction,
    largest,
    nearest,
    principal_components,
    text_lines,
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
        (np.ones((5, 2)), 3, ValueError, "k = 3"),
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
    assert wv.most_similar("w1", None) == wv.most_similar(["w1"])
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


def test_asking_for_many_unknown_words_is_cheap_until_one_is_shown():
    wv = KeyedVectors([f"word{i}" for i in range(200_000)], np.ones((200_000, 1)))
    start = process_time()
    for _ in range(2000):
        with contextlib.suppress(KeyError):
            wv["wrod7"]
    assert process_time() - start < 1
    error = pickle.loads(pickle.dumps(UnknownWord("wrod7", wv.index_to_key)))
    assert isinstance(error, KeyError) and "word7" in str(error)


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


# Fast and whole answers.


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [0, 1, 2, 7, 49, 50, 51, 99])
def test_the_largest_are_the_first_of_a_stable_sort(seed, n):
    cosines = np.random.default_rng(seed).integers(-9, 9, 50) / 9
    want = np.argsort(-cosines, kind="stable")[:n]
    assert largest(cosines, n).tolist() == want.tolist()
    assert largest(np.zeros(50), n).tolist() == list(range(min(n, 50)))


def test_all_cosines_or_none_on_request():
    wv = table()
    want = [brute_cosine(wv["w3"], x) for x in wv.vectors]
    np.testing.assert_allclose(wv.most_similar("w3", topn=None), want, rtol=1e-12)
    assert (
        wv.most_similar("w3", topn=0) == wv.most_similar("w3", topn=np.uint8(0)) == []
    )
    assert len(wv.most_similar("w3", topn=None, restrict_vocab=5)) == 5


def test_only_the_first_words_are_looked_at_on_request():
    wv = table()
    want = [x for x in brute_ranking(wv, wv["w30"], {"w30"}) if int(x[0][1:]) < 9]
    same_ranking(wv.most_similar("w30", topn=4, restrict_vocab=9), want[:4])
    assert len(wv.most_similar("w3", topn=99, restrict_vocab=9)) == 8
    assert wv.similar_by_vector(wv["w3"], restrict_vocab=9)[0][0] == "w3"


def test_a_row_of_zeros_is_similar_to_nothing():
    wv = KeyedVectors("abc", [[0.0, 0], [1, 0], [-1, 0]])
    assert wv.most_similar("b") == [("a", 0.0), ("c", -1.0)]
    assert wv.similarity("a", "b") == 0


def test_similar_by_word_is_most_similar():
    wv = table()
    assert wv.similar_by_word("w3", topn=4) == wv.most_similar("w3", topn=4)


def test_a_new_table_and_filled_norms_give_new_answers():
    wv = table()
    other = table(seed=9)
    before = wv.most_similar("w3")
    wv.vectors = other.vectors
    assert wv.most_similar("w3") == other.most_similar("w3") != before
    wv.vectors[:] = table().vectors
    wv.fill_norms(force=True)
    assert wv.most_similar("w3") == before
    with pytest.raises(ValueError, match="vectors: expected shape"):
        wv.vectors = np.ones((3, 7))


def test_the_lengths_are_computed_once():
    wv = table()
    assert wv.norms is None
    wv.most_similar("w3")
    norms = wv.norms
    np.testing.assert_allclose(norms, [np.sqrt((x**2).sum()) for x in wv.vectors])
    wv.most_similar("w4")
    assert wv.norms is norms and wv.fill_norms(force=True) is not norms


def test_nan_that_came_later_is_named_when_it_is_first_used():
    wv = table()
    wv.vectors[3, 2] = np.nan
    with pytest.raises(ValueError, match="expected finite .* at 'w3'"):
        wv.most_similar("w1")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_any_float_type_answers_like_float64(dtype):
    wv = table(dtype=dtype)
    exact = KeyedVectors(wv.index_to_key, wv.vectors.astype(np.float64))
    assert wv.vectors.dtype == dtype
    for ours, want in zip(wv.most_similar("w3"), exact.most_similar("w3"), strict=True):
        assert ours[0] == want[0] and ours[1] == pytest.approx(want[1], abs=1e-6)


def test_a_vector_that_was_handed_out_cannot_be_changed_by_accident():
    wv = table()
    with pytest.raises(ValueError, match="read-only"):
        wv["w1"][0] = 5
    wv[["w1", "w2"]][0] = 5
    np.testing.assert_allclose(np.linalg.norm(wv.get_vector("w1", norm=True)), 1)
    assert wv.get_vector("w1").tolist() == wv["w1"].tolist()


@pytest.mark.parametrize("seed", range(20))
def test_the_odd_one_out_is_the_farthest_from_the_mean_direction(seed):
    wv = table(seed, N=12)
    words = [f"w{i}" for i in np.random.default_rng(seed).permutation(12)[:5]]
    units = [wv[w] / np.sqrt((wv[w] ** 2).sum()) for w in words]
    mean = sum(units) / 5
    cosines = {w: brute_cosine(wv[w], mean) for w in words}
    assert wv.doesnt_match(words) == min(cosines, key=cosines.get)


def test_words_unknown_to_doesnt_match_are_left_out_and_named_in_the_log(caplog):
    wv = table()
    got = wv.doesnt_match(["w1", "nothing", "w2", "w3"])
    assert got == wv.doesnt_match(["w1", "w2", "w3"])
    assert caplog.text.count("no vectors for ['nothing']") == 1
    with pytest.raises(ValueError, match="words: expected one that has a vector"):
        wv.doesnt_match(["nothing"])
    with pytest.raises(ValueError, match="words: expected"):
        wv.doesnt_match([])
    with pytest.raises(TypeError, match="words: expected a list"):
        wv.doesnt_match("w1 w2")


def test_opposite_words_have_no_odd_one_out():
    with pytest.raises(ValueError, match="cancel"):
        KeyedVectors("ab", [[1.0, 2], [-1, -2]]).doesnt_match(["a", "b"])


def test_a_question_is_answered_in_the_type_of_the_table():
    wv = table(dtype=np.float32)
    assert wv.most_similar(np.ones(7), topn=None).dtype == np.float32


def test_counts_come_by_name():
    wv = KeyedVectors("abc", np.eye(3), counts=[7, 5, 3])
    assert [wv.get_vecattr(w, "count") for w in "abc"] == [7, 5, 3]
    with pytest.raises(KeyError, match="no vector for the word 'd'"):
        wv.get_vecattr("d", "count")
    with pytest.raises(KeyError, match="no attribute 'size' .* there is count"):
        wv.get_vecattr("a", "size")
    with pytest.raises(KeyError, match="there is none"):
        KeyedVectors("abc", np.eye(3)).get_vecattr("a", "count")
    with pytest.raises(ValueError, match=r"counts: expected shape \(3,\), got \(2,\)"):
        KeyedVectors("abc", np.eye(3), counts=[1, 2])


DEFAULTS = {
    "most_similar": {"topn": 10, "restrict_vocab": None},
    "similar_by_word": {"topn": 10},
    "similar_by_vector": {"topn": 10},
    "evaluate_word_analogies": {
        "restrict_vocab": 300000,
        "case_insensitive": True,
        "dummy4unknown": False,
    },
    "evaluate_word_pairs": {
        "delimiter": "\t",
        "restrict_vocab": 300000,
        "case_insensitive": True,
        "dummy4unknown": False,
    },
    "load_word2vec_format": {
        "fvocab": None,
        "binary": False,
        "encoding": "utf8",
        "unicode_errors": "strict",
        "limit": None,
        "datatype": np.float32,
        "no_header": False,
    },
    "save_word2vec_format": {"fvocab": None, "binary": False, "write_header": True},
    "load": {"mmap": None},
    "get_vector": {"norm": False},
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_what_is_not_said_is_as_in_gensim(name):
    parameters = signature(getattr(KeyedVectors, name)).parameters
    got = {p: parameters[p].default for p in DEFAULTS[name]}
    assert got == DEFAULTS[name]


# Whole exams, against a loop over the words.


def brute_answer(wv, a, b, p, fold, restrict):
    """The first word by falling cosine with b - a + p, whose folded form was not asked."""
    first = {}
    for w in wv.index_to_key[:restrict]:
        first.setdefault(fold(w), w)
    a, b, p = (wv[first[w]] / np.sqrt((wv[first[w]] ** 2).sum()) for w in (a, b, p))
    ranked = brute_ranking(wv, b - a + p, set())
    return [fold(w) for w, _ in ranked if w in wv.index_to_key[:restrict]]


WORDS = [
    "Row",
    "row",
    "rows",
    "Column",
    "columns",
    "ROWS",
    "Sin",
    "cos",
    "Sinh",
    "cosh",
]
EXAM = """: plural
row rows column columns
ROW ROWS Columns column
sin cos sinh cosh

this line has five words
: trig
sin cos sinh cosh
cos sin cosh tan
row cos sin rows""".splitlines()


@pytest.mark.parametrize("restrict", [None, 4, 8, 10, 99])
@pytest.mark.parametrize("dummy", [False, True])
@pytest.mark.parametrize("insensitive", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_an_exam_is_marked_as_by_a_loop(tmp_path, restrict, dummy, insensitive, seed):
    wv = KeyedVectors(WORDS, np.random.default_rng(seed).normal(size=(10, 3)))
    fold = str.upper if insensitive else str
    known = {fold(w) for w in WORDS[:restrict]}
    want = {"plural": ([], []), "trig": ([], []), "Total accuracy": ([], [])}
    section = None
    for line in EXAM:
        words = tuple(fold(w) for w in line.split())
        if line.startswith(":"):
            section = line[2:]
        elif len(words) == 4 and (dummy or set(words) <= known):
            right = False
            if set(words) <= known:
                ranked = brute_answer(wv, *words[:3], fold, restrict)
                right = (
                    next((w for w in ranked if w not in words[:3]), None) == words[3]
                )
            want[section][not right].append(words)
            want["Total accuracy"][not right].append(words)
    for kind in (0, 1):
        want["Total accuracy"][kind].sort()
    (tmp_path / "exam.txt").write_text("\r\n".join(EXAM), encoding="utf-8", newline="")
    options = {
        "restrict_vocab": restrict,
        "case_insensitive": insensitive,
        "dummy4unknown": dummy,
    }
    score, sections = wv.evaluate_word_analogies(tmp_path / "exam.txt", **options)
    assert (score, sections) == wv.evaluate_word_analogies(EXAM, **options)
    got = {s["section"]: (s["correct"], s["incorrect"]) for s in sections}
    got["Total accuracy"] = tuple(sorted(x) for x in got["Total accuracy"])
    assert got == want
    right, wrong = map(len, want["Total accuracy"])
    assert score == right / max(right + wrong, 1)


def test_an_exact_analogy_is_solved_and_a_wrong_one_is_not():
    rows = [[1.0, 0, 0], [0, 1, 0], [1, 0, 1], [0, 1, 1], [0, 1, 2]]
    square = KeyedVectors("abpqz", rows)
    score, (one, total) = square.evaluate_word_analogies([": x", "a b p q", "a b q p"])
    assert score == 0.5 and one["correct"] == [("A", "B", "P", "Q")]
    assert one["incorrect"] == total["incorrect"] == [("A", "B", "Q", "P")]
    assert square.evaluate_word_analogies([": x", "a b p q"])[0] == 1


def test_many_questions_are_marked_like_few(monkeypatch):
    wv = table(N=30, d=3)
    lines = [f"w{i} w{i + 1} w{i + 2} w{j}" for i in range(20) for j in range(30)]
    _, sections = wv.evaluate_word_analogies([": all", *lines])
    for scores in (1, 30, 60, 91, 30 * 599, 30 * 600):
        monkeypatch.setattr(keyedvectors, "SCORES", scores)
        assert wv.evaluate_word_analogies([": all", *lines])[1] == sections
    right = sections[0]["correct"]
    assert len(right) == 20  # each question is solved by just one word
    for q in right:
        a, b, p, answer = (w.lower() for w in q)
        assert wv.most_similar([b, p], [a], topn=1)[0][0] == answer


def test_a_question_that_leaves_no_word_is_not_solved_and_ends():
    score, _ = KeyedVectors("ab", np.eye(2)).evaluate_word_analogies([": x", "a b a b"])
    assert score == 0


def test_an_exam_without_questions_is_refused():
    wv = table()
    with pytest.raises(ValueError, match="analogies: expected lines of four words"):
        wv.evaluate_word_analogies([": heading", "only three words"])
    with pytest.raises(
        ValueError, match="analogies, line 2: expected a line ': heading'"
    ):
        wv.evaluate_word_analogies(["// a remark, of more words", "w1 w2 w3 w4"])
    assert wv.evaluate_word_analogies([": x", "none of these known"])[0] == 0


def test_a_heading_is_what_follows_its_colons():
    lines = [": : capital: city: \t", "a b p q"]
    assert analogy_sections(lines) == [("capital: city:", [("a", "b", "p", "q")])]


def test_lines_come_without_their_ends_and_keep_their_spaces(tmp_path):
    (tmp_path / "lines").write_bytes(b"a \r\n\r\n b\t")
    for source in (tmp_path / "lines", ["a \r\n", "\n", " b\t"]):
        assert text_lines(source) == ["a ", "", " b\t"]


def test_an_exam_that_is_not_utf8_is_refused_with_file_and_line(tmp_path):
    (tmp_path / "exam.txt").write_bytes(b": x\nw1 w2 w3 caf\xe9\n")
    with pytest.raises(UnicodeDecodeError, match=r"exam\.txt, line 2"):
        table().evaluate_word_analogies(tmp_path / "exam.txt")


def brute_ranks(x):
    return [sum(b < a for b in x) + (sum(b == a for b in x) + 1) / 2 for a in x]


def brute_pearson(x, y):
    x, y = np.array(x) - np.mean(x), np.array(y) - np.mean(y)
    return (x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum())


PAIRS = ["# a remark\tof two\t5", "Row\tColumns\t5.5", "sin\tCOS\t9", "rows\tcosh\t9"]
PAIRS += [
    "sinh\tcolumn\t1",
    "none\trow\t3",
    "a line",
    "",
    "row\tsin\thigh",
    "rows\tsin\t4",
]


@pytest.mark.parametrize("dummy", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_judged_pairs_are_correlated_as_by_a_loop(tmp_path, dummy, seed):
    wv = KeyedVectors(WORDS, np.random.default_rng(seed).normal(size=(10, 3)))
    asked = [("Row", "columns", 5.5), ("Sin", "cos", 9), ("rows", "cosh", 9)]
    asked += [("Sinh", "Column", 1), ("rows", "Sin", 4)]
    ours = [brute_cosine(wv[a], wv[b]) for a, b, _ in asked]
    theirs = [x for *_, x in asked]
    if dummy:
        ours, theirs = [*ours, 0.0], [*theirs, 3]
    for source in (PAIRS, tmp_path / "pairs.tsv"):
        (tmp_path / "pairs.tsv").write_text("\n".join(PAIRS), encoding="utf-8")
        pearson, spearman, unknown = wv.evaluate_word_pairs(source, dummy4unknown=dummy)
        assert pearson[0] == pytest.approx(brute_pearson(theirs, ours))
        ranks = brute_ranks(theirs), brute_ranks(ours)
        assert spearman[0] == pytest.approx(brute_pearson(*ranks))
        assert unknown == pytest.approx(100 / 6)


def test_pairs_may_be_separated_otherwise_and_in_their_own_case():
    wv = KeyedVectors(WORDS, np.random.default_rng(0).normal(size=(10, 3)))
    lines = [x.replace("\t", ",") for x in PAIRS]
    assert (
        wv.evaluate_word_pairs(lines, ",")[0][0] == wv.evaluate_word_pairs(PAIRS)[0][0]
    )
    options = {"case_insensitive": False, "dummy4unknown": True}
    assert wv.evaluate_word_pairs(PAIRS, **options)[2] == pytest.approx(500 / 6)
    assert wv.evaluate_word_pairs(PAIRS, restrict_vocab=8)[2] == pytest.approx(300 / 6)
    with pytest.raises(ValueError, match="pairs: expected two known pairs, got 1"):
        wv.evaluate_word_pairs(PAIRS, case_insensitive=False)
    assert abs(wv.evaluate_word_pairs(PAIRS[1:3])[0][0]) == pytest.approx(1)


# Files; test_vectorfiles.py has the formats.


@pytest.mark.parametrize("name", ["v.txt", "v.txt.gz", "v.bin", "v.bin.gz"])
def test_vectors_come_back_from_a_file_with_counts_by_place(tmp_path, name):
    wv = table(dtype=np.float32)
    wv.save_word2vec_format(tmp_path / name, binary=".bin" in name)
    got = KeyedVectors.load_word2vec_format(tmp_path / name, binary=".bin" in name)
    assert got.index_to_key == wv.index_to_key and (got.vectors == wv.vectors).all()
    assert [got.get_vecattr(w, "count") for w in ("w0", "w39")] == [40, 1]
    got = KeyedVectors.load_word2vec_format(
        tmp_path / name, binary=".bin" in name, limit=3, datatype=np.float64
    )
    assert len(got) == 3 and got.vectors.dtype == np.float64
    assert got.get_vecattr("w0", "count") == 3


def test_a_file_without_a_header_comes_back(tmp_path):
    wv = table(dtype=np.float32)
    wv.save_word2vec_format(tmp_path / "v", write_header=False)
    got = KeyedVectors.load_word2vec_format(tmp_path / "v", no_header=True)
    assert (got.vectors == wv.vectors).all()


def test_frequent_words_are_written_first_with_their_counts(tmp_path):
    wv = KeyedVectors("abcd", np.eye(4, dtype=np.float32), counts=[3, 9, 3, 5])
    wv.save_word2vec_format(tmp_path / "v", fvocab=tmp_path / "c")
    got = KeyedVectors.load_word2vec_format(tmp_path / "v", fvocab=tmp_path / "c")
    assert got.index_to_key == ["b", "d", "a", "c"]
    assert [got.get_vecattr(w, "count") for w in "abcd"] == [3, 9, 3, 5]
    assert (tmp_path / "c").read_text() == "b 9\nd 5\na 3\nc 3\n"
    assert all((got[w] == wv[w]).all() for w in "abcd")
    (tmp_path / "c").write_text("b 9\nd 5\na 3\n")
    with pytest.raises(ValueError, match="expected a count .* got none for 'c'"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", fvocab=tmp_path / "c")
    with pytest.raises(ValueError, match="fvocab: expected None"):
        table().save_word2vec_format(tmp_path / "v", fvocab=tmp_path / "c")


def test_rising_counts_are_written_falling_and_equal_ones_in_order(tmp_path):
    words, counts = [f"w{i}" for i in range(60)], np.repeat([1, 2, 3], 20)
    wv = KeyedVectors(words, np.eye(60, dtype=np.float32), counts)
    wv.save_word2vec_format(tmp_path / "v")
    got = KeyedVectors.load_word2vec_format(tmp_path / "v")
    assert got.index_to_key == words[40:] + words[20:40] + words[:20]


def test_words_in_another_encoding_load_by_its_name(tmp_path):
    (tmp_path / "v").write_bytes(b"2 1\ncaf\xe9 1\nthe 2\n")
    load = KeyedVectors.load_word2vec_format
    assert "caf\xe9" in load(tmp_path / "v", encoding="latin-1")
    assert "caf\ufffd" in load(tmp_path / "v", unicode_errors="replace")
    with pytest.raises(UnicodeDecodeError, match="line 2"):
        load(tmp_path / "v")


@pytest.mark.parametrize("mmap", [None, "r"])
@pytest.mark.parametrize("counts", [None, range(40, 0, -1)])
def test_saved_vectors_come_back_in_memory_or_mapped(tmp_path, mmap, counts):
    wv = KeyedVectors(table().index_to_key, table(dtype=np.float32).vectors, counts)
    wv.save(tmp_path / "v")
    got = KeyedVectors.load(tmp_path / "v", mmap=mmap)
    assert got.index_to_key == wv.index_to_key and (got.vectors == wv.vectors).all()
    assert got.most_similar("w3") == wv.most_similar("w3")
    assert got.vectors.flags.writeable is (mmap is None)
    assert "count" not in got.expandos or got.get_vecattr("w0", "count") == 40
    assert ("count" in got.expandos) is (counts is not None)


def test_a_mapped_table_is_read_when_it_is_used(tmp_path):
    wv = table(dtype=np.float32)
    wv.save(tmp_path / "v")
    data = (tmp_path / "v").read_bytes()
    broken = data[:128] + np.float32(np.nan).tobytes() + data[132:]
    (tmp_path / "v").write_bytes(broken)
    mapped = KeyedVectors.load(tmp_path / "v", mmap="r")
    with pytest.raises(ValueError, match="expected finite .* at 'w0'"):
        mapped.most_similar("w1")
    with pytest.raises(ValueError, match="expected finite .* at 'w0'"):
        KeyedVectors.load(tmp_path / "v")
    with pytest.raises(ValueError, match="mmap: expected None or 'r', got 'w'"):
        KeyedVectors.load(tmp_path / "v", mmap="w")
