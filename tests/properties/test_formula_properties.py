"""Properties of formulas: printing is the inverse of parsing, R agrees, and no text ends in a foreign exception."""

import pickle
import random
import subprocess

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from statmodels_tf.errors import FormulaError
from statmodels_tf.formula import Formula

NAMES = ["a", "b", "c", "Sepal.Length", ".x", "x_1", "`my col`", "`a:b`", "`TRUE`", "`1|g`", "class", "β"]
COLUMNS = ["y", "a", "b", "my col", "c"]
quick = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def expressions():
    """Texts of expressions, with spaces and spellings that printing should settle."""
    leaf = st.sampled_from([*NAMES, "1", "2.5", "1e3", "TRUE", "'t~|('", '"it\'s"', "pi", "c(1,-2)", "3:1"])
    binary = ["+", "-", "*", "/", "^", "**", "%%", "%/%", "%in%", "==", "<", "!=", "&", "|", "&&", " or ", " in "]

    def grown(inner):
        return st.one_of(
            st.tuples(inner, st.sampled_from(binary), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
            st.tuples(inner, st.sampled_from(["+", "*", "^"]), inner).map(" ".join),
            st.tuples(st.sampled_from(["-", "!", "+ ", "not "]), inner).map("(%s%s)".__mod__),
            inner.map("log( {} )".format),
            st.tuples(inner, st.sampled_from(["df=5", "df = 5", "knots=c(1 ,2)", "raw=T"])).map(
                "bs({0[0]},{0[1]})".format
            ),
            st.tuples(inner, inner, inner).map("ifelse({0[0]}, {0[1]}, {0[2]})".format),
        )

    return st.recursive(leaf, grown, max_leaves=6)


def variables():
    """Texts of variables: names and calls that read a column."""
    calls = st.tuples(st.sampled_from(["I", "log", "as.numeric", "scale"]), st.sampled_from(NAMES), expressions())
    return st.one_of(st.sampled_from(NAMES), calls.map("{0[0]}({0[1]} + {0[2]})".format))


def sums(leaf):
    """Texts of sums of terms over `leaf`."""
    operators = ["+", " + ", " - ", "*", ":", "/", " %in% "]

    def grown(inner):
        return st.one_of(
            st.tuples(inner, st.sampled_from(operators), inner).map("".join),
            inner.map("({})".format),
            st.tuples(inner, st.sampled_from(["^2", "**2", "^3"])).map("({0[0]}){0[1]}".format),
        )

    return st.recursive(leaf, grown, max_leaves=5)


def groups():
    """Texts of group terms."""
    effects = st.one_of(st.sampled_from(["1", "0+a", "a-1", "1 + a*b", "a"]), sums(variables()).map("1+{}".format))
    factor = st.sampled_from(["g", "`my g`", "g1:g2", "g1/g2", "g1/g2/g3", "factor(g)", "g1*g2", "(g1:g2)/g3"])
    return st.tuples(effects, st.sampled_from(["|", " | ", "||"]), factor).map("({0[0]}{0[1]}{0[2]})".format)


def formulas():
    """Texts of formulas of all kinds."""
    left = st.sampled_from(["y", "log(y)", "y | trials(n)", "y/(y + n)", "cbind(y, n-y)", "s == 'a'", "", "`the y`"])
    offsets = variables().map("offset({})".format)
    parts = st.lists(
        st.one_of(sums(variables()), groups(), offsets, st.sampled_from(["0", "1", "."])), min_size=1, max_size=4
    )
    return st.tuples(left, parts.map(" + ".join)).map(" ~ ".join)


def parsed(text):
    """Return the formula, or None if it is refused."""
    try:
        return Formula.parse(text, columns=COLUMNS)
    except FormulaError:
        return None


@quick
@given(formulas())
def test_what_is_printed_parses_to_the_same(text):
    formula = parsed(text)
    if formula is None:
        return
    again = Formula.parse(str(formula))
    assert again == formula
    assert str(again) == str(formula)
    assert [t.label for t in again.terms] == [t.label for t in formula.terms]
    assert pickle.loads(pickle.dumps(formula)) == formula


def test_few_random_formulas_are_refused():
    texts = []

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(formulas())
    def collect(text):
        texts.append(text)

    collect()
    assert sum(parsed(text) is None for text in texts) < 0.5 * len(texts)


@quick
@given(formulas())
def test_an_empty_update_keeps_all_terms(text):
    formula = parsed(text)
    if formula is None:
        return
    updated = formula.update(". ~ .")
    assert {t for t in updated.groups} == {t for t in formula.groups}
    assert {t for t in updated.offsets} == {t for t in formula.offsets}
    assert updated.response == formula.response
    ours, theirs = ({frozenset(t.variables) for t in f.common} for f in (updated, formula))
    assert ours == theirs


@quick
@given(st.text(st.sampled_from("abyx01 .~+-*/:^|&!=<>%()[]{}'\"`,_$@#\\\n;é"), max_size=25))
@example("y ~ (1|g")
@example("y ~ a^a")
@example("~.")
@example("y~`")
@example("y ~ %in%")
@example("y ~ {}")
@example("y ~ a{b}")
@example("y ~ \\")
def test_no_text_ends_in_a_foreign_exception(text):
    for written in (text, f"y ~ {text}", f"y ~ log({text})", f"{text} ~ x", f"y ~ (x|{text})"):
        formula = parsed(written)
        if formula is not None:
            assert Formula.parse(str(formula)) == formula
            assert all(0 <= v.start <= v.end < len(formula.text) for v in formula.variables)


def random_terms(draw, depth):
    """Return the text of a random sum of terms."""
    kind = draw.random()
    if depth == 0 or kind < 0.1:
        return draw.choice(["a", "b", "c", "d", "log(a)", "I(b^2)"] * 3 + ["0", "1", ".", "offset(e)"])
    if kind < 0.25:
        return f"({random_terms(draw, depth - 1)})"
    if kind < 0.35:
        return f"({random_terms(draw, depth - 1)})^{draw.choice('23')}"
    if kind < 0.4:
        return f"-{random_terms(draw, 0)}"
    sign = draw.choice([" + ", " + ", " + ", " - ", "*", ":", "/", " %in% "])
    return f"{random_terms(draw, depth - 1)}{sign}{random_terms(draw, depth - 1)}"


TERMS_IN_R = """
d <- data.frame(y = 1, a = 1, b = 1, c = 1, d = 1)
show <- function(s) {
  t <- tryCatch(terms(as.formula(s), data = d), error = function(e) NULL)
  cat(if (is.null(t)) "refused" else paste(c(attr(t, "intercept"), attr(t, "term.labels")), collapse = ";"))
  cat("\\n")
}
"""


@pytest.mark.r
def test_random_formulas_have_the_terms_of_r(tmp_path):
    draw = random.Random(20240301)
    texts = [f"y ~ {random_terms(draw, draw.choice([1, 2, 3, 4]))}" for _ in range(600)]
    script = tmp_path / "terms.R"
    script.write_text("\n".join([TERMS_IN_R, *(f"show({text!r})" for text in texts)]), encoding="utf-8")
    done = subprocess.run(["Rscript", "--vanilla", str(script)], capture_output=True, text=True, check=True)
    compared = 0
    for text, line in zip(texts, done.stdout.splitlines(), strict=True):
        try:
            formula = Formula.parse(text, columns=["y", "a", "b", "c", "d"])
        except FormulaError as error:
            assert line == "refused" or "offset" in str(error) or "no term on the left" in str(error), text
            continue
        common = [t.label for t in formula.common]
        intercept = common[:1] == ["Intercept"]
        assert [str(int(intercept)), *common[intercept:]] == line.split(";"), text
        compared += 1
    assert compared > 400
