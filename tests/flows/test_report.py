"""The report of what a catalogue holds."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import zarr

from wellposed import catalog
from wellposed.errors import CatalogueError, RequestError
from wellposed.flows.cli.main import main
from wellposed.flows.execution.block import run_block
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.job import provenance_of
from wellposed.flows.kinds.kind import Answers
from wellposed.flows.presentation.table import Table, TitledTable
from wellposed.flows.report.audit import RecordedAudit
from wellposed.flows.report.chapter import Chapter, chapters
from wellposed.flows.report.contents import contents_of
from wellposed.flows.report.report import report
from wellposed.flows.report.section import section_name
from wellposed.kinetics.claim import Claim, Verdict, judge
from wellposed.kinetics.law import Linear
from wellposed.sweeps.answers.assessment import Assessment, Measurement, as_dataset
from wellposed.sweeps.experiments.find import find_experiment

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> $\\frac & \u202e"
BEYOND = re.compile(r"""(?:src|href|srcset|action)="(?!#|data:)|url\((?!data:)|@import|<script|<link""")


@pytest.fixture(scope="module")
def experiment():
    """The reference of an experiment, which is not installed: a report knows it by what is stored."""
    return lambda name: f"{Path(__file__).with_name('experiments.py')}:{name}"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory, answered, job_of, experiment):
    """Boundaries of a tilted edge, the planes in which they lie, and points that have no answer."""
    place = tmp_path_factory.mktemp("catalogue")
    tilted, grid = experiment("TILTED"), {"x": [0.0, 0.5, 1.0], "y": [0.0, 0.5, 1.0]}
    lines = {"y": [0.0, 1.0], "shape": ["tilted", "flat"]}
    answered(job_of("boundary", tilted, along="x", axes=lines, catalogue=place))
    answered(job_of("sweep", tilted, axes=grid, catalogue=place))
    answered(job_of("sweep", experiment("FRAGILE"), axes=grid, catalogue=place))
    answered(job_of("curve", tilted, along="x", across="y=0:1", coarse=3, depth=0, catalogue=place))
    part = {"x": [0.0, 0.25, 0.5, 0.75], "y": [0.0]}
    unfinished = job_of("sweep", experiment("MOODY"), axes=part, catalogue=place)
    ((blocks, _),) = unfinished.rounds()
    run_block(blocks[0], unfinished.assignment)
    return place


@pytest.fixture(scope="module")
def page(catalogue, tmp_path_factory):
    return report(catalogue, tmp_path_factory.mktemp("report"))


def test_page_tells_boundaries_brackets_and_where_they_are_from(page, catalogue):
    text = page.read_text()
    (stored,) = (
        one
        for one in catalog.open(catalogue).stores()
        if one.manifest()
        and "along" in one.attributes()["request"]
        and one.attributes()["kind"] == "boundary"
    )
    assert f'id="sweep-{stored.id}"' in text
    assert f'href="#sweep-{stored.id}"' in text
    assert "<b>0.4000000</b> ± " in text
    assert "wellposed boundary " in text
    assert re.search(r"Found: a boundary on 2 lines; none on 2\.", text)


def test_vertices_of_a_curve_are_listed_with_their_errors(page):
    vertices = (
        page.read_text().partition("vertices of the curve in test.tilted")[2].partition("</details>")[0]
    )
    rows = re.findall(r'<tr role="row">((?:<td role="cell">[^<]*</td>)+)</tr>', vertices)
    cells = [re.findall(">([^<]*)</td>", row) for row in rows]
    assert cells == [
        ["0", "0", "exact", "0.3000000", "5·10⁻⁷"],
        ["0", "0.5", "exact", "0.3500000", "5·10⁻⁷"],
        ["0", "1", "exact", "0.4000000", "5·10⁻⁷"],
    ]


def test_states_of_one_source_are_told_apart(tmp_path, answered, job_of):
    mine, kept = tmp_path / "mine.py", tmp_path / "catalogue"
    text = Path(__file__).with_name("experiments.py").read_text()
    text = text.replace('order_parameter="slope"', 'order_parameter="slope", tolerance=1e-3')
    for remark in ("", "# edited"):
        mine.write_text(text + remark)
        lines, grid = {"y": [0.0, 1.0]}, {"x": [0.0, 1.0], "y": [0.0, 1.0]}
        answered(job_of("boundary", f"{mine}:TILTED", along="x", axes=lines, catalogue=kept))
        answered(job_of("sweep", f"{mine}:TILTED", axes=grid, catalogue=kept))
    (chapter,) = chapters(contents_of(kept))
    states = {stored.id: stored.job.experiment.fingerprint for stored in chapter.jobs}
    assert len(set(states.values())) == len(chapter.sections) == 2
    computed_by = {f"1, source {state[:8]}" for state in states.values()}
    assert {one.computed_by for one in chapter.sections} == computed_by
    figures = [figure for section in chapter.sections for figure in section.figures]
    assert len({figure.name for figure in figures}) == len(figures) == 4
    assert all(len({states[id] for id in figure.ids}) == 1 for figure in figures)
    assert [len(section.tables[0].examples) for section in chapter.sections] == [2, 2]
    assert {one.experiment.tolerance for one in chapter.errors} == {1e-3}
    for stored in chapter.jobs:
        assert f"version 1, source {states[stored.id][:8]}" in provenance_of(stored.job).made_by


