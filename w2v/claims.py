"""Every claim of the book as data, in reading order.

Stated in the chapters of book/, which write this module: change them, not this file.
"""

from w2v.proof import Claim

__all__ = ["CHAPTERS", "CLAIMS"]

# 00_conventions

eq_rows_columns = Claim(
    "eq-rows-columns",
    "a row times a table is the transposed table times a column",
    of="(y_hat - y) @ U",
    equals="U.T @ (y_hat - y)",
)

eq_score_dv = Claim(
    "eq-score-dv",
    "a score changes with v by the outside vector",
    of="U[o] @ v",
    wrt="v",
    equals="U[o]",
    name="z_o",
)

eq_score_du = Claim(
    "eq-score-dU",
    "a score changes with U in one row only",
    of="U[o] @ v",
    wrt="U",
    equals="delta(x, o)*v",
    name="z_o",
)

ex_squared_norm = Claim(
    "ex-squared-norm",
    "the gradient of a squared norm",
    of="v @ v",
    wrt="v",
    equals="2*v",
    kind="exercise",
)

ex_all_scores = Claim(
    "ex-all-scores",
    "the gradient of the sum of all scores",
    of="Sum(U[w] @ v, (w, 0, N-1))",
    wrt="U",
    equals="Sum(delta(x, w)*v, (w, 0, N-1))",
    name="a",
    kind="exercise",
)

# 01_text

eq_one_hot_lookup = Claim(
    "eq-one-hot-lookup",
    "a one-hot row picks a row of the table",
    of="one_hot(c) @ V",
    equals="V[c]",
)

eq_pair_count = Claim(
    "eq-pair-count",
    "the number of pairs in a sentence",
    of="Sum(2*(T - j), (j, 1, m))",
    equals="2*m*T - m*(m + 1)",
)

ex_mean_context = Claim(
    "ex-mean-context",
    "the mean number of outside words",
    of="Sum(2*(T - j), (j, 1, m))/T",
    equals="2*m - m*(m + 1)/T",
    kind="exercise",
)

ex_shrinking_window = Claim(
    "ex-shrinking-window",
    "the expected number of pairs with a random radius, times m",
    of="Sum(2*(T - j)*(m - j + 1), (j, 1, m))",
    equals="m*(m + 1)*(T - (m + 2)/3)",
    name="a",
    kind="exercise",
)

# 02_cross_entropy

eq_ce_identity = Claim(
    "eq-ce-identity",
    "against a one-hot vector, cross-entropy is one logarithm",
    of="-Sum(y[w]*log(y_hat[w]), (w, 0, N-1))",
    equals="-log(y_hat[o])",
)

eq_ce_likelihood = Claim(
    "eq-ce-likelihood",
    "the mean negative log-likelihood is the cross-entropy of the empirical distribution",
    of="-Sum(log(q[o[t]]), (t, 0, T-1))/T",
    equals="-Sum(p[w]*log(q[w]), (w, 0, N-1))",
    letters={"o": "T in N", "q": "N > 0"},
    where={"p": "Sum(one_hot(o[t]), (t, 0, T-1))/T"},
)

eq_ce_split = Claim(
    "eq-ce-split",
    "cross-entropy is entropy plus divergence",
    of="-sum(p*log(q))",
    equals="-sum(p*log(p)) + sum(p*log(p/q))",
    letters={"p": "N > 0", "q": "N > 0"},
)

eq_ce_gibbs = Claim(
    "eq-ce-gibbs",
    "the divergence as a sum of terms that are never negative",
    of="sum(p*log(p/q))",
    equals="sum(p*(q/p - 1 - log(q/p))) + sum(p) - sum(q)",
    letters={"p": "N > 0", "q": "N > 0"},
)

ex_ce_slope = Claim(
    "ex-ce-slope",
    "the gradient of cross-entropy in the prediction",
    of="-sum(p*log(q))",
    wrt="q",
    equals="-p/q",
    letters={"p": "N > 0", "q": "N > 0"},
    kind="exercise",
)

ex_ce_uniform = Claim(
    "ex-ce-uniform",
    "the surprise of a uniform prediction",
    of="-Sum(delta(w, o)*log(1/N), (w, 0, N-1))",
    equals="log(N)",
    kind="exercise",
)

ex_ce_smooth = Claim(
    "ex-ce-smooth",
    "cross-entropy against a smoothed label",
    of="-Sum(((1 - s)*y[w] + s/N)*log(y_hat[w]), (w, 0, N-1))",
    equals="-(1 - s)*log(y_hat[o]) - s/N*sum(log(y_hat))",
    letters={"s": ""},
    kind="exercise",
)

# 03_sigmoid

eq_sigmoid_flip = Claim(
    "eq-sigmoid-flip",
    "flipping the score swaps the two outcomes",
    of="sigma(-x)",
    equals="1 - sigma(x)",
    letters={"x": ""},
)

eq_sigmoid_derivative = Claim(
    "eq-sigmoid-derivative",
    "the derivative of the sigmoid",
    of="sigma(x)",
    wrt="x",
    equals="sigma(x)*(1 - sigma(x))",
    letters={"x": ""},
)

eq_sigmoid_jacobian = Claim(
    "eq-sigmoid-jacobian",
    "the Jacobian of the sigmoid of a vector is diagonal",
    of="sigma(v)",
    wrt="v",
    equals="diag(sigma(v)*(1 - sigma(v)))",
)

eq_log_sigmoid_derivative = Claim(
    "eq-log-sigmoid-derivative",
    "the derivative of the log-sigmoid",
    of="log(sigma(x))",
    wrt="x",
    equals="1 - sigma(x)",
    letters={"x": ""},
)

eq_log_sigmoid_split = Claim(
    "eq-log-sigmoid-split",
    "the log-sigmoid as a score and a correction",
    of="log(sigma(x))",
    equals="x - log(1 + exp(x))",
    letters={"x": ""},
)

eq_log_odds = Claim(
    "eq-log-odds",
    "the score is the log-odds",
    of="log(sigma(x)/(1 - sigma(x)))",
    equals="x",
    letters={"x": ""},
)

ex_log_flip = Claim(
    "ex-log-flip",
    "the derivative of log(1 - sigma)",
    of="log(1 - sigma(x))",
    wrt="x",
    equals="-sigma(x)",
    letters={"x": ""},
    kind="exercise",
)

ex_sigmoid_second = Claim(
    "ex-sigmoid-second",
    "the second derivative of the sigmoid",
    of="sigma(x)*(1 - sigma(x))",
    wrt="x",
    equals="sigma(x)*(1 - sigma(x))*(1 - 2*sigma(x))",
    letters={"x": ""},
    kind="exercise",
)

ex_two_classes = Claim(
    "ex-two-classes",
    "a softmax over two classes is a sigmoid",
    of="exp(p)/(exp(p) + exp(q))",
    equals="sigma(p - q)",
    letters={"p": "", "q": ""},
    kind="exercise",
)

# 04_softmax

eq_softmax_sum = Claim(
    "eq-softmax-sum",
    "the probabilities add up to one",
    of="sum(softmax(z))",
    equals="1",
    letters={"z": "N"},
)

eq_softmax_shift = Claim(
    "eq-softmax-shift",
    "a shift of all scores changes nothing",
    of="softmax(z + a)",
    equals="softmax(z)",
    letters={"z": "N", "a": ""},
)

eq_softmax_log = Claim(
    "eq-softmax-log",
    "the logarithm of a softmax is the score less a constant",
    of="log(softmax(z))",
    equals="z - log(sum(exp(z)))",
    letters={"z": "N"},
)

eq_softmax_lse = Claim(
    "eq-softmax-lse",
    "the gradient of log-sum-exp is the softmax",
    of="log(sum(exp(z)))",
    wrt="z",
    equals="softmax(z)",
    letters={"z": "N"},
)

eq_softmax_dz = Claim(
    "eq-softmax-dz",
    "the gradient of the softmax loss in the scores is prediction minus truth",
    of="-log(softmax(z)[o])",
    wrt="z",
    equals="softmax(z) - one_hot(o)",
    letters={"z": "N"},
    name="J",
)

eq_softmax_jacobian = Claim(
    "eq-softmax-jacobian",
    "the Jacobian of the softmax",
    of="softmax(z)",
    wrt="z",
    equals="diag(softmax(z)) - outer(softmax(z), softmax(z))",
    letters={"z": "N"},
)

ex_softmax_two = Claim(
    "ex-softmax-two",
    "the softmax of two words is a sigmoid",
    of="exp(r)/(exp(r) + exp(0))",
    equals="sigma(r)",
    letters={"r": ""},
    kind="exercise",
)

ex_softmax_temperature = Claim(
    "ex-softmax-temperature",
    "the gradient of a softmax loss with a temperature",
    of="-log(y_hat[o])",
    wrt="z",
    equals="(y_hat - y)/s",
    letters={"z": "N", "s": "> 0"},
    where={"y_hat": "softmax(z/s)"},
    name="J",
    kind="exercise",
)

ex_softmax_squares = Claim(
    "ex-softmax-squares",
    "the gradient of a squared error behind a softmax",
    of="sum((softmax(z) - one_hot(o))**2)/2",
    wrt="z",
    equals="r*y_hat - (r @ y_hat)*y_hat",
    letters={"z": "N"},
    where={"y_hat": "softmax(z)", "r": "softmax(z) - one_hot(o)"},
    name="J",
    kind="exercise",
)

# 05_naive_softmax

eq_naive_loss = Claim(
    "eq-naive-loss",
    "the naive softmax loss as a score and a log-sum",
    of="-log(y_hat[o])",
    equals="-U[o] @ v + log(Sum(exp(U[w] @ v), (w, 0, N-1)))",
)

eq_naive_dv = Claim(
    "eq-naive-dv",
    "the gradient in the center vector",
    of="-log(y_hat[o])",
    wrt="v",
    equals="(y_hat - y) @ U",
    name="J",
)

eq_naive_du_o = Claim(
    "eq-naive-du-o",
    "the gradient in the outside vector of the true word",
    of="-log(y_hat[o])",
    wrt="U[o]",
    equals="(y_hat[o] - 1)*v",
    name="J",
)

eq_naive_du_w = Claim(
    "eq-naive-du-w",
    "the gradient in the outside vector of another word x",
    of="-log(y_hat[o])",
    wrt="U[x]",
    equals="y_hat[x]*v",
    letters={"x": "in N"},
    apart=(("o", "x"),),
    name="J",
)

eq_naive_du = Claim(
    "eq-naive-dU",
    "the gradient in the table of outside vectors",
    of="-log(y_hat[o])",
    wrt="U",
    equals="outer(y_hat - y, v)",
    name="J",
)

eq_naive_back_t = Claim(
    "eq-naive-back-t",
    "the backward pass down to the exponentials",
    of="-log(t[o]/sum(t))",
    wrt="t",
    equals="1/sum(t) - one_hot(o)/t",
    letters={"t": "N > 0"},
    name="J",
)

ex_naive_index = Claim(
    "ex-naive-index",
    "the gradient in the center vector, entry by entry",
    of="-log(y_hat[o])",
    wrt="v",
    equals="Sum(y_hat[w]*U[w, j], (w, 0, N-1)) - U[o, j]",
    name="J",
    kind="exercise",
)

ex_naive_bias = Claim(
    "ex-naive-bias",
    "the gradient in a bias",
    of="-log(y_hat[o])",
    wrt="b",
    equals="y_hat - y",
    letters={"b": "N"},
    where={"y_hat": "softmax(v @ U.T + b)"},
    name="J",
    kind="exercise",
)

ex_naive_penalty = Claim(
    "ex-naive-penalty",
    "the gradient with a penalty on the squared length",
    of="-log(y_hat[o]) + s/2*(v @ v)",
    wrt="v",
    equals="(y_hat - y) @ U + s*v",
    letters={"s": ""},
    name="J",
    kind="exercise",
)

# 06_negative_sampling

eq_nce_posterior = Claim(
    "eq-nce-posterior",
    "the probability that a pair is real",
    of="(p/(K + 1))/(p/(K + 1) + q*K/(K + 1))",
    equals="sigma(log(p/(K*q)))",
    letters={"p": "> 0", "q": "> 0", "K": "> 0"},
)

eq_ns_loss = Claim(
    "eq-ns-loss",
    "the negative-sampling loss as a sum of rounded hinges",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    equals="log(1 + exp(-U[o] @ v)) + Sum(log(1 + exp(U[w[k]] @ v)), (k, 0, K-1))",
    letters={"w": "K in N"},
)

