"""Claims about solutions: Theorems 2 to 4, of Sections 1.2, 4 and 5."""

from __future__ import annotations

from wellposed.kinetics.claim import Claim
from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Linear
from wellposed.kinetics.lenard_balescu.claims.domains import (
    ASSUMPTION,
    FIRST_ORDER,
    NEEDED,
    ORDER,
    ZERO,
    Domain,
    assumption,
    beyond,
    four_or_more,
    two_or_three,
)


def _norm_of_solution(equation: str, domain: Domain, condition: str, remark: str = "") -> Claim:
    return Claim(
        equation,
        "object: sup‖g_ħ(t)‖_r ≤ ‖g₀‖_r",
        "≤",
        Linear(-1.0),
        "lenard_balescu.existence",
        "growth",
        domain=domain,
        condition=condition,
        remark=remark,
    )


def _stays(equation: str, statement: str, domain: Domain, condition: str, remark: str) -> Claim:
    return Claim(
        equation,
        statement,
        "≤",
        ZERO,
        "lenard_balescu.existence",
        "growth",
        domain=domain,
        condition=condition,
        remark=remark,
    )


EXISTENCE = (
    _norm_of_solution("(1.32)", four_or_more, "d ≥ 4", "log₂ of the largest ratio, minus 1; radial data"),
    _norm_of_solution("(1.32), d < 4", two_or_three, "d < 4", "not claimed"),
    _stays(
        "Theorem 2",
        "object: g_ħ exists for all t",
        four_or_more,
        "d ≥ 4",
        "the norm has not doubled at five relaxation times; radial data",
    ),
    _stays(
        "Theorem 3",
        "object: g_ħ exists up to c₀ħ²",
        two_or_three,
        "d < 4",
        "the norm has not doubled at five relaxation times, 10⁵ to 10⁸ times later; radial data",
    ),
    Claim(
        "Theorem 3",
        "bound: ‖g‖_ħ ≲ ħ⁻¹‖g‖",
        "≲",
        Linear(2.0),
        "lenard_balescu.existence",
        "collision_exponent",
        domain=assumption,
        condition=ASSUMPTION,
        remark="exponent of the collision frequency: gain and loss apart, which is where c₀ħ² comes from",
    ),
)


def _order(
    equation: str,
    statement: str,
    experiment: str,
    output: str,
    domain: Domain,
    condition: str,
    remark: str = "",
    **where: str,
) -> Claim:
    name = f"lenard_balescu.{experiment}"
    return Claim(equation, statement, "≳", FIRST_ORDER, name, output, where, domain, condition, remark)


def _orders(
    equation: str, statement: str, experiment: str, output: str, remark: str, **where: str
) -> tuple[Claim, ...]:
    """Returns the claim as published, with the decay that it needs, and where nothing is claimed."""

    def four_corrected(point: Point) -> bool:
        return four_or_more(point) and beyond(2.0)(point)

    def below_four(point: Point) -> bool:
        return two_or_three(point) and beyond(2.0)(point)

    return (
        _order(
            equation, statement, experiment, output, four_or_more, f"d ≥ 4, {ASSUMPTION}", remark, **where
        ),
        _order(
            f"{equation}, corrected",
            statement,
            experiment,
            output,
            four_corrected,
            "d ≥ 4, s ≥ d+2",
            **where,
        ),
        _order(
            f"{equation}, d < 4",
            f"object: {statement}",
            experiment,
            output,
            below_four,
            "d < 4, s ≥ d+2",
            "not claimed: the proof needs |v₁−v₂|⁻³ to be integrable",
            **where,
        ),
    )


LIMIT = (
    *_orders(
        "(1.36)",
        "‖g_ħ(t) − g_∞(t)‖ ≲ ħt‖g₀‖_r",
        "semiclassical",
        "order",
        f"the order in ħ; {ORDER}. {NEEDED}; the difference grows as t at first and more slowly later",
    ),
    *_orders(
        "(4.1)",
        "∫fL_ħg = ∫fL₀g + O(ħ)",
        "unified",
        "order_parameter",
        f"for f = g = √M|v|⁴; {ORDER}. {NEEDED}",
        question="limit",
        kernel="lenard_balescu",
        screening="dynamical",
    ),
    *_orders(
        "(4.2)",
        "∫fQ_ħ(g,h) = ∫fQ₀(g,h) + O(ħ)",
        "semiclassical",
        "order_at_start",
        f"for the whole right side at a radial datum; {ORDER}. {NEEDED}",
    ),
)
