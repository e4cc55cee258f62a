"""The priors of a model: what the caller wrote, and rstanarm's readable defaults for the rest.

| key | parameter | default |
|---|---|---|
| `Intercept` | linear predictor at the mean of the predictors | `normal(mean(y), 2.5 sd(y))` |
| `b`, or a coefficient's name | coefficients | `normal(0, 2.5 sd(y) / sd(x))` |
| `sigma` and others, by name | the family's own parameters | `exponential(1 / sd(y))` of `sigma` |
| `threshold`, or `low|mid` | thresholds, in rising order | `student_t(3, 0, 2.5)` |
| `cov`, `cov(g)` | covariance of a group's effects | `decov(1, 1, 1, 1)` |
| `cor`, `cor(g)` | correlations of a group's effects | `lkj(1)`, inside decov |
| `sd`, `sd(g)`, `sd(g)[x]` | standard deviations of a group's effects, in place of decov | |
| `sigma_x`, `b_sigma`, `sd_sigma(g)` | the same in the formula of `sigma` | `normal(0, 1 / sd(x))` |
| `mid:x` | a coefficient of the outcome `mid`; `x` holds for all outcomes | |
| `all` | whatever has no other; `flat` only, and `priors="flat"` is the same | |

In families with a link other than the identity, such as the binomial and the Poisson, centre and unit of the linear
predictor are 0 and 1: `normal(0, 2.5)` and `normal(0, 2.5 / sd(x))`, as rstanarm.

References
----------
Gabry & Goodrich, "Prior distributions for rstanarm models".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import ModelError, did_you_mean
from ..priors import (
    LKJ,
    Bounded,
    Constant,
    Decov,
    Elementwise,
    Exponential,
    Flat,
    HalfFlat,
    Normal,
    Positive,
    Real,
    Shrinkage,
    Spec,
    parse,
    together,
)
from ..terms import INTERCEPT
from .effects import Covariance, DecovCovariance, SeparateCovariance
from .own_prior import ordinary, own_prior

ALL = "all"
SUPPORTS: dict[str, tuple[tuple[type, ...], str]] = {
    "coefficient": ((Real, Constant), "a number of any sign, like `normal(0, 2.5)`"),
    "coefficients": (
        (Real, Constant, Shrinkage),
        "a number of any sign, like `normal(0, 2.5)` or `horseshoe()`",
    ),
    "intercept": ((Real,), "a number of any sign, like `normal(0, 2.5)`"),
    "positive": ((Positive, Bounded, Constant), "a positive number, like `exponential(1)` or `half_normal(10)`"),
    "cov": ((Decov,), "a covariance matrix: `decov(1, 1, 1, 1)`"),
    "cor": ((LKJ,), "a correlation matrix: `lkj(2)`"),
}

ELSEWHERE = {
    "(Intercept)": INTERCEPT,
    "b_Intercept": INTERCEPT,
    "intercept": INTERCEPT,
    "prior_intercept": INTERCEPT,
    "prior": "b",
    "beta": "b",
    "prior_aux": "sigma",
    "aux": "sigma",
    "error": "sigma",
    "prior_covariance": "cov",
    "decov": "cov",
    "L": "cor",
    "lkj": "cor",
    "cor_pars": "cor",
    "cutpoints": "threshold",
    "prior_counts": "threshold",
    "thresholds": "threshold",
    "reciprocal_dispersion": "theta",
    "prior_phi": "phi",
}
"""What brms, rstanarm and bambi call the keys."""


@dataclass(frozen=True)
class PriorTable:
    """Priors by key; a key that no parameter has is refused by `check_keys`, once the effects are known.

    Attributes
    ----------
    given : mapping of key to Spec
        What the caller wrote.
    centre, unit : float
        Location and scale of the linear predictor, for defaults.
    flat : bool
        Whether what the caller gave no prior has none.
    """

    given: Mapping[str, Spec]
    centre: float
    unit: float
    flat: bool = False

    def intercept(self) -> Elementwise:
        """Return the prior of the intercept at the mean of the predictors."""
        return self._coefficient(self._of(INTERCEPT, "intercept"), Normal(self.centre, 2.5 * self.unit))

    def slopes(self, names: Iterable[str], sds: Iterable[float]) -> list[Elementwise | None]:
        """Return the prior of each coefficient, given the standard deviation of its column; None where it is shrunk."""
        out: list[Elementwise | None] = []
        for name, sd in zip(names, sds, strict=True):
            given = self._of(name, "coefficient")
            if given is None and self.shrinkage is not None:
                out.append(None)
                continue
            given = given or self._of("b", "coefficients")
            out.append(self._coefficient(given, Normal(0.0, 2.5 * self.unit / (sd if sd > 0 else 1.0))))
        return out

    @property
    def shrinkage(self) -> Shrinkage | None:
        """The joint prior of the coefficients that have none of their own, where it shrinks them together."""
        given = self._of("b", "coefficients")
        return given if isinstance(given, Shrinkage) else None

    def family(self, defaults: Mapping[str, Any], labels: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
        """Return the priors of the family's own parameters; `labels` are those of the entries of vectors."""
        names = labels or {}
        return {
            name: own_prior(name, self.given, default, names.get(name, ()), self.flat)
            for name, default in defaults.items()
        }

    def covariance(self, label: str, group: str, effects: tuple[str, ...], scale: str | None) -> Covariance:
        """Return the covariance of a group's effects with its priors."""
        size = len(effects)
        own = self._of(f"cov({group})", "cov")
        # What names the group goes before what does not: `cov(g)` holds a prior of the correlations too.
        lkj = self._of(f"cor({group})", "cor") or (None if own else self._of("cor", "cor"))
        common = self._of(f"sd({group})", "positive") or self._of("sd", "positive")
        sds = [self._of(f"sd({group})[{e}]", "positive") or common for e in effects]
        decov = own or self._of("cov", "cov")
        none = all(sd is None for sd in sds)
        if none and (decov is not None or not self.flat):
            decov = decov or (Decov() if scale is not None else Decov(scale=self.unit))
            decov = decov if lkj is None else replace(decov, regularization=lkj.eta)
            return DecovCovariance(label, size, decov, scale)
        if decov is not None:
            raise ModelError(f"priors of `({label})`: both `cov` and `sd` are given. Write one of them.")
        default = HalfFlat(self.unit) if self.flat else Exponential(1 / self.unit)
        chosen = [default if sd is None else ordinary(sd, default) for sd in sds]
        if len({type(sd) for sd in chosen}) > 1:
            kinds = ", ".join(f"`sd({group})[{e}]`: {sd}" for e, sd in zip(effects, chosen, strict=True))
            raise ModelError(f"the standard deviations of `({label})` take priors of one kind; got {kinds}.")
        return SeparateCovariance(label, size, together(chosen), lkj or LKJ())

    def given_or(self, key: str, kind: str, default: Any) -> Any:
        """Return the prior that the caller gave under `key`, of a kind of `SUPPORTS`, or the default."""
        return self._of(key, kind) or default

    def _coefficient(self, given: Elementwise | None, default: Normal) -> Elementwise:
        """Return what was given; the default, or no prior on its scale."""
        prior: Elementwise = ordinary(Flat() if given is None and self.flat else given or default, default)
        return prior

    def _of(self, key: str, support: str) -> Any:
        """Return the prior given under `key`, which must be of the kind its parameter takes."""
        prior = self.given.get(key)
        kinds, words = SUPPORTS[support]
        below = support == "positive" and isinstance(prior, Elementwise) and prior.bounds[0] < 0
        if prior is not None and (below or not isinstance(prior, kinds)):
            fixed = isinstance(prior, Constant) and support == "intercept"
            more = " To fix the intercept, write `0 +` in the formula and give `offset=`." if fixed else ""
            raise ModelError(f"the prior of `{key}` is `{prior}`; it must be one of {words}.{more}")
        return prior