eq_ns_dv = Claim(
    "eq-ns-dv",
    "the gradient in the center vector",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="v",
    equals="(sigma(U[o] @ v) - 1)*U[o] + Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 0, K-1))",
    letters={"w": "K in N"},
    name="J",
)

eq_ns_du_o = Claim(
    "eq-ns-du-o",
    "the gradient in the true outside vector, where no draw equals o",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="U[o]",
    equals="(sigma(U[o] @ v) - 1)*v",
    letters={"w": "K in N"},
    apart=(("o", "w"),),
    name="J",
)

eq_ns_du_k = Claim(
    "eq-ns-du-k",
    "the gradient in a drawn vector, counted as often as it was drawn",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="U[w[l]]",
    equals="Sum(delta(w[k], w[l]), (k, 0, K-1))*sigma(U[w[l]] @ v)*v",
    letters={"w": "K in N", "l": "in K"},
    apart=(("o", "w"),),
    name="J",
)

eq_ns_du_distinct = Claim(
    "eq-ns-du-distinct",
    "the gradient in a drawn vector, where all draws differ",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="U[w[l]]",
    equals="sigma(U[w[l]] @ v)*v",
    letters={"w": "K in N", "l": "in K"},
    apart=(("o", "w"),),
    distinct=("w",),
    name="J",
)

eq_ns_du = Claim(
    "eq-ns-dU",
    "the gradient in the whole table of outside vectors",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="U",
    equals="delta(x, o)*(sigma(U[o] @ v) - 1)*v + Sum(delta(x, w[k])*sigma(U[w[k]] @ v)*v, (k, 0, K-1))",
    letters={"w": "K in N"},
    name="J",
)

eq_ns_expected_dz = Claim(
    "eq-ns-expected-dz",
    "what the expected loss does to each score",
    of="Sum(-p[w]*log(sigma(z[w])) - K*q[w]*log(sigma(-z[w])), (w, 0, N-1))",
    wrt="z",
    equals="(p + K*q)*sigma(z) - p",
    letters={"p": "N > 0", "q": "N > 0", "z": "N"},
    name="J",
)

eq_ns_optimum = Claim(
    "eq-ns-optimum",
    "at the score log(p/(Kq)), truth and noise pull equally hard",
    of="p",
    equals="(p + K*q)*sigma(log(p/(K*q)))",
    letters={"p": "N > 0", "q": "N > 0", "K": "> 0"},
)

eq_softmax_optimum = Claim(
    "eq-softmax-optimum",
    "the scores that softmax is after, up to a number a",
    of="softmax(log(p) + a)",
    equals="p/sum(p)",
    letters={"p": "N > 0", "a": ""},
)

eq_ns_optimum_softmax = Claim(
    "eq-ns-optimum-softmax",
    "the softmax of the optimal scores of negative sampling",
    of="softmax(log(p/(K*q)))",
    equals="(p/q)/sum(p/q)",
    letters={"p": "N > 0", "q": "N > 0", "K": "> 0"},
)

eq_nce_optimum = Claim(
    "eq-nce-optimum",
    "with the correction kept, the optimal score is the logarithm of the probability",
    of="p",
    equals="(p + K*q)*sigma(log(p) - log(K*q))",
    letters={"p": "N > 0", "q": "N > 0", "K": "> 0"},
)

ex_ns_one = Claim(
    "ex-ns-one",
    "the gradient in the center vector with one draw",
    of="-log(sigma(U[o] @ v)) - log(sigma(-U[b] @ v))",
    wrt="v",
    equals="(sigma(U[o] @ v) - 1)*U[o] + sigma(U[b] @ v)*U[b]",
    letters={"b": "in N"},
    name="J",
    kind="exercise",
)

ex_ns_matrix = Claim(
    "ex-ns-matrix",
    "the gradient in the center vector as a matrix product",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="v",
    equals="(sigma(U[o] @ v) - 1)*U[o] + sigma(U[w] @ v) @ U[w]",
    letters={"w": "K in N"},
    name="J",
    kind="exercise",
)

ex_ns_curvature = Claim(
    "ex-ns-curvature",
    "the second derivative of the loss in a score",
    of="sigma(z1) - 1",
    wrt="z1",
    equals="sigma(z1)*(1 - sigma(z1))",
    letters={"z1": ""},
    kind="exercise",
)

ex_ns_twice = Claim(
    "ex-ns-twice",
    "the shift of the optimal score when K is doubled",
    of="log(p/(2*K*q)) - log(p/(K*q))",
    equals="-log(2)",
    letters={"p": "> 0", "q": "> 0", "K": "> 0"},
    kind="exercise",
)

# 07_skipgram

eq_sg_dv = Claim(
    "eq-sg-dV",
    "a window changes one row of V",
    of="-Sum(log(sigma(U[o[t]] @ V[c])) + Sum(log(sigma(-U[w[t, k]] @ V[c])), (k, 0, K-1)), (t, 0, C-1))",
    wrt="V",
    equals="delta(x, c)*Sum((sigma(U[o[t]] @ V[c]) - 1)*U[o[t]]"
    " + Sum(sigma(U[w[t, k]] @ V[c])*U[w[t, k]], (k, 0, K-1)), (t, 0, C-1))",
    letters={"o": "C in N", "w": "C K in N"},
    name="J",
)

eq_sg_du = Claim(
    "eq-sg-dU",
    "a window changes the rows of its outside words and of its draws",
    of="-Sum(log(sigma(U[o[t]] @ V[c])) + Sum(log(sigma(-U[w[t, k]] @ V[c])), (k, 0, K-1)), (t, 0, C-1))",
    wrt="U",
    equals="Sum(delta(x, o[t])*(sigma(U[x] @ V[c]) - 1)"
    " + Sum(delta(x, w[t, k])*sigma(U[x] @ V[c]), (k, 0, K-1)), (t, 0, C-1))*V[c]",
    letters={"o": "C in N", "w": "C K in N"},
    name="J",
)

eq_sg_matrix = Claim(
    "eq-sg-matrix",
    "the gradient of a window in U is an outer product",
    of="-Sum(log(sigma(U[o[t]] @ V[c])) + Sum(log(sigma(-U[w[t, k]] @ V[c])), (k, 0, K-1)), (t, 0, C-1))",
    wrt="U",
    equals="outer(n*(sigma(z) - 1) + nu*sigma(z), V[c])",
    letters={"o": "C in N", "w": "C K in N"},
    where={
        "z": "V[c] @ U.T",
        "n": "Sum(one_hot(o[t]), (t, 0, C-1))",
        "nu": "Sum(one_hot(w[t, k]), (t, 0, C-1), (k, 0, K-1))",
    },
    name="J",
)

eq_sg_softmax = Claim(
    "eq-sg-softmax",
    "the gradient of a softmax window in U",
    of="-Sum(log(y_hat[o[t]]), (t, 0, C-1))",
    wrt="U",
    equals="outer(C*y_hat - n, V[c])",
    letters={"o": "C in N"},
    where={"y_hat": "softmax(U @ V[c])", "n": "Sum(one_hot(o[t]), (t, 0, C-1))"},
    name="J",
)

eq_one_softmax_dv = Claim(
    "eq-one-softmax-dV",
    "softmax with one table: the center's part, and the part of every row",
    of="-log(y_hat[o])",
    wrt="V",
    equals="delta(x, c)*(g @ V) + g[x]*V[c]",
    where={"y_hat": "softmax(V @ V[c])", "g": "y_hat - y"},
    name="J",
)

eq_one_ns_dv = Claim(
    "eq-one-ns-dV",
    "negative sampling with one table: the same two parts",
    of="-log(sigma(V[o] @ V[c])) - Sum(log(sigma(-V[w[k]] @ V[c])), (k, 0, K-1))",
    wrt="V",
    equals="delta(x, c)*(g @ V) + g[x]*V[c]",
    letters={"w": "K in N"},
    where={
        "z": "V @ V[c]",
        "nu": "Sum(one_hot(w[k]), (k, 0, K-1))",
        "g": "one_hot(o)*(sigma(z) - 1) + nu*sigma(z)",
    },
    name="J",
)

eq_one_own = Claim(
    "eq-one-own",
    "a draw that hits the center counts twice",
    of="-log(sigma(V[o] @ V[c])) - log(sigma(-V[c] @ V[c]))",
    wrt="V[c]",
    equals="(sigma(V[o] @ V[c]) - 1)*V[o] + 2*sigma(V[c] @ V[c])*V[c]",
    apart=(("o", "c"),),
    name="J",
)

eq_one_gap = Claim(
    "eq-one-gap",
    "with one table, two words score each other no higher than themselves on average",
    of="V[o] @ V[o] + V[c] @ V[c] - 2*(V[o] @ V[c])",
    equals="(V[o] - V[c]) @ (V[o] - V[c])",
)

ex_sg_softmax_dv = Claim(
    "ex-sg-softmax-dv",
    "the gradient of a softmax window in the center vector",
    of="-Sum(log(y_hat[o[t]]), (t, 0, C-1))",
    wrt="V[c]",
    equals="C*y_hat @ U - Sum(U[o[t]], (t, 0, C-1))",
    letters={"o": "C in N"},
    where={"y_hat": "softmax(U @ V[c])"},
    name="J",
    kind="exercise",
)

ex_sg_mean = Claim(
    "ex-sg-mean",
    "the gradient of a mean over a window",
    of="-Sum(log(sigma(U[o[t]] @ V[c])), (t, 0, C-1))/C",
    wrt="V[c]",
    equals="Sum((sigma(U[o[t]] @ V[c]) - 1)*U[o[t]], (t, 0, C-1))/C",
    letters={"o": "C in N"},
    name="J",
    kind="exercise",
)

ex_sg_one_table = Claim(
    "ex-sg-one-table",
    "the gradient of a word in its own window, with one table",
    of="-log(sigma(V[c] @ V[c]))",
    wrt="V[c]",
    equals="2*(sigma(V[c] @ V[c]) - 1)*V[c]",
    name="J",
    kind="exercise",
)

# 08_cbow

eq_cbow_mean = Claim(
    "eq-cbow-mean",
    "the mean of the context vectors depends on the counts only",
    of="Sum(V[c[t]], (t, 0, C-1))/C",
    equals="n @ V/C",
    letters={"c": "C in N"},
    where={"n": "Sum(one_hot(c[t]), (t, 0, C-1))"},
    name="h",
)

eq_cbow_dv = Claim(
    "eq-cbow-dV",
    "the gradient in V, for any pair loss with gradient g in the mean (g held fixed)",
    of="h @ g",
    wrt="V",
    equals="outer(n, g)/C",
    letters={"c": "C in N", "g": "d"},
    where={
        "h": "Sum(V[c[t]], (t, 0, C-1))/C",
        "n": "Sum(one_hot(c[t]), (t, 0, C-1))",
    },
)

eq_cbow_dv_row = Claim(
    "eq-cbow-dv-row",
    "the gradient in the vector of a context word, counted as often as it stands there",
    of="h @ g",
    wrt="V[c[s]]",
    equals="Sum(delta(c[s], c[t]), (t, 0, C-1))/C*g",
    letters={"c": "C in N", "g": "d", "s": "in C"},
    where={"h": "Sum(V[c[t]], (t, 0, C-1))/C"},
)

eq_cbow_softmax_dv = Claim(
    "eq-cbow-softmax-dV",
    "CBOW with softmax, the gradient in V",
    of="-log(y_hat[o])",
    wrt="V",
    equals="outer(n, (y_hat - y) @ U)/C",
    letters={"c": "C in N"},
    where={
        "y_hat": "softmax(U @ Sum(V[c[t]], (t, 0, C-1))/C)",
        "n": "Sum(one_hot(c[t]), (t, 0, C-1))",
    },
    name="J",
)

eq_cbow_softmax_du = Claim(
    "eq-cbow-softmax-dU",
    "CBOW with softmax, the gradient in U",
    of="-log(y_hat[o])",
    wrt="U",
    equals="outer(y_hat - y, h)",
    letters={"c": "C in N"},
    where={
        "y_hat": "softmax(U @ Sum(V[c[t]], (t, 0, C-1))/C)",
        "h": "Sum(V[c[t]], (t, 0, C-1))/C",
    },
    name="J",
)

