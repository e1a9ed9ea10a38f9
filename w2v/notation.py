"""A formula is read as a syntax tree, never run, and stands for a symbolic array whose
sizes stay letters.

Derived in book/A1_notation.ipynb, which writes this module: change the chapter, not
this file.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

import sympy as sp

__all__ = [
    "SIZES",
    "LETTERS",
    "DEFINITIONS",
    "Letter",
    "declared",
    "FormulaError",
    "ShapeError",
    "LIMITS",
    "depth",
    "SIGNS",
    "slip",
    "read",
    "Array",
    "scalar",
    "shape_text",
    "letter_array",
    "transpose",
    "elementwise",
    "total",
    "matmul",
    "need_vectors",
    "sigma",
    "symbolic_outer",
    "symbolic_softmax",
    "symbolic_one_hot",
    "symbolic_diag",
    "symbolic_sum",
    "FUNCTIONS",
    "ALIASES",
    "raised",
    "OPERATORS",
    "meaning",
    "WRITTEN",
    "HINTS",
    "not_known",
    "constant",
    "lookup",
    "subscript",
    "place",
    "whole",
    "integer",
    "indexed_sum",
    "called",
    "applied",
    "names_of",
    "make_scope",
    "LATEX_NAMES",
    "LATEX_CALLS",
    "LEVELS",
    "MINUS",
    "PREFIX",
    "CLOSED",
    "OPEN",
    "level",
    "ends_open",
    "Printer",
    "with_indices",
]

SIZES = {n: sp.Symbol(n, integer=True, positive=True) for n in ("N", "d", "B", "T")} | {
    n: sp.Symbol(n, integer=True, nonnegative=True) for n in ("K", "m", "C")
}
LETTERS = {"V": "N d", "U": "N d", "v": "d", "o": "in N", "c": "in N"}
DEFINITIONS = {"z": "v @ U.T", "y_hat": "softmax(z)", "y": "one_hot(o)"}


@dataclass(frozen=True)
class Letter:
    """What is declared of a letter: the sizes of its axes, the size that bounds it if it counts words, its sign."""

    axes: tuple[str, ...]
    bound: str = ""
    positive: bool = False

    @property
    def real(self) -> bool:
        """Whether the letter stands for real numbers; the others are words."""
        return not self.bound


def declared(spec: str) -> Letter:
    """Return the declaration written as "axes", "axes in bound" or "axes > 0", such as "N d" or "K in N".

    Raises ValueError for an unknown size.
    """
    axes, _, bound = spec.removesuffix("> 0").partition("in ")
    names = (*axes.split(), *bound.split())
    if unknown := [n for n in names if n not in SIZES]:
        raise ValueError(
            f"spec: expected sizes among {', '.join(SIZES)}, got {unknown[0]!r}"
        )
    return Letter(tuple(axes.split()), bound.strip(), spec.endswith("> 0"))


class FormulaError(ValueError):
    """A formula that cannot be read: the message says what was found and what is expected."""


class ShapeError(FormulaError):
    """A formula whose shapes do not fit together, or do not fit the claim."""


LIMITS = {"characters": 1000, "nodes": 400, "depth": 40, "number": 10**6, "exponent": 8}


def depth(node: ast.AST) -> int:
    """Return how deeply a syntax tree is nested, without recursion."""
    level, deep = [node], 0
    while level:
        level, deep = [c for n in level for c in ast.iter_child_nodes(n)], deep + 1
    return deep


SIGNS = str.maketrans({"−": "-", "·": "*", "⋅": "*", "×": "*", "²": "**2", "³": "**3"})


def slip(text: str) -> str:
    """Return a hint for a text that does not parse."""
    if re.search(r"\d\s*[^\W\d]|[\w)\]]\s+[\w(]", text):
        return "a product needs its sign, as in 2*v"
    return "a formula looks like 2*v - U[o], with every bracket closed"


def read(text: str) -> ast.expr:
    """Return the syntax tree of a formula; nothing is evaluated. Raises FormulaError."""
    if not isinstance(text, str):
        raise FormulaError(f"formula: expected a string, got {type(text).__name__}")
    if len(text) > LIMITS["characters"]:
        raise FormulaError(
            f"formula: at most {LIMITS['characters']} characters, got {len(text)}"
        )
    text = text.strip().translate(SIGNS)
    if re.search(r"[\d.]e[-+]?\d{3}", text, re.IGNORECASE):
        raise FormulaError("a number in a formula has at most two digits after its e")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        raise FormulaError(
            f"this does not parse as a formula ({reason}; {slip(text)})"
        ) from None
    if (
        depth(tree) > LIMITS["depth"]
        or sum(1 for _ in ast.walk(tree)) > LIMITS["nodes"]
    ):
        raise FormulaError("the formula is too long or too deeply nested to read")
    return tree


@dataclass(frozen=True)
class Array:
    """A symbolic array: its shape, and a function from indices to the entry there."""

    shape: tuple
    entry: Callable


def scalar(e: sp.Expr) -> Array:
    """Return a number as an array without axes."""
    return Array((), lambda: e)


def shape_text(shape: tuple) -> str:
    """Return a shape as NumPy prints it: (N, d), or (d,), or () for a number."""
    inner = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
    return f"({inner})"


def letter_array(name: str, letter: Letter) -> Array:
    """Return the symbolic array that a declared letter stands for."""
    kind = "positive" if letter.positive else "real" if letter.real else "integer"
    if not letter.axes:
        return scalar(sp.Symbol(name, **{kind: True}))
    base = sp.IndexedBase(name, **{kind: True})
    return Array(tuple(SIZES[a] for a in letter.axes), lambda *i: base[i])


def transpose(a: Array) -> Array:
    """Return a with its axes in reverse order."""
    return Array(a.shape[::-1], lambda *i: a.entry(*i[::-1]))


def elementwise(op: Callable, *arrays: Array) -> Array:
    """Apply a scalar function entry by entry; a number goes with every shape, nothing else is stretched.

    Raises ShapeError if two arrays with axes differ in shape.
    """
    shapes = {a.shape for a in arrays if a.shape}
    if len(shapes) > 1:
        got = " and ".join(shape_text(a.shape) for a in arrays)
        raise ShapeError(f"entry by entry needs equal shapes, got {got}")
    shape = shapes.pop() if shapes else ()
    return Array(
        shape, lambda *i: op(*(a.entry(*i) if a.shape else a.entry() for a in arrays))
    )


def total(f: Callable, size: sp.Expr) -> sp.Expr:
    """Return the sum of f(i) over i = 0 … size-1, on an index that nothing else uses."""
    i = sp.Dummy("i", integer=True)
    return sp.Sum(f(i), (i, 0, size - 1))


def matmul(a: Array, b: Array) -> Array:
    """Return a @ b under NumPy's rules for one and two axes. Raises ShapeError."""
    if not a.shape or not b.shape or a.shape[-1] != b.shape[0]:
        raise ShapeError(
            f"{shape_text(a.shape)} @ {shape_text(b.shape)}: "
            "the last axis on the left must be the first on the right"
        )
    n, left = a.shape[-1], len(a.shape) - 1
    return Array(
        a.shape[:-1] + b.shape[1:],
        lambda *i: total(lambda s: a.entry(*i[:left], s) * b.entry(s, *i[left:]), n),
    )


