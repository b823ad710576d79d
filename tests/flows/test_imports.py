"""What is imported when: a worker needs no Prefect, and a reader of what is stored no Dask either."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("wellposed", {"prefect", "distributed", "numba", "zarr", "xarray", "pandas"}),
        ("wellposed.flows.cli.main", {"prefect", "distributed", "numba", "zarr", "xarray", "pandas"}),
        ("wellposed.flows.execution.block", {"prefect"}),
        ("wellposed.flows.kinds", {"prefect", "distributed", "matplotlib", "numba"}),
        ("wellposed.flows.presentation.findings", {"prefect", "distributed", "matplotlib"}),
    ],
)
def test_import_brings_only_what_is_needed(module, unwanted):
    code = f"import sys, {module}; print(*sys.modules)"
    imported = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert not unwanted & {name.partition(".")[0] for name in imported.split()}
