"""How far a run has come, shown in the terminal while it lasts."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from rich import progress
from rich.console import Console
from rich.text import Text

console = Console(stderr=True, highlight=False)
"""For what is said besides the answer; in a log or a pipe, progress is not."""


class _Rate(progress.ProgressColumn):
    """Points per second, over all the time that a task has taken."""

    def render(self, task: progress.Task) -> Text:
        elapsed = task.finished_time or task.elapsed
        rate = f"{task.completed / elapsed:,.0f} points/s" if elapsed and task.completed else ""
        return Text(rate, style="progress.data.speed")


class Progress:
    """A line for each job: blocks done, points per second, time left.  Safe to use from several threads."""

    def __init__(self) -> None:
        self._bars = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(bar_width=24),
            progress.TextColumn("{task.fields[blocks]}", style="progress.download"),
            _Rate(),
            progress.TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not console.is_terminal or console.is_jupyter,  # its bars are widgets
        )
        self._starting = self._bars.add_task("", total=None, blocks="")
        self._lock = threading.Lock()
        self._done = self._known = 0
        self._line = self._starting

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def wait_for(self, what: str) -> None:
        """Says what is being waited for."""
        self._bars.update(self._starting, description=what)

    def say(self, line: str) -> None:
        """A line that stays, above those that move."""
        if not self._bars.disable:
            console.print(line, style="dim")

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

    def expect(self, blocks: int) -> None:
        """More blocks are known now."""
        with self._lock:
            self._known += blocks

    def advance(self, points: int) -> None:
        """One more block is stored."""
        with self._lock:
            self._done += 1
            self._bars.update(self._line, advance=points, blocks=f"{self._done} of {self._known} blocks")

    def end(self) -> None:
        """The job is done."""
        task = self._bars.tasks[self._line]
        self._bars.update(self._line, total=task.completed or 1, completed=task.completed or 1)
