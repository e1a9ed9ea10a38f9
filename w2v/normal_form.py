"""
Two formulas are proved equal by rewriting their difference, with every size a letter,
until nothing is left of it.

Derived in book/A2_normal_form.ipynb, which writes this module: change the chapter, not
this file.
"""

import itertools
from collections import defaultdict
from collections.abc import Mapping

import sympy as sp

__all__ = [
    "E",
    "Inv",
    "Ranges",
    "WIDEST_GAP",
    "NEVER",
    "expand",
    "tidy",
    "rewrite",
    "use_delta",
    "weight",
    "divide",
    "contains",
    "content",
    "positive",
    "power",
    "real",
    "nonnegative",
    "exponential",
    "logarithm",
    "logarithm_of_sum",
    "fractions",
    "height",
    "named",
    "connected",
    "split",
    "contract",
    "within",
    "assemble",
    "independent",
    "sum_term",
    "offsets",
    "reindexed",
    "at",
    "add_up",
    "normal",
    "Closed",
    "runs_forward",
    "bare",
    "closed",
    "normal_sum",
    "vanishes",
    "opened",
]


class E(sp.Function):
    """The exponential as an inert letter, so that powers of it are not regrouped behind our back."""

    is_positive = True

    def _eval_evalf(self, prec: int) -> None:
        """Stay a letter: SymPy would take the name for the constant e and fail."""


class Inv(sp.Function):
    """One over a sum of several terms, as an inert letter."""

    is_real = True


Ranges = Mapping[sp.Basic, sp.Expr]
WIDEST_GAP, NEVER = 8, 5


def expand(e: sp.Expr) -> sp.Expr:
    """Multiply products and powers of sums out, and nothing else."""
    return sp.expand(e, power_base=False, power_exp=False, log=False, basic=False)


def tidy(e: sp.Expr) -> sp.Expr:
    """Multiply out, then apply the rewriting rules to each term until none applies."""
    e = expand(e)
    terms = sp.Add.make_args(e)
    done = [rewrite(t) for t in terms]
    return (
        e
        if all(a == b for a, b in zip(terms, done, strict=True))
        else tidy(sp.Add(*done))
    )


def rewrite(term: sp.Expr) -> sp.Expr:
    """Apply one rule: a delta used on its neighbors, or a fraction divided out."""
    powers = term.as_powers_dict()
    for base, n in powers.items():
        new = None
        if isinstance(base, sp.KroneckerDelta) and n.is_positive:
            new = use_delta(term, base, n)
        elif isinstance(base, Inv) and n.is_positive:
            new = divide(term, base, powers)
        if new is not None and new != term:
            return new
    return term


def use_delta(term: sp.Expr, delta: sp.Expr, n: sp.Expr) -> sp.Expr:
    """Return a term with delta**n reduced to delta, and in the rest one of its indices renamed to the other."""
    keep, drop = sorted(delta.args, key=lambda a: (weight(a), str(a)))
    rest = term / delta**n
    return delta * (rest.xreplace({drop: keep}) if weight(drop) < NEVER else rest)


def weight(index: sp.Expr) -> int:
    """Return how gladly an index is renamed away: numbers and free letters last, compound expressions never."""
    if isinstance(index, sp.Indexed):
        return 4 if index.atoms(sp.Dummy) else 3
    if isinstance(index, sp.Dummy):
        return 2
    return 0 if index.is_Integer else 1 if index.is_Symbol else NEVER


def divide(term: sp.Expr, inverse: sp.Expr, powers: Mapping) -> sp.Expr | None:
    """Return a term with A/(A + B) or 1/(E (1 + E)) divided out, None if it holds neither."""
    if not inverse.args[0].is_Add:
        return term / inverse / inverse.args[0]
    *others, lead = sorted(inverse.args[0].args, key=sp.default_sort_key)
    tail = sp.Add(*others)
    if contains(powers, lead):
        return term / lead / inverse - term / lead * tail
    if tail == 1 and isinstance(lead, E) and contains(powers, 1 / lead):
        return term / inverse - term * lead
    return None


