"""Chapter 11b: what is in a file is what comes out of it, and damage is named by its place."""

import gzip
import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from w2v import vectorfiles
from w2v.vectorfiles import (
    parse_block,
    parse_row,
    read_counts,
    read_table,
    read_word2vec,
    replacing,
    write_counts,
    write_table,
    write_word2vec,
)

WORDS = ["sea", "New\xa0York", "line\u2028end", "\x85", "ship", "cr\rcr", "tab\tbed"]
X = np.random.default_rng(0).normal(0, 3, (7, 5)).astype(np.float32)


def text_of(words=WORDS, table=X, header=None, row="{} {}\n"):
    """A file as text, by Python's own formatting."""
    rows = (
        row.format(w, " ".join(repr(float(x)) for x in v))
        for w, v in zip(words, table, strict=True)
    )
    size = f"{len(words)} {len(table[0])}\n" if header is None else header
    return (size + "".join(rows)).encode()


def binary_of(words=WORDS, table=X, header=None, end=b""):
    """A file as bytes, by struct."""
    size = f"{len(words)} {len(table[0])}\n".encode() if header is None else header
    rows = (
        w.encode() + b" " + struct.pack(f"<{len(v)}f", *v.tolist()) + end
        for w, v in zip(words, table, strict=True)
    )
    return size + b"".join(rows)


def written(folder, data, name="vectors"):
    """The path of a file with this content."""
    path = folder / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def same(got, words=WORDS, table=X):
    assert got[0] == list(words)
    np.testing.assert_array_equal(got[1], table, strict=True)


@pytest.fixture(params=[1, 7, 1 << 20], ids=["1 byte", "7 bytes", "1 MB"])
def any_block(request, monkeypatch):
    """Files are read so many bytes at a time: no border between blocks may matter."""
    monkeypatch.setattr(vectorfiles, "READ", request.param)


# Good files.

TEXTS = {
    "gensim": text_of(),
    "word2vec.c": text_of(row="{} {} \n"),
    "CRLF": text_of(header="7 5\r\n", row="{} {}\r\n"),
    "C, then CRLF": text_of(header="7 5\r\n", row="{} {} \r\n"),
    "no final newline": text_of()[:-1],
    "no final newline after a space": text_of(row="{} {} \n")[:-1],
    "leading newlines": b"\n\r\n" + text_of(),
    "trailing newlines": text_of() + b"\n\n \r\n",
    "blank lines between": text_of(row="{} {}\n\n"),
    "spaces in the header": text_of(header=" 7  5 \n"),
}


@pytest.mark.parametrize("name", ["v.txt", "v.txt.gz"])
@pytest.mark.parametrize("kind", TEXTS)
def test_a_good_text_loads(tmp_path, any_block, kind, name):
    same(read_word2vec(written(tmp_path, TEXTS[kind], name)))


@pytest.mark.parametrize("name", ["v.txt", "v.txt.gz"])
@pytest.mark.parametrize("kind", ["gensim", "word2vec.c", "no final newline"])
def test_text_without_a_header_loads(tmp_path, any_block, kind, name):
    path = written(tmp_path, TEXTS[kind].split(b"\n", 1)[1], name)
    same(read_word2vec(path, no_header=True))


BINARIES = {
    "gensim": binary_of(),
    "word2vec.c": binary_of(end=b"\n"),
    "leading newlines": binary_of(["\n\n" + w for w in WORDS]),
    "CRLF header": binary_of(header=b"7 5\r\n"),
}


@pytest.mark.parametrize("name", ["v.bin", "v.bin.gz"])
@pytest.mark.parametrize("kind", BINARIES)
def test_a_good_binary_file_loads(tmp_path, any_block, kind, name):
    same(read_word2vec(written(tmp_path, BINARIES[kind], name), binary=True))


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("limit", [1, 3, 7, 99])
def test_a_limit_reads_the_first_rows(tmp_path, any_block, binary, limit):
    path = written(tmp_path, binary_of() if binary else text_of())
    same(read_word2vec(path, binary, limit=limit), WORDS[:limit], X[:limit])


