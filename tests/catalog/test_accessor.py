"""A dataset tells its boundary, and what of it is resolved."""

import subprocess
import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from wellposed.errors import CatalogueError

matplotlib.use("Agg")

MISSING, OK, UNRESOLVED, FAILED = range(4)
STATUS = {"flag_values": [0, 1, 2, 3], "flag_meanings": "missing ok unresolved failed"}


def line(values, outcomes=None, errors=0.01, at=None):
    """A sweep along beta."""
    at = np.arange(len(values)) / 10 if at is None else at
    outcomes = np.ones(len(values), np.uint8) if outcomes is None else np.array(outcomes, np.uint8)
    return xr.Dataset(
        {
            "growth": ("beta", np.array(values, float), {"long_name": "growth exponent", "units": "1"}),
            "growth_error": ("beta", np.full(len(values), errors)),
            "outcome": ("beta", outcomes, STATUS),
        },
        {"beta": ("beta", np.array(at), {"long_name": "beta: smoothness", "units": "m"}), "operator": "gain"},
        {"kind": "sweep", "order_parameter": "growth"},
    )


def plane():
    """Changes sign at 0.25 for M = 7 and 8; unresolved twice at 8 and failed once at 9, which never does."""
    lines = [
        line([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0]),
        line([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0]),
        line([-1.0] * 6),
    ]
    lines[1].outcome[2:4] = UNRESOLVED
    lines[2].outcome[5] = FAILED
    together = xr.concat(lines, xr.Variable("M", [7, 8, 9], {"long_name": "M: decay"}))
    return together.assign_coords(operator="gain")


def search():
    """Two lines: a boundary at 0.25, and none."""
    beta = np.array([[0.0, 1.0, 0.24, 0.26], [0.0, 1.0, np.nan, np.nan]])
    outcome = np.array([[1, 1, 1, 2], [1, 1, 0, 0]], np.uint8)
    dims = ("M", "evaluation")
    return xr.Dataset(
        {
            "growth": (dims, np.where(beta >= 0, beta - [[0.25], [2.0]], np.nan), {"long_name": "growth"}),
            "growth_error": (dims, np.full(beta.shape, 1e-3)),
            "outcome": (dims, outcome, STATUS),
            "boundary": ("M", [0.25, np.nan], {"long_name": "boundary along beta", "units": "m"}),
            "boundary_lower": ("M", [0.24, np.nan]),
            "boundary_upper": ("M", [0.26, np.nan]),
            "sign_changes": ("M", [1, 0]),
            "boundary_outcome": ("M", np.array(["located", "none"], np.dtypes.StringDType())),
        },
        {"M": [7.0, 8.0], "beta": (dims, beta, {"long_name": "beta: smoothness", "units": "m"})},
        {"kind": "boundary", "order_parameter": "growth", "along": "beta"},
    )


def told(found):
    names = ("boundary_lower", "boundary_upper", "sign_changes", "boundary_outcome")
    return tuple(found[name].item() for name in names)


@pytest.mark.parametrize(
    ("values", "outcomes", "answer"),
    [
        ([-1, -1, 1, 1], [OK] * 4, (0.1, 0.2, 1, "located")),
        ([1, -1, -1, 1], [OK] * 4, (0.0, 0.1, 2, "located")),
        ([-1, -1, 1, 1], [OK, UNRESOLVED, OK, OK], (0.0, 0.2, 1, "located")),
        ([-1, 1, 1, 1], [OK, UNRESOLVED, FAILED, OK], (0.0, 0.3, 1, "located")),
        ([-1, 0.005, 1, 1], [OK] * 4, (0.0, 0.2, 1, "located")),
        ([-1, -1, 1, 1], [OK, OK, UNRESOLVED, UNRESOLVED], (None, None, 0, "unresolved")),
        ([-1, -1, np.nan, 1], [OK, OK, OK, FAILED], (None, None, 0, "unresolved")),
        ([-1, -1, -0.01, -1], [OK] * 4, (None, None, 0, "unresolved")),
        ([-1, -1, -1, 1], [OK, OK, OK, MISSING], (None, None, 0, "missing")),
        ([1, 1, 1, 1], [OK] * 4, (None, None, 0, "none")),
    ],
)
def test_a_boundary_lies_between_certain_signs(values, outcomes, answer):
    found = line(values, outcomes).wellposed.boundary()
    lower, upper, *rest = answer
    assert told(found)[2:] == tuple(rest)
    if lower is None:
        assert found[["boundary", "boundary_lower", "boundary_upper"]].to_array().isnull().all()
    else:
        assert told(found)[:2] == (lower, upper)
        assert found.boundary.item() == pytest.approx((lower + upper) / 2)


samples = st.tuples(st.floats(-1, 1), st.floats(0, 1), st.integers(0, 3))


