"""The page of a report, from a template.  Whatever is stored, by whomever, is text in it and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from wellposed.flows.figures.style import formula, letter
from wellposed.flows.presentation.listing import local_time
from wellposed.flows.report.boundary_table import at
from wellposed.flows.report.chapter import Chapter
from wellposed.flows.report.contents import Contents
from wellposed.flows.report.entry import Entry
from wellposed.flows.report.summary import ORDER
from wellposed.flows.text import counted, one_digit, printable, scientific, with_powers
from wellposed.kinetics.claim import RESOLVED, Verdict

GENERATOR = '<meta name="generator" content="wellposed report">'
"""By which a page is known for one of ours."""

DIGITS = 8
"""Of an id, that are shown."""

SIGNS = {
    Verdict.VIOLATED: "✕",
    Verdict.HOLDS_NOT_SHARP: "◐",
    Verdict.HOLDS_SHARP: "●",
    Verdict.UNRESOLVED: "?",
}


def page(contents: Contents, chapters: Sequence[Chapter], made: datetime) -> str:
    """Returns the page as HTML, made at a time that knows its zone."""
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
        "counted": counted,
        "error": one_digit,
        "facts": _facts,
        "formula": formula,
        "letter": letter,
        "powers": with_powers,
        "short": _short,
        "sign": SIGNS.__getitem__,
        "slug": _slug,
    }
    versions = _versions(contents)
    figures = [figure for chapter in chapters for figure in chapter.every_figure]
    return environment.get_template("report.html").render(
        contents=contents,
        chapters=chapters,
        figures=[name for figure in figures for name in figure.files],
        made=made,
        generator=Markup(GENERATOR),
        order=ORDER,
        resolved=RESOLVED,
        versions={name: words for words, name in versions.items()},
        version_of={one: versions[_computed_with(one.about)] for one in contents.entries},
    )


def _shown(value: Any) -> Any:
    """Returns a value before it is escaped: of text, what is shown and not what would be obeyed."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _versions(contents: Contents) -> Mapping[str, str]:
    """Returns a name for each set of versions with which sweeps were computed, which are mostly the same."""
    sets = dict.fromkeys(_computed_with(one.about) for one in contents.entries)
    return {words: f"V{i}" for i, words in enumerate(sets, 1)}


def _computed_with(about: Mapping[str, Any]) -> str:
    versions = about.get("versions")
    if not isinstance(versions, dict):
        return "not recorded"
    return ", ".join(f"{name} {version}" for name, version in versions.items()) or "not recorded"


def _alone(command: str) -> str:
    """Returns a command without the catalogue, which the page says once."""
    return command.partition(" --catalogue ")[0]


def _allowed(tolerance: float) -> str:
    if math.isnan(tolerance):
        return "not recorded"
    return scientific(f"{tolerance:g}") if math.isfinite(tolerance) else "any"


def _facts(one: Entry) -> str:
    """Returns what became of the points of a sweep, and when and where that was."""
    counts = [f"{one.totals.get(name, 0):,} {name}" for name in ("ok", "unresolved", "failed")]
    facts = [", ".join(counts)] if one.has_points else []
    if one.manifest is None:
        return " · ".join([*facts, "not finished"])
    manifest = one.manifest
    created = datetime.fromisoformat(str(manifest["created"]))
    facts.append(local_time(created if created.tzinfo else created.replace(tzinfo=UTC)))
    seconds = manifest.get("seconds")
    if isinstance(seconds, int | float) and seconds:
        on = f" on {manifest['workers']} workers" if "workers" in manifest else ""
        facts.append(f"{seconds:.3g} s{on}")
    facts += [f"{name} {manifest[name]}" for name in ("host", "revision") if manifest.get(name)]
    return " · ".join(facts)


def _short(id: str) -> str:
    return id[:DIGITS]


def _slug(verdict: Verdict) -> str:
    return verdict.name.lower().replace("_", "-")
