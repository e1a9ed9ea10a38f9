"""Chapter 01: text8 is fetched once and checked, from a server of our own here."""

import functools
import hashlib
import io
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from w2v import text
from w2v.text import Text8Corpus, text8

WORDS = [f"word{i}" for i in range(2500)]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word, and counts the requests."""

    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        """Count, and serve."""
        self.server.asked.append(self.path)
        super().do_GET()


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of a small archive."""
    monkeypatch.setenv("NO_PROXY", "*")
    folder = tmp_path / "served"
    folder.mkdir()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("text8", " " + " ".join(WORDS))
        archive.writestr("other", "not asked for")
    (folder / "text8.zip").write_bytes(packed.getvalue())
    handler = functools.partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.asked = []
        server.url = f"http://127.0.0.1:{server.server_port}/text8.zip"
        server.hash = f"sha256:{hashlib.sha256(packed.getvalue()).hexdigest()}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_text8_is_fetched_once_and_read_each_time(server, tmp_path):
    for _ in range(2):
        corpus = text8(server.url, server.hash, tmp_path / "cache")
        for _ in range(2):
            assert [word for sentence in corpus for word in sentence] == WORDS
    assert server.asked == ["/text8.zip"]


def test_what_is_not_text8_is_refused_and_not_kept(server, tmp_path):
    for _ in range(2):
        with pytest.raises(ValueError, match="hash"):
            text8(server.url, text.TEXT8_HASH, tmp_path / "cache")
    assert len(server.asked) == 2 and not list((tmp_path / "cache").rglob("text8*"))


def test_a_text_that_cannot_be_fetched_is_an_oserror(server, tmp_path):
    with pytest.raises(OSError, match="404"):
        text8(server.url + ".gone", server.hash, tmp_path / "cache")


def test_without_pooch_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(text, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install pooch"):
        text8()


class Dripping(io.StringIO):
    """A file that gives a few letters at a time."""

    def read(self, _):
        """Return the next letters."""
        return super().read(self.size)


@pytest.mark.parametrize("size", [1, 2, 5, 1 << 20])
@pytest.mark.parametrize("written", ["  {}\n ä \n", "{} ä", "{}\tä\r\n\r\n"])
def test_no_word_is_lost_between_the_parts_that_are_read(size, written):
    file = Dripping(written.format(" ".join(WORDS)))
    file.size = size
    assert list(text.words_of(file)) == [*WORDS, "ä"]


@pytest.mark.parametrize("length", [1, 7, 2500, 9999])
def test_sentences_have_the_length_that_was_asked_for(length, tmp_path):
    path = tmp_path / "text"
    path.write_text(" ".join(WORDS))
    sentences = list(Text8Corpus(path, length))
    assert [word for sentence in sentences for word in sentence] == WORDS
    assert {len(sentence) for sentence in sentences[:-1]} <= {length}
    assert 0 < len(sentences[-1]) <= length


def test_a_corpus_says_what_is_wrong_with_its_arguments(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing"):
        Text8Corpus(tmp_path / "missing")
    (tmp_path / "text").write_text("")
    with pytest.raises(ValueError, match="max_sentence_length: expected"):
        Text8Corpus(tmp_path / "text", 0)
    assert list(Text8Corpus(tmp_path / "text")) == []
