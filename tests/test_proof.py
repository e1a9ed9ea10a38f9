"""The instrument proves what is true, refutes what is false, and says which it did."""

import resource
import subprocess
import sys
import time

import numpy as np
import pytest

import w2v.proof
from w2v.code_checks import VerificationError
from w2v.normal_form import vanishes
from w2v.notation import Printer, read
from w2v.proof import check, judge, verify
from w2v.refutation import Claim, equation

SOFTMAX = "-log(y_hat[o])"
SAMPLING = "-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))"
PULL = "(sigma(U[o] @ v) - 1)"
WINDOW = "-Sum(log(softmax(V[c] @ U.T)[context[t]]), (t, 0, C-1))"
DRAWS, CONTEXT = {"w": "K in N"}, {"context": "C in N"}


def claim(of, equals=None, letters=None, **more):
    """Return a claim; without a right-hand side it says that `of` is itself."""
    return Claim("test", "", of=of, equals=equals or of, letters=letters or {}, **more)


CLAIMS = {
    "softmax_dv": claim(SOFTMAX, "(y_hat - y) @ U", wrt="v"),
    "softmax_dU": claim(SOFTMAX, "outer(y_hat - y, v)", wrt="U"),
    "softmax_loss": claim(SOFTMAX, "log(sum(exp(z))) - z[o]"),
    "sampling_dv": claim(
        SAMPLING,
        f"{PULL}*U[o] + Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 0, K-1))",
        DRAWS,
        wrt="v",
    ),
    "sampling_dU": claim(
        SAMPLING,
        f"delta(x, o)*{PULL}*v + Sum(delta(x, w[k])*sigma(U[w[k]] @ v)*v, (k, 0, K-1))",
        DRAWS,
        wrt="U",
    ),
    "sampling_du_o": claim(
        SAMPLING, f"{PULL}*v", DRAWS, wrt="U[o]", apart=(("o", "w"),)
    ),
    "sigmoid_slope": claim("sigma(x)", "sigma(x)*(1 - sigma(x))", {"x": ""}, wrt="x"),
    "log_sigmoid_slope": claim("log(sigma(x))", "1 - sigma(x)", {"x": ""}, wrt="x"),
    "log_sigmoid": claim("log(sigma(x))", "x - log(1 + exp(x))", {"x": ""}),
    "tanh": claim("tanh(x)", "2*sigma(2*x) - 1", {"x": ""}),
    "softmax_jacobian": claim(
        "softmax(v)", "diag(softmax(v)) - outer(softmax(v), softmax(v))", wrt="v"
    ),
    "log_sum_exp": claim("log(sum(exp(v)))", "softmax(v)", wrt="v"),
    "window_dU": claim(
        WINDOW,
        "Sum(softmax(V[c] @ U.T)[x] - delta(x, context[t]), (t, 0, C-1))*V[c]",
        CONTEXT,
        wrt="U",
    ),
    "window_dV": claim(
        WINDOW,
        "delta(x, c)*(C*softmax(V[c] @ U.T) @ U - Sum(U[context[t]], (t, 0, C-1)))",
        CONTEXT,
        wrt="V",
    ),
    "cbow_dV": claim(
        "-log(softmax(h @ U.T)[o])",
        "Sum(delta(x, context[t]), (t, 0, C-1))/C*((softmax(h @ U.T) - y) @ U)",
        CONTEXT,
        wrt="V",
        where={"h": "Sum(V[context[t]], (t, 0, C-1))/C"},
    ),
    "cosine": claim(
        "a @ b/(sqrt(a @ a)*sqrt(b @ b))",
        "b/(sqrt(a @ a)*sqrt(b @ b)) - (a @ b)*a/((a @ a)**(3/2)*sqrt(b @ b))",
        {"a": "d", "b": "d"},
        wrt="a",
    ),
    "noise": claim(
        "n[x]**(3/4)/Sum(n[w]**(3/4), (w, 0, N-1))",
        "(n[x]/sum(n))**(3/4)/Sum((n[w]/sum(n))**(3/4), (w, 0, N-1))",
        {"n": "N > 0", "x": "in N", "a": "> 0"},
    ),
    "squares_dV": claim(
        "Sum(f[i, k]*(V[i] @ U[k] + b[i] - log(X[i, k]))**2, (i, 0, N-1), (k, 0, N-1))",
        "2*Sum(f[x, k]*(V[x] @ U[k] + b[x] - log(X[x, k]))*U[k], (k, 0, N-1))",
        {"f": "N N", "X": "N N > 0", "b": "N"},
        wrt="V",
    ),
}

