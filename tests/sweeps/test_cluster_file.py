"""What ``--cluster`` means, and what is wrong with an entry of ``clusters.yaml``."""

import os
import socket

import pytest
from distributed import LocalCluster

from wellposed.errors import RequestError
from wellposed.sweeps.cluster.fan_out import fan_out
from wellposed.sweeps.cluster.file import LOCAL, find_cluster
from wellposed.sweeps.cluster.workers import workers


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes ``clusters.yaml`` into the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def write(text, folder=tmp_path):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "clusters.yaml").write_text(text)

    return write


def test_an_address_and_local_need_no_file(written):
    assert find_cluster("local") is LOCAL
    with socket.create_server(("127.0.0.1", 0)) as head:
        address = f"tls://127.0.0.1:{head.getsockname()[1]}"
        assert find_cluster(address).address == address
    with pytest.raises(RequestError, match=f"No Dask scheduler answers at {address}"):
        find_cluster(address)
    with pytest.raises(RequestError, match=r"begins with its protocol, such as tcp://head:8786\."):
        find_cluster("head:8786")
    with pytest.raises(
        RequestError, match=r"There is no cluster `slurm`: .* in clusters\.yaml, which is neither"
    ):
        find_cluster("slurm")


def test_the_file_here_goes_before_the_one_at_home(written, tmp_path):
    entry = "{{class: distributed.LocalCluster, workers: {}}}"
    written("home: " + entry.format(1), tmp_path / "config" / "wellposed")
    assert find_cluster("home").entry.maximum == 1
    written("here: " + entry.format(2))
    assert find_cluster("here").entry.maximum == 2
    with pytest.raises(RequestError, match="has no entry `home`; it has here"):
        find_cluster("home")


def test_an_entry_is_read(written):
    written("""
mine:
  class: distributed.LocalCluster
  options: {threads_per_worker: 1, memory_limit: 1GB}
  adaptive: {maximum: 3}
  idle: 1.5 h
  environment: {NAME: value, NUMBER: 3}
""")
    entry = find_cluster("mine").entry
    assert entry.cluster_class is LocalCluster
    assert entry.options == {"threads_per_worker": 1, "memory_limit": "1GB"}
    assert (entry.minimum, entry.maximum, entry.idle) == (0, 3, 5400.0)
    assert entry.environment == {"NAME": "value", "NUMBER": "3"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [", "is no YAML: while parsing a flow node"),
        ("- a", "must have entries by name"),
        ("local: {class: distributed.LocalCluster, workers: 1}", "must not have an entry `local`"),
        ("b: {}", "has no entry `a`; it has b."),
        ("aa: {}", "has no entry `a`; did you mean `aa`? it has aa."),
        ("a: 3", "must have keys of class, options, workers, adaptive, idle, environment, but is 3."),
        ("a: {clas: x}", "has no key `clas`; did you mean `class`? it may have class, options, workers"),
        ("a: {workers: 1}", "needs the key `class`, such as class: dask_jobqueue.SLURMCluster."),
        ("a: {class: SLURMCluster, workers: 1}", "`class` must be module.Class"),
        ("a: {class: no_such.Cluster, workers: 1}", "cannot be imported: ModuleNotFoundError"),
        (
            "a: {class: distributed.Client, workers: 1}",
            "`class` distributed.Client is no class of Dask clusters.",
        ),
        (
            "a: {class: distributed.LocalCluster}",
            "must have either `workers`, such as workers: 16, or `adaptive`",
        ),
        (
            "a: {class: distributed.LocalCluster, workers: 0}",
            "`workers` must be an integer of at least 1, but is 0.",
        ),
        ("a: {class: distributed.LocalCluster, workers: many}", "at least 1, but is 'many'."),
        ("a: {class: distributed.LocalCluster, adaptive: {minimum: 1}}", "`adaptive` needs a `maximum`"),
        (
            "a: {class: distributed.LocalCluster, adaptive: {maximum: 0}}",
            "`maximum` must be an integer of at least 1",
        ),
        (
            "a: {class: distributed.LocalCluster, adaptive: {max: 3}}",
            "`adaptive` has no key `max`; it may have",
        ),
        (
            "a: {class: distributed.LocalCluster, adaptive: {maximum: 3}, idle: 10}",
            "`idle` must be a time above 0 and of at most 30 days in s, min, h, such as 10 min, but is 10.",
        ),
        (
            "a: {class: distributed.LocalCluster, adaptive: {maximum: 3}, idle: 0 s}",
            "such as 10 min, but is '0 s'.",
        ),
        ("a: {class: distributed.LocalCluster, adaptive: {maximum: 3}, idle: 800 h}", "of at most 30 days"),
        (
            "a: {class: distributed.LocalCluster, workers: 3, idle: 10 min}",
            "`idle` goes with `adaptive`; with `workers`, none is given back.",
        ),
        (
            "a: {class: distributed.LocalCluster, workers: 1, options: {treads_per_worker: 1}}",
            "LocalCluster has no option `treads_per_worker`; did you mean `threads_per_worker`? it takes ",
        ),
        (
            "a: {class: distributed.LocalCluster, workers: 1, options: {n_workers: 1}}",
            "`options` must not have `n_workers`: give `workers` or `adaptive` beside `options`.",
        ),
        (
            "a: {class: distributed.LocalCluster, workers: 1, environment: {X: [1]}}",
            "`environment` must have a text or a number for `X`, but has [1].",
        ),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_started(written, text, line):
    written(text)
    with pytest.raises(RequestError) as refusal:
        find_cluster("a")
    assert line in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_entry_is_started_and_grows_with_its_work(written):
    written("""
mine:
  class: distributed.LocalCluster
  options: {threads_per_worker: 1, host: 127.0.0.1, dashboard_address: "127.0.0.1:0"}
  adaptive: {minimum: 0, maximum: 2}
  environment: {WELLPOSED_TEST_WORD: hello}
""")
    with workers(find_cluster("mine")) as client:
        assert not client.nthreads()
        assert dict(fan_out(client, os.getenv, ["WELLPOSED_TEST_WORD", "NUMBA_NUM_THREADS"])) == {
            "WELLPOSED_TEST_WORD": "hello",
            "NUMBA_NUM_THREADS": "1",
        }
        assert client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.allowed_failures) == 0


def test_a_class_that_does_not_start_is_named(written):
    written("mine: {class: distributed.LocalCluster, workers: 1, options: {protocol: nonsense}}")
    with (
        pytest.raises(RequestError, match="Cluster `mine` cannot be started: "),
        workers(find_cluster("mine")),
    ):
        pass
