"""Templates such as a sweep and a boundary search have, and answers to fill them with."""

import contextlib
import itertools
import threading
import urllib.request
import uuid
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from wellposed import catalog

TEXT = np.dtypes.StringDType()
CHUNKS = {"beta": 4, "datum": 1}
STATUS = {
    "long_name": "what became of the point",
    "flag_values": [0, 1, 2, 3],
    "flag_meanings": "missing ok unresolved failed",
}


def empty(dims, shape, fill, dtype, **attributes):
    return xr.Variable(dims, np.broadcast_to(np.array(fill, dtype), shape), attributes)


def sweep_template(identity="0123456789abcdef", experiment="wave.growth", M=8, n=10):
    """`n` values of beta by two of datum."""
    dims, shape = ("beta", "datum"), (n, 2)
    axes = {"beta": np.linspace(0, 1, n).tolist(), "datum": ["bracket", "oscillating"]}
    return xr.Dataset(
        {
            "growth": empty(dims, shape, np.nan, np.float64, long_name="growth exponent", units="1"),
            "profile": empty((*dims, "omega"), (*shape, 3), np.nan, np.float64, units="s"),
            "reason": empty(dims, shape, "", TEXT),
            "outcome": empty(dims, shape, 0, np.uint8, **STATUS),
        },
        {
            "beta": ("beta", np.array(axes["beta"]), {"units": "m", "long_name": "smoothness"}),
            "datum": ("datum", np.array(axes["datum"], TEXT)),
            "omega": ("omega", np.array([1.0, 10.0, 100.0])),
            "M": ((), np.int64(M)),
            "operator": ((), np.array("gain", TEXT)),
        },
        {
            "title": "Growth",
            "experiment": experiment,
            "experiment_version": 2,
            "kind": "sweep",
            "sweep_id": identity,
            "request": {"axes": axes, "fixed": {"M": M, "operator": "gain"}, "version": 2},
        },
    )


def line_template(identity="1111111111111111", n=10):
    """`n` values of beta, which is the only axis."""
    template = sweep_template(identity, n=n).isel(datum=0)
    axes = {"beta": template.beta.values.tolist()}
    fixed = {"M": 8, "operator": "gain", "datum": "bracket"}
    return template.assign_attrs(request={"axes": axes, "fixed": fixed, "version": 2})


def search_template(identity="fedcba9876543210"):
    """Two lines of up to six evaluations."""
    dims, shape = ("M", "evaluation"), (2, 6)
    return xr.Dataset(
        {
            "growth": empty(dims, shape, np.nan, np.float64),
            "reason": empty(dims, shape, "", TEXT),
            "outcome": empty(dims, shape, 0, np.uint8, **STATUS),
            "boundary": empty(("M",), (2,), np.nan, np.float64),
        },
        {"M": ("M", np.array([7, 9])), "beta": empty(dims, shape, np.nan, np.float64, units="m")},
        {
            "experiment": "wave.growth",
            "experiment_version": 2,
            "kind": "boundary",
            "sweep_id": identity,
            "request": {"axes": {"M": [7, 9]}, "fixed": {}, "version": 2},
        },
    )


def answer(template, region):
    """What a worker would store in `region` of a sweep: everything is there, and different everywhere."""
    whole = template[["growth", "profile", "reason", "outcome"]].copy(deep=True)
    number = xr.DataArray(np.arange(whole.outcome.size).reshape(whole.outcome.shape), dims=whole.outcome.dims)
    return xr.Dataset(
        {
            "outcome": (number % 3 + 1).astype(np.uint8),
            "growth": xr.where(number % 3 == 2, np.nan, number * 0.5),
            "profile": number + whole.omega,
            "reason": xr.apply_ufunc(np.vectorize(lambda i: f"no {i}" if i % 3 else "", [TEXT]), number),
        }
    ).isel(region)


def regions(template, chunks=CHUNKS):
    chunks = {dim: side for dim, side in chunks.items() if dim in template.sizes}
    parts = [
        [
            slice(start, min(start + side, template.sizes[dim]))
            for start in range(0, template.sizes[dim], side)
        ]
        for dim, side in chunks.items()
    ]
    return [dict(zip(chunks, region, strict=True)) for region in itertools.product(*parts)]


def contents(directory):
    """Every file beneath `directory`, with its bytes."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in Path(directory).rglob("*")
        if path.is_file()
    }


class Examples:
    """The functions above, as importlib mode lets tests import nothing from here."""

    chunks = CHUNKS
    sweep_template = staticmethod(sweep_template)
    line_template = staticmethod(line_template)
    search_template = staticmethod(search_template)
    answer = staticmethod(answer)
    regions = staticmethod(regions)
    contents = staticmethod(contents)

    @classmethod
    def fill(cls, store, template, chosen=None):
        for region in chosen or cls.regions(template):
            store.write(region, cls.answer(template, region))


@pytest.fixture(scope="session")
def examples():
    return Examples


@pytest.fixture
def catalogue(tmp_path):
    return catalog.open(tmp_path / "results", writable=True)


@pytest.fixture
def template():
    return sweep_template()


@pytest.fixture
def store(catalogue, template):
    return catalogue.create(template, CHUNKS)


@pytest.fixture(scope="session")
def s3_server():
    """An S3 server on loopback with a bucket called ``bucket``; yields the environment that leads to it."""
    pytest.importorskip("s3fs")
    serving = pytest.importorskip("werkzeug.serving")
    moto = pytest.importorskip("moto.moto_server.werkzeug_app")
    application = moto.DomainDispatcherApplication(moto.create_backend_app)
    one_write = threading.Lock()

    def answer(environment, start_response):
        # S3 decides whether there is an object already and stores it in one step, moto in two.
        with one_write if environment["REQUEST_METHOD"] == "PUT" else contextlib.nullcontext():
            return list(application(environment, start_response))

    class Quiet(moto.MotoRequestHandler):
        def log(self, *arguments):
            pass

    server = serving.make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    request = urllib.request.Request(f"{environment['AWS_ENDPOINT_URL']}/bucket", method="PUT")
    urllib.request.urlopen(request).close()
    yield environment
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def s3(s3_server, monkeypatch):
    """The URL of an empty place on an S3 server."""
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    return f"s3://bucket/{uuid.uuid4().hex}"


@pytest.fixture(params=["local", "memory", "s3"])
def place(request, tmp_path):
    """An empty place of each kind, by its URL."""
    if request.param == "s3":
        return request.getfixturevalue("s3")
    return str(tmp_path / "place") if request.param == "local" else f"memory://{uuid.uuid4().hex}"
