"""A reader's own formula is judged in the page, whatever it is, and the page stays usable."""

import hashlib
import json
import re
import sys
import time

import browser
import pytest

import claim_marks
import in_page
import live
from test_exercises import ANSWERS, EXERCISES
from w2v.claims import CHAPTERS, CLAIMS

RESULTS = [label for label in CLAIMS if label not in EXERCISES]
MANIFEST = browser.SITE / "_static" / "live" / "manifest.json"
FIRST, LATER = 20, 10  # seconds a reader waits at most


def lacking() -> str:
    """What the tests in a browser need and do not find here."""
    if not MANIFEST.exists():
        return "the site was built without its live part: run `make live`, `make book`"
    return browser.lacking()


in_browser = pytest.mark.skipif(bool(lacking()), reason=lacking() or "all is here")


@pytest.fixture(scope="module")
def home():
    """The address at which the site is served."""
    with browser.served() as address:
        yield address


@pytest.fixture(scope="module")
def window():
    """One browser for all."""
    with browser.browser() as window:
        yield window


class Reader:
    """A reader with a page open: what they type, what they see, what the page fetched."""

    def __init__(self, window, **options):
        self.context = window.new_context(**options)
        self.page = self.context.new_page()
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self.heard)

    def heard(self, message):
        """Keep what the console reports as an error."""
        if message.type == "error":
            self.errors.append(message.text)

    def place(self, label):
        """The place where formulas for a claim are checked, unfolded."""
        place = self.page.locator(f'.w2v-live[data-claim="{label}"]')
        if place.evaluate("e => e.tagName === 'DETAILS' && !e.open"):
            place.locator("summary").click()
        return place

    def verdict(self, label, timeout=40):
        """The status and the sentence that a place shows, once it shows one."""
        shown = self.place(label).locator(".w2v-verdict:not([data-status=waiting])")
        shown.filter(has_text=re.compile(".")).wait_for(timeout=1000 * timeout)
        return shown.get_attribute("data-status"), shown.inner_text()

    def check(self, label, formula, timeout=40):
        """Type a formula, press Check, and return the verdict."""
        self.place(label).locator("textarea").fill(formula)
        self.place(label).get_by_role("button", name="Check").click()
        return self.verdict(label, timeout)


@pytest.fixture(scope="module")
def open_page(window, home):
    """A function that opens a page of the site for a new reader."""
    readers = []

    def opened(name, base=None, **options):
        readers.append(Reader(window, **options))
        readers[-1].page.goto(f"{base or home}book/{name}.html")
        return readers[-1]

    yield opened
    for reader in readers:
        reader.context.close()


def built(stem):
    """The HTML of a page of the site."""
    page = browser.SITE / "book" / f"{stem}.html"
    if not page.exists():
        pytest.skip("the site was not built: run `make book`")
    return page.read_text(encoding="utf-8")


def everything():
    """The page of the assignment, with the exercises of all other chapters at its end."""
    homes = dict.fromkeys(CHAPTERS[label] for label in EXERCISES)
    pattern = r'<div class="w2v-live" .*?</div>'
    others = [built(stem) for stem in homes if stem != "18_assignment"]
    places = [p for page in others for p in re.findall(pattern, page, re.S)]
    return built("18_assignment").replace("</article>", "".join(places) + "</article>")


@pytest.fixture(scope="module")
def reader(window, home):
    """A reader with all exercises of the book before them, who loads the proof once."""
    reader = Reader(window, permissions=["clipboard-read", "clipboard-write"])
    url = f"{home}book/everything.html"
    reader.page.route(
        url, lambda r: r.fulfill(body=everything(), content_type="text/html")
    )
    reader.page.goto(url)
    yield reader
    reader.context.close()


# Whatever is typed gets its verdict.

