"""A curve in a plane: what was evaluated, and where the order parameter vanishes."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.cm import ScalarMappable
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.flows.figures.style import (
    DIVERGING,
    EMPTY,
    HATCHES,
    STYLE,
    WORDS,
    draw_published,
    folded,
    label,
    legend_below,
    order_label,
    symbol,
)
from wellposed.sweeps.answers.curve import CurveAnswer
from wellposed.sweeps.answers.layout import Outcome


def draw_curve(answer: CurveAnswer, columns: int = 1) -> Figure:
    """Draws the curve over both parameters, with a circle for each evaluation."""
    search, stored, found = answer.search, answer.stored, answer.found
    names = (search.across, search.along, str(answer.experiment.order_parameter), "outcome")
    x, y, value, outcome = (stored[name].to_numpy() for name in names)
    resolved = (outcome == Outcome.OK) & np.isfinite(value)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5.6, 4.2) if columns > 1 else (4.2, 4.6), layout="constrained", dpi=150)
        axes = figure.subplots()
        norm = CenteredNorm(0.0, np.max(np.abs(value[resolved]), initial=1e-300))
        axes.scatter(
            x[resolved],
            y[resolved],
            c=value[resolved],
            s=22,
            cmap=DIVERGING,
            norm=norm,
            edgecolors="0.4",
            linewidths=0.4,
        )
        for kind in (Outcome.UNRESOLVED, Outcome.FAILED):
            here = outcome == kind
            if here.any():
                axes.scatter(x[here], y[here], s=22, hatch=2 * HATCHES[kind], label=WORDS[kind], **EMPTY)
        is_located = answer.outcome == "located"
        words = "located curve, with brackets" if is_located else "located parts, with brackets"
        for piece in np.unique(found["piece"].to_numpy()):
            here = found.isel(vertex=found["piece"].to_numpy() == piece)
            axes.errorbar(
                here[search.across].to_numpy(),
                here[search.along].to_numpy(),
                xerr=_bars(here, search.across),
                yerr=_bars(here, search.along),
                fmt="-",
                color="black",
                linewidth=1.3,
                elinewidth=1.0,
                capsize=2,
                label=words,
                zorder=4,
            )
        threshold = answer.experiment.printed_threshold(search.along, dict(search.fixed))
        if threshold is not None:
            draw_published(axes, threshold.value, label(f"{threshold.label}, {threshold.source}"), 5)
        axes.set_xlabel(symbol(search.across))
        axes.set_ylabel(symbol(search.along))
        figure.colorbar(
            ScalarMappable(norm, DIVERGING),
            ax=axes,
            label=folded(order_label(answer.experiment), 44),
            location="right" if columns > 1 else "top",
        )
        legend_below(figure, columns)
    return figure


def _bars(vertices: xr.Dataset, name: str) -> NDArray[np.float64]:
    """Returns how far brackets reach below and above each vertex along a parameter; 0 where it is exact."""
    at = vertices[name].to_numpy()
    ends = np.stack([at - vertices["lower"].to_numpy(), vertices["upper"].to_numpy() - at])
    return np.where(vertices["bracketed"].to_numpy() == name, np.maximum(ends, 0.0), 0.0)
