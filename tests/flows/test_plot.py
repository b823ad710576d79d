"""The figures that ``wellposed plot`` writes, the pages of runs have, and notebooks show."""

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from bokeh.models import ColumnDataSource
from PIL import Image

from wellposed.catalog.interactive_plot import InteractivePlot
from wellposed.errors import CatalogueError, RequestError
from wellposed.flows.cli.main import main
from wellposed.flows.figures.interactive import interactive_lines
from wellposed.flows.figures.plots import Cutting, plot_of_boundary, plot_of_curve, plot_of_sweep
from wellposed.flows.figures.sweep_lines import MOST_LINES, sweep_lines
from wellposed.flows.kinds.narration import page_of

X = [0.0, 0.25, 0.5, 1.0]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "results"


@pytest.fixture
def ask(place, reference, job_of, answered):
    """Computes a question of an experiment of `tests/flows/experiments.py`."""
    return lambda kind, name, **fields: answered(job_of(kind, reference(name), catalogue=place, **fields))


def external(page):
    """What a page would load from elsewhere."""
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.extend(value for name, value in attrs if name in ("src", "href"))

    Reader().feed(page)
    return found


def sources_of(plot):
    """The columns of all points of an interactive plot, of each kind of mark that has values."""
    return [
        source.data for source in plot.layout.select({"type": ColumnDataSource}) if "value" in source.data
    ]


