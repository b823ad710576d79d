"""Who computes a sweep: a lease that its holder renews while it lives, so that a dead one is in nobody's way.

It saves work, and is not what keeps the data whole: two runs that write one sweep store the same bytes, each
chunk in one step.  So it does not matter that a place without atomic replacement may give it to two.
"""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from wellposed.catalog.location import Location
from wellposed.catalog.system import OPERATING_SYSTEM, System
from wellposed.errors import CatalogueError

RENEWAL_INTERVAL_S = 3.0
"""Seconds between two renewals."""

LEASE_TIMEOUT_S = 15.0
"""Seconds without a renewal after which a holder is taken for dead, by the clock of the one who waits."""

LARGEST_LEASE_BYTES = 4096
"""How much of a lease is read."""

POLL_INTERVAL_S = 0.5
"""Seconds between two looks at a lease that somebody else holds."""


@dataclass(frozen=True)
class Lease:
    """A lease, held by one process at a time.

    Attributes
    ----------
    place : Location
        The directory where it is kept.
    key : str
        Its name there.
    """

    place: Location
    key: str

    def holder(self) -> dict[str, Any] | None:
        """Returns who holds it: ``host``, ``pid``, and a ``beat`` that counts on.  None if nobody does."""
        try:
            text = self.place.read(self.key, LARGEST_LEASE_BYTES)
        except CatalogueError:  # a pipe or a device
            return {}
        if text is None:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):  # whatever it is, nobody renews it
            return {}
        return found if isinstance(found, dict) else {}

    @contextmanager
    def held(self, waiting: Callable[[str], None]) -> Iterator[None]:
        """Holds the lease, after waiting for whoever holds it now.

        Parameters
        ----------
        waiting : callable
            Told once who is waited for, in words.

        Raises
        ------
        OSError
            If nothing can be written.
        """
        token = secrets.token_hex(8)
        self._acquire(token, waiting)
        beats = itertools.count(1)
        try:
            with self.place.system.repeating(RENEWAL_INTERVAL_S, lambda: self._renew(token, next(beats))):
                yield
        finally:
            if self._is_ours(token):
                self.place.remove([self.key])

    def _acquire(self, token: str, waiting: Callable[[str], None]) -> None:
        system = self.place.system
        self.place.create(self.key, self._content(token, 0))
        before, since, told = self.holder(), system.monotonic(), False
        while not self._is_ours(token):
            holder = self.holder()
            if holder != before:
                before, since = holder, system.monotonic()
            if holder is None:
                self.place.create(self.key, self._content(token, 0))
            elif is_dead(holder, system) or system.monotonic() - since > LEASE_TIMEOUT_S:
                self.place.write({self.key: self._content(token, 0).encode()})
            else:
                if not told:
                    waiting(f"process {holder.get('pid')} on {holder.get('host')}")
                    told = True
                system.sleep(POLL_INTERVAL_S)

    def _renew(self, token: str, beat: int) -> bool:
        """Renews the lease; returns whether it is still ours."""
        try:
            if not self._is_ours(token):  # taken for dead, as one is after a long sleep
                return False
            self.place.write({self.key: self._content(token, beat).encode()})
        except OSError:  # a full disk is for the one who stores results to report
            pass
        return True

    def _is_ours(self, token: str) -> bool:
        return (self.holder() or {}).get("token") == token

    def _content(self, token: str, beat: int) -> str:
        about = {"host": self.place.system.host, "pid": self.place.system.process}
        return json.dumps({"token": token, **about, "beat": beat}) + "\n"


def is_dead(holder: dict[str, Any], system: System = OPERATING_SYSTEM) -> bool:
    """Returns whether a process of this host that holds a lease is no more."""
    pid = holder.get("pid")
    if holder.get("host") != system.host or not isinstance(pid, int) or pid <= 0:
        return False
    return not system.is_alive(pid)
