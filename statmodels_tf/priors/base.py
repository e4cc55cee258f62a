"""What a prior is: one draw of a given shape, evaluated on any array library and handed to TensorFlow Probability.

`log_density` is written out with sums and logarithms only, so that NumPy, TensorFlow and JAX run the same line;
`gradient` is its derivative, in NumPy; `distribution` is the same density as TFP's object, and `transform` the same map
as TFP's `bijector`. Tests hold them equal.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from scipy.special import logit

from .transform import Affine, Between, Exponentiated, Transform

Array = Any  # an array of NumPy, TensorFlow or JAX


class Prior(ABC):
    """The distribution of one parameter.

    Attributes
    ----------
    support : str
        `real`, `positive`, `interval`, `ordered`, `simplex`, `cholesky` or `constant`.
    """

    support: str

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""

    @abstractmethod
    def log_density(self, x: Array, xp: Any) -> Array:
        """Return the log density of draws `x` [..., *shape] as an array [...]."""

    @abstractmethod
    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return the derivatives of the log density by the entries of `x` [..., *shape], of the same shape; NumPy."""

    @property
    @abstractmethod
    def transform(self) -> Transform:
        """The map from unconstrained numbers of ordinary size onto the support, in NumPy."""

    @abstractmethod
    def distribution(self, on: Any, name: str) -> Any:
        """Return TFP's distribution on a Substrate."""

    @abstractmethod
    def bijector(self, tfb: Any) -> Any:
        """Return TFP's map from unconstrained numbers of ordinary size onto the support: the twin of `transform`."""

    @abstractmethod
    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""

    @abstractmethod
    def code(self, name: str) -> str:
        """Return the text of a TFP distribution called `name`; `tfp`, `tfd`, `np`, `f = np.float64` are in scope."""


@dataclass(frozen=True, eq=False)
class Elementwise(Prior):
    """A prior whose entries are independent: a subclass writes one entry's log density.

    The fields of the subclass are its arguments, each a number or an array; the prior has the shape they broadcast to.
    Fields with a default are not written in texts.
    """

    word: ClassVar[str]

    @property
    @abstractmethod
    def bounds(self) -> tuple[float, float]:
        """The ends of the support."""

    @abstractmethod
    def entries(self, x: Array, xp: Any) -> Array:
        """Return the log density of each entry, the shape of `x`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return np.broadcast_shapes(*(np.shape(value) for value in self.values()))

    def values(self) -> tuple[Any, ...]:
        """Return the arguments, in the order they are written."""
        return tuple(getattr(self, f.name) for f in fields(self))

    def spread(self, shape: tuple[int, ...]) -> "Elementwise":
        """Return the prior of an array of independent entries."""
        return type(self)(*(np.broadcast_to(np.asarray(value, dtype=float), shape) for value in self.values()))

    def log_density(self, x: Array, xp: Any) -> Array:
        """Return the log density of draws `x` [..., *shape] as an array [...]."""
        entries = self.entries(x, xp)
        axes = tuple(range(-len(self.shape), 0))
        return xp.sum(entries, axis=axes) if axes else entries

    @property
    def written(self) -> tuple[Any, ...]:
        """The arguments that texts show."""
        return tuple(getattr(self, f.name) for f in fields(self) if f.default is MISSING)

    def exact(self) -> str:
        """Return the text that reads back as exactly this prior of one number."""
        return _call(self.word, [repr(float(value)) for value in self.written])

    def __str__(self) -> str:
        return _call(self.word, map(_short, self.written))


class Named(Elementwise):
    """A prior that TFP has a class for: `tfd_name`, which takes `tfd_arguments`, in the order of the fields."""

    tfd_name: ClassVar[str]
    tfd_arguments: ClassVar[tuple[str, ...]]

    def arguments(self) -> dict[str, np.ndarray]:
        """Return TFP's arguments, each an array with the shape of one draw."""
        return {
            theirs: np.broadcast_to(np.asarray(ours, dtype=float), self.shape)
            for theirs, ours in zip(self.tfd_arguments, self.values(), strict=True)
        }

    def distribution(self, on: Any, name: str) -> Any:
        """Return TFP's distribution on a Substrate."""
        made = getattr(on.tfd, self.tfd_name)(**{k: on.array(v) for k, v in self.arguments().items()}, name=name)
        return on.tfd.Independent(made, len(self.shape), name=name) if self.shape else made

    def code(self, name: str) -> str:
        """Return the text of a TFP distribution called `name`; `tfp`, `tfd`, `np`, `f = np.float64` are in scope."""
        label = f', name="{name}"'
        given = self.arguments()
        if self.shape and all(np.ptp(v) == 0 for v in given.values()):
            one = ", ".join(f"{k}={literal(v.flat[0])}" for k, v in given.items())
            shape = self.shape[0] if len(self.shape) == 1 else list(self.shape)
            return f"tfd.Sample(tfd.{self.tfd_name}({one}), {shape}{label})"
        text = ", ".join(f"{k}={literal(v)}" for k, v in given.items())
        if self.shape:
            return f"tfd.Independent(tfd.{self.tfd_name}({text}), {len(self.shape)}{label})"
        return f"tfd.{self.tfd_name}({text}{label})"


