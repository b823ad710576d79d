"""The audit of the kinetic wave equation."""

from __future__ import annotations

from wellposed.kinetics.study import Audit, question

_GAIN = {"operator": "gain"}
_OSCILLATING = {"operator": "full", "datum": "oscillating"}
_BETA = [0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0]

AUDIT = Audit(
    "Audit of the kinetic wave equation, arXiv:2411.12868v1",
    (
        question(
            "boundary",
            "wave.growth",
            along="beta",
            axes={"datum": ["bracket", "bracket_k"], "M": [6.5, 8, 12, 20]},
            fixed=_GAIN,
        ),
        question(
            "boundary",
            "wave.growth",
            along="beta",
            axes={"M": [10.5, 16], "N": [1, 20], "A": [1, 100]},
            fixed=_OSCILLATING,
        ),
        question(
            "boundary",
            "wave.growth",
            along="beta",
            axes={"datum": ["bracket", "bracket_k"], "M": [6.25, 6.5, 8, 12]},
            fixed={"operator": "full"},
        ),
        question("boundary", "wave.loss_bound", along="beta", axes={"operator": ["L1", "L2"]}),
        question("boundary", "wave.gain_bound", along="beta", axes={"operator": ["G2", "G1"]}),
        question(
            "boundary", "wave.trilinear", along="beta", axes={"M": [8], "operator": ["G1", "G2", "L1", "L2"]}
        ),
        question("boundary", "wave.lipschitz", along="beta", axes={"M": [6.5, 8, 12]}),
        question("boundary", "wave.picard", along="beta", axes={"M": [8, 12]}),
        question("boundary", "wave.spectra", along="beta", axes={"cascade": ["wave_action", "energy"]}),
        question("sweep", "wave.averaging", axes={"estimate": ["(2.1)"]}),
        question("sweep", "wave.averaging", axes={"estimate": ["(2.2)", "(2.3)"], "datum": ["radial"]}),
        question(
            "sweep", "wave.loss_bound", axes={"beta": [i / 20 for i in range(6)], "operator": ["L1", "L2"]}
        ),
        question(
            "sweep",
            "wave.trilinear",
            axes={"beta": [0.0, 0.1, 0.25], "M": [6.5, 8, 12], "operator": ["G1", "G2", "L1", "L2"]},
        ),
        question(
            "sweep", "wave.gain_bound", axes={"beta": [i / 20 for i in range(6)], "operator": ["G2", "G1"]}
        ),
        question(
            "sweep", "wave.dephasing", axes={"beta": [0.1, 0.25, 0.4, 0.5, 0.75, 1.0]}, fixed={"time": 0.01}
        ),
        question("sweep", "wave.lipschitz", axes={"beta": [0.0, 0.1, 0.2, 0.25], "M": [6.5, 8, 12, 20]}),
        question("sweep", "wave.picard", axes={"beta": [0.0, 0.1, 0.2, 0.25], "M": [6.5, 8, 12]}),
        question(
            "sweep", "wave.parts", axes={"beta": _BETA, "M": [6.1, 6.25, 6.5, 6.75, 7, 8, 10, 12, 16, 20]}
        ),
        question(
            "sweep",
            "wave.fourth_wave",
            axes={"beta": [0.0, 0.25, 0.5, 0.75, 1.0], "M": [6.5, 8, 12], "N": [20]},
        ),
        question(
            "sweep",
            "wave.growth",
            axes={
                "beta": [0.0, 0.25, 0.5, 0.75, 1.0],
                "M": [10.5, 12, 16],
                "N": [1, 20],
                "A": [1, 100],
            },
            fixed=_OSCILLATING,
        ),
        question(
            "sweep",
            "wave.spectra",
            axes={"beta": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "cascade": ["wave_action", "energy"]},
        ),
        question(
            "sweep",
            "wave.spectra",
            axes={"beta": [-0.4, -0.3, -0.2, -0.1], "cascade": ["energy"]},
        ),
    ),
    "*Published* is the paper's exponent of the frequency ω₁, with M/2 added where the claim is about a\n"
    "collision term: all are measured with the weight ⟨ω₁⟩^(M/2) of the space, which a quantity leaves\n"
    "where its exponent is positive.",
)
