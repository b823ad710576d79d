"""The entry for SLURM in `docs/examples/clusters.yaml`, with a queue that runs every job at once."""

import os
import stat
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from wellposed.errors import RequestError
from wellposed.sweeps.cluster.fan_out import fan_out
from wellposed.sweeps.cluster.file import find_cluster
from wellposed.sweeps.cluster.workers import workers

dask_jobqueue = pytest.importorskip("dask_jobqueue")

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "clusters.yaml"

COMMANDS = {
    "sbatch": 'cp "$1" {jobs}/script; bash {jobs}/script > {jobs}/log 2>&1 & echo "Submitted batch job $!"',
    "scancel": 'echo "$@" >> {jobs}/cancelled; kill "$@"',
}


@pytest.fixture
def entry(tmp_path, monkeypatch):
    """The example's entry, written into the current folder with some options replaced."""
    monkeypatch.chdir(tmp_path)

    def write(**options):
        slurm = yaml.safe_load(EXAMPLE.read_text())["slurm"]
        slurm["options"] |= options
        Path("clusters.yaml").write_text(yaml.safe_dump({"slurm": slurm}))
        return find_cluster("slurm")

    return write


def test_the_example_is_accepted_and_makes_a_job_for_it(entry):
    made = entry(interface="lo").entry
    with made.cluster_class(**made.options) as cluster:
        script = cluster.job_script()
    assert "#SBATCH -p normal" in script
    assert "#SBATCH -A kinetic" in script
    assert "#SBATCH --cpus-per-task=8" in script
    assert "#SBATCH -t 04:00:00" in script
    assert {"--nthreads 1", "--nworkers 8"} <= {" ".join(words) for words in pairwise(script.split())}
    assert (made.minimum, made.maximum) == (0, 64)


def test_an_option_that_jobs_do_not_have_is_refused(entry):
    with pytest.raises(RequestError, match="no option `wall_time`; did you mean `walltime`"):
        entry(wall_time="01:00:00")


@pytest.mark.slow
def test_blocks_run_in_jobs_and_jobs_are_cancelled_at_the_end(entry, tmp_path, monkeypatch):
    for name, body in COMMANDS.items():
        command = tmp_path / "bin" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text("#!/bin/bash\n" + body.format(jobs=tmp_path) + "\n")
        command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with workers(entry(interface="lo", cores=1, processes=1, memory="1GB")) as client:
        assert client.submit(os.getpid).result(timeout=60)
        found = dict(fan_out(client, os.getenv, ["MALLOC_TRIM_THRESHOLD_", "OMP_NUM_THREADS"]))
        assert found == {"MALLOC_TRIM_THRESHOLD_": "268435456", "OMP_NUM_THREADS": "1"}
        assert {address.partition("://")[0] for address in client.scheduler_info()["workers"]} == {"tls"}
        (keys,) = tmp_path.glob(".wellposed-*")
        modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in (keys, *keys.iterdir())}
        assert modes == {keys.name: "0o700", "certificate.pem": "0o600", "key.pem": "0o600"}
    assert not keys.exists()
    assert (tmp_path / "cancelled").read_text().strip().isdigit()
    script = (tmp_path / "script").read_text()
    assert "--nthreads 1" in script
    assert "--no-dashboard" in script
