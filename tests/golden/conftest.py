"""What the golden tests share: today's code as they drive it, and what earlier code has written."""

import importlib.util
import json
import shutil
import tarfile
from pathlib import Path

import pytest

from wellposed.kinetics import EXPERIMENTS
from wellposed.sweeps.requests import boundary

HERE = Path(__file__).parent


def _beside(name):
    """A module of this folder, which is in no package."""
    spec = importlib.util.spec_from_file_location(f"golden_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", autouse=True)
def versions_of_then():
    """Experiments have the versions that they had, and searches for boundaries the method.

    A version is raised where numbers rightly change, and the method where a boundary does.

    Their identities, and what is found of the catalogue of then, are compared as if it had not been.
    """
    were = {one["name"]: one["version"] for one in json.loads((HERE / "experiments.json").read_text("utf-8"))}
    with pytest.MonkeyPatch.context() as patch:
        for name, version in were.items():
            # the values are frozen, and so is what refers to them
            patch.setitem(EXPERIMENTS[name].__dict__, "version", version)
        patch.setattr(boundary, "METHOD", 2)
        yield


@pytest.fixture(scope="session")
def adapter():
    """The interfaces of wellposed, by the names that the golden files know."""
    return _beside("adapter")


@pytest.fixture(scope="session")
def observed():
    """What is kept of what wellposed answers."""
    return _beside("observed")


@pytest.fixture(scope="session")
def golden(tmp_path_factory):
    """The catalogue that commit fda0603 wrote, to be read."""
    with tarfile.open(HERE / "catalogue.tar.xz") as packed:
        place = tmp_path_factory.mktemp("golden")
        packed.extractall(place, filter="data")
    return place / "results"


@pytest.fixture
def copy(golden, tmp_path):
    """The same, to be written to."""
    return Path(shutil.copytree(golden, tmp_path / "results"))
