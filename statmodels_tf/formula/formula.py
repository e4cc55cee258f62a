"""`Formula`: what was written, free of data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from ..errors import FormulaError, pointing
from ..terms import CommonTerm, GroupTerm, OffsetTerm, Term, Variable
from .expressions import Reader
from .outline import outline
from .parser import Parser
from .pasted import one_line, unwrapped
from .printing import left_side, right_side
from .reading import RightSide

_DOT = re.compile(r"(?<![\w.`])\.(?![\w.`])")
_SIMPLE = re.compile(r"[\w.]+|`[^`]*`")


@dataclass(frozen=True)
class Formula:
    """A formula, read. Two are equal when they say the same, however spaced.

    Attributes
    ----------
    text : str
        As written, on one line; positions in terms and variables count its characters.
    response : Variable or None
        The left side: an expression, so that `a + b ~ x` has their sum as response. None if one-sided.
    annotations : mapping
        What follows a bar on the left: `y | trials(n) ~ x` has `{"trials": n}`, `y | trunc(lower = 0) ~ x`
        `{"trunc.lower": 0}`.
    predictors : mapping
        The terms of each parameter's predictor; that of the mean is `"mu"`.
    functions : frozenset of str
        Names of the caller's own functions that the formula may call.

    Examples
    --------
    >>> formula = Formula.parse("rating ~ service*dept + (1|student)")
    >>> formula
    Formula('rating ~ service * dept + (1 | student)')
    >>> [term.label for term in formula.common]
    ['Intercept', 'service', 'dept', 'service:dept']
    >>> formula.groups[0].group_label
    'student'
    """

    text: str = field(compare=False)
    response: Variable | None
    annotations: Mapping[str, Variable]
    predictors: Mapping[str, tuple[Term, ...]]
    functions: frozenset[str] = field(default=frozenset(), compare=False)
    right: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        # One formula serves all who write the same text, so that none may change it.
        for name in ("annotations", "predictors"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[type["Formula"], tuple]:
        # A mapping proxy can be neither pickled nor copied.
        return Formula, (
            self.text, self.response, dict(self.annotations), dict(self.predictors), self.functions, self.right
        )  # fmt: skip

    @classmethod
    def parse(cls, text: str, columns: Iterable[str] = (), functions: Iterable[str] = ()) -> "Formula":
        """Return the formula that `text` writes.

        Parameters
        ----------
        text : str
            Such as `"y ~ x + (1 | g)"`.
        columns : names of the data's columns
            What `.` stands for, the response's own left out.
        functions : names
            Functions of the caller's own that the formula may call.
        """
        if not isinstance(text, str):
            raise FormulaError(f'A formula is text such as "y ~ x + (1 | g)", not {type(text).__name__}.')
        return _parse(text, tuple(map(str, columns)) if _DOT.search(text) else (), frozenset(functions))

    def __hash__(self) -> int:
        return hash((self.response, *self.predictors.items()))

    def __str__(self) -> str:
        return f"{left_side(self.response, self.annotations)}~ {self.right}"

    def __repr__(self) -> str:
        return f"Formula({str(self)!r})"

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of the mean's predictor: the common ones in R's order, then the others as written."""
        return self.predictors["mu"]

    @property
    def common(self) -> tuple[CommonTerm, ...]:
        """The fixed effects: the intercept, then by degree."""
        return tuple(t for t in self.terms if isinstance(t, CommonTerm))

    @property
    def groups(self) -> tuple[GroupTerm, ...]:
        """The group terms, as written."""
        return tuple(t for t in self.terms if isinstance(t, GroupTerm))

    @property
    def offsets(self) -> tuple[OffsetTerm, ...]:
        """The offsets, as written."""
        return tuple(t for t in self.terms if isinstance(t, OffsetTerm))

    @property
    def specials(self) -> tuple[Term, ...]:
        """The registered terms, as written."""
        return tuple(t for t in self.terms if not isinstance(t, CommonTerm | GroupTerm | OffsetTerm))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All that must be computed from the data, each once: the left side, then in order of appearance."""
        left = [] if self.response is None else [self.response]
        right = sorted(
            (v for terms in self.predictors.values() for t in terms for v in t.inputs), key=lambda v: v.start
        )
        return tuple(dict.fromkeys([*left, *self.annotations.values(), *right]))

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the data that the formula reads."""
        return tuple(dict.fromkeys(name for v in self.variables for name in v.names))

    def update(self, template: str) -> "Formula":
        """Return the formula changed as R's `update.formula` does: `.` stands for what was on that side.

        >>> Formula.parse("y ~ x + z + (1|g)").update("log(.) ~ . - z")
        Formula('log(y) ~ x + (1 | g)')
        """
        template = unwrapped(one_line(template)) if isinstance(template, str) else ""
        tilde = outline(template).tilde
        if tilde < 0:
            raise FormulaError(f'A change of formula is text such as ". ~ . - x", not "{template}".')
        left, right = template[:tilde].strip(), template[tilde + 1 :]
        response = "" if self.response is None else self.response.text
        left = _replaced(left, response) if left else response
        changed = Formula.parse(f"{left} ~ {_replaced(right, self.right)}", functions=self.functions)
        annotations = changed.annotations or (self.annotations if changed.response else {})
        text = f"{left_side(changed.response, annotations)}~ {right_side(changed.terms)}"
        return Formula.parse(text, functions=self.functions)


def _replaced(text: str, value: str) -> str:
    """Return `text` with `value` for each `.` outside of quotation marks, in parentheses unless it has its own."""
    found = [m.start() for m in _DOT.finditer(outline(text).masked)]
    for at in reversed(found):
        before, after = text[:at], text[at + 1 :]
        bare = _SIMPLE.fullmatch(value) or (before[-1:] in ("", "(") and after[:1] in ("", ")"))
        text = f"{before}{value}{after}" if bare else f"{before}({value}){after}"
    return text


@lru_cache(maxsize=512)
def _parse(text: str, columns: tuple[str, ...], functions: frozenset[str]) -> Formula:
    shown = unwrapped(one_line(text))
    found = outline(shown)
    if found.tilde < 0:
        raise FormulaError(pointing(_without_tilde(shown), shown, 0, max(len(shown) - 1, 0)))
    response: Variable | None = None
    annotations: dict[str, Variable] = {}
    if shown[: found.tilde].strip():
        response, annotations = Reader(shown, 0, found.tilde, functions).response()
        if not response.names:
            message = f"`{response.label}` reads no column, so it cannot be the response."
            raise FormulaError(pointing(message, shown, response.start, response.end))
    used = {name for v in (response, *annotations.values()) if v for name in v.names}
    parser = Parser(shown, found, tuple(c for c in columns if c not in used))
    right = RightSide(parser, functions)
    for term in right.terms:
        if isinstance(term, CommonTerm) and term.variables == (response,):
            message = f"`{term.label}` is the response and cannot be a predictor of itself."
            raise FormulaError(pointing(message, shown, term.start, term.end))
    return Formula(shown, response, annotations, {"mu": right.terms}, functions, right.text)


def _without_tilde(text: str) -> str:
    """Return what to say of a formula without `~`."""
    if not text.strip():
        return "The formula is empty; write `y ~ x`."
    first = re.match(r"\s*([\w.]+)\s*(=)?", text)
    if first and first[2]:
        return f"A formula is written with `~`: `{first[1]} ~ ...`."
    return f"The formula has no `~`: write `{first[1] if first else 'y'} ~ ...`, or `~ ...` if there is no response."
