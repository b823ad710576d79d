"""Questions on a real SLURM: a controller and one node of this machine, for the tests of this file."""

import json
import os
import platform
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import dask
import pytest
import yaml

from wellposed.errors import RequestError
from wellposed.flows.cli.main import main
from wellposed.sweeps.cluster.fan_out import fan_out
from wellposed.sweeps.cluster.file import find_cluster
from wellposed.sweeps.cluster.workers import workers

if find_spec("dask_jobqueue") is None:
    pytest.skip("there is no dask-jobqueue", allow_module_level=True)

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "clusters.yaml"

DELAY = "WELLPOSED_TEST_DELAY"

PATIENCE = 240
"""Seconds: processes take their time to start where cores are shared."""

# More processors than there may be, as jobs here mostly wait; `closed` takes jobs and starts none.
CONFIGURATION = """\
ClusterName=wellposed
SlurmctldHost={host}(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket={place}/munge.socket
SlurmUser=root
SlurmdUser=root
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
MailProg=/bin/true
StateSaveLocation={place}/state
SlurmdSpoolDir={place}/spool
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/slurmd.pid
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
NodeName={host} NodeAddr=127.0.0.1 CPUs=6 RealMemory=6000 State=UNKNOWN
PartitionName=normal Nodes={host} Default=YES MaxTime=INFINITE State=UP
PartitionName=closed Nodes={host} MaxTime=INFINITE State=DOWN
"""

COMMANDS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")


@pytest.fixture(scope="module")
def slurm():
    """Has SLURM run, with `SLURM_CONF` in the environment, and ends it with all that it started."""
    lacking = [name for name in COMMANDS if shutil.which(name) is None]
    if lacking:
        pytest.skip(f"there is no {', '.join(lacking)}: Debian's slurmctld, slurmd, slurm-client and munge")
    if os.geteuid() != 0:
        pytest.skip("slurmd of these tests needs root")
    # Sockets have short paths.
    place, started = Path(tempfile.mkdtemp(prefix="wellposed-slurm-")), []
    configuration = place / "slurm.conf"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(configuration))
        try:
            place.chmod(0o755)  # whose way to its socket is closed, munge refuses
            for folder in ("state", "spool"):
                (place / folder).mkdir()
            (place / "munge.key").write_bytes(os.urandom(128))
            (place / "munge.key").chmod(0o400)
            host = platform.node().partition(".")[0]
            configuration.write_text(CONFIGURATION.format(host=host, place=place, ports=free_ports(2)))
            files = {
                "socket": "socket",
                "pid-file": "pid",
                "log-file": "log",
                "seed-file": "seed",
                "key-file": "key",
            }
            munge = [f"--{option}={place}/munge.{name}" for option, name in files.items()]
            for command in (
                ["munged", "--foreground", "--force", *munge],
                ["slurmctld", "-D", "-c"],
                ["slurmd", "-D", "-c", "-N", host],
            ):
                with (place / f"{command[0]}.out").open("w") as output:
                    started.append(subprocess.Popen(command, stdout=output, stderr=output))
            until(lambda: "idle" in asked("sinfo", "--noheader", "--format=%T", "--partition=normal"), 60)
            yield
        finally:
            asked("scancel", "--state=PENDING")
            asked("scancel", "--user=root")
            with suppress(AssertionError):
                until(lambda: not asked("squeue", "--noheader"), 20)
            for process in reversed(started):
                process.terminate()
            for process in started:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20)
            left = processes_of(configuration)
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            shutil.rmtree(place, ignore_errors=True)


