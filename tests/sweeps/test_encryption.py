"""Whom Dask's schedulers and workers listen to that are started here."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import dask
import pytest
from distributed import Client, LocalCluster

from wellposed.errors import RequestError
from wellposed.sweeps.cluster.file import ClusterEntry
from wellposed.sweeps.cluster.workers import _started, connect, local_cluster

ATTACK = """
import asyncio, os, sys
import distributed
from distributed.core import rpc
from distributed.protocol.pickle import dumps
from distributed.security import Security
role, address, who, certificate, marked = sys.argv[1:]
security = Security.temporary() if certificate == "own" else Security()
if who == "nobody":  # when all has been imported
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
def run(dask_scheduler=None):
    with open(marked, "w") as file:
        file.write("executed")
async def attack():
    arguments = security.get_connection_args("client")
    async with rpc(address, timeout=3, connection_args=arguments) as server:
        ask = server.run_function if role == "scheduler" else server.run
        print(await asyncio.wait_for(ask(function=dumps(run)), 5))
asyncio.run(attack())
"""

WHO = [
    "self",
    pytest.param("nobody", marks=pytest.mark.skipif(os.getuid() != 0, reason="needs root")),
]


@pytest.fixture
def attacked(tmp_path_factory):
    """Tells what comes of it if somebody gives commands who was not told the certificate of a cluster."""

    def attack(client, role, who, certificate):
        place = tmp_path_factory.mktemp("open")
        worker = next(iter(client.scheduler_info()["workers"]))
        address = client.scheduler.address if role == "scheduler" else worker
        if certificate == "none":
            address = address.replace("tls://", "tcp://")
        command = [sys.executable, "-c", ATTACK, role, address, who, certificate, str(place / "marked")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
        return (place / "marked").exists(), done.stderr

    return attack


@pytest.mark.parametrize("role", ["scheduler", "worker"])
@pytest.mark.parametrize("who", WHO)
def test_what_speaks_plain_takes_commands_from_everybody(role, who, attacked, plain):
    """So that the refusals below mean something."""
    succeeded, said = attacked(plain, role, who, "none")
    assert succeeded, said


@pytest.fixture(scope="module")
def plain():
    """A client of a cluster as Dask makes it."""
    with (
        LocalCluster(
            n_workers=1, processes=False, protocol="tcp://", dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.mark.parametrize("role", ["scheduler", "worker"])
@pytest.mark.parametrize("certificate", ["none", "own"])
@pytest.mark.parametrize("who", WHO)
def test_nobody_else_gives_commands_to_a_scheduler_or_a_worker_of_ours(
    role, who, certificate, attacked, client
):
    succeeded, said = attacked(client, role, who, certificate)
    assert not succeeded
    assert "Error" in said
    assert client.submit(abs, -3).result() == 3  # ours goes on


def test_no_page_tells_others_what_runs(client):
    port = client.dashboard_link.rsplit(":", 1)[1].partition("/")[0]
    for page in (
        "status",
        "info/main/workers.html",
        "info/logs.html",
        "json/counts.json",
        "metrics",
        "health",
    ):
        with pytest.raises(OSError, match="404"):
            urlopen(f"http://127.0.0.1:{port}/{page}")


def test_what_workers_keep_on_disk_is_where_nobody_else_writes(client):
    for place in client.run(lambda dask_worker: dask_worker.local_directory).values():
        assert Path(place).parents[1].stat().st_mode & 0o077 == 0


def test_a_cluster_of_a_file_is_closed_too(attacked):
    entry = ClusterEntry(LocalCluster, {"threads_per_worker": 1}, 1, 1)
    with _started("mine", entry) as client:
        assert client.submit(abs, -3).result(timeout=60) == 3
        assert client.scheduler.address.startswith("tls://")
        assert not attacked(client, "scheduler", "self", "none")[0]


def test_a_cluster_of_a_file_has_the_protocol_and_the_dashboard_that_are_asked_for():
    options = {"threads_per_worker": 1, "protocol": "tcp://", "dashboard_address": "127.0.0.1:0"}
    with _started("mine", ClusterEntry(LocalCluster, options, 1, 1)) as client:
        assert client.scheduler.address.startswith("tcp://")
        assert urlopen(client.dashboard_link).status == 200


SITE = [
    {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"},
    {"DASK_DISTRIBUTED__COMM__DEFAULT_SCHEME": "ws"},
    {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": "/nowhere/ca.pem"},
]

ALONE = """
from wellposed.sweeps.cluster.workers import local_cluster
with local_cluster(1) as client:
    print(client.submit(abs, -3).result(), client.scheduler.address[:3])
"""


@pytest.mark.parametrize("settings", SITE, ids=lambda one: next(iter(one)))
def test_settings_of_a_site_change_nothing_for_workers_of_our_own(settings):
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.stdout == "3 tls\n", done.stderr
    assert not done.stderr


def test_a_scheduler_that_is_less_safe_than_the_site_demands_is_refused_in_one_line():
    import dask

    with (
        LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster,
        dask.config.set({"distributed.comm.require-encryption": True}),
        pytest.raises(
            RequestError, match=r"No Dask scheduler answers at tcp.*encryption required"
        ) as refusal,
        connect(cluster.scheduler_address),
    ):
        pass
    assert "\n" not in str(refusal.value)


IN_A_POOL = """
import multiprocessing
from wellposed.errors import RequestError
from wellposed.sweeps.cluster.workers import local_cluster

def asked(_):
    try:
        with local_cluster(1):
            return "there were workers"
    except RequestError as error:
        return str(error)

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(*pool.map(asked, [0]))
"""


def test_a_daemonic_process_is_told_that_it_may_have_no_workers(tmp_path):
    # A program of its own: what a pool cannot import, here a module of the tests, it tries for ever.
    program = tmp_path / "in_a_pool.py"
    program.write_text(IN_A_POOL)
    answer = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, timeout=120, cwd=tmp_path
    )
    assert answer.stdout.startswith(
        "Workers are processes, which a daemonic process, such as one of multiprocessing.Pool"
    )


def test_workers_keep_their_files_where_dasks_settings_say(tmp_path):
    """On nodes of clusters /tmp is small, or in memory."""
    place = tmp_path / "scratch"
    with dask.config.set({"temporary-directory": str(place)}), local_cluster(1) as client:
        kept = client.run(lambda dask_worker: dask_worker.local_directory)
        assert [Path(one).is_relative_to(place) for one in kept.values()] == [True]
        (closed,) = place.glob("wellposed-*")
        assert closed.stat().st_mode & 0o077 == 0
    assert not closed.exists()


def test_a_place_for_their_files_that_is_none_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with (
        dask.config.set({"temporary-directory": str(tmp_path / "file")}),
        pytest.raises(RequestError, match="`temporary-directory` cannot be used"),
        local_cluster(1),
    ):
        pass
