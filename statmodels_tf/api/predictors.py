"""The designs of a model: that of the mean, and those of other parameters the call gives a formula."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from ..design import Design, build
from ..design.predictors import Predictor, build_predictors
from ..errors import DataWarning, ModelError
from ..families import Cumulative, Family
from ..formula import Formula

__all__ = ["designs"]


def designs(
    family: Family, formula: str, data: Any, rows: Mapping[str, Any], others: Mapping[str, str | None]
) -> tuple[Design, dict[str, Design]]:
    """Return the design of the mean and those of the other parameters, all on the same rows.

    Of a cumulative model the thresholds stand for the intercept of the location, and a scale has none either.

    Parameters
    ----------
    others : mapping of str to str
        The formulas `nominal` and `scale`, None where not given.
    """
    given = {name: text for name, text in others.items() if text is not None}
    if not isinstance(family, Cumulative):
        if given:
            name = next(iter(given))
            raise ModelError(f'`{name}=` is of the cumulative family; the family is "{family.name}".')
        return build(formula, data, **rows), {}
    kinds = {"nominal": "kept", "scale": "implied"}
    predictors = {name: Predictor(text, kinds[name]) for name, text in given.items()}
    made = build_predictors(Predictor(formula, "implied"), predictors, data, rows)
    own = frozenset(rows.get("functions") or ())
    for name, text in {"formula": formula, **given}.items():
        if isinstance(text, str) and all(term.variables for term in Formula.parse(text, ["."], own).common):
            warnings.warn(
                f"`{name}` takes the intercept out; the thresholds of a cumulative model need it, so it stays.",
                DataWarning,
                stacklevel=5,
            )
    return made
