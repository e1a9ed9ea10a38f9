"""Chapter 01 against loops and counters of its own, and its answers to bad input."""

import gzip
import random
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from w2v.text import (
    LineSentence,
    build_vocab,
    docstrings,
    encode,
    one_hot,
    outside_positions,
    pairs,
    paragraphs,
    positive_int,
    source_files,
    tokenize,
    windows,
    word_ids,
)


def random_sentences(seed):
    """Up to eight sentences of up to nine words, some of them empty."""
    rng = random.Random(seed)
    return [
        rng.choices("abcdefg", k=rng.randint(0, 9)) for _ in range(rng.randint(1, 8))
    ]


SEEDS = range(40)


# Words


def test_words_keep_letters_digits_and_inner_marks():
    line = "It's log10(x_0) -- _private __init__ Bézier don’t 'quoted' x-y a_ 3.14 2024"
    words = "it's log10 x_0 private init bézier don't quoted x y a"
    assert tokenize(line) == words.split()


def test_both_spellings_of_an_accent_are_one_word():
    assert tokenize("Be\u0301zier") == tokenize("B\u00e9zier") == ["b\u00e9zier"]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_word_is_a_word_of_its_own(seed):
    rng = random.Random(seed)
    line = "".join(rng.choices("aZé9_'’ -.ßΣж\t\n\u0301İ", k=40))
    for word in tokenize(line):
        assert tokenize(word) == [word]
        assert word[0].isalpha() and word[-1].isalnum()


# The docstring corpus

SOURCE = b'''"""mod one"""
if True:
    def f():
        """f two words"""
        class C:
            """c three words

            single
            """
else:
    def g():
        """g four words"""
try:
    pass
except OSError:
    async def h():
        """h five words

        >>> h() is a doctest

        last paragraph"""
'''


def test_docstrings_come_in_source_order_without_doctests_and_single_words():
    assert [words[0] for words in paragraphs(SOURCE)] == [
        "mod",
        "f",
        "c",
        "g",
        "h",
        "last",
    ]


def test_what_is_not_python_is_named():
    with pytest.raises(SyntaxError) as caught:
        list(paragraphs(b"def :", "broken.py"))
    assert caught.value.filename == "broken.py"


def test_a_package_gives_its_files_in_one_order_without_tests(tmp_path, monkeypatch):
    for name in ("__init__", "b", "a/__init__", "a/z", "a_b", "tests/t", "a/tests/t"):
        file = tmp_path / "tests" / "toypackage" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f'"""Words of {name.replace("/", " in ")}."""\nraise SystemExit'
        )
    monkeypatch.syspath_prepend(tmp_path / "tests")
    files = [
        f.relative_to(tmp_path / "tests" / "toypackage")
        for f in source_files("toypackage")
    ]
    assert [f.as_posix() for f in files] == [
        "__init__.py",
        "a/__init__.py",
        "a/z.py",
        "a_b.py",
        "b.py",
    ]
    assert [words[2:] for words in docstrings(["toypackage"])][1:3] == [
        ["a", "in", "init"],
        ["a", "in", "z"],
    ]
    assert "toypackage" not in sys.modules


