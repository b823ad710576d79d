"""The command that compares two answers."""

import json

from wellposed.flows.cli.main import main


def test_two_widths_of_a_bracket_agree_to_their_errors(
    tmp_path, monkeypatch, reference, job_of, answered, capsys
):
    monkeypatch.chdir(tmp_path)
    for tolerance in (1e-2, 1e-4):
        answered(job_of("boundary", reference("TILTED"), along="x", axes={}, tolerance=tolerance))
    assert main(["ls", "--json"]) == 0
    ids = [one["id"] for one in json.loads(capsys.readouterr().out)["sweeps"]]
    assert main(["compare", *ids]) == 0
    text = capsys.readouterr().out
    assert "Nothing differs by more than its errors." in text
    assert "tolerance" in text
    assert main(["compare", *ids, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    boundary = next(one for one in found["differences"] if one["output"] == "boundary")
    assert boundary["unequal"] == 1
    assert 0 < boundary["in_errors"] <= 1
    assert main(["compare", ids[0], "nope"]) == 2
