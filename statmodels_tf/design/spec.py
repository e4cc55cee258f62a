"""DesignSpec: all that is needed to make the same columns again, as plain data."""

from dataclasses import dataclass, field

import numpy as np

from .variable import VariableSpec


@dataclass(frozen=True)
class DesignSpec:
    """What a design learned from the data; JSON can hold `to_dict()`.

    Attributes
    ----------
    formula : str
        The formula with `.` written out.
    variables : dict
        Variable key -> VariableSpec, for all variables of common terms and group effects.
    states : dict
        Variable key -> what the stateful calls in it learned, in order of evaluation.
    groups : tuple of (str, tuple of str)
        For each group block its label and levels.
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
    """

    formula: str
    variables: dict[str, VariableSpec]
    states: dict[str, list]
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    group_kinds: tuple[str, ...] = ()
    columns: dict[str, dict] = field(default_factory=dict)
    offset: str | None = None
    offset_given: bool = False
    weights: str | None = None
    dropped: int = 0
    missing_by: dict[str, int] = field(default_factory=dict)
    undefined_by: dict[str, int] = field(default_factory=dict)
    specials: tuple[tuple[str, dict], ...] = ()

    def to_dict(self) -> dict:
        """Return the specification as plain data: dicts, lists, text and numbers."""
        return {
            "formula": self.formula,
            "variables": {key: spec.to_dict() for key, spec in self.variables.items()},
            "states": {key: [_plain(state) for state in states] for key, states in self.states.items()},
            "groups": [[label, list(levels)] for label, levels in self.groups],
            "group_kinds": list(self.group_kinds),
            "columns": dict(self.columns),
            "offset": self.offset,
            "offset_given": self.offset_given,
            "weights": self.weights,
            "dropped": self.dropped,
            "missing_by": dict(self.missing_by),
            "undefined_by": dict(self.undefined_by),
            "specials": [[label, _plain(state)] for label, state in self.specials],
        }

    @classmethod
    def from_dict(cls, plain: dict) -> "DesignSpec":
        """Return the specification that `to_dict` wrote."""
        return cls(
            plain["formula"],
            {key: VariableSpec.from_dict(spec) for key, spec in plain["variables"].items()},
            {key: list(states) for key, states in plain["states"].items()},
            tuple((label, tuple(levels)) for label, levels in plain["groups"]),
            group_kinds=tuple(plain["group_kinds"]),
            columns=dict(plain["columns"]),
            offset=plain["offset"],
            offset_given=plain["offset_given"],
            weights=plain["weights"],
            dropped=plain["dropped"],
            missing_by=dict(plain["missing_by"]),
            undefined_by=dict(plain["undefined_by"]),
            specials=tuple((label, dict(state)) for label, state in plain["specials"]),
        )


def _plain(value):
    """Return a state with arrays as lists and NumPy numbers as Python's."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) else value
