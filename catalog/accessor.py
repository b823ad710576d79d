"""What every dataset of ours can tell of itself in xarray: ``ds.wellposed``, once `catalog` is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

import xarray as xr

from wellposed.catalog.crossings import BOUNDARY_VARIABLES, crossings
from wellposed.catalog.curves import stored_curve
from wellposed.catalog.schema import OUTCOME, has_nan
from wellposed.errors import CatalogueError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wellposed.catalog.interactive_plot import InteractivePlot


@xr.register_dataset_accessor("wellposed")  # type: ignore[no-untyped-call, untyped-decorator]
class Wellposed:
    """Boundaries, phase diagrams and resolved points of a stored sweep or boundary search.

    Works on whole stores of any kind, on what `wellposed.sweep` and `search` return, on selections, and
    on several that were concatenated; lazy datasets are read only as far as is needed.
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    def resolved(self) -> xr.Dataset:
        """Returns the dataset with NaN where a point is not ``ok``, as lazy as it was.

        Integers and text, which have no NaN, stay as they are.

        Raises
        ------
        CatalogueError
            If it has no outcomes.
        """
        is_ok = self.outcome == self._code("ok")
        dims = set(is_ok.dims)
        return self._dataset.assign(
            {
                name: variable.where(is_ok)
                for name, variable in self._dataset.data_vars.items()
                if has_nan(variable.dtype) and dims <= set(variable.dims)
            }
        )

    def boundary(self, along: str | None = None) -> xr.Dataset:
        """Returns where the order parameter changes sign.

        On a grid, on every line along a parameter: between neighbouring points of certain, opposite signs,
        that is, ``ok`` points whose values exceed their errors.  Of a boundary search, what it has found,
        which is far narrower.

        Parameters
        ----------
        along : str, optional
            The dimension of the lines: the first continuous parameter, if not given.  A boundary search has
            its own.

        Returns
        -------
        Dataset
            In memory, over the other parameters: ``boundary`` (of a grid the middle of the bracket; NaN where
            there is none), its bracket ``boundary_lower`` and ``boundary_upper``, ``sign_changes`` (how many;
            the boundary is the lowest) and ``boundary_outcome``: ``located``; ``none``, one certain sign all
            along the line; ``unresolved``; and of a grid, ``missing``: no change of sign was seen, and points
            are not computed.  A search also has ``tangential`` and ``plateau``.

        Raises
        ------
        CatalogueError
            If the dataset has no order parameter, no such line, or a point twice.
        """
        if self._is_search:
            if along is not None and along != self._searched:
                raise CatalogueError(
                    f"These boundaries were searched along `{self._searched}`, not along {along!r}."
                )
            return self._dataset[[name for name in BOUNDARY_VARIABLES if name in self._dataset]].compute()
        along = self._line(along)
        value, error, outcome = (
            array.compute() for array in (self.order_parameter, self._error, self.outcome)
        )
        found = crossings(value, error, outcome == self._code("ok"), outcome != 0, along)
        return found.assign_attrs(self._dataset.attrs)

    def curve(self) -> xr.Dataset:
        """Returns the curve that a search for one has found, along ``vertex``, in the order of the curve.

        Returns
        -------
        Dataset
            In memory: both parameters and the number of the connected ``piece`` as coordinates; and in
            ``bracketed`` along which parameter certain, opposite signs were evaluated at ``lower`` and
            ``upper``, ``width`` apart.  Its attributes ``curve_outcome`` (``located``, ``none`` or
            ``unresolved``) and ``evaluations`` say what was found and at how many points.

        Raises
        ------
        CatalogueError
            If the dataset is no search for a curve, not a whole one, or not finished.
        """
        return stored_curve(self._dataset)

    @overload
    def plot_phase(
        self, ax: Axes | None = None, along: str | None = None, *, interactive: Literal[False] = False
    ) -> Axes: ...
    @overload
    def plot_phase(
        self, ax: None = None, along: str | None = None, *, interactive: Literal[True]
    ) -> InteractivePlot: ...
    def plot_phase(
        self, ax: Axes | None = None, along: str | None = None, *, interactive: bool = False
    ) -> Axes | InteractivePlot:
        """Draws the order parameter over two parameters, as colour, with its boundary; `along` goes upwards.

        Red grows, blue decays, white is zero.  Cells that are hatched have no answer: ``unresolved`` once,
        ``failed`` crosswise.  Black bars are the brackets of the boundary; those of a grid are as wide as its
        cells.  Of a boundary search, circles are the points that it evaluated.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            A new one, if not given.
        along : str, optional
            The dimension of the lines, as for `boundary`.
        interactive : bool
            Whether it is to be looked into, with hover, zoom and the error of every point: as the last value
            of a notebook's cell it is shown, ``.save("phase.html")`` writes it as a page that needs no
            network, and ``.layout`` is what Bokeh's own functions take.

        Returns
        -------
        Axes or InteractivePlot

        Raises
        ------
        CatalogueError
            If the dataset has no order parameter, does not vary in two parameters, or `ax` is given of an
            interactive plot.
        """
        if interactive:
            if ax is not None:
                raise CatalogueError("An interactive plot must have no `ax`, which is matplotlib's.")
            return self._interactive(along)
        from wellposed.catalog import phase_plot  # takes a second to import

        found = self.boundary(along)
        if self._is_search:
            along = self._searched
            across = self._across(found["boundary"])
            return phase_plot.scattered(*self._evaluations(), found, across, along, ax)
        along = self._line(along)
        across = self._across(self.outcome.isel({along: 0}))
        codes = {meaning: self._code(meaning) for meaning in ("ok", "unresolved", "failed")}
        return phase_plot.gridded(self.order_parameter, self.outcome, codes, found, across, along, ax)

    def _interactive(self, along: str | None) -> InteractivePlot:
        """Returns the phase diagram to be looked into."""
        from wellposed.catalog.interactive_phase import gridded, scattered  # takes a second to import

        found = self.boundary(along)
        title = str(self._dataset.attrs.get("title", self._dataset.attrs.get("experiment", "phase diagram")))
        if self._is_search:
            along = self._searched
            across = self._across(found["boundary"])
            whole = self._dataset if OUTCOME in self._dataset.data_vars else None
            return scattered(whole, found, across, along, title)
        along = self._line(along)
        across = self._across(self.outcome.isel({along: 0}))
        return gridded(self._dataset, found, across, along, title)

    @property
    def outcome(self) -> xr.DataArray:
        """Returns what became of every point, by the codes that its ``flag_meanings`` name."""
        if OUTCOME not in self._dataset.data_vars or "flag_meanings" not in self._dataset[OUTCOME].attrs:
            raise CatalogueError(
                f"This dataset has no `{OUTCOME}`, so it is no sweep of a catalogue, or no whole one: select "
                "points (`sel`, `isel`) rather than variables."
            )
        return self._dataset[OUTCOME]

    @property
    def order_parameter(self) -> xr.DataArray:
        """Returns the variable whose change of sign is the boundary."""
        _ = self.outcome  # what is no sweep is told first
        name = self._dataset.attrs.get("order_parameter")
        if name is None:
            raise CatalogueError(
                "This dataset does not say which variable is its order parameter: its experiment has none, "
                "or it was stored by an older version; `ds.assign_attrs(order_parameter=...)` says it."
            )
        for needed in (name, f"{name}_error"):
            if needed not in self._dataset.data_vars:
                raise CatalogueError(f"This dataset has lost `{needed}`, which a boundary is told from.")
        value: xr.DataArray = self._dataset[name]
        return value

    @property
    def _error(self) -> xr.DataArray:
        return self._dataset[f"{self.order_parameter.name}_error"]

    @property
    def _is_search(self) -> bool:
        return "boundary" in self._dataset.data_vars

    @property
    def _searched(self) -> str:
        """Returns the parameter that a search went along."""
        if "along" not in self._dataset.attrs:
            raise CatalogueError("This dataset does not say along which parameter its boundaries are.")
        return str(self._dataset.attrs["along"])

    def _evaluations(self) -> tuple[xr.DataArray | None, xr.DataArray | None]:
        """Returns the order parameter where a search has resolved it, and where there was no answer.

        None if there are boundaries alone.
        """
        if OUTCOME not in self._dataset.data_vars:
            return None, None
        resolved = self.order_parameter.where(self.outcome == self._code("ok")).compute()
        without = self.outcome.isin([self._code("unresolved"), self._code("failed")]).compute()
        return resolved, without

    def _line(self, along: str | None) -> str:
        """Returns the dimension to look for a change of sign along."""
        value = self.order_parameter
        if self._dataset.attrs.get("kind") == "curve":
            raise CatalogueError(
                "This dataset holds a search for a curve; `ds.wellposed.curve()` is the curve."
            )
        lines = [
            str(dim)
            for dim in value.dims
            if value.sizes[dim] > 1 and dim in value.coords and value[dim].dtype.kind in "iuf"
        ]
        if along is None:
            along = next((name for name in lines if value[name].dtype.kind == "f"), next(iter(lines), None))
        if along is None or along not in lines:
            named = "a parameter of several numbers" if along is None else f"one of them, but is {along!r}"
            raise CatalogueError(
                f"A boundary is looked for along {named}; here these are {', '.join(lines) or 'none'}."
            )
        values = value[along].to_numpy()
        if len(set(values.tolist())) < values.size:
            raise CatalogueError(
                f"Coordinate `{along}` has a value twice; `drop_duplicates({along!r})` leaves one of each."
            )
        return along

    def _across(self, lines: xr.DataArray) -> str:
        """Returns the only other parameter that varies."""
        varying = [str(dim) for dim in lines.dims if lines.sizes[dim] > 1]
        numbers = [name for name in varying if lines[name].dtype.kind in "iuf"]
        if len(varying) != 1 or not numbers:
            listed = ", ".join(varying) or "none"
            raise CatalogueError(
                f"A phase diagram needs one parameter of numbers beside that of its lines, but there are: "
                f'{listed}. Choose with `sel`, such as `.sel(operator="full")`.'
            )
        return numbers[0]

    def _code(self, meaning: str) -> int:
        attributes: dict[str, Any] = self.outcome.attrs
        codes = attributes["flag_values"]
        return int(dict(zip(attributes["flag_meanings"].split(), codes, strict=True))[meaning])