RIGHT = {
    "softmax_dv": [
        "U.T @ (y_hat - y)",
        "U.T.dot(y_hat - y)",
        "np.dot(y_hat - y, U)",
        "-(y - y_hat) @ U",
        "ŷ @ U - U[o, :]",
        "(y_hat - y) @ U[:, j]",
        "softmax(U @ v) @ U - y @ U",
        "y_hat @ U - sum(y_hat)*U[o]",
        "exp(z) @ U/sum(exp(z)) - U[o]",
        "(y_hat @ U*4 - 4*U[o])/4",
        "U.T @ diag(y_hat) @ y_hat**0 - U[o]",
        "Sum((y_hat[w] - y[w])*U[w, j], (w, 0, N-1))",
        "Sum(y_hat[w]*(U[w] - U[o]), (w, 0, N-1))",
        "Sum(U[w-1, j]*y_hat[w-1], (w, 1, N)) - U[o, j]",
        "y_hat[0]*U[0] + Sum(y_hat[w]*U[w], (w, 1, N-1)) - U[o]",
        "Sum(y_hat[w]*U[w], (w, 0, N-2)) + y_hat[N-1]*U[N-1] - U[o]",
        "Sum(U[w]*y_hat[w], (w, 0, o-1)) + Sum(U[w]*y_hat[w], (w, o+1, N-1))"
        " + (y_hat[o] - 1)*U[o]",
        "Sum((1 - delta(w, o))*y_hat[w]*U[w], (w, 0, N-1)) + (y_hat[o] - 1)*U[o]",
        "Sum(U[w]*Sum(y_hat[k]*delta(k, w), (k, 0, N-1)), (w, 0, N-1)) - U[o]",
        "Sum(U[w]/Sum(exp((U[k] - U[w]) @ v), (k, 0, N-1)), (w, 0, N-1)) - U[o]",
        "np.exp(z - np.log(np.sum(np.exp(z)))) @ U - U[o]",
        "Sum(exp(z[w] - z[0])/Sum(exp(z[k] - z[0]), (k, 0, N-1))*U[w], (w, 0, N-1))"
        " - U[o]",
    ],
    "softmax_dU": [
        "(y_hat[x] - delta(x, o))*v",
        "(y_hat[x] - y[x])*v[j]",
        "outer(v, y_hat - y).T",
        "np.outer(y_hat, v) - outer(y, v)",
        "exp(U[x] @ v)/sum(exp(z))*v - delta(o, x)*v",
        "delta(x, o)*(y_hat[o] - 1)*v + (1 - delta(x, o))*y_hat[x]*v",
    ],
    "softmax_loss": [
        "-log(exp(U[o] @ v)/Sum(exp(U[w] @ v), (w, 0, N-1)))",
        "log(Sum(exp(z[w] - z[o]), (w, 0, N-1)))",
        "log(1 + Sum(exp(z[w] - z[o]), (w, 0, o-1)) + Sum(exp(z[w] - z[o]), (w, o+1, N-1)))",
        "log(1/y_hat[o])",
        "-y @ log(y_hat)",
        "-log(softmax(z - z[o])[o])",
        "log(sum(exp(z))) - Sum(U[o, i]*v[i], (i, 0, d-1))",
    ],
    "sampling_dv": [
        "-(1 - sigma(z[o]))*U[o] + sigma(z[w]) @ U[w]",
        "U[w].T @ sigma(U[w] @ v) - sigma(-z[o])*U[o]",
        "-U[o]/(1 + exp(z[o])) + Sum(U[w[k]]/(1 + exp(-z[w[k]])), (k, 0, K-1))",
        f"{PULL}*U[o] - Sum((sigma(-U[w[k]] @ v) - 1)*U[w[k]], (k, 0, K-1))",
        f"{PULL}*U[o] + Sum(U[w[k]] - sigma(-z[w[k]])*U[w[k]], (k, 0, K-1))",
        f"{PULL}*U[o] + Sum(sigma(z[w[k-1]])*U[w[k-1]], (k, 1, K))",
        f"{PULL}*U[o] + Sum(Sum(delta(x, w[k]), (k, 0, K-1))*sigma(z[x])*U[x], (x, 0, N-1))",
        f"{PULL}*U[o] + Sum(Sum(delta(x, w[k])*sigma(z[x])*U[x], (x, 0, N-1)), (k, 0, K-1))",
        "Sum((1 + tanh(z[w[k]]/2))/2*U[w[k]], (k, 0, K-1)) - (1 - tanh(z[o]/2))/2*U[o]",
    ],
    "sampling_dU": [
        "outer(sigma(z)*(y + Sum(one_hot(w[k]), (k, 0, K-1))) - y, v)",
        f"delta(x, o)*{PULL}*v + Sum(delta(x, w[k]), (k, 0, K-1))*sigma(z[x])*v",
    ],
    "sampling_du_o": [
        "-sigma(-z[o])*v",
        "-v/(1 + exp(z[o]))",
        "(sigma(z[o]) - 1)*v + Sum(delta(o, w[k])*sigma(z[w[k]])*v, (k, 0, K-1))",
    ],
    "sigmoid_slope": [
        "sigma(x)*sigma(-x)",
        "sigma(x) - sigma(x)**2",
        "exp(-x)/(1 + exp(-x))**2",
        "exp(x)/(1 + exp(x))**2",
        "1/(2 + exp(x) + exp(-x))",
        "1/(exp(x/2) + exp(-x/2))**2",
        "(1 - tanh(x/2)**2)/4",
        "exp(x - 2*log(1 + exp(x)))",
        "1/4 - (sigma(x) - 1/2)**2",
    ],
    "log_sigmoid_slope": ["sigma(-x)", "1/(1 + exp(x))", "exp(log_sigmoid(-x))"],
    "log_sigmoid": [
        "-log(1 + exp(-x))",
        "log(1 - sigma(-x))",
        "log(exp(x)/(1 + exp(x)))",
        "x/2 - log(exp(x/2) + exp(-x/2))",
        "-log(1/sigma(x))",
    ],
    "tanh": [
        "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
        "(1 - exp(-2*x))/(1 + exp(-2*x))",
    ],
    "softmax_jacobian": ["softmax(v)[i]*(delta(i, j) - softmax(v)[j])"],
    "log_sum_exp": [
        "exp(v - log(sum(exp(v))))",
        "1/Sum(exp(v[i] - v[j]), (i, 0, d-1))",
    ],
    "window_dU": [
        "outer(C*softmax(V[c] @ U.T) - Sum(one_hot(context[t]), (t, 0, C-1)), V[c])",
        "Sum(outer(softmax(V[c] @ U.T) - one_hot(context[t]), V[c]), (t, 0, C-1))",
    ],
    "window_dV": [
        "Sum(outer(one_hot(c), softmax(V[c] @ U.T) @ U - U[context[t]]), (t, 0, C-1))",
    ],
    "cbow_dV": [
        "outer(Sum(one_hot(context[t]), (t, 0, C-1)), (softmax(h @ U.T) - y) @ U)/C",
        "Sum(delta(x, context[t])*(U.T @ (softmax(U @ h) - y))[j], (t, 0, C-1))/C",
    ],
    "cosine": [
        "(b - (a @ b)/(a @ a)*a)/(sqrt(a @ a)*sqrt(b @ b))",
        "b/sqrt((a @ a)*(b @ b)) - (a @ b)*a/sqrt((a @ a)**3*(b @ b))",
        "((a @ a)*b - (a @ b)*a)/(a @ a)**1.5/(b @ b)**0.5",
    ],
    "noise": [
        "n[x]**0.75/Sum(n[w]**0.75, (w, 0, N-1))",
        "(a*n[x])**(3/4)/Sum((a*n[w])**(3/4), (w, 0, N-1))",
        "softmax(0.75*log(n))[x]",
        "sqrt(n[x])*n[x]**0.25/Sum(sqrt(sqrt(n[w]))**3, (w, 0, N-1))",
    ],
    "squares_dV": [
        "2*(f*(V @ U.T + outer(b, b**0) - log(X))) @ U",
        "Sum(2*f[x, k]*(Sum(V[x, i]*U[k, i], (i, 0, d-1)) + b[x] - log(X[x, k]))*U[k, j], (k, 0, N-1))",
    ],
}

