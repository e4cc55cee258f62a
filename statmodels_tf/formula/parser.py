"""The right side of a formula as a tree of operators: formulaic's tokenizer and parser, with R's operators and bars.

Formulaic reads the syntax and never evaluates anything; what the operators mean is in `algebra.py`, what stands inside
functions in `expressions.py`. Quoted text is masked before the tokenizer sees it, so that no character in it counts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from formulaic.errors import FormulaParsingError
from formulaic.parser.algos.tokenize import tokenize
from formulaic.parser.types import ASTNode, FormulaParser, Operator, OperatorResolver, Token

from ..errors import FormulaError, pointing
from ..terms.base import NAME
from .outline import Outline
from .pasted import WORDED

_OPERATOR = re.compile(r"\*\*|\|\||::|[=!<>]=|\S")
_BARS = ("|", "||")
_SIGNS = {"+": "unary +", "-": "unary -"}

# symbol: arity, precedence, associativity, fixity; R's order of operators
_TABLE = {
    "+": (2, 100, "left", "infix"),
    "-": (2, 100, "left", "infix"),
    "*": (2, 200, "left", "infix"),
    "/": (2, 200, "left", "infix"),
    "%in%": (2, 250, "left", "infix"),
    ":": (2, 300, "left", "infix"),
    "unary +": (1, 400, "right", "prefix"),
    "unary -": (1, 400, "right", "prefix"),
    "^": (2, 500, "right", "infix"),
}


class Bar(Operator):
    """`|` or `||` in parentheses; knows its token, and so the place of its group term."""

    def __init__(self, token: Token):
        super().__init__(token.token, arity=2, precedence=-50, associativity=None)
        self.token = token


class Operators(OperatorResolver):
    """R's formula operators, and the bars of group terms."""

    @property
    def operators(self) -> list[Operator]:
        """The operators with one meaning wherever they stand."""
        return [
            Operator(symbol, arity=arity, precedence=precedence, associativity=associativity, fixity=fixity)
            for symbol, (arity, precedence, associativity, fixity) in _TABLE.items()
        ]

    def resolve(self, token: Token) -> Iterator[tuple[Token, Iterable[Operator]]]:
        """Yield the operator of a token."""
        yield token, [Bar(token)] if token.token in _BARS else self.operator_table[token.token]


_OPERATORS = Operators()


