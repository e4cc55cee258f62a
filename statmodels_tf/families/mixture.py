"""Mixtures of a few components of one family, summed over which component a row is of."""

from dataclasses import dataclass
from typing import Any

from ..errors import ModelError
from ..priors import Beta, HalfNormal, Prior
from .base import Data, Family, family
from .laws import law_to_mix
from .links import as_link
from .mixture_law import MixtureLaw
from .naming import as_family, family_text
from .of_law import OfLaw

_LINKS = ("identity", "log", "logit", "probit", "cloglog", "loglog", "softplus")
"""Links that rise with the mean at every linear predictor."""


@family("mixture")
@dataclass(frozen=True)
class Mixture(OfLaw):
    """Responses of one of `size` components, which share their coefficients but not their level.

    The linear predictor is that of the component with the least mean; component k lies `gap2` + ... + `gapk` above it,
    each gap positive, so that the components have an order and labels cannot switch. Parameters of the components are
    numbered, `sigma1`, `sigma2`, and a formula may model each. `share1` is the probability of the first component,
    `sharek` that of component k among those from it on. (brms gives each component its own formula, `mu1` and `mu2`,
    with ordered intercepts: here those differ by the gaps alone.)

    Priors: the component's own of its parameters; gap ~ half_normal(2.5 sd), sd the unit of the linear predictor;
    shares such that the probabilities are uniform, dirichlet(1, ..., 1).

    Parameters
    ----------
    component : str or Family
    size : int
        From 2 up.
    link : str or Link, optional
        The component's own if left out.

    >>> sorted(Mixture("gaussian", 2).own_links)
    ['gap2', 'share1', 'sigma1', 'sigma2']

    References
    ----------
    McLachlan & Peel (2000), Finite Mixture Models.
    """

    component: str = "gaussian"
    size: int = 2
    link: Any = None  # of the component, until one is given

    def __post_init__(self) -> None:
        if isinstance(self.size, bool) or not isinstance(self.size, int) or self.size < 2:
            raise ModelError(f"`size={self.size!r}`: a mixture has 2 components or more.")
        made = as_family(self.component)
        law_to_mix(made)
        link = made.link if self.link is None else as_link(self.link)
        if link.name not in _LINKS:
            listed = ", ".join(f'"{name}"' for name in _LINKS)
            raise ModelError(f"a mixture has no order under the {link.name} link. There is {listed}.")
        object.__setattr__(self, "link", link)
        object.__setattr__(self, "component", family_text(made))
        links = {f"{name}{k}": by for k in self._numbers for name, by in made.own_links.items()}
        links |= {f"gap{k}": "log" for k in self._numbers[1:]} | {f"share{k}": "logit" for k in self._numbers[:-1]}
        object.__setattr__(self, "own_links", links)

    @property
    def each(self) -> Family:
        """The family of the components."""
        return as_family(self.component)

    @property
    def law(self) -> MixtureLaw:
        """The law of the mixture."""
        return MixtureLaw(law_to_mix(self.each), as_link(self.link or "identity"), self.size)

    @property
    def _numbers(self) -> range:
        return range(1, self.size + 1)

    def refuses(self, response: Any) -> str | None:
        """Return why the response cannot come from the components, or None."""
        return self.each.refuses(response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return those of the components, gaps ~ half_normal(2.5 sd), sharek ~ beta(1, K - k)."""
        given, unit = self.each.default_priors(data), self.default_scale(data)[1]
        out = {f"{name}{k}": prior for name, prior in given.items() for k in self._numbers}
        out |= {f"gap{k}": HalfNormal(2.5 * unit) for k in self._numbers[1:]}
        return out | {f"share{k}": Beta(1.0, float(self.size - k)) for k in self._numbers[:-1]}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return that of the components' family."""
        return self.each.default_scale(data)
