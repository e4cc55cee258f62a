"""Small mixed models fitted by dense matrices: shared by the tests of what a fit answers."""

from functools import cache

import numpy as np
import pandas as pd

from statmodels_tf.dataset import load_dataset
from statmodels_tf.design import build
from statmodels_tf.fits import Call
from statmodels_tf.model import build_model
from tests.fits.dense import DenseEngine


def toy():
    """Forty-eight rows, six levels of `g` crossed with four of `h`, an aliased column and weights."""
    rng = np.random.default_rng(11)
    g, h = np.repeat(list("abcdef"), 8), np.tile(list("pqrs"), 12)
    x = rng.normal(size=48)
    effect = dict(zip("abcdefpqrs", rng.normal(size=10), strict=True))
    y = 2 + 0.7 * x + [effect[a] * (1 + 0.5 * v) + effect[b] for a, b, v in zip(g, h, x, strict=True)]
    arm = np.tile(["old", "new", "none"], 16)
    return pd.DataFrame(
        {
            "y": y + 0.5 * rng.normal(size=48),
            "x": x,
            "twice": 2 * x,
            "arm": pd.Categorical(arm, ["old", "new", "none"]),
            "g": g,
            "h": h,
            "w": rng.uniform(0.5, 2, size=48),
        },
        index=[f"row{i}" for i in range(48)],
    )


DATA = {"sleepstudy": lambda: load_dataset("sleepstudy"), "toy": toy, "dyestuff2": lambda: load_dataset("dyestuff2")}
CASES = {
    "slopes": ("sleepstudy", "Reaction ~ Days + (Days | Subject)", {}),
    "ml": ("sleepstudy", "Reaction ~ Days + (Days | Subject)", {"REML": False}),
    "uncorrelated": ("sleepstudy", "Reaction ~ Days + (Days || Subject)", {}),
    "crossed": ("toy", "y ~ x * arm + (1 + x | g) + (1 | h)", {"weights": "w"}),
    "reordered": ("toy", "y ~ x + offset(0.5 * x) + (1 | h) + (0 + x | g)", {}),
    "aliased": ("toy", "y ~ x + twice + arm + (1 | g)", {"REML": False}),
    "singular": ("dyestuff2", "Yield ~ 1 + (1 | Batch)", {}),
}


def dense_lmer(formula, data, *, REML=True, weights=None, offset=None, subset=None, contrasts=None, functions=None):
    """An entry point like `lmer` whose engine is the dense one."""
    given = {"REML": REML, "weights": weights, "offset": offset, "subset": subset, "contrasts": contrasts}
    design = build(
        formula, data, weights=weights, offset=offset, subset=subset, contrasts=contrasts, functions=functions
    )
    call = Call(dense_lmer, formula, data, {k: v for k, v in given.items() if v is not None})
    return DenseEngine(REML).fit(build_model(design), call=call)


@cache
def data_of(case):
    return DATA[CASES[case][0]]()


@cache
def dense_fit(case):
    _, formula, options = CASES[case]
    return dense_lmer(formula, data_of(case), **options)