def test_a_limit_reads_rows_of_text_without_a_header_too(tmp_path):
    path = written(tmp_path, text_of(header=""))
    same(read_word2vec(path, no_header=True, limit=2), WORDS[:2], X[:2])
    same(read_word2vec(path, no_header=True, limit=99))


def test_what_stands_behind_the_limit_is_not_looked_at(tmp_path):
    text = text_of() + b"broken\n"
    same(read_word2vec(written(tmp_path, text), limit=7))
    with pytest.raises(ValueError, match="line 9"):
        read_word2vec(written(tmp_path, text))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_numbers_come_as_the_type_that_is_asked_for(tmp_path, dtype):
    table = np.array([[0.1, -2.5e-3], [1 / 3, 1e4]])
    got = read_word2vec(written(tmp_path, text_of("ab", table)), datatype=dtype)
    same(got, "ab", table.astype(dtype))


def test_an_empty_table_has_its_width(tmp_path):
    for binary in (False, True):
        same(read_word2vec(written(tmp_path, b"0 5\n"), binary), [], X[:0])


def test_fast_and_slow_parsing_agree_on_every_notation_of_a_number():
    numbers = "0 -0 +1 1. .5 -.5 1e5 1E-5 +1.25e+07 0001 1e-400 123456789012345678901"
    numbers += " 0.1000000000000000055511151231257827 4.9e-324 1.7976931348623157e308"
    line = b"w " + numbers.encode()
    d = len(numbers.split())
    _, fast = parse_block([line], d)
    word, slow = parse_row(line, d)
    assert word == b"w" and fast.tolist() == [slow] == [
        list(map(float, numbers.split()))
    ]


# Encodings.


def test_words_in_another_encoding_load_by_its_name(tmp_path):
    path = written(tmp_path, b"2 1\ncaf\xe9 1\nthe 2\n")
    assert read_word2vec(path, encoding="latin-1")[0] == ["caf\xe9", "the"]


@pytest.mark.parametrize(
    ("errors", "words"),
    [("replace", ["caf\ufffd", "the"]), ("ignore", ["caf", "the"])],
)
@pytest.mark.parametrize("binary", [False, True])
def test_bad_utf8_is_replaced_or_ignored_on_request(tmp_path, errors, words, binary):
    data = b"2 1\ncaf\xe9 1\nthe 2\n"
    if binary:
        data = b"2 1\ncaf\xe9 \0\0\x80?the \0\0\0@"
    got = read_word2vec(written(tmp_path, data), binary, unicode_errors=errors)
    same(got, words, np.float32([[1], [2]]))


def test_words_that_replacing_makes_equal_keep_the_first_row(tmp_path, any_block):
    path = written(tmp_path, b"3 1\ncaf\xe9 1\nthe 2\ncaf\xe8 3\n")
    got = read_word2vec(path, unicode_errors="replace")
    same(got, ["caf\ufffd", "the"], np.float32([[1], [2]]))


@pytest.mark.parametrize("binary", [False, True])
def test_bad_utf8_is_an_error_with_its_place(tmp_path, binary):
    data = b"2 1\nthe 1\ncaf\xe9 2\n"
    if binary:
        data = b"2 1\nthe \0\0\x80?caf\xe9 \0\0\0@"
    with pytest.raises(
        UnicodeDecodeError, match="bad.vec, " + ("byte 12" if binary else "line 3")
    ):
        read_word2vec(written(tmp_path, data, "bad.vec"), binary)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "nonsense", "cp037"])
def test_an_encoding_whose_space_is_another_byte_is_refused(tmp_path, encoding):
    with pytest.raises(ValueError, match=f"encoding: .*{encoding}"):
        read_word2vec(written(tmp_path, text_of()), encoding=encoding)


# Bad files.

