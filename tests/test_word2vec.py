"""Chapter 14: what the estimator promises, against loops written by hand."""

import json
import math
import os
import pickle
import pkgutil
import zlib
from collections import Counter
from copy import deepcopy
from inspect import signature
from io import BytesIO
from operator import attrgetter

import numpy as np
import pytest

import w2v
from w2v import engine
from w2v.objectives import objective_step, real_and_fake
from w2v.text import LineSentence, encode
from w2v.word2vec import (
    Diverged,
    Losses,
    Word2Vec,
    cut,
    draw_windows,
    falling_steps,
    holding_alpha,
    initial_tables,
    predictions,
    top_rung,
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
        and V.max() == pytest.approx(1 / 20, rel=0.01)
        and V.min() == pytest.approx(-1 / 20, rel=0.01)
        and np.abs(V).max() <= 1 / 20
        and V.std() == pytest.approx(1 / 20 / 3**0.5, rel=0.05)
    )


def test_steps_fall_in_a_line_and_never_reach_the_end():
    assert falling_steps(1.0, 0.5, 5).tolist() == pytest.approx([1, 0.9, 0.8, 0.7, 0.6])
    assert falling_steps(0.3, 0.1, 1).tolist() == [0.3]


def draws_of(losses, drawn):
    """The questions of a model, kept in a list while they are asked."""
    plain = losses.questions

    def kept(o, rng):
        drawn.append((o, plain(o, rng)))
        return drawn[-1][1]

    return kept


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("loss", [{"hs": 1, "negative": 0}, {"hs": 1}])
def test_the_first_pass_of_a_model_is_the_loop_over_its_own_draws(
    sg, loss, monkeypatch
):
    options = TOY | {"sg": sg, "alpha": 0.02, "min_alpha": 0} | loss
    model = Word2Vec(**options, batch=4, seed=5)
    model.build_vocab(world(6))
    tables = [t.astype(float) for t in (model.wv.vectors, *model._tables)]
    drawn, inputs = [], []
    monkeypatch.setattr(model._losses, "questions", draws_of(model._losses, drawn))
    monkeypatch.setattr(
        "w2v.word2vec.predictions",
        lambda *part: inputs.append(predictions(*part)) or inputs[-1],
    )
    model.train(world(6), epochs=1)
    V, *others = tables
    for t, ((words, C, o), (_, asked)) in enumerate(zip(inputs, drawn, strict=True)):
        V, others = by_hand(V, others, words, C, o, asked, 0.02 * (1 - t / len(drawn)))
    for got, want in zip([model.wv.vectors, *model._tables], [V, *others], strict=True):
        np.testing.assert_allclose(got, want, atol=1e-6)


@pytest.mark.parametrize("compiled", [False, True, None])
def test_negative_sampling_is_the_pass_of_the_engine(compiled):
    chosen = {"sample": 0.05, "ns_exponent": -2, "window": 3, "negative": 4}
    for kind in ({"sg": 1}, {"sg": 0}, {"sg": 0, "cbow_exact": False}, chosen):
        options = TOY | {"alpha": 0.02} | kind
        model = Word2Vec(**options, compiled=compiled)
        model.build_vocab(world(60))
        tables, rng = np.stack((model.wv.vectors, model.U)), deepcopy(model.rng)
        model.train(world(60), epochs=1)
        steps, _, sizes = top_rung(compiled, options["sg"])
        sizes |= {"window": kind.get("window", 5), "negative": kind.get("negative", 5)}
        sizes |= {"whole": not kind.get("cbow_exact", True)}
        plan = engine.scheme(options["sg"], **sizes)
        luck = options["sample"], kind.get("ns_exponent", 0.75)
        lots = engine.lots(model.vocab.counts, *luck)
        text = encode(world(60), model.vocab)
        told = engine.train_pass(
            tables, *text, plan, lots, (0.02, 1e-4), rng, steps=steps
        )
        assert model.history == [[(loss, pairs) for loss, pairs, _ in told]]
        np.testing.assert_array_equal(model.wv.vectors, tables[0])
        np.testing.assert_array_equal(model.U, tables[1])


def test_the_sum_of_a_context_goes_in_where_the_mean_is_not_asked_for():
    models = [Word2Vec(world(60), **TOY | {"sg": 0}, cbow_mean=mean) for mean in (0, 1)]
    assert (models[0].wv.vectors != models[1].wv.vectors).any()
    assert models[0].losses[-1] < models[0].untrained_loss


def test_workers_train_one_model_together():
    model = Word2Vec(world(), **TOY, epochs=8, seed=2, workers=2)
    assert {w[0] for w, _ in model.wv.most_similar("a0", topn=5)} == {"a"}
    assert model.losses[-1] < model.losses[0] < model.untrained_loss
    assert len(pickle.dumps(model)) > 0


def test_as_many_workers_as_were_asked_for_are_called(monkeypatch):
    called = []

    class Crew(engine.Team):
        def __init__(self, shared, plan, lots, workers):
            called.append(workers)
            super().__init__(shared, plan, lots, 1)

    monkeypatch.setattr(
        "w2v.word2vec.top_rung", lambda *_: (engine.numpy_steps, Crew, {})
    )
    Word2Vec(world(60), **TOY, workers=3)
    assert called == [3]


