"""Chapter 17: a text on disk against the text in memory, and shards against the whole."""

import gzip
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v import scale
from w2v.engine import Piece, lots, numpy_steps, scheme, train_pass, train_piece
from w2v.scale import (
    Corpus,
    OnDisk,
    check_workers,
    connect,
    count_words,
    on_workers,
    rounds_of,
    synchronous_steps,
    train,
    write_corpus,
)
from w2v.text import LineSentence, build_vocab, encode
from w2v.word2vec import Word2Vec, top_rung

TOY = {"sg": 1, "vector_size": 8, "min_count": 1, "sample": 0, "epochs": 2}
WORDS = [f"w{i}" for i in range(60)] + ["naïve", "don't", "x_1"]


def sentences(S=3000, seed=0):
    """Sentences of 0 to 20 words, frequent and rare ones."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 21, S)
    return [[WORDS[i] for i in rng.geometric(0.08, n) % len(WORDS)] for n in lengths]


def lines_of(sentences):
    return "\n".join(map(" ".join, sentences)).encode()


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """A text file of 3,000 lines, some of them empty."""
    path = tmp_path_factory.mktemp("text") / "text.txt"
    path.write_bytes(lines_of(sentences()))
    return path


@pytest.fixture(scope="module")
def corpus(text, tmp_path_factory):
    """The same text, encoded in blocks of 8 kB."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scale, "SPAN", 8192)
        return write_corpus(text, tmp_path_factory.mktemp("c") / "corpus", min_count=1)


@pytest.fixture(scope="module")
def client():
    """Two processes on this machine."""
    client = connect(workers=2)
    client.wait_for_workers(2)
    yield client
    client.close()


def same_files(a, b):
    return all(
        (a / name).read_bytes() == (b / name).read_bytes()
        for name in ("ids.bin", "offsets.bin")
    )


# A text on disk is the text.


def test_the_files_hold_what_encode_returns(text, corpus):
    vocab = build_vocab(LineSentence(text), 1)
    ids, offsets = encode(LineSentence(text), vocab)
    raw = np.fromfile(corpus.path / "ids.bin", "<i4")
    assert np.array_equal(raw, ids) and len(corpus.blocks) > 10
    assert np.array_equal(np.fromfile(corpus.path / "offsets.bin", "<i8"), offsets)
    assert corpus.vocab.index_to_key == vocab.index_to_key
    assert np.array_equal(corpus.vocab.counts, vocab.counts)
    assert (
        isinstance(np.asarray(corpus.ids), np.ndarray)
        and len(corpus) == len(offsets) - 1
    )


def test_the_sentences_come_back_as_words(text, corpus):
    assert list(corpus) == list(LineSentence(text)) == list(corpus)


@pytest.mark.parametrize("size", [1, 7, 64, 1000, 10**9])
@pytest.mark.parametrize("name", ["t.txt", "t.txt.gz"])
def test_no_line_is_lost_or_doubled_wherever_the_spans_end(
    tmp_path, monkeypatch, size, name
):
    monkeypatch.setattr(scale, "SPAN", size)
    data = "\ufeffÄone two\r\n\n\nthree\n" + "long " * 9 + "\nlast ü word"
    path = tmp_path / name
    path.write_bytes(
        gzip.compress(data.encode()) if name.endswith("gz") else data.encode()
    )
    made = write_corpus(path, tmp_path / "c", min_count=1)
    assert list(made) == list(LineSentence(path))
    assert made.vocab.index_to_key == build_vocab(LineSentence(path), 1).index_to_key


def test_sentences_in_memory_and_given_words_are_encoded_too(tmp_path):
    text = sentences(200)
    vocab = build_vocab(text, 20)
    made = write_corpus(text, tmp_path / "c", vocab)
    ids, offsets = encode(text, vocab)
    assert np.array_equal(made.ids, ids) and np.array_equal(made.offsets, offsets)
    parts = list(scale.encoded_parts(text, vocab, size=50))
    assert len(parts) > 10
    assert np.array_equal(np.concatenate([ids for ids, _ in parts]), ids)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"sg": 0},
        {"hs": 1, "negative": 0, "epochs": 1, "batch": 512},
        {"sg": 0, "cbow_mean": 0, "epochs": 1},
    ],
    ids=["skip-gram", "cbow", "tree", "sum"],
)
def test_vectors_from_disk_are_those_from_memory_to_the_last_bit(
    text, corpus, settings
):
    a = Word2Vec(list(LineSentence(text)), **(TOY | settings))
    b = Word2Vec(corpus_file=corpus, **(TOY | settings))
    assert np.array_equal(a.wv.vectors, b.wv.vectors) and a.losses == b.losses
    assert a.corpus_count == b.corpus_count


