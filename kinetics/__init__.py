"""Kinetic equations as numerical experiments: solvers in numba, without input or output.

`FAMILIES` is the table of the families of equations that come with wellposed, and `EXPERIMENTS` that of all
that can be asked about them, by name.
"""

from wellposed.kinetics.compilation_cache import keyed_by_sources
from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.family import Family

with keyed_by_sources("wave"):
    from wellposed.kinetics.wave.family import FAMILY as WAVE
with keyed_by_sources("boltzmann"):
    from wellposed.kinetics.boltzmann.family import FAMILY as BOLTZMANN
with keyed_by_sources("lenard_balescu"):
    from wellposed.kinetics.lenard_balescu.family import FAMILY as LENARD_BALESCU
with keyed_by_sources("schrodinger"):
    from wellposed.kinetics.schrodinger.family import FAMILY as SCHRODINGER

FAMILIES: dict[str, Family] = {
    family.name: family for family in (WAVE, BOLTZMANN, LENARD_BALESCU, SCHRODINGER)
}
"""Every family that comes with wellposed, by name."""

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment for family in FAMILIES.values() for experiment in family.experiments
}
"""Every experiment that comes with wellposed, by name."""

__all__ = ["EXPERIMENTS", "FAMILIES"]
