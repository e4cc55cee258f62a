"""Very long and very deep formulas are read in time linear in their length, or refused in words."""

import itertools
import time

import pytest

from statmodels_tf.errors import FormulaError
from statmodels_tf.formula import Formula, expression

N = 3_000
NAMES = [f"x{i}" for i in range(N)]

LONG = {
    "sum": ("y ~ " + " + ".join(NAMES), N + 1),
    "differences": ("y ~ " + " - ".join(NAMES), 2),
    "calls": ("y ~ " + " + ".join(f"log({x})" for x in NAMES), N + 1),
    "interactions": ("y ~ " + " + ".join(f"{a}:{b}" for a, b in itertools.pairwise(NAMES)), N),
    "groups": ("y ~ " + " + ".join(f"(1|{x})" for x in NAMES), N + 1),
    "effects": ("y ~ (" + " + ".join(NAMES) + " | g)", 2),
    "repeats": ("y ~ " + " + ".join(["x"] * N), 2),
    "signs": ("y ~ " + "+" * 2000 + "x", 2),
    "crossed": ("y ~ " + "*".join(NAMES[:12]), 2**12),
    "squared": ("y ~ (" + " + ".join(NAMES[:200]) + ")^2", 1 + 200 * 201 // 2),
    "high power": ("y ~ (a + b + c)^1000000", 8),
    "levels": ("y ~ factor(x, levels=c(" + ", ".join(map(str, range(N))) + "))", 2),
    "digits": ("y ~ I(x + " + "9" * N + ")", 2),
    "nested": ("y ~ " + "(" * 40 + "x" + ")" * 40, 2),
    "nested calls": ("y ~ " + "log(" * 40 + "x" + ")" * 40, 2),
    "long expression": ("y ~ I(" + " + ".join(NAMES[:100]) + ")", 2),
}


@pytest.mark.parametrize("name", LONG)
def test_long_formulas(name):
    text, terms = LONG[name]
    start = time.process_time()
    formula = Formula.parse(text)
    seconds = time.process_time() - start
    assert len(formula.terms) == terms
    assert seconds < 5  # about half a second on an idle core
    assert len(str(formula)) > 0


def test_dot_for_thousands_of_columns():
    assert len(Formula.parse("y ~ . - x3", columns=["y", *NAMES]).common) == N


TOO_LONG = {
    "crossed": ("y ~ " + "*".join(NAMES[:100]), "expands to more than 50000 terms"),
    "power": ("y ~ (" + " + ".join(NAMES[:100]) + ")^5", "expands to more than 50000 terms"),
    "interaction": ("y ~ " + ":".join(NAMES), "more than 50 variables"),
    "nested factors": ("y ~ " + "/".join(NAMES), "more than 50 variables"),
    "nested groups": ("y ~ (1|" + "/".join(NAMES) + ")", "more than 50 factors"),
    "crossed groups": ("y ~ (1|" + "*".join(NAMES[:50]) + ")", "more than 50 factors"),
    "parentheses": ("y ~ " + "(" * N + "x" + ")" * N, "more than 50 parentheses"),
    "calls": ("y ~ " + "log(" * N + "x" + ")" * N, "more than 50 parentheses"),
    "expression": ("y ~ I(" + " + ".join(NAMES) + ")", "more than 100 operators"),
    "response": (" + ".join(NAMES) + " ~ x", "more than 100 operators"),
    "signs in an expression": ("y ~ I(" + "-" * N + "x)", "more than 100 operators"),
    "nots in an expression": ("y ~ I(" + "!" * N + "x)", "more than 100 operators"),
    "powers": ("y ~ I(" + "^".join(NAMES) + ")", "more than 100 operators"),
    "digits of a power": ("y ~ (a + b)^" + "9" * N, "a whole number from 1"),
    "unclosed": ("y ~ " + "(" * N, "more than 50 parentheses"),
    "tildes": ("y " + "~" * N + " x", "one `~`"),
    "no operators": ("y ~ " + " ".join(NAMES), "An operator such as `+` is missing"),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_too_long_formulas_say_so(name):
    text, words = TOO_LONG[name]
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 600


def test_the_longest_expression_can_be_walked():
    """What is let through must not exhaust the stack of whoever walks the tree."""
    deepest = expression("-" * 100 + "x")
    assert deepest == expression(deepest.text)


@pytest.mark.parametrize("text", ["(" * N, "f(" * N, "-" * N, "x + " * N])
def test_too_long_expressions_say_so(text):
    with pytest.raises(FormulaError, match=r"more than|closed"):
        expression(text)


def test_a_usual_formula_takes_less_than_two_milliseconds():
    best = min(_seconds(f"rating ~ service + (1|student) + (1|instructor) + x{i}") for i in range(20))
    assert best < 2e-3  # 0.2 ms on an idle core


def _seconds(text):
    start = time.process_time()
    Formula.parse(text)
    return time.process_time() - start
