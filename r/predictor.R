# A predictor worker: loads one model, then answers one request after the other until the server closes the pipe.
#
#     Rscript --vanilla predictor.R MODEL_FOLDER
#
# Standard input and output carry frames: four bytes of length (big-endian), one byte of kind, then JSON. What a model prints goes to standard error, which the
# server keeps as its log.

MAX_FRAME <- 268435456L

# Packages whose name is not that of the class that they predict for.
PACKAGES <- c(gam = "mgcv", multinom = "nnet", cv.glmnet = "glmnet", svm = "e1071", naiveBayes = "e1071", lda = "MASS", qda = "MASS", train = "caret",
              merMod = "lme4", lmerMod = "lme4", glmerMod = "lme4", coxph = "survival", survreg = "survival", xgb.Booster = "xgboost", lgb.Booster = "lightgbm")

# The numbers that JSON has no numbers for, in requests as in replies; where a variable has any other text, they are texts too.
SPECIAL <- list("NaN" = NaN, "Infinity" = Inf, "-Infinity" = -Inf)

bad_instances <- function(...) stop(structure(class = c("bad_instances", "error", "condition"), list(message = paste0(...), call = NULL)))

main <- function() {
  folder <- commandArgs(trailingOnly = TRUE)[1]
  requests <- file("stdin", "rb")
  replies <- file("/dev/stdout", "wb")
  sink(stderr())
  if (!requireNamespace("jsonlite", quietly = TRUE)) {
    write_frame(replies, "E", '{"code":"FAILED_PRECONDITION","message":"this R has no package jsonlite; on Debian, apt-get install r-cran-jsonlite"}')
    return(1)
  }
  model <- tryCatch(load_model(folder), error = function(error) {
    write_frame(replies, "E", json(list(code = "FAILED_PRECONDITION", message = one_line(error))))
    NULL
  })
  if (is.null(model)) return(1)
  features <- feature_names(model)
  write_frame(replies, "H", json(list(framework = "r", pid = Sys.getpid())))
  repeat {
    frame <- read_frame(requests)
    if (is.null(frame)) return(0)
    if (frame$kind != "P") stop("a frame of kind ", frame$kind)
    answer(model, features, frame$payload, replies)
  }
}

answer <- function(model, features, payload, replies) {
  refuse <- function(code, message) write_frame(replies, "E", json(list(code = code, message = message)))
  tryCatch({
    body <- read_body(payload)
    table <- to_table(body$instances, features, is.function(model))
    result <- tryCatch(
      withCallingHandlers(predict_table(model, table, body$parameters), warning = function(warning) {
        message("Warning: ", conditionMessage(warning))
        invokeRestart("muffleWarning")
      }),
      error = function(error) bad_instances("The model refused the instances: ", one_line(error)))
    write_frame(replies, "R", json(list(predictions = to_rows(result, nrow(table)))))
  }, bad_instances = function(error) refuse("INVALID_ARGUMENT", conditionMessage(error)),
  error = function(error) refuse("INTERNAL", paste0("The model failed: ", one_line(error))))
}

load_model <- function(folder) {
  model <- readRDS(file.path(folder, "model.rds"))
  if (is.function(model)) return(model)
  for (class in class(model)) {
    package <- if (class %in% names(PACKAGES)) PACKAGES[[class]] else class
    if (!isS4(model) && !is.null(getS3method("predict", class, optional = TRUE))) return(model)
    if (grepl("^[A-Za-z][A-Za-z0-9.]*$", package) && requireNamespace(package, quietly = TRUE)
        && (isS4(model) || !is.null(getS3method("predict", class, optional = TRUE)))) return(model)
  }
  if (isS4(model)) return(model)
  stop("model.rds holds an object of class '", paste(class(model), collapse = "', '"), "', for which this R has no predict(); install the package that made it, or save a function of a data frame")
}

predict_table <- function(model, table, parameters) {
  if (length(parameters) > 0 && is.null(names(parameters))) bad_instances("`parameters` must be an object: the named arguments of predict().")
  if (is.function(model)) do.call(model, c(list(table), parameters)) else do.call(stats::predict, c(list(model, table), parameters))
}

