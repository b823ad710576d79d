"""What is imported when: a worker needs no Prefect, and a reader of what is stored no Dask either."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("flows.block", {"prefect"}),
        ("flows.command_line", {"prefect", "distributed", "numba", "zarr"}),
        ("flows.search", {"prefect", "distributed"}),
        ("flows.sweep", {"prefect", "distributed"}),
        ("flows.questions", {"prefect", "distributed", "matplotlib"}),
        ("flows.findings", {"prefect", "distributed", "matplotlib"}),
    ],
)
def test_import_brings_only_what_is_needed(module, unwanted):
    code = f"import sys, {module}; print(*sys.modules)"
    imported = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert not unwanted & {name.partition(".")[0] for name in imported.split()}
