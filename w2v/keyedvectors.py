"""
Training leaves a table of numbers; angles between its rows are how we read it, from the
nearest neighbors of a word to analogies and a flat picture.

Derived in book/12_vectors.ipynb, which writes this module: change the chapter, not this
file.
"""

import logging
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np

from w2v import vectorfiles
from w2v.logistic import as_floats, finite
from w2v.text import positive_int

__all__ = [
    "unit",
    "cosine",
    "nearest",
    "largest",
    "direction",
    "principal_components",
    "word_table",
    "finite_rows",
    "asked",
    "UnknownWord",
    "text_lines",
    "analogy_sections",
    "judged_pairs",
    "SCORES",
    "solve",
    "KeyedVectors",
]


def unit(X):
    """Return the rows of X (..., d) at length 1; a row of zeros stays zero.

    float64 unless X is float32. Raises TypeError if X is not real.
    """
    X = as_floats(X, "X")
    length = np.linalg.norm(X, axis=-1, keepdims=True)
    return np.divide(X, length, out=np.zeros_like(X), where=length > 0)


def cosine(a, b):
    """Return the cosine of the angle between a and b, both of shape (d,), and 0 where one is zero.

    Raises TypeError if they are not real. Equation def-cosine.
    """
    return unit(a) @ unit(b)


def nearest(q, X):
    """Return the rows of X (N, d) by falling cosine with q (d,), ties in order, and all N cosines."""
    cosines = unit(X) @ unit(q)
    return np.argsort(-cosines, kind="stable"), cosines


def largest(cosines, n):
    """Return where the n largest of cosines (N,) are, by falling size, ties in order."""
    n = min(n, len(cosines))
    floor = np.partition(cosines, len(cosines) - n)[len(cosines) - n] if n else np.inf
    reach = np.flatnonzero(cosines >= floor)
    return reach[np.argsort(-cosines[reach], kind="stable")][:n]


def direction(signs, X):
    """Return the unit vector (d,) along the sum of the rows of X (n, d), each with its sign (n,).

    Raises ValueError if the rows cancel. Equation def-analogy.
    """
    total = np.asarray(signs, X.dtype) @ X
    if np.linalg.norm(total) <= 1e-6 * np.linalg.norm(X):
        raise ValueError(
            "positive, negative: expected a direction, but the vectors cancel"
        )
    return unit(total)


def principal_components(X, k=2):
    """Return the rows of X (n, d) along their k main directions, shape (n, k), and the share of the variance of each (k,).

    Rows are centered first. In each direction the first of the largest entries is positive, so
    that a picture does not flip. Raises TypeError or ValueError naming the argument.
    """
    X, k = finite(X, "X"), positive_int("k", k)
    if X.ndim != 2 or k > min(X.shape):
        raise ValueError(
            f"X: expected shape (n, d) with n, d >= k = {k}, got {X.shape}"
        )
    X = X - X.mean(axis=0)
    _, s, directions = np.linalg.svd(X, full_matrices=False)
    size = np.abs(directions)
    first = (size > 0.999 * size.max(axis=1, keepdims=True)).argmax(axis=1)
    directions *= np.sign(directions[np.arange(len(first)), first])[:, None]
    return X @ directions[:k].T, (s**2 / max((s**2).sum(), 1e-300))[:k]


def word_table(index_to_key, vectors):
    """Return the words as a list and their vectors (N, d). Raises TypeError or ValueError naming the argument.

    Whether numbers are finite is looked at now, but for a mapped file only when they are first used.
    """
    words, mapped = list(index_to_key), isinstance(vectors, np.memmap)
    half = getattr(vectors, "dtype", None) == np.float16
    vectors = np.asarray(vectors) if half else as_floats(vectors, "vectors")
    if vectors.ndim != 2 or len(vectors) != len(words):
        expected = f"({len(words)}, d), a row for each word"
        raise ValueError(f"vectors: expected shape {expected}, got {vectors.shape}")
    if len(set(words)) != len(words):
        twice = next(w for i, w in enumerate(words) if w in words[:i])
        raise ValueError(f"index_to_key: expected distinct words, got {twice!r} twice")
    if not mapped:
        finite_rows(words, np.isfinite(vectors).all(axis=1))
    return words, vectors


