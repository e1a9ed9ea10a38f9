"""
Training leaves a table of numbers; angles between its rows are how we read it, from the
nearest neighbors of a word to analogies and a flat picture.

Derived in book/12_vectors.ipynb, which writes this module: change the chapter, not this
file.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import numpy as np

from w2v.logistic import as_floats, finite
from w2v.text import positive_int

__all__ = [
    "unit",
    "cosine",
    "nearest",
    "direction",
    "principal_components",
    "word_table",
    "asked",
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
    """Return the words as a list and their vectors (N, d). Raises TypeError or ValueError naming the argument."""
    words, vectors = list(index_to_key), as_floats(vectors, "vectors")
    if vectors.ndim != 2 or len(vectors) != len(words):
        expected = f"({len(words)}, d), a row for each word"
        raise ValueError(f"vectors: expected shape {expected}, got {vectors.shape}")
    if len(set(words)) != len(words):
        twice = next(w for i, w in enumerate(words) if w in words[:i])
        raise ValueError(f"index_to_key: expected distinct words, got {twice!r} twice")
    bad = ~np.isfinite(vectors).all(axis=1)
    if bad.any():
        got = f"NaN or infinity at {words[bad.argmax()]!r}"
        raise ValueError(f"vectors: expected finite numbers, got {got}")
    return words, vectors


def asked(words):
    """Return what was asked about as a list: one word or one vector stands for itself."""
    single = isinstance(words, str) or (
        isinstance(words, np.ndarray) and words.ndim == 1
    )
    return [words] if single else list(words)


class KeyedVectors:
    """N words and their vectors (N, d), under gensim's names.

    `index_to_key` holds the words, `key_to_index` their rows, `vectors` the table. Raises TypeError
    or ValueError for words that repeat, and for vectors that are not a finite table with a row a word.
    """

    def __init__(self, index_to_key: Iterable[str], vectors: np.ndarray) -> None:
        self.index_to_key, self.vectors = word_table(index_to_key, vectors)
        self.key_to_index = {w: i for i, w in enumerate(self.index_to_key)}

    @property
    def vector_size(self) -> int:
        """The dimension d of the vectors."""
        return self.vectors.shape[1]

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, word: object) -> bool:
        return word in self.key_to_index

    def __getitem__(self, word: str | Sequence[str]) -> np.ndarray:
        rows = (
            self.index(word) if isinstance(word, str) else [self.index(w) for w in word]
        )
        return self.vectors[rows]

    def index(self, word: str) -> int:
        """Return the row of a word. Raises KeyError, which names words spelled like it."""
        if word in self.key_to_index:
            return self.key_to_index[word]
        close = get_close_matches(str(word), self.index_to_key, n=3)
        hint = f"; spelled like it: {', '.join(close)}" if close else ""
        raise KeyError(f"no vector for the word {word!r}{hint}")

    def similarity(self, w1: str, w2: str) -> float:
        """Return the cosine of two words. Raises KeyError for an unknown word. Equation def-cosine."""
        return float(cosine(self[w1], self[w2]))

    def similar_by_vector(
        self, vector: np.ndarray, topn: int = 10
    ) -> list[tuple[str, float]]:
        """Return the `topn` words closest in cosine to `vector` (d,), and the cosines.

        Raises TypeError or ValueError naming the argument.
        """
        return self.most_similar(positive=[vector], topn=topn)

    def most_similar(
        self,
        positive: str | np.ndarray | Iterable[str | np.ndarray] = (),
        negative: str | np.ndarray | Iterable[str | np.ndarray] = (),
        topn: int = 10,
    ) -> list[tuple[str, float]]:
        """Return the `topn` words closest in cosine to the sum of `positive` minus that of `negative`.

        Words count as unit vectors, vectors (d,) as they are; words of the question are left out.
        Raises KeyError for an unknown word, TypeError or ValueError naming any other argument.
        Equation def-analogy.
        """
        plus, minus = asked(positive), asked(negative)
        if not plus + minus:
            raise ValueError("positive, negative: expected at least one word, got none")
        X = np.array([self._vector(x) for x in plus + minus], self.vectors.dtype)
        q = direction([1] * len(plus) + [-1] * len(minus), X)
        topn, question = (
            positive_int("topn", topn),
            {x for x in plus + minus if isinstance(x, str)},
        )
        order, cosines = nearest(q, self.vectors)
        answers = ((self.index_to_key[i], float(cosines[i])) for i in order)
        return [(w, c) for w, c in answers if w not in question][:topn]

    def _vector(self, x: str | np.ndarray) -> np.ndarray:
        """Return the unit vector of a word, or a vector itself, checked."""
        if isinstance(x, str):
            return unit(self[x])
        vector = finite(x, "vector")
        if vector.shape != (self.vector_size,):
            raise ValueError(
                f"vector: expected shape ({self.vector_size},), got {vector.shape}"
            )
        return vector