def need_vectors(name: str, *arrays: Array) -> None:
    """Raise ShapeError unless all arguments of a function are vectors."""
    if any(len(a.shape) != 1 for a in arrays):
        count = "a vector" if len(arrays) == 1 else "two vectors"
        got = " and ".join(shape_text(a.shape) for a in arrays)
        raise ShapeError(f"{name} takes {count}, got {got}")


def sigma(x: sp.Expr) -> sp.Expr:
    """Return the logistic function by its definition, 1/(1 + exp(-x))."""
    return 1 / (1 + sp.exp(-x))


def symbolic_outer(a: Array, b: Array) -> Array:
    """Return the outer product of two vectors: entry (i, j) is a_i b_j. Raises ShapeError."""
    need_vectors("outer", a, b)
    return Array(a.shape + b.shape, lambda i, j: a.entry(i) * b.entry(j))


def symbolic_softmax(z: Array) -> Array:
    """Return exp(z_i) divided by the sum of all exp(z_s). Raises ShapeError."""
    need_vectors("softmax", z)
    norm = total(lambda s: sp.exp(z.entry(s)), z.shape[0])
    return Array(z.shape, lambda i: sp.exp(z.entry(i)) / norm)


def symbolic_one_hot(index: Array) -> Array:
    """Return the vector of length N with a one at an index; its entries raise ShapeError for several."""

    def entry(i):
        if index.shape:
            got = f"one_hot takes one word, got shape {shape_text(index.shape)}"
            raise ShapeError(
                f"{got}; for several, write Sum(one_hot(o[t]), (t, 0, C-1))"
            )
        return sp.KroneckerDelta(i, index.entry())

    return Array((SIZES["N"],), entry)


