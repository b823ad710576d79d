"""Which state of the sources computed a sweep."""

from __future__ import annotations

import functools
import hashlib
import subprocess
from pathlib import Path

from wellposed.catalog.schema import versions

PACKAGES = ("catalog", "flows", "kinetics", "sweeps")


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


@functools.cache
def sources() -> dict[str, str]:
    """The versions of what the numbers depend on, and a hash of our own sources, as ``state``.

    A version of ours stands for many states while it is being worked on.
    """
    digest, root = hashlib.sha256(), Path(__file__).parents[2]
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return {**versions(), "wellposed state": digest.hexdigest()[:12]}
