"""The designs of a model: that of the mean, and those of other parameters the call gives a formula."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from ..design import Design, build
from ..design.predictors import Predictor, build_predictors
from ..errors import DataWarning, ModelError
from ..families import FAMILIES, Family
from ..formula import Formula

__all__ = ["designs"]


def designs(
    family: Family, formula: str, data: Any, rows: Mapping[str, Any], others: Mapping[str, str | None]
) -> tuple[Design, dict[str, Design]]:
    """Return the design of the mean and those of the other parameters, all on the same rows.

    Of a family with such parameters the thresholds stand for the intercept of the location.

    Parameters
    ----------
    others : mapping of str to str
        The formulas by the name of the parameter, None where not given.
    """
    given = {name: text for name, text in others.items() if text is not None}
    for name in given:
        if name not in family.own_links:
            *first, last = (known for known, each in FAMILIES.items() if name in each.predictors)
            owners = f"{', '.join(first)} and {last} families" if first else f"{last} family"
            raise ModelError(f'`{name}=` is of the {owners}; the family is "{family.name}".')
    if not family.predictors and not given:
        return build(formula, data, **rows), {}
    predictors = {name: Predictor(text, family.predictors.get(name, "written")) for name, text in given.items()}
    if not family.predictors:
        return build_predictors(Predictor(formula), predictors, data, rows)
    made = build_predictors(Predictor(formula, "implied"), predictors, data, rows)
    own = frozenset(rows.get("functions") or ())
    for name, text in {"formula": formula, **given}.items():
        if isinstance(text, str) and all(term.variables for term in Formula.parse(text, ["."], own).common):
            warnings.warn(
                f"`{name}` takes the intercept out; the thresholds of a {family.name} model need it, so it stays.",
                DataWarning,
                stacklevel=5,
            )
    return made
