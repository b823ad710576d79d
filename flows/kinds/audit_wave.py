"""The audit of the kinetic wave equation."""

from __future__ import annotations

from wellposed.flows.kinds.audit import Audit
from wellposed.flows.kinds.study import SearchRequest, Study, SweepRequest
from wellposed.kinetics.wave.claims import CLAIMS

_GAIN = {"operator": "gain"}
_OSCILLATING = {"operator": "full", "datum": "oscillating"}
_BETA = [0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0]

AUDIT = Audit(
    "wave",
    CLAIMS,
    Study(
        "Audit of the kinetic wave equation, arXiv:2411.12868",
        searches=(
            SearchRequest(
                "wave.growth", "beta", {"datum": ["bracket", "bracket_k"], "M": [6.5, 8, 12, 20]}, _GAIN
            ),
            SearchRequest(
                "wave.growth", "beta", {"M": [10.5, 16], "N": [1, 20], "A": [1, 100]}, _OSCILLATING
            ),
            SearchRequest(
                "wave.growth",
                "beta",
                {"datum": ["bracket", "bracket_k"], "M": [6.25, 6.5, 8, 12]},
                {"operator": "full"},
            ),
            SearchRequest("wave.loss_bound", "beta", {"operator": ["L1", "L2"]}),
            SearchRequest("wave.trilinear", "beta", {"M": [8], "operator": ["G1", "G2", "L1", "L2"]}),
            SearchRequest("wave.lipschitz", "beta", {"M": [6.5, 8, 12]}),
            SearchRequest("wave.picard", "beta", {"M": [8, 12]}),
            SearchRequest("wave.spectra", "beta", {"cascade": ["wave_action", "energy"]}),
        ),
        sweeps=(
            SweepRequest("wave.averaging", {"estimate": ["(2.1)"]}),
            SweepRequest("wave.averaging", {"estimate": ["(2.2)", "(2.3)"], "datum": ["radial"]}),
            SweepRequest("wave.loss_bound", {"beta": [i / 20 for i in range(6)], "operator": ["L1", "L2"]}),
            SweepRequest(
                "wave.trilinear",
                {"beta": [0.0, 0.1, 0.25], "M": [6.5, 8, 12], "operator": ["G1", "G2", "L1", "L2"]},
            ),
            SweepRequest(
                "wave.trilinear",
                {"beta": [0.0, 0.1, 0.25], "M": [8], "operator": ["G1", "G2"]},
                {"estimate": "(2.4)-(2.6)"},
            ),
            SweepRequest("wave.lipschitz", {"beta": [0.0, 0.1, 0.2, 0.25], "M": [6.5, 8, 12, 20]}),
            SweepRequest("wave.picard", {"beta": [0.0, 0.1, 0.2, 0.25], "M": [6.5, 8, 12]}),
            SweepRequest("wave.parts", {"beta": _BETA, "M": [6.1, 6.25, 6.5, 6.75, 7, 8, 10, 12, 16, 20]}),
            SweepRequest(
                "wave.fourth_wave",
                {"beta": [0.0, 0.25, 0.5, 0.75, 1.0], "M": [6.5, 8, 12], "N": [20]},
            ),
            SweepRequest(
                "wave.growth",
                {
                    "beta": [0.0, 0.25, 0.5, 0.75, 1.0],
                    "M": [10.5, 12, 16],
                    "N": [1, 20],
                    "A": [1, 100],
                },
                _OSCILLATING,
            ),
            SweepRequest(
                "wave.spectra",
                {"beta": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "cascade": ["wave_action", "energy"]},
            ),
        ),
    ),
    "*Printed* is the paper's exponent of the frequency ω₁, with M/2 added where the claim is about a\n"
    "collision term: all are measured with the weight ⟨ω₁⟩^(M/2) of the space, which a quantity leaves\n"
    "where its exponent is positive.",
)
