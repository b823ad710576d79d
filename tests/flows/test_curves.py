"""A curve is followed, stored and told again from what is stored."""

import numpy as np
import xarray as xr

import wellposed
from wellposed.catalog.curves import stored_curve
from wellposed.flows.cli.main import main
from wellposed.flows.presentation.tables import curve_table
from wellposed.flows.presentation.words import curve_summary

PLANE = {"along": "x", "across": "y", "over": (0.0, 1.0)}


def test_a_curve_that_is_computed_piece_by_piece_is_the_true_one(tmp_path, reference, job_of, answered):
    job = answered(job_of("curve", reference("TILTED"), **PLANE, tolerance=1e-4, catalogue=tmp_path))
    found, answer = job.result(), job.answer()
    assert found.attrs["curve_outcome"] == answer.outcome == "located"
    np.testing.assert_allclose(found["x"], 0.3 + 0.1 * found["y"], atol=1e-4)
    assert (found["y"].min(), found["y"].max()) == (0.0, 1.0)
    along = found["bracketed"] == "x"
    assert (found["width"].where(along, 0.0) <= 1e-4).all()
    assert (found["lower"] < found["x"]).where(along, True).all()
    assert len(curve_table(answer).rows) == found.sizes["vertex"]
    assert found.attrs["evaluations"] == int((job.store.outcome() == 1).sum())


def test_what_is_stored_holds_the_curve_itself(tmp_path, reference, job_of, answered):
    job = answered(job_of("curve", reference("TILTED"), **PLANE, tolerance=1e-2, catalogue=tmp_path))
    opened = xr.open_zarr(job.store.location)
    found = job.result()
    xr.testing.assert_identical(stored_curve(opened).load(), found.load())
    xr.testing.assert_identical(opened.wellposed.curve().load(), found)
    assert found.sizes["vertex"] > 2


def test_a_plane_without_a_change_of_sign_has_no_curve(tmp_path, reference, job_of, answered):
    asked = {**PLANE, "fixed": {"shape": "flat"}, "tolerance": 1e-3, "coarse": 4, "catalogue": tmp_path}
    job = answered(job_of("curve", reference("TILTED"), **asked))
    assert job.answer().outcome == "none"
    assert curve_summary(job.answer()).startswith("none: 0 vertices in 0 pieces")
    # where shape is flat, y = 1/2 is not allowed, and so not asked
    assert not (job.store.dataset()["y"] == 0.5).any()


def test_a_curve_is_asked_stored_and_printed(tmp_path, reference, prefect_server, capsys, request):
    question = {**PLANE, "tolerance": 1e-3, "coarse": 5, "depth": 1, "catalogue": tmp_path}
    first = wellposed.curve(reference("TILTED"), **question)
    request.getfixturevalue("no_execution")
    xr.testing.assert_identical(wellposed.curve(reference("TILTED"), **question), first)
    asked = ["curve", reference("TILTED"), "--along", "x", "--tolerance", "1e-3", "--coarse", "5"]
    asked += ["--depth", "1", "--catalogue", str(tmp_path)]
    capsys.readouterr()
    for plane in (["--axis", "y=0:1"], ["--axis", "y", "--over", "0:1"], ["--axis", "y"]):
        assert main([*asked, *plane]) == 0
        printed = capsys.readouterr().out
        assert printed.splitlines()[0].split() == ["piece", "y", "±", "error", "x", "±", "error"]
        assert f"located: {first.sizes['vertex']} vertices in 1 piece" in printed
        assert "nothing was computed" in printed
    assert main([*asked, "--axis", "y=0:1", "--over", "0:1"]) == 2
    assert "must not be given as well" in capsys.readouterr().err
