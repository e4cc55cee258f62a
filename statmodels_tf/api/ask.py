"""Ask: what a call of an entry point asks for, checked where no data are needed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from ..engines import Engine
from ..errors import ModelError
from ..families import Family
from ..fits import Call, Fit
from ..fits.arguments import flag, one_of
from ..fits.words import no_argument
from ..formula import Formula

_EXCLUDE = (
    " Fitted values and residuals carry the index of the data, so `fit.fitted().reindex(data.index)` is R's "
    "`na.exclude`; a prediction of rows that lack a value is NaN."
)
_EXAMPLES = {"contrasts": '{"arm": "contr.sum"}', "priors": '{"b": "normal(0, 10)"}', "functions": '{"f": f}'}


@dataclass(frozen=True, eq=False, kw_only=True)
class Ask:
    """The arguments of one call; an entry point that lacks one leaves it at what it is for the others.

    Parameters
    ----------
    entry : callable
        The entry point, for `update` and `save`.
    formula, data, ...
        As in `glm`, and `REML` as in `lmer`.
    """

    entry: Callable[..., Fit]
    formula: Any
    data: Any
    family: Any = "gaussian"
    link: Any = None
    nominal: Any = None
    scale: Any = None
    REML: Any = True
    weights: Any = None
    offset: Any = None
    subset: Any = None
    na_action: Any = "omit"
    contrasts: Mapping[str, Any] | None = None
    engine: str | Engine | type[Engine] = "auto"
    priors: Mapping[str, Any] | None = None
    functions: Mapping[str, Callable[..., Any]] | None = None
    runner: Any = None
    block_rows: Any = None
    progress: bool | None = None
    own: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_order()
        flag("REML", self.REML)
        one_of("na_action", self.na_action, ("omit", "fail"), _EXCLUDE)
        for argument in _EXAMPLES:
            _check_mapping(argument, getattr(self, argument))

    @property
    def name(self) -> str:
        """The name of the entry point."""
        return self.entry.__name__

    @property
    def rows(self) -> dict[str, Any]:
        """What the design is made with."""
        names = ("weights", "offset", "subset", "contrasts", "functions")
        return {name: getattr(self, name) for name in names}

    @property
    def others(self) -> dict[str, Any]:
        """The formulas of parameters other than the mean."""
        texts = {name: value for name, value in self.own.items() if not is_fixed(value)}
        return {"nominal": self.nominal, "scale": self.scale, **texts}

    @property
    def fixed(self) -> dict[str, float]:
        """The family's own parameters that are given as numbers."""
        return {name: float(value) for name, value in self.own.items() if is_fixed(value)}

    @property
    def untold(self) -> bool:
        """Whether the engine is the one that the entry point takes if not told."""
        default = inspect.signature(self.entry).parameters["engine"].default
        return isinstance(self.engine, str) and bool(self.engine == default)

    def call(self) -> Call:
        """Return the call with the arguments that are not what they are if left out."""
        known = inspect.signature(self.entry).parameters
        options = {f.name: getattr(self, f.name) for f in fields(self) if f.name in known}
        for name in ("formula", "data", "own"):
            options.pop(name, None)
        given = {name: value for name, value in options.items() if value is not known[name].default}
        return Call(self.entry, str(self.formula), self.data, given | dict(self.own))

    @property
    def every_prior(self) -> Any:
        """The priors as written, and the numbers that parameters are fixed at."""
        if not self.fixed:
            return self.priors
        return {**({"all": self.priors} if isinstance(self.priors, str) else self.priors or {}), **self.fixed}

    def check_own(self, family: Family) -> None:
        """Say of an argument that the entry point does not take, and that names no parameter of the family's own."""
        known = [name for name, p in inspect.signature(self.entry).parameters.items() if p.kind is not p.VAR_KEYWORD]
        for name, value in self.own.items():
            if name not in family.own_links:
                raise ModelError(no_argument(self.name, name, [*known, *family.own_links]))
            if is_fixed(value) and name in family.predictors:
                raise ModelError(f'`{name}={value!r}`: write a formula without a left side, `{name}="~ x"`.')
            if is_fixed(value) and name in (self.priors or {}):
                raise ModelError(f"`{name}={value!r}` fixes `{name}`, and `priors` has a prior of it: leave one out.")

    def _check_order(self) -> None:
        """Say in which order formula, data and family come, where they came in another."""
        order = "formula, data" if self.name in ("lm", "lmer") else "formula, data, family"
        formula = isinstance(self.formula, (str, Formula))
        text = isinstance(self.data, str) and ("~" in self.data or not isinstance(self.family, (str, Family, type)))
        if not formula or text:
            what = "formula" if not formula else "data"
            found = "is data" if what == "formula" and isinstance(self.data, str) else (
                f"is a {type(getattr(self, what)).__name__}" if what == "formula" else f"is the text {self.data!r}"
            )  # fmt: skip
            raise ModelError(f"the first arguments of `{self.name}` are {order}, and what stands for `{what}` {found}.")
        if not isinstance(self.family, (str, Family)) and not (
            isinstance(self.family, type) and issubclass(self.family, Family)
        ):
            kind = type(self.family).__name__
            named = getattr(self.family, "__name__", "").rpartition(".")[2]
            more = f' For this one write `family="{named}"`.' if kind == "module" and named else ""
            raise ModelError(
                f"`family=` is a {kind}, which is no family; write its name, such as "
                f'"binomial", or a family of `statmodels_tf.families`. The order is {order}.{more}'
            )


def is_fixed(value: Any) -> bool:
    """Return whether a parameter is given as a number."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _check_mapping(argument: str, value: Any) -> None:
    """Say that contrasts, priors and functions come by name, and functions can be called."""
    if value is None or (argument == "priors" and isinstance(value, str) and value == "flat"):
        return
    if not isinstance(value, Mapping):
        more = ', or `priors="flat"` for none' if argument == "priors" else ""
        raise ModelError(
            f"`{argument}={value!r}` is a {type(value).__name__}, and a dict by name is needed: write "
            f"`{argument}={_EXAMPLES[argument]}`{more}."
        )
    for name, member in value.items() if argument == "functions" else ():
        if not callable(member):
            raise ModelError(f"`functions` holds {member!r} as `{name}`, which is no function.")
