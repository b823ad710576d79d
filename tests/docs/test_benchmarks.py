"""Every benchmark runs, small; what it measures then is no measurement."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = sorted(path.name for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs(name, tmp_path):
    command = [sys.executable, str(ROOT / "benchmarks" / name), "--quick"]
    environment = {**os.environ, "WELLPOSED_HOME": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-5000:]
    assert len(done.stdout.splitlines()) > 2