def contains(powers: Mapping, monomial: sp.Expr) -> bool:
    """Return whether a product, given by its powers, is a multiple of a monomial of the same signs."""
    wanted = [(b, n) for b, n in monomial.as_powers_dict().items() if not b.is_Number]
    gaps = [(powers.get(b, sp.S.Zero) - n, n) for b, n in wanted]
    return all(
        gap.is_nonpositive if n.is_negative else gap.is_nonnegative for gap, n in gaps
    )


def content(e: sp.Expr) -> sp.Expr:
    """Return the monomial that all terms share; a negative power in one of them is shared by all."""
    tables = [t.as_powers_dict() for t in sp.Add.make_args(e)]
    letters = {b for table in tables for b in table if not b.is_Number}
    shared = {
        b: min(table.get(b, sp.S.Zero) for table in tables)
        for b in letters
        if all(table.get(b, sp.S.Zero).is_Rational for table in tables)
    }
    number = e.primitive()[0] * (-1 if e.could_extract_minus_sign() else 1)
    return number * sp.Mul(*(b**n for b, n in shared.items()))


def positive(e: sp.Expr) -> bool:
    """Return whether an expression is known to be positive for every value of its letters."""
    if isinstance(e, sp.Sum):
        return positive(e.function) and all(
            (b - a + 1).is_positive for _, a, b in e.limits
        )
    if isinstance(e, Inv):
        return positive(e.args[0])
    if e.is_Add or e.is_Mul:
        return all(positive(a) for a in e.args)
    if e.is_Pow:
        return positive(e.base) and bool(e.exp.is_real)
    return bool(e.is_positive)


def power(base: sp.Expr, n: sp.Expr) -> sp.Expr:
    """Return base**n with products split, sums under a fraction bar made primitive."""
    if base.is_Add and n.is_number and not (n.is_Integer and n > 0):
        shared = content(base)
        core = tidy(base / shared)
        if n.is_Integer:
            return tidy(shared**n * (Inv(core) ** -n if core.is_Add else core**n))
        return power(shared, n) * core**n if positive(shared) else base**n
    if base.is_Mul and not n.is_Integer:
        out = [f for f in base.args if positive(f)]
        rest = sp.Mul(*(f for f in base.args if f not in out))
        return sp.Mul(*(f**n for f in out)) * rest**n
    return tidy(base**n)


def real(e: sp.Expr) -> bool:
    """Return whether an expression is known to be real wherever it is defined."""
    if isinstance(e, sp.Sum):
        return real(e.function)
    if e.is_Add or e.is_Mul:
        return all(real(a) for a in e.args)
    if e.is_Pow:
        return real(e.base) and (bool(e.exp.is_integer) or nonnegative(e.base))
    if isinstance(e, sp.log):
        return positive(e.args[0])
    return bool(e.is_extended_real) or isinstance(e, E | Inv)


def nonnegative(e: sp.Expr) -> bool:
    """Return whether an expression is known not to be negative: squares, and what is positive."""
    if isinstance(e, sp.Sum):
        return nonnegative(e.function)
    if e.is_Add or e.is_Mul:
        return all(nonnegative(a) for a in e.args)
    if e.is_Pow and e.exp.is_even:
        return real(e.base)
    return positive(e) or bool(e.is_nonnegative)


def exponential(x: sp.Expr) -> sp.Expr:
    """Return exp of a real sum as a product; exp undoes log."""
    if not real(x):
        return sp.exp(x)
    product = sp.S.One
    for term in sp.Add.make_args(x):
        number, rest = term.as_coeff_Mul()
        product *= (rest.args[0] if isinstance(rest, sp.log) else E(rest)) ** number
    return tidy(product)


def logarithm(x: sp.Expr) -> sp.Expr:
    """Return log of a product of positive factors as a sum; log undoes exp."""
    if x.is_Add:
        return logarithm_of_sum(x)
    if x.is_Mul and positive(x):
        return tidy(sp.Add(*map(logarithm, x.args)))
    if x.is_Pow and positive(x):
        return tidy(x.exp * logarithm(x.base))
    if isinstance(x, E):
        return x.args[0]
    if isinstance(x, Inv) and positive(x):
        return -logarithm(x.args[0])
    return sp.log(x)


