"""Prints what the packages in the folders given as arguments require and this interpreter lacks.

One line for each: "missing NAME" or "version NAME SPECIFIER (VERSION is installed)". Only metadata is read; no code of the packages runs.
"""
import importlib.metadata as metadata
import re
import sys

folders = sys.argv[1:]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def split(requirement):
    """Name, specifier and whether the requirement applies here, by the `packaging` library where it is there."""
    try:
        from packaging.requirements import Requirement

        parsed = Requirement(requirement)
        applies = parsed.marker is None or parsed.marker.evaluate({"extra": ""})
        return parsed.name, parsed.specifier, applies
    except ImportError:
        name = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", requirement).group(1)
        return name, None, ";" not in requirement


own = list(metadata.distributions(path=folders))
installed = {}
for distribution in [*metadata.distributions(), *own]:
    name = distribution.metadata["Name"]
    if name:
        installed[normal(name)] = distribution.version

for distribution in own:
    for requirement in distribution.requires or []:
        name, specifier, applies = split(requirement)
        if not applies:
            continue
        version = installed.get(normal(name))
        if version is None:
            print("missing", name)
        elif specifier is not None and not specifier.contains(version, prereleases=True):
            print("version", f"{name}{specifier} ({version} is installed)")
