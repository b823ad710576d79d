"""What searches have in common: which points they ask depends on what was answered before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar

from wellposed.flows.kinds.assignment import Assignment
from wellposed.flows.kinds.command import command_of_part
from wellposed.flows.kinds.job import Options, Round

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.catalog import Store
    from wellposed.kinetics.experiment import Experiment
    from wellposed.kinetics.study import Picture
    from wellposed.sweeps.experiments.find import Reference
    from wellposed.sweeps.requests.grid import Block, Fixed


class CanonicalSearch(Protocol):
    """A search in canonical form."""

    @property
    def fixed(self) -> Fixed: ...

    def request(self) -> dict[str, Any]: ...


S = TypeVar("S", bound=CanonicalSearch)


@dataclass(frozen=True, eq=False)
class SearchJob(ABC, Generic[S]):
    """A search with its place in a catalogue; see `wellposed.flows.kinds.job.Part`.

    Attributes
    ----------
    reference, experiment, store
    search
        What is asked, in canonical form.
    options : Options
    """

    reference: Reference
    experiment: Experiment
    search: S
    store: Store
    options: Options = field(default_factory=Options)
    points = None
    heading = ""
    is_composite = False
    pictures: ClassVar[Sequence[Picture]] = ("planes",)

    @property
    @abstractmethod
    def kind(self) -> str: ...

    @property
    @abstractmethod
    def title(self) -> str: ...

    @property
    def command(self) -> str:
        return command_of_part(self)

    @property
    def parts(self) -> Sequence[Self]:
        return (self,)

    @property
    def stores(self) -> Sequence[Store]:
        return (self.store,)

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
            from wellposed.sweeps.answers.layout import Outcome

            return bool((self.store.outcome() == Outcome.FAILED).any())
        return self.options.recompute == "everything"

    def reopened(self) -> Self:
        if self._begins_again:
            self.store.forget()
        return replace(self, options=replace(self.options, recompute="missing"))

    def rounds(self) -> Iterator[Round]:
        if self.store.manifest() is not None:
            return
        for standing, blocks in self.steps():
            if blocks:
                yield Round(blocks, self.known(standing))

    @abstractmethod
    def finish(self, **facts: object) -> None: ...

    @abstractmethod
    def result(self) -> xr.Dataset: ...

    @abstractmethod
    def steps(self) -> Iterator[tuple[Any, list[Block]]]:
        """Yields the search from its beginning, with the blocks of each round that are not stored.

        A stored answer is told to the search as a new one is, so a search that was killed goes on where it
        was.  What is yielded last is the search at its end.
        """

    @abstractmethod
    def known(self, standing: Any) -> str:
        """Returns how far the search has come, in words."""
