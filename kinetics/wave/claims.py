"""The displayed estimates of arXiv:2411.12868 for the smooth datum n01, as printed.

Exponents are those of the paper plus M/2, because `wave.parts` measures with the weight ``<omega>^(M/2)``.
What is corrected in a remark is judged as printed all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from kinetics.claim import Claim
from kinetics.experiment import Point


def _linear(beta: float, constant: float, M: float) -> Callable[[Point], float]:
    """``beta * b + constant + M * m``, weight included."""

    def exponent(point: Point) -> float:
        return beta * float(point["beta"]) + constant + (M + 0.5) * float(point["M"])

    return exponent


def _claim(
    equation: str,
    statement: str,
    relation: Literal["≲", "≳", "≈"],
    printed: tuple[float, float, float],
    quantity: str,
    remark: str = "",
) -> Claim:
    return Claim(equation, statement, relation, _linear(*printed), "wave.parts", quantity, remark)


_LEADING = (2.0, -0.5, -0.5)  # 2 beta - 1/2 - M/2

CLAIMS = (
    _claim("(4.2)", "C²³⁴₂₁[n⁰¹] ≳ ω^(2β−1/2−M/2)", "≳", _LEADING, "234_21"),
    _claim("(4.3)", "C²³⁴₂₁[n⁰¹] ≲ ω^(2β−1/2−M/2)", "≲", _LEADING, "234_21"),
    _claim("(4.4)", "C²³⁴₂₂[n⁰¹] ≲ ω^(3β+1/2−M)", "≲", (3.0, 0.5, -1.0), "234_22"),
    _claim(
        "(4.5)",
        "C²³⁴₃[n⁰¹] ≲ ω^(2β+1/2−M/2)",
        "≲",
        (2.0, 0.5, -0.5),
        "234_3",
        "misprint: (4.7) needs 2β−1/2−M/2, which is what is measured",
    ),
    _claim("(4.6)", "C²³⁴₁[n⁰¹] ≲ ω^(3β+1−M)", "≲", (3.0, 1.0, -1.0), "234_1"),
    _claim("(4.7)", "C²³⁴[n⁰¹] ≈ ω^(2β−1/2−M/2)", "≈", _LEADING, "234"),
    _claim("(5.3), (5.4)", "I₁, I₃ ≈ ω^(2β−1/2−M/2)", "≈", _LEADING, "234", "I₁ at cos Nω₁ = ±1"),
    _claim("(5.5)", "I₆ ≲ ω^(3β+1−M)", "≲", (3.0, 1.0, -1.0), "234_22+234_1"),
    _claim("(5.7), (5.8)", "C′²³⁴[n⁰¹], I₄ ≲ ω^(2β−3/2−M/2)", "≲", (2.0, -1.5, -0.5), "prime234"),
    _claim("(5.9)", "C¹²⁴₂₁[n⁰¹] ≲ ω^(4β+1−M)", "≲", (4.0, 1.0, -1.0), "124_21"),
    _claim("(5.10)", "C¹³⁴₂₁[n⁰¹] ≲ ω^(4β+1−M)", "≲", (4.0, 1.0, -1.0), "134_21"),
    _claim("(5.11)", "C¹²⁴₂₂[n⁰¹] ≲ ω^(4β+1−M)", "≲", (4.0, 1.0, -1.0), "124_22"),
    _claim("(5.12)", "C¹³⁴₂₂[n⁰¹] ≲ ω^(4β+1−M)", "≲", (4.0, 1.0, -1.0), "134_22"),
    _claim("(5.13)", "C¹³⁴₃[n⁰¹] ≲ ω^(3β+1/2−M)", "≲", (3.0, 0.5, -1.0), "134_3"),
    _claim("(5.14)", "C¹²⁴₃[n⁰¹] ≲ ω^(3β+1/2−M)", "≲", (3.0, 0.5, -1.0), "124_3"),
    _claim("(5.15)", "C¹³⁴₁[n⁰¹] ≲ ω^(3β+2−M)", "≲", (3.0, 2.0, -1.0), "134_1"),
    _claim("(5.16)", "C¹²⁴₁[n⁰¹] ≲ ω^(3β+2−M)", "≲", (3.0, 2.0, -1.0), "124_1"),
    _claim(
        "(5.17), (5.18)",
        "C¹²⁴+C¹³⁴, I₅ ≲ ω^(4β+2−M)",
        "≲",
        (4.0, 2.0, -1.0),
        "124+134",
        "printed for region 1 alone, used for the sum",
    ),
    _claim("(5.19)", "C¹²³[n⁰¹] ≲ ω^(2β−1/2−M/2)", "≲", _LEADING, "123"),
    _claim(
        "(5.20)",
        "|C[n⁰¹]| ≲ ω^(2β−1/2−M/2)",
        "≲",
        _LEADING,
        "full",
        "used in (5.22) for the sum of the positive parts",
    ),
)
"""The displayed estimates of sections 4.1-4.2 and 5.2-5.6 but (5.6) and (5.21), whose data oscillate."""
