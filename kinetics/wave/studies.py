"""The studies of the kinetic wave equation."""

from __future__ import annotations

from wellposed.kinetics.study import Question, Study, question

_GAIN = {"operator": "gain", "datum": "bracket"}
_FULL = {"operator": "full", "datum": "bracket"}
_OSCILLATING = {"operator": "full", "datum": "oscillating"}

_CONVEX = [1.25, 1.5, 2.0, 3.0, 4.0]
_RELATIONS = {1: [0.5, 0.75], 2: [0.5, 0.75, *_CONVEX], 3: [0.5, 0.75, 1.0, *_CONVEX]}
"""Exponents of the dispersion relation at which there is an equation, by the dimension."""


def _atlas(along_axes: dict[str, list[float]], **fixed: float | str) -> Question:
    """Returns the search for the boundary of `wave.dispersion`; at -1/2 few of its integrals converge."""
    return question(
        "boundary", "wave.dispersion", along="beta", between=(-0.25, 1.0), axes=along_axes, fixed=fixed
    )


STUDIES = (
    Study(
        "atlas-dispersion",
        "Where four waves with omega = k^alpha stop being well-posed in d dimensions: gain, and smooth data",
        tuple(
            _atlas({"alpha": _RELATIONS[d]}, d=d, M=10, operator=operator)
            for operator in ("gain", "full")
            for d in (1, 2, 3)
        ),
    ),
    Study(
        "atlas-operators",
        "The boundary for gain, loss and full operator of four waves, for two data",
        tuple(
            _atlas({"alpha": [0.5, 1.0, 1.5, 2.0, 3.0]}, d=3, M=10, operator=operator, datum=datum)
            for operator in ("gain", "loss", "full")
            for datum in ("bracket", "bracket_k")
        ),
    ),
    Study(
        "atlas-weights",
        "The boundary for four waves in the weighted spaces L^r, 2 <= r <= infinity, over 1/r",
        tuple(
            _atlas(
                {"inverse_r": [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5]},
                alpha=2.0,
                d=3,
                M=6.25,
                operator=operator,
            )
            for operator in ("gain", "full")
        ),
    ),
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
