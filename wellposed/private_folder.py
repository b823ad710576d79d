"""Folders that nobody but their owner looks into."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077


def private_folder(path: Path) -> Path:
    """Makes a folder that only its owner may look into, or makes it one, with all that is in it.

    Parameters
    ----------
    path : Path
        A folder of ours alone; links in it are not followed.

    Returns
    -------
    Path
        The same.

    Raises
    ------
    OSError
        If it cannot be made, or belongs to somebody else.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.stat().st_mode & OTHERS:
        return path
    path.chmod(0o700)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):  # of a database, which come and go
                _close(Path(folder, name))
    return path


def _close(path: Path) -> None:
    mode = path.lstat().st_mode
    if not stat.S_ISLNK(mode) and mode & OTHERS:
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)


def for_owner_alone(path: str, flags: int) -> int:
    """Opens a file, which is made for its owner alone if it is made; an `opener` of `open`."""
    return os.open(path, flags, 0o600)