def test_skip_gram_has_no_context_to_sum():
    one, other = (Word2Vec(world(60), **TOY, cbow_mean=mean) for mean in (0, 1))
    assert np.array_equal(one.wv.vectors, other.wv.vectors)


@pytest.mark.parametrize("kind", [{}, {"hs": 1}])
def test_later_passes_train_the_same_memory(kind):
    model = Word2Vec(world(60), **TOY | kind)
    V, U = model.wv.vectors, model.U
    before = V.copy(), U.copy()
    model.train(world(60), epochs=1)
    assert model.wv.vectors is V and model.U is U
    assert (before[0] != V).any() and (before[1] != U).any()


def test_minibatches_are_computed_in_float32(monkeypatch):
    seen, step = set(), objective_step
    monkeypatch.setattr(
        "w2v.word2vec.objective_step",
        lambda V, rows, E, *rest: seen.add(E.dtype) or step(V, rows, E, *rest),
    )
    Word2Vec(world(20), **TOY | {"hs": 1})
    assert seen == {np.dtype(np.float32)}


def test_after_training_in_place_lengths_are_those_of_the_new_rows():
    model = Word2Vec(world(60), **TOY)
    model.wv.most_similar("a0")
    model.train(world(60), epochs=3)
    fresh = w2v.KeyedVectors(model.wv.index_to_key, model.wv.vectors)
    assert model.wv.most_similar("a0") == fresh.most_similar("a0")


def test_the_step_falls_in_one_line_through_all_blocks_of_a_pass(monkeypatch):
    monkeypatch.setattr("w2v.word2vec.BLOCK", 7)
    model = Word2Vec(**TOY | {"alpha": 0.02, "min_alpha": 0.01, "hs": 1}, batch=4)
    model.build_vocab(world(60))
    alphas, step = [], model._step
    model._step = lambda alpha, *part: alphas.append(alpha) or step(alpha, *part)
    model.train(world(60), epochs=1)
    np.testing.assert_allclose(alphas, falling_steps(0.02, 0.01, 120))
    assert len(model.history[0]) == 18


def by_hand(V, tables, words, C, o, asked, alpha):
    """One simultaneous step, a question at a time; the new tables."""
    dV, changes = np.zeros(V.shape), [np.zeros(U.shape) for U in tables]
    parts = np.split(words, np.cumsum(C)[:-1])
    for b, part in enumerate(parts):
        h = sum(V[x] for x in part) / len(part)
        g = np.zeros(len(h))
        for U, dU, (n, s) in zip(tables, changes, asked, strict=True):
            for row, answer in zip(n[b], s[b], strict=True):
                if answer:
                    residual = 1 / (1 + math.exp(-sum(U[row] * h))) - (answer > 0)
                    g += residual * U[row]
                    dU[row] += residual * h
        for x in part:
            dV[x] += g / len(part)
    return V - alpha * dV, [
        U - alpha * dU for U, dU in zip(tables, changes, strict=True)
    ]


def test_a_pass_sees_every_word_once_and_only_words_of_its_sentence():
    ids, offsets = np.arange(20, dtype=np.int32), np.array([0, 7, 8, 20])
    start = offsets[np.searchsorted(offsets, ids, side="right") - 1]
    seen = []
    for block in draw_windows(ids, offsets, 3, 8, np.random.default_rng(0)):
        assert len(block[0]) <= 8
        for centers, C, near in cut(*block, 3):
            seen += centers.tolist()
            of = np.repeat(centers, C)
            assert 0 < len(centers) <= 3 and (start[of] == start[near]).all()
            assert ((np.abs(of - near) <= 3) & (of != near)).all()
    assert sorted(seen) == sorted(set(range(20)) - {7})


def test_the_places_of_a_text_come_in_an_order_that_the_generator_draws():
    ids, offsets = np.arange(2000), np.array([0, 2000])
    first, second = (
        next(draw_windows(ids, offsets, 2, 500, np.random.default_rng(seed)))[0]
        for seed in (0, 1)
    )
    assert (first != second).any()
    assert np.std(first) == pytest.approx(2000 / 12**0.5, rel=0.1)
    assert abs(np.corrcoef(first, np.arange(500))[0, 1]) < 0.2


def test_near_words_are_met_as_often_as_the_drawn_radius_says():
    ids, offsets = np.arange(3000, dtype=np.int32), np.array([0, 3000])
    blocks = draw_windows(ids, offsets, 4, 500, np.random.default_rng(2))
    gaps = Counter(
        abs(int(c) - int(o))
        for centers, C, near in blocks
        for c, o in zip(np.repeat(centers, C), near, strict=True)
    )
    shares = [gaps[t] / 6000 for t in (1, 2, 3, 4)]
    np.testing.assert_allclose(shares, [1, 3 / 4, 2 / 4, 1 / 4], atol=0.05)


def test_skip_gram_predicts_the_context_and_cbow_the_center():
    window = np.array([7]), np.array([3]), np.array([1, 2, 1])
    words, C, o = predictions(*window, sg=1)
    assert (words.tolist(), C.tolist(), o.tolist()) == ([7] * 3, [1] * 3, [1, 2, 1])
    words, C, o = predictions(*window, sg=0)
    assert (words.tolist(), C.tolist(), o.tolist()) == ([1, 2, 1], [3], [7])


