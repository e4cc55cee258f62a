"""Formula: the left side, group terms, offsets, printing, and what callers rely on."""

import ast
import copy
import pickle

import pytest

from statmodels_tf.errors import FormulaError
from statmodels_tf.formula import Formula
from statmodels_tf.terms import GroupTerm, OffsetTerm

# formula, and for each group term: label, name of the group, its variables, labels of its effects, correlated.
# Names and order are lme4 1.1's (findbars), but for `*` and `+` in groups, which lme4 does not take.
GROUPS = [
    ("y ~ (1|g)", [("1 | g", "g", "g", "Intercept", True)]),
    ("y ~ ((1|g))", [("1 | g", "g", "g", "Intercept", True)]),
    ("y ~ (1|(g))", [("1 | g", "g", "g", "Intercept", True)]),
    ("y ~ (x|g)", [("x | g", "g", "g", "Intercept x", True)]),
    ("y ~ (1 + x | g)", [("1 + x | g", "g", "g", "Intercept x", True)]),
    ("y ~ (x+1|g)", [("x + 1 | g", "g", "g", "Intercept x", True)]),
    ("y ~ (x||g)", [("x || g", "g", "g", "Intercept x", False)]),
    ("y ~ (0+x|g)", [("0 + x | g", "g", "g", "x", True)]),
    ("y ~ (x-1|g)", [("x - 1 | g", "g", "g", "x", True)]),
    ("y ~ (-1+x|g)", [("-1 + x | g", "g", "g", "x", True)]),
    ("y ~ (x + 0 || g)", [("x + 0 || g", "g", "g", "x", False)]),
    ("y ~ ((x) | g)", [("(x) | g", "g", "g", "Intercept x", True)]),
    ("y ~ (x*z|g)", [("x * z | g", "g", "g", "Intercept x z x:z", True)]),
    ("y ~ (z + x:z|g)", [("z + x:z | g", "g", "g", "Intercept z z:x", True)]),
    ("y ~ (poly(x,2)|g)", [("poly(x, 2) | g", "g", "g", "Intercept;poly(x, 2)", True)]),
    ("y ~ (`my x`|`my g`)", [("`my x` | `my g`", "my g", "my g", "Intercept;my x", True)]),
    ("y ~ (1|Sample.No)", [("1 | Sample.No", "Sample.No", "Sample.No", "Intercept", True)]),
    ("y ~ (1|factor(g))", [("1 | factor(g)", "factor(g)", "factor(g)", "Intercept", True)]),
    ("y ~ (1|a:b)", [("1 | a:b", "a:b", "a b", "Intercept", True)]),
    ("y ~ (1|b:a)", [("1 | b:a", "b:a", "b a", "Intercept", True)]),
    ("y ~ (x|a/b)", [("x | b:a", "b:a", "b a", "Intercept x", True), ("x | a", "a", "a", "Intercept x", True)]),
    (
        "y ~ (1|a/b/c)",
        [
            ("1 | c:(b:a)", "c:(b:a)", "c b a", "Intercept", True),
            ("1 | b:a", "b:a", "b a", "Intercept", True),
            ("1 | a", "a", "a", "Intercept", True),
        ],
    ),
    ("y ~ (1|a/b:c)", [("1 | b:c:a", "b:c:a", "b c a", "Intercept", True), ("1 | a", "a", "a", "Intercept", True)]),
    ("y ~ (1|c:(b:a))", [("1 | c:(b:a)", "c:(b:a)", "c b a", "Intercept", True)]),
    (
        "y ~ (1||a*b)",
        [
            ("1 || a", "a", "a", "Intercept", False),
            ("1 || b", "b", "b", "Intercept", False),
            ("1 || a:b", "a:b", "a b", "Intercept", False),
        ],
    ),
    ("y ~ (1|a + b)", [("1 | a", "a", "a", "Intercept", True), ("1 | b", "b", "b", "Intercept", True)]),
    ("y ~ x + (1|g) + (0+x|g)", [("1 | g", "g", "g", "Intercept", True), ("0 + x | g", "g", "g", "x", True)]),
    ("y ~ (1|g) + (1|g)", [("1 | g", "g", "g", "Intercept", True)]),
    ("y ~ ((1|a) + (1|b))", [("1 | a", "a", "a", "Intercept", True), ("1 | b", "b", "b", "Intercept", True)]),
    ("y ~ (1|a) + (1|b) - (1|a)", [("1 | b", "b", "b", "Intercept", True)]),
    ("y ~ (1|a/b) - (1|a)", [("1 | b:a", "b:a", "b a", "Intercept", True)]),
    ("y ~ (1 + x|a) - (x|a)", []),
]


def listed(text):
    """Return the words of a text, or its parts between semicolons."""
    return [part for part in text.split(";" if ";" in text or "my" in text else " ") if part]


