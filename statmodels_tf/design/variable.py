"""What is remembered of each variable, so that new rows are coded as the old ones were."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import DataError
from ..transforms import Contrast, Factor, Logical, Matrix
from ..transforms.base import describe, logical, numeric, truth
from ..transforms.contrasts import contrast_matrix, indicators
from ..transforms.factor import as_factor
from .column import date_advice


@dataclass(frozen=True)
class VariableSpec:
    """One variable of a formula as it was on the rows fitted.

    Attributes
    ----------
    label : str
        As written: `log(x)`.
    kind : str
        `numeric`, `matrix`, `factor` or `logical`.
    levels : tuple of str
        Levels of a factor, the unused ones dropped.
    contrast : Contrast or None
        How a factor is coded.
    columns : tuple of str
        Names of the columns of a matrix.
    """

    label: str
    kind: str
    levels: tuple[str, ...] = ()
    ordered: bool = False
    contrast: Contrast | None = None
    columns: tuple[str, ...] = ()
    _tables: dict = field(default_factory=dict, compare=False, repr=False)

    @property
    def coded(self):
        """Whether the variable is coded by levels."""
        return self.kind in ("factor", "logical")

    def width(self, full):
        """Return how many columns the variable has."""
        if self.coded:
            matrix = None if self.contrast is None else self.contrast.matrix
            return len(self.levels) if full else len(self.levels) - 1 if matrix is None else matrix.shape[1]
        return max(1, len(self.columns))

    def table(self, full):
        """Return the columns each level has [L, k], and their names: indicators where `full`, else contrasts."""
        if full not in self._tables:
            if full:
                self._tables[full] = indicators(len(self.levels)), self.levels
            else:
                self._tables[full] = contrast_matrix(self.contrast, self.levels)
        return self._tables[full]

    def names(self, full):
        """Return the names of the variable's columns: `x`, `f[b]`, `poly(x, 2)[1]`."""
        if self.coded:
            return tuple(f"{self.label}[{level}]" for level in self.table(full)[1])
        if self.kind == "matrix" and len(self.columns) > 1:
            return tuple(f"{self.label}[{column}]" for column in self.columns)
        return (self.label,)


def learn(label: str, value: Any, contrast: Contrast | None = None) -> tuple[VariableSpec, Any]:
    """Return the specification of a variable from its value on the rows fitted, and the value to code.

    Parameters
    ----------
    label : str
    value : array [n], Logical, Factor or Matrix
    contrast : Contrast or None
        What the caller's `contrasts=` says of this factor.

    Returns
    -------
    spec : VariableSpec
    value : Factor, array [n] or array [n, k]
    """
    if isinstance(value, Matrix):
        return VariableSpec(label, "matrix", columns=value.columns), value.values
    if isinstance(value, Logical) or (isinstance(value, np.ndarray) and value.dtype.kind == "b"):
        factor = Factor(truth(value).astype(np.int32), ("False", "True"))
        coding = contrast or Contrast("contr.treatment")
        return VariableSpec(label, "logical", factor.levels, contrast=coding), factor
    if isinstance(value, Factor):
        if value.days is not None:
            raise DataError(date_advice(label))
        factor = value.used()
        coding = factor.contrast or contrast or Contrast("contr.poly" if factor.ordered else "contr.treatment")
        if coding.matrix is not None and len(coding.matrix) == len(value.levels) > len(factor.levels):
            coding = replace(coding, matrix=coding.matrix[[value.levels.index(v) for v in factor.levels]])
        return VariableSpec(label, "factor", factor.levels, factor.ordered, coding), factor
    if contrast is not None:
        raise DataError(f"`contrasts` names `{label}`, which is {describe(value)}, not a factor.")
    return VariableSpec(label, "numeric"), numeric(value)


def recall(spec, value, row_name, missing=None):
    """Return the value of a variable on new rows, coded as `spec` says; a level not seen before is a DataError.

    Of rows known to be `missing` [m] the level does not matter.
    """
    if spec.kind == "matrix":
        return value.values
    if spec.kind == "numeric":
        if isinstance(value, Factor):
            raise DataError(f"`{spec.label}` was numeric in the data fitted and is {describe(value)} here.")
        return numeric(value)
    if spec.kind == "logical" and isinstance(value, np.ndarray):
        value = logical(truth(value))
    given = as_factor(value)
    if given.levels == spec.levels:
        return given
    place = {level: i for i, level in enumerate(spec.levels)}
    lookup = np.array([*(place.get(level, -2) for level in given.levels), -1], dtype=np.int32)
    codes = lookup[given.codes]
    if missing is not None:
        codes = np.where(missing, np.maximum(codes, -1), codes)
    unseen = np.flatnonzero(codes == -2)
    if len(unseen):
        new = list(dict.fromkeys(given.levels[c] for c in given.codes[unseen].tolist()))
        rows = ", ".join(row_name(i) for i in unseen[:3].tolist()) + (", ..." if len(unseen) > 3 else "")
        raise DataError(
            f"`{spec.label}` has the level{'s' * (len(new) > 1)} {_quoted(new)} ({rows}), which the data fitted did "
            f"not have; its effect is not known. The levels are {_quoted(spec.levels)}."
        )
    return Factor(codes, spec.levels, spec.ordered)


def _quoted(levels, most=10):
    return ", ".join(f'"{level}"' for level in levels[:most]) + (", ..." if len(levels) > most else "")
