"""Formulas pasted from R scripts and from printed papers are read as they were meant."""

import pytest

from statmodels_tf.formula import Formula, expression

PASTED = {
    "as.formula(y ~ x + (1|g))": "y ~ x + (1 | g)",
    'as.formula("y ~ x")': "y ~ x",
    " formula( y~x ) ;": "y ~ x",
    "y ~ x;": "y ~ x",
    "y ~ x # the dose\n  + z  # it's (not closed\n": "y ~ x + z",
    "y ~ x # + z": "y ~ x",
    "y \u223c x \u2212 1 + I(f == \u201cb\u20133\u201d)": 'y ~ x - 1 + I(f == "b\u20133")',
    "y ~ I(f == \u2018it\u2019) \u2013 z": 'y ~ I(f == "it") - z',
    "y ~ x\u00a0+\u200bz": "y ~ x + z",
    # what is quoted stays as it is
    "y ~ `a\u2013b` + `c#d`": "y ~ `a\u2013b` + `c#d`",
    'y ~ I(t == "#1 \u201cx\u201d")': 'y ~ I(t == "#1 \u201cx\u201d")',
    # names that only look like calls
    "lm ~ formula": "lm ~ formula",
}


@pytest.mark.parametrize("text", PASTED)
def test_pasted(text):
    formula = Formula.parse(text)
    assert str(formula) == PASTED[text]
    assert Formula.parse(str(formula)) == formula


def test_pasted_expressions_and_changes():
    assert expression("1/se^2 # the weights").label == "1/se^2"
    assert str(Formula.parse("y ~ x + z").update(". ~ . \u2013 z")) == "y ~ x"
