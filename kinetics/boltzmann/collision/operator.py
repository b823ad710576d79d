r"""The collision operator on a velocity grid.

``Q(f, f) = Q+ - Q-`` of (1.2)-(1.4) with ``B = |u - v|^gamma b``, ``||b||_{L^1(S)} = 1``, in units of the
caller's choice.  Two angular kernels::

    cosine       b(omega) = |cos theta|/4 (d = 2), |cos theta|/2 pi (d = 3), as in the paper;
    isotropic    every direction sigma of the relative velocity after the collision equally likely.

With ``sigma = g/|g| - 2 (g.omega) omega/|g|`` and the deviation angle `chi`, the first is
``|sin(chi/2)|/4 dsigma`` in two dimensions and ``dsigma/4 pi`` in three, where the two are the same kernel.
In two dimensions the isotropic one is ``domega/2 pi``, which breaks the paper's ``b <= C |cos theta|``.
"""

from __future__ import annotations

import bisect
from functools import lru_cache
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.collision import tables
from wellposed.kinetics.boltzmann.parameters import (
    ANGULAR_KERNEL,
    GRID_HALF_WIDTH,
    GRID_POINTS,
    VELOCITY_DIMENSION,
    integrable_power,
)

Array = NDArray[np.float64]

MEMORY = 4e9
"""Bytes that the table of one operator may take."""

SUPPORT = 2.0 / (3.0 + np.sqrt(2.0))
"""Radius of the ball that a density must vanish outside of, over the half-width: half of the cut-off."""


def check_grid(d: int, n: int) -> None:
    """Refuse a grid on which no operator can be had.

    Raises
    ------
    ParameterError
        If `n` is odd, or the table would take more than `MEMORY`.
    """
    if n % 2:
        raise ParameterError(f"Parameter `n` must be an even integer, but is {n}.")
    if n > (largest := _largest(d)):
        raise ParameterError(
            f"Parameter `n` must be at most {largest} for d = {d}, so that the table of the gain fits in "
            f"{MEMORY / 1e9:g} GB, but is {n}."
        )


@lru_cache(maxsize=2)
def _largest(d: int) -> int:
    """Returns the largest even number of points whose table takes no more than `MEMORY`."""
    candidates = range(8, 1024 if d == 2 else 128, 2)
    beyond = bisect.bisect_right(candidates, MEMORY, key=lambda n: tables.table_bytes(d, n))
    return candidates[beyond - 1]


