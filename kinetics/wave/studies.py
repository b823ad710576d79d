"""The studies of the kinetic wave equation."""

from __future__ import annotations

from wellposed.kinetics.study import Study, question

_GAIN = {"operator": "gain", "datum": "bracket"}
_FULL = {"operator": "full", "datum": "bracket"}
_OSCILLATING = {"operator": "full", "datum": "oscillating"}

STUDIES = (
    Study(
        "wave",
        "Where the kinetic wave equation stops being well-posed, in the exponent beta of its kernel",
        (
            question("boundary", "wave.growth", along="beta", axes={"M": [7, 8, 10, 12]}, fixed=_GAIN),
            question(
                "boundary",
                "wave.growth",
                along="beta",
                axes={"M": [8, 10, 12]},
                fixed={**_OSCILLATING, "N": 20, "A": 100},
            ),
            question(
                "boundary",
                "wave.growth",
                along="beta",
                axes={"M": [12]},
                fixed={**_OSCILLATING, "N": 5, "A": 2},
            ),
            question(
                "boundary",
                "wave.growth",
                along="beta",
                axes={"M": [11]},
                fixed={**_OSCILLATING, "N": 20, "A": 10},
            ),
            question(
                "boundary", "wave.growth", along="beta", axes={"M": [6.25, 6.5, 6.75, 8, 10]}, fixed=_FULL
            ),
            *(
                question(
                    "sweep",
                    "wave.growth",
                    axes={"beta": [i / 20 for i in range(21)], "M": [6.25 + i / 2 for i in range(12)]},
                    fixed=smooth,
                )
                for smooth in (_GAIN, _FULL)
            ),
        ),
    ),
    Study(
        "wave-boundaries",
        "The boundary in beta for every operator and datum of the kinetic wave equation",
        (
            *(
                question(
                    "boundary",
                    "wave.growth",
                    along="beta",
                    axes={
                        "datum": ["bracket", "bracket_k"],
                        "M": [6.01, 6.1, 6.25, 6.5, 6.75, 6.9, 7.1, 8, 10, 14, 20],
                    },
                    fixed={"operator": operator},
                )
                for operator in ("gain", "loss", "full")
            ),
            *(
                question(
                    "boundary",
                    "wave.growth",
                    along="beta",
                    axes={"M": [6.5, 7, 8, 10, 14, 20], "N": [1, 2, 5, 20], "A": [1, 2, 10, 100]},
                    fixed={"operator": operator, "datum": "oscillating"},
                )
                for operator in ("gain", "loss", "full")
            ),
        ),
    ),
)
