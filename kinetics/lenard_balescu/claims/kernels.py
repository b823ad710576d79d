"""Claims about the kernels K and K tilde: Propositions 3.4 and 3.5, and Remark 3.1."""

from __future__ import annotations

from functools import partial

from wellposed.kinetics.claim import Claim
from wellposed.kinetics.law import Linear
from wellposed.kinetics.lenard_balescu.claims.domains import (
    ASSUMPTION,
    FIRST_ORDER,
    NEEDED,
    ORDER,
    ZERO,
    assumption,
    beyond,
    four_or_more,
    two_or_three,
)
from wellposed.kinetics.lenard_balescu.claims.norms import of_velocity


def _kernel(quantity: str) -> partial[Claim]:
    where = {"quantity": quantity, "screening": "dynamical"}
    return partial(Claim, experiment="lenard_balescu.kernel", output="growth_exponent", where=where)


def _pair(quantity: str, output: str = "exponent") -> partial[Claim]:
    where = {"quantity": quantity, "screening": "dynamical"}
    return partial(Claim, experiment="lenard_balescu.kernel_bound", output=output, where=where)


def _cross(output: str = "exponent") -> partial[Claim]:
    where = {"quantity": "limit"}
    return partial(Claim, experiment="lenard_balescu.norm_forms", output=output, where=where)


KERNELS = (
    _pair("bound")(
        "(3.16)",
        "|K_ħ| ≲ (1+|v₁|²+|v₂|²)(M₁M₂)^(1/5)|v₁−v₂|⁻³",
        "≲",
        ZERO,
        domain=assumption,
        condition=ASSUMPTION,
        remark=f"exponent in 1/ħ of the best constant: d+1−s for s < d+1. {NEEDED}",
    ),
    _pair("bound")(
        "(3.16), corrected",
        "the same for s > d+1",
        "≲",
        ZERO,
        domain=beyond(1.1),
        condition="s > d+1",
    ),
    _pair("diagonal")(
        "(3.16)",
        "|K₀| ≲ |v₁−v₂|⁻³",
        "≲",
        Linear(3.0),
        remark="exponent in 1/|v₁−v₂|; without screening it is 1 in d = 3, where a coefficient d−3 vanishes",
    ),
    _pair("limit")(
        "(3.17)",
        "K_ħ → K₀",
        "≲",
        ZERO,
        domain=beyond(1.1),
        condition="s > d+1",
        remark=f"exponent in 1/ħ of |K_ħ − K₀|, at one pair; {ORDER}",
    ),
    _pair("limit", "printed_ratio")(
        "(3.17)",
        "lim K_ħ/K₀ = 1, K₀ as printed",
        "=",
        FIRST_ORDER,
        domain=beyond(3.0),
        condition="s ≥ d+3",
        remark="misprint: c_d/2 is missing",
    ),
    _pair("limit", "ratio")(
        "(3.17), corrected",
        "lim K_ħ/K₀ = 1, with c_d/2",
        "=",
        FIRST_ORDER,
        domain=beyond(3.0),
        condition="s ≥ d+3",
    ),
    _cross()(
        "(3.21)",
        "∫K̃_ħg² = ∫K̃₀g² + O(ħ‖g‖²_ħ)",
        "≲",
        Linear(-1.0),
        domain=assumption,
        condition=ASSUMPTION,
        remark=f"exponent in 1/ħ of the error, on one smooth g; {ORDER}. {NEEDED}",
    ),
    _cross()(
        "(3.21), corrected",
        "the same for s ≥ d+2",
        "≲",
        Linear(-1.0),
        domain=beyond(2.0),
        condition="s ≥ d+2",
    ),
    _cross("printed_ratio")(
        "(3.22)",
        "K̃₀ = +¼ div(Av) is the limit of (3.21)",
        "=",
        FIRST_ORDER,
        domain=beyond(3.0),
        condition="s ≥ d+3",
        remark="misprint: the sign; the last line of the proof has it right",
    ),
    _cross("ratio")(
        "(3.22), corrected",
        "K̃₀ = −¼ div(Av) is the limit of (3.21)",
        "=",
        FIRST_ORDER,
        domain=beyond(3.0),
        condition="s ≥ d+3",
    ),
    of_velocity("K0")(
        "(3.22)",
        "K̃₀ = O(⟨v⟩⁻³)",
        "≲",
        Linear(-3.0),
        domain=lambda point: point["d"] != 3,
        condition="d ≠ 3",
        remark="in d = 3 it falls faster than any power: div(Av) is a boundary term of order exp(−|v|²/2)",
    ),
)

CRITICAL = (
    _kernel("schur_supremum")(
        "Remark 3.1",
        "bound: sup ∫|K_ħ|dv₂ ≲ ħ^(d−3), by (3.16)",
        "≲",
        Linear(3.0, {"d": -1.0}),
        remark="exponent q of A + Bħ^(−q); 0 is a logarithm",
    ),
    _kernel("norm")(
        "Remark 3.1",
        "object: |∫K_ħgh| ≲ ‖⟨v⟩^(−1/2)g‖‖⟨v⟩^(−1/2)h‖",
        "≲",
        ZERO,
        domain=four_or_more,
        condition="d ≥ 4",
        remark="q of the operator norm",
    ),
    _kernel("schur_supremum")(
        "Remark 3.1, d < 4",
        "bound: it fails, for ∫|K_ħ|dv₂",
        "≳",
        ZERO,
        domain=two_or_three,
        condition="d < 4",
        remark="in d = 3 by a logarithm, and without screening not at all: q < 0",
    ),
    _kernel("norm")(
        "Remark 3.1, d < 4",
        "object: it fails, for the operator",
        "≳",
        ZERO,
        domain=two_or_three,
        condition="d < 4",
        remark="in d = 2 it does; in d = 3 the norm stays bounded: the absolute value loses a mean over "
        "directions",
    ),
)
