"""statsmodels: `MixedLM`, for one grouping factor or nested ones."""

import warnings
from importlib.metadata import version

import pandas as pd
import statsmodels.formula.api as smf

from benchmarks.peers.protocol import serve

# One entry for each formula MixedLM can express: fixed part, groups, random part, variance components.
MODELS = {
    "Reaction ~ Days + (1 + Days | Subject)": ("Reaction ~ Days", "Subject", "~Days", None),
    "strength ~ 1 + (1 | batch / cask)": ("strength ~ 1", "batch", "1", {"cask": "0 + C(cask)"}),
}


def fit(formula: str, data: pd.DataFrame, REML: bool) -> dict:
    """Return what the comparison needs of one fit."""
    fixed, groups, random, components = MODELS[formula]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        m = smf.mixedlm(fixed, data, groups=groups, re_formula=random, vc_formula=components).fit(reml=REML)
    return {"criterion": -2 * m.llf, "coef": m.fe_params.tolist(), "se": m.bse_fe.tolist()}


if __name__ == "__main__":
    serve(fit, {"statsmodels": version("statsmodels")})
