"""The coordinates of group effects that suit the data: b where the data tell more of it than the prior, else z."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...model import NumericFlat, informed
from .density import Density
from .start import MOST_CURVED, Start, curvature

if TYPE_CHECKING:
    from ...model import Model


def parametrised(density: Density, model: Model, start: Start) -> tuple[Density, Start]:
    """Return the density and the start with the effects of informed groups as coordinates themselves.

    The choice is made near the mode in terms of z; in terms of b the density has none, since it grows without end as
    all effects and their standard deviation go to zero together. The start moves over.
    """
    if not isinstance(density, NumericFlat) or density.size > MOST_CURVED:
        return density, start
    values = density.values(start.centre)
    labels = informed(model, values)
    if not labels:
        return density, start
    made = NumericFlat(replace(model, centred=labels))
    centre = made.inverse(values)
    precision = np.diagonal(curvature(made, centre))
    return made, Start(centre, 1 / np.sqrt(np.clip(precision, 1.0, 1e8)))