TYPED = {
    "right": ("ex-asg-dv", "(y_hat - y) @ U", "proved"),
    "in index notation": (
        "ex-asg-dv",
        "Sum(y_hat[w]*U[w,j], (w, 0, N-1)) - U[o,j]",
        "proved",
    ),
    "equal but unusual": ("ex-asg-dv", "U.T.dot(ŷ) - U.T @ one_hot(o)", "proved"),
    "wrong sign": ("ex-asg-dv", "(y - y_hat) @ U", "disproved"),
    "scalar": ("ex-asg-dv", "U[o] @ v", "shape"),
    "outer product": ("ex-asg-dU", "outer(y_hat - y, v)", "proved"),
    "transposed": ("ex-asg-dU", "outer(v, y_hat - y)", "shape"),
    "one entry": ("ex-asg-dU", "(y_hat[x] - delta(x, o))*v[j]", "proved"),
    "right with draws": (
        "ex-asg-ns-dv",
        "-sigma(-U[o] @ v)*U[o] + Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 0, K-1))",
        "proved",
    ),
    "one draw too few": (
        "ex-asg-ns-dv",
        "-sigma(-U[o] @ v)*U[o] + Sum(sigma(U[w[k]] @ v)*U[w[k]], (k, 0, K-2))",
        "disproved",
    ),
    "unknown letter": ("ex-asg-ns-dv", "beta*v", "unreadable"),
    "nothing": ("ex-asg-ns-dv", " \n ", "unanswered"),
}


@in_browser
@pytest.mark.parametrize(("label", "formula", "status"), TYPED.values(), ids=TYPED)
def test_whatever_is_typed_gets_its_verdict(reader, label, formula, status):
    assert reader.check(label, formula)[0] == status


@in_browser
def test_a_wrong_formula_gets_numbers_that_anyone_can_check(reader):
    _, message = reader.check("ex-asg-dv", "(y - y_hat) @ U")
    assert re.search(
        r"your formula gives \S+, the gradient .* is \S+ at j = 0", message
    )
    assert re.search(
        r"with N = \d+, d = \d+, U = \[\[.*\], v = \[.*\], o = \d", message
    )


@in_browser
def test_a_transposed_answer_is_told_so(reader):
    _, message = reader.check("ex-asg-dU", "outer(v, y_hat - y)")
    assert message.endswith("has shape (N, d): transpose")


@in_browser
def test_what_was_understood_is_typeset_while_the_reader_types(reader):
    place = reader.place("ex-asg-dv")
    place.locator("textarea").fill("U.T @ (yhat - y)")
    preview = place.locator(".w2v-preview:has(mjx-container)")
    preview.wait_for()
    assert "Understood, with shape (d,):" in preview.inner_text()
    assert preview.locator("mjx-assistive-mml mover").count() == 1
    assert place.locator(".w2v-verdict").inner_text() == ""


# Hostile and silly input gets a message, and the page stays usable.

HOSTILE = {
    "ten megabytes": ("v" * 10**7, "10000000 characters"),
    "deep brackets": ("(" * 480 + "v" + ")" * 480, "too deeply nested"),
    "deep signs": ("-" * 990 + "v", "too deeply nested"),
    "deep brackets left open": ("[" * 1000, "too deeply nested"),
    "import": ("__import__('os').system('ls')", "not a known function"),
    "attributes": ("().__class__.__bases__[0]", "not part of the notation"),
    "tower": ("9**9**9**9", "an exponent is"),
    "wide exponent": ("v[9**8**8]", "an exponent is"),
    "markup": ("<img src=x onerror=alert(1)>", "does not parse"),
    "latex": (r"\href{javascript:alert(1)}{v}", "does not parse"),
    "lambda": ("(lambda: v)()", "not a known function"),
    "zero byte": ("v\0v", "does not parse"),
    "lone surrogate": ("v\ud800", "does not parse"),
}


def paste(reader, label, text):
    """Put a text into an input at one blow, as pasting does, and press Check."""
    script = "(e, t) => { e.value = t; e.dispatchEvent(new InputEvent('input')); }"
    area = reader.place(label).locator("textarea")
    area.fill("")
    area.evaluate(script, text)
    if reader.place(label).locator(".w2v-verdict").inner_text() == "":
        reader.place(label).get_by_role("button", name="Check").click()
    return reader.verdict(label)