BAD_TEXTS = {
    "empty": (b"", "line 1: expected a header"),
    "blank": (b"\n\n", "line 1: expected a header"),
    "no header": (text_of(header=""), "line 1: expected a header.*no_header=True"),
    "header of one number": (text_of(header="7\n"), "line 1: expected a header"),
    "header of three": (text_of(header="7 5 1\n"), "line 1: expected a header"),
    "negative header": (text_of(header="-7 5\n"), "line 1: expected a header"),
    "no columns": (b"2 0\na\nb\n", "line 1: expected a header"),
    "header in Arabic digits": (text_of(header="٧ ٥\n"), "line 1: expected a header"),
    "underscore": (text_of(header="7 0_5\n"), "line 1: expected a header"),
    "leading newlines are counted": (b"\n\n7 5 x\n", "line 3: expected a header"),
    "one row too few": (text_of(header="8 5\n"), "line 1: .* 8 rows to follow, got 7"),
    "one row too many": (text_of(header="6 5\n"), "line 8: expected the end .*6 rows"),
    "no rows promised": (text_of(header="0 5\n"), "line 2: expected the end .* 0 rows"),
    "a million million": (
        text_of(header=f"{10**12} 5\n"),
        "line 1: expected a file of",
    ),
    "wide": (text_of(header=f"7 {10**12}\n"), "line 1: expected a header"),
    "wide, within reason": (
        text_of(header="7 4000000\n"),
        "line 1: expected a file of",
    ),
    "wrong width": (text_of(header="7 4\n"), "line 2: .*4 of them, got 5 after 'sea'"),
    "row too short": (text_of() + b"w 1 2 3 4\n", "line 9: expected the end"),
    "tabs": (text_of(row="{}\t{}\n"), "line 2: .*got 4"),
    "two spaces": (text_of(row="{}  {}\n"), "line 2: .*got 6 after 'sea'"),
    "no word": (text_of(row=" {1}\n"), "line 2: .*got 5 after ''"),
    "old Mac": (text_of().replace(b"\n", b"\r"), "line 1: expected a header"),
    "binary": (binary_of(), "line 2"),
}
for _name, _number in {
    "letter O": "O.5",
    "NaN": "nan",
    "infinity": "-inf",
    "underscore in a number": "1_0",
    "hexadecimal": "0x10",
    "Arabic digit": "\u0661",
    "full-width digit": "\uff11",
    "decimal comma": "0,5",
    "two points": "1.2.3",
    "no digit": "-",
    "only an exponent": "e5",
    "no-break space": "1\xa0",
    "complex": "1j",
    "too large": "1e39",
}.items():
    BAD_TEXTS[_name] = (f"2 2\na 1 2\nb {_number} 3\n".encode(), "line 3: expected")
    BAD_TEXTS[_name + ", last"] = (f"2 2\na 1 2\nb 3 {_number}".encode(), "line 3: exp")


@pytest.mark.parametrize("name", ["bad.txt", "bad.txt.gz"])
@pytest.mark.parametrize("kind", BAD_TEXTS)
def test_a_bad_text_is_refused_with_file_and_line(tmp_path, any_block, kind, name):
    data, message = BAD_TEXTS[kind]
    if name.endswith(".gz"):
        message = message.replace("expected a file of", "expected .*rows to follow")
        message = message.replace("line 1: expected .*rows to follow", "line [12]: ")
    with pytest.raises(ValueError, match=f"(?s){name}, {message}"):
        read_word2vec(written(tmp_path, data, name))


@pytest.mark.parametrize("row", [0, 3, 6])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda line: line.rsplit(b" ", 1)[0], "5 of them, got 4"),
        (lambda line: line + b" 1", "5 of them, got 6"),
        (lambda line: line.replace(b".", b",", 1), "expected a number"),
        (lambda line: line.split(b" ")[0], "5 of them, got 0"),
        (lambda line: line[:-1] + b"\0", "expected a number"),
    ],
    ids=["short", "long", "comma", "only a word", "NUL"],
)
def test_the_line_of_a_bad_row_is_named(tmp_path, any_block, row, change, message):
    lines = text_of().split(b"\n")
    changed = change(lines[row + 1])
    number = row + 2
    lines[row + 1] = changed
    with pytest.raises(ValueError, match=f"bad, line {number}: .*{message}"):
        read_word2vec(written(tmp_path, b"\n".join(lines), "bad"))


