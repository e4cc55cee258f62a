# Analysis of variance and deviance of lm and glm: several models, and terms left out one at a time, from the calls kept
# in each (see remake.R for how to run it).
source("tests/golden/remake.R")

results <- function(case, data) {
  for (name in names(case$options$models)) assign(name, eval(str2lang(case$options$models[[name]]), data), data)
  run <- heard(eval(str2lang(case$options$anova), data))
  list(table = table_of(run$value), warnings = vec(run$said), heading = vec(attr(run$value, "heading")))
}

remake("^anova_(drop1_(lm|glm)|lm_two_models|glm_two_models_chisq)\\.json$", results)