eq_cbow_ns_dv = Claim(
    "eq-cbow-ns-dV",
    "CBOW with negative sampling, the gradient in V",
    of="-log(sigma(U[o] @ h)) - Sum(log(sigma(-U[w[k]] @ h)), (k, 0, K-1))",
    wrt="V",
    equals="outer(n, (sigma(U[o] @ h) - 1)*U[o]"
    " + Sum(sigma(U[w[k]] @ h)*U[w[k]], (k, 0, K-1)))/C",
    letters={"c": "C in N", "w": "K in N"},
    where={
        "h": "Sum(V[c[t]], (t, 0, C-1))/C",
        "n": "Sum(one_hot(c[t]), (t, 0, C-1))",
    },
    name="J",
)

eq_cbow_ns_du = Claim(
    "eq-cbow-ns-dU",
    "CBOW with negative sampling, the gradient in U",
    of="-log(sigma(U[o] @ h)) - Sum(log(sigma(-U[w[k]] @ h)), (k, 0, K-1))",
    wrt="U",
    equals="(delta(x, o)*(sigma(U[o] @ h) - 1)"
    " + Sum(delta(x, w[k])*sigma(U[w[k]] @ h), (k, 0, K-1)))*h",
    letters={"c": "C in N", "w": "K in N"},
    where={"h": "Sum(V[c[t]], (t, 0, C-1))/C"},
    name="J",
)

eq_cbow_move = Claim(
    "eq-cbow-move",
    "the mean after a step of size alpha in V",
    of="Sum(V[c[s]] - alpha*Sum(delta(c[s], c[t]), (t, 0, C-1))/C*g, (s, 0, C-1))/C",
    equals="h - alpha*(n @ n)/C**2*g",
    letters={"c": "C in N", "g": "d", "alpha": ""},
    where={
        "h": "Sum(V[c[t]], (t, 0, C-1))/C",
        "n": "Sum(one_hot(c[t]), (t, 0, C-1))",
    },
    name=r"h_{\text{after}}",
)

eq_cbow_factor = Claim(
    "eq-cbow-factor",
    "the factor of the forward pass is the factor of the backward pass",
    of="(a*Sum(V[c[t]], (t, 0, C-1))) @ g",
    wrt="V",
    equals="a*outer(n, g)",
    letters={"c": "C in N", "g": "d", "a": ""},
    where={"n": "Sum(one_hot(c[t]), (t, 0, C-1))"},
)

ex_cbow_sum = Claim(
    "ex-cbow-sum",
    "the gradient in V if the context vectors are added",
    of="-log(y_hat[o])",
    wrt="V",
    equals="outer(n, (y_hat - y) @ U)",
    letters={"c": "C in N"},
    where={
        "y_hat": "softmax(U @ Sum(V[c[t]], (t, 0, C-1)))",
        "n": "Sum(one_hot(c[t]), (t, 0, C-1))",
    },
    name="J",
    kind="exercise",
)

ex_cbow_weights = Claim(
    "ex-cbow-weights",
    "the gradient in V with a weight for each place",
    of="Sum(a[t]*V[c[t]], (t, 0, C-1)) @ g",
    wrt="V",
    equals="Sum(delta(x, c[t])*a[t], (t, 0, C-1))*g",
    letters={"c": "C in N", "a": "C", "g": "d"},
    kind="exercise",
)

ex_cbow_weights_da = Claim(
    "ex-cbow-weights-da",
    "the gradient in the weights of the places",
    of="-log(sigma(U[o] @ h))",
    wrt="a",
    equals="(sigma(U[o] @ h) - 1)*(V[c] @ U[o])",
    letters={"c": "C in N", "a": "C"},
    where={"h": "Sum(a[t]*V[c[t]], (t, 0, C-1))"},
    name="J",
    kind="exercise",
)

# 09_hierarchical_softmax

eq_hs_split = Claim(
    "eq-hs-split",
    "a node divides its mass between its two children and loses none",
    of="q*sigma(x) + q*sigma(-x)",
    equals="q",
    letters={"q": "", "x": ""},
)

eq_hs_swap = Claim(
    "eq-hs-swap",
    "what it costs to exchange two words of a tree",
    of="f*E + g*D - (f*D + g*E)",
    equals="(f - g)*(E - D)",
    letters={"f": "", "g": "", "D": "", "E": ""},
)

eq_hs_loss = Claim(
    "eq-hs-loss",
    "the loss of a path as a sum of rounded hinges",
    of="-Sum(log(sigma(s[k]*(U[n[k]] @ v))), (k, 0, K-1))",
    equals="Sum(log(1 + exp(-s[k]*(U[n[k]] @ v))), (k, 0, K-1))",
    letters={"n": "K in N", "s": "K"},
)

eq_hs_residual = Claim(
    "eq-hs-residual",
    "the residual of a question is belief minus answer",
    of="-a*log(sigma(x)) - (1 - a)*log(sigma(-x))",
    wrt="x",
    equals="sigma(x) - a",
    letters={"a": "", "x": ""},
)

eq_hs_dv = Claim(
    "eq-hs-dv",
    "the gradient of a path in the center vector",
    of="-Sum(log(sigma(s[k]*(U[n[k]] @ v))), (k, 0, K-1))",
    wrt="v",
    equals="-Sum(s[k]*sigma(-s[k]*(U[n[k]] @ v))*U[n[k]], (k, 0, K-1))",
    letters={"n": "K in N", "a": "K"},
    where={"s": "2*a - 1"},
    name="J",
)

eq_hs_du_node = Claim(
    "eq-hs-du-node",
    "the gradient of a path in the vector of one of its nodes",
    of="-Sum(log(sigma(s[k]*(U[n[k]] @ v))), (k, 0, K-1))",
    wrt="U[n[l]]",
    equals="-s[l]*sigma(-s[l]*(U[n[l]] @ v))*v",
    letters={"n": "K in N", "a": "K", "l": "in K"},
    where={"s": "2*a - 1"},
    distinct=("n",),
    name="J",
)

eq_hs_du = Claim(
    "eq-hs-dU",
    "the gradient of a path in the whole table of nodes",
    of="-Sum(log(sigma(s[k]*(U[n[k]] @ v))), (k, 0, K-1))",
    wrt="U",
    equals="-Sum(delta(x, n[k])*s[k]*sigma(-s[k]*(U[n[k]] @ v))*v, (k, 0, K-1))",
    letters={"n": "K in N", "a": "K"},
    where={"s": "2*a - 1"},
    name="J",
)

eq_hs_step = Claim(
    "eq-hs-step",
    "the signed score of a node after a step on its vector",
    of="s*((U[n] + alpha*s*sigma(-s*(U[n] @ v))*v) @ v)",
    equals="s*(U[n] @ v) + alpha*s**2*sigma(-s*(U[n] @ v))*(v @ v)",
    letters={"n": "in N", "s": "", "alpha": ""},
)

eq_hs_untrained = Claim(
    "eq-hs-untrained",
    "with all scores zero a path costs one coin toss a node",
    of="-Sum(log(sigma(0)), (k, 0, K-1))",
    equals="K*log(2)",
)

eq_hs_length = Claim(
    "eq-hs-length",
    "the mean path length is a cross-entropy, in bits",
    of="-Sum(p[w]*log(q[w]), (w, 0, N-1))/log(2)",
    equals="Sum(p[w]*D[w], (w, 0, N-1))",
    letters={"p": "N > 0", "D": "N"},
    where={"q": "exp(-D*log(2))"},
)

eq_hs_batch_du = Claim(
    "eq-hs-batch-dU",
    "the gradient of a batch of paths in the table of nodes",
    of="-Sum(log(sigma(s[b, k]*(U[n[b, k]] @ V[b]))), (k, 0, K-1), (b, 0, B-1))",
    wrt="U",
    equals="-Sum(delta(x, n[b, k])*s[b, k]*sigma(-s[b, k]*(U[n[b, k]] @ V[b]))*V[b],"
    " (k, 0, K-1), (b, 0, B-1))",
    letters={"V": "B d", "n": "B K in N", "a": "B K"},
    where={"s": "2*a - 1"},
    name="J",
)

ex_hs_matrix = Claim(
    "ex-hs-matrix",
    "the gradient of a path in the center vector as a matrix product",
    of="-Sum(log(sigma(s[k]*(U[n[k]] @ v))), (k, 0, K-1))",
    wrt="v",
    equals="-(s*sigma(-s*(U[n] @ v))) @ U[n]",
    letters={"n": "K in N", "a": "K"},
    where={"s": "2*a - 1"},
    name="J",
    kind="exercise",
)

ex_hs_code = Claim(
    "ex-hs-code",
    "the residual of a question whose answer is stored as a bit",
    of="-(1 - b)*log(sigma(x)) - b*log(sigma(-x))",
    wrt="x",
    equals="sigma(x) - 1 + b",
    letters={"b": "", "x": ""},
    kind="exercise",
)

ex_hs_two_words = Claim(
    "ex-hs-two-words",
    "a softmax over two words is a tree with one node",
    of="exp(U[o] @ v)/(exp(U[o] @ v) + exp(U[c] @ v))",
    equals="sigma((U[o] - U[c]) @ v)",
    kind="exercise",
)

# 10_sampling

eq_noise_normalized = Claim(
    "eq-noise-normalized",
    "the noise probabilities sum to one",
    of="Sum(f[w]**(3/4)/Sum(f[x]**(3/4), (x, 0, N-1)), (w, 0, N-1))",
    equals="1",
    letters={"f": "N > 0"},
)

eq_noise_ratio = Claim(
    "eq-noise-ratio",
    "the ratio of two noise probabilities is the power of the ratio of the counts",
    of="P[o]/P[c]",
    equals="(f[o]/f[c])**(3/4)",
    letters={"f": "N > 0"},
    where={"P": "f**(3/4)/Sum(f[x]**(3/4), (x, 0, N-1))"},
)

eq_noise_gain = Claim(
    "eq-noise-gain",
    "what a word gains falls with the fourth root of its count",
    of="P[o]/p[o]",
    equals="Sum(f[x], (x, 0, N-1))/Sum(f[x]**(3/4), (x, 0, N-1))*f[o]**(-1/4)",
    letters={"f": "N > 0"},
    where={
        "P": "f**(3/4)/Sum(f[x]**(3/4), (x, 0, N-1))",
        "p": "f/Sum(f[x], (x, 0, N-1))",
    },
)

eq_cumulative_gap = Claim(
    "eq-cumulative-gap",
    "the stretch of a word is as long as its share",
    of="Sum(f[x], (x, 0, o))/Sum(f[x], (x, 0, N-1))"
    " - Sum(f[x], (x, 0, o-1))/Sum(f[x], (x, 0, N-1))",
    equals="f[o]/Sum(f[x], (x, 0, N-1))",
    letters={"f": "N > 0"},
)

eq_alias_step = Claim(
    "eq-alias-step",
    "a step of the construction keeps the mass of every word",
    of="q*one_hot(o) + (1 - q)*one_hot(c) + (r - (1 - q))*one_hot(c)",
    equals="q*one_hot(o) + r*one_hot(c)",
    letters={"q": "", "r": ""},
)

eq_alias_draw = Claim(
    "eq-alias-draw",
    "a draw from the alias table follows P",
    of="Sum((q[j]*one_hot(j) + g[j]*one_hot(a[j]))/N, (j, 0, N-1))",
    equals="P",
    letters={"P": "N", "g": "N", "a": "N in N"},
    where={"q": "N*P - Sum(g[j]*one_hot(a[j]), (j, 0, N-1))"},
)

eq_redraw = Claim(
    "eq-redraw",
    "redrawing leaves the shares among the other words",
    of="a/(a + b + r) + b/(a + b + r)*(a/(a + r))",
    equals="a/(a + r)",
    letters={"a": "> 0", "b": "> 0", "r": "> 0"},
)

eq_keep_gap = Claim(
    "eq-keep-gap",
    "the program keeps more than the paper says",
    of="(sqrt(n/(t*T)) + 1)*(t*T/n) - sqrt(t*T/n)",
    equals="t*T/n",
    letters={"n": "> 0", "t": "> 0", "T": "> 0"},
)

eq_kept = Claim(
    "eq-kept",
    "a frequent word remains about as often as the root of its count",
    of="n*(sqrt(t*T/n) + t*T/n)",
    equals="sqrt(t*T*n) + t*T",
    letters={"n": "> 0", "t": "> 0"},
)

