# Small designs whose criterion has several optima: lme4's best, from data kept in the JSON itself, which this rewrites.
suppressMessages({library(lme4); library(jsonlite)})
cases <- fromJSON("several_optima.json", simplifyDataFrame = FALSE)
for (i in seq_along(cases$results)) {
  case <- cases$results[[i]]
  d <- as.data.frame(lapply(case$data, unlist))
  m <- suppressMessages(lmer(as.formula(case$formula), d, weights = w, REML = case$REML))
  cases$results[[i]]$criterion <- if (case$REML) REMLcrit(m) else deviance(m)
}
cases$package_version <- list(lme4 = as.character(packageVersion("lme4")))
cases$r_version <- paste(R.version$major, R.version$minor, sep = ".")
write(toJSON(cases, auto_unbox = TRUE, digits = NA), "several_optima.json")