WRONG = {
    "softmax_dv": [
        "(y - y_hat) @ U",
        "2*(y_hat - y) @ U",
        "y_hat @ U",
        "(y_hat[o] - 1)*U[o]",
        "y_hat @ U - U[c]",
        "y_hat @ V - V[o]",
        "Sum(y_hat[w]*U[w], (w, 0, N-2)) - U[o]",
        "Sum(y_hat[w]*U[w], (w, 1, N-1)) - U[o]",
        "Sum(y_hat[w]*U[w], (w, 0, N)) - U[o]",
        "Sum(y_hat[w]*U[w], (w, -1, N-1)) - U[o]",
        "Sum(y_hat[w]*U[w], (w, 1, N)) - U[o]",
        "Sum(y_hat[w]*U[w], (w, 0, o)) - U[o]",
        "Sum(y_hat[w]*U[w-1], (w, 0, N-1)) - U[o]",
        "Sum(y_hat[w]*U[w], (w, 0, o-1)) + Sum(y_hat[w]*U[w], (w, o+1, N-1)) - U[o]",
        "Sum(y_hat[w]*U[w], (w, 0, o)) + Sum(y_hat[w]*U[w], (w, o+1, N-2)) - U[o]",
        "Sum(y_hat[w]*U[w], (w, N-1, 0)) - U[o]",
        "Sum(exp(z[w])*U[w], (w, 0, N-1)) - U[o]",
        "Sum(exp(z[w])*U[w]/Sum(exp(z[w]), (w, 0, N-2)), (w, 0, N-1)) - U[o]",
        "Sum(U[w]/Sum(exp((U[w] - U[k]) @ v), (k, 0, N-1)), (w, 0, N-1)) - U[o]",
        "Sum(Sum(y_hat[w]*U[w], (w, 0, N-1)), (w, 0, N-1)) - U[o]",
    ],
    "softmax_dU": [
        "(y_hat[o] - delta(x, o))*v",
        "delta(x, o)*(y_hat[o] - 1)*v",
        "y_hat[x]*v",
        "(y_hat[x] - delta(x, c))*v",
        "(delta(x, o) - y_hat[x])*v",
        "(y_hat[x] - delta(x, o-1))*v",
        "delta(x, o)*(y_hat[o] - 1)*v + y_hat[x]*v",
    ],
    "sampling_dv": [
        f"{PULL}*U[o] - Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 0, K-1))",
        f"{PULL}*U[o] + Sum(sigma(-U[w[k]] @ v)*U[w[k]], (k, 0, K-1))",
        f"{PULL}*U[o] + Sum((sigma(U[w[k]] @ v) - 1)*U[w[k]], (k, 0, K-1))",
        f"{PULL}*U[o] + Sum(sigma(U[w[k]] @ v)*U[o], (k, 0, K-1))",
        f"{PULL}*U[o] + Sum(sigma(U[o] @ v)*U[w[k]], (k, 0, K-1))",
        f"{PULL}*U[o] + Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 0, K))",
        f"{PULL}*U[o] + Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 1, K-1))",
        f"{PULL}*U[o] + Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 0, K-2))",
        f"{PULL}*U[o] + Sum(sigma(z[x])*U[x], (x, 0, N-1))",
        f"{PULL}*U[o]",
        "sigma(z[o])*U[o] + sigma(z[w]) @ U[w]",
    ],
    "sampling_dU": [
        f"delta(x, o)*{PULL}*v + Sum(delta(x, w[k]), (k, 0, K-1))*sigma(z[o])*v",
        f"delta(x, o)*{PULL}*v + Sum(sigma(z[w[k]]), (k, 0, K-1))*v",
        f"(1 - delta(x, w[0]))*delta(x, o)*{PULL}*v + Sum(delta(x, w[k])*sigma(z[x])*v, (k, 0, K-1))",
    ],
    "sampling_du_o": ["(sigma(U[o] @ v) - 1)*U[o]", "sigma(U[o] @ v)*v", "0"],
    "sigmoid_slope": ["sigma(x)*(1 + sigma(x))", "1 - sigma(x)**2", "exp(-x)*sigma(x)"],
    "log_sigmoid": ["x + log(1 + exp(x))", "log(1 - sigma(x))", "x - log(2 + exp(x))"],
    "window_dU": [
        "(softmax(V[c] @ U.T)[x] - Sum(delta(x, context[t]), (t, 0, C-1)))*V[c]",
        "Sum(softmax(V[c] @ U.T)[x] - delta(x, context[t]), (t, 0, C-1))*V[o]",
        "Sum(softmax(V[c] @ U.T)[x] - delta(x, context[t]), (t, 1, C))*V[c]",
    ],
    "window_dV": [
        "delta(x, o)*(C*softmax(V[c] @ U.T) @ U - Sum(U[context[t]], (t, 0, C-1)))",
        "(1 - delta(x, c))*(C*softmax(V[c] @ U.T) @ U - Sum(U[context[t]], (t, 0, C-1)))",
    ],
    "cbow_dV": [
        "Sum(delta(x, context[t]), (t, 0, C-1))*((softmax(h @ U.T) - y) @ U)",
        "delta(x, context[0])/C*((softmax(h @ U.T) - y) @ U)",
    ],
    "cosine": ["b/(sqrt(a @ a)*sqrt(b @ b))", "b/sqrt((a @ a)*(b @ b)) - (a @ b)*a"],
    "noise": ["n[x]/sum(n)", "n[x]**(3/4)/sum(n)**(3/4)"],
    "squares_dV": [
        "Sum(f[x, k]*(V[x] @ U[k] + b[x] - log(X[x, k]))*U[k], (k, 0, N-1))"
    ],
}


