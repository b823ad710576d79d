"""Compiled kernels are kept by the state of their sources."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from numba import config, njit

from wellposed import kinetics
from wellposed.kinetics import compilation_cache
from wellposed.kinetics.compilation_cache import CheckedCacheFile, keyed_by_sources, sources_hash
from wellposed.kinetics.wave import algebraic, evolution, panelled


def test_folder_is_named_after_the_sources_and_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    with keyed_by_sources("wave"):
        assert Path(config.CACHE_DIR) == tmp_path / sources_hash("wave")
        assert Path(config.CACHE_DIR).is_dir()
    assert str(tmp_path) == config.CACHE_DIR


def test_hash_changes_with_any_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "kinetics"
    (package / "wave").mkdir(parents=True)
    source = package / "wave" / "kernel.py"
    source.write_text("a = 1")
    monkeypatch.setattr(compilation_cache, "__file__", str(package / "compilation_cache.py"))
    before = sources_hash("wave")
    assert sources_hash("wave") == before
    source.write_text("a = 2")
    assert sources_hash("wave") != before


@pytest.mark.parametrize(
    ("changed", "noticed"),
    [
        ("exponent.py", True),
        ("boltzmann/kernel.py", False),
        ("wave/kernel.py", True),
        ("wave/claims.py", False),
        ("wave/claims/norms.py", False),
        ("wave/experiments/claims.py", True),
    ],
)
def test_hash_changes_with_what_is_compiled_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, noticed: bool
) -> None:
    package = tmp_path / "kinetics"
    for folder in ("boltzmann", "wave/claims", "wave/experiments"):
        (package / folder).mkdir(parents=True)
    monkeypatch.setattr(compilation_cache, "__file__", str(package / "compilation_cache.py"))
    before = sources_hash("wave")
    (package / changed).write_text("a = 1")
    assert (sources_hash("wave") != before) == noticed


FAMILIES = sorted(path.parent.name for path in Path(kinetics.__file__).parent.glob("*/__init__.py"))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_imports_another(family: str) -> None:
    """Or its kernels would be kept although those that they call have changed."""
    for path in (Path(kinetics.__file__).parent / family).rglob("*.py"):
        imports = re.findall(r"^\s*(?:from|import) .*", path.read_text(), re.MULTILINE)
        for other in set(FAMILIES) - {family}:
            assert f"kinetics.{other}" not in " ".join(imports), path


def test_an_unwritable_cache_is_replaced_by_a_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "file"))
    with keyed_by_sources("wave"):
        assert Path(config.CACHE_DIR).is_dir()


def test_every_kernel_is_kept_there() -> None:
    for kernel in (algebraic.parts_over_n1, panelled.regions_2_and_3, evolution.uniform.pair_sums):
        assert isinstance(kernel, type(njit(lambda: None)))
        assert sources_hash("wave") in kernel._cache.cache_path


LOADS_ITS_KERNELS = """
import pkgutil, sys
from importlib import import_module
import numba
family = import_module("wellposed.kinetics." + sys.argv[1])
from wellposed.kinetics.compilation_cache import sources_hash
loaded = [name.split(".") for name in sys.modules if name.startswith("wellposed.kinetics.")]
for found in pkgutil.walk_packages(family.__path__, family.__name__ + "."):
    for name, value in vars(import_module(found.name)).items():
        if isinstance(value, numba.core.dispatcher.Dispatcher) and value.stats.cache_path:
            if sources_hash(sys.argv[1]) not in value._cache.cache_path:
                print(found.name, name, value._cache.cache_path)
print(*{parts[2] for parts in loaded if len(parts) > 3})
"""


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_loaded_by_itself_and_its_kernels_are_kept_there(family: str) -> None:
    command = [sys.executable, "-c", LOADS_ITS_KERNELS, family]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    assert said.split() == [family]


def spoil(path: Path, damage: str) -> None:
    content = bytearray(path.read_bytes())
    if damage == "directory":
        path.unlink()
        path.mkdir()
        return
    content[len(content) // 2] ^= 8
    spoilt = {"empty": b"", "torn": path.read_bytes()[:40], "noise": b"\x80" * 99, "flipped": bytes(content)}
    path.write_bytes(spoilt[damage])


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", ["empty", "torn", "flipped", "noise", "directory"])
def test_a_damaged_file_of_the_cache_counts_as_not_there(tmp_path: Path, kind: str, damage: str) -> None:
    file = CheckedCacheFile(str(tmp_path), "kernel", "stamp")
    file.save("signature", ["compiled"] * 40)
    assert file.load("signature") == ["compiled"] * 40
    (plain,) = CheckedCacheFile.__bases__
    assert plain(str(tmp_path), "kernel", "stamp").load("signature") == ["compiled"] * 40, "numba reads it"
    (path,) = tmp_path.glob(f"*.{kind}")
    spoil(path, damage)
    assert file.load("signature") is None
    file.save("signature", ["anew"])
    if damage != "directory":
        assert file.load("signature") == ["anew"]


def test_what_numba_itself_has_kept_is_read(tmp_path: Path) -> None:
    (plain,) = CheckedCacheFile.__bases__
    plain(str(tmp_path), "kernel", "stamp").save("signature", "compiled")
    assert CheckedCacheFile(str(tmp_path), "kernel", "stamp").load("signature") == "compiled"


def test_a_full_disk_keeps_no_kernel_from_being_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = CheckedCacheFile(str(tmp_path / "nowhere"), "kernel", "stamp")
    file.save("signature", "compiled")
    assert file.load("signature") is None


def test_a_kernel_whose_cache_is_empty_is_compiled_again(tmp_path: Path) -> None:
    (tmp_path / "kernel.py").write_text(
        "from numba import njit\n\n@njit(cache=True)\ndef twice(x):\n    return 2 * x\n"
    )

    def twice(x: int) -> int:
        module = runpy.run_path(str(tmp_path / "kernel.py"))
        return int(module["twice"](x))

    assert twice(21) == 42
    for path in (tmp_path / "__pycache__").glob("*.nb?"):
        path.write_bytes(b"")
    assert twice(21) == 42
    assert all(path.stat().st_size for path in (tmp_path / "__pycache__").glob("*.nb?"))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_kernel_is_declared_where_none_is_looked_for(family: str) -> None:
    folder = Path(kinetics.__file__).parent / family
    for name in compilation_cache.DECLARATIONS:
        for path in [folder / name, *(folder / name).rglob("*.py")]:
            assert not path.is_file() or "numba" not in path.read_text(), path
    for path in folder.rglob("*.py"):
        if path.relative_to(folder).parts[0] not in compilation_cache.DECLARATIONS:
            read = re.findall(rf"kinetics\.{family}\.(\w+)", path.read_text())
            assert not set(read) & {name.removesuffix(".py") for name in compilation_cache.DECLARATIONS}, path
