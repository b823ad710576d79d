"""The audit of what is published about the Schrödinger equation."""

from __future__ import annotations

from wellposed.kinetics.study import Audit, question

AUDIT = Audit(
    "Audit of the Schrödinger equation (1.1), arXiv:2411.12868v1",
    (
        question(
            "sweep",
            "schrodinger.norms",
            axes={
                "beta": [0.0, 0.25, 0.5, 0.75, 1.0],
                "amplitude": [0.1, 1.0],
                "datum": ["band", "decaying", "oscillating"],
            },
            fixed={"s": 3.0},
        ),
        question(
            "sweep",
            "schrodinger.energy",
            axes={
                "beta": [0.0, 0.25, 0.5, 0.75, 1.0],
                "amplitude": [0.1, 1.0, 10.0],
                "datum": ["plane", "decaying"],
            },
            fixed={"s": 3.0},
        ),
        question(
            "sweep",
            "schrodinger.estimates",
            axes={
                "beta": [0.0, 0.25, 0.5, 0.75, 1.0],
                "functions": ["plane", "bumps", "two_waves", "phases"],
            },
            fixed={"s": 3},
        ),
        question("sweep", "schrodinger.sobolev", axes={"beta": [0.0, 0.1, 0.2, 0.25, 0.5, 0.75, 1.0]}),
        question("boundary", "schrodinger.sobolev", along="beta"),
    ),
    "*Published* is an exponent, or, with ≤, a number. That norms do not depend on the truncation up to a\n"
    "time is evidence of well-posedness, and no proof.",
)
