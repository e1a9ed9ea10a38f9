"""Whatever a reader types into an exercise gets the verdict that it deserves."""

import ast
import contextlib
import functools
import io
import re
from dataclasses import replace

import pytest
from nbformat import v4

import export
import house
from w2v.claims import CHAPTERS, CLAIMS
from w2v.proof import check, judge
from w2v.refutation import mutants

BOOK = house.load()
EXERCISES = [label for label, claim in CLAIMS.items() if claim.kind == "exercise"]
each_exercise = pytest.mark.parametrize("label", EXERCISES)


def checked(node):
    """The calls of `check` below a node that name the exercise."""
    for call in ast.walk(node):
        match call:
            case ast.Call(
                func=ast.Name(id="check"), args=[ast.Constant(value=str()), _]
            ):
                yield call


def posed(book):
    """Chapter, label and source of each cell that asks for a formula; "" for no label."""
    for chapter in book:
        for _, cell in chapter.tagged("exercise"):
            calls = checked(ast.parse(cell.source))
            labels = [call.args[0].value for call in calls] or [""]
            yield from ((chapter.stem, label, cell.source) for label in labels)


def formulas(source):
    """Label and formula of each check in a cell, the formula written out or put together above."""
    names = {}
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(value=ast.Constant(value=str()) | ast.JoinedStr()):
                exec(ast.unparse(statement), names)
            case ast.Expr():
                for call in checked(statement):
                    label, formula = call.args
                    yield label.value, eval(ast.unparse(formula), names)


def solved(book):
    """The formulas that the solution cells give to `check`, by the exercise's label."""
    found = {}
    for chapter in book:
        for _, cell in chapter.tagged("solution"):
            for label, formula in formulas(cell.source):
                found.setdefault(label, []).append(formula)
    return found


def mismatches(book, homes):
    """Where the exercise cells of the chapters are not the exercises among the claims."""
    asked = sorted((stem, label) for stem, label, _ in posed(book))
    known = sorted((stem, label) for label, stem in homes.items())
    return [pair for pair in asked if pair not in known or asked.count(pair) > 1] + [
        pair for pair in known if pair not in asked
    ]


def filled(source, formula):
    """An exercise cell with a formula typed between the quotation marks."""
    tree = ast.parse(source)
    for call in checked(tree):
        assert ast.literal_eval(call.args[1]) == ""
        call.args[1] = ast.Constant(formula)
    return ast.unparse(tree)


def shown(source):
    """What a cell shows when it is run as in a notebook, with proofs in this process."""
    here = {"check": functools.partial(check, timeout=None)}
    code = compile(ast.Interactive(ast.parse(source).body), "exercise", "single")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, here)
    return out.getvalue().rstrip("\n")


@functools.cache
def verdict(label, formula):
    """What `check` says, without a process of its own."""
    return judge(CLAIMS[label], formula)


