"""Whatever happens to a catalogue, asking again ends in the bytes of an undisturbed run.

A history is what hypothesis makes of the rules below: runs, workers that are lost, commands that tidy up,
hours that pass, a disk that is full or rots.  `machine.py` has the machine on which the real engine lives
through it, one step at a time.  `pytest tests/histories --histories 10000` plays ten thousand of them.
"""

import functools
import importlib.util
import itertools
import json
import random
from dataclasses import dataclass
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from wellposed import catalog
from wellposed.catalog import exchange, health, schema, submissions
from wellposed.catalog.lease import LEASE_TIMEOUT_S
from wellposed.catalog.location import PARTIAL_NAME, Location
from wellposed.catalog.store import established, parsed_manifest
from wellposed.catalog.submissions import Submission
from wellposed.errors import WellposedError
from wellposed.flows.execution.block import run_block
from wellposed.flows.execution.computation import BlockError, compute_blocks, computed
from wellposed.flows.execution.mending import incomplete
from wellposed.flows.kinds.boundary import BoundaryJob
from wellposed.flows.kinds.job import Options
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.sweeps.answers import boundary as boundary_answers
from wellposed.sweeps.answers.layout import template
from wellposed.sweeps.experiments.find import locate
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.grid import Sweep

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("histories_machine", HERE / "machine.py")
machine = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(machine)

CATALOGUE, ELSEWHERE = "/results", "/elsewhere"

STEPS = st.sampled_from([1, 2, 3, 5, 8, 20, 60, 1000])


@dataclass(frozen=True)
class Question:
    """What is asked in a history.

    Attributes
    ----------
    path : str
        Of its store in a catalogue.
    contents : dict
        What the store begins as.
    job : callable
        Makes the job of a store and options.
    """

    path: str
    contents: dict
    job: object


@functools.cache
def question(kind):
    found = locate(f"{HERE / 'experiments.py'}:HILL")
    if kind == "sweep":
        asked = Sweep.from_request(found.experiment, {"x": [i / 8 for i in range(7)]})
        shape, chunks, make = template(found.experiment, asked), {"x": 2}, SweepJob
    else:
        asked = BoundarySearch.from_request(
            found.experiment, "x", {"y": [0.0, 0.25]}, tolerance=0.1, between=(0.0, 0.4), coarse=2, fill=1
        )
        shape, chunks, make = boundary_answers.template(found.experiment, asked), asked.chunks(1), BoundaryJob
    return Question(
        schema.path_of(shape),
        schema.encode(shape, chunks),
        lambda store, options: make(found.reference, found.experiment, asked, store, options),
    )


def ask(kind, chance, recompute="missing"):
    """Returns what a process does that is asked: as ``wellposed sweep``, from the catalogue to the answer."""

    def call(process):
        process.is_through = False
        try:
            place = catalog.open(CATALOGUE, writable=True, system=process)
            store = established(place.location, question(kind).path, question(kind).contents)
            job = question(kind).job(store, Options(recompute))
            unfinished, unverified = incomplete(job)
            if not unfinished:
                job.finish()
            for part in unfinished:
                computed(
                    part,
                    functools.partial(compute, process, chance),
                    waiting=lambda holder: None,
                    remark=lambda said: None,
                    is_verified=part not in unverified,
                )
        finally:
            process.is_through = True

    return call


def compute(process, chance, job, number, asked, tally):
    """Computes a round on workers of this history."""
    process.workers = process.workers or machine.Workers(process, chance, process.host)
    try:
        compute_blocks(
            job.assignment,
            asked.blocks,
            tally,
            process.workers,
            check=lambda: None,
            advance=lambda points: None,
            warn=lambda text: None,
        )
    except BlockError as error:
        raise catalog.CatalogueError(str(error)) from error


def tidy(process, unfinished=False):
    """``wellposed gc``"""
    here = catalog.open(CATALOGUE, system=process).location
    health.dispose(here, health.garbage(here, unfinished=unfinished))


def remove(process):
    """``wellposed rm``"""
    for store in catalog.open(CATALOGUE, system=process).stores():
        health.remove(store)


def verify(process, repair=True):
    """``wellposed verify --repair``"""
    catalog.query.mend_marker(CATALOGUE, process)
    for store in catalog.open(CATALOGUE, system=process).stores():
        damages = health.verify(store)
        if any(damage.is_repairable for damage in damages):
            health.repair(store, damages)


