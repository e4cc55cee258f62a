"""What every engine is, and the registry that knows them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, final

from ..errors import EngineError
from ..fits.words import spoken

if TYPE_CHECKING:
    from ..fits.call import Call
    from ..model import Model

__all__ = ["ENGINES", "Engine", "engine"]

ENGINES: dict[str, type[Engine]] = {}

Kind = TypeVar("Kind", bound="type[Engine]")
Result = TypeVar("Result")


class Engine(ABC, Generic[Result]):
    """A way to fit models. Its options are its fields: an engine is a frozen dataclass.

    Attributes
    ----------
    name : str
    sampling : bool
        Whether it draws from a posterior; `engine="auto"` tries the others first.
    by_name : bool
        Whether it is taken only where it is asked for; `engine="auto"` passes it over.
    streams : bool
        Whether it fits data that are read block by block.
    remedy : str
        What to do about a fit that did not converge, as the end of a sentence.
    """

    name: ClassVar[str]
    sampling: ClassVar[bool] = False
    by_name: ClassVar[bool] = False
    streams: ClassVar[bool] = False
    remedy: ClassVar[str] = "try another engine"

    @abstractmethod
    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model and which can, or None if it can."""

    @abstractmethod
    def _fit(self, model: Model, call: Call | None) -> Result:
        """Return the fit of a model that the engine supports."""

    @final
    def fit(self, model: Model, call: Call | None = None, why: str = "asked for") -> Result:
        """Return the fit; a model that the engine does not support is an EngineError that says why.

        Its `diagnostics` hold the engine, why it was chosen and what it chose itself, the rows used and dropped, and
        what the engine adds.
        """
        reason = self.supports(model)
        if reason is not None:
            raise EngineError(reason)
        if model.design.source is not None and not self.streams:
            raise EngineError(
                f'the engine "{self.name}" needs all rows in memory; "irls" and "qr" read them block by block. Give it '
                "a table, such as a sample of the rows."
            )
        result: Any = self._fit(model, call)
        found = result.diagnostics
        why = f"{why}; {found['why']}" if "why" in found else why
        about = {"engine": self.name, "why": why, "nobs": result.nobs, "dropped": model.design.dropped}
        return replace(result, diagnostics={**about, **found, "why": why})


def engine(name: str) -> Callable[[Kind], Kind]:
    """Return the decorator that registers an engine under `name`."""

    def register(kind: Kind) -> Kind:
        kind.name = name
        type.__setattr__(kind, "__init__", spoken(kind.__init__, kind.__name__))
        ENGINES[name] = kind
        return kind

    return register