@pytest.mark.parametrize("binary", [False, True])
def test_a_word_that_comes_twice_is_named_with_both_rows(tmp_path, any_block, binary):
    words = [*WORDS[:6], "ship"]
    data = binary_of(words) if binary else text_of(words)
    with pytest.raises(ValueError, match="row 5 has 'ship', got it again"):
        read_word2vec(written(tmp_path, data), binary)


def test_bad_rows_without_a_header_are_refused(tmp_path):
    for data, message in (
        (b"", "line 1: expected a word"),
        (b"7 5\nw 1 2 3 4 5\n", "line 2: .*1 of them, got 5"),
        (b"w\n", "line 1: .*got 0"),
        (b"w 1 2\nv 1\n", "line 2: .*2 of them, got 1"),
    ):
        with pytest.raises(ValueError, match=message):
            read_word2vec(written(tmp_path, data), no_header=True)


ROW = len(b"sea ") + 20  # bytes of the first row
BAD_BINARIES = {
    "empty": (b"", "byte 0: expected a header"),
    "no header": (binary_of(header=b""), "byte 0: expected a header"),
    "a long header": (b" " * 200 + binary_of(), "byte 0: expected a header"),
    "wide": (binary_of(header=f"7 {10**12}\n".encode()), "byte 0: expected a header"),
    "a million million": (
        binary_of(header=f"{10**12} 5\n".encode()),
        "byte 0: expected a",
    ),
    "one row too many": (
        binary_of(header=b"6 5\n"),
        "byte .*: expected the end .*6 rows",
    ),
    "trailing bytes": (binary_of() + b"\nx", "byte 19.: expected the end"),
    "trailing zeros": (binary_of() + b"\0", "byte 19.: expected the end"),
    "broken off in a word": (
        binary_of()[: 4 + ROW + 3],
        f"byte {4 + ROW}: expected row 2",
    ),
    "broken off in a row": (
        binary_of()[: 4 + ROW + 15],
        f"byte {4 + ROW}: expected row 2",
    ),
    "one byte short": (binary_of()[:-1], "byte .*: expected row 7 of 7"),
    "a byte lost, last row": (
        binary_of()[:-8] + binary_of()[-7:],
        "byte .*: expected row 7",
    ),
    "wrong width": (binary_of(header=b"7 4\n"), "byte"),
    "an empty word": (binary_of(["sea", *WORDS[2:], ""]), "byte .*: expected a word"),
    "a line feed in a word": (
        binary_of(["a\nb", *WORDS[1:]]),
        "byte 4: expected a word",
    ),
    "NaN": (
        binary_of(table=np.where(X[1, 2] == X, np.nan, X)),
        f"byte {4 + ROW}: .*NaN",
    ),
    "infinity": (
        binary_of(table=np.where(X[0, 4] == X, -np.inf, X)),
        "byte 4: .*NaN or",
    ),
    "text": (text_of(), "byte"),
}


@pytest.mark.parametrize("name", ["bad.bin", "bad.bin.gz"])
@pytest.mark.parametrize("kind", BAD_BINARIES)
def test_a_bad_binary_file_is_refused_with_file_and_byte(
    tmp_path, any_block, kind, name
):
    data, message = BAD_BINARIES[kind]
    if name.endswith(".gz") and kind == "a million million":
        message = "byte .*: expected row 8 of 1000000000000"
    if not name.endswith(".gz") and kind.startswith("broken off"):
        message = "byte 0: expected a file of"  # its size gives it away
    with pytest.raises(ValueError, match=f"(?s){name}.*{message}"):
        read_word2vec(written(tmp_path, data, name), binary=True)


@pytest.mark.parametrize("feeds", range(45))
def test_line_feeds_at_the_end_hide_nothing_behind_them(tmp_path, monkeypatch, feeds):
    monkeypatch.setattr(vectorfiles, "READ", 50)
    same(read_word2vec(written(tmp_path, binary_of() + b"\n" * feeds), binary=True))
    with pytest.raises(ValueError, match="byte .*: expected the end"):
        read_word2vec(
            written(tmp_path, binary_of() + b"\n" * feeds + b"x"), binary=True
        )


