"""A claim is an equation as data, and a formula that is not equal to it is refuted by
numbers that anyone can check.

Derived in book/A3_refutation.ipynb, which writes this module: change the chapter, not
this file.
"""

import ast
import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import mpmath
import sympy as sp

from w2v.normal_form import bare
from w2v.notation import (
    DEFINITIONS,
    LETTERS,
    PREFIX,
    SIZES,
    Array,
    Letter,
    Printer,
    ShapeError,
    declared,
    make_scope,
    meaning,
    names_of,
    read,
    scalar,
    shape_text,
    with_indices,
)

__all__ = [
    "ENTRY",
    "entry_letters",
    "assume",
    "names_in",
    "Claim",
    "symbol",
    "uses",
    "is_entry",
    "shape_message",
    "WORLDS",
    "ROOMY",
    "DIGITS",
    "AGREEMENT",
    "Table",
    "make_world",
    "quarter",
    "allowed_words",
    "some_words",
    "worlds",
    "corners",
    "numeric",
    "exact_powers",
    "same",
    "slope",
    "moved",
    "truth",
    "comparisons",
    "empty",
    "without_value",
    "refute",
    "describe",
    "plain",
    "sentence",
    "shown_apart",
    "damages",
    "variants",
    "mutants",
    "equation",
    "derivative",
]

ENTRY = {"N": "xs", "d": "ji", "K": "kl", "C": "tr", "m": "tr", "B": "bq", "T": "tp"}


def entry_letters(shape: tuple, taken: Mapping[str, str]) -> tuple[sp.Symbol, ...]:
    """Return one index letter for each axis of a shape, none of them among those taken."""
    chosen: list[str] = []
    for size in shape:
        letters = ENTRY[size.name] + "abefghnpqsuwxyz"
        free = (c for c in letters if c not in chosen and c not in taken)
        chosen.append(next(free))
    return tuple(sp.Symbol(c, integer=True) for c in chosen)


def assume(e: sp.Expr, apart: tuple, distinct: tuple) -> sp.Expr:
    """Return an expression with its deltas decided by a claim's assumptions, where they say something."""

    def decide(delta):
        a, b = delta.args
        names = {str(bare(a)), str(bare(b))}
        if any(names == set(pair) for pair in apart):
            return sp.S.Zero
        if len(names) == 1 and names <= set(distinct):
            pairs = zip(a.indices, b.indices, strict=True)
            return sp.Mul(*(sp.KroneckerDelta(i, j) for i, j in pairs))
        return delta

    return e.replace(lambda x: isinstance(x, sp.KroneckerDelta), decide)


def names_in(texts: list[str], definitions: Mapping[str, str]) -> set[str]:
    """Return the names in formulas, and in the definitions that they use directly or through others."""
    names: set[str] = set()
    texts = list(texts)
    while texts:
        found = names_of(read(texts.pop())) - names
        names |= found
        texts += [text for name, text in definitions.items() if name in found]
    return names


