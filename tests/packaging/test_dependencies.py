"""What is imported is declared: what comes with another package goes when that no longer needs it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

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
