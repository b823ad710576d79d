"""What a kind of question is: the seam between a request and all that asks, computes and shows it.

A `Kind` is one value, made in one module of this folder and entered in the table `KINDS`.  The command line,
Python's functions, Prefect's flows and forms, the log, the report and ``wellposed show`` go over that table;
none of them knows a kind by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wellposed.catalog import Store
    from wellposed.flows.kinds.cost import Time
    from wellposed.flows.kinds.job import Job
    from wellposed.flows.presentation.table import TitledTable
    from wellposed.kinetics.experiment import Experiment
    from wellposed.sweeps.answers.boundary import BoundaryAnswer
    from wellposed.sweeps.answers.curve import CurveAnswer
    from wellposed.sweeps.answers.sweep import SweepAnswer
    from wellposed.sweeps.experiments.find import FoundExperiment

R = TypeVar("R")
J = TypeVar("J", bound="Job")

Find = Callable[[str], "FoundExperiment"]
"""Finds an experiment by what it is called; raises `RequestError` if it may not be asked for."""


class Cost(Protocol):
    """What a question would cost: as text in lines, and for a program."""

    @property
    def time(self) -> Time | None:
        """What a trial says of the time that it takes; None if all is stored."""
        ...

    def __str__(self) -> str: ...

    def document(self) -> dict[str, Any]:
        """Returns the same as plain data."""
        ...


@dataclass(frozen=True)
class StoredQuestion:
    """What a store says that it was asked.

    Attributes
    ----------
    request : mapping of str to object
        In canonical form, as it is stored.
    version : int
        Of the experiment.
    """

    request: Mapping[str, Any]
    version: int

    @property
    def axes(self) -> tuple[tuple[str, tuple[Any, ...]], ...]:
        return tuple((str(name), tuple(values)) for name, values in self.request["axes"].items())

    @property
    def fixed(self) -> tuple[tuple[str, Any], ...]:
        return tuple((str(name), value) for name, value in self.request["fixed"].items())

    @property
    def fingerprint(self) -> str | None:
        return self.request.get("fingerprint")

    def ends(self, name: str) -> tuple[float, float]:
        """Returns a pair of numbers of the request."""
        lower, upper = map(float, self.request[name])
        return lower, upper


@dataclass(frozen=True)
class Answers:
    """What some jobs have found, sorted by what can be drawn and listed together.

    Attributes
    ----------
    boundaries, sweeps, curves : sequences of BoundaryAnswer, SweepAnswer, CurveAnswer
    tables : sequence of TitledTable
        Whatever else is to be listed.
    pictures : sequence of (str, callable)
        Whatever else is to be drawn: what it shows, and what draws it, with so many panels beside each other.
    """

    boundaries: Sequence[BoundaryAnswer] = ()
    sweeps: Sequence[SweepAnswer] = ()
    curves: Sequence[CurveAnswer] = ()
    tables: Sequence[TitledTable] = ()
    pictures: Sequence[tuple[str, Callable[[int], Figure | None]]] = ()

    def __add__(self, other: Answers) -> Answers:
        return Answers(
            [*self.boundaries, *other.boundaries],
            [*self.sweeps, *other.sweeps],
            [*self.curves, *other.curves],
            [*self.tables, *other.tables],
            [*self.pictures, *other.pictures],
        )


@dataclass(frozen=True)
class OutputValues(Generic[R, J]):
    """How a kind shows outputs that somebody chose, each as ``NAME`` or ``NAME=VALUE``.

    Attributes
    ----------
    check : callable
        ``check(request, find, chosen)`` raises `RequestError` if there are no such outputs.
    tables, documents : callable
        ``tables(job, chosen)`` lists their values at the points of a job, and ``documents(job, chosen)`` is
        the same for a program; without a choice, those of all outputs that are one number.
    """

    check: Callable[[R, Find, Sequence[str]], None]
    tables: Callable[[J, Sequence[str]], Sequence[TitledTable]]
    documents: Callable[[J, Sequence[str]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Kind(Generic[R, J]):
    """A kind of question.

    Attributes
    ----------
    name : str
        One word: of the command, the Python function, the flow, the stored request and JSON.
    summary : str
        What it does, in one line that begins with a verb in the imperative.
    request : type
        A frozen pydantic dataclass; see `wellposed.flows.kinds.request`.
    run_name : str
        What Prefect calls a run of it, with names of fields in braces.
    job : callable
        ``job(request, find)`` checks a request and gives it its place in a catalogue.
    cost : callable
        ``cost(request, find)`` is what ``--explain`` says.
    answers : callable
        ``answers(job)`` is what was found, for pictures and for a report.
    lines, tables, document : callable
        ``lines(job)`` yields what was found for a log, ``tables(job)`` lists it for a terminal and a page,
        and ``document(job)`` is the same for a program.
    is_decided : callable
        ``is_decided(job)``, whether all that was asked has an answer.
    counted : callable
        ``counted(jobs)`` says in a few words what several jobs of the kind have found; empty if there is
        nothing to say.
    reconstruct : callable, optional
        ``reconstruct(stored, experiment, store)`` is the job whose answer is in a store, to be read and not
        to be computed.  None if a job of this kind has no store of its own that holds points.
    identity : callable, optional
        ``identity(request, find)`` is the id by which the answer is found in a catalogue, of a kind that has
        one before anything is computed.
    draw : callable, optional
        ``draw(job)`` draws what lies beside the answer in the catalogue, where a kind has such pictures, and
        returns their places.  The answer is shown before.
    page : callable, optional
        ``page(job)`` is the page that a run leaves, in Markdown, where it is not that of all kinds.
    values : OutputValues, optional
        How chosen outputs are shown, of a kind whose answer is the outputs at all its points.
    complaints : tuple of str
        Outcomes of points that are complained of, and that the exit status tells, even if all that was asked
        is decided.  If it is not, points without an answer are told as the reason, whatever their outcome.
    returns : str
        What Python's function returns: the section of its docstring.
    examples : sequence of str
        Of the command.
    """

    name: str
    summary: str
    request: type[R]
    run_name: str
    job: Callable[[R, Find], J]
    cost: Callable[[R, Find], Cost]
    answers: Callable[[J], Answers]
    lines: Callable[[J], Iterable[str]]
    tables: Callable[[J], Sequence[TitledTable]]
    document: Callable[[J], Mapping[str, Any]]
    is_decided: Callable[[J], bool]
    counted: Callable[[Sequence[J]], str]
    reconstruct: Callable[[StoredQuestion, Experiment, Store], J] | None = None
    identity: Callable[[R, Find], str] | None = None
    draw: Callable[[J], Sequence[str]] | None = None
    page: Callable[[J], str] | None = None
    values: OutputValues[R, J] | None = None
    complaints: tuple[str, ...] = ("failed",)
    returns: str = "Dataset"
    examples: Sequence[str] = ()
