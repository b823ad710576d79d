"""The audit of the Boltzmann equation with soft potential."""

from __future__ import annotations

from wellposed.flows.kinds.audit import Audit
from wellposed.flows.kinds.study import SearchRequest, Study, SweepRequest
from wellposed.kinetics.boltzmann.claims import CLAIMS

_GAMMA = {2: [-0.5, -0.25, 0.0], 3: [-1.0, -0.5, 0.0]}
_S = {2: [0.25, 0.3, 0.4], 3: [0.25, 0.5, 0.75]}
_GAPS = [0.0, 0.1, 0.2]
_ROCKS = ["static", "moving"]
_PARTS = ["gradient L2", "L2", "L1 Linf", "L5/3 Linf", "gradient L1 Linf", "gradient L5/3 Linf"]
_WITHOUT_NEEDLES = ["transport", "gain_rock_rock", "loss_rock_rock"]
_WITH_NEEDLES = ["gain_rock_needles", "gain_needles_rock", "loss_needles_rock"]
_OF_NEEDLES = ["gain_needles_needles", "loss_needles_needles"]
_MIXED = {"d": 3, "gamma": -1.0, "kernel": "mixed"}

_QUESTIONS = Study(
    "Audit of the Boltzmann equation with soft potential, Chen, Shen and Zhang",
    searches=(
        *(
            SearchRequest("boltzmann.bilinear", "s", {"gamma": _GAMMA[d], "rock": _ROCKS}, {"d": d})
            for d in (2, 3)
        ),
        *(SearchRequest("boltzmann.deflation", "s", {"gamma": _GAMMA[d]}, {"d": d}) for d in (2, 3)),
        SearchRequest("boltzmann.deflation", "s", {}, _MIXED),
        *(SearchRequest("boltzmann.riesz", "s", {"gamma": _GAMMA[d]}, {"d": d}) for d in (2, 3)),
        *(
            SearchRequest(
                "boltzmann.riesz", "r_minus_gamma", {"gamma": _GAMMA[d]}, {"d": d, "direction": "speed"}
            )
            for d in (2, 3)
        ),
    ),
    sweeps=(
        *(
            SweepRequest(
                "boltzmann.approximation",
                {"s": _S[d], "s_minus_s0": _GAPS, "gamma": _GAMMA[d]},
                {"d": d},
            )
            for d in (2, 3)
        ),
        *(
            SweepRequest("boltzmann.approximation", {"gamma": _GAMMA[d]}, {"d": d, "packing": "densest"})
            for d in (2, 3)
        ),
        SweepRequest("boltzmann.approximation", {"s": _S[3]}, _MIXED),
        *(
            SweepRequest(
                "boltzmann.deflation",
                {"s": [0.0, 0.25, 0.4, 0.8], "gamma": [0.0, 0.25, 0.5, 1.0]},
                {"d": d},
            )
            for d in (2, 3)
        ),
        *(
            SweepRequest(
                "boltzmann.bilinear",
                {"s": [0.5 * d - 0.4, 0.5 * d, 0.5 * d + 0.5], "gamma": _GAMMA[d], "rock": _ROCKS},
                {"d": d},
            )
            for d in (2, 3)
        ),
        # section 3.3 is for the hardest case
        SweepRequest(
            "boltzmann.error_terms",
            {"s": [0.25, 0.5, 0.75], "piece": _WITHOUT_NEEDLES, "part": _PARTS},
            {"d": 3, "gamma": -1.0},
        ),
        SweepRequest(
            "boltzmann.error_terms",
            {"piece": [*_WITH_NEEDLES, *_OF_NEEDLES], "part": _PARTS},
            {"d": 3, "gamma": -1.0, "s": 0.5},
        ),
    ),
)

_READING = """\
*Printed* is the exponent in M, or in what the claim names; of an exponential factor its rate in
a = |t|M^((d−1)/2−s), and at T_* of (3.12) that rate is the exponent of ln ln M = M^(s−s₀). Norms are
those of L_v^(2,r₀)H_x^(s₀) and the parts of (3.34), with their factors of M and N₂; the rock's are
at time 0, where the claim is about a factor before the exponential. Boundaries: *static* and *moving*
are rocks of the bilinear estimate, *power* and *mixed* kernels of the cost of deflation, *eta perp*
and *speed* directions in which the Riesz functional may diverge."""

AUDIT = Audit("boltzmann", CLAIMS, _QUESTIONS, _READING)
