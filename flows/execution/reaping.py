"""Processes that end by themselves, when this one may not wait for them any more."""

from __future__ import annotations

import subprocess
import threading


def reap(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Has the system forget a process when it ends, however long this program lives; returns at once."""
    threading.Thread(target=process.wait, daemon=True, name="reaping").start()
