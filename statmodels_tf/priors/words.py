"""The words of priors: `normal(0, 2.5)` in text and in Python is the same prior, its arguments checked."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

import numpy as np

from ..errors import ModelError
from .base import Elementwise
from .bounded import Beta, Uniform
from .improper import Constant, Flat, HalfFlat
from .matrix import LKJ, Decov, Shares
from .positive import Exponential, Gamma, HalfCauchy, HalfNormal, HalfStudentT, InverseGamma, LogNormal
from .real import Cauchy, Laplace, Normal, SpikeSlab, StudentT
from .shrinkage import R2D2, Horseshoe, Shrinkage

Spec = Elementwise | Decov | LKJ | Shares | Shrinkage
"""What may be said of a parameter."""

ANY_SIGN = {"loc", "low", "high", "value"}
SHARES = {"p", "mean_R2"}
TRUTHS = {"autoscale"}

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")


def _checked(function: Callable[Arguments, Made]) -> Callable[Arguments, Made]:
    """Return the function with its arguments checked by their names."""
    names = list(signature(function).parameters)

    @wraps(function)
    def made(*given: Arguments.args, **named: Arguments.kwargs) -> Made:
        for name, value in [*zip(names, given, strict=False), *named.items()]:
            if value is not None:
                _check(function.__name__, name, value)
        return function(*given, **named)

    return made


def _check(word: str, name: str, value: Any) -> None:
    """Say which argument is out of range."""
    where = f"`{word}({name}={value!r})`: `{name}`"
    if name in TRUTHS:
        if not isinstance(value, bool):
            raise ModelError(f"{where} is True or False.")
    elif isinstance(value, bool) or not isinstance(value, int | float | np.number) or not np.isfinite(value):
        raise ModelError(f"{where} must be a number.")
    elif name in SHARES and not 0 < value < 1:
        raise ModelError(f"{where} must lie between 0 and 1, not {value:g}.")
    elif name not in ANY_SIGN | SHARES and value <= 0:
        raise ModelError(f"{where} must be positive, not {value:g}.")


@_checked
def normal(loc: float, scale: float) -> Normal:
    """Return the normal prior with that mean and standard deviation."""
    return Normal(loc, scale)


@_checked
def student_t(df: float, loc: float, scale: float) -> StudentT:
    """Return Student's t: heavier tails than the normal."""
    return StudentT(df, loc, scale)


@_checked
def cauchy(loc: float, scale: float) -> Cauchy:
    """Return the Cauchy prior: t with one degree of freedom."""
    return Cauchy(loc, scale)


@_checked
def laplace(loc: float, scale: float) -> Laplace:
    """Return the Laplace prior, whose mode is the lasso."""
    return Laplace(loc, scale)


@_checked
def spike_slab(p: float, slab: float, spike: float) -> SpikeSlab:
    """Return normal(0, slab) with probability p, else normal(0, spike)."""
    if not spike < slab:
        raise ModelError(f"`spike_slab({p:g}, {slab:g}, {spike:g})`: the spike must be narrower than the slab.")
    return SpikeSlab(p, slab, spike)


@_checked
def exponential(rate: float) -> Exponential:
    """Return the exponential prior of mean 1 / rate."""
    return Exponential(rate)


@_checked
def gamma(shape: float, rate: float) -> Gamma:
    """Return the gamma prior of mean shape / rate."""
    return Gamma(shape, rate)


@_checked
def inverse_gamma(shape: float, scale: float) -> InverseGamma:
    """Return the prior of one over a gamma(shape, scale)."""
    return InverseGamma(shape, scale)


@_checked
def lognormal(loc: float, scale: float) -> LogNormal:
    """Return the prior of a number whose logarithm is normal."""
    return LogNormal(loc, scale)


@_checked
def half_normal(scale: float) -> HalfNormal:
    """Return the positive half of normal(0, scale)."""
    return HalfNormal(scale)


@_checked
def half_cauchy(scale: float) -> HalfCauchy:
    """Return the positive half of cauchy(0, scale)."""
    return HalfCauchy(scale)


