"""The call that made a fit, which can be made again."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from .words import no_argument

if TYPE_CHECKING:
    from .base import Fit


@dataclass(frozen=True, eq=False, repr=False)
class Call:
    """The call that made a fit, so that `update`, `save` and refits can make it again.

    Parameters
    ----------
    function : callable
        The entry point, for example `lmer`.
    formula : str
        The formula as written.
    data : table
        The data as given: pandas, polars, pyarrow or a dict of columns.
    options : mapping of str to value
        The named arguments that were given, defaults left out.
    """

    function: Callable[..., Fit]
    formula: str
    data: Any
    options: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of the entry point."""
        return self.function.__name__

    def again(self, **changes: Any) -> Fit:
        """Return the fit of the same call with some of its arguments changed, each checked against the entry point."""
        known = inspect.signature(self.function).parameters
        open_ended = any(p.kind is p.VAR_KEYWORD for p in known.values())
        for name in changes:
            if name not in known and not open_ended:
                raise ModelError(no_argument(self.name, name, known))
        return self.function(**{"formula": self.formula, "data": self.data, **self.options, **changes})

    def keeping(self, **changes: Any) -> Call:
        """Return this call with other options on record, nothing being fitted."""
        return replace(self, options={**self.options, **changes})

    def __repr__(self) -> str:
        options = "".join(
            f", {k}={v!r}" if isinstance(v, str | bool) else f", {k}=..." for k, v in self.options.items()
        )
        return f"{self.name}({str(self.formula)!r}, data{options})"
