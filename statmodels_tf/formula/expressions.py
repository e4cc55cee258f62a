"""The expressions a formula may hold, read with R's grammar into a checked tree that nothing ever runs as code.

Only what is written here exists: names, literals, arithmetic, comparisons, logic and calls of known functions. There is
no attribute, subscript, lambda or comprehension to be refused later, because there is no rule that reads one.

    a ^ b        right to left             %in% %% %/%         a < b  ==  in
    -a  +a                                 a * b  a / b        !a
    a : b        whole numbers only        a + b  a - b        a & b,  then  a | b

References
----------
R Core Team, R Language Definition, section 10.4.2 (the order of operators).
Pratt (1973), Top down operator precedence. doi:10.1145/512927.512931
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..errors import FormulaError, did_you_mean, pointing
from ..terms import SPECIALS, Variable
from ..terms.base import CONSTANTS, internal
from ..transforms import REGISTRY
from .annotations import ANNOTATIONS, arguments_of
from .lexer import Word, words
from .literal import double_quoted, literal_value, text_value, vector
from .operators import COMPARE, INFIX, NO_OPERATOR, OR, POWER, PREFIX
from .outline import outline
from .pasted import one_line

MAX_OPERATORS = 100
"""The most operators and parentheses in one expression; deeper trees would exhaust Python's stack."""

MAX_RANGE = 10_000  # the longest `1:n`

_Read = tuple[ast.expr, str]
"""An expression and its text, spaced as R prints it."""


def expression(text: str, functions: Iterable[str] = ()) -> Variable:
    """Return the expression that the whole of `text` writes, as for `weights="1 / se^2"`.

    >>> expression("log( x+1 )").label
    'log(x + 1)'
    """
    text = one_line(text)
    outline(text)
    return Reader(text, 0, len(text), frozenset(functions)).whole()


