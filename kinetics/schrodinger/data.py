"""Data with random phases on T^3, by coefficients that do not depend on the truncation but for being cut off.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math

import numpy as np

from wellposed.kinetics.schrodinger.evolution.spectrum import Array, Complex, Spectrum

LARGEST_COMPONENT = 16
_SEED = 20241119
_BAND = 2.0  # wave numbers of the datum that is cut off by itself
_SMOOTHER = 0.5  # derivatives in L^2 that the others have beyond s
_A, _N = 2.0, 1.0  # of the oscillating datum (A + cos N |k|^2) [AL24, section 5.1]


def brackets(spectrum: Spectrum, s: float) -> Array:
    """Returns ``<k>^s = (1 + |k|^2)^(s/2)``, the weight of the norm of H^s."""
    weights: Array = (1.0 + spectrum.squares) ** (0.5 * s)
    return weights


def random_phases(spectrum: Spectrum, datum: str, s: float, amplitude: float) -> Complex:
    """Returns coefficients with random phases on T^3, of side 2 pi, the same at every truncation.

    Parameters
    ----------
    datum : {"band", "decaying", "oscillating"}
        Equal moduli for ``0 < |k| <= 2``; or ``<k>^(-s-2)``, half a derivative smoother than H^s; or the
        square root of the paper's ``(A + cos N |k|^2) <k>^(-2s-4)`` with A = 2, N = 1 [AL24, section 5.1].
    s, amplitude : float
        ``||u||_{H^s}`` without truncation; moduli are scaled to it on wave vectors up to 16.
    """
    whole = Spectrum(spectrum.dimensions, LARGEST_COMPONENT, spectrum.side)
    phases = np.random.default_rng(_SEED).uniform(0.0, 2.0 * math.pi, whole.squares.shape)
    square = whole.squares
    if datum == "band":
        modulus = ((square > 0.0) & (square <= _BAND**2)).astype(np.float64)
    else:
        modulus = brackets(whole, -(s + 1.5 + _SMOOTHER))
        if datum == "oscillating":
            modulus *= np.sqrt(_A + np.cos(_N * square))
    modulus *= amplitude / float(np.linalg.norm(brackets(whole, s) * modulus))
    kept = slice(LARGEST_COMPONENT - spectrum.K, LARGEST_COMPONENT + spectrum.K + 1)
    a = (modulus * np.exp(1j * phases))[(kept,) * spectrum.dimensions]
    return np.ascontiguousarray(a)