class Parser(FormulaParser):
    """Formulaic's parser for one formula; checks the tokens so that every error points at its place.

    Attributes
    ----------
    tokens : list of Token
        What was read, with `.` written out.
    groups : dict
        First character of a bar -> positions in `tokens` of the parentheses around it.
    """

    def __init__(self, text: str, outline: Outline, columns: tuple[str, ...]):
        super().__init__(_OPERATORS)
        self.text = text
        self.outline = outline
        self.columns = columns
        self.tokens: list[Token] = []
        self.groups: dict[int, tuple[int, int]] = {}

    def tree(self) -> Token | ASTNode:
        """Return the operators and operands of the right side."""
        try:
            found = self.get_ast(self.outline.masked)
        except FormulaParsingError as error:
            raise FormulaError(str(error)) from None
        if found is None:
            last = len(self.text.rstrip()) - 1
            raise self.error("There is nothing on the right of `~`; write `~ 1` for an intercept alone.", last, last)
        return found

    def get_tokens_from_formula(self, formula: str, *, context: Mapping[str, Any]) -> list[Token]:
        """Return the checked tokens on the right of the `~`."""
        right = " " * (self.outline.tilde + 1) + formula[self.outline.tilde + 1 :]
        parts = [part for token in tokenize(right) for part in self._split(token)]
        self.tokens = list(self._dots(list(self._calls(parts))))
        self._check()
        return self.tokens

    def _split(self, token: Token) -> Iterator[Token]:
        """Yield a token, or the operators that the tokenizer took together as in `~ -1`."""
        start, end = token.source_loc
        if token.kind is Token.Kind.NAME:
            quoted = self.text[start] == "`"
            token.token = self.text[start + quoted : end + 1]
            token.source_end = end + quoted
            if not quoted and not NAME.fullmatch(token.token) and token.token != ".":
                message = "Only 0 and 1 stand for themselves; put a name that starts with a digit in backticks."
                raise self.error(message, start, end)
        elif token.kind is Token.Kind.PYTHON and self.text[start] == "{":
            token.source_end = end + 1
        elif token.kind is Token.Kind.OPERATOR and self.text[start] == "%":
            if token.token != "in":
                message = "The only operator of a formula between percent signs is `%in%`; compute others in `I(...)`."
                raise self.error(message, start, end)
            token.token, token.source_end = "%in%", end + 1
        elif token.kind is Token.Kind.OPERATOR:
            for match in _OPERATOR.finditer(self.text, start, end + 1):
                symbol = "^" if match[0] == "**" else match[0]
                yield Token(
                    symbol, kind="operator", source=self.text, source_start=match.start(), source_end=match.end() - 1
                )
            return
        yield token

    def _calls(self, tokens: list[Token]) -> Iterator[Token]:
        """Yield the tokens with `log (x)` and `splines::ns(x, 3)` as one each."""
        i = 0
        while i < len(tokens):
            first, last = tokens[i], i
            if first.kind is Token.Kind.NAME and i + 1 < len(tokens):
                if tokens[i + 1].token == "::" and i + 2 < len(tokens):
                    last = i + 2
                if tokens[last].kind is Token.Kind.NAME and last + 1 < len(tokens) and tokens[last + 1].token == "(":
                    last = _closing(tokens, last + 1)
            if last > i:
                span = {"source_start": first.source_start, "source_end": tokens[last].source_end}
                yield Token("call", kind="python", source=self.text, **span)
            else:
                yield first
            i = last + 1

    def _dots(self, tokens: list[Token]) -> Iterator[Token]:
        """Yield the tokens with `.` as the sum of the columns, in parentheses where they matter."""
        for i, token in enumerate(tokens):
            if token.token != "." or self.text[token.source_start] == "`":
                yield token
                continue
            if not self.columns:
                message = "`.` stands for the data's other columns, and there are none."
                raise self.error(message, *token.source_loc)
            place = {"source": self.text, "source_start": token.source_start, "source_end": token.source_end}
            before = tokens[i - 1].token if i else "+"
            after = tokens[i + 1].token if i + 1 < len(tokens) else "+"
            bare = before in ("+", "(") and after in ("+", "-", ")", *_BARS)
            if not bare:
                yield Token("(", kind="context", **place)
            for j, name in enumerate(self.columns):
                if j:
                    yield Token("+", kind="operator", **place)
                yield Token(name, kind="name", **place)
            if not bare:
                yield Token(")", kind="context", **place)

    def _check(self) -> None:
        """Tell signs from sums, find each bar's parentheses, and make sure that operators have their operands."""
        opened: list[int] = []
        bars: list[list[int]] = []
        before = Token("", kind="context")
        for i, token in enumerate(self.tokens):
            start, end = token.source_loc
            operand = before.kind not in (_OPERATOR_KIND, _CONTEXT) or before.token == ")"
            if token.token == ")" and token.kind is _CONTEXT:
                if not operand:
                    raise self._breaks_off(before)
                for bar in bars.pop():
                    self.groups[bar] = (opened[-1], i)
                opened.pop()
            elif token.kind is not _OPERATOR_KIND:
                if operand:
                    raise self._misses_operator(before, token)
                if token.kind is _CONTEXT:
                    if token.token == "[":
                        raise self.error("Square brackets are not read in a formula.", start, end)
                    opened.append(i)
                    bars.append([])
                elif token.kind is Token.Kind.VALUE and not (token.token in ("0", "1") or before == "^"):
                    raise self.error(_VALUES["'\"".find(token.token[0]) < 0], start, end)
            elif token.token in _BARS:
                if not operand:
                    raise self._breaks_off(before, token)
                if not opened:
                    raise self._bare_bar(i)
                if bars[-1]:
                    message = "A group term has one bar; write one term for each group: `(1 | g) + (1 | h)`."
                    raise self.error(message, start, end)
                bars[-1].append(start)
            elif not operand and token.token in _SIGNS:
                token.token = _SIGNS[token.token]
            elif token.token not in _TABLE:
                raise self.error(_odd(token.token), start, end)
            elif not operand:
                raise self._breaks_off(before, token)
            elif token.token == "^" and (
                before.kind is Token.Kind.VALUE or not _is_exponent(self.tokens[i + 1 : i + 2])
            ):
                raise self.error("The exponent of a sum of terms is a whole number from 1: `(a + b)^2`.", start, end)
            before = token
        if before.kind is _OPERATOR_KIND:
            raise self._breaks_off(before)

    def _bare_bar(self, at: int) -> FormulaError:
        """Return an error for a bar outside parentheses, with what stands around it put into them."""
        around = (self.tokens[at - 1], *self.tokens[at + 1 : at + 2])
        words = [self.text[t.source_start : t.source_end + 1] for t in around]
        plain = len(words) == 2 and all(t.kind not in (_CONTEXT, _OPERATOR_KIND) for t in around)
        effect, group = words if plain else ("1", "g")
        message = f"Write group terms in parentheses: `({effect} {self.tokens[at].token} {group})`."
        return self.error(message, *self.tokens[at].source_loc)

    def _breaks_off(self, before: Token, after: Token | None = None) -> FormulaError:
        """Return an error for an operand missing after `before` and before `after`."""
        if before.token in ("", "("):
            at = after or before
            where = f"before `{after.token}`" if after else "in these parentheses"
        else:
            at, where = before, f"after `{before.token.removeprefix('unary ')}`"
        return self.error(f"A term is missing {where}.", *at.source_loc)

    def _misses_operator(self, before: Token, after: Token) -> FormulaError:
        if after.token.startswith("."):
            message = "Attributes and methods are not read in a formula; compute it as a column first."
            return self.error(message, *after.source_loc)
        first = self.text[before.source_start : before.source_end + 1]
        second = self.text[after.source_start : after.source_end + 1]
        message = f"An operator such as `+` is missing between `{first}` and `{second}`."
        return self.error(message, before.source_start, after.source_end)

    def error(self, message: str, start: int, end: int) -> FormulaError:
        """Return an error that points at a place in the formula."""
        return FormulaError(pointing(message, self.text, start, end))


