"""Sweeps over grids that overlap become one, and what they disagree about is never passed over."""

import numpy as np
import pytest
import xarray as xr

from wellposed import catalog
from wellposed.catalog import merge
from wellposed.errors import CatalogueError, ConflictError

TEXT = np.dtypes.StringDType()
OUTCOME = {"flag_values": [0, 1, 2, 3], "flag_meanings": "missing ok unresolved failed"}


def sweep(x, y, M=1.0, shift=0.0, outcome=1):
    """slope = x + 10 y + 100 M over an axis x, and over y if it is one."""
    axes = {"x": np.array(x, float)} | ({"y": np.array(y, float)} if np.ndim(y) else {})
    dims = tuple(axes)
    shape = tuple(len(values) for values in axes.values())
    slope = sum(np.meshgrid(axes["x"], 10 * np.atleast_1d(y), indexing="ij")).reshape(shape) + 100 * M + shift
    state = np.broadcast_to(np.array(outcome, np.uint8), shape)
    return xr.Dataset(
        {
            "slope": (dims, np.where(state == 1, slope, np.nan), {"units": "1"}),
            "slope_error": (dims, np.full(shape, 1e-6)),
            "profile": ((*dims, "k"), slope[..., None] * np.array([1.0, 2.0])),
            "reason": (dims, np.full(shape, "", TEXT)),
            "outcome": (dims, state, OUTCOME),
        },
        {
            **{name: (name, values) for name, values in axes.items()},
            **({} if np.ndim(y) else {"y": float(y)}),
            "k": ("k", [1.0, 2.0]),
            "M": M,
            "shape": np.array("round", TEXT),
        },
        {"experiment": "test.sum", "experiment_version": 1, "kind": "sweep"},
    )


def exact(found):
    return (
        (found.x + 10 * found.y + 100 * found.M).transpose(*found.outcome.dims).broadcast_like(found.outcome)
    )


def test_grids_that_overlap_become_one():
    found = merge.concat([sweep([0.0, 0.5, 1.0], [0.0, 1.0]), sweep([0.5, 0.75], [1.0, 2.0])])
    assert found.x.values.tolist() == [0.0, 0.5, 0.75, 1.0]
    assert found.y.values.tolist() == [0.0, 1.0, 2.0]
    assert found.outcome.transpose("x", "y").values.tolist() == [[1, 1, 0], [1, 1, 1], [0, 1, 1], [1, 1, 0]]
    there = found.outcome == 1
    xr.testing.assert_allclose(found.slope.where(there), exact(found).where(there))
    assert found.slope.where(~there).isnull().all()
    xr.testing.assert_allclose(found.profile.sel(k=2.0, drop=True), 2 * found.slope)
    assert (found.M.item(), found["shape"].item()) == (1.0, "round")
    assert "conflict" not in found
    assert found.outcome.attrs == OUTCOME
    assert found.slope.attrs == {"units": "1"}


def test_a_parameter_that_differs_between_sweeps_is_a_dimension():
    found = merge.concat([sweep([0.0, 1.0], 2.0, M=1.0), sweep([1.0, 2.0], 2.0, M=3.0), sweep([5.0], [7.0])])
    assert found.M.values.tolist() == [1.0, 3.0]
    assert found.y.values.tolist() == [2.0, 7.0]
    assert int((found.outcome == 1).sum()) == 5
    there = found.outcome == 1
    xr.testing.assert_allclose(found.slope.where(there), exact(found).where(there))


def test_values_that_differ_by_rounding_are_the_same():
    found = merge.concat([sweep([0.3, 0.4], 0.0), sweep([3 * 0.1, 0.5], 0.0)])
    assert found.sizes["x"] == 3
    assert (found.outcome == 1).all()


def test_the_order_of_sweeps_is_immaterial():
    sweeps = [sweep([0.0, 1.0], [0.0, 1.0]), sweep([1.0, 2.0], 1.0), sweep([0.5], [0.0, 4.0], M=2.0)]
    first = merge.concat(sweeps)
    for order in ([1, 0, 2], [2, 1, 0]):
        other = merge.concat([sweeps[i] for i in order])
        assert other.transpose(*first.sizes).drop_attrs().identical(first.drop_attrs())


