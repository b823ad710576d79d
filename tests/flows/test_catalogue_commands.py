"""What the commands about a catalogue print, ask and answer."""

import io
import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas
import pytest
import xarray

import wellposed
from wellposed import catalog
from wellposed.catalog.store import manifest_text
from wellposed.flows.cli.main import main
from wellposed.flows.execution.block import run_block
from wellposed.flows.kinds.job import provenance_of
from wellposed.flows.presentation.listing import catalogue_table

AXES = {"x": [0.0, 0.25, 0.5, 1.0], "y": [0.0, 1.0]}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A directory with a catalogue called ``results``."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "results"


def compute(job, most=None):
    """Computes some blocks of a job here and now, or all of them."""
    for block in [block for asked in job.rounds() for block in asked.blocks][:most]:
        run_block(block, job.assignment)
    if most is None:
        job.finish(seconds=0.0)
    return job


@pytest.fixture
def finished(place, reference, job_of):
    return compute(job_of("sweep", reference("FRAGILE"), axes=AXES)).store


@pytest.fixture
def unfinished(place, reference, job_of):
    """Some of twenty points are stored."""
    axes = {"x": [0.1, 0.2, 0.3, 0.4], "y": [0.0, 0.25, 0.5, 0.75, 1.0]}
    return compute(job_of("sweep", reference("DELAYED"), axes=axes), most=4).store