_OPERATOR_KIND, _CONTEXT = Token.Kind.OPERATOR, Token.Kind.CONTEXT
_VALUES = (
    "Text is not a term; a column's name stands without quotation marks, or in backticks.",
    "A number is not a term, but for 0 and 1; arithmetic stands in `I(...)`, as in `I(x + 2)`.",
)


def _closing(tokens: list[Token], opening: int) -> int:
    """Return the position of the parenthesis that closes the one at `opening`."""
    depth = 0
    for i in range(opening, len(tokens)):
        if tokens[i].kind is _CONTEXT:
            depth += 1 if tokens[i].token in "([" else -1
            if depth == 0:
                return i
    raise AssertionError("brackets were checked to close")


def _is_exponent(following: list[Token]) -> bool:
    return (
        bool(following)
        and len(following[0].token) < 10
        and following[0].token.isdigit()
        and int(following[0].token) >= 1
    )


def _odd(symbol: str) -> str:
    """Return what to say of an operator that a formula does not know."""
    if symbol == "=":
        return "A formula is written with `~`, and `=` stands only among a function's arguments."
    if symbol in ("==", "!=", "<", ">", "<=", ">=", "!", "&", "%"):
        return f"`{symbol}` computes something: put the expression in `I(...)`, as in `I(x > 2)`."
    if symbol in ("$", "@"):
        return f"`{symbol}` is not known in a formula: columns are written by their name alone."
    if symbol in WORDED:
        return f"`{symbol}` is not an operator of a formula; write {WORDED[symbol]} instead."
    return f"`{symbol}` is not an operator of a formula."
