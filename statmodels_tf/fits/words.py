"""R's words for what is here: arguments and accessors that an R user types, and what to write instead."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from ..errors import ModelError, did_you_mean
from ..families import FAMILIES

P = ParamSpec("P")
T = TypeVar("T")

_OPTIONS = "what can be tuned are the fields of the engine, as in `engine=PLS(max_iter=200)`"
_START = "the engine finds its own start, and its answer does not depend on it"
_KEPT = "the fit keeps what it needs; `fit.model_matrix()`, `fit.model_frame()` and `fit.model.design` show it"
_TABLE = 'the result is a table whose rows can be taken: `.loc[["x"]]`'
_LEVEL = "intervals are part of the table, and `level=0.9` sets their coverage"

# What an argument of R is here, by its name in lower case with underscores for dots; `function.argument` comes first.
ARGUMENTS = {
    "adj": "write `adjust=`",
    "allow_new_levels": 'write `new_levels="population"` for `allow.new.levels = TRUE`, `"error"` for FALSE',
    "anova.ddf": "F tests use Satterthwaite's degrees of freedom; Kenward and Roger's are not available",
    "anova.refit": "fits by REML are always refitted by ML to be compared, and the table says so",
    "averaging": "write `average=`",
    "coef_int": _LEVEL,
    "comp": "the table has both, `vcov` and `sdcor`",
    "condvar": "write `se=True` for conditional standard deviations",
    "conf_int": _LEVEL,
    "conf_level": "write `level=`",
    "control": _OPTIONS,
    "cov_kwds": 'write `vcov={"type": "cluster", "cluster": "firm"}`',
    "cov_type": 'write `vcov="HC3"`, or `vcov={"type": "cluster", "cluster": "firm"}`',
    "cov_reduce": "numbers are held at their mean; write `at=` for other values",
    "ddf": 'write `df="satterthwaite"` or `df="none"`; Kenward and Roger\'s degrees of freedom are not available',
    "devfunonly": _OPTIONS,
    "disp": "write `progress=False`",
    "dispersion": "the dispersion is the family's: known, or estimated by Pearson's statistic",
    "epsilon": "write `engine=st.IRLS(tolerance=...)`",
    "etastart": _START,
    "exog": "write `formula=` and `data=`; columns are named in the formula",
    "endog": "write `formula=` and `data=`; columns are named in the formula",
    "exposure": 'write `offset="log(exposure)"`, or `offset(log(exposure))` in the formula',
    "freq_weights": "write `weights=`; a whole number counts a row so often, as in R",
    "glm.control": "write `engine=st.IRLS(...)`; its fields are what can be tuned",
    "glm.hess": "standard errors always come from the information",
    "glm.threshold": 'write `family=st.families.Cumulative(threshold="symmetric")`',
    "glm.method": 'write `engine="irls"`, or leave it out',
    "glm.start": _START,
    "groups": "write a group term in the formula, `(1 | g)`, with `lmer`",
    "intercept": "write `formula=` with `0 +` for no intercept",
    "linfct": "write `hypothesis=`, as text or a matrix",
    "lm.family": "`lm` is for gaussian responses; `glm(formula, data, family)` knows the others",
    "lm.control": "least squares needs none",
    "lm.method": 'write `engine="qr"`, or leave it out',
    "lmer_df": 'write `df="satterthwaite"` or `df="none"`; Kenward and Roger\'s are not available',
    "lmer.family": f"`lmer` is for gaussian responses; `fit(..., family=)` knows {', '.join(sorted(FAMILIES))}",
    "method": "write `REML=True` or, for maximum likelihood, `REML=False`",
    "na_action": "rows that lack a value are dropped and counted; fill or drop them in the data to do otherwise",
    "hypothesis_matrix": "write `hypothesis=`, as text or a matrix",
    "maxit": "write `engine=st.IRLS(max_iterations=...)`",
    "maxiter": "write `engine=st.IRLS(max_iterations=...)`",
    "missing": 'write `na_action="omit"` or `na_action="fail"`',
    "mustart": _START,
    "nagq": "a linear mixed model is fitted exactly, without quadrature",
    "nsim": "write `n=`",
    "obs": 'write `interval="prediction"`',
    "offset_col": "write `offset=`",
    "optimizer": _OPTIONS,
    "parm": _TABLE,
    "postvar": "write `se=True` for conditional standard deviations",
    "re_form": 'write `random="exclude"` for `re.form = NA` or `~0`, `random="include"` for NULL',
    "reform": 'write `random="exclude"` for `re.form = NA` or `~0`, `random="include"` for NULL',
    "reml": "a model without group terms is fitted by least squares or maximum likelihood, whichever it needs",
    "scale": "the dispersion is the family's: known, or estimated by Pearson's statistic",
    "se_fit": "write `se=True`",
    "simulate.newdata": "responses are drawn for the rows of the fit",
    "singular_ok": "columns that depend on earlier ones are not estimated, and `fit.check()` names them",
    "start": _OPTIONS,
    "transform": "columns of new data are transformed as those of the fit",
    "use_u": 'write `random="include"` for `use.u = TRUE`, `random="draw"` for FALSE',
    "var_weights": "write `weights=`",
    "verbose": "write `progress=True`, or read `fit.diagnostics`",
    "predictions.variables": "write `at=`",
    "var": "write `x=`",
    "variables": "write `x=`",
    "wts": "write `weights=`",
    "which": _TABLE,
    "whichel": "write `group=`",
}  # fmt: skip

# What an accessor or function of R is here.
ACCESSORS = {
    "AIC": "aic",
    "Anova": "anova()",
    "BIC": "bic",
    "REMLcrit": "criterion",
    "VarCorr": "varcorr()",
    "aliased": "coef()` and `check()",
    "avg_comparisons": "comparisons()",
    "avg_predictions": "predictions()",
    "avg_slopes": "slopes()",
    "bootMer": 'confint(method="boot")` or `simulate(n)',
    "Boot": "bootstrap()",
    "HC0_se": 'se(vcov="HC0")',
    "HC1_se": 'se(vcov="HC1")',
    "HC2_se": 'se(vcov="HC2")',
    "HC3_se": 'se(vcov="HC3")',
    "boot": "bootstrap()",
    "coeftest": 'coef_table(vcov="HC3")',
    "cooks.distance": "cooks_distance()",
    "contrast": "emmeans(specs).contrast(method)",
    "deltaMethod": "hypothesis(text)",
    "df.residual": "df_residual",
    "fixed_effects": "coef()",
    "cov": "vcov()",
    "cov_type": "vcov(type=...)",
    "dev.resids": 'residuals("deviance")',
    "df.null": "df_null",
    "df_resids": "df_residual",
    "f_pvalue": 'fstatistic["p"]',
    "fitted.values": "fitted()",
    "fitted_values": "fitted()",
    "fvalue": 'fstatistic["value"]',
    "get_distribution": "simulate(n)",
    "get_influence": "influence()",
    "get_robustcov_results": 'coef_table(vcov="HC3")` or `vcov("HC3")',
    "f_test": "hypothesis([...])",
    "getME": "theta`, `factors`, `modes` or `model_matrix()",
    "get_margeff": "slopes()",
    "glht": "hypothesis([...])",
    "hat": "hatvalues()",
    "influence.measures": "influence()",
    "influence_measures": "influence()",
    "leverage": "hatvalues()",
    "linear.predictors": 'predict(type="link")',
    "linear_predictors": 'predict(type="link")',
    "influence": "hatvalues()` and `cooks_distance()",
    "isREML": "REML",
    "isSingular": "singular",
    "is_singular": "singular",
    "joint_tests": "emmeans(specs).joint_tests()",
    "linearHypothesis": "hypothesis([...])",
    "logLik": "loglik",
    "lsmeans": "emmeans(specs)",
    "marginal_effects": "slopes()",
    "margins": "slopes()",
    "model.frame": "model_frame()",
    "model.matrix": "model_matrix()",
    "mu": "fitted()",
    "n_groups": "ngrps",
    "nb_theta": "theta",
    "SE.theta": 'family_parameters().loc["theta", "se"]',
    "var_power": "power",
    "null.deviance": "null_deviance",
    "odds_ratios": "tidy(exponentiate=True)",
    "pearson_chi2": "totals.pearson",
    "pairs": "emmeans(specs).pairs()",
    "profile": 'confint(method="boot")',
    "r2": "r_squared",
    "resid_deviance": 'residuals("deviance")',
    "resid_pearson": 'residuals("pearson")',
    "resid_response": 'residuals("response")',
    "resid_studentized": "rstudent()",
    "resid_working": 'residuals("working")',
    "rsquared": "r_squared",
    "rsquared_adj": "adj_r_squared",
    "rstandard": 'residuals("pearson", scaled=True)',
    "sandwich": 'vcov("HC0")',
    "t_test": "hypothesis([...])",
    "alpha": "thresholds()",
    "zeta": "thresholds()",
    "wald_test": "hypothesis([...])",
    "standard_errors": "se()",
    "std_err": "se()",
    "stepAIC": "step()",
    "vcovCL": 'vcov("cluster", cluster="firm")',
    "vcovHAC": 'vcov("HAC")',
    "vcovHC": 'vcov("HC3")',
}


def spoken(function: Callable[P, T]) -> Callable[P, T]:
    """Return `function`, made to answer arguments that it does not take with what to write instead.

    >>> @spoken
    ... def predict(newdata=None, *, se=False):
    ...     return se
    >>> predict(se_fit=True)
    Traceback (most recent call last):
    statmodels_tf.errors.ModelError: `predict` has no argument `se_fit`: write `se=True`.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise ModelError(_refusal(function.__name__, signature, len(args), kwargs, str(error))) from None
        return function(*args, **kwargs)

    return call


