"""A proof is about the formula, so the code is run against the formula as well: at odd
sizes, against differences, and at the edges.

Derived in book/A4_code_checks.ipynb, which writes this module: change the chapter, not
this file.
"""

import inspect
import random
import warnings
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import mpmath

from w2v.notation import SIZES
from w2v.refutation import DIGITS, Claim, Table, make_world, numeric, slope

__all__ = [
    "STEPS",
    "VerificationError",
    "demand",
    "ODD_SIZES",
    "ordinary",
    "arrays",
    "run",
    "tabulate",
    "exact",
    "close",
    "equal_to_code",
    "spread",
    "drawn",
    "gradient_checked",
    "edge_worlds",
    "repeated",
    "refused",
    "at_edge",
    "safe_at_edges",
]

STEPS = (
    "proved for all sizes",
    "refuted when mutated",
    "printed from the proved object",
    "equal to the code",
    "gradient-checked",
    "safe at the edges",
)


class VerificationError(AssertionError):
    """A step of a verification that did not hold."""


def demand(holds: bool, claim: Claim, step: int, message: str) -> None:
    """Raise VerificationError, with the claim and the step, unless something holds."""
    if not holds:
        raise VerificationError(
            f"{claim.label}, step {step} ({STEPS[step - 1]}): {message}"
        )


ODD_SIZES = (
    {"N": 7, "d": 5, "K": 4, "C": 3, "m": 2, "B": 3, "T": 9},
    {"N": 11, "d": 3, "K": 6, "C": 5, "m": 1, "B": 2, "T": 7},
    {"N": 5, "d": 1, "K": 1, "C": 1, "m": 3, "B": 5, "T": 11},
)


def ordinary(claim: Claim, sizes: Mapping[str, int], turn: int) -> dict[str, Any]:
    """Return a world of the given sizes. Raises ValueError where the claim's assumptions leave none."""
    world = make_world(claim, sizes, turn)
    if world is None:
        raise ValueError(f"{claim.label}: no words satisfy its assumptions at {sizes}")
    return world


def arrays(
    claim: Claim, world: Mapping[str, Any], dtype: str = "float64"
) -> dict[str, Any]:
    """Return a world with NumPy arrays for its tables and NumPy scalars for its real numbers."""
    import numpy as np

    def array(name, value):
        kind = "int64" if name in claim.specs and claim.specs[name].bound else dtype
        if isinstance(value, Table):
            return np.array(value.nested(), dtype=kind).reshape(value.shape)
        return value if isinstance(value, int) else np.dtype(kind).type(value)

    return {name: array(name, value) for name, value in world.items()}


def run(
    claim: Claim,
    code: Callable,
    world: Mapping[str, Any],
    step: int = 4,
    dtype: str = "float64",
):
    """Return what the code gives on a world, its arguments taken from the world by name.

    Raises ValueError for an argument that is no letter, VerificationError if the code changes its
    arguments or fails, with an overflow or a division by zero for example.
    """
    import numpy as np

    numbers, names = (
        arrays(claim, world, dtype),
        list(inspect.signature(code).parameters),
    )
    if strangers := [n for n in names if n not in numbers]:
        raise ValueError(
            f"code: expected arguments among {sorted(numbers)}, got {strangers[0]!r}"
        )
    before = {n: np.copy(numbers[n]) for n in names}
    place = f"{claim.label}, step {step} ({STEPS[step - 1]})"
    try:
        with (
            warnings.catch_warnings(record=True) as heard,
            np.errstate(all="warn", under="ignore"),
        ):
            warnings.simplefilter("always")
            result = np.asarray(code(**{n: numbers[n] for n in names}))
    except Exception as error:
        raise VerificationError(f"{place}: the code fails with {error!r}") from error
    told = [str(w.message) for w in heard if "matmul" not in str(w.message)]
    demand(not told, claim, step, f"the code warns: {', '.join(told)}")
    for n in names:
        same = np.array_equal(before[n], numbers[n])
        demand(same, claim, step, f"the code changes its argument {n}")
    return result


def tabulate(claim: Claim, f: Callable, world: Mapping[str, Any]):
    """Return f(world, index) for every index of the result, as a float64 array of the result's shape."""
    import numpy as np

    shape = tuple(world[size.name] for size in claim.shape)
    values = [float(f(world, index)) for index in product(*map(range, shape))]
    return np.array(values).reshape(shape)


def exact(claim: Claim, world: Mapping[str, Any]):
    """Return the proved right-hand side on a world, evaluated at 50 digits and rounded once."""
    f = numeric(claim, claim.right(claim.equals))
    with mpmath.workdps(DIGITS):
        return tabulate(claim, lambda *at: mpmath.re(f(*at)), world)


def close(got, want, tolerance: float) -> bool:
    """Return whether two arrays have one shape and agree relative to the largest number in them."""
    import numpy as np

    scale = max(float(np.max(np.abs(want), initial=0.0)), 1e-30)
    return got.shape == want.shape and bool(
        np.all(np.abs(got - want) <= tolerance * scale)
    )