def symbolic_diag(a: Array) -> Array:
    """Return the square array with the vector a on its diagonal. Raises ShapeError."""
    need_vectors("diag", a)
    return Array(a.shape * 2, lambda i, j: sp.KroneckerDelta(i, j) * a.entry(i))


def symbolic_sum(a: Array) -> Array:
    """Return the sum of a vector's entries. Raises ShapeError."""
    need_vectors("sum", a)
    return scalar(total(a.entry, a.shape[0]))


FUNCTIONS: dict[str, tuple[int, Callable]] = {
    "exp": (1, lambda a: elementwise(sp.exp, a)),
    "log": (1, lambda a: elementwise(sp.log, a)),
    "sqrt": (1, lambda a: elementwise(sp.sqrt, a)),
    "sigma": (1, lambda a: elementwise(sigma, a)),
    "sigmoid": (1, lambda a: elementwise(sigma, a)),
    "log_sigmoid": (1, lambda a: elementwise(lambda x: sp.log(sigma(x)), a)),
    "tanh": (1, lambda a: elementwise(lambda x: 1 - 2 * sigma(-2 * x), a)),
    "softmax": (1, symbolic_softmax),
    "one_hot": (1, symbolic_one_hot),
    "sum": (1, symbolic_sum),
    "dot": (2, matmul),
    "outer": (2, symbolic_outer),
    "diag": (1, symbolic_diag),
    "delta": (2, lambda a, b: elementwise(sp.KroneckerDelta, a, b)),
}
ALIASES = {"ŷ": "y_hat", "yhat": "y_hat", "σ": "sigma", "ln": "log"}


def raised(a: Array, b: Array) -> Array:
    """Return a**b, entry by entry, for an exponent that is a letter or a small number. Raises FormulaError."""
    n = None if b.shape else b.entry()
    small = n is not None and n.is_Rational and abs(n) <= LIMITS["exponent"]
    if n is None or not (n.is_Symbol or small):
        raise FormulaError(
            f"an exponent is a letter or a plain number up to {LIMITS['exponent']}"
        )
    return elementwise(lambda x, y: x**y, a, b)


OPERATORS: dict[type[ast.operator], Callable] = {
    ast.Add: lambda a, b: elementwise(lambda x, y: x + y, a, b),
    ast.Sub: lambda a, b: elementwise(lambda x, y: x - y, a, b),
    ast.Mult: lambda a, b: elementwise(lambda x, y: x * y, a, b),
    ast.Div: lambda a, b: elementwise(lambda x, y: x / y, a, b),
    ast.MatMult: matmul,
    ast.Pow: raised,
}


def meaning(node: ast.AST, scope: Mapping[str, Array]) -> Array:
    """Return the symbolic array that a syntax tree stands for: the whitelist is this function.

    `scope` gives the array of each letter. Raises FormulaError, ShapeError.
    """
    match node:
        case ast.Constant(value=int() | float() as n) if not isinstance(n, bool):
            return constant(n)
        case ast.Name(id=name):
            return lookup(name, scope)
        case ast.UnaryOp(op=ast.UAdd(), operand=a):
            return meaning(a, scope)
        case ast.UnaryOp(op=ast.USub(), operand=a):
            return elementwise(lambda x: -x, meaning(a, scope))
        case ast.BinOp(left=a, op=op, right=b) if type(op) in OPERATORS:
            return OPERATORS[type(op)](meaning(a, scope), meaning(b, scope))
        case ast.Attribute(value=a, attr="T"):
            return transpose(meaning(a, scope))
        case ast.Subscript(value=a, slice=ast.Tuple(elts=items)):
            return subscript(meaning(a, scope), items, scope)
        case ast.Subscript(value=a, slice=item):
            return subscript(meaning(a, scope), [item], scope)
        case ast.Call(func=f, args=args, keywords=[]):
            return called(f, args, scope)
    raise not_known(node)


