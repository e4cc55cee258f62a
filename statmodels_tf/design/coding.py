"""Coding: which columns each term makes, by R's rules, as blocks.

A factor of a term is coded by contrasts when the term without it is already in the model, and by an indicator of every
level otherwise; so `a:b` after `a` spans what is missing and no more. Within a term the first variable's columns run
fastest.

References
----------
Chambers & Hastie (1992), Statistical Models in S, section 2.4.1; R's `TermCode` in src/library/stats/src/model.c.
"""

from dataclasses import dataclass
from functools import reduce
from math import prod

import numpy as np

from ..errors import DataError
from ..linalg import Coded, Columns, Dense, LinearMap, Stacked
from ..linalg.columns import in_runs
from ..terms import INTERCEPT

MANY_CELLS = 4096
"""Combinations of levels, beyond twice the rows, from which on only those that occur are tabulated."""

SPARED = 2_000_000
"""Numbers from which on the columns of the data are used where they lie."""

MAX_COLUMNS = 20_000
"""The most columns of a design: their cross-product then takes 3 GB."""


@dataclass(frozen=True)
class TermCoding:
    """One term, coded: its label, its variables' keys, which of them have full indicators, its columns' names."""

    label: str
    keys: tuple
    full: tuple[bool, ...]
    columns: tuple[str, ...]


def code_terms(terms, specs):
    """Return the coding of each common term, in order.

    Parameters
    ----------
    terms : sequence of CommonTerm, the intercept first where there is one
    specs : dict variable key -> VariableSpec
    """
    intercept = any(not term.variables for term in terms)
    first = None if intercept else _first_factor(terms, specs)
    before: dict[str, list[frozenset]] = {}
    codings, total = [], 0
    for term in terms:
        keys = tuple(v.key for v in term.variables)
        full = []
        for key in keys:
            full.append(specs[key].coded and (not _implied(keys, key, before) or (term, key) == first))
        total += prod(specs[key].width(f) for key, f in zip(keys, full, strict=True))
        if total > MAX_COLUMNS:
            raise DataError(_too_wide(term, specs, total))
        parts = [specs[key].names(f) for key, f in zip(keys, full, strict=True)]
        codings.append(TermCoding(term.label, keys, tuple(full), _products(parts) or (INTERCEPT,)))
        for key in keys:
            before.setdefault(key, []).append(frozenset(keys))
    return tuple(codings)


def shown_terms(formula, spec):
    """Return the coding of the common terms that have columns: an intercept that is only implied has none."""
    codings = code_terms(formula.common, spec.variables)
    return codings[1:] if spec.implied_intercept else codings


def _too_wide(term, specs, total):
    factors = [specs[v.key] for v in term.variables if specs[v.key].coded]
    levels = " and ".join(f"`{factor.label}` has {len(factor.levels):,} levels" for factor in factors)
    group = ":".join(factor.label for factor in factors)
    return f"with `{term.label}` the design has {total:,} columns, and {MAX_COLUMNS:,} is the most" + (
        f"; {levels}. For effects of so many levels write a group term, `(1 | {group})`." if factors else "."
    )


def _implied(keys, key, before):
    """Return whether the term without `key` is empty or within an earlier term (listed by each of its variables)."""
    rest = frozenset(keys) - {key}
    return not rest or any(rest <= earlier for earlier in before.get(next(iter(rest)), ()))


def _first_factor(terms, specs):
    """Return the first factor as (term, variable key): without an intercept it has an indicator of each level."""
    for term in terms:
        for variable in term.variables:
            if specs[variable.key].coded:
                return term, variable.key
    return None


def _products(parts):
    """Return the names of products of columns, the first variable's fastest."""
    names = ()
    for part in parts:
        names = tuple(f"{left}:{right}" for right in part for left in names) if names else tuple(part)
    return names


def blocks(codings, specs, values, n, lent=None) -> LinearMap:
    """Return the columns of coded terms as one map [n, p]: neighbouring numeric columns in one array, factors as codes.

    Parameters
    ----------
    codings : sequence of TermCoding
    specs : dict variable key -> VariableSpec
    values : dict variable key -> Factor, array [n] or array [n, k]
    n : int
    lent : dict or None
        Of values that need not be copied, by their `id`: what must live for them to stay as they are.
    """
    made: list[LinearMap] = []
    pending: list[np.ndarray | None] = []
    for coding in codings:
        if any(specs[key].coded for key in coding.keys):
            _flush(pending, made, n)
            made.append(_coded(coding, specs, values))
        else:
            pending.append(_numeric(coding.keys, values, n))
    if lent and not made and n * len(pending) >= SPARED and all(part is None or part.ndim == 1 for part in pending):
        return _where_they_lie(pending, n, lent)
    _flush(pending, made, n)
    if not made:
        return Dense(np.empty((n, 0)))
    return made[0] if len(made) == 1 else Stacked(tuple(made))


