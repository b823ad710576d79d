"""The studies of the quantum Lenard–Balescu equation."""

from __future__ import annotations

import math

from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Linear
from wellposed.kinetics.study import Guide, OutputCurves, Overlay, Study, question

_SIDES = {
    2: [9, 11, 13, 15, 18, 21, 24, 27, 30, 34, 38, 42, 46, 50, 55, 60],
    3: [6, 7, 8, 9, 10, 12, 14, 16, 18, 20],
}
_TIMES = {2: [8, 16, 32], 3: [4, 8, 16]}


def _recurrent_side(point: Point) -> float:
    """Returns the side of the torus on which all waves have recurred at the time of a point."""
    return math.sqrt(2.0 * math.pi * float(point["hbar"]) * float(point["t"]))


TORUS_QUESTIONS = tuple(
    question(
        "sweep",
        "lenard_balescu.torus",
        axes={"L": sides, "t": _TIMES[d]},
        fixed={"d": d, "kappa": 1.5},
    )
    for d, sides in _SIDES.items()
)
"""The two-body system beneath the equation, on tori of two and three dimensions."""

TORUS_PICTURE = OutputCurves(
    "lenard_balescu.torus",
    "ratio",
    "L",
    (-0.5, 2.5),
    1.0,
    "the kinetic equation",
    _recurrent_side,
    "L = √(2πħt), where all waves have come back",
)

_GAMMA = [-10.5, -9, -8, -7, -5.5, -4, -2.5, -1]

STUDIES = (
    Study(
        "lenard_balescu",
        "Where hbar -> 0 has a limit, where its order saturates, and where there is a spectral gap in L^2",
        (
            *(
                question(
                    "boundary",
                    "lenard_balescu.unified",
                    along="s",
                    axes={"gamma": _GAMMA, **more},
                    fixed={"kernel": "boltzmann", "question": asked},
                    tolerance=0.02,
                )
                for asked, more in (("limit", {}), ("gap", {"hbar": [0.1, 1.0]}))
            ),
            # what is left without the term hbar^2 is round-off a little above the boundary
            question(
                "boundary",
                "lenard_balescu.unified",
                along="s",
                axes={"gamma": _GAMMA},
                fixed={"kernel": "boltzmann", "question": "saturation"},
                tolerance=0.02,
                coarse=51,
            ),
            *(
                question(
                    "boundary",
                    "lenard_balescu.unified",
                    along="s",
                    axes={"d": [2, 3, 4, 5]},
                    fixed={"kernel": "lenard_balescu", "screening": "dynamical", "question": asked},
                    tolerance=0.02,
                )
                for asked in ("limit", "saturation")
            ),
        ),
        picture=Overlay(
            "question",
            (
                Guide("Lenard–Balescu: γ = 1 − s", Linear(1.0, {"gamma": -1.0}), {"kernel": ("boltzmann",)}),
                Guide("s = (d+3)/2, Theorem 4", Linear(1.5, {"d": 0.5}), {"kernel": ("lenard_balescu",)}),
            ),
        ),
    ),
    Study(
        "gas",
        "Whether the gas beneath the Lenard-Balescu equation follows it, on tori of side L at several times",
        TORUS_QUESTIONS,
        picture=TORUS_PICTURE,
    ),
)
