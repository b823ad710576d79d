"""The command ``wellposed``."""

from __future__ import annotations

import errno
import inspect
import os
import signal
import stat
import sys
import threading
import warnings
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from importlib.metadata import version
from types import FrameType
from typing import Annotated, Any, NamedTuple

import typer
from typer import exceptions
from typer.main import get_command

from wellposed.errors import WellposedError, in_one_line
from wellposed.flows.cli import (
    catalogue,
    compare,
    completion,
    deploy,
    plot,
    report,
    settings,
    submit,
    terminal,
)
from wellposed.flows.cli.answer import DONE, INTERRUPTED, REFUSED, Answer
from wellposed.flows.cli.questions import command_for
from wellposed.flows.execution import progress
from wellposed.flows.kinds import KINDS

# What takes time to import is imported by the command that needs it.

BEGIN = """\
Begin with:

\b
  wellposed study wave           boundaries of the kinetic wave equation, and their picture
  wellposed experiments          what can be asked
  wellposed COMMAND --help       with examples

Environment:

\b
  WELLPOSED_HOME      where the history of runs is kept, and copies of experiments of your own
  PREFECT_API_URL     a Prefect server to record runs at, instead of one of our own
  WELLPOSED_CATALOGUE, WELLPOSED_CLUSTER, WELLPOSED_TOLERANCE
                      defaults of your own; `wellposed config` shows them and where else they may stand
  NO_COLOR            no colours
"""


PLACES_REFUSE = {
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT),
    *(errno.ENAMETOOLONG, errno.ELOOP),
}
"""What a file system says where one may not read or write, there is no room, or nothing can be called so."""


class Shown(NamedTuple):
    """An answer, and how it is to be shown."""

    answer: Answer
    as_json: bool
    is_brief: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command with `arguments`, by default those of the process.

    Returns
    -------
    int
        0: done.  1: some points failed or stayed unresolved; of an audit, where ``unresolved`` is a verdict,
        some failed.  2: not allowed, and refused before anything was started.  130: interrupted.
    """
    # Who is told to end should end its workers too.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # which is what `nohup` asks for
            signal.signal(signal.SIGHUP, _hang_up)
    completion.prepare()
    terminal.prepare()
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning  # type: ignore[assignment]
        return _run(sys.argv[1:] if arguments is None else arguments)


def _run(arguments: Sequence[str]) -> int:
    try:
        given = list(arguments) or ["--help"]
        command = get_command(application())
        if said := settings.said([*KINDS, "submit"], given):
            print(said, file=sys.stderr)
        shown = command.main(
            given,
            prog_name="wellposed",
            standalone_mode=False,
            default_map=settings.defaults(command),
        )
        if shown == INTERRUPTED:  # as typer says it
            raise KeyboardInterrupt
        if not isinstance(shown, Shown):  # help was asked for
            return int(shown or DONE)
        with shown.answer.closing:
            shown.answer.tell(as_json=shown.as_json, is_brief=shown.is_brief)
        return shown.answer.status
    except (KeyboardInterrupt, exceptions.Abort):
        return _refuse(progress.INTERRUPTED, INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has read enough; nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except exceptions.TyperException as error:
        return _misuse(error)
    except WellposedError as error:
        return _refuse(str(error), error.exit_status)
    except OSError as error:
        if error.errno not in PLACES_REFUSE:
            raise
        return _refuse(f"{error.filename or 'the file system'}: {error.strerror}", REFUSED)


def _hang_up(number: int, frame: FrameType | None) -> None:
    """The terminal is gone: ends as by Ctrl-C, with nobody left to be told."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        with suppress(OSError):
            if stat.S_ISCHR(os.fstat(stream).st_mode):  # a terminal that is gone is none any more
                os.dup2(nowhere, stream)
    signal.default_int_handler(number, frame)


def application() -> typer.Typer:
    """Returns the command with all its subcommands: one for each kind, and those about answers."""
    app = typer.Typer(
        name="wellposed",
        help="Locates by computation where kinetic equations stop being well-posed.",
        epilog=BEGIN,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_root)
    for kind in KINDS.values():
        _add(app, kind.name, command_for(kind), kind.summary, *kind.examples)
    _add(
        app,
        "experiments",
        experiments,
        "List the experiments, or describe one.",
        "wellposed experiments",
        "wellposed experiments wave.growth",
        "wellposed experiments ./my_kernel.py:experiment",
    )
    app.add_typer(_submit(), name="submit")
    for group in (submit, catalogue, plot, compare, report, deploy):
        for name, function, summary, *examples in group.COMMANDS:
            _add(app, name, function, summary, *examples)
    _add(
        app,
        "config",
        config,
        "Show the defaults of the options that may have one of your own, and where each comes from.",
        "wellposed config",
        "WELLPOSED_CATALOGUE=/scratch/kinetic wellposed config",
    )
    _add(app, "ui", ui, "Show the history of runs in a browser, until Ctrl-C.")
    _add(
        app,
        "completion",
        complete,
        "Print what makes the Tab key complete this command in a shell.",
        'eval "$(wellposed completion bash)"      # in ~/.bashrc',
        "wellposed completion fish | source       # in ~/.config/fish/config.fish",
    )
    return app


def _submit() -> typer.Typer:
    """Returns the command ``wellposed submit`` with a subcommand for each kind."""
    app = typer.Typer(
        help="Hand a question to the queue of a cluster, or to a work pool, and return at once.",
        short_help="Hand a question to the queue of a cluster, and return at once.",
        rich_markup_mode=None,
    )
    for kind in KINDS.values():
        example = kind.examples[0].replace("wellposed", "wellposed submit", 1) + " --cluster slurm"
        _add(app, kind.name, submit.submitting(kind), kind.summary, example)
    return app


