"""The rock in its box at several times, with and without needles, on both of two grids; see `rock_in_box`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr

from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.collision.operator import shared_operator
from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.evolution.interpolation import interpolation
from wellposed.kinetics.boltzmann.evolution.rock_in_box import (
    BOXES,
    HALF_SIDE,
    HALF_WIDTH,
    Box,
    advanced,
    beta_in_box,
    cut_off_of_box,
)
from wellposed.kinetics.boltzmann.norms.cutoff import Array, chi_at
from wellposed.kinetics.refine import ROUND_OFF

NEEDLES = ("with", "without")

_GRID = (2, 3, 4, 5)  # axes of places and velocities


@dataclass(frozen=True)
class RockRun:
    """What became of a rock, ``F(t, M x, N1 v)``, with needles and without.

    Attributes
    ----------
    box : Box
    collide : CollisionOperator
        On the fine grid.
    densities : (2, n_times, n_x, n_x, n_v, n_v) float
        On the fine grid.
    coarse : (2, n_times, ...) float
        Those on the coarse one.
    errors : (2, n_times) float
        Of the values at the points of the grid, in L^1 over the mass.
    entropy_rise : (2, n_times) float
        By how much ``int F log F`` rose, summed over the steps of the fine grid.
    steps : int
    """

    box: Box
    collide: CollisionOperator
    densities: Array
    coarse: Array
    errors: Array
    entropy_rise: Array
    steps: int


def follow_rock(point: Needles, times: Array, angular: str) -> RockRun:
    """Returns the rock of (3.9) at `times`, ascending from ``point.t`` to 0 at the latest."""
    (coarse, _, _), (fine, rises, steps) = (_on(box, point, times, angular) for box in BOXES)
    collide = shared_operator(2, BOXES[1].n_v, HALF_WIDTH, point.gamma, angular)
    onto_x = interpolation(BOXES[1].n_x, HALF_SIDE, BOXES[0].x)
    onto_v = interpolation(BOXES[1].n_v, HALF_WIDTH, _velocities(BOXES[0]))
    # (3.9) is known at every point: what it is no solution by is all that has an error
    rest, coarse_rest = (
        F - _by_formula(box, point, times) for F, box in zip((fine, coarse), reversed(BOXES), strict=True)
    )
    on_coarse = np.einsum("ax,by,cv,dw,ntxyvw->ntabcd", onto_x, onto_x, onto_v, onto_v, rest, optimize=True)
    mass = _volume(BOXES[1]) * fine.sum(axis=_GRID)
    errors = _volume(BOXES[0]) * np.sum(np.abs(on_coarse - coarse_rest), axis=_GRID) / mass
    cut = [[cut_off_of_box(F, collide) for F in one] for one in fine]
    return RockRun(BOXES[1], collide, fine, coarse, errors + np.array(cut) + ROUND_OFF, rises, steps)


def _by_formula(box: Box, point: Needles, times: Array) -> Array:
    """Returns the rock of (3.9) with needles, and as it was at the start, (2, n_times, ...)."""
    beta = beta_in_box(point, np.array([*times, point.t]), box)
    at_start = np.broadcast_to(beta[-1:], beta[:-1].shape)
    in_space = np.exp(np.stack([beta[:-1], at_start])) * chi_at(box.radius)
    return np.asarray(np.multiply.outer(in_space, chi_at(_speed(box))))


def _speed(box: Box) -> Array:
    v = _velocities(box)
    return np.asarray(np.hypot(v[:, None], v))


def _velocities(box: Box) -> Array:
    return np.asarray(HALF_WIDTH * (2.0 * np.arange(box.n_v) / box.n_v - 1.0))


def _volume(box: Box) -> float:
    return (2.0 * HALF_SIDE / box.n_x * 2.0 * HALF_WIDTH / box.n_v) ** 2


def _entropy(F: Array, box: Box) -> Array:
    """Returns ``int F log F`` where ``F > 0``, of densities (..., n_x, n_x, n_v, n_v)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(F > 0.0, F * np.log(F), 0.0)
    return np.asarray(_volume(box) * terms.sum(axis=(-4, -3, -2, -1)))


