"""Effects: pieces of the linear predictor, each with the parameters it is made of."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from ...parameter import Parameter

Array = Any  # an array of NumPy, TensorFlow or JAX
Values = Mapping[str, Array]
Data = Mapping[str, Array]
Draws = Mapping[str, np.ndarray]


class Effect(ABC):
    """A map from parameters to a vector of length n, and all that a model must know of it.

    Models, programs, summaries, predictions and ArviZ files loop over effects and ask each of them these questions;
    they know no kind of effect by name. All arrays may carry any leading axes (chains, draws); the last ones are those
    of the parameter.

    Attributes
    ----------
    label : str
        The term as written, different for each effect of a model.
    varies : bool
        Whether it differs by the level of a group, so that predictions may leave it out.
    linear : bool
        Whether its contribution is linear in what is shown of it, so that the mean of draws gives the mean.
    leads : bool
        Whether its parameters are drawn and shown before the family's own, which it then cannot read.
    unsloped : str or None
        Why it has no `pullback`, so that its gradient is left to a substrate; None where it has one.
    """

    label: str
    varies: ClassVar[bool] = False
    linear: ClassVar[bool] = False
    leads: ClassVar[bool] = False
    unsloped: ClassVar[str | None] = None

    @property
    @abstractmethod
    def parameters(self) -> tuple[Parameter, ...]:
        """The random variables of this effect, in the order they are drawn."""

    @property
    @abstractmethod
    def prior_keys(self) -> tuple[str, ...]:
        """The keys under which a caller may give priors of its parameters."""

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
    def pullback(self, values: Values, adjoint: np.ndarray) -> dict[str, np.ndarray]:
        """Return the gradient of Σ_i adjoint_i contribute_i by each parameter that `contribute` reads, in NumPy.

        Parameters
        ----------
        values : mapping of parameter name to array [*shape]
            One set of values, no leading axes.
        adjoint : array [n]
        """

    @abstractmethod
    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return what tables and ArviZ show of this effect, by shown name, from NumPy draws [..., *shape]."""

    @abstractmethod
    def places(self) -> dict[str, "Place"]:
        """Return where those of its shown names go that are more than a number each, or a part of a vector."""

    @abstractmethod
    def on(self, rows: Any, draws: Draws) -> np.ndarray:
        """Return this effect's part of the linear predictor [..., m] on other rows.

        Parameters
        ----------
        rows : Design or NewDesign
            The m rows.
        draws : mapping of shown name to array
            What `shown` returns.
        """

    @abstractmethod
    def log_prior_terms(self, values: Values) -> dict[str, np.ndarray]:
        """Return the log prior density [...] by shown name; those of one name are added up over effects."""

    @abstractmethod
    def prior_texts(self) -> dict[str, str]:
        """Return the priors in words, by the names a summary gives them."""

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


@dataclass(frozen=True)
class Place:
    """Where what is shown under one name goes in a file and in a table of draws.

    Attributes
    ----------
    variable : str
        The name of a vector.
    dim : str
        The name of its axis.
    labels : tuple of str
        Of the whole vector; of one entry where the name is one number of it.
    entry : bool
        Whether the name is one number of the vector, which other names fill up.
    """

    variable: str
    dim: str
    labels: tuple[str, ...]
    entry: bool = False


class Program(Protocol):
    """The program being written: where an effect puts its arrays, its comments, and finds names that are free."""

    def embed(self, name: str, values: np.ndarray) -> str:
        """Put an array into the program under a name like the one given; return the variable."""

    def fresh(self, name: str) -> str:
        """Return a variable like the name given that nothing else uses."""

    def comment(self, text: str) -> str:
        """Return a comment, whatever the text: one line, nothing in it that ends a line or hides."""


@dataclass(frozen=True)
class Piece:
    """An effect as lines of a program. Text that users or data wrote stands in comments only, by `Program.comment`.

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
