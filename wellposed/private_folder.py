"""Folders that nobody but their owner looks into."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077


def private_folder(path: Path) -> Path:
    """Makes a folder that only its owner may look into, or closes it, with all that is in it.

    Folders above it that are made for it are closed too; those that are there stay as they are.

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
    for above in reversed((path, *path.parents)):  # with `parents`, those above would be open
        above.mkdir(mode=0o700, exist_ok=True)
    was_open = path.stat().st_mode & OTHERS
    if was_open:
        path.chmod(0o700)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):  # of a database, which come and go
                _close(Path(folder, name))
        if not was_open:  # nobody comes to what lies deeper
            break
    return path


def _close(path: Path) -> None:
    mode = path.lstat().st_mode
    if not stat.S_ISLNK(mode) and mode & OTHERS:
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)


def for_owner_alone(path: str, flags: int) -> int:
    """Opens a file, which is made for its owner alone if it is made; an `opener` of `open`."""
    return os.open(path, flags, 0o600)
