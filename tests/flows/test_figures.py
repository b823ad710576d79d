"""Figures of what was found."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wellposed.flows.figures.boundaries import boundary_curves
from wellposed.flows.figures.brackets import common_boundary
from wellposed.flows.figures.curve import draw_curve
from wellposed.flows.figures.cuts import Cut, draw_cuts
from wellposed.flows.figures.cuts import described as described_cut
from wellposed.flows.figures.panels import Panel, described
from wellposed.flows.figures.phase_diagram import draw_planes, phase_diagram
from wellposed.flows.figures.profiles import profiles
from wellposed.flows.figures.style import as_svg
from wellposed.sweeps.answers.boundary import Line
from wellposed.sweeps.answers.layout import Outcome

TILTED = f"{Path(__file__).with_name('experiments.py')}:TILTED"


@pytest.fixture(scope="module")
def answers(tmp_path_factory, answered, job_of):
    """A boundary that is located on two lines and absent on two, and the plane of the former."""
    place = tmp_path_factory.mktemp("catalogue")
    lines, grid = {"y": [0.0, 1.0], "shape": ["tilted", "flat"]}, {"x": [0.0, 0.5, 1.0], "y": [0.0, 1.0]}
    boundary = job_of("boundary", TILTED, along="x", axes=lines, catalogue=place)
    return answered(boundary).answer(), answered(job_of("sweep", TILTED, axes=grid, catalogue=place)).answer()


@pytest.fixture
def lines():
    """A boundary that is located, then unresolved, and located again."""
    located = [(0.3, 0.29, 0.31, "located"), (np.nan,) * 3 + ("unresolved",), (0.4, 0.38, 0.42, "located")]
    points = ({"y": y, "shape": "tilted"} for y in (0.0, 0.5, 1.0))
    return [Line(point, *one, 9, 0, 0) for point, one in zip(points, located, strict=True)]


def test_no_stroke_joins_boundaries_across_a_line_without_one(answers, lines):
    asked, _ = answers
    at_x, at_y = np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0])
    value, outcome = np.ones((2, 3)), np.full((2, 3), Outcome.OK)
    point = {"shape": "tilted"}
    panel = Panel(asked.experiment, "y", "x", point, at_x, at_y, value, 0 * value, outcome, lines, [asked.id])
    found = replace(asked)
    vars(found)["lines"] = lines
    (plane, *_), (curves, *_) = draw_planes([panel]).axes, boundary_curves([found]).axes
    for axes in (plane, curves):
        (stroke,) = (one for one in axes.containers if one.has_yerr)
        np.testing.assert_allclose(stroke.lines[0].get_ydata(orig=False), [0.3, np.nan, 0.4])
        lows, highs = (cap.get_ydata(orig=False) for cap in stroke.lines[1])
        np.testing.assert_allclose([lows[[0, 2]], highs[[0, 2]]], [[0.29, 0.38], [0.31, 0.42]])
    assert "x = 0.3 to 0.4 ± 2·10⁻² on 2 lines; unresolved on 1 line" in described(panel)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("located", "located curve, with brackets"),
        ("unresolved", "located parts, with brackets"),
    ],
)
def test_a_curve_shows_its_brackets_and_is_called_what_it_is(outcome, words, tmp_path, answered, job_of):
    asked = job_of(
        "curve",
        TILTED,
        along="x",
        across="y=0:1",
        coarse=3,
        depth=0,
        tolerance=0.05,
        catalogue=tmp_path,
    )
    answer = answered(asked).answer()
    found = answer.found.assign_attrs(curve_outcome=outcome)
    drawn = draw_curve(replace(answer, found=found)).axes[0].containers
    assert {one.get_label() for one in drawn} == {words}
    bars = [segment for one in drawn for lines in one.lines[2] for segment in lines.get_segments()]
    along = found["bracketed"].to_numpy() == "x"
    ends = sorted((float(one[0, 1]), float(one[1, 1])) for one in bars if one[0, 1] < one[1, 1])
    expected = sorted(zip(found["lower"].to_numpy()[along], found["upper"].to_numpy()[along], strict=True))
    assert expected
    np.testing.assert_allclose(ends, expected)


def test_cells_without_an_answer_are_hatched_and_no_others(answers):
    _, swept = answers
    outcome = np.array([[1, 2, 1], [3, 1, 0]], np.uint8)
    at_x, at_y = np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0])
    value = np.where(outcome == Outcome.OK, 1.0, np.nan)
    panel = Panel(
        swept.experiment,
        "y",
        "x",
        {"shape": "tilted"},
        at_x,
        at_y,
        value,
        0 * value,
        outcome,
        [],
        [swept.id],
    )
    mesh, *hatched = draw_planes([panel]).axes[0].collections
    assert mesh.get_array().mask.tolist() == (outcome != Outcome.OK).tolist()
    assert mesh.get_rasterized()
    middles = {
        one.get_hatch(): [tuple(path.vertices[:4].mean(axis=0)) for path in one.get_paths()]
        for one in hatched
    }
    assert middles == {"////": [(0.5, 0.0)], "xxxx": [(0.0, 1.0)], "..": [(1.0, 1.0)]}
    assert all(one.get_rasterized() for one in hatched)


def test_cut_marks_the_points_without_an_answer_at_its_edge(answers, lines):
    asked, _ = answers
    x, outcome = np.array([0.0, 0.25, 0.5, 1.0]), np.array([1, 2, 3, 1], np.uint8)
    value = np.where(outcome == Outcome.OK, x - 0.3, np.nan)
    one = Cut(asked, lines[0], x, value, np.full(4, 1e-3), outcome)
    axes = draw_cuts([one]).axes[0]
    marks = {line.get_label(): list(line.get_xdata()) for line in axes.lines}
    assert (marks["unresolved"], marks["failed"]) == ([0.25], [0.5])
    (resolved,) = axes.containers
    assert resolved.lines[0].get_xdata().tolist() == [0.0, 1.0]
    assert described_cut(one).endswith("zero at 0.30 ± 2·10⁻².")


def test_phase_diagram_has_a_panel_for_the_plane_and_one_for_lines_that_lie_elsewhere(answers):
    asked, swept = answers
    drawn = phase_diagram([asked], [swept])
    titles = [axes.get_title() for axes in drawn.axes if axes.get_title()]
    assert titles == ["tilted", "flat"]
    plane = drawn.axes[0]
    assert (plane.get_xlabel(), plane.get_ylabel()) == ("$y$", "$x$")
    (boundary,) = plane.containers
    np.testing.assert_allclose(boundary.lines[0].get_ydata(), [0.3, 0.4], atol=1e-6)
    searched = [line for line in drawn.axes[1].lines if line.get_label() == "searched: no boundary"]
    assert [line.get_xdata()[0] for line in searched] == [0.0, 1.0]


def test_many_boundaries_are_drawn_as_curves_with_what_was_not_found_at_the_edge(answers):
    drawn = boundary_curves([answers[0]])
    panels = {axes.get_title(): axes for axes in drawn.axes}
    assert set(panels) == {"tilted", "flat"}
    curve, published = (panels["tilted"].lines[i] for i in (0, -1))
    np.testing.assert_allclose(curve.get_xydata(), [[0.0, 0.3], [1.0, 0.4]], atol=1e-4)
    assert published.get_label() == "3/10, Remark 7"
    (absent,) = panels["flat"].lines
    assert (absent.get_label(), list(absent.get_xdata())) == ("no boundary", [0.0, 1.0])


def test_profile_goes_through_the_located_boundary_and_tells_series_apart(
    answers, tmp_path, answered, job_of
):
    axes = {"x": [0.0, 0.5, 1.0], "y": [0.0, 1.0]}
    asked = job_of("sweep", TILTED, axes=axes, fixed={"shape": "tilted"}, catalogue=tmp_path)
    swept = answered(asked).answer()
    drawn = profiles([answers[0]], [swept])
    (axes,) = drawn.axes
    series = [one for one in axes.containers if one.has_yerr]
    np.testing.assert_allclose(series[0].lines[0].get_ydata(), np.tanh([-0.3, 0.2, 0.7]))
    assert len({one.lines[0].get_color() for one in series}) == len(series) == 2
    (boundary,) = (one for one in axes.containers if one.has_xerr)
    np.testing.assert_allclose(sorted(boundary.lines[0].get_xdata()), [0.3, 0.4], atol=1e-6)
    (above,) = axes.child_axes
    assert [text.get_text() for text in above.get_xticklabels()] == ["3/10, Remark 7"]
    assert axes.get_title().startswith("$x$ = 0.35 ± ")  # of all lines together
    legend = {text.get_text().strip() for text in drawn.legends[0].get_texts()}
    assert legend == {"$y$ = 0", "$y$ = 1", "measured", "located boundary", "published", ""}
    assert profiles([], [swept]) is None


def test_picture_is_the_same_bytes_whenever_it_is_drawn(answers):
    first, second = (as_svg(phase_diagram([answers[0]], [answers[1]])) for _ in range(2))
    assert first == second
    assert ElementTree.fromstring(first).tag.endswith("svg")


def test_nothing_is_drawn_of_a_single_line(tmp_path, answered, job_of):
    line = answered(job_of("boundary", TILTED, along="x", catalogue=tmp_path)).answer()
    assert phase_diagram([line], []) is None
    assert boundary_curves([line]) is None


def test_a_boundary_that_lines_share_spans_their_brackets_and_one_line_has_its_own_error(lines):
    first, _, last = lines
    assert common_boundary([first]) == (first.boundary, first.error)
    assert common_boundary([first, last]) == pytest.approx((0.355, 0.065))
