"""What a small question costs: seconds to its answer and to the prompt, and CPU seconds of all processes.

Run with ``python benchmarks/small_question.py``, or with ``--quick`` to see whether it runs.  With ``--before
REF`` another commit is measured in the same run, case by case in turn, and put beside this one.  CPU seconds
are those of the command and of all that it starts, however long it outlives the command, until nothing but a
server that lingers is left; they mean the same on a loaded machine, seconds of wall time do not.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]

EXPERIMENT = """
from wellposed import Experiment, Output, Parameter

EDGE = Experiment(
    name="benchmark.edge",
    summary="An edge that costs a microsecond",
    source="nobody",
    parameters=(Parameter("x", "across", 0.5, lower=0.0, upper=1.0),),
    outputs=(Output("slope", "slope of the edge"), Output("slope_error", "its error")),
    evaluate=lambda x: {"slope": x - 0.3, "slope_error": 1e-12},
    order_parameter="slope",
)
"""

NINE_POINTS = ("sweep", "edge.py:EDGE", "--axis")
BOUNDARY = ("boundary", "wave.growth", "--along", "beta", "--axis")

SWEEPS_LISTED = 3_000

SERVER = "server_process.py"
"""By this in its command line a server is known, which may linger."""

END_TIMEOUT_S = 120.0
"""Seconds that what a command leaves behind is waited for."""

PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Case:
    """A command, and what stands before it.

    Attributes
    ----------
    name : str
    arguments : sequence of str
    is_first : bool
        Whether it finds a home without a server or a history.
    environment : dict
        Of the command, besides.
    """

    name: str
    arguments: Sequence[str]
    is_first: bool = False
    environment: dict[str, str] = field(default_factory=dict)


CASES = (
    Case("9 points of 1 µs, the first question", (*NINE_POINTS, "x=0:1:9"), is_first=True),
    Case("9 points of 1 µs, the next", (*NINE_POINTS, "x=0:0.9:9")),
    Case("9 points of 1 µs, all stored", (*NINE_POINTS, "x=0:1:9")),
    Case("boundary wave.growth, 17 points", (*BOUNDARY, "M=8")),
    Case("ls", ("ls", "--catalogue", "many")),
    Case("show ID", ("show", "0000000000000007", "--catalogue", "many")),
    Case("experiments", ("experiments",)),
    Case("--help", ("--help",)),
    Case("Tab", (), environment={"_WELLPOSED_COMPLETE": "complete_bash"}),
    Case("Tab, an id", (), environment={"_WELLPOSED_COMPLETE": "complete_bash"}),
)

WORDS = {"Tab": "wellposed sw", "Tab, an id": "wellposed show 0000000000000"}
"""What stands on the line where Tab is pressed."""


@dataclass(frozen=True)
class Cost:
    """Seconds to the first word of the answer, to the prompt and to the end of all; CPU seconds in all."""

    answer: float
    prompt: float
    end: float
    cpu: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--before", metavar="REF", help="measure this commit too")
    arguments.add_argument("--quick", action="store_true", help="only show that it runs")
    given = arguments.parse_args()
    _adopt_orphans()
    with tempfile.TemporaryDirectory() as scratch:
        trees = [("now", ROOT)]
        with _worktree(given.before, Path(scratch, "before")) as before:
            if before is not None:
                trees.insert(0, (given.before, before))
            _report(trees, Path(scratch), CASES[:3] if given.quick else CASES, 30 if given.quick else 0)


def _report(trees: list[tuple[str, Path]], scratch: Path, cases: Sequence[Case], sweeps: int) -> None:
    """Measures every case with every tree, and prints the table."""
    for name, _ in trees:
        place = scratch / f"at-{name}"
        place.mkdir()
        Path(place, "edge.py").write_text(EXPERIMENT)
        if len(cases) > 3:
            _list(place / "many", sweeps or SWEEPS_LISTED)
    if len(cases) > 3:  # compiles what is not compiled, which is another matter
        for name, tree in trees:
            _command(Case("", (*BOUNDARY, "M=7")), tree, scratch / f"at-{name}")
    heads = " | ".join(f"{name}: answer | prompt | end | CPU s" for name, _ in trees)
    print(f"| | {heads} |\n|---|{'---|' * (4 * len(trees))}")
    for case in cases:
        found = [_command(case, tree, scratch / f"at-{name}") for name, tree in trees]
        cells = [f"{x:.1f}" for one in found for x in (one.answer, one.prompt, one.end, one.cpu)]
        print(f"| {case.name} | {' | '.join(cells)} |", flush=True)
    print(f"\nLoad at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; seconds, the last is CPU.")
    for process in _descendants():
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _command(case: Case, tree: Path, place: Path) -> Cost:
    """Runs a command, and returns what it costs."""
    if case.is_first:
        shutil.rmtree(place / "home", ignore_errors=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "COMP_"))},
        "PYTHONPATH": str(tree / "typing"),  # before what is installed
        "WELLPOSED_HOME": str(place / "home"),
        "COMP_LINE": WORDS.get(case.name, ""),
        **case.environment,
    }
    servers = {process: _cpu(process) for process in _descendants()}
    ended = os.times()
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "wellposed.flows.cli.main", *case.arguments],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        first = command.stdout.read(1)
        answer = time.monotonic() - begun
        command.stdout.read()
        said = command.stderr.read()
        command.wait()
    prompt = time.monotonic() - begun
    if not first or command.returncode not in (0, 1):
        raise SystemExit(f"{case.arguments} ended with {command.returncode}: {said.decode()[-2000:]}")
    _wait_for_the_end()
    end = time.monotonic() - begun
    now = os.times()
    reaped = now.children_user + now.children_system - ended.children_user - ended.children_system
    there = {process: _cpu(process) for process in _descendants()}
    gone = sum(before for process, before in servers.items() if process not in there)
    kept = sum(after - servers.get(process, 0.0) for process, after in there.items())
    return Cost(answer, prompt, end, reaped - gone + kept)


def _wait_for_the_end() -> None:
    """Returns when what a command has left behind has ended, but for a server that lingers."""
    deadline = time.monotonic() + END_TIMEOUT_S
    settled = 0
    while settled < 10 and time.monotonic() < deadline:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        settled = settled + 1 if all(_is_server(process) for process in _descendants()) else 0
        time.sleep(0.1)


def _adopt_orphans() -> None:
    """Has what commands leave behind become children of this process, which so learns what they cost."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise SystemExit("This needs Linux.")


def _descendants() -> list[int]:
    """Returns the processes that come from this one, however far."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found, new = [], [os.getpid()]
    while new:
        new = [process for process, parent in parents.items() if parent in new]
        found += new
    return found


def _is_server(process: int) -> bool:
    with suppress(OSError):
        return SERVER in Path(f"/proc/{process}/cmdline").read_text()
    return False


def _cpu(process: int) -> float:
    """Returns the CPU seconds of a process, and of its children that have ended."""
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _list(place: Path, sweeps: int) -> None:
    """Makes a catalogue of so many sweeps."""
    import catalogue as sweeps_of  # the benchmark beside this one

    from wellposed import catalog

    sweeps_of.fill(catalog.open(place, writable=True), sweeps)


@contextmanager
def _worktree(reference: str | None, place: Path) -> Iterator[Path | None]:
    """Another commit of this repository in a folder, while the context lasts."""
    if reference is None:
        yield None
        return
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(place), reference], check=True)
    try:
        yield place
    finally:
        subprocess.run([*git, "remove", "--force", str(place)], check=True)


if __name__ == "__main__":
    main()
