# rstanarm: `stan_glm` or `stan_glmer`, whose models are compiled already, chains on two cores.
# Arguments: data (CSV), factor levels (JSON), formula, family, chains, warm-up, draws.
suppressPackageStartupMessages({ library(rstanarm); library(jsonlite) })
arg <- commandArgs(trailingOnly = TRUE)
levels <- fromJSON(arg[2])
kinds <- setNames(rep("character", length(levels)), names(levels))
data <- read.csv(arg[1], colClasses = kinds, check.names = FALSE)
for (name in names(levels)) data[[name]] <- factor(data[[name]], levels[[name]])
formula <- as.formula(arg[3])
chains <- as.integer(arg[5]); warmup <- as.integer(arg[6]); draws <- as.integer(arg[7])
family <- switch(arg[4], gaussian = gaussian(), binomial())
fit <- function(seed) {
  call <- if (any(grepl("|", arg[3], fixed = TRUE))) stan_glmer else stan_glm
  m <- suppressWarnings(call(formula, data = data, family = family, chains = chains, iter = warmup + draws,
                             warmup = warmup, cores = 2, seed = seed, refresh = 0))
  s <- rstan::summary(m$stanfit)$summary
  s <- s[!rownames(s) %in% c("lp__", "log-posterior", "mean_PPD"), ]
  t <- rstan::get_elapsed_time(m$stanfit)
  list(ess = min(s[, "n_eff"], na.rm = TRUE), r_hat = max(s[, "Rhat"], na.rm = TRUE),
       divergences = rstan::get_num_divergent(m$stanfit), sampling = sum(t) / 2, compiling = 0)
}
say <- function(value) { cat(toJSON(value, auto_unbox = TRUE, digits = NA), "\n", sep = ""); flush(stdout()) }
invisible(fit(1))
say(list(versions = list(rstanarm = as.character(packageVersion("rstanarm")), R = as.character(getRversion()))))
input <- file("stdin", "r"); count <- 1
while (length(readLines(input, 1)) > 0) {
  before <- proc.time(); count <- count + 1
  answer <- fit(count)
  spent <- proc.time() - before
  say(c(list(cpu = sum(spent[c("user.self", "sys.self", "user.child", "sys.child")]), wall = spent[["elapsed"]]), answer))
}