def test_a_disagreement_is_reported_with_its_points():
    sweeps = [sweep([0.0, 0.5, 1.0], 2.0), sweep([0.5, 1.0, 2.0], 2.0, shift=1e-3)]
    with pytest.raises(ConflictError, match=r"disagree at 2 points: x=0.5; x=1.0\.$") as caught:
        merge.concat(sweeps)
    assert caught.value.points == [{"x": 0.5}, {"x": 1.0}]
    found = merge.concat(sweeps, conflicts="mark")
    assert found.conflict.values.tolist() == [False, True, True, False]
    assert found.outcome.values.tolist() == [1, 0, 0, 1]
    assert np.isnan(found.slope.values).tolist() == [False, True, True, False]


def test_values_agree_within_their_errors_and_no_further():
    one = sweep([0.0, 1.0], 2.0)
    near = one.assign(slope=one.slope + 1.9e-6)
    assert (merge.concat([one, near]).slope == one.slope).all()
    far = one.assign(slope=one.slope + 2.1e-6)
    with pytest.raises(ConflictError):
        merge.concat([one, far])
    without_error = [part.drop_vars("slope_error") for part in (one, near)]
    with pytest.raises(ConflictError):
        merge.concat(without_error)


def test_outcomes_must_agree_but_an_answer_is_better_than_a_failure():
    good, failed, unresolved = (sweep([0.0], 2.0, outcome=outcome) for outcome in (1, 3, 2))
    failed["profile"] = failed.profile * np.nan
    for order in ([good, failed], [failed, good]):
        found = merge.concat(order)
        assert found.outcome.item() == 1
        assert found.slope.item() == 120.0
        assert not found.profile.isnull().any()
    with pytest.raises(ConflictError):
        merge.concat([good, unresolved])
    assert merge.concat([failed, failed]).outcome.item() == 3


def test_infinities_agree_with_themselves_alone():
    one = sweep([0.0], 2.0)
    infinite = one.assign(slope=one.slope + np.inf, slope_error=one.slope_error * 0)
    assert np.isinf(merge.concat([infinite, infinite]).slope.item())
    with pytest.raises(ConflictError):
        merge.concat([one, infinite])


def test_a_grid_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(merge, "LARGEST_RESULT_BYTES", 2**20)
    many = [sweep([float(i)], float(i), M=float(i)) for i in range(30)]
    assert merge.concat(many[:10]).outcome.size == 1000
    with pytest.raises(CatalogueError, match=r"30 x 30 x 30 and takes .* GiB; select less"):
        merge.concat(many)


def test_sweeps_of_different_kinds_are_refused():
    with pytest.raises(CatalogueError, match="different outputs"):
        merge.concat([sweep([0.0], 1.0), sweep([1.0], 1.0).drop_vars("profile")])
    with pytest.raises(CatalogueError, match="no parameter `M`"):
        merge.concat([sweep([0.0], 1.0), sweep([1.0], 1.0).drop_vars("M")])
    with pytest.raises(CatalogueError, match="`conflicts` must be raise or mark, but is 'ignore'"):
        merge.concat([sweep([0.0], 1.0)], conflicts="ignore")


def test_a_catalogue_puts_its_sweeps_together(tmp_path, examples):
    catalogue = catalog.open(tmp_path / "results", writable=True)
    for id, M in (("aa", 7), ("bb", 9)):
        template = examples.sweep_template(id, M=M)
        store = catalogue.create(template, examples.chunks)
        examples.fill(store, template, examples.regions(template)[: None if M == 7 else 2])
        if M == 7:
            store.finish()
    catalogue.create(examples.search_template(), {"M": 1, "evaluation": 1})
    found = catalogue.concat("wave.growth")
    assert found.sizes == {"beta": 10, "datum": 2, "M": 2, "omega": 3}
    assert (found.outcome.sel(M=7) != 0).all()
    assert int((found.outcome.sel(M=9) != 0).sum()) == 8
    expected = examples.answer(template, {})
    np.testing.assert_array_equal(found.growth.sel(M=7).transpose("beta", "datum"), expected.growth)
    with pytest.raises(CatalogueError, match=r"has no sweep of wave\.growth"):
        catalogue.concat("wave.growth", version=7)
