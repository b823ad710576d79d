"""What is asked in histories: cheap, with points of every outcome."""

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter


def evaluate(x, y):
    if x == 0.5:
        raise ZeroDivisionError("no answer here")
    if x == 0.75:
        raise Unresolved("not fine enough")
    return {"height": x - 0.3 * (1 + y), "height_error": 1e-9, "count": int(8 * x)}


HILL = Experiment(
    name="test.hill",
    summary="The height of a hill",
    source="nobody",
    parameters=(
        Parameter("x", "across", 0.5, lower=0.0, upper=1.0),
        Parameter("y", "up", 0.0, lower=0.0, upper=1.0),
    ),
    outputs=(
        Output("height", "height"),
        Output("height_error", "error of the height"),
        Output("count", "whole part", kind="int"),
    ),
    evaluate=evaluate,
    order_parameter="height",
)
