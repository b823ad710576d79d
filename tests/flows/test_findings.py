"""Tables and pictures of what jobs found, and the studies that ask for them."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from wellposed.errors import RequestError
from wellposed.flows.figures.boundaries import boundary_curves
from wellposed.flows.figures.curve import draw_curve
from wellposed.flows.figures.cuts import Cut, draw_cuts
from wellposed.flows.figures.cuts import described as described_cut
from wellposed.flows.figures.phase_diagram import Panel, described, draw_planes, phase_diagram
from wellposed.flows.figures.style import as_svg
from wellposed.flows.kinds import boundary as search
from wellposed.flows.kinds import curve as tracing
from wellposed.flows.kinds import sweep
from wellposed.flows.kinds.boundary import Line
from wellposed.flows.kinds.job import troubles as job_troubles
from wellposed.flows.kinds.study import STUDIES, find_study
from wellposed.flows.presentation import documents
from wellposed.flows.presentation import log as narration
from wellposed.flows.presentation.findings import Findings
from wellposed.flows.presentation.log import concluded, found
from wellposed.flows.report.figures import of_cuts
from wellposed.flows.report.tables import boundary_table, crossings
from wellposed.sweeps.answers.layout import Outcome


@pytest.fixture(scope="module")
def jobs(tmp_path_factory, answered):
    """A boundary that is located on two lines and absent on two, and the plane of the former."""
    place = tmp_path_factory.mktemp("catalogue")
    reference = f"{__file__.replace('test_findings', 'experiments')}:TILTED"
    axes = {"y": [0.0, 1.0], "shape": ["tilted", "flat"]}
    return [
        answered(search.prepare(reference, "x", axes, catalogue=place)),
        answered(sweep.prepare(reference, {"x": [0.0, 0.5, 1.0], "y": [0.0, 1.0]}, catalogue=place)),
    ]


def test_table_has_a_row_for_each_line_and_names_the_source_of_what_is_not_found(jobs):
    (table,) = Findings(jobs).boundary_tables
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [(row["shape"], row["y"]) for row in rows] == [
        ("tilted", "0"),
        ("flat", "0"),
        ("tilted", "1"),
        ("flat", "1"),
    ]
    assert rows[0]["paper"] == "3/10"
    assert rows[1]["x_c"] == "none in [0, 1]"
    assert rows[1]["paper"] == ""
    # The paper has 3/10 for all y, which is wrong here.
    assert float(rows[2]["x_c"]) == pytest.approx(0.4, abs=1e-6)
    assert rows[2]["paper"] == "3/10 (Remark 7)"


def test_a_line_of_which_every_point_failed_is_not_called_unresolved(tmp_path, answered, monkeypatch):
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0")
    reference = f"{__file__.replace('test_findings', 'experiments')}:MOODY"
    job = answered(search.prepare(reference, "x", catalogue=tmp_path))
    (table,) = Findings([job]).boundary_tables
    (row,) = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    assert row["x_c"] == "failed in [0, 1]"
    assert row["no answer"] == row["points"] != "0"
    assert "Boundaries: 1 failed;" in concluded([job])
    assert [one for one in found(job) if "failed boundary in x from 0 to 1" in one]
    (told,) = documents.of_boundaries({job: job.lines()})
    assert (told["outcome"], told["said"]) == ("unresolved", "failed")
    crossed = crossings({job: job.lines()})
    assert boundary_table(crossed).rows[0].outcome == "failed"
    assert of_cuts("failing", crossed).caption.endswith("Nothing is resolved on them.")


@pytest.fixture
def lines():
    """A boundary that is located, then unresolved, and located again."""
    located = [(0.3, 0.29, 0.31, "located"), (np.nan,) * 3 + ("unresolved",), (0.4, 0.38, 0.42, "located")]
    points = ({"y": y, "shape": "tilted"} for y in (0.0, 0.5, 1.0))
    return [Line(point, *one, 9, 0, 0) for point, one in zip(points, located, strict=True)]


def test_no_stroke_joins_boundaries_across_a_line_without_one(jobs, lines):
    asked, _ = jobs
    at_x, at_y = np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0])
    value, outcome = np.ones((2, 3)), np.full((2, 3), Outcome.OK)
    point = {"shape": "tilted"}
    panel = Panel(asked.experiment, "y", "x", point, at_x, at_y, value, outcome, lines, [asked])
    (plane, *_), (curves, *_) = draw_planes([panel]).axes, boundary_curves({asked: lines}).axes
    for axes in (plane, curves):
        (stroke,) = (one for one in axes.containers if one.has_yerr)
        np.testing.assert_allclose(stroke.lines[0].get_ydata(orig=False), [0.3, np.nan, 0.4])
        lows, highs = (cap.get_ydata(orig=False) for cap in stroke.lines[1])
        np.testing.assert_allclose([lows[[0, 2]], highs[[0, 2]]], [[0.29, 0.38], [0.31, 0.42]])
    assert "x = 0.3 to 0.4 ± 2e-02 on 2 lines; unresolved on 1 lines" in described(panel)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("located", "located curve, with brackets"),
        ("unresolved", "where it is located, with brackets: not all"),
    ],
)
def test_a_curve_shows_its_brackets_and_is_called_what_it_is(
    outcome, said, tmp_path, reference, answered, monkeypatch
):
    asked = tracing.prepare(
        reference("TILTED"), "x", "y", (0.0, 1.0), coarse=3, depth=0, tolerance=0.05, catalogue=tmp_path
    )
    job = answered(asked)
    told = job.result().assign_attrs(curve_outcome=outcome)
    monkeypatch.setattr(tracing.TraceJob, "result", lambda job: told)
    found = job.result()
    drawn = draw_curve(job).axes[0].containers
    assert {one.get_label() for one in drawn} == {said}
    bars = [segment for one in drawn for lines in one.lines[2] for segment in lines.get_segments()]
    along = found["bracketed"].to_numpy() == "x"
    ends = sorted((float(one[0, 1]), float(one[1, 1])) for one in bars if one[0, 1] < one[1, 1])
    expected = sorted(zip(found["lower"].to_numpy()[along], found["upper"].to_numpy()[along], strict=True))
    assert expected
    np.testing.assert_allclose(ends, expected)


def test_cells_without_an_answer_are_hatched_and_no_others(jobs):
    _, swept = jobs
    outcome = np.array([[1, 2, 1], [3, 1, 0]], np.uint8)
    at_x, at_y = np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0])
    value = np.where(outcome == Outcome.OK, 1.0, np.nan)
    panel = Panel(swept.experiment, "y", "x", {"shape": "tilted"}, at_x, at_y, value, outcome, [], [swept])
    mesh, *hatched = draw_planes([panel]).axes[0].collections
    assert mesh.get_array().mask.tolist() == (outcome != Outcome.OK).tolist()
    assert mesh.get_rasterized()
    middles = {
        one.get_hatch(): [tuple(path.vertices[:4].mean(axis=0)) for path in one.get_paths()]
        for one in hatched
    }
    assert middles == {"////": [(0.5, 0.0)], "xxxx": [(0.0, 1.0)], "..": [(1.0, 1.0)]}
    assert all(one.get_rasterized() for one in hatched)


def test_cut_marks_the_points_without_an_answer_at_its_edge(jobs, lines):
    asked, _ = jobs
    x, outcome = np.array([0.0, 0.25, 0.5, 1.0]), np.array([1, 2, 3, 1], np.uint8)
    value = np.where(outcome == Outcome.OK, x - 0.3, np.nan)
    one = Cut(asked, lines[0], x, value, np.full(4, 1e-3), outcome)
    axes = draw_cuts([one]).axes[0]
    marks = {line.get_label(): list(line.get_xdata()) for line in axes.lines}
    assert (marks["unresolved"], marks["failed"]) == ([0.25], [0.5])
    (resolved,) = axes.containers
    assert resolved.lines[0].get_xdata().tolist() == [0.0, 1.0]
    assert described_cut(one).endswith("zero at 0.3 ± 1e-02.")


def test_phase_diagram_has_a_panel_for_the_plane_and_one_for_lines_that_lie_elsewhere(jobs):
    findings = Findings(jobs)
    drawn = phase_diagram(findings.boundaries, findings.sweeps)
    titles = [axes.get_title() for axes in drawn.axes if axes.get_title()]
    assert titles == ["tilted", "flat"]
    plane = drawn.axes[0]
    assert (plane.get_xlabel(), plane.get_ylabel()) == ("$y$", "$x$")
    (boundary,) = plane.containers
    np.testing.assert_allclose(boundary.lines[0].get_ydata(), [0.3, 0.4], atol=1e-6)
    searched = [line for line in drawn.axes[1].lines if line.get_label() == "searched: no boundary"]
    assert [line.get_xdata()[0] for line in searched] == [0.0, 1.0]


def test_many_boundaries_are_drawn_as_curves_with_what_was_not_found_at_the_edge(jobs):
    drawn = boundary_curves(Findings(jobs).boundaries)
    panels = {axes.get_title(): axes for axes in drawn.axes}
    assert set(panels) == {"tilted", "flat"}
    curve, printed = (panels["tilted"].lines[i] for i in (0, -1))
    np.testing.assert_allclose(curve.get_xydata(), [[0.0, 0.3], [1.0, 0.4]], atol=1e-4)
    assert printed.get_label() == "3/10, Remark 7"
    (absent,) = panels["flat"].lines
    assert (absent.get_label(), list(absent.get_xdata())) == ("no boundary", [0.0, 1.0])


def test_profile_goes_through_the_located_boundary_and_tells_series_apart(jobs, tmp_path, answered):
    reference = f"{__file__.replace('test_findings', 'experiments')}:TILTED"
    axes = {"x": [0.0, 0.5, 1.0], "y": [0.0, 1.0]}
    swept = answered(sweep.prepare(reference, axes, {"shape": "tilted"}, catalogue=tmp_path))
    findings = Findings([jobs[0], swept], "profiles")
    (axes,) = findings.figure.axes
    series = [one for one in axes.containers if one.has_yerr]
    np.testing.assert_allclose(series[0].lines[0].get_ydata(), np.tanh([-0.3, 0.2, 0.7]))
    assert len({one.lines[0].get_color() for one in series}) == len(series) == 2
    (boundary,) = (one for one in axes.containers if one.has_xerr)
    np.testing.assert_allclose(sorted(boundary.lines[0].get_xdata()), [0.3, 0.4], atol=1e-6)
    (above,) = axes.child_axes
    assert [text.get_text() for text in above.get_xticklabels()] == ["3/10, Remark 7"]
    assert axes.get_title().startswith("$x$ = 0.35 ± ")  # of all lines together
    told = {text.get_text().strip() for text in findings.figure.legends[0].get_texts()}
    assert told == {"$y$ = 0", "$y$ = 1", "measured", "located boundary", "printed", ""}
    assert Findings([swept], "profiles").figure is None


def test_picture_is_the_same_bytes_whenever_it_is_drawn(jobs):
    first, second = (as_svg(Findings(jobs).figure) for _ in range(2))
    assert first == second
    assert ElementTree.fromstring(first).tag.endswith("svg")


def test_nothing_is_drawn_of_a_single_line(tmp_path, reference, answered):
    line = answered(search.prepare(reference("TILTED"), "x", catalogue=tmp_path))
    assert Findings([line]).figure is None
    assert "## Figure" not in Findings([line]).markdown()


@pytest.mark.parametrize("name", STUDIES)
def test_study_asks_only_what_is_allowed(name, tmp_path):
    jobs = find_study(name).prepare(tmp_path)
    assert len({job.store.id for job in jobs}) == len(jobs)


def test_unknown_study_is_refused():
    with pytest.raises(RequestError, match="There is no study `wind`; there is wave"):
        find_study("wind")


def test_no_more_reasons_are_read_than_are_said(tmp_path, answered, monkeypatch):
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0")
    reference = f"{__file__.replace('test_findings', 'experiments')}:MOODY"
    job = answered(sweep.prepare(reference, {"x": np.linspace(0, 1, 50).tolist()}, catalogue=tmp_path))
    read = []

    def troubles(job):
        for reason in job_troubles(job):
            read.append(reason)
            yield reason

    monkeypatch.setattr(narration, "troubles", troubles)
    *reasons, last = narration.unanswered(job)
    assert reasons == read
    assert len(reasons) == narration.MOST_LINES
    assert last == "and 10 more"
