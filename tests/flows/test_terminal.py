"""Terminals without all the characters that the answers use."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_lacks_a_character_is_told_what_it_means(encoding):
    text = "0.25 ± 5e-07 – |C[n]| ≲ ω^β, 64π³ Γ k⁻¹ Léger"
    says = f"from wellposed.flows.cli import terminal; terminal.prepare(); print({text!a})"
    ran = subprocess.run(
        [sys.executable, "-c", says],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=100,
        check=True,
    )
    lines = {
        "ascii": "0.25 +/- 5e-07 - |C[n]| <~ omega^beta, 64pi^3 Gamma k^-1 Leger\n",
        "latin-1": "0.25 ± 5e-07 - |C[n]| <~ omega^beta, 64pi³ Gamma k^-¹ Léger\n",
        "cp1252": "0.25 ± 5e-07 – |C[n]| <~ omega^beta, 64pi³ Gamma k^-¹ Léger\n",
    }
    assert ran.stdout.decode(encoding).replace("\r\n", "\n") == lines[encoding]


def test_a_command_answers_in_such_a_terminal(tmp_path, wellposed_home):
    """``wellposed experiments wave.growth`` once ended in a traceback there."""
    ran = subprocess.run(
        [sys.executable, "-m", "wellposed.flows.cli.main", "experiments", "wave.growth"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "WELLPOSED_HOME": str(wellposed_home)},
        capture_output=True,
        timeout=200,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert b"K0 = 64pi^3" in ran.stdout
    assert b"?" not in ran.stdout
