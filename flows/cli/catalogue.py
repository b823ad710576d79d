"""The commands about what is stored: ls, show, rm, verify, gc, export and import."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wellposed.errors import CatalogueError, RequestError
from wellposed.flows.cli import completion
from wellposed.flows.cli.answer import DONE, INCOMPLETE, REFUSED, Answer
from wellposed.flows.cli.questions import SHOW
from wellposed.flows.presentation.table import Table
from wellposed.flows.text import counted
from wellposed.named_path import named_path

if TYPE_CHECKING:
    from wellposed import catalog
    from wellposed.catalog import Store

MAX_LINES = 20
"""Lines about one sweep that are shown in a terminal."""

READERS = {
    ".nc": "xarray.open_dataset",
    ".parquet": "pandas.read_parquet",
    ".csv": "pandas.read_csv",
}
"""What opens a file in Python, by its ending."""

ID_HELP = "The id of a sweep; its first digits are enough."

Catalogue = Annotated[str, typer.Option(metavar="PLACE", help="Where answers are kept.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
SweepId = Annotated[str, typer.Argument(metavar="ID", help=ID_HELP, **completion.completer_for("sweeps"))]


def ls(
    experiment: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="Of one experiment alone.",
            show_default=False,
            **completion.completer_for("experiments"),
        ),
    ] = None,
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed ls``"""
    from wellposed import catalog
    from wellposed.catalog import index
    from wellposed.flows.presentation.listing import catalogue_table, nothing_found

    place = catalog.open(catalogue)
    rows = place.rows(experiment)
    if not rows:
        return Answer(nothing_found(catalogue, experiment, index.experiments(place.location)), {"sweeps": []})
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return Answer(str(catalogue_table(rows, width)), {"sweeps": rows})


