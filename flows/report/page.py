"""The page of a report, from a template.  Whatever is stored, by whomever, is text in it and nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from wellposed.flows.figures.style import formula, letter
from wellposed.flows.presentation.listing import printable
from wellposed.flows.report.chapter import ORDER, Chapter
from wellposed.flows.report.contents import Holdings
from wellposed.flows.report.metadata import Held
from wellposed.flows.report.tables import at, scientific
from wellposed.kinetics.claim import RESOLVED, Verdict

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


def page(holdings: Holdings, chapters: Sequence[Chapter], made: datetime) -> str:
    """The page as HTML, made at a time that knows its zone."""
    environment = Environment(
        loader=PackageLoader("wellposed.flows.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "allowed": _allowed,
        "alone": _alone,
        "at": at,
        "error": _error,
        "facts": _facts,
        "formula": formula,
        "letter": letter,
        "powers": _powers,
        "short": _short,
        "sign": SIGNS.__getitem__,
        "slug": _slug,
    }
    versions = _versions(holdings)
    pictures = [picture for chapter in chapters for picture in chapter.every_picture]
    return environment.get_template("report.html").render(
        holdings=holdings,
        chapters=chapters,
        figures=[name for picture in pictures for name in picture.files],
        made=made,
        generator=Markup(GENERATOR),
        order=ORDER,
        resolved=RESOLVED,
        versions={name: words for words, name in versions.items()},
        version_of={one: versions[_computed_with(one.about)] for one in holdings.held},
    )


def _shown(value: Any) -> Any:
    """What becomes of a value before it is escaped: text without what would be obeyed rather than shown."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _versions(holdings: Holdings) -> Mapping[str, str]:
    """A letter for each set of versions with which sweeps were computed, which are mostly the same."""
    sets = dict.fromkeys(_computed_with(one.about) for one in holdings.held)
    return {words: f"V{i}" for i, words in enumerate(sets, 1)}


def _computed_with(about: Mapping[str, Any]) -> str:
    versions = about.get("versions")
    if not isinstance(versions, dict):
        return "not recorded"
    return ", ".join(f"{name} {version}" for name, version in versions.items()) or "not recorded"


def _alone(command: str) -> str:
    """A command without the catalogue, which the page says once."""
    return command.partition(" --catalogue ")[0]


def _allowed(tolerance: float) -> str:
    if math.isnan(tolerance):
        return "not recorded"
    return scientific(f"{tolerance:g}") if math.isfinite(tolerance) else "any"


def _error(number: float) -> str:
    return scientific(f"{number:.0e}") if math.isfinite(number) else "–"


def _facts(one: Held) -> str:
    """What became of the points of a sweep, and when and where that was."""
    counts = [f"{one.totals.get(name, 0):,} {name}" for name in ("ok", "unresolved", "failed")]
    facts = [] if one.kind == "audit" else [", ".join(counts)]
    if one.manifest is None:
        return " · ".join([*facts, "not finished"])
    told = one.manifest
    facts.append(_local(str(told["created"])))
    seconds = told.get("seconds")
    if isinstance(seconds, int | float) and seconds:
        on = f" on {told['workers']} workers" if "workers" in told else ""
        facts.append(f"{seconds:.3g} s{on}")
    facts += [f"{name} {told[name]}" for name in ("host", "revision") if told.get(name)]
    return " · ".join(facts)


def _powers(text: str) -> str:
    """`text` with numbers such as ``5e-07`` as they are written by hand."""
    return re.sub(r"\b\d+e[-+]\d+\b", lambda found: scientific(found[0]), text)


def _local(created: str) -> str:
    """A time as it is recorded, on the clock here."""
    when = datetime.fromisoformat(created)
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when.astimezone().strftime("%Y-%m-%d %H:%M %Z")


def _short(id: str) -> str:
    return id[:SHORT]


def _slug(verdict: Verdict) -> str:
    return verdict.name.lower().replace("_", "-")
