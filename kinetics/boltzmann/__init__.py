"""The Boltzmann equation with soft potential and angular cut-off.

Equation numbers are those of Chen, Shen and Zhang, *Well/ill-posedness of the Boltzmann equation with soft
potential*.  `experiments` asks the questions; the other folders have what answers are made of: `collision`
the operator, `norms` the cutoff and its quadrature, `construction` the approximate solution of section 3.1,
`bilinear_estimate` the ratios of (2.1), `duhamel` the error terms of section 3.3, `evolution` solutions in
time.
"""

from wellposed.kinetics.compilation_cache import keyed_by_sources

with keyed_by_sources("boltzmann"):
    from wellposed.kinetics.boltzmann.bilinear_estimate.loss import loss_ratio
    from wellposed.kinetics.boltzmann.collision import CollisionOperator
    from wellposed.kinetics.boltzmann.collision.exact_solution import bkw
    from wellposed.kinetics.boltzmann.construction.needles import Needles, needles
    from wellposed.kinetics.boltzmann.evolution import evolve
    from wellposed.kinetics.boltzmann.experiments import EXPERIMENTS
    from wellposed.kinetics.boltzmann.norms.riesz_functional import riesz_shell

__all__ = [
    "EXPERIMENTS",
    "CollisionOperator",
    "Needles",
    "bkw",
    "evolve",
    "loss_ratio",
    "needles",
    "riesz_shell",
]
