"""What is asked of the two-body system: data, potential, moment and sign, by the values of parameters."""

from __future__ import annotations

from dataclasses import dataclass

from wellposed.errors import ParameterError
from wellposed.kinetics.experiment import Parameter, Point
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, potential_of_kind
from wellposed.kinetics.lenard_balescu.parameters import KAPPA, KIND, S
from wellposed.kinetics.lenard_balescu.two_body.data import DATA, MOMENTS, GaussianSum, data_of_kind

DIMENSION = Parameter("d", "dimension of velocity space", 2, kind="int", lower=1, upper=3)
PLANCK = Parameter("hbar", "Planck's constant", 1.0, lower=0.01, upper=100.0)
DATUM = Parameter(
    "datum",
    "half M_(T=1/2) + half M_(T=3/2), a Gaussian of temperatures 3/2 and 1/2, or two beams at velocities ±2",
    "mixture",
    kind="choice",
    choices=DATA,
)
MOMENT = Parameter(
    "moment",
    "|v|^4, v_1^2 - v_2^2, or -log f, whose rate is the production of entropy",
    "fourth",
    kind="choice",
    choices=MOMENTS,
)
SYSTEM = Parameter(
    "system",
    "K_2 - B, or (2.16) as published: K_2 + B, and twice the rate",
    "corrected",
    kind="choice",
    choices=("corrected", "published"),
)
SIGNS, FACTORS = {"corrected": 1.0, "published": -1.0}, {"corrected": 1.0, "published": 2.0}

REST = (PLANCK, KAPPA, S, KIND, DATUM, MOMENT, SYSTEM)
"""The parameters of a `System` besides the dimension."""


@dataclass(frozen=True, eq=False)
class System:
    """The two-body system of some data, and the moment whose rate is asked for.

    Attributes
    ----------
    data : GaussianSum
    moment : str
    hbar : float
    potential : Potential
    sign, factor : float
        1 and 1 for ``K_2 - B``; -1 and 2 for ``K_2 + B`` and twice the rate, as published.
    """

    data: GaussianSum
    moment: str
    hbar: float
    potential: Potential
    sign: float
    factor: float


def system_of(
    *,
    d: int,
    hbar: float,
    kappa: float,
    s: float,
    potential: str,
    datum: str,
    moment: str,
    system: str,
) -> System:
    """Returns the system that a point of parameter space names."""
    V = potential_of_kind(potential, kappa, s)
    return System(data_of_kind(datum, d), moment, hbar, V, SIGNS[system], FACTORS[system])


def refuse_without_rate(point: Point) -> None:
    """Raises `ParameterError` for a moment that the data do not have."""
    datum, moment, d = point["datum"], point["moment"], point["d"]
    if moment == "anisotropy" and (datum == "mixture" or d == 1):
        raise ParameterError(
            "Parameter `moment` may be anisotropy for d >= 2 and the data anisotropic and beams alone, but "
            f"`datum` is {datum} and `d` is {d}."
        )
    if moment == "entropy" and datum != "mixture":
        raise ParameterError(
            f"Parameter `moment` may be entropy for the datum mixture alone, but `datum` is {datum}."
        )
