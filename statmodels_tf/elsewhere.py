"""Entry points of R and of other libraries: what to write for them here."""

from collections.abc import Iterable

from .errors import did_you_mean

ENTRIES = {
    "AIC": "fit.aic",
    "Anova": 'fit.anova(type="II")',
    "BIC": "fit.bic",
    "GLM": "glm(formula, data, family)",
    "Gamma": 'glm(formula, data, "Gamma")',
    "Logit": 'glm(formula, data, "binomial")',
    "OLS": "lm(formula, data)",
    "Poisson": 'glm(formula, data, "poisson")',
    "WLS": "lm(formula, data, weights=...)",
    "aov": "lm(formula, data)` and `fit.anova()",
    "avg_comparisons": "fit.comparisons(x)",
    "avg_predictions": "fit.predictions()",
    "avg_slopes": "fit.slopes(x)",
    "beta": 'glm(formula, data, "beta")',
    "betareg": 'glm(formula, data, "beta")',
    "binomial": 'glm(formula, data, "binomial")',
    "brm": 'fit(formula, data, family, engine="nuts")',
    "categorical": 'glm(formula, data, "categorical")',
    "clm": 'glm(formula, data, "cumulative")` with `nominal=` and `scale=',
    "coefci": 'fit.confint(vcov="HC3")',
    "coeftest": 'fit.coef_table(vcov="HC3")',
    "cooks_distance": "fit.cooks_distance()",
    "cumulative": 'glm(formula, data, "cumulative")',
    "deltaMethod": "fit.hypothesis(text)",
    "gaussian": "lm(formula, data)",
    "glht": "fit.hypothesis([...])",
    "glm_fit": "glm(formula, data, family)",
    "glm_nb": 'glm(formula, data, "negative_binomial")',
    "glmer": 'glm(formula, data, family, engine="nuts")',
    "glmm": 'glm(formula, data, family, engine="nuts")',
    "inverse_gaussian": 'glm(formula, data, "inverse_gaussian")',
    "linearHypothesis": 'fit.hypothesis("x = 0")',
    "lm_fit": "lm(formula, data)",
    "logLik": "fit.loglik",
    "loglm": 'glm(formula, data, "poisson")',
    "logistic": 'glm(formula, data, "binomial")',
    "logit": 'glm(formula, data, "binomial")',
    "lrtest": "anova(fit1, fit2)",
    "mixedlm": "lmer(formula, data)",
    "multinom": 'glm(formula, data, "categorical")',
    "negative_binomial": 'glm(formula, data, "negative_binomial")',
    "ols": "lm(formula, data)",
    "poisson": 'glm(formula, data, "poisson")',
    "polr": 'glm(formula, data, "cumulative")',
    "powerscale_sensitivity": "fit.sensitivity()",
    "prior_summary": "fit.prior_summary()",
    "probit": 'glm(formula, data, "binomial", link="probit")',
    "psens": "fit.sensitivity()",
    "quasibinomial": 'glm(formula, data, "quasibinomial")',
    "quasipoisson": 'glm(formula, data, "quasipoisson")',
    "regTermTest": "fit.drop1()",
    "resid": "fit.residuals()",
    "set_prior": 'priors={"b": "normal(0, 2.5)"}',
    "stan_glm": 'glm(formula, data, family, engine="nuts")',
    "stan_lmer": 'lmer(formula, data, engine="nuts")',
    "stepAIC": "fit.step()",
    "tweedie": 'glm(formula, data, "tweedie")',
    "vcovCL": 'fit.vcov("cluster", cluster="firm")',
    "vcovHAC": 'fit.vcov("HAC")',
    "vcovHC": 'fit.vcov("HC3")',
    "waldtest": 'fit.hypothesis("x = 0")',
    "wls": "lm(formula, data, weights=...)",
}
"""What is written here for an entry point that is not one."""

METHODS = frozenset(
    [
        "add1",
        "augment",
        "bootstrap",
        "check",
        "coef",
        "coef_table",
        "comparisons",
        "confint",
        "drop1",
        "emmeans",
        "emtrends",
        "fitted",
        "glance",
        "hatvalues",
        "hypothesis",
        "influence",
        "model_frame",
        "model_matrix",
        "plot",
        "plot_coef",
        "plot_diagnostics",
        "plot_effects",
        "predict",
        "predictions",
        "profile",
        "ranef",
        "residuals",
        "rstandard",
        "rstudent",
        "score_test",
        "se",
        "simulate",
        "slopes",
        "step",
        "summary",
        "tidy",
        "update",
        "varcorr",
        "vcov",
    ]
)
"""Functions of R that are methods of a fit."""

ABSENT = {
    "boot": 'write `fit.bootstrap()`, or `fit.confint(method="boot")`',
    "gam": "smooth curves in a formula are `ns(x, 4)` and `bs(x, 6)`, of `lm` and `glm`",
    "glmnet": 'nothing is penalised; priors shrink: `glm(formula, data, family, engine="nuts", priors=...)`',
    "nls": "curves that are not linear in their coefficients are not fitted, but `glm` with a link has means such as "
    'exp(a + b x): `glm(formula, data, link="log")`',
    "optim": "the engines do their own search",
    "zeroinfl": "zero-inflated counts are not fitted; see whether `negative_binomial` has enough zeros, by "
    "`fit.plot_rootogram()`",
}
"""What is not here, and what comes nearest."""


def no_entry(name: str, known: Iterable[str]) -> str:
    """Return the message that the package has no such name: what to write instead, or the nearest there is.

    >>> no_entry("polr", ["glm"])
    'statmodels_tf has no `polr`: write `glm(formula, data, "cumulative")`.'
    >>> no_entry("drop1", ["glm"])
    'statmodels_tf has no `drop1`: it is asked of a fit, `fit.drop1(...)`.'
    """
    plain = name.replace(".", "_")
    if plain in ENTRIES:
        return f"statmodels_tf has no `{name}`: write `{ENTRIES[plain]}`."
    if plain in METHODS:
        return f"statmodels_tf has no `{name}`: it is asked of a fit, `fit.{plain}(...)`."
    if plain in ABSENT:
        return f"statmodels_tf has no `{name}`: {ABSENT[plain]}."
    return f"module 'statmodels_tf' has no attribute {name!r}.{did_you_mean(name, known)}"
