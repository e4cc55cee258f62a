"""Hypotheses as text: `wool[B] + 2 * tension[M] = 0`, read with exact derivatives.

The names of the coefficients are the words of the language, the longest first, by this package's spelling or by R's
(`woolB`, `(Intercept)`, `poly(x, 2)1`). An expression is worth its value and gradient; one that is linear in the
coefficients is known to be so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from ...errors import ModelError, did_you_mean, pointing
from .dual import FUNCTIONS, Dual, Sample
from .spelling import listed, near, spellings

_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_CALL = re.compile(r"([A-Za-z]\w*)\s*\(")
_WORD = re.compile(r"`[^`]*`(?:\[[^\]]*\])?|[\w.]+(?:\[[^\]]*\])?(?::[\w.]+(?:\[[^\]]*\])?)*")
_MAX_DEPTH = 100


@dataclass(frozen=True, eq=False)
class Stated:
    """One hypothesis: the function that is estimated, and the number it is said to be."""

    text: str
    function: Dual
    null: float


def stated(text: str, names: Sequence[str], values: np.ndarray) -> Stated:
    """Return the hypothesis that `text` writes; without `=` it says that the expression is zero.

    What is estimated is the left side where the right side is a number, else left less right.
    """
    with np.errstate(all="ignore"):
        said = _Reader(text, names, _Duals(values), values).hypothesis()
    if not (np.isfinite(said.function.value) and np.isfinite(said.function.gradient).all() and np.isfinite(said.null)):
        raise ModelError(f"`{said.text}` has no finite value or derivative at the estimates.")
    return said


@dataclass(frozen=True, eq=False)
class Claim:
    """One hypothesis about draws: the difference of its two sides at each draw [S], and what is said of it.

    `sign` is "<", ">" or "=".
    """

    text: str
    difference: np.ndarray
    sign: str


def claimed(text: str, names: Sequence[str], draws: Sequence[np.ndarray]) -> Claim:
    """Return the hypothesis that `text` writes about draws [S] of each name; `<`, `>` or `=` stands in it."""
    with np.errstate(all="ignore"):
        claim = _Reader(text, names, _Samples(draws), np.zeros(len(names))).claim()
    if not np.isfinite(claim.difference).all():
        raise ModelError(f"`{claim.text}` has no finite value at some of the draws.")
    return claim


@dataclass(frozen=True, eq=False)
class _Duals:
    """Names and numbers as values with gradients."""

    values: np.ndarray

    def coefficient(self, j: int) -> Dual:
        """Return the j-th coefficient."""
        gradient = np.zeros(len(self.values))
        gradient[j] = 1.0
        return Dual(float(self.values[j]), gradient, True, 0.0)

    def number(self, value: float) -> Dual:
        """Return a number."""
        return Dual(value, np.zeros(len(self.values)), True, value)


@dataclass(frozen=True, eq=False)
class _Samples:
    """Names and numbers as draws."""

    draws: Sequence[np.ndarray]

    def coefficient(self, j: int) -> Sample:
        """Return the draws of the j-th name."""
        return Sample(np.asarray(self.draws[j], dtype=float), False)

    def number(self, value: float) -> Sample:
        """Return a number."""
        return Sample(np.float64(value), True)


class _Reader:
    """Reads one hypothesis, from the left, by recursive descent.

    `leaves` makes values of the coefficients, by their place, and of numbers; those NaN in `known` are refused.
    """

    def __init__(self, text: str, names: Sequence[str], leaves: Any, known: np.ndarray):
        self.text, self.names, self.leaves, self.known = text, list(names), leaves, known
        self.patterns = spellings(self.names)
        self.at = 0
        self.depth = 0

    def hypothesis(self) -> Stated:
        """Return the whole text as a hypothesis."""
        left = self._sum()
        null = 0.0
        if self._take("==", "="):
            right = self._sum()
            if right.free:
                null = right.constant
            else:
                left = left.plus(right, -1.0)
        if self._peek():
            self._fail_at_rest()
        if left.free:
            raise ModelError(f"`{self.text}` names no coefficient. There is {listed(self.names)}.")
        return Stated(self.text.strip(), left, null)

    def claim(self) -> Claim:
        """Return the whole text as a hypothesis about draws."""
        left = self._sum()
        sign = self._take("<=", ">=", "<", ">", "==", "=")
        if not sign:
            if self._peek():
                self._fail_at_rest()
            self._fail("Here `<`, `>` or `=` is missing, and a number or an expression after it.", self.at, self.at)
        difference = left.plus(self._sum(), -1.0)
        if self._peek():
            self._fail_at_rest()
        if difference.free:
            raise ModelError(f"`{self.text}` names no coefficient. There is {listed(self.names)}.")
        return Claim(self.text.strip(), difference.value, sign[0])

    def _sum(self) -> Any:
        total = self._product()
        while sign := self._take("+", "-"):
            total = total.plus(self._product(), 1.0 if sign == "+" else -1.0)
        return total

    def _product(self) -> Any:
        total = self._signed()
        while True:
            if not self.text.startswith("**", self.at) and self._take("*"):
                total = total.times(self._signed())
            elif self._peek() == "/":
                place = self.at
                self._take("/")
                divisor = self._signed()
                if np.all(divisor.value == 0):
                    self._fail("This divides by zero.", place, place)
                total = total.over(divisor)
            else:
                return total

    def _signed(self) -> Any:
        if sign := self._take("+", "-"):
            part = self._nested(self._signed)
            return part if sign == "+" else part.times(self.leaves.number(-1.0))
        base = self._operand()
        if self._take("**", "^"):
            return base.power(self._nested(self._signed))
        return base

    def _operand(self) -> Any:
        here = self._peek()
        if coefficient := self._coefficient():
            return coefficient
        if here == "(":
            self._take("(")
            return self._closed()
        if match := _NUMBER.match(self.text, self.at):
            self.at = match.end()
            return self.leaves.number(float(match[0]))
        if (match := _CALL.match(self.text, self.at)) and match[1] in FUNCTIONS:
            self.at = match.end()
            return self._closed().through(match[1])
        return self._unknown()

    def _closed(self) -> Any:
        """Return what stands before the parenthesis that closes here."""
        start = self.at - 1
        inner = self._nested(self._sum)
        if not self._take(")"):
            self._fail("This parenthesis is never closed.", start, start)
        return inner

    def _nested(self, read: Callable[[], Any]) -> Any:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            self._fail(f"More than {_MAX_DEPTH} parentheses or signs within one another.", self.at, self.at)
        part = read()
        self.depth -= 1
        return part

    def _coefficient(self) -> Any:
        """Return the coefficient whose name is longest here, or None."""
        matches = [
            (m.end(), -rank, j) for pattern, rank, j in self.patterns if (m := pattern.match(self.text, self.at))
        ]
        if not matches:
            return None
        end, _, j = max(matches)
        if np.isnan(self.known[j]):
            message = f"`{self.names[j]}` is aliased: it depends linearly on other columns and has no estimate."
            self._fail(message, self.at, end - 1)
        self.at = end
        return self.leaves.coefficient(j)

    def _peek(self) -> str:
        """Return the next character that is not a space, moving to it."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def _take(self, *symbols: str) -> str:
        """Return the symbol that stands next, moving past it, or an empty text."""
        self._peek()
        for symbol in symbols:
            if self.text.startswith(symbol, self.at):
                self.at += len(symbol)
                return symbol
        return ""

    def _unknown(self) -> NoReturn:
        match = _WORD.match(self.text, self.at)
        if match is None:
            if self._peek():
                self._fail_at_rest()
            self._fail("Here a coefficient or a number is missing.", self.at, self.at)
        word, start, end = match[0], match.start(), match.end() - 1
        if self.text[match.end() :].lstrip().startswith("(") and "[" not in word:
            hint = did_you_mean(word, [*FUNCTIONS, *(n.split("(")[0] for n in self.names)])
            self._fail(f"no function `{word}()`.{hint} There is {listed(list(FUNCTIONS))}.", start, end)
        self._fail(f"no coefficient `{word}`.{near(word, self.names)} There is {listed(self.names)}.", start, end)

    def _fail_at_rest(self) -> NoReturn:
        here = self.text[self.at]
        if here in "<>":
            message = (
                "An estimate is tested against equality; write `=`. A one-sided p-value is half of the one shown, if "
                "the estimate lies on the side expected."
            )
        elif here in ",;&\n":
            message = "One text is one hypothesis; give several as a list, which are tested jointly too."
        elif here == "=":
            message = "A hypothesis has one `=`; give several as a list."
        else:
            message = f"`{here}` is not expected here; there is + - * / ^ ( ) and =."
        self._fail(message, self.at, self.at)

    def _fail(self, message: str, start: int, end: int) -> NoReturn:
        raise ModelError(pointing(message, self.text, start, end))