def test_negatives_are_never_the_word_to_be_predicted():
    losses = Losses(np.array([9.0, 1, 1]), 0, 5, 0.75, 0)
    o = np.array([0, 1, 2] * 40)
    [(n, s)] = losses.questions(o, np.random.default_rng(0))
    assert (n[:, 0] == o).all() and (n[:, 1:] != o[:, None]).all()
    assert (s == real_and_fake(o, n[:, 1:])[1]).all() and s[0].tolist() == [1] + [
        -1
    ] * 5


def test_new_negatives_are_drawn_for_each_question():
    losses, rng = Losses(np.array([5] * 40), 0, 5, 0.75, 0), np.random.default_rng(0)
    (a, b) = (losses.questions(np.arange(40), rng)[0][0] for _ in range(2))
    assert (a != b).any()


@pytest.mark.parametrize("kind", [{}, {"hs": 1}, {"negative": 0}, {"cbow_mean": 0}])
def test_with_a_window_of_one_a_word_meets_its_two_neighbors_alone(kind):
    model = Word2Vec(world(60), **TOY | kind, window=1)
    assert [sum(n for _, n in blocks) for blocks in model.history] == [60 * 14] * 5


@pytest.mark.parametrize("kind", [{}, {"hs": 1}, {"negative": 0}, {"cbow_mean": 0}])
@pytest.mark.parametrize("batch", [7, 32, 479, 480, 481])
def test_cbow_predicts_each_word_once_a_pass_however_it_is_cut(kind, batch):
    model = Word2Vec(world(60), **TOY | {"sg": 0} | kind, batch=batch)
    assert [sum(n for _, n in blocks) for blocks in model.history] == [480] * 5


def test_minibatches_meet_a_word_as_often_as_it_is_kept(monkeypatch):
    text = [["a"] * 6 + [w, "b"] for w in "cdefghij" * 50]
    model = Word2Vec(text, **TOY | {"hs": 1, "sample": 0.02})
    seen, step = [], model._step
    model._step = lambda alpha, c, *part: seen.extend(c) or step(alpha, c, *part)
    model.train(text)
    share = model.vocab.counts / model.vocab.counts.sum()
    kept = model.vocab.counts * np.minimum(1, (0.02 / share) ** 0.5 + 0.02 / share)
    got = np.bincount(seen, minlength=10) / len(seen)
    np.testing.assert_allclose(got[:2], (kept / kept.sum())[:2], rtol=0.1)


def test_a_block_without_neighbors_is_passed_over(monkeypatch):
    monkeypatch.setattr("w2v.word2vec.BLOCK", 1)
    model = Word2Vec([["a", "b"], ["a"], ["b"]] * 9, **TOY | {"hs": 1}, batch=1)
    assert [len(blocks) for blocks in model.history] == [18] * 5


def test_words_in_pairs_are_text_enough():
    assert Word2Vec([["a", "b"]] * 9, **TOY).losses


class Bar:
    """A progress bar that keeps what it is told."""

    def __init__(self, total, disable, **_):
        self.total, self.disable, self.n, self.said = total, disable, 0, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def update(self, n):
        self.n += n

    def set_postfix(self, loss):
        self.said.append((self.n, loss))


@pytest.mark.parametrize("kind", [{}, {"hs": 1}, {"sg": 0}])
def test_the_bar_tells_the_words_done_and_the_loss_on_terminals_only(kind, monkeypatch):
    monkeypatch.setattr("w2v.word2vec.BLOCK", 4)
    monkeypatch.setattr("w2v.engine.piece_cuts", lambda *_: [0, 160, 320, 480])
    bars = []
    monkeypatch.setattr(
        "w2v.word2vec.tqdm", lambda **how: bars.append(Bar(**how)) or bars[-1]
    )
    model = Word2Vec(world(60), **TOY | kind)
    for bar, blocks in zip(bars, model.history, strict=True):
        done, losses = zip(*bar.said, strict=True)
        assert bar.disable is None and len(blocks) in (3, 4)
        np.testing.assert_allclose(np.diff((0, *done[:-1])), 480 / len(blocks), atol=50)
        assert done[-1] == bar.total == 480
        assert [*losses] == [f"{loss / n:.3f}" for loss, n in blocks]


# Training.


SIX = [
    {"sg": sg} | loss
    for sg in (0, 1)
    for loss in ({}, {"hs": 1, "negative": 0}, {"negative": 0}, {"hs": 1})
]


@pytest.mark.parametrize(
    "kind", SIX, ids=lambda kind: "-".join(map(str, kind.values()))
)
def test_every_model_finds_the_topics_and_its_loss_falls(kind):
    options = TOY | {"alpha": 0.02} | kind
    model = Word2Vec(world(), **options, epochs=8, seed=2)
    for word in ("a0", "b3"):
        neighbors = [w for w, _ in model.wv.most_similar(word, topn=5)]
        assert {w[0] for w in neighbors} == {word[0]}
    assert model.losses[-1] < model.losses[0] < model.untrained_loss


