"""R-style statistical modelling: formulas, fast closed-form engines, and TensorFlow Probability underneath.

>>> import statmodels_tf as st
>>> fit = st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"))
>>> fit.coef().round(3).to_dict()
{'Intercept': 251.405, 'Days': 10.467}
"""

from .api import anova, datasets, fit, lmer, load, load_dataset
from .engines import NUTS, PLS
from .errors import ConvergenceWarning, DataError, EngineError, FormulaError, ModelError, StatmodelsError
from .fits import Estimate, Fit, MixedEstimate
from .fits.posterior import Posterior
from .model import Model

__all__ = [
    "NUTS",
    "PLS",
    "ConvergenceWarning",
    "DataError",
    "EngineError",
    "Estimate",
    "Fit",
    "FormulaError",
    "MixedEstimate",
    "Model",
    "ModelError",
    "Posterior",
    "StatmodelsError",
    "anova",
    "datasets",
    "fit",
    "lmer",
    "load",
    "load_dataset",
]
__version__ = "0.1.0"