def test_helpers_train_from_disk_too(corpus):
    model = Word2Vec(corpus, **(TOY | {"workers": 2, "alpha": 0.05}))
    assert model.losses[1] < model.losses[0]


def test_a_vocabulary_that_is_given_again_is_not_counted_again(corpus):
    with pytest.raises(ValueError, match="min_count: expected at most"):
        Word2Vec(corpus, **(TOY | {"min_count": 10**6}))


PEAK = """
import resource, sys
from w2v.scale import Corpus
from w2v.word2vec import Word2Vec
def anonymous():
    return next(int(l.split()[1]) for l in open("/proc/self/status") if "RssAnon" in l)
model = Word2Vec(sg=1, vector_size=8, min_count=1, epochs=1, sample=1e-6)
corpus = Corpus(sys.argv[1])
model.build_vocab(corpus)
peak, plain = [anonymous()], model._fast_blocks
def watched(*a):
    for told in plain(*a):
        peak[0] = max(peak[0], anonymous())
        yield told
model._fast_blocks = watched
model.train(corpus)
print(peak[0])
"""


def big_corpus(path, times):
    """A corpus of `times` 400,000 words, put together without reading a text."""
    rng = np.random.default_rng(1)
    ids, ends = rng.integers(0, 50, 400_000).astype("<i4"), np.arange(10, 400_001, 10)
    words = [f"w{i}" for i in range(50)]
    facts = {"format": 1, "w2v": "0", "source": None, "min_count": 1}
    facts |= {"index_to_key": words, "counts": [8000 * times] * 50, "blocks": []}
    path.mkdir()
    with open(path / "ids.bin", "wb") as a, open(path / "offsets.bin", "wb") as b:
        b.write(bytes(8))
        for n in range(times):
            x, y = ids.tobytes(), (ends + n * 400_000).astype("<i8").tobytes()
            a.write(x), b.write(y)
            facts["blocks"] += [[400_000, 40_000, zlib.crc32(x), zlib.crc32(y)]]
    facts["sha256"] = scale.seal(facts)
    (path / "corpus.json").write_text(json.dumps(facts))
    return path


def test_sixteen_times_the_text_needs_no_more_memory(tmp_path):
    peaks = []
    for times in (1, 16):
        path = big_corpus(tmp_path / f"{times}", times)
        command = [sys.executable, "-c", PEAK, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] + 3000  # kB; the ids alone would take 24 MB more


# What is damaged, changed or of another kind is refused before training.


def broken(corpus, tmp_path, file, change):
    """A copy of a corpus with one of its files changed."""
    path = tmp_path / "broken"
    shutil.copytree(corpus.path, path)
    (path / file).write_bytes(change((path / file).read_bytes()))
    return path


def flip(place):
    return lambda data: data[:place] + bytes([data[place] ^ 64]) + data[place:][1:]


def facts_changed(**new):
    def change(data):
        facts = json.loads(data) | new
        facts.pop("sha256")
        return json.dumps(facts | {"sha256": scale.seal(facts)}).encode()

    return change


