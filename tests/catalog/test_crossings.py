"""A bracket ends at signs that are certain."""

import numpy as np
import pytest
import xarray as xr

from wellposed.catalog.crossings import crossings


@pytest.mark.parametrize("spoilt", [-0.01, -np.inf, np.inf, np.nan])
def test_a_value_whose_error_is_no_error_has_no_certain_sign(spoilt):
    at = {"beta": np.array([0.0, 0.1, 0.2, 0.3])}
    value = xr.DataArray([-1.0, -1.0, 1.0, 1.0], at)
    error = xr.DataArray([0.01, spoilt, spoilt, 0.01], at)
    everywhere = xr.DataArray(np.ones(4, bool), at)
    found = crossings(value, error, everywhere, everywhere, "beta")
    assert (found.boundary_lower.item(), found.boundary_upper.item()) == (0.0, 0.3)
    assert found.boundary_outcome.item() == "located"
