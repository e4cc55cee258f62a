"""What the operators of a formula mean: R's rules for terms, and lme4's for grouping factors.

A set of terms is the ordered keys of a dict; a term of the common part is the sorted positions of its variables among
all variables in their order of first appearance, so that a product is a union and repeats vanish.

    a + b          a, then b                     a * b      a + b + a:b
    a - b          a without the terms of b      a / b      a + (all variables of a):b
    a : b          each with each                a %in% b   a:(all variables of b)
    (a + b)^2      (a + b):(a + b)

References
----------
Wilkinson & Rogers (1973), Symbolic description of factorial models. doi:10.2307/2346786
R Core Team, stats/src/model.c, `termsform`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..errors import FormulaError
from ..terms import CommonTerm, Term, Variable

MAX_TERMS = 50_000
"""The most terms a formula may expand to."""

MAX_DEGREE = 50
"""The most variables in one interaction."""

Key = tuple[int, ...]
Span = tuple[int, int]


@dataclass
class Terms:
    """The value of a part of a formula while it is read.

    Attributes
    ----------
    common : dict
        Sorted positions of a term's variables -> where it was written.
    others : dict
        Offsets, group terms and special terms; each its own value.
    intercept : bool or None
        Whether a `1` or `0` was met; None if neither.
    span : first and last character.
    """

    span: Span
    common: dict[Key, Span] = field(default_factory=dict)
    others: dict[Term, Term] = field(default_factory=dict)
    intercept: bool | None = None


class CommonAlgebra:
    """The terms of a predictor, or of the effects of a group term.

    Operands are used up: sums grow in place, so that reading a formula takes time linear in its length.
    """

    def __init__(self) -> None:
        self.places: dict[Variable, int] = {}
        self.operations: dict[str, Callable[..., Terms]] = {
            "+": self.plus,
            "-": self.minus,
            "*": self.cross,
            "/": self.nest,
            ":": self.interact,
            "%in%": self.within,
            "^": self.power,
            "unary +": lambda terms: terms,
            "unary -": self.negative,
        }

    def leaf(self, value: "Variable | Term | bool", span: Span) -> Terms:
        """Return the terms of one word: a variable, a term of its own, or the intercept's `1` (True) or `0`."""
        if isinstance(value, bool):
            return Terms(span, intercept=value)
        if isinstance(value, Term):
            return Terms(span, others={value: value})
        return Terms(span, common={(self.places.setdefault(value, len(self.places)),): span})

    def plus(self, left: Terms, right: Terms) -> Terms:
        """Return `left + right`."""
        left.common.update((k, s) for k, s in right.common.items() if k not in left.common)
        left.others.update((k, t) for k, t in right.others.items() if k not in left.others)
        return self._joined(left, right)

    def minus(self, left: Terms, right: Terms) -> Terms:
        """Return `left - right`; `- 1` takes the intercept away and `- 0` gives it back."""
        for key in right.common:
            left.common.pop(key, None)
        for term in right.others:
            left.others.pop(term, None)
        right.intercept = None if right.intercept is None else not right.intercept
        return self._joined(left, right)

    def negative(self, terms: Terms) -> Terms:
        """Return `-terms`: nothing, and the intercept taken away if it is among them."""
        return self.minus(Terms(terms.span), terms)

    def interact(self, left: Terms, right: Terms) -> Terms:
        """Return `left:right`."""
        self._crossable(left, right)
        return self._joined(left, right, self._products(left.common, right.common))

    def cross(self, left: Terms, right: Terms) -> Terms:
        """Return `left * right`."""
        self._crossable(left, right)
        self._occupied(left, "*")
        products = self._products(left.common, right.common)
        return self._joined(left, right, left.common | _fresh(right.common, left.common) | products)

    def nest(self, left: Terms, right: Terms) -> Terms:
        """Return `left / right`: each term of `right` within all variables of `left`."""
        self._crossable(left, right)
        self._occupied(left, "/")
        inside = self._products({_all(left.common): left.span}, right.common)
        return self._joined(left, right, left.common | _fresh(inside, left.common))

    def within(self, left: Terms, right: Terms) -> Terms:
        """Return `left %in% right`: each term of `left` within all variables of `right`."""
        self._crossable(left, right)
        return self._joined(left, right, self._products(left.common, {_all(right.common): right.span}))

    def power(self, base: Terms, exponent: int) -> Terms:
        """Return `base ^ exponent`: all products of up to `exponent` of its terms."""
        self._crossable(base, base)
        result = base.common
        for _ in range(exponent - 1):
            grown = self._products(result, base.common)
            if grown.keys() == result.keys():
                break
            result = grown
        base.common = result
        return base

    def finish(self, terms: Terms) -> tuple[CommonTerm, ...]:
        """Return the common terms in R's order: the intercept, then by degree and by appearance."""
        variables = list(self.places)
        made = [
            CommonTerm.of(tuple(variables[i] for i in key), *span)
            for key, span in sorted(terms.common.items(), key=lambda item: len(item[0]))
            if key
        ]
        return tuple(made if terms.intercept is False else [CommonTerm.of((), *terms.span), *made])

    @staticmethod
    def _joined(left: Terms, right: Terms, common: dict[Key, Span] | None = None) -> Terms:
        left.common = left.common if common is None else common
        left.intercept = left.intercept if right.intercept is None else right.intercept
        left.span = (min(left.span[0], right.span[0]), max(left.span[1], right.span[1]))
        return left

    @staticmethod
    def _products(left: dict[Key, Span], right: dict[Key, Span]) -> dict[Key, Span]:
        if len(left) * len(right) > MAX_TERMS:
            raise FormulaError(f"The formula expands to more than {MAX_TERMS} terms; write out those that are meant.")
        products: dict[Key, Span] = {}
        for a, (a_start, a_end) in left.items():
            for b, (b_start, b_end) in right.items():
                key = tuple(sorted({*a, *b}))
                if len(key) > MAX_DEGREE:
                    raise FormulaError(f"An interaction of more than {MAX_DEGREE} variables is not a sensible term.")
                products.setdefault(key, (min(a_start, b_start), max(a_end, b_end)))
        return products

    @staticmethod
    def _occupied(left: Terms, symbol: str) -> None:
        """Refuse `1*x`, of which R silently makes nothing."""
        if not left.common:
            raise FormulaError(
                f"There is no term on the left of `{symbol}` to combine with; join with `+`, or write "
                f"arithmetic inside `I()`, as in `I(1 {symbol} x)`."
            )

    @staticmethod
    def _crossable(left: Terms, right: Terms) -> None:
        for term in (*left.others, *right.others):
            raise FormulaError(f"`{term.text}` {term.crossing}")


