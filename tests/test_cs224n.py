"""The numbers that Stanford CS224n, assignment 2 (word2vec), publishes as the expected
results of its own checks: a third party's values for a window of five words.

The two printed since 2019 and the six of the later editions agree in every public copy that we
compared. Data and draws are rebuilt from the two seeds; the draws depend on how often the
assignment's gradient checks have used Python's generator before, which is replayed.
"""

import random

import numpy as np
import pytest

from w2v import (
    naive_softmax_loss_and_grad,
    negative_sampling_loss_and_grad,
    skipgram_loss_and_grad,
)

WORDS, K = "abcde", 10
PRINTED = {"rtol": 0, "atol": 1e-8, "strict": True}


def ids(words):
    return [WORDS.index(word) for word in words]


def tables():
    """Ten unit vectors of three numbers: five of center words, five of outside words."""
    x = np.random.RandomState(9265).randn(10, 3)
    return np.split(x / np.linalg.norm(x, axis=1, keepdims=True), 2)


def others(rng, o):
    """K draws among the words, each repeated while it hits the outside word."""
    draws = []
    while len(draws) < K:
        w = rng.randint(0, 4)
        if w != o:
            draws.append(w)
    return draws


def replayed():
    """Python's generator after the two gradient checks: each leaves it fifty windows further on."""
    rng = random.Random(31415)
    for sampled in (False, True):
        for _ in range(50):
            radius, _center = rng.randint(1, 5), rng.randint(0, 4)
            for o in [rng.randint(0, 4) for _ in range(2 * radius)]:
                if sampled:
                    others(rng, o)
    return rng


# center, context, loss, the row of the center word in dV, dU
SOFTMAX = [
    (
        "c",
        "abedbc",
        11.16610900153398,
        [-1.26947339, -1.36873189, 2.45158957],
        [
            [-0.41045956, 0.18834851, 1.43272264],
            [0.38202831, -0.17530219, -1.33348241],
            [0.07009355, -0.03216399, -0.24466386],
            [0.09472154, -0.04346509, -0.33062865],
            [-0.13638384, 0.06258276, 0.47605228],
        ],
    ),
    (
        "b",
        "abedbc",
        9.87714910003414,
        [-0.14586705, -1.34158321, -0.29291951],
        [
            [-0.30342672, 0.19808298, 0.19587419],
            [-0.41359958, 0.27000601, 0.26699522],
            [-0.08192272, 0.05348078, 0.05288442],
            [0.6981188, -0.4557458, -0.45066387],
            [0.10083022, -0.06582396, -0.06508997],
        ],
    ),
    (
        "a",
        "abedbc",
        10.810758628593335,
        [-1.1790274, -1.35861865, 1.53590492],
        [
            [-0.796035953, -0.0179609012, 0.20776133],
            [1.40175316, 0.0316276545, -0.365850437],
            [-0.199691259, -0.00450561933, 0.0521184016],
            [0.0202560028, 0.000457034715, -0.00528671357],
            [-0.426281954, -0.00961816867, 0.111257419],
        ],
    ),
]
NEGATIVE = [
    (
        "c",
        "ab",
        16.15119285363322,
        [-4.54650789, -1.85942252, 0.76397441],
        [
            [-0.69148188, 0.31730185, 2.41364029],
            [-0.22716495, 0.10423969, 0.79292674],
            [-0.45528438, 0.20891737, 1.58918512],
            [-0.31602611, 0.14501561, 1.10309954],
            [-0.80620296, 0.36994417, 2.81407799],
        ],
    ),
    (
        "c",
        "abca",
        28.653567707668795,
        [-6.42994865, -2.16396482, -1.89240934],
        [
            [-0.80413277, 0.36899421, 2.80685192],
            [-0.9277269, 0.42570813, 3.23826131],
            [-0.7511534, 0.34468345, 2.62192569],
            [-0.94807832, 0.43504684, 3.30929863],
            [-1.12868414, 0.51792184, 3.93970919],
        ],
    ),
    (
        "a",
        "abedbc",
        60.648705494891914,
        [-17.89425315, -7.36940626, -1.23364121],
        [
            [-6.4780819, -0.14616449, 1.69074639],
            [-0.86337952, -0.01948037, 0.22533766],
            [-9.59525734, -0.21649709, 2.5043133],
            [-6.02261515, -0.13588783, 1.57187189],
            [-9.69010072, -0.21863704, 2.52906694],
        ],
    ),
]


def agree(found, case):
    """Compare a loss and two gradients with the published ones, to all published digits."""
    center, _, loss, row, dU = case
    dV = np.zeros((5, 3))
    dV[WORDS.index(center)] = row
    assert found[0] == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(found[1], dV, **PRINTED)
    np.testing.assert_allclose(found[2], np.array(dU), **PRINTED)


@pytest.mark.parametrize("case", SOFTMAX, ids=lambda case: f"{case[0]}-{case[1]}")
def test_softmax_windows_have_the_published_loss_and_gradients(case):
    V, U = tables()
    c, context = WORDS.index(case[0]), ids(case[1])
    agree(skipgram_loss_and_grad(c, context, V, U, naive_softmax_loss_and_grad), case)


def test_sampled_windows_have_the_published_loss_and_gradients_one_after_the_other():
    (V, U), rng = tables(), replayed()

    def pair(v, o, U):
        return negative_sampling_loss_and_grad(v, o, others(rng, o), U)

    for case in NEGATIVE:
        c, context = WORDS.index(case[0]), ids(case[1])
        agree(skipgram_loss_and_grad(c, context, V, U, pair), case)
