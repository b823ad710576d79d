"""The displayed estimates of Le Bihan, *Around the quantum Lenard–Balescu equation*, as printed.

A bound that a proof uses is not the object that it bounds.  A statement begins with ``bound:`` where the
former is measured (absolute values taken, gain and loss apart), with ``object:`` where the latter is; an
equation number followed by ``d < 4`` is a measurement where the paper claims nothing, because its proof
fails.  What is corrected in a remark is judged as printed all the same, the corrected statement beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from wellposed.kinetics.claim import Claim, Relation
from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Linear

Domain = Callable[[Point], bool]

_ZERO = Linear(0.0)
_FIRST_ORDER = Linear(1.0)
_ASSUMPTION = "s > (d+3)/2"
_NEEDED = (
    "Assumption 2 allows (d+3)/2 < s ≤ d+1 too, where ∫k^d V̂² dk and with it the classical limit diverge"
)
_ORDER = "the order is min(2, s−d−1), with and without screening"


def _assumption(point: Point) -> bool:
    """Assumption 2."""
    return float(point["s"]) > 0.5 * (int(point["d"]) + 3)


def _four_or_more(point: Point) -> bool:
    return int(point["d"]) >= 4 and _assumption(point)


def _two_or_three(point: Point) -> bool:
    return int(point["d"]) < 4 and _assumption(point)


def _beyond(margin: float) -> Domain:
    """``s >= d + margin``, where d + 1 is what the classical limit needs."""

    def holds(point: Point) -> bool:
        return float(point["s"]) >= int(point["d"]) + margin

    return holds


def _maxwellian(classical: bool) -> Domain:
    """The core of the ring and core alone, at the temperature of M."""

    def holds(point: Point) -> bool:
        alone = (point["radius"], point["core_mass"], point["core_temperature"]) == (0.0, 1.0, 1.0)
        return alone and (point["hbar"] == 0.0) == classical

    return holds


def _index(r: int) -> Domain:
    return lambda point: point["r"] == r


_DIELECTRIC = (
    *(
        Claim(
            equation,
            statement,
            "≥",
            _ZERO,
            "lenard_balescu.dielectric",
            "least_epsilon",
            {"potential": "algebraic"},
            _maxwellian(classical),
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
        _index(2),
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
        _index(3),
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


def _norm(statement: str, relation: Relation, quantity: str) -> Claim:
    return Claim(
        "(3.8)",
        statement,
        relation,
        _ZERO,
        "lenard_balescu.norm_forms",
        "exponent",
        {"quantity": quantity},
        _beyond(1.1),
        "s > d+1",
        "exponent in 1/ħ of the best constant on smooth g; printed ‖g‖_ħ without the square",
    )


def _of_v(quantity: str) -> partial[Claim]:
    return partial(
        Claim, experiment="lenard_balescu.velocity_decay", output="exponent", where={"quantity": quantity}
    )


_NORMS = (
    _norm("object: ‖g‖²_ħ ≲ left side", "≳", "least"),
    _norm("object: left side ≲ ‖g‖²_ħ", "≲", "largest"),
    _of_v("A_par")(
        "(3.9), (3.11)",
        "v·A(v)v ≈ ⟨v⟩⁻¹",
        "≈",
        Linear(-3.0),
        remark="exponent of A along v; (3.6) lacks 1/|k|",
    ),
    _of_v("A_perp")("(3.6)", "A(v) ≲ ⟨v⟩⁻¹ across v", "≲", Linear(-1.0), remark="not displayed, but used"),
)


def _kernel(quantity: str) -> partial[Claim]:
    where = {"quantity": quantity, "screening": "dynamical"}
    return partial(Claim, experiment="lenard_balescu.kernel", output="growth_exponent", where=where)


def _pair(quantity: str, output: str = "exponent") -> partial[Claim]:
    where = {"quantity": quantity, "screening": "dynamical"}
    return partial(Claim, experiment="lenard_balescu.kernel_bound", output=output, where=where)


def _cross(output: str = "exponent") -> partial[Claim]:
    where = {"quantity": "limit"}
    return partial(Claim, experiment="lenard_balescu.norm_forms", output=output, where=where)


_KERNELS = (
    _pair("bound")(
        "(3.16)",
        "|K_ħ| ≲ (1+|v₁|²+|v₂|²)(M₁M₂)^(1/10)|v₁−v₂|⁻³",
        "≲",
        _ZERO,
        domain=_assumption,
        condition=_ASSUMPTION,
        remark=f"exponent in 1/ħ of the best constant: d+1−s for s < d+1. {_NEEDED}",
    ),
    _pair("bound")(
        "(3.16), corrected",
        "the same for s > d+1",
        "≲",
        _ZERO,
        domain=_beyond(1.1),
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
        _ZERO,
        domain=_beyond(1.1),
        condition="s > d+1",
        remark=f"exponent in 1/ħ of |K_ħ − K₀|, at one pair; {_ORDER}",
    ),
    _pair("limit", "printed_ratio")(
        "(3.17)",
        "lim K_ħ/K₀ = 1, K₀ as printed",
        "=",
        _FIRST_ORDER,
        domain=_beyond(3.0),
        condition="s ≥ d+3",
        remark="misprint: c_d/2 is missing",
    ),
    _pair("limit", "ratio")(
        "(3.17), corrected",
        "lim K_ħ/K₀ = 1, with c_d/2",
        "=",
        _FIRST_ORDER,
        domain=_beyond(3.0),
        condition="s ≥ d+3",
    ),
    _cross()(
        "(3.21)",
        "∫K̃_ħg² = ∫K̃₀g² + O(ħ‖g‖²_ħ)",
        "≲",
        Linear(-1.0),
        domain=_assumption,
        condition=_ASSUMPTION,
        remark=f"exponent in 1/ħ of the error, on one smooth g; {_ORDER}. {_NEEDED}",
    ),
    _cross()(
        "(3.21), corrected",
        "the same for s ≥ d+2",
        "≲",
        Linear(-1.0),
        domain=_beyond(2.0),
        condition="s ≥ d+2",
    ),
    _cross("printed_ratio")(
        "(3.22)",
        "K̃₀ = +¼ div(Av) is the limit of (3.21)",
        "=",
        _FIRST_ORDER,
        domain=_beyond(3.0),
        condition="s ≥ d+3",
        remark="misprint: the sign; the last line of the proof has it right",
    ),
    _cross("ratio")(
        "(3.22), corrected",
        "K̃₀ = −¼ div(Av) is the limit of (3.21)",
        "=",
        _FIRST_ORDER,
        domain=_beyond(3.0),
        condition="s ≥ d+3",
    ),
    _of_v("K0")(
        "(3.22)",
        "K̃₀ = O(⟨v⟩⁻³)",
        "≲",
        Linear(-3.0),
        domain=lambda point: point["d"] != 3,
        condition="d ≠ 3",
        remark="in d = 3 it falls faster than any power: div(Av) is a boundary term of order exp(−|v|²/2)",
    ),
)

_CRITICAL = (
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
        _ZERO,
        domain=_four_or_more,
        condition="d ≥ 4",
        remark="q of the operator norm",
    ),
    _kernel("schur_supremum")(
        "Remark 3.1, d < 4",
        "bound: it fails, for ∫|K_ħ|dv₂",
        "≳",
        _ZERO,
        domain=_two_or_three,
        condition="d < 4",
        remark="in d = 3 by a logarithm, and without screening not at all: q < 0",
    ),
    _kernel("norm")(
        "Remark 3.1, d < 4",
        "object: it fails, for the operator",
        "≳",
        _ZERO,
        domain=_two_or_three,
        condition="d < 4",
        remark="in d = 2 it does; in d = 3 the norm stays bounded: the absolute value loses a mean over "
        "directions",
    ),
)


def _uniform(equation: str, domain: Domain, condition: str, remark: str) -> Claim:
    return Claim(
        equation,
        "object: C∫gL_ħg ≥ ‖(1−π₀)g‖²_ħ",
        "≳",
        _ZERO,
        "lenard_balescu.dissipation",
        "growth_exponent",
        {"screening": "dynamical"},
        domain,
        condition,
        remark,
    )


_DISSIPATION = (
    _uniform(
        "(3.35)",
        _four_or_more,
        "d ≥ 4",
        "exponent in 1/ħ of λ_ħ on smooth g, sectors 0 to 3; printed with π₀, which g = √M contradicts",
    ),
    _uniform("(3.35), d < 4", _two_or_three, "d < 4", "not claimed: Proposition 3.6 is for d ≥ 4"),
    Claim(
        "(3.36)",
        "‖g‖_ħ′ ≲ ‖g‖_ħ for ħ < ħ′",
        "≲",
        _ZERO,
        "lenard_balescu.norm_forms",
        "exponent",
        {"quantity": "order"},
        remark="exponent in 1/ħ of the best constant over all ħ′ ≤ 1, on smooth g",
    ),
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
        _ZERO,
        "lenard_balescu.existence",
        "growth",
        domain=domain,
        condition=condition,
        remark=remark,
    )


_EXISTENCE = (
    _norm_of_solution("(1.32)", _four_or_more, "d ≥ 4", "log₂ of the largest ratio, minus 1; radial data"),
    _norm_of_solution("(1.32), d < 4", _two_or_three, "d < 4", "not claimed"),
    _stays(
        "Theorem 2",
        "object: g_ħ exists for all t",
        _four_or_more,
        "d ≥ 4",
        "the norm has not doubled at five relaxation times; radial data",
    ),
    _stays(
        "Theorem 3",
        "object: g_ħ exists up to c₀ħ²",
        _two_or_three,
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
        domain=_assumption,
        condition=_ASSUMPTION,
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
    return Claim(equation, statement, "≳", _FIRST_ORDER, name, output, where, domain, condition, remark)


def _orders(
    equation: str, statement: str, experiment: str, output: str, remark: str, **where: str
) -> tuple[Claim, ...]:
    """As printed, with the decay that is needed, and in the dimensions where nothing is claimed."""

    def four_corrected(point: Point) -> bool:
        return _four_or_more(point) and _beyond(2.0)(point)

    def below_four(point: Point) -> bool:
        return _two_or_three(point) and _beyond(2.0)(point)

    return (
        _order(
            equation, statement, experiment, output, _four_or_more, f"d ≥ 4, {_ASSUMPTION}", remark, **where
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


_LIMIT = (
    *_orders(
        "(1.36)",
        "‖g_ħ(t) − g_∞(t)‖ ≲ ħt‖g₀‖_r",
        "semiclassical",
        "order",
        f"the order in ħ; {_ORDER}. {_NEEDED}; the difference grows as t at first and more slowly later",
    ),
    *_orders(
        "(4.1)",
        "∫fL_ħg = ∫fL₀g + O(ħ)",
        "unified",
        "order_parameter",
        f"for f = g = √M|v|⁴; {_ORDER}. {_NEEDED}",
        question="limit",
        kernel="lenard_balescu",
        screening="dynamical",
    ),
    *_orders(
        "(4.2)",
        "∫fQ_ħ(g,h) = ∫fQ₀(g,h) + O(ħ)",
        "semiclassical",
        "order_at_start",
        f"for the whole right side at a radial datum; {_ORDER}. {_NEEDED}",
    ),
)

CLAIMS = (*_DIELECTRIC, *_NORMS, *_KERNELS, *_CRITICAL, *_DISSIPATION, *_EXISTENCE, *_LIMIT)
"""Sections 1.2, 3, 4 and 5; the threshold of Theorem 4 is printed with `lenard_balescu.unified`."""
