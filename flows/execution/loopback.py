"""Keeps proxies out of what processes of one machine say to each other."""

from __future__ import annotations

import os
from urllib.request import getproxies_environment

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def keep_loopback_direct() -> None:
    """Has this process, and those that it starts, reach loopback without a proxy, whatever variables say.

    ``HTTP_PROXY`` and its like go on to hold for all other places.
    """
    named = getproxies_environment()
    if not named:
        return
    direct = [host.strip() for host in named.get("no", "").split(",") if host.strip()]
    if "*" not in direct:
        # Some programs heed the one, some the other.
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(dict.fromkeys([*direct, *LOOPBACK]))
