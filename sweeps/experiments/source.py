"""The source of an experiment of one's own: what tells its states apart, and how it comes to workers.

An experiment that is installed is told apart by its `version`.  One in a file is edited between two runs, and
nobody raises a version each time; so the bytes of that file, and of those beside it that it imports, are part
of what is asked.  The same bytes go to workers with each block: they need not see the file, and compute with
what was there when the question was put, whatever is written into it meanwhile.
"""

from __future__ import annotations

import builtins
import functools
import hashlib
import importlib
import importlib.util
import os
import sys
import sysconfig
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from modulefinder import ModuleFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import platformdirs

from wellposed.private_folder import private_folder

OURS = ("wellposed",)

INSTALLED = ("site-packages", "dist-packages")
"""Folders of what is installed."""

_loading = threading.RLock()


@dataclass(frozen=True)
class Source:
    """The files that an experiment of one's own is made of.  Made by `source_of_file` or `source_of_module`.

    Attributes
    ----------
    module : str
        What is imported, if that has a name, such as ``mine.growth``; else the first of the files is run.
    origin : str
        Where the folder is on the machine where it was found.
    files : tuple of (str, bytes)
        By path in that folder.
    """

    module: str | None
    origin: str
    files: tuple[tuple[str, bytes], ...]

    @functools.cached_property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that only these files have."""
        digest = hashlib.sha256()
        for name, content in sorted(self.files):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()[:16]


def source_of_file(path: Path) -> Source:
    """The source that begins with the file at `path`, with the modules beside it that it imports.

    Raises
    ------
    OSError
        If it cannot be read.
    SyntaxError
        If it is no Python.
    """
    finder = ModuleFinder(path=[str(path.parent)], excludes=[*OURS, *sys.stdlib_module_names])
    finder.run_script(str(path))
    beside = _files(finder, path.parent)
    return Source(None, str(path.parent), ((path.name, path.read_bytes()), *beside))


def source_of_module(name: str) -> Source | None:
    """The source of the module called `name`, with what it imports beside it; None if it is installed.

    Raises
    ------
    ImportError
        If there is no such module.
    """
    spec = importlib.util.find_spec(name.partition(".")[0])
    if spec is None:
        raise ModuleNotFoundError(f"No module named '{name.partition('.')[0]}'")
    if spec.name in OURS or spec.origin is None or not spec.has_location or _is_installed(spec.origin):
        return None
    root = Path(spec.origin).resolve().parents[1 if spec.submodule_search_locations else 0]
    finder = ModuleFinder(path=[str(root)], excludes=[*OURS, *sys.stdlib_module_names])
    finder.import_hook(name)
    return Source(name, str(root), _files(finder, root))


def load(source: Source) -> ModuleType:
    """The module of `source`, once for each state of it: compiled functions are kept from block to block."""
    safe_kernels()
    with _loading:
        return _load(source)


def safe_kernels() -> None:
    """Sees to it that compiled functions of what is imported from now on are kept with a checksum."""
    importlib.import_module("wellposed.kinetics.compilation_cache")


def error_text(error: Exception | SystemExit) -> str:
    """What an error says, with its kind, and the line of a source that it was raised in, if it was in one."""
    line = "" if isinstance(error, SyntaxError) else _line_of(error)  # which says it itself
    said = str(error)
    for package in list(_states):
        said = said.replace(f"{package}.", "")
    return f"{type(error).__name__}{f' in {line}' if line else ''}: {said}"


def _line_of(error: Exception | SystemExit) -> str:
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        for state in list(_states.values()):
            if frame.filename.startswith(f"{state.folder}{os.sep}"):
                return f"{Path(frame.filename).relative_to(state.folder).as_posix()}, line {frame.lineno}"
    return ""


def _files(finder: ModuleFinder, root: Path) -> tuple[tuple[str, bytes], ...]:
    """The modules that were found in the folder `root`, and those that could not be read as Python."""
    modules: dict[str, Any] = dict(finder.modules)
    found = {Path(m.__file__) for name, m in modules.items() if m.__file__ and name != "__main__"}
    # To be refused when it is imported, with its line.
    broken = {root.joinpath(*name.split(".")).with_suffix(".py") for name in finder.badmodules}
    found |= {path for path in broken if path.is_file()}
    named = {path.relative_to(root).as_posix(): path for path in found if path.is_relative_to(root)}
    kept = {
        name: path
        for name, path in named.items()
        if (top := name.partition("/")[0].removesuffix(".py")) not in (*OURS, *sys.stdlib_module_names)
        and not _is_installed_elsewhere(top)
    }
    return tuple((name, path.read_bytes()) for name, path in sorted(kept.items()))


def _is_installed_elsewhere(name: str) -> bool:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):  # one that is half imported
        return False
    return spec is not None and spec.origin is not None and _is_installed(spec.origin)


def _is_installed(origin: str) -> bool:
    """Whether a file belongs to Python or to a distribution, which have versions."""
    if set(INSTALLED) & set(Path(origin).parts):
        return True
    library = Path(sysconfig.get_path("stdlib")).resolve()
    return origin in ("built-in", "frozen") or Path(origin).resolve().is_relative_to(library)


class _Finder(PathFinder):
    """Finds what is imported of sources that are loaded."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        state = _states.get(fullname.partition(".")[0])
        spec = None if state is None else super().find_spec(fullname, path, target)
        if state is not None and spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path, state)
        return spec