def show(
    id: SweepId,
    show: Annotated[list[str] | None, SHOW] = None,
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed show``"""
    from wellposed import catalog
    from wellposed.catalog import health
    from wellposed.flows.kinds.stored import command_again
    from wellposed.flows.presentation import description

    store = catalog.open(catalogue).find(id)
    command = command_again(store)
    damages = [one for one in health.verify(store) if not one.is_foreign]
    complaints = [f"wellposed: {store.location} is damaged: {one.key} {one.reason}" for one in damages]
    found = [f"{one.key} {one.reason}" for one in damages]
    if complaints:
        complaints = [*_few(complaints), "wellposed: the command that asked for it computes that again"]
    described = description.stored(store, command)
    document = description.document(store, command)
    tables, answer = _answer_in(store, show or []) if not damages else ([], {})
    return Answer(
        "\n\n".join([described, *tables]),
        {**document, **answer, **({"damages": found} if found else {})},
        INCOMPLETE if damages else DONE,
        complaints=complaints,
    )


def _answer_in(store: Store, shown: Sequence[str]) -> tuple[list[str], Mapping[str, Any]]:
    """Returns what a store holds as tables, and the same for a program; or why that cannot be shown.

    Raises
    ------
    RequestError
        If outputs are to be shown that there are not.
    """
    from wellposed.flows.kinds import KINDS
    from wellposed.flows.report.contents import stored_answer

    try:
        found = stored_answer(store)
    except CatalogueError as error:
        return [f"Its answer cannot be shown: {error}"], {}
    if isinstance(found, Table):
        _refuse_outputs(store, shown, "audit")
        return [str(found)], {}
    kind = KINDS[found.entry.kind]
    if kind.values is None:
        _refuse_outputs(store, shown, kind.name)
    if found.is_outdated:
        return ["Another version of wellposed asked this: ask it again to see its answer."], {}
    if not found.is_answered and kind.values is None:
        return [], {}
    if kind.values is None:
        return [str(one) for one in kind.tables(found.job)], {"answer": kind.document(found.job)}
    tables = kind.values.tables(found.job, shown)
    return [str(one) for one in tables], {"answer": {"values": kind.values.documents(found.job, shown)}}


def _refuse_outputs(store: Store, shown: Sequence[str], kind: str) -> None:
    if shown:
        raise RequestError(
            f"`show` must be given for a sweep, whose outputs it chooses, but {store.id} is of the kind "
            f"{kind}."
        )


def rm(
    ids: Annotated[
        list[str], typer.Argument(metavar="ID...", help=ID_HELP, **completion.completer_for("sweeps"))
    ],
    yes: Yes = False,
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed rm``"""
    from wellposed import catalog
    from wellposed.catalog import health

    stores = _found(catalog.open(catalogue), ids)
    if not yes:
        for store in stores:
            print(f"{store.id}  {store.experiment}", file=sys.stderr)
        if not _agreed(f"Remove {counted(len(stores), 'sweep')} and all that is stored of them?"):
            return _unchanged()
    left = [f"{store.location}/{key}" for store in stores for key in health.remove(store)]
    return Answer(
        "\n".join([f"Removed {counted(len(stores), 'sweep')}.", *_few(_left(left))]),
        {"removed": [store.location for store in stores], "left": left},
    )


def verify(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...", help=ID_HELP, show_default=False, **completion.completer_for("sweeps")
        ),
    ] = None,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Make what is damaged missing, so that the next run computes it."),
    ] = False,
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed verify``: 1 if something is damaged, and was not repaired."""
    from wellposed import catalog
    from wellposed.catalog import health
    from wellposed.catalog.query import MARKER, mend_marker
    from wellposed.flows.kinds.stored import command_again

    is_marked_anew = repair and mend_marker(catalogue)
    place = catalog.open(catalogue)
    stores = _found(place, ids) if ids else place.stores()
    is_whole, again, found = True, [], []
    lines = [f"{place.url}/{MARKER} was damaged or lost, and is written anew"] if is_marked_anew else []
    for store in stores:
        damages = health.verify(store)
        reasons = [{"at": damage.key or "manifest", "reason": damage.reason} for damage in damages]
        found.append({"id": store.id, "experiment": store.experiment, "damages": reasons})
        if not damages:
            lines.append(f"{store.id}  {store.experiment}: whole")
            continue
        lines.append(f"{store.id}  {store.experiment}: {counted(len(damages), 'damage')}")
        lines += _few([f"    {reason['at']}: {reason['reason']}" for reason in reasons])
        is_mended = all(damage.is_repairable for damage in damages)
        is_foreign = not is_mended and all(one.is_repairable or one.is_foreign for one in damages)
        if repair and any(damage.is_repairable for damage in damages):
            command = command_again(store)  # the manifest tells, which is removed next
            blocks = health.repair(store, damages)
            lines.append(
                f"    {counted(blocks, 'block')} made missing; the next run computes what is missing"
            )
            again += [command] if command else []
        is_whole &= is_mended and repair
        if is_foreign:
            lines.append("    what was not written by wellposed is in nobody's way, and is left alone")
        elif not is_mended:
            lines.append(
                "    some of it cannot be repaired here: the command that asked for it writes metadata and "
                f"coordinates anew; or `wellposed rm {store.id}`, and ask again"
            )
    aside = ""
    if again:
        lines += ["", "To compute again what was damaged:", *(f"    {line}" for line in dict.fromkeys(again))]
    elif not is_whole and not repair:
        aside = "With --repair, what is damaged is made missing, and the next run computes just that."
    document = {"sweeps": found, "again": list(dict.fromkeys(again))}
    return Answer("\n".join(lines), document, DONE if is_whole else INCOMPLETE, aside)


def gc(
    unfinished: Annotated[
        bool,
        typer.Option(
            "--unfinished",
            help="Also sweeps that are unfinished and that nobody has added to for a day, after asking.",
        ),
    ] = False,
    yes: Yes = False,
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed gc``"""
    from wellposed import catalog
    from wellposed.catalog import health
    from wellposed.catalog.location import Location

    here = Location(catalog.open(catalogue).url)
    found = health.garbage(here, unfinished=unfinished)
    if not found:
        return Answer("There is nothing to remove.", {"removed": []})
    lines = _few([f"{one.key}  {one.reason}" for one in found])
    if not yes and any(one.may_be_missed for one in found):
        print(*lines, sep="\n", file=sys.stderr)
        if not _agreed(f"Remove {counted(len(found), 'thing')}?"):
            return _unchanged()
        lines = []
    health.dispose(here, found)
    removed = [{"at": one.key, "reason": one.reason} for one in found]
    return Answer("\n".join([*lines, f"Removed {counted(len(found), 'thing')}."]), {"removed": removed})


