"""A curve is traced, stored and told again from what is stored."""

import numpy as np
import xarray as xr

from wellposed import flows
from wellposed.flows.cli.main import main
from wellposed.flows.kinds import curve as tracing

STRAIGHT = ("x", "y", (0.0, 1.0))


def test_a_trace_that_is_computed_piece_by_piece_follows_the_curve(tmp_path, reference, answered):
    job = answered(tracing.prepare(reference("TILTED"), *STRAIGHT, tolerance=1e-4, catalogue=tmp_path))
    found = job.result()
    assert found.attrs["curve_outcome"] == job.outcome == "located"
    np.testing.assert_allclose(found["x"], 0.3 + 0.1 * found["y"], atol=1e-4)
    assert (found["y"].min(), found["y"].max()) == (0.0, 1.0)
    along = found["bracketed"] == "x"
    assert (found["width"].where(along, 0.0) <= 1e-4).all()
    assert (found["lower"] < found["x"]).where(along, True).all()
    assert len(job.table().rows) == found.sizes["vertex"]
    assert found.attrs["evaluations"] == int((job.store.outcome() == 1).sum())


def test_a_trace_without_a_change_of_sign_finds_none(tmp_path, reference, answered):
    asked = tracing.prepare(reference("TILTED"), *STRAIGHT, {"shape": "flat"}, 1e-3, 4, catalogue=tmp_path)
    job = answered(asked)
    assert job.outcome == "none"
    assert job.summary.startswith("none: 0 vertices in 0 pieces")
    # where shape is flat, y = 1/2 is not allowed, and so not asked
    assert not (job.store.dataset()["y"] == 0.5).any()


def test_a_trace_is_run_stored_and_printed(tmp_path, reference, prefect_server, capsys, request):
    options = {"tolerance": 1e-3, "coarse": 5, "depth": 1, "catalogue": tmp_path}
    first = flows.trace(reference("TILTED"), *STRAIGHT, **options)
    request.getfixturevalue("no_execution")
    xr.testing.assert_identical(flows.trace(reference("TILTED"), *STRAIGHT, **options), first)
    asked = ["trace", reference("TILTED"), "--along", "x", "--axis", "y=0:1", "--tolerance", "1e-3"]
    capsys.readouterr()
    assert main([*asked, "--coarse", "5", "--depth", "1", "--catalogue", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[0].split() == ["piece", "y", "±", "error", "x", "±", "error"]
    assert f"located: {first.sizes['vertex']} vertices in 1 piece" in printed
    assert "nothing was computed" in printed
    assert main([*asked, "--axis", "y=0:2", "--catalogue", str(tmp_path)]) == 2
    assert "over one axis" in capsys.readouterr().err
