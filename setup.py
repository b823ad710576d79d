"""Installs the folders of this repository under the import name ``wellposed``; see pyproject.toml."""

import re
from pathlib import Path

from setuptools import find_packages, setup

FOLDERS = ("catalog", "flows", "kinetics", "sweeps")

PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)\n\n\*[^*]*\*\n\n")
LINK_OF_OURS = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")


def description() -> str:
    """README without its picture and its links to other files, which an index of packages does not have."""
    return LINK_OF_OURS.sub(r"\1", PICTURE.sub("", Path(__file__).with_name("README.md").read_text("utf-8")))


setup(
    long_description=description(),
    long_description_content_type="text/markdown",
    packages=[
        "wellposed",
        "wellposed.examples",
        *(f"wellposed.{package}" for package in find_packages(include=[f"{folder}*" for folder in FOLDERS])),
    ],
    package_dir={
        "wellposed": "wellposed",
        "wellposed.examples": "docs/examples",
        **{f"wellposed.{folder}": folder for folder in FOLDERS},
    },
    package_data={
        "wellposed": ["py.typed"],
        "wellposed.examples": ["*.yaml", "family/*"],
        "wellposed.flows.report": ["templates/*"],
    },
)
