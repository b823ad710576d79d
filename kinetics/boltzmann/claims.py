"""The displayed estimates of Chen, Shen and Zhang, sections 3.1 to 3.3.2, and its remarks, as published.

Each is a statement on exponents: ``M^(s0-s)`` is ``1/ln ln M`` by (3.11), and ``a = |t| M^((d-1)/2-s)`` is
``ln ln ln M`` at T_* (3.12), so an estimate at T_* is one on the rate of exponential growth in `a`.  What is
corrected in a remark is judged as published all the same.
"""

from __future__ import annotations

from wellposed.kinetics.boltzmann.norms.z_norm import PARTS
from wellposed.kinetics.claim import Claim, Relation
from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Law, Linear

_APPROXIMATION = "boltzmann.approximation"
_POWER = {"kernel": "power"}
_MIXED = {"kernel": "mixed"}
_DENSEST = {"packing": "densest"}  # how many needles there are is the paper's to choose, J ~ (M N2)^(d-1)

_IN_TIME = Linear(-0.5, {"d": 0.5, "s": -1.0})  # (d-1)/2 - s
_OF_ROCK = Linear(0.0, {"d": 0.5, "s": -1.0})  # d/2 - s
_SMALL = Linear(0.0, {"s_minus_s0": -1.0})
_IN_N2 = Law(
    [Linear(0.5, {"d": -0.5, "s": 1.0, "s_minus_s0": -1.0}), Linear(0.5, {"d": -0.5, "gamma": -1.0})]
)
_PIECES = {
    "transport": "v·∇f_r",
    "gain_rock_needles": "Q⁺(f_r,f_b)",
    "gain_needles_rock": "Q⁺(f_b,f_r)",
    "loss_needles_rock": "Q⁻(f_b,f_r)",
    "gain_rock_rock": "Q⁺(f_r,f_r)",
    "loss_rock_rock": "Q⁻(f_r,f_r)",
    "gain_needles_needles": "Q⁺(f_b,f_b)",
    "loss_needles_needles": "Q⁻(f_b,f_b)",
}
_ONE, _TWO, _ZERO = Linear(1.0), Linear(2.0), Linear(0.0)

_A = "|t|M^((d−1)/2−s)"
_CONSTANT = (
    "the rate is C = |β(t,0,0)|/a, published as 1; it is proportional to the number of needles, which the "
    "paper leaves open: judged for as many as are disjoint, which (3.20) needs and (3.19) does not"
)
_AT_T = (
    "at T_* a norm goes as (ln ln M)^(C−1) with the C of (3.19), which is above 1 for as many needles as are "
    "disjoint; with fewer, T_*/C does what T_* should"
)
_BEFORE = "of the factor before the exponential"
_PROOF = "the published proof has |x| ≤ 1/(10M)"
_ALONG = "exponent in M with N₂ = M¹⁰, N₁ = M¹⁰⁰"


def _in(f: str, part: str) -> str:
    """Returns a part of the Z-norm as it is published, without its factors of M and N2."""
    space = {"L2": "L²", "Linf": "L^∞", "L1 Linf": "L¹L^∞", "L5/3 Linf": "L^(5/3)L^∞"}
    return f"‖{'∇' if part.startswith('gradient') else ''}{f}‖_({space[part.removeprefix('gradient ')]})"


def _estimate(
    equation: str,
    statement: str,
    relation: Relation,
    published: Linear | Law,
    quantity: str,
    variable: str = "M",
    remark: str = "",
) -> Claim:
    where = {**_POWER, "packing": "regular", "quantity": quantity, "variable": variable}
    return Claim(equation, statement, relation, published, _APPROXIMATION, "exponent", where, remark=remark)


def _rate(
    equation: str, statement: str, relation: Relation, published: Linear, remark: str, mixed: bool = False
) -> Claim:
    where = {**(_MIXED if mixed else _POWER), **_DENSEST}
    return Claim(equation, statement, relation, published, _APPROXIMATION, "rate", where, remark=remark)


def _power(equation: str, statement: str, norm: str) -> Claim:
    where = {**_POWER, "norm": norm}
    remark = "exponent in a of what exp(|β(t,0,0)|) leaves, which are powers of ln a"
    return Claim(equation, statement, "≲", _ONE, _APPROXIMATION, "power", where, remark=remark)