def pairs(table):
    return [pytest.param(n, f, id=f"{n}: {f}") for n, fs in table.items() for f in fs]


# What is proved is true, what is false is refuted.


@pytest.mark.parametrize("name", CLAIMS)
def test_a_true_claim_is_proved(name):
    assert judge(CLAIMS[name], CLAIMS[name].equals).status == "proved"


@pytest.mark.parametrize(("name", "formula"), pairs(RIGHT))
def test_a_right_formula_is_proved_in_two_seconds_however_it_is_written(name, formula):
    start = time.process_time()
    assert judge(CLAIMS[name], formula).status == "proved"
    assert time.process_time() - start < 2


@pytest.mark.parametrize(("name", "formula"), pairs(WRONG))
def test_a_wrong_formula_is_disproved_with_numbers(name, formula):
    verdict = judge(CLAIMS[name], formula)
    assert verdict.status == "disproved"
    assert set(verdict.counterexample) == {"sizes", "letters", "entry", "yours", "true"}


@pytest.mark.parametrize(("name", "formula"), pairs(WRONG))
def test_the_algebra_alone_does_not_prove_a_wrong_formula(name, formula):
    claim = CLAIMS[name]
    assert not vanishes(claim.left - claim.right(formula), claim.ranges)


LETTERS = {"x": "", "y": "", "q": "> 0", "a": "N", "b": "K", "w": "K in N", "H": "N N"}
FALSE_IDENTITIES = [
    # a delta picks a term out only if its index lies in the range
    ("a[o]", "Sum(delta(k, o)*a[k], (k, 0, N-2))"),
    ("a[o]", "Sum(delta(k, o)*a[k], (k, 1, N-1))"),
    ("a[o]", "Sum(delta(k, o)*a[k], (k, 0, o-1))"),
    ("a[o]", "Sum(delta(k, o)*a[k], (k, 0, K-1))"),
    ("1", "Sum(delta(k, o), (k, 0, c))"),
    ("1", "Sum(delta(k, o+1), (k, 0, N-1))"),
    ("1", "Sum(delta(k+1, o), (k, 0, N-1))"),
    ("1", "Sum(delta(k, o-1), (k, 0, N-1))"),
    ("1", "Sum(delta(2*k, o), (k, 0, N-1))"),
    ("1", "Sum(delta(k, o), (k, 1, N))"),
    ("1", "Sum(delta(k, 0), (k, 0, K-1))"),
    ("1", "Sum(delta(k, K-1), (k, 0, K-1))"),
    ("1", "Sum(delta(k, -o), (k, -m, m))"),
    ("K", "Sum(delta(k, w[l]), (k, 0, N-2), (l, 0, K-1))"),
    ("N", "Sum(Sum(delta(k, l), (k, 0, N-1)), (l, 1, N))"),
    ("delta(o, c)", "1"),
    ("delta(o, c)", "delta(o, c)**0"),
    ("delta(o, c)*a[o]", "a[c]"),
    # the letter of an inner sum is not that of the outer one
    ("Sum(a[k]*a[l], (k, 0, N-1), (l, 0, N-1))", "Sum(a[k]*a[k], (k, 0, N-1))"),
    ("Sum(a[k], (k, 0, N-1))**2", "Sum(a[k]**2, (k, 0, N-1))"),
    ("Sum(a[k]*Sum(a[k], (k, 0, N-1)), (k, 0, N-1))", "Sum(a[k]**2, (k, 0, N-1))"),
    ("Sum(H[k, l], (k, 0, N-1), (l, 0, N-1))", "N*Sum(H[k, k], (k, 0, N-1))"),
    ("Sum(H[o, k], (k, 0, N-1))", "Sum(H[k, o], (k, 0, N-1))"),
    ("Sum(a[o], (o, 0, N-1))", "N*a[o]"),
    # a shift moves both ends
    ("Sum(a[k], (k, 0, N-1))", "Sum(a[k-1], (k, 0, N-1))"),
    ("Sum(a[k], (k, 0, N-1))", "Sum(a[k+1], (k, 0, N-1))"),
    ("Sum(a[k], (k, 0, N-1))", "Sum(a[N-k], (k, 0, N-1))"),
    ("Sum(1, (k, -m, m))", "2*m"),
    ("Sum(1, (k, 0, N-1))", "N-1"),
    ("Sum(k, (k, 0, N-1))", "N*(N+1)/2"),
    # functions do not pass through sums
    ("log(Sum(exp(a[k]), (k, 0, N-1)))", "Sum(a[k], (k, 0, N-1))"),
    ("exp(Sum(a[k], (k, 0, N-1)))", "Sum(exp(a[k]), (k, 0, N-1))"),
    ("1/Sum(exp(a[k]), (k, 0, N-1))", "Sum(exp(-a[k]), (k, 0, N-1))"),
    # roots and logarithms of what may be negative
    ("x", "sqrt(x**2)"),
    ("q*x", "sqrt(q**2*x**2)"),
    ("sqrt(x)*sqrt(y)", "sqrt(x*y)"),
    ("x**3", "(x**8)**(3/8)"),
    ("x", "(x**3)**(1/3)"),
    ("log(x) + log(y)", "log(x*y)"),
    ("log(-x)", "log(x) + log(-1)"),
    ("log((x-1)**2)", "2*log(x-1)"),
    ("log(K**2)", "2*log(K)"),
    ("log(o**2)", "2*log(o)"),
    ("sqrt(-x-y)", "sqrt(-1)*sqrt(x+y)"),
    # powers at the edges
    ("(-1)**K", "1"),
    ("0**K", "0"),
    ("0", "0/(x-x)"),
    ("sigma(x)", "sigma(-x)"),
    ("sigma(x)**2", "sigma(x)"),
    ("tanh(x)", "2*sigma(x) - 1"),
]


