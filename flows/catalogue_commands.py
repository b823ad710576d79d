"""The commands about what is stored: ls, show, rm, verify, gc, export and import."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog import Catalogue, Store

DONE, INCOMPLETE, REFUSED = 0, 1, 2

MOST_LINES = 20
"""Of one kind, in a terminal."""


def ls(chosen: argparse.Namespace) -> int:
    """``wellposed ls``"""
    import catalog
    from flows.listing import catalogue_table

    print(catalogue_table(catalog.open(chosen.catalogue), chosen.experiment))
    return DONE


def show(chosen: argparse.Namespace) -> int:
    """``wellposed show``"""
    import catalog
    from flows.description import stored

    print(stored(catalog.open(chosen.catalogue).find(chosen.id)))
    return DONE


def rm(chosen: argparse.Namespace) -> int:
    """``wellposed rm``"""
    import catalog
    from catalog import health

    stores = _found(catalog.open(chosen.catalogue), chosen.id)
    if not chosen.yes:
        for store in stores:
            print(f"{store.id}  {store.experiment}")
        if not _agreed(f"Remove {_counted(len(stores), 'sweep')} and all that is stored of them?"):
            print("wellposed: nothing was removed", file=sys.stderr)
            return REFUSED
    for store in stores:
        health.remove(store)
    print(f"Removed {_counted(len(stores), 'sweep')}.")
    return DONE


def verify(chosen: argparse.Namespace) -> int:
    """``wellposed verify``: 1 if something is damaged, and was not repaired."""
    import catalog
    from catalog import health
    from flows.description import rerun

    catalogue = catalog.open(chosen.catalogue)
    stores = _found(catalogue, chosen.id) if chosen.id else catalogue.stores()
    is_whole, again = True, []
    for store in stores:
        damages = health.verify(store)
        if not damages:
            print(f"{store.id}  {store.experiment}: whole")
            continue
        print(f"{store.id}  {store.experiment}: {_counted(len(damages), 'damage')}")
        _list([f"    {damage.key or 'manifest'}: {damage.reason}" for damage in damages])
        is_mended = all(damage.is_repairable for damage in damages)
        if chosen.repair and any(damage.is_repairable for damage in damages):
            command = rerun(store)  # the manifest tells, which is removed next
            blocks = health.repair(store, damages)
            print(f"    {_counted(blocks, 'block')} made missing; the next run computes what is missing")
            again += [command] if command else []
        is_whole &= is_mended and chosen.repair
        if not is_mended:
            print(f"    some of it cannot be repaired: `wellposed rm {store.id}`, then run the sweep again")
    if again:
        print("\nTo compute again what was damaged:")
        for command in dict.fromkeys(again):
            print(f"    {command}")
    elif not is_whole and not chosen.repair:
        print("\nWith --repair, what is damaged is made missing, and the next run computes just that.")
    return DONE if is_whole else INCOMPLETE


def gc(chosen: argparse.Namespace) -> int:
    """``wellposed gc``"""
    import catalog
    from catalog import health
    from catalog.location import Location

    here = Location(catalog.open(chosen.catalogue).url)
    found = health.garbage(here, unfinished=chosen.unfinished)
    if not found:
        print("There is nothing to remove.")
        return DONE
    _list([f"{one.key}  {one.reason}" for one in found])
    if chosen.unfinished and not chosen.yes and not _agreed(f"Remove {_counted(len(found), 'thing')}?"):
        print("wellposed: nothing was removed", file=sys.stderr)
        return REFUSED
    health.dispose(here, found)
    print(f"Removed {_counted(len(found), 'thing')}.")
    return DONE


def export(chosen: argparse.Namespace) -> int:
    """``wellposed export``"""
    import catalog
    from catalog import exchange

    path = Path(chosen.file)
    exchange.export(catalog.open(chosen.catalogue).find(chosen.id), path)
    reader = "pandas.read_parquet" if path.suffix == ".parquet" else "xarray.open_dataset"
    print(f'Open it in Python:\n    {reader}("{path}")')
    return DONE


def import_(chosen: argparse.Namespace) -> int:
    """``wellposed import``"""
    import catalog
    from catalog import exchange
    from flows.job import opening

    store = exchange.bring(catalog.open(chosen.catalogue, writable=True), chosen.source)
    print(f"{store.id}  {store.experiment}\n\nOpen it in Python:\n    {opening([store])}")
    return DONE


def add_to(
    command: Callable[[Callable[[argparse.Namespace], int], str], argparse.ArgumentParser],
    catalogue: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Adds these commands to a parser: `command` makes one, and `catalogue` gives it the usual option."""
    parsers = {
        function: command(function, summary)
        for function, summary in (
            (ls, "List what a catalogue holds."),
            (show, "Describe one sweep of a catalogue."),
            (rm, "Remove sweeps from a catalogue, after asking."),
            (verify, "Read every chunk of some sweeps, or of all, and compare its checksum."),
            (gc, "Remove what killed processes have left in a catalogue."),
            (export, "Write a sweep into a file: NetCDF (.nc) or Parquet (.parquet)."),
            (import_, "Add a sweep from a NetCDF file or from another catalogue."),
        )
    }
    for function in (rm, gc):
        parsers[function].add_argument("--yes", action="store_true", help="do not ask")
    parsers[ls].add_argument("experiment", nargs="?", metavar="NAME", help="of one experiment alone")
    for function in (show, export):
        parsers[function].add_argument("id", metavar="ID", help="its first digits are enough")
    parsers[rm].add_argument("id", nargs="+", metavar="ID", help="its first digits are enough")
    parsers[verify].add_argument("id", nargs="*", metavar="ID", help="its first digits are enough")
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
    print(f"{question} [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _list(lines: Sequence[str]) -> None:
    from flows.listing import printable

    for line in lines[:MOST_LINES]:
        print(printable(line))
    if len(lines) > MOST_LINES:
        print(f"    and {len(lines) - MOST_LINES:,} more")


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
