"""Formula.update changes a formula as R's update.formula does."""

import pytest

from statmodels_tf.errors import FormulaError
from statmodels_tf.formula import Formula

# old, template, new: what R 4.2.2 makes of them, in our order (interactions before offsets and groups)
UPDATES = [
    ("y ~ x + z", ". ~ . - x", "y ~ z"),
    ("y ~ x + z", ". ~ . + w", "y ~ x + z + w"),
    ("y ~ x", ". ~ .", "y ~ x"),
    ("y ~ x", "~ . + z", "y ~ x + z"),
    ("y ~ x", ". ~ . - x", "y ~ 1"),
    ("y ~ x", ". ~ . - 1", "y ~ x - 1"),
    ("y ~ x", ". ~ . - x - 1", "y ~ 0"),
    ("y ~ x - 1", ". ~ . + 1", "y ~ x"),
    ("y ~ x", "log(.) ~ .", "log(y) ~ x"),
    ("a + b ~ x", "sqrt(.)/. ~ .", "sqrt(a + b)/(a + b) ~ x"),
    ("y ~ x", "z ~ .", "z ~ x"),
    ("y ~ x", ". ~ z", "y ~ z"),
    ("y ~ a*b", ". ~ . - a:b", "y ~ a + b"),
    ("y ~ a*b", ". ~ .:c", "y ~ a:c + b:c + a:b:c"),
    ("y ~ a + b", ". ~ .^2", "y ~ a + b + a:b"),
    ("y ~ a + b", ". ~ c*.", "y ~ c + a + b + c:a + c:b"),
    ("y ~ b:a + a", ". ~ . + c", "y ~ a + c + b:a"),
    ("y ~ x + (1|g)", ". ~ . - x", "y ~ (1 | g)"),
    ("y ~ x + (1|g)", ". ~ . - (1|g)", "y ~ x"),
    ("y ~ x + (x|g)", ". ~ . - (1 + x|g)", "y ~ x"),
    ("y ~ x + (x|g)", ". ~ . - (x|g) + (1|g)", "y ~ x + (1 | g)"),
    ("y ~ x + (1|a/b)", ". ~ . - (1|a)", "y ~ x + (1 | b:a)"),
    ("y ~ x*z + (1|g) + offset(o)", "log(.) ~ . - 1 + w", "log(y) ~ x + z + w + x:z + (1 | g) + offset(o) - 1"),
    ("y | trials(n) ~ x", ". ~ . + z", "y | trials(n) ~ x + z"),
    ("y | trials(n) ~ x", ". | trials(m) ~ .", "y | trials(m) ~ x"),
    ("`my y` ~ `my x` + x.1", "log(.) ~ . - x.1", "log(`my y`) ~ `my x`"),
    ("y ~ I(s == '.') + x", ". ~ . - x", 'y ~ I(s == ".")'),
    ("~ x", ". ~ . + z", "~ x + z"),
    ("y ~ poly(x, 2) + z", ". ~ . - poly( x,2 )", "y ~ z"),
]


@pytest.mark.parametrize(("old", "template", "new"), UPDATES)
def test_update(old, template, new):
    updated = Formula.parse(old).update(template)
    assert str(updated) == new
    assert updated == Formula.parse(new)


def test_offsets_can_be_taken_out():
    """R leaves an offset that is subtracted; here it goes, as group terms do."""
    assert str(Formula.parse("y ~ x + offset(o)").update(". ~ . - offset(o)")) == "y ~ x"


def test_own_functions_stay_known():
    formula = Formula.parse("y ~ hill(x)", functions={"hill"}).update(". ~ . + z")
    assert str(formula) == "y ~ hill(x) + z"
    assert formula.functions == {"hill"}


@pytest.mark.parametrize("template", ["x", "", None, ". + x"])
def test_a_template_has_a_tilde(template):
    with pytest.raises(FormulaError, match="A change of formula"):
        Formula.parse("y ~ x").update(template)


@pytest.mark.r
def test_updates_agree_with_r(r_lines):
    known = [u for u in UPDATES if not any(w in "".join(u[:2]) for w in ("trials", "a/b", "(1 + x|g)", "`", "'.'"))]
    known = [u for u in known if not u[0].startswith("~")]
    lines = r_lines([f"cat(deparse(update({old}, {template}), 500), sep='\\n')" for old, template, _ in known])
    assert len(lines) == len(known) >= 20
    for (_, _, new), line in zip(known, lines, strict=True):
        ours, theirs = Formula.parse(new), Formula.parse(line)
        assert set(ours.terms) == set(theirs.terms)
        assert ours.response == theirs.response
