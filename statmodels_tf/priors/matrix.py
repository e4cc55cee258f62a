"""What is said of a group's covariance matrix, and of shares, before their size is known."""

from dataclasses import dataclass

from ..errors import ModelError
from .structured import Dirichlet


@dataclass(frozen=True)
class Decov:
    """rstanarm's prior of a group's covariance matrix, relative to the residual variance.

    For `l` effects, tau ~ Gamma(shape, rate 1 / scale) is the root mean square of their relative standard deviations;
    the trace l tau² is split by a simplex pi ~ Dirichlet(concentration), so sd_k = sigma tau sqrt(l pi_k); the
    correlation matrix is LKJ(regularization).

    References
    ----------
    Goodrich, Gabry, Ali & Brilleman, rstanarm, "Priors": `decov`.
    """

    regularization: float = 1.0
    concentration: float = 1.0
    shape: float = 1.0
    scale: float = 1.0

    def __str__(self) -> str:
        return f"decov({self.regularization:g}, {self.concentration:g}, {self.shape:g}, {self.scale:g})"


@dataclass(frozen=True)
class LKJ:
    """`lkj(eta)`: the prior of a correlation matrix; 1 is flat, more draws towards no correlation."""

    eta: float = 1.0

    def __str__(self) -> str:
        return f"lkj({self.eta:g})"


@dataclass(frozen=True)
class Shares:
    """`dirichlet(a)` or `dirichlet(a, b, ...)`: the prior of shares, one concentration for all or one for each."""

    concentrations: tuple[float, ...]

    def of(self, size: int, name: str) -> Dirichlet:
        """Return the prior of `size` shares."""
        if len(self.concentrations) == 1:
            return Dirichlet(size, self.concentrations[0])
        if len(self.concentrations) != size:
            raise ModelError(
                f"the prior of `{name}` is `{self}`, and there are {size} shares: write one number for all, or {size}."
            )
        return Dirichlet(size, self.concentrations)

    def __str__(self) -> str:
        return f"dirichlet({', '.join(f'{a:g}' for a in self.concentrations)})"
