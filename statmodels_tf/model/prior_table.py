"""The priors of a model: what the caller wrote, and rstanarm's readable defaults for the rest.

| key | parameter | default |
|---|---|---|
| `Intercept` | linear predictor at the mean of the predictors | `normal(mean(y), 2.5 sd(y))` |
| `b`, or a coefficient's name | coefficients | `normal(0, 2.5 sd(y) / sd(x))` |
| `sigma` | residual standard deviation | `exponential(1 / sd(y))` |
| `cov`, `cov(g)` | covariance of a group's effects | `decov(1, 1, 1, 1)` |
| `cor`, `cor(g)` | correlations of a group's effects | `lkj(1)`, inside decov |
| `sd`, `sd(g)`, `sd(g)[x]` | standard deviations of a group's effects, in place of decov | |

References
----------
Gabry & Goodrich, "Prior distributions for rstanarm models".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import ModelError, did_you_mean
from ..priors import LKJ, Decov, Elementwise, Exponential, Normal, Positive, Real, Spec, parse, together
from ..terms import INTERCEPT
from .effects import Covariance, DecovCovariance, SeparateCovariance

SUPPORTS: dict[str, tuple[type, str]] = {
    "coefficient": (Real, "a number of any sign, like `normal(0, 2.5)`"),
    "positive": (Positive, "a positive number, like `exponential(1)` or `half_normal(10)`"),
    "cov": (Decov, "a covariance matrix: `decov(1, 1, 1, 1)`"),
    "cor": (LKJ, "a correlation matrix: `lkj(2)`"),
}


@dataclass(frozen=True)
class PriorTable:
    """Priors by key; a key that no parameter has is refused by `check_keys`, once the effects are known.

    Attributes
    ----------
    given : mapping of key to Spec
        What the caller wrote.
    centre, unit : float
        Location and scale of the linear predictor, for defaults.
    """

    given: Mapping[str, Spec]
    centre: float
    unit: float

    def intercept(self) -> Elementwise:
        """Return the prior of the intercept at the mean of the predictors."""
        return self._coefficient(INTERCEPT) or Normal(self.centre, 2.5 * self.unit)

    def slopes(self, names: Iterable[str], sds: Iterable[float]) -> list[Elementwise]:
        """Return the prior of each coefficient, given the standard deviation of its column."""
        return [
            self._coefficient(name) or self._coefficient("b") or Normal(0.0, 2.5 * self.unit / (sd if sd > 0 else 1.0))
            for name, sd in zip(names, sds, strict=True)
        ]

    def family(self, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """Return the priors of the family's own parameters."""
        return {name: self._of(name, "positive") or default for name, default in defaults.items()}

    def covariance(self, label: str, group: str, effects: tuple[str, ...], scale: str | None) -> Covariance:
        """Return the covariance of a group's effects with its priors."""
        size = len(effects)
        own = self._of(f"cov({group})", "cov")
        # What names the group goes before what does not: `cov(g)` holds a prior of the correlations too.
        lkj = self._of(f"cor({group})", "cor") or (None if own else self._of("cor", "cor"))
        common = self._of(f"sd({group})", "positive") or self._of("sd", "positive")
        sds = [self._of(f"sd({group})[{e}]", "positive") or common for e in effects]
        decov = own or self._of("cov", "cov")
        if all(sd is None for sd in sds):
            decov = decov or Decov()
            decov = decov if lkj is None else replace(decov, regularization=lkj.eta)
            return DecovCovariance(label, size, decov, scale)
        if decov is not None:
            raise ModelError(f"priors of `({label})`: both `cov` and `sd` are given. Write one of them.")
        chosen = [Exponential(1 / self.unit) if sd is None else sd for sd in sds]
        if len({type(sd) for sd in chosen}) > 1:
            kinds = ", ".join(f"`sd({group})[{e}]`: {sd}" for e, sd in zip(effects, chosen, strict=True))
            raise ModelError(f"the standard deviations of `({label})` take priors of one kind; got {kinds}.")
        return SeparateCovariance(label, size, together(chosen), lkj or LKJ())

    def given_or(self, key: str, kind: str, default: Any) -> Any:
        """Return the prior that the caller gave under `key`, of a kind of `SUPPORTS`, or the default."""
        return self._of(key, kind) or default

    def _coefficient(self, key: str) -> Any:
        return self._of(key, "coefficient")

    def _of(self, key: str, support: str) -> Any:
        """Return the prior given under `key`, which must be of the kind its parameter takes."""
        prior = self.given.get(key)
        kind, words = SUPPORTS[support]
        if prior is not None and not isinstance(prior, kind):
            raise ModelError(f"the prior of `{key}` is `{prior}`; it must be one of {words}.")
        return prior


def read(priors: Mapping[str, Any], centre: float, unit: float) -> PriorTable:
    """Return the table of the priors a caller wrote."""
    return PriorTable({key: parse(text) for key, text in priors.items()}, centre, unit)


def check_keys(priors: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a prior of what the model does not have."""
    known = list(dict.fromkeys(known))
    for key in priors:
        if key not in known:
            near = did_you_mean(str(key), known)
            raise ModelError(f"no parameter `{key}` to give a prior.{near} There is {_listed(known)}.")


def _listed(names: list[str], most: int = 12) -> str:
    text = ", ".join(f"`{name}`" for name in names[:most])
    return text if len(names) <= most else f"{text} and {len(names) - most} more"
