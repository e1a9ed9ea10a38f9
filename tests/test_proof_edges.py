"""Faults that the instrument once had: none of them comes back."""

import numpy as np
import pytest

from w2v import refutation
from w2v.code_checks import VerificationError
from w2v.normal_form import vanishes
from w2v.notation import Printer, read
from w2v.proof import check, judge, verify
from w2v.refutation import Claim

LETTERS = {
    "x": "", "y": "", "q": "> 0", "a": "N", "b": "K", "w": "K in N", "H": "N N",
    "p": "N > 0", "e": "d", "f": "d",
}  # fmt: skip
SAMPLING = "-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))"


def claim(of, equals=None, letters=None, **more):
    letters = LETTERS if letters is None else letters
    return Claim("test", "", of=of, equals=equals or of, letters=letters, **more)


SOFTMAX = claim("-log(y_hat[o])", "(y_hat - y) @ U", {}, wrt="v")

# A sum whose range may run backwards is not split or joined.
BACKWARDS = [
    ("Sum(1, (k, o, c))", "c - o + 1"),
    ("o*Sum(1, (k, o, c))", "o*(c - o + 1)"),
    ("Sum(1, (k, m, C))", "C - m + 1"),
    ("C*K*x", "C*(Sum(x, (k, 0, K-2)) + x)"),
    ("o*K*x", "o*(Sum(x, (k, 1, K-1)) + x)"),
    ("(d-1)*(N-3)", "(d-1)*Sum(1, (k, 3, N-1))"),
    ("C*Sum(1, (k, -m, -2))", "C*(m-1)"),
    ("7", "-Sum(k, (k, 5, 2))"),
    ("Sum(a[k], (k, 0, o))", "Sum(a[k], (k, 0, c)) + Sum(a[k], (k, c+1, o))"),
]


@pytest.mark.parametrize(("of", "formula"), BACKWARDS)
def test_a_sum_that_may_run_backwards_is_not_continued_by_algebra(of, formula):
    claimed = claim(of)
    assert not vanishes(claimed.left - claimed.right(formula), claimed.ranges)
    assert judge(claimed, formula).status != "proved"


# The numbers see words in both orders, and empty sizes in larger worlds.
def test_the_worlds_have_two_words_in_both_orders():
    worlds = list(refutation.worlds(claim("V[o] @ V[c]")))
    assert any(w["o"] < w["c"] for w in worlds)
    assert any(w["o"] > w["c"] for w in worlds)


@pytest.mark.parametrize("size", ["K", "C", "m"])
def test_an_empty_size_is_tried_in_a_vocabulary_of_several_words(size):
    worlds = list(refutation.worlds(SOFTMAX))
    assert any(w[size] == 0 and w["N"] > 1 and w["d"] > 1 for w in worlds)


def test_one_word_is_tried_with_several_dimensions():
    assert any(w["N"] == 1 and w["d"] > 1 for w in refutation.worlds(SOFTMAX))


# Exp and log undo each other where both are real.
@pytest.mark.parametrize(
    ("of", "formula"),
    [
        ("x", "log(exp(sqrt(-1)*x))/sqrt(-1)"),
        ("exp(x*sqrt(-1)/2)", "sqrt(exp(sqrt(-1)*x))"),
        ("sqrt(x)", "log(exp(sqrt(x)))"),
    ],
)
def test_exp_and_log_undo_each_other_for_real_numbers_only(of, formula):
    assert judge(claim(of), formula).status != "proved"


# Every formula gets a verdict.
@pytest.mark.parametrize(
    ("of", "formula", "status"),
    [
        ("delta(o, 0)/(o + 1)", "delta(o, 0)", "proved"),
        ("(delta(o, 0) + a[o])/(o + 1)", "delta(o, 0) + a[o]/(o + 1)", "proved"),
        ("x", "one_hot(w)[o]", "shape"),
        ("x", "2x", "unreadable"),
        ("Sum(log(sigma(exp(2))), (k, 0, K-1))", "K*log(sigma(exp(3)))", "disproved"),
        ("x", "sigma(x)(1 - x)", "unreadable"),
        ("x", "1/0", "disproved"),
        ("x", "log(0)", "disproved"),
        ("x", "x/(x - x)", "disproved"),
    ],
)
def test_every_formula_gets_a_verdict(of, formula, status):
    assert judge(claim(of), formula).status == status


def test_a_formula_without_value_is_told_so():
    said = str(check("eq-score-dv", "v/0"))
    assert "Traceback" not in said and "^^^" not in said and "broke off" not in said


# Identities that are true are decided.
DECIDED = [
    ("log(sigma(x))", "log(sigma(x)**2)/2"),
    ("log(sigma(x)*sigma(y))", "log(sigma(x)) + log(sigma(y))"),
    ("a[0]", "Sum(a[k], (k, 0, 0))"),
    ("Sum(a[k], (k, 0, N-1))", "Sum(a[N-1-k], (k, 0, N-1))"),
    ("1", "Sum(delta(k, N-1-o), (k, 0, N-1))"),
    ("a[o]", "Sum(delta(k, o)*a[k], (k, 0, o))"),
    ("a[o]", "Sum(delta(k, o)*a[k], (k, o, N-1))"),
]


@pytest.mark.parametrize(("of", "formula"), DECIDED)
def test_a_true_identity_is_decided(of, formula):
    assert judge(claim(of), formula).status == "proved"


# The verification.
def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def dv(U, v, o, softmax=softmax):
    p = softmax(U @ v)
    p[o] -= 1
    return p @ U