def test_a_model_that_knows_nothing_pays_what_its_loss_says():
    still = TOY | {"alpha": 1e-12, "min_alpha": 0, "epochs": 1}
    for kind in SIX:
        model = Word2Vec(world(), **still | kind)
        assert model.losses == [pytest.approx(model.untrained_loss, rel=0.01)]
    assert Word2Vec(world(), **still, negative=0).untrained_loss == math.log(12)
    both, ns, hs = (
        Word2Vec(world(), **still | loss).untrained_loss
        for loss in ({"hs": 1}, {}, {"hs": 1, "negative": 0})
    )
    assert both == pytest.approx(ns + hs) and ns == pytest.approx(6 * math.log(2))


@pytest.mark.parametrize("loss", [{}, {"hs": 1}, {"negative": 0}])
def test_the_switch_of_word2vec_c_takes_longer_steps_with_cbow_only(loss):
    options = TOY | loss | {"alpha": 1e-3, "min_alpha": 0, "epochs": 1, "window": 3}
    moved = {}
    for sg in (0, 1):
        for exact in (True, False):
            model = Word2Vec(**options | {"sg": sg}, cbow_exact=exact)
            model.build_vocab(world())
            model.train(world())
            start = model.wv.vectors.copy()
            model.train(world())
            moved[sg, exact] = np.abs(model.wv.vectors - start).mean()
    assert moved[1, True] == moved[1, False]
    assert moved[0, False] > 2 * moved[0, True]


def test_a_tree_that_knows_nothing_pays_for_the_words_that_are_kept():
    text = [["a"] * 6 + [w, "b"] for w in "cdefghij" * 50]
    still = TOY | {"alpha": 1e-12, "min_alpha": 0, "epochs": 1, "window": 1}
    model = Word2Vec(text, **still | {"hs": 1, "negative": 0, "sample": 0.02})
    assert model.losses == [pytest.approx(model.untrained_loss, rel=0.03)]


def test_the_loss_of_a_pass_is_the_mean_over_its_predictions():
    model = Word2Vec()
    model.history = [[(6.0, 2), (1.0, 5)], [(4.0, 1)]]
    assert model.losses == [1.0, 4.0]


def test_a_vocabulary_that_is_built_anew_starts_the_tables_and_the_history():
    model = Word2Vec(world(60), **TOY)
    model.build_vocab([["x", "y", "z"]] * 9)
    assert model.losses == [] and len(model.wv) == 3 and not model.U.any()
    assert model.corpus_count == 9


def test_the_seed_fixes_the_tables_first_and_then_the_draws():
    model, rng = Word2Vec(**TOY, seed=7), np.random.default_rng(7)
    model.build_vocab(world(60))
    V, _ = initial_tables(12, 8, rng)
    assert np.array_equal(model.wv.vectors, V)
    assert model.rng.bit_generator.state == rng.bit_generator.state


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
    model = Word2Vec()
    defaults = {
        "sg": 0,
        "hs": 0,
        "cbow_mean": 1,
        "seed": 1,
        "vector_size": 100,
        "window": 5,
        "min_count": 5,
        "negative": 5,
        "epochs": 5,
    }
    defaults |= {"ns_exponent": 0.75, "sample": 1e-3, "min_alpha": 1e-4}
    assert {name: getattr(model, name) for name in defaults} == defaults
    assert Word2Vec(sg=1).alpha == 0.025
    assert model.batch == 32 and w2v.Word2Vec is Word2Vec


def test_the_first_step_of_cbow_is_that_of_word2vec_c():
    assert Word2Vec().alpha == 0.05 and Word2Vec(alpha=0.025).alpha == 0.025


def test_a_file_trains_like_the_list_of_its_sentences(tmp_path):
    path = tmp_path / "world.txt"
    path.write_text("\n".join(map(" ".join, world(60))), encoding="utf-8")
    from_file, from_list = (Word2Vec(s, **TOY) for s in (LineSentence(path), world(60)))
    by_name = Word2Vec(corpus_file=path, **TOY)
    for model in (from_file, by_name):
        assert (model.wv.vectors == from_list.wv.vectors).all()
    by_name.train(corpus_file=path, total_examples=60, epochs=1)


def test_either_sentences_or_a_file_are_given(tmp_path):
    model = Word2Vec(**TOY)
    for method in (model.build_vocab, model.train):
        model.build_vocab(world(20))
        with pytest.raises(TypeError, match="expected one of the two, got neither"):
            method()
        with pytest.raises(TypeError, match="expected one of the two, got both"):
            method(world(20), corpus_file=tmp_path / "a")
    with pytest.raises(OSError, match="missing"):
        Word2Vec(corpus_file=tmp_path / "missing.txt", **TOY)


def test_no_progress_bar_is_written_where_there_is_no_terminal(capsys):
    Word2Vec(world(60), **TOY)
    assert capsys.readouterr() == ("", "")


def test_a_model_survives_a_trip_to_another_process():
    model = Word2Vec(world(60), **TOY)
    twin = pickle.loads(pickle.dumps(model))
    assert (twin.wv.vectors == model.wv.vectors).all() and twin.losses == model.losses
    error = pickle.loads(pickle.dumps(Diverged(9.0, 4.2, 1.0, 0.01)))
    assert error.alpha == 0.01 and isinstance(error, ArithmeticError)
    expected = (
        "alpha=1 is too large: a prediction costs 9 on average, and 4.2 untrained"
    )
    assert str(error) == f"{expected}; alpha=0.01 holds"


