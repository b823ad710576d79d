"""Defaults of one's own for the catalogue, the cluster and the width of a bracket."""

import json
import os

import pytest

from wellposed.flows.cli.main import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys):
    """What ``wellposed config --json`` says: option, and its value with who says so."""
    assert main(["config", "--json"]) == 0
    return {name: tuple(one.values()) for name, one in json.loads(capsys.readouterr().out).items()}


def test_without_any_the_defaults_are_built_in(folder, capsys):
    assert told(capsys) == {
        "catalogue": ("results", "built in"),
        "cluster": ("local", "built in"),
        "tolerance": ("1e-06", "built in"),
    }


def test_the_environment_comes_before_a_file_and_our_file_before_that_of_the_project(
    folder, capsys, monkeypatch
):
    (folder / "pyproject.toml").write_text(
        '[tool.wellposed]\ncatalogue = "a"\ncluster = "b"\ntolerance = 1e-3\n[project]\nname = "mine"\n'
    )
    (folder / "wellposed.toml").write_text('cluster = "c"\ncatalogue = "d"\n')
    monkeypatch.setenv("WELLPOSED_CATALOGUE", "e")
    assert told(capsys) == {
        "catalogue": ("e", "WELLPOSED_CATALOGUE"),
        "cluster": ("c", "wellposed.toml"),
        "tolerance": ("0.001", "pyproject.toml"),
    }


def test_commands_take_them_and_what_is_given_comes_first(folder, capsys):
    (folder / "wellposed.toml").write_text('catalogue = "mine"\n')
    assert main(["ls"]) == 2
    assert "There is no catalogue at mine." in capsys.readouterr().err
    assert main(["ls", "--catalogue", "theirs"]) == 2
    assert "There is no catalogue at theirs." in capsys.readouterr().err


def test_a_question_says_which_it_takes(folder, capsys, reference):
    (folder / "wellposed.toml").write_text('tolerance = 1e-4\ncatalogue = "mine"\n')
    asked = ["boundary", reference("TILTED"), "--along", "x", "--catalogue", "here", "--explain"]
    assert main(asked) == 0
    assert capsys.readouterr().err.splitlines()[0] == "wellposed: --tolerance 0.0001 from wellposed.toml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "tolerence = 1",
            "wellposed.toml: `tolerence` is no option that has a default of one's own",
        ),
        ("tolerance = true", "wellposed.toml: `tolerance` must be a text or a number, but is True."),
        ("tolerance = ", "wellposed.toml in this folder cannot be read: "),
    ],
)
def test_a_file_that_says_something_else_is_refused_in_one_line(folder, capsys, text, message):
    (folder / "wellposed.toml").write_text(text)
    assert main(["ls"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_is_not_used(folder, capsys):
    (folder / "wellposed.toml").write_text('cluster = "tcp://192.0.2.1:8786"\n')
    os.chown(folder / "wellposed.toml", 64801, 64801)
    assert told(capsys)["cluster"] == ("local", "built in")