def as_mapping(priors: Any) -> dict[str, Any]:
    """Return priors by key; `"flat"` stands for none at all.

    >>> as_mapping("flat"), as_mapping(None)
    ({'all': 'flat'}, {})
    """
    return {ALL: priors} if isinstance(priors, str) else dict(priors or {})


def read(priors: Mapping[str, Any], centre: float, unit: float) -> PriorTable:
    """Return the table of the priors a caller wrote."""
    given = {key: parse(text) for key, text in priors.items()}
    every = given.pop(ALL, None)
    if every is not None and not isinstance(every, Flat):
        raise ModelError(f"`{ALL}` is `{every}`, and can only be `flat`: give priors that say something by name.")
    return PriorTable(given, centre, unit, every is not None)


def check_keys(priors: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a prior of what the model does not have."""
    known = list(dict.fromkeys(known))
    for key in priors:
        if key not in known and key != ALL:
            near = _called(str(key), known) or did_you_mean(str(key), known)
            raise ModelError(f"no parameter `{key}` to give a prior.{near} There is {_listed(known)}.")


def _called(key: str, known: list[str]) -> str:
    """Return what a key of brms or rstanarm is called here: `b_x`, `sd_g__x`, `cor_g__x__z`, `prior_aux`."""
    group, _, effect = key.removeprefix("sd_").partition("__")
    names = [ELSEWHERE.get(key, ""), key.removeprefix("b_"), f"sd({group})[{effect}]", f"sd({group})"]
    names += [f"cor({key.removeprefix('cor_').partition('__')[0]})"]
    found = next((name for name in names if name in known), None)
    return "" if found is None else f" Here it is `{found}`."


def _listed(names: list[str], most: int = 12) -> str:
    text = ", ".join(f"`{name}`" for name in names[:most])
    return text if len(names) <= most else f"{text} and {len(names) - most} more"
