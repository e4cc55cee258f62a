"""The problems of the posterior benchmark: the same model in each library's words."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from statmodels_tf.dataset import load_dataset


@dataclass(frozen=True)
class Problem:
    """One model on one data set.

    `ours`, `rstanarm` and `bambi` are its formulas; `limit` is the longest whole call in seconds of wall time, on two
    cores. Priors are each library's default ones, which are alike: weakly informative, in units of the data.
    """

    name: str
    about: str
    family: str
    ours: str
    rstanarm: str
    bambi: str
    data: Callable[[], pd.DataFrame]
    limit: float


def wells() -> pd.DataFrame:
    """Return the wells of Bangladesh, distances in 100 m and education in 4 years."""
    data = load_dataset("wells")
    return data.assign(dist100=data["dist"] / 100, educ4=data["educ"] / 4)


PROBLEMS = {
    problem.name: problem
    for problem in [
        Problem(
            "cbpp",
            "56 rows, 15 herds, binomial",
            "binomial",
            "incidence | trials(size) ~ period + (1 | herd)",
            "cbind(incidence, size - incidence) ~ period + (1 | herd)",
            "p(incidence, size) ~ period + (1 | herd)",
            partial(load_dataset, "cbpp"),
            2.0,
        ),
        Problem(
            "radon",
            "919 rows, 85 counties, varying intercepts and slopes",
            "gaussian",
            "log_radon ~ floor + log_uranium + (1 + floor | county)",
            "log_radon ~ floor + log_uranium + (1 + floor | county)",
            "log_radon ~ floor + log_uranium + (1 + floor | county)",
            partial(load_dataset, "radon"),
            5.0,
        ),
        Problem(
            "wells",
            "3,020 rows, logistic",
            "bernoulli",
            "switch ~ dist100 + arsenic + educ4",
            "switch ~ dist100 + arsenic + educ4",
            "switch ~ dist100 + arsenic + educ4",
            wells,
            5.0,
        ),
    ]
}
CHAINS, WARMUP, DRAWS = 4, 1000, 1000
