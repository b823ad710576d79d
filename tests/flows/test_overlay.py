"""Boundaries for all values of one choice in one panel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wellposed.flows.figures.overlay import overlaid_boundaries
from wellposed.kinetics.law import Linear
from wellposed.kinetics.study import Guide, Overlay

TILTED = f"{Path(__file__).with_name('experiments.py')}:TILTED"


@pytest.fixture(scope="module")
def answer(tmp_path_factory, answered, job_of):
    axes = {"y": [0.0, 1.0], "shape": ["tilted", "flat"]}
    place = tmp_path_factory.mktemp("catalogue")
    return answered(job_of("boundary", TILTED, along="x", axes=axes, catalogue=place)).answer()


def test_all_questions_share_a_panel_with_their_guides(answer):
    # the boundary is at 0.3 + y/10 if tilted, and there is none if flat
    guides = (
        Guide("published", Linear(0.2, {"y": 0.5}), {"shape": ("tilted", "flat")}),
        Guide("not of this panel", Linear(0.0), {"shape": ("round",)}),
    )
    drawn = overlaid_boundaries([answer], Overlay("shape", guides))
    (axes,) = drawn.axes
    (boundary,) = axes.containers
    assert boundary.get_label() == "tilted"
    np.testing.assert_allclose(boundary.lines[0].get_xydata(), [[0.0, 0.3], [1.0, 0.4]], atol=1e-4)
    by_label = {line.get_label(): line for line in axes.lines}
    np.testing.assert_allclose(by_label["published"].get_xydata(), [[0.0, 0.2], [1.0, 0.7]])
    assert "not of this panel" not in by_label
    assert list(by_label["no boundary"].get_xdata()) == [0.0, 1.0]


def test_without_a_search_there_is_nothing_to_overlay():
    assert overlaid_boundaries([], Overlay("shape")) is None
