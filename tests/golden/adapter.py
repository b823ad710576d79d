"""How the golden tests drive wellposed: all that is to be changed here when its modules or words are.

The golden files speak as the code of commit fda0603 did: commands ``run`` and ``trace``, kinds ``sweep``,
``boundary`` and ``curve`` in requests, and ``trace`` where a job tells its own.  What later code calls
otherwise is translated here, on the way in (`command`) and on the way out (`spoken`, `forms`).
"""

import io
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import entry_points

VERBS = {}
"""Commands by the name that they had: {"run": "sweep", "trace": "curve"} when they are renamed."""

KINDS = {}
"""What a document's "kind" is to be read as: {"curve": "trace"} where a job says so."""

KEYS = {}
"""Keys of documents by the name that they have now, each with the one that it had."""

FIELDS = {}
"""Flows and their parameters likewise, the former by ("flow", name)."""


def command(*arguments):
    """Runs ``wellposed`` here, and returns its status, standard output and standard error."""
    verb, *rest = map(str, arguments)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = _main()([VERBS.get(verb, verb), *rest])
        except SystemExit as ended:
            status = ended.code
    return status, out.getvalue(), err.getvalue()


def spoken(document):
    """A document in the words of the golden files."""
    if isinstance(document, list):
        return [spoken(one) for one in document]
    if not isinstance(document, dict):
        return document
    told = {KEYS.get(key, key): spoken(value) for key, value in document.items()}
    if told.get("kind") in KINDS:
        told["kind"] = KINDS[told["kind"]]
    if isinstance(told.get("command"), str):
        told["command"] = spoken_text(told["command"])
    return told


def spoken_text(text):
    """A text likewise: its commands by the names that they had."""
    for was, now in VERBS.items():
        text = text.replace(f"wellposed {now} ", f"wellposed {was} ")
    return text


def identity(kind, experiment, arguments):
    """The id and the request of a question, of a kind that is "sweep", "boundary" or "curve"."""
    from sweeps.experiments import find_experiment
    from sweeps.grid import Sweep
    from sweeps.search import BoundarySearch
    from sweeps.tracing import CurveSearch

    asked = {"sweep": Sweep, "boundary": BoundarySearch, "curve": CurveSearch}[kind].from_request(
        find_experiment(experiment), **_tuples(arguments)
    )
    return asked.id, asked.request()


def answered(kind, experiment, arguments, place):
    """Computes a question here and now, without Dask or Prefect, and returns all that is stored of it.

    What is stored of a curve are its evaluations, so of a curve its vertices are returned.
    """
    from flows import search, sweep, tracing
    from flows.block import run_block

    prepare = {"sweep": sweep.prepare, "boundary": search.prepare, "curve": tracing.prepare}[kind]
    job = prepare(experiment, catalogue=place, **_tuples(arguments))
    for asked in job.rounds():
        for block in asked.blocks:
            run_block(block, job.assignment)
    job.finish(seconds=0.0)
    return job.result() if kind == "curve" else job.store.dataset()


def opened(place, id):
    """All that is stored under an id, as a dataset that is read when it is looked at."""
    import catalog

    return catalog.open(place).find(id).dataset()


def curve(place, experiment, arguments):
    """The document of a curve that `place` holds, and the table that is printed of it.

    A curve's identity may have another METHOD than the stored one has.  It is not found then, and is to be
    computed here, as `answered` does, before the command is asked.
    """
    low, high = arguments["over"]
    words = [experiment, "--along", arguments["along"], "--axis", f"{arguments['across']}={low}:{high}"]
    words += [word for name, value in arguments["fixed"].items() for word in ("--set", f"{name}={value}")]
    words += [word for name in ("tolerance", "coarse", "depth") for word in (f"--{name}", arguments[name])]
    place = ["--catalogue", place]
    return command("trace", *words, "--json", *place)[1], command("trace", *words, "--quiet", *place)[1]


def judged(place):
    """The documents of those claims of the wave audit that the golden catalogue settles."""
    from flows import documents
    from flows.audit_wave import AUDIT
    from flows.auditing import Audit
    from flows.study import SearchRequest, Study, SweepRequest

    cascades = {"cascade": ["wave_action", "energy"]}
    oscillating = {"operator": "full", "datum": "oscillating"}
    questions = Study(
        "Questions of the golden catalogue",
        searches=(
            SearchRequest("wave.growth", "beta", {"M": [7, 8]}, {"operator": "gain"}),
            SearchRequest("wave.spectra", "beta", cascades),
        ),
        sweeps=(
            SweepRequest("wave.growth", {"beta": [0.0, 0.5, 1.0], "M": [12, 16]}, oscillating),
            SweepRequest("wave.spectra", {"beta": [0.0, 0.25, 0.5], **cascades}),
        ),
    )
    claims = [claim for claim in AUDIT.claims if claim.equation in ("(5.21)", "Remark 1.6")]
    audit = Audit("wave", claims, questions, "").prepare(place)
    assert not any(job.pending for job in audit.jobs), "what the catalogue holds was not found in it"
    return documents.of_claims(audit.assessed)


def forms():
    """For each flow that can be deployed, the JSON schemas of its parameters, by name and in their order."""
    from flows.deployments import FLOWS

    return {
        FIELDS.get(("flow", flow.name), flow.name): {
            FIELDS.get(name, name): schema for name, schema in flow.parameters.properties.items()
        }
        for flow in FLOWS
    }


def _main():
    """What the console script calls, but of a checkout that has it under its former name: that one."""
    try:
        from flows.command_line import main
    except ModuleNotFoundError:
        (entry,) = entry_points(group="console_scripts", name="wellposed")
        return entry.load()
    return main


def _tuples(arguments):
    """Arguments from JSON, which has no tuples."""
    return {
        name: tuple(value) if name in ("over", "between") and value is not None else value
        for name, value in arguments.items()
    }
