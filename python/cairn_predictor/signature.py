"""The signature of a model that MLflow saved: the file MLmodel beside it names the columns."""

import json
import os
import re

# `inputs` is a JSON text in YAML's single quotes, folded over lines where it is long: a line break within is a space, and '' is '.
INPUTS = re.compile(r"^signature:\s*\n(?:[ \t]+.*\n)*?[ \t]+inputs:\s*'((?:[^']|'')*)'", re.MULTILINE)
LARGEST = 4 << 20


def column_names(folder):
    """The names of the columns, in order; None where there is no signature, or one of tensors."""
    path = os.path.join(folder, "MLmodel")
    if not os.path.isfile(path) or os.path.getsize(path) > LARGEST:
        return None
    with open(path, encoding="utf-8", errors="replace") as file:
        found = INPUTS.search(file.read())
    if found is None:
        return None
    try:
        columns = json.loads(re.sub(r"\s*\n\s*", " ", found.group(1)).replace("''", "'"))
    except ValueError:
        return None
    named = isinstance(columns, list) and all(isinstance(column, dict) and column.get("type") != "tensor" and column.get("name") for column in columns)
    return [column["name"] for column in columns] if named and columns else None