@dataclass(frozen=True)
class Claim:
    """A result: `equals` is the derivative of `of` with respect to `wrt`, or, without `wrt`, `of` itself.

    All three are strings in the notation of the conventions. `letters` declares what the chapter adds to
    the global letters ("d" for a vector, "K in N" for K words, "> 0" for a positive number), `where`
    abbreviations; `apart` lists pairs (o, w) of which no value coincides, `distinct` draws without repeats.
    `name` is the printed name of the loss.
    """

    label: str
    title: str
    of: str
    equals: str
    wrt: str = ""
    letters: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    apart: tuple[tuple[str, str], ...] = ()
    distinct: tuple[str, ...] = ()
    name: str = ""
    kind: str = "result"

    @cached_property
    def specs(self) -> dict[str, Letter]:
        """The declarations of all letters by name, the global ones first."""
        return {n: declared(spec) for n, spec in {**LETTERS, **self.letters}.items()}

    @property
    def definitions(self) -> dict[str, str]:
        """The abbreviations; a letter that the claim declares is no abbreviation any more."""
        kept = {n: text for n, text in DEFINITIONS.items() if n not in self.letters}
        return {**kept, **self.where}

    @cached_property
    def base_scope(self) -> dict[str, Array]:
        """The arrays of sizes, letters and abbreviations."""
        return make_scope(self.specs, self.definitions)

    @cached_property
    def scope(self) -> dict[str, Array]:
        """The base scope and the index letters of an entry."""
        return self.base_scope | {e.name: scalar(e) for e in self.entries}

    @cached_property
    def function(self) -> Array:
        """The array that `of` stands for."""
        return meaning(read(self.of), self.base_scope)

    @cached_property
    def target(self) -> Array:
        """The array of the variable; a number 0 where nothing is differentiated."""
        return meaning(read(self.wrt or "0"), self.base_scope)

    @cached_property
    def shape(self) -> tuple:
        """The shape of the result: that of the function, then that of the variable."""
        return self.function.shape + self.target.shape

    @cached_property
    def entries(self) -> tuple[sp.Symbol, ...]:
        """The index letters of one entry of the result."""
        return entry_letters(self.shape, self.letters)

    def split_entries(self, index: tuple) -> tuple[tuple, tuple]:
        """Return an index of the result as an index of the function and one of the variable."""
        r = len(self.function.shape)
        return index[:r], index[r:]

    @cached_property
    def used(self) -> set[str]:
        """The letters and sizes on which the claim depends."""
        names = names_in([self.of, self.equals, self.wrt or "0"], self.definitions)
        letters = [self.specs[n] for n in names & set(self.specs)]
        axes = {a for letter in letters for a in (*letter.axes, letter.bound)}
        return (names | axes) & {*SIZES, *self.specs}

    @cached_property
    def ranges(self) -> dict[sp.Basic, sp.Expr]:
        """The size below which each index lies: those of an entry, and the letters that count words."""
        found = dict(zip(self.entries, self.shape, strict=True))
        words = {n: letter.bound for n, letter in self.specs.items() if letter.bound}
        return found | {symbol(self, n): SIZES[bound] for n, bound in words.items()}

    @cached_property
    def left(self) -> sp.Expr:
        """The entry of the left-hand side: the function, differentiated where the claim says so."""
        of_index, wrt_index = self.split_entries(self.entries)
        value = self.function.entry(*of_index)
        e = sp.diff(value, self.target.entry(*wrt_index)) if self.wrt else value
        return assume(e, self.apart, self.distinct)

    def right(self, formula: str) -> sp.Expr:
        """Return the entry of a formula that stands for the right-hand side. Raises FormulaError."""
        array = meaning(read(formula), self.scope)
        free = tuple(e for e in self.entries if not uses(array, e))
        open_axes = tuple(
            n for n, e in zip(self.shape, self.entries, strict=True) if e in free
        )
        if array.shape == () and is_entry(self, array.entry()):
            free = ()
        elif array.shape != open_axes:
            raise ShapeError(shape_message(self, array.shape, open_axes))
        return assume(array.entry(*free), self.apart, self.distinct)

    @property
    def subject(self) -> str:
        """What the right-hand side is compared with, in words."""
        if self.wrt:
            return f"the gradient with respect to {self.wrt}"
        return "the right value" if self.kind == "exercise" else "the left-hand side"

    @cached_property
    def cases(self) -> list[tuple[dict, tuple, Any]]:
        """The worlds and indices of the comparison, with the true value at each."""
        return comparisons(self)


def symbol(claim: Claim, name: str) -> sp.Basic:
    """Return the SymPy object behind a declared letter: a symbol, or the base of an indexed one."""
    array = claim.base_scope[name]
    return bare(array.entry(*(sp.S.Zero for _ in array.shape)))


def uses(array: Array, letter: sp.Symbol) -> bool:
    """Return whether an index letter occurs in the entries of an array."""
    probe = array.entry(*(sp.Dummy(integer=True) for _ in array.shape))
    return letter in probe.free_symbols