def finite_rows(words, good):
    """Raise ValueError naming the first word whose row is not good (N,)."""
    if not good.all():
        got = f"NaN or infinity at {words[good.argmin()]!r}"
        raise ValueError(f"vectors: expected finite numbers, got {got}")


def asked(words):
    """Return what was asked about as a list: one word or one vector stands for itself."""
    single = isinstance(words, str) or (
        isinstance(words, np.ndarray) and words.ndim == 1
    )
    return [words] if single else list(() if words is None else words)


class UnknownWord(KeyError):
    """A word without a vector. Its message names words spelled like it, looked for when it is shown."""

    def __init__(self, word: object, words: Sequence[str] = ()) -> None:
        super().__init__(word)
        self.words = words

    def __str__(self) -> str:
        close = get_close_matches(str(self.args[0]), self.words[:50_000], n=3)
        hint = f"; spelled like it: {', '.join(close)}" if close else ""
        return f"no vector for the word {self.args[0]!r}{hint}"


def text_lines(source):
    """Return the lines of a UTF-8 file, or of an iterable of lines, without their ends. Raises ValueError."""
    if not isinstance(source, str | PathLike):
        return [line.rstrip("\r\n") for line in source]
    origin = vectorfiles.Origin(Path(source), "line")
    with vectorfiles.unpacked(origin.path) as file:
        lines = enumerate(file.read().split(b"\n"), 1)
    texts = (vectorfiles.decoded(origin, n, x, "utf-8", "strict") for n, x in lines)
    return [text.rstrip("\r") for text in texts]


def analogy_sections(source):
    """Return (heading, questions of four words) for each section. Raises ValueError if there is no question.

    Lines that are not four words are passed over, as gensim does.
    """
    sections: list[tuple[str, list]] = []
    for n, line in enumerate(text_lines(source), 1):
        if line.startswith(":"):
            sections.append((line.lstrip(": ").strip(), []))
        elif len(words := line.split()) == 4:
            if not sections:
                raise ValueError(
                    f"analogies, line {n}: expected a line ': heading' first"
                )
            sections[-1][1].append(tuple(words))
    if not any(questions for _, questions in sections):
        raise ValueError("analogies: expected lines of four words, found none")
    return sections


def judged_pairs(source, delimiter):
    """Return the pairs of words and the numbers of a list: word, word, number a line, others passed over."""
    judged = []
    for line in text_lines(source):
        a, b, score = (line.split(delimiter) + [None] * 3)[:3]
        try:
            judged.append((a, b, float(score)))
        except (TypeError, ValueError):
            continue
    return [x for x in judged if not x[0].startswith("#")]


SCORES = 1 << 24  # so many cosines at a time


def solve(X, questions, same):
    """Return for questions (Q, 3) the row of the unit rows X (n, d) nearest to b - a + p: shape (Q,).

    `same` (n,) has for each row the first one that counts as the same word; those of the question are
    left out. Equation def-analogy.
    """
    a, b, p = X[questions.T]
    scores, every = (b - a + p) @ X.T, np.arange(len(questions))
    while True:
        best = scores.argmax(axis=1)
        again = (same[best, None] == questions).any(axis=1)
        again &= scores[every, best] > -np.inf
        if not again.any():
            return best
        scores[every[again], best[again]] = -np.inf