def asked(*command):
    """What a command of SLURM says; nothing if it does not."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout
    except subprocess.TimeoutExpired:
        return ""


def until(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)
    return found


def free_ports(number):
    with_sockets = [socket.socket() for _ in range(number)]
    for one in with_sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in with_sockets]
    for one in with_sockets:
        one.close()
    return ports


def processes_of(configuration):
    """The processes of jobs, and of SLURM itself, that were told of a configuration."""
    mark, found = f"SLURM_CONF={configuration}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = (folder / "environ").read_bytes().split(b"\0")
            is_of_job = any(one.startswith(b"SLURM_JOB_ID=") for one in told)
            if mark in told and (is_of_job or (folder / "comm").read_text().startswith("slurm")):
                found.append(int(folder.name))
    return found


def running(name=""):
    """The ids of the jobs of a name, or of all, that run."""
    return asked(
        "squeue", "--noheader", "--states=RUNNING", "--format=%i", *([f"--name={name}"] if name else [])
    ).split()


@pytest.fixture
def clusters(tmp_path, monkeypatch):
    """Writes an entry like the example's, for one node, into the current folder, and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(name="slurm", **changes):
        slurm = yaml.safe_load(EXAMPLE.read_text())["slurm"]
        slurm["options"] |= {"cores": 1, "processes": 1, "memory": "1GB", "interface": "lo"}
        del slurm["options"]["account"]
        slurm["options"] |= changes.pop("options", {})
        slurm |= changes
        if "workers" in slurm:
            del slurm["adaptive"], slurm["idle"]
        path = Path("clusters.yaml")
        known = yaml.safe_load(path.read_text()) if path.exists() else {}
        path.write_text(yaml.safe_dump({**known, name: slurm}))
        return name

    return write


def stored(catalogue):
    """What is stored, byte by byte, but for manifests, which tell the time."""
    return {
        path.relative_to(catalogue): path.read_bytes()
        for path in sorted(catalogue.rglob("*"))
        if path.is_file() and (path.suffix != ".json" or path.name == "zarr.json")
    }


def test_the_example_is_accepted_and_makes_a_job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, "clusters.yaml")
    made = find_cluster("slurm").entry
    with made.cluster_class(**{**made.options, "interface": "lo"}) as cluster:
        script = cluster.job_script()
    assert "#SBATCH -p normal" in script
    assert "#SBATCH -A kinetic" in script
    assert "#SBATCH --cpus-per-task=8" in script
    assert "#SBATCH -t 04:00:00" in script
    assert {"--nthreads 1", "--nworkers 8"} <= {" ".join(words) for words in pairwise(script.split())}
    assert (made.minimum, made.maximum, made.idle) == (0, 64, 600.0)


def test_an_option_that_jobs_do_not_have_is_refused(clusters):
    with pytest.raises(RequestError, match="no option `wall_time`; did you mean `walltime`"):
        find_cluster(clusters(options={"wall_time": "01:00:00"}))


def test_jobs_speak_tls_with_what_their_owner_alone_may_read(slurm, clusters, tmp_path):
    # Dask's own scaling would release the worker after 0.3 s without work.
    patient = clusters(adaptive={"maximum": 1}, idle="1 h")
    with (
        dask.config.set({"distributed.adaptive.interval": "100ms"}),
        workers(find_cluster(patient)) as client,
    ):
        found = dict(fan_out(client, os.getenv, ["MALLOC_TRIM_THRESHOLD_", "OMP_NUM_THREADS"]))
        assert found == {"MALLOC_TRIM_THRESHOLD_": "268435456", "OMP_NUM_THREADS": "1"}
        assert {address.partition("://")[0] for address in client.scheduler_info()["workers"]} == {"tls"}
        (keys,) = tmp_path.glob(".wellposed-*")
        modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in (keys, *keys.iterdir())}
        assert modes == {keys.name: "0o700", "certificate.pem": "0o600", "key.pem": "0o600"}
        time.sleep(1.5)
        assert len(client.nthreads()) == 1
    assert not keys.exists()
    until(lambda: not running(), 30)


def test_a_worker_without_work_is_given_back_when_its_time_is_over(slurm, clusters):
    with workers(find_cluster(clusters(adaptive={"maximum": 1}, idle="2 s"))) as client:
        assert client.submit(abs, -3).result(PATIENCE) == 3
        until(lambda: not asked("squeue", "--noheader"), 60)
        assert not client.nthreads()