class Reader:
    """Reads the expressions in `text[start:stop]`; `functions` are the caller's own, beside the known ones."""

    def __init__(self, text: str, start: int, stop: int, functions: frozenset[str]):
        self.text = text
        self.functions = functions
        self.words = words(text, start, stop)
        self.at = 0
        self.operators = 0
        self.names: dict[str, None] = {}

    # What the formula asks for

    def whole(self) -> Variable:
        """Return the expression that takes up all of the text."""
        variable = self._variable(0)
        self._finish()
        return variable

    def response(self) -> tuple[Variable, dict[str, Variable]]:
        """Return the left side of a formula: the response, and the arguments of each `trials(n)` after a bar."""
        response, annotations = self._variable(OR), dict[str, Variable]()
        while self._next("|"):
            self._annotation(annotations)
            while self._next("+"):
                self._annotation(annotations)
        self._finish()
        return response, annotations

    def special(self) -> tuple[str, list[Variable], dict[str, Variable], str] | None:
        """Return the name, the arguments and the label of a call of a special term, or None for any other text."""
        name = self.words[0].text
        if name not in SPECIALS or self.words[1].text != "(":
            return None
        self.at = 1
        positional: list[Variable] = []
        named: dict[str, Variable] = {}
        labels = []
        for keyword, equals, value in self._arguments(lambda: self._variable(0)):
            labels.append(f"{keyword or ''}{equals}{value.text}")
            if keyword is None:
                positional.append(value)
            elif keyword in named:
                raise self.error(f"`{name}()` is given `{keyword}` twice.", value.start, value.end)
            else:
                named[keyword] = value
        self._finish()
        return name, positional, named, f"{name}({', '.join(labels)})"

    # The grammar

    def _variable(self, power: int) -> Variable:
        """Return the expression that starts here, up to an operator that binds no tighter than `power`."""
        start = self.words[self.at].start
        outer, self.names = self.names, {}
        node, label = self._read(power)
        names, self.names = tuple(self.names), {**outer, **self.names}
        label = node.id if isinstance(node, ast.Name) else label
        return Variable(label, node, names, start, self.words[self.at - 1].end)

    def _annotation(self, annotations: dict[str, Variable]) -> None:
        word = self.words[self.at]
        self.at += 1
        if word.text not in ANNOTATIONS or self.words[self.at].text != "(":
            known = " or ".join(f"`| {name}(...)`" for name in ANNOTATIONS)
            raise self._at(word, f"After a bar on the left of `~` stands {known}.")
        if any(key.partition(".")[0] == word.text for key in annotations):
            raise self._at(word, f"`{word.text}()` is given twice.")
        given = [(keyword, value) for keyword, _, value in self._arguments(lambda: self._variable(0))]
        try:
            annotations |= arguments_of(word.text, given)
        except FormulaError as error:
            raise self._at(word, str(error)) from None

    def _read(self, power: int) -> _Read:
        """Return the operators and operands from here on that bind tighter than `power`."""
        left, label = self._operand()
        while (word := self.words[self.at]).kind == "operator":
            negated = word.text == "not" and self.words[self.at + 1].text == "in"
            binds, build, shown = INFIX.get("in" if negated else word.text, NO_OPERATOR)
            if binds <= power:
                break
            self.at += 1 + negated
            self._deepen(word)
            right, other = self._read(binds - 1 if binds == POWER else binds)
            left = self._range(left, right, word) if build is None else build(left, right)
            left = ast.UnaryOp(ast.Not(), left) if negated else left
            label = f"{label}{' not' * negated}{shown}{other}"
            follower = self.words[self.at]
            if binds == COMPARE and INFIX.get(follower.text, NO_OPERATOR)[0] == COMPARE:
                raise self._at(follower, "Comparisons do not chain: write `(a < b) & (b < c)`.")
        return left, label

    def _operand(self) -> _Read:
        """Return a literal, a name, a call, or an expression in parentheses or behind a sign."""
        word, after = self.words[self.at : self.at + 2] if self.words[self.at].kind != "end" else self.words[-1:] * 2
        if word.kind == "name" and after.text == "::":  # splines::ns(x, 3): the package says nothing here
            self.at += 2
            word, after = self.words[self.at], self.words[min(self.at + 1, len(self.words) - 1)]
            if word.kind != "name" or after.text != "(":
                raise self._at(word, "A package's name stands only before a function's: `splines::ns(x, 3)`.")
        self.at += 1
        if word.kind == "name":
            return self._call(word) if after.text == "(" else self._name(word)
        if word.kind == "number":
            digits = word.text.removesuffix("L")
            whole = digits.isdigit() and len(digits) < 16
            return ast.Constant(int(digits) if whole else float(digits)), word.text
        if word.kind == "string":
            value = text_value(word.text)
            if value is None:
                raise self._at(word, "A backslash in this text means nothing; write it twice.")
            return ast.Constant(value), double_quoted(word.text)
        if word.kind == "quoted":
            self.names[word.text[1:-1]] = None
            return ast.Name(word.text[1:-1], ast.Load()), word.text
        if word.text == "(":
            self._deepen(word)
            node, label = self._read(0)
            self._expect(")")
            return node, f"({label})"
        if word.text == "[":
            self.at -= 1
            values = [value for _, _, value in self._arguments(lambda: self._read(0), "[", "]")]
            return vector(node for node, _ in values), f"[{', '.join(label for _, label in values)}]"
        if word.text in PREFIX:
            binds, operator, shown = PREFIX[word.text]
            self._deepen(word)
            node, label = self._read(binds)
            return ast.UnaryOp(operator(), node), f"{shown}{label}"
        found = f"`{word.text}` cannot stand here" if word.kind == "operator" else "Something is missing here"
        raise self._at(word, f"{found}: a column, a number or a function was expected.")

    def _name(self, word: Word) -> _Read:
        name = word.text
        if name in CONSTANTS:
            return ast.Constant(CONSTANTS[name]), name
        if name == "lambda" and (self.words[self.at].kind == "name" or self.words[self.at].text == ":"):
            raise self._at(word, 'A formula defines no functions; pass yours as `functions={"f": f}` and write `f(x)`.')
        if name == ".":
            raise self._at(word, "`.` stands for all other columns only as a term of its own.")
        if internal(name):
            raise self._at(word, f"`{name}` may not be used in a formula.")
        if not (name.startswith("contr.") and name in REGISTRY):
            self.names[name] = None
        return ast.Name(name, ast.Load()), name

    def _call(self, word: Word) -> _Read:
        name = word.text
        if name in SPECIALS:
            raise self._at(word, f"`{name}()` is a term of its own and cannot stand inside another expression.")
        if name not in REGISTRY and name not in self.functions:
            plain = name.rpartition(".")[2]  # of `np.log` the nearest is `log`
            hint = did_you_mean(plain if plain in REGISTRY else name, {*REGISTRY, *self.functions, *SPECIALS})
            own = f' To use a function of your own, pass `functions={{"{name}": ...}}`.'
            hint = " Smooth curves are `ns(x, df = 4)` and `bs(x)`." if name in ("s", "te", "lo", "loess") else hint
            own = " Methods and modules cannot be called in a formula." if "." in name else own * ("__" not in name)
            raise self._at(word, f"Unknown function `{name}`.{hint}{own}")
        arguments, keywords, labels = list[ast.expr](), list[ast.keyword](), list[str]()
        for keyword, equals, (node, label) in self._arguments(lambda: self._read(0)):
            labels.append(f"{keyword or ''}{equals}{label}")
            if keyword is None:
                arguments.append(node)
            elif any(k.arg == keyword for k in keywords):
                raise self._at(word, f"`{name}()` is given `{keyword}` twice.")
            else:
                keywords.append(ast.keyword(keyword, node))
        return ast.Call(ast.Name(name, ast.Load()), arguments, keywords), f"{name}({', '.join(labels)})"

    def _arguments(self, read: Callable[[], Any], opening: str = "(", closing: str = ")") -> Iterator[Any]:
        """Yield `(keyword or None, how "=" was spaced, value)` for each argument of a call or element of a list."""
        self._deepen(self.words[self.at])
        self._expect(opening)
        while not self._next(closing):
            word, after = self.words[self.at : self.at + 2]
            if word.kind == "name" and after.text == "=" and closing == ")":
                self.at += 2
                self._spell_out()
                yield word.text, " = " if after.start > word.end + 1 else "=", read()
            elif word.text in ("*", "**"):
                raise self._at(word, f"`{word.text}` cannot unpack arguments in a formula; write them out.")
            else:
                yield None, "", read()
            if self.words[self.at].text != closing:
                self._expect(",")

    def _spell_out(self) -> None:
        """Read `T` or `F` as an option's value as R's TRUE or FALSE; elsewhere they are columns."""
        word, after = self.words[self.at : self.at + 2]
        if word.text in ("T", "F") and after.text in (",", ")"):
            self.words[self.at] = replace(word, text="TRUE" if word.text == "T" else "FALSE")

    def _range(self, left: ast.expr, right: ast.expr, word: Word) -> ast.expr:
        """Return `1:3` as `c(1, 2, 3)`."""
        (first_literal, first), (last_literal, last) = literal_value(left), literal_value(right)
        if not (first_literal and last_literal and type(first) is int and type(last) is int):
            message = "`:` counts whole numbers here, as in `1:3`; an interaction stands outside of functions."
            raise self._at(word, message)
        step = 1 if last >= first else -1
        if abs(last - first) > MAX_RANGE:
            raise self._at(word, f"A range in a formula holds {MAX_RANGE} numbers at most.")
        return vector(ast.Constant(i) for i in range(first, last + step, step))

    # Steps and errors

    def _next(self, text: str) -> bool:
        word = self.words[self.at]
        found = word.kind == "operator" and word.text == text
        self.at += found
        return found

    def _expect(self, text: str) -> None:
        if not self._next(text):
            raise self._unexpected(self.words[self.at])

    def _finish(self) -> None:
        if self.words[self.at].kind != "end":
            raise self._unexpected(self.words[self.at])

    def _deepen(self, word: Word) -> None:
        self.operators += 1
        if self.operators > MAX_OPERATORS:
            message = f"One expression holds more than {MAX_OPERATORS} operators; compute it as a column first."
            raise self._at(word, message)

    def _unexpected(self, word: Word) -> FormulaError:
        before = self.words[self.at - 1].text if self.at else ""
        hints = {
            "[": "Subscripts are not read in a formula; compute it as a column first.",
            "=": "To compare, write `==`; `name=value` stands only among a function's arguments.",
            "(": "Only a function that is named can be called.",
            "if": "To choose by a condition, write `ifelse(condition, a, b)`.",
            "for": "A formula holds no loops; compute it as a column first.",
        }
        if word.text in hints:
            return self._at(word, hints[word.text])
        if word.kind == "name" and word.text.startswith("."):
            return self._at(word, "Attributes and methods are not read in a formula; compute it as a column first.")
        if word.kind == "end":
            return self._at(word, "The expression breaks off here.")
        return self._at(word, f"An operator is missing between `{before}` and `{word.text}`.")

    def _at(self, word: Word, message: str) -> FormulaError:
        return self.error(message, word.start, word.end)

    def error(self, message: str, start: int, end: int) -> FormulaError:
        """Return an error that points at a place in the text."""
        return FormulaError(pointing(message, self.text, start, end))