@_checked
def half_student_t(df: float, scale: float) -> HalfStudentT:
    """Return the positive half of student_t(df, 0, scale)."""
    return HalfStudentT(df, scale)


@_checked
def beta(a: float, b: float) -> Beta:
    """Return the prior of a share, of mean a / (a + b)."""
    return Beta(a, b)


@_checked
def uniform(low: float, high: float) -> Uniform:
    """Return the prior that is constant between two bounds."""
    if not low < high:
        raise ModelError(f"`uniform({low:g}, {high:g})`: the lower bound comes first.")
    return Uniform(low, high)


def flat() -> Flat:
    """Return no prior: every number alike."""
    return Flat()


def half_flat() -> HalfFlat:
    """Return no prior of a positive number: every one alike."""
    return HalfFlat()


@_checked
def constant(value: float) -> Constant:
    """Return what fixes a parameter; a number in place of a prior is the same."""
    return Constant(value)


@_checked
def horseshoe(
    df: float = 1.0,
    scale_global: float = 1.0,
    df_global: float = 1.0,
    scale_slab: float = 2.0,
    df_slab: float = 4.0,
    par_ratio: float | None = None,
    autoscale: bool = True,
) -> Horseshoe:
    """Return the regularised horseshoe, by brms's arguments."""
    return Horseshoe(df, scale_global, df_global, scale_slab, df_slab, par_ratio, autoscale)


@_checked
def hs(
    df: float = 1.0,
    global_df: float = 1.0,
    global_scale: float = 0.01,
    slab_df: float = 4.0,
    slab_scale: float = 2.5,
) -> Horseshoe:
    """Return the regularised horseshoe, by rstanarm's arguments."""
    return Horseshoe(df, global_scale, global_df, slab_scale, slab_df)


@_checked
def r2d2(mean_R2: float = 0.5, prec_R2: float = 2.0, cons_D2: float = 0.5, autoscale: bool = True) -> R2D2:
    """Return the R2-D2 prior, by brms's arguments."""
    return R2D2(mean_R2, prec_R2, cons_D2, autoscale)


@_checked
def decov(regularization: float = 1.0, concentration: float = 1.0, shape: float = 1.0, scale: float = 1.0) -> Decov:
    """Return rstanarm's prior of a group's covariance matrix."""
    return Decov(regularization, concentration, shape, scale)


@_checked
def lkj(eta: float = 1.0) -> LKJ:
    """Return the prior of a correlation matrix; 1 is flat, more draws towards no correlation."""
    return LKJ(eta)


def dirichlet(*concentrations: float) -> Shares:
    """Return the prior of shares: one concentration for all, or one for each."""
    for value in concentrations:
        _check("dirichlet", "concentration", value)
    if not concentrations:
        raise ModelError("`dirichlet()` has too few arguments. Write `dirichlet(1)`.")
    return Shares(tuple(map(float, concentrations)))


WORDS: dict[str, Callable[..., Spec]] = {
    made.__name__: made
    for made in (
        normal, student_t, cauchy, laplace, spike_slab, flat, horseshoe, r2d2, exponential, gamma, inverse_gamma,
        lognormal, half_normal, half_cauchy, half_student_t, half_flat, beta, uniform, constant, dirichlet, decov, lkj,
        hs,
    )
}  # fmt: skip
"""The words a prior may start with."""

ELSEWHERE = {
    "double_exponential": "laplace",
    "inv_gamma": "inverse_gamma",
    "inv_chi_square": "inverse_gamma",
    "lkj_corr_cholesky": "lkj",
    "lkj_corr": "lkj",
    "lasso": "laplace",
    "hs_plus": "horseshoe",
    "product_normal": "spike_slab",
    "halfnormal": "half_normal",
    "halfcauchy": "half_cauchy",
    "halfstudentt": "half_student_t",
    "half_t": "half_student_t",
    "half_student": "half_student_t",
    "student": "student_t",
    "t": "student_t",
    "improper_uniform": "flat",
    "expon": "exponential",
    "norm": "normal",
    "gaussian": "normal",
}
"""What other packages call the same or the nearest thing."""
