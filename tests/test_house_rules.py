"""The book keeps its house rules, and each rule can fail."""

import re
import subprocess
import sys

import pytest
from nbformat import v4

import export
import house
import pages
from w2v.proof import check

CHAPTERS = house.load()
README = (export.ROOT / "README.md").read_text(encoding="utf-8")


def python(code: str) -> subprocess.CompletedProcess:
    """Run code in a new interpreter."""
    run = [sys.executable, "-c", code]
    return subprocess.run(run, capture_output=True, text=True, cwd=export.ROOT)


# The book keeps them.


def test_every_chapter_is_stored_with_its_outputs():
    assert house.output_complaints(CHAPTERS) == []


def test_every_tag_is_known():
    assert house.tag_complaints(CHAPTERS) == []


def test_every_figure_has_caption_and_alt_text():
    assert house.figure_complaints(CHAPTERS) == []


def test_every_exported_name_is_defined_once():
    assert house.export_complaints(CHAPTERS) == []


def test_chapters_import_only_what_earlier_chapters_derived():
    assert house.import_complaints(CHAPTERS) == []


def test_labels_are_unique_and_references_resolve():
    assert house.label_complaints(CHAPTERS, house.pages()) == []


def test_every_result_is_verified_and_displayed_and_every_exercise_solved():
    assert house.claim_complaints(CHAPTERS) == []


def test_exercises_are_stored_unanswered_and_solutions_are_proved():
    assert house.answer_complaints(CHAPTERS) == []


def test_every_verification_has_its_six_steps():
    assert house.step_complaints(CHAPTERS) == []


def test_chapters_on_disk_are_the_chapters_of_the_book():
    on_disk = {path.stem for path in (export.ROOT / "book").glob("*.ipynb")}
    listed = set(
        re.findall(r"book/(\w\d\w?_\w+)", (export.ROOT / "_toc.yml").read_text())
    )
    assert on_disk == listed == set(export.chapters()), (
        "A chapter stands in book/, in _toc.yml and in [tool.w2v.chapters]."
    )


def test_generated_files_are_current():
    outdated = export.stale(export.generated() | pages.generated())
    assert outdated == {}, "Run `make export`."


def test_the_table_of_derivations_has_its_five_rows():
    rows = re.findall(r"^\| ([\w -]+): \$", pages.derivations(), re.M)
    assert rows == [name for name, *_ in pages.DERIVATIONS]
    assert len(rows) == 5


def test_importing_w2v_loads_nothing_heavy():
    heavy = {"numpy", "scipy", "sympy", "matplotlib", "tqdm"}
    done = python(f"import sys, w2v; print({heavy!r} & set(sys.modules) or 'light')")
    assert done.stdout.strip() == "light", done.stdout + done.stderr


def test_proofs_and_claims_import_without_numpy():
    done = python(
        "import sys; sys.modules['numpy'] = None; import w2v.proof, w2v.claims"
    )
    assert done.returncode == 0, done.stderr


def test_every_public_name_of_w2v_is_there():
    done = python("import w2v; [getattr(w2v, name) for name in dir(w2v)]")
    assert done.returncode == 0, done.stderr


def test_an_unknown_name_of_w2v_is_named_in_the_error():
    done = python("import w2v; w2v.nonsense")
    assert "has no attribute 'nonsense'" in done.stderr


def test_the_code_in_the_readme_runs():
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert blocks, "README.md has no ```python block: show one that runs."
    exec("\n".join(blocks), {})


@pytest.mark.parametrize("page", ["README.md", "index.md"])
def test_the_verdicts_shown_are_those_that_check_gives(page):
    text = (export.ROOT / page).read_text(encoding="utf-8")
    shown = re.findall(r'check\("([\w-]+)", "([^"]+)"\)\)?\n# (.+)', text)
    assert len(shown) == 2, f"{page} shows two calls of check, each with its verdict."
    for label, formula, comment in shown:
        verdict = str(check(label, formula))
        assert verdict.startswith(comment.removesuffix(" ...")), f"{page}: {verdict}"