eq_reach = Claim(
    "eq-reach",
    "a word is inside the window with a probability that falls with its distance",
    of="Sum(1/m, (b, r, m-1))",
    equals="(m - r)/m",
    letters={"r": "in m"},
)

ex_noise_uniform = Claim(
    "ex-noise-uniform",
    "the gain of a word under uniform noise",
    of="1/N/(f[o]/Sum(f[x], (x, 0, N-1)))",
    equals="Sum(f[x], (x, 0, N-1))/(N*f[o])",
    letters={"f": "N > 0"},
    kind="exercise",
)

ex_noise_twice = Claim(
    "ex-noise-twice",
    "the ratio after flattening twice",
    of="P[o]**(3/4)/P[c]**(3/4)",
    equals="(f[o]/f[c])**(9/16)",
    letters={"f": "N > 0"},
    where={"P": "f**(3/4)/Sum(f[x]**(3/4), (x, 0, N-1))"},
    kind="exercise",
)

ex_alias_rest = Claim(
    "ex-alias-rest",
    "the chance to hit the cell of a poor word and get the alias",
    of="(1 - N*P[o])/N",
    equals="1/N - P[o]",
    letters={"P": "N"},
    kind="exercise",
)

ex_keep_threshold = Claim(
    "ex-keep-threshold",
    "the share at which subsampling begins, in units of the threshold",
    of="((sqrt(5) + 1)/2)**2",
    equals="(3 + sqrt(5))/2",
    kind="exercise",
)

ex_reach_mean = Claim(
    "ex-reach-mean",
    "the mean number of outside words with a random radius",
    of="Sum(2*(b + 1)/m, (b, 0, m-1)) + 0*r",
    equals="m + 1",
    letters={"r": "in m"},
    kind="exercise",
)

# 11_sgd

eq_batch_dv = Claim(
    "eq-batch-dV",
    "the gradient of a batch in V, repeated centers accumulated",
    of="-Sum(log(sigma(U[o[b]] @ V[c[b]]))"
    " + Sum(log(sigma(-U[w[b, k]] @ V[c[b]])), (k, 0, K-1)), (b, 0, B-1))",
    wrt="V",
    equals="Sum(delta(x, c[b])*((sigma(U[o[b]] @ V[c[b]]) - 1)*U[o[b]]"
    " + Sum(sigma(U[w[b, k]] @ V[c[b]])*U[w[b, k]], (k, 0, K-1))), (b, 0, B-1))",
    letters={"c": "B in N", "o": "B in N", "w": "B K in N"},
    name="J",
)

eq_batch_du = Claim(
    "eq-batch-dU",
    "the gradient of a batch in U, repeated outside words and draws accumulated",
    of="-Sum(log(sigma(U[o[b]] @ V[c[b]]))"
    " + Sum(log(sigma(-U[w[b, k]] @ V[c[b]])), (k, 0, K-1)), (b, 0, B-1))",
    wrt="U",
    equals="Sum((delta(x, o[b])*(sigma(U[x] @ V[c[b]]) - 1)"
    " + Sum(delta(x, w[b, k])*sigma(U[x] @ V[c[b]]), (k, 0, K-1)))*V[c[b]], (b, 0, B-1))",
    letters={"c": "B in N", "o": "B in N", "w": "B K in N"},
    name="J",
)

eq_in_place_gap = Claim(
    "eq-in-place-gap",
    "how far an update in place lands from the simultaneous one",
    of="alpha*(p - s)*v - alpha*(r - s)*h",
    equals="alpha*(p - r)*h + alpha**2*(p - s)*g",
    letters={"u": "d", "s": "", "g": "d", "alpha": ""},
    where={"h": "v - alpha*g", "p": "sigma(u @ v)", "r": "sigma(u @ h)"},
)

eq_second_turn = Claim(
    "eq-second-turn",
    "two turns of a draw, one after the other, against both at once",
    of="(h - alpha*r*v) - (u - 2*alpha*p*v)",
    equals="alpha*(p - r)*v",
    letters={"u": "d", "alpha": ""},
    where={"h": "u - alpha*p*v", "p": "sigma(u @ v)", "r": "sigma(h @ v)"},
)

eq_unbiased = Claim(
    "eq-unbiased",
    "the mean over all batches, scaled up, is the whole sum",
    of="T/B*Sum(Sum(g[t]/T, (t, 0, T-1)), (b, 0, B-1))",
    equals="Sum(g[t], (t, 0, T-1))",
    letters={"g": "T d"},
)

eq_batch_error = Claim(
    "eq-batch-error",
    "the mean squared error of a batch, drawn without replacement",
    of="(T/B)**2*(B*Sum(x[t]**2, (t, 0, T-1))/T"
    " + B*(B - 1)*(Sum(x[t], (t, 0, T-1))**2 - Sum(x[t]**2, (t, 0, T-1)))/(T*(T - 1)))",
    equals="T*(T - B)/(B*(T - 1))*Sum(x[t]**2, (t, 0, T-1))",
    letters={"g": "T"},
    where={"x": "g - Sum(g[t], (t, 0, T-1))/T"},
)

eq_row_curvature = Claim(
    "eq-row-curvature",
    "the second derivative in a row of U",
    of="Sum((sigma(u @ V[c[b]]) - s[b])*V[c[b]], (b, 0, B-1))",
    wrt="u",
    equals="Sum(sigma(u @ V[c[b]])*(1 - sigma(u @ V[c[b]]))*outer(V[c[b]], V[c[b]]), (b, 0, B-1))",
    letters={"u": "d", "c": "B in N", "s": "B"},
    name="g",
)

ex_unequal_draws = Claim(
    "ex-unequal-draws",
    "the mean of a weighted draw",
    of="Sum(p[t]*(g[t]/p[t]), (t, 0, T-1))",
    equals="Sum(g[t], (t, 0, T-1))",
    letters={"g": "T d", "p": "T > 0"},
    kind="exercise",
)

ex_center_curvature = Claim(
    "ex-center-curvature",
    "the second derivative in a center row",
    of="Sum((sigma(U[w[k]] @ v) - s[k])*U[w[k]], (k, 0, K-1))",
    wrt="v",
    equals="Sum(sigma(U[w[k]] @ v)*(1 - sigma(U[w[k]] @ v))*outer(U[w[k]], U[w[k]]), (k, 0, K-1))",
    letters={"w": "K in N", "s": "K"},
    name="g",
    kind="exercise",
)

# 11a_objectives

eq_input_dv = Claim(
    "eq-input-dV",
    "a gradient goes back through a mixture of rows",
    of="Sum(G[b] @ (E @ V)[b], (b, 0, B-1))",
    wrt="V",
    equals="E.T @ G",
    letters={"E": "B N", "G": "B d"},
)

eq_questions_dh = Claim(
    "eq-questions-dH",
    "the gradient of a batch of questions in its inputs",
    of="-Sum(log(sigma(s[b, k]*(U[n[b, k]] @ H[b]))), (k, 0, K-1), (b, 0, B-1))",
    wrt="H",
    equals="-Sum(s[b, k]*sigma(-s[b, k]*(U[n[b, k]] @ H[b]))*U[n[b, k], j],"
    " (k, 0, K-1))",
    letters={"H": "B d", "n": "B K in N", "s": "B K"},
    name="J",
)

eq_all_words_dh = Claim(
    "eq-all-words-dH",
    "the gradient of softmax over a batch in its inputs",
    of="-Sum(log(softmax(U @ H[b])[o[b]]), (b, 0, B-1))",
    wrt="H",
    equals="Sum(softmax(U @ H[b])[w]*U[w, j], (w, 0, N-1)) - U[o[b], j]",
    letters={"H": "B d", "o": "B in N"},
    name="J",
)

eq_all_words_du = Claim(
    "eq-all-words-dU",
    "the gradient of softmax over a batch in the outside vectors",
    of="-Sum(log(softmax(U @ H[b])[o[b]]), (b, 0, B-1))",
    wrt="U",
    equals="Sum(outer(softmax(U @ H[b]) - one_hot(o[b]), H[b]), (b, 0, B-1))",
    letters={"H": "B d", "o": "B in N"},
    name="J",
)

eq_untrained_softmax = Claim(
    "eq-untrained-softmax",
    "with all scores zero softmax spreads over N words",
    of="-log(softmax(0*(U @ v))[o])",
    equals="log(N)",
)

ex_mixture_weights = Claim(
    "ex-mixture-weights",
    "the gradient in the weights of a mixture",
    of="Sum(G[b] @ (E @ V)[b], (b, 0, B-1))",
    wrt="E",
    equals="G @ V.T",
    letters={"E": "B N", "G": "B d"},
    kind="exercise",
)

ex_input_sum = Claim(
    "ex-input-sum",
    "the gradient of a score of a sum of context rows",
    of="Sum(g @ V[w[i]], (i, 0, C-1))",
    wrt="V",
    equals="Sum(outer(one_hot(w[i]), g), (i, 0, C-1))",
    letters={"g": "d", "w": "C in N"},
    kind="exercise",
)

# 12_vectors

eq_cosine_scale = Claim(
    "eq-cosine-scale",
    "scaling a vector by a positive number leaves the cosine unchanged",
    of="(s*a) @ b/(sqrt((s*a) @ (s*a))*sqrt(b @ b))",
    equals="a @ b/(sqrt(a @ a)*sqrt(b @ b))",
    letters={"a": "d", "b": "d", "s": "> 0"},
)

eq_cosine_distance = Claim(
    "eq-cosine-distance",
    "the squared distance of two unit vectors is 2 - 2 cos",
    of="(a/sqrt(a @ a) - b/sqrt(b @ b)) @ (a/sqrt(a @ a) - b/sqrt(b @ b))",
    equals="2 - 2*(a @ b)/(sqrt(a @ a)*sqrt(b @ b))",
    letters={"a": "d", "b": "d"},
)

eq_analogy_scores = Claim(
    "eq-analogy-scores",
    "the score of an analogy is a sum of three scores",
    of="q @ (b - a + p)",
    equals="q @ b - q @ a + q @ p",
    letters={"a": "d", "b": "d", "p": "d", "q": "d"},
)

ex_law_of_cosines = Claim(
    "ex-law-of-cosines",
    "the squared distance of two vectors",
    of="(a - b) @ (a - b)",
    equals="a @ a - 2*(a @ b) + b @ b",
    letters={"a": "d", "b": "d"},
    kind="exercise",
)

ex_cosine_gradient = Claim(
    "ex-cosine-gradient",
    "the gradient of the cosine",
    of="a @ b/(sqrt(a @ a)*sqrt(b @ b))",
    wrt="a",
    equals="(w - (u @ w)*u)/sqrt(a @ a)",
    letters={"a": "d", "b": "d"},
    where={"u": "a/sqrt(a @ a)", "w": "b/sqrt(b @ b)"},
    kind="exercise",
)

# 13_engine

eq_block_dv = Claim(
    "eq-block-dV",
    "the gradient of a block in V",
    of="-Sum(Sum(A[j, b]*log(sigma(U[o[j]] @ V[c[b]])), (j, 0, C-1))"
    " + a[b]*Sum(log(sigma(-U[w[k]] @ V[c[b]])), (k, 0, K-1)), (b, 0, B-1))",
    wrt="V",
    equals="Sum(delta(x, c[b])*(Sum(A[j, b]*(sigma(U[o[j]] @ V[c[b]]) - 1)*U[o[j]], (j, 0, C-1))"
    " + a[b]*Sum(sigma(U[w[k]] @ V[c[b]])*U[w[k]], (k, 0, K-1))), (b, 0, B-1))",
    letters={"c": "B in N", "o": "C in N", "w": "K in N", "A": "C B", "a": "B"},
    name="J",
)

eq_block_du = Claim(
    "eq-block-dU",
    "the gradient of a block in U",
    of="-Sum(Sum(A[j, b]*log(sigma(U[o[j]] @ V[c[b]])), (j, 0, C-1))"
    " + a[b]*Sum(log(sigma(-U[w[k]] @ V[c[b]])), (k, 0, K-1)), (b, 0, B-1))",
    wrt="U",
    equals="Sum((Sum(delta(x, o[j])*A[j, b]*(sigma(U[x] @ V[c[b]]) - 1), (j, 0, C-1))"
    " + a[b]*Sum(delta(x, w[k])*sigma(U[x] @ V[c[b]]), (k, 0, K-1)))*V[c[b]], (b, 0, B-1))",
    letters={"c": "B in N", "o": "C in N", "w": "K in N", "A": "C B", "a": "B"},
    name="J",
)