def is_entry(claim: Claim, e: sp.Expr) -> bool:
    """Return whether a number can stand for one entry: a constant, or a formula with the entry's indices."""
    return not e.free_symbols or bool(e.free_symbols & set(claim.entries))


def shape_message(claim: Claim, got: tuple, expected: tuple) -> str:
    """Return what is wrong with the shape of a formula, and how to mend it where that is clear."""
    text = f"this has shape {shape_text(got)}, {claim.subject} has shape {shape_text(claim.shape)}"
    if len(got) == 2 and got == expected[::-1]:
        return text + ": transpose"
    if got == claim.shape:
        return f"this has shape {shape_text(got)}, but mixes the whole array with single entries of it"
    if len(got) < len(expected):
        letters = ", ".join(e.name for e in claim.entries)
        index = "index" if len(expected) == 1 else "indices"
        return text + f" (or write one entry of it, with the {index} {letters})"
    return text


WORLDS = (
    {"N": 1, "d": 1, "K": 0, "C": 0, "m": 0, "B": 1, "T": 1},
    {"N": 2, "d": 1, "K": 1, "C": 1, "m": 1, "B": 2, "T": 3},
    {"N": 3, "d": 2, "K": 2, "C": 2, "m": 2, "B": 1, "T": 2},
    {"N": 3, "d": 2, "K": 4, "C": 1, "m": 1, "B": 3, "T": 4},
    {"N": 4, "d": 5, "K": 1, "C": 3, "m": 3, "B": 2, "T": 5},
    {"N": 7, "d": 3, "K": 5, "C": 4, "m": 2, "B": 4, "T": 3},
    {"N": 1, "d": 2, "K": 2, "C": 2, "m": 1, "B": 2, "T": 2},
    {"N": 3, "d": 2, "K": 0, "C": 2, "m": 0, "B": 2, "T": 2},
    {"N": 2, "d": 3, "K": 2, "C": 0, "m": 1, "B": 2, "T": 2},
)
ROOMY = (
    {"N": 7, "d": 2, "K": 2, "C": 2, "m": 1, "B": 2, "T": 2},
    {"N": 9, "d": 1, "K": 3, "C": 2, "m": 2, "B": 2, "T": 3},
)
DIGITS, AGREEMENT = 50, 20


class Table:
    """Numbers under indices; an index outside the range is an error, a negative one too."""

    def __init__(self, shape: tuple[int, ...], cells: dict[tuple[int, ...], Any]):
        self.shape, self.cells = shape, cells

    def __getitem__(self, index):
        key = index if isinstance(index, tuple) else (index,)
        if key not in self.cells:
            raise IndexError(f"index {index} lies outside the shape {self.shape}")
        return self.cells[key]

    def nested(self, prefix: tuple[int, ...] = ()):
        """Return the numbers as nested lists of floats."""
        if len(prefix) == len(self.shape):
            value = self.cells[prefix]
            return value if isinstance(value, int) else float(value)
        return [self.nested((*prefix, i)) for i in range(self.shape[len(prefix)])]


def make_world(
    claim: Claim, sizes: Mapping[str, int], turn: int
) -> dict[str, Any] | None:
    """Return a value for every letter, or None where the sizes leave no words that a claim allows.

    `turn` seeds the numbers and decides which end of the vocabulary comes first.
    """
    rng = random.Random(turn)
    world: dict[str, Any] = {n: v for n, v in sizes.items() if n not in claim.letters}
    for name, letter in claim.specs.items():
        shape = tuple(sizes[a] for a in letter.axes)
        keys = list(itertools.product(*map(range, shape)))
        if letter.bound:
            allowed = allowed_words(claim, name, sizes[letter.bound], world)
            values = some_words(allowed, len(keys), name in claim.distinct, rng, turn)
        else:
            values = [quarter(rng, letter.positive) for _ in keys]
        if values is None:
            return None
        cells = dict(zip(keys, values, strict=True))
        world[name] = Table(shape, cells) if shape else cells[()]
    return world


