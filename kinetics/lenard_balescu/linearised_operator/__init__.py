"""Quadratic forms of the linearised operator and of the norms that it is compared with, by angular sector."""
