"""Claims of Section 2: Theorem 1 at time 0, the two-body system and its resolvent.

A misprint is judged as published; the corrected claim stands beside it.
"""

from __future__ import annotations

from wellposed.kinetics.claim import Claim, Relation
from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Linear
from wellposed.kinetics.lenard_balescu.claims.domains import ZERO, Domain

ONE = Linear(1.0)


def _large_box(
    equation: str,
    statement: str,
    relation: Relation,
    printed: Linear,
    output: str,
    system: str,
    domain: Domain,
    condition: str,
    remark: str,
) -> Claim:
    where = {"system": system, "datum": "mixture"}
    return Claim(
        equation,
        statement,
        relation,
        printed,
        "lenard_balescu.large_box",
        output,
        where,
        domain,
        condition,
        remark,
    )


def _small(point: Point) -> bool:
    """Tells whether (1.23) holds: 0.949 kappa < 1/2 in d = 2, 1.78 kappa < 1/2 in d = 3."""
    return int(point["d"]) >= 2 and float(point["kappa"]) <= 0.25


def _two_or_more(point: Point) -> bool:
    return int(point["d"]) >= 2


def _below_threshold(point: Point) -> bool:
    """Tells whether the published sign is stable, kappa < 3/4 for the mixture."""
    return int(point["d"]) >= 2 and float(point["kappa"]) < 0.75


def _resolvent(
    equation: str,
    statement: str,
    relation: Relation,
    printed: Linear,
    output: str,
    system: str,
    remark: str,
    *,
    from_below: bool = False,
) -> Claim:
    return Claim(
        equation,
        statement,
        relation,
        printed,
        "lenard_balescu.resolvent",
        output,
        {"system": system},
        remark=remark,
        from_below=from_below,
    )


TIME_ZERO = (
    _large_box(
        "Theorem 1",
        "rate/∫ψQ_ħ → 1, with c_d = 2/(2π)^d",
        "=",
        ONE,
        "limit_published",
        "corrected",
        _small,
        "(1.23), d ≥ 2",
        "the limit L → ∞, then t → ∞, for |v|⁴; it is π: a factor 2 in (2.16) and a second 1/2π in (2.22) "
        "make 2/(2π)^d of 2π/(2π)^d; the signs of (2.22) and (2.25) cancel",
    ),
    _large_box(
        "Theorem 1, corrected",
        "rate/∫ψQ_ħ → 1, with 2π/(2π)^d, for |v|⁴ of one datum",
        "=",
        ONE,
        "limit",
        "corrected",
        _small,
        "(1.23), d ≥ 2",
        "with K₂ − B, and no factor 2",
    ),
    _large_box(
        "Theorem 1, beyond (1.23)",
        "rate/∫ψQ_ħ → 1, with 2π/(2π)^d, for |v|⁴ of one datum",
        "=",
        ONE,
        "limit",
        "corrected",
        lambda point: _two_or_more(point) and not _small(point),
        "κ > 1/4, d ≥ 2",
        "not claimed: the smallness of (1.23) is not needed by these data",
    ),
    _large_box(
        "(2.16)",
        "the limit of the system with K₂ + B, rate −2",
        "=",
        ONE,
        "limit",
        "published",
        _below_threshold,
        "κ < 3/4, d ≥ 2",
        "over ∫ψQ_ħ with 2π/(2π)^d. A factor 2 is that before the rate; the rest is the sign of B, which "
        "turns ε into 2 − ε, the ε of (1.12) as published. (2.18) also prints (2π)^d/(ħL)^d for (2πħ/L)^d",
    ),
    _large_box(
        "(2.16)",
        "g stays bounded, with K₂ + B",
        "≤",
        ZERO,
        "growth",
        "published",
        _two_or_more,
        "d ≥ 2",
        "the rate at which g grows exponentially, 0 where it does not. It does where V̂(0)⟨1/T⟩ > 1, κ > 3/4 "
        "here, which (1.23) excludes",
    ),
    _large_box(
        "(2.16), corrected",
        "g stays bounded, with K₂ − B",
        "≤",
        ZERO,
        "growth",
        "corrected",
        _two_or_more,
        "d ≥ 2",
        "isotropic data with one maximum (Penrose)",
    ),
    _resolvent(
        "(2.24)",
        "|T − T′| ≲ log(1 + |ℜω|/|ℑω|)²",
        "≲",
        Linear(-2.0),
        "exponent",
        "corrected",
        "exponent in |ℑω|/|ℜω| as ℜω → 0: the right side vanishes, the left side does not. And for d ≥ 3 the "
        "weight ⟨v⟩² leaves the sum over v₂ infinite; (1.23) has ⟨v⟩^2d",
        from_below=True,
    ),
    _resolvent(
        "(2.24), corrected",
        "|T − T′| ≲ log(2 + |ℜω|/|ℑω|)², as ℜω → 0",
        "≲",
        ZERO,
        "exponent",
        "corrected",
        "at one k and v₁ of one datum, which can only contradict it",
        from_below=True,
    ),
    _resolvent(
        "(2.24)",
        "|T − T′| ≲ log(1 + |ℜω|/|ℑω|)², as ℑω → 0",
        "≲",
        Linear(2.0),
        "logarithms",
        "corrected",
        "the power of the logarithm, at one k and v₁ of one datum, which can only contradict it",
        from_below=True,
    ),
    _resolvent(
        "(2.31)",
        "ε̃(k, ω) = 1 + V̂⟨Δ_k f₀/(Δ_k E − ω)⟩",
        "=",
        ONE,
        "dielectric_published",
        "corrected",
        "of the solution with K₂ − B over the right side, at ω = iħk; it is that of K₂ + B, (2.16). Printed "
        "are k∗ for v∗ as well, and in (2.21) k₁ for v₁, and dṽ₁ for dṽ₂ in its second integral",
    ),
    _resolvent(
        "(2.31), corrected",
        "ε̃(k, ω) = 1 − V̂⟨Δ_k f₀/(Δ_k E − ω)⟩",
        "=",
        ONE,
        "dielectric",
        "corrected",
        "of the solution with K₂ − B over the right side, at ω = iħk",
    ),
    _resolvent(
        "(2.25)",
        "lim (T − T′)/2πi, with f₁′f₂′ − f₁f₂",
        "=",
        ONE,
        "ratio_published",
        "published",
        "over its right side, with ε̃ of (2.31) and K₂ + B, as published",
    ),
    _resolvent(
        "(2.25), corrected",
        "lim (T − T′)/2πi, with f₁f₂ − f₁′f₂′",
        "=",
        ONE,
        "ratio",
        "corrected",
        "with K₂ − B, and −V̂ in (2.31); in (2.22), 1/iπħ stands for i/ħ",
    ),
)