def _where_they_lie(pending, n, lent):
    """Return the numeric columns one by one, copied only where they are not lent or not in order in memory."""
    parts, owners = [], []
    for part in pending:
        if part is None:
            parts.append(np.broadcast_to(1.0, n))
        elif id(part) in lent and part.flags.c_contiguous:
            parts.append(part)
            owners.append(lent[id(part)])
        else:
            parts.append(np.array(part))
    return Columns(in_runs(parts), tuple(owners))


def _flush(pending, made, n):
    """Gather the numeric columns waiting into one array, column by column in memory."""
    if not pending:
        return
    width = sum(1 if part is None or part.ndim == 1 else part.shape[1] for part in pending)
    array, at = np.empty((n, width), order="F"), 0
    for part in pending:
        if part is None or part.ndim == 1:
            array[:, at] = 1.0 if part is None else part
            at += 1
        else:
            array[:, at : at + part.shape[1]] = part
            at += part.shape[1]
    made.append(Dense(array))
    pending.clear()


def _numeric(keys, values, n):
    """Return the product of numeric variables: None for the intercept, [n], or [n, m] with the first fastest."""
    product = None
    for key in keys:
        value = values[key]
        if product is None:
            product = value
        elif product.ndim == 1 and value.ndim == 1:
            product = product * value
        else:
            left, right = product.reshape(n, -1), value.reshape(n, -1)
            product = (right[:, :, None] * left[:, None, :]).reshape(n, -1)
    return product


def _coded(coding, specs, values):
    """Return the block of a term that has factors in it."""
    factors = [(key, full) for key, full in zip(coding.keys, coding.full, strict=True) if specs[key].coded]
    numbers = [key for key in coding.keys if not specs[key].coded]
    tables = [specs[key].table(full)[0] for key, full in factors]
    codes = [values[key].codes for key, _ in factors]
    fused, cells = fuse(codes, [len(table) for table in tables])
    # The table of one factor is not copied: that of thousands of levels is large.
    parts = tables if len(tables) == 1 else [t[c] for t, c in zip(tables, cells, strict=True)]
    table = reduce(_row_products, parts)
    n = len(fused)
    multiplied = _numeric(numbers, values, n)
    if multiplied is not None:
        multiplied = np.array(multiplied.reshape(n, -1))  # a copy: the data may change later
    return Coded(fused, table, multiplied, _order(coding, specs, tables, values))


def _row_products(left, right):
    """Return the row-wise Kronecker product, the left factor's columns fastest."""
    return (right[:, :, None] * left[:, None, :]).reshape(len(left), -1)


def fuse(codes, sizes):
    """Return one code for each row's combination of factors, and what each combination is.

    The first factor runs fastest. Combinations that no row has are left out when there are more of them than rows.

    Returns
    -------
    fused : int32 array [n]
    cells : list of int arrays [C]
        The code of each factor in combination c.
    """
    if len(codes) == 1:
        return codes[0], [np.arange(sizes[0])]
    total = prod(sizes)
    strides = np.cumprod([1, *sizes[:-1]])
    fused = sum(c.astype(np.int64) * int(s) for c, s in zip(codes, strides, strict=True))
    combos = np.arange(total) if total <= MANY_CELLS + 2 * len(fused) else None
    if combos is None:
        combos, fused = np.unique(fused, return_inverse=True)
    cells = [(combos // int(s)) % size for s, size in zip(strides, sizes, strict=True)]
    return fused.astype(np.int32), cells


def _order(coding, specs, tables, values):
    """Return which product stands where when numeric and factor variables alternate; None if in their own order."""
    numbers = [1 if values[k].ndim == 1 else values[k].shape[1] for k in coding.keys if not specs[k].coded]
    widths = [table.shape[1] for table in tables]
    # Products are numbered factors slow, numeric values fast; the first variable of each kind fastest.
    natural = np.arange(prod(widths) * prod(numbers)).reshape(*widths[::-1], *numbers[::-1])
    coded = [specs[k].coded for k in coding.keys]
    axes = {}
    for position, is_coded in enumerate(coded):
        place = sum(c == is_coded for c in coded[:position])
        axes[position] = len(widths) - 1 - place if is_coded else len(widths) + len(numbers) - 1 - place
    wanted = natural.transpose([axes[position] for position in reversed(range(len(coded)))]).ravel()
    return None if np.array_equal(wanted, np.arange(len(wanted))) else wanted
