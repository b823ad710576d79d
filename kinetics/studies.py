"""Studies that span families.  Experiments are named, so that no family is loaded before it is asked."""

from __future__ import annotations

import math

from wellposed.kinetics.experiment import Point
from wellposed.kinetics.study import Row, Rows, Study, question

_WAVES, _PARTICLES = "schrodinger.second_order", "lenard_balescu.torus"

_SIDES = {
    2: [9, 11, 13, 15, 18, 21, 24, 27, 30, 34, 38, 42, 46, 50, 55, 60],
    3: [6, 7, 8, 9, 10, 12, 14, 16, 18, 20],
}
_TIMES = {2: [8, 16, 32], 3: [4, 8, 16]}


def _recurrent_side(point: Point) -> float:
    """Returns the side of the torus on which all waves have recurred at the time of a point."""
    return math.sqrt(2.0 * math.pi * float(point["hbar"]) * float(point["t"]))


STUDIES = (
    Study(
        "beneath",
        "Where kinetic equations describe the systems that they come from: waves, and a quantum gas",
        (
            question(
                "boundary",
                _WAVES,
                along="beta",
                axes={"t": [3.0, 30.0]},
                fixed={"L": 24.0, "M": 12.0, "operator": "full"},
                tolerance=0.01,
            ),
            question(
                "sweep",
                _WAVES,
                axes={"beta": [0.1, 0.25, 0.5, 0.75], "t": [3.0, 10.0, 30.0, 100.0]},
                fixed={"L": 24.0, "M": 12.0, "operator": "gain"},
            ),
            *(
                question(
                    "sweep",
                    _PARTICLES,
                    axes={"L": sides, "t": _TIMES[d]},
                    fixed={"d": d, "kappa": 1.5},
                )
                for d, sides in _SIDES.items()
            ),
        ),
        pictures=(
            Rows(
                (
                    Row(_WAVES, "weighted_rate", "octave", "beta", "t", beside="weighted_kinetic"),
                    Row(_WAVES, "ratios", "octave", "beta", "t", kind="map"),
                )
            ),
            Rows(
                (
                    Row(
                        _PARTICLES,
                        "ratio",
                        "L",
                        "d",
                        "t",
                        limits=(-0.5, 2.5),
                        level=1.0,
                        level_label="the kinetic equation",
                        mark=_recurrent_side,
                        mark_label="L = √(2πħt), where all waves have come back",
                    ),
                )
            ),
        ),
    ),
)
"""The systems beneath the kinetic wave equation and beneath the quantum Lenard-Balescu equation."""
