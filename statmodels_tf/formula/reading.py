"""From the tree of operators to terms: what each word and each operator says."""

import ast
from collections.abc import Callable
from typing import Any, NoReturn

from formulaic.parser.types import ASTNode, Token

from ..errors import FormulaError
from ..terms import SPECIALS, GroupTerm, SpecialCall, Term, Variable
from ..terms.base import CONSTANTS, internal
from .algebra import CommonAlgebra, GroupAlgebra, Grouping, Terms
from .expressions import Reader
from .literal import literal_value
from .parser import Bar, Parser
from .printing import spaced


class RightSide:
    """The right side of one formula.

    Attributes
    ----------
    terms : tuple of Term
        The common ones in R's order, then all others as written.
    text : str
        What was written, spaced as R prints it.
    """

    def __init__(self, parser: Parser, functions: frozenset[str]):
        self._parser = parser
        self._functions = functions
        self._labels: dict[int, str] = {}
        algebra = CommonAlgebra()
        value = self._evaluate(parser.tree(), algebra, self._word, self._group)
        self.terms: tuple[Term, ...] = (*algebra.finish(value), *value.others)
        self.text = spaced(parser.tokens, self._labels)

    def _evaluate(
        self,
        tree: Token | ASTNode,
        algebra: CommonAlgebra | GroupAlgebra,
        word: Callable[[Any, Token], Any],
        group: Callable[[Any, ASTNode], Any],
    ) -> Any:
        """Return the value of a tree, without recursion since a sum of n terms is n levels deep."""
        waiting: list[tuple[Any, bool]] = [(tree, False)]
        values: list[Any] = []
        while waiting:
            node, ready = waiting.pop()
            if isinstance(node, Token):
                values.append(word(algebra, node))
                continue
            symbol = node.operator.symbol
            if isinstance(node.operator, Bar):
                values.append(group(algebra, node))
            elif symbol not in algebra.operations:
                message = f"`{symbol[-1]}` cannot stand in a group; combine factors with `:`, or nest them with `/`."
                raise self._parser.error(message, *self._span(node))
            elif not ready:
                waiting.append((node, True))
                waiting.extend((arg, False) for arg in reversed(node.args[:1] if symbol == "^" else node.args))
            elif symbol == "^":
                values[-1] = self._apply(algebra.operations[symbol], values[-1], int(node.args[1].token))
            else:
                count = len(node.args)
                values[-count:] = [self._apply(algebra.operations[symbol], *values[-count:])]
        return values[0]

    def _apply(self, operation: Callable[..., Any], *operands: Any) -> Any:
        try:
            return operation(*operands)
        except FormulaError as error:
            spans = [o.span for o in operands if isinstance(o, Terms)]
            spans = spans or [(v.start, v.end) for o in operands for g in o for v in g.variables]
            raise self._parser.error(str(error), min(s for s, _ in spans), max(e for _, e in spans)) from None

    @staticmethod
    def _span(node: Token | ASTNode) -> tuple[int, int]:
        first, last = node, node
        while isinstance(first, ASTNode):
            first = first.args[0]
        while isinstance(last, ASTNode):
            last = last.args[-1]
        return first.source_start, last.source_end

    # Words

    def _word(self, algebra: CommonAlgebra, token: Token) -> Terms:
        if token.kind is Token.Kind.VALUE:
            return algebra.leaf(token.token == "1", token.source_loc)
        return algebra.leaf(self._special(token) or self._variable(token), token.source_loc)

    def _factor(self, algebra: GroupAlgebra, token: Token) -> list[Grouping]:
        if token.kind is Token.Kind.VALUE:
            raise self._parser.error("The group on the right of the bar must be a column.", *token.source_loc)
        special = self._special(token)
        if special:
            raise self._parser.error(f"`{special.text}` cannot be a group; write a column.", *token.source_loc)
        return algebra.leaf(self._variable(token))

    def _reader(self, token: Token) -> Reader:
        braced = self._parser.text[token.source_start] == "{"
        start, stop = token.source_start + braced, token.source_end + 1 - braced
        return Reader(self._parser.text, start, stop, self._functions)

    def _variable(self, token: Token) -> Variable:
        start, end = token.source_loc
        if token.kind is Token.Kind.NAME:
            name = token.token
            if self._parser.text[start] not in "`." and (name in CONSTANTS or internal(name)):
                quoted = "" if internal(name) else f"; for the column write it in backticks, `` `{name}` ``"
                raise self._parser.error(f"`{name}` is not a column's name{quoted}.", start, end)
            return Variable(name, ast.Name(name, ast.Load()), (name,), start, end)
        read = self._reader(token).whole()
        label = f"{{{read.label}}}" if self._parser.text[start] == "{" else read.label
        called = read.node.func.id if isinstance(read.node, ast.Call) and isinstance(read.node.func, ast.Name) else ""
        if not read.names and called not in self._functions:
            raise self._parser.error(f"`{label}` reads no column, so it says nothing about the rows.", start, end)
        self._labels[start] = label
        return Variable(label, read.node, read.names, start, end)

    def _special(self, token: Token) -> Term | None:
        """Return the registered term that a call writes, or None."""
        if token.kind is not Token.Kind.PYTHON:
            return None
        found = self._reader(token).special()
        if found is None:
            return None
        name, positional, named, label = found
        start, end = token.source_loc
        self._labels[start] = label
        by = named.pop("by", None)
        if by is not None and literal_value(by.node)[0]:
            raise self._parser.error(f"`by` of `{name}()` must be a column.", by.start, by.end)
        options = {keyword: self._option(name, keyword, value) for keyword, value in named.items()}
        given = ((v, *literal_value(v.node)) for v in positional)
        arguments = tuple(value if literal else v for v, literal, value in given)
        try:
            return SPECIALS[name].from_call(SpecialCall(name, arguments, options, by), label, start, end)
        except FormulaError as error:
            raise self._parser.error(str(error), start, end) from None

    def _option(self, name: str, keyword: str, written: Variable) -> Any:
        """Return the value of an option of the special term `name`, which must be a literal."""
        literal, value = literal_value(written.node)
        if not literal:
            advice = f'; for text write "{written.label}"' if isinstance(written.node, ast.Name) else ""
            message = f"`{keyword}` of `{name}()` must be a literal, not `{written.label}`{advice}."
            raise self._parser.error(message, written.start, written.end)
        return value

    # Group terms

    def _group(self, algebra: CommonAlgebra, node: ASTNode) -> Terms:
        """Return `(effects | group)`: one group term for each factor that the right side writes."""
        bar = node.operator.token
        opening, closing = self._parser.groups[bar.source_start]
        tokens = self._parser.tokens
        span = (tokens[opening].source_start, tokens[closing].source_end)
        inner = CommonAlgebra()
        value = self._evaluate(node.args[0], inner, self._word, self._nested)
        for term in value.others:
            message = f"`{term.text}` cannot vary by group; write it beside the group term, outside its parentheses."
            raise self._parser.error(message, term.start, term.end)
        effects = inner.finish(value)
        groups = self._evaluate(node.args[1], GroupAlgebra(), self._factor, self._nested)
        place = next(i for i in range(opening, closing) if tokens[i] is bar)
        shown = spaced(tokens[opening + 1 : place], self._labels)
        if not effects:
            message = f"`{shown}` leaves no effect to vary; write `(1 | g)` or `(0 + x | g)`."
            raise self._parser.error(message, *span)
        result = algebra.leaf(True, span)
        result.intercept = None
        for g in groups:
            label = f"{shown} {bar.token} {g.text}"
            term = GroupTerm(label, effects, g.variables, bar.token == "|", g.label, start=span[0], end=span[1])
            result.others[term] = term
        return result

    def _nested(self, algebra: Any, node: ASTNode) -> NoReturn:
        opening, closing = self._parser.groups[node.operator.token.source_start]
        tokens = self._parser.tokens
        message = "A group term cannot stand inside another; write them side by side, joined by `+`."
        raise self._parser.error(message, tokens[opening].source_start, tokens[closing].source_end)
