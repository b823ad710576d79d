"""The displayed estimates of arXiv:2411.12868, version 1, as published.

`wave.parts`, `wave.growth` and `wave.fourth_wave` measure with the weight ``<omega>^(M/2)``, so M/2 is added
to published exponents.  What is corrected in a remark is judged as published all the same.
"""

from __future__ import annotations

from wellposed.kinetics.claim import Claim, Relation
from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Linear


def _weighted(beta: float, constant: float, M: float) -> Linear:
    """Returns the published exponent ``beta * b + constant + M * m``, and M/2 for the weight."""
    return Linear(constant, {"beta": beta, "M": M + 0.5})


def _part(
    equation: str,
    statement: str,
    relation: Relation,
    printed: tuple[float, float, float],
    quantity: str,
    remark: str = "",
) -> Claim:
    return Claim(
        equation,
        statement,
        relation,
        _weighted(*printed),
        "wave.parts",
        where={"quantity": quantity, "datum": "bracket"},
        remark=remark,
    )


def _large_M(point: Point) -> bool:
    return float(point["M"]) > 10.0


def _beta_not_negative(point: Point) -> bool:
    return float(point["beta"]) >= 0.0


def _beta_below_three_quarters(point: Point) -> bool:
    return float(point["beta"]) < 0.75


def _beta_up_to_a_quarter(point: Point) -> bool:
    return float(point["beta"]) <= 0.25


_LEADING = (2.0, -0.5, -0.5)  # 2 beta - 1/2 - M/2