def test_the_corpus_is_the_same_in_every_process_and_imports_nothing():
    code = (
        "import sys, hashlib; from w2v.text import docstrings; c = docstrings(['matplotlib']);"
        "assert 'matplotlib' not in sys.modules; assert len(c) > 5000;"
        "print(hashlib.sha256(repr(c).encode()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] and len(runs[0].strip()) == 64


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(
        ModuleNotFoundError, match="'no_such_package'.*pip install no_such_package"
    ):
        docstrings(["no_such_package"])


def test_packages_are_a_list_of_names():
    with pytest.raises(
        TypeError, match="packages: expected a list of names, got 'numpy'"
    ):
        docstrings("numpy")


# Files


@pytest.mark.parametrize("pack", [False, True])
@pytest.mark.parametrize(
    "content",
    [
        "One two\nThree été\n",
        "One two\nThree été",
        "One two\r\nThree été\r\n",
        "\ufeffOne two\nThree été\n",
        "\n\nOne two\n  \n--- 12 ---\nThree été\n\n",
    ],
    ids=["plain", "no final newline", "CRLF", "BOM", "lines without words"],
)
def test_a_file_gives_its_sentences_and_can_be_read_twice(tmp_path, content, pack):
    file = tmp_path / ("text.txt.gz" if pack else "text.txt")
    data = content.encode()
    file.write_bytes(gzip.compress(data) if pack else data)
    for path in (file, str(file)):
        lines = LineSentence(path)
        assert list(lines) == list(lines) == [["one", "two"], ["three", "été"]]


def test_reading_is_lazy(tmp_path):
    file = tmp_path / "bad.txt"
    file.write_bytes(b"good line\n\xff\n")
    assert next(iter(LineSentence(file))) == ["good", "line"]


@pytest.mark.parametrize("pack", [False, True])
def test_bytes_that_are_not_utf8_name_file_line_and_column(tmp_path, pack):
    file = tmp_path / ("bad.txt.gz" if pack else "bad.txt")
    data = b"fine\n\nnot \xff fine\n"
    file.write_bytes(gzip.compress(data) if pack else data)
    with pytest.raises(ValueError, match=rf"{file.name}, line 3: .*0xff at column 5"):
        list(LineSentence(file))


def test_a_file_that_cannot_be_read_is_named_at_once(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.txt"):
        LineSentence(tmp_path / "gone.txt")
    with pytest.raises(OSError, match=tmp_path.name):
        LineSentence(tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"plain text\n",
        gzip.compress(b"a b\n" * 9, mtime=0)[:-9],
        b"\x1f\x8b\x08" + b"\0" * 30,
    ],
    ids=["not packed", "cut short", "empty stream"],
)
def test_a_broken_gz_file_is_named(tmp_path, data):
    (tmp_path / "broken.gz").write_bytes(data)
    with pytest.raises(OSError, match=r"broken\.gz: expected a gzip file"):
        list(LineSentence(tmp_path / "broken.gz"))


def test_an_empty_file_is_an_empty_corpus(tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(ValueError, match="empty corpus"):
        build_vocab(LineSentence(tmp_path / "empty.txt"))


# Vocabulary and encoding


@pytest.mark.parametrize("min_count", [1, 2, 4])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_vocabulary_is_what_a_counter_counts(seed, min_count):
    sentences = random_sentences(seed)
    total = Counter(word for sentence in sentences for word in sentence)
    expected = sorted((-n, word) for word, n in total.items() if n >= min_count)
    if not expected:
        with pytest.raises(ValueError):
            build_vocab(sentences, min_count)
        return
    vocab = build_vocab(iter(sentences), min_count)
    assert [
        (-n, word) for n, word in zip(vocab.counts, vocab.index_to_key, strict=True)
    ] == expected
    assert vocab.counts.dtype == np.int64 and len(vocab) == len(expected)
    assert [vocab.key_to_index[word] for word in vocab.index_to_key] == list(
        range(len(vocab))
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_decoding_gives_back_the_known_words_of_each_sentence(seed):
    sentences = [*random_sentences(seed), ["a", "a", "b", "unknown"]]
    vocab = build_vocab(sentences, 2)
    ids, offsets = encode(iter(sentences), vocab)
    assert ids.dtype == np.int32 and offsets.dtype == np.int64
    assert (
        offsets[0] == 0
        and offsets[-1] == len(ids)
        and len(offsets) == len(sentences) + 1
    )
    decoded = [
        [vocab.index_to_key[i] for i in ids[a:b]]
        for a, b in zip(offsets, offsets[1:], strict=False)
    ]
    assert decoded == [[w for w in s if w in vocab.key_to_index] for s in sentences]


def test_ties_are_settled_by_the_alphabet_not_by_the_order_of_the_text():
    one, two = (build_vocab([list(words)], 1) for words in ("cabbac", "abccba"))
    assert one.index_to_key == two.index_to_key == ["a", "b", "c"]


@pytest.mark.parametrize("sentences", [[], [[]], [[], []], iter([])])
def test_an_empty_corpus_is_explained(sentences):
    with pytest.raises(ValueError, match=r"sentences: .*empty corpus"):
        build_vocab(sentences)


def test_words_that_all_fall_under_min_count_are_explained():
    with pytest.raises(
        ValueError, match=r"min_count: expected at most 2 .*'b'\), got 5"
    ):
        build_vocab([["a", "b", "b"]])


@pytest.mark.parametrize(
    "sentences", ["the cat", ["the cat"], [["fine"], "the cat"], [float("nan")], [None]]
)
def test_sentences_are_lists_of_words(sentences):
    vocab = build_vocab([["t"]], 1)
    for use in (build_vocab, lambda s: encode(s, vocab)):
        with pytest.raises(TypeError, match="sentences: expected lists of words"):
            use(sentences)


def test_an_encoded_text_may_be_empty():
    vocab = build_vocab([["a"]], 1)
    for sentences, S in (([], 0), ([["b"], []], 2)):
        ids, offsets = encode(sentences, vocab)
        assert len(ids) == 0 and offsets.tolist() == [0] * (S + 1)
        assert [len(x) for x in pairs(ids, offsets, 2)] == [0, 0]


# Ids and one-hot rows

GOOD_IDS = [
    3,
    np.int32(3),
    np.array(3, np.uint8),
    [0, 6, 6],
    (1, 2),
    range(7),
    [[0, 1], [2, 3]],
    np.array([[5], [0]], np.int16),
    [np.int64(2), 4],
    [],
    np.zeros(0),
    np.zeros((0, 3)),
]


@pytest.mark.parametrize("ids", GOOD_IDS, ids=repr)
def test_ids_in_range_come_back_as_int64_in_their_shape(ids):
    got = word_ids(ids, 7)
    assert got.dtype == np.int64 and got.shape == np.shape(ids)
    np.testing.assert_array_equal(got, ids)


def test_ids_are_copied():
    ids = np.array([1, 2])
    word_ids(ids, 7)[0] = 5
    assert ids.tolist() == [1, 2]


NOT_WHOLE = [
    1.0,
    [0, 1.5],
    [0, float("nan")],
    np.array([1.0, 2.0]),
    np.array([np.nan]),
    True,
    [1, True],
    np.array([True, False]),
    np.True_,
    [np.float64(1)],
    "3",
    ["row"],
    None,
    [0, None],
    [[0, 1], [2]],
    {1, 2},
    1j,
    np.array([1], "m8[s]"),
]


@pytest.mark.parametrize("ids", NOT_WHOLE, ids=repr)
def test_ids_that_are_not_whole_numbers_are_refused(ids):
    with pytest.raises(
        TypeError, match=r"center: expected word ids, whole numbers in 0\.\.6, got"
    ):
        word_ids(ids, 7, "center")


OUTSIDE = [
    7,
    -1,
    [0, 7],
    [0, -1],
    np.array([[0, 9]]),
    np.uint64(2**63),
    [10**30],
    -(10**30),
]


@pytest.mark.parametrize("ids", OUTSIDE, ids=repr)
def test_ids_out_of_range_are_refused(ids):
    worst = next(int(i) for i in np.asarray(ids, object).flat if not 0 <= int(i) < 7)
    with pytest.raises(
        IndexError, match=rf"ids: .*whole numbers in 0\.\.6, got {worst}$"
    ):
        word_ids(ids, 7)


def test_one_hot_rows_pick_rows():
    assert one_hot(2, 4).tolist() == [0, 0, 1, 0] and one_hot(0, 1).tolist() == [1]
    c, V = np.array([[6, 0], [3, 3]]), np.random.default_rng(0).normal(size=(7, 5))
    assert one_hot(c, 7).shape == (2, 2, 7) and one_hot([], 7).shape == (0, 7)
    np.testing.assert_array_equal(one_hot(c, 7) @ V, V[c])


@pytest.mark.parametrize(
    ("c", "N", "error", "name"),
    [
        (4, 4, IndexError, "c"),
        (-1, 4, IndexError, "c"),
        (1.0, 4, TypeError, "c"),
        (0, 0, ValueError, "N"),
        (0, 2.0, TypeError, "N"),
    ],
)
def test_one_hot_names_what_is_wrong(c, N, error, name):
    with pytest.raises(error, match=rf"^{name}: expected"):
        one_hot(c, N)


# Windows and pairs


def brute_force(sentence, m):
    """Every ordered pair of places that are at most m apart."""
    places = range(len(sentence))
    return [
        (sentence[t], sentence[s])
        for t in places
        for s in places
        if 0 < abs(s - t) <= m
    ]


@pytest.mark.parametrize("m", [1, 2, 3, 5, 20])
@pytest.mark.parametrize("seed", SEEDS)
def test_loop_and_arrays_give_the_pairs_of_brute_force(seed, m):
    sentences = [["a"], *random_sentences(seed)]
    ids, offsets = encode(sentences, build_vocab(sentences, 1))
    parts = [ids[a:b].tolist() for a, b in zip(offsets, offsets[1:], strict=False)]
    expected = [pair for part in parts for pair in brute_force(part, m)]
    loop = [
        (c, o) for part in parts for c, context in windows(part, m) for o in context
    ]
    assert loop == expected
    centers, outside = pairs(ids, offsets, m)
    assert list(zip(centers.tolist(), outside.tolist(), strict=True)) == expected
    assert centers.dtype == outside.dtype == np.int32


@pytest.mark.parametrize("T", range(1, 9))
@pytest.mark.parametrize("m", range(1, 12))
def test_the_number_of_pairs_is_the_formula_with_the_radius_cut_to_the_sentence(T, m):
    r = min(m, T - 1)
    count = 2 * r * T - r * (r + 1)
    assert len(brute_force(range(T), m)) == count
    assert sum(len(context) for _, context in windows(range(T), m)) == count
    assert len(pairs(np.arange(T), np.array([0, T]), m)[0]) == count


def test_each_place_may_have_its_own_radius_and_places_come_in_any_order():
    offsets = np.array([0, 0, 6, 7, 12, 12])
    t, m = np.array([11, 3, 6, 0, 7, 3]), np.array([2, 1, 3, 5, 1, 9])
    near, C = outside_positions(t, offsets, m)
    border = {0: (0, 6), 3: (0, 6), 6: (6, 7), 7: (7, 12), 11: (7, 12)}
    expected = [
        [s for s in range(*border[p]) if 0 < abs(s - p) <= r]
        for p, r in zip(t.tolist(), m.tolist(), strict=True)
    ]
    assert near.tolist() == sum(expected, []) and C.tolist() == [
        len(x) for x in expected
    ]


def test_windows_work_on_words_and_on_iterators():
    expected = [("a", ["b"]), ("b", ["a", "c"]), ("c", ["b"])]
    assert list(windows("abc", 1)) == list(windows(iter("abc"), 1)) == expected
    assert list(windows([], 3)) == [] and list(windows([4], 3)) == [(4, [])]


def test_a_pass_in_both_directions_sees_each_pair_of_places_twice():
    centers, outside = pairs(np.arange(12), np.array([0, 5, 12]), 3)
    both = Counter(zip(centers.tolist(), outside.tolist(), strict=True))
    assert all(both[o, c] == n == 1 for (c, o), n in both.items())


NOT_POSITIVE = [
    (0, ValueError),
    (-1, ValueError),
    (2.5, TypeError),
    (2.0, TypeError),
    (True, TypeError),
    (np.True_, TypeError),
]
NOT_POSITIVE += [
    ("5", TypeError),
    (None, TypeError),
    (float("nan"), TypeError),
    (np.array([1, 2]), TypeError),
    (np.array(2.5), TypeError),
]


@pytest.mark.parametrize(("bad", "error"), NOT_POSITIVE)
def test_a_window_is_a_positive_whole_number(bad, error):
    expected = r"m: expected a whole number of at least 1, got"
    with pytest.raises(error, match=expected):
        windows([1, 2], bad)
    with pytest.raises(error, match=expected):
        pairs(np.array([0]), np.array([0, 1]), bad)
    with pytest.raises(error, match="min_count: expected a whole number"):
        build_vocab([["a"]], bad)


def test_a_positive_int_is_an_int_of_at_least_the_bound():
    assert [positive_int("n", n) for n in (1, np.int64(7), np.array(3))] == [1, 7, 3]
    assert (
        type(positive_int("n", np.uint8(7))) is int
        and positive_int("seed", 0, least=0) == 0
    )
    with pytest.raises(
        ValueError, match="seed: expected a whole number of at least 0, got -1"
    ):
        positive_int("seed", -1, least=0)
