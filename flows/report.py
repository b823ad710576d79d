"""A report of what a catalogue holds: one HTML page that needs nothing else, and its figures."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from flows.chapters import chapters
from flows.holdings import holdings
from flows.report_page import GENERATOR, page
from sweeps.grid import RequestError

PAGE = "index.html"
FIGURES = "figures"
SUFFIXES = (".png", ".svg")


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
        in the current folder, if not given.  An earlier report there is replaced.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    CatalogueError
        If there is no such catalogue.
    RequestError
        If `destination` cannot be written, holds something else, or lies in the catalogue.  Nothing has been
        read or written then.
    """
    folder = Path("report" if destination is None else destination).expanduser().absolute()
    _check(folder, str(catalogue))
    found = holdings(catalogue)
    told = chapters(found)
    text = page(found, told, datetime.now().astimezone())
    files = {
        name: data
        for chapter in told
        for picture in chapter.every_picture
        for name, data in picture.files.items()
    }
    (folder / FIGURES).mkdir(parents=True, exist_ok=True)
    for old in (folder / FIGURES).iterdir():
        if old.suffix in SUFFIXES and old.name not in files:
            old.unlink()
    for name, data in files.items():
        _write(folder / FIGURES / name, data)
    _write(folder / PAGE, text.encode())
    return folder / PAGE


def _check(folder: Path, catalogue: str) -> None:
    """Raises `RequestError` if a report cannot be written there."""
    said = f"A report cannot be written to {folder}: "
    if "://" not in catalogue and folder.is_relative_to(Path(catalogue).expanduser().absolute()):
        raise RequestError(f"{said}it lies in the catalogue, where everything is taken for answers.")
    page = folder / PAGE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        if page.exists() and GENERATOR.encode() not in page.read_bytes()[:2000]:
            raise RequestError(f"{said}its {PAGE} is not one of ours.")
    except OSError as error:
        raise RequestError(f"{said}{error.strerror or error}.") from error


def _write(path: Path, data: bytes) -> None:
    """Replaces a file in one step."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(data)
    os.replace(partial, path)
