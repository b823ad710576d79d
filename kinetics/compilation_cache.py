"""Where compiled kernels are kept.

Numba notices a change in the file of a cached function, but not in a function that it calls from another
file: it would go on with the old numbers.  So the kernels' cache has one folder for each state of the
sources.  A family of equations calls its own kernels and the shared ones alone, so a change in one does not
have the others compiled again.

What is kept there ends in a checksum.  A file that a full disk or a killed compiler has left empty, or in
which a bit has changed, is not executed and in nobody's way: the function is compiled again.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba import config
from numba.core import caching
from platformdirs import user_cache_path

DECLARATIONS = ("audit.py", "claims", "claims.py", "family.py", "statements.py", "studies.py")
"""What a family says of itself: nothing there is compiled, and no kernel reads a number from it."""


def sources_hash(family: str) -> str:
    """Sixteen hexadecimal digits that change with a source of `family`, what it shares, or the compiler."""
    digest = hashlib.sha256(f"{sys.version} {numba.__version__} {llvmlite.__version__}".encode())
    root = Path(__file__).parent
    own = root / family
    for path in sorted([*root.glob("*.py"), *own.rglob("*.py")]):
        if path.is_relative_to(own) and path.relative_to(own).parts[0] in DECLARATIONS:
            continue
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
    config.CACHE_DIR = str(_writable(kernels_folder(), family))  # type: ignore[attr-defined]
    try:
        yield
    finally:
        config.CACHE_DIR = outside  # type: ignore[attr-defined]


def kernels_folder() -> Path:
    """Returns the folder in which the kernels that come with wellposed are kept once they are compiled."""
    outside = config.CACHE_DIR  # type: ignore[attr-defined]
    return Path(outside) if outside else user_cache_path("wellposed") / "numba"


CHECKSUM_MARK = b"sha256:"
"""What stands before the checksum at the end of a file; numba itself reads no further than the content."""


class CheckedCacheFile(caching.IndexDataCacheFile):  # type: ignore[misc]
    """The compiled forms of one function, of which those that are damaged count as not there.

    Numba's own raises whatever `pickle` does, at every call of the function, for good; and it executes what
    it reads.  It reads the files of this one, and this one reads those that it has written.
    """

    def load(self, key: Any) -> Any:
        """Returns what is kept under `key`; None if it is not there or damaged."""
        try:
            return super().load(key)  # type: ignore[no-untyped-call]
        except Exception:  # what pickle raises depends on where it ends
            self._discard(key)
            return None

    def save(self, key: Any, data: Any) -> None:
        """Keeps `data`, if there is room: what is not kept is compiled again by the next process."""
        with suppress(OSError):
            super().save(key, data)  # type: ignore[no-untyped-call]

    def _discard(self, key: Any) -> None:
        """Removes what is damaged."""
        name = self._load_index().get(key)
        if name is not None:
            with suppress(OSError):
                Path(self._cache_path, name).unlink()

    def _load_index(self) -> dict[Any, str]:
        try:
            _check(Path(self._index_path).read_bytes())
            found: dict[Any, str] = super()._load_index()  # type: ignore[no-untyped-call]
        except Exception:  # the same
            return {}
        return found if isinstance(found, dict) else {}

    def _load_data(self, name: str) -> Any:
        content = Path(self._cache_path, name).read_bytes()
        _check(content)
        return pickle.loads(content)

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[Any]:
        with super()._open_for_write(filepath) as file, tempfile.SpooledTemporaryFile(2**24) as buffer:
            yield buffer
            buffer.seek(0)
            content = buffer.read()
            file.write(content + CHECKSUM_MARK + hashlib.sha256(content).digest())


def _check(content: bytes) -> None:
    """Raises `ValueError` if what ends in a checksum is not as it was written."""
    size = len(CHECKSUM_MARK) + hashlib.sha256().digest_size
    inner, end = content[:-size], content[-size:]
    if end.startswith(CHECKSUM_MARK) and hashlib.sha256(inner).digest() != end[len(CHECKSUM_MARK) :]:
        raise ValueError("a file of numba's cache is damaged")


# Numba has no other place for it.  Kernels of one's own are kept beside their files, and are safe as well.
caching.IndexDataCacheFile = CheckedCacheFile  # type: ignore[misc]