# Each rule can fail.


def code(source, *tags, count=1, outputs=(), **metadata):
    """A code cell that has run."""
    return v4.new_code_cell(
        source,
        execution_count=count,
        outputs=list(outputs),
        metadata={"tags": list(tags), **metadata},
    )


def chapter(*cells, stem="03_sigmoid", module="logistic"):
    """A chapter of these cells; a string is Markdown."""
    made = [v4.new_markdown_cell(c) if isinstance(c, str) else c for c in cells]
    return house.Chapter(stem, module, v4.new_notebook(cells=made))


def verification(label="eq-a", steps=6, result="holds"):
    """The stored output of a verification cell."""
    rows = [{"step": n, "name": "", "result": result} for n in range(1, steps + 1)]
    record = {"label": label, "latex": "a = a", "steps": rows}
    return v4.new_output("display_data", data={pages.VERIFICATION: record})


CLAIM = code('eq_a = Claim("eq-a", "A claim")', "claim")
VERIFY = code("verify(eq_a)", "verify", outputs=[verification()])
SHOWN = "```{glue:math} eq-a\n:label: eq-a\n```"
EXERCISE = code('ex_a = Claim("ex-a", "An exercise")', "claim")
PROVED = v4.new_output("stream", text="proved for all sizes, and so on")
SOLVED = code('check("ex-a", "2*v")', "solution", count=4, outputs=[PROVED])
POSED = "```{exercise-start}\n:label: ex-a\n```"
PICTURE = v4.new_output("display_data", data={"image/png": ""})
STDERR = v4.new_output("stream", name="stderr", text="warning")
GOOD_FIGURE = {
    "figure": {"name": "fig-a", "caption": "A line rises."},
    "image": {"alt": "A line."},
}


@pytest.mark.parametrize(
    ("rule", "cells", "complaint"),
    [
        (house.output_complaints, [code("1", count=None)], "execution count None"),
        (house.output_complaints, [code("1", count=2)], "expected 1"),
        (house.output_complaints, [code("1", outputs=[STDERR])], "stderr"),
        (house.output_complaints, [code(" ")], "is empty"),
        (house.tag_complaints, [code("1", "exprot")], "'exprot'"),
        (house.figure_complaints, [code("f", outputs=[PICTURE])], "a caption"),
        (
            house.figure_complaints,
            [code("f", outputs=[PICTURE], mystnb=GOOD_FIGURE | {"image": {}})],
            "an alt text",
        ),
        (house.figure_complaints, ["![](x.png)"], "x.png lacks an alt text"),
        (house.export_complaints, [code("def claims(): pass", "export")], "a module"),
        (house.import_complaints, [code("from w2v.sgd import step")], "w2v.sgd"),
        (house.import_complaints, [code("from w2v.logistic import a")], "logistic"),
        (house.import_complaints, [code("import w2v\nw2v.sigmoid")], "w2v.logistic"),
        (house.import_complaints, [code("from w2v import claims")], "w2v.claims"),
        (house.label_complaints, ["(sec-a)=\n(sec-a)="], "defined 2 times"),
        (house.label_complaints, ["(def-a)=\n\n$$\na\n$$ (def-a)"], "defined 2 times"),
        (house.label_complaints, ["(03_sigmoid)="], "no file's name"),
        (house.label_complaints, ["{eq}`eq-gone`"], "eq-gone"),
        (house.label_complaints, ["{ref}`there <sec-gone>`"], "sec-gone"),
        (house.label_complaints, ["[there](#sec-gone)"], "sec-gone"),
        (house.claim_complaints, [CLAIM, SHOWN], "0 verification cells"),
        (
            house.claim_complaints,
            [CLAIM, VERIFY, code("verify(eq_a)", "verify"), SHOWN],
            "2 verification",
        ),
        (house.claim_complaints, [VERIFY], "calls verify on ['eq_a']"),
        (house.claim_complaints, [code("1", "verify")], "on nothing"),
        (house.claim_complaints, [CLAIM, VERIFY], "not displayed"),
        (house.claim_complaints, [EXERCISE, SOLVED], "is not posed"),
        (house.claim_complaints, [EXERCISE, POSED], "is not solved"),
        (house.claim_complaints, [code('a = Claim("a", "")', "claim")], "eq- (a"),
        (house.answer_complaints, [code('check("ex-a", "")', "exercise")], "not answ"),
        (
            house.answer_complaints,
            [code('check("ex-a", "v")', "solution", outputs=[STDERR])],
            "expected 'proved",
        ),
        (house.step_complaints, [CLAIM, code("verify(eq_a)", "verify")], "no stored"),
        (
            house.step_complaints,
            [CLAIM, code("verify(eq_a)", "verify", outputs=[verification("eq-b")])],
            "no stored",
        ),
        (
            house.step_complaints,
            [CLAIM, code("verify(eq_a)", "verify", outputs=[verification(steps=5)])],
            "expected 1 to 6",
        ),
        (
            house.step_complaints,
            [
                CLAIM,
                code("verify(eq_a)", "verify", outputs=[verification(result="n/a")]),
            ],
            "why it cannot apply",
        ),
    ],
)
def test_a_fault_is_reported(rule, cells, complaint):
    complaints = rule([chapter(*cells), chapter(stem="11_sgd", module="sgd")])
    assert any(complaint in line for line in complaints), complaints


