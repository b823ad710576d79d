"""The displayed estimates of Le Bihan, *Around the quantum Lenard–Balescu equation*, as published.

A bound that a proof uses is not the object that it bounds.  A statement begins with ``bound:`` where the
former is measured (absolute values taken, gain and loss apart), with ``object:`` where the latter is; an
equation number followed by ``d < 4`` is a measurement where the paper claims nothing, because its proof
fails.  What is corrected in a remark is judged as published all the same, the corrected statement beside it.
"""

from __future__ import annotations

from wellposed.kinetics.lenard_balescu.claims.dielectric_function import DIELECTRIC_FUNCTION
from wellposed.kinetics.lenard_balescu.claims.dissipation import DISSIPATION
from wellposed.kinetics.lenard_balescu.claims.kernels import CRITICAL, KERNELS
from wellposed.kinetics.lenard_balescu.claims.norms import NORMS
from wellposed.kinetics.lenard_balescu.claims.theorems import EXISTENCE, LIMIT
from wellposed.kinetics.lenard_balescu.claims.time_zero import TIME_ZERO

CLAIMS = (*DIELECTRIC_FUNCTION, *NORMS, *KERNELS, *CRITICAL, *DISSIPATION, *EXISTENCE, *LIMIT, *TIME_ZERO)
"""Sections 1.2 to 5; the threshold of Theorem 4 is declared with `lenard_balescu.unified`."""