def logarithm_of_sum(x: sp.Expr) -> sp.Expr:
    """Return log of a sum: its fractions brought to one denominator, its common factor taken out."""
    if x.has(Inv):
        top, bottom = sp.fraction(sp.factor(sp.together(fractions(x))))
        if positive(top) and positive(bottom):
            return tidy(logarithm(top) - logarithm(bottom))
    shared = content(x) if positive(x) else sp.S.One
    if shared != 1 and positive(shared):
        return logarithm(shared) + logarithm(tidy(x / shared))
    return sp.log(x)


def fractions(e: sp.Expr) -> sp.Expr:
    """Return an expression with its inert inverses written as fractions again."""
    return e.replace(Inv, lambda x: 1 / x)


def height(body: sp.Expr) -> int:
    """Return the largest number that names an index of a sum inside an expression."""
    inner = (k for s in body.atoms(sp.Sum) for k, *_ in s.limits)
    return max((int(k.name[1:]) for k in inner), default=0)


def named(body: sp.Expr, limits: list) -> sp.Expr:
    """Return the sum with its indices renamed by depth, in the order that prints first."""
    if not body.free_symbols & {i for i, _ in limits}:
        return body * sp.Mul(*(size for _, size in limits))
    first = height(body) + 1
    names = [sp.Symbol(f"_{first + r}", integer=True) for r in range(len(limits))]
    made = []
    for order in itertools.islice(itertools.permutations(limits), 120):
        renamed = body.xreplace({i: k for k, (i, _) in zip(names, order, strict=True)})
        ends = ((k, 0, size - 1) for k, (_, size) in zip(names, order, strict=True))
        made.append(sp.Sum(renamed, *ends))
    return min(made, key=sp.srepr) if len(made) > 1 else made[0]


def connected(i: sp.Basic, factors: list, indices: set) -> set:
    """Return the summation indices that factors tie to i, directly or through others."""
    group, grown = {i}, True
    while grown:
        met = set().union(*(f.free_symbols for f in factors if f.free_symbols & group))
        grown, group = not (met & indices <= group), group | (met & indices)
    return group


def split(term: sp.Expr, limits: list) -> sp.Expr:
    """Return the sum of a product as a product of independent sums, named canonically."""
    factors, todo, result = list(sp.Mul.make_args(term)), dict(limits), sp.S.One
    while todo:
        group = connected(next(iter(todo)), factors, set(todo))
        near = [f for f in factors if f.free_symbols & group]
        factors = [f for f in factors if f not in near]
        result *= named(
            sp.Mul(*near), [(i, todo.pop(i)) for i in list(todo) if i in group]
        )
    return result * sp.Mul(*factors)


def contract(term: sp.Expr, limits: list, ranges: Ranges) -> sp.Expr:
    """Return the sum of a term over full ranges 0 … size-1, after using each delta that fixes an index.

    A delta fixes i to a value if the value does not depend on i and is known to lie in i's range.
    """
    if term.is_Add:
        return sp.Add(*(contract(t, limits, ranges) for t in term.args))
    for i, size in limits:
        for delta in sp.Mul.make_args(term):
            if isinstance(delta, sp.KroneckerDelta) and i in delta.args:
                (value,) = (a for a in delta.args if a != i)
                known = size.is_nonnegative or bare(size) in ranges
                if known and ((value - size).is_nonnegative or value.is_negative):
                    return sp.S.Zero
                if i not in value.free_symbols and within(value, size, ranges):
                    rest = tidy((term / delta).xreplace({i: value}))
                    return contract(rest, [(k, n) for k, n in limits if k != i], ranges)
    return split(term, limits)


def within(index: sp.Expr, size: sp.Expr, ranges: Ranges) -> bool:
    """Return whether an index is known to lie in 0 … size-1."""
    if index in (0, size - 1):
        return bool(size.is_positive)
    mirrored = sp.expand(size - 1 - index)
    return size in (ranges.get(bare(index)), ranges.get(bare(mirrored)))