def test_a_name_exported_twice_is_reported():
    cell = code("def sigmoid(x): return x", "export")
    two = [chapter(cell), chapter(cell, stem="04_softmax", module="logits")]
    assert "logistic and logits" in house.export_complaints(two)[0]


def test_a_chapter_that_keeps_the_rules_is_not_reported():
    reason = code(
        "verify(eq_a)",
        "verify",
        count=2,
        outputs=[verification(result="n/a: an inequality")],
    )
    figure = code("f", "hide-input", count=3, outputs=[PICTURE], mystnb=GOOD_FIGURE)
    exercise = code(EXERCISE.source, "claim", count=5)
    text = [SHOWN, "{eq}`eq-a`", POSED]
    good = [chapter("(sec-a)=\n# A", CLAIM, reason, figure, SOLVED, exercise, *text)]
    rules = (
        house.output_complaints,
        house.tag_complaints,
        house.figure_complaints,
        house.export_complaints,
        house.import_complaints,
        house.label_complaints,
        house.claim_complaints,
        house.answer_complaints,
        house.step_complaints,
    )
    assert [line for rule in rules for line in rule(good)] == []


def test_a_module_changed_by_hand_is_reported(tmp_path):
    path = tmp_path / "logistic.py"
    path.write_text("changed by hand\n")
    assert export.stale({path: "generated\n"}) == {path: "generated\n"}
    assert export.stale({path: "changed by hand\n"}) == {}


# The export reads as if written by hand.


def test_the_opening_sentence_loses_its_markup():
    text = (
        r"**The** $\sigma(x)$ of {ref}`chapter 3 <sec-a>`, see {eq}`eq-b` {cite}`S0`."
    )
    assert export.plain(text) == "The sigma(x) of chapter 3, see eq-b."


def test_imports_are_hoisted_once_and_the_rest_keeps_its_comments():
    cells = ["import numpy as np\n\na = 1  # why", "import numpy as np\nb = np.pi"]
    imports, bodies = export.split_imports(cells)
    assert imports == ["import numpy as np"]
    assert bodies == ["a = 1  # why", "b = np.pi"]


def test_public_names_are_those_defined_at_the_top_level_without_underscore():
    cell = "def f():\n    inner = 1\n\n\nclass C: ...\n\n\na, _b = 1, 2\nc: int = 3"
    assert export.public_names([cell]) == ["f", "C", "a", "c"]
