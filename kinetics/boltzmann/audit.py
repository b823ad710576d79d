"""The audit of the Boltzmann equation with soft potential."""

from __future__ import annotations

from wellposed.kinetics.study import Audit, question

_GAMMA = {2: [-0.5, -0.25, 0.0], 3: [-1.0, -0.5, 0.0]}
_S = {2: [0.25, 0.3, 0.4], 3: [0.25, 0.5, 0.75]}
_GAPS = [0.0, 0.1, 0.2]
_ROCKS = ["static", "moving"]
_PARTS = ["gradient L2", "L2", "L1 Linf", "L5/3 Linf", "gradient L1 Linf", "gradient L5/3 Linf"]
_WITHOUT_NEEDLES = ["transport", "gain_rock_rock", "loss_rock_rock"]
_WITH_NEEDLES = ["gain_rock_needles", "gain_needles_rock", "loss_needles_rock"]
_OF_NEEDLES = ["gain_needles_needles", "loss_needles_needles"]
_MIXED = {"d": 3, "gamma": -1.0, "kernel": "mixed"}

_QUESTIONS = (
    *(
        question(
            "boundary",
            "boltzmann.bilinear",
            along="s",
            axes={"gamma": _GAMMA[d], "rock": _ROCKS},
            fixed={"d": d},
        )
        for d in (2, 3)
    ),
    *(
        question("boundary", "boltzmann.deflation", along="s", axes={"gamma": _GAMMA[d]}, fixed={"d": d})
        for d in (2, 3)
    ),
    question("boundary", "boltzmann.deflation", along="s", axes={}, fixed=_MIXED),
    *(
        question("boundary", "boltzmann.riesz", along="s", axes={"gamma": _GAMMA[d]}, fixed={"d": d})
        for d in (2, 3)
    ),
    *(
        question(
            "boundary",
            "boltzmann.riesz",
            along="r_minus_gamma",
            axes={"gamma": _GAMMA[d]},
            fixed={"d": d, "direction": "speed"},
        )
        for d in (2, 3)
    ),
    *(
        question(
            "sweep",
            "boltzmann.approximation",
            axes={"s": _S[d], "s_minus_s0": _GAPS, "gamma": _GAMMA[d]},
            fixed={"d": d},
        )
        for d in (2, 3)
    ),
    *(
        question(
            "sweep",
            "boltzmann.approximation",
            axes={"s": _S[d], "gamma": _GAMMA[d]},
            fixed={"d": d, "packing": "densest"},
        )
        for d in (2, 3)
    ),
    *(
        question("sweep", "boltzmann.approximation", axes={"s": _S[3]}, fixed={**_MIXED, **packing})
        for packing in ({}, {"packing": "densest"})
    ),
    *(
        question(
            "sweep",
            "boltzmann.deflation",
            axes={"s": [0.0, 0.25, 0.4, 0.8], "gamma": [0.0, 0.25, 0.5, 1.0]},
            fixed={"d": d},
        )
        for d in (2, 3)
    ),
    *(
        question(
            "sweep",
            "boltzmann.bilinear",
            axes={"s": [0.5 * d - 0.4, 0.5 * d, 0.5 * d + 0.5], "gamma": _GAMMA[d], "rock": _ROCKS},
            fixed={"d": d},
        )
        for d in (2, 3)
    ),
    # section 3.3 is for the hardest case
    question(
        "sweep",
        "boltzmann.error_terms",
        axes={"s": [0.25, 0.5, 0.75], "piece": _WITHOUT_NEEDLES, "part": _PARTS},
        fixed={"d": 3, "gamma": -1.0},
    ),
    question(
        "sweep",
        "boltzmann.error_terms",
        axes={"piece": [*_WITH_NEEDLES, *_OF_NEEDLES], "part": _PARTS},
        fixed={"d": 3, "gamma": -1.0, "s": 0.5},
    ),
)

_READING = """\
*Published* is the exponent in M, or in what the claim names; of an exponential factor its rate in
a = |t|M^((d−1)/2−s), and at T_* of (3.12) that rate is the exponent of ln ln M = M^(s−s₀). Norms are
those of L_v^(2,r₀)H_x^(s₀) and the parts of (3.34), with their factors of M and N₂; the rock's are
at time 0, where the claim is about a factor before the exponential. Boundaries: *static* and *moving*
are rocks of the bilinear estimate, *power* and *mixed* kernels of the cost of deflation, *eta perp*
and *speed* directions in which the Riesz functional may diverge."""

AUDIT = Audit(
    "Audit of the Boltzmann equation with soft potential, Chen, Shen and Zhang", _QUESTIONS, _READING
)