# Divergence.


@pytest.mark.parametrize("alpha", [0.1, 3.0, 1e30])
def test_a_rising_loss_stops_puts_the_tables_back_and_names_a_step_that_holds(alpha):
    tree = TOY | {"hs": 1, "negative": 0}
    model = Word2Vec(**tree | {"alpha": alpha})
    model.build_vocab(world())
    V = model.wv.vectors.copy()
    message = "too large: a prediction costs .* 2.53 untrained; alpha=.* holds"
    with pytest.raises(Diverged, match=message) as caught:
        model.train(world())
    assert (model.wv.vectors == V).all() and not model.nodes.any() and not model.losses
    held = Word2Vec(world(), **tree | {"alpha": caught.value.alpha, "min_alpha": 0})
    assert max(held.losses) < held.untrained_loss


def test_the_step_that_holds_is_half_of_the_first_whose_trial_does():
    tried = []
    held = holding_alpha(lambda a: tried.append(a) or (0.9 if a < 0.2 else 1), 3.0)
    assert tried == [1, 0.5, 0.25, 0.125] and held == 0.0625
    assert holding_alpha(lambda a: 0.9, 0.3) == 0.15


def test_the_search_for_a_step_that_holds_ends_where_none_does():
    tried = []
    holding_alpha(
        lambda a: tried.append(a) or (0 if len(tried) > 99 else math.nan), 1.0
    )
    assert len(tried) == 30 and min(tried) > 1e-9


@pytest.mark.parametrize(("factor", "stops"), [(1.005, False), (1.02, True)])
def test_a_loss_a_hundredth_above_the_untrained_one_stops_the_training(
    factor, stops, monkeypatch
):
    model = Word2Vec(**TOY | {"negative": 0, "epochs": 1})
    model.build_vocab(world(60))
    monkeypatch.setattr(
        "w2v.word2vec.objective_step",
        lambda V, rows, E, *_: factor * E.shape[0] * math.log(12),
    )
    try:
        model.train(world(60))
    except Diverged:
        assert stops
    else:
        assert not stops and model.losses == [pytest.approx(factor * math.log(12))]


def test_a_trial_makes_four_blocks_with_one_step_and_the_last_one_judges(monkeypatch):
    monkeypatch.setattr("w2v.word2vec.BLOCK", 1)
    alphas = []

    def step(V, rows, E, asked, alpha, back):
        alphas.append(alpha)
        bad = alpha > 1 or (alpha > 0.3 and alphas.count(alpha) == 4)
        return (9 if bad else 0.5) * E.shape[0] * math.log(12)

    monkeypatch.setattr("w2v.word2vec.objective_step", step)
    model = Word2Vec(**TOY | {"negative": 0, "alpha": 1.8}, batch=240)
    model.build_vocab(world(60))
    with pytest.raises(Diverged) as caught:
        model.train(world(60))
    assert alphas == [1.8] + [1.0] * 4 + [0.5] * 4 + [0.25] * 4
    assert caught.value.alpha == 0.125


def test_a_model_that_was_put_back_trains_as_if_nothing_had_been(monkeypatch):
    monkeypatch.setattr("w2v.word2vec.BLOCK", 1)
    models = [Word2Vec(world(60), **TOY | {"hs": 1}, batch=8) for _ in range(2)]
    tried, _ = models
    kept, tried.alpha = deepcopy(tried.history), 1e30
    with pytest.raises(Diverged):
        tried.train(world(60))
    assert tried.history == kept
    tried.alpha = TOY["alpha"]
    for model in models:
        model.train(world(60), epochs=1)
    for table in ("U", "nodes", "history"):
        np.testing.assert_array_equal(*(getattr(model, table) for model in models))
    np.testing.assert_array_equal(*(model.wv.vectors for model in models))


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("alpha", [0.1, 3.0])
def test_negative_sampling_bears_long_steps(sg, alpha, compiled):
    model = Word2Vec(world(), **TOY | {"sg": sg, "alpha": alpha}, compiled=compiled)
    assert max(model.losses) < model.untrained_loss


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("compiled", [False, True])
def test_negative_sampling_bears_an_absurd_step_or_says_what_holds(sg, compiled):
    model = Word2Vec(**TOY | {"sg": sg, "alpha": 1e30}, compiled=compiled)
    model.build_vocab(world())
    try:
        model.train(world())
    except Diverged as told:
        model.alpha = told.alpha
        model.train(world())
    assert max(model.losses) < model.untrained_loss


@pytest.mark.parametrize("name", ["wv.vectors", "U", "nodes"])
def test_a_table_with_an_entry_that_is_no_number_is_named(name):
    model = Word2Vec(**TOY, hs=int(name == "nodes"))
    model.build_vocab(world())
    attrgetter(name)(model)[1, 2] = np.nan
    with pytest.raises(ValueError, match=f"{name}: expected finite numbers, got nan"):
        model.train(world())


