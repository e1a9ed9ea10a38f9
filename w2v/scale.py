"""
A text outgrows the memory first and the machine later, so this chapter encodes it once,
on disk, and then shares the training out.

Derived in book/17_scale.ipynb, which writes this module: change the chapter, not this
file.
"""

import asyncio
import hashlib
import json
import os
import zlib
from collections import Counter, deque
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import chain, islice, pairwise
from pathlib import Path
from pkgutil import resolve_name
from time import sleep
from typing import NamedTuple

import numpy as np

from w2v import __version__
from w2v.engine import (
    Lots,
    Scheme,
    lots,
    new_step,
    numpy_steps,
    pieces,
    plan_steps,
    scheme,
    train_pass,
    train_piece,
    weigh,
)
from w2v.sampling import number
from w2v.text import (
    LineSentence,
    Vocabulary,
    build_vocab,
    each_sentence,
    encode,
    frequent,
    positive_int,
    tokenize,
)
from w2v.vectorfiles import replacing, unpacked
from w2v.word2vec import TOLERANCE, rereadable, top_rung

__all__ = [
    "OnDisk",
    "FORMAT",
    "IDS",
    "OFFSETS",
    "SIDECAR",
    "JOURNAL",
    "Block",
    "block_of",
    "seal",
    "read_sidecar",
    "Corpus",
    "SPAN",
    "whole_lines",
    "words_of_lines",
    "blocks_on_disk",
    "on_disk",
    "opened_at",
    "append_blocks",
    "spans",
    "encoded_spans",
    "encoded_parts",
    "signature",
    "beginning",
    "count_words",
    "write_corpus",
    "parts",
    "the_same",
    "by_block",
    "block_sums",
    "synchronous_step",
    "synchronous_steps",
    "dask_distributed",
    "connect",
    "check_workers",
    "awaited",
    "Calls",
    "on_workers",
    "spans_of",
    "span_words",
    "span_counts",
    "span_ids",
    "added",
    "counted_by",
    "encoded_by",
    "Job",
    "Done",
    "train_shard",
    "rounds_of",
    "averaged_round",
    "synchronous_round",
    "job_of",
    "demand_progress",
    "train",
]


class OnDisk:
    """n numbers in a file, mapped into memory; a slice is a copy of that part.

    Raises OSError if there is no such file, ValueError if it has another length, or if it has
    changed since it was opened.
    """

    ndim = 1

    def __init__(self, path, dtype, n):
        self.path, self._found = Path(path), os.stat(path)
        size, found = n * np.dtype(dtype).itemsize, self._found.st_size
        if found != size:
            raise ValueError(f"{path}: expected {size:,} bytes, got {found:,}")
        self._numbers = np.memmap(self.path, dtype, "r", shape=(n,))

    def same(self):
        """Return the mapped numbers. Raises ValueError if the file is not what it was."""
        now, then = os.stat(self.path), self._found
        for part in ("st_size", "st_mtime_ns", "st_ino"):
            if getattr(now, part) != getattr(then, part):
                raise ValueError(f"{self.path}: changed while it was in use")
        return self._numbers

    def __len__(self):
        return len(self._numbers)

    def __getitem__(self, key):
        return np.array(self.same()[key])

    def __array__(self, dtype=None, copy=None):
        return np.array(self.same(), dtype, copy=copy)

    def searchsorted(self, v, side="left", sorter=None):
        """Return where numbers belong, as `np.searchsorted` does; few of the numbers are read."""
        return self.same().searchsorted(v, side, sorter)


FORMAT = 1
IDS, OFFSETS, SIDECAR, JOURNAL = "ids.bin", "offsets.bin", "corpus.json", "journal"


class Block(NamedTuple):
    """A part of a corpus that was written at once: its words and sentences, and the CRC-32 of both files."""

    words: int
    sentences: int
    ids: int
    offsets: int


def block_of(ids, ends):
    """Return the Block of ids and of the places where its sentences end."""
    return Block(len(ids), len(ends), zlib.crc32(ids), zlib.crc32(ends))


