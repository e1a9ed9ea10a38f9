"""Draw the still picture of book/explore.md, for paper and for browsers without JavaScript:
the first state of assets/explore.js, under both losses."""

import json
import re

import numpy as np

from export import ROOT
from w2v.naive_softmax import naive_softmax_loss_and_grad
from w2v.negative_sampling import negative_sampling_loss_and_grad

SCRIPT = ROOT / "assets" / "explore.js"
PICTURE = ROOT / "assets" / "explore.svg"
SIZE, EXTENT, ALPHA = 480, 3, 0.5
SHORT = 6 * EXTENT * 2 / SIZE  # an arrow shorter than its head is not drawn

HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">
<!-- Written by tools/explore_picture.py. -->
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="10" markerHeight="10"
 markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 10 5 0 10z" fill="#008660"/></marker></defs>
<rect width="{width}" height="{height}" fill="white"/>"""


def first_state() -> dict:
    """The state with which the live figure starts, as its script has it."""
    text = SCRIPT.read_text(encoding="utf-8")
    worlds = json.loads(re.search(r"const WORLDS = (.*?);\n", text, re.S)[1])
    return next(iter(worlds.values()))


def at(point) -> tuple[float, float]:
    """The place of a point of the plane in a panel."""
    x, y = (1 + np.array(point) / EXTENT * (1, -1)) * SIZE / 2
    return round(float(x), 2), round(float(y), 2)


def line(start, end, style: str) -> str:
    """A line between two points of the plane."""
    (x1, y1), (x2, y2) = at(start), at(end)
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {style}/>'


def grid() -> list[str]:
    """The lines of the whole numbers and the axes."""
    lines = []
    for t in range(-EXTENT, EXTENT + 1):
        style = f'stroke="{"#777" if t == 0 else "#ddd"}" stroke-width="0.8"'
        lines.append(line((t, -EXTENT), (t, EXTENT), style))
        lines.append(line((-EXTENT, t), (EXTENT, t), style))
    return lines


def mark(letter: str, word: str, point, used: bool) -> str:
    """A vector: a disc for a row of V, a square on its corner for one of U, and its name."""
    x, y = at(point)
    color = "#0072b2" if letter == "v" else "#d55e00"
    style = f'fill="{color if used else "white"}" stroke="{color}" stroke-width="2"'
    shape = (
        f'<circle cx="{x}" cy="{y}" r="6" {style}/>'
        if letter == "v"
        else f'<path d="M{x} {y}m-8 0 8 -8 8 8 -8 8z" {style}/>'
    )
    name = f'<tspan dx="1" dy="4" font-size="14" font-style="normal">{word}</tspan>'
    place = f'x="{x + 10:.2f}" y="{y + (18 if point[1] < 0 else -8):.2f}"'
    return (
        f'{shape}<text {place} font-size="17" font-style="italic">{letter}{name}</text>'
    )


def panel(title: str, state: dict, dv, dU, left: int) -> str:
    """The plane with all vectors, and an arrow for each that a step moves visibly."""
    V, U, c, o = np.array(state["V"]), np.array(state["U"]), state["c"], state["o"]
    steps = [(V[c], dv), *((u, du) for u, du in zip(U, dU, strict=True) if du.any())]
    arrow = 'class="step" stroke="#008660" stroke-width="3" marker-end="url(#head)"'
    arrows = [
        line(a, a - ALPHA * da, arrow)
        for a, da in steps
        if np.linalg.norm(ALPHA * da) > SHORT
    ]
    stems = [
        line((0, 0), V[c], 'stroke="#0072b2" stroke-width="2"'),
        line((0, 0), U[o], 'stroke="#d55e00" stroke-width="2"'),
    ]
    marks = [
        mark("v", word, v, x == c)
        for x, (word, v) in enumerate(zip(state["words"], V, strict=True))
    ] + [
        mark("u", word, u, du.any())
        for word, u, du in zip(state["words"], U, dU, strict=True)
    ]
    head = f'<text x="4" y="-12" font-size="20">{title}</text>'
    parts = [head, *grid(), *stems, *marks, *arrows]
    return "\n".join([f'<g transform="translate({left} 36)">', *parts, "</g>"])


def drawn() -> str:
    """The picture."""
    state = first_state()
    v, U = np.array(state["V"])[state["c"]], np.array(state["U"])
    _, *naive = naive_softmax_loss_and_grad(v, state["o"], U)
    _, *ns = negative_sampling_loss_and_grad(v, state["o"], state["w"], U)
    return "\n".join(
        [
            HEAD.format(width=2 * SIZE + 30, height=SIZE + 38),
            panel("naive softmax", state, *naive, 1),
            panel("negative sampling", state, *ns, SIZE + 29),
            "</svg>\n",
        ]
    )


def generated() -> dict:
    """The picture, by its path."""
    return {PICTURE: drawn()}