def export(
    id: SweepId,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Ends in .nc, .parquet or .csv.")],
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed export``"""
    from wellposed import catalog
    from wellposed.catalog import exchange
    from wellposed.flows.presentation.provenance import quoted

    path = Path(file)
    store = catalog.open(catalogue).find(id)
    exchange.export(store, path)
    reader = READERS[path.suffix]
    opening = f"{reader}({quoted(str(path))})"
    return Answer(f"Open it in Python:\n    {opening}", {"id": store.id, "file": str(path)})


def import_(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A file.nc, or a store: .../NAME/ID.zarr")],
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed import``"""
    from wellposed import catalog
    from wellposed.catalog import exchange
    from wellposed.flows.presentation.provenance import opening

    if "://" not in source and not named_path(source).exists():
        raise CatalogueError(f"There is nothing at {source} that could be added.")
    with catalog.opened_for_adding(catalogue) as place:
        store = exchange.bring(place, source)
    return Answer(
        f"{store.id}  {store.experiment}",
        {"id": store.id, "experiment": store.experiment, "place": store.location},
        aside=f"Open it in Python:\n    {opening([store])}",
    )


COMMANDS = (
    (
        "ls",
        ls,
        "List what a catalogue holds.",
        "wellposed ls",
        "wellposed ls wave.growth --catalogue s3://bucket/kinetic",
        "wellposed ls --json | jq '.sweeps[] | select(.failed > 0) | .id'",
    ),
    (
        "show",
        show,
        "Describe one sweep of a catalogue, and show what it found.",
        "wellposed show 5f0c",
        "wellposed show 5f0c --show growth_exponent --show profile=64",
    ),
    ("rm", rm, "Remove sweeps from a catalogue, after asking.", "wellposed rm 5f0c 77ab"),
    (
        "verify",
        verify,
        "Read every chunk of some sweeps, or of all, and compare its checksum.",
        "wellposed verify",
        "wellposed verify 5f0c --repair",
    ),
    (
        "gc",
        gc,
        "Remove what killed processes have left in a catalogue.",
        "wellposed gc",
        "wellposed gc --unfinished",
    ),
    (
        "export",
        export,
        "Write a sweep into a file: NetCDF (.nc), Parquet (.parquet) or CSV (.csv).",
        "wellposed export 5f0c growth.nc",
        "wellposed export 5f0c growth.csv",
    ),
    (
        "import",
        import_,
        "Add a sweep from a NetCDF file or from another catalogue.",
        "wellposed import growth.nc",
        "wellposed import s3://bucket/kinetic/wave.growth/5f0c67d3a1b24e98.zarr",
    ),
)
"""Name, function, summary and examples of each."""


def _found(catalogue: catalog.Catalogue, ids: Sequence[str]) -> list[Store]:
    return list(dict.fromkeys(catalogue.find(id) for id in ids))


def _agreed(question: str) -> bool:
    """Returns whether a person says yes; if nobody is there, that is no."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _left(keys: Sequence[str]) -> list[str]:
    return [f"    {key} is not ours, and was left" for key in keys]


def _unchanged() -> Answer:
    return Answer("", {"removed": []}, REFUSED, complaints=["wellposed: nothing was removed"])


def _few(lines: Sequence[str]) -> list[str]:
    """As many of `lines` as a person reads, in a form that a terminal may show."""
    from wellposed.flows.text import printable

    more = len(lines) - MAX_LINES
    return [*map(printable, lines[:MAX_LINES]), *([f"    and {more:,} more"] if more > 0 else [])]