@settings(max_examples=40, deadline=None)
@given(st.lists(samples, min_size=2, max_size=12), st.randoms())
def test_a_bracket_ends_at_two_resolved_points_whatever_their_order(points, shuffling):
    values, errors, outcomes = map(np.array, zip(*points, strict=True))
    dataset = line(values, outcomes, errors)
    found = dataset.wellposed.boundary()
    order = list(range(len(points)))
    shuffling.shuffle(order)
    assert dataset.isel(beta=order).wellposed.boundary().identical(found)
    sign = np.where((outcomes == OK) & (abs(values) > errors), np.sign(values), 0)
    certain = sign[sign != 0]
    assert found.sign_changes == (np.diff(certain) != 0).sum()
    if found.sign_changes:
        lower, upper = (list(dataset.beta.values).index(end) for end in told(found)[:2])
        assert sign[lower] * sign[upper] < 0
        assert not sign[lower + 1 : upper].any()
        assert len(set(sign[: lower + 1]) - {0}) == 1  # none below


def test_every_line_of_a_plane_has_an_answer_that_says_of_what():
    found = plane().wellposed.boundary()
    assert found.boundary_outcome.values.tolist() == ["located", "located", "unresolved"]
    np.testing.assert_allclose(found.boundary_lower, [0.2, 0.1, np.nan])
    np.testing.assert_allclose(found.boundary_upper, [0.3, 0.4, np.nan])
    assert found.M.values.tolist() == [7, 8, 9]
    assert found.operator.item() == "gain"
    assert found.boundary.attrs["long_name"] == "boundary along beta"
    assert found.boundary.attrs["units"] == "m"
    assert found.attrs["order_parameter"] == "growth"


def test_lazy_datasets_selections_and_transpositions_have_the_same_boundary():
    whole = plane()
    expected = whole.wellposed.boundary()
    assert whole.chunk({"beta": 2}).wellposed.boundary().identical(expected)
    assert whole.transpose("M", "beta").wellposed.boundary(along="beta").identical(expected)
    assert whole.sel(M=8).wellposed.boundary().identical(expected.sel(M=8))
    part = whole.isel(beta=slice(3, None), M=[0]).wellposed.boundary()
    assert part.boundary_outcome.item() == "none"


def test_sweeps_that_were_concatenated_have_a_boundary_each():
    other = plane().assign_coords(operator="full")
    both = xr.concat([plane(), other], "operator")
    found = both.wellposed.boundary()
    assert found.boundary.sizes == {"operator": 2, "M": 3}
    assert (
        found.boundary_outcome == plane().wellposed.boundary().boundary_outcome.drop_vars("operator")
    ).all()
    halves = [plane().isel(beta=slice(3, None)), plane().isel(beta=slice(None, 3))]
    joined = xr.concat(halves, "beta").wellposed.boundary(along="beta")
    assert joined.boundary_outcome.values.tolist() == ["located", "located", "unresolved"]


def test_integers_are_searched_along_when_they_are_asked_for():
    found = plane().wellposed.boundary(along="M")
    assert found.beta.size == 6
    assert found.boundary_outcome.values.tolist() == [
        "none",
        "none",
        "unresolved",
        "located",
        "located",
        "unresolved",
    ]
    assert found.sel(beta=0.4)[["boundary_lower", "boundary_upper"]].to_array().values.tolist() == [8, 9]


def test_the_boundaries_of_a_search_are_those_that_it_stored():
    stored = search()
    found = stored.chunk().wellposed.boundary()
    assert found.identical(stored[list(found.data_vars)])
    assert found.boundary.values.tolist()[0] == 0.25
    alone = found.wellposed.boundary()  # as `wellposed.flows.boundary` returns them
    assert alone.identical(found)


def test_what_is_not_resolved_is_masked_and_nothing_else():
    whole = plane().assign(onset=("M", [1.0, 2.0, 3.0]))
    lazy = whole.chunk().wellposed.resolved()
    assert lazy.growth.chunks is not None
    assert lazy.growth.notnull().equals(whole.outcome == OK)
    assert lazy.growth.attrs == whole.growth.attrs
    assert lazy[["outcome", "onset"]].equals(whole[["outcome", "onset"]])
    assert search().wellposed.resolved().growth.notnull().sum() == 5


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (xr.Dataset({"t2m": ("x", [1.0])}), "has no `outcome`, so it is no sweep of a catalogue"),
        (line([1.0, 2.0])[["growth"]], "has no `outcome`.*select points .* rather than variables"),
        (line([1.0, 2.0]).drop_attrs(deep=False), "does not say which variable is its order parameter"),
        (line([1.0, 2.0]).drop_vars("growth_error"), "has lost `growth_error`"),
        (line([1.0, 2.0]).isel(beta=0), "along a parameter of several numbers; here these are none"),
        (line([1.0, 2.0], at=[0.5, 0.5]), r"`beta` has a value twice; `drop_duplicates\('beta'\)`"),
        (
            line([1.0, 2.0]).assign_attrs(kind="curve"),
            "holds a search for a curve",
        ),
    ],
)
def test_a_dataset_that_is_not_ours_or_not_whole_is_refused_with_what_it_lacks(dataset, message):
    with pytest.raises(CatalogueError, match=message):
        dataset.wellposed.boundary()