def bring(kind, process):
    """``wellposed import``"""
    place = catalog.open(CATALOGUE, writable=True, system=process)
    exchange.bring(place, f"{ELSEWHERE}/{question(kind).path}")


COMMANDS = {
    "gc": lambda kind: tidy,
    "gc --unfinished": lambda kind: functools.partial(tidy, unfinished=True),
    "rm": lambda kind: remove,
    "verify --repair": lambda kind: verify,
    "import": lambda kind: functools.partial(bring, kind),
}


@functools.cache
def undisturbed(kind):
    """Returns the files of a catalogue in which nothing went wrong, by path."""
    quiet = machine.Machine()
    run = quiet.start(ask(kind, random.Random(0)))
    quiet.run([run])
    quiet.close()
    assert not quiet.failures
    return quiet.disk.beneath(CATALOGUE)


@functools.cache
def values_of(kind):
    """Returns, for each chunk of the outcome, the chunks of the values beneath it, by key in the store."""
    store = question(kind).path + "/"
    keys = [path.removeprefix(store) for path in undisturbed(kind) if path.startswith(store)]
    dims = {
        key.partition("/")[0]: set(json.loads(content).get("dimension_names") or ())
        for key, content in question(kind).contents.items()
        if key.endswith("/zarr.json")
    }
    chunks = [key.partition("/c/") for key in keys if "/c/" in key]
    return {
        f"outcome/c/{place}": [
            f"{name}/c/{other}"
            for name, _, other in chunks
            if other == place and dims[name] >= dims["outcome"] and name not in dims[name]
        ]
        for array, _, place in chunks
        if array == "outcome"
    }


def check_values(there, kind):
    """Fails if an outcome is stored over a value that is not, or over another one."""
    disk, damaged, path = there.disk.files, there.damaged, question(kind).path
    for outcome, values in values_of(kind).items():
        whole = f"{CATALOGUE}/{path}/{outcome}"
        if whole not in disk or whole in damaged:
            continue
        for key in [outcome, *values]:
            if f"{CATALOGUE}/{path}/{key}" not in damaged:
                file = disk.get(f"{CATALOGUE}/{path}/{key}")
                assert file is not None, f"{outcome} is there, and {key} is not"
                assert file[0] == undisturbed(kind)[f"{path}/{key}"], f"{key} is another"


