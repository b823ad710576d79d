"""What leaves a catalogue as a file holds all of it, and what is brought back is byte for byte what left."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from wellposed import catalog
from wellposed.catalog import exchange, health
from wellposed.catalog.location import RegularFiles
from wellposed.errors import CatalogueError


@pytest.fixture
def finished(store, template, examples):
    examples.fill(store, template)
    store.finish(command="wellposed run")
    return store


@pytest.fixture
def searched(catalogue, examples):
    """A boundary search, of which some evaluations are not used."""
    store = catalogue.create(examples.search_template(), {"M": 1, "evaluation": 1})
    beta = np.array([[0.0, 0.25, 0.5, 1.0, 0.3, 0.2], [0.0, 0.5, 0.9, 1.0, np.nan, np.nan]])
    dims = ("M", "evaluation")
    answers = {"beta": beta, "growth": beta - 0.25, "outcome": (~np.isnan(beta)).astype(np.uint8)}
    variables = {name: (dims, values) for name, values in answers.items()}
    told = xr.Dataset(variables)
    for line, asked in enumerate([6, 4]):
        region = {"M": slice(line, line + 1), "evaluation": slice(0, asked)}
        store.write(region, told.isel(region))
    store.write({}, xr.Dataset({"boundary": ("M", [0.25, np.nan])}))
    store.finish()
    return store


@pytest.fixture
def other(tmp_path):
    return catalog.open(tmp_path / "other", writable=True)


@pytest.mark.parametrize("which", ["finished", "searched"])
def test_what_is_exported_and_brought_back_is_the_same_bytes(which, other, tmp_path, examples, request):
    pytest.importorskip("h5netcdf")
    store = request.getfixturevalue(which)
    exchange.export(store, tmp_path / "sweep.nc")
    brought = exchange.bring(other, tmp_path / "sweep.nc")
    assert brought.path == store.path
    assert examples.contents(brought.location) == examples.contents(store.location)
    assert brought.manifest() == store.manifest()
    assert health.verify(brought) == []
    assert exchange.bring(other, tmp_path / "sweep.nc") == brought, "once more changes nothing"


def test_plain_xarray_reads_what_is_exported(finished, tmp_path):
    pytest.importorskip("h5netcdf")
    exchange.export(finished, tmp_path / "sweep.nc")
    expected = finished.dataset().load()
    with xr.open_dataset(tmp_path / "sweep.nc", engine="h5netcdf") as found:
        assert set(found.variables) == set(expected.variables)
        assert set(found.coords) == set(expected.coords)
        for name, variable in expected.variables.items():
            assert found[name].dims == variable.dims
            exact = variable.dtype.kind == "T"
            np.testing.assert_array_equal(
                found[name].values, variable.values.astype(object) if exact else variable
            )
        assert found.growth.attrs["units"] == "1"
        assert found.outcome.attrs["flag_meanings"] == "missing ok unresolved failed"
        assert found.outcome.attrs["flag_values"].dtype == found.outcome.dtype
        assert found.attrs["experiment"] == "wave.growth"
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix) == ["sweep.nc"]


@pytest.mark.parametrize("which", ["finished", "searched"])
def test_a_data_frame_has_a_row_for_every_point(which, tmp_path, request):
    pytest.importorskip("pyarrow")
    store = request.getfixturevalue(which)
    exchange.export(store, tmp_path / "sweep.parquet")
    frame = pd.read_parquet(tmp_path / "sweep.parquet")
    expected = store.dataset().load()
    assert len(frame) == int((expected.outcome != 0).sum())
    names = expected.outcome.attrs["flag_meanings"].split()
    for _, row in frame.iterrows():
        point = expected.sel(M=row.M) if which == "searched" else expected.sel(beta=row.beta, datum=row.datum)
        if which == "searched":
            point = point.isel(evaluation=np.flatnonzero(point.beta == row.beta)[0])
        else:
            assert row.profile.tolist() == point.profile.values.tolist()
            assert row.operator == "gain"
        assert row.growth == pytest.approx(point.growth.item(), nan_ok=True, abs=0)
        assert row.outcome == names[point.outcome.item()]
        assert row.reason == point.reason.item()


@pytest.mark.parametrize("which", ["finished", "searched"])
def test_text_for_spreadsheets_has_every_digit_of_every_point(which, tmp_path, request):
    store = request.getfixturevalue(which)
    exchange.export(store, tmp_path / "sweep.csv")
    frame = pd.read_csv(tmp_path / "sweep.csv", keep_default_na=False, na_values={"growth": [""]})
    expected = store.dataset().load()
    assert len(frame) == int((expected.outcome != 0).sum())
    names = expected.outcome.attrs["flag_meanings"].split()
    for _, row in frame.iterrows():
        point = expected.sel(M=row.M) if which == "searched" else expected.sel(beta=row.beta, datum=row.datum)
        if which == "searched":
            point = point.isel(evaluation=np.flatnonzero(point.beta == row.beta)[0])
        else:
            own = [name for name in frame if name.startswith("profile[")]
            assert len(own) == point.profile.size
            told = [float(row[name]) if row[name] != "" else np.nan for name in own]
            np.testing.assert_array_equal(told, point.profile.values)
            assert row.operator == "gain"
        assert float(row.growth) == pytest.approx(point.growth.item(), nan_ok=True, rel=0, abs=0)
        assert row.outcome == names[point.outcome.item()]
        assert row.reason == point.reason.item()


def test_a_data_frame_is_written_a_part_at_a_time(finished, tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(exchange, "POINTS_PER_ROW_GROUP", 6)
    exchange.export(finished, tmp_path / "sweep.parquet")
    file = parquet.ParquetFile(tmp_path / "sweep.parquet")
    assert (file.num_row_groups, file.metadata.num_rows) == (4, 20)
    told = json.loads(file.schema_arrow.metadata[b"wellposed"])
    assert told["manifest"]["command"] == "wellposed run"


@pytest.mark.parametrize("which", ["finished", "searched", "store"])
def test_a_store_of_another_catalogue_is_copied(which, other, examples, request):
    store = request.getfixturevalue(which)
    brought = exchange.bring(other, store.location)
    assert examples.contents(brought.location) == examples.contents(store.location)
    assert brought.manifest() == store.manifest()
    assert exchange.bring(other, store.location) == brought


def test_a_store_is_copied_to_a_server_and_back(finished, s3, tmp_path, examples):
    there = exchange.bring(catalog.open(s3, writable=True), finished.location)
    back = exchange.bring(catalog.open(tmp_path / "back", writable=True), there.location)
    assert examples.contents(back.location) == examples.contents(finished.location)
    assert back.manifest() == finished.manifest()


def test_a_copy_that_was_interrupted_is_completed(finished, other, examples, monkeypatch):
    monkeypatch.setattr(exchange, "CHUNKS_PER_COPY", 5)
    write, calls = exchange.Location.write, []

    def fail(location, contents):
        calls.append(contents)
        if len(calls) == 4:
            raise OSError("disk full")
        write(location, contents)

    with monkeypatch.context() as patch:
        patch.setattr(exchange.Location, "write", fail)
        with pytest.raises(OSError, match="disk full"):
            exchange.bring(other, finished.location)
    assert other.stores() == []
    brought = exchange.bring(other, finished.location)
    assert examples.contents(brought.location) == examples.contents(finished.location)


def test_an_import_of_a_file_that_was_killed_is_completed(finished, other, examples, tmp_path, monkeypatch):
    pytest.importorskip("h5netcdf")
    exchange.export(finished, tmp_path / "sweep.nc")
    set_, outcomes = RegularFiles.set, []

    async def dying(storage, key, *arguments, **options):
        outcomes.extend([key] if key.startswith("outcome/c") else [])
        if len(outcomes) > 3:
            raise RuntimeError("killed")
        await set_(storage, key, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(RegularFiles, "set", dying)
        with pytest.raises(RuntimeError, match="killed"):
            exchange.bring(other, tmp_path / "sweep.nc")
    (begun,) = other.stores()
    assert 0 < begun.totals()["missing"] < 20
    brought = exchange.bring(other, tmp_path / "sweep.nc")
    assert examples.contents(brought.location) == examples.contents(finished.location)
    assert brought.manifest() == finished.manifest()


@pytest.mark.parametrize("form", ["nc", "zarr"])
def test_what_a_killed_removal_left_is_not_brought_back(form, store, template, other, examples, tmp_path):
    """Nor is what is in its place and is something else removed."""
    examples.fill(store, template, examples.regions(template)[:2])
    source = store.location
    if form == "nc":
        pytest.importorskip("h5netcdf")
        source = tmp_path / "sweep.nc"
        exchange.export(store, source)
    there = other.create(template, examples.chunks)
    examples.fill(there, template)
    Path(there.location, "zarr.json").unlink()
    mine = Path(there.location, "notes.txt")
    mine.write_text("mine")
    before = examples.contents(there.location)
    with pytest.raises(CatalogueError, match=r"holds something else, such as notes\.txt"):
        exchange.bring(other, source)
    assert examples.contents(there.location) == before
    mine.unlink()
    brought = exchange.bring(other, source)
    assert examples.contents(brought.location) == examples.contents(store.location)


@pytest.mark.parametrize("form", ["nc", "parquet", "zarr"])
@pytest.mark.parametrize("moment", ["listing", "outcome", "growth", "profile"])
def test_a_sweep_that_is_being_computed_leaves_with_whole_blocks_alone(
    form, moment, store, template, examples, other, tmp_path, monkeypatch
):
    """Another process stores everything at a moment when some of it has been listed or read."""
    pytest.importorskip("h5netcdf")
    pytest.importorskip("pyarrow")
    examples.fill(store, template, examples.regions(template)[:1])
    begun, ended, is_done = tmp_path / "begun", tmp_path / "ended", []
    shutil.copytree(store.location, begun)
    examples.fill(store, template)
    whole = store.dataset().load()
    shutil.move(store.location, ended)
    shutil.move(begun, store.location)

    def finish():
        if not is_done:
            is_done.append(True)
            shutil.copytree(ended, store.location, dirs_exist_ok=True)

    get, walk = RegularFiles.get, exchange.Location.walk

    async def getting(storage, key, *arguments, **options):
        found = await get(storage, key, *arguments, **options)
        if key.startswith(f"{moment}/c/") and str(storage.root) == store.location:
            finish()
        return found

    def walking(location):
        found = walk(location)
        if moment == "listing" and location.url == store.location:  # when the values have been listed
            finish()
            found = [one for one in found if not one.name.startswith("outcome")]
            found += [one for one in walk(location) if one.name.startswith("outcome")]
        return found

    monkeypatch.setattr(RegularFiles, "get", getting)
    monkeypatch.setattr(exchange.Location, "walk", walking)
    if form == "zarr":
        left = exchange.bring(other, store.location).dataset().load()
    else:
        exchange.export(store, tmp_path / f"sweep.{form}")
    if form == "parquet":
        frame = pd.read_parquet(tmp_path / "sweep.parquet")
        assert len(frame) >= 4
        assert (frame.outcome != "missing").all()
        assert all(np.isfinite(profile).all() for profile in frame.profile)
        return
    if form == "nc":
        left = exchange.bring(other, tmp_path / "sweep.nc").dataset().load()
    there = left.outcome.values > 0
    assert there.sum() >= 4
    np.testing.assert_array_equal(left.profile.values[there], whole.profile.values[there])
    np.testing.assert_array_equal(left.growth.values[there], whole.growth.values[there])
    np.testing.assert_array_equal(left.reason.values[there], whole.reason.values[there])


@pytest.mark.parametrize("chunk", ["outcome/c/0/0", "growth/c/0/0"])
@pytest.mark.parametrize("form", ["nc", "parquet"])
def test_a_damaged_sweep_is_not_exported(form, chunk, finished, tmp_path):
    pytest.importorskip("h5netcdf")
    pytest.importorskip("pyarrow")
    Path(finished.location, chunk).write_bytes(b"damaged")
    with pytest.raises(
        CatalogueError, match=f"wellposed verify --repair {finished.id} --catalogue {finished.url}"
    ):
        exchange.export(finished, tmp_path / f"sweep.{form}")
    assert not list(tmp_path.glob("*sweep*"))


def test_an_export_leaves_what_is_beside_it_alone(finished, tmp_path):
    pytest.importorskip("h5netcdf")
    (tmp_path / "sweep.partial").write_text("mine")
    exchange.export(finished, tmp_path / "sweep.nc")
    assert (tmp_path / "sweep.partial").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.glob("*sweep*")) == ["sweep.nc", "sweep.partial"]


@pytest.mark.parametrize("form", ["nc", "zarr"])
def test_other_answers_in_its_place_are_left_alone(form, finished, template, other, examples, tmp_path):
    if form == "nc":
        pytest.importorskip("h5netcdf")
        exchange.export(finished, tmp_path / "sweep.nc")
    there = other.create(template, examples.chunks)
    answer = examples.answer(template, {})
    there.write({}, answer.assign(growth=answer.growth + 1))
    before = examples.contents(other.url)
    with pytest.raises(CatalogueError, match="is there already, and holds something else"):
        exchange.bring(other, tmp_path / "sweep.nc" if form == "nc" else finished.location)
    assert examples.contents(other.url) == before


def test_only_chunks_are_copied(finished, other, tmp_path):
    (tmp_path / "secret").write_text("all my work")
    for name in ("notes.txt", "growth/c/9", "growth/secret"):
        Path(finished.location, name).symlink_to(tmp_path / "secret")
    brought = exchange.bring(other, finished.location)
    assert health.verify(brought) == []


def rewritten(path, **attributes):
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "r+") as file:
        for name, value in attributes.items():
            file.attrs[name] = value


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda told: told.pop("attributes"), "does not say what it holds"),
        (lambda told: told["attributes"].update(sweep_id="../../x"), "`sweep_id` must be letters"),
        (lambda told: told["attributes"].update(experiment="/etc"), "`experiment` must be letters"),
        (lambda told: told.update(chunks={"beta": 0}), "its chunks are"),
        (lambda told: told.update(manifest={"request": 1}), "damaged"),
        (lambda told: told.update(manifest=[1]), "damaged"),
        (lambda told: told["variables"].pop("growth"), "does not say what it holds"),
        (lambda told: told["variables"]["growth"].update(scale_factor=2), "scale_factor"),
        (lambda told: told["variables"].update(growth=3), "does not say what it holds"),
    ],
)
def test_a_file_that_nobody_here_wrote_is_refused(finished, other, tmp_path, change, match, examples):
    pytest.importorskip("h5netcdf")
    path = tmp_path / "sweep.nc"
    exchange.export(finished, path)
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        told = json.loads(dataset.attrs["wellposed"])
    change(told)
    rewritten(path, wellposed=json.dumps(told))
    before = examples.contents(other.url)
    with pytest.raises(CatalogueError, match=match):
        exchange.bring(other, path)
    assert examples.contents(other.url) == before
    rewritten(path, wellposed="[" * 10**5)
    with pytest.raises(CatalogueError, match="damaged"):
        exchange.bring(other, path)


def test_a_file_that_claims_to_be_huge_is_refused(finished, other, tmp_path):
    h5netcdf = pytest.importorskip("h5netcdf")
    path = tmp_path / "sweep.nc"
    exchange.export(finished, path)
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        told = json.loads(dataset.attrs["wellposed"])
    with h5netcdf.File(path, "a") as file:
        file.dimensions["bomb"] = 10**15
        file.create_variable("bomb", ("bomb",), "f8", chunks=(10**6,))
    rewritten(path, wellposed=json.dumps({**told, "variables": {**told["variables"], "bomb": {}}}))
    with pytest.raises(CatalogueError, match=r"1e\+15 numbers"):
        exchange.bring(other, path)


@pytest.mark.parametrize("source", ["nothing.nc", "nothing.zarr", "wave.growth/aa.zarr", "notes.txt", ".."])
def test_a_source_that_is_none_is_refused(source, other, tmp_path):
    pytest.importorskip("h5netcdf")
    with pytest.raises(CatalogueError, match=r"cannot be read|must be a NetCDF|no store at|not called as"):
        exchange.bring(other, tmp_path / source)


def test_a_file_that_is_there_or_of_another_form_is_refused(finished, tmp_path):
    pytest.importorskip("h5netcdf")
    (tmp_path / "there.nc").write_text("mine")
    with pytest.raises(CatalogueError, match="is there already"):
        exchange.export(finished, tmp_path / "there.nc")
    with pytest.raises(CatalogueError, match=r"must end in \.nc, \.parquet or \.csv"):
        exchange.export(finished, tmp_path / "there.xlsx")
    with pytest.raises(CatalogueError, match="cannot be written"):
        exchange.export(finished, tmp_path / "there.nc" / "below.nc")
    assert (tmp_path / "there.nc").read_text() == "mine"


def test_what_is_not_installed_is_named(finished, tmp_path):
    code = (
        "import sys; sys.modules['pyarrow'] = None; from pathlib import Path;"
        "from catalog import Store, exchange;"
        f"exchange.export(Store({finished.url!r}, {finished.path!r}), Path({str(tmp_path / 'a.parquet')!r}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "CatalogueError: This takes pyarrow, which is not installed" in ran.stderr
