# What lm.R and glm.R share: the results of a fit without random effects. Sourced after remake.R.
suppressMessages({library(stats); library(splines); library(MASS)})

first <- function(x) vec(head(x, 10))

between <- function(intervals, all_names) {
  intervals <- intervals[all_names, , drop = FALSE]
  list(names = vec(all_names), lower = vec(intervals[, 1]), upper = vec(intervals[, 2]))
}

# A wider interval than the names of its rows: an aliased coefficient has a row of NA.
intervals_of <- function(fit, asked) {
  names <- names(coef(fit))
  found <- asked(fit)
  if (is.null(dim(found))) found <- matrix(found, 1, dimnames = list(names, NULL))
  out <- matrix(NA_real_, length(names), 2, dimnames = list(names, NULL))
  out[rownames(found), ] <- found
  between(out, names)
}

matrix_of <- function(fit) {
  X <- model.matrix(fit)
  list(columns = vec(colnames(X)), nrow = nrow(X), head = rows(head(X, 5)),
       colsum = vec(colSums(X)), colsumsq = vec(colSums(X^2)))
}

# The figures of coefficients that can be estimated, NA for those that cannot.
estimates <- function(fit) {
  table <- coef(summary(fit))
  names <- names(coef(fit))
  column <- function(j) vec(table[match(names, rownames(table)), j])
  list(coef_names = vec(names), estimate = vec(coef(fit)), se = column(2), statistic = column(3), p_value = column(4),
       statistic_name = sub(" value", "", colnames(table)[3]))
}

# vcov() without the rows of aliased coefficients.
covariance <- function(fit) {
  V <- vcov(fit, complete = FALSE)
  list(vcov_names = vec(rownames(V)), vcov = rows(V))
}

by_row <- function(fit) {
  list(row_names_head = vec(head(names(fitted(fit)), 10)), fitted_head = first(fitted(fit)),
       residuals_deviance_head = first(residuals(fit)),
       residuals_pearson_head = first(residuals(fit, "pearson")),
       hat_head = first(hatvalues(fit)), cooks_distance_head = first(cooks.distance(fit)),
       rstandard_head = first(rstandard(fit)),
       linear_predictor_head = first(if (inherits(fit, "glm")) fit$linear.predictors else fitted(fit)))
}

criteria <- function(fit) {
  list(logLik = as.numeric(logLik(fit)), logLik_df = attr(logLik(fit), "df"), AIC = AIC(fit), BIC = BIC(fit))
}

# New rows are an input, kept with the predictions.
new_rows <- function(newdata) list(newdata = lapply(newdata, \(column) vec(unlist(column))))
as_data <- function(newdata) as.data.frame(lapply(newdata, unlist))
