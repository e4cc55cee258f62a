# F tests of terms by lmerTest: Rscript anova_terms.R > anova_terms.json
suppressMessages({library(lmerTest); library(jsonlite)})
ham <- lmerTest::ham
ham$heavy <- as.numeric(ham$Age) / 10
ham$panel <- factor(as.numeric(ham$Consumer) %% 3)
ham$session <- factor(seq_len(nrow(ham)) %% 4)
ham$w <- 1 + as.numeric(ham$Age) %% 5
uneven <- subset(ham, as.numeric(Consumer) %% 5 != as.numeric(Product))
apart <- subset(ham, (Product == "1") == (Gender == "1"))
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
tests <- function(formula, data, contrasts = NULL, REML = TRUE, weights = NULL) {
  data$.w <- if (is.null(weights)) 1 else data[[weights]]
  fit <- suppressMessages(lmer(as.formula(formula), data, contrasts = contrasts, REML = REML, weights = .w,
                               control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10))))
  rows <- function(type) {
    table <- suppressMessages(anova(fit, type = type))
    table <- table[!is.na(table$NumDF), ]  # a term without a coefficient
    data.frame(term = rownames(table), F = table[["F value"]], num = table$NumDF, den = table$DenDF)
  }
  list(formula = formula, three = rows("III"), one = rows("I"))
}
cases <- lapply(formulas, tests, ham)
cases <- c(cases, list(
  c(tests("Informed.liking ~ Product * Gender + (1 | Consumer)", holes), holes = TRUE),
  c(tests("Informed.liking ~ Product * heavy * Gender + (1 | Consumer)", ham,
          list(Product = "contr.sum", Gender = "contr.helmert")), coded = TRUE),
  c(tests("Informed.liking ~ heavy * Product + (1 | panel/session)", ham, weights = "w"), weights = "w"),
  c(tests("Informed.liking ~ Product + (1 | Consumer)", uneven, REML = FALSE), ML = TRUE, uneven = TRUE),
  c(tests("Informed.liking ~ Product * Gender + (1 | Consumer)", apart), apart = TRUE),
  tests("Informed.liking ~ C(Product, contr.treatment) * heavy + (1 | Consumer)", ham),
  tests("Informed.liking ~ C(Product, contr.sum) * heavy + (1 | Consumer)", ham)
))
version <- list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                lmerTest = as.character(packageVersion("lmerTest")))
cat(toJSON(list(version = version, cases = cases), digits = 8, auto_unbox = TRUE))
