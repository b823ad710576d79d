"""The page of a report, from a template.  Whatever is stored, by whomever, is text in it and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows.chapters import Chapter
from flows.figure import letter
from flows.holdings import Holdings
from flows.listing import printable
from flows.report_figures import Picture
from flows.report_tables import at
from kinetics.claim import Verdict

GENERATOR = '<meta name="generator" content="wellposed report">'
"""By which a page is known for one of ours."""

SHORT = 8
"""Digits of an id that are shown."""

SIGNS = {
    Verdict.VIOLATED: "✕",
    Verdict.HOLDS_NOT_SHARP: "◐",
    Verdict.HOLDS_SHARP: "●",
    Verdict.UNRESOLVED: "?",
}


def page(holdings: Holdings, chapters: Sequence[Chapter], made: datetime) -> tuple[str, list[Picture]]:
    """The page, and the figures that are part of it."""
    pictures = [
        picture
        for chapter in chapters
        for picture in [*chapter.pictures, *(p for section in chapter.sections for p in section.pictures)]
    ]
    environment = Environment(
        loader=PackageLoader("flows"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "letter": letter,
        "at": at,
        "short": _short,
        "sign": SIGNS.__getitem__,
        "slug": _slug,
    }
    template = environment.get_template("report.html")
    text = template.render(
        holdings=holdings, chapters=chapters, made=made, generator=Markup(GENERATOR), Verdict=Verdict
    )
    return text, pictures


def _shown(value: Any) -> Any:
    """What becomes of a value before it is escaped: text without what would be obeyed rather than shown."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _short(id: str) -> str:
    return id[:SHORT]


def _slug(verdict: Verdict) -> str:
    return verdict.name.lower().replace("_", "-")
