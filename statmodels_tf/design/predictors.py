"""Several predictors on one table: the designs of a model whose other parameters have formulas too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from ..errors import ModelError
from ..formula import Formula
from ..linalg import Dense, Stacked
from .build import build
from .design import Design
from .functions import own_functions
from .table import table


@dataclass(frozen=True)
class Predictor:
    """The formula of one parameter.

    Attributes
    ----------
    text : str
        One-sided, `"~ x + a"`; of the mean with its response.
    intercept : {"implied", "written", "kept"}
        No column but factors coded as beside one; as the formula says; or a column in any case.
    """

    text: str
    intercept: str = "written"


def build_predictors(
    mean: Predictor, others: Mapping[str, Predictor], data: Any, rows: Mapping[str, Any]
) -> tuple[Design, dict[str, Design]]:
    """Return the design of the mean and those of other parameters, all on the rows that are complete for each.

    Parameters
    ----------
    mean : Predictor
    others : mapping of str to Predictor
        By the name of the parameter.
    data : table
    rows : mapping
        The other arguments of `build`. Weights and offset are those of the mean; contrasts go to the factors' formulas.
    """
    for name, predictor in others.items():
        if not isinstance(predictor.text, str) or not predictor.text.lstrip().startswith("~"):
            raise ModelError(f'`{name}={predictor.text!r}`: write a formula without a left side, `{name}="~ x"`.')
    every = {"": mean, **others}
    chosen = _contrasts(every, data, rows)
    made = {name: _one(every[name], data, dict(rows), chosen[name], bool(name)) for name in every}
    common = reduce(np.intersect1d, [design.rows for design in made.values()])
    lost = {name: len(design.rows) - len(common) for name, design in made.items()}
    if any(lost.values()):
        whole = made
        made = {name: _one(every[name], data, {**rows, "subset": common}, chosen[name], bool(name)) for name in every}
        first, kept = whole[""], made[""]
        missing = {key: count for design in whole.values() for key, count in design.missing_by.items()}
        undefined = {key: count for design in whole.values() for key, count in design.undefined_by.items()}
        made[""] = replace(kept, dropped=first.dropped + lost[""], missing_by=missing, undefined_by=undefined)
    return made.pop(""), made


def _one(predictor: Predictor, data: Any, rows: dict[str, Any], contrasts: Any, other: bool) -> Design:
    """Return the design of one predictor."""
    text = predictor.text
    if other:
        rows |= {"weights": None, "offset": None}
    if predictor.intercept != "written" and isinstance(text, str):
        formula = Formula.parse(text, table(data).names, frozenset(own_functions(rows.get("functions"))))
        if all(term.variables for term in formula.common):
            text = str(formula.update(". ~ . + 1" if formula.response else "~ . + 1"))
    design = build(text, data, **{**rows, "contrasts": contrasts})
    return without_intercept(design) if predictor.intercept == "implied" else design


def without_intercept(design: Design) -> Design:
    """Return the design with its intercept only implied: factors stay coded as beside it, and it has no column."""
    first = design.common.blocks if isinstance(design.common, Stacked) else (design.common,)
    values = first[0].dense()[:, 1:]
    blocks = (*((Dense(values),) if values.shape[1] else ()), *first[1:])
    terms = tuple((label, slice(at.start - 1, at.stop - 1)) for label, at in design.terms[1:])
    return replace(
        design,
        common=blocks[0] if len(blocks) == 1 else Stacked(blocks) if blocks else Dense(values),
        columns=design.columns[1:],
        terms=terms,
        spec=replace(design.spec, implied_intercept=True),
    )


def _contrasts(every: Mapping[str, Predictor], data: Any, rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return the contrasts chosen by the predictor that has their factor; the mean's build refuses unknown ones."""
    chosen = rows.get("contrasts")
    if not isinstance(chosen, Mapping):
        return dict.fromkeys(every, chosen)
    names, functions = table(data).names, frozenset(own_functions(rows.get("functions")))
    labels = {
        name: {
            variable.label
            for term in Formula.parse(predictor.text, columns=names, functions=functions).common
            for variable in term.variables
        }
        for name, predictor in every.items()
    }
    out = {name: {k: v for k, v in chosen.items() if k in known} for name, known in labels.items()}
    out[""] |= {k: v for k, v in chosen.items() if not any(k in known for known in labels.values())}
    return out
