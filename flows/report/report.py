"""A report of what a catalogue holds: one HTML page that needs nothing else, and its figures."""

from __future__ import annotations

import html
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path

from wellposed import catalog
from wellposed.errors import RequestError
from wellposed.flows.report.chapter import chapters
from wellposed.flows.report.contents import contents_of
from wellposed.flows.report.page import GENERATOR, page
from wellposed.named_path import named_path

PAGE = "index.html"
FIGURES = "figures"
LISTED = re.compile(r'<meta name="wellposed-figures" content="([^"]*)">')


def report(catalogue: str | Path = "results", destination: str | Path | None = None) -> Path:
    """Writes a report of what `catalogue` holds: a page that opens without a network, and its figures.

    Nothing is computed and nothing in the catalogue is changed.  The same catalogue gives the same bytes, but
    for the date.

    Parameters
    ----------
    catalogue : str or Path
        Where answers are kept.
    destination : str or Path, optional
        The folder in which ``index.html`` and ``figures/`` are written, made if it is not there; ``report``
        in the current folder, if not given.  An earlier report there is replaced, which means its page and
        the figures that its page lists; whatever else is there stays as it is.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    CatalogueError
        If there is no such catalogue.
    RequestError
        If `destination` is a URL, cannot be written, holds a page or a figure that is not ours, or lies in
        the catalogue.  Nothing has been written then.
    """
    destination = "report" if destination is None else destination
    if "://" in str(destination):
        raise RequestError(f"A report is written to a folder on this machine, but not to {destination}.")
    folder = named_path(destination).absolute()
    catalog.open(catalogue)  # whose absence is said before anything is made
    _check(folder, str(catalogue))
    contents = contents_of(catalogue)
    found = chapters(contents)
    text = page(contents, found, datetime.now().astimezone())
    files = {
        name: data
        for chapter in found
        for figure in chapter.every_figure
        for name, data in figure.files.items()
    }
    figures = folder / FIGURES
    earlier = _listed(folder / PAGE)
    there = {path.name for path in figures.iterdir()} if figures.exists() else set()
    if foreign := sorted(there & files.keys() - earlier):
        raise RequestError(f"A report cannot be written to {folder}: {foreign[0]} in {FIGURES} is not ours.")
    figures.mkdir(exist_ok=True)
    # The page comes first: it needs no other file, and tells which of them are ours if this is cut off.
    _write(folder / PAGE, text.encode())
    for name in there & earlier - files.keys():
        (figures / name).unlink()
    for name, data in files.items():
        _write(figures / name, data)
    return folder / PAGE


def _listed(page: Path) -> set[str]:
    """Returns the figures that a report names as its own; none if there is no report."""
    listed = LISTED.search(page.read_text("utf-8")) if page.exists() else None
    return set() if listed is None else set(html.unescape(listed[1]).split("/"))


def _check(folder: Path, catalogue: str) -> None:
    """Raises `RequestError` if a report cannot be written there."""
    refused = f"A report cannot be written to {folder}: "
    if "://" not in catalogue:
        place = named_path(catalogue).resolve()
        if any(path.resolve().is_relative_to(place) for path in (folder, folder / FIGURES)):
            raise RequestError(f"{refused}it lies in the catalogue, where everything is taken for answers.")
    page = folder / PAGE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        if page.exists() and GENERATOR.encode() not in page.read_bytes()[:2000]:
            raise RequestError(f"{refused}its {PAGE} is not one of ours.")
    except OSError as error:
        raise RequestError(f"{refused}{error.strerror or error}.") from error


def _write(path: Path, data: bytes) -> None:
    """Replaces a file in one step."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(data)
    os.replace(partial, path)