def no_argument(function: str, name: str, known: Iterable[str]) -> str:
    """Return the message that `function` has no argument `name`: R's word translated, or the nearest that it takes."""
    known = list(known)
    word = name.lower().replace(".", "_")
    said = ARGUMENTS.get(f"{function}.{word}", ARGUMENTS.get(word))
    # A translation is shown only where it holds: `n=` says nothing to a function that has no `n`.
    if said is not None and all(part.split("=")[0] in known for part in _written(said)):
        return f"`{function}` has no argument `{name}`: {said}."
    listed = f"It takes {', '.join(f'`{k}`' for k in known)}." if known else "It takes none."
    return f"`{function}` has no argument `{name}`.{did_you_mean(name, known)} {listed}"


def no_attribute(kind: str, name: str, known: Iterable[str]) -> str:
    """Return the message that fits have no attribute `name`, with R's word translated or the nearest one.

    >>> no_attribute("MixedEstimate", "logLik", ["loglik", "coef"])
    'a MixedEstimate has no `logLik`: write `fit.loglik`.'
    """
    known = [k for k in known if not k.startswith("_")]
    said = ACCESSORS.get(name)
    if said is not None and re.split(r"[(`.\[]", said)[0] in known:
        return f"a {kind} has no `{name}`: write `fit.{said}`."
    return f"a {kind} has no `{name}`.{did_you_mean(name, known)}"


def _written(said: str) -> list[str]:
    """Return the arguments that a translation tells to write, as `n=`."""
    return [part for part in said.split("`")[1::2] if part.split("=")[0].isidentifier() and "=" in part][:1]


def _refusal(function: str, signature: inspect.Signature, places: int, named: Iterable[str], error: str) -> str:
    """Return what is wrong with the arguments of a call."""
    parameters = [p for p in signature.parameters.values() if p.name != "self"]
    known = [p.name for p in parameters]
    for name in named:
        if name not in known:
            return no_argument(function, name, [p.name for p in parameters if p.kind is not p.VAR_POSITIONAL])
    by_place = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    if "too many positional" in error:
        listed = ", ".join(f"`{name}`" for name in by_place) or "none"
        return f"`{function}` takes {listed} by place; name the others, as in `{known[-1] if known else 'x'}=...`."
    lacking = [p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
    lacking = [name for name in lacking if f"'{name}'" in error]
    if lacking and "missing" in error:
        wanted = ", ".join(p.name for p in parameters if p.default is p.empty)
        return f"`{function}` needs `{lacking[0]}`: write `{function}({wanted})`."
    return f"`{function}`: {error}."
