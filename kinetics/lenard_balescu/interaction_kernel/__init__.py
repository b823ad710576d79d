"""The integral kernel K of the linearised operator: pointwise, as an operator, and in absolute value."""
