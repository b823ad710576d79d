"""Claims about the dissipation of the linearised operator: Proposition 3.6."""

from __future__ import annotations

from wellposed.kinetics.claim import Claim
from wellposed.kinetics.lenard_balescu.claims.domains import ZERO, Domain, four_or_more, two_or_three


def _uniform(equation: str, domain: Domain, condition: str, remark: str) -> Claim:
    return Claim(
        equation,
        "object: C∫gL_ħg ≥ ‖(1−π₀)g‖²_ħ",
        "≳",
        ZERO,
        "lenard_balescu.dissipation",
        "growth_exponent",
        {"screening": "dynamical"},
        domain,
        condition,
        remark,
    )


DISSIPATION = (
    _uniform(
        "(3.35)",
        four_or_more,
        "d ≥ 4",
        "exponent in 1/ħ of λ_ħ on smooth g, sectors 0 to 3; published with π₀, which g = √M contradicts",
    ),
    _uniform("(3.35), d < 4", two_or_three, "d < 4", "not claimed: Proposition 3.6 is for d ≥ 4"),
    Claim(
        "(3.36)",
        "‖g‖_ħ′ ≲ ‖g‖_ħ for ħ < ħ′",
        "≲",
        ZERO,
        "lenard_balescu.norm_forms",
        "exponent",
        {"quantity": "order"},
        remark="exponent in 1/ħ of the best constant over all ħ′ ≤ 1, on smooth g",
    ),
)
