"""The studies of the quantum Lenard–Balescu equation."""

from __future__ import annotations

from wellposed.kinetics.law import Linear
from wellposed.kinetics.study import Guide, Overlay, Study, question

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
        pictures=(
            Overlay(
                "question",
                (
                    Guide(
                        "Lenard–Balescu: γ = 1 − s", Linear(1.0, {"gamma": -1.0}), {"kernel": ("boltzmann",)}
                    ),
                    Guide("s = (d+3)/2, Theorem 4", Linear(1.5, {"d": 0.5}), {"kernel": ("lenard_balescu",)}),
                ),
            ),
        ),
    ),
)
