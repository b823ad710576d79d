"""Workers of our own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_script_without_a_guard_is_told_so_instead_of_hanging(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    body = (
        "from wellposed.sweeps.cluster.workers import local_cluster\n"
        "with local_cluster(1) as client:\n"
        "    print(client.submit(abs, -3).result())\n"
    )
    script.write_text(body)
    told = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, env={"PYTHONPATH": str(ROOT)}
    )
    assert told.returncode != 0
    assert f"Workers begin by importing {script}" in told.stderr

    guarded = body.replace("with", "if __name__ == '__main__':\n  with").replace("    print", "      print")
    script.write_text(guarded)
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, env={"PYTHONPATH": str(ROOT)}
    )
    assert done.stdout == "3\n"
