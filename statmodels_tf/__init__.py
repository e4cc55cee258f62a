"""R-style statistical modelling: formulas, fast closed-form engines, and TensorFlow Probability underneath.

>>> import statmodels_tf as st
>>> fit = st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"))
>>> fit.coef().round(3).to_dict()
{'Intercept': 251.405, 'Days': 10.467}

A public name is loaded when it is first used, so that the import itself costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import families, priors
    from .api import (
        anova,
        average_predictions,
        compare,
        compare_estimates,
        datasets,
        fit,
        glm,
        lm,
        lmer,
        load_dataset,
        sbc,
    )
    from .engines import HMC, IRLS, NUTS, PLS, QR, VI, ChEES, LaplacePosterior, Marginal, Newton, Pathfinder
    from .errors import (
        ConvergenceWarning,
        DataError,
        DataWarning,
        EngineError,
        FormulaError,
        ModelError,
        StatmodelsError,
    )
    from .fits import (
        CategoricalEstimate,
        Estimate,
        Fit,
        GLMEstimate,
        LinearEstimate,
        MixedEstimate,
        OrdinalEstimate,
        Posterior,
    )
    from .model import Model
    from .saved import load

__all__ = [
    "HMC",
    "IRLS",
    "NUTS",
    "PLS",
    "QR",
    "VI",
    "CategoricalEstimate",
    "ChEES",
    "ConvergenceWarning",
    "DataError",
    "DataWarning",
    "EngineError",
    "Estimate",
    "Fit",
    "FormulaError",
    "GLMEstimate",
    "LaplacePosterior",
    "LinearEstimate",
    "Marginal",
    "MixedEstimate",
    "Model",
    "ModelError",
    "Newton",
    "OrdinalEstimate",
    "Pathfinder",
    "Posterior",
    "StatmodelsError",
    "anova",
    "average_predictions",
    "compare",
    "compare_estimates",
    "datasets",
    "families",
    "fit",
    "glm",
    "lm",
    "lmer",
    "load",
    "load_dataset",
    "priors",
    "sbc",
]
__version__ = "0.1.0"

_HOME = {
    "api": (
        "anova",
        "average_predictions",
        "compare",
        "compare_estimates",
        "datasets",
        "fit",
        "glm",
        "lm",
        "lmer",
        "load_dataset",
        "sbc",
    ),
    "engines": (
        "HMC",
        "IRLS",
        "NUTS",
        "PLS",
        "QR",
        "VI",
        "ChEES",
        "LaplacePosterior",
        "Marginal",
        "Newton",
        "Pathfinder",
    ),
    "errors": (
        "ConvergenceWarning",
        "DataError",
        "DataWarning",
        "EngineError",
        "FormulaError",
        "ModelError",
        "StatmodelsError",
    ),
    "fits": (
        "CategoricalEstimate",
        "Estimate",
        "Fit",
        "GLMEstimate",
        "LinearEstimate",
        "MixedEstimate",
        "OrdinalEstimate",
        "Posterior",
    ),
    "model": ("Model",),
    "saved": ("load",),
}


def __getattr__(name: str) -> Any:
    if name in ("families", "priors"):
        return import_module(f".{name}", __name__)
    for module, names in _HOME.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f".{module}", __name__), name)
            return value
    raise AttributeError(import_module(".elsewhere", __name__).no_entry(name, __all__) if name[:1] != "_" else name)


def __dir__() -> list[str]:
    return sorted(__all__)
