"""
A model computes with numbers, so a text has to become integers first, and then pairs of
a center word and an outside word.

Derived in book/01_text.ipynb, which writes this module: change the chapter, not this
file.
"""

import ast
import gzip
import operator
import re
import warnings
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from unicodedata import normalize

import numpy as np

__all__ = [
    "WORD",
    "tokenize",
    "Definition",
    "definitions",
    "paragraphs",
    "source_files",
    "PACKAGES",
    "docstrings",
    "positive_int",
    "each_sentence",
    "Vocabulary",
    "build_vocab",
    "frequent",
    "encode",
    "word_ids",
    "one_hot",
    "windows",
    "outside_positions",
    "pairs",
    "LineSentence",
    "words_of",
    "Text8Corpus",
    "TEXT8",
    "TEXT8_HASH",
    "text8",
]

WORD = re.compile(r"[^\W\d_](?:[\w']*[^\W_])?")


def tokenize(line: str) -> list[str]:
    """Return the words of a line in lower case.

    A word starts with a letter, ends with a letter or digit, and may hold underscores
    and apostrophes between them.
    """
    return WORD.findall(normalize("NFC", line.lower()).replace("’", "'"))


Definition = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def definitions(node: ast.AST) -> Iterator[Definition]:
    """Yield a module and each class and function in it, in the order of the source."""
    if isinstance(node, Definition):
        yield node
    for block in ("body", "handlers", "orelse", "finalbody"):
        for statement in getattr(node, block, ()):
            yield from definitions(statement)


def paragraphs(source: bytes, filename: str = "<source>") -> Iterator[list[str]]:
    """Yield the words of each docstring paragraph of a Python file, doctests left out.

    Raises SyntaxError with the file's name if it is not Python.
    """
    for node in definitions(ast.parse(source, filename)):
        for paragraph in re.split(r"\n\s*\n", ast.get_docstring(node) or ""):
            words = tokenize(paragraph)
            if len(words) > 1 and ">>>" not in paragraph:
                yield words


