"""DesignSpec: all that is needed to make the same columns again, on the same rows or on new ones."""

from dataclasses import dataclass, field

from .combination import Combinations
from .variable import VariableSpec


@dataclass(frozen=True, eq=False)
class DesignSpec:
    """What a design learned from the data.

    Attributes
    ----------
    formula : str
        The formula with `.` written out.
    variables : dict
        Variable key -> VariableSpec, for all variables of common terms and group effects.
    states : dict
        Variable key -> what the stateful calls in it learned, in order of evaluation.
    groups : tuple of (str, Combinations)
        For each group block its label and the combinations of levels it has.
    group_kinds : tuple of str
        What the levels of each group block were in the data; see `GroupBlock.kind`.
    columns : dict
        Column -> how it was read, for those that expressions take apart.
    offset, weights : str or None
        The text of the argument `offset=` or `weights=`, where it was text.
    offset_given : bool
        Whether `offset=` was an array, which new data cannot repeat.
    dropped : int
        Rows left out because something in them was missing.
    missing_by, undefined_by : dict
        See `Design`.
    specials : tuple of (str, dict)
        For each special term its label and what it learned.
    implied_intercept : bool
        Whether the intercept is only implied: factors are coded as beside it, and it has no column.
    """

    formula: str
    variables: dict[str, VariableSpec]
    states: dict[str, list]
    groups: tuple[tuple[str, Combinations], ...]
    group_kinds: tuple[str, ...] = ()
    columns: dict[str, dict] = field(default_factory=dict)
    offset: str | None = None
    offset_given: bool = False
    weights: str | None = None
    dropped: int = 0
    missing_by: dict[str, int] = field(default_factory=dict)
    undefined_by: dict[str, int] = field(default_factory=dict)
    specials: tuple[tuple[str, dict], ...] = ()
    implied_intercept: bool = False
