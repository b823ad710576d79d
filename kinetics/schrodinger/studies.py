"""The studies of the Schrödinger equation."""

from __future__ import annotations

from wellposed.kinetics.study import Study, question

_BETA = [0.1, 0.25, 0.5, 0.75]

STUDIES = (
    Study(
        "beneath",
        "Where the kinetic equation describes the system that it comes from",
        (
            *(
                question(
                    "boundary",
                    "schrodinger.second_order",
                    along="beta",
                    axes={"t": [3.0, 30.0]},
                    fixed={"L": 24.0, "M": 12.0, "operator": operator},
                )
                for operator in ("gain", "full")
            ),
            question(
                "sweep",
                "schrodinger.second_order",
                axes={"beta": _BETA, "t": [3.0, 10.0, 30.0, 100.0]},
                fixed={"L": 24.0, "M": 12.0, "operator": "gain"},
            ),
        ),
        picture="profiles",
    ),
)
