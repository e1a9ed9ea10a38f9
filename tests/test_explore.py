"""The live figure shows the gradients of w2v, and everybody can work it, see it or print it."""

import json
import re
from xml.etree import ElementTree

import browser
import numpy as np
import pytest

import explore_picture
from export import ROOT
from w2v.naive_softmax import naive_residual, naive_softmax_loss_and_grad
from w2v.negative_sampling import negative_sampling_loss_and_grad, ns_residuals

PAGE = browser.SITE / "book" / "explore.html"
CLOSE = {"rtol": 0, "atol": 1e-9, "strict": True}

pytestmark = pytest.mark.skipif(
    bool(browser.lacking()), reason=browser.lacking() or "all is here"
)


@pytest.fixture(scope="module")
def window():
    """One browser for all."""
    with browser.browser() as window:
        yield window


class Figure:
    """The page in a browser, opened from the disk, its clock at rest."""

    def __init__(self, window, **options):
        self.context = window.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.errors, self.requests = [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self.heard)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.clock.install(time=0)
        self.page.goto(PAGE.as_uri())
        self.page.clock.pause_at(3_600_000)

    def heard(self, message):
        """Keep what the console reports as an error or a warning."""
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    @property
    def state(self):
        """What the figure shows, unrounded."""
        return json.loads(self.page.get_attribute("#explore", "data-state"))

    def control(self, name):
        """A control by its name."""
        return self.page.locator(f'#explore [name="{name}"]')

    def choose(self, **values):
        """Choose in the lists of these names."""
        for name, value in values.items():
            self.control(name).select_option(label=value)

    def click(self, *names):
        """Press the buttons of these names."""
        for name in names:
            self.control(name).click()

    def fill(self, name, value):
        """Give a number."""
        self.control(name).fill(str(value))

    def handle(self, side, word):
        """The handle of a vector."""
        return self.page.get_by_role("slider", name=f"{side} vector of {word}")

    def press(self, side, word, *keys):
        """Press keys at a handle."""
        for key in keys:
            self.handle(side, word).press(key)

    def drag(self, side, word, to):
        """Drag a vector to a point of a plane that reaches from -3 to 3."""
        self.handle(side, word).locator(".explore-hit").hover(force=True)
        self.page.mouse.down()
        box = self.page.locator("#explore svg").bounding_box()
        x, y = (1 + np.array(to) / 3 * (1, -1)) / 2 * (box["width"], box["height"])
        self.page.mouse.move(box["x"] + x, box["y"] + y, steps=3)
        self.page.mouse.up()

    def wait(self, milliseconds):
        """Let the clock of the page run."""
        self.page.clock.run_for(milliseconds)

    def arrows(self):
        """The two ends of the arrows that are drawn, (x1, y1, x2, y2) each."""
        return self.page.eval_on_selector_all(
            "#explore .explore-steps line",
            "lines => lines.filter(l => l.style.display !== 'none')"
            ".map(l => ['x1', 'y1', 'x2', 'y2'].map(a => +l.getAttribute(a)))",
        )

    def rows(self):
        """The text of all rows of the tables."""
        text = self.page.locator("#explore tbody tr").all_inner_texts()
        return [re.sub(r"\s+", " ", row).replace("\u2212", "-") for row in text]


@pytest.fixture(scope="module")
def opened(window):
    """The page, opened once."""
    return Figure(window)


@pytest.fixture
def figure(opened):
    """The page as it starts."""
    opened.choose(world="three words")
    opened.choose(world="six words", loss="naive softmax")
    opened.fill("alpha", 0.5)
    return opened


# What w2v says of a state.


def loss_and_grad(s, V, U, c, o):
    """The loss and the gradients of a pair by w2v."""
    if s["loss"] == "naive":
        return naive_softmax_loss_and_grad(V[c], o, U)
    return negative_sampling_loss_and_grad(V[c], o, np.array(s["w"], int), U)


def expected_loss(s, V, U, c, o):
    """The loss of a pair, expected over draws that are even among the other words."""
    if s["loss"] == "naive":
        return naive_softmax_loss_and_grad(V[c], o, U)[0]
    real = negative_sampling_loss_and_grad(V[c], o, np.array([], int), U)[0]
    both = [
        negative_sampling_loss_and_grad(V[c], o, [w], U)[0]
        for w in range(len(U))
        if w != o
    ]
    return real + len(s["w"]) * (np.mean(both) - real)


