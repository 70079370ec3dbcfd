# Loads each package named as an argument and prints "NAME VERSION" for those that this R has.
for (name in commandArgs(trailingOnly = TRUE)) if (requireNamespace(name, quietly = TRUE)) cat(name, as.character(packageVersion(name)), "\n")
