"""The quantum Lenard–Balescu equation and its classical limit.

Equation numbers are those of Le Bihan, *Around the quantum Lenard–Balescu equation*.
"""

from wellposed.kinetics.compilation_cache import keyed_by_sources

with keyed_by_sources("lenard_balescu"):
    from wellposed.kinetics.lenard_balescu.collision_operator.evolution import evolve
    from wellposed.kinetics.lenard_balescu.collision_operator.sigma_form import (
        boltzmann_collision,
        cut_off_kernel,
        quartic_form,
    )
    from wellposed.kinetics.lenard_balescu.collision_operator.strong_form import collision
    from wellposed.kinetics.lenard_balescu.dielectric_function.dielectric import dielectric
    from wellposed.kinetics.lenard_balescu.dielectric_function.plasma_waves import plasma_wave
    from wellposed.kinetics.lenard_balescu.experiments import EXPERIMENTS
    from wellposed.kinetics.lenard_balescu.interaction.potential import (
        Potential,
        algebraic,
        custom,
        gaussian,
        yukawa,
    )
    from wellposed.kinetics.lenard_balescu.interaction_kernel.norms import operator_norm
    from wellposed.kinetics.lenard_balescu.interaction_kernel.pointwise import kernel
    from wellposed.kinetics.lenard_balescu.interaction_kernel.schur import schur_integral, schur_supremum
    from wellposed.kinetics.lenard_balescu.linearised_operator.classical_norm import diffusion, potential_term
    from wellposed.kinetics.lenard_balescu.linearised_operator.forms import (
        dissipation_constant,
        kernel_form,
        linearised,
    )
    from wellposed.kinetics.lenard_balescu.linearised_operator.sobolev_norms import sobolev_norm

__all__ = [
    "EXPERIMENTS",
    "Potential",
    "algebraic",
    "boltzmann_collision",
    "collision",
    "custom",
    "cut_off_kernel",
    "dielectric",
    "diffusion",
    "dissipation_constant",
    "evolve",
    "gaussian",
    "kernel",
    "kernel_form",
    "linearised",
    "operator_norm",
    "plasma_wave",
    "potential_term",
    "quartic_form",
    "schur_integral",
    "schur_supremum",
    "sobolev_norm",
    "yukawa",
]
