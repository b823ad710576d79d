"""How far a run has come, shown in the terminal while it lasts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Literal, Self

from rich import progress
from rich.console import Console
from rich.text import Text

from wellposed.flows.text import clock, rate

Manner = Literal["bars", "lines", "silent"]

console = Console(stderr=True, highlight=False)
"""For what is said besides the answer."""

INTERRUPTED = "interrupted. What is computed is stored; the same command completes it."
"""What is said of a run that was ended by Ctrl-C, or its like."""


def usual_manner(console: Console) -> Manner:
    """Bars in a terminal.  In a notebook they would be widgets, which need more than we bring."""
    return "bars" if console.is_terminal and not console.is_jupyter else "silent"


manner: Manner = usual_manner(console)
"""How it is said: by bars that move, by a line now and then for a log, or not at all.

A program that uses the library has a log of its own; the command sets this.
"""

is_verbose = False
"""Whether who asks wants to know more than the answer."""

LOG_INTERVAL_S = 30.0
"""Seconds between two lines in a log."""


class _Rate(progress.ProgressColumn):
    """Points per second, over all the time that a task has taken; how long what has no points has taken."""

    def render(self, task: progress.Task) -> Text:
        elapsed = task.finished_time or task.elapsed
        if not task.fields["blocks"] and not task.finished:
            return Text(clock(elapsed or 0.0), style="progress.elapsed")
        text = rate(task.completed, elapsed) if elapsed and task.completed else ""
        return Text(text, style="progress.data.speed")


class _Remaining(progress.TimeRemainingColumn):
    """The time left of what is not finished."""

    def render(self, task: progress.Task) -> Text:
        return Text("") if task.finished or not task.fields["blocks"] else super().render(task)


class Progress:
    """How far each job is: blocks done, points per second, time left; what else is being done, since when.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._manner = manner
        self._bars = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(bar_width=24),
            progress.TextColumn("{task.fields[blocks]}", style="progress.download"),
            _Rate(),
            _Remaining(compact=True),
            console=console,
            transient=True,
            disable=self._manner != "bars",
        )
        self._starting = self._bars.add_task("", total=None, blocks="")
        self._lock = threading.Lock()
        self._done = self._known = 0
        self._line = self._starting
        self._ended = threading.Event()
        self._ticking = threading.Thread(target=self._tick, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._bars.start()
        if self._manner == "lines":
            self._ticking.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._bars.stop()

    def wait_for(self, what: str) -> None:
        """Says what is being waited for."""
        self.step(what)
        self._log(what)

    def step(self, what: str) -> None:
        """Shows what is being done besides points; in a log, if it takes long."""
        with self._lock:
            if self._line != self._starting:
                self._end()
            self._line = self._starting
        self._bars.reset(self._starting, description=what, total=None, visible=True)

    def say(self, line: str) -> None:
        """A line that stays, above those that move."""
        if self._manner == "bars":
            console.print(line, style="dim")
        self._log(line)

    def complain(self, line: str) -> None:
        """A line about what has gone wrong and costs no answer.  It is said in every manner."""
        console.print(f"wellposed: {line}", markup=False, soft_wrap=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leaves the terminal to others while the context lasts."""
        self._bars.stop()
        try:
            yield
        finally:
            self._bars.start()

    @property
    def percent(self) -> float:
        """How much of the present job is done, as far as it is known."""
        return 100.0 * self._done / max(1, self._known)

    def begin(self, title: str, points: int | None) -> None:
        """A new line, for a job of so many points, if that is known."""
        self._bars.update(self._starting, visible=False)
        with self._lock:
            self._line = self._bars.add_task(title, total=points, blocks="")
            self._done = self._known = 0
        self._log(title)

    def expect(self, blocks: int) -> None:
        """More blocks are known now."""
        with self._lock:
            self._known += blocks

    def advance(self, points: int) -> None:
        """One more block is stored."""
        with self._lock:
            self._done += 1
            self._bars.update(self._line, advance=points, blocks=f"{self._done} of {self._known} blocks")

    def _end(self) -> None:
        """The job is done."""
        task = self._bars.tasks[self._line]
        self._bars.update(self._line, total=task.completed or 1, completed=task.completed or 1)

    def _tick(self) -> None:
        """Says now and then how far the present job is."""
        while not self._ended.wait(LOG_INTERVAL_S):
            self._log(f"    {self._so_far()}")

    def _so_far(self) -> str:
        with self._lock:
            task = self._bars.tasks[self._line]
            elapsed = task.elapsed or 0.0
            if self._line == self._starting:
                return f"{task.description}, {clock(elapsed)} so far"
            said = f"{self._done:,} of {self._known:,} blocks, {task.completed:,.0f} points"
            if task.completed and elapsed:
                said += f", {rate(task.completed, elapsed)}"
                if task.total is not None:
                    said += f", {clock((task.total - task.completed) * elapsed / task.completed)} left"
            return said

    def _log(self, line: str) -> None:
        if self._manner == "lines":
            console.print(f"{time.strftime('%H:%M:%S')}  {line}", markup=False, soft_wrap=True)
