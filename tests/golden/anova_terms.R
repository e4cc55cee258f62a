# F tests of terms by lmerTest: Rscript anova_terms.R > anova_terms.json
suppressMessages({library(lmerTest); library(jsonlite)})
ham <- lmerTest::ham
ham$heavy <- as.numeric(ham$Age) / 10
holes <- subset(ham, !(Product == "4" & Gender == "2"))
formulas <- c(
  "Informed.liking ~ Product + (1 | Consumer)",
  "Informed.liking ~ Information:Gender + (1 | Consumer)",
  "Informed.liking ~ heavy:Gender + (1 | Consumer)",
  "Informed.liking ~ 0 + Product * Gender + (1 | Consumer)",
  "Informed.liking ~ Product * heavy * Gender + (1 | Consumer)",
  "Informed.liking ~ Gender * poly(heavy, 2) + Information + (1 | Consumer)",
  "Informed.liking ~ Product / heavy + (1 | Consumer)",
  "Informed.liking ~ heavy + heavy:Product + (1 | Consumer)",
  "Informed.liking ~ Gender + Gender:Product + (1 | Consumer)"
)
tests <- function(formula, data, contrasts = NULL) {
  fit <- suppressMessages(lmer(as.formula(formula), data, contrasts = contrasts))
  rows <- function(type) {
    table <- suppressMessages(anova(fit, type = type))
    data.frame(term = rownames(table), F = table[["F value"]], num = table$NumDF, den = table$DenDF)
  }
  list(formula = formula, three = rows("III"), one = rows("I"))
}
cases <- lapply(formulas, tests, ham)
cases <- c(cases, list(
  c(tests("Informed.liking ~ Product * Gender + (1 | Consumer)", holes), holes = TRUE),
  c(tests("Informed.liking ~ Product * heavy * Gender + (1 | Consumer)", ham,
          list(Product = "contr.sum", Gender = "contr.helmert")), coded = TRUE)
))
version <- list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                lmerTest = as.character(packageVersion("lmerTest")))
cat(toJSON(list(version = version, cases = cases), digits = 8, auto_unbox = TRUE))