eq_shared_draws = Claim(
    "eq-shared-draws",
    "the mean loss of B shared draws of weight CK/B is that of K draws for each of C pairs",
    of="-C*K/B*Sum(Sum(P[w]*log(sigma(-U[w] @ v)), (w, 0, N-1)), (b, 0, B-1))",
    equals="-Sum(Sum(Sum(P[w]*log(sigma(-U[w] @ v)), (w, 0, N-1)), (k, 0, K-1)), (j, 0, C-1))",
    letters={"P": "N"},
)

eq_shared_du = Claim(
    "eq-shared-dU",
    "the mean gradient of shared draws in U",
    of="-C*K/B*Sum(Sum(P[w]*log(sigma(-U[w] @ v)), (w, 0, N-1)), (b, 0, B-1))",
    wrt="U",
    equals="C*K*P[x]*sigma(U[x] @ v)*v",
    letters={"P": "N"},
    name="J",
)
eq_shared_dv = Claim(
    "eq-shared-dv",
    "the mean gradient of shared draws in the center",
    of="-C*K/B*Sum(Sum(P[w]*log(sigma(-U[w] @ v)), (w, 0, N-1)), (b, 0, B-1))",
    wrt="v",
    equals="C*K*Sum(P[w]*sigma(U[w] @ v)*U[w], (w, 0, N-1))",
    letters={"P": "N"},
    name="J",
)

eq_block_cbow_dv = Claim(
    "eq-block-cbow-dV",
    "the gradient of a block of CBOW in V, with g the gradient in the means (held fixed)",
    of="Sum(Sum(A[j, b]*V[o[j]], (j, 0, C-1)) @ g[b], (b, 0, B-1))",
    wrt="V",
    equals="Sum(delta(x, o[j])*Sum(A[j, b]*g[b], (b, 0, B-1)), (j, 0, C-1))",
    letters={"o": "C in N", "A": "C B", "g": "B d"},
)

ex_engine_draw = Claim(
    "ex-engine-draw",
    "the gradient in the row of a shared draw",
    of="-Sum(a[b]*log(sigma(-u @ V[c[b]])), (b, 0, B-1))",
    wrt="u",
    equals="Sum(a[b]*sigma(u @ V[c[b]])*V[c[b]], (b, 0, B-1))",
    letters={"u": "d", "c": "B in N", "a": "B"},
    name="J",
    kind="exercise",
)

# 13a_compiled

ex_compiled_softplus = Claim(
    "ex-compiled-softplus",
    "the loss of a score without a large exponential",
    of="log(1 + exp(Z))",
    equals="Z + log(1 + exp(-Z))",
    letters={"Z": ""},
    kind="exercise",
)

# 14_word2vec

eq_untrained_loss = Claim(
    "eq-untrained-loss",
    "with all scores zero a pair costs K + 1 coin tosses",
    of="-log(sigma(0)) - Sum(log(sigma(-0)), (k, 0, K-1))",
    equals="(K + 1)*log(2)",
)

eq_constant_score = Claim(
    "eq-constant-score",
    "the slope of the loss where all pairs have one score",
    of="-log(sigma(s)) - Sum(log(sigma(-s)), (k, 0, K-1))",
    wrt="s",
    equals="(K + 1)*sigma(s) - 1",
    letters={"s": ""},
)

eq_mean_step = Claim(
    "eq-mean-step",
    "the mean size of T steps that fall in a straight line",
    of="Sum(alpha + (gamma - alpha)*t/T, (t, 0, T-1))/T",
    equals="(alpha + gamma)/2 + (alpha - gamma)/(2*T)",
    letters={"alpha": "", "gamma": ""},
)

ex_travel = Claim(
    "ex-travel",
    "the sum of T steps that fall to zero",
    of="Sum(alpha*(T - t)/T, (t, 0, T-1))",
    equals="alpha*(T + 1)/2",
    letters={"alpha": ""},
    kind="exercise",
)

ex_odds_score = Claim(
    "ex-odds-score",
    "the log-odds of one real pair among K + 1",
    of="log((1/(K + 1))/(1 - 1/(K + 1)))",
    equals="-log(K)",
    letters={"K": "> 0"},
    kind="exercise",
)

# 15_counts

eq_independent_mass = Claim(
    "eq-independent-mass",
    "without any associations, squared mass goes with the square of the count",
    of="Sum(X[c, o]**2, (o, 0, N-1))/Sum(Sum(X[x, o]**2, (o, 0, N-1)), (x, 0, N-1))",
    equals="f[c]**2/Sum(f[x]**2, (x, 0, N-1))",
    letters={"f": "N > 0"},
    where={"X": "outer(f, f)"},
)

eq_factor_dv = Claim(
    "eq-factor-dV",
    "the gradient of the squared error in V",
    of="Sum(Sum((X[c, o] - V[c] @ U[o])**2, (o, 0, N-1)), (c, 0, N-1))",
    wrt="V",
    equals="2*(V @ U.T - X) @ U",
    letters={"X": "N N"},
    name="J",
)

eq_factor_du = Claim(
    "eq-factor-dU",
    "the gradient of the squared error in U",
    of="Sum(Sum((X[c, o] - V[c] @ U[o])**2, (o, 0, N-1)), (c, 0, N-1))",
    wrt="U",
    equals="2*(V @ U.T - X).T @ V",
    letters={"X": "N N"},
    name="J",
)

eq_dropped_meets_kept = Claim(
    "eq-dropped-meets-kept",
    "what the dropped terms do to U goes through their right vectors",
    of="Sum(e[k]*outer(L[:, k], R[:, k]), (k, 0, K-1)) @ U",
    equals="L @ diag(e) @ (R.T @ U)",
    letters={"L": "N K", "R": "N K", "e": "K"},
)

eq_squared_norm = Claim(
    "eq-squared-norm",
    "the squared mass of a sum of terms, from the products of its vectors",
    of="Sum(Sum(E[c, o]**2, (o, 0, N-1)), (c, 0, N-1))",
    equals="Sum(Sum(e[k]*e[l]*(L.T @ L)[k, l]*(R.T @ R)[k, l], (l, 0, K-1)), (k, 0, K-1))",
    letters={"L": "N K", "R": "N K", "e": "K"},
    where={"E": "L @ diag(e) @ R.T"},
)

eq_complete_square = Claim(
    "eq-complete-square",
    "the error of a rival in a row, split into what U costs and what v adds",
    of="(x - p) @ (x - p)",
    equals="x @ x - f @ f + (v - f) @ (v - f) + p @ p - v @ v",
    letters={"x": "N"},
    where={"p": "U @ v", "f": "x @ U"},
)

eq_eckart_young = Claim(
    "eq-eckart-young",
    "what a rival loses against the truncated SVD",
    of="s**2 @ (1 - h) - e**2 @ g",
    equals="f @ (1 - h) + p @ g + t**2*n",
    letters={"s": "d", "h": "d", "e": "K", "g": "K", "t": ""},
    where={"f": "s**2 - t**2", "p": "t**2 - e**2", "n": "d - sum(h) - sum(g)"},
)

eq_spectral_gap = Claim(
    "eq-spectral-gap",
    "a combination of the first singular vectors grows at least as much as the last of them",
    of="sum(s**2*x**2)",
    equals="t**2*sum(x**2) + sum((s**2 - t**2)*x**2)",
    letters={"s": "K", "x": "K", "t": ""},
)

eq_pmi = Claim(
    "eq-pmi",
    "pointwise mutual information from counts",
    of="log(X[c, o]/M/(r[c]/M*(q[o]/M)))",
    equals="log(X[c, o]) - log(r[c]) - log(q[o]) + log(M)",
    letters={"X": "N N > 0"},
    where={
        "r": "Sum(X[:, x], (x, 0, N-1))",
        "q": "Sum(X[x], (x, 0, N-1))",
        "M": "sum(r)",
    },
)

eq_coals = Claim(
    "eq-coals",
    "the correlation of two words, from counts",
    of="(n/M - r/M*(q/M))/sqrt(r/M*((l + t)/M)*(q/M)*((k + t)/M))",
    equals="(n*t - k*l)/sqrt(r*(l + t)*q*(k + t))",
    letters={"n": "> 0", "k": "> 0", "l": "> 0", "t": "> 0"},
    where={"r": "n + k", "q": "n + l", "M": "n + k + l + t"},
)

eq_coals_pmi = Claim(
    "eq-coals-pmi",
    "a covariance is positive where the PMI is",
    of="n/M - x*y",
    equals="x*y*(exp(log(n/M/(x*y))) - 1)",
    letters={"n": "> 0", "r": "> 0", "q": "> 0", "M": "> 0"},
    where={"x": "r/M", "y": "q/M"},
)

eq_glove_target = Claim(
    "eq-glove-target",
    "with the logarithms of the sums as biases, the target of the score is the PMI",
    of="log(X[c, o]) - a[c] - b[o]",
    equals="log(X[c, o]*M/(r[c]*q[o]))",
    letters={"X": "N N > 0", "r": "N > 0", "q": "N > 0", "M": "> 0"},
    where={"a": "log(r)", "b": "log(q) - log(M)"},
)

glove = (
    "Sum(Sum(W[c, o]*(V[c] @ U[o] + a[c] + b[o] - log(X[c, o]))**2, (o, 0, N-1)),"
    " (c, 0, N-1))"
)
letters = {"W": "N N", "X": "N N > 0", "a": "N", "b": "N"}

eq_glove_dv = Claim(
    "eq-glove-dV",
    "GloVe's gradient in the center vectors",
    of=glove,
    wrt="V",
    equals="2*Sum(W[x, o]*(V[x] @ U[o] + a[x] + b[o] - log(X[x, o]))*U[o], (o, 0, N-1))",
    letters=letters,
    name="J",
)

eq_glove_du = Claim(
    "eq-glove-dU",
    "GloVe's gradient in the outside vectors",
    of=glove,
    wrt="U",
    equals="2*Sum(W[c, x]*(V[c] @ U[x] + a[c] + b[x] - log(X[c, x]))*V[c], (c, 0, N-1))",
    letters=letters,
    name="J",
)

eq_glove_da = Claim(
    "eq-glove-da",
    "GloVe's gradient in the biases of the center words",
    of=glove,
    wrt="a",
    equals="2*Sum(W[x, o]*(V[x] @ U[o] + a[x] + b[o] - log(X[x, o])), (o, 0, N-1))",
    letters=letters,
    name="J",
)

eq_glove_db = Claim(
    "eq-glove-db",
    "GloVe's gradient in the biases of the outside words",
    of=glove,
    wrt="b",
    equals="2*Sum(W[c, x]*(V[c] @ U[x] + a[c] + b[x] - log(X[c, x])), (c, 0, N-1))",
    letters=letters,
    name="J",
)

ex_pmi_scale = Claim(
    "ex-pmi-scale",
    "the PMI of a text that is read t times",
    of="log(t*n*(t*M)/(t*r*(t*q)))",
    equals="log(n*M/(r*q))",
    letters={"t": "> 0", "n": "> 0", "r": "> 0", "q": "> 0", "M": "> 0"},
    kind="exercise",
)

ex_factor_price = Claim(
    "ex-factor-price",
    "the gradient of the squared error with a price on the length of V",
    of="Sum(Sum((X[c, o] - V[c] @ U[o])**2, (o, 0, N-1)) + t*V[c] @ V[c], (c, 0, N-1))",
    wrt="V",
    equals="2*((V @ U.T - X) @ U + t*V)",
    letters={"X": "N N", "t": "> 0"},
    name="J",
    kind="exercise",
)

ex_best_bias = Claim(
    "ex-best-bias",
    "the bias after a step by the gradient over the curvature",
    of="a[c] - Sum(W[c, o]*(V[c] @ U[o] + a[c] + b[o] - log(X[c, o])), (o, 0, N-1))"
    "/Sum(W[c, o], (o, 0, N-1))",
    equals="Sum(W[c, o]*(log(X[c, o]) - V[c] @ U[o] - b[o]), (o, 0, N-1))"
    "/Sum(W[c, o], (o, 0, N-1))",
    letters={"W": "N N > 0", "X": "N N > 0", "a": "N", "b": "N"},
    kind="exercise",
)

ex_adagrad_slope = Claim(
    "ex-adagrad-slope",
    "the length of the last of T equal steps",
    of="alpha*g/sqrt(Sum(g**2, (t, 0, T-1)))",
    equals="alpha/sqrt(T)",
    letters={"alpha": "> 0", "g": "> 0"},
    kind="exercise",
)