def test_without_numba_the_matrix_products_train(monkeypatch):
    monkeypatch.setattr("w2v.word2vec.find_spec", lambda name: None)
    assert top_rung() == (engine.numpy_steps, engine.Team, {})
    with pytest.raises(ImportError, match="compiled=True needs Numba: pip install"):
        Word2Vec(world(60), **TOY, compiled=True)
    plain, chosen = (Word2Vec(world(60), **TOY, compiled=x) for x in (False, None))
    assert np.array_equal(plain.wv.vectors, chosen.wv.vectors)


def test_compiled_loops_train_where_numba_is_installed():
    from w2v.compiled import CENTERS, Threads, compiled_steps

    for sg in (True, False):
        sizes = {"blocks": 1, "block": CENTERS[sg]}
        assert top_rung(sg=sg) == top_rung(True, sg) == (compiled_steps, Threads, sizes)
    assert Word2Vec().compiled is None


def test_a_loss_that_nobody_asks_for_changes_nothing():
    asked, not_asked = (
        Word2Vec(world(60), **TOY, compute_loss=x, compiled=False) for x in (1, 0)
    )
    assert np.array_equal(asked.wv.vectors, not_asked.wv.vectors)
    assert np.isnan(not_asked.losses).all() and np.isfinite(asked.losses).all()


# Bad input.


