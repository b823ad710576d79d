"""The examples of the documentation are what its pages show, and find what is known."""

import runpy
from pathlib import Path

import pytest

from wellposed.kinetics.claim import Verdict, judge
from wellposed.sweeps.experiments.declaration import check_declaration
from wellposed.sweeps.experiments.find import find_experiment

DOCS = Path(__file__).parents[2] / "docs"
FAMILY = DOCS / "examples" / "family"


@pytest.mark.parametrize("name", ["pyproject.toml", "coagulation.py"])
def test_the_page_shows_the_files_of_the_family(name):
    assert (FAMILY / name).read_text() in (DOCS / "own-experiment.md").read_text()


def test_the_family_is_declared_as_it_should_be():
    family = runpy.run_path(str(FAMILY / "coagulation.py"))["FAMILY"]
    for experiment in family.experiments:
        check_declaration(experiment)
    asked = [one for study in family.studies for one in study.questions] + list(family.audit.questions)
    assert {one.experiment for one in asked} <= {experiment.name for experiment in family.experiments}


@pytest.mark.parametrize("degree", [0.0, 0.9, 1.0, 1.5])
def test_the_exponent_of_coagulation_is_the_degree_less_one(degree):
    experiment = find_experiment(f"{FAMILY / 'coagulation.py'}:GROWTH")
    found = experiment.evaluate(**experiment.point({"degree": degree}))
    assert judge("≈", degree - 1, found["growth"], found["growth_error"]) == Verdict.HOLDS_SHARP
    assert found["growth_error"] < 1e-6


def test_waves_with_a_dispersion_relation_of_ones_own_are_declared_as_the_page_shows():
    text = (DOCS / "examples" / "bogoliubov.py").read_text()
    assert text.partition('"""\n\n')[2] in (DOCS / "own-experiment.md").read_text()
    experiment = find_experiment(f"{DOCS / 'examples' / 'bogoliubov.py'}:experiment")
    check_declaration(experiment)
    # short waves of a condensate are free particles: 2 beta - 1/2
    found = experiment.evaluate(**experiment.point({"beta": 0.35}))
    assert abs(found["growth_exponent"] - 0.2) <= found["growth_exponent_error"] < 1e-2
