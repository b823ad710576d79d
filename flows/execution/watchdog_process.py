"""A process beside a run that has no other task than to tell Prefect if the run is killed.

`wellposed.flows.execution.watchdog.Watchdog` starts it as a script.  It waits for the end of its standard
input, which the system brings about however a process ends.  It imports nothing else of ours and, until then,
next to nothing, so it takes some ten milliseconds; and it is of a session of its own, so that what a terminal
sends to the run does not reach it.
"""

from __future__ import annotations

import fcntl
import json
import signal
import sys
import time
from typing import Any

PATIENCE_S = 60.0
"""Seconds in which a server is told."""

LOOK_INTERVAL_S = 2.0

FINISHED = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")

CRASHED = {
    "type": "CRASHED",
    "name": "Crashed",
    "message": "The process of this run was killed. What is computed is stored; the same command completes "
    "it.",
}


def main() -> None:
    """Reads how to reach the server, and what runs begin and end; tells of the others at the end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a queue that ends a job sends it to all processes at once
    first = sys.stdin.readline()
    if not first:
        return
    server = json.loads(first)
    if server["users"] is None:
        _attend(server)
        return
    with open(server["users"], "a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # our own server stays as long as somebody holds this
        _attend(server)


def _attend(server: dict[str, Any]) -> None:
    """Waits for the end of the process that started this, and tells of its runs that have not ended."""
    runs: dict[str, dict[str, Any]] = {}
    for line in sys.stdin:
        said = json.loads(line)
        if "begun" in said:
            runs[said["begun"]] = {"grace": said["grace"], "state": CRASHED}
        elif "ends" in said:
            runs.setdefault(said["ends"], {"grace": 0.0})["state"] = said["state"]
        else:
            runs.pop(said["told"], None)
    if not runs:
        return
    time.sleep(max(run["grace"] for run in runs.values()))
    deadline = time.monotonic() + PATIENCE_S
    # A run within another one has begun later, and ends before it.
    for run in reversed(runs):
        while not _told(server, run, runs[run]["state"]) and time.monotonic() < deadline:
            time.sleep(LOOK_INTERVAL_S)


def _told(server: dict[str, Any], run: str, state: dict[str, str]) -> bool:
    """Whether the server knows that a run has ended."""
    import http.client

    try:
        if _asked(server, "GET", f"/flow_runs/{run}")["state_type"] in FINISHED:
            return True
        of_run = {"task_runs": {"flow_run_id": {"any_": [run]}}}
        body = {"state": state, "force": True}
        for task in _asked(server, "POST", "/task_runs/filter", of_run):
            if task["state_type"] not in FINISHED:
                _asked(server, "POST", f"/task_runs/{task['id']}/set_state", body)
        _asked(server, "POST", f"/flow_runs/{run}/set_state", body)
    except (OSError, ValueError, http.client.HTTPException):  # what urllib raises, and what is no answer
        return False
    return True


def _asked(server: dict[str, Any], method: str, path: str, body: object = None) -> Any:
    """What a server answers."""
    import ssl
    import urllib.request

    request = urllib.request.Request(
        server["url"].rstrip("/") + path,
        None if body is None else json.dumps(body).encode(),
        {**server["headers"], "Content-Type": "application/json"},
        method=method,
    )
    checks = None
    if server["url"].startswith("https:"):
        checks = ssl.create_default_context(cafile=server["certificates"])
        if server["is_unchecked"]:
            checks.check_hostname, checks.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(request, timeout=10, context=checks) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