# 16_factorization

eq_expected_negatives = Claim(
    "eq-expected-negatives",
    "the mean loss over all pairs and all draws is a sum over a table",
    of="Sum(Sum(p[c,o]*(-log(sigma(S[c,o]))"
    " - Sum(Sum(P[w]*log(sigma(-S[c,w])), (w, 0, N-1)), (k, 0, K-1))),"
    " (o, 0, N-1)), (c, 0, N-1))",
    equals="Sum(Sum(-p[c,w]*log(sigma(S[c,w])) - K*r[c]*P[w]*log(sigma(-S[c,w])),"
    " (w, 0, N-1)), (c, 0, N-1))",
    letters={"p": "N N > 0", "a": "N", "S": "N N"},
    where={"r": "Sum(p[:, w], (w, 0, N-1))", "P": "softmax(a)"},
    name="J",
)

eq_sgns_ds = Claim(
    "eq-sgns-dS",
    "the derivative of the expected loss in the scores",
    of="Sum(Sum(-p[c,w]*log(sigma(S[c,w])) - n[c,w]*log(sigma(-S[c,w])),"
    " (w, 0, N-1)), (c, 0, N-1))",
    wrt="S",
    equals="n*sigma(S) - p*sigma(-S)",
    letters={"p": "N N > 0", "n": "N N > 0", "S": "N N"},
    name="J",
)

eq_sgns_balance = Claim(
    "eq-sgns-balance",
    "at the score log(p/n) the text pulls as hard as the draws",
    of="n*sigma(log(p/n))",
    equals="p*sigma(-log(p/n))",
    letters={"p": "N N > 0", "n": "N N > 0"},
)

eq_sgns_pmi = Claim(
    "eq-sgns-pmi",
    "the optimum is pointwise mutual information less log K",
    of="log(p/(K*outer(r, q)))",
    equals="log(p/outer(r, q)) - log(K)",
    letters={"p": "N N > 0", "K": "> 0"},
    where={"r": "Sum(p[:, w], (w, 0, N-1))", "q": "Sum(p[c], (c, 0, N-1))"},
)

eq_sgns_posterior = Claim(
    "eq-sgns-posterior",
    "the sigmoid of the optimum is the probability that a pair is real",
    of="sigma(log(p/n))",
    equals="p/(p + n)",
    letters={"p": "N N > 0", "n": "N N > 0"},
)

eq_sgns_hessian = Claim(
    "eq-sgns-hessian",
    "the expected loss bends upwards in each score, and no two scores interact",
    of="n*sigma(S) - p*sigma(-S)",
    wrt="S",
    equals="delta(x, a)*delta(s, b)*(p[x,s] + n[x,s])*sigma(S[x,s])*sigma(-S[x,s])",
    letters={"p": "N N > 0", "n": "N N > 0", "S": "N N"},
    name="D",
)

eq_sgns_excess = Claim(
    "eq-sgns-excess",
    "what a pair costs beyond the least is a divergence between truth and belief",
    of="(-p*log(b) - n*log(1 - b)) - (-p*log(y) - n*log(1 - y))",
    equals="(p + n)*h",
    letters={"p": "> 0", "n": "> 0", "s": ""},
    where={
        "y": "p/(p + n)",
        "b": "sigma(s)",
        "h": "y*log(y/b) + (1 - y)*log((1 - y)/(1 - b))",
    },
)

eq_unseen_clock = Claim(
    "eq-unseen-clock",
    "the clock of an unseen pair",
    of="exp(-s) - s",
    wrt="s",
    equals="-1/sigma(s)",
    letters={"s": ""},
)

eq_sgns_dv = Claim(
    "eq-sgns-dV",
    "the expected gradient in the center table",
    of="Sum(Sum(-p[c,w]*log(sigma(V[c] @ U[w])) - n[c,w]*log(sigma(-V[c] @ U[w])),"
    " (w, 0, N-1)), (c, 0, N-1))",
    wrt="V",
    equals="(n*sigma(V @ U.T) - p*sigma(-V @ U.T)) @ U",
    letters={"p": "N N > 0", "n": "N N > 0"},
    name="J",
)
eq_sgns_du = Claim(
    "eq-sgns-dU",
    "the expected gradient in the outside table",
    of="Sum(Sum(-p[c,w]*log(sigma(V[c] @ U[w])) - n[c,w]*log(sigma(-V[c] @ U[w])),"
    " (w, 0, N-1)), (c, 0, N-1))",
    wrt="U",
    equals="(n*sigma(V @ U.T) - p*sigma(-V @ U.T)).T @ V",
    letters={"p": "N N > 0", "n": "N N > 0"},
    name="J",
)

eq_sgns_weight = Claim(
    "eq-sgns-weight",
    "the curvature at the optimum",
    of="(p + n)*sigma(log(p/n))*sigma(-log(p/n))",
    equals="p*n/(p + n)",
    letters={"p": "N N > 0", "n": "N N > 0"},
)
eq_sgns_sample = Claim(
    "eq-sgns-sample",
    "what counting T pairs costs, whatever the language",
    of="Sum(Sum(p[c,w]*n[c,w]/(p[c,w] + n[c,w])*(1/(T*p[c,w]) + 1/(T*n[c,w]))/2,"
    " (w, 0, N-1)), (c, 0, N-1))",
    equals="N**2/(2*T)",
    letters={"p": "N N > 0", "n": "N N > 0"},
)

eq_power_shift = Claim(
    "eq-power-shift",
    "flattened noise adds a quarter of the log-frequency to each score, and a constant",
    of="log(p/outer(r, P)) - log(p/outer(r, q))",
    equals="log(q[s])/4 + log(Sum(q[w]**(3/4), (w, 0, N-1)))",
    letters={"p": "N N > 0", "r": "N > 0", "q": "N > 0"},
    where={"P": "q**(3/4)/Sum(q[w]**(3/4), (w, 0, N-1))"},
)

eq_unequal_negatives = Claim(
    "eq-unequal-negatives",
    "the fakes of one draw a pair, if it is never the outside word of the pair",
    of="Sum(outer(p[:, o], (1 - one_hot(o))*P/(1 - P[o])), (o, 0, N-1))",
    equals="P[s]*(Sum(p[x,o]/(1 - P[o]), (o, 0, N-1)) - p[x,s]/(1 - P[s]))",
    letters={"p": "N N > 0", "a": "N"},
    where={"P": "softmax(a)"},
)

eq_unequal_ratio = Claim(
    "eq-unequal-ratio",
    "excluding the true word takes fakes from likely pairs and gives them to all others",
    of="Sum(outer(p[:, o], (1 - one_hot(o))*P/(1 - P[o])), (o, 0, N-1))/outer(r, P)",
    equals="Sum(p[x,o]/r[x]/(1 - P[o]), (o, 0, N-1)) - p[x,s]/r[x]/(1 - P[s])",
    letters={"p": "N N > 0", "a": "N"},
    where={"P": "softmax(a)", "r": "Sum(p[:, w], (w, 0, N-1))"},
)

ex_skipped_draws = Claim(
    "ex-skipped-draws",
    "the optimum if a draw of the outside word is skipped",
    of="log(p/(K*P*(1 - p)))",
    equals="log(p/(1 - p)) - log(K*P)",
    letters={"s": "", "P": "> 0", "K": "> 0"},
    where={"p": "sigma(s)"},
    kind="exercise",
)

ex_thinned_pmi = Claim(
    "ex-thinned-pmi",
    "how thinning out moves pointwise mutual information",
    of="log(k*g/outer(Sum(k[:, w], (w, 0, N-1)), Sum(k[c], (c, 0, N-1))))"
    " - log(p/outer(r, q))",
    equals="log(g) - log(Sum(p[x,w]*h[w], (w, 0, N-1))/r[x])"
    " - log(Sum(h[c]*p[c,s], (c, 0, N-1))/q[s])",
    letters={"p": "N N > 0", "h": "N > 0"},
    where={
        "k": "outer(h, h)*p",
        "g": "Sum(Sum(h[c]*p[c,w]*h[w], (w, 0, N-1)), (c, 0, N-1))",
        "r": "Sum(p[:, w], (w, 0, N-1))",
        "q": "Sum(p[c], (c, 0, N-1))",
    },
    kind="exercise",
)

ex_softmax_table = Claim(
    "ex-softmax-table",
    "the derivative of the expected softmax loss in the scores",
    of="-Sum(Sum(p[c,w]*log(exp(S[c,w])/Sum(exp(S[c,o]), (o, 0, N-1))),"
    " (w, 0, N-1)), (c, 0, N-1))",
    wrt="S",
    equals="Sum(p[x,w], (w, 0, N-1))*exp(S[x,s])/Sum(exp(S[x,o]), (o, 0, N-1)) - p[x,s]",
    letters={"p": "N N > 0", "S": "N N"},
    name="J",
    kind="exercise",
)

ex_least_shuffled = Claim(
    "ex-least-shuffled",
    "the least loss of a pair in a shuffled text",
    of="-log(sigma(-log(K))) - K*log(sigma(log(K)))",
    equals="(K + 1)*log(K + 1) - K*log(K)",
    letters={"K": "> 0"},
    kind="exercise",
)

ex_one_table = Claim(
    "ex-one-table",
    "the gradient of the pair of a word with itself, with one table",
    of="-p*log(sigma(v @ v)) - n*log(sigma(-v @ v))",
    wrt="v",
    equals="2*(n*sigma(v @ v) - p*sigma(-v @ v))*v",
    letters={"p": "> 0", "n": "> 0"},
    name="J",
    kind="exercise",
)

# 17_scale

eq_shard_du = Claim(
    "eq-shard-dU",
    "the gradient in U of a batch is the sum of the gradients of its shards",
    of="-Sum(log(sigma(U[o[t]] @ V[c[t]])) + Sum(log(sigma(-U[w[t, k]] @ V[c[t]])), (k, 0, K-1)), (t, 0, T-1))",
    wrt="U",
    equals="Sum(Sum(delta(b, s[t])*(delta(x, o[t])*(sigma(U[x] @ V[c[t]]) - 1)"
    " + Sum(delta(x, w[t, k])*sigma(U[x] @ V[c[t]]), (k, 0, K-1)))*V[c[t]], (t, 0, T-1)), (b, 0, B-1))",
    letters={"c": "T in N", "o": "T in N", "w": "T K in N", "s": "T in B"},
    name="J",
)

eq_shard_dv = Claim(
    "eq-shard-dV",
    "the gradient in V of a batch is the sum of the gradients of its shards",
    of="-Sum(log(sigma(U[o[t]] @ V[c[t]])) + Sum(log(sigma(-U[w[t, k]] @ V[c[t]])), (k, 0, K-1)), (t, 0, T-1))",
    wrt="V",
    equals="Sum(Sum(delta(b, s[t])*delta(x, c[t])*((sigma(U[o[t]] @ V[c[t]]) - 1)*U[o[t]]"
    " + Sum(sigma(U[w[t, k]] @ V[c[t]])*U[w[t, k]], (k, 0, K-1))), (t, 0, T-1)), (b, 0, B-1))",
    letters={"c": "T in N", "o": "T in N", "w": "T K in N", "s": "T in B"},
    name="J",
)

eq_averaged_step = Claim(
    "eq-averaged-step",
    "the mean of B tables that have made one step each",
    of="Sum(V - alpha*g[b], (b, 0, B-1))/B",
    equals="V - alpha/B*Sum(g[b], (b, 0, B-1))",
    letters={"g": "B N d", "alpha": ""},
)

ex_scale_rare = Claim(
    "ex-scale-rare",
    "the mean of a row that one shard of B has moved",
    of="Sum(V[x] - alpha*delta(b, a)*g, (b, 0, B-1))/B",
    equals="V[x] - alpha/B*g",
    letters={"g": "d", "alpha": "", "a": "in B", "x": "in N"},
    kind="exercise",
)

ex_scale_workers = Claim(
    "ex-scale-workers",
    "how the time of a round changes with the number of workers",
    of="p/x + q*x",
    wrt="x",
    equals="q - p/x**2",
    letters={"p": "", "q": "", "x": ""},
    kind="exercise",
)

# 18_assignment

