# What R's poly, bs, ns, contrasts, cut and scale give; run with Rscript beside transforms.json, which it writes.
library(splines)
x <- c(1.5, 2, 2.25, 3, 3.5, 4, 4.75, 5, 6, 6.5, 7.1, 8)
new <- c(0.5, 1.5, 2.6, 5, 7.9, 9.25)
rows <- function(m) { m <- unclass(m); apply(matrix(as.numeric(m), nrow(m)), 1, as.numeric, simplify = FALSE) }
both <- function(text) {
  basis <- eval(parse(text = text))
  list(call = text, at_x = rows(basis), at_new = rows(suppressWarnings(predict(basis, new))))
}
calls <- c("poly(x, 1)", "poly(x, 3)", "poly(x, 5)",
           "bs(x)", "bs(x, df = 5)", "bs(x, df = 6, intercept = TRUE)", "bs(x, knots = c(3, 5), degree = 2)",
           "bs(x, df = 4, degree = 1)", "bs(x, knots = 4, Boundary.knots = c(1, 8.5))",
           "ns(x)", "ns(x, df = 4)", "ns(x, df = 3, intercept = TRUE)", "ns(x, knots = c(3, 5))",
           "ns(x, df = 3, Boundary.knots = c(2, 7))")
contrasts <- lapply(c(2, 3, 5, 8), function(k) list(levels = k, treatment = rows(contr.treatment(k)),
  sum = rows(contr.sum(k)), helmert = rows(contr.helmert(k)), poly = rows(contr.poly(k)),
  names = colnames(contr.poly(k))))
cuts <- c("cut(x, 3)", "cut(x, c(0, 2, 5, 10))", "cut(x, c(2, 5, 8), right = FALSE)",
          "cut(x, c(1.5, 4, 8), include.lowest = TRUE)", "cut(x, c(2, 5, 8), right = FALSE, include.lowest = TRUE)",
          "cut(x, c(0, 1/3, 2/3, 10))", "cut(x, c(1.23456, 1.23457, 9))", "cut(x, 2, labels = c('low', 'high'))")
cut_results <- lapply(cuts, function(text) {
  f <- eval(parse(text = text))
  list(call = text, levels = levels(f), codes = as.integer(f))
})
jsonlite::write_json(
  list(r = R.version.string, x = x, new = new, bases = lapply(calls, both), contrasts = contrasts, cuts = cut_results,
       scale = list(both = as.numeric(scale(x)), no_centre = as.numeric(scale(x, center = FALSE)),
                    centre = as.numeric(scale(x, scale = FALSE)))),
  "transforms.json", digits = NA, auto_unbox = TRUE, na = "null")
