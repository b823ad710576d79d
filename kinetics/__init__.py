"""Kinetic equations as numerical experiments: solvers in numba, without input or output.

`FAMILIES` is the table of the families of equations that come with wellposed, `EXPERIMENTS` that of all that
can be asked about them, by name, and `STUDIES` are the studies that span families.
"""

from wellposed.kinetics.studies import STUDIES
from wellposed.kinetics.tables import Experiments, Families

FAMILIES = Families(["wave", "boltzmann", "lenard_balescu", "schrodinger"])
"""Every family that comes with wellposed, by name; loaded when it is asked for."""

EXPERIMENTS = Experiments(FAMILIES)
"""Every experiment that comes with wellposed, by name."""

__all__ = ["EXPERIMENTS", "FAMILIES", "STUDIES"]