def test_a_job_that_is_cancelled_or_comes_to_its_walltime_ends_no_run(
    slurm, clusters, tmp_path, reference, start_command, prefect_server, job_of, answered
):
    """Two runs side by side, one of them with the example's `adaptive`: its first worker used to be retired
    while it was checked, and none that had gone was replaced."""
    growing = clusters(
        "growing",
        adaptive={"minimum": 0, "maximum": 4},
        environment={DELAY: 0.4},
        options={"cores": 2, "processes": 2},
    )
    # Long enough: the queue looks for jobs whose time is over every half a minute.
    fixed = clusters("fixed", workers=2, environment={DELAY: 2}, options={"job_name": "fixed"})
    lines = {"along": "x", "axes": {"y": [0.0, 0.5, 1.0]}, "tolerance": 1e-9}
    grid = {"axes": {"x": [i / 15 for i in range(16)], "y": [0.0, 0.25, 0.5, 0.75, 1.0]}}
    words = ["boundary", reference("DELAYED"), "--along", "x", "--axis", "y=0,0.5,1", "--tolerance", "1e-9"]
    there = tmp_path / "there"
    runs = [start_command(*words, "--cluster", fixed, "--catalogue", there, folder=tmp_path)]
    begun = until(lambda: len(found := running("fixed")) == 2 and found)
    words = ["sweep", reference("DELAYED"), "--axis", "x=0:1:16", "--axis", "y=0:1:5"]
    runs.append(start_command(*words, "--cluster", growing, "--catalogue", there, folder=tmp_path))
    until(lambda: len(blocks_of("boundary", there)) > 2)
    asked("scontrol", "update", f"JobId={begun[0]}", "EndTime=now+1")
    until(lambda: len(blocks_of("sweep", there)) > 2)
    cancelled = running("dask-worker")[0]
    asked("scancel", cancelled)
    told = [run.communicate(timeout=PATIENCE) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    assert (
        f"Job {begun[0]} of fixed has ended (TIMEOUT); what it was computing is computed again." in told[0][1]
    )
    assert f"Job {cancelled} of growing has ended (CANCELLED); what it was computing is " in told[1][1]
    assert not any("Traceback" in errors or "distributed" in errors for _, errors in told)
    assert not asked("squeue", "--noheader")
    for kind, fields in (("boundary", lines), ("sweep", grid)):
        answered(job_of(kind, reference("DELAYED"), **fields, catalogue=tmp_path / "here"))
    assert stored(there) == stored(tmp_path / "here")


def blocks_of(kind, catalogue):
    """The blocks that are stored of the one question of a kind."""
    from wellposed import catalog

    stores = catalog.open(catalogue).stores() if (catalogue / "catalogue.json").exists() else []
    found = [store for store in stores if store.attributes()["request"]["kind"] == kind]
    return found[0].stored() if found else set()


IMPATIENT = """
import sys
from wellposed.flows.cli.main import main
from wellposed.sweeps.cluster import scaling
scaling.SILENCE_S, scaling.QUEUE_INTERVAL_S = 2, 1
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def asking_impatiently(reference, name, folder):
    words = ["sweep", reference("TILTED"), "--axis", "x=0,1", "--cluster", name, "--catalogue", "results"]
    command = [sys.executable, "-c", IMPATIENT, *words]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as run:
        limit = threading.Timer(PATIENCE, run.kill)  # of reading what it says
        limit.start()
        try:
            yield run
        finally:
            limit.cancel()
            run.kill()


def test_a_queue_in_which_nothing_starts_is_said_and_left_by_ctrl_c(
    slurm, clusters, tmp_path, reference, prefect_server
):
    """dask-jobqueue has Ctrl-C end a process without a word and with status 0, as soon as it is imported."""
    with asking_impatiently(reference, clusters(options={"queue": "closed"}), tmp_path) as run:
        line = next(line for line in iter(run.stderr.readline, "") if "no worker" in line)
        assert re.search(
            r"  slurm has had no worker for 2 s: job \d+ is PENDING \(PartitionDown\)\. Ctrl-C ends", line
        )
        assert asked("squeue", "--noheader")
        run.send_signal(signal.SIGINT)
        assert run.wait(PATIENCE) == 130
        said = "wellposed: interrupted. What is computed is stored; the same command completes it.\n"
        assert run.stderr.read() == said
    assert not asked("squeue", "--noheader")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"queue": "nowhere"}, "The queue of slurm does not take its jobs: sbatch: error: invalid partition"),
        (
            {"job_script_prologue": ["exit 3"]},
            "3 jobs of slurm have ended one after the other without a worker",
        ),
    ],
)
def test_a_queue_that_will_give_no_worker_ends_the_run(
    options, said, slurm, clusters, tmp_path, reference, prefect_server
):
    with asking_impatiently(reference, clusters(options=options), tmp_path) as run:
        _, errors = run.communicate(timeout=PATIENCE)
    assert errors.splitlines()[-1].startswith(f"wellposed: {said}")
    assert "Traceback" not in errors
    assert run.returncode == 1
    assert not asked("squeue", "--noheader")


def told(capsys, *words):
    """The exit status of a command, and its answer in JSON."""
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_question_is_submitted_looked_after_cancelled_and_taken_up_again(
    slurm, clusters, tmp_path, reference, job_of, answered, capsys, monkeypatch
):
    name = clusters(workers=1, environment={DELAY: 0.3})
    asked_for = ["sweep", reference("DELAYED"), "--axis", "x=0:1:16", "--axis", "y=0:1:5", "--cluster", name]
    rc, found = told(capsys, "submit", *asked_for)
    id, number = found["submission"]["id"], found["submission"]["job"]
    assert rc == 0
    assert asked("squeue", "--noheader", "--format=%j").split() == [f"wellposed-{id}"]

    def now():
        return told(capsys, "status", id)[1]["submission"]

    runs = until(lambda: (found := now())["points"] > 4 and found)
    assert (runs["state"], runs["of"], runs["answered"]) == ("running", 80, 0)
    assert re.fullmatch(rf"runs on {platform.node()} since 20\d\d-\S+ \S+", runs["told"])
    assert re.fullmatch(rf"process \d+ on {platform.node()}: test\.delayed/\w+\.zarr", runs["holders"][0])

    with monkeypatch.context() as patch:  # a host of another cluster, and one of none
        patch.setattr("wellposed.sweeps.cluster.queue.cluster_name", lambda kind: "other")
        assert main(["cancel", id]) == 2
        assert (
            "wellposed: It was handed to the queue of wellposed, and this host is of other."
            in capsys.readouterr().err
        )
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        assert main(["cancel", id]) == 2
        assert "There is no scontrol on this host: ask on one of the cluster's" in capsys.readouterr().err
        assert now()["state"] == "running"  # its lease tells

    assert main(["cancel", id[:4]]) == 0
    said = capsys.readouterr().out
    assert re.match(
        rf"Cancelled {id}, job {number} of slurm\. \d+ points of it are stored and kept\.\n", said
    )
    until(lambda: not asked("squeue", "--noheader"), 60)
    ended = now()
    assert (ended["state"], ended["told"]) == ("ended", "has ended before all was answered (CANCELLED)")
    assert 4 < ended["points"] < 80
    assert main(["cancel", id]) == 2
    assert f"Submission {id} does not run any more: has ended before all" in capsys.readouterr().err

    question = {"axes": {"x": [i / 15 for i in range(16)], "y": [0.0, 0.25, 0.5, 0.75, 1.0]}}
    for place in ("results", "here"):  # the first one has a part of it
        answered(job_of("sweep", reference("DELAYED"), **question, catalogue=tmp_path / place))
    assert now()["state"] == "answered"
    assert told(capsys, "submit", *asked_for) == (0, {"submission": None})
    there = stored(tmp_path / "results")
    assert {path: content for path, content in there.items() if path.parts[0] != ".submissions"} == stored(
        tmp_path / "here"
    )


def test_a_question_without_a_queue_is_refused_before_anything_is_stored(clusters, reference, capsys):
    words = ["submit", "sweep", reference("TILTED"), "--axis", "x=0,1"]
    assert main(words) == 2
    assert "`cluster` must be an entry of clusters.yaml whose class is one of" in capsys.readouterr().err
    assert main([*words, "--pool", "kinetic"]) == 2
    assert "set PREFECT_API_URL to the address of its API" in capsys.readouterr().err
    assert main([*words[:-1], "z=0,1", "--cluster", clusters()]) == 2
    assert "z" in capsys.readouterr().err
    assert not Path("results").exists()
