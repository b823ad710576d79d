"""The trilinear operators of [AL24, section 2] in three dimensions, and how far their bounds reach.

`operators` has `trilinear`, which integrates over `quartets`: of `radial` functions in two dimensions, of
others in five (`anisotropic`).  `functions` and `shapes` are what the operators act on, `ratios` has the two
sides of their bounds; `loss_kernel`, `loss_shells` and `sphere` are what single lemmas need.
"""

from wellposed.kinetics.wave.spatial.operators import trilinear

__all__ = ["trilinear"]
