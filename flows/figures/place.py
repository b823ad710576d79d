"""Where something lies in parameter space, in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellposed.flows.figures.style import label, symbol
from wellposed.flows.text import from_to, short, typographic

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Value

NO_BREAK = "\N{NO-BREAK SPACE}"


def place(
    experiment: Experiment,
    point: Mapping[str, Value],
    without: Collection[str] = (),
    name: Callable[[str], str] = symbol,
) -> str:
    """Returns the parameters of a point that matter there, such as ``gain, M = 7``, choices first.

    Parameters
    ----------
    experiment : Experiment
    point : mapping of str to value
    without : collection of str
        Parameters that are not told.
    name : callable
        Spells the name of a parameter.
    """
    words = []
    for parameter in sorted(experiment.parameters, key=lambda parameter: parameter.kind != "choice"):
        if parameter.name in point and parameter.name not in without and parameter.matters(point):
            value = point[parameter.name]
            words.append(
                label(value).replace("_", " ")
                if isinstance(value, str)
                else f"{name(parameter.name)} = {typographic(short(value))}".replace(" ", NO_BREAK)
            )
    return ", ".join(words)


def span(names: Sequence[str], points: Sequence[Mapping[str, Value]]) -> str:
    """Returns the values of some parameters at several points, such as ``N = 1 to 20, A = 1 to 100``."""
    values: dict[str, list[Any]] = {name: [point[name] for point in points] for name in names}
    return ", ".join(f"{symbol(name)} = {from_to(found)}" for name, found in values.items())