def overflows(U, v, o):
    return dv(U, v, o, lambda z: np.exp(z) / np.exp(z).sum())


def clips(U, v, o):
    return dv(U, v, o, lambda z: softmax(np.clip(z, -100, 100)))


def refuses(U, v, o):
    if len(U) == 1:
        raise IndexError("one word")
    return dv(U, v, o)


def spoils_its_argument(U, v, o):
    result = dv(U, v, o)
    U *= 0
    return result


@pytest.mark.parametrize("code", [overflows, clips, refuses, spoils_its_argument])
def test_code_that_breaks_at_an_edge_fails_the_verification(code):
    with pytest.raises(VerificationError):
        verify(SOFTMAX, code)


def test_a_scalar_is_tried_at_both_signs_of_a_large_score():
    split = claim("log(sigma(x))", "x - log(1 + exp(x))", {"x": ""})
    with pytest.raises(VerificationError, match="step 6"):
        verify(split, lambda x: x - np.log(1 + np.exp(x)))


def test_a_parameter_that_is_no_letter_is_named():
    with pytest.raises((ValueError, TypeError), match="q"):
        verify(SOFTMAX, lambda U, v, o, q: dv(U, v, o))


# Messages.
def test_a_counterexample_holds_every_letter_of_the_formula():
    found = judge(SOFTMAX, "V[c]").counterexample
    assert {"V", "c", "U", "v", "o"} <= set(found["letters"])


def test_one_index_is_not_asked_for_two():
    table = claim("-log(y_hat[o])", "outer(y_hat - y, v)", {}, wrt="U")
    said = str(judge(table, "outer(y_hat, v) - delta(x, o)*v[j]"))
    assert (
        "this has shape (N, d), the gradient with respect to U has shape (N, d)"
        not in said
    )


def test_a_bound_letter_may_have_another_spelling():
    assert judge(claim("6*q"), "Sum(yhat*q, (yhat, 0, 3))").status == "proved"


# The printer is neither ambiguous nor wrong.


def latex(formula):
    return Printer(claim("v").scope)(read(formula))


@pytest.mark.parametrize(
    ("formula", "printed"),
    [
        ("v*(U[o] @ v)", r"v\,(u_{o} \cdot v)"),
        ("(U.T @ y_hat)*v", r"(U^{\top}\,\hat{y}) \odot v"),
        ("outer(e, f) @ v", r"(e \otimes f)\,v"),
        ("outer(e, f)*x", r"(e \otimes f)\,x"),
        ("np.outer(e, f).T", r"(e \otimes f)^{\top}"),
        ("np.dot(e, f)*x", r"(e \cdot f)\,x"),
        (
            "2*Sum(e[k], (k, 0, d-1))*x",
            r"\left(2\,\sum_{k=0}^{d - 1} e_{k}\right)\,x",
        ),
        (
            "-Sum(e[k], (k, 0, d-1))*Sum(f[k], (k, 0, d-1))",
            r"\left(-\sum_{k=0}^{d - 1} e_{k}\right)\,\sum_{k=0}^{d - 1} f_{k}",
        ),
        ("U.T.T", r"{U^{\top}}^{\top}"),
        ("U[:, 0]", "U_{:,0}"),
        ("U[o, :]", "u_{o}"),
        ("U[1, 0]", "U_{1,0}"),
        ("0.00001*x", r"10^{-5}\,x"),
        ("x - +y", "x - y"),
        ("-v*e", r"-v \odot e"),
        ("e @ (f*v)", r"e \cdot (f \odot v)"),
    ],
)
def test_a_formula_prints_as_it_is_meant(formula, printed):
    assert latex(formula) == printed


TABLE_OF_DRAWS = {"w": "C K in N", "t": "in C"}
PAIRS_OF_DRAWS = "Sum(delta(w[t, k], w[t, l]), (k, 0, K-1), (l, 0, K-1))"


def test_distinct_draws_in_a_table_differ_in_both_indices():
    counted = claim(PAIRS_OF_DRAWS, "K", TABLE_OF_DRAWS, distinct=("w",))
    assert judge(counted, "K").status == "proved"
    assert judge(counted, "K**2").status == "disproved"


def test_a_claim_about_distinct_draws_meets_several_of_them():
    counted = claim(PAIRS_OF_DRAWS, "K", TABLE_OF_DRAWS, distinct=("w",))
    seen = {(world["C"], world["K"]) for world, _, _ in counted.cases}
    assert max(C for C, _ in seen) > 1 and max(K for _, K in seen) > 1


def test_a_square_result_finds_letters_for_its_entries_when_the_usual_ones_are_taken():
    square = claim("V @ U.T", "V @ U.T", {"x": "", "s": ""})
    assert judge(square, "(U @ V.T).T").status == "proved"


def test_definitions_may_be_given_in_any_order():
    mean = claim(
        "-log(y_hat[o])",
        "outer(y_hat - y, h)",
        {},
        wrt="U",
        where={"z": "h @ U.T", "h": "2*v"},
    )
    assert judge(mean, "2*outer(y_hat - y, v)").status == "proved"


MEAN = claim("Sum(a[t], (t, 0, C-1))/C", "sum(a)/C", {"a": "C"})


def cautious_mean(a):
    if not a.size:
        raise ValueError("a: expected at least one number")
    return a.mean()


def test_where_a_formula_has_no_value_the_code_must_refuse():
    assert "C = 0 refused" in str(verify(MEAN, cautious_mean))
    with pytest.raises(VerificationError, match="C = 0: the formula has no value"):
        verify(MEAN, lambda a: a.sum() / a.dtype.type(max(len(a), 1)))
