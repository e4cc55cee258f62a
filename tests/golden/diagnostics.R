# What R says of single rows and of new ones, for lm and glm: Rscript tests/golden/diagnostics.R writes diagnostics.json.
# Run from the repository root.
source("tests/golden/remake.R")
suppressMessages(library(broom))

calls <- list(
  lm = list("mtcars", quote(lm(mpg ~ wt + factor(cyl), d))),
  lm_zero_weights = list("mtcars", quote(lm(mpg ~ wt + qsec, d, weights = gear - 3))),
  lm_exact_row = list("mtcars", quote(lm(mpg ~ wt + I(hp == 335), d))),
  lm_offset_holes = list("airquality", quote(lm(log(Ozone) ~ Wind * Temp + offset(0.01 * Temp), d))),
  lm_no_intercept = list("mtcars", quote(lm(mpg ~ 0 + wt + hp, d))),
  binary = list("mtcars", quote(glm(am ~ wt, binomial, d))),
  grouped = list("esoph", quote(glm(cbind(ncases, ncontrols) ~ agegp + alcgp, binomial, d))),
  poisson = list("warpbreaks", quote(glm(breaks ~ wool * tension, poisson, d))),
  quasi = list("warpbreaks", quote(glm(breaks ~ wool + tension, quasipoisson, d))),
  gamma = list("clotting", quote(glm(lot1 ~ log(u), Gamma, d))),
  gamma_weights = list("mtcars", quote(glm(mpg ~ wt, Gamma("log"), d, weights = gear - 3)))
)

# broom has no row of its own for a glm with rows of weight 0.
augmented <- function(fit, data) {
  tryCatch(lapply(Filter(is.numeric, as.list(augment(fit, data = data))), vec), error = \(condition) NULL)
}

figures_of <- function(dataset, call) {
  d <- read_data(dataset)
  if (is.call(call) && identical(call[[1]], as.name("glm"))) call$control <- glm.control(epsilon = 1e-14, maxit = 100)
  fit <- eval(call, list(d = d))
  found <- influence.measures(fit)
  measures <- found$infmat
  terms <- predict(fit, type = "terms")
  table <- function(x) lapply(seq_len(ncol(x)), \(j) vec(x[, j]))
  list(
    dataset = dataset, call = paste(deparse(call), collapse = ""),
    measures = table(measures), influential = vec(unname(apply(found$is.inf, 1, any))),
    hat = vec(hatvalues(fit)), cook = vec(cooks.distance(fit)), rstandard = vec(rstandard(fit)),
    rstandard_pearson = if (inherits(fit, "glm")) vec(rstandard(fit, type = "pearson")),
    rstudent = vec(rstudent(fit)), dffits = vec(dffits(fit)), covratio = vec(covratio(fit)),
    dfbeta = table(dfbeta(fit)), dfbetas = table(dfbetas(fit)), sigma = vec(influence(fit)$sigma),
    working = vec(residuals(fit, "working")), partial = table(residuals(fit, "partial")),
    terms = table(terms), terms_names = vec(colnames(terms)), constant = attr(terms, "constant"),
    tidy = lapply(as.list(tidy(fit))[-1], vec), glance = as.list(glance(fit)),
    augment = augmented(fit, d[rownames(model.frame(fit)), ])
  )
}

cases <- lapply(calls, \(case) figures_of(case[[1]], case[[2]]))
version <- paste(R.version$major, R.version$minor, sep = ".")
writeLines(json(list(r_version = version, results = cases)), "tests/golden/diagnostics.json")