def computed(s):
    """All numbers that the figure derives from a state, by w2v."""
    V, U, c, o = np.array(s["V"]), np.array(s["U"]), s["c"], s["o"]
    J, dv, dU = loss_and_grad(s, V, U, c, o)
    after = {"V": V.copy(), "U": U - s["alpha"] * dU}
    after["V"][c] -= s["alpha"] * dv
    if s["loss"] == "naive":
        z, residual = U @ V[c], naive_residual(V[c], o, U)
    else:
        w = np.array(s["w"], int)
        z, residual = U[[o, *w]] @ V[c], np.hstack(ns_residuals(V[c], o, w, U))
    mean = [
        np.mean([expected_loss(s, *at, *pair) for pair in s["pairs"]])
        for at in ((V, U), (after["V"], after["U"]))
    ]
    names = ("J", "dv", "dU", "after", "z", "residual", "mean")
    values = (J, dv, dU, [after["V"], after["U"]], z, residual, mean)
    return dict(zip(names, values, strict=True))


def assert_numbers_of_w2v(s):
    """Compare a state with what w2v makes of it."""
    shown = s | {"after": [s["after"]["V"], s["after"]["U"]]}
    for name, value in computed(s).items():
        np.testing.assert_allclose(
            np.array(shown[name], float), np.array(value), **CLOSE, err_msg=name
        )


def no_draws(f):
    f.choose(loss="negative sampling")
    f.fill("K", 0)


def five_draws(f):
    f.choose(loss="negative sampling")
    f.fill("K", 5)
    f.click("redraw")


def trained(f):
    f.choose(loss="negative sampling")
    f.click("play")
    f.wait(30_000)
    f.click("play")


