"""Variables, terms, and the registry of calls that are terms of their own, such as `offset(x)`."""

import ast
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, TypeVar

import numpy as np

from ..errors import FormulaError, did_you_mean

CONSTANTS: dict[str, Any] = {
    "TRUE": True,
    "FALSE": False,
    "True": True,
    "False": False,
    "NULL": None,
    "None": None,
    "NA": float("nan"),
    "NaN": float("nan"),
    "Inf": float("inf"),
    "pi": 3.141592653589793,
}
"""Words that are values; a column of that name is written in backticks."""

WORDS = frozenset({"and", "or", "not", "in", "is"})
"""Words that are operators; a column of that name is written in backticks."""

NAME = re.compile(r"(?:[^\W\d]|\.(?!\d))[\w.]*")


def written(name: str) -> str:
    """Return a column's name as a formula writes it: in backticks unless it is a plain name.

    >>> written("Sepal.Length"), written("my col")
    ('Sepal.Length', '`my col`')
    """
    plain = NAME.fullmatch(name) and name not in CONSTANTS and name not in WORDS and name != "."
    return name if plain and not internal(name) else f"`{name}`"


def internal(name: str) -> bool:
    """Return whether a name looks like one of Python's own, such as `__class__`; a formula may not write it bare."""
    return name.startswith("__")


@dataclass(frozen=True)
class Variable:
    """One factor of a term: a column or an expression of columns.

    Attributes
    ----------
    label : str
        As shown to users: `x`, `log(x)`, `poly(x, 2)`, `my col`.
    node : ast.expr
        The checked expression. Dotted names are one `ast.Name`; R's operators are Python's; `c(...)` is a call.
    names : tuple of str
        The columns it reads, in order.
    start, end : int
        Its first and last character in the formula's text.
    key : str
        The expression without its spelling; two variables are equal when their keys are: `I(x^2)` is `I( x**2 )`.
    """

    label: str = field(compare=False)
    node: ast.expr = field(compare=False, repr=False)
    names: tuple[str, ...] = field(compare=False)
    start: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)
    key: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        key = self.node.id if isinstance(self.node, ast.Name) else ast.dump(self.node)
        object.__setattr__(self, "key", key)

    @property
    def text(self) -> str:
        """The variable as a formula writes it."""
        return written(self.node.id) if isinstance(self.node, ast.Name) else self.label


@dataclass(frozen=True)
class Term(ABC):
    """One summand of a predictor; symbolic. Terms are equal when they say the same.

    `start` and `end` are its first and last character in the formula's text.
    """

    crossing: ClassVar[str] = "cannot be crossed with another term."
    """What to say when the term is crossed, if it cannot be; follows the term's text."""

    label: str = field(compare=False)
    start: int = field(default=0, compare=False, repr=False, kw_only=True)
    end: int = field(default=0, compare=False, repr=False, kw_only=True)

    @property
    @abstractmethod
    def inputs(self) -> tuple[Variable, ...]:
        """The variables whose values the term needs, in the order written."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The term as a formula writes it."""


@dataclass(frozen=True)
class SpecialCall:
    """A call that names a special term, taken apart.

    Attributes
    ----------
    name : str
        The function's name.
    arguments : tuple
        Positional arguments: a `Variable` for a column or an expression, otherwise the literal's value.
    options : dict
        Keyword arguments, all literal; `c(1, 2)` is a tuple.
    by : Variable or None
        The value of `by=`.
    """

    name: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    by: Variable | None


SPECIALS: dict[str, Any] = {}
"""Name of the call -> class with `from_call(call, label, start, end) -> Term`."""

_Class = TypeVar("_Class", bound=type)


def special(name: str) -> Callable[[_Class], _Class]:
    """Return a decorator that makes a class the meaning of `name(...)` on the right of a formula."""

    def register(cls: _Class) -> _Class:
        SPECIALS[name] = cls
        return cls

    return register


@dataclass(frozen=True)
class SpecialTerm(Term):
    """The base of registered terms: columns first, then options, which are the subclass's own fields.

    A term with one option and one column reads

        @special("mo")
        @dataclass(frozen=True)
        class Monotonic(SpecialTerm):
            degree: int = 1

            def learn(self, values): ...
            def arrays(self, values, state): ...

    and is written `mo(x)`, `mo(x, 2)` or `mo(x, degree=2, by=g)`. Its effect is a class in `model/effects/`.
    """

    crossing: ClassVar[str] = "cannot be crossed with another term; let it vary by a column with its `by=` argument."

    columns: tuple[Variable, ...]
    by: Variable | None

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """The columns, then `by`."""
        return self.columns if self.by is None else (*self.columns, self.by)

    @property
    def text(self) -> str:
        """The call as written."""
        return self.label

    @abstractmethod
    def learn(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """Return what new rows must repeat (levels, knots, a range) as plain data, from the values of `inputs`."""

    @abstractmethod
    def arrays(self, values: tuple[Any, ...], state: dict[str, Any]) -> dict[str, np.ndarray]:
        """Return the arrays [n, ...] that the term's effect reads, from the values of `inputs` on any rows."""

    @classmethod
    def from_call(cls, call: SpecialCall, label: str, start: int, end: int) -> "SpecialTerm":
        """Return the term that the call writes: literals bind to the options in their order."""
        own = {f.name: f for f in fields(cls) if f.name not in _BASE}
        columns = tuple(a for a in call.arguments if isinstance(a, Variable))
        literals = [a for a in call.arguments if not isinstance(a, Variable)]
        if len(literals) > len(own):
            raise FormulaError(f"`{call.name}()` takes {len(own)} options at most and was given {len(literals)}.")
        options = dict(zip(own, literals, strict=False))
        for name, value in call.options.items():
            if name not in own:
                known = f" It takes {', '.join(f'`{o}=`' for o in own)}." if own else " It takes none."
                raise FormulaError(f"`{call.name}()` has no option `{name}`.{did_you_mean(name, own) or known}")
            if name in options:
                raise FormulaError(f"`{call.name}()` is given `{name}` twice.")
            options[name] = value
        missing = [n for n, f in own.items() if f.default is MISSING and f.default_factory is MISSING]
        for name in missing:
            if name not in options:
                raise FormulaError(f"`{call.name}()` needs `{name}`: write `{call.name}(..., {name}=...)`.")
        return cls(label, columns, call.by, start=start, end=end, **options)


_BASE = frozenset(f.name for f in fields(SpecialTerm))
