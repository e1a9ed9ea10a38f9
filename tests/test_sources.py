"""The audit of the sources: its rules, its completeness, and its verdicts against NumPy."""

import re
from dataclasses import asdict

import numpy as np
import pytest

import export
import pages
from w2v.sources import AuditError, Printed, entries, examine

FILES = sorted((export.ROOT / "book" / "sources").glob("S*.toml"))
SHARED = export.ROOT.parent / "shared" / "sources"
NS = "-log(sigma(U[o] @ v)) - Sum(log(sigma(-U[w[k]] @ v)), (k, 0, K-1))"
FOUND = pages.audits()
ROWS = [row for rows in FOUND.values() for row in rows]
KINDS = ("holds", "wrong", "slip of notation", "loose wording", "not checkable")


def entry(**fields):
    return Printed("S9", "(1)", **fields)


def test_a_formula_that_is_proved_as_printed_holds():
    assert (
        examine(entry(claim="eq-naive-dv", reading=("(y_hat - y) @ U",))).verdict
        == "holds"
    )


def test_a_refuted_formula_is_wrong_and_comes_with_numbers():
    found = examine(
        entry(
            claim="eq-naive-dv", reading=("(y - y_hat) @ U",), right="(y_hat - y) @ U"
        )
    )
    assert found.verdict == "wrong"
    assert found.counterexample["yours"] != found.counterexample["true"]


def test_the_first_line_that_fails_decides():
    lines = ("(y_hat - y) @ U", "y_hat @ U")
    found = examine(entry(claim="eq-naive-dv", reading=lines, right=lines[0]))
    assert found.verdict == "wrong"


def test_a_formula_that_needs_an_assumption_holds_if():
    found = examine(
        entry(
            statement={
                "of": NS,
                "wrt": "U[w[l]]",
                "letters": {"w": "K in N", "l": "in K"},
            },
            reading=("sigma(U[w[l]] @ v)*v",),
            condition="all draws differ",
            under={"apart": [["o", "w"]], "distinct": ["w"]},
        )
    )
    assert found.verdict == "holds if all draws differ"
    assert found.counterexample


def test_a_product_without_a_shape_is_a_slip():
    found = examine(
        entry(
            claim="eq-naive-dv", reading=("U @ (y_hat - y)",), right="U.T @ (y_hat - y)"
        )
    )
    assert found.verdict == "slip of notation"
    assert "shape" in found.evidence


def test_an_experiment_decides_a_sentence():
    for seen, verdict in ((True, "holds"), (False, "wrong")):
        found = examine(
            entry(says="It rains.", experiment="look"),
            {"look": lambda seen=seen: (seen, "wet")},
        )
        assert (found.verdict, found.evidence) == (verdict, "wet")


