"""A catalogue from a stranger cannot have anything executed, read or allocated that is not its own."""

import json
import pickle
from pathlib import Path

import numcodecs
import pytest

from wellposed import catalog
from wellposed.catalog import exchange, health, trust
from wellposed.errors import CatalogueError


class Spy:
    """Unpickling it leaves a trace."""

    trace = None

    def __reduce__(self):
        return Path.touch, (Spy.trace,)


@pytest.fixture
def finished(store, template, examples):
    examples.fill(store, template)
    store.finish(command="wellposed run")
    return store


def rewrite(store, change):
    """Applies `change` to the metadata of the group, and to those of each array alike."""
    path = Path(store.location, "zarr.json")
    root = json.loads(path.read_text())
    arrays = root["consolidated_metadata"]["metadata"]
    change(root, arrays)
    path.write_text(json.dumps(root))
    for name, array in arrays.items():
        place = Path(store.location, name, "zarr.json")
        if place.parent.is_dir():
            place.write_text(json.dumps(array))


def is_refused(store, match):
    """However it is looked at."""
    here = catalog.open(store.url)
    for look in (here.search, here.tree):
        with pytest.warns(UserWarning, match=match):
            look()
    for look in (lambda: exchange.bring(here, store.location), store.dataset):
        with pytest.raises(CatalogueError, match=match):
            look()
    (damage,) = health.verify(store)
    assert not damage.is_repairable


def codec(**described):
    def change(root, arrays):
        arrays["growth"]["codecs"] = [described, {"name": "crc32c"}]

    return change


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (codec(name="numcodecs.pickle"), "the codec 'numcodecs.pickle', which is not written here"),
        (codec(name="pickle"), "the codec 'pickle'"),
        (codec(name="numcodecs.json2"), "the codec"),
        (codec(name=["bytes"]), "the codec"),
        (lambda root, arrays: arrays["growth"].pop("codecs"), "no codecs"),
        (lambda root, arrays: arrays["growth"].update(codecs=[{"name": "bytes"}]), "has no checksums"),
        (lambda root, arrays: arrays["growth"].update(data_type="object"), "holds 'object'"),
        (lambda root, arrays: arrays["growth"].update(data_type={"name": "x"}), "holds"),
        (lambda root, arrays: arrays["growth"].update(shape=[10**15, 2]), "is larger than is allowed"),
        (lambda root, arrays: arrays["growth"].update(shape=[10**3000, 2]), "is larger than is allowed"),
        (lambda root, arrays: arrays["growth"].update(shape=[2**26, 2]), "is larger than is allowed"),
        (lambda root, arrays: arrays["growth"].update(shape=[-1, 2]), "has no shape"),
        (lambda root, arrays: arrays["growth"].update(shape=[True, 2]), "has no shape"),
        (lambda root, arrays: arrays["growth"].update(shape="ab"), "has no shape"),
        (
            lambda root, arrays: arrays["growth"].update(
                shape=[2**40], chunk_grid={"name": "regular", "configuration": {"chunk_shape": [2**40]}}
            ),
            "larger than|no shape|without a name",
        ),
        (lambda root, arrays: arrays["growth"].update(chunk_grid={"name": "regular"}), "has no shape"),
        (lambda root, arrays: arrays["growth"].update(chunk_grid={"name": "else"}), "no regular chunks"),
        (lambda root, arrays: arrays["growth"].update(dimension_names=["..", "b"]), "without a name"),
        (
            lambda root, arrays: arrays["growth"].update(storage_transformers=[{"name": "x"}]),
            "stored in a way",
        ),
        (lambda root, arrays: arrays["growth"]["attributes"].update(scale_factor=2.0), "scale_factor"),
        (lambda root, arrays: arrays["growth"]["attributes"].update(dtype="object"), "dtype"),
        (lambda root, arrays: arrays["growth"]["attributes"].update(units="days since 1"), "days since"),
        (lambda root, arrays: arrays["growth"].update(attributes=[]), "has no attributes"),
        (lambda root, arrays: arrays.update({"../../other": arrays["growth"]}), "is no name"),
        (lambda root, arrays: arrays.update({"/etc": arrays["growth"]}), "is no name"),
        (lambda root, arrays: arrays.update(growth=[1]), "is not a Zarr array"),
        (lambda root, arrays: arrays.pop("outcome"), "has no outcome"),
        (lambda root, arrays: arrays["outcome"].update(attributes={}), "has no meanings"),
        (lambda root, arrays: root.update(consolidated_metadata=None), "does not describe its arrays"),
        (lambda root, arrays: root.update(zarr_format=2), "not a Zarr group"),
        (lambda root, arrays: root["attributes"].update(sweep_id="../../x"), "its attribute `sweep_id`"),
        (lambda root, arrays: root["attributes"].update(experiment="else"), "its attribute `experiment`"),
        (lambda root, arrays: root["attributes"].update(request=[]), "what was asked"),
        (lambda root, arrays: root["attributes"].update(request={"axes": {"a": {}}}), "axes"),
        (lambda root, arrays: root["attributes"].update(request={"axes": {}, "fixed": {"a": []}}), "fixed"),
    ],
)
def test_metadata_that_nobody_here_writes_are_refused(finished, change, match):
    rewrite(finished, change)
    is_refused(finished, match)


