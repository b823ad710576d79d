"""The commands about what is stored: ls, show, rm, verify, gc, export and import."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wellposed.flows.cli import completion
from wellposed.flows.cli.answer import DONE, INCOMPLETE, REFUSED, Answer

if TYPE_CHECKING:
    from wellposed.catalog import Catalogue, Store

MOST_LINES = 20
"""Of one kind, in a terminal."""


def ls(chosen: argparse.Namespace) -> Answer:
    """``wellposed ls``"""
    from wellposed import catalog
    from wellposed.flows.presentation.listing import catalogue_table

    table = catalog.open(chosen.catalogue).table(chosen.experiment)
    return Answer(str(catalogue_table(table)), {"sweeps": table.to_dict("records")})


def show(chosen: argparse.Namespace) -> Answer:
    """``wellposed show``"""
    from wellposed import catalog
    from wellposed.flows.presentation import description

    store = catalog.open(chosen.catalogue).find(chosen.id)
    return Answer(description.stored(store), description.document(store))


def rm(chosen: argparse.Namespace) -> Answer:
    """``wellposed rm``"""
    from wellposed import catalog
    from wellposed.catalog import health

    stores = _found(catalog.open(chosen.catalogue), chosen.id)
    if not chosen.yes:
        for store in stores:
            print(f"{store.id}  {store.experiment}", file=sys.stderr)
        if not _agreed(f"Remove {_counted(len(stores), 'sweep')} and all that is stored of them?"):
            return _unchanged()
    for store in stores:
        health.remove(store)
    return Answer(
        f"Removed {_counted(len(stores), 'sweep')}.", {"removed": [store.location for store in stores]}
    )


def verify(chosen: argparse.Namespace) -> Answer:
    """``wellposed verify``: 1 if something is damaged, and was not repaired."""
    from wellposed import catalog
    from wellposed.catalog import health
    from wellposed.flows.presentation.description import rerun

    catalogue = catalog.open(chosen.catalogue)
    stores = _found(catalogue, chosen.id) if chosen.id else catalogue.stores()
    is_whole, again, lines, found = True, [], [], []
    for store in stores:
        damages = health.verify(store)
        reasons = [{"at": damage.key or "manifest", "reason": damage.reason} for damage in damages]
        found.append({"id": store.id, "experiment": store.experiment, "damages": reasons})
        if not damages:
            lines.append(f"{store.id}  {store.experiment}: whole")
            continue
        lines.append(f"{store.id}  {store.experiment}: {_counted(len(damages), 'damage')}")
        lines += _few([f"    {reason['at']}: {reason['reason']}" for reason in reasons])
        is_mended = all(damage.is_repairable for damage in damages)
        if chosen.repair and any(damage.is_repairable for damage in damages):
            command = rerun(store)  # the manifest tells, which is removed next
            blocks = health.repair(store, damages)
            lines.append(
                f"    {_counted(blocks, 'block')} made missing; the next run computes what is missing"
            )
            again += [command] if command else []
        is_whole &= is_mended and chosen.repair
        if not is_mended:
            lines.append(
                f"    some of it cannot be repaired: `wellposed rm {store.id}`, then run the sweep again"
            )
    aside = ""
    if again:
        lines += ["", "To compute again what was damaged:", *(f"    {line}" for line in dict.fromkeys(again))]
    elif not is_whole and not chosen.repair:
        aside = "With --repair, what is damaged is made missing, and the next run computes just that."
    document = {"sweeps": found, "again": list(dict.fromkeys(again))}
    return Answer("\n".join(lines), document, DONE if is_whole else INCOMPLETE, aside)


def gc(chosen: argparse.Namespace) -> Answer:
    """``wellposed gc``"""
    from wellposed import catalog
    from wellposed.catalog import health
    from wellposed.catalog.location import Location

    here = Location(catalog.open(chosen.catalogue).url)
    found = health.garbage(here, unfinished=chosen.unfinished)
    if not found:
        return Answer("There is nothing to remove.", {"removed": []})
    lines = _few([f"{one.key}  {one.reason}" for one in found])
    if chosen.unfinished and not chosen.yes:
        print(*lines, sep="\n", file=sys.stderr)
        if not _agreed(f"Remove {_counted(len(found), 'thing')}?"):
            return _unchanged()
        lines = []
    health.dispose(here, found)
    removed = [{"at": one.key, "reason": one.reason} for one in found]
    return Answer("\n".join([*lines, f"Removed {_counted(len(found), 'thing')}."]), {"removed": removed})


def export(chosen: argparse.Namespace) -> Answer:
    """``wellposed export``"""
    from wellposed import catalog
    from wellposed.catalog import exchange

    path = Path(chosen.file)
    store = catalog.open(chosen.catalogue).find(chosen.id)
    exchange.export(store, path)
    reader = "pandas.read_parquet" if path.suffix == ".parquet" else "xarray.open_dataset"
    return Answer(f'Open it in Python:\n    {reader}("{path}")', {"id": store.id, "file": str(path)})


def import_(chosen: argparse.Namespace) -> Answer:
    """``wellposed import``"""
    from wellposed import catalog
    from wellposed.catalog import exchange
    from wellposed.flows.kinds.job import opening

    store = exchange.bring(catalog.open(chosen.catalogue, writable=True), chosen.source)
    return Answer(
        f"{store.id}  {store.experiment}",
        {"id": store.id, "experiment": store.experiment, "place": store.location},
        aside=f"Open it in Python:\n    {opening([store])}",
    )


def add_to(
    command: Callable[..., argparse.ArgumentParser],
    catalogue: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Adds these commands to a parser: `command` makes one, and `catalogue` gives it the usual option."""
    parsers = {
        function: command(function, summary, *examples)
        for function, summary, *examples in (
            (
                ls,
                "List what a catalogue holds.",
                "wellposed ls",
                "wellposed ls wave.growth --catalogue s3://bucket/kinetic",
                "wellposed ls --json | jq '.sweeps[] | select(.failed > 0) | .id'",
            ),
            (show, "Describe one sweep of a catalogue.", "wellposed show 5f0c"),
            (rm, "Remove sweeps from a catalogue, after asking.", "wellposed rm 5f0c 77ab"),
            (
                verify,
                "Read every chunk of some sweeps, or of all, and compare its checksum.",
                "wellposed verify",
                "wellposed verify 5f0c --repair",
            ),
            (
                gc,
                "Remove what killed processes have left in a catalogue.",
                "wellposed gc",
                "wellposed gc --unfinished",
            ),
            (
                export,
                "Write a sweep into a file: NetCDF (.nc) or Parquet (.parquet).",
                "wellposed export 5f0c growth.nc",
            ),
            (
                import_,
                "Add a sweep from a NetCDF file or from another catalogue.",
                "wellposed import growth.nc",
                "wellposed import s3://bucket/kinetic/wave.growth/5f0c67d3a1b24e98.zarr",
            ),
        )
    }
    for function in (rm, gc):
        parsers[function].add_argument("--yes", action="store_true", help="do not ask")
    named = parsers[ls].add_argument("experiment", nargs="?", metavar="NAME", help="of one experiment alone")
    completion.offer(named, completion.experiments)
    for function, count in ((show, None), (export, None), (rm, "+"), (verify, "*")):
        which = parsers[function].add_argument(
            "id", nargs=count, metavar="ID", help="its first digits are enough"
        )
        completion.offer(which, completion.sweeps)
    parsers[verify].add_argument(
        "--repair", action="store_true", help="make what is damaged missing, so that the next run computes it"
    )
    parsers[gc].add_argument(
        "--unfinished",
        action="store_true",
        help="also sweeps that are unfinished and that nobody has added to for a day, after asking",
    )
    parsers[export].add_argument("file", metavar="FILE", help="ends in .nc or .parquet")
    parsers[import_].add_argument("source", metavar="SOURCE", help="a file.nc, or a store: .../NAME/ID.zarr")
    for parser in parsers.values():
        catalogue(parser)


def _found(catalogue: Catalogue, ids: Sequence[str]) -> list[Store]:
    return list(dict.fromkeys(catalogue.find(id) for id in ids))


def _agreed(question: str) -> bool:
    """Whether a person says yes.  Nobody there is no."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _unchanged() -> Answer:
    return Answer("", {"removed": []}, REFUSED, complaints=["wellposed: nothing was removed"])


def _few(lines: Sequence[str]) -> list[str]:
    """As many of `lines` as a person reads, in a form that a terminal may show."""
    from wellposed.flows.presentation.listing import printable

    more = len(lines) - MOST_LINES
    return [*map(printable, lines[:MOST_LINES]), *([f"    and {more:,} more"] if more > 0 else [])]


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