class History(RuleBasedStateMachine):
    """What may happen to a catalogue."""

    @initialize(kind=st.sampled_from(["sweep"] * 5 + ["boundary"]), seed=st.integers(0, 999))
    def begin(self, kind, seed):
        self.kind, self.chance = kind, random.Random(seed)
        self.machine = machine.Machine(
            {f"{ELSEWHERE}/{path}": content for path, content in undisturbed(kind).items()}
        )
        self.store = f"{CATALOGUE}/{question(kind).path}"
        self.runs, self.seen, self.has_lost_metadata = [], 0, False
        self.has_lost_lease = False
        self.ask("missing", "one", 150)

    # What happens

    @precondition(lambda self: len(self.runs) < 4)
    @rule(
        recompute=st.sampled_from(["missing", "missing", "missing", "everything", "failed"]),
        host=st.sampled_from(["one", "another"]),
        steps=STEPS,
    )
    def ask(self, recompute, host, steps):
        """Somebody asks."""
        run = self.machine.start(ask(self.kind, self.chance, recompute), host)
        self.runs.append(run)
        run.step(steps)

    @rule(command=st.sampled_from(sorted(COMMANDS)), steps=STEPS, host=st.sampled_from(["one", "another"]))
    def call(self, command, steps, host):
        """Somebody gives a command."""
        self.has_lost_lease |= command == "rm"
        self.machine.start(COMMANDS[command](self.kind), host).step(steps)

    @precondition(lambda self: self.machine.living())
    @rule(which=st.integers(0, 15), steps=STEPS)
    def go_on(self, which, steps):
        """A process goes on for a while."""
        living = [one for one in self.machine.living() if one.is_ready] or self.machine.living()
        living[which % len(living)].step(steps)

    @precondition(lambda self: self.machine.living())
    @rule(
        turns=st.integers(1, 24),
        seed=st.integers(0, 999),
        steps=STEPS,
        seconds=st.sampled_from([0.0, 0.0, 1.0, 3.5]),
    )
    def go_on_together(self, turns, seed, steps, seconds):
        """All processes go on, in any order, while time passes."""
        chance = random.Random(seed)
        for _ in range(turns):
            if seconds:
                self.machine.advance(seconds)
            if living := [one for one in self.machine.living() if one.is_ready]:
                chance.choice(living).step(steps)

    @precondition(lambda self: self.machine.living())
    @rule(which=st.integers(0, 15), salt=st.none() | st.integers(0, 99))
    def kill(self, which, salt):
        """A process is killed, before or in the midst of what it does next."""
        living = self.machine.living()
        killed = living[which % len(living)]
        self.has_lost_lease |= killed in self.runs
        killed.kill(salt)

    @rule(which=st.integers(0, 15))
    def lose(self, which):
        """A scheduler loses a worker, which does not know and goes on."""
        workers = [one for one in self.machine.living() if hasattr(one, "worker")]
        if workers:
            workers[which % len(workers)].worker.is_lost_to_scheduler = True

    @precondition(lambda self: self.machine.living())
    @rule(which=st.integers(0, 15), what=st.sampled_from(["read", "write"]))
    def fail(self, which, what):
        """What a process reads or writes next cannot be."""
        living = self.machine.living()
        failing = living[which % len(living)]
        self.has_lost_lease |= failing in self.runs
        failing.fault = what

    @rule()
    def fill(self):
        """The disk is full, or has room again."""
        self.machine.is_full = not self.machine.is_full
        self.has_lost_lease = True

    @rule(
        seconds=st.sampled_from([1.0, 4.0, 6.0, 20.0, 100.0, 4000.0, 1e5]),
        asleep=st.none() | st.integers(0, 15),
    )
    def pass_time(self, seconds, asleep):
        """Time passes, while a process may be asleep."""
        living = self.machine.living()
        chosen = () if asleep is None or not living else (living[asleep % len(living)],)
        self.machine.advance(seconds, chosen)
        self.has_lost_lease |= bool(chosen) and seconds > LEASE_TIMEOUT_S

    @rule(which=st.integers(0, 999), how=st.sampled_from(["flipped", "cut", "gone"]))
    def rot(self, which, how):
        """A file of the store is not any more what it was."""
        paths = sorted(path for path in self.machine.disk.files if path.startswith(self.store + "/"))
        paths = [path for path in paths if not PARTIAL_NAME.fullmatch(path)]
        if not paths:
            return
        path = paths[which % len(paths)]
        if path.endswith("zarr.json"):
            # Of the metadata one copy is left; what is flipped in it may be another question's.
            if how == "flipped" or self.has_lost_metadata:
                return
            self.has_lost_metadata = True
        content = self.machine.disk.files[path][0]
        self.machine.damaged.add(path)
        if how == "gone":
            del self.machine.disk.files[path]
            folder, _, name = path.rpartition("/")
            self.machine.disk.folders[folder].discard(name)
            return
        at = which % max(1, len(content))
        flipped = content[:at] + bytes([content[at] ^ 64]) + content[at + 1 :] if content else b""
        self.machine.disk.put(path, content[:at] if how == "cut" else flipped, self.machine.now)

    # What is so at every moment

    @invariant()
    def nothing_says_ok_over_a_missing_value(self):
        if hasattr(self, "machine"):
            check_values(self.machine, self.kind)

    @invariant()
    def one_run_at_a_time_computes(self):
        # Where a holder was killed or could not renew it, two may become the holder: that costs work alone.
        if not hasattr(self, "machine") or self.has_lost_lease:
            return
        holders = [one for one in self.machine.living() if one.beats is not None]
        assert len(holders) <= 1

    @invariant()
    def no_process_ends_otherwise_than_it_may(self):
        if not hasattr(self, "machine"):
            return
        for process, error, told in self.machine.failures[self.seen :]:
            is_told = isinstance(error, WellposedError)
            is_of_the_disk = isinstance(error, OSError) and process.was_disturbed
            assert is_told or is_of_the_disk, told
        self.seen = len(self.machine.failures)

    # What is so in the end

    def teardown(self):
        if not hasattr(self, "machine"):
            return
        try:
            self._end()
        finally:
            self.machine.close()

    def _end(self):
        self.machine.is_full = False
        if self.chance.random() < 0.5:
            self.machine.run(self.machine.living())
        else:
            for process in self.machine.living():
                process.kill(self.chance.choice([None, 7]))
        self.nothing_says_ok_over_a_missing_value()
        self.no_process_ends_otherwise_than_it_may()
        self.machine.advance(self.chance.choice([0.0, 100.0]))
        final = self.machine.start(ask(self.kind, self.chance))
        self.machine.run([final])
        self.no_process_ends_otherwise_than_it_may()
        assert not isinstance(final.result, BaseException), final.result
        self.machine.advance(health.ABANDONED_WRITE_S + 1)
        last = self.machine.start(tidy)
        self.machine.run([last])
        here = f"{question(self.kind).path}/"
        found, expected = (
            {path: content for path, content in files.items() if path.startswith(here)}
            for files in (self.machine.disk.beneath(CATALOGUE), undisturbed(self.kind))
        )
        differing = [path for path in found.keys() | expected.keys() if found.get(path) != expected.get(path)]
        assert not differing, f"not as undisturbed: {sorted(differing)}"
        manifest = here.rstrip("/").removesuffix(".zarr") + ".json"
        told, meant = (
            parsed_manifest(files[manifest], manifest)
            for files in (self.machine.disk.beneath(CATALOGUE), undisturbed(self.kind))
        )
        for name in ("request", "totals", "chunks", "versions"):
            assert told[name] == meant[name]