@pytest.mark.parametrize(("text", "expected"), GROUPS)
def test_group_terms(text, expected):
    formula = Formula.parse(text)
    found = [
        (
            t.label,
            t.group_label,
            [v.label for v in t.group],
            [e.label for e in t.effects],
            t.correlated,
        )
        for t in formula.groups
    ]
    assert found == [(label, name, listed(group), listed(effects), c) for label, name, group, effects, c in expected]
    assert Formula.parse(str(formula)) == formula


@pytest.mark.parametrize(
    ("text", "label", "names", "annotations"),
    [
        ("y ~ x", "y", "y", {}),
        ("log(y) ~ x", "log(y)", "y", {}),
        ("a + b ~ x", "a + b", "a b", {}),
        ("a-b ~ x", "a - b", "a b", {}),
        ("ncases/(ncases+ncontrols) ~ x", "ncases/(ncases + ncontrols)", "ncases ncontrols", {}),
        ("Admit == 'Admitted' ~ x", 'Admit == "Admitted"', "Admit", {}),
        ("cbind(a, n-a) ~ x", "cbind(a, n - a)", "a n", {}),
        ("`my y` ~ x", "my y", "my y", {}),
        ("Informed.liking ~ x", "Informed.liking", "Informed.liking", {}),
        ("I(s == 'a|b ~ c)') ~ x", 'I(s == "a|b ~ c)")', "s", {}),
        ("y | trials(n) ~ x", "y", "y", {"trials": "n"}),
        ("y|trials(a+b) ~ x", "y", "y", {"trials": "a + b"}),
        ("y | weights(w) | trials(10) ~ x", "y", "y", {"weights": "w", "trials": "10"}),
        ("y | weights(w) + trials(n) ~ x", "y", "y", {"weights": "w", "trials": "n"}),
        ("y - 1 ~ x", "y - 1", "y", {}),
        ("(y) ~ x", "y", "y", {}),
    ],
)
def test_the_left_side_is_an_expression(text, label, names, annotations):
    formula = Formula.parse(text)
    assert (formula.response.label, list(formula.response.names)) == (label, listed(names))
    assert {k: v.label for k, v in formula.annotations.items()} == annotations
    assert Formula.parse(str(formula)) == formula


def test_one_sided():
    formula = Formula.parse("~ x + (1|g)")
    assert formula.response is None
    assert str(formula) == "~ x + (1 | g)"
    assert formula.names == ("x", "g")


def test_terms_are_sorted_by_kind():
    formula = Formula.parse("y ~ offset(log(e)) + a:b + (1|g) + a + offset(o)")
    assert [t.label for t in formula.common] == ["Intercept", "a", "a:b"]
    assert [t.label for t in formula.offsets] == ["offset(log(e))", "offset(o)"]
    assert [t.variable.label for t in formula.offsets] == ["log(e)", "o"]
    assert [t.label for t in formula.groups] == ["1 | g"]
    assert formula.specials == ()
    assert formula.terms == formula.predictors["mu"]
    assert [t.label for t in formula.terms] == ["Intercept", "a", "a:b", "offset(log(e))", "1 | g", "offset(o)"]


def test_variables_come_once_and_in_order_of_appearance():
    formula = Formula.parse("log(y) | trials(n) ~ b:a + offset(e) + (a + z | g) + poly(z, 2)*b")
    assert [v.label for v in formula.variables] == ["log(y)", "n", "b", "a", "e", "z", "g", "poly(z, 2)"]
    assert formula.names == ("y", "n", "b", "a", "e", "z", "g")


def test_positions_point_into_the_text():
    formula = Formula.parse("y ~ x + log( z )*x + (1 + w|g) +\n offset(e)")
    assert "\n" not in formula.text
    written = {v.label: formula.text[v.start : v.end + 1] for v in formula.variables}
    assert written == {"y": "y", "x": "x", "log(z)": "log( z )", "w": "w", "g": "g", "e": "e"}
    assert [formula.text[t.start : t.end + 1] for t in formula.groups] == ["(1 + w|g)"]
    assert [formula.text[t.start : t.end + 1] for t in formula.offsets] == ["offset(e)"]
    assert [formula.text[t.start : t.end + 1] for t in formula.common[1:]] == ["x", "log( z )", "log( z )*x"]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("y~a*b-1", "y ~ a * b - 1"),
        ("y~(a+b)**2", "y ~ (a + b)^2"),
        ("y~a/b:c", "y ~ a/b:c"),
        ("y ~ -1+a", "y ~ -1 + a"),
        ("y~a %in% b", "y ~ a %in% b"),
        ("y~(1|a/b)", "y ~ (1 | a/b)"),
        ("y~`a`+`a b`", "y ~ a + `a b`"),
        ("y~log (x)+splines::ns(x,3)", "y ~ log(x) + ns(x, 3)"),
        ("y ~ {x+1}", "y ~ {x + 1}"),
        ("y ~ bs(x,df=5,Boundary.knots = c(0,1))", "y ~ bs(x, df=5, Boundary.knots = c(0, 1))"),
        ("y ~ .", "y ~ a + `b c`"),
        ("y ~ . - a", "y ~ a + `b c` - a"),
        ("y ~ .^2", "y ~ (a + `b c`)^2"),
        ("y ~ a:.", "y ~ a:(a + `b c`)"),
        ("y ~ a - .", "y ~ a - (a + `b c`)"),
        ("y ~ (.|g)", "y ~ (a + `b c` | g)"),
    ],
)
def test_printing(text, printed):
    formula = Formula.parse(text, columns=["y", "a", "b c"])
    assert str(formula) == printed
    assert repr(formula) == f"Formula({printed!r})"
    assert Formula.parse(printed) == formula


