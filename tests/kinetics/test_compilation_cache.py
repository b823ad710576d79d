"""Compiled kernels are kept by the state of their sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from numba import config, njit

from wellposed import kinetics
from wellposed.kinetics import compilation_cache
from wellposed.kinetics.compilation_cache import keyed_by_sources, sources_hash
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


@pytest.mark.parametrize(("changed", "noticed"), [("exponent.py", True), ("boltzmann/kernel.py", False)])
def test_hash_changes_with_what_is_shared_and_not_with_another_family(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, noticed: bool
) -> None:
    package = tmp_path / "kinetics"
    (package / "boltzmann").mkdir(parents=True)
    monkeypatch.setattr(compilation_cache, "__file__", str(package / "compilation_cache.py"))
    before = sources_hash("wave")
    (package / changed).write_text("a = 1")
    assert (sources_hash("wave") != before) == noticed


FAMILIES = sorted(path.parent.name for path in Path(kinetics.__file__).parent.glob("*/__init__.py"))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_imports_another(family: str) -> None:
    """Or its kernels would be kept although those that they call have changed."""
    for path in (Path(kinetics.__file__).parent / family).rglob("*.py"):
        for other in set(FAMILIES) - {family}:
            assert f"kinetics.{other}" not in path.read_text(), path


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
