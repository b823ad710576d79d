"""The studies of the Schrödinger equation."""

from __future__ import annotations

from wellposed.kinetics.study import Row, Rows, Study, question

_RATE = "schrodinger.second_order"
_BETA = [0.1, 0.25, 0.5, 0.75]

STUDIES = (
    Study(
        "beneath",
        "Where the kinetic equation describes the system that it comes from",
        (
            question(
                "boundary",
                _RATE,
                along="beta",
                axes={"t": [3.0, 30.0]},
                fixed={"L": 24.0, "M": 12.0, "operator": "full"},
                tolerance=0.01,
            ),
            question(
                "sweep",
                _RATE,
                axes={"beta": _BETA, "t": [3.0, 10.0, 30.0, 100.0]},
                fixed={"L": 24.0, "M": 12.0, "operator": "gain"},
            ),
        ),
        picture=Rows(
            (
                Row(_RATE, "weighted_rate", "octave", "beta", "t", beside="weighted_kinetic"),
                Row(_RATE, "ratios", "octave", "beta", "t", kind="map"),
            )
        ),
    ),
)