def test_dot_expands_to_columns_whatever_their_names():
    formula = Formula.parse("log(y) ~ .", columns=["y", "TRUE", ".", "in", "1a", "a|b", 2020])
    assert [t.label for t in formula.common] == ["Intercept", "TRUE", ".", "in", "1a", "a|b", "2020"]
    assert Formula.parse(str(formula)) == formula


def test_a_column_named_like_a_call_is_not_the_call():
    formula = Formula.parse("y ~ `log(x)` + log(x) + `a:b` + a:b")
    assert [t.label for t in formula.common[1:]] == ["log(x)", "log(x)", "a:b", "a:b"]
    assert [v.names for v in formula.common[1].variables + formula.common[2].variables] == [("log(x)",), ("x",)]
    assert Formula.parse(str(formula)) == formula


def test_words_of_python_are_columns():
    assert Formula.parse("class ~ lambda + for:if").names == ("class", "lambda", "for", "if")


def test_a_dotted_name_is_a_column_whatever_it_looks_like():
    """There is no attribute access: the text is looked up among the columns and nowhere else."""
    formula = Formula.parse("y ~ x.__class__ + log(np.e)")
    assert formula.names == ("y", "x.__class__", "np.e")
    assert isinstance(formula.common[1].variables[0].node, ast.Name)


def test_equality_is_of_meaning():
    assert Formula.parse("y ~ I(x^2)+(x|g)") == Formula.parse("y ~ I( x**2 ) + (1 + x | g)")
    assert Formula.parse("y ~ a + b") != Formula.parse("y ~ b + a")
    assert Formula.parse("y ~ (x|g)") != Formula.parse("y ~ (x||g)")
    assert Formula.parse("y ~ a") != Formula.parse("~ a")
    assert len({Formula.parse("y ~ a"), Formula.parse("y~a")}) == 1


def test_parsing_is_cached_and_only_dot_depends_on_columns():
    assert Formula.parse("y ~ cached", columns=["a"]) is Formula.parse("y ~ cached", columns=["b"])
    assert Formula.parse("y ~ .", columns=["a"]) != Formula.parse("y ~ .", columns=["b"])


def test_formulas_can_be_copied_and_pickled():
    formula = Formula.parse("log(y) ~ poly(x, 2)*a + (1|g) + offset(e)")
    assert pickle.loads(pickle.dumps(formula)) == formula
    assert copy.deepcopy(formula) == formula


def test_one_caller_cannot_change_the_formula_of_another():
    formula = Formula.parse("y | weights(w) ~ poisoned")
    for mapping in (formula.predictors, formula.annotations):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["mu"] = ()
    again = Formula.parse("y | weights(w) ~ poisoned")
    assert [term.label for term in again.common] == ["Intercept", "poisoned"] and list(again.annotations) == ["weights"]


def test_own_functions_must_be_named():
    formula = Formula.parse("y ~ hill(x, k=2) + my.f(x)", functions={"hill": None, "my.f": None})
    assert formula.functions == {"hill", "my.f"}
    assert [t.label for t in formula.common[1:]] == ["hill(x, k=2)", "my.f(x)"]
    with pytest.raises(FormulaError, match="Unknown function `hill`"):
        Formula.parse("y ~ hill(x)")


def test_terms_say_their_inputs():
    formula = Formula.parse("y ~ offset(log(e)) + (x + z | a:b)")
    group, offset = formula.groups[0], formula.offsets[0]
    assert isinstance(group, GroupTerm) and isinstance(offset, OffsetTerm)
    assert [v.label for v in group.inputs] == ["x", "z", "a", "b"]
    assert [v.label for v in offset.inputs] == ["log(e)"]
    assert formula.common[0].inputs == ()


def test_a_plain_column_is_one_name_node():
    for text, name in (("y ~ Sepal.Length", "Sepal.Length"), ("y ~ `my col`", "my col")):
        (variable,) = Formula.parse(text).common[1].variables
        assert isinstance(variable.node, ast.Name)
        assert variable.node.id == variable.label == name
