"""Expressions: R's grammar in a checked tree, and labels spaced as R prints them."""

import ast
import random

import pytest

from statmodels_tf.formula import Formula, expression

OPERATORS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
    ast.Mod: "%%",
    ast.FloorDiv: "%/%",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "%in%",
    ast.And: "&",
    ast.Or: "|",
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Not: "!",
}


def prefix(node):
    """Return a tree in prefix notation: `(+ a (* b c))`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value):
            return f'"{value}"' if isinstance(value, str) else str(value)
        case ast.BinOp(left=left, op=op, right=right):
            return f"({OPERATORS[type(op)]} {prefix(left)} {prefix(right)})"
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"({OPERATORS[type(op)]} {prefix(left)} {prefix(right)})"
        case ast.BoolOp(op=op, values=[left, right]):
            return f"({OPERATORS[type(op)]} {prefix(left)} {prefix(right)})"
        case ast.UnaryOp(op=op, operand=operand):
            return f"({OPERATORS[type(op)]} {prefix(operand)})"
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            parts = [name, *map(prefix, args), *(f"{k.arg}={prefix(k.value)}" for k in keywords)]
            return f"({' '.join(parts)})"
    raise AssertionError(f"{ast.dump(node)} should not be in an expression")


# text, tree, label
EXPRESSIONS = [
    ("x", "x", "x"),
    ("Sepal.Length", "Sepal.Length", "Sepal.Length"),
    (".x", ".x", ".x"),
    ("`my col`", "my col", "my col"),
    ("log(`my col`)", "(log my col)", "log(`my col`)"),
    ("as.numeric(a.b)", "(as.numeric a.b)", "as.numeric(a.b)"),
    ("a+b*c", "(+ a (* b c))", "a + b * c"),
    ("(a+b)*c", "(* (+ a b) c)", "(a + b) * c"),
    ("a-b-c", "(- (- a b) c)", "a - b - c"),
    ("a/b/c", "(/ (/ a b) c)", "a/b/c"),
    ("a^b^c", "(^ a (^ b c))", "a^b^c"),
    ("a**b", "(^ a b)", "a ** b"),
    ("-a^2", "(- (^ a 2))", "-a^2"),
    ("a^-2", "(^ a (- 2))", "a^-2"),
    ("-a*b", "(* (- a) b)", "-a * b"),
    ("2*-a", "(* 2 (- a))", "2 * -a"),
    ("- -a", "(- (- a))", "--a"),
    ("+a", "(+ a)", "+a"),
    ("a %% 2", "(%% a 2)", "a%%2"),
    ("a %/% 2 * 3", "(* (%/% a 2) 3)", "a%/%2 * 3"),
    ("a * b %% c", "(* a (%% b c))", "a * b%%c"),
    ("-a %% 2", "(%% (- a) 2)", "-a%%2"),
    ("a // b", "(%/% a b)", "a // b"),
    ("a > 2 & b <= 3", "(& (> a 2) (<= b 3))", "a > 2 & b <= 3"),
    ("a | b & c", "(| a (& b c))", "a | b & c"),
    ("a || b && c", "(| a (& b c))", "a || b && c"),
    ("a or b and not c", "(| a (& b (! c)))", "a or b and not c"),
    ("!a & b", "(& (! a) b)", "!a & b"),
    ("!a == b", "(! (== a b))", "!a == b"),
    ("!a %in% b", "(! (%in% a b))", "!a %in% b"),
    ("not a == b", "(! (== a b))", "not a == b"),
    ("a == b | c != d", "(| (== a b) (!= c d))", "a == b | c != d"),
    ("a + 1 > b - 1", "(> (+ a 1) (- b 1))", "a + 1 > b - 1"),
    ("a %in% c(1,2)", "(%in% a (c 1 2))", "a %in% c(1, 2)"),
    ("a in [1,2]", "(%in% a (c 1 2))", "a in [1, 2]"),
    ("a not in [1,2]", "(! (%in% a (c 1 2)))", "a not in [1, 2]"),
    ("a<-2", "(< a (- 2))", "a < -2"),
    ("x == 'a'", '(== x "a")', 'x == "a"'),
    ('x == "it\'s"', '(== x "it\'s")', 'x == "it\'s"'),
    ("x == 'a|b & (c'", '(== x "a|b & (c")', 'x == "a|b & (c"'),
    ("x == 'a ~ `b`'", '(== x "a ~ `b`")', 'x == "a ~ `b`"'),
    (r"x == 'a\"b'", '(== x "a"b")', r"x == 'a\"b'"),
    (r"x == '\u03b2\\'", '(== x "β\\")', r"x == '\u03b2\\'"),
    ("x * 1e3 + .5 + 2L + 1.", "(+ (+ (+ (* x 1000.0) 0.5) 2) 1.0)", "x * 1e3 + .5 + 2L + 1."),
    ("x * 1e-3", "(* x 0.001)", "x * 1e-3"),
    ("ifelse(a>1,TRUE,FALSE)", "(ifelse (> a 1) True False)", "ifelse(a > 1, TRUE, FALSE)"),
    ("ifelse(a, NULL, NA)", "(ifelse a None nan)", "ifelse(a, NULL, NA)"),
    ("ifelse(a, None, True)", "(ifelse a None True)", "ifelse(a, None, True)"),
    ("ifelse(a, Inf, -Inf)", "(ifelse a inf (- inf))", "ifelse(a, Inf, -Inf)"),
    ("sin(2*pi*t/12)", "(sin (/ (* (* 2 3.141592653589793) t) 12))", "sin(2 * pi * t/12)"),
    ("`pi` + `TRUE`", "(+ pi TRUE)", "`pi` + `TRUE`"),
    ("poly(x, 2, raw=T)", "(poly x 2 raw=True)", "poly(x, 2, raw=TRUE)"),
    ("poly(x, 2, raw = F)", "(poly x 2 raw=False)", "poly(x, 2, raw = FALSE)"),
    ("log(T) + F", "(+ (log T) F)", "log(T) + F"),
    ("bs(x, df=5)", "(bs x df=5)", "bs(x, df=5)"),
    ("bs(x,df = 5)", "(bs x df=5)", "bs(x, df = 5)"),
    (
        "bs(x, knots=c(1,2), Boundary.knots=c(-1,1.5))",
        "(bs x knots=(c 1 2) Boundary.knots=(c (- 1) 1.5))",
        "bs(x, knots=c(1, 2), Boundary.knots=c(-1, 1.5))",
    ),
    ("cut(x, 3, include.lowest=TRUE)", "(cut x 3 include.lowest=True)", "cut(x, 3, include.lowest=TRUE)"),
    ("factor(x, levels = 3:1)", "(factor x levels=(c 3 2 1))", "factor(x, levels = 3:1)"),
    ("c(a, -1:1)", "(c a (c -1 0 1))", "c(a, -1:1)"),
    ("C(a, contr.sum)", "(C a contr.sum)", "C(a, contr.sum)"),
    ("C(a, contr.treatment(base=2))", "(C a (contr.treatment base=2))", "C(a, contr.treatment(base=2))"),
    ("splines::ns(x, 3)", "(ns x 3)", "ns(x, 3)"),
    ("log (x)", "(log x)", "log(x)"),
    ("cbind(a, b - a,)", "(cbind a (- b a))", "cbind(a, b - a)"),
    ("((x))", "x", "x"),
]


@pytest.mark.parametrize(("text", "tree", "label"), EXPRESSIONS)
def test_expressions(text, tree, label):
    variable = expression(text)
    assert prefix(variable.node) == tree
    assert variable.label == label
    assert (variable.start, variable.end) == (0, len(text) - 1)
    again = expression(variable.text)
    assert again == variable
    assert again.label == label


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("log(b) + a * b", ["b", "a"]),
        ("C(a, contr.sum)", ["a"]),
        ("scale(scale)", ["scale"]),
        ("ifelse(z > 1, `my y`, x)", ["z", "my y", "x"]),
        ("bs(x, knots=k)", ["x", "k"]),
        ("2 * pi", []),
    ],
)
def test_the_columns_an_expression_reads(text, names):
    assert list(expression(text).names) == names


def test_braces_hold_an_expression():
    (variable,) = Formula.parse("y ~ { x+1 }").common[1].variables
    assert (variable.label, prefix(variable.node)) == ("{x + 1}", "(+ x 1)")


def random_expression(draw, depth):
    """Return the text of a random expression, with few parentheses."""
    kind = draw.random()
    if depth == 0 or kind < 0.2:
        return draw.choice(["a", "b", "c", "d.e", "1", "2.5"])

    def inner():
        return random_expression(draw, depth - 1)

    if kind < 0.3:
        return f"({inner()})"
    if kind < 0.4:
        return f"log({inner()}, {inner()})"
    if kind < 0.55:
        return draw.choice(["-", "!", "+"]) + inner()
    signs = ["+", "-", "*", "/", "^", "%%", "%/%", "%in%", "&", "|", "&&", "||", "==", "<", ">=", "!="]
    return f"{inner()} {draw.choice(signs)} {inner()}"


PREFIX_IN_R = """
prefix <- function(e) {
  if (is.call(e)) {
    f <- as.character(e[[1]])
    if (f == "(") return(prefix(e[[2]]))
    f <- switch(f, "&&" = "&", "||" = "|", f)
    return(paste0("(", paste(c(f, vapply(as.list(e)[-1], prefix, "")), collapse = " "), ")"))
  }
  deparse(e)
}
show <- function(s) {
  e <- tryCatch(parse(text = s)[[1]], error = function(e) NULL)
  cat(if (is.null(e)) "not R" else paste0(prefix(e), "\\t", paste(deparse(e, 500), collapse = "")), "\\n", sep = "")
}
"""


@pytest.mark.r
def test_the_grammar_and_the_labels_are_those_of_r(r_lines):
    draw = random.Random(20240229)
    texts = [random_expression(draw, 4) for _ in range(400)]
    lines = r_lines([PREFIX_IN_R, *(f"show({text!r})" for text in texts)])
    compared = 0
    for text, line in zip(texts, lines, strict=True):
        if line == "not R":  # a chain of comparisons
            continue
        tree, label = line.split("\t")
        variable = expression(text)
        assert prefix(variable.node) == tree, text
        assert variable.label.strip("()") == label.strip("()"), text
        compared += 1
    assert compared >= 250