def experiments(
    experiment: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", show_default=False, **completion.completer_for("experiments")),
    ] = None,
) -> Answer:
    """``wellposed experiments``"""
    from wellposed.flows.presentation import description, documents
    from wellposed.kinetics import EXPERIMENTS
    from wellposed.sweeps.experiments.find import find_experiment, plug_ins

    if experiment is None:
        added = [one.experiment for one in plug_ins() if one.experiment is not None]
        known = [documents.of_experiment(one) for one in (*EXPERIMENTS.values(), *added)]
        return Answer(description.listed(), {"experiments": known}, aside=_where_kernels_are())
    found = find_experiment(experiment)
    return Answer(description.described(found), documents.of_experiment(found), aside=_where_kernels_are())


def _where_kernels_are() -> str:
    """Returns where compiled kernels are kept, for who wants to know more than the answer."""
    from wellposed.kinetics.compilation_cache import kernels_folder

    return f"Compiled kernels are kept in {kernels_folder()}" if progress.is_verbose else ""


def config() -> Answer:
    """``wellposed config``"""
    from wellposed.flows.presentation.table import Table

    found = settings.settings()
    rows = [[f"--{name}", one.value, one.source, settings.variable(name)] for name, one in found.items()]
    return Answer(
        str(Table(["option", "default", "from", "environment"], rows)),
        {name: one._asdict() for name, one in found.items()},
        aside="A default of your own stands in the environment, in wellposed.toml in the current folder, or\n"
        'in the section [tool.wellposed] of its pyproject.toml, such as\n    catalogue = "/scratch/kinetic"',
    )


def ui() -> Answer:
    """``wellposed ui``"""
    from wellposed.flows.execution.server import server

    with server() as answer:
        access = answer()
        print(f"Prefect's interface is at {access.interface}; Ctrl-C ends it.", flush=True)
        if (hint := access.password_hint()) is not None:
            print(hint, flush=True)
        if sys.stdout.isatty() and _has_display():
            # Without the password: everybody on the machine sees with what words a browser was started.
            webbrowser.open(access.interface)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return Answer("", {})
    raise AssertionError("an event that nobody sets was set")


def complete(shell: Annotated[completion.Shell, typer.Argument(help="Which shell.")]) -> Answer:
    """``wellposed completion``"""
    return Answer(completion.script(shell), {})


def _show_version(is_asked: bool) -> None:
    if is_asked:
        print(f"wellposed {version('wellposed')}")
        raise exceptions.Exit(DONE)


def _root(
    is_asked: Annotated[
        bool,
        typer.Option("--version", help="Show the version and end.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    """Takes the options that stand before a command."""


def _add(app: typer.Typer, name: str, function: Callable[..., Answer], summary: str, *examples: str) -> None:
    """Adds a command, with the options that all commands have."""
    epilog = "\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples) if examples else None
    app.command(name, help=summary, short_help=summary, epilog=epilog)(_with_manner(function))


def _with_manner(function: Callable[..., Answer]) -> Callable[..., Shown]:
    """Returns a command that says how its answer is to be shown."""

    @wraps(function)
    def command(json: bool, quiet: bool, verbose: bool, **given: Any) -> Shown:
        if quiet and verbose:
            raise exceptions.TyperException("--quiet and --verbose exclude each other")
        _set_manner(quiet, verbose)
        return Shown(function(**given), json, quiet)

    own = inspect.signature(function, eval_str=True).parameters.values()
    added = (
        ("json", ("--json",), "Answer in JSON, to be read by a program."),
        ("quiet", ("-q", "--quiet"), "Show the answer and complaints alone."),
        ("verbose", ("-v", "--verbose"), "Show the log of the run as well."),
    )
    manner = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=False,
            annotation=Annotated[bool, typer.Option(*flags, help=meaning)],
        )
        for name, flags, meaning in added
    ]
    keywords = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    command.__signature__ = inspect.Signature([*keywords, *manner])  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in [*keywords, *manner]}
    del command.__wrapped__  # type: ignore[attr-defined]
    return command


def _set_manner(quiet: bool, verbose: bool) -> None:
    """Sets how much is said of a run while it lasts."""
    progress.is_verbose = verbose
    if quiet:
        progress.manner = "silent"
    elif verbose:
        # Prefect reads this when it is imported.
        os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "INFO"
        progress.manner = "lines"
    else:
        progress.manner = "bars" if progress.console.is_terminal else "lines"


def _misuse(error: exceptions.TyperException) -> int:
    """Says in one line what is wrong with the words of a command, and where its help is."""
    context = getattr(error, "ctx", None)
    command = "wellposed" if context is None else context.command_path
    message = error.format_message().strip().rstrip(".").replace("\n", " ")
    message = message[:1].lower() + message[1:]
    print(in_one_line(f"{command}: {message}; see {command} --help"), file=sys.stderr)
    return REFUSED


def _refuse(message: str, status: int) -> int:
    print(in_one_line(f"wellposed: {message}"), file=sys.stderr)
    return status


def _show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object
) -> None:
    """Shows what is left out in one line; where in the code that is seen is nothing to who asks."""
    if issubclass(category, UserWarning):
        print(f"wellposed: {message}", file=sys.stderr)
    else:
        print(warnings.formatwarning(message, category, filename, lineno), end="", file=sys.stderr)


def _has_display() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