def _on(box: Box, point: Needles, times: Array, angular: str) -> tuple[Array, Array, int]:
    """Returns both rocks at all times on one grid, the rises of their entropies, and the number of steps."""
    collide = shared_operator(2, box.n_v, HALF_WIDTH, point.gamma, angular)
    now, steps = point.t, 0
    rocks = list(_by_formula(box, point, np.array([now]))[:, 0])
    found, rises = np.empty((2, times.size, *rocks[0].shape)), np.zeros((2, times.size))
    rise = np.zeros(2)
    for index, time in enumerate(times):
        count = math.ceil((time - now) / -point.t * box.steps * (1.0 - 1e-12))
        for _ in range(count):
            step = (time - now) / count
            halves = now + 0.5 * step * np.arange(3)
            kept = np.exp(np.diff(beta_in_box(point, halves, box), axis=0)), np.ones((2, 1, 1))
            before = [_entropy(F, box) for F in rocks]
            rocks = [
                advanced(F, part, step, box, collide, point) for F, part in zip(rocks, kept, strict=True)
            ]
            rise += np.maximum([_entropy(F, box) - H for F, H in zip(rocks, before, strict=True)], 0.0)
            now, count, steps = halves[-1], count - 1, steps + 1
        now = float(time)
        found[:, index], rises[:, index] = rocks, rise
    return found, rises, steps


def rock_dataset(run: RockRun, point: Needles, times: Array, angular: str) -> xr.Dataset:
    """Returns what `evolve` returns of a rock."""
    F, volume = run.densities, _volume(run.box)
    velocity = run.collide.velocity
    mass = volume * F.sum(axis=_GRID)
    along = [velocity[:, None], velocity[None, :]]
    momentum = volume * np.stack([(F * v).sum(axis=_GRID) for v in along], axis=-1)
    energy = 0.5 * volume * (F * run.collide.speed**2).sum(axis=_GRID)
    entropies = _entropy(F, run.box), _entropy(run.coarse, BOXES[0])
    differences = np.maximum.accumulate(np.abs(entropies[0] - entropies[1]), axis=1)
    changes = [
        np.abs(mass / mass[:, :1] - 1.0),
        np.max(np.abs(momentum - momentum[:, :1]), axis=-1) / np.sqrt(2.0 * mass * energy)[:, :1],
        np.abs(energy / energy[:, :1] - 1.0),
    ]
    both = ("needles", "time")
    variables = {
        "f": ((*both, "x", "y", "v_x", "v_y"), F, "density F of the rock, f = M^(1-s) N1 F(t, M x, N1 v)"),
        "error": (both, run.errors, "error of F at the points of the grid, in L^1 over the mass"),
        "mass": (both, mass, "mass, integral of F"),
        "momentum": ((*both, "axis"), momentum, "momentum, integral of v F"),
        "energy": (both, energy, "energy, integral of |v|^2/2 F"),
        "drift": (both, np.max(changes, axis=0), "largest relative change of mass, momentum and energy"),
        "entropy": (both, entropies[0], "integral of F log F where F > 0"),
        "entropy_error": (both, differences, "error of the entropy"),
        "entropy_rise": (both, run.entropy_rise, "sum of the entropy's rises from step to step"),
        "minimum": (both, F.min(axis=_GRID) / F.max(axis=_GRID), "least over largest density"),
        "negative": (
            both,
            volume * np.maximum(-F, 0.0).sum(axis=_GRID) / mass,
            "integral of the negative part of F, over the mass",
        ),
    }
    return xr.Dataset(
        {
            name: (dims, values, {"units": "1", "long_name": long_name})
            for name, (dims, values, long_name) in variables.items()
        },
        coords={
            "needles": ("needles", list(NEEDLES)),
            "time": ("time", times, {"units": "1", "long_name": "time"}),
            **{name: (name, run.box.x, {"units": "1", "long_name": f"M {name}"}) for name in ("x", "y")},
            **{
                f"v_{name}": (f"v_{name}", velocity, {"units": "1", "long_name": f"N1 v along {name}"})
                for name in ("x", "y")
            },
            "axis": ("axis", ["x", "y"]),
        },
        attrs={
            "equation": "Boltzmann equation, Chen, Shen and Zhang, (1.1) for the rock of (3.9) among needles",
            "d": 2,
            "gamma": point.gamma,
            "angular": angular,
            "space": "rock",
            "method": "galerkin",
            **{name: getattr(point, name) for name in ("M", "N1", "N2", "s", "t")},
            "outcome": "completed",
            "advice": "",
            "reached": float(times[-1]),
            "steps": run.steps,
        },
    )
