"""Covariance matrices of the effects of one level of a group, and their priors."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...parameter import Parameter
from ...priors import LKJ, CholeskyLKJ, Decov, Dirichlet, Elementwise, Gamma
from .base import Array, Values


class Covariance(ABC):
    """Σ = Λ Λ' for `size` effects of the term `label`."""

    label: str
    size: int

    @property
    @abstractmethod
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, in the order they are drawn."""

    @abstractmethod
    def standard_deviations(self, values: Values, xp: Any) -> Array:
        """Return the square roots of Σ's diagonal [..., l]."""

    @abstractmethod
    def spread(self, values: Values, sd: np.ndarray, adjoint: np.ndarray) -> dict[str, np.ndarray]:
        """Return the gradient of Σ_k adjoint_k sd_k by each parameter that the standard deviations are made of."""

    @abstractmethod
    def sizes(self, sd: np.ndarray, unit: float) -> dict[str, np.ndarray]:
        """Return the parameters of positive standard deviations [l]; `unit` is the value of the parameter `scale`."""

    @abstractmethod
    def code(self, keys: Mapping[str, str]) -> str:
        """Return the text of the standard deviations, a vector [l]."""

    @abstractmethod
    def text(self) -> str:
        """Return its prior in words."""

    @property
    def correlation(self) -> str | None:
        """The name of the Cholesky factor of the correlation matrix; None for one effect."""
        return f"L({self.label})" if self.size > 1 else None

    def factor(self, values: Values, xp: Any) -> Array:
        """Return Λ [..., l, l]: the standard deviations times the factor of the correlation matrix."""
        sd = self.standard_deviations(values, xp)[..., None]
        return sd if self.correlation is None else sd * values[self.correlation]

    def values_of(self, factor: np.ndarray, unit: float) -> dict[str, np.ndarray]:
        """Return the parameters of a regular factor Λ [l, l]: the inverse of `factor`.

        Parameters
        ----------
        factor : array [l, l]
        unit : float
            The value of the parameter `scale`, which the standard deviations may be relative to.
        """
        sd = np.sqrt(np.sum(np.square(factor), axis=-1))
        out = self.sizes(sd, unit)
        return out if self.correlation is None else {**out, self.correlation: factor / sd[:, None]}

    def pullback(self, values: Values, adjoint: np.ndarray) -> dict[str, np.ndarray]:
        """Return the gradient of Σ_kj adjoint_kj Λ_kj by each parameter that Λ is made of."""
        sd = self.standard_deviations(values, np)
        if self.correlation is None:
            return self.spread(values, sd, adjoint[0])
        out = self.spread(values, sd, (adjoint * values[self.correlation]).sum(axis=-1))
        out[self.correlation] = adjoint * sd[:, None]
        return out


@dataclass(frozen=True, eq=False)
class DecovCovariance(Covariance):
    """rstanarm's decov, relative to the parameter `scale` (see `priors.Decov`)."""

    label: str
    size: int
    prior: Decov
    scale: str | None

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """tau; for several effects also the shares pi of the variance and the correlation factor L."""
        tau = Parameter(f"tau({self.label})", Gamma(self.prior.shape, 1 / self.prior.scale))
        if self.correlation is None:
            return (tau,)
        pi = Parameter(f"pi({self.label})", Dirichlet(self.size, self.prior.concentration), ("effect",))
        lkj = CholeskyLKJ(self.size, self.prior.regularization)
        return tau, pi, Parameter(self.correlation, lkj, ("effect", "effect_bis"))

    def standard_deviations(self, values: Values, xp: Any) -> Array:
        """Return sigma tau sqrt(l pi) [..., l]."""
        tau = values[f"tau({self.label})"]
        size = (tau if self.scale is None else values[self.scale] * tau)[..., None]
        return size if self.correlation is None else size * xp.sqrt(self.size * values[f"pi({self.label})"])

    def spread(self, values: Values, sd: np.ndarray, adjoint: np.ndarray) -> dict[str, np.ndarray]:
        """Return the gradients by tau, by sigma where it is the unit, and by pi."""
        by_log = adjoint * sd
        total = by_log.sum()
        out = {f"tau({self.label})": total / values[f"tau({self.label})"]}
        if self.scale is not None:
            out[self.scale] = total / values[self.scale]
        if self.correlation is not None:
            out[f"pi({self.label})"] = 0.5 * by_log / values[f"pi({self.label})"]
        return out

    def sizes(self, sd: np.ndarray, unit: float) -> dict[str, np.ndarray]:
        """Return tau, and pi where there are several effects."""
        total = np.sum(np.square(sd))
        tau = np.sqrt(total / self.size) / (1.0 if self.scale is None else unit)
        out = {f"tau({self.label})": np.asarray(tau)}
        return out if self.correlation is None else {**out, f"pi({self.label})": np.square(sd) / total}

    def code(self, keys: Mapping[str, str]) -> str:
        """Return the text of the standard deviations."""
        tau = keys[f"tau({self.label})"]
        size = tau if self.scale is None else f"{keys[self.scale]} * {tau}"
        if self.correlation is None:
            return f"{size} * np.ones(1)"
        return f"{size} * tf.sqrt({float(self.size)} * {keys[f'pi({self.label})']})"

    def text(self) -> str:
        """Return its prior in words."""
        return str(self.prior)


@dataclass(frozen=True, eq=False)
class SeparateCovariance(Covariance):
    """A prior for each standard deviation, in the units of the response, and LKJ for the correlations."""

    label: str
    size: int
    prior: Elementwise
    lkj: LKJ

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The standard deviations; for several effects also the correlation factor L."""
        sd = Parameter(f"sd({self.label})", self.prior, ("effect",))
        if self.correlation is None:
            return (sd,)
        return sd, Parameter(self.correlation, CholeskyLKJ(self.size, self.lkj.eta), ("effect", "effect_bis"))

    def standard_deviations(self, values: Values, xp: Any) -> Array:
        """Return the parameters themselves [..., l]."""
        return values[f"sd({self.label})"]

    def spread(self, values: Values, sd: np.ndarray, adjoint: np.ndarray) -> dict[str, np.ndarray]:
        """Return the adjoint itself."""
        return {f"sd({self.label})": adjoint}

    def sizes(self, sd: np.ndarray, unit: float) -> dict[str, np.ndarray]:
        """Return the standard deviations themselves."""
        return {f"sd({self.label})": sd}

    def code(self, keys: Mapping[str, str]) -> str:
        """Return the text of the standard deviations."""
        return keys[f"sd({self.label})"]

    def text(self) -> str:
        """Return its prior in words."""
        return f"sd {self.prior}" if self.correlation is None else f"sd {self.prior}, correlations {self.lkj}"


def correlations(factor: np.ndarray) -> np.ndarray:
    """Return the correlation matrix [..., l, l] of a covariance factor; NaN where an effect has no variance."""
    covariance = factor @ np.swapaxes(factor, -1, -2)
    sd = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return covariance / (sd[..., :, None] * sd[..., None, :])
