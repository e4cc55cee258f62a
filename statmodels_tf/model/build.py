"""From a design, a family and priors to a model, with what cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import DataError, ModelError
from ..families import Family, Link, as_family, limited, refusal
from .effects import check_special
from .model import Model
from .prior_table import as_mapping

if TYPE_CHECKING:
    from ..design import Design


def build_model(
    design: Design,
    family: str | Family = "gaussian",
    link: str | Link | None = None,
    priors: Mapping[str, Any] | str | None = None,
    predictors: Mapping[str, Design] | None = None,
) -> Model:
    """Return the model of a design.

    Parameters
    ----------
    design : Design
    family : str or Family
        A name, or an object such as `Gaussian(link="log")`.
    link : str, optional
        A link by name, with a family by name.
    priors, predictors : mapping of str to str, mapping of str to Design, optional
        `{"b": "normal(0, 50)", "Intercept": "normal(300, 100)", "sigma": "exponential(0.02)"}`; defaults for the rest;
        `"flat"` for none.
    """
    if design.response is None:
        raise ModelError("the formula has no response. Write one on the left of `~`.")
    model = Model(design, limited(as_family(family, link), design.response), as_mapping(priors), dict(predictors or {}))
    reason = refusal(model.family, design.response)
    if reason is not None:
        raise DataError(reason)
    check_special(design)
    if priors:
        _ = model.parameters  # a prior that makes no sense is an error here, not when an engine asks
    return model
