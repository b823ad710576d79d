"""A process that notes what a run says, and has it recorded at Prefect when the run has ended.

`wellposed.flows.execution.scribe` starts it as a script.  It waits for the end of its standard input, which
the system brings about however a process ends, and imports next to nothing until then; it is of a session of
its own, so that what a terminal sends to the run does not reach it.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from wellposed.flows.execution.record import Entry, Record
    from wellposed.flows.kinds.job import Job

KILLED = "The process of this run was killed. What is computed is stored; the same command completes it."


def main(unrecorded: str) -> None:
    """Reads notes until there are no more, and has them recorded, unless they are withdrawn.

    Parameters
    ----------
    unrecorded : str
        The file that is told what could not be recorded.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a queue that ends a job sends it to all processes at once
    notes = [json.loads(line) for line in sys.stdin if line.endswith("\n")]
    if not notes or notes[-1]["what"] == "withdraw":
        return
    if not any(note["what"] == "end" and note["of"] is None for note in notes):
        notes.append({"what": "end", "of": None, "state": "CRASHED", "message": KILLED})
    question, *happened = notes

    def complain(line: str) -> None:
        with open(unrecorded, "a") as file:
            file.write(f"{question['command']}: {' '.join(line.split())}\n")

    try:
        _record(question, happened, complain)
    except Exception as error:
        complain(f"{type(error).__name__}: {error}")


def _record(question: dict[str, Any], notes: list[dict[str, Any]], complain: Callable[[str], None]) -> None:
    """Makes the record of a run out of its notes."""
    from wellposed.flows.execution.record import RunRecord, recorded
    from wellposed.flows.execution.server import server
    from wellposed.flows.kinds import KINDS, narration

    job = _job(question)
    parts = {part.store.id: part for part in job.parts}
    with server() as answer, recorded(job, answer(), complain, question["at"]) as record:
        records: dict[int | None, Record] = {None: record}
        tasks: dict[str, Entry] = {}
        for note in notes:
            if note["what"] == "within":
                begun = RunRecord.of(parts[note["part"]])
                records[note["number"]] = records[note["of"]].within(begun, note["at"])
            else:
                _enter(note, records[note["of"]], tasks)
        if notes[-1]["what"] == "end" and notes[-1]["state"] in ("COMPLETED", "FAILED"):
            if (draw := KINDS[job.kind].draw) is not None:
                draw(job)
            record.publish(narration.page_of(job))


def _enter(note: dict[str, Any], record: Record, tasks: dict[str, Entry]) -> None:
    """Enters one note in a record."""
    what = note["what"]
    if what == "say":
        record.say(note["message"], note["level"], tasks.get(note["task"]), at=note["at"])
    elif what == "task":
        tasks[note["name"]] = record.task(note["name"])
    elif what == "task ends":
        tasks[note["name"]].becomes("COMPLETED", "Completed")
    elif what == "progress":
        record.progress(note["percent"], note["known"])
    elif what == "end":
        record.end(note["state"], note["message"])


def _job(question: dict[str, Any]) -> Job:
    """Returns the job that a question stands for, as it stands in its catalogue."""
    from dataclasses import replace

    from wellposed.catalog import Store
    from wellposed.flows.kinds import KINDS
    from wellposed.flows.kinds.kind import StoredQuestion
    from wellposed.flows.kinds.request import made
    from wellposed.sweeps.experiments.find import locate

    kind = KINDS[question["kind"]]
    if kind.reconstruct is None:
        request = made(kind.request, {"name": question["name"], "catalogue": question["url"]})
        return cast("Job", kind.job(request, locate))
    found = locate(question["reference"])
    stored = StoredQuestion(question["request"], question["version"])
    job = kind.reconstruct(stored, found.experiment, Store(question["url"], question["path"]))
    return cast("Job", replace(job, reference=found.reference))


if __name__ == "__main__":
    main(sys.argv[1])
