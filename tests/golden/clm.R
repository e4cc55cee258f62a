# Cumulative link models by ordinal: the results of clm_*.json, from the call kept in each (see remake.R for how to run it).
suppressMessages(library(ordinal))
source("tests/golden/remake.R")

part <- function(x) list(names = vec(names(x)), value = vec(x))

# New rows are an input, kept with the predictions.
predictions <- function(fit, newdata) {
  data <- as.data.frame(lapply(newdata, unlist))
  made <- predict(fit, data, se.fit = TRUE)
  list(newdata = lapply(newdata, \(column) vec(unlist(column))), probs = rows(made$fit), se = rows(made$se.fit))
}

results <- function(case, data) {
  run <- heard(eval(str2lang(case$r_call), data))
  fit <- run$value
  table <- coef(summary(fit))
  out <- list(
    names = vec(rownames(table)), estimate = vec(table[, 1]), se = vec(table[, 2]), z = vec(table[, 3]),
    p_value = vec(table[, 4]), alpha = part(fit$alpha), beta = part(fit$beta), logLik = as.numeric(logLik(fit)),
    logLik_df = attr(logLik(fit), "df"), AIC = AIC(fit), BIC = BIC(fit), nobs = nobs(fit),
    vcov_names = vec(rownames(vcov(fit))), vcov = rows(vcov(fit)), threshold = fit$threshold, warnings = vec(run$said),
    fitted_head = vec(head(fitted(fit), 10)), zeta_scale = if (length(fit$zeta)) part(fit$zeta)
  )
  if (!is.null(case$results$predict)) out$predict <- predictions(fit, case$results$predict$newdata)
  out
}

remake("^clm_.*\\.json$", results)