WRITTEN: dict[type[ast.AST], str] = {
    ast.BitXor: "^",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Slice: "a slice",
    ast.Compare: "a comparison",
    ast.IfExp: "a condition",
    ast.List: "a list in brackets",
    ast.Tuple: "a list of several formulas",
    ast.Constant: "a text or a name of Python",
    ast.Lambda: "a function of your own",
    ast.GeneratorExp: "a loop",
    ast.ListComp: "a loop",
}
HINTS: dict[type[ast.AST], str] = {
    ast.BitXor: "a power is written **, a transpose U.T",
    ast.Compare: "a formula is an expression, without = or <; for 1 if x equals o, write delta(x, o)",
    ast.IfExp: "write delta(x, o) for 1 if x equals o, else 0",
}


def not_known(node: ast.AST) -> FormulaError:
    """Return the error for a node that has no place in the notation."""
    found = type(node.op if isinstance(node, ast.BinOp) else node)
    known = "letters, numbers, + - * / ** @, U.T, U[o], Sum(…, (k, 0, K-1)) and "
    hint = HINTS.get(found, f"a formula has {known}{', '.join(FUNCTIONS)}")
    written = WRITTEN.get(found, "this")
    return FormulaError(f"{written} is not part of the notation: {hint}")


def constant(number: int | float) -> Array:
    """Return a number of the formula, floats as exact fractions. Raises FormulaError if it is too large."""
    if not abs(number) <= LIMITS["number"]:
        raise FormulaError(f"a number in a formula is at most {LIMITS['number']}")
    return scalar(sp.Rational(str(number)))


def lookup(name: str, scope: Mapping[str, Array]) -> Array:
    """Return the array of a letter. Raises FormulaError for one that is not introduced."""
    name = ALIASES.get(name, name)
    if name not in scope:
        letters = ", ".join(sorted(scope))
        raise FormulaError(
            f"the letter {name} is not introduced here; there are {letters}"
        )
    return scope[name]


def subscript(a: Array, items: list[ast.expr], scope: Mapping[str, Array]) -> Array:
    """Return a[items]: an item is an index, a vector of indices such as the draws w, or a bare colon.

    Raises ShapeError for too many indices, FormulaError for an index that is not an integer.
    """
    if len(items) > len(a.shape):
        raise ShapeError(
            f"{len(items)} indices on an array with shape {shape_text(a.shape)}"
        )
    parts = [None if whole(item) else meaning(item, scope) for item in items]
    parts += [None] * (len(a.shape) - len(parts))
    axes = [(n,) if p is None else p.shape for n, p in zip(a.shape, parts, strict=True)]
    lists = [p for p in parts if p is not None and p.shape]
    if len(lists) > 1 or any(len(p.shape) > 1 for p in lists):
        raise ShapeError("an index is a number, or one of them a vector")

    def entry(*i):
        rest = iter(i)
        return a.entry(*(place(part, rest) for part in parts))

    return Array(sum(axes, ()), entry)


def place(part: Array | None, rest: Iterator[sp.Expr]) -> sp.Expr:
    """Return the index on one axis, where needed made from the next of the result's indices."""
    if part is None:
        return next(rest)
    return integer(part.entry(next(rest)) if part.shape else part.entry())


def whole(item: ast.expr) -> bool:
    """Return whether an index is a bare colon."""
    return isinstance(item, ast.Slice) and not (item.lower or item.upper or item.step)


def integer(index: sp.Expr) -> sp.Expr:
    """Return an index, after checking that it is an integer. Raises FormulaError."""
    if not index.is_integer:
        raise FormulaError(f"an index is an integer, got {index}")
    return index