def test_sections_of_one_name_have_names_of_their_own(experiment):
    tilted = find_experiment(experiment("TILTED"))
    assert section_name(tilted, {section_name(tilted, ())}) == f"{section_name(tilted, ())}-2"


def test_a_question_and_an_audit_that_are_stored_twice_are_counted_once(
    tmp_path, answered, job_of, experiment
):
    for tolerance, y in ((1e-3, [0.0, 1.0]), (1e-6, [0.0, 1.0]), (1e-4, [0.0])):
        asked = {"along": "x", "axes": {"y": y}, "tolerance": tolerance, "catalogue": tmp_path}
        answered(job_of("boundary", experiment("TILTED"), **asked))
    (chapter,) = chapters(contents_of(tmp_path))
    assert (len(chapter.lines), dict(chapter.outcomes)) == (5, {"located": 2})
    assert {one.search.tolerance for one in chapter.distinct} == {1e-6}

    def audit(day, verdict):
        store = SimpleNamespace(experiment="test.audit", manifest=lambda: {"created": f"2026-01-{day}"})
        return RecordedAudit(store, "", [SimpleNamespace(verdict=verdict)], [])

    audits = [audit("03", Verdict.HOLDS_SHARP), audit("02", Verdict.VIOLATED)]
    assert dict(Chapter("test", [], audits).claims) == {Verdict.HOLDS_SHARP: 1}


def test_figures_are_beside_the_page_and_in_it(page):
    names = {path.stem for path in (page.parent / "figures").glob("*.svg")}
    assert names == {path.stem for path in (page.parent / "figures").glob("*.png")}
    kinds = {"planes", "cuts", "curve", "convergence"}
    assert all(any(kind in name for name in names) for kind in kinds)
    images = re.findall(
        r'<img src="data:image/(?:png|svg\+xml);base64,[^"]+" width="\d+" alt="([^"]*)"', page.read_text()
    )
    assert len(images) == len(names)
    assert all(len(alt) > 20 and "\ufffd" not in alt for alt in images)


def test_page_refers_to_nothing_outside(page):
    assert not BEYOND.search(page.read_text())


def test_points_without_an_answer_are_counted_and_say_why(page):
    text = page.read_text()
    reason = r"ZeroDivisionError in experiments\.py, line \d+: too far"
    assert re.search(f"test\\.fragile at x=1, y=0, shape=tilted failed: {reason}", text)
    assert "not fine enough here" in text
    (counts,) = re.findall(r"<code>test\.fragile</code></th>((?:<td[^>]*>[^<]*</td>){3})", text)
    assert re.findall(r">([^<]+)</td>", counts) == ["4", "2", "3"]


def test_unfinished_sweep_says_how_much_is_left(page):
    assert re.search(r"test\.moody[^<]*: left off: \d+ of 4 left", page.read_text())


def test_same_catalogue_gives_the_same_bytes_and_nothing_is_computed_changed_or_left_over(
    page, catalogue, tmp_path, no_execution
):
    def dateless(path):
        return re.sub(r'<time id="made".*?</time>', "", path.read_text())

    def state():
        return {path: path.stat().st_mtime_ns for path in catalogue.rglob("*")}

    before = state()
    shutil.copytree(page.parent, tmp_path / "to")
    earlier = tmp_path / "to" / "index.html"
    earlier.write_text(
        earlier.read_text().replace('figures" content="', 'figures" content="earlier&amp;1.png/')
    )
    (tmp_path / "to" / "figures" / "earlier&1.png").write_bytes(b"")
    again = report(catalogue, tmp_path / "to")
    assert dateless(again) == dateless(page)
    figures = {figure.name: figure.read_bytes() for figure in (page.parent / "figures").iterdir()}
    assert {figure.name: figure.read_bytes() for figure in (again.parent / "figures").iterdir()} == figures
    assert state() == before