def play(histories):
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=histories,
            stateful_step_count=14,
            deadline=None,
            database=None,
            derandomize=histories < 1000,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_history_ends_in_the_bytes_of_an_undisturbed_run(request):
    play(request.config.getoption("--histories"))


@pytest.mark.parametrize("kind", ["sweep", "boundary"])
def test_the_machine_in_memory_stores_what_this_one_does(kind, tmp_path):
    place = catalog.open(tmp_path, writable=True)
    store = established(place.location, question(kind).path, question(kind).contents)
    job = question(kind).job(store, Options())
    for asked in job.rounds():
        for block in asked.blocks:
            run_block(block, job.assignment)
    job.finish()
    here = f"{question(kind).path}/"
    expected = {path: content for path, content in undisturbed(kind).items() if path.startswith(here)}
    assert {f"{here}{one.name}": store.here.read(one.name) for one in store.here.walk()} == expected


def test_damage_that_was_left_to_a_holder_who_died_is_mended_by_who_takes_over():
    there = machine.Machine()
    first = there.start(ask("sweep", random.Random(1)), "another")
    store = f"{CATALOGUE}/{question('sweep').path}"
    while f"{store}/outcome/c/3" not in there.disk.files:
        for process in there.living():
            process.step()
    for process in there.living():
        process.kill()
    content = there.disk.files[f"{store}/height/c/3"][0]
    there.disk.put(f"{store}/height/c/3", content[:-1], there.now)
    second = there.start(ask("sweep", random.Random(2)))
    there.run([second])
    there.close()
    assert not first.result
    assert not there.failures
    files = there.disk.beneath(CATALOGUE)
    here = f"{question('sweep').path}/"
    assert {path: content for path, content in files.items() if path.startswith(here)} == {
        path: content for path, content in undisturbed("sweep").items() if path.startswith(here)
    }


# Single histories, of what a few hundred of the others may not come to


STORE = question("sweep").path
VALUE, ANSWERED = f"{CATALOGUE}/{STORE}/height/c/2", f"{CATALOGUE}/{STORE}/outcome/c/2"


@pytest.fixture
def there():
    made = machine.Machine()
    yield made
    made.close()


def begun(there, host="one"):
    """A run that has begun, and its workers."""
    return there.start(ask("sweep", random.Random(1)), host)


def step_until(there, condition, processes=None):
    """Steps processes, or all, one by one, until something is so; returns the one that made it so."""
    for _ in range(machine.MOST_TURNS):
        for process in list(processes or there.living()):
            if condition():
                return process
            process.step()
            if condition():
                return process
    raise AssertionError("it does not come to that")


def between_value_and_outcome(there):
    """Kills a run whose worker has stored the values of a block, and not yet its outcome; returns that."""
    run = begun(there)
    worker = step_until(there, lambda: VALUE in there.disk.files and ANSWERED not in there.disk.files)
    run.kill()
    for process in there.living():
        if process is not worker:
            process.kill()
    assert not worker.has_ended
    return worker


def cut_short(there, path):
    there.disk.put(path, there.disk.files[path][0][:-1], there.now)
    there.damaged.add(path)


def ended(process):
    """Runs a process to its end while no other goes on, and time passes; it must not fail."""
    there = process.machine
    while not process.has_ended:
        process.step(1000)
        if not process.has_ended and not process.is_ready:
            there.advance(max(0.0, process.wakes - there.now))
    assert not isinstance(process.result, BaseException), process.result
    return process