def damaged(label, status):
    """Those of about a dozen damaged copies of an exercise's formula that get a verdict."""
    copies = mutants(CLAIMS[label])
    copies = copies[:: 1 + len(copies) // 12]
    return [formula for formula in copies if verdict(label, formula).status == status]


ANSWERS, CELLS = solved(BOOK), {label: source for _, label, source in posed(BOOK)}


@each_exercise
def test_the_formula_and_the_printed_answers_are_proved(label):
    assert ANSWERS.get(label), "the solution gives no formula to check"
    for formula in (CLAIMS[label].equals, *ANSWERS[label]):
        assert verdict(label, formula).status == "proved", formula


@each_exercise
def test_a_damaged_formula_is_disproved_by_two_different_numbers(label):
    assert damaged(label, "disproved")
    for formula in damaged(label, "disproved"):
        found = verdict(label, formula).counterexample
        assert found["yours"] != found["true"], formula


@each_exercise
def test_no_damaged_formula_is_proved(label):
    assert damaged(label, "proved") == []


@each_exercise
def test_an_answer_is_refused_once_the_question_has_changed(label):
    other = replace(CLAIMS[label], of=f"2*({CLAIMS[label].of})")
    assert judge(other, ANSWERS[label][0]).status == "disproved"


@each_exercise
def test_nothing_typed_is_not_answered_yet(label):
    for nothing in ("", "  ", None, ...):
        said = check(label, nothing)
        assert (said.status, str(said)) == ("unanswered", "not answered yet")


@each_exercise
def test_the_cell_shows_each_of_the_three_verdicts(label):
    cell, right, wrong = CELLS[label], ANSWERS[label][0], damaged(label, "disproved")[0]
    assert shown(cell) == "not answered yet"
    assert shown(filled(cell, right)).startswith("proved for all sizes, and equal to ")
    seen = shown(filled(cell, wrong))
    assert seen == str(verdict(label, wrong))
    assert seen.startswith("disproved: your formula gives ")


@pytest.mark.parametrize(
    ("label", "formula", "status"),
    [
        ("ex-asg-dv", "(y - y_hat) @ U", "disproved"),
        ("ex-asg-dv", "U @ (y_hat - y)", "shape"),
        ("ex-asg-du-x", "y_hat[o]*v", "disproved"),  # S3, part c
        ("ex-asg-dU", "outer(v, y_hat - y)", "shape"),
        ("ex-asg-sigmoids", "s*sigma(s*x)*(1 - sigma(s*x))", "shape"),  # S3, part d
        ("ex-asg-sigmoids", "diag(sigma(s*x)*(1 - sigma(s*x)))", "disproved"),
        (
            "ex-asg-ns-dv",
            "(sigma(U[o] @ v) - 1)*U[o] + (1 - sigma(U[w] @ v)) @ U[w]",
            "disproved",  # S3, part e
        ),
        ("ex-asg-ns-du-k", "(1 - sigma(U[w[l]] @ v))*v", "disproved"),  # S3, part e
        ("ex-asg-repeats", "sigma(U[w[l]] @ v)*v", "disproved"),
        ("ex-asg-repeats", "K*sigma(U[w[l]] @ v)*v", "disproved"),
        ("ex-asg-hits", "(sigma(U[o] @ v) - 1)*v", "disproved"),
        ("ex-asg-weights-dV", "sum(a)*y_hat @ U - a @ U[o]", "shape"),
        ("ex-asg-weights-dU", "outer(C*y_hat - sum(a)*y, V[c])", "shape"),
        ("ex-asg-cbow", "outer(n, (sigma(U[c] @ h) - 1)*U[c])/C", "disproved"),
        (
            "ex-asg-cbow",
            "outer(n, (sigma(U[c] @ h) - 1)*U[c] + sigma(U[w] @ h) @ U[w])",
            "disproved",
        ),
    ],
)
def test_a_mistake_that_people_make_is_refused(label, formula, status):
    assert verdict(label, formula).status == status


def test_one_draw_counted_for_two_is_refuted_by_two_equal_draws():
    once = ANSWERS["ex-asg-ns-du-k"][0]
    found = verdict("ex-asg-repeats", once).counterexample
    assert len(set(found["letters"]["w"])) == 1 < found["sizes"]["K"] == 2


def test_the_exercise_cells_are_the_exercises_among_the_claims():
    homes = {label: CHAPTERS[label] for label in EXERCISES}
    assert mismatches(BOOK, homes) == []


@pytest.mark.parametrize(
    ("cells", "homes"),
    [
        (['check("ex-gone", "")'], {}),
        (['check("ex-a", "")', 'check("ex-a", "")'], {"ex-a": "03_sigmoid"}),
        (['check("ex-a", "")'], {"ex-a": "11_sgd"}),
        (["answer = 1"], {}),
        ([], {"ex-a": "03_sigmoid"}),
    ],
    ids=["no claim", "asked twice", "elsewhere", "asks nothing", "never asked"],
)
def test_an_exercise_cell_without_its_claim_is_reported(cells, homes):
    tagged = [v4.new_code_cell(c, metadata={"tags": ["exercise"]}) for c in cells]
    notebook = v4.new_notebook(cells=tagged)
    book = [house.Chapter("03_sigmoid", "logistic", notebook)]
    assert mismatches(book, homes) != []


def test_answers_are_read_from_the_solution_cells():
    cell = 'part = "U"\nwhole = f"2*{part}"\ncheck("ex-a", whole)\nprint(check("ex-b", "v"))'
    assert list(formulas(cell)) == [("ex-a", "2*U"), ("ex-b", "v")]


# The assignment keeps its own accounts.


def test_the_points_of_the_assignment_are_those_of_its_table():
    page = house.Chapter("18_assignment", "", export.read("18_assignment")).text
    rows = dict(re.findall(r"^\| ([a-j]) \| (\d+) \|", page, re.M))
    pattern = r"\{exercise-start\} ([a-j])\d?\. .+, (\d) points?$"
    titles = re.findall(pattern, page, re.M)
    earned = {part: sum(int(p) for a, p in titles if a == part) for part, _ in titles}
    headed = re.findall(r"^## Part ([a-j]):", page, re.M)
    assert earned == {part: int(points) for part, points in rows.items()}
    assert headed == list(rows) and sum(earned.values()) == 40
    assert "| | **40** | | | |" in page


def test_the_two_hour_path_takes_two_hours():
    page = house.Chapter("18_assignment", "", export.read("18_assignment")).text
    stops = re.findall(r"^\| (\d):(\d\d) \| (\d+) \|", page, re.M)
    clock = 0
    for hours, minutes, length in stops:
        assert clock == 60 * int(hours) + int(minutes)
        clock += int(length)
    assert clock == 120