# The body of a request, which nobody has read before where it came as a raw prediction.
read_body <- function(payload) {
  refuse <- function(why) bad_instances("The body must be a JSON object with a list `instances` (and `parameters`, where the model takes any): ", why, ".")
  body <- tryCatch(jsonlite::parse_json(payload), error = function(error) refuse(one_line(error)))
  if (!is.list(body) || is.null(names(body))) refuse("it is no JSON object")
  if (!"instances" %in% names(body)) refuse("`instances` is missing")
  if (!is.list(body$instances) || !is.null(names(body$instances))) refuse("`instances` is no list")
  body
}

# The model's variables, in the order in which lists of values are taken; NULL where it does not know them.
feature_names <- function(model) {
  named <- attr(model, "features")
  if (is.character(named)) return(named)
  if (is.function(model)) return(NULL)
  sources <- list(function() formula_variables(model),
                  function() model$feature_names, function() model$forest$independent.variable.names, function() rownames(model$importance),
                  function() rownames(model$beta), function() rownames(model$glmnet.fit$beta), function() colnames(model$SV), function() names(model$tables),
                  function() colnames(model$means), function() rownames(model$rotation), function() names(model$dataClasses), function() right_side(model))
  for (source in sources) {
    names <- tryCatch(source(), error = function(error) NULL)
    if (is.character(names) && length(names) > 0 && all(nzchar(names))) return(names)
  }
  NULL
}

# The variables of a formula's right side, with those of offsets and of random effects, and without the constants that were beside it.
formula_variables <- function(model) {
  terms <- stats::delete.response(stats::terms(model))
  names <- all.vars(terms)
  if (isS4(model)) names <- unique(c(names, right_side(model)))
  if (!isS4(model)) names <- unique(c(names, all.vars(model$call$offset)))
  around <- environment(terms)
  constant <- function(name) !is.null(around) && exists(name, envir = around, inherits = FALSE) && length(get(name, envir = around)) == 1 && !name %in% names(attr(terms, "dataClasses"))
  Filter(Negate(constant), names)
}

right_side <- function(model) setdiff(all.vars(stats::formula(model)[[3]]), ".")

# A data frame of objects by their names, or of lists of values in the order of the model's variables. The order of an object's keys means nothing: a function that
# does not say its variables gets them by the alphabet.
to_table <- function(instances, features, any_names = FALSE) {
  if (length(instances) == 0) bad_instances("`instances` is empty; give at least one.")
  objects <- vapply(instances, function(instance) is.list(instance) && !is.null(names(instance)), logical(1))
  if (all(objects)) {
    if (is.null(features) && !any_names) bad_instances("The model has no names for its variables, so instances cannot be objects; send lists of values in the order of its variables.")
    columns <- if (is.null(features)) sort(unique(unlist(lapply(instances, names))), method = "radix") else features
    for (at in seq_along(instances)) check_names(names(instances[[at]]), columns, at - 1)
    values <- lapply(columns, function(name) column(lapply(instances, function(instance) instance[[name]]), name))
  } else if (any(objects)) {
    bad_instances("Some instances are objects and others are not; all must be of one kind.")
  } else {
    lengths <- unique(lengths(instances))
    if (length(lengths) != 1) bad_instances("The instances have different lengths: ", paste(sort(lengths), collapse = ", "), "; all must have as many values as the model has variables.")
    if (!is.null(features) && length(features) != lengths) bad_instances("The instances have ", lengths, " values each; the model has ", length(features), " variables: ", quoted(features), ".")
    columns <- if (is.null(features)) paste0("X", seq_len(lengths)) else features
    values <- lapply(seq_len(lengths), function(at) column(lapply(instances, function(instance) instance[[at]]), columns[at]))
  }
  names(values) <- columns
  as.data.frame(values, stringsAsFactors = FALSE, optional = TRUE)
}