ex_asg_collapse = Claim(
    "ex-asg-collapse",
    "cross-entropy against a one-hot vector",
    of="-Sum(y[w]*log(y_hat[w]), (w, 0, N-1))",
    equals="-log(y_hat[o])",
    kind="exercise",
)

ex_asg_two_labels = Claim(
    "ex-asg-two-labels",
    "cross-entropy against two labels",
    of="-Sum((delta(w, o) + delta(w, b))/2*log(y_hat[w]), (w, 0, N-1))",
    equals="-(log(y_hat[o]) + log(y_hat[b]))/2",
    letters={"b": "in N"},
    where={"y": "(one_hot(o) + one_hot(b))/2"},
    kind="exercise",
)

ex_asg_dv = Claim(
    "ex-asg-dv",
    "the softmax gradient in the center vector",
    of="-log(y_hat[o])",
    wrt="v",
    equals="(y_hat - y) @ U",
    name="J",
    kind="exercise",
)

ex_asg_du_o = Claim(
    "ex-asg-du-o",
    "the softmax gradient in the true outside vector",
    of="-log(y_hat[o])",
    wrt="U[o]",
    equals="(y_hat[o] - 1)*v",
    name="J",
    kind="exercise",
)

ex_asg_du_x = Claim(
    "ex-asg-du-x",
    "the softmax gradient in another outside vector",
    of="-log(y_hat[o])",
    wrt="U[x]",
    equals="y_hat[x]*v",
    letters={"x": "in N"},
    apart=(("o", "x"),),
    name="J",
    kind="exercise",
)

ex_asg_du = Claim(
    "ex-asg-dU",
    "the softmax gradient in the outside table",
    of="-log(y_hat[o])",
    wrt="U",
    equals="outer(y_hat - y, v)",
    name="J",
    kind="exercise",
)

ex_asg_sigmoid = Claim(
    "ex-asg-sigmoid",
    "the derivative of a steeper sigmoid",
    of="sigma(s*x)",
    wrt="x",
    equals="s*sigma(s*x)*(1 - sigma(s*x))",
    letters={"x": "", "s": ""},
    kind="exercise",
)

ex_asg_sigmoids = Claim(
    "ex-asg-sigmoids",
    "the Jacobian of a steeper sigmoid of a vector",
    of="sigma(s*x)",
    wrt="x",
    equals="diag(s*sigma(s*x)*(1 - sigma(s*x)))",
    letters={"x": "d", "s": ""},
    kind="exercise",
)

ex_asg_ns_dv = Claim(
    "ex-asg-ns-dv",
    "the negative-sampling gradient in the center vector",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="v",
    equals="(sigma(U[o] @ v) - 1)*U[o] + Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 0, K-1))",
    letters={"w": "K in N"},
    name="J",
    kind="exercise",
)

ex_asg_ns_du_o = Claim(
    "ex-asg-ns-du-o",
    "the negative-sampling gradient in the true outside vector",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="U[o]",
    equals="(sigma(U[o] @ v) - 1)*v",
    letters={"w": "K in N"},
    apart=(("o", "w"),),
    name="J",
    kind="exercise",
)

ex_asg_ns_du_k = Claim(
    "ex-asg-ns-du-k",
    "the negative-sampling gradient in one of several different draws",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="U[w[l]]",
    equals="sigma(U[w[l]] @ v)*v",
    letters={"w": "K in N", "l": "in K"},
    apart=(("o", "w"),),
    distinct=("w",),
    name="J",
    kind="exercise",
)

ex_asg_repeats = Claim(
    "ex-asg-repeats",
    "the negative-sampling gradient in a draw that may repeat",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="U[w[l]]",
    equals="Sum(delta(w[k], w[l]), (k, 0, K-1))*sigma(U[w[l]] @ v)*v",
    letters={"w": "K in N", "l": "in K"},
    where={"n": "Sum(delta(w[k], w[l]), (k, 0, K-1))"},
    apart=(("o", "w"),),
    name="J",
    kind="exercise",
)

ex_asg_hits = Claim(
    "ex-asg-hits",
    "the negative-sampling gradient in a true vector that was drawn n times",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="U[o]",
    equals="((n + 1)*sigma(U[o] @ v) - 1)*v",
    letters={"w": "K in N"},
    where={"n": "Sum(delta(w[k], o), (k, 0, K-1))"},
    name="J",
    kind="exercise",
)

ex_asg_weights_dv = Claim(
    "ex-asg-weights-dV",
    "the gradient of a weighted softmax window in V",
    of="-Sum(a[t]*log(y_hat[o[t]]), (t, 0, C-1))",
    wrt="V",
    equals="delta(x, c)*Sum(a[t]*(y_hat @ U - U[o[t]]), (t, 0, C-1))",
    letters={"o": "C in N", "a": "C > 0"},
    where={"y_hat": "softmax(V[c] @ U.T)"},
    name="J",
    kind="exercise",
)

ex_asg_weights_du = Claim(
    "ex-asg-weights-dU",
    "the gradient of a weighted softmax window in U",
    of="-Sum(a[t]*log(y_hat[o[t]]), (t, 0, C-1))",
    wrt="U",
    equals="outer(sum(a)*y_hat - Sum(a[t]*one_hot(o[t]), (t, 0, C-1)), V[c])",
    letters={"o": "C in N", "a": "C > 0"},
    where={"y_hat": "softmax(V[c] @ U.T)"},
    name="J",
    kind="exercise",
)

ex_asg_cbow = Claim(
    "ex-asg-cbow",
    "the gradient of CBOW with negative sampling in V",
    of="-log(sigma(U[c] @ h)) - Sum(log(sigma(-U[w[k]] @ h)), (k, 0, K-1))",
    wrt="V",
    equals="Sum(delta(x, o[t]), (t, 0, C-1))/C*((sigma(U[c] @ h) - 1)*U[c]"
    " + Sum(sigma(U[w[k]] @ h)*U[w[k]], (k, 0, K-1)))",
    letters={"o": "C in N", "w": "K in N"},
    where={
        "h": "Sum(V[o[t]], (t, 0, C-1))/C",
        "n": "Sum(one_hot(o[t]), (t, 0, C-1))",
    },
    name="J",
    kind="exercise",
)

ex_asg_mend = Claim(
    "ex-asg-mend",
    "the second derivative of the softmax loss",
    of="(y_hat - y) @ U",
    wrt="v",
    equals="Sum(y_hat[w]*outer(U[w], U[w]), (w, 0, N-1)) - outer(y_hat @ U, y_hat @ U)",
    name="g",
    kind="exercise",
)

# B1_errata

ex_errata_pull = Claim(
    "ex-errata-pull",
    "the gradient of a softmax window in the vector of a context word",
    of="-Sum(log(y_hat[o[t]]), (t, 0, C-1))",
    wrt="U[o[r]]",
    equals="(C*y_hat[o[r]] - Sum(delta(o[t], o[r]), (t, 0, C-1)))*v",
    letters={"o": "C in N", "r": "in C"},
    name="J",
    kind="exercise",
)

ex_errata_mixture = Claim(
    "ex-errata-mixture",
    "a mean over the mixture of data and noise",
    of="Sum(p[x]*a[x]/(K + 1) + K*q[x]*b[x]/(K + 1), (x, 0, N-1))",
    equals="(sum(p*a) + K*sum(q*b))/(K + 1)",
    letters={"p": "N", "q": "N", "a": "N", "b": "N"},
    kind="exercise",
)

ex_errata_odd = Claim(
    "ex-errata-odd",
    "the gradient of a pair in sigmoids alone",
    of="-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))",
    wrt="v",
    equals="-sigma(-U[o] @ v)*U[o] + Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 0, K-1))",
    letters={"w": "K in N"},
    name="J",
    kind="exercise",
)

CLAIMS = {
    claim.label: claim
    for claim in (
        eq_rows_columns,
        eq_score_dv,
        eq_score_du,
        ex_squared_norm,
        ex_all_scores,
        eq_one_hot_lookup,
        eq_pair_count,
        ex_mean_context,
        ex_shrinking_window,
        eq_ce_identity,
        eq_ce_likelihood,
        eq_ce_split,
        eq_ce_gibbs,
        ex_ce_slope,
        ex_ce_uniform,
        ex_ce_smooth,
        eq_sigmoid_flip,
        eq_sigmoid_derivative,
        eq_sigmoid_jacobian,
        eq_log_sigmoid_derivative,
        eq_log_sigmoid_split,
        eq_log_odds,
        ex_log_flip,
        ex_sigmoid_second,
        ex_two_classes,
        eq_softmax_sum,
        eq_softmax_shift,
        eq_softmax_log,
        eq_softmax_lse,
        eq_softmax_dz,
        eq_softmax_jacobian,
        ex_softmax_two,
        ex_softmax_temperature,
        ex_softmax_squares,
        eq_naive_loss,
        eq_naive_dv,
        eq_naive_du_o,
        eq_naive_du_w,
        eq_naive_du,
        eq_naive_back_t,
        ex_naive_index,
        ex_naive_bias,
        ex_naive_penalty,
        eq_nce_posterior,
        eq_ns_loss,
        eq_ns_dv,
        eq_ns_du_o,
        eq_ns_du_k,
        eq_ns_du_distinct,
        eq_ns_du,
        eq_ns_expected_dz,
        eq_ns_optimum,
        eq_softmax_optimum,
        eq_ns_optimum_softmax,
        eq_nce_optimum,
        ex_ns_one,
        ex_ns_matrix,
        ex_ns_curvature,
        ex_ns_twice,
        eq_sg_dv,
        eq_sg_du,
        eq_sg_matrix,
        eq_sg_softmax,
        eq_one_softmax_dv,
        eq_one_ns_dv,
        eq_one_own,
        eq_one_gap,
        ex_sg_softmax_dv,
        ex_sg_mean,
        ex_sg_one_table,
        eq_cbow_mean,
        eq_cbow_dv,
        eq_cbow_dv_row,
        eq_cbow_softmax_dv,
        eq_cbow_softmax_du,
        eq_cbow_ns_dv,
        eq_cbow_ns_du,
        eq_cbow_move,
        eq_cbow_factor,
        ex_cbow_sum,
        ex_cbow_weights,
        ex_cbow_weights_da,
        eq_hs_split,
        eq_hs_swap,
        eq_hs_loss,
        eq_hs_residual,
        eq_hs_dv,
        eq_hs_du_node,
        eq_hs_du,
        eq_hs_step,
        eq_hs_untrained,
        eq_hs_length,
        eq_hs_batch_du,
        ex_hs_matrix,
        ex_hs_code,
        ex_hs_two_words,
        eq_noise_normalized,
        eq_noise_ratio,
        eq_noise_gain,
        eq_cumulative_gap,
        eq_alias_step,
        eq_alias_draw,
        eq_redraw,
        eq_keep_gap,
        eq_kept,
        eq_reach,
        ex_noise_uniform,
        ex_noise_twice,
        ex_alias_rest,
        ex_keep_threshold,
        ex_reach_mean,
        eq_batch_dv,
        eq_batch_du,
        eq_in_place_gap,
        eq_second_turn,
        eq_unbiased,
        eq_batch_error,
        eq_row_curvature,
        ex_unequal_draws,
        ex_center_curvature,
        eq_input_dv,
        eq_questions_dh,
        eq_all_words_dh,
        eq_all_words_du,
        eq_untrained_softmax,
        ex_mixture_weights,
        ex_input_sum,
        eq_cosine_scale,
        eq_cosine_distance,
        eq_analogy_scores,
        ex_law_of_cosines,
        ex_cosine_gradient,
        eq_block_dv,
        eq_block_du,
        eq_shared_draws,
        eq_shared_du,
        eq_shared_dv,
        eq_block_cbow_dv,
        ex_engine_draw,
        ex_compiled_softplus,
        eq_untrained_loss,
        eq_constant_score,
        eq_mean_step,
        ex_travel,
        ex_odds_score,
        eq_independent_mass,
        eq_factor_dv,
        eq_factor_du,
        eq_dropped_meets_kept,
        eq_squared_norm,
        eq_complete_square,
        eq_eckart_young,
        eq_spectral_gap,
        eq_pmi,
        eq_coals,
        eq_coals_pmi,
        eq_glove_target,
        eq_glove_dv,
        eq_glove_du,
        eq_glove_da,
        eq_glove_db,
        ex_pmi_scale,
        ex_factor_price,
        ex_best_bias,
        ex_adagrad_slope,
        eq_expected_negatives,
        eq_sgns_ds,
        eq_sgns_balance,
        eq_sgns_pmi,
        eq_sgns_posterior,
        eq_sgns_hessian,
        eq_sgns_excess,
        eq_unseen_clock,
        eq_sgns_dv,
        eq_sgns_du,
        eq_sgns_weight,
        eq_sgns_sample,
        eq_power_shift,
        eq_unequal_negatives,
        eq_unequal_ratio,
        ex_skipped_draws,
        ex_thinned_pmi,
        ex_softmax_table,
        ex_least_shuffled,
        ex_one_table,
        eq_shard_du,
        eq_shard_dv,
        eq_averaged_step,
        ex_scale_rare,
        ex_scale_workers,
        ex_asg_collapse,
        ex_asg_two_labels,
        ex_asg_dv,
        ex_asg_du_o,
        ex_asg_du_x,
        ex_asg_du,
        ex_asg_sigmoid,
        ex_asg_sigmoids,
        ex_asg_ns_dv,
        ex_asg_ns_du_o,
        ex_asg_ns_du_k,
        ex_asg_repeats,
        ex_asg_hits,
        ex_asg_weights_dv,
        ex_asg_weights_du,
        ex_asg_cbow,
        ex_asg_mend,
        ex_errata_pull,
        ex_errata_mixture,
        ex_errata_odd,
    )
}

