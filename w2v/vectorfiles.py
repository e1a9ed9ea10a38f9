"""
Vectors are trained once and read for years, by programs that their author never met, so
this chapter writes and reads the two file formats of word2vec.c, and trusts nothing
that a file says about itself.

Derived in book/11b_vector_files.ipynb, which writes this module: change the chapter,
not this file.
"""

import gzip
import json
import os
import re
import sys
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from w2v.text import positive_int

__all__ = [
    "NUMBER",
    "shown",
    "parse_row",
    "parse_block",
    "Origin",
    "parse_lines",
    "READ",
    "ROW_LIMIT",
    "HEADER",
    "claimed_sizes",
    "room_for",
    "numbered_lines",
    "first_rows",
    "text_rows",
    "split_rows",
    "binary_block",
    "binary_blocks",
    "binary_rows",
    "decoded",
    "new_rows",
    "as_table",
    "unpacked",
    "ascii_based",
    "read_word2vec",
    "read_counts",
    "replacing",
    "writable",
    "write_counts",
    "write_word2vec",
    "write_table",
    "read_parts",
    "read_table",
]

NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def shown(data):
    """Return the beginning of some bytes as one can print it."""
    text = data[:40].decode("utf-8", "backslashreplace")
    return repr(text) + ("" if len(data) <= 40 else " and more")


def parse_row(line, d):
    """Return the word of a line, as bytes, and its d numbers. Raises ValueError with what was expected."""
    word, *numbers = line.split(b" ")
    if not word or len(numbers) != d:
        expected = f"expected a word and numbers, {d} of them"
        raise ValueError(f"{expected}, got {len(numbers)} after {shown(word)}")
    for number in numbers:
        if not NUMBER.fullmatch(number):
            raise ValueError(f"expected a number, got {shown(number)}")
    return word, [float(number) for number in numbers]


def parse_block(lines, d):
    """Return the words of the lines and their numbers (n, d), as `parse_row` does. Raises ValueError."""
    words, _, numbers = zip(*(line.partition(b" ") for line in lines), strict=True)
    if not all(words) or not all(numbers):
        raise ValueError("expected words and numbers")
    if b"".join(numbers).translate(None, b"0123456789+-.eE "):
        raise ValueError("expected numbers")
    text = [line.decode("ascii") for line in numbers]
    values = np.loadtxt(text, comments=None, delimiter=" ", ndmin=2)
    if values.shape != (len(lines), d):
        raise ValueError(f"expected {d} numbers, got {values.shape[1]}")
    return words, values


@dataclass(frozen=True)
class Origin:
    """A file that is being read, and how its places are counted: by `line` or by `byte`."""

    path: Path
    unit: str

    def fault(self, n, expected, got):
        """Return the error for place n of the file."""
        return ValueError(
            f"{self.path}, {self.unit} {n}: expected {expected}, got {got}"
        )


def parse_lines(origin, rows, d):
    """Return words and numbers (n, d) of numbered lines. Raises ValueError with file and line."""
    try:
        return parse_block([line for _, line in rows], d)
    except ValueError:
        parsed = []
    for n, line in rows:
        try:
            parsed.append(parse_row(line, d))
        except ValueError as error:
            raise ValueError(f"{origin.path}, line {n}: {error}") from None
    words, numbers = zip(*parsed, strict=True)
    return words, np.array(numbers)


READ = 1 << 20  # bytes at a time
ROW_LIMIT = 1 << 24  # bytes; a longer row is taken for damage
HEADER = re.compile(rb"\s*(\d{1,18})\s+(\d{1,18})\s*")


def claimed_sizes(origin, n, line):
    """Return N and d as the header at place n has them. Raises ValueError if it is none."""
    match = HEADER.fullmatch(line)
    N, d = (int(x) for x in match.groups()) if match else (0, 0)
    if not 0 < d <= ROW_LIMIT // 4:
        expected = "a header, the number of rows and of numbers a row"
        hint = "; no_header=True reads a text that has none"
        raise origin.fault(n, expected, shown(line.strip()) + hint)
    return N, d