CLAIMS = (
    *(
        Claim(
            equation,
            statement,
            "≲",
            Linear(0.0),
            "wave.averaging",
            "growth_exponent",
            {"estimate": equation},
            remark=remark,
        )
        for equation, statement, remark in (
            (
                "(2.1)",
                "∫⟨k₁*⟩^(−3) dσ ≲ 1/(1+|k₁|²+|k₂|²)",
                "the constant is 8π, approached at k₁ ⊥ k₂; any exponent above 2 in place of 3 has one",
            ),
            (
                "(2.2)",
                "∫|ψ(k₂*)| b dk₂dσ ≲ ‖ψ‖₁",
                "an equality, with the constant 8π(√2−1), for every k₁ and ψ",
            ),
            ("(2.3)", "∫|ψ(k₁*)| b dk₁dσ ≲ ‖ψ‖₁", "(2.2) with other names"),
        )
    ),
    *(
        Claim(
            "(2.4)",
            f"‖{name}‖ ≲ ‖f‖_(l,∞)‖g‖_(1/2,1)‖h‖_(7/2,∞)",
            "≲",
            Linear(0.0),
            "wave.loss_bound",
            "growth_exponent",
            {"operator": label},
            _beta_up_to_a_quarter,
            "β ≤ 1/4",
            "exponent in |k₁|²+|k₂|² of the best constant",
        )
        for label, name in (("L1", "L₁"), ("L2", "L₂"))
    ),
    *(
        Claim(
            equation,
            f"‖{name}‖ ≲ {norms}",
            "≲",
            Linear(0.0),
            "wave.gain_bound",
            "growth_exponent",
            {"operator": label},
            _beta_up_to_a_quarter,
            "β ≤ 1/4",
            remark,
        )
        for equation, label, name, norms, remark in (
            (
                "(2.5)",
                "G2",
                "G₂",
                "‖f‖_(l,∞)‖g‖_(3,∞)‖h‖_(3,1)",
                "exponent in |k₁|² of the best constant; it is negative up to β = 1/3",
            ),
            (
                "(2.6)",
                "G1",
                "G₁",
                "‖f‖_(1/2,1)‖g‖_(l,∞)‖h‖_(7/2,∞)+…",
                "exponent of a bound of the best constant: (2.4) where ⟨k₁*⟩ ≥ ⟨k₂⟩, (2.5) elsewhere; "
                "f = g = h = ⟨k⟩^(−M) has the same sign, from below",
            ),
        )
    ),
    Claim(
        "(2.5), as published",
        "‖G₂‖ ≤ ‖f‖_(l,∞)‖g‖_(3,∞)‖h‖_(3,1)",
        "≤",
        Linear(1.0),
        "wave.gain_bound",
        "constant",
        {"operator": "G2"},
        _beta_up_to_a_quarter,
        "β ≤ 1/4",
        "the best constant is above one at β < 0.027; ≲ is all that is used",
    ),
    *(
        Claim(
            "(2.7)",
            f"{name} is bounded on ⟨k⟩^(−M) L^∞",
            "≲",
            Linear(0.0),
            "wave.trilinear",
            "growth_exponent",
            {"operator": label, "estimate": "(2.7)"},
            _beta_up_to_a_quarter,
            "β ≤ 1/4",
            "in three dimensions; by positivity ⟨k⟩^(−M) itself has the greatest ratio of all data",
        )
        for label, name in (("G1", "G₁"), ("G2", "G₂"), ("L1", "L₁"), ("L2", "L₂"))
    ),
    Claim(
        "Definition 2.5",
        "n(t) ∈ ⟨k⟩^(−M)L^∞, as a solution is to be",
        "≲",
        Linear(0.0),
        "wave.dephasing",
        "norm_exponent",
        {"operator": "full"},
        remark="exponent in Ω of the weighted norm of truncated solutions at K₀t = 0.01, oscillating datum: "
        "that is not what is lost above 1/4, but continuity at t = 0",
    ),
    Claim(
        "(2.7)",
        "C₁ is finite",
        "≲",
        Linear(0.0),
        "wave.lipschitz",
        "exponents",
        {"bounded": "full"},
        _beta_up_to_a_quarter,
        "β ≤ 1/4",
        "C₁ the constant of the sum of the four; its exponent in Ω, over Ω/2 ≤ ω₁ ≤ Ω",
    ),
    Claim(
        "proof of 2.6",
        "Φ(B(2R)) ⊂ B(2R) for T = 1/(8C₁R²)",
        "≥",
        Linear(0.125),
        "wave.picard",
        "stability_time",
        {"operator": "full"},
        _beta_up_to_a_quarter,
        "β ≤ 1/4",
        "the T C₁R² up to which it does, for radial data; C₁ the constant of the sum of the four operators",
    ),
    Claim(
        "proof of 2.6",
        "Φ contracts by 1/2 for T = 1/(8C₁R²)",
        "≤",
        Linear(0.5),
        "wave.picard",
        "factor_at_printed_time",
        {"operator": "full"},
        _beta_up_to_a_quarter,
        "β ≤ 1/4",
        "a lower bound of the factor; three slots make 12 C₁R²T of the published 4: T = 1/(24C₁R²) will do",
    ),
    _part("(4.2)", "C²³⁴₂₁[n⁰¹] ≳ ω^(2β−1/2−M/2)", "≳", _LEADING, "234_21"),
    _part("(4.3)", "C²³⁴₂₁[n⁰¹] ≲ ω^(2β−1/2−M/2)", "≲", _LEADING, "234_21"),
    _part("(4.4)", "C²³⁴₂₂[n⁰¹] ≲ ω^(3β+1/2−M)", "≲", (3.0, 0.5, -1.0), "234_22"),
    _part(
        "(4.5)",
        "C²³⁴₃[n⁰¹] ≲ ω^(2β+1/2−M/2)",
        "≲",
        (2.0, 0.5, -0.5),
        "234_3",
        "misprint: (4.7) needs 2β−1/2−M/2, which is what is measured",
    ),
    _part("(4.6)", "C²³⁴₁[n⁰¹] ≲ ω^(3β+1−M)", "≲", (3.0, 1.0, -1.0), "234_1"),
    _part("(4.7)", "C²³⁴[n⁰¹] ≈ ω^(2β−1/2−M/2)", "≈", _LEADING, "234"),
    _part("(5.3), (5.4)", "I₁, I₃ ≈ ω^(2β−1/2−M/2)", "≈", _LEADING, "234", "I₁ at cos Nω₁ = ±1"),
    _part("(5.5)", "I₆ ≲ ω^(3β+1−M)", "≲", (3.0, 1.0, -1.0), "234_22+234_1"),
    Claim(
        "(5.6)",
        "I₂ ≲ ω^(2β−1/2−M/2)",
        "≲",
        _weighted(*_LEADING),
        "wave.fourth_wave",
        where={"quantity": "I2"},
        remark="amplitude: I₂ itself also depends on the phase Nω₁",
    ),
    Claim(
        "(5.6)",
        "I₂ ≲ 1/N",
        "≲",
        Linear(-1.0),
        "wave.fourth_wave",
        "exponent_in_N",
        {"quantity": "I2"},
        remark="an exponent in N; the two terms of I₂, added before absolute values are taken, fall as 1/N²",
    ),
    _part(
        "(5.7), (5.8)",
        "C′²³⁴[n⁰¹], I₄ ≲ ω^(2β−3/2−M/2)",
        "≲",
        (2.0, -1.5, -0.5),
        "prime234",
        "(5.1) has ω₁^(β−1/2) twice; here once",
    ),
    _part("(5.9)", "C¹²⁴₂₁[n⁰¹] ≲ ω^(4β+1−M)", "≲", (4.0, 1.0, -1.0), "124_21"),
    _part("(5.10)", "C¹³⁴₂₁[n⁰¹] ≲ ω^(4β+1−M)", "≲", (4.0, 1.0, -1.0), "134_21"),
    _part("(5.11)", "C¹²⁴₂₂[n⁰¹] ≲ ω^(4β+1−M)", "≲", (4.0, 1.0, -1.0), "124_22"),
    _part("(5.12)", "C¹³⁴₂₂[n⁰¹] ≲ ω^(4β+1−M)", "≲", (4.0, 1.0, -1.0), "134_22"),
    _part("(5.13)", "C¹³⁴₃[n⁰¹] ≲ ω^(3β+1/2−M)", "≲", (3.0, 0.5, -1.0), "134_3"),
    _part("(5.14)", "C¹²⁴₃[n⁰¹] ≲ ω^(3β+1/2−M)", "≲", (3.0, 0.5, -1.0), "124_3"),
    _part("(5.15)", "C¹³⁴₁[n⁰¹] ≲ ω^(3β+2−M)", "≲", (3.0, 2.0, -1.0), "134_1"),
    _part("(5.16)", "C¹²⁴₁[n⁰¹] ≲ ω^(3β+2−M)", "≲", (3.0, 2.0, -1.0), "124_1"),
    _part(
        "(5.17), (5.18)",
        "C¹²⁴+C¹³⁴, I₅ ≲ ω^(4β+2−M)",
        "≲",
        (4.0, 2.0, -1.0),
        "124+134",
        "published for region 1 alone, used for the sum",
    ),
    _part("(5.19)", "C¹²³[n⁰¹] ≲ ω^(2β−1/2−M/2)", "≲", _LEADING, "123"),
    _part("(5.20)", "|C[n⁰¹]| ≲ ω^(2β−1/2−M/2)", "≲", _LEADING, "full"),
    Claim(
        "(5.21)",
        "|C[n⁰]| ≳ ω^(2β−1/2−M/2)",
        "≳",
        _weighted(*_LEADING),
        "wave.growth",
        "growth_exponent",
        {"operator": "full", "datum": "oscillating"},
        _large_M,
        "M > 10",
        "published for large N and A; at ω₁ = 2π 2^j, where cos Nω₁ = 1",
    ),
    _part(
        "(5.22)",
        "C²³⁴+C¹³⁴+C¹²³+C¹²⁴ ≲ ω^(2β−1/2−M/2)",
        "≲",
        _LEADING,
        "sum",
        "refers to |C[n⁰¹]|, but needs the sum of the positive parts",
    ),
    Claim(
        "section 5.6",
        "⟨ω⟩^(M/2)|n(t)−n⁰| ≳ t ω^(2β−1/2) as t → 0",
        "≈",
        Linear(-0.5, {"beta": 2.0}),
        "wave.dephasing",
        "rate_exponent",
        {"operator": "full"},
        remark="in amplitude it is 1−exp(−D K₀t ω^(2β−1/2)), D > 0: for β > 1/4 it tends to the whole "
        "oscillation as ω → ∞, at every t > 0",
    ),
    *(
        Claim(
            "Remark 1.6",
            f"f ∼ k^({printed}), {cascade.replace('_', ' ')}",
            "=",
            Linear(constant, {"beta": 4.0 / 3.0}),
            "wave.spectra",
            where={"cascade": cascade},
            domain=_beta_not_negative,
            condition="β ≥ 0",
            remark=remark,
        )
        for cascade, printed, constant, remark in (
            ("energy", "−3−8β/3", 1.5, "x of ω^(−x); this spectrum is not local for β ≥ 0"),
            ("wave_action", "−7/3−8β/3", 7.0 / 6.0, "x of ω^(−x); published as the flux, meant as f"),
        )
    ),
    Claim(
        "Remark 1.6, capacity",
        "∫^∞ k^(1−8β/3) dk < ∞ for β < 3/4: finite capacity of the energy",
        "≤",
        Linear(0.0),
        "wave.spectra",
        "capacity_exponent",
        {"cascade": "energy"},
        _beta_below_three_quarters,
        "β < 3/4",
        "reversed: the integral is finite for β > 3/4; exponent in ω of the energy per octave of the "
        "spectrum of constant flux, measured for β < 0, where that is local",
    ),
    Claim(
        "Remark 1.6, corrected",
        "energy per octave ∼ k^(2−8β/3), finite capacity for β > 3/4",
        "=",
        Linear(1.0, {"beta": -4.0 / 3.0}),
        "wave.spectra",
        "capacity_exponent",
        {"cascade": "energy"},
        remark="exponent in ω, half of that in k; measured for β < 0",
    ),
    Claim(
        "Remark 1.6, capacity",
        "∫₀ k^(−1/3−8β/3) dk < ∞ for β < 1/4: finite capacity of the wave action",
        "≥",
        Linear(0.0),
        "wave.spectra",
        "capacity_exponent",
        {"cascade": "wave_action"},
        _beta_up_to_a_quarter,
        "β ≤ 1/4",
        "the cascade is inverse: it ends at k = 0; exponent in ω of the wave action per octave",
    ),
)
"""The displayed estimates of sections 2, 4 and 5, and the spectra of Remark 1.6."""