SITUATIONS = {
    "as it starts": lambda f: None,
    "center dragged": lambda f: f.drag("center", "sea", (-0.7, 2.2)),
    "outside dragged": lambda f: f.drag("outside", "ship", (2.4, 2.6)),
    "moved by keys": lambda f: f.press("outside", "sky", "ArrowUp", "Shift+ArrowLeft"),
    "another pair": lambda f: f.choose(c="star", o="moon"),
    "a word beside itself": lambda f: f.choose(c="sail", o="sail"),
    "drawn twice": lambda f: f.choose(loss="negative sampling"),
    "all draws one word": lambda f: f.choose(
        loss="negative sampling", w0="star", w1="star", w2="star"
    ),
    "o drawn": lambda f: f.choose(loss="negative sampling", w1="ship"),
    "o drawn twice": lambda f: f.choose(
        loss="negative sampling", w1="ship", w2="ship", c="moon"
    ),
    "no draws": no_draws,
    "five draws": five_draws,
    "three words": lambda f: f.choose(world="three words"),
    "three words, draws": lambda f: f.choose(
        world="three words", loss="negative sampling"
    ),
    "trained": trained,
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_numbers_are_those_of_w2v(figure, situation):
    start = figure.state
    SITUATIONS[situation](figure)
    assert figure.state != start or situation == "as it starts"
    assert_numbers_of_w2v(figure.state)


@pytest.mark.parametrize("loss", ["naive softmax", "negative sampling"])
def test_the_tables_show_these_numbers(figure, loss):
    figure.choose(loss=loss)
    s, rows = figure.state, figure.rows()
    words = range(6) if s["loss"] == "naive" else [s["o"], *s["w"]]
    for k, w in enumerate(words):
        real = w == s["o"] if s["loss"] == "naive" else k == 0
        p = s["residual"][k] + real
        row = f"{s['words'][w]} {s['z'][k]:.3f} {p:.3f} {real:d} {s['residual'][k]:.3f}"
        assert row in rows
    assert f"this pair {s['J']:.4f} " in rows[0]
    v = "v" + s["words"][s["c"]]
    assert f"{v} ({s['dv'][0]:.3f}, {s['dv'][1]:.3f})" in " ".join(rows)


@pytest.mark.parametrize("loss", ["naive softmax", "negative sampling"])
def test_a_step_is_our_simultaneous_update(figure, loss):
    figure.choose(loss=loss)
    for _ in range(3):
        before, wanted = figure.state, computed(figure.state)["after"]
        figure.click("step")
        np.testing.assert_allclose(
            [figure.state["V"], figure.state["U"]], np.array(wanted), **CLOSE
        )
        assert figure.state["steps"] == before["steps"] + 1
        figure.click("next")


def test_an_arrow_ends_where_the_step_puts_its_vector(figure):
    ends = sorted(arrow[2:] for arrow in figure.arrows())
    figure.click("step")
    after = figure.page.eval_on_selector_all(
        "#explore .explore-handle",
        r"all => all.map(g => g.getAttribute('transform').match(/[\d.]+/g).map(Number))",
    )
    assert len(ends) == 5
    assert all(
        any(np.allclose(end, point, atol=1e-6) for point in after) for end in ends
    )


def test_a_vector_follows_the_pointer(figure):
    figure.drag("center", "moon", (1.2, -2.1))
    np.testing.assert_allclose(figure.state["V"][5], (1.2, -2.1), atol=0.02)


def test_a_vector_follows_a_finger_and_the_page_stays(window):
    figure = Figure(window, viewport={"width": 360, "height": 800}, has_touch=True)
    handle = figure.handle("center", "sea")
    handle.scroll_into_view_if_needed()
    box = handle.locator(".explore-hit").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    scrolled = figure.page.evaluate("scrollY")
    fingers = figure.context.new_cdp_session(figure.page)

    def touch(kind, *points):
        touched = [{"x": px, "y": py} for px, py in points]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    touch("touchStart", (x, y))
    for i in range(1, 11):
        touch("touchMove", (x - 6 * i, y + 8 * i))
    touch("touchEnd")
    before, after = (1, 1.6), figure.state["V"][0]
    assert before[0] - after[0] > 0.9 and before[1] - after[1] > 1.2
    assert figure.page.evaluate("scrollY") == scrolled
    figure.context.close()


def test_a_vector_stays_in_the_plane(figure):
    figure.drag("outside", "sea", (4.5, 1))
    assert figure.state["U"][0][0] == 3


def test_reset_brings_the_start_back(figure):
    figure.choose(loss="negative sampling")
    start = figure.state
    figure.drag("center", "sea", (2, -2))
    figure.press("outside", "sail", "ArrowRight")
    figure.choose(c="star", o="moon", w0="ship")
    figure.fill("K", 4)
    figure.fill("alpha", 1.5)
    figure.click("step", "redraw", "play")
    figure.wait(2000)
    figure.click("reset")
    assert figure.state == start
    figure.wait(2000)
    assert figure.state == start, "Reset pauses."


def test_play_makes_steps_until_paused_and_the_same_ones_after_a_reset(figure):
    def played():
        figure.click("reset", "play")
        figure.wait(3000)
        figure.click("play")
        return figure.state

    first = played()
    assert first["steps"] == 10
    figure.wait(3000)
    assert figure.state == first
    assert played() == first


def test_draws_repeat_words_but_not_the_outside_word(figure):
    figure.choose(loss="negative sampling")
    draws = []
    for _ in range(40):
        figure.click("redraw")
        draws.append(figure.state["w"])
    drawn = set(np.ravel(draws).tolist())
    assert drawn == set(range(6)) - {figure.state["o"]}
    assert any(len(set(w)) < 3 for w in draws)


# What the page says.


def test_who_moves(figure):
    assert np.array(figure.state["dU"]).any(axis=1).sum() == 6
    figure.choose(loss="negative sampling")
    assert len(set(figure.state["w"])) == 2
    assert np.array(figure.state["dU"]).any(axis=1).sum() == 3
    figure.choose(w2="star")
    assert np.array(figure.state["dU"]).any(axis=1).sum() == 4


def test_a_center_at_zero(figure):
    figure.press("center", "sea", *["ArrowLeft"] * 10, *["ArrowDown"] * 16)
    s = figure.state
    assert s["V"][0] == [0, 0] and not np.array(s["dU"]).any()
    U = np.array(s["U"])
    np.testing.assert_allclose(s["dv"], U.mean(axis=0) - U[s["o"]], atol=1e-12)
    assert len(figure.arrows()) == 1


def test_the_numbers_of_chapters_05_and_06(figure):
    figure.choose(world="three words")
    s = figure.state
    p = np.array(s["residual"]) + (np.arange(3) == s["o"])
    assert p.round(3).tolist() == [0.114, 0.844, 0.042] and round(s["J"], 4) == 0.1698
    figure.choose(loss="negative sampling")
    s = figure.state
    assert s["w"] == [2, 2] and np.round(s["dv"], 3).tolist() == [-0.538, -0.119]


def test_the_outside_word_among_the_draws(figure):
    figure.choose(loss="negative sampling", w0="ship")
    s, half = figure.state, 1 / (1 + np.exp(-figure.state["z"][0]))
    row = (2 * half - 1) * np.array(s["V"][s["c"]])
    np.testing.assert_allclose(s["dU"][s["o"]], row, atol=1e-12)


def test_too_long_a_step(figure):
    figure.choose(c="sky", o="star")
    losses = []
    for alpha in (0.5, 2):
        figure.fill("alpha", alpha)
        losses.append(figure.rows()[0])
    assert losses == ["this pair 7.3045 1.8224", "this pair 7.3045 24.0136"]


@pytest.mark.parametrize("world", ["six words", "three words"])
def test_training_that_diverges_stops_and_says_so(figure, world):
    figure.choose(world=world)
    figure.fill("alpha", 2)
    figure.click("play")
    figure.wait(600_000)
    warning, s = figure.page.get_by_role("alert"), figure.state
    assert figure.control("play").inner_text() == "Play"
    assert "training diverges" in warning.inner_text()
    assert (
        np.abs([s["V"], s["U"]]).max() <= 100 < np.abs(list(s["after"].values())).max()
    )
    figure.click("step")
    assert figure.state == s
    figure.click("reset")
    assert warning.inner_text() == "" and figure.state["steps"] == 0


def test_training(figure):
    assert figure.rows()[:2] == [
        "this pair 2.9042 0.1882",
        "mean over all 12 pairs 2.6051 3.0611",
    ]
    figure.choose(loss="negative sampling")
    assert round(figure.state["mean"][0], 2) == 3.94
    figure.choose(loss="naive softmax")
    figure.click("play")
    figure.wait(60_000)
    assert figure.state["steps"] == 200
    assert np.log(2) < figure.state["mean"][0] < 2.61 / 2


# Everybody can use it.


def test_the_built_page_has_the_current_script():
    built = PAGE.parents[1] / "_static" / "explore.js"
    current = (ROOT / "assets" / "explore.js").read_text(encoding="utf-8")
    assert built.read_text(encoding="utf-8") == current, "Run `make book`."


def test_every_control_is_reached_with_the_tab_key_and_shows_it(figure):
    figure.choose(loss="negative sampling")
    figure.control("world").focus()
    names = []
    for _ in range(26):
        names.append(
            figure.page.evaluate(
                "[document.activeElement].map(e => e.name || e.getAttribute('aria-label'))[0]"
            )
        )
        figure.page.keyboard.press("Tab")
    words = figure.state["words"]
    vectors = [f"{side} vector of {w}" for side in ("center", "outside") for w in words]
    above = ["world", "loss", "c", "o", "K", "w0", "w1", "w2", "redraw"]
    assert names == [*above, *vectors, "step", "next", "play", "reset", "alpha"]
    hit = figure.handle("center", "sea").locator(".explore-hit")
    stroke = "e => getComputedStyle(e).stroke"
    unseen = hit.evaluate(stroke)
    figure.control("o").focus()
    for _ in range(6):
        figure.page.keyboard.press("Tab")
    assert hit.evaluate(stroke) != unseen


def test_the_keyboard_alone_moves_chooses_steps_and_resets(figure):
    start, keyboard = figure.state, figure.page.keyboard
    figure.control("c").focus()
    keyboard.press("ArrowDown")
    assert figure.state["c"] == 1
    for _ in range(2):
        keyboard.press("Tab")
    keyboard.press("Shift+ArrowRight")
    assert figure.state["V"][0] == [1.5, 1.6]
    figure.control("step").focus()
    keyboard.press("Enter")
    assert figure.state["steps"] == 1
    for _ in range(3):
        keyboard.press("Tab")
    keyboard.press("Space")
    assert figure.state == start


def test_the_loss_is_announced_when_it_rests(figure):
    status = figure.page.locator(".explore-status[role=status]")
    figure.press("center", "sea", "ArrowLeft", "ArrowLeft")
    figure.wait(600)
    told = status.inner_text()
    assert told.startswith(f"sea, ship: loss {figure.state['J']:.3f}")
    figure.click("play")
    figure.wait(3100)
    assert status.inner_text() == told, "Nothing is said while it plays."
    figure.click("play")
    figure.wait(600)
    assert "10 steps made" in status.inner_text()


def test_a_handle_says_where_its_vector_is(figure):
    figure.press("outside", "moon", "ArrowDown")
    said = figure.handle("outside", "moon").get_attribute("aria-valuetext")
    assert said == "\u22121.60 across, 1.20 up"


def test_with_reduced_motion_play_jumps_pass_by_pass(window):
    figure = Figure(window, reduced_motion="reduce")
    figure.click("play")
    figure.wait(1400)
    assert figure.state["steps"] == 0
    figure.wait(1000)
    assert figure.state["steps"] == 12
    assert figure.page.locator(".explore-status").inner_text() == ""
    figure.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_no_barrier_and_nothing_overflows(window, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    figure = Figure(
        window, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    figure.page.clock.resume()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    rules = {"runOnly": {"type": "tag", "values": tags}}
    for loss in ("naive softmax", "negative sampling"):
        figure.choose(loss=loss)
        found = Axe().run(figure.page, options=rules).response["violations"]
        places = [(v["id"], n["target"]) for v in found for n in v["nodes"]]
        assert places == []
    assert figure.page.evaluate("document.documentElement.scrollWidth") <= width
    figure.context.close()


def test_the_page_asks_nobody_and_makes_no_error(figure):
    assert figure.errors == []
    assert [url for url in figure.requests if not url.startswith("file:")] == []


# Paper, and browsers without JavaScript.


def visible(page):
    """Whether the live figure and the still picture are seen."""
    return page.locator("#explore").is_visible(), page.locator(
        "figure.explore-still img"
    ).is_visible()


def test_the_screen_shows_the_live_figure_and_paper_the_still_one(figure):
    assert visible(figure.page) == (True, False)
    figure.page.emulate_media(media="print")
    assert visible(figure.page) == (False, True)
    figure.page.emulate_media(media="screen")


def test_without_javascript_the_still_picture_stands_there(window):
    figure = Figure(window, java_script_enabled=False)
    assert visible(figure.page) == (False, True)
    alt = figure.page.get_attribute("figure.explore-still img", "alt")
    assert "naive softmax" in alt and "negative sampling" in alt
    figure.context.close()


@pytest.mark.parametrize(
    ("panel", "loss"), [(0, "naive softmax"), (1, "negative sampling")]
)
def test_the_still_picture_has_the_arrows_of_the_live_one(figure, panel, loss):
    figure.choose(loss=loss)
    tree = ElementTree.parse(explore_picture.PICTURE)
    group = tree.findall("{*}g")[panel]
    still = [
        [float(line.get(end)) for end in ("x1", "y1", "x2", "y2")]
        for line in group.iterfind("{*}line[@class='step']")
    ]
    np.testing.assert_allclose(still, figure.arrows(), atol=0.006, strict=True)


def test_the_still_picture_shows_what_its_description_says(figure):
    def pull(word):
        """How far a step takes u of a word towards v_sea."""
        x, s = figure.state["words"].index(word), figure.state
        move = np.array(s["after"]["U"][x]) - s["U"][x]
        return float(move @ s["V"][0])

    naive = {word: pull(word) for word in figure.state["words"]}
    assert naive["ship"] > 0.5
    assert max(naive[word] for word in ("sail", "moon", "sky")) < -0.3
    assert max(abs(naive[word]) for word in ("star", "sea")) < 0.05
    figure.choose(loss="negative sampling")
    drawn = {word: pull(word) for word in figure.state["words"]}
    assert drawn["star"] == drawn["sail"] == drawn["sea"] == 0
    assert 1.5 < drawn["moon"] / drawn["sky"] < 2.1
    v, after = figure.state["V"][0], figure.state["after"]
    before = np.linalg.norm(np.subtract(v, figure.state["U"][1]))
    assert np.linalg.norm(np.subtract(after["V"][0], after["U"][1])) < before
