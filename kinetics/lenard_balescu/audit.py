"""The audit of the quantum Lenard–Balescu equation."""

from __future__ import annotations

from wellposed.kinetics.study import Audit, question

_D = [2, 3, 4, 5]
_ALL_D = {"d": _D}
_FAST, _SLOW = [5.5, 6.5, 8, 10], [2.75, 3.5, 4.5, 5.5, 8]

_QUESTIONS = (
    question(
        "boundary",
        "lenard_balescu.unified",
        along="s",
        axes={"d": [4, 5]},
        fixed={"question": "limit", "screening": "dynamical"},
        tolerance=0.01,
    ),
    question(
        "sweep",
        "lenard_balescu.dielectric",
        axes={"hbar": [0.0, 0.1, 1.0], "kappa": [0.5, 5, 50], "s": [4, 10]},
        fixed={"radius": 0.0, "core_mass": 1.0, "core_temperature": 1.0},
    ),
    question("sweep", "lenard_balescu.dielectric_bounds", axes={"estimate": ["(3.2)"]}),
    question(
        "sweep", "lenard_balescu.dielectric_bounds", axes={**_ALL_D, "r": [2, 3]}, fixed={"estimate": "(3.3)"}
    ),
    question(
        "sweep",
        "lenard_balescu.dielectric_bounds",
        axes={"estimate": ["(3.4) in v", "(3.4) in k"], "s": [4, 10]},
    ),
    question(
        "sweep",
        "lenard_balescu.norm_forms",
        axes={**_ALL_D, "quantity": ["least", "largest"], "alpha": [0.1, 0.5]},
    ),
    question(
        "sweep",
        "lenard_balescu.norm_forms",
        axes={**_ALL_D, "l": [0, 2], "s": _FAST},
        fixed={"quantity": "limit"},
    ),
    question(
        "sweep", "lenard_balescu.norm_forms", axes={**_ALL_D, "l": [0, 1, 2]}, fixed={"quantity": "order"}
    ),
    question(
        "sweep",
        "lenard_balescu.velocity_decay",
        axes={**_ALL_D, "quantity": ["A_par", "A_perp", "K0"], "s": [7, 10]},
    ),
    question(
        "sweep", "lenard_balescu.kernel_bound", axes={**_ALL_D, "s": _SLOW}, fixed={"quantity": "bound"}
    ),
    question(
        "sweep", "lenard_balescu.kernel_bound", axes={**_ALL_D, "s": [7, 10]}, fixed={"quantity": "diagonal"}
    ),
    question(
        "sweep", "lenard_balescu.kernel_bound", axes={**_ALL_D, "s": _FAST}, fixed={"quantity": "limit"}
    ),
    question("sweep", "lenard_balescu.kernel", axes={**_ALL_D, "quantity": ["schur_supremum", "norm"]}),
    question("sweep", "lenard_balescu.dissipation", axes={**_ALL_D, "s": [5, 10], "l": [0, 1, 2, 3]}),
    question("sweep", "lenard_balescu.existence", axes={**_ALL_D, "hbar": [0.02, 0.2]}),
    question("sweep", "lenard_balescu.semiclassical", axes={**_ALL_D, "s": [5.5, 6.5, 8]}),
    question(
        "sweep",
        "lenard_balescu.unified",
        axes={**_ALL_D, "s": [5.5, 6.5, 8]},
        fixed={"question": "limit", "screening": "dynamical"},
    ),
    question(
        "sweep",
        "lenard_balescu.large_box",
        axes={"d": [2, 3], "kappa": [0.25, 1.5], "system": ["corrected", "published"]},
    ),
    question(
        "sweep",
        "lenard_balescu.resolvent",
        axes={"d": [2, 3], "hbar": [0.1, 1.0], "system": ["corrected", "published"]},
    ),
)

_READING = """\
*Published* is an exponent in 1/ħ where the claim is uniform in ħ, an order in ħ for (1.36), (4.1) and (4.2),
and else the number that the remark names; for Section 2, the ratio of two sides.

**A bound is not its object.** A claim that begins with *bound:* is about what a proof puts in place of
something: absolute values inside an integral, gain and loss apart. One that begins with *object:* is about
the thing itself. Where the equation number is followed by *d < 4* nothing is proved, because the bound fails
there; of "it fails", *violated* says that it does not.
"""

AUDIT = Audit("Audit of the quantum Lenard–Balescu equation", _QUESTIONS, _READING)
