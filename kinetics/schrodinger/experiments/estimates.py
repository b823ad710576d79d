r"""The inequalities between the first and the last display of the proof of well-posedness [AL24, Appendix B].

With ``v = |nabla|^beta u``, a derivative ``D^s`` of order S and ``p_i = 2 S/|s_i|``, on functions that depend
on one coordinate of T^3 alone, by their largest wave number K:

- Leibniz' formula, ``|int conj(D^s v) D^s(|v|^2 v)| <= C_1 sum I``,
  ``I = int |D^s v| |D^{s_1} v| |D^{s_2} v| |D^{s_3} v|``: `leibniz` is left over right side, with the largest
  multinomial coefficient for `C_1`, and with those summands alone in which ``s_1 + s_2 + s_3 = s``;
- Hoelder's inequality, ``I <= ||D^s v||_{L^2} prod_i ||D^{s_i} v||_{L^{p_i}}``: `hoelder` is the largest
  ratio over all s_i;
- Gagliardo and Nirenberg's,
  ``||D^{s_i} v||_{L^{p_i}} <~ ||D^S v||_{L^2}^{|s_i|/S} ||v||_{L^oo}^{1-|s_i|/S}``: `interpolation` is
  the exponent in K of the largest ratio; published is ``|s_1|`` in the first power, whatever i is, whose
  exponent is `interpolation_published`;
- Sobolev's, ``||v||_{L^oo} <~ ||u||_{H^3}``, whose best constant is the root of ``sum |k|^(2 beta) <k>^-6``
  over Z^3, by Cauchy and Schwarz: `embedding` is its exponent in R where
  ``exp(-|k|^2/R^2)`` cuts the sum off;
- what they make of I, ``I <~ ||D^S v||_{L^2}^2 ||u||_{H^3}^2``: `product` is the exponent in K of the largest
  ratio.

Integrals over the torus have the volume of T^3 left out, which all sides have alike.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import refined
from wellposed.kinetics.schrodinger.evolution.spectrum import Array, Complex
from wellposed.kinetics.schrodinger.parameters import BETA

ORDER = Parameter("s", "order |s| of the derivative D^s [AL24, Appendix B]", 3, kind="int", lower=3, upper=5)
FUNCTIONS = Parameter(
    "functions",
    "waves exp(iKx), bumps exp(-k^2/K^2), waves of lengths 1 and 1/K, or random phases on k^(-s-1) up to K",
    "plane",
    kind="choice",
    choices=("plane", "bumps", "two_waves", "phases"),
)
_K = 2 ** np.arange(2, 10)
_CUT_OFF = 2.0 ** (0.5 * np.arange(2, 13))  # R of exp(-|k|^2/R^2), for the embedding
_LAST = 36  # |k|^2 over R^2 where that is round-off
_BUMP = 6.0  # widths after which exp(-36) is round-off
_WEIGHTS = np.geomspace(1e-6, 10.0, 15)  # of the short one of two waves, by its share of D^S v
_GRIDS = (8, 16)  # points for each wave number
_SEED = 20241119
_ROUND_OFF = 1e-12


def estimates(beta: float, s: int, functions: str) -> dict[str, Any]:
    """Returns the largest ratios of both sides of each inequality; see `EXPERIMENT`."""
    names = ("leibniz", "hoelder", "interpolation", "interpolation_published", "product")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for K in _K.tolist():
        coarse, fine = (
            [_ratios(k, a, beta, s, points) for k, a in _functions(functions, K, s)] for points in _GRIDS
        )
        for name in names:
            value, error = refined(
                [np.max([one[name] for one in level]) for level in (coarse, fine)], _ROUND_OFF
            )
            found[name].append((float(value), float(error)))
    answer: dict[str, Any] = {}
    for name, pairs in found.items():
        values, errors = np.array(pairs).T
        if name in ("leibniz", "hoelder"):
            largest = int(np.argmax(values))
            answer[name], answer[f"{name}_error"] = float(values[largest]), float(np.max(errors))
        else:
            exponent = growth_exponent(_K, values, errors)
            answer[name], answer[f"{name}_error"] = exponent.value, exponent.error
    constants = _embeddings(beta)
    exponent = growth_exponent(_CUT_OFF, constants, _ROUND_OFF * constants)
    return {
        **answer,
        "embedding": exponent.value,
        "embedding_error": exponent.error,
        "embedding_constant": float(constants[-1]),
    }


def _functions(functions: str, K: int, s: int) -> list[tuple[Array, Complex]]:
    """Returns wave numbers and coefficients of some functions of one kind, those of u."""
    if functions == "plane":
        return [(np.array([float(K)]), np.ones(1, np.complex128))]
    if functions == "two_waves":
        k = np.array([1.0, float(K)])
        return [(k, np.array([1.0, weight * float(K) ** -s], np.complex128)) for weight in _WEIGHTS]
    if functions == "bumps":
        k = np.arange(1.0, math.ceil(_BUMP * K) + 1.0)
        a = np.exp(-((k / K) ** 2)).astype(np.complex128)
        return [(np.concatenate([-k, k]), np.concatenate([a, a]))]
    k = np.arange(1.0, K + 1.0)
    # the same for every K, but for being cut off
    turned = np.exp(1j * np.random.default_rng(_SEED).uniform(0.0, 2.0 * math.pi, (2, int(_K[-1]))))[:, :K]
    a = k ** (-s - 1.0) * turned
    return [(np.concatenate([-k, k]), np.concatenate([a[0], a[1]]))]


def _ratios(k: Array, a: Complex, beta: float, s: int, points: int) -> Mapping[str, float]:
    """Returns the largest ratio of both sides of each inequality, on so many points for each wave number."""
    n = points * int(np.max(np.abs(k)))
    of_v = np.abs(k) ** beta * a
    derivatives = []
    for m in range(s + 1):
        spectrum = np.zeros(n, np.complex128)
        spectrum[k.astype(int)] = (1j * k) ** m * of_v
        derivatives.append(np.fft.ifft(spectrum, norm="forward"))
    size = [np.abs(one) for one in derivatives]
    highest = float(np.sqrt(np.mean(size[s] ** 2)))
    most = float(np.max(size[0]))
    norm = [
        most if m == 0 else float(np.mean(size[m] ** (2.0 * s / m)) ** (0.5 * m / s)) for m in range(s + 1)
    ]
    of_u = float(np.sum((1.0 + k**2) ** 3 * np.abs(a) ** 2))

    whole, terms, hoelder, product = np.zeros(n, np.complex128), 0.0, 0.0, 0.0
    for m1, m2 in itertools.product(range(s + 1), repeat=2):
        if (m3 := s - m1 - m2) < 0:
            continue
        multinomial = math.factorial(s) / (math.factorial(m1) * math.factorial(m2) * math.factorial(m3))
        whole += multinomial * derivatives[m1] * np.conj(derivatives[m2]) * derivatives[m3]
        integral = float(np.mean(size[s] * size[m1] * size[m2] * size[m3]))
        terms += integral
        hoelder = max(hoelder, integral / (highest * norm[m1] * norm[m2] * norm[m3]))
        product = max(product, integral / (highest**2 * of_u))
    pairing = abs(complex(np.mean(np.conj(derivatives[s]) * whole)))
    interpolation = max(norm[m] / (highest ** (m / s) * most ** (1.0 - m / s)) for m in range(1, s))
    published = max(
        norm[m] / (highest ** (m1 / s) * most ** (1.0 - m / s))
        for m in range(s + 1)
        for m1 in range(s + 1 - m)
    )
    return {
        "leibniz": pairing / (_largest_multinomial(s) * terms),
        "hoelder": hoelder,
        "interpolation": interpolation,
        "interpolation_published": published,
        "product": product,
    }


def _largest_multinomial(s: int) -> float:
    thirds = [(s + i) // 3 for i in range(3)]
    return math.factorial(s) / math.prod(math.factorial(one) for one in thirds)


@lru_cache(maxsize=16)
def _embeddings(beta: float) -> Array:
    """Returns the best constants of ``|| |nabla|^beta u ||_{L^oo} <= C ||u||_{H^3}`` up to the cut-offs.

    They are those for ``exp(-|k|^2/(2 R^2)) |nabla|^beta u``: without an edge among the vectors of the
    lattice they tend to their limit steadily.
    """
    last = round(_LAST * _CUT_OFF[-1] ** 2)
    roots = np.arange(math.isqrt(last) + 1)
    one = np.where(roots > 0, 2.0, 1.0)
    # how many vectors of one, two and three integers have each square
    counts = np.zeros(last + 1)
    counts[0] = 1.0
    for _ in range(3):
        before, counts = counts, np.zeros(last + 1)
        for root in roots.tolist():
            counts[root**2 :] += one[root] * before[: last + 1 - root**2]
    squares = np.arange(last + 1, dtype=np.float64)
    weights = counts * squares**beta * (1.0 + squares) ** -3.0
    return np.array([math.sqrt(float(np.sum(weights * np.exp(-squares / R**2)))) for R in _CUT_OFF])


EXPERIMENT = Experiment(
    name="schrodinger.estimates",
    summary="Both sides of what Leibniz, Hölder, Gagliardo-Nirenberg and Sobolev are to bound in Appendix B",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Appendix B",
    parameters=(BETA, ORDER, FUNCTIONS),
    outputs=(
        Output("leibniz", "|∫ D^s v̄ D^s(|v|²v)| over C₁ Σ I, at most", has_error=True),
        Output("hoelder", "I over ‖D^s v‖ Π ‖D^{s_i}v‖_{p_i}, at most", has_error=True),
        Output("interpolation", "exponent in K of ‖D^{s_i}v‖_{p_i} over its bound", has_error=True),
        Output(
            "interpolation_published",
            "exponent in K of ‖D^{s_i}v‖_{p_i} over its bound as published",
            has_error=True,
        ),
        Output("product", "exponent in K of I over ‖D^s v‖² ‖u‖²_{H³}", has_error=True),
        Output("embedding", "exponent in R of the best constant of ‖|∇|^β u‖_∞ ≲ ‖u‖_{H³}", has_error=True),
        Output("embedding_constant", "that constant for R = 64, for norms by sums over coefficients"),
    ),
    evaluate=estimates,
    points_per_block=8,
)