DAMAGE = {
    "ids cut": ("ids.bin", lambda x: x[:-1], "ids.bin: expected 1"),
    "ids too long": ("ids.bin", lambda x: x + b"1234", "ids.bin: expected 1"),
    "ids empty": ("ids.bin", lambda x: b"", "got 0"),
    "offsets cut": ("offsets.bin", lambda x: x[:-8], "offsets.bin: expected"),
    "first byte": ("ids.bin", flip(0), "ids.bin, block 0: expected the checksum"),
    "a byte": ("ids.bin", flip(77_777), "ids.bin, block .: expected the checksum"),
    "last byte": ("ids.bin", flip(-1), "ids.bin, block 1.: expected the checksum"),
    "offset": ("offsets.bin", flip(900), "offsets.bin, block 0: expected the check"),
    "letter": ("corpus.json", lambda x: x.replace(b"w1", b"w!", 1), "corpus.json"),
    "half": ("corpus.json", lambda x: x[:200], "corpus.json: expected the sidecar"),
    "list": ("corpus.json", lambda x: b"[1]", "corpus.json: expected the sidecar"),
    "no json": ("corpus.json", lambda x: b"\xff\x00", "corpus.json: expected the si"),
    "version": ("corpus.json", facts_changed(format=7, w2v="9.9"), "7 of w2v 9.9"),
    "fewer words": (
        "corpus.json",
        facts_changed(index_to_key=WORDS[:9], counts=[9] * 9),
        r"expected ids of the vocabulary, in 0..8",
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found_before_training(corpus, tmp_path, kind):
    file, change, message = DAMAGE[kind]
    path = broken(corpus, tmp_path, file, change)
    with pytest.raises(ValueError, match=message):
        found = Corpus(path)
        found.encoded(found.vocab)
    model = Word2Vec(**TOY)
    model.build_vocab(corpus)
    start = model.wv.vectors.copy()
    with pytest.raises(ValueError, match="expected"):
        model.train(Corpus(path))
    assert np.array_equal(model.wv.vectors, start) and not model.history


def test_every_flipped_byte_is_found(tmp_path):
    corpus = write_corpus([["a", "b", "a"], ["b", "a"]], tmp_path / "c", min_count=1)
    for file in ("ids.bin", "offsets.bin", "corpus.json"):
        path = corpus.path / file
        data = path.read_bytes()
        for place in range(len(data)):
            path.write_bytes(flip(place)(data))
            with pytest.raises(ValueError, match=file):
                Corpus(corpus.path).check()
        path.write_bytes(data)
    Corpus(corpus.path).check()


@pytest.mark.parametrize("file", ["ids.bin", "offsets.bin", "corpus.json"])
def test_a_file_that_is_missing_is_named(corpus, tmp_path, file):
    path = tmp_path / "c"
    shutil.copytree(corpus.path, path)
    (path / file).unlink()
    with pytest.raises(FileNotFoundError, match=file):
        Corpus(path)


def test_the_vocabulary_has_to_be_that_of_the_ids(corpus):
    model = Word2Vec(**TOY)
    model.build_vocab(sentences(500, seed=9))
    with pytest.raises(ValueError, match="expected the vocabulary of the model, 6"):
        model.train(corpus)
    other = Word2Vec(**TOY)
    other.build_vocab([corpus.vocab.index_to_key[:5]])
    with pytest.raises(ValueError, match=r"5 words, got one of 6\d that differs"):
        other.train(corpus)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("how", ["touched", "cut", "replaced"])
def test_a_file_that_changes_while_it_is_read_ends_the_training(
    corpus, tmp_path, monkeypatch, workers, how
):
    path = tmp_path / "c"
    shutil.copytree(corpus.path, path)
    found, pieces = Corpus(path), []
    monkeypatch.setattr("w2v.engine.PIECE", 2000)
    plain = scale.OnDisk.__getitem__

    def looked_at(self, key):
        pieces.append(key)
        if len(pieces) == 150:
            ids = path / "ids.bin"
            if how == "cut":
                os.truncate(ids, 4000)
            elif how == "touched":
                os.utime(ids, ns=(0, 0))
            else:
                shutil.copy2(ids, path / "new")  # its times and all
                os.replace(path / "new", ids)
        return plain(self, key)

    model = Word2Vec(**(TOY | {"workers": workers, "epochs": 50}))
    model.build_vocab(found)
    monkeypatch.setattr(scale.OnDisk, "__getitem__", looked_at)
    with pytest.raises(ValueError, match=r"ids.bin: changed while it was in use"):
        model.train(found)
    assert len(model.losses) < 50 and np.isfinite(model.wv.vectors).all()


def test_an_empty_text_is_no_corpus(tmp_path):
    (tmp_path / "empty.txt").write_text("\n\n  \n")
    with pytest.raises(ValueError, match="got an empty corpus"):
        write_corpus(tmp_path / "empty.txt", tmp_path / "a")
    vocab = build_vocab([["x", "y"]], 1)
    with pytest.raises(ValueError, match="expected a text with known words, got none"):
        write_corpus(tmp_path / "empty.txt", tmp_path / "b", vocab)
    with pytest.raises(FileNotFoundError, match=r"none.txt"):
        write_corpus(tmp_path / "none.txt", tmp_path / "c")
    with pytest.raises(TypeError, match="can be read twice"):
        write_corpus(iter([["a"]]), tmp_path / "d")
    (tmp_path / "latin.txt").write_bytes(b"one\ntwo \xe9 three\n")
    with pytest.raises(ValueError, match=r"latin.txt, near byte 8: expected UTF-8"):
        write_corpus(tmp_path / "latin.txt", tmp_path / "e", vocab)


# Written once: all of it, or to be gone on with.

WRITER = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a caller may ignore it
from w2v import scale
scale.SPAN, plain, seen = 8192, scale.encode, []
def encode(sentences, vocab):
    seen.append(1)
    if len(seen) == int(sys.argv[3]):
        os.kill(os.getpid(), int(sys.argv[4]))
    return plain(sentences, vocab)
scale.encode = encode
scale.write_corpus(sys.argv[1], sys.argv[2], min_count=1)
print(len(seen))
"""


def convert(text, path, stop=0, how=signal.SIGKILL):
    """Convert in a process of its own, which gets a signal in span number `stop`."""
    command = [
        sys.executable,
        "-c",
        WRITER,
        str(text),
        str(path),
        str(stop),
        f"{how:d}",
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "Ctrl-C"])
def test_an_interrupted_conversion_goes_on_where_it_stopped(
    text, corpus, tmp_path, how
):
    path, blocks = tmp_path / "c", len(corpus.blocks)
    assert convert(text, path, 6, how).returncode != 0
    with pytest.raises(FileNotFoundError, match="got a part: write_corpus was interr"):
        Corpus(path)
    done = convert(text, path)
    assert int(done.stdout) == blocks - 5, done.stderr
    assert same_files(path, corpus.path)
    assert Corpus(path).blocks == corpus.blocks and not (path / "journal").exists()


@pytest.fixture(scope="module")
def interrupted(text, tmp_path_factory):
    """What is left of a conversion that was killed in its sixth span."""
    path = tmp_path_factory.mktemp("i") / "corpus"
    convert(text, path, 6)
    return path


@pytest.mark.parametrize(
    ("file", "change", "again"),
    [
        ("ids.bin", lambda x: x + b"half a block", 0),
        ("ids.bin", lambda x: x[:-6], 1),
        ("ids.bin", flip(0), 5),
        ("offsets.bin", lambda x: x[:-3], 1),
        ("journal", lambda x: x[:-3], 1),
        ("journal", lambda x: x + b"[1, 2", 0),
        ("journal", lambda x: x + b"nonsense\n", 0),
        ("journal", lambda x: b"", 5),
    ],
)
def test_what_a_crash_left_is_believed_as_far_as_it_is_whole(
    text, corpus, interrupted, tmp_path, file, change, again
):
    path = shutil.copytree(interrupted, tmp_path / "c")
    (path / file).write_bytes(change((path / file).read_bytes()))
    made = []
    plain = scale.encode
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scale, "SPAN", 8192)
        patch.setattr(scale, "encode", lambda *a: made.append(1) or plain(*a))
        write_corpus(text, path, min_count=1)
    assert len(made) == len(corpus.blocks) - 5 + again
    assert same_files(path, corpus.path)


def test_a_text_that_changed_in_between_is_begun_anew(text, tmp_path, monkeypatch):
    copy, path = tmp_path / "t.txt", tmp_path / "c"
    shutil.copy(text, copy)
    convert(copy, path, 6)
    copy.write_bytes(lines_of(sentences(300, seed=5)))  # shorter than what is done
    made = write_corpus(copy, path, min_count=1)
    assert list(made) == list(LineSentence(copy))


def test_a_corpus_that_is_there_is_neither_made_again_nor_overwritten(
    text, corpus, tmp_path, monkeypatch
):
    monkeypatch.setattr(scale, "encode", None)
    assert write_corpus(text, corpus.path, min_count=1).seal == corpus.seal
    assert write_corpus(text, corpus.path, corpus.vocab).seal == corpus.seal
    with pytest.raises(FileExistsError, match=r"got the corpus of .*text.txt"):
        write_corpus(text, corpus.path, min_count=2)
    with pytest.raises(FileExistsError, match=r"got the corpus of .*text.txt"):
        write_corpus([["a", "b"]], corpus.path, min_count=1)
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(FileExistsError, match="got one with files"):
        write_corpus(text, tmp_path)
    assert (tmp_path / "mine").read_text() == "precious"


# Shards.


def test_every_sentence_is_in_exactly_one_shard_of_one_round():
    rng = np.random.default_rng(3)
    for S, longest in ((1, 5), (40, 2), (1000, 30), (7, 5000)):
        lengths = [0, *rng.integers(0, longest, S), 3, 0, 0]  # empty ones at the ends
        offsets = np.append(0, np.cumsum(lengths))
        for shards in (1, 2, 3, 9):
            for every in (1, 50, 10**6):
                rounds = rounds_of(offsets, shards, every)
                told = [s for r in rounds for a, z in r for s in range(a, z)]
                assert told == list(range(S + 4))
                assert all(len(r) <= shards for r in rounds)
                assert all(a < z for r in rounds for a, z in r)


def test_shards_are_about_equally_long():
    offsets = np.arange(0, 100_001, 10)
    (shards,) = rounds_of(offsets, 4, 10**9)
    assert [z - a for a, z in shards] == [2500] * 4
    assert len(rounds_of(offsets, 4, 2500)) == 10


@pytest.mark.parametrize("kind", ["skip-gram", "cbow", "cbow as word2vec.c"])
@pytest.mark.parametrize("shards", [1, 2, 3, 16])
def test_a_synchronous_step_on_shards_is_the_step_of_the_engine(kind, shards):
    rng = np.random.default_rng(4)
    N, d = 50, 6
    plan = scheme(kind == "skip-gram", 3, 4, whole="word2vec.c" in kind)
    chances = lots(rng.integers(5, 500, N), sample=0)
    ids = rng.integers(0, N, 1500).astype(np.int32) ** 2 // N
    piece = Piece(ids, np.arange(0, 1501, 15), (0.3, 0.1), 7)
    whole = rng.normal(0, 0.3, (2, N, d))
    apart = whole.copy()
    told = train_piece(numpy_steps(whole, plan), plan, chances, piece)
    run = lambda f, calls: [f(*call) for call in calls]  # noqa: E731
    steps = synchronous_steps(apart, plan, shards, run)
    told_apart = train_piece(steps, plan, chances, piece)
    np.testing.assert_allclose(apart, whole, rtol=1e-9, atol=1e-12, strict=True)
    np.testing.assert_allclose(told_apart, told, rtol=1e-9)


def fresh(corpus, **settings):
    model = Word2Vec(**(TOY | {"sample": 1e-2} | settings))
    model.build_vocab(corpus)
    return model


def by_hand(corpus, shards, every, stretch, epochs=2):
    """The tables of an averaged training, in this process and with plain loops."""
    model = fresh(corpus)
    tables = np.stack((model.wv.vectors, model.U))
    ids, offsets = np.array(corpus.ids), np.array(corpus.offsets)
    rounds = rounds_of(offsets, shards, every)
    steps, _, sizes = top_rung()
    plan = scheme(**sizes)
    chances = lots(corpus.vocab.counts, 1e-2)
    n, losses = 0, []
    ends = np.linspace(0.025, 1e-4, epochs * len(rounds) + 1) * stretch
    for _ in range(epochs):
        cost = np.zeros(3)
        for ranges in rounds:
            found = []
            seeds = [int(model.rng.integers(2**63)) for _ in ranges]
            for (a, z), seed in zip(ranges, seeds, strict=True):
                copy, rng = tables.copy(), np.random.default_rng(seed)
                part = ids[offsets[a] : offsets[z]], offsets[a : z + 1] - offsets[a]
                alphas = ends[n : n + 2]
                told = train_pass(copy, *part, plan, chances, alphas, rng, steps=steps)
                cost += np.sum(list(told), axis=0)
                found.append(copy)
            tables, n = np.mean(found, axis=0), n + 1
        losses.append(cost[0] / cost[1])
    return tables, losses


@pytest.mark.parametrize("shards", [1, 2, 3])
def test_a_cluster_trains_what_loops_train_in_one_process(corpus, client, shards):
    tables, losses = by_hand(corpus, shards, 4000, shards)
    model = fresh(corpus)
    train(model, corpus, client, shards=shards, every=4000)
    np.testing.assert_allclose(model.wv.vectors, tables[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.U, tables[1], rtol=1e-4, atol=1e-6)
    assert model.losses == pytest.approx(losses, rel=1e-6)


def test_synchronous_steps_on_two_processes_are_those_of_one(corpus, client):
    one, two = fresh(corpus, epochs=1), fresh(corpus, epochs=1)
    plan = scheme(blocks=32)
    tables = np.stack((one.wv.vectors, one.U))
    told = train_pass(
        tables,
        np.array(corpus.ids),
        np.array(corpus.offsets),
        plan,
        lots(corpus.vocab.counts, 1e-2),
        (0.025, 1e-4),
        one.rng,
    )
    loss, pairs, _ = np.sum(list(told), axis=0)
    done = train(two, corpus, client, synchronous=True)
    np.testing.assert_allclose(two.wv.vectors, tables[0], rtol=1e-3, atol=1e-6)
    assert two.losses == pytest.approx([loss / pairs], rel=1e-5)
    assert [x[:3] for x in done] == [(0, len(corpus), len(corpus.ids))]


# A worker that dies.


def coverage(done, corpus, epochs):
    """How often each sentence was counted, and the number of words."""
    times = np.zeros(len(corpus), int)
    for x in done:
        times[x.first : x.last] += 1
    assert (times == epochs).all()
    assert sum(x.words for x in done) == epochs * len(corpus.ids)


def kill_when(path):
    """Kill, once, the first worker that writes its number to a file."""

    def watch():
        while not path.exists() or not path.read_text():
            time.sleep(0.005)
        os.kill(int(path.read_text()), signal.SIGKILL)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def test_a_worker_killed_in_mid_pass_changes_nothing(corpus, client, tmp_path):
    undisturbed, model = fresh(corpus), fresh(corpus)
    expected = train(undisturbed, corpus, client, shards=2, every=3000)
    started = tmp_path / "pid"

    def slow(path):  # runs on each worker: the 3rd shard waits for its end
        from w2v import scale

        plain, seen = scale.train_pass, []

        def train_pass(*arguments, **how):
            seen.append(1)
            if len(seen) == 3 and not os.path.exists(path):
                Path(path).write_text(str(os.getpid()))
                time.sleep(60)
            yield from plain(*arguments, **how)

        scale.train_pass = train_pass

    client.run(slow, str(started))
    killer = kill_when(started)
    done = train(model, corpus, client, shards=2, every=3000)
    killer.join()
    assert int(started.read_text()) not in client.run(os.getpid).values()
    assert np.array_equal(model.wv.vectors, undisturbed.wv.vectors)
    assert np.array_equal(model.U, undisturbed.U) and model.losses == undisturbed.losses
    assert [x[:5] for x in done] == [x[:5] for x in expected]
    coverage(done, corpus, 2)


def test_a_task_that_ends_one_worker_after_the_other_is_given_up(client):
    def end():
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(RuntimeError, match="ended one worker after the other"):
        list(on_workers(client, end, (), [()], 1))
    client.wait_for_workers(2, 20)


def test_a_result_that_is_there_is_not_taken_for_a_timeout():
    class Late:
        times = 0

        def done(self):
            self.times += 1
            return self.times > 1

        def result(self, timeout=None):
            if timeout:
                raise TimeoutError
            return 7

    assert scale.awaited(None, Late()) == 7


def test_what_was_lost_with_its_last_holder_is_sent_again():
    class Future:
        def __init__(self, lost, value):
            self.lost, self.value = lost, value

        def done(self):
            return True

        def result(self):
            if self.lost:
                raise scale.CancelledError("lost")
            return self.value

    class Client:
        sent, losses = 0, 2

        def scatter(self, shared, hash):
            self.sent += 1
            return shared

        def submit(self, function, *arguments, pure):
            self.losses -= 1
            return Future(self.losses == 0, function(*arguments))

        def cancel(self, futures):
            pass

    client = Client()
    calls = [(i,) for i in range(5)]
    told = list(on_workers(client, lambda a, i: a + i, (10,), calls, 3))
    assert told == [10, 11, 12, 13, 14] and client.sent == 2
    client = Client()
    Client.submit = lambda self, function, *x, pure: Future(True, None)
    with pytest.raises(RuntimeError, match="lost its workers"):
        list(on_workers(client, print, (10,), calls, 3))


# Who is there?


def test_words_are_counted_and_encoded_by_workers_as_by_one_process(
    text, corpus, interrupted, client, tmp_path, monkeypatch
):
    monkeypatch.setattr(scale, "SPAN", 8192)
    with monkeypatch.context() as patch:
        patch.setattr(scale, "SPAN", 2000)
        assert len(scale.spans_of(text)) > 2 * 16
        vocab = count_words(text, 3, client)
    counts = Counter(word for line in LineSentence(text) for word in line)
    assert dict(zip(vocab.index_to_key, vocab.counts.tolist(), strict=True)) == {
        word: n for word, n in counts.items() if n >= 3
    }
    made = write_corpus(text, tmp_path / "c", min_count=1, client=client)
    assert same_files(made.path, corpus.path) and made.blocks == corpus.blocks
    rest = shutil.copytree(interrupted, tmp_path / "rest")
    write_corpus(text, rest, min_count=1, client=client)
    assert same_files(rest, corpus.path)
    with pytest.raises(ValueError, match="source: expected a plain text file"):
        write_corpus([["a"]], tmp_path / "d", client=client)


@pytest.fixture
def addresses():
    """Addresses at which there is nobody, somebody silent, and somebody else."""
    free, silent = socket.socket(), socket.socket()
    for s in (free, silent):
        s.bind(("127.0.0.1", 0))
    silent.listen(5)
    nobody = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    free.close()
    yield [nobody, f"tcp://127.0.0.1:{silent.getsockname()[1]}", "no-such-host:1", "x"]
    silent.close()


@pytest.mark.parametrize("n", range(4), ids=["nobody", "silent", "no host", "no port"])
def test_an_address_where_no_scheduler_answers_is_said_at_once(addresses, n):
    start = time.monotonic()
    with pytest.raises(ConnectionError, match="address: expected a Dask scheduler"):
        connect(addresses[n], timeout=1)
    assert time.monotonic() - start < 3
    assert connect.__kwdefaults__["timeout"] <= 8


def test_a_worker_is_no_scheduler(client):
    worker = next(iter(client.scheduler_info()["workers"]))
    with pytest.raises(ConnectionError, match="got a Worker at"):
        connect(worker)
    with connect(client.scheduler.address) as second:
        assert check_workers(second) == 2


def test_nothing_listens_beyond_this_machine(client):
    ports = {int(a.rsplit(":", 1)[1]) for a in client.scheduler_info()["workers"]}
    assert all(
        a.startswith("tcp://127.0.0.1") for a in client.scheduler_info()["workers"]
    )
    assert client.scheduler.address.startswith("tcp://127.0.0.1") and len(ports) == 2
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows += Path("/proc/net/tcp6").read_text().splitlines()[1:]
    open_to_all = {
        r.split()[9] for r in rows if not r.split()[1].split(":")[0].strip("0")
    }
    for pid in (os.getpid(), *client.run(os.getpid).values()):
        for fd in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                assert os.readlink(fd)[8:-1] not in open_to_all
    from distributed import default_client

    with pytest.raises(ValueError, match="[Nn]o client"):
        default_client()


def test_workers_with_another_version_are_refused_before_training(corpus, client):
    def pretend(version):
        import w2v

        w2v.__version__ = w2v.scale.__version__ = version

    worker, *_ = client.scheduler_info()["workers"]
    model = fresh(corpus)
    start = model.wv.vectors.copy()
    client.run(pretend, "0.0.7", workers=[worker])
    try:
        with pytest.raises(
            RuntimeError, match=f"w2v {w2v.__version__} on.*got 0.0.7 on"
        ):
            train(model, corpus, client)
        assert np.array_equal(model.wv.vectors, start) and not model.history
        job = scale.job_of(model, corpus, 1, False)
        call = (np.zeros((2, 2, 2)), job, 0, 1, (0.1, 0.1), 1)
        late = client.submit(scale.train_shard, *call, workers=[worker], pure=False)
        with pytest.raises(RuntimeError, match="expected w2v .* here, got 0.0.7"):
            late.result()
    finally:
        client.run(pretend, w2v.__version__, workers=[worker])
    assert check_workers(client) == 2


def test_a_client_without_workers_is_refused(monkeypatch):
    with connect(workers=1) as lonely:
        lonely.cluster.scale(0)
        while lonely.nthreads():
            time.sleep(0.05)
        with pytest.raises(
            ConnectionError, match="expected workers that answer within"
        ):
            check_workers(lonely, timeout=0.5)
        future = lonely.submit(len, "abc", pure=False)
        with pytest.raises(ConnectionError, match="got none for 2 seconds"):
            scale.awaited(lonely, future, patience=2)
    with pytest.raises(TypeError, match="client: expected a Dask client"):
        check_workers("tcp://127.0.0.1:8786")


def test_what_cannot_be_trained_is_refused(corpus, client):
    for settings in ({"hs": 1}, {"negative": 0}, {"sg": 0, "cbow_mean": 0}):
        with pytest.raises(ValueError, match="model: expected negative sampling"):
            train(fresh(corpus, **settings), corpus, client)
    for wrong in ({"shards": 0}, {"every": 0}, {"epochs": 0}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))}: expected"):
            train(fresh(corpus), corpus, client, **wrong)
    other = Word2Vec(**TOY)
    other.build_vocab([["a", "b", "a"]])
    with pytest.raises(ValueError, match="expected the vocabulary of the model"):
        train(other, corpus, client)


def test_a_round_that_makes_things_worse_is_not_taken_over(corpus, client, monkeypatch):
    model = fresh(corpus, min_alpha=0)
    start = model.wv.vectors.copy()
    monkeypatch.setattr(Word2Vec, "untrained_loss", 0.1)
    with pytest.raises(ArithmeticError, match="steps of 0.05 are too large"):
        train(model, corpus, client)
    assert np.array_equal(model.wv.vectors, start) and not model.losses


def test_text_that_only_the_worker_sees_changed_is_refused(corpus, client, tmp_path):
    path = tmp_path / "c"
    shutil.copytree(corpus.path, path)
    mine = Corpus(path)
    model = fresh(mine)
    job = scale.job_of(model, mine, 1, False)._replace(seal="another")
    call = np.zeros((2, 2, 2)), job, 0, 1, (0.1, 0.1), 1
    with pytest.raises(ValueError, match="expected the text that the client has"):
        client.submit(scale.train_shard, *call, pure=False).result()


def test_without_dask_the_rest_works_and_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "w2v\[dask\]"'):
        connect("tcp://127.0.0.1:1")
    code = "import sys, w2v.scale; print({'dask', 'distributed'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n"


def test_numbers_on_disk_look_like_an_array(tmp_path):
    path = tmp_path / "x"
    np.arange(10, dtype="<i8").tofile(path)
    x = OnDisk(path, "<i8", 10)
    assert len(x) == 10 and x[-1] == 9 and x[2:4].tolist() == [2, 3] and x.ndim == 1
    assert np.searchsorted(x, 5, "right") == 6 and np.max(x) == 9
    assert isinstance(np.asarray(x).base, np.memmap)
    assert not np.asarray(x).flags.writeable and x[:].flags.writeable


def test_the_lines_in_the_readme_train_from_disk_and_on_two_processes(text, tmp_path):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    block = next(b for b in readme.split("```python\n") if "write_corpus" in b)
    script = tmp_path / "script.py"
    ends = "    print(model.losses, shared.losses)\n    client.close()\n"
    script.write_text("import w2v\n" + block.split("```")[0] + ends, encoding="utf-8")
    shutil.copy(text, tmp_path / "text.txt")
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True
    )
    one, two = json.loads(f"[{done.stdout.replace('] [', '], [')}]")
    assert len(one) == len(two) == 5 and one[-1] == pytest.approx(two[-1], rel=0.05)
