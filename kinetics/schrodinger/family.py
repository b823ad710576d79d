"""The Schrödinger equation beneath the kinetic wave equation as a family."""

from wellposed.kinetics.family import Family
from wellposed.kinetics.schrodinger.audit import AUDIT
from wellposed.kinetics.schrodinger.claims import CLAIMS
from wellposed.kinetics.schrodinger.experiments import EXPERIMENTS

FAMILY = Family(
    name="schrodinger",
    title="Quasilinear Schrödinger equation",
    paper="I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868v1",
    experiments=EXPERIMENTS,
    claims=CLAIMS,
    audit=AUDIT,
)
