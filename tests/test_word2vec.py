"""Chapter 14: what the estimator promises, against loops written by hand."""

import math
import pickle
from collections import Counter

import numpy as np
import pytest

import w2v
from w2v.text import LineSentence
from w2v.word2vec import (
    Diverged,
    Word2Vec,
    draw_pass,
    falling_steps,
    initial_tables,
    one_pass,
)

TOY = {"sg": 1, "vector_size": 8, "sample": 0, "alpha": 0.01}


def world(S=400, seed=0):
    """Two topics of six words that never meet, in sentences of eight."""
    rng = np.random.default_rng(seed)
    return [[f"{'ab'[s % 2]}{i}" for i in rng.integers(0, 6, 8)] for s in range(S)]


# The pieces.


def test_at_the_start_V_is_small_and_random_and_U_is_zero():
    V, U = initial_tables(300, 20, np.random.default_rng(0))
    assert V.shape == U.shape == (300, 20) and V.dtype == U.dtype == np.float32
    assert (
        not U.any()
        and np.abs(V).max() <= 1 / 40
        and V.std() == pytest.approx(1 / 40 / 3**0.5, rel=0.05)
    )


def test_steps_fall_in_a_line_and_never_reach_the_end():
    assert falling_steps(1.0, 0.5, 5).tolist() == pytest.approx([1, 0.9, 0.8, 0.7, 0.6])
    assert falling_steps(0.3, 0.1, 1).tolist() == [0.3]


def one_step_by_hand(V, U, centers, outside, negatives, alpha):
    """One simultaneous step with chapter 07's gradients, a pair at a time; loss and new tables."""
    loss, dV, dU = 0.0, np.zeros(V.shape), np.zeros(U.shape)
    for c, o, ks in zip(centers, outside, negatives, strict=True):
        for w, true in [(o, 1), *((k, 0) for k in ks)]:
            p = 1 / (1 + math.exp(-sum(V[c] * U[w])))
            loss -= math.log(p if true else 1 - p)
            dV[c] += (p - true) * U[w]
            dU[w] += (p - true) * V[c]
    return loss, V - alpha * dV, U - alpha * dU


def test_a_pass_makes_the_steps_of_the_loop():
    rng = np.random.default_rng(3)
    V, U = rng.normal(0, 0.5, (2, 7, 5))
    batches = [tuple(rng.integers(0, 7, s) for s in (9, 9, (9, 4))) for _ in range(3)]
    want, total = (V.copy(), U.copy()), 0.0
    for batch, alpha in zip(batches, (0.3, 0.2, 0.1), strict=True):
        loss, *want = one_step_by_hand(*want, *batch, alpha)
        total += loss
    [(loss, pairs)] = one_pass(V, U, batches, [0.3, 0.2, 0.1])
    assert pairs == 27 and loss == pytest.approx(total, rel=1e-12)
    np.testing.assert_allclose(V, want[0], rtol=1e-12, strict=True)
    np.testing.assert_allclose(U, want[1], rtol=1e-12, strict=True)


def test_the_first_pass_of_a_model_is_the_loop_over_its_own_draws():
    model = Word2Vec(**{**TOY, "alpha": 0.02, "min_alpha": 0}, batch=4, seed=5)
    model.build_vocab(world(6))
    V, U = model.wv.vectors.astype(float), model.U.astype(float)
    state = pickle.dumps(model.rng)
    model.train(world(6), epochs=1)
    twin = Word2Vec(**TOY, batch=4)
    twin.build_vocab(world(6))
    twin.rng = pickle.loads(state)
    batches = twin._draw(*twin._read(world(6), None))
    for t, batch in enumerate(batches):
        _, V, U = one_step_by_hand(V, U, *batch, 0.02 * (1 - t / len(batches)))
    np.testing.assert_allclose(model.wv.vectors, V, atol=1e-6)
    np.testing.assert_allclose(model.U, U, atol=1e-6)


