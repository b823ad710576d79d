"""Installs the folders of this repository under the import name ``wellposed``; see pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = ("catalog", "flows", "kinetics", "sweeps")

setup(
    packages=[
        "wellposed",
        *(f"wellposed.{package}" for package in find_packages(include=[f"{folder}*" for folder in FOLDERS])),
    ],
    package_dir={"wellposed": "wellposed", **{f"wellposed.{folder}": folder for folder in FOLDERS}},
)