def equal_to_code(claim: Claim, code: Callable) -> str:
    """Compare the code with the proved expression, compiled for NumPy, at odd sizes. Raises VerificationError."""
    f = numeric(claim, claim.right(claim.equals), "numpy")
    for turn, sizes in enumerate(ODD_SIZES):
        world = ordinary(claim, sizes, turn)
        got, want = run(claim, code, world), tabulate(claim, f, arrays(claim, world))
        message = f"at {sizes} the code gives {got}, the proved expression {want}"
        demand(close(got, want, 1e-12), claim, 4, message)
    names = [n for n in SIZES if n in claim.used - set(claim.specs)]
    seen = [", ".join(f"{n}={s[n]}" for n in names) for s in ODD_SIZES[:2]]
    return "same numbers" + (f" at {' and '.join(seen)}" if names else "")


def spread(claim: Claim, world: Mapping[str, Any], f: Callable) -> dict[str, Any]:
    """Return a world with f applied to each real number that need not be positive."""

    def change(name, value):
        letter = claim.specs.get(name)
        if letter is None or letter.bound or letter.positive:
            return value
        if isinstance(value, Table):
            return Table(value.shape, {k: f(x) for k, x in value.cells.items()})
        return f(value)

    return {name: change(name, value) for name, value in world.items()}


def drawn(claim: Claim, sd: float, turn: int) -> dict[str, Any]:
    """Return a world at the first odd sizes, its real numbers normal with a standard deviation."""
    rng = random.Random(turn)
    return spread(
        claim, ordinary(claim, ODD_SIZES[0], turn), lambda _: rng.gauss(0, sd)
    )


def gradient_checked(claim: Claim, code: Callable) -> str:
    """Compare the code with central differences in float64, at three scales. Raises VerificationError."""
    if not claim.wrt:
        return "n/a: an identity, nothing is differentiated"
    difference = slope(claim, "math", 1e-5)
    for turn, sd in enumerate((0.01, 0.5, 2.0)):
        world = drawn(claim, sd, turn)
        got, want = run(claim, code, world, 5), tabulate(claim, difference, world)
        message = f"at standard deviation {sd} the code gives {got}, differences {want}"
        demand(close(got, want, 1e-6), claim, 5, message)
    return "central differences agree to 1e-6 at sd 0.01, 0.5, 2"


def edge_worlds(claim: Claim) -> list[tuple[str, dict[str, Any] | None]]:
    """Return the worlds at the edges that the claim's letters have, each under its name."""
    letters = {n: claim.specs[n] for n in claim.used & set(claim.specs)}
    real = {n: x for n, x in letters.items() if x.real and not x.positive}
    draws = [n for n, letter in letters.items() if letter.bound and letter.axes]
    world = ordinary(claim, ODD_SIZES[0], 5)
    edges: list[tuple[str, dict[str, Any] | None]] = []
    if real:
        factor = 100 if sum(bool(x.axes) for x in real.values()) > 1 else 10_000
        huge, first = spread(claim, world, lambda x: x * factor), min(real)
        turned = huge | spread(claim, {first: huge[first]}, lambda x: -x)
        edges += [("scores of ±1e4", huge), ("scores of ±1e4", turned)]
    for size, least in (("N", 1), ("K", 0), ("C", 0), ("m", 0), ("B", 1), ("T", 1)):
        if size in claim.used - set(claim.specs):
            small = make_world(claim, {**ODD_SIZES[0], size: least}, 1)
            edges.append((f"{size} = {least}", small))
    if draws and not set(draws) & set(claim.distinct):
        again = {n: repeated(world[n]) for n in draws}
        edges.append(("repeated words", {**world, **again}))
    return edges


def repeated(table: Table) -> Table:
    """Return a table that holds its first number everywhere."""
    return Table(table.shape, dict.fromkeys(table.cells, table.cells[min(table.cells)]))


def refused(claim: Claim, code: Callable, world: Mapping[str, Any]) -> bool:
    """Return whether the code fails or warns on a world, rather than give a number."""
    try:
        run(claim, code, world, 6)
    except VerificationError:
        return True
    return False


def at_edge(claim: Claim, code: Callable, name: str, edge: Mapping[str, Any]) -> str:
    """Compare the code with the exact value at one edge; return what to report."""
    try:
        want = exact(claim, edge)
    except ZeroDivisionError:
        message = f"{name}: the formula has no value, yet the code gives one"
        demand(refused(claim, code, edge), claim, 6, message)
        return f"{name} refused"
    got = run(claim, code, edge, 6)
    message = f"{name}: the code gives {got}, the exact value is {want}"
    demand(close(got, want, 1e-12), claim, 6, message)
    return name


def safe_at_edges(claim: Claim, code: Callable) -> str:
    """Compare the code with the 50-digit value at the edges, and in float32. Raises VerificationError."""
    told = [
        at_edge(claim, code, name, edge) for name, edge in edge_worlds(claim) if edge
    ]
    world = ordinary(claim, ODD_SIZES[0], 5)
    got, want = run(claim, code, world, 6, "float32"), exact(claim, world)
    message = f"float32: the code gives {got.dtype} {got}, not {want}"
    demand(got.dtype == "float32" and close(got, want, 1e-5), claim, 6, message)
    return ", ".join(dict.fromkeys([*told, "float32"]))
