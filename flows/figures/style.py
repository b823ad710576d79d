"""What all figures have in common: how they look, how things are called in them, and their files."""

from __future__ import annotations

import io
import re
import textwrap
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from PIL import Image

from wellposed.flows.text import SUPERSCRIPTS, printable
from wellposed.sweeps.answers.layout import Outcome

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment
    from wellposed.sweeps.answers.boundary import Line

DIVERGING = "RdBu_r"
"""The colour map of the order parameter: white at zero, and told apart by the colour-blind."""

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Of lines, told apart by the colour-blind [Okabe and Ito 2008]."""

DASHES = ("--", ":", "-.")
"""Of lines that are not told apart by their colour."""

PAPER = "#b35900"
"""The colour of what is published."""

STYLE: Any = {"font.size": 9, "axes.titlesize": 9, "legend.fontsize": 8, "svg.hashsalt": "wellposed"}

LONGEST_LABEL = 90

SHORT = 25
"""Letters of a label that has room beside another in a single column of panels."""

HATCHES = {Outcome.UNRESOLVED: "////", Outcome.FAILED: "xxxx", Outcome.MISSING: ".."}
"""Of what has no answer."""

WORDS = {Outcome.UNRESOLVED: "unresolved", Outcome.FAILED: "failed", Outcome.MISSING: "not computed"}

EMPTY: Any = {"facecolor": "white", "edgecolor": "0.35", "linewidth": 0.0}

HALO = [withStroke(linewidth=2.5, foreground="white")]
"""By which text is read on any colour."""

MINUS = "_minus_"
"""In the name of a parameter that is a difference."""

GREEK = {
    "hbar",
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "omega",
    "sigma",
    "tau",
}

GREEK_WORD = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(sorted(GREEK))})(?![A-Za-z])")


def legend_below(figure: Figure, columns: int) -> None:
    """Draws one legend for all panels, with each label once."""
    handles: dict[str, Artist] = {}
    for axes in figure.axes:
        for handle, words in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(words, handle)
    if handles:
        figure.legend(
            handles.values(),
            handles.keys(),
            loc="outside lower center",
            ncols=min(len(handles), 4 if columns > 1 else 2 if max(map(len, handles)) < SHORT else 1),
            frameon=False,
        )


def order_label(experiment: Experiment) -> str:
    """Returns what the order parameter is, with its unit if it has one."""
    output = next(output for output in experiment.outputs if output.name == experiment.order_parameter)
    return label(output.long_name or output.name, output.units)


def folded(text: str, width: int) -> str:
    """Returns `text` on several lines, if it is longer than one."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False))


def label(text: str, units: str = "1") -> str:
    """Returns what matplotlib shows as `text`, whoever wrote it, with a unit if there is one."""
    shown = " ".join(printable(text).split()).replace("$", r"\$")
    shown = shown if len(shown) <= LONGEST_LABEL else f"{shown[: LONGEST_LABEL - 1]}…"
    return shown if units in ("", "1") else f"{shown} [{label(units)}]"


def draw_further_changes(axes: Axes, lines: Iterable[Line], along: str, **look: Any) -> None:
    """Draws the located changes of sign of `lines`, over their parameter `along`, that are not the lowest."""
    further = [
        (float(line.point[along]), zero)
        for line in lines
        for zero in line.others
        if zero.outcome == "located"
    ]
    if further:
        axes.errorbar(
            [at for at, _ in further],
            [zero.position for _, zero in further],
            [zero.error for _, zero in further],
            fmt="D",
            label="further changes of sign",
            **look,
        )


def draw_published(axes: Axes, value: float, label: str, zorder: float) -> None:
    """Draws a thin line across at a published boundary."""
    axes.axhline(value, color=PAPER, linewidth=0.9, linestyle="--", zorder=zorder, label=label)


def symbol(name: str) -> str:
    """Returns the name of a parameter as mathtext."""
    parts = name.split(MINUS)
    if len(parts) > 1:
        return " − ".join(map(symbol, parts))
    return rf"$\{name}$" if name in GREEK else f"${name}$" if len(name) == 1 else name.replace("_", " ")


def letter(name: str) -> str:
    """Returns the name of a parameter in Unicode."""
    parts = name.split(MINUS)
    if len(parts) > 1:
        return " − ".join(map(letter, parts))
    if name not in GREEK:
        return name.replace("_", " ")
    return (
        "ħ" if name == "hbar" else unicodedata.lookup(f"GREEK SMALL LETTER {name}".replace("lambda", "lamda"))
    )


def formula(text: str) -> str:
    """Returns `text` with what it spells out of formulas in Unicode, such as ``⟨ω⟩`` for ``<omega>``."""
    text = GREEK_WORD.sub(lambda found: letter(found[0]), text)
    text = re.sub(r"<(\w\d?)>", r"⟨\1⟩", text).replace(" -> ", " → ")
    return re.sub(r"\^(\d)\b", lambda found: found[1].translate(SUPERSCRIPTS), text)


def is_geometric(values: NDArray[np.float64]) -> bool:
    """Returns whether numbers are nearer to a geometric than to an arithmetic sequence."""
    at = np.unique(values)
    return bool(at.size > 2 and at[0] > 0.0 and np.std(np.diff(np.log(at))) < 0.01 * np.log(at[-1] / at[0]))


def as_png(figure: Figure) -> bytes:
    """Returns `figure` as a PNG file, in no more colours than it takes to tell them apart."""
    drawn, data = io.BytesIO(), io.BytesIO()
    with _as_laid_out(figure):
        figure.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(data, "png", optimize=True)
    return data.getvalue()


def as_svg(figure: Figure) -> bytes:
    """Returns `figure` as an SVG file, the same bytes for the same figure."""
    data = io.BytesIO()
    with mpl.rc_context(STYLE), _as_laid_out(figure):
        figure.savefig(data, format="svg", metadata={"Date": None})
    return data.getvalue()


@contextmanager
def _as_laid_out(figure: Figure) -> Iterator[None]:
    """Keeps where everything is in a figure after it was drawn once: finding that takes longer than drawing.

    A label may be in any script: what the font has no sign for is a box, and no warning.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        yield
    figure.set_layout_engine("none")