def source_files(package: str) -> list[Path]:
    """Return the Python files of an installed package, sorted, without test folders.

    The package is not imported. Raises ModuleNotFoundError if it is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        advice = f"expected installed packages, got {package!r}: pip install {package}"
        raise ModuleNotFoundError(f"packages: {advice}", name=package)
    root = Path(spec.submodule_search_locations[0])
    found = sorted(f.relative_to(root).parts for f in root.rglob("*.py"))
    return [root.joinpath(*parts) for parts in found if "tests" not in parts]


PACKAGES = ("numpy", "sympy", "matplotlib")


def docstrings(packages: Iterable[str] = PACKAGES) -> list[list[str]]:
    """Return the paragraphs of the docstrings of packages, each a list of words.

    The same versions of the packages give the same corpus. Raises ModuleNotFoundError
    for a package that is not installed, TypeError if `packages` is a string.
    """
    if isinstance(packages, str):
        raise TypeError(f"packages: expected a list of names, got {packages!r}")
    files = [file for package in packages for file in source_files(package)]
    with warnings.catch_warnings():  # for stray escapes in files that are not ours
        warnings.simplefilter("ignore")
        return [words for f in files for words in paragraphs(f.read_bytes(), str(f))]


def positive_int(name: str, value: object, least: int = 1) -> int:
    """Return `value` as an int of at least `least`.

    Raises TypeError if it is not a whole number, ValueError if it is too small.
    """
    expected = f"{name}: expected a whole number of at least {least}, got {value!r}"
    try:
        n = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(expected) from None
    if isinstance(value, bool):
        raise TypeError(expected)
    if n < least:
        raise ValueError(expected)
    return n


def each_sentence(sentences: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Yield the sentences. Raises TypeError for one that is not a sequence of words."""
    for sentence in [sentences] if isinstance(sentences, str) else sentences:
        if isinstance(sentence, str | Iterator) or not isinstance(sentence, Iterable):
            expected = "expected lists of words (see tokenize), got"
            raise TypeError(f"sentences: {expected} {sentence!r:.40}")
        yield sentence


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The N known words, the most frequent first.

    `index_to_key` has the word of each id, `key_to_index` the id of each word, `counts`
    (N,) how often each occurs.
    """

    index_to_key: list[str]
    key_to_index: dict[str, int]
    counts: np.ndarray

    def __len__(self) -> int:
        return len(self.index_to_key)


def build_vocab(sentences: Iterable[Sequence[str]], min_count: int = 5) -> Vocabulary:
    """Return the words that occur at least `min_count` times, by count, then alphabet.

    Raises TypeError for a sentence that is no list of words, ValueError if no word is left.
    """
    min_count = positive_int("min_count", min_count)
    return frequent(Counter(chain.from_iterable(each_sentence(sentences))), min_count)


def frequent(total: Counter[str], min_count: int) -> Vocabulary:
    """Return the words counted at least `min_count` times, as `build_vocab` does."""
    if not total:
        raise ValueError("sentences: expected at least one word, got an empty corpus")
    for word in total:
        if not isinstance(word, str):
            raise TypeError(f"sentences: expected words, strings, got {word!r:.40}")
    (top, n), *_ = total.most_common(1)
    if n < min_count:
        reason = f"no word is more frequent than {top!r}"
        raise ValueError(f"min_count: expected at most {n} ({reason}), got {min_count}")
    kept = [word for word in total if total[word] >= min_count]
    kept.sort(key=lambda word: (-total[word], word))
    ids = {w: i for i, w in enumerate(kept)}
    return Vocabulary(kept, ids, np.array([total[w] for w in kept], dtype=np.int64))


def encode(
    sentences: Iterable[Sequence[str]], vocab: Vocabulary
) -> tuple[np.ndarray, np.ndarray]:
    """Return the known words of S sentences: ids (T,) int32 and offsets (S+1,) int64.

    Sentence s is `ids[offsets[s]:offsets[s+1]]`. Unknown words are dropped, so a window
    reaches across them. Raises TypeError for a sentence that is a string.
    """
    known, ids, offsets = vocab.key_to_index, array("i"), array("q", [0])
    for sentence in each_sentence(sentences):
        ids.extend(known[word] for word in sentence if word in known)
        offsets.append(len(ids))
    return np.array(ids, dtype=np.int32), np.array(offsets, dtype=np.int64)


def word_ids(ids, N: int, name: str = "ids") -> np.ndarray:
    """Return ids as an int64 array of the same shape, each of them in 0..N-1.

    Raises TypeError if one is not a whole number, IndexError if one is out of range.
    """
    whole = isinstance(ids, np.ndarray) and ids.dtype.kind in "iu"
    given = ids if whole else np.asarray(ids, dtype=object)
    expected = f"{name}: expected word ids, whole numbers in 0..{N - 1}, got"
    for x in () if whole else given.flat:
        if isinstance(x, bool) or not isinstance(x, int | np.integer):
            raise TypeError(f"{expected} {x!r}")
    outside = given[(given < 0) | (given >= N)]
    if outside.size:
        raise IndexError(f"{expected} {outside.flat[0]}")
    return given.astype(np.int64)


def one_hot(c, N: int) -> np.ndarray:
    """Return e_c: 1 at place c, 0 elsewhere.

    c is a word or an array of words; the result has one more axis, of length N. Raises
    TypeError or IndexError if c does not hold ids in 0..N-1. See eq-one-hot-lookup.
    """
    N = positive_int("N", N)
    return (word_ids(c, N, "c")[..., None] == np.arange(N)).astype(np.float64)


def windows(ids: Iterable[int], m: int) -> Iterator[tuple[int, list[int]]]:
    """Return an iterator over (center, context) at each place of one sentence.

    The context holds the at most m words on either side, in order. Raises TypeError or
    ValueError if m is not a whole number of at least 1.
    """
    m, ids = positive_int("m", m), list(ids)
    return (
        (c, ids[max(t - m, 0) : t] + ids[t + 1 : t + 1 + m]) for t, c in enumerate(ids)
    )


def outside_positions(
    t: np.ndarray, offsets: np.ndarray, m: int | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return where the outside words of the places t stand, and how many each t has.

    t (T,) are places in the text; m is one radius, or one for each of them (T,). The
    outside places follow one another in the order of t.
    """
    s = np.searchsorted(offsets, t, side="right")  # t stands in sentence s - 1
    reach = np.arange(-np.max(m, initial=1), np.max(m, initial=1) + 1)
    near = t[:, None] + reach
    inside = (near >= offsets[s - 1, None]) & (near < offsets[s, None])
    inside &= (reach != 0) & (np.abs(reach) <= np.reshape(m, (-1, 1)))
    return near[inside], inside.sum(axis=1)