@pytest.mark.parametrize(("of", "formula"), FALSE_IDENTITIES)
def test_a_false_identity_is_never_proved(of, formula):
    claimed = claim(of, letters=LETTERS)
    right = claimed.right(formula)
    assert not vanishes(claimed.left - right, claimed.ranges)


TRUE_IDENTITIES = [
    ("Sum(a[k], (k, 0, N-1))**2", "Sum(a[k]*a[l], (k, 0, N-1), (l, 0, N-1))"),
    (
        "Sum(H[k, l], (k, 0, N-1), (l, 0, N-1))",
        "Sum(H[k, l], (l, 0, N-1), (k, 0, N-1))",
    ),
    ("Sum(a[k] - a[k-1], (k, 1, N-1))", "a[N-1] - a[0]"),
    ("Sum(delta(x, y)*x, (k, 0, N-1))", "N*delta(x, y)*y"),
    ("Sum(1, (k, -m, m))", "2*m + 1"),
    ("Sum(b[k], (k, 0, K-1))", "Sum(b[k-1], (k, 1, K))"),
    ("sqrt(q)*sqrt(q)", "q"),
    ("log(q*exp(x))", "log(q) + x"),
    ("exp(x)**K", "exp(K*x)"),
    ("delta(o, c)*a[o]", "delta(c, o)*a[c]"),
    ("Sum(delta(k, w[l])*a[k], (k, 0, N-1), (l, 0, K-1))", "Sum(a[w[l]], (l, 0, K-1))"),
]


@pytest.mark.parametrize(("of", "formula"), TRUE_IDENTITIES)
def test_a_true_identity_is_proved(of, formula):
    assert judge(claim(of, letters=LETTERS), formula).status == "proved"


def test_the_empty_sum_is_zero_and_the_term_beyond_it_is_caught():
    full = claim("Sum(b[k], (k, 0, K-1))", letters=LETTERS)
    verdict = judge(full, "b[0] + Sum(b[k], (k, 1, K-1))")
    assert verdict.status == "disproved"
    assert verdict.counterexample["sizes"]["K"] == 0
    assert "no value" in verdict.counterexample["yours"]


def test_one_word_refutes_a_formula_that_forgets_the_observed_word():
    verdict = judge(CLAIMS["softmax_dv"], "y_hat @ U")
    assert verdict.counterexample["sizes"] == {"N": 1, "d": 1}
    assert verdict.counterexample["true"] == 0


def test_a_negative_index_does_not_wrap_around():
    verdict = judge(claim("U[N-1]"), "U[-1]")
    assert verdict.status == "disproved"
    assert "no value (index (-1, 0) lies outside" in str(verdict)


def test_a_row_of_its_own_needs_the_assumption_that_the_words_differ():
    du_o = CLAIMS["sampling_du_o"]
    assert judge(du_o, f"{PULL}*v").status == "proved"
    shared = claim(SAMPLING, f"{PULL}*v", DRAWS, wrt="U[o]")
    assert judge(shared, f"{PULL}*v").status == "disproved"


def test_one_row_per_draw_needs_the_assumption_that_the_draws_differ():
    of, row = SAMPLING, "sigma(U[w[l]] @ v)*v"
    letters, apart = {**DRAWS, "l": "in K"}, (("o", "w"),)
    once = claim(of, row, letters, wrt="U[w[l]]", apart=apart, distinct=("w",))
    again = claim(of, row, letters, wrt="U[w[l]]", apart=apart)
    assert judge(again, row).status == "disproved"
    assert judge(once, row).status == "proved"


# A counterexample can be computed again by anyone.


def softmax_loss(v, o, U, **_):
    return np.log(np.sum(np.exp(U @ v))) - U[o] @ v


def sampling_loss(v, o, U, w, **_):
    return np.log1p(np.exp(-U[o] @ v)) + np.sum(np.log1p(np.exp(U[w] @ v)))


def window_loss(V, c, context, U, **_):
    return sum(softmax_loss(V[c], o, U) for o in context)


RECOMPUTED = [
    ("softmax_dv", "y_hat @ U", softmax_loss, "v", "j"),
    ("softmax_dv", "Sum(y_hat[w]*U[w], (w, 0, N-2)) - U[o]", softmax_loss, "v", "j"),
    ("softmax_dU", "(y_hat[o] - delta(x, o))*v", softmax_loss, "U", "xj"),
    ("sampling_dv", "sigma(z[o])*U[o] + sigma(z[w]) @ U[w]", sampling_loss, "v", "j"),
    ("sampling_dU", "delta(x, o)*sigma(z[o])*v", sampling_loss, "U", "xj"),
    ("window_dU", "delta(x, c)*V[c]", window_loss, "U", "xj"),
    ("window_dV", "delta(x, o)*U[o]", window_loss, "V", "xj"),
]


@pytest.mark.parametrize(("name", "formula", "loss", "wrt", "index"), RECOMPUTED)
def test_a_counterexample_holds_when_computed_again(name, formula, loss, wrt, index):
    found = judge(CLAIMS[name], formula).counterexample
    kinds = {
        n: int if n in ("o", "c", "w", "context") else float for n in found["letters"]
    }
    letters = {n: np.array(v, dtype=kinds[n]) for n, v in found["letters"].items()}
    place, h = tuple(found["entry"][i] for i in index), 1e-5
    ahead, behind = letters[wrt].copy(), letters[wrt].copy()
    ahead[place] += h
    behind[place] -= h
    slope = loss(**{**letters, wrt: ahead}) - loss(**{**letters, wrt: behind})
    np.testing.assert_allclose(slope / (2 * h), found["true"], atol=1e-8)
    assert abs(found["yours"] - found["true"]) > 1e-6
    for number in (found["yours"], found["true"]):
        assert f"{number:.6g}" in str(judge(CLAIMS[name], formula))


# A shape, an unknown letter or a foreign notation gets a verdict of its own.

