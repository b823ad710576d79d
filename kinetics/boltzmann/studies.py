"""The studies of the Boltzmann equation with soft potential."""

from __future__ import annotations

from wellposed.kinetics.study import Study, question

_SOFT = {2: [-0.5, -0.375, -0.25, -0.125, 0.0], 3: [-1.0, -0.75, -0.5, -0.25, 0.0]}
"""Five powers of the kernel for each dimension, -(d-1)/2 to 0."""

_ROCKS = ["static", "moving"]

STUDIES = (
    Study(
        "boltzmann",
        "Where the Boltzmann equation with soft potential stops being well-posed, in the regularity s",
        (
            *(
                question(
                    "boundary",
                    f"boltzmann.{route}",
                    along="s",
                    axes={"gamma": _SOFT[d], **axes},
                    fixed={"d": d},
                )
                for route, axes in (("bilinear", {"rock": _ROCKS}), ("riesz", {}), ("deflation", {}))
                for d in (2, 3)
            ),
            *(
                question(
                    "boundary",
                    "boltzmann.riesz",
                    along="r_minus_gamma",
                    axes={"gamma": _SOFT[d]},
                    fixed={"d": d, "direction": "speed"},
                )
                for d in (2, 3)
            ),
            # each gamma at regularities of its own, as what does not depend on it would be hidden
            *(
                question(
                    "sweep",
                    "boltzmann.bilinear",
                    axes={"s": [round(0.25 * k + 0.05 * i, 2) for k in range(-1, 2 * d)], "rock": _ROCKS},
                    fixed={"d": d, "gamma": gamma},
                )
                for d in (2, 3)
                for i, gamma in enumerate(_SOFT[d])
            ),
        ),
        pictures=("profiles",),
    ),
)
