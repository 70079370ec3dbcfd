"""Imports each module named as an argument and prints "NAME VERSION" for those that this interpreter has."""
import importlib
import sys

for name in sys.argv[1:]:
    try:
        print(name, getattr(importlib.import_module(name), "__version__", "unknown"))
    except Exception as error:  # a module that is there but broken is as good as missing
        print(f"{name}: {error}", file=sys.stderr)
