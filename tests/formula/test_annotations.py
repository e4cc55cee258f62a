"""What stands after a bar on the left: parsed, printed, parsed again; refused with the place marked."""

import pytest

from statmodels_tf.errors import FormulaError
from statmodels_tf.formula import Formula


@pytest.mark.parametrize(
    ("text", "printed", "keys"),
    [
        ("y | cens(c) ~ x", "y | cens(c) ~ x", ["cens"]),
        ("y|cens( c,y2 ) ~ x", "y | cens(c, until = y2) ~ x", ["cens", "cens.until"]),
        ("y | cens(c, y2 = u) ~ x", "y | cens(c, until = u) ~ x", ["cens", "cens.until"]),
        ("y | trunc(lb=0) ~ x", "y | trunc(lower = 0) ~ x", ["trunc.lower"]),
        (
            "y | trunc(upper=z+1)+weights(w) ~ x",
            "y | trunc(upper = z + 1) | weights(w) ~ x",
            ["trunc.upper", "weights"],
        ),
        ("y | trunc(0, 1) ~ x", "y | trunc(lower = 0, upper = 1) ~ x", ["trunc.lower", "trunc.upper"]),
        ("y | trials(n) ~ x", "y | trials(n) ~ x", ["trials"]),
    ],
)
def test_annotations_are_read_and_printed(text, printed, keys):
    formula = Formula.parse(text)
    assert str(formula) == printed and list(formula.annotations) == keys
    assert Formula.parse(printed) == formula


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("y | trunc() ~ x", "given nothing"),
        ("y | cens() ~ x", "given nothing"),
        ("y | cens(until = u) ~ x", "given nothing"),
        ("y | trunc(0, 1, 2) ~ x", "takes `lower=` and `upper=`"),
        ("y | trunc(lower=0, lb=1) ~ x", "takes `lower=` and `upper=`"),
        ("y | trials(n, m) ~ x", "takes one argument"),
        ("y | cens(a) + cens(b) ~ x", "given twice"),
        ("y | truncated(0) ~ x", "stands `| trials"),
    ],
)
def test_what_cannot_be_read_is_refused_where_it_stands(text, said):
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text)
    assert said in str(caught.value) and "^" in str(caught.value)
