"""The problems of `lm` and `glm`: data, formula, family, and what the fit must reach."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from statmodels_tf.dataset import load_dataset


@dataclass(frozen=True)
class GLMProblem:
    """One model on one data set.

    `number` calls are timed together, so that small fits can be measured; `limit` is the longest whole call in
    seconds of CPU time and `memory` the most resident memory in MiB, where there are any. `turns` is how often it is
    measured at most, where a peer takes minutes.
    """

    name: str
    about: str
    formula: str
    family: str
    data: Callable[[], pd.DataFrame]
    number: int = 1
    limit: float | None = None
    memory: float | None = None
    turns: int | None = None


def numeric(rows: int, columns: int, family: str, seed: int) -> pd.DataFrame:
    """Return a response `y` and `columns` - 1 mildly correlated normal columns; with the intercept p = `columns`."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, columns - 1))
    x[:, 1:] += 0.4 * x[:, :-1]
    beta = rng.normal(size=columns - 1) * 0.8 / np.sqrt(columns)
    y = _response(-0.5 + x @ beta, family, rng)
    return pd.DataFrame({"y": y} | {f"x{j + 1}": x[:, j] for j in range(columns - 1)})


def two_factors(rows: int, few: int, many: int, columns: int, seed: int) -> pd.DataFrame:
    """Return counts `y` with two factors, of `few` and `many` levels, and `columns` normal columns."""
    rng = np.random.default_rng(seed)
    f, g = rng.integers(few, size=rows), rng.integers(many, size=rows)
    z = rng.standard_normal((rows, columns))
    eta = -0.3 + 0.3 * rng.normal(size=few)[f] + 0.4 * rng.normal(size=many)[g]
    y = _response(eta + z @ rng.normal(size=columns) * 0.15, "poisson", rng)
    frame = pd.DataFrame({"y": y, "f": _factor(f, few, "f"), "g": _factor(g, many, "g")})
    return frame.assign(**{f"z{j + 1}": z[:, j] for j in range(columns)})


def interactions(rows: int, seed: int) -> pd.DataFrame:
    """Return truth values `y`, columns x1 and x2, and factors a and b of 10 and 20 levels."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(10, size=rows), rng.integers(20, size=rows)
    x = rng.standard_normal((rows, 2))
    eta = -0.2 + x @ [0.5, -0.3] + rng.normal(size=(10, 20))[a, b] * 0.3 + rng.normal(size=10)[a] * x[:, 0] * 0.2
    y = _response(eta, "binomial", rng)
    return pd.DataFrame({"y": y, "x1": x[:, 0], "x2": x[:, 1], "a": _factor(a, 10, "a"), "b": _factor(b, 20, "b")})


def _response(eta: np.ndarray, family: str, rng: np.random.Generator) -> np.ndarray:
    """Return a response with the family's canonical link."""
    if family == "binomial":
        return (rng.random(len(eta)) < 1 / (1 + np.exp(-eta))).astype(float)
    return rng.poisson(np.exp(np.clip(eta, -20, 5))).astype(float)


def _factor(codes: np.ndarray, levels: int, name: str) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, [f"{name}{k:04d}" for k in range(levels)])


def _sum(columns: int) -> str:
    return " + ".join(f"x{j}" for j in range(1, columns))


GLM_PROBLEMS = {
    problem.name: problem
    for problem in [
        *(
            GLMProblem(
                f"{family}_{name}",
                f"{family}, {rows:,} rows, {columns} coefficients",
                f"y ~ {_sum(columns)}",
                family,
                partial(numeric, rows, columns, family, 1),
                turns=turns,
            )
            for name, rows, columns, turns in (("tall", 1_000_000, 20, None), ("wide", 200_000, 200, 2))
            for family in ("binomial", "poisson")
        ),
        GLMProblem(
            "factors",
            "poisson, 1,000,000 rows, factors of 500 and 5,000 levels, 10 numeric columns",
            "y ~ f + g + " + " + ".join(f"z{j}" for j in range(1, 11)),
            "poisson",
            partial(two_factors, 1_000_000, 500, 5_000, 10, 2),
            memory=1000,
        ),
        GLMProblem(
            "interactions",
            "binomial, 1,000,000 rows, `x1*a + a:b + x2`: 211 columns",
            "y ~ x1*a + a:b + x2",
            "binomial",
            partial(interactions, 1_000_000, 3),
            turns=1,
        ),
        GLMProblem(
            "mtcars",
            "binomial, 32 rows, 2 coefficients",
            "am ~ wt",
            "binomial",
            lambda: load_dataset("mtcars")[["am", "wt"]],
            number=50,
            limit=0.005,
        ),
    ]
}