def test_only_what_an_earlier_page_lists_is_replaced(tmp_path, answered, job_of, experiment):
    kept = tmp_path / "catalogue"
    grid = {"x": [0.0, 1.0], "y": [0.0, 1.0]}
    answered(job_of("sweep", experiment("TILTED"), axes=grid, catalogue=kept))
    figures = tmp_path / "paper" / "figures"
    figures.mkdir(parents=True)
    (figures / "mine.png").write_bytes(b"mine")
    page = report(kept, tmp_path / "paper")
    ours = {path.name for path in figures.iterdir()} - {"mine.png"}
    plane = next(figures / name for name in ours if name.endswith("-planes-1.svg"))
    page.unlink()
    plane.write_bytes(b"mine too")
    with pytest.raises(RequestError, match=r"\w+ in figures is not ours"):
        report(kept, tmp_path / "paper")
    assert plane.read_bytes() == b"mine too"
    assert (figures / "mine.png").read_bytes() == b"mine"
    assert not page.exists()


@pytest.fixture
def copy(catalogue, tmp_path):
    """The catalogue, to be spoilt."""
    shutil.copytree(catalogue, tmp_path / "copy")
    return tmp_path / "copy"


def test_what_a_stranger_wrote_is_text_and_nothing_else(copy, tmp_path):
    def spoilt(told):
        match told:
            case dict():
                words = ("title", "source", "long_name", "command", "host")
                return {key: HOSTILE if key in words else spoilt(value) for key, value in told.items()}
            case list():
                return [spoilt(one) for one in told]
        return told

    shutil.rmtree(copy / "test.tilted")
    for path in copy.rglob("*.json"):
        told = spoilt(json.loads(path.read_text()))
        told.pop("sha256", None)  # or the manifest would be known as damaged
        path.write_text(json.dumps(told))
    text = report(copy, tmp_path / "to").read_text()
    assert not BEYOND.search(text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", text)
    assert "\u202e" not in text


def test_damaged_sweeps_are_listed_with_the_reason_and_stop_nothing(copy, tmp_path):
    fragile, *_ = (copy / "test.fragile").glob("*.zarr")
    chunk = next(path for path in (fragile / "slope" / "c").rglob("*") if path.is_file())
    chunk.write_bytes(bytes(byte ^ 1 for byte in chunk.read_bytes()))
    search, *others = sorted(
        (copy / "test.tilted").glob("*.zarr"), key=lambda path: not (path / "zero_position").exists()
    )
    told = json.loads((search / "zarr.json").read_text())
    told["attributes"]["request"]["axes"]["y"] = [0.0]
    (search / "zarr.json").write_text(json.dumps(told))
    for other in others:  # which would take their time to be drawn
        shutil.rmtree(other)
        other.with_suffix(".json").unlink()
    text = report(copy, tmp_path / "to").read_text()
    damaged = text.partition('id="damaged"')[2].partition("</section>")[0]
    assert fragile.stem in damaged
    assert "is not as it was written" in damaged
    assert search.stem in damaged
    assert "and {&#39;y&#39;: 1, &#39;shape&#39;: 2} was asked" in damaged
    assert "test.moody" in text


def test_fingerprint_that_would_name_a_file_elsewhere_is_refused(copy):
    moody, *_ = (copy / "test.moody").glob("*.zarr")
    told = json.loads((moody / "zarr.json").read_text())
    told["attributes"]["request"]["fingerprint"] = "../../mine"
    (moody / "zarr.json").write_text(json.dumps(told))
    (damaged,) = contents_of(copy).damaged
    assert damaged.reason.endswith("has no fingerprint as wellposed writes it.")


def test_outcome_that_no_search_has_is_refused(copy):
    (search,) = (path for path in (copy / "test.tilted").glob("*.zarr") if (path / "zero_lower").exists())
    zarr.open(str(search), mode="r+")["boundary_outcome"][...] = HOSTILE
    (damaged,) = contents_of(copy).damaged
    assert "has a line with the outcome" in damaged.reason


def test_empty_catalogue_has_a_page_that_says_so(tmp_path):
    catalog.open(tmp_path / "catalogue", writable=True)
    text = report(tmp_path / "catalogue", tmp_path / "to").read_text()
    assert "nothing has been computed yet" in text


def test_single_sweep_without_boundaries_has_a_page(tmp_path, answered, job_of, experiment):
    kept = tmp_path / "catalogue"
    answered(job_of("sweep", experiment("TILTED"), axes={"x": [0.0, 0.5]}, catalogue=kept))
    text = report(tmp_path / "catalogue", tmp_path / "to").read_text()
    assert "Asked: what it and other numbers are on 1 grid." in text


def test_what_another_version_asked_is_to_be_asked_again_and_is_in_nobodys_way(copy, tmp_path):
    (curve,) = (path for path in (copy / "test.tilted").glob("*.zarr") if (path / "vertex_lower").exists())
    told = json.loads((curve / "zarr.json").read_text())
    told["attributes"]["request"]["method"] = 1
    (curve / "zarr.json").write_text(json.dumps(told))
    contents = contents_of(copy)
    assert not contents.damaged
    assert [entry.store.id for entry in contents.outdated] == [curve.stem]
    text = report(copy, tmp_path / "to").read_text()
    assert "<b>To be asked again.</b>" in text
    assert "vertices of the curve" not in text
    assert "a boundary on 2 lines" in text


def test_what_a_kind_of_its_own_lists_and_draws_is_in_its_section(copy, tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    sweep = KINDS["sweep"]

    def answers(job):
        table = TitledTable("Extremes", Table(["least", "most"], [["-1e-07", "2"]]), "Both are exact.")
        return Answers(tables=[table], pictures=[("a picture of it", lambda columns: Figure())])

    stranger = replace(sweep, answers=answers, counted=lambda jobs: f"{len(jobs)} extremes")
    monkeypatch.setitem(KINDS, "sweep", stranger)
    text = report(copy, tmp_path / "to").read_text()
    assert "2 questions of the kind sweep" in text
    assert "Found: a boundary on 2 lines; none on 2; " in text
    assert "; 2 extremes" in text
    assert "<summary>Extremes of test.tilted: " in text
    assert "<p>Both are exact.</p>" in text
    assert "A picture of it." in text


def test_stored_audit_is_shown_with_what_wants_attention_first(tmp_path):
    def assessed(equation, measured):
        claim = Claim(equation, "it is bounded", "≲", Linear(0.0), "test.tilted", "slope")
        verdict = Verdict(int(judge("≲", 0.0, measured, 1e-3)))
        return Assessment(claim, [Measurement({"x": 0.0}, 0.0, measured, 1e-3, verdict)])

    found = as_dataset("test", [assessed("(1)", 0.0), assessed("(2)", 0.5), assessed("(3)", -0.5)], [], [])
    store = catalog.open(tmp_path / "catalogue", writable=True).create(found, {})
    store.write({}, found)
    store.finish(command="wellposed audit test", seconds=0.0)
    text = report(tmp_path / "catalogue", tmp_path / "to").read_text()
    assert re.findall(r'data-label="equation">([^<]+)<', text) == ["(2)", "(3)", "(1)"]
    verdicts = re.findall(r'data-label="verdict">.*?</span> ([^<]+)<', text)
    assert verdicts == ["violated", "holds, not sharp", "holds, sharp"]
    assert "of the claims 1 violated, 1 holds, not sharp, 1 holds, sharp." in text


def test_destination_that_cannot_be_a_report_is_refused_before_anything_is_read(
    catalogue, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        "wellposed.flows.report.report.contents_of", lambda catalogue: pytest.fail("it was read")
    )
    with pytest.raises(RequestError, match="it lies in the catalogue"):
        report(catalogue, catalogue / "report")
    link = tmp_path / "link"
    link.symlink_to(catalogue)
    with pytest.raises(RequestError, match="it lies in the catalogue"):
        report(catalogue, link / "report")
    with pytest.raises(RequestError, match="it lies in the catalogue"):
        report(link, tmp_path / ".." / catalogue.name / "report")
    link.unlink()
    with pytest.raises(RequestError, match="a folder on this machine, but not to s3://bucket/report"):
        report(catalogue, "s3://bucket/report")
    (tmp_path / "index.html").write_text("<!doctype html><title>mine</title>")
    with pytest.raises(RequestError, match=r"its index\.html is not one of ours"):
        report(catalogue, tmp_path)
    with pytest.raises(RequestError, match=r"cannot be written to .*index\.html"):
        report(catalogue, tmp_path / "index.html")
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_command_says_where_the_page_is_and_refuses_what_is_no_catalogue(tmp_path, capsys):
    catalog.open(tmp_path / "catalogue", writable=True)
    asked = ["report", "--catalogue", str(tmp_path / "catalogue"), "--to", str(tmp_path / "to")]
    assert main(asked) == 0
    assert f"Report: {tmp_path / 'to' / 'index.html'}" in capsys.readouterr().out
    assert main(["report", "--catalogue", str(tmp_path / "none"), "--to", str(tmp_path / "other")]) == 2
    with pytest.raises(CatalogueError):
        report(tmp_path / "none", tmp_path / "other")


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_page_in_a_browser_fits_a_phone_asks_for_nothing_and_prints(page):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    said, asked = [], []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        colours = {}
        for scheme in ("light", "dark"):
            tab = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
            tab.on("console", lambda message: said.append(message.text))
            tab.on("pageerror", lambda error: said.append(str(error)))
            tab.on("request", lambda request: asked.append(request.url))
            tab.goto(page.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") == 390
            assert tab.evaluate("[...document.images].every(image => image.complete && image.naturalWidth)")
            colours[scheme] = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        printed = tab.pdf(format="A4")
        browser.close()
    assert said == []
    assert {url for url in asked if not url.startswith("data:")} == {page.as_uri()}
    assert colours["light"] != colours["dark"]
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 2
