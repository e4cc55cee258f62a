"""Model: a family and a sum of effects, on the data of a design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from ..families import rowed
from ..parameter import Parameter
from ..priors import Constant
from ..substrate import Substrate
from ..substrate import substrate as the_substrate
from .code import source
from .effects import Place
from .joint import joint
from .numeric import NumericFlat
from .parts import ModelParts
from .thresholds import THRESHOLD

Array = Any  # an array of NumPy, TensorFlow or JAX
Values = Mapping[str, Array]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Model(ModelParts):
    """y ~ Family(g⁻¹(η)), η a sum of effects, every parameter with a prior.

    Effects, parameters and priors are made when first asked for: the closed-form engines need none of them. The fields
    are those of `ModelParts`: the design, the family, what the caller wrote of priors, designs of other parameters.
    """

    @cached_property
    def flat_numeric(self) -> NumericFlat:
        """The flat density with its gradient in NumPy; `NumericFlat.refusal` says of which models there is none."""
        return NumericFlat(self)

    def linear_predictor(self, values: Values, xp: Any = np, data: Mapping[str, Any] | None = None) -> Array:
        """Return η [..., n]: the sum of the effects' contributions.

        Parameters
        ----------
        values : mapping of parameter name to array [..., *shape]
        xp : module
            NumPy, or the `xp` of a substrate.
        data : mapping, optional
            `self.data` as arrays of the substrate.
        """
        data = self.data if data is None else data
        return self.mean.linear(values, xp, data["effects"][: len(self.mean.effects)])

    def log_density(self, values: Values, xp: Any = np, data: Mapping[str, Any] | None = None) -> Array:
        """Return log p(y, parameters) [...], every constant included; parameters on their own, constrained scale."""
        return xp.sum(self.log_likelihood(values, xp, data), axis=-1) + self.log_prior(values, xp)

    def log_likelihood(self, values: Values, xp: Any = np, data: Mapping[str, Any] | None = None) -> Array:
        """Return the log density of each response [..., n]."""
        data = self.data if data is None else data
        eta = self.linear_predictor(values, xp, data)
        return self.family.log_density(eta, self.family_values(values, xp, data), data["likelihood"], xp)

    def family_values(self, values: Values, xp: Any = np, data: Mapping[str, Any] | None = None) -> dict[str, Array]:
        """Return the family's own parameters as it takes them, with an axis for rows, from draws [..., *shape]."""
        out = self._rowed(values)
        effects, start = (self.data if data is None else data)["effects"], len(self.mean.effects)
        for predictor in self.modelled:
            stop = start + len(predictor.effects)
            out[predictor.name] = predictor.parameter(predictor.linear(values, xp, effects[start:stop]), xp)
            start = stop
        return out

    def _rowed(self, values: Values) -> dict[str, Array]:
        own = {name: values[name] for name in self._unmodelled}
        return rowed(own, [name for name, prior in self._unmodelled.items() if prior.shape])

    def log_prior(self, values: Values, xp: Any = np) -> Array:
        """Return the log prior density of all parameters [...]."""
        return sum(p.prior.log_density(values[p.name], xp) for p in self.parameters)

    def joint_distribution(self, substrate: str | Substrate = "auto") -> Any:
        """Return the model as a TFP joint distribution over its parameters and the response.

        The distribution is a `JointDistributionCoroutineAutoBatched`; its parts are called by each parameter's `key`,
        the last by `response_key`.

        Parameters
        ----------
        substrate : {"auto", "jax", "tensorflow"} or Substrate
            `auto` is JAX where it is installed, else TensorFlow.

        Examples
        --------
        joint = fit.joint_distribution("jax"); joint.sample(3, seed=jax.random.PRNGKey(0))
        """
        return joint(self, the_substrate(substrate))

    def data_on(self, on: Substrate) -> dict[str, Any]:
        """Return `data` as arrays of a substrate."""
        return {
            "likelihood": {name: on.array(array) for name, array in self.data["likelihood"].items()},
            "effects": [{name: on.array(a) for name, a in arrays.items()} for arrays in self.data["effects"]],
        }

    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return what tables and ArviZ show, by shown name, from NumPy draws of the parameters [..., *shape].

        The order is that of a summary: coefficients of X, the family's own parameters, then what each other effect
        shows: for a group its standard deviations, correlations and coefficients by level.
        """
        own = {p.name: np.asarray(values[p.name]) for p in self._own if not isinstance(p.prior, Constant)}
        if self._cuts.names:
            own = {name: array for name, array in own.items() if name != THRESHOLD} | self._cuts.shown(values)
        return _merged(self.around(lambda effect: effect.shown(values), own))

    def places(self) -> dict[str, Place]:
        """Return where what is shown goes in files and tables of draws; a name left out is one number."""
        return _merged([self._cuts.places(), *(effect.places() for effect in self.effects)])

    def predictor_on(self, rows: Any, draws: Values, random: bool = True) -> np.ndarray:
        """Return the linear predictor [..., m] on other rows, from draws by shown name.

        Parameters
        ----------
        rows : Design or NewDesign
            A level not seen (code -1) adds nothing.
        draws : mapping of shown name to array [chains, draws, ...]
        random : bool
            Whether to add the effects that vary by level.
        """
        return self.mean.on(rows, draws, random)

    def own_on(
        self, rows: Mapping[str, Any], draws: Values, random: bool = True, more: Mapping[str, Any] | None = None
    ) -> dict[str, np.ndarray]:
        """Return the family's own parameters, with an axis for rows, on other rows, from draws by shown name.

        Parameters
        ----------
        rows : mapping of str to Design or NewDesign
            By the name of each parameter that has a formula (`predictors`).
        draws : mapping of shown name to array [chains, draws, ...]
        random : bool
            Whether to add the effects that vary by level.
        more : mapping of str to array, optional
            What is added to linear predictors: effects of levels not seen.
        """
        fixed = {p.name: p.prior.value for p in self._own if isinstance(p.prior, Constant)}
        known = {**draws, **fixed} | ({THRESHOLD: self._cuts.sampled(draws)} if self._cuts.names else {})
        out = self._rowed({name: np.asarray(known[name]) for name in self._unmodelled})
        for predictor in self.modelled:
            eta = predictor.on(rows[predictor.name], draws, random) + (more or {}).get(predictor.name, 0.0)
            out[predictor.name] = predictor.parameter(eta, np)
        return out

    def log_prior_terms(self, values: Values) -> dict[str, np.ndarray]:
        """Return the log prior density [...] by shown name: each coefficient, the family's own, each covariance.

        The standard normal z of group effects are left out: they are the model, not the prior.
        """
        own = {p.name: p.prior.log_density(values[p.name], np) for p in self._own}
        out: dict[str, np.ndarray] = {}
        for terms in self.around(lambda effect: effect.log_prior_terms(values), own):
            for name, density in terms.items():
                out[name] = out[name] + density if name in out else density
        return out

    def prior_texts(self) -> dict[str, str]:
        """Return the prior of each parameter in words, for the foot of a summary."""
        return _merged(self.around(lambda effect: effect.prior_texts(), {p.name: str(p.prior) for p in self._own}))

    @property
    def _own(self) -> list[Parameter]:
        return [p for p in self.parameters if p.name in self._unmodelled]

    @property
    def title(self) -> str:
        """What kind of model it is, in words: `Linear mixed model`."""
        kind = "Linear" if self.family.linear else "Generalized linear"
        mixed = " mixed" if any(effect.varies for effect in self.effects) else ""
        link = "" if self.family.linear else f", {self.family.name} with {self.family.link.name} link"
        return f"{kind}{mixed} model{link}"

    def code(self) -> str:
        """Return a Python program that builds the same joint distribution; it needs NumPy and TFP only."""
        return source(self)


def _merged(parts: Iterable[Mapping[str, T]]) -> dict[str, T]:
    """Return mappings as one."""
    return {name: value for part in parts for name, value in part.items()}