def room_for(origin, n, rows, least):
    """Return how many rows to make room for. Raises ValueError if rows of `least` bytes exceed the file."""
    if origin.path.suffix == ".gz" or not origin.path.is_file():
        return min(rows, READ // least)
    size = origin.path.stat().st_size
    if rows * least > size:  # a header has more bytes than the last line end
        expected = f"a file of at least {rows * least} bytes, for {rows} rows"
        raise origin.fault(n, expected, f"one of {size} bytes")
    return rows


def numbered_lines(origin, file):
    """Yield lists of (number, line), blank lines left out. Raises ValueError for a line without end."""
    first, rest = 1, b""
    while block := file.read(READ):
        *lines, rest = (rest + block).split(b"\n")
        if len(rest) > ROW_LIMIT:
            expected = f"a line end within {ROW_LIMIT} bytes"
            raise origin.fault(first + len(lines), expected, shown(rest))
        yield [(n, x) for n, line in enumerate(lines, first) if (x := line.rstrip())]
        first += len(lines)
    yield [(first, x)] if (x := rest.rstrip()) else []


def first_rows(origin, blocks, claimed, limit):
    """Yield the lines of the first `limit` of the claimed rows. Raises ValueError if they are fewer or more."""
    n, wanted = 0, min(claimed, limit)
    for block in blocks:
        if n == limit:
            return
        rows, more = block[: wanted - n], block[wanted - n :]
        if rows:
            yield rows
        if more and wanted < limit:
            line, text = more[0]
            raise origin.fault(
                line, f"the end of the file after {claimed} rows", shown(text)
            )
        n += len(rows)
    if n < wanted and claimed < sys.maxsize:
        raise ValueError(
            f"{origin.path}, line 1: expected {claimed} rows to follow, got {n}"
        )


def text_rows(path, file, limit, no_header):
    """Return room for rows, d, and blocks of line numbers, words, and values (n, d)."""
    origin = Origin(path, "line")
    blocks = filter(None, numbered_lines(origin, file))
    first = next(blocks, [(1, b"")])
    if no_header:
        N, d, room = sys.maxsize, max(first[0][1].count(b" "), 1), 0
    else:
        (n, line), *first = first
        N, d = claimed_sizes(origin, n, line)
        room = room_for(origin, n, min(N, limit), 2 * d + 2)
    chosen = first_rows(origin, chain([first], blocks), N, limit)
    return room, d, (([n for n, _ in x], *parse_lines(origin, x, d)) for x in chosen)


def split_rows(data, size, most):
    """Return (offset, word, bytes of the numbers) of the whole rows in data, and where they end."""
    rows: list[tuple[int, bytes, bytes]] = []
    start = 0
    while len(rows) < most:
        space = data.find(b" ", start)
        end = space + 1 + size
        if space < 0 or end > len(data):
            break
        rows.append((start, data[start:space].lstrip(b"\n"), data[space + 1 : end]))
        start = end
    return rows, start


def binary_block(origin, at, rows, d):
    """Return byte offsets, words, and values (n, d) of rows. Raises ValueError for a word that is none."""
    offsets, words, numbers = zip(*rows, strict=True)
    for offset, word in zip(offsets, words, strict=True):
        if not word or b"\n" in word:
            expected = "a word, as a row begins there if the header is right"
            raise origin.fault(at + offset, expected, shown(word))
    values = np.frombuffer(b"".join(numbers), "<f4").reshape(-1, d)
    return [at + offset for offset in offsets], words, values


def binary_blocks(origin, file, N, d, limit):
    """Yield blocks of the first `limit` of N rows. Raises ValueError if the file ends before, or does not end."""
    n, wanted, rest, at = 0, min(N, limit), b"", file.tell()
    while n < wanted:
        read = file.read(max(READ, 4 * d))
        rows, end = split_rows(rest + read, 4 * d, wanted - n)
        if rows:
            yield binary_block(origin, at, rows, d)
        n, rest, at = n + len(rows), (rest + read)[end:], at + end
        if n < wanted and (not read or len(rest) > ROW_LIMIT + 4 * d):
            expected = f"row {n + 1} of {N}, a word, a space and {4 * d} bytes"
            raise origin.fault(at, expected, f"{len(rest)} bytes: {shown(rest)}")
    if wanted < limit and (rest := rest + file.read(READ)).strip(b"\n"):
        raise origin.fault(at, f"the end of the file after {N} rows", shown(rest))


def binary_rows(path, file, limit):
    """Return room for rows, d, and blocks of byte offsets, words, and values (n, d)."""
    origin = Origin(path, "byte")
    N, d = claimed_sizes(origin, 0, file.readline(100))
    room = room_for(origin, 0, min(N, limit), 4 * d + 2)
    return room, d, binary_blocks(origin, file, N, d, limit)


def decoded(origin, n, word, encoding, errors):
    """Return a word as text. Raises UnicodeDecodeError, a ValueError, with file and place."""
    try:
        return word.decode(encoding, errors)
    except UnicodeDecodeError as error:
        where = error.encoding, error.object, error.start, error.end
        reason = f"{error.reason}; {origin.path}, {origin.unit} {n}"
        raise UnicodeDecodeError(*where, reason) from None


def new_rows(origin, index, places, words, encoding, errors):
    """Add words to `index`; return which are new. Raises ValueError for an old one if errors are "strict"."""
    new = []
    for i, (n, word) in enumerate(zip(places, words, strict=True)):
        key = decoded(origin, n, word, encoding, errors)
        if key not in index:
            index[key] = len(index)
            new.append(i)
        elif errors == "strict":
            expected = f"a new word in each row; row {index[key] + 1} has {key!r}"
            raise origin.fault(n, expected, "it again")
    return new


def as_table(origin, blocks, room, d, dtype, encoding, errors):
    """Return the words of all blocks, and their vectors (N, d). Raises ValueError with file and place."""
    index: dict[str, int] = {}
    table = np.empty((room, d), dtype)
    for places, words, values in blocks:
        with np.errstate(over="ignore"):
            values = values.astype(dtype)
        bad = ~np.isfinite(values).all(axis=1)
        if bad.any():
            expected = f"numbers that {table.dtype} can hold"
            raise origin.fault(places[bad.argmax()], expected, "NaN or infinity")
        n = len(index)
        new = new_rows(origin, index, places, words, encoding, errors)
        if len(index) > len(table):
            table.resize((max(len(index), 3 * len(table) // 2), d), refcheck=False)
        table[n : len(index)] = values if len(new) == len(values) else values[new]
    table.resize((len(index), d), refcheck=False)
    return list(index), table


@contextmanager
def unpacked(path):
    """Open a file for reading bytes, `.gz` unpacked. Raises ValueError, with the byte, if that fails."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        try:
            yield file
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            place = f"{path}, byte {file.tell()} of what it unpacks to"
            raise ValueError(f"{place}: expected gzip, got: {error}") from error


def ascii_based(encoding):
    """Raise ValueError unless spaces and digits have their ASCII bytes in an encoding."""
    try:
        same = "1 \n".encode(encoding)[-3:] == b"1 \n"
    except LookupError:
        same = False
    if not same:
        expected = "expected the name of one that extends ASCII, as utf8 does"
        raise ValueError(f"encoding: {expected}, got {encoding!r}")


def read_word2vec(
    path,
    binary=False,
    encoding="utf8",
    unicode_errors="strict",
    limit=None,
    datatype=np.float32,
    no_header=False,
):
    """Return words and vectors (N, d) of a file in word2vec.c's text or binary format, `.gz` unpacked.

    Raises ValueError naming the file and the line, or the byte, of what is not right in it; TypeError
    or ValueError naming an argument.
    """
    path, dtype = Path(path), np.dtype(datatype)
    limit = sys.maxsize if limit is None else positive_int("limit", limit)
    ascii_based(encoding)
    if dtype.kind != "f":
        raise TypeError(f"datatype: expected a float type, got {dtype}")
    if binary and no_header:
        raise ValueError("no_header: expected False, as only text can do without one")
    with unpacked(path) as file:
        if binary:
            room, d, blocks = binary_rows(path, file, limit)
        else:
            room, d, blocks = text_rows(path, file, limit, no_header)
        origin = Origin(path, "byte" if binary else "line")
        return as_table(origin, blocks, room, d, dtype, encoding, unicode_errors)


def read_counts(path, encoding="utf8", unicode_errors="strict"):
    """Return the count of each word in a file of word2vec.c. Raises ValueError with file and line."""
    counts, origin = {}, Origin(Path(path), "line")
    with unpacked(origin.path) as file:
        for n, line in chain.from_iterable(numbered_lines(origin, file)):
            word, _, count = line.rpartition(b" ")
            if not word or not re.fullmatch(rb"\d{1,18}", count):
                raise origin.fault(n, "a word and its count", shown(line))
            counts[decoded(origin, n, word, encoding, unicode_errors)] = int(count)
    return counts


@contextmanager
def replacing(path):
    """Open a new file, packed for `.gz`, which takes the place of `path` if the block ends without an error."""
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise ValueError(f"{path}: expected a file, or a name that is not taken")
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(draft, "wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
                    yield file
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def writable(words, vectors, largest):
    """Raise ValueError for a word or a number that could not be read back."""
    bad = [w for w in words if not w or " " in w or "\n" in w]
    if bad:
        expected = "words without space and line feed, which end a word in the file"
        raise ValueError(f"index_to_key: expected {expected}, got {bad[0]!r}")
    if not max(-vectors.min(initial=0), vectors.max(initial=0)) <= largest:
        expected = f"numbers of size {largest:.3g} at most"
        raise ValueError(f"vectors: expected {expected}, got larger ones or NaN")


def write_counts(path, words, counts):
    """Write a word, a space and a count a line. Raises ValueError for a word with a space or line feed."""
    writable(words, np.zeros(0), 0)
    with replacing(path) as file:
        for word, count in zip(words, counts, strict=True):
            file.write(f"{word} {count}\n".encode())


def write_word2vec(path, words, vectors, binary=False, write_header=True):
    """Write words and vectors (N, d) in word2vec.c's format, as gensim does; `.gz` is packed.

    A number is written with as many digits as its type needs. Raises ValueError for what could not be
    read back, before anything is written.
    """
    largest = np.finfo(np.float32 if binary else vectors.dtype).max
    writable(words, vectors, float(largest))
    with replacing(path) as file:
        if write_header:
            file.write(b"%d %d\n" % vectors.shape)
        for word, row in zip(words, vectors, strict=True):
            text = "" if binary else " ".join(map(str, row)) + "\n"
            numbers = row.astype("<f4").tobytes() if binary else text.encode()
            file.write(f"{word} ".encode() + numbers)


def write_table(path, words, vectors, counts):
    """Write words, vectors (N, d) and counts, (N,) or None, to one file that `read_table` can map."""
    if Path(path).suffix == ".gz":
        raise ValueError(f"{path}: expected a name without .gz, as it cannot be mapped")
    writable(["-"], vectors, float(np.finfo(vectors.dtype).max))
    counts = None if counts is None else np.asarray(counts).tolist()
    with replacing(path) as file:
        np.save(file, np.ascontiguousarray(vectors), allow_pickle=False)
        tail = {"index_to_key": list(words), "count": counts}
        file.write(json.dumps(tail).encode("ascii"))


def read_parts(path):
    """Return words, mapped vectors and counts of a file as they stand in it."""
    vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    with open(path, "rb") as file:
        file.seek(vectors.offset + vectors.nbytes)
        tail = json.loads(file.read().decode("ascii"))
    return tail["index_to_key"], vectors, tail["count"]


def read_table(path):
    """Return words, vectors (N, d), mapped read-only, and counts. Raises ValueError with the file."""
    try:
        words, vectors, counts = read_parts(path)
        good = vectors.ndim == 2 and vectors.dtype in (
            np.float16,
            np.float32,
            np.float64,
        )
        good &= isinstance(words, list) and all(type(w) is str for w in words)
        good &= len(words) == len(set(words)) == len(vectors)
        numbers = np.zeros(len(words), int) if counts is None else np.array(counts)
        good &= numbers.shape == (len(words),) and numbers.dtype.kind in "iuf"
    except OSError:
        raise
    except Exception as error:  # NumPy and json have many names for damaged bytes
        raise ValueError(
            f"{path}: expected a file of KeyedVectors.save, got: {error}"
        ) from error
    if not good:
        raise ValueError(f"{path}: expected as many words, all different, as vectors")
    return words, vectors, None if counts is None else numbers
