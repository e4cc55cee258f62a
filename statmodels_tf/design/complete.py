"""Which rows are complete, and what made the others incomplete."""

from dataclasses import dataclass, field

import numpy as np

from ..errors import DataError
from .rows import missing_rows


@dataclass(frozen=True, eq=False)
class Kept:
    """The rows kept, and why the others were dropped.

    Attributes
    ----------
    rows : int array or None
        Positions of the rows kept; None is all of them.
    dropped : int
        Rows that `subset` would have kept and that are incomplete.
    missing_by : dict
        Column -> how many of the rows it is missing in.
    undefined_by : dict
        Expression -> how many of the rows have all its columns, and it has no value: `log(x)` of a negative number.
    """

    rows: np.ndarray | None
    dropped: int = 0
    missing_by: dict[str, int] = field(default_factory=dict)
    undefined_by: dict[str, int] = field(default_factory=dict)


def kept_rows(given, computed, subset, na_action, *, none=False):
    """Return the complete rows.

    Parameters
    ----------
    given : Table
    computed : list of (Variable or None, value)
        All that must be there; without a variable it came as an array.
    subset : bool array [n] or None
    na_action : str
        `"omit"`, or `"fail"`, which makes an incomplete row a DataError.
    none : bool
        Whether no row may be left.
    """
    if subset is not None and not none and not subset.any():
        raise DataError("`subset` keeps no row of the data.")
    among = np.ones(given.n, dtype=bool) if subset is None else subset
    incomplete, columns, undefined = None, dict[str, np.ndarray](), dict[str, int]()
    for variable, value in computed:
        holes = missing_rows(value)
        if holes is None:
            continue
        if na_action == "fail":
            name, where = variable.label if variable else "weights or offset", given.row_name(np.flatnonzero(holes)[0])
            raise DataError(f'`{name}` is missing in {where}. Use na_action="omit" to leave such rows out.')
        incomplete = holes if incomplete is None else incomplete | holes
        made = holes & among
        for name in variable.names if variable else ():
            empty = missing_rows(given.column(name)) if given.has(name) else None
            if empty is not None:
                columns[name] = columns.get(name, False) | (empty & holes & among)
                made = made & ~empty
        if variable and made.any():
            undefined[variable.label] = int(made.sum())
    if incomplete is None:
        return Kept(None if subset is None else np.flatnonzero(subset))
    kept = among & ~incomplete
    counts = {name: int(rows.sum()) for name, rows in columns.items() if rows.any()}
    if not none and not kept.any():
        raise DataError(none_left(int(among.sum()), counts, undefined))
    return Kept(np.flatnonzero(kept), int(among.sum()) - int(kept.sum()), counts, undefined)


def none_left(total, columns, undefined):
    """Return what to say when no row is complete."""
    message = f"no row is complete: something is missing in each of the {total} rows"
    reasons = sorted([*columns.items(), *undefined.items()], key=lambda item: -item[1])[:1]
    if not reasons:
        return f"{message}."
    ((name, count),) = reasons
    made = ", where it has no value" if name in undefined else ""
    return f"{message}; `{name}` in {count} of them{made}."