def quarter(rng: random.Random, positive: bool) -> mpmath.mpf:
    """Return a multiple of 1/4 between -2 and 2, not 0."""
    return mpmath.mpf(rng.choice([n for n in range(1 if positive else -8, 9) if n])) / 4


def allowed_words(
    claim: Claim, name: str, size: int, world: Mapping[str, Any]
) -> list[int]:
    """Return the words below a size that a letter may take, given those of the letters apart from it."""
    pairs = [set(pair) - {name} for pair in claim.apart if name in pair]
    others = [world[n] for rest in pairs for n in rest if n in world]
    banned = {
        w for a in others for w in (a.cells.values() if isinstance(a, Table) else [a])
    }
    return [w for w in range(size) if w not in banned]


def some_words(
    allowed: list[int], count: int, distinct: bool, rng: random.Random, turn: int
) -> list[int] | None:
    """Return `count` words, those at the ends early on; None if there are too few of them."""
    if count and (not allowed or (distinct and count > len(allowed))):
        return None
    if distinct:
        return rng.sample(allowed, count)
    ends = [allowed[0], allowed[-1]] if allowed else []
    early = 2 if turn % 3 else 0
    return [rng.choice(ends if i < early else allowed) for i in range(count)]


def worlds(claim: Claim) -> Iterator[dict[str, Any]]:
    """Yield numbers for every letter: small sizes first, words at both ends of the vocabulary."""
    chosen = WORLDS + (ROOMY if claim.distinct else ())
    made = (make_world(claim, sizes, turn) for turn, sizes in enumerate(chosen))
    return (world for world in made if world is not None)


def corners(
    claim: Claim, world: Mapping[str, Any], rng: random.Random
) -> list[tuple[int, ...]]:
    """Return the indices of the result at the ends of every axis, and up to two between."""
    lengths = [world[size.name] for size in claim.shape]
    keys = list(itertools.product(*map(range, lengths)))
    ends = [
        k for k in keys if all(i in (0, n - 1) for i, n in zip(k, lengths, strict=True))
    ]
    inside = [k for k in keys if k not in ends]
    return ends + rng.sample(inside, min(2, len(inside)))


def numeric(claim: Claim, e: sp.Expr, modules: str = "mpmath") -> Callable:
    """Return an expression as a function of a world and an index of the result.

    `modules` is "mpmath" for as many digits as its context has, "math" or "numpy" for floats.
    """
    letters = {n: s for n, s in SIZES.items() if n not in claim.specs}
    letters |= {n: symbol(claim, n) for n in claim.specs}
    number = mpmath.mpmathify if modules == "mpmath" else lambda value: 1.0 * value
    own = {"KroneckerDelta": same, "number": number}
    arguments = [*letters.values(), *claim.entries]
    f = sp.lambdify(arguments, exact_powers(e), modules=[own, modules])
    return lambda world, index: f(*(world.get(n) for n in letters), *index)


def exact_powers(e: sp.Expr) -> sp.Expr:
    """Return an expression in which Python's division of integers, as in 1/N, is not used."""
    number = sp.Function("number")
    return e.replace(
        lambda x: isinstance(x, sp.Pow) and not (x.exp.is_Integer and x.exp > 0),
        lambda x: number(x.base) ** x.exp,
    )


def same(i: int, j: int) -> int:
    """Return the Kronecker delta of two numbers."""
    return int(i == j)


def slope(claim: Claim, modules: str, h: Any) -> Callable:
    """Return the central difference of a claim's function, with step h, at a world and an index."""
    of_index, wrt_index = claim.split_entries(claim.entries)
    value = numeric(claim, claim.function.entry(*of_index), modules)
    moving = claim.target.entry(*wrt_index)
    name = str(bare(moving))
    where = numeric(claim, sp.Tuple(*getattr(moving, "indices", ())), modules)

    def difference(world, index):
        at = tuple(where(world, index))
        ahead, behind = (value(moved(world, name, at, step), index) for step in (h, -h))
        return (ahead - behind) / (2 * h)

    return difference


