"""Priors that shrink many coefficients together: horseshoe and R2-D2.

Each says b = z s, z standard normal and s the coefficients' standard deviations, which have parameters of their own.
What `error` stands for is the residual standard deviation, 1 where the family has none.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .base import Array, Prior
from .bounded import Beta
from .positive import HalfStudentT, InverseGamma
from .real import Normal
from .structured import Dirichlet

Parts = Mapping[str, Array]


class Shrinkage(ABC):
    """A joint prior of p coefficients b = z s.

    Attributes
    ----------
    word : str
    autoscale : bool
        Whether the coefficients are measured in residual standard deviations.
    """

    word: ClassVar[str]
    autoscale: bool

    @abstractmethod
    def scale_parts(self, p: int, n: int) -> dict[str, Prior]:
        """Return the priors of what s is made of, by name, for p coefficients and n rows."""

    @abstractmethod
    def scales(self, parts: Parts, error: Array, xp: Any) -> Array:
        """Return s [..., p]; `error` [...]."""

    @abstractmethod
    def scale_slopes(self, parts: Parts, error: float, h: np.ndarray) -> tuple[dict[str, np.ndarray], float]:
        """Return the gradients by the parts of s and by `error`, given h_j = b_j times the gradient by b_j [p]."""

    @abstractmethod
    def scales_code(self, parts: Mapping[str, str], error: str) -> str:
        """Return the text of s, given the variables of the parts and the text of `error`."""

    def parts(self, p: int, n: int) -> dict[str, Prior]:
        """Return the priors of all parts: `z`, and what s is made of."""
        return {"z": Normal(np.zeros(p), np.ones(p)), **self.scale_parts(p, n)}

    def coefficients(self, parts: Parts, error: Array, xp: Any) -> Array:
        """Return b [..., p]."""
        return parts["z"] * self.scales(parts, error, xp)

    def pullback(self, parts: Parts, error: float, gradient: np.ndarray) -> tuple[dict[str, np.ndarray], float]:
        """Return the gradients by the parts and by `error`, given the gradient by b [p]."""
        scaled = gradient * self.scales(parts, np.asarray(error), np)
        slopes, by_error = self.scale_slopes(parts, error, scaled * parts["z"])
        return {"z": scaled, **slopes}, by_error


@dataclass(frozen=True)
class Horseshoe(Shrinkage):
    """The regularised horseshoe: s_j = a_j / sqrt(1 + a_j² / c²), a_j = error global local_j, c the slab's scale.

    `local` is half-t with `df`, `global` half-t with `df_global` times `scale_global`, and c² = scale_slab² times
    inverse_gamma(df_slab / 2, df_slab / 2). With `par_ratio`, the expected ratio of coefficients that matter to those
    that do not, `scale_global` is par_ratio / sqrt(n). Arguments and defaults are those of brms.

    References
    ----------
    Piironen & Vehtari (2017), Sparsity information and regularization in the horseshoe and other shrinkage priors,
    doi:10.1214/17-EJS1337SI.
    """

    df: float = 1.0
    scale_global: float = 1.0
    df_global: float = 1.0
    scale_slab: float = 2.0
    df_slab: float = 4.0
    par_ratio: float | None = None
    autoscale: bool = True

    word = "horseshoe"

    def scale_parts(self, p: int, n: int) -> dict[str, Prior]:
        """Return the priors of `local` [p], `global` and `slab`, c² in units of scale_slab²."""
        scale = self.scale_global if self.par_ratio is None else self.par_ratio / np.sqrt(n)
        return {
            "local": HalfStudentT(self.df, np.ones(p)),
            "global": HalfStudentT(self.df_global, scale),
            "slab": InverseGamma(self.df_slab / 2, self.df_slab / 2),
        }

    def scales(self, parts: Parts, error: Array, xp: Any) -> Array:
        """Return a / sqrt(1 + a² / c²)."""
        a = parts["local"] * (parts["global"] * error)[..., None]
        return a / xp.sqrt(1 + a * a / (self.scale_slab**2 * parts["slab"])[..., None])

    def scale_slopes(self, parts: Parts, error: float, h: np.ndarray) -> tuple[dict[str, np.ndarray], float]:
        """Return h w over each factor of a, w = c² / (c² + a²), and h (1 - w) / 2 over the slab."""
        a, c2 = parts["local"] * (parts["global"] * error), self.scale_slab**2 * parts["slab"]
        w = c2 / (c2 + a * a)
        total = np.sum(h * w)
        slopes = {"local": h * w / parts["local"], "global": total / parts["global"]}
        return {**slopes, "slab": np.sum(h * (1 - w)) / (2 * parts["slab"])}, float(total / error)

    def scales_code(self, parts: Mapping[str, str], error: str) -> str:
        """Return the text of s."""
        a, c2 = f"{parts['local']} * ({parts['global']} * {error})", f"({self.scale_slab**2!r} * {parts['slab']})"
        return f"{a} / tf.sqrt(1 + ({a}) ** 2 / {c2})"

    def __str__(self) -> str:
        figures = (self.df, self.scale_global, self.df_global, self.scale_slab, self.df_slab)
        more = "" if self.par_ratio is None else f", par_ratio={self.par_ratio!r}"
        more += "" if self.autoscale else ", autoscale=False"
        return f"{self.word}({', '.join(f'{v:g}' for v in figures)}{more})"


@dataclass(frozen=True)
class R2D2(Shrinkage):
    """A beta prior of R² divided among the coefficients: s_j = error sqrt(R² / (1 - R²) phi_j), phi Dirichlet(cons_D2).

    R² has mean `mean_R2` and precision `prec_R2`, the sum of beta's two arguments. It is the model's where columns have
    unit variance, as `scale(x)` makes them. Arguments and defaults are those of brms.

    References
    ----------
    Zhang, Naughton, Bondell & Reich (2022), Bayesian regression using a prior on the model fit: the R2-D2 shrinkage
    prior, doi:10.1080/01621459.2020.1825449.
    """

    mean_R2: float = 0.5
    prec_R2: float = 2.0
    cons_D2: float = 0.5
    autoscale: bool = True

    word = "R2D2"

    def scale_parts(self, p: int, n: int) -> dict[str, Prior]:
        """Return the priors of `R2` and, for more than one coefficient, of the shares `phi` [p]."""
        r2 = {"R2": Beta(self.mean_R2 * self.prec_R2, (1 - self.mean_R2) * self.prec_R2)}
        return {**r2, "phi": Dirichlet(p, self.cons_D2)} if p > 1 else dict(r2)

    def scales(self, parts: Parts, error: Array, xp: Any) -> Array:
        """Return error sqrt(R² / (1 - R²) phi)."""
        size = error * xp.sqrt(parts["R2"] / (1 - parts["R2"]))
        return size[..., None] * (xp.sqrt(parts["phi"]) if "phi" in parts else xp.ones_like(parts["z"]))

    def scale_slopes(self, parts: Parts, error: float, h: np.ndarray) -> tuple[dict[str, np.ndarray], float]:
        """Return Σ h / (2 R² (1 - R²)), h / (2 phi), and Σ h / error."""
        total, r2 = np.sum(h), parts["R2"]
        slopes = {"R2": total / (2 * r2 * (1 - r2))}
        return {**slopes, **({"phi": h / (2 * parts["phi"])} if "phi" in parts else {})}, float(total / error)

    def scales_code(self, parts: Mapping[str, str], error: str) -> str:
        """Return the text of s."""
        size = f"{error} * tf.sqrt({parts['R2']} / (1 - {parts['R2']}))"
        return f"{size} * tf.sqrt({parts['phi']})" if "phi" in parts else f"{size} * np.ones(1)"

    def __str__(self) -> str:
        more = "" if self.autoscale else ", autoscale=False"
        return f"{self.word}({self.mean_R2:g}, {self.prec_R2:g}, {self.cons_D2:g}{more})"
