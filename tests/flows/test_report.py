"""The report of what a catalogue holds."""

import re

import pytest

from flows import search, sweep
from flows.report import report
from sweeps.grid import RequestError


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory, answered):
    """Boundaries of a tilted edge, and the plane in which they lie."""
    place = tmp_path_factory.mktemp("catalogue")
    reference = f"{__file__.replace('test_report', 'experiments')}:TILTED"
    answered(search.prepare(reference, "x", {"y": [0.0, 1.0], "shape": ["tilted", "flat"]}, catalogue=place))
    answered(sweep.prepare(reference, {"x": [0.0, 0.5, 1.0], "y": [0.0, 0.5, 1.0]}, catalogue=place))
    return place


@pytest.fixture(scope="module")
def page(catalogue, tmp_path_factory):
    return report(catalogue, tmp_path_factory.mktemp("report"))


def test_page_has_boundaries_with_their_brackets_and_figures_beside_it(page):
    text = page.read_text()
    assert "0.4000000 ± " in text
    assert {path.suffix for path in (page.parent / "figures").iterdir()} == {".png", ".svg"}


def test_page_refers_to_nothing_outside(page):
    assert not re.search(r"""(src|href|srcset)=["'](?!#|data:)""", page.read_text())
    assert "<script" not in page.read_text()


def test_destination_in_the_catalogue_or_of_another_kind_is_refused(catalogue, tmp_path):
    with pytest.raises(RequestError, match="it lies in the catalogue"):
        report(catalogue, catalogue / "report")
    (tmp_path / "index.html").write_text("<!doctype html><title>mine</title>")
    with pytest.raises(RequestError, match="is not one of ours"):
        report(catalogue, tmp_path)
