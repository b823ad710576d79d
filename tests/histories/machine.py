"""A machine in memory whose processes are stepped one at a time, and whose clock moves when it is told to.

Every process is a thread that runs the real engine on a `Process`, its `wellposed.catalog.system.System`.  It
is stopped before each thing that it asks of the machine, until it is given a step; so one thread runs at a
time, and a history is what the script says and nothing else.  What Zarr writes side by side is written in one
order; of that, any part may be done when a process is killed in it.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import stat
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

from distributed import KilledWorker

from wellposed.catalog.system import StoredObject

BEGUN = 1.7e9
"""When every history begins, in seconds since 1970."""

MOST_TURNS = 20_000
"""Turns after which a history that has not come to an end never will."""


class Killed(BaseException):
    """A process is no more: nothing of what it would still do is done."""


class Inline(ThreadPoolExecutor):
    """Does at once, in the thread that asks for it, what would be done in others."""

    def submit(self, call, /, *arguments, **options):
        done = Future()
        try:
            done.set_result(call(*arguments, **options))
        except BaseException as error:
            done.set_exception(error)
        return done


def new_loop():
    loop = asyncio.new_event_loop()
    loop.set_default_executor(Inline(1))
    return loop


class Disk:
    """Files and folders by path, and when each file was written."""

    def __init__(self, files=()):
        self.files, self.folders, self.numbers = {}, {"/": set()}, 0
        for path, content in dict(files).items():
            self.add(path, content)

    def add(self, path, content):
        """Adds a file that is old, and the folders above it."""
        folder = "/"
        for name in path.strip("/").split("/")[:-1]:
            self.folders[folder].add(name)
            folder = f"{folder.rstrip('/')}/{name}"
            self.folders.setdefault(folder, set())
        self.put(path, content, BEGUN - 1e6)

    def put(self, path, content, now):
        self.numbers += 1
        folder, _, name = path.rpartition("/")
        self.folders[folder or "/"].add(name)
        self.files[path] = (bytes(content), now, self.numbers)

    def beneath(self, folder):
        return {
            path.removeprefix(folder + "/"): file[0]
            for path, file in self.files.items()
            if path.startswith(folder + "/")
        }


class Machine:
    """The disk, the clock and the processes.

    Attributes
    ----------
    damaged : set of str
        The paths of files that are not as they were written.
    is_full : bool
        Whether nothing more can be written.
    """

    def __init__(self, files=()):
        self.disk, self.now, self.processes = Disk(files), BEGUN, []
        self.damaged, self.is_full, self.locks = set(), False, []
        self.turn_is_over = threading.Semaphore(0)
        self.failures, self.loop = [], new_loop()

    def close(self):
        """Ends what still lives."""
        for process in self.living():
            process.kill()
        self.loop.close()

    def start(self, call, host="one"):
        process = Process(self, len(self.processes) + 1, host)
        self.processes.append(process)
        process.begin(call)
        return process

    def living(self):
        return [process for process in self.processes if not process.has_ended]

    def advance(self, seconds, asleep=()):
        """Lets time pass; processes that sleep through it do not renew what they hold."""
        self.now += seconds
        for process in self.living():
            process.slept |= process in asleep and seconds > 5
            if process not in asleep:
                process.beat()

    def run(self, processes):
        """Gives turns until `processes` have ended, and lets time pass where all of them wait for it."""
        for _ in range(MOST_TURNS):
            living = [process for process in processes if not process.has_ended]
            if not living:
                return
            ready = [process for process in self.living() if process.is_ready]
            for process in ready:
                process.step(1000)
            if not ready:
                wakes = [process.wakes for process in self.living() if process.wakes > self.now]
                assert wakes, f"waiting for ever: {[process.number for process in living]}"
                self.advance(min(wakes) - self.now)
        raise AssertionError("a history does not end")


class Process:
    """A process of the machine, and what it sees of it: a `wellposed.catalog.system.System`."""

    def __init__(self, machine, number, host):
        self.machine, self.number, self.host = machine, number, host
        self.go, self.steps = threading.Semaphore(0), 0
        self.has_ended = self.is_dead = self.slept = self.was_disturbed = False
        self.dies_at, self.fault, self.is_faulty = None, None, False
        self.wakes, self.waits_for = 0.0, lambda: True
        self.beats, self.thread, self.result, self.workers = None, None, None, None
        self.is_through, self.loop = False, new_loop()

    # How it is driven

    def begin(self, call):
        def live():
            self.go.acquire()
            try:
                if not self.is_dead:
                    self.result = call(self)
            except Killed:
                pass
            except BaseException as error:
                self.result = error
                self.machine.failures.append((self, error, traceback.format_exc()))
            self.loop.close()
            self.machine.locks = [lock for lock in self.machine.locks if lock[0] is not self]
            self.has_ended = True
            self.machine.turn_is_over.release()

        self.thread = threading.Thread(target=live, daemon=True)
        self.thread.start()

    @property
    def is_ready(self):
        return not self.has_ended and self.machine.now >= self.wakes and self.waits_for()

    def step(self, steps=1):
        """Lets it do so many things, or as many as it can without waiting."""
        if self.is_ready:
            self.steps = steps
            self._turn()

    def kill(self, salt=None):
        """Ends it before its next step; with a salt, half-way through that, if it can be."""
        if self.has_ended:
            return
        if salt is not None and self.is_ready:
            self.dies_at, self.steps = salt, 1
        else:
            self.is_dead = True
        self._turn()
        while not self.has_ended:
            self.is_dead = True
            self._turn()

    def _turn(self):
        self.go.release()
        assert self.machine.turn_is_over.acquire(timeout=60), "a process does not give its turn back"

    def _pause(self):
        """Gives the turn back, in a thread of its own alone: what it does elsewhere is part of a step."""
        if threading.current_thread() is self.thread:
            while self.steps <= 0 or not (self.is_dead or self.is_ready):
                if self.is_dead:
                    raise Killed
                self.steps = 0
                self.machine.turn_is_over.release()
                self.go.acquire()
            self.steps -= 1
            if self.is_faulty:
                self.fault, self.is_faulty = None, False
        if self.is_dead:
            raise Killed

    def wait_until(self, condition):
        self.waits_for = condition
        self.steps = 0
        self._pause()
        self.waits_for = lambda: True

    def beat(self):
        if self.beats is not None and not self.is_dead and self.machine.now >= self.beats[0]:
            seconds, action = self.beats[1:]
            self.beats = (self.machine.now + seconds, seconds, action) if action() else None

    # What it asks of the machine

    @property
    def process(self):
        return self.number

    def is_alive(self, process):
        return any(one.number == process and not one.has_ended for one in self.machine.processes)

    def time(self):
        return self.machine.now

    def monotonic(self):
        return self.machine.now

    def sleep(self, seconds):
        self.wakes = self.machine.now + seconds
        self.steps = 0
        self._pause()

    @contextmanager
    def repeating(self, seconds, action):
        self.beats = (self.machine.now + seconds, seconds, action)
        try:
            yield
        finally:
            self.beats = None

    def complete(self, operations):
        # Its own may wait for its turn in the midst of others.
        loop = self.loop if threading.current_thread() is self.thread else self.machine.loop
        try:
            return loop.run_until_complete(operations)
        finally:
            self.is_dead |= self.dies_at is not None

    async def aside(self, call, *arguments, **options):
        return call(*arguments, **options)

    def _disturb(self, what):
        """Raises what goes wrong with the disk: once, or with all of a kind that is done in one step."""
        if self.fault == what or (what == "write" and self.machine.is_full):
            self.is_faulty = self.was_disturbed = True
            raise OSError(errno.ENOSPC if self.machine.is_full else errno.EIO, "the disk")

    def _share(self, path):
        """Returns how much of a write is done by a process that is killed in it: 0 (nothing) to 3 (all)."""
        if self.dies_at is None:
            return 3
        folder, _, name = path.rpartition("/")
        key = f"{self.dies_at} {folder}/{name.partition('.')[0]}"
        return hashlib.sha256(key.encode()).digest()[0] % 4

    def read(self, path, most=None):
        self._pause()
        self._disturb("read")
        file = self.machine.disk.files.get(str(path))
        return None if file is None else file[0][:most]

    def write(self, path, content):
        self._pause()
        path, content = str(path), bytes(content)
        if path.rpartition("/")[0] not in self.machine.disk.folders:
            raise FileNotFoundError(errno.ENOENT, "no such folder", path)
        share = self._share(path)
        if share:
            done = len(content) // 2 if share == 1 or self.machine.is_full else len(content)
            self.machine.disk.put(path, content[:done], self.machine.now)
        self._disturb("write")
        if share < 2:
            self.is_dead = True
            raise Killed

    def replace(self, path, other):
        self._pause()
        if self._share(str(path)) < 3:
            self.is_dead = True
            raise Killed
        content, *_ = self._taken(path)
        self.machine.disk.put(str(other), content, self.machine.now)
        self.machine.damaged.discard(str(other))

    def link(self, path, other):
        self._pause()
        disk = self.machine.disk
        if str(other) in disk.files or str(other) in disk.folders:
            raise FileExistsError(errno.EEXIST, "it is there", str(other))
        if str(path) not in disk.files:
            raise FileNotFoundError(errno.ENOENT, "no such file", str(path))
        disk.put(str(other), disk.files[str(path)][0], self.machine.now)

    def unlink(self, path):
        self._pause()
        if str(path) in self.machine.disk.files:
            self._taken(path)
            self.machine.damaged.discard(str(path))

    def _taken(self, path):
        disk, path = self.machine.disk, str(path)
        if path not in disk.files:
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        folder, _, name = path.rpartition("/")
        disk.folders[folder].discard(name)
        return disk.files.pop(path)

    def make_folder(self, path):
        self._pause()
        self._disturb("write")
        disk, path = self.machine.disk, str(path)
        folder, _, name = path.rpartition("/")
        if path in disk.folders or path in disk.files:
            raise FileExistsError(errno.EEXIST, "it is there", path)
        if (folder or "/") not in disk.folders:
            raise FileNotFoundError(errno.ENOENT, "no such folder", path)
        disk.folders[folder or "/"].add(name)
        disk.folders[path] = set()

    def remove_folder(self, path):
        self._pause()
        disk, path = self.machine.disk, str(path)
        if path not in disk.folders:
            raise FileNotFoundError(errno.ENOENT, "no such folder", path)
        if disk.folders[path]:
            raise OSError(errno.ENOTEMPTY, "it is not empty", path)
        folder, _, name = path.rpartition("/")
        del disk.folders[path]
        disk.folders[folder or "/"].discard(name)

    def permit(self, path, mode):
        raise AssertionError("no folder here is shared")

    def about(self, path, *, of_link=False):
        if self.is_dead:
            raise Killed
        disk, path = self.machine.disk, str(path)
        if path in disk.folders:
            return SimpleNamespace(st_mode=stat.S_IFDIR | 0o755, st_mtime_ns=0, st_size=0, st_ino=0)
        if path not in disk.files:
            return None
        content, modified, number = disk.files[path]
        return SimpleNamespace(
            st_mode=stat.S_IFREG | 0o644, st_mtime_ns=int(modified * 1e9), st_size=len(content), st_ino=number
        )

    def entries(self, path):
        self._pause()
        disk, path = self.machine.disk, str(path)
        found = []
        for name in disk.folders.get(path, ()):
            whole = f"{path.rstrip('/')}/{name}"
            if whole in disk.folders:
                found.append(StoredObject(name, True, 0, "", BEGUN, seen=self.machine.now))
            else:
                content, modified, number = disk.files[whole]
                found.append(
                    StoredObject(name, False, len(content), f"{number}", modified, seen=self.machine.now)
                )
        return sorted(found)

    def flush(self, paths):
        self._pause()

    def lock(self, path, number, *, alone):
        self._pause()
        if str(path) not in self.machine.disk.files:
            raise FileNotFoundError(errno.ENOENT, "no such file", str(path))
        wanted = (self, str(path), number, alone)
        for holder in self.machine.locks:
            if holder[1:3] == wanted[1:3] and (alone or holder[3]):
                return None
        self.machine.locks.append(wanted)
        return lambda: self.machine.locks.remove(wanted)


class Workers:
    """The workers of a run, and the scheduler that gives them blocks in an order that `chance` has."""

    def __init__(self, run, chance, host="one", count=2):
        self.run, self.chance = run, chance
        self.places = [Worker(run, host) for _ in range(count)]
        self.host = host

    def __call__(self, function, blocks, assignment, isolated):
        """Yields what `wellposed.sweeps.cluster.fan_out.fan_out` does.

        A point that is isolated is evaluated in the worker itself: child processes are no part of a history.
        """
        waiting = list(blocks)
        self.chance.shuffle(waiting)
        while waiting or any(place.block is not None for place in self.places):
            for i, place in enumerate(self.places):
                if place.is_lost:
                    self.places[i] = Worker(self.run, self.host)
            for place in self.places:
                if place.block is None and waiting:
                    place.give(waiting.pop(), function, assignment)
            self.run.wait_until(lambda: any(one.is_lost or one.has_answer for one in self.places))
            for place in self.chance.sample(self.places, len(self.places)):
                if place.block is not None and (place.is_lost or place.has_answer):
                    block, place.block = place.block, None
                    yield block, (KilledWorker(block.key, None, 0) if place.is_lost else place.answer)


class Worker:
    """A worker process, which computes a block after the other while its run lives."""

    def __init__(self, run, host):
        self.run, self.block, self.answer = run, None, None
        self.has_answer = self.is_lost_to_scheduler = False
        self.process = run.machine.start(self._work, host)
        self.process.worker = self

    @property
    def is_lost(self):
        return self.is_lost_to_scheduler or self.process.has_ended

    def give(self, block, function, assignment):
        self.block, self.has_answer = block, False
        self.question = (function, block, assignment)

    def _work(self, process):
        while True:
            process.wait_until(lambda: self.is_done or (self.block is not None and not self.has_answer))
            if self.is_done:
                return
            function, block, assignment = self.question
            try:
                answer = function(block, sent_to(assignment, process), False)
            except Exception as error:
                answer = error
                process.machine.failures.append((process, error, traceback.format_exc()))
            self.answer, self.has_answer = answer, True

    @property
    def is_done(self):
        return self.is_lost_to_scheduler or self.run.has_ended or self.run.is_through


def sent_to(assignment, process):
    """Returns what a worker is sent, as it arrives: with the machine as that process sees it."""
    store = replace(assignment.store, system=process)
    donors = tuple(replace(donor, system=process) for donor in assignment.donors)
    return replace(assignment, store=store, donors=donors)
