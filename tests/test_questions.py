"""Chapter 12b: the exam asks only what the corpus can answer."""

from collections import Counter

import pytest

from w2v.keyedvectors import analogy_sections, judged_pairs
from w2v.questions import (
    JUDGED,
    RELATIONS,
    analogy_questions,
    judged_lines,
    relation_pairs,
)
from w2v.text import build_vocab, docstrings


@pytest.fixture(scope="module")
def vocabulary():
    return build_vocab(docstrings(), min_count=5)


def test_every_word_of_the_exam_occurs_five_times_in_the_docstrings(vocabulary):
    asked = {
        w
        for _, questions in analogy_sections(analogy_questions())
        for w in sum(questions, ())
    }
    judged = {w for a, b, _ in judged_pairs(judged_lines(), "\t") for w in (a, b)}
    assert {w for w in asked | judged if w not in vocabulary.key_to_index} == set()


def test_there_are_enough_relations_and_questions():
    sections = analogy_sections(analogy_questions())
    assert [name for name, _ in sections] == list(RELATIONS) and len(sections) >= 8
    questions = [q for _, asked in sections for q in asked]
    assert len(questions) == len(set(questions)) >= 400


def test_each_two_pairs_of_a_relation_make_a_question_in_both_orders():
    for (name, questions), pairs in zip(
        analogy_sections(analogy_questions()), RELATIONS.values(), strict=True
    ):
        pairs = relation_pairs(pairs)
        want = [(*x, *y) for x in pairs for y in pairs if x != y]
        assert questions == want, name


def test_no_question_gives_its_answer_away():
    for name, pairs in RELATIONS.items():
        pairs = relation_pairs(pairs)
        assert all(len(pair) == len(set(pair)) == 2 for pair in pairs), name
        for side in zip(*pairs, strict=True):
            assert max(Counter(side).values()) == 1, name
    for _, questions in analogy_sections(analogy_questions()):
        assert all(q not in rest for *rest, q in questions)


def test_judged_pairs_are_different_words_with_points_from_0_to_10():
    pairs = judged_pairs(judged_lines(), "\t")
    assert len(pairs) == len(JUDGED.strip().splitlines()) == 40
    assert all(a != b and 0 <= x <= 10 for a, b, x in pairs)
    assert len({frozenset(pair[:2]) for pair in pairs}) == 40


def test_relations_of_your_own_make_an_exam():
    lines = analogy_questions({"x": "a:b c:d", "y": "e:f"})
    assert lines == [": x", "a b c d", "c d a b", ": y"]
