"""Records of what was submitted: found again, checked before they are believed, and removed in time."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from wellposed import catalog
from wellposed.catalog import health, submissions
from wellposed.catalog.location import Location
from wellposed.catalog.submissions import Submission
from wellposed.errors import CatalogueError

MADE = Submission(
    id="3c7cd225",
    question="toy.growth: beta=0:1:2",
    command="wellposed sweep toy.growth --axis beta=0:1:2",
    sweeps=("toy.growth/0123456789abcdef.zarr",),
    submitted="2026-11-30T21:49:47+00:00",
    user="ada",
    host="login1",
    cluster="slurm",
    where={"kind": "slurm", "name": "hpc1", "job": "14", "log": "/home/ada/wellposed-3c7cd225.log"},
)


@pytest.fixture
def place(tmp_path):
    """A catalogue with one record."""
    catalog.open(tmp_path, writable=True)
    submissions.record(Location.of(tmp_path), MADE)
    return Location.of(tmp_path)


def test_a_record_is_found_by_its_first_digits(place):
    other = replace(MADE, id="3d000000", submitted="2026-11-29T21:49:47+00:00")
    submissions.record(place, other)
    assert submissions.submissions(place) == [other, MADE]
    assert submissions.find(place, "3c") == MADE
    for id, listed in (
        ("3", "begins 3c7cd225, 3d000000"),
        ("4", "begins none of 3c7cd225, 3d000000"),
        ("", "begins none"),
    ):
        with pytest.raises(CatalogueError, match=f"must begin one submission in .*, but '{id}' {listed}"):
            submissions.find(place, id)


def test_no_other_command_takes_records_for_sweeps(place):
    here = catalog.open(place.url)
    assert not here.stores()
    assert here.table().empty
    assert health.garbage(place) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"user": "--help"},
        {"where": {**MADE.where, "job": "-u root"}},
        {"where": {**MADE.where, "job": "all"}},  # Torque's qdel ends every job of whoever asks then
        {"where": {**MADE.where, "job": "0"}},  # and so does LSF's bkill
        {"where": {"pool": "pool", "api": "http://127.0.0.1:4200/api", "flow_run": ""}},
        {"command": "wellposed sweep 'wave.growth"},
        {"command": "rm -r results"},
        {"submitted": "9999-12-31T23:59:59-12:00"},
        {"question": "\x9b2J"},
        {"sweeps": []},
        {"where": {**MADE.where, "name": "a b"}},
        {"where": {"kind": 3}},
        {"where": {}},
        {"where": {"pool": "kinetic", "api": "http://127.0.0.1:4200/api", "flow_run": "../../admin"}},
        {"sweeps": ["../../etc/x.zarr"]},
        {"sweeps": "toy.growth/0123456789abcdef.zarr"},
        {"submitted": "yesterday"},
        {"submitted": "2026-11-30T21:49:47"},
        {"id": "00000000"},
        {"question": None},
        {"more": 1},
    ],
)
def test_what_a_command_of_a_queue_could_misread_is_no_record(place, changes):
    path = Path(place.url, submissions.FOLDER, f"{MADE.id}.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(CatalogueError, match=r"3c7cd225\.json is damaged: it is no record of a submission"):
        submissions.find(place, MADE.id)
    assert submissions.submissions(place) == []


def test_records_of_what_is_answered_or_removed_are_garbage_after_a_day(store, catalogue, template, examples):
    place = catalogue.location
    made = replace(MADE, sweeps=(store.path,))
    submissions.record(place, made)
    path = Path(place.url, submissions.FOLDER, f"{made.id}.json")
    os.utime(path, (0, 0))
    assert health.garbage(place) == []  # not answered: who asked may want to know
    examples.fill(store, template)
    store.finish(seconds=0.0)
    (found,) = health.garbage(place)
    assert found.key == f".submissions/{made.id}.json"
    assert found.reason == "is the record of a submission that has been answered"
    os.utime(path)
    assert health.garbage(place) == []
    health.remove(store)
    os.utime(path, (0, 0))
    (found,) = health.garbage(place)
    assert found.reason == "is the record of a submission that has no answers any more"
    health.dispose(place, [found])
    assert not path.parent.exists()
