"""Boundaries for all values of one choice in one panel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wellposed.flows.kinds import boundary as search
from wellposed.flows.kinds.study import Guide, Overlay
from wellposed.flows.presentation.findings import Findings
from wellposed.kinetics.law import Linear

TILTED = f"{Path(__file__).with_name('experiments.py')}:TILTED"


@pytest.fixture(scope="module")
def job(tmp_path_factory, answered):
    axes = {"y": [0.0, 1.0], "shape": ["tilted", "flat"]}
    return answered(search.prepare(TILTED, "x", axes, catalogue=tmp_path_factory.mktemp("catalogue")))


def test_all_questions_share_a_panel_with_their_guides(job):
    # the boundary is at 0.3 + y/10 if tilted, and there is none if flat
    guides = (
        Guide("printed", Linear(0.2, {"y": 0.5}), {"shape": ("tilted", "flat")}),
        Guide("not of this panel", Linear(0.0), {"shape": ("round",)}),
    )
    drawn = Findings([job], Overlay("shape", guides)).figure
    (axes,) = drawn.axes
    (boundary,) = axes.containers
    assert boundary.get_label() == "tilted"
    np.testing.assert_allclose(boundary.lines[0].get_xydata(), [[0.0, 0.3], [1.0, 0.4]], atol=1e-4)
    by_label = {line.get_label(): line for line in axes.lines}
    np.testing.assert_allclose(by_label["printed"].get_xydata(), [[0.0, 0.2], [1.0, 0.7]])
    assert "not of this panel" not in by_label
    assert list(by_label["no boundary"].get_xdata()) == [0.0, 1.0]


def test_without_a_choice_the_picture_is_the_usual_one(job):
    assert len(Findings([job]).figure.axes) > 1
