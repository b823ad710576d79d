"""Which state of the sources computed a sweep."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path


@functools.cache
def revision() -> str | None:
    """The git revision of these sources, with ``-dirty`` after it where they differ; None outside of git."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        found = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
