"""The command ``wellposed``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import NoReturn

from wellposed.errors import FlowError, ServerError
from wellposed.flows.cli import catalogue as catalogue_commands
from wellposed.flows.cli import completion
from wellposed.flows.cli import deploy as deployment_commands
from wellposed.flows.cli import questions as question_commands
from wellposed.flows.cli import report as report_commands
from wellposed.flows.cli.answer import DONE, INCOMPLETE, INTERRUPTED, REFUSED, Answer
from wellposed.flows.execution import progress

# What takes time to import is imported by the command that needs it.

NAMES = {"import_": "import", "complete": "completion"}
"""Of commands whose function must be called otherwise."""

BEGIN = """\
begin with:
  wellposed study wave                  boundaries of the kinetic wave equation, and their picture
  wellposed experiments                 what can be asked
  wellposed COMMAND --help              with examples

environment:
  WELLPOSED_HOME      where the history of runs is kept, and copies of experiments of your own
  PREFECT_API_URL     a Prefect server to record runs at, instead of one of our own
  NO_COLOR            no colours
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command with `arguments`, by default those of the process.

    Returns
    -------
    int
        0: done.  1: some points failed or stayed unresolved; of an audit, where ``unresolved`` is a verdict,
        some failed.  2: not allowed, and refused before anything was
        started.  130: interrupted.
    """
    parser = _parser()
    completion.answer(parser)
    chosen = parser.parse_args(arguments)
    _set_manner(chosen)
    # Who is told to end should end its workers too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        answer: Answer = chosen.command(chosen)
        answer.tell(as_json=getattr(chosen, "json", False), is_brief=chosen.quiet)
        return answer.status
    except KeyboardInterrupt:
        return _refuse("interrupted. What is computed is stored; the same command completes it.", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has read enough; nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        status = _status(error)
        if status is None:
            raise
        return _refuse(str(error), status)


def experiments(chosen: argparse.Namespace) -> Answer:
    """``wellposed experiments``"""
    from wellposed.flows.presentation import description, documents
    from wellposed.kinetics import EXPERIMENTS
    from wellposed.sweeps.experiments.find import find_experiment

    if chosen.experiment is None:
        known = [documents.of_experiment(experiment) for experiment in EXPERIMENTS.values()]
        return Answer(description.listed(), {"experiments": known})
    experiment = find_experiment(chosen.experiment)
    return Answer(description.described(experiment), documents.of_experiment(experiment))


def ui(chosen: argparse.Namespace) -> Answer:
    """``wellposed ui``"""
    from wellposed.flows.execution.server import interface, server

    with server() as answer:
        url = interface(answer())
        print(f"Prefect's interface is at {url}; Ctrl-C ends it.", flush=True)
        if sys.stdout.isatty() and _has_display():
            webbrowser.open(url)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return Answer("", {})
    raise AssertionError("an event that nobody sets was set")


def complete(chosen: argparse.Namespace) -> Answer:
    """``wellposed completion``"""
    return Answer(completion.script(chosen.shell), {})


def _set_manner(chosen: argparse.Namespace) -> None:
    """How much is told of a run while it lasts."""
    if chosen.quiet:
        progress.manner = "silent"
    elif chosen.verbose:
        # Prefect reads this when it is imported.
        os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "INFO"
        progress.manner = "lines"
    else:
        progress.manner = "bars" if progress.console.is_terminal else "lines"


def _refuse(message: str, status: int) -> int:
    print(f"wellposed: {message}", file=sys.stderr)
    return status


def _status(error: Exception) -> int | None:
    """The exit status where the message of `error` says all there is to say."""
    from wellposed.errors import AnswerError, CatalogueError, ParameterError, RequestError

    if isinstance(error, RequestError | ParameterError | CatalogueError | ServerError):
        return REFUSED
    return INCOMPLETE if isinstance(error, FlowError | AnswerError) else None


def _has_display() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(REFUSED, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="wellposed",
        description="Locates by computation where kinetic equations stop being well-posed.",
        epilog=BEGIN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"wellposed {version('wellposed')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        function: Callable[[argparse.Namespace], Answer], summary: str, *examples: str, json: bool = True
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(
            NAMES.get(function.__name__, function.__name__),
            help=summary,
            description=summary,
            epilog="\n  ".join(["examples:", *examples]) if examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        added.set_defaults(command=function)
        if json:
            added.add_argument("--json", action="store_true", help="answer in JSON, for a program")
        told = added.add_mutually_exclusive_group()
        told.add_argument("-q", "--quiet", action="store_true", help="the answer and complaints alone")
        told.add_argument("-v", "--verbose", action="store_true", help="the log of the run as well")
        return added

    def catalogue(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--catalogue", default="results", metavar="PLACE", help="where answers are kept (%(default)s)"
        )

    question_commands.add_to(command, catalogue)
    added = command(
        experiments,
        "List the experiments, or describe one.",
        "wellposed experiments",
        "wellposed experiments wave.growth",
        "wellposed experiments ./my_kernel.py:experiment",
    )
    completion.offer(added.add_argument("experiment", nargs="?", metavar="NAME"), completion.experiments)
    catalogue_commands.add_to(command, catalogue)
    report_commands.add_to(command, catalogue)
    deployment_commands.add_to(command, catalogue)
    command(ui, "Show the history of runs in a browser, until Ctrl-C.", json=False)
    added = command(
        complete,
        "Print what makes the Tab key complete this command in a shell.",
        'eval "$(wellposed completion bash)"      # in ~/.bashrc',
        "wellposed completion fish | source       # in ~/.config/fish/config.fish",
        json=False,
    )
    added.add_argument("shell", choices=completion.SHELLS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
