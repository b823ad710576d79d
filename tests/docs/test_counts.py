"""What README says of the registers and the audits is what they have."""

import re
from collections import Counter
from pathlib import Path

import pytest

from wellposed.kinetics import FAMILIES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("family", [name for name in FAMILIES if FAMILIES[name].statements])
def test_readme_counts_the_statements_of_each_paper(family):
    standings = Counter(statement.standing for statement in FAMILIES[family].statements)
    (row,) = re.findall(rf"^\| `{family}` \|.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    numbers = [int(cell) for cell in row.split("|")[2:-1] if cell.strip().isdigit()]
    assert numbers[:5] == [
        standings.total(),
        standings["claim"] + standings["claim elsewhere"],
        standings["misprint"],
        standings["not measured yet"],
        standings["cannot be measured"],
    ]


@pytest.mark.parametrize("family", FAMILIES)
def test_readme_counts_the_verdicts_of_each_audit(family):
    page = (ROOT / "docs" / f"audit-{family.replace('_', '-')}.md").read_text()
    (counted,) = re.findall(r"^(\d+) claims: (.*)\. Made by$", page, re.MULTILINE)
    (row,) = re.findall(rf"^\| `{family}` \|.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert f"{counted[0]}: {counted[1]}" in row
