"""The kinetic wave equation as a family."""

from wellposed.kinetics.family import Family
from wellposed.kinetics.wave import EXPERIMENTS
from wellposed.kinetics.wave.audit import AUDIT
from wellposed.kinetics.wave.claims import CLAIMS
from wellposed.kinetics.wave.statements import STATEMENTS
from wellposed.kinetics.wave.studies import STUDIES

FAMILY = Family(
    name="wave",
    title="Kinetic wave equation",
    paper="I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868v1",
    experiments=EXPERIMENTS,
    claims=CLAIMS,
    studies=STUDIES,
    audit=AUDIT,
    statements=STATEMENTS,
)