MESSAGES = [
    ("(y_hat - y) @ U.T", "shape", "(N,) @ (d, N)"),
    ("outer(y_hat - y, v)", "shape", "this has shape (N, d)"),
    ("y_hat - y", "shape", "has shape (d,)"),
    ("v @ v", "shape", "or write one entry of it, with the index j"),
    ("y_hat + v", "shape", "entry by entry needs equal shapes"),
    ("v[0, 1]", "shape", "2 indices on an array with shape (d,)"),
    ("sum(U)*v", "shape", "sum takes a vector, got (N, d)"),
    ("Sum(v, (k, 0, v))", "shape", "the ends of a sum are numbers"),
    ("W @ v", "unreadable", "the letter W is not introduced here; there are B, C"),
    ("v^2", "unreadable", "a power is written **"),
    ("v == v", "unreadable", "write delta(x, o)"),
    ("v if o == c else 0", "unreadable", "write delta(x, o)"),
    ("y = v", "unreadable", "does not parse"),
    ("norm(v)", "unreadable", "exp, log, sqrt, sigma"),
    ("np.linalg.norm(v)", "unreadable", "np.linalg.norm"),
    ("outer(v)", "unreadable", "outer takes 2 arguments, got 1"),
    ("exp(v, v)", "unreadable", "exp takes 1 argument, got 2"),
    ("Sum(v)", "unreadable", "a sum is written Sum(body, (k, 0, K-1))"),
    ("Sum(v, k)", "unreadable", "a sum is written Sum(body, (k, 0, K-1))"),
    ("Sum(v, *(k, 0, 1))", "unreadable", "a sum is written"),
    ("Sum(v, (k, 0, 1/2))", "unreadable", "an index is an integer, got 1/2"),
    ("U[v[0]]", "unreadable", "an index is an integer"),
    ("V[:2]", "unreadable", "a slice is not part of the notation"),
    ("v**9", "unreadable", "an exponent is a letter or a plain number up to 8"),
    ("v**v[0]**2", "unreadable", "an exponent is"),
    ("10000000*v", "unreadable", "a number in a formula is at most 1000000"),
    ("1e999*v", "unreadable", "at most two digits after its e"),
    ("1e99*v", "unreadable", "a number in a formula is at most"),
]


@pytest.mark.parametrize(("formula", "status", "part"), MESSAGES)
def test_a_message_says_what_was_found_or_expected(formula, status, part):
    verdict = judge(CLAIMS["softmax_dv"], formula)
    assert verdict.status == status
    assert part in str(verdict)


def test_a_transposed_gradient_is_told_to_be_transposed():
    verdict = judge(CLAIMS["softmax_dU"], "outer(v, y_hat - y)")
    assert str(verdict) == (
        "wrong shape: this has shape (d, N), the gradient with respect to U"
        " has shape (N, d): transpose"
    )


def test_a_verdict_shows_as_its_sentence():
    verdict = judge(CLAIMS["softmax_dv"], "v")
    assert str(verdict) == repr(verdict) == verdict.message


# No formula can hurt, and nothing is executed.

HOSTILE = {
    "ten megabytes": "v" * 10_000_000,
    "too many digits": "9" * 999,
    "deep parentheses": "(" * 400 + "v" + ")" * 400,
    "deep signs": "-" * 900 + "v",
    "a power tower": "9**9**9**9",
    "an import": "__import__('os').getcwd()",
    "an attribute": "v.__class__.__mro__",
    "a lambda": "(lambda: v)()",
    "a comprehension": "[v for v in (1, 2)]",
    "a generator": "sum(v for v in U)",
    "a formatted string": "f'{v}'",
    "an assignment": "(v := U)",
    "an await": "await v",
    "a keyword": "exp(x=1)",
    "a star": "exp(*v)",
    "two stars": "exp(**v)",
    "a look-alike": "ѕigma(v)",
    "a null byte": "v\0",
    "half a surrogate": "\ud800",
    "a new line": "v\n+v",
    "two statements": "v; v",
    "a truth value": "True",
    "a string": "'v'",
    "an imaginary unit": "1j*v",
    "an ellipsis": "v[...]",
    "an invisible space": "si\u200bgma(v)",
}


@pytest.mark.parametrize("formula", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_formula_is_not_read(formula):
    verdict = judge(CLAIMS["softmax_dv"], formula)
    assert verdict.status == "unreadable"
    assert len(str(verdict)) < 400


@pytest.mark.parametrize("formula", [5, 1.5, b"v", ["v"], {}, CLAIMS["softmax_dv"]])
def test_what_is_no_string_is_named_by_its_type(formula):
    verdict = check("eq-score-dv", formula)
    assert verdict.status == "unreadable"
    assert f"expected a string, got {type(formula).__name__}" in str(verdict)


@pytest.mark.parametrize("formula", [None, ..., "", "  \n\t "])
def test_no_answer_is_no_mistake(formula):
    assert str(check("eq-score-dv", formula)) == "not answered yet"


def test_a_number_too_large_to_write_down_is_no_error():
    assert judge(CLAIMS["tanh"], "exp(exp(exp(exp(exp(8)))))").status == "disproved"


def test_an_unknown_label_is_answered_with_the_labels_there_are():
    with pytest.raises(
        KeyError, match=r"expected one of eq-rows-columns.*'eq-nothing'"
    ):
        check("eq-nothing", "v")


def test_an_endless_formula_is_given_up_in_time_and_in_little_memory():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    sums = ", ".join(f"({k}, 0, 1000)" for k in "abefgh")
    endless = f"Sum(sqrt(a + b + e + f + g + h), {sums})*U[o]"
    verdict = check("eq-score-dv", endless, timeout=2)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5
    assert (verdict.status, "within 2 s" in str(verdict)) == ("undecided", True)
    assert after.ru_maxrss < 2e6  # kilobytes


def test_a_process_of_its_own_gives_the_verdict_of_this_one():
    for formula in ("U[o]", "-U[o, j]", "U", "U.T @ one_hot(o)"):
        assert check("eq-score-dv", formula) == check("eq-score-dv", formula, None)


def test_the_instrument_works_without_numpy():
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "from w2v.proof import check\n"
        "print(check('eq-score-dv', 'U[o]', None).status)\n"
        "print(check('eq-score-dv', '2*U[o]', None).status)\n"
        "print(sorted({'scipy', 'matplotlib', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["proved", "disproved", "[]"], done.stderr


# The six steps can fail, each of them.


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def sigmoid(x):
    t = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, t) / (1 + t)


