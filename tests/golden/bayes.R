# Posteriors by rstanarm: the results of bayes_*.json, from the call kept in each (see remake.R for how to run it).
# With the versions written in the files the draws are the same; elsewhere they are others from the same posterior, so
# figures are compared in Monte Carlo errors, those of both together.
suppressMessages({library(rstanarm); library(loo); library(posterior)})
source("tests/golden/remake.R")

# The first ten rows, as elsewhere; the variables are those kept, five levels of each grouping factor.
results <- function(case, data) {
  run <- heard(eval(str2expression(case$r_call), data))
  fit <- run$value
  draws <- subset_draws(as_draws(as.array(fit)), variable = unlist(case$results$summary$variable))
  summary <- summarise_draws(
    draws, "mean", "sd", \(x) quantile2(x, c(0.05, 0.5, 0.95)), "rhat", "ess_bulk", "ess_tail", "mcse_mean", "mcse_sd",
    \(x) mcse_quantile(x, c(0.05, 0.95))
  )
  predicted <- posterior_predict(fit, seed = 1)
  left_out <- suppressWarnings(loo(fit))
  shapes <- pareto_k_values(left_out)
  list(
    summary = lapply(as.list(summary), \(column) vec(as.vector(column))),
    n_draws = ndraws(draws), chains = nchains(draws), divergences = rstan::get_num_divergent(fit$stanfit),
    posterior_predictive = list(mean_head = vec(head(colMeans(predicted), 10)), sd_of_mean = sd(rowMeans(predicted)),
                                mean_of_mean = mean(predicted)),
    warnings = vec(run$said),
    loo = list(
      estimates = table_of(as.data.frame(left_out$estimates)), pareto_k_max = max(shapes),
      n_k_over_0.7 = sum(shapes > 0.7), elpd_pointwise_head = vec(head(left_out$pointwise[, "elpd_loo"], 10))
    )
  )
}

# How far each figure is from the one kept, as a share of what is allowed: four Monte Carlo errors. A median's is that of
# a normal posterior; a leave-one-out density with a tail too heavy to be known has a standard deviation of up to 0.5.
distances <- function(old, new) {
  a <- lapply(old$summary, unlist)
  b <- lapply(new$summary, unlist)
  if (!identical(a$variable, b$variable)) return(c(variable = Inf))
  errors <- list(mean = "mcse_mean", sd = "mcse_sd", q5 = "mcse_q5", q50 = "mcse_mean", q95 = "mcse_q95")
  sizes <- c(mean = 1, sd = 1, q5 = 1, q50 = sqrt(pi / 2), q95 = 1)
  of_summary <- unlist(lapply(names(errors), \(figure) {
    error <- sizes[[figure]] * sqrt(a[[errors[[figure]]]]^2 + b[[errors[[figure]]]]^2)
    setNames(abs(a[[figure]] - b[[figure]]) / (4 * error), paste(figure, "of", a$variable))
  }))
  predicted <- old$posterior_predictive
  error <- predicted$sd_of_mean * sqrt(1 / old$n_draws + 1 / new$n_draws)
  of_loo <- abs(unlist(old$loo$estimates$Estimate) - unlist(new$loo$estimates$Estimate))
  c(of_summary,
    predictions = abs(predicted$mean_of_mean - new$posterior_predictive$mean_of_mean) / (4 * error),
    setNames(of_loo[1:2] / if (old$loo$n_k_over_0.7 > 0) 2.8 else 0.5, c("elpd_loo", "p_loo")),
    divergences = if (new$divergences > 0) Inf else 0, rhat = if (max(b$rhat) > 1.01) Inf else 0)
}

remake("^bayes_.*\\.json$", results, distances, \(at) 1)