def assemble(term: sp.Expr, limits: list, ranges: Ranges) -> sp.Expr:
    """Return the sum of a product over full ranges: inner sums opened, deltas contracted, parts split."""
    factors: list[sp.Expr] = []
    limits, outer = list(limits), {i for i, _ in limits}
    for base, n in term.as_powers_dict().items():
        if (
            isinstance(base, sp.Sum)
            and n.is_Integer
            and n > 0
            and independent(base, outer)
        ):
            for _ in range(n):
                fresh = {k: sp.Dummy(k.name, integer=True) for k, *_ in base.limits}
                factors.append(base.function.xreplace(fresh))
                limits += [(fresh[k], b + 1) for k, _, b in base.limits]
        else:
            factors.append(base**n)
    return contract(sp.Mul(*factors), limits, {**ranges, **dict(limits)})


def independent(inner: sp.Sum, outer: set) -> bool:
    """Return whether the ranges of a sum are the same for all values of the outer indices."""
    return not any(b.free_symbols & outer for _, _, b in inner.limits)


def sum_term(
    term: sp.Expr, i: sp.Symbol, low: sp.Expr, high: sp.Expr, ranges: Ranges
) -> sp.Expr:
    """Return the sum of one term: constants out, the range made 0 … size-1, end terms made explicit."""
    constant, rest = term.as_independent(i, as_Add=False)
    if rest.is_polynomial(i) and not rest.has(sp.Indexed, sp.Sum, sp.KroneckerDelta):
        return constant * sp.expand(sp.summation(rest, (i, low, high)))
    steps = {k.coeff(i) for x in rest.atoms(sp.Indexed) for k in x.indices if k.has(i)}
    if steps == {-1}:
        rest = reindexed(rest.xreplace({i: low + high - i}), i, 0)
    if shift := min(offsets(rest, i), default=0):
        rest, low, high = reindexed(rest, i, shift), low + shift, high + shift
    size = next((s for s in high.free_symbols if (high + 1 - s).is_Integer), high + 1)
    gap = int(high + 1 - size)
    if max(abs(low), abs(gap)) > WIDEST_GAP:
        rest, size, low, gap = reindexed(rest, i, -low), high - low + 1, 0, 0
    added = [size + r for r in range(gap)] + [*range(low, 0)]
    taken = [size - 1 - r for r in range(-gap)] + [*range(low)]
    full = assemble(rest, [(i, size)], {**ranges, i: size})
    ends = [at(rest, i, r) for r in added] + [-at(rest, i, r) for r in taken]
    return constant * sp.Add(full, *ends)


def offsets(e: sp.Expr, i: sp.Symbol) -> set[int]:
    """Return the integers s for which an index i + s occurs."""
    gaps = {
        index - i for x in e.atoms(sp.Indexed) for index in x.indices if index.has(i)
    }
    return {int(g) for g in gaps if g.is_Integer}


def reindexed(e: sp.Expr, i: sp.Symbol, s: int) -> sp.Expr:
    """Return a summand with i - s for i, its indices multiplied out."""
    return e.xreplace({i: i - s}).replace(
        lambda x: isinstance(x, sp.Indexed),
        lambda x: x.base[tuple(map(sp.expand, x.indices))],
    )


def at(e: sp.Expr, i: sp.Symbol, value: sp.Expr | int) -> sp.Expr:
    """Return a summand at one index."""
    return tidy(e.xreplace({i: sp.sympify(value)}))


def add_up(
    e: sp.Expr, i: sp.Symbol, low: sp.Expr, high: sp.Expr, ranges: Ranges
) -> sp.Expr:
    """Return the normal form of the sum of e for i from low to high."""
    if (high - low).is_Integer and high - low <= WIDEST_GAP:
        return tidy(sp.Add(*(at(e, i, low + r) for r in range(int(high - low) + 1))))
    if (-low).is_Symbol and not (high.is_Integer and high < -1):
        below = add_up(tidy(e.xreplace({i: -i})), i, sp.S.One, -low, ranges)
        return tidy(below + add_up(e, i, sp.S.Zero, high, ranges))
    if not low.is_Integer:
        whole = add_up(e, i, sp.S.Zero, high, ranges)
        return tidy(whole - add_up(e, i, sp.S.Zero, sp.expand(low - 1), ranges))
    terms = [sum_term(t, i, low, high, ranges) for t in sp.Add.make_args(e)]
    return tidy(sp.Add(*terms))


