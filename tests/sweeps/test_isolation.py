"""A point that ends its process is found, named and costs no other."""

import sys

import pytest

from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.experiments.find import find_experiment
from wellposed.sweeps.points.evaluate import evaluate_block
from wellposed.sweeps.points.isolation import ChildError, evaluate_isolated
from wellposed.sweeps.requests.grid import Sweep

SOURCE = """
from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter
import os, signal, time
import numpy as np


def answer(x):
    print("chatter")
    x = float(np.max(x))
    if x == 1: os._exit(3)
    if x == 2: os.kill(os.getpid(), signal.SIGKILL)
    if x == 3: raise ZeroDivisionError("too far")
    if x == 4: raise Unresolved("not fine enough")
    if x == 5: time.sleep(60)
    return {"y": np.array([x + 1]) if VECTORISED else x + 1}

VECTORISED = %s
DEADLY = Experiment("mine.deadly", "ends its process", "nobody", (Parameter("x", "x", 0.0),),
                    (Output("y", "y"),), answer, vectorised=VECTORISED)
"""


def block_in(tmp_path, values, vectorised=False):
    (tmp_path / "deadly.py").write_text(SOURCE % vectorised)
    reference = f"{tmp_path}/deadly.py:DEADLY"
    sweep = Sweep.from_request(find_experiment(reference), {"x": values})
    (block,) = sweep.blocks({"x": len(values)})
    return reference, sweep, block


@pytest.mark.parametrize("vectorised", [False, True])
def test_each_deadly_point_is_named_and_the_others_are_answered(tmp_path, vectorised):
    reference, sweep, block = block_in(tmp_path, [0, 1, 2, 3, 4, 6], vectorised)
    found = evaluate_isolated(reference, sweep.fixed, block)
    assert found.y.values.tolist()[::5] == [1.0, 7.0]
    ok, failed, unresolved = Outcome.OK, Outcome.FAILED, Outcome.UNRESOLVED
    assert found.outcome.values.tolist() == [ok, failed, failed, failed, unresolved, ok]
    assert found.reason.values.tolist() == [
        "",
        "Its process ended with status 3.",
        "Its process was ended by SIGKILL.",
        "ZeroDivisionError in deadly.py, line 13: too far",
        "not fine enough",
        "",
    ]


def test_a_point_that_takes_too_long_is_named(tmp_path):
    reference, sweep, block = block_in(tmp_path, [0, 5, 6])
    found = evaluate_isolated(reference, sweep.fixed, block, time_limit=1.5)
    assert found.reason.values.tolist() == ["", "It took longer than 1.5 s.", ""]
    assert found.outcome.values.tolist() == [Outcome.OK, Outcome.FAILED, Outcome.OK]


def test_only_some_points_are_asked(tmp_path):
    reference, sweep, block = block_in(tmp_path, [0, 1, 6])
    found = evaluate_isolated(
        reference, sweep.fixed, block, only=block.asked & (block.coordinates["x"][1] > 1)
    )
    assert found.outcome.values.tolist() == [Outcome.MISSING, Outcome.MISSING, Outcome.OK]


def test_where_nobody_dies_the_answer_is_that_of_this_process(tmp_path):
    reference, sweep, block = block_in(tmp_path, [0, 3, 4, 6])
    here = evaluate_block(find_experiment(reference), sweep.fixed, block)
    assert evaluate_isolated(reference, sweep.fixed, block).identical(here)


def test_a_process_that_cannot_begin_is_no_answer(tmp_path, monkeypatch):
    reference, sweep, block = block_in(tmp_path, [0])
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ChildError, match="ended with status 1 before it evaluated anything"):
        evaluate_isolated(reference, sweep.fixed, block)
