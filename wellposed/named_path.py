"""Paths as people write them."""

from __future__ import annotations

import os
from pathlib import Path

from wellposed.errors import RequestError


def named_path(path: str | Path) -> Path:
    """Returns a path in which ``~`` or ``~user`` at its beginning is replaced by a home folder.

    Raises
    ------
    RequestError
        If there is no such user, or the path holds what no file can be called: a null byte, half a character.
    """
    try:
        is_a_name = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        is_a_name = False
    if not is_a_name:
        raise RequestError(f"A path must be what a file can be called, but is {str(path)!r}.")
    try:
        return Path(path).expanduser()
    except RuntimeError:
        user = Path(path).parts[0]
        raise RequestError(f"There is no home folder {user}, which {path} begins with.") from None
