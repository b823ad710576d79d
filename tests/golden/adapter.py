"""How the golden tests drive wellposed: all that is to be changed here when its modules or words are.

The golden files speak as the code of commit fda0603 did, of the commands ``run``, ``boundary`` and ``trace``.
What later code calls otherwise is translated here, on the way in (`command`) and on the way out (`spoken`,
`forms`).
"""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import entry_points

from wellposed import catalog
from wellposed.flows.deploy.flows import flows
from wellposed.flows.execution.block import run_block
from wellposed.flows.kinds import KINDS as ALL_KINDS
from wellposed.flows.kinds.audit import AuditJob
from wellposed.flows.kinds.questions import jobs_of
from wellposed.flows.kinds.request import made
from wellposed.flows.presentation import documents
from wellposed.kinetics import FAMILIES
from wellposed.kinetics.family import Family
from wellposed.kinetics.study import Audit, question
from wellposed.sweeps.experiments.find import find_experiment, locate
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.curve import CurveSearch
from wellposed.sweeps.requests.grid import Sweep

VERBS = {"run": "sweep", "trace": "curve"}
"""Commands by the name that they had."""

FLAGS = {"--scan-all": "--no-neighbours"}
"""Options by the name that they had."""

FLOWS = {"curve": "trace"}
"""Flows by the name that they have now, each with the one that it had."""

FIELDS = {"fixed": "settings", "neighbours": "scan_all", "across": "axis"}
"""Parameters of flows likewise."""

DEFAULTS = {("boundary", "neighbours"): False, ("curve", "tolerance"): 1e-3}
"""Defaults that they had: not all lines were scanned, and forms had a tolerance of their own."""

HEADINGS = {
    "published": "printed",
    "measured − published": "measured − printed",
    "Published boundaries": "Printed boundaries",
}
"""Headings of tables likewise: a paper publishes, and nothing is printed."""


def command(*arguments):
    """Runs ``wellposed`` here, and returns its status, standard output and standard error."""
    verb, *rest = map(str, arguments)
    words = [VERBS.get(verb, verb), *(FLAGS.get(word, word) for word in rest)]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        (entry,) = entry_points(group="console_scripts", name="wellposed")
        status = entry.load()(words)
    return status, out.getvalue(), err.getvalue()


def spoken(document):
    """A document or a table in the words of the golden files: commands and headings as they were."""
    if isinstance(document, list):
        return [spoken(one) for one in document]
    if isinstance(document, dict):
        return {key: spoken(value) for key, value in document.items()}
    if not isinstance(document, str):
        return document
    text = HEADINGS.get(document, document)
    text = text.replace("ublished claims", "rinted claims")
    for was, now in VERBS.items():
        text = text.replace(f"wellposed {now} ", f"wellposed {was} ")
    for was, now in FLAGS.items():
        text = text.replace(now, was)
    return re.sub(r"(vert\w+ in \d+ pieces?), from", r"\1, told from", text)


def identity(kind, experiment, arguments):
    """The id and the request of a question, of a kind that is "sweep", "boundary" or "curve"."""
    asked = {"sweep": Sweep, "boundary": BoundarySearch, "curve": CurveSearch}[kind].from_request(
        find_experiment(experiment), **_tuples(arguments)
    )
    return asked.id, asked.request()


def answered(kind, experiment, arguments, place):
    """Computes a question here and now, without Dask or Prefect, and returns all that is stored of it.

    Of a curve its vertices are returned.
    """
    given = {"experiment": experiment, "catalogue": place, **_tuples(arguments)}
    job = ALL_KINDS[kind].job(made(ALL_KINDS[kind].request, given), locate)
    for asked in job.rounds():
        for block in asked.blocks:
            run_block(block, job.assignment)
    job.finish(seconds=0.0)
    return job.result() if kind == "curve" else job.store.dataset()


def opened(place, id):
    """All that is stored under an id, as a dataset that is read when it is looked at."""
    return catalog.open(place).find(id).dataset()


def curve(place, experiment, arguments):
    """The document of a curve, and the table that is shown of it.

    A curve's identity has another METHOD than the stored one, as it stores more: it is computed first.
    """
    answered("curve", experiment, arguments, place)
    low, high = arguments["over"]
    words = [experiment, "--along", arguments["along"], "--axis", f"{arguments['across']}={low}:{high}"]
    words += [word for name, value in arguments["fixed"].items() for word in ("--set", f"{name}={value}")]
    words += [word for name in ("tolerance", "coarse", "depth") for word in (f"--{name}", arguments[name])]
    place = ["--catalogue", place]
    return command("trace", *words, "--json", *place)[1], command("trace", *words, "--quiet", *place)[1]


def judged(place):
    """The documents of those claims of the wave audit that the golden catalogue settles."""
    cascades = {"cascade": ["wave_action", "energy"]}
    oscillating = {"operator": "full", "datum": "oscillating"}
    questions = (
        question("boundary", "wave.growth", along="beta", axes={"M": [7, 8]}, fixed={"operator": "gain"}),
        question("boundary", "wave.spectra", along="beta", axes=cascades),
        question("sweep", "wave.growth", axes={"beta": [0.0, 0.5, 1.0], "M": [12, 16]}, fixed=oscillating),
        question("sweep", "wave.spectra", axes={"beta": [0.0, 0.25, 0.5], **cascades}),
    )
    wave = FAMILIES["wave"]
    claims = [claim for claim in wave.claims if claim.equation in ("(5.21)", "Remark 1.6")]
    audit = Audit("Questions of the golden catalogue", questions)
    family = Family("wave", wave.title, wave.paper, wave.experiments, claims, audit=audit)
    request = made(ALL_KINDS["audit"].request, {"name": "wave", "catalogue": place})
    job = AuditJob(family, audit, jobs_of(questions, request, locate), str(place))
    assert not any(part.pending for part in job.parts), "what the catalogue holds was not found in it"
    return documents.of_claims(job.assessed)


def forms():
    """For each flow that can be deployed, the JSON schemas of its parameters, by name."""
    return {
        FLOWS.get(name, name): {
            FIELDS.get(field, field): {**schema, "default": DEFAULTS.get((name, field), schema["default"])}
            for field, schema in flow.parameters.properties.items()
        }
        for name, flow in flows().items()
    }


def _tuples(arguments):
    """Arguments from JSON, which has no tuples."""
    return {
        name: tuple(value) if name in ("over", "between") and value is not None else value
        for name, value in arguments.items()
    }
