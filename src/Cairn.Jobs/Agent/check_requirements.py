"""Prints as JSON what the packages in the folders given as arguments require and this interpreter lacks.

Only metadata is read; no code of the packages runs. A source archive without metadata is read by its pyproject.toml, setup.cfg, or what stands literally
in the call of setup() in its setup.py.
"""
import ast
import configparser
import hashlib
import importlib.metadata as metadata
import json
import os
import re
import sys

try:
    from packaging.requirements import InvalidRequirement, Requirement
except ImportError:
    try:
        from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
    except ImportError:
        Requirement = None

folders = sys.argv[1:]
notes = []


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def read(folder, name):
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""


def of_source(folder):
    """Name and requirements of a source tree, as far as they are declared."""
    requires, name = [], None
    text = read(folder, "pyproject.toml")
    if "[project]" in text:
        try:
            import tomllib

            project = tomllib.loads(text).get("project", {})
            name = project.get("name")
            requires += project.get("dependencies", [])
        except ImportError:
            notes.append("pyproject.toml needs Python 3.11 to be read; its dependencies are not looked at.")
        except ValueError as error:
            notes.append(f"pyproject.toml cannot be read: {error}")
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read(folder, "setup.cfg"))
        name = name or parser.get("metadata", "name", fallback=None)
        requires += [line.strip() for line in parser.get("options", "install_requires", fallback="").splitlines() if line.strip()]
    except configparser.Error as error:
        notes.append(f"setup.cfg cannot be read: {error}")
    arguments = setup_arguments(read(folder, "setup.py"))
    name = name or arguments.get("name")
    found = arguments.get("install_requires", [])
    requires += [found] if isinstance(found, str) else list(found)
    return name, [str(requirement) for requirement in requires]


def setup_arguments(text):
    """The literal arguments of setup(), and those that name a literal of the module."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return {}
    names, result = {}, {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            try:
                names[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                pass
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", None)) == "setup":
            for keyword in node.keywords:
                if keyword.arg not in ("name", "install_requires"):
                    continue
                try:
                    result[keyword.arg] = names[keyword.value.id] if isinstance(keyword.value, ast.Name) else ast.literal_eval(keyword.value)
                except (ValueError, KeyError):
                    if keyword.arg == "install_requires":
                        notes.append("setup.py computes install_requires, which is not run here; what it lists is not looked at. Declare it in pyproject.toml, or upload what 'python setup.py sdist' makes.")
    return result


installed, versions = {}, []
for distribution in metadata.distributions():
    name = distribution.metadata["Name"]
    if name and normal(name) not in installed:
        installed[normal(name)] = distribution
        versions.append(f"{normal(name)} {distribution.version}")

own, requirements = set(), []
for folder in folders:
    with_metadata = list(metadata.distributions(path=[folder]))
    for distribution in with_metadata:
        if distribution.metadata["Name"]:
            own.add(normal(distribution.metadata["Name"]))
        requirements += distribution.requires or []
    if not with_metadata:
        name, requires = of_source(folder)
        if name:
            own.add(normal(str(name)))
        requirements += requires

needed, seen = {}, set()


def look(text, extra=""):
    if Requirement is None:
        match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", text)
        if match and ";" not in text and normal(match.group(1)) not in own and normal(match.group(1)) not in installed:
            needed[text.strip()] = {"name": normal(match.group(1)), "requirement": "".join(text.split()), "installed": None}
        return
    try:
        parsed = Requirement(text)
    except InvalidRequirement:
        notes.append(f"'{text}' is no requirement and is left out.")
        return
    if parsed.marker is not None and not parsed.marker.evaluate({"extra": extra}):
        return
    name = normal(parsed.name)
    if name in own or (str(parsed), extra) in seen:
        return
    seen.add((str(parsed), extra))
    there = installed.get(name)
    if there is None or parsed.url or not parsed.specifier.contains(there.version, prereleases=True):
        extras = f"[{','.join(sorted(parsed.extras))}]" if parsed.extras else ""
        place = f" @ {parsed.url}" if parsed.url else ",".join(sorted(str(part) for part in parsed.specifier))
        needed[name + extras + place] = {"name": name, "requirement": name + extras + place, "installed": there.version if there is not None else None}
        return
    for wanted in parsed.extras:
        for more in there.requires or []:
            if "extra" in more:
                look(more, wanted)


for requirement in requirements:
    look(requirement)

identity = "\n".join([os.path.realpath(sys.executable), sys.version, sys.prefix, *sorted(versions)])
print(json.dumps({"interpreter": hashlib.sha256(identity.encode()).hexdigest(), "needed": [needed[key] for key in sorted(needed)], "notes": notes}))
