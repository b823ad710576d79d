"""What a person types, and what the command answers."""

import os
import signal
import subprocess
import time

import pytest

from wellposed.flows.cli.main import main

WAVE = ["wave.growth", "--axis", "M=7,8"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sweep", *WAVE, "--set", "beta=1.2"], "Parameter `beta` must be a number in [0, 1], but is 1.2."),
        (
            ["sweep", "wave.growth", "--axis", "beta=0:1.2:7"],
            "Parameter `beta` must be a number in [0, 1], but is 1.2.",
        ),
        (
            ["sweep", "wave.growth", "--axis", "beta=0:1:3", "--set", "M=5"],
            "Parameter `M` must be a number in (6, 100], but is 5.",
        ),
        (
            ["sweep", *WAVE, "--set", "datum=oscillating", "--set", "N=0"],
            "Parameter `N` must be an integer in [1, 10000], but is 0.",
        ),
        (["sweep", "wave.grwth", "--axis", "M=7"], "did you mean `wave.growth`?"),
        (["sweep", "no_such_file.py:IT", "--axis", "M=7"], "cannot be loaded"),
        (
            ["sweep", *WAVE, "--set", "gamma=1"],
            "has no parameter `gamma`; it has beta, M, N, A, operator, datum.",
        ),
        (["sweep", "wave.growth", "--axis", "gamma=1"], "has no parameter `gamma`"),
        (["sweep", "wave.growth", "--axis", "beta=0:1"], "beta=0:1:41"),
        (["sweep", "wave.growth", "--axis", "beta"], "NAME=A:B:N"),
        (["sweep", *WAVE, "--axis", "M=9,10"], "`M` is given twice"),
        (["sweep", *WAVE, "--set", "M=9"], "`M`"),
        (["sweep", *WAVE, "--set", "operator=loss", "--set", "operator=gain"], "`operator` is given twice"),
        (["sweep", *WAVE, "--set", "operator=gian"], "one of full, gain, loss"),
        (["sweep", "wave.growth"], "missing option '--axis'"),
        (["boundary", *WAVE, "--along", "M"], "`M`"),
        (["boundary", *WAVE, "--along", "operator"], "continuous parameter"),
        (
            ["boundary", *WAVE, "--along", "beta", "--tolerance", "0"],
            "`tolerance` must be greater than 0, but is 0.0.",
        ),
        (["boundary", *WAVE, "--along", "beta", "--tolerance", "small"], "--tolerance"),
        (["boundary", *WAVE], "--along"),
        (
            ["study", "waves"],
            "There is no study `waves`; did you mean `wave`? there is atlas-dispersion, ",
        ),
        (["walk"], "no such command 'walk'"),
    ],
)
def test_bad_request_is_refused_in_one_line_before_anything_is_touched(
    arguments, said, tmp_path, monkeypatch, capsys, no_execution
):
    monkeypatch.chdir(tmp_path)
    with_catalogue = [*arguments, "--catalogue", "there"] if len(arguments) > 1 else arguments
    assert main(with_catalogue) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.count("\n") == 1
    assert errors.startswith("wellposed")
    assert said in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", [["sweep", *WAVE], ["boundary", *WAVE, "--along", "beta"], ["study", "wave"]]
)
def test_catalogue_that_holds_something_else_is_refused(command, tmp_path, capsys, no_execution):
    thesis = tmp_path / "thesis.tex"
    thesis.write_text("Chapter 1")
    assert main([*command, "--catalogue", str(tmp_path)]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.count("\n") == 1
    assert str(tmp_path) in errors
    assert "thesis.tex" in errors
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_catalogue_that_cannot_be_written_is_refused(tmp_path, capsys, no_execution):
    # Nobody can make a directory below a file, not even root.
    (tmp_path / "file").write_text("")
    assert main(["sweep", *WAVE, "--catalogue", str(tmp_path / "file" / "results")]) == 2
    _, errors = capsys.readouterr()
    assert errors.count("\n") == 1
    assert "cannot be written" in errors


def test_server_that_does_not_answer_is_refused_before_any_worker_starts(
    tmp_path, monkeypatch, start_command, wellposed_home
):
    command = start_command(
        "sweep", *WAVE, "-q", "--catalogue", tmp_path / "there", PREFECT_API_URL="http://127.0.0.1:9/api"
    )
    _, errors = command.communicate(timeout=60)
    assert command.returncode == 2
    assert errors.count("\n") == 1
    assert "http://127.0.0.1:9/api" in errors


def test_experiments_are_listed_and_described(capsys):
    assert main(["experiments"]) == 0
    assert "wave.growth" in capsys.readouterr().out
    assert main(["experiments", "wave.growth"]) == 0
    description = capsys.readouterr().out
    for word in ("beta", "a number in [0, 1]", "growth_exponent_error", "omega", "Theorem 4.2", "1/4"):
        assert word in description


def test_unknown_experiment_is_not_described(capsys):
    assert main(["experiments", "wave"]) == 2
    assert "There is no experiment `wave`" in capsys.readouterr().err


def test_boundary_is_printed_stored_listed_and_shown(
    tmp_path, reference, prefect_server, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    asked = [
        "boundary",
        reference("TILTED"),
        "--along",
        "x",
        "--axis",
        "shape=tilted,flat",
        "--tolerance",
        "1e-4",
    ]
    assert main(asked) == 0
    output, errors = capsys.readouterr()
    assert "boundary along x" in errors  # progress, as in a log file
    header, tilted, flat, *rest = output.splitlines()
    assert header.split() == ["shape", "y", "x_c", "±", "error", "paper", "points", "no", "answer"]
    assert tilted.split()[:3] == ["tilted", "0", "0.30000"]
    assert "3/10" in tilted
    assert flat.startswith("flat    0  none in [0, 1]")
    (opened,) = (line.split("  #")[0].strip() for line in rest if "open_zarr" in line)
    assert opened.startswith('xarray.open_zarr("results/test.tilted/')

    assert main(asked) == 0
    again = capsys.readouterr().out
    assert "nothing was computed" in again
    assert again.splitlines()[:3] == [header, tilted, flat]

    assert main(["ls"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 2
    id = listed[1].split()[0]
    assert id in opened

    assert main(["show", id[:4]]) == 0
    shown = capsys.readouterr().out
    assert "x in [0, 1] to 0.0001" in shown
    assert "wellposed boundary" in shown
    assert opened in shown


def test_points_without_an_answer_are_named_and_the_status_says_so(
    tmp_path, reference, prefect_server, capsys
):
    asked = [
        "sweep",
        reference("FRAGILE"),
        "--axis",
        "x=0.5,1",
        "--set",
        "y=0.5",
        "--catalogue",
        str(tmp_path),
    ]
    assert main(asked) == 1
    output, errors = capsys.readouterr()
    reason = "ZeroDivisionError in experiments.py, line 29: too far"
    assert f"test.fragile at x=1, y=0.5, shape=tilted failed: {reason}" in errors
    assert output.splitlines()[1].split()[-5:] == ["2", "0", "1", "0", "1"]


def test_catalogue_that_is_not_there_is_not_made_by_looking(tmp_path, capsys):
    assert main(["ls", "--catalogue", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_interrupted_run_ends_soon_and_leaves_nobody_behind(
    sent, tmp_path, reference, prefect_server, start_command
):
    grid = ["--axis", "x=0:1:30", "--axis", "y=0:1:30"]
    asked = ["sweep", reference("DELAYED"), *grid, "--quiet", "--catalogue", tmp_path]
    command = start_command(*asked, WELLPOSED_TEST_DELAY="0.2", PYTHONFAULTHANDLER="1")
    while not list(tmp_path.rglob("outcome/c/*/*")):
        assert command.poll() is None, command.communicate()
        time.sleep(0.05)
    # As a terminal does it: to the whole group.
    os.killpg(command.pid, sent)
    try:
        _, errors = command.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        command.send_signal(signal.SIGABRT)  # it says where it is
        pytest.fail(command.communicate()[1])
    assert command.returncode == 130
    assert errors == "wellposed: interrupted. What is computed is stored; the same command completes it.\n"
    assert is_empty(command.pid, within=5.0)


def is_empty(group, within):
    """Whether all processes of a group end in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