def indexed_sum(args: list[ast.expr], scope: Mapping[str, Array]) -> Array:
    """Return Sum(body, (k, low, high), …) with both ends included. Raises FormulaError, ShapeError."""
    match args:
        case [body, *limits, ast.Tuple(elts=[ast.Name(id=letter), low, high])]:
            ends = [meaning(end, scope) for end in (low, high)]
        case _:
            raise FormulaError("a sum is written Sum(body, (k, 0, K-1))")
    if any(end.shape for end in ends):
        raise ShapeError("the ends of a sum are numbers")
    letter = ALIASES.get(letter, letter)
    first, last = (integer(end.entry()) for end in ends)
    k = sp.Dummy(letter, integer=True)
    inner = {**scope, letter: scalar(k)}
    a = indexed_sum([body, *limits], inner) if limits else meaning(body, inner)
    return Array(a.shape, lambda *i: sp.Sum(a.entry(*i), (k, first, last)))


def called(f: ast.expr, args: list[ast.expr], scope: Mapping[str, Array]) -> Array:
    """Return the value of a call: Sum, a.dot(b), or a known function. Raises FormulaError, ShapeError."""
    match f:
        case ast.Name(id="Sum"):
            return indexed_sum(args, scope)
        case (
            ast.Name(id=name)
            | ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name)
        ):
            return applied(ALIASES.get(name, name), args, scope)
        case ast.Attribute(value=a, attr="dot"):
            return applied("dot", [a, *args], scope)
    return applied(ast.unparse(f)[:40], args, scope)


def applied(name: str, args: list[ast.expr], scope: Mapping[str, Array]) -> Array:
    """Return a known function of its arguments. Raises FormulaError for another one, or a wrong number."""
    if name not in FUNCTIONS:
        hint = "a product needs its sign, as in sigma(x)*(1 - sigma(x))"
        known = ", ".join(FUNCTIONS)
        raise FormulaError(
            f"{name} is not a known function ({hint}); there are {known}"
        )
    count, function = FUNCTIONS[name]
    if len(args) != count:
        raise FormulaError(
            f"{name} takes {count} argument{'s' * (count > 1)}, got {len(args)}"
        )
    return function(*(meaning(a, scope) for a in args))


