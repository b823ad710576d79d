"""A catalogue on an S3 server, or in memory, holds the same as one on a local disk."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from wellposed import catalog
from wellposed.catalog import store as storing
from wellposed.catalog.location import LOCKS, Location
from wellposed.errors import CatalogueError

ROOT = Path(__file__).parents[2]

WRITER = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("examples", {conftest!r})
examples = importlib.util.module_from_spec(spec)
spec.loader.exec_module(examples)
template = examples.sweep_template()
store = examples.catalog.open(sys.argv[1], writable=True).create(template, examples.CHUNKS)
examples.Examples.fill(store, template, examples.regions(template)[int(sys.argv[2])::2])
"""


@pytest.fixture(params=["memory", "s3"])
def remote(request):
    return f"memory://{uuid.uuid4().hex}" if request.param == "memory" else request.getfixturevalue("s3")


def contents(url):
    here = Location.of(url)
    keys = [found.name for found in here.walk()]
    return dict(zip(keys, here.read_all(keys), strict=True))


def filled(url, examples):
    catalogue = catalog.open(url, writable=True)
    for id, M in (("aaaa0000", 7), ("aaaa1111", 9)):
        template = examples.sweep_template(id, M=M)
        store = catalogue.create(template, examples.chunks)
        examples.fill(store, template, examples.regions(template)[: None if M == 7 else 3])
        if M == 7:
            store.finish(command="wellposed run")
    return catalogue


def test_the_same_bytes_are_stored(remote, tmp_path, examples):
    there, here = filled(remote, examples), filled(tmp_path / "results", examples)
    stored, expected = contents(there.url), contents(here.url)
    assert expected.pop(LOCKS) == b""  # which object stores have not
    manifests = [json.loads(found.pop("wave.growth/aaaa0000.json")) for found in (stored, expected)]
    assert stored == expected
    for manifest in manifests:
        del manifest["created"], manifest["sha256"]
    assert manifests[0] == manifests[1]


def test_equal_datasets_are_found(remote, tmp_path, examples):
    there, here = filled(remote, examples), filled(tmp_path / "results", examples)
    columns = [name for name in catalog.query.COLUMNS if name != "created"]
    assert there.table()[columns].equals(here.table()[columns])
    for selectors in ({}, {"M": 7, "beta": slice(0.2, 0.8), "outcome": "ok"}):
        found, expected = there.search(**selectors), here.search(**selectors)
        assert len(found) == len(expected) > 0
        for one, other in zip(found, expected, strict=True):
            assert one.load().identical(other.load())
    assert there.concat("wave.growth").identical(here.concat("wave.growth"))
    assert there.find("aaaa1").totals() == here.find("aaaa1").totals()
    assert there.find("aaaa0").manifest()["command"] == "wellposed run"


def test_a_place_that_holds_something_else_is_refused(remote):
    Location.of(remote).write({"thesis.tex": b"all my work"})
    with pytest.raises(CatalogueError, match=r"holds something else than a catalogue, such as thesis\.tex"):
        catalog.open(remote, writable=True)


def test_looking_does_not_make_a_catalogue(remote):
    with pytest.raises(CatalogueError, match="There is no catalogue at"):
        catalog.open(remote)
    assert contents(remote) == {}


def test_a_manifest_is_created_once(remote, examples):
    store = filled(remote, examples).find("aaaa0")
    before = store.manifest()
    store.finish(command="another")
    assert store.manifest() == before


def test_several_processes_fill_a_store_that_a_reader_watches(s3, tmp_path, examples):
    script = WRITER.format(conftest=str(Path(__file__).with_name("conftest.py")))
    template = examples.sweep_template()
    store = catalog.open(s3, writable=True).create(template, examples.chunks)
    assert store.totals()["missing"] == 20
    writers = [
        subprocess.Popen([sys.executable, "-c", script, s3, str(half)], cwd=ROOT, env=os.environ)
        for half in range(2)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert store.totals()["missing"] == 0
    store.finish()
    local = catalog.open(tmp_path / "results", writable=True).create(template, examples.chunks)
    examples.fill(local, template)
    assert contents(store.location) == contents(local.location)


def test_a_sweep_is_computed_into_a_server_as_into_a_directory(s3, tmp_path):
    from wellposed.flows.execution.block import run_block
    from wellposed.flows.kinds.request import made
    from wellposed.flows.kinds.sweep import SweepRequest, sweep_job
    from wellposed.sweeps.experiments.find import locate

    experiment = f"{ROOT / 'tests' / 'flows' / 'experiments.py'}:FRAGILE"
    answers = {}
    for place in (s3, tmp_path / "results"):
        axes = {"x": [0.0, 0.25, 0.5, 1.0], "y": [0.0, 1.0]}
        asked = {"experiment": experiment, "axes": axes, "catalogue": place}
        job = sweep_job(made(SweepRequest, asked), locate)
        for asked in job.rounds():
            for block in asked.blocks:
                run_block(block, job.assignment)
        job.finish(seconds=0.0)
        answers[place] = (job.result().load(), contents(job.store.location))
        assert not job.pending
    (there, bytes_there), (here, bytes_here) = answers.values()
    assert there.identical(here)
    assert bytes_there == bytes_here


def test_no_outcome_is_stored_over_values_that_are_removed_meanwhile(remote, examples, monkeypatch):
    template = examples.sweep_template()
    store = catalog.open(remote, writable=True).create(template, examples.chunks)
    write, region = storing._write_all, examples.regions(template)[0]

    async def write_and_lose(parts):
        await write(parts)
        await store.here.storage(writable=True).delete("profile/c/0/0/0")

    monkeypatch.setattr(storing, "_write_all", write_and_lose)
    with pytest.raises(CatalogueError, match="is not there; it may have been removed meanwhile"):
        examples.fill(store, template, [region])
    assert store.stored() == set()
