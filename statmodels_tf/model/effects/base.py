"""Effects: pieces of the linear predictor, each with the parameters it is made of."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ...parameter import Parameter

Array = Any  # an array of NumPy, TensorFlow or JAX
Values = Mapping[str, Array]
Data = Mapping[str, Array]


class Effect(ABC):
    """A map from parameters to a vector of length n.

    All arrays may carry any leading axes (chains, draws); the last ones are those of the parameter.
    """

    label: str

    @property
    @abstractmethod
    def parameters(self) -> tuple[Parameter, ...]:
        """The random variables of this effect, in the order they are drawn."""

    @property
    @abstractmethod
    def data(self) -> dict[str, np.ndarray]:
        """The arrays `contribute` reads besides the parameters, so that a compiled program can take them as inputs."""

    @abstractmethod
    def contribute(self, values: Values, xp: Any, data: Data | None = None) -> Array:
        """Return this effect's part of the linear predictor [..., n].

        Parameters
        ----------
        values : mapping of parameter name to array [..., *shape]
        xp : module
            NumPy, or the `xp` of a substrate.
        data : mapping, optional
            `self.data` as arrays of the substrate.
        """

    @abstractmethod
    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return what tables and ArviZ show of this effect, by shown name, from NumPy draws [..., *shape]."""

    @abstractmethod
    def code(self, keys: Mapping[str, str], program: "Program") -> "Piece":
        """Return the effect as lines of a program.

        Parameters
        ----------
        keys : mapping of parameter name to variable
        program : Program
        """


class GaussianEffect(Effect):
    """An effect Z b with b = Λ u, u standard normal: what PLS, Laplace and exact marginalisation understand."""

    @abstractmethod
    def factor(self, values: Values, xp: Any) -> Array:
        """Return Λ, the Cholesky factor of the covariance of one level's effects [..., l, l]."""

    @abstractmethod
    def whitened(self, values: Values) -> Array:
        """Return u [..., L, l]."""

    @abstractmethod
    def product(self, b: Array, xp: Any, data: Data) -> Array:
        """Return Z b [..., n] for effects b [..., L, l]."""

    def modes(self, values: Values, xp: Any) -> Array:
        """Return b = u Λ' [..., L, l]."""
        return xp.matmul(self.whitened(values), xp.swapaxes(self.factor(values, xp), -1, -2))

    def contribute(self, values: Values, xp: Any, data: Data | None = None) -> Array:
        """Return Z Λ u."""
        return self.product(self.modes(values, xp), xp, self.data if data is None else data)


class Program(Protocol):
    """The program being written: where an effect puts its arrays and finds names that are free."""

    def embed(self, name: str, values: np.ndarray) -> str:
        """Put an array into the program under a name like the one given; return the variable."""

    def fresh(self, name: str) -> str:
        """Return a variable like the name given that nothing else uses."""


@dataclass(frozen=True)
class Piece:
    """An effect as lines of a program.

    Attributes
    ----------
    setup : tuple of str
        Lines before the model: matrices made of the embedded data.
    lines : tuple of str
        Lines inside the model that draw the parameters and what follows from them.
    term : str
        Its part of `eta`.
    """

    setup: tuple[str, ...]
    lines: tuple[str, ...]
    term: str
