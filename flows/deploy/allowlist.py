"""Which experiments a run that Prefect starts may ask for: ours, those installed, and those allowed.

A parameter of such a run is text from anybody who reaches the server, and a file of one's own is executed.
So what is allowed comes to its process by the environment, and not by the server's form.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping

from wellposed.errors import RequestError
from wellposed.kinetics import EXPERIMENTS
from wellposed.sweeps.experiments.find import FoundExperiment, absolute, installed_names, locate

ALLOWED = "WELLPOSED_ALLOWED"
"""The environment variable with the references of experiments that were allowed, a list in JSON."""


def environment(references: Iterable[str]) -> Mapping[str, str]:
    """Returns what the process of a run must have in its environment for `references` to be allowed."""
    return {ALLOWED: json.dumps([absolute(reference) for reference in references])}


def locate_allowed(reference: str) -> FoundExperiment:
    """Returns the experiment that `reference` names, if this run may ask for it.

    Raises
    ------
    RequestError
        If it may not, before anything is imported; otherwise as from `locate`.
    """
    if reference not in {*EXPERIMENTS, *installed_names(), *json.loads(os.environ.get(ALLOWED, "[]"))}:
        raise RequestError(
            f"Experiment `{reference}` is not among those that are allowed: start `wellposed serve`, or "
            f"`wellposed deploy`, with --experiment {reference}."
        )
    return locate(reference)
