"""An experiment with a known answer, and one cluster for all tests."""

import numpy as np
import pytest
from hypothesis import settings

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.sweeps.cluster.workers import local_cluster

# Cores are shared, so how long an example takes says nothing.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


def growth(beta, M, A, datum):
    """Changes sign at beta = 1/4; fails at (0.5, 9), gives up at (0.625, 9), and is inaccurate at M = 10."""
    if (beta, M) == (0.5, 9):
        raise ZeroDivisionError("no growth\nhere")
    if (beta, M) == (0.625, 9):
        raise Unresolved("64 nodes are too few; take more")
    return {
        "growth_exponent": 2 * beta - 0.5,
        "growth_exponent_error": 0.5 if M == 10 else 1e-9,
        "profile": beta * np.array([1.0, 10.0, 100.0]),
    }


def allow(point):
    if point["datum"] == "oscillating" and point["A"] == 13.0:
        raise ParameterError("Parameter `A` must not be 13 with the oscillating datum.")


@pytest.fixture(scope="session")
def experiment():
    return Experiment(
        name="toy.growth",
        summary="Growth exponent of a straight line",
        source="made up",
        parameters=(
            Parameter("beta", "smoothness", default=0.25, lower=0.0, upper=1.0),
            Parameter("M", "decay", default=8, kind="int", lower=6, lower_open=True),
            Parameter("A", "offset", default=2.0, only_with=("datum", ("oscillating",)), units="m"),
            Parameter("datum", "shape", default="bracket", kind="choice", choices=("bracket", "oscillating")),
        ),
        outputs=(
            Output("growth_exponent", "growth exponent"),
            Output("growth_exponent_error", "its error"),
            Output("profile", "what it was fitted to", dims=("omega",), units="s"),
        ),
        evaluate=growth,
        coordinates=(Coordinate("omega", "frequency", np.array([1.0, 10.0, 100.0]), units="Hz"),),
        order_parameter="growth_exponent",
        tolerance=1e-3,
        version=3,
        check=allow,
    )


@pytest.fixture(scope="session")
def client():
    with local_cluster(n_workers=2) as client:
        yield client