def test_what_is_no_gzip_or_broken_off_is_refused(tmp_path):
    path = written(tmp_path, text_of(), "v.txt.gz")
    whole = path.read_bytes()
    for damage in (
        b"plain text",
        whole[:-9],
        whole[:30],
        whole[:40] + b"\0" + whole[41:],
    ):
        path.write_bytes(damage)
        with pytest.raises(
            ValueError, match=r"v\.txt\.gz, byte \d+ of what it unpacks"
        ):
            read_word2vec(path)


def test_a_line_without_end_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(vectorfiles, "ROW_LIMIT", 1000)
    monkeypatch.setattr(vectorfiles, "READ", 100)
    with pytest.raises(ValueError, match="line 2: expected a line end within 1000"):
        read_word2vec(written(tmp_path, b"1 2\n" + b"x" * 9999))
    with pytest.raises(ValueError, match="byte 4: expected row 1 of 1"):
        read_word2vec(written(tmp_path, b"1 2\n" + b"x" * 9999), binary=True)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.txt"):
        read_word2vec(tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"limit": 0}, ValueError, "limit: expected"),
        ({"limit": 1.5}, TypeError, "limit: expected"),
        ({"datatype": int}, TypeError, "datatype: expected a float"),
        ({"binary": True, "no_header": True}, ValueError, "no_header: expected False"),
    ],
)
def test_bad_arguments_are_named(tmp_path, arguments, error, message):
    with pytest.raises(error, match=message):
        read_word2vec(written(tmp_path, text_of()), **arguments)


# Claims and memory.

