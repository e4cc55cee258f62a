"""Confidence intervals by the parametric bootstrap: responses drawn from the fit, the model fitted to each.

Draw y* from the fitted model with new random effects, refit by the same criterion, and take the quantiles of each
parameter over the refits, at (B + 1) alpha / 2 in their order.

References
----------
Davison & Hinkley (1997), Bootstrap Methods and their Application, sections 4.2.4 and 5.3.1.
Bates, Maechler, Bolker & Walker (2015). doi:10.18637/jss.v067.i01
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..arguments import count_of, coverage, generator
from ..frame import headed


def bootstrap_intervals(fit: Any, level: float, *, nsim: int, seed: Any) -> pd.DataFrame:
    """Return lower and upper of each coefficient, standard deviation, correlation and sigma; see `confint`."""
    tails = [(1 - coverage(level)) / 2, (1 + level) / 2]
    count, rng = count_of("confint", "nsim", nsim), generator(seed)
    design = fit.model.design
    refits = []
    for _ in range(count):
        y = fit.simulate(1, rng)["sim_1"].to_numpy()
        # A row of weight 0 has no variance to draw from, and no say in the refit.
        response = replace(design.response, values=np.where(np.isnan(y), design.response.values, y))
        model = replace(fit.model, design=replace(design, response=response))
        refits.append(parameters(fit.engine.fit(model)))
    drawn = np.array([values.to_numpy() for values in refits])
    lower, upper = np.quantile(drawn, tails, axis=0, method="weibull")
    table = pd.DataFrame({"lower": lower, "upper": upper}, index=refits[0].index)
    return headed(table, f"parametric bootstrap, {count:,} refits")


def parameters(fit: Any) -> pd.Series:
    """Return coefficients, then standard deviations and correlations as in `varcorr()`, then sigma, by name."""
    spread = {
        "sigma"
        if row.term1 is None
        else f"sd({row.group})[{row.term1}]"
        if row.term2 is None
        else f"cor({row.group})[{row.term1},{row.term2}]": row.sdcor
        for row in fit.varcorr().itertuples()
    }
    return pd.concat([fit.coef(), pd.Series(spread)])
