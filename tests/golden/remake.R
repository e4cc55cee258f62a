# What the scripts of golden files share: read a case and its data, run its call, compare the figures or write them.
# A script that sources this defines `results(case, data)` and calls `remake(pattern, results)`.
# Run from the repository root: Rscript tests/golden/lmer.R [--write] [case ...]; without a case, all of them.
library(jsonlite)

# The columns named in the sidecar are factors, with its order of levels.
read_data <- function(name) {
  path <- Filter(file.exists, sprintf("datasets/%s.csv%s", name, c("", ".gz")))
  sidecar <- fromJSON(sprintf("datasets/%s.levels.json", name), simplifyDataFrame = FALSE)
  data <- read.csv(path, na.strings = "NA", colClasses = vapply(sidecar, \(column) "character", ""))
  for (column in names(sidecar)) {
    data[[column]] <- factor(data[[column]], sidecar[[column]]$levels, ordered = sidecar[[column]]$ordered)
  }
  data
}

# Where the calls of a case are run: the data under R's name for it, after the lines of `prep`.
scene <- function(case) {
  env <- new.env(parent = globalenv())
  assign(case$dataset, read_data(case$dataset), env)
  if (!is.null(case$options$prep)) eval(str2expression(case$options$prep), env)
  env
}

# The value of `code` and the warnings and messages it gave, in order.
heard <- function(code) {
  said <- character()
  note <- function(restart) function(condition) {
    said <<- c(said, sub("\n$", "", conditionMessage(condition)))
    invokeRestart(restart)
  }
  value <- withCallingHandlers(code, warning = note("muffleWarning"), message = note("muffleMessage"))
  list(value = value, said = said)
}

# A vector stays a list in JSON even where it has one element; what is infinite or missing is null.
vec <- function(x) {
  x <- unname(x)
  if (is.numeric(x)) x[!is.finite(x)] <- NA
  I(x)
}
rows <- function(x) lapply(seq_len(nrow(x)), \(i) vec(x[i, ]))
table_of <- function(x) c(list(rows = vec(rownames(x))), lapply(as.list(x), vec))
json <- function(x) {
  lines <- strsplit(toJSON(x, pretty = TRUE, auto_unbox = TRUE, digits = I(15), na = "null", null = "null"), "\n")[[1]]
  indent <- nchar(sub("[^ ].*", "", lines))
  paste0(strrep(" ", indent / 2), substring(lines, indent + 1), collapse = "\n")
}
figures <- function(text) fromJSON(text, simplifyDataFrame = FALSE, simplifyMatrix = FALSE)$results

# The relative difference of each vector of two trees, named by its place; infinite where anything but a number differs.
# An element is relative to itself, or to a thousandth of the largest of its vector if that is more: a residual near
# zero or a sum that is zero in exact arithmetic has no digits of its own.
differences <- function(old, new, at = "") {
  if (is.list(old) && is.list(new) && length(old) == length(new) && identical(names(old), names(new))) {
    keys <- if (is.null(names(old))) seq_along(old) else names(old)
    return(unlist(unname(Map(differences, old, new, sub("^\\$", "", paste(at, keys, sep = "$"))))))
  }
  numbers <- is.numeric(old) && is.numeric(new) && length(old) == length(new) && identical(is.na(old), is.na(new))
  size <- if (identical(old, new)) 0 else Inf
  if (numbers) {
    gap <- abs(old - new)[!is.na(old)]
    size <- abs(old[!is.na(old)])
    size <- max(0, gap / pmax(size, 1e-3 * max(0, size), .Machine$double.xmin))
  }
  setNames(size, at)
}

# The optimiser stops where the criterion no longer changes in double precision. There the criterion is good to
# rounding, but theta, and what follows it, only to the square root of that. By measurement, with the rows of the data
# of all but InstEval put in three other orders: criteria moved by less than 1e-13, everything else by less than 7e-6
# (an end of an interval near zero; mostly below 1e-6). Fits by the optimiser's defaults are among the latter.
tolerance <- function(at) {
  exact <- grepl("(^|\\$)(objective|logLik|AIC|BIC|deviance)$|^(fixed_matrix|nobs|ngrps|Zt_)", at)
  ifelse(exact & !startsWith(at, "default_optimizer"), 1e-10, 2e-5)
}

# `compare(old, new)` gives named distances of two results, `allowed(names)` the largest that are none.
remake <- function(pattern, results, compare = differences, allowed = tolerance) {
  wanted <- commandArgs(trailingOnly = TRUE)
  write <- "--write" %in% wanted
  wanted <- setdiff(wanted, "--write")
  names <- sub("\\.json$", "", list.files("tests/golden", pattern))
  unknown <- setdiff(wanted, names)
  if (length(unknown)) stop("no golden file of this script: ", toString(unknown))
  apart <- 0
  for (name in if (length(wanted)) wanted else names) {
    path <- file.path("tests/golden", paste0(name, ".json"))
    case <- fromJSON(path, simplifyVector = FALSE)
    made <- results(case, scene(case))
    gaps <- compare(figures(path), figures(json(list(results = made))))
    worst <- which.max(gaps)
    cat(sprintf("%-34s %.1e %s\n", name, gaps[worst], if (gaps[worst] > 0) names(gaps)[worst] else ""))
    far <- gaps[gaps > allowed(names(gaps))]
    cat(sprintf("  %s differs by %.1e\n", names(far), far), sep = "")
    apart <- apart + (length(far) > 0)
    if (write) {
      packages <- setNames(nm = names(case$package_version))
      case$package_version <- lapply(packages, \(package) as.character(packageVersion(package)))
      case$r_version <- paste(R.version$major, R.version$minor, sep = ".")
      case$results <- made
      writeLines(json(case), path)
    }
  }
  if (apart && !write) {
    cat(sprintf("%d file(s) differ by more than rounding\n", apart))
    quit(status = 1)
  }
}
