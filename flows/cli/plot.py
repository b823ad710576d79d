"""The command that draws what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wellposed.errors import RequestError
from wellposed.flows.cli.answer import Answer
from wellposed.flows.cli.catalogue import Catalogue, SweepId
from wellposed.flows.cli.questions import SHOW

if TYPE_CHECKING:
    from wellposed.flows.figures.plots import Cutting, Plot
    from wellposed.flows.report.contents import StoredJob

# What takes time to import, as all that draws does, is imported by what needs it.

PICTURES, PAGE = (".png", ".svg"), ".html"

COLUMNS = 3
"""Panels beside each other."""

ID_DIGITS = 8
"""Of an id, in the name of a file."""


def plot(
    id: SweepId,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Where it is written; ends in .png, .svg or .html. EXPERIMENT-ID.png in this folder, if not "
            "given.",
            show_default=False,
        ),
    ] = None,
    along: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="What is drawn across: a cut along this parameter.", show_default=False
        ),
    ] = None,
    axis: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES", help="The only values of an axis that are drawn.", show_default=False
        ),
    ] = None,
    show: Annotated[list[str] | None, SHOW] = None,
    interactive: Annotated[
        bool,
        typer.Option(
            "--interactive",
            help="One HTML file with hover, zoom and the error of every point; works offline.",
        ),
    ] = False,
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed plot``"""
    from wellposed import catalog
    from wellposed.flows.presentation.table import Table
    from wellposed.flows.report.contents import stored_answer

    store = catalog.open(catalogue).find(id)
    path = _path(to, f"{store.experiment}-{store.id[:ID_DIGITS]}", interactive)
    found = stored_answer(store)
    if isinstance(found, Table):
        raise RequestError(
            f"{store.id} is an audit, which has no figure of its own; `wellposed report` draws its evidence."
        )
    drawn = _plot_of(found, _cutting(found, along or "", axis or [], show or []))
    _write(path, drawn, found.job.title)
    return Answer(
        f"{path}: {drawn.what}",
        {"id": store.id, "file": str(path), "what": drawn.what},
        aside="" if path.suffix == PAGE else "With --interactive, a page with hover, zoom and all errors.",
    )


def _path(to: str | None, name: str, interactive: bool) -> Path:
    """Returns where a figure is written.  Raises `RequestError` if that is no file of a picture."""
    path = Path(to) if to else Path(f"{name}{PAGE if interactive else PICTURES[0]}")
    allowed = (PAGE,) if interactive else (*PICTURES, PAGE)
    if path.suffix not in allowed:
        raise RequestError(f"`to` must end in {' or '.join(allowed)}, but is {str(path)!r}.")
    if not path.parent.is_dir():
        raise RequestError(f"`to` must be in a folder that is there, but is {str(path)!r}.")
    return path


def _cutting(found: StoredJob, along: str, axes: Sequence[str], shown: Sequence[str]) -> Cutting:
    """Returns which part is to be drawn.  Raises `RequestError` or `ParameterError` if there is none such."""
    from wellposed.flows.figures.plots import Cutting
    from wellposed.flows.presentation.sweep_values import coordinates_of, shown_outputs
    from wellposed.sweeps.requests.spelling import axes_of

    chosen: dict[str, Any] = {
        name: set(values) for name, values in axes_of(found.job.experiment, axes).items()
    }
    if not shown:
        return Cutting(along, chosen)
    if not found.answers.sweeps:
        raise RequestError(
            f"`show` must be given for a sweep, whose outputs it chooses, but {found.id} is of the kind "
            f"{found.entry.kind}."
        )
    if len(shown) > 1:
        raise RequestError(f"`show` must name one output to be drawn, but is {', '.join(shown)}.")
    (answer,) = found.answers.sweeps
    (output,) = shown_outputs(answer.experiment, shown, coordinates_of(answer))
    return Cutting(along, chosen, output.output.name, output.at)


def _plot_of(found: StoredJob, cutting: Cutting) -> Plot:
    """Returns the figure of what is stored.  Raises `RequestError` if there is nothing to be drawn."""
    from wellposed.flows.figures.plots import plot_of_boundary, plot_of_curve, plot_of_sweep

    if found.is_outdated:
        raise RequestError(f"{found.id} was asked by another version of wellposed: ask it again to see it.")
    answers = found.answers
    drawn = [
        *(plot_of_sweep(one, cutting) for one in answers.sweeps),
        *(plot_of_boundary(one, cutting) for one in answers.boundaries),
        *(plot_of_curve(one, cutting) for one in answers.curves),
    ]
    known = [one for one in drawn if one is not None]
    if known:
        return known[0]
    unfinished = "it is not finished" if not found.is_answered else "nothing in it varies, or has a number"
    raise RequestError(f"{found.id} has nothing to be drawn: {unfinished}.")


def _write(path: Path, drawn: Plot, title: str) -> None:
    """Writes a figure.  Raises `RequestError` if the file cannot be written."""
    from wellposed.flows.figures.style import as_png, as_svg

    try:
        if path.suffix == PAGE:
            drawn.interactive(title).save(path)
        else:
            figure = drawn.draw(COLUMNS)
            path.write_bytes(as_png(figure) if path.suffix == ".png" else as_svg(figure))
    except OSError as error:
        raise RequestError(
            f"`to` must be a file that can be written, but {path}: {error.strerror}."
        ) from error


COMMANDS = (
    (
        "plot",
        plot,
        "Draw what a sweep or a search has found, as a picture or as a page to look into.",
        "wellposed plot 5f0c",
        "wellposed plot 5f0c --along beta --axis M=8 --to growth.svg",
        "wellposed plot 5f0c --interactive",
    ),
)
"""Name, function, summary and examples of each."""
