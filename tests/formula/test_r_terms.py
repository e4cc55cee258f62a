"""A formula's terms are those of R's `terms()`: label by label, in R's order."""

import pytest

from statmodels_tf.formula import Formula

COLUMNS = ("y", "a", "b", "c", "x")

# formula, intercept, attr(terms(formula, data), "term.labels") of R 4.2.2; R's backticks are left out
TERMS = [
    ("y ~ 1", 1, []),
    ("y ~ 0", 0, []),
    ("y ~ -1", 0, []),
    ("y ~ a", 1, ["a"]),
    ("y ~ +a", 1, ["a"]),
    ("y ~ a + b", 1, ["a", "b"]),
    ("y ~ a - 1", 0, ["a"]),
    ("y ~ a + 0", 0, ["a"]),
    ("y ~ 0 + a + 1", 1, ["a"]),
    ("y ~ a - 0", 1, ["a"]),
    ("y ~ 1 + a - 1", 0, ["a"]),
    ("y ~ a + 1 - 1 + 1", 1, ["a"]),
    ("y ~ (0 + a)", 0, ["a"]),
    ("y ~ a - (1 + b) + b", 0, ["a", "b"]),
    ("y ~ b + a", 1, ["b", "a"]),
    ("y ~ a:b", 1, ["a:b"]),
    ("y ~ b:a", 1, ["b:a"]),
    ("y ~ b:a + a:b", 1, ["b:a"]),
    ("y ~ a:a", 1, ["a"]),
    ("y ~ a:b:a", 1, ["a:b"]),
    ("y ~ a:1", 1, []),
    ("y ~ 1:a", 1, []),
    ("y ~ a*1", 1, ["a"]),
    ("y ~ a/1", 1, ["a"]),
    ("y ~ a*b", 1, ["a", "b", "a:b"]),
    ("y ~ b*a", 1, ["b", "a", "b:a"]),
    ("y ~ a*b*c", 1, ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]),
    ("y ~ a*b - a", 1, ["b", "a:b"]),
    ("y ~ a*b - a:b", 1, ["a", "b"]),
    ("y ~ a*b - b:a", 1, ["a", "b"]),
    ("y ~ a*b*c - a:b:c", 1, ["a", "b", "c", "a:b", "a:c", "b:c"]),
    ("y ~ (a + b + c)^2", 1, ["a", "b", "c", "a:b", "a:c", "b:c"]),
    ("y ~ (a + b + c)^3", 1, ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]),
    ("y ~ (a + b + c)^2 - a:b", 1, ["a", "b", "c", "a:c", "b:c"]),
    ("y ~ (a + b + c)**2", 1, ["a", "b", "c", "a:b", "a:c", "b:c"]),
    ("y ~ (a*b)^2", 1, ["a", "b", "a:b"]),
    ("y ~ a^2", 1, ["a"]),
    ("y ~ (a + b + 1)^2", 1, ["a", "b", "a:b"]),
    ("y ~ (a/b)^2", 1, ["a", "a:b"]),
    ("y ~ a/b^2", 1, ["a", "a:b"]),
    ("y ~ a/b", 1, ["a", "a:b"]),
    ("y ~ a/b/c", 1, ["a", "a:b", "a:b:c"]),
    ("y ~ a/(b + c)", 1, ["a", "a:b", "a:c"]),
    ("y ~ (a + b)/c", 1, ["a", "b", "a:b:c"]),
    ("y ~ a/b*c", 1, ["a", "c", "a:b", "a:c", "a:b:c"]),
    ("y ~ a*b/c", 1, ["a", "b", "a:b", "a:b:c"]),
    ("y ~ a/b:c", 1, ["a", "a:b:c"]),
    ("y ~ a:b/c", 1, ["a:b", "a:b:c"]),
    ("y ~ (a + b + c)/x", 1, ["a", "b", "c", "a:b:c:x"]),
    ("y ~ a %in% b", 1, ["a:b"]),
    ("y ~ (a + b) %in% c", 1, ["a:c", "b:c"]),
    ("y ~ a + b %in% a", 1, ["a", "a:b"]),
    ("y ~ a*b %in% c", 1, ["a", "b:c", "a:b:c"]),
    ("y ~ a %in% (b + c)", 1, ["a:b:c"]),
    ("y ~ a %in% b + c", 1, ["c", "a:b"]),
    ("y ~ a %in% b %in% c", 1, ["a:b:c"]),
    ("y ~ 1 %in% a", 1, []),
    ("y ~ (a + b):(c + x)", 1, ["a:c", "a:x", "b:c", "b:x"]),
    ("y ~ a:(b + c)", 1, ["a:b", "a:c"]),
    ("y ~ a + a:(b*c)", 1, ["a", "a:b", "a:c", "a:b:c"]),
    ("y ~ tension + wool:tension", 1, ["tension", "tension:wool"]),
    ("y ~ wool:tension + tension", 1, ["tension", "wool:tension"]),
    ("y ~ a:b + a + b", 1, ["a", "b", "a:b"]),
    ("y ~ b:c + a:b + a", 1, ["a", "b:c", "b:a"]),
    ("y ~ a:c + b:a", 1, ["a:c", "a:b"]),
    ("y ~ a - a", 1, []),
    ("y ~ a - b + b:a", 1, ["a", "a:b"]),
    ("y ~ a:b - a", 1, ["a:b"]),
    ("y ~ a + -b", 1, ["a"]),
    ("y ~ a + b - -b", 1, ["a", "b"]),
    ("y ~ -a + b", 1, ["b"]),
    ("y ~ a - (b - c) + c", 1, ["a", "c"]),
    ("y ~ a:-b", 1, []),
    ("y ~ (a - a)", 1, []),
    ("y ~ a + (b + (c - a))", 1, ["a", "b", "c"]),
    ("y ~ (a + b)*(c + x)", 1, ["a", "b", "c", "x", "a:c", "a:x", "b:c", "b:x"]),
    ("y ~ (a + b)*c - a", 1, ["b", "c", "a:c", "b:c"]),
    ("y ~ a*(b + c*x)", 1, ["a", "b", "c", "x", "c:x", "a:b", "a:c", "a:x", "a:c:x"]),
    ("y ~ a + a", 1, ["a"]),
    ("y ~ log(a) + exp(b):c", 1, ["log(a)", "exp(b):c"]),
    ("y ~ log(a)*log(a)", 1, ["log(a)"]),
    ("y ~ I(a^2) + a", 1, ["I(a^2)", "a"]),
    ("y ~ poly(a, 2)*b", 1, ["poly(a, 2)", "b", "poly(a, 2):b"]),
    ("y ~ a + offset(b) + c", 1, ["a", "c"]),
    ("y ~ offset(b)", 1, []),
    ("y ~ a*b + offset(log(c)) - 1", 0, ["a", "b", "a:b"]),
    ("y ~ .", 1, ["a", "b", "c", "x"]),
    ("y ~ . - a", 1, ["b", "c", "x"]),
    ("y ~ .^2", 1, ["a", "b", "c", "x", "a:b", "a:c", "a:x", "b:c", "b:x", "c:x"]),
    ("y ~ .:a", 1, ["a", "a:b", "a:c", "a:x"]),
    ("y ~ . + log(a)", 1, ["a", "b", "c", "x", "log(a)"]),
    ("y ~ c + .", 1, ["c", "a", "b", "x"]),
    ("y ~ a:b + .", 1, ["a", "b", "c", "x", "a:b"]),
    ("y ~ 0 + .", 0, ["a", "b", "c", "x"]),
    ("y ~ (. - x)^2", 1, ["a", "b", "c", "a:b", "a:c", "b:c"]),
    ("y ~ . - a:b", 1, ["a", "b", "c", "x"]),
    ("y ~ .*a", 1, ["a", "b", "c", "x", "a:b", "a:c", "a:x"]),
    ("log(y) ~ .", 1, ["a", "b", "c", "x"]),
    ("cbind(y, a) ~ .", 1, ["b", "c", "x"]),
    ("y/a ~ .", 1, ["b", "c", "x"]),
    ("log(y) ~ y + a", 1, ["y", "a"]),
    ("y ~ `my col`:a + a", 1, ["a", "my col:a"]),
    ("y ~ Sepal.Length*a.b", 1, ["Sepal.Length", "a.b", "Sepal.Length:a.b"]),
    (" ~ a + b", 1, ["a", "b"]),
    ("~ a*b - 1", 0, ["a", "b", "a:b"]),
    ("y ~ a + b %in% a + c", 1, ["a", "c", "a:b"]),
    ("y ~ (a + b)^2 + (b + c)^2", 1, ["a", "b", "c", "a:b", "b:c"]),
    ("y ~ a + (b + c)^2 - c", 1, ["a", "b", "b:c"]),
    ("y ~ (a + b + c)^2 %in% x", 1, ["a:x", "b:x", "c:x", "a:b:x", "a:c:x", "b:c:x"]),
    ("y ~ ifelse(a > 1, b, c) + I(b %in% c(1, 2))", 1, ["ifelse(a > 1, b, c)", "I(b %in% c(1, 2))"]),
    ("y ~ I(-a^2) + I(!a & b | c)", 1, ["I(-a^2)", "I(!a & b | c)"]),
    ("y ~ I(a%%2 == 0) + I(a%/%2)", 1, ["I(a%%2 == 0)", "I(a%/%2)"]),
    ("y ~ sin(2 * pi * x/12) + as.numeric(a)", 1, ["sin(2 * pi * x/12)", "as.numeric(a)"]),
    ("y ~ factor(a, levels = 3:1) + C(b, contr.sum)", 1, ["factor(a, levels = 3:1)", "C(b, contr.sum)"]),
    (
        "y ~ cut(x, c(0, 1, Inf), include.lowest = TRUE, right = FALSE)",
        1,
        ["cut(x, c(0, 1, Inf), include.lowest = TRUE, right = FALSE)"],
    ),
    ("y ~ (a:b)*c", 1, ["c", "a:b", "a:b:c"]),
    ("y ~ a:b*c:x", 1, ["a:b", "c:x", "a:b:c:x"]),
    ("y ~ c(a) + scale(b, center = FALSE)", 1, ["c(a)", "scale(b, center = FALSE)"]),
]


def labels(text):
    """Return whether there is an intercept, and the labels of the other common terms."""
    common = [t.label for t in Formula.parse(text, columns=COLUMNS).common]
    intercept = common[:1] == ["Intercept"]
    return int(intercept), common[intercept:]


@pytest.mark.parametrize(("text", "intercept", "expected"), TERMS)
def test_terms_are_those_of_r(text, intercept, expected):
    assert labels(text) == (intercept, expected)


def test_the_table_is_long_enough():
    assert len(TERMS) >= 100


@pytest.mark.parametrize(("text", "intercept", "expected"), TERMS)
def test_what_is_printed_parses_back(text, intercept, expected):
    formula = Formula.parse(text, columns=COLUMNS)
    again = Formula.parse(str(formula))
    assert again == formula
    assert hash(again) == hash(formula)
    assert str(again) == str(formula)