def test_a_pass_sees_every_center_once_and_only_words_of_its_sentence():
    ids, offsets = np.arange(20, dtype=np.int32), np.array([0, 7, 8, 20])
    keep, F = np.ones(20), np.arange(1, 21) / 20
    batches = draw_pass(ids, offsets, keep, F, 3, 5, 4, np.random.default_rng(0))
    start = offsets[np.searchsorted(offsets, ids, side="right") - 1]
    seen = Counter(c for centers, _, _ in batches for c in set(centers.tolist()))
    assert set(seen) == set(range(20)) - {7} and set(seen.values()) == {1}
    for centers, outside, negatives in batches:
        assert (start[centers] == start[outside]).all()
        assert ((np.abs(centers - outside) <= 3) & (centers != outside)).all()
        assert (
            negatives.shape == (len(centers), 5)
            and (negatives != outside[:, None]).all()
        )


def test_near_words_are_met_as_often_as_the_drawn_radius_says():
    ids, offsets = np.arange(3000, dtype=np.int32), np.array([0, 3000])
    F = np.arange(1, 3001) / 3000
    rng = np.random.default_rng(2)
    batches = draw_pass(ids, offsets, np.ones(3000), F, 4, 1, 32, rng)
    gaps = Counter(
        abs(int(c) - int(o))
        for cs, os, _ in batches
        for c, o in zip(cs, os, strict=True)
    )
    shares = [gaps[t] / 6000 for t in (1, 2, 3, 4)]
    np.testing.assert_allclose(shares, [1, 3 / 4, 2 / 4, 1 / 4], atol=0.05)


# Training.


def test_words_of_a_topic_become_neighbors_and_the_loss_falls():
    model = Word2Vec(world(), **TOY, epochs=8, seed=2)
    for word in ("a0", "b3"):
        neighbors = [w for w, _ in model.wv.most_similar(word, topn=5)]
        assert {w[0] for w in neighbors} == {word[0]}
    assert model.losses[-1] < model.losses[0] < model.untrained_loss
    assert model.untrained_loss == pytest.approx(6 * math.log(2))
    assert len(model.losses) == len(model.history) == 8


def test_the_same_seed_gives_the_same_vectors_and_another_gives_others():
    a, b, c = (Word2Vec(world(60), **TOY, seed=s) for s in (1, 1, 2))
    assert (a.wv.vectors == b.wv.vectors).all() and (a.U == b.U).all()
    assert (a.wv.vectors != c.wv.vectors).any()


def test_an_untrained_model_costs_k_plus_one_coin_tosses():
    model = Word2Vec(**{**TOY, "alpha": 1e-9, "min_alpha": 0}, negative=3)
    model.build_vocab(world(60))
    model.train(world(60), epochs=1)
    assert model.losses == [pytest.approx(4 * math.log(2), rel=1e-6)]


def test_a_model_is_built_and_trained_in_steps_as_in_gensim():
    whole, steps = Word2Vec(world(60), **TOY), Word2Vec(**TOY)
    steps.build_vocab(world(60))
    assert steps.corpus_count == 60 and len(steps.wv) == 12
    steps.train(world(60), total_examples=steps.corpus_count, epochs=steps.epochs)
    assert (whole.wv.vectors == steps.wv.vectors).all()
    steps.train(world(60), epochs=2)
    assert len(steps.losses) == 7 and steps.losses[-1] < steps.losses[0]


def test_the_settings_are_gensims_where_nothing_is_said():
    model = Word2Vec(sg=1)
    defaults = {
        "vector_size": 100,
        "window": 5,
        "min_count": 5,
        "negative": 5,
        "epochs": 5,
    }
    defaults |= {"ns_exponent": 0.75, "sample": 1e-3, "alpha": 0.025, "min_alpha": 1e-4}
    assert {name: getattr(model, name) for name in defaults} == defaults
    assert model.batch == 32 and w2v.Word2Vec is Word2Vec


def test_a_file_trains_like_the_list_of_its_sentences(tmp_path):
    path = tmp_path / "world.txt"
    path.write_text("\n".join(map(" ".join, world(60))), encoding="utf-8")
    from_file, from_list = (Word2Vec(s, **TOY) for s in (LineSentence(path), world(60)))
    assert (from_file.wv.vectors == from_list.wv.vectors).all()


def test_no_progress_bar_is_written_where_there_is_no_terminal(capsys):
    Word2Vec(world(60), **TOY)
    assert capsys.readouterr() == ("", "")


