"""The register of each paper has every number of the paper once, in the order of the paper."""

from __future__ import annotations

import re

import pytest

from wellposed.kinetics import FAMILIES
from wellposed.kinetics.family import Family
from wellposed.kinetics.statement import Statement, claim, definition, used

DISPLAYS: dict[str, dict[str, int]] = {
    "wave": {"1": 21, "2": 8, "3": 15, "4": 8, "5": 22, "A": 1},
}
"""How many displays each section of a paper numbers, by family; counted in the papers."""

STATEMENTS: dict[str, str] = {
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