LIMITED = """
import resource, sys
import numpy, w2v.vectorfiles as files
held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + (100 << 20),) * 2)
try:
    files.read_word2vec(sys.argv[1], binary=sys.argv[2] == "binary")
except ValueError as error:
    print("refused:", error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited by Linux")
@pytest.mark.parametrize("name", ["v", "v.gz"])
@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize(
    "header", [f"{10**12} 5\n", f"7 {10**12}\n", f"{10**17} 4000000\n"]
)
def test_a_claim_of_a_million_million_takes_no_memory(tmp_path, binary, header, name):
    data = binary_of(header=header.encode()) if binary else text_of(header=header)
    path = written(tmp_path, data, name)
    run = [sys.executable, "-c", LIMITED, str(path), "binary" if binary else "text"]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith(f"refused: {path}, "), done.stdout + done.stderr


# Mutations: whatever is done to a good file, it loads as the format says, or is refused.


def by_the_book(data, d_of_header=True):
    """Read text in the plainest way: a list of (word, numbers), or None for a bad file."""
    lines = [line.rstrip(b" \t\r\x0b\x0c") for line in data.split(b"\n")]
    lines = [line for line in lines if line]
    try:
        N, d = (int(x) for x in lines[0].decode("ascii").split())
        rows = [parse_row(line, d) for line in lines[1:]]
        words = [word.decode("utf-8") for word, _ in rows]
    except (ValueError, IndexError):
        return None
    with np.errstate(over="ignore"):  # a number beyond float32 is infinite, and refused
        table = [[float(np.float32(x)) for x in numbers] for _, numbers in rows]
    good = "_" not in lines[0].decode() and d > 0 and N == len(rows) == len(set(words))
    return (words, table) if good and np.isfinite(table).all() else None


def mutated(data, edits):
    """The data after some edits, each a place, a number of bytes to drop, and what to put there."""
    for place, drop, new in edits:
        place = place % (len(data) + 1)
        data = data[:place] + new + data[place + drop :]
    return data


PIECES = [
    b"",
    b" ",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xc2",
    b"-",
    b"9",
    b"1e99",
    b"nan",
    b"_",
]
PIECES += [
    b".",
    b"e",
    b"\t",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"sea",
    b"\x1f\x8b",
    b"7 5\n",
]
EDITS = st.lists(
    st.tuples(
        st.integers(0, 600),
        st.sampled_from([0, 0, 1, 2, 30]),
        st.sampled_from(PIECES) | st.binary(max_size=4),
    ),
    max_size=4,
)
MANY = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
KINDS = st.sampled_from(sorted(TEXTS))


@MANY
@given(kind=KINDS, edits=EDITS)
@example(kind="C, then CRLF", edits=[(172, 2, b"1e99")])
def test_mutated_text_loads_as_the_format_says_or_is_refused(tmp_path, kind, edits):
    path = written(tmp_path, data := mutated(TEXTS[kind], edits), "mutated.txt")
    want = by_the_book(data)
    try:
        words, table = read_word2vec(path)
    except ValueError as error:
        assert want is None
        assert f"{path}, line " in str(error)
    else:
        assert want is not None and (words, table.tolist()) == want


def binary_by_the_book(data):
    """Read binary in the plainest way: words and numbers, or None for a bad file."""
    header, _, rest = data.partition(b"\n")
    words, table = [], []
    try:
        N, d = (int(x) for x in header.decode("ascii").split())
        while len(words) < N:
            word, space, rest = rest.partition(b" ")
            words.append(word.lstrip(b"\n").decode("utf-8"))
            table.append(list(struct.unpack(f"<{d}f", rest[: 4 * d])))
            rest = rest[4 * d :]
    except (ValueError, struct.error):
        return None
    good = all(w and "\n" not in w for w in words) and len(set(words)) == N
    good = good and not rest.strip(b"\n") and d > 0 and b"_" not in header
    return (words, table) if good and np.isfinite(table).all() else None


@MANY
@given(kind=st.sampled_from(sorted(BINARIES)), edits=EDITS)
def test_mutated_binary_loads_as_the_format_says_or_is_refused(tmp_path, kind, edits):
    path = written(tmp_path, data := mutated(BINARIES[kind], edits), "mutated.bin")
    want = binary_by_the_book(data)
    try:
        words, table = read_word2vec(path, binary=True)
    except ValueError as error:
        assert want is None
        assert f"{path}, byte " in str(error)
    else:
        assert want is not None and (words, table.tolist()) == want


@MANY
@given(edits=EDITS, errors=st.sampled_from(["replace", "ignore"]), binary=st.booleans())
def test_a_lenient_reader_of_mutated_files_gets_a_whole_table(
    tmp_path, edits, errors, binary
):
    data = mutated(BINARIES["word2vec.c"] if binary else TEXTS["CRLF"], edits)
    path = written(tmp_path, data, "mutated")
    try:
        words, table = read_word2vec(path, binary, unicode_errors=errors)
    except ValueError as error:
        assert str(path) in str(error)
    else:
        assert len(set(words)) == len(words) == len(table)
        assert np.isfinite(table).all()


@MANY
@given(edits=EDITS.filter(bool), binary=st.booleans())
def test_mutated_gzip_loads_or_is_refused(tmp_path, edits, binary):
    packed = gzip.compress(BINARIES["gensim"] if binary else TEXTS["gensim"], mtime=0)
    path = tmp_path / "mutated.gz"
    path.write_bytes(mutated(packed, edits))
    try:
        words, table = read_word2vec(path, binary)
    except ValueError as error:
        assert f"{path}, " in str(error)
    else:
        assert len(set(words)) == len(words) == len(table)


@MANY
@given(edits=EDITS, counts=st.booleans())
def test_a_mutated_table_of_our_own_loads_or_is_refused(tmp_path, edits, counts):
    path = tmp_path / "mutated.npy"
    write_table(path, WORDS, X, np.arange(7) if counts else None)
    path.write_bytes(mutated(path.read_bytes(), edits))
    try:
        words, table, n = read_table(path)
    except ValueError as error:
        assert str(path) in str(error)
    else:
        assert len(set(words)) == len(words) == len(table)
        assert n is None or n.shape == (len(words),)


# Writing.

SAFE = st.text(
    st.characters(exclude_characters=" \n", exclude_categories=["Cs"]), min_size=1
)
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@settings(MANY, max_examples=150)
@given(
    words=st.lists(SAFE, min_size=1, max_size=6, unique=True),
    numbers=st.lists(FLOATS, min_size=12, max_size=12),
    binary=st.booleans(),
    packed=st.booleans(),
    header=st.booleans(),
)
def test_what_is_written_is_read_bit_for_bit(
    tmp_path, words, numbers, binary, packed, header
):
    table = np.float32(numbers).reshape(6, 2)[: len(words)]
    path = tmp_path / ("out.gz" if packed else "out")
    header = header or binary
    write_word2vec(path, words, table, binary, header)
    same(read_word2vec(path, binary, no_header=not header), words, table)


def test_text_of_float64_keeps_all_its_digits(tmp_path):
    table = np.random.default_rng(1).normal(size=(7, 3))
    write_word2vec(tmp_path / "out", WORDS, table)
    same(read_word2vec(tmp_path / "out", datatype=np.float64), WORDS, table)


def test_the_bytes_are_those_of_the_formats(tmp_path):
    table = np.float32([[0.1, -1e-5], [2, 1 / 3]])
    write_word2vec(tmp_path / "t", ["a", "\xe9"], table)
    text = "2 2\na 0.1 -1e-05\n\xe9 2.0 0.33333334\n".encode()
    assert (tmp_path / "t").read_bytes() == text
    write_word2vec(tmp_path / "t.gz", ["a", "\xe9"], table)
    assert gzip.decompress((tmp_path / "t.gz").read_bytes()) == text
    write_word2vec(tmp_path / "b", ["a", "\xe9"], table, binary=True)
    assert (tmp_path / "b").read_bytes() == binary_of(["a", "\xe9"], table)


@pytest.mark.parametrize("bad", ["", "a b", "a\nb", " ", "\n"])
@pytest.mark.parametrize("binary", [False, True])
def test_words_that_could_not_be_read_back_are_not_written(tmp_path, bad, binary):
    path = written(tmp_path, b"old")
    with pytest.raises(ValueError, match="index_to_key: expected words without"):
        write_word2vec(path, ["a", bad], X[:2], binary)
    with pytest.raises(ValueError, match="index_to_key: expected words without"):
        write_counts(path, ["a", bad], [2, 1])
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_could_not_be_read_back_are_not_written(tmp_path, bad):
    table = np.array([[1.0, 2], [bad, 3]])
    for write in (
        lambda: write_word2vec(tmp_path / "v", ["a", "b"], table),
        lambda: write_word2vec(tmp_path / "v", ["a", "b"], table, True),
        lambda: write_word2vec(
            tmp_path / "v", ["a", "b"], np.array([[1e39], [-1e39]]), True
        ),
        lambda: write_table(tmp_path / "v", ["a", "b"], table, None),
    ):
        with pytest.raises(ValueError, match="vectors: expected numbers of size"):
            write()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["v", "v.gz"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, error, name):
    path = written(tmp_path, b"old", "v" if name == "v" else "v.gz")
    before = path.read_bytes()
    with pytest.raises(error), replacing(path) as file:
        file.write(b"new" * 9999)
        raise error
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path):
    path = written(tmp_path, b"old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new" and list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link_and_a_folder_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(written(tmp_path, b"old"))
    with replacing(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "vectors").read_bytes() == b"new"
    with pytest.raises(ValueError, match="expected a file"), replacing(tmp_path):
        pass


def test_a_new_file_has_the_rights_of_any_other(tmp_path):
    write_word2vec(tmp_path / "v", WORDS, X)
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "v").stat().st_mode == (tmp_path / "plain").stat().st_mode


# Counts.


def test_counts_come_back(tmp_path):
    write_counts(tmp_path / "c", WORDS, range(7))
    want = {w: i for i, w in enumerate(WORDS)}
    assert read_counts(tmp_path / "c") == want
    path = written(tmp_path, b"caf\xe9 3\r\n", "latin")
    assert read_counts(path, "latin-1") == {"caf\xe9": 3}
    assert read_counts(path, unicode_errors="ignore") == {"caf": 3}


@pytest.mark.parametrize("line", [b"a", b"a b", b"a -1", b"a 1.5", b" 1", b"caf\xe9 1"])
def test_a_bad_count_is_refused_with_file_and_line(tmp_path, line):
    path = written(tmp_path, b"the 5\n" + line, "bad.vocab")
    with pytest.raises(ValueError, match=r"bad\.vocab, line 2"):
        read_counts(path)


# The mapped form.


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("counts", [None, list(range(7))])
def test_a_mapped_table_is_what_was_written(tmp_path, dtype, counts):
    words = [*WORDS[:5], " \n", "\ud800"]  # JSON can hold what a line cannot
    write_table(tmp_path / "v", words, X.astype(dtype), counts)
    got, table, n = read_table(tmp_path / "v")
    assert isinstance(table, np.memmap) and not table.flags.writeable
    same((got, table), words, X.astype(dtype))
    assert n is None if counts is None else n.tolist() == counts
    assert (np.load(tmp_path / "v", allow_pickle=False) == X.astype(dtype)).all()


def test_rows_in_the_order_of_columns_are_written_too(tmp_path):
    write_table(tmp_path / "v", WORDS, np.asfortranarray(X), None)
    same(read_table(tmp_path / "v")[:2])


def test_a_name_that_would_be_packed_cannot_be_mapped(tmp_path):
    with pytest.raises(ValueError, match=r"v\.gz: expected a name without \.gz"):
        write_table(tmp_path / "v.gz", WORDS, X, None)


def npy(array, tail, folder):
    """A file with an array and something behind it."""
    with open(folder / "v.npy", "wb") as file:
        np.save(file, array, allow_pickle=True)
        file.write(tail if isinstance(tail, bytes) else json.dumps(tail).encode())
    return folder / "v.npy"


TAIL = {"index_to_key": ["a", "b"], "count": None}
Y = np.ones((2, 3), np.float32)


@pytest.mark.parametrize(
    ("array", "tail"),
    [
        (Y, b""),
        (Y, b"\xff"),
        (Y, b"["),
        (Y, b"[" * 100_000),
        (Y, []),
        (Y, {"index_to_key": ["a", "b"]}),
        (Y, TAIL | {"index_to_key": ["a"]}),
        (Y, TAIL | {"index_to_key": ["a", "a"]}),
        (Y, TAIL | {"index_to_key": ["a", 1]}),
        (Y, TAIL | {"index_to_key": "ab"}),
        (Y, TAIL | {"count": [1]}),
        (Y, TAIL | {"count": [1, "x"]}),
        (Y, TAIL | {"count": [[1], [2, 3]]}),
        (Y.astype(int), TAIL),
        (Y.astype(object), TAIL),
        (Y.ravel(), TAIL),
        (Y > 0, TAIL),
    ],
)
def test_a_damaged_table_of_our_own_is_refused_with_its_name(tmp_path, array, tail):
    with pytest.raises(ValueError, match=r"v\.npy: expected"):
        read_table(npy(array, tail, tmp_path))


@pytest.mark.parametrize("size", [0, 5, 60, 128, 135, -1])
def test_a_table_that_was_cut_is_refused(tmp_path, size):
    path = npy(Y, TAIL, tmp_path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=r"v\.npy: expected"):
        read_table(path)


def test_a_claim_of_a_million_million_is_not_mapped(tmp_path):
    path = npy(Y, TAIL, tmp_path)
    head = path.read_bytes().replace(b"(2, 3), }          ", b"(1000000000000, 3), }")
    path.write_bytes(head[:128] + head[130:])
    with pytest.raises(ValueError, match=r"v\.npy: expected"):
        read_table(path)


def test_no_file_of_the_format_can_run_code(tmp_path):
    bomb = "cos\nsystem\n(S'touch " + str(tmp_path / "run") + "'\ntR."
    path = tmp_path / "v.npy"
    for data in (bomb.encode(), np.lib.format.magic(1, 0) + bomb.encode()):
        path.write_bytes(data)
        with pytest.raises(ValueError, match=r"v\.npy: expected"):
            read_table(path)
    assert not (tmp_path / "run").exists() and Path(path).exists()