class _Loader(SourceFileLoader):
    """Runs a module of a source, whose imports are those of the same source whenever they happen."""

    def __init__(self, fullname: str, path: str, state: _State) -> None:
        super().__init__(fullname, path)
        self.state = state

    def exec_module(self, module: ModuleType) -> None:
        # It may look for its data beside it.
        module.__file__ = str(self.state.origin / Path(self.path).relative_to(self.state.folder))
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self.state.import_here}
        super().exec_module(module)


@dataclass(frozen=True)
class _State:
    """A source that is loaded: its modules are in a package of its own, beside those of other states."""

    package: str
    folder: Path
    origin: Path
    names: frozenset[str]
    """Of its modules, the first parts."""

    def import_here(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """What the statement ``import`` calls in its modules."""
        top = name.partition(".")[0]
        if level or top not in self.names:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        found = builtins.__import__(f"{self.package}.{name}", globals, locals, fromlist or ("",))
        return found if fromlist else sys.modules[f"{self.package}.{top}"]


_states: dict[str, _State] = {}
"""By the names of their packages."""


def _load(source: Source) -> ModuleType:
    # Two folders may hold the same files, and other data.
    place = hashlib.sha256(os.fsencode(source.origin)).hexdigest()[:8]
    package = f"wellposed_{source.fingerprint}_{place}"
    if package not in _states:
        beside = source.files if source.module else source.files[1:]
        names = frozenset(name.partition("/")[0].removesuffix(".py") for name, _ in beside)
        _states[package] = _State(package, _unpacked(package, source), Path(source.origin), names)
        sys.modules[package] = ModuleType(package)
        sys.modules[package].__path__ = [str(_states[package].folder)]
        if _Finder not in sys.meta_path:
            sys.meta_path.insert(0, _Finder)
        importlib.invalidate_caches()
    if source.module is not None:
        return importlib.import_module(f"{package}.{source.module}")
    return _run(_states[package], source.files[0][0])


def _run(state: _State, file: str) -> ModuleType:
    """The module in the file that a source begins with, whatever it is called."""
    name = f"{state.package}.{Path(file).stem.replace('.', '_')}"
    if name in sys.modules:
        return sys.modules[name]
    path = str(state.folder / file)
    spec = importlib.util.spec_from_file_location(name, path, loader=_Loader(name, path, state))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and numba look their module up by name
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _unpacked(package: str, source: Source) -> Path:
    """A folder that holds the files, and will: what numba compiles and keeps beside them stays right."""
    home = os.environ.get("WELLPOSED_HOME")
    cache = Path(home, "cache") if home else platformdirs.user_cache_path("wellposed")
    try:
        # Of this package alone: what numba keeps names the module that it is of.
        return _written(private_folder(cache.absolute()) / "experiments" / package, source)
    except OSError:
        return _written(Path(tempfile.mkdtemp(prefix="wellposed-")), source)


def _written(folder: Path, source: Source) -> Path:
    for name, content in source.files:
        path = folder / name
        if path.is_file() and path.read_bytes() == content:
            continue
        private_folder(path.parent)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        os.replace(file.name, path)  # other workers do the same
    return folder
