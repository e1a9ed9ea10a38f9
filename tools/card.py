"""Draw the card that stands for the book where a link to it is passed on."""

from pathlib import Path

import matplotlib.pyplot as plt

ROOT = Path(__file__).resolve().parent.parent
MAP = ROOT / "assets" / "word-map.png"
LINES = (
    (0.83, 34, "black", "word2vec, proved"),
    (0.735, 15, "#444444", "Every formula derived, run and tested"),
    (0.46, 25, "black", r"$\dfrac{\partial J}{\partial v} = U^{\!\top}(\hat y - y)$"),
    (0.28, 13, "#00795c", "✓  proved for all sizes"),
    (0.12, 13, "#444444", "and your own derivation, checked in the page"),
)


def draw(path: Path) -> None:
    """Write the card, 1200 by 630 pixels, unless it is there and nothing changed since."""
    sources = (MAP, Path(__file__))
    if path.exists() and path.stat().st_mtime > max(s.stat().st_mtime for s in sources):
        return
    with plt.rc_context({"font.family": "DejaVu Sans", "mathtext.fontset": "cm"}):
        figure = plt.figure(figsize=(12, 6.3), dpi=100, facecolor="white")
        for height, size, color, text in LINES:
            figure.text(0.05, height, text, size=size, color=color)
        axes = figure.add_axes((0.47, 0.04, 0.5, 0.92))
        axes.imshow(plt.imread(MAP), interpolation="lanczos")
        axes.axis("off")
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
    plt.close(figure)
