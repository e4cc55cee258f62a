"""Whatever a formula may not say is refused: what is wrong, where, and what to write instead."""

import pytest

from statmodels_tf.errors import FormulaError
from statmodels_tf.formula import Formula, expression

# formula, what is underlined, words of the message
REFUSED = [
    # no formula
    ("", "", "The formula is empty; write `y ~ x`."),
    ("   ", "   ", "The formula is empty"),
    ("rating", "rating", "The formula has no `~`: write `rating ~ ...`, or `~ ...`"),
    ("y x + z", "y x + z", "no `~`: write `y ~ ...`"),
    ("y = x + z", "y = x + z", "written with `~`: `y ~ ...`"),
    ("y ~", "~", "nothing on the right of `~`; write `~ 1`"),
    ("~", "~", "nothing on the right"),
    ("y ~ x ~ z", "~", "one `~`"),
    ("y ~~ x", "~", "one `~`"),
    ("y ~ (x ~ z)", "~", "one `~`"),
    # brackets and quotation marks
    ("y ~ x + (1|g", "(", "never closed: a `)` is missing after it"),
    ("y ~ x + (1|g))", ")", "closes nothing: a `(` is missing before it"),
    ("y ~ log(x", "(", "never closed"),
    ("y ~ {x + 1", "{", "never closed: a `}` is missing"),
    ("y ~ (x]", "]", "closes nothing"),
    ("y ~ `x", "`", "quotation mark ` is never closed"),
    ("y ~ I(x == 'a)", "'", "quotation mark ' is never closed"),
    ("y ~ `` + x", "``", "no name between these backticks"),
    # bars
    ("y ~ x | g", "|", "Write group terms in parentheses: `(x | g)`"),
    ("y ~ 1|g + x", "|", "parentheses: `(1 | g)`"),
    ("1|g", "1|g", "no `~`"),
    ("y ~ x + 1 || g + z", "||", "parentheses: `(1 || g)`"),
    ("y ~ x + 1|`my group`", "|", "parentheses: `(1 | `my group`)`"),
    ("y ~ (x + z)|(g)", "|", "parentheses: `(1 | g)`"),
    ("y ~ x |", "|", "parentheses: `(1 | g)`"),
    ("y ~ (1|g|h)", "|", "one bar; write one term for each group: `(1 | g) + (1 | h)`"),
    ("y ~ ((1|g)|h)", "(1|g)", "A group term cannot stand inside another"),
    ("y ~ (1|(x|h))", "(x|h)", "A group term cannot stand inside another"),
    ("y ~ (|g)", "|", "A term is missing before `|`"),
    ("y ~ (1|)", "|", "A term is missing after `|`"),
    ("y ~ (0|g)", "(0|g)", "leaves no effect to vary; write `(1 | g)`"),
    ("y ~ (x - x - 1|g)", "(x - x - 1|g)", "leaves no effect"),
    ("y ~ (1|1)", "1", "must be a column"),
    ("y ~ (1|a - b)", "a - b", "`-` cannot stand in a group; combine factors with `:`"),
    ("y ~ (1|a^2)", "a^2", "`^` cannot stand in a group"),
    ("y ~ (1|a %in% b)", "a %in% b", "cannot stand in a group"),
    ("y ~ (1|offset(x))", "offset(x)", "cannot be a group"),
    ("y ~ (offset(x)|g)", "offset(x)", "`offset(x)` cannot vary by group; write it beside the group term"),
    ("y ~ (1|g):x", "(1|g):x", "`(1 | g)` cannot be crossed with another term; a slope of `x` that varies by `g`"),
    ("y ~ x*(1|g)", "x*(1|g)", "cannot be crossed"),
    ("y ~ (1|g)^2", "(1|g)", "cannot be crossed"),
    ("y ~ x/(1|g)", "x/(1|g)", "cannot be crossed"),
    ("y ~ offset(e)*x", "offset(e)*x", "an offset has no coefficient"),
    ("y | g ~ x", "g", "After a bar on the left of `~` stands `| trials(...)` or `| weights(...)`"),
    ("y | size(n) ~ x", "size", "After a bar on the left"),
    ("y | trials(n) | trials(m) ~ x", "trials", "given twice"),
    ("y || trials(n) ~ x", "||", "An operator is missing between"),
    # operators and operands
    ("y ~ x +", "+", "A term is missing after `+`"),
    ("y ~ (x + )", "+", "A term is missing after `+`"),
    ("y ~ * x", "*", "A term is missing before `*`"),
    ("y ~ x +* z", "+", "A term is missing after `+`"),
    ("y ~ ()", "(", "A term is missing in these parentheses"),
    ("y ~ x z", "x z", "An operator such as `+` is missing between `x` and `z`"),
    ("y ~ x (z + w)", "x", "Unknown function `x`"),
    ("y ~ x log(z)", "x log(z)", "missing between `x` and `log(z)`"),
    ("y ~ (a + b)(c)", ")(", "An operator such as `+` is missing"),
    ("y ~ x == 2", "==", "put the expression in `I(...)`"),
    ("y ~ a > b", ">", "put the expression in `I(...)`"),
    ("y ~ !a", "!", "put the expression in `I(...)`"),
    ("y ~ a & b", "&", "put the expression in `I(...)`"),
    ("y ~ x = 2", "=", "written with `~`"),
    ("y ~ d$x", "$", "columns are written by their name alone"),
    ("y ~ a %o% b", "%", "The only operator of a formula between percent signs is `%in%`"),
    ("y ~ a %% 2", "%%", "compute others in `I(...)`"),
    ("y ~ x % 2", "%", "compute others in `I(...)`"),
    ("y ~ (a + b)^0", "^", "a whole number from 1"),
    ("y ~ (a + b)^n", "^", "a whole number from 1"),
    ("y ~ a^2^2", "^", "a whole number from 1"),
    ("y ~ x + 2", "2", "A number is not a term, but for 0 and 1; arithmetic stands in `I(...)`"),
    ("y ~ 2*x", "2", "A number is not a term"),
    ("y ~ 01 + x", "01", "A number is not a term"),
    ("y ~ 1e3", "1e3", "Only 0 and 1 stand for themselves"),
    ("y ~ 2x", "2x", "Only 0 and 1 stand for themselves"),
    ("y ~ 'x'", "'x'", "Text is not a term"),
    ("y ~ x'a'", "'a'", "Text stands by itself"),
    ("y ~ TRUE", "TRUE", "not a column's name; for the column write it in backticks"),
    ("y ~ x × z", "×", "`×` is not an operator of a formula; write * instead"),
    ("y ~ I(x ≤ 3)", "≤", "`≤` cannot stand in a formula; write <= instead"),
    ("y ~ x + “z", "“", 'write " instead'),
    ("lmer(y ~ x + (1|g), data = d)", "lmer", 'without the call of `lmer()`: "y ~ x + (1|g)"'),
    ("m1 <- lme4::lmer(formula = y ~ log(x), d, REML = FALSE)", "lmer", '"y ~ log(x)"'),
    ("y ~ 1*x + z", "1*x", "no term on the left of `*` to combine with; join with `+`"),
    ("y ~ (a - a)/x", "a - a)/x", "no term on the left of `/`"),
    # what says nothing
    ("1 ~ x", "1", "reads no column, so it cannot be the response"),
    ("y ~ log(2)", "log(2)", "reads no column"),
    ("y ~ {1}", "{1}", "reads no column"),
    ("y ~ y + x", "y", "`y` is the response and cannot be a predictor of itself"),
    ("log(y) ~ log( y )", "log( y )", "is the response"),
    ("y ~ .", ".", "`.` stands for the data's other columns, and there are none"),
    ("y ~ log(.)", ".", "only as a term of its own"),
    # code
    ("y ~ lgo(x)", "lgo", "Unknown function `lgo`. Did you mean `log`?"),
    ("y ~ foo(x)", "foo", 'pass `functions={"foo": ...}`'),
    ("y ~ x.map(f)", "x.map", "Unknown function `x.map`. Methods and modules cannot be called"),
    ("y ~ np.log(x)", "np.log", "Unknown function `np.log`. Did you mean `log`?"),
    ("y ~ np.load('f')", "np.load", "Unknown function `np.load`"),
    ("y ~ {open('x').read()}", "open", "Unknown function `open`"),
    ("y ~ {(lambda: 1)()}", "lambda", "A formula defines no functions"),
    ("y ~ I(lambda x: x)", "lambda", 'pass yours as `functions={"f": f}`'),
    ("y ~ exec('1')", "exec", "Unknown function `exec`"),
    ("y ~ eval('x')", "eval", "Unknown function `eval`"),
    ("y ~ I(__import__('os').system('ls'))", "__import__", "Unknown function `__import__`"),
    ("y ~ __import__('os')", "__import__", "Unknown function"),
    ("exec('1') ~ x", "exec", "Unknown function `exec`"),
    ("y ~ __builtins__", "__builtins__", "not a column's name"),
    ("y ~ I(__class__)", "__class__", "may not be used in a formula"),
    ("y ~ x[0]", "[", "Subscripts are not read"),
    ("y ~ I(x[0])", "[", "Subscripts are not read"),
    ("x[0] ~ y", "[", "Subscripts are not read"),
    ("y ~ [x]", "[", "Square brackets are not read"),
    ("y ~ I(x).y", ".y", "Attributes and methods are not read"),
    ("y ~ log(I(x).y)", ".y", "Attributes and methods are not read"),
    ("y ~ I('a'.join(x))", ".join", "Attributes and methods are not read"),
    ("y ~ I([i for i in x])", "for", "A formula holds no loops"),
    ("y ~ I((i for i in x))", "for", "A formula holds no loops"),
    ("y ~ I({1: 2})", "{", "cannot stand in a formula"),
    ("y ~ f'{x}'", "'{x}'", "Text stands by itself"),
    ("y ~ I(f'{x}')", "'{x}'", "Text stands by itself"),
    ("y ~ I(x := 2)", "=", "cannot stand here"),
    ("y ~ log(*x)", "*", "`*` cannot unpack arguments"),
    ("y ~ log(**x)", "**", "`**` cannot unpack arguments"),
    ("y ~ log(x)(z)", "(", "Only a function that is named can be called"),
    ("y ~ (log)(x)", ")(", "An operator such as `+` is missing"),
    ("y ~ I((log)(x))", "(", "Only a function that is named can be called"),
    ("y ~ `log`(x)", "(", "Only a function that is named can be called"),
    ("y ~ I(a if b else c)", "if", "write `ifelse(condition, a, b)`"),
    ("y ~ I(a = 2, x; z)", ";", "`;` cannot stand in a formula"),
    ("y ~ log(x, x=2, x=3)", "log", "`log()` is given `x` twice"),
    ("y ~ I(a < b < c)", "<", "Comparisons do not chain"),
    ("y ~ I(a:b)", ":", "`:` counts whole numbers here, as in `1:3`"),
    ("y ~ factor(x, levels=1:99999)", ":", "10000 numbers at most"),
    ("y ~ log(,x)", ",", "`,` cannot stand here"),
    ("y ~ log(x=)", ")", "`)` cannot stand here"),
    ("y ~ log(x +)", ")", "`)` cannot stand here"),
    ("y ~ I(x z)", "z", "An operator is missing between `x` and `z`"),
    ("y ~ I(0x10)", "0", "neither a number nor a name"),
    ("y ~ I(x == 'a\\d')", "'a\\d'", "A backslash in this text means nothing; write it twice"),
    ("y ~ I(a ? b)", "?", "`?` cannot stand in a formula"),
    ("y ~ I(x %foo% z)", "%", "`%in%`, `%%` (remainder)"),
    ("y ~ I(d$x)", "$", "by their name alone"),
    ("y ~ I(pkg::x)", "x", "A package's name stands only before a function's"),
    ("log(y z) ~ x", "z", "An operator is missing"),
    ("y z ~ x", "z", "An operator is missing"),
    ("y + ~ x", "~", "Something is missing here"),
    ("y ~ log(offset(x))", "offset", "a term of its own and cannot stand inside another"),
    ("offset(y) ~ x", "offset", "a term of its own"),
    ("y ~ offset(1)", "offset(1)", "takes one column or expression"),
    ("y ~ offset(x, z)", "offset(x, z)", "takes one column or expression"),
]


def underlined(message):
    """Return the part of the formula that a message points at."""
    lines = message.split("\n")
    start, length = len(lines[-1]) - len(lines[-1].lstrip()), lines[-1].count("^")
    return lines[-2][start : start + length]


@pytest.mark.parametrize(("text", "place", "words"), REFUSED)
def test_refused(text, place, words):
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text)
    message = str(caught.value)
    assert words in message
    assert underlined(message) == place


@pytest.mark.parametrize("text", [None, 3, ["y ~ x"], b"y ~ x"])
def test_a_formula_is_text(text):
    with pytest.raises(FormulaError, match='A formula is text such as "y ~ x'):
        Formula.parse(text)


def test_messages_have_no_terminal_colours():
    for text, _, _ in REFUSED:
        with pytest.raises(FormulaError) as caught:
            Formula.parse(text)
        assert "\x1b" not in str(caught.value)
        assert "⧛" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Something is missing here"),
        ("x +", "Something is missing here"),
        ("x ~ z", "A formula has one `~`"),
        ("open('x')", "Unknown function `open`"),
        ("__class__", "`__class__` may not be used"),
    ],
)
def test_expressions_are_refused_too(text, says):
    with pytest.raises(FormulaError, match=says):
        expression(text)