@pytest.mark.parametrize(
    "fields",
    [
        {"claim": "eq-naive-dv", "reading": ("y_hat @ U",)},
        {"claim": "eq-naive-dv", "reading": ("y_hat @ U",), "right": "y @ U"},
        {
            "claim": "eq-naive-dv",
            "reading": ("(y_hat - y) @ U",),
            "condition": "it rains",
        },
        {"claim": "eq-naive-dv", "reading": ("y_hat @ U",), "condition": "it rains"},
        {"claim": "eq-naive-dv", "reading": ("(y_hat - y) @ U",), "slip": "none"},
        {"claim": "eq-naive-dv", "slip": "what was meant?"},
        {"claim": "eq-naive-dv"},
        {"says": "It rains.", "experiment": "look", "loose": "it holds after all"},
    ],
    ids=[
        "wrong-without-right",
        "right-is-wrong",
        "condition-not-needed",
        "condition-does-not-help",
        "slip-that-holds",
        "slip-without-meaning",
        "no-formula-no-reason",
        "loose-but-true",
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(fields):
    with pytest.raises(AuditError):
        examine(entry(**fields), {"look": lambda: (True, "wet")})


def test_an_unknown_field_is_refused(tmp_path):
    path = tmp_path / "S9.toml"
    path.write_text('source = "S9"\n[[row]]\nplace = "(1)"\nverdict = "holds"\n')
    with pytest.raises(TypeError, match="verdict"):
        entries(path)


def places(source):
    return [row["place"] for row in FOUND[source]]


def test_the_stored_audit_is_that_of_the_files():
    for path in FILES:
        stored = [
            {k: row[k] for k in asdict(entries(path)[0])} for row in FOUND[path.stem]
        ]
        listed = [asdict(e) for e in entries(path)]
        as_json = [
            {k: list(v) if isinstance(v, tuple) else v for k, v in e.items()}
            for e in listed
        ]
        assert stored == as_json, (
            f"{path.name} changed: run `make execute CHAPTERS=B1_errata`"
        )


def test_every_place_is_listed_once():
    for source in FOUND:
        assert len(places(source)) == len(set(places(source)))


def test_every_numbered_equation_of_S1_is_judged():
    numbers = {
        int(n) for place in places("S1") for n in re.findall(r"\((\d+)\)", place)
    }
    assert numbers >= set(range(1, 35))


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("S0", [f"Step {n}" for n in range(1, 7)] + ["Sketch"]),
        (
            "S2",
            [
                "Algorithm",
                "Gradient descent",
                "SGD",
                "Two vectors",
                "Functions",
                "Sampling",
                "SVD",
            ],
        ),
        ("S3", [f"({c})" for c in "abcdef"] + ["Second solution"]),
        ("S4", ["1.1", "1.2", "1.2.1", "1.2.2", "2.1", "2.2", "2.2.1", "2.2.2"]),
    ],
    ids=["S0", "S2", "S3", "S4"],
)
def test_every_part_of_a_source_is_judged(source, parts):
    for part in parts:
        assert any(place.startswith(part) for place in places(source)), part


def test_every_verdict_is_one_of_six():
    for row in ROWS:
        assert row["verdict"] in KINDS or re.match(r"holds if \S", row["verdict"]), row[
            "place"
        ]


def test_what_is_refuted_has_a_counterexample():
    for row in ROWS:
        if (row["verdict"] == "wrong" or "holds if" in row["verdict"]) and not row[
            "experiment"
        ]:
            assert row["counterexample"] or "shape" in row["evidence"], row["place"]


def test_everything_wrong_or_conditional_has_its_section_in_the_errata():
    text = "\n".join(c.source for c in export.read("B1_errata").cells)
    for row in ROWS:
        if row["verdict"] == "wrong" or row["verdict"].startswith("holds if"):
            assert row["see"], f"{row['source']} {row['place']} names no section"
        if row["see"]:
            assert f"({row['see']})=" in text, row["see"]
            assert f'show_all("{row["see"]}")' in text, row["see"]


def test_every_equation_named_as_ours_exists():
    texts = [c.source for stem in export.chapters() for c in export.read(stem).cells]
    known = "\n".join(texts)
    for row in ROWS:
        for label in row["ours"]:
            assert label.startswith(("eq-", "def-")), label
            assert f":label: {label}\n" in known + "\n" or f"({label})" in known, label


def squeezed(latex):
    """LaTeX without what only lays it out: blanks, alignment, line ends, delimiters."""
    return re.sub(r"\s|&|\\\\|\$|\\(begin|end)\{aligned\}", "", latex)


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the texts of the sources are not in this checkout"
)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_formula_is_quoted_as_it_stands_in_the_source(path):
    text = sorted(SHARED.glob("00*.txt"))[int(path.stem[1])].read_text(encoding="utf-8")
    for e in entries(path):
        assert squeezed(e.printed) in squeezed(text), f"{e.source} {e.place}"


def test_the_crosswalk_shows_every_entry():
    page = (export.ROOT / "book" / "crosswalk.md").read_text(encoding="utf-8")
    for row in ROWS:
        place = pages.typeset_letters(row["place"])
        assert f"* - **{place}**\n\n    *{row['verdict']}*\n" in page, place