def _error_term(
    equation: str, statement: str, published: Linear, output: str, where: dict[str, str], remark: str = ""
) -> Claim:
    return Claim(equation, statement, "≲", published, "boltzmann.error_terms", output, where, remark=remark)


def _above_the_boundary(point: Point) -> bool:
    return float(point["s"]) > 0.5 * (int(point["d"]) - 1)


def _hard(point: Point) -> bool:
    return float(point["gamma"]) > 0.0


CLAIMS = (
    *(
        Claim(
            "(2.5)",
            f"‖Q⁻(f,g)‖ ≲ ‖f‖‖g‖, {rock} rock × needles",
            "≲",
            _ZERO,
            "boltzmann.bilinear",
            "ratio_exponent",
            {"rock": rock, "term": "loss"},
            _above_the_boundary,
            "s > (d−1)/2",
            "one pair, which can only contradict it; exponent in M N₂",
            from_below=True,
        )
        for rock in ("static", "moving")
    ),
    _estimate("(3.13)", "‖f_b‖ ≲ M^(s₀−s)", "≲", _SMALL, "f_b"),
    _estimate("(3.13)", "‖f_b‖ ≲ N₂^(max{s₀,−γ}−(d−1)/2)", "≲", _IN_N2, "f_b", "N2"),
    _estimate("(3.13)", "‖f_b‖ ≤ 1/ln ln M", "≲", _SMALL, "f_b", "(3.10)", "exponent in M with N₂ = M¹⁰"),
    *(
        _estimate(
            "(3.15)",
            f"|{nabla}β| ≲ {power}",
            "≲",
            Linear(k - 0.5, {"d": 0.5, "s": -1.0}) if variable == "M" else _ONE,
            quantity,
            variable,
            "over |x| ≤ 2/M",
        )
        for k, (nabla, quantity) in enumerate(
            zip(("", "∇", "∇²"), ("beta", "gradient of beta", "second derivatives of beta"), strict=True)
        )
        for variable, power in (("M", f"M^({f'{k}+' if k else ''}(d−1)/2−s)"), ("t", "|t|"))
    ),
    _estimate("(3.16)", "|β| ≳ M^((d−1)/2−s), |x| ≤ 1/M", "≳", _IN_TIME, "beta inside", "M", _PROOF),
    _estimate("(3.16)", "|β| ≳ |t|, |x| ≤ 1/M", "≳", _ONE, "beta inside", "t"),
    _estimate(
        "(3.18)", "∫f_b|u−v|^γ du ∼ M^((d−1)/2−s)", "≈", _IN_TIME, "beta", "M", "at x = 0, as β/t there"
    ),
    _estimate("(3.18)", "∫f_b|u−v|^γ du ∼ N₂⁰", "≈", _ZERO, "beta", "N2", "at x = 0, as β/t there"),
    _estimate("(3.19)", "‖f_r(t)‖ ≲ M^(s₀−s)…", "≲", _SMALL, "f_r", "M", _BEFORE),
    _rate("(3.19)", "‖f_r(t)‖ ≲ exp[a]…, a = " + _A, "≤", _ONE, _CONSTANT),
    _power("(3.19)", "‖f_r(t)‖ ≲ …⟨a⟩", "Sobolev norm"),
    _estimate("(3.20)", "‖f_r(t)‖ ≳ M^(s₀−s)…", "≳", _SMALL, "f_r", "M", _BEFORE),
    _rate("(3.20)", "‖f_r(t)‖ ≳ exp[a]…", "≥", _ONE, _CONSTANT),
    _estimate("(3.21)", "‖f_r(0)‖ ≲ 1/ln ln M", "≲", _SMALL, "f_r"),
    _rate("(3.22)", "‖f_r(T_*)‖ ≳ 1", "≥", _ONE, _AT_T),
    _estimate(
        "(3.24)",
        "‖∇f_r(t)‖ ≲ M^(1−s)…",
        "≲",
        _IN_TIME,
        "f_r gradient L2",
        "M",
        "with the factor M^((d−3)/2) of (3.34), which is added to the published exponent",
    ),
    _power("(3.24)", "‖∇f_r(t)‖ ≲ …⟨a⟩", "gradient L2"),
    _estimate(
        "after (3.24)",
        "‖f_r‖_(H¹)^(s₀)‖f_r‖_(L²)^(1−s) ≲ M^(s₀−s)…",
        "≲",
        _SMALL,
        "f_r interpolated",
        "M",
        "misprint: 1−s₀ for 1−s",
    ),
    Claim(
        "Remark 3.4",
        "(3.16) for the kernel (3.25)",
        "≳",
        _IN_TIME,
        _APPROXIMATION,
        "exponent",
        {**_MIXED, "quantity": "beta inside", "variable": "M"},
    ),
    _rate("Remark 3.4", "(3.20) for the kernel (3.25)", "≥", _ONE, _CONSTANT, mixed=True),
    _estimate("(3.26)", "‖f_a(0)‖ ≲ 1/ln ln M", "≲", _SMALL, "f_a"),
    _rate("(3.27)", "‖f_a(T_*)‖ ≳ 1", "≥", _ONE, _AT_T),
    Claim(
        "(3.30)",
        "r₁ = 1+γ is critical in L¹",
        "=",
        _ZERO,
        "boltzmann.deflation",
        "L1_exponent_in_N2_printed",
        _POWER,
        remark="exponent in N₂ of ‖f_b,1‖/|β₁|, which scaling leaves alone at the critical index",
    ),
    Claim(
        "(3.30) corrected",
        "r₁ = γ−1 is critical in L¹",
        "=",
        _ZERO,
        "boltzmann.deflation",
        "L1_exponent_in_N2_corrected",
        _POWER,
        remark="what (3.29) gives; not published",
    ),
    _estimate(
        "(3.31)", "‖f_b,1‖ ≲ M^(s₀−s)", "≲", Linear(0.0, {"s": -1.0}), "L1: f_b printed", "M", "s₀ = 0"
    ),
    _estimate("(3.31)", "‖f_b,1‖ ≲ N₂⁰", "≲", _ZERO, "L1: f_b printed", "N2"),
    _estimate(
        "(3.32)", "|β₁| ∼ M^(d−1−s)", "≈", Linear(-1.0, {"d": 1.0, "s": -1.0}), "L1: beta printed", "M"
    ),
    _estimate("(3.32)", "|β₁| ∼ N₂^(−2)", "≈", Linear(-2.0), "L1: beta printed", "N2"),
    _estimate(
        "after (3.32)",
        "|β₁| → ∞ for s₀ < d−1",
        "≳",
        _ZERO,
        "L1: beta printed",
        "(3.10)",
        "published as possible; with N₂ ≥ M¹⁰ the factor N₂^(−2) forbids it",
    ),
    _estimate(
        "after (3.32), corrected",
        "|β₁| → ∞ for s₀ < d−1",
        "≳",
        _ZERO,
        "L1: beta corrected",
        "(3.10)",
        "with r₁ = γ−1 and the amplitude M^(d−1−s)N₂^(−d−γ)",
    ),
    Claim(
        "section 3.1.1",
        "γ > 0: ‖f_b‖/|β(t,0,0)| ≲ M^(s−(d−1)/2)",
        "≲",
        Linear(0.5, {"d": -0.5, "s": 1.0}),
        "boltzmann.deflation",
        "cost_exponent",
        _POWER,
        _hard,
        "γ > 0",
        "published as: norm deflation of f_a also holds",
    ),
    *(
        claim
        for equation, part in zip(("(3.36)", "(3.37)"), PARTS[:2], strict=True)
        for claim in (
            _estimate(equation, f"{_in('f_b', part)} ≲ M^((d−1)/2−s)", "≲", _IN_TIME, f"f_b {part}"),
            _estimate(
                equation, f"{_in('f_b', part)} ≲ N₂^(max{{s₀,−γ}}−(d−1)/2)", "≲", _IN_N2, f"f_b {part}", "N2"
            ),
        )
    ),
    *(
        claim
        for equation, part in zip(("(3.38)", *("after (3.38)",) * 3), PARTS[2:], strict=True)
        for claim in (
            _estimate(equation, f"{_in('f_b', part)} ≲ M^((d−1)/2−s)", "≲", _IN_TIME, f"f_b {part}"),
            _estimate(equation, f"{_in('f_b', part)} ≲ N₂⁰", "≲", _ZERO, f"f_b {part}", "N2"),
        )
    ),
    *(
        claim
        for part in PARTS[:2]
        for claim in (
            _estimate("(3.39)", f"{_in('f_r', part)} ≲ M^((d−1)/2−s)…", "≲", _IN_TIME, f"f_r {part}"),
            _power("(3.39)", f"{_in('f_r', part)} ≲ …⟨a⟩", part),
        )
    ),
    *(
        claim
        for equation, part, exponents in (
            ("before (3.42)", PARTS[2], (Linear(0.0, {"d": -0.5}), Linear(0.0, {"gamma": 1.0}))),
            ("(3.42)", PARTS[4], (Linear(0.0, {"d": -0.5}), Linear(0.0, {"gamma": 1.0}))),
            ("(3.43)", PARTS[3], (Linear(0.0, {"d": -0.1}), Linear(0.0, {"d": 0.4, "gamma": 1.0}))),
            ("(3.44)", PARTS[5], (Linear(0.0, {"d": -0.1}), Linear(0.0, {"d": 0.4, "gamma": 1.0}))),
        )
        for claim in (
            _estimate(equation, f"{_in('f_r', part)} ≲ M^(d/2−s)…", "≲", _OF_ROCK, f"f_r {part}"),
            _estimate(
                equation, f"{_in('f_r', part)} ≲ N₁^({exponents[0]})…", "≲", exponents[0], f"f_r {part}", "N1"
            ),
            _estimate(
                equation, f"{_in('f_r', part)} ≲ N₂^({exponents[1]})…", "≲", exponents[1], f"f_r {part}", "N2"
            ),
            _power(equation, f"{_in('f_r', part)} ≲ …⟨a⟩", part),
            _estimate(
                "(3.39)",
                f"{_in('f_r', part)} ≲ M^((d−1)/2−s)…",
                "≲",
                _IN_TIME,
                f"f_r {part}",
                "(3.10)",
                _ALONG,
            ),
        )
    ),
    _rate("(3.39)", "‖f_r(t)‖_Z ≲ exp[a]…", "≤", _ONE, _CONSTANT),
    _rate("(3.40)", "‖f_r‖_Z ≲ M^((d−1)/2−s)(ln ln M)²", "≤", _TWO, "exponent of ln ln M at T_*, which is C"),
    _rate("(3.45)", "‖f_a‖_Z ≲ M^((d−1)/2−s)(ln ln M)²", "≤", _TWO, "exponent of ln ln M at T_*, which is C"),
    *(
        _error_term(
            "(3.47)",
            f"∫{symbol} dt₀ ≲ M^(−1)",
            _ZERO,
            "excess",
            {"piece": piece},
            "1 + exponent in M with N₂ = M¹⁰, N₁ = M¹⁰⁰; points are parts of (3.34)",
        )
        for piece, symbol in _PIECES.items()
    ),
    *(
        _error_term(
            equation,
            f"{_in('∫v·∇f_r dt₀', part)} ≲ {symbol}^({Linear(exponent)})…",
            Linear(exponent),
            f"exponent_in_{name}",
            {"piece": "transport", "part": part},
        )
        for equation, part, exponents in (
            ("(3.49)", "gradient L2", (1.0, -1.0)),
            ("(3.51)", "gradient L1 Linf", (1.5, -2.5, -1.0)),
            ("(3.52)", "gradient L5/3 Linf", (1.5, -1.3, 0.2)),
        )
        for (name, symbol), exponent in zip((("M", "M"), ("N1", "N₁"), ("N2", "N₂")), exponents, strict=False)
    ),
    *(
        _error_term(
            "after (3.56)",
            f"∫{symbol} dt₀ ≲ N₁^(−1/2)…",
            Linear(-0.5),
            "exponent_in_N1",
            {"piece": piece},
            "points are parts of (3.34)",
        )
        for piece, symbol in list(_PIECES.items())[1:6]
    ),
)
"""The displayed estimates of these sections; `statements` says what becomes of every other."""