class CollisionOperator:
    r"""The operator ``Q(f, f)`` by a Fourier-Galerkin method that conserves mass, momentum and energy.

    Parameters
    ----------
    d : {2, 3}
    n : int
        Points along each axis, even, at least 8.
    half_width : float
        ``L``: the grid is ``-L + 2 L j/n``, ``j = 0, ..., n - 1``.  It has the end ``-L``, and zero at
        ``j = n/2``.
    gamma : float
        In (-d, 1].
    angular : {"cosine", "isotropic"}
    radial_rule : (nodes, weights), optional
        Rule for ``int_0^1 t^(d - 1 + gamma) g(t) dt`` instead of Gauss-Jacobi's, to compare with.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or the table would take more than `MEMORY`.

    Notes
    -----
    Spectrally accurate for smooth densities that are negligible outside the ball of radius
    ``2 L/(3 + sqrt 2)``, where neither the cut-off of relative velocities nor periodicity shows.  Both a
    larger `half_width` at the same spacing and a finer spacing have to be tried before a result is believed.

    The gain is a sum over all ``l + m = k``, never by a convolution theorem, hence without aliasing and
    of O(n^(2 d)); the loss is the product of density and collision frequency on the grid.  Mass is conserved
    by both together.  Momentum and energy are not, because the grid ends; they are restored by adding
    ``w(v) (a + b.v + c |v|^2)``, the smallest change in the norm of ``L^2(1/w)`` that does, where `w` is the
    Gaussian of half of the ball's radius.  Not depending on `f`, it leaves the operator quadratic.

    Densities have shape ``(..., n, ..., n)``: leading axes are any number of densities at once.
    """

    def __init__(
        self,
        d: int,
        n: int,
        half_width: float,
        gamma: float,
        angular: str = "cosine",
        *,
        radial_rule: tuple[Array, Array] | None = None,
    ) -> None:
        self.d = d = int(VELOCITY_DIMENSION.canonical(d))
        self.n = n = int(GRID_POINTS.canonical(n))
        self.half_width = float(GRID_HALF_WIDTH.canonical(half_width))
        self.gamma = float(integrable_power(d).canonical(gamma))
        self.angular = str(ANGULAR_KERNEL.canonical(angular))
        check_grid(d, n)
        self.velocity: Array = self.half_width * (2.0 * np.arange(n) / n - 1.0)
        """Points along each axis, (n,)."""
        self.speed: Array = np.sqrt(
            sum(axis**2 for axis in np.meshgrid(*[self.velocity] * d, indexing="ij", sparse=True))
        )
        """Speeds ``|v|`` at the points of the grid, (n,) * d."""

        rule = tables.gauss_jacobi_rule(d, n, self.gamma) if radial_rule is None else radial_rule
        scale = (tables.RADIUS * self.half_width) ** (d + self.gamma)
        self._gain_table = scale * tables.gain_table(d, n, self.angular, rule)
        self._loss_table = scale * tables.loss_table(d, n, rule)
        self._images = tables.images(d, n)
        self._in_wedge = np.ravel_multi_index(tuple(tables.wedge(d, n).T + n // 2 - 1), (n - 1,) * d)
        # the grid starts at -L: the k-th mode has the phase e^{i pi sum k}
        modes = np.meshgrid(*[np.arange(1 - n // 2, n // 2)] * d, indexing="ij", sparse=True)
        self._sign: Array = np.asarray((-1.0) ** sum(modes))
        self._below_nyquist: tuple[Any, ...] = (..., *[slice(1, None)] * d)
        self._invariants = self._collision_invariants()
        self._restoring = self._restoring_directions()

    def __call__(self, f: ArrayLike) -> Array:
        """Returns ``Q+(f, f) - Q-(f, f)`` with the change that conserves mass, momentum and energy."""
        return self.conserve(self.uncorrected(f))

    def uncorrected(self, f: ArrayLike) -> Array:
        """Returns ``Q+(f, f) - Q-(f, f)`` as it is.

        Mass is conserved, and symmetries of the grid's cube are kept.
        """
        density = self._density(f)
        modes = self._modes(density)
        return self._gain_of(modes) - density * self._frequency_of(modes)

    def gain(self, f: ArrayLike) -> Array:
        """Returns the gain ``Q+(f, f)`` (1.2)."""
        return self._gain_of(self._modes(self._density(f)))

    def loss(self, f: ArrayLike) -> Array:
        """Returns the loss ``Q-(f, f)`` (1.3), which is positive."""
        density = self._density(f)
        return density * self._frequency_of(self._modes(density))

    def frequency(self, f: ArrayLike) -> Array:
        """Returns the collision frequency, ``int f(u) |u - v|^gamma du``."""
        return self._frequency_of(self._modes(self._density(f)))

    def conserve(self, rate: ArrayLike) -> Array:
        """Returns the nearest rate of change that has no mass, momentum and energy; see the class."""
        change = self._density(rate)
        return change - np.tensordot(self.moments(change), self._restoring, axes=1)

    def moments(self, f: ArrayLike) -> Array:
        """Returns integrals of `f` times ``1, v_1, ..., v_d, |v|^2``, (..., d + 2), as sums over the grid."""
        density = self._density(f)
        cell = (2.0 * self.half_width / self.n) ** self.d
        axes = list(range(-self.d, 0))
        found: Array = cell * np.tensordot(density, self._invariants, (axes, [i + self.d + 1 for i in axes]))
        return found

    def _density(self, f: ArrayLike) -> Array:
        density = np.asarray(f, dtype=np.float64)
        if density.shape[-self.d :] != (self.n,) * self.d:
            raise ParameterError(
                f"Argument `f` must be (..., {', '.join([str(self.n)] * self.d)}), but is {density.shape}."
            )
        return density

    def _modes(self, density: Array) -> NDArray[np.complex128]:
        """Returns Fourier coefficients below the Nyquist mode, ascending, (..., n - 1, ..., n - 1)."""
        axes = tuple(range(-self.d, 0))
        coefficients = scipy.fft.fftshift(scipy.fft.fftn(density, axes=axes), axes=axes)
        coefficients = coefficients[self._below_nyquist]
        found: NDArray[np.complex128] = coefficients * (self._sign / self.n**self.d)
        return found

    def _values(self, modes: NDArray[np.complex128]) -> Array:
        """Returns values on the grid: the inverse of `_modes`."""
        axes = tuple(range(-self.d, 0))
        coefficients = np.zeros((*modes.shape[: -self.d], *[self.n] * self.d), dtype=complex)
        coefficients[self._below_nyquist] = modes * (self._sign * self.n**self.d)
        values: Array = scipy.fft.ifftn(scipy.fft.ifftshift(coefficients, axes=axes), axes=axes).real
        return values

    def _frequency_of(self, modes: NDArray[np.complex128]) -> Array:
        return self._values(self._loss_table * modes)

    def _gain_of(self, modes: NDArray[np.complex128]) -> Array:
        batch, count = modes.shape[: -self.d], self._sign.size
        flat = modes.reshape(-1, count)
        # (n_modes, n_images * n_densities): one row is all that a mode of the wedge stands for
        lanes = np.moveaxis(flat[:, self._images], -1, 0).reshape(count, -1)
        real, imaginary = tables.gain_sums(
            self.d,
            self.n,
            self._gain_table,
            np.ascontiguousarray(lanes.real),
            np.ascontiguousarray(lanes.imag),
        )
        sums = (real + 1j * imaginary).reshape(len(self._in_wedge), len(flat), -1)
        found = np.empty_like(flat)
        where = self._images[:, self._in_wedge].T
        by_density = np.moveaxis(sums, 1, 0)
        found[:, where] = by_density
        found[:, count - 1 - where] = by_density.conj()
        return self._values(found.reshape(*batch, *self._sign.shape))

    def _collision_invariants(self) -> Array:
        axes = np.meshgrid(*[self.velocity] * self.d, indexing="ij")
        return np.stack([np.ones_like(self.speed), *axes, self.speed**2])

    def _restoring_directions(self) -> Array:
        """Returns changes that have one invariant each, equal to one, (d + 2, n, ..., n)."""
        width = 0.5 * SUPPORT * self.half_width
        weighted = np.exp(-0.5 * (self.speed / width) ** 2) * self._invariants
        return np.tensordot(np.linalg.inv(self.moments(weighted)), weighted, axes=1)


shared_operator = lru_cache(maxsize=4)(CollisionOperator)
"""Returns a `CollisionOperator` of these arguments, one for all that ask: its table takes long to make."""