@pytest.mark.parametrize("moment", range(16, 64, 8))
@pytest.mark.parametrize("what", ["rm", "verify --repair", "ask"])
def test_a_worker_that_outlives_its_run_stores_no_outcome_over_what_is_removed(there, what, moment):
    worker = between_value_and_outcome(there)
    if what == "verify --repair":
        cut_short(there, VALUE)
    elif what != "rm":  # a removal that was killed has left the store in pieces
        del there.disk.files[f"{CATALOGUE}/{STORE}/zarr.json"]
        there.disk.folders[f"{CATALOGUE}/{STORE}"].discard("zarr.json")
    other = there.start(ask("sweep", random.Random(2)) if what == "ask" else COMMANDS[what]("sweep"))
    for process, steps in ((other, moment), (worker, 1000), (other, 1)):
        for _ in range(steps):
            process.step()
            check_values(there, "sweep")
    there.run(there.living())
    check_values(there, "sweep")
    final = there.start(ask("sweep", random.Random(3)))
    there.run([final])
    assert not isinstance(final.result, BaseException), final.result
    check_values(there, "sweep")


@pytest.mark.parametrize("moment", [130, 145, 160, 180, 200])
def test_who_asks_for_what_is_being_brought_removes_nothing_of_it(there, moment):
    for path, content in undisturbed("sweep").items():
        there.disk.add(f"{ELSEWHERE}/{path}", content)
    bringing = there.start(COMMANDS["import"]("sweep"))
    bringing.step(moment)
    asking = there.start(ask("sweep", random.Random(2)))
    for process in (asking, bringing):
        for _ in range(1000):
            process.step()
            check_values(there, "sweep")
    there.run(there.living())
    check_values(there, "sweep")
    assert not there.failures


@pytest.mark.parametrize("command", ["rm", "verify --repair"])
def test_what_is_killed_while_it_removes_leaves_no_outcome_over_what_is_gone(command):
    for steps in itertools.count():
        there = machine.Machine()
        run = begun(there)
        there.run([run])
        if command != "rm":
            for key in ("height/c/2", "count/c/1"):
                cut_short(there, f"{CATALOGUE}/{STORE}/{key}")
        removing = there.start(COMMANDS[command]("sweep"))
        for _ in range(steps):
            removing.step()
        has_ended = removing.has_ended
        removing.kill()
        check_values(there, "sweep")
        there.close()
        if has_ended:
            break
    assert steps > 5


def test_a_sweep_that_is_computed_is_not_removed(there):
    run = begun(there)
    step_until(there, lambda: ANSWERED in there.disk.files)
    removing = there.start(remove)
    there.run([removing])
    assert "is being computed by process 1 on one" in str(removing.result)
    there.run([run])
    assert not isinstance(run.result, BaseException)
    assert [failed for failed, *_ in there.failures] == [removing]


def test_what_is_being_written_is_not_garbage(there):
    run = begun(there)
    step_until(
        there,
        lambda: any(PARTIAL_NAME.fullmatch(path) and "/height/c/" in path for path in there.disk.files),
    )
    ended(there.start(tidy))
    there.run([run])
    assert not there.failures


def test_who_renews_a_lease_keeps_it_however_long_the_computation_takes(there):
    run = begun(there)
    step_until(there, lambda: ANSWERED in there.disk.files)
    other = there.start(ask("sweep", random.Random(2)), "another")
    for _ in range(20):
        there.advance(3.5)
        for _ in range(50):
            other.step()
        assert run.beats is not None
        assert other.beats is None
    there.run([run, other])
    assert not there.failures


def test_what_is_tidied_of_submissions_is_what_the_machine_has(there):
    told = Submission(
        "3c7cd225",
        "a hill",
        "wellposed sweep",
        (STORE,),
        "2023-11-14T00:00:00+00:00",
        "ada",
        "one",
        "slurm",
        {"kind": "slurm", "name": "hpc", "job": "14", "log": "/log"},
    )
    there.run([begun(there)])
    path = f"{CATALOGUE}/.submissions/{told.id}.json"
    ended(there.start(lambda process: submissions.record(Location(CATALOGUE, process), told)))
    assert path in there.disk.files
    there.advance(health.ABANDONED_SWEEP_S + 1)
    ended(there.start(tidy))
    assert path not in there.disk.files
