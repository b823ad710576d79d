"""The audit of the quantum Lenard–Balescu equation."""

from __future__ import annotations

from wellposed.flows.kinds.audit import Audit
from wellposed.flows.kinds.study import SearchRequest, Study, SweepRequest
from wellposed.kinetics.lenard_balescu.claims import CLAIMS

_D = [2, 3, 4, 5]
_ALL_D = {"d": _D}
_FAST, _SLOW = [5.5, 6.5, 8, 10], [2.75, 3.5, 4.5, 5.5, 8]

_QUESTIONS = Study(
    "Audit of the quantum Lenard–Balescu equation",
    searches=(
        SearchRequest(
            "lenard_balescu.unified",
            "s",
            {"d": [4, 5]},
            {"question": "limit", "screening": "dynamical"},
            tolerance=0.01,
        ),
    ),
    sweeps=(
        SweepRequest(
            "lenard_balescu.dielectric",
            {"hbar": [0.0, 0.1, 1.0], "kappa": [0.5, 5, 50], "s": [4, 10]},
            {"radius": 0.0, "core_mass": 1.0, "core_temperature": 1.0},
        ),
        SweepRequest("lenard_balescu.dielectric_bounds", {"estimate": ["(3.2)"]}),
        SweepRequest("lenard_balescu.dielectric_bounds", {**_ALL_D, "r": [2, 3]}, {"estimate": "(3.3)"}),
        SweepRequest(
            "lenard_balescu.dielectric_bounds", {"estimate": ["(3.4) in v", "(3.4) in k"], "s": [4, 10]}
        ),
        SweepRequest(
            "lenard_balescu.norm_forms", {**_ALL_D, "quantity": ["least", "largest"], "alpha": [0.1, 0.5]}
        ),
        SweepRequest("lenard_balescu.norm_forms", {**_ALL_D, "l": [0, 2], "s": _FAST}, {"quantity": "limit"}),
        SweepRequest("lenard_balescu.norm_forms", {**_ALL_D, "l": [0, 1, 2]}, {"quantity": "order"}),
        SweepRequest(
            "lenard_balescu.velocity_decay", {**_ALL_D, "quantity": ["A_par", "A_perp", "K0"], "s": [7, 10]}
        ),
        SweepRequest("lenard_balescu.kernel_bound", {**_ALL_D, "s": _SLOW}, {"quantity": "bound"}),
        SweepRequest("lenard_balescu.kernel_bound", {**_ALL_D, "s": [7, 10]}, {"quantity": "diagonal"}),
        SweepRequest("lenard_balescu.kernel_bound", {**_ALL_D, "s": _FAST}, {"quantity": "limit"}),
        SweepRequest("lenard_balescu.kernel", {**_ALL_D, "quantity": ["schur_supremum", "norm"]}),
        SweepRequest("lenard_balescu.dissipation", {**_ALL_D, "s": [5, 10], "l": [0, 1, 2, 3]}),
        SweepRequest("lenard_balescu.existence", {**_ALL_D, "hbar": [0.02, 0.2]}),
        SweepRequest("lenard_balescu.semiclassical", {**_ALL_D, "s": [5.5, 6.5, 8]}),
        SweepRequest(
            "lenard_balescu.unified",
            {**_ALL_D, "s": [5.5, 6.5, 8]},
            {"question": "limit", "screening": "dynamical"},
        ),
    ),
)

_READING = """\
*Printed* is an exponent in 1/ħ where the claim is uniform in ħ, an order in ħ for (1.36), (4.1) and (4.2),
and else the number that the remark names.

**A bound is not its object.** A claim that begins with *bound:* is about what a proof puts in place of
something: absolute values inside an integral, gain and loss apart. One that begins with *object:* is about
the thing itself. Where the equation number is followed by *d < 4* nothing is proved, because the bound fails
there; of "it fails", *violated* says that it does not.
"""

AUDIT = Audit("lenard_balescu", CLAIMS, _QUESTIONS, _READING)
