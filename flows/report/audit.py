"""An audit as it is stored: the verdicts of the day on which it was made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import xarray as xr

from wellposed.catalog import Store
from wellposed.flows.presentation.tables import audit_table
from wellposed.kinetics.claim import Claim, Verdict
from wellposed.kinetics.family import Family
from wellposed.kinetics.law import Law
from wellposed.sweeps.answers.assessment import Assessment, Measurement

WORST_FIRST = (Verdict.VIOLATED, Verdict.HOLDS_NOT_SHARP, Verdict.UNRESOLVED, Verdict.HOLDS_SHARP)


@dataclass(frozen=True)
class Wording(Law):
    """A law of which only the text is stored."""

    text: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, eq=False)
class RecordedAudit:
    """An audit in a catalogue.

    Attributes
    ----------
    store : Store
    title : str
    assessed : sequence of Assessment
    questions : sequence of str
        The ids of the sweeps by which it is judged.
    family : Family, optional
        Whose claims are judged; None if it is not installed.
    """

    store: Store
    title: str
    assessed: Sequence[Assessment]
    questions: Sequence[str]
    family: Family | None = None

    @property
    def name(self) -> str:
        """The name of the family whose claims are judged."""
        return name_of(self.store)

    @property
    def reading(self) -> str:
        """How the numbers are to be read; empty if that is not known."""
        audit = None if self.family is None else self.family.audit
        return "" if audit is None else audit.reading.replace("*", "").replace("\n", " ")

    @property
    def columns(self) -> Sequence[str]:
        return audit_table([]).columns

    @cached_property
    def groups(self) -> Sequence[tuple[Verdict, Sequence[Sequence[str]]]]:
        """The rows of its table for each verdict, those that want attention first."""
        rows = audit_table(self.assessed).rows
        found = [
            (verdict, [row for one, row in zip(self.assessed, rows, strict=True) if one.verdict == verdict])
            for verdict in WORST_FIRST
        ]
        return [(verdict, some) for verdict, some in found if some]

    @cached_property
    def remarks(self) -> Sequence[tuple[str, str, str]]:
        """Equation, claim, and what is to be known of it."""
        claims = () if self.family is None else self.family.claims
        known = {(claim.equation, claim.statement): claim for claim in claims}
        found = []
        for one in self.assessed:
            claim = known.get((one.claim.equation, one.claim.statement))
            if claim is not None and (claim.condition or claim.remark):
                remark = "; ".join(filter(None, (claim.condition, claim.remark)))
                found.append((claim.equation, claim.statement, remark))
        return found


def name_of(store: Store) -> str:
    """Returns the name of the family whose claims an audit judges."""
    return store.experiment.removesuffix(".audit")


def recorded_audit(store: Store, families: Mapping[str, Family]) -> RecordedAudit:
    """Returns the audit that is in `store`, with its family if that is one of `families`.

    Raises one of `DAMAGED` if it cannot be read.
    """
    stored = store.dataset().load()
    parameters = [name for name in stored.coords if stored[name].dims == ("measurement",)]
    columns = {str(name): stored[name].to_numpy().tolist() for name in parameters}
    numbers = [stored[name].to_numpy().tolist() for name in ("printed", "measured", "measured_error")]
    verdicts = stored["verdict_here"].to_numpy().tolist()
    of_claim = stored["of_claim"].to_numpy().tolist()
    measurements: dict[int, list[Measurement]] = {}
    for i, index in enumerate(of_claim):
        point = {name: column[i] for name, column in columns.items() if not math.isnan(column[i])}
        published, measured, error = (column[i] for column in numbers)
        one = Measurement(point, published, measured, error, Verdict(verdicts[i]))
        measurements.setdefault(index, []).append(one)
    words = [stored[name].to_numpy() for name in ("equation", "statement", "relation", "printed_law")]
    assessed = [
        Assessment(_claim(stored, *map(str, claim)), measurements.get(i, []))
        for i, claim in enumerate(zip(*words, strict=True))
    ]
    questions = [str(id) for id in stored.attrs["request"].get("questions", [])]
    title, family = str(stored.attrs.get("title", "")), families.get(name_of(store))
    return RecordedAudit(store, title, assessed, questions, family)


def _claim(stored: xr.Dataset, equation: str, statement: str, relation: str, published: str) -> Claim:
    return Claim(equation, statement, relation, Wording((), published), str(stored.attrs["source"]))  # type: ignore[arg-type]