CHAPTERS = {
    eq_rows_columns.label: "00_conventions",
    eq_score_dv.label: "00_conventions",
    eq_score_du.label: "00_conventions",
    ex_squared_norm.label: "00_conventions",
    ex_all_scores.label: "00_conventions",
    eq_one_hot_lookup.label: "01_text",
    eq_pair_count.label: "01_text",
    ex_mean_context.label: "01_text",
    ex_shrinking_window.label: "01_text",
    eq_ce_identity.label: "02_cross_entropy",
    eq_ce_likelihood.label: "02_cross_entropy",
    eq_ce_split.label: "02_cross_entropy",
    eq_ce_gibbs.label: "02_cross_entropy",
    ex_ce_slope.label: "02_cross_entropy",
    ex_ce_uniform.label: "02_cross_entropy",
    ex_ce_smooth.label: "02_cross_entropy",
    eq_sigmoid_flip.label: "03_sigmoid",
    eq_sigmoid_derivative.label: "03_sigmoid",
    eq_sigmoid_jacobian.label: "03_sigmoid",
    eq_log_sigmoid_derivative.label: "03_sigmoid",
    eq_log_sigmoid_split.label: "03_sigmoid",
    eq_log_odds.label: "03_sigmoid",
    ex_log_flip.label: "03_sigmoid",
    ex_sigmoid_second.label: "03_sigmoid",
    ex_two_classes.label: "03_sigmoid",
    eq_softmax_sum.label: "04_softmax",
    eq_softmax_shift.label: "04_softmax",
    eq_softmax_log.label: "04_softmax",
    eq_softmax_lse.label: "04_softmax",
    eq_softmax_dz.label: "04_softmax",
    eq_softmax_jacobian.label: "04_softmax",
    ex_softmax_two.label: "04_softmax",
    ex_softmax_temperature.label: "04_softmax",
    ex_softmax_squares.label: "04_softmax",
    eq_naive_loss.label: "05_naive_softmax",
    eq_naive_dv.label: "05_naive_softmax",
    eq_naive_du_o.label: "05_naive_softmax",
    eq_naive_du_w.label: "05_naive_softmax",
    eq_naive_du.label: "05_naive_softmax",
    eq_naive_back_t.label: "05_naive_softmax",
    ex_naive_index.label: "05_naive_softmax",
    ex_naive_bias.label: "05_naive_softmax",
    ex_naive_penalty.label: "05_naive_softmax",
    eq_nce_posterior.label: "06_negative_sampling",
    eq_ns_loss.label: "06_negative_sampling",
    eq_ns_dv.label: "06_negative_sampling",
    eq_ns_du_o.label: "06_negative_sampling",
    eq_ns_du_k.label: "06_negative_sampling",
    eq_ns_du_distinct.label: "06_negative_sampling",
    eq_ns_du.label: "06_negative_sampling",
    eq_ns_expected_dz.label: "06_negative_sampling",
    eq_ns_optimum.label: "06_negative_sampling",
    eq_softmax_optimum.label: "06_negative_sampling",
    eq_ns_optimum_softmax.label: "06_negative_sampling",
    eq_nce_optimum.label: "06_negative_sampling",
    ex_ns_one.label: "06_negative_sampling",
    ex_ns_matrix.label: "06_negative_sampling",
    ex_ns_curvature.label: "06_negative_sampling",
    ex_ns_twice.label: "06_negative_sampling",
    eq_sg_dv.label: "07_skipgram",
    eq_sg_du.label: "07_skipgram",
    eq_sg_matrix.label: "07_skipgram",
    eq_sg_softmax.label: "07_skipgram",
    eq_one_softmax_dv.label: "07_skipgram",
    eq_one_ns_dv.label: "07_skipgram",
    eq_one_own.label: "07_skipgram",
    eq_one_gap.label: "07_skipgram",
    ex_sg_softmax_dv.label: "07_skipgram",
    ex_sg_mean.label: "07_skipgram",
    ex_sg_one_table.label: "07_skipgram",
    eq_cbow_mean.label: "08_cbow",
    eq_cbow_dv.label: "08_cbow",
    eq_cbow_dv_row.label: "08_cbow",
    eq_cbow_softmax_dv.label: "08_cbow",
    eq_cbow_softmax_du.label: "08_cbow",
    eq_cbow_ns_dv.label: "08_cbow",
    eq_cbow_ns_du.label: "08_cbow",
    eq_cbow_move.label: "08_cbow",
    eq_cbow_factor.label: "08_cbow",
    ex_cbow_sum.label: "08_cbow",
    ex_cbow_weights.label: "08_cbow",
    ex_cbow_weights_da.label: "08_cbow",
    eq_hs_split.label: "09_hierarchical_softmax",
    eq_hs_swap.label: "09_hierarchical_softmax",
    eq_hs_loss.label: "09_hierarchical_softmax",
    eq_hs_residual.label: "09_hierarchical_softmax",
    eq_hs_dv.label: "09_hierarchical_softmax",
    eq_hs_du_node.label: "09_hierarchical_softmax",
    eq_hs_du.label: "09_hierarchical_softmax",
    eq_hs_step.label: "09_hierarchical_softmax",
    eq_hs_untrained.label: "09_hierarchical_softmax",
    eq_hs_length.label: "09_hierarchical_softmax",
    eq_hs_batch_du.label: "09_hierarchical_softmax",
    ex_hs_matrix.label: "09_hierarchical_softmax",
    ex_hs_code.label: "09_hierarchical_softmax",
    ex_hs_two_words.label: "09_hierarchical_softmax",
    eq_noise_normalized.label: "10_sampling",
    eq_noise_ratio.label: "10_sampling",
    eq_noise_gain.label: "10_sampling",
    eq_cumulative_gap.label: "10_sampling",
    eq_alias_step.label: "10_sampling",
    eq_alias_draw.label: "10_sampling",
    eq_redraw.label: "10_sampling",
    eq_keep_gap.label: "10_sampling",
    eq_kept.label: "10_sampling",
    eq_reach.label: "10_sampling",
    ex_noise_uniform.label: "10_sampling",
    ex_noise_twice.label: "10_sampling",
    ex_alias_rest.label: "10_sampling",
    ex_keep_threshold.label: "10_sampling",
    ex_reach_mean.label: "10_sampling",
    eq_batch_dv.label: "11_sgd",
    eq_batch_du.label: "11_sgd",
    eq_in_place_gap.label: "11_sgd",
    eq_second_turn.label: "11_sgd",
    eq_unbiased.label: "11_sgd",
    eq_batch_error.label: "11_sgd",
    eq_row_curvature.label: "11_sgd",
    ex_unequal_draws.label: "11_sgd",
    ex_center_curvature.label: "11_sgd",
    eq_input_dv.label: "11a_objectives",
    eq_questions_dh.label: "11a_objectives",
    eq_all_words_dh.label: "11a_objectives",
    eq_all_words_du.label: "11a_objectives",
    eq_untrained_softmax.label: "11a_objectives",
    ex_mixture_weights.label: "11a_objectives",
    ex_input_sum.label: "11a_objectives",
    eq_cosine_scale.label: "12_vectors",
    eq_cosine_distance.label: "12_vectors",
    eq_analogy_scores.label: "12_vectors",
    ex_law_of_cosines.label: "12_vectors",
    ex_cosine_gradient.label: "12_vectors",
    eq_block_dv.label: "13_engine",
    eq_block_du.label: "13_engine",
    eq_shared_draws.label: "13_engine",
    eq_shared_du.label: "13_engine",
    eq_shared_dv.label: "13_engine",
    eq_block_cbow_dv.label: "13_engine",
    ex_engine_draw.label: "13_engine",
    ex_compiled_softplus.label: "13a_compiled",
    eq_untrained_loss.label: "14_word2vec",
    eq_constant_score.label: "14_word2vec",
    eq_mean_step.label: "14_word2vec",
    ex_travel.label: "14_word2vec",
    ex_odds_score.label: "14_word2vec",
    eq_independent_mass.label: "15_counts",
    eq_factor_dv.label: "15_counts",
    eq_factor_du.label: "15_counts",
    eq_dropped_meets_kept.label: "15_counts",
    eq_squared_norm.label: "15_counts",
    eq_complete_square.label: "15_counts",
    eq_eckart_young.label: "15_counts",
    eq_spectral_gap.label: "15_counts",
    eq_pmi.label: "15_counts",
    eq_coals.label: "15_counts",
    eq_coals_pmi.label: "15_counts",
    eq_glove_target.label: "15_counts",
    eq_glove_dv.label: "15_counts",
    eq_glove_du.label: "15_counts",
    eq_glove_da.label: "15_counts",
    eq_glove_db.label: "15_counts",
    ex_pmi_scale.label: "15_counts",
    ex_factor_price.label: "15_counts",
    ex_best_bias.label: "15_counts",
    ex_adagrad_slope.label: "15_counts",
    eq_expected_negatives.label: "16_factorization",
    eq_sgns_ds.label: "16_factorization",
    eq_sgns_balance.label: "16_factorization",
    eq_sgns_pmi.label: "16_factorization",
    eq_sgns_posterior.label: "16_factorization",
    eq_sgns_hessian.label: "16_factorization",
    eq_sgns_excess.label: "16_factorization",
    eq_unseen_clock.label: "16_factorization",
    eq_sgns_dv.label: "16_factorization",
    eq_sgns_du.label: "16_factorization",
    eq_sgns_weight.label: "16_factorization",
    eq_sgns_sample.label: "16_factorization",
    eq_power_shift.label: "16_factorization",
    eq_unequal_negatives.label: "16_factorization",
    eq_unequal_ratio.label: "16_factorization",
    ex_skipped_draws.label: "16_factorization",
    ex_thinned_pmi.label: "16_factorization",
    ex_softmax_table.label: "16_factorization",
    ex_least_shuffled.label: "16_factorization",
    ex_one_table.label: "16_factorization",
    eq_shard_du.label: "17_scale",
    eq_shard_dv.label: "17_scale",
    eq_averaged_step.label: "17_scale",
    ex_scale_rare.label: "17_scale",
    ex_scale_workers.label: "17_scale",
    ex_asg_collapse.label: "18_assignment",
    ex_asg_two_labels.label: "18_assignment",
    ex_asg_dv.label: "18_assignment",
    ex_asg_du_o.label: "18_assignment",
    ex_asg_du_x.label: "18_assignment",
    ex_asg_du.label: "18_assignment",
    ex_asg_sigmoid.label: "18_assignment",
    ex_asg_sigmoids.label: "18_assignment",
    ex_asg_ns_dv.label: "18_assignment",
    ex_asg_ns_du_o.label: "18_assignment",
    ex_asg_ns_du_k.label: "18_assignment",
    ex_asg_repeats.label: "18_assignment",
    ex_asg_hits.label: "18_assignment",
    ex_asg_weights_dv.label: "18_assignment",
    ex_asg_weights_du.label: "18_assignment",
    ex_asg_cbow.label: "18_assignment",
    ex_asg_mend.label: "18_assignment",
    ex_errata_pull.label: "B1_errata",
    ex_errata_mixture.label: "B1_errata",
    ex_errata_odd.label: "B1_errata",
}