def test_picture_of_a_sweep_is_written(ask, capsys):
    sweep = ask("sweep", "TILTED", axes={"x": X, "y": [0.0, 0.5, 1.0]})
    assert main(["plot", sweep.store.id[:6]]) == 0
    path = Path(f"test.tilted-{sweep.store.id[:8]}.png")
    assert f"{path}: the order parameter over two parameters" in capsys.readouterr().out
    with Image.open(path) as image:
        assert image.width > 300
        assert len(image.getcolors(256)) > 20
    assert main(["plot", sweep.store.id, "--to", "edge.svg", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["file"] == "edge.svg"
    assert Path("edge.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize("kind", ["sweep", "boundary", "curve"])
def test_page_to_look_into_needs_no_network_and_has_every_error(ask, kind):
    fields = {
        "sweep": {"axes": {"x": X, "y": [0.0, 0.5]}},
        "boundary": {"along": "x", "axes": {"y": [0.0, 0.5]}},
        "curve": {"along": "x", "across": "y", "over": (0.0, 1.0)},
    }[kind]
    job = ask(kind, "TILTED", **fields)
    assert main(["plot", job.store.id, "--interactive"]) == 0
    (path,) = Path.cwd().glob("*.html")
    page = path.read_text()
    assert external(page) == []
    drawing = {"sweep": plot_of_sweep, "boundary": plot_of_boundary, "curve": plot_of_curve}[kind]
    stored = job.store.dataset()
    sources = sources_of(drawing(job.answer()).interactive("title"))
    shown = np.concatenate([source["value"] for source in sources])
    assert sorted(shown) == sorted(stored["slope"].to_numpy()[stored["outcome"].to_numpy() == 1])
    assert {error for source in sources for error in source["error"]} == {"1e-12"}
    assert ("bracket" in page) == (kind != "sweep")


def test_what_an_experiment_is_called_is_no_markup_in_a_page(ask):
    job = ask("sweep", "TILTED", axes={"x": X})
    found = sweep_lines(job.answer())
    page = interactive_lines(found, "</title><script>alert(1)</script>").html()
    assert "<script>alert(1)" not in page


def test_cut_is_along_the_axis_and_at_the_values_that_were_chosen(ask):
    sweep = ask("sweep", "TILTED", axes={"x": X, "y": [0.0, 0.5, 1.0]})
    found = sweep_lines(sweep.answer(), "y")
    assert [dict(line.point) for line in found.lines] == [{"x": x} for x in X]
    (first, *_) = found.lines
    assert first.x.tolist() == [0.0, 0.5, 1.0]
    assert first.value == pytest.approx(np.tanh(-0.3 - 0.1 * first.x), abs=1e-15)
    assert first.error.tolist() == [1e-12] * 3
    assert main(["plot", sweep.store.id, "--along", "x", "--axis", "y=0.5", "--to", "cut.html"]) == 0
    (drawn,) = sources_of(plot_of_sweep(sweep.answer(), Cutting("x", {"y": {0.5}})).interactive("cut"))
    assert drawn["value"] == pytest.approx(np.tanh(np.array(X) - 0.35), abs=1e-15)
    boundary = ask("boundary", "TILTED", along="x", axes={"y": [0.0, 0.5, 1.0]})
    plot = plot_of_boundary(boundary.answer(), Cutting("x", {"y": {1.0}}))
    assert len(sources_of(plot.interactive("cut"))) == 1
    assert plot.draw(3).axes


def test_output_with_a_coordinate_of_its_own_is_drawn_along_it(ask):
    sweep = ask("sweep", "TILTED", axes={"x": X})
    found = sweep_lines(sweep.answer(), output="profile")
    assert found.along == "k"
    assert [line.value.tolist() for line in found.lines] == sweep.store.dataset()[
        "profile"
    ].to_numpy().tolist()
    assert main(["plot", sweep.store.id, "--show", "profile", "--to", "all.png"]) == 0
    assert main(["plot", sweep.store.id, "--show", "profile=4", "--to", "one.png"]) == 0
    assert sweep_lines(sweep.answer(), output="profile", at={"k": 2}).along == "x"


def test_of_many_lines_some_are_drawn_and_it_is_said(ask):
    sweep = ask("sweep", "TILTED", axes={"x": X, "y": [i / 50 for i in range(51)]})
    found = sweep_lines(sweep.answer(), "x")
    assert found.drawn == MOST_LINES
    assert "12 of 51 lines" in found.left_out
    assert "12 of 51 lines" in plot_of_sweep(sweep.answer(), Cutting("x")).what


def test_point_without_an_answer_is_on_no_line(ask):
    sweep = ask("sweep", "FRAGILE", axes={"x": X})
    (line,) = sweep_lines(sweep.answer()).lines
    assert np.isnan(line.value).tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--along", "z"], "`along` must be one of x, y, but is 'z'"),
        (["--along", "shape"], "`along` must be one of x, y, but is 'shape'"),
        (["--axis", "y=0.3"], "`axis` y must be among 0, 1, but is 0.3"),
        (["--axis", "shape=tilted"], "`axis` must be one of x, y, but is 'shape'"),
        (["--axis", "y=7"], "Parameter `y` must be"),
        (["--show", "nothing"], "`show` must name an output, one of profile, slope"),
        (["--to", "a.pdf"], "`to` must end in .png or .svg or .html, but is 'a.pdf'"),
        (["--to", "a.png", "--interactive"], "`to` must end in .html, but is 'a.png'"),
        (["--to", "nowhere/a.png"], "`to` must be in a folder that is there"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(ask, capsys, arguments, complaint):
    sweep = ask("sweep", "TILTED", axes={"x": X, "y": [0.0, 1.0]})
    assert main(["plot", sweep.store.id, *arguments]) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
    assert not [path for path in Path.cwd().iterdir() if path.name != "results"]


def test_search_is_cut_along_its_own_parameter_alone_and_a_curve_not_at_all(ask):
    boundary = ask("boundary", "TILTED", along="x", axes={"y": [0.0, 1.0]})
    with pytest.raises(RequestError, match="`along` must be x"):
        plot_of_boundary(boundary.answer(), Cutting("y"))
    curve = ask("curve", "TILTED", along="x", across="y", over=(0.0, 1.0))
    with pytest.raises(RequestError, match="must not be given for a curve"):
        plot_of_curve(curve.answer(), Cutting("x"))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("sweep", {"axes": {"x": X}}),
        ("sweep", {"axes": {"x": X, "y": [0.0, 1.0]}}),
        ("sweep", {"axes": {"x": X, "shape": ["tilted", "flat"]}}),
        ("boundary", {"along": "x"}),
        ("boundary", {"along": "x", "axes": {"y": [0.0, 1.0]}}),
        ("curve", {"along": "x", "across": "y", "over": (0.0, 1.0)}),
    ],
)
def test_page_of_every_run_has_a_figure(ask, kind, fields):
    assert "](data:image/png;base64," in page_of(ask(kind, "TILTED", **fields))


def test_phase_diagram_in_a_notebook_can_be_looked_into(ask):
    sweep = ask("sweep", "FRAGILE", axes={"x": X, "y": [0.0, 0.5, 1.0]})
    plot = sweep.store.dataset().wellposed.plot_phase(interactive=True)
    assert isinstance(plot, InteractivePlot)
    assert plot._repr_html_().startswith("<iframe srcdoc=")
    outcomes = {word for source in sources_of(plot) for word in source["outcome"]}
    assert outcomes == {"ok", "unresolved", "failed"}
    found = ask("boundary", "TILTED", along="x", axes={"y": [0.0, 0.5, 1.0]}).store.dataset()
    plot = found.wellposed.plot_phase(interactive=True)
    assert sum(len(source["value"]) for source in sources_of(plot)) == int((found["outcome"] != 0).sum())
    plot.save("phase.html")
    assert external(Path("phase.html").read_text()) == []
    with pytest.raises(CatalogueError, match="no `ax`"):
        sweep.store.dataset().wellposed.plot_phase(ax=object(), interactive=True)


def test_nothing_that_draws_is_imported_but_for_drawing(ask):
    """What is slow to import is imported by ``wellposed plot`` alone."""
    sweep = ask("sweep", "TILTED", axes={"x": X})
    code = (
        "import sys; from wellposed.flows.cli.main import main; "
        f"main(['show', '{sweep.store.id}']); main(['ls']); "
        "print(*sorted({'matplotlib', 'bokeh', 'prefect'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert told.stdout.splitlines()[-1] == ""
