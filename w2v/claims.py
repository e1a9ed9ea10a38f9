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
    "the gradient with one table, for two different words",
    of="-log(sigma(V[o] @ V[c]))",
    wrt="V[c]",
    equals="(sigma(V[o] @ V[c]) - 1)*V[o]",
    apart=(("o", "c"),),
    name="J",
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

eq_redraw = Claim(
    "eq-redraw",
    "redrawing leaves the shares among the other words",
    of="a/(a + b + r) + b/(a + b + r)*(a/(a + r))",
    equals="a/(a + r)",
    letters={"a": "> 0", "b": "> 0", "r": "> 0"},
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

eq_unbiased = Claim(
    "eq-unbiased",
    "the mean over all batches, scaled up, is the whole sum",
    of="T/B*Sum(Sum(g[t]/T, (t, 0, T-1)), (b, 0, B-1))",
    equals="Sum(g[t], (t, 0, T-1))",
    letters={"g": "T d"},
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
        ex_ns_one,
        ex_ns_matrix,
        ex_ns_curvature,
        eq_sg_dv,
        eq_sg_du,
        eq_sg_matrix,
        eq_sg_softmax,
        ex_sg_softmax_dv,
        ex_sg_mean,
        ex_sg_one_table,
        eq_noise_normalized,
        eq_noise_ratio,
        eq_noise_gain,
        eq_cumulative_gap,
        eq_redraw,
        eq_kept,
        eq_reach,
        ex_noise_uniform,
        ex_noise_twice,
        ex_keep_threshold,
        ex_reach_mean,
        eq_batch_dv,
        eq_batch_du,
        eq_unbiased,
        eq_row_curvature,
        ex_unequal_draws,
        ex_center_curvature,
        eq_cosine_scale,
        eq_cosine_distance,
        eq_analogy_scores,
        ex_law_of_cosines,
        ex_cosine_gradient,
        eq_untrained_loss,
        eq_constant_score,
        eq_mean_step,
        ex_travel,
        ex_odds_score,
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
    ex_ns_one.label: "06_negative_sampling",
    ex_ns_matrix.label: "06_negative_sampling",
    ex_ns_curvature.label: "06_negative_sampling",
    eq_sg_dv.label: "07_skipgram",
    eq_sg_du.label: "07_skipgram",
    eq_sg_matrix.label: "07_skipgram",
    eq_sg_softmax.label: "07_skipgram",
    ex_sg_softmax_dv.label: "07_skipgram",
    ex_sg_mean.label: "07_skipgram",
    ex_sg_one_table.label: "07_skipgram",
    eq_noise_normalized.label: "10_sampling",
    eq_noise_ratio.label: "10_sampling",
    eq_noise_gain.label: "10_sampling",
    eq_cumulative_gap.label: "10_sampling",
    eq_redraw.label: "10_sampling",
    eq_kept.label: "10_sampling",
    eq_reach.label: "10_sampling",
    ex_noise_uniform.label: "10_sampling",
    ex_noise_twice.label: "10_sampling",
    ex_keep_threshold.label: "10_sampling",
    ex_reach_mean.label: "10_sampling",
    eq_batch_dv.label: "11_sgd",
    eq_batch_du.label: "11_sgd",
    eq_unbiased.label: "11_sgd",
    eq_row_curvature.label: "11_sgd",
    ex_unequal_draws.label: "11_sgd",
    ex_center_curvature.label: "11_sgd",
    eq_cosine_scale.label: "12_vectors",
    eq_cosine_distance.label: "12_vectors",
    eq_analogy_scores.label: "12_vectors",
    ex_law_of_cosines.label: "12_vectors",
    ex_cosine_gradient.label: "12_vectors",
    eq_untrained_loss.label: "14_word2vec",
    eq_constant_score.label: "14_word2vec",
    eq_mean_step.label: "14_word2vec",
    ex_travel.label: "14_word2vec",
    ex_odds_score.label: "14_word2vec",
}
