"""Second order of the Schrödinger equation with random data, beside the kinetic wave equation.

`direct` and `convolution` are two ways to the same sums, `kinetic` is what they tend to, and `rate` has
`second_order`.
"""

from wellposed.kinetics.schrodinger.second_order.rate import second_order

__all__ = ["second_order"]
