"""Registered terms: how a call becomes a term, and what it may not do."""

from dataclasses import dataclass

import pytest

from statmodels_tf.errors import FormulaError
from statmodels_tf.formula import Formula
from statmodels_tf.terms import SPECIALS, OffsetTerm, SpecialTerm, special


@pytest.fixture(autouse=True)
def wave():
    """A term only of these tests: `wave(x, z, period=12, shape="sin", knots=NULL)`."""

    @special("wave")
    @dataclass(frozen=True)
    class Wave(SpecialTerm):
        period: float
        shape: str = "sin"
        knots: tuple = ()

        def learn(self, values):
            return {}

        def arrays(self, values, state):
            return {}

    yield Wave
    del SPECIALS["wave"]


def test_columns_literals_options_and_by(wave):
    formula = Formula.parse("y ~ x + wave(t, log(z), 12, knots=c(1, -2.5), by=`my g`, shape='cos')")
    (term,) = formula.specials
    assert isinstance(term, wave)
    assert [v.label for v in term.columns] == ["t", "log(z)"]
    assert (term.period, term.shape, term.knots) == (12, "cos", (1, -2.5))
    assert term.by.label == "my g"
    assert [v.label for v in term.inputs] == ["t", "log(z)", "my g"]
    assert term.label == 'wave(t, log(z), 12, knots=c(1, -2.5), by=`my g`, shape="cos")'
    assert formula.text[term.start : term.end + 1].startswith("wave(t,")
    assert formula.names == ("y", "x", "t", "z", "my g")
    assert Formula.parse(str(formula)) == formula
    assert [t.label for t in formula.common] == ["Intercept", "x"]


def test_a_term_without_columns(wave):
    (term,) = Formula.parse("y ~ wave(7)").specials
    assert (term.period, term.columns, term.by) == (7, (), None)


def test_equal_calls_are_one_term():
    assert len(Formula.parse("y ~ wave(t, 12) + wave( t,period=12 )").specials) == 1
    assert len(Formula.parse("y ~ wave(t, 12) + wave(t, 6)").specials) == 2
    assert Formula.parse("y ~ x + wave(t, 12)").update(". ~ . - wave(t, 12)") == Formula.parse("y ~ x")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("y ~ wave(t, 12):x", "`by=` argument"),
        ("y ~ x*wave(t, 12)", "cannot be crossed with another term; let it vary by a column with its `by=` argument"),
        ("y ~ x/wave(t, 12)", "`by=` argument"),
        ("y ~ wave(t, 12)^2", "`by=` argument"),
        ("y ~ (wave(t, 12)|g)", "cannot vary by group"),
        ("y ~ (1|wave(t, 12))", "cannot be a group"),
        ("y ~ log(wave(t, 12))", "`wave()` is a term of its own"),
        ("wave(y, 12) ~ x", "`wave()` is a term of its own"),
        ("y ~ wave(t)", "`wave()` needs `period`: write `wave(..., period=...)`"),
        ("y ~ wave(t, perid=12)", "`wave()` has no option `perid`. Did you mean `period`?"),
        ("y ~ wave(t, 12, q=1)", "It takes `period=`, `shape=`, `knots=`."),
        ("y ~ wave(t, 12, period=3)", "is given `period` twice"),
        ("y ~ wave(t, 1, 'a', 3, 4)", "takes 3 options at most and was given 4"),
        ("y ~ wave(t, period=n)", '`period` of `wave()` must be a literal, not `n`; for text write "n"'),
        ("y ~ wave(t, period=2*n)", "must be a literal, not `2 * n`"),
        ("y ~ wave(t, 12, by=h, by=g)", "is given `by` twice"),
        ("y ~ wave(t, 12, by=2)", "`by` of `wave()` must be a column"),
        ("y ~ wave(open('x'), 12)", "Unknown function `open`"),
        ("y ~ wvae(t)", "Did you mean `wave`?"),
    ],
)
def test_refused(text, words):
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text)
    assert words in str(caught.value)
    assert "^" in str(caught.value)


def test_offset_is_registered():
    assert SPECIALS["offset"] is OffsetTerm
    (term,) = Formula.parse("y ~ offset(-4 * wt)").offsets
    assert (term.label, term.variable.label, term.variable.names) == ("offset(-4 * wt)", "-4 * wt", ("wt",))
    assert term.text == "offset(-4 * wt)"
