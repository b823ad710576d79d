"""Parameters that several experiments and the collision operator share.

Where one of them has another default, bound or meaning, its module says so by `dataclasses.replace`.
"""

from __future__ import annotations

from wellposed.errors import ParameterError
from wellposed.kinetics.experiment import Parameter, Point

DIMENSION = Parameter("d", "dimension", 2, kind="int", lower=2, upper=3)

VELOCITY_DIMENSION = Parameter("d", "dimension of velocity", 2, kind="int", lower=2, upper=3)

REGULARITY = Parameter("s", "regularity in x (1.10)", 0.25, lower=0.0, upper=2.0)

KERNEL_POWER = Parameter("gamma", "power of the kernel |u - v|^gamma (1.4)", 0.0, lower=-1.0, upper=1.0)

KERNEL = Parameter(
    "kernel",
    "a power, or the mixed one (1.14), d = 3 and gamma = -1",
    "power",
    kind="choice",
    choices=("power", "mixed"),
)

ANGULAR_KERNEL = Parameter(
    "angular",
    "|cos theta| or isotropic scattering (1.4); in three dimensions they are the same",
    "cosine",
    kind="choice",
    choices=("cosine", "isotropic"),
)

GRID_POINTS = Parameter("n", "points of the velocity grid along each axis, even", 32, kind="int", lower=8)

GRID_HALF_WIDTH = Parameter("half_width", "half of the velocity grid's side", 7.0, lower=0.0, lower_open=True)


def integrable_power(d: int) -> Parameter:
    """Returns the parameter `gamma` of the collision operator: the kernel is integrable in `d` dimensions."""
    return Parameter(
        "gamma",
        "exponent of the relative speed in the collision kernel (1.4)",
        0.0,
        lower=-float(d),
        lower_open=True,
        upper=1.0,
    )


def softest_power(d: int) -> float:
    """Returns ``-(d-1)/2``, below which the construction of section 3.1 has no sense (1.4)."""
    return -0.5 * (d - 1)


def check_kernel_power(point: Point, hardest: float) -> None:
    """Refuse kernels that are too soft for the dimension.

    Parameters
    ----------
    point : mapping
        With `d` and `gamma`.
    hardest : float
        The upper bound of `gamma`, which the message names.

    Raises
    ------
    ParameterError
        If `gamma` is below ``-(d-1)/2``.
    """
    softest = softest_power(int(point["d"]))
    if float(point["gamma"]) < softest:
        raise ParameterError(
            f"Parameter `gamma` must be a number in [{softest:g}, {hardest:g}] for d = {point['d']}, but "
            f"is {point['gamma']}."
        )
