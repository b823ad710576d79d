"""Where compiled kernels are kept.

Numba notices a change in the file of a cached function, but not in a function that it calls from another
file: it would go on with the old numbers.  So the kernels' cache has one folder for each state of the
sources.  A family of equations calls its own kernels and the shared ones alone, so a change in one does not
have the others compiled again.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import llvmlite
import numba
from numba import config
from platformdirs import user_cache_path


def sources_hash(family: str) -> str:
    """Sixteen hexadecimal digits that change with a source of `family`, what it shares, or the compiler."""
    digest = hashlib.sha256(f"{sys.version} {numba.__version__} {llvmlite.__version__}".encode())
    root = Path(__file__).parent
    for path in sorted([*root.glob("*.py"), *(root / family).rglob("*.py")]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _writable(root: Path, family: str) -> Path:
    """The folder for these sources under `root`, or a temporary one where `root` cannot be written.

    Numba by itself would fall back to ``__pycache__``, where kernels are not kept apart by their sources.
    """
    folder = root / sources_hash(family)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="wellposed-"))


@contextmanager
def keyed_by_sources(family: str) -> Iterator[None]:
    """Functions of `family` compiled with ``cache=True`` inside are kept under `sources_hash`.

    The folder lies in ``NUMBA_CACHE_DIR`` where that is set, else in the user's cache folder.  Functions that
    are decorated outside are not affected.
    """
    outside = config.CACHE_DIR  # type: ignore[attr-defined]
    root = Path(outside) if outside else user_cache_path("wellposed") / "numba"
    config.CACHE_DIR = str(_writable(root, family))  # type: ignore[attr-defined]
    try:
        yield
    finally:
        config.CACHE_DIR = outside  # type: ignore[attr-defined]
