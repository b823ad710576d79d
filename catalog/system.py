"""What a catalogue asks of the machine it runs on: files, the time, and which processes live.

It is an argument wherever one is needed, so that a whole history of a catalogue (disks that are full, hours
that pass, processes that are killed at any moment) can be played step by step, in memory.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import platform
import stat
import struct
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, Protocol, TypeVar

from zarr.core.sync import sync

from wellposed.errors import CatalogueError

FLUSHED_AT_ONCE = 16
"""How many files are written out to their device side by side."""

WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
"""What a file system says that has no locks."""

T = TypeVar("T")
P = ParamSpec("P")


class StoredObject(NamedTuple):
    """Something that lies at a location."""

    name: str
    """Relative to the location, with slashes."""
    is_directory: bool
    size: int
    stamp: str
    """Another one whenever the content is another."""
    modified: float | None
    """Seconds since 1970, if that is known."""
    is_link: bool = False
    seen: float = 0.0
    """When it was listed, in seconds since 1970."""

    @property
    def age(self) -> float | None:
        """Returns for how many seconds it had not been written when it was listed, if that is known."""
        return None if self.modified is None else self.seen - self.modified


class System(Protocol):
    """A machine.  Paths are absolute; what is wrong is an `OSError`, as Python has it."""

    @property
    def host(self) -> str:
        """The name of the machine."""
        ...

    @property
    def process(self) -> int:
        """The number of this process."""
        ...

    def is_alive(self, process: int) -> bool:
        """Returns whether there is such a process on this machine."""
        ...

    def time(self) -> float:
        """Returns the seconds since 1970, by which files are dated."""
        ...

    def monotonic(self) -> float:
        """Returns the seconds since some moment, by a clock that nobody sets."""
        ...

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds."""
        ...

    def repeating(self, seconds: float, action: Callable[[], bool]) -> AbstractContextManager[None]:
        """Calls `action` every so many seconds while the context lasts, until it returns False."""
        ...

    def complete(self, operations: Coroutine[Any, Any, T]) -> T:
        """Returns what reading or writing through Zarr returns, when it has ended."""
        ...

    async def aside(self, call: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """Returns what `call` returns, while other operations of Zarr go on."""
        ...

    def read(self, path: Path, most: int | None = None) -> bytes | None:
        """Returns what is in a file, or its first `most` bytes; None if there is none, or it is a folder.

        Raises `CatalogueError` if it is a pipe, a device or another thing of which the end is not known.
        """
        ...

    def write(self, path: Path, content: Any) -> None:
        """Writes a file.  Whoever looks at it meanwhile sees a part of it."""
        ...

    def replace(self, path: Path, other: Path) -> None:
        """Gives a file another name in one step, instead of what has that name."""
        ...

    def link(self, path: Path, other: Path) -> None:
        """Gives a file one more name in one step.  Raises `FileExistsError` if something has it."""
        ...

    def unlink(self, path: Path) -> None:
        """Removes a file or a link, if it is there."""
        ...

    def make_folder(self, path: Path) -> None:
        """Makes a folder in one that is there.  Raises `FileExistsError` if something has that name."""
        ...

    def remove_folder(self, path: Path) -> None:
        """Removes a folder that is empty."""
        ...

    def permit(self, path: Path, mode: int) -> None:
        """Gives a file or folder these permissions."""
        ...

    def about(self, path: Path, *, of_link: bool = False) -> os.stat_result | None:
        """Returns what is known of a file or folder, or of the link itself; None if there is none."""
        ...

    def entries(self, path: Path) -> list[StoredObject]:
        """Returns what lies in a folder; nothing if it is none."""
        ...

    def flush(self, paths: Iterable[Path]) -> None:
        """Returns when these files and lists of folders are on their device, where that is known."""
        ...

    def lock(self, path: Path, number: int, *, alone: bool) -> Callable[[], None] | None:
        """Locks one of many numbers of a file, alone or together with others who do not want it alone.

        The lock is released by what this returns, and by the end of the process, however that comes.

        Returns
        -------
        callable or None
            None if it is not to be had as long as somebody else has it.

        Raises
        ------
        NotImplementedError
            If the file system has no locks.
        OSError
            If there is no such file, or it may not be locked.
        """
        ...


@dataclass(frozen=True)
class OperatingSystem:
    """The machine that this process runs on.  Equal to itself where it is sent to."""

    @property
    def host(self) -> str:
        return platform.node()

    @property
    def process(self) -> int:
        return os.getpid()

    def is_alive(self, process: int) -> bool:
        try:
            os.kill(process, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except OSError:  # somebody else's
            return True
        return True

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    @contextmanager
    def repeating(self, seconds: float, action: Callable[[], bool]) -> Iterator[None]:
        ended = threading.Event()

        def repeat() -> None:
            while not ended.wait(seconds):
                if not action():
                    return

        thread = threading.Thread(target=repeat, daemon=True, name="repeating")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def complete(self, operations: Coroutine[Any, Any, T]) -> T:
        return sync(operations)

    async def aside(self, call: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        return await asyncio.to_thread(call, *arguments, **options)

    def read(self, path: Path, most: int | None = None) -> bytes | None:
        try:
            # Whoever opens a pipe would wait for its other end.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno in (errno.ENXIO, errno.ELOOP):  # a socket, or a link that leads to itself
                raise _not_regular(path) from error
            raise
        try:
            about = os.fstat(descriptor)
            if stat.S_ISDIR(about.st_mode):
                return None
            if not stat.S_ISREG(about.st_mode):
                raise _not_regular(path)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                # No more than there is: room is made for what is asked for.
                return file.read() if most is None else file.read(min(most, about.st_size))
        finally:
            os.close(descriptor)

    def write(self, path: Path, content: Any) -> None:
        path.write_bytes(content)

    def replace(self, path: Path, other: Path) -> None:
        path.replace(other)

    def link(self, path: Path, other: Path) -> None:
        os.link(path, other)

    def unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path) -> None:
        path.mkdir()

    def remove_folder(self, path: Path) -> None:
        path.rmdir()

    def permit(self, path: Path, mode: int) -> None:
        path.chmod(mode)

    def about(self, path: Path, *, of_link: bool = False) -> os.stat_result | None:
        try:
            return os.lstat(path) if of_link else os.stat(path)
        except OSError:
            return None

    def entries(self, path: Path) -> list[StoredObject]:
        now = self.time()
        try:
            with os.scandir(path) as entries:
                found = [_found(entry, now) for entry in entries]
        except (FileNotFoundError, NotADirectoryError):  # never there, or removed meanwhile
            return []
        return [one for one in found if one is not None]

    def flush(self, paths: Iterable[Path]) -> None:
        with ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:  # a file system commits several together
            list(pool.map(_flush, paths))

    def lock(self, path: Path, number: int, *, alone: bool) -> Callable[[], None] | None:
        # What is locked alone must be open for writing.
        descriptor = os.open(path, (os.O_RDWR if alone else os.O_RDONLY) | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            is_locked = _lock_byte(descriptor, fcntl.F_WRLCK if alone else fcntl.F_RDLCK, number)
        except BaseException:
            os.close(descriptor)
            raise
        if not is_locked:
            os.close(descriptor)
            return None

        def release() -> None:
            try:  # for a process that was forked meanwhile has it open as well
                _lock_byte(descriptor, fcntl.F_UNLCK, number)
            finally:
                os.close(descriptor)

        return release


OPERATING_SYSTEM = OperatingSystem()


def stamp_of_file(about: os.stat_result) -> str:
    """Returns what tells one content of a file from another."""
    return f"{about.st_mtime_ns:x}-{about.st_size:x}-{about.st_ino:x}"


def _found(entry: os.DirEntry[str], now: float) -> StoredObject | None:
    try:
        about = entry.stat(follow_symlinks=False)
        return StoredObject(
            entry.name,
            _is_directory(entry),
            about.st_size,
            stamp_of_file(about),
            about.st_mtime,
            entry.is_symlink(),
            now,
        )
    except FileNotFoundError:  # it has been removed meanwhile
        return None


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _flush(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # it has been removed, or may not be read
        return
    try:
        with suppress(OSError):  # not every file system flushes folders
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock_byte(descriptor: int, kind: int, number: int) -> bool:
    """Locks or releases one byte of an open file, which need not be there; returns whether it could be.

    The lock belongs to this opening of the file (`F_OFD_SETLK`), not to the process: other threads and other
    openings do not release it.
    """
    if sys.platform != "linux":  # whose `struct flock` this is
        raise NotImplementedError
    wanted = struct.pack("hhqqi", kind, os.SEEK_SET, number, 1, 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        if error.errno in WITHOUT_LOCKS:
            raise NotImplementedError from error
        raise
    return True


def _not_regular(path: Path) -> CatalogueError:
    return CatalogueError(f"{path} is no regular file, and is not read.")
