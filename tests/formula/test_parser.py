"""What is used of formulaic beside its documented surface, and that it never evaluates anything."""

import builtins

import formulaic
import pytest
from formulaic.errors import FormulaParsingError, FormulaSyntaxError
from formulaic.parser.algos.tokenize import tokenize
from formulaic.parser.types import ASTNode, Operator, OperatorResolver, Token

from statmodels_tf.errors import FormulaError
from statmodels_tf.formula import Formula, parser
from statmodels_tf.formula.outline import outline


def test_the_hooks_in_formulaic_are_as_we_use_them():
    """The tokenizer's kinds and places, the resolver's table, the tree's fields."""
    tokens = list(tokenize("   a.b + log(x, 2):`_ _` %in% {z} ~-1"))
    assert [(t.token, t.kind.value, *t.source_loc) for t in tokens] == [
        ("a.b", "name", 3, 5),
        ("+", "operator", 7, 7),
        ("log(x, 2)", "python", 9, 17),
        (":", "operator", 18, 18),
        ("_ _", "name", 19, 22),
        ("in", "operator", 25, 27),
        ("z", "python", 30, 31),
        ("~-", "operator", 34, 35),
        ("1", "value", 36, 36),
    ]
    text = "y ~ -a + (b | g)^2"
    reader = parser.Parser(text, outline(text), ())
    tree = reader.tree()
    assert isinstance(tree, ASTNode)
    assert tree.flatten(str_args=True) == ["+", ["unary -", "a"], ["^", ["|", "b", "g"], "2"]]
    bar = tree.args[1].args[0].operator
    assert isinstance(bar, parser.Bar) and isinstance(bar, Operator)
    assert reader.groups == {bar.token.source_start: (3, 7)}
    assert isinstance(parser.Operators(), OperatorResolver)
    assert isinstance(parser.Operators().operator_table["+"][0], Operator)
    assert Token("1", kind="value").kind is Token.Kind.VALUE
    assert issubclass(FormulaSyntaxError, FormulaParsingError)
    assert formulaic.__version__.startswith("1.")


def test_what_formulaic_refuses_is_a_formula_error(monkeypatch):
    """Our own checks come first; should one of formulaic's ever fire, it still is our error."""

    def refuse(*_, **__):
        raise FormulaSyntaxError("Something new.")

    monkeypatch.setattr(parser.Parser, "get_ast", refuse)
    with pytest.raises(FormulaError, match="Something new"):
        Formula.parse("y ~ never.parsed.before")


def test_nothing_is_run_while_parsing(monkeypatch):
    def forbidden(*_, **__):
        raise AssertionError("a formula was run")

    texts = ["y ~ I(print(1))", "y ~ {eval('1')}", "y ~ log(x) + poly(z, 2)", "y ~ I(__import__('os'))"]
    outcomes = []
    with monkeypatch.context() as patched:
        for name in ("eval", "exec", "open", "print"):
            patched.setattr(builtins, name, forbidden)
        for text in texts:
            try:
                outcomes.append(len(Formula.parse(text + " + only.here").terms))
            except FormulaError:
                outcomes.append(None)
    assert outcomes == [None, None, 4, None]
