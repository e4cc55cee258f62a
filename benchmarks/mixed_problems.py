"""The problems: data, formula, and what a fit must reach."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from statmodels_tf.dataset import load_dataset


@dataclass(frozen=True)
class Problem:
    """One model on one data set.

    `number` calls are timed together, so that small fits can be measured; `least` is the ratio of CPU times, lme4 to
    ours, below which `--check` fails; `limit` is the longest whole call in seconds of CPU time, where there is one.
    """

    name: str
    about: str
    formula: str
    data: Callable[[], pd.DataFrame]
    REML: bool = True
    number: int = 1
    least: float = 1.0
    limit: float | None = None


def random_slopes(rows: int, subjects: int, seed: int) -> pd.DataFrame:
    """Return `rows` rows of y = 1 + 2 x + (b0 + b1 x of the row's subject) + e with correlated b0 and b1."""
    rng = np.random.default_rng(seed)
    subject = rng.integers(subjects, size=rows)
    x = rng.normal(size=rows)
    b = rng.normal(size=(subjects, 2)) @ np.array([[0.8, 0.15], [0.0, 0.4]])
    y = 1 + b[subject, 0] + (2 + b[subject, 1]) * x + rng.normal(size=rows)
    return pd.DataFrame(
        {"y": y, "x": x, "subject": pd.Categorical.from_codes(subject, [f"s{i}" for i in range(subjects)])}
    )


PROBLEMS = {
    problem.name: problem
    for problem in [
        Problem(
            "insteval",
            "73,421 ratings, students crossed with instructors",
            "rating ~ service + (1 | student) + (1 | instructor)",
            partial(load_dataset, "insteval"),
            least=25,
        ),
        Problem(
            "insteval_dept",
            "the same with departments: three crossed factors",
            "rating ~ service + (1 | student) + (1 | instructor) + (1 | dept)",
            partial(load_dataset, "insteval"),
            least=20,
        ),
        Problem(
            "sleepstudy",
            "180 rows, 18 subjects, correlated random slopes",
            "Reaction ~ Days + (1 + Days | Subject)",
            partial(load_dataset, "sleepstudy"),
            number=20,
            limit=0.015,
        ),
        Problem(
            "pastes",
            "60 rows, casks nested in batches",
            "strength ~ 1 + (1 | batch / cask)",
            partial(load_dataset, "pastes"),
            number=20,
        ),
        Problem(
            "million_slopes",
            "1,000,000 rows, 100,000 subjects, correlated random slopes, simulated",
            "y ~ x + (1 + x | subject)",
            partial(random_slopes, 1_000_000, 100_000, 20240501),
            least=20,
        ),
    ]
}
