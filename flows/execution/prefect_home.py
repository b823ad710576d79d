"""Where our own Prefect server lives, and whether the user names another; known without Prefect."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

NAMING = ("PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH", "PREFECT_HOME")
"""Variables that name a server, or the place where one is named."""


def home() -> Path:
    """Where our own server keeps its database; ``WELLPOSED_HOME`` moves it."""
    base = os.environ.get("WELLPOSED_HOME") or platformdirs.user_data_path("wellposed")
    return Path(base) / "prefect"


def names_server() -> bool:
    """Whether Prefect's settings may name a server: whether Prefect, which takes long to import, knows."""
    if "prefect.settings" in sys.modules or any(name in os.environ for name in NAMING):
        return True
    places = (
        (Path("~/.prefect/profiles.toml").expanduser(), "PREFECT_API_URL"),
        (Path(".env"), "PREFECT_API_URL"),
        (Path("prefect.toml"), ""),
        (Path("pyproject.toml"), "[tool.prefect"),
    )
    return any(
        place.is_file() and sign in place.read_text("utf-8", errors="replace") for place, sign in places
    )
