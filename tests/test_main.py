"""The command line trains, asks and marks, and tells every error in one line."""

import re
import subprocess
import sys

import numpy as np
import pytest

import w2v
from w2v.__main__ import main
from w2v.word2vec import Word2Vec

SMALL = ["--vector-size", "8", "--sample", "0", "--alpha", "0.01"]


@pytest.fixture
def text(tmp_path):
    """A file about two topics that never meet."""
    rng = np.random.default_rng(0)
    lines = [
        " ".join(f"{'ab'[s % 2]}{i}" for i in rng.integers(0, 6, 8)) for s in range(400)
    ]
    path = tmp_path / "text.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def vectors(text, tmp_path, capsys):
    """Vectors trained on it."""
    path = tmp_path / "vectors.txt"
    assert main(["train", str(text), "-o", str(path), "--sg", "1", *SMALL]) == 0
    capsys.readouterr()
    return path


def test_training_from_the_command_line_is_training_in_python(text, tmp_path, capsys):
    path = tmp_path / "vectors.bin"
    options = [
        "--sg",
        "1",
        "--seed",
        "3",
        "--binary",
        "--save-model",
        str(tmp_path / "m"),
    ]
    assert main(["train", str(text), "-o", str(path), *SMALL, *options]) == 0
    model = Word2Vec(
        corpus_file=text, sg=1, vector_size=8, sample=0, alpha=0.01, seed=3
    )
    wv = w2v.KeyedVectors.load_word2vec_format(path, binary=True)
    assert wv.index_to_key == model.wv.index_to_key
    np.testing.assert_array_equal(wv.vectors, model.wv.vectors)
    np.testing.assert_array_equal(Word2Vec.load(tmp_path / "m").U, model.U)
    out, err = capsys.readouterr()
    assert out == "" and "3,200 words, 12 of them different" in err
    assert [f"{x:.3f}" for x in model.losses] == re.findall(r"([\d.]+) in pass", err)


def test_neighbors_are_those_of_most_similar(vectors, capsys):
    assert (
        main(["neighbors", str(vectors), "a0", "a1", "--minus", "b0", "-n", "3"]) == 0
    )
    wv = w2v.KeyedVectors.load_word2vec_format(vectors)
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    expected = wv.most_similar(["a0", "a1"], ["b0"], topn=3)
    assert rows == [[f"{cosine:.4f}", word] for word, cosine in expected]


def test_marks_are_those_of_evaluate_word_analogies(vectors, tmp_path, capsys):
    questions = tmp_path / "questions.txt"
    questions.write_text(": letters\na0 a1 b0 b1\na0 a2 b0 b2\n: unknown\nx y z t\n")
    assert main(["evaluate", str(vectors), str(questions)]) == 0
    out = capsys.readouterr().out.splitlines()
    wv = w2v.KeyedVectors.load_word2vec_format(vectors)
    share, results = wv.evaluate_word_analogies(questions)
    assert out[0].endswith(f"{len(results[0]['correct'])} of      2  letters")
    assert out[1].split() == ["none", "0", "of", "0", "unknown"]
    assert out[2].split()[0] == f"{share:.1%}"


def test_the_exam_of_the_book_is_taken_without_questions(vectors, capsys):
    assert main(["evaluate", str(vectors)]) == 0
    assert "singular plural" in capsys.readouterr().out


def test_an_interrupt_in_training_keeps_what_was_learned(
    text, tmp_path, capsys, monkeypatch
):
    def interrupted(model, **_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Word2Vec, "train", interrupted)
    path = tmp_path / "vectors.txt"
    assert main(["train", str(text), "-o", str(path), *SMALL]) == 0
    assert "interrupted" in capsys.readouterr().err
    assert len(w2v.KeyedVectors.load_word2vec_format(path)) == 12


def test_an_interrupt_elsewhere_ends_with_its_exit_code(vectors, monkeypatch, capsys):
    monkeypatch.setattr(
        "w2v.__main__.read_vectors", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    assert main(["neighbors", str(vectors), "a0"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


ERRORS = {
    "no text": (["train", "missing.txt", "-o", "v"], "missing.txt: No such file"),
    "no folder": (["train", "TEXT", "-o", "nowhere/v"], "no such folder"),
    "a bad number": (["train", "TEXT", "-o", "v", "--alpha", "0"], "alpha: expected"),
    "too long a step": (
        ["train", "TEXT", "-o", "v", "--alpha", "900", "--hs", "1", "--negative", "0"],
        "alpha=900 is too large",
    ),
    "a text to be replaced": (
        ["train", "TEXT", "-o", "TEXT"],
        "TEXT, OUT, FILE: expected different files",
    ),
    "one file for two": (
        ["train", "TEXT", "-o", "v", "--save-model", "./v"],
        "TEXT, OUT, FILE: expected different files",
    ),
    "no folder for the model": (
        ["train", "TEXT", "-o", "v", "--save-model", "there/m"],
        "there: there is no such folder",
    ),
    "a folder": (["train", "TEXT", "-o", "."], "this is a folder"),
    "no vectors": (["neighbors", "missing", "a0"], "missing: No such file"),
    "no vector file": (["neighbors", "TEXT", "a0"], "line 1: expected a header"),
    "an unknown word": (["neighbors", "VECTORS", "a00"], "spelled like it: a0"),
}


@pytest.mark.parametrize(("arguments", "message"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_told_in_one_line_and_by_the_exit_code(
    arguments, message, text, vectors, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    files = {"TEXT": str(text), "VECTORS": str(vectors)}
    assert main([files.get(word, word) for word in arguments]) == 1
    out, err = capsys.readouterr()
    last = err.splitlines()[-1]
    assert last.startswith(f"w2v {arguments[0]}: ") and message in last
    assert out == "" and "Traceback" not in err and not (tmp_path / "v").exists()


def test_what_is_no_command_is_answered_with_the_usage(capsys):
    for arguments in ([], ["fly"], ["train"], ["train", "a", "-o", "b", "--sg", "x"]):
        with pytest.raises(SystemExit, match="2"):
            main(arguments)
        assert "usage: python -m w2v" in capsys.readouterr().err


def test_help_names_every_setting_of_the_estimator_with_its_default(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["train", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    model = Word2Vec()
    for name in (
        "sg",
        "hs",
        "negative",
        "vector_size",
        "window",
        "min_count",
        "sample",
    ):
        flag, default = name.replace("_", "-"), re.escape(f"({getattr(model, name)})")
        assert re.search(rf"--{flag} [A-Z_]+ [^()]*{default}", told), name


def test_the_module_runs_as_a_program(vectors):
    command = [sys.executable, "-m", "w2v", "neighbors", str(vectors), "a0", "-n", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1].startswith("a") and done.stderr == ""
