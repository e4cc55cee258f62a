# Linear models by R's lm: the results of lm_*.json, from the call kept in each (see remake.R for how to run it).
source("tests/golden/remake.R")
source("tests/golden/regression.R")

predictions <- function(fit, newdata) {
  data <- as_data(newdata)
  mean <- suppressWarnings(predict(fit, data, se.fit = TRUE))
  ends <- function(interval) suppressWarnings(predict(fit, data, interval = interval))
  near <- ends("confidence")
  far <- ends("prediction")
  c(new_rows(newdata), list(fit = vec(mean$fit), se = vec(mean$se.fit), conf_lower = vec(near[, 2]),
    conf_upper = vec(near[, 3]), pred_lower = vec(far[, 2]), pred_upper = vec(far[, 3])))
}

results <- function(case, data) {
  run <- heard(eval(str2lang(case$r_call), data))
  fit <- run$value
  told <- summary(fit)
  out <- c(
    estimates(fit),
    list(rank = fit$rank, nobs = nobs(fit), n_dropped_na = length(fit$na.action), df_residual = df.residual(fit),
         dispersion = sigma(fit)^2, deviance = deviance(fit)),
    criteria(fit), covariance(fit),
    list(sigma = sigma(fit), r_squared = told$r.squared, adj_r_squared = told$adj.r.squared,
         fstatistic = list(names = vec(names(told$fstatistic)), value = vec(told$fstatistic))),
    by_row(fit),
    list(model_matrix = matrix_of(fit), confint_default = intervals_of(fit, confint.default),
         confint_t = intervals_of(fit, confint), warnings = vec(run$said))
  )
  if (!is.null(case$results$predict)) out$predict <- predictions(fit, case$results$predict$newdata)
  out$anova <- table_of(as.data.frame(anova(fit)))
  out
}

remake("^lm_.*\\.json$", results)
