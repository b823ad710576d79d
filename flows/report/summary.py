"""What was asked of a family, and what was found, each in one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wellposed.flows.figures.style import letter
from wellposed.flows.kinds import KINDS
from wellposed.flows.text import counted
from wellposed.kinetics.claim import Verdict

if TYPE_CHECKING:
    from wellposed.flows.report.chapter import Chapter
    from wellposed.flows.report.contents import StoredJob

ORDER = (Verdict.VIOLATED, Verdict.HOLDS_NOT_SHARP, Verdict.HOLDS_SHARP, Verdict.UNRESOLVED)
"""In which verdicts are counted."""

WITHOUT_BOUNDARY = {
    "none": "none",
    "tangential": "a zero that is only touched",
    "plateau": "a stretch of zeros",
    "unresolved": "no certain answer",
    "failed": "nothing but failures",
}
"""What is found on a line without a boundary."""


def asked(chapter: Chapter) -> str:
    """Returns what was asked, in a sentence."""
    parts = []
    if chapter.distinct:
        along = sorted({one.search.along for one in chapter.distinct}, key=len)
        searches = {one.answer.id for one in chapter.distinct}
        parts.append(
            f"where the order parameter changes sign along {_and(map(letter, along))}, on "
            f"{counted(len(chapter.distinct), 'line')} of {counted(len(searches), 'search', 'searches')}"
        )
    if curves := len(chapter.answers.curves):
        parts.append(f"on which curve it does, in {counted(curves, 'plane')}")
    if sweeps := len(chapter.answers.sweeps):
        parts.append(f"what it and other numbers are on {counted(sweeps, 'grid')}")
    parts += [f"{counted(len(jobs), 'question')} of the kind {kind}" for kind, jobs in _others(chapter)]
    if chapter.audits:
        parts.append(f"which of {sum(chapter.claims.values()):,} published claims hold")
    return f"Asked: {'; '.join(parts) or 'nothing that is finished'}."


def answered(chapter: Chapter) -> str:
    """Returns what was found, in a sentence; empty if nothing was."""
    parts = []
    if located := chapter.outcomes.get("located", 0):
        several = sum(one.line.outcome == "located" and one.line.sign_changes > 1 for one in chapter.distinct)
        more = f", several on {several:,} of them" if several else ""
        parts.append(f"a boundary on {counted(located, 'line')}{more}")
    for outcome, words in WITHOUT_BOUNDARY.items():
        if count := chapter.outcomes.get(outcome, 0):
            parts.append(f"{words} on {count:,}")
    if judged := sum(chapter.verdicts.values()):
        violated = chapter.verdicts.get(Verdict.VIOLATED, 0)
        agree = judged - violated - chapter.verdicts.get(Verdict.UNRESOLVED, 0)
        parts.append(
            f"what is published about {counted(judged, 'line')} agrees on {agree:,} and is violated on "
            f"{violated:,}"
        )
    parts += [
        words for kind, jobs in _others(chapter) if (words := KINDS[kind].counted([one.job for one in jobs]))
    ]
    if chapter.claims:
        counts = [f"{count:,} {verdict}" for verdict in ORDER if (count := chapter.claims.get(verdict, 0))]
        parts.append(f"of the claims {', '.join(counts)}")
    return f"Found: {'; '.join(parts)}." if parts else ""


def _others(chapter: Chapter) -> Iterable[tuple[str, list[StoredJob]]]:
    """Returns the kinds of question whose answers are tables and pictures of their own, with these."""
    groups: dict[str, list[StoredJob]] = {}
    for stored in chapter.jobs:
        if stored.answers.tables or stored.answers.pictures:
            groups.setdefault(stored.entry.kind, []).append(stored)
    return groups.items()


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
