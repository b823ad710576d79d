"""The Boltzmann equation with soft potential as a family."""

from wellposed.kinetics.boltzmann import EXPERIMENTS
from wellposed.kinetics.boltzmann.audit import AUDIT
from wellposed.kinetics.boltzmann.claims import CLAIMS
from wellposed.kinetics.boltzmann.statements import STATEMENTS
from wellposed.kinetics.boltzmann.studies import STUDIES
from wellposed.kinetics.family import Family

FAMILY = Family(
    name="boltzmann",
    title="Boltzmann equation with soft potential",
    paper="X. Chen, S. Shen, Z. Zhang, Well/ill-posedness of the Boltzmann equation with soft potential, "
    "preprint of 2023",
    experiments=EXPERIMENTS,
    claims=CLAIMS,
    studies=STUDIES,
    audit=AUDIT,
    statements=STATEMENTS,
)