def names_of(tree: ast.AST) -> set[str]:
    """Return the names that occur in a syntax tree."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def make_scope(
    letters: Mapping[str, Letter], definitions: Mapping[str, str]
) -> dict[str, Array]:
    """Return the array of every size, letter and abbreviation; a definition may use any other.

    Raises FormulaError, ShapeError, and CycleError for definitions that need each other.
    """
    scope = {name: scalar(size) for name, size in SIZES.items()}
    scope |= {name: letter_array(name, letter) for name, letter in letters.items()}
    trees = {name: read(text) for name, text in definitions.items()}
    needs = {name: names_of(tree) & trees.keys() for name, tree in trees.items()}
    for name in TopologicalSorter(needs).static_order():
        scope[name] = meaning(trees[name], scope)
    return scope


LATEX_NAMES = {"y_hat": r"\hat{y}"} | {
    n: rf"\{n}"
    for n in (
        "sigma",
        "kappa",
        "theta",
        "alpha",
        "beta",
        "eta",
        "gamma",
        "mu",
        "nu",
        "rho",
        "tau",
    )
}
LATEX_CALLS = {
    "exp": r"\exp({})",
    "log": r"\log {}",
    "sqrt": r"\sqrt{{{}}}",
    "sigma": r"\sigma({})",
    "sigmoid": r"\sigma({})",
    "tanh": r"\tanh({})",
    "log_sigmoid": r"\log \sigma({})",
    "softmax": r"\operatorname{{softmax}}({})",
    "one_hot": "e_{{{}}}",
    "sum": r"\operatorname{{sum}}({})",
    "diag": r"\operatorname{{diag}}({})",
    "outer": r"{} \otimes {}",
    "dot": r"{} \cdot {}",
    "delta": r"\delta_{{{},{}}}",
}

LEVELS: dict[type[ast.operator], float] = {
    ast.Add: 1,
    ast.Sub: 1,
    ast.Mult: 2,
    ast.MatMult: 2,
    ast.Div: 3,
    ast.Pow: 4,
}
MINUS, PREFIX, CLOSED = 1.5, 1.7, 5.0
OPEN = ("Sum", "log", "log_sigmoid")


def level(node: ast.AST) -> float:
    """Return how tightly a node binds: sums 1, a minus 1.5, products 2, powers 4, letters 5."""
    match node:
        case ast.BinOp(left=a, op=ast.Mult() | ast.MatMult()) if level(a) == MINUS:
            return MINUS
        case ast.BinOp(op=op):
            return LEVELS[type(op)]
        case ast.UnaryOp(op=ast.USub()):
            return MINUS
        case ast.UnaryOp(operand=a):
            return level(a)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            pair = name in ("outer", "dot")
            return LEVELS[ast.Mult] if pair else PREFIX if name in OPEN else CLOSED
    return CLOSED


def ends_open(node: ast.AST) -> bool:
    """Return whether a sum sign in a node would also reach over a factor printed after it."""
    match node:
        case ast.BinOp(op=ast.Mult() | ast.MatMult(), right=a) | ast.UnaryOp(operand=a):
            return ends_open(a)
        case ast.Call(func=ast.Name(id="Sum")):
            return True
    return False


@dataclass(frozen=True)
class Printer:
    """Prints a formula as LaTeX in the order in which it was written, with the shapes of a scope in mind."""

    scope: Mapping[str, Array]

    def __call__(self, node: ast.AST) -> str:
        match node:
            case ast.Constant(value=value):
                digits, _, power = str(value).partition("e")
                scale = rf"10^{{{int(power)}}}" if power else ""
                return (
                    scale
                    if digits == "1" and power
                    else rf"{digits} \cdot {scale}"
                    if power
                    else digits
                )
            case ast.Name(id=name):
                name = ALIASES.get(name, name)
                return LATEX_NAMES.get(name, name)
            case ast.UnaryOp(op=ast.USub(), operand=a):
                return "-" + self.wrap(a, PREFIX)
            case ast.UnaryOp(operand=a):
                return self(a)
            case ast.BinOp():
                return self.binary(node)
            case ast.Attribute(value=a, attr="T"):
                base = self.wrap(a, CLOSED)
                return (
                    f"{{{base}}}" if isinstance(a, ast.Attribute) else base
                ) + r"^{\top}"
            case ast.Subscript(value=a, slice=ast.Tuple(elts=items)):
                return self.indexed(a, items)
            case ast.Subscript(value=a, slice=item):
                return self.indexed(a, [item])
            case ast.Call(func=ast.Name(id="Sum"), args=[body, *limits]):
                return self.sums(body, limits)
            case ast.Call(func=ast.Attribute(value=a, attr="dot"), args=[b]) if not (
                isinstance(a, ast.Name) and a.id in ("np", "numpy")
            ):
                return self.function("dot", [a, b])
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
                return self.function(ALIASES.get(name, name), args)
        raise FormulaError(f"{type(node).__name__} cannot be printed")

    def axes(self, node: ast.AST) -> int:
        """Return the number of axes of what a node stands for."""
        return len(meaning(node, self.scope).shape)

    def wrap(self, node: ast.AST, least: float) -> str:
        """Print a node, in brackets if it binds less tightly than a level."""
        text = self(node)
        if level(node) >= least:
            return text
        tall = r"\frac" in text or r"\sum" in text
        return rf"\left({text}\right)" if tall else f"({text})"

    def factor(self, node: ast.AST, least: float) -> str:
        """Print the left factor of a product: sums and products of vectors in brackets, a minus without."""
        if ends_open(node) or self.is_pair(node):
            return self.wrap(node, CLOSED)
        return self(node) if level(node) == MINUS else self.wrap(node, least)

    def is_dot(self, node: ast.AST) -> bool:
        """Return whether a node is the product of two vectors."""
        match node:
            case ast.BinOp(left=a, op=ast.MatMult(), right=b):
                return self.axes(a) == self.axes(b) == 1
        return False

    def is_pair(self, node: ast.AST) -> bool:
        """Return whether a node prints as two vectors with a sign between them."""
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return name in ("outer", "dot")
            case ast.BinOp(left=a, op=ast.Mult(), right=b):
                return self.axes(a) > 0 and self.axes(b) > 0
        return self.is_dot(node)

    def binary(self, node: ast.BinOp) -> str:
        a, b = node.left, node.right
        match node.op:
            case ast.Add() | ast.Sub():
                sign = "+" if isinstance(node.op, ast.Add) else "-"
                return f"{self.wrap(a, 1)} {sign} {self.wrap(b, 1.6)}"
            case ast.Div():
                return rf"\frac{{{self(a)}}}{{{self(b)}}}"
            case ast.Pow():
                base = self.wrap(a, CLOSED)
                base = f"{{{base}}}" if isinstance(a, ast.Attribute) else base
                return f"{base}^{{{self.inline(b)}}}"
            case ast.MatMult() if self.is_dot(node):
                return rf"{self.factor(a, 2.5)} \cdot {self.wrap(b, 2.5)}"
        least = CLOSED if self.is_pair(b) else PREFIX
        if isinstance(node.op, ast.Mult) and self.axes(a) and self.axes(b):
            return rf"{self.factor(a, 2.5)} \odot {self.wrap(b, max(least, 2.5))}"
        left, right = self.factor(a, 2), self.wrap(b, least)
        return left + (r" \cdot " if right[0].isdigit() else r"\,") + right

    def inline(self, node: ast.AST) -> str:
        """Print an exponent, a fraction with a slash."""
        match node:
            case ast.BinOp(left=a, op=ast.Div(), right=b):
                return f"{self.factor(a, 3)}/{self.wrap(b, 4)}"
        return self(node)

    def indexed(self, a: ast.AST, items: list[ast.expr]) -> str:
        """Print U[o] as u_o, U[o, j] as U_{oj}; a table loses its capital when it becomes a row."""
        while items[1:] and isinstance(items[-1], ast.Slice):
            items = items[:-1]
        texts = [":" if isinstance(i, ast.Slice) else self(i) for i in items]
        below = ("" if all(len(t) == 1 and t.isalpha() for t in texts) else ",").join(
            texts
        )
        base = self.wrap(a, CLOSED)
        if not isinstance(a, ast.Name) and "_" in base:
            base = f"{{{base}}}"
        row = len(items) == 1 and not isinstance(items[0], ast.Slice)
        if isinstance(a, ast.Name) and row and not self.axes(items[0]):
            base = base.lower() if self.axes(a) == 2 else base
        return f"{base}_{{{below}}}"

    def sums(self, body: ast.expr, limits: list[ast.expr]) -> str:
        """Print sum signs, the outermost first, and what is summed."""
        text, scope = "", dict(self.scope)
        for limit in reversed(limits):
            k, low, high = limit.elts  # type: ignore[attr-defined]
            text += rf"\sum_{{{self(k)}={self(low)}}}^{{{self(high)}}} "
            scope[k.id] = scalar(sp.Symbol(k.id, integer=True))
        return text + Printer(scope).wrap(body, PREFIX)

    def function(self, name: str, args: list[ast.expr]) -> str:
        least = {"log": CLOSED, "outer": 2.5, "dot": 2.5}.get(name, 0.0)
        text = LATEX_CALLS[name].format(*(self.wrap(a, least) for a in args))
        if not (text.endswith(")") and (r"\frac" in text or r"\left" in text)) or least:
            return text
        head, _, inside = text.partition("(")
        return rf"{head}\left({inside[:-1]}\right)"


def with_indices(tree: ast.expr, letters: list[str]) -> ast.expr:
    """Return tree[letters], merged with the indices it has."""
    items: list[ast.expr] = [ast.Name(n) for n in letters]
    match tree:
        case _ if not items:
            return tree
        case ast.Subscript(value=a, slice=ast.Tuple(elts=old)):
            return ast.Subscript(a, ast.Tuple([*old, *items]))
        case ast.Subscript(value=a, slice=only):
            return ast.Subscript(a, ast.Tuple([only, *items]))
    return ast.Subscript(tree, ast.Tuple(items) if items[1:] else items[0])
