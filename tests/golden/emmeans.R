# Marginal means and contrasts by emmeans (emm_*.json), from the calls kept in each (see remake.R for how to run it).
suppressMessages({library(emmeans); library(lme4)})
emm_options(msg.interaction = FALSE, lmerTest.limit = 1e6)
source("tests/golden/remake.R")

# Columns as they are, factors as text; what is infinite is null.
columns <- function(made) {
  table <- as.data.frame(made)
  names(table) <- sub("^X1$", "1", names(table))
  c(list(rows = vec(rownames(table))), lapply(as.list(table), \(x) if (is.factor(x)) vec(as.character(x)) else vec(x)))
}

results <- function(case, data) {
  assign("fit", eval(str2lang(case$options$fit), data), data)
  lapply(case$options$emmeans, \(call) columns(suppressMessages(eval(str2lang(call), data))))
}

remake("^emm_.*\\.json$", results)
