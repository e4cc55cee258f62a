"""Several fits at once: compared, and their predictions averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError
from ..arguments import coverage, one_of
from ..posterior.predict import Question
from .average import averaged
from .comparison import METHODS, Comparison, compared, same_rows, weights_of
from .elpd import Elpd

if TYPE_CHECKING:
    from ..posterior.estimate import Posterior

KINDS = ("loo", "waic", "kfold")


def compare(fits: Any, names: Sequence[str] | None, by: Any, weights: str) -> Comparison:
    """Return fits compared; see `st.compare`."""
    named = name_fits(fits, names, "compare")
    found = _densities(named, by)
    one_of("weights", weights, METHODS)
    response = next(iter(named.values())).model.design.response.name
    return compared(found, weights, f"{response}, {len(next(iter(found.values())).pointwise):,} rows")


def average_predictions(
    fits: Any, weights: Any, newdata: Any, *, random: str, new_levels: str, interval: str, level: float, draws: bool,
    seed: int,
) -> Any:  # fmt: skip
    """Return the predictions of fits, averaged; see `st.average_predictions`."""
    named = name_fits(fits, None, "average_predictions")
    asked = Question(newdata, random, new_levels, interval, seed)
    w = _weights(named, weights)
    out = averaged(list(named.values()), w, asked, coverage(level), draws)
    out.attrs["weights"] = dict(zip(named, w.tolist(), strict=True))
    return out


def name_fits(fits: Any, names: Sequence[str] | None, what: str) -> dict[str, Posterior]:
    """Return fits by name: as a mapping has it, as given, or by what differs between them."""
    if isinstance(fits, Mapping):
        named = {str(name): fit for name, fit in fits.items()}
    else:
        listed = list(fits)
        if names is not None and (len(names) != len(listed) or len(set(names)) != len(names)):
            raise ModelError(f"`names=` has to be {len(listed)} different names, one for each fit.")
        named = dict(zip(_told(listed) if names is None else map(str, names), listed, strict=True))
    for name, fit in named.items():
        if not hasattr(fit, "loo"):
            raise ModelError(
                f"`{what}()` is of posteriors, and {name} is a {type(fit).__name__}: write `fit.bayes()`, or compare "
                "estimates by `anova(fit1, fit2)`."
            )
    if len(named) < 2:
        raise ModelError(f"`{what}()` takes two fits at least, as in `{what}(fit1, fit2)`.")
    return named


def _told(fits: Sequence[Any]) -> list[str]:
    """Return a name for each fit: its formula, or with the family or a number where that is not enough."""
    formulas = [str(getattr(fit, "formula", fit)) for fit in fits]
    left = {formula.partition(" ~ ")[0] for formula in formulas}
    if len(left) == 1:
        formulas = [formula.partition(" ~ ")[2] for formula in formulas]
    if len(set(formulas)) == len(fits):
        return formulas
    families = [f"{f}, {fit.family.name}" for f, fit in zip(formulas, fits, strict=True)]
    return families if len(set(families)) == len(fits) else [f"fit {k + 1}" for k in range(len(fits))]


def _densities(named: Mapping[str, Posterior], by: Any) -> dict[str, Elpd]:
    """Return the density of each fit: found now, or given as `by`, one for each."""
    if isinstance(by, str):
        one_of("by", by, KINDS)
        found = {name: getattr(fit, by)() for name, fit in named.items()}
    else:
        given = list(by.values()) if isinstance(by, Mapping) else list(by)
        if len(given) != len(named) or not all(isinstance(one, Elpd) for one in given):
            raise ModelError('`by=` is "loo", "waic", "kfold", or what these returned of each fit, in their order.')
        found = dict(zip(named, given, strict=True))
    same_rows(found, [np.asarray(fit.model.design.response.values, dtype=float) for fit in named.values()])
    return found


def _weights(named: Mapping[str, Posterior], weights: Any) -> np.ndarray:
    """Return the weights of fits: as given, or found from leave-one-out."""
    if isinstance(weights, Comparison):
        missing = [name for name in named if name not in weights.weights.index]
        if missing:
            raise ModelError(f"the comparison has no fit `{missing[0]}`; it has {', '.join(weights.weights.index)}.")
        return weights.weights.loc[list(named)].to_numpy()
    if isinstance(weights, str):
        if one_of("weights", weights, METHODS) == "equal":
            return np.full(len(named), 1 / len(named))
        found = _densities(named, "loo")
        return weights_of(np.column_stack([one.pointwise["elpd"] for one in found.values()]), weights)
    out = np.asarray(list(weights.values()) if isinstance(weights, Mapping) else weights, dtype=float)
    if out.shape != (len(named),) or not np.all(np.isfinite(out)) or np.any(out < 0) or not out.sum() > 0:
        raise ModelError(f"`weights=` has to be {len(named)} numbers, none negative, one for each fit.")
    return out / out.sum()
