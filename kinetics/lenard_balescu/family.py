"""The quantum Lenard–Balescu equation as a family."""

from wellposed.kinetics.family import Family
from wellposed.kinetics.lenard_balescu import EXPERIMENTS
from wellposed.kinetics.lenard_balescu.audit import AUDIT
from wellposed.kinetics.lenard_balescu.claims import CLAIMS
from wellposed.kinetics.lenard_balescu.statements import STATEMENTS
from wellposed.kinetics.lenard_balescu.studies import STUDIES

FAMILY = Family(
    name="lenard_balescu",
    title="Quantum Lenard–Balescu equation",
    paper="C. Le Bihan, Around the quantum Lenard–Balescu equation, arXiv:2501.06544v1",
    experiments=EXPERIMENTS,
    claims=CLAIMS,
    studies=STUDIES,
    audit=AUDIT,
    statements=STATEMENTS,
)
