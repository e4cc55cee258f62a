"""IRLS and QR: the engines of models without group terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...families.exponential import ExponentialFamily
from ...fits.regression.estimate import GLMEstimate, LinearEstimate, RegressionEstimate
from ..base import Engine, engine
from ..threads import one_thread
from .fit import Options, regression

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model


def _refusal(model: Model) -> str | None:
    """Return why least squares cannot fit the model, or None."""
    if model.design.groups:
        return f'IRLS cannot fit `({model.design.groups[0].label})`, a group term. Use engine="pls" or "nuts".'
    if model.design.specials:
        return "IRLS cannot fit special terms."
    if not isinstance(model.family, ExponentialFamily):
        sampled = ' Use engine="nuts".' if model.family.unsampled is None else ""
        return f"IRLS cannot fit the {model.family.name} family.{sampled}"
    return None


@engine("irls")
@dataclass(frozen=True)
class IRLS(Engine[RegressionEstimate]):
    """Newton's method by expected information, for generalized linear models.

    Of designs of 2,000,000 numbers and more, with 100 rows to a column, passes over the rows are spared: the last one
    is made where the error left of eta is below 3e-11 (root mean square), and standard errors are those at a point up
    to 3e-5 from the estimate, off in proportion.

    Parameters
    ----------
    tolerance : float
        The decrement s'G^-1 s expected to be left after the last step, relative to the dispersion.
    max_iterations : int
        Passes over all rows.
    warm : int
        Rows from which on a random sample of them gives the start.
    """

    tolerance: float = 1e-20
    max_iterations: int = 100
    warm: int = 200_000

    streams = True
    remedy = "allow more passes with engine=st.IRLS(max_iterations=...)"

    def supports(self, model: Model) -> str | None:
        return _refusal(model)

    def _fit(self, model: Model, call: Call | None) -> RegressionEstimate:
        with one_thread():
            options = Options(self.tolerance, self.max_iterations, 1e-11, self.warm)
            return GLMEstimate(engine=self, call=call, **regression(model, options))


@engine("qr")
@dataclass(frozen=True)
class QR(Engine[RegressionEstimate]):
    """Least squares, for linear models."""

    streams = True
    remedy = "leave out those that nearly repeat others"

    def supports(self, model: Model) -> str | None:
        if not model.family.linear:
            others = 'engine="irls"' if isinstance(model.family, ExponentialFamily) else 'engine="nuts"'
            return f"least squares fits gaussian models with the identity link only. Use `glm(...)` with {others}."
        return _refusal(model)

    def _fit(self, model: Model, call: Call | None) -> RegressionEstimate:
        with one_thread():
            options = Options(1e-16, 100, 1e-7, None)
            return LinearEstimate(engine=self, call=call, **regression(model, options))
