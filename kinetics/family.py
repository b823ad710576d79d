"""A family of equations: its experiments, and all that is asked of them together.

A `Family` is a frozen value at the head of its folder, ``kinetics/<family>/family.py``; a distribution of
somebody else's offers one through the entry-point group ``wellposed.families``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from wellposed.kinetics.claim import Claim, Relation
from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.law import Law
from wellposed.kinetics.statement import Statement
from wellposed.kinetics.study import NAME, Audit, Study


@dataclass(frozen=True, eq=False)
class Family:
    """The equations of one paper, or of one user.

    Attributes
    ----------
    name : str
        What stands before the dot in the names of its experiments, such as ``wave``.
    title : str
        Of its chapter in a report.
    paper : str
        Where the equations come from: authors, title, version.
    experiments : sequence of Experiment
    claims : sequence of Claim
        What is published about them, to be judged by an audit.
    studies : sequence of Study
    audit : Audit, optional
        The measurements by which the claims are judged; None if there is no audit.
    statements : sequence of Statement
        The register of the paper: every numbered statement in its order, and what becomes of each.

    Raises
    ------
    ValueError
        If the name is not fit to be that of a file, the name of an experiment does not begin with that of
        the family, a name or the number of a statement is given twice, there are claims and no audit, one
        that could not be judged, or one that a register leaves out.
    """

    name: str
    title: str
    paper: str
    experiments: Sequence[Experiment]
    claims: Sequence[Claim] = ()
    studies: Sequence[Study] = ()
    audit: Audit | None = None
    statements: Sequence[Statement] = ()

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(
                f"The name of a family must be letters, digits and dashes, but is {self.name!r}."
            )
        for kind, names in (
            ("experiment", [experiment.name for experiment in self.experiments]),
            ("study", [study.name for study in self.studies]),
            ("statement", [statement.label for statement in self.statements]),
        ):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"Family `{self.name}` has the {kind} `{twice[0]}` twice.")
        for experiment in self.experiments:
            if not experiment.name.startswith(f"{self.name}."):
                raise ValueError(
                    f"Experiment `{experiment.name}` of the family `{self.name}` must be called "
                    f"`{self.name}.` and a name of its own."
                )
        if self.claims and self.audit is None:
            raise ValueError(f"Family `{self.name}` has claims, so it needs an audit that measures them.")
        for claim in self.claims:
            self._check(claim)
        if self.statements:
            self._check_register()

    def _check_register(self) -> None:
        """Refuses a register that names a claim that there is not, or leaves one out."""
        thresholds = {one.source for experiment in self.experiments for one in experiment.thresholds}
        claims = thresholds | {claim.equation for claim in self.claims}
        named = {equation for statement in self.statements for equation in statement.claims}
        if unknown := named - claims:
            raise ValueError(
                f"The register of the family `{self.name}` names the claim {min(unknown)}, "
                "which there is not."
            )
        if left_out := claims - named:
            raise ValueError(
                f"The register of the family `{self.name}` leaves out the claim {min(left_out)}."
            )

    def _check(self, claim: Claim) -> None:
        """Refuses a claim that could not be judged, before anything is measured for it."""
        what = f"Claim {claim.equation} of the family `{self.name}`"
        if claim.relation not in get_args(Relation):
            raise ValueError(f"{what} must have one of the relations {' '.join(get_args(Relation))}.")
        experiments = {experiment.name: experiment for experiment in self.experiments}
        if claim.experiment not in experiments:  # one of another family, whose outputs are not known here
            return
        experiment = experiments[claim.experiment]
        outputs = {output.name for output in experiment.outputs}
        if not {claim.output, f"{claim.output}_error"} <= outputs:
            raise ValueError(
                f"{what} needs `{claim.output}` and its error among the outputs of `{experiment.name}`."
            )
        pieces = claim.printed.pieces if isinstance(claim.printed, Law) else [claim.printed]
        named = {name for piece in pieces for name in piece.coefficients}
        if unknown := sorted(named - {parameter.name for parameter in experiment.parameters}):
            raise ValueError(
                f"{what} depends on `{unknown[0]}`, which is no parameter of `{experiment.name}`."
            )
