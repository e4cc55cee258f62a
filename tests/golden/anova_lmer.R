# Tests of linear mixed models: likelihood ratios by lme4 (anova_lmer_lrt_*.json) and approximate degrees of freedom by
# lmerTest and pbkrtest (df_*.json), from the calls kept in each (see remake.R for how to run it).
suppressMessages(library(lme4))
source("tests/golden/remake.R")

likelihood_ratio <- function(case, data) {
  for (name in names(case$options$models)) assign(name, eval(str2lang(case$options$models[[name]]), data), data)
  run <- heard(eval(str2lang(case$options$anova), data))
  list(table = table_of(run$value), heading = vec(attr(run$value, "heading")), warnings = vec(run$said))
}

coefficients_of <- function(fit, ddf) {
  table <- coef(summary(fit, ddf = ddf))
  list(names = vec(rownames(table)), estimate = vec(table[, 1]), se = vec(table[, 2]), df = vec(table[, 3]),
       t = vec(table[, 4]), p_value = vec(table[, 5]))
}

degrees_of_freedom <- function(case, data) {
  call <- str2lang(case$r_call)
  call[[1]] <- quote(lmerTest::lmer)
  run <- heard(eval(call, data))
  fit <- run$value
  terms <- function(type, ddf) table_of(anova(fit, type = type, ddf = ddf))
  without <- heard(eval(bquote(lmerTest::ranova(.(fit))), data))
  list(
    satterthwaite = coefficients_of(fit, "Satterthwaite"),
    anova_type3_satterthwaite = terms("III", "Satterthwaite"),
    anova_type1_satterthwaite = terms("I", "Satterthwaite"),
    ranova = table_of(without$value), warnings = vec(c(run$said, without$said)),
    kenward_roger = c(coefficients_of(fit, "Kenward-Roger"), list(vcov = rows(as.matrix(pbkrtest::vcovAdj(fit))))),
    anova_type3_kenward_roger = terms("III", "Kenward-Roger")
  )
}

results <- function(case, data) {
  if (is.null(case$options$models)) degrees_of_freedom(case, data) else likelihood_ratio(case, data)
}

remake("^(anova_lmer_lrt|df)_.*\\.json$", results)