def test_a_line_along_something_else_is_refused():
    with pytest.raises(CatalogueError, match=r"along one of them, but is 'gamma'; here these are M, beta\."):
        plane().wellposed.boundary(along="gamma")
    with pytest.raises(CatalogueError, match=r"searched along `beta`, not along 'M'"):
        search().wellposed.boundary(along="M")


def test_boundaries_that_do_not_say_along_what_are_not_drawn():
    bare = search().drop_attrs(deep=False)
    assert bare.wellposed.boundary().boundary.values.tolist()[0] == 0.25
    with pytest.raises(CatalogueError, match="does not say along which parameter"):
        bare.wellposed.plot_phase()


@pytest.fixture
def axes():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_a_phase_diagram_labels_itself(axes):
    dataset = plane()
    assert dataset.wellposed.plot_phase(ax=axes) is axes
    assert axes.get_xlabel() == "M: decay"
    assert axes.get_ylabel() == "beta: smoothness [m]"
    assert axes.get_title() == "operator = gain"
    assert axes.figure.axes[1].get_ylabel() == "growth exponent"
    assert dataset.growth.attrs["units"] == "1"
    assert legend(axes) == ["unresolved", "failed", "boundary, with bracket"]
    colours, unresolved, failed, *_ = axes.collections
    assert colours.norm.vmin == -colours.norm.vmax  # white is zero
    assert colours.get_array().mask.sum() == 3
    assert (unresolved.get_hatch(), unresolved.get_array().count()) == ("////", 2)
    assert (failed.get_hatch(), failed.get_array().count()) == ("xxxx", 1)


def test_no_stroke_joins_boundaries_across_a_line_without_one(axes):
    dataset = xr.concat([plane().isel(M=i) for i in (0, 2, 1)], "M").assign_coords(M=[7, 8, 9])
    dataset.wellposed.plot_phase(ax=axes)
    (stroke,) = (one for one in axes.containers if one.has_yerr)
    assert np.isnan(stroke.lines[0].get_ydata()).tolist() == [False, True, False]
    assert all(one.get_rasterized() for one in axes.collections[:3])


def test_white_is_zero_even_where_nothing_grows(axes):
    decaying = plane()
    decaying["growth"] = -abs(decaying.growth) - 1.0
    decaying.wellposed.plot_phase(ax=axes)
    colours = axes.collections[0]
    assert colours.norm.vmin == -colours.norm.vmax == -3.0


def test_a_phase_diagram_of_a_search_shows_its_evaluations(axes):
    search().wellposed.plot_phase(ax=axes)
    assert axes.get_xlabel() == "M"
    assert axes.get_ylabel() == "beta: smoothness [m]"
    assert legend(axes) == ["unresolved or failed", "boundary: none", "boundary, with bracket"]
    crosses, absent = axes.lines[:2]
    assert crosses.get_xydata().tolist() == [[7.0, 0.26]]
    assert (absent.get_xdata()[0], absent.get_linestyle()) == (8.0, ":")
    shown = axes.collections[0].get_array()
    assert np.ma.masked_invalid(shown).count() == 5


def test_boundaries_alone_are_drawn_too(axes):
    search().wellposed.boundary().wellposed.plot_phase(ax=axes)
    assert legend(axes) == ["boundary: none", "boundary, with bracket"]
    assert axes.get_ylabel() == "boundary along beta [m]"


def test_a_geometric_axis_is_logarithmic(axes):
    values = plane().rename(M="hbar").assign_coords(hbar=[0.01, 0.1, 1.0])
    values.wellposed.plot_phase(ax=axes, along="beta")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")


def test_a_phase_diagram_of_more_than_a_plane_is_refused():
    both = xr.concat([plane(), plane().assign_coords(operator="full")], "operator")
    with pytest.raises(CatalogueError, match=r"but there are: operator, M\. Choose with `sel`"):
        both.wellposed.plot_phase()
    with pytest.raises(CatalogueError, match="but there are: none"):
        line([1.0, 2.0]).wellposed.plot_phase()


def test_the_catalogue_is_imported_without_matplotlib():
    told = "import sys, catalog; sys.exit('matplotlib' in sys.modules or 'flows' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", told], cwd=Path(__file__).parents[2], check=False).returncode
        == 0
    )
