"""Studies: questions that belong together, asked and answered as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from wellposed.errors import RequestError
from wellposed.flows.kinds import boundary as search
from wellposed.flows.kinds import sweep
from wellposed.flows.kinds.job import Job
from wellposed.kinetics.law import Linear
from wellposed.sweeps.experiments.find import find_experiment
from wellposed.sweeps.requests.boundary import COARSE, BoundarySearch
from wellposed.sweeps.requests.grid import Sweep


@dataclass(frozen=True)
class SearchRequest:
    """What `wellposed.flows.boundary` is asked."""

    experiment: str
    along: str
    axes: Mapping[str, Sequence[object]]
    fixed: Mapping[str, object] = field(default_factory=dict)
    tolerance: float = 1e-6
    coarse: int = COARSE


@dataclass(frozen=True)
class SweepRequest:
    """What `wellposed.flows.run` is asked."""

    experiment: str
    axes: Mapping[str, Sequence[object]]
    fixed: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Guide:
    """A thin line in a picture of boundaries: what is printed, or where a family lies.

    Attributes
    ----------
    label : str
    value : Linear
        Of the parameter along which boundaries are searched.
    when : mapping of str to tuple of str
        In which panels it is drawn: the values of choices.
    """

    label: str
    value: Linear
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Overlay:
    """A picture of the boundaries for all values of the choice `together` in one panel, with guides."""

    together: str
    guides: Sequence[Guide] = ()


Picture = Literal["planes", "profiles"] | Overlay
"""The order parameter over two parameters, or along the one that is searched; or boundaries alone."""


@dataclass(frozen=True)
class Study:
    """Boundaries, and sweeps of what they lie in."""

    summary: str
    searches: Sequence[SearchRequest]
    sweeps: Sequence[SweepRequest]
    picture: Picture = "planes"

    def prepare(self, catalogue: str | Path) -> list[Job]:
        """Every question with its place in the catalogue.  Raises as `wellposed.flows.run`."""
        return [
            *(
                search.prepare(
                    r.experiment, r.along, r.axes, r.fixed, r.tolerance, catalogue, coarse=r.coarse
                )
                for r in self.searches
            ),
            *(sweep.prepare(r.experiment, r.axes, r.fixed, catalogue) for r in self.sweeps),
        ]

    def ids(self) -> list[str]:
        """By which its questions are found in a catalogue, in their order."""
        searches = (
            BoundarySearch.from_request(
                find_experiment(r.experiment), r.along, r.axes, r.fixed, r.tolerance, coarse=r.coarse
            )
            for r in self.searches
        )
        sweeps = (Sweep.from_request(find_experiment(r.experiment), r.axes, r.fixed) for r in self.sweeps)
        return [*(one.id for one in searches), *(one.id for one in sweeps)]


GAIN = {"operator": "gain", "datum": "bracket"}
FULL = {"operator": "full", "datum": "bracket"}
OSCILLATING = {"operator": "full", "datum": "oscillating"}
GAMMA = [-10.5, -9, -8, -7, -5.5, -4, -2.5, -1]

SOFT = {2: [-0.5, -0.375, -0.25, -0.125, 0.0], 3: [-1.0, -0.75, -0.5, -0.25, 0.0]}
"""Five powers of the kernel for each dimension, -(d-1)/2 to 0."""

ROCKS = ["static", "moving"]

STUDIES: dict[str, Study] = {
    "wave": Study(
        "Where the kinetic wave equation stops being well-posed, in the exponent beta of its kernel",
        searches=(
            SearchRequest("wave.growth", "beta", {"M": [7, 8, 10, 12]}, GAIN),
            SearchRequest("wave.growth", "beta", {"M": [8, 10, 12]}, {**OSCILLATING, "N": 20, "A": 100}),
            SearchRequest("wave.growth", "beta", {"M": [12]}, {**OSCILLATING, "N": 5, "A": 2}),
            SearchRequest("wave.growth", "beta", {"M": [11]}, {**OSCILLATING, "N": 20, "A": 10}),
            SearchRequest("wave.growth", "beta", {"M": [6.25, 6.5, 6.75, 8, 10]}, FULL),
        ),
        sweeps=tuple(
            SweepRequest(
                "wave.growth",
                {"beta": [i / 20 for i in range(21)], "M": [6.25 + i / 2 for i in range(12)]},
                smooth,
            )
            for smooth in (GAIN, FULL)
        ),
    ),
    "wave-boundaries": Study(
        "The boundary in beta for every operator and datum of the kinetic wave equation",
        searches=(
            *(
                SearchRequest(
                    "wave.growth",
                    "beta",
                    {
                        "datum": ["bracket", "bracket_k"],
                        "M": [6.01, 6.1, 6.25, 6.5, 6.75, 6.9, 7.1, 8, 10, 14, 20],
                    },
                    {"operator": operator},
                )
                for operator in ("gain", "loss", "full")
            ),
            *(
                SearchRequest(
                    "wave.growth",
                    "beta",
                    {"M": [6.5, 7, 8, 10, 14, 20], "N": [1, 2, 5, 20], "A": [1, 2, 10, 100]},
                    {"operator": operator, "datum": "oscillating"},
                )
                for operator in ("gain", "loss", "full")
            ),
        ),
        sweeps=(),
    ),
    "boltzmann": Study(
        "Where the Boltzmann equation with soft potential stops being well-posed, in the regularity s",
        searches=(
            *(
                SearchRequest(f"boltzmann.{route}", "s", {"gamma": SOFT[d], **axes}, {"d": d})
                for route, axes in (("bilinear", {"rock": ROCKS}), ("riesz", {}), ("deflation", {}))
                for d in (2, 3)
            ),
            *(
                SearchRequest(
                    "boltzmann.riesz", "r_minus_gamma", {"gamma": SOFT[d]}, {"d": d, "direction": "speed"}
                )
                for d in (2, 3)
            ),
        ),
        # each gamma at regularities of its own, as what does not depend on it would be hidden
        sweeps=tuple(
            SweepRequest(
                "boltzmann.bilinear",
                {"s": [round(0.25 * k + 0.05 * i, 2) for k in range(-1, 2 * d)], "rock": ROCKS},
                {"d": d, "gamma": gamma},
            )
            for d in (2, 3)
            for i, gamma in enumerate(SOFT[d])
        ),
        picture="profiles",
    ),
    "lenard_balescu": Study(
        "Where hbar -> 0 has a limit, where its order saturates, and where there is a spectral gap in L^2",
        searches=(
            *(
                SearchRequest(
                    "lenard_balescu.unified",
                    "s",
                    {"gamma": GAMMA, **more},
                    {"kernel": "boltzmann", "question": question},
                    tolerance=0.02,
                )
                for question, more in (("limit", {}), ("gap", {"hbar": [0.1, 1.0]}))
            ),
            # what is left without the term hbar^2 is round-off a little above the boundary
            SearchRequest(
                "lenard_balescu.unified",
                "s",
                {"gamma": GAMMA},
                {"kernel": "boltzmann", "question": "saturation"},
                tolerance=0.02,
                coarse=51,
            ),
            *(
                SearchRequest(
                    "lenard_balescu.unified",
                    "s",
                    {"d": [2, 3, 4, 5]},
                    {"kernel": "lenard_balescu", "screening": "dynamical", "question": question},
                    tolerance=0.02,
                )
                for question in ("limit", "saturation")
            ),
        ),
        sweeps=(),
        picture=Overlay(
            "question",
            (
                Guide("Lenard–Balescu: γ = 1 − s", Linear(1.0, {"gamma": -1.0}), {"kernel": ("boltzmann",)}),
                Guide("s = (d+3)/2, Theorem 4", Linear(1.5, {"d": 0.5}), {"kernel": ("lenard_balescu",)}),
            ),
        ),
    ),
}


def find_study(name: str) -> Study:
    """The study called `name`.  Raises `RequestError` if there is none."""
    if name not in STUDIES:
        raise RequestError(f"There is no study `{name}`; there is {', '.join(STUDIES)}.")
    return STUDIES[name]
