"""The claims, as the package carries them: all proved, and a wrong answer to any refused."""

import ast

import pytest

from w2v.claims import CHAPTERS, CLAIMS
from w2v.proof import judge


@pytest.mark.parametrize("label", CLAIMS)
def test_every_claim_and_every_exercise_is_proved_for_all_sizes(label):
    assert judge(CLAIMS[label], CLAIMS[label].equals).status == "proved"


@pytest.mark.parametrize("label", CLAIMS)
def test_the_claimed_formula_times_two_is_disproved(label):
    verdict = judge(CLAIMS[label], f"2*({CLAIMS[label].equals})")
    assert verdict.status == "disproved"
    assert verdict.counterexample["yours"] != verdict.counterexample["true"]


@pytest.mark.parametrize("label", CLAIMS)
def test_the_statement_of_a_claim_is_readable_by_python_and_short(label):
    claim = CLAIMS[label]
    for text in filter(None, (claim.of, claim.equals, claim.wrt)):
        ast.parse(text, mode="eval")
    assert claim.title and not claim.title.endswith(".")


def test_every_claim_has_a_chapter_and_a_kind():
    assert set(CHAPTERS) == set(CLAIMS)
    for claim in CLAIMS.values():
        assert claim.kind == {"eq": "result", "ex": "exercise"}[claim.label[:2]]
