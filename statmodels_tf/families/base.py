"""Families: what distribution the response has, given its linear predictor."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from ..errors import article
from ..priors import Prior
from .links import Link

Array = Any  # an array of NumPy, TensorFlow or JAX
Values = Mapping[str, Array]
Data = Mapping[str, Array]


class Family(ABC):
    """The distribution of the response.

    Every method takes the observations as one mapping `data`, which the family itself makes of a response: `y` and
    whatever else a density needs (prior weights, numbers of trials), each [n]. `eta` is the linear predictor [..., n],
    of a family with one for each category [..., n, K-1]. `values` are the family's own parameters by name, with any
    leading axes and then one for rows: a number is [..., 1] or [..., n], a vector of m [..., 1 or n, m] (see `rowed`).

    Attributes
    ----------
    name : str
    link : Link
        Of the mean.
    scale : str or None
        The parameter that group standard deviations are relative to: `sigma` for the gaussian family.
    likelihood : bool
        Whether the family has one; a quasi family has none, and so no `loglik`, `simulate` or sampling.
    whole : bool
        Whether responses are counts; `fractional` says where they are not whole.
    normal : bool
        Whether the response is normal given its mean: then a model with the identity link is a linear model.
    has_mean : bool
        Whether the link maps a mean of the response to the linear predictor; outcomes have probabilities instead.
    by_count : bool
        Whether a prior weight says how often a row was seen.
    by_outcome : bool
        Whether each category of the response but the first has a linear predictor of its own.
    by_columns : bool
        Whether the response has a column for each category.
    mean_name : str
        What tables call a mean of the response: "prob", "rate" or "response".
    shares : bool
        Whether the mean is a probability of success.
    overdispersed : str or None
        What to write where the response varies more than the family says; None where its dispersion is free.
    quasi : str or None
        The family of the same mean and variance function, for responses that are not whole.
    predictors : mapping of str to str
        The other parameters that a formula may model, and what becomes of its intercept: "kept" or "implied". Where
        there are some, the intercept of the location is implied.
    own_links : mapping of str to str
        The own parameters that a formula may model, and the link by which it acts on each.
    scored : bool
        Whether the log-likelihood has its derivatives in closed form: then the family has `kernel` (see `score`).
    unsampled : str or None
        Why engines that sample cannot take the family; None where they can.
    """

    name: ClassVar[str]
    scale: ClassVar[str | None] = None
    likelihood: ClassVar[bool] = True
    whole: ClassVar[bool] = False
    normal: ClassVar[bool] = False
    has_mean: ClassVar[bool] = True
    by_count: ClassVar[bool] = False
    by_outcome: ClassVar[bool] = False
    by_columns: ClassVar[bool] = False
    mean_name: ClassVar[str] = "response"
    shares: ClassVar[bool] = False
    overdispersed: ClassVar[str | None] = None
    quasi: ClassVar[str | None] = None
    predictors: ClassVar[Mapping[str, str]] = MappingProxyType({})
    own_links: ClassVar[Mapping[str, str]] = MappingProxyType({})
    scored: ClassVar[bool] = False
    unsampled: ClassVar[str | None] = None
    link: Link

    @abstractmethod
    def refuses(self, response: Any) -> str | None:
        """Return why a response of this form (`values`, `trials`, `levels`) cannot come from the family, or None."""

    @abstractmethod
    def data(self, response: Any, weights: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return the observations [n]: `y`, and what else the density needs of a response and its prior weights.

        Where there are `trials`, `y` are numbers of successes; `simulate` returns what `y` is.
        Rows that were not observed have no response: what is left is what `simulate` needs.
        """

    @abstractmethod
    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return the family's own parameters with their default priors, in the units of the response."""

    @abstractmethod
    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return centre and unit of the linear predictor, for the default priors of coefficients."""

    @abstractmethod
    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return the log density of each row [..., n], every constant included."""

    @abstractmethod
    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return TFP's distribution of the response, one event of n rows; `on` is a Substrate, for `tfd` and `xp`."""

    @abstractmethod
    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return one response [..., n] for each linear predictor; `data` may lack `y`."""

    @abstractmethod
    def pearson_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return the residuals [n] in units of their standard deviation, the dispersion left out, as R."""

    @abstractmethod
    def deviance_residuals(self, mu: np.ndarray, values: Values, data: Data) -> np.ndarray:
        """Return the signed square roots of each row's part of the deviance [n]."""

    @abstractmethod
    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return the residuals [n] that are standard normal if the model is true; `rng` breaks the ties of counts.

        References
        ----------
        Dunn & Smyth (1996), Randomized quantile residuals, doi:10.1080/10618600.1996.10474708.
        """

    @abstractmethod
    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response `name`, given `eta` in scope.

        Parameters
        ----------
        name : str
        keys : mapping of parameter name to variable
        data : mapping of the names of `data`, `y` left out, to variable
        """

    @property
    def linear(self) -> bool:
        """Whether models of this family are linear models."""
        return self.normal and self.link.name == "identity"