def moved(
    world: dict[str, Any], name: str, index: tuple[int, ...], step
) -> dict[str, Any]:
    """Return a world with one number moved by a step."""
    letter = world[name]
    if not isinstance(letter, Table):
        return {**world, name: letter + step}
    return {
        **world,
        name: Table(letter.shape, {**letter.cells, index: letter.cells[index] + step}),
    }


def truth(claim: Claim) -> Callable:
    """Return the left-hand side as a function of a world and an index; a derivative by central differences."""
    if claim.wrt:
        return slope(claim, "mpmath", mpmath.mpf(10) ** -14)
    return numeric(claim, claim.function.entry(*claim.entries))


def comparisons(claim: Claim) -> list[tuple[dict, tuple, Any]]:
    """Return worlds and indices for a comparison, with the true value at each that has one, to 50 digits."""
    true, found = truth(claim), []
    with mpmath.workdps(DIGITS):
        for turn, world in enumerate(worlds(claim)):
            for index in corners(claim, world, random.Random(turn)):
                with suppress(ZeroDivisionError):
                    found.append((world, index, true(world, index)))
    return found


def empty(world: Mapping[str, Any]) -> bool:
    """Return whether nothing is summed in a world over one of its sizes."""
    return 0 in (world[n] for n in SIZES if n in world)


def without_value(claim: Claim, right: sp.Expr) -> bool:
    """Return whether a formula divides by zero where nothing is summed, though the left-hand side has a value."""
    f = numeric(claim, right)
    for world, index, _ in claim.cases:
        try:
            f(world, index)
        except ZeroDivisionError:
            return True
        except (ArithmeticError, IndexError, TypeError, ValueError):
            continue
    return False


def refute(claim: Claim, right: sp.Expr) -> dict[str, Any] | None:
    """Return numbers at which a formula differs from the left-hand side, None if it agrees at all of them."""
    if right.has(sp.zoo, sp.nan, sp.oo, -sp.oo):
        world, index, true = claim.cases[0]
        return describe(
            claim, right, world, index, "no value (it divides by zero)", true
        )
    f, least = numeric(claim, right), 10.0**-AGREEMENT
    with mpmath.workdps(DIGITS):
        for world, index, true in claim.cases:
            try:
                yours = mpmath.mpmathify(f(world, index))
                equal = mpmath.almosteq(yours, true, rel_eps=least, abs_eps=least)
            except (ArithmeticError, IndexError, TypeError, ValueError) as error:
                yours, equal = f"no value ({error})".replace(" ()", ""), False
                if isinstance(error, ZeroDivisionError) and empty(world):
                    continue
            if not equal:
                return describe(claim, right, world, index, yours, true)
    return None


def describe(
    claim: Claim, right: sp.Expr, world: dict, index: tuple, yours, true
) -> dict[str, Any]:
    """Return a counterexample: sizes and letters of claim and formula, the entry, both values."""
    used = claim.used | ({str(s) for s in right.free_symbols} & set(world))
    letters = used & set(claim.specs)
    return {
        "sizes": {n: world[n] for n in SIZES if n in used - letters},
        "letters": {n: plain(value) for n, value in world.items() if n in letters},
        "entry": {e.name: i for e, i in zip(claim.entries, index, strict=True)},
        "yours": plain(yours),
        "true": plain(true),
    }


def plain(value: Any) -> Any:
    """Return a value as Python's own numbers and lists; a complex number as text."""
    if isinstance(value, Table):
        return value.nested()
    if isinstance(value, (int, str)):
        return value
    return float(value.real) if value.imag == 0 else mpmath.nstr(value, 6)


def sentence(claim: Claim, found: dict[str, Any]) -> str:
    """Return a counterexample as a sentence."""
    numbers = ", ".join(
        f"{n} = {v}" for n, v in {**found["sizes"], **found["letters"]}.items()
    )
    entry = ", ".join(f"{n} = {i}" for n, i in found["entry"].items())
    yours, true = shown_apart(found["yours"], found["true"])
    where = (f" at {entry}" if entry else "") + (f", with {numbers}" if numbers else "")
    return f"disproved: your formula gives {yours}, {claim.subject} is {true}{where}"