def test_a_pickle_is_never_read(finished, tmp_path):
    Spy.trace = tmp_path / "executed"
    chunk = numcodecs.Pickle().encode(pickle.dumps(Spy()))
    Path(finished.location, "growth", "c", "0", "0").write_bytes(chunk)
    rewrite(finished, codec(name="numcodecs.pickle"))
    is_refused(finished, "the codec")
    assert not Spy.trace.exists()
    pickle.loads(pickle.dumps(Spy()))
    assert Spy.trace.exists(), "the trap works"


def test_metadata_of_an_array_that_differ_from_what_the_group_tells_are_refused(finished):
    path = Path(finished.location, "outcome", "zarr.json")
    path.write_text(path.read_text().replace('"shape": [\n    10', '"shape": [\n    1000000000000000'))
    is_refused(finished, "outcome/zarr.json is damaged")


@pytest.mark.parametrize("text", ["[" * 10**6, '{"a":' * 10**5, "NaN", '{"a": NaN}', "1" * 10**5, "\udcff"])
@pytest.mark.parametrize("name", ["catalogue.json", "wave.growth/0123456789abcdef.json"])
def test_json_that_is_nested_without_end_or_is_none_is_refused(finished, text, name):
    Path(finished.url, name).write_text(text, errors="surrogateescape")
    if name == "catalogue.json":
        with pytest.raises(CatalogueError, match=r"has a damaged catalogue.json.*verify --repair"):
            catalog.open(finished.url)
    else:
        assert "is damaged" in catalog.open(finished.url).table().damage[0]
        assert not Path(finished.url, "index.json").exists()
        (damage,) = health.verify(finished)
        assert damage.reason


@pytest.mark.parametrize(
    "name",
    ["catalogue.json", "wave.growth/0123456789abcdef.json", "wave.growth/0123456789abcdef.zarr/zarr.json"],
)
def test_a_gigabyte_of_metadata_is_not_read(finished, name, monkeypatch):
    monkeypatch.setattr(trust, "LARGEST_METADATA_BYTES", 2**20)
    read = []
    original = catalog.query.Location.read_all

    def counted(location, keys, most=None):
        found = original(location, keys, most)
        read.extend(len(one) for one in found if one is not None)
        return found

    monkeypatch.setattr(catalog.query.Location, "read_all", counted)
    with Path(finished.url, name).open("wb") as file:
        file.truncate(2**30)  # holes, which take no space
    if name.endswith(f"{finished.id}.json"):
        assert "MiB, and refused" in catalog.open(finished.url).table("wave.growth").damage[0]
    elif name.startswith("catalogue"):
        with pytest.raises(CatalogueError, match=r"has a damaged catalogue.json"):
            catalog.open(finished.url)
    else:
        with pytest.warns(UserWarning, match="MiB, and refused"):
            assert catalog.open(finished.url).search("wave.growth") == []
    assert 0 < max(read) <= 2**20 + 1


@pytest.mark.parametrize(
    "change",
    [
        {"request": []},
        {"request": {"axes": {"beta": 3}, "fixed": {}}},
        {"request": {"axes": {"beta": [0, "a"]}, "fixed": {}}},
        {"request": {"axes": {"beta": [1e999]}, "fixed": {}}},
        {"request": {"axes": {}, "fixed": {"M": {"deep": 1}}}},
        {"totals": [1]},
        {"totals": {"ok": "many"}},
        {"created": "yesterday"},
        {"created": 5},
        {"experiment_version": "one"},
        {"experiment_version": None},
    ],
)
def test_a_manifest_of_the_wrong_form_is_damaged(finished, change):
    path = Path(finished.location).with_suffix(".json")
    told = {name: value for name, value in json.loads(path.read_text()).items() if name != "sha256"}
    path.write_text(json.dumps({**told, **change}))
    assert "is damaged" in catalog.open(finished.url).table().damage[0]
    assert len(catalog.open(finished.url).search(version=2)) == 1


@pytest.mark.parametrize("id", ["..", "../..", "/etc", "", "*", "wave.growth/0123"])
def test_an_id_leads_nowhere_else(finished, catalogue, examples, id):
    with pytest.raises(CatalogueError, match="An id must begin one sweep"):
        catalogue.find(id)
    catalogue.create(examples.sweep_template("aa"), examples.chunks)
    with pytest.raises(CatalogueError, match="An id must begin one sweep"):
        catalogue.find(id)


def test_what_is_not_called_as_a_store_is_none(finished):
    place = Path(finished.url)
    for name in ("wave.growth/.hidden.zarr", "wave.growth/a b.zarr", ".hidden/aa.zarr", "wave.growth/-.zarr"):
        (place / name).mkdir(parents=True)
        (place / name / "zarr.json").write_text("{}")
    assert [store.id for store in catalog.open(place).stores()] == [finished.id]
