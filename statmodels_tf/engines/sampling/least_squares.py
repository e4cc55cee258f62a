"""Where chains start: near the least squares fit of the common terms, dispersed by its standard errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...priors import Real

if TYPE_CHECKING:
    from ...model import Flat

MOST_COLUMNS = 2000  # beyond it the normal equations cost more than they save


def start(flat: Flat) -> tuple[np.ndarray, np.ndarray]:
    """Return a centre [size] and a scale [size] of the flat density's coordinates.

    Coefficients are at least squares, in units of twice their standard errors: with a vague prior the coordinates that
    priors standardise would be far too wide. Every other coordinate is at zero, in units of one.
    """
    centre, scale = np.zeros(flat.size), np.ones(flat.size)
    model = flat.model
    common = model.common
    if common is None or not model.family.linear or len(common.estimable) > MOST_COLUMNS:
        return centre, scale
    y = model.data["likelihood"]["y"]
    y = y if model.design.offset is None else y - model.design.offset
    columns = common.estimable
    gram = common.matrix.gram()[np.ix_(columns, columns)]
    inverse = np.linalg.pinv(gram, hermitian=True)
    b = np.zeros(len(common.columns))
    b[columns] = inverse @ common.matrix.rmatvec(y)[columns]
    residual = y - common.matrix.matvec(b)
    variance = np.sum(residual**2) / max(1, len(y) - len(columns))
    # The errors of the parameters, which count from the centre of the columns: M takes X's coefficients to them.
    take = np.eye(len(columns))
    if common.intercept is not None:
        take[0, 1:] = common.centre[columns[1:]]
    sd = np.zeros(len(common.columns))
    sd[columns] = np.sqrt(np.maximum(variance * np.einsum("ij,jk,ik->i", take, inverse, take), 1e-12))
    at = common.values_of(b)
    errors = {name: sd[positions] for name, _, positions in common.slopes}
    if common.intercept is not None:
        errors[common.parameters[0].name] = sd[columns[0]]
    for parameter, part in flat.parts():
        if parameter.name in errors and isinstance(parameter.prior, Real):
            of = parameter.prior.transform
            centre[part] = (at[parameter.name] - of.loc) / of.scale
            scale[part] = 2 * errors[parameter.name] / of.scale
    return centre, scale
