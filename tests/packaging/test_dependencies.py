"""What is imported is declared: what comes with another package goes when that no longer needs it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, packages_distributions
from pathlib import Path

from packaging.specifiers import SpecifierSet

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("catalog", "flows", "kinetics", "sweeps", "wellposed")


def imported(path):
    """The first part of the name of every module that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).partition(".")[0]


def test_what_is_imported_is_declared():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    given = [*project["dependencies"], *extras["export"], *extras["slurm"]]
    declared = {re.match(r"[\w.-]+", one)[0].lower() for one in given}
    files = [path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py")]
    names = {name for path in files for name in imported(path)} - sys.stdlib_module_names - {"wellposed"}
    brought_by = packages_distributions()
    assert len(names) > 15
    lacking = {name for name in names if not declared & {one.lower() for one in brought_by.get(name, [name])}}
    assert lacking == set()


def test_every_pin_admits_the_lowest_python():
    """Debian 12's Python 3.11.2 once could not install soupsieve 4.1.2, which wants 3.11.5."""
    promised = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["requires-python"]
    assert promised == ">=3.11"
    lines = (REPOSITORY / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.lstrip().startswith("#"))
    seen, refusing = 0, []
    for name, version in pins.items():
        try:
            installed = metadata(name)
        except PackageNotFoundError:
            continue  # only older Pythons need it
        if installed["Version"] == version:
            seen += 1
            wanted = installed.get("Requires-Python", "")
            if "3.11.0" not in SpecifierSet(wanted):
                refusing.append(f"{name} {version}: {wanted}")
    assert seen > 200
    assert refusing == []