def test_a_model_survives_a_trip_to_another_process():
    model = Word2Vec(world(60), **TOY)
    twin = pickle.loads(pickle.dumps(model))
    assert (twin.wv.vectors == model.wv.vectors).all() and twin.losses == model.losses
    error = pickle.loads(pickle.dumps(Diverged(9.0, 4.2, 1.0, 0.01)))
    assert error.alpha == 0.01 and "alpha=1 is too large" in str(error)


# Divergence.


@pytest.mark.parametrize("alpha", [0.1, 3.0, 1e30])
def test_a_rising_loss_stops_puts_the_tables_back_and_names_a_step_that_holds(alpha):
    model = Word2Vec(**{**TOY, "alpha": alpha})
    model.build_vocab(world())
    V = model.wv.vectors.copy()
    message = "too large: a pair costs .* 4.16 untrained; alpha=.* holds"
    with pytest.raises(Diverged, match=message) as caught:
        model.train(world())
    assert (model.wv.vectors == V).all() and not model.U.any() and model.losses == []
    held = Word2Vec(world(), **{**TOY, "alpha": caught.value.alpha, "min_alpha": 0})
    assert max(held.losses) < held.untrained_loss


# Bad input.


BAD = [
    ("sg", 0, ValueError),
    ("vector_size", 0, ValueError),
    ("vector_size", 2.5, TypeError),
    ("window", 0, ValueError),
    ("min_count", 0, ValueError),
    ("negative", 0, ValueError),
    ("epochs", 0, ValueError),
    ("batch", 0, ValueError),
    ("seed", -1, ValueError),
    ("alpha", 0, ValueError),
    ("alpha", -1, ValueError),
    ("alpha", math.nan, ValueError),
    ("alpha", "0.1", TypeError),
    ("min_alpha", -0.1, ValueError),
    ("min_alpha", 1, ValueError),
    ("min_alpha", math.nan, ValueError),
    ("sample", -1, ValueError),
    ("sample", math.inf, ValueError),
    ("ns_exponent", math.nan, ValueError),
]


@pytest.mark.parametrize(("name", "value", "error"), BAD)
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(
    name, value, error
):
    with pytest.raises(error, match=f"{name}: expected .*(got|finite)"):
        Word2Vec(**{**TOY, name: value})


def test_the_model_must_be_named():
    with pytest.raises(TypeError, match="'sg'"):
        Word2Vec(world(20))


BAD_SENTENCES = [
    ([], ValueError, "at least one word"),
    ([[]], ValueError, "at least one word"),
    ("the cat sat", TypeError, "'the cat sat'; .*split it into words"),
    ("my/text.txt", TypeError, "for a file pass LineSentence"),
    (["the cat sat"], TypeError, "'the cat sat'"),
    (
        (s for s in world(20)),
        TypeError,
        "type generator; pass a list or a LineSentence",
    ),
    (3, TypeError, "type int; pass a list"),
    ([["a", "b"]], ValueError, "min_count"),
    ([["a", "a"]] * 9, ValueError, "two words .* only 'a'"),
    ([["a"], ["b"]] * 9, ValueError, "two known words side by side"),
]


@pytest.mark.parametrize(("sentences", "error", "message"), BAD_SENTENCES)
def test_hopeless_sentences_are_explained(sentences, error, message):
    with pytest.raises(error, match=message):
        Word2Vec(sentences, **TOY)


def test_a_path_is_told_of_its_reader(tmp_path):
    with pytest.raises(TypeError, match="for a file pass LineSentence"):
        Word2Vec(tmp_path / "text.txt", **TOY)


def test_train_says_what_it_needs():
    model = Word2Vec(**TOY)
    with pytest.raises(RuntimeError, match="build_vocab"):
        model.train(world(20))
    model.build_vocab(world(20))
    for n in (19, 21, 0):
        with pytest.raises(
            ValueError, match=f"total_examples: expected 20, .* got {n}"
        ):
            model.train(world(20), total_examples=n)
    with pytest.raises(TypeError, match="read twice"):
        model.train(iter(world(20)))
    with pytest.raises(ValueError, match="epochs"):
        model.train(world(20), epochs=0)


def test_a_sample_that_leaves_nothing_says_so():
    with pytest.raises(ValueError, match="sample: .*sample=0 keeps all"):
        Word2Vec(world(20), **{**TOY, "sample": 1e-12})
