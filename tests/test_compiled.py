"""The compiled loops compute what the matrix products compute, alone and in threads."""

from itertools import product
from threading import active_count

import numpy as np
import pytest

from w2v import compiled, engine
from w2v.logistic import log_sigmoid, sigmoid

N = 13


def text_of(T, seed=0, N=N):
    rng = np.random.default_rng(seed)
    offsets = np.unique(np.concatenate(([0, T], rng.integers(0, T, T // 9))))
    return rng.integers(0, N, T).astype(np.int32), offsets


def both_rungs(plan, d=5, T=300, share=1, alpha=0.5, scale=0.8):
    """Train a small text with both rungs on the same draws; return tables and told, a pair each."""
    start = np.random.default_rng(1).normal(0, scale, (2, N, d)).astype(np.float32)
    chances = engine.lots(np.arange(N, 0, -1), sample=0.1)
    (piece,) = engine.pieces(*text_of(T), (alpha, alpha / 2), np.random.default_rng(2))
    tables, told = [], []
    for rung in (engine.numpy_steps, compiled.compiled_steps):
        tables.append(start.copy())
        steps = rung(tables[-1], plan, share)
        told.append(engine.train_piece(steps, plan, chances, piece))
    assert abs(tables[0] - start).max() > 0.01
    return tables, told


SIZES = [
    {"window": 1, "negative": 1, "block": 1, "draws": 1},
    {"window": 2, "negative": 5, "block": 7, "draws": 3},
    {"window": 5, "negative": 5, "block": 32, "draws": 16},
    {"window": 20, "negative": 3, "block": 8, "draws": 100},
    {"window": 3, "negative": 2, "block": 400, "draws": 5},
]


@pytest.mark.parametrize("sizes", SIZES, ids=lambda x: "-".join(map(str, x.values())))
@pytest.mark.parametrize(
    ("sg", "whole"), [(True, False), (False, False), (False, True)]
)
@pytest.mark.parametrize("share", [1, 2.5])
@pytest.mark.parametrize("d", [1, 5, 33])
def test_the_loops_make_the_steps_of_the_matrix_products(sizes, sg, whole, share, d):
    plan = engine.scheme(sg, whole=whole, blocks=1, **sizes)
    tables, told = both_rungs(plan, d, T=120, share=share, scale=2 / d**0.5)
    np.testing.assert_allclose(tables[1], tables[0], rtol=1e-3, atol=1e-4)
    assert told[1] == pytest.approx(told[0], rel=2e-5)


@pytest.mark.parametrize("sg", [True, False])
def test_a_step_that_meets_its_bound_is_the_same_on_both_rungs(sg):
    plan = engine.scheme(sg, 2, block=16, blocks=1)
    longer, _ = both_rungs(plan, alpha=1e6)
    short, _ = both_rungs(plan, alpha=1e-2)
    np.testing.assert_allclose(longer[1], longer[0], rtol=1e-3, atol=1e-3)
    assert abs(longer[1] - short[1]).max() > 0.1


@pytest.mark.parametrize("T", [1, 2, 31, 32, 33])
@pytest.mark.parametrize("sg", [True, False])
def test_short_texts_fill_their_last_block_with_nothing(T, sg):
    plan = engine.scheme(sg, 3, blocks=1)
    start = np.ones((2, N, 4), np.float32)
    chances = engine.lots(np.ones(N), sample=0)
    ends = []
    for rung in (engine.numpy_steps, compiled.compiled_steps):
        tables, rng = start.copy(), np.random.default_rng(0)
        text = np.arange(T, dtype=np.int32) % N, np.array([0, T])
        told = engine.train_pass(
            tables, *text, plan, chances, (0.1, 0.1), rng, steps=rung
        )
        ends.append((tables, list(told)))
    np.testing.assert_allclose(ends[1][0], ends[0][0], atol=1e-6)
    assert ends[1][1][0] == pytest.approx(ends[0][1][0])
    if T == 1:
        assert np.array_equal(ends[1][0], start)


@pytest.mark.parametrize("weight", [1.0, -1.0, 0.3, -4.0, 0.0])
def test_slope_and_loss_of_a_score_hold_beyond_exp(weight):
    z = np.float32([-1e30, -200, -5, -1e-6, 0, 1e-6, 5, 200, 1e30])
    for x in z:
        S = np.zeros(1, np.float32)
        loss = compiled.ask(np.array([x]), np.float32([weight]), S)
        Z, a = (float(x), weight) if weight > 0 else (-float(x), -weight)
        assert S[0] == pytest.approx(weight * float(sigmoid(Z)), rel=1e-6, abs=1e-37)
        assert loss == pytest.approx(-a * float(log_sigmoid(-Z)), rel=1e-6, abs=1e-37)


@pytest.mark.parametrize("n", [1, 7, 8, 9, 31, 32, 33, 1000])
def test_the_loss_of_many_scores_is_the_sum_of_each(n):
    rng = np.random.default_rng(n)
    z = rng.normal(0, 4, n).astype(np.float32)
    w = rng.choice([-2, -0.5, 0, 0.3, 1], n).astype(np.float32)
    S, parts = np.zeros((2, n), np.float32)
    loss = compiled.ask(z, w, S)
    each = [compiled.ask(z[i : i + 1], w[i : i + 1], parts[i:]) for i in range(n)]
    assert loss == pytest.approx(sum(map(float, each)), rel=1e-5)
    np.testing.assert_allclose(S, parts, rtol=1e-6)
    y = w < 0
    np.testing.assert_allclose(S, abs(w) * (sigmoid(z.astype(float)) - y), atol=1e-6)


def test_a_score_that_is_no_number_costs_no_number():
    for weight in (1, -1, 0):
        S = np.zeros(1, np.float32)
        assert np.isnan(compiled.ask(np.float32([np.nan]), np.float32([weight]), S))


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_a_table_that_is_not_finite_is_seen_in_the_loss(bad):
    for sg in (True, False):
        plan, chances = engine.scheme(sg, blocks=1), engine.lots(np.ones(N), sample=0)
        tables = np.full((2, N, 3), bad, np.float32)
        rng = np.random.default_rng(0)
        told = engine.train_pass(
            *(tables, *text_of(100), plan, chances, (0.1, 0.1), rng),
            steps=compiled.compiled_steps,
        )
        assert not np.isfinite(sum(x[0] for x in told))


@pytest.mark.parametrize("sg", [True, False])
def test_steps_on_a_ruined_table_leave_nothing_behind_for_the_next(sg):
    plan, chances = engine.scheme(sg, blocks=1), engine.lots(np.ones(N), sample=0)
    start = np.random.default_rng(1).normal(0, 0.3, (2, N, 4)).astype(np.float32)
    (piece,) = engine.pieces(*text_of(200), (0.1, 0.05), np.random.default_rng(2))
    ends = []
    for first in (np.nan, 1.0):
        tables = start * np.float32(first)
        steps = compiled.compiled_steps(tables, plan)
        engine.train_piece(steps, plan, chances, piece)
        tables[:] = start
        told = engine.train_piece(steps, plan, chances, piece)
        ends.append(tables)
        assert np.isfinite(told).all()
    assert np.array_equal(*ends)


BAD = [
    (np.zeros((2, 3, 4)), {}, TypeError, "tables: expected float32, got float64"),
    (
        np.zeros((2, 3, 4), np.float32),
        {"blocks": 2},
        ValueError,
        "blocks: expected 1 for compiled steps, got 2",
    ),
]


@pytest.mark.parametrize(("tables", "sizes", "kind", "message"), BAD)
def test_what_the_loops_are_not_made_for_is_refused(tables, sizes, kind, message):
    with pytest.raises(kind, match=message):
        compiled.compiled_steps(tables, engine.scheme(**{"blocks": 1} | sizes))


def threads(workers, sg=True, T=6000, seed=1):
    """Train a text of several pieces; return the tables and what was told."""
    plan, chances = engine.scheme(sg, blocks=1), engine.lots(np.ones(N), sample=0)
    shared = engine.SharedTables(N, 8)
    shared.tables[0] = np.random.default_rng(seed).random((N, 8)) - 0.5
    parts = list(
        engine.pieces(*text_of(T), (0.05, 0.01), np.random.default_rng(seed), 500)
    )
    with compiled.Threads(shared, plan, chances, workers) as team:
        assert team.share == max(1, workers / 2)
        run = compiled.compiled_steps(shared.tables, plan, team.share)

        def work(piece):
            return engine.train_piece(run, plan, chances, piece)

        told = list(team.share_out(work, parts, True))
    return shared.tables, told


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("sg", [True, False])
def test_threads_train_every_word_once(workers, sg):
    before = active_count()
    tables, told = threads(workers, sg)
    assert sum(x[2] for x in told) == 6000 and len(told) > 8
    assert np.isfinite(tables).all() and active_count() == before


def test_one_thread_repeats_itself_to_the_last_bit():
    assert np.array_equal(threads(1)[0], threads(1)[0])
    assert not np.array_equal(threads(1)[0], threads(1, seed=2)[0])


def test_an_error_in_a_thread_ends_the_pass(monkeypatch):
    def broken(*_):
        raise MemoryError("no room")

    monkeypatch.setattr(compiled, "train_piece", broken)
    before = active_count()
    with pytest.raises(MemoryError, match="no room"):
        threads(2)
    assert active_count() == before


@pytest.mark.parametrize("workers", [0, -1, 1.5])
def test_the_number_of_threads_is_a_positive_number(workers):
    shared, plan = engine.SharedTables(N, 2), engine.scheme(blocks=1)
    with pytest.raises((TypeError, ValueError), match="workers"):
        compiled.Threads(shared, plan, engine.lots(np.ones(N)), workers)


def test_the_loops_are_the_formula_when_nobody_compiles_them():
    for x, y in product(np.float32([[1, 2, 3], [-1, 0.5, 4]]), repeat=2):
        assert compiled.dot.py_func(x, y) == pytest.approx(float(x @ y))
        z = x.copy()
        compiled.add.py_func(z, 2.0, y)
        np.testing.assert_allclose(z, x + 2 * y)
