"""Claims about the norm of (3.5) and the coefficients of its classical limit: Proposition 3.3."""

from __future__ import annotations

from functools import partial

from wellposed.kinetics.claim import Claim, Relation
from wellposed.kinetics.law import Linear
from wellposed.kinetics.lenard_balescu.claims.domains import ZERO, beyond


def _norm(statement: str, relation: Relation, quantity: str) -> Claim:
    return Claim(
        "(3.8)",
        statement,
        relation,
        ZERO,
        "lenard_balescu.norm_forms",
        "exponent",
        {"quantity": quantity},
        beyond(1.1),
        "s > d+1",
        "exponent in 1/ħ of the best constant on smooth g; published ‖g‖_ħ without the square",
    )


def of_velocity(quantity: str) -> partial[Claim]:
    """Returns what makes a claim about the decay in |v| of a classical coefficient."""
    return partial(
        Claim, experiment="lenard_balescu.velocity_decay", output="exponent", where={"quantity": quantity}
    )


NORMS = (
    _norm("object: ‖g‖²_ħ ≲ left side", "≳", "least"),
    _norm("object: left side ≲ ‖g‖²_ħ", "≲", "largest"),
    of_velocity("A_par")(
        "(3.9), (3.11)",
        "v·A(v)v ≈ ⟨v⟩⁻¹",
        "≈",
        Linear(-3.0),
        remark="exponent of A along v; (3.6) lacks 1/|k|",
    ),
    of_velocity("A_perp")(
        "(3.6)", "A(v) ≲ ⟨v⟩⁻¹ across v", "≲", Linear(-1.0), remark="not displayed, but used"
    ),
)
