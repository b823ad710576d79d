"""Questions that belong together: those of a study or an audit, each of whatever kind it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from wellposed.errors import RequestError
from wellposed.flows.kinds.request import COMPUTING, made

if TYPE_CHECKING:
    from wellposed.catalog.location import Location
    from wellposed.flows.kinds.job import Part
    from wellposed.flows.kinds.kind import Cost, Find
    from wellposed.kinetics.study import Question


def request_of(question: Question, computing: Any = None) -> Any:
    """Returns the request that a question of a study stands for.

    Parameters
    ----------
    question : Question
    computing
        The request of the study: how it is computed, and where.

    Raises
    ------
    RequestError
        If there is no such kind, or it does not take that.
    """
    from wellposed.flows.kinds import KINDS

    if question.kind not in KINDS:
        raise RequestError(
            f"A question must be of one of the kinds {', '.join(KINDS)}, but is a {question.kind!r}."
        )
    if own := sorted(question.fields.keys() & set(COMPUTING)):
        raise RequestError(
            f"A question about `{question.experiment}` must not say `{own[0]}`: that is said of all "
            "questions of a study together."
        )
    how = {} if computing is None else {name: getattr(computing, name) for name in COMPUTING}
    given = {"experiment": question.experiment, **question.fields, **how}
    return made(KINDS[question.kind].request, given)


def jobs_of(questions: Iterable[Question], computing: Any, find: Find) -> list[Part]:
    """Returns every question with its place in the catalogue.  Raises as `wellposed.sweep`."""
    from wellposed.flows.kinds import KINDS

    requests = [(one.kind, request_of(one, computing)) for one in questions]
    return [KINDS[kind].job(request, find) for kind, request in requests]


def canonical_ids(questions: Iterable[Question]) -> list[str]:
    """Returns the ids of what questions ask, without making a place for any of them."""
    from wellposed.flows.kinds import KINDS
    from wellposed.sweeps.experiments.find import locate

    found = []
    for one in questions:
        request = request_of(one)
        identity = KINDS[one.kind].identity
        if identity is not None:
            found.append(identity(request, locate))
    return found


def cost_of(questions: Iterable[Question], computing: Any, find: Find) -> Cost:
    """Returns what all questions together would cost."""
    from wellposed.flows.kinds import KINDS
    from wellposed.flows.kinds.cost import TotalCost, shared_pilots

    with shared_pilots():
        requests = [(one.kind, request_of(one, computing)) for one in questions]
        return TotalCost([KINDS[kind].cost(request, find) for kind, request in requests])


def counted(parts: Sequence[Part]) -> str:
    """Returns in a few words what several sweeps and searches have found."""
    from wellposed.flows.kinds import KINDS

    kinds = dict.fromkeys(part.kind for part in parts)
    groups = ((kind, [part for part in parts if part.kind == kind]) for kind in kinds)
    return "; ".join(filter(None, (KINDS[kind].counted(some) for kind, some in groups)))


def place_of(catalogue: str) -> Location:
    """Returns the place of a catalogue, for the files beside its sweeps."""
    from wellposed.catalog.location import Location

    return Location.of(catalogue)