class KeyedVectors:
    """N words and their vectors (N, d), under gensim's names.

    `index_to_key` holds the words, `key_to_index` their rows, `vectors` the table, which is not copied,
    and `counts` (N,), if given, is what `get_vecattr(word, "count")` returns. The lengths of the rows are
    kept from the first question on: who changes numbers in place calls `fill_norms(force=True)`. Raises
    TypeError or ValueError for words that repeat, and for vectors that are not a finite table with a row
    a word.
    """

    def __init__(
        self, index_to_key: Iterable[str], vectors: Any, counts: Any = None
    ) -> None:
        self.index_to_key, self._vectors = word_table(index_to_key, vectors)
        self.key_to_index = {w: i for i, w in enumerate(self.index_to_key)}
        self.norms: np.ndarray | None = None
        self.expandos = {} if counts is None else {"count": np.asarray(counts)}
        if any(x.shape != (len(self),) for x in self.expandos.values()):
            got = np.shape(counts)
            raise ValueError(f"counts: expected shape ({len(self)},), got {got}")

    @property
    def vectors(self) -> np.ndarray:
        """The table (N, d). A new one may be assigned; it is checked like the first."""
        return self._vectors

    @vectors.setter
    def vectors(self, table: np.ndarray) -> None:
        _, self._vectors = word_table(self.index_to_key, table)
        self.norms = None

    @property
    def vector_size(self) -> int:
        """The dimension d of the vectors."""
        return self.vectors.shape[1]

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, word: object) -> bool:
        return word in self.key_to_index

    def __getitem__(self, word: str | Sequence[str]) -> np.ndarray:
        if isinstance(word, str):
            return self.get_vector(word)
        return self.vectors[[self.index(w) for w in word]]

    def index(self, word: str) -> int:
        """Return the row of a word. Raises KeyError, which names words spelled like it."""
        if word in self.key_to_index:
            return self.key_to_index[word]
        raise UnknownWord(word, self.index_to_key)

    def get_vector(self, key: str, norm: bool = False) -> np.ndarray:
        """Return the vector (d,) of a word, read-only, or with `norm` its unit vector. Raises KeyError."""
        row = self.vectors[self.index(key)]
        row.flags.writeable = False
        return unit(row) if norm else row

    def get_vecattr(self, key: str, attr: str) -> Any:
        """Return what is kept for a word under a name, such as "count". Raises KeyError."""
        if attr not in self.expandos:
            known = ", ".join(self.expandos) or "none"
            raise KeyError(f"no attribute {attr!r} of words; there is {known}")
        return self.expandos[attr][self.index(key)]

    def fill_norms(self, force: bool = False) -> np.ndarray:
        """Return the lengths of the rows, `norms` (N,), computed anew if not known or if `force` is set.

        Raises ValueError naming a word with NaN or infinity.
        """
        norms = None if force else self.norms
        if norms is None:
            X = as_floats(self.vectors)
            norms = np.sqrt(np.vecdot(X, X))
            finite_rows(self.index_to_key, np.isfinite(norms))
            self.norms = norms
        return norms

    def similarity(self, w1: str, w2: str) -> float:
        """Return the cosine of two words. Raises KeyError for an unknown word. Equation def-cosine."""
        return float(cosine(self[w1], self[w2]))

    def cosines(self, q: np.ndarray, restrict_vocab: int | None = None) -> np.ndarray:
        """Return the cosines (N,) of all words, or of the first ones, with a unit vector q (d,)."""
        norms = self.fill_norms()[:restrict_vocab]
        lengths = np.maximum(norms, np.finfo(norms.dtype).tiny)
        return as_floats(self.vectors[:restrict_vocab]) @ q / lengths

    def similar_by_word(self, word: str, topn: int | None = 10, **options: Any) -> Any:
        """Return `most_similar` of one word."""
        return self.most_similar(positive=[word], topn=topn, **options)

    def similar_by_vector(
        self, vector: np.ndarray, topn: int | None = 10, **options: Any
    ) -> Any:
        """Return the `topn` words closest in cosine to `vector` (d,), and the cosines.

        Raises TypeError or ValueError naming the argument.
        """
        return self.most_similar(positive=[vector], topn=topn, **options)

    def most_similar(
        self,
        positive: str | np.ndarray | Iterable[str | np.ndarray] | None = None,
        negative: str | np.ndarray | Iterable[str | np.ndarray] | None = None,
        topn: int | None = 10,
        *,
        restrict_vocab: int | None = None,
    ) -> Any:
        """Return the `topn` words closest in cosine to the sum of `positive` minus that of `negative`.

        Words count as unit vectors, vectors (d,) as they are; words of the question are left out. Only
        the first `restrict_vocab` words are looked at. With `topn=None` all cosines (N,) are returned.
        Raises KeyError for an unknown word, TypeError or ValueError naming any other argument.
        Equation def-analogy.
        """
        plus, minus = asked(positive), asked(negative)
        if not plus + minus:
            raise ValueError("positive, negative: expected at least one word, got none")
        topn = None if topn is None else positive_int("topn", topn, least=0)
        if restrict_vocab is not None:
            restrict_vocab = positive_int("restrict_vocab", restrict_vocab)
        X = np.array([self._vector(x) for x in plus + minus])
        q = direction([1] * len(plus) + [-1] * len(minus), X)
        cosines = self.cosines(q, restrict_vocab)
        if topn is None:
            return cosines
        left_out = {self.index(x) for x in plus + minus if isinstance(x, str)}
        order = [i for i in largest(cosines, topn + len(left_out)) if i not in left_out]
        return [(self.index_to_key[i], float(cosines[i])) for i in order[:topn]]

    def _vector(self, x: str | np.ndarray) -> np.ndarray:
        """Return the unit vector of a word, or a vector itself, checked, in the type of cosines."""
        if isinstance(x, str):
            return unit(self[x])
        vector = finite(x, "vector")
        if vector.shape != (self.vector_size,):
            expected = f"vector: expected shape ({self.vector_size},)"
            raise ValueError(f"{expected}, got {vector.shape}")
        return vector.astype(as_floats(self.vectors[:0]).dtype)

    def doesnt_match(self, words: Iterable[str]) -> str:
        """Return the word with the smallest cosine to the mean direction of them all.

        Unknown words are left out, with a warning in the log. Raises TypeError for a string, ValueError
        if no word is known or if they cancel.
        """
        if isinstance(words, str):
            raise TypeError(f"words: expected a list of words, got {words!r:.40}")
        words = list(words)
        known = [w for w in words if w in self]
        if not known:
            raise ValueError(f"words: expected one that has a vector, got {words}")
        if len(known) < len(words):
            unknown = [w for w in words if w not in self]
            logging.getLogger(__name__).warning("no vectors for %s", unknown)
        X = unit(self[known])
        return min(zip(X @ direction(np.ones(len(X)), X), known, strict=True))[1]

    def _rows(self, case_insensitive, restrict_vocab):
        """Return how to fold words, the first row of each folded word, and that of each row (n,)."""
        fold = str.upper if case_insensitive else str
        words = [fold(w) for w in self.index_to_key[:restrict_vocab]]
        first: dict[str, int] = {}
        return (
            fold,
            first,
            np.array([first.setdefault(w, i) for i, w in enumerate(words)]),
        )

    def evaluate_word_analogies(
        self,
        analogies: str | PathLike | Iterable[str],
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[float, list[dict[str, Any]]]:
        """Return the share of analogies solved, and for each section which were and which were not.

        `analogies` is a file, or lines, with four words a line and headings ": name". Questions with
        words that are not among the first `restrict_vocab` are left out, or count as not solved if
        `dummy4unknown` is set. Raises ValueError if there are no questions. Equation def-analogy.
        """
        fold, first, same = self._rows(case_insensitive, restrict_vocab)
        X, results = unit(self.vectors[:restrict_vocab]), []
        for name, questions in analogy_sections(analogies):
            folded = [tuple(fold(w) for w in question) for question in questions]
            known = [q for q in folded if all(w in first for w in q)]
            rows = np.array([[first[w] for w in q] for q in known]).reshape(-1, 4)
            size = max(1, SCORES // len(X))
            parts = [rows[i : i + size, :3] for i in range(0, len(rows), size)]
            found = [same[row] for part in parts for row in solve(X, part, same)]
            solved = dict(zip(known, rows[:, 3] == found, strict=True)) if known else {}
            told = [q for q in folded if dummy4unknown or q in solved]
            right = [q for q in told if solved.get(q)]
            wrong = [q for q in told if not solved.get(q)]
            results.append({"section": name, "correct": right, "incorrect": wrong})
        total: dict[str, Any] = {"section": "Total accuracy"}
        for kind in ("correct", "incorrect"):
            total[kind] = [q for result in results for q in result[kind]]
        n = len(total["correct"])
        return n / max(n + len(total["incorrect"]), 1), [*results, total]

    def evaluate_word_pairs(
        self,
        pairs: str | PathLike | Iterable[str],
        delimiter: str = "\t",
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Any, Any, float]:
        """Return Pearson's and Spearman's correlation, each with a p-value, and the percentage of unknown pairs.

        `pairs` is a file, or lines, with two words and a number a line. Pairs with words that are not
        among the first `restrict_vocab` are left out, or have similarity 0 if `dummy4unknown` is set.
        Raises ValueError if fewer than two are left.
        """
        from scipy import stats

        fold, first, _ = self._rows(case_insensitive, restrict_vocab)
        judged = [(fold(a), fold(b), x) for a, b, x in judged_pairs(pairs, delimiter)]
        known = [x for x in judged if x[0] in first and x[1] in first]
        used = judged if dummy4unknown else known
        if len(used) < 2:
            raise ValueError(f"pairs: expected two known pairs, got {len(used)}")
        X = unit(self.vectors[:restrict_vocab])
        row = {x: X[first[x]] for pair in known for x in pair[:2]}
        ours = [row[a] @ row[b] if a in row and b in row else 0.0 for a, b, _ in used]
        theirs = [x for *_, x in used]
        unknown = 100 * (len(judged) - len(known)) / len(judged)
        return stats.pearsonr(theirs, ours), stats.spearmanr(theirs, ours), unknown

    def save_word2vec_format(
        self,
        fname: str | PathLike,
        fvocab: str | PathLike | None = None,
        binary: bool = False,
        write_header: bool = True,
    ) -> None:
        """Write a file that word2vec.c, gensim and `load_word2vec_format` read, `.gz` packed, all or nothing.

        Words with counts are written by falling count, and with `fvocab` their counts to a second file.
        Raises ValueError, before anything is written, for words and numbers that could not be read back.
        """
        counts = self.expandos.get("count")
        if counts is None and fvocab is not None:
            raise ValueError("fvocab: expected None, as these words have no counts")
        words, vectors = self.index_to_key, self.vectors
        if counts is not None and (np.diff(counts) > 0).any():
            order = np.argsort(-counts, kind="stable")
            words, vectors, counts = (
                [words[i] for i in order],
                vectors[order],
                counts[order],
            )
        vectorfiles.write_word2vec(fname, words, vectors, binary, write_header)
        if fvocab is not None:
            vectorfiles.write_counts(fvocab, words, counts)

    @classmethod
    def load_word2vec_format(
        cls,
        fname: str | PathLike,
        fvocab: str | PathLike | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: Any = np.float32,
        no_header: bool = False,
    ) -> Self:
        """Return the vectors of a file in word2vec.c's text or binary format, `.gz` unpacked.

        At most `limit` rows are read. Counts come from `fvocab`; without it they are N, ..., 1, as in
        gensim. Raises ValueError naming file and line, or byte, of what is not right.
        """
        text = encoding, unicode_errors
        words, vectors = vectorfiles.read_word2vec(
            fname, binary, *text, limit, datatype, no_header
        )
        counts = np.arange(len(words), 0, -1)
        if fvocab is not None:
            count_of = vectorfiles.read_counts(fvocab, *text)
            if missing := [w for w in words if w not in count_of]:
                expected = f"a count for each word of {fname}"
                raise ValueError(
                    f"{fvocab}: expected {expected}, got none for {missing[0]!r}"
                )
            counts = np.array([count_of[w] for w in words])
        return cls(words, vectors, counts)

    def save(self, fname: str | PathLike) -> None:
        """Write words, vectors and counts to one file without pickle, all or nothing, for `load`."""
        vectorfiles.write_table(
            fname, self.index_to_key, self.vectors, self.expandos.get("count")
        )

    @classmethod
    def load(cls, fname: str | PathLike, mmap: str | None = None) -> Self:
        """Return vectors written by `save`: in memory, or with `mmap="r"` mapped, to be read when used.

        Raises ValueError naming the file if it is not one.
        """
        if mmap not in (None, "r"):
            raise ValueError(f"mmap: expected None or 'r', got {mmap!r}")
        words, vectors, counts = vectorfiles.read_table(fname)
        return cls(words, np.array(vectors) if mmap is None else vectors, counts)
