"""What searches have in common: what they ask depends on what was answered before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from wellposed.catalog import Store
from wellposed.flows.execution.block import Assignment
from wellposed.flows.kinds.job import Options, Round
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.experiments.find import Reference
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.curve import CurveSearch
from wellposed.sweeps.requests.grid import Block, Fixed

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment

S = TypeVar("S", BoundarySearch, CurveSearch)


@dataclass(frozen=True, eq=False)
class AdaptiveJob(ABC, Generic[S]):
    """A search with its place in a catalogue; see `wellposed.flows.kinds.job.Job`."""

    reference: Reference
    experiment: Experiment
    search: S
    store: Store
    options: Options = field(default_factory=Options)
    points = None

    @property
    def fixed(self) -> Fixed:
        return self.search.fixed

    def request(self) -> dict[str, Any]:
        return self.search.request()

    @property
    def assignment(self) -> Assignment:
        return Assignment(self.reference, self.fixed, self.store, time_limit=self.options.time_limit)

    @property
    def pending(self) -> bool:
        return self._begins_again or any(True for _ in self.rounds())

    @property
    def _begins_again(self) -> bool:
        """Whether everything is computed again: what is asked depends on all that was answered before."""
        if self.options.recompute == "failed":
            return bool((self.store.outcome() == Outcome.FAILED).any())
        return self.options.recompute == "everything"

    def reopened(self) -> Self:
        if self._begins_again:
            self.store.forget()
        return replace(self, options=replace(self.options, recompute="missing"))

    def rounds(self) -> Iterator[Round]:
        if self.store.manifest() is not None:
            return
        for standing, todo in self._rounds():
            if todo:
                yield Round(todo, self._known(standing))

    @abstractmethod
    def _rounds(self) -> Iterator[tuple[Any, list[Block]]]:
        """The search from its beginning, with what is not stored of each round."""

    @abstractmethod
    def _known(self, standing: Any) -> str:
        """How far the search has come, in words."""