BAD = [
    ("sg", 2, ValueError),
    ("sg", None, TypeError),
    ("hs", -1, ValueError),
    ("cbow_mean", 2, ValueError),
    ("vector_size", 0, ValueError),
    ("vector_size", 2.5, TypeError),
    ("window", 0, ValueError),
    ("min_count", 0, ValueError),
    ("negative", -1, ValueError),
    ("epochs", 0, ValueError),
    ("batch", 0, ValueError),
    ("workers", 0, ValueError),
    ("workers", 1.5, TypeError),
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


BAD_SENTENCES = [
    ([], ValueError, "at least one word"),
    ([[]], ValueError, "at least one word"),
    ("the cat sat", TypeError, "'the cat sat'; .*split it into words"),
    (b"the cat sat", TypeError, "b'the cat sat'; .*split it into words"),
    ("my/text.txt", TypeError, "for a file pass LineSentence"),
    (["the cat sat"], TypeError, "'the cat sat'"),
    ([iter(["cat", "sat"])] * 9, TypeError, "expected lists of words"),
    ([[1, 2, 3]] * 9, TypeError, "expected words, strings, got 1"),
    ([["cat", None]] * 9, TypeError, "expected words, strings, got None"),
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
    for empty in ([], [[]], [["unknown", "words"]]):
        with pytest.raises(ValueError, match="two known words side by side"):
            model.train(empty)
    with pytest.raises(TypeError, match="read twice"):
        model.train(iter(world(20)))
    with pytest.raises(ValueError, match="epochs"):
        model.train(world(20), epochs=0)


def test_the_ends_of_what_is_allowed_are_allowed():
    assert Word2Vec(seed=0).seed == 0 and Word2Vec(min_alpha=0).min_alpha == 0
    assert Word2Vec(alpha=0.01, min_alpha=0.01).min_alpha == 0.01
    assert Word2Vec(cbow_exact=np.False_).cbow_exact is False
    assert Word2Vec(compute_loss=np.False_).compute_loss is False


def test_noise_that_draws_another_word_once_in_a_while_is_enough():
    model = Word2Vec([["a"] * 9 + ["b"] * 5] * 9, **TOY, ns_exponent=9)  # 199 to 1
    assert model.losses


def test_a_sample_that_leaves_nothing_says_so():
    with pytest.raises(ValueError, match="sample: .*sample=0 keeps all"):
        Word2Vec(world(20), **{**TOY, "sample": 1e-12})


def test_noise_that_draws_one_word_only_is_refused():
    with pytest.raises(ValueError, match="ns_exponent: expected noise"):
        Word2Vec([["a"] * 9 + ["b"] * 5] * 9, **TOY, ns_exponent=99)


# Interrupted, saved, loaded.


@pytest.mark.parametrize(
    ("kind", "place", "calls"),
    [
        ({"hs": 1}, "w2v.word2vec.objective_step", 250),
        ({}, "w2v.engine.train_piece", 2),
    ],
    ids=["minibatches", "engine"],
)
def test_an_interrupt_leaves_a_model_that_can_be_used_and_trained_on(
    kind, place, calls, monkeypatch
):
    model = Word2Vec(**TOY | kind)
    model.build_vocab(world())
    made, plain = [], pkgutil.resolve_name(place)

    def interrupted(*part, **how):
        made.append(part)
        if len(made) > calls:
            raise KeyboardInterrupt
        return plain(*part, **how)

    monkeypatch.setattr(place, interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.train(world())
    assert len(model.losses) == 2 and np.isfinite(model.losses).all()
    assert model.U.any() and model.wv.most_similar("a0", topn=1)
    monkeypatch.setattr(place, plain)
    model.train(world(), epochs=1)
    assert len(model.losses) == 3


@pytest.mark.parametrize(
    "kind", SIX, ids=lambda kind: "-".join(map(str, kind.values()))
)
def test_a_saved_model_goes_on_as_if_it_had_never_been_away(kind, tmp_path):
    path, options = tmp_path / "toy.model", TOY | kind
    whole = Word2Vec(world(60), **options)
    Word2Vec(world(60), **options).save(path)
    loaded = Word2Vec.load(path)
    for model in (whole, loaded):
        model.train(world(60), total_examples=model.corpus_count, epochs=1)
    assert loaded.losses == whole.losses and len(loaded.losses) == 6
    assert loaded.history == whole.history
    for table in ("U", "nodes"):
        a, b = (getattr(model, table) for model in (loaded, whole))
        np.testing.assert_array_equal(a, b, strict=True)
    np.testing.assert_array_equal(loaded.wv.vectors, whole.wv.vectors, strict=True)
    assert loaded.wv.get_vecattr("a0", "count") == whole.wv.get_vecattr("a0", "count")
    assert loaded.wv.index_to_key == whole.wv.index_to_key


@pytest.mark.parametrize(
    "kind", SIX, ids=lambda kind: "-".join(map(str, kind.values()))
)
def test_a_copy_of_a_model_trains_as_the_model_does_and_leaves_it_alone(kind):
    model = Word2Vec(world(60), **TOY | kind)
    kept = model.wv.vectors.copy()
    copies = [deepcopy(model), pickle.loads(pickle.dumps(model))]
    for copy in copies:
        copy.train(world(60), epochs=1)
    assert np.array_equal(model.wv.vectors, kept)
    model.train(world(60), epochs=1)
    for copy in copies:
        assert np.array_equal(copy.wv.vectors, model.wv.vectors)


def test_vectors_that_the_user_puts_in_are_trained_on():
    model, other = (Word2Vec(world(60), **TOY) for _ in range(2))
    model.wv.vectors = np.zeros_like(model.wv.vectors)
    other.wv.vectors[:] = 0
    for trained in (model, other):
        trained.train(world(60), epochs=1)
    assert model.wv.vectors.any()
    assert np.array_equal(model.wv.vectors, other.wv.vectors)


def test_a_model_is_saved_whole_or_not_at_all(tmp_path, monkeypatch):
    path, model = tmp_path / "toy.model", Word2Vec(world(60), **TOY)
    model.save(path)
    before = path.read_bytes()
    monkeypatch.setattr(np, "savez", lambda file, **_: file.write(b"PK") and 1 / 0)
    with pytest.raises(ZeroDivisionError):
        model.save(path)
    assert path.read_bytes() == before and [*tmp_path.iterdir()] == [path]


def test_a_model_without_words_is_not_saved(tmp_path):
    with pytest.raises(RuntimeError, match="build_vocab"):
        Word2Vec().save(tmp_path / "empty")


def spoiled(content):
    """Files that are no model, each from a valid one."""
    yield from (content[:n] for n in (0, 1, 100, len(content) // 2, len(content) - 1))
    yield b"not a model"
    yield content[:200] + bytes([content[200] ^ 1]) + content[201:]


def test_what_is_no_model_is_refused_with_its_name(tmp_path):
    path = tmp_path / "toy.model"
    Word2Vec(world(60), **TOY).save(path)
    for i, content in enumerate(spoiled(path.read_bytes())):
        bad = tmp_path / f"bad{i}"
        bad.write_bytes(content)
        with pytest.raises(ValueError, match=f"bad{i}: expected a model written by"):
            Word2Vec.load(bad)
    with pytest.raises(FileNotFoundError):
        Word2Vec.load(tmp_path / "missing")


EVERY = {
    "sg": 1,
    "hs": 1,
    "negative": 3,
    "cbow_mean": 0,
    "cbow_exact": False,
    "vector_size": 8,
    "window": 2,
    "min_count": 2,
    "ns_exponent": 0.5,
    "sample": 0.01,
    "alpha": 0.02,
    "min_alpha": 1e-3,
    "epochs": 2,
    "seed": 9,
    "batch": 16,
    "workers": 2,
    "compute_loss": False,
    "compiled": False,
}


def test_a_saved_model_keeps_every_setting(tmp_path):
    assert {*signature(Word2Vec).parameters} == {*EVERY, "sentences", "corpus_file"}
    plain = Word2Vec()
    assert all(getattr(plain, name) != value for name, value in EVERY.items())
    model = Word2Vec(**EVERY)
    model.build_vocab(world(60))
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert {name: getattr(loaded, name) for name in EVERY} == EVERY
    assert loaded.corpus_count == 60


def test_files_of_other_programs_are_refused_with_their_name(tmp_path):
    path = tmp_path / "other"
    Word2Vec(world(60), **TOY).save(path)
    with np.load(path) as file:
        parts = dict(file)
    written = [{}, {"V": parts["V"]}, parts | {"more": parts["V"]}]
    written += [{k: v for k, v in parts.items() if k != name} for name in parts]
    written += [parts | {"state": np.frombuffer(x, np.uint8)} for x in (b"{}", b"[1]")]
    for tables in written:
        with open(path, "wb") as file:
            np.savez(file, **tables)
        with pytest.raises(ValueError, match="other: expected a model written by"):
            Word2Vec.load(path)
    w2v.KeyedVectors("ab", np.eye(2)).save(path)
    np.save(array := BytesIO(), parts["V"])
    for content in (path.read_bytes(), array.getvalue(), pickle.dumps(parts)):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="other: expected a model written by"):
            Word2Vec.load(path)


def test_tables_that_do_not_belong_together_are_refused(tmp_path):
    path = tmp_path / "toy.model"
    Word2Vec(world(60), **TOY).save(path)
    with np.load(path) as file:
        parts = dict(file)
    for changed in (
        {"V": parts["V"][:-1]},
        {"U": parts["U"][:, :-1]},
        {"nodes": parts["U"][:-1]},
        {"counts": parts["counts"][:-1]},
    ):
        with open(path, "wb") as file:
            np.savez(file, **parts | changed)
        with pytest.raises(ValueError, match="where .* belong"):
            Word2Vec.load(path)


def test_no_object_in_a_file_is_brought_to_life(tmp_path):
    path = tmp_path / "toy.model"
    with open(path, "wb") as file:
        np.savez(file, state=np.array([print], dtype=object))
    with pytest.raises(ValueError, match="expected a model"):
        Word2Vec.load(path)


# What an audit found.


def test_training_in_a_fork_leaves_the_model_of_its_parent_alone():
    model = Word2Vec(world(60), **TOY)
    kept = model.wv.vectors.copy()
    child = os.fork()
    if not child:
        model.train(world(60), epochs=1)
        os._exit(int(np.array_equal(model.wv.vectors, kept)))
    assert os.waitpid(child, 0)[1] == 0
    assert np.array_equal(model.wv.vectors, kept)


def test_tables_that_the_user_puts_in_are_those_that_train():
    model, other = (Word2Vec(world(60), **TOY) for _ in range(2))
    model.U, other.U[:] = np.zeros_like(model.U), 0
    model.wv.vectors = np.asfortranarray(model.wv.vectors)
    for trained in (model, other):
        trained.train(world(60), epochs=1)
    assert model.U.any() and np.array_equal(model.U, other.U)
    assert np.array_equal(model.wv.vectors, other.wv.vectors)


@pytest.mark.parametrize(
    ("name", "value"),
    [("alpha", -1.0), ("epochs", 0), ("hs", 1), ("vector_size", 5), ("alpha", 1e-5)],
)
def test_what_load_would_refuse_is_not_saved(name, value, tmp_path):
    model = Word2Vec(world(60), **TOY)
    setattr(model, name, value)
    with pytest.raises((TypeError, ValueError)):
        model.save(tmp_path / "toy.model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", [0, 1, "no", []])
def test_compiled_is_true_false_or_none(value):
    with pytest.raises(TypeError, match="compiled: expected True, False or None"):
        Word2Vec(compiled=value)
    assert Word2Vec(compiled=np.False_).compiled is False


def test_a_model_file_names_no_text_to_be_read(tmp_path):
    path, text = tmp_path / "toy.model", tmp_path / "text"
    model = Word2Vec(world(60), **TOY)
    model.save(path)
    with np.load(path) as file:
        parts = dict(file)
    state = json.loads(parts["state"].tobytes())
    state["settings"]["corpus_file"] = str(text)
    parts["state"] = np.frombuffer(json.dumps(state).encode(), np.uint8)
    with open(path, "wb") as file:
        np.savez(file, **parts)
    assert np.array_equal(Word2Vec.load(path).wv.vectors, model.wv.vectors)


@pytest.mark.parametrize(
    "error", [NotImplementedError(), RecursionError(), OSError(22, "bad"), zlib.error()]
)
def test_a_damaged_file_is_named_whatever_reading_it_raises(
    error, tmp_path, monkeypatch
):
    path = tmp_path / "toy.model"
    path.write_bytes(b"?")

    def fails(*_, **__):
        raise error

    monkeypatch.setattr(np, "load", fails)
    with pytest.raises(ValueError, match="toy.model: expected a model written by"):
        Word2Vec.load(path)


def test_the_loss_of_a_model_is_settled_when_the_words_are_counted():
    model, other = Word2Vec(**TOY), Word2Vec(**TOY)
    for built in (model, other):
        built.build_vocab(world(60))
    model.negative, model.hs = 20, 1
    for trained in (model, other):
        trained.train(world(60))
    assert np.array_equal(model.wv.vectors, other.wv.vectors)


def test_steps_fall_even_where_the_last_was_asked_to_be_the_longer():
    models = [Word2Vec(**TOY) for _ in range(2)]
    for model, least in zip(models, (1e-3, 5e-4), strict=True):
        model.build_vocab(world(60))
        model.alpha, model.min_alpha = 5e-4, least
        model.train(world(60))
    assert np.array_equal(models[0].wv.vectors, models[1].wv.vectors)
    models[0].alpha = -1
    with pytest.raises(ValueError, match="alpha"):
        models[0].train(world(60))


def test_a_vocabulary_that_is_refused_leaves_the_old_one():
    model = Word2Vec(world(60), **TOY)
    before = model.vocab, model.wv, model.corpus_count, model.losses
    model.ns_exponent = 400.0
    with pytest.raises(ValueError, match="ns_exponent"):
        model.build_vocab([["rare", *["common"] * 9]] * 9)
    assert (model.vocab, model.wv, model.corpus_count, model.losses) == before