def pairs(
    ids: np.ndarray, offsets: np.ndarray, m: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return centers (P,) and outside words (P,): the pairs of `windows`, in its order.

    Raises TypeError or ValueError if m is not a whole number of at least 1.
    """
    near, C = outside_positions(np.arange(len(ids)), offsets, positive_int("m", m))
    return np.repeat(ids, C), ids[near]


class LineSentence:
    """The sentences of a UTF-8 text file, a line each; `.gz` is unpacked on the way.

    Each iteration reads the file anew. Raises OSError with the path if it cannot be
    read, ValueError with file and line for bytes that are not UTF-8.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._open().close()  # a missing file is noticed here, not an hour later

    def _open(self):
        return (gzip.open if self.path.suffix == ".gz" else open)(self.path, "rb")

    def _words(self, number: int, line: bytes) -> list[str]:
        try:
            return tokenize(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            got = f"byte {line[error.start]:#04x} at column {error.start + 1}"
            message = f"{self.path}, line {number}: expected UTF-8 text, got {got}"
            raise ValueError(message) from error

    def __iter__(self) -> Iterator[list[str]]:
        try:
            with self._open() as lines:
                sentences = (self._words(*numbered) for numbered in enumerate(lines, 1))
                yield from filter(None, sentences)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise OSError(f"{self.path}: expected a gzip file, got: {error}") from error


def words_of(file) -> Iterator[str]:
    """Yield the words of a text file, split at white space; it is read a part at a time."""
    rest = ""
    while part := file.read(1 << 20):
        *words, rest = re.split(r"\s+", rest + part)
        yield from filter(None, words)
    yield from filter(None, [rest])


class Text8Corpus:
    """The words of a UTF-8 text file in sentences of `max_sentence_length` words.

    Each iteration reads the file anew. Raises OSError with the path if it cannot be read,
    TypeError or ValueError for a length that is no whole number of at least 1.
    """

    def __init__(self, path: str | Path, max_sentence_length: int = 10_000) -> None:
        self.path = Path(path)
        self.length = positive_int("max_sentence_length", max_sentence_length)
        self.path.open("rb").close()  # a missing file is noticed here, as above

    def __iter__(self) -> Iterator[list[str]]:
        with self.path.open(encoding="utf-8") as file:
            words = words_of(file)
            yield from iter(lambda: list(islice(words, self.length)), [])


TEXT8 = "http://mattmahoney.net/dc/text8.zip"
TEXT8_HASH = "sha256:a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232"


def text8(
    url: str = TEXT8, known_hash: str = TEXT8_HASH, folder: str | Path | None = None
) -> Text8Corpus:
    """Return the text8 corpus, fetched on first use into `folder`, or into the user's cache.

    Raises ModuleNotFoundError without pooch, OSError if it cannot be fetched, ValueError if what came
    has another hash.
    """
    if find_spec("pooch") is None:
        raise ModuleNotFoundError("text8 needs pooch: pip install pooch", name="pooch")
    import pooch

    place = pooch.os_cache("w2v") if folder is None else folder
    unzip = pooch.Unzip(members=["text8"])
    files = pooch.retrieve(url, known_hash, "text8.zip", place, processor=unzip)
    return Text8Corpus(files[0])
