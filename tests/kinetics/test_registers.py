"""The register of each paper has every number of the paper once, in the order of the paper."""

from __future__ import annotations

import pkgutil
import re
from pathlib import Path

import pytest

from wellposed.kinetics import EXPERIMENTS, FAMILIES
from wellposed.kinetics.family import Family
from wellposed.kinetics.statement import Statement, claim, definition, used

ROOT = Path(__file__).parents[2]

DISPLAYS: dict[str, dict[str, int]] = {
    "boltzmann": {"1": 14, "2": 26, "3": 105, "A": 9, "B": 5},
    "lenard_balescu": {"1": 36, "2": 33, "3": 43, "4": 3, "5": 2},
    "wave": {"1": 21, "2": 8, "3": 15, "4": 8, "5": 22, "A": 1},
}
"""How many displays each section of a paper numbers, by family; counted in the papers."""

STATEMENTS: dict[str, str] = {
    "boltzmann": "Definition 1.1; Theorem 1.2; Corollary 1.3; Lemma 2.1; Lemma 2.2; Lemma 2.3; Lemma 2.4; "
    "after (2.26); Lemma 3.1; Lemma 3.2; Lemma 3.3; after (3.24); Remark 3.4; Proposition 3.5; after (3.32); "
    "section 3.1.1; Lemma 3.6; after (3.38); Lemma 3.7; before (3.42); Proposition 3.8; Proposition 3.9; "
    "Lemma 3.10; after (3.56); Lemma 3.11; Lemma 3.12; Lemma 3.13; after (3.100); Proposition 3.14; "
    "Remark 3.15; Appendix A; Lemma A.1; Lemma A.2; Lemma A.3; Lemma A.4; Lemma A.5; Appendix B; Theorem B.1",
    "lenard_balescu": "Remark 1.1; Remark 1.2; Assumption 1; Theorem 1; (QLB_ħ); Assumption 2; Theorem 2; "
    "Theorem 3; (CLB); Theorem 4; Remark 1.3; Proposition 2.1; Lemma 2.2; Definition 2.1; Proposition 2.3; "
    "Proposition 2.4; Proposition 2.5; Lemma 2.6; Proposition 2.7; Proposition 2.8; Lemma 2.9; "
    "Proposition 3.1; Corollary 3.2; Definition 3.1; Proposition 3.3; Proposition 3.4; Remark 3.1; "
    "Proposition 3.5; Proposition 3.6; Lemma 3.7; Lemma 3.8; Proposition 3.9; Proposition 3.10; "
    "Proposition 3.11; Proposition 3.12; Proposition 4.1; Proposition 5.1; Proposition 5.2",
    "wave": "Theorem 1.1; Remark 1.2; Remark 1.3; Remark 1.4; Remark 1.5; Remark 1.6; Lemma 2.1; Lemma 2.2; "
    "Lemma 2.3; Corollary 2.4; Definition 2.5; Theorem 2.6; proof of 2.6; Lemma 3.1; proof of 3.1; "
    "Lemma 4.1; Theorem 4.2; Remark 4.3; Theorem 5.1; Remark 5.2; Remark 5.3; section 5.1; before (5.7); "
    "before (5.11); after (5.20); section 5.6; Appendix A; after (A.1); Appendix B; "
    "Theorem B.1; proof of B.1",
}
"""The theorems, lemmas, remarks and appendices of each paper, by family, in its order."""

DISPLAY = re.compile(r"\((\w)\.(\d+)\)")


@pytest.mark.parametrize("family", DISPLAYS)
def test_a_register_has_every_number_of_its_paper(family: str) -> None:
    labels = [statement.label for statement in FAMILIES[family].statements]
    displays = [label for label in labels if DISPLAY.fullmatch(label)]
    assert displays == [
        f"({section}.{number + 1})" for section, count in DISPLAYS[family].items() for number in range(count)
    ]
    assert [label for label in labels if label not in displays] == STATEMENTS[family].split("; ")


@pytest.mark.parametrize("family", DISPLAYS)
def test_a_register_says_something_of_each(family: str) -> None:
    for statement in FAMILIES[family].statements:
        assert statement.says, statement.label
        assert statement.detail or statement.claims or statement.standing == "definition", statement.label


@pytest.mark.parametrize("family", DISPLAYS)
def test_what_a_register_points_to_is_there(family: str) -> None:
    tests = "".join(path.read_text() for path in (Path(__file__).parent / family).glob("test_*.py"))
    for statement in FAMILIES[family].statements:
        for name in re.findall(r"`([\w./]+)`", statement.detail):
            if name.startswith("tests/"):
                assert (ROOT / name).is_file(), name
            elif name.startswith("wellposed."):
                pkgutil.resolve_name(name)
            elif name.startswith("test_"):
                assert f"def {name}(" in tests, name
            elif name.startswith(f"{family}."):
                assert name in EXPERIMENTS, name


@pytest.mark.parametrize("family", DISPLAYS)
def test_what_another_audit_judges_is_judged_there(family: str) -> None:
    for statement in FAMILIES[family].statements:
        if statement.standing == "claim elsewhere":
            other = re.findall(r"`(\w+)`", statement.detail)[-1]
            assert FAMILIES[other].claims


def test_a_register_that_leaves_out_a_claim_is_refused() -> None:
    wave = FAMILIES["wave"]
    with pytest.raises(ValueError, match=r"leaves out the claim \(2\.1\)\."):
        _with_statements(wave, [definition("(1.1)", "the equation")])


def test_a_register_that_names_a_claim_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match=r"names the claim \(9\.9\), which there is not\."):
        _with_statements(FAMILIES["wave"], [claim("(9.9)", "nothing")])


def test_a_statement_that_is_twice_in_a_register_is_refused() -> None:
    with pytest.raises(ValueError, match=r"has the statement `\(1\.1\)` twice"):
        _with_statements(
            FAMILIES["schrodinger"], [definition("(1.1)", "one"), used("(1.1)", "two", "nowhere")]
        )


def _with_statements(family: Family, statements: list[Statement]) -> Family:
    return Family(
        family.name,
        family.title,
        family.paper,
        family.experiments,
        family.claims,
        family.studies,
        family.audit,
        statements,
    )