def residual(U, v, o, softmax=softmax):
    y_hat = softmax(U @ v)
    y_hat[o] -= 1
    return y_hat


def softmax_dv(U, v, o):
    return residual(U, v, o) @ U


def sampling_dU(U, v, o, w):
    dU, p = np.zeros_like(U), sigmoid(U @ v)
    dU[o] += (p[o] - 1) * v
    np.add.at(dU, w, p[w][:, None] * v)
    return dU


def forgets_repeats(U, v, o, w):
    dU, p = np.zeros_like(U), sigmoid(U @ v)
    dU[o] += (p[o] - 1) * v
    dU[w] += p[w][:, None] * v
    return dU


def overwrites_the_observed_row(U, v, o, w):
    dU, p = np.zeros_like(U), sigmoid(U @ v)
    np.add.at(dU, w, p[w][:, None] * v)
    dU[o] = (p[o] - 1) * v
    return dU


def overflows_in_silence(U, v, o):
    with np.errstate(all="ignore"):
        return residual(U, v, o, lambda z: np.exp(z) / np.exp(z).sum()) @ U


def fades_at_large_scores(U, v, o):
    return softmax_dv(U, v, o) * (1 if abs(U @ v).max() < 1000 else 0.5)


DAMAGED_CODE = {
    "sign": (4, "softmax_dv", lambda U, v, o: -softmax_dv(U, v, o)),
    "factor 1.01": (4, "softmax_dv", lambda U, v, o: 1.01 * softmax_dv(U, v, o)),
    "a column": (4, "softmax_dv", lambda U, v, o: softmax_dv(U, v, o)[:, None]),
    "a row": (4, "softmax_dv", lambda U, v, o: softmax_dv(U, v, o)[None]),
    "no array": (4, "softmax_dv", lambda U, v, o: None),
    "not a number": (4, "softmax_dv", lambda U, v, o: np.nan * softmax_dv(U, v, o)),
    "last word": (4, "softmax_dv", lambda U, v, o: softmax_dv(U, v, o) * (2 - (o < len(U) - 1))),
    "repeats": (4, "sampling_dU", forgets_repeats),
    "observed row": (4, "sampling_dU", overwrites_the_observed_row),
    "1 % at sd 0.01": (5, "softmax_dv", lambda U, v, o: softmax_dv(U, v, o) * (1.01 if abs(v).max() < 0.1 else 1)),
    "large scores": (6, "softmax_dv", fades_at_large_scores),
    "overflow": (6, "softmax_dv", overflows_in_silence),
    "one word": (6, "softmax_dv", lambda U, v, o: softmax_dv(U, v, o) + (len(U) == 1)),
    "no draws": (6, "sampling_dU", lambda U, v, o, w: sampling_dU(U, v, o, w) + (len(w) == 0)),
    "float64": (6, "softmax_dv", lambda U, v, o: softmax_dv(U.astype(float), v.astype(float), o)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("step", "name", "code"), DAMAGED_CODE.values(), ids=DAMAGED_CODE
)
def test_damaged_code_fails_at_the_step_that_is_there_for_it(step, name, code):
    with pytest.raises(VerificationError, match=rf"^test, step {step} "):
        verify(CLAIMS[name], code)


@pytest.mark.parametrize(
    ("name", "code"), [("softmax_dv", softmax_dv), ("sampling_dU", sampling_dU)]
)
def test_sound_code_passes_all_six_steps(name, code):
    done = verify(CLAIMS[name], code)
    assert [row["step"] for row in done.rows()] == [1, 2, 3, 4, 5, 6]
    assert not any(result.startswith("n/a") for result in done.results)
    assert "scores of ±1e4, N = 1" in done.results[5]
    assert ("K = 0, repeated words" in done.results[5]) == (name == "sampling_dU")


@pytest.mark.parametrize("wrong", ["v", "2*v + 1", "V[0]", "U", "2*w"])
def test_a_wrong_claim_fails_at_the_first_step(wrong):
    with pytest.raises(VerificationError, match=r"step 1 \(proved for all sizes\)"):
        verify(claim("v @ v", wrong, wrt="v"), na="no code")


def test_an_undecided_claim_fails_at_the_first_step(monkeypatch):
    monkeypatch.setattr(w2v.proof, "vanishes", lambda *_: False)
    with pytest.raises(VerificationError, match="step 1 .* no proof"):
        verify(CLAIMS["softmax_dv"], softmax_dv)


def test_an_algebra_that_accepts_damage_fails_at_the_second_step(monkeypatch):
    monkeypatch.setattr(w2v.proof, "vanishes", lambda *_: True)
    with pytest.raises(VerificationError, match="step 2 .*'accepted'"):
        verify(CLAIMS["softmax_dv"], softmax_dv)


@pytest.mark.parametrize("reasons", [{}, {"code": softmax_dv, "na": "a reason"}])
def test_a_verification_needs_code_or_a_reason_and_not_both(reasons):
    with pytest.raises(ValueError, match="either code or a reason"):
        verify(CLAIMS["softmax_dv"], **reasons)


def test_a_step_that_is_skipped_gives_its_reason():
    done = verify(CLAIMS["softmax_dv"], softmax_dv, edges="not today")
    assert done.results[5] == "n/a: not today"
    assert verify(CLAIMS["tanh"], na="no code").results[3:] == ("n/a: no code",) * 3


def test_the_loss_is_differentiated_by_differences_that_know_no_calculus():
    cases = CLAIMS["sampling_dv"].cases
    for world, (j,), true in cases:
        U, v = np.array(world["U"].nested()), np.array(world["v"].nested())
        o, w, p = world["o"], world["w"].nested(), sigmoid(U @ v)
        want = (p[o] - 1) * U[o, j] + sum(p[k] * U[k, j] for k in w)
        np.testing.assert_allclose(float(true), want, rtol=1e-9, atol=1e-12)
    assert {world["K"] for world, *_ in cases} >= {0, 1, 2}
    assert any(world["N"] == 1 for world, *_ in cases)


# The printed equation means what was proved.

LATEX = [
    ("a - (b - e)", "a - (b - e)"),
    ("a - (b + e)", "a - (b + e)"),
    ("-(a + b)", "-(a + b)"),
    ("(a*b)**2", r"(a\,b)^{2}"),
    ("-a**2", "-a^{2}"),
    ("(-a)**2", "(-a)^{2}"),
    ("(a**2)**2", "(a^{2})^{2}"),
    ("a/(b*e)", r"\frac{a}{b\,e}"),
    ("(a + b)*(a - b)", r"(a + b)\,(a - b)"),
    ("a*(-b)", r"a\,(-b)"),
    ("a - -b", "a - (-b)"),
    ("2*3", r"2 \cdot 3"),
    ("a**(3/4)", "a^{3/4}"),
    ("log(a*b)", r"\log (a\,b)"),
    ("log(a) + b", r"\log a + b"),
    ("log(a)**2", r"(\log a)^{2}"),
    ("log(a)*b", r"(\log a)\,b"),
    ("log_sigmoid(a)**2", r"(\log \sigma(a))^{2}"),
    ("2*(-U[o] @ v)", r"2\,(-u_{o} \cdot v)"),
    ("a - (-U[o] @ v)", r"a - (-u_{o} \cdot v)"),
    ("(U[o] @ v)*v", r"(u_{o} \cdot v)\,v"),
    ("v.dot(v)", r"v \cdot v"),
    ("U[o][0]", "{u_{o}}_{0}"),
    ("U.T**2", r"{U^{\top}}^{2}"),
    ("U.T", r"U^{\top}"),
    ("(U + V).T", r"(U + V)^{\top}"),
    ("U[o]", "u_{o}"),
    ("U[w[0]]", "u_{w_{0}}"),
    ("U[o] @ v", r"u_{o} \cdot v"),
    ("sigma(-U[o] @ v)", r"\sigma(-u_{o} \cdot v)"),
    ("(a*v) @ v", r"(a\,v) \cdot v"),
    ("y_hat[o]", r"\hat{y}_{o}"),
    ("σ(a)*ŷ", r"\sigma(a)\,\hat{y}"),
    ("delta(o, c)**2", r"\delta_{o,c}^{2}"),
    ("Sum(a + b, (k, 0, K-1))", r"\sum_{k=0}^{K - 1} (a + b)"),
    ("Sum(-a, (k, 0, K-1))", r"\sum_{k=0}^{K - 1} (-a)"),
    ("Sum(a, (k, 0, K-1))*b", r"\left(\sum_{k=0}^{K - 1} a\right)\,b"),
    ("Sum(a, (k, 0, K-1))**2", r"\left(\sum_{k=0}^{K - 1} a\right)^{2}"),
    ("Sum(a, (k, 0, l), (l, 0, K-1))", r"\sum_{l=0}^{K - 1} \sum_{k=0}^{l} a"),
]


@pytest.mark.parametrize(("formula", "latex"), LATEX)
def test_a_formula_is_printed_with_the_brackets_that_it_needs(formula, latex):
    letters = {"a": "", "b": "", "e": "", **DRAWS}
    assert Printer(claim("v", letters=letters).scope)(read(formula)) == latex


@pytest.mark.parametrize("name", CLAIMS)
def test_a_printed_equation_is_balanced_and_names_its_variable(name):
    latex = equation(CLAIMS[name])
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left(") == latex.count(r"\right)")
    assert " = " in latex
    assert (r"\partial" in latex or r"\mathrm{d}" in latex) == bool(CLAIMS[name].wrt)


# Verdicts that a reader meets in the page.


def test_a_form_that_has_no_value_where_nothing_is_summed_is_told_so_and_not_refuted():
    verdict = judge(
        CLAIMS["softmax_dv"], "K*((softmax(v @ U.T) - one_hot(o)) @ U/K + v) - K*v"
    )
    assert verdict.status == "proved", verdict
    assert "for all sizes but 0, where it has no value" in str(verdict)
    assert judge(CLAIMS["softmax_dv"], "v/(K - 1)").status == "disproved"


def test_a_claim_of_the_book_must_have_a_value_where_nothing_is_summed():
    claim = Claim(
        "eq-t",
        "t",
        of="Sum(a[k], (k, 0, K-1))",
        equals="K*(sum(a)/K + 1) - K",
        letters={"a": "K"},
    )
    with pytest.raises(VerificationError, match="step 1 .* no value"):
        verify(claim, na="a claim that fails")


@pytest.mark.parametrize(
    ("text", "same"),
    [("−v·2", "-v*2"), ("v²", "v**2"), ("ln(2)*v", "log(2)*v"), ("v×v", "v*v")],
)
def test_the_signs_of_print_are_those_of_code(text, same):
    claim = Claim("eq-t", "t", of=f"({same}) @ v", equals=f"({text}) @ v")
    assert judge(claim, f"({text}) @ v").status == "proved"


def test_numbers_that_look_equal_are_shown_with_the_digits_that_differ():
    claim = Claim("eq-t", "t", of="log(2)", equals="log(2)")
    assert "gives 0.693147181, the right value is 0.693147181" not in str(
        judge(claim, "0.693147181")
    )
    assert "0.69314718055994529, a rounded number" in str(
        judge(claim, "0.6931471805599453")
    )
    assert not str(judge(claim, "3")).endswith("with ")


def test_a_number_made_of_roots_is_proved_in_any_form():
    claim = Claim("eq-t", "t", of="(3 + sqrt(5))/2", equals="(3 + sqrt(5))/2")
    for form in ("4/(sqrt(5)-1)**2", "1/((3-sqrt(5))/2)", "(2/(sqrt(5)-1))**2"):
        assert judge(claim, form).status == "proved", form
    assert judge(claim, "4/(sqrt(5)+1)**2").status == "disproved"
