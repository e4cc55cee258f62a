# Generalized linear models by R's glm and MASS's glm.nb: the results of glm_*.json and glmnb_*.json, from the call kept
# in each (see remake.R for how to run it).
source("tests/golden/remake.R")
source("tests/golden/regression.R")

predictions <- function(fit, newdata) {
  data <- as_data(newdata)
  link <- predict(fit, data, se.fit = TRUE)
  mean <- predict(fit, data, type = "response", se.fit = TRUE)
  c(new_rows(newdata), list(link = vec(link$fit), link_se = vec(link$se.fit), response = vec(mean$fit),
    response_se = vec(mean$se.fit), residual_scale = link$residual.scale))
}

# The same call with R's own tolerance.
by_default <- function(text, data) {
  text <- sub(", control = glm.control\\([^)]*\\)", "", text)
  fit <- eval(str2lang(text), data)
  list(r_call = text, iterations = fit$iter, deviance = deviance(fit), estimate = vec(coef(fit)),
       se = vec(coef(summary(fit))[, 2]))
}

results <- function(case, data) {
  run <- heard(eval(str2lang(case$r_call), data))
  fit <- run$value
  kept <- case$results
  out <- c(
    estimates(fit),
    list(rank = fit$rank, nobs = nobs(fit), n_dropped_na = length(fit$na.action), df_residual = df.residual(fit),
         dispersion = summary(fit)$dispersion, deviance = deviance(fit)),
    criteria(fit), covariance(fit),
    list(null_deviance = fit$null.deviance, df_null = fit$df.null, iterations = fit$iter, converged = fit$converged),
    by_row(fit),
    list(model_matrix = matrix_of(fit), confint_default = intervals_of(fit, confint.default))
  )
  if (!is.null(kept$confint_profile)) {
    out$confint_profile <- intervals_of(fit, \(fit) suppressMessages(confint(fit)))
  }
  if (!is.null(kept$negbin)) {
    out$negbin <- list(theta = fit$theta, theta_se = fit$SE.theta, twologlik = fit$twologlik)
  }
  out$warnings <- vec(unique(run$said))
  if (!is.null(kept$default_control)) out$default_control <- by_default(case$r_call, data)
  if (!is.null(kept$predict)) out$predict <- predictions(fit, kept$predict$newdata)
  for (test in c("Chisq", "F", "Rao")) {
    name <- paste0("anova_", test)
    if (!is.null(kept[[name]])) out[[name]] <- table_of(as.data.frame(anova(fit, test = test)))
  }
  out[names(kept)]
}

remake("^glm(nb)?_.*\\.json$", results)
