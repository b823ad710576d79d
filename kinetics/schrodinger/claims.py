"""What arXiv:2411.12868, version 1, says of the Schrödinger equation (1.1) itself, as published.

What is corrected in a remark is judged as published all the same.
"""

from __future__ import annotations

from wellposed.kinetics.claim import Claim
from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Linear


def _small(point: Point) -> bool:
    return float(point["amplitude"]) <= 1.0


def _above_a_quarter(point: Point) -> bool:
    return _small(point) and float(point["beta"]) > 0.25


def _up_to_a_quarter(point: Point) -> bool:
    return float(point["beta"]) <= 0.25


CLAIMS = (
    *(
        Claim(
            equation,
            f"{statement}, t ≤ 1/2, {datum}",
            "≲",
            Linear(0.0),
            "schrodinger.norms",
            where={"datum": datum},
            domain=domain,
            condition=condition,
            remark="exponent in the truncation, of data of this kind and up to that time alone, which can "
            "only contradict it",
            from_below=True,
        )
        for equation, statement, domain, condition in (
            (
                "Theorem B.1",
                "0 ≤ β ≤ 1, s ≥ 3: there is ε₀ > 0 such that (1.1) is globally well-posed for u₀ ∈ H^s(T³), "
                "‖u₀‖_{H^s} < ε₀",
                _small,
                "‖u₀‖_{H^s} ≤ 1, s = 3",
            ),
            (
                "Remark 1.2, abstract",
                "(1.1) is well-posed where the kinetic equation is not",
                _above_a_quarter,
                "β > 1/4, ‖u₀‖_{H^s} ≤ 1",
            ),
        )
        for datum in ("band", "decaying", "oscillating")
    ),
    *(
        Claim(
            "App. B, first display",
            f"d/dt ‖D^s u‖² + ‖∇D^s u‖² ≤ |∫ D^s ū D^s N|, {said}",
            "≤",
            Linear(1.0),
            "schrodinger.energy",
            "published",
            {"datum": datum},
            remark="left over right side; the real part of i∂ₜu·ū has no d/dt: there is no dissipation",
        )
        for datum, said in (("plane", "a plane wave"), ("decaying", "random phases"))
    ),
    Claim(
        "App. B, corrected",
        "d/dt ‖D^s u‖² = 2 ℑ∫ D^s ū D^s N",
        "=",
        Linear(1.0),
        "schrodinger.energy",
        "derivative",
        remark="left over right side, the left from differences of solutions in time; both are 0 on a plane "
        "wave. From the imaginary part: it has no ‖u‖²_{H^{s+1}}, so nothing bounds a right side with β "
        "derivatives more",
    ),
    Claim(
        "App. B, Leibniz",
        "|∫ |∇|^β D^s ū · D^s(|v|²v)| ≤ C₁ Σ I, I = ∫ |D^s v||D^{s₁}v||D^{s₂}v||D^{s₃}v|, v = |∇|^β u",
        "≤",
        Linear(1.0),
        "schrodinger.estimates",
        "leibniz",
        remark="left over right side, with the largest multinomial coefficient for C₁, and those summands "
        "alone in which s₁ + s₂ + s₃ = s: so it holds point by point",
    ),
    Claim(
        "App. B, Gagliardo–Nirenberg",
        "‖D^{s_i}v‖_{L^{p_i}} ≲ (Σ‖D^j v‖)^{|s₁|/|s|} ‖v‖_{L^∞}^{1−|s_i|/|s|}",
        "≲",
        Linear(0.0),
        "schrodinger.estimates",
        "interpolation_published",
        remark="exponent in K; misprint: |s₁| for |s_i|, with which the sides scale differently for i = 2, 3",
        from_below=True,
    ),
    Claim(
        "App. B, Gagliardo–Nirenberg, corrected",
        "‖D^{s_i}v‖_{L^{p_i}} ≲ (Σ‖D^j v‖)^{|s_i|/|s|} ‖v‖_{L^∞}^{1−|s_i|/|s|}",
        "≲",
        Linear(0.0),
        "schrodinger.estimates",
        "interpolation",
        remark="exponent in K of the largest ratio over four kinds of functions: can only contradict it",
        from_below=True,
    ),
    Claim(
        "App. B, Sobolev",
        "‖|∇|^β u‖_{L^∞} ≲ ‖u‖_{H³}",
        "≲",
        Linear(0.0),
        "schrodinger.estimates",
        "embedding",
        remark="exponent in the truncation of the best constant, (Σ|k|^{2β}⟨k⟩⁻⁶)^{1/2}, which is finite for "
        "β < 3/2",
    ),
    Claim(
        "App. B, Hölder",
        "I ≤ ‖D^s v‖_{L²} Π ‖D^{s_i}v‖_{L^{p_i}}, Σ 1/p_i = 1/2",
        "≤",
        Linear(1.0),
        "schrodinger.estimates",
        "hoelder",
        remark="left over right side, the largest over all s_i; one on plane waves",
    ),
    Claim(
        "App. B, product",
        "I ≲ (Σ‖D^j v‖)² ‖u‖²_{H³}",
        "≲",
        Linear(0.0),
        "schrodinger.estimates",
        "product",
        remark="exponent in K of the largest ratio over four kinds of functions: can only contradict it",
        from_below=True,
    ),
    Claim(
        "App. B, trilinear",
        "|∫ D^s ū D^s N| ≲ ‖D^s|∇|^β u‖² ‖u‖²_{H³}",
        "≲",
        Linear(0.0),
        "schrodinger.energy",
        "trilinear",
        remark="exponent in K, for waves of lengths 1 and 1/K, which can only contradict it",
        from_below=True,
    ),
    Claim(
        "App. B, last display",
        "d/dt ‖u‖²_{H^s} + ‖u‖²_{H^{s+1}} (1 − C‖u‖²_{H^s}) ≤ 0",
        "≳",
        Linear(2.0),
        "schrodinger.energy",
        "remainder",
        remark="exponent in ‖u‖ of the rest that C‖u‖² is to bound, which stays: a plane wave keeps its norm",
    ),
    Claim(
        "(1.4)",
        "‖|∇|^β u‖_{L⁴} ≲ ‖u‖_{Ḣ¹}",
        "≲",
        Linear(0.0),
        "schrodinger.sobolev",
        domain=_up_to_a_quarter,
        condition="β ≤ 1/4",
        remark="on bumps that concentrate, which can only contradict it; 1/4 is where it stops",
        from_below=True,
    ),
    Claim(
        "(1.4)",
        "bumps of width 1/K have K^(β−1/4)",
        "=",
        Linear(-0.25, {"beta": 1.0}),
        "schrodinger.sobolev",
        remark="by scaling",
    ),
)
"""Theorem B.1 and each display of its proof, Remarks 1.2 and 1.4, and the abstract's sentence."""
