"""The commands about questions that are asked elsewhere: submit, status and cancel."""

from __future__ import annotations

import inspect
import os
import shlex
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wellposed.flows.cli import completion
from wellposed.flows.cli.answer import Answer
from wellposed.flows.cli.catalogue import Catalogue
from wellposed.flows.cli.questions import parameters_of, request_of
from wellposed.flows.cli.settings import settings
from wellposed.flows.kinds.kind import Kind
from wellposed.flows.text import counted, printable

if TYPE_CHECKING:
    from wellposed.catalog.submissions import Submission
    from wellposed.flows.execution.submission import SubmissionStatus

# What takes time to import is imported by the command that needs it.

LARGEST_LINE = 300
"""Letters of the last line of a log that are shown."""

READ_OF_LOG = 4096
"""Bytes at the end of a log in which its last line is looked for."""

Pool = Annotated[
    str | None,
    typer.Option(
        "--pool", metavar="NAME", help="A work pool of Prefect, in place of a queue.", show_default=False
    ),
]
SubmissionId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="The id of a submission; its first digits are enough.",
        **completion.completer_for("submissions"),
    ),
]


def submitting(kind: Kind[Any, Any]) -> Callable[..., Answer]:
    """Returns the function of the command that hands over questions of a kind."""

    def submit(pool: str | None, **given: Any) -> Answer:
        return submitted(kind, request_of(kind, given), pool)

    parameters = [
        *parameters_of(kind),
        inspect.Parameter("pool", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Pool),
    ]
    submit.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    submit.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    submit.__doc__ = kind.summary
    return submit


def submitted(kind: Kind[Any, Any], request: Any, pool: str | None) -> Answer:
    """Hands a question over, and returns what tells of it."""
    from wellposed.flows.execution.submission import submit

    made = submit(kind, request, pool)
    if made is None:
        return Answer(
            "All of it is stored already; nothing was submitted.",
            {"submission": None},
            aside=f"`wellposed {kind.name} ...` shows it.",
        )
    place = _place(str(request.catalogue))
    return Answer(
        f"{made.id}  {made.question}",
        {"submission": _document(made)},
        aside=f"It was handed over as {_where(made)}. What has become of it, and how to end it:\n"
        f"    wellposed status {made.id}{place}\n"
        f"    wellposed cancel {made.id}{place}",
    )


def status(
    id: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="The id of a submission; its first digits are enough.",
            show_default=False,
            **completion.completer_for("submissions"),
        ),
    ] = None,
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed status``"""
    from wellposed import catalog
    from wellposed.catalog import submissions
    from wellposed.flows.execution.submission import statuses
    from wellposed.flows.presentation.table import Table

    place = catalog.open(catalogue).location
    if id is not None:
        (found,) = statuses(place, [submissions.find(place, id)])
        return Answer(_described(found), {"submission": _document(found.submission, found)})
    known = statuses(place, submissions.submissions(place))
    if not known:
        return Answer(f"Nothing was submitted to {place.url}.", {"submissions": []})
    rows = [
        [one.submission.id, one.submission.question, one.submission.cluster, one.progress, one.told]
        for one in known
    ]
    table = Table(
        ["id", "question", "handed to", "points", "state"],
        [[printable(cell) for cell in row] for row in rows],
    )
    return Answer(str(table), {"submissions": [_document(one.submission, one) for one in known]})


def cancel(id: SubmissionId, catalogue: Catalogue = "results") -> Answer:
    """``wellposed cancel``"""
    from wellposed import catalog
    from wellposed.catalog import submissions
    from wellposed.flows.execution.submission import cancel as drop
    from wellposed.flows.execution.submission import statuses

    place = catalog.open(catalogue).location
    found = submissions.find(place, id)
    drop(place, found)
    (now,) = statuses(place, [found])
    return Answer(
        f"Cancelled {found.id}, {_where(found)}. {counted(now.points, 'point')} of it "
        f"{'is' if now.points == 1 else 'are'} stored and kept.",
        {"cancelled": _document(found, now)},
        aside=f"To compute the rest:\n    {_again(found)}",
    )


COMMANDS = (
    (
        "status",
        status,
        "Tell what has become of questions that were submitted.",
        "wellposed status",
        "wellposed status 3f9a --catalogue /scratch/kinetic/results",
    ),
    (
        "cancel",
        cancel,
        "End a question that was submitted; what it has computed is kept.",
        "wellposed cancel 3f9a",
    ),
)
"""Name, function, summary and examples of each."""


def _where(submission: Submission) -> str:
    """Returns where a submission was handed to, in words."""
    where = submission.where
    if "pool" in where:
        return printable(f"flow run {where.get('flow_run')} of the work pool {where.get('pool')}")
    return printable(f"job {where.get('job')} of {submission.cluster}")


def _place(catalogue: str) -> str:
    return "" if catalogue == settings()["catalogue"].value else f" --catalogue {shlex.quote(catalogue)}"


def _again(submission: Submission) -> str:
    """Returns the command line that hands it over again."""
    words = shlex.split(submission.command)[1:]
    pool = ["--pool", submission.where["pool"]] if "pool" in submission.where else []
    return printable(shlex.join(["wellposed", "submit", *words, *pool]))


def _described(found: SubmissionStatus) -> str:
    """Returns what has become of a submission, in lines."""
    one = found.submission
    points = f"{found.progress} stored"
    if found.lacking:
        points += f", {found.lacking:,} of them without an answer"
    if len(one.sweeps) > 1:
        points += f"; {found.answered:,} of {len(one.sweeps):,} questions answered"
    lines = [
        ("id", one.id),
        ("question", one.question),
        ("state", found.told),
        ("points", points),
        *(("computed", f"by {holder}") for holder in found.holders),
        (
            "handed over",
            f"as {_where(one)}, {one.moment.astimezone():%Y-%m-%d %H:%M %Z}, by {one.user} on {one.host}",
        ),
    ]
    if log := one.where.get("log"):
        lines.append(("log", log))
        lines += [("", said) for said in _last_line(log)]
    lines.append(("command", one.command))
    if found.state == "ended":
        lines.append(("to go on", _again(one)))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {printable(text)}" for name, text in lines)


def _last_line(log: str) -> list[str]:
    """Returns the last line that a log has; nothing if it cannot be read here."""
    try:
        # The path may be anybody's: whoever opens a pipe would wait for its other end.
        descriptor = os.open(log, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                return []
            file.seek(max(0, about.st_size - READ_OF_LOG))
            lines = file.read().decode(errors="replace").strip().splitlines()
    except (OSError, ValueError):
        return []
    return [lines[-1].strip()[:LARGEST_LINE]] if lines else []


def _document(submission: Submission, found: SubmissionStatus | None = None) -> dict[str, Any]:
    """Returns a submission for a program."""
    document = {
        "id": submission.id,
        "question": submission.question,
        "command": submission.command,
        "sweeps": list(submission.sweeps),
        "submitted": submission.moment,
        "user": submission.user,
        "host": submission.host,
        "cluster": submission.cluster,
        **submission.where,
    }
    if found is None:
        return document
    return {
        **document,
        "state": found.state,
        "told": found.told,
        "points": found.points,
        "of": found.of,
        "without_answer": found.lacking,
        "answered": found.answered,
        "holders": list(found.holders),
    }
