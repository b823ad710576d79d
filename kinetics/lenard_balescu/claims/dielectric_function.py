"""Claims about the dielectric function: Proposition 3.1 and Corollary 3.2."""

from __future__ import annotations

from wellposed.kinetics.claim import Claim
from wellposed.kinetics.law import Linear
from wellposed.kinetics.lenard_balescu.claims.domains import ZERO, at_the_maxwellian, of_index

DIELECTRIC_FUNCTION = (
    *(
        Claim(
            equation,
            statement,
            "≥",
            ZERO,
            "lenard_balescu.dielectric",
            "least_epsilon",
            {"potential": "algebraic"},
            at_the_maxwellian(classical),
            "at the Maxwellian",
            remark,
        )
        for equation, statement, classical, remark in (
            (
                "(3.1)",
                "|ε₀(M,k,v)| ≳ 1",
                True,
                "the least |ε₀|, on the plasma wave at w ≈ √κ: exponentially small in κ; at most 1 + V̂(0)",
            ),
            ("Corollary 3.2", "|ε_ħ(M,k,v)| ≳ 1", False, "the least |ε_ħ|; f = 0"),
        )
    ),
    Claim(
        "(3.2)",
        "|ε_ħ(Φ) − ε_ħ(Φ̃)| ≲ ‖f − f̃‖₃",
        "≤",
        Linear(3.0),
        "lenard_balescu.dielectric_bounds",
        "exponent",
        {"estimate": "(3.2)"},
        remark="the Sobolev index above which it holds; the proof has 3/2 + δ₀, which is sharp",
    ),
    Claim(
        "(3.3)",
        "|ε_ħ(Φ) − ε₀(Φ)| ≲ ħ‖f‖₂",
        "≲",
        Linear(-1.0),
        "lenard_balescu.dielectric_bounds",
        "exponent",
        {"estimate": "(3.3)"},
        of_index(2),
        "r = 2",
        "exponent in 1/ħ of the supremum over ‖f‖₂ ≤ 1, at |k| = 1, from below; it is r − 3/2 up to r = 5/2, "
        "and the proof has ħ^δ₀; also the right side needs 1 + ‖f‖, as ε_ħ(M) ≠ ε₀(M)",
    ),
    Claim(
        "(3.3), corrected",
        "|ε_ħ(Φ) − ε₀(Φ)| ≲ ħ(1 + ‖f‖₃)",
        "≲",
        Linear(-1.0),
        "lenard_balescu.dielectric_bounds",
        "exponent",
        {"estimate": "(3.3)"},
        of_index(3),
        "r = 3",
    ),
    *(
        Claim(
            "(3.4)",
            f"|∇_k ε| ≲ ⟨k⟩⟨v⟩/|k|, in {told}",
            "≲",
            Linear(1.0),
            "lenard_balescu.dielectric_bounds",
            "exponent",
            {"estimate": estimate},
            remark="r = 1, q = 0, at the Maxwellian, ħ = 0",
        )
        for estimate, told in (("(3.4) in v", "|v|"), ("(3.4) in k", "1/|k|"))
    ),
)
