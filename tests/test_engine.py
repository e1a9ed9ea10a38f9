"""The blocks compute what the pairs do, on any text, and nothing makes them diverge."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from itertools import product

import numpy as np
import pytest

from w2v import engine
from w2v.cbow import cbow_loss_and_grad
from w2v.compiled import compiled_steps
from w2v.negative_sampling import negative_sampling_loss_and_grad
from w2v.sampling import noise_distribution
from w2v.sgd import batch_loss_and_grad, largest_stable_step
from w2v.text import outside_positions

N, D, M, K, SHARED = 11, 5, 2, 3, 4
UNTRAINED = 6 * np.log(2)


def tables(N, d, seed=0, scale=0.5, dtype=np.float64):
    return np.random.default_rng(seed).normal(0, scale, (2, N, d)).astype(dtype)


def block(seed=1, B=7, C=9):
    rng = np.random.default_rng(seed)
    c, o, w = rng.integers(0, N, B), rng.integers(0, N, C), rng.integers(0, N, K)
    return c, o, w, rng.integers(0, 3, (C, B)) / 2, rng.random(B)


def plain_loss(V, U, c, o, w, A, a):
    """The definition, entry by entry: def-block-loss."""
    loss = 0.0
    for b, j in product(range(len(c)), range(len(o))):
        loss += A[j, b] * np.logaddexp(0, -(U[o[j]] @ V[c[b]]))
    for b, k in product(range(len(c)), range(len(w))):
        loss += a[b] * np.logaddexp(0, U[w[k]] @ V[c[b]])
    return loss


def test_the_loss_of_a_block_is_its_definition():
    V, U = tables(N, D)
    loss, _, _ = engine.skipgram_block(V, U, *block())
    assert loss == pytest.approx(plain_loss(V, U, *block()), rel=1e-12)


def test_the_gradient_of_a_block_is_the_slope_of_its_loss():
    both = tables(N, D)
    _, *gradient = engine.skipgram_block(*both, *block())
    for which, x, i in product((0, 1), range(N), range(D)):
        ends = []
        for h in (1e-6, -1e-6):
            moved = both.copy()
            moved[which, x, i] += h
            ends.append(plain_loss(*moved, *block()))
        assert (ends[0] - ends[1]) / 2e-6 == pytest.approx(
            gradient[which][x, i], rel=1e-5, abs=1e-7
        )


def test_scores_beyond_exp_keep_loss_and_gradient_finite():
    V, U = tables(N, D, scale=1e3)
    loss, dV, dU = engine.skipgram_block(V, U, *block())
    assert loss == pytest.approx(plain_loss(V, U, *block()), rel=1e-12)
    assert np.isfinite(dV).all() and np.isfinite(dU).all()


def piece_of_text(seed=3, T=500, N=N):
    rng = np.random.default_rng(seed)
    offsets = np.unique(np.concatenate(([0, T], rng.integers(0, T, 40))))
    return rng.integers(0, N, T).astype(np.int32), offsets


def plan_of(sg, ids, offsets, **sizes):
    plan = engine.scheme(
        sg, M, K, **({"block": 8, "blocks": 3, "draws": SHARED} | sizes)
    )
    chances = engine.lots(np.ones(N), sample=0)
    text = engine.lay_out(plan, chances, ids, offsets, np.random.default_rng(5))
    laid = engine.plan_steps(plan, text, N)
    return plan, laid


def steps_of(sg, V, U, ids, offsets, **sizes):
    """Run the steps of a text without moving; return loss, dV, dU and the plan."""
    plan, laid = plan_of(sg, ids, offsets, **sizes)
    step = engine.new_step(plan, V.shape[1], V.dtype)
    loss, both = 0.0, np.zeros((2 * len(V), V.shape[1]))
    for rows, near, C in zip(*laid[:3], strict=True):
        np.concatenate((V, U)).take(rows, 0, out=step.x)
        engine.weigh(step, plan, near, C)
        step.scores()
        loss += step.loss()
        step.gradients()
        np.add.at(both, rows, step.g)
    return loss, both[: len(V)], both[len(V) :], laid


def worth_k_draws(v, o, draws, U):
    """Return loss, dv and dU of a pair whose draws together count as K."""
    true = negative_sampling_loss_and_grad(v, o, [], U)
    both = negative_sampling_loss_and_grad(v, o, draws, U)
    parts = zip(true, both, strict=True)
    return [x + K / len(draws) * (y - x) for x, y in parts]


@pytest.mark.parametrize("T", [1, 2, 7, 8, 23, 24, 25, 500])
def test_a_pass_of_skip_gram_has_the_weights_of_a_random_radius_and_no_pair_across(T):
    ids, offsets = piece_of_text(T=T)
    V, U = tables(N, D)
    loss, dV, dU, laid = steps_of(True, V, U, ids, offsets)
    G, B = laid.C.shape[1:]
    expected, eV, eU = 0.0, np.zeros_like(V), np.zeros_like(U)
    for t in range(T):
        near, _ = outside_positions(np.array([t]), offsets, M)
        weights = [(M + 1 - abs(int(x) - t)) / M for x in near]
        s, g = t // B % len(laid.rows), t // B // len(laid.rows)
        draws = laid.rows[s][G * B :].reshape(G, -1)[g, -SHARED:] - N
        for weight, x in zip(weights, near, strict=True):
            pair = worth_k_draws(V[ids[t]], ids[x], draws, U)
            expected += weight * pair[0]
            eV[ids[t]] += weight * pair[1]
            eU += weight * pair[2]
    assert loss == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose(dV, eV, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(dU, eU, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("whole", [False, True])
def test_a_pass_of_cbow_is_one_window_after_another(whole):
    ids, offsets = piece_of_text(T=100)
    V, U = tables(N, D)
    loss, dV, dU, laid = steps_of(False, V, U, ids, offsets, whole=whole)
    (S, G, B), C = laid.C.shape, 8 + 2 * M
    expected, eV, eU = 0.0, np.zeros_like(V), np.zeros_like(U)
    for s, g, b in product(range(S), range(G), range(B)):
        rows = np.split(laid.rows[s], [G * C, G * (C + B)])
        near = rows[0].reshape(G, C)[g, b : b + 2 * M + 1]
        context = near[laid.near[s, g, b] > 0]
        assert len(context) == laid.C[s, g, b]
        if not len(context):
            continue
        target = rows[1].reshape(G, B)[g, b] - N
        draws = rows[2].reshape(G, SHARED)[g] - N

        def pair(v, o, U, draws=draws):
            return worth_k_draws(v, o, draws, U)

        window = cbow_loss_and_grad(target, context, V, U, pair)
        expected += window[0]
        eV += window[1] * (len(context) if whole else 1)
        eU += window[2]
    assert loss == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose(dV, eV, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(dU, eU, rtol=1e-5, atol=1e-6)


def test_the_radius_of_a_cbow_window_is_uniform_and_stays_in_its_sentence():
    offsets = np.array([0, 300, 20_000])
    plan, chances = engine.scheme(False, 3), engine.lots(np.ones(1), sample=0)
    words = np.zeros(20_000, np.int32)
    text = engine.lay_out(plan, chances, words, offsets, np.random.default_rng(0))
    shares, C = (x[:20_000] for x in engine.near_weights(plan, text))
    sizes = np.bincount(C[400:-10].astype(int))
    assert set(np.flatnonzero(sizes)) == {2, 4, 6}
    np.testing.assert_allclose(sizes[[2, 4, 6]] / sizes.sum(), 1 / 3, atol=0.02)
    assert shares[299, 4:].sum() == 0 and shares[300, :3].sum() == 0
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_shared_draws_have_the_mean_gradient_of_k_draws_a_pair():
    V, U = tables(3, 2)
    P = noise_distribution(np.array([5, 3, 1]))
    pairs = 4
    shared, own = np.zeros((2, 2, 3, 2))
    for w in product(range(3), repeat=2):
        a = np.array([pairs * K / 2])
        _, *g = engine.skipgram_block(V, U, [1], [], w, np.zeros((0, 1)), a)
        shared += np.prod(P[list(w)]) * np.array(g)
    for w in product(range(3), repeat=K):
        with_draws = batch_loss_and_grad(
            V, U, np.array([1]), np.array([0]), np.array([w])
        )[1:]
        bare = batch_loss_and_grad(
            V, U, np.array([1]), np.array([0]), np.zeros((1, 0), int)
        )[1:]
        for i in range(2):
            difference = with_draws[i].dense(3) - bare[i].dense(3)
            own[i] += pairs * np.prod(P[list(w)]) * difference
    np.testing.assert_allclose(shared, own, rtol=1e-12, atol=1e-14)


def test_the_draws_follow_the_noise_distribution():
    counts = np.array([50, 20, 10, 5, 1])
    plan, chances = engine.scheme(draws=16), engine.lots(counts, sample=0)
    text = np.zeros(100_000, int), np.array([0, 100_000])
    draws = engine.lay_out(plan, chances, *text, np.random.default_rng(0)).draws
    found = np.bincount(draws.ravel(), minlength=5) / draws.size
    np.testing.assert_allclose(found, noise_distribution(counts), atol=0.01)


def test_the_curvatures_are_the_bounds_of_chapter_11():
    V, U = tables(N, D)
    c, o, w = np.array([0, 1, 1]), np.array([2, 3]), np.array([4, 2, 2])
    step = engine.SkipGramStep(1, 3, 2, 3, D, float)
    rows = np.concatenate((c, o + N, w + N))
    np.concatenate((V, U)).take(rows, 0, out=step.x)
    step.W[0, :2], step.W[0, 2:] = 1, 2
    step.curvatures()
    L = np.bincount(rows, step.L, 2 * N)
    pairs = np.repeat(c, 2), np.tile(o, 3), np.tile(w, (6, 1))
    expected = largest_stable_step(V, U, *pairs)
    np.testing.assert_allclose((2 / L[:N].max(), 2 / L[N:].max()), expected)


def test_the_cbow_bound_is_above_the_curvature_in_every_direction():
    rng = np.random.default_rng(2)
    G, B, C = 1, 6, 8
    step = engine.CbowStep(G, B, C, K, D, float)
    step.x[:] = rng.normal(size=step.x.shape)
    A = rng.random((C, B))
    step.A[0], step.W[0] = A / A.sum(axis=0), rng.random((1 + K, B))
    step.scores()
    step.curvatures()
    L, q = step.L[:C].copy(), np.square(step.h[0]).sum(axis=1)
    np.testing.assert_allclose(step.L[C : C + B], step.W[0, 0] * q / 4)
    np.testing.assert_allclose(step.L[C + B :], step.W[0, 1:] @ q / 4)
    start = step.near.copy()
    for _ in range(50):
        move, losses = rng.normal(size=start.shape), []
        for h in (-1e-3, 0, 1e-3):
            step.near[:] = start + h * move
            step.scores()
            losses.append(step.loss())
        curvature = (losses[0] - 2 * losses[1] + losses[2]) / 1e-6
        assert curvature <= (L * np.square(move[0]).sum(axis=1)).sum() * (1 + 1e-6)


@pytest.mark.parametrize("share", [1, 2])
def test_a_row_moves_by_alpha_times_its_gradient_or_by_less(share):
    rng = np.random.default_rng(0)
    step = engine.SkipGramStep(1, 4, 5, 3, D, float)
    step.g[:], step.L[:] = rng.normal(size=step.g.shape), rng.random(len(step.g)) * 30
    rows = rng.integers(0, 6, (1, len(step.g)))
    table = rng.normal(size=(6, D))
    start, order = table.copy(), engine.by_word(rows)
    engine.move(step, table, [x[0] for x in order], 0.05, share)
    shorter = 0
    for x in range(6):
        own = rows[0] == x
        size = min(0.05, 1 / (share * step.L[own].sum())) if own.any() else 0
        shorter += 0 < size < 0.05
        expected = start[x] - size * step.g[own].sum(axis=0)
        np.testing.assert_allclose(table[x], expected, rtol=1e-12)
    assert 0 < shorter < 6


def adversarial():
    rng = np.random.default_rng(5)
    crowd = np.where(rng.random(40_000) < 0.9, 0, rng.integers(1, 200, 40_000))
    yield "one word is 90 %", crowd, 20
    yield "two words", rng.integers(0, 2, 40_000), 20
    yield "two words, one rare", (rng.random(40_000) < 0.01).astype(int), 20
    yield "one word", np.zeros(20_000, int), 20_000
    yield "two in turn", np.tile([0, 1], 20_000), 100
    yield "long runs", np.repeat(rng.integers(0, 50, 400), 100), 1000
    yield "a cycle", np.tile(np.arange(10), 4_000), 40_000


@pytest.mark.parametrize(
    ("steps", "sizes"),
    [(engine.numpy_steps, {}), (compiled_steps, {"blocks": 1})],
    ids=["numpy", "compiled"],
)
@pytest.mark.parametrize(
    ("sg", "whole"), [(True, False), (False, False), (False, True)]
)
@pytest.mark.parametrize(
    ("name", "ids", "length"),
    list(adversarial()),
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_no_text_diverges_at_the_defaults(name, ids, length, sg, whole, steps, sizes):
    counts, both = (
        np.bincount(ids, minlength=2),
        tables(max(2, ids.max() + 1), 20, scale=0.02, dtype=np.float32),
    )
    both[1] = 0
    text = ids.astype(np.int32), np.arange(0, len(ids) + 1, length)
    rng, losses = np.random.default_rng(1), []
    plan = engine.scheme(sg, whole=whole, **sizes)
    chances = engine.lots(counts, sample=0)
    first = 1 if sg else 2  # CBOW starts with twice the step
    for alphas in ((0.025, 0.02), (0.02, 0.01), (0.01, 0.001)):
        ends = [first * alpha for alpha in alphas]
        told = list(
            engine.train_pass(both, *text, plan, chances, ends, rng, steps=steps)
        )
        losses.append(sum(x[0] for x in told) / sum(x[1] for x in told))
    assert max(losses) < UNTRAINED and np.isfinite(both).all(), losses


def text_and_lots(T=3000, seed=7):
    rng = np.random.default_rng(seed)
    ids = rng.choice(50, T, p=np.arange(50, 0, -1) / 1275).astype(np.int32)
    return (ids, np.arange(0, T + 1, 25)), engine.lots(np.bincount(ids, minlength=50))


def trained(sg=True, seed=1, team=None, both=None, **options):
    text, chances = text_and_lots()
    both = tables(50, 8, dtype=np.float32) if both is None else both
    rng = np.random.default_rng(seed)
    told = list(
        engine.train_pass(
            both, *text, engine.scheme(sg), chances, (0.025, 0.01), rng, team, **options
        )
    )
    return both, told


@pytest.mark.parametrize("sg", [True, False])
def test_one_worker_repeats_itself_to_the_last_bit(sg):
    first, again, other = trained(sg), trained(sg), trained(sg, seed=2)
    assert np.array_equal(first[0], again[0]) and first[1] == again[1]
    assert not np.array_equal(first[0], other[0])


def test_the_loss_does_not_change_the_training():
    with_loss, told = trained()
    without, untold = trained(with_loss=False)
    assert np.array_equal(with_loss, without)
    assert (
        np.isnan([x[0] for x in untold]).all()
        and np.isfinite([x[0] for x in told]).all()
    )


def test_all_words_are_told_once():
    assert sum(x[2] for x in trained()[1]) == 3000


@pytest.mark.parametrize("size", [1, 3, 10, 1000])
def test_pieces_cut_where_sentences_end_and_cover_the_text(size):
    ids, offsets = piece_of_text()
    parts = list(
        engine.pieces(ids, offsets, (1.0, 0.0), np.random.default_rng(0), size)
    )
    assert np.array_equal(np.concatenate([x.ids for x in parts]), ids)
    ends = np.cumsum([len(x.ids) for x in parts])
    lengths = np.diff(offsets)
    for end, part in zip(ends, parts, strict=True):
        assert len(part.ids) <= size and part.offsets[0] == 0
        assert part.offsets[-1] == len(part.ids)
        inside = lengths[np.searchsorted(offsets, end, "left") - 1]
        assert end in offsets or inside > size
        known = set(offsets.tolist()) | set(ends.tolist()) | {0}
        assert set((part.offsets + end - len(part.ids)).tolist()) <= known
    alphas = [x.alphas for x in parts]
    assert alphas[0][0] == 1 and alphas[-1][1] == 0
    assert all(a[1] == b[0] for a, b in zip(alphas[:-1], alphas[1:], strict=True))


@pytest.mark.parametrize("sg", [True, False])
@pytest.mark.parametrize("window", [1, 5, 40])
def test_a_window_wider_than_the_text_is_the_whole_text(sg, window):
    ids, offsets = np.array([0, 1, 2], np.int32), np.array([0, 3])
    both = tables(3, 4, dtype=np.float32)
    plan, chances = engine.scheme(sg, window), engine.lots([1, 1, 1], sample=0)
    rng = np.random.default_rng(0)
    ((loss, pairs, words),) = engine.train_pass(
        both, ids, offsets, plan, chances, (0.1, 0.1), rng
    )
    assert np.isfinite(loss) and words == 3
    expected = sum(
        (window + 1 - r) / window * 2 * (3 - r) for r in (1, 2) if r <= window
    )
    assert pairs == (pytest.approx(expected) if sg else 3)


@pytest.mark.parametrize("sg", [True, False])
def test_a_text_without_pairs_moves_nothing(sg):
    for ids, offsets in (([], [0]), ([], [0, 0]), ([1, 2], [0, 1, 2])):
        both = tables(3, 4, dtype=np.float32)
        start, rng = both.copy(), np.random.default_rng(0)
        chances = engine.lots([1, 1, 1], sample=0)
        text = np.array(ids, np.int32), np.array(offsets)
        told = list(
            engine.train_pass(both, *text, engine.scheme(sg), chances, (0.1, 0.1), rng)
        )
        assert sum(x[0] for x in told) == sum(x[1] for x in told) == 0
        assert np.array_equal(both, start)


@pytest.mark.parametrize("sg", [True, False])
def test_a_piece_of_which_sampling_leaves_nothing_moves_nothing(sg):
    (ids, offsets), chances = text_and_lots()
    both = tables(50, 8, dtype=np.float32)
    start, none = both.copy(), chances._replace(keep=np.zeros(50))
    rng = np.random.default_rng(0)
    ((loss, pairs, words),) = engine.train_pass(
        both, ids, offsets, engine.scheme(sg), none, (0.1, 0.1), rng
    )
    assert (loss, pairs, words) == (0, 0, 3000) and np.array_equal(both, start)


@pytest.mark.parametrize(
    ("change", "error", "names"),
    [
        ({"tables": [[1.0]]}, TypeError, "tables"),
        ({"tables": np.zeros((2, 4, 3), np.float32)}, ValueError, "tables"),
        (
            {"tables": np.zeros((3, 2, 3), np.float32).swapaxes(0, 1)},
            ValueError,
            "tables",
        ),
        ({"ids": np.array([0, 3])}, IndexError, "ids"),
        ({"ids": np.array([0, -1])}, IndexError, "ids"),
        ({"offsets": np.array([0, 3])}, ValueError, "offsets"),
        ({"offsets": np.array([0, 2, 1, 2])}, ValueError, "offsets"),
        ({"alphas": (0, 0.1)}, ValueError, "alpha"),
    ],
    ids=str,
)
def test_bad_input_is_named_before_the_first_step(change, error, names):
    good = {"tables": np.zeros((2, 3, 3), np.float32), "ids": np.array([0, 1])}
    good |= {
        "offsets": np.array([0, 2]),
        "scheme": engine.scheme(),
        "alphas": (0.1, 0.1),
    }
    good |= {"lots": engine.lots([1, 1, 1]), "rng": np.random.default_rng(0)}
    with pytest.raises(error, match=names):
        list(engine.train_pass(**good | change))


@pytest.mark.parametrize("name", ["window", "negative", "block"])
def test_a_scheme_names_what_it_cannot_use(name):
    with pytest.raises(ValueError, match=name):
        engine.scheme(**{name: 0})


posix = pytest.mark.skipif(os.name != "posix", reason="one worker elsewhere")


def team_of(workers, N=50, d=8):
    shared = engine.SharedTables(N, d)
    shared.tables[:] = tables(N, d, dtype=np.float32)
    return shared, engine.Team(shared, engine.scheme(), text_and_lots()[1], workers)


def test_a_team_of_one_is_no_team(monkeypatch):
    shared, team = team_of(1)
    with team:
        trained(team=team, both=shared.tables)
    assert np.array_equal(shared.tables, trained()[0])


@posix
def test_helpers_train_the_same_tables(monkeypatch):
    monkeypatch.setattr(engine, "PIECE", 100)
    monkeypatch.setattr(engine.piece_cuts, "__defaults__", (100,))
    monkeypatch.setattr(engine.pieces, "__defaults__", (100,))
    shared, team = team_of(2)
    with team:
        _, told = trained(team=team, both=shared.tables)
    assert sum(x[2] for x in told) == 3000 and len(told) == 30
    alone = trained()[0]
    assert np.abs(shared.tables - alone).max() < 0.3
    assert team.helpers[0].poll() is not None


@posix
def test_the_helper_does_what_we_would_do():
    """A pass of one piece, given to the helper, ends with the tables of one worker."""
    shared, team = team_of(2)
    text, chances = text_and_lots()
    with team:
        (piece,) = engine.pieces(*text, (0.025, 0.01), np.random.default_rng(1))
        done = engine.SimpleQueue()
        engine.feed(team.helpers[0], [piece], done, True)
        told = done.get()
    alone, (expected,) = trained()
    assert told == expected and np.array_equal(shared.tables, alone)


@posix
def test_each_of_many_workers_takes_its_share_of_the_bound():
    for workers, share in ((1, 1), (2, 1), (4, 2)):
        with team_of(workers)[1] as team:
            assert team.share == share and len(team.helpers) == workers - 1


@posix
def test_a_pass_that_is_given_up_stops_the_helpers_too():
    shared, team = team_of(2)
    text, chances = text_and_lots(T=100_000)
    handed = []

    def count(parts):
        for part in parts:
            handed.append(part)
            yield part

    parts = count(engine.pieces(*text, (0.02, 0.01), np.random.default_rng(1), 500))
    with team:
        told = team.share_out(lambda piece: piece, parts, True)
        next(told)
        told.close()
        assert len(handed) < 100


@posix
def test_a_helper_that_dies_ends_the_pass_with_a_message():
    shared, team = team_of(2)
    with team:
        team.helpers[0].kill()
        team.helpers[0].wait()
        with pytest.raises(RuntimeError, match=r"a worker ended .* exit code -9"):
            trained(team=team, both=shared.tables)
    assert np.isfinite(shared.tables).all()


SCRIPT = """
import numpy as np, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a caller may ignore it
from w2v import engine
counts = np.ones(50)
shared = engine.SharedTables(50, 8)
plan, chances = engine.scheme(), engine.lots(counts)
ids, offsets = np.arange(3_000_000, dtype=np.int32) % 50, np.arange(0, 3_000_001, 50)
with engine.Team(shared, plan, chances, 2) as team:
    print(team.helpers[0].pid, flush=True)
    try:
        while True:
            for _ in engine.train_pass(
                shared.tables, ids, offsets, plan, chances, (.02, .01), np.random.default_rng(0), team
            ):
                print("piece", flush=True)
    except KeyboardInterrupt:
        print("usable" if np.isfinite(shared.tables).all() else "broken", flush=True)
"""


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@posix
@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_no_helper_outlives_its_team(blow):
    """Ctrl-C reaches every process of the terminal, a kill only the first."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(command, start_new_session=True, **pipes) as main:
        helper = int(main.stdout.readline())
        assert main.stdout.readline() == "piece\n"
        (os.killpg if blow == signal.SIGINT else os.kill)(main.pid, blow)
        rest, errors = main.communicate(timeout=60)
    assert ("usable" in rest) == (blow == signal.SIGINT)
    assert "KeyboardInterrupt" not in errors
    deadline = time.monotonic() + 30
    while alive(helper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(helper)


@pytest.mark.parametrize("sg", [True, False])
def test_a_pass_needs_little_memory_besides_tables_and_text(sg):
    """Peak of what is allocated, whatever the length of the text; a helper adds its imports."""
    ids = np.random.default_rng(0).integers(0, 1000, 200_000).astype(np.int32)
    text, chances = (ids, np.array([0, len(ids)])), engine.lots(np.ones(1000))
    both, rng = tables(1000, 300, dtype=np.float32), np.random.default_rng(0)
    tracemalloc.start()
    try:
        for _ in engine.train_pass(
            both, *text, engine.scheme(sg), chances, (0.02, 0.01), rng
        ):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 * 2**20
