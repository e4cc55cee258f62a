# Proportional odds models by MASS: the results of polr_*.json, from the call kept in each (see remake.R for how to run it).
suppressMessages(library(MASS))
source("tests/golden/remake.R")

# New rows are an input, kept with the predictions.
predictions <- function(fit, newdata) {
  data <- as.data.frame(lapply(newdata, unlist))
  list(newdata = lapply(newdata, \(column) vec(unlist(column))), probs = rows(predict(fit, data, type = "probs")),
       class = vec(as.character(predict(fit, data))))
}

results <- function(case, data) {
  run <- heard(eval(str2lang(case$r_call), data))
  fit <- run$value
  covariance <- vcov(fit)
  se <- sqrt(diag(covariance))
  out <- list(
    coef_names = vec(names(coef(fit))), estimate = vec(coef(fit)), zeta_names = vec(names(fit$zeta)),
    zeta = vec(fit$zeta), all_names = vec(rownames(covariance)), se = vec(se), t = vec(c(coef(fit), fit$zeta) / se),
    vcov = rows(covariance), deviance = deviance(fit), logLik = as.numeric(logLik(fit)),
    logLik_df = attr(logLik(fit), "df"), AIC = AIC(fit), BIC = BIC(fit), edf = fit$edf, nobs = nobs(fit),
    n_rows = fit$n, df_residual = fit$df.residual, convergence = fit$convergence, method = fit$method,
    response_levels = vec(fit$lev), fitted_probs_head = rows(head(fitted(fit), 5)),
    linear_predictor_head = vec(head(fit$lp, 10)), warnings = vec(run$said)
  )
  if (!is.null(case$results$predict)) out$predict <- predictions(fit, case$results$predict$newdata)
  out
}

remake("^polr_.*\\.json$", results)