def shown_apart(yours: Any, true: Any) -> tuple[str, str]:
    """Return two values with so many digits that they differ, as far as floats have them."""
    for digits in (6, 9, 12, 17):
        texts = [v if isinstance(v, str) else f"{v:.{digits}g}" for v in (yours, true)]
        if texts[0] != texts[1]:
            return texts[0], texts[1]
    return f"{texts[0]}, a rounded number", f"{texts[1]} and further digits"


def damages(node: ast.AST, specs: Mapping[str, Letter]) -> Iterator[ast.AST]:
    """Yield the ways to damage one node: sign, term, factor, number, index, range, sigma's argument, transpose."""
    match node:
        case ast.BinOp(left=a, op=ast.Add() | ast.Sub() as op, right=b):
            yield ast.BinOp(a, ast.Sub() if isinstance(op, ast.Add) else ast.Add(), b)
            yield from (a, b)
        case ast.BinOp(left=a, op=ast.Mult() | ast.Div(), right=b):
            yield from (a, b)
        case ast.UnaryOp(operand=a):
            yield a
        case ast.Constant(value=int() as n):
            yield ast.Constant(n + 1)
        case ast.Call(func=ast.Name(id="sigma"), args=[a]):
            yield ast.Call(node.func, [ast.UnaryOp(ast.USub(), a)], [])
        case ast.Attribute(value=a, attr="T"):
            yield a
        case ast.Name(id=name) if name in specs:
            twins = (
                n for n, spec in specs.items() if n != name and spec == specs[name]
            )
            yield from map(ast.Name, twins)
        case ast.Subscript(value=ast.Name(id=name)) if (
            name in specs and specs[name].bound
        ):
            yield ast.Name("o")


def variants(node: ast.AST, specs: Mapping[str, Letter]) -> Iterator[ast.AST]:
    """Yield every copy of a syntax tree with one place damaged."""
    yield from damages(node, specs)
    for name, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        for place, child in enumerate(children):
            if isinstance(child, ast.expr):
                for changed in variants(child, specs):
                    several = [*children[:place], changed, *children[place + 1 :]]
                    new = several if isinstance(value, list) else changed
                    yield type(node)(**{**dict(ast.iter_fields(node)), name: new})


def mutants(claim: Claim) -> list[str]:
    """Return the damaged copies of a claim's right-hand side, as formulas; its double is one of them."""
    tree = read(claim.equals)
    copies = [
        *variants(tree, claim.specs),
        ast.BinOp(ast.Constant(2), ast.Mult(), tree),
    ]
    texts = [ast.unparse(ast.fix_missing_locations(c)) for c in copies]
    return [t for t in dict.fromkeys(texts) if t != ast.unparse(tree)]


def equation(claim: Claim) -> str:
    """Return the claim as LaTeX, both sides printed from the trees that are proved equal."""
    show, tree = Printer(claim.scope), read(claim.equals)
    array = meaning(tree, claim.scope)
    used = tuple(e.name if uses(array, e) else None for e in claim.entries)
    of_index, wrt_index = ([n for n in part if n] for part in claim.split_entries(used))
    written = with_indices(read(claim.of), of_index)
    function = claim.name or show.wrap(written, PREFIX if claim.wrt else 0)
    if claim.wrt:
        variable = show(with_indices(read(claim.wrt), wrt_index))
        function = derivative(claim, function, variable)
    return f"{function} = {show(tree)}"


def derivative(claim: Claim, function: str, variable: str) -> str:
    """Return the LaTeX of a derivative: a fraction if the function has a name, else an operator before it."""
    d = r"\partial" if claim.target.shape else r"\mathrm{d}"
    if claim.name:
        return rf"\frac{{{d} {function}}}{{{d} {variable}}}"
    return rf"\frac{{{d}}}{{{d} {variable}}}\, {function}"