def normal(e: sp.Expr, ranges: Ranges) -> sp.Expr:
    """Return the normal form of an expression: a sum of terms in canonical letters.

    `ranges` gives, for an index or the base of an indexed letter, the size below which it lies.
    """
    if e.is_Atom:
        return e
    if isinstance(e, sp.Sum):
        return normal_sum(e, ranges)
    args = [normal(a, ranges) for a in e.args]
    if isinstance(e, sp.exp):
        return exponential(args[0])
    if isinstance(e, sp.log):
        return logarithm(args[0])
    if isinstance(e, sp.Pow):
        return power(*args)
    whole = e.func(*args)
    return tidy(whole) if isinstance(e, (sp.Add, sp.Mul)) else whole


class Closed(sp.Function):
    """A sum over a range that may run backwards, as an inert letter."""


def runs_forward(low: sp.Expr, high: sp.Expr, ranges: Ranges) -> bool:
    """Return whether low <= high + 1 for all values of the letters."""
    length = sp.expand(high - low + 1)
    for index in length.atoms(sp.Symbol, sp.Indexed):
        size = ranges.get(bare(index))
        if size is not None:
            ahead = sp.Dummy(integer=True, nonnegative=True)
            grows = length.coeff(index).is_positive
            length = sp.expand(
                length.xreplace({index: ahead if grows else size - 1 - ahead})
            )
    sizes = [n for n in length.free_symbols if n.is_positive]
    fewer = {n: sp.Dummy(integer=True, nonnegative=True) + 1 for n in sizes}
    return bool(sp.expand(length.xreplace(fewer)).is_nonnegative)


def bare(index: sp.Expr) -> sp.Basic:
    """Return the letter of an index: w for w[k]."""
    return index.base if isinstance(index, sp.Indexed) else index


def closed(e: sp.Expr, i: sp.Symbol, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """Return a sum that must not be opened: terms apart, constants out, and no more."""
    made = []
    for term in sp.Add.make_args(e):
        constant, rest = term.as_independent(i, as_Add=False)
        k = sp.Symbol(f"_{height(rest) + 1}", integer=True)
        made.append(constant * Closed(sp.Sum(rest.xreplace({i: k}), (k, low, high))))
    return tidy(sp.Add(*made))


def normal_sum(e: sp.Sum, ranges: Ranges) -> sp.Expr:
    """Return the normal form of a sum, its limits taken from the innermost outwards."""
    inner = {**ranges, **{i: b + 1 for i, a, b in e.limits if a == 0}}
    result = normal(e.function, inner)
    for i, a, b in e.limits:
        low, high = normal(a, ranges), normal(b, ranges)
        forward = runs_forward(low, high, inner)
        result = (
            add_up(result, i, low, high, inner)
            if forward
            else closed(result, i, low, high)
        )
    return result


def vanishes(e: sp.Expr, ranges: Ranges) -> bool:
    """Return whether an expression is zero by its normal form, or by canceling fractions in it."""
    if not e.free_symbols and e.is_algebraic:
        return sp.expand(sp.radsimp(e)) == 0
    bodies: defaultdict[tuple, sp.Expr] = defaultdict(lambda: sp.S.Zero)
    for term in sp.Add.make_args(normal(e, ranges)):
        limits, body = opened(term)
        bodies[limits] += body
    return all(sp.cancel(sp.together(fractions(body))) == 0 for body in bodies.values())


def opened(term: sp.Expr) -> tuple[tuple, sp.Expr]:
    """Return the limits and the summand of a term that holds one sum, or no limits and the term."""
    sums = [f for f in sp.Mul.make_args(term) if isinstance(f, sp.Sum)]
    if len(sums) != 1:
        return (), term
    return sums[0].limits, term / sums[0] * sums[0].function
