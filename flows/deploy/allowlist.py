"""Which experiments a run that Prefect starts may ask for: ours, those installed, and those offered.

A parameter of such a run is text from anybody who reaches the server, and a file of one's own is executed.
So what was offered is told to its process by the environment, and not by the server's form.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
from collections.abc import Iterable, Mapping

from wellposed.errors import RequestError
from wellposed.kinetics import EXPERIMENTS
from wellposed.kinetics.experiment import Experiment
from wellposed.sweeps.experiments.find import GROUP, absolute, find_experiment

OFFERED = "WELLPOSED_OFFERED"
"""The environment variable, a list in JSON."""


def environment(references: Iterable[str]) -> Mapping[str, str]:
    """What the process of a run must have in its environment for `references` to be allowed."""
    return {OFFERED: json.dumps([absolute(reference) for reference in references])}


def find_offered(reference: str) -> Experiment:
    """The experiment that `reference` names, if this run may ask for it.

    Raises
    ------
    RequestError
        If it may not, before anything is imported; otherwise as from `find_experiment`.
    """
    installed = {entry.name for entry in importlib.metadata.entry_points(group=GROUP)}
    if reference not in {*EXPERIMENTS, *installed, *json.loads(os.environ.get(OFFERED, "[]"))}:
        raise RequestError(
            f"Experiment `{reference}` is not among those that were offered: start `wellposed serve`, or "
            f"`wellposed deploy`, with --experiment {reference}."
        )
    return find_experiment(reference)
