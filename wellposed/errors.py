"""Everything that wellposed raises on purpose, as one tree.

    WellposedError
    ├── RequestError          what is asked cannot be computed (also a ValueError)
    │   └── ParameterError    a parameter is unknown, or its value is not allowed
    ├── CatalogueError        a catalogue cannot be opened or written, or holds something else
    │   └── ConflictError     two sweeps hold different answers at one point
    ├── AnswerError           stored answers are not those that a search asks for
    ├── FlowError             a run of a good request could not be carried out
    │   ├── IncompleteError   some blocks could not be computed
    │   ├── ServerError       there is no Prefect server to record a run
    │   └── QueueError        the queue of a cluster does not answer, or does not take what it is given
    └── Unresolved            the discretisation cannot resolve a point (also an ArithmeticError)

The message of each says what is wrong, which value it has, and what is allowed or what to do.
"""

from __future__ import annotations

from typing import Any, ClassVar


def in_one_line(text: str) -> str:
    """Returns a text with what would begin a line, move the cursor or not be shown spelled as in Python."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class WellposedError(Exception):
    """The base of all errors of wellposed, each of which is told in one line.

    Attributes
    ----------
    exit_status : int
        What the command exits with: 2 if nothing has been computed because of the error, 1 otherwise.
    """

    exit_status: ClassVar[int] = 2

    def __str__(self) -> str:
        return in_one_line(super().__str__())


class RequestError(WellposedError, ValueError):
    """A request that cannot be run; the message says what is wrong and what is allowed."""


class ParameterError(RequestError):
    """A parameter is unknown, or its value is not allowed."""


class CatalogueError(WellposedError):
    """A catalogue cannot be opened or written, or holds something else; the message says which."""


class ConflictError(CatalogueError):
    """Two sweeps have different answers to the same question.

    Attributes
    ----------
    points : list of dict
        All of them, by parameter.
    """

    def __init__(self, message: str, points: list[dict[str, Any]]) -> None:
        super().__init__(message, points)
        self.message, self.points = message, points

    def __str__(self) -> str:
        return in_one_line(self.message)


class AnswerError(WellposedError, RuntimeError):
    """The stored answers are not those that a search asked for."""

    exit_status = 1


class FlowError(WellposedError, RuntimeError):
    """A run could not be carried out; the message says what to do."""

    exit_status = 1


class IncompleteError(FlowError):
    """Some blocks could not be computed; what could is stored, and running again computes the rest."""


class ServerError(FlowError):
    """There is no Prefect server to record a run."""

    exit_status = 2


class QueueError(FlowError):
    """The queue of a cluster does not answer, or does not take what it is given; the message says why."""

    exit_status = 2


class Unresolved(WellposedError, ArithmeticError):
    """The discretisation cannot resolve a point; the message says why, and what to try."""

    exit_status = 1