@in_browser
@pytest.mark.parametrize(("formula", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_gets_a_message_and_the_next_answer_its_verdict(
    reader, formula, message
):
    assert message in paste(reader, "ex-asg-dv", formula)[1]
    assert reader.check("ex-asg-dv", "U.T @ (y_hat - y)")[0] == "proved"
    assert reader.page.locator("img[src=x]").count() == 0
    assert reader.errors == []


@in_browser
def test_ten_megabytes_are_refused_before_they_are_pasted(reader):
    area = reader.place("ex-asg-dv").locator("textarea")
    area.fill("v")
    started = time.perf_counter()
    reader.page.evaluate("navigator.clipboard.writeText('v'.repeat(1e7))")
    area.press("ControlOrMeta+v")
    assert "10000000 characters" in reader.verdict("ex-asg-dv")[1]
    assert area.input_value() == "v"
    assert time.perf_counter() - started < LATER


ENDLESS = "Sum(sqrt(a + b + e + f + g + h), {})*U[o]".format(
    ", ".join(f"({k}, 0, 1000)" for k in "abefgh")
)


@in_browser
def test_an_endless_check_is_ended_while_the_page_goes_on(reader):
    place = reader.place("ex-asg-dv")
    place.locator("textarea").fill(ENDLESS)
    place.get_by_role("button", name="Check").click()
    started = time.perf_counter()
    reader.page.evaluate("new Promise(requestAnimationFrame)")
    reader.page.mouse.wheel(0, 200)
    assert time.perf_counter() - started < LATER / 2
    reader.page.wait_for_timeout(500)
    other = reader.place("ex-asg-dU")
    other.locator("textarea").fill("outer(y_hat - y, v)")
    other.get_by_role("button", name="Check").click()
    assert "waiting for another" in other.locator(".w2v-verdict").inner_text()
    status, message = reader.verdict("ex-asg-dv")
    assert (status, "no verdict within 10 s" in message) == ("undecided", True)
    assert reader.verdict("ex-asg-dU")[0] == "proved"
    assert time.perf_counter() - started < 2 * LATER
    assert reader.check("ex-asg-dv", "U.T @ (y_hat - y)")[0] == "proved"


# Every exercise and every equation has its place, its badge, and its verdict in time.


@in_browser
@pytest.mark.parametrize("label", EXERCISES)
def test_the_right_answer_to_every_exercise_is_proved_in_the_page(reader, label):
    assert reader.check(label, ANSWERS[label][0])[0] == "proved"
    assert [url for url in reader.requests if "127.0.0.1" not in url] == []


def waits(reader, label):
    """The seconds from the first click to a verdict, and then to another."""
    for formula in (ANSWERS[label][0], f"2*({ANSWERS[label][0]})"):
        reader.place(label).locator("textarea").evaluate("e => { e.value = '' }")
        started = time.perf_counter()
        reader.check(label, formula)
        yield time.perf_counter() - started


@in_browser
def test_the_first_verdict_comes_within_20_s_and_the_next_within_10(open_page):
    tries = (waits(open_page("06_negative_sampling"), "ex-ns-one") for _ in range(3))
    assert any(first < FIRST and later < LATER for first, later in tries)


@in_browser
def test_an_equation_of_the_book_takes_a_form_of_the_readers_own(open_page):
    reader = open_page("07_skipgram")
    label = next(label for label in RESULTS if CHAPTERS[label] == "07_skipgram")
    formula = CLAIMS[label].equals
    assert reader.check(label, f"2*({formula})/2")[0] == "proved"
    assert reader.check(label, f"2*({formula})")[0] == "disproved"


@pytest.mark.parametrize("stem", dict.fromkeys(CHAPTERS.values()))
def test_every_claim_of_a_chapter_has_one_place_and_every_result_its_badge(stem):
    page, ledger = built(stem), built("ledger")
    labels = [label for label in CLAIMS if CHAPTERS[label] == stem]
    places = re.findall(r'class="w2v-live" data-claim="([\w-]+)"', page)
    assert sorted(places) == sorted(labels)
    badges = re.findall(
        r'<p class="w2v-proved"><a [^>]*href="ledger.html#([\w-]+)"', page
    )
    results = [label for label in labels if label in RESULTS]
    assert sorted(badges) == sorted(f"sec-ledger-{r.lower()}" for r in results)
    assert all(f'id="{badge}"' in ledger for badge in badges)


def test_the_letters_of_a_place_hold_those_of_the_answer():
    for label, claim in CLAIMS.items():
        listed = set(re.findall(r"<code>(\w+)</code>", claim_marks.letters(claim)))
        assert claim.used <= listed, label


# The live part waits for its reader, and says what it does.


@in_browser
def test_nothing_is_loaded_before_the_first_key(open_page):
    reader = open_page("03_sigmoid")
    reader.page.wait_for_load_state("networkidle")
    assert [url for url in reader.requests if "/live/" in url] == []
    assert reader.page.locator(".w2v-loading:visible").count() == 0


@in_browser
def test_loading_is_shown_in_megabytes_and_then_gone(open_page):
    reader = open_page("03_sigmoid")
    held = []
    reader.context.route("**/live/mpmath*.zip", lambda route: held.append(route))
    place = reader.place("ex-log-flip")
    place.locator("textarea").press_sequentially("-x")
    amount = place.locator(".w2v-loading").filter(has_text=re.compile(r"\d of \d+\.\d"))
    amount.wait_for(timeout=20_000)
    held[0].continue_()
    place.locator(".w2v-preview mjx-container").wait_for(timeout=40_000)
    assert not place.locator(".w2v-loading").is_visible()


@in_browser
def test_an_answer_is_typed_checked_and_kept_by_keyboard_alone(open_page):
    reader = open_page("00_conventions")
    reader.page.locator("#ex-squared-norm").evaluate(
        "e => { e.tabIndex = -1; e.focus(); e.removeAttribute('tabindex'); }"
    )
    focused = "document.activeElement.closest('[data-claim]')?.dataset.claim"
    while reader.page.evaluate(focused) != "ex-squared-norm":
        reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    reader.page.keyboard.type("v + v")
    reader.page.keyboard.press("Enter")
    assert reader.verdict("ex-squared-norm")[0] == "proved"
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Space")
    assert reader.verdict("ex-squared-norm")[0] == "proved"
    reader.page.reload()
    kept = reader.place("ex-squared-norm").locator("textarea").input_value()
    assert kept == "v + v"


@in_browser
def test_a_proof_that_cannot_be_loaded_is_said_and_tried_again(open_page):
    reader = open_page("03_sigmoid")
    reader.context.route("**/live/**", lambda route: route.abort())
    status, message = reader.check("ex-log-flip", "-x")
    assert status == "undecided"
    assert "could not be loaded" in message and "run the cell instead" in message
    reader.context.unroute("**/live/**")
    assert reader.check("ex-log-flip", ANSWERS["ex-log-flip"][0])[0] == "proved"


@in_browser
@pytest.mark.parametrize("case", ["no script", "from a file"])
def test_where_nothing_can_run_the_exercise_says_how_to_run_the_cell(open_page, case):
    from_file = case == "from a file"
    reader = open_page(
        "03_sigmoid",
        base=f"{browser.SITE.as_uri()}/" if from_file else None,
        java_script_enabled=from_file,
    )
    place = reader.page.locator('.w2v-live[data-claim="ex-log-flip"]')
    run = place.locator(".w2v-run")
    assert run.is_visible() and "run the cell" in run.inner_text()
    assert ("opened from a file" in run.inner_text()) == from_file
    assert place.locator("textarea").count() == 0
    assert reader.errors == []


# What is packed, and what is said where it cannot be.


def test_a_page_gets_the_verdicts_of_the_book():
    question = {"kind": "check", "label": "eq-score-dv", "formula": "U[o]"}
    found = json.loads(in_page.answer(json.dumps(question)))
    assert found["status"] == "proved" and found["message"].startswith("proved for all")
    asked = {"kind": "preview", "label": "eq-score-dv", "formula": "U[o] - v"}
    assert json.loads(in_page.answer(json.dumps(asked))) == {
        "latex": "u_{o} - v",
        "shape": "(d,)",
    }
    assert "not introduced" in in_page.understood("eq-score-dv", "beta")["unread"]
    assert "equal shapes" in in_page.understood("eq-score-dv", "U - v")["unread"]


@pytest.mark.parametrize(("before", "after"), [("(", ")"), ("[", "]"), ("- ", "")])
def test_what_a_browser_has_no_stack_for_is_refused_unparsed(before, after):
    formula = 41 * before + "v" + 41 * after
    question = {"kind": "check", "label": "eq-score-dv", "formula": formula}
    found = json.loads(in_page.answer(json.dumps(question)))
    assert (found["status"], found["unread"]) == ("unreadable", in_page.TOO_DEEP)
    assert not in_page.too_deep(40 * before + "v" + 40 * after)


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """The preparation of the live part in an empty folder, called without options."""
    monkeypatch.setattr(live, "LIVE", tmp_path / "live")
    monkeypatch.setattr(live, "CACHE", tmp_path / "npm")
    monkeypatch.setattr(sys, "argv", ["live.py"])
    return tmp_path


def test_without_npm_the_book_is_built_and_told_what_is_missing(
    elsewhere, monkeypatch, capsys
):
    monkeypatch.setattr(live, "find_spec", lambda name: None)
    monkeypatch.setattr(live.shutil, "which", lambda name: None)
    assert live.main() == 0
    assert "there is no npm here; `make live`" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["live.py", "--require"])
    assert live.main() == 1
    assert not (live.LIVE / "manifest.json").exists()


def test_a_pyodide_other_than_the_pinned_one_is_refused(elsewhere, monkeypatch, capsys):
    forged = "from pathlib import Path; Path('pyodide-%s.tgz').write_bytes(b'forged')"
    command = [sys.executable, "-c", forged % live.PYODIDE]
    monkeypatch.setattr(live, "node", lambda: ("", command))
    assert live.main() == 0
    assert "is not the Pyodide" in capsys.readouterr().out
    assert not (live.LIVE / "manifest.json").exists()


def test_without_a_network_the_book_is_told_so(elsewhere, monkeypatch, capsys):
    fails = [sys.executable, "-c", "raise SystemExit(1)"]
    monkeypatch.setattr(live, "node", lambda: ("", fails))
    assert live.main() == 0
    assert "is there a network?" in capsys.readouterr().out


def test_the_same_files_are_packed_to_the_same_bytes(tmp_path):
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    live.pack(first, live.own_files())
    live.pack(second, reversed([*live.own_files()]))
    assert first.read_bytes() == second.read_bytes()


def test_the_libraries_are_packed_with_their_licenses_and_without_their_tests():
    for library in live.LIBRARIES:
        names = [name for name, _ in live.library_files(library)]
        assert f"{library}/__init__.py" in names
        assert any("LICENSE" in name for name in names)
        assert not any("/tests/" in name for name in names)


@in_browser
def test_the_live_part_is_the_book_that_was_built():
    manifest, folder = json.loads(MANIFEST.read_text()), MANIFEST.parent
    files = {path for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    sizes = {f.relative_to(folder).as_posix(): f.stat().st_size for f in files}
    assert manifest["sizes"] == sizes
    content = b"".join(file.read_bytes() for _, file in live.own_files())
    assert f"w2v-{hashlib.sha256(content).hexdigest()[:12]}.zip" in sizes