def seal(facts):
    """Return the SHA-256 of what a sidecar says."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode("ascii")).hexdigest()


def read_sidecar(folder):
    """Return what the sidecar of a corpus says, and its seal. Raises OSError, or ValueError naming the file."""
    path = Path(folder) / SIDECAR
    if not path.exists() and path.with_name(JOURNAL).exists():
        hint = "write_corpus was interrupted; call it again, and it goes on"
        raise FileNotFoundError(
            f"{folder}: expected a whole corpus, got a part: {hint}"
        )
    try:
        facts = json.loads(path.read_bytes())
        version, sealed = facts["format"], facts.pop("sha256")
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        expected = "the sidecar of a corpus"
        raise ValueError(f"{path}: expected {expected}, got damage: {error}") from None
    if version != FORMAT:
        got = f"format {version!r} of w2v {facts.get('w2v')}"
        expected = f"format {FORMAT}, which w2v {__version__} reads"
        raise ValueError(f"{path}: expected {expected}, got {got}")
    if seal(facts) != sealed:
        raise ValueError(f"{path}: expected the checksum {sealed}, got {seal(facts)}")
    return facts, sealed


class Corpus:
    """A text that `write_corpus` encoded, in a folder: `ids` (T,), `offsets` (S+1,), mapped, and `vocab`.

    Iterating gives lists of words, so that it can stand where sentences are expected; `Word2Vec`
    trains on the ids as they lie on the disk. Raises OSError, or ValueError naming the file, if
    one is missing, cut, or of another version.
    """

    def __init__(self, path):
        self.path = Path(path)
        facts, self.seal = read_sidecar(self.path)
        self.source, self.min_count = facts["source"], facts["min_count"]
        words = facts["index_to_key"]
        counts = np.array(facts["counts"], np.int64)
        self.vocab = Vocabulary(words, {w: i for i, w in enumerate(words)}, counts)
        self.blocks = [Block(*numbers) for numbers in facts["blocks"]]
        T, S = (sum(block[i] for block in self.blocks) for i in (0, 1))
        self.ids = OnDisk(self.path / IDS, "<i4", T)
        self.offsets = OnDisk(self.path / OFFSETS, "<i8", S + 1)

    def __len__(self):
        return len(self.offsets) - 1

    def __iter__(self):
        ends = np.cumsum([0, *(block.sentences for block in self.blocks)]).tolist()
        for first, last in pairwise(ends):
            ids, offsets = self.read(first, last)
            words = [self.vocab.index_to_key[i] for i in ids.tolist()]
            yield from (words[a:z] for a, z in pairwise(offsets.tolist()))

    def check(self, first=0, last=None):
        """Compare the blocks of the sentences first to last - 1, or of all, with their checksums.

        Raises ValueError naming the file and the block.
        """
        last, s, t = len(self) if last is None else last, 0, 0
        for n, block in enumerate(self.blocks):
            if s < last and first < s + block.sentences:
                ids = self.ids[t : t + block.words]
                ends = self.offsets[s + 1 : s + 1 + block.sentences]
                self._compare(n, block, block_of(ids, ends))
                self._plausible(n, ids, self.offsets[s], ends, t)
            s, t = s + block.sentences, t + block.words

    def _compare(self, n, block, found):
        for name, wanted, got in zip((IDS, OFFSETS), block[2:], found[2:], strict=True):
            if got != wanted:
                expected = f"the checksum {wanted:08x}"
                where = f"{self.path / name}, block {n}"
                raise ValueError(f"{where}: expected {expected}, got {got:08x}")

    def _plausible(self, n, ids, begin, ends, t):
        N, steps = len(self.vocab), np.diff(ends, prepend=t)
        reached = ends[-1] if len(ends) else t
        if ids.min(initial=0) < 0 or ids.max(initial=0) >= N:
            expected = f"ids of the vocabulary, in 0..{N - 1}"
            raise ValueError(f"{self.path / IDS}, block {n}: expected {expected}")
        if begin != t or steps.min(initial=0) < 0 or reached != t + len(ids):
            expected = f"offsets that rise from {t} to {t + len(ids)}"
            raise ValueError(f"{self.path / OFFSETS}, block {n}: expected {expected}")

    def read(self, first, last):
        """Return the sentences first to last - 1 as ids and offsets from 0, their checksums compared."""
        self.check(first, last)
        offsets = self.offsets[first : last + 1]
        return self.ids[offsets[0] : offsets[-1]], offsets - offsets[0]

    def encoded(self, vocab):
        """Return ids and offsets, all checksums compared. Raises ValueError if `vocab` has other words."""
        ours, theirs = self.vocab.index_to_key, vocab.index_to_key
        if ours != theirs:
            pairs = enumerate(zip(ours, theirs, strict=False))
            n = next((i for i, (a, b) in pairs if a != b), min(len(ours), len(theirs)))
            expected = f"the vocabulary of the model, {len(theirs)} words"
            got = f"one of {len(ours)} that differs from id {n} on"
            raise ValueError(f"{self.path}: expected {expected}, got {got}")
        self.check()
        return self.ids, self.offsets


SPAN = 2**22  # bytes


def whole_lines(file, start, stop):
    """Return the lines that begin at the bytes start to stop - 1 of an open file."""
    if file.tell() < start:
        file.seek(start - 1)
        file.readline()
    text = file.read(max(0, stop - file.tell()))
    return text if text.endswith(b"\n") or not text else text + file.readline()


def words_of_lines(text, start, name):
    """Yield the words of each line of some bytes, as `LineSentence` does. Raises ValueError with the byte."""
    try:
        lines = text.decode("utf-8" if start else "utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        place, got = start + error.start, f"byte {text[error.start]:#04x}"
        expected = "expected UTF-8 text"
        raise ValueError(f"{name}, near byte {place}: {expected}, got {got}") from None
    yield from filter(None, map(tokenize, lines))


def blocks_on_disk(folder, head):
    """Return the blocks of an interrupted conversion with this head that are whole, a prefix of them."""
    try:
        first, *lines = (folder / JOURNAL).read_bytes().split(b"\n")
        files = open(folder / IDS, "rb"), open(folder / OFFSETS, "rb")  # noqa: SIM115
    except FileNotFoundError:
        return []
    blocks: list[Block] = []
    with files[0], files[1]:
        files[1].seek(8)
        for line in lines if first == head else []:
            try:
                block = Block(*json.loads(line))
                ids, ends = files[0].read(4 * block.words), files[1].read(8 * block[1])
            except (ValueError, TypeError):
                break
            if (*block[:2], zlib.crc32(ids), zlib.crc32(ends)) != (
                *(len(ids) / 4, len(ends) / 8),
                *block[2:],
            ):
                break
            blocks.append(block)
    return blocks


def on_disk(file, data):
    """Write data, and come back when they are on the disk."""
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def opened_at(path, size):
    """Open a file for writing behind its first `size` bytes; what follows them is cut off."""
    with open(path, "r+b" if path.exists() else "x+b") as file:
        file.truncate(size)
        file.seek(size)
        yield file


def append_blocks(folder, head, done, new):
    """Append encoded parts to the blocks that are done, journal and all; return all blocks."""
    T, S = (sum(block[i] for block in done) for i in (0, 1))
    lines = [head, *(json.dumps(block).encode() for block in done), b""]
    (folder / JOURNAL).write_bytes(b"\n".join(lines))
    with (
        opened_at(folder / IDS, 4 * T) as ids_file,
        opened_at(folder / OFFSETS, 8 * (S + 1) if done else 0) as offsets_file,
        open(folder / JOURNAL, "ab") as journal,
    ):
        if not done:
            offsets_file.write(bytes(8))
        for ids, offsets in new:
            ids, ends = ids.astype("<i4"), (offsets[1:] + T).astype("<i8")
            on_disk(ids_file, ids)
            on_disk(offsets_file, ends)
            done, T = [*done, block_of(ids, ends)], T + len(ids)
            on_disk(journal, json.dumps(done[-1]).encode() + b"\n")
    return done


def spans(file, first=0):
    """Yield where each span of an open file begins, from number `first` on, and its lines."""
    start = first * SPAN
    while (text := whole_lines(file, start, start + SPAN)) or file.peek(1):
        yield start, text
        start += SPAN


def encoded_spans(path, vocab, first=0):
    """Yield ids and offsets of each span of a text file, from number `first` on."""
    with unpacked(Path(path)) as file:
        for start, text in spans(file, first):
            yield encode(words_of_lines(text, start, path), vocab)


def encoded_parts(sentences, vocab, size=2**19):
    """Yield ids and offsets of sentences, some `size` words at a time."""
    part, words = [], 0
    for sentence in each_sentence(sentences):
        part.append(sentence)
        words += len(sentence)
        if words >= size:
            yield encode(part, vocab)
            part, words = [], 0
    yield encode(part, vocab)


def signature(source):
    """Return what tells whether a file is still the same: name, size, time of its last change."""
    if not isinstance(source, str | os.PathLike):
        return None
    stat = os.stat(source)
    return [str(Path(source).resolve()), stat.st_size, stat.st_mtime_ns]


def beginning(folder, source, vocab, min_count, client):
    """Return what a conversion starts from: the facts of an interrupted one if it had the same task."""
    facts = {"format": FORMAT, "w2v": __version__, "source": signature(source)}
    facts["min_count"] = None if vocab is not None else min_count
    if vocab is None and facts["source"] and (folder / JOURNAL).exists():
        with suppress(ValueError), open(folder / JOURNAL, "rb") as file:
            found = json.loads(file.readline())
            if facts.items() <= found.items():
                return found
    vocab = count_words(source, min_count, client) if vocab is None else vocab
    counts = vocab.counts.tolist()
    return facts | {"index_to_key": list(vocab.index_to_key), "counts": counts}


def count_words(source, min_count=5, client=None):
    """Return the vocabulary of a text file or of sentences; with a `client` its workers count.

    Raises what `build_vocab` raises.
    """
    if client is not None:
        return frequent(
            counted_by(client, source), positive_int("min_count", min_count)
        )
    file = signature(source) is not None
    return build_vocab(LineSentence(source) if file else rereadable(source), min_count)


def write_corpus(source, path, vocab=None, *, min_count=5, client=None):
    """Encode a text into a new folder and return its Corpus; an interrupted conversion goes on.

    `source` is a UTF-8 file with a sentence a line, `.gz` unpacked, or sentences. Without a
    `vocab` the words are counted first. With a `client` its workers read the file, a span each.
    A folder that has this very corpus is left as it is. Raises FileExistsError for any other
    content, OSError or ValueError naming the file for what cannot be read.
    """
    folder, min_count = Path(path), positive_int("min_count", min_count)
    if (folder / SIDECAR).exists():
        return the_same(Corpus(folder), source, vocab, min_count)
    if folder.exists() and not (folder / JOURNAL).exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder}: expected a new folder, got one with files")
    facts = beginning(folder, source, vocab, min_count, client)
    folder.mkdir(parents=True, exist_ok=True)
    head = json.dumps(facts).encode("ascii")
    done = blocks_on_disk(folder, head) if facts["source"] else []
    blocks = append_blocks(folder, head, done, parts(source, facts, len(done), client))
    if not any(block.words for block in blocks):
        raise ValueError(f"{folder}: expected a text with known words, got none")
    facts["blocks"] = blocks
    with replacing(folder / SIDECAR) as file:
        file.write(json.dumps(facts | {"sha256": seal(facts)}).encode("ascii"))
    (folder / JOURNAL).unlink()
    return Corpus(folder)


def parts(source, facts, first, client):
    """Return an iterator over the encoded parts of a text, from number `first` on."""
    words = facts["index_to_key"]
    ids = {w: i for i, w in enumerate(words)}
    vocab = Vocabulary(words, ids, np.array(facts["counts"], np.int64))
    if client is not None:
        return encoded_by(client, source, vocab, first)
    if facts["source"]:
        return encoded_spans(source, vocab, first)
    return encoded_parts(source, vocab)


def the_same(corpus, source, vocab, min_count):
    """Return a corpus if it is the one that is asked for. Raises FileExistsError if not."""
    same = signature(source) is not None and corpus.source == signature(source)
    words = corpus.vocab.index_to_key
    if same and (
        corpus.min_count == min_count if vocab is None else words == vocab.index_to_key
    ):
        return corpus
    got = f"the corpus of {corpus.source[0] if corpus.source else 'sentences'}"
    expected = "expected a new folder, or this text with these words"
    raise FileExistsError(f"{corpus.path}: {expected}, got {got}")


def by_block(rows, scheme):
    """Return the gathered rows (R,) of a step as tables (G, ...), a line a block."""
    B, M, G = scheme[4:]
    C = B + 2 * scheme.m
    widths = [B, C + M] if scheme.sg else [C, B, M]
    cuts = np.cumsum([G * width for width in widths])[:-1]
    return [part.reshape(G, -1) for part in np.split(rows, cuts)]


def block_sums(x, places, near, C, scheme):
    """Return the loss of some blocks, and for their rows x (R', d) the sums of g (R', d) and L (R',).

    `places` says which row of x stands at each place of the step. Runs on a worker.
    """
    step = new_step(scheme._replace(blocks=len(near)), x.shape[1], x.dtype)
    x.take(places, 0, out=step.x)
    with np.errstate(over="ignore", invalid="ignore"):
        weigh(step, scheme, near, C)
        step.scores()
        loss = step.loss()
        step.gradients()
        step.curvatures()
    g = np.zeros_like(x)
    np.add.at(g, places, step.g)
    return loss, g, np.bincount(places, step.L, len(x)).astype(x.dtype)


def synchronous_step(table, rows, near, C, scheme, alpha, shards, run):
    """Make one step of the engine, its blocks shared out; return the loss. Equations eq-shard-dV, eq-shard-dU.

    table (2N, d) changes in place; `run(function, calls)` returns what the calls return.
    """
    parts, calls, touched = by_block(rows, scheme), [], []
    for own in np.array_split(np.arange(scheme.blocks), shards):
        mine = np.concatenate([part[own].ravel() for part in parts])
        words, places = np.unique(mine, return_inverse=True)
        touched.append(words)
        calls.append((table[words], places, near[own], C[own], scheme))
    words, place = np.unique(np.concatenate(touched), return_inverse=True)
    g, L, total = np.zeros((len(words), table.shape[1])), np.zeros(len(words)), 0.0
    cuts = np.cumsum([len(own) for own in touched])[:-1]
    for own, told in zip(np.split(place, cuts), run(block_sums, calls), strict=True):
        loss, own_g, own_L = told
        g[own] += own_g
        L[own] += own_L
        total += loss
    table[words] -= g / np.maximum(L, 1 / alpha)[:, None]
    return total


def synchronous_steps(tables, scheme, shards, run):
    """Return the function that makes the steps of a Layout as `numpy_steps` does, each shared out."""
    table = tables.reshape(-1, tables.shape[2])

    def steps(text, alphas, with_loss=True):
        plan, loss = plan_steps(scheme, text, tables.shape[1]), 0.0
        for rows, near, C, alpha in zip(*plan[:3], alphas.tolist(), strict=True):
            loss += synchronous_step(table, rows, near, C, scheme, alpha, shards, run)
        return loss

    return steps


def dask_distributed():
    """Return the module of Dask's engine. Raises ModuleNotFoundError that says what to install."""
    try:
        import distributed
    except ModuleNotFoundError:
        hint = 'more than one machine needs Dask: pip install "w2v[dask]"'
        raise ModuleNotFoundError(hint, name="distributed") from None
    return distributed


async def who_is_there(address, timeout):
    """Return what is at an address, as it calls itself. Raises whatever goes wrong."""
    async with dask_distributed().rpc(address) as somebody:
        answer = await asyncio.wait_for(somebody.identity(), timeout)
        return answer["type"]


def connect(address=None, *, workers=2, timeout=8):
    """Return a Dask client: of the scheduler at an address, or of `workers` processes on this machine.

    Raises ConnectionError after `timeout` seconds if no scheduler answers there.
    """
    distributed = dask_distributed()
    quiet = {"set_as_default": False, "timeout": timeout}
    if address is None:
        sizes = {"n_workers": positive_int("workers", workers), "threads_per_worker": 1}
        local = {
            "host": "127.0.0.1",
            "dashboard_address": "127.0.0.1:0",
        }  # and no other
        return distributed.Client(**sizes, **local, **quiet, silence_logs=50)
    asker = ThreadPoolExecutor(1)  # a notebook has a loop of its own in this thread
    try:
        answer = asker.submit(asyncio.run, who_is_there(address, timeout))
        found = answer.result(timeout + 1)
    except Exception as error:  # what answers may be anything
        reason = f"{type(error).__name__}: {error}" if str(error) else "no answer"
        got = f"none at {address!r} within {timeout:g} seconds ({reason})"
        raise ConnectionError(
            f"address: expected a Dask scheduler, got {got}"
        ) from None
    finally:
        asker.shutdown(wait=False)
    if found != "Scheduler":
        raise ConnectionError(
            f"address: expected a Dask scheduler, got a {found} at {address!r}"
        )
    return distributed.Client(address, **quiet)


def check_workers(client, timeout=8):
    """Return how many workers a client has. Raises ConnectionError if none, RuntimeError for another w2v."""
    if not isinstance(client, dask_distributed().Client):
        raise TypeError(
            f"client: expected a Dask client (see connect), got {client!r:.40}"
        )
    try:
        client.wait_for_workers(1, timeout)
        versions = client.run(resolve_name, "w2v:__version__", on_error="return")
    except OSError as error:
        expected = f"workers that answer within {timeout:g} seconds"
        got = str(error) or type(error).__name__
        raise ConnectionError(f"client: expected {expected}, got: {got}") from None
    for worker, version in versions.items():
        if version != __version__:
            expected = f"w2v {__version__} on every worker, as here"
            got = version if isinstance(version, str) else f"none ({version})"
            raise RuntimeError(f"client: expected {expected}, got {got} on {worker}")
    return len(versions)


def awaited(client, future, patience=30):
    """Return the result of a task. Raises ConnectionError if there is no worker for `patience` seconds."""
    lonely = 0
    while not future.done():
        with suppress(TimeoutError):
            return future.result(timeout=2)
        lonely = 0 if future.done() or client.nthreads() else lonely + 2
        if lonely >= patience:
            got = f"none for {patience} seconds, and work left to do"
            raise ConnectionError(f"client: expected workers, got {got}")
    return future.result()


class Calls:
    """function(*shared, *call) for each call, on the workers of a client; at most `ahead` are under way."""

    def __init__(self, client, function, shared, calls, ahead):
        self.client, self.function, self.shared = client, function, list(shared)
        self.calls, self.ahead = iter(calls), ahead
        self.here: list | None = None
        self.waiting = deque[tuple]()

    def result(self):
        """Return the first result that nobody took yet; it stays the first until it is dropped."""
        if self.here is None:
            self.here = self._sent()
            self.waiting = deque(self._begun(call) for call, _ in self.waiting)
        more = islice(self.calls, max(0, self.ahead - len(self.waiting)))
        self.waiting.extend(map(self._begun, more))
        return awaited(self.client, self.waiting[0][1]) if self.waiting else None

    def _sent(self):
        try:  # to one worker; the others fetch it from there
            return self.client.scatter(self.shared, hash=False) if self.shared else []
        except OSError as error:  # that worker ended while it was listening
            sleep(0.5)
            raise CancelledError(str(error)) from error

    def _begun(self, call):
        here = self.here or []
        return call, self.client.submit(self.function, *here, *call, pure=False)

    def drop(self):
        """Let all tasks go."""
        self.client.cancel([future for _, future in self.waiting])


def on_workers(client, function, shared, calls, ahead, losses=5):
    """Yield function(*shared, *call) for each call, in order; what was lost with a worker is computed again.

    Raises ConnectionError without workers, RuntimeError after too many losses, and what the function
    raises. See Calls.
    """
    asked = Calls(client, function, shared, calls, ahead)
    try:
        while True:
            try:
                told = asked.result()
            except CancelledError as error:
                asked.here, losses = None, losses - 1
                if not losses:
                    raise RuntimeError(f"client: lost its workers: {error}") from error
                continue
            except dask_distributed().KilledWorker as error:
                reason = f"a task ended one worker after the other: {error}"
                raise RuntimeError(f"client: {reason}") from error
            if not asked.waiting:
                return
            asked.waiting.popleft()
            yield told
    finally:
        asked.drop()


def spans_of(path, first=0):
    """Return the spans of a file (path, start, stop), from number `first` on. Raises ValueError if it has none."""
    if signature(path) is None or Path(path).suffix == ".gz":
        expected = "a plain text file, which workers read in parts"
        raise ValueError(f"source: expected {expected}, got {path!r:.60}")
    starts = range(first * SPAN, os.path.getsize(path), SPAN)
    return [(os.path.abspath(path), start, start + SPAN) for start in starts]


def span_words(path, start, stop):
    """Return the sentences of the span of a file from byte `start` to `stop` - 1. Runs on a worker."""
    with open(path, "rb") as file:
        return words_of_lines(whole_lines(file, start, stop), start, path)


def span_counts(*span):
    """Return how often each word occurs in a span. Runs on a worker."""
    return Counter(chain.from_iterable(span_words(*span)))


def span_ids(vocab, *span):
    """Return the ids and offsets of a span. Runs on a worker."""
    return encode(span_words(*span), vocab)


def added(counts):
    """Return the sum of some counts."""
    return sum(counts, Counter())


def counted_by(client, path):
    """Return how often each word of a text file occurs, counted by the workers of a client."""
    check_workers(client)
    from dask import delayed

    counts = [delayed(span_counts)(*span) for span in spans_of(path)]
    while len(counts) > 1:
        counts = [delayed(added)(counts[i : i + 16]) for i in range(0, len(counts), 16)]
    return awaited(client, client.compute(counts[0])) if counts else Counter()


def encoded_by(client, path, vocab, first=0):
    """Yield ids and offsets of each span of a text file, encoded by the workers of a client."""
    ahead, calls = 2 * check_workers(client), spans_of(path, first)
    yield from on_workers(client, span_ids, (vocab,), calls, ahead)


class Job(NamedTuple):
    """What a worker needs beside the tables: where the text lies, its seal, the version of w2v, and how to train."""

    path: str
    seal: str
    version: str
    compiled: bool
    scheme: Scheme
    lots: Lots


class Done(NamedTuple):
    """What was trained in one go: sentences first to last - 1, what they cost, and by which worker."""

    first: int
    last: int
    words: int
    loss: float
    pairs: float
    worker: str


def train_shard(tables, job, first, last, alphas, seed):
    """Return the tables (2, N, d) after a run over some sentences, and what was Done. Runs on a worker.

    Raises RuntimeError if the worker has another w2v, ValueError if it sees another text.
    """
    if job.version != __version__:
        raise RuntimeError(f"expected w2v {job.version} here, got {__version__}")
    corpus = Corpus(job.path)
    if corpus.seal != job.seal:
        raise ValueError(f"{job.path}: expected the text that the client has")
    ids, offsets = corpus.read(first, last)
    tables, rng = tables.copy(), np.random.default_rng(seed)
    how = {"steps": top_rung(job.compiled)[0]}
    told = train_pass(tables, ids, offsets, job.scheme, job.lots, alphas, rng, **how)
    loss, pairs, words = np.sum([(0, 0, 0), *told], axis=0).tolist()
    worker = dask_distributed().get_worker().address
    return tables, Done(first, last, int(words), loss, pairs, worker)


def rounds_of(offsets, shards, every):
    """Return the rounds of a pass: for each a list of shards, (first, last) sentences of about `every` words."""
    n = shards * max(1, -(-int(offsets[-1]) // (shards * every)))
    aims = np.linspace(0, offsets[-1], n + 1).astype(np.int64)
    cuts = [0, *np.searchsorted(offsets, aims[1:-1]).tolist(), len(offsets) - 1]
    ranges = [(a, z) for a, z in pairwise(cuts) if a < z]
    return [ranges[i : i + shards] for i in range(0, len(ranges), shards)]


def averaged_round(client, tables, job, ranges, alphas, rng, shards):
    """Return the mean of the tables after a run over each shard, and what was Done. Equation eq-averaged-step."""
    calls = [(*r, alphas, int(rng.integers(2**63))) for r in ranges]
    mean, done = np.zeros_like(tables), []
    for found, told in on_workers(
        client, train_shard, (tables, job), calls, len(calls)
    ):
        mean += found / np.float32(len(calls))
        done.append(told)
    return mean, done


def synchronous_round(client, tables, job, ranges, alphas, rng, shards):
    """Return the tables after synchronous steps over some sentences, and what was Done."""
    ((first, last),) = ranges
    ids, offsets = Corpus(job.path).read(first, last)
    tables, told = tables.copy(), [(0.0, 0.0, 0)]

    def run(function, calls):
        return on_workers(client, function, (), calls, shards)

    steps = synchronous_steps(tables, job.scheme, shards, run)
    for piece in pieces(ids, offsets, alphas, rng):
        told.append(train_piece(steps, job.scheme, job.lots, piece))
    loss, pairs, words = np.sum(told, axis=0).tolist()
    return tables, [Done(first, last, int(words), loss, pairs, "all")]


def job_of(model, corpus, shards, synchronous):
    """Return the Job of a model. Raises ValueError for a loss that the engine does not train."""
    if model.hs or not model.negative or not (model.sg or model.cbow_mean):
        expected = "negative sampling, and the mean of a context"
        raise ValueError(f"model: expected {expected}, as the engine trains no other")
    fastest = top_rung(model.compiled, model.sg)
    compiled = not synchronous and fastest[0] is not numpy_steps
    sizes = {"blocks": 16 * shards} if synchronous else fastest[2]
    sizes |= {"whole": not model.cbow_exact}
    plan = scheme(model.sg, model.window, model.negative, **sizes)
    chances = lots(model.vocab.counts, model.sample, model.ns_exponent)
    path = str(corpus.path.resolve())
    return Job(path, corpus.seal, __version__, compiled, plan, chances)


def demand_progress(model, done, alpha):
    """Raise ArithmeticError if a round made the model worse than untrained."""
    loss, pairs = sum(x.loss for x in done), sum(x.pairs for x in done)
    if not loss <= TOLERANCE * pairs * model.untrained_loss:
        cost = f"a prediction costs {loss / max(pairs, 1):.3g} on average"
        raise ArithmeticError(
            f"steps of {alpha:g} are too large: {cost}, and {model.untrained_loss:.3g} untrained"
        )


def train(
    model,
    corpus,
    client,
    *,
    epochs=None,
    shards=None,
    every=2**20,
    stretch=None,
    synchronous=False,
):
    """Train a Word2Vec on the workers of a Dask client, and return what was Done, shard by shard.

    In a round each of `shards` (one a worker) is trained over some `every` words from the same
    tables, with steps of `stretch` (`shards`) times alpha, and the tables are averaged; or each
    step of the engine is shared out. Workers must see the corpus under its path. An interrupt, a
    lost cluster (ConnectionError, RuntimeError) or a text that changes (ValueError) leaves the
    model as the last round did. Equations eq-shard-dV, eq-averaged-step.
    """
    workers = check_workers(client)
    shards = positive_int("shards", workers if shards is None else shards)
    every = positive_int("every", every)
    epochs = positive_int("epochs", model.epochs if epochs is None else epochs)
    factor = number(
        (1 if synchronous else shards) if stretch is None else stretch, "stretch"
    )
    if not hasattr(model, "vocab"):
        model.build_vocab(corpus)
    job = job_of(model, corpus, shards, synchronous)
    corpus.encoded(model.vocab)
    rounds = rounds_of(corpus.offsets, 1 if synchronous else shards, every)
    make = synchronous_round if synchronous else averaged_round
    steps = np.linspace(
        model.alpha, max(model.min_alpha, 1e-30), epochs * len(rounds) + 1
    )
    alphas, done = pairwise((factor * steps).tolist()), list[Done]()
    tables, model.wv.norms = np.stack((model.wv.vectors, model.U)), None
    try:
        for _ in range(epochs):
            model.history.append([])
            for ranges in rounds:
                ends = next(alphas)
                new, told = make(client, tables, job, ranges, ends, model.rng, shards)
                demand_progress(model, told, ends[0])
                tables, done = new, done + told
                model.history[-1] += [(x.loss, x.pairs) for x in told if x.pairs]
    finally:
        model.wv.vectors[:], model.U[:] = tables
        model.history = [blocks for blocks in model.history if blocks]
    return done