check_names <- function(given, wanted, index) {
  missing <- setdiff(wanted, given)
  if (length(missing) > 0) bad_instances("`instances[", index, "]` has no ", quoted(missing), ", which the model needs; its variables are ", quoted(wanted), ".")
  unknown <- setdiff(given, wanted)
  if (length(unknown) > 0) bad_instances("`instances[", index, "]` has ", quoted(unknown), ", which the model does not know; its variables are ", quoted(wanted), ".")
}

quoted <- function(names) paste0(paste0("'", utils::head(names, 20), "'", collapse = ", "), if (length(names) > 20) paste0(" and ", length(names) - 20, " more"))

column <- function(values, name) {
  if (any(lengths(values) > 1) || any(vapply(values, is.list, logical(1)))) bad_instances("The value of '", name, "' is a list or an object in some instance; it must be a number, a text, true, false or null.")
  # Infinity is a text in JSON: this number was too large to read.
  if (any(vapply(values, function(value) is.numeric(value) && is.infinite(value), logical(1)))) bad_instances("The value of '", name, "' is too large for 64 bits in some instance.")
  texts <- unlist(lapply(values, function(value) if (is.character(value)) value))
  if (length(texts) > 0 && all(texts %in% names(SPECIAL))) values <- lapply(values, function(value) if (is.character(value)) SPECIAL[[value]] else value)
  unlist(lapply(values, function(value) if (is.null(value)) NA else value))
}

# One element for each instance: a value, or an object of a table's columns.
to_rows <- function(result, count) {
  if (is.data.frame(result)) return(by_row(as.list(result), count))
  if (is.matrix(result) && is.null(colnames(result))) return(lapply(seq_len(nrow(result)), function(row) lapply(unname(result[row, ]), plain)))
  if (is.matrix(result)) return(by_row(lapply(stats::setNames(nm = colnames(result)), function(name) result[, name]), count))
  if (is.list(result) && !is.null(names(result)) && any(lengths(result) == count)) {
    parts <- lapply(result, function(part) if (is.matrix(part)) NULL else unname(part))
    return(by_row(parts[lengths(parts) == count & !vapply(parts, is.null, logical(1))], count))
  }
  if (is.factor(result)) result <- as.character(result)
  lapply(unname(as.list(result)), plain)
}

by_row <- function(columns, count) lapply(seq_len(count), function(row) lapply(columns, function(values) plain(if (is.factor(values)) as.character(values[row]) else unname(values[row]))))

# A value of JSON; numbers that it lacks become the strings that protobuf's JSON uses.
plain <- function(value) {
  if (length(value) == 1 && is.numeric(value) && !is.finite(value)) {
    if (is.nan(value)) "NaN" else if (is.na(value)) NULL else if (value > 0) "Infinity" else "-Infinity"
  } else if (length(value) == 1 && is.atomic(value) && is.na(value)) NULL
  else if (inherits(value, c("Date", "POSIXt"))) format(value)
  else value
}

json <- function(value) enc2utf8(as.character(jsonlite::toJSON(value, auto_unbox = TRUE, digits = NA, null = "null", na = "null", POSIXt = "ISO8601")))

one_line <- function(error) strsplit(paste0(conditionMessage(error), "\n"), "\n", fixed = TRUE)[[1]][1]

read_frame <- function(stream) {
  size <- readBin(stream, "integer", n = 1, size = 4, endian = "big")
  if (length(size) == 0) return(NULL)
  if (size < 1 || size > MAX_FRAME) stop("a frame of ", size, " bytes")
  bytes <- readBin(stream, "raw", n = size)
  if (length(bytes) < size) return(NULL)
  payload <- rawToChar(bytes[-1])
  Encoding(payload) <- "UTF-8"
  list(kind = rawToChar(bytes[1]), payload = payload)
}

write_frame <- function(stream, kind, payload) {
  bytes <- c(charToRaw(kind), charToRaw(enc2utf8(payload)))
  writeBin(length(bytes), stream, size = 4, endian = "big")
  writeBin(bytes, stream)
  flush(stream)
}

if (!interactive()) quit(save = "no", status = main())
