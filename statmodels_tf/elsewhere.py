"""Entry points of R and of other libraries: what to write for them here."""

from collections.abc import Iterable

from .errors import did_you_mean

ENTRIES = {
    "GLM": "glm(formula, data, family)",
    "OLS": "lm(formula, data)",
    "Logit": 'glm(formula, data, "binomial")',
    "WLS": "lm(formula, data, weights=...)",
    "aov": "lm(formula, data)` and `fit.anova()",
    "betareg": 'glm(formula, data, "beta")',
    "brm": 'fit(formula, data, family, engine="nuts")',
    "clm": 'glm(formula, data, "cumulative")` with `nominal=` and `scale=',
    "drop1": "fit.drop1()",
    "emmeans": "fit.emmeans(factor)",
    "glm_fit": "glm(formula, data, family)",
    "glm_nb": 'glm(formula, data, "negative_binomial")',
    "glmer": 'glm(formula, data, family, engine="nuts")',
    "glmm": 'glm(formula, data, family, engine="nuts")',
    "lm_fit": "lm(formula, data)",
    "loglm": 'glm(formula, data, "poisson")',
    "logit": 'glm(formula, data, "binomial")',
    "mixedlm": "lmer(formula, data)",
    "multinom": 'glm(formula, data, "categorical")',
    "nls": 'glm(formula, data, link="log")',
    "ols": "lm(formula, data)",
    "poisson": 'glm(formula, data, "poisson")',
    "polr": 'glm(formula, data, "cumulative")',
    "probit": 'glm(formula, data, "binomial", link="probit")',
    "stan_glm": 'glm(formula, data, family, engine="nuts")',
    "stan_lmer": 'lmer(formula, data, engine="nuts")',
    "summary": "fit.summary()",
    "tweedie": 'glm(formula, data, "tweedie")',
    "wls": "lm(formula, data, weights=...)",
}
"""What is written here for an entry point that is not one."""


def no_entry(name: str, known: Iterable[str]) -> str:
    """Return the message that the package has no such name: what to write instead, or the nearest there is.

    >>> no_entry("polr", ["glm"])
    'statmodels_tf has no `polr`: write `glm(formula, data, "cumulative")`.'
    """
    plain = name.replace(".", "_")
    if plain in ENTRIES:
        return f"statmodels_tf has no `{name}`: write `{ENTRIES[plain]}`."
    return f"module 'statmodels_tf' has no attribute {name!r}.{did_you_mean(name, known)}"
