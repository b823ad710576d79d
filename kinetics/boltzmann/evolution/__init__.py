"""Solutions of the Boltzmann equation in time.

`run` has `evolve`; `integration` and `entropy` are its steps without space, `rock_in_box` and `rock_run`
those of a rock among needles.  `homogeneous` and `cut_off` are what `boltzmann.relaxation` measures.
"""

from wellposed.kinetics.boltzmann.evolution.run import evolve

__all__ = ["evolve"]