def says(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_list_says_how_much_is_left(finished, unfinished, capsys):
    left = unfinished.totals()["missing"]
    assert 0 < left < 20
    assert main(["ls"]) == 0
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split()[-1] == "finished"
    assert f"left off: {left} of 20 left" in first
    assert "test.fragile" in second
    assert "left" not in second
    assert main(["ls", "test.fragile"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_list_tells_what_runs_from_what_was_left_off(unfinished, capsys):
    with unfinished.lease().held(pytest.fail):
        assert main(["ls"]) == 0
    stored = sum(unfinished.totals()[outcome] for outcome in ("ok", "unresolved", "failed"))
    running = f"running: {20 - stored} of 20 left, by process {os.getpid()} on "
    assert running in capsys.readouterr().out
    with unfinished.lease().held(pytest.fail):
        assert main(["ls", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["sweeps"]
    assert told["computed_by"].startswith(f"process {os.getpid()} on ")


def test_list_tells_along_what_a_search_is(place, reference, job_of, answered, capsys):
    answered(job_of("boundary", reference("TILTED"), along="x", axes={"y": [0.0, 1.0]}))
    assert main(["ls"]) == 0
    header, row = (re.split(r"\s{2,}", line) for line in capsys.readouterr().out.splitlines())
    assert row[header.index("along")] == "x"


@pytest.mark.parametrize("width", [50, 80, 120])
def test_list_fits_a_terminal_and_says_what_it_leaves_out(finished, unfinished, width):
    rows = catalog.open("results").rows()
    shown = str(catalogue_table(rows, width))
    assert max(map(len, shown.splitlines())) <= width
    assert "left off: " in shown  # which matters most
    assert finished.id[:8] in shown
    columns = set(shown.split("\n")[0].split())
    left_out = {"version", "fixed", "kind", "axes", "ok", "unresolved", "failed"} - columns
    assert left_out
    said = " ".join(shown.partition("No room for ")[2].split())
    assert left_out <= set(said.partition(";")[0].split(", "))
    assert "No room" not in str(catalogue_table(rows))


def test_list_says_so_where_a_name_matches_nothing(finished, capsys):
    assert main(["ls", "test.fragil"]) == 0
    said = "results holds no sweep of 'test.fragil'; it has those of test.fragile.\n"
    assert capsys.readouterr().out == said
    assert main(["rm", finished.id, "--yes"]) == 0
    capsys.readouterr()
    assert main(["ls"]) == 0
    assert capsys.readouterr().out == "results holds no sweep yet.\n"
    assert main(["ls", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"sweeps": []}


def test_show_has_the_boundaries_and_the_vertices_that_were_found(place, reference, job_of, answered, capsys):
    found = answered(job_of("boundary", reference("TILTED"), along="x", axes={"y": [0.0, 1.0]}))
    assert main(["show", found.store.id]) == 0
    shown = capsys.readouterr().out
    rows = [line.split() for line in shown.splitlines()]
    (header,) = [row for row in rows if "x_c" in row]
    at = header.index("x_c")
    assert [float(row[at]) for row in rows[rows.index(header) + 1 :]] == pytest.approx([0.3, 0.4], abs=1e-6)
    assert main(["show", found.store.id, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["answer"]["boundaries"]
    assert [one["boundary"] for one in told] == pytest.approx([0.3, 0.4], abs=1e-6)
    curve = answered(job_of("curve", reference("TILTED"), along="x", across="y", over=(0.0, 1.0)))
    assert main(["show", curve.store.id]) == 0
    shown = capsys.readouterr().out
    vertices = [line.split() for line in shown.rpartition("± error\n")[2].splitlines() if line[:1] == "0"]
    assert len(vertices) > 8
    for _, y, _, x, _ in vertices:
        assert float(x) == pytest.approx(0.3 + 0.1 * float(y), abs=1e-2)


def test_show_describes_what_it_cannot_show(finished, capsys, monkeypatch):
    monkeypatch.setattr("wellposed.flows.report.read_store.MOST_POINTS", 3)
    assert main(["show", finished.id]) == 0
    shown = capsys.readouterr().out
    assert shown.split()[:2] == ["id", finished.id]
    assert "Its answer cannot be shown: " in shown


def test_show_tells_what_made_it(finished, capsys):
    path = Path(finished.location).with_suffix(".json")
    blocks = len(finished.stored())
    told = {
        "seconds": 2.5,
        "blocks": blocks,
        "block_seconds": 4.0 * blocks,
        "cpu_seconds": 3.0 * blocks,
        "workers": 2,
        "revision": "abc123-dirty",
    }
    path.write_text(manifest_text({**json.loads(path.read_text()), **told}))
    assert main(["show", finished.id[:6]]) == 0
    shown = capsys.readouterr().out
    for line in (
        f"2.5 s on 2 workers; {blocks} blocks of 4 s and 3 s of CPU each",
        "abc123-dirty",
        "numpy ",
        "python ",
        "axis x      0, 0.25, 0.5, 1",
        "2 failed",
        "not fine enough here (the first reason;",
        f"wellposed sweep {json.loads(path.read_text())['command'].split()[2]}",
        "xarray.open_zarr",
    ):
        assert line in shown


def test_show_tells_how_much_is_left_and_who_computes_it(unfinished, capsys):
    assert main(["show", unfinished.id]) == 0
    shown = capsys.readouterr().out
    assert "of 20 left; run it again to complete it" in shown
    assert "running" not in shown
    with unfinished.lease().held(pytest.fail):
        assert main(["show", unfinished.id]) == 0
    assert f"process {os.getpid()} on" in capsys.readouterr().out


def test_show_obeys_nothing_that_is_stored(finished, capsys):
    path = Path(finished.location).with_suffix(".json")
    told = {"title": "\x1b[2Jgone", "command": "rm -rf ~\r\x1b[8m"}
    path.write_text(manifest_text({**json.loads(path.read_text()), **told}))
    assert main(["show", finished.id]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\r" not in shown
    path.write_text(manifest_text({**json.loads(path.read_text()), "seconds": "long"}))
    assert main(["show", finished.id]) == 2
    assert "damaged" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["", "n\n", "no\n", "\n", "maybe\n"])
def test_nothing_is_removed_without_a_yes(finished, capsys, monkeypatch, answer):
    says(monkeypatch, answer)
    assert main(["rm", finished.id]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith(finished.id)
    assert errors.endswith("wellposed: nothing was removed\n")
    assert catalog.open("results").stores() == [finished]


@pytest.mark.parametrize("arguments", [[], ["--yes"]])
def test_what_is_agreed_to_is_removed(finished, unfinished, capsys, monkeypatch, arguments):
    says(monkeypatch, "" if arguments else "y\n")
    assert main(["rm", finished.id, *arguments]) == 0
    assert capsys.readouterr().out.endswith("Removed 1 sweep.\n")
    assert catalog.open("results").stores() == [unfinished]


def test_one_that_is_not_there_keeps_the_others_from_being_removed(finished, capsys):
    assert main(["rm", finished.id, "zzzz", "--yes"]) == 2
    assert "'zzzz' begins none" in capsys.readouterr().err
    assert catalog.open("results").stores() == [finished]


def test_damage_is_reported_repaired_and_computed_again(finished, reference, job_of, capsys):
    assert main(["verify"]) == 0
    assert capsys.readouterr().out == f"{finished.id}  test.fragile: whole\n"
    before = finished.dataset().load()
    chunk = min(Path(finished.location).glob("slope/c/*/*"))
    chunk.write_bytes(chunk.read_bytes()[:-1] + b"?")
    assert main(["verify", finished.id]) == 1
    reported = capsys.readouterr().out
    assert "1 damage\n    slope/c/0/0: is not as it was written" in reported
    assert "With --repair" in reported
    assert finished.manifest() is not None
    assert main(["verify", "--repair"]) == 0
    repaired = capsys.readouterr().out
    assert "1 block made missing" in repaired
    assert "    wellposed sweep " in repaired
    assert finished.totals()["missing"] == math.prod(finished.chunks.values())
    compute(job_of("sweep", reference("FRAGILE"), axes=AXES))
    assert main(["verify"]) == 0
    assert finished.dataset().load().identical(before)


def test_what_cannot_be_repaired_is_told(finished, capsys):
    (chunk,) = Path(finished.location).glob("x/c/0")
    chunk.write_bytes(b"")
    assert main(["verify", "--repair"]) == 1
    assert f"or `wellposed rm {finished.id}`" in capsys.readouterr().out


def test_garbage_is_listed_and_removed(finished, unfinished, capsys, monkeypatch):
    assert main(["gc"]) == 0
    assert capsys.readouterr().out == "There is nothing to remove.\n"
    orphan = Path(finished.location, "slope", "c", "0.1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f.partial")
    orphan.write_text("")
    for path in Path("results").rglob("*"):
        os.utime(path, (1.7e9, 1.7e9))
    assert main(["gc"]) == 0
    listed = capsys.readouterr().out
    assert "slope/c/0.1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f.partial  was left by a writer" in listed
    assert listed.endswith("Removed 1 thing.\n")
    assert not orphan.exists()
    says(monkeypatch, "n\n")
    assert main(["gc", "--unfinished"]) == 2
    assert unfinished.path in capsys.readouterr().err
    assert main(["gc", "--unfinished", "--yes"]) == 0
    assert catalog.open("results").stores() == [finished]


def test_a_sweep_goes_out_and_comes_back(finished, place, capsys):
    pytest.importorskip("h5netcdf")
    assert main(["export", finished.id, "sweep.nc"]) == 0
    assert 'xarray.open_dataset("sweep.nc")' in capsys.readouterr().out
    before = finished.dataset().load()
    assert main(["rm", finished.id, "--yes"]) == 0
    assert main(["import", "sweep.nc"]) == 0
    assert f"results/{finished.path}" in capsys.readouterr().out
    assert finished.dataset().load().identical(before)
    assert main(["import", finished.location, "--catalogue", "other"]) == 0
    assert catalog.open("other").find(finished.id).dataset().load().identical(before)


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "zz"],
        ["rm", "zz", "--yes"],
        ["verify", "zz"],
        ["export", "zz", "a.nc"],
        ["import", "a.nc"],
        ["import", "a.csv"],
        ["gc", "--catalogue", "nowhere"],
        ["verify", "--catalogue", "nowhere"],
        ["ls", "--catalogue", "nowhere"],
    ],
)
def test_what_is_not_allowed_is_refused_in_one_line(arguments, finished, capsys):
    pytest.importorskip("h5netcdf")
    assert main(arguments) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith("wellposed: ")
    assert errors.count("\n") == 1
    assert not Path("nowhere").exists()


def test_where_kernels_are_kept_is_said(capsys, tmp_path, monkeypatch):
    from numba import config

    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    assert main(["experiments", "wave.growth", "--verbose"]) == 0
    assert f"Compiled kernels are kept in {tmp_path}" in capsys.readouterr().out
    assert main(["experiments", "wave.growth"]) == 0
    assert "kept in" not in capsys.readouterr().out


def test_what_a_person_could_miss_is_removed_only_after_a_yes(finished, capsys, monkeypatch):
    """A store whose making did not end is ours; a folder of somebody's that is called as a store is not."""
    half = Path("results", "test.fragile", "aa.zarr")
    shutil.copytree(finished.location, half)
    (half / "zarr.json").unlink()
    climate = Path("results", "mydata", "climate.zarr")
    (climate / "t").mkdir(parents=True)
    for name in (".zgroup", ".zattrs", "t/.zarray", "t/0.0"):
        (climate / name).write_text('{"zarr_format": 2}')
    for path in Path("results").rglob("*"):
        os.utime(path, (1.7e9, 1.7e9))
    says(monkeypatch, "")  # nobody is there
    assert main(["gc"]) == 2
    assert "aa.zarr/  is a store whose making or removal did not end" in capsys.readouterr().err
    assert half.exists()
    says(monkeypatch, "y\n")
    assert main(["gc"]) == 0
    assert not half.exists()
    assert main(["gc", "--unfinished", "--yes"]) == 0
    assert sorted(path.name for path in climate.rglob("*")) == [".zarray", ".zattrs", ".zgroup", "0.0", "t"]


def test_what_lies_in_a_sweep_and_is_not_ours_stays(finished, capsys):
    notes = Path(finished.location, "slope", "notes.txt")
    notes.write_text("mine")
    Path(finished.location, ".DS_Store").write_text("")
    assert main(["verify"]) == 1
    assert "in nobody's way" in capsys.readouterr().out
    assert main(["rm", finished.id, "--yes"]) == 0
    assert "slope/notes.txt is not ours, and was left" in capsys.readouterr().out
    left = [path for path in Path(finished.location).rglob("*") if path.is_file()]
    assert left == [notes]


def test_a_catalogue_that_lost_its_marker_gets_it_back(finished, capsys):
    marker = Path("results", "catalogue.json")
    whole = marker.read_bytes()
    for spoil in (lambda: marker.write_bytes(bytes(len(whole))), marker.unlink):
        spoil()
        assert main(["ls"]) == 2
        assert '{"format": "wellposed catalogue", "version": 1}' in capsys.readouterr().err
        assert main(["verify", "--repair"]) == 0
        assert "is written anew" in capsys.readouterr().out
        assert marker.read_bytes() == whole
    assert main(["verify", "--repair"]) == 0
    assert "anew" not in capsys.readouterr().out


def test_a_stranger_s_folder_is_marked_by_nobody(place, capsys):
    (place / "mydata" / "climate.zarr" / "t").mkdir(parents=True)
    (place / "mydata" / "climate.zarr" / "zarr.json").write_text('{"zarr_format": 3, "node_type": "group"}')
    assert main(["verify", "--repair"]) == 2
    assert "something else than a catalogue" in capsys.readouterr().err
    assert not (place / "catalogue.json").exists()


PERMITTED = """
import ctypes, sys
for capability in (1, 2):  # what lets root read and write everything
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
import os
os.execv(sys.executable, [sys.executable, "-m", "wellposed.flows.cli.main", *sys.argv[1:]])
"""


def as_permitted(*command):
    """Runs a command as somebody who may do what the files say, which root need not heed."""
    ran = subprocess.run(
        [sys.executable, "-c", PERMITTED, *command], capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
def closed(finished, unfinished, place):
    """A catalogue in which one experiment belongs to somebody who does not share it."""
    folder = place / unfinished.experiment
    folder.chmod(0)
    yield folder
    folder.chmod(0o755)


@pytest.mark.parametrize("command", ["ls", "verify", "gc"])
def test_what_may_not_be_read_is_named_and_in_nobodys_way(closed, finished, command):
    status, out, err = as_permitted(command)
    assert status == 0
    assert command == "gc" or finished.id in out
    assert [line for line in err.splitlines() if line.startswith(f"wellposed: {closed} is left ")]
    assert "UserWarning" not in err


def test_a_chunk_that_may_not_be_read_is_not_taken_for_damaged_and_removed(finished):
    chunk = Path(finished.location, "slope", "c", "1", "0")
    chunk.chmod(0)
    status, out, _ = as_permitted("verify", "--repair")
    assert status == 1
    assert f"{chunk.relative_to(finished.location)}: cannot be read: Permission denied" in out
    assert chunk.exists()
    assert finished.totals()["missing"] == 0


def test_where_nothing_may_be_written_it_is_one_line(finished, place):
    Path(finished.location, "slope", "c", "1", "0").write_bytes(b"")
    folder = place / finished.experiment
    folder.chmod(0o555)
    try:
        for command in (["rm", finished.id, "--yes"], ["verify", "--repair"]):
            status, _, err = as_permitted(*command)
            assert status == 2
            assert err.splitlines()[-1].startswith(f"wellposed: {folder}")
            assert err.splitlines()[-1].endswith(": Permission denied")
    finally:
        folder.chmod(0o755)


def test_import_of_what_is_no_sweep_leaves_no_catalogue_behind(tmp_path, capsys):
    (tmp_path / "nope.nc").write_text("no NetCDF")
    for source in ("nope.nc", "absent.nc", "x.zarr"):
        assert main(["import", str(tmp_path / source), "--catalogue", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("folder", ["plain", "a::b", 'with "quotes"', "back\\slash", "it's"])
def test_line_of_python_that_is_shown_opens_what_it_says(tmp_path, reference, job_of, capsys, folder):
    place = tmp_path / folder / "results"
    place.parent.mkdir()
    job = compute(job_of("sweep", reference("TILTED"), axes={"x": [0.0, 1.0]}, catalogue=place))
    assert main(["show", job.store.id, "--catalogue", str(place)]) == 0
    (line,) = re.findall(r"^open +(.*)$", capsys.readouterr().out, re.MULTILINE)
    for opening in (line, provenance_of(job).opening):
        opened = eval(opening, {"xarray": xarray, "wellposed": wellposed})
        assert opened.attrs["sweep_id"] == job.store.id


def test_what_is_exported_as_text_is_opened_as_it_is_said(finished, capsys):
    assert main(["export", finished.id, "sweep.csv"]) == 0
    line = capsys.readouterr().out.splitlines()[-1].strip()
    assert line == 'pandas.read_csv("sweep.csv")'
    assert len(eval(line, {"pandas": pandas})) == 8
