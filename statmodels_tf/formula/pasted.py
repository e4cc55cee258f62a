"""Formula text as it is pasted: from R scripts with their comments, from PDFs with their quotation marks and dashes."""

import re

from ..errors import FormulaError, pointing

_TWINS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),  # hyphens, dashes, the minus sign
    **dict.fromkeys("\u223c\u02dc\uff5e\u301c", "~"),  # the tildes of mathematics and of PDF
    **dict.fromkeys("\u2217\u22c6\uff0a", "*"),  # asterisk operators
    "\uff0b": "+",
    "\uff5c": "|",
    "\u2223": "|",
    "\uff1a": ":",
    "\u2236": ":",
    "\uff08": "(",
    "\uff09": ")",
    "\u02c6": "^",
}
WORDED = {
    "\u00d7": "*",
    "\u00f7": "/",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\u00b4": "`",
    **dict.fromkeys("\u2018\u2019\u201a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
}
"""Characters that a formula cannot hold -> what to type instead."""

_SINGLE, _DOUBLE = "\u2018\u2019\u201a\u201b", "\u201c\u201d\u201e\u201f"
_PIECE = re.compile(
    rf"""(?P<kept>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
  | (?P<double>[{_DOUBLE}][^{_DOUBLE}"]*[{_DOUBLE}"])
  | (?P<single>[{_SINGLE}][^{_SINGLE}']*[{_SINGLE}'])
  | (?P<comment>\#[^\r\n]*)
  | (?P<blank>\s|[\u200b\ufeff\u00ad])
  | (?P<other>[^\x00-\x7f])""",
    re.VERBOSE,
)
_WRAPPED = re.compile(r"\s*(?:stats::)?(?:as\.formula|formula)\s*\((.*)\)\s*", re.DOTALL)
_CALL = re.compile(
    r"\s*(?:[\w.]+\s*(?:<-|=)\s*)?(?:\w+::)?(lmer|glmer|lm|glm|aov|brm|stan_g?lmer|gam)\s*\(\s*(?:formula\s*=\s*)?"
)
_SEMICOLON = re.compile(r"[\s;]+$")


def one_line(text: str) -> str:
    """Return the text on one line, its comments blank, with the plain characters for those that printing made of them.

    Each character stays in its place; what stands in quotation marks or backticks is left alone.

    >>> one_line("y ~ a # the dose\\n  + b")
    'y ~ a              + b'
    >>> one_line("y \u223c x \u2212 1 + I(f == \u201cno\u2014ne\u201d)")
    'y ~ x - 1 + I(f == "no\u2014ne")'
    """
    return _PIECE.sub(_plain, text)


def _plain(match: "re.Match[str]") -> str:
    text, kind = match[0], match.lastgroup
    if kind == "kept":
        return re.sub(r"\s", " ", text)
    if kind in ("double", "single"):
        mark = '"' if kind == "double" else "'"
        return f"{mark}{text[1:-1]}{mark}"
    if kind == "other":
        return _TWINS.get(text, text)
    return " " * len(text)


def _argument(text: str) -> str:
    """Return the first argument of a call whose arguments `text` begins with."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth < 0 or (depth == 0 and character == ","):
            return text[:place].strip()
    return text.strip()


def unwrapped(text: str) -> str:
    """Return the formula within `as.formula(...)`, with or without quotation marks; a model's call is a FormulaError.

    >>> unwrapped("as.formula(y ~ x)"), unwrapped('formula("y ~ x")')
    ('y ~ x', 'y ~ x')
    """
    text = _SEMICOLON.sub("", text) if text.rstrip().endswith(";") else text
    match = _WRAPPED.fullmatch(text)
    if match and "~" in match[1]:
        inner = match[1].strip()
        return inner[1:-1] if inner[0] == inner[-1] and inner[0] in "\"'" and inner.count(inner[0]) == 2 else inner
    call = _CALL.match(text)
    if call and "~" in text:
        message = f'Give the formula alone, without the call of `{call[1]}()`: "{_argument(text[call.end() :])}"'
        raise FormulaError(pointing(f"{message}.", text, call.start(1), call.end(1) - 1))
    return text