def rowed(values: Values, vectors: Collection[str] = ()) -> dict[str, Array]:
    """Return draws of parameters, [...] and [..., m] of those in `vectors`, with the axis of rows: of length one.

    >>> {name: array.shape for name, array in rowed({"sigma": np.ones(4), "cut": np.ones((4, 2))}, ["cut"]).items()}
    {'sigma': (4, 1), 'cut': (4, 1, 2)}
    """
    return {name: array[..., None, :] if name in vectors else array[..., None] for name, array in values.items()}


def not_numbers(family: Family, response: Any) -> str | None:
    """Return why a response is not one column of numbers, or None; truth values count as 0 and 1."""
    name, levels, kind = response.name, response.levels, f"{article(family.name)} {family.name} model"
    if response.trials is not None:
        return (
            f"the response `{name}` has two columns or a number of trials, and {kind} needs one "
            "column of numbers; name that column, or write the share of successes as an expression."
        )
    if levels is not None and levels != ("False", "True"):
        shown = ", ".join(map(repr, levels[:3])) + (", ..." if len(levels) > 3 else "")
        return (
            f"the response `{name}` has levels ({shown}) and {kind} needs numbers; write a "
            f"condition such as `{name} == {levels[-1]!r}` for its share, or choose a numeric column."
        )
    return None


def out_of_range(response: Any, bad: np.ndarray, needs: str) -> str | None:
    """Return where the values of a response are out of range and what the family needs, or None.

    Parameters
    ----------
    response : Response
    bad : array [n] of bool
    needs : str
        The end of the sentence: "a poisson model needs counts, 0 or more".
    """
    found = np.flatnonzero(bad)
    if not len(found):
        return None
    index = response.index
    labels = [str(k if index is None else index[k]) for k in found[:5]]
    more = f" and {len(found) - 5:,} more" if len(found) > 5 else ""
    rows = f"row {labels[0]}" if len(found) == 1 else f"rows {', '.join(labels)}{more}"
    return f"the response `{response.name}` is {response.values[found[0]]:g} in {rows}: {needs}."


BLOCK = 65_536
"""Rows looked at a time, so that they fit the cache."""


def fractional(family: Family, data: Data) -> str | None:
    """Return what to warn of where counts are not whole, or None.

    R warns of the same: "non-integer #successes in a binomial glm!" and "non-integer x" of its Poisson density.
    """
    y = data["y"]
    if not family.whole or not any(_parts(y[start : start + BLOCK]).any() for start in range(0, len(y), BLOCK)):
        return None
    bad = _parts(y)
    trials = " Of shares, give the numbers of trials as `weights=`." if family.shares and "trials" not in data else ""
    quasi = f' Where the data are no counts, "{family.quasi}" says so.' if family.quasi else ""
    return (
        f"non-integer counts in a {family.name} model: {np.count_nonzero(bad):,} of {len(y):,}, the first "
        f"{y[np.argmax(bad)]:.6g}.{trials}{quasi}"
    )


def _parts(y: np.ndarray) -> np.ndarray:
    """Return which numbers are not whole."""
    return np.abs(y - np.rint(y)) > 1e-3


FAMILIES: dict[str, type[Family]] = {}


def family(name: str) -> Callable[[type[Family]], type[Family]]:
    """Register a class as the family of that name."""

    def register(cls: type[Family]) -> type[Family]:
        FAMILIES[name] = cls
        cls.name = name
        return cls

    return register
