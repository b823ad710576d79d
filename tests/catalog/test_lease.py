"""A lease is held by one at a time, renewed while its holder lives, and taken over from a dead one."""

import json
import os
import platform
import subprocess
import sys
import threading
import time

import pytest

from wellposed.catalog import lease
from wellposed.catalog.lease import Lease
from wellposed.catalog.location import Location


@pytest.fixture
def held_lease(tmp_path, monkeypatch):
    monkeypatch.setattr(lease, "RENEWAL_INTERVAL_S", 0.05)
    monkeypatch.setattr(lease, "POLL_INTERVAL_S", 0.02)
    monkeypatch.setattr(lease, "LEASE_TIMEOUT_S", 0.5)
    return Lease(Location.of(tmp_path), "sweep.lease")


def nobody(holder):
    pytest.fail(f"waited for {holder}")


def test_it_is_there_while_it_is_held_and_renewed(held_lease):
    assert held_lease.holder() is None
    with held_lease.held(nobody):
        first = held_lease.holder()
        assert (first["pid"], first["host"]) == (os.getpid(), platform.node())
        deadline = time.monotonic() + 10
        while held_lease.holder()["beat"] <= first["beat"]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert held_lease.holder() is None


def test_another_waits_until_it_is_released_although_that_takes_longer_than_its_patience(held_lease):
    order, waited_for = [], []
    taken = threading.Event()

    def first():
        with held_lease.held(nobody):
            taken.set()
            time.sleep(1.5)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    taken.wait()
    with held_lease.held(waited_for.append):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
    assert waited_for == [f"process {os.getpid()} on {platform.node()}"]


def test_that_of_a_dead_process_of_this_host_is_taken_at_once(held_lease, monkeypatch):
    monkeypatch.setattr(lease, "LEASE_TIMEOUT_S", 1e9)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    holder = {"token": "theirs", "host": platform.node(), "pid": dead.pid, "beat": 3}
    held_lease.place.write({held_lease.key: json.dumps(holder).encode()})
    with held_lease.held(nobody):
        assert held_lease.holder()["pid"] == os.getpid()


@pytest.mark.parametrize(
    "content", ['{"token": "t", "host": "elsewhere", "pid": 1, "beat": 0}', "[]", "{", ""]
)
def test_one_that_nobody_renews_is_taken_after_a_while(held_lease, content):
    held_lease.place.write({held_lease.key: content.encode()})
    begun = time.monotonic()
    with held_lease.held(lambda holder: None):
        assert time.monotonic() - begun >= lease.LEASE_TIMEOUT_S
    assert held_lease.holder() is None


def test_one_that_was_taken_over_is_left_to_its_new_holder(held_lease):
    with held_lease.held(nobody):
        theirs = json.dumps({"token": "theirs", "host": "elsewhere", "pid": 1, "beat": 0})
        held_lease.place.write({held_lease.key: theirs.encode()})
        time.sleep(0.2)
    assert held_lease.holder()["token"] == "theirs"
