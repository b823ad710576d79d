"""Small experiments that the tests name as ``tests/flows/experiments.py:NAME``."""

import math
import os
import sys
import time

import numpy as np

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, PrintedThreshold

K = np.array([1.0, 2.0, 4.0])


def tilted(x, y, shape):
    """Changes sign at x = 0.3 + y / 10; never if the shape is flat."""
    value = math.tanh(x - 0.3 - 0.1 * y) if shape == "tilted" else 1.0 + x
    return {"slope": value, "slope_error": 1e-12, "profile": value * K}


def delayed(x, y, shape):
    time.sleep(float(os.environ.get("WELLPOSED_TEST_DELAY", "0")))
    return tilted(x, y, shape)


def fragile(x, y, shape):
    if x > 0.9:
        raise ZeroDivisionError("too far")
    if y > 0.9:
        raise Unresolved("not fine enough here")
    return tilted(x, y, shape)


def deadly(x, y, shape):
    if x > 0.9:
        os._exit(1)
    return tilted(x, y, shape)


def moody(x, y, shape):
    """Fails where it is told to."""
    if x >= float(os.environ.get("WELLPOSED_TEST_FAILS_FROM", "inf")):
        raise RuntimeError("out of order")
    return tilted(x, y, shape)


def hanging(x, y, shape):
    if x > 0.9:
        time.sleep(60)
    return tilted(x, y, shape)


def witness(x, y, shape):
    """The slope tells whether Prefect is imported where this runs."""
    return {"slope": float("prefect" in sys.modules), "slope_error": 0.0, "profile": K}


def _check(point):
    if point["shape"] == "flat" and point["y"] == 0.5:
        raise ParameterError("Parameter `y` must not be 0.5 with the flat shape.")


def _experiment(name, evaluate, points_per_block):
    return Experiment(
        name=name,
        summary="A tilted edge",
        source="nobody",
        parameters=(
            Parameter("x", "across", 0.5, lower=0.0, upper=1.0),
            Parameter("y", "up", 0.0, lower=0.0, upper=1.0),
            Parameter("shape", "tilted or flat", "tilted", kind="choice", choices=("tilted", "flat")),
        ),
        outputs=(
            Output("slope", "slope of the edge"),
            Output("slope_error", "error of the slope"),
            Output("profile", "profile of the edge", dims=("k",)),
        ),
        coordinates=(Coordinate("k", "wave number", K),),
        evaluate=evaluate,
        order_parameter="slope",
        points_per_block=points_per_block,
        thresholds=(PrintedThreshold("x", 0.3, "3/10", "Remark 7", {"shape": ("tilted",)}),),
        check=_check,
    )


TILTED = _experiment("test.tilted", tilted, 16)
DELAYED = _experiment("test.delayed", delayed, 2)
FRAGILE = _experiment("test.fragile", fragile, 16)
DEADLY = _experiment("test.deadly", deadly, 16)
MOODY = _experiment("test.moody", moody, 4)
HANGING = _experiment("test.hanging", hanging, 16)
WITNESS = _experiment("test.witness", witness, 4)


def _along_x(name, value, error):
    """An order parameter over x in [-2, 6] and y, of which nothing is published."""
    return Experiment(
        name=name,
        summary="An order parameter that changes sign in its own way",
        source="nobody",
        parameters=(
            Parameter("x", "across", 0.5, lower=-2.0, upper=6.0),
            Parameter("y", "up", 0.0, lower=-10.0, upper=10.0),
            Parameter("n", "a count that has no effect", 1, kind="int"),
        ),
        outputs=(Output("slope", "slope", has_error=True), Output("last", "last digits", kind="int")),
        evaluate=lambda x, y, n: {"slope": value(x, y), "slope_error": error, "last": n % 1000},
        order_parameter="slope",
    )


WAVES = _along_x("test.waves", lambda x, y: math.cos(math.pi * (x - 0.25) / 2), 1e-12)
"""Changes sign at −0.75, 1.25, 3.25 and 5.25."""

NOISY = _along_x("test.noisy", lambda x, y: x - 0.5 + 0.02 * math.sin(1e9 * (x + y)), 1e-6)
"""Changes sign at 1/2 but for what is noise to any search, of which its error tells nothing."""

PARABOLA = _along_x("test.parabola", lambda x, y: x - y**2 - 0.1, 1e-9)
"""Changes sign at y² + 0.1."""


def _unsure(x, y):
    if y == 1.0 or abs(x - 3.0) < 0.6:
        raise Unresolved("not fine enough here")
    return x - 0.5


UNSURE = _along_x("test.unsure", _unsure, 1e-9)
"""Changes sign at 1/2, where no point is unresolved, save on the line y = 1, where all are."""
