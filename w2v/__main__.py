"""Train word vectors, look at neighbors, and mark vectors by analogies, from the command line."""

import argparse
import sys
from collections.abc import Sequence
from errno import EISDIR, ENOENT
from pathlib import Path
from time import perf_counter

from w2v.keyedvectors import KeyedVectors
from w2v.questions import analogy_questions
from w2v.word2vec import Diverged, Word2Vec

TRAIN = """Learn a vector for each word of a text: UTF-8, a sentence a line, .gz unpacked.

The text is cut into words in lower case. OUT gets the vectors in word2vec's format, which
gensim and others read: text, or with --binary binary; packed if its name ends in .gz.
Ctrl-C ends the training, and writes what was learned so far."""
NEIGHBORS = """Show the words whose vectors have the largest cosines with those asked about.

Several words are added, and those after --minus are taken away:
  python -m w2v neighbors vectors.txt rows column --minus row"""
EVALUATE = """Mark vectors by analogies: lines of four words, headings ": name".

Without QUESTIONS the exam of the book is taken, about the documentation of NumPy, SymPy
and Matplotlib. Questions with unknown words are left out."""


def say(text: str) -> None:
    """Tell the user, beside what the command prints."""
    print(text, file=sys.stderr, flush=True)


def read_vectors(path: Path, binary: bool) -> KeyedVectors:
    """Return the vectors of a file in word2vec's text or binary format."""
    return KeyedVectors.load_word2vec_format(path, binary=binary)


def trained(model: Word2Vec, text: Path, epochs: int) -> None:
    """Count and train, and say what happens; on Ctrl-C stop there."""
    model.build_vocab(corpus_file=text)
    words = int(model.vocab.counts.sum())
    say(f"{words:,} words, {len(model.vocab):,} of them different")
    start = perf_counter()
    try:
        model.train(corpus_file=text)
    except KeyboardInterrupt:
        say("interrupted: what was learned so far is kept")
    else:
        say(f"{epochs * words / (perf_counter() - start):,.0f} words a second")
    say(f"loss of a prediction: {model.untrained_loss:.3f} untrained")
    for i, loss in enumerate(model.losses, 1):
        say(f"{loss:28.3f} in pass {i}")


def check_files(text: Path, outputs: list[Path]) -> None:
    """Raise OSError or ValueError if what training makes cannot be written, or would replace a text."""
    for path in outputs:
        if not path.parent.is_dir():
            raise FileNotFoundError(ENOENT, "there is no such folder", str(path.parent))
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "this is a folder", str(path))
    paths = [path.resolve() for path in (text, *outputs)]
    if len(set(paths)) < len(paths):
        got = ", ".join(map(str, (text, *outputs)))
        raise ValueError(f"TEXT, OUT, FILE: expected different files, got {got}")


def train(options: argparse.Namespace) -> None:
    """Run `train`."""
    chosen = vars(options)
    told = ("command", "run", "text", "out", "binary", "save_model")
    settings = {name: chosen[name] for name in chosen if name not in told}
    check_files(options.text, [x for x in (options.out, options.save_model) if x])
    model = Word2Vec(**settings)
    trained(model, options.text, model.epochs)
    model.wv.save_word2vec_format(options.out, binary=options.binary)
    if options.save_model:
        model.save(options.save_model)
    say(f"wrote {len(model.wv):,} vectors to {options.out}")


def neighbors(options: argparse.Namespace) -> None:
    """Run `neighbors`."""
    wv = read_vectors(options.vectors, options.binary)
    asked = options.words, options.minus
    for word, cosine in wv.most_similar(*asked, topn=options.topn):
        print(f"{cosine:7.4f}  {word}")


def evaluate(options: argparse.Namespace) -> None:
    """Run `evaluate`."""
    wv = read_vectors(options.vectors, options.binary)
    questions = options.questions or analogy_questions()
    for result in wv.evaluate_word_analogies(questions)[1]:
        right, wrong = len(result["correct"]), len(result["incorrect"])
        share = f"{right / (right + wrong):7.1%}" if right + wrong else "   none"
        print(f"{share}  {right:6} of {right + wrong:6}  {result['section']}")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser("python -m w2v", description=__doc__)
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(run, about):
        short, plain = about.splitlines()[0], argparse.RawDescriptionHelpFormatter
        made = commands.add_parser(
            run.__name__, help=short, description=about, formatter_class=plain
        )
        made.set_defaults(run=run)
        made.add_argument(
            "--binary", action="store_true", help="vectors in binary format"
        )
        return made

    add_training(command(train, TRAIN))
    ask = command(neighbors, NEIGHBORS)
    ask.add_argument("vectors", type=Path, metavar="VECTORS")
    ask.add_argument("words", nargs="+", metavar="WORD")
    ask.add_argument("--minus", nargs="+", default=[], metavar="WORD")
    ask.add_argument("-n", dest="topn", type=int, default=10, help="how many (10)")
    mark = command(evaluate, EVALUATE)
    mark.add_argument("vectors", type=Path, metavar="VECTORS")
    mark.add_argument("questions", type=Path, nargs="?", metavar="QUESTIONS")
    return whole


def add_training(made: argparse.ArgumentParser) -> None:
    """Add the arguments of `train`: those of the estimator."""
    made.add_argument("text", type=Path, metavar="TEXT")
    made.add_argument("-o", dest="out", type=Path, required=True, metavar="OUT")
    made.add_argument("--save-model", type=Path, metavar="FILE", help="to go on later")
    helps = {
        "sg": (int, 0, "1 for skip-gram, 0 for CBOW"),
        "hs": (int, 0, "1 for hierarchical softmax"),
        "negative": (
            int,
            5,
            "negatives a prediction; with 0, and no --hs, full softmax",
        ),
        "vector_size": (int, 100, "numbers in a vector"),
        "window": (int, 5, "how far a context reaches at most"),
        "min_count": (int, 5, "leave out words that occur less often"),
        "sample": (float, 1e-3, "thin out words with a larger share; 0 keeps all"),
        "alpha": (float, None, "the first step size; 0.025 or, for CBOW, 0.05"),
        "epochs": (int, 5, "passes over the text"),
        "seed": (int, 1, "what fixes all draws"),
        "workers": (
            int,
            1,
            "processes or threads; with several, no two runs are the same",
        ),
    }
    for name, (kind, default, text) in helps.items():
        flag = f"--{name.replace('_', '-')}"
        told = text if default is None else f"{text} ({default})"
        made.add_argument(flag, type=kind, default=default, help=told)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code: 0, 1 for an error that is told, 130 for Ctrl-C."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except OSError as error:
        told = f"{error.filename}: {error.strerror}" if error.filename else error
        say(f"w2v {options.command}: {told}")
        return 1
    except (ValueError, KeyError, Diverged) as error:
        say(f"w2v {options.command}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