def _all(terms: Iterable[Key]) -> Key:
    """Return the union of the terms' variables."""
    return tuple(sorted({place for key in terms for place in key}))


def _fresh(terms: dict[Key, Span], known: dict[Key, Span]) -> dict[Key, Span]:
    return {key: span for key, span in terms.items() if key not in known}


@dataclass(frozen=True)
class Grouping:
    """One grouping factor: its name as lme4 writes it, `c:(b:a)`, the same as a formula writes it, its variables."""

    label: str
    text: str
    variables: tuple[Variable, ...]


class GroupAlgebra:
    """The right side of `(effects | group)`: a list of grouping factors, the innermost first as lme4 has them."""

    def __init__(self) -> None:
        self.operations: dict[str, Callable[..., list[Grouping]]] = {
            "+": self.plus,
            "*": self.cross,
            "/": self.nest,
            ":": self.interact,
        }

    def leaf(self, value: Variable) -> list[Grouping]:
        """Return one column's factor."""
        return [Grouping(value.label, value.text, (value,))]

    def plus(self, left: list[Grouping], right: list[Grouping]) -> list[Grouping]:
        """Return the factors of both."""
        return [*left, *(g for g in right if g not in left)]

    def interact(self, left: list[Grouping], right: list[Grouping]) -> list[Grouping]:
        """Return the combinations of each with each."""
        if len(left) * len(right) > MAX_DEGREE:
            raise FormulaError(f"The group expands to more than {MAX_DEGREE} factors; write out those that are meant.")
        return [_combined(a, b) for a in left for b in right]

    def cross(self, left: list[Grouping], right: list[Grouping]) -> list[Grouping]:
        """Return `left * right`: both and their combinations."""
        return self.plus(self.plus(left, right), self.interact(left, right))

    def nest(self, left: list[Grouping], right: list[Grouping]) -> list[Grouping]:
        """Return `left / right`: `a/b` is `b:a`, then `a`."""
        outer = max(left, key=lambda g: len(g.variables))
        for other in left:
            if not set(other.variables) <= set(outer.variables):
                outer = _combined(outer, other)
        return self.plus([_combined(inner, outer) for inner in right], left)


def _combined(a: Grouping, b: Grouping) -> Grouping:
    inner = [f"({x})" if len(b.variables) > 1 else x for x in (b.label, b.text)]
    variables = tuple(dict.fromkeys([*a.variables, *b.variables]))
    if len(variables) > MAX_DEGREE:
        raise FormulaError(f"A group of more than {MAX_DEGREE} factors is not a sensible one.")
    return Grouping(f"{a.label}:{inner[0]}", f"{a.text}:{inner[1]}", variables)
