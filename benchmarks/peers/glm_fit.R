# R: `glm.fit` on a ready matrix, or `glm` from the formula; summary() gives the standard errors.
# Arguments: folder of columns, formula, family, calls timed together, matrix or formula.
suppressPackageStartupMessages(library(jsonlite))
arg <- commandArgs(trailingOnly = TRUE)
about <- fromJSON(file.path(arg[1], "columns.json"), simplifyVector = FALSE)
data <- list()
for (column in about$columns) {
  path <- file.path(arg[1], column$file)
  data[[column$name]] <- if (is.null(column$levels)) readBin(path, "double", about$rows) else
    factor(unlist(column$levels)[readBin(path, "integer", about$rows) + 1L], unlist(column$levels))
}
data <- as.data.frame(data)
formula <- as.formula(arg[2])
family <- get(arg[3])()
number <- as.integer(arg[4])
if (arg[5] == "matrix") {
  X <- model.matrix(formula, data); y <- model.response(model.frame(formula, data)); rm(data)
}
fit <- function() {
  m <- if (arg[5] == "formula") glm(formula, family, data) else {
    m <- glm.fit(X, y, family = family); class(m) <- c("glm", "lm"); m
  }
  summary(m)
  unname(coef(m))
}
say <- function(value) { cat(toJSON(value, auto_unbox = TRUE, digits = NA), "\n", sep = ""); flush(stdout()) }
peak <- function() as.numeric(sub("\\D+(\\d+).*", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
before <- peak()
invisible(fit())
say(list(versions = list(R = as.character(getRversion()), BLAS = basename(extSoftVersion()[["BLAS"]]))))
input <- file("stdin", "r")
while (length(readLines(input, 1)) > 0) {
  gc(FALSE)
  started <- proc.time()
  for (i in seq_len(number)) coefficients <- fit()
  spent <- (proc.time() - started) / number
  say(list(cpu = spent[["user.self"]] + spent[["sys.self"]], wall = spent[["elapsed"]], coef = coefficients,
           before = before, peak = peak()))
}
