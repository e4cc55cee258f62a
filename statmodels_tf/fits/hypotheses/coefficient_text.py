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
from .dual import FUNCTIONS, Dual

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
        said = _Reader(text, names, values).hypothesis()
    if not (np.isfinite(said.function.value) and np.isfinite(said.function.gradient).all() and np.isfinite(said.null)):
        raise ModelError(f"`{said.text}` has no finite value or derivative at the estimates.")
    return said


class _Reader:
    """Reads one hypothesis, from the left, by recursive descent."""

    def __init__(self, text: str, names: Sequence[str], values: np.ndarray):
        self.text, self.names, self.values = text, list(names), values
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
            raise ModelError(f"`{self.text}` names no coefficient. There is {_listed(self.names)}.")
        return Stated(self.text.strip(), left, null)

    def _sum(self) -> Dual:
        total = self._product()
        while sign := self._take("+", "-"):
            total = total.plus(self._product(), 1.0 if sign == "+" else -1.0)
        return total

    def _product(self) -> Dual:
        total = self._signed()
        while True:
            if not self.text.startswith("**", self.at) and self._take("*"):
                total = total.times(self._signed())
            elif self._peek() == "/":
                place = self.at
                self._take("/")
                divisor = self._signed()
                if divisor.value == 0:
                    self._fail("This divides by zero.", place, place)
                total = total.over(divisor)
            else:
                return total

    def _signed(self) -> Dual:
        if sign := self._take("+", "-"):
            part = self._nested(self._signed)
            return part if sign == "+" else part.times(self._number(-1.0))
        base = self._operand()
        if self._take("**", "^"):
            return base.power(self._nested(self._signed))
        return base

    def _operand(self) -> Dual:
        here = self._peek()
        if coefficient := self._coefficient():
            return coefficient
        if here == "(":
            self._take("(")
            return self._closed()
        if match := _NUMBER.match(self.text, self.at):
            self.at = match.end()
            return self._number(float(match[0]))
        if (match := _CALL.match(self.text, self.at)) and match[1] in FUNCTIONS:
            self.at = match.end()
            return self._closed().through(match[1])
        return self._unknown()

    def _closed(self) -> Dual:
        """Return what stands before the parenthesis that closes here."""
        start = self.at - 1
        inner = self._nested(self._sum)
        if not self._take(")"):
            self._fail("This parenthesis is never closed.", start, start)
        return inner

    def _nested(self, read: Callable[[], Dual]) -> Dual:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            self._fail(f"More than {_MAX_DEPTH} parentheses or signs within one another.", self.at, self.at)
        part = read()
        self.depth -= 1
        return part

    def _coefficient(self) -> Dual | None:
        """Return the coefficient whose name is longest here, or None."""
        matches = [
            (m.end(), -rank, j) for pattern, rank, j in self.patterns if (m := pattern.match(self.text, self.at))
        ]
        if not matches:
            return None
        end, _, j = max(matches)
        if np.isnan(self.values[j]):
            message = f"`{self.names[j]}` is aliased: it depends linearly on other columns and has no estimate."
            self._fail(message, self.at, end - 1)
        self.at = end
        gradient = np.zeros(len(self.names))
        gradient[j] = 1.0
        return Dual(float(self.values[j]), gradient, True, 0.0)

    def _number(self, value: float) -> Dual:
        return Dual(value, np.zeros(len(self.names)), True, value)

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
            near = did_you_mean(word, [*FUNCTIONS, *(n.split("(")[0] for n in self.names)])
            self._fail(f"no function `{word}()`.{near} There is {_listed(list(FUNCTIONS))}.", start, end)
        self._fail(f"no coefficient `{word}`.{_near(word, self.names)} There is {_listed(self.names)}.", start, end)

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


def spellings(names: Sequence[str]) -> list[tuple[re.Pattern[str], int, int]]:
    """Return for each coefficient patterns of its name, with 0 for its own spelling and 1 for R's.

    R's spelling is without the brackets around levels; one that two coefficients share is left out.
    """
    in_r = [re.sub(r"\[([^\[\]]*)\]", r"\1", name) for name in names]
    in_r = ["(Intercept)" if name == "Intercept" else name for name in in_r]
    out = [(_pattern(name), 0, j) for j, name in enumerate(names)]
    return out + [(_pattern(name), 1, j) for j, name in enumerate(in_r) if in_r.count(name) == 1 and name != names[j]]


def _pattern(name: str) -> re.Pattern[str]:
    """Return a pattern of a name in which spaces and backticks are free, and powers are written `^` or `**`."""
    parts = re.findall(r"\w+|\*\*|[^\w\s]", name)
    text = ""
    for i, part in enumerate(parts):
        if i:
            both = re.match(r"\w", part) and re.match(r"\w", parts[i - 1])
            text += r"[\s`]+" if both else r"[\s`]*"
        text += r"(?:\*\*|\^)" if part in ("**", "^") else re.escape(part)
    last = r"(?![\w.(\[])" if parts and re.match(r"\w", parts[-1]) else ""
    return re.compile(rf"`?{text}`?{last}(?!:)")


def _near(word: str, names: Sequence[str]) -> str:
    """Return the nearest coefficient, by its own name, or the part of it that was meant."""
    plain = {re.sub(r"[\[\]`]", "", name): name for name in names}
    bare = re.sub(r"[\[\]`]", "", word)
    starting = [name for name in names if name.startswith((f"{bare}[", f"{bare}("))]
    if starting:
        return f" `{bare}` has the coefficients {_listed(starting)}."
    if said := did_you_mean(word, names):
        return said
    if near := re.search(r"`(.*)`", did_you_mean(bare, plain)):
        return f" Did you mean `{plain[near[1]]}`?"
    return ""


def _listed(names: Sequence[Any], most: int = 12) -> str:
    return ", ".join(f"`{name}`" for name in names[:most]) + (", ..." if len(names) > most else "")
