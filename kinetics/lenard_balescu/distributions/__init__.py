"""Radial distributions of velocities, in Laguerre polynomials or as functions of the speed."""
