"""Notebooks and blocks of Python find what they say, with the engine's workers and records left out."""

import re
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import wellposed
from wellposed.flows.execution.block import run_block

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CELL = re.compile(r"^```\{code-cell\}.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def complete(job, *_, **__):
    """What `wellposed.flows.execution.complete.complete` does, in this process."""
    for part in job.parts:
        for asked in part.rounds():
            for block in asked.blocks:
                run_block(block, part.assignment)
    job.finish()


@pytest.fixture
def here(monkeypatch, tmp_path):
    """Runs are computed in this process, and stored in a folder of their own."""
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("wellposed.flows.execution.complete.complete", complete)
    yield
    plt.close("all")


@pytest.fixture
def run(here):
    def run_cells(name):
        known = {}
        for cell in CELL.findall((DOCS / "notebooks" / f"{name}.md").read_text()):
            code = "\n".join(line for line in cell.splitlines() if not line.startswith((":", "%")))
            exec(compile(code, name, "exec"), known)
        return known

    return run_cells


def test_what_is_said_of_querying_works_on_the_sweep_of_the_first_pages(here):
    wellposed.sweep("wave.growth", ["beta=0:0.5:11", "M=7,8,10"], {"operator": "gain"})
    known = {}
    for block in BLOCK.findall((DOCS / "querying.md").read_text()):
        exec(compile(block, "querying.md", "exec"), known)
    (place, dataset) = (known["place"], known["ds"])
    assert place.to_pandas().id.item().startswith("5c2b")  # the digits that the pages show
    assert len(place.search("wave.growth", beta=slice(0.2, 0.3), M=8)) == 1
    assert (dataset.wellposed.boundary().boundary_outcome == "located").all()


def test_the_boundary_of_the_full_operator_is_not_where_the_bound_is(run):
    known = run("wave")
    assert abs(known["found"].boundary.sel(operator="gain") - 0.25).max() < 1e-6
    assert known["found"].boundary_outcome.sel(operator="full", M=8) == "none"
    assert known["found"].scanned.all()
    slopes = np.log(abs(known["scan"])).diff("omega").isel(omega=-1)
    assert np.sign(slopes.round(3)).values.tolist() == [-1, -1, 0, 1, 1]  # decays, is constant, grows
    assert known["inside"].all()
    assert known["axes"].get_title().startswith("A = 100")


@pytest.mark.slow
def test_the_half_derivative_is_the_time_that_the_rock_stays(run):
    found = run("boltzmann")["found"].boundary
    assert abs(found.sel(rock="static") - 0.5).max() < 1e-6
    assert abs(found.sel(rock="moving")).max() < 1e-4


@pytest.mark.slow
def test_three_dimensions_are_critical_for_the_bound_alone(run):
    known = run("lenard-balescu")
    kernel, limit = known["kernel"], known["limit"]
    for quantity, exponent in (("schur", 0.0), ("norm", -1.0)):
        here = kernel.sel(quantity=quantity)
        assert abs(here.growth_exponent - exponent) <= here.growth_exponent_error
    assert (limit.boundary_lower < limit.d + 1).all()
    assert (limit.d + 1 < limit.boundary_upper).all()
