# lme4: `lmer` and its standard errors, with its defaults, or without its check of the derivatives at the end.
# Arguments: data (CSV), factor levels (JSON), formula, REML or ML, calls timed together, derivatives (yes or no).
suppressPackageStartupMessages({ library(lme4); library(jsonlite) })
arg <- commandArgs(trailingOnly = TRUE)
levels <- fromJSON(arg[2])
kinds <- setNames(rep("character", length(levels)), names(levels))
data <- read.csv(arg[1], colClasses = kinds, check.names = FALSE)
for (name in names(levels)) data[[name]] <- factor(data[[name]], levels[[name]])
number <- as.integer(arg[5])
control <- lmerControl(calc.derivs = arg[6] == "yes")
formula <- as.formula(arg[3])
fit <- function() {
  m <- suppressMessages(suppressWarnings(lmer(formula, data, REML = arg[4] == "REML", control = control)))
  list(criterion = if (isREML(m)) REMLcrit(m) else deviance(m, REML = FALSE),
       coef = unname(fixef(m)), se = unname(sqrt(diag(as.matrix(vcov(m))))))
}
say <- function(value) { cat(toJSON(value, auto_unbox = TRUE, digits = NA), "\n", sep = ""); flush(stdout()) }
invisible(fit())
say(list(versions = list(lme4 = as.character(packageVersion("lme4")), R = as.character(getRversion()),
                         BLAS = basename(extSoftVersion()[["BLAS"]]))))
input <- file("stdin", "r")
while (length(readLines(input, 1)) > 0) {
  gc(FALSE)
  before <- proc.time()
  for (i in seq_len(number)) answer <- fit()
  spent <- (proc.time() - before) / number
  say(c(list(cpu = spent[["user.self"]] + spent[["sys.self"]], wall = spent[["elapsed"]]), answer))
}