class Real(Elementwise):
    """On the real line; unconstrained coordinates are standardised."""

    support = "real"

    @abstractmethod
    def standard(self) -> tuple[Any, Any]:
        """Return location and scale, by which coordinates are standardised."""

    @property
    def bounds(self) -> tuple[float, float]:
        """All numbers."""
        return -np.inf, np.inf

    def bijector(self, tfb: Any) -> Any:
        """Return the map of a standardised coordinate."""
        return tfb.Chain([tfb.Shift(self.transform.loc), tfb.Scale(self.transform.scale)])

    @cached_property
    def transform(self) -> Affine:
        """The map of a standardised coordinate, in NumPy."""
        return Affine(*(np.broadcast_to(np.asarray(v, dtype=float), self.shape) for v in self.standard()))


class Located(Named, Real):
    """On the real line, with a `loc` and a `scale`."""

    loc: Any
    scale: Any

    def standard(self) -> tuple[Any, Any]:
        """Return location and scale, by which coordinates are standardised."""
        return self.loc, self.scale


class Positive(Elementwise):
    """On the positive numbers; unconstrained zero is a typical size."""

    support = "positive"

    @abstractmethod
    def size(self) -> Any:
        """Return a typical value, to which unconstrained zero goes."""

    @property
    def bounds(self) -> tuple[float, float]:
        """From zero on."""
        return 0.0, np.inf

    def bijector(self, tfb: Any) -> Any:
        """Return the exponential, in units of the typical size."""
        return tfb.Chain([tfb.Scale(self.transform.unit), tfb.Exp()])

    @cached_property
    def transform(self) -> Exponentiated:
        """The exponential, in units of the typical size, in NumPy."""
        return Exponentiated(np.broadcast_to(np.asarray(self.size(), dtype=float), self.shape))


class Bounded(Elementwise):
    """Between two numbers; unconstrained zero is a typical value."""

    support = "interval"

    @abstractmethod
    def edges(self) -> tuple[Any, Any]:
        """Return the lower and the upper bound."""

    @abstractmethod
    def typical(self) -> Any:
        """Return a typical value, to which unconstrained zero goes."""

    @property
    def bounds(self) -> tuple[float, float]:
        """The widest of the bounds."""
        low, high = self.edges()
        return float(np.min(low)), float(np.max(high))

    def bijector(self, tfb: Any) -> Any:
        """Return the logistic function between the bounds."""
        map = self.transform
        return tfb.Chain([tfb.Sigmoid(map.low, map.high), tfb.Shift(map.middle)])

    @cached_property
    def transform(self) -> Between:
        """The logistic function between the bounds, in NumPy."""
        low, high = (np.broadcast_to(np.asarray(v, dtype=float), self.shape) for v in self.edges())
        return Between(low, high, logit((self.typical() - low) / (high - low)))


def together(priors: Sequence[Elementwise]) -> Elementwise:
    """Return priors of one kind, each of one number, as the prior of a vector."""
    arguments = zip(*(prior.values() for prior in priors), strict=True)
    return type(priors[0])(*(np.array(column, dtype=float) for column in arguments))


def literal(value: Any) -> str:
    """Return Python text of a number or an array, exact in float64; `f` is `np.float64`.

    >>> literal(0.5), literal(np.array([1.0, 2.5]))
    ('f(0.5)', 'np.array([1.0, 2.5])')
    """
    value = np.asarray(value, dtype=float)
    return f"f({float(value)!r})" if value.ndim == 0 else f"np.array({value.tolist()})"


def _call(word: str, arguments: Iterable[str]) -> str:
    """Return `word(a, b)`; the bare word without arguments."""
    inside = ", ".join(arguments)
    return f"{word}({inside})" if inside else word


def _short(value: Any) -> str:
    value = np.unique(np.asarray(value, dtype=float))
    return f"{value[0]:.4g}" if value.size == 1 else f"{value[0]:.4g} to {value[-1]:.4g}"