def test_letters_with_an_index_are_typeset_in_the_places():
    assert pages.typeset_letters("2.2, u_{c+j}, line 3") == "2.2, $u_{c+j}$, line 3"
    assert pages.typeset_letters("(e), ∂J/∂u_w") == r"(e), $\partial J/\partial u_w$"
    assert pages.typeset_letters("step 3") == "step 3"


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def numbers(seed=0, N=7, d=4, K=3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=d), rng.normal(size=(N, d)), 2, np.array([0, 5, 5])


def slope(f, x, h=1e-6):
    """Central differences of f at the array x."""
    g = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[i] = h
        g[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g


def ns_loss(v, U, o, w):
    return -np.log(sigmoid(U[o] @ v)) - np.log(sigmoid(-U[w] @ v)).sum()


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def test_differences_refute_the_index_of_S3_c():
    v, U, o, _ = numbers()
    true = slope(lambda U: -np.log(softmax(U @ v)[o]), U)
    y_hat = softmax(U @ v)
    assert np.allclose(true[4], y_hat[4] * v, atol=1e-8)
    assert not np.allclose(true[4], y_hat[o] * v, rtol=0.01)


def test_differences_refute_the_sign_of_S3_e():
    v, U, o, w = numbers()
    true = slope(lambda v: ns_loss(v, U, o, w), v)
    s = sigmoid(U[w] @ v)
    first = (sigmoid(U[o] @ v) - 1) * U[o]
    assert np.allclose(true, first + s @ U[w], atol=1e-8)
    assert not np.allclose(true, first + (1 - s) @ U[w], rtol=0.01)


def test_differences_refute_the_sets_of_S1_where_a_draw_repeats():
    v, U, o, w = numbers()
    true = slope(lambda v: ns_loss(v, U, o, w), v)
    first = (sigmoid(U[o] @ v) - 1) * U[o]
    as_set = first + sigmoid(U[np.unique(w)] @ v) @ U[np.unique(w)]
    assert not np.allclose(true, as_set, rtol=0.01)
    once = np.unique(w)
    assert np.allclose(slope(lambda v: ns_loss(v, U, o, once), v), as_set, atol=1e-8)


def test_differences_refute_S4_where_a_context_word_repeats():
    v, U, _, _ = numbers()
    o = np.array([1, 4, 1])
    true = slope(lambda U: -np.log(softmax(U @ v)[o]).sum(), U)
    y_hat = softmax(U @ v)
    assert not np.allclose(true[1], v * (3 * y_hat[1] - 1), rtol=0.01)
    assert np.allclose(true[4], v * (3 * y_hat[4] - 1), atol=1e-8)
    assert np.allclose(true[1], v * (3 * y_hat[1] - 2), atol=1e-8)


def test_counting_refutes_the_posterior_of_S4():
    P, noise, K = np.array([0.7, 0.3]), np.array([0.2, 0.8]), 4
    joint = np.array([P / (K + 1), noise * K / (K + 1)])
    true = joint[0] / joint.sum(axis=0)
    assert np.allclose(true, 1 / (1 + K * noise / P), rtol=1e-12)
    assert not np.allclose(true, 1 / (1 + K * P / noise), rtol=0.5)


def test_the_expectation_of_S4_lacks_its_factor():
    P, noise, K = np.array([0.7, 0.3]), np.array([0.2, 0.8]), 4
    f = np.array([0.6, 0.1])
    joint = np.array([P / (K + 1), noise * K / (K + 1)])
    mean = -(joint[0] @ np.log(f) + joint[1] @ np.log(1 - f))
    printed = -(P @ np.log(f) + K * noise @ np.log(1 - f))
    assert np.isclose(printed, (K + 1) * mean, rtol=1e-12)


def test_the_residual_of_S1_4_belongs_to_its_row():
    v, U, o, _ = numbers()
    true = slope(lambda U: -np.log(softmax(U @ v)[o]), U)
    residual = softmax(U @ v) - np.eye(7)[o]
    assert np.allclose(true, np.outer(residual, v), atol=1e-8)
    assert not np.allclose(true, np.outer(np.full(7, residual[-1]), v), rtol=0.01)
