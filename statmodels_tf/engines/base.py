"""What every engine is, and the registry that knows them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar

if TYPE_CHECKING:
    from statmodels_tf.fits.base import Call, Fit
    from statmodels_tf.model import Model

__all__ = ["ENGINES", "Engine", "engine"]

ENGINES: dict[str, type[Engine]] = {}

Kind = TypeVar("Kind", bound="type[Engine]")


class Engine(ABC):
    """A way to fit models. Its options are its fields: an engine is a frozen dataclass."""

    name: ClassVar[str]

    @abstractmethod
    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model and which can, or None if it can."""

    @abstractmethod
    def fit(self, model: Model, call: Call | None = None) -> Fit:
        """Return the fit."""


def engine(name: str) -> Callable[[Kind], Kind]:
    """Return the decorator that registers an engine under `name`."""

    def register(kind: Kind) -> Kind:
        kind.name = name
        ENGINES[name] = kind
        return kind

    return register
