# Linear mixed models by lme4: the results of lmer_*.json, from the call kept in each (see remake.R for how to run it).
suppressMessages(library(lme4))
source("tests/golden/remake.R")

# Each grouping factor: its columns, and the first five levels with their conditional standard deviations.
random_effects <- function(fit) {
  modes <- ranef(fit)
  long <- as.data.frame(modes)
  lapply(setNames(nm = names(modes)), \(group) {
    mode <- as.matrix(modes[[group]])
    levels <- head(rownames(mode), 5)
    sd <- vapply(colnames(mode), \(term) {
      own <- long[long$grpvar == group & long$term == term, ]
      own$condsd[match(levels, own$grp)]
    }, numeric(length(levels)))
    list(columns = vec(colnames(mode)), n_levels = nrow(mode), levels = vec(levels),
         value = rows(head(mode, 5)), cond_sd = rows(sd), sum_of_squares = vec(colSums(mode^2)))
  })
}

fixed_matrix <- function(fit) {
  X <- getME(fit, "X")
  list(columns = vec(colnames(X)), nrow = nrow(X), head = rows(head(X, 5)),
       colsum = vec(colSums(X)), colsumsq = vec(colSums(X^2)))
}

# New rows are an input, kept with the predictions; a level the data lack is predicted from the population.
predictions <- function(fit, newdata) {
  data <- as.data.frame(lapply(newdata, unlist))
  list(newdata = lapply(newdata, \(column) vec(unlist(column))), allow_new_levels = TRUE,
       re_form_full = vec(predict(fit, data, allow.new.levels = TRUE)),
       re_form_NA = vec(predict(fit, data, re.form = NA)))
}

# The same call as a user would make it: no control, no start.
by_default <- function(call, data) {
  call$control <- call$start <- NULL
  fit <- heard(eval(call, data))
  list(theta = vec(getME(fit$value, "theta")), fixef = vec(fixef(fit$value)),
       objective = -2 * as.numeric(logLik(fit$value)), warnings = vec(fit$said))
}

results <- function(case, data) {
  call <- str2lang(case$r_call)
  run <- heard(eval(call, data))
  fit <- run$value
  covariance <- as.matrix(vcov(fit))
  se <- sqrt(diag(covariance))
  wald <- confint(fit, parm = "beta_", method = "Wald")
  out <- list(
    fixef_names = vec(names(fixef(fit))), fixef = vec(fixef(fit)), se = vec(se), statistic = vec(fixef(fit) / se),
    vcov = rows(covariance), theta_names = vec(names(getME(fit, "theta"))), theta = vec(getME(fit, "theta")),
    sigma = sigma(fit), VarCorr = lapply(as.list(as.data.frame(VarCorr(fit), order = "lower.tri")), vec),
    REML = isREML(fit),
    objective = -2 * as.numeric(logLik(fit)), logLik = as.numeric(logLik(fit)), logLik_df = attr(logLik(fit), "df"),
    AIC = AIC(fit), BIC = BIC(fit), nobs = nobs(fit), ngrps = as.list(ngrps(fit)), singular = isSingular(fit),
    ranef = random_effects(fit), fitted_head = vec(head(fitted(fit), 10)),
    residuals_head = vec(head(residuals(fit), 10)), fixed_matrix = fixed_matrix(fit),
    Zt_dim = vec(dim(getME(fit, "Zt"))), Zt_nnz = length(getME(fit, "Zt")@x), lower = vec(getME(fit, "lower")),
    confint_wald_fixef = list(names = vec(rownames(wald)), lower = vec(wald[, 1]), upper = vec(wald[, 2])),
    REMLcrit_or_deviance_components =
      as.list(getME(fit, "devcomp")$cmp[c("ldL2", "ldRX2", "wrss", "ussq", "pwrss")]),
    warnings = vec(run$said)
  )
  if (!is.null(case$results$default_optimizer)) out$default_optimizer <- by_default(call, data)
  if (!is.null(case$results$predict)) out$predict <- predictions(fit, case$results$predict$newdata)
  out
}

remake("^lmer_.*\\.json$", results)
