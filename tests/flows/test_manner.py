"""How the command speaks: to a person, to a program, to a log file and to a shell."""

import io
import itertools
import json
import os
import pty
import re
import select
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from typer.main import get_command

from wellposed.flows.cli.main import application, main
from wellposed.flows.execution import progress
from wellposed.flows.text import rate

ROOT = Path(__file__).parents[2]


COMMANDS = get_command(application()).commands

SPELLED = {
    **{name: command for name, command in COMMANDS.items() if name != "submit"},
    **{f"submit {name}": command for name, command in COMMANDS["submit"].commands.items()},
}
"""Every command that does something, by the words that call it."""


@pytest.fixture
def answered_here(tmp_path, monkeypatch, reference, job_of, answered):
    """A catalogue in the current folder with a sweep and a boundary, computed without Prefect."""
    monkeypatch.chdir(tmp_path)
    answered(job_of("sweep", reference("FRAGILE"), axes={"x": [0.25, 1.0]}, fixed={"y": 0.5}))
    lines = {"along": "x", "axes": {"shape": ["tilted", "flat"]}, "tolerance": 1e-4}
    answered(job_of("boundary", reference("TILTED"), **lines))


def spoken(capsys, *arguments):
    """The exit status of a command, and its answer in JSON, of which standard output is all."""
    status = main([*arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_boundaries_are_told_to_programs_with_nothing_rounded(answered_here, reference, capsys):
    asked = ["boundary", reference("TILTED"), "--along", "x", "--axis", "shape=tilted,flat"]
    status, found = spoken(capsys, *asked, "--tolerance", "1e-4")
    assert status == 0
    assert found["computed"] is False
    tilted, flat = found["boundaries"]
    assert tilted["at"] == {"shape": "tilted", "y": 0.0}
    assert tilted["lower"] < 0.3 < tilted["upper"] < tilted["lower"] + 1e-4
    assert tilted["printed"]["label"] == "3/10"
    assert (flat["outcome"], flat["boundary"]) == ("none", None)  # NaN is not JSON
    (stored,) = found["sweeps"]
    assert stored["id"] == tilted["sweep"]
    assert stored["points"]["ok"] == tilted["evaluations"] + flat["evaluations"]


def test_sweeps_tell_programs_what_became_of_their_points(answered_here, reference, capsys):
    asked = ["sweep", reference("FRAGILE"), "--axis", "x=0.25,1", "--set", "y=0.5"]
    status = main([*asked, "--json"])
    output, errors = capsys.readouterr()
    assert status == 1
    points = json.loads(output)["sweeps"][0]["points"]
    assert points == {"ok": 1, "unresolved": 0, "failed": 1, "missing": 0}
    assert "failed: ZeroDivisionError" in errors


def test_what_is_listed_shown_and_verified_is_told_to_programs(answered_here, capsys):
    status, listed = spoken(capsys, "ls")
    assert status == 0
    fragile = next(row for row in listed["sweeps"] if row["experiment"] == "test.fragile")
    assert fragile["failed"] == 1
    assert fragile["created"].endswith("+00:00")
    _, shown = spoken(capsys, "show", fragile["id"])
    assert shown["request"]["axes"] == {"x": [0.25, 1.0]}
    assert shown["points"]["failed"] == 1
    _, verified = spoken(capsys, "verify")
    assert [one["damages"] for one in verified["sweeps"]] == [[], []]
    status, collected = spoken(capsys, "gc")
    assert (status, collected) == (0, {"removed": []})
    _, removed = spoken(capsys, "rm", fragile["id"], "--yes")
    assert len(removed["removed"]) == 1


def test_experiments_are_told_to_programs(capsys):
    _, listed = spoken(capsys, "experiments")
    assert "wave.growth" in {one["name"] for one in listed["experiments"]}
    _, one = spoken(capsys, "experiments", "wave.growth")
    assert one["order_parameter"] == "growth_exponent"
    assert {parameter["name"] for parameter in one["parameters"]} > {"beta", "M"}


def test_quiet_leaves_the_answer_alone(answered_here, reference, capsys):
    asked = ["boundary", reference("TILTED"), "--along", "x", "--axis", "shape=tilted,flat"]
    assert main([*asked, "--tolerance", "1e-4", "--quiet"]) == 0
    output, errors = capsys.readouterr()
    assert len(output.splitlines()) == 3
    assert errors == ""


def test_times_are_those_of_the_clocks_here(answered_here, capsys, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        main(["ls"])
    finally:
        monkeypatch.undo()
        time.tzset()
    assert re.search(r"\d\d:\d\d \+0545$", capsys.readouterr().out, re.MULTILINE)


def test_progress_in_a_log_file_is_a_line_now_and_then(monkeypatch, capsys):
    monkeypatch.setattr(progress, "manner", "lines")
    monkeypatch.setattr(progress, "LOG_INTERVAL_S", 0.01)
    with progress.Progress() as shown:
        shown.wait_for("Starting")
        time.sleep(0.1)
        shown.begin("a question: M=[7, 8]", 100)
        shown.expect(4)
        shown.advance(25)
        time.sleep(0.1)
        shown.step("Drawing")
        time.sleep(0.1)
    lines = [line.split("  ", 1)[1] for line in capsys.readouterr().err.splitlines()]
    assert lines[0] == "Starting"
    assert "\x1b" not in "".join(lines)
    begun, *rest = [number for number, line in enumerate(lines) if line == "a question: M=[7, 8]"]
    assert not rest
    waited, drawn = r"    Starting, 0:00:0\d so far", r"    Drawing, 0:00:0\d so far"
    told = r"    1 of 4 blocks, 25 points, .* points/s, 0:00:\d\d left"
    assert any(re.fullmatch(waited, line) for line in lines[1:begun])
    assert any(re.fullmatch(told, line) for line in lines[begun + 1 :])
    # After the last block, what is being done and not how far the blocks are.
    assert re.fullmatch(drawn, lines[-1])


@pytest.mark.parametrize(
    ("points", "seconds", "said"),
    [
        (12_345, 10, "1,234 points/s"),
        (36, 10, "3.6 points/s"),
        (4, 10, "0.4 points/s"),
        (2, 24, "12 s a point"),
        (1, 600, "10 min a point"),
    ],
)
def test_slow_points_are_told_by_what_they_take(points, seconds, said):
    assert rate(points, seconds) == said


def test_bars_tell_the_rate_and_the_time_left_of_what_is_not_finished_alone(monkeypatch):
    shown = Console(force_terminal=True, force_jupyter=False, width=120, file=io.StringIO(), record=True)
    monkeypatch.setattr(progress, "console", shown)
    monkeypatch.setattr(progress, "manner", "bars")
    with progress.Progress() as bars:
        bars.begin("a question", 4)
        bars.expect(4)
        bars.advance(1)
        time.sleep(0.1)
        under_way = bars._bars.get_renderable()
        bars.step("Drawing the page of the run")
        after = bars._bars.get_renderable()
    shown.print(under_way)
    assert re.search(r"a question .* 1 of 4 blocks .* points/s ", shown.export_text())
    shown.print(after)
    lines = [line for line in shown.export_text().splitlines() if line.strip()]
    assert any(re.search(r"Drawing the page of the run .* 0:00:0\d", line) for line in lines)
    assert not any("a question" in line and line.rstrip().endswith("0:00:00") for line in lines)


def test_bars_move_in_a_terminal_and_in_no_notebook():
    assert progress.usual_manner(Console(force_terminal=True, force_jupyter=False)) == "bars"
    assert progress.usual_manner(Console(force_terminal=True, force_jupyter=True)) == "silent"
    assert progress.usual_manner(Console(force_terminal=False, force_jupyter=False)) == "silent"


def test_a_program_that_uses_the_library_is_told_nothing(monkeypatch, capsys):
    monkeypatch.setattr(progress, "manner", "silent")
    monkeypatch.setattr(progress, "LOG_INTERVAL_S", 0.01)
    with progress.Progress() as shown:
        shown.say("a line")
        shown.begin("a question", 100)
        time.sleep(0.05)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", SPELLED)
def test_examples_of_the_help_are_allowed(name):
    command = SPELLED[name]
    assert any(one.name == "catalogue" for one in command.params) or name in (
        "experiments",
        "config",
        "ui",
        "completion",
    )
    for line in (command.epilog or "").splitlines()[2:]:
        line = re.sub(r'^  eval "\$\((.*)\)"', r"  \1", line)
        words = list(itertools.takewhile(lambda word: word != "|", shlex.split(line, comments=True)))
        words = list(itertools.dropwhile(lambda word: "=" in word, words))  # the environment
        called = ["wellposed", *name.split()]
        assert words[: len(called)] == called
        command.make_context(name, words[len(called) :])


def test_without_words_the_command_says_what_there_is(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in COMMANDS)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("wellposed bou", {"boundary"}),
        ("wellposed sweep wave.gr", {"wave.growth"}),
        ("wellposed sweep wave.growth --set op", {"operator="}),
        ("wellposed sweep wave.growth --set operator=g", {"operator=gain"}),
        ("wellposed curve wave.growth --along b", {"beta"}),
        ("wellposed audit w", {"wave"}),
    ],
)
def test_the_tab_key_completes_in_fish(line, offered):
    asked = {"_WELLPOSED_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **asked, "_TYPER_COMPLETE_ARGS": line}
    command = [sys.executable, "-c", "from wellposed.flows.cli.main import main; main()"]
    said = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    assert {one.partition("\t")[0] for one in said.stdout.splitlines()} == offered


@pytest.fixture
def typed(tmp_path):
    """What a command gets as its words if lines are typed, with tabs in them, into a bash with a terminal."""

    def words(*lines):
        # The executable answers the completions; the function of its name is what the lines call.
        executable = tmp_path / "wellposed"
        executable.write_text(f'#!/bin/sh\nexec {sys.executable} -m wellposed.flows.cli.main "$@"\n')
        executable.chmod(0o755)
        (tmp_path / "rc").write_text(
            "PS1='$ '; bind 'set enable-bracketed-paste off'\n"
            'eval "$(wellposed completion bash)"\n'
            """wellposed() { printf '[%s]' "$@" >> words; echo >> words; }\n"""
        )
        above, below = pty.openpty()
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "TERM": "dumb",
        }
        shell = subprocess.Popen(
            ["bash", "--rcfile", "rc", "-i"],
            cwd=tmp_path,
            env=environment,
            stdin=below,
            stdout=below,
            stderr=below,
            start_new_session=True,
        )
        os.close(below)
        said, deadline = b"", time.monotonic() + 240
        os.write(above, "".join(f"{line}\n" for line in (*lines, "exit")).encode())
        while shell.poll() is None:
            assert time.monotonic() < deadline, said.decode()
            if select.select([above], [], [], 0.2)[0]:
                try:
                    said += os.read(above, 4096)
                except OSError:  # there is nobody below any more
                    break
        shell.wait(10)
        os.close(above)
        return (tmp_path / "words").read_text().splitlines()

    return words


def test_the_tab_key_completes_in_bash_which_cuts_words_at_signs(typed):
    assert typed(
        "wellposed bou\t wave.gr\t",
        "wellposed sweep wave.growth --axis beta=0:1:3 --set op\tg\t",
        "wellposed sweep wave.growth --set=operator=l\t -q",
    ) == [
        "[boundary][wave.growth]",
        "[sweep][wave.growth][--axis][beta=0:1:3][--set][operator=gain]",
        "[sweep][wave.growth][--set=operator=loss][-q]",
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(shell, capsys):
    assert main(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert "wellposed" in said
    if shell == "bash":
        asked = ["bash", "-c", f"{said}\ncomplete -p wellposed"]
        told = subprocess.run(asked, text=True, check=True, capture_output=True)
        assert told.stdout.strip().endswith("-F _wellposed_completion wellposed")
