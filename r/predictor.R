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
  write_frame(replies, "H", json(list(framework = "r", pid = Sys.getpid())))
  repeat {
    frame <- read_frame(requests)
    if (is.null(frame)) return(0)
    if (frame$kind != "P") stop("a frame of kind ", frame$kind)
    answer(model, frame$payload, replies)
  }
}

answer <- function(model, payload, replies) {
  refuse <- function(code, message) write_frame(replies, "E", json(list(code = code, message = message)))
  tryCatch({
    body <- jsonlite::parse_json(payload)
    table <- to_table(body$instances, feature_names(model))
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

# The model's variables, in the order in which lists of values are taken; NULL where it does not know them.
feature_names <- function(model) {
  if (is.function(model)) return(NULL)
  tryCatch(all.vars(stats::delete.response(stats::terms(model))), error = function(error) NULL)
}

# A data frame of objects by their names, or of lists of values in the order of the model's variables.
to_table <- function(instances, features) {
  if (!is.list(instances) || !is.null(names(instances))) bad_instances("`instances` must be a list.")
  if (length(instances) == 0) bad_instances("`instances` is empty.")
  objects <- vapply(instances, function(instance) is.list(instance) && !is.null(names(instance)), logical(1))
  if (all(objects)) {
    columns <- unique(unlist(lapply(instances, names)))
    values <- lapply(columns, function(name) column(lapply(instances, function(instance) instance[[name]]), name))
  } else if (any(objects)) {
    bad_instances("Some instances are objects and others are not; all must be of one kind.")
  } else {
    lengths <- unique(lengths(instances))
    if (length(lengths) != 1) bad_instances("The instances have different lengths: ", paste(sort(lengths), collapse = ", "), "; all must have as many values as the model has variables.")
    columns <- if (length(features) == lengths) features else paste0("X", seq_len(lengths))
    values <- lapply(seq_len(lengths), function(at) column(lapply(instances, function(instance) instance[[at]]), columns[at]))
  }
  names(values) <- columns
  as.data.frame(values, stringsAsFactors = FALSE, optional = TRUE)
}

column <- function(values, name) {
  if (any(lengths(values) > 1) || any(vapply(values, is.list, logical(1)))) bad_instances("The value of '", name, "' is a list or an object in some instance; it must be a number, a text, true, false or null.")
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
