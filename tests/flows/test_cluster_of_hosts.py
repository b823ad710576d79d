"""A flow, its scheduler and its worker on three hosts: network namespaces that one bridge joins."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import xarray as xr

ROOT = Path(__file__).parents[2]

HOSTS = {"scheduler": "10.77.0.1", "worker": "10.77.0.2", "client": "10.77.0.3"}


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def hosts():
    """The namespace of each host; each has a loopback of its own and sees the others."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and ip")
    mark = f"wp{os.getpid()}"
    names = {host: f"{mark}-{host}" for host in ["switch", *HOSTS]}
    with ExitStack() as stack:
        try:
            for name in names.values():
                ip("netns", "add", name)
                stack.callback(ip, "netns", "del", name)
        except subprocess.CalledProcessError:
            pytest.skip("no network namespaces here")
        inside = ("-n", names["switch"])
        ip(*inside, "link", "add", "bridge", "type", "bridge")
        ip(*inside, "link", "set", "bridge", "up")
        for number, (host, address) in enumerate(HOSTS.items()):
            there = ("-n", names[host])
            ip(*there, "link", "set", "lo", "up")
            ip(
                *there,
                "link",
                "add",
                "eth0",
                "type",
                "veth",
                "peer",
                f"port{number}",
                "netns",
                names["switch"],
            )
            ip(*there, "addr", "add", f"{address}/24", "dev", "eth0")
            ip(*there, "link", "set", "eth0", "up")
            ip(*inside, "link", "set", f"port{number}", "master", "bridge", "up")
        yield names


@pytest.mark.slow
def test_three_hosts_and_a_worker_that_cannot_reach_prefect(hosts, tmp_path, reference):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_API")},
        "PYTHONPATH": str(ROOT),
        "WELLPOSED_HOME": str(tmp_path / "home"),
    }
    started = []

    def start(host, *words, **options):
        command = ["ip", "netns", "exec", hosts[host], sys.executable, *words]
        started.append(subprocess.Popen(command, env=environment, cwd=tmp_path, **options))
        return started[-1]

    address = f"tcp://{HOSTS['scheduler']}:8786"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        common = ["--host", HOSTS["scheduler"], "--port", "8786", "--no-dashboard"]
        common += ["--scheduler-file", tmp_path / "scheduler.json"]
        start("scheduler", "-m", "distributed.cli.dask_scheduler", *common, **quiet)
        common = ["--host", HOSTS["worker"], "--nthreads", "1", "--no-dashboard"]
        start("worker", "-m", "distributed.cli.dask_worker", address, *common, **quiet)
        deadline = time.monotonic() + 60
        while not (tmp_path / "scheduler.json").exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        asked = ["sweep", reference("WITNESS"), "--axis", "x=0:1:8", "--cluster", address]
        told = start(
            "client", "-m", "wellposed.flows.cli.main", *asked, "--catalogue", tmp_path / "there",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        output, errors = told.communicate(timeout=240)
        assert told.returncode == 0, errors
        assert output.startswith("sweep")
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)
    (store,) = (tmp_path / "there").glob("*/*.zarr")
    found = xr.open_zarr(store).load()
    assert (found.outcome == 1).all()
    assert (found.slope == 0).all()  # Prefect is not imported there, and nothing there leads to it
    manifest = json.loads(store.with_suffix(".json").read_text())
    assert manifest["workers"] == 1
